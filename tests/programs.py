"""Small programs whose order of events the virtual loop and asyncio's must agree on.

Each gets `log` and `unit`, the seconds in one unit of its time, and logs moments in words. Waits
that end at different moments differ by half a unit at least. What asyncio itself keeps in a set,
as `wait` and `as_completed` do, has no order to agree on. Programs that need threads or the
outside world are in OUTSIDE.
"""

import asyncio
import contextlib
import contextvars
import sys

PROGRAMS, OUTSIDE = {}, {}


def program(function):
    PROGRAMS[function.__name__] = function
    return function


def outside(function):
    OUTSIDE[function.__name__] = function
    return function


def worker(log, unit):
    async def work(name, units, error=None):
        log(f"{name} begins")
        try:
            await asyncio.sleep(units * unit)
        except asyncio.CancelledError:
            log(f"{name} cancelled")
            raise
        if error:
            log(f"{name} fails")
            raise error
        log(f"{name} ends")
        return name

    return work


@program
async def sleeps(log, unit):
    work = worker(log, unit)
    await work("a", 2)
    await work("b", 0)
    await asyncio.sleep(0, log("c"))


@program
async def gather(log, unit):
    work = worker(log, unit)
    log(await asyncio.gather(work("a", 3), work("b", 1), work("c", 2)))


@program
async def gather_that_fails(log, unit):
    work = worker(log, unit)
    try:
        await asyncio.gather(work("a", 3), work("b", 1, ValueError()), work("c", 2))
    except ValueError:
        log("heard")
    await asyncio.sleep(4 * unit)


@program
async def gather_of_exceptions(log, unit):
    work = worker(log, unit)
    jobs = work("a", 2), work("b", 1, ValueError())
    log(*map(repr, await asyncio.gather(*jobs, return_exceptions=True)))


@program
async def gather_that_is_cancelled(log, unit):
    work = worker(log, unit)
    task = asyncio.ensure_future(asyncio.gather(work("a", 3), work("b", 4)))
    await asyncio.sleep(unit)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    log("over")


@program
async def task_group(log, unit):
    work = worker(log, unit)
    async with asyncio.TaskGroup() as group:
        group.create_task(work("a", 2))
        group.create_task(work("b", 1))
        log("body ends")
    log("group ends")


@program
async def task_group_that_fails(log, unit):
    work = worker(log, unit)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(work("a", 3))
            group.create_task(work("b", 1, ValueError()))
            await work("body", 5)
    except* ValueError as group:
        log(len(group.exceptions))


@program
async def task_groups_nested(log, unit):
    work = worker(log, unit)
    with contextlib.suppress(BaseExceptionGroup):
        async with asyncio.TaskGroup() as outer:
            outer.create_task(work("a", 4))
            async with asyncio.TaskGroup() as inner:
                inner.create_task(work("b", 3))
                inner.create_task(work("c", 1, ValueError()))
    log("over")


async def wait_for_some(log, unit, when):
    work = worker(log, unit)
    tasks = [
        asyncio.create_task(work("a", 3), name="a"),
        asyncio.create_task(work("b", 1), name="b"),
        asyncio.create_task(work("c", 2, ValueError()), name="c"),
    ]
    done, left = await asyncio.wait(tasks, return_when=when)
    log(sorted(task.get_name() for task in done), sorted(task.get_name() for task in left))
    for task in sorted(left, key=asyncio.Task.get_name):
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@program
async def wait_all(log, unit):
    await wait_for_some(log, unit, asyncio.ALL_COMPLETED)


@program
async def wait_first(log, unit):
    await wait_for_some(log, unit, asyncio.FIRST_COMPLETED)


@program
async def wait_first_exception(log, unit):
    await wait_for_some(log, unit, asyncio.FIRST_EXCEPTION)


@program
async def wait_with_timeout(log, unit):
    work = worker(log, unit)
    tasks = [asyncio.create_task(work("a", 1)), asyncio.create_task(work("b", 3))]
    done, left = await asyncio.wait(tasks, timeout=2 * unit)
    log(len(done), len(left))
    await asyncio.wait(left)


@program
async def as_completed(log, unit):
    work = worker(log, unit)
    tasks = [asyncio.create_task(work(*pair)) for pair in (("a", 3), ("b", 1), ("c", 2))]
    for done in asyncio.as_completed(tasks):
        log(await done)


@program
async def as_completed_with_timeout(log, unit):
    work = worker(log, unit)
    tasks = [asyncio.create_task(work("a", 1)), asyncio.create_task(work("b", 5))]
    try:
        for done in asyncio.as_completed(tasks, timeout=3 * unit):
            log(await done)
    except TimeoutError:
        log("timeout")
    await tasks[1]


