"""The demo firm, written by the real commands: importers in every state there is, their people, papers, bonds and tasks."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from tracker.accounts import commands as accounts
from tracker.accounts.enums import AccountState
from tracker.accounts.models import UserAccount
from tracker.accounts.passwords import hasher
from tracker.assessments import commands as assessments
from tracker.clients import commands as clients
from tracker.clients.enums import AccountProfile, Duty, Known, Residency
from tracker.clients.models import Client, Contact, Membership, ProgramAccount, Statement
from tracker.coordination import commands as coordination
from tracker.coordination.enums import DelegationState, PartnerKind, Party, Visibility
from tracker.coordination.models import Partner, Task
from tracker.demo.history import statements
from tracker.demo.names import CITIES, business_numbers, company, person
from tracker.demo.papers import handed_in
from tracker.documents import commands as documents
from tracker.documents.models import DocumentRequest
from tracker.guarantees import commands as guarantees
from tracker.guarantees.cover import covers
from tracker.guarantees.enums import InstrumentKind, InstrumentState
from tracker.onboarding import commands as onboarding
from tracker.permissions import Role
from tracker.platform.actor import SYSTEM, Actor
from tracker.platform.audit import record
from tracker.platform.db import db, transaction
from tracker.platform.money import ZERO, to_cents
from tracker.renewals import commands as renewals
from tracker.rulebook.book import rules_at
from tracker.rulebook.calendar import billing_period_of

STORIES = (
    "ready", "short", "ending", "one_bam", "delegation_asked", "no_account", "export_only", "portal_higher", "new_importer",
    "nothing_owed", "papers_late", "credit_letter", "two_accounts", "ready", "statement_gap",
)  # fmt: skip
BROKERS = (
    "Northgate Customs Brokers",
    "Courtiers Saint-Laurent inc.",
    "Pacific Crossing Customs",
    "Maple Leaf Brokerage Ltd.",
)
SURETIES = ("Boreal Surety Company", "Caution du Fleuve inc.")
FULL_STORIES = 200  # beyond this many clients only registers and statements are written: enough to carry load


@dataclass
class Firm:
    """The people the demo acts as, and how they sign in."""

    priya: Actor
    colin: Actor
    sam: Actor
    brokers: list[Partner]
    sureties: list[Partner]
    sign_ins: list[dict[str, Any]] = field(default_factory=list)


def build(count: int, seed: int, today: date) -> list[dict[str, Any]]:
    """Write the demo firm; returns its sign-ins. Each client in a transaction of its own."""
    chance, numbers = Random(seed), business_numbers()  # noqa: S311  (names and amounts, no secrets)
    firm = _found_firm()
    for number in range(count):
        with transaction():
            story = STORIES[number % len(STORIES)]
            _one_client(firm, number, story, next(numbers), chance, today, is_full=count <= FULL_STORIES)
    with transaction():
        _age(today, chance)
    with transaction():
        renewals.open_due(SYSTEM, today=today)
    _open_portal(firm)
    return firm.sign_ins


def _found_firm() -> Firm:
    with transaction():
        accounts.set_firm(SYSTEM, {"demo": "1", "firm.name": "Laurier Customs Advisors"})
        people = {
            role: _person(role, name, email)
            for role, name, email in (
                (Role.ADMIN, "Adam Okafor", "admin@laurier.example"),
                (Role.MANAGER, "Priya Raman", "priya@laurier.example"),
                (Role.CONSULTANT, "Colin Dubois", "colin@laurier.example"),
            )
        }
        sam = _person(Role.CONSULTANT, "Samira Haddad", "samira@laurier.example")
        brokers = [
            coordination.find_or_add_partner(
                SYSTEM, kind=PartnerKind.BROKER, name=name, email=f"carm{n}@broker.example"
            )
            for n, name in enumerate(BROKERS, start=1)
        ]
        sureties = [coordination.find_or_add_partner(SYSTEM, kind=PartnerKind.SURETY, name=name) for name in SURETIES]
        broker = _person(Role.BROKER, "Bruno Keller", "bruno@northgate.example", partner=brokers[0])
    firm = Firm(_actor(people[Role.MANAGER][0]), _actor(people[Role.CONSULTANT][0]), _actor(sam[0]), brokers, sureties)
    for user, password in (*people.values(), sam, broker):
        firm.sign_ins.append({"role": user.role.value, "email": user.email, "password": password, "clients": []})
    return firm


def _person(
    role: Role, name: str, email: str, partner: Partner | None = None, language: str = "en"
) -> tuple[UserAccount, str]:
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    user = accounts.add_person(
        SYSTEM, email=email, name=name, role=role, language=language, partner_id=partner.id if partner else None
    )
    user.password_hash, user.state = hasher().hash(password), AccountState.ACTIVE
    record(SYSTEM, "person:activated", user)
    return user, password


def _actor(user: UserAccount) -> Actor:
    return Actor(user.id, user.name, user.role, user.language, user.email)


def _id(actor: Actor) -> UUID:
    if actor.user_id is None:
        raise ValueError("the demo's people have accounts")
    return actor.user_id


def _one_client(firm: Firm, number: int, story: str, bn9: str, chance: Random, today: date, *, is_full: bool) -> None:
    name, trade = company(number, chance)
    city, province, country = CITIES[number % len(CITIES)]
    lead = firm.colin if number % 3 else firm.sam
    client = clients.create_client(
        firm.priya,
        legal_name=name,
        bn9=bn9,
        client_number=f"C-{number + 1:04d}",
        residency=Residency.RESIDENT if country == "CA" else Residency.NON_RESIDENT,
        country=country,
        city=city,
        province=province,
        street=f"{chance.randint(1, 9000)} Harbour Street",
        language="fr" if name.endswith(("inc.", "ltée")) else "en",
        products=trade[3],
        hs_chapters=[trade[1]],
        origins=[trade[2]],
        shipments_per_month=str(chance.choice((2, 6, 12, 25, 40))),
        yearly_value_amount=Decimal(chance.randint(2, 60) * 100_000),
        is_portal_linked=Known.UNKNOWN if story in ("no_account", "new_importer") else Known.YES,
        is_payment_ready=Known.YES if story in ("ready", "ending", "two_accounts") else Known.UNKNOWN,
    )
    clients.assign(firm.priya, client=client, user_id=_id(lead), duty=Duty.LEAD)
    if number % 5 == 0:
        clients.assign(firm.priya, client=client, user_id=_id(firm.priya), duty=Duty.REVIEWER)
    _contacts(firm, client, story, chance, today)
    for account in _program_accounts(firm, client, story):
        _statements(firm, account, story, chance, today)
    db.session.flush()
    if is_full:
        _delegations(firm, client, number, story, today)
        _security(firm, client, story, today)
        _work(firm, lead, client, number, story, today)


def _contacts(firm: Firm, client: Client, story: str, chance: Random, today: date) -> None:
    domain = "".join(c for c in client.legal_name.lower() if c.isascii() and c.isalnum())[:16]
    count = 1 if story in ("one_bam", "new_importer") else 2
    duties = (["bam", "finance"], ["second_bam", "customs"])
    for index in range(count):
        name = person(chance)
        clients.add_contact(
            firm.priya,
            client_id=client.id,
            name=name,
            email=f"{'finance' if index == 0 else 'customs'}@{domain}.example",
            language=client.language,
            duties=duties[index],
            portal_seen_on=today - timedelta(days=140 if story == "one_bam" else chance.randint(2, 40)),
        )


def _program_accounts(firm: Firm, client: Client, story: str) -> list[ProgramAccount]:
    if story == "no_account":
        return []
    wanted = 2 if story == "two_accounts" else 1
    profile = AccountProfile.EXPORTER if story == "export_only" else AccountProfile.IMPORTER
    enrolled = story not in ("new_importer", "export_only", "delegation_asked")
    return [
        clients.add_account(
            firm.priya,
            client=client,
            number=f"{client.bn9}RM{index:04d}",
            profile=profile,
            is_rpp_enrolled=Known.YES if enrolled else Known.NO,
        )
        for index in range(1, wanted + 1)
    ]


def _statements(firm: Firm, account: ProgramAccount, story: str, chance: Random, today: date) -> None:
    if story in ("new_importer", "export_only"):
        return
    base = (
        ZERO if story == "nothing_owed" else Decimal(chance.choice((4_000, 18_000, 62_000, 84_200, 240_000, 1_150_000)))
    )
    for month in statements(base, today, chance, broken=story == "statement_gap"):
        period = billing_period_of(month.period_start)
        db.session.add(
            Statement(
                client_id=account.client_id,
                program_account_id=account.id,
                period_start=month.period_start,
                period_end=month.period_end,
                statement_on=period.soa_on,
                due_on=period.due_on,
                opening_amount=month.opening,
                payments_amount=month.payments,
                charges_amount=month.charges,
                total_amount=month.total,
                duties_amount=month.duties,
                gst_amount=month.gst,
                paid_on=month.paid_on,
                paid_amount=month.total if month.paid_on else None,
            )
        )
    record(firm.priya, "statements:imported", account, summary=account.number, changes={})


def _delegations(firm: Firm, client: Client, number: int, story: str, today: date) -> None:
    if story in ("no_account", "new_importer"):
        return
    broker = firm.brokers[number % len(firm.brokers)]
    row = coordination.ask_delegation(
        firm.priya, client_id=client.id, partner_id=broker.id, requested_on=today - timedelta(days=17 + number % 9)
    )
    if story != "delegation_asked":
        coordination.decide_delegation(
            firm.priya,
            delegation=row,
            version=row.version,
            state=DelegationState.APPROVED,
            decided_on=today - timedelta(days=9),
            decided_by="BAM",
            visibility=Visibility.ALL,
            review_on=today + timedelta(days=356),
        )


def _security(firm: Firm, client: Client, story: str, today: date) -> None:
    shares: dict[Any, Decimal] = {}
    rules = rules_at(today)
    for cover in covers(rules, client_ids=[client.id], as_of=today):
        need = cover.estimate.required_amount
        part = {"short": Decimal("0.83"), "portal_higher": Decimal(1), "two_accounts": Decimal(1)}.get(
            story, Decimal("1.15")
        )
        if cover.number.endswith("RM0002"):
            part = Decimal("0.6")
        if need > 0:
            shares[cover.account_id] = to_cents(need * part)
        if story == "portal_higher":
            account = db.session.get_one(ProgramAccount, cover.account_id)
            figure = to_cents(need * Decimal("1.2"))
            guarantees.note_portal_figure(
                firm.priya,
                account=account,
                amount=figure,
                read_on=today - timedelta(days=41),
                today=today,
            )
    if not shares:
        return
    is_credit = story == "credit_letter"
    guarantees.add_instrument(
        firm.priya,
        client_id=client.id,
        kind=InstrumentKind.LETTER_OF_CREDIT if is_credit else InstrumentKind.SURETY_BOND,
        amount=sum(shares.values(), ZERO),
        state=InstrumentState.ISSUED if story == "papers_late" else InstrumentState.POSTED,
        on=today - timedelta(days=200),
        number=f"B-{client.client_number}",
        provider_id=firm.sureties[len(client.legal_name) % 2].id,
        valid_from=today - timedelta(days=344),
        valid_until=today + timedelta(days=21) if story == "ending" else None,
        shares=shares,
    )


def _work(firm: Firm, lead: Actor, client: Client, number: int, story: str, today: date) -> None:
    if number % 4 == 3:
        return
    template = {"ending": "annual_review", "short": "security_only"}.get(story, "carm_onboarding")
    onboarding.open_with_template(
        lead,
        client_id=client.id,
        template=template,
        opened_on=today - timedelta(days=4 + number % 24),
        lead_id=lead.user_id,
    )
    coordination.add_task(
        lead,
        client_id=client.id,
        title="Rappeler le client" if client.language == "fr" else "Call the client back",
        waiting_on=(Party.US, Party.BROKER, Party.SURETY, Party.CBSA)[number % 4],
        due_on=today + timedelta(days=number % 9 - 2),
        owner_id=lead.user_id,
        partner_id=firm.brokers[number % 4].id if number % 4 == 1 else None,
    )
    _papers(lead, client, story)
    if number % 6 == 0:
        assessments.start_assessment(lead, client_id=client.id, on=today)


def _papers(lead: Actor, client: Client, story: str) -> None:
    requests = list(db.session.query(DocumentRequest).filter_by(client_id=client.id).order_by(DocumentRequest.kind))
    for index, request in enumerate(requests[:6]):
        if index == 5 or (story == "papers_late" and index > 1):
            continue
        kind = rules_at(request.requested_on).documents[str(request.kind)]
        paper = handed_in(f"{kind.key}.pdf", kind.name.in_(client.language), client.legal_name)
        giver = lead if index < 2 else Actor(None, "Contact", Role.CONTACT, client.language)
        documents.upload_version(giver, request_id=request.id, files=[paper])
        if index in (0, 1) and not kind.expires:
            documents.start_review(lead, request_id=request.id, version=request.version)
            db.session.flush()
            documents.accept_request(lead, request_id=request.id, version=request.version)
        elif index == 2:
            reason = "La page 2 manque." if client.language == "fr" else "Page 2 is missing."
            documents.return_request(lead, request_id=request.id, version=request.version, reason=reason)


def _age(today: date, chance: Random) -> None:
    """What the commands dated today happened over the last weeks: waiting times and requests get their age."""
    for client, rows in _dated():
        for row in rows:
            age = timedelta(days=chance.randint(1, 28))
            if hasattr(row, "waiting_since"):
                row.waiting_since = today - age
            else:
                row.requested_on = today - age
        record(SYSTEM, "demo:aged", client, changes={})


def _dated() -> Iterator[tuple[Client, list[Any]]]:
    for client in db.session.query(Client).order_by(Client.legal_name):
        rows: list[Any] = list(db.session.query(Task).filter_by(client_id=client.id).order_by(Task.id))
        rows += list(db.session.query(DocumentRequest).filter_by(client_id=client.id).order_by(DocumentRequest.id))
        if rows:
            yield client, rows


def _open_portal(firm: Firm) -> None:
    """Contacts of the first clients get in; one of them acts for two companies."""
    chosen = list(db.session.query(Client).order_by(Client.client_number).limit(12))
    pairs = [(chosen[0], chosen[3]), (chosen[1],), (chosen[8],)] if len(chosen) > 8 else [(c,) for c in chosen[:2]]
    for group in pairs:
        with transaction():
            ids = [client.id for client in group]
            contact = db.session.query(Contact).filter_by(client_id=ids[0]).order_by(Contact.email.desc()).first()
            if contact is None or contact.email is None:
                continue
            user, password = _person(Role.CONTACT, contact.name, contact.email, language=group[0].language)
            contact.user_id = user.id
            for client in group:
                fresh = db.session.get(Client, client.id)
                db.session.add(Membership(user_id=user.id, client_id=client.id, duty=Duty.CONTACT))
                record(firm.priya, "portal-access:given", fresh, changes={"person": [None, user.email]})
            names = [db.session.get_one(Client, key).legal_name for key in ids]
        firm.sign_ins.append({"role": "contact", "email": user.email, "password": password, "clients": names})
