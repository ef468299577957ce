"""What an exercise is: one class, from which its cell, its verdicts and its hints all come.

To add one, write a class in `exercises/`, a solution in `solutions/`, answers in `tests/answers/`
and a cell in the lesson; CONTRIBUTING.md walks through it.
"""

from __future__ import annotations

import ast
import inspect
import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from typing import Any, ClassVar

from .diagnosis import mistakes
from .trial import Scenario, Trial
from .verdict import Diagnosis, first
from .words import a, in_words


class Exercise:
    """What every exercise has. The lesson is the module's: `lesson_01_waiting` is "01_waiting".

    The reference solution is the function called `name` in the module of the same name in
    `solutions/`; its docstring explains it.
    """

    id: ClassVar[str]
    name: ClassVar[str]  # what the learner defines
    prompt: ClassVar[str]  # Markdown: the contract, all of it
    stub: ClassVar[str]  # the starter without its check
    hints: ClassVar[tuple[str, ...]]  # one stage further each
    hints_for: ClassVar[dict[str, str]] = {}  # by code: the first hint after that diagnosis
    codes: ClassVar[tuple[str, ...]]  # the mistakes it is about; each has an answer in the tests

    @property
    def lesson(self) -> str:
        return type(self).__module__.rpartition(".lesson_")[2]

    @property
    def starter(self) -> str:
        """The exercise's cell, as the lesson has it."""
        return self._cell(self.stub)

    @property
    def solved(self) -> str:
        """The same cell with the reference solution in it."""
        return self._cell(self.solution)

    @property
    def solution(self) -> str:
        """The source of the reference solution, without its docstring."""
        raise NotImplementedError

    @property
    def explanation(self) -> str:
        """Why the solution is what it is."""
        return inspect.getdoc(self._reference)

    @property
    def _reference(self) -> Callable:
        module = import_module(f"helpers.practice.solutions.lesson_{self.lesson}")
        return getattr(module, self.name)

    def _cell(self, code: str) -> str:
        gap = "\n\n\n" if "def " in code or "class " in code else "\n"
        return f'{code.strip()}{gap}check("{self.id}", {self.name})'

    def _blank(self, what: str) -> Diagnosis:
        advice = "Replace the dots with your answer and run the cell again."
        return Diagnosis("not-started", "", what, "", advice)


class Program(Exercise):
    """An exercise whose answer is a function or a class, judged by what it does."""

    advice_for: ClassVar[dict[str, str]] = {}  # by code: what to try, better than in general
    reads_recording: ClassVar[bool] = False  # whether `judge` does: most trials have none

    def scenarios(self, vary: random.Random) -> Iterable[Scenario]:
        """The situations to play, the first one such that doing nothing cannot pass it.

        `vary` sets names, sizes and times, so that a result written into an answer fails.
        """
        raise NotImplementedError

    def schedules(self) -> Iterator[Scenario]:
        """For an exercise about races: one situation in other orders, the smallest first."""
        return iter(())

    def simpler(self, schedule: Scenario) -> Iterator[Scenario]:
        """The schedules that have one thing less to follow than this one, if there are any."""
        return iter(())

    def judge(self, trial: Trial) -> Iterator[Diagnosis]:
        """The mistakes that this exercise is about, in a trial that returned."""
        raise NotImplementedError

    def judge_raised(self, trial: Trial) -> Iterator[Diagnosis]:
        """The same for a trial that raised; of two with one code the exercise's own is told."""
        return iter(())

    @property
    def solution(self) -> str:
        return _without_docstring(inspect.getsource(self._reference))

    def refuse(self, answer: Any) -> Diagnosis | None:
        """Why this cannot be an answer at all, or None."""
        if answer is None or answer is ...:
            return self._blank(f"There is no {self.name} yet.")
        if callable(answer):
            return None
        kind = "class" if self.stub.startswith("class") else "function"
        found = f"{in_words(answer)}, {a(type(answer).__name__)}"
        if inspect.isawaitable(answer):
            found = f"what a call of it gives, {a(type(answer).__name__.lstrip('_'))}"
        if inspect.iscoroutine(answer):
            with suppress(Exception):  # its own `finally` runs, if it has begun
                answer.close()  # or Python would complain that nobody awaited it
        return Diagnosis(
            "wrong-value",
            f"the {kind} {self.name} itself",
            found,
            f"check calls your {kind} itself, several times.",
            f'Write check("{self.id}", {self.name}): the name, without calling it.',
        )

    def diagnose(self, trial: Trial) -> Diagnosis | None:
        """The mistake that a trial shows, None if it is right."""
        judges = {"returned": self.judge, "raised": self.judge_raised}
        own = judges[trial.end](trial) if trial.end in judges else ()
        found = [*own, *mistakes(trial, self.name)]
        told = first(found)
        if told and told.code == "not-started":
            if self._is_opening(trial.scenario):
                return told
            # In a later situation, doing nothing is a mistake.
            told = first(diagnosis for diagnosis in found if diagnosis.code != "not-started")
        return replace(told, situation=trial.scenario.title) if told else None

    def _is_opening(self, scenario: Scenario) -> bool:
        opening = next(iter(self.scenarios(random.Random(0))))
        return scenario.title == opening.title


class Prediction(Exercise):
    """An exercise whose answer is a value: what the learner expects a program to do.

    Its stub has dots wherever something is to be filled in.
    """

    def judge_value(self, value: Any) -> Iterator[Diagnosis]:
        """What is wrong with a value that has no dots left in it."""
        raise NotImplementedError

    @property
    def solution(self) -> str:
        return f"{self.name} = {self._reference()!r}"

    def diagnose_value(self, value: Any) -> Diagnosis | None:
        """The mistake in a prediction, None if it is right."""
        blanks, size = _blanks(value), _size(value)
        if blanks:
            is_or_are = "is" if blanks == 1 else "are"
            part = f"{blanks} of {size} places {is_or_are} still blank."
            return self._blank("Nothing is filled in yet." if blanks == size else part)
        return first(self.judge_value(value))

    def wrong_kind(self, expected: str, value: Any) -> Diagnosis:
        """For a value that is no prediction of this kind."""
        found = f"{in_words(value)}, {a(type(value).__name__)}"
        return Diagnosis(
            "wrong-value",
            expected,
            found,
            "The prediction has another form.",
            f"Keep the form of the starter: {self.stub.strip()}",
        )


def _blanks(value: Any, level: int = 0) -> int:
    """How many places of a value are not filled in."""
    items = _items(value)
    if items and level < _DEEP:
        return sum(_blanks(item, level + 1) for item in items)
    return int(value is None or value is ...)


def _size(value: Any, level: int = 0) -> int:
    items = _items(value)
    return sum(_size(item, level + 1) for item in items) if items and level < _DEEP else 1


_DEEP = 5  # no prediction is deeper, and a list may contain itself


def _items(value: Any) -> list:
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, (list, tuple, set)) else []


def _without_docstring(source: str) -> str:
    """The source of a function as one would write it in a notebook."""
    function = ast.parse(source).body[0]
    docstring = function.body[0]
    lines = source.splitlines(keepends=True)
    return "".join(lines[: docstring.lineno - 1] + lines[docstring.end_lineno :])
