"""04 The event loop: timers, futures, and the order of callbacks."""

from __future__ import annotations

import asyncio
import random
from asyncio import sleep  # the real one, while a scenario has taken asyncio's away
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..exercise import Prediction, Program
from ..fast import FastLoop
from ..stage import Stage, off_the_beat
from ..trial import Scenario, Trial
from ..verdict import Diagnosis
from ..virtual import VirtualLoop
from ..words import at, in_words

_DRINKS = ("tea", "cocoa", "coffee", "milk", "juice", "soup", "broth", "cider")


class CallLater(Program):
    id = "call-later"
    name = "TinyLoop"
    prompt = (
        "Here is the first loop once more, as `TinyLoop(clock)`: its clock is the module `time` or "
        "something like it, with `clock.monotonic()` and `clock.sleep(seconds)`. Ask that clock, "
        "and nothing else. Give it `call_later(delay, callback, *args)`, and write `run()`, a "
        "plain method, which returns when nothing is left to call:\n\n"
        "- what `call_soon` was given is called in the order of asking; a timer never before its "
        "time, and then as early as may be;\n"
        "- timers are called in the order of their times; those for the same moment in the order "
        "of asking;\n"
        "- callbacks may ask for more, by `call_soon` and `call_later`, and may take their time;\n"
        "- when nothing is ready, `run` sleeps once until the next timer is due, neither longer "
        "nor in little pieces."
    )
    stub = (
        "class TinyLoop:\n"
        "    def __init__(self, clock=time):\n"
        "        self.clock, self.ready = clock, deque()\n"
        "\n"
        "    def call_soon(self, callback, *args):\n"
        "        self.ready.append((callback, args))\n"
        "\n"
        "    def call_later(self, delay, callback, *args):\n"
        "        # Your code here, instead of the dots, and in `run`.\n"
        "        ...\n"
        "\n"
        "    def run(self): ..."
    )
    hints = (
        "What must a timer remember? Think of two timers, asked for at different moments: which "
        "number tells who comes first?",
        "Keep (when, callback, args) in a list of timers, with when = clock.monotonic() + delay. "
        "`run` goes round: move what is due, call what is ready, and sleep if nothing was.",
        "`heapq` finds the earliest. For equal times it compares what comes next in the tuple, and "
        "functions cannot be compared: put a number that counts up there.",
        "In `run`: while there are ready callbacks or timers: if nothing is ready, sleep until "
        "the first timer; move all timers that are due; call what is ready.",
    )
    hints_for = {
        "wrong-order": "Who calls the callbacks, `call_later` or `run`? And which one does `run` "
        "take next: what is ready, or a timer; and of the timers, the one that was asked for "
        "first, or the one that is due first?",
        "raised": "If it says that functions cannot be compared: what does heapq, or sort, look at "
        "when two times are equal?",
        "too-slow": "Does your `run` look at the ready queue before it goes to sleep? And does a "
        "timer remember the moment at which it is due, or only how long it was to be?",
        "busy-wait": "How long is it until the next timer is due? Sleep that long, once.",
        "too-soon": "When a timer is called, what does the clock say, and what should it say?",
    }
    codes = ("wrong-order", "raised", "too-slow", "busy-wait")

    def scenarios(self, vary: random.Random) -> Iterator[Scenario]:
        e, f, g, h, i = names = vary.sample(_DRINKS, 5)
        first, second, third = (vary.randrange(2, 12) / 8 for _ in range(3))
        second += first
        third += second
        later = _Later
        yield _callbacks(
            "three timers and a callback that is ready",
            [later(third, e), later(first, f), later(None, g), later(second, h)],
            [(g, 0), (f, first), (h, second), (e, third)],
        )
        yield _callbacks(
            "five timers, three of them for the same moment",
            [later(second, e), later(0, i), later(second, f), later(first, g), later(second, h)],
            [(i, 0), (g, first), (e, second), (f, second), (h, second)],
        )
        asks = later(second, f, asks=(later(third - second, h),))
        yield _callbacks(
            "a timer that asks for a moment for which another is there already",
            [later(first, e), asks, later(third, g)],
            [(e, first), (f, second), (g, third), (h, third)],
        )
        more = third - first + 0.125  # less than the delay of h, and due after it
        asks = later(first, e, asks=(later(None, f), later(more, g)))
        yield _callbacks(
            "a timer that asks for more",
            [later(third, h), asks],
            [(e, first), (f, first), (h, third), (g, first + more)],
        )
        asks = later(None, e, asks=(later(None, f), later(first, g)))
        yield _callbacks(
            "a ready callback that asks for more",
            [asks, later(second, h), later(None, i)],
            [(e, 0), (i, 0), (f, 0), (g, first), (h, second)],
        )
        slow = later(first, e, takes_s=third, asks=(later(1, i),))
        end = first + third
        yield _callbacks(
            "a callback that takes so long that two timers are overdue after it, and asks for one",
            [later(end + _LONG_S, f), later(third, g), slow, later(second, h)],
            [(e, first), (h, end), (g, end), (i, end + 1), (f, end + _LONG_S)],
        )
        ready = [later(None, name) for name in names]
        right = [(name, 0) for name in names]
        yield _callbacks("no timers, and another loop that has one", ready, right, beside=True)
        yield _callbacks("nothing to call", [], [])

    def judge(self, trial: Trial) -> Iterator[Diagnosis]:
        expected, log = trial.scenario.facts, trial.notes["log"]
        if not log and trial.notes["blank"] and expected:
            yield self._blank("TinyLoop has called nothing yet.")
        yield from _other_clock(trial)
        yield from _at_the_asking(trial)
        if hasattr(trial.value, "__await__"):
            yield Diagnosis(
                "not-awaited",
                "run is a plain method, called without await",
                "run gave a coroutine object, which nobody awaits",
                "run is the loop: there is nobody below it that could resume it.",
                "Write `def run(self)`, and sleep by self.clock.sleep.",
            )
        if trial.notes["slept"] > trial.notes["timers"]:
            yield Diagnosis(
                "busy-wait",
                f"one sleep for each timer at the most, so {trial.notes['timers']} or fewer",
                f"{trial.notes['slept']} sleeps",
                "run sleeps in little pieces and looks again after each, or sleeps when nothing is "
                "left.",
                "Sleep once, until the earliest timer is due.",
            )
        names = [name for name, _, _ in log]
        right = [name for name, _ in expected]
        lost = [name for name in right if name not in names]
        if _BESIDE in names:
            yield Diagnosis(
                "state-kept",
                "a loop calls what it was asked for itself",
                f"{_BESIDE} was called",
                "All loops share their timers or their ready queue: an attribute of the class, a "
                "default argument, or a global.",
                "Make them in `__init__`: each loop has its own.",
            )
        elif lost:
            yield Diagnosis(
                "lost-results",
                f"called: {_times(expected)}",
                f"never called: {', '.join(lost)}",
                "run came back while something was left among the timers or in the ready queue; or "
                "it was never put there, or another one has taken its place.",
                "run goes on while there is anything ready or any timer.",
            )
        elif len(names) > len(right):
            yield Diagnosis(
                "wasted-calls",
                f"each callback once: {', '.join(right)}",
                f"called: {', '.join(names)}",
                "A callback that has been called is still in the queue or among the timers.",
                "Take it out before you call it.",
            )
        elif names != right:
            yield Diagnosis(
                "wrong-order",
                _times(expected),
                _times([(name, at_s) for name, at_s, _ in log]),
                *_why_wrong_order(names, right, trial.notes["due"], trial.notes["soon"]),
            )
        else:
            yield from self._judge_calls(trial)

    def _judge_calls(self, trial: Trial) -> Iterator[Diagnosis]:
        for (name, due_s), (_, at_s, args) in zip(
            trial.scenario.facts, trial.notes["log"], strict=True
        ):
            if args != _extra(name):
                yield Diagnosis(
                    "wrong-value",
                    f"{name} is called with the arguments that were given for it",
                    f"it got {in_words(args)} in place of {in_words(_extra(name))}",
                    "The arguments are lost, or passed on as one tuple.",
                    "Keep `args` with the callback and call `callback(*args)`.",
                )
            if at_s < due_s:
                yield Diagnosis(
                    "too-soon",
                    f"{name} at {due_s:g} s",
                    f"{name} was called at {at_s:g} s",
                    "A timer is called before its time.",
                    "Compare its time with clock.monotonic() before you take it.",
                )
            elif at_s > due_s:
                yield Diagnosis(
                    "too-slow",
                    f"{name} at {due_s:g} s",
                    f"{name} was called at {at_s:g} s",
                    *_why_too_slow(name, trial.notes["soon"]),
                )

    def judge_raised(self, trial: Trial) -> Iterator[Diagnosis]:
        error, log = trial.error, _times([(n, at_s) for n, at_s, _ in trial.notes.get("log", [])])
        called = f"called so far: {log or 'nothing'}"
        yield from _other_clock(trial)
        if isinstance(error, _NoEnd):
            yield Diagnosis(
                "busy-wait",
                "one sleep until the next timer",
                f"the clock was asked or slept on a thousand times, to no end; {called}",
                "run keeps looking at the clock instead of sleeping until the next timer is due, "
                "or sleeps for a time that does not bring the timer nearer.",
                "Sleep for `when - clock.monotonic()`, by the clock that the loop was given.",
            )
        elif isinstance(error, TypeError) and "not supported between" in str(error):
            yield Diagnosis(
                "raised",
                "timers for the same moment are called in the order of asking",
                f"TypeError: {error}",
                "Two times were equal, so the next thing in the tuple was compared: the callbacks.",
                "Put a number that counts up between the time and the callback.",
            )


