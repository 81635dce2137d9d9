"""Bytes handed in become submissions: `collect.take_in` is the entrance.

`classes` walks over a class, `layout` says what a folder in it is, `students` decides which of one student's files count,
and `matching` which assignment and whose a file's name means; `platforms` knows what learning platforms make of names.
`tree` and `archives` are files and archives as one kind of tree; archives and notebooks are opened by `reader`, a process
with limits. `content` tells modules from notebooks, `sentences` has the notes, and `result` holds what was found.
"""
