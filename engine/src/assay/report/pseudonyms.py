"""Pseudonyms: a report that does not tell whose it is, and the file that does."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from assay.errors import ExportError
from assay.model import Names, SubmissionInfo, Verdict
from assay.report.decided import Deduction, Given

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from assay.model import ExerciseResult, Report
    from assay.report.decided import Decided

__all__ = ["pseudonymous", "pseudonyms_in"]

_DIGITS: Final = 8
_OWNER_ALONE: Final = 0o600
_REASON: Final = "a person has to look at it"


def pseudonymous(report: Report, decided: Decided, pseudonym: str) -> tuple[Report, Decided]:
    """Return a report and its decisions without names, and without texts, because any text may tell who wrote it."""
    exercises = tuple(map(_without_texts, report.exercises))
    numbers = {exercise.id for exercise in exercises}
    return replace(
        report,
        submission=SubmissionInfo(pseudonym, "", ""),
        reason=_REASON if report.reason else None,
        exercises=exercises,
        answers=tuple(replace(a, text="", comment=None) for a in report.answers if a.exercise in numbers),
        handed_in=Names((), ()),
    ), decided._replace(
        answers={number: Given(given.points, "") for number, given in decided.answers.items()},
        late=Deduction(decided.late.points, "") if decided.late else None,
        open=(_REASON,) if decided.open else (),
        told=(_REASON,) if decided.told else (),
    )


def pseudonyms_in(path: Path, names: Iterable[str]) -> dict[str, str]:
    """Return a pseudonym for each name: those in the file, and new random ones, which are added to it.

    Raises:
        ExportError: the file cannot be read or written, or is not a file of pseudonyms.
    """
    try:
        known = msgspec.json.decode(path.read_bytes(), type=dict[str, str]) if path.exists() else {}
        found = dict(known)
        for name in sorted(set(names) - known.keys()):
            found[name] = f"student-{secrets.token_hex(_DIGITS // 2)}"
        if len(set(found.values())) < len(found):
            msg = f"{path} gives two students one pseudonym"
            raise ExportError(msg)
        if found != known:
            _write(path, msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    except msgspec.MsgspecError as error:
        msg = f"{path} is not a file of pseudonyms: {error}"
        raise ExportError(msg) from None
    except OSError as error:
        msg = f"{path} cannot be used for pseudonyms: {error.strerror}"
        raise ExportError(msg) from None
    return found


def _write(path: Path, content: bytes) -> None:
    """Replace the file, readable by its owner alone, so that an interrupt never leaves half of it."""
    new = path.with_name(f"{path.name}.new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ALONE), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _without_texts(exercise: ExerciseResult) -> ExerciseResult:
    """Return the exercise with checks made anew, so that a field that is added to verdicts later is not told."""
    checks = tuple(
        Verdict(
            id=check.id,
            description=check.description,
            status=check.status,
            score=check.score,
            max_score=check.max_score,
            visibility=check.visibility,
            message=None,
            missing=None,
            diagnosis=None,
            duration=check.duration,
        )
        for check in exercise.checks
    )
    return replace(exercise, checks=checks)
