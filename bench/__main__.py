"""Run the measurements and write bench/results.json: name, ratio, value, unit, floor, limit, ok."""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
from flask import Flask
from sqlalchemy import select

from tracker import create_app
from tracker.clients.models import Client, Statement
from tracker.demo.building import build
from tracker.guarantees.rules.whatif import Supposition
from tracker.guarantees.supposing import suppose
from tracker.imports.classify import classify
from tracker.imports.columns import find_layout
from tracker.imports.fields import CLIENT_FIELDS
from tracker.imports.reading import read_file
from tracker.platform.clock import now, today
from tracker.platform.db import db
from tracker.platform.schema import refresh_statistics, upgrade
from tracker.platform.tenancy import Scope, enter
from tracker.reports.building import Order, make
from tracker.rulebook.book import rules_at
from tracker.workbook import Column, Sheet, Table, Workbook, write

SMALL, LARGE = 500, 5000
PAGES = {
    "page_portfolio": "/clients",
    "page_my_work": "/work?mine=1",
    "page_radar": "/guarantees",
    "page_search": "/search?q=steel",
}
LIMITS = {"page_portfolio": 80, "page_client": 80, "page_my_work": 60, "page_radar": 150, "page_search": 60}


def firm(folder: Path, clients: int) -> tuple[Flask, Any, str]:
    """A demo firm of this size, a browser of its manager, and one client's address."""
    app = create_app(
        {
            "TRACKER_DATA_DIR": folder,
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'bench.db'}",
            "SECRET_KEY": "b" * 40,
        }
    )
    with app.app_context(), app.test_request_context():
        upgrade()
        enter(db.session(), Scope.firm("bench"))
        sign_ins = build(clients, 7, today())
        client_id = db.session.scalar(select(Client.id).order_by(Client.client_number))
        db.session.remove()
        refresh_statistics()  # as `tracker demo` and the daily job do
    manager = next(row for row in sign_ins if row["role"] == "manager")
    browser = app.test_client()
    html = browser.get("/sign-in").get_data(as_text=True)
    token = html.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    browser.post("/sign-in", data={"email": manager["email"], "password": manager["password"], "csrf_token": token})
    return app, browser, f"/clients/{client_id}"


def seconds(work: Callable[[], Any], runs: int = 9) -> float:
    """The median time of one call, after one that does not count."""
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def row(name: str, value: float, floor: float, limit: float) -> dict[str, Any]:
    """One result: the ratio decides, the seconds only inform."""
    ratio = value / floor
    return {"name": name, "ratio": round(ratio, 2), "value": round(value, 4), "unit": "s", "floor": round(floor, 4),
            "limit": limit, "ok": ratio <= limit}  # fmt: skip


def pages() -> list[dict[str, Any]]:
    """Pages against an empty view of the same application, and against themselves with ten times the clients."""
    found, small = [], dict[str, float]()
    with tempfile.TemporaryDirectory() as folder:
        app, browser, client = firm(Path(folder), SMALL)
        floor = seconds(lambda: browser.get("/livez"), 30)
        for name, path in {**PAGES, "page_client": client}.items():
            small[name] = seconds(lambda path=path: browser.get(path))  # type: ignore[misc]
            found.append(row(name, small[name], floor, LIMITS[name]))
        small_month_end = month_end(app)
    with tempfile.TemporaryDirectory() as folder:
        app, browser, client = firm(Path(folder), LARGE)
        found.append(what_if(app))
        found.append(row(f"month_end_{LARGE}_clients", month_end(app), small_month_end * LARGE / SMALL, 1.5))
        for name, path in {**PAGES, "page_client": client}.items():
            large = seconds(lambda path=path: browser.get(path))  # type: ignore[misc]
            found.append({**row(f"growth_{SMALL}_to_{LARGE}", large, small[name], 1.5), "page": name})
    return found


def what_if(app: Flask) -> dict[str, Any]:
    """A surtax on the whole portfolio of 5,000 clients, against reading the same statements once; at most 5 seconds."""
    supposition = Supposition(volume_percent=Decimal(10), surtax_percent=Decimal(25))
    with app.app_context():
        enter(db.session(), Scope.firm("bench"))
        amounts = select(
            Statement.program_account_id, Statement.period_end, Statement.charges_amount, Statement.gst_amount
        )
        floor = seconds(lambda: db.session.execute(amounts).all(), 3)
        value = seconds(lambda: suppose(rules_at(today()), supposition, today()), 3)
        db.session.remove()
    return {**row("whatif_portfolio_5000_s", value, floor, 5), "limit": 5, "ok": value <= 5}


