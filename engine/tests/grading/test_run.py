"""Verdicts of real submissions, graded by real processes: each ends in the right status for just what it touches."""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import Future
from pathlib import Path

import msgspec
import nbformat
import pytest

from assay.course.read import read_course
from assay.errors import AssayError
from assay.grading import run
from assay.grading.run import grade
from assay.intake.collect import take_in
from assay.model import Document

PR_SET_CHILD_SUBREAPER = 36

RIGHT = """
import torch
def squared_loss(y_hat, y): return 0.5 * torch.nn.functional.mse_loss(y_hat, y.reshape(y_hat.shape))
def scaled(x, factor=2.0): return x * factor
class Counter:
    def __init__(self, start): self.value = torch.ones(1) * start
    def step(self): self.value = self.value + 1
def noise(size): return torch.empty(size).normal_()
"""

# Looks through the heap that a fork inherits, for what an earlier submission was made of.
SCAN = """
import ctypes
libc = ctypes.CDLL(None)
libc.sbrk.restype = ctypes.c_void_p
control = ctypes.create_string_buffer(b"MARK-OF-" + b"THIS-ONE", 5000)
state = ctypes.create_string_buffer(1)
page, own, other = libc.sbrk(0) // 4096 * 4096 - 4096, 0, 0
while libc.mincore(ctypes.c_void_p(page), 4096, state) == 0:
    text = ctypes.string_at(page, 4096)
    own += b"MARK-OF-" + b"THIS-ONE" in text
    other += text.count(b"MARK-OF-" + b"ANOTHER") > 10  # this line's own constant is there once, the other's in every line
    page -= 4096
ANSWERS = {"own": str(own > 0), "other": str(other)}
"""

# Writes an answer of its own making to every line that it finds.
LIE = """
def scaled(x, factor=2.0):
    import os, struct
    data = b"\\x92\\xa8Returned" + b"\\x91" * 700 + b"\\xc0"
    for number in range(3, 64):
        try:
            os.write(number, struct.pack(">I", len(data)) + data)
        except OSError:
            pass
    os._exit(0)
"""

SUBMISSIONS = {
    "right": RIGHT,
    "broadcast": RIGHT.replace("y.reshape(y_hat.shape)", "y"),
    "no_half": RIGHT.replace("0.5 *", ""),
    "unrecognised": RIGHT.replace("0.5 *", "0.7 *"),
    "empty": "",
    "one_name": "def scaled(x, factor=2.0): return x * factor\n",
    "syntax_error": "def f(:\n",
    "stops_half_way": RIGHT.replace("def noise", "raise ValueError('oh')\ndef noise"),
    "stops_without": RIGHT.partition("def noise")[0] + "raise ValueError('oh')\n",
    "exits_at_import": RIGHT + "import sys; sys.exit(0)\n",
    "os_exit_at_import": "import os; os._exit(0)\n" + RIGHT,
    "loops_at_import": RIGHT + "while True: pass\n",
    "sleeps_at_import": RIGHT + "import time; time.sleep(1000)\n",
    "segfault_at_import": RIGHT + "import ctypes; ctypes.string_at(0)\n",
    "memory_at_import": RIGHT + "hog = torch.ones(10 * 2**30)\n",
    "bytes_at_import": RIGHT + "hog = bytearray(40 * 2**30)\n",
    "raises": RIGHT.replace("return x * factor", "return x * factr"),
    "not_written": RIGHT.replace("return x * factor", "raise NotImplementedError"),
    "wrong_signature": RIGHT.replace("def scaled(x, factor=2.0)", "def scaled(x, *, f=2.0)").replace(
        "x * factor", "x * f"
    ),
    "loops_in_call": RIGHT.replace("return x * factor", "[None for _ in iter(int, 1)]"),
    "sleeps_in_call": RIGHT.replace("return x * factor", "__import__('time').sleep(1000)"),
    "os_exit_in_call": RIGHT.replace("return x * factor", "__import__('os')._exit(0)"),
    "killed_in_call": RIGHT.replace("return x * factor", "__import__('os').kill(__import__('os').getpid(), 9)"),
    "surrogates": RIGHT.replace("return x * factor", "return '\\ud800'") + "ANSWERS = {'1': '\\ud800'}\n",
    "segfault_in_call": RIGHT.replace("return x * factor", "__import__('ctypes').string_at(0)"),
    "memory_in_call": RIGHT.replace("return x * factor", "return torch.ones(10 * 2**30)"),
    "huge_answer": RIGHT.replace("return x * factor", "return torch.ones(3 * 2**20)"),
    "gives_none": RIGHT.replace("return x * factor", "return None"),
    "gives_object": RIGHT.replace("return x * factor", "return object()"),
    "unrepeatable": RIGHT.replace("return x * factor", "return x * factor + torch.rand(1)"),
    "gives_no_object": RIGHT.replace("class Counter:", "class Counter_:") + "Counter = lambda start: None\n",
    "patched_assert": "import torch.testing\ntorch.testing.assert_close = lambda *a, **k: None\n"
    + RIGHT.replace("2.0", "5.0"),
    "stateful": "calls = []\n"
    + RIGHT.replace("return x * factor", "calls.append(1); return x * (factor if len(calls) == 1 else 0)"),
    "now_and_then": RIGHT.replace("def noise", "def quiet")
    + "state = []\n"
    + "def __getattr__(name):\n"
    + "    if name == 'noise':\n"
    + "        return quiet\n"
    + "    raise AttributeError(name)\n",
    "lies": RIGHT + LIE,
    "secretive": RIGHT + "# MARK-OF-ANOTHER\n" * 2000,
    "scans": RIGHT + SCAN,
    "last": RIGHT,
}


