"""Recognition of known mistakes: a submission that gives a mistake's wrong answers on the same inputs made it."""

from __future__ import annotations

import functools
import inspect
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import torch

from assay.checks.mistakes import Mistake, same_answer
from assay.course.contract import contract, load_module
from assay.course.read import exercise_of
from assay.course.seeds import guest_seed
from assay.errors import Mismatch, SubmissionRaised
from assay.host.proxy import channel_of
from assay.judge.collected import check_of, is_exact, submission_checked
from assay.judge.inprocess import proxy
from assay.judge.measurements import measure, measurements_of
from assay.judge.messages import bounded
from assay.judge.mistaken import can_meet, known_mistakes, reference_with_mistake
from assay.judge.recording import copy_arguments, drawn_arguments
from assay.wire.values import encode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import ModuleType

    from assay.checks.measurements import Measurement
    from assay.host.proxy import Proxy
    from assay.host.transcript import Transcript
    from assay.judge.examples import ExampleBook
    from assay.judge.memory import Measured
    from assay.judge.other_sizes import Change
    from assay.judge.recording import Example
    from assay.judge.state import JudgeState
    from assay.model import Submission

_UNREPEATABLE = frozenset({"benchmark", "reference_guest"})
"""Fixtures that measure: a check that uses them is not run again."""

_MAX_ANSWERS = 10_000
"""Answers that are kept, of about a kilobyte each: some hundred submissions' worth, all wrong in different ways."""


class Suspicion(NamedTuple):
    """The known mistakes that give a submission's wrong answer to a check.

    Args:
        mistakes: the mistakes, the exercise's own first; some of them are ruled out by the passed checks.
        passed: the exercise's earlier visible, exact checks that the submission passed.
        elsewhere: the files of the mistakes that were made in other exercises.
    """

    mistakes: Sequence[Mistake]
    passed: Sequence[pytest.Item]
    elsewhere: dict[Mistake, Path]


