"""A person scores answers one after the other; the gradebook keeps each score at once, and none is overwritten unseen."""

import json
import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
from reports import report
from reviewing import ORIGIN, TOKEN, hand_in, scores

from assay.gradebook.store import open_gradebook


def walk(person):
    """Return the path of every answer, in the order of the page."""
    paths = [person.first()]
    while found := re.search(r'id="next" href="(\w+)"', person.ask("GET", paths[-1])[2]):
        paths.append(f"/{TOKEN}/{found[1]}")
    return paths


def students(person):
    return [person.ask("GET", path)[2].split("<bdi>")[1].split("</bdi>")[0] for path in walk(person)]


def test_a_score_is_kept_at_once(person, grades):
    path = person.first()
    assert person.save(path, "1.5", "well argued") == (
        200, {"saved": True, "said": "saved: 1.5 points (decision 1)", "seen": 1, "left": 2, "changed": False}
    )  # fmt: skip
    assert scores(grades) == [("alice", "2", 1.5, "well argued")]
    page = person.ask("GET", path)[2]
    assert 'value="1.5"' in page
    assert "well argued</textarea>" in page
    assert '<span id="left">2</span> without a score' in page


def test_a_comment_of_any_language_and_length_is_kept(person, grades):
    comment = "\u00e9\u4e2d\U0001f600\x00" * 20_000
    assert person.save(person.first(), "1", comment)[0] == 200
    assert scores(grades) == [("alice", "2", 1.0, comment)]


def test_the_answers_to_an_exercise_follow_each_other(person):
    assert students(person) == ["alice", "bob", "bob"]


def test_the_first_answer_has_no_score_and_the_order_stays(person, serve, grades):
    paths = walk(person)
    person.save(paths[0], "1")
    assert person.first() == paths[1]
    assert walk(person)[0] == paths[1]
    assert f'id="previous" href="{paths[0].split("/")[-1]}"' in person.ask("GET", paths[1])[2]
    assert students(serve(grades)) == ["bob", "bob", "alice"]


def test_a_new_answer_comes_last(person, grades):
    students(person)
    hand_in(grades, "aaron", ("2", "late"))
    assert students(person) == ["alice", "bob", "bob", "aaron"]


def test_an_exercise_without_a_check_has_no_title(person):
    first, _, last = (person.ask("GET", path)[2] for path in walk(person))
    assert "<h1>Exercise 2: <bdi>Noise</bdi></h1>" in first
    assert "<h1>Exercise 9</h1>" in last


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ("", "an empty text is no number of points"),
        ("two", "two is no number of points"),
        ("1,5", "1,5 is no number of points"),
        ("nan", "nan is no number of points"),
        ("1e999", "1e999 is no number of points"),
        ("-1", "-1 is below 0 points"),
        ("1e26", "1e26 is above 1,000,000 points"),
    ],
)
def test_points_that_are_none_are_refused(person, grades, points, said):
    assert person.save(person.first(), points) == (
        409, {"saved": False, "said": f"not saved: {said}", "seen": 0, "left": None, "changed": False}
    )  # fmt: skip
    assert scores(grades) == []


def test_a_changed_answer_shows_the_old_score_and_asks_again(person, grades):
    path = person.first()
    person.save(path, "2", "well argued")
    hand_in(grades, "alice", ("2", "another text"))
    page = person.ask("GET", path)[2]
    assert "The text before was given 2 points, with this comment:\nwell argued" in page
    assert 'value=""' in page
    assert person.first() == path
    assert person.save(path, "1")[0] == 200
    assert scores(grades)[-1] == ("alice", "2", 1.0, "")


def test_a_score_for_a_text_that_changed_meanwhile_is_refused(person, grades):
    path = person.first()
    state = person.state(path)
    hand_in(grades, "alice", ("2", "another text"))
    assert person.save(path, "1", **state) == (
        409, {
            "saved": False, "said": "not saved: the answer has changed meanwhile: read it again", "seen": 0,
            "left": None, "changed": True,
        },
    )  # fmt: skip
    assert scores(grades) == []


def test_a_score_that_another_window_gave_is_shown_before_it_is_replaced(person, grades):
    path = person.first()
    state = person.state(path)
    person.save(path, "2", **state)
    status, outcome = person.save(path, "1", **state)
    assert (status, outcome["said"]) == (
        409, "not saved: the score is now 2 points (decision 1): it was changed meanwhile"
    )  # fmt: skip
    assert (outcome["seen"], outcome["changed"]) == (0, True)
    assert person.save(path, "1", **state | {"seen": outcome["seen"]})[0] == 409
    assert person.save(path, "1")[0] == 200
    assert [points for _, _, points, _ in scores(grades)] == [2.0, 1.0]


