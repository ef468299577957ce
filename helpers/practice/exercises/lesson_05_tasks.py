"""05 Tasks: start now, collect later, lose nothing."""

from __future__ import annotations

import asyncio
import gc
import inspect
import random
import weakref
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, replace
from typing import Any

from helpers.recording import count

from ..exercise import Program
from ..stage import Call, Stage, off_the_beat, peak, with_name
from ..trial import Scenario, Trial
from ..verdict import Diagnosis
from ..words import a, error_in_words, in_seconds, in_words

_NAMES = ("kettle", "toast", "weather", "news", "map", "mail", "trains", "recipes", "stars")


class Overlap(Program):
    id = "overlap"
    name = "overlap"
    prompt = (
        "Write `overlap(download, prepare)`. Both are async functions without parameters; "
        "`await download()` and `await prepare()` each give a text after a while, and never fail. "
        "Call each once, let them run **at the same time**, and return both results, the "
        "download first: `(downloaded, prepared)`. Either of the two may take longer."
    )
    stub = (
        "async def overlap(download, prepare) -> tuple:\n"
        "    # Your code here, instead of the dots.\n"
        "    ..."
    )
    hints = (
        "Which of the two must be under way before you wait for the other?",
        "`asyncio.create_task(download())` starts it, and you go on. Awaited in the same line, "
        "it gains nothing.",
        "Start the download as a task, then `await prepare()`, then `await` the task.",
    )
    hints_for = {
        "one-by-one": "What is under way while you wait for the first of them? A coroutine object "
        "is not: it runs when it is awaited.",
        "raised": "`create_task` wants a call, `download()`. And `result()` gives what is there, "
        "and raises when nothing is: which word waits?",
        "lost-results": "You started the download. Where does its result come back to you?",
        "wrong-order": "Which of the two results was to come first?",
    }
    advice_for = {
        "one-by-one": "Make the download a task first, wait for prepare, and then for the task.",
    }
    codes = ("one-by-one", "raised", "lost-results")

    def scenarios(self, vary: random.Random) -> Iterator[Scenario]:
        short, long, other, longer = off_the_beat(sorted(vary.sample(range(1, 20), 4)))
        names = vary.sample(_NAMES, 4)
        yield self._scenario("the download takes longer", names[:2], long, short)
        yield self._scenario("preparing takes longer", names[2:], other, longer)

    def _scenario(self, title: str, names: list[str], load_s: float, prepare_s: float) -> Scenario:
        results = f"the {names[0]} page", f"a plan for the {names[1]}"

        def start(answer: Any, stage: Stage) -> Any:
            return answer(
                stage.service("download", lambda: load_s, lambda: results[0]),
                stage.service("prepare", lambda: prepare_s, lambda: results[1]),
            )

        return Scenario(title, start, (results, max(load_s, prepare_s)))

    def judge(self, trial: Trial) -> Iterator[Diagnosis]:
        results, longest = trial.scenario.facts
        if peak(trial.calls) == 1 and len(_ended(trial.calls)) == 2:
            yield Diagnosis(
                "one-by-one",
                f"both at the same time, {in_seconds(longest)} in all",
                f"{_one_after_another(trial)}{trial.in_all()}",
                "The second began when the first had ended: it was no task yet, or it was awaited "
                "in the line that made it one.",
                "Start the one, go on to the other, and only then wait.",
            )
        for name in ("download", "prepare"):
            number = sum(call.service == name for call in trial.calls)
            if number > 1:
                yield Diagnosis(
                    "wasted-calls",
                    f"one call of {name}",
                    f"{number} calls of {name}",
                    "Each call does the whole work again.",
                    "Call once, keep the task, and await that.",
                )
        yield from self._judge_value(trial.value, results, trial)
        if trial.late(longest):
            yield Diagnosis(
                "too-slow",
                f"as long as the longer of the two, {in_seconds(longest)}",
                in_seconds(trial.elapsed_s, longest),
                "They overlap, but not from the beginning; or the function looks only now and then "
                "whether the work is done, or waits for something else.",
                "Start both before you wait for either, and await the work itself.",
            )

    def _judge_value(self, value: Any, results: tuple, trial: Trial) -> Iterator[Diagnosis]:
        given = list(value) if isinstance(value, (list, tuple)) else [value]
        shown = str(value)  # also inside a text, or a dictionary
        missing = [result for result in results if result not in shown]
        if value is None and len(_ended(trial.calls)) == 2:
            yield Diagnosis(
                "lost-results",
                in_words(results),
                "None",
                "Both ran to their end, and overlap comes to its own without a `return`, or "
                "returns nothing.",
                "Return (downloaded, prepared).",
            )
        elif missing and trial.calls:
            yield Diagnosis(
                "lost-results",
                in_words(results),
                in_words(value),
                f"{in_words(missing[0])} is missing: it was started and not collected, or not "
                "returned.",
                "await the task: that waits for it and gives its result.",
            )
        elif given == list(reversed(results)):
            yield Diagnosis(
                "wrong-order",
                in_words(results),
                in_words(value),
                "The two results are the other way round.",
                "The download comes first, whichever ends first.",
            )
        elif given != list(results) or not isinstance(value, (list, tuple)):
            yield Diagnosis(
                "wrong-value",
                in_words(results),
                f"{in_words(value)}, {a(type(value).__name__)}",
                "The two results are to come back, in a tuple, and nothing else.",
                "Return (downloaded, prepared).",
            )

    def judge_raised(self, trial: Trial) -> Iterator[Diagnosis]:
        if isinstance(trial.error, asyncio.InvalidStateError):
            yield Diagnosis(
                "raised",
                "overlap returns both results",
                f"{error_in_words(trial.error)}: a result was asked for before it was there",
                "`result()` does not wait. It gives the result of a task that is done, and raises "
                "while the task is at work.",
                "await the task: that waits for it and gives its result.",
            )


