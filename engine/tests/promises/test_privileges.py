"""A submission has no privileges beyond an unprivileged user's, and gets none."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os

import pytest
from walls import tell

from assay.guest.lockdown.syscalls import MACHINE

DENIED = {
    # on x86_64, on aarch64
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "chroot": (161, 51), "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430),
    "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "io_setup": (206, 0), "keyctl": (250, 219),
    "add_key": (248, 217), "request_key": (249, 218), "open_by_handle_at": (304, 265), "name_to_handle_at": (303, 264),
    "execve": (59, 221), "execveat": (322, 281), "memfd_create": (319, 279), "memfd_secret": (447, 447),
    "shmget": (29, 194), "msgget": (68, 186), "semget": (64, 190), "mq_open": (240, 180), "kexec_load": (246, 104),
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106), "reboot": (169, 142),
    "swapon": (167, 224), "swapoff": (168, 225), "acct": (163, 89), "quotactl": (179, 60), "quotactl_fd": (443, 443),
    "syslog": (103, 116), "settimeofday": (164, 170), "clock_settime": (227, 112), "clock_adjtime": (305, 266),
    "adjtimex": (159, 171), "sethostname": (170, 161), "setdomainname": (171, 162), "personality": (135, 92),
    "setuid": (105, 146), "setgid": (106, 144), "setreuid": (113, 145), "setresuid": (117, 147),
    "setgroups": (116, 159), "setfsuid": (122, 151), "capset": (126, 91), "setxattr": (188, 5),
    "fsetxattr": (190, 7), "setxattrat": (463, 463), "mknodat": (259, 33), "truncate": (76, 45),
    "setpriority": (141, 140), "ioprio_set": (251, 30), "sched_setscheduler": (144, 119),
    "sched_setaffinity": (203, 122), "migrate_pages": (256, 238), "move_pages": (279, 239),
    "process_madvise": (440, 440), "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424),
    "pidfd_getfd": (438, 438), "fanotify_init": (300, 262), "fanotify_mark": (301, 263), "inotify_init1": (294, 26),
    "inotify_add_watch": (254, 27), "vhangup": (153, 58), "socket": (41, 198),
    "connect": (42, 203), "bind": (49, 200), "listen": (50, 201), "accept": (43, 202), "accept4": (288, 242),
    "sendmmsg": (307, 269), "setsockopt": (54, 208), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
    "splice": (275, 76), "vmsplice": (278, 75), "tee": (276, 77), "sync": (162, 81), "openat2": (437, 437),
    "clone3": (435, 435), "landlock_create_ruleset": (444, 444), "unknown": (999, 999),
}  # fmt: skip
NUMBERS = {name: numbers[MACHINE == "aarch64"] for name, numbers in DENIED.items()}

_ENOSYS = {"memfd_create", "unknown"} | {name for name, number in NUMBERS.items() if number >= 424}


def _libc():
    return ctypes.CDLL(None, use_errno=True)


def test_it_can_make_only_the_system_calls_that_python_and_torch_need(wall):
    libc = _libc()

    def ask():
        met = {}
        for name, number in NUMBERS.items():
            libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, (-1, -1, -1, -1, -1, -1)))
            met[name] = errno.errorcode[ctypes.get_errno()]
        return sorted(set(met.items()) - _expected())

    assert wall.submission(ask).text == "[]"
    assert wall.check(ask).text == "[]"


def _expected():
    return {(name, "ENOSYS" if name in _ENOSYS else "EPERM") for name in NUMBERS}


NAMESPACES = {
    "mounts": 0x20000, "cgroups": 0x2000000, "uts": 0x4000000, "ipc": 0x8000000, "user": 0x10000000, "pids": 0x20000000,
    "network": 0x40000000, "parent": 0x8000, "tracer": 0x2000,
}  # fmt: skip


def test_it_cannot_start_a_process_elsewhere(wall):
    libc = _libc()
    number = {"x86_64": 56, "aarch64": 220}[MACHINE]

    def clone(flag):
        pid = libc.syscall(ctypes.c_long(number), ctypes.c_long(flag | 17), None, None, None, None)
        if pid == 0:
            os._exit(0)
        return errno.errorcode[ctypes.get_errno()] if pid < 0 else "started"

    found = wall.submission(lambda: {name: clone(flag) for name, flag in NAMESPACES.items()})
    assert found.text == str(dict.fromkeys(NAMESPACES, "EPERM"))


PRCTLS = {"dumpable": (4, 1), "subreaper": (36, 0), "ptracer": (0x59616D61, -1), "map": (35, 1), "death": (1, 0),
          "timer": (29, 1), "seccomp": (22, 2), "capabilities": (24, 1), "ambient": (47, 2)}  # fmt: skip


def test_it_cannot_change_what_it_is(wall):
    libc = _libc()

    def change(arguments):
        changed = libc.prctl(*map(ctypes.c_long, (*arguments, 0, 0, 0)))
        return errno.errorcode[ctypes.get_errno()] if changed < 0 else "changed"

    found = wall.submission(lambda: {name: change(arguments) for name, arguments in PRCTLS.items()})
    assert found.text == str(dict.fromkeys(PRCTLS, "EPERM"))


REQUESTS = {"sti": 0x5412, "linux": 0x541C, "async": 0x5452, "owner": 0x8901, "flags": 0x40086602}


def test_it_cannot_steer_a_terminal_or_a_file(wall):
    def ask():
        return {name: tell(lambda asked=asked: fcntl.ioctl(1, asked, b"x")) for name, asked in REQUESTS.items()}

    assert wall.submission(ask).text == str(dict.fromkeys(REQUESTS, "ENOTTY"))


def test_it_has_no_privileges(wall):
    def status(pid):
        with open(f"/proc/{pid}/status", encoding="utf-8") as file:
            found = dict(line.split(":\t", 1) for line in file.read().splitlines() if ":\t" in line)
        names = ("Uid", "Groups", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp")
        return " ".join(found[name].strip().split("\t")[0] for name in names).replace("  ", " ")

    found = wall.submission(lambda: None, outside=status).status.split()
    user, rights, walls = int(found[0]), [int(mask, 16) for mask in found[-7:-2]], found[-2:]
    searching = 4 if wall.machine.name in {"root-in-a-container", "root-without-cell"} else 0  # CAP_DAC_READ_SEARCH
    assert rights[:3] + rights[4:] == [0, searching, searching, 0]
    # The bounding set only says what running a program could give, which no_new_privs denies too.
    assert rights[3] == 0 or wall.machine.name == "user-without-namespaces"
    assert walls == ["1", "2"]
    if wall.machine.root:
        assert 0x70000000 <= user < 0x80000000
        assert len(found) == 8
    else:
        assert user == wall.user


def test_two_submissions_are_two_users(wall):
    users = {wall.submission(os.getuid).text for _ in range(2)}
    assert len(users) == (2 if wall.machine.root else 1)


def test_it_cannot_become_another_user(wall):
    assert wall.submission(lambda: os.setuid(0)).text == "EPERM"
    assert wall.submission(lambda: os.setgroups([0])).text == "EPERM"


def test_thirty_two_bit_calls_end_it(wall):
    if MACHINE != "x86_64":
        pytest.skip("there is no such way on this machine")
    import mmap

    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")  # mov eax, 20 (getpid); int 0x80; ret
    run = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
    assert wall.check(run).text == "SIGSYS"


def test_calls_of_the_x32_interface_are_denied(wall):
    libc = _libc()

    def ask():
        libc.syscall(ctypes.c_long(0x40000000 + 39))
        return errno.errorcode[ctypes.get_errno()]

    assert wall.submission(ask).text == "ENOSYS"
