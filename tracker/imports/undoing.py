"""Imports, commands: taking a whole run back, as long as nobody has built on what it wrote."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from tracker.clients.models import Client, Contact, ProgramAccount, Statement
from tracker.coordination.models import Delegation, Partner
from tracker.guarantees.models import Allocation, Instrument
from tracker.imports import queries
from tracker.imports.built_upon import built_upon, kind_words
from tracker.imports.enums import RunState
from tracker.imports.inviting import with_access
from tracker.imports.models import ImportChange, ImportRun
from tracker.platform.actor import Actor
from tracker.platform.audit import record
from tracker.platform.clock import now
from tracker.platform.db import db
from tracker.platform.edge import check_version
from tracker.platform.errors import Refusal

TABLES: dict[str, Any] = {
    model.__tablename__: model
    for model in (Client, ProgramAccount, Contact, Partner, Delegation, Instrument, Allocation, Statement)
}
NAMED = 5  # of the records in the way


def undo(actor: Actor, *, run: ImportRun, version: int) -> ImportRun:
    """Take a whole run back: what it created is removed, what it changed is put back.

    Refusal when somebody has built on it since, or saved any of its records since, and which. It is all or nothing: half
    an import taken back is a state nobody looked at, and what a person typed is never lost to a button of another's.
    """
    check_version(run, version)
    if run.state is not RunState.APPLIED:
        raise Refusal(None, _("Only an applied import can be undone."))
    changes = list(reversed(queries.changes_of_run(run.id)))
    rows = _rows_of(changes)
    _refuse_built_upon(run, changes, rows)
    _refuse_edited(changes, rows)
    touched: set[UUID] = set()
    for change in changes:
        row = rows.get(change.subject_id)
        if row is None:
            continue
        client_id = row.id if isinstance(row, Client) else getattr(row, "client_id", None)
        if client_id is not None:
            touched.add(client_id)
        if change.before is None:
            db.session.delete(row)
        else:
            _put_back(row, change.before)
    _hand_on(changes, rows)
    for client_id in sorted(touched):
        record(actor, "import:undone", run, client_id=client_id, summary=run.file_name, changes={})
    run.state, run.undone_at = RunState.UNDONE, now()
    record(actor, "import:undone", run, summary=run.file_name)
    return run


def _rows_of(changes: Sequence[ImportChange]) -> dict[UUID, Any]:
    """The records a run wrote that are still there."""
    wanted: dict[str, list[UUID]] = {}
    for change in changes:
        wanted.setdefault(change.subject_type, []).append(change.subject_id)
    found: dict[UUID, Any] = {}
    for kind, ids in wanted.items():
        model = TABLES[kind]
        for start in range(0, len(ids), queries.CHUNK):
            query = select(model).where(model.id.in_(ids[start : start + queries.CHUNK]))
            found |= {row.id: row for row in db.session.scalars(query)}
    return found


def _put_back(row: Any, before: dict[str, Any]) -> None:
    for key, value in before.items():
        column = type(row).__mapper__.columns[key]
        python_type = column.type.python_type if value is not None else None
        if key.endswith("_amount"):
            value = None if value is None else Decimal(value)
        elif python_type is date:
            value = date.fromisoformat(value)
        elif value is not None and python_type not in (None, str, int, list, dict):
            value = python_type(value)
        setattr(row, key, value)


def _refuse_edited(changes: Sequence[ImportChange], rows: dict[UUID, Any]) -> None:
    edited = [change for change in changes if _is_edited(change, rows.get(change.subject_id))]
    if not edited:
        return
    named = {change.subject_id: _name(change, rows[change.subject_id]) for change in reversed(edited)}
    raise Refusal(
        None,
        _(
            "%(count)s of its records were saved since, and an undo would lose that: %(names)s. "
            "Put right by hand what the list got wrong, or archive the clients.",
            count=len(named),
            names=_shown(named.values()),
        ),
    )


def _is_edited(change: ImportChange, row: Any) -> bool:
    """Whether a record was saved since the run wrote it. An invitation to the portal is one save, and no edit."""
    if row is None or change.version_after is None:
        return False
    invitations = 1 if isinstance(row, Contact) and row.user_id is not None else 0
    return bool(row.version != change.version_after + invitations)


def _name(change: ImportChange, row: Any) -> str:
    """What a person calls a record, with its row in the file; one without a name is its client's."""
    own = getattr(row, "legal_name", None) or getattr(row, "number", None) or getattr(row, "name", None)
    if not own and (client := db.session.get(Client, row.client_id)):
        own = f"{client.legal_name}, {kind_words()[change.subject_type]}"
    place = _("row %(row)s", row=change.row_number)
    return f"{own} ({place})" if own else place


def _shown(names: Iterable[str], between: str = ", ") -> str:
    listed = list(names)
    return between.join(listed[:NAMED]) + (f"{between}…" if len(listed) > NAMED else "")


def _hand_on(changes: Sequence[ImportChange], rows: dict[UUID, Any]) -> None:
    """What earlier runs wrote stands again, two versions later: they move along, so that runs can be taken back in turn.

    A save by a person between two runs leaves its gap between their versions, and still stops the earlier one.
    """
    put_back = {c.subject_id: c for c in changes if c.before is not None and c.version_after and c.subject_id in rows}
    if put_back:
        db.session.flush()
    ids = list(put_back)
    for start in range(0, len(ids), queries.CHUNK):
        query = select(ImportChange).where(ImportChange.subject_id.in_(ids[start : start + queries.CHUNK]))
        for earlier in db.session.scalars(query):
            after = put_back[earlier.subject_id].version_after or 0
            if earlier.version_after is not None and earlier.version_after < after:
                earlier.version_after += rows[earlier.subject_id].version - (after - 1)


def _refuse_built_upon(run: ImportRun, changes: Sequence[ImportChange], rows: Mapping[UUID, Any]) -> None:
    created: dict[str, list[UUID]] = {}
    for change in changes:
        if change.before is None:
            created.setdefault(change.subject_type, []).append(change.subject_id)
    if with_access(created.get("contact", [])):
        raise Refusal(
            None,
            _("People of this import were invited to the portal. Withdraw their access first, or archive the clients."),
        )
    found, words = built_upon(created, run.applied_at), kind_words()
    if not found:
        return
    named = [
        f"{_name(change, rows[change.subject_id])}{_(':')} {', '.join(sorted(words[kind] for kind in kinds))}"
        for change in reversed(changes)
        if (kinds := found.get(change.subject_id)) and change.subject_id in rows
    ]
    raise Refusal(
        None,
        _(
            "Work has begun on what this import brought in: %(names)s. Take that work back first, or archive the clients.",
            names=_shown(named, "; "),
        ),
    )
