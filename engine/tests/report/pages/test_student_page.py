"""The student's page: what holds, what does not, what to do, and nothing that is the instructor's."""

import base64
import hashlib

from exports import ADA, BLANK, SECRET, UNGRADED, nasty_report, results
from msgspec.structs import replace
from page_text import parse
from plots import LOSS, make_plot
from reports import MISSING, MODEL, RATES, RESHAPE, WRONG, check, excused_result, exercise, report

from assay.model import HIDDEN_TEXT, Message, Missing
from assay.report.decided import Deduction, Given, undecided
from assay.report.pages.student import student_page
from assay.report.results import result_of


def page_of(own, **decided):
    return parse(student_page(result_of(own, undecided(own)._replace(**decided), published=False)))


def after(page, text, count):
    """Return the texts that follow a text."""
    start = page.texts.index(text) + 1
    return page.texts[start : start + count]


def failed(**parts):
    return report("Ada", (exercise("1", "One", check("it holds", "failed", Message(**parts))),))


def test_the_head_says_whose_it_is_and_how_many_points():
    page = page_of(ADA)
    assert page.texts[1:7] == ["Ada", "linear_regression_scratch", "Ada", "5", "of 11 points", "Exercises"]


def test_each_exercise_says_in_words_how_many_checks_passed():
    page = page_of(ADA)
    assert after(page, "Exercises", 20) == [
        "✗", "0", "The model", "2 of 3 checks passed", "3 / 4",
        "✓", "5", "Why reshape", "1 of 1 check passed", "2 / 2",
        "✗", "6", "Learning rates", "0 of 2 checks passed", "0 / 3",
        "✗", "10", "Learning rates", "not handed in", "0 / 2",
    ]  # fmt: skip


def test_a_failed_check_has_input_answer_expectation_and_help():
    assert after(page_of(ADA), "zero_grad really clears", 10) == [
        "not right", "0 / 1",
        "Smallest input: paste it below your code to see it", " ".join(WRONG.input.split()),
        "Yours", " ".join(WRONG.yours.split()), "Expected", " ".join(WRONG.expected.split()),
        "Help", WRONG.help,
    ]  # fmt: skip


def test_an_input_that_is_cut_is_not_to_be_pasted():
    assert "Smallest input" in page_of(failed(input="f([1.0, …])")).texts


def test_a_diagnosis_is_told():
    own = replace(MODEL, checks=(replace(MODEL.checks[2], diagnosis="yours is half what is expected"),))
    page = page_of(replace(ADA, exercises=(own,)))
    assert after(page, "How they are related", 1) == ["yours is half what is expected"]


def test_checks_with_one_message_stand_together():
    own = exercise("1", "One", *(check(name, "failed", WRONG) for name in ("first", "second")))
    page = page_of(replace(ADA, exercises=(own,)))
    assert page.texts.count(WRONG.help) == 1
    assert after(page, "first", 5) == ["not right", "0 / 1", "✗", "second", "not right"]
    assert after(page, "second", 3)[2] == "These 2 checks have the same message:"


def test_what_holds_is_listed():
    page = page_of(replace(ADA, exercises=(RESHAPE,)))
    assert after(page, "Passed", 4) == ["✓", "flat labels count the same", "passed", "2 / 2"]


def test_an_exercise_that_was_not_handed_in_says_what_to_define():
    page = page_of(replace(ADA, exercises=(RATES,)))
    assert after(page, "Not handed in. Your file has to define:", 1) == [
        "def learning_rate_sweep(lrs, max_epochs, data)"
    ]


def test_a_hidden_check_of_an_exercise_that_was_not_handed_in_changes_nothing():
    hidden = check("the secret rate", "missing", MISSING, visibility="hidden", missing=Missing("secret", lost=False))
    page = page_of(replace(ADA, exercises=(replace(RATES, checks=(*RATES.checks, hidden)),)))
    assert after(page, "Learning rates", 2) == ["not handed in", "0 / 3"]
    assert after(page, "Not handed in. Your file has to define:", 2) == [
        "def learning_rate_sweep(lrs, max_epochs, data)", "Graded by assay 0.1.0 with Python 3.11.7 and torch 2.13.0.",
    ]  # fmt: skip


