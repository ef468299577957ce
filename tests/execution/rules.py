"""What every saved lesson must obey, one small function a rule: a lesson in, sentences out.

A rule yields one sentence for each thing to put right, and nothing for a lesson that obeys it.
Links between pages are held by tests/test_links.py, code style by ruff.
"""

import ast
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser
from statistics import median
from typing import NamedTuple, Protocol

import nbformat

from helpers.pictures.player import script

from .lessons import (
    EXERCISE,
    ROOT,
    Lesson,
    bundles,
    called,
    errors,
    normalised,
    pages,
    printed,
    tags,
    verdicts,
    written,
)

MAX_BYTES = 400_000
MAX_LINES = 15
LOAD = "%load_ext helpers"
UNCOMPARED = {"nbval-ignore-output", "nbval-skip"}
ANYWHERE = r"/home/|/Users/|/root/|/tmp/|\b[A-Z]:\\|~/"
SHOWN = {"text/plain", "text/html", "text/markdown", "text/latex"}


class Anatomy(NamedTuple):
    """The least and the most of a kind of lesson."""

    words: tuple[int, int]
    code_cells: tuple[int, int]
    median_lines: tuple[int, int]


ANATOMIES = {  # by how the file's name begins; "" is every other lesson
    "00_": Anatomy(words=(250, 1500), code_cells=(4, 25), median_lines=(1, 4)),
    "": Anatomy(words=(950, 2400), code_cells=(15, 40), median_lines=(1, 4)),
}


class Exercise(Protocol):
    """What a rule needs of an exercise: its lesson ("01_waiting"), the cell, the solved cell."""

    lesson: str
    starter: str
    solved: str


def is_a_valid_notebook(lesson: Lesson) -> Iterator[str]:
    raw = json.loads(lesson.text)
    ids = [cell.get("id") for cell in raw["cells"]]
    if None in ids or len(set(ids)) < len(ids):
        yield "every cell needs an id of its own: run tests.execution.run"
        return
    try:
        nbformat.validate(raw)
    except nbformat.ValidationError as error:
        yield f"this is no valid notebook: {error.message}"


def is_as_the_script_writes_it(lesson: Lesson) -> Iterator[str]:
    if lesson.text != written(normalised(lesson.notebook)):
        yield "the file is not as tests.execution.run writes it: run it again"


def fits_its_size(lesson: Lesson) -> Iterator[str]:
    size = len(lesson.text.encode())
    if size >= MAX_BYTES:
        yield f"the file has {size:,} bytes, {MAX_BYTES:,} are too many: fewer or smaller pictures"


def every_code_cell_was_run_in_order(lesson: Lesson) -> Iterator[str]:
    """nbval passes a cell without an execution count, whatever it does."""
    counts = [cell.execution_count for cell in lesson.code]
    if counts != list(range(1, len(counts) + 1)):
        yield f"execution counts must be 1 to {len(counts)} in order, not {counts}"


def no_cell_is_empty_or_long(lesson: Lesson) -> Iterator[str]:
    for cell in lesson.notebook.cells:
        if not cell.source.strip():
            yield f"{called(cell)} is empty: delete it"
        lines = len(cell.source.splitlines())
        if cell.cell_type == "code" and lines > MAX_LINES:
            yield f"{called(cell)} has {lines} lines, and {MAX_LINES} is the most: split it"


def keeps_to_its_anatomy(lesson: Lesson) -> Iterator[str]:
    start = next(start for start in ANATOMIES if lesson.path.name.startswith(start))
    anatomy = ANATOMIES[start]
    lines = [len(cell.source.splitlines()) for cell in lesson.code]
    measured = {
        "words": sum(len(words(cell.source)) for cell in lesson.prose),
        "code_cells": len(lines),
        "median_lines": median(lines or [0]),
    }
    for what, (least, most) in anatomy._asdict().items():
        if not least <= measured[what] <= most:
            name = what.replace("_", " ")
            yield f"{measured[what]:g} {name}: a lesson of this kind has {least:,} to {most:,}"


def words(markdown: str) -> list[str]:
    """The words of a text cell that a learner reads: no code blocks, no addresses, no tags."""
    text = re.sub(r"^```.*?^```", "", markdown, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"\]\([^)]*\)|<[^>]*>", " ", text)
    return re.findall(r"\w(?:[\w'’.-]*\w)?", text)


