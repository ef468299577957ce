"""01 Waiting: one after another, or all together."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from helpers.recording import count

from ..diagnosis import in_words
from ..exercise import Prediction, Program
from ..stage import Stage, peak
from ..trial import Scenario, Trial
from ..verdict import Diagnosis


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

    def judge_value(self, value: Any) -> Iterator[Diagnosis]:
        numbers = _numbers(value)
        if numbers is None:
            yield self.wrong_kind("two numbers of seconds", value)
            return
        apart, together = numbers
        if apart != 6:
            yield self._wrong("one after another", apart, _APART.get(apart, _ADD))
        if together != 3:
            yield self._wrong("all together", together, _TOGETHER.get(together, _LONGEST))

    def _wrong(self, which: str, seconds: float, cause: str) -> Diagnosis:
        return Diagnosis(
            "wrong-value",
            f"the seconds that waits of 3, 1 and 2 seconds take {which}",
            f"{seconds:g} s for {which}",
            cause,
            "Write three lines `await asyncio.sleep(...)` in a cell and record them.",
        )


_ADD = "One after another, each wait begins when the one before it has ended: they add up."
_LONGEST = "Together, all three begin at once, and it is over when the last of them is over."
_APART = {
    3: "That is the longest of them. One after another, nothing overlaps: " + _ADD,
}
_TOGETHER = {
    6: "That is their sum. gather does not wait for one before it starts the next. " + _LONGEST,
    2: "That is the wait given last, or their average. " + _LONGEST,
    1: "That is the shortest of them, and gather waits for all. " + _LONGEST,
}


class PredictOrder(Prediction):
    id = "predict-order"
    name = "predict_order"
    prompt = (
        'Three tasks, "a", "b" and "c", are gathered in this order: '
        "`gather(wait(a, 2), wait(b, 1), wait(c, 3))`, where `wait` sleeps so many seconds and "
        "returns its name. In which order do they **finish**, and in which order does gather "
        '**return** their results? Give two lists of names, such as `["a", "b", "c"]`.'
    )
    stub = "predict_order = ([...], [...])  # names: as they finish, as gather returns them"
    hints = (
        "Who has the shortest wait? They all begin at the same time.",
        "gather's results are to be matched with what you passed to it. Which order allows that?",
        "They finish by length of wait; gather returns them in the order in which you passed them.",
    )

    def judge_value(self, value: Any) -> Iterator[Diagnosis]:
        lists = _name_lists(value)
        if lists is None:
            yield self.wrong_kind('two lists of the names "a", "b" and "c"', value)
            return
        finished, returned = lists
        for names, right, what, cause in (
            (finished, "bac", "the order in which they finish", _BY_LENGTH),
            (returned, "abc", "the order of gather's results", _AS_PASSED),
        ):
            if sorted(names) != ["a", "b", "c"]:
                yield Diagnosis(
                    "wrong-value", f'{what}: "a", "b" and "c", each once', in_words(names), cause
                )
            elif names != list(right):
                yield Diagnosis("wrong-order", what, in_words(names), cause)


_BY_LENGTH = "All three begin at once, so the one with the shortest wait is the first to finish."
_AS_PASSED = (
    "gather returns results in the order in which it was given the coroutines, whichever "
    "finishes first: the first result belongs to the first argument."
)


class AllAtOnce(Program):
    id = "all-at-once"
    name = "all_at_once"
    prompt = (
        "Write `all_at_once(fetch, names)`. `fetch` is an async function: `await fetch(name)` "
        "gives the page of that name after a while, and never fails. Fetch all the pages **at the "
        "same time**, and return the list of pages in the order of `names`. No names, no pages: "
        "`[]`. A name that is there twice is fetched twice."
    )
    stub = "async def all_at_once(fetch, names) -> list:\n    ..."
    hints = (
        "Which of the ways in this lesson waited for all three at the same time?",
        "Calling `fetch(name)` makes a coroutine and starts nothing. Make one for each name.",
        "`asyncio.gather(*coroutines)` takes them one by one: mind the star.",
        "`return await asyncio.gather(*[fetch(name) for name in names])`",
    )
    hints_for = {
        "one-by-one": "Your function awaits each page before it begins the next. What if it "
        "first made all the coroutines, and awaited once?",
        "not-awaited": "What you return is still a promise. Where is the `await` for all of it?",
        "wrong-order": "The pages come back as they arrive. Who could keep them in order for you?",
        "blocked-loop": "`time.sleep` holds the loop, and `fetch` waits by itself: leave it out.",
    }
    advice_for = {
        "one-by-one": "Make all the coroutines first, then `await asyncio.gather(*coroutines)`.",
        "wrong-order": "asyncio.gather returns results in the order of its arguments: use that.",
    }

    def scenarios(self, vary: random.Random) -> Iterator[Scenario]:
        names = vary.sample(_PAGES, 6)
        times = vary.sample(range(1, 12), 6)
        yield self._scenario("three pages", names[:3], sorted(times[:3], reverse=True))
        yield self._scenario("five pages, one of them twice", [*names[3:], *names[2:4]], times)
        yield self._scenario("one page", names[:1], times)
        yield self._scenario("no pages", [], times)

    def _scenario(self, title: str, names: list[str], times: list[int]) -> Scenario:
        def start(answer: Any, stage: Stage) -> Any:
            waits = iter(times)
            fetch = stage.service("fetch", lambda name: next(waits), _page)
            return answer(fetch, list(names))

        return Scenario(title, start, {"names": names, "longest": max(times[: len(names)], default=0)})

    def judge(self, trial: Trial) -> Iterator[Diagnosis]:
        names, longest = trial.scenario.facts["names"], trial.scenario.facts["longest"]
        fetched = [call.args[0] for call in trial.calls]
        pages = [_page(name) for name in names]
        if len(names) > 1 and len(fetched) > 1 and peak(trial.calls) == 1:
            yield Diagnosis(
                "one-by-one",
                f"{len(names)} pages fetched at the same time, {longest:g} s in all",
                f"one at a time, {trial.elapsed_s:g} s in all",
                "Each page is awaited before the next fetch begins, so the waits add up.",
            )
        if len(fetched) > len(names):
            yield Diagnosis(
                "wasted-calls",
                f"{len(names)} calls of fetch, one for each name",
                f"{len(fetched)} calls: {', '.join(fetched)}",
                "A page is fetched more than once for the same place in the list.",
            )
        if len(fetched) < len(names):
            yield Diagnosis(
                "lost-results",
                f"{len(names)} calls of fetch, one for each name",
                f"{count(len(fetched), 'call')}: {', '.join(fetched) or 'none'}",
                "A page that is asked for is not fetched.",
                "One call for each name, also for a name that is there twice.",
            )
        yield from _compare(trial.value, pages)
        if trial.late(longest):
            yield Diagnosis(
                "too-slow",
                f"as long as the longest wait, {longest:g} s",
                f"{trial.elapsed_s:g} s",
                "Some of the waits overlap, but not all of them.",
                "Start every fetch before you wait for any of them.",
            )

    def judge_raised(self, trial: Trial) -> Iterator[Diagnosis]:
        if isinstance(trial.error, TypeError) and trial.never_awaited:
            yield Diagnosis(
                "not-awaited",
                "gather gets coroutines, one argument each",
                f"TypeError: {trial.error}; never awaited: {', '.join(trial.never_awaited)}",
                "gather was given the list itself: a list is nothing that can be awaited.",
                "Mind the star, which passes the items one by one: asyncio.gather(*coroutines).",
            )


def _compare(value: Any, pages: list[str]) -> Iterator[Diagnosis]:
    expected, observed = in_words(pages), in_words(value)
    if not isinstance(value, list):
        yield Diagnosis(
            "wrong-value", f"the list {expected}", f"{observed}, a {type(value).__name__}",
            "Another kind of value is returned, or nothing at all.",
        )
    elif value == pages:
        return
    elif sorted(map(str, value)) == sorted(pages):
        yield Diagnosis(
            "wrong-order", expected, observed,
            "The pages are collected as they arrive, not as they were asked for.",
        )
    elif len(value) < len(pages):
        yield Diagnosis(
            "lost-results", expected, observed, "Some pages are missing from the list.",
            "One name, one page: count them, and mind a name that is there twice.",
        )
    else:
        yield Diagnosis("wrong-value", expected, observed, "These are not the pages that fetch gave.")


_PAGES = (
    "kettle", "toast", "weather", "news", "map", "mail", "trains", "recipes", "music", "stars",
)


def _page(name: str) -> str:
    return f"the page {name}"


def _numbers(value: Any) -> tuple[float, float] | None:
    """Two numbers out of what a person might type for them: 6, "6" and 6.0 are the same."""
    try:
        first, second = value
        return float(first), float(second)
    except (TypeError, ValueError):
        return None


def _name_lists(value: Any) -> tuple[list[str], list[str]] | None:
    """Two lists of names; a string such as "bac" or "b a c" counts as one."""
    try:
        lists = [[str(name).strip().lower() for name in names] for names in value]
        first, second = ([name for name in names if name not in ("", ",")] for names in lists)
        return first, second
    except (TypeError, ValueError):
        return None
