"""The stage: the services that an exercise lends to an answer, and the log of what it did.

An answer never talks to anything real. It gets async functions that take their time and give
what the scenario says; every call of them is written down, with the seconds of the loop's clock,
whether that is a virtual one or a real one that runs faster. What an answer is to be told of all
this is not for this file.
"""

from __future__ import annotations

import asyncio
import inspect
import sys
from asyncio import get_running_loop, sleep  # an answer, or an exercise, may replace asyncio's
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from .fast import SPEED, FastLoop
from .virtual import VirtualLoop


@dataclass(eq=False)
class Call:
    """One call of a service; times in seconds since the scenario began.

    `began_s` is None while the coroutine that the call gave has not run, `ended_s` while it has
    not ended; `outcome` is then None too, else "returned", "raised" or "cancelled".
    """

    service: str
    args: tuple
    called_s: float
    began_s: float | None = None
    ended_s: float | None = None
    outcome: str | None = None

    def __str__(self) -> str:
        return f"{self.service}({', '.join(map(_said, self.args))})"


@dataclass
class Stage:
    """What a scenario plays on: a loop, its clock from 0, and the log of calls."""

    loop: VirtualLoop | FastLoop
    calls: list[Call] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)  # what a scenario keeps for its judge

    def __post_init__(self):
        self._start = self.loop.time()

    def now(self) -> float:
        return round(self.loop.time() - self._start, 6)

    async def sleep(self, seconds: float) -> None:
        """Sleep on the stage's clock, also on another loop that an answer runs in a thread."""
        own = isinstance(get_running_loop(), (VirtualLoop, FastLoop))
        await sleep(seconds if own else seconds / SPEED)

    def service(
        self,
        name: str,
        seconds: Callable[..., float],
        result: Callable[..., Any],
        *,
        cleanup_s: float = 0.0,
    ) -> Callable:
        """An async function called `name`, which takes `seconds(*args)` and gives `result(*args)`.

        A result that is an exception is raised. Cancelled, it tidies up for `cleanup_s`.
        """

        async def work(call: Call) -> Any:
            call.began_s = self.now()
            try:
                await self.sleep(seconds(*call.args))
                value = result(*call.args)
                if isinstance(value, BaseException):
                    raise value
                self._end(call, "returned")
                return value
            except asyncio.CancelledError:
                if cleanup_s:
                    await self.sleep(cleanup_s)
                self._end(call, "cancelled")
                raise
            except BaseException:
                self._end(call, "raised")
                raise

        def service(*args: Any, **named: Any) -> Any:
            call = Call(name, _arguments(name, result, args, named), self.now())
            self.calls.append(call)
            return with_name(str(call), work(call))

        service.__name__ = service.__qualname__ = name
        return _as_coroutine_function(service)

    def _end(self, call: Call, outcome: str) -> None:
        call.ended_s, call.outcome = self.now(), outcome


def _arguments(name: str, result: Callable, args: tuple, named: dict[str, Any]) -> tuple:
    """The arguments by position; wrong ones are refused as a real function refuses them."""
    code = getattr(result, "__code__", None)
    if code and len(args) == code.co_argcount and not (named or code.co_kwonlyargcount):
        return args  # as nearly always; `bind` takes its time
    try:
        return inspect.signature(result).bind(*args, **named).args
    except TypeError as error:
        raise TypeError(f"{name}() {error}") from None


def _said(argument: Any) -> str:
    """An argument as a person would write it; what is still to be awaited has no such form."""
    if asyncio.isfuture(argument):
        return "a task" if isinstance(argument, asyncio.Task) else "a future"
    if inspect.isfunction(argument):
        return argument.__name__
    return "a coroutine object" if inspect.isawaitable(argument) else repr(argument)


def with_name(name: str, coro: Coroutine) -> Coroutine:
    """The coroutine under a name for the timeline: what the course plays has none of its own."""
    coro.__name__ = coro.__qualname__ = name
    return coro


def peak(calls: list[Call]) -> int:
    """The most calls under way at one time."""
    moments = [(call.began_s, 1) for call in calls if call.began_s is not None]
    moments += [(call.ended_s, -1) for call in calls if call.ended_s is not None]
    now = most = 0
    for _, change in sorted(moments):  # at one moment, ends come before beginnings
        now += change
        most = max(most, now)
    return most


def off_the_beat(times: list[int]) -> list[float]:
    """These times, each a little longer, so that one who looks every second, tenth or hundredth
    of a second comes too late. For exercises in which something is due at once."""
    return [round(seconds + 0.017 * place, 3) for place, seconds in enumerate(times, 1)]


def _as_coroutine_function(function: Callable) -> Callable:
    """So that `iscoroutinefunction` says of a service what is said of an `async def`."""
    if sys.version_info >= (3, 12):
        return inspect.markcoroutinefunction(function)
    function._is_coroutine = asyncio.coroutines._is_coroutine
    return function
