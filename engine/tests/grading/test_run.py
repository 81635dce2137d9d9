"""One run over a class: each submission is a task, and trouble with one costs no report of another."""

import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import Executor, Future

import msgspec
import nbformat
import pytest
from small_course import PASSED, RIGHT, message, statuses, write_class

from assay.course.read import read_course
from assay.errors import AssayError
from assay.grading.executors import LocalProcesses
from assay.grading.run import grade
from assay.intake.collect import take_in

COURSE = {
    "tox.ini": "[pytest]\ntestpaths = tests\npythonpath = reference\n",
    "reference/one.py": '"""Model answers."""\n\n\ndef f():\n    """One."""\n    return 1\n',
}
CHECK = '"""One"""\nimport os\n\n\ndef test_one(submission):\n    """f gives one"""\n    '


def make_class(folder, check, students=("ada",)):
    """Write a course of one check, and a class with right answers."""
    files = COURSE | {"tests/one/test_1_one.py": check}
    files |= {f"../class/{name}/one.py": "def f(): return 1\n" for name in students}
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return read_course(folder), take_in([folder.parent / "class"], ["one"]).submissions


def grade_now(course_root, path, executor, **settings):
    submissions = take_in([path], ["basics"]).submissions
    settings = {"seed": 1, "on_trouble": pytest.fail} | settings
    return grade(read_course(course_root), submissions, executor=executor, **settings)


def test_the_sink_has_every_report_when_it_exists_and_the_list_is_in_the_order_of_the_class(
    course_root, tmp_path, executor
):
    folder = write_class(tmp_path, {"a": RIGHT, "b": "", "c": RIGHT})
    told = []
    reports = grade_now(course_root, folder, executor, sink=told.append)
    assert [report.submission.name for report in reports] == ["a", "b", "c"]
    assert sorted(told, key=lambda report: report.submission.name) == list(reports)


def test_an_error_of_the_sink_ends_the_run(course_root, tmp_path, executor):
    def fail(report):
        raise OSError(report.submission.name)

    with pytest.raises(OSError, match=r"^a$"):
        grade_now(course_root, write_class(tmp_path, {"a": RIGHT}), executor, sink=fail)


def test_the_visible_checks_alone_are_graded_if_that_is_asked_for(course_root, tmp_path, executor):
    (report,) = grade_now(course_root, write_class(tmp_path, {"a": RIGHT}), executor, visible_only=True)
    assert set(statuses(report)) == set(PASSED) - {"hidden"}


def test_in_brief_what_comes_after_a_check_that_is_not_passed_is_skipped(course_root, tmp_path, executor):
    folder = write_class(tmp_path, {"right": RIGHT, "wrong": RIGHT.replace("0.5 *", "")})
    right, wrong = grade_now(course_root, folder, executor, stop_at_first_failure=True)
    assert right.score == right.max_score
    first, *rest = [check for exercise in wrong.exercises for check in exercise.checks]
    assert (first.status, first.message.help) == ("failed", "the half is missing")
    # Exercise 10's file is read first, and its check had been passed.
    assert [check.status for check in rest] == ["skipped"] * 4 + ["passed"]
    assert rest[1].message.help == "a check before this one was not passed"


def test_of_several_cells_that_stopped_none_is_blamed_for_a_name(course_root, tmp_path, executor):
    cells = ["1 / 0", "def noise(size) return 1", "def scaled(x, factor=2.0):\n    return x * factor"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells])
    nbformat.write(notebook, tmp_path / "basics.ipynb")
    (report,) = grade_now(course_root, tmp_path / "basics.ipynb", executor)
    assert message(report, "mean").yours == "noise is not defined: see the 2 notes on the file"
    assert len(report.handed_in.notes) == 2


def test_what_is_finished_stays_when_the_course_changes_meanwhile(course_root, tmp_path, executor):
    course = shutil.copytree(course_root, tmp_path / "course")
    folder = write_class(tmp_path / "class", dict.fromkeys("abcd", RIGHT))
    troubles, told = [], []

    def change(report):
        told.append(report.submission.name)
        (course / "tests" / "basics" / "test_1_losses.py").write_text("")  # as an editor leaves it for a moment

    reports = grade_now(course, folder, executor, sink=change, on_trouble=troubles.append)
    assert statuses(reports[0]) == PASSED
    assert (reports[3].status, reports[3].score) == ("ungraded", 0)
    assert reports[3].reason == "the grader failed on this submission; this is not the submission's fault"
    assert troubles[-1] == f"d, basics: the course at {course} changed while it was grading"
    assert told == list("abcd")


