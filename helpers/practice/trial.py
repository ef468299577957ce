"""A trial: one scenario played once with an answer, on a fresh loop, and what came of it.

The facts only; what they mean is for `diagnosis` and for the exercise. Virtual time is tried
first. An answer that uses threads cannot be modelled there: it is played again on a real loop,
whose clock runs faster, and time is judged less closely.
"""

from __future__ import annotations

import contextlib
import gc
import inspect
import re
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from helpers.recording import Place, Places, Recorder, Recording, of_error, of_frame
from helpers.recording.data import Contents

from .causes import refused_by_asyncio
from .fast import SPEED, FastLoop
from .performance import Performance, clear, give_up, pending
from .stage import Call, Stage
from .virtual import BLOCKS_IN_STEP, Overrun, VirtualLoop
from .words import at, coroutine_in_words, error_in_words, in_seconds

OUTPUT_KEPT = 20_000  # characters
_LONGEST_BLOCK_S = 0.5  # real seconds
_START_S = 1_000.0  # no loop's clock begins at 0: who takes it for one of that kind is to be seen
_NESTED = re.compile(
    r"cannot be called from a running event loop|event loop is already running"
    r"|while another loop is running"
)

NOT_RECORDED = Recording.of(Contents((), (), 0))


@dataclass(frozen=True)
class Scenario:
    """One situation for an answer.

    `start(answer, stage)` is called inside the running loop and returns what the answer gave:
    something to await. `facts` is whatever the exercise needs to judge the trial by. A `real` one
    is about threads and loops of one's own: it is never tried in virtual time.
    """

    title: str
    start: Callable[[Any, Stage], Any]
    facts: Any = None
    real: bool = False


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
    refused: str = ""  # what asyncio would not take for something to await
    fallen: list[str] = field(default_factory=list)  # errors in callbacks, which nobody hears of
    nested: Place | None = None
    handed_back: list[Any] = field(default_factory=list)  # awaitables in place of results
    never_awaited: list[str] = field(default_factory=list)
    printed: str = ""  # the first of it
    dropped: int = 0  # characters that were printed after that
    recording: Recording = NOT_RECORDED

    @property
    def took_time(self) -> bool:
        """Whether its clock went on, which it does only while somebody waits or blocks.

        Quicker than to look for that in the recording. A real clock goes on anyway.
        """
        return self.late(0)

    def late(self, expected_s: float) -> bool:
        """Whether it took longer than it had to. A real loop's clock proves nothing."""
        return not self.real and self.elapsed_s > expected_s + 1e-6

    def early(self, came_s: float, due_s: float) -> bool:
        """Whether something came before it was due. The ticks of a real loop's clock are coarse
        on some systems, and a hundred times as long on a fast one."""
        return came_s < (due_s / 2 if self.real else due_s)

    def in_all(self) -> str:
        """ ", 14.05 s in all"; "" on a real loop, whose seconds differ from run to run."""
        return "" if self.real else f", {in_seconds(self.elapsed_s)} in all"

    def when(self, word: str, seconds: float) -> str:
        """ " at 14.05 s", with the word "at"; "" on a real loop."""
        return "" if self.real else f" {word} {in_seconds(seconds)}"

    @property
    def is_nested_run(self) -> bool:
        said = self.error.args[:1] if isinstance(self.error, RuntimeError) else ()
        words = [text for text in said if isinstance(text, str)]
        return self.nested is not None or any(map(_NESTED.search, words))


