"""Every sheet of the workbooks, read back with openpyxl, against the queries the pages ask: of the firm, and of one's own clients."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
from flask import Flask
from openpyxl import load_workbook

from tests.conftest import EMAILS, Cast
from tests.factories import (
    as_firm,
    make_allocation,
    make_client,
    make_delegation,
    make_engagement,
    make_instrument,
    make_partner,
    make_request,
    make_statement,
    make_task,
    make_user,
)
from tests.visitor import Visitor
from tracker.accounts import queries as accounts
from tracker.accounts.signing_in import actor_of
from tracker.clients.models import Client, ProgramAccount
from tracker.coordination import listing as work_list
from tracker.coordination import queries as coordination
from tracker.coordination.enums import PartnerKind, Party
from tracker.coordination.models import Task
from tracker.deadlines.queries import Filters as DateFilters
from tracker.deadlines.queries import deadline_rows, overdue
from tracker.desk.portfolio import Wanted, counts, portfolio
from tracker.documents import listing
from tracker.documents.enums import RequestState
from tracker.guarantees.cover import covers
from tracker.guarantees.outlook import outlook
from tracker.permissions import Role
from tracker.platform.actor import SYSTEM
from tracker.platform.audit import record
from tracker.platform.clock import today
from tracker.platform.db import db, transaction
from tracker.platform.tenancy import enter
from tracker.readiness.remembering import remember
from tracker.reports.addresses import to_nowhere
from tracker.reports.building import REPORTS, make
from tracker.reports.contents import HORIZON_DAYS, Order
from tracker.reports.packing import named
from tracker.risks.queries import risks_of_portfolio
from tracker.rulebook.book import rules_at

Rows = list[dict[str, Any]]
Visit = Callable[..., Visitor]
MANY = 10_000
READERS = ("priya", "colin")  # everything; client A alone


@pytest.fixture
def filled(app: Flask, cast: Cast) -> dict[str, Any]:
    """Two clients with something on every sheet: A short of security, with late work; B with a bond too many."""
    with app.app_context():
        as_firm()
        a, b = db.session.get(Client, cast.client_a), db.session.get(Client, cast.client_b)
        one, two = db.session.get(ProgramAccount, cast.account_a), db.session.get(ProgramAccount, cast.account_b)
        assert a and b and one and two
        surety = make_partner(kind=PartnerKind.SURETY, name="Boreal Surety Company")
        make_statement(one)
        make_statement(two, charges_amount=Decimal("20000.00"), total_amount=Decimal("20000.00"))
        ending = make_instrument(
            a, amount=Decimal("35000.00"), provider_id=surety.id, valid_until=today() + timedelta(40)
        )
        make_allocation(ending, one)
        make_allocation(make_instrument(b, amount=Decimal("12000.00"), number="B-2002"), two)
        colin = accounts.by_email(EMAILS["colin"])
        assert colin is not None
        other = make_user(Role.CONSULTANT, email="olga@firm.example", name="Olga Other")
        long_ago = today() - timedelta(days=9)
        for client, owner in ((a, colin.id), (b, other.id)):
            make_request(client, due_on=long_ago, owner_id=owner, requested_on=long_ago)
            make_request(client, kind="engagement_letter", owner_id=owner, state=RequestState.ACCEPTED,
                         received_at=datetime.combine(long_ago, datetime.min.time(), UTC) + timedelta(hours=15),
                         decided_on=long_ago + timedelta(days=4))  # fmt: skip
            make_task(client, title="Ask the broker", owner_id=owner, due_on=long_ago, waiting_on=Party.BROKER,
                      waiting_since=long_ago, is_client_visible=False)  # fmt: skip
            make_task(client, title="Sign the form", waiting_on=Party.CLIENT, due_on=today() + timedelta(days=3),
                      waiting_since=long_ago, is_client_visible=True)  # fmt: skip
            make_engagement(client)
        broker = make_partner()
        for client in (a, b):
            make_delegation(client, broker)
        return {"broker": broker.id, "surety": surety.id, "a": a.id, "b": b.id}


@pytest.fixture(params=READERS)
def reader(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def seen(app: Flask, visit: Visit, filled: dict[str, Any], reader: str) -> Iterator[Any]:
    """The manager's workbook of the reader; then, within the reader's scope, the pages' queries."""
    found = fetched(visit(reader), "/reports/manager.xlsx?lang=en")
    with app.app_context():
        person = accounts.by_email(EMAILS[reader])
        assert person is not None
        enter(db.session(), actor_of(person).scope)
        yield found


