"""07 gather: choose the right collector."""

from __future__ import annotations

import inspect
import random
from asyncio import CancelledError, isfuture
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from math import inf
from typing import Any

from helpers.recording import count, of_error

from ..checks import arrived, asked_for, wrong_calls
from ..exercise import Prediction, Program
from ..stage import Call, Stage, off_the_beat, peak
from ..trial import Scenario, Trial
from ..verdict import Diagnosis
from ..words import a, at, error_in_words, in_seconds, in_words

_CITIES = (
    "Oslo",
    "Lima",
    "Cairo",
    "Quito",
    "Delhi",
    "Turin",
    "Perth",
    "Dakar",
    "Hanoi",
    "Leeds",
    "Paris",
    "Tokyo",
)


class Report(Program):
    id = "report"
    name = "report"
    codes = ("lost-results", "one-by-one", "wrong-order", "swallowed-error")
    prompt = (
        "Write `report(fetch, names)`. `await fetch(name)` gives the weather of a city after a "
        "while, and **for some cities it raises an exception**. Ask for all of them **at the same "
        "time**, and return a dict with an entry for every name: the result, or the **exception "
        "object** that came instead. Every name is there once. `report` itself raises nothing."
    )
    stub = (
        "async def report(fetch, names) -> dict:\n"
        "    # Your code here, instead of the dots.\n    ..."
    )
    hints = (
        "One failing city must not take the others with it. Which collector keeps errors as "
        "results?",
        "`gather(..., return_exceptions=True)` gives a list of results and exceptions, in the "
        "order of its arguments. You have the names in the same order.",
        "`dict(zip(names, answers))` puts names and answers together.",
    )
    hints_for = {
        "lost-results": "Not every city has its answer. What becomes of the others when one "
        "fails? What does gather do with errors if you ask it to return them?",
        "one-by-one": "Each city is waited for before the next is asked. Start all, then wait.",
        "wrong-order": "An answer stands under another city's name. Which collector gives answers "
        "in the order in which you asked?",
        "swallowed-error": "An error was caught and something else put in its place. Keep the "
        "exception object itself.",
        "wasted-calls": "A city is asked more than once. Who could keep what the first call gave?",
    }

    def scenarios(self, vary: random.Random) -> Iterator[Scenario]:
        for title, size, kinds in (
            ("four cities, two of them fail", 4, (ConnectionError, ValueError)),
            ("six cities, the slowest fails", 6, (Exception,)),
            ("five cities, none fails, one text is empty", 5, ()),
            ("three cities, all fail", 3, (LookupError, ConnectionError, RuntimeError)),
        ):
            names = vary.sample(_CITIES, size)
            seconds = off_the_beat(vary.sample(range(1, 15), size))
            times = dict(zip(names, seconds, strict=True))
            by_time = sorted(names, key=times.get, reverse=len(kinds) == 1)
            failing = dict(zip(by_time, kinds, strict=False))
            yield _weather(title, times, failing, empty="" if kinds else names[0])

    def judge(self, trial: Trial) -> Iterator[Diagnosis]:
        facts, value = trial.scenario.facts, trial.value
        yield from _asked_again(asked_for(trial.calls), list(facts["expected"]))
        yield from _one_by_one(trial, "cities", facts["longest"])
        if not isinstance(value, dict):
            yield _no_dict(value)
            return
        yield from _cut_short(trial.calls, facts["expected"], value)
        yield from _entries(facts["expected"], value)
        yield from _slow(trial, facts["longest"], _why_not_together)

    def judge_raised(self, trial: Trial) -> Iterator[Diagnosis]:
        expected = trial.scenario.facts["expected"].values()
        cancelled = _cancelled(trial.calls)
        if any(_same(error, leaf) for leaf in _leaves(trial.error) for error in expected):
            yield Diagnosis(
                "lost-results",
                "an entry for every city, an exception object where one failed",
                f"{type(trial.error).__name__}: {trial.error}, and nothing else",
                "An error of fetch came out of your function, and the answers of the others are "
                "gone: nothing caught it, or an `except` that is for other kinds of errors.",
                "asyncio.gather(..., return_exceptions=True) gives errors back as results; "
                "`except Exception` catches every kind of them.",
            )
        elif isinstance(trial.error, CancelledError) and cancelled:
            yield Diagnosis(
                "lost-results",
                "an entry for every city, an exception object where one failed",
                f"CancelledError, and nothing else; cancelled: {', '.join(map(str, cancelled))}",
                _CANCELLED,
                _TO_THE_END,
            )


