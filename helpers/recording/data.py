"""The recording as data: events, tasks, lanes, and the figures that follow from them.

Everything here is plain and frozen: no loop, no clock, no drawing. Whoever has a recording,
made a moment ago or read back from JSON, can ask it every question that the course asks.
"""

from __future__ import annotations

import gc
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from itertools import dropwhile
from pathlib import Path
from typing import Any, NamedTuple

# The moments of a task's life, named as Trio's Instrument names them.
CREATED, READY, RUN, SUSPEND = "created", "ready", "run", "suspend"
DONE, FAILED, CANCELLED = "done", "failed", "cancelled"
BLOCKED, GC = "blocked", "gc"
KINDS = (CREATED, READY, RUN, SUSPEND, DONE, FAILED, CANCELLED, BLOCKED, GC)
OUTCOMES = (DONE, FAILED, CANCELLED)

# Library coroutines that wait for the tasks of their caller.
_JOINS = re.compile(r"gather|task \d|wait$|as_completed|TaskGroup")

FORMAT = 1  # of the JSON


@dataclass(frozen=True, slots=True)
class Event:
    """One moment in the life of one task.

    `t_ns` counts nanoseconds from the start of the recording; `task` is a number in
    `Recording.tasks` (None for `gc`). `file`, `line` and `func` are the place in the learner's
    code at which the task stands, `awaits` is what it waits for there, in words: "sleep(1)",
    "Queue.get", "task 6", "gather of [1, 2, 3]".

    `detail` holds what else is known, by kind: `created` the "parent"; `ready` the task that
    made it so, "by" (absent when a timer, another callback or another thread did), and, when
    the task resumes only to find itself cancelled, "cancelled": True. Then "by" cancelled what
    it waited for; or, where it was ready already and was cancelled before its turn came, "by" is
    still who had made it ready, and nobody saw who cancelled. `suspend` the "tasks" it waits
    for, the end of its sleep as "until_ns" and, when it stands more than one call deep, the
    "stack" as (file, line, func), outermost first; `failed` the "error"; `blocked` and `gc` how
    long, "for_ns".
    """

    t_ns: int
    kind: str
    task: int | None
    file: str | None = None
    line: int | None = None
    func: str | None = None
    awaits: str | None = None
    detail: dict[str, Any] = field(default_factory=dict)


_EVENT_FIELDS = tuple(each.name for each in fields(Event))


@dataclass(frozen=True, slots=True)
class Task:
    """One task. Number 0 is the one that recorded: a notebook's cell, or a script's main.

    `outcome` is "done", "failed" or "cancelled", or None for a task that was still under way
    when the recording ended; `ended_ns` is None exactly then.
    """

    number: int
    name: str
    parent: int | None
    created_ns: int
    ended_ns: int | None = None
    outcome: str | None = None
    error: str | None = None


class Span(NamedTuple):
    """A stretch of a task's life: "running", "waiting", or "ready" (its turn has not come)."""

    state: str
    start_ns: int
    end_ns: int
    line: int | None
    func: str | None
    awaits: str | None


class Lane(NamedTuple):
    """A task and its spans in order, as a timeline draws them."""

    task: Task
    spans: tuple[Span, ...]


class Contents(NamedTuple):
    """All that a recording holds; `others` counts tasks seen at work that it did not start."""

    tasks: tuple[Task, ...]
    events: tuple[Event, ...]
    elapsed_ns: int
    others: int = 0


