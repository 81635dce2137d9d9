"""The namespace of a submission is read in its process; an object that raises or exits loses only itself."""

import os

import pytest

from assay.guest.loading import load
from assay.guest.written_answers import defined, other_names, written_answers
from assay.wire.messages import SUBMISSION, Imported, Request
from assay.wire.objects import ObjectTable
from assay.wire.values import encode

pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # a fork beside torch's threads


def looked_at(source, look=None):
    """Load a module and look at it as a submission's process does, in a fork of this process; give what was found."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.write(write_end, repr((look or _look)(source)).encode())
        finally:
            os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as told:
        text = told.read().decode()
    assert os.waitpid(pid, 0)[1] == 0
    return text


def _others(source):
    return other_names(load("answer", "module", source.encode()).module, ["f", "g"])


def _look(source):
    loaded = load("answer", "module", source.encode())
    found, answers = defined(loaded.module, ["f", "g"]), written_answers(loaded.module)
    encode(Imported(found, loaded.notes, answers))
    reply = ObjectTable(loaded.module, None, ["f", "g"], 0, loaded.files).answer(Request("call", SUBMISSION, "f"))
    encode(reply)
    return loaded.notes, found, answers, type(reply).__name__


RETURNED = "([], ['f'], {}, 'Returned')"
STOPPED = "the module stopped at {}; the definitions before that are graded"


DEFINED = "def f(): return 1\n"
RAISING = "class Evil(BASE):\n" + "".join(
    f"    def __{name}__(self, *a, **k): raise KeyboardInterrupt\n"
    for name in ("str", "repr", "getitem", "iter", "len", "format", "bool", "int")
)


@pytest.mark.parametrize(
    ("source", "answers"),
    [
        (RAISING.replace("BASE", "dict") + "    items = keys = get = None\nANSWERS = Evil({1: 'a'})\n", {"1": "a"}),
        (
            RAISING.replace("BASE", "str") + "ANSWERS = {Evil('1'): 'a', '2': Evil('b'), '3': 'c'}\n",
            {"2": "b", "3": "c"},
        ),
        (RAISING.replace("BASE", "int") + "ANSWERS = {Evil(1): 'a', 2: 'b'}\n", {"2": "b"}),
        ("class Evil:\n    @property\n    def __class__(self): raise SystemExit\nANSWERS = Evil()\n", {}),
        (
            "class Evil:\n    @property\n    def __class__(self): raise SystemExit\nANSWERS = {Evil(): 'a', 1: Evil()}\n",
            {},
        ),
        ("ANSWERS = {'1': 'a\\ud800b', '\\ud800': 'c'}\n", {"1": "a?b", "?": "c"}),
        ("class Evil(dict):\n    def items(self):\n        while True: yield 1, 'a'\nANSWERS = Evil()\n", {}),
    ],
)
def test_answers_that_raise_cost_themselves(source, answers):
    assert looked_at(DEFINED + source) == RETURNED.replace("{}", repr(answers))


@pytest.mark.parametrize(
    "source",
    [
        "def __getattr__(name): raise SystemExit\n",
        """
import sys, types
class Evil(types.ModuleType):
    __dict__ = property(lambda self: 1 / 0)
    ANSWERS = property(lambda self: 1 / 0)
sys.modules[__name__].__class__ = Evil
""",
        """
class Key:
    def __hash__(self): return hash("ANSWERS")
    def __eq__(self, other): raise SystemExit
globals()[Key()] = 1
""",
    ],
)
def test_a_namespace_that_fights_back_keeps_its_names(source):
    assert looked_at(DEFINED + source) == RETURNED


@pytest.mark.parametrize(
    ("source", "stopped"),
    [
        ("class E(Exception):\n    __traceback__ = property(lambda self: 1 / 0)\nraise E\n", "line 4: E"),
        ("class E(Exception):\n    __cause__ = property(lambda self: 1 / 0)\nraise E('x')\n", "line 4: E: x"),
        ("class E(Exception):\n    def __str__(self): raise SystemExit\nraise E\n", "line 4: E"),
        ("class T(str): __getitem__ = encode = None\nclass E(Exception):\n    def __str__(self): return T('x')\nraise E\n", "line 5: E: x"),
        ("raise ValueError('\\ud800')\n", "line 2: ValueError: ?"),
        ("class M(type):\n    __name__ = property(lambda self: 1 / 0)\nclass E(Exception, metaclass=M): pass\nraise E\n", "line 5: E"),
        ("e = SyntaxError('x')\ne.lineno, e.msg = object(), object()\nraise e\n", "line 4: SyntaxError: None (<string>)"),
    ],
)  # fmt: skip
def test_an_exception_that_fights_back_is_named(source, stopped):
    told = looked_at(DEFINED + source)
    if "SyntaxError" in stopped:
        assert "the module stopped at line 4: SyntaxError" in told
        return
    assert told == f"([{STOPPED.format(stopped)!r}], ['f'], {{}}, 'Returned')"


@pytest.mark.parametrize(
    "source",
    [
        "class M(type):\n    __name__ = property(lambda self: 1 / 0)\nclass E(Exception, metaclass=M): pass\ndef f(): raise E\n",
        "class E(Exception):\n    __traceback__ = property(lambda self: 1 / 0)\ndef f(): raise E\n",
    ],
)
def test_an_exception_of_a_call_that_fights_back_is_an_answer(source):
    assert looked_at(source) == "([], ['f'], {}, 'Raised')"


def test_a_class_whose_name_cannot_be_asked_for_is_an_answer():
    source = (
        "class M(type):\n    __name__ = property(lambda self: 1 / 0)\nclass C(metaclass=M): pass\ndef f(): return C()\n"
    )
    assert looked_at(source) == RETURNED


@pytest.mark.parametrize(
    ("source", "others"),
    [
        ("import math\nfrom math import cos\nclass C: pass\nh = lambda x: x\nx = 1\ndef f(): pass\n", ["C", "h"]),
        (
            "class C:\n    class __module__:\n        def __eq__(self, other): raise SystemExit\n    __module__ = __module__()\n",
            [],
        ),
        ("globals()[1] = lambda: 1\ndef h(): pass\n", ["h"]),
        ("for i in range(200): exec(f'def f{i}(): pass')\n", [f"f{i}" for i in range(100)]),
    ],
)
def test_the_other_names_are_those_of_functions_and_classes_that_the_module_wrote(source, others):
    assert looked_at(source, _others) == repr(others)
