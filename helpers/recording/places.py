"""Where a task stands: from a suspended coroutine to a line of the learner's code.

A task's coroutine awaits another, which awaits another, down to the one that handed a future to
the loop. This file walks that chain, tells the learner's code from the library's, and gives each
different place a small number, so that a recorder can afford to ask at every step.
"""

from __future__ import annotations

import asyncio
import gc
import importlib.util
import sysconfig
import types
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

_COURSE = str(Path(__file__).parents[1])
_SLEEP = asyncio.sleep.__code__
# `async with lock` awaits an __aenter__ that says nothing of the lock: look one call deeper.
_SAYS_NOTHING = {"_ContextManagerMixin.__aenter__"}
_AS_COMPLETED = ("_wait_for_one", "_AsCompletedIterator.__anext__")  # private names of it


class Place(NamedTuple):
    """A place in the learner's code and what is awaited there, as far as the code tells.

    `awaits` is None where only the future tells (then `future` names its type); `delay_s` is the
    length of a sleep; `stack` holds (file, line, func) of the learner's calls, outermost first.
    """

    file: str | None
    line: int | None
    func: str | None
    awaits: str | None = None
    future: str | None = None
    delay_s: float | None = None
    stack: tuple[tuple[str, int, str], ...] = ()


NOWHERE = Place(None, None, None)


class Places:
    """Every place met so far, by number; number 0 is nowhere."""

    def __init__(self):
        self.met: list[Place] = [NOWHERE]
        self._numbers: dict[Place, int] = {NOWHERE: 0}
        self._seen: dict[Any, int] = {}  # what is quickly looked at, and the place that it was
        self._code: list[types.CodeType] = []  # kept, so that an id in a key stays its own

    def number(self, place: Place) -> int:
        number = self._numbers.setdefault(place, len(self.met))
        if number == len(self.met):
            self.met.append(place)
        return number

    def of_start(self, coro: Any) -> int:
        """The first line of a coroutine that has not begun."""
        code = code_of(coro)
        key = (id(code), getattr(coro, "__qualname__", type(coro).__name__))
        if key not in self._seen:
            self._code.append(code)
            self._seen[key] = self.number(_of_start(code, plain_name(key[1])))
        return self._seen[key]

    def of_suspended(self, coro: Any, waiter: Any) -> int:
        """The place at which `coro` is suspended, waiting for the future `waiter` (or None)."""
        key, link, code = waiter.__class__, coro, None
        while link.__class__ is types.CoroutineType:  # the common case, kept cheap
            outer, code, frame = code, link.cr_code, link.cr_frame
            if code is _SLEEP or frame is None:  # nothing worth knowing behind it
                told = outer is None or not is_library(outer.co_filename)
                key, link = (key, _delay(frame) if told else None), None
                break
            key, link = (key, id(code), frame.f_lasti, link.__qualname__), link.cr_await
        if link is not None and type(link).__name__ != "FutureIter":
            key = (key, *((id(code), frame.f_lasti) for code, frame, _ in _chain(link)))
        number = self._seen.get(key)
        if number is None:
            number = self._seen[key] = self.number(self._describe(coro, waiter))
        return number

    def _describe(self, coro: Any, waiter: Any) -> Place:
        chain = list(_chain(coro))
        self._code += (code for code, _, _ in chain)
        own = [i for i, (code, _, _) in enumerate(chain) if not is_library(code.co_filename)]
        stack = tuple(
            (chain[i][0].co_filename, chain[i][1].f_lineno, plain_name(chain[i][2])) for i in own
        )
        beyond = chain[own[-1] + 1 :] if own else chain
        awaits, delay = None, None
        named = [link for link in beyond if link[2] not in _SAYS_NOTHING]
        if named:
            code, frame, name = named[0]
            awaits = "as_completed" if name.endswith(_AS_COMPLETED) else plain_name(name)
            if code is _SLEEP:
                delay = _delay(frame)
                awaits = f"sleep({round(delay, 6) if type(delay) is float else delay})"
        elif waiter is None:
            awaits = "a bare yield"
        file, line, func = stack[-1] if stack else (None, None, plain_name(chain[0][2]))
        return Place(file, line, func, awaits, type(waiter).__name__, delay, stack)


