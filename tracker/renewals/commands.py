"""Renewals, commands: open a file for each account that needs one, once for each cause."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from flask_babel import gettext as _

from tracker.coordination import commands as coordination
from tracker.coordination.enums import Party
from tracker.engagements.models import Engagement
from tracker.guarantees.account_cover import AccountCover
from tracker.guarantees.cover import covers_by_client
from tracker.guarantees.outlook import outlook
from tracker.onboarding.commands import open_with_template
from tracker.onboarding.rules import Hurry
from tracker.platform.actor import Actor
from tracker.platform.audit import record
from tracker.platform.db import db
from tracker.platform.errors import Refusal
from tracker.renewals import queries
from tracker.renewals.enums import Cause
from tracker.renewals.models import Renewal
from tracker.renewals.rules import Due, Position, due
from tracker.rulebook.book import rules_at
from tracker.rulebook.calendar import ONE_DAY, first_business_day
from tracker.rulebook.task_kinds import CONFIRM_IN_PORTAL, POST_AGREEMENT
from tracker.rulebook.types import Rules

CHUNK = 250


def open_due(actor: Actor, *, today: date) -> int:
    """Open a file for every account that needs one and has none; returns how many. Safe to repeat: the daily job."""
    return open_for(actor, client_ids=queries.active_clients(), today=today)


def open_for(actor: Actor, *, client_ids: Sequence[UUID], today: date) -> int:
    """The same for these clients."""
    ids = list(client_ids)
    return sum(_open_some(actor, ids[start : start + CHUNK], today) for start in range(0, len(ids), CHUNK))


def take_up_again(actor: Actor, *, today: date) -> int:
    """Add the step again where every one is done and security is missing still; returns how many. Once for each account.

    What lies with CBSA on paper is to be seen in the portal; anything else is to be posted.
    """
    tasks, count = rules_at(today).tasks, 0
    stuck = queries.stuck_renewals(today)
    leads = queries.leads_of([each.row.client_id for each in stuck]) if stuck else {}
    for each in stuck:
        row, kind = each.row, tasks[CONFIRM_IN_PORTAL if each.is_pending else POST_AGREEMENT]
        due_on = first_business_day(today + timedelta(days=kind.due_days))
        made = coordination.ensure_task(
            actor,
            client_id=row.client_id,
            kind=kind.key,
            engagement_id=row.engagement_id,
            program_account_id=row.account_id,
            partner_id=row.provider_id if Party(kind.waiting_on) is Party.SURETY else None,
            due_on=min(due_on, row.by_on) if row.by_on > today else due_on,
            owner_id=row.lead_id or leads.get(row.client_id),
        )
        count += made is not None
    return count


def open_by_hand(actor: Actor, *, cover: AccountCover, today: date) -> Renewal:
    """Open the file of one account now. Refusal when one is open, or when nothing about its security needs it."""
    if cover.account_id in queries.accounts_in_open_files([cover.client_id]):
        raise Refusal(None, _("A file is open for this account already."))
    reason = due(position_of(cover, rules_at(today)), today)
    if reason is None:
        raise Refusal(None, _("Nothing ends within 90 days and nothing is short: there is nothing to renew."))
    had, lost = queries.causes_opened([cover.client_id]), queries.cover_lost_on([cover.client_id], today)
    reason = _not_had(cover.account_id, reason, had, lost)
    if reason is None:
        raise Refusal(None, _("This cause had its file already. Reopen that engagement instead."))
    existing = queries.open_files([cover.client_id]).get(cover.client_id)
    return _open(actor, cover, reason, existing, queries.leads_of([cover.client_id]).get(cover.client_id), today)


def position_of(cover: AccountCover, rules: Rules) -> Position:
    """Where an account stands on the days that matter."""
    seen = outlook(cover, rules)
    in_view = seen.in_view
    ends_on = cover.short_after or cover.ends_on
    return Position(
        is_known=cover.has_history,
        required_amount=cover.required_amount,
        posted_amount=cover.posted_amount,
        since=cover.portal_read_on or cover.estimate.peak_period_end,
        ends_on=ends_on,
        posted_after_end_amount=cover.posted_on(ends_on + ONE_DAY) if ends_on else cover.posted_amount,
        review_run_on=in_view.cycle.run_on,
        review_deadline_on=in_view.cycle.deadline_on,
        review_amount=seen.review_amount,
        posted_at_review_amount=cover.posted_on(in_view.cycle.deadline_on),
    )


def _open_some(actor: Actor, ids: Sequence[UUID], today: date) -> int:
    rules = rules_at(today)
    covers = covers_by_client(rules, ids, today)
    had, lost = queries.causes_opened(ids), queries.cover_lost_on(ids, today)
    under_way = queries.accounts_in_open_files(ids)
    files, passed, leads = queries.open_files(ids), queries.secured_otherwise(ids), queries.leads_of(ids)
    count = 0
    for client_id in ids:
        if client_id in passed:
            continue
        for cover, wanted in _wanted(covers[client_id], rules, today):
            reason = _not_had(cover.account_id, wanted, had, lost)
            if cover.account_id in under_way or reason is None:
                continue
            made = _open(actor, cover, reason, files.get(client_id), leads.get(client_id), today)
            files[client_id] = made.engagement_id
            count += 1
    return count


def _not_had(
    account_id: UUID, reason: Due, had: Mapping[tuple[UUID, Cause, date], date], lost: Mapping[UUID, date]
) -> Due | None:
    """The reason where no file was opened for it yet, else None.

    One requirement can be missed twice: what went after the file for it had opened leaves the account short anew.
    """
    opened_on = had.get((account_id, reason.cause, reason.for_on))
    if opened_on is None:
        return reason
    lost_on = lost.get(account_id)
    is_anew = reason.cause is Cause.SHORTFALL and lost_on is not None and lost_on > opened_on
    if lost_on is None or not is_anew or (account_id, reason.cause, lost_on) in had:
        return None
    return replace(reason, for_on=lost_on)


def _wanted(covers: Iterable[AccountCover], rules: Rules, today: date) -> Iterable[tuple[AccountCover, Due]]:
    for cover in covers:
        reason = due(position_of(cover, rules), today)
        if reason is not None:
            yield cover, reason


def _open(
    actor: Actor, cover: AccountCover, reason: Due, engagement_id: UUID | None, lead_id: UUID | None, today: date
) -> Renewal:
    """One account's file: the client's open engagement of this kind, or a new one with its tasks, documents and parties."""
    provider_id = next((share.provider_id for share in reversed(cover.shares) if share.provider_id), None)
    if engagement_id is None:
        engagement: Engagement = open_with_template(
            actor,
            client_id=cover.client_id,
            template=queries.TEMPLATE,
            opened_on=today,
            lead_id=lead_id,
            target_on=reason.by if reason.by > today else None,  # late already: as soon as its steps allow
            hurry=Hurry(reason.latest, is_late=reason.by <= today),
            partners={Party.SURETY: provider_id} if provider_id else None,
        ).engagement
        engagement_id = engagement.id
    row = Renewal(
        client_id=cover.client_id,
        program_account_id=cover.account_id,
        engagement_id=engagement_id,
        cause=reason.cause,
        for_on=reason.for_on,
        by_on=reason.by,
        required_amount=reason.required_amount,
        missing_amount=reason.missing_amount,
        provider_id=provider_id,
        opened_on=today,
    )
    db.session.add(row)
    record(actor, "renewal:opened", row)
    db.session.flush()
    return row
