"""The tape: what a recorder writes while the loop runs, packed, and read into plain data later.

One row an event: the time, then kind, task and place in one integer, then one more integer whose
meaning depends on the kind. A row is appended in one call, so that neither a signal nor a
garbage collection can leave half a row; 300,000 steps take about 20 MB.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from math import isfinite
from typing import Any

from . import data
from .data import Contents, Event, Task
from .places import Place, Places

CODES = {kind: code for code, kind in enumerate(data.KINDS)}
_ROW = struct.Struct("qqq")
TASK_SHIFT, PLACE_SHIFT = 4, 34  # the kind takes 4 bits, the task 30, the place 29
_TASK_MASK = (1 << PLACE_SHIFT - TASK_SHIFT) - 1
CANCELLING = 1 << 40  # beside the task that made one ready, and on a step that begins so
row = _ROW.pack


class Tape:
    """Rows, and the tables that they point into. Times are those of the recorder's clock."""

    def __init__(self, places: Places):
        self.rows = bytearray()
        self.places = places
        self.names: list[str] = []
        self.parents: list[int | None] = []
        self.errors: dict[int, str] = {}
        self.groups: list[list[int]] = []  # the tasks that one gather waits for
        self.pauses: list[tuple[int, int]] = []  # garbage collections: start and end
        self.strangers = 0
        self.start = self.end = 0

    def add(self, t: int, code: int, task: int, place: int = 0, extra: int = 0) -> None:
        self.rows.extend(row(t, code | task << TASK_SHIFT | place << PLACE_SHIFT, extra))

    def insert(self, at: int, t: int, code: int, task: int) -> None:
        """Put a row in before those that were added since `len(rows)` was `at`."""
        self.rows[at:at] = row(t, code | task << TASK_SHIFT, 0)

    def forget_last(self, rows: int) -> None:
        """Take back the task numbered last, and what was added since `len(rows)` was `rows`."""
        del self.rows[rows:], self.names[-1], self.parents[-1]

    @data.collections_off()
    def read(self, end: int) -> Contents:
        """All of it as plain data, the recording having gone on until `end`."""
        events = list(self._events())
        events += self._collections()
        events.sort(key=lambda event: event.t_ns)  # stable: equal times keep their order
        return Contents(self._tasks(events), tuple(events), end - self.start, self.strangers)

    def _events(self) -> Iterator[Event]:
        stands: dict[int, tuple] = {}  # where each task stands, for the kinds that do not say
        made_ready: dict[int, dict] = {}  # what is known of it, until the step tells more
        for t, kind, task, place, extra in self._in_order():
            where = (place.file, place.line, place.func)
            if kind in (data.READY, data.RUN):
                where = stands[task]
            elif kind in (data.CREATED, data.SUSPEND):
                stands[task] = where
            awaits, detail = self._details(kind, task, place, extra, t - self.start)
            if kind == data.READY:
                made_ready[task] = detail
            elif kind == data.RUN and extra and task in made_ready:
                made_ready[task]["cancelled"] = True
            yield Event(t - self.start, kind, task, *where, awaits, detail)

    def _in_order(self) -> Iterator[tuple[int, str, int, Place, int]]:
        """The rows unpacked. A task may be ready again before its step has ended, as after
        sleep(0); that is told once it is suspended."""
        running: dict[int, list] = {}
        for t, packed, extra in _ROW.iter_unpack(bytes(self.rows)):
            kind, task = data.KINDS[packed & 15], packed >> 4 & _TASK_MASK
            found = (t, kind, task, self.places.met[packed >> PLACE_SHIFT], extra)
            if kind == data.READY and task in running:
                running[task].append(found)
                continue
            yield found
            if kind == data.RUN:
                running[task] = []
            elif kind == data.SUSPEND:
                yield from ((t, *early[1:]) for early in running.pop(task, ()))

    def _details(
        self, kind: str, task: int, place: Place, extra: int, t_ns: int
    ) -> tuple[str | None, dict[str, Any]]:
        if kind == data.CREATED:
            return None, {"parent": self.parents[task]}
        if kind == data.READY:
            by, cancelled = extra % CANCELLING, extra >= CANCELLING
            return None, ({"by": by - 1} if by else {}) | ({"cancelled": True} if cancelled else {})
        if kind == data.FAILED:
            return None, {"error": self.errors.get(task, "")}
        if kind == data.BLOCKED:
            return None, {"for_ns": extra}
        if kind == data.SUSPEND:
            return self._awaited(place, extra, t_ns)
        return None, {}

    def _awaited(self, place: Place, extra: int, t_ns: int) -> tuple[str, dict[str, Any]]:
        tasks = [extra - 1] if extra > 0 else self.groups[-extra - 1] if extra else []
        awaits = place.awaits or _of_future(place.future, tasks)
        detail: dict[str, Any] = {"tasks": tasks} if tasks else {}
        if place.delay_s is not None and isfinite(place.delay_s):
            detail["until_ns"] = t_ns + round(place.delay_s * 1e9)
        if len(place.stack) > 1:
            detail["stack"] = [list(call) for call in place.stack]
        return awaits, detail

    def _collections(self) -> Iterator[Event]:
        for start, end in self.pauses:
            yield Event(end - self.start, data.GC, None, detail={"for_ns": end - start})

    def _tasks(self, events: list[Event]) -> tuple[Task, ...]:
        created = {e.task: e.t_ns for e in events if e.kind == data.CREATED}
        ended = {e.task: e for e in events if e.kind in data.OUTCOMES}
        return tuple(
            Task(
                number,
                name,
                self.parents[number],
                created[number],
                ended[number].t_ns if number in ended else None,
                ended[number].kind if number in ended else None,
                self.errors.get(number),
            )
            for number, name in enumerate(self.names)
        )


def _of_future(future: str | None, tasks: list[int]) -> str:
    if len(tasks) == 1 and future != "_GatheringFuture":
        return f"task {tasks[0]}"
    return f"gather of {tasks}" if tasks else (future or "Future").lstrip("_")
