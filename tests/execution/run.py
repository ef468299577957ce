"""Executes lessons, each whole and from the top in a fresh kernel, and writes their outputs back.

    python -m tests.execution.run                             all lessons
    python -m tests.execution.run notebooks/01_waiting.ipynb  this one

Two runs differ only in what was measured. A lesson that failed is not written.
"""

import argparse
import asyncio
import sys
import time
from pathlib import Path

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from . import rules
from .kernels import running_kernel
from .lessons import (
    COMMITTED_WITH,
    Lesson,
    blank,
    is_lesson,
    lesson_files,
    normalised,
    with_cell_ids,
    written,
)

CELL_TIMEOUT_S = 60
FAILURES = (CellExecutionError, CellTimeoutError, DeadKernelError)
# What keeps a lesson from being written; the other rules are reported, and tests hold them.
REFUSED = [rules.errors_are_announced, rules.nothing_leaks_to_stderr, rules.fits_its_size]


async def execute(notebook: NotebookNode, cwd: Path) -> NotebookNode:
    """The notebook with the outputs of one run from the top in a fresh kernel.

    Raises what nbclient raises when a cell fails, takes too long, or ends the kernel.
    """
    fresh = blank(notebook)
    async with running_kernel(cwd) as kernel:
        client = NotebookClient(
            fresh,
            km=kernel,  # nbclient sees a dead kernel and a time-out through an async one only
            timeout=CELL_TIMEOUT_S,
            record_timing=False,
            store_widget_state=False,
            coalesce_streams=True,
        )
        await client.async_execute()
    return fresh


def run_lesson(path: Path, python: str = COMMITTED_WITH) -> list[str]:
    """Execute one lesson and write it back. Returns why it was refused; empty when written."""
    before = path.read_text(encoding="utf-8")
    start = time.perf_counter()
    try:
        ran = asyncio.run(execute(with_cell_ids(before), path.parent.resolve()))
    except FAILURES as failure:
        return [str(failure)]
    except (ValueError, KeyError, TypeError) as error:
        return [f"this is no notebook ({error})"]
    seconds = time.perf_counter() - start
    lesson = Lesson(path.resolve(), written(normalised(ran, python)))
    refused = [problem for rule in REFUSED for problem in rule(lesson)]
    if not refused and lesson.text != before:
        path.write_text(lesson.text, encoding="utf-8", newline="\n")
    _report(lesson, seconds, "refused" if refused else "written")
    return refused


def _report(lesson: Lesson, seconds: float, outcome: str) -> None:
    size = len(lesson.text.encode()) / 1000
    cells = len(lesson.code)
    print(f"{lesson.path.name}: {outcome}, {cells} code cells, {seconds:.0f} s, {size:.0f} kB")
    if not is_lesson(lesson.path):
        return
    for rule in rules.RULES:
        for problem in [] if rule in REFUSED else rule(lesson):
            print(f"  to do: {problem}")


def main(arguments: list[str] | None = None) -> str | None:
    """Run the lessons named; what `sys.exit` takes: None, or why one of them was refused."""
    parser = argparse.ArgumentParser(description="Execute lessons and write their outputs back.")
    parser.add_argument("lessons", nargs="*", type=Path, help="all, unless some are named")
    parser.add_argument("--any-python", action="store_true", help="to try one; do not commit it")
    options = parser.parse_args(arguments)
    running = ".".join(map(str, sys.version_info[:2]))
    if running != COMMITTED_WITH and not options.any_python:
        return (
            f"The lessons' outputs come from Python {COMMITTED_WITH} and this is {running}: "
            f"run this with Python {COMMITTED_WITH}, or add --any-python to try it out."
        )
    missing = [str(path) for path in options.lessons if not path.is_file()]
    if missing:
        return f"No such lesson: {', '.join(missing)} (from {Path.cwd()})."
    refused = {path.name: run_lesson(path, running) for path in options.lessons or lesson_files()}
    lines = [f"{name}: {why}" for name, problems in refused.items() for why in problems]
    return (
        "\n".join([*lines, "Refused: see above. The files stay as they were."]) if lines else None
    )


if __name__ == "__main__":
    sys.exit(main())
