"""Seccomp: the system calls, and their arguments, that a process and its descendants may use.

This module assembles the filters itself, because pyseccomp needs libseccomp on the machine: a filter is a list of
comparisons, and the kernel checks it. A call that `syscalls` does not name is denied: old calls with EPERM, calls since
Linux 5.1 and unknown ones with ENOSYS, so that the C library falls back. Filters add up: none can be undone.
"""

from __future__ import annotations

import ctypes
import errno
import itertools
import os
import signal
from typing import TYPE_CHECKING, NamedTuple

from assay.guest.lockdown.syscalls import MACHINE, NUMBERS, PLAIN, call

if TYPE_CHECKING:
    from collections.abc import Mapping


class Step(NamedTuple):
    """One instruction of the kernel's filter machine: operation, steps to skip if true or false, operand."""

    what: int
    if_true: int
    if_false: int
    number: int


Code = list[Step]

_LOAD, _JUMP, _EQUAL, _AT_LEAST, _ANY_BIT, _MASK, _RETURN = 0x20, 0x05, 0x15, 0x35, 0x45, 0x54, 0x06
_FARTHEST = 255

_AT_NUMBER, _AT_MACHINE, _AT_ARGUMENTS = 0, 4, 16
_MACHINE_CODE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

ALLOW: Code = [Step(_RETURN, 0, 0, 0x7FFF0000)]
_KILL: Code = [Step(_RETURN, 0, 0, 0x80000000)]

_FIRST_NEW = 424
"""From this number on, calls have the same number on every machine, and C libraries cope with their absence."""

_END = 2**32

_SET_FILTER = 1
_SIGKILL = 9

_PR_SET_PDEATHSIG = 1
_PRCTL = (2, 3, 7, 15, 16, 21, 23, 25, 27, 37, 39, 40, 51, 56, 0x53564D41)
# Reading its state (2 death signal, 3 dumpable, 7 kept capabilities, 21 seccomp, 23 bounding set, 25 clock, 27 secure
# bits, 37 subreaper, 39 no new privileges, 40 address, 51 and 56 vectors and pointers of aarch64), and naming itself:
# 15, 16 threads, 0x53564D41 memory. Not 4 dumpable, 22 seccomp the old way, 36 subreaper, 0x59616D61 ptracer, 35 map.

_IOCTL = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
# Is it a terminal, how wide is it, how much can be read, do not block, close on exec.

_FCNTL = (*range(8), 9, 36, 37, 38, 1030, 1032)
# Duplicating, flags, locks, a pipe's size. Not 8, 10, 15: a descriptor that signals any process.

_CLONE_ESCAPES = 0x7E020000 | 0x8000 | 0x2000
"""New namespaces, a sibling instead of a child, a child that the tracer gets."""

_ITSELF = 0x7FFFFFFF
"""The placeholder for the process id in a check's filter."""

_CLONE_THREAD = 0x10000


_IN_VAIN = (
    "chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat", "utime", "utimes", "futimesat",
    "utimensat",
)  # fmt: skip
"""Modes, owners and times: nothing happens, and the caller is told that it did. `shutil.copy` and `os.chmod` of the
submission's own files succeed so; those of others stay as they are."""

_NO_ATTRIBUTES = ("listxattr", "llistxattr", "flistxattr")

_AF_UNIX, _SOCK_STREAM, _SOCK_TYPE = 1, 1, 0xF


class _Step(ctypes.Structure):
    _fields_ = (("what", ctypes.c_uint16), ("yes", ctypes.c_uint8), ("no", ctypes.c_uint8), ("number", ctypes.c_uint32))


class Program(ctypes.Structure):
    """A filter in the kernel's format."""

    _fields_ = (("length", ctypes.c_uint16), ("steps", ctypes.POINTER(_Step)))


def deny(number: int = errno.EPERM) -> Code:
    """Return code that fails the call with this error; with 0 the caller takes it for a success without effect."""
    return [Step(_RETURN, 0, 0, 0x00050000 | number)]


def assemble(decisions: Mapping[str, Code], otherwise: Code, since_new: Code | None = None) -> Code:
    """Return a filter that decides by the call's name.

    Args:
        decisions: name of a call to its code; names that this machine does not have are left out.
        otherwise: the code of the other calls.
        since_new: the code of the other calls from number 424 on, if not the same. They include the x32 interface,
            whose numbers begin at 2**30.
    """
    by_number = sorted((NUMBERS[name], code) for name, code in decisions.items() if name in NUMBERS)
    spans: list[tuple[int, Code]] = []
    reached = 0
    for number, code in [*by_number, (_END, [])]:
        for start, default in ((0, otherwise), (_FIRST_NEW, since_new or otherwise)):
            end = _FIRST_NEW if start == 0 else _END
            if max(start, reached) < min(end, number):
                spans.append((max(start, reached), default))
        spans.append((number, code))
        reached = number + 1
    merged = [next(group) for _, group in itertools.groupby(spans[:-1], key=lambda span: span[1])]
    wrong_machine = [Step(_LOAD, 0, 0, _AT_MACHINE), Step(_EQUAL, 1, 0, _MACHINE_CODE.get(MACHINE, 0)), *_KILL]
    return [*wrong_machine, Step(_LOAD, 0, 0, _AT_NUMBER), *_search(merged)]


def install(program: Program) -> None:
    """Apply the filter to this thread and its descendants, for good. Requires `no_new_privs`.

    Raises OSError if the kernel has no filters.
    """
    call("seccomp", _SET_FILTER, 0, program)


