"""The environment variables of a guest's processes."""

from __future__ import annotations

import os
import tempfile


def guest_environment() -> dict[str, str]:
    """Return a guest's whole environment; the instructor's, which holds tokens and paths, is not in it."""
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "TMPDIR": tempfile.gettempdir(),  # the run's own folder, below which the scratch folders lie
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "MPLBACKEND": "Agg",
        # No accelerator is visible: autograd would start threads for it, and would then refuse to work in a fork.
        "CUDA_VISIBLE_DEVICES": "",
        "HIP_VISIBLE_DEVICES": "",
        "ROCR_VISIBLE_DEVICES": "",
        "ZE_AFFINITY_MASK": "",
        # The heap lies on large pages: importing torch then takes fewer page faults.
        "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    }
