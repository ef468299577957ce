"""04 The event loop: the reference solutions."""

import asyncio
import heapq
import time
from collections import deque


async def my_sleep(seconds, result=None):
    """The future is what the sleeper awaits; the timer is who wakes it. `call_later` gets the
    function `future.set_result` and, apart from it, the argument to call it with: written
    `future.set_result(result)` it would be called now. Between the two lines the loop is free.
    """
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_later(seconds, future.set_result, result)
    return await future


class TinyLoop:
    """Each timer remembers when it is due and its number: of two that are due at the same moment
    the smaller number comes first, and the callbacks are never compared. A round of `run` sleeps
    only if nothing is ready, and only until the earliest timer; then it moves what is due behind
    what is ready, and calls one callback. One a round is enough: if it asks for more, the next
    round sees it.
    """

    def __init__(self, clock=time):
        self.clock, self.ready = clock, deque()
        self.timers, self.count = [], 0

    def call_soon(self, callback, *args):
        self.ready.append((callback, args))

    def call_later(self, delay, callback, *args):
        self.count += 1
        when = self.clock.monotonic() + delay
        heapq.heappush(self.timers, (when, self.count, callback, args))

    def run(self):
        while self.ready or self.timers:
            if not self.ready:
                self.clock.sleep(max(0, self.timers[0][0] - self.clock.monotonic()))
            while self.timers and self.timers[0][0] <= self.clock.monotonic():
                self.ready.append(heapq.heappop(self.timers)[2:])
            if self.ready:
                callback, args = self.ready.popleft()
                callback(*args)


def predict_callbacks():
    """When the cell gives way, c and e are ready. The round begins: b, with its delay of 0, is
    due and goes to the end of the queue, so c, e and b are called. f was asked for by e, during
    this round, and is called in the next. Then the clock decides: d after 0.1 s, a after 0.2 s.
    """
    return ["c", "e", "b", "f", "d", "a"]
