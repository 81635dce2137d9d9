"""The last minibatch"""

import pytest
import torch
from assay.checks import assert_close, mistake, remote, require, statistic, take, tensor
from hypothesis import given, settings
from hypothesis import strategies as st

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
    assert_close(numbers, X[:, 0].tolist())


@settings(max_examples=12)
@given(*SIZES, st.integers(0, 99))
def test_rows_keep_their_labels(submission, n, batch_size, shift):
    """every row of X comes with its own label"""
    X, y = make_examples(n)
    found = take_batches(submission.data_iter(batch_size, X, y + shift), n)
    for X_batch, y_batch in found:
        assert_close(y_batch, 10 * X_batch[:, :1] + shift)
    require(len(found) > 0, yours=found, expected="at least one batch")


@settings(max_examples=15)
@given(*SIZES)
def test_last_batch_has_what_is_left(submission, n, batch_size):
    """there are ceil(n / B) batches of B examples, the last of n mod B where B does not divide n"""
    assert_close(take_sizes(submission.data_iter(batch_size, *make_examples(n)), n), split_sizes(n, batch_size))


def test_1000_examples_make_31_batches_of_32_and_one_of_8(submission):
    """1000 examples at 32 a batch: 31 batches of 32 and one of 8"""
    found = take_sizes(submission.data_iter(32, *make_examples(1000)), 1000)
    counts = {size: found.count(size) for size in sorted(set(found), reverse=True)}
    assert_close(counts, {32: 31, 8: 1})
    require(found[-1] == 8, yours=found[-1], expected="the batch of 8 comes last")


@settings(max_examples=20)
@given(*SIZES)
def test_drop_last_drops_just_the_shorter_one(submission, n, batch_size):
    """drop_last=True leaves out a shorter last batch, and nothing else"""
    found = take_batches(submission.data_iter(batch_size, *make_examples(n), drop_last=True), n)
    whole = [size for size in split_sizes(n, batch_size) if size == batch_size]
    assert_close([len(X_batch) for X_batch, _ in found], whole)
    numbers = torch.cat([torch.zeros(0), *(X_batch[:, 0] for X_batch, _ in found)])
    known = bool(torch.isin(numbers, torch.arange(n)).all()) and len(numbers.unique()) == len(numbers)
    require(known, yours=numbers, expected="examples of the data, none of them twice")


@settings(max_examples=12)
@given(*SIZES)
def test_without_shuffling_the_order_stays(submission, n, batch_size):
    """with shuffle=False the examples come in their order"""
    X, y = make_examples(n)
    found = take_batches(submission.data_iter(batch_size, X, y, shuffle=False), n)
    assert_close(
        [[X_batch, y_batch] for X_batch, y_batch in found],
        list(map(list, zip(X.split(batch_size), y.split(batch_size), strict=True))),
    )


@pytest.mark.points(2)
def test_shuffled_passes_differ(submission):
    """each call is a full pass, in another order than the one before, and leaves X and y as they are"""
    X, y = make_examples(1000)
    keep_end = [remote(submission.d2l).tensor(part.tolist()) for part in (X, y)]
    passes = [take_order(submission.data_iter(32, *keep_end), 1000) for _ in range(2)]
    unchanged = all((submission.d2l.numpy(now) == part).all() for now, part in zip(keep_end, (X, y), strict=True))
    require(unchanged, yours="X and y in another order after the pass", expected="X and y as they were")
    # Of two uniform orders the number that stays is Poisson's with mean 1: 25 or more once in 1e25.
    same = int((passes[0] == passes[1]).sum())
    require(same < 25, yours=f"{same} of 1000 examples at the same place in both passes", expected="about one of them")
    # Two uniform orders end in the same eight once in 2e19.
    ends = [sorted(map(int, numbers[-8:])) for numbers in passes]
    require(ends[0] != ends[1], yours=f"{ends[0]} in the last batch of both passes", expected="eight others each time")


