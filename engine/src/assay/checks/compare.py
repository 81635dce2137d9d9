"""Compare a submission's answer with the right one.

For any `yours` the outcome is a pass or a Mismatch. Dtypes are not compared, because an answer may compute in float64
and return float32. Kinds are compared: whole numbers, real numbers, complex numbers and truth values differ. A plain
Python number has no dtype: if one side is plain, a whole and a real number are equal if their values are. Two tensors
must be of one kind, because a tensor of whole numbers carries no gradient and cuts off the next value.
"""

from __future__ import annotations

import math
import numbers
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import torch

from assay.errors import CourseError, Mismatch
from assay.text import Prose, object_class, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from assay.checks.plots import Sketch

__all__ = ["Bound", "assert_close", "compare", "number", "require", "sequence", "take", "tensor"]

RTOL: Final = 1.3e-6
ATOL: Final = 1e-5
_MAX_DEPTH: Final = 64

Outcome = Literal["equal", "beyond the bound", "different"]


class Bound(NamedTuple):
    """|yours - expected| <= atol + rtol * |expected| + scale * max |expected|; by default as torch.testing's."""

    rtol: float = RTOL
    atol: float = ATOL
    scale: float = 0.0


def assert_close(  # noqa: PLR0913 - each bound, and why
    yours: Any,
    expected: Any,
    *,
    rtol: float | None = None,
    atol: float | None = None,
    because: str | None = None,
    dtype: torch.dtype | None = None,
    help: str | None = None,  # noqa: A002 - the report's own word
    plot: Sketch | None = None,
    summary_of: Mapping[str, torch.Tensor] | None = None,
) -> None:
    """Raise Mismatch unless yours has the structure, the shapes and, within the bound, the numbers of expected.

    Args:
        yours: the submission's answer.
        expected: the right answer; lists, tuples and dicts are compared item by item, nan equals nan. A sequence of
            numbers may be a list, a tuple or a 1-D tensor.
        rtol: relative bound; both bounds default to the rounding of float32, and to 0 if only the other is given.
        atol: absolute bound.
        because: the reason for a bound that is looser than rounding; the student reads it.
        dtype: the dtype that yours must have, if the exercise asks for one.
        help: what to do if yours is not right, if the check knows it; the student reads it.
        plot: values that the student's page draws if yours is not right.
        summary_of: the numbers of which the expected one is a summary, by name: `{"the errors of w": ...}` if the
            largest error is expected. A student who gives another summary, such as their sum, is told so.

    Raises:
        Mismatch: yours is not right.
        CourseError: the bound is looser than rounding and has no reason.
    """
    __tracebackhide__ = True
    bound, within = _bound(rtol, atol, because)
    outcome = compare(yours, expected, bound)
    if outcome == "beyond the bound":
        raise Mismatch(yours, expected, within=within, help=help, plot=plot, summary_of=summary_of)
    if outcome == "different" and _holds_object(expected):  # another answer of the submission's: neither is right
        shown = yours if _holds_object(yours) else expected
        raise Mismatch(shown, Prose("a value"), help=help, plot=plot)
    if outcome == "different":
        raise Mismatch(yours, expected, help=help, plot=plot)
    if dtype is not None and getattr(yours, "dtype", None) != dtype:
        raise Mismatch(yours, Prose(f"dtype {str(dtype).removeprefix('torch.')}"), help=help)


def require(
    condition: object,
    *,
    yours: Any,
    expected: str,
    help: str | None = None,  # noqa: A002 - the report's own word
    plot: Sketch | None = None,
) -> None:
    """Raise Mismatch unless the condition holds; a tensor holds if it has elements and all are true."""
    __tracebackhide__ = True
    try:
        met = condition.all() and condition.numel() if isinstance(condition, torch.Tensor) else condition
        holds = bool(met)
    except Exception:  # noqa: BLE001 - a condition that cannot be asked does not hold
        holds = False
    if not holds:
        raise Mismatch(yours, Prose(expected), help=help, plot=plot)


