"""The class page: points, difficulty, mistakes, and what a person must decide, without a server."""

import base64
import hashlib

from exports import ADA, UNGRADED, graded, nasty_report
from msgspec.structs import replace
from page_text import parse
from reports import MODEL, RESHAPE, WRONG, check, excused_result, exercise, report

from assay.model import HIDDEN_TEXT, Message
from assay.report.decided import nothing_handed_in
from assay.report.pages.class_page import class_page

NAME = "linear_regression_scratch"
HALF = exercise("5", "Why reshape", check("flat labels count the same", "failed", WRONG, points=2.0))
LINKS = {("Ada", NAME): "Ada/linear_regression_scratch.html"}


def named(name, *exercises, **fields):
    return report(name, exercises, **fields)


def page_of(*reports, links=LINKS, comments=None, book=""):
    return parse(class_page(graded(*reports), links, comments or {}, book))


def after(page, text, count, occurrence=0):
    """Return the texts that follow a text."""
    starts = [number for number, each in enumerate(page.texts) if each == text]
    return page.texts[starts[occurrence] + 1 :][:count]


CLASS = (named("Ada", MODEL, RESHAPE), named("Bob", MODEL, HALF), nothing_handed_in("Eve", NAME))


def test_the_table_has_the_points_of_each_student():
    page = page_of(*CLASS)
    assert after(page, "Student", 9) == ["Points", "%", "0", ": The model", "5", ": Why reshape", "State", "Ada", "5"]
    assert after(page, "Ada", 5) == ["5", "83", "3", "2", "graded"]
    assert after(page, "Bob", 5) == ["3", "50", "3", "0", "graded"]
    assert after(page, "Eve", 1) == ["not handed in"]


def test_a_student_with_a_page_is_a_link_to_it():
    page = page_of(*CLASS)
    assert page.values("href") == ["Ada/linear_regression_scratch.html"] * 3


def test_the_figures_are_those_of_the_graded():
    page = page_of(*CLASS)
    assert after(page, "graded", 8, occurrence=1) == ["2", "of 3", "mean", "67", "%", "median", "67", "%"]


def test_the_distribution_is_a_picture_with_a_text():
    page = page_of(*CLASS)
    text = "0 to 10 percent: 0; 10 to 20 percent: 0; 20 to 30 percent: 0; 30 to 40 percent: 0; 40 to 50 percent: 0; 50 to 60 percent: 1; 60 to 70 percent: 0; 70 to 80 percent: 0; 80 to 90 percent: 1; 90 to 100 percent: 0"
    assert after(page, "Distribution of points", 2) == ["Distribution of points", text]


def test_difficulty_is_told_by_exercise():
    page = page_of(*CLASS)
    assert after(page, "Full marks", 8) == ["0", "The model", "75", "0", "5", "Why reshape", "50", "1"]


def test_the_most_frequent_mistake_comes_first_with_its_students():
    other = replace(WRONG, help="another hint")
    rare = exercise("6", "Rates", check("a", "failed", other))
    page = page_of(named("Ada", MODEL, rare), named("Bob", MODEL))
    assert after(page, "Most frequent mistakes", 6) == [WRONG.help, "Ada", ",", "Bob", "another hint", "Ada"]


def test_many_students_of_a_mistake_are_folded():
    page = page_of(*(named(f"student {number}", MODEL) for number in range(6)))
    assert after(page, WRONG.help, 2) == ["6 students", "student 0"]


def test_a_hidden_check_is_not_a_mistake_with_a_name():
    hidden = check("secret", "failed", Message(help=HIDDEN_TEXT), visibility="hidden")
    page = page_of(named("Ada", exercise("1", "One", hidden)))
    assert "Most frequent mistakes" not in page.texts


def test_what_a_person_decides_is_told_once_and_the_ungraded_first():
    written = [named(name, MODEL, answers=[("0", "Zero works.")]) for name in ("Ada", "Kim")]
    refused = named("Eve", status="ungraded", reason="it is a link", cause="refused", assignment="")
    page = page_of(*written, UNGRADED, refused)
    assert after(page, "For a person to look at", 11) == [
        "could not be graded", "1 of the checks could not be graded", "Bob",
        "could not be graded", "it is a link", "Eve",
        "a person decides", "the written answer to exercise 0 has no score", "Ada", ",", "Kim",
    ]  # fmt: skip


def test_an_excused_student_is_neither_absent_nor_ungraded():
    page = parse(class_page([(CLASS[2], excused_result(CLASS[2]))], {}, {}, ""))
    assert after(page, "Eve", 1) == ["excused"]
    assert "For a person to look at" not in page.texts


def test_exercises_stand_in_the_order_of_their_numbers_and_a_missing_one_is_blank():
    ten, two = (exercise(number, "Title", check("a")) for number in ("10", "2"))
    page = page_of(named("Ada", ten), named("Bob", two))
    assert after(page, "Student", 6)[2:] == ["2", ": Title", "10", ": Title"]
    assert ("td", "data-sort", "") in page.attributes


def test_points_that_are_not_known_are_a_question_mark():
    page = page_of(UNGRADED)
    assert after(page, "Bob", 2, occurrence=1) == ["?", "could not be graded"]
    assert "Distribution of points" not in page.texts


def test_each_assignment_has_a_table():
    page = page_of(*CLASS, replace(CLASS[0], assignment="basics"))
    assert page.texts.count("Full marks") == 2
    assert after(page, "Class", 5, occurrence=1) == [NAME, ",", "basics", "3 students", "Search a student"]


def test_the_filter_offers_what_the_class_has():
    page = page_of(*CLASS, named("Kim", RESHAPE), named("Lea", HALF))
    assert after(page, "Show", 5) == ["everybody", "graded", "full marks", "less than half", "not handed in"]
    assert page.values("data-tags") == ["graded", "graded", "absent", "graded full", "graded low"]


def test_the_policy_allows_the_pages_own_style_and_script_alone():
    page = page_of(*CLASS)
    style, script = (
        base64.b64encode(hashlib.sha256(page.code[tag].encode()).digest()).decode() for tag in ("style", "script")
    )
    assert page.values("content")[0] == (
        f"default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; script-src 'sha256-{script}'"
    )


def test_a_hostile_student_has_the_tags_of_any_other():
    texts = Message("f(1)", "1", "2", "count")
    own = exercise("7", "Title", check("a", "error", texts), check("b", points=0.1), check("c", points=0.2))
    hostile, honest = page_of(nasty_report()), page_of(named("Ada", own), links={})
    assert hostile.tags == honest.tags
    assert sorted(hostile.values("class")) == sorted(honest.values("class"))


def test_a_class_without_a_graded_submission_is_a_page():
    page = page_of(named("Eve", status="ungraded", reason="it is a link", cause="refused", assignment=""))
    assert after(page, "Class", 3, occurrence=1) == ["No assignment", "1 student", "For a person to look at"]


def test_the_class_page_is_the_same_each_time():
    assert class_page(graded(ADA), LINKS, {}, "") == class_page(graded(ADA), LINKS, {}, "")
