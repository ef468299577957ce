"""A recording as a trace in the Trace Event Format, which Perfetto and chrome://tracing read.

Each task is a track of slices: running, ready, waiting. Arrows lead from the step that made a
task ready to that task. Written for viewers: what is to be read back is `Recording.to_json`.

The format: "Trace Event Format", Google, linked from https://ui.perfetto.dev. Times are
microseconds; "B" and "E" begin and end a slice, "i" is an instant, "s" and "f" are the ends of
an arrow, "M" is a name. Not "X", a slice with its duration: rounded, it could overlap the next.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from .data import CANCELLED, FAILED, GC, READY, Event, Recording, Span, collections_off, label
from .recorder import RecordingError

_PROCESS = 1
_COLLECTOR = 0  # the track of garbage collections; a task's is its number + 1


def write(recording: Recording, path: str | Path) -> None:
    """All of the recording as the file at `path`, which is replaced."""
    trace = json.dumps({"displayTimeUnit": "ms", "traceEvents": trace_events(recording)})
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(trace)
    except OSError as error:
        raise RecordingError(
            f"the trace could not be written to {str(path)!r} ({error.strerror or error}): "
            "give to_chrome_trace() the path of a file in a folder that you may write to"
        ) from None


@collections_off()
def trace_events(recording: Recording) -> list[dict[str, Any]]:
    """The trace's events: names first, then all others by time."""
    timed = [*_slices(recording), *_moments(recording.events)]
    timed.sort(key=lambda event: event["ts"])  # stable: on a track each slice ends before the next
    return [*_names(recording), *timed]


def _names(recording: Recording) -> Iterator[dict[str, Any]]:
    process = {"name": f"event loop: {recording.summary()}"}
    yield _event("M", 1, name="process_name", args=process)
    if any(event.kind == GC for event in recording.events):
        yield _event("M", _COLLECTOR, name="thread_name", args={"name": "garbage collection"})
    for task in recording.tasks:
        track, name = task.number + 1, {"name": f"{task.number} {task.name}"}
        yield _event("M", track, name="thread_name", args=name)
        yield _event("M", track, name="thread_sort_index", args={"sort_index": task.number})


def _slices(recording: Recording) -> Iterator[dict[str, Any]]:
    """What each task did; a step that blocked the loop holds a slice that says so."""
    blocked = {(event.task, event.t_ns): event for event in recording.blocked}
    for lane in recording.lanes():
        track = lane.task.number + 1
        for span in lane.spans:
            name = label(span) if span.state == "waiting" else span.state
            begun = [{"name": name, "args": _place(span)}]
            event = blocked.get((lane.task.number, span.end_ns))
            if event is not None and span.state == "running":
                begun.append({"name": "blocks the loop", "args": _place(event)})
            yield from (_event("B", track, span.start_ns, **slice) for slice in begun)
            yield from (_event("E", track, span.end_ns) for _ in begun)


def _moments(events: Iterable[Event]) -> Iterator[dict[str, Any]]:
    for number, event in enumerate(events):
        track = _COLLECTOR if event.task is None else event.task + 1
        if event.kind == GC:
            yield _event("B", track, event.t_ns - event.detail["for_ns"], name="garbage collection")
            yield _event("E", track, event.t_ns)
        elif event.kind in (CANCELLED, FAILED):
            yield _event("i", track, event.t_ns, name=event.kind, s="t", args=event.detail)
        elif event.kind == READY and "by" in event.detail:
            arrow = {"name": "wakes", "cat": "wakes", "id": number}
            yield _event("s", event.detail["by"] + 1, event.t_ns, **arrow)
            yield _event("f", track, event.t_ns, bp="e", **arrow)


def _event(phase: str, track: int, t_ns: int = 0, **more: Any) -> dict[str, Any]:
    return {"ph": phase, "pid": _PROCESS, "tid": track, "ts": t_ns / 1e3, **more}


def _place(at: Span | Event) -> dict[str, Any]:
    """Where a task stands, without what is not known."""
    found = {"line": at.line, "function": at.func, "awaits": at.awaits}
    return {key: value for key, value in found.items() if value is not None}
