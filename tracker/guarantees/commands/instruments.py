"""Guarantees, commands: record an instrument, spread it over accounts, move it through its life."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from tracker.clients.rules import squeeze
from tracker.guarantees.commands.figures import check_day
from tracker.guarantees.enums import InstrumentKind, InstrumentState
from tracker.guarantees.models import Allocation, Instrument
from tracker.guarantees.queries import open_accounts
from tracker.guarantees.rules import COVERING, Problem, can_move, check_allocations, check_validity, overlap
from tracker.platform import clock
from tracker.platform.actor import Actor
from tracker.platform.audit import changes_of, record
from tracker.platform.db import db
from tracker.platform.edge import check_version
from tracker.platform.errors import Refusal
from tracker.platform.money import ZERO, to_cents
from tracker.rulebook.calendar import paper_answer_by


def add_instrument(
    actor: Actor,
    *,
    client_id: UUID,
    kind: InstrumentKind,
    amount: Decimal,
    state: InstrumentState,
    on: date,
    number: str | None = None,
    provider_id: UUID | None = None,
    valid_from: date | None = None,
    valid_until: date | None = None,
    note: str | None = None,
    shares: Mapping[UUID, Decimal] | None = None,
) -> Instrument:
    """Record an instrument of a client and how it is spread over program accounts (CAD).

    Without `shares` a client with one open account gets all of it there. Refusal beside the field that cannot be.
    """
    instrument = Instrument(
        client_id=client_id,
        kind=InstrumentKind(kind),
        number=number,
        provider_id=provider_id,
        amount=_exact("amount", amount),
        valid_from=valid_from,
        valid_until=valid_until,
        state=InstrumentState(state),
        state_since=on,
        posted_on=_began(on, valid_from) if state in COVERING else None,
        note=note,
    )
    _check(instrument)
    _check_entered_once(instrument)
    db.session.add(instrument)
    record(actor, "instrument:added", instrument)
    db.session.flush()
    _spread(instrument, shares if shares is not None else _whole_on_single_account(instrument))
    return instrument


def edit_instrument(
    actor: Actor,
    *,
    instrument: Instrument,
    version: int,
    amount: Decimal,
    number: str | None = None,
    provider_id: UUID | None = None,
    valid_from: date | None = None,
    valid_until: date | None = None,
    note: str | None = None,
    shares: Mapping[UUID, Decimal] | None = None,
    posted_on: date | None = None,
) -> Instrument:
    """Correct an instrument and its shares. `posted_on`, the day CBSA had it, only of one that was posted; None leaves it."""
    check_version(instrument, version)
    if posted_on is not None and posted_on != instrument.posted_on:
        if instrument.posted_on is None or posted_on > clock.today():
            raise Refusal("posted_on", _("Only the day of what was posted can be mended, and not to a day to come."))
        instrument.posted_on = posted_on
    instrument.amount = _exact("amount", amount)
    instrument.number, instrument.provider_id, instrument.note = number, provider_id, note
    instrument.valid_from, instrument.valid_until = valid_from, valid_until
    _check(instrument)
    _check_entered_once(instrument)
    before = {a.program_account_id: a.amount for a in _allocations(instrument)}
    wanted = before if shares is None else dict(shares)
    changes = {**changes_of(instrument), **({} if wanted == before else _share_changes(before, wanted))}
    record(actor, "instrument:edited", instrument, changes=changes)
    _touch(instrument)
    db.session.flush()
    _spread(instrument, wanted)
    return instrument


def move_instrument(
    actor: Actor,
    *,
    instrument: Instrument,
    version: int,
    to: InstrumentState,
    on: date,
    today: date,
    valid_until: date | None = None,
) -> Instrument:
    """Take an instrument to its next state; an end needs its date. One given up before it began keeps the days it was to have.

    Refusal on "to" when its life does not go that way, on "on" for a day that has not come: what will happen is no state.
    """
    check_version(instrument, version)
    to = InstrumentState(to)
    if on > today:
        raise Refusal(
            "on", _("This day lies ahead. Note it when it has come; an end to come is the day on which cover ends.")
        )
    if not can_move(instrument.kind, instrument.state, to):
        raise Refusal("to", _("It cannot go there from where it stands."))
    if to is InstrumentState.ENDING:
        instrument.notice_received_on = on
    if to is InstrumentState.ENDED and _has_begun(instrument, on):
        instrument.valid_until = min(day for day in (valid_until, instrument.valid_until, on) if day is not None)
    elif to is not InstrumentState.ENDED and valid_until is not None:
        instrument.valid_until = valid_until
    if to in COVERING and instrument.posted_on is None:
        instrument.posted_on = on
    instrument.state, instrument.state_since = to, on
    _check(instrument)
    record(actor, "instrument:moved", instrument)
    return instrument


def send_instrument(actor: Actor, *, instrument: Instrument, version: int, on: date, today: date) -> Instrument:
    """Note that what the provider issued was sent to CBSA on paper: pending from that day on, and pending protects.

    Refusal for what is not issued or posted already, and for a day to come.
    """
    check_version(instrument, version)
    if instrument.state is not InstrumentState.ISSUED:
        raise Refusal(None, _("Only what was issued and is not posted yet is sent to CBSA."))
    check_day("on", on, today)
    instrument.sent_on, instrument.answer_by_on = on, paper_answer_by(on)
    record(actor, "instrument:sent", instrument)
    return instrument


def reschedule_instrument(actor: Actor, *, instrument: Instrument, version: int, valid_until: date) -> Instrument:
    """Set the day an instrument ends. Refusal where that cannot be."""
    check_version(instrument, version)
    instrument.valid_until = valid_until
    _check(instrument)
    _check_entered_once(instrument)
    record(actor, "instrument:rescheduled", instrument)
    return instrument


def accept_instrument(actor: Actor, *, instrument: Instrument, version: int, reason: str) -> Instrument:
    """Let a kind that CBSA is not known to accept count towards cover, on the firm's word and with its reason (facts B-9)."""
    check_version(instrument, version)
    if not reason.strip():
        raise Refusal("reason", _("Say why it may count: who at CBSA accepted it, and when."))
    instrument.acceptance_reason, instrument.accepted_by = reason.strip(), actor.name
    record(actor, "instrument:accepted", instrument)
    return instrument


