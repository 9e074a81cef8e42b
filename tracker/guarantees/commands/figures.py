"""Guarantees, commands: CBSA's own figure, and the request to lower it."""

from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from tracker.clients.models import ProgramAccount
from tracker.guarantees.cover import cover_of
from tracker.guarantees.enums import UNDECIDED, Basis, ReductionState
from tracker.guarantees.models import PortalFigure, ReductionRequest
from tracker.guarantees.outlook import Outlook, outlook
from tracker.guarantees.rules.review import review_in_view
from tracker.guarantees.rules.sizing import LOOKBACK
from tracker.platform.actor import Actor
from tracker.platform.audit import record
from tracker.platform.days import spoken
from tracker.platform.db import db
from tracker.platform.edge import check_version
from tracker.platform.errors import Refusal
from tracker.platform.languages import language as reader_language
from tracker.platform.money import ZERO, format_money, to_cents
from tracker.rulebook.book import rules_at
from tracker.rulebook.calendar import first_review_year, review_cycle


def note_portal_figure(
    actor: Actor,
    *,
    account: ProgramAccount,
    amount: Decimal,
    read_on: date,
    today: date,
    shown: str | None = None,
    posted_amount: Decimal | None = None,
    read_by: str | None = None,
) -> PortalFigure:
    """Note the requirement CBSA's portal showed for an account on a day (CAD). It prevails over our estimate.

    One of the dashboard counts at once; one that was `shown` in a review's "notice" from that review's deadline (facts 3.4).
    `posted_amount` (CAD) is the security it showed as posted: it counts nowhere and is held against our register.
    `read_by` (default the actor) is who saw it; of two figures of one day the one noted last prevails.
    """
    figure = PortalFigure(
        client_id=account.client_id,
        program_account_id=account.id,
        amount=check_figure(amount, read_on, today),
        posted_amount=check_posted(posted_amount),
        read_on=read_on,
        read_by=read_by or actor.name,
        counts_from=_notice_counts_from(read_on) if shown == "notice" else None,
    )
    db.session.add(figure)
    record(actor, "portal-figure:noted", figure)
    return figure


def check_figure(amount: Decimal, read_on: date, today: date) -> Decimal:
    """A figure as the portal can have shown it (CAD, to the cent); Refusal for one below zero or of a day to come."""
    if amount < ZERO:
        raise Refusal("amount", _("An amount cannot be below zero."))
    check_day("read_on", read_on, today)
    return to_cents(amount)


def check_posted(amount: Decimal | None) -> Decimal | None:
    """Security as the portal can have shown it posted (CAD, to the cent), None where nobody read it; Refusal below zero."""
    if amount is not None and amount < ZERO:
        raise Refusal("posted_amount", _("An amount cannot be below zero."))
    return None if amount is None else to_cents(amount)


def _notice_counts_from(read_on: date) -> date:
    year = review_in_view(read_on)
    cycle = review_cycle(max(year, first_review_year()))
    if read_on < cycle.run_on:
        run_on = spoken(cycle.run_on, reader_language())
        raise Refusal(
            "shown", _("No notice of a review was out on that day: the next review is that of %(day)s.", day=run_on)
        )
    return cycle.deadline_on


def draft_reduction(
    actor: Actor,
    *,
    account: ProgramAccount,
    asked_amount: Decimal,
    justification: str,
    language: Literal["en", "fr"],
    today: date,
) -> ReductionRequest:
    """Draw up a request to lower what CBSA shows for an account (CAD).

    Refusal while another is open (CBSA takes no second one), without any statement of the last twelve periods, where CBSA's
    own figure does not prevail, and for an amount below what those periods or a review just run call for.
    """
    if open_reduction(account) is not None:
        raise Refusal(None, _("A request is open for this account. CBSA takes no second one."))
    seen = _outlook_of(account.id, today)
    shown_amount = seen.cover.portal_amount
    if not seen.cover.known_months:
        raise Refusal(
            None,
            _("No statement of the last 12 closed periods is on file: enter them first, CBSA looks at all twelve."),
        )
    if shown_amount is None or seen.cover.basis is not Basis.PORTAL:
        raise Refusal(None, _("A reduction lowers what CBSA shows: note the figure its portal shows now first."))
    _check_reduction(shown_amount, asked_amount, seen.least_to_ask_for_amount, justification)
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
    actor: Actor, *, request: ReductionRequest, version: int, asked_amount: Decimal, justification: str, today: date
) -> ReductionRequest:
    """Change a draft. What was filed stays as it was filed. Refusal as in `draft_reduction`, on the statements of today."""
    check_version(request, version)
    if request.state is not ReductionState.DRAFT:
        raise Refusal(None, _("What was filed stays as it was filed."))
    least = _outlook_of(request.program_account_id, today).least_to_ask_for_amount
    _check_reduction(request.shown_amount, asked_amount, least, justification)
    request.asked_amount, request.justification = to_cents(asked_amount), justification.strip()
    record(actor, "reduction:edited", request)
    return request


def file_reduction(
    actor: Actor, *, request: ReductionRequest, version: int, on: date, today: date, case_number: str | None = None
) -> ReductionRequest:
    """Note that it was filed in CBSA's portal. From then on it is pending, and pending protects (facts 3.4).

    Refusal for a day to come or before there was such a requirement, and where the statements known on that day call for
    more than it asks.
    """
    check_version(request, version)
    if request.state is not ReductionState.DRAFT:
        raise Refusal(None, _("It has been filed already."))
    check_day("on", on, today)
    if LOOKBACK not in rules_at(on).facts:
        raise Refusal("on", _("On that day CBSA set no such requirement yet."))
    _check_least(None, request.asked_amount, _outlook_of(request.program_account_id, on).least_to_ask_for_amount)
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
    if request.state not in UNDECIDED or (request.state is ReductionState.DRAFT and to is not ReductionState.WITHDRAWN):
        raise Refusal("to", _("It cannot go there from where it stands."))
    check_day("on", on, today)
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
        ReductionRequest.program_account_id == account.id, ReductionRequest.state.in_(UNDECIDED)
    )
    return db.session.scalars(query.order_by(ReductionRequest.id)).first()


def _outlook_of(account_id: UUID, today: date) -> Outlook:
    rules = rules_at(today)
    cover = cover_of(rules, account_id, as_of=today)
    if cover is None:
        raise Refusal(None, _("This account is no longer there."))
    return outlook(cover, rules)


def _check_reduction(shown: Decimal, asked: Decimal, least: Decimal, justification: str) -> None:
    if not ZERO <= asked < shown:
        raise Refusal("asked_amount", _("Ask for less than the portal shows."))
    _check_least("asked_amount", asked, least)
    if not justification.strip():
        raise Refusal("justification", _("CBSA asks for a justification."))


def _check_least(field: str | None, asked: Decimal, least: Decimal) -> None:
    if asked < least:
        amount = format_money(least, reader_language())
        raise Refusal(field, _("The periods and reviews on file call for %(least)s: ask for no less.", least=amount))


def check_day(field: str, day: date, today: date) -> None:
    """Refusal on `field` for a day to come: what will happen is not noted."""
    if day > today:
        raise Refusal(field, _("A day that has not come yet cannot be noted."))
