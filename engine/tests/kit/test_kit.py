"""`assay kit`: students get the visible checks and recorded answers, and nothing that a student must not have."""

import functools
import shutil

import pytest
from commands import run_here
from small_course import RIGHT, TEST_2, message, statuses, write_course

from assay.course.read import fingerprint, read_course
from assay.course.seeds import PUBLIC_SEED
from assay.errors import AssayError
from assay.judge.session import Job, grade_chunk
from assay.kit.write import write_kit
from assay.model import Submission, SubmissionInfo
from assay.wire.values import encode, trusting_decoder

SECRET_SEED = 271828182845904523536

MORE_CHECKS = '''

@pytest.mark.not_in_kit
def test_of_the_course(submission, reference):
    """this one stays with the course"""
    assert_close(submission.scaled(torch.ones(1)), reference.scaled(torch.ones(1)))


def test_counter_of_the_reference(submission, reference):
    """a counter is compared with the reference's"""
    counter = reference.Counter(1)
    assert_close(submission.Counter(1).value, counter.value)


def test_all_sizes(submission, reference, rng):
    """scaled is right for random numbers"""
    x = torch.randn(3, generator=rng)  # secret comment
    yours = submission.scaled(x)
    require(yours.shape == x.shape, yours=yours, expected="the shape of x", help=SHAPE)
    right = reference.scaled(x)
    assert_close(yours, right, plot=curves("scaled number against number", x, yours=yours, expected=right))


@pytest.mark.visibility("after_due_date")
def test_later(submission):
    """scaled is right for a later number"""
    assert_close(submission.scaled(torch.tensor([LATER])), torch.tensor([2 * LATER]))


LATER = 1234.5
'''

MISTAKES_2 = '''
"""Scales: known mistakes"""
from assay.checks import mistake

SHAPE = "keep the shape of x"


@mistake("scaled", hint="the factor is added")
def added(x, factor=2.0):
    return x + factor
'''

WRONG = {
    "no half": RIGHT.replace("return 0.5 *", "return"),
    "broadcast": RIGHT.replace(
        "0.5 * torch.nn.functional.mse_loss(y_hat, y.reshape(y_hat.shape))", "((y_hat - y)**2 / 2).mean()"
    ),
    "added": RIGHT.replace("x * factor", "x + factor"),
    "nothing": "",
    "None": RIGHT.replace("return x * factor", "return None"),
    "one number": RIGHT.replace("return x * factor", "return 2.0"),
}


@pytest.fixture(scope="module")
def run(executor):
    """Run the command in this process, with a warm worker."""
    return functools.partial(run_here, executor)


@pytest.fixture(scope="module")
def written(run, tmp_path_factory):
    """Return a course, its kit, and what the command said."""
    root = write_course(tmp_path_factory.mktemp("course"))
    tests = root / "tests" / "basics"
    head = "import pytest\nimport torch\nfrom assay.checks import assert_close, curves, require\nfrom .mistakes_2_scales import SHAPE"
    text = TEST_2.replace("import torch\nfrom assay.checks import assert_close", head)
    (tests / "test_2_scales.py").write_text(text.lstrip() + MORE_CHECKS)
    (tests / "mistakes_2_scales.py").write_text(MISTAKES_2.lstrip())
    (root / ".assay").mkdir()
    (root / ".assay" / "seed").write_text(f"{SECRET_SEED}\n")
    kit = tmp_path_factory.mktemp("student") / "kit"
    return root, kit, run("kit", kit, cwd=root)


def graded(executor, root, *sources, seed=PUBLIC_SEED):
    submissions = [
        Submission(SubmissionInfo(str(number), "basics.py", f"{number:064}"), "basics", "module", source.encode())
        for number, source in enumerate(sources)
    ]
    job = Job(root, fingerprint(root), tuple(submissions), seed, visible_only=True)
    return executor.submit(grade_chunk, job).result()


def test_the_command_lists_the_checks_that_the_kit_does_not_ask(written):
    _, kit, said = written
    lines = [
        f"{kit} has the kit; try it there with: assay check basics.py",
        "graded by your course only: basics, exercise 2: this one stays with the course",
        "graded by your course only: basics, exercise 2: a counter is compared with the reference's",
    ]
    assert said == (0, "".join(f"{line}\n" for line in lines), "")


def test_the_kit_has_these_files(written):
    _, kit, _ = written
    assert sorted(str(path.relative_to(kit)) for path in kit.rglob("*") if path.is_file()) == [
        "README.md",
        "basics.ipynb",
        "basics.py",
        "reference/basics.answers",
        "reference/basics.py",
        "requirements.txt",
        "tests/basics/shared_2_scales.py",
        "tests/basics/test_10_noise.py",
        "tests/basics/test_1_losses.py",
        "tests/basics/test_2_scales.py",
        "tox.ini",
    ]


