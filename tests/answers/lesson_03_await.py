"""03 Await: answers to its exercises."""

import asyncio
import contextlib
import functools
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from time import sleep

from . import right, right_value, wrong, wrong_value

# -- predict-switch -----------------------------------------------------------------------

SWITCHES = (True, True, False, False, False, True, False, True)
LINES = (
    "await asyncio.sleep(0)",
    "await asyncio.sleep(1)",
    "await helper()",
    "await lock.acquire()",
    "await queue.get(), an item is there",
    "await queue.get(), it is empty",
    "await future, finished",
    "await asyncio.create_task(helper())",
)


def switches(*others: int) -> dict[str, object]:
    """The right prediction, turned round at these places."""
    pairs = enumerate(zip(LINES, SWITCHES, strict=True))
    return {line: said != (place in others) for place, (line, said) in pairs}


right_value(
    "predict-switch",
    switches(),
    list(SWITCHES),
    SWITCHES,
    [int(said) for said in SWITCHES],
    ["yes" if said else "no" for said in SWITCHES],
    [str(said) for said in SWITCHES],
    ["Y" if said else "N" for said in SWITCHES],
)
for place, says in (
    (0, "hands control to the event loop once"),
    (1, "A second has to pass"),
    (2, "runs it in the same task"),
    (3, "A lock that nobody holds is had at once"),
    (4, "The item is there to be taken"),
    (5, "until somebody puts something in"),
    (6, "The result is there already"),
    (7, "a task of its own"),
):
    wrong_value("predict-switch", "wrong-value", switches(place), says=says)
for value, says in (
    ([True] * 8, "True for await helper()"),
    ([False] * 8, "False for await asyncio.sleep(0)"),
    (switches(2, 3, 4, 6), "True for await helper()"),
    ([not said for said in SWITCHES], "await asyncio.sleep(0)"),
    ([*SWITCHES[:7], "maybe"], "It is neither"),
    ([2, *SWITCHES[1:]], "It is neither"),
    (SWITCHES[:7], "each of the eight lines"),
    (True, "each of the eight lines"),
    ("TTFFFTFT", "each of the eight lines"),
    ({*SWITCHES}, "each of the eight lines"),
    ({"await helper()": False}, "each of the eight lines"),
    ([], "each of the eight lines"),
):
    wrong_value("predict-switch", "wrong-value", value, says=says)
for value, says in (
    (dict.fromkeys(LINES, ...), "Nothing is filled in yet."),
    ([*SWITCHES[:7], ...], "1 of 8 places is still blank."),
    (None, "Nothing is filled in yet."),
):
    wrong_value("predict-switch", "not-started", value, says=says)

# -- let-others-in: right -----------------------------------------------------------------


@right("let-others-in")
async def a_pause_before_each(work, chunks):
    results = []
    for chunk in chunks:
        await asyncio.sleep(0)
        results.append(work(chunk))
    return results


@right("let-others-in")
async def only_between(work, chunks):
    results = []
    for place, chunk in enumerate(chunks):
        if place:
            await asyncio.sleep(0)
        results.append(work(chunk))
    return results


@right("let-others-in")
async def a_comprehension(work, chunks):
    return [(work(chunk), await asyncio.sleep(0))[0] for chunk in chunks]


@right("let-others-in")
async def a_task_for_each_in_turn(work, chunks):
    async def one(chunk):
        return work(chunk)

    return [await asyncio.create_task(one(chunk)) for chunk in chunks]


@right("let-others-in")
async def a_helper_that_pauses(work, chunks):
    async def one(chunk):
        result = work(chunk)
        await asyncio.sleep(0)
        return result

    return [await one(chunk) for chunk in chunks]


@right("let-others-in")
async def an_async_generator_inside(work, chunks):
    async def results():
        for chunk in chunks:
            yield work(chunk)
            await asyncio.sleep(0)

    return [result async for result in results()]


