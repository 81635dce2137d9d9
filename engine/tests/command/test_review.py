"""`assay review` serves a page until Ctrl-C, and says why if it cannot."""

import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from commands import run_here
from reports import report

from assay.gradebook.records import Origin
from assay.gradebook.store import open_gradebook

DOCS = (Path(__file__).parents[2] / "docs" / "review.md").read_text()


@pytest.fixture
def room(tmp_path):
    """Return a folder with a gradebook in which bob has a written answer."""
    with open_gradebook(tmp_path / "grades.db", create=True) as book:
        book.add(report("bob", assignment="basics", answers=[("2", "why")]), None, Origin("/", (), "/"))
    return tmp_path


@pytest.fixture
def assay(room):
    return lambda *arguments: run_here(None, "review", "--gradebook", "grades.db", *arguments, cwd=room)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_page_is_served_until_an_interrupt(room, number):
    with subprocess.Popen(
        ["env", "--default-signal=INT", sys.executable, "-m", "assay", "review", "--gradebook", "grades.db"],
        cwd=room, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as run:  # fmt: skip
        address = run.stdout.readline().strip()
        with urllib.request.urlopen(address, timeout=10) as page:
            assert "Exercise 2, bob" in page.read().decode()
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(address.rpartition("/")[0][:-1] + "/", timeout=10)
        run.send_signal(number)
        output, errors = run.communicate(timeout=10)
    assert (run.returncode, output) == (130, "")
    assert errors == "assay: open this address in a browser; Ctrl-C ends\nassay: interrupted\n"


def test_every_run_has_another_token_of_256_bits(room):
    tokens = set()
    for _ in range(2):
        with subprocess.Popen(
            [sys.executable, "-m", "assay", "review", "--gradebook", "grades.db"],
            cwd=room, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        ) as run:  # fmt: skip
            tokens.add(run.stdout.readline().split("/")[3])
            run.terminate()
    assert [len(token) for token in tokens] == [43, 43]


def test_a_port_that_is_taken_is_said(assay):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert assay("--port", port) == (2, "", f"assay: port {port} cannot be used: Address already in use\n")


def test_a_gradebook_without_written_answers_is_said(assay, room):
    with open_gradebook(room / "grades.db") as book:
        book.forget("bob")
    assert assay() == (3, "", "assay: grades.db has no written answer\n")


def test_a_gradebook_that_is_not_there_is_said(assay, room):
    (room / "grades.db").unlink()
    assert assay() == (
        3, "", "assay: grades.db does not exist: assay grade PATH --gradebook grades.db makes it\n"
    )  # fmt: skip


def test_a_file_that_holds_no_pseudonyms_is_said(assay, room):
    (room / "who.json").write_text("[]")
    assert assay("--pseudonyms", "who.json") == (
        3, "", "assay: who.json is not a file of pseudonyms: Expected `object`, got `array`\n"
    )  # fmt: skip


def test_a_file_is_written_filled_and_read(assay, room):
    assert assay("--write", "answers.csv") == (0, "", "")
    path = room / "answers.csv"
    path.write_bytes(path.read_bytes().replace(b",,,\r\n", b",,1.5,good\r\n"))
    assert assay("--read", "answers.csv") == (0, "stored: 1, unchanged: 0, without points: 0\n", "")
    path.write_bytes(path.read_bytes().replace(b"1.5,good", b"two,good"))
    assert assay("--read", "answers.csv") == (
        2,
        "stored: 0, unchanged: 0, without points: 0\n",
        "assay: not stored: row 2 (bob, exercise 2): the score is now 1.5 points (decision 1): it was changed meanwhile\n",
    )


def test_a_file_that_exists_is_not_replaced(assay, room):
    (room / "answers.csv").write_text("mine")
    assert assay("--write", "answers.csv") == (
        2, "", "assay: answers.csv exists, and may have points that are not read: name a new file\n"
    )  # fmt: skip
    assert (room / "answers.csv").read_text() == "mine"


def test_a_file_that_cannot_be_written_or_read_is_said(assay, room):
    assert assay("--write", "no/answers.csv") == (
        3, "", "assay: no/answers.csv cannot be written: No such file or directory\n"
    )  # fmt: skip
    (room / "answers.csv").write_text("")
    assert assay("--read", "answers.csv") == (3, "", "assay: the file of written answers is empty\n")


def test_a_page_and_a_file_exclude_each_other(assay):
    assert assay("--port", "8000", "--write", "answers.csv") == (
        2, "", "assay: --port, --write and --read exclude each other\n"
    )  # fmt: skip


def test_the_docs_name_every_option_and_no_other(assay):
    options = set(re.findall(r"--[a-z]+", assay("--help")[1]))
    assert set(re.findall(r"--[a-z]+", DOCS)) == options - {"--help"}
