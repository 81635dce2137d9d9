"""HTML from templates: every text is escaped, and a policy allows the page's own style and script, and nothing else."""

from __future__ import annotations

import base64
import functools
import hashlib
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

__all__ = ["MARK", "policy_of", "render"]

_FOLDER: Final = Path(__file__).parent / "templates"
_STYLE: Final = "page.css"

MARK: Final = b"<!doctype html>\n<!-- a page of assay -->\n"
"""The first bytes of every page: they tell a page from a file that somebody else put beside it."""


def render(template: str, script: str = "", connect: str = "", **values: object) -> bytes:
    """Return a page, made from a template and perhaps with a script from the same folder.

    The style and the script stand in the page itself, so that it is one file.

    Args:
        template: its file.
        script: the file of the script, or "".
        connect: where the script may send to, as a content security policy says it, or "".
        values: what the template shows.
    """
    text = (
        _templates()
        .get_template(template)
        .render(
            policy=Markup(policy_of(script, connect)),  # noqa: S704 - made of hashes
            style=Markup(_text(_STYLE)),  # noqa: S704 - the engine wrote it
            script=Markup(_text(script) if script else ""),  # noqa: S704 - the engine wrote it
            **values,
        )
    )
    return MARK + text.encode()


@functools.cache
def policy_of(script: str, connect: str) -> str:
    """Return the content security policy of a page: its own style, its own script, and nothing else."""
    policy = f"default-src 'none'; style-src {_source(_text(_STYLE))}; base-uri 'none'; form-action 'none'"
    if script:
        policy += f"; script-src {_source(_text(script))}"
    return f"{policy}; connect-src {connect}" if connect else policy


@functools.cache
def _text(name: str) -> str:
    return (_FOLDER / name).read_text()


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
