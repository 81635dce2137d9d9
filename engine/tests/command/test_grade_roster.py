"""`assay grade --roster`: who handed in nothing, and whose files nobody knows, in the class and in its exports."""

import csv
import functools
import io
import json
import shutil

import pytest
from commands import RIGHT, run_here
from page_text import parse
from small_course import write_class

ROSTER = "name,id,email\nalice,1,alice@uni.example\nBob Kaya,2,bob\nCarol Ito,3,carol@uni.example\n"
NASTY = '"=cmd()\u202e\x1b[31m",4,\n'


@pytest.fixture
def run(room, executor):
    (room / "roster.csv").write_text(ROSTER)
    return functools.partial(run_here, executor, cwd=room)


def grade(run, *more):
    return run("grade", "class", "--course", "course", *more)


def test_who_handed_in_nothing_is_in_the_table_the_report_and_the_exports(run, room):
    code, output, errors = grade(run, "--gradebook", "grades.db", "--roster", "roster.csv", "--json", "g.json")
    assert (code, errors) == (0, "assay: 2 of 2 skipped: grades.db has their reports, which still hold\n")
    assert output.splitlines()[4] == "Carol Ito  -  -   -  not handed in"
    assert "A person decides" not in output
    (absent,) = json.loads((room / "g.json").read_text())["reports"][2:]
    assert (absent["submission"]["name"], absent["assignment"]) == ("Carol Ito", "basics")
    assert (absent["status"], absent["cause"], absent["reason"]) == ("ungraded", "absent", "nothing was handed in")
    (room / "canvas.csv").write_text("Student,ID,Section,basics\nalice,1,A,\nbob,2,A,\nCarol Ito,3,A,\n")
    code, output, errors = run("export", "canvas", "--gradebook", "grades.db", "--fill", "canvas.csv")
    assert output.splitlines()[1:] == ["alice,1,A,5", "bob,2,A,3", "Carol Ito,3,A,"]
    assert errors == "assay: Carol Ito: left blank: nothing was handed in\n"


def test_the_gradebook_keeps_the_roster_and_who_hands_in_later_is_there(run, room):
    grade(run, "--gradebook", "grades.db", "--roster", "roster.csv")
    write_class(room / "class", {"carol@uni.example": RIGHT})
    output = grade(run, "--gradebook", "grades.db")[1]
    assert "Carol Ito" not in output
    rows = list(csv.DictReader(io.StringIO(run("export", "csv", "--gradebook", "grades.db")[1], newline="")))
    assert {row["student"] for row in rows} == {"alice", "bob", "carol@uni.example"}


def test_in_a_part_of_a_class_nobody_is_absent_whose_report_the_gradebook_has(run, room):
    grade(run, "--gradebook", "grades.db", "--roster", "roster.csv")
    words = ("grade", "class/alice", "--course", "course", "--gradebook", "grades.db")
    code, output, _ = run(*words, "--json", "g.json", "--pages", "pages")
    assert code == 0
    assert [line for line in output.splitlines() if "not handed in" in line] == ["Carol Ito  -  -   -  not handed in"]
    reports = json.loads((room / "g.json").read_text())["reports"]
    assert [(report["submission"]["name"], report["cause"]) for report in reports] == [
        ("alice", None), ("Carol Ito", "absent"),
    ]  # fmt: skip
    texts = parse((room / "pages" / "index.html").read_bytes()).texts
    assert ("Carol Ito" in texts, "Bob Kaya" in texts) == (True, False)


def test_a_report_of_another_assignment_does_not_stand_for_a_submission(run, room):
    grade(run, "--gradebook", "grades.db", "--roster", "roster.csv")
    for folder in ("reference", "tests"):
        source = room / "course" / folder / ("basics.py" if folder == "reference" else "basics")
        (shutil.copy if source.is_file() else shutil.copytree)(source, source.with_stem("more"))
    (room / "class" / "alice" / "basics.py").rename(room / "class" / "alice" / "more.py")
    output = run("grade", "class/alice", "--course", "course", "--gradebook", "grades.db")[1]
    absent = [line for line in output.splitlines() if line.endswith("-  not handed in")]
    assert [line.split()[0] for line in absent] == ["Bob", "Carol"]


def test_strangers_are_told_and_graded(run, room):
    (room / "roster.csv").write_text("name\nalice\n")
    _, output, errors = grade(run, "--gradebook", "grades.db", "--roster", "roster.csv")
    assert errors.splitlines()[1:] == ["assay: bob is not on the roster"]
    assert "bob     3  0   0      3" in output


def test_a_refusal_without_an_assignment_stands_for_no_other(run, room):
    (room / "early" / "Carol Ito").mkdir(parents=True)
    (room / "early" / "Carol Ito" / "notes.pdf").write_bytes(b"")
    run("grade", "early/Carol Ito", "--course", "course", "--gradebook", "grades.db")
    output = grade(run, "--gradebook", "grades.db", "--roster", "roster.csv")[1]
    assert "Carol Ito  -  -   -  not handed in" in output


