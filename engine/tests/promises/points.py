"""Submissions that want the points of `scaled` without writing it: each attack redefines it, and none is right.

They are grouped by target. An attack's text comes after right answers to everything else, and after this `scaled`:
"""

WRONG = """
def scaled(x, factor=2.0): return x * 0
"""

EVERY_LINE = """
import os, struct, msgspec
def tell(kind, *fields):
    data = msgspec.msgpack.encode([kind, *fields])
    for number in range(3, 64):
        try:
            os.write(number, struct.pack(">I", len(data)) + data)
        except OSError:
            pass
"""

THE_JUDGES_TOOLS = {
    "pytest's report": """
import _pytest.reports
_pytest.reports.TestReport.outcome = property(lambda self: "passed", lambda self, value: None)
""",
    "pytest's protocol": """
import _pytest.runner
_pytest.runner.CallInfo.from_call = classmethod(lambda cls, *a, **k: None)
""",
    "torch's comparisons": """
for name in ("allclose", "equal", "isclose", "eq", "ne"):
    setattr(torch, name, lambda *a, **k: True)
torch.Tensor.__eq__ = torch.Tensor.equal = torch.Tensor.allclose = lambda *a, **k: True
""",
    "torch's assertion": "import torch.testing; torch.testing.assert_close = lambda *a, **k: None",
    "NumPy's assertion": "import numpy.testing; numpy.testing.assert_allclose = lambda *a, **k: None",
    "unittest's assertion": "import unittest; unittest.TestCase.assertAlmostEqual = lambda *a, **k: None",
    "our assertion": "import assay.checks.compare as c; c.assert_close = c.require = lambda *a, **k: None",
    "our verdict": "import assay.judge.verdicts as j; j.Verdicts.record = lambda *a, **k: 'passed'",
    "our encoder": """
import assay.guest.submission as s
s.encode = lambda message: b"passed"
""",
    "our decoder": """
import assay.guest.submission as s
s._read_request = lambda data: "passed"
""",
    "our answers": """
from assay.wire.objects import ObjectTable
ObjectTable.answer = lambda self, request: "passed"
""",
    "our frames": """
import assay.wire.frames as f
f.send = lambda sock, data, limit=0: sock.sendall(b"passed")
""",
    "our messages": """
import assay.wire.messages as m
m.Raised = m.NotDefined = m.Returned
""",
    "msgspec itself": """
import msgspec
class Encoder:
    def encode(self, message): return b"passed"
msgspec.msgpack.Encoder = Encoder
msgspec.msgpack.encode = lambda message, **k: b"passed"
""",
    "what is built in": """
import builtins
builtins.isinstance = lambda *a: True
builtins.abs = lambda x: 0
builtins.all = builtins.any = lambda x: True
""",
    "the modules' table": """
import sys
class Anything:
    def __getattr__(self, name): return Anything()
    def __call__(self, *a, **k): return Anything()
for name in ("assay.wire.values", "assay.wire.frames", "assay.wire.objects", "msgspec"):
    sys.modules[name] = Anything()
""",
    "small numbers": """
import ctypes
ctypes.memmove(id(0) + 24, id(2) + 24, 4)  # 0 is 2 from now on
""",
    "the fork": """
import os
os.fork = lambda: 0
""",
    "the waiting": """
import os
os.waitpid = lambda *a: (0, 0)
os._exit = lambda code: None
""",
    "the tracer": """
import sys
def trace(frame, event, argument):
    if "encode" in frame.f_code.co_name:
        frame.f_locals["message"] = "passed"
    return trace
sys.settrace(trace); sys.setprofile(trace)
""",
    "the audit": "import sys; sys.addaudithook(lambda event, arguments: None)",
    "the importer": """
import sys
class Finder:
    def find_spec(self, name, path=None, target=None): raise ImportError("passed")
sys.meta_path.insert(0, Finder())
""",
    "the collector": """
import gc
gc.callbacks.append(lambda phase, information: None)
gc.set_threshold(1)
""",
    "the exit hooks": EVERY_LINE + "import atexit; atexit.register(tell, 'CheckExited', 0, 0)",
    "the class of the proxy": "from assay.host.proxy import Handle, Method; Handle.__eq__ = lambda *a: True",
}

