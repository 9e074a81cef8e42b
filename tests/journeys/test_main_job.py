"""The main job, end to end, in a real browser: from a client list to the manager's workbook, and the client on the phone."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from tests.conftest import EMAILS, Cast
from tests.factories import PASSWORD, as_firm, make_partner, make_request
from tests.journeys.conftest import Story
from tracker.clients.models import Client
from tracker.coordination.enums import PartnerKind
from tracker.platform.clock import today
from tracker.platform.db import db
from tracker.readiness.queries import readiness_of

DATA = Path(__file__).resolve().parents[1] / "data"
pytestmark = pytest.mark.browser


def gates(app: Flask, bn9: str) -> str:
    with app.app_context():
        as_firm()
        client_id = db.session.scalar(select(Client.id).where(Client.bn9 == bn9))
        ready = readiness_of(client_id, today())
        assert ready is not None
        return ready.readiness.code


def client_id(app: Flask, bn9: str) -> str:
    with app.app_context():
        as_firm()
        return str(db.session.scalar(select(Client.id).where(Client.bn9 == bn9)))


def bring_in(story: Story, name: str, kind: str) -> None:
    story.go("/imports")
    story.page.select_option("#kind", kind)
    story.page.set_input_files("#files", DATA / name)
    story.page.click("main form button[type=submit]")
    story.page.wait_for_url(re.compile(r"/imports/[0-9a-f-]{36}"))
    story.page.get_by_role("button", name=re.compile("^Import ")).click()
    story.page.wait_for_load_state()
    assert "Created" in story.page.content()


def test_from_client_list_to_workbook(desk_story: Story, app: Flask, tmp_path: Path) -> None:
    story, page = desk_story, desk_story.page
    with app.app_context():
        make_partner(kind=PartnerKind.SURETY, name="Boreal Surety", name_key="boreal surety")
    story.sign_in(EMAILS["priya"], PASSWORD)
    bring_in(story, "client-list-en.xlsx", "clients")
    bring_in(story, "statements.csv", "statements")
    bn9 = "888446937"
    home = f"/clients/{client_id(app, bn9)}"

    # Start the same engagement for the clients ticked in the list.
    story.go("/clients?q=ACDELCO")
    page.locator("input[data-all]").check()
    page.get_by_role("button", name="Start an engagement").click()
    page.wait_for_load_state()
    page.select_option("#template", "carm_onboarding")
    page.get_by_role("button", name="Show what would happen").click()
    page.get_by_role("button", name=re.compile("^Start for ")).click()
    page.wait_for_load_state()
    assert "engagements opened" in page.content()

    # Assess, look at the plan, apply it.
    story.go(f"{home}/assessments")
    story.go(home)
    page.get_by_role("link", name="Start", exact=True).click()
    page.wait_for_load_state()
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/assessments/[0-9a-f-]{36}"))
    page.get_by_label("No, non-resident importer").check()
    page.get_by_role("button", name=re.compile("Save")).first.click()
    page.wait_for_load_state()
    page.get_by_role("link", name="Plan", exact=True).click()
    page.wait_for_load_state()
    page.get_by_role("button", name=re.compile("plan", re.I)).click()
    page.wait_for_load_state()

    # Hand in, look at and accept a document.
    story.go(f"{home}/documents")
    page.locator("main table a[href*='/documents/']").first.click()
    page.wait_for_load_state()
    paper = tmp_path / "letter.pdf"
    paper.write_bytes(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
    page.get_by_text("File what came by mail").click()
    page.set_input_files("input[type=file]", paper)
    page.locator("form[enctype='multipart/form-data'] button[type=submit]").first.click()
    page.wait_for_load_state()
    assert "letter.pdf" in page.content()
    page.get_by_role("button", name="Accept", exact=True).first.click()
    page.wait_for_load_state()
    assert "Accepted" in page.content()

    # Post a bond that covers the requirement: $33,570.00 of the expected file.
    assert gates(app, bn9)[3] != "d"
    story.go(f"{home}/instruments/new")
    page.select_option("#kind", "surety_bond")
    page.fill("#amount", "40,000.00")
    page.fill("#valid_from", (today() - timedelta(days=1)).isoformat())
    page.select_option("#state", "posted")
    page.get_by_role("button", name="Record", exact=True).click()
    page.wait_for_load_state()
    assert gates(app, bn9)[3] == "d"

    # The list says the broker is delegated. Take it back, ask anew, approve: the gate turns each time.
    story.go(f"{home}/delegations")
    assert "northgate customs brokers" in page.content().lower()
    assert gates(app, bn9)[2] == "d"
    for state in ("revoked", "requested", "approved"):
        story.go(f"{home}/delegations")
        page.locator("main tbody th a").first.click()
        page.select_option("#state", state)
        page.get_by_role("button", name="Note it").click()
        page.wait_for_load_state()
        assert (gates(app, bn9)[2] == "d") is (state == "approved"), state

    # Export: the figure of the screen stands in the workbook.
    with page.expect_download() as waiting:
        page.evaluate(
            "() => { const a = document.createElement('a'); a.href = '/reports/manager.xlsx?lang=en'; document.body.append(a); a.click(); }"
        )
    target = tmp_path / "manager.xlsx"
    waiting.value.save_as(target)
    book = load_workbook(target)
    assert {"Summary", "Portfolio", "Guarantee", "Documents", "Broker coordination", "Deadlines", "Read me"} <= set(
        book.sheetnames
    )
    values = [[cell.value for cell in row] for row in book["Guarantee"].iter_rows()]
    line = next(row for row in values if "888446937RM0001" in row)
    assert 33570 in line and 40000 in line


def test_contact_finishes_the_first_item_on_the_phone(
    phone_story: Story, app: Flask, cast: Cast, tmp_path: Path
) -> None:
    story, page = phone_story, phone_story.page
    with app.app_context():
        as_firm()
        make_request(db.session.get(Client, cast.client_a))
    story.sign_in(EMAILS["ana"], PASSWORD)
    assert "Maple Toys" in page.content() and "Norland" not in page.content()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")
    paper = tmp_path / "lettre.pdf"
    paper.write_bytes(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
    page.set_input_files("input[type=file] >> nth=0", paper)
    page.locator("form[enctype='multipart/form-data'] button[type=submit]").first.click()
    page.wait_for_load_state()
    assert "lettre.pdf" in page.content() or "Received" in page.content() or "Thank" in page.content()
    story.go("/desk")
    assert "not for your role" in page.content()
