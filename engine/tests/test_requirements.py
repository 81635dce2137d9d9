"""The engine requires exactly the oldest versions that tox tests, and an installed engine has all its files."""

import fnmatch
import tomllib
from pathlib import Path

ENGINE = Path(__file__).parents[1]


def test_the_oldest_libraries_are_those_that_the_engine_asks_for():
    project = tomllib.loads((ENGINE / "pyproject.toml").read_text())["project"]
    asked = [text.split(">=") for text in project["dependencies"] + project["optional-dependencies"]["test"]]
    tried = dict(line.split("==") for line in (ENGINE / "oldest.txt").read_text().splitlines())
    assert sorted(name for name, _ in asked) == sorted(tried)
    for name, bound in asked:
        assert tried[name] == bound + ".0" * (tried[name].count(".") - bound.count("."))


def test_every_file_that_is_not_python_is_installed():
    settings = tomllib.loads((ENGINE / "pyproject.toml").read_text())["tool"]["setuptools"]
    package = ENGINE / "src" / "assay"
    others = [
        str(path.relative_to(package))
        for path in package.rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    ]
    assert [
        name for name in others if not any(fnmatch.fnmatch(name, each) for each in settings["package-data"]["assay"])
    ] == []
