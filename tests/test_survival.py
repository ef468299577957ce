"""A checker survives every answer, says what it was, and leaves the interpreter as it was.

The answers are in hostile.py. The bounds are three times those of FACTS.md, section 4, in CPU time
where the answer computes, and generous where it stands still.
"""

import asyncio
import builtins
import contextvars
import gc
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
import weakref
from importlib.util import find_spec

import pytest

from helpers.practice import EXERCISES, judge, performance, supervisor
from helpers.practice.guard import Guard
from helpers.practice.keeping import _FROZEN_BY_PYTHON
from helpers.practice.verdict import CODES
from helpers.practice.virtual import VirtualLoop
from tests import hostile

# These meet the budgets of CPU time and of standing still as they are; for the other answers that
# never end they are cut, since what happens at their end does not depend on when that is.
MEET_THE_BUDGETS = {"spins", "lock_of_threading", "waits_for_its_own_loop"}
_MINE = contextvars.ContextVar("mine", default="as before")


@pytest.fixture(scope="module", autouse=True)
def nothing_is_left_for_the_collector():
    """What the answers left changes nothing when it is freed either; once, since it takes long."""
    before = world()
    yield
    gc.collect()
    assert world() == before


@pytest.fixture
def short_budgets(monkeypatch):
    """A fifth of the time for what never ends."""
    monkeypatch.setattr(supervisor, "CPU_LIMIT_S", supervisor.CPU_LIMIT_S / 5)
    monkeypatch.setattr(supervisor, "STILL_LOOKS", supervisor.STILL_LOOKS / 5)
    monkeypatch.setattr(performance, "REAL_DEADLINE_S", performance.REAL_DEADLINE_S / 5)


@pytest.fixture(params=hostile.ALL.values(), ids=hostile.ALL)
def answer(request):
    if "nest" in request.param.name and not find_spec("nest_asyncio"):
        pytest.skip("nest_asyncio is in requirements.txt: install it")
    never_ends = request.param.code in ("endless", "stuck") and request.param.within_s >= 1
    if never_ends and request.param.name not in MEET_THE_BUDGETS:
        request.getfixturevalue("short_budgets")
    hostile.forget()
    yield request.param
    hostile.wake_up()


def test_an_answer_gets_its_verdict_and_leaves_everything_as_it_was(answer):
    before, threads = world(), set(threading.enumerate())
    began, cpu_began = time.monotonic(), time.process_time()
    verdict = judge("all-at-once", answer.answer)
    wall, cpu = time.monotonic() - began, time.process_time() - cpu_began

    assert verdict.code == answer.code, verdict
    assert not answer.lines or any(f"line {n} of" in verdict.observed for n in answer.lines), (
        f"line {answer.lines} expected: {verdict.observed}"
    )
    assert cpu < 3 * answer.within_s + 0.3 and wall < 10 * answer.within_s + 10
    assert world() == before
    assert len(new_threads(threads)) <= answer.abandons
    assert judge("all-at-once", hostile.right).code == "pass"
    hostile.wake_up()
    assert not new_threads(threads), "a thread goes on, though what it waited for has come"


def world() -> dict:
    """What an answer may not change."""
    frozen = gc.get_freeze_count()
    frozen = 0 if frozen <= _FROZEN_BY_PYTHON else frozen
    modules = (asyncio, asyncio.tasks, asyncio.events, asyncio.futures, threading, time, builtins)
    return {
        "names": {module.__name__: dict(vars(module)) for module in modules},
        "streams": (sys.stdin, sys.stdout, sys.stderr),
        "hooks": (sys.excepthook, sys.unraisablehook, sys.get_asyncgen_hooks()),
        "classes": (threading.Thread.start, asyncio.BaseEventLoop.run_forever, VirtualLoop.time),
        "others": (os._exit, gc.collect),
        "limits": (sys.getrecursionlimit(), sys.getswitchinterval(), threading.stack_size()),
        "gc": (gc.isenabled(), gc.get_threshold(), gc.get_debug(), frozen),
        "callbacks": list(gc.callbacks),
        "warnings": (list(warnings.filters), warnings.showwarning),
        "context": (dict(contextvars.copy_context()), _MINE.get()),
        "answer": {**vars(hostile), "__warningregistry__": None},
        "processes": children(),
    }


def children() -> list[str]:
    path = f"/proc/self/task/{threading.get_native_id()}/children"
    if not os.path.exists(path):
        return []
    with open(path) as file:
        return file.read().split()


def new_threads(before: set) -> list[threading.Thread]:
    """The threads that were not there before, once they have had the time to leave."""
    deadline = time.monotonic() + 5
    while True:
        left = [thread for thread in threading.enumerate() if thread not in before]
        if not left or time.monotonic() > deadline or all(map(stands, left)):
            return left
        time.sleep(0.01)


