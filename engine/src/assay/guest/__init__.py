"""Runs beside the student's code: lock down, load, answer. Imports `wire` and nothing else of ours."""
