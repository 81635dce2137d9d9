"""A damaged member is refused alone, and the members before a damaged place count."""

import bz2
import contextlib
import gzip
import io
import os
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest
from archive_files import (
    ALICE,
    CODE,
    HONEST,
    MAKERS,
    NAMES,
    every_kind,
    tar_info,
    tarred,
    zip_info,
    zipped,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import IntakeError
from assay.intake.archives.opening import open_archive
from assay.intake.collect import take_in
from assay.intake.layout import files_below
from assay.intake.limits import CLASS, MAX_BYTES, STUDENT

LARGE = bytes(MAX_BYTES + 1)


def test_an_encrypted_member_is_refused(taken):
    data = bytearray(zipped([HONEST, ("bob/scratch.py", CODE)]))
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    found, refused, _ = taken(bytes(data))
    assert (found, refused) == ([ALICE], [("bob", "scratch.py: it is encrypted: hand it in without a password")])


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_compression_that_has_no_bound_is_refused(taken, method):
    reason = "scratch.py: its compression is not supported: only that of ordinary .zip files is (deflate)"
    assert taken(zipped([("scratch.py", CODE)], method))[1] == [("class", reason)]


def test_a_damaged_member_is_refused_alone(taken):
    data = zipped([HONEST, ("bob/scratch.py", b"y = 2\n")], zipfile.ZIP_STORED).replace(b"y = 2\n", b"y = 3\n")
    assert taken(data)[:2] == ([ALICE], [("bob", "scratch.py: it is damaged")])


@every_kind
def test_what_is_no_archive_is_refused(taken, name):
    ending = name.removeprefix("class").lower()
    for data in (b"", b"hello", MAKERS[name]([HONEST])[:20]):
        refused = taken(data, name)[1]
        assert refused == [("class", f"{name}: it is not a {ending} archive, or it is damaged")]


def test_an_archive_under_another_kinds_name_is_refused(taken):
    assert taken(tarred([HONEST]))[1] == [("class", "class.zip: it is not a .zip archive, or it is damaged")]
    assert taken(zipped([HONEST]), "class.tgz")[1] == [
        ("class", "class.tgz: it is not a .tgz archive, or it is damaged")
    ]


@pytest.mark.parametrize("name", ["class.rar", "class.7z", "class.tar.xz"])
def test_other_kinds_of_archives_are_refused(taken, name):
    reason = "only .zip, .tar and .tar.gz archives are opened"
    assert taken(b"", name)[1] == [(name, f"{name}: {reason}")]
    assert taken(zipped([HONEST, (f"bob/{name}", bz2.compress(b""))]))[:2] == ([ALICE], [("bob", f"{name}: {reason}")])


@pytest.mark.parametrize("name", ["class.tar.gz", "class.tar"])
def test_of_a_tar_that_was_cut_off_what_came_before_counts(taken, name):
    data = tarred([HONEST, ("bob/scratch.py", os.urandom(5000))], "w")
    for cut in (1024, 1100, 2000):
        short = gzip.compress(data[:cut]) if name.endswith("gz") else data[:cut]
        found, refused, _ = taken(short, name)
        assert [one[0] for one in found] == ["alice"]
        after = "bob/scratch.py" if cut == 2000 else "alice/scratch.py"
        bob = [("bob", "scratch.py: it could not be read to its end")] if cut == 2000 else []
        assert refused == [
            *bob,
            ("class", f"{name}: it is damaged after {after}: the members after that were not read"),
        ]


def test_of_a_gzip_that_was_cut_off_what_came_before_counts(taken):
    data = tarred([HONEST, ("bob/scratch.py", os.urandom(200_000))])
    found, refused, _ = taken(data[:150_000], "class.tgz")
    assert [one[0] for one in found] == ["alice"]
    assert refused == [
        ("bob", "scratch.py: it could not be read to its end"),
        ("class", "class.tgz: it is damaged after bob/scratch.py: the members after that were not read"),
    ]


def test_a_students_archive_above_the_limit_of_a_file_is_not_opened(taken):
    assert taken(LARGE, "class/bob.zip")[1] == [
        ("bob", "bob.zip: it has 10,000,001 bytes, over the limit of 10,000,000")
    ]
    assert taken(b"hello", "class/bob.zip")[1] == [("bob", "bob.zip: it is not a .zip archive, or it is damaged")]


def test_a_member_of_a_tar_whose_bytes_are_not_kept_does_not_read_as_empty():
    tree = open_archive(io.BytesIO(tarred([("data.csv", b"1,2")], "w")), Path("a.tar"), STUDENT)
    with pytest.raises(IntakeError) as caught:
        tree.root.below["data.csv"].read()
    assert str(caught.value) == "it was not read: its name is not that of a module, a notebook or an archive"


WHOLE = {
    ".zip": zipped([HONEST, ("bob/h.zip", zipped([("scratch.py", CODE)])), (zip_info("l", stat.S_IFLNK), "x")]),
    ".tar": tarred([HONEST, ("bob/" + "h" * 120, CODE), (tar_info("l", tarfile.SYMTYPE, "x"), b"")], "w"),
}


def mutated(content, data):
    content = bytearray(content)
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    return bytes(content[: data.draw(st.integers(0, len(content)))])


@settings(max_examples=300, deadline=None, database=None)
@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_no_bytes_make_the_reader_raise(ending, data):
    try:
        tree = open_archive(io.BytesIO(mutated(WHOLE[ending], data)), Path(f"mutated{ending}"), CLASS)
    except IntakeError:
        return
    for node in files_below(tree.root):
        with contextlib.suppress(IntakeError):
            node.read()


@settings(max_examples=20, deadline=None, database=None)
@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_no_bytes_make_it_raise(tmp_path_factory, ending, data):
    path = tmp_path_factory.getbasetemp() / f"mutated{ending}"
    path.write_bytes(mutated(WHOLE[ending], data))
    intake = take_in([path], NAMES)
    assert intake.submissions or intake.refused or intake.empty


def test_nothing_is_written_to_the_disk(taken, tmp_path):
    taken(zipped([HONEST, ("../x.py", CODE), ("bob/h.zip", zipped([("scratch.py", CODE)]))]))
    assert os.listdir(tmp_path) == ["class.zip"]
