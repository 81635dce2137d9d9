"""Only plain paths inside an archive make nodes; a hostile one costs only its own student."""

import stat
import tarfile

import pytest
from archive_files import ALICE, CODE, HONEST, MAKERS, NAMES, every_kind, tar_info, tarred, zip_info, zipped

from assay.intake.collect import take_in

PATHS = ["../bob/scratch.py", "bob/../../scratch.py", "/bob/scratch.py", "C:/scratch.py", "c:scratch.py"]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
@every_kind
def test_a_name_that_leads_elsewhere_is_not_read(taken, name, path):
    assert taken(MAKERS[name]([HONEST, (path, CODE)]), name) == (
        [("alice", "scratch", f"{name}/alice/scratch.py")],
        [("class", f"{name}: {path} is not a path inside an archive: not read")],
        [],
    )


def test_in_a_zip_of_windows_a_backslash_is_between_folders(taken):
    assert taken(zipped([HONEST, ("bob\\hw\\scratch.py", CODE), ("..\\eve\\scratch.py", CODE)])) == (
        [ALICE, ("bob", "scratch", "class.zip/bob/hw/scratch.py")],
        [("class", "class.zip: ../eve/scratch.py is not a path inside an archive: not read")],
        [],
    )


def test_in_a_tar_a_backslash_is_no_path(taken):
    text = "class.tar: bob\\scratch.py is not a path inside an archive: not read"
    assert taken(tarred([HONEST, ("bob\\scratch.py", CODE)], "w"), "class.tar")[1] == [("class", text)]


def test_many_such_names_are_one_sentence(taken):
    _, refused, empty = taken(zipped([(path, CODE) for path in PATHS]))
    assert refused == [("class", "class.zip: ../bob/scratch.py and 4 more are not paths inside an archive: not read")]
    assert empty == []


def test_a_zero_in_a_name_is_no_path(taken):
    data = zipped([HONEST, ("scratch.py#.txt", CODE)]).replace(b"scratch.py#", b"scratch.py\0")
    assert taken(data)[1] == [("class", "class.zip: scratch.py\\x00.txt is not a path inside an archive: not read")]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@every_kind
def test_a_name_that_is_there_twice_is_refused(taken, name):
    found, refused, _ = taken(MAKERS[name]([HONEST, ("bob/scratch.py", b"1"), ("bob/scratch.py", b"2")]), name)
    assert [one[0] for one in found] == ["alice"]
    assert refused == [("bob", "scratch.py: it is in the archive twice")]


@pytest.mark.parametrize("order", [1, -1])
def test_a_name_that_is_a_file_and_a_folder_is_refused(taken, order):
    files = [("bob/scratch.py", CODE), ("bob/scratch.py/x.py", CODE)][::order]
    found, refused, _ = taken(zipped([HONEST, *files]))
    assert (found, refused) == ([ALICE], [("bob", "scratch.py: it is in the archive twice")])


def test_a_folder_named_like_a_file_is_refused(taken):
    assert taken(zipped([HONEST, ("bob/scratch.py/", b"")]))[1] == [("bob", "scratch.py: it is a folder")]


def test_names_of_a_tar_that_are_not_utf8_are_shown_with_the_replacement_character(taken):
    data = tarred([("al\udcffce/scratch.py", CODE), HONEST], "w", tarfile.GNU_FORMAT)
    assert taken(data, "class.tar")[0] == [
        ("alice", "scratch", "class.tar/alice/scratch.py"),
        ("al\N{REPLACEMENT CHARACTER}ce", "scratch", "class.tar/al\N{REPLACEMENT CHARACTER}ce/scratch.py"),
    ]


def test_names_of_a_zip_that_do_not_say_that_they_are_utf8_are_read_as_such_if_they_can_be(taken):
    data = zipped([("m__ller/scratch.py", CODE), ("m_ller/concise.py", CODE)])
    data = data.replace(b"m__ller", "müller".encode()).replace(b"m_ller", "müller".encode("cp437"))
    assert [one[:2] for one in taken(data)[0]] == [("müller", "scratch"), ("müller", "concise")]


def test_a_zip_whose_names_say_utf8_and_are_not_is_damaged(taken):
    data = zipped([("mü/scratch.py", CODE)]).replace("mü".encode(), b"m\xff\xff")
    assert taken(data)[1] == [("class", "class.zip: it is not a .zip archive, or it is damaged")]


# Members that are not files.


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_in_a_zip_are_refused(taken, kind):
    found, refused, _ = taken(zipped([HONEST, (zip_info("bob/scratch.py", kind | 0o777), "/etc/passwd")]))
    reason = "it is a link, and links are not followed" if kind == stat.S_IFLNK else "it is not a regular file"
    assert (found, refused) == ([ALICE], [("bob", f"scratch.py: {reason}")])


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE])
@pytest.mark.parametrize("path", ["bob/scratch.py", "bob"])
def test_links_and_devices_in_a_tar_are_refused(taken, kind, path):
    found, refused, _ = taken(tarred([HONEST, (tar_info(path, kind, "alice/scratch.py"), b"")]), "class.tgz")
    reason = "it is not a regular file"
    if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
        reason = "it is a link, and links are not followed"
    assert [one[0] for one in found] == ["alice"]
    assert refused == [("bob", f"{path.split('/')[-1]}: {reason}")]


def test_a_link_in_a_students_archive_is_refused_too(taken):
    _, refused, empty = taken(zipped([HONEST, ("bob.tgz", tarred([(tar_info("h", tarfile.SYMTYPE, "/"), b"")]))]))
    assert (refused, empty) == ([("bob", "h: it is a link, and links are not followed")], [])


def test_a_link_to_an_archive_is_not_followed(tmp_path):
    (tmp_path / "class").mkdir()
    (tmp_path / "real").write_bytes(zipped([HONEST]))
    (tmp_path / "class" / "c.zip").symlink_to(tmp_path / "real")
    for path in (tmp_path / "class", tmp_path / "class" / "c.zip"):
        (refused,) = take_in([path], NAMES).refused
        assert refused.reason == "c.zip: it is a link, and links are not followed"
