"""06 Whose loop is it? Use async in a notebook and in a script."""

from __future__ import annotations

import asyncio
import concurrent.futures
import functools
import inspect
import random
import threading
import traceback
import weakref
from asyncio import CancelledError, sleep, wrap_future  # an answer may replace asyncio's
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from helpers.recording import count, of_error

from ..exercise import Program
from ..stage import Call, Stage, with_name
from ..trial import Scenario, Trial
from ..verdict import Diagnosis
from ..words import at, error_in_words, in_words

_NAMES = ("kettle", "toast", "weather", "news", "map", "mail", "trains", "recipes", "stars")


class RunAnywhere(Program):
    id = "run-anywhere"
    name = "run_anywhere"
    prompt = (
        "Write a plain function `run_anywhere(make)` that works in a script and in a notebook "
        "alike. `make()` gives a coroutine; call it **once**. `run_anywhere` waits until that "
        "coroutine is done and returns its value, **whether or not an event loop runs in the "
        "thread that calls it**, and in any thread. What the coroutine raises comes out of "
        "`run_anywhere` as it is, whatever it is, **a `RuntimeError` too**. It may be called "
        "several times. That the caller's loop stands still meanwhile is the price, and allowed. "
        "No patch: `asyncio` stays as it is."
    )
    stub = "def run_anywhere(make):\n    # Your code here, instead of the dots.\n    ..."
    hints = (
        "Two cases. How can a program find out, before it makes the coroutine, whether a loop is "
        "running in its thread? It may ask for the loop and see whether there is one.",
        "Where no loop runs, `asyncio.run` is all you need. Where one runs, it would have to be "
        "called in a place that has none: another thread.",
        "A thread that you start yourself keeps its result and its errors to itself. What a "
        "`ThreadPoolExecutor` gives back for each job hands over both.",
        "`asyncio.get_running_loop()` raises a RuntimeError where no loop runs: put only this call "
        "into the `try`. In the other case: `with ThreadPoolExecutor(1) as pool: return "
        "pool.submit(asyncio.run, make()).result()`.",
    )
    hints_for = {
        "nested-run": "One thread runs one loop at a time. In which thread is none running?",
        "not-awaited": "Of all the coroutines that are made, by `make` or by you, which one does "
        "nobody run to its end? Ask first whether a loop runs; then make the coroutine.",
        "wasted-calls": "The work was done twice: the first attempt failed with the coroutine's "
        "own error, and that was taken for something else. How much stands in your `try`?",
        "swallowed-error": "The error was raised in the other thread, and stayed there. What "
        "carries an error from one thread to another?",
        "stuck": "Your function waits for the loop, and the loop waits for your function to "
        "return. Which other loop could run the coroutine?",
        "wrong-value": "How does what the coroutine returned come out of the other thread?",
    }
    advice_for = {
        "stuck": "Let a loop of its own, in another thread, run the coroutine.",
    }
    codes = ("nested-run", "not-awaited", "wasted-calls", "swallowed-error", "stuck")

    def scenarios(self, vary: random.Random) -> Iterator[Scenario]:
        names = vary.sample(_NAMES, 8)
        given: list[str] = []
        for inside, where in ((True, "while a loop runs"), (False, "where no loop runs")):
            result = f"the {names.pop()} is ready"
            yield _called(f"called {where}", inside, result, vary, given)
            given = [*given, result]
        for kind, text in ((ValueError, "burnt"), (RuntimeError, "empty")):
            for inside, where in ((True, "while a loop runs"), (False, "where no loop runs")):
                error = kind(f"the {names.pop()} is {text}")
                title = f"called {where}, and the coroutine raises a {kind.__name__}"
                yield _called(title, inside, error, vary)
        for inside, where in ((True, "while a loop runs"), (False, "where no loop runs")):
            results = [None, f"the {names.pop()} is ready", 0]
            yield _called(f"called three times {where}", inside, results, vary, given)

    def diagnose(self, trial: Trial) -> Diagnosis | None:
        return super().diagnose(_by_its_outcome(trial))

    def judge(self, trial: Trial) -> Iterator[Diagnosis]:
        case, value = trial.scenario.facts, trial.value
        yield from _calls_of_make(trial)
        if trial.nested:
            said = f"a loop was refused while one runs, and {self.name} gave {in_words(value)}"
            yield _second_loop(said)
        if trial.handed_back:
            yield Diagnosis(
                "not-awaited",
                "the coroutine's value",
                f"{self.name} returned {in_words(value)}",
                "What is still to be awaited is not the result, and who calls a plain function "
                "does not await it. An `async def` gives a coroutine object, too.",
                "Run the coroutine to its end, and return its value.",
            )
        if isinstance(value, concurrent.futures.Future):
            yield Diagnosis(
                "not-awaited",
                "the coroutine's value",
                f"{self.name} returned a future of the pool",
                "The future is not the result: the result will be in it when the thread is done.",
                "`.result()` waits for it, and gives the value or raises the error.",
            )
        elif case.error is not None and not isinstance(value, _Raised):
            yield _swallowed(case.error, f"{self.name} returned {in_words(value)}")
        elif not case.is_right(value):
            old = "it is the value of an earlier call, " if case.is_old(value) else ""
            yield Diagnosis(
                "wrong-value",
                in_words(case.result),
                in_words(value),
                "This is not what the coroutine returned: the value stays behind in a thread or a "
                f"task, {old}or something else is returned in its place (None and 0 are values, "
                "too).",
                "Return what asyncio.run gives, also when it runs in another thread.",
            )

    def judge_raised(self, trial: Trial) -> Iterator[Diagnosis]:
        error, planted = trial.error, trial.scenario.facts.error
        said = error_in_words(error)
        if trial.is_nested_run and len(trial.calls) > 1:
            yield Diagnosis(
                "nested-run",
                "the coroutine's own error" if planted else "the coroutine's value",
                f"{count(len(trial.calls), 'call')} of make, and then {said}",
                "A RuntimeError is taken for the sign that no loop runs, whoever raised it: the "
                "`try` holds more than the question whether there is a loop.",
                "Put asyncio.get_running_loop() alone into the `try`.",
            )
        elif trial.is_nested_run:
            yield _second_loop(said)
        elif isinstance(error, asyncio.InvalidStateError):
            yield Diagnosis(
                "raised",
                "the coroutine's own error" if planted else "the coroutine's value",
                f"{said}, at {at(of_error(error))}",
                "A task of the caller's loop has no result yet, and gets none while run_anywhere "
                "keeps that loop's only thread.",
                "Let a loop of its own, in another thread, run the coroutine.",
            )
        elif isinstance(error, TimeoutError) and None in [call.began_s for call in trial.calls]:
            yield Diagnosis(
                "raised",
                "the coroutine's own error" if planted else "the coroutine's value",
                f"{said}, at {at(of_error(error))}: by then the coroutine had not begun",
                "The timeout ran out while run_anywhere waited. The caller's loop, if it is to run "
                "the coroutine, cannot: run_anywhere holds its only thread. Without the timeout it "
                "would wait for ever.",
                "Let a loop of its own, in another thread, run the coroutine.",
            )
        elif _is_of_the_coroutine(error) and any(words in str(error) for words in _BY_HAND):
            yield Diagnosis(
                "raised",
                "the coroutine's own error" if planted else "the coroutine's value",
                f"{said}, at {at(of_error(error))}",
                "The coroutine was driven by hand, and nobody runs a loop for it: what it awaits "
                "needs an event loop that runs.",
                "Let asyncio.run run it; where a loop runs, in another thread.",
            )
        elif planted is not None:
            yield _swallowed(planted, f"{said} came out")
        elif "no current event loop" in str(error):
            yield Diagnosis(
                "raised",
                f"{self.name} finds out whether a loop runs",
                said,
                "get_event_loop() gives the running loop. Where none runs, it makes one, warns, or "
                "raises: that depends on the thread and on the version of Python.",
                "asyncio.get_running_loop() is the same everywhere: the loop, or a RuntimeError.",
            )
        elif "already awaited" in str(error):
            yield Diagnosis(
                "raised",
                "each coroutine is run once",
                said,
                "A coroutine that has run to its end cannot be run again.",
                "Find out where it can run before you run it.",
            )


