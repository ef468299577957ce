"""10 Sharing: answers to its exercises."""

import asyncio
import time
from collections import deque

from . import right, wrong, wrong_value

# -- at-most: right -----------------------------------------------------------------------


@right("at-most")
async def a_group_and_a_semaphore(n, fetch, names):
    semaphore = asyncio.BoundedSemaphore(n)

    async def one(name):
        async with semaphore:
            return await fetch(name)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(name)) for name in names]
    return [task.result() for task in tasks]


@right("at-most")
async def acquire_and_release(n, fetch, names):
    semaphore = asyncio.Semaphore(n)

    async def one(name):
        await semaphore.acquire()
        try:
            return await fetch(name)
        finally:
            semaphore.release()

    return await asyncio.gather(*[asyncio.create_task(one(name)) for name in names])


@right("at-most")
async def acquired_before_the_task_is_made(n, fetch, names):
    semaphore, tasks = asyncio.Semaphore(n), []
    for name in names:
        await semaphore.acquire()
        task = asyncio.create_task(fetch(name))
        task.add_done_callback(lambda _: semaphore.release())
        tasks.append(task)
    return [await task for task in tasks]


@right("at-most")
async def workers_with_a_queue(n, fetch, names):
    queue, pages = asyncio.Queue(), {}
    for name in names:
        queue.put_nowait(name)

    async def work():
        while not queue.empty():
            name = queue.get_nowait()
            pages[name] = await fetch(name)

    await asyncio.gather(*(work() for _ in range(n)))
    return [pages[name] for name in names]


@right("at-most")
async def workers_joined_and_cancelled(n, fetch, names):
    queue, pages = asyncio.Queue(), {}

    async def work():
        while True:
            name = await queue.get()
            pages[name] = await fetch(name)
            queue.task_done()

    workers = [asyncio.create_task(work()) for _ in range(n)]
    for name in names:
        await queue.put(name)
    await queue.join()
    for worker in workers:
        worker.cancel()
    await asyncio.gather(*workers, return_exceptions=True)
    return [pages[name] for name in names]


@right("at-most")
async def workers_told_to_stop(n, fetch, names):
    queue, pages = asyncio.Queue(maxsize=n), [None] * len(names)

    async def work():
        while (job := await queue.get()) is not None:
            pages[job[0]] = await fetch(job[1])

    async with asyncio.TaskGroup() as group:
        for _ in range(n):
            group.create_task(work())
        for job in [*enumerate(names), *[None] * n]:
            await queue.put(job)
    return pages


@right("at-most")
async def workers_that_share_an_iterator(n, fetch, names):
    jobs, pages = iter(enumerate(names)), {}

    async def work():
        for place, name in jobs:
            pages[place] = await fetch(name)

    await asyncio.gather(*(work() for _ in range(min(n, len(names)))))
    return [pages[place] for place in range(len(names))]


@right("at-most")
async def a_sliding_window(n, fetch, names):
    tasks, running = {}, set()
    for name in names:
        if len(running) >= n:
            _, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        tasks[name] = asyncio.create_task(fetch(name))
        running.add(tasks[name])
    return [await task for task in tasks.values()]


@right("at-most")
async def a_condition(n, fetch, names):
    condition, running = asyncio.Condition(), 0

    async def one(name):
        nonlocal running
        async with condition:
            await condition.wait_for(lambda: running < n)
            running += 1
        page = await fetch(name)
        async with condition:
            running -= 1
            condition.notify()
        return page

    return await asyncio.gather(*map(one, names))


@right("at-most")
async def an_event(n, fetch, names):
    left, event = asyncio.Event(), n

    async def one(name):
        nonlocal event
        while event == 0:
            left.clear()
            await left.wait()
        event -= 1
        page = await fetch(name)
        event += 1
        left.set()
        return page

    return await asyncio.gather(*map(one, names))


@right("at-most")
async def places_in_a_queue(n, fetch, names):
    places = asyncio.Queue()
    for place in range(n):
        places.put_nowait(place)

    async def one(name):
        place = await places.get()
        page = await fetch(name)
        places.put_nowait(place)
        return page

    return list(await asyncio.gather(*[one(name) for name in names]))


