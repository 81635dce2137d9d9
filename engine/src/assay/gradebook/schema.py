"""A gradebook's tables, and the statements that lead from each version of them to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from assay.errors import GradebookError

if TYPE_CHECKING:
    import sqlite3

__all__ = ["migrate"]

_APPLICATION: Final = 0x41535359
"""Tells a gradebook from every other SQLite file: "ASSY"."""

_MIGRATIONS: Final = (
    """
    CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
    CREATE TABLE reports (
        number INTEGER PRIMARY KEY AUTOINCREMENT, time TEXT NOT NULL, student TEXT NOT NULL, assignment TEXT NOT NULL,
        conditions TEXT NOT NULL, origin TEXT NOT NULL, report TEXT NOT NULL
    );
    CREATE INDEX reports_of ON reports (student, assignment);
    CREATE TABLE decisions (
        number INTEGER PRIMARY KEY AUTOINCREMENT, time TEXT NOT NULL, kind TEXT NOT NULL, student TEXT NOT NULL,
        assignment TEXT NOT NULL, target TEXT NOT NULL, points REAL, text TEXT NOT NULL, about TEXT NOT NULL
    );
    """,
)
"""One script a version; a file's `user_version` counts them."""


def migrate(connection: sqlite3.Connection, name: str) -> None:
    """Bring a gradebook to this version of the schema, in one transaction.

    Args:
        connection: the open file, which may be empty.
        name: what a sentence calls it.

    Raises:
        GradebookError: it is not a gradebook, or one of a newer assay.
    """
    version = _version(connection, name)
    if version == len(_MIGRATIONS):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        for script in _MIGRATIONS[_version(connection, name) :]:
            for statement in script.split(";"):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {_APPLICATION}")
        connection.execute(f"PRAGMA user_version = {len(_MIGRATIONS)}")
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise


def _version(connection: sqlite3.Connection, name: str) -> int:
    """Return the version of the schema, 0 for an empty file."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application != _APPLICATION and (application or version or tables):
        text = f"{name} is not a gradebook"
        raise GradebookError(text)
    if version > len(_MIGRATIONS):
        text = (
            f"{name} was written by a newer assay: its schema has version {version}, and this assay knows"
            f" {len(_MIGRATIONS)}; upgrade assay"
        )
        raise GradebookError(text)
    found: int = version
    return found
