"""Guarantees, views: the ladder of accounts, the annual review, a client's guarantee, one account, one bond over several."""

from collections.abc import Callable
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tracker.accounts.queries import warning_percent
from tracker.clients.queries import header as client_head
from tracker.guarantees import commands, queries
from tracker.guarantees.asking import ask_of
from tracker.guarantees.cover import cover_of, covers, covers_beside, posted_when_shown
from tracker.guarantees.forms.recording import SHARE, FigureForm, SendBackForm, TakeOverForm
from tracker.guarantees.forms.supposing import SplitForm
from tracker.guarantees.horizon import Horizon
from tracker.guarantees.ladder import BANDS, ladder
from tracker.guarantees.outlook import outlook
from tracker.guarantees.replacing import counts_from, needs_of, replaceable, to_replace
from tracker.guarantees.reviewing import SHOWS, review_list, years_of
from tracker.guarantees.rules.splitting import least_total, missing_after, split
from tracker.guarantees.showing import (
    account_whole,
    band_chips,
    client_page,
    horizon_tabs,
    horizon_told,
    instrument_words,
    replaceable_words,
)
from tracker.guarantees.showing_reviews import months_in_words, review_chips, review_tabs, surety_draft
from tracker.guarantees.views.blueprint import bp
from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.actor import actor
from tracker.platform.clock import today
from tracker.platform.edge import attempt
from tracker.platform.forms import Form
from tracker.platform.languages import language
from tracker.platform.pages import as_id, found, page, page_number
from tracker.rulebook.book import rules_at
from tracker.rulebook.calendar import last_safe_paper_day, review_cycle


@bp.get("/guarantees")
@requires(Permission.GUARANTEE_READ)
def index() -> ResponseReturnValue:
    """Every program account, the largest shortfall first, today or on a day to come."""
    asked = request.args.get("on")
    horizon, told = Horizon.of(asked, today()), horizon_told(asked, today())
    band = request.args.get("band") if request.args.get("band") in BANDS else None
    warning = warning_percent()
    rows = ladder(rules_at(today()), horizon, page_number(), today(), warning_percent=warning, band=band)
    return page(
        "guarantees/index.html",
        rows=rows,
        horizon=horizon,
        tabs=horizon_tabs(horizon, today()),
        chips=band_chips(rows.sums, band, warning),
        band=band,
        warning=warning,
        told=queries.told_to_check(),
        instead=told,
        typed=asked if told else horizon.day.isoformat(),
    )


@bp.get("/guarantees/review")
@requires(Permission.GUARANTEE_READ)
def review() -> ResponseReturnValue:
    """The annual review in view, or the next: whose requirement rises, to what, because of which month, and of whom nobody
    can tell; and which way is still open."""
    rules, day = rules_at(today()), today()
    years = years_of(day)
    year = years[-1] if request.args.get("of") == "ahead" else years[0]
    # of one that ran, its notices are what there is to act on; of one to come, every figure is a forecast
    usual = "rising" if review_cycle(year).run_on <= day else "all"
    asked = request.args.get("show")
    show = asked if asked in SHOWS else usual
    rows = review_list(rules, year, page_number(), day, show=show)
    return page(
        "guarantees/review.html",
        rows=rows,
        show=show,
        cycle=rows.cycle,
        tabs=review_tabs(years, year, day),
        chips=review_chips(rows.counts, show),
        missing={row.cover.account_id: months_in_words(row.missing_periods, language()) for row in rows.page.rows},
        paper_by=last_safe_paper_day(rows.cycle.deadline_on),
        pending=queries.pending_reductions([row.cover.account_id for row in rows.page.rows]),
    )


@bp.get("/clients/<uuid:client_id>/guarantee")
@requires(Permission.GUARANTEE_READ)
def client(client_id: UUID) -> ResponseReturnValue:
    """One client: each account's cover, and the instruments."""
    header = found(client_head(client_id))
    rules = rules_at(today())
    accounts = covers(rules, client_ids=[client_id])
    rows = queries.instruments_of(client_id)
    shown = client_page(rules, accounts, rows, language())
    return page("guarantees/client.html", header=header, shown=shown, words=instrument_words(rules))


