"""01 Waiting: the reference solutions."""

import asyncio


def predict_total():
    """One after another the waits add up: 3 + 1 + 2 = 6. Together they all begin at once, and
    the last to end is the longest: 3.
    """
    return (6, 3)


def predict_order():
    """All three begin at once, so they finish by the length of their waits: b after 1 s, a after
    2 s, c after 3 s. gather puts each result where its argument was: a, b, c.
    """
    return (["b", "a", "c"], ["a", "b", "c"])


async def all_at_once(fetch, names) -> list:
    """Calling `fetch(name)` makes a coroutine and runs nothing, so the list comprehension takes
    no time. gather makes each of them a task; the tasks wait side by side, and one `await` waits
    for all. The results come back in the order of the arguments. The star passes the coroutines
    one by one, as gather wants them.
    """
    return await asyncio.gather(*[fetch(name) for name in names])
