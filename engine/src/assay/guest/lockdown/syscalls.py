"""System calls by name: their numbers on the two architectures that a guest runs on, and how to make a call.

The table is also the list of calls that a submission may use, because `seccomp` denies all others; so every name stands
under its reason. The kernel never changes the numbers.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
from typing import Any

MACHINE = platform.machine()
_COLUMN = {"x86_64": 0, "aarch64": 1}.get(MACHINE, 2)

# fmt: off
_PLAIN: dict[str, tuple[int | None, int | None]] = {
    # reading and writing open files
    "read": (0, 63), "write": (1, 64), "pread64": (17, 67), "pwrite64": (18, 68), "readv": (19, 65),
    "writev": (20, 66), "preadv": (295, 69), "pwritev": (296, 70), "preadv2": (327, 286), "pwritev2": (328, 287),
    "lseek": (8, 62), "close": (3, 57), "close_range": (436, 436), "dup": (32, 23), "dup2": (33, None),
    "dup3": (292, 24), "pipe": (22, None), "pipe2": (293, 59), "fsync": (74, 82), "fdatasync": (75, 83),
    "ftruncate": (77, 46), "fallocate": (285, 47), "fadvise64": (221, 223), "readahead": (187, 213),
    "sync_file_range": (277, 84), "sendfile": (40, 71), "copy_file_range": (326, 285), "flock": (73, 32),
    # names in the file system: Landlock says which
    "stat": (4, None), "lstat": (6, None), "fstat": (5, 80), "newfstatat": (262, 79), "statx": (332, 291),
    "access": (21, None), "faccessat": (269, 48), "faccessat2": (439, 439), "readlink": (89, None),
    "readlinkat": (267, 78), "statfs": (137, 43), "fstatfs": (138, 44), "getdents": (78, None),
    "getdents64": (217, 61), "getcwd": (79, 17), "chdir": (80, 49), "fchdir": (81, 50), "creat": (85, None),
    "mkdir": (83, None), "mkdirat": (258, 34), "rmdir": (84, None), "rename": (82, None), "renameat": (264, 38),
    "renameat2": (316, 276), "link": (86, None), "linkat": (265, 37), "symlink": (88, None), "symlinkat": (266, 36),
    "unlink": (87, None), "unlinkat": (263, 35), "umask": (95, 166),
    # memory
    "mmap": (9, 222), "munmap": (11, 215), "mprotect": (10, 226), "mremap": (25, 216), "brk": (12, 214),
    "madvise": (28, 233), "msync": (26, 227), "mincore": (27, 232), "pkey_mprotect": (329, 288),
    "pkey_alloc": (330, 289), "pkey_free": (331, 290), "map_shadow_stack": (453, 453), "mseal": (462, 462),
    "get_mempolicy": (239, 236), "membarrier": (324, 283),
    # threads
    "futex": (202, 98), "futex_waitv": (449, 449), "futex_wake": (454, 454), "futex_wait": (455, 455),
    "futex_requeue": (456, 456), "set_robust_list": (273, 99), "get_robust_list": (274, 100),
    "set_tid_address": (218, 96), "rseq": (334, 293), "gettid": (186, 178), "sched_yield": (24, 124),
    "arch_prctl": (158, None), "exit": (60, 93), "sched_getaffinity": (204, 123), "sched_getparam": (143, 121),
    "sched_getscheduler": (145, 120), "sched_get_priority_max": (146, 125), "sched_get_priority_min": (147, 126),
    "sched_rr_get_interval": (148, 127), "getcpu": (309, 168),
    # processes
    "fork": (57, None), "vfork": (58, None), "exit_group": (231, 94), "wait4": (61, 260), "waitid": (247, 95),
    "getpid": (39, 172), "getppid": (110, 173), "getpgrp": (111, None), "getpgid": (121, 155), "getsid": (124, 156),
    "setpgid": (109, 154), "setsid": (112, 157), "getpriority": (140, 141),
    # who and what it is
    "getuid": (102, 174), "geteuid": (107, 175), "getgid": (104, 176), "getegid": (108, 177), "getresuid": (118, 148),
    "getresgid": (120, 150), "getgroups": (115, 158), "capget": (125, 90), "uname": (63, 160), "sysinfo": (99, 179),
    "getrlimit": (97, 163), "setrlimit": (160, 164), "getrusage": (98, 165), "times": (100, 153),
    "getrandom": (318, 278),
    # waiting
    "poll": (7, None), "ppoll": (271, 73), "select": (23, None), "pselect6": (270, 72), "epoll_create": (213, None),
    "epoll_create1": (291, 20), "epoll_ctl": (233, 21), "epoll_wait": (232, None), "epoll_pwait": (281, 22),
    "epoll_pwait2": (441, 441), "eventfd": (284, None), "eventfd2": (290, 19), "signalfd": (282, None),
    "signalfd4": (289, 74), "pause": (34, None), "nanosleep": (35, 101), "clock_nanosleep": (230, 115),
    "restart_syscall": (219, 128),
    # time
    "time": (201, None), "gettimeofday": (96, 169), "clock_gettime": (228, 113), "clock_getres": (229, 114),
    "alarm": (37, None), "getitimer": (36, 102), "setitimer": (38, 103), "timer_create": (222, 107),
    "timer_settime": (223, 110), "timer_gettime": (224, 108), "timer_getoverrun": (225, 109),
    "timer_delete": (226, 111), "timerfd_create": (283, 85), "timerfd_settime": (286, 86),
    "timerfd_gettime": (287, 87),
    # signals of its own
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "rt_sigpending": (127, 136),
    "rt_sigtimedwait": (128, 137), "rt_sigsuspend": (130, 133), "sigaltstack": (131, 132),
    # the sockets that it was given
    "recvmsg": (47, 212), "recvfrom": (45, 207), "sendmsg": (46, 211), "shutdown": (48, 210),
    "getsockname": (51, 204), "getpeername": (52, 205), "getsockopt": (55, 209),
}
_WITH_CONDITIONS: dict[str, tuple[int | None, int | None]] = {
    # see `seccomp` for what their arguments may be
    "clone": (56, 220), "ioctl": (16, 29), "fcntl": (72, 25), "prctl": (157, 167), "open": (2, None),
    "openat": (257, 56), "sendto": (44, 206), "prlimit64": (302, 261), "seccomp": (317, 277), "kill": (62, 129),
    "tkill": (200, 130), "tgkill": (234, 131), "socketpair": (53, 199),
    # answered with success, and nothing happens
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452), "chown": (92, None),
    "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54), "utime": (132, None), "utimes": (235, None),
    "futimesat": (261, None), "utimensat": (280, 88),
    # answered as a file system does that has none
    "listxattr": (194, 11), "llistxattr": (195, 12), "flistxattr": (196, 13),
}
_OURS: dict[str, tuple[int | None, int | None]] = {
    # denied as if this kernel did not have them, so that the C library falls back
    "clone3": (435, 435), "memfd_create": (319, 279), "openat2": (437, 437),
    # needed by the lock-down itself
    "landlock_create_ruleset": (444, 444), "landlock_add_rule": (445, 445), "landlock_restrict_self": (446, 446),
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39), "capset": (126, 91),
    "pivot_root": (155, 41), "mount_setattr": (442, 442),
}
# fmt: on


def _here(table: dict[str, tuple[int | None, int | None]]) -> dict[str, int]:
    found = ((name, (*numbers, None)[_COLUMN]) for name, numbers in table.items())
    return {name: number for name, number in found if number is not None}


PLAIN = _here(_PLAIN)
"""Calls that are allowed with any arguments."""

NUMBERS = PLAIN | _here(_WITH_CONDITIONS) | _here(_OURS)
"""Every call that this package names; empty on a machine that is neither x86_64 nor aarch64."""

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def call(name: str, *arguments: int | bytes | ctypes.Structure | ctypes.Array[Any]) -> int:
    """Make a system call. Structures and arrays are passed by address, without any of Python's conversions.

    Raises OSError with the call's name; ENOSYS if this machine has no such call.
    """
    if name not in NUMBERS:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS), name)
    result: int = _libc.syscall(ctypes.c_long(NUMBERS[name]), *map(_word, arguments))
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), name)
    return result


def _word(argument: int | bytes | ctypes.Structure | ctypes.Array[Any]) -> Any:
    if isinstance(argument, int):
        return ctypes.c_long(argument)
    return argument if isinstance(argument, bytes) else ctypes.byref(argument)


def reason(error: OSError) -> str:
    """Return the call and the error's short name: `unshare: EPERM`."""
    return f"{error.filename}: {errno.errorcode.get(error.errno or 0, error.errno)}"
