"""Imports, queries: what people have built since on the records a run created, whatever feature keeps it."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from tracker.clients.models import Client, Membership
from tracker.imports.queries import CHUNK
from tracker.platform.db import db

UNDER = ("answer", "finding", "document_version")  # never without an assessment or a request, which is told


def built_upon(created: Mapping[str, Collection[UUID]], since: datetime | None) -> dict[UUID, set[str]]:
    """Created records (ids by table) that anything else hangs on, each with the tables of what hangs there.

    What the run itself created is no obstacle, nor is a team that stands since the run. What belongs to a created client
    is told of the client alone. The database's own keys say what can hang where: a feature added later is not forgotten.
    """
    own = {row_id for ids in created.values() for row_id in ids}
    clients = set(created.get("client", ()))
    found: dict[UUID, set[str]] = {}
    for model, key, parent in keys_to(created):
        for parent_id, row in _hanging(model, key, list(created[parent])):
            is_told = parent != "client" and getattr(row, "client_id", None) in clients
            is_older = isinstance(row, Membership) and since is not None and row.since <= since
            if row.id not in own and not is_told and not is_older:
                found.setdefault(parent_id, set()).add(model.__tablename__)
    return found


def keys_to(created: Mapping[str, Collection[UUID]]) -> Iterator[tuple[Any, str, str]]:
    """(model, attribute, table) of every foreign key that leads to a table with created records."""
    for mapper in Client.registry.mappers:
        is_worked_out = getattr(mapper.class_, "__audited__", True) is False  # and goes with the rows behind it
        for key in () if is_worked_out or mapper.class_.__tablename__ in UNDER else mapper.local_table.foreign_keys:
            if created.get(key.column.table.name) and key.column.name == "id":
                yield mapper.class_, mapper.get_property_by_column(key.parent).key, key.column.table.name


def _hanging(model: Any, key: str, ids: list[UUID]) -> Iterator[tuple[UUID, Any]]:
    column = getattr(model, key)
    for start in range(0, len(ids), CHUNK):
        for row in db.session.scalars(select(model).where(column.in_(ids[start : start + CHUNK]))):
            yield getattr(row, key), row


def kind_words() -> dict[str, str]:
    """Records in words, by table."""
    return {
        "allocation": _("share of an instrument"),
        "assessment": _("assessment"),
        "client_note": _("note"),
        "contact": _("contact"),
        "delegation": _("delegation"),
        "document_request": _("document request"),
        "engagement": _("engagement"),
        "instrument": _("security"),
        "instrument_reading": _("document of an instrument read"),
        "membership": _("team"),
        "portal_figure": _("portal figure"),
        "program_account": _("account"),
        "reduction_request": _("reduction request"),
        "renewal": _("renewal"),
        "statement": _("statement"),
        "task": _("task"),
        "told_figure": _("figure a client told"),
        "user_account": _("person with access"),
    }
