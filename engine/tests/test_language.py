"""The language of docstrings, comments, documents and hints: six habits that made texts slow to read stay away."""

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest

ENGINE = Path(__file__).parent.parent
PAGES = [ENGINE / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")]
DOCUMENTS = [ENGINE.parent / "README.md", *PAGES, *sorted((ENGINE / "docs").glob("*.md"))]
SOURCES = sorted((ENGINE / "src").rglob("*.py"))
TESTS = sorted((ENGINE / "tests").rglob("*.py"))
COURSE = [
    ENGINE.parent / "conftest.py",
    *sorted(path for folder in ("reference", "tests") for path in (ENGINE.parent / folder).rglob("*.py")),
]

HABITS = {
    "a sentence that begins with a clause": re.compile(
        r"(?:^|[.!] )(?:What|Who|Where|Whoever|Whatever|That which) (?![^.]*\?)"
    ),
    "where for if": re.compile(r"\bwhere (?:there|nothing|nobody|no|one) (?:is|are|has|have|was|were|can|cannot)\b"),
    "is no for is not a": re.compile(
        r"(?<![Tt]here )\b(?:is|are|was|were) no (?!longer|more\b|other\b|less|fewer|such)[a-z]"
    ),
    "of its own": re.compile(
        r"\b(?:a|an|no) \w+ of (?:its|their|his|her|our|your) own\b|\bof (?:ours|theirs)\b|\bof a \w+'s(?=[.,;:)]|$| (?:is|are|that)\b)"
    ),
    "gives for return": re.compile(r"^Gives\b"),
    "a second semicolon": re.compile(r";[^.;!?]*;[^.;!?]*[.!?]"),
}


def prose_of(path):
    """Yield the paragraphs of a document, or the docstrings and comments of a source."""
    text = path.read_text()
    if path.suffix == ".md":
        without_code = re.sub(r"^(```|~~~).*?^\1", "", text, flags=re.MULTILINE | re.DOTALL)
        lines = [line for line in without_code.splitlines() if not line.startswith("#")]
        yield from re.split(r"\n\s*\n|\n(?=[-|] )", "\n".join(lines))
        return
    for node in ast.walk(ast.parse(text)):
        body = getattr(node, "body", None)
        for part in body if isinstance(body, list) else []:
            if (
                isinstance(part, ast.Expr)
                and isinstance(part.value, ast.Constant)
                and isinstance(part.value.value, str)
            ):
                yield from part.value.value.split("\n\n")
    comments = [
        token.string for token in tokenize.generate_tokens(io.StringIO(text).readline) if token.type == tokenize.COMMENT
    ]
    yield from (comment.lstrip("# ") for comment in comments)


def habits_in(paragraph):
    joined = " ".join(re.sub(r"`[^`]*`", "code", paragraph).split()).lstrip("-| ")
    return [name for name, pattern in HABITS.items() if pattern.search(joined)]


@pytest.mark.parametrize(
    "path", [*DOCUMENTS, *SOURCES, *TESTS, *COURSE], ids=lambda path: str(path.relative_to(ENGINE.parent))
)
def test_no_text_has_a_habit_that_slows_its_reader(path):
    assert [(habits_in(paragraph), paragraph) for paragraph in prose_of(path) if habits_in(paragraph)] == []


@pytest.mark.parametrize("path", COURSE, ids=lambda path: str(path.relative_to(ENGINE.parent)))
def test_no_text_that_a_student_reads_has_such_a_habit(path):
    """Hints, descriptions and messages; a docstring in it is read once more, as a whole."""
    texts = [node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant)]
    paragraphs = [part for text in texts if isinstance(text, str) for part in text.split("\n\n")]
    assert [(habits_in(part), part) for part in paragraphs if habits_in(part)] == []


@pytest.mark.parametrize(
    ("habit", "text"),
    [
        ("a sentence that begins with a clause", "What is left is graded."),
        ("where for if", "Grading refuses where there is no wall."),
        ("is no for is not a", "A pipe is no file."),
        ("of its own", "Each has a disk of its own."),
        ("gives for return", "Gives the number."),
        ("a second semicolon", "It is; it was; it will be."),
    ],
)
def test_each_habit_is_found(habit, text):
    assert habits_in(text) == [habit]
