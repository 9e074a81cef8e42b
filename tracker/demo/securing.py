"""The demo firm, securing: portal figures are read, bonds applied for, posted, raised, ending, renewed; reductions asked for."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import ROUND_CEILING, Decimal
from uuid import UUID

from sqlalchemy import select

from tracker.clients import commands as clients
from tracker.clients.enums import Known
from tracker.coordination import commands as coordination
from tracker.coordination.enums import TaskState
from tracker.coordination.models import Task
from tracker.demo.engaging import Course, of_course
from tracker.demo.file import DECIDING, ENTERING, MOVING, OPENING, OURS, Account, File
from tracker.demo.history import need_on
from tracker.demo.telling import Step
from tracker.guarantees import commands as guarantees
from tracker.guarantees.cover import cover_of
from tracker.guarantees.enums import InstrumentKind, SecurityForm
from tracker.guarantees.enums import InstrumentState as State
from tracker.guarantees.models import Instrument
from tracker.guarantees.outlook import outlook
from tracker.guarantees.queries import told_on
from tracker.guarantees.rules.life import ENDING_DAYS
from tracker.guarantees.rules.review import review_in_view
from tracker.platform.actor import SYSTEM
from tracker.platform.clock import today
from tracker.platform.db import db
from tracker.platform.money import ZERO, to_cents
from tracker.renewals import commands as renewals
from tracker.rulebook.book import rules_at
from tracker.rulebook.calendar import review_cycle

SECURED_AFTER = 46  # days from the first talk until security is posted and the account enrolled, as a rule
READ_AGAIN = 91  # days between two readings of the portal's figure
READINGS = 4
SHOWN_LESS = 12  # the client of whose bond the portal shows a part only
ON_PAPER = 5  # every so many clients' bonds were held against their document
OTHER_AMOUNT = 20  # the client whose document gives another amount
TOLD_LATELY = (3, 15)  # the clients whose last figure still waits for the firm's check
WAY = (State.APPLICATION, State.UNDERWRITING, State.ISSUED, State.POSTED, State.SEEN_IN_PORTAL)
DAYS_BEFORE = {
    State.APPLICATION: 16,
    State.UNDERWRITING: 11,
    State.ISSUED: 4,
    State.POSTED: 0,
    State.SEEN_IN_PORTAL: -4,
}
# The file of a renewal or increase: opened so many days ago, its items done up to that day of the template.
FILES = {
    "short": (3, 0),
    "ending": (16, 10),
    "ends_soon": (70, 20),
    "portal_higher": (3, 0),
    "letter_of_credit": (10, 5),
}
CASE = "RQ-2026-04471"


def steps(file: File) -> Iterator[Step]:
    """Everything about one client's security, in no order."""
    if file.story.read is not None:
        yield from _readings(file)
    if file.story.cover:
        yield from _bond(file)
    if file.story.is_enrolled and file.story.key != "uncovered":
        yield file.step(_secured_ago(file), 16, _enrol)
    if file.story.key in FILES or file.story.key == "rising":
        yield from _renewal(file)
    if file.story.key == "reduction":
        yield file.step(26, OURS, _draft_reduction)
        yield file.step(21, DECIDING, _file_reduction)
    if file.story.key == "letter_of_credit":
        yield file.step(40, OURS, _letter_of_credit)
    if file.story.key == "ends_soon":
        yield file.step(12, OURS, _successor)


def _secured_ago(file: File) -> int:
    return max(file.story.joined - SECURED_AFTER, 2)


def _readings(file: File) -> Iterator[Step]:
    """The portal's figure, read every three months by one of the client's managers or by the firm."""
    story, ago = file.story, file.story.read or 1
    for turn in range(READINGS):
        at = ago + turn * READ_AGAIN
        if at > max(story.joined - 27, ago):
            return
        part = story.read_at if turn == 0 or story.key == "rising" else Decimal(1)
        for account in file.accounts:
            yield file.step(at, OURS, _read, account, part, turn == 0)


def _read(file: File, account: Account, part: Decimal, is_latest: bool) -> None:
    """The lead reads it, or the client's contact tells and the lead checks: that of a few clients still waits for that."""
    amount = to_cents(need_on(account.months, SecurityForm(file.form), today()) * part)
    posted = _posted(account, Decimal("0.6") if is_latest and file.number == SHOWN_LESS else Decimal(1))
    if file.number % 2 == 0:
        guarantees.note_portal_figure(
            file.lead, account=account.row, amount=amount, posted_amount=posted, read_on=today(), today=today()
        )
        return
    guarantees.tell_figures(
        file.contact, client_id=file.client_id, task_id=None, amounts={account.row.id: amount}, read_on=today(),
        today=today(), posted={} if posted is None else {account.row.id: posted},
    )  # fmt: skip
    told = told_on(account.row.id)
    if told is not None and not (is_latest and file.number in TOLD_LATELY):
        guarantees.accept_told(file.lead, told=told, version=told.version, today=today())