EQUALITY = {
    "a float that equals": """
class Same(float):
    __eq__ = __le__ = __lt__ = __ge__ = __gt__ = lambda *a: True
    __ne__ = lambda *a: False
    __sub__ = __rsub__ = __abs__ = lambda *a: 0.0
    __hash__ = float.__hash__
def scaled(x, factor=2.0): return Same(5)
""",
    "a number that equals": """
class Same(int):
    __eq__ = lambda *a: True
    __hash__ = int.__hash__
def scaled(x, factor=2.0): return Same(5)
""",
    "a tensor that equals": """
class Same(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, arguments=(), keywords=None):
        return True if "eq" in str(function) or "close" in str(function) else torch.tensor(0.0)
def scaled(x, factor=2.0): return x.mul(0).as_subclass(Same)
""",
    "an object that equals": """
class Same:
    shape = torch.Size([2]); dtype = torch.float32
    def __eq__(self, other): return True
    def __getattr__(self, name): return Same()
    def __call__(self, *a, **k): return self
    def __bool__(self): return True
    def __len__(self): return 2
    def __iter__(self): return iter([Same(), Same()])
    def __array__(self, *a, **k): raise TypeError
def scaled(x, factor=2.0): return Same()
""",
    "a text that equals": """
class Same(str):
    __eq__ = lambda *a: True
    __hash__ = str.__hash__
def scaled(x, factor=2.0): return Same("tensor([2., 2.])")
""",
    "a list that equals": """
class Same(list):
    __eq__ = lambda *a: True
def scaled(x, factor=2.0): return Same()
""",
    "an array that equals": """
import numpy
class Same(numpy.ndarray):
    def __array_function__(self, *a, **k): return True
    def __array_ufunc__(self, *a, **k): return True
def scaled(x, factor=2.0): return numpy.zeros(2).view(Same)
""",
    "a shape that fits": """
class Fits(torch.Tensor):
    shape = property(lambda self: torch.Size([2]))
    size = lambda self, *a: torch.Size([2])
    numel = lambda self: 2
def scaled(x, factor=2.0): return torch.zeros(3).as_subclass(Fits)
""",
    "a class that pretends": """
class Pretends:
    __class__ = property(lambda self: torch.Tensor)
def scaled(x, factor=2.0): return Pretends()
""",
}

VALUES = {
    "nan": "def scaled(x, factor=2.0): return x * float('nan')",
    "infinity": "def scaled(x, factor=2.0): return x * float('inf')",
    "nothing": "def scaled(x, factor=2.0): return torch.empty(0)",
    "None": "def scaled(x, factor=2.0): return None",
    "True": "def scaled(x, factor=2.0): return True",
    "a number that broadcasts": "def scaled(x, factor=2.0): return torch.tensor(factor)",
    "a column that broadcasts": "def scaled(x, factor=2.0): return torch.full((2, 1), factor)",
    "complex numbers": "def scaled(x, factor=2.0): return x * factor + 1j",
    "a meta tensor": "def scaled(x, factor=2.0): return torch.empty(2, device='meta')",
    "a sparse tensor": "def scaled(x, factor=2.0): return torch.zeros(2).to_sparse()",
    "a quantized tensor": "def scaled(x, factor=2.0): return torch.quantize_per_tensor(x * 0, 1.0, 0, torch.qint8)",
    "a tensor that is huge and has no memory": "def scaled(x, factor=2.0): return torch.zeros(1).expand(2**40)",
    "a tensor of freed memory": """
import ctypes
def scaled(x, factor=2.0):
    buffer = ctypes.create_string_buffer(8)
    tensor = torch.frombuffer(buffer, dtype=torch.float32)
    ctypes.memset(id(buffer), 0, 8)
    return tensor
""",
    "an answer over the limit": "def scaled(x, factor=2.0): return torch.ones(1_050_000)",
    "itself": """
def scaled(x, factor=2.0):
    loop = []
    loop.append(loop)
    return loop
""",
    "a handle of its own making": """
from assay.wire.values import Ref
def scaled(x, factor=2.0): return Ref(0, "Tensor")
""",
    "a handle that is a method": """
from assay.wire.values import Ref
def scaled(x, factor=2.0): return Ref(1, "scaled", method=True)
""",
    "its own argument": "def scaled(x, factor=2.0): return x",
    "its argument, changed": "def scaled(x, factor=2.0): return x.zero_()",
    "a generator without end": """
def scaled(x, factor=2.0):
    while True:
        yield factor
""",
    "a function": "def scaled(x, factor=2.0): return scaled",
    "a module": "def scaled(x, factor=2.0): return torch",
    "a class": "class scaled:\n    def __init__(self, x, factor=2.0): pass",
}

