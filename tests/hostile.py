"""Answers that a checker must survive, each with the code of its verdict: FACTS.md, section 4.

All of them answer `all-at-once`. A comment `# here` marks the line that the verdict must name.
Used by test_survival.py, by test_survival_kernel.py and by benchmarks/checks.py.
"""

import asyncio
import builtins
import concurrent.futures
import contextlib
import contextvars
import functools
import gc
import inspect
import os
import queue
import sys
import threading
import time
import time as clock
import types
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from time import sleep
from typing import Any


@dataclass(frozen=True)
class Hostile:
    """An answer, what it shows, its code, how many seconds that may take, and what it leaves.

    `row` names its row of FACTS.md, section 4; `abandons` says how many threads cannot be ended.
    """

    name: str
    answer: Any
    row: str
    code: str
    within_s: float
    lines: tuple[int, ...]
    abandons: int


ALL: dict[str, Hostile] = {}
_wake: list[Callable[[], Any]] = []


def wake_up() -> None:
    """End the waits of the threads that were abandoned."""
    while _wake:
        _wake.pop()()


def hostile(row: str, code: str, within_s: float = 0.01, *, abandons: int = 0) -> Callable:
    def add(answer: Any, name: str | None = None) -> Any:
        name = name or answer.__name__
        marked = ()
        with contextlib.suppress(TypeError, OSError, RecursionError):
            lines, first = inspect.getsourcelines(inspect.unwrap(answer))
            marked = tuple(first + n for n, text in enumerate(lines) if "# here" in text)
        assert name not in ALL, name
        ALL[name] = Hostile(name, answer, row, code, within_s, marked, abandons)
        return answer

    return add


async def right(fetch, names):
    return await asyncio.gather(*[fetch(name) for name in names])


# -- blocks the loop -----------------------------------------------------------------------

SLEEP = "time.sleep(3600)"


@hostile(SLEEP, "blocked-loop")
async def time_sleep(fetch, names):
    time.sleep(3600)  # here
    return await right(fetch, names)


@hostile(SLEEP, "blocked-loop")
async def sleep_imported_by_name(fetch, names):
    sleep(3600)  # here
    return await right(fetch, names)


@hostile(SLEEP, "blocked-loop")
async def sleep_of_a_renamed_module(fetch, names):
    clock.sleep(3600)  # here
    return await right(fetch, names)


@hostile(SLEEP, "blocked-loop")
async def sleep_imported_inside(fetch, names):
    from time import sleep as nap

    nap(3600)  # here
    return await right(fetch, names)


@hostile(SLEEP, "blocked-loop")
async def sleep_in_a_helper(fetch, names):
    def rest():
        time.sleep(3600)  # here

    rest()
    return await right(fetch, names)


@hostile(SLEEP, "blocked-loop")
async def sleep_in_a_callback(fetch, names):
    asyncio.get_running_loop().call_soon(
        lambda: time.sleep(3600),  # here
    )
    return await right(fetch, names)


@hostile(SLEEP, "endless", 3)
async def sleep_for_ever(fetch, names):
    while True:
        time.sleep(1)  # here


@hostile(SLEEP, "endless", 3)
async def sleep_for_ever_whatever_is_raised(fetch, names):
    while True:
        with contextlib.suppress(BaseException):
            while True:
                time.sleep(1)


# -- waits without an end ------------------------------------------------------------------


@hostile(SLEEP, "blocked-loop")
async def sleeps_longer_than_a_clock_can_tell(fetch, names):
    time.sleep(1e18)  # here
    return await right(fetch, names)


@hostile(SLEEP, "raised")
async def sleeps_for_no_number(fetch, names):
    time.sleep(float("nan"))  # here


DEADLOCK = "deadlock"


@hostile(DEADLOCK, "deadlock")
async def sleeps_for_an_infinite_time(fetch, names):
    await asyncio.sleep(float("inf"))  # here


@hostile(DEADLOCK, "deadlock")
async def orphan_future(fetch, names):
    await asyncio.get_running_loop().create_future()  # here