@bp.get("/clients/<uuid:client_id>/guarantee/spread")
@requires(Permission.GUARANTEE_READ)
def spread(client_id: UUID) -> ResponseReturnValue:
    """One new bond over several accounts, beside or in place of what is posted: the least amount that covers each from a
    day on, or how far a given amount reaches. Asked with the address, so that it can be kept."""
    header = found(client_head(client_id))
    rules, accounts = rules_at(today()), covers(rules_at(today()), client_ids=[client_id])
    form = SplitForm(request.args, meta={"csrf": False})
    is_asked = "on" in request.args or "replaces" in request.args
    choices = replaceable(accounts)
    form.replaces.choices = replaceable_words(choices, rules, language())
    ticked = {one.id for one in choices} & {as_id(key) for key in form.replaces.data or ()}
    replaced = ticked if is_asked else to_replace(accounts, today())
    form.replaces.data = [str(key) for key in replaced]
    is_sound = form.validate() if request.args else True
    day = form.on.data if is_sound and form.on.data else counts_from(accounts, replaced, today())
    needs = needs_of([outlook(account, rules) for account in accounts], day, replaced)
    least = least_total(needs)
    total = form.total.data if is_sound and form.total.data is not None else least
    shares = split(total, needs)
    return page(
        "guarantees/spread.html",
        header=header,
        needs=needs,
        least=least,
        total=total,
        shares=shares,
        missing=missing_after(needs, shares),
        prefill={f"{SHARE}{account_id}": amount for account_id, amount in shares.items()},
        asked=form,
        on=day,
        replaced=[words for key, words in form.replaces.choices if key in form.replaces.data],
        status=200 if is_sound else 422,
    )


@bp.route("/guarantees/<uuid:account_id>", methods=["GET", "POST"])
@requires(get=Permission.GUARANTEE_READ, post=Permission.GUARANTEE_EDIT)
def account(account_id: UUID) -> ResponseReturnValue:
    """One account: the sum and its sentence, 24 months with the window, instruments, the portal's figure (typed in here)."""
    form = FigureForm(read_on=today())

    def act() -> str:
        found(cover_of(rules_at(today()), account_id))  # none is shown of an account that was closed
        chosen = found(queries.get_account(account_id))
        commands.note_portal_figure(actor(), account=chosen, today=today(), **form.values())
        return url_for("guarantees.account", account_id=account_id)

    return attempt(form, act, _("Noted. The portal's figure now prevails.")) or account_page(account_id, form)


@bp.post("/guarantees/told/<uuid:told_id>/accept")
@requires(Permission.GUARANTEE_EDIT)
def accept_told(told_id: UUID) -> ResponseReturnValue:
    """Take over what a client told: from now on it is the portal's figure."""
    return _decide_told(told_id, TakeOverForm(), commands.accept_told, _("Figure accepted."))


@bp.post("/guarantees/told/<uuid:told_id>/return")
@requires(Permission.GUARANTEE_EDIT)
def send_back_told(told_id: UUID) -> ResponseReturnValue:
    """Send it back, with a reason the client reads."""
    notice = _("Sent back: the step waits on the client again.")
    return _decide_told(told_id, SendBackForm(), commands.refuse_told, notice)


def _decide_told(told_id: UUID, form: Form, decide: Callable[..., object], notice: str) -> ResponseReturnValue:
    account_id = found(queries.get_told(told_id)).program_account_id

    def act() -> str:
        decide(actor(), told=found(queries.get_told(told_id)), today=today(), **form.values())
        return url_for("guarantees.account", account_id=account_id)

    return attempt(form, act, notice) or account_page(account_id, form)


def account_page(account_id: UUID, sent: Form) -> Response:
    """The page of one account, with what was typed into the form that was sent."""
    rules = rules_at(today())
    accounts = covers_beside(rules, account_id)
    cover = found(next((one for one in accounts if one.account_id == account_id), None))
    ask = ask_of([outlook(one, rules) for one in accounts], account_id)
    agreement = queries.agreement_of(ask.instrument_id) if ask is not None and ask.instrument_id else None
    told = queries.told_on(account_id)
    header = found(client_head(cover.client_id))
    reductions = queries.reductions_of(account_id)
    posted_then = posted_when_shown(rules, [cover]).get(account_id)
    figures = queries.figures_of(account_id)
    shown = account_whole(rules, outlook(cover, rules), header, figures, reductions, posted_then, language())
    fresh = {"formdata": None, "version": told.version if told else None}
    return page(
        "guarantees/account.html",
        form=sent,
        figure=sent if isinstance(sent, FigureForm) else FigureForm(formdata=None, read_on=today()),
        back=sent if isinstance(sent, SendBackForm) else SendBackForm(**fresh),
        told=told,
        header=header,
        shown=shown,
        contradicted=queries.contradicted(header.id, header.bn9),
        surety=surety_draft(ask, agreement, header.legal_name, today()) if ask is not None else None,
    )