def fetched(visitor: Visitor, path: str) -> Any:
    answer = visitor.get(path)
    assert answer.status_code == 200, path
    return load_workbook(BytesIO(answer.data))


def table(sheet: Any, name: str = "") -> Rows:
    """The rows of a sheet's table by heading; the notice of an empty one is no row."""
    found = sheet.tables[name] if name else next(iter(sheet.tables.values()))
    cells = [[cell.value for cell in row] for row in sheet[found.ref]]
    body = cells[1:-1] if found.totalsRowCount else cells[1:]
    return [dict(zip(cells[0], values, strict=True)) for values in body if sum(v is not None for v in values) > 1]


def figures(sheet: Any) -> dict[str, list[Any]]:
    """The big numbers of the summary: label → now, then, difference."""
    return {row[0].value: [cell.value for cell in row[1:]] for row in sheet.iter_rows(max_col=4) if row[0].value}


def money(value: Any) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))


def test_summary_has_the_sums_of_the_lists(seen: Any) -> None:
    shown, filters, papers = figures(seen["Summary"]), counts(Wanted(), today()), listing.counts()
    work = work_list.task_counts(today(), None)
    assert shown["Active clients"][0] == filters["all"] > 0
    assert shown["May release goods tomorrow"][0] == filters["ready"]
    assert shown["Documents outstanding"][0] == papers["open"] > 0
    assert shown["Documents late"][0] == papers["late"] > 0
    assert shown["Tasks late"][0] == work["late"] > 0
    every = covers(rules_at(today()), as_of=today())
    assert money(shown["Short in all"][0]) == sum(cover.shortfall_amount for cover in every)
    assert shown["Accounts short of security"][0] == sum(cover.shortfall_amount > 0 for cover in every)
    ends = [cover.ends_on for cover in every if cover.ends_on]
    assert [shown[f"Security ending within {days} days"][0] for days in (30, 60, 90)] == [
        sum(end <= today() + timedelta(days=days) for end in ends) for days in (30, 60, 90)
    ]
    gates = table(seen["Summary"], "tblGates")
    assert all(row["Clients through"] + row["Clients not yet"] == filters["all"] for row in gates)
    assert sum(row["Program accounts"] for row in table(seen["Summary"], "tblCover")) == len(every)


def test_portfolio_has_the_rows_of_the_client_list(seen: Any) -> None:
    rows = {row["BN9"]: row for row in table(seen["Portfolio"])}
    shown = portfolio(Wanted(), today())
    assert len(rows) == shown.total == len(shown.rows)
    for listed in shown.rows:
        row, kept = rows[listed.bn9], listed.standing
        assert kept is not None and row["Client"] == listed.legal_name
        assert row["May release tomorrow"].endswith("yes" if kept.may_release else "no")
        amounts = [money(row[key]) for key in ("Required", "Posted", "Short")]
        assert amounts == [kept.required_amount, kept.posted_amount, kept.shortfall_amount]
        assert round(row["Lowest cover %"] * 100) == kept.cover_percent
        assert (row["Tasks open"], row["Tasks late"]) == (kept.open_tasks, kept.late_tasks)
        assert (row["Documents open"], row["Documents late"]) == (kept.open_documents, kept.late_documents)
        assert (row["Documents required"], row["Documents accepted"]) == (2, 1)
        assert (row["Waiting on"], row["Account managers"]) == (kept.waiting_on, kept.bam_count)
        assert row["Gates 1 to 6"] == "".join({"d": "●", "w": "◷", "o": "○"}[letter] for letter in kept.gates)
        assert row["Stage of the work"] == "Intake (1/6)"
        assert (row["Lead"] or "") == listed.lead


