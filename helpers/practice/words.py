"""Facts put into a learner's words: values, errors, places and tasks, the same from run to run.

Addresses, task numbers, paths and names that only this course knows are left out here, so that
none of them can reach a verdict. What the facts mean is not for this file.
"""

from __future__ import annotations

import re
import reprlib
from typing import Any

from helpers.recording import Event, Place
from helpers.recording.places import plain_name


def at(place: Place | Event | None) -> str:
    """ "line 3 of fetch_all", as far as it is known."""
    if place is None or place.line is None:
        return "a line that is not yours"
    return f"line {place.line} of {place.func}"


def in_words(value: Any, limit: int = 160) -> str:
    """A value's repr, shortened, the same from run to run, whatever its own repr does."""
    try:
        text = " ".join(_WORDS.repr(value).split())
    except Exception:  # a repr that raises
        text = f"<{type(value).__name__}>"
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def in_seconds(seconds: float, beside: float | None = None) -> str:
    """ "14.05 s": two decimals, unless it would look the same as what it is held `beside`."""
    rounded = round(seconds, 2)
    is_alike = beside is not None and seconds != beside and rounded == round(beside, 2)
    return f"{seconds if is_alike else rounded:g} s"


def a(noun: str) -> str:
    """The noun with its article: "a list", "an int"."""
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def error_in_words(error: BaseException) -> str:
    """ "ValueError: no tea"; of a group also what is inside it."""
    if isinstance(error, BaseExceptionGroup):
        inside = "; ".join(error_in_words(leaf) for leaf in error.exceptions)
        text = f"{type(error).__name__} of {inside}"
    else:
        try:
            text = f"{type(error).__name__}: {error}".rstrip(": ")
        except Exception:  # its own __str__ fails
            text = type(error).__name__
        text = _plain(" ".join(text.split()))
    return text if len(text) <= 300 else f"{text[:299]}…"


def coroutine_in_words(qualname: str) -> str:
    """The name of a coroutine function as the learner knows it, "" for as_completed's own."""
    name = plain_name(qualname)
    return "" if name.rpartition(".")[2].startswith("_wait_for_one") else name


def _plain(text: str) -> str:
    """A text of Python's without what differs from run to run or belongs to others.

    Of a long one only the two ends are left, which are more than is ever shown.
    """
    if len(text) > 2 * _END:
        text = text[:_END] + text[-_END:]
    for pattern, plain in _NOT_FOR_LEARNERS:
        text = pattern.sub(plain, text)
    return text


class _Words(reprlib.Repr):
    """Addresses and task numbers differ from run to run; they are left out."""

    def __init__(self):
        super().__init__()
        self.maxlevel, self.maxother, self.maxlong = 5, 160, 20
        self.maxlist = self.maxtuple = self.maxset = self.maxfrozenset = self.maxdict = 8
        self.maxstring = 80

    def repr_set(self, value: set, level: int) -> str:
        items = sorted(self.repr1(item, level - 1) for item in value)
        shown = [*items[: self.maxset], "..."] if len(items) > self.maxset else items
        return f"{{{', '.join(shown)}}}" if items else "set()"

    def repr_str(self, value: str, level: int) -> str:
        return super().repr_str(_plain(value), level)  # a task may have been put into it

    def repr_int(self, value: int, level: int) -> str:
        try:
            repr(value)
        except ValueError:  # thousands of digits; from 3.14 on, reprlib words it by its address
            return "<int>"
        return super().repr_int(value, level)

    def repr_coroutine(self, value: Any, level: int) -> str:
        return f"<coroutine {coroutine_in_words(value.__qualname__)}>".replace(" >", ">")

    def repr_Task(self, value: Any, level: int) -> str:
        return f"<task {coroutine_in_words(value.get_coro().__qualname__)}>".replace(" >", ">")

    def repr_Future(self, value: Any, level: int) -> str:
        return "<future>"

    def repr__GatheringFuture(self, value: Any, level: int) -> str:
        return "<future of gather>"

    def repr_instance(self, value: Any, level: int) -> str:
        try:
            text = _plain(repr(value))
        except Exception:
            text = f"<{type(value).__name__}>"
        return text if len(text) <= self.maxother else f"{text[: self.maxother - 1]}…"


_END = 1_000  # characters
_WORDS = _Words()
_NOT_FOR_LEARNERS = (
    (re.compile(r" at 0x[0-9A-Fa-f]+"), ""),
    (re.compile(r"(?<![\w.])(?:[\w.]*<locals>\.)+"), ""),  # a function inside another one
    (re.compile(r" (?:_AsCompletedIterator\.)?_wait_for_one"), ""),  # as_completed's own
    (re.compile(r"<_?\w*Task (?:[^<>]|<[^<>]*>)*>"), "<task>"),
    (re.compile(r"<_?\w*Future (?:[^<>]|<[^<>]*>)*>"), "<future>"),
    (re.compile(r"\b_GatheringFuture\b"), "future of gather"),
)