def test_shuffled_orders_are_uniform(submission, seed):
    """a shuffled pass mixes all examples: no part of the old order is left"""
    numbers = long_pass(submission, seed)
    drift, neighbours = correlation(numbers), still_neighbours(numbers)
    require(abs(drift) <= left_order.bound / MANY**0.5, yours=drift, expected="no correlation with the old order")
    require(
        neighbours <= left_neighbours.bound, yours=neighbours, expected="about 2 pairs of old neighbours side by side"
    )

    # In a uniform order one example stays on average, and none in e^-1 of all orders: in all of 20 once in 5e8.
    stayed = sum(
        int((take_order(submission.data_iter(50, *make_examples(50)), 50) == torch.arange(50)).sum()) for _ in range(20)
    )
    require(
        stayed > 0,
        yours="in 20 passes over 50 examples none at its old place",
        expected="about one a pass that keeps its place",
    )


# What the checks share


def make_examples(n):
    """Make X (n, 2) and y (n, 1): the first feature is the example's number, the label ten times that."""
    number = torch.arange(n, dtype=torch.float32).reshape(-1, 1)
    return torch.cat([number, number + 0.5], 1), 10 * number


def take_batches(iterable, n):
    """Take the batches of one pass over n examples, at most n pairs of tensors with as many rows in X as in y."""
    found = []
    for batch in take(iterable, 2 * n):  # one pass may follow another; what then goes on has no end
        require(isinstance(batch, (list, tuple)) and len(batch) == 2, yours=batch, expected="a pair (X_batch, y_batch)")
        X_batch = tensor(batch[0], (None, 2))
        require(
            len(X_batch) <= n,
            yours=f"a batch of {len(X_batch)} examples",
            expected=f"at most {n}, which is all of them",
        )
        found.append((X_batch, tensor(batch[1], (len(X_batch), 1))))
    more = "more batches than examples" if len(found) <= 2 * n else "more than two batches for each example"
    require(len(found) <= n, yours=more, expected="one pass over the examples, then an end")
    return found


def take_sizes(iterable, n):
    return [len(X_batch) for X_batch, _ in take_batches(iterable, n)]


def split_sizes(n, batch_size):
    full, rest = divmod(n, batch_size)
    return [batch_size] * full + [rest] * (rest > 0)


def take_order(iterable, n):
    """Take one pass and return the examples' numbers; raise Mismatch if the pass is not complete."""
    numbers = torch.cat([torch.zeros(0), *(X_batch[:, 0] for X_batch, _ in take_batches(iterable, n))])
    complete = len(numbers) == n and bool((numbers.sort().values == torch.arange(n)).all())
    yours = f"{len(numbers)} examples, {len(numbers.unique())} different ones"
    require(complete, yours=yours, expected=f"each of the {n} examples once")
    return numbers


MANY = 2000


def long_pass(module, seed):
    """The examples' numbers of one pass over 2000, 40 a batch."""
    torch.manual_seed(seed)  # for an iterator in this process; a guest is seeded by the judge
    return take_order(module.data_iter(40, *make_examples(MANY)), MANY)


def correlation(numbers):
    """Between the examples' old places and their new ones."""
    places = torch.arange(len(numbers), dtype=torch.float64)
    return float(torch.corrcoef(torch.stack([places, numbers.double()]))[0, 1])


def still_neighbours(numbers):
    """How many examples are followed by one that was beside them before."""
    return int((numbers.diff().abs() == 1).sum())


# Typical mistakes


def make_iterator(orders):
    """Make an iterator that differs from the right one in the order of rows."""

    def data_iter(batch_size, X, y, shuffle=True, drop_last=False):
        n = len(X)
        rows_X, rows_y = orders(n, shuffle, batch_size)
        wanted = [size for size in split_sizes(n, batch_size) if size == batch_size or not drop_last]
        for rows, labels in zip(rows_X[: sum(wanted)].split(wanted), rows_y[: sum(wanted)].split(wanted), strict=True):
            yield X[rows], y[labels]

    return data_iter


def right_order(n, shuffle, batch_size):
    rows = torch.randperm(n) if shuffle else torch.arange(n)
    return rows, rows


@mistake(
    "data_iter",
    hint="the shorter last batch is dropped although drop_last is False: the last n mod B examples are never seen",
)
def last_batch_dropped(batch_size, X, y, shuffle=True, drop_last=False):
    return make_iterator(right_order)(batch_size, X, y, shuffle, True)