def program(code: Code) -> Program:
    """Return the code in the kernel's format."""
    return Program(len(code), (_Step * len(code))(*(_Step(*step) for step in code)))


def for_submission(*, signals: bool) -> Program:
    """Return a submission's filter. With `signals` it may send signals, because no process outside is in reach."""
    by_signal = ALLOW if signals else deny()
    conditions = {
        "clone": _no_bits(0, _CLONE_ESCAPES),
        "ioctl": _one_of(1, _IOCTL, deny(errno.ENOTTY)),
        "fcntl": _one_of(1, _FCNTL, deny()),
        "prctl": [
            _argument(0),
            Step(_EQUAL, 0, 3, _PR_SET_PDEATHSIG),
            _argument(1),  # it must die with its parent
            Step(_EQUAL, 2 + len(_PRCTL), 0, _SIGKILL),
            Step(_JUMP, 0, 0, len(_PRCTL)),
            *_one_of(0, _PRCTL, deny())[1:],
        ],
        "open": _no_truncating_read(1),
        "openat": _no_truncating_read(2),
        "sendto": [*_zero(4, high=True), *_zero(4), *ALLOW],  # an address would open a connection
        "prlimit64": [*_zero(0), *ALLOW],
        "seccomp": [_argument(0), Step(_EQUAL, 1, 0, _SET_FILTER), *deny(), *_zero(1), *ALLOW],
        "kill": by_signal,
        "tkill": by_signal,
        "tgkill": by_signal,
        "socketpair": _connected_pair(),
        # Every handler of SIGCHLD: a parent that ignores its children's ends would hide their processor time.
        "rt_sigaction": [_argument(0), Step(_EQUAL, 0, 1, signal.SIGCHLD), *deny(), *ALLOW],
        "clone3": deny(errno.ENOSYS),
        "memfd_create": deny(errno.ENOSYS),
    }
    conditions |= dict.fromkeys(_IN_VAIN, deny(0)) | dict.fromkeys(_NO_ATTRIBUTES, deny(errno.ENOTSUP))
    return program(assemble(dict.fromkeys(PLAIN, ALLOW) | conditions, deny(), deny(errno.ENOSYS)))


def for_check(pid: int) -> Program:
    """Return a check's additional filter: it may not start a process or signal another one.

    The program is the same object each time, with the process id changed: use it for that process at once.
    """
    for place in _ITS_PLACES:
        _CHECK.steps[place].number = pid
    return _CHECK


def _search(spans: list[tuple[int, Code]]) -> Code:
    """Return a binary search for the span of a number: eight comparisons instead of two hundred."""
    if len(spans) == 1:
        return spans[0][1]
    middle = len(spans) // 2
    lower, upper = _search(spans[:middle]), _search(spans[middle:])
    first = spans[middle][0]
    if len(lower) <= _FARTHEST:
        return [Step(_AT_LEAST, len(lower), 0, first), *lower, *upper]
    return [Step(_AT_LEAST, 0, 1, first), Step(_JUMP, 0, 0, len(lower)), *lower, *upper]


def _argument(index: int, *, high: bool = False) -> Step:
    return Step(_LOAD, 0, 0, _AT_ARGUMENTS + 8 * index + 4 * high)


def _zero(index: int, *, high: bool = False) -> Code:
    return [_argument(index, high=high), Step(_EQUAL, 1, 0, 0), *deny()]


def _one_of(index: int, values: tuple[int, ...], otherwise: Code) -> Code:
    found = [Step(_EQUAL, len(values) - place, 0, value) for place, value in enumerate(values)]
    return [_argument(index), *found, *otherwise, *ALLOW]


def _no_bits(index: int, bits: int) -> Code:
    return [_argument(index), Step(_ANY_BIT, 0, 1, bits), *deny(), *ALLOW]


def _no_truncating_read(index: int) -> Code:
    # A file can be opened for reading and yet be emptied; Landlock prevents that only since its third version.
    which = [_argument(index), Step(_MASK, 0, 0, os.O_TRUNC | os.O_ACCMODE)]
    return [*which, Step(_EQUAL, 1, 0, os.O_TRUNC), Step(_EQUAL, 0, 1, os.O_TRUNC | os.O_ACCMODE), *deny(), *ALLOW]


def _connected_pair() -> Code:
    # asyncio wakes itself with a pair of sockets. Of Unix sockets only a stream takes no address once it is connected,
    # so that a pair leads to its own two ends and nowhere else.
    family = [_argument(0), Step(_EQUAL, 1, 0, _AF_UNIX), *deny()]
    return [*family, _argument(1), Step(_MASK, 0, 0, _SOCK_TYPE), Step(_EQUAL, 1, 0, _SOCK_STREAM), *deny(), *ALLOW]


def _check() -> Code:
    itself = [_argument(0), Step(_EQUAL, 1, 0, _ITSELF), *deny(), *ALLOW]
    thread = [_argument(0), Step(_ANY_BIT, 1, 0, _CLONE_THREAD), *deny(), *ALLOW]
    decisions = {"fork": deny(), "vfork": deny(), "clone": thread, "kill": itself, "tgkill": itself, "tkill": deny()}
    return assemble(decisions, ALLOW)


_CHECK = program(_check())
_ITS_PLACES = tuple(place for place, step in enumerate(_check()) if step.number == _ITSELF)
