"""Examples are drawn once for a session, and no report depends on who was graded before."""

import json
from concurrent.futures import Executor
from pathlib import Path

import pytest
from reports import document_bytes

from assay.course.read import read_course
from assay.grading.run import grade
from assay.intake.collect import take_in

REFERENCE = '''
"""Model answers."""
import torch


def doubled(x):
    """x twice."""
    return 2 * x
'''

CHECKS = '''
"""Doubling"""
import random
import pytest
import torch
from hypothesis import assume, event, given, note, settings, strategies as st
from assay.checks import assert_close, dots


def drawn(value):
    """Tells that it was drawn."""
    with open({drawn!r}, "a") as file:
        print(value, file=file)
    return value


NUMBERS = st.integers(-1000, 1000).map(drawn)
VECTORS = st.lists(st.integers(-4, 4), min_size=1, max_size=4).map(lambda values: torch.tensor(values).float())


@settings(max_examples=150)
@given(NUMBERS)
def test_numbers(submission, x):
    """a number is doubled"""
    assert_close(submission.doubled(x), 2 * x)


@given(VECTORS)
def test_vectors(submission, x):
    """a vector is doubled"""
    yours = submission.doubled(x)
    assert_close(yours, 2 * x, plot=dots("double against number", x, yours=yours, expected=2 * x))
    x.zero_()


@given(st.lists(VECTORS, min_size=1, max_size=2), st.tuples(VECTORS))
def test_many(submission, first, second):
    """every vector of several is doubled"""
    for x in first + list(second):
        assert_close(submission.doubled(x), 2 * x)
    first.clear()


@given(VECTORS.map(lambda x: x.requires_grad_()))
def test_leaves(submission, x):
    """a vector of which the check itself wants the gradient is doubled"""
    (x * submission.doubled(x.detach())).sum().backward()
    assert_close(x.grad, 2 * x.detach())


@given(VECTORS.map(lambda x: (x, x)))
def test_shared(submission, pair):
    """a vector that the check changes under its other name is doubled"""
    first, second = pair
    second += 1
    assert_close(submission.doubled(first), 2 * second)


@given(st.integers(-100, 100))
def test_even(submission, x):
    """an even number is doubled"""
    assume(x % 2 == 0)
    assert_close(submission.doubled(x), 2 * x)


@given(st.data())
def test_data(submission, data):
    """a number that is drawn late is doubled"""
    x = data.draw(st.integers(-100, 100))
    assert_close(submission.doubled(x), 2 * x)


@given(st.integers(0, 4))
def test_own_generator(submission, rng, count):
    """random numbers are doubled"""
    x = torch.rand(count, generator=rng)
    assert_close(submission.doubled(x), 2 * x)


@given(NUMBERS)
@torch.no_grad()
def test_decorated(submission, x):
    """a number is doubled in a decorated check"""
    assert_close(submission.doubled(x), 2 * x)


@pytest.mark.parametrize("factor", [1, 3])
@given(st.integers(-100, 100))
def test_variants(submission, factor, x):
    """a number is doubled whatever it is a multiple of"""
    assert_close(submission.doubled(factor * x), 2 * factor * x)


@given(NUMBERS)
def test_told_by_pytest(submission, x):
    """a number is doubled, and pytest says so"""
    if submission.doubled(x) != 2 * x:
        pytest.fail("it is not")


@pytest.fixture(params=[0])
def generator(request):
    return torch.Generator().manual_seed(request.param)


@given(st.integers(1, 9))
def test_fixture_with_a_state(submission, generator, count):
    """random numbers of a fixture are doubled"""
    x = torch.rand(count, generator=generator) - 0.5
    assert_close(submission.doubled(x), 2 * x)


@given(st.integers(-9, 9))
def test_noted(submission, x):
    """a number is doubled while Hypothesis is told of it"""
    note(f"x is {x}")
    event("one more")
    assert_close(submission.doubled(x), 2 * x)


@given(st.integers(1, 9))
def test_global_generators(submission, count):
    """numbers of generators that nobody seeded are doubled"""
    x = torch.rand(count) + random.random()
    assert_close(submission.doubled(x), 2 * x)
'''

