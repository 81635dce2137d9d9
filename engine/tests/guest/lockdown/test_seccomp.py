"""The filter decides every call as the table says; run here by a machine of ten lines, on any argument."""

from __future__ import annotations

import errno
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.guest.lockdown import seccomp, syscalls
from assay.guest.lockdown.syscalls import MACHINE, NUMBERS, PLAIN

WORD = st.integers(0, 2**64 - 1)


def _decide(program, number, *arguments, machine=None):
    """Return what the kernel would return for a call; `program` as it is installed."""
    words = {0: number, 4: machine or seccomp._MACHINE_CODE[MACHINE]}
    for index, argument in enumerate(arguments):
        words |= {16 + 8 * index: argument % 2**32, 20 + 8 * index: argument >> 32}
    at = accumulator = 0
    while True:
        step = program.steps[at]
        at += 1
        match step.what:
            case seccomp._LOAD:
                accumulator = words.get(step.number, 0)
            case seccomp._MASK:
                accumulator &= step.number
            case seccomp._JUMP:
                at += step.number
            case seccomp._RETURN:
                return {0x7FFF0000: "allow", 0x80000000: "kill", 0x00050000: "nothing"}.get(
                    step.number
                ) or errno.errorcode[step.number & 0xFFFF]
            case seccomp._EQUAL:
                at += step.yes if accumulator == step.number else step.no
            case seccomp._AT_LEAST:
                at += step.yes if accumulator >= step.number else step.no
            case seccomp._ANY_BIT:
                at += step.yes if accumulator & step.number else step.no


SUBMISSION = seccomp.for_submission(signals=True)
UNSCOPED = seccomp.for_submission(signals=False)


def test_every_plain_call_is_allowed_and_every_unnamed_one_denied():
    conditional = {number for name, number in NUMBERS.items() if name not in PLAIN}
    for number in (*range(1000), 2**30, 2**31, 2**32 - 1):
        if number in conditional:
            continue
        expected = "allow" if number in PLAIN.values() else "EPERM" if number < 424 else "ENOSYS"
        assert _decide(SUBMISSION, number) == expected, number


@given(number=st.integers(0, 2**32 - 1), arguments=st.lists(WORD, min_size=6, max_size=6))
def test_another_machines_calls_end_the_process(number, arguments):
    assert _decide(SUBMISSION, number, *arguments, machine=0x40000003) == "kill"


@given(arguments=st.lists(WORD, min_size=6, max_size=6))
def test_sending_needs_no_address(arguments):
    allowed = arguments[4] == 0
    assert (_decide(SUBMISSION, NUMBERS["sendto"], *arguments) == "allow") == allowed


@pytest.mark.parametrize("address", [0, 1, 2**32, 2**63])
def test_an_address_in_either_half_is_an_address(address):
    assert (_decide(SUBMISSION, NUMBERS["sendto"], 3, 0, 0, 0, address) == "allow") == (address == 0)


@given(family=WORD, kind=WORD)
def test_a_pair_of_sockets_is_a_unix_stream(family, kind):
    allowed = family % 2**32 == 1 and kind & 0xF == 1
    assert (_decide(SUBMISSION, NUMBERS["socketpair"], family, kind) == "allow") == allowed


@given(
    arguments=st.lists(WORD, min_size=6, max_size=6), name=st.sampled_from([*seccomp._IN_VAIN, *seccomp._NO_ATTRIBUTES])
)
def test_modes_owners_and_times_are_answered_and_nothing_happens(arguments, name):
    if name in NUMBERS:
        expected = "nothing" if name in seccomp._IN_VAIN else "EOPNOTSUPP"
        assert _decide(SUBMISSION, NUMBERS[name], *arguments).replace("ENOTSUP", "EOPNOTSUPP") == expected


@given(flags=WORD)
def test_clone_gives_no_namespace(flags):
    escapes = flags & (0x7E020000 | 0x8000 | 0x2000)
    assert (_decide(SUBMISSION, NUMBERS["clone"], flags) == "allow") == (not escapes)


@given(flags=WORD)
def test_a_check_clones_threads_only(flags):
    thread = flags & 0x10000
    assert (_decide(seccomp.for_check(7), NUMBERS["clone"], flags) == "allow") == bool(thread)


