"""A recording says what happened: every event at its place, the figures, the text, the JSON.

The programs run in virtual time, so every second here is exact and none is waited for.
"""

import asyncio
import contextlib
import gc
import inspect
import itertools
import json
import sys
import threading
import time
import weakref

import pytest

from helpers.recording import Recorder, Recording, RecordingError, record, text_timeline
from tests.virtual_loop import VirtualLoop


def recorded(program):
    """The recording of `program()`, in virtual time."""
    loop = VirtualLoop()
    with asyncio.Runner(loop_factory=lambda: loop) as runner:

        async def main():
            with record(clock=lambda: round(loop.time() * 1e9)) as recording:
                await program()
            return recording

        return runner.run(main())


def line_of(text):
    """The line of this file on which a comment marks a place as `text`."""
    lines, _ = inspect.getsourcelines(sys.modules[__name__])
    (found,) = (
        number for number, line in enumerate(lines, 1) if line.rstrip().endswith(f"# {text}")
    )
    return found


def events(recording, kind, name=None):
    names = {task.number: task.name for task in recording.tasks}
    return [e for e in recording.events if e.kind == kind and name in (None, names.get(e.task))]


# -- the running example ------------------------------------------------------------------


async def first_run():
    await asyncio.sleep(1)  # first waits
    return "First done"


async def second_run():
    await asyncio.sleep(2)
    return "Second done"


async def third_run():
    await asyncio.sleep(1)
    return "Third done"


async def one_after_another():
    return [await first_run(), await second_run(), await third_run()]


async def all_together():
    return await asyncio.gather(first_run(), second_run(), third_run())


def test_one_after_another_is_one_lane_of_four_seconds():
    recording = recorded(one_after_another)
    assert [task.name for task in recording.tasks] == ["main"]
    assert recording.elapsed_s == 4
    assert recording.max_in_flight == 1
    assert recording.busy_s == 0
    assert [event.awaits for event in events(recording, "suspend")] == [
        "sleep(1)",
        "sleep(2)",
        "sleep(1)",
    ]


def test_gather_is_three_lanes_at_once_in_two_seconds():
    recording = recorded(all_together)
    assert [task.name for task in recording.tasks[1:]] == ["first_run", "second_run", "third_run"]
    assert recording.elapsed_s == 2
    assert recording.max_in_flight == 3
    assert recording.order() == ["first_run", "third_run", "second_run"]
    assert recording.summary() == "2.0 s on the clock, 0 s of Python running"
    assert [task.parent for task in recording.tasks] == [None, 0, 0, 0]
    assert {task.outcome for task in recording.tasks[1:]} == {"done"}
    assert recording.notes() == []


def test_the_life_of_one_task_in_events():
    recording = recorded(all_together)
    life = [event for event in recording.events if event.task == 1]
    assert [(event.t_ns / 1e9, event.kind) for event in life] == [
        (0, "created"),
        (0, "ready"),
        (0, "run"),
        (0, "suspend"),
        (1, "ready"),
        (1, "run"),
        (1, "done"),
    ]
    created, ready, run, suspend, woken, *_ = life
    assert created.detail == {"parent": 0}
    assert ready.detail == {"by": 0}
    assert woken.detail == {}  # a timer woke it
    assert created.line == run.line == first_run.__code__.co_firstlineno
    assert (suspend.func, suspend.line) == ("first_run", line_of("first waits"))
    assert suspend.file == woken.file == __file__
    assert suspend.detail == {"until_ns": 1_000_000_000}


# -- what is awaited, and where -----------------------------------------------------------


async def numbers():
    yield await asyncio.sleep(1, 1)  # inside numbers


class Guarded:
    async def __aenter__(self):
        await asyncio.sleep(1)  # inside __aenter__

    async def __aexit__(self, *exc_info):
        pass


async def wait_for_a_task():
    task = asyncio.create_task(first_run())
    await task  # a task


async def wait_for_gather():
    await asyncio.gather(first_run(), second_run())  # a gather


async def wait_for_an_item():
    queue = asyncio.Queue()
    asyncio.get_running_loop().call_later(1, queue.put_nowait, "item")
    await queue.get()  # an item


