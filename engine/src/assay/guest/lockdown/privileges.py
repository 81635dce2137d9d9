"""Give up every right beyond an unprivileged user's, for good, and check that it worked."""

from __future__ import annotations

import contextlib
import ctypes
import os

from assay.guest.lockdown.syscalls import call, reason

DAC_READ_SEARCH = 1 << 2
"""The right to search closed folders, such as root's home, where its Python may lie; Landlock bounds it."""

_VERSION = 0x20080522
_LAST = 63

_PR_SET_KEEPCAPS, _PR_CAPBSET_DROP, _PR_SET_SECUREBITS, _PR_CAP_AMBIENT = 8, 24, 28, 47
_AMBIENT_CLEAR = 4
_NO_WAY_BACK = 0b1110_1111
"""No rights for user 0, none by changing the user, none kept, none handed on; each of the four locked."""


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = tuple((f"{name}{half}", ctypes.c_uint32) for half in (0, 1) for name in ("use", "may", "hand_on"))


def drop(user: int | None, keep: int = 0) -> str | None:
    """Become a user without rights.

    Args:
        user: the id, for user and group, or None to keep the user.
        keep: bits of the capabilities to keep, if this process has them.

    Returns:
        None, or the right that is left.
    """
    with contextlib.suppress(OSError):  # EINVAL: past the last capability; EPERM: nothing to give up
        for capability in range(_LAST):
            call("prctl", _PR_CAPBSET_DROP, capability, 0, 0, 0)
    with contextlib.suppress(OSError):
        call("prctl", _PR_SET_KEEPCAPS, 1, 0, 0, 0)
        call("prctl", _PR_SET_SECUREBITS, _NO_WAY_BACK, 0, 0, 0)
    if user is not None:
        try:
            os.setgroups([])
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)
        except OSError:
            user = None  # the rights of a root without capabilities are checked below
    with contextlib.suppress(OSError):
        call("prctl", _PR_CAP_AMBIENT, _AMBIENT_CLEAR, 0, 0, 0)
    try:
        may = _sets().may0 & keep
        call("capset", _Header(_VERSION, 0), _Sets(use0=may, may0=may))
        return _left(keep)
    except OSError as error:
        return reason(error)


def _left(keep: int) -> str | None:
    sets = _sets()
    low = (sets.use0 | sets.may0 | sets.hand_on0) & ~keep
    return "capabilities are left" if low or sets.use1 | sets.may1 | sets.hand_on1 else None


def _sets() -> _Sets:
    sets = _Sets()
    call("capget", _Header(_VERSION, 0), sets)
    return sets
