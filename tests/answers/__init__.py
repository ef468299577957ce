"""Answers that learners give, right and wrong, each with the verdict that it must get.

One file a lesson, named as the exercises' own. A file says of each answer which exercise it is
for and what it is:

    @right("all-at-once")
    async def gather_of_a_list(fetch, names): ...

    @wrong("all-at-once", "one-by-one", says="one at a time")
    async def one_after_another(fetch, names): ...

    wrong_value("predict-total", "wrong-value", (6, 6), says="their sum")

Nothing here judges; tests/test_exercises.py and tests/mutation.py do.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from helpers.practice import Verdict
from helpers.practice.words import in_words


@dataclass(frozen=True)
class Answer:
    """One answer to an exercise: `make()` gives it, `code` is its verdict's.

    `says` is a piece of text that the verdict must hold.
    """

    exercise: str
    name: str
    code: str
    make: Callable[[], Any]
    says: str = ""

    def __str__(self) -> str:
        return f"{self.exercise}: {self.name}"

    def problem(self, verdict: Verdict) -> str:
        """What is wrong with the verdict that this answer got, "" if nothing is."""
        if verdict.code != self.code:
            return f"{self}: expected {self.code}, got {verdict.code}"
        if self.says not in " ".join(str(verdict).split()):
            return f"{self}: expected the verdict to say {self.says!r}, got\n{verdict}"
        inner = _INNER.search(str(replace(verdict, printed="")))
        if inner:
            return f"{self}: {inner[0]!r} is no word for a learner, in\n{verdict}"
        if not verdict.in_virtual_time and _SECONDS.search(verdict.observed):
            return f"{self}: the seconds of a real loop differ from run to run, in\n{verdict}"
        if verdict.word == "NOT YET" and not all(_said(verdict)):
            return f"{self}: expected, observed, cause and advice are not all there, in\n{verdict}"
        return ""


def _said(verdict: Verdict) -> tuple[str, str, str, str]:
    return verdict.expected, verdict.observed, verdict.cause, verdict.advice


# Paths, addresses, numbers of tasks, and names that only the course or asyncio itself knows.
_INNER = re.compile(
    r"/\w+/|\w\.py\b|0x[0-9a-f]{4}|Task-\d|<locals>|\b_[A-Z]\w*|\b_(no_sleep|wait_for)"
)
_SECONDS = re.compile(r"\d\.\d+ s\b")

_ANSWERS: dict[str, list[Answer]] = {}


def right(exercise: str, *, made: bool = False) -> Callable:
    """Decorates an answer that must pass. `made`: the function makes the answer, afresh."""
    return wrong(exercise, "pass", made=made)


def wrong(exercise: str, code: str, *, says: str = "", made: bool = False) -> Callable:
    """Decorates an answer that must get this code, and a verdict that says this."""

    def keep(function: Callable) -> Callable:
        make = function if made else lambda: function
        _keep(Answer(exercise, function.__name__, code, make, says))
        return function

    return keep


def right_value(exercise: str, *values: Any) -> None:
    """Predictions that must pass."""
    for value in values:
        wrong_value(exercise, "pass", value)


def wrong_value(exercise: str, code: str, value: Any, *, says: str = "") -> None:
    """A prediction that must get this code, and a verdict that says this."""
    _keep(Answer(exercise, in_words(value), code, lambda: value, says))


def _keep(answer: Answer) -> None:
    _ANSWERS.setdefault(answer.exercise, []).append(answer)


def answers_to(exercise: str, lesson: str) -> list[Answer]:
    """All answers to an exercise of this lesson ("01_waiting"); none when it has no file."""
    module = f"{__name__}.lesson_{lesson}"
    if find_spec(module) is not None:
        import_module(module)
    return _ANSWERS.get(exercise, [])
