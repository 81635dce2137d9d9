"""The processes that run the student's code: lock down, load, answer. Nobody imports this package."""
