"""The paths around the wall: what lies beside a submission, how it is named and how it is written is inert."""

import json
import os
import subprocess
import sys

import msgspec
import pytest
from small_course import RIGHT

from assay.model import Document

BESIDE = (
    "conftest.py", "pytest.py", "pytest.ini", "tox.ini", "setup.cfg", "pyproject.toml", "d2l.py", "d2l/__init__.py",
    "torch.py", "torch/__init__.py", "numpy.py", "hypothesis.py", "msgspec.py", "assay.py", "assay/__init__.py",
    "random.py", "typing.py", "sitecustomize.py", "usercustomize.py", "evil.pth", "python311._pth", "__init__.py",
    "__main__.py", "test_basics.py", "evil-1.0.dist-info/entry_points.txt", "evil-1.0.dist-info/METADATA",
    "__pycache__/basics.cpython-311.pyc", "reference/basics.py", "tests/conftest.py", ".env", ".coveragerc",
)  # fmt: skip
"""Files that some tool or other runs, reads or imports where it finds them."""

NAMES = (
    "-rf", "--json=x", "@argfile", "*", "$(touch MARK)", "`touch MARK`", ";touch MARK", "| touch MARK", "&& touch MARK",
    "..x", " ", "a b", "new\nline", "tab\tname", "ring\a", "\x1b[31mred", "\x1b]0;title\a", "\u202eesrever", "\u200b",
    "<script>alert(1)</script>", "=1+1", "@SUM(1)", "::error::mine", "[bold]x[/bold]", "[link=x]", "%s%n", "{0}",
    "__import__", "CON", "n" * 200, "\udcff", "é", "e\u0301", "../../up".replace("/", "\u2215"),
)  # fmt: skip

SOURCES = {
    "a mark of byte order": b"\xef\xbb\xbf" + RIGHT.encode(),
    "carriage returns": RIGHT.replace("\n", "\r\n").encode(),
    "an encoding line": b"# -*- coding: latin-1 -*-\n# caf\xe9" + RIGHT.encode("latin-1"),
    "UTF-16": RIGHT.encode("utf-16"),
}
"""Ways to write the same, each worth full marks."""

BROKEN_SOURCES = {
    "zeros": b"\0" * 1000,
    "no text": bytes(range(256)) * 10,
    "an encoding that runs code": b"# coding: rot13\n" + RIGHT.encode(),
    "an encoding that there is not": b"# coding: none-such\n" + RIGHT.encode(),
    "a line without end": b"x = " + b"(" * 900_000,
    "deep nesting": b"x = " + b"[" * 50_000 + b"]" * 50_000,
    "a number without end": b"x = " + b"9" * 900_000,
    "a power without end": b"x = 9 ** 9 ** 9 ** 9\n",
    "a string without end": b"x = 'a' * 10 ** 14\n",
}
"""Ways to make whoever reads them stumble."""


def notebook(*sources, **fields):
    cells = [
        {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None}
        for source in sources
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5} | fields).encode()


NOTEBOOKS = {
    "a foreign kernel": notebook(RIGHT, metadata={"kernelspec": {"name": "bash", "language": "bash", "argv": ["sh"]}}),
    "a kernel to be started": notebook(RIGHT, metadata={"kernelspec": {"argv": ["touch", "MARK"], "name": "x"}}),
    "shell lines": notebook("!touch MARK\n%system touch MARK\n%%bash\ntouch MARK", "%%sh\ntouch MARK", RIGHT),
    "files run by magics": notebook("%run evil.py\n%load evil.py\n%cd /\n%env HOME=/\n%pip install x", RIGHT),
    "outputs that claim": notebook(RIGHT).replace(
        b'"outputs": []', b'"outputs": [{"output_type": "display_data", "data": {"text/html": "<script>"}}]'
    ),
    "a cell that raises": notebook(RIGHT, "1 / 0"),
    "a format of tomorrow": notebook(RIGHT, nbformat=99),
    "trust": notebook(RIGHT, metadata={"trusted": True, "widgets": {"x": 1}, "signature": "sha256:00"}),
}

BROKEN_NOTEBOOKS = {
    "deep JSON": b"[" * 200_000,
    "a JSON number without end": b'{"cells": ' + b"9" * 900_000 + b"}",
    "a million cells": notebook(*[""] * 50_000),
    "no cells": b'{"nbformat": 4}',
    "cells that are none": b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": {"a": 1}}',
    "a source that is a number": notebook(RIGHT).replace(b'"source": "', b'"source": 5, "x": "'),
    "no JSON": b"\x80\x04\x95\x10\x00\x00\x00",
}

HARMLESS = (
    {f"beside {name}": (RIGHT.encode(), "basics.py") for name in BESIDE}
    | {name: (RIGHT.encode(), "basics.py") for name in NAMES}
    | {name: (source, "basics.py") for name, source in SOURCES.items()}
    | {name: (source, "basics.ipynb") for name, source in NOTEBOOKS.items()}
)
BROKEN = {name: (source, "basics.py") for name, source in BROKEN_SOURCES.items()} | {
    name: (source, "basics.ipynb") for name, source in BROKEN_NOTEBOOKS.items()
}


@pytest.fixture(scope="module")
def graded(course_root, tmp_path_factory):
    """Return the printed page and the report of each, all of them graded in one run."""
    place = tmp_path_factory.mktemp("around")
    mark = place / "mark"
    folder = place / "class"
    for name, (source, file) in (HARMLESS | BROKEN).items():
        own = folder / os.fsencode(name.replace("/", "_")).decode("utf-8", "surrogateescape")
        own.mkdir(parents=True)
        (own / file).write_bytes(source.replace(b"MARK", bytes(mark)))
        if name.startswith("beside "):
            evil = own / name.removeprefix("beside ")
            evil.parent.mkdir(exist_ok=True)
            evil.write_text(
                f"import pathlib; pathlib.Path({str(mark)!r}).touch()\n[pytest]\naddopts = --collect-only\n"
            )
    written = place / "reports.json"
    command = [sys.executable, "-m", "assay", "grade", str(folder), "--json", str(written)]
    done = subprocess.run(command, cwd=course_root, capture_output=True, check=False, timeout=600)
    reports = msgspec.json.decode(written.read_bytes(), type=Document).reports
    by_name = {os.fsencode(report.submission.path.split("/")[-2]).decode(): report for report in reports}
    return done, by_name, mark, sorted(os.listdir(folder))


def _report(graded, name):
    return graded[1][name.replace("/", "_").encode("utf-8", "surrogateescape").decode("utf-8", "replace")]


@pytest.mark.parametrize("name", HARMLESS)
def test_what_lies_around_a_right_answer_costs_nothing(graded, name):
    report = _report(graded, name)
    assert (report.status, report.score) == ("graded", report.max_score)


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_read_is_told_in_a_sentence(graded, name):
    report = _report(graded, name)
    said = [report.reason, *report.handed_in.notes]
    said += [check.message.yours for exercise in report.exercises for check in exercise.checks if check.message]
    assert any(said)
    assert report.score == 0
    assert "Traceback" not in " ".join(filter(None, said))


def test_no_file_beside_a_submission_is_run(graded):
    assert not graded[2].exists()


def test_nobody_is_lost_and_the_run_ends_well(graded):
    done, reports, _, folders = graded
    assert done.returncode == 0, done.stderr.decode()
    assert len(reports) == len(folders) == len(HARMLESS | BROKEN)
    assert b"Traceback" not in done.stderr + done.stdout
