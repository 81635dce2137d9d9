"""The wheel and the source distribution have the right files, and the wheel alone can write a course."""

import email
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.nightly  # it fetches the build backend

ENGINE = Path(__file__).parents[1]
SOURCE = ENGINE / "src" / "assay"
TEMPLATE = SOURCE / "course" / "template"


@pytest.fixture(scope="module")
def dist(tmp_path_factory):
    """Build both files outside the source tree."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "build", "--outdir", folder, ENGINE], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def wheel(dist):
    (path,) = dist.glob("assay-*.whl")
    return zipfile.ZipFile(path)


@pytest.fixture(scope="module")
def packed(dist):
    """Return the names in the source distribution, without its folder."""
    (path,) = dist.glob("assay-*.tar.gz")
    with tarfile.open(path) as archive:
        return {member.name.partition("/")[2] for member in archive if member.isfile()}


def sources():
    """Return every file of the package, below `src`."""
    return {
        str(path.relative_to(SOURCE.parent))
        for path in SOURCE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_has_the_package_and_its_metadata_and_nothing_else(wheel):
    names = set(wheel.namelist())
    metadata = {name for name in names if name.split("/")[0].endswith(".dist-info")}
    assert names - metadata == sources()
    assert {"assay/py.typed", "assay/course/template/.github/workflows/grade.yml"} < names
    assert sorted(name.partition("/")[2] for name in metadata) == [
        "METADATA",
        "RECORD",
        "WHEEL",
        "entry_points.txt",
        "licenses/LICENSE",
        "top_level.txt",
    ]


def test_the_metadata_has_the_readme_and_the_licence(wheel):
    (name,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    metadata = email.message_from_bytes(wheel.read(name))
    assert (metadata["Name"], metadata["License-Expression"], metadata["License-File"]) == ("assay", "MIT", "LICENSE")
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert metadata.get_payload(decode=True).decode() == (ENGINE / "README.md").read_text()


def test_the_source_distribution_has_no_tests_and_no_course(packed):
    assert {name.removeprefix("src/") for name in packed if name.startswith("src/assay/")} == sources()
    others = {name for name in packed if not name.startswith(("src/", "docs/"))}
    assert sorted(others) == [
        "CHANGELOG.md",
        "CITATION.cff",
        "CONTRIBUTING.md",
        "Containerfile",
        "LICENSE",
        "MANIFEST.in",
        "PKG-INFO",
        "README.md",
        "SECURITY.md",
        "gradescope/run_autograder",
        "gradescope/setup.sh",
        "pyproject.toml",
        "requirements-hashed.txt",
        "setup.cfg",
    ]


def test_a_wheel_alone_writes_a_course(wheel, tmp_path):
    wheel.extractall(tmp_path / "site")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    command = [sys.executable, "-m", "assay", "new-course", "course"]
    subprocess.run(command, cwd=tmp_path, env=environment, check=True)
    written = {
        str(path.relative_to(tmp_path / "course")) for path in (tmp_path / "course").rglob("*") if path.is_file()
    }
    assert written == {name.removeprefix("assay/course/template/") for name in sources() if "/template/" in name}
