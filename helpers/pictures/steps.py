"""A recording as steps: one moment after another, each told in a sentence.

The player shows them and its table lists them; this is the only place that words them. What the
loop did is the recording's to say: all that is added here is the order of the ready queue, which
follows from it, and the loop's own waits between two events. No HTML, no source text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from helpers.recording import Event, Recording, Task, count
from helpers.recording.data import (
    BLOCKED,
    CANCELLED,
    CREATED,
    DONE,
    FAILED,
    GC,
    OUTCOMES,
    READY,
    RUN,
    SUSPEND,
    duration,
)

from .words import shortened

IDLE, END = "idle", "end"  # kinds of step that are no event: the loop waits, the recording ends
_TIMER_NS = 1_000_000  # a shorter wait for a timer is not worth a step
_OUTSIDE_NS = 20_000_000  # and without a timer it may have been a callback at work
_ANSWER = "an answer"
_NAME_MOST, _TEXT_MOST, _NAMES_MOST = 40, 160, 4

Call = tuple[str | None, int, str]  # file, line, function


@dataclass(frozen=True, slots=True)
class Step:
    """One moment: what changes, and how it is told.

    `kind` is an event's, or IDLE, or END. `stack` holds the calls of the task from its first
    function to the line at which it stands; `becomes` says what is at once true of a task that
    is made, "ready" or "running"; `error` is that of a task that fails.
    """

    kind: str
    t_ns: int
    task: int | None
    sentence: str
    stack: tuple[Call, ...] = ()
    awaits: str | None = None
    until_ns: int | None = None
    becomes: str | None = None
    error: str | None = None


def steps(recording: Recording) -> list[Step]:
    """All that the loop did, in order; garbage collections, which are nobody's, are left out."""
    contents = recording.contents
    narrator = _Narrator(contents.tasks, contents.events)
    told = [
        step for event, then in _moments(contents.events) for step in narrator.tell(event, then)
    ]
    return [*told, narrator.tell_end(contents.elapsed_ns)] if told else []


def names(tasks: Iterable[Task]) -> list[str]:
    """What each task is called: two of one name by their numbers as well."""
    short = [_cut(task.name, _NAME_MOST) for task in tasks]
    seen, twice = set(), set()
    for name in short:
        (twice if name in seen else seen).add(name)
    return [f"{name} (task {n})" if name in twice else name for n, name in enumerate(short)]


def _moments(events: Iterable[Event]) -> Iterator[tuple[Event, str | None]]:
    """The events, each making of a task together with what becomes of the task at once."""
    made = None
    for event in events:
        if event.kind == GC:
            continue
        if made is not None:
            at_once = event.task == made.task and event.kind in (READY, RUN)
            yield made, {READY: "ready", RUN: "running"}[event.kind] if at_once else None
            made = None
            if at_once:
                continue
        if event.kind == CREATED:
            made = event
        else:
            yield event, None
    if made is not None:
        yield made, None


