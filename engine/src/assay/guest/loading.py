"""Import a submission: as much of it as runs."""

from __future__ import annotations

import linecache
import sys
import traceback
import types
from typing import TYPE_CHECKING, Any, NamedTuple

from assay.wire.objects import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

RUN_BODY = ("time", "timeit", "capture")
"""Cell magics that run their cell."""

_MAX_TEXT_CHARS = 500
_MAX_KEY_CHARS = 20
_MAX_ANSWER_CHARS = 65_536
_MAX_ANSWERS = 100
_MAX_WRITTEN_CHARS = 500_000
"""Characters of all written answers, of up to four bytes each: with the notes they fit into a frame."""

MAX_NOTES = 50
"""Notes of a notebook whose every cell fails; a report shows no more."""


class LoadedModule(NamedTuple):
    """A submission after its import: its module, the names of its files, and one note for each failure."""

    module: types.ModuleType
    files: tuple[str, ...]
    notes: list[str]


def load_module(name: str, source: bytes) -> LoadedModule:
    """Run a source as a new module.

    Any exception, `SystemExit` too, ends the import and becomes a note. The names that it defined before stay.
    """
    file = f"{name}.py"
    module = new_module(name, file)
    notes: list[str] = []
    remember_lines(file, source.decode("utf-8", "replace"))
    try:
        compile(source, file, "exec", dont_inherit=True)
    except SyntaxError as error:
        notes.append(f"the module cannot be run: {_where(error)}; nothing of it is graded")
        return LoadedModule(module, (file,), notes)
    except (ValueError, MemoryError, RecursionError):
        pass  # `run` meets it again and returns it
    note = run(module, file, source)
    if note is not None:
        notes.append(f"the module stopped at {note}; what it defines before that is graded")
    return LoadedModule(module, (file,), notes)


class _Shell:
    """The shell of a script that was exported from a notebook: it runs the cells of some magics and nothing else."""

    def __init__(self, module: types.ModuleType) -> None:
        self.config: dict[str, object] = {}
        self.user_ns = vars(module)

    def __getattr__(self, name: str) -> Callable[..., None]:
        return _do_nothing

    def run_cell_magic(self, magic: str, _line: str, body: str) -> None:
        if magic in RUN_BODY:
            exec(compile(body, f"%%{magic}", "exec", dont_inherit=True), self.user_ns)  # noqa: S102 - as in `run`


def _do_nothing(*_args: object, **_named: object) -> None:
    pass


def new_module(name: str, file: str) -> types.ModuleType:
    """Return a module that the import system knows under `name`, with IPython's names that notebooks use."""
    module = types.ModuleType(name)
    module.__file__ = file
    shell = _Shell(module)
    vars(module).update(get_ipython=lambda: shell, display=_do_nothing)
    sys.modules[name] = module
    return module


def remember_lines(file: str, text: str) -> None:
    """Let tracebacks and `inspect` see the lines of a source that is not on disk."""
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)


def run(module: types.ModuleType, file: str, source: bytes | str) -> str | None:
    """Execute source in the module; return the reason if it stopped: "line 3: NameError: name 'x' is not defined"."""
    try:
        exec(compile(source, file, "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - this is the guest's purpose
    except SyntaxError as error:
        return _where(error)
    except BaseException as error:  # noqa: BLE001 - a student's module may raise anything
        numbers = [
            number for frame, number in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == file
        ]
        return f"line {numbers[0]}: {describe(error)}" if numbers else describe(error)
    return None


def _where(error: SyntaxError) -> str:
    line = f"line {error.lineno}: " if error.lineno is not None else ""
    return f"{line}{type(error).__name__}: {error.msg}"


def describe(error: BaseException) -> str:
    """Return "NameError: name 'x' is not defined", of bounded length, for any exception."""
    try:
        text = clean(str(error), _MAX_TEXT_CHARS)
    except BaseException:  # noqa: BLE001 - a student's __str__ may raise anything
        text = ""
    name = clean(type(error).__name__, _MAX_TEXT_CHARS)
    return f"{name}: {text}" if text else name


def written_answers(module: types.ModuleType) -> dict[str, str]:
    """Return the texts of the dict `ANSWERS`."""
    answers: Any = getattr(module, "ANSWERS", None)
    if not isinstance(answers, dict):
        return {}
    texts = [(key, text) for key, text in answers.items() if isinstance(key, str | int) and isinstance(text, str)]
    found, left = {}, _MAX_WRITTEN_CHARS
    for key, text in texts[:_MAX_ANSWERS]:
        found[clean(str(key), _MAX_KEY_CHARS)] = written = clean(text, min(_MAX_ANSWER_CHARS, left))
        left -= len(written)
    return found


def defined(module: types.ModuleType, contract: Sequence[str]) -> list[str]:
    """Return the contract's names that the submission defines."""
    return [name for name in contract if name in module.__dict__]