def _ended(calls: list[Call]) -> list[Call]:
    return [call for call in calls if call.outcome == "returned"]


def _one_after_another(trial: Trial) -> str:
    begun = [call for call in trial.calls if call.began_s is not None]
    in_order = sorted(begun, key=lambda call: call.began_s)
    return ", then ".join(f"{call.service}{trial.when('from', call.began_s)}" for call in in_order)


class KeepHold(Program):
    id = "keep-hold"
    name = "Background"
    prompt = (
        "Write a class `Background` for jobs that run while the program goes on. "
        "`start(coroutine)` is a plain method: it starts the coroutine as a task and returns at "
        "once. `await finish()` waits until everything that was started is done; when nothing is "
        "at work, it returns at once. Jobs must not get lost when Python's garbage collector "
        "comes along. But `Background` may not keep what has finished: whatever a job that is "
        "done has left behind, its result too, must be free to go while others are still at work "
        "(at the latest when the next job is started). No job fails, nobody cancels one, and none "
        "is started while `finish` waits."
    )
    stub = (
        "class Background:\n"
        "    def start(self, coroutine) -> None:\n"
        "        # Your code here, instead of the dots, and in `finish`.\n"
        "        ...\n"
        "\n"
        "    async def finish(self) -> None: ..."
    )
    hints = (
        "The loop does not hold your tasks. Who does, from `start` until a job is done?",
        "A set that belongs to the object can hold them: `self.tasks`, made in `__init__`.",
        "`task.add_done_callback(function)` calls `function(task)` when the task is done. Which "
        "function takes one task out of a set?",
        "In `start`: make the task, add it to the set, `task.add_done_callback("
        "self.tasks.discard)`. In `finish`: `await asyncio.gather(*self.tasks)`.",
    )
    hints_for = {
        "lost-results": "Something waits for an answer, and nobody but itself knows of it. Who "
        "holds that task while it waits?",
        "state-kept": "When a job is done, who takes it out of what you keep?",
        "raised": "If a set changed while you went through it: jobs end while you wait. Go "
        "through a copy, or hand them all over at once, with the star.",
        "leaked-task": "Does `finish` wait for all of them, or only for some?",
        "too-slow": "When does a job begin? And what does `finish` wait for, besides the jobs that "
        "this object has started?",
    }
    advice_for = {
        "nested-run": "start is a plain method: asyncio.create_task(coroutine) starts the job, and "
        "returns at once. finish is awaited: there, `await` the tasks.",
        "leaked-task": "await every task that is still at work, in `finish`.",
        "state-kept": "Make in `__init__` what one Background needs: each has its own. And of a "
        "job: what tells whether its task is done? Who could look, or be told, at the latest when "
        "the next one is started?",
    }
    codes = ("lost-results", "state-kept", "raised")

    def scenarios(self, vary: random.Random) -> Iterator[Scenario]:
        names = vary.sample(_NAMES, 7)
        times = vary.sample(range(6, 40), 6)
        short, middle, long = sorted(times[:3])
        three = [short, long, middle]  # so that who waits for one of them only is seen
        together = "three jobs, and a garbage collection meanwhile"
        yield _background(together, names[:3], three, _Jobs.together)
        some = [times[3], 2, 3, times[4] + 0.5]  # neighbours are done, and neither is the first
        later = "two jobs that are done before the last is started"
        yield _background(later, names[3:], some, _Jobs.the_last_later)
        later = "a job that is started when the other is done"
        yield _background(later, names[:2], [2, short], _Jobs.the_last_later)
        again = "one job and finish, then another job and finish"
        yield _background(again, names[5:], times[4:], _Jobs.again)
        beside = "one Background has started nothing, and another is at work"
        yield _background(beside, names[4:5], times[3:4], _Jobs.beside)

    def diagnose(self, trial: Trial) -> Diagnosis | None:
        destroyed = trial.notes.get("destroyed")
        if trial.end == "deadlock" and destroyed:  # finish waits for a job that is gone
            return replace(_lost(destroyed), situation=trial.scenario.title)
        return super().diagnose(trial)

    def judge(self, trial: Trial) -> Iterator[Diagnosis]:
        names, notes = trial.scenario.facts, trial.notes
        if notes["blank"]:
            yield self._blank("Background has started nothing yet.")
        if notes["not_plain"]:
            yield Diagnosis(
                "not-awaited",
                "start is a plain method, called without await",
                "start gave a coroutine object, which nobody awaits",
                "Whoever starts a job goes on at once, so start is called without await.",
                "Write `def start`, and make the task in it.",
            )
        if notes["not_async"]:
            yield Diagnosis(
                "not-async",
                "finish is awaited",
                "the call of finish gave nothing to await",
                "A plain method cannot wait until the jobs are done, and what it returned cannot "
                "be awaited.",
                "Write `async def finish`, and await the tasks in it.",
            )
        if notes["destroyed"]:
            yield _lost(notes["destroyed"])
        missing = [name for name in names if name not in notes["ended"]]
        if missing and not trial.leaked and not trial.never_awaited:
            yield _missing(names, missing, notes)
        unawaited = [name for name in notes["again"] if name in missing]
        if unawaited:
            yield Diagnosis(
                "leaked-task",
                "each finish waits for what is at work",
                f"still at work when the second finish returned: {', '.join(unawaited)}",
                "finish waits only the first time, or only for what was started before that.",
            )
        if notes["late"] and not trial.real:
            yield Diagnosis(
                "too-slow",
                "a job begins when it is started",
                f"a second after start these had not begun: {', '.join(notes['late'])}",
                "start keeps the coroutine, and nothing of it runs until later.",
                "Make a task of it in start: asyncio.create_task(coroutine).",
            )
        if notes["kept"]:
            yield Diagnosis(
                "state-kept",
                "what a finished job has left behind is free to go",
                f"still held while others are at work: what {', '.join(notes['kept'])} left behind",
                "The task, or its result, stays where it was put. In a program that runs for a "
                "month these add up.",
                "What tells whether a task is done? And who could look, or be told, at the latest "
                "when the next job is started?",
            )
        for returned_s, due_s in () if trial.real else notes["finished"]:
            if returned_s > due_s:
                yield _finished_late(returned_s, due_s, notes["others"])

    def judge_raised(self, trial: Trial) -> Iterator[Diagnosis]:
        if trial.notes.get("destroyed"):
            yield _lost(trial.notes["destroyed"])
        if trial.notes.get("again"):
            yield Diagnosis(
                "raised",
                "after finish, start and finish work again",
                error_in_words(trial.error),
                "What start or finish needs was put away by the first finish, or the object does "
                "not want to go on after it.",
                "finish waits, and leaves the object ready for the next job.",
            )
        if "changed size during iteration" in str(trial.error):
            yield Diagnosis(
                "raised",
                "finish waits for all jobs",
                error_in_words(trial.error),
                "A job ended while finish was going through the tasks, and was taken out: a set "
                "may not change under a loop.",
                "Go through a copy, list(self.tasks), or hand them all to gather.",
            )