def test_the_kit_has_no_model_answer_hidden_check_mistake_comment_or_seed(written):
    _, kit, _ = written
    content = b"\n".join(path.read_bytes() for path in kit.rglob("*") if path.is_file()).decode(errors="replace")
    secrets = [
        "reshape(y_hat.shape)", "factor * x", "self.value", "randn(size)", "test_hidden", "secret", "test_later",
        "a later number", "1234.5", "no_reshape", "no_half", "added", "@mistake", "the half is missing", str(SECRET_SEED),
    ]  # fmt: skip
    for secret in secrets[:4]:
        assert secret in (written[0] / "reference" / "basics.py").read_text()
    assert [secret for secret in secrets if secret in content] == []
    assert (kit / "tests" / "basics" / "shared_2_scales.py").read_text() == (
        '"""Scales: known mistakes"""\nSHAPE = \'keep the shape of x\'\n'
    )


def test_the_readme_says_who_knows_how_the_engine_is_installed(written):
    text = (written[1] / "README.md").read_text()
    assert text.startswith(
        "# Your kit\n\n"
        "Your instructor says how `assay` itself is installed, best in a virtual environment. "
        "Install there what the checks need\nbesides:\n\n"
        "    python -m pip install -r requirements.txt\n"
    )


def test_the_readme_lists_the_checks_of_the_course(written):
    _, kit, _ = written
    assert (
        (kit / "README.md")
        .read_text()
        .endswith(
            "The following checks are graded by your course only:\n\n"
            "- basics, exercise 2: this one stays with the course\n"
            "- basics, exercise 2: a counter is compared with the reference's\n"
        )
    )


def test_the_requirements_are_the_versions_that_recorded(written):
    import hypothesis
    import torch

    lines = (written[1] / "requirements.txt").read_text().splitlines()
    assert [line.partition("==")[0] for line in lines] == ["hypothesis", "pytest", "torch"]
    assert f"hypothesis=={hypothesis.__version__}" in lines
    assert f"torch=={torch.__version__.partition('+')[0]}" in lines


def test_a_right_file_passes_where_the_kit_is(written, run, tmp_path):
    kit = shutil.copytree(written[1], tmp_path / "moved")
    (kit / "basics.py").write_text(RIGHT)
    code, output, errors = run("check", "basics.py", cwd=kit)
    assert (code, errors) == (0, "")
    listed = [line for line in output.splitlines() if "not run" in line]
    assert [line.split("✗ ")[1].split("   ")[0] for line in listed] == [
        "this one stays with the course",
        "a counter is compared with the reference's",
    ]
    assert all(line.endswith("0 / 0") for line in listed)
    assert "help      graded by your course only" in output


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_gets_the_verdicts_of_the_courses_own_command(written, executor, name):
    root, kit, _ = written
    theirs, ours = (statuses(*graded(executor, folder, WRONG[name])) for folder in (kit, root))
    asked = ours.keys() - {"of_the_course", "counter_of_the_reference"}
    assert {check: theirs[check] for check in asked} == {check: ours[check] for check in asked}
    assert {*ours.values()} != {"passed"}


CONSTANT = """
import torch
def squared_loss(*_): return torch.tensor({value})
def scaled(*_, **__): return torch.tensor({value})
"""
IN_ORDER = """
import torch
left = iter({values} * 9)
def squared_loss(*_): return torch.tensor(next(left))
def scaled(*_, **__): return torch.tensor(next(left))
"""


def test_no_recorded_value_earns_a_point_if_it_is_handed_in(written, executor):
    root, kit, _ = written
    answers = trusting_decoder(dict)((kit / "reference" / "basics.answers").read_bytes())["answers"]
    values = [value.tolist() for value in answers.values()]
    assert len(values) > 10
    sources = [CONSTANT.format(value=value) for value in values] + [IN_ORDER.format(values=values)]
    reports = graded(executor, root, *sources, seed=SECRET_SEED)
    assert [report.score for report in reports] == [0] * (len(values) + 1)


def test_a_kit_of_other_libraries_says_what_to_install(written, executor, tmp_path):
    kit = shutil.copytree(written[1], tmp_path / "kit")
    record = kit / "reference" / "basics.answers"
    record.write_bytes(encode({"versions": {"hypothesis": "6.0.0", "torch": "2.0.0"}, "answers": {}}))
    (report,) = graded(executor, kit, RIGHT)
    drawn = "this kit was recorded with hypothesis 6.0.0 and torch 2.0.0"
    assert statuses(report)["flat_labels"] == "skipped"
    text = f"graded by your course only: {drawn}; install its requirements.txt"
    assert message(report, "flat_labels").help == text


