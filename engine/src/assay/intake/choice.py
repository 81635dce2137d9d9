"""The files of one student that may count for an assignment, one for each upload, and the notes about all others."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from assay.intake.sentences import age_note, inexact_note

if TYPE_CHECKING:
    from datetime import datetime

    from assay.intake.matching import NameMatch
    from assay.intake.platforms import Export
    from assay.intake.tree import Node

__all__ = ["Candidate", "choices"]


class Candidate(NamedTuple):
    """A file that may count for an assignment.

    Args:
        node: the file.
        fit: how its name fits.
        label: its name in sentences.
        folder: the name of its folder.
        upload: what the platform says of it, of its folder in an export, or of its archive; nothing that a student may
            have written.
    """

    node: Node
    fit: NameMatch
    label: str
    folder: str
    upload: Export | None

    @property
    def time(self) -> datetime | None:
        """When it was handed in, if the platform says so."""
        return self.upload.time if self.upload else None


def choices(candidates: list[Candidate], assignment: str) -> list[tuple[Candidate, list[str]]]:
    """Return the files that may count, the oldest first, each with the notes if it is the graded one.

    If the platform wrote the time of every file, each upload has one file that may count. Otherwise a file of any age
    counts only if no other has the exact name.
    """
    contained = [one for one in candidates if one.fit.assignment == assignment]
    if all(one.time for one in contained):
        contained.sort(key=lambda one: str(one.time))
        uploads = [_ranked(list(group)) for _, group in groupby(contained, key=lambda one: one.time)]
        ranked = [one for upload in uploads for one in upload]
        heads = [upload[-1] for upload in uploads]
    else:
        ranked = heads = _ranked(contained)
    return [(best, _notes(best, ranked, contained)) for best in heads]


def _ranked(files: list[Candidate]) -> list[Candidate]:
    """Return the files with the exact name or, if there are none, all files, the oldest first."""
    pool = [one for one in files if one.fit.exact] or files
    by_order = _have_order(pool)
    return sorted(pool, key=lambda one: (_age(one, by_order=by_order), one.label))


def _notes(best: Candidate, ranked: list[Candidate], contained: list[Candidate]) -> list[str]:
    """Return the notes about the graded file and about the files that do not count."""
    notes = (
        [f"the graded file is in the folder {best.folder}"]
        if best.folder and best.folder != best.fit.assignment
        else []
    )
    if not best.fit.exact:
        notes.append(f"the graded file is {best.label}")
    by_order = _have_order(ranked)
    own = _age(best, by_order=by_order)
    for one in ranked:
        if one is not best:
            age = _age(one, by_order=by_order)
            notes.append(
                age_note(one.label, best.label, "older" if age < own else "newer" if age > own else "not newer")
            )
    return notes + [inexact_note(one.label, best.label) for one in contained if one not in ranked]


def _have_order(files: list[Candidate]) -> bool:
    return all(one.time or (one.fit.export and one.fit.export.order is not None) for one in files)


def _age(one: Candidate, *, by_order: bool) -> tuple[int, int]:
    """Return what is larger for a newer file; within one upload the files' own dates decide."""
    if by_order and one.time:
        return int(one.time.strftime("%Y%m%d%H%M%S")), one.node.modified
    export = one.fit.export
    order = export.order if by_order and export else None
    return (one.node.modified if order is None else order), 0
