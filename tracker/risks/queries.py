"""Risks, queries: the rules' facts gathered for many clients at once, and the portfolio's risks part by part. CAD."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, type_coerce

from tracker.assessments.enums import AssessmentState
from tracker.assessments.models import Answer, Assessment
from tracker.clients.enums import AccountProfile, ClientState, ContactDuty, Known
from tracker.clients.models import Client, Contact, ProgramAccount, Statement
from tracker.coordination.enums import DelegationState, TaskState
from tracker.coordination.models import Delegation, Partner, Task
from tracker.guarantees.account_cover import AccountCover
from tracker.guarantees.carrying import covers_told
from tracker.guarantees.cover import posted_when_shown
from tracker.guarantees.enums import InstrumentState
from tracker.guarantees.models import Allocation, Instrument, InstrumentReading
from tracker.guarantees.outlook import outlook
from tracker.guarantees.queries import particulars_of
from tracker.guarantees.rules import check_notice, days_of_notice, in_force, window
from tracker.guarantees.rules.sizing import count_of
from tracker.platform.db import CadAmount, db
from tracker.platform.money import ZERO
from tracker.platform.pages import PAGE_SIZE, Page
from tracker.risks.enums import RiskKind
from tracker.risks.facts import AccountFacts, ClientFacts, InstrumentFacts, Levied, ManagerFacts, Month, Risk
from tracker.risks.rules import in_order, risks_of
from tracker.rulebook.book import rules_at
from tracker.rulebook.types import Rules

CHUNK = 250  # clients worked out at once: a page's statements do not grow with the firm
KNOWN = {Known.YES: True, Known.NO: False, Known.UNKNOWN: None}
IMPORTS = {
    AccountProfile.IMPORTER: True,
    AccountProfile.BOTH: True,
    AccountProfile.EXPORTER: False,
    AccountProfile.UNKNOWN: None,
}
MANAGES = {ContactDuty.BAM.value, ContactDuty.SECOND_BAM.value}
ASKED = ("imported_before", "rpp_enrolled", "dutiable", "sima_known")


@dataclass(frozen=True, slots=True)
class RiskPage:
    """Risks of one part of the portfolio: 250 clients by name, their risks by severity, counted by kind."""

    risks: Page[Risk]
    counts: Mapping[RiskKind, int]
    tasks: Mapping[str, UUID]  # open task by the key of its risk
    part: int
    parts: int
    clients: int  # active clients in scope, all parts together


def risks_for(client_ids: Sequence[UUID], today: date) -> dict[UUID, list[Risk]]:
    """The risks of these clients (those in scope), the worst first. At most eleven statements for each 250 clients."""
    found: dict[UUID, list[Risk]] = {}
    for start in range(0, len(client_ids), CHUNK):
        query = select(Client).where(Client.id.in_(client_ids[start : start + CHUNK]))
        found |= _risks(list(db.session.scalars(query)), today)
    return found


def risks_of_portfolio(today: date, number: int = 1, kind: str = "", part: int = 1) -> RiskPage:
    """One screenful of the risks of the active clients in scope; `part` is the run of 250 clients, by name."""
    rows = db.session.execute(
        select(Client, func.count(Client.id).over())
        .where(Client.state == ClientState.ACTIVE)
        .order_by(Client.legal_name, Client.id)
        .limit(CHUNK)
        .offset((part - 1) * CHUNK)
    ).all()
    clients, total = [row[0] for row in rows], rows[0][1] if rows else 0
    risks = in_order(risk for found in _risks(clients, today).values() for risk in found)
    shown = [risk for risk in risks if risk.kind == kind] if kind in set(RiskKind) else risks
    return RiskPage(
        risks=Page(shown[(number - 1) * PAGE_SIZE : number * PAGE_SIZE], number, len(shown)),
        counts={each: sum(risk.kind is each for risk in risks) for each in RiskKind},
        tasks=_open_tasks([client.id for client in clients]),
        part=part,
        parts=max(1, -(-total // CHUNK)),
        clients=total,
    )


def _risks(clients: Sequence[Client], today: date) -> dict[UUID, list[Risk]]:
    if not clients:
        return {}
    rules = rules_at(today)
    ended_on = datetime.fromisoformat(str(rules.fact("rpp.transition_end").value)).date()
    return {facts.id: risks_of(facts, today, ended_on) for facts in _facts(clients, rules, today)}


def _facts(clients: Sequence[Client], rules: Rules, today: date) -> list[ClientFacts]:
    ids = [client.id for client in clients]
    covers = {cover.account_id: cover for cover in covers_told(rules, today, ids)}
    posted_then = posted_when_shown(rules, covers.values())
    instruments, covered_from = _instruments(ids, rules, today)
    accounts = _accounts(ids, covers, posted_then, covered_from, rules)
    managers, answers, levied = _managers(ids), _answers(ids), _levied(ids, today)
    return [
        ClientFacts(
            id=client.id,
            name=client.legal_name,
            bn9=client.bn9,
            residency=client.residency.value,
            country=client.country or None,
            is_portal_linked=KNOWN[client.is_portal_linked],
            stated_bam_count=client.stated_bam_count,
            managers=tuple(managers.get(client.id, ())),
            accounts=tuple(accounts.get(client.id, ())),
            instruments=tuple(instruments.get(client.id, ())),
            answers=tuple(answers.get(client.id, {}).items()),
            levied=levied.get(client.id),
        )
        for client in clients
    ]


def _accounts(
    ids: Sequence[UUID],
    covers: Mapping[UUID, AccountCover],
    posted_then: Mapping[UUID, Decimal],
    covered_from: Mapping[UUID, date],
    rules: Rules,
) -> Mapping[UUID, Sequence[AccountFacts]]:
    query = (
        select(ProgramAccount, Partner.name)
        .outerjoin(
            Delegation,
            (Delegation.program_account_id == ProgramAccount.id) & (Delegation.state == DelegationState.APPROVED),
        )
        .outerjoin(Partner, Partner.id == Delegation.partner_id)
        .where(ProgramAccount.client_id.in_(ids))
        .order_by(ProgramAccount.number, Partner.name)
    )
    accounts: dict[UUID, ProgramAccount] = {}
    providers: dict[UUID, list[str]] = defaultdict(list)
    for account, partner in db.session.execute(query):
        accounts[account.id] = account
        providers[account.id] += [partner] if partner else []
    found: dict[UUID, list[AccountFacts]] = defaultdict(list)
    for key, account in accounts.items():
        facts = _account(account, covers.get(key), covered_from.get(key), tuple(providers[key]), rules)
        if key in posted_then:
            facts = replace(facts, posted_then_amount=posted_then[key])
        found[account.client_id].append(facts)
    return found


def _account(
    account: ProgramAccount,
    cover: AccountCover | None,
    covered_from: date | None,
    providers: tuple[str, ...],
    rules: Rules,
) -> AccountFacts:
    known: dict[str, Any] = {}
    if cover is not None:
        seen = outlook(cover, rules)
        known = {
            "short_then_amount": seen.missing_on(seen.in_view.cycle.deadline_on),
            "short_then_on": seen.in_view.cycle.deadline_on,
            "months": tuple(Month(month.period_end, month.amount) for month in cover.months),
            "peak_amount": cover.estimate.peak_amount,
            "peak_period_end": cover.estimate.peak_period_end,
            "estimate_amount": cover.estimate.required_amount,
            "portal_amount": cover.portal_amount,
            "portal_read_on": cover.portal_read_on,
            "in_force_amount": cover.required_amount if cover.has_history else None,
            "posted_amount": cover.posted_amount,
            "shown_posted_amount": cover.shown.amount if cover.shown else None,
            "shown_posted_on": cover.shown.read_on if cover.shown else None,
            "ends_on": cover.open_end_on,
        }
    return AccountFacts(
        id=account.id,
        number=account.number,
        imports=IMPORTS[account.profile],
        is_rpp_enrolled=KNOWN[account.is_rpp_enrolled],
        is_closed=account.is_closed,
        enrolled_on=account.rpp_enrolled_on,
        covered_from=covered_from,
        stated_peak_amount=account.stated_peak_amount,
        delegated_to=providers,
        **known,
    )


def _instruments(
    ids: Sequence[UUID], rules: Rules, today: date
) -> tuple[Mapping[UUID, Sequence[InstrumentFacts]], Mapping[UUID, date]]:
    """Instruments by client, and the first day any instrument, ended ones too, was valid on each account."""
    query = (
        select(
            Instrument,
            Allocation.program_account_id,
            Allocation.amount,
            ProgramAccount.security_form,
            InstrumentReading,
        )
        .outerjoin(InstrumentReading, InstrumentReading.instrument_id == Instrument.id)
        .outerjoin(Allocation, Allocation.instrument_id == Instrument.id)
        .outerjoin(ProgramAccount, ProgramAccount.id == Allocation.program_account_id)
        .where(Instrument.client_id.in_(ids))
        .order_by(Instrument.valid_from, Instrument.id)
    )
    rows: dict[UUID, Instrument] = {}
    shared: dict[UUID, Any] = defaultdict(lambda: ZERO)
    starts: dict[UUID, list[date | None]] = defaultdict(list)
    forms: dict[UUID, set[str]] = defaultdict(set)
    readings: dict[UUID, InstrumentReading] = {}
    for row, account_id, amount, form, reading in db.session.execute(query):
        rows[row.id] = row
        if reading is not None and row.state is not InstrumentState.ENDED:
            readings[row.id] = reading
        forms[row.id] |= {form} if form else set()
        if account_id is not None:
            shared[row.id] += amount
            starts[account_id].append(row.valid_from)
    found: dict[UUID, list[InstrumentFacts]] = defaultdict(list)
    for row in rows.values():
        found[row.client_id].append(_instrument(row, readings.get(row.id), shared[row.id], forms[row.id], rules, today))
    return found, {key: min(d for d in days if d) for key, days in starts.items() if all(days)}


def _instrument(
    row: Instrument, reading: InstrumentReading | None, allocated: Any, forms: set[str], rules: Rules, today: date
) -> InstrumentFacts:
    kind = rules.instruments[row.kind.value]
    notice = days_of_notice(row.state, row.notice_received_on, row.valid_until)
    wanted = count_of(rules.fact("rpp.provider_notice_days"))
    return InstrumentFacts(
        id=row.id,
        name=kind.name,
        number=row.number,
        amount=row.amount,
        allocated_amount=allocated,
        is_in_force=in_force(row.valid_from, row.valid_until, row.state, today, posted_on=row.posted_on),
        is_accepted=kind.is_accepted or bool(row.acceptance_reason),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        document=particulars_of(reading, reading.business_number) if reading else None,
        document_read_on=reading.read_on if reading else None,
        notice_days=notice,
        is_notice_short=check_notice(notice, wanted) is not None,
        is_in_form=forms <= {kind.form},
    )


def _managers(ids: Sequence[UUID]) -> Mapping[UUID, Sequence[ManagerFacts]]:
    query = select(Contact).where(Contact.client_id.in_(ids)).order_by(Contact.name, Contact.id)
    found: dict[UUID, list[ManagerFacts]] = defaultdict(list)
    for row in db.session.scalars(query):
        if MANAGES & set(row.duties or ()):
            found[row.client_id].append(ManagerFacts(row.id, row.name, row.is_active, row.portal_seen_on))
    return found


def _answers(ids: Sequence[UUID]) -> Mapping[UUID, Mapping[str, Any]]:
    """What the newest signed assessment of each client answered to the questions the scan compares."""
    query = (
        select(Answer.client_id, Answer.assessment_id, Answer.question, Answer.value)
        .join(Assessment, Assessment.id == Answer.assessment_id)
        .where(Answer.client_id.in_(ids), Answer.question.in_(ASKED), Assessment.state == AssessmentState.SIGNED)
        .order_by(Assessment.signed_at, Assessment.id)
    )
    found: dict[UUID, tuple[UUID, dict[str, Any]]] = {}
    for client_id, assessment_id, question, value in db.session.execute(query):
        if client_id not in found or found[client_id][0] != assessment_id:
            found[client_id] = (assessment_id, {})
        found[client_id][1][question] = value
    return {client_id: answers for client_id, (_assessment, answers) in found.items()}


def _levied(ids: Sequence[UUID], today: date) -> Mapping[UUID, Levied]:
    """Duties and SIMA duties of each client's last 12 closed periods, where statements break them down."""
    first, last = window(today)
    query = (
        select(
            Statement.client_id,
            func.count(Statement.period_end.distinct()),
            type_coerce(func.coalesce(func.sum(Statement.duties_amount), 0), CadAmount()),
            type_coerce(func.coalesce(func.sum(Statement.sima_amount), 0), CadAmount()),
            func.max(Statement.period_end),
        )
        .where(
            Statement.client_id.in_(ids),
            Statement.period_end.between(first, last),
            Statement.duties_amount.is_not(None),
        )
        .group_by(Statement.client_id)
    )
    return {row[0]: Levied(*row[1:]) for row in db.session.execute(query)}


def _open_tasks(ids: Sequence[UUID]) -> Mapping[str, UUID]:
    query = select(Task.finding, Task.id).where(
        Task.client_id.in_(ids), Task.state == TaskState.OPEN, Task.finding.startswith("risk:")
    )
    return {key: task_id for key, task_id in db.session.execute(query) if key}


def risk_of(client_id: UUID, key: str, today: date) -> Risk | None:
    """One risk of one client by its key; None when it is gone or the client is not in scope."""
    return next((risk for risk in risks_for([client_id], today).get(client_id, ()) if risk.key == key), None)
