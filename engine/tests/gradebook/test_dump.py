"""The dump has all that counts and no time, so that two gradebooks of the same reports give the same bytes."""

import json

from entries import CONDITIONS, ORIGIN
from msgspec.structs import replace
from reports import check, exercise, report

from assay.gradebook.dump import dump_bytes
from assay.gradebook.store import open_gradebook
from assay.promises import Kept

GOOD = exercise("1", "Losses", check("mean"))


def filled(path, names, duration):
    with open_gradebook(path, create=True) as book:
        book.seed(7)
        kept = {"time": Kept("6 s")}
        for name in names:
            book.add(report(name, notes=("an earlier report",)), CONDITIONS, ORIGIN)
            book.add(replace(report(name, (GOOD,), isolation=kept), duration=duration), CONDITIONS, ORIGIN)
        book.decide("excuse", "bob", "one", "1", text="ill")
        return dump_bytes(book)


def test_neither_order_nor_time_nor_earlier_reports_show(tmp_path):
    assert filled(tmp_path / "a", ["alice", "bob"], 1.0) == filled(tmp_path / "b", ["bob", "alice"], 2.0)


def test_it_has_seed_reports_conditions_and_decisions(tmp_path):
    found = json.loads(filled(tmp_path / "a", ["alice"], 1.0))
    assert list(found) == ["schema", "seed", "roster", "reports", "decisions"]
    assert (found["schema"], found["seed"]) == ("assay/gradebook/v1", "7")
    (stored,) = found["reports"]
    assert stored["conditions"]["torch"] == "2.13.0"
    assert stored["report"]["exercises"][0]["checks"][0]["status"] == "passed"
    assert "duration" not in stored["report"]
    assert stored["report"]["isolation"] == {"time": {"status": "kept", "by": "6 s"}}
    assert found["decisions"] == [
        {
            "number": 1,
            "kind": "excuse",
            "student": "bob",
            "assignment": "one",
            "target": "1",
            "points": None,
            "text": "ill",
            "about": "",
        }
    ]
