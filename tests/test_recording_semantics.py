"""Recording changes nothing: every case gives the same facts off, on and after a recording.

A case is an async function that returns what its program could observe: tracebacks, contexts,
names, cancellation, warnings, what the loop's exception handler was told. It runs without a
recording, inside one, and on a loop that was recorded before; the facts must be equal. What a case
says it `must` contain keeps the comparison from being one of nothings.
"""

import asyncio
import contextlib
import contextvars
import gc
import inspect
import io
import logging
import re
import sys
import threading
import time
import traceback
import types
import warnings

import pytest

from helpers.recording import record
from tests.virtual_loop import VirtualLoop

CASES = []
colour = contextvars.ContextVar("colour", default="none")


def case(must, *, since=(3, 11), why=""):
    def add(program):
        skip = pytest.mark.skipif(sys.version_info < since, reason=why)
        CASES.append(pytest.param(program, must, id=program.__name__, marks=skip))
        return program

    return add


def observe(program, how):
    """All that can be seen of a run of `program`, as text without addresses and numbers."""

    async def main():
        asyncio.get_running_loop().set_exception_handler(
            lambda loop, told: facts.append(("handler", told["message"], told.get("exception")))
        )
        if how == "after":
            with record():
                await asyncio.gather(*(asyncio.sleep(0) for _ in range(3)))
            await asyncio.sleep(0)
        with record() if how == "on" else contextlib.nullcontext():
            facts.append(await program())
        gc.collect()

    facts = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            with asyncio.Runner(loop_factory=VirtualLoop) as runner:
                runner.run(main())
        except BaseException as error:
            facts.append((repr(error), frames(error)))
        gc.collect()
    facts.append([str(warning.message) for warning in caught])
    return re.sub(r"0x[0-9a-f]+|Task-\d+|\d\.\d+ seconds", "…", repr(facts))


def frames(error):
    """The frames of a traceback, all of them; the test's own are told by their function."""
    found = traceback.extract_tb(error.__traceback__)
    return [(frame.name, frame.lineno) for frame in found if frame.name != "observe"]


async def pause(seconds=0.001):
    await asyncio.sleep(seconds)


async def fail(text="broken"):
    await pause()
    raise LookupError(text)


# -- exceptions ---------------------------------------------------------------------------


@case("LookupError")
async def traceback_of_a_failed_task():
    try:
        await asyncio.create_task(fail())
    except LookupError as error:
        return repr(error), frames(error)


@case("LookupError")
async def traceback_with_its_cause():
    async def wrap():
        try:
            await fail()
        except LookupError as error:
            raise ValueError("wrapped") from error

    try:
        await asyncio.gather(wrap(), pause())
    except ValueError as error:
        return frames(error), repr(error.__cause__), frames(error.__cause__)


@case("ExceptionGroup")
async def exception_group_of_a_task_group():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fail("one"))
            group.create_task(fail("two"))
    except ExceptionGroup as errors:
        return repr(errors), [frames(error) for error in errors.exceptions]


@case("exception was never retrieved")
async def exception_never_retrieved():
    task = asyncio.create_task(fail())
    await asyncio.wait([task])
    del task
    gc.collect()


@case("Exception in callback")
async def exception_in_a_callback():
    asyncio.get_running_loop().call_soon(int, "no number")
    await pause()


@case("coroutine raised StopIteration")
async def stop_iteration_raised_and_returned():
    async def raises():
        raise StopIteration(3)

    async def returns():
        return StopIteration(3)

    return await asyncio.gather(raises(), returns(), return_exceptions=True)


@case("KeyboardInterrupt")
async def keyboard_interrupt_in_a_task():
    async def interrupted():
        await pause()
        raise KeyboardInterrupt

    await asyncio.create_task(interrupted())


@case("SystemExit")
async def system_exit_in_the_first_step_of_a_task():
    async def leave():
        sys.exit(3)

    await asyncio.create_task(leave())


@case("got bad yield")
async def bad_yield():
    @types.coroutine
    def yields():
        yield "not a future"

    try:
        await yields()
    except RuntimeError as error:
        return str(error)


@case("cannot await on itself")
async def a_task_that_awaits_itself():
    async def narcissus():
        await task

    task = asyncio.create_task(narcissus())
    return repr((await asyncio.gather(task, return_exceptions=True))[0])


@case("coroutine was expected")
async def create_task_of_something_else():
    try:
        return asyncio.create_task(42)
    except TypeError as error:
        return str(error), frames(error)[-1:]


@case("was never awaited")
async def coroutine_never_awaited():
    pause()
    await pause()


@case("300")
async def deep_chain_of_awaits():
    async def deep(depth):
        await (deep(depth - 1) if depth else fail())

    try:
        await asyncio.create_task(deep(297))
    except LookupError as error:
        return len(frames(error))