def test_guarantee_and_review_have_the_covers_of_the_ladder(seen: Any) -> None:
    rules = rules_at(today())
    every = {cover.number: cover for cover in covers(rules, as_of=today())}
    rows, reviews = table(seen["Guarantee"]), {row["Program account"]: row for row in table(seen["Annual review"])}
    assert {row["Program account"] for row in rows} == every.keys() == reviews.keys()
    for row in rows:
        cover, ahead = every[row["Program account"]], outlook(every[row["Program account"]], rules)
        assert [money(row[key]) for key in ("Required", "Posted", "Short")] == [
            cover.required_amount, cover.posted_amount, cover.shortfall_amount,
        ]  # fmt: skip
        assert round(row["Cover %"] * 100) == int(cover.coverage_percent or 0)
        review = reviews[cover.number]
        assert (money(review["Review sets"]), money(review["Rise"])) == (ahead.in_view.amount, ahead.increase_amount)
        assert money(review["Short then"]) == ahead.missing_on(ahead.in_view.cycle.deadline_on)
        assert row["Ends"] is None or row["Ends"].date() == cover.ends_on
    (held,) = [row for row in rows if row["Program account"].startswith("123456782")]
    assert held["Surety and instrument"] == "Boreal Surety Company\nB-1001 · Posted"


def test_documents_tasks_and_brokers_have_the_rows_of_their_pages(seen: Any, filled: dict[str, Any]) -> None:
    listed = listing.listed(listing.Filters(view="all"), 1)
    rows = table(seen["Documents"])
    assert len(rows) == listed.total > 0
    assert sorted((r["Client"], r["Document"], r["Due"].date()) for r in rows) == sorted(
        (r.client_name, r.name, r.due_on) for r in listed.rows
    )
    work = work_list.task_page(work_list.TaskFilter(), 1, today())
    tasks = table(seen["Tasks"])
    assert [(r["Client"], r["Task"], r["Due"].date()) for r in tasks] == [
        (r.client, r.title, r.due_on) for r in work.rows
    ]
    assert sum(r["State"].endswith("late") for r in tasks) == work_list.task_counts(today(), None)["late"]
    given = coordination.delegations_for_partner(filled["broker"])
    brokers = table(seen["Broker coordination"])
    assert sorted(r["Client"] for r in brokers) == sorted(r.client for r in given) != []


def test_deadlines_are_those_of_the_calendar(seen: Any) -> None:
    late, count = overdue(today(), DateFilters(), MANY)
    ahead = deadline_rows(today(), HORIZON_DAYS)
    rows = table(seen["Deadlines"])
    assert len(rows) == count + len(ahead)
    assert [(r["Date"].date(), r["What"]) for r in rows] == [(d.on, d.what.en) for d in (*late, *ahead)]
    assert all(d.rule and r["Why"].startswith(d.rule.en) for r, d in zip(rows, (*late, *ahead), strict=True))
    assert all((r["Within"] == "overdue") == (r["Days left"] < 0) for r in rows)
    assert {r["Within"] for r in rows} <= {"overdue", "30 days", "60 days", "90 days"}