def tensor(value: Any, shape: Sequence[int | None]) -> torch.Tensor:
    """Return the value if it is a float tensor of that shape, else raise Mismatch; None stands for any size."""
    __tracebackhide__ = True
    if (
        isinstance(value, torch.Tensor)
        and value.is_floating_point()
        and len(shape) == value.dim()
        and all(want is None or want == have for want, have in zip(shape, value.shape, strict=True))
    ):
        return value
    sizes = ", ".join("any" if size is None else str(size) for size in shape)
    raise Mismatch(value, Prose(f"a float tensor of shape ({sizes}{',' if len(shape) == 1 else ''})"))


def number(value: Any) -> float:
    """Return the value as a float if it is a real number or a tensor of one, else raise Mismatch."""
    __tracebackhide__ = True
    try:
        plain = value.item() if isinstance(value, torch.Tensor) else _plain(value)
        if _kind(plain) in ("whole", "real"):
            return float(plain)
    except Exception:  # noqa: BLE001, S110 - a tensor of several numbers or of none, or a number beyond floats
        pass
    raise Mismatch(value, Prose("a number"))


def sequence(value: Any) -> list[Any] | None:
    """Return the items of a list, a tuple or a 1-D tensor, as which an array crosses; None for any other value."""
    if isinstance(value, torch.Tensor):
        return list(value) if value.dim() == 1 else None
    return list(value) if isinstance(value, (list, tuple)) else None


def take(iterable: Iterable[Any], limit: int) -> list[Any]:
    """Return at most `limit` + 1 items, so that an endless iterator is seen to be too long.

    Raises Mismatch if the value cannot be iterated over.
    """
    __tracebackhide__ = True
    try:
        iterator = iter(iterable)
    except TypeError:
        raise Mismatch(iterable, Prose("something to iterate over")) from None
    return list(islice(iterator, limit + 1))


def compare(yours: Any, expected: Any, bound: Bound, *, by_class: bool = False) -> Outcome:
    """Return how two answers compare; never raise.

    An object in the guest has no value here, so it equals nothing. With `by_class`, which tells wrong answers apart,
    two objects of one class name are equal.
    """
    try:
        return _compare(yours, expected, bound, by_class, 0)
    except Exception:  # noqa: BLE001 - torch and objects may raise anything; values that cannot be compared are not equal
        return "different"


def _compare(yours: Any, expected: Any, bound: Bound, by_class: bool, depth: int) -> Outcome:  # noqa: FBT001
    yours, expected = _plain(yours), _plain(expected)
    names = object_class(yours), object_class(expected)
    if names != (None, None) or depth > _MAX_DEPTH:
        return "equal" if by_class and names[0] == names[1] and depth <= _MAX_DEPTH else "different"
    if isinstance(yours, (torch.Tensor, numbers.Number)) and isinstance(expected, (torch.Tensor, numbers.Number)):
        return _compare_numbers(yours, expected, bound)
    if isinstance(yours, dict) and isinstance(expected, dict):
        if yours.keys() != expected.keys():
            return "different"
        return _worst(_compare(yours[key], expected[key], bound, by_class, depth + 1) for key in expected)
    if isinstance(yours, (torch.Tensor, list, tuple)) and isinstance(expected, (torch.Tensor, list, tuple)):
        if _length(yours) != _length(expected):
            return "different"
        yours, expected = sequence(yours), sequence(expected)
    if isinstance(yours, list) and isinstance(expected, list):
        return _worst(_compare(*items, bound, by_class, depth + 1) for items in zip(yours, expected, strict=True))
    same = isinstance(yours, type(expected)) and bool(yours == expected)
    return "equal" if same else "different"


def _holds_object(value: Any, depth: int = 0) -> bool:
    """Return whether an object that stayed in the guest is in the value, or is the value."""
    if isinstance(value, (list, tuple, dict)) and depth < _MAX_DEPTH:
        items = value.values() if isinstance(value, dict) else value
        return any(_holds_object(item, depth + 1) for item in items)
    return object_class(value) is not None