@program
async def timeouts(log, unit):
    work = worker(log, unit)
    try:
        async with asyncio.timeout(2 * unit):
            await work("a", 4)
    except TimeoutError:
        log("timeout")
    async with asyncio.timeout(3 * unit) as limit:
        await work("b", 1)
        limit.reschedule(None)
        await work("c", 4)
    log(limit.expired())


@program
async def timeouts_nested(log, unit):
    work = worker(log, unit)
    try:
        async with asyncio.timeout(2 * unit):
            try:
                async with asyncio.timeout(4 * unit):
                    await work("a", 6)
            except TimeoutError:
                log("inner")
    except TimeoutError:
        log("outer")


@program
async def wait_for(log, unit):
    work = worker(log, unit)
    log(await asyncio.wait_for(work("a", 1), 2 * unit))
    try:
        await asyncio.wait_for(work("b", 4), 2 * unit)
    except TimeoutError:
        log("timeout")


@program
async def shield(log, unit):
    work = worker(log, unit)
    inner = asyncio.create_task(work("inner", 3))

    async def outer():
        try:
            await asyncio.shield(inner)
        except asyncio.CancelledError:
            log("outer cancelled")
            raise

    task = asyncio.create_task(outer())
    await asyncio.sleep(unit)
    task.cancel()
    await asyncio.wait([task])
    log(await inner)


@program
async def queue(log, unit):
    items = asyncio.Queue(2)

    async def produce():
        for number in range(5):
            await items.put(number)
            log("put", number)

    async def consume(name):
        while True:
            item = await items.get()
            log(name, "got", item)
            await asyncio.sleep(unit * (2 + (name == "b")))
            items.task_done()

    consumers = [asyncio.create_task(consume(name)) for name in "ab"]
    await produce()
    await items.join()
    for task in consumers:
        task.cancel()
    await asyncio.gather(*consumers, return_exceptions=True)
    log("joined")


@program
async def priority_queue(log, unit):
    items = asyncio.PriorityQueue()
    for number in (3, 1, 2):
        items.put_nowait(number)
    log([await items.get() for _ in range(3)])
    last = asyncio.LifoQueue()
    for number in (3, 1, 2):
        await last.put(number)
    log([last.get_nowait() for _ in range(3)])


@program
async def lock(log, unit):
    lock = asyncio.Lock()

    async def one(name, units):
        async with lock:
            log(name, "has it")
            await asyncio.sleep(units * unit)
        log(name, "is out")

    await asyncio.gather(one("a", 2), one("b", 1), one("c", 1))


@program
async def lock_with_a_cancelled_waiter(log, unit):
    lock = asyncio.Lock()

    async def one(name):
        try:
            async with lock:
                log(name, "has it")
                await asyncio.sleep(2 * unit)
        except asyncio.CancelledError:
            log(name, "gave up")

    tasks = [asyncio.create_task(one(name)) for name in "abc"]
    await asyncio.sleep(unit)
    tasks[1].cancel()
    await asyncio.gather(*tasks)


@program
async def semaphore(log, unit):
    limit = asyncio.Semaphore(2)

    async def one(name, units):
        async with limit:
            log(name, "in")
            await asyncio.sleep(units * unit)
            log(name, "out")

    await asyncio.gather(one("a", 3), one("b", 1), one("c", 4), one("d", 1.5))


@program
async def event(log, unit):
    ready = asyncio.Event()

    async def one(name):
        await ready.wait()
        log(name)

    tasks = [asyncio.create_task(one(name)) for name in "abc"]
    await asyncio.sleep(unit)
    ready.set()
    log("set")
    await asyncio.gather(*tasks)


@program
async def condition(log, unit):
    changed, shelf = asyncio.Condition(), []

    async def take(name, least):
        async with changed:
            await changed.wait_for(lambda: len(shelf) >= least)
            log(name, len(shelf))

    tasks = [asyncio.create_task(take("a", 2)), asyncio.create_task(take("b", 1))]
    for item in range(2):
        await asyncio.sleep(unit)
        async with changed:
            shelf.append(item)
            changed.notify_all()
            log("put")
    await asyncio.gather(*tasks)


@program
async def barrier(log, unit):
    barrier = asyncio.Barrier(3)

    async def one(name, units):
        await asyncio.sleep(units * unit)
        log(name, "arrives")
        place = await barrier.wait()
        log(name, "goes on", place)

    await asyncio.gather(one("a", 2), one("b", 3), one("c", 1))


@program
async def async_generator(log, unit):
    async def ticks():
        try:
            for number in range(5):
                await asyncio.sleep(unit)
                yield number
        finally:
            log("closed")

    async for number in ticks():
        log(number)
        if number == 2:
            break
    await asyncio.sleep(unit)
    log([number async for number in ticks()])