@dataclass(frozen=True)
class _Case:
    """What the coroutines of a scenario return, or the error of the only one."""

    result: Any
    error: Exception | None = None
    earlier: Sequence[Any] = ()  # what calls in the situations before returned

    @property
    def runs(self) -> int:
        return len(self.result) if isinstance(self.result, list) else 1

    def is_right(self, value: Any) -> bool:
        if self.error is not None:
            return isinstance(value, _Raised)
        return _same(self.result, value)

    def is_old(self, value: Any) -> bool:
        """Whether a wrong value, or one of them, is what a call before returned."""
        if not isinstance(self.result, list):
            return value in self.earlier
        pairs = enumerate(zip(self.result, value, strict=True))
        return any(
            not _same(right, one) and one in [*self.earlier, *self.result[:place]]
            for place, (right, one) in pairs
        )


@dataclass(frozen=True)
class _Raised:
    """In place of a value: the coroutine's own error came out, as it should."""

    error: BaseException


def _called(
    title: str, inside: bool, outcome: Any, vary: random.Random, earlier: Sequence[Any] = ()
) -> Scenario:
    """One call of the answer, or several, with a running loop around it or in a thread without."""
    error = outcome if isinstance(outcome, Exception) else None
    results = list(outcome) if isinstance(outcome, list) else [outcome]
    seconds = [vary.randrange(1, 4) / 100 for _ in results]  # in real ones, a hundredth of it

    def start(answer: Any, stage: Stage) -> Any:
        def make(result: Any, seconds: float) -> Callable:
            return stage.service("make", lambda: seconds, lambda: result)

        def call() -> Any:
            made = [make(*pair) for pair in zip(results, seconds, strict=True)]
            values = [answer(one) for one in made]
            return values if isinstance(outcome, list) else values[0]

        async def with_a_loop() -> Any:
            return call()

        return with_a_loop() if inside else _in_a_thread(call)

    return Scenario(title, start, _Case(None if error else outcome, error, earlier), real=True)


