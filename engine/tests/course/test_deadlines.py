"""The file of deadlines: what it says, and every sentence that refuses it."""

from datetime import UTC, datetime

import pytest

from assay.course.deadlines import Deadlines, Policy, read_deadlines
from assay.course.read import read_course
from assay.errors import CourseError

at = datetime.fromisoformat
GOOD = """
time_zone = "Europe/Zurich"

[deadlines]
basics = 2026-11-03T23:59:00

[extensions.basics]
"Ada Muster_1001" = 2026-11-10T23:59:00

[late]
grace_minutes = 10
percent_a_day = 10
cap_days = 3
"""


@pytest.fixture
def course(tmp_path):
    (tmp_path / "reference").mkdir()
    (tmp_path / "tests" / "basics").mkdir(parents=True)
    (tmp_path / "reference" / "basics.py").write_text("")
    return read_course(tmp_path)


def test_a_course_without_the_file_has_no_deadlines(course):
    assert read_deadlines(course) is None


def test_everything_in_the_file_is_read(course):
    (course.root / "deadlines.toml").write_text(GOOD)
    assert read_deadlines(course) == Deadlines(
        "Europe/Zurich",
        {"basics": at("2026-11-03 23:59")},
        {"basics": {"Ada Muster_1001": at("2026-11-10 23:59")}},
        Policy(10.0, 0.0, 10.0, 3.0),
    )


def test_times_are_meant_in_the_time_zone_and_shown_there():
    deadlines = Deadlines("Europe/Zurich", {})
    assert deadlines.moment(at("2026-07-01 12:00")) == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert deadlines.moment(at("2026-12-01 12:00")) == datetime(2026, 12, 1, 11, tzinfo=UTC)
    assert deadlines.moment(datetime(2026, 12, 1, 12, tzinfo=UTC)) == datetime(2026, 12, 1, 12, tzinfo=UTC)
    assert deadlines.local(datetime(2026, 7, 1, 10, tzinfo=UTC)) == "2026-07-01 12:00"


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("Europe/Zurich", "Zurich time", "deadlines.toml: 'Zurich time' is not a time zone; one is called like Europe/Zurich"),
        ("Europe/Zurich", "Europe", "deadlines.toml: 'Europe' is not a time zone; one is called like Europe/Zurich"),
        ("Europe/Zurich", "../x", "deadlines.toml: '../x' is not a time zone; one is called like Europe/Zurich"),
        ("basics =", "advanced =", "no assignment 'advanced'; this course has basics"),
        ("03T23:59:00", "03", "deadlines.toml: Expected `datetime`, got `date` - at `$.deadlines[...]`"),
        ("03T23:59:00", "03T23:59:00Z", "deadlines.toml: Expected `datetime` with no timezone component - at `$.deadlines[...]`"),
        ("basics = 2026", "basics = 0001", "deadlines.toml: 0001-11-03 23:59:00 is not a deadline"),
        ("11-10T", "11-01T", "deadlines.toml: the extension of Ada Muster_1001 ends before the deadline of basics"),
        ("basics = 2026-11-03T23:59:00", "", "deadlines.toml: basics has extensions and no deadline"),
        ("grace_minutes", "grace", "deadlines.toml: Object contains unknown field `grace` - at `$.late`"),
        ("grace_minutes = 10", "points_a_day = 1", "deadlines.toml: lateness costs points_a_day or percent_a_day, not both"),
        ("percent_a_day = 10", "percent_a_day = 101", "deadlines.toml: Expected `float` <= 100.0 - at `$.late.percent_a_day`"),
        ("cap_days = 3", "cap_days = -1", "deadlines.toml: Expected `float` >= 0.0 - at `$.late.cap_days`"),
        ("[late]", "[late", "deadlines.toml: Expected ']' at the end of a table declaration (at line 10, column 6)"),
    ],
)  # fmt: skip
def test_a_file_that_says_something_else_is_refused(course, old, new, text):
    assert old in GOOD
    (course.root / "deadlines.toml").write_text(GOOD.replace(old, new, 1))
    with pytest.raises(CourseError) as raised:
        read_deadlines(course)
    assert str(raised.value) == text
