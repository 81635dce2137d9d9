"""The command, in its own process or in this one."""

import contextlib
import io
import os
import signal
import subprocess
import sys

from assay.command.main import main

__all__ = ["RIGHT", "UNPROTECTED", "WRONG", "assay", "run_here"]

RIGHT = """
def squared_loss(y_hat, y): return ((y_hat - y.reshape(y_hat.shape)) ** 2).mean() / 2
def scaled(x, factor=2.0): return x * factor
"""
WRONG = RIGHT.replace("x * factor", "x + factor")

UNPROTECTED = """
import os, sys
from assay.guest.lockdown import seccomp
from assay.guest.lockdown.syscalls import call
call("prctl", 38, 1, 0, 0, 0)
denied = dict.fromkeys(("landlock_create_ruleset", "unshare", "mount"), seccomp.deny(38))
seccomp.install(seccomp.program(seccomp.assemble(denied, seccomp.ALLOW)))
os.execv(sys.executable, [sys.executable, "-m", *sys.argv[1:]])
"""
"""Starts a module on a machine that keeps few promises: no Landlock, no namespaces, no mounts."""


def assay(*arguments, cwd):
    """Run the command; return its exit code, standard output and standard error."""
    command = [sys.executable, "-m", "assay", *map(str, arguments)]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, env=environment)
    return done.returncode, done.stdout, done.stderr


def run_here(executor, *arguments, cwd):
    """Do the same in this process, with warm workers."""
    output, errors = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n") for _ in range(2))
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        with contextlib.chdir(cwd), contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
            main.main([str(argument) for argument in arguments], prog_name="assay", obj=executor)
    except SystemExit as end:
        code = end.code
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    texts = []
    for stream in (output, errors):
        stream.flush()
        texts.append(stream.buffer.getvalue().decode())
    return code, *texts
