"""The reports of a class in little memory."""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from assay.model import Report

__all__ = ["PackedReports", "packed", "unpacked"]


class PackedReports(Sequence["Report"]):
    """Reports that wait compressed; each is unpacked when it is asked for, and is not kept.

    Args:
        reports: as `packed` returns them.

    Attributes:
        packed: the same.
    """

    def __init__(self, reports: Iterable[bytes]) -> None:
        self.packed = list(reports)

    @classmethod
    def of(cls, *parts: Iterable[Report]) -> PackedReports:
        """Return all reports of these parts; those that are packed stay so."""
        return cls(
            chain.from_iterable(part.packed if isinstance(part, PackedReports) else map(packed, part) for part in parts)
        )

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.packed)

    @overload
    def __getitem__(self, index: int) -> Report: ...

    @overload
    def __getitem__(self, index: slice) -> PackedReports: ...

    def __getitem__(self, index: int | slice) -> Report | PackedReports:
        """Return a report, or a part of them."""
        if isinstance(index, slice):
            return PackedReports(self.packed[index])
        return unpacked(self.packed[index])


def packed(report: Report) -> bytes:
    """Return a report as bytes: 1 kB instead of 7 kB for a small one."""
    return zlib.compress(pickle.dumps(report))


def unpacked(data: bytes) -> Report:
    """Return the report in these bytes, which must come from `packed`."""
    report: Report = pickle.loads(zlib.decompress(data))  # noqa: S301 - no file's: from this process
    return report
