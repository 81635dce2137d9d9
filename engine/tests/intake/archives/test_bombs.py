"""An archive gives no more bytes and members than its limits, whatever its headers say."""

import io
import struct
import tarfile
import zipfile

import pytest
from archive_files import ALICE, BOB, CODE, HONEST, MAKERS, every_kind, tarred, zipped

from assay.intake.limits import MAX_BYTES, STUDENT, ArchiveLimits

LARGE = bytes(MAX_BYTES + 1)


@every_kind
def test_a_member_above_the_limit_is_refused(taken, name):
    found, refused, _ = taken(MAKERS[name]([("alice/scratch.py", CODE), ("bob/scratch.py", LARGE)]), name)
    assert [one[0] for one in found] == ["alice"]
    assert refused == [("bob", "scratch.py: unpacked, it has more than 10,000,000 bytes")]


@pytest.mark.parametrize("says", [3, 2**32 - 2])
def test_what_a_header_says_of_the_size_does_not_count(taken, says):
    data = zipped([HONEST, ("bob/scratch.py", LARGE)]).replace(struct.pack("<L", len(LARGE)), struct.pack("<L", says))
    assert taken(data)[1] == [("bob", "scratch.py: unpacked, it has more than 10,000,000 bytes")]
    data = zipped([("bob/scratch.py", b"12345")]).replace(struct.pack("<LL", 7, 5), struct.pack("<LL", 7, says))
    assert taken(data)[:2] == ([BOB], [])


def test_a_zip_gives_no_more_than_its_limit(taken, monkeypatch):
    monkeypatch.setattr("assay.intake.collect.CLASS", ArchiveLimits(100, 100))
    found, refused, _ = taken(zipped([HONEST, ("bob/scratch.py", bytes(200)), ("carol/scratch.py", CODE)]))
    assert found == [ALICE]
    text = "scratch.py: unpacked, its archive has more than 100 bytes"
    assert refused == [("bob", text), ("carol", text)]


@pytest.mark.parametrize("name", ["class.tar.gz", "class.tar"])
def test_a_tar_is_read_to_its_limit_and_no_further(taken, name, monkeypatch):
    monkeypatch.setattr("assay.intake.collect.CLASS", ArchiveLimits(20_000, 100))
    found, refused, _ = taken(MAKERS[name]([HONEST, ("bob/data.csv", bytes(30_000)), ("bob/scratch.py", CODE)]), name)
    assert [one[0] for one in found] == ["alice"]
    text = f"{name}: unpacked, its archive has more than 20,000 bytes: what comes after bob/data.csv was not read"
    assert refused == [
        ("bob", "bob: none of its files is a module or a notebook: data.csv; hand in scratch.py or concise.py"),
        ("class", text),
    ]


def test_a_bomb_of_one_student_costs_no_other(taken):
    data = tarred([("data.csv", bytes(STUDENT.unpacked))])
    assert len(data) < 200_000
    found, refused, _ = taken(zipped([("bob.tgz", data), ("alice.zip", zipped([("scratch.py", CODE)]))]))
    assert [one[0] for one in found] == ["alice"]
    text = "bob.tgz: unpacked, its archive has more than 100,000,000 bytes: what comes after data.csv was not read"
    assert refused == [("bob", text)]


@every_kind
def test_too_many_members_are_refused(taken, name, monkeypatch):
    monkeypatch.setattr("assay.intake.collect.CLASS", ArchiveLimits(1_000_000, 10))
    refused = taken(MAKERS[name]([(f"{i}", b"") for i in range(11)]), name)[1]
    assert refused == [("class", f"{name}: it has more than 10 members")]


def test_a_list_of_members_that_is_too_long_is_not_read(taken, monkeypatch):
    monkeypatch.setattr("assay.intake.collect.CLASS", ArchiveLimits(1_000_000, 10))
    refused = taken(zipped([(f"{i}" * 1500, b"") for i in range(2)]))[1]
    assert refused == [("class", "class.zip: its list of members, or a name in it, has more than 2,000 bytes")]


def test_a_name_that_is_too_long_for_memory_is_not_read(taken):
    refused = taken(tarred([("a" * MAX_BYTES + "b", b"")]), "class.tgz")[1]
    assert refused == [("class", "class.tgz: its list of members, or a name in it, has more than 10,000,001 bytes")]


def test_names_as_deep_as_can_be_make_no_deep_tree(taken):
    assert taken(zipped([HONEST, ("d/" * 30_000 + "scratch.py", CODE)])) == (
        [ALICE],
        [
            (
                "d",
                "d: no files were found in it: folders are searched 6 levels deep, and files of tools, such as .pyc, do not count",
            )
        ],
        [],
    )


def test_members_that_share_their_bytes_are_refused(taken):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("alice/scratch.py", CODE)
        archive.writestr("bob/scratch.py", CODE)
        archive.infolist()[1].header_offset = 0
    assert taken(data.getvalue())[1] == [("class", "class.zip: its members overlap, as in a zip bomb")]


def test_a_members_size_that_leads_back_does_not_lead_in_circles(taken):
    data = bytearray(tarred([HONEST, ("bob/a.txt", CODE)], "w", tarfile.GNU_FORMAT))
    header = data[1024:1536]
    header[124:136] = (2**96 - 1024).to_bytes(12, "big")
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    data[1024:1536] = header
    found, refused, _ = taken(bytes(data), "class.tar")
    assert [one[0] for one in found] == ["alice"]
    damage = "class.tar: it is damaged after bob/a.txt: the members after that were not read"
    assert refused == [
        ("bob", "bob: none of its files is a module or a notebook: a.txt; hand in scratch.py or concise.py"),
        ("class", damage),
    ]
