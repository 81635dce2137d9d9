"""Help of every command: a sentence, arguments, options, and an example that works."""

import functools
import shlex
import shutil

import click
import pytest
from commands import RIGHT, WRONG, run_here
from small_course import write_class

from assay.command.main import main

NAME = "linear_regression_scratch"
"""The assignment in the examples: the first of this repository's course."""

NOT_RUN = {
    "assay review --gradebook grades.db": "it serves a page until Ctrl-C; test_review.py reads it",
}
EXIT_CODES = {"self-test": 1}  # the small course has a reference with a mutant that no check notices
CONTEXT = click.Context(main, info_name="assay", terminal_width=80)
COMMANDS = {name: main.commands[name] for name in main.list_commands(CONTEXT)}


def help_of(command):
    return command.get_help(click.Context(command, CONTEXT, info_name=command.name))


def examples_of(command):
    return [line.strip() for line in help_of(command).partition("Example:\n")[2].splitlines()]


EXAMPLES = [line for command in COMMANDS.values() for line in examples_of(command)]


@pytest.fixture(scope="module")
def first_course(course_root, tmp_path_factory, executor):
    """Return a course with a class, a gradebook and one decision, and a student's own file."""
    folder = shutil.copytree(course_root, tmp_path_factory.mktemp("help") / "course")
    (folder / "reference" / "basics.py").rename(folder / "reference" / f"{NAME}.py")
    (folder / "tests" / "basics").rename(folder / "tests" / NAME)
    write_class(folder / "class", {"ada": f"{RIGHT}\nANSWERS = {{'1': 'Zero works.'}}\n", "ben": WRONG})
    for student in ("ada", "ben"):
        (folder / "class" / student / "basics.py").rename(folder / "class" / student / f"{NAME}.py")
    shutil.copy(folder / "reference" / f"{NAME}.py", folder)
    for words in ("grade class --gradebook grades.db --seed 7", "score ada 1 1 --gradebook grades.db"):
        assert run_here(executor, *words.split(), cwd=folder)[0] == 0
    return folder


@pytest.fixture
def assay(first_course, tmp_path, executor):
    """Run a command in a copy of that course."""
    return functools.partial(run_here, executor, cwd=shutil.copytree(first_course, tmp_path / "course"))


@pytest.mark.parametrize("line", [line for line in EXAMPLES if line not in NOT_RUN])
def test_the_example_of_a_command_works(assay, line):
    program, name, *words = shlex.split(line)
    assert program == "assay"
    code, output, errors = assay(name, *words)
    assert code == EXIT_CODES.get(name, 0), output + errors


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_sentence_an_example_and_a_text_for_each_option(name):
    command = COMMANDS[name]
    assert examples_of(command)
    assert all(line.split()[:2] == ["assay", name] for line in examples_of(command))
    assert all(option.help for option in command.params if isinstance(option, click.Option))
    assert command.get_short_help_str(1000) in main.get_help(CONTEXT)


def test_no_line_of_help_is_wider_than_a_terminal():
    texts = [main.get_help(CONTEXT), *map(help_of, COMMANDS.values())]
    assert [line for text in texts for line in text.splitlines() if len(line) > 80] == []


def test_examples_that_are_not_run_exist():
    assert set(EXAMPLES) >= NOT_RUN.keys()


def test_the_exit_codes_are_told_once():
    assert [line.split()[0] for line in main.get_help(CONTEXT).partition("Exit codes:\n")[2].splitlines()] == [
        "0", "1", "is", "2", "3", "cluster", "130", "If", "and",
    ]  # fmt: skip
    assert not [name for name, command in COMMANDS.items() if "Exit codes" in help_of(command)]
