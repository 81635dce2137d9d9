"""The course's secret seed, and the seeds derived from it: of a check, of a measurement, of a guest."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from typing import TYPE_CHECKING, Final

from assay.errors import CourseError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["MAX_SEED", "PUBLIC_SEED", "check_seed", "guest_seed", "import_seed", "measurement_seed", "secret_seed"]

_BITS: Final = 128
MAX_SEED: Final = 2**_BITS - 1
PUBLIC_SEED: Final = 0
"""The seed of `assay check`, and of a course that grades its own reference: everybody may know it."""

_FILE: Final = ".assay/seed"
_BYTES: Final = 6
"""Of the digest: every reader of JSON, and every generator that takes a seed, takes 48 bits."""


def secret_seed(root: Path) -> int:
    """Return the course's own seed; draw it on first use, and keep it in `.assay/seed`, which its owner alone can read.

    Raises:
        CourseError: the file cannot be made or read, or does not hold a seed; the text says what to do.
    """
    path = root / _FILE
    with contextlib.suppress(FileNotFoundError):
        return _read(path)
    try:
        path.parent.mkdir(exist_ok=True)
        (path.parent / ".gitignore").write_text("*\n", encoding="utf-8")
        unfinished = path.with_name(f"seed.{os.getpid()}")
        number = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(f"{secrets.randbits(_BITS)}\n")
        with contextlib.suppress(FileExistsError):  # another command was first, and its seed counts
            os.link(unfinished, path)
        unfinished.unlink()
    except OSError as error:
        text = f"the course's seed cannot be kept at {path} ({error.strerror}): name a seed with --seed"
        raise CourseError(text) from error
    return _read(path)


def _read(path: Path) -> int:
    try:
        text = path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        message = f"the course's seed cannot be read from {path} ({reason}): name a seed with --seed"
        raise CourseError(message) from error
    if not text.isdecimal() or int(text) > MAX_SEED:
        message = f"{path} does not hold a seed, a whole number below 2^{_BITS}: remove it, or name a seed with --seed"
        raise CourseError(message)
    return int(text)


def check_seed(seed: int, assignment: str, exercise: str, check: str) -> int:
    """Return the seed of a check's own inputs; `seed` is the course's."""
    return _derived(seed, assignment, exercise, check)


def measurement_seed(seed: int, assignment: str, exercise: str, measurement: str) -> int:
    """Return the seed of a measurement's own inputs, the same for every check that asks for it."""
    return _derived(seed, assignment, exercise, "measurement", measurement)


def guest_seed(seed: int) -> int:
    """Return the seed of the guest's randomness in a check or measurement with that seed, which it does not tell."""
    return _derived(seed, "guest")


def import_seed(assignment: str) -> int:
    """Return the seed of the import of a submission: no secret, because all its code can see it."""
    return _derived(0, assignment, "import")


def _derived(seed: int, *names: str) -> int:
    """Return the seed that belongs to these names; it does not tell the seed that it was derived from."""
    digest = hashlib.sha256("/".join([str(seed), *names]).encode()).digest()
    return int.from_bytes(digest[:_BYTES], "big")
