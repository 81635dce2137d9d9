"""A folder of pages: nothing of anybody else is lost, and nothing of an earlier run stays."""

import os
import re

import pytest
from exports import ADA, UNGRADED, graded
from msgspec.structs import replace
from page_text import parse

from assay.errors import ExportError
from assay.report.decided import nothing_handed_in
from assay.report.pages.folder import require_pages_alone, write_pages

PAGE = "linear_regression_scratch.html"


def named(own, name):
    return replace(own, submission=replace(own.submission, name=name))


def names(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_page_for_each_student_who_handed_in(tmp_path):
    write_pages(graded(ADA, UNGRADED, nothing_handed_in("Eve", "linear_regression_scratch")), tmp_path / "out", {}, "")
    assert [name for name in names(tmp_path / "out") if "/" in name] == [f"Ada/{PAGE}", f"Bob/{PAGE}"]


def test_the_pages_of_an_earlier_run_are_replaced(tmp_path):
    write_pages(graded(ADA, UNGRADED), tmp_path / "out", {}, "")
    write_pages(graded(UNGRADED), tmp_path / "out", {}, "")
    assert sorted(path.name for path in (tmp_path / "out").iterdir() if path.is_dir()) == ["Bob"]


@pytest.mark.parametrize("name", ["notes.txt", "other.html", "Ada/mine.html"])
def test_a_file_that_is_not_a_page_is_never_lost(tmp_path, name):
    write_pages(graded(ADA), tmp_path, {}, "")
    (tmp_path / name).write_text("<!doctype html>\nmine")
    before = names(tmp_path)
    with pytest.raises(ExportError) as caught:
        write_pages(graded(UNGRADED), tmp_path, {}, "")
    assert str(caught.value) == f"{tmp_path} has a file that is not a page: {name}; name a new folder"
    assert names(tmp_path) == before


@pytest.mark.parametrize(
    "make", [os.mkfifo, lambda path: path.symlink_to("/dev/null"), lambda path: path.symlink_to(".")]
)
def test_what_is_not_a_file_is_not_a_page(tmp_path, make):
    make(tmp_path / "a.html")
    with pytest.raises(ExportError, match=re.escape("has a file that is not a page: a.html; name a new folder")):
        require_pages_alone(tmp_path)


def test_two_reports_with_one_name_may_be_two_persons_and_nobody_else_loses_a_page(tmp_path):
    eve = named(ADA, "Eve")
    with pytest.raises(ExportError) as caught:
        write_pages(graded(ADA, replace(ADA, assignment="basics"), ADA, UNGRADED, eve, eve), tmp_path / "out", {}, "")
    assert str(caught.value) == (
        "nothing was written for Ada (linear_regression_scratch), Eve (linear_regression_scratch), because several reports"
        " may be of one person or of two"
    )
    assert names(tmp_path / "out") == [f"Bob/{PAGE}", "index.html"]
    page = parse((tmp_path / "out" / "index.html").read_bytes())
    assert set(page.values("href")) == {f"Bob/{PAGE}"}
    assert page.texts.count("Ada") >= 3


@pytest.mark.parametrize("name", ["..", "../../x", "/etc/x", "index.html", "INDEX.html", "", "x" * 300, "a\\b", "\x00"])
def test_no_name_leaves_the_folder_or_takes_the_place_of_the_class(tmp_path, name):
    write_pages(graded(named(ADA, name)), tmp_path / "out", {}, "")
    (path,) = (path for path in names(tmp_path / "out") if "/" in path)
    assert re.fullmatch(rf"[^/\\:]+/{re.escape(PAGE)}", path)
    assert not path.casefold().startswith("index.html/")
    assert [each.name for each in tmp_path.iterdir()] == ["out"]
