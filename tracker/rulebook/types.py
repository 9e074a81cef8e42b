"""Rulebook types: what a fact, a question, a document kind or a finding rule is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from tracker.rulebook.typesetting import french, french_article

Language = Literal["en", "fr"]
Party = Literal["us", "client", "broker", "surety", "cbsa"]
Severity = Literal["blocker", "high", "medium", "low"]
FactValue = Decimal | int | str | bool | date


class RulebookError(ValueError):
    """The rulebook's data cannot be trusted: a gap, an overlap, a missing citation or translation. Boot stops."""


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in both official languages."""

    en: str
    fr: str

    def in_(self, language: str) -> str:
        """The words in `language` ("en" or "fr"; anything else reads as English)."""
        return french(self.fr) if language.startswith("fr") else self.en


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement can be read: one row of the source index (facts.md section 13)."""

    key: str  # "L1"
    title: str
    url: str | None
    read_on: date
    title_fr: str | None = None  # of what has an official French title; the rest is named as it was read

    def title_in(self, language: str) -> str:
        """The title in `language` where there is one, else as it was read."""
        return self.title_fr if self.title_fr and language.startswith("fr") else self.title


@dataclass(frozen=True, slots=True)
class Citation:
    """A source and the place in it, with how sure we are (H, M, L as in facts.md)."""

    source: Source
    section: str = ""  # "s. 10.1"
    confidence: Literal["H", "M", "L"] = "H"
    section_fr: str | None = None  # only where it is more than a number: "art. 10.1" follows by itself

    def section_in(self, language: str) -> str:
        """The place in the source: s. 10.1, art. 10.1."""
        if not language.startswith("fr"):
            return self.section
        return self.section_fr or french_article(self.section)

    def label_in(self, language: str) -> str:
        """The source's title with the place in it."""
        return ", ".join(filter(None, (self.source.title_in(language), self.section_in(language))))


@dataclass(frozen=True, slots=True)
class Fact:
    """One dated statement of regulation or policy. `value` is typed by `unit` (CAD, percent, days, text, flag, …)."""

    id: str  # "rpp.agreement_pct"; unique together with effective_from
    value: FactValue
    unit: str
    effective_from: date | None
    effective_until: date | None  # last day in force, inclusive; None = still in force
    citations: tuple[Citation, ...]
    text: Text
    caution: Text | None = None

    def in_force_on(self, day: date) -> bool:
        """Whether the fact holds on `day`, both ends included."""
        return (self.effective_from is None or self.effective_from <= day) and (
            self.effective_until is None or day <= self.effective_until
        )


Condition = Mapping[str, Any]
"""A condition as data: {all|any|none: [...]}, {answer|profile|fact: key, is|in|not|over|under|has|empty: value}."""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a question."""

    value: str
    text: Text


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the assessment, hidden unless `show_when` holds."""

    key: str
    section: str
    kind: Literal["yes_no", "choice", "multi", "number", "amount", "date", "text"]
    text: Text
    help: Text | None
    options: tuple[Option, ...]
    show_when: Condition | None
    profile: str | None  # profile field whose value is offered as the answer
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the assessment: one dimension of facts.md section 7, with its questions in order."""

    key: str
    text: Text
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A document or a set of data to gather (facts.md section 5)."""

    key: str  # "bn_confirmation"
    number: int  # row in facts.md section 5
    name: Text
    why: Text
    from_party: Party
    stage: int  # first of the firm's stages it is needed in, 1 to 6
    expires: bool  # has a natural expiry date that has to be asked for
    due_days: int  # days from the request to the proposed due date
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class TaskKind:
    """A step of coordination (facts.md section 6) or of onboarding (section 2.1), and who has to take it."""

    key: str
    name: Text
    how: Text  # what to do, in words a finance clerk follows
    waiting_on: Party
    gate: int | None  # readiness gate 1 to 6 it holds
    due_days: int
    is_client_visible: bool
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class DueFrom:
    """The day a finding is due by: the date answered, and the days the law counts from it where a fact is named."""

    answer: str  # key of a date question
    days: str | None = None  # fact in days; None: the date answered is itself the last day


