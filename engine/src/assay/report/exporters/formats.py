"""The formats of an export by name: ours, and those of installed packages."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Final

from assay.errors import ExportError
from assay.report.exporters.canvas import canvas
from assay.report.exporters.classroom50 import classroom50
from assay.report.exporters.ctrf import ctrf
from assay.report.exporters.github_annotations import github_annotations
from assay.report.exporters.github_summary import github_summary
from assay.report.exporters.gitlab import gitlab
from assay.report.exporters.gradescope import gradescope
from assay.report.exporters.junit import junit
from assay.report.exporters.moodle import moodle
from assay.report.exporters.plain_csv import plain_csv

if TYPE_CHECKING:
    from assay.report.exporters.request import Exporter

__all__ = ["GROUP", "exporter_of", "format_names"]

GROUP: Final = "assay.exporters"
"""The entry points of other packages: a name, and a function from a Request to an Export."""

_OURS: Final[dict[str, Exporter]] = {
    "canvas": canvas,
    "classroom50": classroom50,
    "csv": plain_csv,
    "ctrf": ctrf,
    "github-annotations": github_annotations,
    "github-summary": github_summary,
    "gitlab": gitlab,
    "gradescope": gradescope,
    "junit": junit,
    "moodle": moodle,
}


def format_names() -> list[str]:
    """Return the names of all formats."""
    return sorted({*_OURS, *entry_points(group=GROUP).names})


def exporter_of(name: str) -> Exporter:
    """Return the exporter of a format; raise ExportError if there is none, or several packages have one."""
    found = list(entry_points(group=GROUP, name=name))
    packages = ", ".join(sorted(point.dist.name if point.dist else point.value for point in found))
    if name in _OURS:
        if found:
            msg = f"the package {packages} has the format {name!r}, which is assay's: uninstall it"
            raise ExportError(msg)
        return _OURS[name]
    if not found:
        msg = f"no format {name!r}; there are {', '.join(format_names())}"
        raise ExportError(msg)
    if len(found) > 1:
        msg = f"several packages have the format {name!r}: uninstall all but one of {packages}"
        raise ExportError(msg)
    try:
        exporter: Exporter = found[0].load()
    except (ImportError, AttributeError) as error:
        msg = f"the format {name!r} cannot be loaded from {found[0].value}: {error}"
        raise ExportError(msg) from error
    return exporter
