"""Guarantees, views: an instrument: record, correct, move through its life, let it count."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.clients.models import ProgramAccount
from tracker.documents.queries import newest_files, version_row
from tracker.guarantees import commands, queries
from tracker.guarantees.cautions import cautions_of
from tracker.guarantees.enums import InstrumentKind, InstrumentState
from tracker.guarantees.forms.recording import (
    SHARE,
    AcceptForm,
    DocumentForm,
    InstrumentEditForm,
    InstrumentForm,
    MoveForm,
    SentForm,
    UnpostedEditForm,
    with_accounts,
)
from tracker.guarantees.models import Instrument, InstrumentReading
from tracker.guarantees.rules import allowed_moves, check_notice, days_of_notice
from tracker.guarantees.rules.sizing import count_of
from tracker.guarantees.showing import comparison
from tracker.guarantees.views.blueprint import bp
from tracker.guarantees.words import STATE_TONES, STATE_WORDS
from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.actor import actor
from tracker.platform.clock import today
from tracker.platform.edge import attempt
from tracker.platform.languages import language
from tracker.platform.money import parse_amount
from tracker.platform.pages import cited, day, found, page
from tracker.rulebook.book import rules_at
from tracker.rulebook.types import Rules


@bp.route("/clients/<uuid:client_id>/instruments/new", methods=["GET", "POST"])
@requires(get=Permission.GUARANTEE_EDIT, post=Permission.GUARANTEE_EDIT)
def new_instrument(client_id: UUID) -> ResponseReturnValue:
    """Record a bond, deposit or other security."""
    header = found(queries.client_header(client_id))
    accounts = queries.open_accounts(client_id)
    form = with_accounts(InstrumentForm, accounts)(state=InstrumentState.QUOTE.value, **_proposed(accounts))
    form.kind.choices = _kind_choices()
    form.provider_id.choices = [("", _("not named yet")), *queries.provider_choices()]

    made: list[Instrument] = []

    def act() -> str:
        made.append(commands.add_instrument(actor(), client_id=client_id, on=today(), **form.values()))
        return url_for("guarantees.client", client_id=client_id)

    done = attempt(form, act, _("Recorded."))
    if done is not None:
        _caution(*made)
    return done or page("guarantees/instrument_form.html", form=form, header=header, instrument=None)


@bp.route("/instruments/<uuid:instrument_id>", methods=["GET", "POST"])
@requires(get=Permission.GUARANTEE_EDIT, post=Permission.GUARANTEE_EDIT)
def edit_instrument(instrument_id: UUID) -> ResponseReturnValue:
    """Correct an instrument, and its shares."""
    instrument = found(queries.get_instrument(instrument_id))
    accounts = queries.accounts_to_share(instrument.client_id, instrument_id)
    shares = queries.shares_of(instrument_id)
    kept: dict[str, Any] = {f"{SHARE}{key}": amount for key, amount in shares.items()}
    form = _edit_form(instrument, accounts)(obj=instrument, **kept)
    form.provider_id.choices = [("", _("not named yet")), *queries.provider_choices()]

    def act() -> str:
        commands.edit_instrument(actor(), instrument=instrument, **form.values())
        return url_for("guarantees.client", client_id=instrument.client_id)

    done = attempt(form, act, _("Saved."))
    if done is not None:
        _caution(instrument)
    return done or _instrument_page(instrument_id, form=form)


@bp.post("/instruments/<uuid:instrument_id>/move")
@requires(Permission.GUARANTEE_EDIT)
def move_instrument(instrument_id: UUID) -> ResponseReturnValue:
    """Take an instrument to its next state."""
    instrument = found(queries.get_instrument(instrument_id))
    moves = MoveForm()
    moves.offer(allowed_moves(instrument.kind, instrument.state))
    had_notice = instrument.state is InstrumentState.ENDING

    def act() -> str:
        commands.move_instrument(actor(), instrument=instrument, today=today(), **moves.values())
        return url_for("guarantees.client", client_id=instrument.client_id)

    done = attempt(moves, act, _("Moved on."))
    if done is not None:
        _caution(instrument)
        if had_notice and instrument.state is InstrumentState.SEEN_IN_PORTAL and moves.valid_until.data is None:
            flash(
                _(
                    "Its cover still ends on %(day)s, as the provider's notice said. Correct the day if that is withdrawn.",
                    day=day(instrument.valid_until),
                ),
                "warn",
            )
    return done or _instrument_page(instrument_id, moves=moves)


@bp.post("/instruments/<uuid:instrument_id>/sent")
@requires(Permission.GUARANTEE_EDIT)
def send_instrument(instrument_id: UUID) -> ResponseReturnValue:
    """Note that it was sent to CBSA on paper."""
    instrument = found(queries.get_instrument(instrument_id))
    sending = SentForm()

    def act() -> str:
        commands.send_instrument(actor(), instrument=instrument, today=today(), **sending.values())
        return url_for("guarantees.edit_instrument", instrument_id=instrument_id)

    done = attempt(sending, act, _("Noted: it lies with CBSA, and pending protects."))
    return done or _instrument_page(instrument_id, sending=sending)


@bp.post("/instruments/<uuid:instrument_id>/accept")
@requires(Permission.GUARANTEE_EDIT)
def accept_instrument(instrument_id: UUID) -> ResponseReturnValue:
    """Let a kind count that CBSA is not known to accept, with the firm's reason."""
    instrument = found(queries.get_instrument(instrument_id))
    acceptance = AcceptForm()

    def act() -> str:
        commands.accept_instrument(actor(), instrument=instrument, **acceptance.values())
        return url_for("guarantees.client", client_id=instrument.client_id)

    done = attempt(acceptance, act, _("It counts from now on."))
    return done or _instrument_page(instrument_id, acceptance=acceptance)


