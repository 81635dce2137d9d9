"""The page in a browser: the keyboard is enough, everybody can read it, and no text of a student is run."""

import contextlib
import functools

import pytest
from browsing import Watched, violations
from playwright.sync_api import expect
from reviewing import hand_in, scores

from assay.gradebook.store import open_gradebook

EVIL = (
    "<script>window.hit = 1</script><img src=x onerror='window.hit = 1'>\"' onmouseover='window.hit = 1' x='"
    "</textarea></style><script>window.hit = 1</script>{{ 7 * 191 }}\x1b[31m\u202e\u2028\x00"
)


@pytest.fixture
def visit(browser, person):
    """Open the address; at the end nothing may stand on the console, and only the server was asked."""
    with Watched(browser) as watched:
        yield functools.partial(watched.open, person.server.address)
        assert watched.told == []
        assert [url for url in watched.asked if not url.startswith(person.server.address)] == []


def keys(page, *names):
    for name in names:
        page.keyboard.press(name)


def wait_for(page, text):
    expect(page.get_by_role("status")).to_contain_text(text)


def test_the_keyboard_is_enough(visit, grades):
    page = visit()
    page.keyboard.type("1.5")
    keys(page, "Tab")
    page.keyboard.type("well argued")
    keys(page, "Control+Enter")
    wait_for(page, "saved: 1.5 points (decision 1)")
    assert page.inner_text("#left") == "2"
    with page.expect_navigation():
        keys(page, "Enter")
    page.keyboard.type("0")
    keys(page, "Enter")
    wait_for(page, "saved: 0 points (decision 2)")
    with page.expect_navigation():
        keys(page, "Alt+p")
    assert page.get_by_label("Points").input_value() == "1.5"
    with page.expect_navigation():
        keys(page, "Alt+n")
    assert page.get_by_label("Points").input_value() == "0"
    assert scores(grades) == [("alice", "2", 1.5, "well argued"), ("bob", "2", 0.0, "")]


def test_a_refused_score_stays_in_its_field(browser, person, grades):
    with contextlib.closing(browser.new_context()) as context:
        page = context.new_page()
        page.goto(person.server.address)
        page.keyboard.type("two")
        keys(page, "Enter")
        wait_for(page, "not saved: two is no number of points")
        assert page.get_by_label("Points").input_value() == "two"
        person.server.server_close()
        page.get_by_label("Points").fill("2")
        keys(page, "Enter")
        wait_for(page, "not saved: assay review does not answer. Copy the comment, and start the command again")
    assert scores(grades) == []


def test_the_score_of_another_person_is_read_before_it_is_replaced(browser, person, grades):
    with contextlib.ExitStack() as stack:
        first, second = (stack.enter_context(contextlib.closing(browser.new_context())).new_page() for _ in range(2))
        for page in (first, second):
            page.goto(person.server.address)
        first.keyboard.type("2")
        keys(first, "Enter")
        wait_for(first, "saved: 2 points (decision 1)")
        second.keyboard.type("1")
        keys(second, "Enter")
        wait_for(second, "not saved: the score is now 2 points (decision 1): it was changed meanwhile")
        link = second.get_by_role("link", name="Load the answer and its score again")
        expect(link).to_be_focused()
        second.once("dialog", lambda dialog: dialog.dismiss())
        with second.expect_event("dialog"):  # the typed points would be lost
            link.press("Enter", no_wait_after=True)
        second.get_by_label("Points").press("Enter")
        wait_for(second, "not saved: the score is now 2 points (decision 1): it was changed meanwhile")
        expect(link).to_be_focused()
        second.once("dialog", lambda dialog: dialog.accept())
        with second.expect_navigation():
            link.press("Enter", no_wait_after=True)
        assert second.get_by_label("Points").input_value() == "2"
    assert scores(grades) == [("alice", "2", 2.0, "")]


def test_typed_text_is_not_lost_by_leaving_the_page(visit):
    page = visit()
    page.keyboard.type("1")
    page.once("dialog", lambda dialog: dialog.dismiss())
    with page.expect_event("dialog") as found:
        page.get_by_role("link", name="Next").click(no_wait_after=True)
    assert found.value.type == "beforeunload"
    assert page.get_by_label("Points").input_value() == "1"


def test_everybody_can_read_the_page_and_no_text_of_a_student_is_run(visit, grades):
    hand_in(grades, EVIL, ("2", EVIL))
    hand_in(grades, "alice", ("2", EVIL))
    with open_gradebook(grades) as book:
        book.decide("score", "alice", "basics", "2", points=1.0, text=EVIL, about="of the text before")
    page = visit(viewport={"width": 390, "height": 800})
    for _ in range(2):
        assert page.evaluate("window.hit") is None
        assert "1337" not in page.inner_text("body")
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert violations(page) == []
        with page.expect_navigation():
            page.get_by_role("link", name="Next").click()
