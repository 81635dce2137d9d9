"""The desk of one person: which written answers there are, in which order, and what is saved."""

from __future__ import annotations

import hashlib
import threading
from typing import TYPE_CHECKING

import msgspec

from assay.errors import AssayError, GradebookError
from assay.gradebook.answers import give_points, points_in, require_unchanged, written_answers
from assay.gradebook.opening import name_of
from assay.gradebook.store import open_gradebook
from assay.review.order import in_order, labels_of
from assay.review.page import answer_page, sentence_page

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from assay.gradebook.answers import WrittenAnswer
    from assay.gradebook.store import Gradebook

__all__ = ["Desk", "Outcome", "Wanted"]

_ID_BYTES = 12


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request to save.

    Args:
        points: as typed.
        comment: as typed.
        about: SHA-256 of the text that the page showed.
        seen: the number of the score that the page showed; 0 for none.
    """

    points: str
    comment: str
    about: str
    seen: int


class Outcome(msgspec.Struct, frozen=True):
    """The answer to a request to save.

    Args:
        saved: whether the points are stored.
        said: a sentence for the person.
        seen: the number of the score that the person knows: the stored one, or else the one that the page showed.
        left: how many answers have no score, if the points are stored.
        changed: whether the answer or its score is another one than the page shows.
    """

    saved: bool
    said: str
    seen: int
    left: int | None
    changed: bool


class Desk:
    """The written answers of a gradebook, one at a time; the gradebook is read anew for every request.

    Args:
        gradebook: its file.
        pseudonyms: the file of pseudonyms to show in place of names, or None.
        secret: makes the addresses of answers, so that they tell nothing.
    """

    def __init__(self, gradebook: Path, pseudonyms: Path | None, secret: str) -> None:
        self._gradebook = gradebook
        self._pseudonyms = pseudonyms
        self._secret = secret.encode()
        self._order: dict[str, None] = {}
        self._labels: dict[str, str] = {}
        self._lock = threading.Lock()

    def first(self) -> str:
        """Return the id of the first answer without a score, or else of the first answer.

        Raises:
            AssayError: the gradebook cannot be read, or has no written answer.
        """
        with self._lock, open_gradebook(self._gradebook) as book:
            answers = self._read(book)
        if not answers:
            msg = f"{name_of(self._gradebook)} has no written answer"
            raise GradebookError(msg)
        return next((name for name, answer in answers.items() if answer.is_open), next(iter(answers)))

    def page(self, name: str) -> bytes | None:
        """Return the page of an answer by its id; None if there is no such answer."""
        try:
            with self._lock, open_gradebook(self._gradebook) as book:
                answers = self._read(book)
        except AssayError as error:
            return sentence_page(str(error))
        if name not in answers:
            return None
        answer, names = answers[name], list(answers)
        place = names.index(name)
        return answer_page(
            answer,
            self._labels[answer.report.submission.name],
            place=place + 1,
            count=len(names),
            left=_count_open(answers.values()),
            previous=names[place - 1] if place else "",
            following=names[place + 1] if place + 1 < len(names) else "",
        )

    def save(self, name: str, wanted: Wanted) -> Outcome:
        """Store points and a comment, unless the answer or its score has changed since the person saw them."""
        changed = False
        try:
            with self._lock, open_gradebook(self._gradebook) as book:
                answers = self._read(book)
                if name not in answers:
                    return _refused("the gradebook has this answer no more", wanted, changed=True)
                answer = answers[name]
                try:
                    require_unchanged(answer, wanted.about, wanted.seen)
                except GradebookError:
                    changed = True
                    raise
                points = points_in(wanted.points.strip())
                number = give_points(book, answer.report, answer.exercise, points, wanted.comment)
        except AssayError as error:
            return _refused(str(error), wanted, changed=changed)
        left = _count_open(answers.values()) - answer.is_open
        said = f"saved: {points:g} points (decision {number})"
        return Outcome(saved=True, said=said, seen=number, left=left, changed=False)

    def _read(self, book: Gradebook) -> dict[str, WrittenAnswer]:
        """Return the answers by their ids; the order stays while a person works, and new answers come last."""
        answers = list(written_answers(book))
        self._labels = labels_of(answers, self._pseudonyms)
        found = {self._id(answer): answer for answer in in_order(answers, self._labels)}
        self._order |= dict.fromkeys(found)
        return {name: found[name] for name in self._order if name in found}

    def _id(self, answer: WrittenAnswer) -> str:
        parts = (answer.report.submission.name, answer.report.assignment, answer.exercise)
        return hashlib.blake2b(msgspec.json.encode(parts), key=self._secret, digest_size=_ID_BYTES).hexdigest()


def _refused(why: str, wanted: Wanted, *, changed: bool) -> Outcome:
    return Outcome(saved=False, said=f"not saved: {why}", seen=wanted.seen, left=None, changed=changed)


def _count_open(answers: Iterable[WrittenAnswer]) -> int:
    return sum(answer.is_open for answer in answers)
