"""A trial: one scenario played once with an answer, on a fresh loop, and what came of it.

The facts only; what they mean is for `diagnosis` and for the exercise. Virtual time is tried
first. An answer that uses threads cannot be modelled there: it is played again on a real loop,
in which the scenario's clock runs faster, and time is judged less closely.
"""

from __future__ import annotations

import asyncio
import copy
import gc
import inspect
import re
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from helpers.recording import Place, Recorder, Recording

from .stage import Call, Stage
from .virtual import VirtualLoop

REAL_SPEED = 100.0  # scenario seconds in one real second
REAL_DEADLINE_S = 2.0  # real seconds
_DRAIN_HORIZON_S = 1_000.0
_NESTED = re.compile(
    r"cannot be called from a running event loop|event loop is already running"
    r"|while another loop is running"
)


class Stopped(SystemExit):
    """Raised in the answer's thread when its time is up; like SystemExit, it leaves a loop."""


@dataclass(frozen=True)
class Scenario:
    """One situation for an answer.

    `start(answer, stage)` is called inside the running loop and returns what the answer gave:
    something to await. `facts` is whatever the exercise needs to judge the trial by.
    """

    title: str
    start: Callable[[Any, Stage], Any]
    facts: Any = None


@dataclass
class Trial:
    """What happened. Times are scenario seconds, up to the moment at which the answer ended.

    `end` is "returned", "raised", "deadlock", "endless", "busy-wait" or "stuck"; "unmodelled"
    ends a trial in virtual time that has to be played again.
    """

    scenario: Scenario
    real: bool
    end: str = "returned"
    value: Any = None
    error: BaseException | None = None
    awaitable: bool = True  # whether what the call gave could be awaited at all
    elapsed_s: float = 0.0
    calls: list[Call] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)
    leaked: list[str] = field(default_factory=list)  # still running, never told to stop
    unfinished: list[str] = field(default_factory=list)  # told to stop, not finished
    blocked: list[tuple[float, Place]] = field(default_factory=list)
    nested: Place | None = None
    handed_back: list[Any] = field(default_factory=list)  # awaitables in place of results
    never_awaited: list[str] = field(default_factory=list)
    recording: Recording | None = None

    def late(self, expected_s: float) -> bool:
        """Whether it took longer than it had to. A real loop's clock proves nothing."""
        return not self.real and self.elapsed_s > expected_s + 1e-6

    @property
    def is_nested_run(self) -> bool:
        message = str(self.error) if isinstance(self.error, RuntimeError) else ""
        return self.nested is not None or bool(_NESTED.search(message))


class Player:
    """Plays scenarios with one answer, and is the guard's host meanwhile."""

    def __init__(self, answer: Any):
        self.answer = answer
        self.real = False  # once an answer has used threads, it is played on real loops
        self.trial: Trial | None = None  # the one under way, or the last
        self._loop: Any = None
        self._recorder: Recorder | None = None

    def play(self, scenario: Scenario) -> Trial:
        """One trial, in virtual time unless the answer needs a real loop."""
        if not self.real:
            trial = self._play(scenario, VirtualLoop(), real=False)
            if trial.end != "unmodelled":
                return trial
            self.real = True
        return self._play(scenario, asyncio.SelectorEventLoop(), real=True)

    def abandon(self) -> None:
        """From another thread, when the answer never gives its own back: stop recording."""
        if self._recorder is not None and self.trial.recording is None:
            self.trial.recording = self._recorder.recording
            self._recorder.stop()

    # -- what the guard tells -------------------------------------------------------------

    def sleep(self, seconds: float, place: Place) -> None:
        self.trial.blocked.append((seconds, place))
        if isinstance(self._loop, VirtualLoop):
            self._loop.block(seconds)

    def nested(self, place: Place) -> None:
        self.trial.nested = place

    def threads(self) -> None:
        if isinstance(self._loop, VirtualLoop):
            self._loop.need_real_loop()

    def never_awaited(self, name: str) -> None:
        self.trial.never_awaited.append(name)

    # -- one trial ------------------------------------------------------------------------

    def _play(self, scenario: Scenario, loop: Any, *, real: bool) -> Trial:
        trial = self.trial = Trial(scenario, real)
        self._loop = loop
        self._recorder = _recorder(loop)
        stage = Stage(loop, REAL_SPEED if real else 1.0)
        performance = _Performance(scenario, self.answer, stage)
        self._recorder.start()
        try:
            trial.end = performance.run()
        finally:
            trial.recording = self._recorder.recording
            self._recorder.stop()
            performance.tell(trial)
            _clear(loop)
        performance.let_go()
        gc.collect()  # a coroutine that nobody awaited says so when it is freed
        return trial


