"""Documents, intake: files off a request and safely on disk before the transaction; swept away when no row took them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256

from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from tracker.config import UPLOAD_LIMIT_BYTES
from tracker.documents.rules import clean_name
from tracker.platform.errors import Refusal
from tracker.platform.files import StoredFile, path_of, store

MAX_FILES = 10
# The whole request: a few large files together, plus what multipart adds around them.
BODY_LIMIT_BYTES = 4 * UPLOAD_LIMIT_BYTES + 64 * 1024


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file on disk that no row points at yet, and the name it came with."""

    name: str
    stored: StoredFile


@dataclass(slots=True)
class Intake:
    """The files of one request: either all of them, or the sentences that say why none was taken."""

    files: list[NewFile] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    is_kept: bool = False

    def take(self) -> Sequence[NewFile]:
        """The files, for the command that makes them rows; from now on they are not swept away."""
        self.is_kept = True
        return self.files

    def key(self, once: str | None) -> str | None:
        """The form's one-time key for exactly these files: sent twice is one, other files under the same key are not lost."""
        marks = "".join(new.stored.sha256 for new in self.files)
        return f"{once}-{sha256(marks.encode()).hexdigest()[:16]}" if once else None

    def sweep(self) -> None:
        """Remove from disk what no row took."""
        for new in self.files:
            path_of(new.stored.key).unlink(missing_ok=True)
        self.files.clear()


@contextmanager
def intake(sent: Sequence[FileStorage] | None) -> Iterator[Intake]:
    """Store the files sent (at most 10, 25 MB each) all or none. Sweeps up unless `take()` was called and nothing raised."""
    found = Intake()
    try:
        _store_all(found, [file for file in sent or () if file and file.filename])
        yield found
    except BaseException:
        found.is_kept = False
        raise
    finally:
        if not found.is_kept:
            found.sweep()


def _store_all(found: Intake, sent: Sequence[FileStorage]) -> None:
    if not sent:
        found.refusals.append(Refusal("files", _("Choose a file first.")))
    if len(sent) > MAX_FILES:
        found.refusals.append(Refusal("files", _("At most %(max)s files at a time.", max=MAX_FILES)))
        return
    for file in sent:
        name = clean_name(file.filename)
        try:
            found.files.append(NewFile(name, store(file.stream, name, limit=UPLOAD_LIMIT_BYTES)))
        except Refusal as refusal:
            # A fresh one: the caught one holds on to the frames, and with them to the file sent.
            found.refusals.append(Refusal(refusal.field, refusal.message))
        finally:
            file.close()
    if found.refusals:
        found.sweep()
