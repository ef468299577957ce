"""`await compare(...)`: runs functions one after the other and shows them on one time axis.

Each runs as it would alone, in the caller's own task, recorded; what it raises is kept and told.
How the comparison looks is said in drawing.py.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable, Generator, Iterator, Sequence
from typing import Any, NamedTuple

from helpers.recording import Recording, record, text_timeline
from helpers.recording.data import count, duration
from helpers.recording.places import of_error

from . import markup, words
from .timeline import PictureError, a_kind_of, html

_TOO_SHORT_NS = 5_000_000  # chance decides
_ALIKE = 1.1  # a ratio below this is no difference

AsyncFunction = Callable[[], Awaitable[Any]]


class Run(NamedTuple):
    """What came of one function: its recording, and what it returned or raised."""

    name: str
    recording: Recording
    result: Any = None
    error: Exception | None = None

    @property
    def elapsed_ns(self) -> int:
        return self.recording.contents.elapsed_ns


class Comparison:
    """Runs that show themselves on one time axis."""

    def __init__(self, runs: Sequence[Run]):
        self._runs = tuple(runs)

    @property
    def recordings(self) -> dict[str, Recording]:
        """What each function did, by its name."""
        return {run.name: run.recording for run in self._runs}

    @property
    def results(self) -> dict[str, Any]:
        """What each function returned that did not fail."""
        return {run.name: run.result for run in self._runs if run.error is None}

    @property
    def errors(self) -> dict[str, Exception]:
        """What each function raised that failed."""
        return {run.name: run.error for run in self._runs if run.error is not None}

    def _repr_html_(self) -> str:
        said = [_said(run, self._first()) for run in self._runs]
        rows = [
            words.run_row(run.name, run.recording, text, run.error is not None)
            for run, text in zip(self._runs, said, strict=True)
        ]
        tables = [
            markup.table(f"{run.name}: {text}", words.HEADS, words.rows(row.lanes))
            for run, text, row in zip(self._runs, said, rows, strict=True)
        ]

        def draw(drawing: Any) -> bytes:
            return drawing.draw_comparison(self._title(), rows)

        return html(draw, self._alt(rows), self._sentences(), "".join(tables), self._text)

    def __repr__(self) -> str:
        runs = "; ".join(f"{run.name}: {_said(run, self._first())}" for run in self._runs)
        return f"<Comparison of {count(len(self._runs), 'run')}: {runs}>"

    def _first(self) -> Run | None:
        """The run that the others are compared with: the first that did not fail."""
        return next((run for run in self._runs if run.error is None), None)

    def _title(self) -> str:
        first = self._first()
        others = [run for run in self._runs if run.error is None and run is not first]
        if not others:
            return f"{first.name}: {first.recording.summary()}" if first else "Every run failed"
        if len(others) > 1:
            return f"{count(len(others), 'run')} compared with {first.name}"
        verdict, link = _against(others[0], first)
        return f"{others[0].name}: {verdict} {link} {first.name}"

    def _alt(self, rows: list[words.RunRow]) -> str:
        begin = f"Comparison of {count(len(rows), 'run')} on one time axis. {self._title()}."
        parts = [
            " ".join([f"{run.name}: {row.said}.", *words.told(row.lanes)])
            for run, row in zip(self._runs, rows, strict=True)
        ]
        return " ".join([begin, *parts])

    def _sentences(self) -> list[str]:
        failed = [_failure(run) for run in self._runs if run.error is not None]
        notes = [
            words.shortened(f"{run.name}: {note}")
            for run in self._runs
            if not isinstance(run.error, PictureError)
            for note in run.recording.notes()
        ]
        return [*failed, *notes]

    def _text(self) -> str:
        parts = [f"{run.name}\n{text_timeline(run.recording)}" for run in self._runs]
        return "\n\n".join(parts)


class Comparing:
    """A comparison that has not begun: awaiting it runs the functions."""

    def __init__(self, functions: dict[str, AsyncFunction]):
        self._functions = functions

    def __await__(self) -> Generator[Any, None, Comparison]:
        return self._run().__await__()

    def __repr__(self) -> str:
        return "Nothing ran yet: write `await compare(...)`."

    async def _run(self) -> Comparison:
        runs = [await _recorded(name, function) for name, function in self._functions.items()]
        return Comparison(runs)


def compare(*functions: AsyncFunction) -> Comparing:
    """Run async functions one after the other, and show them on one time axis.

        await compare(one_after_another, all_together)

    Each is called without arguments. One that raises does not stop the others: the comparison
    says what it raised and where. Being cancelled or interrupted ends all.

    Raises PictureError, before anything runs, for what cannot be called so.
    """
    problem = _problem(functions)
    if problem:
        _close(functions)
        raise PictureError(problem)
    return Comparing(dict(_named(functions)))


async def _recorded(name: str, function: AsyncFunction) -> Run:
    with record() as recording:
        try:
            return Run(name, recording, result=await _called(function))
        except Exception as error:
            return Run(name, recording, error=error)


def _called(function: AsyncFunction) -> Awaitable[Any]:
    awaitable = function()
    if not inspect.isawaitable(awaitable):
        raise PictureError(
            f"it is a plain function and returned {a_kind_of(awaitable)}, which cannot be "
            "awaited: pass an `async def` function"
        )
    return awaitable


def _named(functions: Sequence[AsyncFunction]) -> Iterator[tuple[str, AsyncFunction]]:
    """Each function with its name; the second `fetch` is "fetch (2)"."""
    taken: set[str] = set()
    for function in functions:
        plain = name = _name(function)
        number = 2
        while name in taken:
            name, number = f"{plain} ({number})", number + 1
        taken.add(name)
        yield name, function


def _name(function: Any) -> str:
    if isinstance(function, functools.partial):
        return _name(function.func)
    name = getattr(function, "__name__", type(function).__name__)
    return "lambda" if name == "<lambda>" else name


# -- what is said of a run -------------------------------------------------------------------


def _said(run: Run, first: Run | None) -> str:
    """Behind a run's bar: "4.0 s", "2.0 s, 2.0 × faster"."""
    if run.error is not None:
        return f"✗ failed after {duration(run.elapsed_ns)}"
    if run is first:
        return duration(run.elapsed_ns)
    return f"{duration(run.elapsed_ns)}, {_against(run, first)[0]}"


