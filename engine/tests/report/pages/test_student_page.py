"""The student's page: what holds, what does not, what to do, and nothing that is the instructor's."""

import base64
import hashlib

from exports import ADA, BLANK, SECRET, UNGRADED, nasty_report, results
from msgspec.structs import replace
from page_text import parse
from reports import MISSING, MODEL, RATES, RESHAPE, WRONG, check, exercise, report

from assay.model import HIDDEN_TEXT, Message, Missing
from assay.report.decided import Deduction, Given, undecided
from assay.report.pages.student import student_page
from assay.report.results import result_of


def page_of(own, **decided):
    return parse(student_page(result_of(own, undecided(own)._replace(**decided), published=False)))


def after(page, text, count):
    """Return the texts that follow a text."""
    start = page.texts.index(text) + 1
    return page.texts[start : start + count]


def failed(**parts):
    return report("Ada", (exercise("1", "One", check("it holds", "failed", Message(**parts))),))


def test_the_head_says_whose_it_is_and_how_many_points():
    page = page_of(ADA)
    assert page.texts[1:7] == ["Ada", "linear_regression_scratch", "Ada", "5", "of 11 points", "Exercises"]


def test_each_exercise_says_in_words_how_many_checks_passed():
    page = page_of(ADA)
    assert after(page, "Exercises", 20) == [
        "✗", "0", "The model", "2 of 3 checks passed", "3 / 4",
        "✓", "5", "Why reshape", "1 of 1 check passed", "2 / 2",
        "✗", "6", "Learning rates", "0 of 2 checks passed", "0 / 3",
        "✗", "10", "Learning rates", "not handed in", "0 / 2",
    ]  # fmt: skip


def test_a_failed_check_has_input_answer_expectation_and_help():
    assert after(page_of(ADA), "zero_grad really clears", 10) == [
        "not right", "0 / 1",
        "Smallest input: paste it below your code to see it", " ".join(WRONG.input.split()),
        "Yours", " ".join(WRONG.yours.split()), "Expected", " ".join(WRONG.expected.split()),
        "Help", WRONG.help,
    ]  # fmt: skip


def test_an_input_that_is_cut_is_not_to_be_pasted():
    assert "Smallest input" in page_of(failed(input="f([1.0, …])")).texts


def test_a_diagnosis_is_told():
    own = replace(MODEL, checks=(replace(MODEL.checks[2], diagnosis="yours is half what is expected"),))
    page = page_of(replace(ADA, exercises=(own,)))
    assert after(page, "How they are related", 1) == ["yours is half what is expected"]


def test_checks_with_one_message_stand_together():
    own = exercise("1", "One", *(check(name, "failed", WRONG) for name in ("first", "second")))
    page = page_of(replace(ADA, exercises=(own,)))
    assert page.texts.count(WRONG.help) == 1
    assert after(page, "first", 5) == ["not right", "0 / 1", "✗", "second", "not right"]


def test_what_holds_is_listed():
    page = page_of(replace(ADA, exercises=(RESHAPE,)))
    assert after(page, "Passed", 4) == ["✓", "flat labels count the same", "passed", "2 / 2"]


def test_an_exercise_that_was_not_handed_in_says_what_to_define():
    page = page_of(replace(ADA, exercises=(RATES,)))
    assert after(page, "Not handed in. Your file has to define:", 1) == [
        "def learning_rate_sweep(lrs, max_epochs, data)"
    ]


def test_a_hidden_check_of_an_exercise_that_was_not_handed_in_changes_nothing():
    hidden = check("the secret rate", "missing", MISSING, visibility="hidden", missing=Missing("secret", lost=False))
    page = page_of(replace(ADA, exercises=(replace(RATES, checks=(*RATES.checks, hidden)),)))
    assert after(page, "Learning rates", 2) == ["not handed in", "0 / 3"]
    assert after(page, "Not handed in. Your file has to define:", 2) == [
        "def learning_rate_sweep(lrs, max_epochs, data)", "Graded by assay 0.1.0 with Python 3.11.7 and torch 2.13.0.",
    ]  # fmt: skip


def test_an_exercise_of_which_a_hidden_check_failed_was_handed_in():
    hidden = check("the secret rate", "failed", Message(help=HIDDEN_TEXT), visibility="hidden")
    page = page_of(replace(ADA, exercises=(replace(RATES, checks=(*RATES.checks, hidden)),)))
    assert after(page, "Learning rates", 2) == ["0 of 3 checks passed", "0 / 3"]
    assert "hidden check 1" in page.texts


