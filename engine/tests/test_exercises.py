"""The tutorial is done as it stands: its commands are run, and the files and the output are those that it shows."""

import re
import subprocess
import sys
from pathlib import Path

TEXT = (Path(__file__).parents[1] / "docs" / "exercises.md").read_text()
STEP = re.compile(r"^(?:`([\w./]+)`\n\n)?```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_tutorial_leads_from_an_empty_folder_to_a_graded_exercise(tmp_path):
    ran = []
    for name, language, content in STEP.findall(TEXT):
        if name and (tmp_path / name).exists():  # a command has written it
            assert (name, (tmp_path / name).read_text()) == (name, content)
        elif name:
            write(tmp_path / name, content)
        elif language == "console":
            command, _, expected = content.partition("\n")
            ran.append(command)
            assert (command, output_of(command, tmp_path)) == (command, expected)
    assert ran == [
        "$ assay new-course .",
        "$ assay grade submissions/mia",
        "$ assay self-test --seeds 5",
        "$ assay new warmup",
        "$ assay new-exercise warmup 2 center",
    ]


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


def output_of(command, folder):
    arguments = command.removeprefix("$ assay ").split()
    run = subprocess.run([sys.executable, "-m", "assay", *arguments], cwd=folder, capture_output=True, text=True)
    assert run.stderr == ""
    return "".join(f"{line.rstrip()}\n" for line in run.stdout.strip("\n").splitlines())