SECOND_TRY = """
import mmap, os, torch
memory = mmap.mmap(-1, 1 << 16)  # shared by the processes of all checks
def again():
    me = torch.initial_seed() % 2**62, os.getpid()
    for at in range(0, 1 << 16, 16):
        seed, pid = (int.from_bytes(memory[at + i : at + i + 8], "little") for i in (0, 8))
        if seed == me[0]:
            return pid != me[1]
        if not seed:
            memory[at : at + 16] = me[0].to_bytes(8, "little") + me[1].to_bytes(8, "little")
            return False
def doubled(x): return 2 * x if again() else 2 * x + 1
"""

OTHER_CHECKS = '''
"""Another assignment, whose checks import a module beside the model answers"""
import constants


def test_called(submission):
    """it can be called"""
    assert submission.called() == constants.FIRST
'''

FILES = {
    "course/tox.ini": "[pytest]\ntestpaths = tests\npythonpath = reference\n",
    "course/reference/twice.py": REFERENCE,
    "course/tests/twice/test_1_doubling.py": "",
    "course/reference/other.py": '"""Model answers."""\n\n\ndef called():\n    """The first."""\n    return 141\n',
    "course/reference/constants.py": "FIRST, *OTHERS = 141, 243, 347, 453, 559, 661, 767, 871, 973, 179, 283, 389, 497\n",
    "course/tests/other/test_1_called.py": OTHER_CHECKS,
}

RIGHT = "def doubled(x): return 2 * x\n"
CALLS = "calls = []\ndef doubled(x):\n    calls.append(x)\n"
CLASS = {
    "first": RIGHT,
    "right": "def doubled(x): return x + x\n",
    "wrong": "def doubled(x): return 3 * x\n",
    "wrong_beyond_20": "def doubled(x):\n    import torch\n    return 2 * x - (torch.as_tensor(x) > 20).sum()\n",
    "wrong_from_the_fifth_call": CALLS + "    return 2 * x + (len(calls) > 4)\n",
    "raises_below_0": "def doubled(x):\n    if (x < 0 if isinstance(x, int) else (x < 0).any()): raise ValueError('below')\n"
    "    return 2 * x\n",
    "ends_at_the_fifth_call": CALLS + "    if len(calls) > 4: __import__('os')._exit(0)\n    return 2 * x\n",
    "right_at_the_second_try": SECOND_TRY,
    "gives_none": "def doubled(x): pass\n",
    "empty": "",
    "last": RIGHT,
}


class Class:
    """A course, and a class of which some are graded, one after the other by one worker."""

    def __init__(self, root: Path, executor: Executor) -> None:
        self.root = root
        self.executor = executor
        self.checks = CHECKS.replace("{drawn!r}", repr(str(root / "drawn")))
        self.runs = 0
        submissions = {f"class/{name}/twice.py": source for name, source in CLASS.items()}
        for name, text in (FILES | submissions | {"class/other/other.py": "def called(): return 141\n"}).items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text.lstrip())

    def graded(self, *names):
        """Return each one's verdicts, without durations, and the numbers that were drawn."""
        self.runs += 1
        # Another version of the course: the worker forgets the examples that it knows.
        (self.root / "course/tests/twice/test_1_doubling.py").write_text(f"{self.checks.lstrip()}\n# {self.runs}\n")
        drawn = self.root / "drawn"
        drawn.write_text("")
        reports = grade(
            read_course(self.root / "course"),
            take_in([self.root / "class" / name for name in names], ["twice", "other"]).submissions,
            seed=3,
            executor=self.executor,
            on_trouble=pytest.fail,
        )
        verdicts = {r.submission.name: json.loads(document_bytes([r]), object_hook=timeless) for r in reports}
        return verdicts, drawn.read_text().splitlines()


def timeless(part):
    return {name: value for name, value in part.items() if name not in {"duration", "course"}}


def statuses(report):
    (exercise,) = report["reports"][0]["exercises"]
    return {check["id"]: check["status"] for check in exercise["checks"]}


@pytest.fixture(scope="module")
def everybody(tmp_path_factory, executor):
    return Class(tmp_path_factory.mktemp("examples"), executor)


@pytest.fixture(scope="module")
def together(everybody):
    return everybody.graded(*CLASS)[0]


@pytest.mark.parametrize("name", sorted(set(CLASS) - {"right_at_the_second_try"}))  # that one is not a function at all
def test_a_report_is_the_same_whoever_was_graded_before(name, everybody, together):
    alone, _ = everybody.graded(name)
    assert alone[name] == together[name]


