"""01 Waiting: answers to its exercises."""

import asyncio
import functools
import sys
import time
from itertools import repeat

from . import right, right_value, wrong, wrong_value

# -- predict-total ------------------------------------------------------------------------

right_value(
    "predict-total",
    (6, 3),
    [6, 3],
    (6.0, 3.0),
    ("6", "3"),
    ("6 s", "3 seconds"),
    (" 6s", "3.0 sec"),
)
for value, says in (
    ((6, 6), "That is their sum. gather does not wait"),
    ((3, 3), "That is the longest of them. One after another, nothing overlaps"),
    ((3, 6), "the right numbers, the other way round"),
    ((6, 2), "the wait given last, or their average"),
    ((6, 1), "the shortest of them, and gather waits for all"),
    ((6, 0), "each still waits its time"),
    ((2, 3), "their average, or the last of them. One after"),
    ((1, 3), "That is the shortest of them. One after"),
    ((4, 3), "Try: Write three lines `await asyncio.sleep(...)` in a cell and record them."),
    ((6, 5), "Try: Give three calls `asyncio.sleep(...)` to one `await asyncio.gather(...)`"),
    ((3.0, 6), "in a cell and record them. Give three calls"),
    ((5, 3), "Observed: 5 s Likely cause: One after another, each wait begins"),
    ((6, 4), "Observed: 4 s Likely cause: Together, all three begin at once"),
    ((6, -3), "-3 s"),
    ((10**300, 3), "1e+300 s"),
    ((6, True), "1 s"),
):
    wrong_value("predict-total", "wrong-value", value, says=says)
for value in (
    6,
    "63",
    "6, 3",
    (6,),
    (6, 3, 3),
    [],
    (),
    {6, 3},
    {"one after another": 6, "together": 3},
    {6: "s", 3: "s"},
    ((6, 3), (6, 3)),
    ((6,), (3,)),
    ("six", "three"),
    ('"6"', "'3'"),
    ("", ""),
    (6, float("nan")),
    (6, float("inf")),
    (10**400, 3),
    (6, 3 + 0j),
    (6, [3]),
    (number for number in (6, 3)),
    range(3, 7, 3),
    object(),
    asyncio.sleep,
    b"63",
    True,
):
    wrong_value("predict-total", "wrong-value", value, says="Expected: two numbers of seconds")
for value, says in (
    ((..., ...), "Nothing is filled in yet."),
    ((6, ...), "1 of 2 places is still blank."),
    ((None, 3), "1 of 2 places is still blank."),
    (..., "Nothing is filled in yet."),
    (None, "Nothing is filled in yet."),
):
    wrong_value("predict-total", "not-started", value, says=says)

# -- predict-order ------------------------------------------------------------------------

right_value(
    "predict-order",
    (["b", "a", "c"], ["a", "b", "c"]),
    [("b", "a", "c"), ("a", "b", "c")],
    ("bac", "abc"),
    ("b, a, c", "a b c"),
    (["B", "A", "C"], [" a", "b ", "c"]),
    (("b", "a", "c"), "abc"),
)
for code, value, says in (
    ("wrong-order", ("bac", "bac"), "That is the order in which they finish. gather returns"),
    ("wrong-order", ("abc", "abc"), "the order in which they were passed to gather"),
    ("wrong-order", ("abc", "bac"), "Expected: the order in which they finish"),
    ("wrong-order", ("cab", "abc"), "from the longest wait to the shortest"),
    ("wrong-order", ("cba", "abc"), "['c', 'b', 'a'] Likely cause: All three begin at once"),
    ("wrong-order", ("acb", "acb"), "prints its name when it ends: look at what is printed."),
    ("wrong-order", ("bac", "acb"), "in a cell, and look at the list that gather gives."),
    ("wrong-order", ("bac", "cab"), "['c', 'a', 'b'] Likely cause: gather returns results"),
    ("wrong-value", (["b", "a"], ["a", "b", "c"]), "each once"),
    ("wrong-value", ("bac", "aabc"), '"a", "b" and "c", each once'),
    ("wrong-value", ("xyz", "abc"), "each once"),
    ("wrong-value", ([], []), "each once"),
    ("wrong-value", ("'b'", "abc"), "each once"),
    ("wrong-value", ([["b", "a", "c"]], [["a", "b", "c"]]), "two lists of the names"),
    ("wrong-value", ({"b", "a", "c"}, {"a", "b", "c"}), "two lists of the names"),
    ("wrong-value", ({"b": 1}, {"a": 2}), "two lists of the names"),
    ("wrong-value", ["b", "a", "c"], "two lists of the names"),
    ("wrong-value", "bac", "two lists of the names"),
    ("wrong-value", (1, 2), "two lists of the names"),
    ("wrong-value", ([2, 1, 3], [1, 2, 3]), "two lists of the names"),
    ("wrong-value", (float("nan"), "abc"), "two lists of the names"),
    ("wrong-value", {"finished": "bac", "returned": "abc"}, "two lists of the names"),
    ("wrong-value", (letters for letters in ("bac", "abc")), "two lists of the names"),
    ("wrong-value", 10**5000, "two lists of the names"),
    ("not-started", ([...], [...]), "Nothing is filled in yet."),
    ("not-started", (["b", "a", "c"], [...]), "1 of 4 places is still blank."),
    ("not-started", (["b", ..., ...], "abc"), "2 of 4 places are still blank."),
):
    wrong_value("predict-order", code, value, says=says)