def _lost(destroyed: list[str]) -> Diagnosis:
    return Diagnosis(
        "lost-results",
        "all jobs come to their end",
        f"gone after a garbage collection, in the middle of its work: {', '.join(destroyed)}",
        "Nobody held the task. The loop knows it only weakly, and what the job waited for was "
        "known to the job alone.",
        "Keep every task that is at work in a set of the object.",
    )


def _missing(names: list[str], missing: list[str], notes: dict[str, Any]) -> Diagnosis:
    expected = f"all jobs come to their end: {', '.join(names)}"
    if not set(missing) & set(notes["begun"]):
        after = "After a finish, start" if notes["again"] else "start"
        return Diagnosis(
            "lost-results",
            expected,
            f"not begun when finish returned: {', '.join(missing)}",
            f"{after} lets go of the coroutine, and nothing of it runs.",
            "Make a task of each coroutine: asyncio.create_task(coroutine).",
        )
    return Diagnosis(
        "lost-results",
        expected,
        f"not at its end when finish returned: {', '.join(missing)}",
        "Something ended these jobs before their time.",
        "finish waits; it does not cancel.",
    )


def _finished_late(returned_s: float, due_s: float, others: list[str]) -> Diagnosis:
    """`others` are the jobs of another Background that ended meanwhile."""
    if others:
        return Diagnosis(
            "too-slow",
            f"finish of the one that has started nothing returns at once, after {due_s:g} s",
            f"it returned after {returned_s:g} s, when the other one's {', '.join(others)} was "
            "done",
            "All of them keep their tasks in one place: an attribute of the class, a default "
            "argument, a global. Or finish waits for every task of the program.",
            "Make that place in `__init__`, and let finish wait for what is in it.",
        )
    return Diagnosis(
        "too-slow",
        f"finish returns with the last job, after {due_s:g} s",
        f"it returned after {returned_s:g} s",
        "finish waits for something else, or looks only now and then.",
        "await the tasks themselves.",
    )


