"""The last minibatch"""

import itertools
import math

import pytest
import torch
from assay.checks import assert_close, dots, remote, require, statistic, take, tensor
from hypothesis import given, settings
from hypothesis import strategies as st

from .mistakes_7_last_minibatch import (
    DROP_LAST,
    FEW_ORDERS,
    FULL_DROPPED,
    ONE_BATCH,
    RETURNED,
    drawn_from_a_buffer,
    never_shuffled,
    only_batches_shuffled,
    parities_apart,
    riffled,
    rotated,
    shuffled_within_batches,
    sorted_by_keys_with_ties,
    split_sizes,
    swapped_with_any,
)

SIZES = st.integers(1, 12), st.integers(1, 14)
"""How many examples and how many a batch: with and without a shorter last batch, and one batch of all."""


@pytest.mark.points(2)
@settings(max_examples=20)
@given(*SIZES, st.booleans())
def test_every_example_comes_exactly_once(submission, n, batch_size, shuffle):
    """a pass gives every example exactly once, shuffled or not"""
    X, y = make_examples(n)
    seen = [
        row
        for X_batch, _ in take_batches(submission.data_iter(batch_size, X, y, shuffle=shuffle), n)
        for row in X_batch
    ]
    numbers = sorted(float(row[0]) for row in seen)
    assert_close(numbers, [float(number) for number in range(n)])


@pytest.mark.points(2)
@settings(max_examples=12)
@given(*SIZES, st.integers(1, 3), st.integers(0, 99))
def test_rows_keep_their_labels(submission, n, batch_size, features, shift):
    """every row of X comes with its own label, whatever the number of features"""
    X, y = make_examples(n, features)
    found = take_batches(submission.data_iter(batch_size, X, y + shift), n, features)
    require(len(found) > 0, yours=found, expected="at least one batch")
    rows, labels = (torch.cat(parts) for parts in zip(*found, strict=True))
    require(len(rows) >= n, yours=f"{len(rows)} rows in all batches", expected=f"{n} or more")
    assert_close(labels, 10 * rows[:, :1] + shift)


@settings(max_examples=15)
@given(*SIZES)
def test_last_batch_has_what_is_left(submission, n, batch_size):
    """there are ceil(n / B) batches of B examples, the last of n mod B where B does not divide n"""
    assert_close(take_sizes(submission.data_iter(batch_size, *make_examples(n)), n), split_sizes(n, batch_size))


def test_1000_examples_make_31_batches_of_32_and_one_of_8(submission):
    """1000 examples at 32 a batch: 31 batches of 32 and one of 8"""
    found = take_sizes(submission.data_iter(32, *make_examples(1000)), 1000)
    counts = {size: found.count(size) for size in sorted(set(found), reverse=True)}
    plot = dots("size of a batch against its number", yours=found, expected=split_sizes(1000, 32))
    assert_close(counts, {32: 31, 8: 1}, plot=plot)
    require(found[-1] == 8, yours=found[-1], expected="the batch of 8 comes last", plot=plot)


@settings(max_examples=20)
@given(*SIZES, st.booleans())
def test_drop_last_drops_just_the_shorter_one(submission, n, batch_size, shuffle):
    """drop_last=True leaves out a shorter last batch, and nothing else, shuffled or not"""
    without = take_sizes(submission.data_iter(batch_size, *make_examples(n), shuffle=shuffle), n)
    found = take_batches(submission.data_iter(batch_size, *make_examples(n), shuffle=shuffle, drop_last=True), n)
    sizes, all_sizes = [len(X_batch) for X_batch, _ in found], split_sizes(n, batch_size)
    whole = [size for size in all_sizes if size == batch_size]
    help_ = DROP_LAST if sizes == all_sizes else None
    if whole == without == all_sizes and sizes == whole[:-1]:
        help_ = FULL_DROPPED
    both = {"sizes without drop_last": without, "sizes with it": sizes}
    assert_close(both, both | {"sizes with it": whole}, help=help_)
    numbers = torch.cat([torch.zeros(0), *(X_batch[:, 0] for X_batch, _ in found)])
    known = bool(torch.isin(numbers, torch.arange(n)).all()) and len(numbers.unique()) == len(numbers)
    require(known, yours=numbers, expected="examples of the data, none of them twice")


@settings(max_examples=12)
@given(*SIZES)
def test_without_shuffling_the_order_stays(submission, n, batch_size):
    """with shuffle=False the examples come in the order of the rows of X and y"""
    X, y = make_examples(n)
    found = take_batches(submission.data_iter(batch_size, X, y, shuffle=False), n)
    assert_close(
        [[X_batch, y_batch] for X_batch, y_batch in found],
        list(map(list, zip(X.split(batch_size), y.split(batch_size), strict=True))),
    )


