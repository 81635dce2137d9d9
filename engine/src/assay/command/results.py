"""Options that choose reports, and what students get by these."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from assay.command.console import USAGE, stop
from assay.command.options import PathArgument
from assay.errors import AssayError
from assay.intake.tree import path_text
from assay.report.decided import undecided
from assay.report.document import read_document
from assay.report.pseudonyms import pseudonymous, pseudonyms_in
from assay.report.results import result_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from assay.model import Report
    from assay.report.decided import Decided
    from assay.report.results import Result

__all__ = ["Choice", "choice_options", "read_results"]


class Choice(NamedTuple):
    """Which reports are taken, and how much of them.

    Args:
        report: the JSON document of `assay grade`.
        student: only the reports of this student.
        assignment: only the reports of this assignment.
        published: whether checks are shown that wait for the due date or the publication.
    """

    report: Path
    student: str | None
    assignment: str | None
    published: bool


def choice_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that a Choice is made from."""
    options = (
        click.option(
            "--report",
            required=True,
            type=PathArgument(exists=True, dir_okay=False, path_type=Path),
            help="The reports: a file that `assay grade --json` has written.",
        ),
        click.option("--student", help="Only the reports of this student."),
        click.option("--assignment", help="Only the reports of this assignment."),
        click.option(
            "--published",
            is_flag=True,
            help="Show checks that wait for the due date or the publication. Hidden checks are never shown.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def read_results(choice: Choice, pseudonyms: Path | None = None) -> list[Result]:
    """Return what students get by the chosen reports; stop if there are none or they cannot be read."""
    found = [(report, undecided(report)) for report in _reports(choice.report) if _is_chosen(report, choice)]
    if not found:
        stop(f"no report of this choice in {path_text(choice.report)}", USAGE)
    if pseudonyms is not None:
        found = _without_names(found, pseudonyms)
    return [result_of(report, decided, published=choice.published) for report, decided in found]


def _reports(path: Path) -> Sequence[Report]:
    try:
        return read_document(path.read_bytes()).reports
    except OSError as error:
        stop(f"{path_text(path)} cannot be read: {error.strerror}", USAGE)
    except AssayError as error:
        stop(f"{path_text(path)}: {error}", USAGE)


def _is_chosen(report: Report, choice: Choice) -> bool:
    """Tell whether a report is chosen; one whose assignment nobody knows may be of any."""
    student, assignment = choice.student, choice.assignment
    return student in {None, report.submission.name} and (
        not report.assignment or assignment in {None, report.assignment}
    )


def _without_names(found: Sequence[tuple[Report, Decided]], path: Path) -> list[tuple[Report, Decided]]:
    names = pseudonyms_in(path, [report.submission.name for report, _ in found])
    return [pseudonymous(report, decided, names[report.submission.name]) for report, decided in found]
