"""Imports, commands: applying a client list in one transaction, each change kept so that the whole run can be undone."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from tracker.clients.enums import AccountProfile, ContactDuty, Duty, Known, Residency
from tracker.clients.models import Client, Contact, Membership, ProgramAccount
from tracker.clients.rules import search_key
from tracker.coordination.enums import DelegationLevel, DelegationState, PartnerKind
from tracker.coordination.models import Delegation, Partner
from tracker.coordination.rules import partner_key
from tracker.guarantees.enums import InstrumentKind, InstrumentState
from tracker.guarantees.models import Allocation, Instrument
from tracker.imports.columns import fold
from tracker.imports.models import ImportChange, ImportRun
from tracker.imports.planning import RowPlan
from tracker.imports.queries import brokers
from tracker.platform.actor import Actor
from tracker.platform.audit import changes_of, record
from tracker.platform.db import db


class Applier:
    """Writes the plans of one run, row by row, and notes what stood there before."""

    def __init__(self, actor: Actor, run: ImportRun, today: date) -> None:
        self._actor, self._run, self._today = actor, run, today
        self._clients: dict[str, Client] = {}
        self._accounts: dict[str, ProgramAccount] = {}
        self._partners = brokers()
        self._changes: list[tuple[int, Any, dict[str, Any] | None]] = []

    def apply(self, plans: list[RowPlan]) -> None:
        """Write every plan that does something; one event in the trail for each client touched."""
        self._load(plans)
        touched: dict[UUID, tuple[Client, dict[str, Any], RowPlan]] = {}
        for plan in plans:
            if plan.fate == "unchanged":
                continue
            client, changes = self._client(plan)
            account = self._account(plan, client)
            self._people(plan, client)
            self._delegation(plan, client, account)
            self._instrument(plan, client, account)
            kept = touched.setdefault(client.id, (client, {}, plan))
            kept[1].update(changes)
        created = {row.id for _number, row, before in self._changes if before is None}
        for client, changes, plan in touched.values():
            found_by = search_key(
                [client.legal_name, client.trade_name, client.client_number, client.bn9, *self._known_by(client)]
            )
            if found_by != client.search_key and client.id not in created:
                # A new account alone saves its client, too: kept, so that an undo puts it back and earlier runs move along.
                self._keep(plan, client, {"search_key": client.search_key})
            client.search_key = found_by
            record(self._actor, "client:imported", client, summary=self._run.file_name, changes=changes)
        keep_changes(self._run, self._changes)

    def _known_by(self, client: Client) -> list[str | None]:
        """The numbers of its accounts, and the names they operate under."""
        accounts = [account for _number, account in sorted(self._accounts.items()) if account.client_id == client.id]
        return [part for account in accounts for part in (account.number, account.operating_name)]

    def _load(self, plans: list[RowPlan]) -> None:
        wanted = {plan.row.bn9 for plan in plans}
        for client in db.session.scalars(select(Client).where(Client.bn9.is_not(None))):
            if client.bn9 in wanted:
                self._clients[str(client.bn9)] = client
        ids = {client.id for client in self._clients.values()}
        for account in db.session.scalars(select(ProgramAccount)):
            if account.client_id in ids:
                self._accounts[account.number] = account

    def _keep(self, plan: RowPlan, row: Any, before: dict[str, Any] | None) -> None:
        self._changes.append((plan.row.row, row, before))

    def _client(self, plan: RowPlan) -> tuple[Client, dict[str, Any]]:
        row = plan.row
        client = self._clients.get(row.bn9)
        if client is None:
            client = Client(legal_name=row.legal_name, bn9=row.bn9, language=self._run.options.get("language", "en"))
            db.session.add(client)
            self._clients[row.bn9] = client
            self._write(client, plan.client_changes)
            self._keep(plan, client, None)
            self._lead(client, plan)
            return client, {"legal_name": [None, row.legal_name], "bn9": [None, row.bn9]}
        before = {key: _plain(getattr(client, key)) for key in plan.client_changes}
        self._write(client, plan.client_changes)
        if plan.client_changes:
            self._keep(plan, client, before)
        return client, changes_of(client)

    @staticmethod
    def _write(client: Client, changes: Any) -> None:
        for key, value in changes.items():
            if key == "residency":
                value = Residency(value)
            elif key == "is_portal_linked":
                value = Known(value)
            setattr(client, key, value)

    @staticmethod
    def _lead(client: Client, plan: RowPlan) -> None:
        named = plan.row.consultant
        if plan.lead_id is not None:
            # Only ever beside a new client, and gone with it: undoing the client undoes this.
            db.session.add(Membership(user_id=plan.lead_id, client_id=client.id, duty=Duty.LEAD))
        elif named:
            client.notes = "\n".join(part for part in (client.notes, f"Consultant: {named}") if part)

    def _account(self, plan: RowPlan, client: Client) -> ProgramAccount | None:
        number = plan.row.rm
        if number is None:
            return None
        account = self._accounts.get(number)
        if account is None:
            # A list of importers names importer accounts; whether CBSA's profile says so is not known yet.
            account = ProgramAccount(client_id=client.id, number=number, profile=AccountProfile.UNKNOWN)
            db.session.add(account)
            self._accounts[number] = account
            self._keep(plan, account, None)
        elif plan.account_changes:
            self._keep(plan, account, {key: _plain(getattr(account, key)) for key in plan.account_changes})
        for key, value in plan.account_changes.items():
            setattr(account, key, value)
        return account

    def _people(self, plan: RowPlan, client: Client) -> None:
        for person in plan.new_people:
            contact = Contact(
                client_id=client.id,
                name=person.name,
                email=person.email,
                phone=plan.row.phone if len(plan.row.people) == 1 else None,
                language=client.language,
                duties=[ContactDuty.OTHER.value],
            )
            db.session.add(contact)
            self._keep(plan, contact, None)

    def _delegation(self, plan: RowPlan, client: Client, account: ProgramAccount | None) -> None:
        if not plan.adds_delegation or not plan.row.broker:
            return
        partner = self._partners.get(fold(plan.row.broker))
        if partner is None:
            name = plan.row.broker
            partner = Partner(kind=PartnerKind.BROKER, name=name, name_key=partner_key(name))
            db.session.add(partner)
            self._partners[fold(name)] = partner
            self._keep(plan, partner, None)
        is_approved = plan.row.is_delegated is True
        delegation = Delegation(
            client_id=client.id,
            partner_id=partner.id,
            program_account_id=account.id if account else None,
            level=DelegationLevel.PROGRAM if account else DelegationLevel.BUSINESS,
            state=DelegationState.APPROVED if is_approved else DelegationState.NOT_REQUESTED,
            note=self._run.file_name if is_approved else None,
        )
        db.session.add(delegation)
        self._keep(plan, delegation, None)

    def _instrument(self, plan: RowPlan, client: Client, account: ProgramAccount | None) -> None:
        row = plan.row
        if not plan.adds_instrument or not row.security_kind or not row.security_amount:
            return
        # The list says it exists, not that CBSA has it: it covers nothing until someone has seen it posted (decision 0005).
        instrument = Instrument(
            client_id=client.id,
            kind=InstrumentKind(row.security_kind),
            amount=row.security_amount,
            valid_until=row.security_until,
            state=InstrumentState.ISSUED,
            state_since=self._today,
            note=self._run.file_name,
        )
        db.session.add(instrument)
        self._keep(plan, instrument, None)
        if account is not None:
            share = Allocation(
                client_id=client.id,
                instrument_id=instrument.id,
                program_account_id=account.id,
                amount=row.security_amount,
            )
            db.session.add(share)
            self._keep(plan, share, None)


def keep_changes(run: ImportRun, changes: Iterable[tuple[int, Any, dict[str, Any] | None]]) -> None:
    """Note each record a run wrote (row of the file, record, what stood there) with the version it has from here on."""
    db.session.flush()  # the versions are given now
    for position, (number, row, before) in enumerate(changes, start=1):
        db.session.add(
            ImportChange(
                run_id=run.id,
                position=position,
                row_number=number,
                subject_type=row.__tablename__,
                subject_id=row.id,
                before=before,
                version_after=getattr(row, "version", None),
            )
        )


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int | bool | list):
        return getattr(value, "value", value)
    return getattr(value, "value", str(value))
