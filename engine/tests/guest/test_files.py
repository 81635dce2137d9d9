"""Whatever the submission does: it cannot read the course, nor write outside its scratch folder, nor run programs."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

import pytest


def test_it_cannot_read_the_course(wall):
    assert wall.submission(wall.secret.read_text).text == "EACCES"


def test_a_check_cannot_read_the_course(wall):
    assert wall.check(wall.secret.read_text).text == "EACCES"


@pytest.mark.parametrize(
    "path",
    ["/", "/etc", "/etc/passwd", "/etc/hostname", "/home", "/root", "/tmp", "/var", "/proc", "/proc/self/environ", "/sys",
     "/dev", "/dev/shm", "/proc/1/cmdline", "/proc/mounts", os.path.expanduser("~"), __file__],
)  # fmt: skip
def test_it_cannot_read_the_machine(wall, path):
    def read():
        return os.listdir(path) if os.path.isdir(path) else Path(path).read_bytes()

    assert wall.submission(read).text in {"EACCES", "ENOENT"}


def test_it_cannot_list_the_course(wall):
    assert wall.submission(lambda: os.listdir(wall.secret.parent)).text == "EACCES"


@pytest.mark.parametrize(
    "change",
    [
        lambda secret: secret.write_text("mine"),
        lambda secret: os.open(secret, os.O_WRONLY | os.O_APPEND),
        lambda secret: os.open(secret, os.O_RDONLY | os.O_TRUNC),
        lambda secret: os.truncate(secret, 0),
        lambda secret: secret.unlink(),
        lambda secret: secret.rename("mine"),
        lambda secret: os.link(secret, "mine"),
        lambda secret: Path("mine").symlink_to(secret),
        lambda secret: (secret.parent / "new").write_text("mine"),
        lambda secret: (secret.parent / "new").mkdir(),
        lambda secret: os.mkfifo(secret.parent / "new"),
        lambda secret: secret.chmod(0o777),
        lambda secret: os.chown(secret, os.getuid(), os.getgid()),
        lambda secret: os.utime(secret, (0, 0)),
        lambda secret: os.setxattr(secret, "user.mine", b"1"),
    ],
    ids=[
        "write",
        "append",
        "truncate_on_open",
        "truncate",
        "remove",
        "move",
        "link",
        "symlink",
        "create",
        "mkdir",
        "fifo",
        "chmod",
        "chown",
        "utime",
        "xattr",
    ],
)
def test_it_cannot_change_anything_outside(wall, change):
    before = wall.secret.stat()
    assert wall.submission(lambda: change(wall.secret)).text in {"EACCES", "EPERM", "EXDEV"}
    after = wall.secret.stat()
    assert wall.secret.read_text() == "SECRET"
    assert os.listdir(wall.secret.parent) == ["reference.py"]
    assert (before.st_mode, before.st_uid, before.st_mtime) == (after.st_mode, after.st_uid, after.st_mtime)


def test_a_link_that_leads_out_is_no_way(wall):
    link = wall.place / "course" / "link"

    def follow():
        return Path(link).read_text()

    link.symlink_to(wall.secret)
    assert wall.submission(follow).text == "EACCES"


def test_a_folder_opened_before_is_no_way(wall):
    folder = os.open(wall.secret.parent, os.O_RDONLY)
    assert wall.submission(lambda: os.open("reference.py", os.O_RDONLY, dir_fd=folder)).text == "EACCES"
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


def test_its_scratch_folder_is_gone_with_its_disk(wall):
    outcome = wall.submission(lambda: Path("mine").write_text("x"))
    assert outcome.text == "1"
    kept = not outcome.report["disk"].startswith("not kept")
    assert os.listdir(wall.scratch) == ([] if kept else ["mine"])


def test_its_disk_is_full_in_time(wall):
    def fill():
        for number in range(3):
            Path(str(number)).write_bytes(b"0" * 2**19)

    outcome = wall.submission(fill)
    kept = not outcome.report["disk"].startswith("not kept")
    assert outcome.text == ("ENOSPC" if kept else "None")
    assert kept == (wall.machine.name in {"root", "user"})
