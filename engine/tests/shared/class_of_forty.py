"""A class of 40 of the small course, as Moodle exports it: 38 hand in, two of them late."""

import csv
import io
import zipfile
from itertools import product

from small_course import RIGHT

__all__ = ["NAMES", "write_class_of_forty"]

_FIRST = ("Ada", "Ben", "Eve", "Kim", "Lea", "Max", "Noa", "Tim")
_LAST = ("Muster", "Kaya", "Lind", "Ito", "Okoye")
NAMES = [f"{first} {last}" for last, first in product(_LAST, _FIRST)]
_KINDS = (
    RIGHT,
    RIGHT.replace("x * factor", "x + factor"),
    RIGHT.replace("class Counter", "class Count"),
    RIGHT.replace("normal_()", "normal_() * 0.01 + 0.07"),
    RIGHT.replace("y.reshape(y_hat.shape)", "y"),
)
_TITLES = (
    "Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade", "Grade can be changed",
    "Last modified (submission)", "Last modified (grade)", "Feedback comments",
)  # fmt: skip
_IN_TIME, _TWO_DAYS, _HALF_AN_HOUR = (
    "Tuesday, 3 November 2026, 8:15 PM", "Thursday, 5 November 2026, 10:00 AM", "Wednesday, 4 November 2026, 12:30 AM",
)  # fmt: skip
_LATE = {"Eve Muster": _TWO_DAYS, "Noa Muster": _HALF_AN_HOUR}
_ABSENT = NAMES[-2:]
DEADLINES = """time_zone = "Europe/Zurich"

[deadlines]
basics = 2026-11-03T23:59:00

[late]
grace_minutes = 10
percent_a_day = 10
cap_days = 3
"""


def write_class_of_forty(folder):
    """Write Moodle's archive and worksheet, and the course's deadlines, into a course's folder."""
    with zipfile.ZipFile(folder / "submissions.zip", "w") as archive:
        for number, name in enumerate(NAMES):
            if name not in _ABSENT:
                source = _KINDS[number % len(_KINDS)]
                archive.writestr(f"{name}_{1001 + number}_assignsubmission_file_basics.py", source)
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(_TITLES)
    for number, name in enumerate(NAMES):
        status = "No submission" if name in _ABSENT else "Submitted for grading"
        time = "-" if name in _ABSENT else _LATE.get(name, _IN_TIME)
        email = f"{name.replace(' ', '.').lower()}@uni.example"
        rows.writerow((f"Participant {1001 + number}", name, email, status, "", "7.00", "Yes", time, "-", ""))
    (folder / "Grades.csv").write_text(f"\ufeff{text.getvalue()}", newline="")
    (folder / "deadlines.toml").write_text(DEADLINES)
