"""`assay comment`: one comment for a cluster of equal wrong answers, on each of its students' pages."""

import json

import pytest
from commands import run_here
from msgspec.structs import replace
from page_text import parse
from reports import WRONG, check, exercise, report

from assay.gradebook.records import Origin
from assay.gradebook.store import open_gradebook
from assay.judge.answers_key import answers_key
from assay.model import HIDDEN_TEXT, Message

NAME = "linear_regression_scratch"
FAILED = check("zero_grad really clears", "failed", WRONG)
LATER = check("the late pair is right", "failed", Message("late(1)", "2", "3"), visibility="after_due_date")
HIDDEN = check("a secret pair", "failed", Message(help=HIDDEN_TEXT), visibility="hidden")
OWN = exercise("0", "The model", FAILED, HIDDEN, LATER)
KEY, LATER_KEY = (answers_key(NAME, "0", each) for each in (FAILED, LATER))
TEXT = "Read section 3.4.4: the gradients of two steps add up."


@pytest.fixture
def room(tmp_path):
    """Return a folder with a gradebook: Bob and Kim have the same wrong answer, and Lea has another one."""
    with open_gradebook(tmp_path / "grades.db", create=True) as book:
        other = exercise("0", "The model", check("zero_grad really clears", "failed", Message("f(1)", "2", "3")))
        for name, own in (("Bob", OWN), ("Kim", OWN), ("Lea", other)):
            book.add(report(name, (own,)), None, Origin("/desk", ("class",), "/desk/course"))
    return tmp_path


@pytest.fixture
def assay(room):
    return lambda *arguments: run_here(None, *arguments, "--gradebook", "grades.db", cwd=room)


def returned(assay, room, folder="out"):
    """Return what each student gets: the text and the page."""
    assert assay("return", folder)[0] == 0
    found = {}
    for path in (room / folder).iterdir():
        page = " ".join(parse((path / f"{NAME}.html").read_bytes()).texts)
        found[path.name] = (path / f"{NAME}.txt").read_text(), page
    return found


def test_a_comment_is_for_every_student_of_its_cluster(assay, room):
    assert assay("comment", KEY[:8], TEXT) == (
        0, f"{NAME}: 2 students read the comment on {KEY[:8]} (decision 1)\n", ""
    )  # fmt: skip
    shown = {name: [TEXT in each for each in texts] for name, texts in returned(assay, room).items()}
    assert shown == {"Bob": [True, True], "Kim": [True, True], "Lea": [False, False]}


def test_a_comment_stands_below_the_help(assay, room):
    assay("comment", KEY[:8], TEXT)
    text = returned(assay, room)["Bob"][0]
    assert f"    help      {WRONG.help}\n                 comment: {TEXT}\n" in text


def test_a_comment_is_in_every_export_that_has_messages(assay):
    assay("comment", KEY[:8], TEXT)
    for name in ("junit", "ctrf", "gradescope", "gitlab", "github-summary"):
        output = assay("export", name, "--student", "Bob", "--assignment", NAME)[1]
        assert f"comment: {TEXT}" in output, name


def test_a_comment_on_a_check_that_is_shown_later_waits_for_it(assay, room):
    assert assay("comment", LATER_KEY[:8], TEXT)[0] == 0
    assert all(TEXT not in text for texts in returned(assay, room).values() for text in texts)
    assert TEXT in assay("export", "junit", "--student", "Bob", "--published")[1]


def test_a_comment_counts_beside_a_correction(assay):
    assay("comment", KEY[:8], TEXT)
    assay("correct", "Bob", "zero_grad_really_clears", "0.5", "--reason", "x", "--assignment", NAME)
    output = assay("export", "junit", "--student", "Bob")[1]
    assert f"comment: {TEXT}\n          a person has corrected this from 0 to 0.5 points" in output


