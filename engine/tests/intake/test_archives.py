"""Archives of a class or of a student are read as their folders are, and a hostile one costs only its own student."""

import bz2
import gzip
import io
import os
import stat
import struct
import tarfile
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.intake.archives.nodes import ArchiveLimits
from assay.intake.archives.opening import STUDENT
from assay.intake.collect import take_in
from assay.intake.tree import MAX_BYTES

NAMES = ["scratch", "concise"]
CODE = b"x = 1\n"


def zipped(files, method=zipfile.ZIP_DEFLATED):
    """Makes a zip of (name or ZipInfo, content) pairs."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return data.getvalue()


def tarred(files, mode="w:gz", form=tarfile.PAX_FORMAT):
    """Makes a tar of (name or TarInfo, content) pairs."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode=mode, format=form) as archive:
        for name, content in files:
            info = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            if not isinstance(name, tarfile.TarInfo) or info.isreg():
                info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return data.getvalue()


def tar_info(name, kind, target=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def zip_info(name, mode=0, time=(2024, 1, 1, 0, 0, 0)):
    info = zipfile.ZipInfo(name, time)
    info.external_attr = mode << 16
    return info


MAKERS = {"class.zip": zipped, "class.tar.gz": tarred, "class.TGZ": tarred, "class.tar": lambda f: tarred(f, "w")}
every_kind = pytest.mark.parametrize("name", MAKERS)


@pytest.fixture
def taken(tmp_path):
    """Takes in an archive of these bytes; gives who handed in what, and why what was refused."""

    def take(data, name="class.zip"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
        os.chdir(tmp_path)
        intake = take_in([tmp_path / name.split("/")[0]], NAMES)
        return summary(intake, tmp_path)

    return take


def summary(intake, root):
    return (
        [(s.info.name, s.assignment, s.info.path.removeprefix(f"{root}/")) for s in intake.submissions],
        [(r.info.name, r.reason) for r in intake.refused],
        [str(path.relative_to(root)) for path in intake.empty],
    )


ALICE = ("alice", "scratch", "class.zip/alice/scratch.py")
BOB = ("bob", "scratch", "class.zip/bob/scratch.py")
HONEST = ("alice/scratch.py", CODE)


@every_kind
@pytest.mark.parametrize("wrapping", ["", "class/", "./"])
def test_an_archive_of_a_class_is_its_folder_wrapped_or_not(taken, name, wrapping):
    files = [(f"{wrapping}bob/scratch.py", CODE), (f"{wrapping}alice/concise.ipynb", b"{}"), ("README.md", b"")]
    inner = f"{name}/{wrapping.removeprefix('./')}"
    assert taken(MAKERS[name](files), name) == (
        [("alice", "concise", f"{inner}alice/concise.ipynb"), ("bob", "scratch", f"{inner}bob/scratch.py")],
        [],
        [],
    )


@every_kind
def test_flat_files_are_each_a_students_as_canvas_names_them(taken, name):
    files = [("doejane_123_456_scratch.py", CODE), ("roerick_LATE_124_457_concise-1.ipynb", b"{}")]
    assert taken(MAKERS[name](files), name)[0] == [
        ("doejane_123_456_scratch", "scratch", f"{name}/doejane_123_456_scratch.py"),
        ("roerick_LATE_124_457_concise-1", "concise", f"{name}/roerick_LATE_124_457_concise-1.ipynb"),
    ]


@every_kind
def test_an_archive_of_one_students_files_is_that_student(taken, name):
    found, refused, empty = taken(MAKERS[name]([("scratch.py", CODE), ("Concise.py", CODE)]), name)
    assert found == [("class", "scratch", f"{name}/scratch.py")]
    assert (refused, empty) == ([("class", "Concise.py: it must be called concise.py")], [])


def test_the_bytes_are_those_of_the_member(tmp_path):
    for name, make in MAKERS.items():
        (tmp_path / name).write_bytes(make([("scratch.py", CODE)]))
        (submission,) = take_in([tmp_path / name], NAMES).submissions
        assert submission.source == CODE


@every_kind
@pytest.mark.parametrize("inside", ["homework.zip", "homework.tar.gz"])
def test_a_students_folder_may_hold_an_archive_as_in_moodle(taken, name, inside):
    make = zipped if inside.endswith("zip") else tarred
    folder = "Jane Doe_123_assignsubmission_file_"
    files = [(f"{folder}/{inside}", make([("scratch.py", CODE)])), ("Roe/h.zip", zipped([("h/scratch.py", CODE)]))]
    assert taken(MAKERS[name](files), name) == (
        [(folder, "scratch", f"{name}/{folder}/{inside}/scratch.py"), ("Roe", "scratch", f"{name}/Roe/h.zip/h/scratch.py")],
        [],
        [],
    )  # fmt: skip


@every_kind
def test_what_moodle_has_from_a_students_page_is_no_student_where_there_are_files(taken, name):
    typed = "<p>My answers are in the file.</p>"
    files = [
        ("Jane Doe_123_assignsubmission_file/scratch.py", CODE),
        ("Jane Doe_123_assignsubmission_onlinetext/onlinetext.html", typed.encode()),
        ("Roe_124_assignsubmission_onlinetext/onlinetext.html", typed.encode()),
    ]
    found, refused, empty = taken(MAKERS[name](files), name)
    assert [one[0] for one in found] == ["Jane Doe_123_assignsubmission_file"]
    assert [one[0] for one in refused] == ["Roe_124_assignsubmission_onlinetext"]
    assert empty == [f"{name}/Jane Doe_123_assignsubmission_onlinetext"]


def test_in_a_folder_on_the_disk_archives_stand_for_students_too(taken, tmp_path):
    (tmp_path / "class" / "jane").mkdir(parents=True)
    (tmp_path / "class" / "jane" / "homework.zip").write_bytes(zipped([("scratch.py", CODE)]))
    found, *_ = taken(tarred([("work/scratch.py", CODE)]), "class/roe.tar.gz")
    assert found == [
        ("jane", "scratch", "class/jane/homework.zip/scratch.py"),
        ("roe", "scratch", "class/roe.tar.gz/work/scratch.py"),
    ]


@pytest.mark.parametrize("wrapping", ["", "class/"])
def test_archives_that_lie_flat_stand_for_their_students(taken, wrapping):
    inner = zipped([("scratch.py", CODE)])
    found, *_ = taken(zipped([(f"{wrapping}jane.zip", inner), (f"{wrapping}roe.zip", inner)]))
    assert [one[0] for one in found] == ["jane", "roe"]


def test_a_lone_folder_with_a_lone_archive_is_a_student(taken):
    assert taken(zipped([("jane/h.zip", zipped([("scratch.py", CODE)]))]))[0] == [
        ("jane", "scratch", "class.zip/jane/h.zip/scratch.py")
    ]


def test_an_archive_in_a_students_archive_is_not_opened(taken):
    inner = zipped([("inner.zip", zipped([("scratch.py", CODE)]))])
    found, refused, empty = taken(zipped([HONEST, ("bob/h.zip", inner)]))
    assert (found, empty) == ([ALICE], [])
    assert refused == [("bob", "inner.zip: it lies in a student's archive: archives in there are not opened")]


def test_an_archive_beside_files_is_not_opened_and_the_report_says_so(tmp_path):
    (tmp_path / "c.zip").write_bytes(zipped([HONEST, ("alice/data.zip", b"")]))
    (submission,) = take_in([tmp_path / "c.zip"], NAMES).submissions
    assert submission.notes == ("data.zip lies beside the files that were graded: it was not opened",)


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_of_a_module_and_a_notebook_in_an_archive_the_newer_counts(tmp_path, kind):
    for newer, older in (("scratch.py", "scratch.ipynb"), ("scratch.ipynb", "scratch.py")):
        if kind == "zip":
            data = zipped([(zip_info(newer, time=(2024, 2, 1, 0, 0, 2)), b""), (zip_info(older, time=(2024, 2, 1, 0, 0, 0)), b"")])  # fmt: skip
        else:
            first, second = tarfile.TarInfo(newer), tarfile.TarInfo(older)
            first.mtime, second.mtime = 200, 100
            data = tarred([(first, b""), (second, b"")])
        (tmp_path / f"a.{kind}{'.gz' * (kind == 'tar')}").write_bytes(data)
        (submission,) = take_in([tmp_path / f"a.{kind}{'.gz' * (kind == 'tar')}"], NAMES).submissions
        older_one = f"{older} lies beside {newer} and is older: it was not graded"
        assert submission.notes == ("the file is empty", older_one)


def test_what_macos_adds_is_no_submission(taken):
    junk = [("__MACOSX/alice/._scratch.py", b"x"), ("alice/._scratch.py", b"x"), ("._bob_scratch.py", b"x")]
    assert taken(zipped([HONEST, *junk])) == ([("alice", "scratch", "class.zip/alice/scratch.py")], [], [])


def test_an_archive_with_nothing_to_grade_is_said_to_be_empty(taken):
    assert taken(zipped([("readme.md", b"")])) == ([], [], ["class.zip"])


def test_an_archive_of_a_student_in_which_nothing_is_named_for_an_assignment_is_refused(taken):
    nothing = "h.zip: no file that is named for an assignment lies directly in it"
    unnamed = "h.zip: none of its files is named for an assignment: hw1.py; call it scratch.py or concise.py"
    for name, reason in (("a.txt", nothing), ("hw1.py", unnamed), ("work/hw1.py", unnamed)):
        inside = zipped([(name, b"x")])
        assert taken(zipped([HONEST, ("bob/h.zip", inside)])) == ([ALICE], [("bob", reason)], [])


# Names.

PATHS = ["../bob/scratch.py", "bob/../../scratch.py", "/bob/scratch.py", "C:/scratch.py", "c:scratch.py", "bob\\scratch.py"]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
@every_kind
def test_a_name_that_leads_elsewhere_is_not_read(taken, name, path):
    assert taken(MAKERS[name]([HONEST, (path, CODE)]), name) == (
        [("alice", "scratch", f"{name}/alice/scratch.py")],
        [("class", f"{name}: {path} is no path inside an archive: not read")],
        [],
    )


def test_many_such_names_are_one_sentence(taken):
    _, refused, empty = taken(zipped([(path, CODE) for path in PATHS]))
    assert refused == [("class", "class.zip: ../bob/scratch.py and 5 more are no paths inside an archive: not read")]
    assert empty == []


def test_a_zero_in_a_name_is_no_path(taken):
    data = zipped([HONEST, ("scratch.py#.txt", CODE)]).replace(b"scratch.py#", b"scratch.py\0")
    assert taken(data)[1] == [("class", "class.zip: scratch.py\\x00.txt is no path inside an archive: not read")]


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
    assert taken(data)[1] == [("class", "class.zip: it is no .zip archive, or it is damaged")]


# What is no file.


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_in_a_zip_are_refused(taken, kind):
    found, refused, _ = taken(zipped([HONEST, (zip_info("bob/scratch.py", kind | 0o777), "/etc/passwd")]))
    reason = "it is a link, and links are not followed" if kind == stat.S_IFLNK else "it is no regular file"
    assert (found, refused) == ([ALICE], [("bob", f"scratch.py: {reason}")])


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE])
@pytest.mark.parametrize("path", ["bob/scratch.py", "bob"])
def test_links_and_devices_in_a_tar_are_refused(taken, kind, path):
    found, refused, _ = taken(tarred([HONEST, (tar_info(path, kind, "alice/scratch.py"), b"")]), "class.tgz")
    reason = "it is no regular file"
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


