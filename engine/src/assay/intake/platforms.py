"""How learning platforms name the files and folders of an export."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container

__all__ = ["has_files_folder", "without_copy_number"]

_MOODLE_TYPED = re.compile(r"_assignsubmission_onlinetext(?=_?$)")
"""Moodle's folder for a text typed into the page; the same student's folder of files has `file` there."""

_COPY_NUMBER = re.compile(r"[\s_-]*\(\d+\)$|-\d+$")
"""What a browser or a platform adds to the name of a file that exists already."""


def has_files_folder(name: str, neighbours: Container[str]) -> bool:
    """Return whether a folder is Moodle's of a typed text, and the same student also has a folder of files."""
    files = _MOODLE_TYPED.sub("_assignsubmission_file", name)
    return files != name and files in neighbours


def without_copy_number(stem: str) -> str:
    """Return a file's stem without the number of a copy: `basics (1)` and `basics-1` are `basics`."""
    return _COPY_NUMBER.sub("", stem)