@pytest.mark.points(2)
def test_shuffled_passes_differ(submission):
    """each call gives every example once, in a new order, in one batch of all too, and leaves X and y as they are"""
    X, y = make_examples(1000)
    keep_end = [remote(submission.d2l).tensor(part.tolist()) for part in (X, y)]
    passes = [take_order(submission.data_iter(32, *keep_end), 1000, f"the {call} call") for call in ("first", "second")]
    unchanged = all((submission.d2l.numpy(now) == part).all() for now, part in zip(keep_end, (X, y), strict=True))
    require(unchanged, yours="X and y in another order after the pass", expected="X and y as they were")
    # Of two uniform orders the number that stays is Poisson's with mean 1: 25 or more once in 1e25.
    same = int((passes[0] == passes[1]).sum())
    require(same < 25, yours=f"{same} of 1000 examples at the same place in both passes", expected="about one of them")
    # Nor does one order follow from the other: of the places in one in the order of the other no step is common.
    places = passes[0].argsort()[passes[1]]
    expected = "neighbours of one pass anywhere in the other, no step between them more than about 8 times"
    follows = most_common_step(places) > left_steps.bound
    require(not follows, yours=describe_step(places, "the other pass"), expected=expected)
    # Two uniform orders end in the same eight once in 2e19.
    ends = [sorted(map(int, numbers[-8:])) for numbers in passes]
    require(ends[0] != ends[1], yours=f"{ends[0]} in the last batch of both passes", expected="eight others each time")
    # As above, for the old order and a new one.
    whole = int((take_order(submission.data_iter(1001, *keep_end), 1000) == torch.arange(1000)).sum())
    yours = f"{whole} of 1000 examples at their old place in one batch of all"
    require(whole < 25, yours=yours, expected="about one of them", help=ONE_BATCH)


@pytest.mark.points(2)
def test_shuffled_orders_are_uniform(submission, seed):
    """a shuffled pass mixes all of 10,000 examples: no trace of the old order is left"""
    order = long_pass(submission, seed)
    found, steps = scores(order), most_common_step(order)
    plot = dots("place of an example before against its place after shuffling", yours=order)
    clearest = max(found, key=lambda name: abs(found[name]))
    yours = f"{clearest}: {found[clearest]:+.1f} deviations"
    expected = "at most 6 standard deviations from the mean of fresh shuffles, of which two in three come within 1"
    mixed = abs(found[clearest]) <= left_order.bound
    require(mixed, yours=yours, expected=expected, plot=plot)
    expected = "neighbours were anywhere before, none of the steps between them more than about 8 times"
    require(steps <= left_steps.bound, yours=describe_step(order, "the old order"), expected=expected, plot=plot)


@pytest.mark.points(2)
def test_three_rows_come_in_all_six_orders(submission):
    """in 100 passes over three rows each of the six orders comes up, and some order twice in a row; passes over twenty rows all differ"""
    X, y = make_examples(3)
    for drop_last in (False, True):
        # The first two of three rows tell the order of all.
        passes = [take_numbers(submission.data_iter(2, X, y, drop_last=drop_last), 3)[:2] for _ in range(PASSES)]
        counts = {f"{a}, {b}, {c}": passes.count([a, b]) for a, b, c in itertools.permutations(range(3))}
        expected = f"all six orders of the rows 0, 1, 2, each about {PASSES // 6} times, with drop_last={drop_last}"
        require(all(counts.values()), yours=counts, expected=expected)
        repeated = any(one == another for one, another in itertools.pairwise(passes))
        require(repeated, yours=f"{PASSES} passes, none in the order of the one before", expected="some by chance")
    X, y = make_examples(20)
    orders = {tuple(take_numbers(submission.data_iter(20, X, y), 20)) for _ in range(PASSES)}
    # Of 1000 orders 100 passes have 5 pairs that are equal. If 32 bits seed each pass, as a DataLoader does, there is
    # one such pair with P = 1.2e-6, and a second with P = 7e-13.
    yours, expected = f"{len(orders)} different orders of 20 rows in {PASSES} passes", f"{PASSES}"
    require(len(orders) >= PASSES - 1, yours=yours, expected=expected, help=FEW_ORDERS)