@right("let-others-in")
async def two_pauses(work, chunks):
    results = []
    for chunk in chunks:
        results.append(work(chunk))
        for _ in range(2):
            await asyncio.sleep(0)
    return results


@right("let-others-in")
async def a_bare_yield(work, chunks):
    class Pause:
        def __await__(self):
            yield

    results = []
    for chunk in chunks:
        results.append(work(chunk))
        await Pause()
    return results


@right("let-others-in")
async def a_future_set_soon(work, chunks):
    loop, results = asyncio.get_running_loop(), []
    for chunk in chunks:
        results.append(work(chunk))
        turn = loop.create_future()
        loop.call_soon(turn.set_result, None)
        await turn
    return results


@right("let-others-in")
async def from_the_last_to_the_first(work, chunks):
    results = {}
    for place in reversed(range(len(chunks))):
        results[place] = work(chunks[place])
        await asyncio.sleep(0)
    return [results[place] for place in range(len(chunks))]


@right("let-others-in")
async def tasks_behind_a_lock(work, chunks):
    lock = asyncio.Lock()

    async def one(chunk):
        async with lock:
            await asyncio.sleep(0)
            return work(chunk)

    return await asyncio.gather(*map(one, chunks))


@right("let-others-in")
async def in_a_thread(work, chunks):
    return [await asyncio.to_thread(work, chunk) for chunk in chunks]


@right("let-others-in")
async def in_threads_at_once(work, chunks):
    return await asyncio.gather(*[asyncio.to_thread(work, chunk) for chunk in chunks])


@right("let-others-in")
async def in_a_pool(work, chunks):
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(2) as pool:
        return await asyncio.gather(*[loop.run_in_executor(pool, work, one) for one in chunks])


@right("let-others-in")
async def all_of_it_in_one_thread(work, chunks):
    return await asyncio.to_thread(lambda: [work(chunk) for chunk in chunks])


@right("let-others-in")
async def in_the_executor(work, chunks):
    loop = asyncio.get_running_loop()
    return [await loop.run_in_executor(None, work, chunk) for chunk in chunks]


# -- let-others-in: wrong -----------------------------------------------------------------


@wrong("let-others-in", "blocked-loop", says="the event loop stood still")
async def the_map_of_a_pool(work, chunks):
    with ThreadPoolExecutor() as pool:
        return list(pool.map(work, chunks))


@wrong("let-others-in", "blocked-loop", says="await asyncio.to_thread(work, chunk)")
async def waits_for_a_thread_without_await(work, chunks):
    def crunch_all():
        results.extend(map(work, chunks))

    results = []
    thread = threading.Thread(target=crunch_all)
    thread.start()
    thread.join()
    return results


@wrong("let-others-in", "blocked-loop", says="nobody else could run")
async def no_await(work, chunks):
    return [work(chunk) for chunk in chunks]


@wrong("let-others-in", "blocked-loop", says="There is no await between them, or one on")
async def a_helper_that_never_suspends(work, chunks):
    async def one(chunk):
        return work(chunk)

    return [await one(chunk) for chunk in chunks]


@wrong("let-others-in", "blocked-loop", says="right behind each other")
async def gather_of_wrappers(work, chunks):
    async def one(chunk):
        return work(chunk)

    return await asyncio.gather(*map(one, chunks))


@wrong("let-others-in", "blocked-loop")
async def a_pause_in_each_of_the_gathered(work, chunks):
    async def one(chunk):
        await asyncio.sleep(0)
        return work(chunk)

    return await asyncio.gather(*map(one, chunks))


@wrong("let-others-in", "blocked-loop")
async def a_free_lock(work, chunks):
    lock, results = asyncio.Lock(), []
    for chunk in chunks:
        async with lock:
            results.append(work(chunk))
    return results


@wrong("let-others-in", "blocked-loop")
async def a_finished_future(work, chunks):
    results = []
    for chunk in chunks:
        future = asyncio.get_running_loop().create_future()
        future.set_result(work(chunk))
        results.append(await future)
    return results


