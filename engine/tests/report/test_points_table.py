"""The table of a class, laid out in parts."""

import tracemalloc
from io import StringIO

from reports import RESHAPE, report
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
    title, _, *rows = printed(["student"] * 120, width=18)
    assert title == "basics   5  total"
    assert set(rows) == {"student  2      2"}


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
    # A part of 100 rows has some 4 kB a row; one that waits keeps a name and a few references.
    assert (peak(1000) - peak(200)) / 800 < 1000
