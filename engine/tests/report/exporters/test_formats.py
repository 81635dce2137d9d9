"""The formats by name: ours, and those that installed packages add."""

import sys

import pytest
from exports import request

from assay.errors import ExportError
from assay.report.exporters.formats import exporter_of, format_names
from assay.report.exporters.plain_csv import plain_csv

OURS = [
    "canvas", "classroom50", "csv", "ctrf", "github-annotations", "github-summary", "gitlab", "gradescope", "junit",
    "moodle",
]  # fmt: skip
MODULE = """
from assay.report.exporters.request import Export

def names(request):
    return Export(" ".join(result.student for result in request.results).encode())
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Return a function that makes a package with one format."""

    def write(package, name, value):
        (tmp_path / "the_exporters.py").write_text(MODULE)
        info = tmp_path / f"{package}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[assay.exporters]\n{name} = {value}\n")
        monkeypatch.syspath_prepend(tmp_path)

    yield write
    sys.modules.pop("the_exporters", None)


def test_our_formats_have_names():
    assert format_names() == OURS
    assert exporter_of("csv") is plain_csv


def test_a_package_adds_a_format(install):
    install("one", "names", "the_exporters:names")
    assert format_names() == sorted([*OURS, "names"])
    assert exporter_of("names")(request()).content == b""


def test_an_unknown_format_is_refused():
    with pytest.raises(ExportError) as caught:
        exporter_of("excel")
    assert str(caught.value) == f"no format 'excel'; there are {', '.join(OURS)}"


def test_a_name_that_two_packages_have_is_refused(install):
    install("one", "names", "the_exporters:names")
    install("two", "names", "the_exporters:names")
    with pytest.raises(ExportError) as caught:
        exporter_of("names")
    assert str(caught.value) == "several packages have the format 'names': uninstall all but one of one, two"


def test_no_package_takes_the_name_of_ours(install):
    install("one", "csv", "the_exporters:names")
    with pytest.raises(ExportError) as caught:
        exporter_of("csv")
    assert str(caught.value) == "the package one has the format 'csv', which is assay's: uninstall it"


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("not_there:names", "No module named 'not_there'"),
        ("the_exporters:others", "module 'the_exporters' has no attribute 'others'"),
    ],
)
def test_a_format_that_cannot_be_loaded_is_refused(install, value, why):
    install("one", "names", value)
    with pytest.raises(ExportError) as caught:
        exporter_of("names")
    assert str(caught.value) == f"the format 'names' cannot be loaded from {value}: {why}"
