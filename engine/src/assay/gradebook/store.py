"""Reports and decisions in one SQLite file; rows are only ever added, until a student is forgotten."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from itertools import starmap
from typing import TYPE_CHECKING

import msgspec

from assay.errors import GradebookError
from assay.gradebook.conditions import Conditions
from assay.gradebook.opening import connect, lock, name_of, telling
from assay.gradebook.records import Decision, Entry, Kind, Origin, Person
from assay.model import Report

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["Gradebook", "open_gradebook"]

_CURRENT = """
    number IN (SELECT max(number) FROM reports GROUP BY student, assignment)
    AND (assignment != '' OR NOT EXISTS (
        SELECT 1 FROM reports AS later WHERE later.student = reports.student AND later.number > reports.number))
"""
"""A refusal whose assignment nobody knows is current until its student has a later report."""


class Gradebook:
    """An open gradebook.

    Args:
        path: its file, for sentences.
        connection: to the file; every statement is a transaction.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection

    def seed(self, offered: int) -> int:
        """Return the class's seed; the first one that is offered is kept."""
        with telling(self.path):
            self._connection.execute("INSERT OR IGNORE INTO meta VALUES ('seed', ?)", (str(offered),))
        found = self.kept_seed()
        assert found is not None  # because it is kept now
        return found

    def kept_seed(self) -> int | None:
        """Return the class's seed, if there is one."""
        kept = self._meta("seed")
        return None if kept is None else int(kept)

    def keep_roster(self, people: Sequence[Person]) -> None:
        """Keep the roster, in place of the one before."""
        with telling(self.path):
            self._connection.execute("INSERT OR REPLACE INTO meta VALUES ('roster', ?)", (_text(people),))

    def roster(self) -> list[Person]:
        """Return the roster; nobody if none was kept."""
        kept = self._meta("roster")
        return [] if kept is None else msgspec.json.decode(kept, type=list[Person])

    def _meta(self, name: str) -> str | None:
        with telling(self.path):
            row = self._connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def add(self, report: Report, conditions: Conditions | None, origin: Origin) -> None:
        """Store a report; it is on the disk when this returns.

        Raises:
            GradebookError: it cannot be stored; everything else stays as it was.
        """
        texts = [_text(part) for part in (conditions, origin, report)]
        try:
            same = msgspec.json.decode(texts[2], type=Report) == report
        except msgspec.ValidationError:
            same = False
        if not same:
            text = f"the report of {report.submission.name} cannot be stored: a number of points is not finite"
            raise GradebookError(text)
        with telling(self.path):
            self._connection.execute(
                "INSERT INTO reports (time, student, assignment, conditions, origin, report) VALUES (?, ?, ?, ?, ?, ?)",
                (_now(), report.submission.name, report.assignment, *texts),
            )

    def current(self) -> Iterator[Entry]:
        """Yield the latest report of every student and assignment, sorted by these, one after the other."""
        return self._entries(f"{_CURRENT} ORDER BY student, assignment")

    def history(self, student: str) -> list[Entry]:
        """Return all reports of a student, the oldest first."""
        return list(self._entries("student = ? ORDER BY number", student))

    def students(self) -> set[str]:
        """Return the students who have a report or a decision."""
        with telling(self.path):
            rows = self._connection.execute(
                "SELECT student FROM reports UNION SELECT student FROM decisions"
            ).fetchall()
        return {student for (student,) in rows if student}  # a comment on a cluster is about nobody

    def decide(  # noqa: PLR0913 - each by its name
        self,
        kind: Kind,
        student: str,
        assignment: str,
        target: str,
        *,
        points: float | None = None,
        text: str = "",
        about: str = "",
    ) -> int:
        """Store a decision; return its number."""
        with telling(self.path):
            done = self._connection.execute(
                "INSERT INTO decisions (time, kind, student, assignment, target, points, text, about)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (_now(), kind, student, assignment, target, points, text, about),
            )
        assert done.lastrowid is not None  # because a row was inserted
        return done.lastrowid

    def decisions(self) -> list[Decision]:
        """Return all decisions, the oldest first, withdrawn ones too."""
        with telling(self.path):
            rows = self._connection.execute(
                "SELECT number, time, kind, student, assignment, target, points, text, about FROM decisions"
                " ORDER BY number"
            ).fetchall()
        return [Decision(*row) for row in rows]

    def forget(self, student: str) -> tuple[int, int]:
        """Delete a student's reports and decisions, also from the file's free space; return how many there were."""
        with telling(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                counts = [
                    self._connection.execute(f"DELETE FROM {table} WHERE student = ?", (student,)).rowcount  # noqa: S608 - two fixed names
                    for table in ("reports", "decisions")
                ]
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.rollback()
                raise
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return counts[0], counts[1]

    def _entries(self, where: str, *values: str) -> Iterator[Entry]:
        try:
            with telling(self.path):
                yield from starmap(
                    _entry,
                    self._connection.execute(
                        f"SELECT number, time, conditions, origin, report FROM reports WHERE {where}",  # noqa: S608 - ours
                        values,
                    ),
                )
        except msgspec.MsgspecError as error:
            text = f"{name_of(self.path)} holds a report that this assay cannot read: {error}"
            raise GradebookError(text) from error


@contextlib.contextmanager
def open_gradebook(path: Path, *, create: bool = False, run: bool = False) -> Iterator[Gradebook]:
    """Open a gradebook for the body.

    Args:
        path: its file.
        create: make it if there is none.
        run: keep other runs away from it.

    Raises:
        GradebookError: it cannot be opened, is not a gradebook, is one of a newer assay, or another run has it.
    """
    with contextlib.ExitStack() as stack:
        if run:
            stack.enter_context(lock(path))
        yield Gradebook(path, stack.enter_context(contextlib.closing(connect(path, create=create))))


def _entry(number: int, time: str, conditions: str, origin: str, report: str) -> Entry:
    return Entry(
        number,
        time,
        msgspec.json.decode(conditions, type=Conditions | None),
        msgspec.json.decode(origin, type=Origin),
        msgspec.json.decode(report, type=Report),
    )


def _text(part: object) -> str:
    return msgspec.json.encode(part).decode()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