def _weather(
    title: str, times: dict[str, float], failing: dict[str, type[Exception]], empty: str
) -> Scenario:
    def answer_of(name: str) -> Any:
        if name in failing:
            return failing[name](f"no answer from {name}")
        return "" if name == empty else f"rain in {name}"

    def start(answer: Any, stage: Stage) -> Any:
        return answer(stage.service("fetch", times.get, answer_of), list(times))

    expected = {name: answer_of(name) for name in times}
    return Scenario(title, start, {"expected": expected, "longest": max(times.values())})


def _asked_again(asked: list[Any], names: list[str]) -> Iterator[Diagnosis]:
    """No city is asked more than once; one that is never asked has no answer, and that is told."""
    if all(asked.count(name) < 2 for name in names):
        return
    expected = f"{count(len(names), 'call')} of fetch, one for each name"
    observed = f"{count(len(asked), 'call')}: {', '.join(map(in_words, asked))}"
    if any(name not in asked for name in names):
        yield Diagnosis(
            "lost-results",
            expected,
            observed,
            "One city is asked again and again, and others never: as when functions that are made "
            "in a loop look up the loop's name only when they run.",
            "Give the name to the function, as an argument.",
        )
    else:
        yield Diagnosis(
            "wasted-calls",
            expected,
            observed,
            "A city is asked more than once: again after a failure, or in two places.",
            "Keep what the first call gave, a result or an error, and use that.",
        )


def _why_not_together(trial: Trial) -> str:
    """The likely cause of a report that comes later than the last answer."""
    late = next((call for call in trial.calls if call.began_s), None)
    if late is None:
        return f"All were under way at once. {_AFTERWARDS}"
    return (
        f"{late} began only after {in_seconds(late.began_s)}: some of the waits overlap, but not "
        "all of them; or something else is waited for before they begin."
    )


def _cancelled(calls: list[Call]) -> list[Call]:
    return [call for call in calls if call.outcome == "cancelled"]


def _cut_short(calls: list[Call], expected: dict[str, Any], value: dict) -> Iterator[Diagnosis]:
    """A city whose answer was not waited for to the end: its call was cancelled, or timed out."""
    cancelled = asked_for(_cancelled(calls))
    for name, answer in expected.items():
        found = value.get(name)
        timed_out = isinstance(found, TimeoutError)  # no city raises one
        if timed_out or name in cancelled and not _same(answer, found):
            entry = f"for {name}: {in_words(found)}" if name in value else f"nothing for {name}"
            yield Diagnosis(
                "lost-results",
                f"for {name}: {in_words(answer)}",
                entry if timed_out else f"fetch({name!r}) was cancelled; {entry}",
                _TIMED_OUT if timed_out else _CANCELLED,
                _TO_THE_END,
            )


_TIMED_OUT = (
    "fetch raises no TimeoutError here: a timeout of your own ran out before the city answered."
)
_CANCELLED = (
    "A call that is cancelled gives no answer. A TaskGroup cancels the others at the first error; "
    "a timeout, or a cancel() of your own, does so as well."
)
_TO_THE_END = (
    "Let each fetch come to its own end: asyncio.gather(..., return_exceptions=True) does, and so "
    "does a try around each of them, without a timeout."
)


def _no_dict(value: Any) -> Diagnosis:
    """For a report in which no name stands with its answer."""
    expected = "a dict with an entry for every name"
    if not isinstance(value, (list, tuple)):
        return _wrong(expected, value)
    return Diagnosis(
        "wrong-value",
        expected,
        in_words(value),
        f"{a(type(value).__name__).capitalize()} is no dict: nobody can ask it for a city.",
        "Put names to the answers with zip, and make a dict of the pairs; gather's answers are in "
        "the order of `names`.",
    )


def _entries(expected: dict[str, Any], value: dict) -> Iterator[Diagnosis]:
    missing = [name for name in expected if name not in value]
    if len(missing) == len(expected) == len(value):
        yield Diagnosis(
            "wrong-value",
            f"entries for {', '.join(expected)}",
            in_words(value),
            "The keys of the dict are not the names: key and value have changed places, or "
            "something else was taken for a key.",
            "The name first: found[name] = answer, or dict(zip(names, answers)).",
        )
    elif missing:
        yield Diagnosis(
            "lost-results",
            f"an entry for each of {len(expected)} names",
            f"nothing for {', '.join(missing)}",
            _why_missing(expected, missing),
            "One entry for every name, whatever became of it.",
        )
    elif all(isinstance(each, Exception) for each in value.values()) and not all(
        isinstance(each, Exception) for each in expected.values()
    ):
        yield Diagnosis(
            "lost-results",
            "what each city gave, under its name",
            f"errors alone, also for cities that answered: {in_words(value)}",
            "One error ended the wait for all of them: the answers of the others are gone.",
            "asyncio.gather(..., return_exceptions=True) gives errors back as results.",
        )
    elif len(value) > len(expected):
        yield _wrong(f"entries for {', '.join(expected)} alone", value)
    yield from _wrong_entries(expected, value)


