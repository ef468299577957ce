"""Judging: plays an exercise's scenarios with an answer, and comes to a verdict.

The answer runs in a thread of its own, so that whatever it does the caller goes on: budgets in
steps and virtual time end most of what does not end by itself, the supervisor ends the rest.
Every scenario is played on a fresh loop, all of them with two sets of inputs, the first one again
at the end; exercises about races go on to other schedules. Recorded is what will be looked at: the
first trial, and one that fails. What one exercise asks for stays out.
"""

from __future__ import annotations

import contextvars
import difflib
import gc
import random
import threading
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from helpers.recording import Place, of_error

from .exercise import Exercise, Prediction, Program
from .guard import Guard
from .registry import EXERCISES
from .supervisor import CPU_LIMIT_S, Stopped, end, obedient, supervise
from .trial import NOT_RECORDED, Player, Scenario, Trial
from .verdict import Diagnosis, Verdict, verdict_of
from .words import at, error_in_words

_SEEDS = (1, 2)
_SHRINKING = 50  # trials, at most, in search of the simplest schedule that fails
_OWN_CLASS = "A value of a class of its own stands where a plain one is asked for."
_BY_CHANCE = (
    "(This situation came out right before. The order of a set, such as asyncio.wait gives, may "
    "differ each time.)"
)
_turn = threading.Lock()  # what a guard replaces belongs to the whole process
_under_way: list[_Judgement] = []  # one at most


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
    KeyboardInterrupt when it is interrupted; nothing else: a check that fails says so itself.
    """
    exercise = find(exercise_id)
    if any(judgement.is_judged_here() for judgement in _under_way):
        return verdict_of(exercise.id, _INSIDE)
    refused = exercise.refuse(answer) if isinstance(exercise, Program) else None
    if refused:
        return verdict_of(exercise.id, refused)
    with _turn:
        judgement = _Judgement(exercise, answer)
        _under_way.append(judgement)
        try:
            return judgement.verdict()
        finally:
            _under_way.clear()


class _Judgement:
    """One answer before the judge: the guard around it, and the eye kept on it."""

    def __init__(self, exercise: Exercise, answer: Any):
        self._exercise, self._answer = exercise, answer
        self._player = Player(answer, threading.get_ident())
        self._guard = Guard(self._player, answer)
        self._verdict: Verdict | None = None
        self._failure: BaseException | None = None

    def verdict(self) -> Verdict:
        """Let the answer run, and say what came of it."""
        run, work = contextvars.copy_context().run, obedient(self._work)
        thread = threading.Thread(target=run, args=(work,), name="answer", daemon=True)
        with self._guard:
            gc.freeze()  # what was garbage before must not be taken for the answer's
            try:
                thread.start()
                ended = supervise(thread, lambda: self._player.played)
            finally:
                self._guard.release()
                end(self._guard.threads())
                self._player.abandon()
            if ended is not None:
                told = self._tell(_out_of_time(self._exercise, *ended), self._player.trial)
                self._player.forget()
                _free_in_silence()
                return told
        if self._failure is not None:
            return verdict_of(self._exercise.id, _no_result(self._failure))
        return self._verdict

    def is_judged_here(self) -> bool:
        """Whether the calling thread is the answer's."""
        return self._guard.judges()

    def _work(self) -> None:
        self._guard.loop_thread = threading.get_ident()
        try:
            found = examine(self._exercise, self._answer, self._player)
            self._verdict = self._tell(*found)
            del found
            self._player.forget()
            gc.collect()  # here, while it is cheap and nobody else's thread has to do it
        except Stopped:
            raise
        except BaseException as error:
            self._failure = error

    def _tell(self, diagnosis: Diagnosis | None, trial: Trial) -> Verdict:
        exercise = self._exercise
        if isinstance(exercise, Prediction):
            return verdict_of(exercise.id, diagnosis) if diagnosis else Verdict(exercise.id, "pass")
        about = {
            "recording": None if trial.recording is NOT_RECORDED else trial.recording,
            "in_virtual_time": not trial.real,
            "printed": _printed(trial),
        }
        if diagnosis is None:
            return Verdict(exercise.id, "pass", observed=_praise(trial), **about)
        advice = exercise.advice_for.get(diagnosis.code, diagnosis.advice)
        return verdict_of(exercise.id, replace(diagnosis, advice=advice), **about)


