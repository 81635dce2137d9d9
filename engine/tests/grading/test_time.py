"""Time: what counts against a submission, and what does not."""

import shutil

import msgspec
import pytest
from small_course import RIGHT
from test_run import CHECK, grade_now, make_class

from assay.course.read import read_course
from assay.grading.run import grade

pytestmark = pytest.mark.serial

# Ends its own process at every check, so that it is imported again for the next one, and takes its time to be.
IMPORTED_AGAIN = RIGHT + "import os, time\ntime.sleep(1.5)\nos.register_at_fork(after_in_parent=lambda: os._exit(0))\n"


def test_being_imported_again_for_every_check_counts_against_a_submissions_time(course_root, tmp_path, executor):
    course = shutil.copytree(course_root, tmp_path / "course")
    settings = course / "tox.ini"
    settings.write_text(f"{settings.read_text()}assay_submission_seconds = 5\n")
    (tmp_path / "basics.py").write_text(IMPORTED_AGAIN)
    (report,) = grade_now(course, tmp_path / "basics.py", executor)
    checks = [check for exercise in report.exercises for check in exercise.checks]
    text = "earlier checks used all of the submission's time"
    late = [check for check in checks if check.status == "timeout"]
    assert len(late) >= len(checks) - 5  # 1.5 s or more for each that comes after the first, and 5 s in all
    assert {check.message.yours or check.message.help for check in late if check.visibility == "visible"} == {text}


# Closes its line to the judge at every check, and lives on.
HUNG_UP = (
    RIGHT + "import os, time\nos.register_at_fork(after_in_parent=lambda: (os.closerange(3, 256), time.sleep(60)))\n"
)


def test_a_submission_that_has_hung_up_is_imported_again_for_the_next_check(course_root, tmp_path, executor):
    (tmp_path / "basics.py").write_text(HUNG_UP)
    (report,) = grade_now(course_root, tmp_path / "basics.py", executor)
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


def test_a_submission_stands_still_while_the_reference_is_timed(tmp_path, executor):
    check = CHECK.replace("submission", "submission, reference_guest, guest").replace(
        "os", "os\nfrom assay.checks import assert_close"
    ) + (
        "submission.f()\n    os.sched_yield()\n    before = submission.f()\n    with guest.paused():\n        reference_guest.f()\n"
        "    ticks = [after - was for was, after in zip(before, submission.f())]\n"
        "    assert_close(max(ticks) < 500, True)\n"
    )
    course, (submission,) = make_class(tmp_path / "course", check)
    (tmp_path / "course/reference/one.py").write_text(
        '"""Model answers."""\nimport time\n\n\ndef f():\n    """Two seconds."""\n    time.sleep(2)\n    return 1\n'
    )
    course = read_course(tmp_path / "course")
    submission = msgspec.structs.replace(submission, source=TICKS.encode())
    (report,) = grade(course, [submission], seed=1, executor=executor, on_trouble=pytest.fail)
    assert report.score == 1, report