class Recogniser:
    """The known mistakes of a session: what each answers, and which submission made or did not make it.

    Args:
        state: the session.
        book: runs a check again, on all of its examples.
    """

    def __init__(self, state: JudgeState, book: ExampleBook) -> None:
        self._state = state
        self._book = book
        self._answers = state.known.answers
        self._fails = state.known.failing
        self._measured = state.known.measured
        self._suspected: dict[Submission, dict[Path, dict[pytest.Item, Suspicion]]] = {}  # by the exercise's file
        self._refuted: dict[tuple[Submission, str], set[Mistake]] = {}

    def hint_for(self, item: Any, error: Any, passed: Sequence[pytest.Item]) -> str | None:
        """Return the hint of the known mistake that the submission made, or None.

        A mistake counts if it answers the failing example just as the submission did, and no visible, exact check of
        the exercise before this one rules it out. A mistake in one exercise costs those that call it, so mistakes
        made there are asked, too. Later checks may show that another mistake was made: see `settled_hint`.

        Args:
            item: the check for one submission.
            error: what it raised.
            passed: the exercise's earlier checks that the submission passed.
        """
        if not repeatable(item, error):
            return None
        own = dict.fromkeys(known_mistakes(item.module), item.path)
        elsewhere = self._made_elsewhere(item)
        met = [mistake for mistake in own | elsewhere if can_meet(self._state.course, item, mistake)]
        answers = {mistake: self._answer(item, mistake, error.assay_example) for mistake in met}
        alike = [mistake for mistake, answer in answers.items() if _alike(answer, error)]
        likely = self._narrowed(item, [mistake for mistake in own if mistake in alike])
        likely += [mistake for mistake in elsewhere if mistake in alike]
        refuted = self._refuted.get(_exercise_key(item), set())
        asked = [check for check in passed if check_of(check).visibility == "visible" and is_exact(check)]
        suspicion = Suspicion([mistake for mistake in likely if mistake not in refuted], asked, elsewhere)
        found = self._first_allowed(suspicion.mistakes, suspicion)
        if check_of(item).visibility == "visible":  # what others found is told nowhere, or not yet
            if is_exact(item) and isinstance(error, Mismatch):  # every way of writing a mistake has its own error text
                self._rule_out(item, [m for m, answer in answers.items() if isinstance(answer, Mismatch)], alike)
            if found is not None:
                self._suspected.setdefault(submission_checked(item), {}).setdefault(item.path, {})[item] = suspicion
        return None if found is None else _hint(found, suspicion)

    def settled_hint(self, item: Any) -> str | None:
        """Return the hint for a check after all checks of its exercise: None if there is no other than `hint_for` gave.

        One check may fit several mistakes. The mistake that the exercise's other failed checks do not rule out and
        that explains most of them was made.
        """
        suspicion = self._suspected.get(submission_checked(item), {}).get(item.path, {}).get(item)
        return None if suspicion is None else _hint(self._most_likely(item, suspicion), suspicion)

    def reference_passes(self, item: Any, error: Any) -> bool:
        """Whether the reference passes the example on which the check's own code raised.

        If it does, the check is sound and could not use the submission's answer: a None instead of a model. If it does
        not, the check is broken, which is never the student's fault. Model answers that are recorded passed it then.
        """
        if not repeatable(item, error):
            return False
        if self._state.is_recorded(item):
            return True
        return self._ask_again(item, None, error.assay_example) is None

    def reference_for(self, item: Any, number: int) -> Proxy:
        """Return a proxy of the reference, with another randomness for each number."""
        return self._proxy(item, self._trusted(item, None), self._state.guest_seed(item) + number)

    def ask_reference(self, example: Example, reference: Proxy) -> Transcript:
        """Return the transcript of an example that the reference answers."""
        channel = channel_of(reference)
        channel.start_afresh()
        self._run(example, {**example.arguments, "submission": reference})
        return channel.transcript

    def ask_changed(self, item: Any, example: Example, name: str, change: Change) -> BaseException | None:
        """Return what an example raises if the reference answers, and the arguments of one of its functions change.

        Args:
            item: the check for one submission.
            example: the example.
            name: the function.
            change: takes the arguments of a call by name, may change them, and is the context of the call.
        """
        module = self._trusted(item, None)
        function = getattr(module, name)
        signature = inspect.signature(function)

        @functools.wraps(function)
        def call_changed(*args: Any, **kwargs: Any) -> Any:
            bound = signature.bind(*args, **kwargs)
            with change(bound.arguments):
                return function(*bound.args, **bound.kwargs)

        setattr(module, name, call_changed)
        submission = self._proxy(item, module, self._state.guest_seed(item))
        return self._run(example, {**example.arguments, "submission": submission})

    def leftovers_behind(self, item: Any, error: Any) -> str | None:
        """Return a sentence about torch's settings that the import changed, if the answer is right without that."""
        guest = self._state.guests.get(submission_checked(item))
        loaded = guest.loaded if guest is not None else None
        if loaded is None or not loaded.leftovers or not repeatable(item, error) or measurements_of(item):
            return None
        arguments = error.assay_example.arguments | {"submission": self._state.reopen_check(item, undo_leftovers=True)}
        if self._run(error.assay_example, arguments) is not None:
            return None
        left = " and ".join(bounded(call) for call in loaded.leftovers)
        return f"{left}, which the import leaves behind, holds in every check: without it this answer is right"

    def _most_likely(self, item: Any, suspicion: Suspicion) -> Mistake:
        """Return the mistake that the exercise's other failed checks allow, and that explains most of them."""
        refuted = self._refuted.get(_exercise_key(item), set())
        explained = Counter(
            hint
            for other in self._suspected[submission_checked(item)][item.path].values()
            for hint in {mistake.hint for mistake in other.mistakes}
        )
        ranked = sorted(suspicion.mistakes, key=lambda mistake: (mistake in refuted, -explained[mistake.hint]))
        found = self._first_allowed(ranked, suspicion)
        assert found is not None  # nothing is suspected without one
        return found

    def _made_elsewhere(self, item: Any) -> dict[Mistake, Path]:
        """Return the mistakes that the submission made in other exercises, with the files that define them."""
        suspected = self._suspected.get(submission_checked(item), {})
        return {
            mistake: path
            for path, checks in suspected.items()
            if path != item.path
            for check, suspicion in checks.items()
            if (mistake := self._most_likely(check, suspicion)) not in suspicion.elsewhere
        }

    def _narrowed(self, item: Any, likely: list[Mistake]) -> list[Mistake]:
        """Return the mistakes that also answer the check's other examples as the submission does.

        The smallest example is often too small to tell two mistakes apart: a sum and a missing half agree on two
        numbers.
        """
        if len({mistake.hint for mistake in likely}) > 1:
            for other in self._book.all_failures(item):
                example = other.assay_example  # type: ignore[attr-defined]
                still = [m for m in likely if _alike(self._answer(item, m, example), other)]
                likely = still or likely
        return likely

    def _first_allowed(self, mistakes: Sequence[Mistake], suspicion: Suspicion) -> Mistake | None:
        """Return the first mistake that the checks which were passed allow."""
        for mistake in mistakes:
            if not any(self._fails_check(check, mistake) for check in suspicion.passed):
                return mistake
        return None

    def _rule_out(self, item: Any, mistakes: Sequence[Mistake], alike: Sequence[Mistake]) -> None:
        """Note for later checks that the submission answered otherwise than these mistakes."""
        self._refuted.setdefault(_exercise_key(item), set()).update(m for m in mistakes if m not in alike)

    def _fails_check(self, item: Any, mistake: Mistake) -> bool:
        """Whether a mistake fails a check."""
        if not can_meet(self._state.course, item, mistake):
            return False
        key = (item.path, check_of(item).id, mistake)
        if key not in self._fails:
            submission = self._proxy(item, self._trusted(item, mistake), self._state.guest_seed(item))
            with torch.random.fork_rng(devices=[]):
                self._fails[key] = self._book.fails_with(item, submission)
        return self._fails[key]

    def _answer(self, item: Any, mistake: Mistake, example: Example) -> BaseException | None:
        """Return what a mistake answers; a class makes the same mistakes again."""
        drawn = {name: value for name, value in example.arguments.items() if name not in measurements_of(item)}
        key = (example.body, mistake, self._state.guest_seed(item), _key(drawn))
        if key not in self._answers:
            if len(self._answers) >= _MAX_ANSWERS:
                self._answers.clear()
            self._answers[key] = self._ask_again(item, mistake, example)
        return self._answers[key]

    def _ask_again(self, item: Any, mistake: Mistake | None, example: Example) -> BaseException | None:
        """Return what the example raises if a mistake, or the reference, answers; None if it passes."""
        if example.measurement is not None:
            return self._measure(item, mistake, example.measurement).error
        arguments = dict(example.arguments)
        for name, measurement in measurements_of(item).items():
            arguments[name], raised, *_ = self._measure(item, mistake, measurement)
            if raised is not None:
                return raised
        if "submission" in arguments:
            arguments["submission"] = self._proxy(item, self._trusted(item, mistake), self._state.guest_seed(item))
        return self._run(example, arguments)

    def _run(self, example: Example, arguments: dict[str, Any]) -> BaseException | None:
        """Return what the example raises with these arguments; None if it passes."""
        if "rng" in arguments:
            arguments["rng"] = torch.Generator().manual_seed(arguments["rng"].initial_seed())
        with torch.random.fork_rng(devices=[]):
            try:
                example.body(**copy_arguments(arguments))
            except (KeyboardInterrupt, pytest.exit.Exception):
                raise
            except BaseException as error:  # noqa: BLE001 - whatever it is, pytest.fail too, it is the answer
                if isinstance(error, Mismatch):
                    error.plot, error.summary_of = None, {}  # nobody looks at them, and they may be large
                return error.with_traceback(None)  # its frames would keep all that the example made
        return None

    def _measure(self, item: Any, mistake: Mistake | None, measurement: Measurement) -> Measured:
        """Return what comes of a measurement of a mistake, or of the reference."""
        key = measurement, mistake
        if key not in self._measured:
            seed = self._state.measurement_seed(item, measurement)
            submission = self._proxy(item, self._trusted(item, mistake), guest_seed(seed))
            with torch.random.fork_rng(devices=[]):
                self._measured[key] = measure(measurement, submission, seed)
        return self._measured[key]

    def _trusted(self, item: Any, mistake: Mistake | None) -> ModuleType:
        reference = self._state.reference_of(item)
        if mistake is None:
            return load_module(reference, fresh=True)
        return reference_with_mistake(reference, mistake, fresh=True)

    def _proxy(self, item: Any, module: ModuleType, guest_seed: int) -> Proxy:
        names = contract(self._state.reference_of(item))
        return proxy(module, self._state.course.load_library(), names, guest_seed)


def _exercise_key(item: Any) -> tuple[Submission, str]:
    return submission_checked(item), exercise_of(item.path)


def _hint(mistake: Mistake, suspicion: Suspicion) -> str:
    path = suspicion.elsewhere.get(mistake)
    return mistake.hint if path is None else f"as in exercise {exercise_of(path)}: {mistake.hint}"


def repeatable(item: Any, error: Any) -> bool:
    """Whether a trusted module can be asked what the submission was asked."""
    return hasattr(error, "assay_example") and _UNREPEATABLE.isdisjoint(item.fixturenames)


def _alike(one: BaseException | None, other: BaseException) -> bool:
    if isinstance(one, Mismatch) and isinstance(other, Mismatch):
        return same_answer(one, other)
    return isinstance(one, SubmissionRaised) and isinstance(other, SubmissionRaised) and one.args == other.args


def _key(arguments: dict[str, Any]) -> bytes:
    drawn = drawn_arguments(arguments)
    try:
        return encode(drawn)
    except (TypeError, ValueError, OverflowError):
        return repr(drawn).encode()
