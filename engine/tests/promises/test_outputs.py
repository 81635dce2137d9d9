"""A student's text is only text in every output: no terminal, CI system or JSON reader obeys it."""

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from reports import document_bytes
from rich.console import Console, Group

import assay
from assay.judge.messages import as_text
from assay.model import Answer, Environment, ExerciseResult, Message, Names, Report, SubmissionInfo, Verdict
from assay.promises import Broken
from assay.report.document import read_document
from assay.report.terminal import render
from assay.text import escape

ATTACKS = {
    "a colour": "\x1b[31mred",
    "a colour by one character": "\x9b31mred",
    "a window's title": "\x1b]0;owned\x07",
    "a link": "\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "the clipboard": "\x1b]52;c;ZXZpbA==\x07",
    "the cursor": "\x1b[2J\x1b[H\x1b[1A",
    "a carriage return": "wrong\rright",
    "backspaces": "wrong\b\b\b\b\bright",
    "lines": "one\ntwo\x0bthree\x0cfour\x85five\u2028six\u2029seven",
    "a bell and a null": "\x07\x00",
    "a right-to-left override": "\u202e001/001\u202c",
    "isolates": "\u2066x\u2067y\u2069",
    "zero widths": "a\u200b\u200c\u200d\u2060\ufeffb",
    "tags": "a\U000e0041\U000e007f",
    "a private character": "\ue000\U000f0000",
    "rich's markup": "[bold red]x[/] [link=http://evil.example]y[/link] [blink]",
    "rich's emoji": ":pile_of_poo: :warning:",
    "a workflow error": "::error::owned",
    "a workflow error of a file": "::error file=x.py,line=1::owned",
    "a workflow output": "::set-output name=score::100",
    "a stop of commands": "::stop-commands::token",
    "a mask": "  \t::add-mask::a",
    "an old command": "text ##[error]owned ##[set-env name=PATH]/tmp",
    "another CI system's": "##vso[task.setvariable variable=x]y ##teamcity[buildStatus]",
    "a command in the second line": "first\n::error::owned\n   ::warning::owned",
    "a command that wraps to a line's start": " ".join("x" * n + " ::error::owned" for n in range(60, 100)),
    "a command in a word that wraps": "x" * 500 + "::error::" * 60,
    "colons before a command": ":" * 5 + "error::owned" + ":" * 90 + "error::x",
    "a command over two lines": "::error \n::owned",
}


def obeyed(line):
    """Whether a CI system takes the line for a command: GitHub skips blanks first, and finds old ones anywhere."""
    return re.match(r"\s*::[A-Za-z][\w-]*( .*)?::", line) is not None or re.search(r"##\w*\[", line) is not None


def assert_inert(output):
    """Assert that nothing but text and ends of lines came out."""
    lines = output.split("\n")
    assert [line for line in lines if not line.isprintable()] == []
    assert [line for line in lines if obeyed(line)] == []


def hostile(text):
    """Return a report in which all that comes from a student or from a guest is this text."""
    verdicts = [
        Verdict(
            "check",
            "the check's sentence",
            status,
            0.0,
            1.0,
            "visible",
            Message(text, text, text, text),
            None,
            text,
            0.1,
        )
        for status in ("failed", "error", "crashed", "ungraded")
    ]
    return Report(
        SubmissionInfo(text, text, "0" * 64), "basics", "ungraded", text, "checks", 0.0, 4.0, {"files": Broken(text)}, "7",
        "c" * 64, "0.1.0", (ExerciseResult("1", "Title", 0.0, 4.0, tuple(verdicts)),),
        Environment(text, text), (Answer(escape(text, 20), text, None, text),), Names((text,), (text,), (text, text)), 1.0,
    )  # fmt: skip


def printed(*reports, width=100, terminal=False):
    console = Console(file=io.StringIO(), width=width, highlight=False, force_terminal=terminal)
    console.print(Group(*render(reports)))
    return console.file.getvalue()


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS)
def test_the_terminal_report_is_text(text):
    graded = replace(hostile(text), status="graded", reason=None, cause=None)
    for width in (60, 100):
        assert_inert(printed(hostile(text), graded, width=width))


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS)
def test_a_terminal_gets_the_reports_own_colours_only(text):
    coloured = printed(hostile(text), terminal=True)
    assert_inert(re.sub(r"\x1b\[[\d;]*m", "", coloured))
    assert set(re.findall(r"\x1b\[([\d;]*)m", coloured)) <= {"0", "1", "2", "31", "32", "33", "1;33", "1;31", "1;32"}


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS)
def test_what_pytest_prints_of_a_check_is_text(text):
    for verdict in hostile(text).exercises[0].checks:
        assert_inert(as_text(verdict))


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS)
def test_the_json_report_is_json_and_says_the_same(text):
    data = document_bytes([hostile(text)])
    assert not re.search(rb"[\x00-\x09\x0b-\x1f]", data)
    assert json.loads(data)["reports"][0]["reason"] == text
    assert read_document(data).reports == (hostile(text),)


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS)
def test_inert_text_stays_as_it_is_the_second_time(text):
    once = escape(text, 5000)
    assert_inert(once)
    assert escape(once, 5000) == once


PIECES = st.sampled_from(
    ["::", ":", "error", "::error::", "##", "#", "[", "##[", " ", "\n", "x" * 40, "\t", "\x1b", "é"]
)


