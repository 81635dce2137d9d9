"""A check of speed: honest work passes, and no work is hidden in a helper, a thread or a sleep."""

import msgspec
import pytest
from small_course import message, statuses

from assay.course.read import read_course
from assay.grading.run import grade
from assay.intake.collect import take_in

BURN = '''
import threading
import time


def burn(seconds):
    """Compute for so many seconds."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
'''
REFERENCE = (
    f'"""Model answers."""\n{BURN}'
    '''

def double(x):
    """Give twice x, after twenty milliseconds of work."""
    burn(0.02)
    return 2 * x
'''
)
CHECK = '''
"""Speed"""
from itertools import count


def test_double(submission, reference_guest, not_slower, benchmark):
    """double takes about the reference's time"""
    numbers = count()
    values = not_slower(
        benchmark,
        lambda module, x: module.double(x),
        submission,
        reference_guest,
        lambda: next(numbers),
        help="do less",
    )
    assert values == [2 * x for x in range(len(values))] != []
'''
FILES = {
    "tox.ini": "[pytest]\ntestpaths = tests\npythonpath = reference\n",
    "tests/speed/test_1_speed.py": CHECK,
    "submission/speed.py": REFERENCE,
}

# Each computes for 15 times as long as the reference.
ATTACKS = {
    "plain": BURN + "def double(x):\n    burn(0.3)\n    return 2 * x\n",
    "a helper process started at import": BURN
    + """
import os
asked, ask = os.pipe()
answer, answers = os.pipe()
for _ in range(3):
    if os.fork() == 0:
        while os.read(asked, 1):
            burn(0.1)
            os.write(answers, b".")
def double(x):
    os.write(ask, b"...")
    for _ in range(3):
        os.read(answer, 1)
    return 2 * x
""",
    "a helper process that nobody waits for": BURN
    + """
import os
asked, ask = os.pipe()
if os.fork() == 0:
    while os.read(asked, 1):
        burn(0.3)
def double(x):
    os.write(ask, b".")
    return 2 * x
""",
    "helper processes that end": BURN
    + """
import os
asked, ask = os.pipe()
answer, answers = os.pipe()
if os.fork() == 0:
    while os.read(asked, 1):
        for _ in range(3):
            if os.fork() == 0:
                burn(0.1)
                os._exit(0)
        for _ in range(3):
            os.wait()
        os.write(answers, b".")
def double(x):
    os.write(ask, b".")
    os.read(answer, 1)
    return 2 * x
""",
    "helper processes whose ends are ignored": BURN
    + """
import os, signal
try:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
except PermissionError:
    pass
asked, ask = os.pipe()
answer, answers = os.pipe()
if os.fork() == 0:
    while os.read(asked, 1):
        for _ in range(3):
            if os.fork() == 0:
                burn(0.1)
                os.write(answers, b".")
                os._exit(0)
def double(x):
    os.write(ask, b".")
    for _ in range(3):
        os.read(answer, 1)
    return 2 * x
""",
    "a thread left running": BURN
    + """
import threading
def double(x):
    threading.Thread(target=burn, args=(0.3,)).start()
    return 2 * x
""",
    "threads that end": BURN
    + """
import threading
def double(x):
    for _ in range(15):
        thread = threading.Thread(target=burn, args=(0.02,))
        thread.start()
        thread.join()
    return 2 * x
""",
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return course_in(tmp_path_factory.mktemp("speed"), REFERENCE)


def course_in(folder, reference):
    for name, text in {**FILES, "reference/speed.py": reference}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return read_course(folder)


def graded(course, source, executor):
    (submission,) = take_in([course.root / "submission"], ["speed"]).submissions
    submission = msgspec.structs.replace(submission, source=source.encode())
    (report,) = grade(course, [submission], seed=1, executor=executor, on_trouble=pytest.fail)
    return report


@pytest.mark.serial
def test_work_like_the_references_is_not_slower(course, executor):
    assert statuses(graded(course, REFERENCE, executor)) == {"double": "passed"}


@pytest.mark.serial
def test_three_times_the_references_work_is_not_slower(course, executor):
    assert statuses(graded(course, REFERENCE.replace("0.02", "0.06"), executor)) == {"double": "passed"}


def test_a_reference_that_goes_on_working_is_the_courses_fault(tmp_path, executor):
    course = course_in(tmp_path, REFERENCE.replace("burn(0.02)", "threading.Thread(target=burn, args=(9,)).start()"))
    (check,) = graded(course, REFERENCE, executor).exercises[0].checks
    assert check.status == "ungraded"
    assert check.message.help == "the reference still works after 6 s, so no speed can be compared with it"


@pytest.mark.serial  # beside other work the reference waits, too, for its processor
def test_no_time_is_slept_away(course, executor):
    assert_slower(course, executor, "import time\ndef double(x):\n    time.sleep(0.6)\n    return 2 * x\n")


@pytest.mark.parametrize("name", ATTACKS)
def test_no_work_is_hidden(course, executor, name):
    assert_slower(course, executor, ATTACKS[name])


def assert_slower(course, executor, source):
    report = graded(course, source, executor)
    assert statuses(report) == {"double": "failed"}
    found = message(report, "double")
    assert found.yours == '"over ten times the reference\'s time"'
    assert (found.expected, found.help) == ("about the reference's time", "do less")
