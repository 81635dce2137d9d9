"""The kit as a folder: a course that holds no model answers, with the starters and the documents beside it."""

from __future__ import annotations

import shutil
import tempfile
from configparser import ConfigParser
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from assay.checks.statistics import ToleranceFile, command_for, read_tolerances, tolerance_path
from assay.course.read import ANSWERS, REFERENCE, TESTS, exercise_of, fingerprint
from assay.course.scaffold import require_new_folder
from assay.course.seeds import PUBLIC_SEED
from assay.course.starter import module_starter, notebook_starter
from assay.errors import AssayError, CourseError
from assay.judge.session import Job, grade_chunk
from assay.judge.state import reference_as_submission
from assay.kit.cutting import cut
from assay.kit.documents import LeftOut, contract_module, readme, requirements
from assay.kit.recording import record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Executor

    from assay.course.read import Course
    from assay.kit.recording import Recording
    from assay.model import Verdict

__all__ = ["write_kit"]


_BYTECODE = shutil.ignore_patterns("__pycache__")


def write_kit(course: Course, folder: Path, executor: Executor, waived: tuple[str, ...] = ()) -> list[LeftOut]:
    """Write the kit into a folder that is new or empty, after the model answers have passed its checks.

    Args:
        course: the course whose students get it.
        folder: where it is written.
        executor: where the sessions run.
        waived: promises of the sandbox that the instructor waived by name.

    Returns:
        the visible checks that the kit lists and does not ask.

    Raises:
        CourseError: the folder has files; or the model answers do not pass a check, in the course or in the kit.
        AssayError: a session did not finish, or the folder cannot be written.
        OSError: the folder cannot be read, or the temporary one cannot be written.
    """
    require_new_folder(folder)
    with tempfile.TemporaryDirectory(prefix="assay-kit-") as name:
        kit = Path(name) / "kit"
        names = [assignment.name for assignment in course.assignments]
        futures = [executor.submit(record, course, name) for name in names]
        recordings = {name: future.result() for name, future in zip(names, futures, strict=True)}
        left_out = _write_course(course, kit, recordings)
        _require_passed(course, kit, recordings, executor, waived)
        (kit / "requirements.txt").write_text(requirements(kit), encoding="utf-8")
        (kit / "README.md").write_text(readme(course.assignments, left_out), encoding="utf-8")
        try:
            shutil.copytree(kit, folder, dirs_exist_ok=True, ignore=_BYTECODE)
        except OSError as error:  # shutil.Error, of several files, has no strerror
            text = f"{folder} cannot be written: {error.strerror or 'a file could not be copied'}"
            raise AssayError(text) from error
    return left_out


def _write_course(course: Course, kit: Path, recordings: Mapping[str, Recording]) -> list[LeftOut]:
    left_out: list[LeftOut] = []
    for name, recording in recordings.items():
        left_out += _write_assignment(course, name, kit, recording)
    if course.library is not None:
        shutil.copytree(course.library, kit / REFERENCE / course.library.name, ignore=_BYTECODE)
    for path in (course.root / "conftest.py", *(course.root / TESTS).rglob("conftest.py")):
        if path.exists():
            shutil.copy(path, kit / path.relative_to(course.root))
    settings = ConfigParser(interpolation=None, delimiters="=")
    settings.read(course.root / "tox.ini", encoding="utf-8")
    kept = ConfigParser(interpolation=None, delimiters="=")
    kept["pytest"] = settings["pytest"] if settings.has_section("pytest") else {}
    with (kit / "tox.ini").open("w", encoding="utf-8") as file:
        kept.write(file)
    return left_out


def _write_assignment(course: Course, name: str, kit: Path, recording: Recording) -> list[LeftOut]:
    files, left_out = cut(course.tests(name), recording.checks, recording.left_out)
    contents: dict[Path, bytes] = {kit / TESTS / name / file: text.encode() for file, text in files.items()}
    starter, reference = module_starter(course.reference(name)), kit / REFERENCE / f"{name}.py"
    contents[kit / f"{name}.py"] = starter.encode()
    contents[kit / f"{name}.ipynb"] = notebook_starter(course.reference(name)).encode()
    contents[reference] = contract_module(course, name, starter).encode()
    contents[reference.with_suffix(ANSWERS)] = recording.answers
    if tolerances := read_tolerances(course.root, name):
        public = {key: replace(tolerance, power={}, power_seeds=0) for key, tolerance in tolerances.items()}
        content = msgspec.json.encode(ToleranceFile("assay/tolerances/v1", command_for(name), public))
        contents[tolerance_path(kit, name)] = msgspec.json.format(content, indent=2)
    for path, content in contents.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return [
        LeftOut(name, exercise_of(course.tests(name) / check.file), text)
        for check, text in recording.checks.items()
        if check in left_out
    ]


def _require_passed(
    course: Course, kit: Path, recordings: Mapping[str, Recording], executor: Executor, waived: tuple[str, ...]
) -> None:
    """Raise CourseError unless the kit has visible checks alone and finds the model answers right."""
    submissions = tuple(reference_as_submission(course, assignment.name) for assignment in course.assignments)
    job = Job(kit, fingerprint(kit), submissions, PUBLIC_SEED, waived)
    found = [
        (report.assignment, exercise.id, check)
        for report in executor.submit(grade_chunk, job).result()
        for exercise in report.exercises
        for check in exercise.checks
    ]
    visible = {
        (name, exercise_of(course.tests(name) / check.file), check.name.removeprefix("test_"))
        for name, recording in recordings.items()
        for check in recording.checks
    }
    # The part of an id before "-" is the function's name; the rest counts its parameters.
    more = [
        f"{assignment}/{exercise}/{check.id}"
        for assignment, exercise, check in found
        if check.visibility != "visible" or (assignment, exercise, check.id.partition("-")[0]) not in visible
    ]
    if more:
        text = f"the kit has checks that are not visible: {', '.join(more)}; no visible check may need their definition"
        raise CourseError(text)
    failed = [
        f"{assignment}/{exercise}/{check.id} ({check.status}{_why(check)})"
        for assignment, exercise, check in found
        if check.score < check.max_score
    ]
    if failed:
        text = f"the model answers do not pass in the kit: {', '.join(failed)}; mark the check with not_in_kit"
        raise CourseError(text)


def _why(check: Verdict) -> str:
    text = check.message and (check.message.help or check.message.yours)
    return f": {text}" if text else ""
