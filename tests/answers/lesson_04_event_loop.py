"""04 The event loop: answers to its exercises."""

import asyncio
import bisect
import functools
import heapq
import itertools
import sched
import threading
import time
import weakref
from asyncio import sleep as imported_sleep
from collections import deque

from . import right, right_value, wrong, wrong_value

# -- my-sleep: right ----------------------------------------------------------------------


@right("my-sleep")
async def an_event_and_a_timer(seconds, result=None):
    awake = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, awake.set)
    await awake.wait()
    return result


@right("my-sleep")
async def filled_with_nothing_and_the_result_returned(seconds, result=None):
    loop = asyncio.get_running_loop()
    future = asyncio.Future()
    loop.call_at(loop.time() + seconds, future.set_result, None)
    await future
    return result


@right("my-sleep")
async def by_the_clock_of_asyncios_loops(seconds, result=None):
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_at(time.monotonic() + seconds, future.set_result, result)
    return await future


@right("my-sleep")
def a_plain_function_that_returns_the_future(seconds, result=None):
    loop = asyncio.get_event_loop()
    future = loop.create_future()
    loop.call_later(seconds, future.set_result, result)
    return future


@right("my-sleep")
async def a_lambda_for_a_timer(seconds, result=None):
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(seconds, lambda: future.set_result(result))
    return await future


@right("my-sleep")
async def a_partial_and_a_timer_put_away(seconds, result=None):
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    timer = loop.call_later(seconds, functools.partial(future.set_result, result))
    try:
        return await future
    finally:
        timer.cancel()


@right("my-sleep")
async def an_inner_function(seconds, result=None):
    loop = asyncio.get_running_loop()
    future = loop.create_future()

    def wake():
        if not future.done():
            future.set_result(result)

    loop.call_later(seconds, wake)
    await asyncio.wait([future])
    return future.result()


@right("my-sleep")
async def a_wait_with_a_timeout(seconds, result=None):
    await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=seconds)
    return result


@right("my-sleep")
async def a_timeout_around_nothing(seconds, result=None):
    try:
        await asyncio.wait_for(asyncio.get_running_loop().create_future(), seconds)
    except TimeoutError:
        return result


@right("my-sleep")
async def a_queue_and_a_timer(seconds, result=None):
    queue = asyncio.Queue()
    asyncio.get_running_loop().call_later(seconds, queue.put_nowait, result)
    return await queue.get()


@right("my-sleep")
async def a_thread_that_sleeps(seconds, result=None):
    await asyncio.to_thread(time.sleep, seconds)
    return result


@right("my-sleep")
class AnAwaitable:
    def __init__(self, seconds, result=None):
        self.seconds, self.result = seconds, result

    def __await__(self):
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        loop.call_later(self.seconds, future.set_result, self.result)
        return future.__await__()


# -- my-sleep: wrong ----------------------------------------------------------------------


@wrong("my-sleep", "blocked-loop", says="loop.call_later")
async def sleeps_with_time(seconds, result=None):
    time.sleep(seconds)
    return result


@wrong("my-sleep", "busy-wait", says="let loop.call_later fill it")
async def asks_the_clock(seconds, result=None):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        await asyncio.sleep(0)
    return result


@wrong("my-sleep", "busy-wait")
async def asks_the_future(seconds, result=None):
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_later(seconds, future.set_result, result)
    while not future.done():
        await asyncio.sleep(0)
    return future.result()


@wrong("my-sleep", "deadlock", says="Let a timer of the loop that runs")
async def never_filled(seconds, result=None):
    return await asyncio.get_running_loop().create_future()


@wrong("my-sleep", "deadlock")
async def a_timer_without_the_argument(seconds, result=None):
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_later(seconds, future.set_result)
    return await future


@wrong("my-sleep", "deadlock")
async def a_timer_that_calls_the_wrong_thing(seconds, result=None):
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_later(seconds, future.result)
    return await future


@wrong("my-sleep", "deadlock")
async def filled_after_the_wait(seconds, result=None):
    future = asyncio.get_running_loop().create_future()
    value = await future
    asyncio.get_running_loop().call_later(seconds, future.set_result, result)
    return value


@wrong("my-sleep", "too-soon", says="with its parentheses")
async def filled_at_once(seconds, result=None):
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_later(seconds, future.set_result(result))
    return await future


@wrong("my-sleep", "too-soon", says="comes back after")
async def filled_soon(seconds, result=None):
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_soon(future.set_result, result)
    return await future


@wrong("my-sleep", "too-soon")
async def milliseconds(seconds, result=None):
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_later(seconds / 1000, future.set_result, result)
    return await future


@wrong("my-sleep", "too-soon")
async def no_wait_for_the_future(seconds, result=None):
    loop = asyncio.get_running_loop()
    loop.call_later(seconds, loop.create_future().set_result, result)
    return result


