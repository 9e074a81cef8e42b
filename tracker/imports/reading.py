"""Imports, reading: a hostile, wrong, huge or lying file becomes a table of typed cells, or a clear reason why not."""

import csv
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from tracker.imports.child import LAST_ROW, MAX_COLUMNS, MAX_ROWS, MAX_TEXT
from tracker.rulebook.types import Text
from tracker.workbook.text import restore

MAX_BYTES = 10 * 1024 * 1024
MAX_ENTRIES = 500
MAX_UNPACKED = 100 * 1024 * 1024
MAX_RATIO = 200
RATIO_FROM = 1024 * 1024
CHILD_SECONDS = 45  # by the clock; processor time is capped in the child

Cell = str | Decimal | date | bool | None


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell that holds an error of the spreadsheet itself, such as #DIV/0!."""

    shown: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet: its own 1-based number and its cells."""

    number: int
    cells: tuple[Cell | CellError, ...]

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in it."""
        return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that was read, with the names of all sheets of its file."""

    name: str
    names: tuple[str, ...]
    rows: tuple[Row, ...]


class UnreadableFileError(Exception):
    """The file cannot be read. `code` says why, `message` says it to a person in both languages."""

    def __init__(self, code: str) -> None:
        super().__init__(MESSAGES[code].en)
        self.code = code
        self.message = MESSAGES[code]


MESSAGES = {
    "empty": Text("The file is empty.", "Le fichier est vide."),
    "too_large": Text("The file is larger than 10 MB.", "Le fichier dépasse 10 Mo."),
    "not_a_table": Text(
        "This is not an Excel workbook (.xlsx) or a CSV file.",
        "Ce n'est ni un classeur Excel (.xlsx) ni un fichier CSV.",
    ),
    "old_excel": Text(
        "This is an old Excel file (.xls) or a protected one. Open it in Excel and save it as an unprotected .xlsx.",
        "C'est un ancien fichier Excel (.xls) ou un fichier protégé. Ouvrez-le dans Excel et enregistrez-le en .xlsx non protégé.",
    ),
    "bomb": Text(
        "The file unpacks to far more than it should. It was not opened.",
        "Le fichier se décompresse en bien plus qu'il ne devrait. Il n'a pas été ouvert.",
    ),
    "macros": Text(
        "The workbook holds macros, links to other files or embedded objects. Save it as a plain .xlsx.",
        "Le classeur contient des macros, des liens vers d'autres fichiers ou des objets intégrés. Enregistrez-le en .xlsx simple.",
    ),
    "broken": Text("The workbook is damaged and cannot be read.", "Le classeur est endommagé et ne peut être lu."),
    "too_long": Text(
        "Reading the workbook took too long or too much memory.",
        "La lecture du classeur a pris trop de temps ou de mémoire.",
    ),
    "too_much": Text(
        "The sheet holds more rows, columns or text than a list can.",
        "La feuille contient plus de lignes, de colonnes ou de texte qu'une liste ne peut en avoir.",
    ),
    "no_header": Text(
        "No row looks like a header: at least a name and a business number have to be named.",
        "Aucune ligne ne ressemble à un en-tête : il faut au moins une colonne pour le nom et une pour le numéro d'entreprise.",
    ),
    "no_sheet": Text("There is no sheet of that name.", "Il n'y a pas de feuille de ce nom."),
}

REFUSED_PARTS = ("vbaproject", "externallinks/", "embeddings/", "activex/")
CHILD = Path(__file__).with_name("child.py")
CHILD_CODES = {3: "no_sheet", 4: "broken", 5: "too_much"}
ENCRYPTED = 0x1  # of a zip entry's flags


def read_file(path: Path, name: str, sheet: str | None = None) -> Sheet:
    """Read one sheet of a file (the first unless named), typed. UnreadableFileError says why it cannot be.

    `name` is what the person called it; only its ending is looked at, and only for CSV.
    """
    size = path.stat().st_size
    if size == 0:
        raise UnreadableFileError("empty")
    if size > MAX_BYTES:
        raise UnreadableFileError("too_large")
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableFileError("old_excel")
    if head.startswith(b"PK"):
        _check_zip(path)
        return _read_workbook(path, sheet)
    if name.lower().endswith((".csv", ".txt", ".tsv")):
        return _read_csv(path.read_bytes())
    raise UnreadableFileError("not_a_table")


def _check_zip(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise UnreadableFileError("broken") from error
    names = [entry.filename.replace("\\", "/").casefold() for entry in entries]
    if "xl/workbook.xml" not in names:
        raise UnreadableFileError("not_a_table")
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        raise UnreadableFileError("old_excel")
    if any(part in name for name in names for part in REFUSED_PARTS):
        raise UnreadableFileError("macros")
    is_dense = any(
        entry.file_size > RATIO_FROM and entry.file_size > MAX_RATIO * max(entry.compress_size, 1) for entry in entries
    )
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED or is_dense:
        raise UnreadableFileError("bomb")


def _read_workbook(path: Path, sheet: str | None) -> Sheet:
    """Parse in a child process that may use little memory and time, and speaks JSON lines only."""
    # -I: neither the working directory nor the environment decides what the child imports; it is given no secrets.
    command = [sys.executable, "-I", str(CHILD), str(path.resolve()), sheet or ""]
    kept = {name: value for name in ("PATH", "SYSTEMROOT") if (value := os.environ.get(name))}
    try:
        done = subprocess.run(  # noqa: S603  (our own interpreter and module)
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=CHILD_SECONDS,
            check=False,
            env=kept,
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadableFileError("too_long") from error
    if done.returncode != 0:
        raise UnreadableFileError(CHILD_CODES.get(done.returncode, "too_long"))
    lines = done.stdout.decode("utf-8").split("\n")
    head = json.loads(lines[0])
    rows = tuple(_row(json.loads(line)) for line in lines[1:] if line)
    return Sheet(head["sheet"], tuple(head["sheets"]), rows)


def _row(packed: Sequence[object]) -> Row:
    number, cells = packed[0], packed[1]
    if not isinstance(number, int) or not isinstance(cells, list):
        raise UnreadableFileError("broken")
    return Row(number, tuple(_cell(cell) for cell in cells))


def _cell(packed: object) -> Cell | CellError:
    if not isinstance(packed, list):
        return None
    kind, value = packed
    if kind == "n":
        return Decimal(value)
    if kind == "d":
        return date.fromisoformat(value)
    if kind == "b":
        return bool(value)
    if kind == "e":
        return CellError(value)
    return restore(str(value))


def _read_csv(content: bytes) -> Sheet:
    text = _decoded(content)
    sample = text[:8192]
    delimiter = max(",;\t", key=lambda mark: _regularity(sample, mark))
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        found = tuple(_csv_rows(rows))
    except csv.Error as error:
        raise UnreadableFileError("too_much") from error  # a text without end: most often a quote that is never closed
    return Sheet("", (), found)


def _csv_rows(rows: Iterable[list[str]]) -> Iterable[Row]:
    """The rows that hold something, each with its own number; no more of anything than a workbook may have."""
    held = 0
    for number, given in enumerate(rows, start=1):
        if number > LAST_ROW:
            raise UnreadableFileError("too_much")
        while given and not given[-1].strip():
            given.pop()
        if not given:
            continue
        held += 1
        if held > MAX_ROWS or len(given) > MAX_COLUMNS or any(len(cell) > MAX_TEXT for cell in given):
            raise UnreadableFileError("too_much")
        yield Row(number, tuple(cell if cell.strip() else None for cell in given))


def _decoded(content: bytes) -> str:
    if b"\x00" in content:
        raise UnreadableFileError("not_a_table")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def _regularity(sample: str, mark: str) -> tuple[int, int]:
    """How well a delimiter fits: the number of columns most lines agree on, then how many agree."""
    counts = [line.count(mark) for line in sample.splitlines() if line.strip()]
    if not counts:
        return (0, 0)
    common = max(set(counts), key=lambda c: (counts.count(c) if c else 0, c))
    return (counts.count(common) if common else 0, common)
