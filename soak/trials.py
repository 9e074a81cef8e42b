"""The trials. Each returns what it saw as figures by name; `LIMITS` says what is allowed."""

import random
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from soak.person import Person, hidden_fields
from soak.server import Server

WRITERS = 4
PRESSERS = 8
SETTLED_MINUTES = 5  # before that a server still grows into its work
FULL_DISK_MEGABYTES = 24
PAGES = ("/", "/clients", "/work?mine=1", "/guarantees", "/calendar", "/documents", "/risks", "/search?q=steel")
# What is seen has to be no more than this; None is only told.
LIMITS: dict[str, float | None] = {
    "kills": None,
    "kills_lost": 0,
    "kills_doubled": 0,
    "kills_unsound": 0,
    "kills_acknowledged": None,
    "races": None,
    "races_not_one_winner": 0,
    "races_same_form_twice": 0,
    "disk_full_refused": None,
    "disk_full_lost": 0,
    "disk_full_other_errors": 0,
    "disk_full_unsound": 0,
    "load_requests": None,
    "load_server_errors": 0,
    "load_p95_seconds": None,
    "load_memory_growth_percent": 25,
}


def kills(server: Server, people: list[dict[str, Any]], rounds: int) -> dict[str, float]:
    """People write, and the server is killed in the midst of it. What was acknowledged is there, once."""
    acknowledged: list[str] = []
    unsound = 0
    for _round in range(rounds):
        server.start()
        stop, client = threading.Event(), _client_of(server)
        threads = [
            threading.Thread(target=_write_on, args=(server, people[0], client, stop, acknowledged))
            for _ in range(WRITERS)
        ]
        enough = len(acknowledged) + WRITERS
        _run(threads, lambda: _midst(acknowledged, enough), server, stop)  # noqa: B023 called at once
        unsound += not server.is_sound()
    kept = Counter(_titles(server.folder))
    return {
        "kills": rounds,
        "kills_acknowledged": len(acknowledged),
        "kills_lost": sum(title not in kept for title in acknowledged),
        "kills_doubled": sum(count > 1 for count in kept.values()),
        "kills_unsound": unsound,
    }


def races(server: Server, people: list[dict[str, Any]], rounds: int) -> dict[str, float]:
    """Eight browsers press the same button of the same page at once: one is done, the others are told. A form sent eight
    times at once is one record."""
    server.start()
    try:
        browsers = [Person(server.url, people[0]) for _ in range(PRESSERS)]
        client = _client_of(server)
        wrong = doubled = 0
        for _round in range(rounds):
            title = f"soak-race-{uuid4()}"
            page = f"/clients/{client}/tasks/new"
            form = {"title": title, "waiting_on": "us", "once": str(uuid4())}
            at_once([_ready(browser, page, form) for browser in browsers])
            doubled += _titles(server.folder).count(title) != 1
            task = f"/work/{_id_of(server.folder, 'task', 'title', title)}"
            edit = {"title": f"{title}, again", "waiting_on": "client"}
            statuses = at_once([_ready(browser, task, edit) for browser in browsers])
            wrong += Counter(statuses) != {303: 1, 409: PRESSERS - 1}
        return {"races": rounds, "races_not_one_winner": wrong, "races_same_form_twice": doubled}
    finally:
        server.kill(signal.SIGTERM)


def full_disk(room: Path, laid: Path, people: list[dict[str, Any]]) -> dict[str, float]:
    """The disk fills up while people write: each is told so, nothing acknowledged is lost. Empty where no small disk can
    be had: that takes root."""
    size = sum(file.stat().st_size for file in laid.rglob("*") if file.is_file()) // 1024**2 + FULL_DISK_MEGABYTES
    room.mkdir()
    mounted = subprocess.run(["/bin/mount", "-t", "tmpfs", "-o", f"size={size}m", "tmpfs", str(room)], check=False)
    if mounted.returncode != 0:
        return {}
    try:
        folder = room / "data"
        shutil.copytree(laid, folder)
        server = Server(folder)
        server.start()
        try:
            return _fill(server, people, room / "ballast")
        finally:
            server.kill(signal.SIGTERM)
    finally:
        subprocess.run(["/bin/umount", str(room)], check=True)


def _fill(server: Server, people: list[dict[str, Any]], ballast: Path) -> dict[str, float]:
    person, client = Person(server.url, people[0]), _client_of(server)
    acknowledged: list[str] = []
    _take_all(ballast)
    statuses = [_write(person, client, acknowledged) for _ in range(30)]
    ballast.unlink()
    statuses += [_write(person, client, acknowledged) for _ in range(5)]
    kept = set(_titles(server.folder))
    return {
        "disk_full_refused": sum(status in (0, 503, 507) for status in statuses),
        "disk_full_lost": sum(title not in kept for title in acknowledged),
        "disk_full_other_errors": sum(status not in (303, 503, 507) for status in statuses) + (statuses[-1] != 303),
        "disk_full_unsound": not server.is_sound(),
    }