def _other_clock(trial: Trial) -> Iterator[Diagnosis]:
    """To sleep is right here, by the clock that the loop was given."""
    for seconds, place in trial.blocked:
        yield Diagnosis(
            "blocked-loop",
            "run sleeps by the clock that the loop was given",
            f"{at(place)} slept for {seconds:g} s by the module time",
            "A check gives the loop a clock of its own, which stands still unless the loop sleeps "
            "by it.",
            "self.clock.sleep(...) and self.clock.monotonic() in place of those of the module.",
        )


def _at_the_asking(trial: Trial) -> Iterator[Diagnosis]:
    """call_later waits and calls by itself, instead of leaving that to run."""
    name, did = next(iter(trial.notes["hasty"]), ("", ""))
    if name:
        yield Diagnosis(
            "wrong-order",
            "call_later only notes the timer, and returns at once; run sleeps and calls",
            f"{did} in the middle of call_later, which had been asked for {name}",
            "What call_later does itself, everybody else has to wait for, also what is due sooner.",
            "Put the timer where run finds it, and go back to the caller.",
        )


def _why_wrong_order(
    names: list[str], right: list[str], due_s: dict[str, float], soon: set[str]
) -> tuple[str, str]:
    """Cause and advice, from the first place at which the order is another one."""
    early, late = next(pair for pair in zip(names, right, strict=True) if pair[0] != pair[1])
    if late in soon and early not in soon:
        return (
            f"{late} was ready, and the timer {early} was called before it.",
            "Call what is ready before you sleep for a timer.",
        )
    if early in due_s and due_s[early] == due_s.get(late):
        return (
            f"{late} and {early} are for the same moment, and {late} was asked for first.",
            "Take the moments from `self.clock`. Among equal ones, let a number that counts up "
            "decide, and add timers at one end of the ready queue only.",
        )
    if {early, late} <= soon:
        return (
            f"{late} and {early} were both asked for by call_soon, {late} first.",
            "Take from the left of the ready queue what was put in at its right.",
        )
    return (
        f"{late} is due before {early}: the moment counts, not who asked first, nor the length "
        "of the delay.",
        "Take the timer whose moment, `clock.monotonic() + delay`, is the earliest; ask the clock "
        "when the timer is asked for.",
    )


