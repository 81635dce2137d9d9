"""The submission process: it locks itself down, imports the student's module, and forks for every check.

From the import on, nothing in this process can be trusted, not even the code of this file.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import torch

from assay.errors import WireError
from assay.guest import surroundings
from assay.guest.forbidden import forbid
from assay.guest.leftovers import find_leftovers, undo_leftovers
from assay.guest.loading import MAX_NOTES, load
from assay.guest.lockdown import apply, limits
from assay.guest.statements import LeftOut
from assay.guest.written_answers import defined, other_names, written_answers
from assay.promises import broken_core
from assay.wire import frames, messages
from assay.wire.messages import (
    IMPORTS_TOGETHER,
    Begin,
    CheckExited,
    Imported,
    LockedDown,
    Open,
    Raised,
    Reply,
    Request,
    Running,
    Setup,
)
from assay.wire.objects import ObjectTable, seed_everything
from assay.wire.values import encode, trusting_decoder

if TYPE_CHECKING:
    import socket
    from types import ModuleType

    from assay.guest.statements import LoadedModule

_renew_autograd = torch.autograd.Variable._execution_engine.is_checkpoint_valid  # noqa: SLF001
"""Asks torch's engine of gradients, which torch makes anew at the first use after a fork.

Two threads whose first use comes at once would both end the old engine, and crash. So it is asked before a student's
code can have threads. The question itself has no effect.
"""

_read_source = trusting_decoder(messages.SourceMessage)
_read_begin = trusting_decoder(Begin)
_read_request = trusting_decoder(Request)

_KERNEL_IMPORTS = IMPORTS_TOGETHER + 1
"""The kernel ends the process at this many times the limit of one statement, if the judge has not ended it before."""


def serve(sock: socket.socket, task: Open, library: ModuleType | None, scratch: Path, setup: Setup) -> NoReturn:
    """Lock down, import, and fork a check whenever the judge begins one; exit when the judge closes the line."""
    _renew_autograd()
    _silence()
    os.chdir(scratch)
    os.environ.update(dict.fromkeys(("HOME", "TMPDIR", "MPLCONFIGDIR"), str(scratch)))
    tempfile.tempdir = str(scratch)  # tempfile remembers the fork server's
    bounds = limits.Limits(memory=task.memory, cpu_seconds=_KERNEL_IMPORTS * task.import_seconds)
    hidden = [Path(setup.library_folder)] if setup.library else []
    isolation = apply.lock_submission(scratch, bounds, hidden)
    frames.send(sock, encode(LockedDown(isolation)))
    if broken_core(isolation, setup.waived):
        os._exit(0)  # the judge decides the same and reports it
    message = _read_source(frames.receive(sock, limit=frames.TASK_LIMIT))
    seed_everything(message.seed)
    ending = {"module": ".py", "notebook": ".ipynb"}[task.kind]
    file = surroundings.prepare(scratch, task.name + ending, message.source)

    def begin_part(number: int) -> LeftOut | None:
        if number in message.skip:
            return LeftOut(message.skip[number])
        if message.stop_at and number >= message.stop_at:
            reason = f"did not end within {IMPORTS_TOGETHER * task.import_seconds} s of processor time for all together"
            return LeftOut(reason, rest_runs=False, told=number > message.stop_at)
        frames.send(sock, encode(Running(number)))
        return None

    loaded = load(task.name, task.kind, message.source, begin_part, file)
    # The folder's name is drawn at random, and a grade is reproducible.
    notes = [note.replace(f"{scratch}/", "") for note in loaded.notes[:MAX_NOTES]]
    answers = written_answers(loaded.module)
    gc.freeze()  # a collection in a check would copy the pages of these objects
    found = defined(loaded.module, task.contract)
    others = other_names(loaded.module, task.contract)
    frames.send(sock, encode(Imported(found, notes, answers, find_leftovers(), others)))
    try:
        while True:
            line = frames.receive_socket(sock)
            begin = _read_begin(frames.receive(sock))
            pid = os.fork()
            if pid == 0:
                sock.close()
                _check(line, task, begin, loaded, library)
            line.close()
            _, status = os.waitpid(pid, 0)
            ended = (
                CheckExited(os.WTERMSIG(status), 0)
                if os.WIFSIGNALED(status)
                else CheckExited(0, os.WEXITSTATUS(status))
            )
            frames.send(sock, encode(ended))
    except WireError:
        os._exit(0)


def _check(line: socket.socket, task: Open, begin: Begin, loaded: LoadedModule, library: ModuleType | None) -> NoReturn:
    _renew_autograd()
    apply.lock_check()
    limits.bound_cpu(task.import_seconds)
    if library is not None:
        forbid(library, begin.forbidden)
    if begin.undo_leftovers:
        undo_leftovers()
    objects = ObjectTable(loaded.module, library, task.contract, begin.seed, loaded.files)
    try:
        while True:
            request = _read_request(frames.receive(line))
            limits.allow_cpu(task.call_seconds)
            reply = _encoded(objects.answer(request))
            line.settimeout(None)
            frames.send(line, reply)
    except frames.Hangup:
        os._exit(0)  # at once: torch takes longer to tidy up than a check takes to run


def _encoded(reply: Reply) -> bytes:
    try:
        data = encode(reply)
    except Exception as error:  # noqa: BLE001 - any failure of a student's value is an answer
        return encode(Raised(type(error).__name__, "the answer cannot be sent", []))
    if len(data) <= frames.LIMIT:
        return data
    text = f"the answer has {len(data)} bytes, over the limit of {frames.LIMIT}"
    return encode(Raised("ValueError", text, []))


def _silence() -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    os.close(null)
    sys.stdin = open(0, closefd=False, encoding="utf-8")  # noqa: SIM115 - lives as long as the process
