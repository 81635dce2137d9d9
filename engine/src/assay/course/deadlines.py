"""`deadlines.toml` beside `reference/` and `tests/`: deadlines, extensions, and the price of lateness."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from assay.errors import CourseError

if TYPE_CHECKING:
    from assay.course.read import Course

__all__ = ["FILE", "Deadlines", "Policy", "read_deadlines"]

FILE: Final = "deadlines.toml"
_FIRST_YEAR, _LAST_YEAR = 2000, 3000

Local = Annotated[datetime, msgspec.Meta(tz=False)]
Amount = Annotated[float, msgspec.Meta(ge=0, le=100_000)]


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The price of lateness.

    Args:
        grace_minutes: after the deadline nothing is late yet.
        points_a_day: deducted for each day that has begun since the deadline.
        percent_a_day: the same in percent of the assignment's points.
        cap_days: a submission that is later than this does not count; None if every one counts.
    """

    grace_minutes: Amount = 0.0
    points_a_day: Amount = 0.0
    percent_a_day: Annotated[float, msgspec.Meta(ge=0, le=100)] = 0.0
    cap_days: Amount | None = None


class Deadlines(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The deadlines of a course.

    Args:
        time_zone: its name in the IANA database; every time without a zone is meant there.
        deadlines: the deadline of each assignment that has one.
        extensions: later deadlines of single students, by assignment and student.
        late: the price of lateness.
    """

    time_zone: str
    deadlines: dict[str, Local]
    extensions: dict[str, dict[str, Local]] = {}
    late: Policy = Policy()

    def moment(self, time: datetime) -> datetime:
        """Return a time of a platform or of the file in UTC."""
        zoned = time if time.tzinfo else time.replace(tzinfo=ZoneInfo(self.time_zone))
        return zoned.astimezone(UTC)

    def local(self, moment: datetime) -> str:
        """Return a moment as a clock in the course's time zone shows it."""
        return f"{moment.astimezone(ZoneInfo(self.time_zone)):%Y-%m-%d %H:%M}"

    @property
    def grace(self) -> timedelta:
        """How long after the deadline nothing is late yet."""
        return timedelta(minutes=self.late.grace_minutes)


def read_deadlines(course: Course) -> Deadlines | None:
    """Read the file; None if there is none.

    Raises:
        CourseError: it cannot be read, or does not fit the course.
    """
    path = course.root / FILE
    if not path.exists():
        return None
    try:
        found = msgspec.toml.decode(path.read_bytes(), type=Deadlines)
    except (OSError, UnicodeDecodeError, msgspec.MsgspecError) as error:
        text = f"{FILE}: {error}"
        raise CourseError(text) from error
    try:
        ZoneInfo(found.time_zone)
    except (OSError, ValueError, ZoneInfoNotFoundError) as error:
        text = f"{FILE}: {found.time_zone!r} is not a time zone; one is called like Europe/Zurich"
        raise CourseError(text) from error
    for name in (*found.deadlines, *found.extensions):
        course.assignment(name)
    _check(found)
    return found


def _check(found: Deadlines) -> None:
    """Raise CourseError if what stands in the file contradicts itself."""
    late = found.late
    for name, until in found.extensions.items():
        if name not in found.deadlines:
            text = f"{FILE}: {name} has extensions and no deadline"
            raise CourseError(text)
        for student, time in until.items():
            if time < found.deadlines[name]:
                text = f"{FILE}: the extension of {student} ends before the deadline of {name}"
                raise CourseError(text)
    if late.points_a_day and late.percent_a_day:
        text = f"{FILE}: lateness costs points_a_day or percent_a_day, not both"
        raise CourseError(text)
    for time in (*found.deadlines.values(), *(time for until in found.extensions.values() for time in until.values())):
        if not _FIRST_YEAR <= time.year < _LAST_YEAR:
            text = f"{FILE}: {time} is not a deadline"
            raise CourseError(text)
