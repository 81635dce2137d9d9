"""A person fills a CSV file with points and comments; no row is stored for an answer or a score that has changed."""

import csv
import io
import json

import pytest
from reviewing import hand_in, scores

from assay.errors import ExportError, GradebookError
from assay.gradebook.store import open_gradebook
from assay.review.sheet import answers_csv, read_scores


def write(path, pseudonyms=None):
    with open_gradebook(path) as book:
        return answers_csv(book, pseudonyms)


def read(path, data, pseudonyms=None):
    with open_gradebook(path) as book:
        return tuple(read_scores(data, book, pseudonyms))


def rows_of(data):
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


def filled(data, *cells, delimiter=","):
    """Return the file with points and comments in its rows, from the first row on."""
    rows = rows_of(data)
    for row, (points, comment) in zip(rows, cells, strict=False):
        row |= {"points": points, "comment": comment}
    return csv_of(rows, delimiter)


def csv_of(rows, delimiter=","):
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, rows[0], delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def test_a_file_has_a_row_for_each_answer(grades):
    with open_gradebook(grades) as book:
        book.decide("excuse", "alice", "basics", "2")
    rows = [tuple(row.values()) for row in rows_of(write(grades))]
    assert [row[:6] for row in rows] == [
        ("bob", "basics", "2", "Noise", "because", "no score"),
        ("bob", "basics", "9", "", "bob's text\non two lines", "no score"),
        ("alice", "basics", "2", "Noise", "why not", "excused"),
    ]
    assert {row[7:] for row in rows} == {("", "", "")}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_points_and_comments_are_stored_once(grades, delimiter):
    data = filled(write(grades), ("1.5", "well argued"), (" 0 ", ""), delimiter=delimiter)
    assert read(grades, data) == (2, 0, 1, [])
    assert read(grades, data) == (0, 2, 1, [])
    assert scores(grades) == [("alice", "2", 1.5, "well argued"), ("bob", "2", 0.0, "")]


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_spreadsheet_may_write_a_decimal_comma(grades, delimiter):
    data = filled(write(grades), ("2,5", "gut"), ("0,25", ""), delimiter=delimiter)
    assert read(grades, data) == (2, 0, 1, [])
    assert read(grades, data) == (0, 2, 1, [])
    assert scores(grades) == [("alice", "2", 2.5, "gut"), ("bob", "2", 0.25, "")]


@pytest.mark.parametrize("number", ["1.0", "1,0", " 1 "])
def test_a_spreadsheet_may_write_the_number_of_a_decision_with_decimals(grades, number):
    read(grades, filled(write(grades), ("1", "")))
    rows = rows_of(write(grades))
    row = next(row for row in rows if row["decision"] == "1")
    row |= {"decision": number, "points": "2"}
    assert read(grades, csv_of(rows)) == (1, 0, 2, [])


@pytest.mark.parametrize("number", ["x", "1.5", "nan", "inf"])
def test_a_cell_that_is_no_number_of_a_decision_is_said(grades, number):
    rows = rows_of(write(grades))
    rows[0] |= {"decision": number, "points": "2"}
    said = f"row 2 (alice, exercise 2): {number} is no number of a decision: leave that column as it is"
    assert read(grades, csv_of(rows)) == (0, 0, 2, [said])


def test_a_file_that_nobody_filled_changes_nothing(grades):
    read(grades, filled(write(grades), ("0.1", "-1 for the sign"), ("3", "")))
    assert read(grades, write(grades)) == (0, 2, 1, [])
    assert read(grades, filled(write(grades), ("", ""), ("0.10", "'-1 for the sign"))) == (0, 2, 1, [])


def test_a_comment_that_looks_like_a_formula_is_inert_and_comes_back_as_it_was(grades):
    read(grades, filled(write(grades), ("1", "=1+1")))
    row = next(row for row in rows_of(write(grades)) if row["points"])
    assert (row["state"], row["decision"], row["comment"]) == ("scored", "1", "'=1+1")
    read(grades, write(grades).replace(b",1,1,'=1+1", b",1,2,'=1+1"))
    assert scores(grades) == [("alice", "2", 1.0, "=1+1"), ("alice", "2", 2.0, "=1+1")]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (("two", ""), "two is no number of points"),
        (("1,000", ""), "1,000 is no number of points"),
        (("1,5,0", ""), "1,5,0 is no number of points"),
        ((",5", ""), ",5 is no number of points"),
        (("-1", ""), "-1 is below 0 points"),
        (("1e26", ""), "1e26 is above 1,000,000 points"),
        (("", "fine"), "there is a comment, but there are no points"),
    ],
)
def test_a_row_that_cannot_be_stored_is_said_and_the_others_are_stored(grades, cells, said):
    data = filled(write(grades), cells, ("1", ""))
    assert read(grades, data) == (1, 0, 1, [f"row 2 (alice, exercise 2): {said}"])
    assert scores(grades) == [("bob", "2", 1.0, "")]


