"""The folder that students get: starters, the visible checks, and recorded answers in place of the model answers."""
