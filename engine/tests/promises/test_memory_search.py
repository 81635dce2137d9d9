"""A submission searches its own memory for what only the judge may hold: the seed, the reference, the checks."""

import shutil

from assay.course.read import read_course
from assay.grading.executors import LocalProcesses
from assay.grading.run import grade
from assay.intake.collect import take_in

SEED = 8_402_917_365_204_417_593
REFERENCE_COMMENT = "# kept-by-the-judge: reference\n"
CHECK_SENTENCE = "kept-by-the-judge: check"

# Searches for texts that its own source holds backwards only, in every page that it can read: the heap, and around each
# object and library that it knows.
SEARCH = """
import ctypes, os, sys, torch
libc = ctypes.CDLL(None, use_errno=True)
libc.sbrk.restype = ctypes.c_void_p
LARGEST = 1 << 28
own = ctypes.create_string_buffer("MARK-OF-OWN-MEMORY"[::-1].encode() * 3, 5000)
wanted = {"own": b"MARK-OF-OWN-MEMORY", "seed": b"@SEED@", "packed": bytes.fromhex("@PACKED@"), "reference": b"@REFERENCE@", "check": b"@CHECK@"}
found = dict.fromkeys(wanted, 0)

pipe = os.pipe()

def is_readable(page):
    # Of a page that nobody may read, such as the guard below a stack, the kernel refuses to send a byte.
    return libc.write(pipe[1], ctypes.c_void_p(page), 1) == 1 and bool(os.read(pipe[0], 1))

def regions():
    try:
        with open("/proc/self/maps") as file:
            for line in file:
                span, rights, *_ = line.split()
                if rights.startswith("r") and "[v" not in line:
                    yield [int(end, 16) for end in span.split("-")]
            return
    except OSError:
        pass
    seen = set()
    for near in [libc.sbrk(0) - 4096, *(id(value) for value in (torch, sys, own, regions, object, torch.ones(10**6)))]:
        start = end = near // 4096 * 4096
        if start in seen:
            continue
        while is_readable(start - 4096) and end - start < LARGEST:
            start -= 4096
        while is_readable(end) and end - start < LARGEST:
            end += 4096
        seen.update(range(start, end, 4096))
        yield start, end

pages = 0
for start, end in regions():
    for page in range(start, end, 1 << 20):
        size = min((1 << 20) + 64, end - page)
        text = ctypes.string_at(page, size)[::-1]
        pages += size >> 12
        for name, needle in wanted.items():
            found[name] += text.count(needle)
        del text
ANSWERS = {name: str(count) for name, count in found.items()} | {"pages": str(pages)}
"""


def test_a_submission_finds_neither_the_seed_nor_the_reference_nor_the_checks_in_its_memory(course_root, tmp_path):
    course = shutil.copytree(course_root, tmp_path / "course")
    reference = course / "reference" / "basics.py"
    reference.write_text(reference.read_text() + REFERENCE_COMMENT)
    check = course / "tests" / "basics" / "test_2_scales.py"
    check.write_text(check.read_text().replace("scaled doubles without a factor", CHECK_SENTENCE))
    settings = course / "tox.ini"
    settings.write_text(settings.read_text().replace("assay_import_seconds = 2", "assay_import_seconds = 60"))
    source = SEARCH
    for name, text in (("SEED", str(SEED)), ("REFERENCE", REFERENCE_COMMENT.strip()), ("CHECK", CHECK_SENTENCE)):
        source = source.replace(f"@{name}@", text[::-1])
    source = source.replace("@PACKED@", SEED.to_bytes(8, "little").hex())  # on a wire the first byte is the largest
    for student in ("ada", "bob"):  # the second is met by a judge and a fork server that have graded
        (tmp_path / student).mkdir()
        (tmp_path / student / "basics.py").write_text(source)
    intake = take_in([tmp_path / "ada", tmp_path / "bob"], ["basics"])
    with LocalProcesses(1) as executor:
        reports = grade(read_course(course), intake.submissions, seed=SEED, executor=executor)
    for report in reports:
        found = {answer.exercise: int(answer.text) for answer in report.answers}
        assert found.pop("own") > 0, found
        assert found.pop("pages") > 10_000
        assert found == {"seed": 0, "packed": 0, "reference": 0, "check": 0}