def test_a_row_whose_answer_has_changed_is_refused_and_the_next_file_shows_the_old_score(grades):
    first = filled(write(grades), ("1", "good"))
    read(grades, first)
    hand_in(grades, "alice", ("2", "another text"))
    assert read(grades, first)[-1] == ["row 2 (alice, exercise 2): the answer has changed meanwhile: read it again"]
    row = rows_of(write(grades))[0]
    assert (row["student"], row["state"]) == ("alice", "changed since it was given 1 points")
    assert (row["points"], row["comment"]) == ("", "")
    assert read(grades, filled(write(grades), ("1", "good")))[0] == 1


def test_a_row_whose_score_has_changed_is_refused(grades):
    old = write(grades)
    read(grades, filled(old, ("2", "")))
    said = "row 2 (alice, exercise 2): the score is now 2 points (decision 1): it was changed meanwhile"
    assert read(grades, filled(old, ("1", ""))) == (0, 0, 2, [said])
    assert len(scores(grades)) == 1


def test_a_row_that_fits_no_answer_is_refused(grades):
    data = filled(write(grades), ("1", ""))
    twice = data + data.split(b"\r\n")[1] + b"\r\n"
    said = "the gradebook has no such answer, or an earlier row has it"
    assert read(grades, twice)[-1] == [f"row 5 (alice, exercise 2): {said}"]
    assert read(grades, data.replace(b"alice", b"alicia"))[-1] == [f"row 2 (alicia, exercise 2): {said}"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the file of written answers is empty"),
        (b"\xff", "the file of written answers is not UTF-8 (byte 0): save it as CSV UTF-8"),
        (
            b"student,assignment,exercise,points,comment\n",
            "the file of written answers has no column title, answer, state, version, decision: fill the file that --write has written",
        ),
    ],
)
def test_another_file_is_refused(grades, data, said):
    with pytest.raises(ExportError) as caught:
        read(grades, data)
    assert str(caught.value) == said


def test_a_long_answer_is_cut_for_spreadsheets_and_hostile_text_is_inert(grades):
    hand_in(grades, "alice", ("2", "=x\x00" + "\x1b" * 60_000))
    data = write(grades)
    text = rows_of(data)[0]["answer"]
    assert text.startswith("'=x\\x00\\x1b")
    assert 32_000 <= len(text) < 32_767
    assert read(grades, filled(data, ("1", "")))[0] == 1


def test_a_name_in_a_sentence_is_one_line(grades):
    hand_in(grades, "aaron\nassay: all is well\x1b[2J", ("2", "text"))
    (said,) = read(grades, filled(write(grades), ("two", "")))[-1]
    assert said == "row 2 (aaron\\nassay: all is well\\x1b[2J, exercise 2): two is no number of points"


def test_pseudonyms_stand_in_place_of_names(grades, tmp_path):
    who = tmp_path / "who.json"
    data = write(grades, who)
    assert {row["student"] for row in rows_of(data)} == set(json.loads(who.read_bytes()).values())
    assert read(grades, filled(data, ("1", ""), ("1", ""), ("1", "")), who)[0] == 3
    assert {student for student, *_ in scores(grades)} == {"alice", "bob"}


def test_a_gradebook_that_fails_midway_can_be_read_into_again(grades):
    data = filled(write(grades), ("1", ""), ("2", ""), ("3", ""))
    with open_gradebook(grades) as book:
        book._connection.execute(
            "CREATE TRIGGER full BEFORE INSERT ON decisions WHEN new.points = 2 BEGIN SELECT raise(ABORT, 'full'); END"
        )
    with pytest.raises(GradebookError, match="cannot be used: full"):
        read(grades, data)
    with open_gradebook(grades) as book:
        book._connection.execute("DROP TRIGGER full")
    assert read(grades, data) == (2, 1, 0, [])
