"""`assay grade --gradebook`: what is stored is skipped, what is new or has changed is graded, and both are said."""

import json
import shutil

from commands import RIGHT, WRONG
from small_course import write_class

from assay.gradebook.store import open_gradebook


def grade(run, room, *arguments):
    return run("grade", "class", "--course", "course", "--gradebook", "grades.db", *arguments, cwd=room)


def history(room, name):
    with open_gradebook(room / "grades.db") as book:
        return book.history(name)


SECOND_OUTPUT = """\
basics  1  2  10  total
of      3  3   1      7
alice   3  2   0      5
bob     3  0   0      3

basics: how many have full marks, of 2
 1  Losses               2
 2  Scales and counters  0
10  Noise                0

Points in percent
 0-10   0
10-20   0
20-30   0
30-40   0
40-50   1  █
50-60   0
60-70   0
70-80   1  █
80-90   0
90-100  0
"""


def test_every_report_is_stored_with_the_run_that_graded_it(first_room, room):
    (entry,) = history(room, "bob")
    assert (entry.report.score, entry.report.seed, entry.conditions.seed) == (3, "7", "7")
    assert (entry.origin.folder, entry.origin.paths) == (str(first_room), ("class",))


def test_the_same_command_grades_nothing_and_says_so(room, run):
    code, output, errors = grade(run, room, "--json", "r.json")
    assert (code, errors) == (0, "assay: 2 of 2 skipped: grades.db has their reports, which still hold\n")
    assert output == SECOND_OUTPUT
    reports = json.loads((room / "r.json").read_bytes())["reports"]
    assert [(report["submission"]["name"], report["score"]) for report in reports] == [("alice", 5), ("bob", 3)]
    assert len(history(room, "alice")) == 1


def test_skipped_submissions_count_for_fail_under(room, run):
    assert grade(run, room, "--fail-under", "60")[0] == 1


def test_the_seed_of_the_gradebook_wins(room, run):
    shutil.rmtree(room / "class" / "alice")
    (room / "class" / "bob" / "basics.py").write_text(RIGHT)
    code, _, errors = grade(run, room, "--seed", "8")
    assert (code, errors) == (
        0,
        "assay: --seed 8 is not used: the gradebook keeps the seed of its class\nassay: 1 of 1 to grade: the submission has changed\n",
    )
    assert [entry.report.seed for entry in history(room, "bob")] == ["7", "7"]


def test_new_and_changed_submissions_are_graded_and_the_earlier_report_stays(room, run):
    (room / "class" / "bob" / "basics.py").write_text(RIGHT)
    write_class(room / "class", {"carol": WRONG})
    code, output, errors = grade(run, room)
    assert (code, errors) == (
        0,
        "assay: 1 of 3 skipped: grades.db has their reports, which still hold\nassay: 1 of 3 to grade: the submission has changed\nassay: 1 of 3 to grade: new\n",
    )
    assert "bob  basics" in output
    assert "alice  basics" not in output
    assert [entry.report.score for entry in history(room, "bob")] == [3, 5]


def test_a_changed_course_is_named(room, run):
    for name in ("conftest.py", "tests/basics/test_1_losses.py", "tests/basics/test_10_noise.py", "tox.ini"):
        with (room / "course" / name).open("a") as file:
            file.write("\n")
    assert grade(run, room)[2] == (
        "assay: 2 of 2 to grade: conftest.py, tox.ini, tests/basics/test_1_losses.py and 1 more have changed\n"
    )


def test_what_could_not_be_graded_is_tried_again(room, run):
    (room / "course" / "conftest.py").write_text(
        "import pytest\n\n\n@pytest.fixture(autouse=True)\ndef broken(): raise OSError('the disk is gone')\n"
    )
    grade(run, room)
    assert [entry.report.status for entry in history(room, "bob")] == ["graded", "ungraded"]
    assert grade(run, room)[2] == "assay: 2 of 2 to grade: could not be graded before\n"


def test_a_refused_submission_is_stored_once(room, run):
    (room / "class" / "bob" / "basics.py").unlink()
    (room / "class" / "bob" / "basics.py").symlink_to("nowhere")
    for _ in range(2):
        assert grade(run, room)[2] == "assay: 1 of 1 skipped: grades.db has their reports, which still hold\n"
    with open_gradebook(room / "grades.db") as book:
        assert [(e.report.submission.name, e.report.assignment, e.report.status) for e in book.current()] == [
            ("alice", "basics", "graded"),
            ("bob", "basics", "ungraded"),
        ]
    assert [entry.report.cause for entry in history(room, "bob")] == [None, "refused"]


def test_two_students_of_one_name_are_refused_before_anything_is_graded(room, run):
    write_class(room / "other", {"bob": RIGHT})
    code, output, errors = run(
        "grade", "class", "other", "--course", "course", "--gradebook", "grades.db", cwd=room
    )  # fmt: skip
    assert (code, output, errors) == (
        3,
        "",
        "assay: two submissions of basics are bob's: class/bob/basics.py and other/bob/basics.py; in a gradebook a name is one student, so keep a gradebook for each group\n",
    )


def test_a_refusal_of_a_namesake_does_not_replace_a_report(room, run):
    write_class(room / "other", {"bob": RIGHT})
    (room / "other" / "bob" / "basics.py").rename(room / "other" / "bob" / "basic.py")
    before = run("dump", "--gradebook", "grades.db", cwd=room)
    sentence = "in a gradebook a name is one student, so keep a gradebook for each group"
    for paths in (("class", "other"), ("other", "class")):
        assert run("grade", *paths, "--course", "course", "--gradebook", "grades.db", cwd=room) == (
            3, "",
            f"assay: two submissions of basics are bob's: class/bob/basics.py and other/bob/basic.py; {sentence}\n",
        )  # fmt: skip
    assert run("dump", "--gradebook", "grades.db", cwd=room) == before


def test_refusals_of_namesakes_stop_nobody(room, run):
    write_class(room / "other", {"zoe": RIGHT})
    write_class(room / "more", {"zoe": RIGHT})
    for folder in ("other", "more"):
        (room / folder / "zoe" / "basics.py").rename(room / folder / "zoe" / "basic.py")
    code = run("grade", "class", "other", "more", "--course", "course", "--gradebook", "grades.db", cwd=room)[0]
    assert code == 0
    assert "must be called basics.py; " in run("history", "zoe", "--gradebook", "grades.db", cwd=room)[1]


def test_a_file_that_is_no_gradebook_stops_the_command(room, run):
    (room / "grades.csv").write_text("alice,5\n" * 1000)
    code, output, errors = run("grade", "class", "--course", "course", "--gradebook", "grades.csv", cwd=room)
    assert (code, output, errors) == (3, "", "assay: grades.csv is not a gradebook\n")


def test_a_second_run_at_once_is_refused(room, run):
    with open_gradebook(room / "grades.db", run=True):
        code, output, errors = grade(run, room)
    assert (code, output, errors) == (
        3, "", "assay: grades.db is in use by another run: run this command again when that has ended\n"
    )  # fmt: skip


def test_a_dump_is_the_current_reports(room, run):
    code, output, errors = run("dump", "--gradebook", "grades.db", cwd=room)
    assert (code, errors) == (0, "")
    assert [stored["report"]["submission"]["name"] for stored in json.loads(output)["reports"]] == ["alice", "bob"]
