"""Guarantees, views: ladder, annual review, one account, reductions, suppositions, one bond over several, odd statements."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from html import escape, unescape
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.conftest import Cast, StatementCount
from tests.factories import (
    as_firm,
    make_account,
    make_allocation,
    make_client,
    make_instrument,
    make_partner,
    make_statement,
)
from tests.visitor import Visitor
from tracker.clients.models import Client, ProgramAccount, Statement
from tracker.coordination.models import Task
from tracker.guarantees.enums import InstrumentState, ReductionState
from tracker.guarantees.models import Instrument, PortalFigure, ReductionRequest, Scenario
from tracker.platform.db import db

Visit = Callable[..., Visitor]
SHARED = ("/guarantees", "/guarantees/review", "/guarantees/what-if", "/statements/unexplained")


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel("2026-11-23T15:00:00Z", tick=True):
        yield


@pytest.fixture
def account_a(app: Flask, cast: Cast) -> UUID:
    """Client A's account: July 2026 owed 84,200.00, a bond of 35,000.00 that ends in December."""
    with app.app_context():
        as_firm()
        account = db.session.get_one(ProgramAccount, cast.account_a)
        make_statement(
            account,
            period_start=date(2026, 6, 18),
            period_end=date(2026, 7, 17),
            statement_on=date(2026, 7, 25),
            due_on=date(2026, 7, 31),
        )
        bond = make_instrument(
            db.session.get_one(Client, cast.client_a), amount=Decimal(35000), valid_until=date(2026, 12, 14)
        )
        make_allocation(bond, account)
    return cast.account_a


def text_of(visitor: Visitor, path: str, status: int = 200) -> str:
    answer = visitor.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.get_data(as_text=True)


def version_in(html: str) -> str:
    found = re.findall(r'name="version"[^>]*value="(\d+)"', html)
    assert found
    return found[0]


@pytest.mark.parametrize("path", SHARED)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_pages_open_for_staff_only(visit: Visit, account_a: UUID, path: str, language: str) -> None:
    assert visit("priya", language=language).get(path).status_code == 200
    for name, status in (("ana", 403), ("bruno", 403), (None, 302)):
        assert visit(name).get(path).status_code == status
    assert visit("priya").post("/guarantees/review").status_code == 405


def test_ladder_says_the_sum_and_shows_the_day_asked_for(visit: Visit, account_a: UUID) -> None:
    priya = visit("priya")
    html = text_of(priya, "/guarantees")
    assert "July 2026, $84,200.00 × 50 % = $42,100.00" in html.replace("\xa0", " ")
    assert "$7,100" in html
    assert "$42,100" in text_of(priya, "/guarantees?on=2026-12-15")  # the bond ended: all of it is missing
    for odd in ("2026-02-30", "1999-01-01", "x", "2099-01-01"):
        assert "$7,100" in text_of(priya, f"/guarantees?on={odd}&band=nonsense")


@pytest.mark.parametrize(
    ("asked", "en", "fr"),
    [
        ("abc", "This is no date, so today is shown. Write it like 2026-11-23.", "Ce n'est pas une date"),
        ("2026-02-30", "This is no date, so today is shown. Write it like 2026-11-23.", "Ce n'est pas une date"),
        ("2026-11-22", "This day has passed, so today is shown. Choose today or a day to come.", "Ce jour est passé"),
        ("2028-11-24", "Nothing can be said beyond 23 Nov 2028, so today is shown.", "Rien ne peut être dit au-delà du 23 nov. 2028"),
        ("<b>x", "This is no date, so today is shown. Write it like 2026-11-23.", "Ce n'est pas une date"),
    ],
)  # fmt: skip
def test_ladder_says_why_it_shows_today_and_keeps_what_was_typed(
    visit: Visit, account_a: UUID, asked: str, en: str, fr: str
) -> None:
    priya = visit("priya")
    for language, words in (("en", en), ("fr", fr)):
        priya.post("/language", {"language": language})
        html = text_of(priya, f"/guarantees?on={asked}")
        beside = re.search(r'id="on-error">(.*?)</p>', html, re.DOTALL)
        assert beside is not None and words in unescape(beside[1]).replace("\xa0", " ")
        tag = re.search(r'<input[^>]*id="on"[^>]*>', html)
        assert tag is not None and f'value="{escape(asked)}"' in tag[0]
        assert 'type="text"' in tag[0] and 'aria-describedby="on-error"' in tag[0]  # a date's field would show nothing
    assert "7 100" in html.replace("\xa0", " ")  # today's, in French by now