@pytest.fixture(scope="module")
def graded(course_root, tmp_path_factory):
    """All of the above, graded in one run."""
    assert ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
    folder = tmp_path_factory.mktemp("class")
    for name, source in SUBMISSIONS.items():
        (folder / name).mkdir()
        (folder / name / "basics.py").write_text(source)
    started = time.monotonic()
    intake = take_in([folder / name for name in SUBMISSIONS], ["basics"])
    reports = graded_now(course_root, intake)
    assert [report.submission.name for report in reports] == list(SUBMISSIONS)
    return {report.submission.name: report for report in reports} | {"": time.monotonic() - started}


def graded_now(course_root, intake, on_trouble=pytest.fail):
    course = read_course(course_root)
    return grade(course, intake.submissions, seed=1, waived=(), on_progress=lambda _: None, on_trouble=on_trouble)


def statuses(report):
    return {check.id: check.status for exercise in report.exercises for check in exercise.checks}


def message(report, name):
    (found,) = [check.message for exercise in report.exercises for check in exercise.checks if check.id == name]
    return found


PASSED = dict.fromkeys(["flat_labels", "hidden", "scaled", "factor", "counter", "mean"], "passed")


def scaled_is(status):
    return PASSED | {"scaled": status, "factor": status}


def all_are(status):
    return dict.fromkeys(PASSED, status)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("right", PASSED),
        ("broadcast", PASSED | {"flat_labels": "failed"}),
        ("no_half", PASSED | {"flat_labels": "failed", "hidden": "failed"}),
        ("unrecognised", PASSED | {"flat_labels": "failed", "hidden": "failed"}),
        ("empty", all_are("missing")),
        ("one_name", all_are("missing") | {"scaled": "passed", "factor": "passed"}),
        ("syntax_error", all_are("missing")),
        ("stops_half_way", PASSED | {"mean": "missing"}),
        ("exits_at_import", PASSED),
        ("os_exit_at_import", all_are("crashed")),
        ("loops_at_import", all_are("timeout")),
        ("sleeps_at_import", all_are("timeout")),
        ("segfault_at_import", all_are("crashed")),
        ("memory_at_import", PASSED),
        ("bytes_at_import", PASSED),
        ("raises", scaled_is("error")),
        ("not_written", scaled_is("error")),
        ("wrong_signature", PASSED | {"factor": "error"}),
        ("loops_in_call", scaled_is("timeout")),
        ("sleeps_in_call", scaled_is("timeout")),
        ("os_exit_in_call", scaled_is("crashed")),
        ("killed_in_call", scaled_is("crashed")),
        ("surrogates", scaled_is("failed")),
        ("segfault_in_call", scaled_is("crashed")),
        ("memory_in_call", scaled_is("error")),
        ("huge_answer", scaled_is("error")),
        ("gives_none", scaled_is("failed")),
        ("gives_object", scaled_is("failed")),
        ("unrepeatable", scaled_is("failed")),
        ("gives_no_object", PASSED | {"counter": "failed"}),
        ("patched_assert", PASSED | {"scaled": "failed"}),
        ("stateful", PASSED),
        ("now_and_then", PASSED),
        ("lies", scaled_is("crashed")),
        ("secretive", PASSED),
        ("scans", PASSED),
        ("last", PASSED),
    ],
)
def test_each_ends_in_the_right_status_for_just_the_checks_that_it_touches(graded, name, expected):
    assert statuses(graded[name]) == expected


