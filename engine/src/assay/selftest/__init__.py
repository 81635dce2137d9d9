"""Tests of a course's own checks."""