@wrong("let-others-in", "blocked-loop")
async def a_queue_that_is_never_empty(work, chunks):
    queue, results = asyncio.Queue(), []
    for chunk in chunks:
        queue.put_nowait(chunk)
    while not queue.empty():
        results.append(work(await queue.get()))
    return results


@wrong("let-others-in", "blocked-loop")
async def one_pause_at_the_start(work, chunks):
    await asyncio.sleep(0)
    return [work(chunk) for chunk in chunks]


@wrong("let-others-in", "blocked-loop")
async def one_pause_at_the_end(work, chunks):
    results = [work(chunk) for chunk in chunks]
    await asyncio.sleep(0)
    return results


@wrong("let-others-in", "blocked-loop")
async def every_other_chunk(work, chunks):
    results = []
    for place, chunk in enumerate(chunks):
        results.append(work(chunk))
        if place % 2:
            await asyncio.sleep(0)
    return results


@wrong("let-others-in", "blocked-loop", says="time.sleep and other blocking calls")
async def time_sleep_of_nothing(work, chunks):
    results = []
    for chunk in chunks:
        results.append(work(chunk))
        time.sleep(0.01)
    return results


@wrong("let-others-in", "too-slow", says="s of waiting")
async def a_short_sleep(work, chunks):
    results = []
    for chunk in chunks:
        results.append(work(chunk))
        await asyncio.sleep(0.01)
    return results


@wrong("let-others-in", "too-slow")
async def a_very_short_sleep(work, chunks):
    results = []
    for chunk in chunks:
        await asyncio.sleep(0.0001)
        results.append(work(chunk))
    return results


@wrong("let-others-in", "too-slow")
async def pauses_and_one_sleep(work, chunks):
    results = []
    for chunk in chunks:
        results.append(work(chunk))
        await asyncio.sleep(0)
    await asyncio.sleep(1)
    return results


@wrong("let-others-in", "wrong-value", says="without a `return`")
async def no_return_of_results(work, chunks):
    for chunk in chunks:
        work(chunk)
        await asyncio.sleep(0)


@wrong("let-others-in", "wrong-value", says="That is not the list of what work gave")
async def a_dictionary(work, chunks):
    results = {}
    for chunk in chunks:
        results[chunk] = work(chunk)
        await asyncio.sleep(0)
    return results


@wrong("let-others-in", "wrong-value")
async def the_chunks_themselves(work, chunks):
    for chunk in chunks:
        work(chunk)
        await asyncio.sleep(0)
    return chunks


@wrong("let-others-in", "wrong-order")
async def backwards(work, chunks):
    results = []
    for chunk in reversed(chunks):
        results.append(work(chunk))
        await asyncio.sleep(0)
    return results


@wrong("let-others-in", "lost-results", says="A result of work is not kept")
async def not_the_first(work, chunks):
    results = []
    for chunk in chunks:
        results.append(work(chunk))
        await asyncio.sleep(0)
    return results[1:]


@wrong("let-others-in", "lost-results", says="3 calls")
async def not_the_last(work, chunks):
    results = []
    for chunk in chunks[:-1]:
        results.append(work(chunk))
        await asyncio.sleep(0)
    return results


@wrong("let-others-in", "wasted-calls", says="5 calls")
async def equal_chunks_once(work, chunks):
    results = {}
    for chunk in [*chunks, chunks[0]]:
        results[chunk] = work(chunk)
        await asyncio.sleep(0)
    return [results[chunk] for chunk in chunks]


@wrong("let-others-in", "raised", says="which came from a plain function", made=True)
def awaits_plain_work():
    async def crunch(work, chunks):
        return [await work(chunk) for chunk in chunks]

    return crunch


@wrong("let-others-in", "not-async")
def a_plain_crunch(work, chunks):
    return [work(chunk) for chunk in chunks]


