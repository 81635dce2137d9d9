"""One `assay grade` that is watched from outside: its reports, the processor time of its processes, its memory."""

import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

_POLL_SECONDS = 0.05
_LOAD_SECONDS = 1
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGES_IN_A_MEGABYTE = 2**20 / os.sysconf("SC_PAGE_SIZE")


class Sample(NamedTuple):
    """A run at one moment: reports so far, seconds of processor time by what took them, the command's megabytes."""

    reports: int
    student: float
    wall: float
    judge: float
    command: float
    memory: float

    @property
    def seconds(self):
        """All of it."""
        return self.student + self.wall + self.judge + self.command


class Run(NamedTuple):
    """A run: seconds to its first report and to its end, samples, and for each the calibration loads since the last."""

    first: float
    whole: float
    samples: list[Sample]
    loads: list[list[float]]


def calibrate():
    """Run the fixed load; return its processor time."""
    started = time.process_time()
    total = 0
    for number in range(300_000):
        total += number * number % 7
    return time.process_time() - started


def watch(course, folder, gradebook, block):
    """Grade a class into a gradebook; take a sample after each block of reports, and calibrate in between."""
    command = [sys.executable, "-m", "assay", "grade", folder, "--gradebook", gradebook, "--json", f"{gradebook}.json"]
    started = calibrated = time.perf_counter()
    first, samples, loads = 0.0, [], [[]]
    with subprocess.Popen(command, cwd=course, stdout=subprocess.DEVNULL) as run:
        while run.poll() is None:
            time.sleep(_POLL_SECONDS)
            count = _stored(gradebook)
            if not count:
                continue
            now = time.perf_counter()
            first = first or now - started
            if count >= block * (len(samples) + 1) and (sample := _look(run.pid, count)):
                samples.append(sample)
                loads.append([])
            if now - calibrated > _LOAD_SECONDS:
                calibrated = now
                loads[-1].append(calibrate())
    if run.returncode:
        sys.exit(f"grading ended with {run.returncode}")
    return Run(first, time.perf_counter() - started, samples, loads)


def _stored(path):
    """Return how many reports a gradebook has."""
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as book:
            return book.execute("SELECT count(*) FROM reports").fetchone()[0]
    except sqlite3.OperationalError:  # it does not exist yet
        return 0


def _look(root, reports):
    """Add up the time of a command's processes; a process that has ended is in its parent's account.

    In a process that runs a student's code, the user's time is the student's, and the kernel's is the wall's.
    """
    stats = _stats()
    if root not in stats:
        return None
    spent = dict.fromkeys(("student", "wall", "judge", "command"), 0.0)
    left = [(root, "")]
    while left:
        pid, parent = left.pop()
        name, _, (user, system, ended_user, ended_system), _ = stats[pid]
        if name == "assay.guest":
            spent["student" if parent == "assay.guest" else "wall"] += user  # the first one is the fork server
            spent["student"] += ended_user
            spent["wall"] += system + ended_system
        else:
            spent["judge" if name == "assay.judge" else "command"] += user + system + ended_user + ended_system
        left += [(child, name) for child, stat in stats.items() if stat[1] == pid]
    return Sample(reports, **spent, memory=stats[root][3] / _PAGES_IN_A_MEGABYTE)


def _stats():
    """Return name, parent, seconds and pages of each process of this machine."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = path.read_text()
        except OSError:  # it has ended
            continue
        values = text[text.rindex(")") + 2 :].split()
        name = text[text.index("(") + 1 : text.rindex(")")]
        found[int(path.parent.name)] = name, int(values[1]), [int(v) / _TICKS for v in values[11:15]], int(values[21])
    return found
