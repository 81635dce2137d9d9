"""HTML from templates: every text is escaped, and a policy allows the page's own style and script, and nothing else."""

from __future__ import annotations

import base64
import functools
import hashlib
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

__all__ = ["MARK", "render"]

_FOLDER: Final = Path(__file__).parent / "templates"

MARK: Final = b"<!doctype html>\n<!-- a page of assay -->\n"
"""The first bytes of every page: they tell a page from a file that somebody else put beside it."""


def render(template: str, script: str = "", **values: object) -> bytes:
    """Return a page, made from a template and perhaps with a script from the same folder.

    The style and the script stand in the page itself, so that it is one file.
    """
    style, code = (_FOLDER / "page.css").read_text(), (_FOLDER / script).read_text() if script else ""
    policy = f"default-src 'none'; style-src {_source(style)}; base-uri 'none'; form-action 'none'"
    if code:
        policy += f"; script-src {_source(code)}"
    text = (
        _templates()
        .get_template(template)
        .render(
            policy=Markup(policy),  # noqa: S704 - made of hashes
            style=Markup(style),  # noqa: S704 - the engine wrote it
            script=Markup(code),  # noqa: S704 - the engine wrote it
            **values,
        )
    )
    return MARK + text.encode()


@functools.cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _source(text: str) -> str:
    """Return what a content security policy calls this very text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
