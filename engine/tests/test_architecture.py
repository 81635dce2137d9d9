"""The map of the architecture's page names every module, in the row of its folder."""

import re
from pathlib import Path

import pytest

import assay

ROOT = Path(assay.__file__).parent
PAGE = (Path(__file__).parents[1] / "docs" / "architecture.md").read_text(encoding="utf-8")
MAP = PAGE.partition("\n## Folders\n")[2].partition("\n## ")[0]
ROWS = {row[1]: row[2] for row in re.finditer(r"^\| `([\w/]+)/` \|(.*)\|$", MAP, re.MULTILINE)}
FLAT = MAP.rpartition("\n| ")[2].partition("\n\n")[2]


def modules_of(folder):
    """Return the modules of a folder, and its folders that have no row, as the page names them."""
    names = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    inner = [path.parent for path in folder.glob("*/__init__.py") if str(path.parent.relative_to(ROOT)) not in ROWS]
    return names | {f"{path.name}/" for path in inner}


def named_in(text):
    return set(re.findall(r"`([\w/]+)`", text))


def test_every_folder_has_a_row():
    assert {path.parent.name for path in ROOT.glob("*/__init__.py")} <= set(ROWS)


@pytest.mark.parametrize("folder", ROWS)
def test_every_module_is_in_the_row_of_its_folder(folder):
    assert modules_of(ROOT / folder) - named_in(ROWS[folder]) == set()


def test_every_module_beside_the_folders_is_named_below_the_table():
    assert {path.stem for path in ROOT.glob("*.py")} - {"__init__", "__main__"} - named_in(FLAT) == set()


@pytest.mark.parametrize("folder", ROWS)
def test_a_row_names_no_module_that_is_gone(folder):
    named = {name for name in named_in(ROWS[folder]) if re.fullmatch(r"[a-z_]+", name)}
    assert named - modules_of(ROOT / folder) - {"return"} == set()
