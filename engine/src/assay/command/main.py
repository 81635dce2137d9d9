"""The command `assay`: a group of commands, each in its own file."""

from __future__ import annotations

import click

from assay.command.check import check
from assay.command.console import STOPPED, stop
from assay.command.decisions import comment, correct, excuse, score, withdraw
from assay.command.doctor import doctor
from assay.command.dump import dump
from assay.command.export import export
from assay.command.give_back import give_back
from assay.command.grade import grade
from assay.command.history import forget, history
from assay.command.kit import kit
from assay.command.new import new
from assay.command.regrade import regrade
from assay.command.review import review
from assay.command.scaffold import new_course, new_exercise
from assay.command.selftest import self_test
from assay.command.similar import similar
from assay.command.tolerances import tolerances

__all__ = ["main"]


_EXIT_CODES = """\b
Exit codes:
  0    the command has done its work
  1    grade --fail-under, check: points are missing; doctor: a core promise
       is broken; self-test: the checks let something through
  2    the command was wrong; review --read: a row was refused
  3    no report could be written, the gradebook cannot be used, or the Dask
       cluster failed; finished reports are kept
  130  the command was interrupted; finished reports are kept
If nobody reads the output to its end, as in `assay grade class | head`, files
and pages are written, and the exit code is the same.
"""


class _Commands(click.Group):
    """Commands in sections, which Ctrl-C ends with a line and no traceback."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as click calls it
        """List the commands by what they are for."""
        for title, commands in _SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(each.name or "", each.get_short_help_str(formatter.width)) for each in commands])

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            stop("interrupted", STOPPED)


@click.group(cls=_Commands, epilog=_EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="assay")
def main() -> None:
    """Grade machine-learning coursework. The judge never runs a student's code.

    `assay COMMAND --help` has an example of each command. Run it in the course's folder, or name that with --course.
    """


_SECTIONS = {
    "Grade a class": (grade, regrade, similar, doctor),
    "Decide, with a gradebook": (review, score, comment, correct, excuse, withdraw, history, forget, dump),
    "Give grades and feedback back": (export, give_back),
    "For students": (new, check),
    "Write a course": (new_course, new_exercise, self_test, tolerances, kit),
}
"""The commands, in the order of the help."""

for command in (each for commands in _SECTIONS.values() for each in commands):
    main.add_command(command)
