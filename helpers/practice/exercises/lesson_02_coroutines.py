"""02 Coroutines: what a call makes, and who runs it."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import random
import re
from collections.abc import Iterator
from typing import Any

from helpers.recording import of_error

from ..exercise import Prediction, Program
from ..stage import Call, Stage
from ..trial import Scenario, Trial
from ..verdict import Diagnosis
from ..words import a, at, error_in_words, in_words

_VALUE, _OBJECT, _FUNCTION, _ERROR = "value", "coroutine object", "function", "error"
_MEANT = {  # what a person may write, in lower case and without articles
    "tea": _VALUE,
    "string": _VALUE,
    "str": _VALUE,
    "coroutine": _OBJECT,
    "object": _OBJECT,
    "coroutine function": _FUNCTION,
    "async function": _FUNCTION,
    "exception": _ERROR,
    "typeerror": _ERROR,
    "runtimeerror": _ERROR,
    **{word: word for word in (_VALUE, _OBJECT, _FUNCTION, _ERROR)},
}


class Drive(Program):
    id = "drive"
    name = "drive"
    prompt = (
        "Write `drive(coroutine)`, a plain function. It gets a coroutine object that never "
        "suspends, runs it by hand, and returns what the coroutine returns, whatever that is: "
        "`None` and `0` are values too. An exception of the coroutine comes out of `drive`. It is "
        "called while an event loop is running. A plain function cannot contain `await`."
    )
    stub = "def drive(coroutine):\n    # Your code here, instead of the dots.\n    ..."
    hints = (
        "How did the lesson run `brew` without any `await`?",
        "One `send(None)` is enough for a coroutine that never suspends. How does it tell that it "
        "has come to its end?",
        "It raises StopIteration, and the value that the coroutine returned is in there.",
        "Return `stop.value` in `except StopIteration as stop:`.",
    )
    hints_for = {
        "wrong-value": "What does `send` raise when a coroutine returns, and which attribute of it "
        "holds the value?",
        "nested-run": "`asyncio.run` needs a thread without a running loop. This needs no loop at "
        "all: who else can call `send`?",
        "not-awaited": "What you return is not the value yet. Run the coroutine to its end first.",
    }
    advice_for = {
        "nested-run": "No loop is needed for a coroutine that never suspends: call send yourself.",
    }
    codes = ("not-awaited", "wrong-value", "nested-run", "swallowed-error")

    def scenarios(self, vary: random.Random) -> Iterator[Scenario]:
        word, number = vary.choice(_BREADS), vary.randint(2, 99)
        yield self._returning("a coroutine that returns a text", word)
        yield self._returning("one that returns a number", number)
        yield self._returning("one that returns None", None)
        yield self._returning("one that returns 0", 0)
        yield self._returning("one that returns an empty text", "")
        yield self._returning("one that returns a list", [word, number])
        yield self._raising("one that raises a ValueError", ValueError(word))
        yield self._raising("one that raises a KeyError", KeyError(number))
        yield self._raising("one that raises a RuntimeError", RuntimeError(word))

    def _returning(self, title: str, value: Any) -> Scenario:
        return self._scenario(title, value, None)

    def _raising(self, title: str, error: Exception) -> Scenario:
        return self._scenario(title, None, error)

    def _scenario(self, title: str, value: Any, error: Exception | None) -> Scenario:
        def start(answer: Any, stage: Stage) -> Any:
            async def inner() -> Any:
                stage.calls.append(Call("coroutine", (), stage.now()))
                if error is not None:
                    raise error.with_traceback(None)
                return value

            async def brew() -> Any:
                return await inner()

            async def calls_drive() -> Any:
                given = stage.notes["given"] = brew()
                given.__qualname__ = given.__name__
                try:
                    return answer(given)
                except Exception as came:
                    if came is not error:
                        raise
                    stage.notes["came_out"] = True
                except BaseException:  # virtual time gives up; nobody will look at this trial
                    given.close()
                    raise

            return calls_drive()

        return Scenario(title, start, (value, error))

    def diagnose(self, trial: Trial) -> Diagnosis | None:
        try:
            return super().diagnose(trial)
        finally:  # or Python would complain that nobody awaited it
            with contextlib.suppress(ValueError, RuntimeError):  # it may be under way in a thread
                trial.notes["given"].close()

    def judge(self, trial: Trial) -> Iterator[Diagnosis]:
        value, error = trial.scenario.facts
        given, ran = trial.value, bool(trial.calls)
        if trial.handed_back:
            yield self._handed_back(trial)
        elif not ran:  # of an answer that returns None it is told that it is not started
            yield Diagnosis(
                "not-awaited",
                "the coroutine runs, and drive returns what it returns",
                f"nothing of the coroutine has run; drive returned {in_words(given)}",
                "There is a yield in drive, so calling it runs nothing and makes a generator."
                if inspect.isgenerator(given)
                else "A coroutine object runs when somebody calls its send, and nobody has.",
                "Call coroutine.send(None) in drive.",
            )
        elif error is not None and "came_out" not in trial.notes:
            yield Diagnosis(
                "swallowed-error",
                f"the coroutine's {type(error).__name__} comes out of drive",
                f"drive returned {in_words(given)}",
                "An except catches more than StopIteration, or the error is returned, not raised.",
                "Catch StopIteration, and nothing else.",
            )
        elif error is None and not _same(given, value):
            yield self._wrong(value, given)

    def judge_raised(self, trial: Trial) -> Iterator[Diagnosis]:
        value, error = trial.scenario.facts
        expected = f"drive returns {in_words(value)}"
        if error is not None:
            expected = f"the coroutine's {type(error).__name__} comes out of drive"
        came, observed = (
            trial.error,
            f"{error_in_words(trial.error)}, at {at(of_error(trial.error))}",
        )
        if isinstance(came, RuntimeError) and isinstance(came.__cause__, StopIteration):
            yield Diagnosis(
                "raised",
                expected,
                "StopIteration came out of drive",
                "That is how send says that the coroutine has returned; nobody caught it.",
                "Put the send into a try, and catch StopIteration.",
            )
        elif error is not None and came.__context__ is error:
            yield Diagnosis(
                "swallowed-error",
                expected,
                f"{observed}, in place of it",
                f"Your except also caught the coroutine's own {type(error).__name__}.",
                "Catch StopIteration only.",
            )
        elif isinstance(came, asyncio.InvalidStateError):
            yield Diagnosis(
                "raised",
                expected,
                observed,
                "The task has not begun: tasks run when the event loop has a turn, and while a "
                "plain function is under way it has none.",
                _SEND,
            )
        elif isinstance(came, TypeError) and "'coroutine' object is not" in str(came):
            yield Diagnosis(
                "raised",
                expected,
                observed,
                "A coroutine object is no iterator and no function: neither next nor a loop nor "
                "a call runs it.",
                _SEND,
            )

    def _handed_back(self, trial: Trial) -> Diagnosis:
        given = trial.value
        its_own = inspect.iscoroutine(given) and given is not trial.notes["given"]
        observed, cause = f"drive returned {in_words(given)}", "Nobody has run it yet."
        advice = _SEND
        if its_own:
            observed = "calling drive ran nothing and gave a coroutine object of drive's own"
            cause = "drive is an `async def`, and a call of one only makes a coroutine object."
            advice = "Write `def drive`, call coroutine.send(None) in it, and catch StopIteration."
        return Diagnosis(
            "not-awaited",
            "drive returns what the coroutine returns",
            observed,
            cause,
            advice,
        )

    def _wrong(self, value: Any, given: Any) -> Diagnosis:
        cause = "What the coroutine returned is not what drive returns."
        advice = "The value is in the StopIteration that send raises: `stop.value`."
        if isinstance(given, StopIteration):
            cause = "That is the exception; the value that the coroutine returned is in it."
        elif not value:
            cause = "A value that counts as false was taken for no value."
            advice = "Return stop.value as it is, whatever it is."
        elif given is None:
            cause = "The coroutine's value came with StopIteration and was dropped there."
        return Diagnosis(
            "wrong-value",
            f"{in_words(value)}, as the coroutine returns it",
            f"{in_words(given)}, {a(type(given).__name__)}",
            cause,
            advice,
        )


_SEND = "Call coroutine.send(None), which runs it, and catch StopIteration."


def _same(given: Any, value: Any) -> bool:
    return type(given) is type(value) and given == value


class PredictMade(Prediction):
    id = "predict-made"
    name = "predict_made"
    prompt = (
        "Given these two functions,\n\n"
        "```python\n"
        "async def tea():\n"
        '    return "tea"\n\n'
        "def cup():\n"
        "    return tea()\n"
        "```\n\n"
        "what does each of the eight expressions below give? Write one of the four words "
        '`"value"` (the text "tea"), `"coroutine object"`, `"function"` or `"error"` for each. '
        "The last one makes one object and awaits it twice: what does the **second** await give?"
    )
    stub = (
        "predict_made = {\n"
        '    "tea": ...,\n'
        '    "tea()": ...,\n'
        '    "await tea()": ...,\n'
        '    "cup()": ...,\n'
        '    "await cup()": ...,\n'
        '    "await tea": ...,\n'
        '    "[tea(), tea()][0]": ...,\n'
        '    "once = tea(); await once; await once": ...,\n'
        "}"
    )
    hints = (
        "Go from the inside out: is there a call? Then, is there an `await` in front of it?",
        "A call of `tea` makes a coroutine object. A call of `cup` runs `cup`, which returns what "
        "its call of `tea` made.",
        "`await` turns a coroutine object into a value, once. It cannot do that with a function.",
        "Type the two functions into a cell of your own, and try the eight expressions.",
    )
    codes = ("wrong-value",)

    def judge_value(self, value: Any) -> Iterator[Diagnosis]:
        given = _eight(value)
        if given is None:
            yield self.wrong_kind("eight words, one for each expression", value)
            return
        for (expression, right, causes), said in zip(_MADE, given, strict=True):
            kind = _meant(said)
            if kind is None:
                yield Diagnosis(
                    "wrong-value",
                    f"one of the words {', '.join(map(repr, _WORDS))} for {expression}",
                    in_words(said),
                    "This is none of the four words.",
                    "Write one of the four, in quotes.",
                )
            elif kind != right:
                yield Diagnosis(
                    "wrong-value",
                    f"what {expression} gives",
                    f"{kind!r} for {expression}",
                    causes.get(kind, causes[None]),
                    "Try it: type the two functions and this expression into a cell of your own.",
                )


_WORDS = (_VALUE, _OBJECT, _FUNCTION, _ERROR)
_CALL_RUNS_NOTHING = (
    "Calling a coroutine function runs nothing of it: the call gives a coroutine object, and the "
    "value comes only when that is awaited."
)
_MADE = (  # the expression, what it gives, and the likely misbelief by what was said instead
    (
        "tea",
        _FUNCTION,
        {
            _OBJECT: "Without parentheses nothing is called. The name stands for the function, "
            "which can make as many coroutine objects as you like.",
            _ERROR: "A function is a value like any other: it can be named without a call.",
            None: "Without parentheses nothing is called: the name stands for the function itself.",
        },
    ),
    (
        "tea()",
        _OBJECT,
        {
            _ERROR: "A call without await is allowed, and that is what makes it so easy to forget: "
            + _CALL_RUNS_NOTHING,
            None: _CALL_RUNS_NOTHING,
        },
    ),
    (
        "await tea()",
        _VALUE,
        {
            _OBJECT: "The call makes the coroutine object, and await runs it to its end and gives "
            "what it returned.",
            None: "The call makes a coroutine object; await runs it and gives what it returned.",
        },
    ),
    (
        "cup()",
        _OBJECT,
        {
            _VALUE: "cup is a plain function, so it runs at once. But what it returns is what its "
            "call of tea gave, and nobody has awaited that.",
            _ERROR: "A plain function may call a coroutine function and hand on what it made. "
            "What it may not do is await it.",
            None: "cup is a plain function: calling it runs it, and it returns what tea() made.",
        },
    ),
    (
        "await cup()",
        _VALUE,
        {
            _ERROR: "await does not ask who made the object. cup() gives a coroutine object, "
            "and that can be awaited, though cup is a plain function.",
            None: "cup() gives a coroutine object, and await turns it into what tea returns.",
        },
    ),
    (
        "await tea",
        _ERROR,
        {
            _VALUE: "await does not call. It was handed the function, and a function cannot be "
            "awaited: TypeError. It needs what a call makes.",
            None: "await was handed the function instead of what a call of it makes: TypeError.",
        },
    ),
    (
        "[tea(), tea()][0]",
        _OBJECT,
        {
            _VALUE: "Putting them into a list awaits nothing. " + _CALL_RUNS_NOTHING,
            None: "The list holds what the two calls made: two coroutine objects.",
        },
    ),
    (
        "the second await of one object",
        _ERROR,
        {
            _VALUE: "A coroutine object runs once. The second await raises RuntimeError: it keeps "
            "no result for later. Another run needs another call.",
            None: "A coroutine object runs once; awaiting it again raises RuntimeError.",
        },
    ),
)


def _eight(value: Any) -> list[Any] | None:
    """The eight answers in the order of the starter."""
    if isinstance(value, dict):
        value = list(value.values())
    return list(value) if isinstance(value, (list, tuple)) and len(value) == len(_MADE) else None


def _meant(said: Any) -> str | None:
    word = str(said).strip().strip("\"'").lower()
    for article in ("a ", "an ", "the "):
        word = word.removeprefix(article)
    return _MEANT.get(word)


class ForgottenAwait(Program):
    id = "forgotten-await"
    name = "breakfast"
    prompt = (
        "Mend this function. `boil`, `toast` and `pour` are async functions: `await boil()` gives "
        "hot water, `await toast()` gives bread, and `await pour(water)` gives a cup; `pour` needs "
        "the water itself. None of them fails. `breakfast` shall use each of them once and return "
        'the text `f"{cup} and {bread}"`.'
    )
    stub = (
        "async def breakfast(boil, toast, pour) -> str:\n"
        "    water = boil()\n"
        "    bread = toast()\n"
        "    cup = pour(water)\n"
        '    return f"{cup} and {bread}"'
    )
    hints = (
        "Run it and look at what it returns: `await breakfast(...)` with three small functions of "
        "your own. What are the two things in the text?",
        "Which of the three calls are calls of async functions? Each makes a coroutine object.",
        "An `await` goes in front of each of the three calls.",
    )
    hints_for = {
        "not-awaited": "The verdict names what was made and never awaited. Where is it called, and "
        "what stands in front of that call?",
    }
    codes = ("not-awaited",)

    def scenarios(self, vary: random.Random) -> Iterator[Scenario]:
        waters, breads = vary.sample(_WATERS, 3), vary.sample(_BREADS, 3)
        titles = "a breakfast", "another breakfast", "a third breakfast"
        for title, water, bread in zip(titles, waters, breads, strict=True):
            yield self._scenario(title, water, bread, vary.sample(range(1, 9), 3))

    def _scenario(self, title: str, water: str, bread: str, times: list[int]) -> Scenario:
        def start(answer: Any, stage: Stage) -> Any:
            return answer(
                stage.service("boil", lambda: times[0], lambda: water),
                stage.service("toast", lambda: times[1], lambda: bread),
                stage.service("pour", lambda given: times[2], _poured),
            )

        return Scenario(title, start, f"{_poured(water)} and {bread}")

    def judge(self, trial: Trial) -> Iterator[Diagnosis]:
        if trial.calls and not trial.leaked and all(call.began_s is None for call in trial.calls):
            yield Diagnosis(
                "not-started",
                "",
                f"{_called(trial.calls)} called, and nothing of it has run: each call made a "
                "coroutine object, and no await followed.",
                "",
                "Mend the function and run the cell again.",
            )
        yield from self._not_awaited(trial)
        for name in ("boil", "toast", "pour"):
            number = sum(call.service == name for call in trial.calls)
            if number > 1:
                yield Diagnosis(
                    "wasted-calls",
                    f"one call of {name}",
                    f"{number} calls of {name}",
                    "Each call makes a coroutine object of its own, and each await does the whole "
                    "work again.",
                    "Call once, keep what the await gives, and use that.",
                )
        if trial.value != trial.scenario.facts:
            yield Diagnosis(
                "wrong-value",
                in_words(trial.scenario.facts),
                f"{in_words(trial.value)}, {a(type(trial.value).__name__)}",
                "The text is made of other things than the cup and the bread that came, or it is "
                "not returned.",
                'Return f"{cup} and {bread}", where both are what an await gave.',
            )

    def judge_raised(self, trial: Trial) -> Iterator[Diagnosis]:
        text = error_in_words(trial.error)
        for words, code, cause, advice in _MISTAKEN:
            if all(word in text for word in words):
                yield Diagnosis(
                    code,
                    "boil, toast and pour have each come to their end",
                    f"{text}, at {at(of_error(trial.error))}",
                    cause,
                    advice,
                )
                return
        yield from self._not_awaited(trial)

    def _not_awaited(self, trial: Trial) -> Iterator[Diagnosis]:
        given = [arg for call in trial.calls if call.service == "pour" for arg in call.args]
        early = next(filter(inspect.isawaitable, given), None)
        if early is not None:
            kind = "coroutine object" if inspect.iscoroutine(early) else "task"
            yield Diagnosis(
                "not-awaited",
                "pour gets the water",
                f"pour was given {a(kind)} in place of the water",
                "boil was called, and what the call made was handed on before it was awaited.",
                "Await boil first, and give pour what that await gives.",
            )
        waiting = list(dict.fromkeys(call.service for call in trial.calls if call.ended_s is None))
        if waiting:
            yield Diagnosis(
                "not-awaited",
                "boil, toast and pour have each come to their end",
                f"called and not awaited to the end: {', '.join(waiting)}",
                "Calling a coroutine function only makes a coroutine object; what is in it runs "
                "when that is awaited.",
                f"Put `await` in front of the call of {waiting[0]}.",
            )
        elif isinstance(trial.value, str) and _NOT_ITS_RESULT.search(trial.value):
            yield Diagnosis(
                "not-awaited",
                in_words(trial.scenario.facts),
                in_words(trial.value),
                "A task, also one that is done, is not its result: it is what one awaits to get "
                "it.",
                "Put `await` in front of it, and use what that gives.",
            )


_NOT_ITS_RESULT = re.compile(r"<(Task|Future|coroutine|_GatheringFuture)\b")
_NOT_GATHERED = "gather gives a future, which has the results only once it is awaited."
_AWAIT_GATHER = "Await the gather: `water, bread = await asyncio.gather(boil(), toast())`."
_MISTAKEN = (  # what the error says, the code, the cause and what to try
    (
        ("TypeError", "unhashable type: 'list'"),
        "not-awaited",
        "gather takes them one by one: no list. It awaited none of them.",
        "Write `await asyncio.gather(boil(), toast())`.",
    ),
    (
        ("RuntimeError", "await wasn't used with future"),  # it was unpacked
        "not-awaited",
        _NOT_GATHERED,
        _AWAIT_GATHER,
    ),
    (("'future of gather' object",), "not-awaited", _NOT_GATHERED, _AWAIT_GATHER),
    (
        ("pour needs water, and got a function",),
        "raised",
        "A name without parentheses is the function; the water is what an awaited call gives.",
        "boil is the function: write `await boil()`, and so for the others.",
    ),
    (
        ("TypeError", "function", "await"),
        "raised",
        "A name without parentheses is the function; what can be awaited is what its call makes.",
        "boil is the function: write `await boil()`, and so for the others.",
    ),
)
_WATERS = ("hot water", "spring water", "tap water", "rain water", "boiling water")
_BREADS = ("toast", "rye toast", "a warm roll", "burnt toast", "a bagel")


def _poured(water: Any) -> Any:
    if inspect.isawaitable(water):
        return TypeError(f"pour needs water, and got {a(type(water).__name__)}")
    if callable(water):
        return TypeError("pour needs water, and got a function")
    return f"a cup of {water}"


def _called(calls: list[Call]) -> str:
    *others, last = dict.fromkeys(call.service for call in calls)
    return f"{', '.join(others)} and {last} were" if others else f"{last} was"