def test_an_exercise_of_which_a_hidden_check_failed_was_handed_in():
    hidden = check("the secret rate", "failed", Message(help=HIDDEN_TEXT), visibility="hidden")
    page = page_of(replace(ADA, exercises=(replace(RATES, checks=(*RATES.checks, hidden)),)))
    assert after(page, "Learning rates", 2) == ["0 of 3 checks passed", "0 / 3"]
    assert "hidden check 1" in page.texts


def test_an_exercise_of_hidden_checks_alone_is_not_said_to_be_absent():
    hidden = check("the secret rate", "missing", MISSING, visibility="hidden", missing=Missing("secret", lost=False))
    page = page_of(replace(ADA, exercises=(replace(RATES, checks=(hidden,)),)))
    assert after(page, "Learning rates", 2) == ["0 of 1 check passed", "0 / 1"]


def test_a_hidden_check_tells_its_points_and_nothing_else():
    own = replace(SECRET.checks[0], message=Message("secret(1)", "2", "3", "help yourself"))
    data = student_page(results(replace(ADA, seed="98765432123456789", exercises=(replace(SECRET, checks=(own,)),)))[0])
    assert b"this check is hidden: what it tested is not shown" in data
    for word in (b"secret", b"help yourself", b"98765432123456789", b"submissions/", b"c" * 64):
        assert word not in data


def test_a_persons_correction_of_a_hidden_check_is_a_note_and_not_advice():
    check = SECRET.checks[0]
    data = student_page(
        result_of(ADA, undecided(ADA)._replace(corrections={(SECRET.id, check.id): 1.0}), published=False)
    )
    note = f"{HIDDEN_TEXT}\na person has corrected this from 0 to 1 points"
    assert f'<p class="quiet">{note}</p>'.encode() in data
    assert b'class="advice"' not in data.partition(b"hidden check 1")[2].partition(b"hidden check 2")[0]


def test_what_could_not_be_graded_says_why_and_that_nothing_is_lost():
    page = page_of(UNGRADED)
    assert after(page, "Not graded", 2) == [
        "1 of the checks could not be graded", "this is not the fault of the submission and costs no points",
    ]  # fmt: skip
    assert "of 2 points" not in page.texts


def test_points_that_are_not_known_are_not_zero():
    own = exercise("4", "Four", check("a"), check("b", "ungraded", Message(help="ours")))
    page = page_of(replace(UNGRADED, exercises=(own, RESHAPE)))
    assert after(page, "Four", 2) == ["1 of 2 checks passed", "? / 2"]
    assert after(page, "Why reshape", 2) == ["1 of 1 check passed", "2 / 2"]


def test_a_corrected_check_that_passed_says_so():
    page = page_of(replace(ADA, exercises=(RESHAPE,)), corrections={(RESHAPE.id, RESHAPE.checks[0].id): 0.5})
    assert after(page, "flat labels count the same", 4) == [
        "passed", "0.5 / 2", "Help", "a person has corrected this from 2 to 0.5 points",
    ]  # fmt: skip
    assert "Passed" not in page.texts


def test_what_was_not_taken_in_waits_for_a_person():
    page = page_of(report("Eve", status="ungraded", reason="it is a link", cause="refused", assignment=""))
    assert after(page, "Not graded", 2) == ["it is a link", "a person decides what it is worth"]


def test_an_excused_exercise_has_no_points():
    page = page_of(ADA, excused=frozenset({"0"}))
    assert after(page, "Exercises", 4) == ["○", "0", "The model", "excused"]
    assert after(page, "Notes on your file", 1) == ["exercise 0 is excused"]