def _inside_itself() -> list:
    letters = ["b"]
    letters.append(letters)
    return letters


wrong_value("predict-order", "wrong-value", _inside_itself(), says="two lists of the names")

# -- all-at-once: right -------------------------------------------------------------------


@right("all-at-once")
async def gather_of_a_generator(fetch, names):
    return await asyncio.gather(*(fetch(name) for name in names))


@right("all-at-once")
async def gather_of_a_map(fetch, names) -> list:
    return list(await asyncio.gather(*map(fetch, names)))


@right("all-at-once")
async def tasks_awaited_in_order(fetch, names):
    tasks = [asyncio.create_task(fetch(name)) for name in names]
    return [await task for task in tasks]


@right("all-at-once")
async def a_task_group(fetch, names):
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(fetch(name)) for name in names]
    return [task.result() for task in tasks]


@right("all-at-once")
async def wait_for_all(fetch, names):
    tasks = [asyncio.ensure_future(fetch(name)) for name in names]
    if tasks:
        await asyncio.wait(tasks)
    return [task.result() for task in tasks]


@right("all-at-once")
def a_plain_function_that_returns_gather(fetch, names):
    return asyncio.gather(*[fetch(name) for name in names])


@right("all-at-once")
async def places_filled_as_they_arrive(fetch, names):
    pages = [None] * len(names)

    async def fill(place, name):
        pages[place] = await fetch(name)

    await asyncio.gather(*map(fill, range(len(names)), names))
    return pages


@right("all-at-once")
async def as_completed_with_places(fetch, names):
    async def placed(place, name):
        return place, await fetch(name)

    found = {}
    for next_one in asyncio.as_completed([placed(*pair) for pair in enumerate(names)]):
        place, page = await next_one
        found[place] = page
    return [found[place] for place in range(len(names))]


@right("all-at-once")
async def callbacks(fetch, names):
    pages = dict.fromkeys(range(len(names)))
    tasks = []
    for place, name in enumerate(names):
        task = asyncio.get_running_loop().create_task(fetch(name))
        task.add_done_callback(lambda task, place=place: pages.update({place: task.result()}))
        tasks.append(task)
    for task in tasks:
        await task
    await asyncio.sleep(0)
    return list(pages.values())


@right("all-at-once")
async def a_worker_for_each_name(fetch, names):
    queue, pages = asyncio.Queue(), {}
    for pair in enumerate(names):
        queue.put_nowait(pair)

    async def work():
        while not queue.empty():
            place, name = queue.get_nowait()
            pages[place] = await fetch(name)

    await asyncio.gather(*(work() for _ in names))
    return [pages[place] for place in sorted(pages)]


@right("all-at-once")
async def a_list_eaten_up(fetch, names):
    tasks = []
    while names:
        tasks.append(asyncio.create_task(fetch(names.pop(0))))
    return [await task for task in tasks]


@right("all-at-once")
async def empty_first_and_a_timeout(fetch, names):
    if not names:
        return []
    async with asyncio.timeout(3600):
        return await asyncio.gather(*[asyncio.wait_for(fetch(name), 60) for name in names])