def stands(thread: threading.Thread) -> bool:
    """Whether a thread waits where only `wake_up` can end it."""
    frame = sys._current_frames().get(thread.ident)
    while frame is not None:
        if frame.f_globals is vars(hostile):
            return bool(hostile._wake)
        frame = frame.f_back
    return bool(hostile._wake) and thread.name.startswith("Thread-")


def test_every_row_of_the_table_has_answers():
    rows = {answer.row for answer in hostile.ALL.values()}
    assert len(rows) >= 13
    assert {answer.code for answer in hostile.ALL.values()} <= {"pass", *CODES}


# -- more than one answer ---------------------------------------------------------------------


def test_output_is_kept_apart_counted_and_that_of_the_run_which_decides(capsys):
    async def chatty(fetch, names):
        print("x" * 999)
        print(f"{len(names)} pages", file=sys.stderr)
        return await hostile.right(fetch, names) if len(names) == 3 else None

    verdict = judge("all-at-once", chatty)
    assert "5 pages" in verdict.printed and "3 pages" not in verdict.printed
    flood = judge("all-at-once", hostile.prints_without_an_end)
    assert "199,980,200 more characters were not kept" in flood.printed
    assert capsys.readouterr() == ("", "")


def test_a_clock_that_an_answer_reads_is_the_clock_it_runs_on():
    read = []

    async def reads_clocks(fetch, names):
        for clock in (time.monotonic, time.perf_counter, time.time):
            began = clock()
            await asyncio.sleep(60)
            read.append(clock() - began)
        began = time.monotonic_ns()
        await asyncio.sleep(2)
        read.append((time.monotonic_ns() - began) / 1e9)
        return await hostile.right(fetch, names)

    assert judge("all-at-once", reads_clocks).code == "too-slow"
    assert read[:4] == pytest.approx([60, 60, 60, 2])


def test_a_thread_with_the_id_of_one_that_has_ended_is_judged():
    def run(target):
        thread = threading.Thread(target=target)
        thread.start()
        return thread

    go = threading.Event()
    old = run(go.wait)
    guard = Guard(None, None)
    go.set()
    old.join()
    judged = []
    for _ in range(100):
        new = run(lambda: judged.append(guard.judges()))
        new.join()
        if new.ident == old.ident:
            break
    else:
        pytest.skip("this system gives no thread the id of another")
    assert all(judged)


def test_a_recursion_limit_that_could_kill_the_kernel_does_not_hold_in_a_check():
    found = []

    async def looks(fetch, names):
        found.append(sys.getrecursionlimit())
        sys.setrecursionlimit(40_000)
        found.append(sys.getrecursionlimit())

    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(50_000)  # as an earlier cell may have done
    try:
        judge("all-at-once", looks)
        assert max(found) <= 3_000 and sys.getrecursionlimit() == 50_000
    finally:
        sys.setrecursionlimit(limit)


def test_a_question_is_answered_by_the_end_of_the_input():
    assert "EOFError: input() waits for a person" in judge("all-at-once", hostile.asks).observed
    assert "EOFError" in judge("all-at-once", hostile.reads_standard_input).observed


def test_what_an_answer_made_is_freed_in_its_own_thread():
    freed = []

    class Marker:
        def __init__(self):
            self.me = self

        def __del__(self):
            freed.append(threading.current_thread().name)

    async def returns_markers(fetch, names):
        await hostile.right(fetch, names)
        return [Marker() for _ in names]

    assert judge("all-at-once", returns_markers).code == "wrong-value"
    assert freed == ["answer"] * 3


def test_no_task_of_an_answer_outlives_its_check():
    made = weakref.WeakSet()

    async def keeps_the_errors(fetch, names):  # whose tracebacks hold every frame, and all of it
        tasks = [asyncio.create_task(fetch(name)) for name in names]
        made.update(tasks)
        errors = await asyncio.gather(*tasks, return_exceptions=True)
        return dict(zip(names, errors, strict=True))

    gc.disable()
    try:
        assert judge("report", keeps_the_errors).passed
        assert len(made) == 0
    finally:
        gc.enable()


def test_what_a_stopped_answer_made_and_could_not_await_says_nothing_later(short_budgets):
    async def makes_and_spins(fetch, names):
        made = [asyncio.sleep(1)]
        made.append(made)
        while True:
            pass

    gc.collect()  # what other tests left says what it has to say
    assert judge("all-at-once", makes_and_spins).code == "endless"
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        gc.collect()
    assert said == []


def test_what_a_stopped_answer_left_never_runs_again(short_budgets):
    ran = []

    async def leaves_one_that_cannot_be_ended(fetch, names):
        async def catches_everything():
            try:
                await asyncio.sleep(100)
            finally:
                ran.append("in a thread that was never its own")

        tasks = [asyncio.create_task(catches_everything())]
        await asyncio.sleep(0)
        tasks.append(asyncio.create_task(catches_everything()))
        while True:
            pass

    gc.collect()
    assert judge("all-at-once", leaves_one_that_cannot_be_ended).code == "endless"
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        gc.collect()
    assert ran == [] and said == []


