"""Reports that wait compressed are read as a sequence."""

from reports import RESHAPE, report

from assay.report.packed import PackedReports, packed

REPORTS = [report(name, (RESHAPE,)) for name in ("ada", "bob", "cleo")]


def test_packed_reports_are_a_sequence_of_what_was_packed():
    reports = PackedReports(map(packed, REPORTS))
    assert (len(reports), list(reports), reports[1], reports[-1]) == (3, REPORTS, REPORTS[1], REPORTS[2])
    assert list(reports[1:]) == REPORTS[1:]


def test_no_report_is_kept_unpacked():
    reports = PackedReports(map(packed, REPORTS))
    assert reports[0] is not reports[0]


def test_packed_reports_are_joined_without_being_unpacked():
    first = PackedReports(map(packed, REPORTS[:2]))
    joined = PackedReports.of(first, REPORTS[2:])
    assert list(joined) == REPORTS
    assert [each is other for each, other in zip(joined.packed, first.packed, strict=False)] == [True, True]
