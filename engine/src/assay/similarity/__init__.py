"""Which submissions of an assignment are alike beyond what the exercise makes alike: for a person to look at.

`reading` asks a process with limits (`__main__`) for the fingerprints of each submission, `pairs` compares them, and
`side_by_side` lays out the lines that match.
"""
