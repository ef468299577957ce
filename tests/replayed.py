"""Recordings of all kinds of programs, for the tests of the player; made once each.

The programs run in virtual time, so that each recording is the same whenever it is made.
"""

import asyncio
import json
from functools import cache, partial

from helpers.pictures import player
from helpers.pictures.player import script, script_data
from helpers.practice import judge
from helpers.recording import Recording, record
from helpers.recording.data import Contents, Event, Task
from tests.programs import OUTSIDE, PROGRAMS
from tests.virtual_loop import VirtualLoop

S = 1_000_000_000  # nanoseconds


async def first_run():
    await asyncio.sleep(1)


async def second_run():
    await asyncio.sleep(2)


async def third_run():
    await asyncio.sleep(1)


async def together():
    await asyncio.gather(first_run(), second_run(), third_run())


async def fails():
    await asyncio.sleep(0.5)
    raise ValueError("no bread")


async def group_that_fails():
    async with asyncio.TaskGroup() as group:
        group.create_task(first_run(), name="kettle")
        group.create_task(fails(), name="toast")


async def gather_that_fails():
    tasks = [asyncio.create_task(first_run()), asyncio.create_task(fails())]
    try:
        await asyncio.gather(*tasks)
    except ValueError:
        await asyncio.wait(tasks)


async def awaits_a_failure():
    try:
        await asyncio.create_task(fails())
    except ValueError:
        await first_run()


async def takes_errors_as_results():
    await asyncio.gather(first_run(), fails(), return_exceptions=True)


async def times_out():
    async with asyncio.timeout(0.5):
        await first_run()


async def cancels():
    task = asyncio.create_task(first_run())
    await asyncio.sleep(0.25)
    task.cancel()
    await asyncio.wait([task])


async def cancels_too_late():
    """By its turn the task is ready already: both sleeps end at the same time, this one first."""

    async def cancel():
        await asyncio.sleep(1)
        task.cancel()

    canceller = asyncio.create_task(cancel())
    task = asyncio.create_task(first_run())
    await asyncio.wait([canceller, task])


async def consumes(queue):
    await queue.get()


async def produces():
    queue = asyncio.Queue()
    task = asyncio.create_task(consumes(queue))
    await asyncio.sleep(1)
    queue.put_nowait("tea")
    await task


async def twins():
    await asyncio.gather(first_run(), first_run())


async def deep():
    await middle()


async def middle():
    async for _ in ticks():
        pass


async def ticks():
    await asyncio.sleep(1)
    yield 1


async def all_together(fetch, names):
    return await asyncio.gather(*map(fetch, names))


def crowd(size, waits=1):
    async def main():
        await asyncio.gather(*(wait(0.001 * number + 1) for number in range(size)))

    async def wait(seconds):
        for _ in range(waits):
            await asyncio.sleep(seconds)

    return recorded(main)


def recorded(main):
    """The recording of a coroutine function's run in virtual time, whatever it raises."""

    async def run():
        loop = asyncio.get_running_loop()
        with record(clock=lambda: round(loop.time() * 1e9)) as recording:
            try:
                await main()
            except (Exception, asyncio.CancelledError):
                pass
        return recording

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(run())


def blocked_loop():
    """A task that keeps the loop for 0.3 s before it waits, and one that waits for its turn."""
    place = ("cell.py", 4, "crunch")
    events = [
        Event(0, "created", 0, detail={"parent": None}),
        Event(0, "run", 0),
        Event(0, "created", 1, "cell.py", 3, "crunch", detail={"parent": 0}),
        Event(0, "ready", 1, "cell.py", 3, "crunch", detail={"by": 0}),
        Event(0, "suspend", 0, "cell.py", 9, "cell", "task 1", {"tasks": [1]}),
        Event(0, "run", 1, "cell.py", 3, "crunch"),
        Event(S // 10, "gc", None, detail={"for_ns": S // 20}),
        Event(S * 3 // 10, "blocked", 1, *place, None, {"for_ns": S * 3 // 10}),
        Event(S * 3 // 10, "failed", 1, *place, None, {"error": "ValueError: no tea"}),
        Event(S * 3 // 10, "ready", 0, "cell.py", 9, "cell"),
        Event(S * 3 // 10, "run", 0, "cell.py", 9, "cell"),
    ]
    tasks = (
        Task(0, "cell", None, 0),
        Task(1, "crunch", 0, 0, S * 3 // 10, "failed", "ValueError: no tea"),
    )
    return Recording.of(Contents(tasks, tuple(events), S * 3 // 10))


def nested_steps():
    """What nest_asyncio does: the step of one task runs another's."""
    events = [
        Event(0, "created", 0, detail={"parent": None}),
        Event(0, "run", 0),
        Event(1, "created", 1, "cell.py", 3, "inner", detail={"parent": 0}),
        Event(1, "ready", 1, "cell.py", 3, "inner", detail={"by": 0}),
        Event(2, "run", 1, "cell.py", 3, "inner"),
        Event(3, "done", 1),
    ]
    return Recording.of(Contents((Task(0, "cell", None, 0), Task(1, "inner", 0, 1, 3, "done")),
                                 tuple(events), 4))  # fmt: skip


def empty():
    return Recording.of(Contents((), (), 0))


def _program(function):
    return partial(recorded, partial(function, lambda *_: None, 1.0))


_MAINS = [
    together,
    group_that_fails,
    gather_that_fails,
    awaits_a_failure,
    takes_errors_as_results,
    times_out,
    cancels,
    cancels_too_late,
    produces,
    twins,
    deep,
]
RECORDINGS = {
    **{name: _program(function) for name, function in PROGRAMS.items()},
    "to_thread": _program(OUTSIDE["to_thread"]),
    **{main.__name__: partial(recorded, main) for main in _MAINS},
    "blocked_loop": blocked_loop,
    "nested_steps": nested_steps,
    "a verdict": lambda: judge("all-at-once", all_together).recording,
    "40 tasks": lambda: crowd(40),
    "too long": lambda: crowd(300),
}


@cache
def recording_of(name):
    return RECORDINGS[name]()


@cache
def html_of(name):
    return player(recording_of(name))._repr_html_()


@cache
def data_of(name):
    """What the script of a player gets, with no image drawn."""
    return json.loads(json.dumps(script_data(recording_of(name))))


def data_in(html):
    """What the script of a player gets."""
    begin, end = script()
    return json.loads(html.split(begin)[1].split(end)[0])
