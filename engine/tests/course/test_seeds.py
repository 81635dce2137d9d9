"""The course's own seed: drawn once, kept for its owner alone, never a seed that students know."""

import stat
from pathlib import Path

import pytest

from assay.course.seeds import MAX_SEED, check_seed, guest_seed, measurement_seed, secret_seed
from assay.errors import CourseError


def test_the_seed_is_drawn_on_first_use_and_stays(tmp_path):
    seed = secret_seed(tmp_path)
    assert 2**64 < seed <= MAX_SEED  # 128 random bits are below 2^64 once in 2^64 courses
    assert secret_seed(tmp_path) == seed
    assert (tmp_path / ".assay" / "seed").read_text() == f"{seed}\n"


def test_two_courses_have_two_seeds(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    assert secret_seed(tmp_path / "one") != secret_seed(tmp_path / "two")


def test_only_its_owner_can_read_it_and_git_ignores_it(tmp_path):
    secret_seed(tmp_path)
    assert stat.S_IMODE((tmp_path / ".assay" / "seed").stat().st_mode) == 0o600
    assert (tmp_path / ".assay" / ".gitignore").read_text() == "*\n"
    assert sorted(path.name for path in (tmp_path / ".assay").iterdir()) == [".gitignore", "seed"]


@pytest.mark.parametrize("text", ["", "seven", "-1", str(2**128), "1.5"])
def test_a_file_without_a_seed_is_refused(tmp_path, text):
    (tmp_path / ".assay").mkdir()
    path = tmp_path / ".assay" / "seed"
    path.write_text(text)
    with pytest.raises(CourseError) as caught:
        secret_seed(tmp_path)
    advice = "remove it, or name a seed with --seed"
    assert str(caught.value) == f"{path} does not hold a seed, a whole number below 2^128: {advice}"


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    path = tmp_path / ".assay" / "seed"
    path.mkdir(parents=True)
    with pytest.raises(CourseError) as caught:
        secret_seed(tmp_path)
    assert (
        str(caught.value) == f"the course's seed cannot be read from {path} (Is a directory): name a seed with --seed"
    )


def test_bytes_that_are_not_text_are_told(tmp_path):
    path = tmp_path / ".assay" / "seed"
    path.parent.mkdir()
    path.write_bytes(b"\xff")
    with pytest.raises(CourseError) as caught:
        secret_seed(tmp_path)
    assert (
        str(caught.value) == f"the course's seed cannot be read from {path} (it is not text): name a seed with --seed"
    )


def test_a_folder_that_cannot_be_written_asks_for_a_seed(tmp_path):
    (tmp_path / ".assay").write_text("a file where the folder would be")
    with pytest.raises(CourseError) as caught:
        secret_seed(tmp_path)
    path = tmp_path / ".assay" / "seed"
    assert (
        str(caught.value) == f"the course's seed cannot be read from {path} (Not a directory): name a seed with --seed"
    )


def test_a_read_only_folder_asks_for_a_seed():
    with pytest.raises(CourseError) as caught:
        secret_seed(Path("/proc"))  # nobody can make a folder there
    reason = "the course's seed cannot be kept at /proc/.assay/seed (No such file or directory)"
    assert str(caught.value) == f"{reason}: name a seed with --seed"


def test_a_seed_that_follows_does_not_tell_the_one_that_it_came_from():
    seeds = [check_seed(seed, "basics", exercise, "mean") for seed in (7, 8) for exercise in "12"]
    seeds += [measurement_seed(7, "basics", "1", "mean"), guest_seed(7), guest_seed(seeds[0])]
    assert len(set(seeds)) == len(seeds)
    assert 0 <= check_seed(MAX_SEED, "basics", "1", "mean") < 2**48