@wrong("my-sleep", "raised")
async def asks_for_the_result_too_early(seconds, result=None):
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_later(seconds, future.set_result, result)
    return future.result()


@wrong("my-sleep", "wrong-value", says="return it")
async def drops_the_result(seconds, result=None):
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_later(seconds, future.set_result, None)
    await future


@wrong("my-sleep", "wrong-value")
async def only_lets_others_in(seconds, result=None):
    await asyncio.sleep(0)


@wrong("my-sleep", "leaked-task", says="still running: watch")
async def leaves_a_watcher_behind(seconds, result=None):
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_later(seconds, future.set_result, result)

    async def watch():
        await loop.create_future()

    asyncio.create_task(watch())
    return await future


@wrong("my-sleep", "wrong-value")
async def returns_the_seconds(seconds, result=None):
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_later(seconds, future.set_result, seconds)
    return await future


@wrong("my-sleep", "not-awaited")
async def hands_back_the_future(seconds, result=None):
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_later(seconds, future.set_result, result)
    return future


@wrong("my-sleep", "raised", says="asyncio.sleep was called")
async def asyncio_sleep(seconds, result=None):
    return await asyncio.sleep(seconds, result)


@wrong("my-sleep", "wrong-value", says="imported by its name")
async def asyncio_sleep_by_name(seconds, result=None):
    return await imported_sleep(seconds, result)


@wrong("my-sleep", "not-async")
def plain_and_blocking(seconds, result=None):
    time.sleep(seconds)
    return result


@wrong("my-sleep", "too-slow", says="longer than it was asked to")
async def twice_as_long(seconds, result=None):
    loop = asyncio.get_running_loop()
    for _ in range(2):
        future = loop.create_future()
        loop.call_later(seconds, future.set_result, result)
        await future
    return result


@wrong("my-sleep", "wrong-value")
async def a_future_for_all(seconds, result=None, shared={}):
    loop = asyncio.get_running_loop()
    if shared.get("loop") is not loop or shared["future"].done():
        shared.update(loop=loop, future=loop.create_future())
        loop.call_later(seconds, shared["future"].set_result, result)
    return await shared["future"]


# -- call-later ---------------------------------------------------------------------------


class Queue:
    """What the starter has."""

    def __init__(self, clock=time):
        self.clock, self.ready = clock, deque()

    def call_soon(self, callback, *args):
        self.ready.append((callback, args))

    def run_ready(self):
        while self.ready:
            callback, args = self.ready.popleft()
            callback(*args)


class Timers(Queue):
    """With a plain list of (when, callback, args)."""

    def __init__(self, clock=time):
        super().__init__(clock)
        self.timers = []

    def call_later(self, delay, callback, *args):
        self.timers.append((self.clock.monotonic() + delay, callback, args))


@right("call-later")
class SortedByTime(Timers):
    def run(self):
        while self.ready or self.timers:
            self.run_ready()
            if not self.timers:
                break
            self.timers.sort(key=lambda timer: timer[0])
            wait = self.timers[0][0] - self.clock.monotonic()
            if wait > 0:
                self.clock.sleep(wait)
            _, callback, args = self.timers.pop(0)
            self.ready.append((callback, args))


@right("call-later")
class TheLeastOfAList(Timers):
    def run(self):
        while True:
            if self.ready:
                callback, args = self.ready.popleft()
                callback(*args)
            elif self.timers:
                timer = min(self.timers, key=lambda timer: timer[0])
                self.timers.remove(timer)
                self.clock.sleep(max(0, timer[0] - self.clock.monotonic()))
                timer[1](*timer[2])
            else:
                return


@right("call-later")
class RoundsAsInTheLesson(Queue):
    def __init__(self, clock=time):
        super().__init__(clock)
        self.timers, self.numbers = [], itertools.count()

    def call_later(self, delay, callback, *args):
        when = self.clock.monotonic() + delay
        heapq.heappush(self.timers, (when, next(self.numbers), callback, args))

    def run(self):
        while self.ready or self.timers:
            if not self.ready:
                self.clock.sleep(max(0, self.timers[0][0] - self.clock.monotonic()))
            now = self.clock.monotonic()
            while self.timers and self.timers[0][0] <= now:
                self.ready.append(heapq.heappop(self.timers)[2:])
            for _ in range(len(self.ready)):
                callback, args = self.ready.popleft()
                callback(*args)


@right("call-later")
class AllInOneHeap:
    """call_soon is a timer that is due."""

    def __init__(self, clock=time):
        self.clock, self.heap, self.count = clock, [], 0

    def call_soon(self, callback, *args):
        self.call_later(0, callback, *args)

    def call_later(self, delay, callback, *args):
        self.count += 1
        heapq.heappush(self.heap, (self.clock.monotonic() + delay, self.count, callback, args))

    def run(self):
        while self.heap:
            when, _, callback, args = heapq.heappop(self.heap)
            if when > self.clock.monotonic():
                self.clock.sleep(when - self.clock.monotonic())
            callback(*args)


