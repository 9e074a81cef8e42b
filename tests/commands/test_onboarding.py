"""Onboarding: a gate the client has passed is not asked for again, whichever engagement is opened; what is no gate still is."""

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import Cast
from tests.factories import (
    as_firm,
    make_allocation,
    make_client,
    make_contact,
    make_delegation,
    make_instrument,
    make_partner,
    make_statement,
    make_task,
)
from tests.visitor import Visitor
from tracker.clients.enums import Known
from tracker.clients.models import Client, ProgramAccount
from tracker.coordination.enums import DelegationState, TaskState
from tracker.coordination.models import Task
from tracker.documents.models import DocumentRequest
from tracker.onboarding.commands import open_with_template
from tracker.platform.actor import SYSTEM
from tracker.platform.audit import record
from tracker.platform.clock import today
from tracker.platform.db import db, transaction
from tracker.readiness.queries import readiness_of
from tracker.rulebook.book import rules_at

GATES = {  # the steps, and the papers, that serve to pass each gate
    1: {"open_rm"},
    2: {"get_credentials", "create_profile", "link_business", "accept_terms", "approve_employees", "choose_bams",
        "bam_identities", "affinity_data"},
    3: {"broker_requests_access", "approve_broker", "assign_broker_staff", "sign_broker_agreement"},
    4: {"read_requirement", "estimate_security", "apply_for_bond", "post_agreement", "bond_application",
        "financial_statements", "indemnity_agreement"},
    5: {"enrol_rpp"},
    6: {"set_up_payment", "learn_due_dates", "agree_who_pays", "payment_setup"},
}  # fmt: skip
# Work of the first months, whatever was in place before; and papers that prove what is.
ALWAYS = {
    "broker_agreement",
    "test_release",
    "watch_first_statement",
    "pay_statement",
    "review_users",
    "engagement_letter",
    "delegation_proof",
}


def note(row: Client | ProgramAccount, **over: Known) -> None:
    """Change a row as a person would who has learnt something."""
    with transaction():
        for name, value in over.items():
            setattr(row, name, value)
        record(SYSTEM, "factory:made", row)


def pass_gate(client: Client, account: ProgramAccount, gate: int) -> None:
    """Bring a client past one gate."""
    if gate == 2:
        note(client, is_portal_linked=Known.YES)
        for name in ("Ana Roy", "Luc Roy"):
            make_contact(client, name=name, email=None)
    elif gate == 3:
        make_delegation(client, make_partner(), state=DelegationState.APPROVED)
    elif gate == 4:
        make_statement(account)
        make_allocation(make_instrument(client), account)
    elif gate == 5:
        note(account, is_rpp_enrolled=Known.YES)
    elif gate == 6:
        note(client, is_payment_ready=Known.YES)


def opened(client_id: UUID, template: str = "carm_onboarding") -> set[str]:
    """What an engagement asks of a client: keys of tasks and documents."""
    with transaction():
        open_with_template(SYSTEM, client_id=client_id, template=template, opened_on=today())
    tasks = select(Task.kind).where(Task.client_id == client_id)
    papers = select(DocumentRequest.kind).where(DocumentRequest.client_id == client_id)
    return {str(key) for query in (tasks, papers) for key in db.session.scalars(query)}


def rows(cast: Cast) -> tuple[Client, ProgramAccount]:
    return db.session.get_one(Client, cast.client_a), db.session.get_one(ProgramAccount, cast.account_a)


@pytest.mark.parametrize("gate", sorted(GATES))
def test_a_gate_that_is_passed_is_not_asked_for_again(inside: Flask, cast: Cast, gate: int) -> None:
    client, account = rows(cast)
    pass_gate(client, account, gate)
    found = readiness_of(client.id, today())
    assert found is not None and found.readiness.gates[gate - 1].state == "done"
    passed = {each.number for each in found.readiness.gates if each.state == "done"}
    asked = opened(client.id)
    assert not asked & set[str]().union(*(GATES[each] for each in passed))
    assert asked >= ALWAYS | set[str]().union(*(GATES[each] for each in GATES if each not in passed))


def test_a_client_of_whom_nothing_is_known_is_asked_for_everything(inside: Flask) -> None:
    client = make_client(legal_name="New Ltd", bn9=None)
    assert opened(client.id) >= ALWAYS | set[str]().union(*GATES.values())


def test_a_business_in_the_portal_with_one_manager_is_asked_for_the_second_only(inside: Flask, cast: Cast) -> None:
    client, _account = rows(cast)
    note(client, is_portal_linked=Known.YES)
    make_contact(client)
    asked = opened(client.id)
    assert not asked & {"link_business", "accept_terms", "affinity_data"}
    assert asked >= {"choose_bams", "get_credentials", "create_profile", "approve_employees", "bam_identities"}


def test_two_managers_chosen_are_still_to_be_let_in(inside: Flask, cast: Cast) -> None:
    client, _account = rows(cast)
    for name in ("Ana Roy", "Luc Roy"):
        make_contact(client, name=name, email=None)
    asked = opened(client.id)
    assert "choose_bams" not in asked and asked >= {"get_credentials", "link_business", "approve_employees"}


def test_an_agreement_of_cbsa_once_obtained_is_not_asked_for_again(inside: Flask) -> None:
    done = make_client(legal_name="Selkirk Tools Inc.", residency="non_resident")
    make_task(done, kind="file_bsf900", title=None, state=TaskState.DONE, done_on=today())
    other = make_client(legal_name="Tolosa Tools S.L.", residency="non_resident")
    make_task(other, kind="file_bsf900", title=None, state=TaskState.CANCELLED, done_on=today())
    for client, times in ((done, 0), (other, 1)):
        opened(client.id)
        waiting = select(Task.id).where(Task.client_id == client.id, Task.kind == "file_bsf900")
        assert len(db.session.scalars(waiting.where(Task.state == TaskState.OPEN)).all()) == times


def test_whoever_orders_security_alone_has_it_read_and_sized_anew(inside: Flask, cast: Cast) -> None:
    client, account = rows(cast)
    for gate in GATES:
        pass_gate(client, account, gate)
    asked = opened(client.id, "security_only")
    assert asked >= {"read_requirement", "estimate_security", "receivable_history", "test_release"}
    assert not asked & {"apply_for_bond", "post_agreement", "bond_application", "enrol_rpp", "set_up_payment"}


@pytest.mark.parametrize("template", ["annual_review", "broker_change", "security_renewal"])
def test_an_engagement_that_changes_what_is_in_place_asks_for_all_of_it(
    inside: Flask, cast: Cast, template: str
) -> None:
    client, account = rows(cast)
    for gate in GATES:
        pass_gate(client, account, gate)
    assert opened(client.id, template) == {step.key for step in rules_at(today()).templates[template].steps}


def test_who_opens_it_is_told_what_is_in_place(app: Flask, cast: Cast, visit: Callable[..., Visitor]) -> None:
    with app.app_context():
        as_firm()
        client, account = rows(cast)
        for gate in GATES:
            pass_gate(client, account, gate)
    colin, path = visit("colin"), f"/clients/{cast.client_a}/engagements/new"
    whole = len(rules_at(today()).templates["carm_onboarding"].steps)
    page = colin.get(path).text
    assert f"{whole} tasks and requests" not in page and "tasks and requests, 120 days" in page
    answer = colin.post(path, {"template": "carm_onboarding", "opened_on": today().isoformat(), "once": "1"})
    assert "in place already" in colin.get(answer.headers["Location"]).text
