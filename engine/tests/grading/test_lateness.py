"""Which upload counts, and what lateness costs: by the deadline, an extension, the grace and the cap."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from values import steady

from assay.course.deadlines import Deadlines, Policy
from assay.grading.lateness import Lateness, Rules, settle
from assay.intake.platforms import Export
from assay.intake.result import Intake, Upload
from assay.model import Submission, SubmissionInfo
from assay.report.roster import read_roster

DUE = datetime.fromisoformat("2026-11-03 23:59")
KEY = ("ada", "one")
DAY = timedelta(days=1)


def uploads(*times, name="ada", late=False):
    """Return the uploads of one student at these times, each of which is its file's name."""
    return [
        Upload(
            Submission(SubmissionInfo(name, str(time), ""), "one", "module", b""),
            Export(name, "", time=time, late=late),
        )
        for time in times
    ]


def class_of(*students):
    return Intake([each[-1].submission for each in students], list(students))


def rules(*, extensions=None, roster=b"", students=("ada",), zone="UTC", times=None, **policy):
    deadlines = Deadlines(zone, {"one": DUE}, {"one": extensions or {}}, Policy(**policy))
    return Rules(deadlines, read_roster(roster) if roster else (), students, times or {})


def settled(own, given_rules):
    found = settle(class_of(own), given_rules, lambda all_of_them: all_of_them[-1])
    return [each.info.path for each in found.submissions], [each.reason for each in found.refused], found.lateness


@pytest.mark.parametrize(
    ("times", "policy", "chosen"),
    [
        ((-2, -1), {}, -1),
        ((-2, 0), {}, 0),
        ((-2, 1), {}, -2),
        ((-2, 1), {"grace_minutes": 24 * 60}, 1),
        ((1, 2, 3), {"cap_days": 2}, 2),
        ((1, 2, 3), {}, 3),
        ((-2, 1), {"cap_days": 5}, -2),
    ],
)
def test_the_last_in_time_counts_or_else_the_last_within_the_cap(times, policy, chosen):
    own = uploads(*(DUE + count * DAY for count in times))
    assert settled(own, rules(**policy))[0] == [str(DUE + chosen * DAY)]


