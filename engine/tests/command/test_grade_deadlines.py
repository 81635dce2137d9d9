"""`deadlines.toml` and `--submission`: what counts, what is deducted, and how a person takes that back."""

import csv
import functools
import io
import json
import shutil
from decimal import Decimal

import pytest
from archive_files import zipped
from commands import RIGHT, WRONG, run_here

DEADLINES = """
time_zone = "Europe/Zurich"
[deadlines]
basics = 2026-11-03T23:59:00
[late]
percent_a_day = 10
cap_days = 3
"""
EARLY, BEFORE, LATE, AFTER = "2026-11-03-22-00-00", "2026-11-03-23-00-00", "2026-11-05-10-00-00", "2026-11-09-10-00-00"
COST = "handed in 2026-11-05 10:00, 1 d 10 h 1 min after 2026-11-03 23:59; percent for each day: 10"
GRADES = ("--gradebook", "grades.db")


@pytest.fixture
def run(room, executor):
    (room / "grades.db").unlink()
    (room / "course" / "deadlines.toml").write_text(DEADLINES)
    return functools.partial(run_here, executor, cwd=room)


def hand_in(room, *uploads):
    """Write Blackboard's archive of uploads, each of a student, a time and a source."""
    files = [(f"HW_{name}_attempt_{time}_basics.py", source) for name, time, source in uploads]
    (room / "class.zip").write_bytes(zipped(files))


def grade(run, *more):
    return run("grade", "class.zip", "--course", "course", *more)


def points(run, student):
    """Return a student's exported rows as points, and their total."""
    text = run("export", "csv", *GRADES, "--student", student)[1]
    rows = {row["check"]: row["points"] for row in csv.DictReader(io.StringIO(text, newline=""))}
    return rows, sum(map(Decimal, rows.values()))


def test_a_late_submission_costs_a_line_of_its_own_in_every_export(run, room):
    hand_in(room, ("alice", EARLY, RIGHT), ("bob", LATE, RIGHT))
    code, _, errors = grade(run, *GRADES)
    assert (code, errors) == (0, f"assay: bob, basics: -20 percent (decision 1): {COST}\n")
    rows, total = points(run, "bob")
    assert (rows["late"], total) == ("-1.40", Decimal("3.60"))
    assert points(run, "alice")[1] == Decimal("5.00")
    for name, shown in (
        ("junit", 'name="points" value="-1.40"'), ("ctrf", '"score": -1.4'), ("gradescope", '"score": -1.4'),
        ("github-summary", "| `late deduction` |  | -1.40 / 0 |"),
    ):  # fmt: skip
        output = run("export", name, *GRADES, "--student", "bob")[1]
        assert shown in output, name
        assert "3.6" in output, name
    (room / "canvas.csv").write_text("Student,ID,Section,basics\nbob,2,A,\n")
    assert run("export", "canvas", *GRADES, "--fill", "canvas.csv")[1].splitlines()[1] == "bob,2,A,3.6"
    run("return", "out", *GRADES)
    text = (room / "out" / "bob" / "basics.txt").read_text()
    assert text.splitlines()[0].endswith("3.6 / 7")
    assert f"notes -1.4 points: {COST}" in " ".join(text.split())


def test_the_deduction_can_be_withdrawn_and_stays_so(run, room):
    hand_in(room, ("alice", EARLY, RIGHT), ("bob", LATE, RIGHT))
    grade(run, *GRADES)
    run("withdraw", 1, "--reason", "was ill", *GRADES)
    assert points(run, "bob")[1] == Decimal("5.00")
    assert "percent" not in grade(run, *GRADES)[2]
    assert points(run, "bob")[1] == Decimal("5.00")
    history = run("history", "bob", *GRADES)[1]
    assert f"for lateness are deducted 20 percent: {COST}" in history
    assert "counts: 5 of 7" in history


def test_an_extension_takes_the_deduction_back_without_grading_again(run, room):
    hand_in(room, ("alice", EARLY, RIGHT), ("bob", LATE, RIGHT))
    grade(run, *GRADES)
    extended = DEADLINES.replace("[late]", "[extensions.basics]\nbob = 2026-11-06T12:00:00\n[late]")
    (room / "course" / "deadlines.toml").write_text(extended)
    errors = grade(run, *GRADES)[2]
    assert errors == (
        "assay: 2 of 2 skipped: grades.db has their reports, which still hold\n"
        "assay: bob, basics: nothing is deducted (decision 2): handed in 2026-11-05 10:00, in time for 2026-11-06 12:00\n"
    )
    assert points(run, "bob") == (
        {
            "flat_labels": "2.00",
            "hidden-1": "1.00",
            "scaled": "1.00",
            "factor": "1.00",
            "counter": "0.00",
            "mean": "0.00",
        },
        5,
    )


