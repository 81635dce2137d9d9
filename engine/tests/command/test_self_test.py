"""`assay self-test`: what it finds in a course whose checks let something through."""

import shutil

from commands import assay


def test_the_self_test_proves_the_checks_of_a_course(course_root, tmp_path):
    course = shutil.copytree(course_root, tmp_path / "course")
    (course / "tests" / "basics" / "test_10_noise.py").unlink()  # for which there are no checks that notice mutants
    code, output, errors = assay("self-test", "--seeds", "2", cwd=course)
    assert (code, errors) == (1, "")
    first, second, third, *survivors = output.splitlines()
    assert first == "the reference under 2 seeds: 0 checks not passed"
    assert second == "basics: known mistakes: 2, caught and named by their own exercise and no other: 2"
    assert third.startswith("basics: mutants: ")
    assert third.endswith(", equivalent 0")
    assert "  line 28: return torch.randn(size)" in survivors
    assert "    slips through as: return size" in survivors
    assert not [line for line in survivors if "y_hat" in line]


def test_the_self_test_names_a_mistake_that_slips_through(course_root, tmp_path):
    course = shutil.copytree(course_root, tmp_path / "course")
    path = course / "tests" / "basics" / "test_2_scales.py"
    survived = '@mistake("noise", hint="h")\ndef quiet(size):\n    return torch.randn(size)\n'
    path.write_text(path.read_text().replace("import assert_close", "import assert_close, mistake") + survived)
    code, output, _ = assay("self-test", "--seeds", "0", cwd=course)
    assert code == 1
    assert "known mistakes: 3, caught and named by their own exercise and no other: 2" in output
    assert "  2 quiet: caught by nothing, not named, elsewhere nothing" in output


def test_a_check_that_ends_a_worker_of_the_self_test_is_told(course_root, tmp_path):
    course = shutil.copytree(course_root, tmp_path / "course")
    path = course / "tests" / "basics" / "test_2_scales.py"
    path.write_text(path.read_text() + "\n\nimport os, signal\n\nos.kill(os.getpid(), signal.SIGKILL)\n")
    code, output, errors = assay("self-test", "--seeds", "1", cwd=course)
    assert (code, output) == (3, "")
    assert (
        errors
        == "assay: a worker's process ended: a check ended it, or the machine did, whose memory may be too small\n"
    )