def test_an_absent_student_can_be_excused_and_gets_nothing_back(run, room):
    grade(run, "--gradebook", "grades.db", "--roster", "roster.csv")
    run("excuse", "Carol Ito", "--assignment", "basics", "--reason", "was ill", "--gradebook", "grades.db")
    output = run("export", "csv", "--gradebook", "grades.db", "--student", "Carol Ito")[1]
    assert output.splitlines()[1:] == ["Carol Ito,basics,,,,the assignment is excused,excused,,"]
    assert run("return", "out", "--gradebook", "grades.db")[0] == 0
    assert sorted(path.name for path in (room / "out").iterdir()) == ["alice", "bob"]


def test_a_forgotten_student_is_not_on_the_roster_any_more(run):
    grade(run, "--gradebook", "grades.db", "--roster", "roster.csv")
    assert run("forget", "Carol Ito", "--yes", "--gradebook", "grades.db")[0] == 0
    run("forget", "bob", "--yes", "--gradebook", "grades.db")
    output = run("dump", "--gradebook", "grades.db")[1]
    assert json.loads(output)["roster"][0][0] == "alice"
    assert "Carol" not in output
    assert "Kaya" not in output


def test_of_namesakes_only_the_forgotten_one_leaves_the_roster(run, room):
    (room / "roster.csv").write_text("name,id\nAda,1\nAda,2\nalice,3\nbob,4\n")
    grade(run, "--gradebook", "grades.db", "--roster", "roster.csv")
    run("forget", "Ada_1", "--yes", "--gradebook", "grades.db")
    roster = json.loads(run("dump", "--gradebook", "grades.db")[1])["roster"]
    assert [name for name, _ in roster] == ["Ada_2", "alice", "bob"]


NUMBERED = "Identifier,Full name\nParticipant 1,alice\nParticipant 1001,Ada Muster\nParticipant 1002,Bob Kaya\n"


@pytest.fixture
def forget(run, room):
    """Return the command that forgets a student of a class whose reports have Moodle's names."""
    (room / "roster.csv").write_text(NUMBERED)
    write_class(room / "class", {"Ada Muster_1001": RIGHT})
    grade(run, "--gradebook", "grades.db", "--roster", "roster.csv")
    return lambda student: run("forget", student, "--yes", "--gradebook", "grades.db")


@pytest.mark.parametrize("student", ["Ada Muster", "Participant 1001"])
def test_nobody_is_forgotten_by_a_name_that_the_roster_alone_has(forget, run, student):
    before = run("dump", "--gradebook", "grades.db")
    sentence = f"grades.db has no report of {student}, but of Ada Muster_1001, perhaps the same student by the roster"
    assert forget(student) == (2, "", f"assay: {sentence}: forget each name that is\n")
    assert run("dump", "--gradebook", "grades.db") == before
    assert forget("Ada Muster_1001") == (0, "Ada Muster_1001 is forgotten: reports: 1, decisions: 0\n", "")
    assert "Ada" not in run("dump", "--gradebook", "grades.db")[1]


def test_other_names_of_a_forgotten_student_are_said_and_stay(forget, run, room):
    write_class(room / "class", {"Ada Muster_7": RIGHT})
    grade(run, "--gradebook", "grades.db")
    run("excuse", "Ada Muster", "--assignment", "basics", "--reason", "was ill", "--gradebook", "grades.db")
    perhaps = "perhaps the same student by the roster: forget each name that is"
    _, _, errors = forget("Ada Muster_7")
    assert errors == f"assay: grades.db still has Ada Muster, Ada Muster_1001, {perhaps}\n"
    assert len(json.loads(run("dump", "--gradebook", "grades.db")[1])["roster"]) == 3
    code, output, errors = forget("Ada Muster_1001")
    assert (code, output) == (0, "Ada Muster_1001 is forgotten: reports: 1, decisions: 0\n")
    assert errors == f"assay: grades.db still has Ada Muster, {perhaps}\n"
    assert len(json.loads(run("dump", "--gradebook", "grades.db")[1])["roster"]) == 2
    assert forget("Ada Muster") == (0, "Ada Muster is forgotten: reports: 0, decisions: 1\n", "")


def test_an_absent_student_is_below_no_limit(run, room):
    (room / "roster.csv").write_text("name\nalice\nbob\nCarol\n")
    assert grade(run, "--gradebook", "grades.db", "--roster", "roster.csv", "--fail-under", 40)[0] == 0


def test_names_of_a_roster_are_inert(run, room):
    (room / "roster.csv").write_text(ROSTER + NASTY)
    output = grade(run, "--gradebook", "grades.db", "--roster", "roster.csv")[1]
    assert "=cmd()\\u202e\\x1b[31m" in output
    output = run("export", "csv", "--gradebook", "grades.db")[1]
    assert "'=cmd()\\u202e\\x1b[31m,basics,,,,nothing was handed in,absent,," in output


def test_a_roster_that_cannot_be_read_is_refused_before_grading(run, room):
    (room / "roster.csv").write_text("a,b\n")
    assert grade(run, "--roster", "roster.csv") == (
        2, "", "assay: the roster has no column name, id or email, but a, b: rename its columns\n",
    )  # fmt: skip
