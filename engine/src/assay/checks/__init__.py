"""What a test file of a course uses: comparing, known mistakes, derived tolerances, and a closer hold on objects."""

from assay.checks.compare import assert_close, number, require, take, tensor
from assay.checks.handles import assign, remote
from assay.checks.mistakes import mistake
from assay.checks.statistics import statistic

__all__ = ["assert_close", "assign", "mistake", "number", "remote", "require", "statistic", "take", "tensor"]
