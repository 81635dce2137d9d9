"""GitHub's annotations and summary: commands that its runner reads, Markdown that shows texts as they are."""

import re
from pathlib import Path

import pytest
from exports import ADA, TIME, UNGRADED, nasty_report, request
from markdown_it import MarkdownIt
from msgspec.structs import replace
from reports import check, exercise, report

from assay.errors import ExportError
from assay.model import Message, SubmissionInfo, Where
from assay.report.decided import undecided
from assay.report.exporters.github_annotations import github_annotations
from assay.report.exporters.github_summary import github_summary
from assay.report.exporters.request import Request
from assay.report.results import ROUNDING, result_of

COMMAND = re.compile(r"::(error|warning|notice) (?:file=([^,:]*),)?(?:line=\d+,)?title=([^,:]*)::(.*)")
"""A workflow's command as the runner reads it: properties end at a comma or a colon, the message at the line."""


def commands(*reports):
    lines = github_annotations(request(*reports)).content.decode().splitlines()
    return [COMMAND.fullmatch(line).groups() for line in lines]


def decoded(text):
    for code, character in (("%0A", "\n"), ("%0D", "\r"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, character)
    return text


def summary(*reports):
    return github_summary(request(*reports)).content.decode()


def html(*reports):
    return MarkdownIt("commonmark").enable("table").render(summary(*reports))


def test_a_wrong_check_is_an_error_and_the_points_are_a_notice():
    small = replace(ADA, exercises=ADA.exercises[:1])
    (kind, file, title, text), (*notice,) = commands(small)
    assert (kind, file, decoded(title)) == (
        "error", "submissions/Ada", "Ada, linear_regression_scratch: zero_grad really clears",
    )  # fmt: skip
    assert decoded(text).startswith("input     sgd = SGD([w], lr=0.5)\n          sgd.zero_grad()\nyours ")
    assert [*notice[:2], *map(decoded, notice[2:])] == [
        "notice", "submissions/Ada", "Ada, linear_regression_scratch: points", "3.00 of 4.00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("students/ada/src/scratch.py", "file=src/scratch.py,line=12,"),
        ("scratch.py", "file=scratch.py,line=12,"),
        ("/home/teacher/scratch.py", ""),
    ],
)
def test_an_error_is_at_the_line_of_the_function_in_the_students_repository(path, place):
    wrong = replace(check("the loss is right", "failed"), where=Where("scratch.py", 12))
    ada = replace(report("Ada", (exercise("1", "One", wrong),)), submission=SubmissionInfo("Ada", path, ""))
    made = result_of(ada, undecided(ada), published=False, root=Path("students/ada"))
    first, _ = github_annotations(Request((made,), TIME)).content.decode().splitlines()
    assert first == f"::error {place}title=Ada%2C linear_regression_scratch%3A the loss is right::failed"


def test_what_could_not_be_graded_is_a_warning_and_no_error():
    assert [(kind, decoded(text)) for kind, _, _, text in commands(UNGRADED)] == [
        ("warning", "1 of the checks could not be graded")
    ]


def test_no_more_annotations_than_github_takes():
    many = report("x", (exercise("1", "One", *(check(f"check {n}", "failed") for n in range(12))),))
    found = commands(many)
    assert [kind for kind, *_ in found] == ["error"] * 10 + ["notice"]
    assert found[9] == ("error", None, "assay", "3 more checks did not pass")


def test_nothing_that_a_student_wrote_is_a_command_of_its_own():
    content = github_annotations(request(nasty_report())).content.decode()
    assert [kind for kind, *_ in commands(nasty_report())] == ["error", "notice"]
    assert content.replace("\n", "").isprintable()


def test_a_summary_has_the_known_points_and_names_excused_exercises():
    right = replace(ADA.exercises[1], id="6")
    own = replace(UNGRADED, exercises=(*UNGRADED.exercises, right, ADA.exercises[0]))
    made = result_of(own, undecided(own)._replace(excused=frozenset({"0"})), published=False)
    assert github_summary(Request((made,), TIME)).content.decode().splitlines()[4:10] == [
        "| exercise | checks passed | points |",
        "|---|---:|---:|",
        "| `5 Why reshape` | 0 of 1 | / 2.00 |",
        "| `6 Why reshape` | 1 of 1 | 2.00 / 2.00 |",
        "| `0 The model` | excused | |",
        "| **total** | | **/ 4.00** |",
    ]


