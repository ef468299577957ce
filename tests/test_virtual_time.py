"""The virtual loop does what asyncio's own loop does, in the same order, and says how it ended.

python -m tests.test_virtual_time      # the table: each program, its events, and on which loop
"""

import asyncio
import contextlib
import gc
import select
import socket
import sys
import weakref

import pytest

from helpers.practice import fast
from helpers.practice.fast import FastLoop
from helpers.practice.virtual import STEPS, STEPS_AT_ONE_TIME, VirtualLoop
from tests.programs import OUTSIDE, PROGRAMS

UNIT_S = 0.01  # on the real loop; a unit is a second in virtual time


def on_the_virtual_loop(program):
    loop, events = VirtualLoop(), []
    main = loop.create_task(program(lambda *words: events.append(words), 1.0))
    end = loop.run(main.done)
    if end == "done":
        main.result()
    else:
        main.cancel()
        loop.renew(10)
        loop.run(main.done)
    loop.close()
    return end, events


def on_a_real_loop(program, make=asyncio.SelectorEventLoop, unit=UNIT_S):
    events = []
    with asyncio.Runner(loop_factory=make) as runner:
        runner.run(program(lambda *words: events.append(words), unit))
    return events


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_both_loops_do_the_same_in_the_same_order(program):
    end, events = on_the_virtual_loop(program)
    assert end == "done" and events
    for unit in (UNIT_S, 5 * UNIT_S, 20 * UNIT_S):  # on a busy machine a wait may come late
        real = on_a_real_loop(program, unit=unit)
        if real == events:
            break
    assert events == real


@pytest.mark.parametrize("selectable", [fast._SELECTABLE, 0], ids=["few files", "many files"])
@pytest.mark.parametrize("program", OUTSIDE.values(), ids=OUTSIDE)
def test_what_needs_the_outside_world_is_not_modelled(program, selectable, monkeypatch):
    assert on_the_virtual_loop(program)[0] == "unmodelled"
    monkeypatch.setattr(fast, "_SELECTABLE", selectable)
    assert on_a_real_loop(program, FastLoop, unit=1.0)


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_two_runs_in_virtual_time_give_the_same(program):
    assert on_the_virtual_loop(program) == on_the_virtual_loop(program)


# -- the virtual loop's own contract ------------------------------------------------------------


@pytest.fixture
def loop():
    loop = VirtualLoop()
    yield loop
    loop.close()


def play(loop, coroutine):
    task = loop.create_task(coroutine)
    end = loop.run(task.done)
    return task, end


def test_equal_deadlines_keep_the_order_of_the_calls(loop):
    order = []
    for number in range(100):
        loop.call_at(1, order.append, number)
    loop.call_later(0.7 + 0.2 + 0.1, order.append, "a sum that is one")  # 0.9999999999999999
    play(loop, asyncio.sleep(2))
    assert order == [*range(100), "a sum that is one"]


def test_the_clock_jumps_and_does_not_creep(loop):
    async def sleeps():
        moments = [loop.time()]
        for seconds in (0.1, 0.2, 3600, 0):
            await asyncio.sleep(seconds)
            moments.append(loop.time())
        return moments

    assert play(VirtualLoop(10_000), asyncio.sleep(0))[1] == "done"
    loop.horizon_s = 10_000
    assert play(loop, sleeps())[0].result() == [0, 0.1, 0.3, 3600.3, 3600.3]


def test_the_end_of_a_run_says_why(loop):
    async def turns():
        while True:  # noqa: ASYNC110
            await asyncio.sleep(0)

    async def seconds():
        while True:  # noqa: ASYNC110
            await asyncio.sleep(1)

    async def milliseconds():
        while True:  # noqa: ASYNC110
            await asyncio.sleep(0.001)

    async def blocks():
        while True:
            loop.block(1)

    assert play(VirtualLoop(), asyncio.sleep(1))[1] == "done"
    assert play(VirtualLoop(), asyncio.Event().wait())[1] == "deadlock"
    assert play(VirtualLoop(), turns())[1] == "busy-wait"
    assert play(VirtualLoop(60), seconds())[1] == "endless"
    assert play(VirtualLoop(), milliseconds())[1] == "endless"
    assert play(VirtualLoop(), asyncio.to_thread(print))[1] == "unmodelled"
    assert play(loop, blocks())[1] == "endless"