class _Performance:
    """The answer at work on a loop: how it is begun, run, and read when it ends."""

    def __init__(self, scenario: Scenario, answer: Any, stage: Stage):
        self.scenario, self.answer, self.stage = scenario, answer, stage
        self.value: Any = None
        self.error: BaseException | None = None
        self.awaitable = True
        self.future: asyncio.Future | None = None
        self.over = False

    def run(self) -> str:
        loop = self.stage.loop
        loop.call_soon(self._begin)
        try:
            if isinstance(loop, VirtualLoop):
                end = loop.run(self._is_over)
            else:
                end = self._run_really()
        except Stopped:
            raise
        except (SystemExit, KeyboardInterrupt) as error:
            self.error, end = error, "done"
        return self._read(end)

    def _run_really(self) -> str:
        """Until it is over, looking often, or until the deadline."""
        loop = self.stage.loop
        end = loop.time() + REAL_DEADLINE_S

        def look() -> None:
            if self._is_over() or loop.time() > end:
                loop.stop()
            else:
                loop.call_later(0.001, look)

        loop.call_soon(look)
        loop.run_forever()
        return "done" if self._is_over() else "stuck"

    def _begin(self) -> None:
        try:
            given = self.scenario.start(self.answer, self.stage)
        except Exception as error:
            self.error, self.over = error, True
            return
        if inspect.iscoroutine(given):
            self.future = self.stage.loop.create_task(given)
        elif inspect.isawaitable(given):
            self.future = asyncio.ensure_future(given)
        else:
            self.value, self.awaitable, self.over = given, False, True

    def _is_over(self) -> bool:
        return self.over or (self.future is not None and self.future.done())

    def _read(self, end: str) -> str:
        future = self.future
        if end == "done" and self.error is None and future is not None:
            if future.cancelled():
                self.error = asyncio.CancelledError()
            else:
                self.error = future.exception()
                self.value = None if self.error else future.result()
        return ("raised" if self.error else "returned") if end == "done" else end

    def tell(self, trial: Trial) -> None:
        """Write down what stands now, before anything is cancelled or freed."""
        trial.value, trial.error, trial.awaitable = self.value, self.error, self.awaitable
        trial.elapsed_s = self.stage.now()
        trial.calls = [replace(call) for call in self.stage.calls]
        trial.notes = copy.deepcopy(self.stage.notes)
        trial.handed_back = list(_pending(self.value))
        for awaitable in trial.handed_back:
            if inspect.iscoroutine(awaitable):
                awaitable.close()
        for task in asyncio.all_tasks(self.stage.loop):
            if task is not self.future and task not in trial.handed_back:
                told = trial.unfinished if task.cancelling() else trial.leaked
                told.append(task.get_coro().__qualname__)


    def let_go(self) -> None:
        """Free what the answer's frames hold: a forgotten coroutine speaks up only then."""
        future, self.future, self.value = self.future, None, None
        failed = future is not None and future.done() and not future.cancelled()
        for error in (self.error, future.exception() if failed else None):
            if error is not None:
                traceback.clear_frames(error.__traceback__)


def _recorder(loop: Any) -> Recorder:
    if isinstance(loop, VirtualLoop):
        return Recorder(loop, lambda: round(loop.time() * 1e9))
    return Recorder(loop, watch=True)


def _clear(loop: Any) -> None:
    """Cancel what is left, let it end as far as it will, and close the loop."""
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if isinstance(loop, VirtualLoop):
        loop.renew(_DRAIN_HORIZON_S)
        loop.run(lambda: all(task.done() for task in left))
        closing = loop.create_task(loop.shutdown_asyncgens())
        loop.run(closing.done)
    else:
        if left:
            loop.run_until_complete(asyncio.wait(left, timeout=REAL_DEADLINE_S / 4))
        loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


def _pending(value: Any) -> Iterator[Any]:
    """The awaitables in a value that should have been results."""
    if inspect.iscoroutine(value) or asyncio.isfuture(value):
        yield value
    elif isinstance(value, (list, tuple, set, frozenset)):
        for item in value:
            yield from _pending(item)
    elif isinstance(value, dict):
        yield from _pending([*value, *value.values()])
