"""One class, graded."""
