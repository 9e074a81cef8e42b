"""Reports, commands: one pack a client, each in the client's language, together in a zip. One pack in memory at a time."""

import itertools
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID
from zipfile import ZIP_STORED, ZipFile

from flask_babel import force_locale
from flask_babel import gettext as _

from tracker.platform.db import db
from tracker.platform.errors import Refusal
from tracker.platform.languages import locale_of
from tracker.reports.addresses import to_nowhere
from tracker.reports.building import make
from tracker.reports.contents import Order
from tracker.reports.queries import clients_to_pack

A_PART = 50  # packs that one request of a browser waits for
MAX_NAME = 80
_FORBIDDEN = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')


def parts_of(clients: int) -> int:
    """How many parts the packs of so many clients come in."""
    return -(-clients // A_PART)


def pack(
    path: Path, *, as_of: date, made_by: str, language: str | None = None, part: int | None = None
) -> list[dict[str, Any]]:
    """Write the packs of the active clients in scope, or the `part`th fifty of them, into a zip at `path`; returns
    `[{"name", "rows"}]` by file. `language` replaces each client's own. Refusal when there is no such client."""
    clients = named(clients_to_pack())  # all of them: the parts of one day may be unpacked into one folder
    if part is not None:
        clients = clients[(part - 1) * A_PART : part * A_PART] if part > 0 else []
    if not clients:
        raise Refusal("client", _("There is no active client to pack for."))
    with TemporaryDirectory(dir=path.parent, prefix=".packs-") as room:
        whole = Path(room) / "packs.zip"
        with ZipFile(whole, "w", ZIP_STORED) as bundle:  # a workbook is a zip already
            answer = [_add(bundle, Path(room), client, as_of, made_by, language) for client in clients]
        whole.replace(path)
    return answer


def _add(
    bundle: ZipFile, room: Path, client: tuple[UUID, str, str], as_of: date, made_by: str, language: str | None
) -> dict[str, Any]:
    client_id, name, own = client
    book = room / "pack.xlsx"
    with force_locale(locale_of(language or own)):
        sheets = make(Order("client", as_of, made_by, to_nowhere, client_id), book)
    bundle.write(book, name)
    db.session.expunge_all()  # what this client needed, the next one does not
    return {"name": name, "rows": sum(sheet["rows"] for sheet in sheets)}


def named(clients: Sequence[tuple[UUID, str, str | None, str]]) -> list[tuple[UUID, str, str]]:
    """Each client's file by its name and number; two of the same name and no number are told apart by a count.

    A client whose own name is "Acme (2)" keeps it: the second Acme counts on to the next that is free.
    """
    stems = [_stem(name, number) for _id, name, number, _language in clients]
    own, taken = {stem.casefold() for stem in stems}, set[str]()
    found = []
    for (client_id, _name, _number, language), stem in zip(clients, stems, strict=True):
        counted = (f"{stem} ({count})" for count in itertools.count(2))
        free = (name for name in counted if name.casefold() not in own | taken)
        chosen = next(free) if stem.casefold() in taken else stem
        taken.add(chosen.casefold())
        found.append((client_id, f"{chosen}.xlsx", language))
    return found


def _stem(name: str, number: str | None) -> str:
    stem = " ".join(_FORBIDDEN.sub(" ", name).split())[:MAX_NAME].strip(". ") or "client"
    return f"{stem} {number}" if number else stem
