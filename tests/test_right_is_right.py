"""A right answer passes, however it is written: in virtual time, or on a real loop if it must be.

All of them answer `all-at-once`. Those that virtual time cannot model are marked `real`; they
are judged by facts, so that no slow machine can condemn them.
"""

import asyncio
import concurrent.futures
import contextlib
import contextvars
import functools
import queue
import sys
import threading
import time
import types

import pytest

from helpers.practice import judge
from helpers.practice.trial import Scenario, Trial

RIGHT = {}


def answer(function):
    RIGHT[function.__name__] = (function, False)
    return function


def real(function):
    RIGHT[function.__name__] = (function, True)
    return function


@answer
async def gathers(fetch, names):
    return await asyncio.gather(*[fetch(name) for name in names])


# -- what can be awaited ---------------------------------------------------------------------


@answer
def plain_function_that_returns_gather(fetch, names):
    return asyncio.gather(*[fetch(name) for name in names])


@answer
def plain_function_that_returns_a_task(fetch, names):
    return asyncio.create_task(gathers(fetch, names))


@answer
def plain_function_that_returns_a_coroutine(fetch, names):
    return gathers(fetch, names)


@answer
def plain_function_that_returns_a_future(fetch, names):
    future = asyncio.get_running_loop().create_future()
    task = asyncio.ensure_future(gathers(fetch, names))
    task.add_done_callback(lambda done: future.set_result(done.result()))
    return future


class Order:
    def __init__(self, fetch, names):
        self.fetch, self.names = fetch, names

    def __await__(self):
        return gathers(self.fetch, self.names).__await__()


@answer
def plain_function_that_returns_an_awaitable_object(fetch, names):
    return Order(fetch, names)


RIGHT["class_whose_objects_are_awaitable"] = (Order, False)


@answer
@types.coroutine
def generator_based_coroutine(fetch, names):
    return (yield from gathers(fetch, names))


class Asker:
    async def __call__(self, fetch, names):
        return await gathers(fetch, names)

    async def method(self, fetch, names):
        return await gathers(fetch, names)

    @staticmethod
    async def static(fetch, names):
        return await gathers(fetch, names)

    @classmethod
    async def of_class(cls, fetch, names):
        return await gathers(fetch, names)


async def with_options(limit, fetch, names, *, wrap=list):
    return wrap(await gathers(fetch, names))


def logged(function):
    @functools.wraps(function)
    async def wrapper(*args):
        return await function(*args)

    return wrapper


RIGHT |= {
    "callable_object": (Asker(), False),
    "method": (Asker().method, False),
    "static_method": (Asker.static, False),
    "class_method": (Asker.of_class, False),
    "partial": (functools.partial(with_options, 3, wrap=list), False),
    "partial_of_a_partial": (functools.partial(functools.partial(with_options), 3), False),
    "lambda_function": (lambda fetch, names: gathers(fetch, names), False),
    "decorated": (logged(gathers), False),
}


# -- asyncio's ways ----------------------------------------------------------------------------


@answer
async def tasks(fetch, names):
    started = [asyncio.create_task(fetch(name)) for name in names]
    return [await task for task in started]


@answer
async def task_group(fetch, names):
    async with asyncio.TaskGroup() as group:
        started = [group.create_task(fetch(name), name=name) for name in names]
    return [task.result() for task in started]


@answer
async def waits(fetch, names):
    started = [asyncio.ensure_future(fetch(name)) for name in names]
    if started:
        await asyncio.wait(started)
    return [task.result() for task in started]


@answer
async def waits_for_the_first_again_and_again(fetch, names):
    started = [asyncio.create_task(fetch(name)) for name in names]
    left = set(started)
    while left:
        _, left = await asyncio.wait(left, return_when=asyncio.FIRST_COMPLETED)
    return [task.result() for task in started]


@answer
async def as_completed_with_numbers(fetch, names):
    async def numbered(number, name):
        return number, await fetch(name)

    pages = {}
    for done in asyncio.as_completed([numbered(*pair) for pair in enumerate(names)]):
        number, page = await done
        pages[number] = page
    return [pages[number] for number in range(len(names))]


