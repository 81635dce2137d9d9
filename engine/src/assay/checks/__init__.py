"""What a test file of a course uses: comparing, known mistakes, derived tolerances, and a closer hold on objects."""

from assay.checks.compare import assert_close, number, require, take, tensor
from assay.checks.handles import assign, remote
from assay.checks.mistakes import mistake
from assay.checks.tolerances import derived

__all__ = ["assert_close", "assign", "derived", "mistake", "number", "remote", "require", "take", "tensor"]