@pytest.mark.parametrize("asked", ["", "?on=", "?on=today", "?on=deadline", "?on=2026-11-23", "?on=2028-11-23"])
def test_ladder_has_nothing_to_say_of_a_day_it_shows(visit: Visit, account_a: UUID, asked: str) -> None:
    html = text_of(visit("priya"), f"/guarantees{asked}")
    tag = re.search(r'<input[^>]*id="on"[^>]*>', html)
    assert "on-error" not in html and tag is not None and 'type="date"' in tag[0]


@pytest.mark.parametrize(
    ("path", "figure"),
    [
        ("/guarantees", "$42,100"),
        ("/guarantees?on=deadline", "$42,100"),
        ("/guarantees?on=2026-12-15&band=short", "$42,100"),
        ("/guarantees/what-if?volume_percent=100", "$84,200"),
    ],
)
def test_consultants_see_and_sum_their_own_clients_only(visit: Visit, account_a: UUID, path: str, figure: str) -> None:
    colin, celia = text_of(visit("colin"), path), text_of(visit("celia"), path)
    assert str(account_a) in colin and figure in colin
    assert str(account_a) not in celia and figure not in celia


@pytest.mark.parametrize(
    "path",
    [
        *SHARED,
        "/guarantees/review?show=unsure",
        "/guarantees/review?of=ahead&show=all",
        "/guarantees?on=deadline",
        "/guarantees/what-if?volume_percent=10",
        "account",
        "roll-offs",
    ],
)
def test_statements_of_sql_do_not_grow(
    app: Flask, visit: Visit, account_a: UUID, sql: StatementCount, path: str
) -> None:
    named = {"account": f"/guarantees/{account_a}", "roll-offs": f"/guarantees/{account_a}/roll-offs?each=1000"}
    path = named.get(path, path)
    priya = visit("priya")
    priya.get(path)
    sql.reset()
    priya.get(path)
    few = len(sql)
    with app.app_context():
        as_firm()
        for number in range(8):
            client = make_client(legal_name=f"More {number}", bn9=None)
            make_statement(make_account(client, number=f"80000{number:04d}RM0001"), total_amount=Decimal(1))
    sql.reset()
    priya.get(path)
    assert len(sql) == few <= 12, sql.statements


@pytest.mark.parametrize("language", ["en", "fr"])
def test_review_says_of_whom_nobody_can_tell_and_forecasts_the_next(
    visit: Visit, account_a: UUID, language: str
) -> None:
    """One statement of July is on file: eleven are missing, and no figure rises."""
    priya = visit("priya")
    priya.post("/language", {"language": language})
    assert str(account_a) not in text_of(priya, "/guarantees/review")
    unsure = text_of(priya, "/guarantees/review?show=unsure")
    spans = {
        "en": "Nov 2025 – Jun 2026, Aug 2026 – Oct 2026",
        "fr": "nov.\u00a02025 – juin 2026, août 2026 – oct.\u00a02026",
    }
    assert spans[language].replace("\u00a0", " ") in unsure.replace("\u00a0", " ")
    for odd in ("of=nonsense&show=x", "page=99"):
        assert priya.get(f"/guarantees/review?{odd}").status_code == 200
    every = text_of(priya, "/guarantees/review?show=all")
    assert ("18\u00a0Jul\u00a02027" if language == "en" else "18\u00a0juill.\u00a02027") in every  # July rolls off
    ahead = text_of(priya, "/guarantees/review?of=ahead")
    assert ("20\u00a0Oct\u00a02027" if language == "en" else "20\u00a0oct.\u00a02027") in ahead
    assert ("can set a new peak" if language == "en" else "peut fixer une nouvelle pointe") in ahead


