"""The names that a course's check file imports."""

from assay.checks.compare import assert_close, number, require, sequence, take, tensor
from assay.checks.handles import assign, remote, require_object
from assay.checks.measurements import measurement
from assay.checks.mistakes import mistake, mistake_family
from assay.checks.plots import curves, dots
from assay.checks.statistics import statistic
from assay.checks.strategies import Regression, columns, regressions, tensors
from assay.errors import Mismatch, SubmissionRaised

__all__ = [
    "Mismatch",
    "Regression",
    "SubmissionRaised",
    "assert_close",
    "assign",
    "columns",
    "curves",
    "dots",
    "measurement",
    "mistake",
    "mistake_family",
    "number",
    "regressions",
    "remote",
    "require",
    "require_object",
    "sequence",
    "statistic",
    "take",
    "tensor",
    "tensors",
]
