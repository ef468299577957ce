"""The mistakes that any async program can make, told from the facts of a trial.

Each function looks for one of them and says it in sentences, with the learner's own function and
line. What an exercise asks for in particular is for the exercise to judge.
"""

from __future__ import annotations

import asyncio
import inspect
import re
import reprlib
from collections.abc import Iterator
from typing import Any

from helpers.recording import Event, Place, Recording, of_error

from .trial import Trial
from .verdict import Diagnosis


def mistakes(trial: Trial, name: str) -> Iterator[Diagnosis]:
    """Every general mistake in a trial of the answer called `name`, in no order."""
    for look in _LOOKS:
        found = look(trial, name)
        if found is not None:
            yield found


def at(place: Place | Event | None) -> str:
    """ "line 3 of fetch_all", as far as it is known."""
    if place is None or place.line is None:
        return "a line that is not yours"
    return f"line {place.line} of {place.func}"


def in_words(value: Any, limit: int = 160) -> str:
    """A value's repr, shortened, the same from run to run, whatever its own repr does."""
    try:
        text = " ".join(_WORDS.repr(value).split())
    except Exception:  # a repr that raises, a number of many thousand digits
        text = f"<{type(value).__name__}>"
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def a(noun: str) -> str:
    """The noun with its article: "a list", "an int"."""
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


class _Words(reprlib.Repr):
    """Addresses and task numbers differ from run to run; they are left out."""

    def __init__(self):
        super().__init__()
        self.maxlevel, self.maxother, self.maxlong = 5, 160, 20
        self.maxlist = self.maxtuple = self.maxset = self.maxfrozenset = self.maxdict = 8
        self.maxstring = 80

    def repr_set(self, value: set, level: int) -> str:
        items = sorted(self.repr1(item, level - 1) for item in value)
        shown = [*items[: self.maxset], "..."] if len(items) > self.maxset else items
        return f"{{{', '.join(shown)}}}" if items else "set()"

    def repr_coroutine(self, value: Any, level: int) -> str:
        return f"<coroutine {value.__qualname__}>"

    def repr_Task(self, value: Any, level: int) -> str:
        return f"<task {value.get_coro().__qualname__}>"

    def repr_Future(self, value: Any, level: int) -> str:
        return "<future>"

    def repr__GatheringFuture(self, value: Any, level: int) -> str:
        return "<future of gather>"

    def repr_instance(self, value: Any, level: int) -> str:
        try:
            text = _ADDRESS.sub("", repr(value))
        except Exception:
            text = f"<{type(value).__name__}>"
        return text if len(text) <= self.maxother else f"{text[: self.maxother - 1]}…"


_ADDRESS = re.compile(r" at 0x[0-9A-Fa-f]+")
_WORDS = _Words()


def standing(recording: Recording) -> list[str]:
    """Who waits for what, and where, at the end of a recording: a sentence each."""
    last: dict[int, Event] = {}
    for event in recording.events:
        if event.kind == "suspend":
            last[event.task] = event
        elif event.kind not in ("ready", "blocked"):  # ready, it still stands where it stood
            last.pop(event.task, None)
    names = {task.number: task.name for task in recording.tasks}
    return [
        f"{names[number]} stands at {at(event)}: await {event.awaits}"
        for number, event in last.items()
    ]


def _not_started(trial: Trial, name: str) -> Diagnosis | None:
    if trial.end != "returned" or trial.value is not None or trial.calls or trial.nested:
        return None
    events = trial.recording.events
    if any(event.kind in ("suspend", "blocked") for event in events) or trial.blocked:
        return None
    if len(trial.recording.tasks) > 1 or trial.never_awaited:
        return None
    return Diagnosis(
        "not-started",
        "",
        f"{name} called nothing, awaited nothing and returned None.",
        "",
        "Replace the dots with your code and run the cell again.",
    )


def _endless(trial: Trial, name: str) -> Diagnosis | None:
    if trial.end != "endless":
        return None
    return Diagnosis(
        "endless",
        f"{name} comes to an end",
        f"after {trial.elapsed_s:,.0f} seconds of waiting it was still going on: "
        + (f"{at(trial.blocked[-1][1])} blocks." if trial.blocked else _stands(trial.recording)),
        "A loop whose condition never becomes false, or a wait that is begun again each time.",
        "Ask of each loop what ends it, and whether that can still happen.",
    )


def _busy_wait(trial: Trial, name: str) -> Diagnosis | None:
    if trial.end != "busy-wait":
        return None
    return Diagnosis(
        "busy-wait",
        f"{name} waits until something happens",
        "thousands of steps without the clock moving on: " + _stands(trial.recording),
        "A loop around sleep(0), or around something that never suspends, keeps asking instead "
        "of waiting. What it asks for may never come: such a loop also hides a deadlock.",
        "Await the thing itself: a task, a future, an Event, a Queue.",
    )


