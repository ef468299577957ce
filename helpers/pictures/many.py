"""Many tasks in figures and words: how many did what at a time, how they ended, where they waited.

What a heat map shows, its table lists and its alt text tells. A task by itself is told in
words.py. Whatever differs from run to run is written as a duration; no drawing, no HTML.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import accumulate
from typing import NamedTuple

from helpers.recording import Recording, Span
from helpers.recording.data import collections_off, count, duration, label

from . import theme, words

# From the bottom of the picture to its top; every task is in one of them at every moment.
STATES = ("ended", "running", "ready", "waiting", "not yet made")
_PLACES_MOST = 8
# What differs from task to task at one line: "sleep(0.25)", "gather of [1, 2]", "task 7".
_ARGUMENTS = re.compile(r"(?<=\().+(?=\))|(?<=\[).+(?=\])|(?<=^task )\d+$")


class WaitingPlace(NamedTuple):
    """A line at which tasks waited: how many tasks, how often, how long all together."""

    place: str
    tasks: int
    waits: int
    total_ns: int
    longest_ns: int


@collections_off()
def tasks_in_state(recording: Recording, columns: int) -> dict[str, list[float]]:
    """For each state the number of tasks in it, on average over each of `columns` equal times."""
    total_ns = max(recording.contents.elapsed_ns, 1)
    stretches: dict[str, list[tuple[int, int]]] = {state: [] for state in STATES}
    for task, spans in recording.lanes():
        stretches["not yet made"].append((0, task.created_ns))
        if task.ended_ns is not None:
            stretches["ended"].append((task.ended_ns, total_ns))
        for span in spans:
            stretches[span.state].append((span.start_ns, span.end_ns))
    return {state: _coverage(found, total_ns, columns) for state, found in stretches.items()}


def _coverage(stretches: Iterable[tuple[int, int]], total_ns: int, columns: int) -> list[float]:
    """How many stretches cover each column, one that covers a part of it counted as that part."""
    parts, changes = [0.0] * (columns + 2), [0] * (columns + 2)
    scale = columns / total_ns
    for start_ns, end_ns in stretches:
        start, end = start_ns * scale, end_ns * scale
        first, last = int(start), int(end)
        parts[first] += first + 1 - start
        parts[last] -= last + 1 - end
        changes[first + 1] += 1
        changes[last + 1] -= 1
    sums = zip(accumulate(changes), parts, strict=True)
    return [max(whole + part, 0.0) for whole, part in list(sums)[:columns]]


def outcomes(recording: Recording) -> dict[str, int]:
    """How many tasks ended how; the task that recorded goes on and is not among them."""
    found = Counter(filter(None, map(words.outcome, recording.lanes())))
    return {outcome: found[outcome] for outcome in theme.OUTCOMES if found[outcome]}


def waiting_places(recording: Recording) -> list[WaitingPlace]:
    """Where tasks waited, the place where they did so for longest first.

    Times are measured: of places that differ by less than a factor of two or so, the one with
    the most waits comes first, and then it is the same from run to run.
    """
    found: dict[tuple, list[Span]] = {}
    tasks: Counter[tuple] = Counter()
    alike = cache(lambda awaits: _ARGUMENTS.sub("…", awaits or ""))
    for lane in recording.lanes():
        met = set()
        for span in lane.spans:
            if span.state == "waiting":
                key = (span.func or "", span.line or 0, alike(span.awaits))
                found.setdefault(key, []).append(span)
                met.add(key)
        tasks.update(met)
    places = [_waiting_place(key, tasks[key], spans) for key, spans in found.items()]
    return sorted(places, key=lambda it: (-it.total_ns.bit_length(), -it.waits, it.place))


def _waiting_place(key: tuple, tasks: int, spans: list[Span]) -> WaitingPlace:
    func, _, alike = key
    same = len({span.awaits for span in spans}) == 1
    said = words.shortened(label(spans[0] if same else spans[0]._replace(awaits=alike)))
    times = [span.end_ns - span.start_ns for span in spans]
    where = f"{func}, {said}" if func else said
    return WaitingPlace(where, tasks, len(spans), sum(times), max(times))


# -- in words -------------------------------------------------------------------------------

STATE_HEADS = ("", "all tasks together", "a task on average", "longest at a time")
OUTCOME_HEADS = ("outcome", "tasks", "first after", "last after")
PLACE_HEADS = ("waited at", "tasks", "waits", "all together", "longest wait")


def outcome_words(recording: Recording) -> str:
    """ "✓ 9,963 done, ✗ 37 failed"."""
    found = outcomes(recording).items()
    return ", ".join(f"{theme.OUTCOMES[name][0]} {number:,} {name}" for name, number in found)


def heat_map_alt(recording: Recording, title: str | None = None) -> str:
    """A heat map for somebody who does not see it."""
    begin = f"Heat map of {count(len(recording.tasks), 'task')}: {recording.summary()}."
    return " ".join([*[f"{title}."] * bool(title), begin, *_told(recording)])


def _told(recording: Recording) -> Iterator[str]:
    found = outcomes(recording)
    if found:
        yield ", ".join(f"{number:,} {outcome}" for outcome, number in found.items()) + "."
    ended = sorted(task.ended_ns for task in recording.tasks if task.ended_ns is not None)
    if ended:
        first, half, most, last = (
            duration(ended[(len(ended) - 1) * percent // 100]) for percent in (0, 50, 90, 100)
        )
        yield (
            f"The first ended after {first}, half of them after {half}, nine in ten after {most}, "
            f"the last after {last}."
        )
    for place in waiting_places(recording)[:1]:
        waited = f"{count(place.tasks, 'task')}, {duration(place.total_ns)} all together"
        yield f"The longest waits were at {place.place}: {waited}."


def state_rows(recording: Recording) -> Iterator[tuple[str, ...]]:
    """What all tasks did, a row for each state."""
    for state in ("waiting", "ready", "running"):
        times = [
            span.end_ns - span.start_ns
            for lane in recording.lanes()
            for span in lane.spans
            if span.state == state
        ]
        mean_ns = sum(times) / max(len(recording.tasks), 1)
        yield state, *map(words.unparted, (sum(times), mean_ns, max(times, default=0)))


def outcome_rows(recording: Recording) -> Iterator[tuple[str, ...]]:
    """How the tasks ended, a row for each outcome."""
    for outcome, number in outcomes(recording).items():
        ended = [task.ended_ns for task in recording.tasks if task.outcome == outcome]
        times = map(words.unparted, (min(ended), max(ended))) if ended else ("", "")
        yield outcome, f"{number:,}", *times


def place_rows(recording: Recording) -> Iterator[tuple[str, ...]]:
    """The places of the longest waits, and how many more there are."""
    places = waiting_places(recording)
    for place in places[:_PLACES_MOST]:
        counts = f"{place.tasks:,}", f"{place.waits:,}"
        yield place.place, *counts, *map(words.unparted, (place.total_ns, place.longest_ns))
    if len(places) > _PLACES_MOST:
        yield f"and {count(len(places) - _PLACES_MOST, 'more place')}", "", "", "", ""
