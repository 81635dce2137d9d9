"""The messages that cross the wall: plain data and tensors in length-framed, size-limited messages; no pickle, ever.

`messages` are the questions and answers, `values` says which values may cross, `tensors` and `frames` are the bytes,
`weights` the memory that they may take, `objects` the table of a check's objects.
"""
