"""An autograder for machine-learning coursework whose judge never runs a student's code."""