def test_strangers_find_nothing(visit: Visit, account_a: UUID) -> None:
    for path in (f"/guarantees/{account_a}", f"/guarantees/{account_a}/reduction"):
        assert visit("celia").get(path).status_code == 404
        assert visit("celia").get(path.replace(str(account_a), str(uuid4()))).status_code == 404
    assert visit("priya").get(f"/guarantees/what-if?client={uuid4()}").status_code == 404


def test_account_page_tells_review_and_roll_off(visit: Visit, account_a: UUID) -> None:
    html = text_of(visit("priya"), f"/guarantees/{account_a}")
    assert "From 18\u00a0Jul\u00a02027 none of the statements on file lies in the last twelve periods" in html
    assert "9\u00a0Dec\u00a02026" in html  # the last safe day for paper
    french = text_of(visit("priya", language="fr"), f"/guarantees/{account_a}")
    assert french.count("chart-posted") == 1
    assert "required: $42,100</span>" in html and "$84,200.00</text>" in html  # the drawing says its amounts


def test_months_to_come_are_supposed_and_never_kept(app: Flask, visit: Visit, account_a: UUID) -> None:
    path, priya = f"/guarantees/{account_a}/roll-offs", visit("priya")
    assert path in text_of(priya, f"/guarantees/{account_a}")
    plain = text_of(priya, path).replace("\xa0", " ")
    assert "July 2026, $84,200.00 × 50 % = $42,100.00" in plain and "supposed</span>" not in plain
    asked = text_of(priya, f"{path}?day=2027-02-18&each=1,000&to_2027-02-17=$300,000.00").replace("\xa0", " ")
    assert "February 2027, $300,000.00 × 50 % = $150,000.00" in asked and "3 supposed" in asked
    assert 'value="$300,000.00"' in asked and "Today the sum is $42,100.00." in asked
    assert "not known" in text_of(priya, f"{path}?day=2027-08-01")  # July has left, nothing is supposed
    assert visit("celia").get(path).status_code == 404 and visit("ana").get(path).status_code == 403
    assert priya.post(path).status_code == 405
    with app.app_context():
        as_firm()
        assert db.session.scalar(select(Scenario)) is None and len(db.session.scalars(select(Statement)).all()) == 1


@pytest.mark.parametrize(
    ("typed", "field", "en", "fr"),
    [
        ("day=2020-01-01", "day", "A day from today to", "Indiquez un jour entre aujourd'hui et le"),
        ("day=2029-01-01", "day", "A day from today to", "Indiquez un jour entre aujourd'hui et le"),
        ("each=lots", "each", "is not an amount", "n'est pas un montant"),
        ("each=-5", "each", "Zero or more, please.", "Zéro ou plus, s'il vous plaît."),
        ("to_2027-02-17=(5)&each=7", "to_2027-02-17", "Zero or more, please.", "Zéro ou plus, s'il vous plaît."),
    ],
)
def test_what_cannot_be_supposed_is_told_beside_its_field(
    visit: Visit, account_a: UUID, typed: str, field: str, en: str, fr: str
) -> None:
    priya = visit("priya")
    for language, words in (("en", en), ("fr", fr)):
        priya.post("/language", {"language": language})
        html = unescape(text_of(priya, f"/guarantees/{account_a}/roll-offs?{typed}", 422)).replace("\xa0", " ")
        beside = html[html.index(f'id="{field}-error"') :][:300]
        assert words in beside
        for pair in typed.split("&"):
            assert f'value="{pair.partition("=")[2]}"' in html  # nothing typed is lost