def test_an_excused_exercise_asks_for_nothing():
    own = report("Ada", (MODEL, RATES), answers=[("10", "It diverges.")], missing=("learning_rate_sweep",))
    page = page_of(own, excused=frozenset({"10"}), open=(), told=())
    assert after(page, "Exercise 10", 2) == ["excused", "It diverges."]
    assert not {"Not handed in. Your file has to define:", "Names that your file does not define"} & set(page.texts)


def test_no_check_of_an_excused_exercise_is_shown():
    noise = exercise("6", "Noise", check("the mean is 0", "failed", WRONG), check("its size is sigma"))
    page = page_of(replace(ADA, exercises=(noise, RESHAPE)), excused=frozenset({"6"}))
    shown = {"the mean is 0", "its size is sigma", RESHAPE.checks[0].description} & set(page.texts)
    assert shown == {RESHAPE.checks[0].description}
    assert page.texts.count("excused") == 2  # in the list of exercises, and in the place of its points


def test_an_excused_assignment_has_no_points():
    page = parse(student_page(excused_result(replace(ADA, exercises=(BLANK,)))))
    assert after(page, "Excused", 1) == ["the assignment is excused"]
    assert "of 0 points" not in page.texts


def test_what_lateness_costs_is_a_line():
    page = page_of(ADA, late=Deduction(1.5, "2 days"))
    assert after(page, "handed in late", 2) == ["deduction", "-1.5"]
    assert "3.5" in page.texts


def test_a_written_answer_has_its_points_and_its_comment():
    own = report("Ada", (MODEL,), answers=[("0", "Zero works."), ("5", "word\n" * 1000)])
    page = page_of(own, answers={"0": Given(2.5, "Why?")})
    assert after(page, "Exercise 0", 4) == ["2.5 points", "Zero works.", "Comment", "Why?"]
    assert after(page, "Exercise 5", 2) == ["no points yet", "word " * 800 + "…"]


def test_what_a_person_decides_is_told():
    page = page_of(report("Ada", (MODEL,), answers=[("0", "Zero works.")]))
    assert after(page, "A person still decides", 1) == ["the written answer to exercise 0 has no score"]


def test_the_policy_allows_the_pages_own_style_alone():
    page = page_of(ADA)
    digest = base64.b64encode(hashlib.sha256(page.code["style"].encode()).digest()).decode()
    assert page.values("content")[0] == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert "script" not in page.tags


def test_nothing_in_a_page_leads_outside():
    page = page_of(ADA)
    assert {name for _, name, _ in page.attributes}.isdisjoint({"src", "srcset", "action", "style", "onclick"})
    assert all(value.startswith("#") for value in page.values("href"))
    assert "url(" not in page.code["style"]
    assert "@import" not in page.code["style"]


def test_a_hostile_students_page_has_the_tags_of_any_other():
    hostile, honest = parse(student_page(results(nasty_report())[0])), page_of(harmless())
    assert (hostile.tags, sorted(hostile.values("class"))) == (honest.tags, sorted(honest.values("class")))