def test_a_thread_that_is_left_alone_ends_in_silence(monkeypatch, short_budgets):
    said, threads = [], set(threading.enumerate())
    monkeypatch.setattr(threading, "excepthook", said.append)
    assert judge("all-at-once", hostile.ALL["joins_a_thread_that_waits"].answer).code == "stuck"
    hostile.wake_up()
    assert not new_threads(threads) and said == []


def test_to_leave_while_something_is_freed_is_silent_and_other_errors_are_not(monkeypatch):
    said = []
    monkeypatch.setattr(sys, "unraisablehook", lambda failure: said.append(failure.exc_type))

    class Fails:
        def __init__(self, error):
            self.error = error

        def __del__(self):
            raise self.error

    async def frees(fetch, names):
        for error in (supervisor.Stopped(), KeyError("milk")):
            Fails(error)
        return await hostile.right(fetch, names)

    assert judge("all-at-once", frees).passed
    assert set(said) == {KeyError}


def test_code_in_c_that_lets_nobody_look_meanwhile_is_no_pass(monkeypatch):
    """Each look comes when the next trial is under way already."""
    monkeypatch.setattr(supervisor, "CPU_LIMIT_S", 0.1)
    calls = []

    async def adds_up(fetch, names):
        calls.append(names)
        if len(calls) > 1:
            sum(range(20_000_000))
        return await hostile.right(fetch, names)

    assert judge("all-at-once", adds_up).code == "endless"


def test_each_trial_has_a_time_of_its_own(monkeypatch):
    monkeypatch.setattr(supervisor, "CPU_LIMIT_S", 0.6)

    async def computes(fetch, names):
        began = time.thread_time()
        while time.thread_time() - began < 0.15:
            pass
        return await hostile.right(fetch, names)

    assert judge("all-at-once", computes).passed


def test_a_stop_during_a_check_comes_out_and_ends_the_answer():
    import _thread

    async def interrupted(fetch, names):
        _thread.interrupt_main()
        while True:
            pass

    threads = set(threading.enumerate())
    before = world()
    # Begun in the background by a shell, Python hears of no interrupt.
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            judge("all-at-once", interrupted)
    finally:
        signal.signal(signal.SIGINT, handler)
    assert world() == before and not new_threads(threads)
    assert judge("all-at-once", hostile.right).passed


def test_what_was_frozen_stays_frozen():
    gc.freeze()
    try:
        judge("all-at-once", hostile.right)
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()


def test_warnings_of_other_threads_are_shown_meanwhile():
    with pytest.warns(UserWarning, match="from elsewhere"):
        started = threading.Event()

        def elsewhere():
            started.wait()
            warnings.warn("from elsewhere", stacklevel=1)

        thread = threading.Thread(target=elsewhere)
        thread.start()

        async def lets_it(fetch, names):
            started.set()
            thread.join()
            return await hostile.right(fetch, names)

        assert judge("all-at-once", lets_it).passed


class Ever(list):
    def __iter__(self):
        while True:
            pass


LIST_IN_ITSELF = []
LIST_IN_ITSELF.append(LIST_IN_ITSELF)
VALUES = {
    "an object": object(),
    "bites": hostile.Bites(),
    "bite": (hostile.Bites(), hostile.Bites()),
    "leave": (hostile.Leaves(), hostile.Leaves()),
    "in itself": LIST_IN_ITSELF,
    "without an end": Ever(),
    "a function": hostile.right,
    "a huge range": range(10**12),
    "strings": "zzzzzzzz",
}


@pytest.mark.parametrize("exercise", ["predict-total", "predict-order"])
@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_a_prediction_survives_every_value(exercise, value, short_budgets):
    threads = set(threading.enumerate())
    before = world()
    assert judge(exercise, value).code in ("wrong-value", "wrong-order", "not-started")
    assert world() == before and not new_threads(threads)
    right = EXERCISES[exercise]._reference()
    assert judge(exercise, right).passed


STANDS_FOR_EVER = """
import asyncio, threading
from helpers.practice import judge

class InThreadsThatNeverEnd:
    def __init__(self):
        self.threads = []

    def start(self, coroutine):
        coroutine.close()
        waits = asyncio.Event().wait()
        thread = threading.Thread(target=asyncio.run, args=(waits,), daemon=False)
        thread.start()
        self.threads.append(thread)

    async def finish(self):
        for thread in self.threads:
            await asyncio.to_thread(thread.join)

print(judge("keep-hold", InThreadsThatNeverEnd).code)
"""


def test_a_program_can_end_after_a_check_that_left_threads_standing():
    done = subprocess.run(
        [sys.executable, "-c", STANDS_FOR_EVER], capture_output=True, text=True, timeout=60
    )
    assert (done.stdout, done.stderr, done.returncode) == ("stuck\n", "", 0)
