"""Two tools of section 3.2.1 that every class of the book is made with."""

import sys
from collections.abc import Callable, Iterable
from typing import Any


def add_to_class(Class: type) -> Callable[[Any], None]:
    """Make a decorator that adds a function to a class after its definition; the name itself becomes None."""

    def add(function: Any) -> None:
        setattr(Class, function.__name__, function)

    return add


class HyperParameters:
    """An object that remembers the arguments that it was made with."""

    def save_hyperparameters(self, ignore: Iterable[str] = ()) -> None:
        """Store the calling function's arguments as attributes, and all of them in `hparams`.

        Left out are `self`, names that start with an underscore and those to `ignore`. Like the book's, it takes
        whatever the caller's local variables are when it is called.
        """
        left_out = {"self", *ignore}
        caller = sys._getframe(1).f_locals
        self.hparams = {name: value for name, value in caller.items() if name not in left_out and name[0] != "_"}
        for name, value in self.hparams.items():
            if name == "plot" and callable(getattr(type(self), name, None)):
                continue  # `plot=False` would hide the method that a trainer calls
            setattr(self, name, value)
