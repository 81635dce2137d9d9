"""A submission finds itself as under `python file.py`, and what it chooses to draw with has no effect. In real guests."""

import json
import time

import pytest

from assay.course.budgets import DEFAULTS
from assay.errors import SubmissionRaised
from assay.host import forkserver as forkservers
from assay.host.forkserver import Budget, GuestSubmission, shared
from assay.host.guest import Guest
from assay.judge.messages import help_for_raised
from assay.wire.messages import Request


@pytest.fixture(scope="module", autouse=True)
def _no_fork_server_is_left():
    yield
    while forkservers._shared:
        forkservers._shared.popitem()[1].stop()


@pytest.fixture
def opened():
    """Open guests, and close them at the end."""
    made = []

    def open_one(source, kind="module", budget=None):
        submission = GuestSubmission("answers", kind, source.encode(), ("f", "g"), 0)
        made.append(Guest(lambda: shared(None), submission, budget or Budget(**DEFAULTS)))
        made[-1].open()
        return made[-1]

    yield open_one
    for guest in made:
        guest.end()
        guest.close()


def answer(guest, name="f", *args):
    try:
        return guest.begin(1, []).ask(Request("call", 0, name, list(args)))
    finally:
        guest.end()


def notes_of(guest):
    assert guest.failure is None
    return guest.loaded.notes


SCRIPT = """
import argparse, getpass, os, pathlib, shutil, sys, tempfile
args = argparse.ArgumentParser().parse_args()
here = os.getcwd()
facts = [
    sys.argv == [os.path.join(here, "answers.py")],
    os.path.dirname(os.path.abspath(__file__)) == here == sys.path[0],
    open(__file__).read().startswith("\\nimport argparse"),
    getpass.getuser() == "student",
    tempfile.gettempdir() == here,
]
os.chdir(os.path.dirname(__file__))
shutil.copy(__file__, "copy.py")
pathlib.Path("copy.py").chmod(0o600)
with tempfile.TemporaryDirectory() as folder:
    shutil.copy2(__file__, folder)
def f(): return facts
"""


def test_a_script_finds_itself_as_under_python(opened):
    guest = opened(SCRIPT)
    assert notes_of(guest) == []
    assert answer(guest).value == [True] * 5


DRAWN = """
import warnings
warnings.simplefilter("error")
import matplotlib
matplotlib.use("TkAgg")
import matplotlib.pyplot as plt
plt.switch_backend("Qt5Agg")
matplotlib.rcParams["backend"] = "WebAgg"
plt.style.use("seaborn-whitegrid")
plt.ion()
plt.plot([1, 2])
plt.show()
plt.pause(30)
def f():
    matplotlib.use("module://ipympl.backend_nbagg")
    figure, axes = plt.subplots()
    axes.plot([1, 2])
    plt.show(block=True)
    return type(figure.canvas).__name__
"""


def test_choosing_a_way_to_draw_has_no_effect(opened):
    guest = opened(DRAWN)
    assert notes_of(guest) == []
    assert answer(guest).value == "FigureCanvasAgg"


FORMATS = """
from IPython import display
display.set_matplotlib_formats("svg")
from IPython.display import set_matplotlib_formats
set_matplotlib_formats("retina", quality=1)
%matplotlib widget
%config InlineBackend.figure_format = "svg"
import matplotlib.pyplot as plt
plt.plot([1])
def f(): return 1
"""


def test_so_has_choosing_a_format_for_it(opened):
    guest = opened(json.dumps({"cells": [{"cell_type": "code", "source": FORMATS}]}), "notebook")
    assert notes_of(guest) == []
    assert answer(guest).value == 1


COMPILED = """
import torch
class Model(torch.nn.Module):
    @torch.compile
    def forward(self, x): return x + 1
@torch.compile(mode="max-autotune", fullgraph=True)
def g(x): return x * 2
model = Model()
same = torch.compile(model, dynamic=True) is model
model.compile()
def f(): return [same, float(model(torch.ones(1))), float(g(torch.ones(1)))]
"""


def test_torch_compile_gives_its_argument(opened):
    guest = opened(COMPILED)
    assert notes_of(guest) == []
    assert answer(guest).value == [True, 2.0, 2.0]


PROGRESS = """
from tqdm.notebook import tqdm, trange
from tqdm import tqdm_notebook
seen = list(tqdm([1, 2])) + list(trange(2)) + list(tqdm_notebook([3]))
def f(): return seen
"""


def test_a_progress_bar_for_notebooks_needs_no_widgets(opened):
    pytest.importorskip("tqdm")
    guest = opened(json.dumps({"cells": [{"cell_type": "code", "source": PROGRESS}]}), "notebook")
    assert notes_of(guest) == []
    assert answer(guest).value == [1, 2, 0, 1, 3]


