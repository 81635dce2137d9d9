"""A gradebook with written answers, and the server on it."""

import contextlib
import shutil
import threading

import pytest
from reports import report
from reviewing import ORIGIN, TOKEN, Person, hand_in

from assay.gradebook.store import open_gradebook
from assay.review.desk import Desk
from assay.review.server import Server


@pytest.fixture(scope="session")
def first_grades(tmp_path_factory):
    """Return a gradebook: alice and bob answered exercise 2, bob exercise 9, too; carol was refused."""
    path = tmp_path_factory.mktemp("room") / "grades.db"
    hand_in(path, "bob", ("2", "because"), ("9", "bob's text\non two lines"))
    hand_in(path, "alice", ("2", "why not"))
    with open_gradebook(path) as book:
        refused = report("carol", assignment="", status="ungraded", reason="it is a link", cause="refused")
        book.add(refused, None, ORIGIN)
    return path


@pytest.fixture
def grades(first_grades, tmp_path):
    """Return a copy of that gradebook."""
    return shutil.copy(first_grades, tmp_path / "grades.db")


@pytest.fixture
def serve():
    """Serve a gradebook, as the command does, in a thread."""
    with contextlib.ExitStack() as stack:

        def serve(path, pseudonyms=None):
            server = stack.enter_context(Server(Desk(path, pseudonyms, TOKEN), TOKEN, 0))
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            return Person(server)

        yield serve


@pytest.fixture
def person(serve, grades):
    return serve(grades)
