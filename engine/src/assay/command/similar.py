"""`assay similar`: which submissions are alike beyond what the exercise makes alike, for a person to look at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from assay.command.console import USAGE, progress_bars, say, stop, stop_on_error, write
from assay.command.grade import Work, read_work, require_work
from assay.command.options import PathArgument, course_option, example
from assay.errors import CourseError, IntakeError
from assay.intake.tree import path_text
from assay.similarity.pairs import Compared, most_alike
from assay.similarity.reading import CodeReader, is_installed
from assay.similarity.side_by_side import FOR_A_PERSON, side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.course.read import Course

__all__ = ["similar"]


@click.command(epilog=example("assay similar class --pairs 10"))
@click.argument("paths", nargs=-1, required=True, type=PathArgument(path_type=Path))
@course_option
@click.option(
    "--pairs", type=click.IntRange(min=1), default=20, show_default=True, help="List at most this many pairs."
)
def similar(paths: tuple[Path, ...], folder: Path | None, pairs: int) -> None:
    """List pairs of submissions that are alike, side by side.

    They are alike beyond what the exercise makes alike; the list is for a person to look at, and not a verdict. Each
    PATH is what `assay grade` takes: a file, a student's folder, a folder of students, or an archive of these.
    """
    if not is_installed():
        stop("assay similar needs a library that is not installed: pip install 'assay[similar]'", USAGE)
    work = read_work(paths, folder)
    require_work(work.intake, paths)
    for info, assignment, reason in work.intake.refused:
        _say_not_compared(info.name, assignment, reason)
    with CodeReader() as reader:
        found = most_alike(_compared(work, reader), pairs)
    write(f"{FOR_A_PERSON}\n")
    for number, pair in enumerate(found, start=1):
        write("\n")
        for line in side_by_side(number, pair):
            write(f"{line}\n")
    if not found:
        write("\nNo two submissions are alike beyond what the exercise makes alike.\n")


def _compared(work: Work, reader: CodeReader) -> Iterator[Compared]:
    """Yield the submissions with the fingerprints that are not everybody's; say which cannot be compared."""
    everybody: dict[str, set[int]] = {}
    submissions = work.intake.submissions
    with progress_bars() as progress:
        for submission in progress.track(submissions, description="reading"):
            name, assignment = submission.info.name, submission.assignment
            if assignment not in everybody:
                with stop_on_error(USAGE):
                    everybody[assignment] = _of_everybody(work.course, assignment, reader)
            try:
                code = reader.read(submission.kind, submission.source)
            except IntakeError as error:
                _say_not_compared(name, assignment, str(error))
                continue
            yield Compared(name, assignment, code, frozenset(code.fingerprints) - everybody[assignment])


def _of_everybody(course: Course, assignment: str, reader: CodeReader) -> set[int]:
    """Return the fingerprints of what every student has: both starters, the model answers, and the library."""
    from assay.course.starter import module_starter, notebook_starter  # noqa: PLC0415 - nbformat takes long to import

    reference = course.reference(assignment)
    try:
        starters = module_starter(reference), notebook_starter(reference)
    except (SyntaxError, ValueError, OSError) as error:
        text = f"{reference} cannot be read: {error}"
        raise CourseError(text) from error
    module, notebook = (text.encode() for text in starters)
    found = {*reader.read("module", module).fingerprints, *reader.read("notebook", notebook).fingerprints}
    for path in (reference, *(sorted(course.library.rglob("*.py")) if course.library else ())):
        try:
            found.update(reader.read("module", path.read_bytes()).fingerprints)
        except IntakeError as error:
            say(f"assay: what submissions share with {path_text(path)} counts as alike: {error}")
    return found


def _say_not_compared(name: str, assignment: str, reason: str) -> None:
    say(f"assay: not compared: {', '.join(filter(None, (name, assignment)))}: {reason}")
