"""Which assignment a file's name means, and whose file it is; `match` decides for folders, exports and archives."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from assay.intake.platforms import Export, export_of, folder_export_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assay.intake.tree import Node

__all__ = ["NameMatch", "all_named", "ending_of", "is_named_for", "match", "own_matches", "same_person"]

_SEPARATORS = r"[\s_\-\u2013\u2014]"
_EDGES = " \t_-\u2013\u2014.,+()[]{}"
_WORD = re.compile(r"[^\s_\-\u2013\u2014]+")
_KIND = re.compile(
    r"(?P<stem>.*)(?P<kind>\.py|\.ipynb)(?P<mark>.*?)(?P<second>\.txt|\.json)?", re.IGNORECASE | re.DOTALL
)

_COPY_OF = re.compile(
    r"^(?:\W*(?:(?:copy|kopie|copie|copia|cópia|kopi|kopia|kopio)(?:\s*\(\d+\))?[\s_]+(?:of|von|van|de|di|av|af)\b"
    r"|(?:copy|kopie|copie|kopia|копия|副本)(?![^\W_])))+",
    re.IGNORECASE,
)
"""Words that a drive, in one of several languages, writes before the name of a file that it copies."""

_COPY_MARK = re.compile(
    rf"(?:{_SEPARATORS}*\(\d+\)"
    rf"|{_SEPARATORS}+\d{{1,3}}"
    rf"|{_SEPARATORS}+(?:copy|kopie|copie|copia|cópia|kopi|kopia|kopio|копия|checkpoint){_SEPARATORS}*\d*"
    rf"|{_SEPARATORS}+final{_SEPARATORS}*\d*"
    rf"|{_SEPARATORS}*(?:的?副本|コピー|のコピー|복사본){_SEPARATORS}*\d*"
    rf"|{_SEPARATORS}+(?:v|ver|version){_SEPARATORS}*\d+(?:\.\d+)*)$",
    re.IGNORECASE,
)
"""Marks that a browser, a platform or a person adds to the name of a file that exists already."""

_NOBODY = re.compile(
    r"(?:final|last|latest|new|newest|old|updated?|fixed|draft|done|submission|submitted|solutions?|answers?|my|mein|neu|alt"
    r"|abgabe|loesung|lösung|solved|version|v\d+(?:\.\d+)*|corrected|revised|backup|the)\d*|\d{1,3}\W*",
    re.IGNORECASE,
)
"""Words before or after an assignment's name that are not a person's."""

_ALIKE = 0.85
"""Of difflib's ratio: one wrong letter in seven."""


class NameMatch(NamedTuple):
    """How a file's name fits the assignments.

    Args:
        assignment: the assignment whose name is in the file's name: of several the last, of nested ones the longest.
        exact: the student's own name of the file is the assignment's and `.py` or `.ipynb`.
        nearly: an assignment whose name is in the file's name with a typo; then `assignment` is None.
        person: the text before the assignment's name or, if that is empty, after it.
        export: the parts of the name if a platform made it.
    """

    assignment: str | None = None
    exact: bool = False
    nearly: str | None = None
    person: str = ""
    export: Export | None = None

    @property
    def student(self) -> str:
        """The student that the name tells, or an empty text."""
        return self.export.student if self.export else self.person


class _Found(NamedTuple):
    name: str
    start: int
    end: int


@lru_cache(maxsize=4096)
def match(file_name: str, assignments: tuple[str, ...]) -> NameMatch:
    """Return how a file's name fits the assignments; a file that is neither a module nor a notebook fits none."""
    export = export_of(file_name)
    if export is not None and export.title:
        export = export._replace(student=_user(export.title, assignments) or export.student)
    own = export.file if export else file_name
    stem, ending, plain = _split(own)
    if not ending:
        return NameMatch(export=export)
    found, nearly = _best(stem, assignments)
    if found is None and nearly is None and export is not None and export.title:
        found = _contained(export.title, assignments)
        return NameMatch(found.name if found else None, export=export)
    if nearly is not None:
        return NameMatch(nearly=nearly.name, person=_person(stem, nearly, assignments), export=export)
    if found is None:
        return NameMatch(export=export)
    exact = plain and stem == found.name and own[len(stem) :] in (".py", ".ipynb")
    return NameMatch(found.name, exact, None, _person(stem, found, assignments), export)


def own_matches(folder: Node, assignments: tuple[str, ...]) -> Iterator[tuple[Node, NameMatch]]:
    """Yield the nodes in a folder whose names fit an assignment, or nearly do; a folder must fit exactly."""
    for node in folder.children():
        fit = match(node.name, assignments)
        if (fit.assignment or fit.nearly) and (node.kind != "folder" or fit.exact):
            yield node, fit