def test_nothing_counts_after_the_cap():
    own = uploads(DUE + 3 * DAY + timedelta(minutes=2), DUE + 4 * DAY)
    assert settled(own, rules(cap_days=2.5, points_a_day=1))[:2] == (
        [], ["handed in 4 d after 2026-11-03 23:59, and nothing counts after 2.5 days"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("late", "policy", "amount", "unit"),
    [
        (timedelta(seconds=1), {"points_a_day": 0.5}, 0.5, "points"),
        (DAY, {"points_a_day": 0.5}, 0.5, "points"),
        (DAY + timedelta(seconds=1), {"points_a_day": 0.5}, 1.0, "points"),
        (2 * DAY, {"percent_a_day": 10}, 20.0, "percent"),
        (11 * DAY, {"percent_a_day": 10}, 100.0, "percent"),
        (timedelta(minutes=10), {"percent_a_day": 10, "grace_minutes": 10}, 0.0, "points"),
        (timedelta(minutes=11), {"percent_a_day": 10, "grace_minutes": 10}, 10.0, "percent"),
        (DAY, {}, 0.0, "points"),
    ],
)
def test_each_day_that_has_begun_costs(late, policy, amount, unit):
    (found,) = settled(uploads(DUE + late), rules(**policy))[2]
    assert (found.key, found.amount, found.unit) == (KEY, amount, unit)


def test_it_says_when_it_was_handed_in():
    (late,) = settled(uploads(DUE + DAY + timedelta(hours=10, seconds=30)), rules(percent_a_day=10))[2]
    assert late.text == "handed in 2026-11-05 09:59, 1 d 10 h 1 min after 2026-11-03 23:59; percent for each day: 10"
    (good,) = settled(uploads(DUE), rules())[2]
    assert good.text == "handed in 2026-11-03 23:59, in time for 2026-11-03 23:59"


def test_a_time_with_a_zone_is_compared_as_a_moment():
    own = uploads(datetime(2026, 11, 3, 22, 59, 0, tzinfo=UTC), datetime(2026, 11, 3, 22, 59, 1, tzinfo=UTC))
    assert settled(own, rules(zone="Europe/Zurich"))[0] == ["2026-11-03 22:59:00+00:00"]


def test_a_day_is_24_hours_also_when_the_clocks_change():
    before = datetime.fromisoformat("2026-10-24 12:00")
    deadlines = Deadlines("Europe/Zurich", {"one": before}, {}, Policy(points_a_day=1))
    found = [
        settled(uploads(before + late), Rules(deadlines, (), ["ada"], {}))[2][0].amount
        for late in (DAY - timedelta(hours=1), DAY)
    ]
    assert found == [1.0, 2.0]


@pytest.mark.parametrize(
    ("student", "named"),
    [
        ("ada", "ada"),
        ("Ada Muster_1001_assignsubmission_file", "Ada Muster_1001"),
        ("Ada Muster_1001", "Ada Muster"),
        ("A\u0308da_1", "\u00c4da"),
        ("musterada_1001", "ada@uni.example"),
    ],
)
def test_an_extension_is_for_the_student_by_any_name(student, named):
    roster = b"first name,last name,id,email\nAda,Muster,1001,ada@uni.example\nBob,Kaya,1002,bob@uni.example\n"
    own = rules(extensions={named: DUE + DAY}, roster=roster, students=(student, "Bob Kaya"), points_a_day=1)
    assert own.doubts == []
    assert settled(uploads(DUE + DAY, name=student), own)[2][0].amount == 0
    assert settled(uploads(DUE + DAY, name="Bob Kaya"), own)[2][0].amount == 1


@pytest.mark.parametrize(
    ("named", "doubts"),
    [
        ("Ada", ["the extension of Ada is of several students: Ada_1, Ada_2"]),
        ("Eve", ["the extension of Eve is of nobody in the class"]),
        ("Kim", []),
    ],
)
def test_an_extension_that_may_be_of_others_counts_for_nobody(named, doubts):
    own = rules(extensions={named: DUE + DAY}, roster=b"name,id\nKim,3\n", students=("Ada_1", "Ada_2"))
    assert own.doubts == doubts
    assert own.due(("Ada_1", "one")) == DUE.replace(tzinfo=UTC)


def test_without_a_time_nothing_is_late_and_the_latest_counts():
    own = uploads(DUE - DAY, None, late=True)
    paths, refused, (late,) = settled(own, rules(points_a_day=1, cap_days=0))
    assert (paths, refused) == (["None"], [])
    assert (late.amount, late.text, late.marked) == (0.0, "", True)


def test_the_roster_tells_the_time_of_an_only_upload():
    own = rules(roster=b"name\nbob\nada\n", times={2: DUE + DAY}, points_a_day=1)
    assert settled(uploads(None), own)[2][0].amount == 1.0
    assert settled(uploads(None, None), own)[2][0].text == ""
    assert settled(uploads(DUE), own)[2][0].amount == 0.0


def test_an_assignment_without_a_deadline_is_never_late():
    deadlines = Deadlines("UTC", {}, {}, Policy(points_a_day=1))
    for none in (Rules(deadlines, (), ["ada"], {}), None):
        assert settled(uploads(DUE), none)[2] == [Lateness(KEY, text="there is no deadline")]


@steady
@given(
    st.lists(st.integers(-5, 5), min_size=1, max_size=6), st.integers(0, 2), st.one_of(st.none(), st.integers(0, 4)),
)  # fmt: skip
def test_no_later_upload_within_the_same_limit_is_passed_over(days, grace, cap):
    own = uploads(*sorted(DUE + each * DAY for each in days))
    (paths, refused, _) = settled(own, rules(grace_minutes=grace * 1440, cap_days=cap))
    in_time = [each for each in days if each <= grace]
    within = [each for each in days if cap is None or each <= cap]
    best = max(in_time or within, default=None)
    assert paths == ([] if best is None else [str(DUE + best * DAY)])
    assert len(refused) == (best is None)