def _in_a_thread(call: Callable[[], Any]) -> Awaitable[Any]:
    """Not by `to_thread`: Python waits at its exit for a pool's thread, also for one that is
    stuck."""
    done = concurrent.futures.Future()

    def run() -> None:
        try:
            value = call()
        except BaseException as error:
            done.set_exception(error)
        else:
            done.set_result(value)

    threading.Thread(target=run, daemon=True).start()
    return wrap_future(done)


def _by_its_outcome(trial: Trial) -> Trial:
    """The trial without what is no mistake here.

    A plain function that waits blocks the caller's loop, and the coroutine's own error is to come
    out. That a loop was refused does not matter when all went well after it.
    """
    case: _Case = trial.scenario.facts
    if case.error is not None and _same(case.error, next(_leaves(trial.error))):
        trial = replace(trial, end="returned", error=None, value=_Raised(trial.error))
    nested = None if case.is_right(trial.value) and trial.end == "returned" else trial.nested
    return replace(trial, blocked=[], nested=nested)


def _calls_of_make(trial: Trial) -> Iterator[Diagnosis]:
    calls, runs = trial.calls, trial.scenario.facts.runs
    if len(calls) <= runs:
        return
    observed = f"{count(len(calls), 'call')} of make for {count(runs, 'call')} of run_anywhere"
    unused = sum(call.began_s is None for call in calls)
    if unused:
        yield Diagnosis(
            "not-awaited",
            "make is called once, and its coroutine runs",
            f"{observed}; {count(unused, 'coroutine')} never ran",
            "A coroutine was made and dropped: a first attempt failed, or it was made only to look "
            "at it.",
            "Ask first whether a loop runs: asyncio.get_running_loop().",
        )
    yield Diagnosis(
        "wasted-calls",
        "make is called once",
        observed,
        "The coroutine ran to its own error, which was taken for the sign that a loop is running, "
        "and all of its work was done once more.",
        "Ask whether a loop runs before you run anything, and try nothing twice.",
    )


def _second_loop(observed: str) -> Diagnosis:
    return Diagnosis(
        "nested-run",
        "run_anywhere works also while a loop runs",
        observed,
        "A thread runs one loop at a time, whoever starts it: asyncio.run or run_until_complete. "
        "A patch would change asyncio for everybody, and break other things.",
        "Where a loop runs, let another thread call asyncio.run.",
    )


def _swallowed(planted: Exception, observed: str) -> Diagnosis:
    return Diagnosis(
        "swallowed-error",
        f"{error_in_words(planted)} comes out of run_anywhere",
        observed,
        "The coroutine's error stays where it was raised, often in another thread; or an `except` "
        "around the run, such as `except RuntimeError`, catches it too; or something else is put "
        "in its place.",
        "The future of a ThreadPoolExecutor raises it where you ask for its result. And to ask "
        "whether a loop runs, put asyncio.get_running_loop() first, alone in the `try`.",
    )


