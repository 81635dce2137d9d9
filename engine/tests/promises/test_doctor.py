"""The doctor says what this machine keeps, having tried."""

from __future__ import annotations

import json
import os

from conftest import Machine

from assay import doctor
from assay.guest.lockdown import apply
from assay.wire.promises import CORE, broken

PROMISES = {"files", "network", "processes", "descendants", "memory", "time", "process_count", "file_size", "disk",
            "output", "privileges"}  # fmt: skip


def test_it_names_every_promise():
    found = doctor.examine()
    assert set(found) == PROMISES
    assert broken(found) == []


def test_it_leaves_this_process_as_it_was():
    before = os.stat("/proc/self/ns/net").st_ino, os.getuid()
    doctor.examine()
    assert (os.stat("/proc/self/ns/net").st_ino, os.getuid()) == before


def _examined_on(machine):
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            machine.become()
            os.environ["TMPDIR"] = "/tmp"
            os.write(write_end, json.dumps(doctor.examine()).encode())
        finally:
            os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as answer:
        text = answer.read()
    os.waitpid(pid, 0)
    return json.loads(text)


def test_it_says_what_is_missing():
    machine = Machine("old", root=os.getuid() == 0, denied=("landlock_create_ruleset", "unshare"), error=38)
    found = _examined_on(machine)
    assert found["files"] == "not kept: landlock_create_ruleset: ENOSYS"
    assert broken(found) == ["files", "processes"]


def test_it_says_that_it_was_ended(monkeypatch):
    monkeypatch.setattr(doctor, "_submit", lambda _folder, _fork_server: os._exit(3))
    assert doctor.examine() == dict.fromkeys(CORE, "not kept: the examination ended early")


def test_it_believes_what_it_tried(monkeypatch):
    report = dict.fromkeys(PROMISES, "by magic") | {"network": "not kept: no seccomp"}
    monkeypatch.setattr(apply, "lock_submission", lambda _scratch, _bounds: dict(report))
    found = doctor.examine()
    assert found["files"] == "not kept: the home folder could be listed"
    assert found["processes"] in {"not kept: the fork server could be signalled", "by magic"}
    assert found["network"] == "not kept: no seccomp"
    assert found["memory"] == "not kept: more could be taken"