LOOKING = {
    "up the stack": """
import sys
def scaled(x, factor=2.0):
    frame = sys._getframe()
    while frame is not None:
        for name in ("expected", "reference", "right"):
            if name in frame.f_locals:
                return frame.f_locals[name]
        frame = frame.f_back
    return x * 0
""",
    "among all objects": """
import gc
def scaled(x, factor=2.0):
    for found in gc.get_objects():
        if getattr(found, "__name__", "") == "scaled" and found is not scaled and callable(found):
            return found(x, factor)
    return x * 0
""",
    "for the reference by name": """
def scaled(x, factor=2.0):
    for name in ("reference.basics", "basics", "reference"):
        try:
            found = __import__(name, fromlist=["scaled"])
            if found.scaled is not scaled:
                return found.scaled(x, factor)
        except Exception:
            pass
    return x * 0
""",
    "for the reference by place": """
import os
def scaled(x, factor=2.0):
    for start in (os.getcwd(), "/proc/self/cwd", f"/proc/{os.getppid()}/cwd", "/proc/1/cwd", "COURSE"):
        for up in ("", "..", "../..", "../../.."):
            try:
                space = {}
                exec(open(os.path.join(start, up, "reference/basics.py")).read(), space)
                return space["scaled"](x, factor)
            except OSError:
                pass
    return x * 0
""",
    "for the tests": """
import importlib, sys
def scaled(x, factor=2.0):
    sys.path.append("COURSE/tests/basics")
    try:
        return importlib.import_module("test_2_scales").test_scaled
    except ImportError:
        return x * 0
""",
    "for a neighbour's answer": """
import glob
def scaled(x, factor=2.0):
    for path in glob.glob("CLASS/*/basics.py") + glob.glob("/tmp/**/basics.py", recursive=True):
        space = {}
        exec(open(path).read(), space)
        return space["scaled"](x, factor)
    return x * 0
""",
    "at the environment": """
import os
def scaled(x, factor=2.0): return [torch.zeros(2), sorted(os.environ.values())]
""",
    "into every open file": """
import os
def scaled(x, factor=2.0):
    seen = b""
    for number in range(3, 64):
        try:
            seen += os.pread(number, 4096, 0)
        except OSError:
            pass
    return torch.zeros(2 if not seen else 3)
""",
    "at the judge's memory": """
import os
def scaled(x, factor=2.0):
    return torch.frombuffer(bytearray(open(f"/proc/{os.getppid()}/mem", "rb").read(8)), dtype=torch.float32)
""",
}

