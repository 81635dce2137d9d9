"""GitLab reads JUnit XML by its own rules: a file for each case, unique names, a limit of bytes."""

from xml.etree import ElementTree as ET

import pytest
from exports import ADA, request
from junitparser import JUnitXml
from msgspec.structs import replace
from reports import exercise, report

from assay.errors import ExportError
from assay.model import Message
from assay.report.exporters.gitlab import gitlab


def cases(*reports):
    return list(ET.fromstring(gitlab(request(*reports)).content).iter("testcase"))


def test_a_case_names_the_file():
    assert {case.get("file") for case in cases(ADA)} == {"submissions/Ada"}


def test_a_path_on_this_machine_is_not_told():
    away = replace(ADA, submission=replace(ADA.submission, path="/home/teacher/Ada"))
    assert {case.get("file") for case in cases(away)} == {None}


def test_gitlab_keeps_every_case_because_class_and_name_are_unique():
    found = cases(ADA, replace(ADA, submission=replace(ADA.submission, name="Eve")))
    assert len({(case.get("classname"), case.get("name")) for case in found}) == len(found) == 16


def test_another_reader_of_junit_takes_it():
    assert sum(suite.tests for suite in JUnitXml.fromstring(gitlab(request(ADA)).content)) == 8


def test_a_file_that_gitlab_would_refuse_is_refused():
    check = replace(ADA.exercises[0].checks[0], status="failed", message=Message("\n".join(["x" * 2000] * 2000)))
    many = exercise("1", "One", *(replace(check, id=f"c{n}") for n in range(8)))
    with pytest.raises(ExportError) as caught:
        gitlab(request(report("x", (many,))))
    assert str(caught.value) == "GitLab takes files below 30 MB, and this one has 32.2 MB: export fewer students"