def _posted(account: Account, part: Decimal) -> Decimal | None:
    """What the portal shows as posted beside it: as a rule what the firm knows; None where nothing is."""
    cover = cover_of(rules_at(today()), account.row.id, as_of=today())
    return to_cents(cover.posted_amount * part) if cover and cover.posted_amount else None


def _shares(file: File) -> dict[UUID, Decimal]:
    """How much is posted on each account: the story's part of what is required, as bonds are written."""
    part = (file.story.cover or ZERO) * (file.story.read_at if file.story.key == "reduction" else 1)
    shares = {}
    for account in file.accounts:
        need = account.need
        if file.story.quirk == "growth":
            need = need_on(account.months[:-2], SecurityForm(file.form), file.today)
        if need and account.id:
            shares[account.id] = need if file.form == "cash" else _as_written(need * part)
    return shares


def _as_written(amount: Decimal) -> Decimal:
    """Rounded up to whole hundreds, thousands for large ones."""
    unit = Decimal(1_000 if amount > 40_000 else 100)
    return (amount / unit).to_integral_value(ROUND_CEILING) * unit


def _bond(file: File) -> Iterator[Step]:
    """From the application to the day it is seen in the portal; a part of the firm's clients came with it posted."""
    posted, story = _secured_ago(file), file.story
    has_whole_way = story.template != "security_only" or file.number % 3 == 0
    way: tuple[State, ...] = WAY if has_whole_way and file.form != "cash" else WAY[3:]
    if story.bond != "posted":
        way, posted = WAY[: WAY.index(State(story.bond)) + 1], -4
    first, ago = way[0], max(min(posted + DAYS_BEFORE[way[0]], story.joined - 2), 2)
    yield file.step(ago, ENTERING, _add, first, posted)
    for hour, state in enumerate(way[1:], start=MOVING):  # one after the other, also where long weekends make days one
        ago = max(posted + DAYS_BEFORE[state], 1)
        yield file.step(ago, hour, _move, state)
    if way[-1] is State.ISSUED:
        yield file.step(1, MOVING + len(way), _send)  # what is only issued was sent on paper
    if story.joined > 400 and file.number % 3 == 1 and story.key == "steady":
        yield file.step(188, OURS, _raise)
    if file.number % ON_PAPER == 0:
        yield file.step(2, OURS, _hold_against_document)
    if story.key == "left":
        yield file.step(46, DECIDING, _move, State.ENDED)


def _add(file: File, state: State, posted: int) -> None:
    shares = _shares(file)
    if not shares:
        return
    if file.story.joined > 400 and file.number % 3 == 1 and file.story.key == "steady":
        shares = {key: _as_written(amount * Decimal("0.85")) for key, amount in shares.items()}
    begins = file.day(posted) if posted > 0 else file.ahead(-posted)
    ends_in = file.story.ends_in
    is_cash = file.form == "cash"
    guarantees.add_instrument(
        file.lead,
        client_id=file.client_id,
        kind=InstrumentKind.CASH_DEPOSIT if is_cash else _kind(file),
        amount=sum(shares.values(), ZERO),
        state=state,
        on=today(),
        number=f"{'D' if is_cash else 'CB'}-{file.bn9[3:8]}-{file.number + 11:02d}",
        provider_id=None if is_cash else file.surety_id,
        valid_from=begins,
        valid_until=None if ends_in is None else file.today + timedelta(days=ends_in),
        shares=shares,
    )


def _kind(file: File) -> InstrumentKind:
    return InstrumentKind.BANK_AGREEMENT if file.number % 14 == 6 else InstrumentKind.SURETY_BOND


def _instrument(file: File) -> Instrument | None:
    query = select(Instrument).where(Instrument.client_id == file.client_id, Instrument.state != State.ENDED)
    return db.session.scalars(query.order_by(Instrument.valid_from)).first()


def _move(file: File, state: State) -> None:
    row = _instrument(file)
    if row is not None:
        guarantees.move_instrument(file.lead, instrument=row, version=row.version, to=state, on=today(), today=today())


def _send(file: File) -> None:
    row = _instrument(file)
    if row is not None and row.state is State.ISSUED:
        guarantees.send_instrument(file.lead, instrument=row, version=row.version, on=today(), today=today())


def _raise(file: File) -> None:
    row = _instrument(file)
    if row is not None:
        shares = _shares(file)
        guarantees.edit_instrument(
            file.lead, instrument=row, version=row.version, amount=sum(shares.values(), ZERO), number=row.number,
            provider_id=row.provider_id, valid_from=row.valid_from, valid_until=row.valid_until, shares=shares,
            note=file.says("Raised by endorsement with the growing volume.", "Augmenté par avenant avec la hausse du volume."),
        )  # fmt: skip