def test_every_report_is_graded_and_its_score_is_the_sum_of_what_passed(graded):
    for name in SUBMISSIONS:
        report = graded[name]
        assert (report.status, report.reason) == ("graded", None)
        assert report.max_score == 7
        checks = [check for exercise in report.exercises for check in exercise.checks]
        assert report.score == sum(check.max_score for check in checks if check.status == "passed")


def test_exercises_are_in_the_order_of_their_numbers(graded):
    exercises = [(e.id, e.title, e.max_score) for e in graded["right"].exercises]
    assert exercises == [("1", "Losses", 3), ("2", "Scales and counters", 3), ("10", "Noise", 1)]


@pytest.mark.parametrize(
    ("name", "check", "expected"),
    [
        ("one_name", "counter", (None, "Counter is not defined", "class Counter(start)", None)),
        (
            "stops_half_way",
            "mean",
            (
                None,
                "noise is not defined: the module stopped at line 8: ValueError: oh; what it defines before that is graded",
                "def noise(size)",
                None,
            ),
        ),
        ("os_exit_at_import", "mean", (None, "the import ended the process with exit code 0", None, None)),
        ("loops_at_import", "mean", (None, "the import did not end within 2 s of processor time", None, None)),
        ("sleeps_at_import", "mean", (None, "the import did not end within 2 s of processor time", None, None)),
        ("segfault_at_import", "mean", (None, "the import crashed with SIGSEGV", None, None)),
        (
            "raises",
            "scaled",
            (
                "scaled(torch.tensor([1.0, 1.0]))",
                "raised NameError: name 'factr' is not defined\n  line 4: def scaled(x, factor=2.0): return x * factr",
                None,
                None,
            ),
        ),
        (
            "not_written",
            "scaled",
            (
                "scaled(torch.tensor([1.0, 1.0]))",
                "raised NotImplementedError\n  line 4: def scaled(x, factor=2.0): raise NotImplementedError",
                None,
                "this is not written yet",
            ),
        ),
        (
            "wrong_signature",
            "factor",
            (
                "scaled(torch.tensor([1.0, 1.0]), factor=3.0)",
                "raised TypeError: scaled() got an unexpected keyword argument 'factor'",
                None,
                "it must take this call; the exercise's signature is def scaled(x, factor=2.0)",
            ),
        ),
        (
            "loops_in_call",
            "scaled",
            ("scaled(torch.tensor([1.0, 1.0]))", "no answer within 2 s of processor time", None, None),
        ),
        (
            "sleeps_in_call",
            "scaled",
            ("scaled(torch.tensor([1.0, 1.0]))", "no answer within 2 s of processor time", None, None),
        ),
        (
            "os_exit_in_call",
            "scaled",
            ("scaled(torch.tensor([1.0, 1.0]))", "the call ended the process with exit code 0", None, None),
        ),
        (
            "segfault_in_call",
            "scaled",
            ("scaled(torch.tensor([1.0, 1.0]))", "the call crashed with SIGSEGV", None, None),
        ),
    ],
)
def test_what_went_wrong_is_said_in_one_clear_sentence(graded, name, check, expected):
    found = message(graded[name], check)
    assert (found.input, found.yours, found.expected, found.help) == expected


