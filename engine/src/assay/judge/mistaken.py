"""The known mistakes of an exercise, and the reference with one of them in the place of the right answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.checks.mistakes import mistakes_of
from assay.course.check_files import import_mistakes, load_afresh
from assay.course.contract import load_module
from assay.course.reach import names_met
from assay.course.read import exercise_of
from assay.errors import CourseError

if TYPE_CHECKING:
    from types import ModuleType

    from assay.checks.mistakes import Mistake
    from assay.course.read import Course


def known_mistakes(checks: ModuleType) -> tuple[Mistake, ...]:
    """Return the mistakes of a file of checks and of the file of mistakes beside it, each in its file's order.

    Raises CourseError if the file of mistakes cannot be imported.
    """
    file = Path(str(checks.__file__))
    own = tuple(mistake for mistake in mistakes_of(checks) if mistake.file == file)  # not those that it imports
    beside = import_mistakes(file)
    return own if beside is None else own + mistakes_of(beside)


def can_meet(course: Course, check: Any, mistake: Mistake) -> bool:
    """Whether a check, a pytest item, asks for something that the mistake changes; elsewhere it answers as is right."""
    met = names_met(course, check.path.parent.name).get((exercise_of(check.path), check.originalname))
    return met is None or mistake.name.partition(".")[0] in met


def reference_with_mistake(reference: Path, mistake: Mistake, *, fresh: bool = False) -> ModuleType:
    """Load the reference anew and put the mistake in its place, so that the reference's other code calls it too.

    Args:
        reference: the file of the model answers.
        mistake: the mistake that takes the place of a name of the reference.
        fresh: execute the mistake's file anew as well, so that the mistake forgets its earlier calls.

    Raises:
        CourseError: the reference does not define the mistake's name.
    """
    module = load_module(reference, fresh=True)
    *owners, name = mistake.name.split(".")
    owner: Any = module
    for part in owners:
        owner = getattr(owner, part, None)
    if not hasattr(owner, name):
        msg = f"{mistake.name}, which a known mistake replaces, is not in {reference.name}"
        raise CourseError(msg)
    setattr(owner, name, (_twin(mistake) if fresh else mistake).replacement)
    return module


def _twin(mistake: Mistake) -> Mistake:
    """Return the same mistake from its file, executed anew."""
    return next(
        other
        for other in mistakes_of(load_afresh(mistake.file))
        if (other.label, other.hint) == (mistake.label, mistake.hint)
    )
