"""Measures what the wall costs, both sides in turn in one run, on one processor.

python engine/benchmarks/speed.py class [ROUNDS]
    20 submissions of a small course: one `assay grade` against plain in-process pytest, once per submission
python engine/benchmarks/speed.py processor [ROUNDS]
    processor time of one more submission of the real course: judge and guest together against the same checks
    in one warm process, where Hypothesis draws the examples for each
python engine/benchmarks/speed.py shares [ROUNDS]
    processor time of right answers to both assignments, the plain ones and every style, and each check's part of it
python engine/benchmarks/speed.py start [ROUNDS]
    processor time of 20 submissions of a small course, and of one `assay check`, against a bare `import torch`; on two
    processors, because every judge costs
python engine/benchmarks/speed.py kit [ROUNDS]
    processor time of `assay check` in the student's kit, of each of those right answers, beside a bare `import torch`
python engine/benchmarks/speed.py hostile [ROUNDS]
    20 right answers to section 3.4, four of which then never return, wait for ever or fill the memory, against the 20
    without that; wall time on two processors
"""

import json
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
PLAIN = ["-m", "pytest", "-q", "-p", "no:assay", "-p", "no:cacheprovider", "-p", "plain"]
"""What starts plain pytest; `plain.py` must be importable."""
SUBMISSIONS = 20
FEW, MANY = 2, 12
PLAIN_LIMIT, MEDIAN_LIMIT = 10, 4
"""Seconds of processor time for both assignments: of the plain right answers, which train, and of the median style."""
KIT_LIMIT = 5
"""Seconds of processor time of the median answer to one assignment, the command's start included."""
REFERENCES = [ROOT / "reference" / f"linear_regression_{name}.py" for name in ("scratch", "concise")]


def timed(*arguments, cwd):
    """Run a command; return seconds of wall time and of processor time, its children's included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=cwd, check=True, stdout=subprocess.DEVNULL)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def copies(folder, source, name, count):
    """Make a class of `count` students with the same file, each with another comment."""
    for number in range(count):
        student = folder / f"student_{number:02}"
        student.mkdir(parents=True, exist_ok=True)
        (student / name).write_text(f"{source.read_text()}\n# {number}\n")
    return folder


def show(title, sides, limit):
    """Print the medians, their ratio and how far they scattered."""
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
        os.environ["PYTHONPATH"] = str(HERE)
        for _ in range(rounds):
            sides["assay grade, once"].append(timed("-m", "assay", "grade", str(folder), cwd=course)[0])
            total = 0.0
            for student in sorted(folder.iterdir()):
                total += timed(*PLAIN, "--handed-in", str(student / "basics.py"), "tests", cwd=course)[0]
            sides["plain pytest, once per submission"].append(total)
    return show(f"{SUBMISSIONS} submissions, six plain checks, wall time", sides, 0.2)


def processor_time(rounds):
    """One more submission of the real course against the same checks in one warm process."""
    sides = {"assay grade, judge and guest": [], "the same checks in one warm process": []}
    commands = ["-m", "assay", "grade"], [str(HERE / "warm.py")]
    with tempfile.TemporaryDirectory() as scratch:
        few, many = few_and_many(scratch, REFERENCES[0])
        for _ in range(rounds):
            for times, command in zip(sides.values(), commands, strict=True):
                times.append(one_more(command, few, many))
    return show("one submission of linear_regression_scratch, processor time", sides, 1.5)


def few_and_many(scratch, reference):
    """Make two classes whose students handed in the reference."""
    for name, count in (("few", FEW), ("many", MANY)):
        yield copies(Path(scratch) / name, reference, reference.name, count)


def one_more(command, few, many, more=MANY - FEW):
    """Return the processor time of one more submission: many less few, so that starting up cancels out."""
    fewer, all_of_them = (timed(*command, str(folder), cwd=ROOT)[1] for folder in (few, many))
    return (all_of_them - fewer) / more


def shares(rounds):
    """Measure the processor time of right answers, and each check's part of the time of the plain ones."""
    with tempfile.TemporaryDirectory() as scratch:
        few, written = Path(scratch) / "few", Path(scratch) / "report.json"
        command = ["-m", "assay", "grade", "--json", str(written)]
        write_student(few / "a reference", [path.read_text() for path in REFERENCES])
        costs, durations = {}, {}
        for name, sources in right_answers():
            many = shutil.copytree(few, Path(scratch) / name)
            write_student(many / name, sources)
            costs[name] = statistics.median(one_more(command, few, many, 1) for _ in range(rounds))
            print(f"{costs[name]:7.2f} s  {name}", flush=True)
            durations = durations or checks_of(written, name)
    total = sum(durations.values())
    for (assignment, exercise, check), seconds in sorted(durations.items(), key=lambda item: -item[1]):
        print(f"{seconds / total:6.1%} {1000 * seconds:7.1f} ms  {assignment} {exercise} {check}")
    plain, *others = costs.values()
    print(f"plain right answers {plain:.2f} s, at most {PLAIN_LIMIT}")
    print(f"median of the others {statistics.median(others):.2f} s, at most {MEDIAN_LIMIT}")
    return plain <= PLAIN_LIMIT and statistics.median(others) <= MEDIAN_LIMIT


