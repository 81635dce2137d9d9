"""Which pairs are listed, in which order, and which of their lines match."""

from assay.similarity.messages import Code
from assay.similarity.pairs import PASSAGE, Compared, Pair, most_alike, passages


def submission(student, fingerprints, *, assignment="basics", removed=(), width=10):
    """Make a submission with the given fingerprints, ten characters of normalised text a line."""
    lines = tuple(place // width for place in range(len(fingerprints) + PASSAGE - 1))
    text = "\n".join(f"line {number}" for number in range(lines[-1] + 1))
    return Compared(student, assignment, Code(text, tuple(fingerprints), lines), frozenset(fingerprints) - set(removed))


def names(pairs):
    return [(pair.left.student, pair.right.student) for pair in pairs]


def test_the_pair_that_shares_most_of_the_smaller_one_comes_first():
    found = most_alike([submission(*each) for each in [("a", range(400)), ("b", range(300, 500)), ("c", range(99))]], 9)
    assert [(*names([pair])[0], pair.shared, pair.smaller, pair.share) for pair in found] == [
        ("a", "c", 99, 99, 1.0),
        ("a", "b", 100, 200, 0.5),
    ]


def test_at_most_so_many_pairs_are_listed():
    group = [submission(name, range(100)) for name in "abcd"]
    assert names(most_alike(group, 2)) == [("a", "b"), ("a", "c")]


def test_a_passage_of_a_line_is_chance():
    group = [submission("a", range(30)), submission("b", range(24)), submission("c", range(25))]
    assert names(most_alike(group, 9)) == [("a", "c")]


def test_code_that_everybody_has_does_not_count():
    group = [submission(name, range(100), removed=range(90)) for name in "ab"]
    assert most_alike(group, 9) == []


def test_two_assignments_and_two_files_of_a_student_are_not_compared():
    group = [submission("a", range(99)), submission("b", range(99), assignment="more"), submission("a", range(99))]
    assert most_alike(group, 9) == []


def test_passages_are_rows_of_lines_and_the_longest_comes_first():
    left = submission("a", [*range(10), *range(100, 160)])
    right = submission("b", [*range(100, 160), *range(10)])
    (first, second) = passages(Pair(left, right, 70))
    assert first[0] == (1, 0)
    assert first[-1] == (9, 8)
    assert second[0] == (0, 6)
    assert len(first) > len(second)


def test_a_passage_ends_where_everybody_s_code_begins():
    pair = Pair(*(submission(name, range(100), removed=range(50, 100)) for name in "ab"), 50)
    assert [passage[-1] for passage in passages(pair)] == [((50 + PASSAGE - 2) // 10,) * 2]


def test_a_file_that_repeats_one_line_costs_little():
    pair = Pair(*(submission(name, [1, 2, 3] * 30_000) for name in "ab"), 3)
    assert len(passages(pair)) == 1
