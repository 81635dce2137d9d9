"""The verdicts of a session: from how a check ended to what a student may read of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis.errors import Flaky
from msgspec.structs import replace

from assay.course.contract import signatures
from assay.errors import AssayError, GuestEnded, Mismatch, NameMissing, SubmissionRaised
from assay.host.proxy import channel_of
from assay.judge.collected import check_of, submission_checked
from assay.judge.evidence import evidence_of
from assay.judge.examples import FLAKY
from assay.judge.lines import where_of
from assay.judge.measurements import MeasurementFailed, asked_by_measurements, transcript_of
from assay.judge.messages import bounded, describe_missing, describe_raised, help_for_raised
from assay.judge.yours_and_expected import pair
from assay.model import HIDDEN_TEXT, Check, Message, Missing, Plot, Status, Verdict
from assay.text import MAX_CLASS_CHARS, Prose, escape
from assay.wire.values import Ref

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assay.checks.measurements import Measurement
    from assay.judge.diagnosis import Diagnostician
    from assay.judge.recognition import Recogniser
    from assay.judge.state import JudgeState
    from assay.model import Submission, Where

_NOT_RUN = "the check was not run to its end"
_HANDLE = re.compile(r"(?:object of type )?'Handle'(?: object)?|\bHandle\b")
_METHOD = re.compile(r"'Method'(?: object)?")
_OF_A_LINE = ("failed", "error", "timeout", "crashed")


class Finding(NamedTuple):
    """The result of one check.

    Args:
        status: how it counts.
        message: what the student reads.
        missing: the name that was not defined.
        public: text that is shown even for a hidden check.
        diagnosis: how the answer is related to the right one.
        evidence: the points that the student's page draws.
    """

    status: Status
    message: Message | None = None
    missing: Missing | None = None
    public: str = ""
    diagnosis: str | None = None
    evidence: Plot | None = None


class Verdicts:
    """The verdict of every check so far.

    Args:
        state: the session.
        recogniser: names the mistake behind a wrong answer.
        diagnostician: relates the wrong answers to the right ones if no known mistake is behind them.
    """

    def __init__(self, state: JudgeState, recogniser: Recogniser, diagnostician: Diagnostician) -> None:
        self._state = state
        self._recogniser = recogniser
        self._diagnostician = diagnostician
        self._verdicts: dict[pytest.Item, Verdict] = {}
        self._told: dict[tuple[Submission, Measurement], pytest.Item] = {}

    def record(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Verdict:
        """Record and return the verdict after one phase of a check: setup, call or teardown."""
        try:
            verdict = self._after(item, call)
        except Exception as error:  # noqa: BLE001 - one check's trouble must not end everybody's grading
            what = f"{type(error).__name__} while it was judged"
            verdict = _verdict(check_of(item), _ungraded(what, f": {error}"), 0.0)
        self._verdicts[item] = verdict
        return verdict

    def of_check(self, item: pytest.Item) -> Verdict:
        """Return the verdict of one check; `ungraded` if it was not run."""
        return self._verdicts.get(item) or _verdict(check_of(item), _ungraded(_NOT_RUN), 0.0)

    def settled(self, item: pytest.Item) -> Verdict:
        """Return the verdict of one check after all checks, with the mistake that explains most of an exercise."""
        verdict = self.of_check(item)
        hint = self._recogniser.settled_hint(item)
        if hint is None or verdict.message is None:
            return verdict
        return replace(verdict, message=replace(verdict.message, help=hint))

    def so_far(self, submission: Submission) -> list[Verdict]:
        """Return the verdicts of a submission's checks that have one."""
        return [self._verdicts[item] for item in self._state.checks[submission] if item in self._verdicts]

    def _after(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Verdict:
        """Return the verdict after a phase; a later phase only makes it worse, and only the call makes it `passed`."""
        check, before = check_of(item), self._verdicts.get(item)
        error = call.excinfo.value if call.excinfo is not None else None
        duration = call.duration + (before.duration if before else 0.0)
        if error is not None and (before is None or call.when == "call" or before.status == "passed"):
            finding = self._finding(item, error)
            return _verdict(check, finding, duration, self._where(item) if finding.status in _OF_A_LINE else None)
        if error is None and call.when == "call":
            return _verdict(check, Finding("passed"), duration)
        if before is None:
            return _verdict(check, _ungraded(_NOT_RUN), duration)
        return replace(before, duration=duration)

    def _finding(self, item: Any, error: BaseException) -> Finding:
        """Return what an exception means: the student's doing if we know it, else the grader's."""
        error = _first_of_flaky(error)
        shown = _transcript(item) or transcript_of(self._state, item)
        match error:
            case MeasurementFailed():
                return self._not_measured(item, error)
            case pytest.skip.Exception():
                return Finding("skipped", Message(help=bounded(str(error))))
            case Mismatch():
                yours, expected = pair(error.yours, error.expected, error.within)
                what_to_do = error.help or self._hint(item, error)
                diagnosis = None if what_to_do else self._diagnostician.diagnose(item, error)
                message = Message(shown, yours, expected, what_to_do)
                return Finding("failed", message, diagnosis=diagnosis, evidence=evidence_of(error.plot))
            case SubmissionRaised():
                names = signatures(self._state.reference_of(item))
                what_to_do = help_for_raised(error, shown, names) or self._hint(item, error)
                return Finding("error", Message(shown, describe_raised(error), None, what_to_do))
            case NameMissing():
                return self._missing(item, error.missing)
            case GuestEnded(status="ungraded"):
                return _grader(error, bounded(error.text))
            case GuestEnded():
                return Finding(error.status, Message(self._call_behind(item, error, shown), bounded(error.text)))
            case AssayError():
                return _grader(error, str(error))
            case _ if self._recogniser.reference_passes(item, error):
                return Finding(
                    "failed", Message(shown, bounded(f"what came back could not be used: {_text_of(error)}"))
                )
            case _:
                return _grader(error, bounded(f"{type(error).__name__} in the check itself: {_text_of(error)}"))

    def _not_measured(self, item: pytest.Item, failed: MeasurementFailed) -> Finding:
        """Return why a measurement failed; if an earlier check told it, return the name of that check.

        A hidden check tells nothing, so the first visible one does. A missing name is told by every check.
        """
        key = submission_checked(item), failed.measurement
        first = self._told.setdefault(key, item)
        if "visible" == check_of(item).visibility != check_of(first).visibility:
            first = self._told[key] = item
        if first is item or isinstance(failed.error, NameMissing):
            return self._finding(item, failed.error)
        told = self.of_check(first)
        return Finding(told.status, Message(help=f"the measurement failed: see the check “{told.description}”"))

    def _hint(self, item: pytest.Item, error: BaseException) -> str | None:
        if left := self._recogniser.leftovers_behind(item, error):
            return left
        checks = self._state.checks[submission_checked(item)]
        earlier = [check for check in checks[: checks.index(item)] if check.path == item.path]
        passed = [check for check in earlier if self.of_check(check).status == "passed"]
        return self._recogniser.hint_for(item, error, passed)

    def _missing(self, item: pytest.Item, name: str) -> Finding:
        submission = submission_checked(item)
        guest = self._state.guests.get(submission)
        loaded = guest.loaded if guest is not None else None
        notes: Sequence[str] = ()
        # If all names are missing, the report says why once. A name that was never written has no other reason.
        if loaded is not None and loaded.found and name.encode() in submission.source:
            notes = loaded.notes
        signature = signatures(self._state.reference_of(item)).get(name, name)
        others = loaded.others if loaded is not None else ()
        message = Message(None, describe_missing(name, notes, others), signature)
        return Finding("missing", message, Missing(name, lost=bool(notes)))

    def _where(self, item: Any) -> Where | None:
        """Return where the function is defined that the check asked last."""
        asked = _asked(item) or asked_by_measurements(self._state, item)
        return where_of(asked, submission_checked(item)) if asked else None

    def _call_behind(self, item: pytest.Item, error: GuestEnded, shown: str | None) -> str | None:
        """Return the transcript of the call that ended the guest, or None if the import ended it."""
        guest = self._state.guests.get(submission_checked(item))
        return None if guest is not None and guest.failure is error else shown


def _verdict(check: Check, finding: Finding, duration: float, where: Where | None = None) -> Verdict:
    """Return the verdict, without the input, the answer and the line of a hidden check."""
    status, message, missing, public, diagnosis, evidence = finding
    if check.visibility == "hidden" and message is not None:
        message = Message(help=f"{HIDDEN_TEXT}; {public}" if public else HIDDEN_TEXT)
        missing, diagnosis, evidence, where = None, None, None, None
    score = check.points if status == "passed" else 0.0
    return Verdict(
        check.id,
        check.description,
        status,
        score,
        check.points,
        check.visibility,
        message,
        missing,
        diagnosis,
        duration,
        evidence,
        where=where,
    )


def _ungraded(what: str, why: str = "") -> Finding:
    """Return the finding of a check that could not be judged; the reason (`why`) is left out for hidden checks."""
    return Finding("ungraded", Message(help=bounded(what + why)), public=what)


def _grader(error: BaseException, text: str) -> Finding:
    """Return the finding of an error in the check or the grader; a hidden check shows only the kind of error."""
    return Finding("ungraded", Message(help=text), public=f"it could not be graded: {type(error).__name__}")


def _text_of(error: BaseException) -> str:
    """Return what Python or torch says of the check's own code, without the names of the proxy's classes."""
    transcript = getattr(error, "assay_transcript", None)
    kinds = set(_classes([value for _, value in transcript.answers()])) if transcript is not None else set()
    known = f"an object of class {kinds.pop()}" if len(kinds) == 1 else "an object"
    return _METHOD.sub("a method", _HANDLE.sub(lambda _: known, str(error)))


def _classes(value: Any) -> Iterator[str]:
    """Return the class of every object in an answer that stayed in the guest."""
    if isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _classes(item)
    elif isinstance(value, Ref):
        yield escape(value.kind, MAX_CLASS_CHARS)


def _first_of_flaky(error: BaseException) -> BaseException:
    """Return the failure behind an example that did not fail again: the submission does not answer alike twice."""
    if not isinstance(error, Flaky):
        return error
    for cause in getattr(error, "exceptions", ()):
        if isinstance(cause, Mismatch):
            cause.help = cause.help or FLAKY
        if isinstance(cause, Mismatch | SubmissionRaised | NameMissing):
            return cause
    return Mismatch(Prose("not the same twice"), Prose("the same answer to the same input"), help=FLAKY)


def _transcript(item: Any) -> str | None:
    submission = getattr(item, "funcargs", {}).get("submission")
    return channel_of(submission).transcript.text() if submission is not None else None


def _asked(item: Any) -> str:
    submission = getattr(item, "funcargs", {}).get("submission")
    return channel_of(submission).asked if submission is not None else ""