def kit(rounds):
    """Measure what a student waits for at home: `assay check` of right answers in the kit."""
    costs = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "kit"
        timed("-m", "assay", "kit", str(folder), cwd=ROOT)
        for name, sources in right_answers():
            write_student(Path(scratch), sources)
            for path in REFERENCES:
                command = ["-m", "assay", "check", str(Path(scratch) / path.name)]
                costs.append(statistics.median(timed(*command, cwd=folder)[1] for _ in range(rounds)))
                print(f"{costs[-1]:7.2f} s  {name}, {path.stem}", flush=True)
    bare = statistics.median(timed("-c", "import torch", cwd=ROOT)[1] for _ in range(rounds))
    median = statistics.median(costs)
    print(f"import torch {bare:.2f} s; median of {len(costs)} answers {median:.2f} s, at most {KIT_LIMIT}")
    return median <= KIT_LIMIT


def write_student(folder, sources):
    """Write a student's answers to both assignments."""
    folder.mkdir(parents=True, exist_ok=True)
    for path, source in zip(REFERENCES, sources, strict=False):  # or to the first alone
        (folder / path.name).write_text(source)


def right_answers():
    """Yield right answers to both assignments: the plain ones of the examples, then every combination of styles."""
    yield "plain", [(ROOT / "submissions" / "right_plain" / path.name).read_text() for path in REFERENCES]
    sys.path.insert(0, str(ROOT / "tests"))
    from test_right_answers import combined

    both = ([submission.source.decode() for submission, _ in combined(path.stem)] for path in REFERENCES)
    for number, sources in enumerate(zip(*both, strict=False)):
        yield f"style {number}", sources


def checks_of(written, student):
    """Read the duration of each check of a student's reports."""
    return {
        (report["assignment"], exercise["id"], check["id"]): check["duration"]
        for report in json.loads(written.read_bytes())["reports"]
        if report["submission"]["name"] == student
        for exercise in report["exercises"]
        for check in exercise["checks"]
    }


def start(rounds):
    """Measure what a student waits for, in imports of torch."""
    sides = {"20 submissions": [], "assay check": [], "import torch": []}
    with tempfile.TemporaryDirectory() as scratch:
        answers = SMALL / "reference" / "basics.py"
        folder = copies(Path(scratch) / "class", answers, "basics.py", SUBMISSIONS)
        course = shutil.copytree(SMALL, Path(scratch) / "course")
        commands = (
            ["-m", "assay", "grade", str(folder)],
            ["-m", "assay", "check", str(folder / "student_00" / "basics.py")],
            ["-c", "import torch"],
        )
        for _ in range(rounds):
            for times, command in zip(sides.values(), commands, strict=True):
                times.append(timed(*command, cwd=course)[1])
    base = {"import torch": sides.pop("import torch")}
    limits = {"20 submissions": 3, "assay check": 2}
    kept = [show("processor time", {name: times} | base, limits[name]) for name, times in sides.items()]
    return all(kept)


HOSTILE = {
    "loops": "def data_iter(*args, **kwargs):\n    while True:\n        pass\n",
    "loops_too": "def squared_loss(y_hat, y):\n    while True:\n        pass\n",
    "sleeps": "def huber_loss(*args, **kwargs):\n    import time\n    time.sleep(10**6)\n",
    "fills_the_memory": "def planck(*args):\n    return [bytearray(2**20) for _ in range(10**6)]\n",
}
"""What each of the four appends to a right answer."""


def hostile(rounds):
    """One `assay grade` of a class with four hostile answers, and one without."""
    sides = {"20, four of them hostile": [], "20 right answers": []}
    path = REFERENCES[0]
    right = (ROOT / "submissions" / "right_plain" / path.name).read_text()
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(SUBMISSIONS):
            write_student(Path(scratch) / "right" / f"student_{number:02}", [f"{right}\n# {number}\n"])
        mixed = shutil.copytree(Path(scratch) / "right", Path(scratch) / "mixed")
        for number, code in enumerate(HOSTILE.values()):
            write_student(mixed / f"student_{5 * number:02}", [f"{right}\n\n{code}"])
        for _ in range(rounds):
            for times, folder in zip(sides.values(), ("mixed", "right"), strict=True):
                times.append(timed("-m", "assay", "grade", str(Path(scratch) / folder), cwd=ROOT)[0])
    return show("wall time", sides, 3)


if __name__ == "__main__":
    measures = {
        "class": a_class,
        "processor": processor_time,
        "shares": shares,
        "start": start,
        "kit": kit,
        "hostile": hostile,
    }
    measure = measures[sys.argv[1]]
    processors = sorted(os.sched_getaffinity(0))[: 2 if measure in (start, kit, hostile) else 1]
    os.sched_setaffinity(0, processors)
    sys.exit(0 if measure(int(sys.argv[2]) if len(sys.argv) > 2 else 5) else 1)
