"""Notifications, sending: what waits in the outbox goes to the mail server, each message once, one failure alone."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

from sqlalchemy import func, select, update

from tracker.notifications.models import OutboxMessage
from tracker.platform.clock import now
from tracker.platform.db import db, transaction

TIMEOUT_SECONDS = 20
FIRST_DELAY = timedelta(minutes=1)
LONGEST_DELAY = timedelta(hours=6)
MOST_ATTEMPTS = 15
LOST_CONNECTION = (smtplib.SMTPServerDisconnected, ConnectionError, TimeoutError)


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server and the address mail comes from, as SMTP_URL says: smtp://user:password@host:port?from=address."""

    host: str
    port: int
    user: str
    password: str
    is_tls: bool
    sender: str

    @classmethod
    def of(cls, url: str) -> "Server":
        """Read an SMTP_URL. ValueError when it is none."""
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("SMTP_URL reads smtp://user:password@host:port or smtps://…")
        user = unquote(parts.username or "")
        sender = parse_qs(parts.query).get("from", [user if "@" in user else f"no-reply@{parts.hostname}"])[0]
        is_tls = parts.scheme == "smtps"
        port = parts.port or (465 if is_tls else 587)
        return cls(parts.hostname, port, user, unquote(parts.password or ""), is_tls, sender)


@dataclass(frozen=True, slots=True)
class Sent:
    """What one run did: how many went out, how many failed, how many still wait, and why it stopped early."""

    sent: int
    failed: int
    waiting: int
    problem: str = ""


def delay_after(attempts: int) -> timedelta:
    """How long to wait after the n-th failed attempt: a minute, doubling up to six hours."""
    doublings: int = min(attempts - 1, 20)
    return min(FIRST_DELAY * (1 << doublings), LONGEST_DELAY)


def send_waiting(smtp_url: str, *, limit: int = 200) -> Sent:
    """Send what is due in the outbox. Without a server nothing moves; no attempt counts while it cannot be reached."""
    if not smtp_url:
        return Sent(0, 0, _waiting())
    server = Server.of(smtp_url)
    due = _due(limit)
    sent = failed = 0
    if not due:
        return Sent(0, 0, _waiting())
    try:
        with _connected(server) as connection:
            for message_id, attempts in due:
                message = _claim(message_id, attempts)
                if message is None:
                    continue  # another sender was first
                error = _deliver(connection, server, message)
                _settle(message_id, error)
                sent, failed = sent + (not error), failed + bool(error)
    except (OSError, smtplib.SMTPException) as error:
        return Sent(sent, failed, _waiting(), f"{type(error).__name__}: {error}"[:300])
    return Sent(sent, failed, _waiting())


def _waiting() -> int:
    query = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.sent_at.is_(None))
    return db.session.scalar(query) or 0


def _due(limit: int) -> list[tuple[UUID, int]]:
    query = (
        select(OutboxMessage.id, OutboxMessage.attempts)
        .where(
            OutboxMessage.sent_at.is_(None),
            OutboxMessage.next_attempt_at <= now(),
            OutboxMessage.attempts < MOST_ATTEMPTS,
        )
        .order_by(OutboxMessage.next_attempt_at, OutboxMessage.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def _claim(key: UUID, attempts: int) -> EmailMessage | None:
    """Take one message for this sender: whoever raises the count first has it. Committed before a byte leaves."""
    with transaction() as session:
        taken = session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id == key, OutboxMessage.attempts == attempts, OutboxMessage.sent_at.is_(None))
            .values(attempts=attempts + 1, next_attempt_at=now() + delay_after(attempts + 1))
            .execution_options(synchronize_session=False)
        )
        if taken.rowcount != 1:  # type: ignore[attr-defined]
            return None
        row = session.get_one(OutboxMessage, key)
        return _mail(row.message_id, row.to_name, row.to_email, row.subject, row.body, row.created_at)


def _mail(message_id: str, name: str, email: str, subject: str, body: str, written_at: datetime) -> EmailMessage:
    mail = EmailMessage()
    mail["Message-ID"] = message_id
    mail["Date"] = written_at
    mail["To"] = Address(display_name=name, addr_spec=email)
    mail["Subject"] = subject
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(body)
    return mail


def _deliver(connection: smtplib.SMTP, server: Server, mail: EmailMessage) -> str:
    """Hand one mail over; returns the server's refusal, "" when it took it. A lost connection ends the run."""
    mail["From"] = server.sender
    try:
        connection.send_message(mail)
    except LOST_CONNECTION:
        raise
    except (smtplib.SMTPException, ValueError) as error:
        with suppress(smtplib.SMTPResponseException):
            connection.rset()
        return f"{type(error).__name__}: {error}"[:300]
    return ""


def _settle(key: UUID, error: str) -> None:
    with transaction() as session:
        done = {"last_error": error} if error else {"last_error": "", "sent_at": now()}
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id == key, OutboxMessage.sent_at.is_(None))
            .values(**done)
            .execution_options(synchronize_session=False)
        )


@contextmanager
def _connected(server: Server) -> Iterator[smtplib.SMTP]:
    context = ssl.create_default_context()
    connection: smtplib.SMTP
    if server.is_tls:
        connection = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_SECONDS, context=context)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
    with connection:
        connection.ehlo()
        if not server.is_tls and connection.has_extn("starttls"):
            connection.starttls(context=context)
            connection.ehlo()
        if server.user:
            connection.login(server.user, server.password)
        yield connection
