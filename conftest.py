"""The entrance for pytest: everything a course needs comes with the installed engine (`pip install ./engine`).

Put here what all checks of this course share and no single exercise owns; there is nothing of that kind yet.
"""
