"""The demo firm, assessing: assessments are started, answered in sittings, signed by a second person, their findings settled."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from tracker.assessments import commands as assessments
from tracker.assessments.commands import Given
from tracker.assessments.commands.signing import content_digest
from tracker.assessments.models import Assessment, Finding
from tracker.assessments.planning import lay_out
from tracker.assessments.profiles import profile_of
from tracker.assessments.rules import visible_questions
from tracker.assessments.sheet import sheet_of
from tracker.demo.answering import CONTINUOUS, DOES_NOT_APPLY, answers_of
from tracker.demo.file import CLIENTS, DECIDING, ENTERING, OURS, File
from tracker.demo.telling import Step
from tracker.platform.clock import today
from tracker.platform.db import db
from tracker.rulebook.book import rules_at

YEAR = 365
SETTLED_AFTER = 52  # days after the client came, when what was found has been put right
STILL_OPEN_ONE_IN = 6
SETTLED = {
    "no_security": ("Security is posted and shows in the portal.", "La garantie est déposée et figure au portail."),
    "not_enrolled": ("Every account is enrolled in RPP; confirmation on file.", "Chaque compte est inscrit à la MAP; confirmation au dossier."),
    "due_dates_unknown": ("Finance has the dates of the next 12 months.", "Les finances ont les dates des 12 prochains mois."),
    "portal_not_linked": ("Linked, with two managers.", "Liée, avec deux gestionnaires."),
    "broker_not_approved": ("The broker asked and was approved at business level.", "Le courtier a demandé et obtenu l'approbation au niveau entreprise."),
    "no_backup_payer": ("A second person can pay; tried once.", "Une deuxième personne peut payer; essai fait."),
    "surtax_exposure": ("Accepted: counted in the bond, looked at again at each change of the orders.",
                        "Accepté : compté dans le cautionnement, revu à chaque changement des décrets."),
    "seasonal_peak": ("Accepted: the bond covers the peak month.", "Accepté : le cautionnement couvre le mois de pointe."),
    "imports_grow": ("Accepted: watched with each statement.", "Accepté : suivi à chaque relevé."),
    "cash_security": ("Accepted: the client prefers a deposit.", "Accepté : le client préfère un dépôt."),
    "non_resident_file": ("CBSA agreed to records abroad; letter on file.", "L'ASFC a accepté les dossiers à l'étranger; lettre au dossier."),
}  # fmt: skip
SETTLED_ELSE = (
    "Put right together with the client; nothing more to do.",
    "Corrigé avec le client; rien de plus à faire.",
)


@dataclass
class Course:
    """One assessment being told; its id is known once it is started."""

    is_first: bool
    id: UUID | None = None

    @property
    def row(self) -> Assessment:
        """The assessment itself."""
        return db.session.get_one(Assessment, self.id)


def steps(file: File) -> Iterator[Step]:
    """The client's assessments."""
    kind, joined = file.story.assessed, file.story.joined
    if not kind:
        return
    begun = max(joined - 3, 1)
    first = Course(is_first=True)
    yield file.step(begun, OURS, _start, first)
    yield file.step(begun, DECIDING, _answer, first, 0, 34 if kind == "half" else 45)
    if kind == "half":
        return
    yield file.step(max(begun - 2, 1), 16, _answer, first, 45, None)
    if kind == "planned":
        yield file.step(max(begun - 3, 1), 17, _plan, first)
    if kind in ("signed", "twice"):
        yield from _signed(file, first, max(begun - 5, 1), max(joined - SETTLED_AFTER, 1))
    if kind == "twice":
        again, second = joined - YEAR - 6, Course(is_first=False)
        yield file.step(again, ENTERING, _start, second)
        yield file.step(again, CLIENTS, _answer, second, 0, None)
        yield from _signed(file, second, again - 4, max(again - 9, 1))


def _signed(file: File, course: Course, signed: int, settled: int) -> Iterator[Step]:
    yield file.step(signed, 18, _sign, course)
    if settled < signed:
        yield file.step(settled, DECIDING, _settle, course)


def _start(file: File, course: Course) -> None:
    course.id = assessments.start_assessment(file.lead, client_id=file.client_id, on=today()).id


def _answer(file: File, course: Course, first: int, last: int | None) -> None:
    """Answer what is asked, from the `first` question to the `last`; None: to the end."""
    answers = answers_of(file, is_first=course.is_first)
    rules = rules_at(course.row.rules_on)
    asked = [
        question.key
        for section in visible_questions(rules, answers, profile_of(file.client_id))
        for question in section.questions
    ]
    given = {key: _given(file, key, answers.get(key)) for key in asked[first:last]}
    assessments.save_answers(file.lead, assessment_id=course.row.id, given=given, seen={})


def _given(file: File, key: str, value: object) -> Given:
    if value is not None:
        return Given(value)
    return Given(None, file.says(*(CONTINUOUS if key == "agreement_ends_on" else DOES_NOT_APPLY)))


def _plan(file: File, course: Course) -> None:
    """Of what the findings ask for, what the engagement has not asked for already. The broker was asked elsewhere."""
    row = course.row
    lines = lay_out(sheet_of(row), today()).lines
    in_template = {item.key for item in rules_at(row.rules_on).templates[file.story.template].steps}
    items = [line.item for line in lines if line.is_new and line.kind != "delegation" and line.key not in in_template]
    assessments.apply_plan(file.lead, assessment_id=row.id, version=row.version, items=items, on=today())


def _sign(file: File, course: Course) -> None:
    row = course.row
    digest = content_digest(sheet_of(row))
    assessments.sign_off(file.firm.priya, assessment_id=row.id, version=row.version, digest=digest, on=today())


def _settle(file: File, course: Course) -> None:
    """Most findings are settled or accepted with a reason; here and there the mildest stays open."""
    rows = _open_findings(course.id)
    keep = 1 if file.number % STILL_OPEN_ONE_IN == 2 and file.story.assessed == "signed" else 0
    for row in rows[: len(rows) - keep]:
        reason = file.says(*SETTLED.get(row.rule, SETTLED_ELSE))
        assessments.settle_finding(file.lead, finding_id=row.id, version=row.version, reason=reason, on=today())


def _open_findings(assessment_id: UUID | None) -> Sequence[Finding]:
    query = select(Finding).where(Finding.assessment_id == assessment_id, Finding.settled_on.is_(None))
    order = ("blocker", "high", "medium", "low")
    return sorted(db.session.scalars(query), key=lambda row: (order.index(row.severity), row.rule))