def _why_missing(expected: dict[str, Any], missing: list[str]) -> str:
    if all(expected[name] == "" for name in missing):
        return _COUNTS_AS_FALSE
    cause = "What came after a failure, or the failure itself, is missing from the dict"
    if missing == list(expected)[:-1]:
        cause += "; or a function made in a loop looks up the loop's name too late, when it is "
        cause += "the last one"
    return f"{cause}."


def _wrong_entries(expected: dict[str, Any], value: dict) -> Iterator[Diagnosis]:
    """Entries with another answer than that of their city; which is told the others explain."""
    wrong = {
        name: value[name]
        for name in expected
        if name in value and not _same(expected[name], value[name])
    }
    # An empty text is no city's own: anybody may have put it there.
    theirs = [answer for answer in expected.values() if answer]
    for name, found in wrong.items():
        if any(_same(other, found) for other in theirs):
            yield Diagnosis(
                "wrong-order",
                f"for {name}: {in_words(expected[name])}",
                f"for {name}: {in_words(found)}",
                "It is another city's answer: the answers are in the order of arrival, or out of "
                "step with the names.",
                "gather returns its results in the order of its arguments, whoever is done first.",
            )
            return
    for name, found in wrong.items():
        yield _wrong_entry(name, expected[name], found)


def _wrong_entry(name: str, expected: Any, found: Any) -> Diagnosis:
    shown = f"for {name}: {in_words(found)}"
    if isinstance(expected, Exception):
        return Diagnosis(
            "swallowed-error",
            f"for {name}: the exception object, {in_words(expected)}",
            shown,
            "The exception was caught, and something else was put in its place.",
            "The caller is to have the exception object itself.",
        )
    return Diagnosis(
        "wrong-value",
        f"for {name}: {in_words(expected)}",
        shown,
        "This is not what fetch gave for that name." if expected else _COUNTS_AS_FALSE,
        "Put in what `await fetch(name)` gave, as it is.",
    )


_COUNTS_AS_FALSE = (
    "fetch gave an empty text there, a result like any other. It counts as false: an `if` or an "
    "`or` may have taken it for nothing."
)