def test_an_answer_that_a_sound_check_cannot_digest_is_wrong(graded):
    found = message(graded["gives_no_object"], "counter")
    assert found.input == "Counter(3)"
    assert found.yours == "what came back could not be used: 'NoneType' object has no attribute 'step'"


def test_a_known_mistake_is_recognised_by_its_answer_to_the_smallest_input(graded):
    found = message(graded["broadcast"], "flat_labels")
    assert found.input == "squared_loss(torch.tensor([[0.0], [1.0]]), torch.tensor([0.0, 1.0]))"
    assert (found.yours, found.expected, found.help) == (
        "0.25",
        "0.0   within float32 rounding",
        "reshape y to y_hat's shape",
    )
    assert message(graded["no_half"], "flat_labels").help == "the half is missing"
    assert message(graded["unrecognised"], "flat_labels").help is None


def test_an_answer_that_nobody_asked_for_is_no_answer(graded):
    assert message(graded["lies"], "scaled").yours.startswith("the answer could not be read: ")


def test_no_submission_finds_another_one_in_its_memory(graded):
    assert {answer.exercise: answer.text for answer in graded["scans"].answers} == {"own": "True", "other": "0"}


def test_a_hidden_check_shows_a_fixed_text_only(graded):
    found = message(graded["no_half"], "hidden")
    assert (found.input, found.yours, found.expected) == (None, None, None)
    assert found.help == "this check is hidden: what it tested is not shown"


def test_what_stopped_the_import_is_noted(graded):
    assert graded["syntax_error"].handed_in.notes == (
        "the module cannot be run: line 1: SyntaxError: invalid syntax; nothing of it is graded",
    )
    assert graded["exits_at_import"].handed_in.notes == (
        "the module stopped at line 9: SystemExit: 0; what it defines before that is graded",
    )
    assert graded["memory_at_import"].handed_in.notes[0].startswith("the module stopped at line 9: RuntimeError: ")
    assert graded["bytes_at_import"].handed_in.notes[0].startswith("the module stopped at line 9: MemoryError")


def test_names_found_and_missing_are_listed(graded):
    assert graded["one_name"].handed_in.found == ("scaled",)
    assert graded["one_name"].handed_in.missing == ("squared_loss", "Counter", "noise")


def test_what_a_module_that_did_not_come_to_its_end_would_define_is_not_called_missing(graded):
    assert graded["os_exit_at_import"].handed_in.missing == ()
    assert graded["loops_at_import"].handed_in.missing == ()


def test_a_name_that_was_never_written_is_not_put_down_to_what_stopped_the_module(graded):
    assert message(graded["stops_half_way"], "mean").yours.startswith(
        "noise is not defined: the module stopped at line"
    )
    assert message(graded["stops_without"], "mean").yours == "noise is not defined"


def test_in_brief_what_comes_after_a_check_that_is_not_passed_is_skipped(course_root, tmp_path):
    for name, source in {"wrong": RIGHT.replace("0.5 *", ""), "right": RIGHT}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "basics.py").write_text(source)
    submissions = take_in([tmp_path], ["basics"]).submissions
    done = {"seed": 1, "waived": (), "on_progress": lambda _: None, "on_trouble": pytest.fail}
    reports = {
        r.submission.name: r for r in grade(read_course(course_root), submissions, **done, stop_at_first_failure=True)
    }
    assert reports["right"].score == reports["right"].max_score
    first, *rest = [check for exercise in reports["wrong"].exercises for check in exercise.checks]
    assert (first.status, first.message.help) == ("failed", "the half is missing")
    # Exercise 10's file is read first, and its check had been passed.
    assert [check.status for check in rest] == ["skipped"] * 4 + ["passed"]
    assert rest[1].message.help == "a check before this one was not passed"