def _why_too_slow(name: str, soon: set[str]) -> tuple[str, str]:
    if name in soon:
        return (
            f"{name} was asked for by call_soon, and run slept although it was ready.",
            "Before each sleep, look at the ready queue: sleep only when it is empty.",
        )
    return (
        f"run slept past the moment for which {name} was asked for. A timer that keeps only its "
        "delay is late as soon as another one was slept for before it; and a clock that was read "
        "before the callbacks ran makes the sleep too long.",
        "Keep the moment, `clock.monotonic() + delay`, and sleep until the earliest of them: ask "
        "the clock just before.",
    )


class _NoEnd(BaseException):
    """The clock is asked for ever."""


@dataclass
class Clock:
    """What a TinyLoop gets for the module `time`; it stands still unless somebody sleeps.

    Times are multiples of an eighth, so that their sums are exact.
    """

    now_s: float = 1000.0
    asked: int = 0  # how often it was used at all
    slept: int = 0  # how often somebody slept for more than 0

    def monotonic(self) -> float:
        self._count()
        return self.now_s

    time = perf_counter = monotonic

    def sleep(self, seconds: float) -> None:
        self._count()
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        self.slept += seconds > 0
        self.now_s += seconds

    def _count(self) -> None:
        self.asked += 1
        if self.asked > 1_000:
            raise _NoEnd