def test_the_budgets_are_counted_in_steps():
    steps = []

    async def turns(pause):
        while True:
            steps.append(1)
            await asyncio.sleep(pause)

    assert play(VirtualLoop(), turns(0))[1] == "busy-wait"
    assert STEPS_AT_ONE_TIME <= len(steps) <= STEPS_AT_ONE_TIME + 2
    steps.clear()
    assert play(VirtualLoop(), turns(0.001))[1] == "endless"
    assert STEPS / 3 <= len(steps) <= STEPS


def test_the_round_of_the_end_can_be_run_to_its_own(loop):
    seen = []

    def note(name, *following):
        seen.append(name)
        for other in following:
            loop.call_soon(note, other)

    for name in ("first", "last", "beside"):
        loop.call_soon(note, name, "of the next round")
    loop.call_soon(note, "cancelled").cancel()
    loop.call_later(1, note, "later")
    assert loop.run(lambda: "last" in seen) == "done"
    assert seen == ["first", "last"]
    loop.end_round()
    assert seen == ["first", "last", "beside"] and loop.time() == 0


def test_the_end_is_seen_at_once(loop):
    seen = []

    async def quick():
        loop.call_soon(seen.append, "too late")

    assert play(loop, quick())[1] == "done"
    assert not seen


def test_a_block_lets_time_pass_for_everyone(loop):
    order = []

    async def blocks():
        loop.call_later(1, order.append, "due at 1")
        loop.call_later(5, order.append, "due at 5")
        loop.block(3)
        order.append(loop.time())
        await asyncio.sleep(1)
        order.append(loop.time())

    play(loop, blocks())
    assert order == [3, "due at 1", 4] and loop.blocked_s == 3


def test_a_horizon_is_one_of_waiting_not_of_blocking():
    loop = VirtualLoop(60)

    async def blocks():
        loop.block(3600)
        await asyncio.sleep(30)

    assert play(loop, blocks())[1] == "done"


def test_renewed_it_goes_on(loop):
    loop.horizon_s = 5
    task, end = play(loop, asyncio.sleep(8, "slept"))
    assert end == "endless" and not task.done()
    loop.renew(5)
    assert loop.run(task.done) == "done" and task.result() == "slept"


def test_what_nobody_handles_is_kept(loop):
    def fails():
        raise ValueError("nobody hears")

    async def calls():
        loop.call_soon(fails)
        await asyncio.sleep(1)

    play(loop, calls())
    assert [type(context["exception"]) for context in loop.unhandled] == [ValueError]


def test_an_exception_that_nobody_retrieves_is_told_when_the_task_is_freed(loop):
    async def fails():
        raise ValueError("in a task")

    async def forgets():
        asyncio.create_task(fails())  # noqa: RUF006
        await asyncio.sleep(1)

    play(loop, forgets())
    gc.collect()
    assert "never retrieved" in loop.unhandled[0]["message"]


def test_a_task_that_nobody_holds_dies_on_an_orphan_future_and_lives_in_a_sleep(loop):
    async def waits(awaitable):
        await awaitable

    async def forgets():
        made = [
            asyncio.create_task(waits(loop.create_future())),
            asyncio.create_task(waits(asyncio.sleep(5))),
        ]
        refs = [weakref.ref(task) for task in made]
        await asyncio.sleep(1)
        del made
        gc.collect()
        return [ref() is not None for ref in refs]

    assert play(loop, forgets())[0].result() == [False, True]


