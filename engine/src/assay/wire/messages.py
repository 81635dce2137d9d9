"""The questions and answers on three lines.

    judge → fork server   Setup, Open, Pause, Resume, Measure, KillDescendants, Close
    fork server → judge   Ready, Opened, Paused, Resumed, Measured, DescendantsKilled, Closed
    judge → submission    SourceMessage, Begin (with a socket)
    submission → judge    LockedDown, Running, Imported, CheckExited
    judge → check         Request
    check → judge         Returned, Raised, NotDefined

The fork server runs no student's code. The answers of a submission and of a check are a student's word: they are only
shown, compared or counted against the student.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from assay.promises import Isolation  # noqa: TC001 - msgspec reads the annotation

SUBMISSION, LIBRARY = 0, 1
"""Numbers of the two objects that exist from the start."""

IMPORTS_TOGETHER = 2
"""All statements of an import together have this many times the limit of one statement. Judge and guest use it."""


SlowImport = Literal["compiler", "gradients", "plots", "shell"]
"""PyTorch's compiler, sympy for gradients to start from, matplotlib, IPython."""


class Setup(msgspec.Struct, frozen=True, array_like=True):
    """Judge to fork server, first: the course's library, or "" for none, and the promises that may be broken."""

    library_folder: str
    library: str
    waived: list[str]


class Ready(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Fork server to judge: torch and the library are imported; or `failure` says why not."""

    failure: str


class Open(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Judge to fork server, with a socket: a process for a submission; limits in seconds and bytes.

    The submission itself does not pass through the fork server, because every later fork inherits its memory.

    Args:
        foreseen: slow imports that it seems to need: the fork server makes them once, for all submissions.
    """

    name: str
    kind: Literal["module", "notebook"]
    foreseen: list[SlowImport]
    contract: list[str]
    import_seconds: int
    call_seconds: int
    memory: int


class SourceMessage(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Judge to submission, first: its file's bytes, and the seed of its import.

    Args:
        skip: why statements or cells took too long and are left out, by their numbers, as `Running` gave them.
        stop_at: the number of the first one that is not run because all together took too long; 0 if all are run.
    """

    source: bytes
    seed: int
    skip: dict[int, str] = {}
    stop_at: int = 0


class Opened(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Fork server to judge: the submission process exists, not yet locked down."""

    pid: int


class Pause(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Judge to fork server: stop a submission's processes while something else is timed."""

    pid: int


class Paused(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Fork server to judge: whether all of them stopped."""

    still: bool


class Resume(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Judge to fork server: let a submission's processes go on."""

    pid: int


class Resumed(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Fork server to judge: the processes go on."""


class Measure(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Judge to fork server: how much processor time has a submission taken?"""

    pid: int


class Measured(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Fork server to judge: the processor time of all processes and threads of a submission, in seconds.

    `wanted` is how long those that still live ran or waited for a processor; None if the kernel does not tell.
    `runs` is true if a thread runs, or waits for a processor, at this moment.
    """

    seconds: float
    wanted: float | None
    runs: bool


class KillDescendants(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Judge to fork server: a check ended, so kill every descendant of the submission process."""

    pid: int


class DescendantsKilled(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Fork server to judge: whether no descendant is left, and whether the submission process is alive.

    Args:
        seconds: processor time of all processes that the submission process has waited for: its checks so far.
    """

    clean: bool
    alive: bool
    seconds: float


class Close(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Judge to fork server: kill the submission and its descendants; `hung_up` if it seems to end by itself."""

    pid: int
    hung_up: bool


class Closed(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Fork server to judge: it is gone; `signal` killed it (0: the fork server did), or it exited with `code`."""

    signal: int
    code: int


class Running(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Submission to judge: the statement of the module, or the cell, of this number begins.

    The judge then measures the time of this statement. If the import runs out of time, the number decides which
    statement is left out of the next import.
    """

    number: int


class Imported(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Submission to judge: the import ended.

    Args:
        found: the contract's names that it defines.
        notes: what went wrong during the import, one sentence each.
        answers: the written answers.
        leftovers: settings of torch that the import changed for every check, each as the call that does it.
        others: its own functions and classes that are not in the contract; some of them, if there are many.
    """

    found: list[str]
    notes: list[str]
    answers: dict[str, str]
    leftovers: list[str] = []
    others: list[str] = []


class LockedDown(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Submission to judge, before the student's code runs: the state of every promise."""

    isolation: Isolation


class Begin(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Judge to submission, with a socket: begin a check with this seed.

    Args:
        forbidden: names of the library that it may not use.
        undo_leftovers: make torch's settings those of a new process, first.
    """

    seed: int
    forbidden: list[str]
    undo_leftovers: bool = False


class CheckExited(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Submission to judge: how the check's process ended.

    It decides whether the check is a timeout or a crash. Timeouts count towards `CHECKS_IN_VAIN`.
    """

    signal: int
    code: int


class Request(msgspec.Struct, frozen=True, array_like=True):
    """Judge to check: do something with object number `root`, or with the object at the dotted `path` from it.

    Args:
        verb: `call`, `get`, `set` an attribute, `assign` in place, `iterate` for an iterator and its
            first items, `next` for the next items.
        keep: return even a tensor as a `Ref`, so that its graph can be used.
        no_grad: inside `torch.no_grad()`.
        fresh: forget all objects made so far and seed again, first.
    """

    verb: Literal["call", "get", "set", "assign", "iterate", "next"]
    root: int
    path: str = ""
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    keep: bool = False
    no_grad: bool = False
    fresh: bool = False


class Returned(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Check to judge: the value."""

    value: Any


class Raised(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Check to judge: the student's code raised; `called` is false if the arguments did not fit."""

    kind: str
    text: str
    where: list[tuple[str, str]]
    called: bool = True


class NotDefined(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Check to judge: the submission does not define that name."""


Reply = Returned | Raised | NotDefined
FromForkServer = Ready | Opened | Paused | Resumed | Measured | DescendantsKilled | Closed
ToForkServer = Open | Pause | Resume | Measure | KillDescendants | Close
FromSubmission = LockedDown | Running | Imported | CheckExited
