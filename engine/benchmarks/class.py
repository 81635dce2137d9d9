"""Measures a whole class: is the last submission as cheap as the first, and what does a person wait for?

python engine/benchmarks/class.py small COUNT
    COUNT submissions of the small course (20, 200, 2000), also against plain pytest, one process a submission
python engine/benchmarks/class.py real COUNT
    COUNT submissions of the real course (20, 200), each with both assignments

A class mixes right answers in many styles with known mistakes. A fixed calibration load runs once a second beside the
grading, and times are divided by it, because the machine's speed drifts.
"""

import itertools
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from speed import HERE, PLAIN, REFERENCES, ROOT, SMALL, right_answers, write_student
from watched import calibrate, watch

FLAT, FIRST_SECONDS, THROUGHPUT, WRONG = 0.1, 1.0, 8, 2
"""The limits: the share by which cost and memory may drift, seconds that the class adds to its first report, times the
throughput of plain pytest from 200 submissions on, times a right answer that a wrong one may cost."""

FEW = 20
"""Below twice that a run is too short for the limits of cost, memory and throughput: its numbers are shown alone."""

SMALL_KINDS = (
    ("right", "r = (y_hat - y).abs()", "residual = (y_hat - y).abs()\n    r = residual"),
    ("right", "return w - lr * grad", "new = -lr * grad\n    return new + w"),
    ("wrong", "** 2 / 2).mean()", "** 2).mean()"),
    ("right", "for parameter in (w, b):", "for parameter in [b, w]:"),
    ("wrong", "w - lr * grad", "w + lr * grad"),
)
"""What each submission of the small course changes in the model answers."""

REAL_MISTAKES = ("forgot_zero_grad", "broadcast_loss", "fixed_order", "rate_divided", "too_few_epochs")
NAMES = ("Ada", "Zoë", "Łukasz", "Nguyễn Thị", "O'Neil-Ibn al")


def write_small(folder, count):
    """Write a class of the small course, whose kinds of answers take turns; return how many reports a turn has."""
    text = (SMALL / "reference" / "basics.py").read_text()
    for number, (kind, old, new) in zip(range(count), itertools.cycle(SMALL_KINDS), strict=False):
        student = folder / student_name(number, kind)
        student.mkdir(parents=True)
        (student / "basics.py").write_text(f"{text.replace(old, new)}\n# {number}\n")
    return len(SMALL_KINDS)


def write_real(folder, count):
    """Write a class of the real course, a mistake after each style of right answers; return the reports of a turn."""
    right = [("right", sources) for _, sources in right_answers()]
    wrong = [("wrong", mistaken(name)) for name in REAL_MISTAKES]
    kinds = [kind for pair in zip(right, itertools.cycle(wrong), strict=False) for kind in pair]
    for number, (kind, sources) in zip(range(count), itertools.cycle(kinds), strict=False):
        write_student(folder / student_name(number, kind), [f"{source}\n# {number}\n" for source in sources])
    return len(REFERENCES) * len(kinds)


def mistaken(name):
    """Return an example's files, and the plain right answer for an assignment that it does not have."""
    folders = [ROOT / "submissions" / folder for folder in (name, "right_plain")]
    return [
        next(folder / path.name for folder in folders if (folder / path.name).exists()).read_text()
        for path in REFERENCES
    ]


def student_name(number, kind):
    """Return a name as class lists have them."""
    return f"{number:04} {NAMES[number % len(NAMES)]} {kind}"


def plain_throughput(course, folder, count):
    """Return submissions a second of plain pytest, one process a submission on all processors."""
    students = sorted(folder.iterdir())[:count]
    environment = {**os.environ, "PYTHONPATH": str(HERE)}

    def run(student):
        command = [sys.executable, *PLAIN, "--handed-in", student / "basics.py", "tests"]
        return subprocess.run(command, check=False, cwd=course, env=environment, stdout=subprocess.DEVNULL).returncode

    started = time.perf_counter()
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        codes = set(pool.map(run, students))
    if not codes <= {0, 1}:
        sys.exit(f"plain pytest ended with {codes}")
    return len(students) / (time.perf_counter() - started)


def show_costs(run):
    """Print what a submission costs in each block, and where the time goes; return whether the cost is flat."""
    costs = []
    print("  reports  loads a submission  memory")
    for before, after, loads in zip(run.samples, run.samples[1:], run.loads[1:], strict=False):
        load = statistics.median(loads or [calibrate()])
        costs.append((after.seconds - before.seconds) / (after.reports - before.reports) / load)
        print(f"  {after.reports:7} {costs[-1]:19.2f} {after.memory:4.0f} MB")
    early, late = costs[: len(costs) // 2], costs[-(len(costs) // 2) :]
    drift = statistics.median(late) / statistics.median(early) - 1
    # At the end the times of fork servers, then of judges, move to the account of the process that waited for them.
    first, last = run.samples[0], max(run.samples, key=lambda sample: sample.seconds - sample.command)
    reports = last.reports - first.reports
    for name in ("student", "wall", "judge", "command"):
        seconds = getattr(last, name) - getattr(first, name)
        share, each = seconds / (last.seconds - first.seconds), 1000 * seconds / reports
        print(f"  {name:<8} {share:6.1%} {each:7.1f} ms a submission")
    growth = run.samples[-1].memory / first.memory - 1
    print(f"  cost drifts by {drift:+.1%}, memory by {growth:+.1%}: at most {FLAT:.0%}")
    return abs(drift) <= FLAT and growth <= FLAT


def show_kinds(written):
    """Print what a wrong answer takes against a right one; return whether it is little enough."""
    durations = {"right": [], "wrong": []}
    for report in json.loads(written.read_bytes())["reports"]:
        durations[report["submission"]["name"].split()[-1]].append(report["duration"])
    right, wrong = (statistics.median(durations[kind]) for kind in ("right", "wrong"))
    print(f"  a wrong answer takes {wrong / right:.2f} times a right one, median, at most {WRONG}")
    return wrong / right <= WRONG


def main():
    """Grade a class of one, then the class, between two halves of a sample of plain pytest."""
    kind, count = sys.argv[1], int(sys.argv[2])
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        course = ROOT if kind == "real" else shutil.copytree(SMALL, place / "course")
        turn = {"small": write_small, "real": write_real}[kind](place / "class", count)
        first = min((place / "class").iterdir())
        alone = watch(course, shutil.copytree(first, place / "one" / first.name).parent, place / "one.db", 1)
        plain = [plain_throughput(course, place / "class", FEW // 2)] if kind == "small" else []
        reports = count * (len(REFERENCES) if kind == "real" else 1)
        block = reports // 10 // turn * turn or reports // 4  # the turns are alike; a small class has none to compare
        run = watch(course, place / "class", place / "class.db", block)
        plain += [plain_throughput(course, place / "class", FEW // 2)] if kind == "small" else []
        print(f"{count} submissions of the {kind} course in {run.whole:.1f} s")
        kept = [show_costs(run) or count < 2 * FEW, show_kinds(place / "class.db.json")]
    more = run.first - alone.first
    print(f"  first report after {run.first:.2f} s, {more:+.2f} s of that alone, at most {FIRST_SECONDS} s more")
    kept.append(more <= FIRST_SECONDS)
    if plain:
        times = count / run.whole / statistics.mean(plain)
        print(f"  throughput {times:.1f} times that of plain pytest, at least {THROUGHPUT} from 200 on")
        kept.append(times >= THROUGHPUT or count < 200)
    return all(kept)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
