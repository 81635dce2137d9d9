"""A submission cannot read the course, write outside its scratch folder or run programs."""

from __future__ import annotations

import ast
import ctypes
import importlib
import os
import shutil
import time
from pathlib import Path

import pytest
from walls import machines, tell

from assay.promises import Broken, Kept

OUT_OF_REACH = {"EACCES", "ENOENT"}
"""Landlock's answer, and that of a root folder in which there is no such name."""


def test_it_cannot_read_the_course(wall):
    assert wall.submission(wall.secret.read_text).text in OUT_OF_REACH


def test_a_check_cannot_read_the_course(wall):
    assert wall.check(wall.secret.read_text).text in OUT_OF_REACH


MACHINE = (
    "/", "/etc", "/etc/passwd", "/etc/hostname", "/home", "/root", "/tmp", "/var", "/proc", "/proc/self/environ",
    "/sys", "/dev", "/dev/shm", "/proc/1/cmdline", "/proc/mounts", "/usr", os.path.expanduser("~"), __file__,
)  # fmt: skip


def _look(path):
    return os.listdir(path) if os.path.isdir(path) else Path(path).read_bytes()


def test_it_cannot_read_the_machine(wall):
    def look():
        return {tell(lambda path=path: _look(path)) for path in MACHINE}

    assert ast.literal_eval(wall.submission(look).text) <= OUT_OF_REACH


def test_names_sizes_and_dates_are_out_of_sight_where_the_machine_allows(wall):
    hidden = wall.machine.name in {"root", "user"}
    for path in (wall.secret, "/etc/passwd", "/proc/1", "/proc/self", os.path.dirname(__file__)):
        assert (wall.submission(lambda path=path: os.stat(path)).text == "ENOENT") == hidden, path


def test_it_cannot_list_the_course(wall):
    assert wall.submission(lambda: os.listdir(wall.secret.parent)).text in OUT_OF_REACH


CHANGES = {
    "write": lambda secret: secret.write_text("mine"),
    "append": lambda secret: os.open(secret, os.O_WRONLY | os.O_APPEND),
    "truncate_on_open": lambda secret: os.open(secret, os.O_RDONLY | os.O_TRUNC),
    "truncate": lambda secret: os.truncate(secret, 0),
    "remove": lambda secret: secret.unlink(),
    "move": lambda secret: secret.rename("mine"),
    "link": lambda secret: os.link(secret, "mine"),
    "symlink": lambda secret: Path("mine").symlink_to(secret),
    "create": lambda secret: (secret.parent / "new").write_text("mine"),
    "mkdir": lambda secret: (secret.parent / "new").mkdir(),
    "fifo": lambda secret: os.mkfifo(secret.parent / "new"),
    "xattr": lambda secret: os.setxattr(secret, "user.mine", b"1"),
}
IN_VAIN = {
    "chmod": lambda secret: secret.chmod(0o777),
    "chown": lambda secret: os.chown(secret, os.getuid(), os.getgid()),
    "utime": lambda secret: os.utime(secret, (0, 0)),
}
"""Answered with success: what is asked for does not happen."""


def test_it_cannot_change_anything_outside(wall):
    def change():
        changes = CHANGES | IN_VAIN
        return {name: tell(lambda change=change: change(wall.secret)) for name, change in changes.items()}

    before = wall.secret.stat()
    met = ast.literal_eval(wall.submission(change).text)
    assert set(met) == {*CHANGES, *IN_VAIN}
    assert {met.pop(name) for name in IN_VAIN} == {"None"}
    assert set(met.values()) <= {"EACCES", "EPERM", "EXDEV", "ENOENT"}
    after = wall.secret.stat()
    assert wall.secret.read_text() == "SECRET"
    assert os.listdir(wall.secret.parent) == ["reference.py"]
    assert (before.st_mode, before.st_uid, before.st_mtime) == (after.st_mode, after.st_uid, after.st_mtime)


def test_it_cannot_change_modes_owners_or_times_of_its_own_files(wall):
    def change():
        own = Path(f"own-{time.time_ns()}")  # another user may have made one before
        own.write_text("mine")
        before = own.stat()
        own.chmod(0o4777)
        with own.open() as file:
            os.fchmod(file.fileno(), 0o6777)
            os.fchown(file.fileno(), 0, 0)
        os.chmod(own, 0o2777, follow_symlinks=True)
        os.chown(own, 0, 0, follow_symlinks=False)
        os.utime(own, (0, 0))
        after = own.stat()
        same = [getattr(before, name) == getattr(after, name) for name in ("st_mode", "st_uid", "st_gid", "st_mtime")]
        return all(same)

    assert wall.submission(change).text == "True"
    assert wall.check(change).text == "True"


def test_it_can_copy_its_own_files(wall):
    def copy():
        Path("own").write_text("mine")
        shutil.copy("own", "copy")
        shutil.copy2("own", "exact")
        Path("folder").mkdir()
        shutil.move("copy", "folder/moved")
        shutil.copytree("folder", "tree")
        return Path("tree/moved").read_text() + Path("exact").read_text()

    assert wall.submission(copy).text == "minemine"


