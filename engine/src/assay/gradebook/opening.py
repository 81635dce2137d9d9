"""A gradebook's file: made, opened and locked; what SQLite says becomes a sentence."""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from assay.errors import GradebookError
from assay.gradebook import schema
from assay.gradebook.filesystems import filesystem_of, is_shared
from assay.text import MAX_PATH_CHARS, escape

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["connect", "journal_note", "lock", "name_of", "telling"]

_WAIT_SECONDS: Final = 10.0
"""Another command writes for milliseconds."""

_OWNER_ALONE: Final = 0o600

_SENTENCES: Final = {
    sqlite3.SQLITE_FULL: "cannot be written: the disk is full. Everything stored before is safe: free some space, and"
    " run the same command",
    sqlite3.SQLITE_READONLY: "cannot be written: the file or its folder is read-only",
    sqlite3.SQLITE_BUSY: "is in use by another command: run this one again when that has ended",
    sqlite3.SQLITE_NOTADB: "is not a gradebook",
    sqlite3.SQLITE_CORRUPT: "is damaged: restore it from a backup",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened: the file or its folder may be read-only, or of another user",
}
_PRIMARY: Final = 0xFF
"""Of SQLite's error codes; the other bits say more."""


@contextlib.contextmanager
def telling(path: Path) -> Iterator[None]:
    """Raise a GradebookError that names the file if SQLite fails in the body."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
        text = f"{name_of(path)} {_SENTENCES.get(code, f'cannot be used: {error}')}"
        raise GradebookError(text) from error


def name_of(path: Path) -> str:
    """Return a path for a sentence."""
    return escape(os.fsencode(path).decode(errors="replace"), MAX_PATH_CHARS)


def connect(path: Path, *, create: bool) -> sqlite3.Connection:
    """Open a gradebook; make it, for its owner alone, if there is none and `create` says so.

    Raises:
        GradebookError: it cannot be opened, is not a gradebook, or is one of a newer assay.
    """
    _require_file(path, create=create)
    with telling(path):
        address = f"file:{quote(os.fsencode(path.absolute()))}?mode=rw"
        connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=_WAIT_SECONDS)
        try:
            schema.migrate(connection, name_of(path))
            journal = "delete" if is_shared(filesystem_of(path.parent)) else "wal"
            if connection.execute("PRAGMA journal_mode").fetchone()[0] != journal:
                connection.execute(f"PRAGMA journal_mode = {journal}")
            connection.execute("PRAGMA synchronous = FULL")  # a commit reaches the disk before the next one begins
            connection.execute("PRAGMA secure_delete = ON")  # deleted rows are overwritten
        except BaseException:
            connection.close()
            raise
    return connection


def journal_note(path: Path) -> str | None:
    """Return a sentence if the write-ahead log is not used, because of the file system."""
    kind = filesystem_of(path.parent)
    if not is_shared(kind):
        return None
    return f"{name_of(path)} lies on {kind}, where SQLite's write-ahead log is unsafe: a rollback journal is used"


@contextlib.contextmanager
def lock(path: Path) -> Iterator[None]:
    """Keep other runs away from a gradebook; the kernel frees the lock when this process ends, however it ends.

    Raises:
        GradebookError: another run has it.
    """
    beside = path.with_name(f"{path.name}.lock")
    try:
        file = _locked(beside)
    except BlockingIOError as error:
        text = f"{name_of(path)} is in use by another run: run this command again when that has ended"
        raise GradebookError(text) from error
    except OSError as error:
        text = f"{name_of(path)} cannot be locked: {error.strerror}"
        raise GradebookError(text) from error
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()
        os.close(file)


def _locked(path: Path) -> int:
    """Lock the file that has this path; the run before may have removed it between opening and locking."""
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT, _OWNER_ALONE)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(file), path.stat()):
                    return file
        except BaseException:
            os.close(file)
            raise
        os.close(file)


def _require_file(path: Path, *, create: bool) -> None:
    try:
        if create:
            os.close(os.open(path, os.O_RDONLY | os.O_CREAT, _OWNER_ALONE))
        if path.is_file():
            return
    except OSError as error:
        text = f"{name_of(path)} cannot be opened: {error.strerror}"
        raise GradebookError(text) from error
    if path.exists():
        text = f"{name_of(path)} is not a gradebook"
        raise GradebookError(text)
    text = f"{name_of(path)} does not exist: assay grade PATH --gradebook {name_of(path)} makes it"
    raise GradebookError(text)