class AsTheyFinish(Program):
    id = "as-they-finish"
    name = "as_they_finish"
    codes = ("one-by-one", "wrong-order", "too-slow")
    prompt = (
        "Write `as_they_finish(fetch, names, show)`. Fetch all the pages at the same time with "
        "`await fetch(name)`, which never fails, and call `show(name, page)` for each page **at "
        "the moment at which it arrives**. `show` is a plain function: call it without `await`. "
        "Every name is there once. It ends when all have been shown; what it returns does not "
        "matter."
    )
    stub = (
        "async def as_they_finish(fetch, names, show) -> None:\n"
        "    # Your code here, instead of the dots.\n    ..."
    )
    hints = (
        "gather gives everything at the end, in the order of the names. Here each page is wanted "
        "when it is there.",
        "When a page arrives you need to know whose it is. A small async function that fetches "
        "one page and shows it knows the name.",
        "`async def fetch_and_show(name): show(name, await fetch(name))`, one for each name, all "
        "at the same time.",
    )
    hints_for = {
        "too-slow": "Something was later than it could be. Is every fetch under way from the "
        "start? And when a page is there, what is waited for before it is shown?",
        "wrong-order": "A page was shown under another name. Keep name and page together from the "
        "start: in one function, or as a pair.",
        "one-by-one": "Each page is fetched after the one before it was shown. Start them all.",
    }

    def scenarios(self, vary: random.Random) -> Iterator[Scenario]:
        for title, size in (
            ("three pages", 3),
            # More than who limits himself would let in.
            ("twelve pages, two of which arrive at the same moment", 12),
            ("one page", 1),
        ):
            names = vary.sample(_CITIES, size)
            times = sorted(vary.sample(range(1, 15), size), reverse=True)
            times[2:] = vary.sample(times[2:], len(times[2:]))  # the first is never the fastest
            times = off_the_beat(times)
            if size == 12:
                times[-1] = times[-2]
            yield _pages(title, names, dict(zip(names, times, strict=True)))

    def diagnose(self, trial: Trial) -> Diagnosis | None:
        # It may return what it likes, its tasks too, as long as they are done: none is left then.
        if not trial.leaked and all(map(isfuture, trial.handed_back)):
            trial = replace(trial, handed_back=[])
        return super().diagnose(trial)

    def judge(self, trial: Trial) -> Iterator[Diagnosis]:
        times = trial.scenario.facts
        shown = sorted(trial.notes["shown"])  # two at one moment may be shown in either order
        longest = max(times.values())
        yield from wrong_calls(asked_for(trial.calls), list(times))
        yield from _one_by_one(trial, "pages", longest)
        yield from _shown(times, [(name, page) for _, name, page in shown])
        for at_s, name, _ in shown:
            if name in times and not trial.real and at_s > times[name]:
                yield Diagnosis(
                    "too-slow",
                    f"{name}'s page is shown when it arrives, after {in_seconds(times[name])}",
                    f"it was shown after {in_seconds(at_s, times[name])}",
                    _begun_late(trial) or _why_shown_late(trial, name, at_s),
                    "A small function that fetches one page and shows it, for all names at once; "
                    "or asyncio.as_completed.",
                )
        yield from _slow(trial, longest, lambda _: f"All are shown in time. {_AFTERWARDS}")

    def judge_raised(self, trial: Trial) -> Iterator[Diagnosis]:
        if "Set of Tasks/Futures is empty" in str(trial.error):
            yield Diagnosis(
                "raised",
                "asyncio.wait is called as long as there is something to wait for",
                error_in_words(trial.error),
                "asyncio.wait was given nothing to wait for. What it hands out as done may be "
                "several at once, so it can be called less often than there are pages.",
                "`while pending:`, and in it go through all that are done.",
            )


def _why_shown_late(trial: Trial, name: str, at_s: float) -> str:
    """The likely cause of a page that was shown later than it could be."""
    began = [call.began_s for call in trial.calls if name in call.args and call.began_s]
    if began:
        return (
            f"fetch({name!r}) began only after {in_seconds(began[0])}: something holds it back, a "
            f"limit or a wait before it. At most {count(peak(trial.calls), 'page')} of "
            f"{len(trial.scenario.facts)} are on their way at one time."
        )
    if any(call.ended_s == at_s for call in trial.calls):
        return "The page was there, and something slower was waited for first."
    return (
        "The page was there, and no other arrived when it was shown: there is a pause before that, "
        "or the function looks only now and then."
    )


def _pages(title: str, names: list[str], times: dict[str, float]) -> Scenario:
    def start(answer: Any, stage: Stage) -> Any:
        shown = stage.notes["shown"] = []
        fetch = stage.service("fetch", times.get, _page)

        def show(name: str, page: Any) -> None:
            shown.append((stage.now(), _kept(name), _kept(page)))

        return answer(fetch, list(names), show)

    return Scenario(title, start, times)


def _page(name: str) -> str:
    return f"the page of {name}"


def _kept(value: Any) -> Any:
    """What was shown, as text if it is anything but text: it may change later."""
    return value if isinstance(value, str) else in_words(value)


def _shown(times: dict[str, float], shown: list[tuple[Any, Any]]) -> Iterator[Diagnosis]:
    names = [name for name, _ in shown]
    missing = [name for name in times if name not in names]
    pages = {name: _page(name) for name in times}
    others = [pair for pair in shown if pair not in pages.items()]
    mixed = (pair for pair in others if pair[0] in pages and pair[1] in pages.values())
    mixed = next(mixed, None)
    if mixed:
        name, page = mixed
        yield Diagnosis(
            "wrong-order",
            f"show({name!r}, {_page(name)!r})",
            f"show({name!r}, {page!r})",
            "Name and page do not belong together. A list of names is in one order and the pages "
            "arrive in another; or a function made in a loop looks up the loop's name too late.",
            "Give the name to the function that fetches, and let it show both.",
        )
    elif others:
        for name, page in others:
            yield _wrongly_shown(name, page, is_name=name in pages)
    elif missing:
        yield _not_shown(times, missing)
    elif len(names) > len(set(names)):
        yield _wrong("one call of show for each name", names)


