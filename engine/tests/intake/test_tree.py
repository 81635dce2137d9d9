"""A link, or a file or folder that cannot be read, is refused alone, with a true reason."""

import importlib
import os
from pathlib import Path

import pytest

from assay.errors import IntakeError
from assay.intake.collect import take_in
from assay.intake.tree import DiskNode

NAMES = ["scratch"]
ORDINARY = 1_000_001
"""A user id that nobody has."""

DENIED = "it cannot be read (Permission denied)"
LINK = "it is a link, and links are not followed"


@pytest.fixture
def ordinary(tmp_path, monkeypatch):
    """Be in the test's folder, and not root, whom no mode of a file keeps out."""
    monkeypatch.chdir(tmp_path)
    tmp_path.chmod(0o777)
    is_root = os.geteuid() == 0
    if is_root:
        importlib.import_module("_strptime")  # what Python would import later, from a folder that may be root's
        os.seteuid(ORDINARY)
    yield
    if is_root:
        os.seteuid(0)
    for folder, names, _ in os.walk(tmp_path):
        for name in names:
            if not os.path.islink(f"{folder}/{name}"):
                os.chmod(f"{folder}/{name}", 0o755)


def put(*paths):
    for path in map(Path, paths):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x = 1\n")


def result(path="class", student=None):
    intake = take_in([Path(path)], NAMES, student)
    assert (intake.empty, intake.skipped) == ([], [])
    return [one.info.name for one in intake.submissions], [(one.info.name, one.reason) for one in intake.refused]


@pytest.mark.parametrize("target", ["n" * 300, "data", "nowhere"])
@pytest.mark.parametrize("place", ["class/eve/data", "class/ada/data"])
def test_a_link_that_leads_nowhere_costs_no_other(tmp_path, monkeypatch, target, place):
    monkeypatch.chdir(tmp_path)
    put("class/ada/scratch.py", "class/ben/scratch.py")
    Path(place).parent.mkdir(exist_ok=True)
    Path(place).symlink_to(target)
    refused = [("eve", f"data: {LINK}")] if "eve" in place else []
    assert result() == (["ada", "ben"], refused)


@pytest.mark.usefixtures("ordinary")
def test_a_link_into_a_closed_folder_is_refused():
    put("class/ada/scratch.py", "home/work/scratch.py")
    Path("class/eve").mkdir()
    Path("class/eve/work").symlink_to(Path("home/work").absolute())
    Path("class/kim").symlink_to(Path("home/work").absolute())
    Path("home").chmod(0)
    assert result() == (["ada"], [("kim", f"kim: {LINK}"), ("eve", f"work: {LINK}")])


@pytest.mark.parametrize("mode", [0o000, 0o111, 0o644])
@pytest.mark.parametrize("path", ["class/eve/scratch.py", "class/eve/hw/scratch.py"])
@pytest.mark.usefixtures("ordinary")
def test_a_closed_folder_is_refused(mode, path):
    put("class/ada/scratch.py", path)
    Path(path).parent.chmod(mode)
    ((name, reason),) = result()[1]
    assert (name, reason.partition("; ")[0].partition(": ")[2]) == ("eve", DENIED)
    assert result("class/eve", "Eve") == ([], [("Eve", reason)])


@pytest.mark.usefixtures("ordinary")
def test_a_closed_folder_of_a_platform_is_refused_by_its_students_name():
    put("class/12-7 - Ada Muster - Nov 3, 2026 1014 PM/scratch.py", "class/ben/scratch.py")
    Path("class/12-7 - Ada Muster - Nov 3, 2026 1014 PM").chmod(0)
    assert result() == (["ben"], [("Ada Muster_12", f"12-7 - Ada Muster - Nov 3, 2026 1014 PM: {DENIED}")])


@pytest.mark.usefixtures("ordinary")
def test_a_closed_folder_beside_good_work_is_named_in_a_note():
    put("class/ada/scratch.py", "class/ada/data/x.csv", "class/ben/scratch.py")
    Path("class/ada/data").chmod(0)
    ada, _ = take_in([Path("class")], NAMES).submissions
    assert ada.notes == ("data was not graded: one file counts for each assignment",)


@pytest.mark.usefixtures("ordinary")
def test_a_closed_class_is_refused():
    put("class/ada/scratch.py", "class/ben/scratch.py")
    Path("class").chmod(0)
    assert result() == ([], [("class", f"class: {DENIED}")])


@pytest.mark.usefixtures("ordinary")
def test_a_class_whose_folders_cannot_be_entered_is_refused_one_by_one():
    put("class/ada/scratch.py", "class/ben/scratch (1).py", "class/ben/scratch.ipynb")
    for name in ("class/ada", "class/ben"):
        Path(name).chmod(0o644)
    assert result() == (
        [],
        [
            ("ada", f"scratch.py: {DENIED}"),
            (
                "ben",
                f"scratch.ipynb: {DENIED}; scratch (1).py was not graded: scratch.ipynb has the exact name",
            ),
        ],
    )
    Path("class").chmod(0o644)
    assert result() == ([], [("ada", f"ada: {DENIED}"), ("ben", f"ben: {DENIED}")])


def test_a_disk_that_fails_is_a_reason():
    with pytest.raises(IntakeError) as caught:
        DiskNode(Path("/proc/self/mem")).read()  # its first bytes are nobody's
    assert str(caught.value) == "it cannot be read (Input/output error)"
