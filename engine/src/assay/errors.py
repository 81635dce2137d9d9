"""All errors as a tree: the grader's, and a submission's.

    Exception
    ├── AssayError                      the grader's or the instructor's; never counted as the student's fault
    │   ├── CourseError                 the course's folders do not fit together
    │   ├── IntakeError                 a file cannot be taken in: a link, a folder, too large
    │   ├── PromiseBroken               a core promise of the sandbox cannot be kept on this machine
    │   ├── WireError                   bytes from the guest that are not a message
    │   ├── ForkServerError             the guest's fork server does not answer
    │   ├── WorkerDied                  a worker's process ended before its task
    │   ├── SetAside                    a submission that several workers of a Dask cluster died of
    │   ├── ClusterError                a Dask cluster cannot be used
    │   │   └── WorkerDiffers           one of its workers has another course, or other versions, than the command
    │   ├── ReportError                 a file is not a report, or of a schema that this version does not read
    │   ├── ExportError                 reports cannot become a document that its consumer would take
    │   └── GradebookError              a gradebook cannot be opened, read or written, or does not have what was named
    ├── Mismatch (AssertionError)       the answer is wrong
    ├── SubmissionRaised                the student's code raised
    └── NameMissing (AttributeError)    a name of the contract is missing
    BaseException
    ├── Interrupted (KeyboardInterrupt) grading was interrupted; holds the reports so far
    └── GuestEnded                      the guest ended: this check can make no more calls

`GuestEnded` is not an Exception, so that Hypothesis does not go on to ask a dead guest for smaller examples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assay.model import Report

__all__ = [
    "AssayError",
    "ClusterError",
    "CourseError",
    "ExportError",
    "ForkServerError",
    "GradebookError",
    "GuestEnded",
    "IntakeError",
    "Interrupted",
    "Mismatch",
    "NameMissing",
    "PromiseBroken",
    "ReportError",
    "SetAside",
    "SubmissionRaised",
    "WireError",
    "WorkerDied",
    "WorkerDiffers",
]


class Interrupted(KeyboardInterrupt):
    """Grading was interrupted.

    Args:
        reports: one for each submission; those that were not graded say so.
    """

    def __init__(self, reports: Sequence[Report]) -> None:
        super().__init__()
        self.reports = reports


class AssayError(Exception):
    """The engine, the course or the machine is wrong; never the student."""


class CourseError(AssayError):
    """The course's folders do not fit together; the text says which file and what to do."""


class IntakeError(AssayError):
    """A file cannot be taken in; the text is for the student and the instructor."""


class PromiseBroken(AssayError):
    """A core promise of the sandbox cannot be kept on this machine."""


class WireError(AssayError):
    """The bytes on the wire are not a message: too long, cut off, malformed."""


class ForkServerError(AssayError):
    """The guest's fork server did not start or does not answer."""


class WorkerDied(AssayError):
    """A worker's process ended before its task."""


class SetAside(AssayError):
    """Several workers of a Dask cluster died while they graded a submission, and nobody begins it again."""


class ClusterError(AssayError):
    """A Dask cluster cannot be used; the text says why."""


class WorkerDiffers(ClusterError):
    """A Dask cluster's worker has another course, or other versions, than the command; the text says which."""


class ReportError(AssayError):
    """A file is not a report of assay, or of a schema that this version does not read."""


class ExportError(AssayError):
    """Reports cannot become a document that its consumer would take; the text says why."""


class GradebookError(AssayError):
    """A gradebook cannot be opened, read or written, or does not have what was named; the text says what to do."""


class Mismatch(AssertionError):
    """An answer that is not right.

    Args:
        yours: the submission's answer, any value that crosses the wire.
        expected: the right value, or a text that says what must hold.
        within: the tolerance with its reason, if there is one.
        help: what to do about it, if the check itself knows.
        plot: a Sketch of `assay.checks`, values that the student's page draws.
        summary_of: the numbers of which the right value is a summary, by name.
    """

    def __init__(  # noqa: PLR0913 - each by its name
        self,
        yours: Any,
        expected: Any,
        *,
        within: str | None = None,
        help: str | None = None,  # noqa: A002 - the report's own word
        plot: Any = None,
        summary_of: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(yours, expected)
        self.yours = yours
        self.expected = expected
        self.within = within
        self.help = help
        self.plot = plot
        self.summary_of = summary_of or {}


class SubmissionRaised(Exception):
    """The student's code raised.

    Args:
        kind: the exception's class name, as the guest gave it.
        text: its text.
        where: the student's own lines that it passed through, innermost last, as `(line number or cell, source)`.
        called: false if the call could not be made because the signature does not fit.
    """

    def __init__(
        self, kind: str, text: str, where: list[tuple[str, str]] | None = None, *, called: bool = True
    ) -> None:
        super().__init__(kind, text)
        self.kind = kind
        self.text = text
        self.where = where or []
        self.called = called


class NameMissing(AttributeError):
    """A name of the contract that the submission does not define."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.missing = name


class GuestEnded(BaseException):
    """The guest is gone.

    Args:
        status: `timeout` or `crashed` if the submission is the cause, `ungraded` if the grader is.
        text: one sentence for the student.
    """

    def __init__(self, status: Literal["timeout", "crashed", "ungraded"], text: str) -> None:
        super().__init__(status, text)
        self.status = status
        self.text = text
