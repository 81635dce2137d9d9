"""Reports that the tests of the gradebook store."""

from assay.gradebook.conditions import Conditions
from assay.gradebook.records import Origin

__all__ = ["CONDITIONS", "ORIGIN"]

CONDITIONS = Conditions(
    "5" * 64,
    (),
    {"tox.ini": "a", "reference/basics.py": "b"},
    {"1": {"tests/basics/test_1_losses.py": "c"}, "10": {"tests/basics/test_10_noise.py": "d"}},
    "7",
    "0.1.0",
    "3.11.7",
    "2.13.0",
    (),
)
ORIGIN = Origin("/home/ta", ("class",), "/home/ta/course")