@dataclass(frozen=True)
class _Later:
    """A callback to ask for: after `delay_s`, or soon; it takes its time, then asks for others."""

    delay_s: float | None
    name: str
    takes_s: float = 0.0
    asks: tuple[_Later, ...] = field(default=())


_LONG_S = 5_000  # in little pieces, it is slept too often
_BESIDE = "a timer of another loop"


def _callbacks(
    title: str, asked: list[_Later], expected: list[tuple[str, float]], *, beside: bool = False
) -> Scenario:
    """Ask a loop for these; with `beside`, there is a second one, which is not run."""

    def start(answer: Any, stage: Stage) -> Any:
        clock = Clock()
        log = stage.notes["log"] = []
        stage.notes.update(soon=set(), due={}, hasty=[])
        began_s = clock.now_s

        timers = 0

        def ask(loop: Any, later: _Later) -> None:
            nonlocal timers

            def callback(*args: Any) -> None:
                log.append((later.name, clock.now_s - began_s, args))
                clock.now_s += later.takes_s
                for another in later.asks:
                    ask(loop, another)

            if later.delay_s is None:
                stage.notes["soon"].add(later.name)
                loop.call_soon(callback, *_extra(later.name))
                return
            timers += 1
            stage.notes["due"][later.name] = clock.now_s - began_s + later.delay_s
            called, now_s = len(log), clock.now_s
            loop.call_later(later.delay_s, callback, *_extra(later.name))
            if len(log) > called:
                stage.notes["hasty"].append((later.name, f"{log[-1][0]} was called"))
            elif clock.now_s > now_s:
                slept = f"the loop slept for {clock.now_s - now_s:g} s"
                stage.notes["hasty"].append((later.name, slept))

        async def play() -> Any:
            loop = answer(clock)
            if beside:
                answer(clock).call_later(0, lambda: log.append((_BESIDE, 0, ())))
            for later in asked:
                ask(loop, later)
            given = loop.run()
            names = [name for name, _, _ in log]
            stage.notes.update(slept=clock.slept, timers=timers)
            stage.notes["blank"] = set(getattr(loop, "__dict__", ())) <= {"clock", "ready"}
            return given if hasattr(given, "__await__") else names

        return play()

    return Scenario(title, start, expected)


def _extra(name: str) -> tuple:
    """The arguments with which a callback is to be called."""
    return (name, len(name))


def _times(calls: list[tuple[str, float]]) -> str:
    return ", ".join(f"{name} at {at_s:g} s" for name, at_s in calls)


class PredictCallbacks(Prediction):
    id = "predict-callbacks"
    name = "predict_callbacks"
    prompt = (
        "A cell asks the notebook's loop for six callbacks, and then gives it time:\n\n"
        "```python\n"
        "order = []\n\n\n"
        "def ask_for_one_more():\n"
        '    order.append("e")\n'
        '    loop.call_soon(order.append, "f")\n\n\n'
        'loop.call_later(0.2, order.append, "a")\n'
        'loop.call_later(0, order.append, "b")\n'
        'loop.call_soon(order.append, "c")\n'
        'loop.call_later(0.1, order.append, "d")\n'
        "loop.call_soon(ask_for_one_more)\n"
        "await asyncio.sleep(0.3)\n"
        "```\n\n"
        "What is in `order` afterwards? Give the six letters in their order."
    )
    stub = "predict_callbacks = [..., ..., ..., ..., ..., ...]  # the six letters"
    hints = (
        "Two lists: what is in the ready queue when the cell gives way, and what is among the "
        "timers?",
        "A round begins: timers that are due go to the end of the ready queue, then all that is "
        "ready then is called. A delay of 0 is due at once, and a timer all the same.",
        "`f` is asked for while the round is under way. When is its turn?",
        "First round: c, e, then b, which was due when it began. Second round: f. The clock "
        "decides on the rest.",
    )
    codes = ("wrong-order",)

    def judge_value(self, value: Any) -> Iterator[Diagnosis]:
        letters = _letters(value)
        if letters is None or sorted(letters) != list("abcdef"):
            yield self.wrong_kind('the six letters "a" to "f", each once', value)
            return
        for earlier, later, cause in _RULES:
            if earlier not in letters[: letters.index(later)]:
                yield Diagnosis(
                    "wrong-order",
                    "the order in which the loop calls the six",
                    f"{later!r} before {earlier!r} in {' '.join(letters)}",
                    cause,
                    "Type the program into a cell of your own, and look at `order`.",
                )
                return


