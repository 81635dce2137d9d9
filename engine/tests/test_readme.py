"""The README says what happens: its commands are run, and what it shows is what comes."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.md").read_text()


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def assay(arguments):
    return subprocess.run([sys.executable, "-m", "assay", *arguments], cwd=ROOT, capture_output=True, text=True)


def test_the_wrong_answer_is_in_the_submission_that_is_graded():
    (code,) = blocks("python")
    assert code in (ROOT / "submissions" / "broadcast_loss" / "linear_regression_scratch.py").read_text()


def test_the_command_gives_the_report_that_is_shown():
    (command,) = blocks("console")
    arguments = shlex.split(command.removeprefix("$ "))
    assert arguments[0] == "assay"
    printed = "\n".join(line.rstrip() for line in assay(arguments[1:]).stdout.splitlines()).strip()
    assert printed == blocks("text")[0].strip()


def test_ci_runs_exactly_the_second_command():
    _, second, _ = blocks("sh")
    assert second in (ROOT / ".ci" / "run").read_text()


def test_the_commands_of_set_up_are_two_lines_that_print_what_they_install():
    first, second, _ = blocks("sh")
    for command in (first, second):
        assert command.count("\n") == 1
        assert "pip install -c engine/constraints.txt" in command
        assert "-q" not in shlex.split(command)


@pytest.mark.parametrize("line", blocks("sh")[2].splitlines())
def test_every_command_that_is_named_exists(line):
    words = shlex.split(line, comments=True)
    if words[0] == "assay":
        options = {word for word in words if word.startswith("--")}
        described = assay([words[1], "--help"])
        assert described.returncode == 0
        assert all(option in described.stdout for option in options)
    else:
        assert words[:2] == ["pytest", "--submission"]


def test_links_lead_to_files():
    for source in (ROOT / "README.md", *(ROOT / "engine").glob("*.md"), *(ROOT / "engine" / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#]+)\)", source.read_text()):
            assert (source.parent / target).exists(), f"{source.name}: {target}"
