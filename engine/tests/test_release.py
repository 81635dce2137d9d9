"""A release: its texts agree on the version, and its workflows can do only what they must."""

import re
import tomllib
from pathlib import Path

import pytest

ENGINE = Path(__file__).parents[1]
TEMPLATE = ENGINE / "src" / "assay" / "course" / "template" / ".github" / "workflows"
WORKFLOWS = [ENGINE.parent / ".github" / "workflows" / "release.yml", TEMPLATE / "grade.yml", TEMPLATE / "gate.yml"]
OWN = "$/.github/actions/gate"
"""The action in the workflow's own repository, at the workflow's own commit."""


def test_the_changelog_begins_with_the_version_of_the_project():
    version = tomllib.loads((ENGINE / "pyproject.toml").read_text())["project"]["version"]
    assert re.findall(r"^## (.*)$", (ENGINE / "CHANGELOG.md").read_text(), re.MULTILINE)[0] == version


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_names_each_action_by_its_commit(path):
    used = re.findall(r"\buses: (.*)$", path.read_text(), re.MULTILINE)
    assert used
    assert [
        each for each in used if each != OWN and not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each)
    ] == []


GRANTED = {"release.yml": ["contents", "id-token"], "grade.yml": ["contents"], "gate.yml": ["contents"]}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_write_nothing_but_the_token_of_its_publication(path):
    granted = re.findall(r"^ +([\w-]+): (?:read|write)\b", path.read_text(), re.MULTILINE)
    assert granted == GRANTED[path.name]
    assert re.search(r"^permissions:(?: \{\}|\n  contents: read)$", path.read_text(), re.MULTILINE)