@pytest.mark.parametrize("left", [DEADLINES.replace("basics = 2026-11-03T23:59:00\n", ""), None])
def test_a_deadline_that_is_removed_takes_its_deductions_with_it(run, room, left):
    hand_in(room, ("alice", EARLY, RIGHT), ("bob", LATE, RIGHT))
    grade(run, *GRADES)
    file = room / "course" / "deadlines.toml"
    file.unlink() if left is None else file.write_text(left)
    skipped = "assay: 2 of 2 skipped: grades.db has their reports, which still hold\n"
    gone = "assay: bob, basics: nothing is deducted (decision 2): there is no deadline\n"
    assert grade(run, *GRADES)[2] == skipped + gone
    assert points(run, "bob")[1] == Decimal("5.00")
    assert grade(run, *GRADES)[2] == skipped
    file.write_text(DEADLINES)
    assert grade(run, *GRADES)[2] == f"{skipped}assay: bob, basics: -20 percent (decision 3): {COST}\n"


def test_a_deduction_is_never_more_than_the_points(run, room):
    (room / "course" / "deadlines.toml").write_text(DEADLINES.replace("percent_a_day = 10", "points_a_day = 2"))
    hand_in(room, ("alice", EARLY, RIGHT), ("bob", LATE, WRONG))
    assert "-4 points" in grade(run, *GRADES)[2]
    rows, total = points(run, "bob")
    assert (rows["late"], total) == ("-3.00", 0)
    assert "counts: 0 of 7" in run("history", "bob", *GRADES)[1]


def test_the_last_in_time_counts_and_a_regrade_grades_the_same_one(run, room):
    hand_in(room, ("alice", EARLY, RIGHT), ("bob", EARLY, WRONG), ("bob", LATE, RIGHT))
    output = grade(run, *GRADES)[1]
    assert "HW_bob_attempt_2026-11-05-10-00-00_basics.py was not graded: it is newer than" in " ".join(output.split())
    assert points(run, "bob")[1] == Decimal("3.00")
    output = run("regrade", "class.zip", "--course", "course", *GRADES, "--student", "bob")[1]
    assert "gain: 0, lose: 0, the same points: 1" in output


UNREADABLE = b"x" * 10_000_001


def test_a_regrade_grades_the_one_that_counts_before_one_that_cannot_be_read(run, room):
    hand_in(room, ("alice", EARLY, RIGHT), ("alice", AFTER, UNREADABLE), ("bob", EARLY, RIGHT))
    grade(run, *GRADES)
    output = run("regrade", "class.zip", "--course", "course", *GRADES, "--student", "alice")[1]
    assert "gain: 0, lose: 0, the same points: 1" in output


def refusals(room):
    """Return what a run's report says of each upload: the file's name, and whether it was graded."""
    reports = json.loads((room / "grades.json").read_text())["reports"]
    return [(each["submission"]["path"].rpartition("_attempt_")[2][:19], each["status"]) for each in reports]


@pytest.mark.parametrize(
    ("second", "found"),
    [
        (AFTER, [(EARLY, "graded")]),  # the deadline decides
        (BEFORE, [(BEFORE, "ungraded")]),
    ],
)
def test_an_upload_that_cannot_be_read_matters_only_if_it_counts(run, room, second, found):
    hand_in(room, ("alice", EARLY, RIGHT), ("alice", second, UNREADABLE))
    run("grade", "class.zip", "--course", "course", "--json", "grades.json")
    assert refusals(room) == found


@pytest.mark.parametrize(
    ("order", "found"),
    [("first", [(EARLY, "graded")]), ("best", [(LATE, "graded")]), ("latest", [(AFTER, "ungraded")])],
)
def test_without_a_deadline_the_order_decides_also_of_an_upload_that_cannot_be_read(run, room, order, found):
    (room / "course" / "deadlines.toml").unlink()
    hand_in(room, ("alice", EARLY, WRONG), ("alice", LATE, RIGHT), ("alice", AFTER, UNREADABLE))
    run("grade", "class.zip", "--course", "course", "--json", "grades.json", "--submission", order)
    assert refusals(room) == found


def test_an_extension_is_also_of_a_student_whose_last_upload_cannot_be_read(run, room):
    hand_in(room, ("alice", EARLY, RIGHT), ("alice", AFTER, UNREADABLE))
    (room / "course" / "deadlines.toml").write_text(f"{DEADLINES}[extensions.basics]\nalice = 2026-11-20T12:00:00\n")
    _, _, errors = run("grade", "class.zip", "--course", "course", "--json", "grades.json")
    assert (errors, refusals(room)) == ("", [(AFTER, "ungraded")])