@program
async def aclosing(log, unit):
    async def ticks():
        try:
            while True:
                yield "tick"
                await asyncio.sleep(unit)
        finally:
            await asyncio.sleep(2 * unit)
            log("closed")

    async with contextlib.aclosing(ticks()) as generator:
        async for tick in generator:
            log(tick)
            break
    log("after")


@program
async def context_variables(log, unit):
    name = contextvars.ContextVar("name", default="nobody")

    async def one(value):
        name.set(value)
        await asyncio.sleep(unit)
        log(name.get())

    loop = asyncio.get_running_loop()
    await asyncio.gather(one("a"), one("b"))
    name.set("main")
    loop.call_soon(lambda: log("soon", name.get()))
    loop.call_later(unit, lambda: log("later", name.get()))
    name.set("changed")
    await asyncio.sleep(2 * unit)
    log(name.get())


@program
async def callbacks(log, unit):
    loop = asyncio.get_running_loop()
    loop.call_later(2 * unit, log, "later 2")
    loop.call_soon(log, "soon 1")
    loop.call_at(loop.time() + unit, log, "at 1")
    loop.call_soon(lambda: (log("soon 2"), loop.call_soon(log, "soon in soon")))
    loop.call_later(0, log, "later 0")
    await asyncio.sleep(3 * unit)


@program
async def callbacks_that_are_cancelled(log, unit):
    loop = asyncio.get_running_loop()
    loop.call_soon(log, "never").cancel()
    late = loop.call_later(2 * unit, log, "never")
    loop.call_later(unit, late.cancel)
    first = loop.call_later(unit / 2, log, "first")
    await asyncio.sleep(3 * unit)
    log(first.cancelled(), late.cancelled())


@program
async def cancellation_nested(log, unit):
    async def inner():
        try:
            await asyncio.sleep(9 * unit)
        except asyncio.CancelledError:
            log("inner tidies")
            await asyncio.sleep(unit)
            log("inner tidy")
            raise

    async def outer():
        task = asyncio.create_task(inner())
        try:
            await task
        finally:
            log("outer", task.cancelled())

    task = asyncio.create_task(outer())
    await asyncio.sleep(unit)
    task.cancel()
    await asyncio.wait([task])
    log(task.cancelled())


@program
async def cancelled_twice(log, unit):
    async def stubborn():
        for _ in range(2):
            try:
                await asyncio.sleep(9 * unit)
            except asyncio.CancelledError:
                log("told", asyncio.current_task().cancelling())
        return "in the end"

    task = asyncio.create_task(stubborn())
    for _ in range(2):
        await asyncio.sleep(unit)
        task.cancel()
    log(await task)


@program
async def uncancel(log, unit):
    async def forgives():
        try:
            await asyncio.sleep(9 * unit)
        except asyncio.CancelledError:
            log(asyncio.current_task().uncancel())
        await asyncio.sleep(unit)
        log("goes on")

    task = asyncio.create_task(forgives())
    await asyncio.sleep(unit)
    task.cancel()
    await task


@program
async def cancelled_before_it_begins(log, unit):
    task = asyncio.create_task(worker(log, unit)("a", 1))
    log(task.cancel())
    await asyncio.wait([task])
    log(task.cancelled())


@program
async def done_callbacks(log, unit):
    future = asyncio.get_running_loop().create_future()
    for name in "abc":
        future.add_done_callback(lambda done, name=name: log(name, done.result()))
    future.set_result(1)
    log("set")
    log(await future)
    await asyncio.sleep(0)


@program
async def switches(log, unit):
    async def counts(name):
        for number in range(3):
            log(name, number)
            await asyncio.sleep(0)

    async def at_once(value):
        return value

    task = asyncio.create_task(counts("a"))
    await at_once("no switch")
    log("main")
    await counts("b")
    await task


if sys.version_info >= (3, 12):

    @program
    async def eager_tasks(log, unit):
        work = worker(log, unit)
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
        task = asyncio.create_task(work("a", 1))
        log("made")
        quick = asyncio.create_task(asyncio.sleep(0, "at once"))
        log(quick.done())
        await asyncio.gather(task, quick)


@outside
async def to_thread(log, unit):
    log(await asyncio.to_thread(len, "abc"))


@outside
async def run_in_executor(log, unit):
    log(await asyncio.get_running_loop().run_in_executor(None, len, "abc"))


@outside
async def call_soon_threadsafe(log, unit):
    asyncio.get_running_loop().call_soon_threadsafe(log, "soon")
    await asyncio.sleep(unit)


@outside
async def subprocesses(log, unit):
    process = await asyncio.create_subprocess_exec(sys.executable, "-S", "-c", "")
    log(await process.wait())


@outside
async def servers(log, unit):
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    server.close()
    log("served")
