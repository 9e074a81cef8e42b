"""Guarantees, showing: cover turned into what the pages draw: sentences, panels, charts. Words and shapes, no decisions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from tracker.clients.queries import ClientHeader
from tracker.guarantees.account_cover import AccountCover, Share
from tracker.guarantees.charting import StepsChart, steps_chart
from tracker.guarantees.enums import Basis, ReductionState
from tracker.guarantees.horizon import Horizon, Odd, furthest, what_is_odd
from tracker.guarantees.ladder import Sums
from tracker.guarantees.letters import review_message
from tracker.guarantees.models import Instrument, InstrumentReading, PortalFigure, ReductionRequest
from tracker.guarantees.outlook import Outlook
from tracker.guarantees.queries import InstrumentRow, particulars_of
from tracker.guarantees.replacing import Replaceable
from tracker.guarantees.rules import window
from tracker.guarantees.rules.particulars import Particulars, differing
from tracker.guarantees.rules.review import CONFIRM_DAYS, ChangePaths, RollOff, change_paths, roll_offs, unknown_from
from tracker.guarantees.wording import month_name, short_month
from tracker.guarantees.words import FORM_WORDS, REDUCTION_TONES, REDUCTION_WORDS, STATE_TONES, STATE_WORDS
from tracker.platform.money import ZERO, format_money
from tracker.platform.pages import cited, day
from tracker.rulebook.types import Rules

CHART_MONTHS = 24
MOST_SOURCES = 8


@dataclass(frozen=True, slots=True)
class Explained:
    """A computed figure with its why-panel."""

    sentence: str
    inputs: list[tuple[str, str]]
    citations: list[dict[str, str | None]]
    cautions: list[str]


@dataclass(frozen=True, slots=True)
class PostedApart:
    """Security posted as the portal showed it on a day, beside our register of that day. CAD."""

    read_on: date
    shown: Decimal
    ours: Decimal

    @property
    def gap(self) -> Decimal:
        """By how much the portal shows more (above zero) or less than the register; 0.00 where they agree."""
        return self.shown - self.ours


@dataclass(frozen=True, slots=True)
class AccountShown:
    """One account as a page shows it."""

    cover: AccountCover
    form: str
    state: str
    headline: str
    required: Explained
    chart: list[dict[str, Any]]
    outlook: Outlook | None
    paths: ChangePaths | None
    has_request_pending: bool
    over_time: StepsChart | None
    falls: Sequence[tuple[RollOff, str]]
    unknown_from: date | None  # when no statement on file lies in the window any more
    message: str
    reductions: Sequence[tuple[ReductionRequest, str, str]]
    shares: list[tuple[Share, str, str]]
    figures: Sequence[PortalFigure]
    posted_apart: PostedApart | None
    figure_age: int | None  # days, once nobody has confirmed the portal's figure for too long; None before


def tone_of(cover: AccountCover) -> str:
    """The chip's state: late when short, waiting when unknown, done when covered."""
    if not cover.has_history:
        return "open"
    return "late" if cover.shortfall_amount > 0 else "done"


def headline(cover: AccountCover, language: str) -> str:
    """One sentence: what is posted, what is needed, what is missing."""
    if not cover.has_history:
        return _("No statements and no figure from the portal yet: what is needed is not known.")
    required = format_money(cover.required_amount, language)
    if cover.required_amount == 0:
        return _("No security is required; enrolment in RPP is.")
    posted = format_money(cover.posted_amount, language)
    if cover.shortfall_amount > 0:
        gap = format_money(cover.shortfall_amount, language)
        return _("Posted %(posted)s of %(required)s: short by %(gap)s.", posted=posted, required=required, gap=gap)
    return _("Posted %(posted)s of %(required)s: covered.", posted=posted, required=required)


