"""A check file imports from assay.checks alone: every public name is there."""

import assay.checks
from assay.checks import compare, handles, measurements, mistakes, plots, statistics, strategies

FOR_THE_JUDGE = {
    "SAME_MISTAKE",
    "Bound",
    "compare",
    "Measurement",
    "Mistake",
    "Sketch",
    "marks_of",
    "mistakes_of",
    "same_answer",
}
FOR_CALIBRATION = {"Statistic", "Tolerance", "ToleranceFile", "command_for", "read_tolerances", "tolerance_path"}
ERRORS = {"Mismatch", "SubmissionRaised"}


def test_every_name_for_check_files_is_exported():
    modules = (compare, handles, measurements, mistakes, plots, statistics, strategies)
    names = {name for module in modules for name in module.__all__}
    assert set(assay.checks.__all__) == names - FOR_THE_JUDGE - FOR_CALIBRATION | ERRORS


def test_nothing_else_is_exported():
    modules = {"compare", "handles", "measurements", "mistakes", "plots", "statistics", "strategies"}
    public = {name for name in vars(assay.checks) if name.isidentifier() and not name.startswith("_")}
    assert public - modules == set(assay.checks.__all__)
