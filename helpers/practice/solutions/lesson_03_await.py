"""03 Await: the reference solutions."""

import asyncio


def predict_switch():
    """An await switches when it has to wait. A sleep does, even one of 0 seconds, whose only
    purpose that is; so do an empty queue and a task that has not had its turn. What is ready does
    not: a coroutine that returns at once, a free lock, an item in the queue, a finished future.
    """
    return {
        "await asyncio.sleep(0)": True,
        "await asyncio.sleep(1)": True,
        "await helper()": False,
        "await lock.acquire()": False,
        "await queue.get(), an item is there": False,
        "await queue.get(), it is empty": True,
        "await future, finished": False,
        "await asyncio.create_task(helper())": True,
    }


async def crunch(work, chunks) -> list:
    """`work` is plain, so nothing can interrupt it: others come in between two chunks or not at
    all. `sleep(0)` suspends without anything to wait for. Everyone who is ready has a turn, then
    this task goes on, and no time has passed.
    """
    results = []
    for chunk in chunks:
        results.append(work(chunk))
        await asyncio.sleep(0)
    return results


async def book(free, name, pay):
    """Other bookings run only while this one awaits. So looking and taking stand next to each
    other, with no `await` between them: nobody can come in between, and no lock is needed. By the
    time the payment suspends the function, the seat has left the list.
    """
    if not free:
        return None
    seat = free.pop()
    await pay(name)
    return seat