def explained(cover: AccountCover, rules: Rules, language: str) -> Explained:
    """Why this much is required."""
    estimate = cover.estimate
    inputs = [(_("Form of security"), str(FORM_WORDS[cover.form]))]
    if estimate.peak_period_end is not None:
        inputs.append((_("Highest month"), month_name(estimate.peak_period_end, language)))
        inputs.append((_("Amount owed that month"), format_money(estimate.peak_amount, language)))
    if cover.known_months:
        inputs.append((_("Our estimate"), format_money(estimate.required_amount, language)))
    if cover.review is not None:
        run_on, set_ = day(cover.review.cycle.run_on), format_money(cover.review.amount, language)
        inputs.append((_("Review in force"), _("%(amount)s, review of %(day)s", amount=set_, day=run_on)))
    if cover.portal_amount is not None:
        shown = format_money(cover.portal_amount, language)
        inputs.append(
            (_("Shown in the portal"), _("%(amount)s, read on %(day)s", amount=shown, day=day(cover.portal_read_on)))
        )
    if not cover.has_history and cover.stated_peak_amount:
        inputs.append((_("Highest month, as the client says"), format_money(cover.stated_peak_amount, language)))
    sentence = cover.explanation.in_(language)
    if cover.basis is Basis.PORTAL:
        ours = f" {_('Our estimate:')} {cover.sum.in_(language)}" if cover.known_months else ""
        sentence = _("The portal's figure prevails.") + ours
    facts = [rules.facts[key] for key in estimate.facts if key in rules.facts]
    began = max((fact.effective_from for fact in facts if fact.effective_from), default=None)
    if began is not None:
        inputs.append((_("Rules in force since"), day(began)))
    unique = {str(c["label"]): c for c in cited(c for fact in facts for c in fact.citations)}
    return Explained(sentence, inputs, list(unique.values())[:MOST_SOURCES], [c.in_(language) for c in cover.cautions])


def chart(cover: AccountCover, language: str) -> list[dict[str, Any]]:
    """The last 24 months as columns, the look-back window shaded and the peak marked. CAD."""
    first, last = window(cover.as_of)
    months = cover.months[-CHART_MONTHS:]
    return [
        {
            "label": month_name(month.period_end, language),
            "short": short_month(month.period_end, language),
            "value": month.amount,
            "text": format_money(month.amount, language),
            "in_window": first <= month.period_end <= last,
            "is_peak": month.period_end == cover.estimate.peak_period_end,
        }
        for month in months
    ]


def account_whole(
    rules: Rules,
    seen: Outlook,
    header: ClientHeader,
    figures: Sequence[PortalFigure],
    reductions: Sequence[ReductionRequest],
    posted_then: Decimal | None,
    language: str,
) -> AccountShown:
    """One account, whole: today, over time, the review, what rolls off, and the texts that follow.

    `posted_then` (CAD): what our register had posted on the day the portal's posted amount was read; None: nobody did.
    """
    cover = seen.cover
    is_filed = any(row.state is ReductionState.FILED for row in reductions)
    paths = change_paths(seen.in_view.cycle.deadline_on, cover.as_of, is_filed or bool(cover.pending_shares))
    shown = account_page(rules, cover, figures, language)
    return replace(
        shown,
        outlook=seen,
        falls=[
            (fall, month_name(fall.before.peak_period_end, language))
            for fall in roll_offs(cover.form, cover.months, rules, cover.as_of)
            if fall.before.peak_period_end
        ],
        unknown_from=unknown_from(cover.months, cover.as_of),
        paths=paths,
        posted_apart=PostedApart(cover.shown.read_on, cover.shown.amount, posted_then or ZERO) if cover.shown else None,
        has_request_pending=is_filed,
        over_time=steps_chart(seen, language) if cover.has_history else None,
        message=review_message(seen, paths, header.legal_name).in_(header.language) if cover.has_history else "",
        reductions=[(row, REDUCTION_TONES[row.state], str(REDUCTION_WORDS[row.state])) for row in reductions],
    )


def account_page(rules: Rules, cover: AccountCover, figures: Sequence[PortalFigure], language: str) -> AccountShown:
    """One account as a client's page shows it: today's sum and the months it comes from."""
    age = (cover.as_of - cover.portal_read_on).days if cover.portal_read_on else None
    return AccountShown(
        cover=cover,
        form=str(FORM_WORDS[cover.form]),
        state=tone_of(cover),
        headline=headline(cover, language),
        required=explained(cover, rules, language),
        chart=chart(cover, language),
        outlook=None,
        paths=None,
        has_request_pending=False,
        over_time=None,
        falls=(),
        unknown_from=None,
        message="",
        reductions=(),
        shares=[(share, STATE_TONES[share.state], str(STATE_WORDS[share.state])) for share in cover.shares],
        figures=figures,
        posted_apart=None,
        figure_age=age if age is not None and age > CONFIRM_DAYS else None,
    )