def _deadlock(trial: Trial, name: str) -> Diagnosis | None:
    if trial.end != "deadlock":
        return None
    waits = standing(trial.recording)
    return Diagnosis(
        "deadlock",
        f"{name} comes to an end",
        "nothing can ever run again: " + ("; ".join(waits) or "nobody is left to wake it") + ".",
        "Everyone waits for something that only one of those who wait could bring.",
        "Follow the waits one by one: who was to set, put, release or finish what is awaited?",
    )


def _stuck(trial: Trial, name: str) -> Diagnosis | None:
    if trial.end != "stuck":
        return None
    return Diagnosis(
        "stuck",
        f"{name} comes to an end",
        "it still waited when its time was up: " + _stands(trial.recording),
        "It waits for a thread or for something else outside the event loop that never comes.",
        "Look at what that line waits for, and who was to bring it.",
    )


def _not_async(trial: Trial, name: str) -> Diagnosis | None:
    if trial.awaitable or trial.error is not None:
        return None
    if trial.value is None and not trial.calls or trial.handed_back:
        return None
    cause, advice = _why_not_async(trial.value, name)
    return Diagnosis(
        "not-async",
        f"calling {name} gives something to await",
        f"the call gave {in_words(trial.value)}",
        cause,
        advice,
    )


def _why_not_async(value: Any, name: str) -> tuple[str, str]:
    if inspect.isasyncgen(value) or inspect.isgenerator(value):
        return (
            f"There is a `yield` in {name}, which makes it a generator: it gives its values one "
            "by one to a loop, and cannot be awaited.",
            "Collect the values in a list and `return` it.",
        )
    return (
        f"{name} ran to its end at the call, as plain functions and classes do, and what it "
        "returned cannot be awaited.",
        f"Write `async def {name}` and `await` what it calls.",
    )


def _nested_run(trial: Trial, name: str) -> Diagnosis | None:
    if not trial.is_nested_run:
        return None
    return Diagnosis(
        "nested-run",
        "one event loop, the one that runs already",
        f"a second loop was to be run inside it, at {at(trial.nested or _raised_at(trial))}",
        "asyncio.run() and its like start a loop of their own, and a thread runs one at a time.",
        "You are on a running loop already: `await` the coroutine.",
    )


def _not_awaited(trial: Trial, name: str) -> Diagnosis | None:
    if trial.handed_back:
        kinds = sorted({_kind(item) for item in trial.handed_back})
        observed = f"{name} returned {in_words(trial.value)}"
        cause = f"A {' or a '.join(kinds)} is not the result: it is what one awaits to get it."
    elif trial.never_awaited:
        observed = "made and never awaited: " + ", ".join(sorted(set(trial.never_awaited)))
        cause = "Calling a coroutine function only makes a coroutine object; nothing in it runs."
    elif not trial.calls and not trial.unfinished and (unbegun := _never_begun(trial)):
        observed = f"made, and not begun when {name} returned: {', '.join(unbegun)}"
        cause = "A task begins at the next await, and nothing was awaited after it was made."
    else:
        return None
    advice = "Put `await` before it, or hand it to asyncio.gather(...) and await that."
    if trial.error is not None:
        observed += f"; then {_error(trial)}"
        if _NO_AWAITABLE.search(str(trial.error)):
            cause, advice = _AWAITED_WRONGLY
    return Diagnosis(
        "not-awaited",
        "every coroutine that is made is awaited, and results are returned",
        observed,
        cause,
        advice,
    )


def _never_begun(trial: Trial) -> list[str]:
    """The names of the tasks that had had no turn when the answer returned."""
    if trial.end != "returned":
        return []
    ran = {event.task for event in trial.recording.events if event.kind == "run"}
    names = [task.name for task in trial.recording.tasks if task.number not in ran]
    # The loop itself makes a task to close an async generator that was left by `break`.
    return [name for name in names if not name.startswith("async_generator_")]


# What Python says to an await of a list or of a function: up to 3.13, and from 3.14 on.
_NO_AWAITABLE = re.compile(r"can't be (used in 'await' expression|awaited)")
_AWAITED_WRONGLY = (
    "`await` stands before something that cannot be awaited: a list, a plain value, or a function "
    "that was not called.",
    "Await one coroutine or task; of several, await asyncio.gather(*them).",
)


