"""The student's view: no seed, no hidden check, nothing of the instructor's machine."""

from exports import ADA, SECRET
from msgspec.structs import replace

from assay.model import HIDDEN_TEXT, Message, Missing, Plot
from assay.report.decided import decide, undecided
from assay.report.visibility import LATER_TEXT, for_student


def checks(report):
    return [each for exercise in report.exercises for each in exercise.checks if each.visibility != "visible"]


def test_the_seed_the_course_and_the_machine_are_gone():
    seen = for_student(ADA, published=True)
    assert (seen.seed, seen.course, seen.isolation, seen.submission.path) == ("", "", {}, "Ada")


def test_a_hidden_check_keeps_its_points_and_nothing_that_names_it():
    hidden, later = checks(for_student(ADA, published=False))
    assert (hidden.id, hidden.description, hidden.message) == ("hidden-1", "hidden check 1", Message(help=HIDDEN_TEXT))
    assert (later.id, later.description, later.message) == ("hidden-2", "hidden check 2", Message(help=LATER_TEXT))
    assert (hidden.status, hidden.max_score, later.max_score) == ("failed", 2.0, 1.0)


def test_published_shows_what_waits_and_never_a_hidden_check():
    hidden, later = checks(for_student(ADA, published=True))
    assert hidden.description == "hidden check 1"
    assert replace(later, answers_key=None) == SECRET.checks[1]


def test_the_kind_of_an_error_of_ours_stays():
    ours = Message(help=f"{HIDDEN_TEXT}; it could not be graded: WireError")
    exercise = replace(SECRET, checks=(replace(SECRET.checks[0], status="ungraded", message=ours),))
    (hidden,) = checks(for_student(replace(ADA, exercises=(exercise,)), published=False))
    assert hidden.message == ours


def test_a_text_that_was_not_redacted_is_redacted():
    told = replace(
        SECRET.checks[0],
        message=Message("input", "yours", "expected", "help"),
        missing=Missing("f", lost=True),
        evidence=Plot("loss", "", joined=True, series=()),
    )
    exercise = replace(SECRET, checks=(told,))
    (hidden,) = checks(for_student(replace(ADA, exercises=(exercise,)), published=False))
    assert (hidden.message, hidden.missing, hidden.evidence) == (Message(help=HIDDEN_TEXT), None, None)


def test_a_persons_correction_of_a_hidden_check_that_passed_is_told():
    passed = replace(SECRET.checks[0], status="passed", score=2.0, message=None)
    own = replace(ADA, exercises=(replace(SECRET, checks=(passed,)),))
    decided = undecided(own)._replace(corrections={(SECRET.id, passed.id): 0.5})
    (hidden,) = checks(for_student(decide(own, decided), published=False))
    assert hidden.message == Message(help=f"{HIDDEN_TEXT}\na person has corrected this from 2 to 0.5 points")


def test_a_hidden_check_that_passed_has_no_message():
    passed = replace(SECRET.checks[0], status="passed", score=2.0, message=None)
    (hidden,) = checks(for_student(replace(ADA, exercises=(replace(SECRET, checks=(passed,)),)), published=False))
    assert (hidden.description, hidden.message) == ("hidden check 1", None)