@answer
async def inside_a_timeout(fetch, names):
    async with asyncio.timeout(3600):
        return await gathers(fetch, names)


@answer
async def wait_for_and_shield(fetch, names):
    return await asyncio.wait_for(asyncio.shield(gathers(fetch, names)), 3600)


@answer
async def async_comprehension(fetch, names):
    async def results():
        for task in [asyncio.create_task(fetch(name)) for name in names]:
            yield await task

    return [page async for page in results()]


@answer
async def left_by_break(fetch, names):
    async def results():
        try:
            yield await gathers(fetch, names)
        finally:
            await asyncio.sleep(0)

    async for pages in results():  # noqa: B007
        break
    return pages


@answer
async def queue_workers(fetch, names):
    todo, pages = asyncio.Queue(), {}
    for pair in enumerate(names):
        todo.put_nowait(pair)

    async def worker():
        while not todo.empty():
            number, name = todo.get_nowait()
            pages[number] = await fetch(name)

    await asyncio.gather(*[worker() for _ in names])
    return [pages[number] for number in range(len(names))]


@answer
async def queue_workers_that_are_cancelled(fetch, names):
    todo, pages = asyncio.Queue(), {}

    async def worker():
        while True:
            number, name = await todo.get()
            pages[number] = await fetch(name)
            todo.task_done()

    workers = [asyncio.create_task(worker()) for _ in names]
    for pair in enumerate(names):
        await todo.put(pair)
    await todo.join()
    for task in workers:
        task.cancel()
    await asyncio.gather(*workers, return_exceptions=True)
    return [pages[number] for number in range(len(names))]


@answer
async def wide_semaphore(fetch, names):
    limit = asyncio.Semaphore(100)

    async def one(name):
        async with limit:
            return await fetch(name)

    return await asyncio.gather(*map(one, names))


@answer
async def callbacks(fetch, names):
    done, pages = asyncio.Event(), [None] * len(names)

    def store(number, task):
        pages[number] = task.result()
        if None not in pages:
            done.set()

    kept = [asyncio.create_task(fetch(name)) for name in names]
    for number, task in enumerate(kept):
        task.add_done_callback(functools.partial(store, number))
    if kept:
        await done.wait()
    return pages


number_now = contextvars.ContextVar("number_now", default=None)


@answer
async def context_variables(fetch, names):
    async def one(number, name):
        number_now.set(number)
        page = await fetch(name)
        return number_now.get(), page

    pairs = await asyncio.gather(*[one(*pair) for pair in enumerate(names)])
    assert number_now.get() is None
    return [page for number, page in sorted(pairs)]


if sys.version_info >= (3, 12):

    @answer
    async def eager_tasks(fetch, names):
        loop = asyncio.get_running_loop()
        loop.set_task_factory(asyncio.eager_task_factory)
        return await asyncio.gather(*[fetch(name) for name in names])

    @answer
    async def eager_tasks_of_one_kind(fetch, names):
        loop = asyncio.get_running_loop()
        started = [asyncio.Task(fetch(name), loop=loop, eager_start=True) for name in names]
        return [await task for task in started]


@answer
async def prints_and_logs(fetch, names):
    import logging

    print("asking for", *names, flush=True)
    logging.getLogger("answer").debug("asking")
    return await gathers(fetch, names)


# -- threads -----------------------------------------------------------------------------------


@real
async def to_thread_asyncio_run(fetch, names):
    return await asyncio.to_thread(asyncio.run, gathers(fetch, names))


@real
async def to_thread_with_a_runner(fetch, names):
    def run():
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            return runner.run(gathers(fetch, names))

    return await asyncio.to_thread(run)


@real
async def run_in_executor(fetch, names):
    loop = asyncio.get_running_loop()
    order = await loop.run_in_executor(None, list, names)
    return await gathers(fetch, order)


