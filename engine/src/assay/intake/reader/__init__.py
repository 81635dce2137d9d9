"""A process with limits opens archives and notebooks, so that none of a student's bytes is parsed outside one.

`client` is the intake's side, `__main__` the process, `messages` what they say, `notebooks` how outputs are removed.
"""
