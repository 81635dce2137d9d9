"""The fixtures of a check; a plugin of every session that grades."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import pytest

from assay.course.contract import load_module
from assay.judge.state import STATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    import torch

    from assay.host.proxy import Proxy
    from assay.judge.speed import SpeedComparison
    from assay.judge.state import JudgeState, OpenGuest


@pytest.fixture(scope="session")
def judge_state(pytestconfig: pytest.Config) -> JudgeState:
    """Return the state of the session's judge."""
    return pytestconfig.stash[STATE]


@pytest.fixture(scope="session")
def guest(judge_state: JudgeState, request: pytest.FixtureRequest) -> Iterator[OpenGuest]:
    """Return the guest of one submission, open for all of its checks."""
    guest = judge_state.open_guest(request.param, request.config)
    yield guest
    guest.close()


@pytest.fixture
def measured(judge_state: JudgeState, guest: OpenGuest, request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return the values of the measurements that this check asks for."""
    from assay.judge.measurements import values_for  # noqa: PLC0415 - torch comes with it

    return values_for(judge_state, guest, request.node)


@pytest.fixture
def submission(
    judge_state: JudgeState,
    guest: OpenGuest,
    measured: dict[str, Any],  # noqa: ARG001 - measurements have the guest before the check does
    request: pytest.FixtureRequest,
) -> Iterator[Proxy]:
    """Return the submission, in this check's own process."""
    yield judge_state.open_check(guest, request.node)
    guest.end()


@pytest.fixture(scope="session")
def reference_guests(judge_state: JudgeState, request: pytest.FixtureRequest) -> Callable[[str], OpenGuest]:
    """Return what opens a reference as a guest equal to a submission's; for measuring speed only."""

    @functools.cache
    def opened(name: str) -> OpenGuest:
        guest = judge_state.open_reference_guest(name, request.config)
        request.addfinalizer(guest.close)
        return guest

    return opened


@pytest.fixture
def reference_guest(
    judge_state: JudgeState, reference_guests: Callable[[str], OpenGuest], request: pytest.FixtureRequest
) -> Iterator[Proxy]:
    """Return the reference in a guest equal to the submission's: speed is compared with it."""
    guest = reference_guests(request.path.parent.name)
    yield judge_state.open_check(guest, request.node)
    guest.end()


@pytest.fixture
def not_slower(
    guest: OpenGuest, reference_guests: Callable[[str], OpenGuest], request: pytest.FixtureRequest
) -> SpeedComparison:
    """Return what compares the submission's time with the reference's."""
    from assay.judge.speed import SpeedComparison  # noqa: PLC0415 - few checks measure

    return SpeedComparison(guest, reference_guests(request.path.parent.name))


@pytest.fixture
def reference(judge_state: JudgeState, request: pytest.FixtureRequest) -> ModuleType:
    """Return the model answers themselves, in the judge."""
    return load_module(judge_state.course.reference(request.path.parent.name))


@pytest.fixture
def seed(judge_state: JudgeState, request: pytest.FixtureRequest) -> int:
    """Return this check's seed, which follows from the course's and from the check's name."""
    return judge_state.check_seed(request.node)


@pytest.fixture
def rng(seed: int) -> torch.Generator:
    """Return this check's own generator."""
    import torch  # noqa: PLC0415 - collecting alone does not need it

    return torch.Generator().manual_seed(seed)
