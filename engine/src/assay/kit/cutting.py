"""The check files of a kit: the visible checks and the definitions that they need, cut out of a course's files.

A definition is kept only if a kept check needs it, so that hidden checks and known mistakes stay behind. Comments are
dropped, because they may tell about either.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final, NamedTuple

from assay.kit.definitions import Source, is_check, kit_name

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

__all__ = ["COURSE_ONLY", "CheckFunction", "Cut", "cut"]

COURSE_ONLY: Final = "graded by your course only"


class CheckFunction(NamedTuple):
    """The function of one or several checks: its file's name and its own."""

    file: str
    name: str


class Cut(NamedTuple):
    """The files of an assignment's checks in a kit, by their names, and the checks that need what a kit cannot have."""

    files: dict[str, str]
    left_out: set[CheckFunction]


def cut(folder: Path, visible: Mapping[CheckFunction, str], left_out: Collection[CheckFunction]) -> Cut:
    """Cut the visible checks out of a folder of checks.

    Args:
        folder: an assignment's checks.
        visible: the description of each visible check's function, by its file and name.
        left_out: those that become a line in the report; checks that need a known mistake or a hidden check join them,
            and those that their file does not define at its top level, such as one in a class.

    Raises:
        CourseError: a file is not Python, or cannot be cut.
    """
    cutter = _Cutter(folder, visible.keys() - set(left_out))
    needed: dict[str, set[str]] = {check.file: set() for check in visible}
    out = set(left_out)
    for check in visible:
        found = None if check in out else cutter.needs(check)
        if found is None:
            out.add(check)
            continue
        for file, name in found:
            needed.setdefault(file, set()).add(name)
    files = {}
    for file, names in needed.items():
        lines = {check.name: _line(check.name, visible[check]) for check in out if check.file == file}
        files[kit_name(file)] = cutter.source(file).cut(names, lines)
    return Cut(files, out)


class _Cutter:
    def __init__(self, folder: Path, kept: Collection[CheckFunction]) -> None:
        self._folder = folder
        self._kept = kept
        self._sources: dict[str, Source] = {}

    def source(self, file: str) -> Source:
        """Return a file's definitions, read once."""
        if file not in self._sources:
            self._sources[file] = Source(self._folder / file)
        return self._sources[file]

    def needs(self, check: CheckFunction) -> set[tuple[str, str]] | None:
        """Return every definition that a check needs, by file and name; None if a kit cannot have one of them."""
        found: set[tuple[str, str]] = set()
        waiting: list[tuple[str, str]] = [check]
        while waiting:
            place, name = waiting.pop()
            if (place, name) in found:
                continue
            source = self.source(place)
            if not source.has(name) or name in source.mistakes or (is_check(name) and (place, name) not in self._kept):
                return None
            if place not in {other for other, _ in found}:  # a file's first need
                waiting += [(place, word) for word in source.always]
            found.add((place, name))
            waiting += [(place, word) for word in source.words_of(name)]
            imported = source.imported.get(name)
            if imported is None:
                continue
            if imported[0] is not None and (self._folder / imported[0]).exists():
                waiting.append((imported[0], imported[1]))
            else:
                return None
        return found


def _line(name: str, description: str) -> ast.stmt:
    """Return a check that is worth nothing and says that it is not asked here."""
    text = f"@pytest.mark.points(0)\ndef {name}(submission):\n    {description!r}\n    pytest.skip({COURSE_ONLY!r})\n"
    return ast.parse(text).body[0]
