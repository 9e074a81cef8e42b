"""The catalogue that ships, and every kind of broken data that the loader refuses."""

import ast
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tracker.rulebook import task_kinds
from tracker.rulebook.conditions import comparisons
from tracker.rulebook.holidays import FACTS
from tracker.rulebook.loader import load_sources
from tracker.rulebook.questionnaire import Catalogue, load_catalogue
from tracker.rulebook.types import RulebookError, Source

SOURCES = {"L1": Source("L1", "Regulations", None, date(2026, 7, 23))}
CITED = 'citations = [{ source = "L1" }]'
WORDS = '{ en = "words", fr = "mots" }'
FILES = {
    "documents.toml": f"""
[[document]]
key = "paper"
number = 1
name = {WORDS}
why = {WORDS}
from_party = "client"
stage = 1
due_days = 7
{CITED}
""",
    "tasks.toml": f"""
[[task]]
key = "act"
name = {WORDS}
how = {WORDS}
waiting_on = "client"
gate = 1
due_days = 7
is_client_visible = true
{CITED}
""",
    "questions.toml": f"""
[[section]]
key = "first"
text = {WORDS}
[[section.question]]
key = "who"
kind = "choice"
text = {WORDS}
options = [{{ value = "us", text = {WORDS} }}, {{ value = "them", text = {WORDS} }}]
{CITED}
[[section.question]]
key = "many"
kind = "number"
text = {WORDS}
profile = "broker_count"
show_when = {{ answer = "who", is = "us" }}
{CITED}
""",
    "findings.toml": f"""
[[finding]]
key = "found"
when = {{ answer = "who", is = "them" }}
severity = "high"
party = "client"
gate = 1
title = {WORDS}
advice = {WORDS}
documents = ["paper"]
tasks = ["act"]
{CITED}
""",
    "templates.toml": f"""
[[template]]
key = "way"
version = 1
name = {WORDS}
purpose = {WORDS}
duration_days = 30
stages = [{{ key = "start", name = {WORDS} }}]
steps = [{{ kind = "task", key = "act", stage = 1, after_days = 2 }}]
""",
    "constants.toml": '[[fact]]\nid = "known.fact"\n',
}


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return load_catalogue(FACTS, load_sources(FACTS))


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def _write(file: str = "", old: str = "", new: str = "") -> Path:
        for name, content in FILES.items():
            if name == file:
                assert old in content
                content = content.replace(old, new)
            (tmp_path / name).write_text(content, encoding="utf-8")
        return tmp_path

    return _write


def test_small_catalogue_loads(write: Callable[..., Path]) -> None:
    catalogue = load_catalogue(write(), SOURCES)
    assert [question.key for question in catalogue.sections[0].questions] == ["who", "many"]
    assert catalogue.sections[0].questions[1].profile == "broker_count"
    assert catalogue.findings[0].documents == ("paper",)
    assert catalogue.templates["way"].steps[0].after_days == 2


