"""The page of one written answer, and of a sentence if there is no answer to show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from assay.report.pages.html import policy_of, render
from assay.report.results import inert_lines, inert_name
from assay.review.order import points_text

if TYPE_CHECKING:
    from assay.gradebook.answers import WrittenAnswer

__all__ = ["MAX_COMMENT_CHARS", "POLICY", "answer_page", "sentence_page"]

MAX_COMMENT_CHARS: Final = 10_000
"""Of a comment on the page."""

_MAX_ANSWER_LINE: Final = 1_000_000
"""Characters of a line: a person must see the answer whole, and the guest takes 65,536, each of up to ten escaped."""

_SCRIPT: Final = "review.js"
_CONNECT: Final = "'self'"

POLICY: Final = f"{policy_of(_SCRIPT, _CONNECT)}; frame-ancestors 'none'"
"""The policy as a header, where it can also forbid frames."""


def answer_page(  # noqa: PLR0913 - each by its name
    answer: WrittenAnswer, label: str, *, place: int, count: int, left: int, previous: str, following: str
) -> bytes:
    """Return the page of an answer.

    Args:
        answer: what is shown.
        label: what the student is called.
        place: which answer it is, from 1.
        count: how many answers there are.
        left: how many have no score.
        previous: the address of the answer before, or "".
        following: the address of the next answer, or "".
    """
    return render(
        "review.html",
        script=_SCRIPT,
        connect=_CONNECT,
        answer=answer,
        text=inert_lines(answer.text, _MAX_ANSWER_LINE),
        title=inert_name(answer.title),
        number=inert_name(answer.exercise),
        assignment=inert_name(answer.report.assignment),
        label=inert_name(label),
        points=points_text(answer),
        comment="" if answer.given is None else answer.given.text,
        max_comment=MAX_COMMENT_CHARS,
        place=place,
        count=count,
        left=left,
        previous=previous,
        following=following,
    )


def sentence_page(sentence: str) -> bytes:
    """Return a page that says why there is no answer to show."""
    return render("sentence.html", sentence=sentence)
