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


class _Commands(click.Group):
    """Commands that Ctrl-C ends with a line and no traceback."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            stop("interrupted", STOPPED)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="assay")
def main() -> None:
    """Grade machine-learning coursework. The judge never runs a student's code."""


_GRADING = (grade, check, new, doctor, similar)
_AUTHORING = (kit, new_course, new_exercise, tolerances, self_test)
_GRADEBOOK = (comment, correct, dump, excuse, forget, history, regrade, review, score, withdraw)
_EXPORTS = (export, give_back)

for command in (*_GRADING, *_AUTHORING, *_GRADEBOOK, *_EXPORTS):
    main.add_command(command)