TINY = """\
<figure class="plot">
<figcaption><h4>loss against epoch, logarithmic y axis</h4></figcaption>
<svg viewBox="0 0 440 216" role="img" aria-labelledby="plot-1 plot-1-text">
<title id="plot-1">loss against epoch</title>
<desc id="plot-1-text">yours: 2 points, 4 at 1 to 2 at 2; lowest 2, highest 4. expected: 3 points, 4 at 1 to 0.25 at 3; lowest 0.25, highest 4.</desc>
<path class="axis" d="M62 10V190H432"/>
<path class="axis" d="M62 100H432"/><text x="56" y="100" dy=".35em" text-anchor="end">1</text>
<path class="axis" d="M62 59.1H432"/><text x="56" y="59.1" dy=".35em" text-anchor="end">2</text>
<path class="axis" d="M62 35.2H432"/><text x="56" y="35.2" dy=".35em" text-anchor="end">3</text>
<path class="axis" d="M62 18.2H432"/><text x="56" y="18.2" dy=".35em" text-anchor="end">4</text>
<path class="axis" d="M78.8 190v5"/><text x="78.8" y="208" text-anchor="middle">1</text>
<path class="axis" d="M247 190v5"/><text x="247" y="208" text-anchor="middle">2</text>
<path class="axis" d="M415.2 190v5"/><text x="415.2" y="208" text-anchor="middle">3</text>
<path class="line yours one" d="M78.8 18.2h0L247 59.1"/>
<path class="dots yours one" d="M78.8 18.2h0M247 59.1h0"/>
<path class="line expected one" d="M78.8 18.2h0L247 100L415.2 181.8"/>
<path class="dots expected one" d="M78.8 18.2h0M247 100h0M415.2 181.8h0"/>
</svg>
<ul class="keys">
<li><svg viewBox="0 0 28 12" aria-hidden="true"><path class="line yours one" d="M2 6H26"/><path class="dots yours one" d="M14 6h0"/></svg> yours</li>
<li><svg viewBox="0 0 28 12" aria-hidden="true"><path class="line expected one" d="M2 6H26"/><path class="dots expected one" d="M14 6h0"/></svg> expected</li>
</ul>
<p class="quiet">yours: some values are no numbers, infinite or beyond 1e100, and are not drawn</p>
</figure>
"""


def with_plot(plot, message=WRONG):
    """Return a report with a failed check that has this plot."""
    return report("Ada", (exercise("1", "One", replace(check("it holds", "failed", message), evidence=plot)),))


def test_a_plot_is_drawn_without_a_script():
    page = student_page(results(with_plot(LOSS))[0]).decode()
    assert page[page.index("<figure") : page.index("</figure>") + 10] == TINY
    assert "<script" not in page


def test_a_plot_stands_behind_both_answers_and_before_the_help():
    texts = page_of(with_plot(LOSS)).texts
    assert texts.index("Expected") < texts.index("loss against epoch, logarithmic y axis") < texts.index("Help")


def test_a_plot_without_anything_to_draw_is_left_out():
    assert "figure" not in page_of(with_plot(make_plot([-1.0], log="y"))).tags


def test_a_hostile_plot_is_text():
    page = page_of(with_plot(make_plot([1.0], title="</svg><script>alert(1)</script>\x1b\u202e")))
    assert "script" not in page.tags
    assert "</svg><script>alert(1)</script>\\x1b\\u202e" in page.texts


def test_a_hidden_check_has_no_plot():
    hidden = replace(SECRET.checks[0], evidence=LOSS)
    assert "figure" not in page_of(replace(ADA, exercises=(replace(SECRET, checks=(hidden,)),))).tags


def test_twenty_plots_are_drawn_and_no_more_so_that_the_page_stays_small():
    values = tuple(number / 7 for number in range(150))
    series = [replace(each, y=values[::step]) for each in make_plot(values, values).series for step in (1, -1, 1)]
    plot = replace(make_plot([1.0], joined=False), series=tuple(series))
    wrong = [replace(check(f"{n}", "failed", replace(WRONG, yours=f"{n}")), evidence=plot) for n in range(100)]
    data = student_page(results(replace(ADA, exercises=(exercise("1", "One", *wrong),)))[0])
    assert data.count(b"<figure") == 20
    assert len(data) < 400_000


def harmless():
    """Return the hostile report with harmless texts."""
    texts = Message("f(1)", "1", "2", "count")
    own = exercise("7", "Title", check("a", "error", texts), check("b", points=0.1), check("c", points=0.2))
    return report("Ada", (own,), notes=("a note",))


def test_a_page_of_hundreds_of_failed_checks_stays_small():
    own = [
        exercise(f"{number}", "x" * 80, *(check(f"{part}", "failed", replace(WRONG, yours=f"{part}" * 200)) for part in range(10)))
        for number in range(30)
    ]  # fmt: skip
    assert len(student_page(results(replace(ADA, exercises=tuple(own)))[0])) < 400_000
