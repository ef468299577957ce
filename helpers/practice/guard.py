"""The guard: what a judged program reaches for, and what it may not break.

While an answer runs, `time.sleep`, `asyncio.run`, `input` and a few others are replaced, for the
judged threads alone: every other thread gets the real ones. Afterwards everything is as it was,
whatever the answer did to it. Nothing here knows of exercises or verdicts.
"""

from __future__ import annotations

import asyncio
import asyncio.runners
import asyncio.tasks
import builtins
import concurrent.futures.process
import concurrent.futures.thread
import functools
import importlib.util
import inspect
import io
import re
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from types import FunctionType, ModuleType
from typing import Any, Protocol

from helpers.recording import Place, of_frame

OUTPUT_KEPT = 20_000  # characters
_RECURSION = 1_500  # a deeper limit kills a 3.11 kernel instead of raising RecursionError
# What an answer might replace for good, as nest_asyncio.apply() does.
_KEPT = (asyncio, asyncio.events, asyncio.futures, asyncio.runners, asyncio.tasks, builtins, time)
_NEVER_AWAITED = re.compile(r"coroutine '(.+)' was never awaited")
_PATCHERS = ("nest_asyncio", "nest_asyncio2")


class Abandoned(BaseException):
    """Raised in a judged thread that woke up after its judgement was over."""


class Host(Protocol):
    """What the guard tells of, as it happens."""

    def sleep(self, seconds: float, place: Place) -> None:
        """The answer called time.sleep in the loop's own thread."""

    def nested(self, place: Place) -> None:
        """The answer tried to run a loop inside the running one."""

    def threads(self) -> None:
        """The answer uses threads or processes of its own."""

    def never_awaited(self, name: str) -> None:
        """A coroutine of this name was freed without having run."""