def _take_all(ballast: Path) -> None:
    """Fill what is left, in ever smaller pieces."""
    with ballast.open("ab", buffering=0) as file:
        for piece in (1024**2, 4096, 512):
            try:
                while file.write(b"\0" * piece) == piece:
                    pass
            except OSError:
                continue


def load(server: Server, people: list[dict[str, Any]], minutes: float) -> dict[str, float]:
    """People of every role read and write for a while: no server error, and memory stays."""
    server.start()
    try:
        client, until = _client_of(server), time.monotonic() + minutes * 60
        statuses: Counter[int] = Counter()
        times: list[float] = []
        first = server.megabytes()
        threads = [
            threading.Thread(target=_use, args=(server, people[i % len(people)], client, until, statuses, times))
            for i in range(PRESSERS)
        ]
        for thread in threads:
            thread.start()
        time.sleep(min(30, minutes * 15))
        first = max(first, server.megabytes())  # warm: every page was made once
        for thread in threads:
            thread.join()
        grown = (server.megabytes() / first - 1) * 100
        memory = {"load_memory_growth_percent": round(grown, 1)} if minutes >= SETTLED_MINUTES else {}
        return {
            "load_requests": sum(statuses.values()),
            "load_server_errors": sum(count for status, count in statuses.items() if status == 0 or status >= 500),
            "load_p95_seconds": round(sorted(times)[int(len(times) * 0.95)], 3),
            **memory,
        }
    finally:
        server.kill(signal.SIGTERM)


def _use(
    server: Server, who: dict[str, Any], client: UUID, until: float, statuses: Counter[int], times: list[float]
) -> None:
    person, taken = Person(server.url, who), list[str]()
    is_staff = who["role"] in ("admin", "manager", "consultant")
    pages = (*PAGES, f"/clients/{client}") if is_staff else ("/", "/portal", "/shared")
    while time.monotonic() < until:
        start = time.monotonic()
        if is_staff and random.random() < 0.1:
            status = _write(person, client, taken)
        else:
            status = person.get(random.choice(pages)).status
        times.append(time.monotonic() - start)
        statuses[status] += 1


def at_once(work: list[Callable[[], int]]) -> list[int]:
    """Run these together, from one start; what each returned."""
    gate, answers = threading.Barrier(len(work)), [0] * len(work)

    def one(place: int) -> None:
        gate.wait()
        answers[place] = work[place]()

    threads = [threading.Thread(target=one, args=(place,)) for place in range(len(work))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def _run(threads: list[threading.Thread], wait: Callable[[], None], server: Server, stop: threading.Event) -> None:
    for thread in threads:
        thread.start()
    wait()
    server.kill()
    stop.set()
    for thread in threads:
        thread.join()


def _midst(acknowledged: list[str], enough: int) -> None:
    """Wait until everybody writes, and a moment of chance more."""
    until = time.monotonic() + 30
    while len(acknowledged) < enough and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(random.uniform(0, 1.5))


def _write_on(
    server: Server, who: dict[str, Any], client: UUID, stop: threading.Event, acknowledged: list[str]
) -> None:
    person = Person(server.url, who)
    while not stop.is_set():
        _write(person, client, acknowledged)


def _write(person: Person, client: UUID, acknowledged: list[str]) -> int:
    title = f"soak-{uuid4()}"
    page = f"/clients/{client}/tasks/new"
    status = person.post(page, {"title": title, "waiting_on": "us"}, form_at=page).status
    if status == 303:
        acknowledged.append(title)
    return status


def _ready(person: Person, path: str, values: dict[str, str]) -> Callable[[], int]:
    """A form as this person has it open, with its version; sent when called."""
    form = {**hidden_fields(person.get(path).text), **values}
    return lambda: person.post(path, form).status


def _ask(folder: Path, sql: str, *values: str) -> list[Any]:
    with closing(sqlite3.connect(f"file:{folder / 'tracker.db'}?mode=ro", uri=True)) as database:
        return [row[0] for row in database.execute(sql, values)]


def _titles(folder: Path) -> list[str]:
    return [str(title) for title in _ask(folder, "SELECT title FROM task WHERE title LIKE 'soak-%'")]


def _id_of(folder: Path, table: str, column: str, value: str) -> UUID:
    """The first row's id, as addresses write it."""
    return UUID(str(_ask(folder, f"SELECT id FROM {table} WHERE {column} = ? ORDER BY id", value)[0]))


def _client_of(server: Server) -> UUID:
    return _id_of(server.folder, "client", "state", "active")