@hostile(DEADLOCK, "deadlock")
async def lock_taken_twice(fetch, names):
    lock = asyncio.Lock()
    async with lock:
        async with lock:  # here
            return await right(fetch, names)


@hostile(DEADLOCK, "deadlock")
async def two_that_wait_for_each_other(fetch, names):
    tasks = []

    async def one(other):
        await asyncio.sleep(1)
        await tasks[other]  # here

    tasks += [asyncio.create_task(one(1)), asyncio.create_task(one(0))]
    await asyncio.wait(tasks)


@hostile(DEADLOCK, "deadlock")
async def awaits_itself_through_an_event(fetch, names):
    done = asyncio.Event()
    await done.wait()  # here
    done.set()


@hostile("sleep(0) for ever", "busy-wait", 0.2)
async def turns_for_ever(fetch, names):
    while True:
        await asyncio.sleep(0)  # here


@hostile("sleep(0) for ever", "busy-wait", 0.2)
async def poller_that_hides_a_deadlock(fetch, names):
    done = asyncio.get_running_loop().create_future()
    while not done.done():
        await asyncio.sleep(0)  # here


@hostile("sleep(0) for ever", "busy-wait", 0.2)
async def bystander_that_hides_a_deadlock(fetch, names):
    async def ticker():
        while True:
            await asyncio.sleep(0)

    ticking = asyncio.create_task(ticker())
    await asyncio.Event().wait()  # here
    ticking.cancel()


@hostile("sleep(0) for ever", "busy-wait", 0.2)
async def callbacks_for_ever(fetch, names):
    def again():
        asyncio.get_running_loop().call_soon(again)

    again()
    await asyncio.Event().wait()


@hostile("sleep(1) for ever", "endless", 0.2)
async def sleeps_for_ever(fetch, names):
    while True:
        await asyncio.sleep(1)  # here


@hostile("sleep(0) for ever", "busy-wait", 0.2)
async def sleeps_a_thousandth_for_ever(fetch, names):
    while True:
        await asyncio.sleep(0.001)  # here


@hostile("sleep(1) for ever", "endless", 0.2)
async def async_generator_without_an_end(fetch, names):
    async def ticks():
        while True:
            await asyncio.sleep(1)  # here
            yield 1

    async for _ in ticks():
        pass


SPIN = "while True: pass"


@hostile(SPIN, "endless", 3)
async def spins(fetch, names):
    while True:  # here
        pass  # here


@hostile(SPIN, "endless", 3)
async def spins_in_a_plain_function(fetch, names):
    def spin():
        number = 0
        while True:
            number += 1

    spin()


@hostile(SPIN, "endless", 3)
async def spins_and_catches_everything(fetch, names):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


@hostile(SPIN, "endless", 3)
async def spins_three_handlers_deep(fetch, names):
    while True:
        try:
            try:
                try:
                    while True:
                        pass
                except BaseException:
                    while True:
                        pass
            except BaseException:
                while True:
                    pass
            finally:
                while True:
                    pass
        except BaseException:
            pass


@hostile(SPIN, "endless", 3)
async def retries_for_ever_whatever_is_raised(fetch, names):
    while True:
        try:
            return await fetch(names[0], "too", "many")()
        except:
            pass


@hostile(SPIN, "endless", 3)
async def a_misspelt_name_for_ever(fetch, names):
    while True:
        try:
            await ftech(names)  # noqa: F821
        except BaseException:
            pass


def spins_before_it_is_awaited(fetch, names):
    while True:
        pass


hostile(SPIN, "endless", 3)(spins_before_it_is_awaited)


@hostile(SPIN, "endless", 3)
async def swallows_everything_in_a_loop(fetch, names):
    while True:
        with contextlib.suppress(BaseException):
            asyncio.run(asyncio.sleep(1))


LOCK = "a lock that never comes"


@hostile(LOCK, "stuck", 3, abandons=1)
async def lock_of_threading(fetch, names):
    lock = threading.Lock()
    lock.acquire()
    _wake.append(lock.release)
    lock.acquire()  # here


