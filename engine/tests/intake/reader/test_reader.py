"""Archives and notebooks are opened by a process with limits; an item that costs too much is refused alone."""

import io
import json
import os
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest
from archive_files import CODE, HONEST, NAMES, summary, tarred, zipped

from assay.errors import IntakeError
from assay.intake.collect import take_in
from assay.intake.limits import STUDENT
from assay.intake.reader import client
from assay.intake.reader.client import Reader
from assay.intake.reader.notebooks import without_outputs
from assay.wire.limited_process import Limits

MEGABYTE = 1_000_000


def cell(source, **more):
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None, **more}


def notebook(*cells, **more):
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more}).encode()


def with_outputs(megabytes):
    """Return a notebook with a picture of so many megabytes in its outputs."""
    picture = {"output_type": "display_data", "data": {"image/png": "A" * megabytes * MEGABYTE}, "metadata": {}}
    return notebook(cell("x = 1", outputs=[picture]))


def sources(data):
    return [cell["source"] for cell in json.loads(data)["cells"] if cell["cell_type"] == "code"]


@pytest.fixture
def started(monkeypatch):
    """Count the processes that the intake starts."""
    count = []
    popen = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda *a, **k: count.append(1) or popen(*a, **k))
    return count


def test_modules_are_only_read(tmp_path, started):
    for number in range(200):
        (tmp_path / f"student{number}").mkdir()
        (tmp_path / f"student{number}" / "scratch.py").write_bytes(CODE)
    assert len(take_in([tmp_path], NAMES).submissions) == 200
    assert started == []


def test_one_process_reads_a_class(tmp_path, started):
    for number in range(20):
        (tmp_path / f"student{number}").mkdir()
        (tmp_path / f"student{number}" / "scratch.ipynb").write_bytes(notebook(cell("x = 1")))
        (tmp_path / f"other{number}.zip").write_bytes(zipped([("scratch.py", CODE)]))
    assert len(take_in([tmp_path], NAMES).submissions) == 40
    assert started == [1]


def test_of_a_notebook_of_60_megabytes_only_the_sources_are_taken_in(tmp_path):
    (tmp_path / "scratch.ipynb").write_bytes(with_outputs(60))
    (submission,) = take_in([tmp_path], NAMES).submissions
    assert (submission.kind, sources(submission.source), submission.notes) == ("notebook", ["x = 1"], ())
    assert len(submission.source) < 1000


def test_so_it_is_in_a_zip_and_in_a_tar(tmp_path):
    data = with_outputs(60)
    (tmp_path / "class.zip").write_bytes(zipped([("ada/scratch.ipynb", data)]))
    (tmp_path / "class.tgz").write_bytes(tarred([("ada/scratch.ipynb", data)]))
    for name in ("class.zip", "class.tgz"):
        (submission,) = take_in([tmp_path / name], NAMES).submissions
        assert sources(submission.source) == ["x = 1"]


def test_a_notebook_above_100_megabytes_is_refused_with_the_remedy(tmp_path):
    (tmp_path / "scratch.ipynb").write_bytes(with_outputs(101))
    size = os.stat(tmp_path / "scratch.ipynb").st_size
    (refused,) = take_in([tmp_path], NAMES).refused
    assert refused.reason == (
        f"scratch.ipynb: it has {size:,} bytes, over the limit of 100,000,000: "
        "clear all outputs of the notebook and hand it in again"
    )


def test_in_an_archive_too(tmp_path):
    (tmp_path / "class.zip").write_bytes(zipped([("ada/scratch.ipynb", with_outputs(101)), ("ben/scratch.py", CODE)]))
    found, refused, _ = summary(take_in([tmp_path / "class.zip"], NAMES), tmp_path)
    assert [one[0] for one in found] == ["ben"]
    reason = "unpacked, it has more than 100,000,000 bytes: clear all outputs of the notebook and hand it in again"
    assert refused == [("ada", f"scratch.ipynb: {reason}")]


def test_code_above_10_megabytes_is_refused(tmp_path):
    (tmp_path / "scratch.ipynb").write_bytes(notebook(cell("#" * 11 * MEGABYTE)))
    (refused,) = take_in([tmp_path], NAMES).refused
    assert refused.reason == "scratch.ipynb: without its outputs it has 11,000,167 bytes, over the limit of 10,000,000"