def _hold_against_document(file: File) -> None:
    """The bond as issued lies before the lead: as a rule it says what the register says."""
    row = _instrument(file)
    if row is not None:
        part = Decimal("0.8") if file.number == OTHER_AMOUNT else Decimal(1)
        guarantees.read_document(
            file.lead, instrument=row, amount=to_cents(row.amount * part), number=row.number,
            business_number=file.bn9, valid_from=row.valid_from, valid_until=row.valid_until, read_on=today(),
            today=today(),
        )  # fmt: skip


def _enrol(file: File) -> None:
    for account in file.accounts:
        row = account.row
        clients.edit_account(
            file.lead, account=row, version=row.version, operating_name=row.operating_name, profile=row.profile,
            is_rpp_enrolled=Known.YES, rpp_enrolled_on=today(), security_form=row.security_form,
            stated_peak_amount=row.stated_peak_amount,
        )  # fmt: skip


def _renewal(file: File) -> Iterator[Step]:
    """The daily job opens the file of what ends or is short; the team works it off."""
    opened, done_to = FILES.get(file.story.key, (0, 0))
    if file.story.key == "rising":
        cycle = review_cycle(review_in_view(file.today))
        opened = done_to = (file.today - cycle.run_on).days - 1  # the day after the review has run
    elif file.story.ends_in is not None:
        opened = ENDING_DAYS - file.story.ends_in
    if opened < 1:
        return
    yield file.step(opened, OPENING, _daily_job)
    yield from of_course(file, Course("security_renewal", opened, done_to))
    if file.story.key == "ends_soon":
        for index, kind in enumerate(("post_agreement", "confirm_in_portal", "release_old_security")):
            yield file.step(11, DECIDING, _put_off, kind, 5 + 7 * index)


def _daily_job(file: File) -> None:
    renewals.open_for(SYSTEM, client_ids=[file.client_id], today=today())


def _put_off(file: File, kind: str, days: int) -> None:
    query = select(Task).where(Task.client_id == file.client_id, Task.kind == kind, Task.state == TaskState.OPEN)
    for task in db.session.scalars(query):
        coordination.reschedule_task(file.lead, task=task, version=task.version, due_on=file.ahead(days))


def _successor(file: File) -> None:
    """The bond that follows the one that ends: with the surety's underwriters."""
    shares, ends_in = _shares(file), file.story.ends_in or 0
    row = guarantees.add_instrument(
        file.lead, client_id=file.client_id, kind=InstrumentKind.SURETY_BOND, amount=sum(shares.values(), ZERO),
        state=State.APPLICATION, on=today(), provider_id=file.surety_id, shares=shares,
        valid_from=file.today + timedelta(days=ends_in + 1),
    )  # fmt: skip
    guarantees.move_instrument(
        file.lead, instrument=row, version=row.version, to=State.UNDERWRITING, on=today(), today=today()
    )


def _letter_of_credit(file: File) -> None:
    """Offered by the client's bank: it counts for nothing until somebody says who at CBSA accepted it."""
    shares: Mapping[UUID, Decimal] = {
        key: _as_written(amount * Decimal("0.5")) for key, amount in _shares(file).items()
    }
    guarantees.add_instrument(
        file.lead, client_id=file.client_id, kind=InstrumentKind.LETTER_OF_CREDIT, amount=sum(shares.values(), ZERO),
        state=State.POSTED, on=today(), number=f"LC-{file.bn9[2:7]}", valid_from=today(), shares=shares,
        note=file.says("Received from the client's bank. CBSA has not said that it takes it.",
                       "Reçue de la banque du client. L'ASFC n'a pas dit qu'elle l'accepte."),
    )  # fmt: skip


def _draft_reduction(file: File) -> None:
    account = file.accounts[0]
    cover = cover_of(rules_at(today()), account.row.id, as_of=today())
    if cover is None:
        return
    least = outlook(cover, rules_at(today())).least_to_ask_for_amount
    guarantees.draft_reduction(
        file.lead, account=account.row, asked_amount=_as_written(least),
        justification=file.says(
            "The requirement rests on one exceptional month, a single order of spring stock brought forward. It has left the last 12 "
            "periods and will not come back; the 12 monthly totals are attached.",
            "L'exigence repose sur un mois exceptionnel, une commande unique de stock printanier devancée. Il est sorti des 12 dernières "
            "périodes et ne reviendra pas; les 12 totaux mensuels sont joints.",
        ),
        language="fr" if file.company.language == "fr" else "en", today=today(),
    )  # fmt: skip


def _file_reduction(file: File) -> None:
    row = guarantees.figures.open_reduction(file.accounts[0].row)
    if row is not None:
        guarantees.file_reduction(
            file.lead, request=row, version=row.version, on=today(), today=today(), case_number=CASE
        )
