"""Assessment rules: what is asked, what is found, what follows, what is frozen and who may sign."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from tracker.assessments.enums import AnswerCode, ChangeKind
from tracker.assessments.rules import (
    AnswerProblem,
    SecondPersonError,
    check_answer,
    check_sign_off,
    compare,
    counted_answers,
    due_dates,
    findings_for,
    frozen_digest,
    offered_answer,
    plan_for,
    progress,
    visible_questions,
)
from tracker.rulebook.book import rules_at
from tracker.rulebook.conditions import comparisons
from tracker.rulebook.types import Question, Rules

PREPARER, SIGNER, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)


@pytest.fixture(scope="module")
def rules() -> Rules:
    return rules_at(date(2026, 11, 23))


@pytest.fixture(scope="module")
def questions(rules: Rules) -> dict[str, Question]:
    return {question.key: question for section in rules.sections for question in section.questions}


def shown(rules: Rules, answers: dict[str, Any], profile: dict[str, Any] | None = None) -> set[str]:
    sections = visible_questions(rules, answers, profile or {})
    assert all(section.questions for section in sections)
    return {question.key for section in sections for question in section.questions}


def found(rules: Rules, answers: dict[str, Any], profile: dict[str, Any] | None = None) -> set[str]:
    return {rule.key for rule in findings_for(rules, answers, profile or {})}


@pytest.mark.parametrize(
    ("answers", "question", "expected"),
    [
        ({}, "has_rm", False),
        ({"has_bn": "no"}, "has_rm", False),
        ({"has_bn": "yes"}, "has_rm", True),
        ({"has_bn": "yes", "has_rm": "yes"}, "rm_profile", True),
        ({"has_bn": "no", "has_rm": "yes"}, "rm_profile", False),
        ({"residency": "non_resident"}, "country", True),
        ({"residency": "resident"}, "country", False),
        ({"residency": "non_resident"}, "bsf900_approved", True),
        ({"records_place": "abroad"}, "bsf900_approved", True),
        ({"records_place": "canada", "residency": "resident"}, "bsf900_approved", False),
        ({"imported_before": "no"}, "first_import_on", True),
        ({"imported_before": "no"}, "highest_month", False),
        ({"rpp_wanted": "no"}, "security_posted", False),
        ({"rpp_wanted": "yes", "security_posted": "all", "security_form": ["cash_deposit"]}, "provider_notice", False),
        ({"rpp_wanted": "yes", "security_posted": "all", "security_form": ["surety_bond"]}, "provider_notice", True),
        ({"regulated_kinds": ["none"]}, "permits_ready", False),
        ({"regulated_kinds": ["food"]}, "permits_ready", True),
        ({"surtax_goods": ["none"]}, "melt_proof", False),
    ],
)
def test_question_is_shown_by_answers(rules: Rules, answers: dict[str, Any], question: str, expected: bool) -> None:
    assert (question in shown(rules, answers)) is expected


def test_question_is_shown_by_profile(rules: Rules) -> None:
    assert "permits_ready" in shown(rules, {}, {"regulated_goods": ["food"]})
    assert "permits_ready" not in shown(rules, {}, {"regulated_goods": []})


def test_answer_behind_a_hidden_question_does_not_count(rules: Rules) -> None:
    stale = {"has_bn": "no", "has_rm": "yes", "rm_profile": "exporter"}
    assert counted_answers(rules, stale, {}) == {"has_bn": "no"}
    assert "export_only_account" not in found(rules, stale)


@pytest.mark.parametrize(
    ("answers", "finding", "severity"),
    [
        ({"has_bn": "no"}, "no_business_number", "blocker"),
        ({"has_bn": "yes", "has_rm": "yes", "rm_profile": "exporter"}, "export_only_account", "blocker"),
        ({"residency": "non_resident"}, "non_resident_file", "high"),
        ({"residency": "non_resident", "bsf900_approved": "sent"}, "non_resident_file", "high"),
        ({"portal_linked": "yes", "bam_count": 1}, "one_manager", "high"),
        ({"portal_linked": "yes", "bam_count": 0}, "no_manager", "blocker"),
        ({"uses_broker": "yes", "broker_delegation": "requested"}, "broker_waits_for_approval", "blocker"),
        ({"uses_broker": "yes", "broker_uses_own_bn": "yes"}, "broker_as_importer", "blocker"),
        ({"rpp_wanted": "yes", "security_posted": "none"}, "no_security", "blocker"),
        ({"rpp_wanted": "yes", "rpp_enrolled": "some"}, "not_enrolled", "blocker"),
        ({"payer": "us", "payment_method": "none"}, "no_payment_method", "high"),
        (
            {"imported_before": "yes", "payer": "us", "payment_method": "card", "highest_month": "5000.00"},
            "card_too_small",
            "high",
        ),
        ({"known_errors": "yes"}, "errors_to_correct", "high"),
        ({"records_place": "abroad"}, "records_abroad", "high"),
        ({"importer_of_record": "customer"}, "customer_is_importer", "medium"),
        ({"imported_before": "yes", "overdue": "old"}, "amounts_long_overdue", "blocker"),
    ],
)
def test_finding(rules: Rules, answers: dict[str, Any], finding: str, severity: str) -> None:
    by_key = {rule.key: rule for rule in findings_for(rules, answers, {})}
    assert by_key[finding].severity == severity


@pytest.mark.parametrize(
    ("answers", "finding"),
    [
        ({}, "no_business_number"),
        ({"portal_linked": "yes", "bam_count": 2}, "one_manager"),
        ({"residency": "non_resident", "bsf900_approved": "yes"}, "non_resident_file"),
        ({"residency": "resident"}, "non_resident_file"),
        (
            {"imported_before": "yes", "payer": "us", "payment_method": "card", "highest_month": "4999.99"},
            "card_too_small",
        ),
        ({"rpp_wanted": "no", "rpp_enrolled": "none"}, "not_enrolled"),
    ],
)
def test_finding_does_not_hold(rules: Rules, answers: dict[str, Any], finding: str) -> None:
    assert finding not in found(rules, answers)


def test_nothing_answered_finds_nothing(rules: Rules) -> None:
    assert found(rules, {}) == set()


def test_findings_come_gravest_first(rules: Rules) -> None:
    answers = {"has_bn": "no", "payer": "broker", "residency": "non_resident", "due_dates_known": "no"}
    order = ["blocker", "high", "medium", "low"]
    severities = [order.index(rule.severity) for rule in findings_for(rules, answers, {})]
    assert severities == sorted(severities)
    assert set(severities) == {0, 1, 2, 3}


def test_non_resident_gets_the_request_for_bsf900(rules: Rules) -> None:
    plan = plan_for(rules, findings_for(rules, {"residency": "non_resident"}, {}))
    assert "non_resident_pack" in [item.key for item in plan.documents]
    assert "file_bsf900" in [item.key for item in plan.tasks]
    assert (plan.delegation, plan.security) == (False, False)


ON = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("answers", "finding", "task", "due"),
    [
        ({"known_errors": "yes", "errors_known_since": "2026-11-03"}, "errors_to_correct", "correct_entries", "2027-02-01"),
        ({"known_errors": "yes", "errors_known_since": "2026-07-01"}, "errors_to_correct", "correct_entries", "2026-09-29"),
        ({"known_errors": "yes"}, "errors_to_correct", "correct_entries", None),
        ({"agreement_ends_on": "2027-03-31"}, "agreement_ends", "replace_surety", "2027-03-31"),
        ({"agreement_ends_on": "2026-11-22"}, "agreement_ends", "replace_surety", None),  # ended: at once, by its own days
        ({"food_licence_ends_on": "2026-11-23"}, "food_licence_dated", "get_permits", "2026-11-23"),
    ],
)  # fmt: skip
def test_an_answered_date_sets_the_day_of_its_finding_and_its_task(
    rules: Rules, answers: dict[str, Any], finding: str, task: str, due: str | None
) -> None:
    (rule,) = (rule for rule in rules.findings if rule.key == finding)
    dates = due_dates(rules, [rule], answers, ON)
    assert dates == ({finding: date.fromisoformat(due)} if due else {})
    (item,) = (item for item in plan_for(rules, [rule], dates).tasks if item.key == task)
    own = ON + timedelta(days=rules.tasks[task].due_days)
    assert item.due_on(ON) == (date.fromisoformat(due) if due else own)


def test_a_task_two_findings_ask_for_is_due_by_the_earlier_of_both(rules: Rules) -> None:
    both = [rule for rule in rules.findings if rule.key in ("agreement_ends", "provider_leaves")]
    late, soon = ({"agreement_ends": day} for day in (date(2027, 3, 31), date(2026, 11, 25)))
    own = ON + timedelta(days=rules.tasks["replace_surety"].due_days)
    for dates, due in ((late, own), (soon, date(2026, 11, 25))):
        (item,) = (item for item in plan_for(rules, both, dates).tasks if item.key == "replace_surety")
        assert item.due_on(ON) == due


def test_plan_has_no_doubles_and_names_who_asks(rules: Rules) -> None:
    plan = plan_for(rules, rules.findings)
    for items in (plan.documents, plan.tasks):
        keys = [item.key for item in items]
        assert len(keys) == len(set(keys))
        assert all(item.findings for item in items)
    statement = next(item for item in plan.documents if item.key == "last_statement")
    assert set(statement.findings) == {rule.key for rule in rules.findings if "last_statement" in rule.documents}
    assert statement.severity == "blocker"
    assert plan.delegation
    assert plan.security


def test_every_question_can_be_asked(rules: Rules, questions: dict[str, Question]) -> None:
    for key, question in questions.items():
        answers: dict[str, Any] = {}
        _satisfy({"answer": key, "answered": True}, questions, answers)
        assert key in shown(rules, answers), key
        assert question.kind not in ("choice", "multi") or len(question.options) > 1


def test_every_finding_can_come_out(rules: Rules, questions: dict[str, Question]) -> None:
    """Some answers that satisfy it are all visible at once."""
    for rule in rules.findings:
        assert any(rule.key in found(rules, answers) for answers in _tries(rule.when, questions)), rule.key


def _tries(condition: Any, questions: dict[str, Question]) -> list[dict[str, Any]]:
    """Answers that satisfy one branch of the condition, with what makes their questions visible."""
    branches = condition.get("any", [condition])
    tries = []
    for branch in branches:
        answers: dict[str, Any] = {}
        for part in _wanted(branch):
            _satisfy(part, questions, answers)
        tries.append(answers)
    return tries


def _wanted(branch: Any) -> list[Any]:
    """The comparisons that have to hold, without those of a `none`."""
    parts = branch.get("all", [branch])
    return [single for part in parts if "none" not in part for single in comparisons(part)]


def _satisfy(part: Any, questions: dict[str, Question], answers: dict[str, Any]) -> None:
    if "answer" not in part:
        return
    question = questions[part["answer"]]
    if "empty" not in part and question.key not in answers:
        answers[question.key] = _value_for(part, question)
    if question.show_when is not None:
        first = question.show_when["any"][0] if "any" in question.show_when else question.show_when
        for needed in comparisons(first):
            _satisfy(needed, questions, answers)


def _value_for(part: Any, question: Question) -> Any:
    if "is" in part:
        return part["is"]
    if "in" in part:
        return part["in"][0]
    if "has" in part:
        return [part["has"][0]]
    if "over" in part:
        return "9999999.00" if question.kind == "amount" else 99
    if "under" in part:
        return 0
    if "not" in part:
        return next(option.value for option in question.options if option.value != part["not"])
    return "2027-01-15" if question.kind == "date" else "words"


@pytest.mark.parametrize(
    ("key", "raw", "language", "expected"),
    [
        ("has_bn", "yes", "en", "yes"),
        ("has_bn", "  ", "en", None),
        ("residency", "non_resident", "en", "non_resident"),
        ("regulated_kinds", ["quota", "food"], "en", ["food", "quota"]),
        ("regulated_kinds", [], "en", None),
        ("regulated_kinds", ["none"], "en", ["none"]),
        ("shipments", " 1 200 ", "fr", 1200),
        ("highest_month", "$12,345.60", "en", "12345.60"),
        ("highest_month", "12 345,60 $", "fr", "12345.60"),
        ("first_import_on", "2027-01-15", "en", "2027-01-15"),
        ("goods_description", " Vélos ", "fr", "Vélos"),
    ],
)
def test_answer_is_kept_as(
    questions: dict[str, Question], key: str, raw: str | list[str], language: str, expected: object
) -> None:
    assert check_answer(questions[key], raw, language) == expected


@pytest.mark.parametrize(
    ("key", "raw", "code"),
    [
        ("has_bn", "perhaps", AnswerCode.UNKNOWN_OPTION),
        ("has_bn", ["yes", "no"], AnswerCode.ONE_ONLY),
        ("residency", "martian", AnswerCode.UNKNOWN_OPTION),
        ("regulated_kinds", ["food", "gold"], AnswerCode.UNKNOWN_OPTION),
        ("regulated_kinds", ["food", "none"], AnswerCode.NONE_WITH_OTHERS),
        ("shipments", "many", AnswerCode.NOT_A_NUMBER),
        ("shipments", "1.5", AnswerCode.NOT_A_NUMBER),
        ("shipments", "-3", AnswerCode.NEGATIVE),
        ("shipments", "9" * 400, AnswerCode.TOO_LARGE),
        ("highest_month", "a lot", AnswerCode.NOT_AN_AMOUNT),
        ("highest_month", "-5.00", AnswerCode.NEGATIVE),
        ("first_import_on", "2027-02-30", AnswerCode.NOT_A_DATE),
        ("first_import_on", "soon", AnswerCode.NOT_A_DATE),
        ("goods_description", "x" * 2001, AnswerCode.TOO_LONG),
    ],
)
def test_answer_is_refused(questions: dict[str, Question], key: str, raw: str | list[str], code: AnswerCode) -> None:
    with pytest.raises(AnswerProblem) as problem:
        check_answer(questions[key], raw, "en")
    assert problem.value.code is code


@pytest.mark.parametrize(
    ("key", "profile", "expected"),
    [
        ("residency", {"residency": "non_resident"}, "non_resident"),
        ("residency", {}, None),
        ("bam_count", {"bam_count": 0}, 0),
        ("origins", {"origins": ["CN", "US"]}, "CN, US"),
        ("origins", {"origins": []}, None),
        ("yearly_value", {"yearly_value_amount": "250000"}, "250000.00"),
        ("regulated_kinds", {"regulated_goods": ["something", "food"]}, ["food"]),
        ("regulated_kinds", {"regulated_goods": ["something"]}, None),
        ("has_bn", {"residency": "resident"}, None),
    ],
)
def test_answer_offered_from_the_profile(
    questions: dict[str, Question], key: str, profile: dict[str, Any], expected: object
) -> None:
    assert offered_answer(questions[key], profile) == expected


def test_progress_counts_visible_questions_only(rules: Rules) -> None:
    start = progress(rules, {}, set(), {})
    assert (start.answered, start.not_applicable, start.percent) == (0, 0, 0)
    assert start.total == len(shown(rules, {}))
    more = progress(rules, {"has_bn": "yes", "rm_profile": "importer"}, {"contacts_named"}, {})
    assert more.answered == 1  # rm_profile is hidden until has_rm is answered
    assert more.not_applicable == 1
    assert more.total == len(shown(rules, {"has_bn": "yes"})) - 1
    assert f"1 of {more.total}" in more.formula.en
    assert f"1 sur {more.total}" in more.formula.fr


def test_progress_of_an_answer_marked_not_applicable(rules: Rules) -> None:
    seen = progress(rules, {"has_bn": "yes"}, {"has_bn"}, {})
    assert (seen.answered, seen.not_applicable) == (0, 1)
    assert seen.total == len(shown(rules, {})) - 1


def test_progress_is_done_only_when_all_is_answered(rules: Rules) -> None:
    keys = shown(rules, {})
    last = next(iter(keys))
    assert progress(rules, {}, keys - {last}, {}).percent == 0
    assert progress(rules, {}, keys, {}).percent == 100


def test_compare_names_every_difference() -> None:
    before = {"a": "yes", "b": 1, "c": ["x"], "d": None}
    after = {"a": "no", "c": [], "d": "", "e": "2027-01-15", "b": 1}
    changes = compare(before, after, {"kept", "gone"}, {"kept", "new"})
    assert [(change.kind, change.key) for change in changes] == [
        (ChangeKind.ALTERED, "a"),
        (ChangeKind.CLEARED, "c"),
        (ChangeKind.ANSWERED, "e"),
        (ChangeKind.FINDING_NEW, "new"),
        (ChangeKind.FINDING_GONE, "gone"),
    ]
    assert (changes[0].before, changes[0].after) == ("yes", "no")
    assert compare(before, before, {"kept"}, {"kept"}) == ()


def test_digest_depends_on_content_not_on_order() -> None:
    one = frozen_digest(answers={"a": "é", "b": [1]}, rulebook_digest="r", findings=["x", "y"])
    assert one == frozen_digest(answers={"b": [1], "a": "é"}, rulebook_digest="r", findings=("y", "x"))
    others = [
        frozen_digest(answers={"a": "e", "b": [1]}, rulebook_digest="r", findings=["x", "y"]),
        frozen_digest(answers={"a": "é", "b": [1]}, rulebook_digest="s", findings=["x", "y"]),
        frozen_digest(answers={"a": "é", "b": [1]}, rulebook_digest="r", findings=["x"]),
    ]
    assert len({one, *others}) == 4


@pytest.mark.parametrize(("signer", "allowed"), [(PREPARER, False), (OTHER, False), (SIGNER, True)])
def test_second_person_signs(signer: UUID, allowed: bool) -> None:
    if allowed:
        check_sign_off(PREPARER, {OTHER, None}, signer)
    else:
        with pytest.raises(SecondPersonError):
            check_sign_off(PREPARER, {OTHER, None}, signer)
