"""The examination of this machine: which promises of the sandbox it keeps, as a process like a guest finds out."""

from __future__ import annotations

import os
import subprocess
import sys

import msgspec

from assay.host.environment import guest_environment
from assay.promises import CORE, Broken, Isolation


def examine() -> Isolation:
    """Lock a process down on this machine, and return the state of every promise as that process found it."""
    done = subprocess.run(
        # The environment is a guest's, and so is the answer to every question about this machine.
        [sys.executable, "-P", "-m", "assay.guest.examine", os.path.expanduser("~")],  # noqa: PTH111 - never raises
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=guest_environment(),
        check=False,
    )
    try:
        return msgspec.json.decode(done.stdout, type=Isolation)
    except msgspec.MsgspecError:
        return dict.fromkeys(CORE, Broken("the examination ended early"))