@right("call-later")
class TheStandardLibrary(Queue):
    """Its scheduler calls what is due at one time in the order of asking."""

    def __init__(self, clock=time):
        super().__init__(clock)
        self.scheduler = sched.scheduler(clock.monotonic, lambda s: s and clock.sleep(s))

    def call_later(self, delay, callback, *args):
        self.scheduler.enter(delay, 1, callback, args)

    def run(self):
        while self.ready or not self.scheduler.empty():
            self.run_ready()
            if not self.scheduler.empty():
                when = self.scheduler.queue[0].time
                self.clock.sleep(max(0, when - self.clock.monotonic()))
                self.scheduler.run(blocking=False)


@right("call-later")
class TimersThatRememberTheirFunction(Queue):
    class Timer:
        def __init__(self, when, function):
            self.when, self.function = when, function

    def __init__(self, clock=time):
        super().__init__(clock)
        self.timers = []

    def call_later(self, delay, callback, *args):
        timer = self.Timer(self.clock.monotonic() + delay, functools.partial(callback, *args))
        self.timers.append(timer)
        self.timers.sort(key=lambda t: t.when)
        return timer

    def run(self):
        while self.ready or self.timers:
            if self.ready:
                callback, args = self.ready.popleft()
                callback(*args)
                continue
            pause = self.timers[0].when - self.clock.monotonic()
            if pause > 0:
                self.clock.sleep(pause)
            else:
                self.call_soon(self.timers.pop(0).function)


@wrong("call-later", "wrong-order", says="the moment counts, not who asked first")
class InTheOrderOfAsking(Timers):
    def run(self):
        while self.ready or self.timers:
            self.run_ready()
            if self.timers:
                when, callback, args = self.timers.pop(0)
                self.clock.sleep(max(0, when - self.clock.monotonic()))
                callback(*args)


@wrong("call-later", "wrong-order", says="are for the same moment")
class TiesByTheNumberOfTimers(Timers):
    def call_later(self, delay, callback, *args):
        due = self.clock.monotonic() + delay
        heapq.heappush(self.timers, (due, len(self.timers), callback, args))

    def run(self):
        while self.ready or self.timers:
            if not self.ready:
                self.clock.sleep(max(0, self.timers[0][0] - self.clock.monotonic()))
            while self.timers and self.timers[0][0] <= self.clock.monotonic():
                self.ready.append(heapq.heappop(self.timers)[2:])
            callback, args = self.ready.popleft()
            callback(*args)


@wrong("call-later", "wrong-order", says="is due before")
class DueTimersInTheOrderOfAsking(Timers):
    def run(self):
        while self.ready or self.timers:
            if not self.ready:
                first = min(when for when, *_ in self.timers)
                self.clock.sleep(max(0, first - self.clock.monotonic()))
            for timer in list(self.timers):
                if timer[0] <= self.clock.monotonic():
                    self.timers.remove(timer)
                    self.ready.append(timer[1:])
            callback, args = self.ready.popleft()
            callback(*args)


@wrong("call-later", "wrong-order")
class TheDelayIsForgotten(Queue):
    def call_later(self, delay, callback, *args):
        self.ready.append((callback, args))

    def run(self):
        self.run_ready()


@wrong("call-later", "wrong-order")
class ByDelayNotByTime(Queue):
    def __init__(self, clock=time):
        super().__init__(clock)
        self.timers, self.count = [], 0

    def call_later(self, delay, callback, *args):
        self.count += 1
        when = self.clock.monotonic() + delay
        heapq.heappush(self.timers, (delay, self.count, when, callback, args))

    def run(self):
        while self.ready or self.timers:
            if self.ready:
                callback, args = self.ready.popleft()
            else:
                _, _, when, callback, args = heapq.heappop(self.timers)
                self.clock.sleep(max(0, when - self.clock.monotonic()))
            callback(*args)


@wrong("call-later", "wrong-order", says="the same moment")
class TiesTheOtherWayRound(Queue):
    def __init__(self, clock=time):
        super().__init__(clock)
        self.timers, self.count = [], 0

    def call_later(self, delay, callback, *args):
        self.count -= 1
        heapq.heappush(self.timers, (self.clock.monotonic() + delay, self.count, callback, args))

    def run(self):
        while self.ready or self.timers:
            if self.ready:
                callback, args = self.ready.popleft()
            else:
                when, _, callback, args = heapq.heappop(self.timers)
                self.clock.sleep(max(0, when - self.clock.monotonic()))
            callback(*args)


@wrong("call-later", "wrong-order")
class TheNewestReadyFirst(SortedByTime):
    def run_ready(self):
        while self.ready:
            callback, args = self.ready.pop()
            callback(*args)