def test_a_link_that_leads_out_is_no_way(wall):
    link = wall.place / "course" / "link"

    def follow():
        return Path(link).read_text()

    link.symlink_to(wall.secret)
    assert wall.submission(follow).text in OUT_OF_REACH


def test_a_folder_opened_before_is_no_way(wall):
    folder = os.open(wall.secret.parent, os.O_RDONLY)
    assert wall.submission(lambda: os.open("reference.py", os.O_RDONLY, dir_fd=folder)).text == "EBADF"
    os.close(folder)


def test_a_file_handle_is_no_way(wall):
    libc = ctypes.CDLL(None, use_errno=True)
    handle = ctypes.create_string_buffer(256)

    def by_handle():
        if libc.name_to_handle_at(-100, os.fsencode(wall.secret), handle, ctypes.byref(ctypes.c_int()), 0):
            raise OSError(ctypes.get_errno(), "")
        return "named"

    assert wall.submission(by_handle).text == "EPERM"


@pytest.mark.parametrize("program", ["/bin/true", "/usr/bin/env"])
def test_it_cannot_run_programs(wall, program):
    assert wall.submission(lambda: os.execv(program, [program])).text == "EPERM"
    assert wall.submission(lambda: os.posix_spawn(program, [program], {})).text == "EPERM"


def test_it_can_use_its_scratch_folder(wall):
    def use():
        Path("a").mkdir()
        Path("a/b").write_text("text")
        Path("a/b").rename("c")
        with open("c", "r+") as file:
            file.truncate(2)
        text = Path("c").read_text()
        Path("c").unlink()
        Path("a").rmdir()
        return text + str(os.listdir(wall.scratch))

    assert wall.submission(use).text == "te[]"


def test_it_can_read_what_python_needs(wall):
    assert int(wall.submission(lambda: len(os.listdir("/usr/lib"))).text) > 1
    assert wall.submission(lambda: Path("/dev/null").write_text("x")).text == "1"
    assert wall.submission(lambda: len(open("/dev/urandom", "rb").read(4))).text == "4"


def test_it_can_still_import_and_load_libraries(wall):
    def load():
        return importlib.import_module("wave").__name__, ctypes.CDLL("libm.so.6").abs(-3)

    # An ordinary user may be kept out where this Python lives, with a wall or without.
    closed = [path for path in Path(os.__file__).resolve().parents if not path.stat().st_mode & 0o001]
    reached = wall.machine.root or not closed
    assert wall.submission(load).text == ("('wave', 3)" if reached else "ModuleNotFoundError")


def test_its_scratch_folder_is_deleted_with_its_disk(wall):
    outcome = wall.submission(lambda: Path("mine").write_text("x"))
    assert outcome.text == "1"
    kept = isinstance(outcome.report["disk"], Kept)
    assert os.listdir(wall.scratch) == ([] if kept else ["mine"])


def test_it_cannot_fill_more_than_its_disk(wall):
    def fill():
        for number in range(3):
            Path(str(number)).write_bytes(b"0" * 2**19)

    outcome = wall.submission(fill)
    kept = isinstance(outcome.report["disk"], Kept)
    assert outcome.text == ("ENOSPC" if kept else "None")
    assert kept == (wall.machine.name in {"root", "user", "root-without-cell"})


@machines("without-landlock", "root-without-landlock")
def test_without_landlock_it_sees_its_own_root_folder_only(wall):
    assert wall.submission(wall.secret.read_text).text == "ENOENT"
    assert wall.submission(lambda: Path("/etc/passwd").read_text()).text == "ENOENT"
    assert wall.submission(lambda: os.listdir("/proc")).text == "ENOENT"
    assert wall.submission(lambda: os.listdir("../../../../../home")).text == "ENOENT"
    assert wall.submission(lambda: Path("mine").write_text("x")).text == "1"
    assert wall.submission(lambda: os.chroot("/")).text == "EPERM"


@machines("without-landlock", "root-without-landlock")
def test_without_landlock_it_cannot_write_to_its_own_root_folder(wall):
    for path in ("/new", "/usr/new", "/dev/new", "/etc/new", wall.place / "new"):
        assert wall.submission(lambda path=path: os.mkdir(path)).text == "EACCES", path
    for path in ("/usr/lib/new", os.path.dirname(os.__file__) + "/new"):
        assert wall.submission(lambda path=path: os.mkdir(path)).text in {"EROFS", "ENOENT", "EACCES"}, path


@machines("root", "user")
def test_a_disk_of_a_size_that_cannot_be_is_told_and_the_folder_serves(wall):
    wall.disk = {"size": 2**20, "files": "many"}
    outcome = wall.submission(lambda: Path("mine").write_text("x"))
    assert outcome.text == "1"
    assert outcome.report["disk"] == Broken("the scratch folder is on the machine's disk")
    assert isinstance(outcome.report["files"], Kept)