@right("all-at-once")
async def errors_as_results(fetch, names):
    return await asyncio.gather(*[fetch(name) for name in names], return_exceptions=True)


@right("all-at-once")
async def a_wide_semaphore(fetch, names):
    semaphore = asyncio.Semaphore(100)

    async def one(name):
        async with semaphore:
            return await fetch(name)

    return await asyncio.gather(*map(one, names))


@right("all-at-once")
async def a_pause_of_no_time(fetch, names):
    tasks = [asyncio.create_task(fetch(name), name=name) for name in names]
    await asyncio.sleep(0)
    print("started", len(tasks))
    return [await task for task in tasks]


@right("all-at-once")
async def halves(fetch, names):
    if len(names) <= 1:
        return [await fetch(name) for name in names]
    middle = len(names) // 2
    both = await asyncio.gather(halves(fetch, names[:middle]), halves(fetch, names[middle:]))
    return both[0] + both[1]


@right("all-at-once", made=True)
def an_object_with_a_call():
    class All:
        async def __call__(self, fetch, names):
            return await asyncio.gather(*map(fetch, names))

    return All()


@right("all-at-once", made=True)
def a_partial():
    async def collect(how, fetch, names):
        return await how(*map(fetch, names))

    return functools.partial(collect, asyncio.gather)


@right("all-at-once")
async def in_a_thread_with_a_loop(fetch, names):
    return await asyncio.to_thread(asyncio.run, errors_as_results(fetch, names))


# -- all-at-once: wrong -------------------------------------------------------------------


@wrong("all-at-once", "one-by-one", says="Each fetch begins only when the one before it")
async def await_in_a_comprehension(fetch, names):
    return [await fetch(name) for name in names]


@wrong("all-at-once", "one-by-one", says="one at a time")
async def gather_of_one_in_a_loop(fetch, names):
    pages = []
    for name in names:
        pages += await asyncio.gather(fetch(name))
    return pages


@wrong("all-at-once", "one-by-one")
async def a_task_awaited_at_once(fetch, names):
    return [await asyncio.create_task(fetch(name)) for name in names]


@wrong("all-at-once", "one-by-one")
async def a_group_in_the_loop(fetch, names):
    pages = []
    for name in names:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(fetch(name))
        pages.append(task.result())
    return pages


@wrong("all-at-once", "one-by-one")
async def a_lock_around_each(fetch, names):
    lock = asyncio.Lock()

    async def one(name):
        async with lock:
            return await fetch(name)

    return await asyncio.gather(*map(one, names))


@wrong("all-at-once", "not-awaited", says="[<coroutine fetch(")
async def coroutines(fetch, names):
    return [fetch(name) for name in names]


@wrong("all-at-once", "not-awaited", says="Put `await` before it")
async def gather_itself(fetch, names):
    return asyncio.gather(*[fetch(name) for name in names])


@wrong("all-at-once", "not-awaited", says="A task is not the result")
async def tasks(fetch, names):
    return [asyncio.create_task(fetch(name)) for name in names]


@wrong("all-at-once", "not-awaited", says="can also be awaited one by one")
async def tasks_that_have_ended(fetch, names):
    done, _ = await asyncio.wait([asyncio.create_task(fetch(name)) for name in names])
    return list(done)


@wrong("all-at-once", "not-awaited", says="Mind the star")
async def no_star(fetch, names):
    return await asyncio.gather([fetch(name) for name in names])


# Python 3.11 takes the generator for a coroutine, and drops the first one that it yields.
@wrong(
    "all-at-once", "raised" if sys.version_info >= (3, 12) else "not-awaited", says="Mind the star"
)
async def no_star_before_a_generator(fetch, names):
    return await asyncio.gather(fetch(name) for name in names)


@wrong("all-at-once", "raised", says="InvalidStateError")
async def results_too_early(fetch, names):
    tasks = [asyncio.create_task(fetch(name)) for name in names]
    return [task.result() for task in tasks]


@wrong("all-at-once", "raised", says="Situation: no pages")
async def wait_for_none(fetch, names):
    tasks = [asyncio.create_task(fetch(name)) for name in names]
    await asyncio.wait(tasks)
    return [task.result() for task in tasks]


