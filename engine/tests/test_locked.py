"""The hashed requirements are those of the constraints, and the Containerfile copies files that exist."""

import re
import tomllib
from pathlib import Path

ENGINE = Path(__file__).parents[1]
LOCKED = (ENGINE / "requirements-hashed.txt").read_text()
ENTRIES = re.findall(
    r"^(\S+)==(\S+?)(?: ;.*)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", LOCKED, re.MULTILINE
)


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_requirement_has_hashes_and_nothing_else_is_there():
    text = re.sub(r"    --hash=.*\n", "", LOCKED)
    assert text.count("\n") == len(ENTRIES) > 50


def test_versions_are_those_of_the_constraints():
    pins = dict(line.split("==") for line in (ENGINE / "constraints.txt").read_text().splitlines())
    pins = {normal(name): version for name, version in pins.items()}
    assert {name: version for name, version, _ in ENTRIES if pins.get(name, version) != version} == {}


def test_everything_that_the_engine_depends_on_is_locked():
    project = tomllib.loads((ENGINE / "pyproject.toml").read_text())["project"]
    locked = {name for name, *_ in ENTRIES}
    assert {normal(text.split(">=")[0]) for text in project["dependencies"]} - locked == set()
    assert "setuptools" in locked  # the Containerfile builds without isolation


def test_the_container_copies_files_that_exist():
    copied = re.findall(r"^COPY (.*) \S+$", (ENGINE / "Containerfile").read_text(), re.MULTILINE)
    assert [name for line in copied for name in line.split() if not (ENGINE / name).exists()] == []
    assert len(copied) == 3