class Cup:
    """What a job gives: an object, so that one can see whether it is still held."""


def _background(title: str, names: list[str], seconds: list[float], play: Callable) -> Scenario:
    """Jobs that wait for what nobody else holds, and that the clock brings after `seconds`.

    `play` says when they are started and finished; it is one of those of `_Jobs`.
    """

    def start(answer: Any, stage: Stage) -> Any:
        jobs = _Jobs(stage, dict(zip(names, seconds, strict=True)))
        return with_name("what comes next", play(jobs, answer))

    return Scenario(title, start, names)


class _Jobs:
    """The jobs of one scenario. Nothing here may hold what a job holds."""

    def __init__(self, stage: Stage, seconds: dict[str, float]):
        self._stage, self._seconds, self._notes = stage, seconds, stage.notes
        self._notes.update(begun=[], ended=[], destroyed=[], late=[], kept=[], finished=[])
        self._notes.update(blank=False, not_plain=False, not_async=False, again=[], others=[])
        self._due_s: dict[str, float] = {}
        self._letters: dict[str, weakref.ref] = {}
        self._left: dict[str, list[weakref.ref]] = {}  # what a job leaves behind

    async def together(self, answer: Any) -> None:
        background = answer()
        self._start(background, *self._seconds)
        await self._see_the_end(background)

    async def the_last_later(self, answer: Any) -> None:
        background, (*first, last) = answer(), self._seconds
        self._start(background, *first)
        await self._stage.sleep(4)
        self._start(background, last)
        await self._see_the_end(background)

    async def again(self, answer: Any) -> None:
        background, (first, second) = answer(), self._seconds
        self._start(background, first)
        await self._finish(background, first)
        self._notes["again"].append(second)
        self._start(background, second)
        await self._see_the_end(background)

    async def beside(self, answer: Any) -> None:
        busy, idle = answer(), answer()
        self._start(busy, *self._seconds)
        await self._stage.sleep(1)
        await self._finish(idle)
        self._notes["others"] = list(self._notes["ended"])
        await self._finish(busy, *self._seconds)

    async def _see_the_end(self, background: Any) -> None:
        notes = self._notes
        await self._stage.sleep(1)
        self._look()
        notes["blank"] = not notes["begun"] and not getattr(background, "__dict__", None)
        await self._finish(background, *self._seconds)

    async def _finish(self, background: Any, *names: str) -> None:
        """Note when it returns, and when it should: as soon as these are done."""
        due_s = max([self._stage.now(), *(self._due_s[name] for name in names)])
        given = background.finish()
        if inspect.isawaitable(given):
            await given
        else:
            self._notes["not_async"] = True
        self._notes["finished"].append((self._stage.now(), due_s))

    def _start(self, background: Any, *names: str) -> None:
        for name in names:
            job = with_name(name, self._job(name))
            job.__name__ = "job"  # all of them come from one function
            self._left[name] = [weakref.ref(job)]
            self._hand_over(background, job)
            self._due_s[name] = round(self._stage.now() + self._seconds[name], 6)  # as now() is
            self._stage.loop.call_later(self._seconds[name], self._deliver, name)

    def _hand_over(self, background: Any, job: Coroutine) -> None:
        try:
            given = background.start(job)
        except BaseException:
            if self._notes["again"]:  # that it was refused says more than that nobody awaits it
                job.close()
            raise
        if asyncio.iscoroutine(given):
            given.close()
            self._notes["not_plain"] = True

    async def _job(self, name: str) -> Cup:
        letter = asyncio.get_running_loop().create_future()
        self._letters[name] = weakref.ref(letter)
        self._notes["begun"].append(name)
        await letter
        cup = Cup()
        self._left[name].append(weakref.ref(cup))
        self._notes["ended"].append(name)
        return cup

    def _deliver(self, name: str) -> None:
        letter = self._letters[name]() if name in self._letters else None
        if letter is None or letter.done():
            return
        if letter.get_loop() is self._stage.loop:
            letter.set_result(None)
        else:  # an answer runs the job on a loop of its own, in a thread
            letter.get_loop().call_soon_threadsafe(letter.set_result, None)

    def _look(self) -> None:
        """Let the garbage collector come, and see who is left."""
        gc.collect()
        notes = self._notes
        at_work = [name for name in notes["begun"] if name not in notes["ended"]]
        notes["late"] = [name for name in self._seconds if name not in notes["begun"]]
        notes["destroyed"] = [name for name in at_work if self._letters[name]() is None]
        notes["kept"] = [
            name for name in notes["ended"] if any(left() for left in self._left[name])
        ]


