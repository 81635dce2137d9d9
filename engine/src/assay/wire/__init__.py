"""What crosses the wall: plain data and tensors in length-framed, size-limited messages; no pickle, ever.

`values` says which values may cross, `messages` what is asked and answered, `frames` how bytes travel.
"""