@right("at-most")
async def the_last_name_first(n, fetch, names):
    semaphore, pages = asyncio.Semaphore(n), {}

    async def one(name):
        async with semaphore:
            pages[name] = await fetch(name)

    await asyncio.gather(*map(one, reversed(names)))
    return [pages[name] for name in names]


@right("at-most")
async def as_completed_by_name(n, fetch, names):
    semaphore = asyncio.Semaphore(n)

    async def one(name):
        async with semaphore:
            return name, await fetch(name)

    found = dict([await pair for pair in asyncio.as_completed(map(one, names))])
    return [found[name] for name in names]


@right("at-most")
async def each_end_begins_the_next(n, fetch, names):
    waiting, pages, done = deque(names), {}, asyncio.Event()

    async def chain():
        name = waiting.popleft()
        pages[name] = await fetch(name)
        if waiting:
            await chain()

    if names:
        await asyncio.gather(*(chain() for _ in names[:n]))
        done.set()
    return [pages[name] for name in names]


@right("at-most")
async def all_at_once_when_there_is_room(n, fetch, names):
    if len(names) <= n:
        return await asyncio.gather(*map(fetch, names))
    return await workers_with_a_queue(n, fetch, names)


@right("at-most")
def a_plain_function_that_gives_a_coroutine(n, fetch, names):
    return acquire_and_release(n, fetch, names)


@right("at-most")
async def in_a_thread_with_a_loop(n, fetch, names):
    return await asyncio.to_thread(asyncio.run, acquire_and_release(n, fetch, names))


# -- at-most: wrong -----------------------------------------------------------------------


@wrong("at-most", "over-limit", says="7 fetches under way at 0 s")
async def gather(n, fetch, names):
    return await asyncio.gather(*map(fetch, names))


@wrong("at-most", "over-limit", says="Observed: 7 fetches under way Likely cause")
async def a_thread_then_gather(n, fetch, names):
    await asyncio.to_thread(time.sleep, 0.01)
    return await asyncio.gather(*map(fetch, names))


@wrong("at-most", "over-limit", says="each call has one of its own")
async def a_semaphore_for_each_call(n, fetch, names):
    async def one(name):
        async with asyncio.Semaphore(n):
            return await fetch(name)

    return await asyncio.gather(*map(one, names))


@wrong("at-most", "over-limit")
async def tasks_made_outside_the_semaphore(n, fetch, names):
    semaphore, pages = asyncio.Semaphore(n), []
    for task in [asyncio.create_task(fetch(name)) for name in names]:
        async with semaphore:
            pages.append(await task)
    return pages


@wrong("at-most", "over-limit", says="counts one too many")
async def one_worker_too_many(n, fetch, names):
    return await workers_with_a_queue(n + 1, fetch, names)


@wrong("at-most", "over-limit", says="Situation: three pages, one at a time")
async def at_least_two(n, fetch, names):
    return await workers_with_a_queue(max(n, 2), fetch, names)


@wrong("at-most", "over-limit")
async def a_limit_of_three(n, fetch, names):
    return await workers_with_a_queue(3, fetch, names)


@wrong("at-most", "in-batches", says="too few places")
async def a_limit_of_three_at_most(n, fetch, names):
    return await workers_with_a_queue(min(n, 3), fetch, names)


@wrong("at-most", "over-limit")
async def a_plain_counter_that_is_late(n, fetch, names):
    running = 0

    async def one(name):
        nonlocal running
        while running >= n:
            await asyncio.sleep(0.05)
        await asyncio.sleep(0)
        running += 1
        page = await fetch(name)
        running -= 1
        return page

    return await asyncio.gather(*map(one, names))


@wrong("at-most", "in-batches", says="The names are taken in groups")
async def batches(n, fetch, names):
    pages = []
    for place in range(0, len(names), n):
        pages += await asyncio.gather(*map(fetch, names[place : place + n]))
    return pages


@wrong("at-most", "in-batches", says="The names are taken in groups")
async def batches_of_two(n, fetch, names):
    return await (batches if n == 2 else workers_with_a_queue)(n, fetch, names)


@wrong("at-most", "in-batches", says="with 4 names still waiting, a place is free at")
async def batches_in_groups(n, fetch, names):
    pages, rest = [], list(names)
    while rest:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(fetch(name)) for name in rest[:n]]
        pages += [task.result() for task in tasks]
        rest = rest[n:]
    return pages


