"""The guard: what a judged program reaches for, and what it may not break.

While an answer runs, `time.sleep`, `asyncio.run`, `input` and a few others are replaced, for the
judged threads alone: every other thread gets the real ones. Afterwards everything is as it was,
whatever the answer did to it. Nothing here knows of exercises or verdicts.
"""

from __future__ import annotations

import asyncio
import builtins
import concurrent.futures.thread
import functools
import importlib.util
import inspect
import math
import os
import re
import signal
import subprocess
import sys
import threading
import time
import warnings
from asyncio import _get_running_loop
from collections.abc import Callable, Iterable, Iterator
from types import FunctionType, ModuleType
from typing import Any, Protocol

from helpers.recording import Place, of_frame

from .keeping import Keeper

_NEVER_AWAITED = re.compile(r"coroutine '(.+)' was never awaited")
_PATCHERS = ("nest_asyncio", "nest_asyncio2")
_LOOPS = (asyncio.base_events.BaseEventLoop, asyncio.SelectorEventLoop)
_CLOCKS = ("time", "monotonic", "perf_counter")
_SHOWN = ("__module__", "__name__", "__qualname__", "__doc__")  # what functions in C have, too
_DEEPEST = 3_000  # calls; more of them kill a 3.11 kernel instead of raising RecursionError


class Abandoned(SystemExit):
    """Raised in a judged thread that goes on after its judgement is over; it ends in silence."""


class Host(Protocol):
    """What the guard tells of, as it happens, and what it asks."""

    def now(self) -> float:
        """Seconds on the answer's clock."""

    def sleep(self, seconds: float, place: Place) -> float:
        """The answer blocks its loop: for how many real seconds?"""

    def pause(self, seconds: float) -> float:
        """A thread of its own sleeps: for how many real seconds?"""

    def new_loop(self) -> asyncio.AbstractEventLoop:
        """The answer wants another event loop."""

    def nested(self, place: Place) -> None:
        """The answer tried to run a loop inside the running one."""

    def threads(self) -> None:
        """The answer uses threads or processes of its own."""

    def printed(self, text: str) -> None:
        """The answer wrote to standard output or error."""

    def never_awaited(self, name: str) -> None:
        """A coroutine of this name was freed without having run."""


