"""The virtual-time loop: an event loop whose clock jumps to the next timer.

An hour of sleeping takes microseconds, and every run gives the same figures. It runs asyncio's
own tasks, futures, locks and queues; what it leaves out is the outside world: no sockets, no
processes, no threads. It says why it stopped, and never waits for anything itself.

Nothing of the real world may enter: what reaches for it ends the run as "unmodelled".
"""

from __future__ import annotations

import asyncio
import heapq
import math
import sys
import weakref
from asyncio import Handle, TimerHandle  # an answer may replace asyncio's names
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, NoReturn

if sys.version_info >= (3, 14):
    # nest_asyncio may have put tasks in Python in their place, of which asyncio knows nothing here.
    from _asyncio import Future, Task
else:
    from asyncio import Future, Task

# Without a jump of the clock: more steps than any honest program of this course needs.
STEPS_AT_ONE_TIME = 5_000
STEPS = 20_000
# More of them in one step are a loop of time.sleep that never awaits.
BLOCKS_IN_STEP = 1_000
LONGEST_S = 1e9  # thirty years; a longer wait is one without an end


class Unmodelled(BaseException):
    """The program used something that virtual time cannot model: run it on a real loop."""


class Overrun(SystemExit):
    """The program blocks again and again without ever coming back to the loop."""