def _compare_numbers(yours: Any, expected: Any, bound: Bound) -> Outcome:
    tensors = [value for value in (yours, expected) if isinstance(value, torch.Tensor)]
    kinds = {_kind(yours), _kind(expected)}
    if len(kinds) > 1 and (len(tensors) > 1 or not kinds <= {"whole", "real"}):
        return "different"
    if getattr(yours, "shape", ()) != getattr(expected, "shape", ()):
        return "different"
    if kinds == {"truth"} or (kinds == {"whole"} and bound == Bound()):  # whole numbers have no rounding
        same = yours == expected
        return "equal" if bool(same.all() if isinstance(same, torch.Tensor) else same) else "different"
    if not tensors and "complex" not in kinds:
        return _compare_plain(float(yours), float(expected), bound)
    dtype = torch.complex128 if "complex" in kinds else torch.float64
    first, second = _wide(yours, dtype), _wide(expected, dtype)
    sizes = second.abs()
    finite = sizes[sizes.isfinite()]
    atol = bound.atol + (bound.scale * float(finite.max()) if finite.numel() else 0.0)
    close = first.isclose(second, rtol=bound.rtol, atol=atol, equal_nan=True)
    return "equal" if bool(close.all()) else "beyond the bound"


def _compare_plain(yours: float, expected: float, bound: Bound) -> Outcome:
    """Compare as `torch.isclose` does, without torch, which takes twenty times as long for one number."""
    if math.isnan(yours) and math.isnan(expected):
        return "equal"
    allowed = bound.atol + (bound.rtol + bound.scale) * abs(expected)
    close = yours == expected or (math.isfinite(yours - expected) and abs(yours - expected) <= allowed)
    return "equal" if close else "beyond the bound"


def _length(value: Any) -> int | None:
    """Return how many items a sequence has; None for a tensor that is none."""
    if isinstance(value, torch.Tensor):
        return value.shape[0] if value.dim() == 1 else None
    return len(value)


def _kind(value: Any) -> str:
    if isinstance(value, torch.Tensor):
        if value.is_floating_point() or value.is_complex():
            return "complex" if value.is_complex() else "real"
        return "truth" if value.dtype == torch.bool else "whole"
    if isinstance(value, bool):
        return "truth"
    if isinstance(value, numbers.Integral):
        return "whole"
    if isinstance(value, numbers.Real):
        return "real"
    return "complex" if isinstance(value, numbers.Complex) else "other"


def _wide(value: Any, dtype: torch.dtype) -> torch.Tensor:
    if isinstance(value, torch.Tensor):
        return value.detach().to_dense().to(dtype)
    return torch.tensor(value, dtype=dtype)


def _plain(value: Any) -> Any:
    """Return a scalar of numpy as Python's, and every other value unchanged."""
    return value.item() if type(value).__module__ == "numpy" and getattr(value, "shape", None) == () else value


def _worst(outcomes: Iterable[Outcome]) -> Outcome:
    found = set(outcomes)
    return "different" if "different" in found else "beyond the bound" if "beyond the bound" in found else "equal"


def _bound(rtol: float | None, atol: float | None, because: str | None) -> tuple[Bound, str | None]:
    """Return the bound, and the text that the student reads after the word `within`."""
    reason = f": {because}" if because else ""
    if rtol is None and atol is None:
        return Bound(), f"float32 rounding{reason}"
    bound = Bound(rtol or 0.0, atol or 0.0)
    if not because and (bound.rtol > RTOL or bound.atol > ATOL):
        msg = f'assert_close: rtol={rtol}, atol={atol} is looser than rounding and needs its reason, because="..."'
        raise CourseError(msg)
    relative = f"{shorten(bound.rtol)}·|expected|" if bound.rtol else ""
    text = " + ".join(filter(None, (shorten(bound.atol) if bound.atol else "", relative)))
    return bound, f"{text}{reason}" if text else None