def _is_of_the_coroutine(error: BaseException) -> bool:
    """Whether it was raised inside the coroutine that `make` gave."""
    frames = traceback.walk_tb(error.__traceback__)
    return any(frame.f_code.co_filename == Stage.sleep.__code__.co_filename for frame, _ in frames)


_BY_HAND = ("await wasn't used with future", "no running event loop")  # of an await without a loop


class RerunSafe(Program):
    id = "rerun-safe"
    name = "Ticker"
    prompt = (
        "Write a class `Ticker` that can stand in a cell that is run again and again.\n\n"
        "- `start(tick)` is a plain method. `tick` is an async function without parameters that "
        "runs until it is cancelled, and then takes a while to tidy up. `start` runs `tick()` as a "
        "task and returns at once. What this ticker started **before** is told to stop: after "
        "three starts only the last one lives, and the others come to their end.\n"
        "- `await stop()` stops it: when it returns, the task **has tidied up and ended**. It "
        "raises nothing. Before any `start`, or called a second time, it does nothing.\n"
        "- After `stop`, `start` works again. Two tickers do not disturb each other.\n\n"
        "A loop is running whenever they are called. Nobody cancels `stop`, and `tick` raises "
        "nothing but `CancelledError`."
    )
    stub = (
        "class Ticker:\n"
        "    def start(self, tick) -> None:\n"
        "        # Your code here, instead of the dots, and in `stop`.\n"
        "        ...\n"
        "\n"
        "    async def stop(self) -> None: ..."
    )
    hints = (
        "What must `start` know to end what was started before? Where can it keep that, so that "
        "each ticker has its own?",
        "`__init__` sets `self.task = None`; `start` cancels the task that is there, if there is "
        "one, and makes a new one.",
        "`cancel()` asks. What tells `stop` that the task is over? And what does the task raise in "
        "the one who awaits it then?",
        "In `stop`: `self.task.cancel()`, then `await asyncio.wait([self.task])`, which waits for "
        "the end and raises nothing.",
    )
    hints_for = {
        "leaked-task": "Run the cell a second time in your mind. Who tells the first task to stop, "
        "now that the name holds another one?",
        "wrong-value": "Which of the tasks is to live after the last start, and to whom does what "
        "you keep belong?",
        "no-cleanup": "`cancel()` only asks, and asking again breaks off the tidying up. What must "
        "follow the first time, until the task has tidied up?",
        "raised": "`create_task` wants a call, `tick()`. And awaiting a task that was cancelled "
        "raises CancelledError in the one who waits: here that is expected.",
    }
    advice_for = {
        "endless": "Tell the task to stop before you wait for its end.",
        "nested-run": "start is a plain method and waits for nothing: tell the old task to stop, "
        "and make the new one.",
        "state-kept": "Make what the ticker needs in `__init__`: each ticker has its own.",
    }
    codes = ("leaked-task", "wrong-value", "no-cleanup", "raised")

    def scenarios(self, vary: random.Random) -> Iterator[Scenario]:
        names, tidy = vary.sample(_NAMES, 9), vary.sample(range(2, 6), 2)
        one, two, three, four, five, six, seven, eight, nine = names
        yield _tickers(
            "a cell that is run three times, then stop",
            [("start", 0, one), ("start", 0, two), ("start", 0, three), ("stop", 0)],
            tidy[0],
        )
        yield _tickers(
            "stop before start, and stop twice",
            [("stop", 0), ("start", 0, four), ("stop", 0), ("stop", 0)],
            tidy[1],
        )
        yield _tickers(
            "two tickers, stopped one after the other",
            [("start", 0, five), ("start", 1, six), ("stop", 0), ("stop", 1)],
            tidy[0],
        )
        yield _tickers(
            "started again after stop",
            [("start", 0, seven), ("stop", 0), ("start", 0, eight), ("stop", 0)],
            tidy[1],
        )
        yield _tickers(
            "started three times at one moment",
            [("start", 0, one), ("at once", 0, nine), ("at once", 0, two), ("stop", 0)],
            tidy[0],
        )

    def judge(self, trial: Trial) -> Iterator[Diagnosis]:
        notes = trial.notes
        if notes["blank"]:
            yield self._blank("Ticker has started nothing yet.")
        if notes["not_plain"]:
            yield Diagnosis(
                "not-awaited",
                "start is a plain method, called without await",
                "start gave a coroutine object, which nobody awaits",
                "`async def` makes of the method something to await: nothing in it has run.",
                "Write `def start`, which can only tell the old task to stop: that takes no await.",
            )
        if any(name.endswith("stop") for name in trial.never_awaited):
            yield Diagnosis(
                "not-awaited",
                "start is plain, and returns at once",
                "start made a call of stop, which nobody awaits",
                "stop is an `async def`: its call only makes a coroutine object, and a plain "
                "method cannot await it.",
                "To tell a task to stop takes no await: self.task.cancel(). Only who wants to "
                "know that it has ended must wait.",
            )
        if notes["not_async"]:
            yield Diagnosis(
                "not-async",
                "stop is awaited",
                "the call of stop gave nothing to await",
                "A plain method cannot wait until the task has tidied up.",
                "Write `async def stop`.",
            )
        is_stopped = False
        for look in notes["seen"]:
            is_stopped = is_stopped or "stop" in look[0]
            yield from _wrong_lives(trial.calls, *look, is_stopped)

    def judge_raised(self, trial: Trial) -> Iterator[Diagnosis]:
        if isinstance(trial.error, CancelledError):
            yield Diagnosis(
                "raised",
                "stop returns, and raises nothing",
                "CancelledError came out of stop",
                "A task that was cancelled raises CancelledError in whoever awaits it. Here that "
                "is the good news: it has ended.",
                "Catch it round that one await, or wait with asyncio.wait([task]).",
            )


