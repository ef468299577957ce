"""Judging: plays an exercise's scenarios with an answer, and comes to a verdict.

The answer runs in a thread of its own, so that whatever it does the caller goes on: budgets in
steps and virtual time end most of what does not end by itself, the supervisor here ends the rest.
Every scenario is played on a fresh loop, all of them with two sets of inputs, the first one again
at the end; exercises about races go on to other schedules.
"""

from __future__ import annotations

import contextvars
import ctypes
import difflib
import functools
import gc
import random
import sys
import threading
import time
from dataclasses import replace
from typing import Any

from helpers.recording import Place, of_frame

from .diagnosis import at
from .exercise import Exercise, Prediction, Program
from .guard import Guard
from .registry import EXERCISES
from .trial import Player, Scenario, Stopped, Trial
from .verdict import Diagnosis, Verdict, verdict_of

CPU_LIMIT_S = 1.5  # of Python without an await
STILL_LIMIT_S = 2.0  # without using the CPU, in something that gives no time budget a chance
_LOOK_EVERY_S = 0.05
_LAST_WORDS_S = 0.2  # for a stopped answer to leave
_SEEDS = (1, 2)


class UnknownExercise(LookupError):
    """There is no exercise with this id; the message names the nearest."""


def find(exercise_id: str) -> Exercise:
    """The exercise with this id, in which `_` may stand for `-`. Raises UnknownExercise."""
    wanted = str(exercise_id).strip().lower().replace("_", "-")
    if wanted in EXERCISES:
        return EXERCISES[wanted]
    near = difflib.get_close_matches(wanted, EXERCISES, n=1, cutoff=0.4)
    known = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(EXERCISES)}"
    raise UnknownExercise(f"there is no exercise {exercise_id!r}: {known}")


def judge(exercise_id: str, answer: Any) -> Verdict:
    """Judge an answer: a function or class, or a value for a prediction.

    Displays nothing and never hangs. Raises UnknownExercise for an id that does not exist, and
    KeyboardInterrupt when it is interrupted; nothing else.
    """
    exercise = find(exercise_id)
    if isinstance(exercise, Prediction):
        wrong = exercise.diagnose_value(answer)
        return verdict_of(exercise.id, wrong) if wrong else Verdict(exercise.id, "pass")
    refused = exercise.refuse(answer)
    if refused:
        return verdict_of(exercise.id, refused)
    return _Judgement(exercise, answer).verdict()


class _Judgement:
    """One answer before the judge: the thread in which it runs, and the eye kept on it."""

    def __init__(self, exercise: Program, answer: Any):
        self._exercise = exercise
        self._player = Player(answer)
        self._guard = Guard(self._player, answer)
        self._diagnosis: Diagnosis | None = None
        self._trial: Trial | None = None
        self._failure: BaseException | None = None

    def verdict(self) -> Verdict:
        """Let the answer run, and say what came of it."""
        context = contextvars.copy_context()
        thread = threading.Thread(target=context.run, args=(self._work,), daemon=True)
        gc.freeze()  # what was garbage before must not be taken for the answer's
        try:
            with self._guard:
                thread.start()
                self._supervise(thread)
        finally:
            gc.unfreeze()
        if self._failure is not None:
            raise self._failure
        return self._tell()

    def _work(self) -> None:
        self._guard.loop_thread = threading.get_ident()
        try:
            self._diagnosis, self._trial = examine(self._exercise, self._player)
        except Stopped:
            pass  # the supervisor knows why
        except BaseException as error:
            self._failure = error

    def _tell(self) -> Verdict:
        exercise, diagnosis, trial = self._exercise, self._diagnosis, self._trial
        about = {
            "recording": trial.recording,
            "in_virtual_time": not trial.real,
            "printed": _printed(self._guard),
        }
        if diagnosis is None:
            return Verdict(exercise.id, "pass", observed=_praise(trial), **about)
        advice = exercise.advice_for.get(diagnosis.code, diagnosis.advice)
        return verdict_of(exercise.id, replace(diagnosis, advice=advice), **about)

    # -- keeping an eye on it -------------------------------------------------------------

    def _supervise(self, thread: threading.Thread) -> None:
        cpu = _CpuClock(thread)
        still_since, used, seen = time.monotonic(), 0.0, None
        try:
            while True:
                thread.join(_LOOK_EVERY_S)
                if not thread.is_alive():
                    return
                if self._player.trial is not seen:  # a new trial: new budgets
                    seen, cpu_began = self._player.trial, cpu.seconds()
                now = cpu.seconds()
                if now - used > _LOOK_EVERY_S / 10:
                    still_since, used = time.monotonic(), now
                if now - cpu_began > CPU_LIMIT_S:
                    return self._end(thread, _endless_without_await)
                if time.monotonic() - still_since > STILL_LIMIT_S:
                    return self._end(thread, _held_up)
        except BaseException:  # the learner pressed Stop
            self._stop(thread)
            raise

    def _end(self, thread: threading.Thread, say: Any) -> None:
        place = of_frame(sys._current_frames().get(thread.ident))
        self._diagnosis, self._trial = say(self._exercise.name, place), self._player.trial
        self._stop(thread)

    def _stop(self, thread: threading.Thread) -> None:
        """End the answer's thread if it can be ended; else leave it to itself."""
        told = self._diagnosis, self._trial
        for error in (Stopped, _sticky(thread)):
            if thread.is_alive():
                _raise_in(thread, error)
                thread.join(_LAST_WORDS_S)
        self._player.abandon()
        self._diagnosis, self._trial = told


