"""The demo firm, file: one client as its story is told: who and what is known of it, and when things happened."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

from tracker.clients.models import Client, ProgramAccount
from tracker.demo.cast import Part, Story
from tracker.demo.companies import Company
from tracker.demo.firm import Firm
from tracker.demo.history import Flow, Month, last_working_day, need_with_review, statements
from tracker.demo.names import people
from tracker.demo.telling import Step
from tracker.demo.trades import TRADES, Trade
from tracker.guarantees.enums import SecurityForm
from tracker.permissions import Role
from tracker.platform.actor import Actor
from tracker.platform.clock import TORONTO
from tracker.platform.db import db
from tracker.rulebook.calendar import ONE_DAY, is_business_day

# Hours at which things happen, so that what follows from something on the same day comes after it.
EVENING, EVENING_MINUTES = 19, 50
OPENING, ENTERING, MOVING, CLIENTS, OURS, DECIDING = 8, 9, 10, 11, 13, 15


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at the client."""

    name: str
    email: str
    duties: tuple[str, ...]


@dataclass
class Account:
    """One program account: its number, its statements, and what they call for. The id is known once it is written."""

    number: str
    months: list[Month]
    need: Decimal
    id: UUID | None = None

    @property
    def row(self) -> ProgramAccount:
        """The account itself."""
        return db.session.get_one(ProgramAccount, self.id)


