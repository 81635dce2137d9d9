"""The course's edition of the book's library, for sections 3.4 and 3.5 of "Dive into Deep Learning", edition 1.0.

The published package pins an old NumPy and no longer installs, so the course ships the part that these sections and
notebooks about them use. It needs torch; matplotlib is imported when something is drawn, and not before.

All three spellings give the same objects:

    import d2l
    from d2l import torch as d2l
    import d2l.torch as d2l
"""

from d2l.torch import *  # noqa: F403 - all of it, as the name says
from d2l.torch import __all__  # noqa: F401 - the star takes these names and no others