def examine(exercise: Program, player: Player) -> tuple[Diagnosis | None, Trial]:
    """The first mistake that playing the exercise shows, with the trial that shows it."""
    passed: list[Scenario] = []
    for seed in _SEEDS:
        if player.real and passed:
            break  # real seconds: once is enough
        for scenario in exercise.scenarios(random.Random(seed)):
            trial = player.play(scenario)
            diagnosis = exercise.diagnose(trial)
            if diagnosis:
                return _unless_kept(exercise, player, passed) or (diagnosis, trial)
            passed.append(scenario)
    kept = _unless_kept(exercise, player, passed)
    return kept or _explore(exercise, player, passed) or (None, trial)


def _unless_kept(
    exercise: Program, player: Player, passed: list[Scenario]
) -> tuple[Diagnosis, Trial] | None:
    """What passed once must pass again: if it does not, the answer keeps something."""
    if not passed:
        return None
    trial = player.play(passed[0])
    again = exercise.diagnose(trial)
    if again is None:
        return None
    return Diagnosis(
        "state-kept",
        f"{exercise.name} does the same however often it is called",
        f"right the first time; called again in the same situation: {again.observed}",
        "Something outlives the call: a global, a default argument, a lock or a cache made once.",
        "Make what the function needs inside the function.",
    ), trial


def _explore(
    exercise: Program, player: Player, passed: list[Scenario]
) -> tuple[Diagnosis, Trial] | None:
    """The shortest schedule under which the answer fails."""
    failed = []
    for scenario in () if player.real else exercise.schedules():
        trial = player.play(scenario)
        diagnosis = exercise.diagnose(trial)
        if diagnosis:
            failed.append((len(trial.recording.events), len(failed), diagnosis, trial))
    if not failed:
        return None
    kept = _unless_kept(exercise, player, passed)
    if kept:
        return kept
    _, _, diagnosis, trial = min(failed)
    return replace(
        diagnosis,
        code="race",
        observed=f"in {len(failed)} of the orders that the event loop may choose: "
        + diagnosis.observed,
    ), trial


def _endless_without_await(name: str, place: Place) -> Diagnosis:
    return Diagnosis(
        "endless",
        f"{name} comes to an end, and awaits on its way",
        f"{CPU_LIMIT_S:g} seconds of computing without an end, at {at(place)}",
        "A loop that never awaits and never ends keeps the event loop for itself.",
        "Ask of the loop at that line what ends it.",
    )


def _held_up(name: str, place: Place) -> Diagnosis:
    return Diagnosis(
        "stuck",
        f"{name} comes to an end",
        f"it has stood still at {at(place)} and does not come back",
        "It waits for a lock, a thread or a device; nothing in this exercise can end that wait, "
        "and the event loop cannot run meanwhile.",
        "Use what asyncio offers for it, which suspends instead of holding the thread.",
    )


def _praise(trial: Trial) -> str:
    how = ", on a real event loop, since it uses threads" if trial.real else ""
    return f"Right in every situation tried{how}."


def _printed(guard: Guard) -> str:
    text = guard.output.getvalue().rstrip()
    lines = text.splitlines()
    if len(lines) > 10 or len(text) > 800:
        text = "\n".join(line[:80] for line in lines[:10]) + "\n…"
    if guard.dropped:
        text += f"\n({guard.dropped:,} more characters were not kept)"
    return text


class _CpuClock:
    """Seconds of CPU time that a thread has used; where that is not told, wall time."""

    def __init__(self, thread: threading.Thread):
        self._clock = None
        if hasattr(time, "pthread_getcpuclockid"):  # not on Windows
            try:
                self._clock = time.pthread_getcpuclockid(thread.ident)
            except OSError:
                pass  # it has ended already
        self._last = 0.0

    def seconds(self) -> float:
        if self._clock is None:
            return time.monotonic()
        try:
            self._last = time.clock_gettime(self._clock)
        except OSError:
            pass
        return self._last


_set_async_error = ctypes.PYFUNCTYPE(None, ctypes.c_ulong, ctypes.py_object)(
    ("PyThreadState_SetAsyncExc", ctypes.pythonapi)
)


def _raise_in(thread: threading.Thread, error: type[BaseException]) -> None:
    _set_async_error(thread.ident, error)


def _sticky(thread: threading.Thread) -> type[Stopped]:
    """A Stopped for code that swallows everything and goes on: made, it raises the next.

    Its `__init__` is C code on purpose. Python code would meet the next one itself, before the
    learner's handler does.
    """

    class Sticky(Stopped):
        pass

    Sticky.__init__ = functools.partial(_set_async_error, thread.ident, Sticky)
    return Sticky
