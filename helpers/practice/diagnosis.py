"""The mistakes that any async program can make, told from the facts of a trial.

Each function looks for one of them and says it in sentences, with the learner's own function and
line. What an exercise asks for in particular is for the exercise to judge.
"""

from __future__ import annotations

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


def in_words(value: Any, limit: int = 60) -> str:
    """A value's repr, shortened, whatever its repr does."""
    try:
        text = repr(value)
    except Exception:
        text = f"a {type(value).__name__}"
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def standing(recording: Recording) -> list[str]:
    """Who waits for what, and where, at the end of a recording: a sentence each."""
    last: dict[int, Event] = {}
    for event in recording.events:
        if event.task is not None:
            last[event.task] = event
    names = {task.number: task.name for task in recording.tasks}
    return [
        f"{names[number]} stands at {at(event)}: await {event.awaits}"
        for number, event in last.items()
        if event.kind == "suspend"
    ]


def _not_started(trial: Trial, name: str) -> Diagnosis | None:
    if trial.end != "returned" or trial.value is not None or trial.calls or trial.nested:
        return None
    events = trial.recording.events if trial.recording else ()
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
        + _stands(trial.recording),
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
    return Diagnosis(
        "not-async",
        f"calling {name} gives something to await",
        f"it ran at once and gave {in_words(trial.value)}",
        f"{name} is a plain function: `def` without `async`, and it returns no awaitable.",
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
        cause = f"A {' and a '.join(kinds)} is a promise of a result, not the result."
    elif trial.never_awaited:
        observed = "made and never awaited: " + ", ".join(sorted(set(trial.never_awaited)))
        cause = "Calling a coroutine function only makes a coroutine object; nothing in it runs."
    else:
        return None
    if trial.error is not None:
        observed += f"; then {_error(trial)}"
    return Diagnosis(
        "not-awaited",
        "every coroutine that is made is awaited, and results are returned",
        observed,
        cause,
        "Put `await` before it, or hand it to asyncio.gather(...) and await that.",
    )


def _blocked_loop(trial: Trial, name: str) -> Diagnosis | None:
    if not trial.blocked:
        return None
    seconds, place = trial.blocked[0]
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
    return Diagnosis("raised", f"{name} returns", _error(trial), _why_raised(trial, name))


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
    error = trial.error
    text = f"{type(error).__name__}: {error}".rstrip(": ")
    place = _raised_at(trial)
    return f"{text}, at {at(place)}" if place.line else text


def _raised_at(trial: Trial) -> Place:
    return of_error(trial.error)


def _why_raised(trial: Trial, name: str) -> str:
    error = trial.error
    if isinstance(error, (SystemExit, KeyboardInterrupt)):
        return "It ends the program. A function that others call leaves that to them."
    if isinstance(error, EOFError):
        return "An exercise has nobody at the keyboard."
    if isinstance(error, RecursionError):
        return "A function calls itself, directly or by way of another, and never stops."
    if isinstance(error, TypeError) and error.__traceback__.tb_next is None:
        return f"{name} was called with other parameters than it takes."
    return "The error came out of your function; nothing in this exercise was made to fail."