def _free_in_silence() -> None:
    """A thread that was stopped may have made a coroutine that it could not await any more.

    Freed later, that would be said under a cell that has nothing to do with it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        gc.collect()


def examine(exercise: Exercise, answer: Any, player: Player) -> tuple[Diagnosis | None, Trial]:
    """The first mistake that an answer shows, and the trial that shows it; of a pass, the first."""
    if isinstance(exercise, Prediction):
        return _safely(exercise, lambda: exercise.diagnose_value(answer)), player.trial
    first: Trial | None = None
    for seed in _SEEDS:
        if player.real and first:
            break  # real seconds: once is enough
        for scenario in exercise.scenarios(random.Random(seed)):
            diagnosis, trial = _look(exercise, player, scenario, recorded=first is None)
            if diagnosis:
                kept = _unless_kept(exercise, player, first)
                return kept or _recorded(exercise, player, diagnosis, trial)
            first = first or trial
    kept = _unless_kept(exercise, player, first)
    return kept or _explore(exercise, player, first) or (None, first)


def _look(
    exercise: Program, player: Player, scenario: Scenario, *, recorded: bool = False
) -> tuple[Diagnosis | None, Trial]:
    trial = player.play(scenario, recorded=recorded or exercise.reads_recording)
    return _diagnose(exercise, trial), trial


def _diagnose(exercise: Program, trial: Trial) -> Diagnosis | None:
    found = _safely(exercise, lambda: exercise.diagnose(trial))
    if trial.error is None or found is None or found.cause != _OWN_CLASS:
        return found
    return Diagnosis(
        "raised",
        f"{exercise.name} returns",
        f"{type(trial.error).__name__}, at {at(of_error(trial.error))}, which cannot be shown",
        "The error's own __str__ or __repr__ fails.",
        "Raise one of Python's own exceptions, or let yours say what happened.",
    )


def _safely(exercise: Exercise, look: Callable[[], Diagnosis | None]) -> Diagnosis | None:
    """What `look` finds, also when a value of the learner's does not let itself be looked at."""
    try:
        return look()
    except Stopped:
        raise
    except BaseException as error:
        place = of_error(error)
        is_deep = isinstance(error, RecursionError)  # lists in lists in lists
        if place.file is None and not is_deep and not isinstance(exercise, Prediction):
            raise  # a mistake of ours
        return Diagnosis(
            "wrong-value",
            "plain values, which can be compared and shown",
            f"comparing or showing a value raised {type(error).__name__}, at {at(place)}",
            _OWN_CLASS,
            "Use numbers, strings, lists and dicts.",
        )


def _recorded(
    exercise: Program, player: Player, diagnosis: Diagnosis, trial: Trial
) -> tuple[Diagnosis, Trial]:
    """A mistake in a trial that can be looked at; as it is, if it does not come a second time."""
    if trial.recording is not NOT_RECORDED:
        return diagnosis, trial
    found, again = _look(exercise, player, trial.scenario, recorded=True)
    return (found, again) if found and found.code == diagnosis.code else (diagnosis, trial)


def _unless_kept(
    exercise: Program, player: Player, passed: Trial | None
) -> tuple[Diagnosis, Trial] | None:
    """What passed once must pass again: if it does not, the answer keeps something."""
    if passed is None:
        return None
    again, trial = _look(exercise, player, passed.scenario)
    if again is None:
        return None
    again, trial = _recorded(exercise, player, again, trial)
    if again.code == "wrong-order":
        return replace(again, cause=f"{again.cause} {_BY_CHANCE}"), trial
    return Diagnosis(
        "state-kept",
        f"{exercise.name} does the same however often it is called",
        f"right the first time; called again in the same situation: {again.observed}",
        "Something outlives the call: a global, a default argument, a lock or a cache made once. "
        "(Each situation runs on a fresh event loop, as another program would; a notebook has one "
        "for all its cells.) Or chance decides, or the order of a set, which may differ.",
        "Make what the function needs inside the function.",
    ), trial