# Bombs.

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
    assert refused == [("bob", "bob: no file that is named for an assignment lies directly in it"), ("class", text)]


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
        [("d", "d: no file that is named for an assignment lies directly in it")],
        [],
    )


def test_members_that_share_their_bytes_are_refused(taken):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("alice/scratch.py", CODE)
        archive.writestr("bob/scratch.py", CODE)
        archive.infolist()[1].header_offset = 0
    assert taken(data.getvalue())[1] == [
        ("class", "class.zip: its members lie over each other, which no honest archive's do")
    ]


def test_a_members_size_that_leads_back_does_not_lead_in_circles(taken):
    data = bytearray(tarred([HONEST, ("bob/a.txt", CODE)], "w", tarfile.GNU_FORMAT))
    header = data[1024:1536]
    header[124:136] = (2**96 - 1024).to_bytes(12, "big")
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    data[1024:1536] = header
    found, refused, _ = taken(bytes(data), "class.tar")
    assert [one[0] for one in found] == ["alice"]
    damage = "class.tar: it is damaged after bob/a.txt: what comes there was not read"
    assert refused == [("bob", "bob: no file that is named for an assignment lies directly in it"), ("class", damage)]


# What cannot be read.


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
        assert refused == [("class", f"{name}: it is no {ending} archive, or it is damaged")]


