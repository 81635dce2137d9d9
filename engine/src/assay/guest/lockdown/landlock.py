"""Landlock: which files a process and all its children may open, whoever owns them.

It uses system calls, because the bindings at hand are not released yet and the interface is three calls.
The kernel's own description is `Documentation/userspace-api/landlock.rst`.
"""

from __future__ import annotations

import ctypes
import os
import stat
from typing import TYPE_CHECKING

from assay.guest.lockdown.syscalls import call

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
_REFER, _TRUNCATE = 1 << 13, 1 << 14

_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
"""Every right that an ABI knows, denied unless a rule grants it; the last entry holds for later ABIs."""

_TCP, _TCP_ABI = 0b11, 4
_SCOPES, SCOPE_ABI = 0b11, 6
"""From this ABI on, Landlock keeps signals and abstract sockets inside."""

_READ = _READ_FILE | _READ_DIR
_OWN = _READ | _WRITE_FILE | _TRUNCATE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _REFER
# No symbolic links, pipes, sockets or devices, on which a person who tidies up could trip.
# Nothing may be executed. Libraries are mapped, which Landlock does not count as executing.

_VERSION = 1
_PATH_BENEATH = 1


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("rights", ctypes.c_uint64), ("fd", ctypes.c_int32))


def abi() -> int:
    """Return this kernel's version of Landlock. Raise OSError if it has none."""
    return call("landlock_create_ruleset", 0, 0, _VERSION)


def ruleset(read: Iterable[Path], write: Iterable[Path], own: Path) -> tuple[int, int]:
    """Prepare rules that allow access beneath these paths only, and no execution; return the descriptor and the ABI.

    Args:
        read: files and folders to read. A path that does not exist, or that this user cannot reach, is left out.
        write: files to read and write, such as `/dev/null`.
        own: the one folder in which files may be made, changed and removed.

    Raises:
        OSError: this kernel has no Landlock, or it is switched off.
    """
    version = abi()
    handled = _FILE_RIGHTS[min(version, max(_FILE_RIGHTS))]
    wanted = _Ruleset(handled, _TCP if version >= _TCP_ABI else 0, _SCOPES if version >= SCOPE_ABI else 0)
    size = 8 if version < _TCP_ABI else 16 if version < SCOPE_ABI else 24
    rules = call("landlock_create_ruleset", wanted, size, 0)
    try:
        for path in read:
            _allow(rules, path, _READ & handled)
        for path in write:
            _allow(rules, path, (_READ | _WRITE_FILE) & handled)
        _allow(rules, own, _OWN & handled)
    except OSError:
        os.close(rules)
        raise
    return rules, version


def restrict(rules: int) -> None:
    """Apply the rules for good, and close the descriptor. Requires `no_new_privs`."""
    try:
        call("landlock_restrict_self", rules, 0)
    finally:
        os.close(rules)


def _allow(rules: int, path: Path, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= _READ_FILE | _WRITE_FILE
        call("landlock_add_rule", rules, _PATH_BENEATH, _Beneath(rights, place), 0)
    finally:
        os.close(place)
