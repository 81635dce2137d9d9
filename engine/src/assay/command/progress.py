"""The progress of a run over a class: a bar for a person who waits, and lines in a file every so often."""

from __future__ import annotations

import contextlib
import time
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any

from rich.progress import ProgressColumn
from rich.text import Text

from assay.command.console import progress_bars, say
from assay.text import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    from rich.progress import Task

__all__ = ["Watch", "watched"]

_LINE_SECONDS = 60.0
"""Between two lines in a file."""

_MAX_AT_CHARS = 30
"""Of the names of the submissions that workers are at, on the line of the bar."""


class Watch(Executor):
    """An executor that notes which submissions its tasks are at; the tasks run in another one.

    Args:
        executor: where the tasks run.
        total: how many submissions there are.
    """

    def __init__(self, executor: Executor, total: int) -> None:
        self._executor = executor
        self._total = total
        self._done = 0
        self._began = self._told = time.monotonic()
        self._futures: dict[Future[Any], str] = {}

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run a job of the judge."""
        future = self._executor.submit(fn, *args, **kwargs)
        self._futures[future] = args[0].submissions[0].info.name
        future.add_done_callback(self._forget)  # at once: a finished one holds its report
        return future

    def at(self, limit: int) -> str:
        """Return the names of the submissions that are being graded now."""
        return escape(", ".join(name for future, name in list(self._futures.items()) if future.running()), limit)

    def _forget(self, future: Future[Any]) -> None:
        self._futures.pop(future, None)

    def advance(self) -> None:
        """Count a finished submission."""
        self._done += 1

    def line(self) -> str | None:
        """Return a line for a file if the last one is old: how many, how fast, how long still, and where."""
        now = time.monotonic()
        if now - self._told < _LINE_SECONDS or not self._done:
            return None
        self._told = now
        pace = self._done / (now - self._began)
        minutes = (self._total - self._done) / pace / 60
        return (
            f"{self._done} of {self._total} graded, {60 * pace:.0f} a minute, {minutes:.0f} min left;"
            f" at {self.at(_MAX_AT_CHARS) or 'none'}"
        )


class _Rate(ProgressColumn):
    """Submissions a minute."""

    def render(self, task: Task) -> Text:
        return Text("" if task.speed is None else f"{60 * task.speed:.0f}/min")


class _At(ProgressColumn):
    """The submissions that workers are at."""

    def __init__(self, watch: Watch) -> None:
        super().__init__()
        self._watch = watch

    def render(self, task: Task) -> Text:  # noqa: ARG002 - as rich calls it
        return Text(self._watch.at(_MAX_AT_CHARS), no_wrap=True)


@contextlib.contextmanager
def watched(executor: Executor, total: int) -> Iterator[tuple[Watch, Callable[[], None]]]:
    """Show the progress of a run in the body; give the executor to use, and what to call after each submission."""
    watch = Watch(executor, total)
    with progress_bars(_Rate(), _At(watch)) as progress:
        bar = progress.add_task("grading", total=total)

        def advance() -> None:
            watch.advance()
            progress.advance(bar)
            line = watch.line() if progress.disable else None
            if line is not None:
                say(f"assay: {line}")

        yield watch, advance