@bp.post("/instruments/<uuid:instrument_id>/document")
@requires(Permission.GUARANTEE_EDIT)
def read_document(instrument_id: UUID) -> ResponseReturnValue:
    """Note what its document says, to hold it against our register."""
    instrument = found(queries.get_instrument(instrument_id))
    reading = DocumentForm()
    kept = queries.reading_of(instrument_id)
    reading.file_id.choices = _file_choices(instrument.client_id, kept.file_id if kept else None)

    def act() -> str:
        commands.read_document(actor(), instrument=instrument, today=today(), **reading.values())
        return url_for("guarantees.edit_instrument", instrument_id=instrument_id, _anchor="document")

    done = attempt(reading, act, _("Noted: it stands beside our register."))
    return done or _instrument_page(instrument_id, reading=reading)


def _instrument_page(
    instrument_id: UUID,
    *,
    form: InstrumentForm | None = None,
    moves: MoveForm | None = None,
    acceptance: AcceptForm | None = None,
    sending: SentForm | None = None,
    reading: DocumentForm | None = None,
) -> ResponseReturnValue:
    """The instrument's page with its forms, of which one may carry errors."""
    instrument = found(queries.get_instrument(instrument_id))
    sent = form or moves or acceptance or sending or reading
    if form is None:
        accounts = queries.accounts_to_share(instrument.client_id, instrument_id)
        kept: dict[str, Any] = {f"{SHARE}{k}": v for k, v in queries.shares_of(instrument_id).items()}
        form = _edit_form(instrument, accounts)(formdata=None, obj=instrument, **kept)
        form.provider_id.choices = [("", _("not named yet")), *queries.provider_choices()]
    if moves is None:
        moves = MoveForm(formdata=None, on=today(), version=instrument.version)
        moves.offer(allowed_moves(instrument.kind, instrument.state))
    is_sent_form = sent is form
    status = 422 if request.method == "POST" and not is_sent_form else 200
    if not is_sent_form and sent is not None and sent.is_stale:
        status = 409
    rules = rules_at(today())
    kind = rules.instruments[instrument.kind.value]
    header = found(queries.client_header(instrument.client_id))
    read = queries.reading_of(instrument_id)
    return page(
        "guarantees/instrument_form.html",
        form=form if is_sent_form else None,
        status=status,
        edit_form=form,
        moves=moves,
        sending=sending or SentForm(formdata=None, on=today(), version=instrument.version),
        acceptance=acceptance or AcceptForm(formdata=None, version=instrument.version),
        kind=kind,
        in_other_form=_accounts_in_another_form(instrument, kind.form),
        short_notice=_short_notice(instrument, rules),
        cautions=cautions_of(instrument, rules, language()),
        instrument=instrument,
        state=(STATE_TONES[instrument.state], STATE_WORDS[instrument.state]),
        header=header,
        read=read,
        read_file=version_row(read.file_id) if read and read.file_id else None,
        compared=comparison(instrument, read, header.bn9, language()) if read else (),
        reading=reading or _reading_form(instrument, read),
    )


