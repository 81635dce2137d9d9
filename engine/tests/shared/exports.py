"""Requests for exports, from reports made by hand."""

from datetime import UTC, datetime

from reports import MODEL, RATES, RESHAPE, check, exercise, report

from assay.model import HIDDEN_TEXT, Message
from assay.report.decided import undecided
from assay.report.exporters.request import Request
from assay.report.results import result_of

__all__ = [
    "ADA",
    "BLANK",
    "FORMULA",
    "NASTY",
    "SECRET",
    "TIME",
    "UNGRADED",
    "graded",
    "nasty_report",
    "request",
    "results",
]

TIME = datetime(2026, 11, 26, 22, 30, 15, tzinfo=UTC)
SECRET = exercise(
    "6",
    "Learning rates",
    check("the secret pair is right", "failed", Message(help=HIDDEN_TEXT), points=2.0, visibility="hidden"),
    check("the late pair is right", "failed", Message("late(1)", "2", "3"), visibility="after_due_date"),
)
ADA = report("Ada", (MODEL, RESHAPE, SECRET, RATES))
BLANK = exercise("5", "Why reshape", check("flat labels", "ungraded", Message(help="ours"), points=2.0))
UNGRADED = report("Bob", (BLANK,), status="ungraded", reason="1 of the checks could not be graded", cause="checks")
FORMULA = "=HYPERLINK(1);@x"
NASTY = f"{FORMULA}\"',|`<b>&\r\n::error::x\t\x1b[31m\u202e\u2028]]>\x00"


def results(*reports, published=False):
    return tuple(result_of(each, undecided(each), published=published) for each in reports)


def graded(*reports):
    """Return each report with what its student gets."""
    return list(zip(reports, results(*reports), strict=True))


def request(*reports, published=False, **fields):
    return Request(results(*reports, published=published), TIME, **fields)


def nasty_report():
    """Return a report whose every text has characters that some format reads as its own."""
    texts = Message(NASTY, f"{NASTY}\n```\n{NASTY}", NASTY, NASTY)
    wrong = exercise("7", NASTY, check(NASTY, "error", texts), check(NASTY, points=0.1), check(NASTY, points=0.2))
    return report(NASTY, (wrong,), assignment=NASTY, notes=(NASTY,))