@wrong("all-at-once", "raised", says="name 'asynchio' is not defined, at line")
async def a_name_misspelt(fetch, names):
    return await asynchio.gather(*map(fetch, names))  # noqa: F821


@wrong("all-at-once", "raised", says="takes others")
async def other_parameters(fetch):
    return await fetch("kettle")


@wrong("all-at-once", "raised", says="fetch() missing a required argument")
async def fetch_without_a_name(fetch, names):
    return await asyncio.gather(*[fetch() for name in names])


@wrong("all-at-once", "raised", says="no pages for you, at line")
async def an_error_of_its_own(fetch, names):
    raise ValueError("no pages for you")


@wrong("all-at-once", "wrong-order", says="collected as they came")
async def appends_when_done(fetch, names):
    pages = []

    async def one(name):
        pages.append(await fetch(name))

    await asyncio.gather(*map(one, names))
    return pages


@wrong("all-at-once", "wrong-order")
async def as_completed(fetch, names):
    return [await page for page in asyncio.as_completed(map(fetch, names))]


@wrong("all-at-once", "wrong-order")
async def sorted_pages(fetch, names):
    return sorted(await asyncio.gather(*map(fetch, names)))


@wrong("all-at-once", "wrong-order")
async def reversed_names(fetch, names):
    return await asyncio.gather(*map(fetch, reversed(names)))


@wrong("all-at-once", "blocked-loop", says="time.sleep")
async def time_sleep_first(fetch, names):
    time.sleep(1)
    return await asyncio.gather(*map(fetch, names))


@wrong("all-at-once", "blocked-loop")
async def time_sleep_and_one_by_one(fetch, names):
    pages = []
    for name in names:
        pages.append(await fetch(name))
        time.sleep(0.1)
    return pages


@wrong("all-at-once", "lost-results", says="A page that is asked for is not fetched")
async def a_set_of_names(fetch, names):
    return await asyncio.gather(*[fetch(name) for name in dict.fromkeys(names)])


@wrong("all-at-once", "lost-results", says="Some pages are missing from the list")
async def a_dictionary_by_name(fetch, names):
    pages = await asyncio.gather(*map(fetch, names))
    return list(dict(zip(names, pages, strict=True)).values())


@wrong("all-at-once", "lost-results")
async def only_three(fetch, names):
    return await asyncio.gather(*map(fetch, names[:3]))


@wrong("all-at-once", "lost-results", says="0 calls: none")
async def an_empty_list(fetch, names):
    return []


@wrong("all-at-once", "lost-results", says="all the names at once")
async def the_whole_list_at_once(fetch, names):
    return await fetch(names)


@wrong("all-at-once", "lost-results")
async def only_the_first_to_arrive(fetch, names):
    tasks = [asyncio.create_task(fetch(name)) for name in names]
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    return [task.result() for task in done]


@wrong("all-at-once", "lost-results")
async def one_name_for_all(fetch, names):
    return await asyncio.gather(*map(fetch, repeat(names[0], len(names))))


@wrong("all-at-once", "wasted-calls", says="more often than it is asked for")
async def everything_twice(fetch, names):
    await asyncio.gather(*map(fetch, names))
    return await asyncio.gather(*map(fetch, names))


@wrong("all-at-once", "wasted-calls")
async def one_more(fetch, names):
    pages = await asyncio.gather(*map(fetch, names), fetch("kettle"))
    return pages[:-1]


@wrong("all-at-once", "too-slow", says="no more than 2 are under way at one time")
async def two_at_a_time(fetch, names):
    pages = []
    for place in range(0, len(names), 2):
        pages += await asyncio.gather(*map(fetch, names[place : place + 2]))
    return pages


@wrong("all-at-once", "too-slow", says="no more than 10 are under way at one time")
async def ten_at_a_time(fetch, names):
    limit = asyncio.Semaphore(10)

    async def one(name):
        async with limit:
            return await fetch(name)

    return await asyncio.gather(*map(one, names))


@wrong("all-at-once", "too-slow", says="more waiting than for the slowest page.")
async def a_sleep_first(fetch, names):
    await asyncio.sleep(1)
    return await asyncio.gather(*map(fetch, names))


@wrong("all-at-once", "too-slow")
async def a_sleep_for_one(fetch, names):
    await asyncio.sleep(len(names) == 1)
    return await asyncio.gather(*map(fetch, names))