@settings(deadline=None, derandomize=True, database=None, max_examples=200)
@given(st.lists(PIECES, max_size=30).map("".join), st.integers(40, 120))
def test_no_text_of_colons_and_blanks_becomes_a_command(text, width):
    assert_inert(printed(hostile(text), width=width))
    assert_inert(as_text(hostile(text).exercises[0].checks[0]))


def test_a_slice_is_shown_as_it_is():
    assert escape("x[::2] and x[::step], a::b", 100) == "x[::2] and x[::step], a::b"


# The same for real: a class of such students, through the commands.

NASTY = "".join(ATTACKS[name] + "\n" for name in ATTACKS if "wraps" not in name)

SOURCE = f"""
import torch
from assay.wire.values import Ref
NASTY = {NASTY!r}
ANSWERS = {{"1": NASTY, NASTY: NASTY, "::error::": "x"}}
Error = type(NASTY.replace("\\0", ""), (Exception,), {{}})
def squared_loss(y_hat, y):
    raise Error(NASTY)  # \x1b[31m ::error::source
def scaled(x, factor=2.0):
    return [NASTY, {{NASTY: NASTY}}, Error(NASTY)] if factor == 2 else NASTY
class Counter:
    def __init__(self, start): self.value = Ref(5, NASTY, True)
    def step(self): raise Error(NASTY)
def noise(size): return Error()
raise Error(NASTY)
"""
CELLS = ["def f(:  # \x1b[31m ::error::cell\x07\u202e", "raise ValueError('\x1b[31m\\n::error::x') # ##[error]"]
SYNTAX = "def f():\n    '\x1b[31m\u202e ::error::x\n"
NAMES = [
    "\x1b]0;owned\x07\x1b[31m", "::error::owned", "[bold red][link=x]y[-link]", "x\n::stop-commands::x\nassay: 6 of 6",
    "a\u202eb\u200bc", "##[error]owned", os.fsdecode(b"\xff\xfe"), "n" * 200 + "::error::x",
]  # fmt: skip


@pytest.fixture(scope="module")
def students(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    for number, name in enumerate(NAMES):
        (folder / name).mkdir()
        source = (SOURCE, SYNTAX)[number == 1]
        (folder / name / "basics.py").write_text(source)
    (folder / "notebook").mkdir()
    (folder / "notebook" / "basics.ipynb").write_text(nbformat.writes(book))
    return folder


@pytest.fixture(scope="module")
def class_with_refused(students, plugin_output):
    assert plugin_output[0] == pytest.ExitCode.TESTS_FAILED
    for name in NAMES[:4]:
        (students / f"empty {name}").mkdir()
        (students / f"link {name}").mkdir()
        (students / f"link {name}" / "basics.py").symlink_to("/etc/passwd")
    return students


def run(root, *arguments, **environment):
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    kept["PYTHONPATH"] = str(Path(assay.__file__).parents[1])  # this very engine, from wherever it was started
    done = subprocess.run(
        [sys.executable, "-m", *map(str, arguments)], cwd=root, capture_output=True, env={**kept, **environment}
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.fixture(scope="module")
def plugin_output(course_root, students):
    """Return what pytest prints for the class, before anything in it is refused."""
    return run(course_root, "pytest", "-v", "-rA", "-p", "no:cacheprovider", "--submission", students)


@pytest.fixture(scope="module")
def graded(course_root, class_with_refused, tmp_path_factory):
    path = tmp_path_factory.mktemp("json") / "report.json"
    code, output, errors = run(course_root, "assay", "grade", class_with_refused, "--json", path)
    assert code == 0
    return output, errors, path.read_bytes()


def test_pytest_of_hostile_students_prints_text(plugin_output):
    code, output, errors = plugin_output
    assert code == pytest.ExitCode.TESTS_FAILED
    assert "raised an error" in output or ": error" in output
    assert_inert(output + errors)


def test_grading_hostile_students_prints_text(graded):
    output, errors, _ = graded
    assert_inert(output)
    assert "[bold red][link=x]y[-link]" in output
    assert errors == ""


def test_folders_in_which_there_is_nothing_to_grade_are_said_as_text(course_root, class_with_refused):
    empty = [class_with_refused / f"empty {name}" for name in NAMES[:4]]
    code, _, errors = run(course_root, "assay", "grade", class_with_refused / NAMES[0], *empty)
    assert code == 0
    assert_inert(errors)
    assert len(errors.splitlines()) == len(empty)  # one each, whatever line ends are in its name


def test_the_report_of_hostile_students_is_json(graded):
    document = json.loads(graded[2].decode())
    links, empty = len(NAMES[:4]), len(NAMES[:4])
    assert len(document["reports"]) == len(NAMES) + 1 + links + empty
    assert not re.search(rb"[\x00-\x09\x0b-\x1f]", graded[2])
    first = next(report for report in document["reports"] if report["submission"]["name"] == NAMES[0])
    assert first["answers"][0]["text"] == NASTY
    messages = [check["message"] for exercise in first["exercises"] for check in exercise["checks"]]
    texts = [text for message in messages if message for text in message.values() if text]
    assert texts
    for text in texts:
        assert_inert(text)
        assert len(text) < 3000


def test_what_is_refused_is_told_as_text(course_root, class_with_refused):
    for command in (["pytest", "-p", "no:cacheprovider", "--submission"], ["assay", "check"]):
        code, output, errors = run(course_root, *command, class_with_refused)
        assert code != 0
        assert_inert(output + errors)
