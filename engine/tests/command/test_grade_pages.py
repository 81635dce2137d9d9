"""`assay grade --pages`: a page for each student, and a refusal before a class is graded in vain."""

import json
import shlex
import shutil

import pytest
from commands import WRONG, assay
from page_text import parse
from small_course import write_class

from assay.gradebook.store import open_gradebook


@pytest.fixture
def grade(run, room):
    """Grade the class of two again, of which the gradebook has every report."""

    def grade(*arguments):
        return run("grade", "class", "--course", "course", "--gradebook", "grades.db", *arguments, cwd=room)

    return grade


def test_each_student_has_a_page(grade, room):
    assert grade("--pages", "pages")[0] == 0
    found = {path.parent.name: parse(path.read_bytes()) for path in (room / "pages").glob("*/basics.html")}
    assert {name: page.texts[4:6] for name, page in found.items()} == {
        "alice": ["5", "of 7 points"], "bob": ["3", "of 7 points"],
    }  # fmt: skip


def test_the_class_has_a_page_that_leads_to_the_students_pages(grade, room):
    grade("--pages", "pages")
    page = parse((room / "pages" / "index.html").read_bytes())
    links = set(page.values("href"))
    assert links == {"alice/basics.html", "bob/basics.html"}
    assert all((room / "pages" / link).is_file() for link in links)


def test_the_same_command_replaces_the_pages_and_shows_what_persons_decided(grade, run, room):
    grade("--pages", "pages")
    assert run("correct", "bob", "scaled", "1", "--reason", "why", "--gradebook", "grades.db", cwd=room)[0] == 0
    assert grade("--pages", "pages")[0] == 0
    bob = parse((room / "pages" / "bob" / "basics.html").read_bytes())
    assert bob.texts[4:6] == ["4", "of 7 points"]
    assert "why" not in bob.texts


def test_equal_wrong_answers_are_a_cluster_whose_comment_survives_a_regrade(grade, run, room):
    write_class(room / "class", {"carol": WRONG.replace("x + factor", "factor + x")})
    grade("--pages", "pages")
    page = parse((room / "pages" / "index.html").read_bytes())
    assert "2 students: exercise 2, scaled takes the factor by keyword" in page.texts
    command = shlex.split(next(text for text in page.texts if text.startswith("assay comment")))
    assert run(*command[1:], cwd=room)[1] == f"basics: 2 students read the comment on {command[2]} (decision 1)\n"
    changed = room / "class" / "carol" / "basics.py"
    changed.write_text(f"import torch\n\n\n{changed.read_text()}")
    grade("--pages", "pages")
    texts = {
        name: parse((room / "pages" / name / "basics.html").read_bytes()).texts for name in ("alice", "bob", "carol")
    }
    assert {name: "comment: TEXT" in found for name, found in texts.items()} == {
        "alice": False, "bob": True, "carol": True,
    }  # fmt: skip


def test_a_folder_with_other_files_is_refused_before_grading(grade, room):
    (room / "mine").mkdir()
    (room / "mine" / "notes.txt").write_text("mine")
    assert grade("--pages", "mine") == (
        3, "", "assay: mine has a file that is not a page: notes.txt; name a new folder\n",
    )  # fmt: skip


def test_a_folder_that_cannot_be_made_is_refused_before_grading(grade):
    assert grade("--pages", "none/pages") == (3, "", "assay: no file can be written at none/pages\n")


def test_pages_that_cannot_be_written_cost_no_report(grade, room):
    (room / "link").symlink_to("nowhere")
    code, output, errors = grade("--pages", "link")
    assert (code, errors.splitlines()[-1]) == (3, "assay: link cannot be written: File exists")
    assert "bob" in output


def test_pages_that_fail_in_an_unknown_way_cost_no_report(room):
    with open_gradebook(room / "grades.db") as book:
        book.decide("late", "bob", "basics", "", points=1.0, text=b"bytes")  # no command writes bytes
    deadlines = 'time_zone = "UTC"\n[deadlines]\nbasics = 2026-11-03T23:59:00\n'  # without one nothing is deducted
    (room / "course" / "deadlines.toml").write_text(deadlines)
    words = ("grade", "class", "--course", "course", "--gradebook", "grades.db", "--pages", "pages")
    code, output, errors = assay(*words, cwd=room)
    assert code != 0
    assert "TypeError" in errors
    assert "bob" in output


def test_points_above_a_million_are_said_and_cost_no_report(grade, room):
    with open_gradebook(room / "grades.db") as book:
        book.decide("correction", "bob", "basics", "2/scaled", points=1e30)  # no command gives so many points
    code, output, errors = grade("--pages", "pages")
    text = "bob, basics: 1e+30 points are above 1,000,000, the most of a check or an answer"
    assert (code, errors.splitlines()[-1]) == (3, f"assay: {text}")
    assert "bob" in output


def test_two_students_of_one_name_get_no_pages_or_feedback_but_all_others_do(run, room):
    words = ("grade", "class", "more/bob", "--course", "course", "--pages", "pages", "--json", "grades.json")
    shutil.copytree(room / "class" / "bob", room / "more" / "bob")
    said = "assay: nothing was written for bob (basics), because several reports may be of one person or of two\n"
    code, output, errors = run(*words, cwd=room)
    assert (code, errors) == (3, said)
    assert len(json.loads((room / "grades.json").read_bytes())["reports"]) == 3
    assert "bob" in output
    assert sorted(path.name for path in (room / "pages").iterdir()) == ["alice", "index.html"]
    assert run("return", "feedback", "--report", "grades.json", cwd=room) == (3, "", said)
    assert [path.name for path in (room / "feedback").iterdir()] == ["alice"]