def _not_shown(times: dict[str, float], missing: list[str]) -> Diagnosis:
    lost, *others = missing
    together = [name for name in times if times[name] == times[lost]]
    if missing != together and not others:
        return Diagnosis(
            "lost-results",
            f"{count(len(times), 'call')} of show",
            f"of {' and '.join(together)}, which arrive at the same moment, only one is shown",
            "One is taken where several have come: asyncio.wait gives a set of all that are done; "
            "or one page is kept until it is shown, and the next one takes its place.",
            "Go through all that have come: `for task in done`.",
        )
    return Diagnosis(
        "lost-results",
        f"{count(len(times), 'call')} of show",
        f"nothing shown for {', '.join(missing)}",
        "Not every page that was asked for is shown.",
        "Wait until every page has come, and show each.",
    )


def _wrongly_shown(name: str, page: str, *, is_name: bool) -> Diagnosis:
    if is_name:
        cause = "The second argument is not the page that fetch gave for a name."
        advice = "Await the fetch, and show what the await gives."
    elif name.startswith("<"):
        cause = (
            "The first argument is something to await, not a name. as_completed hands out "
            "whatever comes next, and gives no names."
        )
        advice = "Let a small async function fetch one page and show it: it knows the name."
    else:
        cause = "The first argument is none of the names."
        advice = "Show each page under the very name that it was fetched by."
    return Diagnosis(
        "wrong-value",
        "show(name, page), with a name and the page that fetch gave",
        f"show({_shown_as(name)}, {_shown_as(page)})",
        cause,
        advice,
    )


def _shown_as(kept: str) -> str:
    return kept if kept.startswith("<") else repr(kept)


class PredictCollectors(Prediction):
    id = "predict-collectors"
    name = "predict_collectors"
    codes = ("wrong-value",)
    prompt = (
        "Six jobs take 1, 2, 3, 4, 5 and 6 seconds. All are started at once, and **the one of 2 "
        "seconds fails**. For each of four ways to wait for them: after how many **seconds** does "
        "the caller go on, and how many of the six jobs are **still running** at that moment?"
    )
    stub = (
        "predict_collectors = {  # seconds until the caller goes on, jobs still running then\n"
        '    "gather": (..., ...),\n'
        '    "gather, return_exceptions=True": (..., ...),\n'
        '    "wait, return_when=FIRST_EXCEPTION": (..., ...),\n'
        '    "the first of as_completed": (..., ...),\n'
        "}"
    )
    hints = (
        "Draw six bars of 1 to 6 seconds below each other. Nobody stops a bar: it goes on to its "
        "end, whatever the caller does.",
        "For each way ask: what is it waiting for? An error, everything, or whatever comes first?",
        "gather goes on at the first error; with return_exceptions=True at the last end; wait with "
        "FIRST_EXCEPTION at the first error; as_completed hands out the first that is done.",
    )

    def judge_value(self, value: Any) -> Iterator[Diagnosis]:
        pairs = _pairs(value)
        if pairs is None:
            yield self.wrong_kind("two numbers for each of the four ways", value)
            return
        for way, (seconds, running) in pairs.items():
            (right_s, right_running), cause = _COLLECTORS[way]
            if (seconds, running) == (right_s, right_running):
                continue
            cause = _MISBELIEFS.get((way, seconds, running), cause)
            yield Diagnosis(
                "wrong-value",
                f"for {way}: the seconds until the caller goes on, the jobs still running then",
                f"{seconds:g} s, {count(round(running), 'job')} still running",
                cause,
                "Record that way of waiting with the six jobs, and count the lanes.",
            )


_WAYS = (
    "gather",
    "gather, return_exceptions=True",
    "wait, return_when=FIRST_EXCEPTION",
    "the first of as_completed",
)
_COLLECTORS = {
    _WAYS[0]: (
        (2, 4),
        "gather raises the first error as soon as it happens. It stops nobody: whoever has not "
        "ended runs on.",
    ),
    _WAYS[1]: (
        (6, 0),
        "With return_exceptions=True an error is one of the results, so gather waits for all.",
    ),
    _WAYS[2]: (
        (2, 4),
        "FIRST_EXCEPTION means: come back at the first error, or when all are done. The others "
        "are handed back as pending, and run on.",
    ),
    _WAYS[3]: (
        (1, 5),
        "as_completed hands out whichever is done first, and the job of 1 second is. The others "
        "run on.",
    ),
}
_MISBELIEFS = {
    (way, 2, 0): "The others are not cancelled: nobody told them to stop. They run on until "
    "their own ends."
    for way in (_WAYS[0], _WAYS[2])
} | {
    (_WAYS[0], 6, 0): "gather does not wait for the others once one has failed: the error comes "
    "out at once. Only return_exceptions=True waits for all.",
    (_WAYS[1], 2, 4): "With return_exceptions=True no error comes out, so there is nothing to go "
    "on for at 2 seconds. It waits for all.",
    (_WAYS[3], 2, 4): "The job that fails is the second to be done. The first is the job of 1 "
    "second, and it succeeds.",
}


