"""The board of section 3.2.1, which follows a training."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from d2l.figure import plt
from d2l.hyperparameters import HyperParameters


class Point(NamedTuple):
    """One point of a line."""

    x: Any
    y: Any


class ProgressBoard(HyperParameters):
    """The points of a plot, line by line, which are drawn when it is shown and not while a model trains.

    Attributes:
        raw_points: label to the points that wait to be averaged.
        data: label to the points of its line.
    """

    def __init__(
        self,
        xlabel: str | None = None,
        ylabel: str | None = None,
        xlim: Sequence[float] | None = None,
        ylim: Sequence[float] | None = None,
        xscale: str = "linear",
        yscale: str = "linear",
        ls: Sequence[str] = ("-", "--", "-.", ":"),
        colors: Sequence[str] = ("C0", "C1", "C2", "C3"),
        fig: Any = None,
        axes: Any = None,
        figsize: tuple[float, float] = (3.5, 2.5),
        display: bool = True,
    ) -> None:
        self.save_hyperparameters()
        self.raw_points: dict[str, list[Point]] = {}
        self.data: dict[str, list[Point]] = {}

    def draw(self, x: Any, y: Any, label: str, every_n: int = 1) -> None:
        """Add a point; every `every_n` of them become one point of the line, their mean."""
        line = self.data.setdefault(label, [])
        points = self.raw_points.setdefault(label, [])
        points.append(Point(x, y))
        if len(points) >= every_n:
            line.append(Point(_mean([point.x for point in points]), _mean([point.y for point in points])))
            points.clear()

    def figure(self) -> Any:
        """Draw and return the figure with all lines as they are now."""
        if self.fig is None:
            self.fig = self.axes.figure if self.axes is not None else plt.figure(figsize=self.figsize)
        axes = self.axes if self.axes is not None else self.fig.gca()
        axes.cla()
        for (label, line), style, color in zip(self.data.items(), self.ls, self.colors, strict=False):
            axes.plot([float(p.x) for p in line], [float(p.y) for p in line], linestyle=style, color=color, label=label)
        axes.set(xlabel=self.xlabel, ylabel=self.ylabel, xscale=self.xscale, yscale=self.yscale)
        if self.xlim:
            axes.set_xlim(self.xlim)
        if self.ylim:
            axes.set_ylim(self.ylim)
        if self.data:
            axes.legend()
        return self.fig

    def _repr_png_(self) -> bytes:
        """Return the picture that a notebook shows for a board: `model.board` as a cell's last line."""
        import io  # noqa: PLC0415 - only for a notebook

        buffer = io.BytesIO()
        self.figure().savefig(buffer, format="png", bbox_inches="tight")
        return buffer.getvalue()


def _mean(values: list[Any]) -> Any:
    return sum(values) / len(values)