def test_the_latest_comment_counts_and_a_withdrawn_one_does_not(assay):
    for text in ("first", "second"):
        assay("comment", KEY[:8], text)

    def shown():
        output = assay("export", "junit", "--student", "Bob")[1]
        return [text for text in ("first", "second") if f"comment: {text}" in output]

    assert shown() == ["second"]
    assert assay("withdraw", "2", "--reason", "a slip") == (0, f"{NAME}: decision 2 is withdrawn\n", "")
    assert shown() == ["first"]
    assay("withdraw", "1", "--reason", "a slip")
    assert shown() == []


def test_history_shows_the_comments_of_a_students_clusters_alone(assay):
    assay("comment", KEY[:8], TEXT)
    assay("withdraw", "1", "--reason", "a slip")
    lines = {name: assay("history", name)[1] for name in ("Bob", "Lea")}
    assert f": comment on cluster {KEY[:8]}: {TEXT}\n" in lines["Bob"]
    assert ": decision 1 is withdrawn: a slip\n" in lines["Bob"]
    assert "decision" not in lines["Lea"]


def test_a_comment_is_in_the_dump_and_stays_when_a_student_is_forgotten(assay):
    assay("comment", KEY[:8], TEXT)
    assert assay("forget", "Bob", "--yes")[1] == "Bob is forgotten: reports: 1, decisions: 0\n"
    (found,) = json.loads(assay("dump")[1])["decisions"]
    assert [found[field] for field in ("kind", "student", "assignment", "target", "text")] == [
        "comment", "", NAME, KEY, TEXT
    ]  # fmt: skip


def test_a_cluster_of_one_student_can_have_a_comment(assay):
    assay("forget", "Bob", "--yes")
    assert assay("comment", KEY, TEXT)[1] == f"{NAME}: 1 student reads the comment on {KEY[:8]} (decision 1)\n"


@pytest.mark.parametrize("typed", ["00000000", "Bob Kaya", "x\x1b[31m"])
def test_a_number_that_no_cluster_has_is_refused(assay, typed):
    shown = typed.replace("\x1b", "\\x1b")
    assert assay("comment", typed, TEXT) == (
        2, "", f"assay: grades.db has no cluster {shown}: the class page of assay grade --pages lists them\n"
    )  # fmt: skip


@pytest.mark.parametrize("typed", ["", KEY[:3], "Bob"])
def test_fewer_than_four_characters_of_a_number_are_refused(assay, typed):
    assert assay("comment", typed, TEXT) == (
        2, "", "assay: type at least 4 characters of the cluster's number, which is on the class page\n"
    )  # fmt: skip


@pytest.mark.parametrize(("count", "end"), [(2, ""), (3, ""), (4, " and 1 more"), (9, " and 6 more")])
def test_a_number_that_several_clusters_have_is_refused_and_three_of_them_are_listed(assay, room, count, end):
    keys = [f"00000000{number:08}{0:048}" for number in range(count)]
    with open_gradebook(room / "grades.db", create=False) as book:
        checks = (replace(check(f"check {key}", "failed", WRONG), answers_key=key) for key in keys)
        whole = report("Max")
        whole = replace(whole, exercises=(exercise("0", "The model", *checks),))
        book.add(whole, None, Origin("/desk", ("class",), "/desk/course"))
    listed = ", ".join(key[:16] for key in keys[:3])
    assert assay("comment", "00000000", TEXT) == (
        2, "", f"assay: several clusters begin with 00000000: {listed}{end}\n"
    )  # fmt: skip


@pytest.mark.parametrize(("text", "count"), [("", 0), (" \n", 0), ("x" * 451, 451)])
def test_a_comment_that_is_empty_or_would_be_cut_is_refused(assay, text, count):
    assert assay("comment", KEY[:8], text) == (
        2, "", f"assay: a comment has 1 to 450 characters, and this one {count}\n"
    )  # fmt: skip


def test_a_long_comment_is_shown_whole(assay, room):
    text = " ".join(["word"] * 90)[:450]
    assert assay("comment", KEY[:8], text)[0] == 0
    assert all(text in " ".join(each.split()) for each in returned(assay, room)["Bob"])