def month_end(app: Flask) -> float:
    """Seconds for the manager's whole workbook. Its floor: ten times that of a tenth of the clients."""
    with app.app_context(), app.test_request_context(), tempfile.TemporaryDirectory() as folder:
        enter(db.session(), Scope.firm("bench"))
        order = Order("manager", today(), "bench", lambda endpoint, key: f"https://tracker.example/{endpoint}/{key}")
        start = time.perf_counter()
        make(order, Path(folder) / "month-end.xlsx")
        value = time.perf_counter() - start
        db.session.remove()
    return value


def export_memory() -> dict[str, Any]:
    """MB that the export of 100,000 rows adds to a process of its own, against openpyxl's write-only mode in another."""
    ours, floor = (max(_grown_megabytes(name), 1.0) for name in ("ours", "floor"))  # under a megabyte is none
    return {"name": "export_memory_mb", "ratio": round(ours / floor, 2), "value": ours, "unit": "MB", "floor": floor,
            "limit": 100, "ok": ours <= 100}  # fmt: skip


def _grown_megabytes(which: str) -> float:
    code = f"from bench.__main__ import grown; print(grown({which!r}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603  (our own words)
    return float(done.stdout)


def grown(which: str) -> float:
    """The peak memory that one export adds, in MB; call it in a fresh process."""
    before = _peak_megabytes()
    with tempfile.TemporaryDirectory() as folder:
        (_write_ours if which == "ours" else _write_floor)(Path(folder))
    return round(_peak_megabytes() - before, 1)


def _peak_megabytes() -> float:
    """The process's own high-water mark; what getrusage tells is inherited from the parent through exec."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def import_preview() -> dict[str, Any]:
    """20,000 rows read, laid out and classified, against openpyxl's own read-only pass."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("Clients")
        sheet.append(["Legal name", "BN / RM", "Address", "City", "Bond amount", "Bond expiry", "Products", "Notes"])
        for number in range(20_000):
            sheet.append(
                [
                    f"Client {number}",
                    f"7{number:08d}RM0001",
                    "1 Road",
                    "City",
                    "$1,200.00",
                    date(2027, 1, 1),
                    "steel",
                    "x",
                ]
            )
        book.save(path)

        def preview() -> None:
            read = read_file(path, "list.xlsx")
            layout = find_layout(read, CLIENT_FIELDS)
            if layout is None or classify(read, layout).rows != 20_000:
                raise RuntimeError("the preview lost rows")

        def floor() -> None:
            for _ in openpyxl.load_workbook(path, read_only=True, data_only=True).active.iter_rows():  # type: ignore[union-attr]
                pass

        return row("import_preview_20k_vs_openpyxl_read_only", seconds(preview, 1), seconds(floor, 1), 2.5)


KINDS = ("text",) * 6 + ("integer", "date", "date", "money", "money", "money")
CELLS = ("words of a cell",) * 6 + (7, date(2026, 1, 1), date(2027, 1, 1), Decimal("1.25"), Decimal("2.50"), Decimal(3))
ROWS = 100_000


def export() -> dict[str, Any]:
    """100,000 rows of 12 columns through our workbook room, against openpyxl's write-only mode."""
    with tempfile.TemporaryDirectory() as folder:
        ours, floor = (seconds(lambda make=make: make(Path(folder)), 1) for make in (_write_ours, _write_floor))  # type: ignore[misc]
        return row("export_100k_vs_openpyxl_write_only", ours, floor, 1.2)


def _write_ours(folder: Path) -> None:
    columns = tuple(Column(f"c{n}", f"Column {n}", kind) for n, kind in enumerate(KINDS))  # type: ignore[arg-type]
    table = Table("tblBench", columns, (CELLS for _ in range(ROWS)), flat=True)
    made = Workbook("Bench", "Firm", "en", today(), "bench", now(), (Sheet("Bench", (table,)),))
    write(made, folder / "ours.xlsx")


def _write_floor(folder: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Bench")
    for _ in range(ROWS):
        sheet.append(CELLS)
    book.save(folder / "floor.xlsx")


if __name__ == "__main__":
    results = [*pages(), import_preview(), export(), export_memory()]
    Path(__file__).with_name("results.json").write_text(json.dumps(results, indent=2))
    for result in results:
        print(
            f"{'ok  ' if result['ok'] else 'OVER'} {result['name']:44} {result.get('page', ''):16} ×{result['ratio']:<8} {result['value']} {result['unit']}"
        )
