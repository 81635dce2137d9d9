"""Bounds for statistics that vary with the seed, derived from the reference and kept in a file beside it."""

from __future__ import annotations

import functools
import math
import multiprocessing
import statistics
import sys
import warnings
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
import torch

from assay.checks.mistakes import Mistake, fresh_module, marks_of, mistaken_module
from assay.checks.tail import fit_tail, rounded_up
from assay.errors import CourseError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor
    from types import ModuleType

__all__ = ["Derived", "Kept", "Record", "derive", "derived", "rederive"]

FALSE_FAILURE: Final = 1e-6
POWER: Final = 0.999
POWER_SEEDS: Final = 3_000
"""If no mistake escapes at so many seeds, its power is above 0.999 with 95 % confidence (0.999 ** 3000 = 0.05)."""
_CHUNK: Final = 50


class Record(msgspec.Struct, frozen=True):
    """A bound and where it comes from.

    Attributes:
        quantity: what is measured, in words.
        bound: a right answer stays at or below it.
        reason: of a bound in closed form; None for one that was derived from the tail.
        seeds: of the reference.
        median: of the reference.
        largest: of the reference.
        false_failure: the probability that a right answer exceeds the bound, by the tail; None if there is none.
        tail: how the tail was fitted.
        power: for each mistake, the share of seeds at which it exceeds the bound.
        power_seeds: of each mistake.
    """

    quantity: str
    bound: float
    reason: str | None
    seeds: int
    median: float
    largest: float
    false_failure: float | None
    tail: str | None
    power: dict[str, float]
    power_seeds: int


class Kept(msgspec.Struct, frozen=True):
    """The file of an assignment's tolerances; `command` writes it again."""

    schema: str
    command: str
    tolerances: dict[str, Record]


class Derived:
    """A statistic of a seed with a bound for right answers; made by `derived`, called as `statistic(module, seed)`."""

    def __init__(
        self,
        statistic: Callable[[Any, int], float],
        quantity: str,
        catches: Sequence[Callable[..., Any]],
        closed_form: tuple[float, str] | None,
        seeds: int,
    ) -> None:
        functools.update_wrapper(self, statistic)
        self.statistic = statistic
        self.quantity = quantity
        self.closed_form = closed_form
        self.seeds = seeds
        self.file = Path(statistic.__code__.co_filename)
        self.name = statistic.__name__
        self.key = f"{self.file.stem}.{self.name}"
        self.catches = [mark for wrong in catches for mark in _marks(wrong, self.key)]

    def __call__(self, module: Any, seed: int) -> float:
        """The statistic for one seed."""
        return float(self.statistic(module, seed))

    @functools.cached_property
    def bound(self) -> float:
        """The bound that is kept for it; raises CourseError with the command to run where none, or an older one, is."""
        assignment = self.file.parent.name
        kept = _kept_file(self.file.parents[2], assignment)
        try:
            record = kept_records(self.file.parents[2], assignment)[self.key]
        except (msgspec.MsgspecError, KeyError):
            msg = f"{kept} has no tolerance {self.key}: run `{_command(assignment)}`"
            raise CourseError(msg) from None
        asked = self.quantity, *(self.closed_form or (record.bound, None)), sorted(map(_label, self.catches))
        if asked != (record.quantity, record.bound, record.reason, sorted(record.power)):
            msg = f"{self.key} has changed since {kept} was written: run `{_command(assignment)}`"
            raise CourseError(msg)
        return record.bound


def derived(
    quantity: str,
    *,
    catches: Sequence[Callable[..., Any]],
    closed_form: tuple[float, str] | None = None,
    seeds: int = 10_000,
) -> Callable[[Callable[[Any, int], float]], Derived]:
    """Makes a function `(module, seed) -> float` a statistic whose `.bound` is derived, not guessed.

    Args:
        quantity: what it measures, in words.
        catches: the known mistakes that must exceed the bound, nearly always.
        closed_form: the bound and its reason, where mathematics gives one.
        seeds: how many the bound is derived from.
    """
    return lambda statistic: Derived(statistic, quantity, catches, closed_form, seeds)


def kept_records(course_root: Path, assignment: str) -> dict[str, Record]:
    """Reads what is kept of an assignment's tolerances, by their keys; empty where nothing is."""
    file = _kept_file(course_root, assignment)
    return msgspec.json.decode(file.read_bytes(), type=Kept).tolerances if file.exists() else {}