@mistake("data_iter", hint="the last batch is filled up with examples that came before: leave it shorter")
def last_batch_filled_up(batch_size, X, y, shuffle=True, drop_last=False):
    rows, _ = right_order(len(X), shuffle, batch_size)
    for start in range(0, len(X), batch_size):
        taken = torch.arange(start, start + batch_size) % len(X)
        yield X[rows[taken]], y[rows[taken]]


@mistake("data_iter", hint="the last batch is padded with zeros: leave it shorter")
def last_batch_padded(batch_size, X, y, shuffle=True, drop_last=False):
    for X_batch, y_batch in make_iterator(right_order)(batch_size, X, y, shuffle):
        missing = (0, 0, 0, batch_size - len(X_batch))
        yield torch.nn.functional.pad(X_batch, missing), torch.nn.functional.pad(y_batch, missing)


@mistake("data_iter", hint="the last batch comes twice: end after the batch that holds example n")
def last_batch_repeated(batch_size, X, y, shuffle=True, drop_last=False):
    found = list(make_iterator(right_order)(batch_size, X, y, shuffle, drop_last))
    return [*found, *found[-1:]]


@mistake("data_iter", hint="only the first batch comes: let the loop go on to the last one")
def first_batch_alone(batch_size, X, y, shuffle=True, drop_last=False):
    return list(make_iterator(right_order)(batch_size, X, y, shuffle, drop_last))[:1]


@mistake("data_iter", hint="return ends the function with its first batch: yield X_batch, y_batch instead")
def first_batch_returned(batch_size, X, y, shuffle=True, drop_last=False):
    return next(iter(make_iterator(right_order)(batch_size, X, y, shuffle)))


@mistake("data_iter", hint="the shorter batch comes first: it is the last one")
def short_batch_first(batch_size, X, y, shuffle=True, drop_last=False):
    rows, _ = right_order(len(X), shuffle, batch_size)
    wanted = split_sizes(len(X), batch_size)[::-1]
    found = list(zip(X[rows].split(wanted), y[rows].split(wanted), strict=True))
    return found[drop_last and wanted[0] < batch_size :]


@mistake(
    "data_iter", hint="drop_last is not used: leave the last batch out if it is asked for and shorter than batch_size"
)
def drop_last_ignored(batch_size, X, y, shuffle=True, drop_last=False):
    return make_iterator(right_order)(batch_size, X, y, shuffle)


@mistake(
    "data_iter", hint="drop_last drops a full last batch too: drop it only where it has fewer than batch_size examples"
)
def full_batch_dropped(batch_size, X, y, shuffle=True, drop_last=False):
    found = list(make_iterator(right_order)(batch_size, X, y, shuffle))
    return found[:-1] if drop_last else found


@mistake(
    "data_iter",
    hint="X and y are shuffled apart, so labels belong to other rows: draw one order and index both with it",
)
def shuffled_apart(batch_size, X, y, shuffle=True, drop_last=False):
    def shuffle_apart(n, shuffle, batch_size):
        return right_order(n, shuffle, batch_size)[0], right_order(n, shuffle, batch_size)[1]

    return make_iterator(shuffle_apart)(batch_size, X, y, shuffle, drop_last)


@mistake("data_iter", hint="only X is shuffled: index y with the same order")
def labels_not_shuffled(batch_size, X, y, shuffle=True, drop_last=False):
    def shuffle_apart(n, shuffle, batch_size):
        return right_order(n, shuffle, batch_size)[0], torch.arange(n)

    return make_iterator(shuffle_apart)(batch_size, X, y, shuffle, drop_last)


@mistake("data_iter", hint="every pass has the same order: draw a new one in each call, without setting a seed")
def same_order_every_time(batch_size, X, y, shuffle=True, drop_last=False):
    def fix_order(n, shuffle, batch_size):
        rows = torch.randperm(n, generator=torch.Generator().manual_seed(0)) if shuffle else torch.arange(n)
        return rows, rows

    return make_iterator(fix_order)(batch_size, X, y, shuffle, drop_last)


@mistake("data_iter", hint="shuffle=True changes nothing: draw an order with torch.randperm(len(X))")
def never_shuffled(batch_size, X, y, shuffle=True, drop_last=False):
    return make_iterator(right_order)(batch_size, X, y, False, drop_last)