PROCESSES = """
import multiprocessing, os, subprocess
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.pool import ThreadPool
def f(way):
    if way == "a pool":
        with multiprocessing.Pool(2) as pool:
            return pool.map(abs, [-1])
    elif way == "a pool of threads":
        ThreadPool(2)
    elif way == "an executor":
        with ProcessPoolExecutor(2) as pool:
            return list(pool.map(abs, [-1]))
    elif way == "a process":
        multiprocessing.Process(target=abs, args=(-1,)).start()
    elif way == "a context":
        multiprocessing.get_context("fork").Pool(2)
    elif way == "a command":
        subprocess.run(["true"])
    elif way == "a fork":
        os.fork()
"""


@pytest.mark.parametrize(
    "way", ["a pool", "a pool of threads", "an executor", "a process", "a context", "a command", "a fork"]
)
def test_a_check_that_cannot_start_a_process_says_so(opened, way):
    raised = answer(opened(PROCESSES), "f", way)
    error = SubmissionRaised(raised.kind, raised.text, raised.where)
    help_ = "a check cannot start processes or pools of multiprocessing: compute everything in this one"
    assert help_for_raised(error, None, {}) == help_, raised


MORE_THREADS = """
import torch
torch.set_num_threads(4)
torch.set_num_interop_threads(2)
x = torch.ones(1_000_000)
x = x * 2
def f():
    torch.set_num_threads(3)
    return [torch.get_num_threads(), float((x * 2).sum())]
"""


def test_the_number_of_torchs_threads_stays(opened):
    guest = opened(MORE_THREADS, budget=Budget(**DEFAULTS | {"call_seconds": 2}))  # threads do not survive a fork
    assert notes_of(guest) == []
    assert answer(guest).value == [1, 4_000_000.0]


THREADED = """
import asyncio, threading
from concurrent.futures import ThreadPoolExecutor
found = []
thread = threading.Thread(target=found.append, args=(1,))
thread.start(); thread.join()
async def main():
    await asyncio.sleep(0)
    return await asyncio.gather(asyncio.to_thread(lambda: 2), asyncio.sleep(0, 3))
found += asyncio.run(main())
def f():
    with ThreadPoolExecutor(2) as pool:
        return found + asyncio.run(main()) + list(pool.map(abs, [-4]))
"""


def test_threads_and_asyncio_work(opened):
    guest = opened(THREADED)
    assert notes_of(guest) == []
    assert answer(guest).value == [1, 2, 3, 2, 3, 4]


def test_the_scratch_folders_name_is_not_in_the_notes(opened):
    (note,) = notes_of(opened("import os\nopen(os.path.join(os.path.dirname(__file__), 'data.csv'))\n"))
    assert "No such file or directory: 'data.csv'" in note


def test_a_name_that_needs_what_is_missing_is_an_error_with_that_reason(opened):
    guest = opened("import nowhere\n@nowhere.jit\ndef f(): return 1\ndef g(): return 2\n")
    raised = answer(guest)
    assert (raised.kind, raised.text.partition(", and")[0]) == (
        "Unavailable",
        "f is not available: nowhere is not installed on the grading machine (nor is a nowhere.py of your own: a submission is one file)",
    )
    assert answer(guest, "g").value == 2


def test_a_statement_that_takes_too_long_is_left_out_and_the_rest_runs(opened):
    source = "a = 1\nfor b in iter(int, 1):\n    pass\nc = a\ndef f(): return c\n"
    guest = opened(source, budget=Budget(**DEFAULTS | {"import_seconds": 1, "call_seconds": 1}))
    assert notes_of(guest) == [
        (
            "line 2 (for b in iter(int, 1):) did not end within 1 s of processor time: it was left out; "
            "the statements after it were run"
        )
    ]
    assert answer(guest).value == 1


BURN = """
import time
def burn(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end: pass
burn(0.6)
burn(0.6)
def f(seconds): return burn(seconds)
"""


def test_every_statement_has_its_own_time_and_all_have_twice_that(opened):
    budget = Budget(**DEFAULTS | {"import_seconds": 1, "call_seconds": 1})
    assert notes_of(opened(BURN, budget=budget)) == []
    slow = opened(BURN.replace("burn(0.6)", "burn(9)", 1), budget=budget)
    assert notes_of(slow) == [
        "line 6 (burn(9)) did not end within 1 s of processor time: it was left out; the statements after it were run"
    ]
    together = opened(BURN + "burn(0.6)\nburn(0.6)\n", budget=budget)
    (note,) = notes_of(together)
    rest = "it and the statements after it were not run"
    assert note.endswith(f"(burn(0.6)) did not end within 2 s of processor time for all together: {rest}")


def test_statements_that_just_fit_together_run_again_without_the_one_that_does_not(opened):
    budget = Budget(**DEFAULTS | {"import_seconds": 2, "call_seconds": 1})
    opened("")  # with what a fork server's first guest waits for
    again = f"again = time.time() > {time.time() + 4}\n"  # the first run is ended after 4 s
    waits = [f"while time.process_time() < {end}: pass\n" for end in ("1.5", "3", "(4.6 if again else 3.9)")]
    source = BURN.replace("burn(0.6)\nburn(0.6)\n", again + "".join(waits) + "burn(1)\n")
    (note,) = notes_of(opened(source, budget=budget))
    assert "(burn(1)) did not end within 4 s of processor time for all together" in note
