"""The outbox against a real mail server: each mail once, one refusal alone, nothing lost while the server is away."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask

from tests.factories import as_firm
from tracker.notifications.commands import queue
from tracker.notifications.models import OutboxMessage
from tracker.notifications.sending import Sent, Server, delay_after, send_waiting
from tracker.platform.clock import now
from tracker.platform.db import db, transaction
from tracker.platform.errors import Refusal


class Letters:
    """A mail server that keeps what it is given and refuses one address."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []
        self.lock = threading.Lock()

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if address.startswith("refused@"):
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        with self.lock:
            self.taken.append((envelope.rcpt_tos[0], envelope.content.decode("utf-8", "replace")))
        return "250 OK"


@pytest.fixture
def letters() -> Iterator[tuple[Letters, str]]:
    handler = Letters()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, f"smtp://127.0.0.1:{port}?from=desk@firm.example"
    controller.stop()


def write(*addresses: str) -> None:
    with transaction():
        for address in addresses:
            queue(to_email=address, to_name="Zoé Roy", subject="Où en\r\nêtes-vous?", body="Bonjour Zoé\n")


def test_each_goes_once_with_its_fixed_id(inside: Flask, letters: tuple[Letters, str]) -> None:
    handler, url = letters
    write("a@maple.example", "b@maple.example")
    ids = {row.message_id for row in db.session.query(OutboxMessage)}
    assert send_waiting(url) == Sent(2, 0, 0)
    assert send_waiting(url) == Sent(0, 0, 0)
    assert sorted(address for address, _text in handler.taken) == ["a@maple.example", "b@maple.example"]
    assert all(any(key in text for key in ids) for _address, text in handler.taken)


def test_one_refused_recipient_stops_nobody_else(inside: Flask, letters: tuple[Letters, str]) -> None:
    handler, url = letters
    write("a@maple.example", "refused@maple.example", "b@maple.example")
    assert send_waiting(url) == Sent(2, 1, 1)
    stuck = db.session.query(OutboxMessage).filter_by(to_email="refused@maple.example").one()
    assert "550" in stuck.last_error
    assert stuck.next_attempt_at > now()
    assert send_waiting(url) == Sent(0, 0, 1)
    assert len(handler.taken) == 2


def test_server_away_counts_no_attempt_and_all_go_afterwards(inside: Flask, letters: tuple[Letters, str]) -> None:
    handler, url = letters
    write(*(f"person{number}@maple.example" for number in range(20)))
    away = send_waiting("smtp://127.0.0.1:1")
    assert (away.sent, away.waiting) == (0, 20)
    assert away.problem
    assert send_waiting(url) == Sent(20, 0, 0)
    assert len({address for address, _text in handler.taken}) == len(handler.taken) == 20


def test_two_senders_at_once_send_each_mail_once(inside: Flask, letters: tuple[Letters, str]) -> None:
    handler, url = letters
    write(*(f"person{number}@maple.example" for number in range(12)))

    def run(_number: int) -> int:
        with inside.app_context():
            as_firm()
            try:
                return send_waiting(url).sent
            finally:
                db.session.remove()

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(run, range(2))) == 12
    assert len({address for address, _text in handler.taken}) == len(handler.taken) == 12


def test_without_server_mail_waits(inside: Flask) -> None:
    write("a@maple.example")
    assert send_waiting("") == Sent(0, 0, 1)


def test_mail_of_a_change_that_failed_is_never_written(inside: Flask) -> None:
    with pytest.raises(RuntimeError), transaction():
        queue(to_email="a@maple.example", subject="x", body="y")
        raise RuntimeError
    assert db.session.query(OutboxMessage).count() == 0


@pytest.mark.parametrize(
    "address", ["a@b.example,c@d.example", "a@b.example\nBcc: c@d.example", "Zoé <a@b.example>", "nobody", ""]
)
def test_address_that_could_carry_more_is_refused(inside: Flask, address: str) -> None:
    with pytest.raises(Refusal):
        queue(to_email=address, subject="x", body="y")


@pytest.mark.parametrize(("attempts", "minutes"), [(1, 1), (2, 2), (3, 4), (9, 256), (10, 360), (40, 360)])
def test_delay_doubles_up_to_six_hours(attempts: int, minutes: int) -> None:
    assert delay_after(attempts) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("url", "host", "port", "sender"),
    [
        ("smtp://desk%40firm.example:p%3Aw@mail.example:2525", "mail.example", 2525, "desk@firm.example"),
        ("smtps://user:pw@mail.example", "mail.example", 465, "no-reply@mail.example"),
        ("smtp://mail.example?from=a@firm.example", "mail.example", 587, "a@firm.example"),
    ],
)
def test_smtp_url_is_read(url: str, host: str, port: int, sender: str) -> None:
    server = Server.of(url)
    assert (server.host, server.port, server.sender) == (host, port, sender)
