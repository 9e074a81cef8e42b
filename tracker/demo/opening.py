"""The demo firm, opening: a client is taken on with its team, people and program accounts; one leaves again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from tracker.clients import commands as clients
from tracker.clients.enums import AccountProfile, Duty, Known, Residency
from tracker.demo.cast import ONBOARDING
from tracker.demo.file import DECIDING, ENTERING, OPENING, File
from tracker.demo.firm import user_of
from tracker.demo.telling import Step
from tracker.platform.clock import today

UNREGISTERED = ("opened", "abroad")  # no business number yet
LEFT_AGO = 45
LAUNCH, TRANSITION_END = (
    date(2024, 10, 21),
    date(2025, 5, 20),
)  # CARM goes live; a broker's security covers nobody any more


def steps(file: File) -> Iterator[Step]:
    """The first day, and what is known of the accounts soon after."""
    yield file.step(file.story.joined, OPENING, create)
    if file.story.key not in UNREGISTERED:
        yield file.step(file.story.joined - 1, ENTERING, add_accounts)
    if file.story.template == ONBOARDING and file.story.is_linked:
        yield file.step(max(file.story.joined - 15, 1), DECIDING, _link)
    if file.story.template == ONBOARDING and file.story.is_ready_to_pay:
        yield file.step(max(file.story.joined - 50, 1), DECIDING, _get_ready_to_pay)
    if file.story.key == "left":
        yield replace(file.step(LEFT_AGO, DECIDING, _leave), is_alone=True)


def create(file: File) -> None:
    """Take the client on: the company, its team and its people."""
    company, story, place = file.company, file.story, file.company.place
    client = clients.create_client(
        file.firm.priya,
        legal_name=company.name,
        bn9=None if story.key in UNREGISTERED else file.bn9,
        client_number=f"C-{file.number + 1:04d}",
        residency=Residency.NON_RESIDENT if file.is_abroad else Residency.RESIDENT,
        country=place.country,
        city=place.city,
        province=place.province,
        postal_code=place.postal,
        street=f"{file.chance.randint(12, 4800)} {place.street}",
        language=company.language,
        products=file.says(file.trade.en, file.trade.fr),
        hs_chapters=[file.trade.chapter],
        origins=list(file.trade.origins),
        regulated_goods=[] if file.trade.regulated == "none" else [file.trade.regulated],
        shipments_per_month=str(file.shipments),
        yearly_value_amount=file.yearly_value,
        is_portal_linked=Known.YES if _has_come_linked(file) else Known.NO,
        portal_linked_on=LAUNCH if _has_come_linked(file) else None,
        is_payment_ready=Known.YES if _has_come_linked(file) and story.is_ready_to_pay else Known.UNKNOWN,
        payment_method=file.payment_method if _has_come_linked(file) and story.is_ready_to_pay else None,
    )
    file.client_id = client.id
    clients.assign(file.firm.priya, client=client, user_id=user_of(file.lead), duty=Duty.LEAD)
    if file.number % 4 == 0:
        clients.assign(file.firm.priya, client=client, user_id=user_of(file.firm.priya), duty=Duty.REVIEWER)
    _add_people(file)


def _has_come_linked(file: File) -> bool:
    """Whoever comes for security alone is in the portal already."""
    return file.story.template != ONBOARDING and file.story.is_linked


def _link(file: File) -> None:
    client = file.client
    clients.edit_client(
        file.lead, client=client, version=client.version, legal_name=client.legal_name,
        is_portal_linked=Known.YES, portal_linked_on=today(),
    )  # fmt: skip


def _get_ready_to_pay(file: File) -> None:
    client = file.client
    clients.edit_client(
        file.lead, client=client, version=client.version, legal_name=client.legal_name,
        is_payment_ready=Known.YES, payment_method=file.payment_method,
    )  # fmt: skip


def _add_people(file: File) -> None:
    for index, person in enumerate(file.people):
        manages = {"bam", "second_bam"} & set(person.duties)
        clients.add_contact(
            file.lead,
            client_id=file.client_id,
            name=person.name,
            email=person.email,
            phone=f"{file.chance.choice((204, 416, 514, 604, 902))}-555-0{file.chance.randint(100, 199)}",
            language=file.company.language,
            duties=person.duties,
            portal_seen_on=file.day(file.story.seen + 3 * index) if manages and file.story.is_linked else None,
        )


def add_accounts(file: File) -> None:
    """Note the program accounts with their profile and enrolment."""
    story = file.story
    has_both = file.number % 9 == 4 and story.profile is AccountProfile.IMPORTER
    for account in file.accounts:
        row = clients.add_account(
            file.lead,
            client=file.client,
            number=account.number,
            operating_name=None if story.accounts == 1 else f"{file.company.name} {account.number[-4:]}",
            profile=AccountProfile.BOTH if has_both else story.profile,
            is_rpp_enrolled=Known.YES if story.key == "uncovered" else Known.NO,
            rpp_enrolled_on=TRANSITION_END if story.key == "uncovered" else None,
            security_form=file.form,
            stated_peak_amount=Decimal(60_000) if story.key == "no_history" else None,
        )
        account.id = row.id


def _leave(file: File) -> None:
    clients.archive_client(file.firm.priya, client=file.client, version=file.client.version)