@wrong("all-at-once", "wrong-value", says="without a `return`")
async def nothing_returned(fetch, names):
    await asyncio.gather(*map(fetch, names))


@wrong("all-at-once", "wrong-value", says="Situation: no pages")
async def none_for_no_names(fetch, names):
    if names:
        return await asyncio.gather(*map(fetch, names))


@wrong("all-at-once", "wrong-value", says="a tuple")
async def a_tuple(fetch, names):
    return tuple(await asyncio.gather(*map(fetch, names)))


@wrong("all-at-once", "wrong-value", says="a dict")
async def a_dictionary(fetch, names):
    return dict(enumerate(await asyncio.gather(*map(fetch, names))))


@wrong("all-at-once", "wrong-value", says="not the list of what fetch gave")
async def pages_with_names(fetch, names):
    return list(zip(names, await asyncio.gather(*map(fetch, names)), strict=True))


@wrong("all-at-once", "wrong-value")
async def pages_changed(fetch, names):
    return [page.upper() for page in await asyncio.gather(*map(fetch, names))]


@wrong("all-at-once", "wrong-value")
async def one_item_too_many(fetch, names):
    return [*await asyncio.gather(*map(fetch, names)), "the end"]


@wrong("all-at-once", "leaked-task", says="still running")
async def a_task_left(fetch, names):
    asyncio.create_task(asyncio.sleep(50))
    return await asyncio.gather(*map(fetch, names))


@wrong("all-at-once", "no-cleanup", says="told to stop and not finished")
async def a_task_told_to_stop(fetch, names):
    clock = asyncio.create_task(asyncio.sleep(50))
    pages = await asyncio.gather(*map(fetch, names))
    clock.cancel()
    return pages


@wrong("all-at-once", "not-async", says="ran to its end at the call")
def a_plain_function(fetch, names):
    return [name.title() for name in names]


@wrong("all-at-once", "not-async", says="There is a `yield`")
async def an_async_generator(fetch, names):
    for name in names:
        yield await fetch(name)


@wrong("all-at-once", "nested-run", says="one event loop")
async def asyncio_run_inside(fetch, names):
    return asyncio.run(gather_of_a_list(fetch, names))


async def gather_of_a_list(fetch, names):
    return await asyncio.gather(*[fetch(name) for name in names])


@wrong("all-at-once", "leaked-task", says="still running")
async def one_place_for_each_name(fetch, names):
    tasks = {}
    for name in names:
        tasks[name] = asyncio.create_task(fetch(name))
    return [await tasks[name] for name in names]


@wrong("all-at-once", "wrong-order", says="nor in that of their arrival")
async def turned_round(fetch, names):
    first, *others = await asyncio.gather(*map(fetch, names)) if names else [None]
    return [*others, first] if names else []


@wrong("all-at-once", "wrong-order", says="order")
async def from_the_set_that_wait_gives(fetch, names):
    if not names:
        return []
    done, _ = await asyncio.wait([asyncio.create_task(fetch(name)) for name in names])
    return [task.result() for task in done]


@right("all-at-once")
async def calls_the_loops_handler_with_little(fetch, names):
    asyncio.get_running_loop().call_exception_handler({})
    asyncio.get_running_loop().call_exception_handler({"message": "Exception in callback"})
    return await asyncio.gather(*map(fetch, names))


@wrong("all-at-once", "deadlock", says="a callback failed: AttributeError")
async def a_slip_in_a_callback(fetch, names):
    tasks = [asyncio.create_task(fetch(name)) for name in names]
    all_done = asyncio.get_running_loop().create_future()

    def look(task):
        if all(task.done() for task in tasks):
            all_done.set_results(None)

    for task in tasks:
        task.add_done_callback(look)
    await all_done
    return [task.result() for task in tasks]


@wrong("all-at-once", "deadlock", says="nothing can ever run again")
async def waits_for_ever(fetch, names):
    await asyncio.gather(*map(fetch, names))
    await asyncio.Event().wait()


@wrong("all-at-once", "busy-wait")
async def asks_again_and_again(fetch, names):
    tasks = [asyncio.create_task(fetch(name)) for name in names]
    while not all(task.done() for task in tasks):
        await asyncio.sleep(0)
    return [task.result() for task in tasks]