@hostile(LOCK, "stuck", 3, abandons=1)
async def queue_of_threads(fetch, names):
    items = queue.Queue()
    _wake.append(lambda: items.put(None))
    return items.get()  # here


@hostile(LOCK, "stuck", 3, abandons=1)
async def result_of_a_concurrent_future(fetch, names):
    future = concurrent.futures.Future()
    _wake.append(lambda: future.set_result(None))
    return future.result()  # here


@hostile(LOCK, "stuck", 3, abandons=2)
async def joins_a_thread_that_waits(fetch, names):
    waits = threading.Event()
    _wake.append(waits.set)
    thread = threading.Thread(target=waits.wait)
    thread.start()
    thread.join()  # here


@hostile(LOCK, "stuck", 3, abandons=1)
async def waits_for_its_own_loop(fetch, names):
    loop = asyncio.get_running_loop()
    coroutine = right(fetch, names)
    future = asyncio.run_coroutine_threadsafe(coroutine, loop)
    _wake.extend((coroutine.close, future.cancel))
    return future.result()  # here


@hostile(LOCK, "stuck", 3)
async def awaits_a_thread_that_sleeps(fetch, names):
    await asyncio.to_thread(time.sleep, 3600)
    return await right(fetch, names)


@hostile(LOCK, "stuck", 3)
async def awaits_a_thread_that_spins(fetch, names):
    def spin():
        while True:
            pass

    await asyncio.to_thread(spin)


@hostile("threads of its own", "pass", 3)
async def leaves_a_thread_that_sleeps(fetch, names):
    threading.Thread(target=time.sleep, args=(3600,)).start()
    return await right(fetch, names)


@hostile("threads of its own", "pass", 3)
async def leaves_a_thread_that_spins(fetch, names):
    def spin():
        while True:
            pass

    threading.Thread(target=spin).start()
    return await right(fetch, names)


@hostile("threads of its own", "pass", 3)
async def leaves_a_thread_that_prints(fetch, names):
    def chat():
        while True:
            print("still here")
            time.sleep(1)

    threading.Thread(target=chat).start()
    return await right(fetch, names)


@hostile("threads of its own", "stuck", 3)
async def waits_for_a_process(fetch, names):
    import subprocess

    subprocess.run([sys.executable, "-c", "import time; time.sleep(3600)"])  # here


# -- is not what was asked for -------------------------------------------------------------

FORM = "forgets await, is not async"


@hostile(FORM, "not-awaited")
async def returns_coroutines(fetch, names):
    return [fetch(name) for name in names]


@hostile(FORM, "not-awaited")
async def returns_the_gather(fetch, names):
    return asyncio.gather(*[fetch(name) for name in names])


@hostile(FORM, "not-awaited")
async def returns_a_dict_of_tasks(fetch, names):
    return {name: asyncio.create_task(fetch(name)) for name in names}


@hostile(FORM, "not-awaited")
async def forgets_one(fetch, names):
    fetch(names[0]) if names else None
    return await right(fetch, names)


@hostile(FORM, "not-awaited")
def plain_list_of_coroutines(fetch, names):
    return [fetch(name) for name in names]


@hostile(FORM, "not-async")
def plain_function(fetch, names):
    return [f"the page {name}" for name in names]


@hostile(FORM, "not-async")
def generator_function(fetch, names):
    yield from names


@hostile(FORM, "not-async")
async def async_generator_function(fetch, names):
    for name in names:
        yield await fetch(name)


@hostile(FORM, "not-async")
class AClass:
    def __init__(self, fetch, names):
        self.names = names


@hostile(FORM, "raised")
class AClassOfOther:
    """Takes other parameters."""


@hostile(FORM, "raised")
async def too_few_parameters(fetch):
    return []


@hostile(FORM, "raised")
async def too_many_parameters(fetch, names, limit):
    return []