@case("2")
async def stack_of_a_suspended_task():
    task = asyncio.create_task(fail())
    await asyncio.sleep(0)
    stack = [frame.f_lineno for frame in task.get_stack()]
    printed = io.StringIO()
    task.print_stack(file=printed)
    await asyncio.wait([task])
    return stack, printed.getvalue(), len(str(task.exception())) and 2


# -- contexts and names -------------------------------------------------------------------


@case("'red', 'blue', 'green'")
async def context_variables():
    async def paint(new):
        before = colour.get()
        colour.set(new)
        await pause()
        return before, colour.get()

    colour.set("red")
    explicit = contextvars.copy_context()
    explicit.run(colour.set, "blue")
    seen = await asyncio.gather(paint("pink"), paint("grey"))
    task = asyncio.create_task(paint("green"), context=explicit)
    await task
    async with asyncio.TaskGroup() as group:
        inside = group.create_task(paint("white"), context=explicit)
    return seen, (colour.get(), *task.result()), explicit[colour], inside.result()


@case("'in a thread'")
async def context_of_callbacks_and_threads():
    loop, seen = asyncio.get_running_loop(), []
    colour.set("in a thread")
    loop.call_soon(lambda: seen.append(colour.get()))
    own = contextvars.Context()
    loop.call_soon(lambda: seen.append(colour.get()), context=own)
    seen.append(await asyncio.to_thread(colour.get))
    seen.append(await loop.run_in_executor(None, colour.get))
    await pause()
    return seen


@case("'given', 'by the group', 'later'")
async def names_of_tasks():
    async def own_name():
        await pause()
        return asyncio.current_task().get_name()

    given = asyncio.create_task(own_name(), name="given")
    unnamed = asyncio.create_task(own_name())
    late = asyncio.create_task(own_name())
    async with asyncio.TaskGroup() as group:
        grouped = group.create_task(own_name(), name="by the group")
    late.set_name("later")
    await asyncio.wait([given, unnamed, late])
    return [given.result(), grouped.result(), late.get_name(), unnamed.result()]


@case("True, True, True")
async def identity_of_tasks_and_coroutines():
    coroutine = pause()
    task = asyncio.create_task(coroutine)

    async def who():
        return asyncio.current_task()

    other = asyncio.create_task(who())
    return (
        task.get_coro() is coroutine,
        inspect.iscoroutine(task.get_coro()),
        await other is other,
        len(asyncio.all_tasks()),
        task in asyncio.all_tasks(),
        await task,
    )


@case("pending name='shown' coro=<pause()")
async def repr_of_a_task():
    task = asyncio.create_task(pause(), name="shown")
    early = repr(task)
    await asyncio.sleep(0)
    waiting = repr(task)
    await task
    return early, waiting, repr(task)


# -- cancellation -------------------------------------------------------------------------


@case("CancelledError('enough')")
async def cancelling_with_a_message():
    async def stubborn():
        task, seen = asyncio.current_task(), []
        for _ in range(2):
            try:
                await pause(60)
            except asyncio.CancelledError as error:
                seen.append((repr(error), frames(error), task.cancelling()))
        return seen, task.uncancel(), task.uncancel()

    task = asyncio.create_task(stubborn())
    await pause()
    answers = [task.cancel("enough")]
    await pause()
    answers.append(task.cancel("really"))
    return await task, answers, task.cancel(), task.cancelled()


@case("[True, True]")
async def cancelling_before_the_first_step():
    task = asyncio.create_task(fail())
    answers = [task.cancel()]
    await asyncio.wait([task])
    return [*answers, task.cancelled()]


@case("'cancelled by a callback'")
async def cancel_as_a_callback():
    loop = asyncio.get_running_loop()
    task = asyncio.create_task(pause(60))
    await asyncio.sleep(0)
    loop.call_soon(task.cancel, "cancelled by a callback")
    try:
        await task
    except asyncio.CancelledError as error:
        return str(error) or error.args, loop.time() > 0 and "cancelled by a callback"


@case("TimeoutError")
async def timeouts():
    seen = []
    for limited in (asyncio.wait_for(pause(60), 0.002), within(0.002), within(None)):
        try:
            seen.append(await limited)
        except TimeoutError as error:
            seen.append((repr(error), type(error.__cause__), asyncio.current_task().cancelling()))
    return seen


async def within(seconds):
    async with asyncio.timeout(seconds) as limit:
        await pause(60 if seconds else 0)
    return limit.expired()