def _pairs(value: Any) -> dict[str, tuple[float, float]] | None:
    """The two numbers for each way, from a dict or from four pairs in the starter's order."""
    if isinstance(value, (list, tuple)):
        value = dict(zip(_WAYS, value, strict=False))
    try:
        pairs = {way: tuple(float(number) for number in value[way]) for way in _WAYS}
    except (TypeError, ValueError, KeyError):
        return None
    return pairs if all(len(pair) == 2 for pair in pairs.values()) else None


class WhatDepends(Program):
    id = "what-depends"
    name = "dashboard"
    codes = ("not-awaited", "raised", "one-by-one", "too-slow")
    prompt = (
        "Write `dashboard(login, profile, orders, detail)`, four async functions. `login()` gives "
        "a token. `profile(token)` gives the profile, and `orders(token)` a list of orders; both "
        "need the token. `detail(order)` gives the detail of one order. Return the tuple "
        "`(profile, [details])`, the details in the order of the orders, **as early as the "
        "dependencies allow**: nothing waits for what it does not need. Nothing fails."
    )
    stub = (
        "async def dashboard(login, profile, orders, detail) -> tuple:\n"
        "    # Your code here, instead of the dots.\n    ..."
    )
    hints = (
        "Draw an arrow from everything to what needs its result. What needs the token? What needs "
        "an order? Does a detail need the profile?",
        "There are two chains after the login: the profile; and the orders with their details. "
        "They can run side by side, each at its own pace.",
        "Write the second chain as an async function of its own: it awaits `orders(token)`, then "
        "gathers the details.",
        "Then gather `profile(token)` and that function.",
    )
    hints_for = {
        "one-by-one": "Everything waits for everything. Which of the calls could be under way "
        "while another is?",
        "too-slow": "Some call could begin earlier, or something is waited for at the end. In the "
        "timeline: what is over when that call begins?",
        "not-awaited": "Which call needs a value that another call brings? That one must have been "
        "awaited before, by itself.",
    }
    advice_for = {
        "one-by-one": "After the login, let the profile run beside the orders and their details.",
    }

    def scenarios(self, vary: random.Random) -> Iterator[Scenario]:
        first, second, third, fourth = vary.sample(range(2, 9), 4)
        slow_first = sorted((second, third), reverse=True)  # they do not arrive in their order
        for title, profile_s, orders_s, details in (
            ("a slow profile, two orders", 30, first, slow_first),
            ("a quick profile, four orders", 1, 20 + first, [second, third, fourth, first]),
            (
                "a profile slower than the orders, slow details",
                20,
                first,
                [40 + seconds for seconds in slow_first],
            ),
            ("one order", 1 + first, 1 + second, [third]),
        ):
            yield _shop(title, vary.randrange(1, 5), profile_s, orders_s, details, vary)

    def judge(self, trial: Trial) -> Iterator[Diagnosis]:
        facts = trial.scenario.facts
        services = {call.service for call in trial.calls}
        if peak(trial.calls) == 1 and services == {"login", "profile", "orders", "detail"}:
            yield Diagnosis(
                "one-by-one",
                f"profile and orders at the same time, {in_seconds(facts['best'])} in all",
                f"one call at a time{trial.in_all()}",
                _begun_late(trial)
                or "Each call is awaited before the next one, also where it needs nothing of it.",
                "Ask of each call what it needs, and start it as soon as that is there.",
            )
        yield from _called_again(trial.calls)
        details = _calls_of(trial, "detail")
        if peak(details) == 1 < len(details) and trial.late(facts["best"]):
            yield Diagnosis(
                "too-slow",
                f"{len(details)} details at the same time",
                f"one detail at a time{trial.in_all()}",
                "Each detail is awaited before the next one is asked for, or a limit lets in one "
                "at a time.",
                "Gather the details: asyncio.gather(*[detail(order) for order in orders]).",
            )
        yield from _dashboard(facts, trial)
        yield from _slow(
            trial,
            facts["best"],
            _why_late,
            "Put each chain of calls that need each other into an async function; gather those.",
        )

    def judge_raised(self, trial: Trial) -> Iterator[Diagnosis]:
        yield from _not_yet_values(trial.calls)
        if isinstance(trial.error, UnboundLocalError):
            yield Diagnosis(
                "not-awaited" if trial.never_awaited else "raised",
                "each call is made when what it needs is there",
                f"{error_in_words(trial.error)}, at {at(of_error(trial.error))}",
                "What stands right of the `=` runs first: profile and orders need the token "
                "before they can be called, so a gather that they are part of cannot bring it.",
                "Await what others need on a line of its own, before them.",
            )