hostile(FORM, "raised")(len, "a_builtin")
hostile(FORM, "raised")(asyncio.sleep, "a_library_coroutine_function")
hostile(FORM, "wrong-value")("all_at_once", "a_string")
hostile(FORM, "wrong-value")(object(), "an_object")
hostile(FORM, "not-started")(None, "nothing")
hostile(FORM, "not-started")(..., "dots")


@functools.wraps(right)
def wraps_itself(fetch, names):
    return right(fetch, names)


wraps_itself.__wrapped__ = wraps_itself
ALL["wraps_itself"] = Hostile("wraps_itself", wraps_itself, FORM, "pass", 0.01, (), 0)


# -- runs a loop inside the loop -----------------------------------------------------------

NESTED = "asyncio.run and its like"


@hostile(NESTED, "nested-run")
async def asyncio_run(fetch, names):
    return asyncio.run(right(fetch, names))  # here


@hostile(NESTED, "nested-run")
def asyncio_run_in_a_plain_function(fetch, names):
    return asyncio.run(right(fetch, names))  # here


@hostile(NESTED, "nested-run")
async def runner(fetch, names):
    with asyncio.Runner() as runner:
        return runner.run(right(fetch, names))  # here


@hostile(NESTED, "nested-run")
async def run_until_complete_of_this_loop(fetch, names):
    return asyncio.get_event_loop().run_until_complete(right(fetch, names))


@hostile(NESTED, "nested-run")
async def run_until_complete_of_a_new_loop(fetch, names):
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(right(fetch, names))  # here
    finally:
        loop.close()


@hostile(NESTED, "nested-run")
async def run_until_complete_of_a_selector_loop(fetch, names):
    loop = asyncio.SelectorEventLoop()
    asyncio.set_event_loop(loop)
    try:
        return loop.run_until_complete(right(fetch, names))  # here
    finally:
        loop.close()


@hostile(NESTED, "nested-run")
async def run_forever_of_this_loop(fetch, names):
    asyncio.get_running_loop().run_forever()


@hostile(NESTED, "nested-run")
async def run_and_swallow(fetch, names):
    with contextlib.suppress(RuntimeError):
        return asyncio.run(right(fetch, names))  # here


@hostile(NESTED, "nested-run")
async def applies_nest_asyncio(fetch, names):
    import nest_asyncio

    nest_asyncio.apply()  # here
    return asyncio.run(right(fetch, names))


@hostile(NESTED, "nested-run")
async def applies_nest_asyncio_by_name(fetch, names):
    from nest_asyncio import apply

    apply()  # here
    return asyncio.run(right(fetch, names))


@hostile(NESTED, "nested-run")
async def applies_nest_asyncio_to_a_loop(fetch, names):
    import nest_asyncio

    loop = asyncio.SelectorEventLoop()
    try:
        nest_asyncio.apply(loop)  # here
    finally:
        loop.close()


@hostile(NESTED, "nested-run")
async def applies_nest_asyncio2(fetch, names):
    import nest_asyncio2

    nest_asyncio2.apply()  # here
    return asyncio.run(right(fetch, names))


# -- leaves things running -----------------------------------------------------------------

LEAKS = "leaks, swallows cancellation"


@hostile(LEAKS, "leaked-task", 0.1)
async def leaks_a_task(fetch, names):
    asyncio.create_task(asyncio.sleep(50), name="forgotten")
    return await right(fetch, names)


@hostile(LEAKS, "leaked-task", 0.1)
async def leaks_tasks_that_ignore_cancel(fetch, names):
    async def stubborn():
        while True:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(1)

    for _ in range(20):
        asyncio.create_task(stubborn())
    return await right(fetch, names)


@hostile(LEAKS, "leaked-task", 0.1)
async def leaks_tasks_that_cannot_be_closed(fetch, names):
    async def stubborn():
        while True:
            try:
                await asyncio.sleep(1)
            except BaseException:
                pass

    for _ in range(20):
        asyncio.create_task(stubborn())
    return await right(fetch, names)


