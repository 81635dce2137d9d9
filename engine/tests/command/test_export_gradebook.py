"""Exports of a gradebook: the effective points, who waits for a person, and who is excused."""

import csv
import functools
import io
from decimal import Decimal

import pytest
from commands import run_here
from exports import ADA, UNGRADED
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from reports import check, exercise, report
from values import steady

from assay.command.results import decided_for
from assay.gradebook.effective import answer_hash, effective
from assay.gradebook.records import Decision, Origin
from assay.gradebook.store import open_gradebook
from assay.report.results import result_of

ORIGIN = Origin("/desk", ("class",), "/desk/course")
NAME = "linear_regression_scratch"
REASON = "I saw the student cheat"
EVE = replace(
    ADA, submission=replace(ADA.submission, name="Eve"), answers=report(answers=[("1", "Zero works.")]).answers
)
CANVAS = f"Student,ID,Section,{NAME} (77)\nAda,1,A,9\nBob,2,A,9\nEve,3,A,9\nKim,4,A,9\nLee,5,A,9\n"


@pytest.fixture
def book(tmp_path):
    """Open a gradebook with the reports of three students."""
    with open_gradebook(tmp_path / "class.db", create=True) as found:
        for each in (ADA, UNGRADED, EVE):
            found.add(each, None, ORIGIN)
        yield found


@pytest.fixture
def assay(tmp_path):
    (tmp_path / "canvas.csv").write_text(CANVAS)
    return functools.partial(run_here, None, cwd=tmp_path)


def decide(book, kind, student, target, **fields):
    return book.decide(kind, student, NAME, target, text=REASON, **fields)


def test_corrections_count_and_their_reasons_stay_with_the_instructor(book, assay):
    decide(book, "correction", "Ada", "0/zero_grad_really_clears", points=0.5)
    code, output, errors = assay("export", "junit", "--gradebook", "class.db", "--student", "Ada")
    assert (code, errors) == (0, "")
    assert 'name="points" value="5.50"' in output
    assert "a person has corrected this from 0 to 0.5 points" in output
    assert REASON not in output


@pytest.mark.parametrize("arguments", [("export", "csv"), ("return", "out")])
def test_points_above_a_million_are_refused(book, assay, arguments):
    decide(book, "correction", "Ada", "0/zero_grad_really_clears", points=1e30)
    assert assay(*arguments, "--gradebook", "class.db") == (
        3, "", f"assay: Ada, {NAME}: 1e+30 points are above 1,000,000, the most of a check or an answer\n"
    )  # fmt: skip


def test_a_hidden_check_can_be_corrected_and_stays_hidden(book, assay):
    decide(book, "correction", "Ada", "6/the_secret_pair_is_right", points=2.0)
    output = assay("export", "csv", "--gradebook", "class.db", "--student", "Ada")[1]
    assert "hidden-1,hidden check 1,failed,2.00,2.00" in output
    assert "secret" not in output


def test_a_corrected_hidden_check_that_is_gone_is_named_to_the_instructor_alone(book, assay, tmp_path):
    decide(book, "correction", "Ada", "6/another_secret", points=2.0)
    assay("return", "out", "--gradebook", "class.db", "--student", "Ada")
    for suffix in (".txt", ".html"):
        text = (tmp_path / "out" / "Ada" / f"{NAME}{suffix}").read_text()
        assert "a correction waits for a person" in text
        assert "another_secret" not in text
    code, _, errors = assay(
        "export",
        "canvas",
        "--fill",
        "canvas.csv",
        "--output",
        "filled.csv",
        "--gradebook",
        "class.db",
        "--student",
        "Ada",
    )
    assert code == 0
    assert "left blank: check 6/another_secret, which was corrected to 2 points, is gone" in errors


def test_a_scored_answer_is_a_row_and_its_comment_is_for_the_student(book, assay, tmp_path):
    decide(book, "score", "Eve", "1", points=1.5, about=answer_hash("Zero works."))
    output = assay("export", "csv", "--gradebook", "class.db", "--student", "Eve")[1]
    rows = list(csv.DictReader(io.StringIO(output, newline="")))
    assert sum(Decimal(row["points"]) for row in rows) == Decimal("6.50")
    assert [(row["check"], row["points"], row["max_points"]) for row in rows if row["status"] == "scored"] == [
        ("answer", "1.50", "0")
    ]
    assay("return", "out", "--gradebook", "class.db", "--student", "Eve")
    text = (tmp_path / "out" / "Eve" / f"{NAME}.txt").read_text()
    assert f"score       1.5\ncomment     {REASON}\n" in text
    assert "6.5 / 11" in text.splitlines()[0]