class Recording:
    """What the tasks on one event loop did, and when.

    Made by `record()`, by the virtual-time loop of `helpers.practice`, or by `from_json`.
    It reads its contents when asked, and keeps them once the recording has ended.
    """

    def __init__(self, read: Callable[[], Contents], is_over: Callable[[], bool] = lambda: True):
        self._read = read
        self._is_over = is_over

    @classmethod
    def of(cls, contents: Contents) -> Recording:
        """The recording that holds exactly `contents`."""
        return cls(lambda: contents)

    @cached_property
    def _final(self) -> Contents:
        return self._read()

    @property
    def contents(self) -> Contents:
        return self._final if self._is_over() else self._read()

    @property
    def tasks(self) -> tuple[Task, ...]:
        return self.contents.tasks

    @property
    def events(self) -> tuple[Event, ...]:
        return self.contents.events

    @property
    def elapsed_s(self) -> float:
        """Seconds on the clock from start to end."""
        return self.contents.elapsed_ns / 1e9

    @property
    def busy_s(self) -> float:
        """Seconds in which one of its tasks was running Python."""
        return sum(end - start for start, end in _merged(self._spans("running"))) / 1e9

    @property
    def max_in_flight(self) -> int:
        """The most tasks under way at one time: begun, not ended, and not waiting for others."""
        changes: Counter[int] = Counter()
        for lane in self.lanes():
            for start, end in _merged(_under_way(lane.spans)):
                changes[start] += 1
                changes[end] -= 1
        peak = now = 0
        for _, change in sorted(changes.items()):
            now += change
            peak = max(peak, now)
        return peak

    @property
    def blocked(self) -> tuple[Event, ...]:
        """The moments at which one step had kept the loop from everybody else."""
        return tuple(event for event in self.events if event.kind == BLOCKED)

    def order(self) -> list[str]:
        """The names of the tasks that ended, in the order in which they ended."""
        names = {task.number: task.name for task in self.tasks}
        return [names[event.task] for event in self.events if event.kind in OUTCOMES]

    @cached_property
    def _final_lanes(self) -> list[Lane]:
        return _lanes(self.contents)

    def lanes(self) -> list[Lane]:
        """Every task with what it did, in the order in which the tasks were made."""
        return list(self._final_lanes) if self._is_over() else _lanes(self.contents)

    def summary(self) -> str:
        """The lesson in one line: seconds on the clock against seconds of Python."""
        elapsed, busy = duration(self.contents.elapsed_ns), duration(round(self.busy_s * 1e9))
        return f"{elapsed} on the clock, {busy} of Python running"

    def notes(self) -> list[str]:
        """What somebody who looks at this recording must be told, in sentences."""
        return list(_notes(self))

    def to_json(self) -> str:
        """Everything, as JSON that `from_json` reads back."""
        contents = self.contents
        return json.dumps(
            {
                "format": FORMAT,
                "elapsed_ns": contents.elapsed_ns,
                "others": contents.others,
                "tasks": [asdict(task) for task in contents.tasks],
                "events": [_short(event) for event in contents.events],
            },
            separators=(",", ":"),
        )

    def to_chrome_trace(self, path: str | Path) -> None:
        """Write a file that ui.perfetto.dev and chrome://tracing open: a track for each task.

        Raises RecordingError where the file cannot be written; the recording is still there.
        """
        from .chrome_trace import write  # it needs the names in this file

        write(self, path)

    @classmethod
    def from_json(cls, text: str) -> Recording:
        """The recording that `to_json` wrote. Raises ValueError for anything else."""
        try:
            data = json.loads(text)
            if data["format"] != FORMAT:
                raise ValueError(f"format {data['format']}")
            tasks = tuple(Task(**task) for task in data["tasks"])
            events = tuple(Event(**event) for event in data["events"])
            return cls.of(Contents(tasks, events, data["elapsed_ns"], data["others"]))
        except (ValueError, TypeError, KeyError) as error:
            raise ValueError(
                f"expected the JSON of a recording in format {FORMAT}, found something else "
                f"({error}): pass what recording.to_json() returned"
            ) from None

    def _spans(self, state: str) -> Iterator[Span]:
        return (span for lane in self.lanes() for span in lane.spans if span.state == state)

    def __repr__(self) -> str:
        return f"<Recording of {count(len(self.tasks), 'task')}: {self.summary()}>"


