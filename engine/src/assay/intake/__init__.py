"""Bytes handed in become submissions: `collect.take_in` is the entrance.

`collect` walks over a class, `students` takes in one student's files, `matching` says which assignment a file's name
means, `platforms` knows what learning platforms add to names, `tree` and `archives` read files and archives as one kind
of tree, and `result` holds what was found.
"""