@pytest.mark.parametrize(
    ("file", "old", "new", "named"),
    [
        ("documents.toml", '"L1"', '"L99"', "documents.toml: paper.*L99"),
        ("documents.toml", CITED, "", "documents.toml: paper.*citation"),
        (
            "documents.toml",
            CITED,
            CITED.replace(" }", ', section = { en = "a" } }'),
            "documents.toml: paper.*wrong section",
        ),
        ("documents.toml", f"why = {WORDS}", 'why = { en = "words" }', "documents.toml: paper.*fr"),
        ("documents.toml", "stage = 1", "stage = 7", "documents.toml: paper.*stage"),
        ("documents.toml", '"client"', '"nobody"', "documents.toml: paper.*from_party"),
        ("documents.toml", "number = 1", "number = 1\nnumbr = 1", "documents.toml: paper.*numbr"),
        ("documents.toml", "due_days = 7", "due_days = -1", "documents.toml: paper.*due_days"),
        ("documents.toml", FILES["documents.toml"], FILES["documents.toml"] * 2, "documents.toml: paper.*twice"),
        ("tasks.toml", f"how = {WORDS}", 'how = { en = "a", fr = " " }', "tasks.toml: act.*fr"),
        ("tasks.toml", "gate = 1", "gate = 7", "tasks.toml: act.*gate"),
        ("tasks.toml", FILES["tasks.toml"], FILES["tasks.toml"] * 2, "tasks.toml: act.*twice"),
        ("questions.toml", '"many"', '"who"', "questions.toml: who.*twice"),
        ("questions.toml", '"them"', '"us"', "questions.toml: who.*us.*twice"),
        ("questions.toml", '"choice"', '"oracle"', "questions.toml: who.*kind"),
        ("questions.toml", '"choice"', '"text"', "questions.toml: who.*options"),
        ("questions.toml", '"broker_count"', '"shoe_size"', "questions.toml: many.*shoe_size"),
        ("questions.toml", 'is = "us"', 'like = "us"', "questions.toml: many.*unknown operator like"),
        ("questions.toml", 'is = "us"', 'is = "nobody"', "questions.toml: many.*nobody"),
        ("questions.toml", 'answer = "who"', 'answer = "many"', "questions.toml: many.*unknown question 'many'"),
        ("findings.toml", '["paper"]', '["scroll"]', "findings.toml: found.*unknown document 'scroll'"),
        ("findings.toml", '["act"]', '["sing"]', "findings.toml: found.*unknown task 'sing'"),
        ("findings.toml", 'answer = "who"', 'answer = "when"', "findings.toml: found.*unknown question 'when'"),
        ("findings.toml", 'is = "them"', 'is = "yes"', "findings.toml: found.*unknown option"),
        ("findings.toml", 'is = "them"', 'in = "them"', "findings.toml: found.*list"),
        ("findings.toml", 'is = "them"', "over = 1.5", "findings.toml: found.*1.5"),
        ("findings.toml", 'is = "them"', "empty = 1", "findings.toml: found.*empty"),
        ("findings.toml", 'answer = "who", is = "them"', 'fact = "no.fact", is = 1', "findings.toml: found.*no.fact"),
        ("findings.toml", 'is = "them"', 'over = { fact = "no.fact" }', "findings.toml: found.*no.fact"),
        ("findings.toml", 'answer = "who"', 'profile = "hair"', "findings.toml: found.*hair"),
        ("findings.toml", 'answer = "who", is = "them"', "all = []", "findings.toml: found.*all"),
        ("findings.toml", 'answer = "who", is = "them"', 'is = "them"', "findings.toml: found.*needs one of"),
        ("findings.toml", '"high"', '"awful"', "findings.toml: found.*severity"),
        ("findings.toml", "title =", "titel =", "findings.toml: found.*title"),
        (
            "findings.toml",
            "title =",
            'due = { answer = "when" }\ntitle =',
            "findings.toml: found.*unknown question 'when'",
        ),
        ("findings.toml", "title =", 'due = { answer = "who" }\ntitle =', "findings.toml: found.*'who' is no date"),
        ("findings.toml", "title =", 'due = { answer = "who", until = 1 }\ntitle =', "findings.toml: found.*until"),
        ("templates.toml", 'key = "act"', 'key = "sing"', "templates.toml: way.*unknown task 'sing'"),
        ("templates.toml", 'kind = "task"', 'kind = "document"', "templates.toml: way.*unknown document 'act'"),
        ("templates.toml", "stage = 1,", "stage = 2,", "templates.toml: way.*stage"),
        ("templates.toml", "after_days = 2", "after_days = 2, anew = true", "templates.toml: way.*anew"),
        (
            "templates.toml",
            "stage = 1,",
            'stage = 1, when = { profile = "hair", is = "x" },',
            "templates.toml: way.*hair",
        ),
        (
            "templates.toml",
            "stage = 1,",
            'stage = 1, when = { answer = "who", is = "us" },',
            "templates.toml: way.*who",
        ),
        ("templates.toml", f"purpose = {WORDS}", 'purpose = { fr = "mots" }', "templates.toml: way.*en"),
    ],
)
def test_broken_data_is_refused(write: Callable[..., Path], file: str, old: str, new: str, named: str) -> None:
    with pytest.raises(RulebookError, match=named):
        load_catalogue(write(file, old, new), SOURCES)


def test_missing_file_is_refused(write: Callable[..., Path]) -> None:
    folder = write()
    (folder / "tasks.toml").unlink()
    with pytest.raises(RulebookError, match=r"tasks\.toml"):
        load_catalogue(folder, SOURCES)


def test_every_document_of_the_fact_sheet(shipped: Catalogue) -> None:
    assert sorted(document.number for document in shipped.documents.values()) == list(range(1, 34))
    assert {document.number for document in shipped.documents.values() if document.expires} == {14, 16, 22, 26}


def test_what_is_the_trades_custom_says_so_and_names_no_page_of_cbsas(shipped: Catalogue) -> None:
    rows = [*shipped.documents.values(), *shipped.tasks.values(), *shipped.findings]
    custom = {row.key for row in rows if [one.source.key for one in row.citations] == ["PRACTICE"]}
    assert custom == {
        "portal_user_list", "engagement_letter", "classification_list", "valuation_file", "relief_authorisations",
        "contact_list", "test_release", "check_classification", "no_test_release", "no_engagement_letter", "contacts_missing",
    }  # fmt: skip
    levels = {
        key: {c.confidence for c in shipped.documents[key].citations} for key in ("payment_setup", "broker_billing")
    }
    assert levels == {"payment_setup": {"M"}, "broker_billing": {"M"}}


def test_every_document_and_task_is_asked_for_by_something(shipped: Catalogue) -> None:
    steps = [step for template in shipped.templates.values() for step in template.steps]
    documents = {key for rule in shipped.findings for key in rule.documents}
    tasks = {key for rule in shipped.findings for key in rule.tasks} | {s.key for s in steps if s.kind == "task"}
    by_button = {task_kinds.EXPLAIN_STATEMENT_GAP}  # from the page of statements that do not add up
    assert (set(shipped.documents) - documents, set(shipped.tasks) - tasks - by_button) == (set(), set())