def test_canvas_has_final_points_alone(book, assay):
    decide(book, "correction", "Bob", "5/flat_labels", points=2.0)
    decide(book, "excuse", "Kim", "")
    code, output, errors = assay("export", "canvas", "--gradebook", "class.db", "--fill", "canvas.csv")
    cells = ["5", "2", "", "EX", "9"]
    names = ["Ada,1", "Bob,2", "Eve,3", "Kim,4", "Lee,5"]
    assert (code, output.splitlines()[1:]) == (0, [f"{name},A,{cell}" for name, cell in zip(names, cells, strict=True)])
    assert errors == (
        "assay: Eve: left blank: the written answer to exercise 1 has no score\n"
        "assay: Lee: no report; the cell stays as it is\n"
    )


def test_an_excused_student_has_no_points(book, assay):
    decide(book, "excuse", "Ada", "")
    output = assay("export", "csv", "--gradebook", "class.db", "--student", "Ada")[1]
    assert output.splitlines()[1:] == [f"Ada,{NAME},,,,the assignment is excused,excused,,"]


def test_a_student_whose_exercises_are_all_excused_has_no_points(book, assay, tmp_path):
    for number in ("0", "5", "6", "10"):
        decide(book, "excuse", "Ada", number)
    output = assay("export", "csv", "--gradebook", "class.db", "--student", "Ada")[1]
    assert output.splitlines()[1:] == [f"Ada,{NAME},,,,the assignment is excused,excused,,"]
    output = assay("export", "canvas", "--gradebook", "class.db", "--fill", "canvas.csv")[1]
    assert output.splitlines()[1] == "Ada,1,A,EX"
    assay("return", "out", "--gradebook", "class.db", "--student", "Ada")
    text = (tmp_path / "out" / "Ada" / f"{NAME}.txt").read_text()
    assert (text.split()[2], text.splitlines()[-1]) == ("excused", "the assignment is excused")


def test_an_excused_student_without_a_report_gets_nothing_back(book, assay, tmp_path):
    decide(book, "excuse", "Kim", "")
    assert assay("return", "out", "--gradebook", "class.db")[0] == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["Ada", "Bob", "Eve"]


def test_an_excused_exercise_does_not_count(book, assay):
    decide(book, "excuse", "Ada", "0")
    output = assay("export", "gradescope", "--gradebook", "class.db", "--student", "Ada")[1]
    assert '"score": 2,' in output
    assert '"output": "exercise 0 is excused"' in output


def test_a_withdrawn_decision_does_not_count(book, assay):
    number = decide(book, "excuse", "Ada", "")
    decide(book, "withdrawal", "Ada", str(number))
    kim = decide(book, "excuse", "Kim", "")
    decide(book, "withdrawal", "Kim", str(kim))
    output = assay("export", "csv", "--gradebook", "class.db")[1]
    assert "excused" not in output
    assert "Kim" not in output


def test_a_file_that_is_no_gradebook_is_refused(assay):
    assert assay("export", "csv", "--gradebook", "canvas.csv") == (3, "", "assay: canvas.csv is not a gradebook\n")


ONE = exercise("1", "One", check("a", points=0.7), check("b", "failed"), check("c", "ungraded", points=2.0))
TWO = exercise("2", "Two", check("d", points=0.1), check("e", points=0.2))
DECISIONS = st.one_of(
    st.tuples(st.just("correction"), st.sampled_from(["1/a", "1/b", "1/c", "2/d", "9/gone"]), st.sampled_from([0.0, 0.1]), st.just("")),
    st.tuples(
        st.just("score"), st.sampled_from(["1", "7", "8"]), st.sampled_from([0.0, 1.25]),
        st.sampled_from([answer_hash("text"), answer_hash("old")]),
    ),
    st.tuples(st.just("excuse"), st.sampled_from(["", "1", "2", "7"]), st.none(), st.just("")),
    st.tuples(st.just("late"), st.just(""), st.sampled_from([0.0, 0.25, 10.0]), st.sampled_from(["points", "percent"])),
    st.tuples(st.just("withdrawal"), st.sampled_from(["1", "2", "3"]), st.none(), st.just("")),
)  # fmt: skip


@steady
@given(st.lists(DECISIONS, max_size=6), st.booleans())
def test_exported_points_are_the_effective_points(made, ungraded):
    own = report(
        "x",
        (ONE, TWO) if ungraded else (TWO,),
        status="ungraded" if ungraded else "graded",
        answers=[("1", "text"), ("7", "text")],
    )
    decisions = [
        Decision(n, "", kind, "x", NAME, target, points, "", about)
        for n, (kind, target, points, about) in enumerate(made, 1)
    ]
    grade, result = effective(own, decisions), result_of(own, decided_for(own, decisions), published=False)
    assert result.excused == (grade.excused or all(points.excused for points in grade.exercises))
    if result.excused or grade.score is None:
        assert result.score is None
        return
    assert result.score == Decimal(repr(grade.score)).quantize(Decimal("0.01"))
    assert result.max_score == Decimal(repr(grade.max_score)).quantize(Decimal("0.01"))
    assert (result.pending == "") == (not grade.open)