def headings_nest(lesson: Lesson) -> Iterator[str]:
    found = [pair for cell in lesson.prose for pair in headings(cell.source)]
    levels = [level for level, _ in found]
    if levels.count(1) != 1 or levels[0] != 1:
        yield "a lesson has one heading of level 1, and it comes first"
    for (level, _), (deeper, text) in zip(found, found[1:], strict=False):
        if deeper > level + 1:
            yield f"heading {text!r} goes from level {level} to {deeper}: no level is skipped"


def headings(markdown: str) -> list[tuple[int, str]]:
    """The headings of a text cell: level and text."""
    text = re.sub(r"^```.*?^```", "", markdown, flags=re.MULTILINE | re.DOTALL)
    found = re.findall(r"^ {0,3}(#{1,6}) +(.+?) *$", text, flags=re.MULTILINE)
    return [(len(marks), title) for marks, title in found]


class Images(HTMLParser):
    """Collects the attributes of each image of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.found.append({name: value or "" for name, value in attrs})


def images(page: str) -> list[dict[str, str]]:
    """The images of a page of HTML, each as its attributes."""
    return Images(page).found


def every_picture_is_told_in_words(lesson: Lesson) -> Iterator[str]:
    """JupyterLab keeps alternative text only where it stands in the HTML."""
    for cell in lesson.code:
        for image in [image for page in pages(cell) for image in images(page)]:
            if not image.get("alt", "").strip():
                yield f"{called(cell)} shows a picture without alt text"
            if not image.get("src", "").startswith("data:image/"):
                yield f"{called(cell)} shows a picture that is not in the file: use data:image/…"
    for cell in lesson.prose:
        bare = [image for image in images(cell.source) if not image.get("alt", "").strip()]
        if bare or re.search(r"!\[\s*\]", cell.source):
            yield f"{called(cell)} shows a picture without alt text"


def outputs_survive_a_fresh_clone(lesson: Lesson) -> Iterator[str]:
    """In a notebook that nobody has trusted yet JupyterLab strips these without a word.

    The step player's own script, as it is now, may be stripped: image and table take its place.
    """
    for cell in lesson.code:
        for page in map(without_player, pages(cell)):
            for stripped in re.findall(
                r"<(?:script|style|svg|iframe|object|embed|link|canvas)\b|<[^>]*\son\w+\s*=", page
            ):
                yield f"{called(cell)} shows {stripped!r}, which a fresh clone does not show"
        runs_in_browser = cell.source.startswith("%%javascript")  # its text says what it does
        for data in bundles(cell):
            shown = SHOWN | ({"application/javascript"} if runs_in_browser else set())
            for mime in data.keys() - shown:
                yield f"{called(cell)} shows {mime}: show it as <img alt=…> in text/html"


def without_player(page: str) -> str:
    """The page without the script of a step player; one of an earlier version is left in it."""
    begin, end = map(re.escape, script())
    return re.sub(f"{begin}.*?{end}", "", page, flags=re.DOTALL)


def errors_are_announced(lesson: Lesson) -> Iterator[str]:
    """nbval passes a `raises-exception` cell that raises nothing."""
    for cell in lesson.code:
        announced = "raises-exception" in tags(cell)
        if errors(cell) and not announced:
            yield f"{called(cell)} raised {errors(cell)[0].ename}: tag it raises-exception, or mend"
        if announced and not errors(cell):
            yield f"{called(cell)} is tagged raises-exception and raised nothing"


def nothing_leaks_to_stderr(lesson: Lesson) -> Iterator[str]:
    """A warning, or the traceback of an error that Jupyter did not report."""
    for cell in lesson.code:
        if "shows-stderr" in tags(cell):
            continue
        if printed(cell, "stderr"):
            line = printed(cell, "stderr").strip().splitlines()[-1]
            yield f"{called(cell)} wrote to stderr ({line[:80]}): mend it, or tag it shows-stderr"
        texts = [printed(cell, "stdout"), *(data.get("text/plain", "") for data in bundles(cell))]
        if any("Traceback (most recent call last)" in text for text in texts):
            yield f"{called(cell)} shows a traceback as text: mend it, or tag it shows-stderr"


def what_is_not_compared_says_why(lesson: Lesson) -> Iterator[str]:
    for cell in lesson.code:
        why = [tag for tag in tags(cell) if tag.startswith("why-")]
        if tags(cell) & UNCOMPARED and not why:
            yield f"{called(cell)} is not compared: add a tag that says why, as why-random-order"
        if re.search(r"^\s*#\s*(NBVAL|PYTEST_VALIDATE)_", cell.source, flags=re.MULTILINE):
            yield f"{called(cell)} tells nbval by a comment, which learners see: use a tag"


def begins_by_loading_helpers(lesson: Lesson) -> Iterator[str]:
    loads = [LOAD in cell.source.splitlines()[:1] for cell in lesson.code]
    if loads[:1] != [True] or sum(loads) != 1:
        yield f"the first line of the first code cell, and of no other, is {LOAD}"
    for cell in lesson.code:
        for magic in re.findall(r"^[%!].*", cell.source, flags=re.MULTILINE):
            if magic not in (LOAD, "%%javascript"):
                yield f"{called(cell)} uses {magic}: write it in Python"


def names_no_place_of_this_machine(lesson: Lesson) -> Iterator[str]:
    here = "|".join(re.escape(str(folder)) for folder in (ROOT, sys.prefix, sys.base_prefix))
    places = re.compile(rf"(?:{here}|{ANYWHERE})[^\s<&\"']*|ipykernel_\d+")
    for cell in lesson.code:
        texts = [output.get("text", "") for output in cell.outputs]
        texts += [str(text) for data in bundles(cell) for text in data.values()]
        texts += [line for error in errors(cell) for line in [error.evalue, *error.traceback]]
        for place in sorted({place for text in texts for place in places.findall(text)}):
            yield f"{called(cell)} shows {place}, which is there on one machine only"


RULES: list[Callable[[Lesson], Iterator[str]]] = [
    is_a_valid_notebook,
    is_as_the_script_writes_it,
    fits_its_size,
    every_code_cell_was_run_in_order,
    no_cell_is_empty_or_long,
    keeps_to_its_anatomy,
    headings_nest,
    every_picture_is_told_in_words,
    outputs_survive_a_fresh_clone,
    errors_are_announced,
    nothing_leaks_to_stderr,
    what_is_not_compared_says_why,
    begins_by_loading_helpers,
    names_no_place_of_this_machine,
]

# The rules about exercises also need what `helpers.practice` knows of them.


def exercise_cells_are_the_starters(
    lesson: Lesson, exercises: Mapping[str, Exercise]
) -> Iterator[str]:
    for name in exercises.keys() - lesson.exercises.keys():
        if exercises[name].lesson == lesson.path.stem:
            yield f"exercise {name!r} of this lesson has no cell: its id must be {EXERCISE}{name}"
    for name, cell in lesson.exercises.items():
        if name not in exercises:
            yield f"{called(cell)}: there is no exercise {name!r}"
        elif cell.source != exercises[name].starter.strip("\n"):
            yield f"{called(cell)} is not the starter of {name!r}"
        elif [text.startswith("NOT STARTED") and name in text for text in verdicts(cell)] != [True]:
            yield f"{called(cell)} must show one verdict, NOT STARTED"


def exercises_stand_in_their_cells_only(
    lesson: Lesson, exercises: Mapping[str, Exercise]
) -> Iterator[str]:
    """Defined elsewhere too, a learner's answer would be overwritten, or given away."""
    theirs = {
        name
        for id in lesson.exercises
        if id in exercises
        for name in defined(exercises[id].starter)
    }
    for cell in lesson.code:
        if cell.id.startswith(EXERCISE):
            continue
        for name in sorted(theirs & defined(cell.source)):
            yield f"{called(cell)} defines {name}, which is an exercise of this lesson"
        for name in re.findall(r"^check\(\s*[\"']([\w-]+)", cell.source, flags=re.MULTILINE):
            yield f"{called(cell)} checks {name!r}: that cell's id must be {EXERCISE}{name}"


def defined(source: str) -> set[str]:
    """The functions and classes that the source of a cell defines, at its top level."""
    if source.startswith("%%"):  # another language
        return set()
    python = re.sub(r"^[%!].*$", "", source, flags=re.MULTILINE)
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return {node.name for node in ast.parse(python).body if isinstance(node, kinds)}


EXERCISE_RULES = [exercise_cells_are_the_starters, exercises_stand_in_their_cells_only]
