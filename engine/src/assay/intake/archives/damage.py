"""The exceptions that zipfile, tarfile and gzip raise over made-up bytes."""

import struct
import tarfile
import zipfile
import zlib

__all__ = ["DAMAGE"]

DAMAGE = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, struct.error, EOFError, OSError, RuntimeError,
    ValueError, TypeError, LookupError, ArithmeticError, AttributeError,
)  # fmt: skip
"""RuntimeError is also RecursionError."""
