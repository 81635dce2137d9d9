"""The tutorial and the first page are done as they stand: commands are run, and files and output are those shown."""

import re
import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"
STEP = re.compile(r"^(?:`([\w./]+)`\n\n)?```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_tutorial_leads_from_an_empty_folder_to_a_graded_exercise(tmp_path):
    assert done_as_it_stands("exercises.md", tmp_path) == [
        "$ assay new-course .",
        "$ assay grade submissions/mia",
        "$ assay self-test --seeds 5",
        "$ assay new warmup",
        "$ assay new-exercise warmup 2 center",
    ]


def test_the_first_page_leads_from_an_empty_folder_to_a_report(tmp_path):
    assert done_as_it_stands("index.md", tmp_path) == [
        "$ assay new-course .",
        "$ assay new warmup",
        "$ assay grade warmup.py --student ada",
    ]


def done_as_it_stands(page, folder):
    """Write the files of a page and run its commands, which must print what the page shows; return the commands."""
    ran = []
    for name, language, content in STEP.findall((DOCS / page).read_text()):
        if name and (folder / name).exists():  # a command has written it
            assert (name, (folder / name).read_text()) == (name, content)
        elif name:
            write(folder / name, content)
        elif language == "console":
            command, _, expected = content.partition("\n")
            ran.append(command)
            assert (command, output_of(command, folder)) == (command, expected)
    return ran


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


def output_of(command, folder):
    arguments = command.removeprefix("$ assay ").split()
    run = subprocess.run([sys.executable, "-m", "assay", *arguments], cwd=folder, capture_output=True, text=True)
    assert run.stderr == ""
    return "".join(f"{line.rstrip()}\n" for line in run.stdout.strip("\n").splitlines())
