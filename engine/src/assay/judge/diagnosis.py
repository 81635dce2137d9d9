"""The diagnosis of a wrong answer that no known mistake explains: how it is related to the right one."""

from __future__ import annotations

import functools
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import torch
from hypothesis import is_hypothesis_test

from assay.course.contract import load_module
from assay.errors import AssayError, Mismatch
from assay.host.transcript import Transcript
from assay.judge.collected import check_of, submission_checked
from assay.judge.differences import Difference, same_differences
from assay.judge.known_objects import Objects
from assay.judge.measurements import measurements_of
from assay.judge.messages import bounded
from assay.judge.other_question import answers_otherwise
from assay.judge.other_sizes import right_with_another_size
from assay.judge.recognition import repeatable
from assay.judge.recording import Outcome, Outcomes, drawn_arguments
from assay.judge.relations import ENOUGH, Case, begins, counted, relate, relate_roughly
from assay.judge.relations.cases import enough, equal, numbers, telling_cases
from assay.judge.relations.values import ALWAYS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import ModuleType

    from assay.judge.examples import ExampleBook
    from assay.judge.other_sizes import AskChanged
    from assay.judge.recognition import Recogniser
    from assay.judge.recording import Example
    from assay.judge.state import JudgeState
    from assay.model import Submission

_FEW: Final = 10
"""Wrong answers that are looked at, if as many right numbers as a relation needs are among them."""

_MOST: Final = 16
"""Wrong answers that are looked at in any case: each costs as much as an example of a right answer."""

_ASKED: Final = 24
"""A check's examples are drawn again, at least once, until so many were asked: some checks ask four."""

_CHECKS: Final = 3
"""Checks of an exercise that are asked again for one submission: a wrong answer fails many of them."""


class Diagnostician:
    """Relates the wrong answers of a session to the right ones.

    Args:
        state: the session.
        book: runs a check again, on all of its examples.
        recogniser: asks the model answers the same.
    """

    def __init__(self, state: JudgeState, book: ExampleBook, recogniser: Recogniser) -> None:
        self._state = state
        self._book = book
        self._recogniser = recogniser
        self._asked: Counter[tuple[Submission, str]] = Counter()

    def diagnose(self, item: Any, error: Any) -> str | None:
        """Return a sentence about the wrong answers to a check that the submission did not pass, or None.

        Args:
            item: the check for one submission, whose guest is still there.
            error: what the check raised.
        """
        if check_of(item).visibility == "hidden" or not repeatable(item, error):
            return None
        try:
            if measurements_of(item):  # it was asked for once, for all checks
                sentence = relate(_compared([Outcome(error.assay_example, error, Transcript(""))], None))
            else:
                sentence = self._diagnose_again(item, error)
        except AssayError:
            raise
        except Exception:  # noqa: BLE001 - torch may raise anything for a student's values; these have no relation
            return None
        return bounded(sentence) if sentence else None

    def _diagnose_again(self, item: Any, error: Any) -> str | None:
        exercise = submission_checked(item), check_of(item).exercise
        if self._asked[exercise] >= _CHECKS:
            return None
        self._asked[exercise] += 1
        outcomes = [Outcome(error.assay_example, error, error.assay_transcript)]
        reference = load_module(self._state.reference_of(item))
        asked = None if self._state.is_recorded(item) else self._ask_reference(item)
        drawn = is_hypothesis_test(getattr(item.obj, "__wrapped__", None))
        arguments = item._fixtureinfo.argnames  # noqa: SLF001 - as pytest does
        if "seed" in arguments and not drawn:
            # Such a check may be a whole training: it costs too much unless the reference has an answer to compare.
            again = asked is not None and bool(same_differences(outcomes, asked, reference))
            asked = asked if again else None
        else:
            again = drawn or "rng" in arguments
        if again:
            # A check that generates its numbers is asked ten times as a whole, so that no other one is after it.
            if not drawn:
                self._asked[exercise] += _CHECKS
            outcomes = self._ask_again(item, outcomes[0], drawn=drawn)
        ask_changed = functools.partial(self._recogniser.ask_changed, item) if asked is not None else None
        return diagnose(outcomes, asked, reference, ask_changed)

    def _ask_again(self, item: Any, shown: Outcome, *, drawn: bool) -> list[Outcome]:
        """Return the outcomes of the check's examples, of each round with other numbers, after the one that is shown.

        A sentence must be true of the example beside which it stands.
        """
        # As the check met it: what an earlier example left behind must not look like a relation.
        item.funcargs["submission"] = self._state.reopen_check(item)
        noted, asked = Outcomes(_enough), _ASKED if drawn else _FEW
        noted.found.append(shown)
        for more in range(0 if drawn else 1, asked):  # without Hypothesis the first round is the shown one
            before = len(noted.found)
            self._book.note_outcomes(item, noted, more)
            # Every round of Hypothesis begins with the simplest example; if that fails, it is most often the shown one.
            if drawn and (more or any(outcome.error is not None for outcome in noted.found[before : before + 1])):
                del noted.found[before : before + 1]
            failures = noted.failures()
            # The shown one alone has failed; or the guest has ended, so that there is nothing more to note.
            in_vain = len(failures) == 1 if drawn else len(noted.found) == before
            if in_vain or _enough(failures) or (more and len(noted.found) >= asked):
                break
        return noted.found

    def _ask_reference(self, item: Any) -> Callable[[Example, int], Transcript]:
        references = functools.cache(functools.partial(self._recogniser.reference_for, item))
        return lambda example, number: self._recogniser.ask_reference(example, references(number))