def test_reduction_goes_from_draft_to_cbsas_decision(app: Flask, visit: Visit, account_a: UUID) -> None:
    priya = visit("priya")
    assert "comes first" in text_of(priya, f"/guarantees/{account_a}/reduction")
    priya.post(f"/guarantees/{account_a}", {"amount": "60,000.00", "read_on": "2026-11-20", "once": "k1"})
    html = text_of(priya, f"/guarantees/{account_a}/reduction")
    assert "No month on file calls for the amount required now." in html  # one of twelve statements: no more is said
    assert "Aucun des mois au dossier" in text_of(priya, f"/guarantees/{account_a}/reduction?language=fr")
    assert "November 2026: no statement on file" in html and "July 2026: $84,200.00" in html
    body = {"asked_amount": "42,100.00", "language": "en", "justification": "Twelve figures.", "once": "k2"}
    for field, bad in (("asked_amount", "60,000.00"), ("asked_amount", "12.345"), ("justification", " ")):
        answer = priya.post(f"/guarantees/{account_a}/reduction", {**body, field: bad})
        assert answer.status_code == 422
        assert "Twelve figures." in answer.get_data(as_text=True) or field == "justification"
    first = priya.post(f"/guarantees/{account_a}/reduction", body)
    again = priya.post(f"/guarantees/{account_a}/reduction", body)
    assert first.status_code == again.status_code == 303 and first.location == again.location
    assert priya.post(f"/guarantees/{account_a}/reduction", {**body, "once": "k3"}).status_code == 422
    item = first.location
    version = version_in(text_of(priya, item))
    early = priya.post(f"{item}/decide", {"to": "approved", "on": "2026-11-23", "version": version})
    assert early.status_code == 422  # a draft is not decided
    assert priya.post(f"{item}/file", {"on": "2026-12-01", "version": version}).status_code == 422  # not come yet
    assert priya.post(f"{item}/file", {"on": "2026-11-21", "version": version, "case_number": "C-1"}).status_code == 303
    assert priya.post(f"{item}/file", {"on": "2026-11-21", "version": version}).status_code == 409
    assert "pending protects" in text_of(priya, f"/guarantees/{account_a}")
    assert "A request is open for this account" in text_of(priya, f"/guarantees/{account_a}")
    assert "A request is open already" in text_of(priya, f"/guarantees/{account_a}/reduction")
    version = version_in(text_of(priya, item))
    decision = {"to": "approved", "on": "2026-11-23", "decided_amount": "", "version": version}
    assert priya.post(f"{item}/decide", decision).status_code == 422
    assert priya.post(f"{item}/decide", {**decision, "on": "2026-11-20", "decided_amount": "43,000"}).status_code == 422
    assert priya.post(f"{item}/decide", {**decision, "decided_amount": "43,000"}).status_code == 303
    with app.app_context():
        as_firm()
        row = db.session.scalars(select(ReductionRequest)).one()
        assert (row.state, row.decided_amount, row.case_number) == (ReductionState.APPROVED, Decimal(43000), "C-1")
        figures = db.session.scalars(select(PortalFigure.amount).order_by(PortalFigure.read_on)).all()
        assert figures == [Decimal(60000), Decimal(43000)]


def test_a_reduction_that_could_lower_nothing_is_not_proposed(visit: Visit, account_a: UUID) -> None:
    priya = visit("priya")
    priya.post(f"/guarantees/{account_a}", {"amount": "40,000.00", "read_on": "2026-11-20", "once": "k1"})
    html = text_of(priya, f"/guarantees/{account_a}/reduction")
    assert "Nothing to ask for" in html and "<textarea" not in html and "$42,100.00" in html