def test_the_text_of_a_summary():
    small = replace(ADA, exercises=ADA.exercises[:1])
    assert summary(small, UNGRADED) == "\n".join(
        [
            "### `Ada` `linear_regression_scratch`",
            "",
            "| exercise | checks passed | points |",
            "|---|---:|---:|",
            "| `0 The model` | 2 of 3 | 3.00 / 4.00 |",
            "| **total** | | **3.00 / 4.00** |",
            "",
            "### `Bob` `linear_regression_scratch`",
            "",
            "No points: `1 of the checks could not be graded`",
            "",
            "| exercise | checks passed | points |",
            "|---|---:|---:|",
            "| `5 Why reshape` | 0 of 1 | / 2.00 |",
            "| **total** | | **/ 2.00** |",
            "",
            "- `Ada` `0`: `zero_grad really clears` (failed)",
            "  ```text",
            "  input     sgd = SGD([w], lr=0.5)",
            "            sgd.zero_grad()",
            "  yours     [[1.0, 1.0]]   shape (1, 2), float32",
            "  expected  [[0.0, 0.0]]   within float32 rounding",
            "  help      gradients accumulate: set every param.grad to zero, or to None",
            "  ```",
            "- `Bob` `5`: `flat labels` (ungraded)",
            "  ```text",
            "  help      ours",
            "  ```",
            "",
            f"{ROUNDING[0].upper()}{ROUNDING[1:]}.",
            "",
        ]
    )


def test_what_a_person_wrote_to_the_student_is_told():
    own = report("x", (ADA.exercises[1],), answers=[("1", "Zero works.", 1.5, "good")])
    decided = undecided(own)._replace(corrections={("5", "flat_labels_count_the_same"): 1.0})
    made = result_of(own, decided, published=False)
    assert github_summary(Request((made,), TIME)).content.decode().splitlines()[8:16] == [
        "- `x` `5`: `flat labels count the same` (passed)",
        "  ```text",
        "  help      a person has corrected this from 2 to 1 points",
        "  ```",
        "- `x` `1`: `written answer` (scored)",
        "  ```text",
        "  good",
        "  ```",
    ]


def test_a_check_without_a_message_is_one_line():
    shown = summary(report("x", (exercise("1", "One", check("a", "failed")),)))
    assert "\n- `x` `1`: `a` (failed)\n\n" in shown


def test_a_submission_without_checks_has_its_reason():
    shown = html(report("Eve", status="ungraded", reason="Eve.zip: it is encrypted", assignment=""))
    assert "<h3><code>Eve</code></h3>\n<p>No points: <code>Eve.zip: it is encrypted</code></p>" in shown


def test_nothing_that_a_student_wrote_is_read_as_markdown_or_html():
    shown = html(nasty_report())
    tags = set(re.findall(r"</?([a-z0-9]+)", shown))
    assert tags == {
        "h3", "code", "table", "thead", "tr", "th", "tbody", "td", "strong", "ul", "li", "pre", "p",
    }  # fmt: skip
    assert shown.count("<tr>") == 3
    assert shown.count("<pre>") == 1
    assert shown.replace("\n", "").isprintable()


def test_details_that_github_has_no_room_for_are_counted():
    text = Message(help="\n".join(["x" * 1000] * 100))
    many = report("x", (exercise("1", "One", *(check(f"check {n}", "failed", text) for n in range(12))),))
    shown = summary(many)
    assert len(shown.encode()) <= 1024 * 1024
    assert "\n2 more messages; there is no room for them here.\n" in shown


def test_a_class_that_github_has_no_room_for_is_refused():
    huge = report("x" * 250, ADA.exercises)
    with pytest.raises(ExportError) as caught:
        github_summary(request(*[huge] * 3000))
    assert str(caught.value) == "GitHub takes 1 MiB of summary, and 3000 reports need more: export fewer students"