@wrong("all-at-once", "state-kept", made=True, says="right the first time")
def a_list_that_stays():
    async def all_at_once(fetch, names, pages=[]):
        pages.extend(await asyncio.gather(*map(fetch, names)))
        return pages

    return all_at_once


@wrong("all-at-once", "not-started", says="called nothing, awaited nothing")
async def nothing_yet(fetch, names):
    pass


@wrong("all-at-once", "not-started", says="It printed: hello")
async def only_prints(fetch, names):
    print("hello")


@wrong("all-at-once", "lost-results", says="0 calls: none")
async def only_sleeps(fetch, names):
    await asyncio.sleep(1)


@wrong("all-at-once", "not-awaited", says="not begun when")
async def only_starts_a_task(fetch, names):
    asyncio.create_task(asyncio.sleep(1))


@wrong("all-at-once", "not-awaited", says="made and never awaited: sleep")
async def only_forgets_a_coroutine(fetch, names):
    asyncio.sleep(1)


@wrong("all-at-once", "blocked-loop", says="for 2 s nothing else could run")
async def only_blocks(fetch, names):
    time.sleep(2)
    time.sleep(1)


@wrong("all-at-once", "endless", says="it was still going on")
async def sleeps_for_ever(fetch, names):
    while True:
        await asyncio.sleep(60)


@wrong("all-at-once", "wrong-value", says="without a `return`")
def a_plain_function_that_gives_nothing_for_no_names(fetch, names):
    return asyncio.gather(*map(fetch, names)) if names else None


@wrong("all-at-once", "not-awaited", says="Hand them all to asyncio.gather")
def a_plain_function_that_gives_coroutines(fetch, names):
    return [fetch(name) for name in names]


@wrong("all-at-once", "not-async", says="the call gave None")
def a_plain_function_that_only_calls(fetch, names):
    for name in names:
        fetch(name)


@wrong("all-at-once", "not-awaited", says="made and never awaited: fetch('")
async def calls_without_await(fetch, names):
    for name in names:
        fetch(name)
    return []


@wrong("all-at-once", "not-awaited", says="then AttributeError: 'coroutine' object")
async def uses_a_coroutine_as_a_page(fetch, names):
    return [fetch(name).upper() for name in names]


@wrong("all-at-once", "not-awaited")
async def blocks_forgets_and_leaks(fetch, names):
    time.sleep(1)
    fetch("kettle")
    asyncio.create_task(asyncio.sleep(9))
    return [await fetch(name) for name in names][::-1]


@wrong("all-at-once", "leaked-task")
async def leaks_and_goes_one_by_one(fetch, names):
    asyncio.create_task(asyncio.sleep(99))
    return [await fetch(name) for name in names]


for value, says in (
    (42, "42, an int"),
    (["a", "b"], "['a', 'b'], a list"),
    ("all_at_once", "'all_at_once', a str"),
):
    wrong_value("all-at-once", "wrong-value", value, says=says)
wrong_value("all-at-once", "not-started", None, says="There is no all_at_once yet.")


@wrong("all-at-once", "wrong-value", made=True, says="what a call of it gives, a coroutine")
def called_already():
    return gather_of_a_list(None, [])


@wrong("all-at-once", "wrong-value", says="inside another list")
async def a_list_in_a_list(fetch, names):
    return [await asyncio.gather(*[fetch(name) for name in names])]


@wrong("all-at-once", "raised", says="each fetch was awaited before gather saw it")
async def gathers_what_it_awaited(fetch, names):
    return await asyncio.gather(*[await fetch(name) for name in names])


@wrong("all-at-once", "not-awaited", says="A list was given where one coroutine")
async def awaits_a_list(fetch, names):
    return await [fetch(name) for name in names]


@wrong("all-at-once", "lost-results", says="all the names at once")
async def gathers_one_call_for_all(fetch, names):
    return await asyncio.gather(fetch(names))


# -- answers that nobody had thought of at first ------------------------------------------


@right("all-at-once")
async def a_chain_of_tasks(fetch, names):
    async def rest(names):
        if not names:
            return []
        page = asyncio.create_task(fetch(names[0]))
        pages = await rest(names[1:])
        return [await page, *pages]

    return await rest(names)