def _blocked_loop(trial: Trial, name: str) -> Diagnosis | None:
    seconds, place = max(trial.blocked, default=(0, None), key=lambda block: block[0])
    if not seconds:
        return None
    return Diagnosis(
        "blocked-loop",
        "while one waits, the others run",
        f"for {seconds:g} s nothing else could run: {at(place)} blocked the event loop",
        "time.sleep and other blocking calls hold the loop's only thread until they return.",
        "Use `await asyncio.sleep(...)`, or give blocking work to a thread.",
    )


def _raised(trial: Trial, name: str) -> Diagnosis | None:
    if trial.error is None:
        return None
    return Diagnosis(
        "raised", f"{name} returns a result", _error(trial), *_why_raised(trial.error, name)
    )


def _unfinished(trial: Trial, name: str) -> Diagnosis | None:
    if not trial.unfinished:
        return None
    return Diagnosis(
        "no-cleanup",
        "what is told to stop has stopped before the function returns",
        "told to stop and not finished: " + ", ".join(sorted(trial.unfinished)),
        "cancel() only asks. The task tidies up at its next turns, and that takes time.",
        "After task.cancel(), await the task.",
    )


def _leaked(trial: Trial, name: str) -> Diagnosis | None:
    if not trial.leaked:
        return None
    return Diagnosis(
        "leaked-task",
        "nothing of it runs on after the function has returned",
        "still running: " + ", ".join(sorted(trial.leaked)),
        "A task was started that nobody waited for.",
        "Await every task that you start, or cancel it and then await it.",
    )


_LOOKS = (
    _not_started,
    _stuck,
    _endless,
    _busy_wait,
    _deadlock,
    _not_async,
    _nested_run,
    _not_awaited,
    _blocked_loop,
    _raised,
    _unfinished,
    _leaked,
)


def _stands(recording: Recording | None) -> str:
    waits = standing(recording) if recording else []
    return (waits[0] if waits else "it never let go of the loop") + "."


def _kind(awaitable: Any) -> str:
    if hasattr(awaitable, "get_coro"):
        return "task"
    return "coroutine object" if hasattr(awaitable, "cr_code") else "future"


def _error(trial: Trial) -> str:
    place = _raised_at(trial)
    text = error_in_words(trial.error)
    return f"{text}, at {at(place)}" if place.line else text


def _raised_at(trial: Trial) -> Place:
    return of_error(trial.error)


def error_in_words(error: BaseException) -> str:
    """ "ValueError: no tea"; of a group also what is inside it."""
    if isinstance(error, BaseExceptionGroup):
        inside = "; ".join(error_in_words(leaf) for leaf in error.exceptions)
        return f"{type(error).__name__} of {inside}"
    try:
        text = f"{type(error).__name__}: {error}".rstrip(": ")
    except Exception:  # its own __str__ fails
        text = type(error).__name__
    text = _ADDRESS.sub("", " ".join(text.split()))
    return text if len(text) <= 300 else f"{text[:299]}…"


def _why_raised(error: BaseException, name: str) -> tuple[str, str]:
    """The likely cause and what to try."""
    for kinds, cause, advice in _KNOWN_ERRORS:
        if isinstance(error, kinds):
            return cause, advice
    if isinstance(error, TypeError) and _NO_AWAITABLE.search(str(error)):
        return _AWAITED_WRONGLY
    trace = error.__traceback__
    if isinstance(error, TypeError) and of_error(error).line is None and trace is not None:
        return (
            f"{name} was called with the parameters that the exercise names, and takes others.",
            "Compare its `def` line with the exercise's.",
        )
    return (
        "The error came out of your function; nothing in this exercise was made to fail.",
        "Read the error's own words, and look at what that line was given.",
    )


_KNOWN_ERRORS = (
    (
        (SystemExit, KeyboardInterrupt),
        "It ends the program. A function that others call leaves that to them.",
        "`return` ends a function.",
    ),
    (
        EOFError,
        "An exercise has nobody at the keyboard.",
        "Use the parameters instead of input().",
    ),
    (
        RecursionError,
        "A function calls itself, directly or by way of another, and never stops.",
        "Ask when it stops calling itself, and whether that can happen.",
    ),
    (
        asyncio.InvalidStateError,
        "The result of a task or future was asked for before there was one.",
        "`await` the task: that waits for the result and gives it.",
    ),
    (
        asyncio.CancelledError,
        "A task that is awaited was cancelled, or the function raised CancelledError itself.",
        "Look for the cancel() of a task whose result is still wanted.",
    ),
    (
        (TimeoutError, asyncio.TimeoutError),
        "A timeout of your own ran out before the work was done.",
        "Leave the timeout out, or give it more time.",
    ),
    (
        NameError,
        "A name is used that is not defined, at least not where the function looks for it.",
        "Import it or define it in a cell above, and mind its spelling.",
    ),
)
