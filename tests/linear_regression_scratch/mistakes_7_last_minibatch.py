"""The last minibatch: known mistakes"""

import torch
from assay.checks import mistake, mistake_family

DROP_LAST = "a last batch shorter than batch_size stays although drop_last is True: leave it out"
FULL_DROPPED = "drop_last drops a full last batch too: drop it only if it has fewer than batch_size examples"
FEW_ORDERS = "some passes have the same order: draw it from the generator as it is, without one of a few seeds"
RETURNED = "data_iter returns one pair of tensors: yield each batch instead, X_batch, y_batch"


def split_sizes(n, batch_size):
    full, rest = divmod(n, batch_size)
    return [batch_size] * full + [rest] * (rest > 0)


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


right_batches = make_iterator(right_order)

wrong_order = mistake_family("data_iter", make_iterator)


def make_shuffle(draw):
    """Make an iterator whose orders `draw(n)` draws, a list or a tensor."""

    def orders(n, shuffle, batch_size):
        rows = torch.as_tensor(draw(n)) if shuffle else torch.arange(n)
        return rows, rows

    return make_iterator(orders)


wrong_shuffle = mistake_family("data_iter", make_shuffle)


@mistake(
    "data_iter",
    hint="the shorter last batch is dropped although drop_last is False: the last n mod B examples are never seen",
)
def last_batch_dropped(batch_size, X, y, shuffle=True, drop_last=False):
    return right_batches(batch_size, X, y, shuffle, True)


@mistake("data_iter", hint="the last batch is filled up with examples that are in a batch already: leave it shorter")
def last_batch_filled_up(batch_size, X, y, shuffle=True, drop_last=False):
    rows, _ = right_order(len(X), shuffle, batch_size)
    for start in range(0, len(X), batch_size):
        taken = torch.arange(start, start + batch_size) % len(X)
        yield X[rows[taken]], y[rows[taken]]


@mistake("data_iter", hint="the last batch is padded with zeros: leave it shorter")
def last_batch_padded(batch_size, X, y, shuffle=True, drop_last=False):
    for X_batch, y_batch in right_batches(batch_size, X, y, shuffle):
        missing = (0, 0, 0, batch_size - len(X_batch))
        yield torch.nn.functional.pad(X_batch, missing), torch.nn.functional.pad(y_batch, missing)


@mistake("data_iter", hint="the last batch comes twice: end the loop with the batch that holds the last example")
def last_batch_repeated(batch_size, X, y, shuffle=True, drop_last=False):
    found = list(right_batches(batch_size, X, y, shuffle, drop_last))
    return [*found, *found[-1:]]


@mistake("data_iter", hint="only the first batch comes: let the loop go on to the last one")
def first_batch_alone(batch_size, X, y, shuffle=True, drop_last=False):
    return list(right_batches(batch_size, X, y, shuffle, drop_last))[:1]


@mistake("data_iter", hint=RETURNED)
def first_batch_returned(batch_size, X, y, shuffle=True, drop_last=False):
    return next(iter(right_batches(batch_size, X, y, shuffle)))


@mistake("data_iter", hint="the shorter batch comes first: it is the last one")
def short_batch_first(batch_size, X, y, shuffle=True, drop_last=False):
    rows, _ = right_order(len(X), shuffle, batch_size)
    wanted = split_sizes(len(X), batch_size)[::-1]
    found = list(zip(X[rows].split(wanted), y[rows].split(wanted), strict=True))
    return found[drop_last and wanted[0] < batch_size :]


@mistake("data_iter", hint=DROP_LAST)
def drop_last_ignored(batch_size, X, y, shuffle=True, drop_last=False):
    return right_batches(batch_size, X, y, shuffle)


@mistake("data_iter", hint=FULL_DROPPED)
def full_batch_dropped(batch_size, X, y, shuffle=True, drop_last=False):
    found = list(right_batches(batch_size, X, y, shuffle))
    return found[:-1] if drop_last else found


@wrong_order(hint="X and y are shuffled apart, so labels belong to other rows: draw one order and index both with it")
def shuffled_apart(n, shuffle, batch_size):
    return right_order(n, shuffle, batch_size)[0], right_order(n, shuffle, batch_size)[1]


@wrong_order(hint="only X is shuffled: index y with the same order")
def labels_not_shuffled(n, shuffle, batch_size):
    return right_order(n, shuffle, batch_size)[0], torch.arange(n)


