"""Feedback for a student: a text and a page for each assignment, and nothing of anybody else."""

import re
import zipfile

import pytest
from exports import ADA, SECRET, UNGRADED, nasty_report, results
from msgspec.structs import replace
from reports import MODEL, RATES, RESHAPE, excused_result, report

from assay.errors import ExportError
from assay.report.decided import Deduction, Given, undecided
from assay.report.feedback import write_folders, write_moodle_zip
from assay.report.results import result_of

FILE = "linear_regression_scratch.txt"
PAGE = "linear_regression_scratch.html"


def named(own, name):
    return replace(own, submission=replace(own.submission, name=name))


def files(folder):
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def moodle_reads(name):
    """Return the participant, the plugin and the file that Moodle's import finds in a member's name."""
    parts = name.split("_", 4)
    assert len(parts) == 5
    return parts[1], f"{parts[2]}_{parts[3]}", parts[4]


def test_a_folder_for_each_student_and_a_text_and_a_page_for_each_assignment(tmp_path):
    write_folders(results(ADA, replace(ADA, assignment="basics"), UNGRADED), tmp_path / "out")
    assert sorted(files(tmp_path / "out")) == [
        "Ada/basics.html", "Ada/basics.txt", f"Ada/{PAGE}", f"Ada/{FILE}", f"Bob/{PAGE}", f"Bob/{FILE}",
    ]  # fmt: skip


def test_the_text_of_a_file(tmp_path):
    small = replace(ADA, exercises=(SECRET,), score=0.0, max_score=3.0)
    write_folders(results(small), tmp_path / "out")
    assert (tmp_path / "out" / "Ada" / FILE).read_text().splitlines() == [
        "Ada  linear_regression_scratch                                             0 / 3",
        "Ada",
        "",
        " 6  Learning rates   0 of 2 checks passed                                  0 / 3",
        "     ✗ hidden check 1                                          not right   0 / 2",
        "       this check is hidden: what it tested is not shown",
        "     ✗ hidden check 2                                          not right   0 / 1",
        "       help      this check is shown later",
    ]


def test_what_waits_for_a_person_and_what_is_excused_is_told(tmp_path):
    waiting = replace(ADA, answers=report(answers=[("1", "Zero works.")]).answers)
    excused = excused_result(UNGRADED)
    write_folders([*results(waiting), excused], tmp_path / "out")
    ada, bob = ((tmp_path / "out" / name / FILE).read_text().splitlines()[-1] for name in ("Ada", "Bob"))
    assert ada == "open      the written answer to exercise 1 has no score"
    assert bob == "the assignment is excused"


def text_of(own, folder, **decided):
    return text_in(folder, result_of(own, undecided(own)._replace(**decided), published=False))


def text_in(folder, result):
    write_folders([result], folder / "out")
    return (folder / "out" / result.student / FILE).read_text().splitlines()


def test_an_excused_exercise_has_no_points_and_asks_for_nothing(tmp_path):
    own = report(
        "Ada",
        (RESHAPE, RATES),
        answers=[("10", "It diverges."), ("5", "Order.")],
        missing=("learning_rate_sweep", "other"),
        notes=("basics.py was read",),
    )
    decided = {"excused": frozenset({"10"}), "answers": {"5": Given(1.5, "good"), "10": Given(1.0, "bad")}}
    assert text_of(own, tmp_path, **decided, open=(), told=()) == [
        "Ada  linear_regression_scratch                                           3.5 / 2",
        "Ada",
        "",
        "notes     basics.py was read",
        "          exercise 10 is excused",
        "",
        " 5  Why reshape   its only check passed                                    2 / 2",
        "10  Learning rates   excused",
        "",
        "missing   other",
        "",
        "Written answers, for a person to grade",
        "exercise 5  Order.",
        "score       1.5",
        "comment     good",
    ]


def test_what_a_person_corrected_has_its_points(tmp_path):
    own = replace(UNGRADED, exercises=(*UNGRADED.exercises, replace(RESHAPE, id="6")))
    corrections = {("5", "flat_labels"): 1.5, ("6", "flat_labels_count_the_same"): 1.0}
    assert text_of(own, tmp_path, corrections=corrections, graded=True)[3:] == [
        " 5  Why reshape   0 of 1 check passed                                    1.5 / 2",
        "     ? flat labels                                 could not be graded   1.5 / 2",
        "       help      ours",
        "                 a person has corrected this from 0 to 1.5 points",
        " 6  Why reshape   its only check passed                                    1 / 2",
        "     ✓ flat labels count the same                                 passed   1 / 2",
        "       help      a person has corrected this from 2 to 1 points",
    ]


def test_a_correction_to_no_points_is_known(tmp_path):
    assert text_of(UNGRADED, tmp_path, corrections={("5", "flat_labels"): 0.0}, graded=True)[3:5] == [
        " 5  Why reshape   0 of 1 check passed                                      0 / 2",
        "     ? flat labels                                   could not be graded   0 / 2",
    ]


def test_points_have_two_decimals_as_on_the_page(tmp_path):
    own = replace(MODEL, checks=(replace(MODEL.checks[0], score=1 / 3, max_score=1 / 3),))
    late = Deduction(0.125, "1 day late")
    lines = text_of(replace(ADA, exercises=(own,)), tmp_path, late=late)
    assert lines[0].endswith(" 0.2 / 0.33")
    assert lines[3:6] == [
        "notes     -0.13 points: 1 day late",
        "",
        " 0  The model   its only check passed                                0.33 / 0.33",
    ]