def test_risks_and_data_quality_are_those_of_the_risks_page(seen: Any) -> None:
    risks = [row for row in table(seen["Overdue and risk"]) if row["Risk"] != "documents late"]
    late = [row for row in table(seen["Overdue and risk"]) if row["Risk"] == "documents late"]
    assert {row["Cause"] for row in late} == {"1 document late"}, "one is not several"
    page = risks_of_portfolio(today())
    assert len(risks) == page.risks.total > 0
    assert [(r["Client"], r["Risk"]) for r in risks][: len(page.risks.rows)] == [
        (risk.client_name, risk.sentence.en) for risk in page.risks.rows
    ]
    contradictions = risks_of_portfolio(today(), kind="contradiction").risks
    quality = table(seen["Data quality"])
    assert sum(row["Why it was noticed"] != "missing on file" for row in quality) == contradictions.total
    assert any(row["What is wrong"] == "Not known how CBSA is paid." for row in quality)
    worst = {row["Client"]: row["Risk"].split(" ", 1)[1] for row in table(seen["Portfolio"])}
    assert worst == {risk.client_name: worst_of(page.risks.rows, risk.client_id) for risk in page.risks.rows}


def worst_of(risks: Any, client_id: Any) -> str:
    return str(next(risk.severity.value for risk in risks if risk.client_id == client_id))


def test_team_adds_up_to_the_lists(seen: Any, reader: str) -> None:
    rows = {row["Person"]: row for row in table(seen["Team"])}
    work, papers = work_list.task_counts(today(), None), listing.counts()
    assert sum(row["Tasks open"] for row in rows.values()) == work["all"]
    assert sum(row["Tasks late"] for row in rows.values()) == work["late"]
    assert sum(row["Documents open"] for row in rows.values()) == papers["open"]
    assert sum(row["Documents late"] for row in rows.values()) == papers["late"]
    colin = accounts.by_email(EMAILS["colin"])
    assert colin is not None and rows["Colin Dubois"]["Tasks open"] == work_list.task_counts(today(), colin.id)["all"]
    assert rows["Colin Dubois"]["Median days to accept a document"] == 4
    assert ("Olga Other" in rows) == (reader == "priya"), "a consultant learns nothing of what others have in hand"


def team(visit: Visit) -> tuple[Any, Rows]:
    sheet = fetched(visit("priya"), "/reports/team.xlsx?lang=en")["Team"]
    return sheet, table(sheet)


def test_closed_work_of_nobody_is_in_nobodys_hand(app: Flask, visit: Visit, filled: dict[str, Any]) -> None:
    with app.app_context():
        as_firm()
        for task in db.session.query(Task).filter_by(owner_id=None):
            with transaction() as session:
                session.delete(task)
                record(SYSTEM, "task:dropped", task)
        a = db.session.get_one(Client, filled["a"])
        make_request(a, kind="import_forecast", state=RequestState.ACCEPTED)
        make_request(a, kind="bond_application", state=RequestState.NOT_REQUIRED)
    assert "nobody yet" not in [row["Person"] for row in team(visit)[1]]
    with app.app_context():
        as_firm()
        make_request(db.session.get_one(Client, filled["a"]), kind="import_forecast")
    last = team(visit)[1][-1]
    assert (last["Person"], last["Documents open"], last["Tasks open"]) == ("nobody yet", 1, 0)


def test_the_half_day_of_a_median_is_seen(app: Flask, visit: Visit, filled: dict[str, Any]) -> None:
    with app.app_context():
        as_firm()
        colin, day = accounts.by_email(EMAILS["colin"]), today() - timedelta(days=9)
        assert colin is not None
        make_request(db.session.get_one(Client, filled["a"]), kind="import_forecast", owner_id=colin.id,
                     state=RequestState.ACCEPTED, decided_on=day + timedelta(days=5),
                     received_at=datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=15))  # fmt: skip
    sheet, _rows = team(visit)
    place = [cell.value for cell in sheet[1]].index("Median days to accept a document")
    (cell,) = [row[place] for row in sheet.iter_rows() if row[0].value == "Colin Dubois"]
    assert (cell.value, cell.number_format) == (4.5, "#,##0.0")


# What moved since last month --------------------------------------------------------------------------------------------


def last_of_month() -> Any:
    return today().replace(day=1) - timedelta(days=1)


def test_without_an_earlier_record_it_says_so_and_compares_nothing(seen: Any) -> None:
    text = [str(cell.value) for row in seen["Summary"].iter_rows() for cell in row]
    assert "No earlier record kept: there is nothing to compare with yet." in text
    assert "Difference" not in text and table(seen["Movement"]) == []