@wrong("call-later", "raised", says="Put a number that counts up")
class TiesCompareFunctions(Queue):
    def __init__(self, clock=time):
        super().__init__(clock)
        self.timers = []

    def call_later(self, delay, callback, *args):
        heapq.heappush(self.timers, (self.clock.monotonic() + delay, callback, args))

    def run(self):
        while self.ready or self.timers:
            if self.ready:
                callback, args = self.ready.popleft()
            else:
                when, callback, args = heapq.heappop(self.timers)
                self.clock.sleep(max(0, when - self.clock.monotonic()))
            callback(*args)


@wrong("call-later", "raised", says="Put a number that counts up")
class SortedWithoutAKey(Timers):
    def run(self):
        while self.ready or self.timers:
            self.run_ready()
            self.timers.sort()
            if self.timers:
                when, callback, args = self.timers.pop(0)
                self.clock.sleep(max(0, when - self.clock.monotonic()))
                callback(*args)


@wrong("call-later", "raised", says="sleep length must be non-negative")
class SleepsBackwards(Timers):
    def run(self):
        while self.ready or self.timers:
            self.run_ready()
            self.timers.sort(key=lambda timer: timer[0])
            if self.timers:
                when, callback, args = self.timers.pop(0)
                self.clock.sleep(when - self.clock.monotonic())
                callback(*args)


@wrong("call-later", "too-slow", says="although it was ready")
class SleepsPastAReadyCallback(Timers):
    def run(self):
        self.run_ready()
        while self.timers:
            self.timers.sort(key=lambda timer: timer[0])
            when, callback, args = self.timers.pop(0)
            self.clock.sleep(max(0, when - self.clock.monotonic()))
            self.call_soon(callback, *args)
            callback, args = self.ready.popleft()
            callback(*args)
        self.run_ready()


@wrong("call-later", "too-slow")
class SleepsTheWholeDelay(Queue):
    def __init__(self, clock=time):
        super().__init__(clock)
        self.timers, self.count = [], 0

    def call_later(self, delay, callback, *args):
        self.count += 1
        heapq.heappush(self.timers, (delay, self.count, callback, args))

    def run(self):
        while self.ready or self.timers:
            self.run_ready()
            if self.timers:
                delay, _, callback, args = heapq.heappop(self.timers)
                self.clock.sleep(delay)
                callback(*args)


@wrong("call-later", "busy-wait", says="instead of sleeping")
class LooksWithoutSleeping(Timers):
    def run(self):
        while self.ready or self.timers:
            self.run_ready()
            for timer in sorted(self.timers, key=lambda timer: timer[0]):
                if timer[0] <= self.clock.monotonic():
                    self.timers.remove(timer)
                    timer[1](*timer[2])


@wrong("call-later", "busy-wait")
class SleepsInSlices(Timers):
    def run(self):
        while self.ready or self.timers:
            self.run_ready()
            self.timers.sort(key=lambda timer: timer[0])
            if self.timers and self.timers[0][0] <= self.clock.monotonic():
                _, callback, args = self.timers.pop(0)
                self.call_soon(callback, *args)
            elif self.timers:
                self.clock.sleep(0.125)


@wrong("call-later", "busy-wait")
class SleepsForNothing(Timers):
    def run(self):
        while self.ready or self.timers:
            self.run_ready()
            self.clock.sleep(0)


@wrong("call-later", "lost-results", says="never called")
class ReturnsWhenNothingIsReady(Timers):
    def run(self):
        self.run_ready()


@wrong("call-later", "lost-results")
class TimersOnly(Timers):
    def run(self):
        for when, callback, args in sorted(self.timers, key=lambda timer: timer[0]):
            self.clock.sleep(max(0, when - self.clock.monotonic()))
            callback(*args)


@wrong("call-later", "lost-results")
class WhatIsAskedForLaterIsLost(Timers):
    def run(self):
        self.run_ready()
        for when, callback, args in sorted(self.timers, key=lambda timer: timer[0]):
            self.clock.sleep(max(0, when - self.clock.monotonic()))
            callback(*args)
            self.run_ready()


@wrong("call-later", "too-soon", says="before its time")
class NeverSleeps(Timers):
    def run(self):
        while self.ready or self.timers:
            self.run_ready()
            self.timers.sort(key=lambda timer: timer[0])
            if self.timers:
                _, callback, args = self.timers.pop(0)
                callback(*args)


@wrong("call-later", "wrong-value", says="callback(*args)")
class ArgumentsAsATuple(Timers):
    def run(self):
        while self.ready or self.timers:
            if self.ready:
                callback, args = self.ready.popleft()
                callback(*args)
                continue
            self.timers.sort(key=lambda timer: timer[0])
            when, callback, args = self.timers.pop(0)
            self.clock.sleep(max(0, when - self.clock.monotonic()))
            callback(args)


@wrong("call-later", "wrong-value")
class ArgumentsAreLost(SortedByTime):
    def call_later(self, delay, callback, *args):
        super().call_later(delay, callback)