def test_a_large_file_that_only_begins_like_a_notebook_is_refused(tmp_path):
    (tmp_path / "scratch.ipynb").write_bytes(b'{"cells": [' + b" " * 11 * MEGABYTE)
    (refused,) = take_in([tmp_path], NAMES).refused
    assert refused.reason == (
        "scratch.ipynb: it has 11,000,011 bytes, over the limit of 10,000,000, and cannot be read as a notebook"
    )


BOMBS = {
    "nesting": (b'{"cells": ' + b"[" * 5 * MEGABYTE, "its JSON is nested too deeply for a notebook"),
    "objects": (b'{"cells": [' + b"{}," * 9 * MEGABYTE + b"{}]}", "reading it took more than 268,435,456 bytes of memory"),
}  # fmt: skip


@pytest.mark.parametrize(("bomb", "reason"), BOMBS.values(), ids=BOMBS)
def test_a_bomb_of_json_costs_only_itself(tmp_path, monkeypatch, bomb, reason):
    monkeypatch.setattr(client, "LIMITS", Limits(2**28, 60, 600))
    for name, data in (("ada", notebook(cell("a"))), ("ben", bomb), ("eve", notebook(cell("e")))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "scratch.ipynb").write_bytes(data)
    found, refused, _ = summary(take_in([tmp_path], NAMES), tmp_path)
    assert [one[0] for one in found] == ["ada", "eve"]
    assert refused == [("ben", f"scratch.ipynb: {reason}")]


def test_a_number_of_a_million_digits_is_not_computed(tmp_path):
    data = notebook(cell("x = 1", execution_count=0)).replace(
        b'"execution_count": 0', b'"execution_count": ' + b"9" * MEGABYTE
    )
    (tmp_path / "scratch.ipynb").write_bytes(data)
    (submission,) = take_in([tmp_path], NAMES).submissions
    assert sources(submission.source) == ["x = 1"]


def test_an_item_that_takes_too_much_time_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(client, "LIMITS", Limits(2**31, 1, 600))
    (tmp_path / "scratch.ipynb").write_bytes(b'{"cells": [' + b"[]," * 12 * MEGABYTE + b"1]}")  # four seconds
    (refused,) = take_in([tmp_path], NAMES).refused
    assert refused.reason == "scratch.ipynb: reading it took more than 1 seconds of processor time"


def test_after_a_death_the_next_member_of_the_same_archive_is_read(tmp_path):
    path = tmp_path / "class.zip"
    path.write_bytes(zipped([("ada/scratch.py", CODE), ("ben/scratch.py", CODE)]))
    with Reader() as reader, path.open("rb") as file:
        ada, ben = (folder.children()[0] for folder in reader.open(file, path, STUDENT).root.children())
        assert ada.read() == CODE
        reader._process.kill()
        with pytest.raises(IntakeError) as caught:
            ben.read()
        assert str(caught.value) == "the process that read it died"
        assert ben.read() == CODE


def test_an_item_on_which_nobody_answers_is_refused():
    import signal

    with Reader(Limits(2**30, 60, 5)) as reader:
        assert reader.without_outputs(notebook(cell("x")))
        reader._process.send_signal(signal.SIGSTOP)
        with pytest.raises(IntakeError) as caught:
            reader.without_outputs(notebook(cell("x")))
        assert str(caught.value) == "reading it took more than 5 seconds"


def test_the_reader_writes_nothing_and_ends_with_the_intake(tmp_path):
    with Reader() as reader:
        tree = reader.open(zipped([HONEST]), tmp_path / "h.zip", STUDENT)
        assert [node.name for node in tree.root.children()] == ["alice"]
        process = reader._process
        limits = Path(f"/proc/{process.pid}/limits").read_text()
        assert ["0", "0"] in [line.split()[-3:-1] for line in limits.splitlines() if line.startswith("Max file size")]
    assert process.returncode is not None
    assert os.listdir(tmp_path) == []


def test_a_module_in_the_current_folder_is_not_imported(tmp_path, monkeypatch):
    for name in ("json", "zipfile", "assay", "msgspec"):
        (tmp_path / f"{name}.py").write_text("open('ran', 'w')")
    (tmp_path / "scratch.ipynb").write_bytes(notebook(cell("x = 1")))
    monkeypatch.chdir(tmp_path)
    assert len(take_in([tmp_path / "scratch.ipynb"], NAMES).submissions) == 1
    assert not (tmp_path / "ran").exists()