@wrong("at-most", "in-batches", says="fixed beforehand")
async def a_fixed_share_for_each_worker(n, fetch, names):
    pages = {}

    async def work(share):
        for name in share:
            pages[name] = await fetch(name)

    await asyncio.gather(*(work(names[place::n]) for place in range(n)))
    return [pages[name] for name in names]


@wrong("at-most", "in-batches", says="too few places")
async def one_place_too_few(n, fetch, names):
    return await workers_with_a_queue(max(n - 1, 1), fetch, names)


@wrong("at-most", "in-batches", says="a pause between two looks")
async def looks_ten_times_a_second(n, fetch, names):
    running = 0

    async def one(name):
        nonlocal running
        while running >= n:
            await asyncio.sleep(0.1)
        running += 1
        page = await fetch(name)
        running -= 1
        return page

    return await asyncio.gather(*map(one, names))


@wrong("at-most", "in-batches")
async def waits_for_the_oldest(n, fetch, names):
    tasks = []
    for place, name in enumerate(names):
        if place >= n:
            await tasks[place - n]
        tasks.append(asyncio.create_task(fetch(name)))
    return [await task for task in tasks]


@wrong("at-most", "in-batches")
async def a_pause_after_each(n, fetch, names):
    semaphore = asyncio.Semaphore(n)

    async def one(name):
        async with semaphore:
            page = await fetch(name)
            await asyncio.sleep(0.25)
            return page

    return await asyncio.gather(*map(one, names))


@wrong("at-most", "in-batches", says="a pause between two looks")
async def a_pause_when_alone(n, fetch, names):
    if n > 1:
        return await workers_with_a_queue(n, fetch, names)
    pages = []
    for name in names:
        pages.append(await fetch(name))
        await asyncio.sleep(1 if len(pages) < len(names) else 0)
    return pages


@wrong("at-most", "one-by-one", says="one at a time")
async def one_after_another(n, fetch, names):
    return [await fetch(name) for name in names]


@wrong("at-most", "one-by-one")
async def a_lock(n, fetch, names):
    return await workers_with_a_queue(1, fetch, names)


@wrong("at-most", "one-by-one")
async def the_semaphore_in_the_loop(n, fetch, names):
    semaphore, pages = asyncio.Semaphore(n), []
    for name in names:
        async with semaphore:
            pages.append(await fetch(name))
    return pages


@wrong("at-most", "one-by-one", says="at most two at once")
async def one_place_for_two(n, fetch, names):
    return await workers_with_a_queue(n if n != 2 else 1, fetch, names)


@wrong("at-most", "state-kept", made=True, says="bound to a different event loop")
def a_semaphore_made_once():
    semaphore = None

    async def at_most(n, fetch, names):
        nonlocal semaphore
        semaphore = semaphore or asyncio.Semaphore(n)

        async def one(name):
            async with semaphore:
                return await fetch(name)

        return await asyncio.gather(*map(one, names))

    return at_most


@wrong("at-most", "state-kept", made=True)
def a_module_level_semaphore():
    semaphore = asyncio.Semaphore(3)

    async def at_most(n, fetch, names):
        async def one(name):
            async with semaphore:
                return await fetch(name)

        return await asyncio.gather(*map(one, names))

    return at_most


@wrong("at-most", "state-kept", made=True)
def pages_that_stay():
    async def at_most(n, fetch, names, pages=[]):
        found = await workers_with_a_queue(n, fetch, names)
        pages.extend(found)
        return pages[:]

    return at_most


@wrong("at-most", "wrong-order", says="collected as they came")
async def in_finishing_order(n, fetch, names):
    semaphore, pages = asyncio.Semaphore(n), []

    async def one(name):
        async with semaphore:
            pages.append(await fetch(name))

    await asyncio.gather(*map(one, names))
    return pages


@wrong("at-most", "wrong-order")
async def dictionary_in_order_of_arrival(n, fetch, names):
    pages = {}

    async def one(semaphore, name):
        async with semaphore:
            pages[name] = await fetch(name)

    semaphore = asyncio.Semaphore(n)
    await asyncio.gather(*[one(semaphore, name) for name in names])
    return list(pages.values())


@wrong("at-most", "wrong-value", says="without a `return`")
async def nothing_returned(n, fetch, names):
    await workers_with_a_queue(n, fetch, names)


