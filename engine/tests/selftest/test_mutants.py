"""Mutants: each kind of change, once, with its line, and none that changes nothing."""

from assay.selftest.mutants import mutants

HEAD = '"""Model answers."""\nimport torch\n__all__ = ["f"]\n'


def changes(body, head=HEAD):
    return [(mutant.was, mutant.becomes) for mutant in mutants(head + body)]


def test_an_operator_is_exchanged():
    assert ("return x + y", "return x - y") in changes("def f(x, y):\n    return x + y\n")
    assert ("x -= y", "x += y") in changes("def f(x, y):\n    x -= y\n")
    assert ("if x < y:", "if x <= y:") in changes("def f(x, y):\n    if x < y:\n        return x\n")


def test_a_constant_is_changed():
    found = changes("def f(x, n=2, lr=0.5, shuffle=True):\n    return x\n")
    for other in ("n=3, lr=0.5, shuffle=True", "n=1, lr=0.5, shuffle=True", "n=2, lr=1.0, shuffle=True"):
        assert ("def f(x, n=2, lr=0.5, shuffle=True):", f"def f(x, {other}):") in found
    assert ("def f(x, n=2, lr=0.5, shuffle=True):", "def f(x, n=2, lr=0.5, shuffle=False):") in found
    assert ("C = 3", "C = 4") in changes("C = 3\n")


def test_a_statement_is_dropped():
    assert changes("def f(x):\n    x.zero_()\n") == [("x.zero_()", "pass"), ("x.zero_()", "x")]
    assert ("with torch.no_grad():", "x.zero_()") in changes(
        "def f(x):\n    with torch.no_grad():\n        x.zero_()\n"
    )


def test_a_condition_is_turned_round():
    assert ("if x:", "if not x:") in changes("def f(x):\n    if x:\n        return 1\n    return 2\n")


def test_arguments_are_swapped_calls_and_keywords_left_out():
    found = changes("def f(x, y):\n    return g(x, y, k=x)\n")
    assert ("return g(x, y, k=x)", "return g(y, x, k=x)") in found
    assert ("return g(x, y, k=x)", "return g(x, y)") in found
    assert ("return g(x, y, k=x)", "return x") in found
    assert ("return x.abs().sum()", "return x.sum()") in changes("def f(x):\n    return x.abs().sum()\n")


def test_docstrings_annotations_imports_and_exports_stay():
    assert changes('def f(x: "a + b" = None) -> "a + b":\n    """1 + 1"""\n') == []


def test_a_change_that_changes_nothing_is_no_mutant():
    found = changes("def f(x):\n    return g(x, x)\n")
    assert ("return g(x, x)", "return g(x, x)") not in found


def test_a_mutant_is_a_whole_module_with_one_change_and_knows_its_line():
    mutant, *_ = [m for m in mutants(f"{HEAD}def f(x):\n    y = x\n    return x + y\n") if m.becomes == "return x - y"]
    assert mutant.line == 6
    assert mutant.source == HEAD.replace('"f"', "'f'") + "\ndef f(x):\n    y = x\n    return x - y"