def test_the_reader_is_light():
    code = (
        "import sys, assay.intake.reader.__main__; print(*{'torch', 'numpy', 'IPython', 'nbformat'} & set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "\n"


def test_threads_take_in_at_the_same_time(tmp_path):
    (tmp_path / "class.zip").write_bytes(zipped([HONEST, ("bob/scratch.ipynb", notebook(cell("x = 1")))]))
    counts = []
    threads = [
        threading.Thread(target=lambda: counts.append(len(take_in([tmp_path / "class.zip"], NAMES).submissions)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [2, 2, 2]


# Which parts of a notebook stay.


def test_outputs_attachments_and_metadata_go_and_numbers_of_cells_stay():
    text = {
        "cell_type": "markdown",
        "source": "# Title",
        "attachments": {"a.png": {"image/png": "AAAA"}},
        "metadata": {},
    }
    data = notebook(
        text, cell(["x = 1\n", "y = 2"], outputs=[{"output_type": "stream", "text": "1"}]), metadata={"a": 1}
    )
    assert json.loads(without_outputs(data)) == {
        "cells": [
            {"id": "1", "cell_type": "markdown", "metadata": {}, "source": ""},
            {"id": "2", "cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": "x = 1\ny = 2"},
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }  # fmt: skip


def test_older_formats_keep_their_code():
    cells = [
        {"cell_type": "markdown", "source": "t"},
        {"cell_type": "code", "input": ["a\n", "b"], "language": "python"},
    ]
    data = json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}, {"cells": cells[1:]}]}).encode()
    assert sources(without_outputs(data)) == ["a\nb", "a\nb"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_notebooks_are_read_with_a_mark_and_in_utf16(tmp_path, encoding):
    (tmp_path / "scratch.ipynb").write_bytes(notebook(cell("s = 'é'")).decode().encode(encoding))
    (submission,) = take_in([tmp_path], NAMES).submissions
    assert (submission.kind, sources(submission.source)) == ("notebook", ["s = 'é'"])


def test_lone_surrogates_and_nan_are_no_damage():
    data = notebook(cell("# \ud800"), metadata={"score": float("nan")})
    assert sources(without_outputs(data)) == ["# \ud800"]


@pytest.mark.parametrize(
    "data",
    [b'{"cells": [{"cell_type": "code", "sour', b'{"cells": 1}', b'{"cells": [1]}', b'{"worksheets": [1]}', b"{}", b'{"cells": "\xe9"}'],
)  # fmt: skip
def test_bytes_that_are_no_whole_notebook_stay_as_they_are_for_the_guest(tmp_path, data):
    (tmp_path / "scratch.ipynb").write_bytes(data)
    (submission,) = take_in([tmp_path], NAMES).submissions
    assert (submission.source, submission.kind) == (data, "notebook")


def test_the_content_decides_between_module_and_notebook(tmp_path):
    (tmp_path / "scratch.py").write_bytes(notebook(cell("x = 1")))
    (tmp_path / "concise.ipynb").write_bytes(CODE)
    module, other = take_in([tmp_path], NAMES).submissions
    assert (module.kind, module.notes) == ("notebook", ("the file is named like a module, but it is a notebook",))
    assert (other.kind, other.notes) == ("module", ("the file is named like a notebook, but it is a module",))
    assert other.source == CODE


def test_a_web_page_is_not_said_to_be_a_module(tmp_path):
    (tmp_path / "scratch.ipynb").write_text("<!DOCTYPE html>\n<html><body>x</body></html>")
    (submission,) = take_in([tmp_path], NAMES).submissions
    assert (submission.kind, submission.notes) == ("module", ())


def test_the_hash_is_that_of_the_file(tmp_path):
    import hashlib

    data = notebook(cell("x = 1"))
    (tmp_path / "scratch.ipynb").write_bytes(data)
    (submission,) = take_in([tmp_path], NAMES).submissions
    assert submission.info.sha256 == hashlib.sha256(data).hexdigest()


def test_a_zip_bomb_in_a_students_archive_costs_only_itself(tmp_path):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(9):
            archive.writestr(f"{number}_scratch.py", bytes(11 * MEGABYTE))
    (tmp_path / "ben.zip").write_bytes(data.getvalue())
    (tmp_path / "ada.zip").write_bytes(zipped([("scratch.py", CODE)]))
    found, refused, _ = summary(take_in([tmp_path], NAMES), tmp_path)
    assert [one[0] for one in found] == ["ada"]
    (reason,) = [reason for name, reason in refused if name == "ben"]
    assert reason.startswith("8_scratch.py: unpacked, it has more than 10,000,000 bytes; ")
