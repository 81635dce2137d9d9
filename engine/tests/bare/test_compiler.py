"""PyTorch's compiler is imported when something needs it, and not before."""

import subprocess
import sys

LAZY = """
import sys
import torch
from assay.bare import compiler
compiler.import_lazily()
compiler.import_lazily()

def imported():
    return "torch._dynamo.eval_frame" in sys.modules

"""


def run_python(source):
    """Return what a new Python prints, which imports the compiler lazily."""
    run = subprocess.run([sys.executable, "-c", LAZY + source], capture_output=True, text=True, check=False)
    assert run.stderr == ""
    return run.stdout.split()


def test_no_optimiser_imports_the_compiler():
    steps = """
from torch import optim
makers = [kind for kind in vars(optim).values() if isinstance(kind, type) and issubclass(kind, optim.Optimizer)]
for make in makers:
    if make in (optim.Optimizer, optim.SparseAdam):  # it has no step of its own; it takes sparse gradients only
        continue
    weight = torch.ones(2, 2, requires_grad=True)
    optimizer = make([weight], lr=0.1)
    if make is not optim.LBFGS:  # it takes one group only
        optimizer.add_param_group({"params": [torch.zeros(1, 1, requires_grad=True)]})
    optimizer.zero_grad()
    weight.sum().backward()
    optimizer.step(lambda: weight.sum())
    optimizer.load_state_dict(optimizer.state_dict())
    assert not torch.equal(weight, torch.ones(2, 2)), make
    assert not imported(), make
print(len(makers) > 10)
"""
    assert run_python(steps) == ["True"]


def test_looking_through_all_modules_does_not_import_it():
    assert run_python("import inspect\nprint(inspect.getmodule(compile('1', '', 'exec')), imported())\n") == [
        "None",
        "False",
    ]


def test_what_needs_the_compiler_gets_it():
    source = """
from importlib.util import find_spec
print(find_spec("torch._dynamo").name, imported())
@torch._dynamo.disable(recursive=False)
def one(x):
    return 1
print(one(0), imported())
print(torch.func.grad(torch.sin)(torch.zeros(())).item())
print(torch.compile(one, backend="eager")(0))
"""
    assert run_python(source) == ["torch._dynamo", "False", "1", "True", "1.0", "1"]


def test_a_submodule_is_imported_once_and_after_the_compiler():
    source = """
import torch._dynamo.config
print(torch._dynamo.config is torch._dynamo.eval_frame.config is sys.modules["torch._dynamo.config"])
print(torch._dynamo is sys.modules["torch._dynamo"], torch._dynamo.config.__spec__.loader is not None)
print(torch._dynamo.config.__spec__.origin == torch._dynamo.config.__file__)
import torch._dynamo.testing
print(torch._dynamo.testing.__spec__.name)
"""
    assert run_python(source) == ["True", "True", "True", "True", "torch._dynamo.testing"]


def test_an_optimiser_steps_as_before_after_the_compiler_is_imported():
    source = """
weight = torch.ones(1, requires_grad=True)
optimizer = torch.optim.SGD([weight], lr=0.5)
import torch._dynamo.eval_frame
optimizer.zero_grad()
weight.sum().backward()
optimizer.step()
print(weight.item())
"""
    assert run_python(source) == ["0.5"]