@mistake("data_iter", hint="X and y themselves are shuffled: leave them as they are, and index them with an order")
def shuffled_in_place(batch_size, X, y, shuffle=True, drop_last=False):
    if shuffle:
        rows, _ = right_order(len(X), shuffle, batch_size)
        X[:], y[:] = X[rows], y[rows]
    return make_iterator(right_order)(batch_size, X, y, False, drop_last)


@mistake("data_iter", hint="it shuffles although shuffle is False")
def always_shuffled(batch_size, X, y, shuffle=True, drop_last=False):
    return make_iterator(right_order)(batch_size, X, y, True, drop_last)


@mistake("data_iter", hint="examples are drawn with replacement, some come twice and others never: use a permutation")
def with_replacement(batch_size, X, y, shuffle=True, drop_last=False):
    def draw_rows(n, shuffle, batch_size):
        rows = torch.randint(n, (n,)) if shuffle else torch.arange(n)
        return rows, rows

    return make_iterator(draw_rows)(batch_size, X, y, shuffle, drop_last)


@mistake(
    "data_iter",
    hint="each batch is shuffled but always holds the same examples: shuffle all of them before splitting",
)
def shuffled_within_batches(batch_size, X, y, shuffle=True, drop_last=False):
    def shuffle_within(n, shuffle, batch_size):
        rows = torch.cat([part[torch.randperm(len(part))] for part in torch.arange(n).split(batch_size)])
        return right_order(n, shuffle, batch_size) if not shuffle else (rows, rows)

    return make_iterator(shuffle_within)(batch_size, X, y, shuffle, drop_last)


@mistake(
    "data_iter",
    hint="only the order of the batches is random: shuffle the examples before splitting them",
)
def only_batches_shuffled(batch_size, X, y, shuffle=True, drop_last=False):
    found = list(make_iterator(right_order)(batch_size, X, y, False, drop_last))
    return [found[i] for i in (torch.randperm(len(found)) if shuffle else range(len(found)))]


@mistake(
    "data_iter",
    hint="the shorter last batch always holds the same examples: shuffle all of them before splitting",
)
def end_not_shuffled(batch_size, X, y, shuffle=True, drop_last=False):
    def keep_end(n, shuffle, batch_size):
        full = n - n % batch_size
        rows = torch.cat([torch.randperm(full), torch.arange(full, n)])
        return right_order(n, shuffle, batch_size) if not shuffle else (rows, rows)

    return make_iterator(keep_end)(batch_size, X, y, shuffle, drop_last)


@mistake(
    "data_iter",
    hint="no example ever keeps its place: in Fisher's and Yates's shuffle it may change places with itself; "
    "torch.randperm does it right",
)
def never_at_its_place(batch_size, X, y, shuffle=True, drop_last=False):
    def cycle(n, shuffle, batch_size):
        rows = torch.arange(n)
        for i in range(n - 1, 0, -1) if shuffle else ():
            j = int(torch.randint(i, ()))
            rows[[i, j]] = rows[[j, i]]
        return rows, rows

    return make_iterator(cycle)(batch_size, X, y, shuffle, drop_last)


_given_out = {}


@mistake("data_iter", hint="the second call goes on with an iterator that is exhausted: make a new one in every call")
def exhausted_on_the_second_pass(batch_size, X, y, shuffle=True, drop_last=False):
    key = (batch_size, len(X), shuffle, drop_last)
    return _given_out.setdefault(key, make_iterator(right_order)(batch_size, X, y, shuffle, drop_last))


# Statistics: their tolerances are kept in reference/linear_regression_scratch.tolerances.json


@statistic(
    "correlation of a shuffled pass over 2000 examples with the old order, times √2000",
    catches=[never_shuffled, shuffled_within_batches],
    closed_form=(6.0, "for uniform orders it is N(0, 1) to the third digit, beyond 6 once in 5e8"),
)
def left_order(module, seed):
    return abs(correlation(long_pass(module, seed))) * MANY**0.5


@statistic(
    "old neighbours that are still side by side in a shuffled pass over 2000 examples",
    catches=[never_shuffled, only_batches_shuffled],
    closed_form=(20.0, "for uniform orders a Poisson number of mean 2, above 20 once in 1e14"),
)
def left_neighbours(module, seed):
    return still_neighbours(long_pass(module, seed))
