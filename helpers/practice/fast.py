"""The fast loop: asyncio's own loop on a clock that runs a hundred times faster.

For answers that virtual time cannot model, because threads, sockets or processes take part. An
hour still takes half a minute here, and two runs never give quite the same figures: what happens
on this loop is judged by facts, never by seconds.
"""

from __future__ import annotations

import asyncio
import math
import select
import selectors
from time import monotonic  # the real one, while a guard has put another in its place
from typing import Any

SPEED = 100.0  # seconds of the loop's clock in one real second
_SELECTABLE = 1024  # FD_SETSIZE, on Linux


class FastLoop(asyncio.SelectorEventLoop):
    """A real event loop; `unhandled` keeps what reached its exception handler."""

    def __init__(self):
        super().__init__(_FastSelector())
        self.slow_callback_duration = math.inf  # debug mode's, in seconds of the wrong clock
        self.unhandled: list[dict[str, Any]] = []

    def time(self) -> float:
        return monotonic() * SPEED

    def time_ns(self) -> int:
        return round(self.time() * 1e9)

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        self.unhandled.append({key: context.get(key) for key in ("message", "exception")})


class _FastSelector(selectors.DefaultSelector):
    """epoll counts in milliseconds, each a tenth of a second here; select(2) counts finer, but
    takes the first files of a process only. So it waits for the one file that epoll is."""

    _is_coarse = issubclass(selectors.DefaultSelector, getattr(selectors, "EpollSelector", ()))

    def select(self, timeout: float | None = None) -> list:
        if not timeout or timeout < 0:
            return super().select(timeout)
        if self._is_coarse and self.fileno() < _SELECTABLE:
            select.select([self], [], [], timeout / SPEED)
            return super().select(0)
        return super().select(timeout / SPEED)
