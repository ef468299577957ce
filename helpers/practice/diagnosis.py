"""The mistakes that any async program can make, told from the facts of a trial.

Each function looks for one of them and says it in sentences, with the learner's own function and
line. What an exercise asks for in particular is for the exercise to judge.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from helpers.recording import Event, Place, Recording, of_error

from .causes import likely_cause, of_the_call
from .trial import NOT_RECORDED, Trial
from .verdict import Diagnosis
from .virtual import STEPS
from .words import at, error_in_words, in_seconds, in_words


def mistakes(trial: Trial, name: str) -> Iterator[Diagnosis]:
    """Every general mistake in a trial of the answer called `name`, in no order."""
    for look in _LOOKS:
        found = look(trial, name)
        if found is not None:
            yield found


def standing(recording: Recording) -> list[str]:
    """Who waits for what, and where, at the end of a recording: a sentence each."""
    own_first = sorted(_waits(recording), key=lambda wait: wait[1].line is None)
    return [_stand(name, event) for name, event in own_first]


def _waits(recording: Recording) -> list[tuple[str, Event]]:
    """The tasks that wait at the end of a recording, and where each of them suspended."""
    last: dict[int, Event] = {}
    for event in recording.events:
        if event.kind == "suspend":
            last[event.task] = event
        elif event.kind not in ("ready", "blocked"):  # ready, it still stands where it stood
            last.pop(event.task, None)
    names = {task.number: task.name for task in recording.tasks}
    return [(names[number], event) for number, event in last.items()]


def _stand(name: str, event: Event) -> str:
    if event.line is not None:
        return f"{name} stands at {at(event)}: await {event.awaits}"
    return f"{name} is not done" if event.awaits == name else f"{name} waits for {event.awaits}"


def _not_started(trial: Trial, name: str) -> Diagnosis | None:
    if (
        trial.end != "returned"
        or trial.value is not None
        or trial.calls
        or trial.nested
        or trial.took_time
        or trial.recording is NOT_RECORDED  # so there is no knowing
    ):
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
    if trial.end != "endless" or _ran_out_of_steps(trial):
        return None
    waited = "" if trial.real else f"after {trial.elapsed_s:,.0f} seconds of waiting "
    if trial.blocked:
        return Diagnosis(
            "endless",
            f"{name} comes to an end",
            f"{waited}it was still going on: {at(trial.blocked[-1][1])} blocks.",
            "A loop around a call that blocks: nothing else runs meanwhile, so what it waits for "
            "cannot come.",
            "Await the thing itself: a task, a future, an Event, a Queue.",
        )
    return Diagnosis(
        "endless",
        f"{name} comes to an end",
        f"{waited}it was still going on: {_stands(trial.recording)}",
        "A loop whose condition never becomes false, a wait that is begun again each time, or "
        "one that takes far too long.",
        "Ask of each loop and of each wait what ends it, and whether that can still happen.",
    )


def _ran_out_of_steps(trial: Trial) -> bool:
    """Whether it took so many steps in so little time that it can only have asked and asked."""
    return not trial.real and not trial.blocked and trial.elapsed_s < _OFTEN_S * STEPS


_OFTEN_S = 0.01  # from one step to the next, on an average


def _busy_wait(trial: Trial, name: str) -> Diagnosis | None:
    if trial.end == "endless" and _ran_out_of_steps(trial):
        return Diagnosis(
            "busy-wait",
            f"{name} waits until something happens",
            f"more than {STEPS:,} steps in {in_seconds(trial.elapsed_s)}: "
            + _asks(trial.recording),
            "It looks again and again, a moment apart, instead of waiting for the thing itself.",
            "Await the thing itself: a task, a future, an Event, a Queue.",
        )
    if trial.end != "busy-wait":
        return None
    return Diagnosis(
        "busy-wait",
        f"{name} waits until something happens",
        "thousands of steps without the clock moving on: " + _asks(trial.recording),
        "A loop around sleep(0), or around something that never suspends, keeps asking instead "
        "of waiting. What it asks for may never come: such a loop also hides a deadlock.",
        "Await the thing itself: a task, a future, an Event, a Queue.",
    )


def _deadlock(trial: Trial, name: str) -> Diagnosis | None:
    if trial.end != "deadlock":
        return None
    waits = standing(trial.recording)
    observed = "nothing can ever run again: " + ("; ".join(waits) or "nobody is left to wake it")
    if trial.fallen:
        return Diagnosis(
            "deadlock",
            f"{name} comes to an end",
            f"{observed}. Before that a callback failed: {trial.fallen[0]}.",
            "What that callback was to bring never comes, and who waits for it waits for ever. "
            "Nobody awaits a callback, so its error comes out nowhere; a notebook's log shows it.",
            "Mend what the callback is, or how it is called: the loop calls it with exactly the "
            "arguments that it was given for it.",
        )
    if trial.never_awaited:
        return Diagnosis(
            "deadlock",
            f"{name} comes to an end",
            f"{observed}. Made and never awaited: {', '.join(sorted(set(trial.never_awaited)))}.",
            "What is waited for never comes: of a coroutine that nobody awaits, nothing runs.",
            "Await it, or make it a task. Whoever is called back by the loop is a plain function.",
        )
    return Diagnosis(
        "deadlock",
        f"{name} comes to an end",
        f"{observed}.",
        "What is waited for never comes: whoever could bring it waits too, has ended, or was "
        "never started.",
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
            "`return` what is asked for; several values go into one list or tuple.",
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
        "A loop is running already: in an `async def`, `await` the coroutine.",
    )


def _not_awaited(trial: Trial, name: str) -> Diagnosis | None:
    if trial.handed_back:
        kinds = sorted({_kind(item) for item in trial.handed_back})
        observed = f"{name} returned {in_words(trial.value)}"
        cause = f"A {' or a '.join(kinds)} is not the result: it is what one awaits to get it."
        advice = _AWAIT_IT if inspect.isawaitable(trial.value) else _AWAIT_THEM
    elif trial.never_awaited:
        forgotten = {made or "what as_completed hands out" for made in trial.never_awaited}
        observed = "made and never awaited: " + ", ".join(sorted(forgotten))
        cause = "Calling a coroutine function only makes a coroutine object; nothing in it runs."
        advice = _AWAIT_IT
    elif not trial.calls and not trial.unfinished and (unbegun := _never_begun(trial)):
        observed = f"made, and not begun when {name} returned: {', '.join(unbegun)}"
        cause = "A task begins at the next await, and nothing was awaited after it was made."
        advice = "Keep the tasks, and await them all before you return."
    else:
        return None
    if trial.error is not None:
        observed += f"; then {_error(trial)}"
        cause, advice = likely_cause(trial.error, trial.refused) or (cause, advice)
    return Diagnosis(
        "not-awaited",
        "every coroutine that is made is awaited, and results are returned",
        observed,
        cause,
        advice,
    )


_AWAIT_IT = (
    "Put `await` before it, or hand it to asyncio.gather(...) and await that; either can only "
    "stand in an `async def`."
)
_AWAIT_THEM = (
    "Hand them all to asyncio.gather(*them), and await that, in an `async def`. Tasks that run "
    "already can also be awaited one by one."
)


def _never_begun(trial: Trial) -> list[str]:
    """The names of the tasks that had had no turn when the answer returned."""
    if trial.end != "returned" or not trial.leaked:
        return []
    ran = {event.task for event in trial.recording.events if event.kind == "run"}
    names = [task.name for task in trial.recording.tasks if task.number not in ran]
    # The loop itself makes a task to close an async generator that was left by `break`.
    return [name for name in names if not name.startswith("async_generator_")]


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
    told = likely_cause(trial.error, trial.refused) or _why_raised(trial, name)
    return Diagnosis("raised", f"no error comes out of {name}", _error(trial), *told)


def _why_raised(trial: Trial, name: str) -> tuple[str, str]:
    """Cause and advice for an error that is nobody's in particular."""
    if of_the_call(trial.error):
        if _raised_at(trial).line is None:
            return (
                f"{name} was called with the parameters that the exercise names, and takes others.",
                "Compare its `def` line with the exercise's.",
            )
        return (
            "A function was called with other arguments than it takes.",
            "Compare the call at that line with what the exercise says of that function.",
        )
    failed = sorted({str(call) for call in trial.calls if call.outcome == "raised"})
    if failed:
        return (
            f"The error came out of your function. What it called had failed: {', '.join(failed)}.",
            "Look at what that call was given, and at who was to catch what it raises.",
        )
    return (
        "The error came out of your function, and nothing that it called had failed.",
        "Read the error's own words, and look at what that line was given.",
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


def _stands(recording: Recording) -> str:
    waits = standing(recording)
    return (waits[0] if waits else "it never let go of the loop") + "."


def _asks(recording: Recording) -> str:
    """Who goes round and round: the last of the learner's own lines to suspend. And who waits."""
    suspended = [event for event in recording.events if event.kind == "suspend" and event.line]
    if not suspended:
        return _stands(recording)
    asks = suspended[-1]
    others = [wait for wait in _waits(recording) if wait[1].line and wait[1].task != asks.task]
    told = [f"{at(asks)}: await {asks.awaits}", *(_stand(*wait) for wait in others)]
    return "; ".join(told) + "."


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
