"""The other side of the processor-time benchmark: the real course's checks on submissions in this very process."""

import sys
from pathlib import Path

import pytest
from assay.course import contract, read_course
from assay.grading import hold_session
from assay.guest.loading import load_module
from assay.inprocess import stand_in
from assay.intake import take_in
from assay.judge import Judge


class WarmJudge(Judge):
    """A judge without a wall: the submission is a module of this process, and each check gets a new stand-in."""

    def open_guest(self, config, submission):
        """The module itself."""
        return Warm(load_module(submission.assignment, submission.source).module)

    def open_check(self, guest, item):
        """A stand-in over the module."""
        names = contract(self.course.reference(item.path.parent.name))
        return stand_in(guest.module, self.course.load_library(), names, self.guest_seed(item))


class Warm:
    """Stands where a guest stands, with nothing to close."""

    def __init__(self, module):
        self.module = module

    def end(self):
        """Nothing to end."""

    close = end


def main():
    """Grades the folder in the first argument."""
    course = read_course(Path.cwd())
    submissions = take_in([Path(sys.argv[1])], [assignment.name for assignment in course.assignments]).submissions
    judge = WarmJudge(course, submissions)
    hold_session(judge)
    for report in judge.reports():
        if report.score != report.max_score:
            sys.exit(f"{report.submission.name} has {report.score} of {report.max_score}: {report.reason}")


main()
