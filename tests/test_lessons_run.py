"""Executing a lesson: what execution/run.py writes, what it refuses, and what it leaves alone.

Real kernels, small notebooks.
"""

import sys
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests.execution import run
from tests.execution.lessons import COMMITTED_WITH, Lesson, written

RUNNING = ".".join(map(str, sys.version_info[:2]))


async def already_run(notebook: NotebookNode, cwd: Path) -> NotebookNode:
    """In place of `run.execute` where the outputs do not matter."""
    return notebook


@pytest.fixture
def notebook(tmp_path: Path):
    """Writes a notebook with these code cells and returns its path: notebook("1 + 1", …)."""

    def write(*sources: str, tags: list[str] = ()) -> Path:
        code = [
            new_code_cell(source, id=f"code-{at}", metadata={"tags": list(tags)})
            for at, source in enumerate(sources)
        ]
        path = tmp_path / "01_tea.ipynb"
        path.write_text(written(new_notebook(cells=[new_markdown_cell("# Tea", id="t"), *code])))
        return path

    return write


CELLS = [
    "import asyncio, os, sys\nprint(os.getcwd())\nprint(sys.executable, file=sys.stdout)",
    "await asyncio.gather(*map(asyncio.sleep, [0, 0], 'ab'))",
    "progress = os.environ['WHILE_YOU_WAIT_PROGRESS']\nos.path.dirname(progress) == os.getcwd()",
]


def test_a_lesson_is_run_from_the_top_in_its_folder_and_written_the_same_each_time(
    notebook, monkeypatch
):
    path = notebook(*CELLS)
    monkeypatch.setenv("WHILE_YOU_WAIT_PROGRESS", str(path.parent / "of-a-learner.jsonl"))
    assert run.run_lesson(path, RUNNING) == []
    first = path.read_bytes()
    assert run.run_lesson(path, RUNNING) == []
    assert path.read_bytes() == first

    lesson = Lesson.read(path)
    assert [cell.id for cell in lesson.notebook.cells] == ["t", "code-0", "code-1", "code-2"]
    assert [cell.execution_count for cell in lesson.code] == [1, 2, 3]
    printed, gathered, beside = (cell.outputs for cell in lesson.code)
    assert [output.text for output in printed] == [f"{path.parent.resolve()}\n{sys.executable}\n"]
    assert gathered[0].data["text/plain"] == "['a', 'b']"
    assert beside[0].data["text/plain"] == "False", "a learner's progress is left alone"


def test_what_the_rules_refuse_is_not_written(notebook):
    """An ExceptionGroup, which nbclient takes for a success, and what else a cell may show."""
    path = notebook(
        "raise ExceptionGroup('cold tea', [ValueError()])",
        "import warnings; warnings.warn('old tea')",
        "'x' * 400_000",
        tags=["raises-exception"],
    )
    before = path.read_bytes()
    refused = "\n".join(run.run_lesson(path, RUNNING))
    assert "raised nothing" in refused and "are too many" in refused
    assert refused.count("wrote to stderr") == 2
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "source, said", [("1 / 0", "ZeroDivisionError"), ("import os; os._exit(1)", "Kernel died")]
)
def test_a_lesson_that_cannot_be_run_to_its_end_stays_as_it_was(notebook, source, said):
    path = notebook("kettle = 1", source)
    before = path.read_bytes()
    assert said in "\n".join(run.run_lesson(path, RUNNING))
    assert path.read_bytes() == before


def test_a_cell_that_never_ends_is_refused(notebook, monkeypatch):
    monkeypatch.setattr(run, "CELL_TIMEOUT_S", 1)
    path = notebook("import asyncio; await asyncio.Event().wait()")
    assert "timed out" in "\n".join(run.run_lesson(path, RUNNING))


def test_another_python_is_refused_in_a_sentence_that_says_what_to_do(notebook, monkeypatch):
    path = notebook("1 + 1")
    monkeypatch.setattr(run, "COMMITTED_WITH", "3.0")
    monkeypatch.setattr(run, "execute", already_run)
    assert run.main([str(path)]).startswith("The lessons' outputs come from Python 3.0 and this is")
    assert "language_info" not in Lesson.read(path).notebook.metadata
    assert run.main([str(path), "--any-python"]) is None
    assert Lesson.read(path).notebook.metadata.language_info.version == RUNNING


@pytest.mark.skipif(RUNNING != COMMITTED_WITH, reason=f"writes only on Python {COMMITTED_WITH}")
def test_a_file_that_is_missing_or_no_notebook_is_named(tmp_path, capsys):
    (tmp_path / "02_tea.ipynb").write_text("tea")
    assert "No such lesson" in run.main([str(tmp_path / "03_tea.ipynb")])
    assert "02_tea.ipynb: this is no notebook" in run.main([str(tmp_path / "02_tea.ipynb")])
