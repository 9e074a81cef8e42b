"""Guarantees, queries: what an account needs and has on days to come, from the cover of today. Reads nothing itself. CAD."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tracker.guarantees import wording
from tracker.guarantees.account_cover import AccountCover, Notice
from tracker.guarantees.enums import Basis
from tracker.guarantees.rules import shortfall
from tracker.guarantees.rules.review import (
    ReviewForecast,
    least_to_ask_for,
    review_ahead,
    review_forecast,
    review_in_view,
    worthwhile_reduction,
)
from tracker.platform.money import ZERO
from tracker.rulebook.calendar import ONE_DAY, ReviewCycle, billing_period_of
from tracker.rulebook.types import Rules, Text


@dataclass(frozen=True, slots=True)
class Outlook:
    """One account's reviews, as far as its statements tell. CAD."""

    cover: AccountCover
    in_view: ReviewForecast  # until 15 January the last one, from then on the next
    ahead: ReviewForecast  # the next that has not run; the same one between 16 January and 19 October

    @property
    def notice_in_view(self) -> Notice | None:
        """CBSA's notice of the review in view, where somebody read it; one of another review is none."""
        notice = self.cover.notice
        return notice if notice is not None and notice.counts_from == self.in_view.cycle.deadline_on else None

    @property
    def review_amount(self) -> Decimal:
        """What the review in view comes to: CBSA's notice where somebody read it, else our sum."""
        return self.in_view.amount if self.notice_in_view is None else self.notice_in_view.amount

    @property
    def increase_amount(self) -> Decimal:
        """By how much the review in view raises what is required; 0.00: no notice to expect."""
        return max(self.review_amount - self.cover.required_amount, ZERO) if self.cover.has_history else ZERO

    @property
    def least_to_ask_for_amount(self) -> Decimal:
        """The least that a reduction may ask for."""
        return least_to_ask_for(self.cover.estimate, self.in_view.cycle, self.review_amount, self.cover.as_of)

    @property
    def is_bound_by_review(self) -> bool:
        """Whether it is a review CBSA has just run that a reduction may not go below, rather than the last 12 periods."""
        return self.least_to_ask_for_amount > self.cover.estimate.required_amount

    @property
    def reducible_amount(self) -> Decimal:
        """By how much CBSA's figure exceeds the least that may be asked for; 0.00 where no statement says what that is,
        where a later review has gone over the figure somebody read (the portal shows another one by now), and where a
        request is open: CBSA takes no second one."""
        cover = self.cover
        if not cover.known_months or cover.basis is not Basis.PORTAL or cover.has_open_reduction:
            return ZERO
        return worthwhile_reduction(self.cover.portal_amount, self.least_to_ask_for_amount)

    def required_on(self, day: date) -> Decimal:
        """Today's figure, or a review's if that is higher and counts by `day`. A fall needs a request: nothing falls by itself."""
        raised = self._raised_by(day)
        return self.cover.required_amount if raised is None else raised[0]

    def explained_on(self, day: date) -> Text:
        """How the figure required on `day` came about, in one sentence."""
        raised = self._raised_by(day)
        return self.cover.explanation if raised is None else raised[1]

    def _raised_by(self, day: date) -> tuple[Decimal, Text] | None:
        """The highest figure of a review that counts by `day`, and its sentence; None where today's figure stands."""
        today = self.cover.as_of
        if day <= today:
            return None
        counted = [
            (amount, words)
            for review, amount, words in (
                (self.in_view, self.review_amount, self.review_words),
                (self.ahead, self.ahead.amount, self._sum_of(self.ahead)),
            )
            if day >= starts_counting(review.cycle, today) and amount > self.cover.required_amount
        ]
        return max(counted, key=lambda pair: pair[0], default=None)

    @property
    def review_words(self) -> Text:
        """How the figure of the review in view came about."""
        notice = self.notice_in_view
        if notice is not None:
            return wording.by_notice(notice.amount, notice.read_on, self.in_view.requirement.explanation)
        return self._sum_of(self.in_view)

    def _sum_of(self, review: ReviewForecast) -> Text:
        has_run = review.cycle.run_on <= self.cover.as_of
        return wording.by_review(review.cycle.run_on, has_run, review.requirement.explanation)

    def missing_on(self, day: date) -> Decimal:
        """What is missing on that day, as far as is known."""
        return shortfall(self.required_on(day), self.cover.posted_on(day))


def outlook(cover: AccountCover, rules: Rules) -> Outlook:
    """The review in view and the next that has not run, for one account."""
    day = cover.as_of
    in_view = review_forecast(cover.form, cover.months, rules, review_in_view(day), day)
    ahead = in_view
    if review_ahead(day) != in_view.cycle.run_on.year:
        ahead = review_forecast(cover.form, cover.months, rules, review_ahead(day), day)
    return Outlook(cover, in_view, ahead)


def starts_counting(cycle: ReviewCycle, today: date) -> date:
    """The day a review's figure counts on the ladder: one that ran, from its deadline; one to come, from its run."""
    return cycle.deadline_on if cycle.run_on <= today else cycle.run_on


def holds_until(seen: Outlook, rules: Rules) -> date:
    """The last day on which these figures stay as they are unless somebody writes: windows move, instruments begin and end."""
    cover, cycle = seen.cover, seen.in_view.cycle
    day = cover.as_of
    ends = [_period_closes(day)]
    ends += [
        boundary - ONE_DAY
        for boundary in (cycle.run_on, cycle.deadline_on, cycle.deadline_on + ONE_DAY)
        if boundary > day
    ]
    if cover.notice is not None:
        ends.append(cover.notice.counts_from - ONE_DAY)
    for share in cover.shares:
        if share.valid_from and share.valid_from > day:
            ends.append(share.valid_from - ONE_DAY)
        if share.valid_until and share.valid_until >= day:
            ends.append(share.valid_until)
    facts = (rules.facts[key] for key in cover.estimate.facts if key in rules.facts)
    ends += [fact.effective_until for fact in facts if fact.effective_until]
    return min(end for end in ends if end >= day)


def _period_closes(day: date) -> date:
    """The next 17th: on the 18th one more period counts."""
    return billing_period_of(day).release_to


def cover_steps(seen: Outlook, first: date, last: date) -> list[tuple[date, Decimal, Decimal]]:
    """(day, posted, required) at `first` and on each day either changes up to `last`. What was required before today is
    today's figure: nobody keeps CBSA's figures of the past unless they were read."""
    cover = seen.cover
    changes = {first, min(max(first, cover.as_of), last)}
    for share in cover.shares:
        changes |= {share.valid_from} if share.valid_from else set()
        changes |= {share.valid_until + ONE_DAY} if share.valid_until else set()
    for review in (seen.in_view, seen.ahead):
        changes |= {review.cycle.deadline_on, review.cycle.run_on}
    days = sorted(day for day in changes if first <= day <= last)
    steps = [(day, cover.posted_on(day), seen.required_on(day)) for day in days]
    return [step for at, step in enumerate(steps) if at == 0 or step[1:] != steps[at - 1][1:]]