def test_batches_stay_as_they_came(submission):
    """a batch keeps its rows while later batches come, and a pass goes on as it began, whatever other passes do in between"""
    (X, y), other = make_examples(7), make_examples(5)
    first = remote(submission).data_iter(3, X, y, shuffle=False)
    second = take_batches(submission.data_iter(2, *other, shuffle=False), 5)
    collect = getattr(remote(submission.d2l), "collections.deque")
    found = take_batches(collect(first), 7) + second
    right = [(X.split(3), y.split(3)), (other[0].split(2), other[1].split(2))]
    assert_close([list(batch) for batch in found], [list(pair) for parts in right for pair in zip(*parts, strict=True)])
    # A pass that has begun goes on where it was. The guest is asked for 64 batches at a time.
    X, y = make_examples(70)
    for shuffle, expected in ((False, X[:, 0]), (True, torch.arange(70))):
        long = iter(submission.data_iter(1, X, y, shuffle=shuffle))
        head = next(long, None)
        between = take_numbers(submission.data_iter(1, X, y, shuffle=shuffle), 70)
        found = take_numbers(itertools.chain([head], long), 70)
        numbers = [torch.tensor(sorted(each) if shuffle else each) for each in (found, between)]
        names = [f"examples of {which}, with shuffle={shuffle}" for which in ("a pass", "a pass that began later")]
        assert_close(dict(zip(names, numbers, strict=True)), dict.fromkeys(names, expected.long()))


# Shared by the checks


def make_examples(n, features=2):
    """Make X (n, features) and y (n, 1): the first feature is the example's number, the label ten times that.

    The numbers are not in order, so that sorting shows.
    """
    number = torch.randperm(n, generator=torch.Generator().manual_seed(n)).float().reshape(-1, 1)
    return number + torch.arange(features) / 2, 10 * number


def take_batches(iterable, n, features=2):
    """Take the batches of one pass over n examples, at most n pairs of tensors with as many rows in X as in y."""
    found = []
    one_batch = is_pair(iterable) and [part.shape[1:] for part in iterable if isinstance(part, torch.Tensor)] == [
        (features,),
        (1,),
    ]
    for batch in take(iterable, 2 * n):  # one pass may follow another; what then goes on has no end
        require(is_pair(batch), yours=batch, expected="a pair (X_batch, y_batch)", help=RETURNED if one_batch else None)
        X_batch = tensor(batch[0], (None, features))
        require(
            len(X_batch) <= n,
            yours=f"a batch of {len(X_batch)} examples",
            expected=f"at most {n}, which is all of them",
        )
        found.append((X_batch, tensor(batch[1], (len(X_batch), 1))))
    yours = f"{len(found)} batches" if len(found) <= 2 * n else f"more than {2 * n} batches"
    expected = f"at most {n} {'batch' if n == 1 else 'batches'}: the pass ends when every example has come"
    require(len(found) <= n, yours=yours, expected=expected)
    return found


def is_pair(value):
    return isinstance(value, (list, tuple)) and len(value) == 2


def take_sizes(iterable, n):
    return [len(X_batch) for X_batch, _ in take_batches(iterable, n)]


def take_numbers(iterable, n):
    """Take one pass and return the numbers of its examples."""
    return [int(row[0]) for X_batch, _ in take_batches(iterable, n) for row in X_batch]


def take_order(iterable, n, call="the call"):
    """Take one pass and return the examples' old places; raise Mismatch if the pass is not complete."""
    numbers = torch.cat([torch.zeros(0), *(X_batch[:, 0] for X_batch, _ in take_batches(iterable, n))])
    complete = len(numbers) == n and bool((numbers.sort().values == torch.arange(n)).all())
    yours = f"{len(numbers)} examples of {call}, {len(numbers.unique())} different ones"
    require(complete, yours=yours, expected=f"each of the {n} examples once")
    return make_examples(n)[0][:, 0].argsort()[numbers.long()]


MANY = 10_000


def long_pass(module, seed):
    """The examples' old places in one pass over 10,000, 250 a batch."""
    torch.manual_seed(seed)  # for an iterator in this process; a guest is seeded by the judge
    return take_order(module.data_iter(250, *make_examples(MANY)), MANY)


