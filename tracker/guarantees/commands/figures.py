"""Guarantees, commands: CBSA's own figure, and the request to lower it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from tracker.clients.models import ProgramAccount
from tracker.guarantees.enums import ReductionState
from tracker.guarantees.models import PortalFigure, ReductionRequest
from tracker.guarantees.rules.review import review_in_view
from tracker.platform.actor import Actor
from tracker.platform.audit import record
from tracker.platform.db import db
from tracker.platform.edge import check_version
from tracker.platform.errors import Refusal
from tracker.platform.money import ZERO, to_cents
from tracker.rulebook.calendar import review_cycle

OPEN = (ReductionState.DRAFT, ReductionState.FILED)


def note_portal_figure(
    actor: Actor,
    *,
    account: ProgramAccount,
    amount: Decimal,
    read_on: date,
    today: date,
    shown: str | None = None,
) -> PortalFigure:
    """Note the requirement CBSA's portal showed for an account on a day (CAD). It prevails over our estimate.

    One of the dashboard counts at once; one that was `shown` in a review's "notice" from that review's deadline (facts 3.4).
    """
    if amount < ZERO:
        raise Refusal("amount", _("An amount cannot be below zero."))
    if read_on > today:
        raise Refusal("read_on", _("A day that has not come yet cannot be noted."))
    figure = PortalFigure(
        client_id=account.client_id,
        program_account_id=account.id,
        amount=to_cents(amount),
        read_on=read_on,
        read_by=actor.name,
        counts_from=_notice_counts_from(read_on) if shown == "notice" else None,
    )
    db.session.add(figure)
    record(actor, "portal-figure:noted", figure)
    return figure


def note_portal_figures(
    actor: Actor, *, client_id: UUID, amounts: Mapping[UUID, Decimal], read_on: date, today: date
) -> int:
    """Note what the dashboard showed for several accounts of one client (CAD by account); returns how many."""
    query = select(ProgramAccount).where(ProgramAccount.client_id == client_id, ProgramAccount.is_closed.is_(False))
    known = {account.id: account for account in db.session.scalars(query)}
    for account_id, amount in amounts.items():
        if account_id not in known:
            raise Refusal(None, _("This account is no longer there."))
        note_portal_figure(actor, account=known[account_id], amount=amount, read_on=read_on, today=today)
    return len(amounts)


def _notice_counts_from(read_on: date) -> date:
    cycle = review_cycle(review_in_view(read_on))
    if read_on < cycle.run_on:
        raise Refusal("shown", _("No notice of a review was out on that day: the next review runs on 20 October."))
    return cycle.deadline_on


def draft_reduction(
    actor: Actor,
    *,
    account: ProgramAccount,
    shown_amount: Decimal,
    asked_amount: Decimal,
    justification: str,
    language: Literal["en", "fr"],
    today: date,
) -> ReductionRequest:
    """Draw up a request to lower an account's requirement (CAD). Refusal while another is open: CBSA takes no second one."""
    if open_reduction(account) is not None:
        raise Refusal(None, _("A request is open for this account. CBSA takes no second one."))
    _check_reduction(shown_amount, asked_amount, justification)
    row = ReductionRequest(
        client_id=account.client_id,
        program_account_id=account.id,
        state=ReductionState.DRAFT,
        state_since=today,
        shown_amount=to_cents(shown_amount),
        asked_amount=to_cents(asked_amount),
        worked_out_on=today,
        language=language,
        justification=justification.strip(),
    )
    db.session.add(row)
    record(actor, "reduction:drafted", row)
    return row


def edit_reduction(
    actor: Actor, *, request: ReductionRequest, version: int, asked_amount: Decimal, justification: str
) -> ReductionRequest:
    """Change a draft. What was filed stays as it was filed."""
    check_version(request, version)
    if request.state is not ReductionState.DRAFT:
        raise Refusal(None, _("What was filed stays as it was filed."))
    _check_reduction(request.shown_amount, asked_amount, justification)
    request.asked_amount, request.justification = to_cents(asked_amount), justification.strip()
    record(actor, "reduction:edited", request)
    return request


def file_reduction(
    actor: Actor, *, request: ReductionRequest, version: int, on: date, today: date, case_number: str | None = None
) -> ReductionRequest:
    """Note that it was filed in CBSA's portal. From then on it is pending, and pending protects (facts 3.4)."""
    check_version(request, version)
    if request.state is not ReductionState.DRAFT:
        raise Refusal(None, _("It has been filed already."))
    _check_day("on", on, today)
    request.state, request.state_since, request.filed_on, request.case_number = (
        ReductionState.FILED, on, on, case_number
    )  # fmt: skip
    record(actor, "reduction:filed", request)
    return request


def decide_reduction(
    actor: Actor,
    *,
    request: ReductionRequest,
    version: int,
    to: ReductionState,
    on: date,
    today: date,
    decided_amount: Decimal | None = None,
) -> ReductionRequest:
    """Note CBSA's decision, or that it was withdrawn. An approved amount (CAD) becomes the portal's figure of that day."""
    check_version(request, version)
    to = ReductionState(to)
    if request.state not in OPEN or (request.state is ReductionState.DRAFT and to is not ReductionState.WITHDRAWN):
        raise Refusal("to", _("It cannot go there from where it stands."))
    _check_day("on", on, today)
    if request.filed_on and on < request.filed_on:
        raise Refusal("on", _("The decision comes after the filing."))
    if to is ReductionState.APPROVED:
        if decided_amount is None or decided_amount < ZERO:
            raise Refusal("decided_amount", _("Say which amount CBSA decided on."))
        request.decided_amount = to_cents(decided_amount)
        account = db.session.get_one(ProgramAccount, request.program_account_id)
        note_portal_figure(actor, account=account, amount=request.decided_amount, read_on=on, today=today)
    request.state, request.state_since, request.decided_on = to, on, on
    record(actor, "reduction:decided", request)
    return request


def open_reduction(account: ProgramAccount) -> ReductionRequest | None:
    """The account's request that is drafted or filed, if any."""
    query = select(ReductionRequest).where(
        ReductionRequest.program_account_id == account.id, ReductionRequest.state.in_(OPEN)
    )
    return db.session.scalars(query.order_by(ReductionRequest.id)).first()


def _check_reduction(shown: Decimal, asked: Decimal, justification: str) -> None:
    if not ZERO <= asked < shown:
        raise Refusal("asked_amount", _("Ask for less than the portal shows."))
    if not justification.strip():
        raise Refusal("justification", _("CBSA asks for a justification."))


def _check_day(field: str, day: date, today: date) -> None:
    if day > today:
        raise Refusal(field, _("A day that has not come yet cannot be noted."))
