"""The other side of the processor-time benchmark: the real course's checks on submissions in this very process."""

import functools
import sys
from pathlib import Path

from assay.course.read import read_course
from assay.guest.loading import load
from assay.intake.collect import take_in
from assay.judge.hooks import Judge
from assay.judge.inprocess import in_process
from assay.judge.memory import Known
from assay.judge.session import hold_session
from assay.judge.state import JudgeState


class DrawnAnew(dict):
    """Keeps no examples: plain pytest has Hypothesis draw them for every submission."""

    def __setitem__(self, *_):
        """Forgets it."""


def main():
    """Grades the folder in the first argument."""
    course = read_course(Path.cwd())
    submissions = take_in([Path(sys.argv[1])], [assignment.name for assignment in course.assignments]).submissions
    course.load_library()
    modules = {s: load(s.assignment, s.kind, s.source).module for s in submissions}
    makers = {s: functools.partial(modules.get, s) for s in submissions}
    judge = Judge(
        JudgeState(course, submissions, open_guest=in_process(course, makers), known=Known(drawn=DrawnAnew()))
    )
    hold_session(judge)
    for report in judge.reports():
        if report.score != report.max_score:
            sys.exit(f"{report.submission.name} has {report.score} of {report.max_score}: {report.reason}")


main()
