"""Plots as in section 2.4.2, without a screen and without a cost until something is drawn."""

import importlib
import sys
from collections.abc import Sequence
from typing import Any


class LazyPyplot:
    """`matplotlib.pyplot`, imported at its first use: the import takes longer than most exercises."""

    def __init__(self) -> None:
        self._size: tuple[float, float] | None = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._load(), name)

    def resize(self, size: tuple[float, float]) -> None:
        """Set the size of figures from now on, in inches; wait for the import if there was none."""
        self._size = size
        if "matplotlib.pyplot" in sys.modules:
            self._load()

    def _load(self) -> Any:
        if not _in_notebook():
            importlib.import_module("matplotlib").use("Agg")
        pyplot = importlib.import_module("matplotlib.pyplot")
        if self._size is not None:
            pyplot.rcParams["figure.figsize"] = self._size
            self._size = None
        return pyplot


plt = LazyPyplot()


def use_svg_display() -> None:
    """Let a notebook show plots as SVG; elsewhere there is nothing to set."""
    if _in_notebook():
        importlib.import_module("matplotlib_inline.backend_inline").set_matplotlib_formats("svg")


def set_figsize(figsize: tuple[float, float] = (3.5, 2.5)) -> None:
    """Set the size of figures from now on, in inches."""
    use_svg_display()
    plt.resize(figsize)


def set_axes(
    axes: Any, xlabel: Any, ylabel: Any, xlim: Any, ylim: Any, xscale: str, yscale: str, legend: Sequence[str]
) -> None:
    """Set labels, limits, scales, legend and grid in one call."""
    axes.set(xlabel=xlabel, ylabel=ylabel, xscale=xscale, yscale=yscale)
    axes.set_xlim(xlim)
    axes.set_ylim(ylim)
    if legend:
        axes.legend(legend)
    axes.grid()


def plot(
    X: Any,
    Y: Any = None,
    xlabel: str | None = None,
    ylabel: str | None = None,
    legend: Sequence[str] = (),
    xlim: Any = None,
    ylim: Any = None,
    xscale: str = "linear",
    yscale: str = "linear",
    fmts: Sequence[str] = ("-", "m--", "g-.", "r:"),
    figsize: tuple[float, float] = (3.5, 2.5),
    axes: Any = None,
) -> None:
    """Draw lines: `X` and `Y` are each a curve or a list of curves; without `Y`, `X` is drawn against its index."""
    xs, ys = ([None], _curves(X)) if Y is None else (_curves(X), _curves(Y))
    if len(xs) != len(ys):
        xs = xs * len(ys)
    set_figsize(figsize)
    axes = axes if axes is not None else plt.gca()
    axes.cla()
    for x, y, fmt in zip(xs, ys, fmts, strict=False):
        axes.plot(*([y] if x is None else [x, y]), fmt)
    set_axes(axes, xlabel, ylabel, xlim, ylim, xscale, yscale, legend)


def _curves(values: Any) -> list[Any]:
    one = values.ndim == 1 if hasattr(values, "ndim") else not hasattr(values[0], "__len__")
    return [values] if one else list(values)


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    return ipython is not None and ipython.get_ipython() is not None