def _tickers(title: str, steps: list[tuple], cleanup_s: int) -> Scenario:
    """Steps of one ticker or two, with a while after each but one done "at once"."""

    def start(answer: Any, stage: Stage) -> Any:
        return with_name("the next cell", _Kitchen(stage, cleanup_s).play(answer, steps))

    return Scenario(title, start)


class _Kitchen:
    """The tickers of one scenario, and who should be alive in it."""

    def __init__(self, stage: Stage, cleanup_s: int):
        self._stage, self._cleanup_s, self._notes = stage, cleanup_s, stage.notes
        self._notes.update(seen=[], blank=False, not_plain=False, not_async=False)
        self._right: dict[int, str] = {}
        self._coroutines: list[weakref.ref] = []  # one for each call of the log

    async def play(self, answer: Any, steps: list[tuple]) -> None:
        tickers = {number: answer() for number in sorted({step[1] for step in steps})}
        for place, (what, number, *names) in enumerate(steps):
            if what == "stop":
                await self._stop(tickers[number], number)
            else:
                self._start(tickers[number], number, names[0])
            if place == 0 and await self._is_blank(tickers[number]):
                return
            if steps[place + 1 : place + 2] and steps[place + 1][0] != "at once":
                await self._stage.sleep(self._cleanup_s * 3 + 1)
                if what != "stop":
                    self._look(f"after start({names[0]})")

    async def _is_blank(self, ticker: Any) -> bool:
        """Whether the first start has left no trace, neither at once nor a few turns later."""
        notes = self._notes
        if self._right and not notes["not_plain"] and not getattr(ticker, "__dict__", None):
            for _ in range(3):
                await sleep(0)
            notes["blank"] = not self._stage.calls
        return notes["blank"]

    def _start(self, ticker: Any, number: int, name: str) -> None:
        self._right[number] = name
        given = ticker.start(self._tick(name))
        if inspect.iscoroutine(given):
            given.close()
            self._notes["not_plain"] = True

    def _tick(self, name: str) -> Callable:
        """The log notes no end for a call whose clean-up was broken off; its coroutine tells."""
        forever = 10.0**6
        tick = self._stage.service(name, lambda: forever, lambda: None, cleanup_s=self._cleanup_s)

        def remembered(*args: Any, **named: Any) -> Any:
            coroutine = tick(*args, **named)
            self._coroutines.append(weakref.ref(coroutine))
            return coroutine

        return functools.update_wrapper(remembered, tick)

    async def _stop(self, ticker: Any, number: int) -> None:
        stopped = self._right.pop(number, None)
        given = ticker.stop()
        if inspect.isawaitable(given):
            await given
        else:
            self._notes["not_async"] = True
        self._look("when stop returned" if stopped else "after a stop that had nothing to stop")

    def _look(self, after: str) -> None:
        """Note who should be alive, which calls are, and which have ended in their clean-up.

        How those that are alive end, the log tells at last.
        """
        alive, broken = [], []
        for number, call in enumerate(self._stage.calls):
            if call.began_s is not None and call.ended_s is None:
                coroutine = self._coroutines[number]()
                is_over = coroutine is None or coroutine.cr_frame is None
                (broken if is_over else alive).append(number)
        self._notes["seen"].append((after, list(self._right.values()), alive, broken))


