"""A wall to run against: real processes, as several users, on machines that allow more and less.

`wall` is a fork server, a submission process behind the whole lock-down and, if wanted, a check's process. It runs a
test's task there, and returns the task's text or the name of its error.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import tempfile
import traceback
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from assay.guest import processes
from assay.guest.lockdown import apply, limits, namespaces, privileges, scratch, seccomp
from assay.guest.lockdown.syscalls import call
from assay.promises import Isolation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

ORDINARY = 54321
"""A user id that nobody has."""

_CAP_SYS_ADMIN = 1 << 21


@dataclass(frozen=True)
class Machine:
    """The user that grades there, its capabilities, and the calls that its kernel denies."""

    name: str
    root: bool
    capabilities: int = -1
    denied: tuple[str, ...] = ()
    error: int = errno.EPERM

    def become(self) -> None:
        """Turn this process into one that grades there."""
        if not self.root and os.getuid() == 0:
            os.setgroups([])
            os.setresgid(ORDINARY, ORDINARY, ORDINARY)
            os.setresuid(ORDINARY, ORDINARY, ORDINARY)
            call("prctl", 4, 1, 0, 0, 0)  # its /proc again, as after an exec
        if self.denied:
            call("prctl", 38, 1, 0, 0, 0)
            denial = seccomp.deny(self.error)
            seccomp.install(seccomp.program(seccomp.assemble(dict.fromkeys(self.denied, denial), seccomp.ALLOW)))
        if self.capabilities != -1:
            for number in range(64):
                if not self.capabilities >> number & 1:
                    with contextlib.suppress(OSError):  # an unknown capability
                        call("prctl", 24, number, 0, 0, 0)  # nor may its programs have it
            sets = privileges._sets()
            for name in ("use", "may"):
                low, high = getattr(sets, f"{name}0"), getattr(sets, f"{name}1")
                setattr(sets, f"{name}0", low & self.capabilities)
                setattr(sets, f"{name}1", high & (self.capabilities >> 32))
            call("capset", privileges._Header(0x20080522, 0), sets)

    def run(self, work: Callable[[], object]) -> tuple[bytes, int]:
        """Run work in a process that grades there; return its answer as JSON, or its last words, and its wait status."""
        read_end, write_end = os.pipe()
        pid = _fork()
        if pid == 0:
            os.close(read_end)
            with _last_words(write_end):
                self.become()
                os.write(write_end, msgspec.json.encode(work()))
        os.close(write_end)
        with os.fdopen(read_end, "rb") as answer:
            words = answer.read()
        return words, os.waitpid(pid, 0)[1]


MACHINES = {
    machine.name: machine
    for machine in (
        Machine("root", root=True),
        Machine("user", root=False),
        Machine("root-in-a-container", root=True, capabilities=~_CAP_SYS_ADMIN),
        Machine("user-without-namespaces", root=False, denied=("unshare",)),
        Machine("root-without-cell", root=True, denied=("mount_setattr",), error=errno.ENOSYS),
        Machine("root-without-capabilities", root=True, capabilities=0),
        Machine("without-landlock", root=False, denied=("landlock_create_ruleset",), error=errno.EOPNOTSUPP),
        Machine("root-without-landlock", root=True, denied=("landlock_create_ruleset",), error=errno.ENOSYS),
        Machine("user-with-seccomp-alone", root=False, denied=("landlock_create_ruleset", "unshare")),
        Machine("root-with-seccomp-alone", root=True, denied=("landlock_create_ruleset", "unshare", "mount")),
        Machine("without-seccomp", root=False, denied=("seccomp",), error=errno.EINVAL),
    )
}
WHOLE = tuple(MACHINES)[:5]
"""The machines that keep every core promise."""

EVERYDAY = WHOLE[:2]
"""Those that people have; the others are for the night."""


@dataclass
class Outcome:
    """The lock-down's report, the task's text or error, and how its process ended."""

    text: str = ""
    report: Isolation = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    signal: int = 0
    clean: bool = False
    status: str = ""


class Wall:
    """A machine with a course on it.

    Args:
        machine: which one.
        place: an empty folder that every user can reach.
    """

    def __init__(self, machine: Machine, place: Path) -> None:
        self.machine = machine
        self.place = place
        self.user = 0 if machine.root else os.getuid() or ORDINARY
        self.scratch = place / "scratch"
        self.secret = place / "course" / "reference.py"
        self.fork_server = 0
        self.bounds = limits.Limits(memory=2**30, cpu_seconds=20)
        self.disk = {"size": 2**20, "files": 64}
        self.secret.parent.mkdir()
        self.scratch.mkdir()
        self.secret.write_text("SECRET")
        for path in (place, self.scratch, self.secret.parent, self.secret):
            path.chmod(0o755)  # open to everybody, so that only the wall keeps it out
            os.chown(path, self.user, self.user)

    def submission(self, task: Callable[[], object], *, outside: Callable[[int], object] | None = None) -> Outcome:
        """Run a task in a submission process.

        Args:
            task: runs behind the wall and returns the outcome's text.
            outside: runs in the fork server meanwhile, with the process's id, and returns the outcome's status; the
                process stays until then.
        """
        return self._run(task, outside, check=False)

    def check(self, task: Callable[[], object]) -> Outcome:
        """Run a task in a check's process, forked by a submission's."""
        return self._run(task, None, check=True)

    def _run(self, task: Callable[[], object], outside: Callable[[int], object] | None, *, check: bool) -> Outcome:
        words, status = self.machine.run(lambda: self._serve(task, outside, check=check))
        if os.WIFSIGNALED(status):
            return Outcome(signal=os.WTERMSIG(status))
        try:
            return msgspec.json.decode(words, type=Outcome)
        except msgspec.MsgspecError:
            pytest.fail(f"the fork server failed: {words.decode()}")

    def _serve(self, task: Callable[[], object], outside: Callable[[int], object] | None, *, check: bool) -> Outcome:
        self.fork_server = os.getpid()
        outcome = Outcome(refused=namespaces.enter())
        read_end, write_end = os.pipe()
        waited, go = os.pipe()
        stayed, leave = os.pipe()
        with scratch.prepare(self.scratch, **self.disk):
            with namespaces.child_pid_namespace() as fork:
                pid = fork()
            if pid == 0:
                os.close(read_end)
                os.close(go)
                os.close(leave)
                with _last_words(write_end):
                    self._submit(write_end, waited, stayed, task, check=check)
            os.close(write_end)
            os.close(waited)
            os.close(stayed)
            with os.fdopen(read_end, "rb") as answer:
                outcome.report = msgspec.json.decode(answer.readline() or b"{}", type=Isolation)
                os.close(go)
                if outside is not None:
                    outcome.status = str(outside(pid))
                os.close(leave)
                # A descendant may hold the pipe open: kill it first, as after a check.
                os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
                outcome.clean = processes.kill_descendants(None, {pid})
                outcome.text = answer.read().decode()
            status = os.waitpid(pid, 0)[1]
            outcome.signal = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        return outcome

    def _submit(self, write_end: int, waited: int, stayed: int, task: Callable[[], object], *, check: bool) -> None:
        os.chdir(self.scratch)
        report = apply.lock_submission(self.scratch, self.bounds, [self.secret])
        os.write(write_end, msgspec.json.encode(report) + b"\n")
        os.read(waited, 1)
        if not check:
            text = tell(task)
            os.read(stayed, 1)
            os.write(write_end, text.encode())
            return
        pid = os.fork()
        if pid == 0:
            with _last_words(write_end):
                apply.lock_check()
                os.write(write_end, tell(task).encode())
        status = os.waitpid(pid, 0)[1]
        if os.WIFSIGNALED(status):
            os.write(write_end, signal.Signals(os.WTERMSIG(status)).name.encode())


def tell(task: Callable[[], object]) -> str:
    """Return the task's text, or the name of its error: the kernel's name if it has one."""
    try:
        return str(task())
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, type(error).__name__)
    except Exception as error:  # noqa: BLE001 - the test compares its name
        return type(error).__name__


def by_night(names: Iterable[str]) -> list[Any]:
    """Mark machines that few people have, so that the tests on them run at night."""
    return [name if name in EVERYDAY else pytest.param(name, marks=pytest.mark.nightly) for name in names]


@pytest.fixture(params=by_night(WHOLE))
def wall(request: pytest.FixtureRequest) -> Iterator[Wall]:
    """Return a wall on every machine that keeps the core promises, unless the test names others by `machines`."""
    machine = MACHINES[request.param]
    if machine.root and os.getuid() != 0:
        pytest.skip("this machine is root's, and these tests run as an ordinary user")
    with open_folder() as folder:
        yield Wall(machine, folder)


def machines(*names: str) -> Any:
    """Mark a test to run on these machines."""
    return pytest.mark.parametrize("wall", names, indirect=True)


@contextlib.contextmanager
def open_folder() -> Iterator[Path]:
    """Yield a folder that every user can reach; pytest's own are closed when another session begins."""
    with tempfile.TemporaryDirectory(prefix="promises-", ignore_cleanup_errors=True) as name:
        path = Path(name)
        path.chmod(0o755)
        yield path


@contextlib.contextmanager
def _last_words(write_end: int) -> Iterator[None]:
    try:
        yield
    except BaseException:  # noqa: BLE001 - a child of pytest must end here, with its traceback
        os.write(write_end, traceback.format_exc().encode())
    finally:
        os._exit(0)


def _fork() -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # torch's threads, which the child does not use
        return os.fork()