class Player:
    """Plays scenarios with one answer, and is the guard's host meanwhile.

    `caller` is the id of the thread that wants the answer judged.
    """

    def __init__(self, answer: Any, caller: int):
        self.answer = answer
        self.real = False  # once an answer has used threads, it is played on real loops
        self.trial = Trial(Scenario("", answer), False)  # the one under way, or the last
        self.played = 0  # trials, with the one under way
        self._caller = caller
        self._places = Places()  # of all trials: the same lines are met again and again
        self._loop: VirtualLoop | FastLoop | None = None
        self._recorder: Recorder | None = None

    def play(self, scenario: Scenario, *, recorded: bool = True) -> Trial:
        """One trial, in virtual time unless the answer needs a real loop.

        Not recorded, one in virtual time takes half as long, and shows nobody where it stood.
        """
        self.real = self.real or scenario.real
        if self.real:
            return self._play(scenario, FastLoop())
        trial = self._play(scenario, VirtualLoop(start_s=_START_S), recorded)
        waits_for_thread = trial.end == "deadlock" and self._is_anybody_else_at_work()
        if trial.end != "unmodelled" and not waits_for_thread:
            return trial
        really = self._play(scenario, FastLoop())
        if waits_for_thread and really.end == "stuck":
            return trial
        self.real = True
        return really

    def abandon(self) -> None:
        """From another thread, when the answer did not give its own back: stop the trial."""
        if self._recorder is not None:
            self.trial.recording = self._recorder.recording
            with contextlib.suppress(RuntimeError):  # it was about to stop itself
                self._recorder.stop()
        if self._loop is not None:
            give_up(self._loop)

    def forget(self) -> None:
        """Let go of what the trials hold."""
        self.trial, self._loop = Trial(Scenario("", self.answer), False), None

    # -- what the guard tells and asks ------------------------------------------------------

    def now(self) -> float:
        return self._loop.time() if self._loop is not None else 0.0

    def sleep(self, seconds: float, place: Place) -> float:
        self.trial.blocked.append((seconds, place))
        if isinstance(self._loop, VirtualLoop):
            self._loop.block(seconds)
            return 0.0
        if len(self.trial.blocked) > BLOCKS_IN_STEP:  # by the clock of a real loop it takes long
            raise Overrun
        return min(seconds / SPEED, _LONGEST_BLOCK_S)

    def pause(self, seconds: float) -> float:
        return seconds / SPEED

    def new_loop(self) -> FastLoop:
        return FastLoop()

    def nested(self, place: Place) -> None:
        self.trial.nested = self.trial.nested or place

    def threads(self) -> None:
        if isinstance(self._loop, VirtualLoop):
            self._loop.need_real_loop()

    def printed(self, text: str) -> None:
        trial = self.trial
        kept = text[: OUTPUT_KEPT - len(trial.printed)]
        trial.printed += kept
        trial.dropped += len(text) - len(kept)

    def never_awaited(self, name: str) -> None:
        self.trial.never_awaited.append(coroutine_in_words(name))

    # -- one trial ------------------------------------------------------------------------

    def _play(
        self, scenario: Scenario, loop: VirtualLoop | FastLoop, recorded: bool = True
    ) -> Trial:
        trial = self.trial = Trial(scenario, isinstance(loop, FastLoop))
        self.played += 1
        stage, self._loop = Stage(loop), loop
        performance = Performance(lambda: scenario.start(self.answer, stage), loop)
        trial.end = self._run_recorded(performance, loop) if recorded else performance.run()
        _tell(trial, performance, stage)
        performance.let_go()
        _collect(loop)  # a coroutine that nobody awaited says so when it is freed
        forgotten = list(trial.never_awaited)
        if clear(loop):
            performance.let_go()  # what was under way then has ended now
            _collect(loop)  # now, so that nothing of this trial is freed in the next one
        trial.never_awaited = forgotten  # and none that the clearing up left behind
        _close_arguments(stage.calls)
        return trial

    def _run_recorded(self, performance: Performance, loop: VirtualLoop | FastLoop) -> str:
        self._recorder = Recorder(loop, loop.time_ns, places=self._places)
        self._recorder.start()
        end = performance.run()
        self.trial.recording = self._recorder.recording
        self._recorder.stop()
        self._recorder = None
        return end

    def _is_anybody_else_at_work(self) -> bool:
        """Whether a thread runs the learner's code that was started before, in another cell."""
        mine = threading.get_ident(), self._caller
        frames = sys._current_frames().items()
        return any(of_frame(frame).file for thread, frame in frames if thread not in mine)


def _collect(loop: VirtualLoop | FastLoop) -> None:
    gc.collect()
    if loop.unhandled:  # errors, whose tracebacks hold frames
        loop.unhandled.clear()
        gc.collect()


def _close_arguments(calls: list[Call]) -> None:
    """A coroutine that was passed where its result was wanted is held by the log of calls."""
    for argument in (argument for call in calls for argument in call.args):
        if inspect.iscoroutine(argument):
            with contextlib.suppress(RuntimeError, ValueError):  # still running in a thread
                argument.close()


def _tell(trial: Trial, performance: Performance, stage: Stage) -> None:
    """Write down what stands now, before anything is cancelled or freed."""
    trial.value, trial.error = performance.value, performance.error
    trial.awaitable, trial.elapsed_s = performance.awaitable, stage.now()
    trial.refused = refused_by_asyncio(trial.error)
    trial.fallen = list(_in_callbacks(stage.loop.unhandled))
    trial.calls = [Call(**vars(call)) for call in stage.calls]
    trial.notes = _as_now(stage.notes)
    trial.handed_back = list(pending(trial.value))
    for awaitable in trial.handed_back:
        if inspect.iscoroutine(awaitable):
            awaitable.close()
    for task in performance.left():
        told = trial.unfinished if task.cancelling() else trial.leaked
        name = getattr(task.get_coro(), "__qualname__", task.get_name())
        told.append(coroutine_in_words(name))


def _in_callbacks(unhandled: list[dict[str, Any]]) -> Iterator[str]:
    for told in unhandled:  # an answer may call the loop's handler with anything, too
        error = told["exception"]
        if isinstance(error, BaseException) and _IN_CALLBACK in str(told["message"]):
            place = of_error(error)
            yield error_in_words(error) + (f", at {at(place)}" if place.line else "")


_IN_CALLBACK = "Exception in callback"  # asyncio's words in Handle._run, on 3.11 to 3.14


def _as_now(value: Any) -> Any:
    """A copy of a scenario's notes, so that what still runs does not write in them."""
    if type(value) is dict:
        return {key: _as_now(item) for key, item in value.items()}
    if type(value) in (list, set, deque):
        return type(value)(map(_as_now, value))
    return value