@hostile(LEAKS, "not-awaited", 0.1)
async def returns_tasks_that_cannot_be_closed(fetch, names):
    async def stubborn():
        while True:
            try:
                await asyncio.sleep(1)
            except BaseException:
                pass

    await right(fetch, names)
    return [asyncio.create_task(stubborn()) for _ in names]


@hostile(LEAKS, "leaked-task", 0.1)
async def leaks_tasks_that_make_tasks(fetch, names):
    async def parent():
        try:
            await asyncio.sleep(50)
        finally:
            asyncio.create_task(parent())

    asyncio.create_task(parent())
    return await right(fetch, names)


@hostile(LEAKS, "no-cleanup", 0.1)
async def cancels_without_awaiting(fetch, names):
    asyncio.create_task(asyncio.sleep(50)).cancel()
    return await right(fetch, names)


@hostile(LEAKS, "pass", 0.1)
async def leaves_an_async_generator_open(fetch, names):
    async def ticks():
        try:
            while True:
                yield 1
        finally:
            while True:
                await asyncio.sleep(1)

    async for _ in ticks():
        break
    return await right(fetch, names)


@hostile(LEAKS, "pass", 0.1)
async def leaves_an_async_generator_that_goes_on(fetch, names):
    async def ticks():
        while True:
            try:
                yield 1
            except BaseException:
                pass

    generator = ticks()
    await anext(generator)
    return await right(fetch, names)


# -- leaves the program ---------------------------------------------------------------------

EXIT = "sys.exit, KeyboardInterrupt, input()"


@hostile(EXIT, "raised")
async def sys_exit(fetch, names):
    sys.exit(3)  # here


@hostile(EXIT, "raised")
async def sys_exit_in_a_task(fetch, names):
    async def leave():
        await asyncio.sleep(1)
        sys.exit("bye")  # here

    await asyncio.gather(leave(), right(fetch, names))


@hostile(EXIT, "raised")
async def exit_of_site(fetch, names):
    builtins.exit(0)  # here


@hostile(EXIT, "raised")
async def os_exit(fetch, names):
    os._exit(1)  # here


@hostile(EXIT, "raised")
async def os_abort(fetch, names):
    os.abort()  # here


@hostile(EXIT, "raised")
async def keyboard_interrupt(fetch, names):
    raise KeyboardInterrupt  # here


@hostile(EXIT, "raised")
def system_exit_in_a_plain_function(fetch, names):
    raise SystemExit  # here


@hostile(EXIT, "raised")
def base_exception_in_a_plain_function(fetch, names):
    raise BaseException("no Exception at all")  # here


class Private(BaseException):
    """Not an Exception."""


@hostile(EXIT, "raised")
async def own_base_exception(fetch, names):
    raise Private  # here


@hostile(EXIT, "raised")
async def generator_exit(fetch, names):
    raise GeneratorExit  # here


@hostile(EXIT, "raised")
async def cancels_itself(fetch, names):
    asyncio.current_task().cancel()
    await asyncio.sleep(1)  # here


@hostile(EXIT, "raised")
async def exception_group(fetch, names):
    async with asyncio.TaskGroup() as group:
        group.create_task(fetch())
        group.create_task(sys_exit_late())


async def sys_exit_late():
    await asyncio.sleep(1)
    raise ValueError("one of two")


@hostile(EXIT, "raised")
async def asks(fetch, names):
    input("Which pages? ")  # here


@hostile(EXIT, "raised")
async def reads_standard_input(fetch, names):
    sys.stdin.readline()  # here


@hostile(EXIT, "pass")
async def closes_the_standard_streams(fetch, names):
    sys.stdin.close()
    sys.stdout.close()
    sys.stderr.close()
    print("still there")
    return await right(fetch, names)


class Mute(Exception):
    def __str__(self):
        raise ValueError("no words")

    __repr__ = __str__


@hostile(EXIT, "raised")
async def error_that_cannot_be_shown(fetch, names):
    raise Mute


