"""The demo firm, entering: who of the clients' people may enter the firm's own portal, and as whom a visitor may look around."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select

from tracker.accounts import commands as accounts
from tracker.accounts.enums import AccountState
from tracker.accounts.models import UserAccount
from tracker.clients.enums import Duty
from tracker.clients.models import Contact, Membership
from tracker.demo.file import ENTERING, File
from tracker.demo.firm import give_password, sign_in
from tracker.demo.telling import Step
from tracker.permissions import Role
from tracker.platform.actor import SYSTEM
from tracker.platform.audit import record
from tracker.platform.db import db

NO_PORTAL_YET = ("opened", "left")


def choose(files: Sequence[File]) -> list[list[File]]:
    """Whose contacts a visitor may be: one in the middle of onboarding, one who reads French in steady state, one who acts
    for two companies, one whose bond ends. Each group is one person; the first of its companies employs them."""
    first = [file for file in files if file.story.key in ("papers_half", "at_surety", "issued")][:1]
    steady = [file for file in files if file.story.key == "steady"]
    french = [file for file in steady if file.company.language == "fr"][:1]
    pair = [file for file in steady if file.company.language == "en" and not file.is_abroad][:2]
    trouble = [file for file in files if file.story.key in ("ends_soon", "ending")][:1]
    groups = [group for group in (first, french, pair, trouble) if group]
    return groups or [[file] for file in files[:2]]


def prepare(groups: Sequence[Sequence[File]]) -> None:
    """Note the person of the first company as one of the second's people, too, before any of it is told."""
    for group in groups:
        person = group[0].people[0]
        for file in group[1:]:
            file.people = [replace(person, duties=file.people[0].duties), *file.people[1:]]


def steps(file: File, known: dict[str, UserAccount]) -> Iterator[Step]:
    """The first of the client's people gets the portal on the second day."""
    if file.story.key not in NO_PORTAL_YET:
        yield file.step(max(file.story.joined - 1, 1), ENTERING, let_in, known)


def let_in(file: File, known: dict[str, UserAccount]) -> None:
    """Give the first contact the portal. No mail goes out: nobody is to be written to about an invented company."""
    person = file.people[0]
    user = known.get(person.email)
    if user is None:
        user = accounts.add_person(
            file.firm.priya, email=person.email, name=person.name, role=Role.CONTACT, language=file.company.language
        )
        user.state = AccountState.ACTIVE
        record(SYSTEM, "person:activated", user)
        known[person.email] = user
    query = select(Contact).where(Contact.client_id == file.client_id, Contact.email == person.email)
    contact = db.session.scalars(query).one()
    contact.user_id = file.contact_id = user.id
    db.session.add(Membership(user_id=user.id, client_id=file.client_id, duty=Duty.CONTACT))
    record(file.firm.priya, "contact:invited", contact)


def open_doors(groups: Sequence[Sequence[File]], known: Mapping[str, UserAccount]) -> None:
    """Passwords for those whom a visitor may be."""
    for group in groups:
        found = known.get(group[0].people[0].email)
        if found is not None:
            user = db.session.get_one(UserAccount, found.id)
            names = [file.company.name for file in group]
            group[0].firm.sign_ins.append(sign_in(user, give_password(user), names))
