"""Names that are nearly another one: `squared_los` for `squared_loss`. Both sides of the wall look for them."""

from __future__ import annotations

import difflib
from itertools import islice
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_NAMES: Final = 100
"""Names that are looked through: no module of this course defines as many."""

MAX_CHARS: Final = 60
"""Of a name: nobody mistypes a longer one, and comparing takes its square."""

_ALIKE: Final = 0.75
"""One letter of four may differ; of shorter names none."""


def lookalike(name: str, names: Iterable[str]) -> str | None:
    """Return the name that is most like this one, whatever their capitals; None if there is none."""
    known = {other.casefold(): other for other in islice(names, MAX_NAMES) if len(other) <= MAX_CHARS}
    found = difflib.get_close_matches(name.casefold(), known, 1, _ALIKE)
    return known[found[0]] if found else None