class _Narrator:
    """Follows the events and says what each of them means, given those before it."""

    def __init__(self, tasks: tuple[Task, ...], events: tuple[Event, ...]):
        self._tasks = tasks
        self._names = names(tasks)
        self._first_wait = _first_waits(events)
        self._queue: list[int] = []
        self._running: list[int] = []  # more than one where a task's step runs another's
        self._begun: set[int] = set()
        self._waits: dict[int, Step] = {}  # the last suspension of each task
        self._cancelled: set[int] = set()  # asked to, and not yet told
        self._awaited_tasks: dict[int, list[int]] = {}  # by the task that awaits them
        self._over: list[int] = []  # tasks, in the order in which they ended
        self._ended: Task | None = None  # by the event before this one
        self._now = 0

    def tell(self, event: Event, becomes: str | None) -> Iterator[Step]:
        idle = self._idle(event)
        if idle is not None:
            yield idle
        yield _TELL[event.kind](self, event, becomes)
        self._now = event.t_ns
        if event.kind in OUTCOMES:
            self._ended = self._tasks[event.task]
            self._over.append(event.task)
        elif event.kind != READY:
            self._ended = None

    def tell_end(self, elapsed_ns: int) -> Step:
        left = sum(task.outcome is None for task in self._tasks[1:])
        sentence = f"The recording ends at {duration(elapsed_ns)}."
        if left:
            sentence += f" {count(left, 'task')} {'is' if left == 1 else 'are'} not finished."
        return Step(END, elapsed_ns, None, sentence)

    # -- the moments of a task ------------------------------------------------------------

    def _created(self, event: Event, becomes: str | None) -> Step:
        sentence = self._making(event.task, event.detail.get("parent"), becomes)
        if becomes == "running":
            self._begin_step(event.task)
        elif becomes == "ready":
            sentence = f"{sentence[:-1]}: it is ready, {self._enqueue(event.task)}."
        return self._step(event, sentence, self._start(event), becomes=becomes)

    def _ready(self, event: Event, _: str | None) -> Step:
        if event.detail.get("cancelled"):
            self._cancelled.add(event.task)
        why = self._why_ready(event, event.detail.get("by"))
        place, name = self._enqueue(event.task), self._names[event.task]
        return self._step(event, f"{why}: {name} is ready, {place}.")

    def _run(self, event: Event, _: str | None) -> Step:
        name = self._names[event.task]
        place = self._queue.index(event.task) + 1 if event.task in self._queue else 1
        out_of_turn = "" if place == 1 else f", number {place} in the queue"
        if event.task in self._queue:
            self._queue.remove(event.task)
        if event.task not in self._begun:
            sentence = f"The loop takes {name}{out_of_turn or ' from the queue'}, and begins it."
        else:
            wait = self._waits.get(event.task)
            sentence = (
                f"The loop resumes {name}{out_of_turn}{_where(wait, name)}: {self._told(wait)}."
            )
        self._begin_step(event.task)
        return self._step(event, sentence)

    def _suspend(self, event: Event, _: str | None) -> Step:
        self._end_step(event.task)
        name, until_ns = self._names[event.task], event.detail.get("until_ns")
        if event.awaits in ("sleep(0)", "a bare yield"):
            until_ns, purpose = None, ", which lets the others go first"
        else:
            purpose = f", until {duration(until_ns)}" if until_ns is not None else ""
        awaits, stack = self._awaited(event), _stack(event)
        self._awaited_tasks[event.task] = event.detail.get("tasks", [])
        sentence = f"{name} suspends{_at(stack, name)}: it awaits {awaits}{purpose}."
        sentence += self._what_goes_on()
        step = self._step(event, sentence, stack, awaits=awaits, until_ns=until_ns)
        self._waits[event.task] = step
        return step

    def _outcome(self, event: Event, _: str | None) -> Step:
        self._end_step(event.task)
        name, error, stack = self._names[event.task], None, _stack(event)
        if event.kind == DONE:
            sentence = f"{name} is done."
        elif event.kind == CANCELLED:
            sentence = f"{name} is cancelled: CancelledError has ended it."
        else:
            error = _cut(event.detail.get("error") or "an exception", _TEXT_MOST)
            where = f" at line {event.line}" if event.line else ""
            sentence = f"{name} fails{where}: {error.rstrip('.')}."
        return self._step(event, sentence + self._what_goes_on(), stack, error=error)

    def _blocked(self, event: Event, _: str | None) -> Step:
        name = self._names[event.task]
        where = f"at line {event.line} of {event.func}" if event.line else f"in {name}"
        for_s = duration(event.detail["for_ns"])
        sentence = f"The loop was blocked for {for_s} {where}: nothing else could run meanwhile."
        return self._step(event, sentence, _stack(event))

    def _idle(self, event: Event) -> Step | None:
        """The loop's own wait before this event, if it had nothing to run."""
        if event.kind != READY or self._running or self._queue:
            return None
        waited_ns, is_timer = event.t_ns - self._now, self._is_due(event)
        if waited_ns < (_TIMER_NS if is_timer else _OUTSIDE_NS):
            return None
        if is_timer:
            end = "a timer is due"
        else:
            is_cancelled = event.detail.get("cancelled")
            end = "a task is cancelled" if is_cancelled else "an answer comes from outside"
        waited = duration(waited_ns)
        sentence = f"No task is ready: the loop itself waits, for {waited}, until {end}."
        return Step(IDLE, self._now, None, sentence)

    # -- their words ----------------------------------------------------------------------

    def _making(self, task: int, parent: int | None, becomes: str | None) -> str:
        name = self._names[task]
        if task == 0:
            if becomes == "running":
                return f"The recording begins: {name} is running."
            return f"The recording begins, and {name} is made."
        named = name if name.endswith(f"(task {task})") else f"{name} (task {task})"
        if parent is None:
            return f"{named} is made."
        maker = self._names[parent]
        if becomes == "running":
            return f"{maker} makes {named}, which begins at once, inside the step of {maker}."
        return f"{maker} makes {named}, which has not begun."

    def _why_ready(self, event: Event, by: int | None) -> str:
        """What made a task ready."""
        name, wait = self._names[event.task], self._waits.get(event.task)
        if event.detail.get("cancelled") and not self._is_due(event):
            who, because = self._who_cancels(event.task, by)
            return f"{who} cancels {name}{_which_waits(wait, name)}{because}"
        if wait is None:
            return f"{name} can go on"
        failed = self._failed(wait)
        if failed is not None and by is None:
            return f"{self._names[failed]} has failed, which ends the gather that {name} awaited"
        if by == event.task:
            return f"{wait.awaits} lets the others go first"
        if by is not None and f"the task {self._names[by]}" == wait.awaits:
            return f"{self._names[by]} comes to its end, which {name} awaited"
        if by is not None:
            return f"{self._names[by]} wakes {name}, which awaited {wait.awaits}"
        if self._is_due(event):
            return f"The {wait.awaits} of {name} is over"
        return f"{name} awaited {wait.awaits}, which {_ended(wait)}"

    def _who_cancels(self, task: int, by: int | None) -> tuple[str, str]:
        """Who cancels a task, and because of what."""
        ended = self._ended
        if by is not None:
            return self._names[by], ""
        if ended is None:
            return "A timeout, or Stop,", ""  # the recording cannot tell
        ended_how = "failed" if ended.outcome == FAILED else "has ended"
        in_group = ended.outcome == FAILED and ended.parent in (task, self._tasks[task].parent)
        who = "The TaskGroup" if in_group else "A callback"
        return who, f", because {self._names[ended.number]} {ended_how}"

    def _what_goes_on(self) -> str:
        return f" The step of {self._names[self._running[-1]]} goes on." if self._running else ""

    def _told(self, wait: Step | None) -> str:
        """What a task learns when it is resumed."""
        if wait is None:
            return "it goes on"
        if wait.task in self._cancelled:
            self._cancelled.discard(wait.task)
            return "CancelledError is raised there"
        failed = self._failed(wait)
        if failed is not None:
            error = _cut(self._tasks[failed].error or "an exception", _TEXT_MOST)
            return f"the error of {self._names[failed]}, {error.rstrip('.')}, is raised there"
        return f"{wait.awaits} {_ended(wait)}"

    def _failed(self, wait: Step) -> int | None:
        """The task whose error ends a wait for it. Of a gather whose tasks have all ended one
        cannot tell: it may give errors as results."""
        awaited = self._awaited_tasks[wait.task]
        failed = [n for n in self._over if n in awaited and self._tasks[n].outcome == FAILED]
        is_early = not set(awaited) <= set(self._over)
        is_one = not wait.awaits.startswith("gather")
        return failed[0] if failed and (is_early or is_one) else None

    def _awaited(self, event: Event) -> str:
        tasks = event.detail.get("tasks", ())
        called = [self._names[number] for number in tasks[:_NAMES_MOST]]
        if len(tasks) > _NAMES_MOST:
            called.append(f"{len(tasks) - _NAMES_MOST} more")
        awaits = event.awaits or "something"
        if awaits == "wait":  # which would be read as a word
            return "asyncio.wait"
        if awaits == self._tasks[event.task].name:  # a library's own coroutine was made a task
            return _ANSWER
        if tasks and awaits.startswith("gather"):
            return f"gather of {_and(called)}"
        return f"the task {called[0]}" if tasks and awaits.startswith("task") else shortened(awaits)

    # -- what is kept ---------------------------------------------------------------------

    def _step(self, event: Event, sentence: str, stack: tuple[Call, ...] = (), **more: Any) -> Step:
        return Step(event.kind, event.t_ns, event.task, sentence, stack, **more)

    def _start(self, event: Event) -> tuple[Call, ...]:
        """Where a task begins; a cell has no first line, and stands for its first wait."""
        return _stack(event) or self._first_wait.get(event.task, ())

    def _begin_step(self, task: int) -> None:
        self._running.append(task)
        self._begun.add(task)

    def _end_step(self, task: int) -> None:
        if task in self._running:
            self._running.remove(task)

    def _enqueue(self, task: int) -> str:
        self._queue.append(task)
        place = len(self._queue)
        return f"{'first' if place == 1 else f'number {place}'} in the queue"

    def _is_due(self, event: Event) -> bool:
        """Whether its sleep is over; that may be so and the task be cancelled before its turn."""
        wait = self._waits.get(event.task)
        if wait is None or wait.until_ns is None:
            return False
        return not event.detail.get("cancelled") or event.t_ns >= wait.until_ns - _TIMER_NS


