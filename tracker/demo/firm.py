"""The demo firm, firm: the consultants, their partners, and how those of them who may sign in do so."""

import secrets
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tracker.accounts import commands as accounts
from tracker.accounts.enums import AccountState
from tracker.accounts.models import UserAccount
from tracker.accounts.passwords import hasher
from tracker.coordination import commands as coordination
from tracker.coordination.enums import PartnerKind
from tracker.coordination.models import Partner
from tracker.permissions import Role
from tracker.platform.actor import SYSTEM, Actor
from tracker.platform.audit import record

FIRM = "Laurier Customs Advisors"
STAFF = (
    (Role.ADMIN, "Adam Okafor", "admin@laurier.example"),
    (Role.MANAGER, "Priya Raman", "priya@laurier.example"),
    (Role.CONSULTANT, "Colin Dubois", "colin@laurier.example"),
    (Role.CONSULTANT, "Samira Haddad", "samira@laurier.example"),
)
BROKERS = (
    ("Northgate Customs Brokers", "Bruno Keller", "en"),
    ("Courtiers Saint-Laurent inc.", "Josée Vaillancourt", "fr"),
    ("Pacific Crossing Customs", "Mei Tran", "en"),
    ("Maple Leaf Brokerage Ltd.", "Gordon Pike", "en"),
)
SURETIES = (("Boreal Surety Company", "Ruth Abelson", "en"), ("Caution du Fleuve inc.", "Martin Lacasse", "fr"))
BROKERS_PERSON = ("Bruno Keller", "bruno@northgate.example")


@dataclass
class Firm:
    """The people the demo acts as, and how they sign in."""

    priya: Actor
    colin: Actor
    samira: Actor
    brokers: list[UUID]
    sureties: list[UUID]
    sign_ins: list[dict[str, Any]] = field(default_factory=list)


def found_firm() -> Firm:
    """Set the firm up: its name, its people, its brokers and sureties."""
    accounts.set_firm(SYSTEM, {"demo": "1", "firm.name": FIRM})
    staff = [person_who_signs_in(role, name, email) for role, name, email in STAFF]
    brokers = [_partner(PartnerKind.BROKER, number, *row) for number, row in enumerate(BROKERS, start=1)]
    sureties = [_partner(PartnerKind.SURETY, number, *row) for number, row in enumerate(SURETIES, start=1)]
    broker = person_who_signs_in(Role.BROKER, *BROKERS_PERSON, partner=brokers[0])
    _admin, priya, colin, samira = (acting(user) for user, _password in staff)
    firm = Firm(priya, colin, samira, [row.id for row in brokers], [row.id for row in sureties])
    for user, password in (*staff, broker):
        firm.sign_ins.append(sign_in(user, password, []))
    return firm


def _partner(kind: PartnerKind, number: int, name: str, person: str, language: str) -> Partner:
    return coordination.find_or_add_partner(
        SYSTEM, kind=kind, name=name, contact_name=person, email=f"carm{number}@{kind}.example", language=language,
        phone=f"514-555-01{number:02d}",
    )  # fmt: skip


def person_who_signs_in(
    role: Role, name: str, email: str, *, partner: Partner | None = None, language: str = "en"
) -> tuple[UserAccount, str]:
    """Someone with a password made for this demo alone."""
    user = accounts.add_person(
        SYSTEM, email=email, name=name, role=role, language=language, partner_id=partner.id if partner else None
    )
    return user, give_password(user)


def give_password(user: UserAccount) -> str:
    """Let somebody sign in; returns the password, made for this demo alone."""
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    user.password_hash, user.state = hasher().hash(password), AccountState.ACTIVE
    record(SYSTEM, "person:activated", user)
    return password


def sign_in(user: UserAccount, password: str, companies: list[str]) -> dict[str, Any]:
    """One line of what the demo prints."""
    return {"role": user.role.value, "email": user.email, "password": password, "clients": companies}


def acting(user: UserAccount) -> Actor:
    """A person as the actor of commands."""
    return Actor(user.id, user.name, user.role, user.language, user.email, user.partner_id)


def user_of(actor: Actor) -> UUID:
    """The account of one of the demo's people."""
    if actor.user_id is None:
        raise ValueError("the demo's people have accounts")
    return actor.user_id