@wrong("at-most", "wrong-value", says="Situation: no pages")
async def none_for_none(n, fetch, names):
    return await workers_with_a_queue(n, fetch, names) or None


@wrong("at-most", "wrong-value", says="a dict")
async def a_dictionary(n, fetch, names):
    return dict(zip(names, await workers_with_a_queue(n, fetch, names), strict=True))


@wrong("at-most", "lost-results", says="Try: One call for each name.")
async def only_the_first_n(n, fetch, names):
    return await asyncio.gather(*map(fetch, names[:n]))


@wrong("at-most", "lost-results")
async def stops_when_the_first_is_there(n, fetch, names):
    tasks = [asyncio.create_task(fetch(name)) for name in names[:n]]
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    return [task.result() for task in done]


@wrong("at-most", "lost-results", says="missing from the list")
async def forgets_one_page(n, fetch, names):
    return (await workers_with_a_queue(n, fetch, names))[1:]


@wrong("at-most", "wasted-calls")
async def everything_twice(n, fetch, names):
    await workers_with_a_queue(n, fetch, names)
    return await workers_with_a_queue(n, fetch, names)


@wrong("at-most", "not-awaited")
async def helpers_not_awaited(n, fetch, names):
    semaphore = asyncio.Semaphore(n)

    async def one(name):
        async with semaphore:
            return await fetch(name)

    return [one(name) for name in names]


@wrong("at-most", "raised", says="ValueError: Set of Tasks/Futures is empty.")
async def waits_for_none(n, fetch, names):
    running = set()
    tasks = {}
    for name in names:
        while len(running) >= n:
            _, running = await asyncio.wait(running, return_when="FIRST_COMPLETED")
        running.add(tasks.setdefault(name, asyncio.create_task(fetch(name))))
    await asyncio.wait(running)
    return [task.result() for task in tasks.values()]


@wrong("at-most", "raised", says="no async with")
async def a_with_that_is_not_async(n, fetch, names):
    raise TypeError("no async with")


@wrong("at-most", "deadlock", says="Queue.get")
async def workers_that_wait_for_ever(n, fetch, names):
    queue, pages = asyncio.Queue(), {}
    for name in names:
        queue.put_nowait(name)

    async def work():
        while True:
            name = await queue.get()
            pages[name] = await fetch(name)

    await asyncio.gather(*(work() for _ in range(n)))
    return [pages[name] for name in names]


@wrong("at-most", "deadlock")
async def acquires_and_never_releases(n, fetch, names):
    semaphore = asyncio.Semaphore(n)

    async def one(name):
        await semaphore.acquire()
        return await fetch(name)

    return await asyncio.gather(*map(one, names))


@wrong("at-most", "leaked-task", says="still running: work")
async def workers_left(n, fetch, names):
    queue, pages = asyncio.Queue(), {}

    async def work():
        while True:
            name = await queue.get()
            pages[name] = await fetch(name)
            queue.task_done()

    for name in names:
        queue.put_nowait(name)
    workers = [asyncio.create_task(work()) for _ in range(n)]
    await queue.join()
    return [pages[name] for name in names if workers]


@wrong("at-most", "no-cleanup")
async def workers_cancelled_and_not_awaited(n, fetch, names):
    queue, pages = asyncio.Queue(), {}

    async def work():
        while True:
            name = await queue.get()
            pages[name] = await fetch(name)
            queue.task_done()

    for name in names:
        queue.put_nowait(name)
    workers = [asyncio.create_task(work()) for _ in range(n)]
    await queue.join()
    for worker in workers:
        worker.cancel()
    return [pages[name] for name in names]


@wrong("at-most", "too-slow", says="before the first fetch")
async def a_pause_first(n, fetch, names):
    await asyncio.sleep(1)
    return await workers_with_a_queue(n, fetch, names)


@wrong("at-most", "too-slow", says="after the last fetch has ended")
async def a_pause_at_the_end(n, fetch, names):
    pages = await workers_with_a_queue(n, fetch, names)
    await asyncio.sleep(1)
    return pages


@wrong("at-most", "too-slow", says="after 0 s")
async def a_pause_for_no_names(n, fetch, names):
    await asyncio.sleep(0 if names else 1)
    return await workers_with_a_queue(n, fetch, names)


