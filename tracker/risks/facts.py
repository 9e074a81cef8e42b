"""Risks, rules: what the rules are given and what they hand back. Frozen values, CAD and dates."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from tracker.guarantees.rules.particulars import Particulars
from tracker.platform.money import format_money
from tracker.risks.advice import ADVICE
from tracker.risks.enums import RiskKind, Severity
from tracker.rulebook.types import Text


@dataclass(frozen=True, slots=True)
class Month:
    """The charges of one billing period of one account. CAD."""

    period_end: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """One program account. `imports` and `is_rpp_enrolled` are None while nobody knows. CAD."""

    id: UUID
    number: str
    imports: bool | None
    is_rpp_enrolled: bool | None
    is_closed: bool = False
    enrolled_on: date | None = None  # in RPP; what was charged before needed no security of the importer's own
    months: tuple[Month, ...] = ()
    peak_amount: Decimal = Decimal(0)
    peak_period_end: date | None = None
    estimate_amount: Decimal = Decimal(0)
    portal_amount: Decimal | None = None
    portal_read_on: date | None = None
    in_force_amount: Decimal | None = None  # what the account's cover goes by; None: the two above decide
    posted_amount: Decimal = Decimal(0)
    short_then_amount: Decimal = Decimal(0)  # missing once the review in view counts
    short_then_on: date | None = None
    ends_on: date | None = None
    shown_posted_amount: Decimal | None = None  # posted as CBSA's portal showed it; None: nobody read it there
    shown_posted_on: date | None = None
    posted_then_amount: Decimal = Decimal(0)  # posted on that day, by our register
    covered_from: date | None = None  # the first day of any instrument ever shared out on it; None: not known
    stated_peak_amount: Decimal | None = None
    delegated_to: tuple[str, ...] = ()  # providers with an approved delegation on this very account

    @property
    def is_requirement_known(self) -> bool:
        """Whether a figure was read in the portal or statements allow an estimate."""
        return self.portal_amount is not None or bool(self.months) or self.estimate_amount > 0

    @property
    def required_amount(self) -> Decimal:
        """What the account's cover goes by: the portal's figure where one was read, a review in force, else our estimate."""
        if self.in_force_amount is not None:
            return self.in_force_amount
        return self.estimate_amount if self.portal_amount is None else self.portal_amount

    @property
    def charged(self) -> tuple[Month, ...]:
        """The periods that owed something."""
        return tuple(month for month in self.months if month.amount > 0)


@dataclass(frozen=True, slots=True)
class Levied:
    """What the statements of the last 12 months that break it down show in duties and in SIMA duties. CAD."""

    periods: int  # that say how much of them is duty
    duties_amount: Decimal
    sima_amount: Decimal
    last_period_end: date


@dataclass(frozen=True, slots=True)
class InstrumentFacts:
    """One instrument that counts or could count. CAD."""

    id: UUID
    name: Text
    number: str | None
    amount: Decimal
    allocated_amount: Decimal
    is_in_force: bool
    is_accepted: bool  # by CBSA as far as known, or counted by the firm with a reason
    valid_from: date | None = None
    valid_until: date | None = None
    document: Particulars | None = None  # None: nobody read its document, or it has ended
    document_read_on: date | None = None
    notice_days: int | None = None  # between the provider's notice and the end; None: no notice stands
    is_notice_short: bool = False  # fewer than the law asks
    is_in_form: bool = True  # of the form each account it is shared over is sized for

    def said_of(self, bn9: str | None) -> Particulars:
        """What our register says of it; `bn9` is its client's."""
        return Particulars(self.amount, self.number, bn9, self.valid_from, self.valid_until)

    @property
    def label(self) -> Text:
        """What the trade calls it, with its number."""
        number = f" {self.number}" if self.number else ""
        return Text(f"{self.name.en}{number}", f"{self.name.fr}{number}")


@dataclass(frozen=True, slots=True)
class ManagerFacts:
    """A contact who is business account manager (BAM) in the portal."""

    id: UUID
    name: str
    is_active: bool
    seen_on: date | None


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """One client as the rules see it. `answers` are those of the newest signed assessment, by question."""

    id: UUID
    name: str
    bn9: str | None = None
    residency: str = "unknown"
    country: str | None = None
    is_portal_linked: bool | None = None
    stated_bam_count: int | None = None
    managers: tuple[ManagerFacts, ...] = ()
    accounts: tuple[AccountFacts, ...] = ()
    instruments: tuple[InstrumentFacts, ...] = ()
    answers: tuple[tuple[str, Any], ...] = ()
    levied: Levied | None = None  # None: no statement breaks it down


@dataclass(frozen=True, slots=True)
class Risk:
    """One risk: what it is, why, what to do next. `severity` is the firm's own measure. CAD."""

    code: str
    severity: Severity
    sentence: Text
    cause: Text
    client_id: UUID
    client_name: str
    account_id: UUID | None = None
    account: str | None = None
    record_id: UUID | None = None
    exposure_amount: Decimal | None = None
    exposure_word: Text | None = None  # what the amount is
    since: date | None = None
    by_when: date | None = None

    @property
    def kind(self) -> RiskKind:
        """What sort of risk it is."""
        return ADVICE[self.code].kind

    @property
    def then(self) -> Text:
        """What to do next."""
        return ADVICE[self.code].then

    @property
    def party(self) -> str:
        """Who does it."""
        return ADVICE[self.code].party

    @property
    def source(self) -> str:
        """Fact id, source or record the statement rests on."""
        return ADVICE[self.code].source

    @property
    def key(self) -> str:
        """The same risk has the same key tomorrow: a task is made of it once."""
        return f"risk:{self.code}:{self.record_id or self.account_id or self.client_id}"


def cad(en: str, fr: str, **amounts: Decimal) -> Text:
    """A sentence with its amounts written as each language does; `{name}` marks the places."""
    return Text(
        en.format(**{key: format_money(value, "en") for key, value in amounts.items()}),
        fr.format(**{key: format_money(value, "fr") for key, value in amounts.items()}),
    )


def ending_words(days: int) -> Text:
    """That security ends today, tomorrow or in so many days."""
    if days < 2:
        when = Text("tomorrow", "demain") if days else Text("today", "aujourd'hui")
        return Text(f"Security ends {when.en}.", f"La garantie prend fin {when.fr}.")
    return Text(f"Security ends in {days} days.", f"La garantie prend fin dans {days} jours.")
