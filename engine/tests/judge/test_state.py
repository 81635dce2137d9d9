"""The session's state: seeds, and guests that come through one seam."""

import pytest

from assay.course.seeds import check_seed, guest_seed
from assay.errors import PromiseBroken
from assay.judge.inprocess import in_process
from assay.judge.state import JudgeState, reference_as_submission

pytest_plugins = ["pytester"]

CHECK = 'def test_scaled(submission):\n    """it is scaled"""\n'


def tripled(x):
    return 3 * x


@pytest.fixture
def state(collect):
    """Return the state of a session without a wall, in which Ada triples."""
    state, _ = collect(CHECK)
    ada, _ = state.submissions
    makers = {ada: lambda: type("", (), {"scaled": staticmethod(tripled)})}
    within = JudgeState(state.course, state.submissions, 3, open_guest=in_process(state.course, makers))
    within.checks = state.checks
    return within


def test_a_check_has_its_own_seed_which_every_submission_shares_and_another_for_guests(state):
    (ada,), (bob,) = state.checks.values()
    assert state.check_seed(ada) == state.check_seed(bob) == check_seed(3, "basics", "1", "scaled")
    assert state.guest_seed(ada) == guest_seed(state.check_seed(ada)) != state.check_seed(ada)


def test_guests_come_from_the_opener_and_are_kept(state, pytestconfig):
    ada, _ = state.submissions
    guest = state.open_guest(ada, pytestconfig)
    assert state.guests == {ada: guest}
    assert state.open_check(guest, state.checks[ada][0]).scaled(2.0) == 6.0


def test_the_reference_as_a_guest_is_not_taken_for_a_submission(state, pytestconfig):
    guest = state.open_reference_guest("basics", pytestconfig)
    assert state.guests == {}
    assert guest.begin_check(0, []).scaled(2.0) == 4.0


def test_a_check_that_starts_over_meets_a_new_guest(state, pytestconfig):
    ada, _ = state.submissions
    item = state.checks[ada][0]
    item.funcargs["guest"] = state.open_guest(ada, pytestconfig)
    first, second = state.open_check(item.funcargs["guest"], item), state.reopen_check(item)
    assert first is not second
    assert second.scaled(1.0) == 3.0


def test_a_broken_promise_ends_the_session_and_names_the_option(state, pytestconfig):
    refusal = PromiseBroken("it does not keep files; to grade anyway, waive it: --waive files")

    def open_guest(*_, **__):
        raise refusal

    session = JudgeState(state.course, state.submissions, open_guest=open_guest)
    with pytest.raises(pytest.exit.Exception) as caught:
        session.open_guest(state.submissions[0], pytestconfig)
    assert str(caught.value) == f"{refusal} (an option of pytest: --assay-waive)"
    assert (session.refusal, caught.value.returncode) == (refusal, pytest.ExitCode.USAGE_ERROR)


def test_the_reference_is_a_submission_like_any_other(state):
    submission = reference_as_submission(state.course, "basics")
    assert submission.source == state.course.reference("basics").read_bytes()
    assert (submission.info.name, submission.assignment, submission.kind) == ("reference", "basics", "module")
