"""A process with limits opens archives and notebooks, so that no byte of a student's is parsed outside one.

`client` is the intake's side, `__main__` the process, `messages` what they say, `notebooks` how outputs are removed.
"""