@wrong_shuffle(hint="every pass has the same order: draw a new one in each call, without setting a seed")
def same_order_every_time(n):
    return torch.randperm(n, generator=torch.Generator().manual_seed(0))


@mistake("data_iter", hint="shuffle=True changes nothing: draw an order with torch.randperm(len(X))")
def never_shuffled(batch_size, X, y, shuffle=True, drop_last=False):
    return right_batches(batch_size, X, y, False, drop_last)


@mistake("data_iter", hint="X and y themselves are shuffled: leave them as they are, and index them with an order")
def shuffled_in_place(batch_size, X, y, shuffle=True, drop_last=False):
    if shuffle:
        rows, _ = right_order(len(X), shuffle, batch_size)
        X[:], y[:] = X[rows], y[rows]
    return right_batches(batch_size, X, y, False, drop_last)


@mistake("data_iter", hint="it shuffles although shuffle is False")
def always_shuffled(batch_size, X, y, shuffle=True, drop_last=False):
    return right_batches(batch_size, X, y, True, drop_last)


@wrong_shuffle(hint="examples are drawn with replacement, so that some come twice and others never: use torch.randperm")
def with_replacement(n):
    return torch.randint(n, (n,))


@wrong_order(hint="each batch is shuffled but always holds the same examples: shuffle all of them before splitting")
def shuffled_within_batches(n, shuffle, batch_size):
    rows = torch.cat([part[torch.randperm(len(part))] for part in torch.arange(n).split(batch_size)])
    return right_order(n, shuffle, batch_size) if not shuffle else (rows, rows)


@mistake(
    "data_iter",
    hint="only the order of the batches is random: shuffle the examples before splitting them",
)
def only_batches_shuffled(batch_size, X, y, shuffle=True, drop_last=False):
    found = list(right_batches(batch_size, X, y, False, drop_last))
    return [found[i] for i in (torch.randperm(len(found)) if shuffle else range(len(found)))]


@wrong_order(hint="the shorter last batch always holds the same examples: shuffle all of them before splitting")
def end_not_shuffled(n, shuffle, batch_size):
    full = n - n % batch_size
    rows = torch.cat([torch.randperm(full), torch.arange(full, n)])
    return right_order(n, shuffle, batch_size) if not shuffle else (rows, rows)


@wrong_shuffle(
    hint="no example ever keeps its place: in Fisher's and Yates's shuffle it may change places with itself; "
    "torch.randperm does it right"
)
def never_at_its_place(n):
    rows = torch.arange(n)
    for i in range(n - 1, 0, -1):
        j = int(torch.randint(i, ()))
        rows[[i, j]] = rows[[j, i]]
    return rows


_given_out = {}


@mistake("data_iter", hint="the second call goes on with an iterator that is exhausted: make a new one in every call")
def exhausted_on_the_second_pass(batch_size, X, y, shuffle=True, drop_last=False):
    key = (batch_size, len(X), shuffle, drop_last)
    return _given_out.setdefault(key, right_batches(batch_size, X, y, shuffle, drop_last))


@wrong_shuffle(hint="the order is only rotated: every example still comes after the same one; use torch.randperm")
def rotated(n):
    return torch.arange(n).roll(int(torch.randint(n, ())))


@wrong_shuffle(
    hint="places are drawn from all n in every swap, so that some orders come more often: draw from those not yet fixed"
)
def swapped_with_any(n):
    rows = list(range(n))
    for i, j in enumerate(torch.randint(n, (n,)).tolist()):
        rows[i], rows[j] = rows[j], rows[i]
    return rows


@wrong_shuffle(hint="the last swap is missing, of the first two: one of them never comes at its own place")
def last_swap_missing(n):
    rows = list(range(n))
    for i in range(n - 1, 1, -1):
        j = int(torch.randint(i + 1, ()))
        rows[i], rows[j] = rows[j], rows[i]
    return rows


@wrong_shuffle(hint="random whole numbers as sorting keys have ties, which keep the old order: use torch.randperm")
def sorted_by_keys_with_ties(n):
    return torch.randint(n, (n,)).argsort(stable=True)


@wrong_shuffle(hint="seven riffles do for 52 cards, not for thousands of examples: use torch.randperm")
def riffled(n):
    rows = torch.arange(n)
    for _ in range(7):
        upper = torch.randint(2, (n,)).bool()
        rows = torch.empty_like(rows).masked_scatter(~upper, rows).masked_scatter(upper, rows[int((~upper).sum()) :])
    return rows


