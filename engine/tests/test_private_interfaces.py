"""The tests that docs/private-interfaces.md names are there."""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PAGE = (TESTS.parent / "docs" / "private-interfaces.md").read_text()


@pytest.mark.parametrize("named", sorted(set(re.findall(r"`([\w/]+\.py(?:::\w+)?)`", PAGE))))
def test_a_file_or_test_that_the_page_names_exists(named):
    path, _, test = named.partition("::")
    found = [folder / path for folder in (TESTS, TESTS.parent / "src" / "assay") if (folder / path).exists()]
    assert found
    assert not test or f"def {test}(" in found[0].read_text()