def scores(order):
    """Measure the rest of the old order in a new one, each number in standard deviations of a uniform order's.

    - The correlation of old places with new ones.
    - How often a larger place comes next, in the new order (more often if ties keep the old one) and in the old (less
      often if the old order was merged with itself).
    - How unevenly the old eighths are spread over the new, and old remainders by 8 over new ones.
    - For each way of reading an order, the likelihood of swapping every example with any other.
    """
    n, old = len(order), order.double() / len(order)
    new = torch.arange(n, dtype=torch.float64) / n
    swapped = {
        f"each swapped with any ({way})": naive_score(*pair)
        for way, pair in {
            "from the first": (old, new),
            "from the last": (1 - old, 1 - new),
            "read backwards": (new, old),
            "from the last, read backwards": (1 - new, 1 - old),
        }.items()
    }
    return swapped | {
        "correlation of old and new places": float(torch.corrcoef(torch.stack([old, new]))[0, 1]) * (n - 1) ** 0.5,
        "neighbours in their old order": rises(order),
        "old neighbours that keep their order": rises(order.argsort()),
        "unevenness of old eighths over new ones": unevenness((8 * old).long(), (8 * new).long()),
        "unevenness of old places modulo 8 over new ones": unevenness(order % 8, torch.arange(n) % 8),
    }


def unevenness(old, new):
    """Score how unevenly eight equal groups of old places are spread over eight of new ones.

    The quantity of their contingency table is chi-square with 49 degrees of freedom; Wilson's and Hilferty's cube root.
    """
    expected = len(old) / 64
    spread = float(((torch.bincount(8 * new + old, minlength=64) - expected) ** 2).sum() / expected) / 49
    return (spread ** (1 / 3) - 1 + 2 / 441) * (441 / 2) ** 0.5


def rises(order):
    """Eulerian numbers have the mean (n - 1) / 2 and the variance (n + 1) / 12."""
    n = len(order)
    return (int((order.diff() > 0).sum()) - (n - 1) / 2) / ((n + 1) / 12) ** 0.5


def naive_score(old, new):
    """Score an order by how likely it is if every example in turn changes places with any, itself or another."""
    likelihood = naive_density(old, new) - 1
    return float(likelihood.sum()) / (len(old) * NAIVE_VARIANCE) ** 0.5


def naive_density(old, new):
    """The density of new places, between 0 and 1, if every example in turn changes places with any one.

    The first term: the last of the examples that met this one did so at `new`. The others: it was its own turn, at
    `old` or later.
    """
    return (new - 1).exp() + (new < old) / math.e + (-old).exp() * (1 - (torch.maximum(old, new) - 1).exp())


_GRID = (torch.arange(1000, dtype=torch.float64) + 0.5) / 1000
NAIVE_VARIANCE = float((naive_density(_GRID[:, None], _GRID) - 1).square().mean())


def most_common_step(order):
    """How often the most common difference, modulo n, of an old place and the next one comes."""
    return int(torch.bincount(order.diff() % len(order)).max())


def describe_step(order, where):
    """Tell how many neighbours are the most common step apart in another order."""
    steps = order.diff() % len(order)
    step = int(steps.mode().values)
    apart = min(step, len(order) - step)
    how = "neighbours" if apart == 1 else f"{apart} places apart"
    backwards = "" if step == apart else ", backwards"
    return f"{int((steps == step).sum())} of {len(steps)} neighbours are {how} in {where} too{backwards}"


PASSES = 100

# The probabilities that a right answer fails. Each of the nine scores is normal; the number of times that a step comes
# is Poisson's with mean 1; one of six orders is missing, or two in a row never the same.
assert 9 * math.erfc(6 / 2**0.5) < 1e-7
assert MANY * sum(math.exp(-1) / math.factorial(k) for k in range(17, 40)) < 1e-7
assert 2 * (6 * (5 / 6) ** PASSES + (5 / 6) ** (PASSES - 1)) < 1e-6


# Statistics: their tolerances are kept in reference/linear_regression_scratch.tolerances.json


@statistic(
    "largest of nine scores of the old order in a shuffled pass over 10,000 examples, in standard deviations",
    catches=[
        never_shuffled,
        shuffled_within_batches,
        swapped_with_any,
        sorted_by_keys_with_ties,
        riffled,
        drawn_from_a_buffer,
        parities_apart,
    ],
    closed_form=(6.0, "for uniform orders each is N(0, 1) to the second digit, one of nine beyond 6 once in 5e7"),
    seeds=3000,
)
def left_order(module, seed):
    return max(map(abs, scores(long_pass(module, seed)).values()))


@statistic(
    "how often the most common step of old places comes in a shuffled pass over 10,000 examples",
    catches=[only_batches_shuffled, rotated],
    closed_form=(16.0, "for uniform orders each of 10,000 is Poisson's with mean 1, one above 16 once in 1e11"),
    seeds=3000,
)
def left_steps(module, seed):
    return most_common_step(long_pass(module, seed))