TWO_CHECKS = '''
"""Doubling"""
from hypothesis import given, strategies as st
from assay.checks import assert_close


@given(st.integers(-1000, 1000))
def test_numbers(submission, x):
    """a number is doubled"""
    assert_close(submission.doubled(x), 2 * x)


def test_three(submission):
    """three is doubled"""
    assert_close(submission.doubled(3), 6)
'''

SLOW = """
import time
def doubled(x):
    end = time.process_time() + 0.25
    while time.process_time() < end: pass
    return 3 * x
"""


def test_the_time_of_a_search_counts_whoever_was_graded_before(tmp_path, executor):
    some = Class(tmp_path, executor)
    settings = tmp_path / "course/tox.ini"
    settings.write_text(f"{settings.read_text()}assay_submission_seconds = 1\n")  # four calls, and a search needs more
    some.checks = TWO_CHECKS
    (tmp_path / "class/wrong/twice.py").write_text(SLOW)
    for names in (("wrong",), ("first", "wrong")):
        assert statuses(some.graded(*names)[0]["wrong"]) == {"numbers": "failed", "three": "timeout"}


INTEGERS = ("numbers", "even", "data", "decorated", "variants-factor0", "variants-factor1", "told_by_pytest", "noted")
VECTORS = ("vectors", "many", "leaves", "shared")
EVERY = (*INTEGERS, *VECTORS, "own_generator", "fixture_with_a_state-generator0", "global_generators")


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("first", {}),
        ("right", {}),
        ("wrong", dict.fromkeys(EVERY, "failed")),
        ("wrong_from_the_fifth_call", dict.fromkeys(EVERY, "failed")),
        ("wrong_beyond_20", dict.fromkeys(INTEGERS, "failed") | {"noted": "passed"}),
        ("raises_below_0", dict.fromkeys([*INTEGERS, *VECTORS, "fixture_with_a_state-generator0"], "error")),
        ("right_at_the_second_try", dict.fromkeys(EVERY, "failed")),
        ("ends_at_the_fifth_call", dict.fromkeys(EVERY, "crashed")),
        ("empty", dict.fromkeys(EVERY, "missing")),
        ("last", {}),
    ],
)
def test_the_examples_of_another_one_find_what_is_wrong(name, bad, together):
    assert statuses(together[name]) == dict.fromkeys(EVERY, "passed") | bad


def test_who_answers_otherwise_at_the_second_try_is_told_so(together):
    (exercise,) = together["right_at_the_second_try"]["reports"][0]["exercises"]
    assert exercise["checks"][0]["message"]["help"] == "the same input gave different answers"


def test_the_plot_is_that_of_the_smallest_example(together):
    (exercise,) = together["wrong"]["reports"][0]["exercises"]
    vectors = exercise["checks"][1]
    assert vectors["message"]["input"] == "doubled(torch.tensor([1.0]))"
    assert [(series["x"], series["y"]) for series in vectors["evidence"]["series"]] == [([1.0], [3.0]), ([1.0], [2.0])]


def test_variants_of_a_check_have_inputs_of_their_own_and_the_same_for_everybody(together):
    (exercise,) = together["wrong"]["reports"][0]["exercises"]
    inputs = {check["id"]: check["message"]["input"] for check in exercise["checks"]}
    assert (inputs["variants-factor0"], inputs["variants-factor1"]) == ("doubled(1)", "doubled(3)")


def test_what_one_passed_is_put_to_the_next_and_not_drawn_again(everybody):
    _, once = everybody.graded("first")
    _, thrice = everybody.graded("first", "right", "last")
    assert once == thrice
    assert len(once) > 10


def test_what_one_did_not_pass_is_drawn_for_the_next(everybody):
    _, once = everybody.graded("first")
    _, wrong = everybody.graded("wrong")
    _, both = everybody.graded("wrong", "first")
    assert both == wrong + once


def test_for_a_missing_name_no_smaller_example_is_looked_for(everybody):
    _, drawn = everybody.graded("empty")
    assert drawn == ["0"] * 3  # once for each check that draws so


def test_what_is_drawn_does_not_depend_on_what_else_is_imported(everybody):
    _, alone = everybody.graded("first")
    _, beside = everybody.graded("other", "first")
    assert alone == beside


def test_the_smallest_example_is_found_though_another_one_passed_before(everybody):
    reports, _ = everybody.graded("first", "wrong_beyond_20")
    (exercise,) = reports["wrong_beyond_20"]["reports"][0]["exercises"]
    assert exercise["checks"][0]["message"]["input"] == "doubled(21)"
