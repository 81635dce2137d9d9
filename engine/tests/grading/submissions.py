"""Submissions of the small course, each of which ends in its own way."""

from small_course import RIGHT

__all__ = ["SUBMISSIONS"]

# Looks through the heap that a fork inherits, for what an earlier submission was made of.
SCAN = """
import ctypes
libc = ctypes.CDLL(None)
libc.sbrk.restype = ctypes.c_void_p
control = ctypes.create_string_buffer(b"MARK-OF-" + b"THIS-ONE", 5000)
state = ctypes.create_string_buffer(1)
page, own, other = libc.sbrk(0) // 4096 * 4096 - 4096, 0, 0
while libc.mincore(ctypes.c_void_p(page), 4096, state) == 0:
    text = ctypes.string_at(page, 4096)
    own += b"MARK-OF-" + b"THIS-ONE" in text
    other += text.count(b"MARK-OF-" + b"ANOTHER") > 10  # this line's own constant is there once, the other's in every line
    page -= 4096
ANSWERS = {"own": str(own > 0), "other": str(other)}
"""

# Writes a forged answer to every line that it finds.
LIE = """
def scaled(x, factor=2.0):
    import os, struct
    data = b"\\x92\\xa8Returned" + b"\\x91" * 700 + b"\\xc0"
    for number in range(3, 64):
        try:
            os.write(number, struct.pack(">I", len(data)) + data)
        except OSError:
            pass
    os._exit(0)
"""

SUBMISSIONS = {
    "right": RIGHT,
    "broadcast": RIGHT.replace("y.reshape(y_hat.shape)", "y"),
    "no_half": RIGHT.replace("0.5 *", ""),
    "unrecognised": RIGHT.replace("0.5 *", "0.7 *"),
    "empty": "",
    "one_name": "def scaled(x, factor=2.0): return x * factor\n",
    "syntax_error": "def f(:\n",
    "stops_half_way": RIGHT.replace("def noise", "raise ValueError('oh')\ndef noise"),
    "stops_without": RIGHT.partition("def noise")[0] + "raise ValueError('oh')\n",
    "exits_at_import": RIGHT + "import sys; sys.exit(0)\n",
    "os_exit_at_import": "import os; os._exit(0)\n" + RIGHT,
    "loops_at_import": RIGHT + "while True: pass\n",
    "sleeps_at_import": RIGHT + "import time; time.sleep(1000)\n",
    "segfault_at_import": RIGHT + "import ctypes; ctypes.string_at(0)\n",
    "memory_at_import": RIGHT + "hog = torch.ones(10 * 2**30)\n",
    "bytes_at_import": RIGHT + "hog = bytearray(40 * 2**30)\n",
    "raises": RIGHT.replace("return x * factor", "return x * factr"),
    "not_written": RIGHT.replace("return x * factor", "raise NotImplementedError"),
    "wrong_signature": RIGHT.replace("def scaled(x, factor=2.0)", "def scaled(x, *, f=2.0)").replace(
        "x * factor", "x * f"
    ),
    "loops_in_call": RIGHT.replace("return x * factor", "[None for _ in iter(int, 1)]"),
    "sleeps_in_call": RIGHT.replace("return x * factor", "__import__('time').sleep(1000)"),
    "os_exit_in_call": RIGHT.replace("return x * factor", "__import__('os')._exit(0)"),
    "killed_in_call": RIGHT.replace("return x * factor", "__import__('os').kill(__import__('os').getpid(), 9)"),
    "surrogates": RIGHT.replace("return x * factor", "return '\\ud800'") + "ANSWERS = {'1': '\\ud800'}\n",
    "segfault_in_call": RIGHT.replace("return x * factor", "__import__('ctypes').string_at(0)"),
    "memory_in_call": RIGHT.replace("return x * factor", "return torch.ones(10 * 2**30)"),
    "huge_answer": RIGHT.replace("return x * factor", "return torch.ones(3 * 2**20)"),
    "gives_none": RIGHT.replace("return x * factor", "return None"),
    "gives_object": RIGHT.replace("return x * factor", "return object()"),
    "unrepeatable": RIGHT.replace("return x * factor", "return x * factor + torch.rand(1)"),
    "gives_no_object": RIGHT.replace("class Counter:", "class Counter_:") + "Counter = lambda start: None\n",
    "patched_assert": "import torch.testing\ntorch.testing.assert_close = lambda *a, **k: None\n"
    + RIGHT.replace("2.0", "5.0"),
    "stateful": "calls = []\n"
    + RIGHT.replace("return x * factor", "calls.append(1); return x * (factor if len(calls) == 1 else 0)"),
    "now_and_then": RIGHT.replace("def noise", "def quiet")
    + "state = []\n"
    + "def __getattr__(name):\n"
    + "    if name == 'noise':\n"
    + "        return quiet\n"
    + "    raise AttributeError(name)\n",
    "lies": RIGHT + LIE,
    "secretive": RIGHT + "# MARK-OF-ANOTHER\n" * 2000,
    "scans": RIGHT + SCAN,
    "leaves_float64": "import torch\ntorch.set_default_dtype(torch.float64)\n"
    + RIGHT.replace("return x * factor", "return torch.eye(len(x)) @ x * factor"),
    "leaves_float64_and_is_wrong": "import torch\ntorch.set_default_dtype(torch.float64)\n"
    + RIGHT.replace("return x * factor", "return x + factor"),
    "last": RIGHT,
}