@dataclass(frozen=True, slots=True)
class FindingRule:
    """When `when` holds, the assessment finds this: what it means, who acts, what follows."""

    key: str
    when: Condition
    severity: Severity
    party: Party
    gate: int | None
    title: Text
    advice: Text
    citations: tuple[Citation, ...]
    documents: tuple[str, ...] = ()  # document kind keys
    tasks: tuple[str, ...] = ()  # task kind keys
    due: DueFrom | None = None  # None: each document and task has its own days
    asks_delegation: bool = False
    asks_security: bool = False


@dataclass(frozen=True, slots=True)
class InstrumentKind:
    """A form of financial security, and whether CBSA is known to accept it for RPP (facts.md B-9)."""

    key: str  # surety_bond, bank_agreement, letter_of_credit, insurance_policy, cash_deposit
    name: Text
    form: Literal["agreement", "cash"]
    is_accepted: bool
    issuers: Text  # from whom CBSA accepts it
    caution: Text | None
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class TemplateStep:
    """What a template puts into an engagement, days after the opening."""

    kind: Literal["task", "document"]
    key: str
    stage: int
    after_days: int
    when: Condition | None = None  # on the client's profile; None: for every client
    anew: bool = False  # a document of its own: one handed in for what was there before does not stand for it


@dataclass(frozen=True, slots=True)
class EngagementTemplate:
    """A way of working: its stages and what it starts with."""

    key: str  # carm_onboarding, security_only, annual_review, broker_change
    version: int
    name: Text
    purpose: Text
    stages: tuple[Text, ...]
    steps: tuple[TemplateStep, ...]
    duration_days: int


@dataclass(frozen=True, slots=True)
class Surtax:
    """A surtax by order, while it is in force (facts.md section 8). Percent of the value for duty."""

    key: str
    name: Text
    goods: Text
    percent: Decimal
    origins: tuple[str, ...]  # ISO codes; empty: whatever the origin
    chapters: tuple[str, ...]  # HS chapters these goods stand in by our reading; empty: the order's own list
    effective_from: date
    effective_until: date | None  # last day in force, inclusive; None = still in force
    caution: Text  # surtaxes are data a person reviews: each says what to look at (facts.md B-14)
    citations: tuple[Citation, ...]

    def is_over(self, day: date) -> bool:
        """Whether it ended before `day`."""
        return self.effective_until is not None and self.effective_until < day


Provenance = Literal["law", "CBSA", "trade", "std"]


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the trade in both languages (facts.md section 9)."""

    key: str
    name: Text
    meaning: Text
    provenance: tuple[Provenance, ...]  # where the French was seen; "std": in no source, to be checked once


@dataclass(frozen=True, slots=True)
class Rules:
    """What was in force on one day. Handed to the pure rules, which never look anything up."""

    day: date
    facts: Mapping[str, Fact]
    sections: Sequence[Section]
    findings: Sequence[FindingRule]
    documents: Mapping[str, DocumentKind]
    tasks: Mapping[str, TaskKind]
    instruments: Mapping[str, InstrumentKind]
    templates: Mapping[str, EngagementTemplate]
    terms: Mapping[str, Term] = field(default_factory=dict)
    surtaxes: Sequence[Surtax] = ()  # past and to come as well: each has its own days
    digest: str = ""  # SHA-256 over all the data read, so that an old advice can be tied to its rulebook

    def fact(self, fact_id: str) -> Fact:
        """The fact in force. KeyError with the id and the day when there was none."""
        try:
            return self.facts[fact_id]
        except KeyError:
            raise KeyError(f"no fact {fact_id!r} in force on {self.day}") from None