def test_last_month_stands_beside_now_and_only_changes_are_listed(
    app: Flask, visit: Visit, filled: dict[str, Any], reader: str, cast: Cast
) -> None:
    with app.app_context():
        as_firm()
        with transaction():
            remember(last_of_month())
        before = db.session.query(Task).filter_by(title="Ask the broker").count()
        a = db.session.get(Client, cast.client_a)
        assert a is not None
        account = db.session.get(ProgramAccount, cast.account_a)
        assert account is not None
        make_allocation(make_instrument(a, amount=Decimal("7100.00"), number="B-3"), account)
    found = fetched(visit(reader), "/reports/manager.xlsx?lang=en")
    shown, moved = figures(found["Summary"]), table(found["Movement"])
    clients = 2 if reader == "priya" else 1
    assert before == 2 and shown["Active clients"] == [clients, clients, 0]
    assert shown["Short in all"] == [0, 7100, -7100] and shown["Accounts short of security"] == [0, 1, -1]
    posted = [row for row in moved if row["What"] == "Posted"]
    assert [(r["Client"], r["Before"], r["Now"], r["By"]) for r in posted] == [
        ("Maple Toys Inc.", 35000, 42100, "tracker")
    ]
    assert all(row["Client"] == "Maple Toys Inc." for row in moved) or reader == "priya"
    assert all(row["Before"] != row["Now"] for row in moved) and {row["What"] for row in moved} >= {
        "Short",
        "Lowest cover %",
    }
    trend = table(found["Summary"], "tblTrend")
    assert [row["Active clients"] for row in trend] == [clients, clients]
    assert money(trend[0]["Short in all"]) == Decimal("7100.00")


def test_new_and_archived_clients_are_movements_too(app: Flask, visit: Visit, filled: dict[str, Any]) -> None:
    with app.app_context():
        as_firm()
        with transaction():
            remember(last_of_month())
        with transaction():
            client = db.session.get(Client, filled["b"])
            assert client is not None
            client.state = type(client.state)("archived")
            record(SYSTEM, "client:archived", client)
    moved = table(fetched(visit("priya"), "/reports/partner.xlsx?lang=en")["Movement"])
    (gone,) = [row for row in moved if row["What"] == "Client"]
    assert (gone["Client"], gone["Before"], gone["Now"]) == ("Norland Steel Ltd", "active", "not active")


@pytest.mark.parametrize("name", REPORTS)
def test_a_workbook_of_another_day_says_what_is_of_today(
    app: Flask, filled: dict[str, Any], tmp_path: Path, name: str
) -> None:
    """Names, people and work in hand are kept as they are now: no sheet may pass for that day's."""
    path, told = tmp_path / "book.xlsx", "names, people, tasks, documents and delegations are those of"
    subject = {"client_id": filled["a"], "broker_id": filled["broker"], "surety_id": filled["surety"]}
    subject = {f"{key}_id": subject[f"{key}_id"] for key in (REPORTS[name].needs,) if key}
    for day, is_told in ((today() - timedelta(days=30), True), (today(), False)):
        with app.test_request_context():
            as_firm()
            make(Order(name, day, "Priya", to_nowhere, **subject), path)
        first = load_workbook(path).worksheets[0]
        text = " ".join(str(cell.value) for row in first.iter_rows(max_row=8) for cell in row if cell.value)
        assert (told in " ".join(text.split())) is is_told


# What leaves the firm ---------------------------------------------------------------------------------------------------


def words(found: Any) -> str:
    return "\n".join(str(cell.value) for sheet in found for row in sheet.iter_rows() for cell in row if cell.value)