def client_page(
    rules: Rules, covers: Sequence[AccountCover], instruments: Sequence[InstrumentRow], language: str
) -> dict[str, Any]:
    """A client's accounts and instruments."""
    return {
        "accounts": [account_page(rules, cover, (), language) for cover in covers],
        "instruments": [(row, STATE_TONES[row.state], str(STATE_WORDS[row.state])) for row in instruments],
        "kinds": dict(rules.instruments),
    }


@dataclass(frozen=True, slots=True)
class Compared:
    """One item of an agreement as our register has it and as its document says it."""

    label: str
    register: str
    document: str
    differs: bool


def comparison(instrument: Instrument, read: InstrumentReading, bn9: str | None, language: str) -> tuple[Compared, ...]:
    """What the document says beside the register, item by item; a dash for what it was not read for."""
    ours = particulars_of(instrument, bn9)
    said = particulars_of(read, read.business_number)
    apart = differing(ours, said)
    labels = {
        "amount": _("Amount"),
        "number": _("Agreement number"),
        "business_number": _("Business number"),
        "valid_from": _("Valid from"),
        "valid_until": _("Valid until"),
    }

    def words(value: object) -> str:
        if isinstance(value, Decimal):
            return format_money(value, language)
        return day(value) if isinstance(value, date) else str(value or "–")

    def told(one: Particulars, name: str) -> str:
        return _("continuous") if name == "valid_until" and one.is_continuous else words(getattr(one, name))

    return tuple(Compared(label, told(ours, name), told(said, name), name in apart) for name, label in labels.items())


def replaceable_words(choices: Sequence[Replaceable], rules: Rules, language: str) -> list[tuple[str, str]]:
    """(id, words) of instruments a new one may replace: what it is, how much lies on accounts, until when."""
    return [
        (
            str(one.id),
            _(
                "%(kind)s, %(amount)s, until %(day)s",
                kind=_named(one, rules, language),
                day=day(one.valid_until),
                amount=format_money(one.amount, language),
            )
            if one.valid_until
            else _(
                "%(kind)s, %(amount)s, continuous",
                kind=_named(one, rules, language),
                amount=format_money(one.amount, language),
            ),
        )
        for one in choices
    ]


def _named(one: Replaceable, rules: Rules, language: str) -> str:
    return " ".join(part for part in (rules.instruments[one.kind.value].name.in_(language), one.number) if part)


def horizon_tabs(horizon: Horizon, today: date) -> list[tuple[Horizon, str, bool]]:
    """The days the ladder offers, in words, and which one is shown; another day chosen stands at the end."""
    words = {
        "today": _("today"),
        "deadline": _("15 January, the review's deadline"),
        "review": _("20 October, the next review"),
    }
    tabs = [(choice, words[choice.key], choice.key == horizon.key) for choice in Horizon.choices(today)]
    return tabs if any(active for _choice, _label, active in tabs) else [*tabs, (horizon, day(horizon.day), True)]


def horizon_told(asked: str | None, today: date) -> str | None:
    """Why today is shown instead of what was asked for; None where what was asked for is shown."""
    words = {
        Odd.NO_DAY: _("This is no date, so today is shown. Write it like 2026-11-23."),
        Odd.PAST: _("This day has passed, so today is shown. Choose today or a day to come."),
        Odd.TOO_FAR: _("Nothing can be said beyond %(day)s, so today is shown.", day=day(furthest(today))),
    }
    odd = what_is_odd(asked, today)
    return None if odd is None else words[odd]


def band_chips(sums: Sums, band: str | None, warning: int) -> list[dict[str, Any]]:
    """The ladder's bands with how many accounts each holds."""
    labels = {
        None: _("all"),
        "short": _("short"),
        "thin": _("covered, but under %(percent)s %%", percent=warning),
        "ending": _("ending within 90 days"),
        "rising": _("rising at the review"),
        "reducible": _("reduction worth asking"),
        "unknown": _("not known"),
    }
    return [
        {
            "key": key,
            "label": label,
            "count": sums.accounts if key is None else getattr(sums, key),
            "active": key == band,
        }
        for key, label in labels.items()
    ]


def instrument_words(rules: Rules) -> dict[str, Any]:
    """The rulebook's instrument kinds by key."""
    return dict(rules.instruments)