LEAVING = {
    "exit code 0": "import os\ndef scaled(x, factor=2.0): os._exit(0)",
    "SystemExit": "def scaled(x, factor=2.0): raise SystemExit(0)",
    "KeyboardInterrupt": "def scaled(x, factor=2.0): raise KeyboardInterrupt",
    "GeneratorExit": "def scaled(x, factor=2.0): raise GeneratorExit",
    "StopIteration": "def scaled(x, factor=2.0): raise StopIteration",
    "a skip": "import pytest\ndef scaled(x, factor=2.0): pytest.skip('done')",
    "a skip of unittest": "import unittest\ndef scaled(x, factor=2.0): raise unittest.SkipTest('done')",
    "an expected failure": "import pytest\ndef scaled(x, factor=2.0): pytest.xfail('done')",
    "pytest's own exit": "import pytest\ndef scaled(x, factor=2.0): pytest.exit('done', returncode=0)",
    "an assumption": "from hypothesis import assume\ndef scaled(x, factor=2.0): assume(False)",
    "our exception": "from assay import errors\ndef scaled(x, factor=2.0): raise errors.PromiseBroken('files')",
    "a skip's name": "class Skipped(Exception): pass\ndef scaled(x, factor=2.0): raise Skipped('Skipped: done')",
    "an exception without end": """
class Endless(Exception):
    def __str__(self):
        while True:
            pass
def scaled(x, factor=2.0): raise Endless
""",
    "an exception that raises": """
class Worse(Exception):
    def __str__(self): raise SystemExit(0)
def scaled(x, factor=2.0): raise Worse
""",
    "an exception of a hidden class": """
class Meta(type):
    __name__ = property(lambda cls: 1 / 0)
class Hidden(Exception, metaclass=Meta): pass
def scaled(x, factor=2.0): raise Hidden
""",
    "recursion": "def scaled(x, factor=2.0): return scaled(x, factor)",
    "abort": "import os\ndef scaled(x, factor=2.0): os.abort()",
    "a kill": "import os\ndef scaled(x, factor=2.0): os.kill(os.getpid(), 9)",
    "a stop": "import os, signal\ndef scaled(x, factor=2.0): os.kill(os.getpid(), signal.SIGSTOP)",
    "a null pointer": "import ctypes\ndef scaled(x, factor=2.0): ctypes.string_at(0)",
    "an endless loop": "def scaled(x, factor=2.0):\n    while True: pass",
    "a closed line": "import os\ndef scaled(x, factor=2.0): os.closerange(3, 64); return x",
}

THE_LINE = {
    "an answer that says passed": EVERY_LINE + "def scaled(x, factor=2.0): tell('passed'); os._exit(0)",
    "an end that says all is well": EVERY_LINE + "def scaled(x, factor=2.0): tell('CheckExited', 0, 0); os._exit(0)",
    "another end at the import": EVERY_LINE + "tell('CheckExited', 0, 0)",
    "a report of names at the import": EVERY_LINE + "tell('Imported', ['squared_loss', 'scaled'], [], {})",
    "a lock-down of its own": EVERY_LINE + "tell('LockedDown', {})",
    "two answers for one question": EVERY_LINE
    + "def scaled(x, factor=2.0): tell('Returned', 2.0); tell('Returned', 2.0); return x * 0",
    "a missing name": EVERY_LINE + "def scaled(x, factor=2.0): tell('NotDefined', 'scaled'); os._exit(0)",
    "another name that is missing": EVERY_LINE + "def scaled(x, factor=2.0): tell('NotDefined', 'noise'); os._exit(0)",
    "a frame without end": "import os\ndef scaled(x, factor=2.0):\n    for n in range(3, 64):\n        try: "
    "os.write(n, b'\\xff' * 8)\n        except OSError: pass\n    while True: pass",
    "a flood": EVERY_LINE + "def scaled(x, factor=2.0):\n    while True: tell('Returned', 'x' * 100_000)",
    "words to the fork server": EVERY_LINE
    + "tell('Ready', ''); tell('Opened', 1); tell('DescendantsKilled', True, True)",
    "a handed-over socket": """
import array, os, socket
def scaled(x, factor=2.0):
    for number in range(3, 64):
        try:
            line = socket.socket(fileno=number)
            line.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [number]))])
            line.detach()
        except OSError:
            pass
    os._exit(0)
""",
    "a process that answers for it": """
import os
def scaled(x, factor=2.0):
    if os.fork() == 0:
        return x * factor
    return x * 0
""",
    "a thread that answers first": EVERY_LINE
    + """
import threading, time
def scaled(x, factor=2.0):
    threading.Thread(target=lambda: [tell("Returned", 2.0) for _ in range(50)]).start()
    time.sleep(0.1)
    return x * 0
""",
}

FAMILIES = {
    "the judge's tools": THE_JUDGES_TOOLS,
    "equality": EQUALITY,
    "values": VALUES,
    "looking": LOOKING,
    "leaving": LEAVING,
    "the line": THE_LINE,
}
