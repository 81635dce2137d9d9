"""The folder of a run: all its temporary files lie in it, so that the next run removes those of a killed one."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from assay.errors import AssayError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["run_folder"]

_PREFIX = "assay-run-"
_PASS_THROUGH = 0o711
"""A submission of another user id must reach its scratch folder below, and sees no names on the way."""


@contextlib.contextmanager
def run_folder() -> Iterator[None]:
    """Keep the temporary files of this process and of its children in one folder, which is removed after the body.

    The run holds a lock on its folder, which the kernel frees when the run ends: a folder without one is removed.

    Raises:
        AssayError: no folder can be made.
    """
    try:
        place = Path(tempfile.gettempdir())
        for path in place.glob(f"{_PREFIX}*"):
            _remove_if_left(path)
        folder, lock = _make(place)
    except OSError as error:
        text = f"no folder for temporary files can be made: {error.strerror}: set TMPDIR to a folder with room"
        raise AssayError(text) from error
    before = os.environ.get("TMPDIR"), tempfile.tempdir
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before[1]
        os.environ.pop("TMPDIR")
        if before[0] is not None:
            os.environ["TMPDIR"] = before[0]
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _make(place: Path) -> tuple[Path, int]:
    """Make a folder and lock it; another run that starts may remove it in between."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place))
        with contextlib.suppress(FileNotFoundError):
            folder.chmod(_PASS_THROUGH)
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            fcntl.flock(lock, fcntl.LOCK_EX)
            if folder.exists():
                return folder, lock
            os.close(lock)


def _remove_if_left(path: Path) -> None:
    """Remove the folder of a run that has ended; other users' folders and links are left alone."""
    with contextlib.suppress(OSError):
        lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            if os.fstat(lock).st_uid == os.geteuid():
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path, ignore_errors=True)
        finally:
            os.close(lock)
