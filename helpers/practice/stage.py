"""The stage: the services that an exercise lends to an answer, and the log of what it did.

An answer never talks to anything real. It gets async functions that take their time and give
what the scenario says; every call of them is written down, with scenario seconds, whether the
clock is a virtual one or a real one that runs faster.
"""

from __future__ import annotations

import asyncio
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


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
        return f"{self.service}({', '.join(map(repr, self.args))})"


@dataclass
class Stage:
    """What a scenario plays on: a clock in scenario seconds, and the log of calls.

    `speed` is how many scenario seconds one second of the loop's clock is.
    """

    loop: asyncio.AbstractEventLoop
    speed: float = 1.0
    calls: list[Call] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)  # what a scenario keeps for its judge

    def __post_init__(self):
        self._start = self.loop.time()

    def now(self) -> float:
        return round((self.loop.time() - self._start) * self.speed, 6)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.speed)

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

        def service(*args: Any) -> Any:
            call = Call(name, args, self.now())
            self.calls.append(call)
            coro = work(call)
            coro.__name__, coro.__qualname__ = name, str(call)
            return coro

        service.__name__ = service.__qualname__ = name
        return _as_coroutine_function(service)

    def _end(self, call: Call, outcome: str) -> None:
        call.ended_s, call.outcome = self.now(), outcome


def peak(calls: list[Call]) -> int:
    """The most calls under way at one time."""
    moments = [(call.began_s, 1) for call in calls if call.began_s is not None]
    moments += [(call.ended_s, -1) for call in calls if call.ended_s is not None]
    now = most = 0
    for _, change in sorted(moments):  # at one moment, ends come before beginnings
        now += change
        most = max(most, now)
    return most


def _as_coroutine_function(function: Callable) -> Callable:
    """So that `iscoroutinefunction` says of a service what is said of an `async def`."""
    if sys.version_info >= (3, 12):
        return inspect.markcoroutinefunction(function)
    function._is_coroutine = asyncio.coroutines._is_coroutine
    return function
