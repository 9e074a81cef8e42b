"""Guarantees, commands: what an instrument's own document says, read into the file so that it can be held against ours."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from tracker.clients.business_number import check_business_number
from tracker.documents.queries import version_row
from tracker.guarantees.commands.figures import check_day
from tracker.guarantees.models import Instrument, InstrumentReading
from tracker.platform.actor import Actor
from tracker.platform.audit import record
from tracker.platform.db import db
from tracker.platform.edge import check_version
from tracker.platform.errors import Refusal
from tracker.platform.money import ZERO, to_cents


def read_document(
    actor: Actor,
    *,
    instrument: Instrument,
    amount: Decimal,
    read_on: date,
    today: date,
    version: int = 0,
    number: str | None = None,
    business_number: str | None = None,
    valid_from: date | None = None,
    valid_until: date | None = None,
    file_id: UUID | None = None,
) -> InstrumentReading:
    """Note what the document of an instrument says (CAD); read anew, it replaces what was read before, of `version` (0: none).

    It changes nothing of the register: cover goes on being worked out from what the firm recorded. Refusal beside the
    field that cannot be: an amount not above zero, a business number that is none, an end before its begin, a day to
    come, a file of another client.
    """
    reading = db.session.scalars(
        select(InstrumentReading).where(InstrumentReading.instrument_id == instrument.id)
    ).one_or_none()
    if amount <= ZERO:
        raise Refusal("amount", _("An amount above zero, please."))
    check_day("read_on", read_on, today)
    if valid_from is not None and valid_until is not None and valid_until < valid_from:
        raise Refusal("valid_until", _("It ends before it begins."))
    bn9 = _bn9(business_number)
    _check_file(instrument, file_id)
    if reading is None:
        reading = InstrumentReading(client_id=instrument.client_id, instrument_id=instrument.id)
        db.session.add(reading)
    else:
        check_version(reading, version)
    reading.amount, reading.number, reading.business_number = to_cents(amount), number, bn9
    reading.valid_from, reading.valid_until, reading.file_id = valid_from, valid_until, file_id
    reading.read_on, reading.read_by = read_on, actor.name
    record(actor, "instrument-document:read", reading)
    db.session.flush()
    return reading


def _bn9(typed: str | None) -> str | None:
    """The nine digits of a business number or program account number, however typed."""
    if not typed:
        return None
    result = check_business_number(typed)
    if result.normalized is None:
        raise Refusal("business_number", _("This is no business number: nine digits, with or without the account."))
    return result.normalized[:9]


def _check_file(instrument: Instrument, file_id: UUID | None) -> None:
    if file_id is None:
        return
    row = version_row(file_id)
    if row is None or row.client_id != instrument.client_id:
        raise Refusal("file_id", _("This file is not on file for this client."))