def test_the_steps_the_program_asks_for_are_named_in_one_place_and_exist(shipped: Catalogue) -> None:
    named = {value for name, value in vars(task_kinds).items() if name.isupper()}
    assert named and named <= set(shipped.tasks)
    package = Path(task_kinds.__file__).parents[1]
    apart = {package / "rulebook" / "task_kinds.py", *(package / "demo").rglob("*.py")}  # the demo tells stories
    spelled = [
        (path.relative_to(package).as_posix(), node.lineno, node.value)
        for path in sorted(set(package.rglob("*.py")) - apart)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in shipped.tasks
    ]
    assert spelled == []


def test_each_gate_is_held_by_a_grave_finding_and_a_task(shipped: Catalogue) -> None:
    grave = {rule.gate for rule in shipped.findings if rule.severity in ("blocker", "high")}
    assert grave >= {1, 2, 3, 4, 5, 6}
    assert {task.gate for task in shipped.tasks.values()} >= {1, 2, 3, 4, 5, 6}


def test_every_choice_question_serves_a_finding_or_another_question(shipped: Catalogue) -> None:
    conditions = [rule.when for rule in shipped.findings]
    questions = [question for section in shipped.sections for question in section.questions]
    conditions += [question.show_when for question in questions if question.show_when is not None]
    used = {part["answer"] for condition in conditions for part in comparisons(condition) if "answer" in part}
    informative = {"country", "goods_description", "hs_chapters", "origins", "shipments", "yearly_value"}
    silent = {question.key for question in questions} - used - informative
    assert silent - {rule.due.answer for rule in shipped.findings if rule.due} == set()


def test_templates_are_those_of_the_firm(shipped: Catalogue) -> None:
    assert set(shipped.templates) == {
        "carm_onboarding",
        "security_only",
        "security_renewal",
        "annual_review",
        "broker_change",
    }
    stages = [stage.en for stage in shipped.templates["carm_onboarding"].stages]
    assert stages == ["Intake", "Registration", "Delegation", "Security", "Go-live", "Steady state"]
    for template in shipped.templates.values():
        assert all(step.after_days <= template.duration_days for step in template.steps)
        assert {step.stage for step in template.steps} == set(range(1, len(template.stages) + 1))


def days_of(shipped: Catalogue, template: str) -> dict[str, int]:
    return {step.key: step.after_days for step in shipped.templates[template].steps}


@pytest.mark.parametrize(
    ("template", "order"),
    [
        # The portal's own order (facts 2.1): number, managers, link, account, delegation, enrolment, requirement, posting, payment.
        (
            "carm_onboarding",
            "choose_bams get_credentials link_business open_rm approve_broker enrol_rpp read_requirement apply_for_bond "
            "post_agreement set_up_payment test_release watch_first_statement",
        ),
        ("carm_onboarding", "get_bn file_bsf900 link_business"),
        ("security_only", "enrol_rpp read_requirement apply_for_bond post_agreement set_up_payment"),
        # The new broker is let in, and has released goods, before the old one goes.
        ("broker_change", "broker_requests_access approve_broker assign_broker_staff test_release revoke_old_broker"),
        ("security_renewal", "read_requirement apply_for_bond post_agreement confirm_in_portal release_old_security"),
    ],
)
def test_steps_of_a_template_come_in_their_order(shipped: Catalogue, template: str, order: str) -> None:
    days = days_of(shipped, template)
    awaited = [days[key] for key in order.split()]
    assert awaited == sorted(awaited)


def test_a_renewal_asks_anew_for_the_papers_of_the_new_security(shipped: Catalogue) -> None:
    """The old bond's record, accepted and valid to its end, does not prove the new one."""
    steps = shipped.templates["security_renewal"].steps
    assert {step.key for step in steps if step.anew} == {
        "bond_application",
        "indemnity_agreement",
        "security_agreement",
    }


DUE_DAYS = """
bn_confirmation 7 program_account_list 7 non_resident_pack 14 incorporation_papers 10 bam_identities 7 affinity_data 7
portal_user_list 10 broker_agreement 10 delegation_proof 7 engagement_letter 7 receivable_history 10 import_forecast 14
bond_application 10 financial_statements 14 indemnity_agreement 10 security_agreement 14 deposit_receipt 7 rpp_confirmation 5
payment_setup 10 broker_billing 10 classification_list 21 origin_certifications 21 valuation_file 21 sima_exposure 14
melt_certificate 14 permits 21 relief_authorisations 14 csa_approval 14 penalty_history 14 last_statement 7 paper_bond 21
retention_plan 21 contact_list 5
"""


def test_a_document_is_due_in_the_days_the_firm_gives_for_it(shipped: Catalogue) -> None:
    """The firm's own measure, in no source: written down twice, so that a slip of one is seen."""
    words = DUE_DAYS.split()
    awaited = dict(zip(words[::2], map(int, words[1::2]), strict=True))
    assert {key: document.due_days for key, document in shipped.documents.items()} == awaited


def test_french_is_not_a_copy_of_english(shipped: Catalogue) -> None:
    for rule in shipped.findings:
        assert rule.title.en != rule.title.fr
        assert rule.advice.en != rule.advice.fr