class Guard:
    """A context manager: inside it every thread that is new is judged.

    `host` is told what happens; `answer` is searched for names that it has imported, such as
    `from time import sleep`; `loop_thread` is the id of the thread in which the answer's loop
    runs. `output` holds what was printed, its tail counted in `dropped`.
    """

    loop_thread: int | None = None

    def __init__(self, host: Host, answer: Any):
        self.host = host
        self.output = io.StringIO()
        self.dropped = 0
        self._others = {thread.ident for thread in threading.enumerate()}
        self._answer = answer
        self._over = False

    def judges(self) -> bool:
        """Whether the calling thread belongs to the answer."""
        return threading.get_ident() not in self._others

    def __enter__(self) -> Guard:
        self._snapshots = [(module, dict(vars(module))) for module in _KEPT]
        self._before = (sys.stdout, sys.stderr, sys.getrecursionlimit())
        sys.stdout = _Output(self, sys.stdout)
        sys.stderr = _Output(self, sys.stderr)
        self._warnings = warnings.catch_warnings()
        self._warnings.__enter__()
        warnings.simplefilter("always")
        warnings.showwarning = self._warned
        self._replaced = list(self._substitute())
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._over = True
        self._warnings.__exit__(*exc_info)
        for holder, name, real, _ in self._replaced:
            _put(holder, name, real)
        for module, before in self._snapshots:
            now = vars(module)
            now.update({name: value for name, value in before.items() if now.get(name) is not value})
        sys.stdout, sys.stderr, limit = self._before
        sys.setrecursionlimit(limit)

    def _warned(self, message: Warning | str, *place: Any, **options: Any) -> None:
        forgotten = _NEVER_AWAITED.search(str(message))
        if forgotten:
            self.host.never_awaited(forgotten[1])

    def _substitute(self) -> Iterator[tuple[Any, str, Any, Any]]:
        by_id = {}
        for holder, name, make in self._substitutes():
            real = getattr(holder, name)
            mine = self._for_judged(real, make(real))
            by_id[id(real)] = real, mine
            _put(holder, name, mine)
            yield holder, name, real, mine
        for names in _namespaces(self._answer):
            for name, value in list(names.items()):
                real, mine = by_id.get(id(value), (None, None))
                if real is value and real is not None:
                    names[name] = mine
                    yield names, name, real, mine

    def _substitutes(self) -> Iterator[tuple[Any, str, Callable]]:
        yield time, "sleep", self._sleep
        yield asyncio, "run", self._no_nested_run
        yield asyncio, "new_event_loop", self._no_nested_run
        yield asyncio.events, "new_event_loop", self._no_nested_run
        yield builtins, "input", self._no_input
        yield sys, "setrecursionlimit", lambda real: lambda limit: real(min(limit, _RECURSION))
        yield threading.Thread, "start", self._own_thread
        yield concurrent.futures.thread.ThreadPoolExecutor, "submit", self._own_thread
        yield concurrent.futures.process.ProcessPoolExecutor, "submit", self._own_thread
        for module in _patchers():
            yield module, "apply", self._no_nested_run

    def _for_judged(self, real: Callable, mine: Callable) -> Callable:
        """`mine` for the answer's threads, `real` for all others."""

        @functools.wraps(real)
        def chosen(*args: Any, **options: Any) -> Any:
            if not self.judges():
                return real(*args, **options)
            if self._over:
                raise Abandoned
            return mine(*args, **options)

        return chosen

    def _on_loop(self) -> bool:
        return threading.get_ident() == self.loop_thread

    def _sleep(self, real: Callable) -> Callable:
        def sleep(seconds: float) -> None:
            if not self._on_loop():
                return real(seconds)
            if seconds < 0:
                raise ValueError("sleep length must be non-negative")
            self.host.sleep(seconds, of_frame(sys._getframe()))

        return sleep

    def _no_nested_run(self, real: Callable) -> Callable:
        def refuse(*args: Any, **options: Any) -> Any:
            if not self._on_loop():
                return real(*args, **options)
            for arg in args:
                if inspect.iscoroutine(arg):
                    arg.close()
            self.host.nested(of_frame(sys._getframe()))
            raise RuntimeError(f"{real.__name__}() cannot be called from a running event loop")

        return refuse

    def _no_input(self, real: Callable) -> Callable:
        def refuse(prompt: object = "") -> str:
            raise EOFError("input() waits for a person, and nobody answers while a check runs")

        return refuse

    def _own_thread(self, real: Callable) -> Callable:
        def start(*args: Any, **options: Any) -> Any:
            self.host.threads()
            return real(*args, **options)

        return start


class _Output(io.TextIOBase):
    """Standard output that keeps apart what the judged threads print."""

    def __init__(self, guard: Guard, real: Any):
        self._guard = guard
        self._real = real

    def write(self, text: str) -> int:
        guard = self._guard
        if not guard.judges() or guard._over:
            return self._real.write(text)
        room = max(0, OUTPUT_KEPT - guard.output.tell())
        guard.output.write(text[:room])
        guard.dropped += max(0, len(text) - room)
        return len(text)

    def flush(self) -> None:
        if not self._guard.judges():
            self._real.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


@functools.lru_cache(maxsize=None)
def _patchers() -> list[ModuleType]:
    return [importlib.import_module(name) for name in _PATCHERS if importlib.util.find_spec(name)]


def functions_of(answer: Any) -> list[FunctionType]:
    """The Python functions that an answer consists of: a class's, a partial's, an object's."""
    while isinstance(answer, functools.partial):
        answer = answer.func
    answer = inspect.unwrap(answer) if callable(answer) else answer
    if isinstance(answer, FunctionType):
        return [answer]
    if inspect.ismethod(answer):
        return [answer.__func__]
    kind = answer if inspect.isclass(answer) else type(answer)
    return [value for value in vars(kind).values() if isinstance(value, FunctionType)]


def _namespaces(answer: Any) -> list[dict[str, Any]]:
    found = {id(function.__globals__): function.__globals__ for function in functions_of(answer)}
    return list(found.values())


def _put(holder: Any, name: str, value: Any) -> None:
    if isinstance(holder, dict):
        holder[name] = value
    elif isinstance(holder, (ModuleType, type)):
        setattr(holder, name, value)