@case("'tidied up'")
async def shield_and_cleanup():
    log = []

    async def work():
        try:
            await pause()
            log.append("worked")
            await pause(60)
        finally:
            await pause()
            log.append("tidied up")

    inner = asyncio.create_task(work())
    outer = asyncio.create_task(asyncio.wait_for(asyncio.shield(inner), 60))
    await asyncio.sleep(0)
    outer.cancel()
    log.append(repr((await asyncio.gather(outer, return_exceptions=True))[0]))
    await pause(0.005)
    inner.cancel()
    await asyncio.wait([inner])
    return log, inner.cancelled()


@case("'second', 2, 'first'")
async def cancelled_gather():
    log = []

    async def child(name, order):
        try:
            await pause(60)
        finally:
            await pause(order / 100)
            log.append(name)

    gathered = asyncio.gather(child("first", 2), child("second", 1))
    await pause()
    gathered.cancel()
    await asyncio.gather(gathered, return_exceptions=True)
    log.append(len(asyncio.all_tasks()))
    await pause(0.05)
    return log


# -- the order of things ------------------------------------------------------------------


@case("'a0', 'b0', 'callback', 'a1', 'b1'")
async def order_of_steps_and_callbacks():
    log = []

    async def steps(name):
        for number in range(3):
            log.append(f"{name}{number}")
            await asyncio.sleep(0)

    tasks = [asyncio.create_task(steps(name)) for name in "ab"]
    asyncio.get_running_loop().call_soon(log.append, "callback")
    await asyncio.wait(tasks)
    return log


@case("[1, 2, 3]")
async def locks_and_queues_are_fair():
    queue, lock, log = asyncio.Queue(1), asyncio.Lock(), []

    async def put(number):
        async with lock:
            await queue.put(number)

    async with asyncio.TaskGroup() as group:
        for number in (1, 2, 3):
            group.create_task(put(number))
        for _ in range(3):
            log.append(await queue.get())
    return log


@case("['short', 'long']")
async def collectors():
    async def give(name, seconds):
        await pause(seconds)
        return name

    tasks = [asyncio.create_task(give("long", 0.02)), asyncio.create_task(give("short", 0.001))]
    arrived = [await next_one for next_one in asyncio.as_completed(tasks)]
    done, left = await asyncio.wait(
        [asyncio.create_task(give("x", 0.001)), asyncio.create_task(fail())],
        return_when=asyncio.FIRST_EXCEPTION,
    )
    return arrived, len(done), len(left), sorted(str(task.exception()) for task in done)


@case("('done', 'red')")
async def callbacks_of_a_done_task():
    log = []
    colour.set("red")
    task = asyncio.create_task(pause())
    task.add_done_callback(lambda ended: log.append((ended is task and "done", colour.get())))
    removed = log.append
    task.add_done_callback(removed)
    log.append(task.remove_done_callback(removed))
    await task
    await asyncio.sleep(0)
    return log


# -- what can be put under tasks ----------------------------------------------------------


@case("['made', 'before', 'inside', 'after']", since=(3, 12), why="eager tasks came with 3.12")
async def eager_tasks():
    log = ["made"]

    async def job(yields):
        log.append("inside")
        await asyncio.sleep(0 if yields else 0.001)
        return asyncio.current_task().get_coro().__name__

    async def at_once():
        return colour.get()

    asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
    log.append("before")
    task = asyncio.create_task(job(False), name="eager")
    log.append("after")
    seen = list(log)
    others = [asyncio.create_task(job(True)), asyncio.create_task(at_once())]
    finished = [other.done() for other in others]
    await asyncio.gather(*others)
    return seen, await task, task.get_name(), finished


@case("['at once', True]", since=(3, 14), why="create_task(eager_start=) came with 3.14")
async def eager_start():
    log = []

    async def job():
        log.append("at once")

    task = asyncio.create_task(job(), eager_start=True)
    return [*log, task.done()]


class Remembering(asyncio.Task):
    made = 0

    def __init__(self, coro, **options):
        type(self).made += 1
        super().__init__(coro, **options)


@case("(4, 'Remembering')")
async def task_factory_and_subclass():
    loop, Remembering.made = asyncio.get_running_loop(), 0
    loop.set_task_factory(lambda loop, coro, **options: Remembering(coro, loop=loop, **options))
    async with asyncio.TaskGroup() as group:
        task = group.create_task(pause())
        group.create_task(pause())
    await asyncio.gather(pause())
    await Remembering(pause(), loop=loop)
    return Remembering.made, type(task).__name__


@case("'wrapped', 'LookupError'")
async def task_factory_that_wraps_the_coroutine():
    log = []

    async def wrapped(coro):
        log.append("wrapped")
        return await coro

    loop = asyncio.get_running_loop()
    loop.set_task_factory(lambda loop, coro, **opts: asyncio.Task(wrapped(coro), loop=loop, **opts))
    try:
        await asyncio.create_task(fail())
    except LookupError as error:
        return [*log, type(error).__name__, frames(error)]