def test_client_pack_shows_what_its_portal_shows_and_leads_nowhere(
    app: Flask, visit: Visit, filled: dict[str, Any]
) -> None:
    with app.app_context():
        as_firm()
        make_request(db.session.get(Client, filled["a"]), kind=None, title="OUR OWN CHECK", is_client_visible=False)
    found = fetched(visit("colin"), f"/reports/client.xlsx?client={filled['a']}&lang=en")
    assert "OUR OWN CHECK" not in words(found), "the firm's own document"
    assert "Sign the form" in words(found) and "Ask the broker" not in words(found), "the firm's own task"
    assert not [cell for sheet in found for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    assert "Norland" not in words(found)


def test_surety_pack_holds_the_accounts_of_that_surety(visit: Visit, filled: dict[str, Any]) -> None:
    found = fetched(visit("priya"), f"/reports/surety.xlsx?surety={filled['surety']}&lang=en")
    (row,) = table(found["Guarantee"])
    assert (row["Program account"], row["Posted"]) == ("123456782RM0001", 35000)
    assert "B-2002" not in words(found) and "Norland" not in words(found)
    assert visit("priya").get("/reports/surety.xlsx").status_code == 404


def test_zip_holds_one_pack_a_client_one_may_see(app: Flask, visit: Visit, filled: dict[str, Any]) -> None:
    with app.app_context():
        as_firm()
        with transaction():
            client = db.session.get(Client, filled["b"])
            assert client is not None
            client.language = "fr"
            record(SYSTEM, "client:changed", client)
    for name, expected in (
        ("colin", ["Maple Toys Inc 123456782.xlsx"]),
        ("priya", ["Maple Toys Inc 123456782.xlsx", "Norland Steel Ltd 100000017.xlsx"]),
    ):
        answer = visit(name).get("/reports/packs.zip")
        assert answer.status_code == 200 and answer.mimetype == "application/zip"
        bundle = ZipFile(BytesIO(answer.data))
        assert bundle.namelist() == expected
        for inside in bundle.namelist():
            found = load_workbook(BytesIO(bundle.read(inside)))
            assert found.sheetnames[0] == ("Aperçu" if inside.startswith("Norland") else "Overview")
    assert visit("priya").get("/reports/packs.zip?part=2").status_code == 404
    assert visit("priya").get("/reports/packs.zip?part=0").status_code == 404
    assert visit("celia").get("/reports/packs.zip").status_code == 404, "nobody's consultant"
    assert visit("ana").get("/reports/packs.zip").status_code == 403


def test_packs_of_one_name_are_told_apart_in_every_part(app: Flask, visit: Visit, filled: dict[str, Any]) -> None:
    with app.app_context():
        as_firm()
        for name in ("Acme", "Acme", "Acme (2)", "ACME"):
            make_client(legal_name=name, bn9=None)
    names = ZipFile(BytesIO(visit("priya").get("/reports/packs.zip").data)).namelist()
    assert len({name.casefold() for name in names}) == len(names) == 6
    assert {name for name in names if name.casefold().startswith("acme")} == {
        "ACME.xlsx", "Acme (2).xlsx", "Acme (3).xlsx", "Acme (4).xlsx",
    }  # fmt: skip


def test_a_name_is_the_same_in_whichever_part_it_comes() -> None:
    names = ["Acme", "Acme (2)", "acme", "A/B", "A:B"]
    rows = [(uuid4(), name, None, "en") for name in names]
    assert [name for _id, name, _language in named(rows)] == [
        "Acme.xlsx", "Acme (2).xlsx", "acme (3).xlsx", "A B.xlsx", "A B (2).xlsx",
    ]  # fmt: skip


def test_reports_page_offers_each_in_one_click(visit: Visit, filled: dict[str, Any]) -> None:
    priya = visit("priya")
    priya.post("/language", {"language": "fr", "back": "/reports"})
    page = priya.get("/reports")
    assert page.text.index("manager.xlsx?lang=fr") < page.text.index("manager.xlsx?lang=en"), "one's own language first"
    for link in ("partner.xlsx", "team.xlsx", "packs.zip", f"broker={filled['broker']}", f"surety={filled['surety']}"):
        assert link in page.text