@dataclass(eq=False)
class File:
    """One client's file, and everything its story needs to know. Ids are known once the row is written."""

    firm: Firm
    number: int
    company: Company
    story: Story
    bn9: str
    today: date
    chance: Random
    lead: Actor
    people: list[Person]
    accounts: list[Account]
    value: Decimal  # of the goods imported in a usual month, CAD
    client_id: UUID = field(init=False)
    contact_id: UUID | None = None  # the account of the first of its people, once it may enter the firm's portal

    @property
    def trade(self) -> Trade:
        """What it imports."""
        return TRADES[self.company.trade]

    @property
    def is_abroad(self) -> bool:
        """Whether it is not resident in Canada."""
        return self.company.place.country != "CA"

    @property
    def broker_id(self) -> UUID:
        """Its customs broker."""
        return self.broker(0)

    def broker(self, turn: int) -> UUID:
        """Its customs broker (0), and those it could change to."""
        return self.firm.brokers[(self.number + self.number // 4 + turn) % len(self.firm.brokers)]

    @property
    def has_program_level(self) -> bool:
        """Whether its broker holds one account only instead of the whole business."""
        return self.number % 6 == 5 and len(self.accounts) == 1

    @property
    def surety_id(self) -> UUID:
        """Its surety."""
        return self.firm.sureties[1 if self.company.language == "fr" else 0]

    @property
    def form(self) -> str:
        """In which form it gives security."""
        return "cash" if self.story.key == "cash" else "agreement"

    @property
    def shipments(self) -> int:
        """How many shipments come in a usual month."""
        return (2, 4, 6, 9, 12, 18, 25, 40)[self.number * 5 % 8]

    @property
    def payment_method(self) -> str:
        """How it pays CBSA."""
        return ("pad", "pad", "online_banking", "pad", "wire")[self.number % 5]

    @property
    def yearly_value(self) -> Decimal:
        """Value of the goods imported in a year, CAD."""
        return (self.value * 12 / 1000).quantize(Decimal(1)) * 1000 if self.value else Decimal(240_000)

    @property
    def client(self) -> Client:
        """The client itself."""
        return db.session.get_one(Client, self.client_id)

    @property
    def contact(self) -> Actor:
        """The first of the client's people, as the actor of what the client does."""
        person = self.people[0]
        return Actor(self.contact_id, person.name, Role.CONTACT, self.company.language, person.email)

    def says(self, en: str, fr: str) -> str:
        """What is written in the client's language."""
        return fr if self.company.language == "fr" else en

    def day(self, ago: int) -> date:
        """The working day that many days ago, or the one before it; never today."""
        return last_working_day(self.today - timedelta(days=max(ago, 1) - 1))

    def ago(self, day: date) -> int:
        """How many days ago the first working day from `day` on was: the inverse of `day()`."""
        found = max((self.today - day).days, 1)
        while found > 1 and self.day(found) < day:
            found -= 1
        return found

    def ahead(self, days: int) -> date:
        """The working day in that many days, or the next."""
        return self.working(self.today, days)

    def working(self, begin: date, days: int) -> date:
        """The working day that many days after `begin`, or the next."""
        day = begin + timedelta(days=days)
        while not is_business_day(day):
            day += ONE_DAY
        return day

    def step(self, ago: int, hour: int, act: Callable[..., object], *details: Any) -> Step:
        """What somebody does within that hour of the working day that many days ago: `act(file, *details)`."""
        return Step(self.at(ago, hour), partial(act, self, *details))

    def at(self, ago: int, hour: int) -> datetime:
        """An instant within that hour of the working day that many days ago.

        What would fall on days off comes on the evening of the working day before, in the order of those days: what
        follows from something never comes before it.
        """
        day = self.day(ago)
        days_off = (self.today - timedelta(days=max(ago, 1)) - day).days
        minutes = self.chance.randrange(60)
        if days_off:
            minutes = EVENING * 60 + (days_off - 1) * EVENING_MINUTES + (hour - OPENING) * 4 + minutes // 15
            hour = 0
        begin = datetime(day.year, day.month, day.day, tzinfo=TORONTO)
        return begin + timedelta(hours=hour, minutes=minutes, seconds=self.chance.randrange(60))


def new_file(firm: Firm, number: int, part: Part, bn9: str, today: date, seed: int) -> File:
    """What is known of a client before its story begins. The same seed gives the same names and amounts."""
    chance = Random(f"{seed}-{number}")  # noqa: S311  (names and amounts, no secrets)
    story, company = part.story, part.company
    value = Decimal(
        chance.choice((70, 95, 130, 180, 260, 340, 480, 650, 900, 1_400, 2_600)) * 1_000 + chance.randint(0, 999) * 20
    )
    value *= story.level
    file = File(
        firm, number, company, story, bn9, today, chance, (firm.colin, firm.samira)[number % 2],
        _people(company, story, number, chance), [], value,
    )  # fmt: skip
    for index in range(1, story.accounts + 1):
        file.accounts.append(_account(file, index, value / index))
    return file


def _people(company: Company, story: Story, number: int, chance: Random) -> list[Person]:
    """Two managers of the business account where the story has them, finance, and who signs."""
    domain = "-".join(plain(word) for word in company.name.split()[:2] if plain(word)) or f"client{number}"
    duties: list[tuple[str, ...]] = [("bam", "finance"), ("second_bam", "customs"), ("signing_officer",)]
    if story.managers == 1:
        duties[1] = ("customs",)
    if story.managers == 0:
        duties = [("finance",), ("customs", "signing_officer")]
    if number % 3 == 0 and len(duties) > 2:
        duties = [("bam", "customs"), ("second_bam", "finance", "signing_officer")]
        if story.managers == 1:
            duties[1] = ("finance", "signing_officer")
    names = people(len(duties), company.place.country, company.language, chance)
    return [
        Person(name, f"{plain(name)}@{domain}.example", duty) for name, duty in zip(names, duties, strict=True)
    ]  # fmt: skip


def plain(name: str) -> str:
    """A name as it stands in an address: no accents, no capitals, dots for blanks."""
    folded = unicodedata.normalize("NFKD", name.replace("ß", "ss")).lower().replace(" ", ".")
    return "".join(c for c in folded if c.isascii() and (c.isalnum() or c in ".-")).strip(".-")


def _account(file: File, index: int, value: Decimal) -> Account:
    story = file.story
    months: list[Month] = []
    if story.pays_in:
        months = statements(Flow(file.trade, value, _growth(file), story.quirk), file.today, file.chance)[
            -story.pays_in :
        ]
    need = need_with_review(months, SecurityForm(file.form), file.today)
    return Account(f"{file.bn9}RM{_reference(file, index):04d}", months, need)


def _growth(file: File) -> Decimal:
    return Decimal(file.chance.choice((2, 4, 6, 9))) / 100


def _reference(file: File, index: int) -> int:
    """RM0001 as a rule; large firms have others, and not in a row."""
    return index if file.story.accounts == 1 else (1, 2, 5)[index - 1]