def _shop(
    title: str,
    login_s: int,
    profile_s: int,
    orders_s: int,
    details_s: list[int],
    vary: random.Random,
) -> Scenario:
    number = vary.randrange(100, 900)
    numbers = range(number, number + len(details_s))
    # Neither in the order of their numbers nor in the opposite one, if there are three or more.
    token, orders = f"token-{number}", [f"order-{n}" for n in (*numbers[1:], number)]
    login_s, profile_s, orders_s, *details_s = off_the_beat(
        [login_s, profile_s, orders_s, *details_s]
    )
    times = dict(zip(orders, details_s, strict=True))

    def known(what: str, value: Any) -> Callable[[Any], Any]:
        def check(given: Any) -> Any:
            return value if given == token else PermissionError(f"{what}: unknown token")

        return check

    def start(answer: Any, stage: Stage) -> Any:
        return answer(
            stage.service("login", lambda: login_s, lambda: token),
            stage.service("profile", lambda _: profile_s, known("profile", f"profile {number}")),
            stage.service("orders", lambda _: orders_s, known("orders", list(orders))),
            stage.service("detail", lambda order: _seconds(times, order), _detail),
        )

    best = login_s + max(profile_s, orders_s + max(details_s))
    wanted = (f"profile {number}", [_detail(order) for order in orders])
    return Scenario(title, start, {"best": best, "wanted": wanted})


def _seconds(times: dict[str, float], order: Any) -> float:
    return times.get(order, 0) if isinstance(order, str) else 0


def _detail(order: Any) -> Any:
    return f"detail of {order}" if isinstance(order, str) else LookupError("no such order")


def _calls_of(trial: Trial, service: str) -> list[Call]:
    return [call for call in trial.calls if call.service == service]


def _called_again(calls: list[Call]) -> Iterator[Diagnosis]:
    """A service that is asked the same again. Two chains may each log in for themselves."""
    asked = [(call.service, call.args) for call in calls if call.service != "login"]
    again = next((call for call in calls if asked.count((call.service, call.args)) > 1), None)
    if again is not None:
        yield Diagnosis(
            "wasted-calls",
            f"one call {again}",
            f"{asked.count((again.service, again.args))} calls of it",
            "What the first call gave was not kept, or the same call is made in two places.",
            "Keep what the first call gave under a name, and use that.",
        )


def _why_late(trial: Trial) -> str:
    """The likely cause of a dashboard that comes later than it could."""
    could_s = _earliest(trial)
    late = next((c for c in trial.calls if c.began_s and c.began_s > could_s(c)), None)
    if late is None:
        return f"Every call began as early as it could. {_AFTERWARDS}"
    told = (
        f"{late} could begin at {in_seconds(could_s(late))} and began at "
        f"{in_seconds(late.began_s, could_s(late))}: "
    )
    others = _calls_of(trial, "detail") if late.service == "detail" else []
    if any(call.began_s == could_s(call) for call in others):
        return told + (
            "some details are held back until others are there. One of them is awaited first, or "
            "a limit lets in only so many."
        )
    if any(call.ended_s == late.began_s for call in trial.calls):
        return told + (
            "it waits for a result that it does not need. That is often a gather that must be over "
            "before the next step, whichever of its parts that step needs."
        )
    return told + "there is a pause before it, or the function looks only now and then."


def _earliest(trial: Trial) -> Callable[[Call], float]:
    """When a call could begin: when what it needs was there."""

    def end_of(service: str) -> float:
        ends = (call.ended_s for call in _calls_of(trial, service) if call.ended_s is not None)
        return next(ends, inf)

    needs = {"profile": "login", "orders": "login", "detail": "orders"}
    return lambda call: end_of(needs[call.service]) if call.service in needs else 0


