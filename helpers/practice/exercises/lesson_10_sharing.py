"""10 Sharing: correct shared state, bounded work."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from helpers.recording import count

from ..checks import arrived, asked_for, wrong_calls, wrong_pages
from ..exercise import Program
from ..stage import Call, Stage, off_the_beat, peak
from ..trial import Scenario, Trial
from ..verdict import Diagnosis
from ..words import in_seconds

_NAMES = ("ants", "bees", "cats", "dogs", "elks", "foxes", "goats", "hens", "ibises", "jays")


class AtMost(Program):
    id = "at-most"
    name = "at_most"
    prompt = (
        "Write `at_most(n, fetch, names)`. `await fetch(name)` gives the page of that name after "
        "a while, and never fails; all names are different. Fetch every page, **never more than "
        "`n` at the same time**, and **never fewer while a name still waits**: as soon as one "
        "fetch ends, the next begins. They may begin in any order. Return the list of pages in "
        "the order of `names`; no names, no pages: `[]`. `n` is at least 1."
    )
    stub = (
        "async def at_most(n, fetch, names) -> list:\n"
        "    # Your code here, instead of the dots.\n"
        "    ..."
    )
    codes = ("over-limit", "in-batches", "state-kept", "wrong-order")
    hints = (
        "gather starts everything at once. What could each fetch wait for before it begins?",
        "An `asyncio.Semaphore(n)` lets n in; the next one enters when somebody leaves.",
        "One semaphore for all: make it in `at_most`, and enter it in a small helper that "
        "fetches one page.",
        "`async with semaphore: return await fetch(name)` in the helper, and gather the helpers.",
    )
    hints_for = {
        "over-limit": "How many fetches can begin before the first has ended? All of them must "
        "pass through the same gate.",
        "in-batches": "When one fetch ends, who begins the next? It should not have to wait for "
        "the others.",
        "state-kept": "Something is made once and used by every call. Where should it be made?",
        "wrong-order": "The pages come back as they arrive. Who could keep them in order for you?",
        "one-by-one": "The limit is n, and your function uses one place of it.",
    }
    advice_for = {
        "not-awaited": "Await each fetch while it holds its place: `return await fetch(name)` "
        "inside the `async with`.",
        "over-limit": "Make one `asyncio.Semaphore(n)` in the function, and let every fetch "
        "stand inside `async with` on it.",
        "state-kept": "Make the semaphore or queue inside at_most: a new one for each call.",
        "wrong-order": "asyncio.gather returns results in the order of its arguments: use that.",
    }

    def scenarios(self, vary: random.Random) -> Iterator[Scenario]:
        names = vary.sample(_NAMES, 7)
        more, some = vary.randint(4, 6), vary.choice((5, 3))
        title = f"seven pages, at most {some} at once"
        yield _situation(title, some, names, _times(vary, 7))
        times = _times(vary, 5)
        times[0] = times[1]  # they end at the same moment, while three others wait
        yield _situation("five pages, at most two at once", 2, names[2:], times)
        yield _situation("three pages, one at a time", 1, names[:3], _times(vary, 3))
        title = f"three pages, at most {more} at once"
        yield _situation(title, more, names[4:], _times(vary, 3))
        yield _situation("no pages, at most three at once", 3, [], [])

    def judge(self, trial: Trial) -> Iterator[Diagnosis]:
        n, names = trial.scenario.facts["n"], trial.scenario.facts["names"]
        yield from wrong_calls(asked_for(trial.calls), names)
        pages, came = ([_page(name) for name in each] for each in (names, arrived(trial.calls)))
        yield from wrong_pages(trial.value, pages, came)
        most = peak(trial.calls)
        if most > n:
            yield Diagnosis(
                "over-limit",
                f"never more than {n} under way",
                f"{most} fetches under way{trial.when('at', _moment_of(most, trial.calls))}",
                "Something lets more in than it should: there is no limit, each call has one "
                "of its own, it counts one too many, or a place is given back while its fetch "
                "still runs.",
                "Let all fetches of a call go through one and the same limit.",
            )
        elif most < min(2, n, len(names)):
            yield Diagnosis(
                "one-by-one",
                f"{min(n, len(names))} fetches at the same time",
                f"one at a time{trial.in_all()}",
                "Each fetch begins only when the one before it has ended.",
                "Start as many as the limit allows before you wait for any. (A lock that is held "
                "during the fetch lets in one at a time, also when all are started.)",
            )
        elif not trial.real:
            yield from _idle(trial, n)


def _situation(title: str, n: int, names: list[str], times: list[float]) -> Scenario:
    seconds = dict(zip(names, times, strict=True))

    def start(answer: Any, stage: Stage) -> Any:
        fetch = stage.service("fetch", lambda name: _seconds(seconds, name), _page)
        return answer(n, fetch, list(names))

    return Scenario(title, start, {"n": n, "names": names})


def _times(vary: random.Random, number: int) -> list[float]:
    """Different times, longest first for the most part, so that they do not end as they began.

    They end off the beat, between two looks of one who polls.
    """
    times = sorted(vary.sample(range(1, 12), number), reverse=True)
    if number > 3:
        times[1], times[-2] = times[-2], times[1]
    return off_the_beat(times)


def _seconds(seconds: dict[str, float], name: Any) -> float:
    return seconds.get(name, 1) if isinstance(name, str) else 1


def _page(name: Any) -> str:
    return f"the page {name}"


def _moment_of(number: int, calls: list[Call]) -> float:
    """When for the first time so many calls were under way."""
    begun = sorted(call.began_s for call in calls if call.began_s is not None)
    return next(t for t in begun if peak([call for call in calls if _by(call, t)]) == number)


def _by(call: Call, t: float) -> bool:
    return call.began_s is not None and call.began_s <= t


def _idle(trial: Trial, n: int) -> Iterator[Diagnosis]:
    """A place that is free while a name waits, or a wait after everything is done."""
    ends = sorted(call.ended_s for call in trial.calls if call.ended_s is not None)
    begins = sorted(call.began_s for call in trial.calls if call.began_s is not None)
    for number, (free, begin) in enumerate(zip([0.0] * n + ends, begins, strict=False)):
        if begin > free:
            yield _waited(n, number, free, begins, ends)
            return
    last = max(ends, default=0)
    if trial.late(last):
        yield Diagnosis(
            "too-slow",
            f"it returns when the last page is there, after {in_seconds(last)}",
            f"it returned after {in_seconds(trial.elapsed_s, last)}",
            "It waits for something else after the last fetch has ended.",
            "Return as soon as every page is there.",
        )


def _waited(n: int, number: int, free: float, begins: list[float], ends: list[float]) -> Diagnosis:
    begin = begins[number]
    expected = "a fetch begins as soon as a place is free"
    observed = (
        f"with {count(len(begins) - number, 'name')} still waiting, a place is free at "
        f"{in_seconds(free)}; the next fetch begins at {in_seconds(begin, free)}"
    )
    if number == 0:
        cause = "Something is waited for before the first fetch."
        return Diagnosis("too-slow", expected, observed, cause, "Begin with the fetches at once.")
    advice = "Let each end of a fetch begin the next one: a semaphore, or n workers."
    ended, begun = ends.count(free), begins.count(free)
    if 1 <= begun < ended:
        cause = (
            f"{ended} fetches end at the same moment, and no more than {begun} can begin then. "
            "What asyncio.wait gives as done may be more than one, and an Event that is set "
            "twice wakes once."
        )
        return Diagnosis("in-batches", expected, observed, cause, advice)
    if n > 1 and number == sum(end <= begin for end in ends):
        cause = (
            "The names are taken in groups, or the fetch that began first is waited for: nobody "
            "begins before it has ended, and the places of the others stay empty so long."
        )
        return Diagnosis("in-batches", expected, observed, cause, advice)
    cause = (
        "The free place is not handed on at once: it is too few places, a share of the names "
        "that is fixed beforehand, a pause between two looks, or a place that is kept after its "
        "fetch has ended."
    )
    advice = "Let whoever is free take the next name: a semaphore, or n workers with one queue."
    return Diagnosis("in-batches", expected, observed, cause, advice)
