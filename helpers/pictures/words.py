"""The pictures in words: what is written on a bar, told in a table, and read out as alt text.

Whatever depends on the clock is written as `duration` writes it ("2.0 s"), or as a ratio with
one decimal ("2.0 × faster"), so that two runs of a lesson differ in nothing else. Words only: no
drawing, no HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from helpers.recording import Event, Lane, Recording, Span
from helpers.recording.data import count, duration, label

LANES_MOST = 40  # of a timeline; more tasks are drawn all together, as a heat map
RUN_LANES_MOST = 8  # of a run in a comparison
_PLACES_MOST = 5  # told of one task; more are counted
# A task whose turn comes within this time is not worth a word; asyncio calls a step "slow" here.
_READY_NS = 100_000_000
_LONG_LIST = re.compile(r"\[(\d+, \d+)(?:, \d+){6,}(, \d+)\]")
_LONG_DECIMAL = re.compile(r"\b\d+\.\d{4,}\b")


class TableRow(NamedTuple):
    """A task as the table tells it."""

    number: str
    name: str
    outcome: str
    waited_for: str
    waiting: str
    ready: str
    running: str


HEADS = ("", "task", "outcome", "waited at", "waiting", "ready", "running")


class RunRow(NamedTuple):
    """A run as a comparison draws it: its function's lane, then those of its first tasks."""

    lanes: list[Lane]
    said: str
    failed: bool
    elapsed_ns: int
    blocked: tuple[Event, ...]
    tasks: int
    hidden: int


def run_row(name: str, recording: Recording, said: str, failed: bool) -> RunRow:
    """The recording of a compared function, whose name goes to the task that called it."""
    cell, *others = recording.lanes()
    own = cell._replace(task=replace(cell.task, name=name))
    lanes, tasks = [own, *others[:RUN_LANES_MOST]], len(recording.tasks)
    hidden, elapsed_ns = tasks - len(lanes), recording.contents.elapsed_ns
    return RunRow(lanes, said, failed, elapsed_ns, recording.blocked, tasks, hidden)


def rows(lanes: Iterable[Lane]) -> Iterator[TableRow]:
    """The tasks that are drawn, as rows of a table."""
    for lane in lanes:
        states = ("waiting", "ready", "running")
        times = [unparted(time_ns(lane, state)) for state in states]
        number = str(lane.task.number)
        yield TableRow(number, lane.task.name, ending(lane), ", then ".join(waits(lane)), *times)


def timeline_alt(recording: Recording, title: str | None = None) -> str:
    """A timeline for somebody who does not see it."""
    begin = f"Timeline of {count(len(recording.tasks), 'task')}: {recording.summary()}."
    return " ".join([*[f"{title}."] * bool(title), begin, *told(recording.lanes())])


def told(lanes: Iterable[Lane]) -> list[str]:
    """A sentence for each task."""
    return [f"Task {lane.task.number}, {_told(lane)}." for lane in lanes]


def sentences(recording: Recording) -> list[str]:
    """What stands under a timeline."""
    return [shortened(note) for note in recording.notes()]


def outcome(lane: Lane) -> str | None:
    """The word for a lane's end. The task that recorded goes on after it: it has none."""
    if lane.task.outcome is None and lane.task.number == 0:
        return None
    return lane.task.outcome or "not finished"


def ending(lane: Lane) -> str:
    """How a task ended, with what it raised."""
    error = f": {shortened(lane.task.error)}" if lane.task.error else ""
    return f"{outcome(lane)}{error}" if outcome(lane) else ""


def place(span: Span, lane: Lane) -> str:
    """Where a task stands: with the function, where the lane's name does not tell it."""
    function = "" if span.func in (None, lane.task.name) else f"{span.func}, "
    return shortened(function + label(span))


def shortened(text: str) -> str:
    """Without the middle of a long list, or digits that nobody asked random() for."""
    text = _LONG_LIST.sub(r"[\1, …\2]", text)
    return _LONG_DECIMAL.sub(lambda number: f"{round(float(number[0]), 3):g}", text)


def waits(lane: Lane) -> list[str]:
    """The places at which a task waited, in the order in which it came there."""
    found: dict[str, list[int]] = {}
    for span in lane.spans:
        if span.state == "waiting":
            found.setdefault(place(span, lane), []).append(span.end_ns - span.start_ns)
    told = [f"{where} ({_often(times)})" for where, times in found.items()]
    hidden = len(told) - _PLACES_MOST
    return told if hidden <= 0 else [*told[:_PLACES_MOST], count(hidden, "more place")]


def unparted(ns: float) -> str:
    """A duration whose number is not parted from its unit at the end of a line."""
    return duration(ns).replace(" ", "\N{NO-BREAK SPACE}")


def time_ns(lane: Lane, state: str) -> int:
    return sum(span.end_ns - span.start_ns for span in lane.spans if span.state == state)


def _often(times: list[int]) -> str:
    return duration(sum(times)) if len(times) == 1 else f"{len(times)} ×, {duration(sum(times))}"


def _told(lane: Lane) -> str:
    waited = f"waited at {', then '.join(waits(lane))}" if waits(lane) else "did not wait"
    parts = [f"{lane.task.name}: {waited}"]
    ready_ns = time_ns(lane, "ready")
    if ready_ns >= _READY_NS:
        parts.append(f"was ready for {duration(ready_ns)} before its turn came")
    return "; ".join([*parts, *filter(None, [ending(lane)])])