@case("7")
async def own_hook_on_call_soon():
    loop, seen = asyncio.get_running_loop(), []
    plain = loop.call_soon

    def hook(callback, *args, context=None):
        seen.append(callback)
        return plain(callback, *args, context=context)

    loop.call_soon = hook
    await asyncio.gather(pause(), pause())
    still_there = loop.call_soon is hook
    loop.call_soon = plain  # and whatever is taken away now, nothing breaks
    return len(seen), still_there


@case("('broken', 1, 2)")
async def pure_python_tasks():
    """As after `nest_asyncio.apply()`."""
    loop, python_task = asyncio.get_running_loop(), asyncio.tasks._PyTask
    loop.set_task_factory(lambda loop, coro, **options: python_task(coro, loop=loop, **options))

    async def give(number):
        await pause()
        return number

    failed = asyncio.create_task(fail())
    results = await asyncio.gather(give(1), give(2), failed, return_exceptions=True)
    error = results.pop()
    return (str(error), *results), frames(error)


@case("['from a thread', 42]")
async def calls_from_other_threads():
    loop, log = asyncio.get_running_loop(), []

    async def answer():
        await pause()
        return 42

    def elsewhere():
        loop.call_soon_threadsafe(log.append, "from a thread")
        log.append(asyncio.run_coroutine_threadsafe(answer(), loop).result())

    await asyncio.to_thread(elsewhere)
    return log


@case("'another loop'")
async def another_loop_in_a_thread():
    async def other():
        await asyncio.gather(pause(), pause())
        return "another loop"

    return await asyncio.to_thread(asyncio.run, other())


@case("['stopped', 'went on']")
async def a_loop_that_is_stopped_and_run_again():
    log = []

    async def program(loop):
        with record():
            loop.stop()
            await pause()
        log.append("went on")

    def drive():
        loop = asyncio.new_event_loop()
        task = loop.create_task(program(loop))
        loop.run_forever()
        log.append("stopped")
        loop.run_until_complete(task)
        loop.close()

    thread = threading.Thread(target=drive)
    thread.start()
    await asyncio.to_thread(thread.join)
    return log


# -- generators, garbage and warnings -----------------------------------------------------


@case("['closed by aclose', 'closed by the collector', 'closed at the end']")
async def async_generators_are_finalised():
    async def count(how):
        try:
            for number in range(9):
                await asyncio.sleep(0)
                yield number
        finally:
            await asyncio.sleep(0)
            log.append(f"closed {how}")

    log, kept = [], count("at the end")
    await anext(kept)
    keep.append(kept)
    async with contextlib.aclosing(count("by aclose")) as counted:
        async for _ in counted:
            break
    async for _ in count("by the collector"):
        break
    gc.collect()
    await pause(0.005)
    return log


keep = []


@case("Task was destroyed but it is pending")
async def unreferenced_tasks_meet_the_collector():
    log = []

    async def orphan():
        await asyncio.get_running_loop().create_future()

    async def sleeper():
        await asyncio.sleep(0.005)
        log.append("the timer held the sleeper")

    asyncio.create_task(orphan(), name="orphan")  # noqa: RUF006
    asyncio.create_task(sleeper())  # noqa: RUF006
    await asyncio.sleep(0)
    gc.collect()
    await asyncio.sleep(0.02)
    return log


@case("Executing <Task finished name='slow'")
async def debug_mode_names_the_slow_task():
    loop, said = asyncio.get_running_loop(), io.StringIO()
    handler = logging.StreamHandler(said)
    logging.getLogger("asyncio").addHandler(handler)
    loop.time = time.monotonic
    loop.set_debug(True)
    loop.slow_callback_duration = 0.05

    async def block():
        time.sleep(0.06)  # noqa: ASYNC251

    await asyncio.create_task(block(), name="slow")
    loop.set_debug(False)
    logging.getLogger("asyncio").removeHandler(handler)
    return said.getvalue()


@case("[3, 4, 'custom']")
async def awaitables_of_every_kind():
    class Custom:
        def __await__(self):
            yield from asyncio.sleep(0).__await__()
            return "custom"

    @contextlib.asynccontextmanager
    async def opened():
        await pause()
        yield 3
        await pause()

    async def numbers():
        await pause()
        yield 4

    async with opened() as three:
        return [three, *[number async for number in numbers()], await Custom()]


@pytest.fixture(scope="module", autouse=True)
def fast_collections():
    """What pytest has loaded is no garbage: the collector need not look at it each time."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.parametrize(("program", "must"), CASES)
def test_recording_changes_nothing(program, must):
    off, on, after = [observe(program, how) for how in ("off", "on", "after")]
    assert must in off
    assert on == off
    assert after == off