def _edit_form(instrument: Instrument, accounts: Sequence[ProgramAccount]) -> type[InstrumentForm]:
    """The form to correct it with; the day since which CBSA has it only where it had it."""
    base = InstrumentEditForm if instrument.posted_on is not None else UnpostedEditForm
    return with_accounts(base, accounts)


def _reading_form(instrument: Instrument, read: InstrumentReading | None) -> DocumentForm:
    """What was read, to read anew; nothing of our register is filled in, or it would be compared with itself."""
    version = read.version if read else 0
    form = DocumentForm(formdata=None, obj=read, read_on=today(), version=version)
    form.read_on.data, form.version.data = today(), str(version)
    form.file_id.data = str(read.file_id) if read and read.file_id else None
    form.file_id.choices = _file_choices(instrument.client_id, read.file_id if read else None)
    return form


def _file_choices(client_id: UUID, kept_id: UUID | None) -> list[tuple[str, str]]:
    """The client's newest files, and the one that was chosen before, however many came after it."""
    rows = list(newest_files(client_id))
    kept = version_row(kept_id) if kept_id and all(row.id != kept_id for row in rows) else None
    rows += [kept] if kept else []
    return [("", _("not on file here")), *((str(row.id), f"{row.file_name} · {day(row.uploaded_at)}") for row in rows)]


def _caution(*saved: Instrument) -> None:
    """Say after saving what is unusual about it: the page that follows is the client's, not its own."""
    for instrument in saved:
        for caution in cautions_of(instrument, rules_at(today()), language()):
            flash(caution.text, "warn")


def _short_notice(instrument: Instrument, rules: Rules) -> dict[str, Any] | None:
    """The provider's notice where it is shorter than the law asks: its days, and the fact that says so."""
    given = days_of_notice(instrument.state, instrument.notice_received_on, instrument.valid_until)
    fact = rules.fact("rpp.provider_notice_days")
    if check_notice(given, count_of(fact)) is None:
        return None
    return {"days": given, "law": fact.text.in_(language()), "citations": cited(fact.citations)}


def _accounts_in_another_form(instrument: Instrument, form: str) -> list[str]:
    """Numbers of the accounts it is shared over whose requirement is sized for the other form: there it counts nothing."""
    shares = queries.shares_of(instrument.id)
    return [
        row.number
        for row in queries.open_accounts(instrument.client_id)
        if row.id in shares and row.security_form != form
    ]


def _proposed(accounts: Sequence[ProgramAccount]) -> dict[str, Decimal]:
    """Amounts that a link proposes (a bond spread over accounts); what is no amount is passed over."""
    proposed = {}
    for name in ("amount", *(f"{SHARE}{account.id}" for account in accounts)):
        try:
            proposed[name] = parse_amount(request.args.get(name, ""))
        except ValueError:
            continue
    return proposed


def _kind_choices() -> list[tuple[str, str]]:
    kinds = rules_at(today()).instruments
    return [(kind.value, kinds[kind.value].name.in_(language())) for kind in InstrumentKind]