def duration(ns: float) -> str:
    """Nanoseconds as people say them: "2.0 s", "0.5 ms", "12 µs"."""
    if ns >= 100e6:
        return f"{ns / 1e9:.1f} s"
    if ns >= 100e3:
        return f"{ns / 1e6:.1f} ms"
    return f"{ns / 1e3:.0f} µs" if ns else "0 s"


def count(number: int, noun: str) -> str:
    """ "1 task", "3 tasks"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def label(span: Span) -> str:
    """What a waiting span says of itself: "line 12: await sleep(1)"."""
    awaited = f"await {span.awaits}" if span.awaits else "await"
    return f"line {span.line}: {awaited}" if span.line else awaited


@contextmanager
def collections_off() -> Iterator[None]:
    """While much is made and nothing thrown away: searching it all for garbage again and again
    takes longer than making it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@collections_off()
def _lanes(contents: Contents) -> list[Lane]:
    spans: dict[int, list[Span]] = {task.number: [] for task in contents.tasks}
    opened: dict[int, Event] = {}
    for event in contents.events:
        if event.task is None or event.kind == BLOCKED:
            continue
        before = opened.pop(event.task, None)
        if before is not None:
            spans[event.task].append(_span(before, event.t_ns))
        if event.kind not in OUTCOMES:
            opened[event.task] = event
    for number, event in opened.items():
        spans[number].append(_span(event, contents.elapsed_ns))
    return [Lane(task, tuple(spans[task.number])) for task in contents.tasks]


def _span(event: Event, end_ns: int) -> Span:
    state = {RUN: "running", SUSPEND: "waiting"}.get(event.kind, "ready")
    return Span(state, event.t_ns, end_ns, event.line, event.func, event.awaits)


def _under_way(spans: Iterable[Span]) -> Iterator[Span]:
    """The spans from the first run on in which a task does not merely wait for others.

    It still does when it is ready again: that is told while the last of them ends its step.
    """
    joining = False
    for span in dropwhile(lambda span: span.state != "running", spans):
        joining = _is_joining(span) or (joining and span.state == "ready")
        if not joining:
            yield span


def _is_joining(span: Span) -> bool:
    return span.state == "waiting" and bool(span.awaits and _JOINS.match(span.awaits))


def _merged(spans: Iterable[Span]) -> Iterator[tuple[int, int]]:
    """The stretches of time that the spans cover, overlaps and neighbours joined."""
    start = end = None
    for span in sorted(spans, key=lambda span: span.start_ns):
        if end is None or span.start_ns > end:
            if end is not None:
                yield start, end
            start, end = span.start_ns, span.end_ns
        else:
            end = max(end, span.end_ns)
    if end is not None:
        yield start, end


def _notes(recording: Recording) -> Iterator[str]:
    contents = recording.contents
    made = [task for task in contents.tasks if task.number]
    ran = {event.task for event in contents.events if event.kind == RUN}
    waiting = [task for task in made if task.number not in ran]
    if waiting and len(waiting) == len(made):
        yield (
            f"{count(len(made), 'task')} {'was' if len(made) == 1 else 'were'} made, "
            "none had run when the block ended: await them inside it."
        )
    elif not any(event.kind == SUSPEND for event in contents.events):
        yield "Nothing was awaited inside this block, so the event loop never got a turn."
    for event in recording.blocked:
        name = contents.tasks[event.task].name
        where = f"at line {event.line} of {event.func}" if event.line else f"in {name}"
        yield (
            f"The loop was blocked for {duration(event.detail['for_ns'])} {where}: "
            "nothing else could run meanwhile."
        )
    if contents.others:
        yield (
            f"{count(contents.others, 'task')} that this block did not start ran meanwhile "
            f"and {'is' if contents.others == 1 else 'are'} not drawn."
        )


def _short(event: Event) -> dict[str, Any]:
    """Without what is empty. Not by `asdict`, whose deep copies take most of a minute at a
    million events."""
    found = ((name, getattr(event, name)) for name in _EVENT_FIELDS)
    return {name: value for name, value in found if value not in (None, {})}