@wrong("call-later", "wasted-calls", says="still in the queue")
class CalledTwice(SortedByTime):
    def call_later(self, delay, callback, *args):
        super().call_later(delay, callback, *args)
        super().call_later(delay, callback, *args)


@wrong("call-later", "blocked-loop", says="self.clock.sleep")
class TheModuleInPlaceOfTheClock(Queue):
    def __init__(self, clock=time):
        super().__init__(clock)
        self.timers, self.count = [], 0

    def call_later(self, delay, callback, *args):
        self.count += 1
        heapq.heappush(self.timers, (time.monotonic() + delay, self.count, callback, args))

    def run(self):
        while self.ready or self.timers:
            if self.ready:
                callback, args = self.ready.popleft()
            else:
                when, _, callback, args = heapq.heappop(self.timers)
                time.sleep(max(0, when - time.monotonic()))
            callback(*args)


@wrong("call-later", "raised", says="call_later")
class NothingButTheQueue(Queue):
    def run(self):
        self.run_ready()


@wrong("call-later", "raised")
class NoClockIsTaken(SortedByTime):
    def __init__(self):
        super().__init__()


@wrong("call-later", "not-awaited", says="nobody below it that could resume it")
class AnAsyncRun(Timers):
    async def run(self):
        self.run_ready()


@wrong("call-later", "wrong-value", says="the class TinyLoop itself", made=True)
def an_object_in_place_of_the_class():
    return SortedByTime()


# -- predict-callbacks --------------------------------------------------------------------

right_value(
    "predict-callbacks",
    ["c", "e", "b", "f", "d", "a"],
    ("c", "e", "b", "f", "d", "a"),
    "cebfda",
    "c e b f d a",
    "c, e, b, f, d, a",
    ["C", "E", "B", "F", "D", "A"],
    [" c", "e ", "'b'", "f", "d", "a"],
)
for letters, says in (
    ("bcefda", "A delay of 0 makes a timer all the same"),
    ("becfda", "first come, first served"),
    ("cbefda", "It is due when the round begins"),
    ("cefbda", "its turn is in the next round"),
    ("abcdef", "0.1 s comes before 0.2 s"),
    ("cebdfa", "nobody sleeps then"),
    ("cebdaf", "nobody sleeps then"),
    ("cebfad", "0.1 s comes before 0.2 s"),
    ("bdacef", "Whatever is ready goes first"),
    ("ecbfda", "first come, first served"),
    ("cdebfa", "Whatever is ready goes first"),
    ("fcebda", "its turn is in the next round"),
    ("cefdba", "0 comes before 0.1 s"),
):
    wrong_value("predict-callbacks", "wrong-order", letters, says=says)
for value in (
    "",
    "cebfd",
    "cebfdaa",
    ["c", "e", "b", "f", "d", "d"],
    [1, 2, 3, 4, 5, 6],
    {"c": 1},
    6,
    3.5,
    b"cebfda",
    [["c", "e", "b"], ["f", "d", "a"]],
    object(),
):
    wrong_value("predict-callbacks", "wrong-value", value, says="the six letters")
for value, says in (
    ([...] * 6, "Nothing is filled in yet."),
    (["c", "e", "b", ..., ..., ...], "3 of 6 places are still blank."),
    (None, "Nothing is filled in yet."),
):
    wrong_value("predict-callbacks", "not-started", value, says=says)


# -- answers that nobody had thought of at first ------------------------------------------


@right("my-sleep")
async def a_condition_and_a_timer(seconds, result=None):
    loop, over, rings = asyncio.get_running_loop(), asyncio.Condition(), []
    loop.call_later(seconds, lambda: rings.append(asyncio.ensure_future(ring())))

    async def ring():
        async with over:
            over.notify_all()

    async with over:
        await over.wait()
    await rings[0]
    return result


@right("my-sleep")
async def a_lock_that_a_timer_opens(seconds, result=None):
    lock = asyncio.Lock()
    await lock.acquire()
    asyncio.get_running_loop().call_later(seconds, lock.release)
    async with lock:
        return result


@right("my-sleep")
async def at_a_moment(seconds, result=None):
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_at(loop.time() + seconds, future.set_result, result)
    return await asyncio.shield(future)


@wrong("my-sleep", "too-soon", says="comes back after")
async def whole_seconds_only(seconds, result=None):
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_later(int(seconds), future.set_result, result)
    return await future


@wrong("my-sleep", "too-soon", says="Observed: it came back before that")
async def a_thread_that_does_not_sleep(seconds, result=None):
    loop = asyncio.get_running_loop()
    future = loop.create_future()

    def fill():
        loop.call_soon_threadsafe(future.set_result, result)

    threading.Thread(target=fill).start()
    return await future


@wrong("my-sleep", "too-soon")
async def the_length_in_place_of_the_moment(seconds, result=None):
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_at(seconds, future.set_result, result)
    return await future