def test_of_several_cells_that_stopped_none_is_blamed_for_a_name(course_root, tmp_path):
    cells = ["1 / 0", "def noise(size) return 1", "def scaled(x, factor=2.0):\n    return x * factor"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells])
    nbformat.write(notebook, tmp_path / "basics.ipynb")
    (report,) = graded_now(course_root, take_in([tmp_path / "basics.ipynb"], ["basics"]))
    assert message(report, "mean").yours == "noise is not defined: 2 cells stopped, see the notes"
    assert len(report.handed_in.notes) == 2


def test_a_broken_submission_changes_no_verdict_of_another(graded):
    first, last = (without_durations(graded[name]) for name in ("right", "last"))
    assert first.pop("submission") != last.pop("submission")
    assert first == last


def test_the_same_submission_course_and_seed_give_the_same_report_whatever_was_graded_before(
    graded, course_root, tmp_path
):
    names = ["unrepeatable", "broadcast"]
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "basics.py").write_text(SUBMISSIONS[name])
    intake = take_in([tmp_path / name for name in names], ["basics"])
    for report in graded_now(course_root, intake):
        before = graded[report.submission.name]
        assert without_durations(report) == without_durations(before)


def without_durations(report):
    built = msgspec.to_builtins(report)
    del built["duration"], built["submission"]["path"]
    for exercise in built["exercises"]:
        for check in exercise["checks"]:
            del check["duration"]
    return built


@pytest.mark.usefixtures("graded")
def test_no_process_of_a_submission_is_left():
    # The orphans of this process's children come to it, see below.
    children = [int(pid) for path in Path("/proc/self/task").glob("*/children") for pid in path.read_text().split()]
    commands = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children]
    assert not [command for command in commands if b"assay.guest" in command]


def test_what_is_finished_stays_when_the_course_changes_meanwhile(course_root, tmp_path):
    course, folder = tmp_path / "course", tmp_path / "class"
    shutil.copytree(course_root, course)
    for number in range(13):  # one more than a worker takes at a time
        (folder / f"{number:02}").mkdir(parents=True)
        (folder / f"{number:02}" / "basics.py").write_text(RIGHT)
    troubles, told = [], []
    changed = course / "tests" / "basics" / "test_1_losses.py"
    text = changed.read_text()

    def change(graded):
        told.append(graded)
        changed.write_text(text + "\n")

    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})  # one worker: it has not begun the last when the first is finished
    try:
        reports = grade(
            read_course(course),
            take_in([folder], ["basics"]).submissions,
            seed=1,
            waived=(),
            on_progress=change,
            on_trouble=troubles.append,
        )
    finally:
        os.sched_setaffinity(0, before)
    assert [statuses(report) for report in reports[:12]] == [PASSED] * 12
    assert (reports[12].status, reports[12].score) == ("ungraded", 0)
    assert reports[12].reason == "the judge did not come to its end with this submission"
    assert troubles == [f"12, basics: the course at {course} changed while it was grading"]
    assert told == list(range(1, 14))


COURSE = {
    "tox.ini": "[pytest]\ntestpaths = tests\npythonpath = reference\n",
    "reference/one.py": '"""Model answers."""\n\n\ndef f():\n    """One."""\n    return 1\n',
}
CHECK = '"""One"""\nimport os\n\n\ndef test_one(submission):\n    """f gives one"""\n    '


