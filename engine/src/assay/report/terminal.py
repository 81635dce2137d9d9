"""Reports as text that a person likes to read, in a terminal or in a file.

A submission's text is never read as markup. Characters that would move the cursor or change colours become escapes.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import chain, groupby
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace
from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from assay.promises import Broken
from assay.report.points_table import MAX_LINE, PointsTable, printable_line, score_style
from assay.report.results import labelled
from assay.report.view import EVERYTHING, View, part_label
from assay.text import escape

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from rich.console import RenderableType

    from assay.model import Answer, ExerciseResult, Message, Report, Status, Verdict

__all__ = [
    "WORDS",
    "consequence",
    "is_absent",
    "render",
    "render_check",
    "score_lines",
    "share_message",
    "wrong_checks",
]

WORDS: Final[dict[Status, str]] = {
    "passed": "passed",
    "failed": "not right",
    "error": "raised an error",
    "timeout": "too slow",
    "crashed": "crashed",
    "missing": "not handed in",
    "skipped": "not run",
    "ungraded": "could not be graded",
}
_SIGNS: Final[dict[Status, tuple[str, str]]] = {"passed": ("✓", "green"), "ungraded": ("?", "yellow")}
_WRONG: Final = ("✗", "red")
_LABEL: Final = 8
_MAX_LINES: Final = 24


def render(
    reports: Sequence[Report], skipped: Container[int] = (), view: View = EVERYTHING
) -> Iterator[RenderableType]:
    """Yield all reports, one after another, and a table of them if there are several.

    Args:
        reports: the reports; of a class, each is looked at alone, so that they need not all be in memory.
        skipped: the places of reports that stand in the table alone.
        view: how much of them is shown.
    """
    parts = chain(_reports(reports, skipped, view), _tables(reports, view) if len(reports) > 1 else ())
    for place, part in enumerate(parts):
        if place:
            yield Text()
        yield from part


def _reports(reports: Sequence[Report], skipped: Container[int], view: View) -> Iterator[Iterable[RenderableType]]:
    some = shown = False
    for place, report in enumerate(reports):
        some = some or report.cause != "absent"
        if _is_shown(report, view):
            shown = True
            if place not in skipped:
                yield [_report(report, view)]
    if some and not shown:
        yield [Text("all checks passed")]


def _is_shown(report: Report, view: View) -> bool:
    return report.cause != "absent" and (view.detail != "failed" or not _is_right(report))


def _tables(reports: Sequence[Report], view: View) -> Iterator[Iterable[RenderableType]]:
    """Yield a table for each assignment whose reports or absent students are shown."""
    tables: defaultdict[str, PointsTable] = defaultdict(lambda: PointsTable(is_part=bool(view.exercises)))
    handed_in: dict[str, set[str]] = {}
    for report in reports:
        table, assignments = tables[report.assignment], handed_in.setdefault(report.submission.name, set())
        if report.cause != "absent":
            assignments.add(report.assignment)
            table.add(report, is_shown=_is_shown(report, view))
    for assignment, table in tables.items():
        # An assignment that nobody knows may be any; absent from it is nobody.
        absent = [name for name, known in handed_in.items() if assignment and not known & {assignment, ""}]
        if table.rows or absent:
            yield table.render(assignment, absent)


def score_lines(reports: Sequence[Report], view: View) -> list[str]:
    """Return one line for each report: name, assignment, score."""
    rows = [
        (printable_line(report.submission.name), printable_line(report.assignment), _score(report, view))
        for report in reports
    ]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    return [f"{name:<{widths[0]}}  {assignment:<{widths[1]}}  {score}" for name, assignment, score in rows]


def render_check(check: Verdict) -> RenderableType:
    """Return one check of a report, with its message."""
    return _checks([check], {check.id} if check.status == "ungraded" else set())


def _score(report: Report, view: View) -> str:
    if view.is_excused:
        return "excused"
    if report.status == "graded":
        return f"{part_label(report) if view.exercises else ''}{report.score:g} / {report.max_score:g}"
    return WORDS["missing" if report.cause == "absent" else "ungraded"]


def _is_right(report: Report) -> bool:
    return report.status == "graded" and all(map(_has_passed, report.exercises))


def _has_passed(exercise: ExerciseResult) -> bool:
    return all(check.status == "passed" for check in exercise.checks)


def _report(report: Report, view: View) -> RenderableType:
    parts = [_header(report, view)]
    if report.status == "ungraded" and not view.is_excused:
        text = f"{report.reason or 'no reason is known'}\n{consequence(report)}".rstrip()
        parts.append(Padding(_rows([("reason", text)]), (0, 0, 1 if report.exercises else 0, 0)))
    if report.handed_in.notes:
        notes = _rows([("notes", "\n".join(report.handed_in.notes))])
        parts.append(Padding(notes, (0, 0, 1 if report.exercises else 0, 0)))
    for exercise in report.exercises:
        if view.detail == "failed" and _has_passed(exercise):
            continue
        if exercise.id in view.excused:
            parts.append(_title(exercise, "excused"))
            continue
        unknown = {check.id for check in exercise.checks if _is_unknown(exercise, check, view)}
        parts.append(_exercise(exercise, unknown))
        shown = _grouped(exercise.checks) if view.detail == "verbose" else wrong_checks(exercise)
        parts += [Padding(_checks(checks, unknown), (0, 0, 0, 5)) for checks in shown]
    end = [("missing", ", ".join(report.handed_in.missing))]
    end += [("promises", f"{name}: {state}") for name, state in report.isolation.items() if isinstance(state, Broken)]
    if any(text for _, text in end):
        parts.append(Padding(_rows([(label, text) for label, text in end if text]), (1, 0, 0, 0)))
    if report.answers and view.detail != "failed":
        parts.append(Padding(_answers(report.answers), (1, 0, 0, 0)))
    return Group(*parts)


def _header(report: Report, view: View) -> RenderableType:
    grid = _wide()
    name = Text.assemble((printable_line(report.submission.name), "bold"), "  ", printable_line(report.assignment))
    style = score_style(report.score, report.max_score) if report.status == "graded" else "yellow"
    grid.add_row(name, Text(_score(report, view), f"bold {style}"))
    grid.add_row(Text(printable_line(report.submission.path), "dim"))
    return Padding(grid, (0, 0, 1, 0))


def consequence(report: Report) -> str:
    """Return what it means for a student that the submission could not be graded."""
    if report.exercises:
        return "this is not the fault of the submission and costs no points"
    return "" if report.cause == "interrupted" else "a person decides what it is worth"


def is_absent(exercise: ExerciseResult) -> bool:
    """Tell whether the submission defines none of its names, for no known reason.

    A check that the student does not see has no name, only its status; one check at least must have its name.
    """
    names = [check.missing for check in exercise.checks if check.missing is not None]
    missing = all(check.status == "missing" for check in exercise.checks)
    return missing and bool(names) and not any(name.lost for name in names)


def wrong_checks(exercise: ExerciseResult) -> list[list[Verdict]]:
    """Return the checks that did not pass or were corrected by a person, those with the same message together.

    An exercise without any answer has none, because its missing names are told once for all.
    """
    return _grouped(
        [] if is_absent(exercise) else [check for check in exercise.checks if check.status != "passed" or check.message]
    )


def share_message(checks: Sequence[Verdict]) -> str:
    """Return the line that says whose message follows, or "" for a check alone."""
    return f"these {len(checks)} checks have the same message:" if len(checks) > 1 else ""


def _grouped(checks: Sequence[Verdict]) -> list[list[Verdict]]:
    return [list(same) for _, same in groupby(checks, key=_says)]


def _exercise(exercise: ExerciseResult, unknown: set[str]) -> RenderableType:
    passed, count = sum(check.status == "passed" for check in exercise.checks), len(exercise.checks)
    some = f"{passed} of {count}" if passed < count else "all" if count > 1 else "its only"
    noun = "check" if count == 1 else "checks"
    line = _title(exercise, "not handed in" if is_absent(exercise) else f"{some} {noun} passed")
    grid = _wide()
    if unknown:
        grid.add_row(line, Text(f"? / {exercise.max_score:g}", "yellow"))
    else:
        grid.add_row(line, _points(exercise.score, exercise.max_score))
    return grid


def _is_unknown(exercise: ExerciseResult, check: Verdict, view: View) -> bool:
    """Tell whether the points are not known: the judge could not tell, and no person gave any."""
    return check.status == "ungraded" and f"{exercise.id}/{check.id}" not in view.corrected


def _title(exercise: ExerciseResult, about: str) -> Text:
    return Text.assemble(f"{exercise.id:>2}  ", (printable_line(exercise.title), "bold"), (f"   {about}", "dim"))


def _says(check: Verdict) -> tuple[Status, Message | None, str | None]:
    """Return what failed checks are grouped by: status, message and diagnosis; the input of an error does not count."""
    if check.status == "error" and check.message is not None:
        return check.status, replace(check.message, input=None), None
    return check.status, check.message, check.diagnosis


def _checks(checks: Sequence[Verdict], unknown: set[str]) -> RenderableType:
    """Return checks of one exercise that have the same message, as a starter's do, with the first one's input."""
    status, message = checks[0].status, checks[0].message
    sign, style = _SIGNS.get(status, _WRONG)
    grid = Table.grid(expand=True, padding=(0, 1, 0, 0), pad_edge=False)
    grid.add_column(width=1)
    grid.add_column(ratio=1, overflow="fold")
    grid.add_column(justify="right", no_wrap=True)
    for check in checks:
        points = "" if check.id in unknown else f"   {check.score:g} / {check.max_score:g}"
        grid.add_row(
            Text(sign, style), Text(printable_line(check.description)), Text(f"  {WORDS[status]}{points}", style)
        )
    if message is None:
        return grid
    parts: list[RenderableType] = [grid]
    if shared := share_message(checks):
        parts.append(Padding(Text(shared, "dim"), (0, 0, 0, 2)))
    if checks[0].visibility == "hidden":
        return Group(*parts, Padding(_lines(message.help or "", "dim"), (0, 0, 0, 2)))
    rows = labelled(checks[0])
    return Group(*parts, Padding(_rows(rows), (0, 0, 0, 2))) if rows else grid


def _answers(answers: Sequence[Answer]) -> RenderableType:
    parts: list[RenderableType] = [Text("Written answers, for a person to grade", "bold")]
    for answer in answers:
        score = [] if answer.score is None else [("score", f"{answer.score:g}")]
        comment = [("comment", answer.comment)] if answer.comment else []
        parts.append(_rows([(f"exercise {answer.exercise}", answer.text), *score, *comment]))
    return Group(*parts)


def _points(score: float, highest: float) -> Text:
    return Text(f"{score:g} / {highest:g}", score_style(score, highest))


def _wide() -> Table:
    """Return a grid of two columns: the subject on the left, its result at the right margin."""
    grid = Table.grid(expand=True, padding=(0, 0, 0, 2))
    grid.add_column(ratio=1, overflow="fold")
    grid.add_column(justify="right", no_wrap=True)
    return grid


def _rows(rows: Sequence[tuple[str, str]]) -> Table:
    """Return labelled texts below each other, the labels in the first column."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", min_width=_LABEL, no_wrap=True)
    grid.add_column(overflow="fold")
    for label, text in rows:
        grid.add_row(Text(printable_line(label)), _lines(text))
    return grid


def _lines(text: str, style: str = "") -> Text:
    """Return a text of several lines, escaped, cut at a number of lines and of characters a line."""
    lines = text.expandtabs(4).split("\n")
    kept = [escape(line, MAX_LINE) for line in lines[:_MAX_LINES]]
    if len(lines) > _MAX_LINES:
        kept.append(f"… {len(lines) - _MAX_LINES} lines more")
    return Text("\n".join(kept), style, overflow="fold")