class WhoFailed(Program):
    id = "who-failed"
    name = "who_failed"
    prompt = (
        "Write `who_failed(jobs)`. `jobs` is a dictionary: names, and for each an async function "
        "without parameters. Run all of them **at the same time** and all **to the end**, once "
        "each; some of them raise an exception. Return the list of the names whose job raised, in "
        "the order of `jobs`. What the others return does not matter, and may be `None`. No jobs: "
        "`[]`."
    )
    stub = (
        "async def who_failed(jobs) -> list:\n    # Your code here, instead of the dots.\n    ..."
    )
    hints = (
        "Start them all before you wait for any. A dictionary from name to task keeps together "
        "what belongs together.",
        "An error stays in its task until you ask. There are two ways to ask: one raises it where "
        "you stand, the other gives it to you.",
        "`await` each task in a `try`, with `except Exception` for this one task only.",
        "`tasks = {name: asyncio.create_task(job()) for name, job in jobs.items()}`, then go "
        "through `tasks.items()`.",
    )
    hints_for = {
        "lost-results": "After the first error, what happens to those that you have not awaited "
        "yet? Where does the `try` begin and end?",
        "one-by-one": "When does the second job begin? Make all the tasks first.",
        "wrong-value": "A job may return None, or 0, and be fine. What tells for sure that a task "
        "has failed?",
        "wrong-order": "The names come in another order than that of `jobs`. Who knows the order "
        "of `jobs`?",
    }
    advice_for = {
        "one-by-one": "Make a task of each job first; then go through the tasks.",
        "leaked-task": "Wait for every task, also after one has failed.",
    }
    codes = ("lost-results", "one-by-one", "wrong-value")

    def scenarios(self, vary: random.Random) -> Iterator[Scenario]:
        names = vary.sample(_NAMES, 7)
        times = off_the_beat(vary.sample(range(1, 30), 9))
        burnt, lost = ValueError("burnt"), ConnectionError("nobody answers")
        yield _jobs(
            "five jobs, two of them fail",
            names[:5],
            [times[0], *sorted(times[1:5], reverse=True)],
            ["ready", lost, None, 0, burnt],
        )
        yield _jobs("two jobs, none fails", names[5:7], times[5:7], [None, ""])
        fine = [names[0], names[2]]  # so that a name that an answer keeps is false the next time
        yield _jobs("two jobs, both fail", fine, times[7:], [Exception(), OSError(5)])
        yield _jobs("no jobs", [], [], [])

    def judge(self, trial: Trial) -> Iterator[Diagnosis]:
        facts: Facts = trial.scenario.facts
        yield from self._judge_runs(trial, facts)
        value, right = trial.value, facts.failing
        if not isinstance(value, list):
            yield Diagnosis(
                "wrong-value",
                f"the list {in_words(right)}",
                f"{in_words(value)}, {a(type(value).__name__)}",
                "Another kind of value is returned, or nothing at all.",
                "Return a list of names.",
            )
        elif value != right:
            yield self._wrong_list(facts, value)
        if trial.late(facts.longest):
            yield Diagnosis(
                "too-slow",
                f"as long as the longest job, {in_seconds(facts.longest)}",
                in_seconds(trial.elapsed_s, facts.longest),
                "Some of the jobs overlap, but not all of them; or the function looks only now and "
                "then whether they are done.",
                "Start every job before you wait for any, and await the tasks themselves.",
            )

    def _judge_runs(self, trial: Trial, facts: Facts) -> Iterator[Diagnosis]:
        calls = trial.calls
        begun = [call for call in calls if call.began_s is not None]
        unended = [call.service for call in calls if call.outcome not in ("returned", "raised")]
        called = [call.service for call in calls]
        missing = [name for name in facts.names if name not in called]
        if missing and len(called) > len(set(called)):
            yield Diagnosis(
                "lost-results",
                f"each job once: {', '.join(facts.names)}",
                f"called: {', '.join(called)}",
                _LATE_BINDING,
                "Give it what it needs as a parameter: `async def run(name, job)`.",
            )
        if calls and (unended or missing):
            yield Diagnosis(
                "lost-results",
                f"all jobs run to the end: {', '.join(facts.names)}",
                f"not at its end: {', '.join([*unended, *missing])}",
                _why_unended(calls),
                "Wait for every task, however long it takes. Then ask each for its error, in a try "
                "of its own.",
            )
        if peak(calls) == 1 < len(begun):
            yield Diagnosis(
                "one-by-one",
                f"{count(len(facts.names), 'job')} at the same time, "
                f"{in_seconds(facts.longest)} in all",
                f"one at a time{trial.in_all()}",
                "Each job is awaited before the next one is started.",
                "Start them all before you wait for any.",
            )
        if len(calls) > len(set(called)):
            yield Diagnosis(
                "wasted-calls",
                "each job once",
                f"called: {', '.join(called)}",
                "A job is called again, and does its work again.",
                "Call each job once, and keep the task.",
            )

    def _wrong_list(self, facts: Facts, value: list) -> Diagnosis:
        right = facts.failing
        expected, observed = in_words(right), in_words(value)
        innocent = next((n for n in value if n in facts.names and n not in right), None)
        if innocent is not None:
            returned = facts.results[facts.names.index(innocent)]
            return Diagnosis(
                "wrong-value",
                expected,
                observed,
                f"{innocent} has not failed: it returned {in_words(returned)}. What a job "
                "returns says nothing about failing. Or the name is left over from an earlier "
                "call, in a list or a set that outlives it.",
                "Ask whether it raised: except, or task.exception() is not None. And make the list "
                "inside the function.",
            )
        if sorted(map(str, value)) == sorted(right):
            return Diagnosis(
                "wrong-order",
                expected,
                observed,
                "The names stand in another order than in `jobs`.",
                "Go through the tasks in the order of `jobs`.",
            )
        if len(value) > len(set(map(str, value))) and len(value) == len(right):
            return Diagnosis(
                "lost-results",
                expected,
                observed,
                _LATE_BINDING,
                "Give it the name as a parameter, or with functools.partial.",
            )
        if set(map(str, value)) < set(right):
            return Diagnosis(
                "lost-results",
                expected,
                observed,
                _why_missing(facts, value),
                "A try of its own for each task, and `except Exception`.",
            )
        return Diagnosis(
            "wrong-value",
            expected,
            observed,
            _why_other_names(facts, value),
            "Return the keys of `jobs` whose job raised, each once, in a list made inside the "
            "function.",
        )

    def judge_raised(self, trial: Trial) -> Iterator[Diagnosis]:
        if any(leaf in trial.scenario.facts.results for leaf in _leaves(trial.error)):
            yield Diagnosis(
                "lost-results",
                "the list of names of all jobs that raised",
                f"{error_in_words(trial.error)} came out of who_failed",
                "A job's error was raised where its task was awaited, and ended who_failed: what "
                "became of the others is lost.",
                "Catch the error of each task by itself: a try around that one await.",
            )