def _against(run: Run, first: Run) -> tuple[str, str]:
    """What comes of holding a run against the first, and the word that links them."""
    if max(run.elapsed_ns, first.elapsed_ns) < _TOO_SHORT_NS:
        return "too short to compare", "with"
    ratio = first.elapsed_ns / max(run.elapsed_ns, 1)
    if ratio >= _ALIKE:
        return f"{ratio:,.1f} × faster", "than"
    if ratio <= 1 / _ALIKE:
        return f"{1 / ratio:,.1f} × slower", "than"
    return "about as long", "as"


def _failure(run: Run) -> str:
    """ "third failed after 1.0 s, at line 12 of toast: ValueError: no bread." """
    error = _innermost(run.error)
    begin = f"{run.name} failed after {duration(run.elapsed_ns)}"
    if isinstance(error, PictureError):
        return f"{begin}: {error}."
    place = of_error(error)
    where = f", at line {place.line} of {place.func}" if place.line else ""
    others = _leaves(run.error) - 1
    more = f" (and {count(others, 'more error')} in the same group)" if others else ""
    return f"{begin}{where}: {_in_words(error)}{more}."


def _innermost(error: BaseException) -> BaseException:
    """The error itself, or the first in a group of them."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _leaves(error: BaseException) -> int:
    if isinstance(error, BaseExceptionGroup):
        return sum(map(_leaves, error.exceptions))
    return 1


def _in_words(error: BaseException) -> str:
    try:
        text = " ".join(str(error).split())
    except Exception:  # a learner's own __str__ may fail
        text = ""
    text = text if len(text) <= 200 else text[:200] + "…"
    return f"{type(error).__name__}: {text.rstrip('.')}" if text else type(error).__name__


# -- what cannot be compared -----------------------------------------------------------------


def _problem(functions: Sequence[Any]) -> str | None:
    """The first thing that is wrong with the functions, as a sentence."""
    if not functions:
        return (
            "compare expected async functions and found none: "
            "write `await compare(one_after_another, all_together)` with functions of yours"
        )
    return next(filter(None, map(_problem_of, functions)), None)


def _problem_of(function: Any) -> str | None:
    if inspect.iscoroutine(function):
        name = function.__name__
        return (
            f"compare expected the function itself and found the coroutine object that "
            f"`{name}()` made: pass `{name}` without the brackets"
        )
    if not callable(function):
        return _problem_of_value(function)
    if inspect.isasyncgenfunction(function):
        return (
            f"compare expected an async function, and `{_name(function)}` is an async generator, "
            "since it has a `yield`: write an async function that loops over it, and pass that"
        )
    return _problem_of_parameters(function)


def _problem_of_value(value: Any) -> str:
    begin = f"compare expected async functions and found {a_kind_of(value)}"
    if inspect.isawaitable(value):
        return f"{begin}, which may be running already: pass an async function that awaits it"
    if isinstance(value, (list, tuple, set)):
        return f"{begin}: pass its functions one by one, with a star before it"
    return f"{begin}: write `async def` before what you want to compare, and pass its name"


def _problem_of_parameters(function: Callable) -> str | None:
    try:
        signature = inspect.signature(function)
    except (ValueError, TypeError):
        return None  # a builtin need not have one
    try:
        signature.bind()
    except TypeError:
        needs = ", ".join(f"`{name}`" for name in _needed(signature))
        name = _name(function)
        return (
            f"compare calls a function without arguments, and `{name}` needs {needs}: write an "
            f"async function without parameters that awaits `{name}(...)`, and pass that"
        )
    return None


def _needed(signature: inspect.Signature) -> Iterator[str]:
    for name, parameter in signature.parameters.items():
        optional = parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        if parameter.default is parameter.empty and not optional:
            yield name


def _close(functions: Sequence[Any]) -> None:
    """Nobody will await them, and the sentence says so better than Python's warning."""
    for function in functions:
        if inspect.iscoroutine(function):
            function.close()
