# ruff: noqa: INP001 - a script
"""Take the pictures of the documentation: grade the example submissions, and photograph their pages in chromium.

python engine/docs/pictures/take.py
"""

import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(ROOT / "engine" / "tests" / "shared"))

from browsing import Watched, chromium  # noqa: E402 - the tests' own browser

PICTURES = {
    "student.png": ("broadcast_loss/linear_regression_scratch.html", 820, "section.part:has-text('Why reshape')"),
    "class.png": ("index.html", 1100, None),
}
"""A picture: the page, the width of the window in pixels, and the part of the page; None for its first 900 pixels."""


def main() -> None:
    """Write every picture beside this file."""
    with tempfile.TemporaryDirectory() as folder:
        # Wrong answers are no failure of the command.
        command = [sys.executable, "-m", "assay", "grade", "submissions", "--seed", "7", "--pages", folder]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        with chromium() as browser, Watched(browser) as watched:
            for name, (address, width, part) in PICTURES.items():
                view = {"width": width, "height": 900}
                page = watched.open(f"file://{folder}/{address}", viewport=view, color_scheme="light")
                (page.locator(part) if part else page).screenshot(path=HERE / name)


if __name__ == "__main__":
    main()
