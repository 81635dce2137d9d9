"""Verdicts of real submissions, graded by real processes: each ends in the right status for just what it touches."""

import ctypes
from pathlib import Path

import pytest
from small_course import PASSED, message, statuses, without_durations, write_class
from submissions import SUBMISSIONS

from assay.course.read import read_course
from assay.grading.run import grade
from assay.intake.collect import take_in

PR_SET_CHILD_SUBREAPER = 36


@pytest.fixture(scope="module")
def graded(course_root, tmp_path_factory, executor):
    """Grade all submissions in one run."""
    assert ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
    folder = write_class(tmp_path_factory.mktemp("class"), SUBMISSIONS)
    reports = grade_named(course_root, folder, SUBMISSIONS, executor)
    assert [report.submission.name for report in reports] == list(SUBMISSIONS)
    return {report.submission.name: report for report in reports}


def grade_named(course_root, folder, names, executor):
    intake = take_in([folder / name for name in names], ["basics"])
    return grade(read_course(course_root), intake.submissions, seed=1, executor=executor, on_trouble=pytest.fail)


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
        ("loops_at_import", PASSED),
        ("sleeps_at_import", PASSED),
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
        ("leaves_float64", scaled_is("error")),
        ("leaves_float64_and_is_wrong", scaled_is("failed")),
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
                "noise is not defined: the module stopped at line 8: ValueError: oh; the definitions before that are graded",
                "def noise(size)",
                None,
            ),
        ),
        ("os_exit_at_import", "mean", (None, "the import ended the process with exit code 0", None, None)),
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
            ("scaled(torch.tensor([1.0, 1.0]))", "no answer within 2 s: it was waiting, not computing", None, None),
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


def test_a_setting_that_the_import_leaves_behind_is_named_if_the_answer_is_right_without_it(graded):
    assert message(graded["leaves_float64"], "scaled").help == (
        "torch.set_default_dtype(torch.float64), which the import leaves behind, holds in every check: "
        "without it this answer is right"
    )
    assert message(graded["leaves_float64_and_is_wrong"], "scaled").help is None


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
        "the module cannot be run: line 1: SyntaxError: invalid syntax; nothing in it is graded",
    )
    assert graded["exits_at_import"].handed_in.notes == (
        "the module stopped at line 9: SystemExit: 0; the definitions before that are graded",
    )
    assert graded["memory_at_import"].handed_in.notes[0].startswith("the module stopped at line 9: RuntimeError: ")
    assert graded["bytes_at_import"].handed_in.notes[0].startswith("the module stopped at line 9: MemoryError")


def test_names_found_and_missing_are_listed(graded):
    assert graded["one_name"].handed_in.found == ("scaled",)
    assert graded["one_name"].handed_in.missing == ("squared_loss", "Counter", "noise")


def test_what_a_module_that_did_not_come_to_its_end_would_define_is_not_called_missing(graded):
    assert graded["os_exit_at_import"].handed_in.missing == ()
    assert graded["loops_at_import"].handed_in.missing == ()


def test_a_statement_that_does_not_end_is_left_out_and_named(graded):
    for name, line, reason in (
        ("loops_at_import", "while True: pass", "did not end within 2 s of processor time"),
        ("sleeps_at_import", "import time; time.sleep(1000)", "did not end within 2 s: it was waiting, not computing"),
    ):
        (note,) = graded[name].handed_in.notes
        assert note.endswith(f" ({line}) {reason}: it was left out; the statements after it were run")


def test_a_name_that_was_never_written_is_not_put_down_to_what_stopped_the_module(graded):
    assert message(graded["stops_half_way"], "mean").yours.startswith(
        "noise is not defined: the module stopped at line"
    )
    assert message(graded["stops_without"], "mean").yours == "noise is not defined"


def test_a_broken_submission_changes_no_verdict_of_another(graded):
    first, last = (without_durations(graded[name]) for name in ("right", "last"))
    assert first.pop("submission") != last.pop("submission")
    assert first == last


def test_the_same_submission_course_and_seed_give_the_same_report_whatever_was_graded_before(
    graded, course_root, tmp_path, executor
):
    names = ["unrepeatable", "broadcast"]
    folder = write_class(tmp_path, {name: SUBMISSIONS[name] for name in names})
    for report in grade_named(course_root, folder, names, executor):
        before = graded[report.submission.name]
        assert without_durations(report) == without_durations(before)


@pytest.mark.usefixtures("graded")
def test_no_process_of_a_submission_is_left():
    # The orphans of this process's children come to it, see below.
    children = [int(pid) for path in Path("/proc/self/task").glob("*/children") for pid in path.read_text().split()]
    stats = [Path(f"/proc/{pid}/stat").read_text() for pid in children]
    assert not [stat for stat in stats if "(assay.guest)" in stat and "(assay.guest) Z" not in stat]
