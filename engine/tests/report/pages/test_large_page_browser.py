"""The page of a large class in a browser: the first students that are found, and all of them by a button."""

import pytest
from browsing import Watched, violations
from exports import graded
from reports import MODEL, report

from assay.report.pages.class_page import class_page

COUNT, FIRST = 230, 200


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Write the page of a class in which everybody made the same mistake."""
    path = tmp_path_factory.mktemp("pages") / "index.html"
    people = [report(f"student {number:03}", (MODEL,)) for number in range(COUNT)]
    links = {(each.submission.name, each.assignment): f"{number}.html" for number, each in enumerate(people)}
    path.write_bytes(class_page(graded(*people), links, {}, "grades.db"))
    return path.as_uri()


@pytest.fixture
def visit(browser, address):
    with Watched(browser) as watched:
        yield lambda **options: watched.open(address, **options)
        assert watched.told == []


def names(page):
    return page.locator("table.students tbody tr:visible th").all_inner_texts()


def test_the_first_students_are_shown_and_a_button_shows_all(visit):
    page = visit()
    assert (len(names(page)), page.inner_text("#shown")) == (FIRST, f"{FIRST} of {COUNT} shown")
    page.get_by_role("button", name=f"Show all {COUNT}").click()
    assert (len(names(page)), page.inner_text("#shown")) == (COUNT, f"{COUNT} of {COUNT} shown")
    assert not page.locator("button.more").is_visible()


def test_the_search_finds_students_that_are_not_shown(visit):
    page = visit()
    page.get_by_label("Search a student").fill("student 229")
    assert (names(page)[-1], page.inner_text("#shown")) == ("student 229", f"1 of {COUNT} shown")
    assert not page.locator("button.more").is_visible()
    page.get_by_label("Search a student").fill("")
    assert len(names(page)) == FIRST


def test_all_students_are_sorted_and_the_first_ones_shown(visit):
    page = visit()
    for first in ("student 000", "student 229"):
        page.get_by_role("columnheader", name="Student").get_by_role("button").click()
        assert (names(page)[0], len(names(page))) == (first, FIRST)


def test_without_a_script_and_on_paper_all_are_there(visit):
    assert len(names(visit(java_script_enabled=False))) == COUNT
    page = visit()
    page.emulate_media(media="print")
    assert len(names(page)) == COUNT
    assert not page.locator("button.more").is_visible()


def test_everybody_can_use_the_page_of_a_large_class(visit):
    page = visit()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []


def test_a_list_of_many_students_has_names_and_no_links(visit):
    page = visit()
    assert page.locator("ol.findings a").count() == 0
    page.locator("ol.findings > li > details", has_text=f"{COUNT} students").first.locator("summary").click()
    assert page.locator("ol.findings p:visible").filter(has_text="student 229").count() == 1