class Guard:
    """A context manager: inside it every thread that is new is judged.

    `host` is told what happens; `answer` is searched for names that it has imported, such as
    `from time import sleep`; `loop_thread` is the id of the thread in which the answer's loop
    runs. `over` is set at the end, and wakes what sleeps.
    """

    loop_thread: int | None = None

    def __init__(self, host: Host, answer: Any):
        self.host = host
        self.over = threading.Event()
        self._processes: list[subprocess.Popen] = []
        self._others = set(threading.enumerate())  # not their ids: a new thread may get an old one
        self._namespaces = _namespaces(answer)  # now, as an answer may not let itself be looked at

    def judges(self) -> bool:
        """Whether the calling thread belongs to the answer."""
        me = threading.get_ident()
        return me == self.loop_thread or threading._active.get(me) not in self._others

    def threads(self) -> list[threading.Thread]:
        """The judged threads that are alive."""
        return [thread for thread in threading.enumerate() if thread not in self._others]

    def release(self) -> None:
        """It is over: wake the threads that sleep, and end the processes that still run."""
        self._keeper.restore_builtins()  # first, since everything here rests on them
        self.over.set()
        for process in self._processes:
            if getattr(process, "pid", None) is not None and process.returncode is None:
                process.kill()

    def __enter__(self) -> Guard:
        self._keeper = Keeper()
        sys.setrecursionlimit(min(sys.getrecursionlimit(), _DEEPEST))
        sys.stdin = _Input(self, sys.stdin)
        sys.stdout, sys.stderr = _Output(self, sys.stdout), _Output(self, sys.stderr)
        self._warnings = warnings.catch_warnings()
        self._warnings.__enter__()
        warnings.simplefilter("always")
        self._show_warning, warnings.showwarning = warnings.showwarning, self._warned
        self._show_failure, threading.excepthook = threading.excepthook, self._thread_failed
        self._show_unraisable, sys.unraisablehook = sys.unraisablehook, self._not_raised
        self._replaced: list[tuple[Any, str, Any, Any]] = []
        self._substitute()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.release()
        self._warnings.__exit__(*exc_info)
        for holder, name, real, mine in reversed(self._replaced):
            _put_back(holder, name, real, mine)
        self._keeper.restore()

    def _warned(self, message: Warning | str, *place: Any, **options: Any) -> None:
        if not self.judges():
            return self._show_warning(message, *place, **options)
        forgotten = _NEVER_AWAITED.search(str(message))
        if forgotten:
            self.host.never_awaited(forgotten[1])

    def _thread_failed(self, failure: threading.ExceptHookArgs) -> None:
        if not self.judges() or not issubclass(failure.exc_type, SystemExit):
            self._show_failure(failure)

    def _not_raised(self, failure: Any) -> None:
        """A thread may be told to stop in the middle of freeing something."""
        if not self.judges() or not issubclass(failure.exc_type, SystemExit):
            self._show_unraisable(failure)

    # -- what is replaced -----------------------------------------------------------------

    def _substitute(self) -> None:
        by_id = {}
        for holder, name, make in self._substitutes():
            real = getattr(holder, name)
            mine = by_id.setdefault(id(real), (real, self._for_judged(real, make(real))))[1]
            self._replaced.append((holder, name, real, mine))
            setattr(holder, name, mine)
        for names in self._namespaces:
            for name, value in list(names.items()):
                real, mine = by_id.get(id(value), (None, None))
                if type(value).__name__.endswith("ExitAutocall"):  # IPython's: ends the kernel
                    real, mine = value, self._for_judged(value, self._leave(value))
                if mine is not None and real is value:
                    names[name] = mine
                    self._replaced.append((names, name, real, mine))

    def _substitutes(self) -> Iterator[tuple[Any, str, Callable]]:
        yield time, "sleep", self._sleep
        for name in _CLOCKS:
            yield time, name, self._clock
            yield time, f"{name}_ns", self._clock_ns
        yield from self._loops()
        yield builtins, "input", self._no_input
        yield sys, "setrecursionlimit", lambda real: lambda limit: None
        yield sys, "setswitchinterval", lambda real: lambda seconds: None  # nobody could look on
        yield threading, "stack_size", lambda real: lambda size=0: 0  # small ones break recursion
        if hasattr(signal, "alarm"):  # it would end the process
            yield signal, "alarm", lambda real: lambda seconds: 0
            yield signal, "setitimer", lambda real: lambda which, seconds, interval=0: (0.0, 0.0)
        yield os, "_exit", self._leave
        yield os, "abort", self._leave
        yield from self._threads()

    def _loops(self) -> Iterator[tuple[Any, str, Callable]]:
        yield asyncio, "run", self._no_nested_run
        yield asyncio.runners.Runner, "run", self._no_nested_run
        for kind in _LOOPS:
            for name in ("run_forever", "run_until_complete"):
                if name in vars(kind):
                    yield kind, name, self._no_nested_run
        for module in (asyncio, asyncio.events):
            yield module, "new_event_loop", lambda real: lambda: self.host.new_loop()
        for module in _patchers():
            yield module, "apply", self._no_patch

    def _threads(self) -> Iterator[tuple[Any, str, Callable]]:
        yield threading.Thread, "start", self._own_daemon
        yield concurrent.futures.thread.ThreadPoolExecutor, "submit", self._own_thread
        for module, kind, name in (
            ("concurrent.futures.process", "ProcessPoolExecutor", "submit"),
            ("multiprocessing.process", "BaseProcess", "start"),
        ):
            if module in sys.modules:
                yield getattr(sys.modules[module], kind), name, self._own_thread
        yield subprocess.Popen, "__init__", self._own_process

    def _for_judged(self, real: Callable, mine: Callable) -> Callable:
        """`mine` for the answer's threads, `real` for all others."""

        @functools.wraps(real, _SHOWN, ())
        def chosen(*args: Any, **options: Any) -> Any:
            if not self.judges():
                return real(*args, **options)
            if self.over.is_set():
                raise Abandoned
            return mine(*args, **options)

        return chosen

    # -- by what ----------------------------------------------------------------------------

    def _sleep(self, real: Callable) -> Callable:
        def sleep(seconds: float) -> None:
            if not 0 <= seconds < math.inf:
                return real(seconds)  # which refuses it
            if threading.get_ident() == self.loop_thread:
                pause = self.host.sleep(seconds, of_frame(sys._getframe()))
            else:
                pause = self.host.pause(seconds)
            if pause and self.over.wait(pause):
                raise Abandoned

        return sleep

    def _clock(self, real: Callable) -> Callable:
        """The host's clock, in place of `real`; asyncio's loops ask time.monotonic, so do ours."""
        began = 0.0 if real.__name__ == "monotonic" else real() - self.host.now()
        return lambda: began + self.host.now()

    def _clock_ns(self, real: Callable) -> Callable:
        began = 0 if real.__name__ == "monotonic_ns" else real() - round(self.host.now() * 1e9)
        return lambda: began + round(self.host.now() * 1e9)

    def _no_nested_run(self, real: Callable) -> Callable:
        def refuse(*args: Any, **options: Any) -> Any:
            if _get_running_loop() is None:
                return real(*args, **options)
            self.host.nested(of_frame(sys._getframe()))
            raise RuntimeError(f"{real.__name__}() cannot be called from a running event loop")

        return refuse

    def _no_patch(self, real: Callable) -> Callable:
        def refuse(*args: Any, **options: Any) -> None:
            self.host.nested(of_frame(sys._getframe()))
            raise RuntimeError("an answer may not patch asyncio: there is no way back")

        return refuse

    def _no_input(self, real: Callable) -> Callable:
        def refuse(prompt: object = "") -> str:
            raise EOFError("input() waits for a person, and nobody answers while a check runs")

        return refuse

    def _leave(self, real: Callable) -> Callable:
        def leave(code: object = None) -> None:
            raise SystemExit(code)

        return leave

    def _own_thread(self, real: Callable) -> Callable:
        def start(*args: Any, **options: Any) -> Any:
            self.host.threads()
            return real(*args, **options)

        return start

    def _own_daemon(self, real: Callable) -> Callable:
        """Python waits at its exit for a thread that is no daemon, also for one that is stuck."""

        def start(thread: threading.Thread) -> None:
            self.host.threads()
            if thread.ident is None:
                thread.daemon = True
            real(thread)

        return start

    def _own_process(self, real: Callable) -> Callable:
        def start(process: subprocess.Popen, *args: Any, **options: Any) -> None:
            self.host.threads()
            self._processes.append(process)
            real(process, *args, **options)

        return start


