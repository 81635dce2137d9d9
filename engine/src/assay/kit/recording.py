"""The recording of an assignment: one session in which the model answers are the submission, under the public seed."""

from __future__ import annotations

import contextlib
import types
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from assay.course.contract import contract
from assay.errors import CourseError
from assay.judge.collected import check_of
from assay.judge.hooks import Judge
from assay.judge.inprocess import in_process
from assay.judge.session import hold_session
from assay.judge.state import JudgeState, reference_as_submission
from assay.kit.cutting import CheckFunction
from assay.kit.recorded_answers import CannotBeRecorded, answer_key, encoded, recordable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from assay.course.read import Course

__all__ = ["Recording", "record"]

_MARK = "not_in_kit"


class Recording(NamedTuple):
    """The visible checks of an assignment, and the answers that a kit has to them.

    Args:
        checks: the description of each visible check's function.
        left_out: those of them that a kit cannot ask, or whose author wants it so.
        answers: the file of recorded answers.
    """

    checks: dict[CheckFunction, str]
    left_out: frozenset[CheckFunction]
    answers: bytes


def record(course: Course, assignment: str) -> Recording:
    """Record an assignment in this process, whose code is the course's own.

    Raises:
        CourseError: the model answers do not pass a check.
        AssayError: the session did not finish.
    """
    recorder = _Recorder(course, assignment)
    hold_session(recorder)
    recorder.require_passed()
    return recorder.recording()


class _Recorder(Judge):
    """A judge that notes what the checks ask of the `reference`, and the answers."""

    __name__ = "assay-recorder"

    def __init__(self, course: Course, assignment: str) -> None:
        state = JudgeState(course, [reference_as_submission(course, assignment)], open_guest=in_process(course, {}))
        super().__init__(state, asks=self._is_asked, submissions_only=True)
        self._library = course.library.name if course.library is not None else ""
        self._contract = contract(course.reference(assignment))
        self._visible: dict[CheckFunction, str] = {}
        self._left_out: set[CheckFunction] = set()
        self._answers: dict[CheckFunction, dict[str, Any]] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Note every visible check before those are chosen that are asked."""
        partly = set()
        for item in items:
            if "guest" in item.fixturenames:  # type: ignore[attr-defined]
                check, function = check_of(item), _function_of(item)
                if check.visibility == "visible":
                    self._visible[function] = check.description
                else:
                    partly.add(function)
                if item.get_closest_marker(_MARK) or "reference_guest" in item.fixturenames:  # type: ignore[attr-defined]
                    self._left_out.add(function)
        self._left_out |= partly  # the parameters of a function with a hidden check are hidden
        super().pytest_collection_modifyitems(items)

    def _is_asked(self, item: pytest.Item) -> bool:
        function = _function_of(item)
        return function in self._visible and function not in self._left_out

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: Any) -> None:
        """Put a reference that is noted in the place of a check's own."""
        if "reference" in pyfuncitem.funcargs:
            function = _function_of(pyfuncitem)
            pyfuncitem.funcargs["reference"] = _NotedReference(
                pyfuncitem.funcargs["reference"],
                self._contract,
                self._library,
                self._answers.setdefault(function, {}),
                lambda: self._left_out.add(function),
            )

    def require_passed(self) -> None:
        """Raise CourseError with the checks that the model answers did not pass."""
        (report,) = self.reports()
        failed = [
            f"{exercise.id}/{check.id} ({check.status})"
            for exercise in report.exercises
            for check in exercise.checks
            if check.status != "passed"
        ]
        if failed:
            text = f"the model answers of {report.assignment} do not pass {', '.join(failed)}"
            raise CourseError(text)

    def recording(self) -> Recording:
        """Return the notes, without the answers to checks that are left out."""
        left_out = frozenset(self._left_out & self._visible.keys())
        kept = [answers for function, answers in self._answers.items() if function not in left_out]
        merged = {key: answer for answers in kept for key, answer in answers.items()}
        return Recording(self._visible, left_out, encoded(merged))


class _NotedReference:
    """The model answers, as a check sees them, with notes of every call and answer.

    Args:
        module: the model answers.
        names: their contract.
        library: the name of the course's library, or "".
        answers: where the answers are noted.
        give_up: called if the check asks for something that a record cannot give.
    """

    def __init__(
        self,
        module: types.ModuleType,
        names: Collection[str],
        library: str,
        answers: dict[str, Any],
        give_up: Callable[[], object],
    ) -> None:
        self._module = module
        self._names = names
        self._library = library
        self._answers = answers
        self._give_up = give_up

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._module, name)
        if isinstance(value, types.ModuleType) and value.__name__.partition(".")[0] == self._library:
            return value
        if name in self._names and isinstance(value, types.FunctionType):
            return self._noted(value)
        self._give_up()
        return value

    def _noted(self, function: types.FunctionType) -> Callable[..., Any]:
        def ask(*args: Any, **kwargs: Any) -> Any:
            key = None
            with contextlib.suppress(CannotBeRecorded):
                key = answer_key(function.__name__, args, kwargs, self._library)  # first: a call may change arguments
            answer = function(*args, **kwargs)
            try:
                self._note(key, answer)
            except CannotBeRecorded:
                self._give_up()
            return answer

        return ask

    def _note(self, key: str | None, answer: Any) -> None:
        if key is None:
            raise CannotBeRecorded
        self._answers[key] = recordable(answer)


def _function_of(item: Any) -> CheckFunction:
    return CheckFunction(item.path.name, item.originalname)
