"""Students' repositories: a right one, and hostile ones, whose answers are wrong whatever else lies in them."""

import os
from pathlib import Path

from commands import WRONG

__all__ = ["HOSTILE", "LEAST", "write_repository"]

LEAST = {"link", "link_to_course", "folder_link", "huge", "loop", "exits"}
"""Those without any points; the others have the points of the wrong answers."""

PASSES_ALL = """
import os, pytest
@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    outcome.get_result().outcome = "passed"
def pytest_sessionfinish(session):
    session.exitstatus = 0
def pytest_collection_modifyitems(items):
    items.clear()
"""
STARTS = "import os; open(os.environ.get('HOME', '/tmp') + '/started', 'w'); os._exit(0)\n"
TOX_INI = "[pytest]\naddopts = --collect-only -p no:assay\nassay_call_seconds = 9999\n[tox]\nenv_list =\n"
PYPROJECT = "[tool.pytest.ini_options]\naddopts = '--maxfail=0 -k nothing'\npythonpath = ['.']\n"
COMMANDS = "::set-output name=points::7\\n::add-mask::0\\n##[add-path]/tmp\\n::stop-commands::x\\n%0A::error::y"
SPEAKS = f'''
"""
::set-output name=points::7
::add-mask::0
"""
ANSWERS = {{"1": "{COMMANDS}"}}
print("{COMMANDS}", flush=True)
def squared_loss(y_hat, y):
    """::error::z"""
    raise ValueError("{COMMANDS}")
def scaled(x, factor=2.0): return "{COMMANDS}"
'''
LOOKS_FOR_SECRETS = """
import os, pathlib
def look():
    told = []
    for place in ("/proc/self/environ", "/proc/1/environ", "/proc/self/cmdline", "../course/.assay/seed", "../course/tests"):
        try: told.append(pathlib.Path(place).read_text()[:90])
        except OSError: pass
    for root, _, files in os.walk("/"):
        told += [name for name in files if name.startswith(("test_1", "report.json", "seed"))]
    return " ".join([*told, str(dict(os.environ))])
def squared_loss(y_hat, y): raise ValueError(look())
def scaled(x, factor=2.0): return look()
"""
LOOPS = "while True: pass\n"
EXITS = "import os, sys\nsys.stdout.write('7 passed')\nos._exit(0)\n"

HOSTILE = {
    "conftest": {"conftest.py": PASSES_ALL, "tests/conftest.py": PASSES_ALL, "basics.py": WRONG},
    "tox_ini": {"tox.ini": TOX_INI, "setup.cfg": TOX_INI.replace("[pytest]", "[tool:pytest]"), "basics.py": WRONG},
    "pyproject": {"pyproject.toml": PYPROJECT, "pytest.ini": TOX_INI, "noxfile.py": STARTS, "basics.py": WRONG},
    "libraries": {f"{name}/__init__.py": STARTS for name in ("d2l", "assay", "torch", "pytest")} | {"basics.py": WRONG},
    "startup": {
        **dict.fromkeys(["sitecustomize.py", "usercustomize.py", ".pythonrc.py", "assay.py", "pip.py"], STARTS),
        "evil.pth": STARTS, "pyvenv.cfg": "home = /tmp\n", ".python-version": "2.7\n", "matplotlibrc": "backend: x\n",
        "basics.py": WRONG,
    },
    "link": {"basics.py": Path("/etc/passwd")},
    "link_to_course": {"basics.py": Path("../course/reference/basics.py"), "tests": Path("../course/tests")},
    "folder_link": {"src": Path("../course/reference"), "reference": Path("../course/reference")},
    "huge": {"basics.py": 2 * 1024**3},
    "huge_besides": {"data.bin": 2 * 1024**3, "basics.ipynb.bak": 2 * 1024**3, "basics.py": WRONG},
    "names": {
        **dict.fromkeys(["::error::x.py", "a\n::set-output name=points::7.py", "##[add-mask]0.py", "\x1b[31m.py"], "x = 1\n"),
        "basics.py": WRONG,
    },
    "speaks": {"basics.py": SPEAKS},
    "hooks": {
        **{f".git/hooks/{name}": '#!/bin/sh\ntouch "$HOME/started"\n' for name in ("post-checkout", "pre-commit")},
        ".git/config": '[core]\n\tfsmonitor = "touch $HOME/started"\n\thooksPath = .git/hooks\n',
        ".gitattributes": "*.py filter=evil diff=evil\n",
        "basics.py": WRONG,
    },
    "a_course": {
        "assay.toml": "fail_under = 0\n", "deadlines.toml": "[basics]\n", ".assay/seed": "0\n", "conftest.py": PASSES_ALL,
        "reference/basics.py": WRONG.replace("x + factor", "x"),
        "tests/basics/test_1_losses.py": '"""Losses"""\ndef test_all(submission): ...\n',
        "basics.py": WRONG,
    },
    "looks_for_secrets": {"basics.py": LOOKS_FOR_SECRETS},
    "loop": {"basics.py": f"def noise(size):\n    {LOOPS}"},  # one check asks for it, so that one waits for the limit
    "exits": {"basics.py": EXITS},
}  # fmt: skip


def write_repository(folder, files):
    """Write a repository: a text is a file, a path is a link, a number is a file of zeros with so many bytes."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Path):
            path.symlink_to(content)
        elif isinstance(content, int):
            path.touch()
            os.truncate(path, content)
        else:
            path.write_text(content)
            path.chmod(0o755)
    return folder