@given(pid=st.integers(0, 2**32 - 1))
def test_a_check_signals_itself_only(pid):
    program = seccomp.for_check(4321)
    for name in ("kill", "tgkill"):
        assert (_decide(program, NUMBERS[name], pid, 9) == "allow") == (pid == 4321)
    assert _decide(program, NUMBERS["kill"], 4321, 9) == "allow"
    assert _decide(program, NUMBERS["tkill"], 4321, 9) == "EPERM"


def test_a_check_of_another_number_is_another_program():
    assert _decide(seccomp.for_check(1), NUMBERS["kill"], 1) == "allow"
    assert _decide(seccomp.for_check(2), NUMBERS["kill"], 1) == "EPERM"


@pytest.mark.parametrize("name", ["kill", "tkill", "tgkill"])
def test_where_signals_may_leave_none_is_sent(name):
    assert _decide(SUBMISSION, NUMBERS[name], 1, 9) == "allow"
    assert _decide(UNSCOPED, NUMBERS[name], 1, 9) == "EPERM"


@given(option=st.one_of(st.sampled_from(seccomp._PRCTL), st.integers(0, 100)), second=st.integers(0, 20))
def test_prctl_only_asks(option, second):
    allowed = option in seccomp._PRCTL or (option == 1 and second == 9)
    assert (_decide(SUBMISSION, NUMBERS["prctl"], option, second) == "allow") == allowed


@given(request=st.one_of(st.sampled_from(seccomp._IOCTL), st.integers(0, 2**32 - 1)))
def test_ioctl_knows_six_requests(request):
    expected = "allow" if request in seccomp._IOCTL else "ENOTTY"
    assert _decide(SUBMISSION, NUMBERS["ioctl"], 3, request) == expected


@given(flags=st.integers(0, 2**24))
def test_nothing_is_emptied_by_reading(flags):
    emptied = flags & 0o1000 and flags & 3 in {0, 3}
    assert (_decide(SUBMISSION, NUMBERS["openat"], 3, 0, flags) == "allow") == (not emptied)


@given(operation=st.integers(0, 5), flags=st.integers(0, 40))
def test_more_filters_may_be_added_and_nothing_else(operation, flags):
    allowed = operation == 1 and flags == 0
    assert (_decide(SUBMISSION, NUMBERS["seccomp"], operation, flags) == "allow") == allowed


@given(
    names=st.lists(st.sampled_from(sorted(NUMBERS)), unique=True),
    number=st.one_of(st.sampled_from(sorted(NUMBERS.values())), st.integers(0, 500)),
)
def test_any_decisions_are_found_again(names, number):
    codes = {name: seccomp.deny(place + 1) for place, name in enumerate(names)}
    program = seccomp.program(seccomp.assemble(codes, seccomp.ALLOW))
    by_number = {
        NUMBERS[name]: errno.errorcode[place + 1] for place, name in enumerate(names) if place + 1 in errno.errorcode
    }
    if number in by_number or number not in {NUMBERS[name] for name in names}:
        assert _decide(program, number) == by_number.get(number, "allow")


@pytest.mark.parametrize(
    ("header", "column", "pattern"),
    [
        ("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", 0, r"#define __NR_(\w+) (\d+)"),
        ("/usr/include/asm-generic/unistd.h", 1, r"#define __NR(?:3264)?_(\w+) (\d+)"),
    ],
    ids=["x86_64", "aarch64"],
)
def test_the_numbers_are_the_kernels(header, column, pattern):
    if not Path(header).exists():
        pytest.skip(f"{header} is not installed")
    kernel = {name: int(number) for name, number in re.findall(pattern, Path(header).read_text(encoding="utf-8"))}
    kernel["newfstatat"] = kernel.get("newfstatat", kernel.get("fstatat"))
    since = {
        "fchmodat2": 452,
        "map_shadow_stack": 453,
        "futex_wake": 454,
        "futex_wait": 455,
        "futex_requeue": 456,
        "mseal": 462,
    }
    kernel = since | kernel  # later than some headers
    ours = syscalls._PLAIN | syscalls._WITH_CONDITIONS | syscalls._OURS
    # aarch64 has left out the old calls; `renameat` is in its table though not in every one.
    assert {name: pair[column] for name, pair in ours.items()} == {name: kernel.get(name) for name in ours}


def test_a_call_that_this_machine_has_not_says_so():
    with pytest.raises(OSError, match="no_such_call") as failure:
        syscalls.call("no_such_call")
    assert syscalls.reason(failure.value) == "no_such_call: ENOSYS"
