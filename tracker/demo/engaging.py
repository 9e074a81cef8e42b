"""The demo firm, engaging: engagements are opened from templates, their items are done, returned or late, and they are closed."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from tracker.coordination import commands as coordination
from tracker.coordination import portal_commands as portal
from tracker.coordination.enums import Party, TaskState
from tracker.coordination.models import Task
from tracker.demo import papers, planning
from tracker.demo.cast import DONE, ONBOARDING
from tracker.demo.file import CLIENTS, DECIDING, ENTERING, MOVING, OURS, File
from tracker.demo.telling import Step
from tracker.documents import commands as documents
from tracker.engagements import commands as engagements
from tracker.engagements.enums import EngagementState
from tracker.engagements.models import Engagement
from tracker.onboarding.commands import open_with_template
from tracker.platform.clock import today
from tracker.platform.db import db
from tracker.rulebook.book import rules_at
from tracker.rulebook.calendar import review_cycle
from tracker.rulebook.types import TemplateStep

RETURNED_ONE_IN, BY_PORTAL_ONE_IN = 11, 4
NO_RISE_AFTER = 30  # days into a review's engagement, when the estimate is compared
REVIEW_OPENED_AFTER = 3  # days after CBSA's review has run
NOT_NEEDED = ("open_rm",)  # who has an account need not open one
CLOSING = (
    ("Released under its own security, first statement paid on time. Handed over to ongoing support.",
     "Dédouané sous sa propre garantie, premier relevé payé à temps. Dossier passé au soutien continu."),
    ("Security posted and seen in the portal, RPP confirmed. Nothing left open.",
     "Garantie déposée et vue dans le portail, MAP confirmée. Rien en suspens."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Course:
    """One engagement's course: when it was opened, what of it is done, and what was left or given back."""

    template: str
    opened: int  # days ago
    done_to: int = (
        DONE  # done ahead: what falls due up to that day of the template. What was due before today is done anyhow
    )
    late: tuple[str, ...] = ()
    put_off: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()
    fresh: tuple[str, ...] = ()


def steps(file: File) -> Iterator[Step]:
    """The engagement the client came with, and this year's review where it is under way."""
    story = file.story
    if story.joined > 1 or story.key == "opened":
        course = Course(
            story.template,
            max(story.joined - 1, 1),
            story.done_to,
            story.late,
            story.put_off,
            story.returned,
            story.fresh,
        )
        yield file.step(course.opened, ENTERING, _open, course)
        yield from of_course(file, course)
    if story.has_review:
        yield from _review(file)
    if story.delegation == "change":
        change = Course("broker_change", 16, 15)
        yield file.step(16, ENTERING, _open, change)
        yield from of_course(file, change)


def of_course(file: File, course: Course) -> Iterator[Step]:
    """What happens after it was opened."""
    template = rules_at(file.day(course.opened)).templates[course.template]
    begun: dict[int, int] = {}
    last = course.opened
    for item in template.steps:
        ago = _done_ago(file, course, item)
        if ago is not None:
            begun[item.stage] = max(begun.get(item.stage, 0), ago)
            last = min(last, ago)
            yield from _done(file, item, ago, course.opened)
    yield from _in_hand(file, course)
    if file.is_abroad and course.template == ONBOARDING:
        yield from _records_abroad(file, course)
    if course.done_to < DONE and course.opened > 3:
        yield file.step(2, DECIDING, planning.spread, course.put_off, file.story.at_hand)
    for stage, ago in begun.items():
        if stage > 1:
            yield file.step(ago, MOVING, _move, course.template, stage)
    if course.done_to >= DONE and not course.late:
        yield file.step(max(last - 1, 1), 16, _close, course.template)


def _records_abroad(file: File, course: Course) -> Iterator[Step]:
    """A non-resident sends the BSF900 file in the second week; CBSA takes about six more to agree."""
    for kind, after, act in (
        ("non_resident_pack", 9, papers.hand_in),
        ("non_resident_pack", 11, papers.accept),
        ("file_bsf900", 13, _with_cbsa),
        ("file_bsf900", 56, _finish),
    ):
        ago = course.opened - after
        if ago >= 1 and after <= course.done_to:
            hour = CLIENTS if act is papers.hand_in else DECIDING
            yield file.step(ago, hour, act, kind)


def _with_cbsa(file: File, kind: str) -> None:
    task = _task(file, kind)
    if task is not None:
        coordination.edit_task(
            file.lead, task=task, version=task.version, waiting_on=Party.CBSA, due_on=file.working(today(), 45)
        )


def _done_ago(file: File, course: Course, item: TemplateStep) -> int | None:
    """On which day an item was done, days ago: a bit before it was due. None where it is still open."""
    age = (file.today - file.day(course.opened)).days
    is_left = item.key in (*course.late, *course.put_off, *course.returned, *course.fresh)
    if is_left or course.opened <= 1 or (item.after_days >= age and item.after_days > course.done_to):
        return None
    early = age - item.after_days + file.chance.randint(0, 4)
    return max(min(early, course.opened - 1), 1)