@wrong("let-others-in", "blocked-loop", says="does not suspend: nobody could run between two")
async def time_sleep_of_zero(work, chunks):
    results = []
    for chunk in chunks:
        results.append(work(chunk))
        time.sleep(0)
    return results


@wrong("let-others-in", "blocked-loop", says="does not suspend: nobody could run between two")
async def sleep_of_zero(work, chunks):
    results = []
    for chunk in chunks:
        results.append(work(chunk))
        sleep(0)
    return results


@wrong("let-others-in", "blocked-loop", says="There is no await between them")
async def pass_in_between(work, chunks):
    results = []
    for chunk in chunks:
        results.append(work(chunk))
        pass
    return results


@wrong("let-others-in", "wrong-value", says="work was given None, not the chunk.")
async def work_on_what_sleep_gave(work, chunks):
    return [work(await asyncio.sleep(0)) for _ in chunks]


@wrong("let-others-in", "wrong-value", says="not the chunk.")
async def work_on_all_of_them(work, chunks):
    results = []
    for _ in chunks:
        results.append(work(chunks))
        await asyncio.sleep(0)
    return results


@wrong("let-others-in", "not-started")
async def no_crunch_yet(work, chunks): ...


# -- book: right --------------------------------------------------------------------------


@right("book")
async def the_first_seat(free, name, pay):
    if len(free) == 0:
        return None
    seat = free.pop(0)
    await pay(name)
    return seat


@right("book")
async def a_seat_by_chance(free, name, pay):
    if not free:
        return
    seat = random.choice(free)
    free.remove(seat)
    await pay(name)
    return seat


@right("book")
async def try_to_pop(free, name, pay):
    try:
        seat = free.pop()
    except IndexError:
        return None
    await pay(name)
    return seat


@right("book")
async def del_from_the_list(free, name, pay):
    if free:
        seat = min(free)
        del free[free.index(seat)]
        await pay(name)
        return seat
    return None


@right("book")
async def a_task_for_the_payment(free, name, pay):
    if not free:
        return None
    seat = free.pop()
    await asyncio.create_task(pay(name))
    return seat


@right("book")
async def given_back_if_the_payment_fails(free, name, pay):
    seat = free.pop() if free else None
    if seat is None:
        return None
    try:
        await pay(name)
    except BaseException:
        free.append(seat)
        raise
    return seat


@right("book")
async def a_helper_takes_the_seat(free, name, pay):
    async def take():
        return free.pop() if free else None

    seat = await take()
    if seat is not None:
        await asyncio.gather(pay(name))
    return seat


@right("book")
async def a_group_for_the_payment(free, name, pay):
    if not free:
        return None
    seat = free.pop()
    async with asyncio.TaskGroup() as group:
        group.create_task(pay(name))
    return seat


@right("book")
async def for_loop_with_return(free, name, pay):
    for seat in free[:1]:
        free.remove(seat)
        await pay(name)
        return seat


@right("book")
async def slice_assignment(free, name, pay):
    seats, free[:] = free[:1], free[1:]
    for seat in seats:
        await pay(name)
        print(name, "has seat", seat)
    return seats[0] if seats else None


@right("book")
async def a_pause_before_looking(free, name, pay):
    await asyncio.sleep(0)
    if not free:
        return None
    seat = free.pop()
    await pay(name)
    return seat


@right("book", made=True)
def a_lock_for_each_loop():
    locks = {}

    async def book(free, name, pay):
        async with locks.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
            seat = free.pop() if free else None
        if seat is not None:
            await pay(name)
        return seat

    return book


@right("book")
def a_plain_function_that_gives_a_coroutine(free, name, pay):
    return the_first_seat(free, name, pay)


