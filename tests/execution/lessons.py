"""The lessons as data: which files they are, what their cells hold, and how they are written.

No kernel is started here; whatever asks about a saved lesson begins in this file.
"""

import hashlib
import json
import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import nbformat
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parent.parent.parent
NOTEBOOKS = ROOT / "notebooks"
COMMITTED_WITH = (ROOT / "binder" / "runtime.txt").read_text().strip().removeprefix("python-")
EXERCISE = "exercise-"  # an exercise cell's id is this and the exercise's id
KEPT_METADATA = {"tags", "jupyter", "questions"}  # questions: those of learners, by number
VERDICT = re.compile(r"(PASS|NOT YET|NOT STARTED)\b")
_LIBRARY = re.compile(r"(?:~|/|[A-Z]:\\)[^\s:\"\x1b]*?(?=[/\\](?:python3\.\d+|site-packages)[/\\])")


def is_lesson(path: Path) -> bool:
    """Is this file a lesson of the course, and not a notebook of the learner's own?"""
    return path.resolve().parent == NOTEBOOKS and bool(re.fullmatch(r"\d\d_\w+\.ipynb", path.name))


def lesson_files() -> list[Path]:
    """The lessons of the course, in their order."""
    return sorted(path for path in NOTEBOOKS.glob("*.ipynb") if is_lesson(path))


@dataclass(frozen=True)
class Lesson:
    """A lesson as it stands in its file."""

    path: Path
    text: str

    @classmethod
    def read(cls, path: Path) -> "Lesson":
        return cls(path, path.read_text(encoding="utf-8"))

    @cached_property
    def notebook(self) -> NotebookNode:
        return nbformat.reads(self.text, as_version=4)

    @property
    def code(self) -> list[NotebookNode]:
        return [cell for cell in self.notebook.cells if cell.cell_type == "code"]

    @property
    def prose(self) -> list[NotebookNode]:
        return [cell for cell in self.notebook.cells if cell.cell_type == "markdown"]

    @property
    def exercises(self) -> dict[str, NotebookNode]:
        """The exercise cells, by exercise id."""
        cells = [cell for cell in self.code if cell.id.startswith(EXERCISE)]
        return {cell.id.removeprefix(EXERCISE): cell for cell in cells}


def tags(cell: NotebookNode) -> set[str]:
    """The tags of this cell."""
    return set(cell.metadata.get("tags", []))


def bundles(cell: NotebookNode) -> list[NotebookNode]:
    """What this cell displays: one mapping of MIME type to data for each display."""
    return [output.data for output in cell.outputs if "data" in output]


def pages(cell: NotebookNode) -> list[str]:
    """The HTML that this cell displays."""
    return [data["text/html"] for data in bundles(cell) if "text/html" in data]


def printed(cell: NotebookNode, stream: str) -> str:
    """What this cell wrote to "stdout" or "stderr"."""
    streams = [output for output in cell.outputs if output.output_type == "stream"]
    return "".join(output.text for output in streams if output.name == stream)


def errors(cell: NotebookNode) -> list[NotebookNode]:
    """The error outputs of this cell."""
    return [output for output in cell.outputs if output.output_type == "error"]


def verdicts(cell: NotebookNode) -> list[str]:
    """The verdicts that this cell displays, as text: "NOT STARTED all-at-once …"."""
    texts = [data.get("text/plain", "") for data in bundles(cell)]
    return [text for text in texts if VERDICT.match(text)]


def called(cell: NotebookNode) -> str:
    """How a message names this cell: its id and its first line."""
    first = next(iter(cell.source.splitlines()), "")
    return f"cell {cell.get('id', '?')} ({first[:60]})"


def with_sources(notebook: NotebookNode, source: Callable[[NotebookNode], str]) -> NotebookNode:
    """A copy of this notebook, not run, whose code cells hold what `source` makes of each."""
    copy = deepcopy(notebook)
    for cell in copy.cells:
        if cell.cell_type == "code":
            cell.update(source=source(cell), outputs=[], execution_count=None)
    return copy


def blank(notebook: NotebookNode) -> NotebookNode:
    """The lesson as a learner who has typed nothing runs it."""
    return with_sources(notebook, lambda cell: cell.source)


def solved(notebook: NotebookNode, solutions: dict[str, str]) -> NotebookNode:
    """The solved twin: each exercise cell holds its solution. KeyError for an unknown exercise."""

    def answer(cell: NotebookNode) -> str:
        is_exercise = cell.id.startswith(EXERCISE)
        return solutions[cell.id.removeprefix(EXERCISE)] if is_exercise else cell.source

    return with_sources(notebook, answer)


def with_cell_ids(text: str) -> NotebookNode:
    """Read a notebook; a cell without an id of its own gets one that follows from its source.

    nbformat itself would make up a random one, and every run would change the file.
    """
    raw = json.loads(text)
    kept, seen = {cell.get("id") for cell in raw["cells"]}, set()
    for cell in raw["cells"]:
        if cell.get("id") is None or cell["id"] in seen:
            cell["id"] = _free_id(cell, kept | seen)
        seen.add(cell["id"])
    raw.update(nbformat=4, nbformat_minor=5)
    return nbformat.reads(json.dumps(raw), as_version=4)


def _free_id(cell: dict, taken: set[str]) -> str:
    source = "".join(cell["source"])
    stem = f"{cell['cell_type']}-{hashlib.sha256(source.encode()).hexdigest()[:8]}"
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (stem, *numbered) if name not in taken)


def normalised(notebook: NotebookNode, python: str = COMMITTED_WITH) -> NotebookNode:
    """A copy that says nothing of this machine, this moment or this front end."""
    copy = deepcopy(notebook)
    copy.update(nbformat=4, nbformat_minor=5, metadata=_metadata(python))
    for cell in copy.cells:
        kept = {key: value for key, value in cell.metadata.items() if key in KEPT_METADATA}
        cell.metadata = nbformat.from_dict(kept)
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                output.traceback = [_LIBRARY.sub("...", line) for line in output.traceback]
    return copy


def _metadata(python: str) -> NotebookNode:
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    language = {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
        "version": python,
    }
    return nbformat.from_dict({"kernelspec": kernel, "language_info": language})


def written(notebook: NotebookNode) -> str:
    """The notebook as text: keys in order, one space a level, a newline at the end."""
    return nbformat.writes(notebook, version=nbformat.NO_CONVERT).rstrip("\n") + "\n"