@wrong("my-sleep", "wrong-value", says="my_sleep")
async def a_result_that_is_false_is_lost(seconds, result=None):
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(seconds, future.set_result, result)
    return await future or None


@wrong("my-sleep", "deadlock", says="Before that a callback failed: TypeError")
async def the_timer_is_given_no_result(seconds, result=None):
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(seconds, future.set_result)
    return await future


@wrong("my-sleep", "deadlock", says="no attribute 'set_results', at line")
async def a_slip_in_the_callback(seconds, result=None):
    future = asyncio.get_running_loop().create_future()

    def ring():
        future.set_results(result)

    asyncio.get_running_loop().call_later(seconds, ring)
    return await future


@wrong("my-sleep", "raised", says="The error came out of your function")
async def the_timers_arguments_swapped(seconds, result=None):
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_later(future.set_result, seconds, result)
    return await future


@wrong("my-sleep", "wrong-value", says="What the future was filled with is not returned")
async def filled_with_the_result_and_dropped(seconds, result=None):
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(seconds, future.set_result, result)
    await future


@wrong("my-sleep", "deadlock")
async def a_future_per_timer(seconds, result=None):
    loop = asyncio.get_running_loop()
    loop.call_later(seconds, loop.create_future().set_result, result)
    return await loop.create_future()


@right("call-later")
class TheEarliestOfADictionary(Queue):
    def __init__(self, clock=time):
        super().__init__(clock)
        self.timers = {}  # dictionaries keep the order of asking

    def call_later(self, delay, callback, *args):
        due = self.timers.setdefault(self.clock.monotonic() + delay, [])
        due.append((callback, args))

    def run(self):
        while self.ready or self.timers:
            self.run_ready()
            if self.timers:
                when = min(self.timers)
                self.clock.sleep(max(0, when - self.clock.monotonic()))
                self.ready.extend(self.timers.pop(when))


@right("call-later")
class PutInItsPlace(Timers):
    def call_later(self, delay, callback, *args):
        timer = (self.clock.monotonic() + delay, callback, args)
        bisect.insort(self.timers, timer, key=lambda timer: timer[0])

    def run(self):
        while True:
            self.run_ready()
            if not self.timers:
                break
            when, callback, args = self.timers.pop(0)
            while self.clock.monotonic() < when:
                self.clock.sleep(when - self.clock.monotonic())
            self.call_soon(callback, *args)


@wrong("call-later", "raised", says="The error came out of your function")
class PushesThePartsOneByOne(Queue):
    def __init__(self, clock=time):
        super().__init__(clock)
        self.timers = []

    def call_later(self, delay, callback, *args):
        heapq.heappush(self.timers, self.clock.monotonic() + delay, callback)


@wrong("call-later", "raised", says="The error came out of your function")
class ForgetsToMakeTheList(Queue):
    def call_later(self, delay, callback, *args):
        self.timers.append((self.clock.monotonic() + delay, callback, args))


@wrong("call-later", "too-soon", says="before its time")
class TheDelayInPlaceOfTheTime(Timers):
    def call_later(self, delay, callback, *args):
        self.timers.append((delay, callback, args))

    def run(self):
        while self.ready or self.timers:
            self.run_ready()
            if self.timers:
                self.timers.sort(key=lambda timer: timer[0])
                delay, callback, args = self.timers.pop(0)
                self.clock.sleep(max(0, delay - self.clock.monotonic()))
                callback(*args)


# -- the notebook's loop is not the one that runs --------------------------------------------


def another_loop():
    """A loop such as the notebook's `loop`, which does not run while a check is under way."""
    loop = asyncio.new_event_loop()
    weakref.finalize(loop, loop.close)
    return loop


@wrong("my-sleep", "raised", says="asyncio.get_running_loop()", made=True)
def all_by_the_notebooks_loop():
    loop = another_loop()

    async def my_sleep(seconds, result=None):
        water = loop.create_future()
        loop.call_later(seconds, water.set_result, result)
        return await water

    return my_sleep


@wrong("my-sleep", "raised", says="got Future <future> attached to a different loop", made=True)
def a_future_of_the_notebooks_loop():
    loop = another_loop()

    async def my_sleep(seconds, result=None):
        water = loop.create_future()
        asyncio.get_running_loop().call_later(seconds, water.set_result, result)
        return await water

    return my_sleep


@wrong("my-sleep", "deadlock", says="a timer of the loop that runs", made=True)
def a_timer_of_the_notebooks_loop():
    loop = another_loop()

    async def my_sleep(seconds, result=None):
        water = asyncio.get_running_loop().create_future()
        loop.call_later(seconds, water.set_result, result)
        return await water

    return my_sleep


# -- call-later: the cause that is told is the cause -----------------------------------------