def made(folder, check):
    """A course of one check, and somebody who handed in."""
    for name, text in (COURSE | {"tests/one/test_1_one.py": check, "../ada/one.py": "def f(): return 1\n"}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return read_course(folder), take_in([folder.parent / "ada"], ["one"]).submissions


def test_a_check_that_ends_the_judge_costs_what_it_was_judging(tmp_path):
    troubles = []
    course, submissions = made(tmp_path / "course", CHECK + "os.kill(os.getpid(), 9)\n")
    (report,) = grade(course, submissions, seed=1, waived=(), on_progress=print, on_trouble=troubles.append)
    reason = "the judge's own process ended while it graded this submission"
    assert (report.status, report.reason, report.exercises, troubles) == ("ungraded", reason, (), [])


def test_a_course_that_pytest_cannot_read_is_told_with_what_pytest_said(tmp_path):
    course, submissions = made(tmp_path / "course", CHECK + "assert submission.f() == 1\n\n\nimport nowhere\n")
    with pytest.raises(AssayError, match=r"(?s)^pytest ended with .*No module named 'nowhere'"):
        grade(course, submissions, seed=1, waived=(), on_progress=print, on_trouble=pytest.fail)


def test_a_course_whose_check_is_a_method_is_told_so(tmp_path):
    check = '"""One"""\n\n\nclass TestOne:\n    def test_one(self, submission):\n        """f gives one"""\n'
    course, submissions = made(tmp_path / "course", check)
    with pytest.raises(AssayError, match="is a method: a check is a function of its file"):
        grade(course, submissions, seed=1, waived=(), on_progress=print, on_trouble=pytest.fail)


def test_a_course_whose_check_has_its_submission_from_a_fixture_is_told_so(tmp_path):
    check = (
        '"""One"""\nimport pytest\n\n\n@pytest.fixture\ndef answer(submission):\n    return submission.f()\n\n\n'
        'def test_one(answer):\n    """f gives one"""\n    assert answer == 1\n'
    )
    course, submissions = made(tmp_path / "course", check)
    with pytest.raises(AssayError, match="does not take submission itself: a fixture that has it cannot stand for it"):
        grade(course, submissions, seed=1, waived=(), on_progress=print, on_trouble=pytest.fail)


def test_what_goes_wrong_in_a_worker_is_told():
    future = Future()
    future.set_exception(OSError("no room"))
    assert str(run._trouble(future)) == "OSError in a worker: no room"


# Ends its own process at every check, so that it is imported again for the next one, and takes its time to be.
IMPORTED_AGAIN = RIGHT + "import os, time\ntime.sleep(3)\nos.register_at_fork(after_in_parent=lambda: os._exit(0))\n"


def test_being_imported_again_for_every_check_counts_against_a_submissions_time(course_root, tmp_path):
    course = shutil.copytree(course_root, tmp_path / "course")
    settings = course / "tox.ini"
    settings.write_text(settings.read_text().replace("_seconds = 2", "_seconds = 1"))
    (tmp_path / "basics.py").write_text(IMPORTED_AGAIN)
    (report,) = graded_now(course, take_in([tmp_path / "basics.py"], ["basics"]))
    checks = [check for exercise in report.exercises for check in exercise.checks]
    text = "the checks before this one took all the time that a submission has"
    late = [check for check in checks if check.status == "timeout"]
    assert len(late) >= len(checks) - 5  # 3 s or more for each that comes after the first, and 10 s in all
    assert {check.message.yours or check.message.help for check in late if check.visibility == "visible"} == {text}


# Closes its line to the judge at every check, and lives on.
HUNG_UP = (
    RIGHT + "import os, time\nos.register_at_fork(after_in_parent=lambda: (os.closerange(3, 256), time.sleep(60)))\n"
)


def test_a_submission_that_has_hung_up_is_imported_again_for_the_next_check(course_root, tmp_path):
    (tmp_path / "basics.py").write_text(HUNG_UP)
    (report,) = graded_now(course_root, take_in([tmp_path / "basics.py"], ["basics"]))
    assert report.score == report.max_score


TICKS = """
import mmap, os, threading, time
count = mmap.mmap(-1, 8)  # of the submission's process, at every fork; and of the check's own
begun = []
def tick(place):
    while True:
        count[place : place + 4] = (int.from_bytes(count[place : place + 4], "little") + 1).to_bytes(4, "little")
        time.sleep(0.001)
os.register_at_fork(after_in_parent=lambda: threading.Thread(target=tick, args=(0,), daemon=True).start())
def f():
    if not begun:
        begun.append(threading.Thread(target=tick, args=(4,), daemon=True).start())
    return [int.from_bytes(count[place : place + 4], "little") for place in (0, 4)]
"""


def test_a_submission_stands_still_while_the_reference_is_timed(tmp_path):
    check = CHECK.replace("submission", "submission, reference_guest, submission_paused").replace(
        "os", "os\nfrom assay.checks import assert_close"
    ) + (
        "submission.f()\n    os.sched_yield()\n    before = submission.f()\n    with submission_paused():\n        reference_guest.f()\n"
        "    ticks = [after - was for was, after in zip(before, submission.f())]\n"
        "    assert_close(max(ticks) < 500, True)\n"
    )
    course, (submission,) = made(tmp_path / "course", check)
    (tmp_path / "course/reference/one.py").write_text(
        '"""Model answers."""\nimport time\n\n\ndef f():\n    """Two seconds."""\n    time.sleep(2)\n    return 1\n'
    )
    course = read_course(tmp_path / "course")
    submission = msgspec.structs.replace(submission, source=TICKS.encode())
    (report,) = grade(course, [submission], seed=1, waived=(), on_progress=print, on_trouble=pytest.fail)
    assert report.score == 1, report


UNSEEN = (
    "assert_close(submission.f(), submission.f())",
    "require(submission.f(), yours=0, expected='a value')",
    "require(submission.f() != submission.f(), yours=0, expected='another value')",
    "require(submission.f() in [submission.f()], yours=0, expected='the same value')",
    "assert submission.f() != 2",
)


@pytest.mark.parametrize("law", UNSEEN)
@pytest.mark.parametrize("answer", ["iter([1, 2])", "{1, 2}", "object()", "1 << 100"])
def test_an_object_whose_value_nobody_has_seen_is_no_answer(tmp_path, law, answer):
    check = CHECK.replace("os", "os\nfrom assay.checks import assert_close, require") + f"{law}\n"
    course, (submission,) = made(tmp_path / "course", check)
    submission = msgspec.structs.replace(submission, source=f"def f(): return {answer}\n".encode())
    (report,) = grade(course, [submission], seed=1, waived=(), on_progress=print, on_trouble=pytest.fail)
    assert [check.status for exercise in report.exercises for check in exercise.checks] == ["failed"]


def test_temporary_files_go_to_the_scratch_folder(course_root, tmp_path):
    # PyTorch's compiler, which torch.func asks for, makes a folder there when it is imported.
    look = "import os, tempfile\nANSWERS = {'there': str(os.path.samefile(tempfile.mkdtemp() + '/..', os.getcwd()))}\n"
    (tmp_path / "basics.py").write_text(RIGHT + look)
    (report,) = graded_now(course_root, take_in([tmp_path / "basics.py"], ["basics"]))
    assert [answer.text for answer in report.answers] == ["True"]


def test_written_answers_of_any_length_cost_nothing_that_was_answered(course_root, tmp_path):
    (tmp_path / "basics.py").write_text(RIGHT + "ANSWERS = {str(n): chr(0x1F600) * 65_536 for n in range(100)}\n")
    (report,) = graded_now(course_root, take_in([tmp_path / "basics.py"], ["basics"]))
    assert statuses(report) == PASSED
    assert sum(len(answer.text) for answer in report.answers) == 500_000


def test_grading_leaves_nothing_in_the_courses_folder(course_root, tmp_path):
    course = shutil.copytree(course_root, tmp_path / "course", ignore=shutil.ignore_patterns("__pycache__", ".*"))
    (tmp_path / "basics.py").write_text(RIGHT)
    before = sorted(course.rglob("*"))
    command = [sys.executable, "-B", "-m", "assay", "grade", tmp_path / "basics.py", "--course", course]
    subprocess.run(command, cwd=course, check=True, stdout=subprocess.DEVNULL)
    assert sorted(course.rglob("*")) == before


def test_a_dead_worker_costs_no_report_and_its_pool_is_not_graded_one_by_one(course_root, tmp_path):
    workers = set()
    for number in range(25):
        (tmp_path / f"{number:02}").mkdir()
        (tmp_path / f"{number:02}" / "basics.py").write_text(RIGHT)
    told = []

    def kill_once(graded):
        workers.update(pid for pid in descendants(os.getpid()) if b"spawn_main" in command_line(pid))
        if not told:
            os.kill(min(workers), signal.SIGKILL)
        told.append(graded)

    course = read_course(course_root)
    submissions = take_in([tmp_path], ["basics"]).submissions
    reports = grade(course, submissions, seed=1, waived=(), on_progress=kill_once, on_trouble=pytest.fail)
    assert [statuses(report) for report in reports] == [PASSED] * 25
    assert told == list(range(1, 26))
    assert len(workers) <= 2 * len(os.sched_getaffinity(0))


# A student's process that seems to be alone with its judge, and takes its time.
SLEEPER = "import time\ntime.sleep(60)\n"


def test_a_run_that_is_killed_leaves_no_process(course_root, tmp_path):
    assert ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
    (tmp_path / "basics.py").write_text(SLEEPER)
    command = [sys.executable, "-m", "assay", "grade", str(tmp_path / "basics.py"), "--course", str(course_root)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        wait_for(lambda: [pid for pid in descendants(run.pid) if b"assay.guest" in command_line(pid)])
        theirs = descendants(run.pid)
        run.kill()
    wait_for(lambda: not [pid for pid in theirs if alive(pid)])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_a_run_with_the_reports_that_there_are(course_root, tmp_path, number):
    course = shutil.copytree(course_root, tmp_path / "course")
    settings = course / "tox.ini"
    settings.write_text(settings.read_text().replace("assay_import_seconds = 2", "assay_import_seconds = 60"))
    for place in range(14):  # more than a worker takes at a time
        (tmp_path / f"class/{place:02}").mkdir(parents=True)
        (tmp_path / f"class/{place:02}/basics.py").write_text(RIGHT if place < 13 else SLEEPER)
    ours, theirs = os.openpty()  # a person's terminal, on which there is a progress bar
    command = [sys.executable, "-m", "assay", "grade", "class", "--course", course, "--json", "reports.json"]
    one = str(min(os.sched_getaffinity(0)))  # so that the sleeper comes last
    with (
        open(tmp_path / "out", "wb") as out,
        subprocess.Popen(
            ["env", "--default-signal=INT", "taskset", "-c", one, *command],  # what runs in the background ignores it
            cwd=tmp_path, stdout=out, stderr=theirs, env={**os.environ, "TERM": "xterm", "COLUMNS": "100"}, process_group=0,
        ) as run,
    ):  # fmt: skip
        os.close(theirs)
        said = b""
        while b"13/14" not in said:
            said += os.read(ours, 1000)
        theirs = descendants(run.pid)
        insisting = threading.Thread(target=insist, args=(run, number))
        insisting.start()
        said = b"".join(iter(lambda: rest(ours), b""))
        insisting.join()
    os.close(ours)
    assert run.returncode == 130
    assert said.rstrip().endswith(b"assay: interrupted: 1 of 14 were not graded")
    assert b"Traceback" not in said
    wait_for(lambda: not [pid for pid in theirs if alive(pid)])
    reports = msgspec.json.decode((tmp_path / "reports.json").read_bytes(), type=Document).reports
    assert [statuses(report) for report in reports[:13]] == [PASSED] * 13
    reason = "grading was interrupted before this submission was graded to its end: grade it again"
    assert (reports[13].status, reports[13].reason) == ("ungraded", reason)
    assert (tmp_path / "out").read_text().count("grade it again") == 1
    assert "a person decides" not in (tmp_path / "out").read_text()


def insist(run, number):
    """Sends a signal until the run has ended, as one does who pressed Ctrl-C and sees nothing happen."""
    send = os.killpg if number == signal.SIGINT else os.kill  # Ctrl-C goes to all of them
    while run.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            send(run.pid, number)
        time.sleep(0.01)


def rest(terminal):
    """What comes next of a terminal's text; nothing once nobody writes to it any more."""
    try:
        return os.read(terminal, 1000)
    except OSError:
        return b""


def wait_for(condition, seconds=60):
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < seconds
        time.sleep(0.1)


def descendants(pid):
    try:
        text = "".join(path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children"))
    except OSError:
        return []
    return [found for child in map(int, text.split()) for found in (child, *descendants(child))]


def command_line(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def alive(pid):
    """Whether a process runs; one that nobody has asked about since it ended does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
