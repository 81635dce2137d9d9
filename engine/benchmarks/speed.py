"""Measures what the wall costs, both sides in turn in one run, on one processor.

python engine/benchmarks/speed.py class [ROUNDS]
    20 submissions of a small course: one `assay grade` against plain in-process pytest, once per submission
python engine/benchmarks/speed.py processor [ROUNDS]
    processor time of one more submission of the real course: judge and guest together against the same checks
    in one warm process
"""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SMALL = HERE / "small_course"
SUBMISSIONS = 20
FEW, MANY = 2, 12


def timed(*arguments, cwd):
    """Runs a command; gives seconds of wall time and of processor time, its children's included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=cwd, check=True, stdout=subprocess.DEVNULL)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def copies(folder, source, name, count):
    """Makes a class of `count` students who handed in the same file, each with a comment of their own."""
    for number in range(count):
        student = folder / f"student_{number:02}"
        student.mkdir(parents=True)
        (student / name).write_text(f"{source.read_text()}\n# {number}\n")
    return folder


def show(title, sides, limit):
    """Prints the medians, their ratio and how far they scattered."""
    print(title)
    medians = {}
    for side, times in sides.items():
        medians[side] = statistics.median(times)
        print(f"  {side:<42} {medians[side]:7.3f} s   (from {min(times):.3f} to {max(times):.3f}, {len(times)} rounds)")
    ours, theirs = medians.values()
    print(f"  ratio {ours / theirs:.3f}, at most {limit}")
    return ours / theirs <= limit


def a_class(rounds):
    """One `assay grade` of 20 submissions against 20 plain pytest sessions."""
    sides = {"assay grade, once": [], "plain pytest, once per submission": []}
    with tempfile.TemporaryDirectory() as scratch:
        folder = copies(Path(scratch) / "class", SMALL / "reference" / "basics.py", "basics.py", SUBMISSIONS)
        course = shutil.copytree(SMALL, Path(scratch) / "course")
        plain = ["-m", "pytest", "-q", "-p", "no:assay", "-p", "no:cacheprovider", "-p", "plain"]
        os.environ["PYTHONPATH"] = str(HERE)
        for _ in range(rounds):
            sides["assay grade, once"].append(timed("-m", "assay", "grade", str(folder), cwd=course)[0])
            total = 0.0
            for student in sorted(folder.iterdir()):
                total += timed(*plain, "--handed-in", str(student / "basics.py"), "tests", cwd=course)[0]
            sides["plain pytest, once per submission"].append(total)
    return show(f"{SUBMISSIONS} submissions, six plain checks, wall time", sides, 0.2)


def processor_time(rounds):
    """One more submission of the real course: the difference between many and few, so that starting up cancels out."""
    sides = {"assay grade, judge and guest": [], "the same checks in one warm process": []}
    with tempfile.TemporaryDirectory() as scratch:
        reference = ROOT / "reference" / "linear_regression_scratch.py"
        few = copies(Path(scratch) / "few", reference, reference.name, FEW)
        many = copies(Path(scratch) / "many", reference, reference.name, MANY)
        for _ in range(rounds):
            for side, command in zip(sides, (["-m", "assay", "grade"], [str(HERE / "warm.py")]), strict=True):
                more = timed(*command, str(many), cwd=ROOT)[1] - timed(*command, str(few), cwd=ROOT)[1]
                sides[side].append(more / (MANY - FEW))
    return show("one submission of linear_regression_scratch, processor time", sides, 1.5)


if __name__ == "__main__":
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    measure = {"class": a_class, "processor": processor_time}[sys.argv[1]]
    sys.exit(0 if measure(int(sys.argv[2]) if len(sys.argv) > 2 else 5) else 1)