@wrong("at-most", "busy-wait")
async def asks_again_and_again(n, fetch, names):
    running = 0

    async def one(name):
        nonlocal running
        while running >= n:
            await asyncio.sleep(0)
        running += 1
        page = await fetch(name)
        running -= 1
        return page

    return await asyncio.gather(*map(one, names))


@wrong("at-most", "blocked-loop")
async def time_sleep_between(n, fetch, names):
    time.sleep(0.5)
    return await workers_with_a_queue(n, fetch, names)


@wrong("at-most", "not-started")
async def nothing_yet(n, fetch, names):
    semaphore = asyncio.Semaphore(n)
    assert semaphore


wrong_value("at-most", "wrong-value", [], says="[], a list")


# -- answers that nobody had thought of at first ------------------------------------------


@right("at-most")
async def a_callback_starts_the_next(n, fetch, names):
    todo, pages, over = list(enumerate(names)), [None] * len(names), asyncio.Event()
    left = len(names)

    def next_one():
        if todo:
            place, name = todo.pop(0)
            asyncio.ensure_future(fetch(name)).add_done_callback(lambda t, p=place: ended(p, t))

    def ended(place, task):
        nonlocal left
        pages[place], left = task.result(), left - 1
        over.set() if not left else next_one()

    for _ in range(n):
        next_one()
    if names:
        await over.wait()
    return pages


@right("at-most")
async def a_queue_of_tokens(n, fetch, names):
    tokens = asyncio.Queue()
    for token in range(n):
        tokens.put_nowait(token)

    async def one(name):
        token = await tokens.get()
        try:
            return await fetch(name)
        finally:
            tokens.put_nowait(token)

    return await asyncio.gather(*map(one, names))


@right("at-most")
async def wait_for_the_first_of_n(n, fetch, names):
    tasks, running = [], set()
    for name in names:
        if len(running) == n:
            _, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        tasks.append(asyncio.create_task(fetch(name)))
        running.add(tasks[-1])
    return await asyncio.gather(*tasks)


@wrong("at-most", "over-limit")
async def a_semaphore_too_generous(n, fetch, names):
    gate = asyncio.Semaphore(n + 1)

    async def one(name):
        async with gate:
            return await fetch(name)

    return await asyncio.gather(*map(one, names))


@wrong("at-most", "over-limit")
async def a_semaphore_around_the_task(n, fetch, names):
    gate, tasks = asyncio.Semaphore(n), []
    for name in names:
        async with gate:
            tasks.append(asyncio.create_task(fetch(name)))
    return await asyncio.gather(*tasks)


@wrong("at-most", "in-batches")
async def slices_of_n(n, fetch, names):
    pages = []
    for start in range(0, len(names), n):
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(fetch(name)) for name in names[start : start + n]]
        pages += [task.result() for task in tasks]
    return pages


@wrong("at-most", "in-batches", says="a pause between two looks")
async def looks_every_sixteenth_of_a_second(n, fetch, names):
    tasks = []
    for name in names:
        while sum(not task.done() for task in tasks) >= n:
            await asyncio.sleep(1 / 16)
        tasks.append(asyncio.create_task(fetch(name)))
    return await asyncio.gather(*tasks)


def with_a_gate_of(places):
    """A gate made once, of a size of its own. The very first call shows that it is wrong; that
    it outlives the call is told only when all else is right."""
    gate = asyncio.Semaphore(places)

    async def at_most(n, fetch, names):
        async def one(name):
            async with gate:
                return await fetch(name)

        return await asyncio.gather(*map(one, names))

    return at_most


@wrong("at-most", "over-limit", made=True, says="in the function")
def five_places_for_every_call():
    return with_a_gate_of(5)


@wrong("at-most", "in-batches", made=True, says="too few places")
def two_places_for_every_call():
    return with_a_gate_of(2)


@wrong("at-most", "raised", says="wants `async with`")
async def a_plain_with(n, fetch, names):
    places = asyncio.Semaphore(n)

    async def one(name):
        with places:
            return await fetch(name)

    return await asyncio.gather(*map(one, names))


# -- two that end at one moment -----------------------------------------------------------------