def rederive(
    course_root: Path,
    assignment: str,
    *,
    seeds: int | None = None,
    processes: int | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Path | None:
    """Derives every tolerance of an assignment and writes them; gives the file, or None if there are none.

    Args:
        course_root: the folder that has the course's tests and reference.
        assignment: its name.
        seeds: for every bound, instead of each tolerance's own number.
        processes: how many work at the same time, one thread each; None for as many as there are processors.
        progress: told the tolerance's key, the seeds done and the seeds in all.

    Raises CourseError, and writes nothing, where a tolerance cannot be had or misses a mistake, or a test module
    cannot be imported.
    """
    reference = course_root / "reference" / f"{assignment}.py"
    _prepare(str(reference.parent))
    found = [
        value
        for path in sorted((course_root / "tests" / assignment).glob("test_*.py"))
        for value in vars(_test_module(path)).values()
        if isinstance(value, Derived) and value.file == path
    ]
    if not found:
        return None
    # spawn, because a fork of a process that has used torch may inherit its threads' locks
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, _prepare, (str(reference.parent),)) as pool:
        records = {each.key: derive(each, reference, pool, seeds=seeds, progress=progress) for each in found}
    kept = _kept_file(course_root, assignment)
    content = Kept("assay/tolerances/v1", _command(assignment), dict(sorted(records.items())))
    kept.write_bytes(msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n")
    return kept


def derive(
    tolerance: Derived,
    reference: Path,
    pool: Executor,
    *,
    seeds: int | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Record:
    """The tolerance's record; raises CourseError where the tail gives no bound or a mistake stays below it."""
    seeds = seeds or tolerance.seeds
    power_seeds = min(seeds, POWER_SEEDS)
    tasks = list(_tasks(tolerance, reference, seeds, power_seeds))
    samples: dict[int, list[float]] = {which: [] for which in range(-1, len(tolerance.catches))}
    total, done = seeds + power_seeds * len(tolerance.catches), 0
    for task, values in zip(tasks, pool.map(_values, tasks), strict=True):
        samples[task.mistake] += values
        done += len(values)
        if progress is not None:
            progress(tolerance.key, done, total)
    try:
        bound, false_failure, tail = _bound(samples[-1], tolerance.closed_form)
    except CourseError as error:
        msg = f"{tolerance.key}: {error}"
        raise CourseError(msg) from None
    power = {
        _label(wrong): sum(not value <= bound for value in samples[which]) / power_seeds
        for which, wrong in enumerate(tolerance.catches)
    }
    missed = [f"{label} at {share:.2%}" for label, share in power.items() if share <= POWER]
    if missed:
        msg = f"{tolerance.key}: {bound:g} is to catch every mistake at 99.9% of seeds, but {', '.join(missed)}"
        raise CourseError(msg)
    return Record(
        tolerance.quantity,
        bound,
        tolerance.closed_form[1] if tolerance.closed_form else None,
        seeds,
        _digits(statistics.median(samples[-1])),
        _digits(max(samples[-1])),
        false_failure,
        tail,
        power,
        power_seeds,
    )


class _Task(NamedTuple):
    """Some seeds of one statistic; `mistake` is its place in `catches`, or -1 for the reference."""

    reference: Path
    test: Path
    name: str
    mistake: int
    first: int
    last: int


def _tasks(tolerance: Derived, reference: Path, seeds: int, power_seeds: int) -> Iterator[_Task]:
    for which in range(-1, len(tolerance.catches)):
        end = seeds if which < 0 else power_seeds
        for first in range(0, end, _CHUNK):
            yield _Task(reference, tolerance.file, tolerance.name, which, first, min(first + _CHUNK, end))


def _values(task: _Task) -> list[float]:
    tolerance = vars(_test_module(task.test))[task.name]
    if task.mistake < 0:
        module = _module(task.reference, None)
        return [tolerance(module, seed) for seed in range(task.first, task.last)]
    module = _module(task.reference, tolerance.catches[task.mistake])
    return [_value_or_nan(tolerance, module, seed) for seed in range(task.first, task.last)]


def _value_or_nan(tolerance: Derived, module: ModuleType, seed: int) -> float:
    try:
        return tolerance(module, seed)
    except Exception:  # noqa: BLE001 - a mistake that raises is caught, as nan is
        return math.nan


@functools.cache
def _module(reference: Path, wrong: Mistake | None) -> ModuleType:
    return fresh_module(reference) if wrong is None else mistaken_module(reference, wrong)


@functools.cache
def _test_module(path: Path) -> ModuleType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # outside pytest nobody has registered the markers
        try:
            return fresh_module(path)
        except Exception as error:
            msg = f"{path} cannot be imported: {type(error).__name__}: {error}"
            raise CourseError(msg) from error


def _prepare(folder: str) -> None:
    torch.set_num_threads(1)
    if folder not in sys.path:
        sys.path.insert(0, folder)


def _bound(values: list[float], closed_form: tuple[float, str] | None) -> tuple[float, float | None, str | None]:
    """The bound, how often a right answer exceeds it, and from which tail that is known."""
    if closed_form is None:
        tail = fit_tail(values)
        if not math.isfinite(bound := tail.quantile(FALSE_FAILURE)):
            msg = "the tail is too heavy for any bound"
            raise CourseError(msg)
        bound = rounded_up(bound)
        return bound, _digits(tail.survival(bound)), str(tail)
    bound = closed_form[0]
    exceeding = sum(not value <= bound for value in values)
    if exceeding:
        msg = f"the reference exceeds the closed form's {bound:g} at {exceeding} of {len(values)} seeds"
        raise CourseError(msg)
    return bound, None, None


def _digits(value: float) -> float:
    return float(f"{value:.6g}")


def _label(wrong: Mistake) -> str:
    return f"{wrong.name} = {wrong.replacement.__name__}"


def _marks(wrong: Callable[..., Any], key: str) -> tuple[Mistake, ...]:
    marks = marks_of(wrong)
    if not marks:
        msg = f"{key} catches {wrong!r}, which is no @mistake"
        raise CourseError(msg)
    return marks


def _kept_file(course_root: Path, assignment: str) -> Path:
    return course_root / "reference" / f"{assignment}.tolerances.json"


def _command(assignment: str) -> str:
    return f"assay tolerances {assignment}"