def test_supposition_names_new_money_and_is_kept_by_name(app: Flask, visit: Visit, account_a: UUID) -> None:
    priya = visit("priya")
    query = "/guarantees/what-if?volume_percent=100"
    html = text_of(priya, query)
    assert "$84,200" in html  # twice the goods: 84,200.00 × 2 × 50 %
    assert "$42,100" in html
    kept = priya.post(query, {"name": "Twice the goods", "once": "s1"})
    assert kept.status_code == 303
    again = text_of(priya, kept.location)
    assert "Twice the goods" in again and "$84,200" in again
    assert "Twice the goods" in text_of(priya, "/guarantees/what-if")
    assert priya.post(query, {"name": "", "once": "s2"}).status_code == 422
    for odd in ("volume_percent=x", "volume_percent=-101", "surtax_from=2026-13-01", "gst_percent=5.555",
                "surtax_percent=25&surtax_from=2027-02-01&surtax_until=2027-01-01"):  # fmt: skip
        answer = priya.get(f"/guarantees/what-if?{odd}")
        assert answer.status_code == 422
        assert odd.split("=")[1].split("&")[0] in answer.get_data(as_text=True)
    gone = priya.post(f"{kept.location}/forget", {"version": version_in(again)})
    assert gone.status_code == 303
    assert priya.get(kept.location).status_code == 404
    with app.app_context():
        assert db.session.scalars(select(Scenario)).all() == []
        as_firm()
        assert db.session.scalars(select(Statement.charges_amount)).one() == Decimal(84200)  # no fact was touched


def test_surtax_without_known_value_is_left_out_and_said(visit: Visit, account_a: UUID) -> None:
    html = text_of(visit("priya"), "/guarantees/what-if?surtax_percent=25")
    assert "the value for duty is not known" in html and "value not known" in html


def test_one_share_for_all_importers_is_said_with_whom_it_falls_on(app: Flask, visit: Visit, account_a: UUID) -> None:
    with app.app_context():
        as_firm()
        for number, (origins, chapters) in enumerate(
            [(["CN"], ["73"]), (["CN", "US"], ["73"]), (["US"], ["73"]), ([], ["73"])]
        ):
            client = make_client(
                legal_name=f"Steel {number}", bn9=None, origins=origins, hs_chapters=chapters,
                yearly_value_amount=Decimal(1_000_000),
            )  # fmt: skip
            for end in ("1", "2"):
                make_statement(make_account(client, number=f"80000000{number}RM000{end}"))
    priya, query = visit("priya"), "/guarantees/what-if?surtax_percent=25&surtax_share_percent=12.5&surtax_origins=CN"
    html = unescape(text_of(priya, query)).replace("\xa0", " ")
    assert "the same 12.5 % of the value of each of 2 importers" in html  # four accounts, two importers
    assert "1 of them names other origins or chapters too" in html
    silent = re.search(r"The profiles? of (\d+) importers? names? none", html)
    assert silent and int(silent[1]) >= 1
    own = re.search(r'href="([^"]*client=[^"]*)">own share', html)
    assert own
    alone = unescape(text_of(priya, own[1])).replace("\xa0", " ")
    assert "falls on 12.5 % of the value of 1 importer" in alone and "Ask the client for the share" in alone
    assert "own share" not in alone
    assert "of the value of" not in text_of(priya, "/guarantees/what-if?volume_percent=10")


def test_the_other_form_says_what_counts_then(visit: Visit, account_a: UUID) -> None:
    html = text_of(visit("priya"), "/guarantees/what-if?form=cash")
    assert "then $0" in html and "$84,200" in html
    assert "divided by the present rate" in html
    assert "then $" not in text_of(visit("priya"), "/guarantees/what-if?volume_percent=100")


@pytest.fixture
def second(app: Flask, account_a: UUID, cast: Cast) -> UUID:
    """A second account of client A, at the floor and without security."""
    with app.app_context():
        as_firm()
        row = make_account(db.session.get_one(Client, cast.client_a), number="123456782RM0002")
        make_statement(row, charges_amount=Decimal(8000))
        return row.id


def bond_of(app: Flask) -> UUID:
    with app.app_context():
        as_firm()
        return db.session.scalars(select(Instrument.id)).one()