def diagnose(
    outcomes: Sequence[Outcome],
    ask_reference: Callable[[Example, int], Transcript] | None,
    reference: ModuleType,
    ask_changed: AskChanged | None,
) -> str | None:
    """Return a sentence about how all wrong answers are related to the right ones, or None.

    Args:
        outcomes: how the check ended on its examples.
        ask_reference: asks the model answers the same, with another randomness for each number; None if they must not
            be asked.
        reference: the model answers, whose signatures name the arguments.
        ask_changed: asks the model answers the same, one function of which meets other arguments; None if they must
            not be asked.
    """
    wrong = [outcome for outcome in outcomes if outcome.error is not None]
    right = [_given(outcome, reference) for outcome in outcomes if outcome.error is None]
    cases = _compared(wrong, reference)
    if ask_changed is not None and (otherwise := right_with_another_size(wrong, reference, ask_changed)):
        return otherwise
    if sentence := relate(cases):
        return sentence.replace(ALWAYS, "") if right else sentence
    known = same_differences(wrong, ask_reference, reference) if ask_reference is not None else []
    if known and (exact := _by_calls(known)):
        return exact
    if begun := _begins_by_calls(known, right if not cases else []) or begins(cases, right):
        return begun
    rough = relate_roughly([difference.case for difference in known])
    return relate_roughly(cases) or (f"{known[0].target}: {rough}" if rough else None)


def _enough(failures: Sequence[Exception]) -> bool:
    return len(failures) >= _MOST or (len(failures) >= _FEW and _varied(failures))


def _varied(failures: Sequence[Exception]) -> bool:
    """Return whether enough different right numbers were asked for, if that can be told."""
    right = [numbers(getattr(error, "expected", None)) for error in failures]
    known = [part for part in right if part is not None]
    return len(known) < len(right) or enough(known)


def _by_calls(known: Sequence[Difference]) -> str | None:
    """Relate the first answers that differ from the reference's."""
    target, function = known[0].target, known[0].function
    cases = [difference.case for difference in known]
    if all(difference.changed for difference in known):
        return f"a tensor is changed that was only given to look at{counted(cases)}"
    otherwise = answers_otherwise(function, cases) if function is not None else None
    sentence = otherwise or relate(cases) or _earlier_answer(known)
    return f"{target}: {sentence}" if sentence else None


def _begins_by_calls(known: Sequence[Difference], right: Sequence[Mapping[str, Any]]) -> str | None:
    """Say what tells the calls that were answered wrongly from the others."""
    sentence = begins([difference.case for difference in known], right) or _second_call(known) if known else None
    return f"{known[0].target}: {sentence}" if sentence else None


def _earlier_answer(known: Sequence[Difference]) -> str | None:
    """Find an answer that was right for another question, asked before in the same example."""
    cases = [difference.case for difference in known]
    if not all(difference.before and difference.called for difference in known) or not telling_cases(cases):
        return None
    for words, place in (("the first call", 0), ("the call before", -1)):
        answers = [numbers(difference.before[place]) for difference in known]
        if all(equal(case.numbers[0], answer) for case, answer in zip(cases, answers, strict=True)):
            return f"yours is what {words} should give, and not this one{counted(known)}"
    if all(_is_total(difference) for difference in known):
        return f"yours is the sum of what this call and all before it should give{counted(known)}"
    return None


def _is_total(difference: Difference) -> bool:
    rights = [numbers(right) for right in (*difference.before, difference.case.expected)]
    known = [right for right in rights if right is not None]
    if len(known) < len(rights) or len({right.shape for right in known}) > 1:
        return False
    return equal(difference.case.numbers[0], torch.stack(known).sum(0))


def _second_call(known: Sequence[Difference]) -> str | None:
    calls = {len(difference.before) for difference in known}
    if len(calls) != 1 or not (count := calls.pop()) or len(known) < ENOUGH:
        return None
    times = "first answer is" if count == 1 else f"first {count} answers are"
    return f"the {times} right, the next is wrong{counted(known)}"


def _compared(wrong: Sequence[Outcome], reference: ModuleType | None) -> list[Case]:
    """Return the answers that the check compared; none if one of them was not compared with a value."""
    found = []
    for outcome in wrong:
        error = outcome.error
        if not isinstance(error, Mismatch) or isinstance(error.expected, str):
            return []
        given = (
            {} if reference is None else _given(outcome, reference, of_last_call=_is_last_answer(outcome, error.yours))
        )
        found.append(Case(error.yours, error.expected, given, error.summary_of))
    return found


def _given(outcome: Outcome, reference: ModuleType, *, of_last_call: bool = True) -> dict[str, Any]:
    """Return what an example was about: the arguments of its calls, and what was drawn.

    Args:
        outcome: the example.
        reference: as for `diagnose`.
        of_last_call: whether an argument counts that is not the same in every call: the last call's. It says nothing
            of other calls' answers.
    """
    found: dict[str, Any] = {}
    varied = set()
    objects = Objects(reference)
    for request, value in outcome.transcript.answers():
        given = objects.given(request)
        varied |= {name for name in found.keys() & given if not _is_same_value(found[name], given[name])}
        found |= given
        objects.note(request, value)
    if not of_last_call:
        found = {name: value for name, value in found.items() if name not in varied}
    drawn = drawn_arguments(outcome.example.arguments)
    # The places of an unnamed tuple say nothing to a student.
    return found | {name: value for name, value in drawn.items() if type(value) is not tuple}


def _is_last_answer(outcome: Outcome, yours: Any) -> bool:
    """Return whether the last call, and no other one, gave these numbers."""
    known = numbers(yours)
    called = [numbers(answer) for request, answer in outcome.transcript.answers() if request.verb == "call"]
    same = [known is not None and answer is not None and equal(answer, known) for answer in called]
    return sum(same) == 1 and same[-1]


def _is_same_value(one: Any, other: Any) -> bool:
    known = numbers(one), numbers(other)
    return one is other if None in known else equal(*known)