def test_a_call_that_was_not_recorded_is_not_graded_in_the_kit(written, executor, tmp_path):
    kit = shutil.copytree(written[1], tmp_path / "kit")
    record = kit / "reference" / "basics.answers"
    record.write_bytes(encode(trusting_decoder(dict)(record.read_bytes()) | {"answers": {}}))
    (report,) = graded(executor, kit, RIGHT)
    for check in ("flat_labels", "all_sizes"):
        assert (statuses(report)[check], message(report, check).help) == (
            "skipped",
            "graded by your course only: the kit has no recorded answer to this call",
        )


def test_a_record_that_cannot_be_read_is_named(written, executor, tmp_path):
    kit = shutil.copytree(written[1], tmp_path / "kit")
    record = kit / "reference" / "basics.answers"
    record.write_bytes(b"?")
    (report,) = graded(executor, kit, RIGHT)
    text = message(report, "all_sizes").help
    assert f"{record} cannot be read (" in text
    assert text.endswith("): write the kit again")


def test_a_folder_with_files_is_refused(run, course_root, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").touch()
    said = run("kit", "full", "--course", course_root, cwd=tmp_path)
    assert said == (2, "", "assay: full is not empty: name a new or an empty folder\n")


def test_a_file_in_the_place_of_the_folder_is_refused(run, course_root, tmp_path):
    (tmp_path / "notes.txt").touch()
    said = run("kit", "notes.txt", "--course", course_root, cwd=tmp_path)
    assert said == (2, "", "assay: notes.txt cannot be written: Not a directory\n")


@pytest.mark.parametrize("name", ["none/kit", f"{__file__}/kit"], ids=["no folder", "a file"])
def test_a_folder_that_cannot_be_made_is_refused_before_the_work(run, course_root, tmp_path, name):
    said = run("kit", name, "--course", course_root, cwd=tmp_path)
    assert said == (3, "", f"assay: no file can be written at {name}\n")


def test_a_name_that_no_folder_can_have_is_refused(run, course_root, tmp_path):
    said = run("kit", "x" * 300, "--course", course_root, cwd=tmp_path)
    assert said == (2, "", f"assay: {'x' * 300} cannot be written: File name too long\n")


def test_a_copy_that_fails_says_so(executor, course_root, tmp_path):
    folder = tmp_path
    while len(str(folder)) < 4000:
        folder /= "x" * min(200, 4090 - len(str(folder)) - 1)
    folder.mkdir(parents=True)  # a path of 4090 bytes; Linux takes 4095, and every file's name is longer than 5
    with pytest.raises(AssayError) as caught:
        write_kit(read_course(course_root), folder, executor)
    assert str(caught.value) == f"{folder} cannot be written: a file could not be copied"


def test_model_answers_that_fail_a_check_are_named(run, course_root, tmp_path):
    course = shutil.copytree(course_root, tmp_path / "course")
    reference = course / "reference" / "basics.py"
    reference.write_text(reference.read_text().replace("factor * x", "factor + x"))
    said = run("kit", tmp_path / "kit", cwd=course)
    text = "the model answers of basics do not pass 2/scaled (failed), 2/factor (failed)"
    assert said == (3, "", f"assay: {text}\n")
    assert not (tmp_path / "kit").exists()


def test_a_check_that_cannot_work_in_the_kit_is_named(run, course_root, tmp_path):
    course = shutil.copytree(course_root, tmp_path / "course")
    checks = course / "tests" / "basics" / "test_10_noise.py"
    text = checks.read_text().replace("import torch\n", "from pathlib import Path\n")
    reads = '    Path(__file__).with_name("limits.txt").read_text()\n    yours ='
    checks.write_text(text.replace("    yours =", reads))
    (checks.parent / "limits.txt").touch()
    code, output, errors = run("kit", tmp_path / "kit", cwd=course)
    assert (code, output) == (3, "")
    text = "assay: the model answers do not pass in the kit: basics/10/mean (failed: what came back could not be used: "
    assert errors.startswith(f"{text}[Errno 2] No such file or directory: ")
    assert errors.endswith("/kit/tests/basics/limits.txt'); mark the check with not_in_kit\n")


def test_a_hidden_check_that_would_get_into_the_kit_is_named(run, course_root, tmp_path):
    course = shutil.copytree(course_root, tmp_path / "course")
    checks = course / "tests" / "basics" / "test_10_noise.py"
    more = """
class TestMore:
    size = 10_000

    @staticmethod
    @pytest.mark.visibility("hidden")
    def test_within(submission):
        \"\"\"noise of another size has mean zero\"\"\"
        assert_close(submission.noise(7).shape, (7,))
"""
    text = checks.read_text().replace("import torch\n", "import pytest\n").replace("10_000", "TestMore.size")
    checks.write_text(text + more)
    text = "the kit has checks that are not visible: basics/10/within; no visible check may need their definition"
    assert run("kit", tmp_path / "kit", cwd=course) == (3, "", f"assay: {text}\n")
    assert not (tmp_path / "kit").exists()
