"""Gradescope's export: folders `submission_N`, and one file that says whose each is, and when it was handed in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assay.content import readable_text
from assay.errors import IntakeError
from assay.intake.platforms import Export, time_of

if TYPE_CHECKING:
    from assay.intake.tree import Node

__all__ = ["METADATA", "gradescope_exports"]

METADATA = "submission_metadata.yml"

_SUBMISSION = re.compile(r"^(submission_\d+):[ ]*$", re.MULTILINE)
_SUBMITTERS = re.compile(r"^  :submitters:[ ]*\n((?:(?:  - |    ).*\n)*)", re.MULTILINE)
_NAME = re.compile(r"^  - :name: (.*)$", re.MULTILINE)
_NUMBER = re.compile(r"^    :sid: (.+)$", re.MULTILINE)
_EMAIL = re.compile(r"^    :email: (.+)$", re.MULTILINE)
_TIME = re.compile(r"^  :created_at: (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:\.\d+)? (Z|[+-]\d\d:?\d\d)[ ]*$", re.MULTILINE)
"""These keys stand at these columns. A student's text stands further to the right, or inside quotes."""

_SCALAR = re.compile(r"'(?P<quoted>[^']+)'|\"(?P<double>[^\"\\]+)\"|(?P<plain>[^\s'\"|>&*!%@`#{\[?:-][^#]*)")


def gradescope_exports(folder: Node) -> dict[str, Export | None]:
    """Return what the metadata in a folder say of each folder beside them; nothing if there are none.

    None stands for a folder whose student they do not tell, such as a team's.
    """
    for node in folder.children():
        if node.name == METADATA and node.kind == "file":
            try:
                text = readable_text(node.read())
            except IntakeError:
                return {}
            _, *parts = _SUBMISSION.split(text)
            return {name: _export(part) for name, part in zip(parts[::2], parts[1::2], strict=True)}
    return {}


def _export(text: str) -> Export | None:
    """Return the submitter and the time; None for a group, or if nothing tells the submitter from a namesake."""
    submitters = _SUBMITTERS.search(text)
    own = submitters[1] if submitters else ""
    names, marks = _scalars(_NAME, own), _scalars(_NUMBER, own) or _scalars(_EMAIL, own)
    if len(_NAME.findall(own)) != 1 or not names or len(marks) != 1:
        return None
    found = _TIME.search(text)
    time = time_of(f"{found[1]} {found[2]}", "%Y-%m-%d %H:%M:%S %z") if found else None
    return Export(f"{names[0]}_{marks[0]}", "", time=time)


def _scalars(pattern: re.Pattern[str], text: str) -> list[str]:
    """Return the values of a key; one that is empty or has escapes is left out."""
    found = (_SCALAR.fullmatch(value.strip()) for value in pattern.findall(text))
    return [(value["quoted"] or value["double"] or value["plain"]).strip() for value in found if value]