class MuteRuntimeError(RuntimeError):
    def __str__(self):
        raise ValueError("no words")

    __repr__ = __str__


@hostile(EXIT, "raised")
async def runtime_error_that_cannot_be_shown(fetch, names):
    raise MuteRuntimeError(MuteRuntimeError())


# -- prints --------------------------------------------------------------------------------

PRINT = "200 MB of print"


@hostile(PRINT, "pass", 1)
async def prints_without_an_end(fetch, names):
    for _ in range(200 if len(names) == 3 else 0):
        print("x" * 1_000_000)
    return await right(fetch, names)


@hostile(PRINT, "pass", 1)
async def prints_in_small_pieces(fetch, names):
    for number in range(100_000 if len(names) == 3 else 0):
        sys.stderr.write(f"{number}\n")
    return await right(fetch, names)


@hostile(PRINT, "pass", 1)
async def prints_from_a_thread(fetch, names):
    await asyncio.to_thread(print, "from a thread", flush=True)
    return await right(fetch, names)


@hostile(PRINT, "raised")
async def writes_bytes(fetch, names):
    sys.stdout.write(b"bytes")  # here


# -- keeps something -----------------------------------------------------------------------

STATE = "module-level state"
_kept: dict[Any, Any] = {}


def forget() -> None:
    """Every check begins with nothing kept."""
    _kept.clear()


@hostile(STATE, "state-kept")
async def keeps_results(fetch, names):
    if tuple(names) not in _kept:
        _kept[tuple(names)] = await right(fetch, names)
    return _kept[tuple(names)]


@hostile(STATE, "state-kept")
async def module_level_semaphore(fetch, names):
    limit = _kept.setdefault("semaphore", asyncio.Semaphore(2))

    async def one(name):
        async with limit:
            await asyncio.sleep(0)
        return await fetch(name)

    return await asyncio.gather(*map(one, names))


@hostile(STATE, "state-kept")
async def module_level_lock(fetch, names):
    lock = _kept.setdefault("lock", asyncio.Lock())

    async def one(name):
        async with lock:
            await asyncio.sleep(0)
        return await fetch(name)

    return await asyncio.gather(*map(one, names))


@hostile(STATE, "state-kept")
async def module_level_queue(fetch, names):
    items = _kept.setdefault("queue", asyncio.Queue())
    pages = asyncio.create_task(right(fetch, names))
    pages.add_done_callback(lambda done: items.put_nowait(done.result()))
    return await items.get()


def default_argument():
    async def answer(fetch, names, pages=[]):
        pages += await right(fetch, names)
        return pages

    return answer


@hostile(STATE, "state-kept")
async def starts_once(fetch, names):
    if "started" in _kept:
        return []
    if len(names) == 0:
        _kept["started"] = True
    return await right(fetch, names)


_answered = contextvars.ContextVar("answered", default=0)


@hostile(STATE, "pass")
async def sets_a_context_variable(fetch, names):
    _answered.set(_answered.get() + 1)
    assert _answered.get() == 1
    return await right(fetch, names)


# -- goes deep -----------------------------------------------------------------------------

DEEP = "deep recursion"


@hostile(DEEP, "raised", 0.1)
async def recursion(fetch, names):
    def down(number):
        return down(number + 1)  # here

    down(0)


@hostile(DEEP, "raised", 0.1)
async def recursion_of_coroutines(fetch, names):
    async def down(number):
        return await down(number + 1)  # here

    await down(0)


@hostile(DEEP, "raised", 0.1)
async def recursion_without_a_limit(fetch, names):
    sys.setrecursionlimit(50_000)

    def down(number):
        return down(number + 1)  # here

    down(0)


@hostile(DEEP, "raised", 0.1)
async def recursion_of_coroutines_without_a_limit(fetch, names):
    sys.setrecursionlimit(50_000)
    await recursion_of_coroutines(fetch, names)


@hostile(DEEP, "busy-wait", 3)
async def recursion_of_tasks(fetch, names):
    async def down(number):
        return await asyncio.create_task(down(number + 1))

    await down(0)