@pytest.mark.parametrize("status", ["graded", "ungraded"])
def test_an_excused_assignment_has_no_points_and_asks_for_nothing(tmp_path, status):
    own = report("Ada", (MODEL, RATES), missing=("learning_rate_sweep",), status=status, cause="checks", reason="ours")
    assert text_in(tmp_path, excused_result(own)) == [
        "Ada  linear_regression_scratch                                           excused",
        "Ada",
        "",
        " 0  The model   excused",
        "10  Learning rates   excused",
        "",
        "the assignment is excused",
    ]


def test_a_refused_submission_that_is_excused_costs_nothing(tmp_path):
    own = report("Ada", status="ungraded", cause="refused", reason="Ada.zip: it is encrypted")
    assert text_in(tmp_path, excused_result(own)) == [
        "Ada  linear_regression_scratch                                           excused",
        "Ada",
        "",
        "",
        "the assignment is excused",
    ]


def test_the_same_reports_give_the_same_archive(tmp_path):
    for name in ("a.zip", "b.zip"):
        write_moodle_zip(results(named(ADA, "Ada Muster_1001")), tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_moodle_finds_the_participant_in_each_name(tmp_path):
    write_moodle_zip(
        results(named(ADA, "Ada Muster_1001"), named(UNGRADED, "Bob-Jr Ö._7_assignsubmission_file_")),
        tmp_path / "m.zip",
    )
    with zipfile.ZipFile(tmp_path / "m.zip") as archive:
        assert archive.testzip() is None
        found = [moodle_reads(name) for name in archive.namelist()]
    assert found == [(number, "assignsubmission_file", name) for number in ("1001", "7") for name in (FILE, PAGE)]


@pytest.mark.parametrize("name", ["ada", "Ada_Muster_1001", "Ada Muster_x", "_1001"])
def test_a_name_that_moodle_would_not_find_is_refused(tmp_path, name):
    with pytest.raises(ExportError) as caught:
        write_moodle_zip(results(named(ADA, name)), tmp_path / "m.zip")
    assert str(caught.value) == (
        f"Moodle names students as in Ada Muster_1001, and not as {name}: grade its own export"
    )
    assert not (tmp_path / "m.zip").exists()


@pytest.mark.parametrize("write", [write_folders, write_moodle_zip])
def test_nothing_is_overwritten_or_left_beside_anothers(tmp_path, write):
    path = tmp_path / "out.zip"
    path.write_text("mine") if write is write_moodle_zip else path.mkdir()
    with pytest.raises(ExportError, match="is there already"):
        write(results(named(ADA, "Ada Muster_1001")), path)


@pytest.mark.parametrize("write", [write_folders, write_moodle_zip])
def test_two_reports_with_one_name_may_be_two_persons_and_nobody_else_loses_a_file(tmp_path, write):
    twice, bob = named(ADA, "Ada M_1"), named(UNGRADED, "Bob B_2")
    with pytest.raises(ExportError) as caught:
        write(results(twice, replace(twice, assignment="basics"), twice, bob), tmp_path / "out.zip")
    assert str(caught.value) == (
        "nothing was written for Ada M_1 (linear_regression_scratch), because several reports may be of one person or of two"
    )
    if write is write_folders:
        assert sorted(files(tmp_path / "out.zip")) == [f"Bob B_2/{PAGE}", f"Bob B_2/{FILE}"]
    else:
        with zipfile.ZipFile(tmp_path / "out.zip") as archive:
            assert [moodle_reads(name)[::2] for name in archive.namelist()] == [("2", FILE), ("2", PAGE)]


@pytest.mark.parametrize("name", ["..", "../../x", "/etc/x", "a/b", "", " ", "con:", "x" * 300, "a\\b", "\x00"])
def test_every_name_is_a_folder_in_there(tmp_path, name):
    write_folders(results(named(ADA, name)), tmp_path / "out")
    page, text = sorted(files(tmp_path / "out"))
    assert re.fullmatch(rf"[^/\\:]+/{re.escape(FILE)}", text)
    assert page == text.replace(FILE, PAGE)
    assert [each.name for each in tmp_path.iterdir()] == ["out"]


def test_no_two_students_share_a_folder_on_any_system(tmp_path):
    write_folders(results(*(named(ADA, name) for name in ("Ada", "ada", "a/b", "a:b", "a-b"))), tmp_path / "out")
    folders = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert folders == ["Ada", "a-b", "a-b (2)", "a-b (3)", "ada (2)"]


@pytest.mark.parametrize("end", [".", " ", "\u3000", " . ."])
def test_a_long_name_does_not_end_in_what_windows_drops(tmp_path, end):
    long = "x" * (60 - len(end))
    write_folders(results(*(named(ADA, name) for name in (f"{long}{end}yyy", f"{long}-"))), tmp_path / "out")
    folders = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert folders == [f"{long}-", f"{long}- (2)"]


def test_two_forms_of_an_accent_are_one_name_to_some_systems(tmp_path):
    names = ("Zo\u00eb", "Zoe\u0308", "ZOE\u0308")
    write_folders(results(*(named(ADA, name) for name in names)), tmp_path / "out")
    folders = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert folders == sorted(["Zo\u00eb", "Zoe\u0308 (2)", "ZOE\u0308 (3)"])


def test_hostile_texts_are_inert(tmp_path):
    write_folders(results(nasty_report()), tmp_path / "out")
    for text in files(tmp_path / "out").values():
        assert text.replace("\n", "").isprintable()
