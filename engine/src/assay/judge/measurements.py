"""Measurements of submissions: each is made once, before the first check that asks for it has its process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from assay.checks.measurements import Measurement
from assay.course.seeds import guest_seed
from assay.errors import CourseError
from assay.host.proxy import channel_of
from assay.judge.collected import forbidden_by, submission_of
from assay.judge.memory import Measured
from assay.judge.recording import Example, copy_plain
from assay.wire.objects import seed_everything

if TYPE_CHECKING:
    from assay.host.proxy import Proxy
    from assay.judge.state import JudgeState, OpenGuest


class MeasurementFailed(Exception):
    """A measurement that a check asks for raised.

    An Exception whatever was raised: pytest does not end a check's setup properly after any other.
    """

    def __init__(self, measurement: Measurement, error: BaseException) -> None:
        super().__init__(measurement.key)
        self.measurement = measurement
        self.error = error


def measurements_of(item: Any) -> dict[str, Measurement]:
    """Return the measurements that a check asks for, by their names."""
    names = vars(item.module)
    return {name: found for name in item.fixturenames if isinstance(found := names.get(name), Measurement)}


def measure(measurement: Measurement, submission: Proxy, seed: int) -> Measured:
    """Make a measurement of a submission, as if it was the first thing that is asked of it."""
    seed_everything(0)
    value, raised = None, None
    try:
        value = _plain(measurement, measurement.function(submission, seed))
    except (KeyboardInterrupt, pytest.exit.Exception):
        raise
    except BaseException as error:  # noqa: BLE001 - GuestEnded and pytest.fail are none of Exception's
        arguments = {"submission": submission, "seed": seed}
        error.assay_example = Example(measurement.function, arguments, measurement)  # type: ignore[attr-defined]
        raised = error.with_traceback(None)  # its frames would keep all that was measured
    channel = channel_of(submission)
    return Measured(value, raised, channel.transcript.text(), channel.asked)


def values_for(state: JudgeState, guest: OpenGuest, item: Any) -> dict[str, Any]:
    """Return a copy of the value of each measurement that a check asks for.

    Raises MeasurementFailed for the first that raised.
    """
    values = {}
    for name, measurement in measurements_of(item).items():
        key = submission_of(item), measurement
        if key not in state.measured:
            seed = state.measurement_seed(item, measurement)
            proxy = guest.begin_check(guest_seed(seed), forbidden_by(item))
            state.measured[key] = measure(measurement, proxy, seed)
            guest.end()
        value, error, *_ = state.measured[key]
        if error is not None:
            raise MeasurementFailed(measurement, error)
        values[name] = copy_plain(value)
    return values


def transcript_of(state: JudgeState, item: Any) -> str | None:
    """Return the requests of a check's measurements, or None if there were none."""
    return "\n".join(one.transcript for one in _measured(state, item) if one.transcript) or None


def asked_by_measurements(state: JudgeState, item: Any) -> str:
    """Return the contract's name that a check's measurements asked last, or "" if they asked none."""
    return next((one.asked for one in reversed(_measured(state, item)) if one.asked), "")


def _measured(state: JudgeState, item: Any) -> list[Measured]:
    keys = [(submission_of(item), measurement) for measurement in measurements_of(item).values()]
    return [state.measured[key] for key in keys if key in state.measured]


def _plain(measurement: Measurement, value: Any) -> Any:
    try:
        return copy_plain(value)
    except TypeError as error:
        text = f"the measurement {measurement.key} gives no plain data: {error}"
        raise CourseError(text) from None
