"""The other side of the processor-time benchmark: the real course's checks on submissions in this very process."""

import contextlib
import io
import sys
from pathlib import Path

import pytest

from assay.course import contract, read_course
from assay.guest.loading import load_module
from assay.inprocess import stand_in
from assay.intake import take_in
from assay.judge import Judge


class WarmJudge(Judge):
    """A judge without a wall: the submission is a module of this process, and each check gets a new stand-in."""

    @pytest.fixture(scope="session")
    def handed_in(self, request):
        """The module itself."""
        self.library = self.course.load_library()
        return load_module(request.param.assignment, request.param.source).module

    @pytest.fixture
    def submission(self, handed_in, request, seed):
        """A stand-in over the module."""
        return stand_in(handed_in, self.library, self._contract(request), seed)

    @pytest.fixture
    def peer(self, request, seed):
        """A stand-in over the reference."""
        name = request.path.parent.name
        module = load_module(name, self.course.reference(name).read_bytes()).module
        return stand_in(module, self.course.load_library(), self._contract(request), seed)

    def _contract(self, request):
        return contract(self.course.reference(request.path.parent.name))


def main():
    """Grades the folder in the first argument."""
    course = read_course(Path.cwd())
    submissions = take_in([Path(sys.argv[1])], [assignment.name for assignment in course.assignments]).submissions
    tests = sorted({str(course.tests(submission.assignment)) for submission in submissions})
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        code = pytest.main(["-p", "no:cacheprovider", *tests], plugins=[WarmJudge(course, submissions)])
    if code != pytest.ExitCode.OK:
        sys.exit(output.getvalue())


main()