class Earliest(Queue):
    """What these loops have in common."""

    def __init__(self, clock=time):
        super().__init__(clock)
        self.timers, self.count = [], itertools.count()

    def call_later(self, delay, callback, *args):
        when = self.clock.monotonic() + delay
        heapq.heappush(self.timers, (when, next(self.count), callback, args))

    def _call(self, callback, args):
        callback(*args)

    def _sleep(self):
        """Until the earliest timer is due, which is ready then."""
        when, _, callback, args = heapq.heappop(self.timers)
        self.clock.sleep(max(0, when - self.clock.monotonic()))
        self.ready.append((callback, args))

    def run(self):
        while self.ready or self.timers:
            while self.ready:
                self._call(*self.ready.popleft())
            if self.timers:
                self._sleep()


@right("call-later")
class NothingChanged(Earliest):
    pass


@wrong("call-later", "wrong-order", says="was called in the middle of call_later")
class CallsInCallLater(Earliest):
    def call_later(self, delay, callback, *args):
        callback(*args)


@wrong("call-later", "wrong-order", says="the loop slept for")
class SleepsInCallLater(Earliest):
    def call_later(self, delay, callback, *args):
        self.clock.sleep(delay)
        self.call_soon(callback, *args)


@wrong("call-later", "wrong-order", says="was ready, and the timer")
class ATimerBeforeWhatIsReady(Earliest):
    def run(self):
        while self.timers:
            self._sleep()
            self._call(*self.ready.pop())
        super().run()


@wrong("call-later", "too-slow", says="and run slept although it was ready")
class SleepsBeforeWhatIsReady(Earliest):
    def run(self):
        while self.ready or self.timers:
            if self.timers:
                self._sleep()
            self._call(*self.ready.popleft())


@wrong("call-later", "wrong-order", says="were both asked for by call_soon")
class TheLastOneThatIsReady(Earliest):
    def run(self):
        while self.ready or self.timers:
            while self.ready:
                self._call(*self.ready.pop())
            if self.timers:
                self._sleep()


@wrong("call-later", "wrong-order", says="are for the same moment, and")
class TheLastOfAMoment(Earliest):
    def call_later(self, delay, callback, *args):
        when = self.clock.monotonic() + delay
        heapq.heappush(self.timers, (when, -next(self.count), callback, args))


@wrong("call-later", "too-slow", says="A timer that keeps only its delay is late")
class KeepsTheDelay(Earliest):
    def call_later(self, delay, callback, *args):
        heapq.heappush(self.timers, (delay, next(self.count), callback, args))

    def _sleep(self):
        delay, _, callback, args = heapq.heappop(self.timers)
        self.clock.sleep(delay)
        self.ready.append((callback, args))


@wrong("call-later", "blocked-loop", says="by the module time")
class SleepsByTheModule(Earliest):
    def _sleep(self):
        when, _, callback, args = heapq.heappop(self.timers)
        time.sleep(max(0, when - self.clock.monotonic()))
        self.ready.append((callback, args))


@wrong("call-later", "blocked-loop", says="self.clock.sleep(...)")
class SleepsByTheModuleAndFails(Earliest):
    def run(self):
        while self.timers:
            time.sleep(1)
            self._call(*self.timers.pop(0))


@wrong("call-later", "too-slow", says="asked for by call_soon")
class SleepsBetweenTwoThatAreReady(Earliest):
    def run(self):
        while self.ready or self.timers:
            if self.ready:
                self._call(*self.ready.popleft())
            if self.timers:
                self._sleep()


# -- my-sleep: several at once, and what a verdict says -----------------------------------------


@wrong("my-sleep", "wrong-value", says="four sleepers at once")
async def results_by_their_seconds(seconds, result=None, results={}):
    results[seconds] = result
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_later(seconds, future.set_result, None)
    await future
    return results[seconds]


@wrong("my-sleep", "too-soon", says="the timer of another sleeper", made=True)
def the_first_in_the_row():
    row = []

    async def my_sleep(seconds, result=None):
        loop = asyncio.get_running_loop()
        row.append((loop.create_future(), result))

        def wake():
            future, value = row.pop(0)
            future.set_result(value)

        mine = row[-1][0]
        loop.call_later(seconds, wake)
        return await mine

    return my_sleep


@wrong("my-sleep", "deadlock", says="a future that the call has made for itself", made=True)
def futures_by_their_result():
    futures = {}

    async def my_sleep(seconds, result=None):
        loop = asyncio.get_running_loop()
        futures[result] = loop.create_future()
        loop.call_later(
            seconds,
            lambda: futures[result].done() or futures[result].set_result(result),
        )
        return await futures[result]

    return my_sleep


@wrong("my-sleep", "too-slow", says="looks at the clock only now and then")
async def a_look_every_quarter_of_a_second(seconds, result=None):
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while loop.time() < end:
        future = loop.create_future()
        loop.call_later(0.25, future.set_result, None)
        await future
    return result