class _Output:
    """Standard output that keeps apart what the judged threads print."""

    def __init__(self, guard: Guard, real: Any):
        self._guard = guard
        self._real = real

    def write(self, text: str) -> int:
        if not self._guard.judges():
            return self._real.write(text)
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if not self._guard.over.is_set():
            self._guard.host.printed(text)
        return len(text)

    def flush(self) -> None:
        if not self._guard.judges():
            self._real.flush()

    def close(self) -> None:
        """It is not the answer's to close."""

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


class _Input:
    """Standard input, at which nobody sits for the judged threads."""

    def __init__(self, guard: Guard, real: Any):
        self._guard = guard
        self._real = real

    def close(self) -> None:
        """It is not the answer's to close."""

    def __iter__(self) -> Iterator[str]:
        return iter(self.readline, "")

    def __getattr__(self, name: str) -> Any:
        if self._guard.judges() and name.startswith("read"):
            raise EOFError("standard input has nobody at it while a check runs")
        return getattr(self._real, name)


@functools.cache
def _patchers() -> list[ModuleType]:
    return [importlib.import_module(name) for name in _PATCHERS if importlib.util.find_spec(name)]


def functions_of(answer: Any) -> list[FunctionType]:
    """The Python functions that an answer consists of: a class's, a partial's, an object's."""
    while isinstance(answer, functools.partial):
        answer = answer.func
    try:
        answer = inspect.unwrap(answer) if callable(answer) else answer
    except Exception:
        pass  # it wraps itself, or it has a `__getattr__` that fails
    if isinstance(answer, FunctionType):
        return [answer]
    if inspect.ismethod(answer):
        return functions_of(answer.__func__)
    kind = answer if inspect.isclass(answer) else type(answer)
    return [value for value in vars(kind).values() if isinstance(value, FunctionType)]


def _namespaces(answer: Any) -> list[dict[str, Any]]:
    found = {id(function.__globals__): function.__globals__ for function in functions_of(answer)}
    return list(found.values())


def _put_back(holder: Any, name: str, real: Any, mine: Any) -> None:
    if not isinstance(holder, dict):
        setattr(holder, name, real)
    elif holder.get(name) is mine:
        holder[name] = real