def of_frame(frame: types.FrameType | None) -> Place:
    """The innermost line of the learner's own code on the stack that ends in `frame`."""
    while frame is not None and is_library(frame.f_code.co_filename):
        frame = frame.f_back
    if frame is None:
        return NOWHERE
    code = frame.f_code
    return Place(code.co_filename, frame.f_lineno, plain_name(code.co_qualname))


def _of_start(code: types.CodeType | None, name: str) -> Place:
    if code is None or is_library(code.co_filename):
        return Place(None, None, name)
    return Place(code.co_filename, code.co_firstlineno, name)


def _delay(sleep: types.FrameType | None) -> float | None:
    """How long a suspended `asyncio.sleep` sleeps, in seconds."""
    delay = sleep.f_locals.get("delay") if sleep is not None else None
    return delay if isinstance(delay, (int, float)) else None


def of_error(error: BaseException) -> Place:
    """The innermost line of the learner's own code that an exception came through."""
    found, trace = NOWHERE, error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if not is_library(code.co_filename):
            found = Place(code.co_filename, trace.tb_lineno, plain_name(code.co_qualname))
        trace = trace.tb_next
    return found


def code_of(coro: Any) -> types.CodeType | None:
    return getattr(coro, "cr_code", None) or getattr(coro, "gi_code", None)


def plain_name(qualname: str) -> str:
    """A name as the learner wrote it: "f.<locals>.g" is "g", a cell's own code is "cell"."""
    name = qualname.rpartition("<locals>.")[2]
    return "cell" if name.startswith(("<module", "<cell")) else name


@cache
def is_library(filename: str) -> bool:
    """Whether a file is Python's, a package's or this course's rather than the learner's."""
    return filename.startswith(("<frozen", "<string", *_library_folders()))


@cache
def _library_folders() -> tuple[str, ...]:
    folders = {_COURSE, *(sysconfig.get_path(p) for p in ("stdlib", "platstdlib"))}
    folders |= {sysconfig.get_path(p) for p in ("purelib", "platlib")}
    for name in ("IPython", "ipykernel"):  # wherever they are installed
        spec = importlib.util.find_spec(name)
        folders |= {str(Path(spec.origin).parent)} if spec and spec.origin else set()
    return tuple(f"{folder}{sep}" for folder in folders for sep in ("/", "\\"))


def _chain(link: Any) -> Iterator[tuple[types.CodeType, types.FrameType, str]]:
    """The code, frame and name of everything that is awaiting, outermost first."""
    while link is not None:
        for prefix, following in (("cr", "cr_await"), ("gi", "gi_yieldfrom"), ("ag", "ag_await")):
            frame = getattr(link, f"{prefix}_frame", None)
            if frame is not None:
                yield frame.f_code, frame, getattr(link, "__qualname__", frame.f_code.co_name)
                link = getattr(link, following)
                break
        else:
            link = _hidden(link)


def _hidden(link: Any) -> Any:
    """What stands behind an object that wraps a coroutine or an async generator, or None.

    `agen.asend(...)`, `anext(agen, default)` and `coro.__await__()` do not tell what they drive;
    the garbage collector does.
    """
    if type(link).__name__ not in {
        "async_generator_asend",
        "async_generator_athrow",
        "anext_awaitable",
        "coroutine_wrapper",
    }:
        return None
    driven = (types.CoroutineType, types.AsyncGeneratorType, types.GeneratorType)
    for other in gc.get_referents(link):
        if isinstance(other, driven) or type(other).__name__.startswith("async_generator_a"):
            return other
    return None
