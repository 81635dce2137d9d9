"""A run over a class says how far it is: with a bar on a terminal, with a line every so often in a file."""

import weakref
from concurrent.futures import Executor, Future
from types import SimpleNamespace

import pytest

from assay.command import progress
from assay.command.progress import watched


class Waiting(Executor):
    """Takes tasks and never runs them; a test marks them as running or done."""

    def submit(self, fn, /, *args, **kwargs):  # noqa: D102 - as the base class has it
        del fn, args, kwargs
        return Future()


def job(name):
    return SimpleNamespace(submissions=(SimpleNamespace(info=SimpleNamespace(name=name)),))


def test_the_submissions_that_workers_are_at_are_those_whose_tasks_run():
    with watched(Waiting(), 3) as (watch, _):
        futures = {name: watch.submit(print, job(name)) for name in ("alice", "bob", "carol")}
        assert watch.at(100) == ""
        for name in ("alice", "bob"):
            futures[name].set_running_or_notify_cancel()
        assert watch.at(100) == "alice, bob"
        futures["alice"].set_result(None)
        assert watch.at(100) == "bob"


def test_a_finished_task_is_forgotten_at_once_with_its_report():
    with watched(Waiting(), 1) as (watch, _):
        future = watch.submit(print, job("alice"))
        gone = weakref.ref(future)
        future.set_result("a report")
        del future
        assert gone() is None


def test_a_file_gets_no_line_of_a_short_run(capsys):
    with watched(Waiting(), 2) as (_, advance):
        advance()
        advance()
    assert capsys.readouterr().err == ""


def test_a_file_gets_a_line_every_so_often(capsys, monkeypatch):
    clock = iter([0.0, 30.0, 60.0, 70.0, 120.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    with watched(Waiting(), 10) as (watch, advance):
        watch.submit(print, job("alice\x1b[31m")).set_running_or_notify_cancel()
        for _ in range(4):
            advance()
    assert capsys.readouterr().err == (
        "assay: 2 of 10 graded, 2 a minute, 4 min left; at alice\\x1b[31m\n"
        "assay: 4 of 10 graded, 2 a minute, 3 min left; at alice\\x1b[31m\n"
    )


@pytest.mark.parametrize("names", [[], ["x" * 100]])
def test_names_are_cut_to_their_place(names):
    with watched(Waiting(), 3) as (watch, _):
        for name in names:
            watch.submit(print, job(name)).set_running_or_notify_cancel()
        assert len(watch.at(30)) <= 30