_TELL = {
    CREATED: _Narrator._created,
    READY: _Narrator._ready,
    RUN: _Narrator._run,
    SUSPEND: _Narrator._suspend,
    DONE: _Narrator._outcome,
    FAILED: _Narrator._outcome,
    CANCELLED: _Narrator._outcome,
    BLOCKED: _Narrator._blocked,
}


def _first_waits(events: Iterable[Event]) -> dict[int, tuple[Call, ...]]:
    found: dict[int, tuple[Call, ...]] = {}
    for event in events:
        if event.kind in (SUSPEND, FAILED):
            found.setdefault(event.task, _stack(event)[:1])
    return found


def _stack(event: Event) -> tuple[Call, ...]:
    if "stack" in event.detail:
        return tuple((file, line, func) for file, line, func in event.detail["stack"])
    return ((event.file, event.line, event.func or ""),) if event.line else ()


def _at(stack: tuple[Call, ...], name: str) -> str:
    """Where a task stands; the function is named where the task is not called after it."""
    if not stack:
        return ""
    _, line, func = stack[-1]
    return f" at line {line}" + ("" if name.startswith(func) else f" of {func}")


def _where(wait: Step | None, name: str) -> str:
    return _at(wait.stack, name) if wait else ""


def _which_waits(wait: Step | None, name: str) -> str:
    return f", which waits{_where(wait, name)} for {wait.awaits}" if wait else ""


def _ended(wait: Step) -> str:
    return "has come" if wait.awaits == _ANSWER else "is over"


def _and(called: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(called[:-1]), called[-1]])) if called else "nothing"


def _cut(text: str, most: int) -> str:
    text = " ".join(shortened(text).split())
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
