"""The pages in a browser: sorted, searched and read by everybody, with nothing fetched and nothing run."""

import contextlib
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from browsing import Watched, violations
from exports import ADA, SECRET, UNGRADED, graded
from msgspec.structs import replace
from plots import LOSS, make_plot
from reports import MODEL, RESHAPE, check, exercise, report, with_keys

from assay.judge.answers_key import answers_key
from assay.model import HIDDEN_TEXT, Message
from assay.report.decided import nothing_handed_in, undecided
from assay.report.pages.folder import write_pages
from assay.report.pages.student import student_page
from assay.report.results import result_of

NAME = "linear_regression_scratch"
ATTACKS = (
    "<script>window.hit = 1</script>", "<img src=x onerror='window.hit = 1'>", "\"' onmouseover='window.hit = 1' x='",
    "</style></title></pre><script>window.hit = 1</script>", "{{ 7 * 191 }}", "=HYPERLINK(1)", "\x1b[31m\u202e\u2028\x00",
)  # fmt: skip
EVIL = " ".join(ATTACKS)
PLOTTED = with_keys(NAME, replace(MODEL, checks=(*MODEL.checks[:2], replace(MODEL.checks[2], evidence=LOSS))))
PAGES = ("index.html", f"Ada/{NAME}.html", f"Bob/{NAME}.html", "hostile")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Write the pages of a class, in which one student is hostile in every text."""
    texts = Message(*[EVIL] * 4)
    wrong = replace(check(EVIL, "failed", texts), diagnosis=EVIL, evidence=make_plot([1.0, None], title=EVIL))
    evil = report(EVIL, (exercise("7", EVIL, wrong),), notes=(EVIL,), missing=(EVIL,), answers=[("7", EVIL)])
    half = exercise("0", "The model", *(check(str(number), points=0.25) for number in range(3)))
    key = answers_key(evil.assignment, "7", wrong)
    people = [
        replace(ADA, exercises=(PLOTTED, *ADA.exercises[1:]), answers=report(answers=[("0", "Zero works.")]).answers),
        report("Zoë Ōtani", (MODEL, RESHAPE)),
        UNGRADED,
        report("Kim", (half,)),
        evil,
        nothing_handed_in("Eve", NAME),
    ]
    path = tmp_path_factory.mktemp("pages") / "out"
    write_pages(graded(*people), path, {key: EVIL}, "grades.db")
    return path


@pytest.fixture
def visit(browser, folder):
    """Open a page; at the end, no page may have fetched anything or written to the console."""
    with Watched(browser) as watched:

        def visit(name, **options):
            path = folder / name if name != "hostile" else next(folder.glob("*script*/*.html"))
            page = watched.open(path.as_uri(), **options)
            watched.asked.remove(path.as_uri())
            return page

        yield visit
        assert (watched.asked, watched.told) == ([], [])


def test_a_persons_correction_of_a_hidden_check_is_a_line_of_its_own(browser, tmp_path):
    decided = undecided(ADA)._replace(corrections={(SECRET.id, SECRET.checks[0].id): 1.0})
    (tmp_path / "page.html").write_bytes(student_page(result_of(ADA, decided, published=False)))
    with Watched(browser) as watched:
        note = watched.open((tmp_path / "page.html").as_uri()).locator(".problem > .quiet").inner_text()
    assert note == f"{HIDDEN_TEXT}\na person has corrected this from 0 to 1 points"


def names(page):
    """Return the students of the table from top to bottom, as far as they are shown."""
    return [text[:4].strip() for text in page.locator("table.students tbody tr:visible th").all_inner_texts()]


@pytest.mark.parametrize("name", PAGES)
def test_everybody_can_read_a_page_in_light_and_in_the_dark(visit, name):
    page = visit(name)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []


@pytest.mark.parametrize("name", PAGES)
def test_a_phone_shows_a_page_without_scrolling_sideways(visit, name):
    page = visit(name, viewport={"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize("name", PAGES)
def test_no_text_of_a_student_is_run(visit, name):
    page = visit(name)
    assert page.evaluate("window.hit") is None
    assert page.locator("script").count() == (name == "index.html")
    assert page.locator("img, [onerror], [onmouseover], [style]").count() == 0
    assert "1337" not in page.inner_text("body")


@pytest.mark.parametrize("width", [1200, 390])
def test_an_open_cluster_of_a_hostile_student_is_read_by_everybody_and_runs_nothing(visit, width):
    page = visit("index.html", viewport={"width": width, "height": 800})
    clusters = page.locator("details.cluster")
    assert clusters.count() == 2
    for number in range(2):
        clusters.nth(number).locator("summary").click()
    hostile = clusters.last.inner_text()
    # The description, the input, both sides, the relation, the help and the comment.
    assert hostile.count("<img src=x onerror='window.hit = 1'>") == 7
    assert page.evaluate("window.hit") is None
    assert page.locator("img, [onerror], [onmouseover], [style]").count() == 0
    assert "1337" not in hostile
    assert not {"\x1b", "\u202e", "\u2028", "\x00"} & set(hostile)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []


def test_a_script_that_got_into_a_page_is_blocked_by_its_policy(browser, folder):
    with contextlib.closing(browser.new_context()) as context:
        page = context.new_page()
        page.goto((folder / PAGES[1]).as_uri())
        page.evaluate("document.body.innerHTML = `<img src=x onerror='window.hit = 1'><p style='color: red'>x</p>`")
        page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.hit = 1'}))")
        page.wait_for_timeout(50)
        assert page.evaluate("window.hit") is None
        assert page.evaluate("getComputedStyle(document.querySelector('p')).color") != "rgb(255, 0, 0)"


def test_a_click_on_a_heading_sorts_and_the_unknown_comes_last(visit):
    page = visit("index.html")
    points = page.get_by_role("columnheader", name="Points")
    for order, expected in (("ascending", ["0", "0.75", "5", "5"]), ("descending", ["5", "5", "0.75", "0"])):
        points.get_by_role("button").click()
        assert points.get_attribute("aria-sort") == order
        assert page.locator("td.total").all_inner_texts() == [*expected, "", ""]
    page.get_by_role("button", name="Student", exact=True).click()
    assert points.get_attribute("aria-sort") is None
    assert names(page)[-5:] == ["Ada", "Bob", "Eve", "Kim", "Zoë"]


def test_the_search_ignores_case_and_accents(visit):
    page = visit("index.html")
    page.get_by_label("Search a student").fill("zoe ota")
    assert names(page) == ["Zoë"]
    assert page.inner_text("#shown") == "1 of 6 shown"
    page.get_by_label("Search a student").fill("")
    assert len(names(page)) == 6


def test_the_filter_and_the_search_work_together(visit):
    page = visit("index.html")
    page.get_by_label("Show").select_option("not handed in")
    assert names(page) == ["Eve"]
    page.get_by_label("Search a student").fill("ada")
    assert names(page) == []
    assert page.inner_text("#shown") == "0 of 6 shown"


def test_the_keyboard_is_enough(visit):
    page = visit("index.html")
    page.get_by_label("Search a student").focus()
    for key in ("Tab", "Tab", "Tab", "Enter"):  # the filter, the table, its first heading
        page.keyboard.press(key)
    assert page.get_by_role("columnheader", name="Student").get_attribute("aria-sort") == "ascending"


def test_without_a_script_all_students_are_shown(visit):
    page = visit("index.html", java_script_enabled=False)
    assert page.locator("table.students tbody tr:visible").count() == 6
    assert not page.locator(".tools").is_visible()


def test_a_link_leads_to_the_students_page(visit, folder):
    page = visit("index.html")
    links = page.locator("table.students a").evaluate_all("links => links.map(link => link.href)")
    pages = [Path(unquote(urlsplit(link).path)) for link in links]
    assert len(pages) == 5
    assert all(path.is_file() and path.parent.parent == folder for path in pages)


@pytest.mark.parametrize(("width", "stacked"), [(1200, False), (390, True)])
def test_yours_stands_beside_expected_if_there_is_room(visit, width, stacked):
    page = visit(f"Ada/{NAME}.html", viewport={"width": width, "height": 800})
    yours, expected = (page.locator(f"pre.{side}").first.bounding_box() for side in ("yours", "expected"))
    assert (yours["y"] < expected["y"]) == stacked
    assert (yours["x"] < expected["x"]) != stacked


def test_a_plot_is_read_aloud_and_its_colours_follow_the_scheme(visit):
    page = visit(f"Ada/{NAME}.html")
    assert page.get_by_role("img", name="loss against epoch").is_visible()
    strokes = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        lines = page.locator("figure svg[role=img] .line")
        strokes.append(lines.evaluate_all("lines => lines.map(line => getComputedStyle(line).stroke)"))
    assert len(set(strokes[0] + strokes[1])) == 4


def test_paper_is_white_and_has_no_controls(visit):
    page = visit("index.html", color_scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator(".tools").is_visible()
    assert page.pdf()[:5] == b"%PDF-"
