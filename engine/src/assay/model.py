"""The words of the glossary as records: Assignment, Exercise, Check, Submission, Verdict, Report.

Frozen, and in the order in which `report.json` writes them. The meaning of every field is in `engine/docs/report.md`.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from assay.promises import Isolation  # noqa: TC001 - msgspec reads the annotation
from assay.text import LogAxes  # noqa: TC001 - as above

SCHEMA = "assay/report/v1"

MAX_POINTS: Final = 1_000_000
"""Of a check, an answer or a deduction: more is a slip of the hand, and far more cannot be rounded to two decimals."""

Status = Literal["passed", "failed", "error", "timeout", "crashed", "missing", "skipped", "ungraded"]
Visibility = Literal["hidden", "visible", "after_due_date", "after_published"]

Cause = Literal["interrupted", "refused", "grader", "cluster", "checks", "no_checks", "absent"]
"""Why a report is `ungraded`: an interrupt, a submission that could not be taken in, an error in the grader, a cluster
that could not be used any more, checks that could not be graded, no check at all, or a student of the roster who handed
in nothing."""

INTERRUPTED = "grading was interrupted before this submission was graded to its end: grade it again"
"""The reason in a report of what was not graded; no fault of the submission."""

CLUSTER_FAILED = "the Dask cluster could not be used any more before this submission was graded"
"""The reason in a report of what was not graded because a worker refused, or the connection was lost."""

HIDDEN_TEXT = "this check is hidden: what it tested is not shown"


class Message(msgspec.Struct, frozen=True):
    """The text that a student reads of a check that did not pass; each part is text for a person, or None."""

    input: str | None = None
    yours: str | None = None
    expected: str | None = None
    help: str | None = None


class Missing(msgspec.Struct, frozen=True):
    """A name of the contract that is not defined; `lost` if the file mentions it, but stopped while it was loaded."""

    name: str
    lost: bool


class Series(msgspec.Struct, frozen=True):
    """Some points of a plot, by their name and whose they are; `y` is None where it is not a finite number."""

    name: str
    side: Literal["yours", "expected"]
    x: tuple[float, ...]
    y: tuple[float | None, ...]


class Plot(msgspec.Struct, frozen=True):
    """Points of a wrong answer and of the right one; `log` names the logarithmic axes, `joined` points have a line."""

    title: str
    log: LogAxes
    joined: bool
    series: tuple[Series, ...]


class Where(msgspec.Struct, frozen=True):
    """A line of a submission's file."""

    file: str
    line: int


class Verdict(msgspec.Struct, frozen=True):
    """The judge's finding for one check of one submission; `duration` in seconds.

    `diagnosis` says how a wrong answer is related to the right one, if one relation holds and no known mistake matches.
    `evidence` has the numbers behind it, if looking beats reading. `answers_key` is equal for equal wrong answers.
    `where` is where the submission's file defines the function that the check asked last, if the check did not pass.
    """

    id: str
    description: str
    status: Status
    score: float
    max_score: float
    visibility: Visibility
    message: Message | None
    missing: Missing | None
    diagnosis: str | None
    duration: float
    evidence: Plot | None = None
    answers_key: str | None = None
    where: Where | None = None

    def shared_message(self) -> Message | None:
        """Return the message as far as equal wrong answers share it.

        An error's input and the lines below its first line differ from student to student, so they are left out.
        """
        if self.status != "error" or self.message is None:
            return self.message
        yours = self.message.yours and self.message.yours.partition("\n")[0]
        return msgspec.structs.replace(self.message, input=None, yours=yours)


class ExerciseResult(msgspec.Struct, frozen=True):
    """The verdicts of one exercise; `id` is its number as in the book."""

    id: str
    title: str
    score: float
    max_score: float
    checks: tuple[Verdict, ...]


class SubmissionInfo(msgspec.Struct, frozen=True):
    """Which file was graded: the student's folder or file name, the path as given, the content's SHA-256."""

    name: str
    path: str
    sha256: str


class Answer(msgspec.Struct, frozen=True):
    """A written answer, with the place for a person's score and comment."""

    exercise: str
    text: str
    score: float | None = None
    comment: str | None = None


class Names(msgspec.Struct, frozen=True):
    """Names of the contract that were found, those that were not, and what went wrong while the file was loaded."""

    found: tuple[str, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...] = ()


class Environment(msgspec.Struct, frozen=True):
    """The versions that a submission was graded with."""

    python: str
    torch: str


class Report(msgspec.Struct, frozen=True):
    """One submission of one assignment, graded; or `ungraded` with the reason, which is ours."""

    submission: SubmissionInfo
    assignment: str
    status: Literal["graded", "ungraded"]
    reason: str | None
    cause: Cause | None
    score: float
    max_score: float
    isolation: Isolation
    seed: str
    course: str
    engine: str
    exercises: tuple[ExerciseResult, ...]
    environment: Environment
    answers: tuple[Answer, ...]
    handed_in: Names
    duration: float


class Document(msgspec.Struct, frozen=True):
    """The document that `assay grade --json FILE` writes."""

    schema: str
    reports: tuple[Report, ...]


class Check(msgspec.Struct, frozen=True):
    """One check of an exercise: a test function, its docstring and its markers."""

    id: str
    exercise: str
    description: str
    points: float
    visibility: Visibility


class Exercise(msgspec.Struct, frozen=True):
    """A file of checks: its number as in the book and its title."""

    id: str
    title: str


class Assignment(msgspec.Struct, frozen=True):
    """A section of the book: a reference file, a folder of exercises."""

    name: str
    reference: str
    exercises: tuple[Exercise, ...]


class Submission(msgspec.Struct, frozen=True):
    """One student's file for one assignment, read once; `kind` says how the guest loads it."""

    info: SubmissionInfo
    assignment: str
    kind: Literal["module", "notebook"]
    source: bytes
    notes: tuple[str, ...] = ()
