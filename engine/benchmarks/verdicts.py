"""Compare the verdicts of one class on several interpreters: python engine/benchmarks/verdicts.py WORK_DIR

WORK_DIR is tox's, whose environments py3* have the engine. Statuses, scores and texts must be equal. The texts of
exceptions are Python's own, so they are left out, and so are versions and durations. A submission whose syntax is newer
than an interpreter is listed and not compared there. Exit code 1: something differs, or there were no two interpreters.
"""

import json
import re
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path

CLASS = ["submissions", "tests/right_answers"]
SEED = "0"

NEWER = re.compile(r"need Python [\d.]+, but this is graded with Python [\d.]+")
EXCEPTION = re.compile(r"\b[A-Z]\w*(?:Error|Exception|Interrupt|Exit)\b")


def main() -> None:
    """Grade the class by each interpreter, one after the other, and print all differences."""
    pythons = sorted(Path(sys.argv[1]).glob("py3[0-9][0-9]/bin/python"))
    found = dict(map(graded, pythons))
    print(f"{', '.join(found)}: {min(map(len, found.values()), default=0)} submissions each")
    lines = [line for one, other in pairwise(found) for line in compare(one, found[one], other, found[other])]
    print("\n".join(lines))
    sys.exit(len(found) < 2 or any(not line.startswith("not compared") for line in lines))


def graded(python):
    """Return the name of an interpreter, and the reports of the class by student and assignment."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.json"
        words = [python, "-m", "assay", "grade", *CLASS, "--seed", SEED, "--json", file]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        reports = json.loads(file.read_bytes())["reports"]
    return reports[0]["environment"]["python"], {
        (report["submission"]["name"], report["assignment"]): report for report in reports
    }


def compare(one, reports, other, others):
    """Yield a line for each difference between the reports of two interpreters, and for what cannot be compared."""
    for key in sorted(reports.keys() | others.keys()):
        name = ", ".join(key)
        if key not in reports or key not in others:
            yield f"{name}: only one of {one} and {other} has a report"
        elif newer := [
            note for each in (reports[key], others[key]) for note in each["handed_in"]["notes"] if NEWER.search(note)
        ]:
            yield f"not compared: {name}: {newer[0]}"
        else:
            facts, others_facts = dict(facts_of(reports[key])), dict(facts_of(others[key]))
            for place in facts.keys() | others_facts.keys():
                if facts.get(place) != others_facts.get(place):
                    yield f"{name}: {place}: {one}: {facts.get(place)!r}, {other}: {others_facts.get(place)!r}"


def facts_of(report):
    """Yield everything of a report that no interpreter may change, each with its place."""
    yield "status", (report["status"], report["cause"], without_exceptions(report["reason"]))
    for place, texts in report["handed_in"].items():
        yield place, list(map(without_exceptions, texts))
    for exercise in report["exercises"]:
        for check in exercise["checks"]:
            place = f"{exercise['id']}/{check['id']}"
            yield place, [check.get(field) for field in ("status", "score", "missing", "diagnosis", "line")]
            for field, text in (check["message"] or {}).items():
                raised = check["status"] == "error" and field == "yours"
                yield f"{place}/{field}", "" if raised else without_exceptions(text)


def without_exceptions(text):
    """Return a text, or nothing if it tells of an exception."""
    return "" if text and EXCEPTION.search(text) else text


if __name__ == "__main__":
    main()