def test_an_async_generator_is_closed_by_the_loop_or_at_its_end(loop):
    closed = []

    async def ticks(name):
        try:
            while True:
                yield name
        finally:
            await asyncio.sleep(1)
            closed.append(name)

    async def leaves():
        async for _ in ticks("left"):
            break
        await asyncio.sleep(2)
        kept = ticks("kept")
        await anext(kept)
        return kept

    task, _ = play(loop, leaves())
    assert closed == ["left"]
    play(loop, loop.shutdown_asyncgens())
    assert closed == ["left", "kept"] and task.result()


def test_it_runs_once_at_a_time_and_cannot_be_stopped_or_closed_from_inside(loop):
    async def tries():
        said = []
        for method in (loop.stop, loop.close, loop.run_forever):
            with pytest.raises(RuntimeError) as error:
                method()
            said.append(str(error.value))
        with pytest.raises(RuntimeError, match="already running"):
            loop.run_until_complete(asyncio.sleep(0))
        return said

    task, _ = play(loop, tries())
    assert len(set(task.result())) == 3
    assert asyncio._get_running_loop() is None


def test_the_outer_loop_runs_again_afterwards():
    async def outer():
        play(VirtualLoop(), asyncio.sleep(1))
        return asyncio.get_running_loop()

    runner = asyncio.Runner()
    with contextlib.closing(runner):
        assert runner.run(outer()) is runner.get_loop()


def test_every_other_method_of_a_loop_asks_for_a_real_one(loop):
    left = [
        name
        for name in dir(asyncio.AbstractEventLoop)
        if not name.startswith("_")
        and getattr(VirtualLoop, name) is getattr(asyncio.AbstractEventLoop, name)
    ]
    assert not left


def test_a_fast_loop_runs_a_hundred_times_faster():
    async def sleeps():
        loop = asyncio.get_running_loop()
        began = loop.time()
        await asyncio.sleep(50)
        return loop.time() - began

    with asyncio.Runner(loop_factory=FastLoop) as runner:
        assert 50 <= runner.run(sleeps()) < 5_000


@pytest.mark.skipif(not hasattr(select, "epoll"), reason="only epoll counts in milliseconds")
def test_a_fast_loop_does_not_wait_longer_than_it_is_told_to(monkeypatch):
    waits = []

    def note(*files_and_seconds):
        waits.append(files_and_seconds[-1])
        return real(*files_and_seconds)

    real = select.select
    monkeypatch.setattr(select, "select", note)
    with asyncio.Runner(loop_factory=FastLoop) as runner:
        runner.run(asyncio.sleep(0.03))
    assert waits and 0 < max(waits) <= 0.0003


@pytest.mark.parametrize("selectable", [fast._SELECTABLE, 0], ids=["few files", "many files"])
def test_a_fast_loop_hears_of_a_file_while_a_timer_is_pending(selectable, monkeypatch):
    monkeypatch.setattr(fast, "_SELECTABLE", selectable)
    near, far = socket.socketpair()
    far.setblocking(False)

    async def hears():
        loop = asyncio.get_running_loop()
        loop.call_later(0.1, near.send, b"x")
        return await asyncio.wait_for(loop.sock_recv(far, 1), 500)

    with near, far, asyncio.Runner(loop_factory=FastLoop) as runner:
        assert runner.run(hears()) == b"x"


def table() -> str:
    lines = [
        "| program | events | in virtual time | the same on asyncio's loop |",
        "|---|---|---|---|",
    ]
    for name, program in {**PROGRAMS, **OUTSIDE}.items():
        end, events = on_the_virtual_loop(program)
        same = "played there" if end == "unmodelled" else str(on_a_real_loop(program) == events)
        lines.append(f"| {name} | {len(events) or ''} | {end} | {same.lower()} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(f"Python {sys.version.split()[0]}\n\n{table()}")
