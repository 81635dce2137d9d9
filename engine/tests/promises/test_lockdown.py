"""The lock-down reports what holds. If a mechanism is missing, the report says so and the others hold without it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

from walls import MACHINES, machines

from assay.guest.lockdown import landlock, readable_paths
from assay.promises import CORE, Broken, Kept, broken_core

KEPT = {
    "memory": "1024 MiB more than torch, a process",
    "time": "20 s of processor time, a process",
    "process_count": "16 processes and threads",
    "file_size": "64 MiB, a file",
    "output": "its only lines lead to the judge, who reads so much and no more",
}
FORK_SERVER = "the fork server, which gets them and ends them"
OWN_DISK = "its own disk"
NO_DISK = Broken("the scratch folder is on the machine's disk")

OWN = {"network": "an empty network namespace, seccomp", "descendants": "a pid namespace", "disk": OWN_DISK}
"""On machines that allow namespaces."""
NONE = {"network": "seccomp", "descendants": FORK_SERVER, "disk": NO_DISK}
"""On machines that do not."""
IN_CELL = {
    "files": "its own root folder, Landlock {abi}, seccomp",
    "processes": "a pid namespace, its own root folder, Landlock {abi}, seccomp",
}
OUT_OF_CELL = {"files": "Landlock {abi}, seccomp", "processes": "Landlock {abi}, seccomp"}
NO_LANDLOCK = {
    "files": "its own root folder, seccomp",
    "processes": "a pid namespace, its own root folder, seccomp",
}
SECCOMP_ALONE = dict.fromkeys(("files", "processes"), Broken("landlock_create_ruleset: EPERM"))
RENAMED, SAME = ({"privileges": how} for how in ("no capabilities, its own user", "no capabilities"))

REPORTS = {
    "root": OWN | IN_CELL | RENAMED,
    "user": OWN | IN_CELL | SAME,
    "root-in-a-container": NONE | OUT_OF_CELL | RENAMED,
    "user-without-namespaces": NONE | OUT_OF_CELL | SAME,
    "root-without-cell": OWN | OUT_OF_CELL | RENAMED | {"processes": "a pid namespace, Landlock {abi}, seccomp"},
    "root-without-capabilities": NONE
    | OUT_OF_CELL
    | SAME
    | {"process_count": Broken("the kernel does not count root's processes")},
    "without-landlock": OWN | NO_LANDLOCK | SAME,
    "root-without-landlock": OWN | NO_LANDLOCK | RENAMED,
    "user-with-seccomp-alone": NONE | SECCOMP_ALONE | SAME,
    "root-with-seccomp-alone": NONE | SECCOMP_ALONE | RENAMED,
    "without-seccomp": OWN
    | SAME
    | {
        "files": Broken("seccomp: EINVAL"),
        "network": Broken("seccomp: EINVAL"),
        "processes": "a pid namespace, its own root folder, Landlock {abi}",
    },
}
NOT_KEPT = {
    "user-with-seccomp-alone": ["files", "processes"],
    "root-with-seccomp-alone": ["files", "processes"],
    "without-seccomp": ["files", "network"],
}


def _state(how):
    return how if isinstance(how, Broken) else Kept(how.format(abi=landlock.abi()))


@machines(*MACHINES)
def test_the_report_names_what_keeps_each_promise(wall):
    report = wall.submission(lambda: "ran").report
    expected = KEPT | REPORTS[wall.machine.name]
    assert report == {name: _state(how) for name, how in expected.items()}
    assert broken_core(report) == NOT_KEPT.get(wall.machine.name, [])


@machines(*MACHINES)
def test_a_missing_mechanism_does_not_weaken_the_others(wall):
    outcome = wall.check(lambda: "ran")
    assert (outcome.text, outcome.clean, outcome.signal) == ("ran", True, 0)


@machines("user-with-seccomp-alone", "root-with-seccomp-alone")
def test_without_landlock_there_is_still_no_network_and_no_program(wall):
    assert wall.submission(socket.socket).text == "EPERM"
    assert wall.submission(lambda: os.execv("/bin/true", ["true"])).text == "EPERM"
    before = wall.secret.stat().st_mode
    assert wall.submission(lambda: wall.secret.chmod(0o777)).text == "None"
    assert wall.secret.stat().st_mode == before


@machines("root-with-seccomp-alone")
def test_without_landlock_a_user_of_its_own_still_reads_nothing_of_ours(wall):
    wall.secret.chmod(0o600)
    assert wall.submission(wall.secret.read_text).text == "EACCES"
    assert wall.submission(lambda: os.listdir("/root")).text == "EACCES"


@machines("without-seccomp")
def test_without_seccomp_the_files_are_still_out_of_reach(wall):
    assert wall.submission(wall.secret.read_text).text == "ENOENT"
    assert wall.submission(lambda: wall.secret.write_text("mine")).text == "ENOENT"


@machines("root-without-capabilities")
def test_a_root_without_capabilities_locks_down_all_the_same(wall):
    assert wall.submission(wall.secret.read_text).text == "EACCES"
    assert wall.submission(socket.socket).text == "EPERM"
    assert wall.check(os.fork).text == "EPERM"


@machines("root", "user")
def test_a_place_that_can_be_read_all_the_same_breaks_the_promise(wall):
    wall.secret = wall.scratch
    report = wall.submission(lambda: "").report
    assert report["files"] == Broken(f"{wall.scratch} can be read")


def test_a_promise_that_was_given_up_by_name_is_not_missed():
    report = dict.fromkeys(CORE, Kept("somehow")) | {"files": Broken("no Landlock"), "time": Broken("no limit")}
    assert broken_core(report) == ["files", "time"]
    assert broken_core(report, ["files"]) == ["time"]


def test_a_promise_that_is_not_reported_is_not_kept():
    assert broken_core({}) == list(CORE)


def test_only_pythons_own_folders_can_be_read():
    assert not {"/", "/usr", "/home", "/etc", os.path.expanduser("~")} & set(map(str, readable_paths.READ))


def test_packages_of_another_environment_on_the_path_can_be_read(tmp_path):
    packages = tmp_path / "other" / "lib" / "site-packages"
    packages.mkdir(parents=True)
    script = "from assay.guest.lockdown import readable_paths; print(*readable_paths.READ, sep='\\n')"
    path = os.pathsep.join([str(packages), str(tmp_path), *sys.path])
    command = [sys.executable, "-c", script]
    found = subprocess.run(command, check=True, capture_output=True, text=True, env={"PYTHONPATH": path}).stdout
    assert [name for name in found.split() if name.startswith(str(tmp_path))] == [str(packages)]


def test_an_environment_inside_the_course_does_not_open_the_course(tmp_path):
    course = tmp_path / "course"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", course / ".venv"], check=True)
    script = "from assay.guest.lockdown import readable_paths; print(*readable_paths.READ, sep='\\n')"
    python = course / ".venv" / "bin" / "python"
    found = subprocess.run(
        [python, "-c", script],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
    ).stdout.split()
    inside = [path for path in found if path.startswith(str(course))]
    assert inside
    assert all(path.startswith(str(course / ".venv" / "lib")) for path in inside)
