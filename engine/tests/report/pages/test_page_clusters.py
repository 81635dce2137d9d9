"""Clusters on the class page: who gave the same wrong answer, what it is, and the command for one comment."""

import pytest
from exports import ADA, graded
from msgspec.structs import replace
from page_text import parse
from reports import WRONG, check, exercise, report

from assay.judge.answers_key import answers_key
from assay.model import HIDDEN_TEXT, Message
from assay.report.pages.class_page import class_page

NAME = "linear_regression_scratch"
FAILED = replace(check("zero_grad really clears", "failed", WRONG), diagnosis="yours is twice what is expected")
KEY = answers_key(NAME, "0", FAILED)
SUMMARY = "2 students: exercise 0, zero_grad really clears"


def alone(verdict, *more):
    return exercise("0", "The model", verdict, *more)


def page_of(*exercises, comments=None, book=""):
    people = [report(name, (own,)) for name, own in zip(("Ada", "Bob", "Kim"), exercises, strict=False)]
    return parse(class_page(graded(*people), {}, comments or {}, book))


def clusters(page):
    """Return the texts of the list of clusters."""
    start = page.texts.index("Equal wrong answers")
    return page.texts[
        start + 1 : page.texts.index(
            "For teachers: this page names every student. Each student's own page can be passed on."
        )
    ]


def test_a_cluster_has_its_answer_and_its_students():
    page = page_of(*[alone(FAILED)] * 2)
    assert clusters(page) == [
        "The reports of a group show the same answer to the same smallest input, or the same error. One comment is for all of them. The 100 largest groups are listed, and those with a comment. With",
        "--gradebook", "this page shows the command that writes it.",
        SUMMARY, f"not right, cluster {KEY[:8]}",
        "Smallest input", "sgd = SGD([w], lr=0.5) sgd.zero_grad()",
        "Theirs", "[[1.0, 1.0]] shape (1, 2), float32", "Expected", "[[0.0, 0.0]] within float32 rounding",
        "How they are related", "yours is twice what is expected", "Help", WRONG.help,
        "Ada", ",", "Bob",
    ]  # fmt: skip


def test_a_cluster_has_the_command_that_writes_a_comment():
    page = page_of(*[alone(FAILED)] * 2, book="my grades.db")
    assert clusters(page)[-5:-3] == [
        "Write a comment", f"assay comment {KEY[:8]} \"TEXT\" --gradebook 'my grades.db'"
    ]  # fmt: skip


def test_a_cluster_has_its_comment_and_the_command_for_another_one():
    page = page_of(*[alone(FAILED)] * 2, comments={KEY: "read 3.4.4"}, book="grades.db")
    assert clusters(page)[-7:-4] == ["Comment", "read 3.4.4", "Write another comment"]


def test_larger_clusters_come_first_and_a_single_answer_is_none():
    rare = check("rates", "failed", replace(WRONG, yours="2.0"))
    page = page_of(
        alone(FAILED, rare), alone(FAILED, check("single", "failed", Message("f(1)", "2"))), alone(FAILED, rare)
    )
    assert [text for text in clusters(page) if "exercise 0" in text] == [
        "3 students: exercise 0, zero_grad really clears", "2 students: exercise 0, rates",
    ]  # fmt: skip


def test_an_answer_with_a_comment_is_shown_even_of_one_student():
    page = page_of(alone(FAILED), comments={KEY: "read 3.4.4"})
    assert "1 student: exercise 0, zero_grad really clears" in clusters(page)


def test_several_checks_of_a_cluster_are_counted():
    both = alone(FAILED, replace(FAILED, description="zero_grad clears twice"))
    assert f"{SUMMARY}, and 1 more" in clusters(page_of(both, both))


def test_an_error_is_shown_without_the_lines_and_the_input_of_one_student():
    raised = (Message(f"f({line})", f"raised NameError: x\n  line {line}: return x") for line in (3, 4))
    found = clusters(page_of(*(alone(check("sums", "error", each)) for each in raised)))
    assert "raised NameError: x" in found
    assert "Smallest input" not in found


def test_the_hundred_largest_clusters_are_listed_and_those_with_a_comment():
    answers = [check("sums", "failed", Message("f(1)", f"{number}")) for number in range(103)]
    comments = {answers_key(NAME, "0", each): "read 3.4.4" for each in answers[:1]}
    texts = clusters(page_of(*[alone(*answers, FAILED)] * 3, comments=comments))
    assert 100 <= sum("students: exercise 0" in text for text in texts) <= 101
    assert "read 3.4.4" in texts


@pytest.mark.parametrize("exercises", [(alone(FAILED),), ()])
def test_a_class_without_equal_answers_has_no_list(exercises):
    assert "Equal wrong answers" not in page_of(*exercises).texts


def test_a_hidden_check_has_no_cluster():
    hidden = check("a secret pair", "failed", Message(help=HIDDEN_TEXT), visibility="hidden")
    assert "Equal wrong answers" not in page_of(*[alone(hidden)] * 2).texts
    assert "a secret pair" not in parse(class_page(graded(ADA), {}, {}, "")).texts
