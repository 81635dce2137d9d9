"""A gradebook in a command: opened for a run, the class's seed, and what is said of skipped submissions."""

from __future__ import annotations

import contextlib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assay.command.console import NO_REPORT, say, stop_on_error
from assay.command.options import PathArgument
from assay.course.seeds import secret_seed
from assay.gradebook.opening import journal_note
from assay.gradebook.records import Origin
from assay.gradebook.store import open_gradebook
from assay.grading.resume import NEW, UNGRADED, Keeper, conditions_of, require_one_each
from assay.intake.tree import path_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assay.course.read import Course
    from assay.gradebook.store import Gradebook
    from assay.intake.result import Intake

__all__ = [
    "class_seed",
    "gradebook_option",
    "keeper",
    "opened",
    "opened_for_run",
    "origin_of",
    "required_gradebook_option",
]

_MAX_SUBJECTS = 3
"""Of a reason: more changed files than that are counted."""

gradebook_option = click.option(
    "--gradebook",
    "file",
    type=PathArgument(dir_okay=False, path_type=Path),
    help="Keep every report in that file, and grade only what is new or has changed.",
)

required_gradebook_option = click.option(
    "--gradebook",
    "file",
    required=True,
    type=PathArgument(dir_okay=False, path_type=Path),
    help="The file that keeps the class's reports.",
)


@contextlib.contextmanager
def opened_for_run(path: Path | None, *, create: bool) -> Iterator[Gradebook | None]:
    """Open a gradebook that no other run may have meanwhile; stop with a line if it cannot be used."""
    if path is None:
        yield None
        return
    with stop_on_error(NO_REPORT), open_gradebook(path, create=create, run=True) as book:
        note = journal_note(path)
        if note is not None:
            say(f"assay: {note}")
        yield book


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Gradebook]:
    """Open a gradebook that exists; stop with a line if it cannot be used."""
    with stop_on_error(NO_REPORT), open_gradebook(path) as book:
        yield book


def class_seed(course: Course, book: Gradebook | None, named: int | None) -> int:
    """Return the seed: the gradebook's, which a new gradebook takes from the command line or from the course."""
    kept = book.kept_seed() if book is not None else None
    if kept is None:
        seed = secret_seed(course.root) if named is None else named
        return book.seed(seed) if book is not None else seed
    if named not in (None, kept):
        say(f"assay: --seed {named} is not used: the gradebook keeps the seed of its class")
    return kept


def keeper(  # noqa: PLR0913 - each by its name
    book: Gradebook, course: Course, intake: Intake, origin: Origin, *, seed: int, waived: tuple[str, ...]
) -> Keeper:
    """Look up what must be graded, and say what is skipped and why the rest is not."""
    require_one_each(intake.submissions, intake.refused)
    conditions = conditions_of(course, intake.submissions, seed=seed, waived=waived)
    found = Keeper(book, intake.submissions, conditions, origin)
    if found.kept:
        count, whole = len(found.kept), len(intake.submissions)
        say(f"assay: {count} of {whole} skipped: {path_text(book.path)} has their reports, which still hold")
    if found.kept or any(why != (NEW,) for why in found.why):
        for why, count in Counter(found.why).items():
            say(f"assay: {count} of {len(intake.submissions)} to grade: {_reason(why)}")
    return found


def origin_of(paths: Sequence[Path], course: Course, student: str | None) -> Origin:
    """Return what an appeal needs to run the same command again."""
    named = None if student is None else path_text(student)
    return Origin(path_text(Path.cwd()), tuple(map(path_text, paths)), path_text(course.root), named)


def _reason(why: tuple[str, ...]) -> str:
    if why in ((NEW,), (UNGRADED,)):
        return why[0]
    subjects = [*why[:_MAX_SUBJECTS], f"{len(why) - _MAX_SUBJECTS} more"] if len(why) > _MAX_SUBJECTS else list(why)
    text = " and ".join(filter(None, (", ".join(subjects[:-1]), subjects[-1])))
    return f"{text} {'has' if len(why) == 1 else 'have'} changed"