@right("book", made=True)
def a_partial():
    async def take(how, free, name, pay):
        if free:
            seat = how(free)
            await pay(name)
            return seat

    return functools.partial(take, lambda free: free.pop(len(free) // 2))


# -- book: wrong --------------------------------------------------------------------------


@wrong("book", "race", says="has paid and gets an error, IndexError")
async def looks_pays_then_takes(free, name, pay):
    if not free:
        return None
    await pay(name)
    return free.pop()


@wrong("book", "race", says="list.remove(x): x not in list")
async def chooses_pays_then_removes(free, name, pay):
    if not free:
        return None
    seat = free[0]
    await pay(name)
    free.remove(seat)
    return seat


@wrong("book", "race", says="sold more than once")
async def removes_if_still_there(free, name, pay):
    if not free:
        return None
    seat = free[0]
    await pay(name)
    if seat in free:
        free.remove(seat)
    return seat


@wrong("book", "race", says="pays and gets None")
async def looks_again_after_paying(free, name, pay):
    if not free:
        return None
    await pay(name)
    return free.pop() if free else None


@wrong("book", "race", says="of the 50 orders tried; in the simplest, IndexError")
async def a_switch_between_looking_and_taking(free, name, pay):
    if not free:
        return None
    await asyncio.sleep(0)
    seat = free.pop()
    await pay(name)
    return seat


@wrong("book", "race")
async def a_lock_of_its_own(free, name, pay):
    async with asyncio.Lock():
        if not free:
            return None
        await pay(name)
        return free.pop()


@wrong("book", "race", says="pays and gets None")
async def pays_until_it_gets_one(free, name, pay):
    while free:
        seat = free[0]
        await pay(name)
        if seat in free:
            free.remove(seat)
            return seat
    return None


@wrong("book", "race")
async def puts_back_what_it_looks_at(free, name, pay):
    if not free:
        return None
    seat = free.pop()
    free.append(seat)
    await pay(name)
    free.remove(seat)
    return seat


@wrong("book", "race", says="1 seat sold")
async def refuses_when_another_pays(free, name, pay):
    seats = list(free)
    await asyncio.sleep(0)
    if not free or free != seats:
        return None
    seat = free.pop()
    await pay(name)
    return seat


@wrong("book", "race", says="2 people")
async def makes_a_copy_and_writes_it_back(free, name, pay):
    if not free:
        return None
    rest = list(free)
    seat = rest.pop()
    await pay(name)
    free[:] = rest
    return seat


@wrong("book", "wasted-calls", says="before a seat is certain")
async def pays_though_none_is_left(free, name, pay):
    await pay(name)
    return free.pop() if free else None


@wrong("book", "wasted-calls", says="One seat, one payment.")
async def pays_twice(free, name, pay):
    if not free:
        return None
    seat = free.pop()
    await pay(name)
    await pay(name)
    return seat


@wrong("book", "wasted-calls", says="not for the name that books")
async def pays_for_a_friend_too(free, name, pay):
    if not free:
        return None
    seat = free.pop()
    await asyncio.gather(pay(name), pay("a friend"))
    return seat


@wrong("book", "lost-results", says="without a payment")
async def nobody_pays(free, name, pay):
    return free.pop() if free else None


@wrong("book", "lost-results")
async def pays_for_somebody_else(free, name, pay):
    if not free:
        return None
    seat = free.pop()
    await pay("somebody")
    return seat


@wrong("book", "wrong-value", says="without returning it")
async def no_return(free, name, pay):
    if free:
        free.pop()
        await pay(name)


@wrong("book", "wrong-value", says="all bookings share")
async def leaves_the_seat_in_the_list(free, name, pay):
    if not free:
        return None
    seat = free[0]
    await pay(name)
    return seat


@wrong("book", "wrong-value", says="all bookings share")
async def a_list_of_its_own(free, name, pay):
    if not free:
        return None
    seat, *free = free
    await pay(name)
    return seat


@wrong("book", "wrong-value", says="all bookings share")
async def one_seat_too_many(free, name, pay):
    if not free:
        return None
    seat = free.pop()
    await pay(name)
    free.clear()
    return seat


@wrong("book", "wrong-value", says="Expected: one of the seats")
async def the_name_comes_back(free, name, pay):
    if not free:
        return None
    free.pop()
    await pay(name)
    return name


@wrong("book", "wrong-value", says="since no seat is free")
async def false_for_none(free, name, pay):
    if not free:
        return False
    seat = free.pop()
    await pay(name)
    return seat


@wrong("book", "wrong-value", says="0 seats sold")
async def always_none(free, name, pay):
    await asyncio.sleep(0)
    return None


@wrong("book", "wrong-value", says="three free seats")
async def one_seat_stays_free(free, name, pay):
    if not free or len(free) == 1:
        return None
    seat = free.pop()
    await pay(name)
    return seat


@wrong("book", "raised", says="pop from empty list, at line")
async def never_looks(free, name, pay):
    seat = free.pop()
    await pay(name)
    return seat


@wrong("book", "raised", says="counted on a seat")
async def fails_for_the_third(free, name, pay):
    if len(free) == 1:
        raise LookupError("the last one is mine")
    seat = free.pop() if free else None
    if seat:
        await pay(name)
    return seat


@wrong("book", "not-awaited", says="never awaited: pay(")
async def payment_not_awaited(free, name, pay):
    if not free:
        return None
    pay(name)
    return free.pop()


@wrong("book", "leaked-task")
async def payment_in_the_background(free, name, pay):
    if not free:
        return None
    seat = free.pop()
    task = asyncio.create_task(pay(name))
    await asyncio.sleep(0)
    return seat if not task.done() else None


@wrong("book", "blocked-loop")
async def time_sleep(free, name, pay):
    if not free:
        return None
    seat = free.pop()
    time.sleep(1)
    await pay(name)
    return seat


@wrong("book", "not-async")
def a_plain_function(free, name, pay):
    return free.pop() if free else None


@wrong("book", "nested-run")
async def asyncio_run_inside(free, name, pay):
    if free:
        seat = free.pop()
        asyncio.run(pay(name))
        return seat


@wrong("book", "deadlock")
async def the_same_lock_twice(free, name, pay):
    lock = asyncio.Lock()
    async with lock:
        async with lock:
            return free.pop()


@wrong("book", "state-kept", made=True, says="Each situation runs on a fresh event loop")
def one_lock_for_ever():
    lock = asyncio.Lock()

    async def book(free, name, pay):
        async with lock:
            if not free:
                return None
            await pay(name)
            return free.pop()

    return book


@wrong("book", "race", made=True, says="belongs to the event loop on which something first waited")
def a_lock_from_an_earlier_check():
    book = one_lock_for_ever()

    async def pay(name):
        await asyncio.sleep(0)

    async def earlier():
        await asyncio.gather(*[book([1, 2], name, pay) for name in ("ann", "bob")])

    with contextlib.closing(asyncio.new_event_loop()) as loop:
        loop.run_until_complete(earlier())
    return book


@wrong("book", "state-kept", made=True, says="Take the seat before `await pay`")
def remembers_who_came():
    seen = set()

    async def book(free, name, pay):
        if not free or name in seen:
            return None
        seen.add(name)
        seat = free.pop()
        await pay(name)
        return seat

    return book


@wrong("book", "not-started")
async def nothing_yet(free, name, pay):
    return None


@wrong("book", "not-started", says="`name` is the person, not a seat")
async def looks_for_the_name(free, name, pay):
    if name in free:
        free.remove(name)
        await pay(name)
        return name
    return None


@wrong("book", "race", says="failed: await the moment to ask, line")
async def the_timeline_says_failed(free, name, pay):
    if free:
        await pay(name)
        return free.pop()
    return None


wrong_value("book", "wrong-value", 7, says="7, an int")


# -- answers that nobody had thought of at first ------------------------------------------


@right("let-others-in")
async def an_event_set_soon(work, chunks):
    results = []
    for chunk in chunks:
        results.append(work(chunk))
        turn = asyncio.Event()
        asyncio.get_running_loop().call_soon(turn.set)
        await turn.wait()
    return results


@right("let-others-in")
async def workers_and_a_queue(work, chunks):
    queue, results = asyncio.Queue(1), []

    async def worker():
        while (item := await queue.get()) is not None:
            results.append(work(*item))
            await asyncio.sleep(0)

    task = asyncio.create_task(worker())
    for chunk in chunks:
        await queue.put((chunk,))
    await queue.put(None)
    await task
    return results


@right("let-others-in")
async def recursion_with_a_pause(work, chunks):
    if not chunks:
        return []
    head = work(chunks[0])
    await asyncio.sleep(0)
    return [head, *await recursion_with_a_pause(work, chunks[1:])]


@wrong("let-others-in", "blocked-loop", says="nobody else could run")
async def an_async_loop_that_never_suspends(work, chunks):
    async def each():
        for chunk in chunks:
            yield chunk

    return [work(chunk) async for chunk in each()]


@wrong("let-others-in", "blocked-loop")
async def a_group_of_tasks(work, chunks):
    async def one(chunk):
        return work(chunk)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(chunk)) for chunk in chunks]
    return [task.result() for task in tasks]