@real
async def thread_that_resolves_a_future(fetch, names):
    loop = asyncio.get_running_loop()
    future = loop.create_future()

    def work():
        time.sleep(2)
        loop.call_soon_threadsafe(future.set_result, list(names))

    threading.Thread(target=work).start()
    return await gathers(fetch, await future)


@real
async def loop_in_a_thread_of_its_own(fetch, names):
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        future = asyncio.run_coroutine_threadsafe(gathers(fetch, names), loop)
        return await asyncio.wrap_future(future)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        await asyncio.to_thread(thread.join)
        loop.close()


@real
async def run_coroutine_threadsafe_from_a_thread(fetch, names):
    loop = asyncio.get_running_loop()

    def work():
        return asyncio.run_coroutine_threadsafe(gathers(fetch, names), loop).result()

    return await asyncio.to_thread(work)


@real
async def own_pool_and_wrap_future(fetch, names):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        sizes = [asyncio.wrap_future(pool.submit(len, name)) for name in names]
        await asyncio.gather(*sizes)
    return await gathers(fetch, names)


POOL = concurrent.futures.ThreadPoolExecutor(2)


@real
async def pool_with_idle_workers(fetch, names):
    order = await asyncio.wrap_future(POOL.submit(list, names))
    return await gathers(fetch, order)


@real
async def pool_map_in_a_thread(fetch, names):
    order = await asyncio.to_thread(lambda: list(POOL.map(str, names)))
    return await gathers(fetch, order)


LETTERS = queue.Queue()


def postman():
    """A thread that another cell has started, before the check."""
    while letter := LETTERS.get():
        loop, future, value = letter
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(future.set_result, value)


@real
async def thread_of_another_cell(fetch, names):
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    LETTERS.put((loop, future, list(names)))
    return await gathers(fetch, await future)


@real
async def a_process(fetch, names):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-S", "-c", "print(1)", stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert out.strip() == b"1"
    return await gathers(fetch, names)


@real
async def sockets(fetch, names):
    async def echo(reader, writer):
        writer.write(await reader.readline())
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"hello\n")
        assert await reader.readline() == b"hello\n"
        writer.close()
        await writer.wait_closed()
    return await gathers(fetch, names)


@real
async def sleeps_in_a_thread(fetch, names):
    async def rest():
        await asyncio.to_thread(time.sleep, 1)

    async with asyncio.timeout(60):
        pages, _ = await asyncio.gather(gathers(fetch, names), rest())
    return pages


@real
async def rests_long_in_a_thread(fetch, names):
    """Together, the trials stand still for longer than any one of them may."""
    await asyncio.to_thread(time.sleep, 60)
    return await gathers(fetch, names)


@pytest.fixture(scope="module", autouse=True)
def a_thread_and_a_pool_of_other_cells():
    threading.Thread(target=postman, daemon=True).start()
    list(POOL.map(str, range(4)))
    yield
    LETTERS.put(None)
    POOL.shutdown()


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_answer_passes(name):
    function, is_real = RIGHT[name]
    verdict = judge("all-at-once", function)
    assert verdict.passed, str(verdict)
    assert ("real event loop" in verdict.observed) == is_real


def test_a_pool_of_the_learner_works_after_a_check():
    judge("all-at-once", pool_with_idle_workers)
    assert POOL.submit(len, "four").result(5) == 4


def test_a_pool_first_used_in_a_check_works_afterwards():
    pool = concurrent.futures.ThreadPoolExecutor(2)

    async def uses_it(fetch, names):
        await asyncio.wrap_future(pool.submit(time.sleep, 1))
        return await gathers(fetch, names)

    assert judge("all-at-once", uses_it).passed
    assert list(pool.map(len, ["a", "bb", "ccc"], timeout=5)) == [1, 2, 3]
    pool.shutdown()


@pytest.mark.parametrize("real, least_s", [(False, 10), (True, 5)])
def test_what_comes_a_little_early_on_a_real_clock_is_not_too_soon(real, least_s):
    trial = Trial(Scenario("", None), real)
    assert trial.early(least_s - 0.1, 10) and not trial.early(least_s, 10)
