"""The paths that a running Python and its libraries need, and no others.

They are the packages' own folders, never the environment around them, because that may lie in the course.
"""

from __future__ import annotations

import os
import site
import sys
import sysconfig
from pathlib import Path

_SYSTEM = "/usr/lib /usr/lib64 /lib /lib64 /usr/share/fonts /usr/share/zoneinfo /dev/zero /dev/urandom"
_SETTINGS = "/etc/localtime /etc/ld.so.cache /etc/alternatives /etc/fonts"


def _named() -> set[str]:
    names = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    names |= {f"{sys.base_prefix}/lib", *site.getsitepackages()}
    names |= {site.getusersitepackages()} if site.ENABLE_USER_SITE else set()
    # A `.pth` file may add the packages of another environment.
    names |= {name for name in sys.path if Path(name).name in ("site-packages", "dist-packages")}
    return {name for name in (*names, *_SYSTEM.split(), *_SETTINGS.split()) if os.access(name, os.R_OK)}


_REAL = {path: path.resolve() for path in map(Path, sorted(_named()))}
_PLACES = set(_REAL.values())

LINKS = {path: real for path, real in _REAL.items() if path != real}
"""Symbolic links that programs use, such as `/lib`, and their targets."""

READ = tuple(path for path in sorted(_PLACES) if _PLACES.isdisjoint(path.parents))
"""Resolved paths to read, none inside another."""

WRITE = (Path(os.devnull),)
"""Paths to read and write."""
