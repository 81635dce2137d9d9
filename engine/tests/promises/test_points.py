"""No attack gains a point, and none changes what a neighbour gets: each is graded between honest ones, for real.

All of them as whoever runs these tests, and some of each family as root, as an ordinary user and without namespaces.
"""

import os
import re
import shutil
import subprocess
import sys
from itertools import islice
from pathlib import Path

import msgspec
import pytest
from points import FAMILIES, WRONG
from small_course import RIGHT
from walls import EVERYDAY, MACHINES, by_night, open_folder

import assay
from assay.guest.lockdown.syscalls import call
from assay.model import Document

HERE = "here"
HONEST = ("a first one", "z last one")
ALL = {f"{family}: {name}": code for family, attacks in FAMILIES.items() for name, code in attacks.items()}
SOME = {f"{family}: {name}" for family, attacks in FAMILIES.items() for name in islice(attacks, 3)}
ELSEWHERE = ("root", "user", "root-in-a-container", "user-without-namespaces")
ATTACKS = [(HERE, name) for name in ALL] + [
    pytest.param(machine, name, marks=() if machine in EVERYDAY else pytest.mark.nightly)
    for machine in ELSEWHERE
    for name in sorted(SOME)
]

pytestmark = pytest.mark.serial

CHECK_SECONDS = 2 * 2 + 5 + 2
"""The course's two seconds of processor time a call, as the deadline outside counts them, and two seconds more."""

_NEW_MOUNTS, _BIND, _RECURSIVE, _PRIVATE = 0x20000, 1 << 12, 1 << 14, 1 << 18


@pytest.fixture(scope="module")
def reports(course_root):
    """Return the reports of a machine, all of it graded in one run."""
    graded = {}

    def on(machine):
        if machine not in graded:
            names = ALL if machine == HERE else SOME
            with open_folder() as place:
                course = shutil.copytree(course_root, place / "course")
                course.chmod(0o755)
                for name in (*HONEST, *names):
                    attack = "" if name in HONEST else WRONG + ALL[name]
                    (place / "class" / name).mkdir(parents=True)
                    text = RIGHT + attack.replace("COURSE", str(course)).replace("CLASS", str(place / "class"))
                    (place / "class" / name / "basics.py").write_text(text)
                found = _graded(machine, course, place / "class")
            graded[machine] = {report.submission.name: report for report in found}
            assert set(graded[machine]) == {*HONEST, *names}
        return graded[machine]

    return on


def _graded(machine, course, folder):
    written = folder / "reports.json"
    written.touch()
    written.chmod(0o666)
    command = [sys.executable, "-m", "assay", "grade", str(folder), "--json", str(written), "--seed", "1"]
    done = subprocess.run(
        command, cwd=course, preexec_fn=lambda: _become(machine), capture_output=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr.decode()
    return msgspec.json.decode(written.read_bytes(), type=Document).reports


def _become(machine):
    if machine == HERE:
        return
    chosen = MACHINES[machine]
    if not chosen.root and os.getuid() == 0:
        _show_python()
    chosen.become()


def _show_python():
    """Put Python and the engine within an ordinary user's reach, where folders above them are root's alone."""
    entries = {}
    for needed in (sys.prefix, os.path.realpath(sys.executable), assay.__file__):
        for folder in reversed(Path(needed).parents):
            if not folder.stat().st_mode & 0o001:
                entries.setdefault(folder, set()).add(folder / Path(needed).relative_to(folder).parts[0])
    call("unshare", _NEW_MOUNTS)
    call("mount", 0, b"/", 0, _RECURSIVE | _PRIVATE, 0)
    for folder in sorted(entries):  # one that lies above another comes first
        opened = {entry: os.open(entry, os.O_PATH) for entry in entries[folder]}
        call("mount", b"open", os.fsencode(folder), b"tmpfs", 0, b"mode=0755")
        for entry, descriptor in opened.items():
            entry.mkdir()
            call("mount", f"/proc/self/fd/{descriptor}".encode(), os.fsencode(entry), 0, _BIND | _RECURSIVE, 0)
            os.close(descriptor)


def checks(report):
    return {check.id: check for exercise in report.exercises for check in exercise.checks}


@pytest.mark.parametrize(("machine", "name"), ATTACKS)
def test_no_attack_gains_a_point(reports, machine, name):
    report = reports(machine)[name]
    assert report.status == "graded"
    for check in ("scaled", "factor"):
        assert checks(report)[check].status not in {"passed", "ungraded"}
        assert checks(report)[check].score == 0


@pytest.mark.parametrize(("machine", "name"), ATTACKS)
def test_every_attack_is_answered_with_a_sentence_and_no_traceback(reports, machine, name):
    message = checks(reports(machine)[name])["scaled"].message
    assert message is not None
    said = " ".join(filter(None, [message.input, message.yours, message.expected, message.help]))
    assert said
    assert not re.search(r"Traceback|engine/src|assay/(host|guest|wire)", said)


@pytest.mark.parametrize(("machine", "name"), ATTACKS)
def test_every_attack_ends_within_its_limits_and_two_seconds(reports, machine, name):
    assert max(check.duration for check in checks(reports(machine)[name]).values()) < CHECK_SECONDS


@pytest.mark.parametrize("machine", [HERE, *by_night(ELSEWHERE)])
@pytest.mark.parametrize("name", HONEST)
def test_no_attack_changes_the_verdicts_of_another_submission(reports, machine, name):
    assert {check.status for check in checks(reports(machine)[name]).values()} == {"passed"}


def test_an_answer_above_the_size_limit_ends_the_check(reports):
    message = checks(reports(HERE)["values: an answer over the limit"])["scaled"].message
    assert message.yours.startswith("raised ValueError: the answer has 4200")