def _done(file: File, item: TemplateStep, ago: int, opened: int) -> Iterator[Step]:
    key, chance = item.key, file.chance
    if item.kind == "task":
        if key in NOT_NEEDED and file.accounts[0].months:
            yield file.step(ago, OURS, _cancel, key)
            return
        if chance.randint(1, BY_PORTAL_ONE_IN) == 1:
            yield file.step(ago, CLIENTS, _hand_back, key)
        yield file.step(ago, DECIDING, _finish, key)
        return
    if ago + 4 < opened and chance.randint(1, RETURNED_ONE_IN) == 1:
        yield file.step(ago + 3, CLIENTS, papers.hand_in, key)
        yield file.step(ago + 3, DECIDING, papers.give_back, key)
        yield file.step(ago, CLIENTS, papers.hand_in, key, "-2")
    else:
        yield file.step(ago, CLIENTS, papers.hand_in, key)
    yield file.step(ago, DECIDING, papers.accept, key)


def _in_hand(file: File, course: Course) -> Iterator[Step]:
    """What came in these last days, and what went back to the client."""
    for index, key in enumerate(course.returned):
        ago = min(5 + index, course.opened - 1)
        yield file.step(ago, CLIENTS, papers.hand_in, key)
        yield file.step(ago, DECIDING, papers.give_back, key)
    for key in course.fresh:
        ago = file.chance.randint(1, 3)
        yield file.step(ago, MOVING, _ask_for, key)
        yield file.step(ago, CLIENTS, papers.hand_in, key)


def _open(file: File, course: Course) -> None:
    opened = open_with_template(
        file.lead,
        client_id=file.client_id,
        template=course.template,
        opened_on=today(),
        lead_id=file.lead.user_id,
        partners={Party.BROKER: file.broker_id, Party.SURETY: file.surety_id},
    )
    if file.is_abroad and course.template == ONBOARDING:
        _ask_for_records(file, opened.engagement.id)


def _ask_for_records(file: File, engagement_id: UUID) -> None:
    """What only a non-resident has to do: the BSF900 file."""
    documents.ensure_request(
        file.lead, client_id=file.client_id, kind="non_resident_pack", engagement_id=engagement_id,
        owner_id=file.lead.user_id, due_on=file.working(today(), 12),
    )  # fmt: skip
    coordination.ensure_task(
        file.lead, client_id=file.client_id, kind="file_bsf900", engagement_id=engagement_id,
        owner_id=file.lead.user_id, due_on=file.working(today(), 14),
    )  # fmt: skip


def _review(file: File) -> Iterator[Step]:
    """The annual review, where one has run and its deadline has not passed: a few days after 20 October."""
    for year in (file.today.year - 1, file.today.year):
        cycle = review_cycle(year)
        opened = (file.today - cycle.run_on).days - REVIEW_OPENED_AFTER
        if cycle.run_on <= file.today <= cycle.deadline_on and 1 < opened < file.story.joined - 1:
            course = Course("annual_review", opened, opened + 4)
            yield file.step(opened, ENTERING, _open, course)
            yield from of_course(file, course)
            if file.story.read_at >= 1 and opened > NO_RISE_AFTER:
                yield file.step(opened - NO_RISE_AFTER, 16, _needs_nothing)


def _needs_nothing(file: File) -> None:
    """The review does not raise this client's requirement: what the template holds ready for a rise falls away."""
    for kind in ("request_reduction", "post_agreement"):
        _cancel(file, kind)
    request = papers.open_request(file, "security_agreement")
    if request is not None:
        reason = file.says("The review does not raise the requirement.", "L'examen n'augmente pas l'exigence.")
        documents.set_not_required(file.lead, request_id=request.id, version=request.version, reason=reason)


def _ask_for(file: File, kind: str) -> None:
    if papers.open_request(file, kind) is None:
        documents.request_document(file.lead, client_id=file.client_id, kind=kind, owner_id=file.lead.user_id)


def _task(file: File, kind: str) -> Task | None:
    query = select(Task).where(Task.client_id == file.client_id, Task.kind == kind, Task.state == TaskState.OPEN)
    return db.session.scalars(query.order_by(Task.due_on)).first()


def _finish(file: File, kind: str) -> None:
    task = _task(file, kind)
    if task is not None:
        coordination.finish_task(file.lead, task=task, version=task.version)


def _cancel(file: File, kind: str) -> None:
    task = _task(file, kind)
    if task is not None:
        coordination.cancel_task(file.lead, task=task, version=task.version)


def _hand_back(file: File, kind: str) -> None:
    """The client says on the portal that a step is done, where it is theirs to say."""
    task = _task(file, kind)
    if task is not None and task.is_client_visible and task.waiting_on is Party.CLIENT and file.contact_id:
        portal.hand_back_task(file.contact, task_id=task.id, version=task.version)


def _engagement(file: File, template: str) -> Engagement | None:
    """The open engagement of this kind; None where the daily job found no cause to open it."""
    query = select(Engagement).where(
        Engagement.client_id == file.client_id,
        Engagement.template == template,
        Engagement.state == EngagementState.OPEN,
    )
    return db.session.scalars(query).one_or_none()


def _move(file: File, template: str, stage: int) -> None:
    row = _engagement(file, template)
    if row is not None and stage > row.stage:
        engagements.move_stage(file.lead, engagement=row, version=row.version, stage=stage, on=today())


def _close(file: File, template: str) -> None:
    row = _engagement(file, template)
    if row is not None:
        note = file.says(*CLOSING[0 if template == ONBOARDING else 1])
        engagements.close_engagement(file.lead, engagement=row, version=row.version, on=today(), closing_note=note)