_BY_THE_CLOCK = "Timers are called by the clock, whoever asked first: 0.1 s comes before 0.2 s."
_WAITS = "The clock must move on for that timer. Whatever is ready goes first; nobody sleeps then."
_RULES = (  # who comes before whom, and why; the first that does not hold is told
    ("c", "e", "Both were asked for by call_soon: first come, first served."),
    ("d", "a", _BY_THE_CLOCK),
    ("e", "d", _WAITS),
    ("c", "d", _WAITS),
    ("b", "d", _BY_THE_CLOCK.replace("0.1 s comes before 0.2 s", "0 comes before 0.1 s")),
    ("f", "d", _WAITS),
    (
        "c",
        "b",
        "A delay of 0 makes a timer all the same. When the round begins it is due, and goes to the "
        "end of the ready queue, behind what call_soon had put there.",
    ),
    (
        "e",
        "b",
        "A delay of 0 makes a timer all the same. It is due when the round begins, and goes to the "
        "end of the ready queue, behind everything that call_soon had put there before.",
    ),
    (
        "b",
        "f",
        "f is asked for while the round is under way, so its turn is in the next round. b was due "
        "when this round began.",
    ),
)


def _letters(value: Any) -> list[str] | None:
    """Six letters out of what a person might type for them: a list, or a text such as "c e b"."""
    try:
        letters = [str(letter).strip().strip("\"'").lower() for letter in value]
    except TypeError:
        return None
    return [letter for letter in letters if letter not in ("", ",")]


class MySleep(Program):
    id = "my-sleep"
    name = "my_sleep"
    reads_recording = True  # a sleep that was imported by its name is seen there only
    prompt = (
        'Write `my_sleep(seconds, result=None)`: `await my_sleep(2, "tea")` gives `"tea"` after '
        "two seconds, and everybody else can run meanwhile. Build it from a future and a timer: "
        "`asyncio.sleep` of more than 0 is taken away while your function is checked. A check "
        "runs on a loop of its own, whose clock jumps, not on this notebook's `loop`: ask for "
        "`asyncio.get_running_loop()` inside the function. Several may sleep at once. `seconds` "
        "is more than 0, and nobody cancels a sleeper."
    )
    stub = (
        "async def my_sleep(seconds, result=None):\n"
        "    # Your code here, instead of the dots.\n"
        "    ..."
    )
    hints = (
        "Who is to wake the sleeper? And what is it that a sleeper can await?",
        "With `loop = asyncio.get_running_loop()`, `loop.create_future()` makes something to "
        "await. Whoever calls its `set_result` wakes the sleeper.",
        "`loop.call_later(seconds, function, argument)` calls a function when the time has come. "
        "Which function, with which argument?",
        "Ask for `loop.call_later(seconds, future.set_result, result)`, then `await` the future "
        "and return what it gives.",
    )
    hints_for = {
        "blocked-loop": "`time.sleep` keeps the loop's only thread. Who could watch the clock for "
        "you, so that you can give way?",
        "busy-wait": "You ask again and again whether the time has come. A timer does not ask: it "
        "calls you.",
        "deadlock": "Somebody must fill the future that you await. Does the timer do it, and does "
        "the function that it calls get all that it needs?",
        "too-soon": "`f(x)` calls f now. A timer wants the function and its argument, apart.",
        "raised": "Two things are not there for this exercise: asyncio.sleep, and the notebook's "
        "`loop`, which is not the one that runs here. How does a function get the one that does?",
    }
    advice_for = {
        "blocked-loop": "Ask for a timer with loop.call_later, and await a future that it fills.",
        "busy-wait": "Await a future, and let loop.call_later fill it.",
        "deadlock": "Let a timer of the loop that runs, `asyncio.get_running_loop()`, fill a "
        "future that the call has made for itself: call_later(seconds, future.set_result, "
        "result).",
    }
    codes = ("blocked-loop", "busy-wait", "deadlock", "too-soon")

    def scenarios(self, vary: random.Random) -> Iterator[Scenario]:
        drinks = vary.sample(_DRINKS, 3)
        times = off_the_beat(vary.sample(range(2, 30), 4))
        yield _sleeping("one sleeper", [(times[0], drinks[0])])
        alike = [(times[1], drinks[1]), (times[1], drinks[2]), (times[2], 0), (0.3, drinks[1])]
        yield _sleeping("four sleepers at once", alike)
        yield _sleeping("a sleeper without a result", [(times[3], None)])

    def judge(self, trial: Trial) -> Iterator[Diagnosis]:
        sleepers = trial.scenario.facts
        values = [trial.value] if len(sleepers) == 1 else trial.value
        if _slept_by_asyncio(trial):
            yield Diagnosis(
                "wrong-value",
                "a future and a timer",
                "asyncio.sleep did the waiting",
                "It was imported by its name, so it could not be taken away.",
                "Make a future, and let a timer fill it.",
            )
        for (seconds, result), value, woke_s in zip(
            sleepers, values, trial.notes["woke"], strict=True
        ):
            call = _call(seconds, result)
            if value != result:
                yield _wrong_result(call, result, value)
            if trial.early(woke_s, seconds):
                yield Diagnosis(
                    "too-soon",
                    f"{call} comes back after {seconds:g} s",
                    f"it came back{' before that' if trial.real else f' after {woke_s:g} s'}",
                    _FILLED_EARLY if woke_s and not trial.real else _FILLED_AT_ONCE,
                    "Give the timer the function and its argument apart: call_later(seconds, "
                    "future.set_result, result).",
                )
            elif woke_s > seconds and not trial.real:
                yield Diagnosis(
                    "too-slow",
                    f"{call} comes back after {seconds:g} s",
                    f"it came back after {woke_s:g} s",
                    "It sleeps longer than it was asked to, looks at the clock only now and then, "
                    "or waits for another sleeper.",
                    "One timer of its own for each call.",
                )

    def judge_raised(self, trial: Trial) -> Iterator[Diagnosis]:
        if isinstance(trial.error, SleepTakenAway):
            yield Diagnosis(
                "raised",
                "a future and a timer",
                "asyncio.sleep was called, and it is taken away here",
                "It is the very thing that this exercise builds.",
                "What can a sleeper await, and who can fill it when the time has come?",
            )