async def wait_for_room():
    queue = asyncio.Queue(1)
    queue.put_nowait("full")
    asyncio.get_running_loop().call_later(1, queue.get_nowait)
    await queue.put("more")  # room


async def wait_for_a_lock():
    lock = asyncio.Lock()
    await lock.acquire()
    asyncio.get_running_loop().call_later(1, lock.release)
    await lock.acquire()  # a lock


async def wait_for_async_with_lock():
    lock = asyncio.Lock()
    await lock.acquire()
    asyncio.get_running_loop().call_later(1, lock.release)
    async with lock:  # async with lock
        pass


async def wait_for_an_event():
    happened = asyncio.Event()
    asyncio.get_running_loop().call_later(1, happened.set)
    await happened.wait()  # an event


async def wait_for_a_group():
    async with asyncio.TaskGroup() as group:  # a group
        group.create_task(first_run())


async def wait_for_wait():
    await asyncio.wait([asyncio.create_task(first_run())])  # asyncio.wait


async def wait_for_a_limit():
    await asyncio.wait_for(asyncio.create_task(first_run()), 5)  # wait_for


async def wait_for_the_first():
    for finished in asyncio.as_completed([first_run()]):
        await finished  # as_completed


async def wait_for_a_generator():
    async for _ in numbers():
        pass


async def wait_for_anext():
    await anext(numbers(), None)


async def wait_in_aenter():
    async with Guarded():
        pass


async def wait_for_a_future():
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(1, future.set_result, None)
    await future  # a future


async def wait_a_turn():
    await asyncio.sleep(0)  # a turn