def test_an_archive_under_another_kinds_name_is_refused(taken):
    assert taken(tarred([HONEST]))[1] == [("class", "class.zip: it is no .zip archive, or it is damaged")]
    assert taken(zipped([HONEST]), "class.tgz")[1] == [("class", "class.tgz: it is no .tgz archive, or it is damaged")]


@pytest.mark.parametrize("name", ["class.rar", "class.7z", "class.tar.xz"])
def test_other_kinds_of_archives_are_refused(taken, name):
    reason = "archives of this kind are not opened: only .zip, .tar and .tar.gz are"
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
        assert refused == [*bob, ("class", f"{name}: it is damaged after {after}: what comes there was not read")]


def test_of_a_gzip_that_was_cut_off_what_came_before_counts(taken):
    data = tarred([HONEST, ("bob/scratch.py", os.urandom(200_000))])
    found, refused, _ = taken(data[:150_000], "class.tgz")
    assert [one[0] for one in found] == ["alice"]
    assert refused == [
        ("bob", "scratch.py: it could not be read to its end"),
        ("class", "class.tgz: it is damaged after bob/scratch.py: what comes there was not read"),
    ]


def test_a_students_archive_above_the_limit_of_a_file_is_not_opened(taken):
    assert taken(LARGE, "class/bob.zip")[1] == [
        ("bob", "bob.zip: it has 10,000,001 bytes, over the limit of 10,000,000")
    ]
    assert taken(b"hello", "class/bob.zip")[1] == [("bob", "bob.zip: it is no .zip archive, or it is damaged")]


WHOLE = {
    ".zip": zipped([HONEST, ("bob/h.zip", zipped([("scratch.py", CODE)])), (zip_info("l", stat.S_IFLNK), "x")]),
    ".tar": tarred([HONEST, ("bob/" + "h" * 120, CODE), (tar_info("l", tarfile.SYMTYPE, "x"), b"")], "w"),
}


@settings(max_examples=300, deadline=None, database=None)
@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_no_bytes_make_it_raise(tmp_path_factory, ending, data):
    content = bytearray(WHOLE[ending])
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / f"mutated{ending}"
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    intake = take_in([path], NAMES)
    assert intake.submissions or intake.refused or intake.empty


def test_nothing_is_written_to_the_disk(taken, tmp_path):
    taken(zipped([HONEST, ("../x.py", CODE), ("bob/h.zip", zipped([("scratch.py", CODE)]))]))
    assert os.listdir(tmp_path) == ["class.zip"]