@wrong_shuffle(
    hint="examples are drawn from a buffer, so that none comes much before its old place: shuffle all of them"
)
def drawn_from_a_buffer(n):
    waiting, rows = list(range(min(n, 1000))), []
    for i, drawn in enumerate(torch.randint(1000, (n - len(waiting),)).tolist(), 1000):
        rows.append(waiting[drawn])
        waiting[drawn] = i
    return [*rows, *(waiting[i] for i in torch.randperm(len(waiting)).tolist())]


@wrong_shuffle(hint="even and odd places are shuffled apart, and none becomes the other: shuffle all of them")
def parities_apart(n):
    if n < 4:
        return torch.randperm(n)
    rows = torch.arange(n)
    for half in (rows[::2], rows[1::2]):
        half.copy_(half[torch.randperm(len(half))])
    return rows


_orders = {}


@wrong_shuffle(hint="the order of the pass before is drawn again, though by chance it may come twice")
def never_the_same_twice(n):
    rows = torch.randperm(n)
    while n > 1 and n in _orders and torch.equal(rows, _orders[n]):
        rows = torch.randperm(n)
    _orders[n] = rows
    return rows


@mistake("data_iter", hint="drop_last drops the same examples in every pass: shuffle before the last batch is left out")
def dropped_before_the_shuffle(batch_size, X, y, shuffle=True, drop_last=False):
    n = len(X) - len(X) % batch_size if drop_last else len(X)
    return right_batches(batch_size, X[:n], y[:n], shuffle, drop_last)


@mistake("data_iter", hint="the rows are sorted by their first feature: with shuffle=False leave them as they are")
def sorted_rows(batch_size, X, y, shuffle=True, drop_last=False):
    rows = X[:, 0].argsort()
    return right_batches(batch_size, X[rows], y[rows], shuffle, drop_last)


@mistake("data_iter", hint="only the first two features are there: take whole rows, X[rows]")
def two_features(batch_size, X, y, shuffle=True, drop_last=False):
    return right_batches(batch_size, X[:, :2], y, shuffle, drop_last)


@mistake("data_iter", hint="all batches are one tensor that is filled anew: yield a new one each time, X[rows]")
def one_tensor_for_all(batch_size, X, y, shuffle=True, drop_last=False):
    room = torch.empty(batch_size, X.shape[1]), torch.empty(batch_size, 1)
    for batch in right_batches(batch_size, X, y, shuffle, drop_last):
        yield [kept[: len(part)].copy_(part) for kept, part in zip(room, batch, strict=True)]


_pass_before = {}


@wrong_shuffle(hint="every second pass is the one before in reverse: draw a new order in every call")
def reversed_the_second_time(n):
    if n in _pass_before:
        return _pass_before.pop(n).flip(0)
    return _pass_before.setdefault(n, torch.randperm(n))


@wrong_shuffle(hint=FEW_ORDERS)
def one_of_a_thousand_seeds(n):
    return torch.randperm(n, generator=torch.Generator().manual_seed(int(torch.randint(1000, (1,)))))


@mistake("data_iter", hint=DROP_LAST)
def drop_last_when_shuffled(batch_size, X, y, shuffle=True, drop_last=False):
    return right_batches(batch_size, X, y, shuffle, drop_last and shuffle)


ONE_BATCH = "one batch of all examples is not shuffled: shuffle whatever the batch size is"


@mistake("data_iter", hint=ONE_BATCH)
def one_batch_in_order(batch_size, X, y, shuffle=True, drop_last=False):
    return make_iterator(right_order)(batch_size, X, y, shuffle and batch_size < len(X), drop_last)


_place = [0]


@mistake(
    "data_iter", hint="two passes share one position, so that each disturbs the other: keep it inside the function"
)
def one_position_for_all(batch_size, X, y, shuffle=True, drop_last=False):
    found = list(right_batches(batch_size, X, y, shuffle, drop_last))
    _place[0] = 0
    while _place[0] < len(found):
        _place[0] += 1
        yield found[_place[0] - 1]


_orders = {}


@mistake(
    "data_iter",
    hint="all passes share one list of row numbers, and each new pass shuffles it while others read it: make a list for each pass",
)
def one_order_for_all(batch_size, X, y, shuffle=True, drop_last=False):
    order = _orders.setdefault(len(X), torch.arange(len(X)))
    order.copy_(right_order(len(X), shuffle, batch_size)[0])
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size].clone()
        if len(rows) == batch_size or not drop_last:
            yield X[rows], y[rows]
