"""Pseudonyms: no export tells who it is about, and one file does."""

import stat
from decimal import Decimal

import pytest
from exports import ADA, UNGRADED
from msgspec.structs import replace
from reports import report

from assay.errors import ExportError
from assay.model import Names, SubmissionInfo
from assay.report.decided import Deduction, Given, undecided
from assay.report.pseudonyms import pseudonymous, pseudonyms_in
from assay.report.results import result_of


def test_names_and_texts_are_gone_and_points_stay():
    told = replace(
        ADA,
        handed_in=Names(("Ada",), ("Ada",), ("Ada.py",)),
        answers=report(answers=[("0", "Ada"), ("Ada", "x")]).answers,
    )
    decided = undecided(told)._replace(corrections={("0", "the_loss_is_right"): 1.0}, answers={"0": Given(1.5, "Ada")})
    result = result_of(*pseudonymous(told, decided, "student-1"), published=True)
    assert "Ada" not in repr(result)
    assert (result.student, result.score, result.pending) == ("student-1", 5.5, "a person has to look at it")
    assert [(row.check, row.text) for row in result.rows if row.text] == [
        ("the_loss_is_right", "help      a person has corrected this from 2 to 1 points")
    ]
    assert result.report.submission == SubmissionInfo("student-1", "", "")


def test_how_late_it_was_is_gone_and_the_deduction_stays():
    decided = undecided(ADA)._replace(late=Deduction(0.5, "handed in at night"))
    result = result_of(*pseudonymous(ADA, decided, "student-1"), published=True)
    assert [(row.check, row.score, row.text) for row in result.rows][-1] == ("late", Decimal("-0.5"), "")
    assert "night" not in repr(result)


def test_a_reason_may_name_a_file_and_is_gone():
    own = replace(UNGRADED, reason="Bob.zip: it is encrypted")
    result = result_of(*pseudonymous(own, undecided(own), "student-1"), published=False)
    assert (result.doubt, result.score) == ("a person has to look at it", None)


def test_pseudonyms_stay_the_same_and_new_ones_are_added(tmp_path):
    path = tmp_path / "who.json"
    first = pseudonyms_in(path, ["Ada", "Bob"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    second = pseudonyms_in(path, ["Bob", "Eve"])
    assert second["Ada"] == first["Ada"]
    assert second["Bob"] == first["Bob"]
    assert len(set(second.values())) == 3
    assert all(name.startswith("student-") and len(name) == 16 for name in second.values())
    assert pseudonyms_in(path, []) == second


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ('{"Ada": "s", "Bob": "s"}', "{} gives two students one pseudonym"),
        ("[]", "{} is not a file of pseudonyms: Expected `object`, got `array`"),
        ("", "{} is not a file of pseudonyms: Input data was truncated"),
    ],
)
def test_another_file_is_refused_and_stays(tmp_path, content, text):
    path = tmp_path / "who.json"
    path.write_text(content)
    with pytest.raises(ExportError) as caught:
        pseudonyms_in(path, ["Eve"])
    assert str(caught.value) == text.format(path)
    assert path.read_text() == content


def test_a_file_that_cannot_be_written_is_refused(tmp_path):
    path = tmp_path / "none" / "who.json"
    with pytest.raises(ExportError) as caught:
        pseudonyms_in(path, ["Ada"])
    assert str(caught.value) == f"{path} cannot be used for pseudonyms: No such file or directory"