def ending_of(name: str) -> str:
    """Return `.py` or `.ipynb` if a name ends so, a second ending taken off, or an empty text."""
    return _split(name)[1]


def is_named_for(name: str, assignments: tuple[str, ...]) -> bool:
    """Return whether a folder's name is an assignment's, copy marks taken off."""
    found = _contained(name, assignments)
    return found is not None and not _person(name, found, assignments)


def all_named(file_name: str, assignments: tuple[str, ...]) -> set[str]:
    """Return every assignment whose name is in the student's own name of a file."""
    export = export_of(file_name)
    return {one.name for one in _occurrences(export.file if export else file_name, assignments)}


def same_person(student: str) -> str:
    """Return the text by which a student's name is compared with others."""
    export = folder_export_of(student)
    return re.sub(rf"{_SEPARATORS}+", "_", export.student if export else student).casefold()


def _split(name: str) -> tuple[str, str, bool]:
    """Return a name's stem, its kind of file, and whether nothing else was at its end."""
    found = _KIND.fullmatch(name)
    if found is None or (found["mark"].strip() and _COPY_MARK.sub("", found["mark"])):
        return name, "", False
    return found["stem"], found["kind"].lower(), not (found["mark"] or found["second"])


def _pattern(name: str) -> str:
    return rf"{_SEPARATORS}+".join(re.escape(part) for part in re.split(rf"{_SEPARATORS}+", name))


def _occurrences(stem: str, assignments: tuple[str, ...]) -> list[_Found]:
    """Return the assignments' names in a stem, of nested ones the longest."""
    places = [
        _Found(name, place.start(), place.end())
        for name in assignments
        for place in re.finditer(_pattern(name), stem, re.IGNORECASE)
    ]
    return [
        one
        for one in places
        if not any(other.start <= one.start and one.end <= other.end and other[1:] != one[1:] for other in places)
    ]


def _contained(stem: str, assignments: tuple[str, ...]) -> _Found | None:
    return max(_occurrences(stem, assignments), key=lambda one: (one.start, one.end), default=None)


def _best(stem: str, assignments: tuple[str, ...]) -> tuple[_Found | None, _Found | None]:
    """Return the assignment's name in a stem, or else one with a typo: it counts if it is longer, or comes later."""
    found, typo = _contained(stem, assignments), _misspelt(stem, assignments)
    if found is None or typo is None or typo.name == found.name:
        return found, None if found else typo
    around = typo.start <= found.start and found.end <= typo.end and len(typo.name) > len(found.name)
    return (None, typo) if around or typo.start >= found.end else (found, None)


def _misspelt(stem: str, assignments: tuple[str, ...]) -> _Found | None:
    words = list(_WORD.finditer(stem))[:40]
    best: tuple[float, _Found] | None = None
    for name in assignments:
        count = len(_WORD.findall(name))
        for first in range(len(words)):
            for last in range(first, min(len(words), first + count + 1)):
                start, end = words[first].start(), words[last].end()
                score = _likeness(stem[start:end], name)
                if _ALIKE <= score < 1 and (best is None or score > best[0]):
                    best = score, _Found(name, start, end)
    return best[1] if best else None


def _likeness(text: str, name: str) -> float:
    text = re.sub(rf"{_SEPARATORS}+", "_", text).lower()
    if abs(len(text) - len(name)) > len(name) // 3 or re.findall(r"\d+", text) != re.findall(r"\d+", name):
        return 0  # a wrong number is another assignment, not a typo
    return SequenceMatcher(None, text, name.lower(), autojunk=False).ratio()


def _person(stem: str, found: _Found, assignments: tuple[str, ...]) -> str:
    before, after = stem[: found.start], stem[found.end :]
    return _somebody(_COPY_OF.sub("", before), assignments) or _somebody(_without_marks(after), assignments)


def _without_marks(text: str) -> str:
    """Return a text without the copy marks at its end."""
    while (shorter := _COPY_MARK.sub("", text.rstrip())) != text:
        text = shorter
    return text


def _somebody(text: str, assignments: tuple[str, ...]) -> str:
    """Return what is left of a text without the names of assignments, or nothing if its words name nobody."""
    for name in sorted(assignments, key=len, reverse=True):
        text = re.sub(_pattern(name), " ", text, flags=re.IGNORECASE)
    text = text.strip(_EDGES)
    return "" if all(_NOBODY.fullmatch(word) for word in _WORD.findall(text)) else text


def _user(title: str, assignments: tuple[str, ...]) -> str:
    """Return the user at the end of Blackboard's title, if the title names an assignment."""
    found = _contained(title, assignments)
    return title[found.end :].strip(_EDGES) if found else ""
