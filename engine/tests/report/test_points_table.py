"""The table of a class, laid out in parts."""

import tracemalloc
from io import StringIO

from reports import RESHAPE, check, exercise, report
from rich.console import Console

from assay.report.points_table import PointsTable


def table_of(names, absent=()):
    table = PointsTable(is_part=False)
    for name in names:
        table.add(report(name, (RESHAPE,)), is_shown=True)
    return table.render("basics", absent)


def printed(names, width=80, absent=()):
    console = Console(file=StringIO(), width=width)
    for part in table_of(names, absent):
        console.print(part)
    return console.file.getvalue().splitlines()


def names_of_a_class(count):
    return [f"student {number:04}" for number in range(count)]


def test_parts_look_like_one_table():
    title, of, *rows = printed(names_of_a_class(250), absent=["somebody_with_a_longer_name"])
    assert title == "basics                       5          total"
    assert of == "of                           2              2"
    assert rows[:250] == [f"{name:<27}  2              2" for name in names_of_a_class(250)]
    assert rows[250:] == ["somebody_with_a_longer_name  -  not handed in"]


def test_a_long_name_is_folded_in_its_part_and_has_its_room_in_all_of_them():
    title, _, *rows = printed([*names_of_a_class(150), "x" * 40], width=40)
    assert title == "basics                          5  total"
    assert rows[0] == "student 0000                    2      2"
    assert rows[150:] == ["x" * 30 + "  2      2", "x" * 10 + " " * 30]


def test_a_narrow_console_narrows_every_part_alike():
    title, rest, _, *rows = printed(["student"] * 120, width=15)
    assert [title, rest] == ["basic          ", "s      5  total"]
    assert rows == ["stude  2      2", "nt             "] * 120


def test_names_are_folded_before_a_point_is_shortened():
    exercises = tuple(exercise(str(number), "x", check("a", points=12.5)) for number in range(10, 23))
    table = PointsTable(is_part=False)
    table.add(report("Maximiliane", exercises), is_shown=True)
    console = Console(file=StringIO(), width=80)
    for part in table.render("basics", ["李小龍李小龍"]):
        console.print(part)
    title, of, *rows = console.file.getvalue().splitlines()
    assert title == "basics   " + " ".join(f"{number:>4}" for number in range(10, 23)) + "  total"
    assert of == "of       " + " ".join(["12.5"] * 13) + "  162.5"
    assert rows == [
        "Maximili " + " ".join(["12.5"] * 13) + "  162.5",
        f"{'ane':<80}",
        "李小龍李 " + " ".join(["   -"] * 13) + "    not",
        f"小龍{'handed':>76}",
        f"{'in':>80}",
    ]


def test_a_row_takes_little_memory_while_the_table_is_printed():
    def peak(count):
        names = names_of_a_class(count)
        tracemalloc.start()
        try:
            printed(names)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(200)  # what is made once
    # All laid out at once, rich keeps 3.2 kB for each of these rows. A row that waits takes 0.7 kB, of which a part is what
    # was freed and not yet collected.
    assert (peak(2000) - peak(200)) / 1800 < 2000
