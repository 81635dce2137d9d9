"""A full disk, a read-only one and FUSE: a sentence says so, and nothing that was stored is damaged."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent

FILL = """
from pathlib import Path
import sys
from entries import CONDITIONS, ORIGIN
from reports import check, exercise, report
from assay.errors import GradebookError
from assay.gradebook.store import open_gradebook

disk, other = Path(sys.argv[1]), Path(sys.argv[1]) / "other"
stored = 0
other.write_bytes(bytes(50_000))
try:
    with open_gradebook(disk / "grades.db", create=True) as book:
        for number in range(1000):
            many = exercise("1", "Losses", *(check(f"check {place}") for place in range(20)))
            book.add(report(f"{number:04}", (many,)), CONDITIONS, ORIGIN)
            stored += 1
except GradebookError as error:
    print(error)
other.unlink()  # some space is free again
with open_gradebook(disk / "grades.db") as book:
    found = [entry.report.submission.name for entry in book.current()]
    assert found == [f"{number:04}" for number in range(stored)], (stored, found)
    book.add(report("more"), CONDITIONS, ORIGIN)
print(stored > 5)
"""

READ = """
from pathlib import Path
import sys
from assay.errors import GradebookError
from assay.gradebook.store import open_gradebook

for options in ({"create": True}, {"run": True}):
    try:
        with open_gradebook(Path(sys.argv[1]) / "grades.db", **options) as book:
            book.decide("excuse", "bob", "basics", "")
    except GradebookError as error:
        print(error)
"""

MAKE = """
from pathlib import Path
import sys
from entries import CONDITIONS, ORIGIN
from reports import report
from assay.gradebook.opening import journal_note
from assay.gradebook.store import open_gradebook

path = Path(sys.argv[1]) / "grades.db"
print(journal_note(path))
with open_gradebook(path, create=True, run=True) as book:
    for number in range(20):
        book.add(report(f"{number:04}"), CONDITIONS, ORIGIN)
with open_gradebook(path) as book:
    print(len(list(book.current())), book._connection.execute("PRAGMA journal_mode").fetchone()[0])
print(*sorted(file.name for file in path.parent.iterdir()))
"""


def python_with(mount, code, folder, unmount="true"):
    """Run a mount command, and code with the folder, in a mount namespace of their own."""
    line = f'{mount} && "$0" -c "$1" "$2" && {unmount}'
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", line, sys.executable, code, str(folder)],
        capture_output=True, text=True, env={"PYTHONPATH": f"{HERE}:{HERE.parent / 'shared'}", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
    )  # fmt: skip
    if "unshare failed" in done.stderr:
        pytest.skip(f"this machine gives no mount namespace: {done.stderr.strip()}")
    assert done.stderr == ""
    return done.stdout


def test_a_full_disk_is_said_and_every_stored_report_is_there_when_some_space_is_free(tmp_path):
    said = python_with(f"mount -t tmpfs -o size=400k none {tmp_path}", FILL, tmp_path)
    assert said == (
        f"{tmp_path}/grades.db cannot be written: the disk is full. Everything stored before is safe: free some space, and run the same command\n"
        "True\n"
    )


@pytest.mark.parametrize("exists", [True, False])
def test_a_read_only_place_is_said(tmp_path, exists):
    if exists:
        (tmp_path / "grades.db").touch()
    mount = f"mount --bind {tmp_path} {tmp_path} && mount -o remount,ro,bind {tmp_path}"
    said = python_with(mount, READ, tmp_path).splitlines()
    path = f"{tmp_path}/grades.db"
    first = f"{path} cannot be written: the file or its folder is read-only"
    assert said == [
        first if exists else f"{path} cannot be opened: Read-only file system",
        f"{path} cannot be locked: Read-only file system",
    ]


def test_a_read_only_gradebook_with_reports_is_said_and_stays(tmp_path):
    said = python_with("true", MAKE, tmp_path)
    assert said == "None\n20 wal\ngrades.db\n"
    before = (tmp_path / "grades.db").read_bytes()
    mount = f"mount --bind {tmp_path} {tmp_path} && mount -o remount,ro,bind {tmp_path}"
    path = f"{tmp_path}/grades.db"
    assert python_with(mount, READ, tmp_path).splitlines() == [
        f"{path} cannot be opened: the file or its folder may be read-only, or of another user",
        f"{path} cannot be locked: Read-only file system",
    ]
    assert (tmp_path / "grades.db").read_bytes() == before


@pytest.mark.skipif(shutil.which("bindfs") is None, reason="bindfs is not installed")
@pytest.mark.nightly
def test_on_fuse_a_rollback_journal_is_used(tmp_path):
    (tmp_path / "below").mkdir()
    (tmp_path / "fuse").mkdir()
    said = python_with(f"bindfs {tmp_path}/below {tmp_path}/fuse", MAKE, tmp_path / "fuse", f"umount {tmp_path}/fuse")
    assert said == (
        f"{tmp_path}/fuse/grades.db lies on fuse, where SQLite's write-ahead log is unsafe: a rollback journal is used\n"
        "20 delete\ngrades.db\n"
    )
