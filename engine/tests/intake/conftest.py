"""Fixtures of the intake's tests: take in an archive, and return the result in a few words."""

import os

import pytest
from archive_files import NAMES, summary

from assay.intake.collect import take_in


@pytest.fixture
def taken(tmp_path):
    """Take in an archive of these bytes; return submissions, refusals and empty folders in a few words."""

    def take(data, name="class.zip"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
        os.chdir(tmp_path)
        intake = take_in([tmp_path / name.split("/")[0]], NAMES)
        return summary(intake, tmp_path)

    return take