def test_one_bond_is_spread_and_carried_into_the_form(visit: Visit, second: UUID, cast: Cast) -> None:
    priya = visit("priya")
    path = f"/clients/{cast.client_a}/guarantee/spread"
    html = text_of(priya, f"{path}?on=")  # beside all that is posted
    assert "$12,100.00" in html  # 7,100.00 still needed + the floor of 5,000.00
    assert f"share_{second}=5000.00" in html.replace("&amp;", "&")
    tight = text_of(priya, f"{path}?on=&total=6,000")
    assert "$1,000.00" in tight and "$6,100.00" in tight
    for odd in ("total=lots", "total=0", "total=-5", "on=soon", "on=2026-11-22", "on=2029-01-01"):
        assert "Not worked out yet" in text_of(priya, f"{path}?{odd}", 422)
    wrong = text_of(priya, "/guarantees/what-if?volume_percent=abc", 422)
    assert wrong.count("A number from -100 to 1000") == 2  # above and beside the field, once each
    form = text_of(priya, f"/clients/{cast.client_a}/instruments/new?amount=12100.00&share_{second}=5000.00")
    assert 'value="12100.00"' in form and 'value="5000.00"' in form
    assert visit("celia").get(path).status_code == 404


def test_a_bond_that_replaces_others_is_sized_without_them(
    app: Flask, visit: Visit, account_a: UUID, second: UUID, cast: Cast
) -> None:
    bond, priya = bond_of(app), visit("priya")
    path = f"/clients/{cast.client_a}/guarantee/spread"
    html = text_of(priya, path)  # nothing asked: what ends next, from the day after
    assert "$47,100.00" in html and "15\u00a0Dec\u00a02026" in html
    assert re.search(rf'<input checked[^>]*value="{bond}"', html)
    assert f"share_{account_a}=42100.00" in html.replace("&amp;", "&")
    today_ = text_of(priya, f"{path}?replaces={bond}&on=2026-11-23")
    assert "$47,100.00" in today_ and "23\u00a0Nov\u00a02026" in today_
    kept = text_of(priya, f"{path}?on=2026-12-15")  # it ends by itself: it covers nothing then, replaced or not
    assert "$47,100.00" in kept and not re.search(rf'<input checked[^>]*value="{bond}"', kept)
    for odd in (str(uuid4()), "x"):
        assert "$12,100.00" in text_of(priya, f"{path}?replaces={odd}&on=")
    assert "without Surety bond" in html and "until 14\u00a0Dec\u00a02026" in html


def test_statement_that_does_not_add_up_is_explained_or_made_a_task(app: Flask, visit: Visit, account_a: UUID) -> None:
    with app.app_context():
        as_firm()
        account = db.session.get_one(ProgramAccount, account_a)
        odd = make_statement(account, charges_amount=Decimal(1000), total_amount=Decimal("1090.00")).id
    priya = visit("priya")
    html = text_of(priya, "/statements/unexplained")
    assert "$90.00 unexplained" in html and "divided by nine" in html
    assert text_of(priya, f"/guarantees/{account_a}")
    for _press in range(2):
        assert priya.post(f"/statements/{odd}/task").status_code == 303
    version = version_in(html)
    assert priya.post(f"/statements/{odd}/explain", {"reason": " ", "version": version}).status_code == 422
    body = {"reason": "Interest of a late CAD", "version": version}
    assert priya.post(f"/statements/{odd}/explain", body).status_code == 303
    assert priya.post(f"/statements/{odd}/explain", {**body, "reason": "other"}).status_code == 409
    html = text_of(priya, "/statements/unexplained")
    assert "Interest of a late CAD" in html and "Priya" in html
    body = {"reason": "A CAD posted twice", "version": version_in(html)}  # what was said was wrong
    assert priya.post(f"/statements/{odd}/explain", {**body, "reason": " "}).status_code == 422
    assert priya.post(f"/statements/{odd}/explain", body).status_code == 303
    html = text_of(priya, "/statements/unexplained")
    assert "A CAD posted twice" in html and "Interest of a late CAD" not in html
    for path in (f"/statements/{odd}/explain", f"/statements/{odd}/task"):
        assert visit("celia").post(path, body).status_code == 404
        assert visit("ana").post(path, body).status_code == 403
    with app.app_context():
        as_firm()
        tasks = db.session.scalars(select(Task).where(Task.kind == "explain_statement_gap")).all()
        assert [task.program_account_id for task in tasks] == [account_a]


