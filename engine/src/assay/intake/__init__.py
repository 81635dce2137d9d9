"""Bytes on disk and in archives become submissions: `collect.take_in` is the entrance.

`classes` walks over a class, `layout` says what a folder in it is, and `students` decides which files of one count.
`choice` ranks the files that a student handed in for one assignment.
`matching` says for which assignment and whose a file is, by its name; `platforms` knows the names that platforms make,
and `gradescope` its file about them.
`limits` says how much is taken in. `tree` and `archives` are files and archives as one kind of tree. `reader` is a
process with limits on its time and memory: it opens archives and notebooks. `content` tells modules from notebooks,
`sentences` has the notes, and `result` holds what was found.
"""