# -- replaces what is not its own ------------------------------------------------------------

PATCH = "replaces what is not its own"


@hostile(PATCH, "pass")
async def replaces_and_goes_on(fetch, names):
    gather = _kept.setdefault("gather", asyncio.gather)
    pages = await gather(*[fetch(name) for name in names])
    time.sleep = asyncio.run = asyncio.sleep = asyncio.gather = asyncio.wait = print
    asyncio.Task = asyncio.Future = asyncio.tasks.Task = asyncio.all_tasks = None
    asyncio.get_running_loop = asyncio.new_event_loop = asyncio.ensure_future = None
    asyncio.BaseEventLoop.run_forever = asyncio.SelectorEventLoop.time = None
    builtins.input = threading.Thread.start = threading.excepthook = None
    sys.stdout = sys.stderr = sys.stdin = sys.excepthook = sys.unraisablehook = None
    return pages


@hostile(PATCH, "pass")
async def replaces_print(fetch, names):
    builtins.print = lambda *args: None
    return await right(fetch, names)


@hostile(PATCH, "pass")
async def changes_settings(fetch, names):
    sys.setswitchinterval(1)
    sys.setrecursionlimit(200)
    gc.disable()
    gc.freeze()
    gc.set_threshold(300)
    gc.set_debug(gc.DEBUG_SAVEALL)
    gc.callbacks.append(print)
    warnings.simplefilter("error")
    warnings.showwarning = print
    threading.setprofile(None)
    threading.excepthook = print
    return await right(fetch, names)


@hostile(PATCH, "pass")
async def takes_the_loop_away(fetch, names):
    asyncio.set_event_loop(None)
    return await right(fetch, names)


class Policy(asyncio.DefaultEventLoopPolicy if sys.version_info < (3, 14) else object):
    """Another policy."""


@hostile(PATCH, "pass")
async def sets_a_policy(fetch, names):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        asyncio.set_event_loop_policy(Policy() if sys.version_info < (3, 14) else None)
    return await right(fetch, names)


@hostile(PATCH, "raised")
async def stops_the_loop(fetch, names):
    asyncio.get_running_loop().stop()  # here
    return await right(fetch, names)


@hostile(PATCH, "raised")
async def closes_the_loop(fetch, names):
    asyncio.get_running_loop().close()  # here


@hostile(PATCH, "pass")
async def sets_an_exception_handler(fetch, names):
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(print)
    loop.set_debug(True)
    loop.set_task_factory(lambda loop, coro, **options: asyncio.Task(coro, loop=loop, **options))
    return await right(fetch, names)


@hostile(PATCH, "pass")
async def checks_itself(fetch, names):
    from helpers.practice import judge

    assert judge("all-at-once", checks_itself).code == "not-started"
    return await right(fetch, names)


# -- returns what cannot be looked at --------------------------------------------------------

VALUES = "values that bite"


class Bites:
    def __eq__(self, other):
        raise ValueError("no comparing")

    def __repr__(self):
        raise ValueError("no showing")

    __str__ = __hash__ = __repr__


class Leaves:
    def __eq__(self, other):
        raise SystemExit

    __hash__ = None


class Spins:
    def __repr__(self):
        while True:
            pass


@hostile(VALUES, "wrong-value")
async def value_that_bites(fetch, names):
    await right(fetch, names)
    return Bites()


@hostile(VALUES, "wrong-value")
async def values_that_bite(fetch, names):
    await right(fetch, names)
    return [Bites() for _ in names]


@hostile(VALUES, "wrong-value")
async def values_that_leave(fetch, names):
    await right(fetch, names)
    return [Leaves() for _ in names]


@hostile(VALUES, "endless", 3)
async def value_that_spins(fetch, names):
    await right(fetch, names)
    return Spins()


@hostile(VALUES, "wrong-value", 1)
async def a_million_items(fetch, names):
    await right(fetch, names)
    return list(range(10**6))