def test_a_surtax_of_the_rulebook_is_entered_with_one_click(visit: Visit) -> None:
    priya = visit("priya")
    html = text_of(priya, "/guarantees/what-if?volume_percent=10&surtax_origins=CN")
    assert "first order of 2025" not in html  # it has ended
    (link,) = re.findall(r'href="([^"]+)"[^>]*>United States: steel and aluminium 25', html)
    filled = text_of(priya, unescape(link))
    for name, value in {
        "volume_percent": "10", "surtax_percent": "25", "surtax_origins": "US", "surtax_chapters": "72, 73, 76",
        "surtax_from": "2025-03-13", "surtax_until": "",
    }.items():  # fmt: skip
        (field,) = re.findall(rf'<input[^>]*name="{name}"[^>]*>', filled)
        assert f'value="{value}"' in field or not value, name
    assert "have a person check the order" in filled


def test_message_says_what_is_missing_though_nothing_rises(visit: Visit, account_a: UUID) -> None:
    html = text_of(visit("priya"), f"/guarantees/{account_a}")  # 42,100.00 required, the bond of 35,000.00 ends before
    assert "no more than is required now." in html
    assert "Security of $7,100.00 is missing today" in html
    assert "By 15 January 2027 the missing amount comes to $42,100.00 in all." in html
    assert "nothing more has to be posted" not in html
    assert "sent by 9 December 2026" in html
    with time_machine.travel("2026-12-10T15:00:00Z", tick=True):
        assert "would no longer arrive in time" in text_of(visit("priya"), f"/guarantees/{account_a}")


def test_surety_is_written_to_in_its_language_else_in_both(
    app: Flask, visit: Visit, account_a: UUID, cast: Cast
) -> None:
    priya, path = visit("priya"), f"/guarantees/{account_a}"
    html = text_of(priya, path)
    assert 'class="letter" lang="en"' in html and 'class="letter" lang="fr"' in html
    assert "Nobody recorded which surety" in html
    with app.app_context():
        as_firm()
        surety = make_partner(kind="surety", name="Aval Caution", language="fr", email="aval@caution.example")
        make_allocation(
            make_instrument(
                db.session.get_one(Client, cast.client_a), number="A-77", amount=Decimal(36_000), provider_id=surety.id,
                valid_until=date(2026, 12, 14),
            ),
            db.session.get_one(ProgramAccount, account_a),
            Decimal(36_000),
        )  # fmt: skip
    html = unescape(text_of(priya, path)).replace("\xa0", " ")
    assert 'class="letter" lang="fr"' in html and 'class="letter" lang="en"' not in html
    assert 'href="mailto:aval@caution.example"' in html and "Aval Caution" in html
    assert "Le contrat A-77 est de 36 000,00 $ et prend fin le 14 décembre 2026" in html
    assert "à partir du 15 décembre 2026 pour au moins 42 100,00 $" in html


def test_message_is_calm_where_all_is_covered(app: Flask, visit: Visit, account_a: UUID, cast: Cast) -> None:
    with app.app_context():
        as_firm()
        bond = make_instrument(db.session.get_one(Client, cast.client_a), amount=Decimal(42100), number="B-2")
        make_allocation(bond, db.session.get_one(ProgramAccount, account_a))
    html = text_of(visit("priya"), f"/guarantees/{account_a}")
    assert "nothing more has to be posted" in html and "is still missing" not in html
    spread = text_of(visit("priya"), f"/clients/{cast.client_a}/guarantee/spread")
    assert "Nothing is missing" in spread and "$0.00</strong>" not in spread


