"""The meaning of pytest's items: which check, in which of its variants, of whose submission, and what it needs."""

from __future__ import annotations

import inspect
from typing import Any, get_args

import pytest

from assay.course.read import exercise_of
from assay.errors import CourseError
from assay.model import MAX_POINTS, Check, Submission, Visibility

BEHIND_FIXTURES = frozenset({"judge_state", "guest", "measured", "pytestconfig", "request"})
"""Fixtures on which those of a check are built; every check has them."""

_VARIANT = pytest.StashKey[dict[str, int]]()
_CHECK = pytest.StashKey[Check]()
"""The place in an item that keeps what was read from its test function."""


def check_of(item: Any) -> Check:
    """Read a check from its test function: name, docstring, markers.

    Raises CourseError if it has no docstring, an unknown visibility, or points that are not a number from 0 on.
    """
    if _CHECK not in item.stash:
        item.stash[_CHECK] = _read_check(item)
    check: Check = item.stash[_CHECK]
    return check


def _read_check(item: Any) -> Check:
    description = inspect.getdoc(item.obj)
    if not description:
        text = f"{item.nodeid} has no docstring: it is the sentence that a student reads"
        raise CourseError(text)
    points = _points(item)
    marker = item.get_closest_marker("visibility")
    visibility: Visibility = marker.args[0] if marker else "visible"
    if visibility not in get_args(Visibility):
        text = f"{item.nodeid} is marked visibility({visibility!r}); there is {', '.join(get_args(Visibility))}"
        raise CourseError(text)
    # By place and not by value: a hidden value must not show, nor an address in memory decide a seed.
    parts = [f"{name}{place}" for name, place in item.stash.get(_VARIANT, {}).items()]
    return Check(
        "-".join([item.originalname.removeprefix("test_"), *parts]),
        exercise_of(item.path),
        " ".join(description.split()),
        points,
        visibility,
    )


def _points(item: Any) -> float:
    marker = item.get_closest_marker("points")
    if marker is None:
        return 1.0
    if len(marker.args) != 1 or not isinstance(marker.args[0], int | float) or not 0 <= marker.args[0] <= MAX_POINTS:
        shown = ", ".join(map(repr, marker.args))
        text = f"{item.nodeid} is marked points({shown}); points are a number from 0 to {MAX_POINTS:,}"
        raise CourseError(text)
    return float(marker.args[0])


def number_variants(items: list[pytest.Item]) -> None:
    """Note the place of each parameter's value among those of its check; pytest counts through all submissions."""
    variants: dict[tuple[Any, ...], list[Any]] = {}
    for item in items:
        if hasattr(item, "callspec"):
            variants.setdefault((item.path, item.originalname, submission_of(item)), []).append(item)  # type: ignore[attr-defined]
    for same in variants.values():
        for name in same[0].callspec.indices:
            if name != "guest":
                places = sorted({item.callspec.indices[name] for item in same})
                for item in same:
                    item.stash.setdefault(_VARIANT, {})[name] = places.index(item.callspec.indices[name])


def forbidden_by(item: pytest.Item) -> list[str]:
    """Return the library's names that submissions of this check's exercise may not use."""
    return sorted({name for marker in item.iter_markers("forbids") for name in marker.args})


def submission_of(item: Any) -> Submission | None:
    """Return the submission that the check is for, or None if the test is not a check of a submission."""
    params = item.callspec.params if hasattr(item, "callspec") else {}
    submission = params.get("guest")
    return submission if isinstance(submission, Submission) else None


def submission_checked(item: Any) -> Submission:
    """Return the submission that a check is for; the item must be a check of a submission."""
    submission: Submission = item.callspec.params["guest"]
    return submission


def is_exact(item: Any) -> bool:
    """Whether a check asks everybody the same, and needs only the reference to judge the answers."""
    return set(item.fixturenames) - direct_parameters(item) <= {"submission", "reference"} | BEHIND_FIXTURES


def direct_parameters(item: Any) -> set[str]:
    """Return the names that a check's own `parametrize` gives values to; not those of fixtures with `params`."""
    names: set[str] = set()
    for marker in item.iter_markers("parametrize"):
        if not marker.kwargs.get("indirect"):
            given = marker.args[0] if marker.args else marker.kwargs["argnames"]
            names.update(name.strip() for name in (given.split(",") if isinstance(given, str) else given))
    return names
