"""The page about the gradebook is done as it stands: its commands are run, and what comes is what it shows."""

import re
import shlex
from pathlib import Path

from commands import WRONG, run_here

TEXT = (Path(__file__).parents[2] / "docs" / "gradebook.md").read_text()
BLOCK = re.compile(r"^```console\n\$ assay (.*?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_commands_of_the_page_give_what_it_shows(room, executor):
    (room / "grades.db").unlink()
    (room / "class" / "bob" / "basics.py").write_text(WRONG + "ANSWERS = {'1': 'because'}\n")
    blocks = BLOCK.findall(TEXT)
    assert len(blocks) == 10
    for command, expected in blocks:
        words = shlex.split(command)
        if words[0] in ("grade", "regrade"):
            words += ["--course", "course"]
        code, output, errors = run_here(executor, *words, cwd=room)
        assert code == 0
        if expected:
            assert (command, errors + output) == (command, expected)


def test_the_page_names_every_command_of_the_gradebook():
    commands = {command.split()[0] for command, _ in BLOCK.findall(TEXT)} | set(re.findall(r"`assay (\w+)", TEXT))
    assert commands == {
        "grade",
        "correct",
        "score",
        "excuse",
        "comment",
        "withdraw",
        "history",
        "regrade",
        "forget",
        "dump",
    }