@pytest.mark.parametrize(
    ("program", "awaits", "place"),
    [
        (first_run, "sleep(1)", "first waits"),
        (wait_a_turn, "sleep(0)", "a turn"),
        (wait_for_a_task, "task 1", "a task"),
        (wait_for_gather, "gather of [1, 2]", "a gather"),
        (wait_for_an_item, "Queue.get", "an item"),
        (wait_for_room, "Queue.put", "room"),
        (wait_for_a_lock, "Lock.acquire", "a lock"),
        (wait_for_async_with_lock, "Lock.acquire", "async with lock"),
        (wait_for_an_event, "Event.wait", "an event"),
        (wait_for_a_group, "TaskGroup.__aexit__", "a group"),
        (wait_for_wait, "wait", "asyncio.wait"),
        (wait_for_a_limit, "wait_for", "wait_for"),
        (wait_for_the_first, "as_completed", "as_completed"),
        (wait_for_a_generator, "sleep(1)", "inside numbers"),
        (wait_for_anext, "sleep(1)", "inside numbers"),
        (wait_in_aenter, "sleep(1)", "inside __aenter__"),
        (wait_for_a_future, "Future", "a future"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_suspended_task_says_what_it_awaits_and_at_which_line(program, awaits, place):
    first = events(recorded(program), "suspend", "main")[0]
    assert (first.awaits, first.line, first.file) == (awaits, line_of(place), __file__)


async def tasks_one_after_another():
    with record(clock=itertools.count().__next__) as recording:
        for _ in range(3):
            await asyncio.create_task(asyncio.sleep(0))
    return [recording]


def test_whoever_is_woken_by_the_end_of_a_task_is_not_under_way_beside_it():
    (recording,) = asyncio.run(tasks_one_after_another())
    assert recording.max_in_flight == 1


async def wait_for_all_as_completed():
    async for _ in asyncio.as_completed([first_run(), second_run()]):  # async as_completed
        pass


@pytest.mark.skipif(sys.version_info < (3, 13), reason="async for over as_completed: 3.13")
def test_async_for_over_as_completed_is_named_so_too():
    recording = recorded(wait_for_all_as_completed)
    first = events(recording, "suspend", "main")[0]
    assert (first.awaits, first.line) == ("as_completed", line_of("async as_completed"))
    assert recording.max_in_flight == 2


async def in_a_limit():
    await asyncio.wait_for(first_run(), 5)  # the limit


def test_wait_for_runs_a_coroutine_in_a_task_of_its_own_only_on_3_11():
    recording = recorded(in_a_limit)
    first = events(recording, "suspend", "main")[0]
    if sys.version_info < (3, 12):
        assert (len(recording.tasks), first.awaits, first.line) == (
            2,
            "wait_for",
            line_of("the limit"),
        )
    else:
        assert (len(recording.tasks), first.awaits) == (1, "sleep(1)")
        assert first.line == line_of("first waits")
        assert [func for _, _, func in first.detail["stack"]][-2:] == ["in_a_limit", "first_run"]


def test_work_in_a_thread_is_awaited_as_to_thread():
    async def main():
        with record() as recording:
            await asyncio.to_thread(time.sleep, 0.01)  # long enough to be waited for
        return recording

    (suspended,) = events(asyncio.run(main()), "suspend")
    assert (suspended.awaits, suspended.func) == ("to_thread", "main")


def test_sleep_0_is_suspended_and_ready_at_once():
    kinds = [(e.kind, e.t_ns) for e in recorded(wait_a_turn).events]
    assert kinds == [("created", 0), ("run", 0), ("suspend", 0), ("ready", 0), ("run", 0)]


def test_decorated_functions_that_share_code_keep_their_own_names():
    def named(name):
        async def wrapper():
            await asyncio.sleep(1)

        wrapper.__qualname__ = name
        return wrapper

    async def both():
        await asyncio.gather(named("kettle")(), named("toast")())

    recording = recorded(both)
    assert [e.func for e in events(recording, "suspend")[1:]] == ["kettle", "toast"]


async def two_by_two():
    yield await asyncio.sleep(1)  # the first of numbers
    yield await asyncio.sleep(1)  # the second of numbers


def test_one_function_is_told_apart_by_line_and_by_what_it_sleeps():
    async def program():
        await asyncio.sleep(1)  # one line
        await asyncio.sleep(1)  # another line
        for seconds in (2, 3):
            await asyncio.sleep(seconds)  # one line, two sleeps
        async for _ in two_by_two():
            pass

    assert [(e.line, e.awaits) for e in events(recorded(program), "suspend")] == [
        (line_of("one line"), "sleep(1)"),
        (line_of("another line"), "sleep(1)"),
        (line_of("one line, two sleeps"), "sleep(2)"),
        (line_of("one line, two sleeps"), "sleep(3)"),
        (line_of("the first of numbers"), "sleep(1)"),
        (line_of("the second of numbers"), "sleep(1)"),
    ]


def test_sleeps_that_never_end_or_are_odd_are_recorded():
    async def odd():
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                await asyncio.sleep(float("inf"))
        await asyncio.sleep(0.1 + 0.2)
        await asyncio.sleep(True)

    assert [e.awaits for e in events(recorded(odd), "suspend")] == [
        "sleep(inf)",
        "sleep(0.3)",
        "sleep(True)",
    ]


# -- how tasks begin and end --------------------------------------------------------------


def number_in(text):
    return int(text)  # it breaks


async def breaks():
    await asyncio.sleep(1)
    number_in("no number")


def test_failed_tasks_say_the_error_and_the_line():
    async def program():
        await asyncio.gather(breaks(), return_exceptions=True)

    recording = recorded(program)
    (failed,) = events(recording, "failed")
    said = "ValueError: invalid literal for int() with base 10: 'no number'"
    assert failed.detail == {"error": said}
    assert (failed.line, failed.func) == (line_of("it breaks"), "number_in")
    assert (recording.tasks[1].outcome, recording.tasks[1].error) == ("failed", said)
    assert recording.tasks[1].ended_ns == 1_000_000_000


def test_an_error_that_cannot_be_shown_is_named():
    class Shy(Exception):
        def __str__(self):
            raise RuntimeError

    async def shy():
        raise Shy

    async def program():
        await asyncio.gather(shy(), return_exceptions=True)

    assert events(recorded(program), "failed")[0].detail == {"error": "Shy"}


def test_cancelled_tasks_are_cancelled():
    async def program():
        task = asyncio.create_task(first_run())
        await asyncio.sleep(0.5)
        task.cancel()
        await asyncio.wait([task])

    recording = recorded(program)
    (cancelled,) = events(recording, "cancelled")
    assert (cancelled.task, cancelled.t_ns) == (1, 500_000_000)
    assert recording.tasks[1].outcome == "cancelled"


def test_cancel_as_a_callback_is_no_step():
    async def program():
        task = asyncio.create_task(first_run())
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_soon(task.cancel)
        await asyncio.wait([task])

    kinds = [e.kind for e in recorded(program).events if e.task == 1]
    assert kinds == ["created", "ready", "run", "suspend", "ready", "run", "cancelled"]


async def cancelled_while_it_sleeps():
    task = asyncio.create_task(first_run())
    await asyncio.sleep(0.5)
    task.cancel()
    await asyncio.wait([task])


async def cancelled_before_it_begins():
    task = asyncio.create_task(first_run())
    task.cancel()
    await asyncio.wait([task])


async def cancelled_while_it_awaits_a_task():
    task = asyncio.create_task(wait_for_a_task())
    await asyncio.sleep(0.5)
    task.cancel()
    await asyncio.wait([task])


async def cancelled_while_it_gathers():
    task = asyncio.create_task(wait_for_gather())
    await asyncio.sleep(0.5)
    task.cancel()
    await asyncio.wait([task])


async def cancelled_when_it_is_ready_already():
    happened = asyncio.Event()
    task = asyncio.create_task(happened.wait(), name="wait")
    await asyncio.sleep(0.5)
    happened.set()
    task.cancel()
    await asyncio.wait([task])


async def cancelled_by_itself():
    async def gives_up():
        task.cancel()
        await first_run()

    task = asyncio.create_task(gives_up())
    await asyncio.wait([task])


async def cancelled_by_a_timeout():
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.5):
            await second_run()
    await first_run()


async def cancelled_because_a_sibling_failed():
    with contextlib.suppress(ExceptionGroup):
        async with asyncio.TaskGroup() as group:
            group.create_task(breaks())
            group.create_task(second_run())
    await first_run()


async def goes_on_after_cancellation():
    async def stubborn():
        with contextlib.suppress(asyncio.CancelledError):
            await second_run()
        await first_run()

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0.5)
    task.cancel()
    await task


@pytest.mark.parametrize("kind", [None, asyncio.tasks._PyTask], ids=["C", "Python"])
@pytest.mark.parametrize(
    ("program", "expected"),
    [
        (cancelled_while_it_sleeps, [("first_run", 0.5, "main")]),
        (cancelled_before_it_begins, [("first_run", 0, "main")]),
        (
            cancelled_while_it_awaits_a_task,
            [("first_run", 0.5, "main"), ("wait_for_a_task", 0.5, "first_run")],
        ),
        (
            cancelled_while_it_gathers,
            [
                ("first_run", 0.5, "main"),
                ("second_run", 0.5, "main"),
                ("wait_for_gather", 0.5, None),
            ],
        ),
        (cancelled_when_it_is_ready_already, [("wait", 0.5, "main")]),
        (cancelled_by_itself, [("gives_up", 0, "gives_up")]),
        (cancelled_by_a_timeout, [("main", 0.5, None)]),
        (cancelled_because_a_sibling_failed, [("second_run", 1, None), ("main", 1, None)]),
        (goes_on_after_cancellation, [("stubborn", 0.5, "main")]),
        (all_together, []),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_task_that_resumes_to_be_cancelled_says_so_once_and_who_made_it_ready(
    program, expected, kind
):
    async def with_tasks_of_that_kind():
        if kind:
            asyncio.get_running_loop().set_task_factory(
                lambda loop, coro, **options: kind(coro, loop=loop, **options)
            )
        await program()

    recording = recorded(with_tasks_of_that_kind)
    names = {task.number: task.name for task in recording.tasks} | {None: None}
    assert [
        (names[event.task], event.t_ns / 1e9, names[event.detail.get("by")])
        for event in recording.events
        if "cancelled" in event.detail
    ] == expected
    assert {e.kind for e in recording.events if "cancelled" in e.detail} <= {"ready"}


def test_a_woken_task_says_who_made_it_ready():
    async def program():
        queue = asyncio.Queue()
        getter = asyncio.create_task(queue.get(), name="getter")
        putter = asyncio.create_task(queue.put("item"), name="putter")
        await asyncio.gather(getter, putter)

    recording = recorded(program)
    assert [e.detail.get("by") for e in events(recording, "ready", "getter")] == [0, 2]


def test_children_know_their_parents_and_given_names_are_kept():
    async def child():
        await asyncio.create_task(first_run())

    async def from_a_callback():
        loop = asyncio.get_running_loop()
        made = []
        loop.call_soon(lambda: made.append(loop.create_task(first_run(), name="called")))
        await asyncio.create_task(child(), name="child")
        await made[0]

    recording = recorded(from_a_callback)
    assert {task.name: task.parent for task in recording.tasks} == {
        "main": None,
        "child": 0,
        "called": None,
        "first_run": 1,
    }


def test_a_name_that_is_given_late_is_kept():
    async def program():
        task = asyncio.create_task(first_run())
        await asyncio.sleep(0)
        task.set_name("late")
        await task
        del task
        await asyncio.sleep(0)

    assert recorded(program).order() == ["late"]


def test_what_cannot_be_a_task_leaves_no_trace():
    async def program():
        loop = asyncio.get_running_loop()
        loop.set_task_factory(lambda loop, coro, **opts: asyncio.Task(coro, loop=loop, **opts))
        with pytest.raises(TypeError):
            await asyncio.create_task(42)
        await asyncio.create_task(first_run())

    assert [task.name for task in recorded(program).tasks] == ["main", "first_run"]


def test_a_name_survives_a_task_that_vanishes():
    async def orphan():
        await asyncio.get_running_loop().create_future()

    async def program():
        asyncio.get_running_loop().set_exception_handler(lambda *told: None)
        asyncio.create_task(orphan(), name="lost")  # noqa: RUF006
        await asyncio.sleep(0)
        gc.collect()

    found = recorded(program).tasks[1].name
    # asyncio gives the name to a task that exists already on 3.11, and on some 3.12
    assert found == "lost" or (sys.version_info < (3, 13) and found == "orphan")


@pytest.mark.skipif(sys.version_info < (3, 12), reason="eager tasks came with 3.12")
def test_eager_tasks_run_inside_the_step_that_makes_them():
    async def at_once():
        return 1

    async def turn():
        await asyncio.sleep(0)

    async def program():
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
        kept = [asyncio.create_task(job()) for job in (at_once, turn, first_run)]
        await asyncio.wait(kept[1:])

    recording = recorded(program)
    lives = {
        task.name: [e.kind for e in recording.events if e.task == task.number]
        for task in recording.tasks[1:]
    }
    assert lives == {
        "at_once": ["created", "run", "done"],
        "turn": ["created", "run", "suspend", "ready", "run", "done"],
        "first_run": ["created", "run", "suspend", "ready", "run", "done"],
    }
    assert [task.parent for task in recording.tasks[1:]] == [0, 0, 0]
    assert recording.notes() == []


@pytest.mark.skipif(sys.version_info < (3, 12), reason="eager tasks came with 3.12")
def test_an_eager_task_that_wakes_a_stranger_is_not_taken_for_it():
    async def stranger(happened):
        await happened.wait()

    async def program(loop):
        happened = asyncio.Event()
        background = loop.create_task(stranger(happened))
        await asyncio.sleep(0)
        loop.set_task_factory(asyncio.eager_task_factory)

        async def waker():
            happened.set()
            await asyncio.sleep(1)

        with record() as recording:
            await asyncio.create_task(waker())
        await background
        return recording

    loop = VirtualLoop()
    recording = loop.run_until_complete(program(loop))
    loop.close()
    assert [task.name for task in recording.tasks[1:]] == ["waker"]
    assert [e.kind for e in recording.events if e.task == 1][-1] == "done"
    assert recording.contents.others == 1


def test_a_factory_does_not_make_a_task_its_own_waker():
    async def program():
        loop = asyncio.get_running_loop()
        loop.set_task_factory(lambda loop, coro, **opts: asyncio.Task(coro, loop=loop, **opts))
        await asyncio.create_task(first_run())

    recording = recorded(program)
    assert [e.kind for e in recording.events if e.task == 1] == [
        "created", "ready", "run", "suspend", "ready", "run", "done",
    ]  # fmt: skip
    assert events(recording, "ready", "first_run")[0].detail == {"by": 0}


# -- what blocks --------------------------------------------------------------------------


def boil_for(seconds):
    time.sleep(seconds)  # it boils


def test_a_blocked_loop_names_the_line_of_the_learner():
    async def cook():
        await asyncio.sleep(0)
        boil_for(0.3)

    async def main():
        with record() as recording:
            await asyncio.gather(cook(), asyncio.sleep(0.01))
            boil_for(0.2)
        return recording

    recording = asyncio.run(main())
    assert [(e.line, e.func) for e in recording.blocked] == [(line_of("it boils"), "boil_for")] * 2
    first, second = recording.blocked
    assert [recording.tasks[e.task].name for e in (first, second)] == ["cook", "main"]
    assert 0.3 <= first.detail["for_ns"] / 1e9 < 10
    assert f"at line {line_of('it boils')} of boil_for" in recording.notes()[0]
    assert recording.busy_s >= 0.5


def test_a_block_that_cannot_be_seen_into_names_the_task():
    async def program():
        await asyncio.sleep(0)

    contents = recorded(program).contents
    blocked = contents.events[0].__class__(5, "blocked", 0, detail={"for_ns": 200_000_000})
    recording = Recording.of(contents._replace(events=(*contents.events, blocked)))
    assert recording.notes() == [
        "The loop was blocked for 0.2 s in main: nothing else could run meanwhile."
    ]


def test_a_block_in_what_was_ready_before_is_not_the_cell_s():
    async def main():
        asyncio.get_running_loop().call_soon(time.sleep, 0.15)
        with record() as recording:
            await asyncio.sleep(0)
        return recording

    recording = asyncio.run(main())
    assert recording.blocked == ()
    assert recording.busy_s < 0.15 <= recording.elapsed_s


def test_long_garbage_collections_are_gaps_with_a_name():
    clock = iter(range(0, 10**12, 2_000_000)).__next__  # two milliseconds go by at each look

    async def main():
        recorder = Recorder(asyncio.get_running_loop(), clock, watch=True)
        recorder.start()
        gc.collect()
        recorder.stop()
        return recorder.recording

    collected = events(asyncio.run(main()), "gc")
    assert collected
    assert collected[0].detail == {"for_ns": 2_000_000}
    assert collected[0].task is None


# -- what is not drawn --------------------------------------------------------------------


def test_background_tasks_of_before_are_counted_and_not_drawn():
    async def ticks():
        for _ in range(100):
            await asyncio.sleep(0.3)

    async def main():
        background = [asyncio.create_task(ticks()) for _ in range(2)]
        await asyncio.sleep(0)
        with record() as recording:
            await all_together()
        for task in background:
            task.cancel()
        return recording

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        recording = runner.run(main())
    assert [task.name for task in recording.tasks[1:]] == ["first_run", "second_run", "third_run"]
    assert recording.contents.others == 2
    assert recording.notes() == [
        "2 tasks that this block did not start ran meanwhile and are not drawn."
    ]


def test_a_task_that_outlives_the_block_goes_on_unrecorded():
    async def main():
        with record() as recording:
            task = asyncio.create_task(second_run())
            await first_run()
        before = recording.to_json()
        return await task, recording, before

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        result, recording, before = runner.run(main())
    assert result == "Second done"
    assert recording.to_json() == before
    assert (recording.tasks[1].outcome, recording.tasks[1].ended_ns) == (None, None)
    assert recording.order() == []
    assert "not finished" in text_timeline(recording)


def test_tasks_that_never_ran_are_noted():
    async def program():
        keep.extend(asyncio.create_task(first_run()) for _ in range(3))

    assert recorded(program).notes() == [
        "3 tasks were made, none had run when the block ended: await them inside it."
    ]
    keep.clear()


keep = []


def test_nothing_awaited_is_noted():
    async def program():
        first_run().close()

    assert recorded(program).notes() == [
        "Nothing was awaited inside this block, so the event loop never got a turn."
    ]


# -- the data -----------------------------------------------------------------------------


def test_json_gives_the_same_recording_back():
    recording = recorded(all_together)
    again = Recording.from_json(recording.to_json())
    assert again.contents == recording.contents
    assert again.to_json() == recording.to_json()
    assert text_timeline(again) == text_timeline(recording)


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "3", '{"format": 2}', '{"format": 1}', '{"format": 1, "tasks": 3}']
    + ['{"format":1,"elapsed_ns":0,"others":0,"tasks":[],"events":[{"when":1}]}']
    + ['{"format":2,"elapsed_ns":0,"others":0,"tasks":[],"events":[]}'],
)
def test_what_is_no_recording_is_refused_with_a_sentence(text):
    with pytest.raises(
        ValueError, match=r"expected the JSON .* found .*: pass what recording.to_json"
    ):
        Recording.from_json(text)


def ticking():
    """A clock that every look moves on by a microsecond."""
    return itertools.count(step=1_000).__next__


def test_with_a_clock_of_ours_text_and_json_are_the_same_to_the_byte():
    def once():
        async def main():
            with record(clock=ticking()) as recording:
                await all_together()
                threads.extend(thread.name for thread in threading.enumerate())
            return recording

        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            return runner.run(main())

    threads = []
    first, second = once(), once()
    assert "recording" not in threads  # nothing that real time could change
    assert text_timeline(first) == text_timeline(second)
    assert json.loads(first.to_json()) == json.loads(second.to_json())
    assert first.to_json() == second.to_json()


def test_the_text_timeline_of_the_running_example():
    waits = {
        name: line_of("first waits") + offset
        for name, offset in {"first_run": 0, "second_run": 5, "third_run": 10}.items()
    }
    gather = all_together.__code__.co_firstlineno + 1
    assert text_timeline(recorded(all_together), width=20) == (
        "2.0 s on the clock, 0 s of Python running\n"
        "            0              2.0 s\n"
        f"main        █░░░░░░░░░░░░░░░░░░█  line {gather}: await gather of [1, 2, 3]\n"
        f"first_run   █░░░░░░░░░█           done: line {waits['first_run']}: await sleep(1)\n"
        f"second_run  █░░░░░░░░░░░░░░░░░░█  done: line {waits['second_run']}: await sleep(2)\n"
        f"third_run   █░░░░░░░░░█           done: line {waits['third_run']}: await sleep(1)"
    )


def test_a_recording_can_be_read_while_it_goes_on():
    seen = []

    async def main():
        with record() as recording:
            task = asyncio.create_task(first_run())
            await asyncio.sleep(0)
            seen.append([e.kind for e in recording.events if e.task == 1])
            await task
        seen.append([e.kind for e in recording.events if e.task == 1])

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(main())
    during, after = seen
    assert during == ["created", "ready", "run", "suspend"]
    assert after == [*during, "ready", "run", "done"]


def test_lanes_follow_a_recording_that_goes_on_and_are_the_callers_own_list():
    async def main():
        with record() as recording:
            early = recording.lanes()
            await asyncio.gather(first_run())
        recording.lanes().clear()
        return len(early), len(recording.lanes())

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        assert runner.run(main()) == (1, 2)


@pytest.mark.parametrize("is_on", [True, False])
def test_reading_leaves_garbage_collection_as_it_was(is_on):
    recording = recorded(all_together)
    (gc.enable if is_on else gc.disable)()
    try:
        assert recording.lanes()
        assert gc.isenabled() == is_on
    finally:
        gc.enable()


# -- what is refused, and what is left behind ---------------------------------------------


def test_outside_a_loop_it_is_refused():
    with pytest.raises(
        RecordingError, match="running event loop, and none is running here: use it"
    ):
        with record():
            pass


def test_a_recording_in_a_recording_is_refused_from_any_task_and_the_first_goes_on():
    async def nest():
        with pytest.raises(RecordingError, match="recorded already.* end the first"):
            with record():
                pass
        await asyncio.sleep(1)

    async def program():
        await nest()
        await asyncio.create_task(nest())

    recording = recorded(program)
    assert recording.elapsed_s == 2
    assert recording.order() == ["nest"]


def test_one_record_after_another_and_the_same_one_twice():
    async def main():
        same = record()
        with same as one:
            await first_run()
        with same as two:
            await first_run()
        with record() as three:
            await asyncio.gather(first_run())
        with same as four, pytest.raises(RecordingError), same:
            pass
        return one, two, three, four, is_untouched(asyncio.get_running_loop())

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        one, two, three, four, untouched = runner.run(main())
    assert [len(events(recording, "suspend")) for recording in (one, two, three, four)] == [
        1,
        1,
        2,
        0,
    ]
    assert untouched


def is_untouched(loop):
    names = [thread.name for thread in threading.enumerate()]
    ours = [hook for hook in gc.callbacks if "recording" in getattr(hook, "__module__", "")]
    return (
        not {"call_soon", "create_task"} & set(vars(loop)) and "recording" not in names and not ours
    )


class OtherLoop:
    """Like uvloop's base: its attributes cannot be set."""

    __slots__ = ()

    def is_running(self):
        return True

    call_soon = create_task = is_running


def test_a_loop_whose_methods_cannot_be_watched_is_refused():
    asyncio._set_running_loop(OtherLoop())
    try:
        with pytest.raises(
            RecordingError, match="like asyncio's own, and this one is a OtherLoop.* run"
        ):
            with record():
                pass
    finally:
        asyncio._set_running_loop(None)
    assert is_untouched(threading)


def test_an_error_in_the_block_comes_out_and_the_recording_stays():
    async def main():
        with contextlib.suppress(ZeroDivisionError), record() as recording:
            await first_run()
            1 / 0  # noqa: B018
        return recording, is_untouched(asyncio.get_running_loop())

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        recording, untouched = runner.run(main())
    assert untouched
    assert [event.awaits for event in events(recording, "suspend")] == ["sleep(1)"]


@pytest.mark.parametrize("turns", [0, 1])
def test_an_interrupt_leaves_the_loop_through_the_frames_that_it_has_without(turns):
    async def interrupted():
        for _ in range(turns):
            await asyncio.sleep(0)
        raise KeyboardInterrupt

    async def main(watched):
        with watched:
            await asyncio.create_task(interrupted())

    def frames(watched):
        loop = asyncio.new_event_loop()
        task = loop.create_task(main(watched))
        with pytest.raises(KeyboardInterrupt) as caught:
            loop.run_forever()
        found = [entry.name for entry in caught.traceback]
        with contextlib.suppress(KeyboardInterrupt):
            loop.run_until_complete(task)
        loop.close()
        return found

    without = frames(contextlib.nullcontext())
    assert without[-1] == "interrupted"
    assert frames(record()) == without


def test_the_block_may_be_left_in_another_context():
    async def opened():
        with record() as recording:
            yield recording

    async def main():
        opening = opened()
        recording = await asyncio.create_task(enter(opening))
        await asyncio.create_task(opening.aclose())
        return recording, is_untouched(asyncio.get_running_loop())

    async def enter(opening):
        return await opening.__anext__()

    recording, untouched = asyncio.run(main())
    assert untouched
    assert recording.tasks


def test_own_hooks_of_before_are_put_back_and_those_of_within_are_left():
    async def main():
        loop = asyncio.get_running_loop()
        before = loop.call_soon = lambda *args, plain=loop.call_soon, **kw: plain(*args, **kw)
        with record():
            await first_run()
        restored = loop.call_soon is before
        with record() as over:
            within = loop.call_soon = lambda *args, plain=loop.call_soon, **kw: plain(*args, **kw)
        left = loop.call_soon is within
        await asyncio.create_task(first_run())
        with record() as recording:
            await asyncio.gather(first_run())
        return restored, left, len(over.tasks), len(recording.tasks)

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        assert runner.run(main()) == (True, True, 1, 2)


def test_a_recording_holds_no_task():
    async def main():
        with record() as recording:
            task = asyncio.create_task(first_run())
            await task
            ref = weakref.ref(task)
            del task
            await asyncio.sleep(0)  # the step that the task woke holds it, with or without us
            during = ref()
            outliver = asyncio.create_task(first_run())
            await asyncio.sleep(0)
        ref = weakref.ref(outliver)
        await outliver
        del outliver
        await asyncio.sleep(0)
        return during, ref(), recording

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        assert runner.run(main())[:2] == (None, None)


def test_ids_of_tasks_that_are_gone_are_not_mistaken():
    async def program():
        for _ in range(50):
            await asyncio.create_task(first_run())

    recording = recorded(program)
    assert len(recording.tasks) == 51
    assert recording.order() == ["first_run"] * 50


def test_record_without_with_says_what_to_write():
    assert "with record() as recording:" in repr(record())