@wrong("at-most", "raised", says="Situation: five pages")
async def one_of_those_that_are_done(n, fetch, names):
    left, name_of, pages, pending = list(names), {}, {}, set()
    while left or pending:
        while left and len(pending) < n:
            task = asyncio.create_task(fetch(left[0]))
            name_of[task] = left.pop(0)
            pending.add(task)
        done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        task = next(task for task in name_of if task in done)  # done.pop() may give any of them
        pages[name_of[task]] = task.result()
    return [pages[name] for name in names]


@wrong("at-most", "in-batches", says="2 fetches end at the same moment, and no more than 1")
async def one_start_a_wake(n, fetch, names):
    left = list(names)
    tasks = {name: asyncio.create_task(fetch(name)) for name in left[:n]}
    pending, left = set(tasks.values()), left[n:]
    while pending:
        _, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        if left:
            name = left.pop(0)
            tasks[name] = asyncio.create_task(fetch(name))
            pending.add(tasks[name])
    return [tasks[name].result() for name in names]


@wrong("at-most", "in-batches", says="an Event that is set twice wakes once")
async def an_event_for_each_end(n, fetch, names):
    event, tasks = asyncio.Event(), []
    for number, name in enumerate(names):
        if number >= n:
            await event.wait()
            event.clear()
        tasks.append(asyncio.create_task(fetch(name)))
        tasks[-1].add_done_callback(lambda _: event.set())
    return [await task for task in tasks]


@right("at-most")
async def all_of_those_that_are_done(n, fetch, names):
    left, tasks, pending = list(names), {}, set()
    while left or pending:
        while left and len(pending) < n:
            tasks[left[0]] = asyncio.create_task(fetch(left[0]))
            pending.add(tasks[left.pop(0)])
        _, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
    return [tasks[name].result() for name in names]


# -- what a verdict says ------------------------------------------------------------------------


@wrong("at-most", "in-batches", says="or the fetch that began first is waited for")
async def the_oldest_first(n, fetch, names):
    begun, pages = deque(), []
    for name in names:
        if len(begun) == n:
            pages.append(await begun.popleft())
        begun.append(asyncio.create_task(fetch(name)))
    return pages + [await task for task in begun]


@wrong("at-most", "in-batches", says="a place that is kept after its fetch has ended")
async def a_rest_in_ones_place(n, fetch, names):
    limit = asyncio.Semaphore(n)

    async def one(name):
        async with limit:
            page = await fetch(name)
            await asyncio.sleep(0.5)
            return page

    return await asyncio.gather(*map(one, names))


@wrong("at-most", "over-limit", says="given back while its fetch still runs")
async def started_inside_and_awaited_outside(n, fetch, names):
    limit = asyncio.Semaphore(n)

    async def one(name):
        async with limit:
            task = asyncio.create_task(fetch(name))
        return await task

    return await asyncio.gather(*map(one, names))


@wrong("at-most", "one-by-one", says="A lock that is held during the fetch")
async def a_lock_round_each_fetch(n, fetch, names):
    lock = asyncio.Lock()

    async def one(name):
        async with lock:
            return await fetch(name)

    return await asyncio.gather(*map(one, names))


@wrong("at-most", "not-awaited", says="while it holds its place")
async def returned_and_not_awaited(n, fetch, names):
    limit = asyncio.Semaphore(n)

    async def one(name):
        async with limit:
            return fetch(name)

    return await asyncio.gather(*map(one, names))


@wrong("at-most", "busy-wait", says="more than 20,000 steps in")
async def a_look_every_thousandth(n, fetch, names):
    running = 0

    async def one(name):
        nonlocal running
        while running >= n:
            await asyncio.sleep(0.001)
        running += 1
        page = await fetch(name)
        running -= 1
        return page

    return await asyncio.gather(*map(one, names))


@wrong("at-most", "endless", says="A loop around a call that blocks")
async def blocks_until_a_place_is_free(n, fetch, names):
    limit = asyncio.Semaphore(n)

    async def one(name):
        while limit.locked():
            time.sleep(0.01)
        async with limit:
            return await fetch(name)

    return await asyncio.gather(*map(one, names))


@wrong("at-most", "lost-results", says="look up the loop's name only when they run")
async def a_function_in_a_loop(n, fetch, names):
    limit, tasks = asyncio.Semaphore(n), []
    for name in names:

        async def one():
            async with limit:
                return await fetch(name)

        tasks.append(asyncio.create_task(one()))
    return [await task for task in tasks]
