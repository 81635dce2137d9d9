"""Reports as the judge writes them, made by hand."""

import tempfile
from pathlib import Path

from msgspec.structs import replace

from assay.judge.answers_key import answers_key
from assay.model import Answer, Environment, ExerciseResult, Message, Missing, Names, Report, SubmissionInfo, Verdict
from assay.promises import Kept
from assay.report.decided import numbers_in, undecided
from assay.report.document import write_document
from assay.report.results import result_of

__all__ = [
    "HOSTILE",
    "MISSING",
    "MODEL",
    "RATES",
    "RESHAPE",
    "WRONG",
    "check",
    "excused_result",
    "exercise",
    "report",
    "with_keys",
]

HOSTILE = "[bold red]\x1b[31mred\u202e\r\n"


def check(description, status="passed", message=None, *, points=1.0, visibility="visible", missing=None):  # noqa: PLR0913
    score = points if status == "passed" else 0.0
    name = description.replace(" ", "_")
    return Verdict(name, description, status, score, points, visibility, message, missing, None, 0.25)


def exercise(number, title, *checks):
    scores = [sum(getattr(each, field) for each in checks) for field in ("score", "max_score")]
    return ExerciseResult(number, title, *map(float, scores), checks)


def excused_result(own):
    """Return the result of a student whose whole assignment is excused, as a gradebook tells it."""
    decided = undecided(own)._replace(whole=True, excused=frozenset(numbers_in(own)), open=(), told=())
    return result_of(own, decided, published=False)


def with_keys(assignment, exercise):
    """Return an exercise whose wrong answers have their keys, as the judge gives them."""
    checks = (replace(each, answers_key=answers_key(assignment, exercise.id, each)) for each in exercise.checks)
    return replace(exercise, checks=tuple(checks))


def report(  # noqa: PLR0913
    name="forgot_zero_grad",
    exercises=(),
    *,
    assignment="linear_regression_scratch",
    status="graded",
    reason=None,
    cause=None,
    answers=(),
    missing=(),
    notes=(),
    isolation=None,
):
    exercises = tuple(with_keys(assignment, each) for each in exercises)
    return Report(
        SubmissionInfo(name, f"submissions/{name}", "0" * 64),
        assignment,
        status,
        reason,
        cause,
        float(sum(each.score for each in exercises)),
        float(sum(each.max_score for each in exercises)),
        isolation or {"network": Kept("namespace")},
        "7",
        "c" * 64,
        "0.1.0",
        exercises,
        Environment("3.11.7", "2.13.0"),
        tuple(Answer(*answer) for answer in answers),
        Names(("SGD",), missing, notes),
        1.5,
    )


WRONG = Message(
    "sgd = SGD([w], lr=0.5)\nsgd.zero_grad()",
    "[[1.0, 1.0]]   shape (1, 2), float32",
    "[[0.0, 0.0]]   within float32 rounding",
    "gradients accumulate: set every param.grad to zero, or to None",
)
MISSING = Message(None, "learning_rate_sweep is not defined", "def learning_rate_sweep(lrs, max_epochs, data)")
MODEL = exercise(
    "0",
    "The model",
    check("the loss is right", points=2.0),
    check("a step is in place"),
    check("zero_grad really clears", "failed", WRONG),
)
RESHAPE = exercise("5", "Why reshape", check("flat labels count the same", points=2.0))
NEVER_WRITTEN = Missing("learning_rate_sweep", lost=False)
RATES = exercise(
    "10",
    "Learning rates",
    check("0.003 still falls", "missing", MISSING, missing=NEVER_WRITTEN),
    check("3 blows up", "missing", MISSING, missing=NEVER_WRITTEN),
)


def document_bytes(reports):
    """Return the document of some reports, as `assay grade --json` writes it."""
    with tempfile.NamedTemporaryFile() as file:
        write_document(list(reports), Path(file.name))
        return file.read()
