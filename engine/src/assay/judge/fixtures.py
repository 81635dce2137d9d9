"""What a check is given, by the names of its arguments; a plugin of the sessions that grade."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import pytest

from assay.course.contract import load_module
from assay.judge.hooks import reference_as_submission

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from types import ModuleType

    import torch

    from assay.host.guest import Guest
    from assay.host.proxy import Proxy
    from assay.judge.hooks import Judge


@pytest.fixture(scope="session")
def judge(pytestconfig: pytest.Config) -> Judge:
    """The session's judge."""
    found: Judge | None = pytestconfig.pluginmanager.get_plugin("assay-judge")
    if found is None:
        text = "this session is no judge: start pytest in the course's folder"
        raise pytest.UsageError(text)
    return found


@pytest.fixture(scope="session")
def guest(judge: Judge, request: pytest.FixtureRequest) -> Iterator[Guest]:
    """The guest of one submission, open for all of its checks."""
    guest = judge.open_guest(request.config, request.param)
    yield guest
    guest.close()


@pytest.fixture
def submission(judge: Judge, guest: Guest, request: pytest.FixtureRequest) -> Iterator[Proxy]:
    """The submission, in a process of this check's own."""
    yield judge.open_check(guest, request.node)
    guest.end()


@pytest.fixture(scope="session")
def reference_guests(judge: Judge, request: pytest.FixtureRequest) -> Callable[[str], Guest]:
    """The references as guests, equal to a submission's; for measuring speed only."""

    @functools.cache
    def opened(name: str) -> Guest:
        guest = judge.open_guest(request.config, reference_as_submission(judge.course, name), no_deadline=True)
        request.addfinalizer(guest.close)
        return guest

    return opened


@pytest.fixture
def reference_guest(
    judge: Judge, reference_guests: Callable[[str], Guest], request: pytest.FixtureRequest
) -> Iterator[Proxy]:
    """The reference in a guest equal to the submission's: what speed is compared with."""
    guest = reference_guests(request.path.parent.name)
    yield judge.open_check(guest, request.node, reference_guest=True)
    guest.end()


@pytest.fixture
def submission_paused(guest: Guest) -> Callable[[], AbstractContextManager[None]]:
    """Gives what has the submission stand still, with all that it started, while the peer is timed."""
    return guest.paused


@pytest.fixture
def reference(judge: Judge, request: pytest.FixtureRequest) -> ModuleType:
    """The model answers themselves, in the judge."""
    return load_module(judge.course.reference(request.path.parent.name))


@pytest.fixture
def seed(judge: Judge, request: pytest.FixtureRequest) -> int:
    """This check's seed, which follows from the course's and from the check's name."""
    return judge.seed_of(request.node)


@pytest.fixture
def rng(seed: int) -> torch.Generator:
    """A generator of this check's own."""
    import torch  # noqa: PLC0415 - collecting alone does not need it

    return torch.Generator().manual_seed(seed)
