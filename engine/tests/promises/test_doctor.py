"""The doctor tries which promises this machine keeps, and says so."""

from __future__ import annotations

import json
import os
from pathlib import Path

import msgspec
from walls import Machine

from assay.guest import examine as examination
from assay.judge.machine import examine
from assay.promises import CORE, Broken, Kept, broken_core

PROMISES = {"files", "network", "processes", "descendants", "memory", "time", "process_count", "file_size", "disk",
            "output", "privileges"}  # fmt: skip


def test_it_names_every_promise():
    found = examine()
    assert set(found) == PROMISES
    assert broken_core(found) == []


def test_it_leaves_this_process_as_it_was():
    before = os.stat("/proc/self/ns/net").st_ino, os.getuid()
    examine()
    assert (os.stat("/proc/self/ns/net").st_ino, os.getuid()) == before


def _examined_on(machine):
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            machine.become()
            os.write(write_end, msgspec.json.encode(examine()))
        finally:
            os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as answer:
        text = answer.read()
    os.waitpid(pid, 0)
    return msgspec.convert(json.loads(text), dict[str, Kept | Broken])


def test_it_says_what_is_missing():
    machine = Machine("old", root=os.getuid() == 0, denied=("landlock_create_ruleset", "unshare"), error=38)
    found = _examined_on(machine)
    assert found["files"] == Broken("landlock_create_ruleset: ENOSYS")
    assert broken_core(found) == ["files", "processes"]


def test_it_says_that_it_was_ended():
    machine = Machine("unable", root=os.getuid() == 0, denied=("prctl",))
    assert _examined_on(machine) == dict.fromkeys(CORE, Broken("the examination ended early"))


def test_it_believes_what_it_tried(tmp_path):
    said = dict.fromkeys(PROMISES, Kept("magic")) | {"network": Broken("no seccomp")}
    found = examination.try_promises(said, tmp_path, Path.home(), os.getpid())
    assert found == said | {
        "files": Broken("the home folder could be listed"),
        "processes": Broken("the fork server could be signalled"),
        "memory": Broken("more could be taken"),
        "file_size": Broken("a larger file could be made"),
    }
