"""`assay check` is `assay grade` of one file, without the hidden checks."""

from click.testing import CliRunner

from assay.command.main import main
from assay.grading.executors import LocalProcesses


def test_the_caller_of_the_command_may_pass_its_own_executor(course_root, tmp_path):
    path = tmp_path / "basics.py"
    path.write_bytes((course_root / "reference" / "basics.py").read_bytes())
    with LocalProcesses(1) as executor:
        for command, points in (("check", "6 / 6"), ("grade", "7 / 7")):
            result = CliRunner().invoke(main, [command, str(path), "--course", str(course_root)], obj=executor)
            assert (result.exit_code, points in result.output) == (0, True), result.output
        assert executor.submit(len, "still open").result() == 10


def test_a_check_that_ends_its_worker_ends_only_the_worker(course_root, tmp_path):
    import shutil

    course = shutil.copytree(course_root, tmp_path / "course")
    test = course / "tests" / "basics" / "test_2_scales.py"
    test.write_text(test.read_text() + "\n\nimport os\n\nos._exit(1)\n")
    (tmp_path / "basics.py").write_text("")
    result = CliRunner().invoke(main, ["check", str(tmp_path / "basics.py"), "--course", str(course)])
    assert result.exit_code == 1
    assert "the judge's own process ended while it graded this submission" in result.output
