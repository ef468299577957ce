"""What several exercises ask of an answer: that it fetches what it should, and returns it all.

Here stands only what two exercises at least have in common.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from helpers.recording import count

from .stage import Call
from .verdict import Diagnosis
from .words import a, in_words


def asked_for(calls: list[Call]) -> list[Any]:
    """What a service that takes one argument was called with, call by call."""
    return [argument for call in calls for argument in call.args]


def wrong_calls(asked: list[Any], names: list[str]) -> Iterator[Diagnosis]:
    """Every name of the list is fetched, once for each place that it has in it."""
    several = next((each for each in asked if isinstance(each, (list, tuple, set))), None)
    if several is not None:
        yield Diagnosis(
            "lost-results",
            "fetch gets one name at a time",
            f"fetch({in_words(several)})",
            "fetch was given all the names at once, and fetches one page.",
            "One call for each name: [fetch(name) for name in names].",
        )
        return
    missing = any(asked.count(name) < names.count(name) for name in names)
    if missing and any(asked.count(name) > names.count(name) > 0 for name in names):
        yield Diagnosis(
            "lost-results",
            *_calls_in_words(asked, names),
            "One page is fetched again and again, and others never: as when functions that are "
            "made in a loop look up the loop's name only when they run.",
            "Give the name to the function, as an argument.",
        )
    elif missing:
        yield Diagnosis(
            "lost-results",
            *_calls_in_words(asked, names),
            "A page that is asked for is not fetched.",
            "One call for each name"
            + (", also for a name that is there twice." if len(set(names)) < len(names) else "."),
        )
    if len(asked) > len(names):
        cause = "A page is fetched more often than it is asked for."
        advice = "Keep what the first call gave, and use that."
        yield Diagnosis("wasted-calls", *_calls_in_words(asked, names), cause, advice)


def _calls_in_words(asked: list[Any], names: list[str]) -> tuple[str, str]:
    """Expected and observed."""
    return (
        f"{count(len(names), 'call')} of fetch, one for each name",
        f"{count(len(asked), 'call')}: {', '.join(map(in_words, asked)) or 'none'}",
    )


def arrived(calls: list[Call]) -> list[Any]:
    """What a service that takes one argument was called with, in the order of the calls' ends."""
    ended = [call for call in calls if call.ended_s is not None]
    return asked_for(sorted(ended, key=lambda call: call.ended_s))


def wrong_pages(value: Any, pages: list[str], arrived: list[str]) -> Iterator[Diagnosis]:
    """The result is the list of these pages, in this order, which is not that of their arrival."""
    if isinstance(value, list) and value == pages:
        return
    expected, observed = in_words(pages), in_words(value)
    if not isinstance(value, list):
        yield Diagnosis("wrong-value", f"the list {expected}", *_no_list(value))
    elif value == [pages]:
        cause = "The list of pages stands inside another list."
        yield Diagnosis("wrong-value", expected, observed, cause, "Return the inner list itself.")
    elif len(value) < len(pages):
        yield Diagnosis(
            "lost-results",
            expected,
            observed,
            "Some pages are missing from the list.",
            "One name, one page: count them, and mind a name that is there twice.",
        )
    elif sorted(map(str, value)) == sorted(pages):
        yield Diagnosis(
            "wrong-order",
            expected,
            observed,
            "The pages do not stand in the order of `names`"
            + (
                ", but in that of their arrival: they were collected as they came, or sorted or "
                "turned round."
                if value == arrived
                else ", nor in that of their arrival: something has sorted or mixed them."
            ),
            "Keep each page at the place of its name, whenever it comes.",
        )
    else:
        cause = "This is not the list of what fetch gave, one page for each name."
        advice = "Return the pages themselves."
        if len(set(pages)) < len(pages):
            cause += " (Of two equal names, list.index finds the first.)"
            advice += " Let enumerate tell each page its place."
        yield Diagnosis("wrong-value", expected, observed, cause, advice)


def _no_list(value: Any) -> tuple[str, str, str]:
    """Observed, cause and advice for a result that is no list."""
    if value is None:
        cause = "The function comes to its end without a `return`, or returns nothing."
        return "None", cause, "Return the list of pages."
    observed = f"{in_words(value)}, {a(type(value).__name__)}"
    if isinstance(value, dict):
        cause = "A dict is no list, and holds a name that is there twice only once."
        return observed, cause, "Put the pages into a list, in the order of `names`."
    return observed, "Another kind of value is returned.", "Return a list: list(...) makes one."