_FILLED_AT_ONCE = (
    "Nothing waited for the time: the future was filled at once, as by set_result(...) with its "
    "parentheses, or never awaited; or call_at was given the seconds, which wants the moment, "
    "loop.time() + seconds."
)
_FILLED_EARLY = (
    "The timer was set for another time than `seconds` from now, or the timer of another sleeper "
    "filled the future."
)


class SleepTakenAway(RuntimeError):
    """asyncio.sleep was called where an exercise does without it."""


async def _no_sleep(delay: float, result: Any = None) -> Any:
    """In place of asyncio.sleep, for the loops of a judgement."""
    judged = isinstance(asyncio.get_running_loop(), (VirtualLoop, FastLoop))
    if judged and delay > 0:
        raise SleepTakenAway(f"asyncio.sleep({delay:g}) is taken away in this exercise")
    return await sleep(delay, result)


_no_sleep.__qualname__ = "sleep"  # as the learner knows it, in a timeline


def _sleeping(title: str, sleepers: list[tuple[float, Any]]) -> Scenario:
    """These sleep at once; what wakes them is noted."""

    def start(answer: Any, stage: Stage) -> Any:
        asyncio.sleep = _no_sleep  # the guard puts back what it finds replaced
        woke = stage.notes["woke"] = [0.0] * len(sleepers)

        async def wait(number: int, awaitable: Any) -> Any:
            value = await awaitable
            woke[number] = stage.now()
            return value

        calls = [answer(s) if result is None else answer(s, result) for s, result in sleepers]
        if len(calls) == 1 and not hasattr(calls[0], "__await__"):
            return calls[0]
        waits = [wait(number, call) for number, call in enumerate(calls)]
        return asyncio.gather(*waits) if len(waits) > 1 else waits[0]

    return Scenario(title, start, sleepers)


def _call(seconds: float, result: Any) -> str:
    return f"my_sleep({seconds:g}{'' if result is None else f', {result!r}'})"


def _slept_by_asyncio(trial: Trial) -> bool:
    waits = [event.awaits or "" for event in trial.recording.events if event.kind == "suspend"]
    return any(wait.startswith("sleep(") and wait != "sleep(0)" for wait in waits)


def _wrong_result(call: str, result: Any, value: Any) -> Diagnosis:
    dropped = value is None
    return Diagnosis(
        "wrong-value",
        f"{call} gives {in_words(result)}",
        f"it gave {in_words(value)}",
        "What the future was filled with is not returned."
        if dropped
        else "What is returned is not the result that was asked for.",
        "await future gives what set_result put in: return it.",
    )
