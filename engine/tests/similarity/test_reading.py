"""The process that reads submissions: fingerprints see no names and comments, and hostile files are refused alone."""

import json

import pytest

from assay.errors import IntakeError
from assay.similarity.reading import PASSAGE, CodeReader, is_installed
from assay.wire.limited_process import Limits

CODE = '''
import torch

def mean(values):
    """The mean."""
    total = torch.zeros(1)
    for value in values:
        total = total + value
    return total / len(values)
'''
RENAMED = '''
from numpy import array
import torch
def average(numbers):
    """Something else."""
    s = torch.zeros(1)  # starts at zero

    for n in numbers:
        s = s + n
    return s / len(numbers)
'''


@pytest.fixture(scope="module")
def reader():
    with CodeReader() as reader:
        yield reader


def notebook(*sources):
    cells = [{"cell_type": "code", "source": source} for source in sources]
    return json.dumps({"cells": [{"cell_type": "markdown", "source": "text"}, *cells]}).encode()


def test_the_library_of_the_extra_is_installed():
    assert is_installed()


def test_names_comments_docstrings_and_imports_make_no_difference(reader):
    assert reader.read("module", CODE.encode()).fingerprints == reader.read("module", RENAMED.encode()).fingerprints


def test_a_notebook_has_the_fingerprints_of_its_code_cells(reader):
    head, body = CODE.split("\n\n", 1)
    found = reader.read("notebook", notebook(head, body))
    assert found.text == CODE
    assert found.fingerprints == reader.read("module", CODE.encode()).fingerprints


def test_fingerprints_are_the_same_in_another_process(reader):
    with CodeReader() as other:
        assert other.read("module", CODE.encode()) == reader.read("module", CODE.encode())


def test_every_character_knows_its_line(reader):
    lines = ["", "", "class VeryLongNameOfAClass:", "    x = 1", "", "    y = 2", "print(VeryLongNameOfAClass.y)"]
    found = reader.read("module", "\n".join(lines).encode())
    assert found.text.split("\n") == lines
    assert list(dict.fromkeys(found.lines)) == [2, 3, 5, 6]
    assert list(found.lines) == sorted(found.lines)


def test_a_fingerprint_is_of_a_passage(reader):
    found = reader.read("module", CODE.encode())
    assert len(found.fingerprints) == len(found.lines) - PASSAGE + 1


@pytest.mark.parametrize("source", [b"", b"x = 1", b"x = 1\0\n", b"import torch\n", b"# a comment\n"])
def test_short_files_have_no_fingerprint(reader, source):
    if source:
        assert reader.read("module", source).fingerprints == ()
    else:
        with pytest.raises(IntakeError, match=r"^it is empty: save your work, and hand the file in again$"):
            reader.read("module", source)


def test_half_a_surrogate_pair_is_read(reader):
    assert reader.read("notebook", notebook("x = '\ud800'")).text == "x = '?'"


@pytest.mark.parametrize(
    ("kind", "source", "reason"),
    [
        ("module", b"x = '" + b"a" * 5_000_000 + b"'\n", "it has 5,000,007 bytes, over the limit of 200,000"),
        ("module", b"%PDF-1.7", "this is a PDF, not Python: hand in the Python file or the notebook itself"),
        ("notebook", b"[" * 100_000, "it cannot be read as a notebook"),
        ("notebook", b'{"cells": 3}', "it cannot be read as a notebook"),
        ("notebook", b'{"cells": [{"cell_type": "code", "source": [3]}]}', "it cannot be read as a notebook"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(reader, kind, source, reason):
    with pytest.raises(IntakeError) as caught:
        reader.read(kind, source)
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(2 * 2**30, 0, 60), "reading it took more than 0 seconds of processor time"),
        (Limits(2 * 2**30, 60, 1), "reading it took more than 1 seconds"),
        (Limits(10_000_000, 60, 60), "reading it took more than 10,000,000 bytes of memory"),
    ],
)
def test_a_file_that_costs_too_much_is_refused_and_the_next_one_read(limits, reason):
    with CodeReader(limits) as small:
        with pytest.raises(IntakeError) as caught:
            small.read("module", b"(" * 99_000 + b")" * 99_000)
        assert str(caught.value) == reason
        small._limits = Limits(2 * 2**30, 60, 60)
        assert small.read("module", CODE.encode()).fingerprints


def test_a_process_that_is_killed_is_started_again(reader):
    reader.read("module", CODE.encode())
    reader._process.kill()
    reader._process.wait()
    with pytest.raises(IntakeError, match=r"^the process that read it died$"):
        reader.read("module", CODE.encode())
    assert reader.read("module", CODE.encode()).fingerprints