_LATE_BINDING = (
    "A function made in a loop looks up the loop's variables when it runs, and by then the loop "
    "is over: all of them find the last job."
)


def _why_unended(calls: list[Call]) -> str:
    if any(call.outcome == "raised" for call in calls):
        return (
            "who_failed returns at the first error, or ends the others; or a timeout of its own "
            "runs out, or one of the jobs or tasks is left out."
        )
    return (
        "No job had failed yet: a timeout of who_failed's own ran out, it does not wait for all of "
        "them, or it leaves one out."
    )


def _why_missing(facts: Facts, value: list) -> str:
    ways = ["after one error nobody asks the others", "one of the tasks is never looked at"]
    ways.append("only one kind of error is caught")
    pairs = zip(facts.names, facts.results, strict=True)
    if any(name in facts.failing and name not in value and not str(error) for name, error in pairs):
        ways.append("an error without a text is taken for none")
    if value == facts.names[-1:]:
        ways.append("a function made in a loop finds the last name, whichever job it is for")
    return f"A job that failed is missing: {', '.join(ways[:-1])}, or {ways[-1]}."


def _why_other_names(facts: Facts, value: list) -> str:
    strange = [name for name in value if name not in facts.names]
    if strange:
        return (
            f"{in_words(strange[0])} is none of the names in `jobs`. It stands there in place of a "
            "name, or it is left over from an earlier call, in a list that outlives it."
        )
    return (
        "A name is there more than once: it was added more than once, or it is left over from an "
        "earlier call, in a list that outlives it."
    )


@dataclass(frozen=True)
class Facts:
    """The jobs of a scenario: their names, how long they take, what they return or raise."""

    names: list[str]
    seconds: list[int]
    results: list[Any]

    @property
    def failing(self) -> list[str]:
        pairs = zip(self.names, self.results, strict=True)
        return [name for name, result in pairs if isinstance(result, BaseException)]

    @property
    def longest(self) -> int:
        return max(self.seconds, default=0)


def _jobs(title: str, names: list[str], seconds: list[int], results: list[Any]) -> Scenario:
    facts = Facts(names, seconds, results)

    def start(answer: Any, stage: Stage) -> Any:
        def service(name: str, seconds: int, result: Any) -> Callable:
            return stage.service(name, lambda: seconds, lambda: result)

        parts = zip(names, seconds, results, strict=True)
        return answer({name: service(name, seconds, result) for name, seconds, result in parts})

    return Scenario(title, start, facts)


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error