@right("all-at-once")
async def futures_filled_by_callbacks(fetch, names):
    loop = asyncio.get_running_loop()
    pages = [loop.create_future() for _ in names]
    for page, name in zip(pages, names, strict=True):
        task = loop.create_task(fetch(name))
        task.add_done_callback(lambda done, page=page: page.set_result(done.result()))
    return [await page for page in pages]


@wrong("all-at-once", "one-by-one")
async def a_comprehension_over_an_async_generator(fetch, names):
    async def pages():
        for name in names:
            yield await fetch(name)

    return [page async for page in pages()]


@wrong("all-at-once", "lost-results")
async def a_task_for_each_different_name(fetch, names):
    tasks = {name: asyncio.create_task(fetch(name)) for name in names}
    await asyncio.gather(*tasks.values())
    return [task.result() for task in tasks.values()]


@wrong("all-at-once", "not-awaited", says="Calling a coroutine function only makes")
async def joined_without_awaiting(fetch, names):
    return "".join([fetch(name) for name in names])


@wrong("all-at-once", "raised", says="asked for before there was one")
async def asks_tasks_that_have_not_begun(fetch, names):
    async def one(name):
        return await fetch(name)

    tasks = [asyncio.create_task(one(name)) for name in names]
    return [task.result() for task in tasks]


# -- what asyncio says of it hides what it is ------------------------------------------------


@wrong("all-at-once", "not-awaited", says="asyncio.wait takes tasks")
async def wait_for_coroutines(fetch, names):
    done, _ = await asyncio.wait([fetch(name) for name in names])
    return [task.result() for task in done]


@wrong("all-at-once", "raised", says="used as if it were its result")
async def iterates_over_the_gather(fetch, names):
    pages = asyncio.gather(*[fetch(name) for name in names])
    return [page for page in pages]


@wrong("all-at-once", "raised", says="The function fetch was given where its call is wanted")
async def tasks_of_the_function(fetch, names):
    tasks = [asyncio.create_task(fetch) for name in names]
    return [await task for task in tasks]


@wrong("all-at-once", "raised", says="A function was called with other arguments than it takes")
async def fetches_without_a_name(fetch, names):
    return await asyncio.gather(*[fetch() for name in names])


@wrong("all-at-once", "not-awaited", says="One coroutine or task was given where a list")
async def as_completed_without_a_list(fetch, names):
    return [await page for name in names for page in asyncio.as_completed(fetch(name))]


@wrong("all-at-once", "not-awaited", says="Leave out the second pair of parentheses")
async def calls_the_coroutine_again(fetch, names):
    pages = [fetch(name) for name in names]
    return await asyncio.gather(*[page() for page in pages])


@wrong("all-at-once", "raised", says="used before anything is assigned to it")
async def appends_to_what_is_not_there(fetch, names):
    for name in names:
        pages = [*pages, await fetch(name)]  # noqa: F821
    return pages


@wrong("all-at-once", "not-awaited", says="A star stands before one thing")
async def the_star_before_one_call(fetch, names):
    return await asyncio.gather(*fetch(names))


@right("all-at-once")
async def a_barrier_at_the_end(fetch, names):
    barrier, pages = asyncio.Barrier(len(names) + 1), [None] * len(names)

    async def one(place, name):
        pages[place] = await fetch(name)
        await barrier.wait()

    tasks = [asyncio.create_task(one(*pair)) for pair in enumerate(names)]
    await barrier.wait()
    return pages if tasks else []


# -- all-at-once: what a verdict says -----------------------------------------------------------


@wrong("all-at-once", "wrong-value", says="A dict is no list")
async def a_dict_of_pages(fetch, names):
    return dict(zip(names, await asyncio.gather(*map(fetch, names)), strict=True))


@wrong("all-at-once", "wrong-order", says="or sorted or turned round")
async def pages_turned_round(fetch, names):
    return (await asyncio.gather(*map(fetch, names)))[::-1]


@wrong("all-at-once", "wrong-value", says="list.index finds the first")
async def places_by_index(fetch, names):
    pages = [None] * len(names)

    async def one(name):
        pages[names.index(name)] = await fetch(name)

    await asyncio.gather(*map(one, names))
    return pages


@wrong("all-at-once", "not-awaited", says="Tasks that run already")
async def coroutines_in_a_list(fetch, names):
    return [fetch(name) for name in names]
