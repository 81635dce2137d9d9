"""The student's kit of this course, taken apart: it tells the verdicts of the visible checks, and nothing else."""

import ast
from pathlib import Path

import pytest
from assay.course.contract import contract
from assay.course.read import fingerprint, read_course
from assay.course.seeds import PUBLIC_SEED
from assay.grading.executors import LocalProcesses
from assay.intake.collect import take_in
from assay.judge.session import Job, grade_chunk
from assay.kit.write import write_kit
from assay.model import Submission, SubmissionInfo
from assay.selftest.mistakes import visible_verdicts
from assay.wire.values import trusting_decoder

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
COURSE = read_course(ROOT)
ASSIGNMENTS = [assignment.name for assignment in COURSE.assignments]

SECRET_SEED = 2718281828

COURSE_ONLY = {
    ("0", "fit_follows_the_one_right_trajectory"),
    ("0", "fit_goes_on_over_new_orders"),
    ("0", "fit_takes_all_its_epochs"),
    ("0", "fit_takes_whole_batches_at_once"),
    ("1", "any_number_of_rows_and_any_scale"),
    ("1", "every_call_is_answered_anew"),
    ("1", "loss_is_the_sum_of_the_squared_residuals"),
}


@pytest.fixture(scope="module")
def executor():
    with LocalProcesses() as processes:
        yield processes


@pytest.fixture(scope="module")
def kit(executor, tmp_path_factory):
    """Return the kit, in a folder outside of the repository."""
    folder = tmp_path_factory.mktemp("student") / "kit"
    assert len(write_kit(COURSE, folder, executor)) == len(COURSE_ONLY)
    return folder


def lines_of(source):
    """The source as one text, without what indents or formats it, and with a mark around every line."""
    lines = [line.strip() for line in ast.unparse(source).splitlines()]
    return "\n".join(["", *filter(None, lines), ""])


def written_in(kit):
    """Every module of the kit but the library, in the same form."""
    paths = [path for path in kit.rglob("*.py") if path.parent.name != COURSE.library.name]
    return "\n".join(lines_of(ast.parse(path.read_bytes())) for path in paths)


def without_docstring(body):
    return body[1:] if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) else body


def test_no_body_of_a_model_answer_is_in_the_kit(kit):
    text = written_in(kit)
    bodies = {
        f"{name}, line {node.lineno}": lines_of(ast.Module(without_docstring(node.body), []))
        for name in ASSIGNMENTS
        for node in ast.walk(ast.parse(COURSE.reference(name).read_bytes()))
        if isinstance(node, ast.FunctionDef)
    }
    assert len(bodies) > 30
    assert {body for body in bodies.values() if body in text} == set()


def test_no_known_mistake_and_no_hint_of_one_is_in_the_kit(kit):
    text = written_in(kit)
    marked = [
        (node, call)
        for name in ASSIGNMENTS
        for path in COURSE.tests(name).glob("mistakes_*.py")
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        for call in node.decorator_list
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "mistake"
    ]
    assert len(marked) > 100
    bodies = {lines_of(ast.Module(node.body, [])) for node, _ in marked}
    assert {body for body in bodies if body in text} == set()
    hints = [hint.value.value for _, call in marked for hint in call.keywords if isinstance(hint.value, ast.Constant)]
    # A visible check may say a hint itself, which it then imports: these are constants of the shared files.
    shared = [ast.parse(path.read_bytes()) for path in kit.rglob("shared_*.py")]
    said = {node.value for tree in shared for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert [hint for hint in hints if hint in text and hint not in said] == []


def test_no_secret_is_in_the_kit(kit):
    names = {path.name for path in kit.rglob("*")}
    assert names.isdisjoint({".assay", "submissions", "record.json", "test_checks.py", "right_answers"})
    assert [name for name in names if name.startswith("mistakes_") or name.endswith(".equivalents.toml")] == []


def graded(executor, root, submissions, seed=PUBLIC_SEED):
    job = Job(root, fingerprint(root), tuple(submissions), seed, visible_only=True)
    return [
        {(exercise.id, check.id): check for exercise in report.exercises for check in exercise.checks}
        for report in executor.submit(grade_chunk, job).result()
    ]


@pytest.mark.nightly
@pytest.mark.parametrize(
    "place",
    [
        "reference/linear_regression_concise.py",
        "submissions/right_plain/linear_regression_scratch.py",
        "submissions/forgot_zero_grad/linear_regression_scratch.py",
        "submissions/broadcast_loss/linear_regression_scratch.py",
        "submissions/huber_without_abs/linear_regression_concise.py",
    ],
)
def test_the_kit_gives_the_verdicts_of_the_course(kit, executor, place):
    submissions = take_in([ROOT / place], ASSIGNMENTS).submissions
    (theirs,), (ours,) = (graded(executor, root, submissions) for root in (kit, ROOT))
    asked = {key for key in ours if key not in COURSE_ONLY}
    assert {key: theirs[key].status for key in asked} == {key: ours[key].status for key in asked}


@pytest.mark.nightly
@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_the_kit_gives_the_verdicts_of_the_course_on_every_known_mistake(kit, executor, assignment):
    ours, theirs = (visible_verdicts(COURSE, asked, assignment, executor) for asked in (COURSE, read_course(kit)))
    asked = {key for key in ours if key[1:] not in COURSE_ONLY}
    assert len(asked) > 100
    assert [(key, ours[key], theirs[key]) for key in asked if ours[key].status != theirs[key].status] == []


@pytest.mark.nightly
def test_recorded_values_earn_nothing(kit, executor):
    assignment = "linear_regression_scratch"  # the checks of the other one compute what they expect
    record = trusting_decoder(dict)((kit / "reference" / f"{assignment}.answers").read_bytes())["answers"]
    lists = [value.tolist() if hasattr(value, "tolist") else value for value in record.values()]
    source = f"import itertools, torch\nleft = itertools.cycle({lists!r})\n"
    source += "def answer(*_, **__):\n    found = next(left)\n"
    source += "    return found if isinstance(found, dict) else torch.tensor(found)\n"
    source += "".join(f"{name} = answer\n" for name in contract(COURSE.reference(assignment)))
    info = SubmissionInfo("recorded", f"{assignment}.py", "0" * 64)
    (found,) = graded(executor, ROOT, [Submission(info, assignment, "module", source.encode())], SECRET_SEED)
    assert [key for key, check in found.items() if check.score] == []
