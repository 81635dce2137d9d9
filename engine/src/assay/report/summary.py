"""A class in a few lines: full marks by exercise, hints by frequency, a histogram, and who needs a person."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

from rich.console import Group
from rich.table import Table
from rich.text import Text

from assay.text import MAX_NAME_CHARS, MAX_SENTENCE_CHARS, enumerated, escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import RenderableType

    from assay.model import Report
    from assay.report.view import View

__all__ = ["bins_of", "hints_of", "render_summary"]

_BINS: Final = 10
_BAR_CHARS: Final = 40
_MAX_HINTS: Final = 10
_MAX_PEOPLE: Final = 20
"""Students who are named beside one reason; the others are counted."""
_ELSEWHERE: Final = re.compile(r"as in exercise \S+: ")
"""The text that the judge puts before the hint of a mistake that another exercise found."""


def render_summary(
    reports: Sequence[Report], undecided: Sequence[tuple[tuple[str, str], str]], view: View
) -> RenderableType:
    """Return the summary of each assignment, and the list of what a person must decide.

    Args:
        reports: the class; each is looked at alone, so that they need not all be in memory.
        undecided: what a person must decide, with student and assignment.
        view: how much of the reports is shown.
    """
    parts: list[RenderableType] = []
    found: defaultdict[str, _Counts] = defaultdict(_Counts)
    for report in reports:
        counts = found[report.assignment]
        if report.status == "graded":
            counts.add(report)
    for assignment, counts in found.items():
        if counts.shares:
            parts += [*counts.render(assignment, view), Text()]
    if undecided:
        parts += [Text("A person decides", "bold"), _undecided(undecided), Text()]
    return Group(*parts[:-1])


class _Counts:
    """Counts of an assignment's graded reports."""

    def __init__(self) -> None:
        self.shares: list[float] = []
        self._titles: dict[str, str] = {}
        self._full: Counter[str] = Counter()
        self._hints: Counter[str] = Counter()

    def add(self, report: Report) -> None:
        """Count a report."""
        self.shares.append(report.score / report.max_score if report.max_score else 0.0)
        self._titles |= {exercise.id: exercise.title for exercise in report.exercises}
        self._full.update(exercise.id for exercise in report.exercises if exercise.score >= exercise.max_score)
        self._hints.update(hints_of(report))

    def render(self, assignment: str, view: View) -> Iterator[RenderableType]:
        """Yield full marks by exercise, hints by frequency, and a histogram."""
        yield Text(f"{_name(assignment)}: how many have full marks, of {len(self.shares)}", "bold")
        yield _grid((f"{key:>2}  {_name(title)}", f"{self._full[key]}", "") for key, title in self._titles.items())
        if self._hints:
            common = sorted(self._hints.items(), key=lambda pair: (-pair[1], pair[0]))
            left = len(common) - _MAX_HINTS
            rarer = [("", "", f"… and {left} rarer")] if left > 0 else []
            yield from (Text(), Text("Hints, and how many submissions were given them", "bold"))
            yield _grid([*(("", f"{count}", hint) for hint, count in common[:_MAX_HINTS]), *rarer])
        points = "Points of these exercises, in percent" if view.exercises else "Points in percent"
        yield from (Text(), Text(points, "bold"), _histogram(self.shares))


def _undecided(undecided: Sequence[tuple[tuple[str, str], str]]) -> Table:
    """Return a list of reasons, each with everybody whom it is about.

    It is not a table, because a column of long names would leave no room for the reasons.
    """
    whose: dict[tuple[str, str], list[str]] = {}
    for (student, assignment), sentence in undecided:
        whose.setdefault((assignment, sentence), []).append(_name(student))
    grid = Table.grid(padding=(0, 1, 0, 0))
    for (assignment, sentence), names in whose.items():
        of = f" ({_name(assignment)})" if assignment else ""
        grid.add_row(Text("-"), Text(f"{enumerated(names, _MAX_PEOPLE)}{of}: {escape(sentence, MAX_SENTENCE_CHARS)}"))
    return grid


def hints_of(report: Report) -> set[str]:
    """Return the hints that a submission was given, each once."""
    helps = [
        check.message.help
        for exercise in report.exercises
        for check in exercise.checks
        if check.status in ("failed", "error") and check.message is not None and check.visibility != "hidden"
    ]
    return {_ELSEWHERE.sub("", text) for text in helps if text}


def bins_of(shares: Iterable[float]) -> list[int]:
    """Return how many of these shares are in each tenth of 0 to 1."""
    counts = Counter(min(int(_BINS * share), _BINS - 1) for share in shares)
    return [counts[place] for place in range(_BINS)]


def _histogram(shares: Iterable[float]) -> Table:
    counts = bins_of(shares)
    width = min(1.0, _BAR_CHARS / max(counts))
    step = 100 // _BINS
    return _grid(
        (f"{step * place:>2}-{step * (place + 1):<3}", f"{counts[place]}", "█" * round(width * counts[place]))
        for place in range(_BINS)
    )


def _grid(rows: Iterator[tuple[str, str, str]] | Sequence[tuple[str, str, str]]) -> Table:
    """Return rows of a label, a number and a text."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(justify="right")
    grid.add_column(overflow="fold")
    for label, number, text in rows:
        grid.add_row(Text(label), Text(number), Text(escape(text, MAX_SENTENCE_CHARS)))
    return grid


def _name(text: str) -> str:
    return escape(text, MAX_NAME_CHARS)
