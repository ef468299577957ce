"""Ghosts: the tasks that a cell has left behind, alive although the run that started them is over.

A task takes over the context of whoever creates it. So one context variable, set when the run of
a cell begins, tells of every living task where it comes from: nothing is hooked and no task is
held, `asyncio.all_tasks` is asked when somebody wants to know. Neither display nor IPython.
"""

from __future__ import annotations

import asyncio
import gc
import inspect
import re
from collections import Counter
from collections.abc import Iterable
from contextvars import Context, ContextVar
from dataclasses import dataclass
from typing import Any, NamedTuple

from helpers.recording import count
from helpers.recording.places import Places, code_of, is_library, plain_name

PATIENCE_S = 1.0  # for a cancelled task to end
_KERNEL = {"IPython", "ipykernel", "tornado", "zmq"}  # whose tasks are not the learner's
_DEFAULT_NAME = re.compile(r"Task-\d+|None")  # "None": eager tasks on 3.12 and 3.13
_BEGINS = 40  # characters of a cell's first line


@dataclass(eq=False)
class Cell:
    """A cell, by its id where the front end tells it, and by its text."""

    runs: int = 0


@dataclass(eq=False)
class Run:
    """One run of a cell: which of the session's runs, which of the cell's, and how it begins."""

    order: int
    cell: Cell
    number: int
    begins: str
    over: bool = False


_run: ContextVar[Run | None] = ContextVar("helpers.ghosts", default=None)


class Runs:
    """The runs of cells, as they begin and end."""

    def __init__(self):
        self._cells: dict[tuple[str, str], Cell] = {}
        self._count = 0
        self._under_way: list[Run] = []  # more than one where a cell runs another

    def begin(self, code: str, cell_id: str | None = None) -> None:
        """To be called in the context in which the cell then runs."""
        keys = [("text", code.strip()), *([("id", cell_id)] if cell_id else [])]
        cell = next((self._cells[key] for key in keys if key in self._cells), None) or Cell()
        self._cells.update(dict.fromkeys(keys, cell))
        cell.runs += 1
        self._count += 1
        begins = _shortened(code.strip().partition("\n")[0])
        run = Run(self._count, cell, cell.runs, begins)
        self._under_way.append(run)
        _run.set(run)

    def end(self) -> list[Ghost]:
        """The tasks that earlier runs of the same cell have left, and nobody has cancelled."""
        if not self._under_way:  # the cell that loaded us, or an empty one
            return []
        run = self._under_way.pop()
        run.over = True
        _run.set(self._under_way[-1] if self._under_way else None)
        if run.number == 1:
            return []
        return [
            ghost
            for ghost in ghosts()
            if ghost.run and ghost.run is not run and ghost.run.cell is run.cell
            if not ghost.task.cancelling()
        ]

    def forget(self) -> None:
        while self._under_way:
            self.end()


class Ghost(NamedTuple):
    """A task that a cell left: what it is called, the run it is of, and where it stands."""

    task: asyncio.Task
    name: str
    run: Run | None
    stands: str

    @property
    def run_in_words(self) -> str:
        return f"{self.run.number} of {self.run.cell.runs}" if self.run else "not known"


def ghosts() -> list[Ghost]:
    """The tasks that cells have left on the running loop, in the order of those cells' runs.

    Not the kernel's own tasks, nor the current one, nor those of a cell that still runs. The run
    of a task is None if it was started when nobody took note of cells.
    """
    try:
        current = asyncio.current_task()
    except RuntimeError:  # no running loop
        return []
    others = [task for task in asyncio.all_tasks() if task is not current]
    found = [_ghost(task, _run_of(task)) for task in others if _is_left(task)]
    # all_tasks is a set; tasks that come out equal here look alike as well
    return sorted(found, key=lambda g: (g.run.order if g.run else 0, g.name, g.stands))


def in_words(found: Iterable[Ghost]) -> str:
    """The tasks by their names: "tick, 2 × poll"."""
    names = Counter(ghost.name for ghost in found)
    return ", ".join(f"{n} × {name}" if n > 1 else name for name, n in names.items())


async def end(found: list[Ghost]) -> list[tuple[str, str]]:
    """Cancel these tasks and wait until they have ended: the name of each, and what became of it.

    An exception that one of them raised instead counts as seen: whoever calls this has to tell it.
    """
    for ghost in found:
        ghost.task.cancel()
    if found:
        await asyncio.wait([ghost.task for ghost in found], timeout=PATIENCE_S)
    return [(ghost.name, _outcome(ghost.task)) for ghost in found]


def _outcome(task: asyncio.Task) -> str:
    if not task.done():
        return f"has not ended within {PATIENCE_S:g} s, and goes on"
    if task.cancelled():
        return "cancelled"
    error = task.exception()
    return f"failed with {type(error).__name__}: {error}" if error else "done"


def _is_left(task: asyncio.Task) -> bool:
    coro, run = task.get_coro(), _run_of(task)
    if run is None:
        code = code_of(coro)
        return code is not None and not is_library(code.co_filename)
    frame = getattr(coro, "cr_frame", None)
    module = frame.f_globals.get("__name__", "") if frame else ""
    return run.over and module.partition(".")[0] not in _KERNEL


def _run_of(task: asyncio.Task) -> Run | None:
    context = _context(task)
    return context.get(_run) if context is not None else None


def _context(task: asyncio.Task) -> Context | None:
    if hasattr(task, "get_context"):  # Python 3.12
        return task.get_context()
    held = (held for held in gc.get_referents(task) if isinstance(held, Context))
    return next(held, None)  # the task's own comes before those of its callbacks


def _ghost(task: asyncio.Task, run: Run | None) -> Ghost:
    name = _name(task)
    stands = _stands(task, name)
    if task.cancelling():
        stands = f"cancelled, and not ended: {stands}"
    return Ghost(task, name, run, stands)


def _name(task: asyncio.Task) -> str:
    name, coro = task.get_name(), task.get_coro()
    if not _DEFAULT_NAME.fullmatch(name):
        return name
    return plain_name(getattr(coro, "__qualname__", type(coro).__name__))


def _stands(task: asyncio.Task, name: str) -> str:
    """Where a task waits, and for what: "line 3: await sleep(1)"."""
    coro, waiter = task.get_coro(), getattr(task, "_fut_waiter", None)  # private: see the recorder
    if inspect.iscoroutine(coro) and inspect.getcoroutinestate(coro) == inspect.CORO_CREATED:
        return "has not begun"
    places = Places()
    place = places.met[places.of_suspended(coro, waiter)]
    awaits = f"await {place.awaits or _of_future(waiter)}"
    function = "" if place.func in (None, name) else f"{place.func}, "
    return f"{function}line {place.line}: {awaits}" if place.line else awaits


def _of_future(waiter: Any) -> str:
    if isinstance(waiter, asyncio.Task):
        return f"task {_name(waiter)}"
    children = getattr(waiter, "_children", None)  # private, of what gather gives
    if children is not None:
        return f"gather of {count(len(children), 'task')}"
    return type(waiter).__name__.lstrip("_")


def _shortened(line: str) -> str:
    return line if len(line) <= _BEGINS else f"{line[: _BEGINS - 1].rstrip()}…"
