"""What is asked and what is answered, on three lines.

    judge → fork server   Open, Pause, Resume, KillDescendants, Close
    fork server → judge   Ready, Opened, Paused, Resumed, DescendantsKilled, Closed
    judge → submission    SourceMessage, Begin (with a socket)
    submission → judge    LockedDown, Running, Imported, CheckExited
    judge → check         Request
    check → judge         Returned, Raised, NotDefined

The fork server is ours and runs no student's code. Answers of a submission and of a check are a student's word: they
are only shown, compared or counted against the student.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

SUBMISSION, LIBRARY = 0, 1
"""Numbers of the two objects that exist before anything was made."""


class Setup(msgspec.Struct, frozen=True, array_like=True):
    """Judge to fork server, first: where the course's library lies, or "" for none; which promises may be broken."""

    library_folder: str
    library: str
    waived: list[str]


class Ready(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Fork server to judge: torch and the library are imported; or what went wrong."""

    failure: str


class Open(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Judge to fork server, with a socket: a process for a submission; limits in seconds and bytes.

    Not the submission itself: what passes through the fork server stays in memory that every later fork inherits.

    Args:
        foreseen: what it seems to need that takes long to import: the fork server does so once, for all.
    """

    name: str
    kind: Literal["module", "notebook"]
    foreseen: list[Literal["plots", "optimizers", "shell"]]
    contract: list[str]
    import_seconds: int
    call_seconds: int
    memory: int


class SourceMessage(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Judge to submission, first: its file's bytes, and the seed of its import.

    Args:
        skip: numbers of statements or cells, as `Running` gave them, that are left out because they took too long.
    """

    source: bytes
    seed: int
    skip: list[int] = []


class Opened(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Fork server to judge: the submission process exists, not yet locked down."""

    pid: int


class Pause(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Judge to fork server: stop a submission's processes, while something is timed beside them."""

    pid: int


class Paused(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Fork server to judge: whether all of them stand still."""

    still: bool


class Resume(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Judge to fork server: let them go on."""

    pid: int


class Resumed(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Fork server to judge: they do."""


class KillDescendants(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Judge to fork server: a check ended, so nothing but the submission process may be left of that submission."""

    pid: int


class DescendantsKilled(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Fork server to judge: whether it is so, and whether the submission process still lives."""

    clean: bool
    alive: bool


class Close(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Judge to fork server: end the submission and all that it started; `hung_up` if it seems to end by itself."""

    pid: int
    hung_up: bool


class Closed(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Fork server to judge: it is gone; `signal` is what ended it before we did, else 0; `code` its exit code."""

    signal: int
    code: int


class Running(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Submission to judge: this statement of the module, or this cell, begins; for the wording only."""

    number: int
    label: str


class Imported(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Submission to judge: imported.

    Args:
        found: names of the contract that are there.
        notes: what went wrong on the way, a sentence each.
        answers: the written answers.
    """

    found: list[str]
    notes: list[str]
    answers: dict[str, str]


class LockedDown(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Submission to judge, before the student's code runs: which promises are kept, and how."""

    isolation: dict[str, str]


class Begin(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Judge to submission, with a socket: a check of this seed; the library's names that it may not use."""

    seed: int
    forbidden: list[str]


class CheckExited(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Submission to judge: how the check's process ended, for the wording only."""

    signal: int
    code: int


class Request(msgspec.Struct, frozen=True, array_like=True):
    """Judge to check: do something with object number `root`, or with what lies along the dotted `path` from it.

    Args:
        verb: `call`, `get`, `set` an attribute, `assign` in place, `iterate` for an iterator and its
            first items, or take the `next` ones.
        keep: give even a tensor as a `Ref`, so that its graph can be used.
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
    """Check to judge: the student's code raised; `called` is false where the call itself could not be made."""

    kind: str
    text: str
    where: list[tuple[str, str]]
    called: bool = True


class NotDefined(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Check to judge: there is no such name in the submission."""


Reply = Returned | Raised | NotDefined
FromForkServer = Ready | Opened | Paused | Resumed | DescendantsKilled | Closed
ToForkServer = Open | Pause | Resume | KillDescendants | Close
FromSubmission = LockedDown | Running | Imported | CheckExited
