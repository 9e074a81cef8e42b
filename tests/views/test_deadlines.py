"""The calendar: what it shows and to whom, its address for Outlook, and moving a date with what follows it."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from icalendar import Calendar

from tests.conftest import EMAILS, Cast, StatementCount
from tests.factories import (
    as_firm,
    make_account,
    make_allocation,
    make_client,
    make_delegation,
    make_engagement,
    make_instrument,
    make_partner,
    make_request,
    make_statement,
    make_task,
)
from tests.visitor import Visitor
from tracker.accounts import queries as accounts
from tracker.accounts.enums import AccountState
from tracker.clients.models import Client, ProgramAccount
from tracker.coordination.enums import DelegationState, Party, TaskState
from tracker.coordination.models import Task
from tracker.documents.commands import reschedule_request
from tracker.documents.enums import RequestState
from tracker.documents.models import DocumentRequest
from tracker.engagements.models import Engagement
from tracker.guarantees.enums import InstrumentState
from tracker.guarantees.models import Instrument
from tracker.platform.actor import SYSTEM
from tracker.platform.clock import today
from tracker.platform.db import db, transaction
from tracker.rulebook.calendar import billing_period, is_business_day

Visit = Callable[..., Visitor]


def client_of(cast: Cast) -> Client:
    as_firm()
    client = db.session.get(Client, cast.client_a)
    assert client is not None
    return client


def account_of(cast: Cast) -> ProgramAccount:
    as_firm()
    account = db.session.get(ProgramAccount, cast.account_a)
    assert account is not None
    return account


def everything(cast: Cast, day: date, mark: str = "") -> None:
    """One record of each source on `day`."""
    client, partner = client_of(cast), make_partner(name=f"Northgate {mark} {day}")
    make_statement(account_of(cast), due_on=day, period_end=date(2026, 10, 17) - timedelta(days=len(mark)))
    make_task(client, title=f"TASK {mark}", due_on=day)
    make_request(client, kind=None, title=f"PAPER {mark}", due_on=day)
    make_request(client, kind=None, title=f"PASSING {mark}", due_on=None, state=RequestState.ACCEPTED, expires_on=day)
    make_instrument(client, number=f"BOND {mark}", valid_until=day)
    make_delegation(client, partner, state=DelegationState.APPROVED, review_on=day)


def words(visitor: Visitor, address: str) -> str:
    answer = visitor.get(address)
    assert answer.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


VIEWS = ("", "?view=week", "?view=month", "?view=day")


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(
    ("name", "status"), [("priya", 200), ("celia", 200), ("ana", 403), ("bruno", 403), (None, 302)]
)
def test_who_gets_in(visit: Visit, app: Flask, cast: Cast, view: str, name: str | None, status: int) -> None:
    with app.app_context():
        everything(cast, today(), "OWN!")
    answer = visit(name).get(f"/calendar{view}")
    assert answer.status_code == status
    assert ("OWN!" in answer.text) is (name == "priya")  # which three of the day's six a month shows is its own affair


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_source_in_every_view(visit: Visit, app: Flask, cast: Cast, view: str, language: str) -> None:
    with app.app_context():
        everything(cast, today(), "X")
        person = accounts.by_email(EMAILS["priya"])
        assert person is not None
        with transaction():
            person.language = language
    text = words(visit("priya"), f"/calendar{view}{'&' if view else '?'}from={today().isoformat()}")
    if view == "?view=month":
        return  # three of a day, and a link to the rest: tested below
    statement = "Relevé du 16 oct. 2026 à payer" if language == "fr" else "Statement of 16 Oct 2026 to be paid"
    for word in ("TASK X", "PAPER X", "PASSING X", "BOND X", "Northgate X", statement):
        assert word in text, word


def test_a_month_shows_four_of_a_day_and_counts_all(visit: Visit, app: Flask, cast: Cast) -> None:
    with app.app_context():
        for number in range(6):
            make_task(client_of(cast), title=f"TASK {number}", due_on=date(2027, 3, 9))
    text = words(visit("colin"), "/calendar?view=month&from=2027-03-01")
    assert "March 2027" in text and "9 Mar 2027 6 dates" in text and "2 more" in text
    assert sum(f"TASK {number}" in text for number in range(6)) == 4
    html = visit("colin").get("/calendar?view=month&from=2027-03-01").text
    assert html.count(' (internal) · Set by us.">') == 4  # the kind is said, not only coloured, and the rule
    rest = words(visit("colin"), "/calendar?view=day&from=2027-03-09")
    assert all(f"TASK {number}" in rest for number in range(6))


def test_narrowed_to_a_kind_the_counts_stay_whole(visit: Visit, app: Flask, cast: Cast) -> None:
    with app.app_context():
        everything(cast, date(2027, 6, 9), "K")
    text = words(visit("colin"), "/calendar?view=week&from=2027-06-09&kind=contractual")
    assert "BOND K" in text and "PASSING K" in text and "TASK K" not in text and "Statement of" not in text
    assert "All kinds 6" in text and "statutory 1" in text and "contractual 2" in text and "internal 3" in text
    assert "TASK K" in words(visit("colin"), "/calendar?view=week&from=2027-06-09&kind=nonsense")


def test_mine_is_what_i_own_and_what_nobody_owns_of_the_clients_i_lead(visit: Visit, app: Flask, cast: Cast) -> None:
    with app.app_context():
        priya, colin = (accounts.by_email(EMAILS[name]) for name in ("priya", "colin"))
        assert priya is not None and colin is not None
        as_firm()
        other = db.session.get(Client, cast.client_b)
        for title, client, owner in (
            ("HIS BY LEAD", client_of(cast), None), ("HIS BY NAME", client_of(cast), colin.id),
            ("HERS BY NAME", client_of(cast), priya.id), ("NOBODY OF B", other, None),
        ):  # fmt: skip
            make_task(client, title=title, due_on=today(), owner_id=owner)
    his, hers = words(visit("colin"), "/calendar?mine=1"), words(visit("priya"), "/calendar?mine=1")
    assert "HIS BY LEAD" in his and "HIS BY NAME" in his and "HERS BY NAME" not in his
    assert "HERS BY NAME" in hers and "HIS BY NAME" not in hers and "NOBODY OF B" not in hers
    everybody = words(visit("priya"), "/calendar")
    assert all(title in everybody for title in ("HIS BY LEAD", "HERS BY NAME", "NOBODY OF B"))


def test_one_client_and_never_a_foreign_one(visit: Visit, app: Flask, cast: Cast) -> None:
    with app.app_context():
        make_task(client_of(cast), title="TASK FOR MAPLE", due_on=today())
        as_firm()
        make_task(db.session.get(Client, cast.client_b), title="TASK FOR NORLAND", due_on=today())
    only_a = words(visit("priya"), f"/calendar?client={cast.client_a}")
    assert "TASK FOR MAPLE" in only_a and "TASK FOR NORLAND" not in only_a and "only Maple Toys Inc." in only_a
    foreign = words(visit("colin"), f"/calendar?client={cast.client_b}")
    assert "TASK FOR NORLAND" not in foreign and "only " not in foreign
    assert "TASK FOR MAPLE" in words(visit("colin"), "/calendar?client=nonsense")


def test_overdue_stands_on_top_of_today_only(visit: Visit, app: Flask, cast: Cast) -> None:
    with app.app_context():
        make_task(client_of(cast), title="LATE TASK", due_on=today() - timedelta(days=3))
        make_instrument(client_of(cast), number="GONE", valid_until=today() - timedelta(days=3))
    text = words(visit("colin"), "/calendar")
    assert "▲ 1 overdue" in text and "LATE TASK" in text and "GONE" not in text
    later = (today() + timedelta(days=1)).isoformat()
    assert "LATE TASK" not in words(visit("colin"), f"/calendar?from={later}")
    assert "LATE TASK" not in words(visit("colin"), "/calendar?kind=statutory")


def many(cast: Cast, number: int, day: date) -> None:
    """So many tasks, named by number, over five days from `day`, in one transaction."""
    client = client_of(cast)
    with transaction() as session:
        for at in range(number):
            session.add(Task(client_id=client.id, title=f"TASK {at:03}", waiting_on=Party.US, waiting_since=day,
                             due_on=day + timedelta(days=at % 5)))  # fmt: skip
        session.info["audited_clients"].add(client.id)


def tasks_in(text: str) -> list[str]:
    return re.findall(r"(?<=>)TASK \d{3}(?=<)", text)


def test_a_list_comes_by_the_screenful_and_loses_nothing(
    visit: Visit, app: Flask, cast: Cast, sql: StatementCount
) -> None:
    day = date(2027, 6, 7)
    with app.app_context():
        many(cast, 120, day)
        make_request(client_of(cast), kind=None, title="PAPER", due_on=day)
    colin, path = visit("colin"), f"/calendar?from={day}&kind=internal"
    sql.reset()
    pages = [colin.get(f"{path}&page={number}").text for number in (1, 2, 3)]
    asked = [text for text in sql.statements if "LIMIT" in text and "gathered" in text]
    assert len(asked) == 3  # the database reads a screenful and no more
    found = [title for text in pages for title in tasks_in(text)]
    assert len(found) == len(set(found)) == 120 and [len(tasks_in(text)) for text in pages] == [49, 50, 21]
    days = [int(title[5:]) % 5 for title in found]
    assert days == sorted(days)
    assert "Page 2 of 3, 121 rows" in pages[1] and all(" 121" in unescape(text) for text in pages)
    older = re.search(r'rel="next" href="([^"]*page=3[^"]*)"', pages[1])
    assert older is not None and "kind=internal" in older[1] and f"from={day}" in older[1]
    assert tasks_in(colin.get(unescape(older[1])).text) == tasks_in(pages[2])
    narrowed = re.findall(r'href="([^"]*(?:kind=statutory|mine=1|view=week)[^"]*)"', pages[1])
    assert narrowed and not any("page=" in address for address in narrowed)


def test_a_page_past_the_last_is_the_last(visit: Visit, app: Flask, cast: Cast) -> None:
    day = date(2027, 6, 7)
    with app.app_context():
        many(cast, 60, day)
    for odd in ("99", "2", "999999"):
        assert "Page 2 of 2" in visit("colin").get(f"/calendar?from={day}&kind=internal&page={odd}").text
    assert "Page 1 of 2" in visit("colin").get(f"/calendar?from={day}&kind=internal&page=x").text


def test_a_day_with_much_comes_by_the_screenful_too(visit: Visit, app: Flask, cast: Cast) -> None:
    day = date(2027, 6, 9)
    with app.app_context(), transaction() as session:
        client = client_of(cast)
        for at in range(70):
            session.add(Task(client_id=client.id, title=f"TASK {at:03}", waiting_on=Party.US, waiting_since=day,
                             due_on=day))  # fmt: skip
        session.info["audited_clients"].add(client.id)
    pages = [visit("colin").get(f"/calendar?view=day&from={day}&page={number}").text for number in (1, 2)]
    assert len({title for text in pages for title in tasks_in(text)}) == 70


def test_overdue_stands_on_the_first_page_alone_with_its_whole_count(visit: Visit, app: Flask, cast: Cast) -> None:
    with app.app_context():
        many(cast, 90, today())
        for at in range(11):
            make_task(client_of(cast), title=f"LATE {at:02}", due_on=today() - timedelta(days=9))
    first, second = (words(visit("colin"), f"/calendar?kind=internal&page={number}") for number in (1, 2))
    assert "▲ 11 overdue" in first and "overdue" not in second
    assert sum(f"LATE {at:02}" in first for at in range(11)) == 8 and "LATE" not in second


def test_of_a_day_what_law_and_contract_set_comes_first(visit: Visit, app: Flask, cast: Cast) -> None:
    day = date(2027, 6, 9)
    with app.app_context():
        everything(cast, day, "O")
    text = words(visit("colin"), f"/calendar?from={day}")
    places = [text.index(word) for word in ("Statement of", "BOND O", "TASK O")]
    assert places == sorted(places)


def test_the_law_says_why_and_a_printed_date_stands_beside_the_computed(visit: Visit, app: Flask, cast: Cast) -> None:
    with app.app_context():
        make_statement(account_of(cast), period_end=date(2026, 11, 17), due_on=date(2026, 11, 30))
    html = visit("colin").get("/calendar?view=day&from=2026-11-30").text
    assert "Printed on the statement: 30 Nov 2026. The calendar comes to 1 Dec 2026. The printed date holds." in html
    assert "Payment is due on the 10th weekday after the 17th" in html and "SOR-86-1062" in html


def test_every_row_says_where_its_date_comes_from(visit: Visit, app: Flask, cast: Cast) -> None:
    day = date(2027, 6, 9)
    with app.app_context():
        everything(cast, day, "R")
        make_instrument(client_of(cast), number="PAPER", state=InstrumentState.ISSUED, sent_on=date(2027, 5, 4),
                        answer_by_on=day)  # fmt: skip
    html = visit("priya").get(f"/calendar?from={day}&view=day").text
    rows = re.findall(r"<td class=\"keep prose\">(.*?)</td>", html, re.DOTALL)
    assert len(rows) == 7 and all('<p class="small muted">' in row for row in rows)
    text = words(visit("priya"), f"/calendar?from={day}").replace("\u00a0", " ")
    for said in (
        "TASK R Set by us.", "PAPER R Set by us.", "PASSING R The date on the document.",
        "BOND R ends The end date in the agreement.", "Our own measure: a day set by us.", "As printed on the statement.",
        "CBSA's usual 25 business days from 4 May 2027: a service level, no rule.",
    ):  # fmt: skip
        assert said in text, said
    assert "A service level seen in October 2025, not a rule." in text  # the rule behind it is one click away
    with app.app_context():
        person = accounts.by_email(EMAILS["priya"])
        assert person is not None
        with transaction():
            person.language = "fr"
    assert "TASK R Fixée par nous." in words(visit("priya"), f"/calendar?from={day}")


def test_firm_wide_dates_of_the_rulebook(visit: Visit) -> None:
    text = words(visit("celia"), "/calendar?view=month&from=2027-01-01")
    assert "New security amounts have to be posted" in text and "Statements of account are published" in text
    due = billing_period(2026, 12).due_on
    assert f"{due.day} Dec 2026" in text and "Payment due for releases of 18 Nov 2026 to 17 Dec 2026" in text


@pytest.mark.parametrize(
    "query", ["from=nonsense", "from=0001-01-01", "from=9999-12-31", "view=x&kind=y&mine=z&client=%20", "from=2024-01-01&view=month",
              "from=2098-12-31&view=month", "from=2098-12-31&view=week"],
)  # fmt: skip
def test_odd_addresses_show_a_page(visit: Visit, query: str) -> None:
    assert visit("colin").get(f"/calendar?{query}").status_code == 200


@pytest.mark.parametrize("view", VIEWS)
def test_statements_stay_within_twelve(visit: Visit, app: Flask, cast: Cast, sql: StatementCount, view: str) -> None:
    colin, counted = visit("colin"), []
    for mark in ("A", "BB", "CCC"):
        with app.app_context():
            everything(cast, today() + timedelta(days=len(mark) - 1), mark)
            make_task(client_of(cast), due_on=today() - timedelta(days=len(mark)))
        sql.reset()
        colin.get(f"/calendar{view}")
        counted.append(len(sql))
    assert counted[0] == counted[2] <= 12, sql.statements


def test_a_client_under_csa_or_with_couriers_is_told_its_other_dates(visit: Visit, app: Flask, cast: Cast) -> None:
    with app.app_context():
        kept = make_client(legal_name="Selkirk Tools Inc.", special_regimes=["csa", "courier"])
        both = [(cast.client_a, cast.account_a), (kept.id, make_account(kept).id)]
    ordinary, other = (
        [words(visit("priya"), f"/{page}") for page in pages_of(client, account)] for client, account in both
    )
    assert not any("other dates apply" in told for told in ordinary)
    for told in other:
        assert "Customs Self-Assessment: other dates apply" in told and "are accounted for by 24 " in told


def pages_of(client: UUID, account: UUID) -> tuple[str, str, str]:
    return f"calendar?client={client}", f"clients/{client}/statements", f"guarantees/{account}"


# The address for Outlook ------------------------------------------------------------------------------------------------


def address_of(visitor: Visitor, **data: Any) -> str:
    """Make an address as a person does; its path."""
    assert visitor.post("/calendar/feed", data).status_code == 303
    found = re.search(r'value="([^"]+\.ics)"', visitor.get("/calendar/feed").text)
    assert found is not None
    return re.sub(r"^https?://[^/]+", "", found[1])


def events(visitor: Visitor, path: str) -> dict[str, Any]:
    """The feed, read back by a calendar library, by summary."""
    answer = visitor.get(path)
    assert answer.status_code == 200 and answer.content_type == "text/calendar; charset=utf-8"
    assert b"\r\n" in answer.data and b"\n" not in answer.data.replace(b"\r\n", b"")
    calendar = Calendar.from_ical(answer.data)
    assert not calendar.errors and all(not event.errors for event in calendar.walk("VEVENT"))
    return {str(event["summary"]): event for event in calendar.walk("VEVENT")}


def test_a_calendar_program_reads_it_without_signing_in(visit: Visit, app: Flask, cast: Cast) -> None:
    with app.app_context():
        make_task(client_of(cast), title="Renew; call, “Québec”\\now", due_on=today() + timedelta(days=2))
    found = events(visit(None), address_of(visit("colin"), reach="mine"))
    event = found["Maple Toys Inc.: Renew; call, “Québec”\\now"]
    assert event.decoded("dtstart") == today() + timedelta(days=2)
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(days=1)
    assert "/work/" in event["url"] and str(event["description"]) == "internal\nSet by us.\nOwner: Colin Dubois"
    assert any("New security amounts" in summary for summary in found)
    (review,) = (event for summary, event in found.items() if summary == "New security amounts have to be posted")
    told = str(review["description"])
    assert told.startswith("statutory\nThe security recalculated in October has to be in place by 15 January")
    assert told.count("The security recalculated in October") == 1
    assert "Source: Willson, annual review / Bulletin 5404" in told
    assert "Source" not in event["description"]
    uids = [str(event["uid"]) for event in found.values()]
    assert len(set(uids)) == len(uids) and all("@" in uid for uid in uids)


def test_a_moved_date_is_the_same_event(visit: Visit, app: Flask, cast: Cast) -> None:
    with app.app_context():
        key = make_task(client_of(cast), title="MOVES", due_on=today() + timedelta(days=2)).id
    path = address_of(visit("colin"), reach="mine")
    before = events(visit(None), path)["Maple Toys Inc.: MOVES"]
    with app.app_context():
        as_firm()
        with transaction() as session:
            task = session.get(Task, key)
            assert task is not None
            task.due_on = today() + timedelta(days=9)
            session.info["audited_clients"].add(task.client_id)
    after = events(visit(None), path)["Maple Toys Inc.: MOVES"]
    assert before["uid"] == after["uid"] and after.decoded("dtstart") == today() + timedelta(days=9)


def test_mine_or_all_and_only_what_they_may_see_today(visit: Visit, app: Flask, cast: Cast) -> None:
    with app.app_context():
        priya = accounts.by_email(EMAILS["priya"])
        assert priya is not None
        make_task(client_of(cast), title="HIS", due_on=today())
        make_task(client_of(cast), title="HERS", due_on=today(), owner_id=priya.id)
        as_firm()
        make_task(db.session.get(Client, cast.client_b), title="FOREIGN", due_on=today())
    nobody = visit(None)
    mine = events(nobody, address_of(visit("priya"), reach="mine"))
    assert "Maple Toys Inc.: HERS" in mine and "Maple Toys Inc.: HIS" not in mine
    everything_hers = events(nobody, address_of(visit("priya"), reach="all"))
    assert sum(summary.endswith(("HIS", "HERS", "FOREIGN")) for summary in everything_hers) == 3
    his = events(nobody, address_of(visit("colin"), reach="all"))
    assert "Maple Toys Inc.: HERS" in his and not any("FOREIGN" in summary for summary in his)


def test_a_contact_reads_what_is_theirs_to_know(visit: Visit, app: Flask, cast: Cast) -> None:
    with app.app_context():
        client = client_of(cast)
        make_task(client, title="FOR ANA", due_on=today(), waiting_on=Party.CLIENT, is_client_visible=True)
        make_task(client, title="CANARY internal", due_on=today())
        as_firm()
        make_task(db.session.get(Client, cast.client_b), title="CANARY B", due_on=today(), waiting_on=Party.CLIENT,
                  is_client_visible=True)  # fmt: skip
    found = events(visit(None), address_of(visit("ana")))
    assert "Maple Toys Inc.: FOR ANA" in found and not any("CANARY" in summary for summary in found)
    assert all("Owner: Ana" not in str(event.get("description")) for event in found.values())
    assert str(found["Maple Toys Inc.: FOR ANA"]["url"]).endswith("/portal")


def test_revoked_replaced_deactivated_or_invented_it_is_not_there(visit: Visit, app: Flask) -> None:
    colin, nobody = visit("colin"), visit(None)
    first = address_of(colin, reach="mine")
    second = address_of(colin, reach="all")
    assert nobody.get(first).status_code == 404 and nobody.get(second).status_code == 200
    assert colin.post("/calendar/feed/revoke").status_code == 303
    gone = nobody.get(second)
    invented = nobody.get("/calendar/" + "x" * 43 + ".ics")
    assert gone.status_code == invented.status_code == 404
    assert colin.post("/calendar/feed/revoke").status_code == 422
    third = address_of(colin, reach="mine")
    with app.app_context():
        as_firm()
        person = accounts.by_email(EMAILS["colin"])
        assert person is not None
        with transaction():
            person.state = AccountState.DEACTIVATED
    assert nobody.get(third).status_code == 404


def test_the_address_is_shown_once_and_kept_as_a_hash(visit: Visit, app: Flask) -> None:
    colin = visit("colin")
    path = address_of(colin, reach="mine")
    again = colin.get("/calendar/feed").text
    assert ".ics" not in again and "Revoke the address" in again
    secret = path.split("/")[-1].removesuffix(".ics")
    with app.app_context(), db.engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT secret_hash FROM calendar_feed").scalars().all()
        trail = connection.exec_driver_sql("SELECT changes FROM audit_event").scalars().all()
    assert len(kept) == 1 and secret not in kept[0] and secret not in str(trail) and kept[0] not in str(trail)


@pytest.mark.parametrize(("name", "status"), [("bruno", 404), (None, 302), ("ana", 200), ("celia", 200)])
def test_who_may_make_one(visit: Visit, name: str | None, status: int) -> None:
    assert visit(name).get("/calendar/feed").status_code == status
    made = visit(name).post("/calendar/feed", {"reach": "mine"}).status_code
    assert made == (303 if status == 200 else status)


def test_reach_has_to_be_one_of_the_list(visit: Visit) -> None:
    answer = visit("colin").post("/calendar/feed", {"reach": "everything"})
    assert answer.status_code == 422 and "Choose one of the list." in answer.text


# Moving a date ----------------------------------------------------------------------------------------------------------

DUE = date(2027, 3, 1)


def chain(cast: Cast) -> dict[str, UUID]:
    """An engagement with three tasks and a document, each a week after the other; one task is done, one elsewhere."""
    client = client_of(cast)
    whole = make_engagement(client, target_on=DUE + timedelta(days=28))
    week = timedelta(days=7)
    return {
        "whole": whole.id,
        "earlier": make_task(client, title="EARLIER", due_on=DUE - week, engagement_id=whole.id).id,
        "first": make_task(client, title="FIRST", due_on=DUE, engagement_id=whole.id).id,
        "paper": make_request(client, kind=None, title="PAPER", due_on=DUE + week, engagement_id=whole.id).id,
        "last": make_task(client, title="LAST", due_on=DUE + 2 * week, engagement_id=whole.id).id,
        "done": make_task(client, title="DONE", due_on=DUE + week, engagement_id=whole.id, state=TaskState.DONE).id,
        "elsewhere": make_task(client, title="ELSEWHERE", due_on=DUE + week).id,
    }


def due(app: Flask, model: Any, key: UUID) -> date:
    with app.app_context():
        as_firm()
        row = db.session.get(model, key)
        day = getattr(row, {Engagement: "target_on", Instrument: "valid_until"}.get(model, "due_on"))
        assert isinstance(day, date)
        return day


def ticked(html: str, key: UUID) -> str:
    found = re.search(rf'name="with" value="({key}:\d+)"', html)
    assert found is not None
    return found[1]


def version(html: str) -> str:
    found = re.search(r'name="version"[^>]*value="(\d+)"', html)
    assert found is not None
    return found[1]


def test_what_moves_with_it_is_seen_before_it_moves(visit: Visit, app: Flask, cast: Cast) -> None:
    with app.app_context():
        keys = chain(cast)
    colin, path = visit("colin"), f"/calendar/move/task/{keys['first']}"
    assert "See what moves with it" in colin.get(path).text
    seen = colin.get(f"{path}?to=2027-03-05").text
    assert all(title in seen for title in ("PAPER", "LAST", "Target")) and "4 days later" in seen
    assert not any(title in seen for title in ("EARLIER", "DONE", "ELSEWHERE"))
    assert "8 Mar 2027 → Fri 12 Mar 2027" in " ".join(seen.split())
    assert due(app, Task, keys["first"]) == DUE  # looking moves nothing
    data = {
        "to": "2027-03-05",
        "version": version(seen),
        "with": [ticked(seen, keys["paper"]), ticked(seen, keys["whole"])],
    }
    assert colin.post(path, data).status_code == 303
    assert due(app, Task, keys["first"]) == date(2027, 3, 5)
    assert due(app, DocumentRequest, keys["paper"]) == date(2027, 3, 12)
    assert due(app, Engagement, keys["whole"]) == date(2027, 4, 2)
    assert due(app, Task, keys["last"]) == DUE + timedelta(days=14)  # was not ticked
    assert due(app, Task, keys["elsewhere"]) == DUE + timedelta(days=7)


def test_what_follows_and_was_changed_meanwhile_moves_nothing(visit: Visit, app: Flask, cast: Cast) -> None:
    with app.app_context():
        keys = chain(cast)
    colin, path = visit("colin"), f"/calendar/move/task/{keys['first']}"
    seen = colin.get(f"{path}?to=2027-03-05").text
    data = {"to": "2027-03-05", "version": version(seen), "with": [ticked(seen, keys["paper"])]}
    with app.app_context(), transaction():
        as_firm()
        reschedule_request(SYSTEM, request_id=keys["paper"], version=1, due_on=date(2027, 3, 9))
    assert colin.post(path, data).status_code == 409
    assert due(app, Task, keys["first"]) == DUE and due(app, DocumentRequest, keys["paper"]) == date(2027, 3, 9)


def test_a_target_takes_everything_ahead_of_it_along_to_business_days(visit: Visit, app: Flask, cast: Cast) -> None:
    with app.app_context():
        keys = chain(cast)
    path, colin = f"/calendar/move/engagement/{keys['whole']}", visit("colin")
    seen = colin.get(f"{path}?to=2027-04-03").text
    ticks = re.findall(r'name="with" value="([^"]+)"', seen)
    assert {UUID(tick.partition(":")[0]) for tick in ticks} == {
        keys[name] for name in ("earlier", "first", "paper", "last")
    }
    assert colin.post(path, {"to": "2027-04-03", "version": version(seen), "with": ticks}).status_code == 303
    assert due(app, Engagement, keys["whole"]) == date(2027, 4, 3)  # the day a person chose stays that day
    moved = [due(app, Task, keys[name]) for name in ("earlier", "first", "last")]
    assert all(is_business_day(day) for day in moved) and moved[1] == date(2027, 3, 5)


def test_dates_of_law_and_contract_between_are_named(visit: Visit, app: Flask, cast: Cast) -> None:
    with app.app_context():
        key = make_task(client_of(cast), title="RAISE THE BOND", due_on=date(2027, 1, 8)).id
        make_instrument(client_of(cast), number="B-77", valid_until=date(2027, 1, 18))
    seen = words(visit("colin"), f"/calendar/move/task/{key}?to=2027-01-20")
    assert "These dates of law and contract lie between" in seen
    assert "Fri 15 Jan 2027 New security amounts have to be posted" in seen and "B-77 ends" in seen


def test_the_end_of_a_bond_says_what_is_then_missing(visit: Visit, app: Flask, cast: Cast) -> None:
    end = today() + timedelta(days=200)
    with app.app_context():
        make_statement(account_of(cast), charges_amount=Decimal("84200.00"))
        row = make_instrument(client_of(cast), number="B-1", amount=Decimal("50000.00"), valid_until=end,
                              valid_from=today() - timedelta(days=30), state=InstrumentState.POSTED)  # fmt: skip
        make_allocation(row, account_of(cast))
        key = row.id
    path, colin = f"/calendar/move/instrument/{key}", visit("colin")
    to = end + timedelta(days=100)
    seen = words(colin, f"{path}?to={to.isoformat()}")
    assert "The renewal opens by itself on" in seen and "$0.00 instead of $42,100.00" in seen
    html = colin.get(f"{path}?to={to.isoformat()}").text
    assert colin.post(path, {"to": to.isoformat(), "version": version(html)}).status_code == 303
    assert due(app, Instrument, key) == to


@pytest.mark.parametrize(("to", "said"), [
    ("", "Fill this in."), ("nonsense", "Not a date."), ("2027-03-01", "It is that day already."),
    ("2020-01-01", "This day has passed already."),
])  # fmt: skip
def test_bad_days_are_refused_and_nothing_moves(visit: Visit, app: Flask, cast: Cast, to: str, said: str) -> None:
    with app.app_context():
        keys = chain(cast)
    path, colin = f"/calendar/move/task/{keys['first']}", visit("colin")
    answer = colin.post(path, {"to": to, "version": "1", "with": [f"{keys['paper']}:1"]})
    assert answer.status_code == 422 and said in answer.text
    assert due(app, Task, keys["first"]) == DUE and due(app, DocumentRequest, keys["paper"]) == DUE + timedelta(days=7)


def field(html: str) -> tuple[str, str, str]:
    """The field of the new date: its type, what stands in it, and what is said beside it."""
    tag = re.search(r'<input[^>]*name="to"[^>]*>', html[html.index('method="get"') :])
    assert tag is not None
    kind, value = (re.search(rf'{name}="([^"]*)"', tag[0]) for name in ("type", "value"))
    beside = re.search(r'id="to-error">(.*?)</p>', html, re.DOTALL)
    assert (beside is not None) is ('aria-invalid="true"' in tag[0])
    said = unescape(re.sub(r"<[^>]+>", "", beside[1])).strip() if beside else ""
    return kind[1] if kind else "", value[1] if value else "", said


@pytest.mark.parametrize(("to", "kind", "said"), [
    ("abc", "text", "▲ Not a date. Write it like 2026-11-23."), ("2027-02-30", "text", "▲ Not a date. Write it like 2026-11-23."),
    ("1027-03-05", "date", "▲ A year between 1900 and 2098, please."), ("", "date", "▲ Fill this in."),
    ("2027-03-01", "date", "▲ It is that day already."), ("2020-01-01", "date", "▲ This day has passed already."),
])  # fmt: skip
def test_a_day_that_cannot_be_is_said_before_anything_moves(
    visit: Visit, app: Flask, cast: Cast, to: str, kind: str, said: str
) -> None:
    with app.app_context():
        keys = chain(cast)
    path, colin = f"/calendar/move/task/{keys['first']}", visit("colin")
    asked = colin.get(f"{path}?to={to}")
    assert asked.status_code == 422 and field(asked.text) == (kind, to, said)
    assert "Nothing has moved." in asked.text and 'name="with"' not in asked.text
    sent = colin.post(path, {"to": to, "version": "1"})
    assert sent.status_code == 422 and field(sent.text) == (kind, to, said) and 'name="with"' not in sent.text


def test_a_first_look_is_no_mistake(visit: Visit, app: Flask, cast: Cast) -> None:
    with app.app_context():
        keys = chain(cast)
    assert field(visit("colin").get(f"/calendar/move/task/{keys['first']}").text) == ("date", "", "")
    assert visit("colin").get(f"/calendar/move/task/{keys['first']}?to=2098-12-31").status_code == 200


def test_a_bond_cannot_be_seen_to_end_before_it_begins(visit: Visit, app: Flask, cast: Cast) -> None:
    begins = today() + timedelta(days=60)
    with app.app_context():
        key = make_instrument(client_of(cast), valid_from=begins, valid_until=begins + timedelta(days=90)).id
        person = accounts.by_email(EMAILS["priya"])
        assert person is not None
        with transaction():
            person.language = "fr"
    before = begins - timedelta(days=1)
    path = f"/calendar/move/instrument/{key}"
    for answer in (
        visit("colin").get(f"{path}?to={before}"),
        visit("colin").post(path, {"to": before.isoformat(), "version": "1"}),
    ):
        kind, typed, said = field(answer.text)
        assert (answer.status_code, kind, typed) == (422, "date", before.isoformat())
        assert said.startswith("▲ It would end before it begins: it is valid from")
        assert "The renewal opens by itself" not in answer.text
    assert "Elle prendrait fin avant de commencer" in visit("priya").get(f"{path}?to={before}").text
    assert due(app, Instrument, key) == begins + timedelta(days=90)
    assert visit("colin").get(f"{path}?to={begins}").status_code == 200


def test_a_target_cannot_be_seen_before_the_start(visit: Visit, app: Flask, cast: Cast) -> None:
    opened = today() + timedelta(days=9)
    with app.app_context():
        key = make_engagement(client_of(cast), opened_on=opened, target_on=opened + timedelta(days=9)).id
    path = f"/calendar/move/engagement/{key}"
    for answer in (
        visit("colin").get(f"{path}?to={today()}"),
        visit("colin").post(path, {"to": today().isoformat(), "version": "1"}),
    ):
        assert answer.status_code == 422
        assert field(answer.text)[2].startswith("▲ The target would lie before the start: it was opened on")


def test_changed_meanwhile_moves_nothing(visit: Visit, app: Flask, cast: Cast) -> None:
    with app.app_context():
        keys = chain(cast)
    path = f"/calendar/move/task/{keys['first']}"
    assert visit("colin").post(path, {"to": "2027-03-05", "version": "1"}).status_code == 303
    late = visit("priya").post(path, {"to": "2027-03-09", "version": "1"})
    assert late.status_code == 409 and due(app, Task, keys["first"]) == date(2027, 3, 5)


@pytest.mark.parametrize(("name", "status"), [("celia", 404), ("ana", 403), ("bruno", 403), (None, 302)])
def test_others_move_nothing(visit: Visit, app: Flask, cast: Cast, name: str | None, status: int) -> None:
    with app.app_context():
        keys = chain(cast)
    path, visitor = f"/calendar/move/task/{keys['first']}", visit(name)
    assert visitor.get(path).status_code == status
    assert visitor.post(path, {"to": "2027-03-05", "version": "1"}).status_code == status
    assert due(app, Task, keys["first"]) == DUE


@pytest.mark.parametrize("source", ["task", "document_request", "engagement", "instrument", "bill.due", "client"])
def test_what_is_not_there_or_not_to_be_moved(visit: Visit, app: Flask, cast: Cast, source: str) -> None:
    assert visit("colin").get(f"/calendar/move/{source}/{uuid4()}").status_code == 404
    with app.app_context():
        keys = chain(cast)
        foreign = make_task(make_client(legal_name="Other Ltd."), due_on=DUE).id
    assert visit("colin").get(f"/calendar/move/task/{keys['done']}").status_code == 404
    assert visit("colin").get(f"/calendar/move/task/{foreign}").status_code == 404


def test_ticks_of_another_client_move_nothing(visit: Visit, app: Flask, cast: Cast) -> None:
    with app.app_context():
        keys = chain(cast)
        foreign = make_task(make_client(legal_name="Other Ltd."), due_on=DUE).id
    data = {
        "to": "2027-03-05",
        "version": "1",
        "with": [f"{foreign}:1", f"{keys['elsewhere']}:1", "nonsense", f"{keys['paper']}:", ":1"],
    }
    assert visit("priya").post(f"/calendar/move/task/{keys['first']}", data).status_code == 303
    assert due(app, Task, foreign) == DUE and due(app, Task, keys["elsewhere"]) == DUE + timedelta(days=7)