def _wrong_lives(
    calls: list[Call],
    after: str,
    expected: list[str],
    living: list[int],
    broken: list[int],
    is_stopped: bool,
) -> Iterator[Diagnosis]:
    """`living` and `broken` are numbers of calls; `is_stopped`: stop was called before."""
    alive = [calls[number].service for number in living]
    late = {calls[number].outcome for number in living} == {"cancelled"}  # told, not awaited
    too_many = [name for name in alive if name not in expected]
    missing = [name for name in expected if name not in alive]
    twice = sorted({name for name in alive if alive.count(name) > 1})
    wanted = f"{after}: {_who(expected)}"
    if broken:
        yield _broken_off(after, [calls[number].service for number in broken])
    if twice:
        yield Diagnosis(
            "wasted-calls",
            wanted,
            f"{after}: {_who(alive)}",
            "start calls tick more than once, and each call is a task of its own.",
            "One call of tick() for each start.",
        )
    if missing:
        begun = {call.service for call in calls if call.began_s is not None}
        is_over = is_stopped and not begun & set(missing)
        after_a_stop = ", or nothing is started any more after a stop" if is_over else ""
        yield Diagnosis(
            "wrong-value",
            wanted,
            f"{after}: {_who(alive)}",
            f"{' and '.join(missing)} should be running. It was never begun, or it was stopped by "
            "something that was not meant for it: the first start wins, or tickers share a task"
            f"{after_a_stop}.",
            "The last start counts, also after a stop; and each ticker has a task of its own, in "
            "`self`.",
        )
    elif too_many and late and after == "when stop returned":
        yield Diagnosis(
            "no-cleanup",
            wanted,
            f"{after}: {_who(alive)}, still tidying up",
            "cancel() only asks. The task tidies up at its next turns, and that takes time.",
            "After task.cancel(), await the task.",
        )
    elif too_many:
        made = {name for name in too_many if [c.service for c in calls].count(name) > 1}
        yield _lives_on(wanted, f"{after}: {_who(alive)}", too_many, bool(expected), bool(made))


def _broken_off(after: str, names: list[str]) -> Diagnosis:
    return Diagnosis(
        "no-cleanup",
        "each task that is told to stop tidies up to the end",
        f"{after}: {' and '.join(names)} had ended in the middle of tidying up",
        "A second cancel broke that off: cancel() was called again, or a timeout ran out, such as "
        "that of wait_for, which cancels what it waits for.",
        "Cancel a task once. Then await it, however long it takes.",
    )


def _lives_on(
    wanted: str, observed: str, names: list[str], is_replaced: bool, is_double: bool
) -> Diagnosis:
    who = " and ".join(names)
    if is_double:
        return Diagnosis(
            "leaked-task",
            wanted,
            observed,
            "start calls tick more than once, each call is a task of its own, and not all of them "
            "are told to stop.",
            "One call of tick() for each start. Keep its task, and cancel that one.",
        )
    if is_replaced:
        return Diagnosis(
            "leaked-task",
            wanted,
            observed,
            f"Nobody told {who} to stop: a new task was put in its place, and the old one lives "
            "on.",
            "In start, cancel the task of the start before.",
        )
    return Diagnosis(
        "leaked-task",
        wanted,
        observed,
        f"{who} lives on: it was never told to stop.",
        "In stop, cancel the task and await it; in start, cancel the one before.",
    )


def _who(names: list[str]) -> str:
    if not names:
        return "nothing runs"
    return f"{' and '.join(names)} {'runs' if len(names) == 1 else 'run'}"


# -- what both of them ask -----------------------------------------------------------------------


def _same(expected: Any, value: Any) -> bool:
    if isinstance(expected, Exception):
        return type(value) is type(expected) and value.args == expected.args
    return type(value) is type(expected) and value == expected


def _leaves(error: BaseException | None) -> Iterator[BaseException | None]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error