def test_a_worker_that_graded_another_version_of_the_course_forgets_it_within_the_same_second(tmp_path, executor):
    scores = []
    for value in (1, 2):
        course, submissions = make_class(tmp_path / "course", CHECK + f"assert submission.f() == {value}\n")
        os.utime(course.root / "tests/one/test_1_one.py", (0, 0))
        (report,) = grade(course, submissions, seed=1, executor=executor, on_trouble=pytest.fail)
        scores.append(report.score)
    assert scores == [1, 0]


def test_a_worker_forgets_another_version_of_the_courses_library(tmp_path, executor):
    check = CHECK.replace("submission", "submission, reference") + "assert submission.f() == reference.f()\n"
    scores = []
    for value in (1, 2):
        course, (submission,) = make_class(tmp_path / "course", check)
        files = {
            "library/__init__.py": f"VALUE = {value}\n",
            "one.py": "import library\n\n\ndef f():\n    return library.VALUE\n",
        }
        for name, text in files.items():
            (tmp_path / "course/reference" / name).parent.mkdir(exist_ok=True)
            (tmp_path / "course/reference" / name).write_text(text)
            os.utime(tmp_path / "course/reference" / name, (0, 0))
        submission = msgspec.structs.replace(
            submission,
            source=f"import library\ndef f(): return library.VALUE if library.VALUE == {value} else 0\n".encode(),
        )
        (report,) = grade(read_course(course.root), [submission], seed=1, executor=executor, on_trouble=pytest.fail)
        scores.append(report.score)
    assert scores == [1, 1]


def test_a_check_that_ends_the_judge_costs_what_it_was_judging(tmp_path, executor):
    check = CHECK.replace("submission", "submission, request") + (
        "if 'ada' in request.node.name:\n        os.kill(os.getpid(), 9)\n"
    )
    course, submissions = make_class(tmp_path / "course", check, ["ada", "bob"])
    ada, bob = grade(course, submissions, seed=1, executor=executor, on_trouble=pytest.fail)
    reason = "the judge's own process ended while it graded this submission"
    assert (ada.status, ada.reason, ada.exercises) == ("ungraded", reason, ())
    assert (bob.status, bob.score) == ("graded", 1)


def test_a_worker_that_dies_once_costs_no_report(tmp_path, executor):
    once = f"mark = {str(tmp_path / 'mark')!r}\n    if not os.path.exists(mark):\n        open(mark, 'w').close()\n        os.kill(os.getpid(), 9)\n"
    course, submissions = make_class(tmp_path / "course", CHECK + once, ["ada", "bob"])
    told = []
    reports = grade(course, submissions, seed=1, executor=executor, sink=told.append, on_trouble=pytest.fail)
    assert [report.score for report in reports] == [1, 1]
    assert [report.submission.name for report in told] == ["bob", "ada"]


@pytest.mark.parametrize("students", [["ada"], [f"{number:02}" for number in range(20)]])
def test_a_course_that_pytest_cannot_read_is_told_with_what_pytest_said(tmp_path, executor, students):
    course, submissions = make_class(
        tmp_path / "course", CHECK + "assert submission.f() == 1\n\n\nimport nowhere\n", students
    )
    with pytest.raises(AssayError, match=r"(?s)^the course's checks cannot be read\n.*No module named 'nowhere'"):
        grade(course, submissions, seed=1, executor=executor, on_trouble=pytest.fail)


def test_a_course_whose_check_is_a_method_is_told_so(tmp_path, executor):
    check = '"""One"""\n\n\nclass TestOne:\n    def test_one(self, submission):\n        """f gives one"""\n'
    course, submissions = make_class(tmp_path / "course", check)
    with pytest.raises(AssayError, match="is a method: a check is a function of its file"):
        grade(course, submissions, seed=1, executor=executor, on_trouble=pytest.fail)