@pytest.mark.parametrize("name", ["ana", "bruno", None])
def test_nobody_outside_the_firm_writes_here(app: Flask, visit: Visit, account_a: UUID, name: str | None) -> None:
    with app.app_context():
        as_firm()
        statement = db.session.scalars(select(Statement.id)).first()
    visitor = visit(name)
    for path in (
        f"/guarantees/{account_a}",
        f"/guarantees/{account_a}/reduction",
        f"/guarantees/{account_a}/renew",
        f"/reductions/{uuid4()}/file",
        f"/reductions/{uuid4()}/decide",
        "/guarantees/what-if?volume_percent=10",
        f"/statements/{statement}/explain",
        f"/statements/{statement}/task",
    ):
        answer = visitor.post(path, {"name": "x", "version": "1"})
        assert answer.status_code == (403 if name else 302), path
    with app.app_context():
        as_firm()
        for model in (ReductionRequest, Scenario, PortalFigure, Task):
            assert db.session.scalars(select(model)).all() == []


def test_a_scenario_is_its_makers_and_keeps_its_client(visit: Callable[..., Visitor], app: Flask, cast: Cast) -> None:
    """Its name may name a client: colleagues who see other clients do not read it, those who see all do."""
    with app.app_context():
        as_firm()
        account = db.session.get_one(ProgramAccount, cast.account_a)
        make_statement(account)
        make_statement(db.session.get_one(ProgramAccount, cast.account_b))
    colin = visit("colin")
    kept = colin.post(f"/guarantees/what-if?volume_percent=25&client={cast.client_a}", {"name": "Maple grows"})
    assert kept.status_code == 303
    path = kept.headers["Location"]
    for name, status in (("colin", 200), ("priya", 200), ("celia", 404)):
        answer = visit(name).get(path)
        assert answer.status_code == status
        assert ("Norland" in answer.text) is False  # kept for one client, it stays about that client
        assert ("Maple grows" in visit(name).get("/guarantees/what-if").text) is (status == 200)
    assert visit("celia").post(f"{path}/forget", {"version": "1"}).status_code == 404


def test_paper_on_its_way_is_pending_everywhere(app: Flask, visit: Visit, cast: Cast, account_a: UUID) -> None:
    with app.app_context():
        as_firm()
        client, account = db.session.get_one(Client, cast.client_a), db.session.get_one(ProgramAccount, account_a)
        make_statement(account, period_end=date(2025, 11, 17), charges_amount=Decimal(180_000))  # the review sees it
        more = make_instrument(client, number="B-2", amount=Decimal(60_000), state=InstrumentState.ISSUED)
        make_allocation(more, account)
        path = f"/instruments/{more.id}"
    priya = visit("priya")
    assert "Nothing is pending with CBSA." in text_of(priya, f"/guarantees/{account_a}")
    assert "electronic or paper" in text_of(priya, "/guarantees/review")
    version = version_in(text_of(priya, path))
    ahead = priya.post(f"{path}/sent", {"on": "2026-11-24", "version": version})
    assert ahead.status_code == 422 and "field-error" in ahead.text
    assert priya.post(f"{path}/sent", {"on": "2026-11-20", "version": "99"}).status_code == 409
    for name, status in (("celia", 404), ("ana", 403)):
        assert visit(name).post(f"{path}/sent", {"on": "2026-11-20", "version": version}).status_code == status
    assert priya.post(f"{path}/sent", {"on": "2026-11-20", "version": version}).status_code == 303
    assert "Sent to CBSA on paper on 20\u00a0Nov\u00a02026" in text_of(priya, path)
    assert "$60,000.00 lies with CBSA on paper, usually until" in text_of(priya, f"/guarantees/{account_a}")
    review = text_of(priya, "/guarantees/review")
    assert (
        "pending" in review and "electronic or paper" in review
    )  # CBSA holds off at its discretion: the ways stay told
