"""01 Waiting: one after another, or all together."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterator
from typing import Any

from ..checks import arrived, asked_for, wrong_calls, wrong_pages
from ..exercise import Prediction, Program
from ..stage import Stage, peak
from ..trial import Scenario, Trial
from ..verdict import Diagnosis
from ..words import error_in_words, in_words


class PredictTotal(Prediction):
    id = "predict-total"
    name = "predict_total"
    prompt = (
        "Three waits take 3, 1 and 2 seconds. How many seconds do they take **one after "
        "another**, and how many **all together** under `asyncio.gather`? Give the two numbers."
    )
    stub = "predict_total = (..., ...)  # seconds: one after another, all together"
    hints = (
        "One after another: the second wait begins when the first has ended.",
        "All together: every wait begins at once. Which of them ends last?",
        "One after another the waits add up. Together they take as long as the longest.",
    )

    codes = ("wrong-value",)

    def judge_value(self, value: Any) -> Iterator[Diagnosis]:
        seconds = _two_numbers(value)
        if seconds is None:
            yield self.wrong_kind("two numbers of seconds", value)
        elif seconds == (3, 6):
            cause = "These are the right numbers, the other way round. " + _ADD
            which, advice = "one after another, then all together", f"{_TRY_APART} {_TRY_TOGETHER}"
            yield self._wrong(which, "3 s, then 6 s", cause, advice)
        elif seconds[0] != 6:
            cause = _APART.get(seconds[0], _ADD)
            yield self._wrong("one after another", f"{seconds[0]:g} s", cause, _TRY_APART)
        elif seconds[1] != 3:
            cause = _TOGETHER.get(seconds[1], _LONGEST)
            yield self._wrong("all together", f"{seconds[1]:g} s", cause, _TRY_TOGETHER)

    def _wrong(self, which: str, observed: str, cause: str, advice: str) -> Diagnosis:
        return Diagnosis(
            "wrong-value",
            f"the seconds that waits of 3, 1 and 2 seconds take {which}",
            observed,
            cause,
            advice,
        )


_TRY_APART = "Write three lines `await asyncio.sleep(...)` in a cell and record them."
_TRY_TOGETHER = (
    "Give three calls `asyncio.sleep(...)` to one `await asyncio.gather(...)`, and record that."
)
_ADD = "One after another, each wait begins when the one before it has ended: they add up."
_LONGEST = "Together, all three begin at once, and it is over when the last of them is over."
_APART = {
    3: "That is the longest of them. One after another, nothing overlaps. " + _ADD,
    2: "That is their average, or the last of them. " + _ADD,
    1: "That is the shortest of them. " + _ADD,
}
_TOGETHER = {
    6: "That is their sum. gather does not wait for one before it starts the next. " + _LONGEST,
    2: "That is the wait given last, or their average. " + _LONGEST,
    1: "That is the shortest of them, and gather waits for all. " + _LONGEST,
    0: "Together they wait side by side, but each still waits its time. " + _LONGEST,
}


class PredictOrder(Prediction):
    id = "predict-order"
    name = "predict_order"
    prompt = (
        'Three tasks, "a", "b" and "c", are gathered in this order: '
        '`gather(wait("a", 2), wait("b", 1), wait("c", 3))`, where `wait` sleeps so many seconds '
        "and returns its name. In which order do they **finish**, and in which order does gather "
        '**return** their results? Give two lists of names, such as `["a", "b", "c"]`.'
    )
    stub = "predict_order = ([...], [...])  # names: as they finish, as gather returns them"
    hints = (
        "Who has the shortest wait? They all begin at the same time.",
        "gather's results are to be matched with what you passed to it. Which order allows that?",
        "They finish by length of wait; gather returns them in the order in which you passed them.",
    )

    codes = ("wrong-order", "wrong-value")

    def judge_value(self, value: Any) -> Iterator[Diagnosis]:
        lists = _two_lists(value)
        if lists is None:
            yield self.wrong_kind('two lists of the names "a", "b" and "c"', value)
            return
        finished, returned = lists
        yield from _wrong_names(finished, "bac", _FINISHED)
        yield from _wrong_names(returned, "abc", _RETURNED)


def _wrong_names(names: list[str], right: str, told: dict[str, str]) -> Iterator[Diagnosis]:
    what = told["what"]
    if sorted(names) != ["a", "b", "c"]:
        expected = f'{what}: "a", "b" and "c", each once'
        yield Diagnosis("wrong-value", expected, in_words(names), told["else"], _ALL_THREE)
    elif names != list(right):
        cause = told.get("".join(names), told["else"])
        yield Diagnosis("wrong-order", what, in_words(names), cause, told["try"])


_ALL_THREE = "Write each of the three names once."
_BY_LENGTH = "All three begin at once, so the one with the shortest wait is the first to finish."
_AS_PASSED = (
    "gather returns results in the order in which it was given the coroutines, whichever "
    "finishes first: the first result belongs to the first argument."
)
_FINISHED = {
    "what": "the order in which they finish",
    "try": "Gather three such waits, each of which prints its name when it ends: look at what is "
    "printed.",
    "abc": "That is the order in which they were passed to gather, and it decides nothing here. "
    + _BY_LENGTH,
    "cab": "That is from the longest wait to the shortest. " + _BY_LENGTH,
    "else": _BY_LENGTH,
}
_RETURNED = {
    "what": "the order of gather's results",
    "try": "Gather three such waits in a cell, and look at the list that gather gives.",
    "bac": "That is the order in which they finish. " + _AS_PASSED,
    "else": _AS_PASSED,
}


class AllAtOnce(Program):
    id = "all-at-once"
    name = "all_at_once"
    prompt = (
        "Write `all_at_once(fetch, names)`. `fetch` is an async function: `await fetch(name)` "
        "gives the page of that name after a while, and never fails. Fetch all the pages **at the "
        "same time**, and return the list of pages in the order of `names`. No names, no pages: "
        "`[]`. A name that is there twice is fetched twice."
    )
    stub = (
        "async def all_at_once(fetch, names) -> list:\n"
        "    # Your code here, instead of the dots.\n"
        "    ..."
    )
    hints = (
        "Which of the ways in this lesson waited for all three at the same time?",
        "Calling `fetch(name)` makes a coroutine and starts nothing. Make one for each name.",
        "`asyncio.gather(*coroutines)` takes them one by one: mind the star.",
        "`return await asyncio.gather(*[fetch(name) for name in names])`",
    )
    hints_for = {
        "one-by-one": "Your function awaits each page before it begins the next. What if it "
        "first made all the coroutines, and awaited once?",
        "not-awaited": "Two places to look: does gather get the coroutines, one argument each "
        "(mind the star)? And where is the `await` for all of it?",
        "wrong-order": "The pages come back as they arrive. Who could keep them in order for you?",
        "blocked-loop": "`time.sleep` holds the loop, and `fetch` waits by itself: leave it out.",
    }
    advice_for = {
        "one-by-one": "Make all the coroutines first, then `await asyncio.gather(*coroutines)`.",
        "wrong-order": "asyncio.gather returns results in the order of its arguments: use that.",
    }

    codes = ("one-by-one", "not-awaited", "wrong-order", "blocked-loop")

    def scenarios(self, vary: random.Random) -> Iterator[Scenario]:
        names = vary.sample(_PAGES, 6)
        times = vary.sample(range(1, 12), 6)
        yield _situation("three pages", names[:3], sorted(times[:3], reverse=True))
        *quicker, slowest = sorted(times[:5])  # the first of the two calls with one name
        five = [slowest, *vary.sample(quicker, 4)]
        yield _situation("five pages, one of them twice", [*names[3:], *names[2:4]], five)
        yield _situation("one page", names[:1], times[:1])
        yield _situation("no pages", [], [])
        # More than who limits himself would let in, the one that takes longest at the end.
        *quicker, slowest = sorted(vary.sample(range(1, 25), 12))
        twelve = vary.sample((*_PAGES, "songs", "films"), 12)
        yield _situation("twelve pages", twelve, [*vary.sample(quicker, 11), slowest])

    def judge(self, trial: Trial) -> Iterator[Diagnosis]:
        names, longest = trial.scenario.facts["names"], trial.scenario.facts["longest"]
        yield from wrong_calls(asked_for(trial.calls), names)
        pages, came = ([_page(name) for name in each] for each in (names, arrived(trial.calls)))
        yield from wrong_pages(trial.value, pages, came)
        most = peak(trial.calls)
        if most < min(2, len(names)):
            yield Diagnosis(
                "one-by-one",
                f"{len(names)} pages fetched at the same time, {longest:g} s in all",
                f"one at a time{trial.in_all()}",
                "Each fetch begins only when the one before it has ended, so the waits add up.",
                "Make all the coroutines before you wait for any of them.",
            )
        elif trial.late(longest):
            limit = f": no more than {most} are under way at one time" if most < len(names) else ""
            yield Diagnosis(
                "too-slow",
                f"as long as the longest wait, {longest:g} s",
                f"{trial.elapsed_s:g} s",
                f"There is more waiting than for the slowest page{limit}.",
                "Start every fetch before you wait for any of them, and wait for nothing else.",
            )

    def judge_raised(self, trial: Trial) -> Iterator[Diagnosis]:
        if not _NO_STAR.search(str(trial.error)):
            return
        awaited = trial.calls and not trial.never_awaited
        yield Diagnosis(
            "not-awaited" if trial.never_awaited else "raised",
            "gather gets coroutines, one argument each",
            error_in_words(trial.error),
            *(_AWAITED_BEFORE if awaited else _NO_COROUTINES),
        )


_NO_COROUTINES = (
    "gather was given something that is no coroutine: a list, a generator, names, or fetch itself "
    "without a call.",
    "Mind the star, and call fetch for each name: asyncio.gather(*[fetch(name) for ...]).",
)
_AWAITED_BEFORE = (
    "gather was given pages: each fetch was awaited before gather saw it, one after another.",
    "Leave out the inner await: gather awaits for you.",
)
# What gather says of a list, of a generator and of a function.
_NO_STAR = re.compile(
    r"unhashable type: 'list'|coroutine or an awaitable is required|Task got bad yield"
)


def _situation(title: str, names: list[str], times: list[int]) -> Scenario:
    """Pages of these names, each of which takes its time, whoever is asked first."""

    def start(answer: Any, stage: Stage) -> Any:
        waits = {name: _times_of(name, names, times) for name in names}
        fetch = stage.service("fetch", lambda name: _next(waits, name), _page)
        return answer(fetch, list(names))

    return Scenario(title, start, {"names": names, "longest": max(times, default=0)})


def _times_of(name: str, names: list[str], times: list[int]) -> Iterator[int]:
    return iter([seconds for other, seconds in zip(names, times, strict=True) if other == name])


def _next(waits: dict[str, Iterator[int]], name: Any) -> int:
    """How long this call takes; one that the situation does not ask for takes a second."""
    try:
        return next(waits[name], 1)
    except (KeyError, TypeError):
        return 1


_PAGES = (
    "kettle",
    "toast",
    "weather",
    "news",
    "map",
    "mail",
    "trains",
    "recipes",
    "music",
    "stars",
)


def _page(name: Any) -> str:
    return f"the page {name}"


def _two(value: Any) -> tuple[Any, Any] | None:
    """The two items of something that has an order, None of anything else."""
    if isinstance(value, (list, tuple)) and len(value) == 2:
        return value[0], value[1]
    return None


def _two_numbers(value: Any) -> tuple[float, float] | None:
    """Two numbers out of what a person might type for them: 6, "6", "6 s" and 6.0 are the same."""
    numbers = tuple(map(_number, _two(value) or (None, None)))
    return None if None in numbers else numbers


def _number(value: Any) -> float | None:
    if isinstance(value, str):
        value = re.sub(r"\s*s(ec(onds?)?)?$", "", value.strip())
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _two_lists(value: Any) -> tuple[list[str], list[str]] | None:
    """Two lists of names; a string such as "bac" or "b, a, c" counts as one."""
    lists = tuple(map(_names, _two(value) or (None, None)))
    return None if None in lists else lists


def _names(value: Any) -> list[str] | None:
    if isinstance(value, str):
        value = re.findall(r"\w", value)
    if not isinstance(value, (list, tuple)) or not all(isinstance(name, str) for name in value):
        return None
    return [name.strip().lower() for name in value]