def test_an_exercise_of_hidden_checks_alone_is_not_said_to_be_absent():
    hidden = check("the secret rate", "missing", MISSING, visibility="hidden", missing=Missing("secret", lost=False))
    page = page_of(replace(ADA, exercises=(replace(RATES, checks=(hidden,)),)))
    assert after(page, "Learning rates", 2) == ["0 of 1 check passed", "0 / 1"]


def test_a_hidden_check_tells_its_points_and_nothing_else():
    own = replace(SECRET.checks[0], message=Message("secret(1)", "2", "3", "help yourself"))
    data = student_page(results(replace(ADA, seed="98765432123456789", exercises=(replace(SECRET, checks=(own,)),)))[0])
    assert b"this check is hidden: what it tested is not shown" in data
    for word in (b"secret", b"help yourself", b"98765432123456789", b"submissions/", b"c" * 64):
        assert word not in data


def test_what_could_not_be_graded_says_why_and_that_nothing_is_lost():
    page = page_of(UNGRADED)
    assert after(page, "Not graded", 2) == [
        "1 of the checks could not be graded", "this is not the fault of the submission and costs no points",
    ]  # fmt: skip
    assert "of 2 points" not in page.texts


def test_what_was_not_taken_in_waits_for_a_person():
    page = page_of(report("Eve", status="ungraded", reason="it is a link", cause="refused", assignment=""))
    assert after(page, "Not graded", 2) == ["it is a link", "a person decides what it is worth"]


def test_an_excused_exercise_has_no_points():
    page = page_of(ADA, excused=frozenset({"0"}))
    assert after(page, "Exercises", 4) == ["○", "0", "The model", "excused"]
    assert after(page, "Notes on your file", 1) == ["exercise 0 is excused"]


def test_an_excused_assignment_has_no_points():
    page = page_of(replace(ADA, exercises=(BLANK,)), whole=True)
    assert after(page, "Excused", 1) == ["the assignment is excused"]


def test_what_lateness_costs_is_a_line():
    page = page_of(ADA, late=Deduction(1.5, "2 days"))
    assert after(page, "handed in late", 2) == ["deduction", "-1.5"]
    assert "3.5" in page.texts


def test_a_written_answer_has_its_points_and_its_comment():
    own = report("Ada", (MODEL,), answers=[("0", "Zero works."), ("5", "word\n" * 1000)])
    page = page_of(own, answers={"0": Given(2.5, "Why?")})
    assert after(page, "Exercise 0", 4) == ["2.5 points", "Zero works.", "Comment", "Why?"]
    assert after(page, "Exercise 5", 2) == ["no points yet", "word " * 800 + "…"]


def test_what_a_person_decides_is_told():
    page = page_of(report("Ada", (MODEL,), answers=[("0", "Zero works.")]))
    assert after(page, "A person still decides", 1) == ["the written answer to exercise 0 has no score"]


def test_the_policy_allows_the_pages_own_style_alone():
    page = page_of(ADA)
    digest = base64.b64encode(hashlib.sha256(page.code["style"].encode()).digest()).decode()
    assert page.values("content")[0] == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert "script" not in page.tags


def test_nothing_in_a_page_leads_outside():
    page = page_of(ADA)
    assert {name for _, name, _ in page.attributes}.isdisjoint({"src", "srcset", "action", "style", "onclick"})
    assert all(value.startswith("#") for value in page.values("href"))
    assert "url(" not in page.code["style"]
    assert "@import" not in page.code["style"]


def test_a_hostile_students_page_has_the_tags_of_any_other():
    hostile, honest = parse(student_page(results(nasty_report())[0])), page_of(harmless())
    assert (hostile.tags, sorted(hostile.values("class"))) == (honest.tags, sorted(honest.values("class")))


def harmless():
    """Return the hostile report with harmless texts."""
    texts = Message("f(1)", "1", "2", "count")
    own = exercise("7", "Title", check("a", "error", texts), check("b", points=0.1), check("c", points=0.2))
    return report("Ada", (own,), notes=("a note",))


def test_a_page_of_hundreds_of_failed_checks_stays_small():
    own = [
        exercise(f"{number}", "x" * 80, *(check(f"{part}", "failed", replace(WRONG, yours=f"{part}" * 200)) for part in range(10)))
        for number in range(30)
    ]  # fmt: skip
    assert len(student_page(results(replace(ADA, exercises=tuple(own)))[0])) < 400_000