class VirtualLoop(asyncio.AbstractEventLoop):
    """An event loop in virtual time, whose clock says `start_s` at the start.

    `run(until)` returns "done" once `until()` is true, "deadlock" when nothing can happen any
    more, "endless" after `horizon_s` of waiting, "busy-wait" when steps go on and the clock does
    not, "unmodelled" after a use of threads. `blocked_s` counts time that `block()` let pass.
    """

    def __init__(self, horizon_s: float = 2_000.0, *, start_s: float = 0.0):
        self.horizon_s = start_s + horizon_s
        self.blocked_s = 0.0
        self.unmodelled = False
        self.unhandled: list[dict[str, Any]] = []  # what reached the loop's exception handler
        self._now, self._now_ns = start_s, round(start_s * 1e9)
        self._ready: deque[Handle] = deque()
        self._timers: list[tuple[float, int, TimerHandle]] = []
        self._sequence = 0
        self._steps = self._steps_now = self._blocks = 0
        self._of_round = 0  # callbacks of the round under way that have not run
        self._running = self._closed = False
        self._factory: Callable | None = None
        self._generators: weakref.WeakSet = weakref.WeakSet()

    # -- running --------------------------------------------------------------------------

    def run(self, until: Callable[[], bool]) -> str:
        """Run callbacks in their order until `until()`, looked at after each of them."""
        with self._entered():
            try:
                return self._run(until)
            except Overrun:
                return "endless"

    def end_round(self) -> None:
        """Run what was ready together with the callback that ended the last run.

        asyncio's own loops do so too before they return.
        """
        with self._entered(), suppress(Overrun):
            while self._of_round:
                self._of_round -= 1
                handle = self._ready.popleft()
                if not handle.cancelled():
                    handle._run()

    @contextmanager
    def _entered(self) -> Iterator[None]:
        hooks = sys.get_asyncgen_hooks()
        outer = asyncio._get_running_loop()
        sys.set_asyncgen_hooks(self._generators.add, self._finalize_generator)
        asyncio._set_running_loop(self)
        self._running = True
        try:
            yield
        finally:
            self._running = False
            asyncio._set_running_loop(outer)
            sys.set_asyncgen_hooks(*hooks)

    def _run(self, until: Callable[[], bool]) -> str:
        if until():
            return "done"
        while (reason := self._begin_round()) is None:
            self._of_round = len(self._ready)
            while self._of_round:
                self._of_round -= 1
                handle = self._ready.popleft()
                if handle.cancelled():
                    continue
                self._steps += 1
                self._steps_now += 1
                self._blocks = 0
                handle._run()
                if self.unmodelled:
                    return "unmodelled"
                if until():
                    return "done"
        return reason

    def _begin_round(self) -> str | None:
        """Make what is due ready, jumping ahead when nothing else is; or say why not."""
        timers = self._timers
        while timers and timers[0][2].cancelled():
            heapq.heappop(timers)
        if not self._ready:
            if not timers or timers[0][0] == math.inf:
                return "deadlock"
            self._advance_to(timers[0][0])
        while timers and timers[0][0] <= self._now:
            self._ready.append(heapq.heappop(timers)[2])
        if self._now - self.blocked_s > self.horizon_s or self._steps > STEPS:
            return "endless"
        return "busy-wait" if self._steps_now > STEPS_AT_ONE_TIME else None

    def renew(self, horizon_s: float) -> None:
        """Give it new budgets, to let what is left come to an end."""
        self.horizon_s = self._now - self.blocked_s + horizon_s
        self._steps = self._steps_now = 0
        self.unmodelled = False

    def _advance_to(self, when: float) -> None:
        if when > self._now:
            self._now, self._now_ns, self._steps_now = when, round(when * 1e9), 0

    def block(self, seconds: float) -> None:
        """Let time pass in the middle of a step, as time.sleep does.

        Raises Overrun when one step does so again and again, without an end.
        """
        seconds = min(seconds, max(LONGEST_S - self._now, 0))
        self.blocked_s += seconds
        self._blocks += 1
        self._advance_to(round(self._now + seconds, 9))
        if self._blocks > BLOCKS_IN_STEP:
            raise Overrun

    # -- what asyncio asks of a loop ---------------------------------------------------------

    def time(self) -> float:
        return self._now

    def time_ns(self) -> int:
        return self._now_ns

    def call_soon(self, callback: Callable, *args: Any, context: Any = None) -> Handle:
        handle = Handle(callback, args, self, context)
        self._ready.append(handle)
        return handle

    def call_later(
        self, delay: float, callback: Callable, *args: Any, context: Any = None
    ) -> TimerHandle:
        return self.call_at(self._now + delay, callback, *args, context=context)

    def call_at(
        self, when: float, callback: Callable, *args: Any, context: Any = None
    ) -> TimerHandle:
        # Rounded, so that two sums that mean the same moment are the same moment.
        when = round(when, 9) if when - self._now < LONGEST_S else math.inf
        handle = TimerHandle(when, callback, args, self, context)
        self._sequence += 1
        heapq.heappush(self._timers, (when, self._sequence, handle))
        return handle

    def _timer_handle_cancelled(self, handle: TimerHandle) -> None:
        """A cancelled timer stays in the heap until its turn; asyncio calls this."""

    def create_future(self) -> Future:
        return Future(loop=self)

    def create_task(self, coro: Any, **options: Any) -> Task:
        if self._factory is not None:
            return self._factory(self, coro, **options)
        return Task(coro, loop=self, **options)

    def set_task_factory(self, factory: Callable | None) -> None:
        self._factory = factory

    def get_task_factory(self) -> Callable | None:
        return self._factory

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        self.unhandled.append(
            {key: context.get(key) for key in ("message", "exception")}  # no task is held
        )

    def default_exception_handler(self, context: dict[str, Any]) -> None:
        self.call_exception_handler(context)

    def set_exception_handler(self, handler: Callable | None) -> None:
        """Accepted and left unused: what reaches the handler is a fact for the judge."""

    def get_exception_handler(self) -> None:
        return None

    def get_debug(self) -> bool:
        return False

    def set_debug(self, enabled: bool) -> None:
        """Accepted: debug mode changes nothing that is judged."""

    def is_running(self) -> bool:
        return self._running

    def is_closed(self) -> bool:
        return self._closed

    def close(self) -> None:
        if self._running:
            raise RuntimeError("Cannot close a running event loop")
        self._closed = True
        self._ready.clear()
        self._timers.clear()

    def has_generators(self) -> bool:
        """Whether an async generator has begun and not been closed."""
        return len(self._generators) > 0

    async def shutdown_asyncgens(self) -> None:
        generators = list(self._generators)
        self._generators.clear()
        await asyncio.gather(*(g.aclose() for g in generators), return_exceptions=True)

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:
        """There is none."""

    def _finalize_generator(self, generator: Any) -> None:
        self._generators.discard(generator)
        if not self._closed:
            self.create_task(generator.aclose())

    # -- what it does not model --------------------------------------------------------------

    def run_until_complete(self, future: Any) -> NoReturn:
        if asyncio.iscoroutine(future):
            future.close()
        raise RuntimeError("This event loop is already running")

    def run_forever(self) -> NoReturn:
        raise RuntimeError("This event loop is already running")

    def stop(self) -> NoReturn:
        raise RuntimeError("an exercise may not stop the event loop that it runs on")

    def call_soon_threadsafe(self, callback: Callable, *args: Any, context: Any = None) -> Handle:
        self.unmodelled = True
        return self.call_soon(callback, *args, context=context)

    def need_real_loop(self, *args: Any, **options: Any) -> NoReturn:
        """Give up on virtual time: `run` returns "unmodelled"."""
        self.unmodelled = True
        raise Unmodelled


# Everything else that a loop can do reaches for the outside world.
for _name in vars(asyncio.AbstractEventLoop):
    if not _name.startswith("_") and _name not in vars(VirtualLoop):
        setattr(VirtualLoop, _name, VirtualLoop.need_real_loop)