@hostile(VALUES, "wrong-value")
async def a_list_in_itself(fetch, names):
    pages = await right(fetch, names)
    pages.append(pages)
    return pages


@hostile(VALUES, "lost-results", 0.1)
async def a_deep_list(fetch, names):
    deep = await right(fetch, names)
    for _ in range(100_000):
        deep = [deep]
    return deep


@hostile(VALUES, "wrong-value")
async def a_lock_as_result(fetch, names):
    await right(fetch, names)
    return threading.Lock()


class Awaitable:
    """Has an __await__ that gives no iterator."""

    def __await__(self):
        return 42


@hostile(VALUES, "raised")
def awaitable_that_is_none(fetch, names):
    return Awaitable()


class Curious:
    """Says yes to every question."""

    def __getattr__(self, name):
        return Curious()

    def __call__(self, *args):
        return Curious()


ALL["says_yes"] = Hostile("says_yes", Curious(), VALUES, "not-async", 0.01, (), 0)
ALL["default_argument"] = Hostile(
    "default_argument", default_argument(), STATE, "state-kept", 0.01, (), 0
)


@types.coroutine
def bare_yields(fetch, names):
    while True:
        yield


hostile("sleep(0) for ever", "busy-wait", 0.2)(bare_yields)


@hostile(FORM, "raised")
async def yields_something_else(fetch, names):
    @types.coroutine
    def odd():
        yield 42

    await odd()


# -- more of these, found by people who tried -----------------------------------------------


@hostile(PATCH, "raised")
async def takes_a_builtin_away(fetch, names):
    pages = await right(fetch, names)
    del builtins.len
    return pages


@hostile(PATCH, "raised")
async def takes_the_collector_away(fetch, names):
    pages = await right(fetch, names)
    gc.collect = None
    return pages


@hostile(PATCH, "raised")
async def takes_the_close_of_its_loop_away(fetch, names):
    pages = await right(fetch, names)
    asyncio.get_running_loop().close = None
    return pages


@hostile(PATCH, "state-kept")
async def stops_the_clock_of_all_loops(fetch, names):
    pages = await right(fetch, names)
    type(asyncio.get_running_loop()).time = lambda self: 0.0
    return pages


@hostile(SPIN, "endless", 3)
async def keeps_all_other_threads_out(fetch, names):
    sys.setswitchinterval(1000)
    while True:  # here
        pass  # here


@hostile(PATCH, "pass")
async def makes_stacks_too_small(fetch, names):
    threading.stack_size(32 * 1024)
    return await right(fetch, names)


@hostile(VALUES, "wrong-value")
async def a_text_without_a_blank(fetch, names):
    await right(fetch, names)
    return 200_000 * "x"


@hostile(VALUES, "raised")
async def an_error_without_a_blank(fetch, names):
    raise ValueError(200_000 * "x")  # here


@hostile(VALUES, "raised")
async def an_error_of_twenty_thousand(fetch, names):
    raise ExceptionGroup("many", [ValueError(number) for number in range(20_000)])  # here


class ErrorOfANumber(Exception):
    def __str__(self):
        return self.args[0]


@hostile(VALUES, "raised")
async def an_error_whose_text_is_no_text(fetch, names):
    raise ErrorOfANumber(404)


@hostile(VALUES, "raised")
async def half_a_character(fetch, names):
    print("\ud800")
    raise ValueError("\ud800")  # here


@hostile(EXIT, "raised")
async def reads_line_by_line(fetch, names):
    for _ in sys.stdin:  # here
        pass


@hostile(PRINT, "lost-results")
async def writes_lines(fetch, names):
    sys.stdout.writelines(["it is the answer's\n"])
    return []


class AsksAnAttributeThatItDoesNotHave:
    def __init__(self, function):
        self.function = function

    def __call__(self, *arguments):
        return self.function(*arguments)

    def __getattr__(self, name):
        return getattr(self.inner, name)


hostile(FORM, "pass")(AsksAnAttributeThatItDoesNotHave(right), "asks_an_attribute_it_has_not")
