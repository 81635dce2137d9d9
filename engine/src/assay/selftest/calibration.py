"""Derive the bounds of an assignment's statistics from the reference, and write them beside it."""

from __future__ import annotations

import functools
import math
import statistics
import warnings
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec
import torch

from assay.checks.statistics import Statistic, Tolerance, ToleranceFile, command_for, tolerance_path
from assay.course.check_files import load_afresh
from assay.course.contract import load_module
from assay.course.read import REFERENCE, TESTS
from assay.errors import CourseError
from assay.judge.mistaken import reference_with_mistake
from assay.selftest.extreme_values import fit_tail, rounded_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Executor
    from pathlib import Path
    from types import ModuleType

    from assay.checks.mistakes import Mistake

__all__ = ["calibrate", "derive_tolerance"]

FALSE_FAILURE: Final = 1e-6
POWER: Final = 0.999
POWER_SEEDS: Final = 3_000
"""If no mistake escapes at so many seeds, its power is above 0.999 with 95 % confidence (0.999 ** 3000 = 0.05)."""
_CHUNK: Final = 50


def calibrate(
    course_root: Path,
    assignment: str,
    executor: Executor,
    *,
    seeds: int | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Path | None:
    """Derive every tolerance of an assignment and write them; return the file, or None if there is no statistic.

    Args:
        course_root: the folder with the course's tests and reference.
        assignment: the assignment's name.
        executor: where the statistics are computed.
        seeds: how many seeds for every bound, instead of each statistic's own number.
        progress: called with the statistic's key, the seeds done and the seeds in all.

    Raises:
        CourseError: a file of checks cannot be imported, a statistic has no bound, or a bound misses a mistake; then
            nothing is written.
        WorkerDied: a worker's process ended; then nothing is written.
    """
    reference = course_root / REFERENCE / f"{assignment}.py"
    _prepare(reference)
    found = [
        value
        for path in sorted((course_root / TESTS / assignment).glob("test_*.py"))
        for value in vars(_test_module(path)).values()
        if isinstance(value, Statistic) and value.file == path
    ]
    if not found:
        return None
    derived = {each.key: derive_tolerance(each, reference, executor, seeds=seeds, progress=progress) for each in found}
    path = tolerance_path(course_root, assignment)
    content = ToleranceFile("assay/tolerances/v1", command_for(assignment), dict(sorted(derived.items())))
    path.write_bytes(msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n")
    return path


def derive_tolerance(
    statistic: Statistic,
    reference: Path,
    executor: Executor,
    *,
    seeds: int | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Tolerance:
    """Return the statistic's tolerance; raise CourseError if the tail gives no bound or the bound misses a mistake."""
    seeds = seeds or statistic.seeds
    power_seeds = min(seeds, POWER_SEEDS)
    tasks = list(_tasks(statistic, reference, seeds, power_seeds))
    samples: dict[int, list[float]] = {which: [] for which in range(-1, len(statistic.catches))}
    total, done = seeds + power_seeds * len(statistic.catches), 0
    for task, values in zip(tasks, executor.map(_measure, tasks), strict=True):
        samples[task.mistake] += values
        done += len(values)
        if progress is not None:
            progress(statistic.key, done, total)
    try:
        bound, false_failure, tail = _bound(samples[-1], statistic.closed_form)
    except CourseError as error:
        msg = f"{statistic.key}: {error}"
        raise CourseError(msg) from None
    power = {
        mistake.label: sum(not value <= bound for value in samples[which]) / power_seeds
        for which, mistake in enumerate(statistic.catches)
    }
    missed = [f"{label} at {share:.2%}" for label, share in power.items() if share <= POWER]
    if missed:
        msg = f"{statistic.key}: {bound:g} is to catch every mistake at {POWER:.1%} of seeds, but {', '.join(missed)}"
        raise CourseError(msg)
    return Tolerance(
        statistic.quantity,
        bound,
        statistic.closed_form[1] if statistic.closed_form else None,
        seeds,
        _rounded(statistics.median(samples[-1])),
        _rounded(max(samples[-1])),
        false_failure,
        tail,
        power,
        power_seeds,
    )


class _Task(NamedTuple):
    """Some seeds of one statistic; `mistake` is its position in `catches`, or -1 for the reference."""

    reference: Path
    test: Path
    name: str
    mistake: int
    first: int
    last: int


def _tasks(statistic: Statistic, reference: Path, seeds: int, power_seeds: int) -> Iterator[_Task]:
    for which in range(-1, len(statistic.catches)):
        end = seeds if which < 0 else power_seeds
        for first in range(0, end, _CHUNK):
            yield _Task(reference, statistic.file, statistic.name, which, first, min(first + _CHUNK, end))


def _measure(task: _Task) -> list[float]:
    """Return the statistic at each of the task's seeds: a worker's entrance."""
    _prepare(task.reference)
    statistic = vars(_test_module(task.test))[task.name]
    if task.mistake < 0:
        module = _module(task.reference, None)
        return [statistic.at(module, seed) for seed in range(task.first, task.last)]
    module = _module(task.reference, statistic.catches[task.mistake])
    return [_value_or_nan(statistic, module, seed) for seed in range(task.first, task.last)]


def _value_or_nan(statistic: Statistic, module: ModuleType, seed: int) -> float:
    try:
        return statistic.at(module, seed)
    except Exception:  # noqa: BLE001 - a mistake that raises is caught, as nan is
        return math.nan


@functools.cache
def _module(reference: Path, mistake: Mistake | None) -> ModuleType:
    return load_module(reference, fresh=True) if mistake is None else reference_with_mistake(reference, mistake)


@functools.cache
def _test_module(path: Path) -> ModuleType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # outside pytest nobody has registered the markers
        return load_afresh(path)


def _prepare(reference: Path) -> None:
    """Let this process import the course's library, and compute with one thread: each processor has its worker."""
    torch.set_num_threads(1)
    load_module(reference)


def _bound(values: list[float], closed_form: tuple[float, str] | None) -> tuple[float, float | None, str | None]:
    """Return the bound, how often a right answer exceeds it, and the tail that says so."""
    if closed_form is None:
        tail = fit_tail(values)
        if not math.isfinite(bound := tail.quantile(FALSE_FAILURE)):
            msg = "the tail is too heavy for any bound"
            raise CourseError(msg)
        bound = rounded_up(bound)
        return bound, _rounded(tail.survival(bound)), str(tail)
    bound = closed_form[0]
    exceeding = sum(not value <= bound for value in values)
    if exceeding:
        msg = f"the reference exceeds the closed form's {bound:g} at {exceeding} of {len(values)} seeds"
        raise CourseError(msg)
    return bound, None, None


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")
