"""Run a submission's statements one after the other, so that one which cannot run does not lose the rest."""

from __future__ import annotations
import __future__

import ast
import inspect
import linecache
import sys
import traceback
import types
from typing import TYPE_CHECKING, Any, NamedTuple

from assay.guest import scopes
from assay.guest.placeholders import RAISED, Imports, Placeholder, sentence
from assay.guest.shell import Shell, compile_quietly, do_nothing
from assay.wire.objects import class_name, clean

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterable, Iterator

    Begin = Callable[[int], "LeftOut | None"]
    """Told the number of the next statement or cell; returns why it is left out, or None."""

_TEXT = 500
_LINE = 80
_CAUSES = 20
_FUTURES = 0
for _feature in __future__.all_feature_names:
    _FUTURES |= getattr(__future__, _feature).compiler_flag


class LeftOut(NamedTuple):
    """Why a statement or a cell is left out, and whether those after it run; `told` if an earlier note says it."""

    reason: str
    rest_runs: bool = True
    told: bool = False

    def note(self, label: str, things: str) -> str:
        """Return the note about it; things are statements or cells."""
        rest = (
            f"it was left out; the {things} after it were run"
            if self.rest_runs
            else f"it and the {things} after it were not run"
        )
        return f"{label} {self.reason}: {rest}"


class LoadedModule(NamedTuple):
    """A submission after its import: its names, the file names of its code, and what went wrong, a sentence each."""

    module: types.ModuleType
    files: tuple[str, ...]
    notes: list[str]


class Namespace:
    """The namespace of one submission, and what went wrong in it.

    Args:
        name: the assignment's.
        file: what tracebacks call it.
        main: whether it is `__main__`, as a notebook's is.
    """

    def __init__(self, name: str, file: str, *, main: bool = False) -> None:
        self.module = types.ModuleType("__main__" if main else name)
        self.names = vars(self.module)
        shell = Shell(self.names)
        self.names.update(__file__=file, __package__="", get_ipython=lambda: shell, display=do_nothing)
        self.notes: list[str] = []
        self.files: list[str] = []
        self.flags = 0
        self.trees: Callable[[], Iterable[ast.AST]] = tuple
        """Return everything that is or will be run, to see which names are bound nowhere."""
        self._imports = Imports(self.names, self._missed, lambda: scopes.unresolved(self.trees()))
        self._loop: asyncio.AbstractEventLoop | None = None
        for known in {name, self.module.__name__}:
            sys.modules[known] = self.module

    def remember(self, file: str, text: str) -> None:
        """Let tracebacks and `inspect` see source that lies in no file."""
        self.files.append(file)
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)

    def run(
        self,
        tree: ast.Module,
        file: str,
        *,
        label: Callable[[int], str] = "line {}".format,
        begin: Callable[[ast.stmt], bool] = lambda _: True,
        notebook: bool = False,
    ) -> str | None:
        """Run statements until one raises; return the reason, as "line 3: NameError: name 'x' is not defined".

        A statement is left out and noted if it fails because of a placeholder, or if `begin` returns False for it. Its
        names become placeholders.
        """
        self._imports.places |= {(file, line): names for line, names in scopes.unguarded_imports(tree).items()}
        self._label = label
        with self._imports.watched():
            for place, node in enumerate(tree.body):
                if place and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                    continue  # alone, it would be taken for the docstring
                if begin(node):
                    stopped = self._statement(node, file, notebook=notebook)
                    if stopped is not None:
                        return stopped
        return None

    def leave_out(self, node: ast.AST, reason: str) -> None:
        """Bind placeholders for the names that a statement would have bound."""
        for name in scopes.bound(node):
            self.names.setdefault(name, Placeholder(name, reason))

    def _statement(self, node: ast.stmt, file: str, *, notebook: bool) -> str | None:
        try:
            self._execute(ast.Module([node], []), file, notebook=notebook)
        except BaseException as error:  # noqa: BLE001 - a student's statement may raise anything
            missing = self._unavailable(error, node)
            if missing is None:
                return _stopped(error, file)
            line = scopes.first_line(node)
            first = clean(linecache.getline(file, line).strip(), _LINE)
            self.notes.append(f"{self._label(line)} ({first}) was left out: {clean(sentence(*missing), _TEXT)}")
            self.leave_out(node, missing[1])
        return None

    def _execute(self, tree: ast.Module, file: str, *, notebook: bool) -> None:
        flags = self.flags | (ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if notebook else 0)
        code = compile_quietly(tree, file, flags)
        self.flags |= code.co_flags & _FUTURES
        if code.co_flags & inspect.CO_COROUTINE:
            self._asyncio_loop().run_until_complete(eval(code, self.names))  # noqa: S307 - this is the guest's purpose
        else:
            exec(code, self.names)  # noqa: S102 - this is the guest's purpose

    def _asyncio_loop(self) -> asyncio.AbstractEventLoop:
        import asyncio  # noqa: PLC0415 - few notebooks await

        if self._loop is None or self._loop.is_closed():
            self._loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self._loop)
        return self._loop

    def _missed(self, line: int, missing: str, reason: str) -> None:
        self.notes.append(f"{self._label(line)}: {reason}; statements that need {missing} are left out")

    def _unavailable(self, error: BaseException, node: ast.stmt) -> tuple[str, str] | None:
        """Return the name and the reason if a statement failed because of a placeholder, else None."""
        for cause in _causes(error):
            if type(cause) in RAISED:
                name, reason = _own(cause, "args")
                return name, reason
        for name in sorted(scopes.used(node)):
            value = self.names.get(name)
            if type(value) is Placeholder:
                return name, value._reason  # noqa: SLF001 - its attributes would be placeholders
        return None


def describe(error: BaseException) -> str:
    """Return "NameError: name 'x' is not defined", bounded, for any exception at all."""
    try:
        text = clean(str(error), _TEXT)
    except BaseException:  # noqa: BLE001 - a student's __str__ may raise anything
        text = ""
    name = clean(class_name(error), _TEXT)
    return f"{name}: {text}" if text else name


def _stopped(error: BaseException, file: str) -> str:
    trace = _own(error, "__traceback__")
    numbers = [number for frame, number in traceback.walk_tb(trace) if frame.f_code.co_filename == file]
    what = describe(error)
    if type(error) is FileNotFoundError:
        what += " (data files are not part of a submission)"
    return f"line {numbers[0]}: {what}" if numbers else what


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: Any = error
    for _ in range(_CAUSES):
        if cause is None:
            return
        yield cause
        cause = _own(cause, "__cause__") or _own(cause, "__context__")


def _own(error: BaseException, field: str) -> Any:
    """Return a field of an exception, though its class may have another attribute of that name."""
    return vars(BaseException)[field].__get__(error)