def test_a_course_whose_check_has_its_submission_from_a_fixture_is_told_so(tmp_path, executor):
    check = (
        '"""One"""\nimport pytest\n\n\n@pytest.fixture\ndef answer(submission):\n    return submission.f()\n\n\n'
        'def test_one(answer):\n    """f gives one"""\n    assert answer == 1\n'
    )
    course, submissions = make_class(tmp_path / "course", check)
    with pytest.raises(AssayError, match="does not take submission itself: a fixture that has it cannot stand for it"):
        grade(course, submissions, seed=1, executor=executor, on_trouble=pytest.fail)


def test_what_goes_wrong_in_a_worker_is_told(tmp_path, executor):
    course, submissions = make_class(tmp_path / "course", CHECK + "assert submission.f() == 1\n")
    shutil.rmtree(tmp_path / "course" / "tests")
    with pytest.raises(AssayError) as told:
        grade(course, submissions, seed=1, executor=executor, on_trouble=pytest.fail)
    assert str(told.value) == f"the course at {course.root} changed while it was grading"


def test_an_error_that_is_none_of_ours_is_told_with_its_kind(tmp_path):
    course, submissions = make_class(tmp_path / "course", CHECK + "assert submission.f() == 1\n")
    failed = Future()
    failed.set_exception(OSError("no room"))
    executor = Executor()
    executor.submit = lambda *_: failed
    with pytest.raises(AssayError, match=r"^OSError in a worker: no room$"):
        grade(course, submissions, seed=1, executor=executor, on_trouble=pytest.fail)


def test_temporary_files_go_to_the_scratch_folder(course_root, tmp_path, executor):
    # PyTorch's compiler, which torch.func asks for, makes a folder there when it is imported.
    look = "import os, tempfile\nANSWERS = {'there': str(os.path.samefile(tempfile.mkdtemp() + '/..', os.getcwd()))}\n"
    (tmp_path / "basics.py").write_text(RIGHT + look)
    (report,) = grade_now(course_root, tmp_path / "basics.py", executor)
    assert [answer.text for answer in report.answers] == ["True"]


def test_written_answers_of_any_length_cost_nothing_that_was_answered(course_root, tmp_path, executor):
    (tmp_path / "basics.py").write_text(RIGHT + "ANSWERS = {str(n): chr(0x1F600) * 65_536 for n in range(100)}\n")
    (report,) = grade_now(course_root, tmp_path / "basics.py", executor)
    assert statuses(report) == PASSED
    assert sum(len(answer.text) for answer in report.answers) == 500_000


def test_a_check_of_speed_is_asked_in_a_test_of_xdists_too(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw1")
    check = CHECK.replace("(submission)", "(submission, benchmark)")
    check += "if benchmark.disabled: pytest.skip('off')\n    assert benchmark(submission.f) == 1\n"
    course, submissions = make_class(tmp_path / "course", check.replace("import os", "import pytest"))
    with LocalProcesses(1) as beside_xdist:
        (report,) = grade(course, submissions, seed=1, executor=beside_xdist, on_trouble=pytest.fail)
    assert statuses(report) == {"one": "passed"}


def test_grading_leaves_nothing_in_the_courses_folder(course_root, tmp_path):
    course = shutil.copytree(course_root, tmp_path / "course", ignore=shutil.ignore_patterns("__pycache__", ".*"))
    (tmp_path / "basics.py").write_text(RIGHT)
    before = sorted(course.rglob("*"))
    command = [sys.executable, "-B", "-m", "assay", "grade", tmp_path / "basics.py", "--course", course, "--seed", "7"]
    subprocess.run(command, cwd=course, check=True, stdout=subprocess.DEVNULL)
    assert sorted(course.rglob("*")) == before


def test_a_worker_that_is_killed_is_replaced_and_costs_no_report(course_root, tmp_path):
    folder = write_class(tmp_path, {f"{number:02}": RIGHT for number in range(6)})
    told = []
    with LocalProcesses(2) as workers:
        # Each waits for its worker's start, so that there are two.
        pids = [future.result() for future in [workers.submit(os.getpid) for _ in range(2)]]
        assert len(set(pids)) == 2

        def kill_once(report):
            if not told:
                for pid in pids:
                    os.kill(pid, signal.SIGKILL)
            told.append(report)

        reports = grade_now(course_root, folder, workers, sink=kill_once)
    assert [statuses(report) for report in reports] == [PASSED] * 6
    assert len(told) == 6