def _has_begun(instrument: Instrument, on: date) -> bool:
    return instrument.valid_from is not None and instrument.valid_from <= on


def _began(on: date, valid_from: date | None) -> date:
    """When one recorded as posted already began to count: from its start on, or from `on` where that still lies ahead."""
    return on if valid_from is None else min(on, valid_from)


def _check(instrument: Instrument) -> None:
    if instrument.amount <= ZERO:
        raise Refusal("amount", _("An amount above zero, please."))
    problem = check_validity(instrument.valid_from, instrument.valid_until, instrument.state)
    if problem is Problem.NO_START:
        raise Refusal("valid_from", _("Say from which day it is valid."))
    if problem is Problem.NO_END:
        raise Refusal("valid_until", _("Say on which day the cover ends."))
    if problem is Problem.ENDS_BEFORE_START:
        raise Refusal("valid_until", _("It ends before it begins."))


def _check_entered_once(instrument: Instrument) -> None:
    """One agreement of one provider stands once over the same days. Two different ones over them are sound cover."""
    if not _reference(instrument):
        return
    query = select(Instrument).where(
        Instrument.client_id == instrument.client_id,
        Instrument.state != InstrumentState.ENDED,
        Instrument.number.is_not(None),
    )
    with db.session.no_autoflush:
        others = [row for row in db.session.scalars(query) if row is not instrument]
    for other in others:
        is_same = _reference(other) == _reference(instrument) and other.provider_id == instrument.provider_id
        if is_same and overlap(_validity(other), _validity(instrument)):
            raise Refusal("number", _("This agreement is already recorded over some of these days."))


def _reference(instrument: Instrument) -> str:
    """The agreement's number as the same number typed otherwise would read."""
    return squeeze(instrument.number or "")


def _validity(instrument: Instrument) -> tuple[date | None, date | None]:
    return instrument.valid_from, instrument.valid_until


def _exact(field: str, amount: Decimal) -> Decimal:
    if amount != to_cents(amount):
        raise Refusal(field, _("An amount has at most two decimals."))
    return to_cents(amount)


def _allocations(instrument: Instrument) -> list[Allocation]:
    query = select(Allocation).where(Allocation.instrument_id == instrument.id).order_by(Allocation.id)
    return list(db.session.scalars(query))


def _whole_on_single_account(instrument: Instrument) -> dict[UUID, Decimal]:
    accounts = open_accounts(instrument.client_id)
    return {accounts[0].id: instrument.amount} if len(accounts) == 1 else {}


def _spread(instrument: Instrument, shares: Mapping[UUID, Decimal]) -> None:
    wanted = {account_id: _exact("shares", amount) for account_id, amount in shares.items() if amount}
    problem = check_allocations(instrument.amount, list(wanted.values()))
    if problem is Problem.MORE_THAN_AMOUNT:
        raise Refusal("shares", _("The shares add up to more than the instrument."))
    if problem is Problem.NOT_POSITIVE:
        raise Refusal("shares", _("A share above zero, please."))
    kept = {row.program_account_id: row for row in _allocations(instrument)}
    for account_id, row in kept.items():
        if account_id not in wanted:
            db.session.delete(row)
    for account_id, amount in wanted.items():
        if account_id in kept:
            kept[account_id].amount = amount
        else:
            db.session.add(
                Allocation(
                    client_id=instrument.client_id,
                    instrument_id=instrument.id,
                    program_account_id=account_id,
                    amount=amount,
                )
            )
    db.session.flush()


def _touch(instrument: Instrument) -> None:
    """Shares live in rows of their own: the instrument's version moves with them, or two people overwrite each other."""
    flag_modified(instrument, "amount")


def _share_changes(before: Mapping[UUID, Decimal], wanted: Mapping[UUID, Decimal]) -> dict[str, object]:
    return {"shares": [{str(k): v for k, v in before.items()}, {str(k): v for k, v in wanted.items()}]}