@wrong("let-others-in", "lost-results")
async def stops_a_chunk_early(work, chunks):
    results = []
    for chunk in chunks:
        result = work(chunk)
        await asyncio.sleep(0)
        if chunk == chunks[-1]:
            break
        results.append(result)
    return results


@right("book")
async def iterates_and_takes(free, name, pay):
    for number, _ in enumerate(free):
        seat = free.pop(number)
        await pay(name)
        return seat


@right("book")
async def an_assignment_that_takes(free, name, pay):
    seat, free[:] = (free[0], free[1:]) if free else (None, free)
    if seat is not None:
        await asyncio.shield(pay(name))
    return seat


@wrong("book", "race")
async def a_ticket_and_then_a_seat(free, name, pay):
    left = len(free)
    await asyncio.sleep(0)
    if left == 0:
        return None
    seat = free.pop() if free else 0
    await pay(name)
    return seat


@wrong("book", "race", says="2 people")
async def fails_with_three_seats(free, name, pay):
    if len(free) >= 3:
        seat = free[-1]
        await pay(name)
        free.remove(seat)
        return seat
    if free:
        seat = free.pop()
        await pay(name)
        return seat


@wrong("book", "wasted-calls")
async def pays_before_it_looks(free, name, pay):
    await pay(name)
    return free.pop(0) if free else None


