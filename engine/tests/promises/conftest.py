"""The fixture of the promises: a wall to run against."""

from walls import wall

__all__ = ["wall"]