def test_after_the_cap_a_person_decides(run, room):
    hand_in(room, ("alice", EARLY, RIGHT), ("bob", AFTER, RIGHT))
    output = grade(run, *GRADES)[1]
    assert output.splitlines()[-3:] == [
        "A person decides",
        "- bob (basics): handed in 5 d 10 h 1 min after 2026-11-03 23:59, and nothing",
        "  counts after 3 days",
    ]
    assert points(run, "alice")[1] == Decimal("5.00")


def test_without_a_time_nothing_is_deducted_and_that_is_said(run, room):
    files = [("adaa_LATE_12_34_basics.py", RIGHT), ("bobb_13_35_basics.py", RIGHT)]
    (room / "class.zip").write_bytes(zipped(files))
    assert grade(run, *GRADES)[2] == (
        "assay: basics: no time is known, so that nothing new is deducted: adaa_12, bobb_13\n"
        "assay: basics: marked as late by the platform, without a time: adaa_12\n"
    )


SHEET = (
    "Identifier,Full name,Email address,Grade,Maximum Grade,Last modified (submission)\n"
    'Participant 1,Ada Muster,a@uni.example,,7,"Thursday, 5 November 2026, 10:00 AM"\n'
    'Participant 2,Bob Kaya,b@uni.example,,7,"Tuesday, November 3, 2026, 9:00 PM"\n'
    "Participant 3,Eve Lind,e@uni.example,,7,Dienstag\n"
    "Participant 4,Kim Ito,k@uni.example,,7,-\n"
)


def moodle(room, *more):
    names = ("Ada Muster_1", "Bob Kaya_2", "Eve Lind_3")
    files = [(f"{name}_assignsubmission_file_basics.py", RIGHT) for name in names]
    (room / "class.zip").write_bytes(zipped([*files, *more]))
    (room / "Grades.csv").write_text(SHEET)


def test_moodles_worksheet_tells_the_times(run, room):
    moodle(room)
    errors = grade(run, *GRADES, "--roster", "Grades.csv")[2]
    unknown = "assay: basics: no time is known, so that nothing new is deducted: {}\n"
    assert errors == (f"{unknown.format('Eve Lind_3')}assay: Ada Muster_1, basics: -20 percent (decision 1): {COST}\n")
    errors = grade(run, *GRADES)[2]
    assert unknown.format("Ada Muster_1, Bob Kaya_2, Eve Lind_3") in errors
    assert points(run, "Ada Muster_1")[1] == Decimal("3.60")


def test_the_times_of_a_worksheet_are_of_one_assignment(run, room):
    shutil.copytree(room / "course" / "tests" / "basics", room / "course" / "tests" / "more")
    shutil.copy(room / "course" / "reference" / "basics.py", room / "course" / "reference" / "more.py")
    moodle(room, ("Ada Muster_1_assignsubmission_file_more.py", RIGHT))
    errors = grade(run, *GRADES, "--roster", "Grades.csv")[2]
    assert errors.startswith("assay: the times of the roster are not used, because the class has several assignments\n")
    assert "percent" not in errors


def test_without_a_gradebook_it_is_only_said(run, room):
    hand_in(room, ("alice", EARLY, RIGHT), ("bob", LATE, RIGHT))
    assert grade(run)[2] == f"assay: bob, basics: -20 percent (only a gradebook counts it): {COST}\n"


@pytest.mark.parametrize(("order", "total"), [("latest", 3), ("first", 0), ("best", 5)])
def test_the_order_decides_among_repeated_ones_without_a_deadline(run, room, order, total):
    (room / "course" / "deadlines.toml").unlink()
    hand_in(room, ("alice", EARLY, RIGHT), ("bob", EARLY, "x = 1"), ("bob", LATE, RIGHT), ("bob", AFTER, WRONG))
    assert grade(run, *GRADES, "--submission", order)[0] == 0
    assert points(run, "bob")[1] == total


def test_a_deadline_decides_before_the_order(run, room):
    hand_in(room, ("alice", EARLY, RIGHT), ("bob", EARLY, WRONG), ("bob", LATE, RIGHT))
    grade(run, *GRADES, "--submission", "best")
    assert points(run, "bob")[1] == 3


def test_deadlines_that_cannot_be_read_are_refused_before_grading(run, room):
    (room / "course" / "deadlines.toml").write_text("[deadlines]\n")
    hand_in(room, ("alice", EARLY, RIGHT))
    assert grade(run) == (2, "", "assay: deadlines.toml: Object missing required field `time_zone`\n")


def test_an_extension_of_nobody_is_said(run, room):
    text = DEADLINES.replace("[late]", '[extensions.basics]\n"ada\\u202e" = 2026-11-06T12:00:00\n[late]')
    (room / "course" / "deadlines.toml").write_text(text)
    hand_in(room, ("alice", EARLY, RIGHT))
    assert grade(run)[2] == "assay: deadlines.toml: the extension of ada\\u202e is of nobody in the class\n"