def _explore(
    exercise: Program, player: Player, passed: Trial | None
) -> tuple[Diagnosis, Trial] | None:
    """A schedule under which the answer fails, with nothing in it that need not be there."""
    failed, fine, tried = [], None, 0
    for scenario in () if player.real else exercise.schedules():
        tried += 1
        diagnosis, trial = _look(exercise, player, scenario)
        if diagnosis:
            diagnosis, trial = _recorded(exercise, player, diagnosis, trial)
            failed.append((len(trial.recording.events), len(failed), diagnosis, trial))
        else:
            fine = fine or trial
    if not failed:
        return None
    kept = _unless_kept(exercise, player, passed) or _unless_kept(exercise, player, fine)
    if kept:
        return kept
    _, _, diagnosis, trial = min(failed)
    diagnosis, trial = _shrunk(exercise, player, diagnosis, trial)
    times = f"wrong in {len(failed)} of the {tried} orders tried; in the simplest, "
    return replace(diagnosis, code="race", observed=times + diagnosis.observed), trial


def _shrunk(
    exercise: Program, player: Player, diagnosis: Diagnosis, trial: Trial
) -> tuple[Diagnosis, Trial]:
    """The same mistake in a simpler schedule, as long as there is one that still shows it."""
    simpler = exercise.simpler(trial.scenario)
    for _ in range(_SHRINKING):
        scenario = next(simpler, None)
        if scenario is None:
            break
        found, smaller = _look(exercise, player, scenario, recorded=True)
        if found and found.code == diagnosis.code:
            diagnosis, trial, simpler = found, smaller, exercise.simpler(scenario)
    return diagnosis, trial


def _out_of_time(exercise: Exercise, code: str, place: Place) -> Diagnosis:
    """What the supervisor saw."""
    if isinstance(exercise, Prediction):
        return Diagnosis(
            "wrong-value",
            "plain values",
            f"looking at the value does not end, at {at(place)}",
            "A value without an end stands where a plain one is asked for.",
            f"Keep the form of the starter: {exercise.stub.strip()}",
        )
    return (_endless_without_await if code == "endless" else _held_up)(exercise.name, place)


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


def _no_result(error: BaseException) -> Diagnosis:
    """The answer has brought the check down, or there is a mistake in the check."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code if trace is not None else None
    where = f", in {Path(code.co_filename).name}, line {trace.tb_lineno}" if code else ""
    return Diagnosis(
        "raised",
        "a check that comes to a result",
        f"the check itself failed: {error_in_words(error)}{where}",
        "The answer returns, passes on or leaves behind something that cannot be looked at, or has "
        "changed what the check rests on. If it did nothing of the kind, the mistake is ours.",
        "Use numbers, strings, lists and dicts, and leave Python and its loop as they are.",
    )


def _praise(trial: Trial) -> str:
    how = ", on a real event loop, since it uses threads" if trial.real else ""
    return f"Right in every situation tried{how}."


def _printed(trial: Trial) -> str:
    text = trial.printed.rstrip()
    lines = text.splitlines()
    if len(lines) > 10 or len(text) > 800:
        text = "\n".join(line[:80] for line in lines[:10]) + "\n…"
    if trial.dropped:
        text += f"\n({trial.dropped:,} more characters were not kept)"
    return text


_INSIDE = Diagnosis(
    "not-started",
    "",
    "A check is under way, and this one was called inside the function that it checks.",
    "",
    "Put check(...) below the function, at the left margin.",
)