def _not_yet_values(calls: Iterable[Call]) -> Iterator[Diagnosis]:
    """A call that was given something to await where it needs the value."""
    for call in calls:
        if any(inspect.isawaitable(argument) for argument in call.args):
            yield Diagnosis(
                "not-awaited",
                f"{call.service} gets the value that it needs",
                f"the call {call}",
                "A call gives a coroutine object, create_task gives a task, and neither is the "
                "result: only `await` gives that.",
                "`await` it first, and pass on what comes back.",
            )


def _dashboard(facts: dict[str, Any], trial: Trial) -> Iterator[Diagnosis]:
    (profile, details), value = facts["wanted"], trial.value
    try:
        got_profile, got_details = value
        got_details = list(got_details)
    except (TypeError, ValueError):
        yield _wrong("a tuple (profile, [details])", value)
        return
    if sorted(map(str, got_details)) == sorted(details) and got_details != details:
        yield Diagnosis(
            "wrong-order",
            f"the details in the order of the orders: {in_words(details)}",
            in_words(got_details),
            _why_this_order(trial, got_details),
            "gather returns results in the order of its arguments.",
        )
    elif len(got_details) < len(details):
        yield Diagnosis(
            "lost-results",
            count(len(details), "detail"),
            in_words(got_details),
            "Not every order's detail is there.",
            "Call detail once for each order of the list.",
        )
    elif (got_profile, got_details) != (profile, details) or isinstance(value, str):
        yield _wrong(in_words(facts["wanted"]), value)


def _why_this_order(trial: Trial, details: list[Any]) -> str:
    """All that may have brought the details into this order."""
    causes = ["the orders have gone through a set, whose order is its own"]
    if details == sorted(details, key=str):
        causes.insert(0, "the orders are sorted")
    if details == [_detail(order) for order in arrived(_calls_of(trial, "detail"))]:
        causes.insert(0, "the details are collected as they arrive")
    return f"They do not stand in the order of the orders: {', or '.join(causes)}."


# -- what several of them ask ------------------------------------------------------------------


def _one_by_one(trial: Trial, what: str, longest: float) -> Iterator[Diagnosis]:
    if peak(trial.calls) == 1 < len(trial.calls):
        yield Diagnosis(
            "one-by-one",
            f"{len(trial.calls)} {what} at the same time, {in_seconds(longest)} in all",
            f"one at a time{trial.in_all()}",
            _begun_late(trial)
            or "Each is awaited before the next one begins, so the waits add up.",
            "Start all of them, then wait.",
        )


def _slow(
    trial: Trial,
    best_s: float,
    why: Callable[[Trial], str],
    advice: str = "Start everything that can be started before you wait.",
) -> Iterator[Diagnosis]:
    if trial.late(best_s):
        expected = f"it is over after {in_seconds(best_s)}"
        observed = f"after {in_seconds(trial.elapsed_s, best_s)}"
        cause = _begun_late(trial) or why(trial)
        yield Diagnosis("too-slow", expected, observed, cause, advice)


_AFTERWARDS = (
    "Something else is waited for after that, or the function looks only now and then whether all "
    "are done."
)


def _begun_late(trial: Trial) -> str:
    """The likely cause, if a coroutine object was made and nothing started it for a while."""
    if trial.real:
        return ""  # on a clock that never stands still, every call begins later than it is made
    begun = (call for call in trial.calls if call.began_s is not None)
    late = next((call for call in begun if call.began_s > call.called_s), None)
    if late is None:
        return ""
    return (
        f"{late} was called at {in_seconds(late.called_s)} and began at "
        f"{in_seconds(late.began_s, late.called_s)}: a call makes a coroutine object, and making "
        "is not starting. It begins when it is awaited, gathered or made a task."
    )


def _wrong(expected: str, value: Any) -> Diagnosis:
    return Diagnosis(
        "wrong-value",
        expected,
        in_words(value),
        *(_NOTHING if value is None else _SOMETHING_ELSE),
    )


_NOTHING = (
    "The function comes to its end without a `return`, or returns nothing.",
    "Return what was asked for.",
)
_SOMETHING_ELSE = (
    "Something else was given than what was asked for.",
    "Hold the two against each other: the kind of value, how many there are, what is in it.",
)


def _same(expected: Any, value: Any) -> bool:
    if isinstance(expected, Exception):
        return type(value) is type(expected) and value.args == expected.args
    return type(value) is type(expected) and value == expected


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error