def test_a_score_that_was_withdrawn_meanwhile_is_said(person, grades):
    path = person.first()
    person.save(path, "2")
    state = person.state(path)
    with open_gradebook(grades) as book:
        book.decide("withdrawal", "alice", "basics", "1")
    assert person.save(path, "1", **state)[1]["said"] == (
        "not saved: the score is withdrawn: it was changed meanwhile"
    )  # fmt: skip


def test_of_many_saves_at_once_one_is_kept_and_the_others_are_told(person, grades):
    path = person.first()
    state = person.state(path)
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda points: person.save(path, str(points), **state), range(8)))
    assert sorted(status for status, _ in outcomes) == [200] + 7 * [409]
    assert len(scores(grades)) == 1


def test_a_gradebook_that_another_command_keeps_for_long_is_said(person, grades, monkeypatch):
    monkeypatch.setattr("assay.gradebook.opening._WAIT_SECONDS", 0.1)
    path = person.first()
    state = person.state(path)
    other = sqlite3.connect(grades, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert person.save(path, "1", **state)[1]["said"] == (
        f"not saved: {grades} is in use by another command: run this one again when that has ended"
    )
    other.close()
    assert person.save(path, "1", **state)[0] == 200


def test_a_run_that_has_the_gradebook_is_not_in_the_way(person, grades):
    with open_gradebook(grades, run=True):
        assert person.save(person.first(), "1")[0] == 200


def test_a_gradebook_that_has_gone_is_said_on_the_page(person, grades):
    path = person.first()
    state = person.state(path)
    grades.rename(grades.with_name("elsewhere.db"))
    sentence = f"{grades} does not exist: assay grade PATH --gradebook {grades} makes it"
    for place in (path, f"/{TOKEN}/"):
        assert f'<p class="notice">{sentence}</p>' in person.ask("GET", place)[2]
    assert person.save(path, "1", **state)[1]["said"] == f"not saved: {sentence}"


def test_an_answer_that_has_gone_leads_to_the_first(person, grades):
    path = person.first()
    state = person.state(path)
    with open_gradebook(grades) as book:
        book.forget("alice")
    assert person.ask("GET", path)[1]["Location"] == f"/{TOKEN}/"
    assert person.save(path, "1", **state)[1]["said"] == "not saved: the gradebook has this answer no more"


def test_an_excused_exercise_waits_for_nobody(person, grades):
    with open_gradebook(grades) as book:
        book.decide("excuse", "alice", "basics", "2")
        book.decide("excuse", "bob", "basics", "")
    pages = [person.ask("GET", path)[2] for path in walk(person)]
    assert all('<p class="notice">The exercise is excused: the points do not count.</p>' in page for page in pages)
    assert all('<span id="left">0</span> without a score' in page for page in pages)


def test_pseudonyms_stand_in_place_of_names(serve, grades, tmp_path):
    person = serve(grades, tmp_path / "who.json")
    path = person.first()
    kept = json.loads((tmp_path / "who.json").read_bytes())
    page = person.ask("GET", path)[2]
    assert kept.keys() == {"alice", "bob"}
    assert sum(name in page for name in kept.values()) == 1
    assert "alice" not in page
    assert person.save(path, "1")[1]["said"] == "saved: 1 points (decision 1)"


def test_the_text_of_a_student_is_escaped(person, grades):
    hand_in(grades, "alice", ("2", "<script>alert(1)</script>\x1b[31m\u202e{{ 7 * 191 }}"))
    page = person.ask("GET", person.first())[2]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\\x1b[31m\\u202e{{ 7 * 191 }}" in page


def test_a_long_answer_is_shown_whole(person, grades):
    hand_in(grades, "alice", ("2", "\x1b" * 65_535 + "!"))
    assert "\\x1b" * 65_535 + "!" in person.ask("GET", person.first())[2]


def test_an_ungraded_report_shows_its_answer(person, grades):
    odd = report("dora", assignment="basics", status="ungraded", reason="x", cause="grader", answers=[("2", "hm")])
    with open_gradebook(grades) as book:
        book.add(odd, None, ORIGIN)
    assert students(person) == ["alice", "bob", "dora", "bob"]
