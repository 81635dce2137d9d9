"""The write-ahead log is used where SQLite can keep it, which the file system's type says."""

from pathlib import Path

import pytest

from assay.gradebook.filesystems import filesystem_of, is_shared

MOUNTS = r"""
22 1 254:0 / / rw,relatime - ext4 /dev/root rw
30 22 0:25 / /mnt/class rw shared:1 master:2 - nfs4 server:/class rw
31 22 0:26 / /mnt/a\040class rw - fuse.sshfs host: rw
32 30 0:27 / /mnt/class/local rw - xfs /dev/b rw
33 32 0:28 / /mnt/class/local rw - tmpfs none rw
""".strip()


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/home", "ext4"),
        ("/mnt/classes", "ext4"),
        ("/mnt/class/2026", "nfs4"),
        ("/mnt/a class", "fuse.sshfs"),
        ("/mnt/class/local/grades", "tmpfs"),
    ],
)
def test_the_deepest_and_latest_mount_around_a_folder_says_its_type(folder, kind):
    assert filesystem_of(Path(folder), MOUNTS) == kind


def test_the_type_of_a_folder_of_this_machine_is_known(tmp_path):
    assert filesystem_of(tmp_path)


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "fuse", "fuseblk", "fuse.sshfs", "9p", "lustre"])
def test_files_that_others_keep_are_no_place_for_a_write_ahead_log(kind):
    assert is_shared(kind)


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "tmpfs", "overlay", "zfs", ""])
def test_files_of_this_machine_are_a_place_for_it(kind):
    assert not is_shared(kind)
