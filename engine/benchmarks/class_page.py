"""How long a person waits for the page of a class of 2,000, in Debian's chromium.

Each student has a report of 12 exercises with 5 checks. A wrong answer is one of 8 to its check, the first ones far
more often. *Ready* is the first frame after the page has loaded, from the start of navigation. A keystroke in the field
for the search is *answered* in the first frame after it: each letter of a name, and then each of them taken back, which
shows more and more rows again. The page fails if the slowest time is beyond a limit.

    python engine/benchmarks/class_page.py [ROUNDS]
"""

import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from assay.model import Environment, ExerciseResult, Message, Names, Report, SubmissionInfo, Verdict
from assay.report.decided import undecided
from assay.report.pages.class_page import class_page
from assay.report.results import result_of

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "shared"))
from browsing import Watched, chromium

STUDENTS, EXERCISES, CHECKS, ANSWERS = 2_000, 12, 5, 8
READY_LIMIT, KEY_LIMIT = 1.0, 0.2
"""Seconds."""

ASSIGNMENT = "linear_regression_scratch"
FIRST = ("Ada", "Zoë", "Kim", "Noa", "Tim", "José", "Mia", "Ōtani", "Lea", "Sam")
LAST = ("Muster", "Kaya", "Okoye", "Ito", "Lind", "Peña", "Vogel", "Nowak", "Smith", "Müller")
TYPED, FOUND = "muller 19", 0

AFTER_A_FRAME = "new Promise(done => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))"
WATCH_KEYS = """
window.waited = [];
addEventListener("keydown", event => requestAnimationFrame(() => setTimeout(() =>
    window.waited.push(performance.now() - event.timeStamp))), true);
"""


def wrong_answer(exercise, check, number):
    """Return one of the wrong answers to a check: half of them are known mistakes, others have a diagnosis."""
    code = f"model = LinearRegression({exercise}, lr=0.{check}1)\nmodel.forward(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))"
    sides = f"[[{number}.5, 1.25]]   shape (1, 2), float32", "[[0.5, 1.25]]   within float32 rounding"
    hint = f"exercise {exercise}: set every gradient to None before step {number} of the loop" if number % 2 else None
    return Message(code, *sides, hint), None if hint else "yours is half what is expected, in each of 10 wrong examples"


def exercise_of(draw, number):
    """Return the result of one exercise: a third of its checks are not passed."""
    checks = []
    for place in range(CHECKS):
        wrong = draw.random() < 1 / 3
        answer = min(int(draw.expovariate(0.7)), ANSWERS - 1)
        message, diagnosis = wrong_answer(number, place, answer) if wrong else (None, None)
        text = f"the gradient of step {place} is the mean over the batch"
        status, score = ("failed", 0.0) if wrong else ("passed", 1.0)
        checks.append(
            Verdict(f"check_{place}", text, status, score, 1.0, "visible", message, None, diagnosis, duration=0.1)
        )
    score = float(sum(check.score for check in checks))
    return ExerciseResult(str(number), f"Exercise {number} of the section", score, float(CHECKS), tuple(checks))


def student(draw, number):
    """Return a report."""
    name = f"{draw.choice(FIRST)} {draw.choice(LAST)}_{10_000 + number}"
    exercises = tuple(exercise_of(draw, each) for each in range(1, EXERCISES + 1))
    score, highest = (float(sum(getattr(each, field) for each in exercises)) for field in ("score", "max_score"))
    info, versions = SubmissionInfo(name, f"class/{name}", "0" * 64), Environment("3.11.7", "2.13.0")
    return Report(
        info, ASSIGNMENT, "graded", None, None, score, highest, {}, "7", "c" * 64, "0.1.0", exercises, versions, (),
        Names((), ()), 1.0,
    )  # fmt: skip


def write_page(path):
    """Write the page of the class; return the seconds that it took."""
    draw = random.Random(1)
    reports = [student(draw, number) for number in range(STUDENTS)]
    started = time.perf_counter()
    graded = [(each, result_of(each, undecided(each), published=False)) for each in reports]
    links = {(result.student, ASSIGNMENT): f"{result.student}/{ASSIGNMENT}.html" for _, result in graded}
    path.write_bytes(class_page(graded, links, {}, "grades.db"))
    return time.perf_counter() - started


def measured(browser, address):
    """Open the page anew; return the seconds until it is ready, and those of each keystroke."""
    with Watched(browser) as watched:
        page = watched.open(address)
        ready = page.evaluate(AFTER_A_FRAME) / 1000
        assert page.locator("table.students tbody tr").count() == STUDENTS
        page.evaluate(WATCH_KEYS)
        page.get_by_label("Search a student").focus()
        shown = []
        for key in (*TYPED, *["Backspace"] * len(TYPED)):
            page.keyboard.press(key)
            while page.evaluate("window.waited.length") == len(shown):
                time.sleep(0.01)
            shown.append(page.inner_text("#shown"))
        assert shown[-1] == f"200 of {STUDENTS} shown" != shown[len(TYPED) - 1]
        return ready, [waited / 1000 for waited in page.evaluate("window.waited")]


def show(what, seconds, limit):
    """Print the median of some times, and how far they scattered; return whether the slowest is within the limit."""
    scatter = f"from {min(seconds):.3f} to {max(seconds):.3f}, {len(seconds)} times"
    print(f"{what:<24} {statistics.median(seconds):6.3f} s   ({scatter}), at most {limit} s")
    return max(seconds) <= limit


def main(rounds):
    """Measure in so many fresh contexts of one browser."""
    with tempfile.TemporaryDirectory() as scratch, chromium() as browser:
        path = Path(scratch) / "index.html"
        print(f"written in {write_page(path):.1f} s: {path.stat().st_size / 1e6:.1f} MB for {STUDENTS} students")
        found = [measured(browser, path.as_uri()) for _ in range(rounds)]
    kept = [
        show("ready", [ready for ready, _ in found], READY_LIMIT),
        show("a keystroke is answered", [waited for _, keys in found for waited in keys], KEY_LIMIT),
    ]
    return all(kept)


if __name__ == "__main__":
    sys.exit(0 if main(int(sys.argv[1]) if len(sys.argv) > 1 else 5) else 1)
