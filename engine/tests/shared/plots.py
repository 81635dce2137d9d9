"""Plots as the judge writes them, made by hand."""

from assay.model import Plot, Series

__all__ = ["LOSS", "make_plot"]


def make_plot(yours, expected=(), *, log="", joined=True, title="loss against epoch"):
    """Return a plot of y values above 1, 2, 3, ...; `yours` and `expected` are one series or none."""
    sides = [(side, tuple(ys)) for side, ys in (("yours", yours), ("expected", expected)) if ys]
    series = (Series(side, side, tuple(float(x + 1) for x in range(len(ys))), ys) for side, ys in sides)
    return Plot(title, log, joined, tuple(series))


LOSS = make_plot([4.0, 2.0, None], [4.0, 1.0, 0.25], log="y")
