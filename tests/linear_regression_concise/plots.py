"""A plot as the checks of exercise 5 see it: its curves, and which of them a label names."""

import math
import re

import torch
from assay.checks import require, require_object

from .mistakes_5_how_much_data import AGAINST_INDEX, LOGARITHMS, MISSING, ONE_POINT, SORTED_ALONE

SCALES = (0.02, 0.005)
"""Of two curves: the second lies below the first, whatever is drawn."""


def draw_errors(rng, scales=SCALES):
    """Draw two curves that are easily told apart; return the sizes, in no order and one of them twice, and the curves."""
    sizes = [200, 5, 10000, 20, 50, 1000, 10, 50]
    return sizes, *(
        [scale * (1 + r) / n**0.5 for n, r in zip(sizes, torch.rand(len(sizes), generator=rng).tolist(), strict=True)]
        for scale in scales
    )


def draw_curves(submission, rng, scales=SCALES):
    """Let a submission plot two curves; return the sizes, the curves and the Axes."""
    sizes, *curves = draw_errors(rng, scales)
    axes = require_object(submission.plot_estimation_errors(sizes, *curves), "matplotlib Axes")
    return sizes, curves, axes


NAMES = {"w": "w|weights?", "b": "b|bias"}
"""Words in a label that say which curve it names."""


def says(label):
    """Return the curves that a label names: "w", "b", both or none."""
    words = label.lower()
    return "".join(name for name, known in NAMES.items() if re.search(rf"(?<![a-z])({known})(?![a-z])", words))


def curve_of(line, sizes, curves):
    """Return "w" or "b" if a line is that curve and not the other, else ""."""
    if line is None:
        return ""
    xs, ys = points_of(line)
    return "".join(name for name, curve in zip("wb", curves, strict=True) if same_points(xs, ys, sizes, curve))


def points_of(line):
    """Return a line's x and y values, in whatever form they are kept."""
    return [line.get_xdata(orig=False), line.get_ydata(orig=False)]


def legend_entries(axes, lines):
    """Return the texts of the legends, each with the one line that looks as its entry does, or None."""
    of_axes = axes.get_legend()
    legends = list(axes.get_figure().legends) if of_axes is None else [of_axes]
    looks = [look(line) for line in lines]
    entries = [
        entry for legend in legends for entry in zip(legend.get_texts(), map(look, legend.legend_handles), strict=False)
    ]
    return [(text.get_text(), lines[looks.index(seen)] if looks.count(seen) == 1 else None) for text, seen in entries]


def look(artist):
    if artist.__assay_handle__ != "Line2D":
        return None
    return [artist.get_color(), artist.get_linestyle(), artist.get_marker()]


def same_points(xs, ys, sizes, errors):
    """Whether a line's data, in whatever form it is kept, is these points in any order along x."""
    if not all(isinstance(found, (list, torch.Tensor)) and len(found) == len(sizes) for found in (xs, ys)):
        return False
    return _same(sorted(zip(map(float, xs), map(float, ys), strict=True)), sorted(zip(sizes, errors, strict=True)))


def require_curves(lines, sizes):
    """Require two lines with a point for each size at least: what is said of a plot is said of its curves."""
    found = [len(xs) if isinstance(xs, (list, torch.Tensor)) else None for xs, _ in lines]
    curves = [count for count in found if count is None or count >= len(set(sizes))]
    expected = f"two lines of {len(sizes)} points"
    require(len(curves) > 1, yours={"points of each line": found}, expected=expected)


def fault_of_the_lines(lines, sizes, name, errors):
    """Say what is wrong with a curve that no line is, from the data of all lines; None if they do not tell."""
    known = [line for line in lines if all(isinstance(found, (list, torch.Tensor)) for found in line)]
    for xs, ys in known:
        kept = dict(zip(sizes, errors, strict=True))
        if same_points(xs, ys, list(kept), list(kept.values())):
            return ONE_POINT
    its_own = [list(map(float, xs)) for xs, ys in known if _same(sorted(map(float, ys)), sorted(errors))]
    if not its_own:
        return MISSING.format(name) if len(known) == len(lines) else None
    for xs in its_own:
        if _same(xs, range(len(sizes))):
            return AGAINST_INDEX.format(name)
        if any(_same(sorted(xs), sorted(map(log, sizes))) for log in (math.log10, math.log, math.log2)):
            return LOGARITHMS
        if _same(sorted(xs), sorted(sizes)):
            return SORTED_ALONE
    return None


def is_against(lines, sizes):
    """Whether a line has the sizes as its x values."""
    return any(isinstance(xs, (list, torch.Tensor)) and _same(sorted(map(float, xs)), sorted(sizes)) for xs, _ in lines)


def _same(found, right):
    found, right = (torch.tensor(list(part), dtype=torch.float64) for part in (found, right))
    return found.shape == right.shape and bool(found.isclose(right, rtol=1e-5).all())
