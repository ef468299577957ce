"""The source text around the lines at which tasks stood, each file's once.

A notebook's cell is shown whole where it is short; of a long cell, or of a file, the definitions
in which something happened. Read from `linecache`, where IPython keeps what was typed: nothing here
opens a file of its own or knows a notebook.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

_WHOLE = 40  # lines
_AROUND = 2  # lines before and after one that stands in no definition


class Source(NamedTuple):
    """What a file is called, and its parts: the number of each part's first line, and its text."""

    name: str
    parts: tuple[tuple[int, str], ...]


def source(file: str, needed: Iterable[int]) -> Source:
    """The parts of a file in which the lines `needed` stand; none if its text is not at hand."""
    lines = [line.rstrip("\n") for line in linecache.getlines(file)]
    while lines and not lines[-1].strip():
        lines.pop()
    is_cell = bool(lines) and not Path(file).exists()
    # A file's folder is nobody's business, and a cell's file name says nothing.
    name = "A cell of the notebook" if is_cell else Path(file).name
    if is_cell and len(lines) <= _WHOLE:
        regions = [(1, len(lines))]
    else:
        definitions = _definitions(lines)
        regions = [_region(line, definitions, len(lines)) for line in needed if line <= len(lines)]
    parts = ((a, "\n".join(lines[a - 1 : b])) for a, b in _joined(sorted(regions)))
    return Source(name, tuple(parts))


def _definitions(lines: list[str]) -> list[tuple[int, int]]:
    """The functions of a file, first line (a decorator's too) to last; inner ones come later."""
    try:
        tree = ast.parse("\n".join(lines))
    except (SyntaxError, ValueError):  # a cell with magics in it
        return []
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [
        (min([node.lineno, *(each.lineno for each in node.decorator_list)]), node.end_lineno)
        for node in ast.walk(tree)
        if isinstance(node, kinds)
    ]


def _region(line: int, definitions: list[tuple[int, int]], last: int) -> tuple[int, int]:
    """The innermost definition around a line, or the lines next to it."""
    around = [(end - start, start, end) for start, end in definitions if start <= line <= end]
    if around:
        return min(around)[1:]
    return max(line - _AROUND, 1), min(line + _AROUND, last)


def _joined(regions: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Regions that overlap or touch, as one."""
    kept: tuple[int, int] | None = None
    for first, last in regions:
        if kept is not None and first <= kept[1] + 1:
            kept = kept[0], max(kept[1], last)
            continue
        if kept is not None:
            yield kept
        kept = first, last
    if kept is not None:
        yield kept