@wrong("my-sleep", "too-slow", says="my_sleep(0.3")
async def a_second_at_least(seconds, result=None):
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_later(max(seconds, 1), future.set_result, result)
    return await future


@wrong("my-sleep", "too-soon", says="set for another time than `seconds` from now")
async def whole_seconds(seconds, result=None):
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_later(int(seconds), future.set_result, result)
    return await future


@wrong("my-sleep", "too-soon", says="wants the moment, loop.time() + seconds")
async def a_moment_that_has_passed(seconds, result=None):
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_at(seconds, future.set_result, result)
    return await future


@wrong("my-sleep", "endless", says="takes far too long")
async def seconds_taken_for_milliseconds(seconds, result=None):
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_later(1000 * seconds, future.set_result, result)
    return await future


@wrong("my-sleep", "deadlock", says="Made and never awaited: wake")
async def calls_back_a_coroutine_function(seconds, result=None):
    loop = asyncio.get_running_loop()
    future = loop.create_future()

    async def wake():
        future.set_result(result)

    loop.call_later(seconds, wake)
    return await future


@wrong("my-sleep", "deadlock", says="a future that the call has made for itself", made=True)
def one_future_for_all():
    last = []

    async def my_sleep(seconds, result=None):
        loop = asyncio.get_running_loop()
        last[:] = [loop.create_future()]
        loop.call_later(seconds, lambda: last[0].done() or last[0].set_result(result))
        return await last[0]

    return my_sleep


# -- call-later: no delay, long delays, slow callbacks, and two loops ---------------------------


@wrong("call-later", "lost-results", says="or it was never put there")
class NoTimerWithoutADelay(RoundsAsInTheLesson):
    def call_later(self, delay, callback, *args):
        if delay:
            super().call_later(delay, callback, *args)


@wrong("call-later", "too-slow", says="at 0 s")
class AThousandthAtLeast(RoundsAsInTheLesson):
    def call_later(self, delay, callback, *args):
        super().call_later(max(delay, 0.001), callback, *args)


@wrong("call-later", "wrong-order", says="was called in the middle of call_later")
class CalledAtOnceWithoutADelay(RoundsAsInTheLesson):
    def call_later(self, delay, callback, *args):
        if delay > 0:
            super().call_later(delay, callback, *args)
        else:
            callback(*args)


@wrong("call-later", "busy-wait", says="in little pieces")
class AMinuteAtATime(RoundsAsInTheLesson):
    def run(self):
        while self.ready or self.timers:
            if not self.ready and (wait := self.timers[0][0] - self.clock.monotonic()) > 0:
                self.clock.sleep(min(wait, 60))
            now = self.clock.monotonic()
            while self.timers and self.timers[0][0] <= now:
                self.ready.append(heapq.heappop(self.timers)[2:])
            self.run_ready()


@wrong("call-later", "wrong-order", says="ask the clock when the timer is asked for")
class TheTimeOfTheRound(Timers):
    """Its clock is read once a round, and a callback takes its time before it asks."""

    def __init__(self, clock=time):
        super().__init__(clock)
        self.now, self.numbers = clock.monotonic(), itertools.count()

    def call_later(self, delay, callback, *args):
        heapq.heappush(self.timers, (self.now + delay, next(self.numbers), callback, args))

    def run(self):
        while self.ready or self.timers:
            if not self.ready:
                self.clock.sleep(max(0, self.timers[0][0] - self.clock.monotonic()))
            self.now = self.clock.monotonic()
            while self.timers and self.timers[0][0] <= self.now:
                self.ready.append(heapq.heappop(self.timers)[2:])
            self.run_ready()


@wrong("call-later", "too-slow", says="a clock that was read before the callbacks ran")
class SleepsByTheTimeBefore(RoundsAsInTheLesson):
    def run(self):
        while self.ready or self.timers:
            now = self.clock.monotonic()
            while self.timers and self.timers[0][0] <= now:
                self.ready.append(heapq.heappop(self.timers)[2:])
            self.run_ready()
            if self.timers:
                self.clock.sleep(max(0, self.timers[0][0] - now))


@wrong("call-later", "state-kept", says="Make them in `__init__`", made=True)
def timers_of_the_class():
    class OneListForAll(RoundsAsInTheLesson):
        shared = []

        def __init__(self, clock=time):
            super().__init__(clock)
            self.timers = self.shared

    return OneListForAll


@wrong("call-later", "lost-results", says="another one has taken its place")
class OneTimerAMoment(Queue):
    def __init__(self, clock=time):
        super().__init__(clock)
        self.timers = {}

    def call_later(self, delay, callback, *args):
        self.timers[self.clock.monotonic() + delay] = callback, args

    def run(self):
        while self.ready or self.timers:
            self.run_ready()
            if self.timers:
                when = min(self.timers)
                self.clock.sleep(max(0, when - self.clock.monotonic()))
                self.ready.append(self.timers.pop(when))