@wrong("book", "raised", says="`free` is empty here")
async def takes_without_a_look(free, name, pay):
    seat = free.pop()
    await pay(name)
    return seat


@wrong("book", "raised", says="nothing that it called had failed")
async def fails_with_every_seat(free, name, pay):
    if free:
        await pay(name)
        return free[len(free)]


@wrong("book", "raised", says="where a coroutine or task is wanted")
async def pays_with_a_name(free, name, pay):
    if not free:
        return await name
    await pay(name)
    return free.pop()


@wrong("book", "wasted-calls", says="`pay` returns nothing")
async def asks_what_pay_returns(free, name, pay):
    if not free:
        return None
    seat = free.pop()
    if await pay(name):
        return seat
    free.append(seat)
    return None


@wrong("book", "wasted-calls", says="and takes its time")
async def half_a_second_to_pay(free, name, pay):
    if not free:
        return None
    seat = free.pop()
    try:
        await asyncio.wait_for(pay(name), 0.5)
    except TimeoutError:
        free.append(seat)
        return None
    return seat


@wrong("book", "wrong-value", says="or it is put back there")
async def puts_the_last_one_back(free, name, pay):
    if not free:
        return None
    seat = free.pop(0)
    await pay(name)
    if not free:
        free.append(seat)
    return seat


@wrong("book", "wrong-value", says="and put none back")
async def puts_every_seat_back(free, name, pay):
    if not free:
        return None
    seat = free.pop(0)
    try:
        await pay(name)
        return seat
    finally:
        free.append(seat)
