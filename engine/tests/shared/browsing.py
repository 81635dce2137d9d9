"""Debian's chromium for tests of pages: one for a module, which notes what a page fetches and says."""

import os
import shutil
from contextlib import ExitStack, closing, contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

__all__ = ["Watched", "chromium", "violations"]

_PATH = shutil.which("chromium")
_OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@contextmanager
def chromium():
    """Start the browser; without it skip the tests, but fail in CI."""
    if _PATH is None and os.environ.get("CI") != "true":
        pytest.skip("chromium is not installed")
    assert _PATH is not None, "CI must have chromium: apt-get install chromium"
    with sync_playwright() as tool, closing(tool.chromium.launch(executable_path=_PATH, args=_OPTIONS)) as found:
        yield found


class Watched(ExitStack):
    """The pages of a test: the addresses that they asked for, and what stood on their consoles."""

    def __init__(self, browser):
        super().__init__()
        self._browser = browser
        self.asked, self.told = [], []

    def open(self, address, **options):
        """Return a page at an address, in a new context."""
        page = self.enter_context(closing(self._browser.new_context(**options))).new_page()
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", lambda message: self.told.append(message.text))
        page.on("pageerror", lambda error: self.told.append(str(error)))
        page.goto(address)
        return page


def violations(page):
    """Return what axe-core finds that somebody cannot read or use."""
    return Axe().run(page).response["violations"]
