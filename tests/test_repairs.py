"""Stop wakes the loop, and ghosts are told of: in a real kernel, with the repair and without it.

A test called "still needed" fails with a Jupyter that no longer needs the repair: then drop it.
The third repair, of ExceptionGroups, is tested in test_notebook.py. One kernel for all.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from queue import Empty

import pytest
from jupyter_client import BlockingKernelClient, KernelManager

from tests.execution.kernels import blocking_kernel
from tests.execution.lessons import NOTEBOOKS

PATIENCE_S = 30
IDLE_S = 1.5  # how long a kernel that does not hear of an interrupt is listened to


@dataclass
class Outcome:
    """What a cell did: the names of its errors, and all that it printed or showed, as text."""

    errors: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)

    def add(self, kind: str, content: dict) -> None:
        if kind == "error":
            self.errors.append(content["ename"])
        elif kind == "stream" and content["text"] != "\n":  # a line's end that comes by itself
            self.shown.append(content["text"].rstrip("\n"))
        elif kind in ("display_data", "execute_result"):
            self.shown.append(content["data"]["text/plain"])


@dataclass
class Kernel:
    """A kernel, and what a front end does with it."""

    manager: KernelManager
    client: BlockingKernelClient

    def run(self, code: str, *, cell_id: str | None = None, stop: bool = False) -> Outcome:
        """Run a cell; with `stop`, press Stop as soon as it has printed something."""
        sent, outcome = self.send(code, cell_id), Outcome()
        while True:
            message = self.client.get_iopub_msg(timeout=PATIENCE_S)
            if message["parent_header"].get("msg_id") != sent:
                continue
            kind, content = message["msg_type"], message["content"]
            outcome.add(kind, content)
            if stop and kind == "stream":
                self.manager.interrupt_kernel()
                stop = False
            if kind == "status" and content["execution_state"] == "idle":
                return outcome

    def send(self, code: str, cell_id: str | None = None) -> str:
        content = {"code": code, "silent": False, "store_history": True, "stop_on_error": False}
        metadata = {"cellId": cell_id} if cell_id else {}
        message = self.client.session.msg("execute_request", content, metadata=metadata)
        self.client.shell_channel.send(message)
        return message["header"]["msg_id"]

    def reply(self, sent: str, within_s: float) -> dict | None:
        """The answer to what was sent, or None when it does not come in time."""
        deadline = time.monotonic() + within_s
        while (left_s := deadline - time.monotonic()) > 0:
            try:
                message = self.client.get_shell_msg(timeout=left_s)
            except Empty:
                return None
            if message["parent_header"].get("msg_id") == sent:
                return message["content"]
        return None

    def value(self, code: str) -> str:
        outcome = self.run(code)
        assert outcome.errors == []
        return "\n".join(outcome.shown)


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    with blocking_kernel(NOTEBOOKS) as (manager, client):
        yield Kernel(manager, client)


PREPARE = """
import asyncio, contextvars, gc, os, signal, socket, threading, time, weakref
import _thread
from helpers import end_ghosts, ghosts, record

async def tick():
    while True:
        await asyncio.sleep(3600)
"""


@pytest.fixture
def bare(kernel) -> Iterator[Kernel]:
    """The kernel as Jupyter made it."""
    kernel.value(PREPARE)
    yield kernel
    kernel.value("%load_ext helpers")
    kernel.run("await end_ghosts()")
    kernel.value("%unload_ext helpers")


@pytest.fixture
def mended(bare) -> Kernel:
    bare.value("%load_ext helpers")
    return bare


# -- the Stop button ------------------------------------------------------------------------

WAITS = 'print("waiting", flush=True)\nawait asyncio.Event().wait()'


def test_the_repair_of_stop_is_still_needed(bare):
    assert bare.value("signal.set_wakeup_fd(-1)") == "-1"
    sent = bare.send(WAITS)
    while bare.client.get_iopub_msg(timeout=PATIENCE_S)["msg_type"] != "stream":
        pass
    time.sleep(0.5)  # the loop is idle
    bare.manager.interrupt_kernel()
    assert bare.reply(sent, IDLE_S) is None, "Jupyter wakes the loop by now: drop the repair"
    bare.client.kernel_info()  # any message wakes it
    assert bare.reply(sent, PATIENCE_S)["ename"] == "CancelledError"


def test_stop_ends_a_cell_that_awaits_on_an_idle_loop(mended):
    assert mended.run(WAITS, stop=True).errors == ["CancelledError"]
    assert mended.value("1 + 1") == "2"


def test_stop_ends_the_cell_that_loads_the_extension(bare):
    assert bare.run(f"%load_ext helpers\n{WAITS}", stop=True).errors == ["CancelledError"]


def test_stop_works_again_and_again(mended):
    for _ in range(3):
        assert mended.run(WAITS, stop=True).errors == ["CancelledError"]


def test_the_loop_is_idle_again_after_a_stop(mended):
    mended.run(WAITS, stop=True)
    spent = "began = time.process_time()\nawait asyncio.sleep(0.5)\ntime.process_time() - began"
    assert float(mended.value(spent)) < 0.25  # of the processor: a loop that spins takes all of it


def test_stop_cancels_what_the_cell_awaits_and_nothing_else(mended):
    mended.value("children = []\nbackground = asyncio.create_task(tick())")
    gathers = (
        'children += [asyncio.create_task(tick()) for _ in range(2)]\nprint("go", flush=True)\n'
    )
    stopped = mended.run(f"{gathers}await asyncio.gather(*children)", stop=True)
    assert stopped.errors == ["CancelledError"]
    assert mended.value("[child.cancelled() for child in children]") == "[True, True]"
    assert mended.value("background.done()") == "False"


def test_a_cell_can_clean_up_when_it_is_stopped(mended):
    cleans = 'try:\n    print("go", flush=True)\n    await tick()\nfinally:\n    print("cleaned")'
    outcome = mended.run(cleans, stop=True)
    assert outcome.errors == ["CancelledError"]
    assert "cleaned" in "\n".join(outcome.shown)


def test_an_interrupt_from_a_thread_stops_it_too_as_on_windows(mended):
    """`ipykernel.parentpoller` calls `interrupt_main` there, which breaks off no system call."""
    later = "threading.Timer(0.3, _thread.interrupt_main).start()\n"
    assert mended.run(later + WAITS).errors == ["CancelledError"]


def test_a_cell_that_does_not_await_stops_as_ever(mended):
    busy = 'print("busy", flush=True)\nwhile True: pass'
    assert mended.run(busy, stop=True).errors == ["KeyboardInterrupt"]


HANDLES = """
loop, heard = asyncio.get_running_loop(), []
loop.add_signal_handler(signal.SIGTERM, heard.append, "SIGTERM")
"""
KILLS = "os.kill(os.getpid(), signal.SIGTERM)\nawait asyncio.sleep(0.05)\nheard"


@pytest.mark.skipif(os.name == "nt", reason="no add_signal_handler on Windows")
def test_a_signal_handler_of_the_learner_s_works_and_so_does_stop(mended):
    mended.value(HANDLES)
    assert mended.value(KILLS) == "['SIGTERM']"
    assert mended.run(WAITS, stop=True).errors == ["CancelledError"]
    assert mended.value("loop.remove_signal_handler(signal.SIGTERM)") == "True"
    assert mended.run(WAITS, stop=True).errors == ["CancelledError"]


def test_a_wakeup_socket_of_somebody_else_s_is_left_alone(bare):
    bare.value("a, b = socket.socketpair(); b.setblocking(False)")
    bare.value("_ = signal.set_wakeup_fd(b.fileno())\n%load_ext helpers")
    look = "found = signal.set_wakeup_fd(-1); _ = signal.set_wakeup_fd(found)\nfound == b.fileno()"
    assert bare.value(look) == "True"
    bare.value("%unload_ext helpers")
    assert bare.value(look) == "True"
    bare.value("_ = signal.set_wakeup_fd(-1); a.close(); b.close()")


def test_unloading_takes_the_wakeup_socket_away(mended):
    mended.value("%unload_ext helpers")
    assert mended.value("signal.set_wakeup_fd(-1)") == "-1"


def test_reloading_leaves_one_repair_of_each(mended):
    mended.value("%reload_ext helpers\nimport helpers")
    mended.value("helpers.load_ipython_extension(get_ipython())")
    callbacks = "[len(get_ipython().events.callbacks[f'{w}_run_cell']) for w in ('pre', 'post')]"
    loaded = mended.value(callbacks)
    mended.value("%unload_ext helpers")
    bare = mended.value(callbacks)
    mended.value("%load_ext helpers")
    assert mended.value(callbacks) == loaded != bare
    assert mended.run(WAITS, stop=True).errors == ["CancelledError"]


def test_a_recording_sees_nothing_of_the_repairs(mended):
    mended.run(WAITS, stop=True)
    recorded = "with record() as recording:\n    await asyncio.sleep(0.05)\n"
    facts = "(recording.contents.others, [event.kind for event in recording.events])"
    kinds = ["created", "run", "suspend", "ready", "run"]
    assert mended.value(recorded + facts) == f"(0, {kinds})"


# -- ghosts ---------------------------------------------------------------------------------

STARTS = "ticker = asyncio.create_task(tick())"
NOTICE = (
    "{} of this cell {} still alive: {}. "
    "ghosts() lists what cells have left, await end_ghosts() ends all of it."
)
ONE = NOTICE.format("1 task of an earlier run", "is", "tick")
TWO = NOTICE.format("2 tasks of earlier runs", "are", "2 × tick")
NONE = "No cell has left a task that is still alive."


def table(outcome: str) -> list[list[str]]:
    """The rows that `ghosts()` shows, without its title, its head and its last line."""
    return [
        [cell.strip() for cell in row.split("  ") if cell] for row in outcome.splitlines()[2:-1]
    ]


def test_the_notice_of_ghosts_is_still_needed(bare):
    alive = "sum('tick' in str(task.get_coro()) for task in asyncio.all_tasks())"
    assert [bare.value(STARTS) for _ in range(3)] == ["", "", ""], "Jupyter tells: drop the repair"
    assert bare.value(alive) == "3", "Jupyter ends them: drop the repair"


def test_a_cell_that_runs_again_tells_what_it_left(mended):
    assert [mended.value(STARTS) for _ in range(3)] == ["", ONE, TWO]


def test_a_cell_is_known_by_its_id_when_its_text_has_changed(mended):
    for text, said in [(STARTS, []), (f"{STARTS}  # faster", [ONE]), ("# nothing now", [TWO])]:
        assert mended.run(text, cell_id="a").shown == said


@pytest.mark.parametrize(
    "text",
    [
        "asyncio.create_task(asyncio.sleep(0)); await asyncio.sleep(0.01)",
        "if 'mine' in globals(): mine.cancel()\nmine = asyncio.create_task(tick())",
        "_ = await asyncio.gather(asyncio.sleep(0), asyncio.sleep(0))",
    ],
    ids=["it has ended", "the cell cancels it", "all were awaited"],
)
def test_nothing_is_said_when_nothing_is_left(mended, text):
    assert [mended.value(text) for _ in range(2)] == ["", ""]
    mended.value("globals().pop('mine', None) and None")


def test_a_cell_that_awaits_tells_too(mended):
    text = f"{STARTS}\nawait asyncio.sleep(0)"
    assert [mended.value(text) for _ in range(2)] == ["", ONE]


def test_a_cell_that_was_stopped_tells_too(mended):
    text = f"{STARTS}\n{WAITS}"
    assert mended.run(text, stop=True).shown == ["waiting"]
    assert mended.run(text, stop=True).shown == ["waiting", ONE]


def test_ghosts_are_listed_with_their_run_and_where_they_wait(mended):
    mended.value(STARTS)
    mended.value(STARTS)
    mended.value("nap = asyncio.create_task(asyncio.sleep(60), name='nap')")
    mended.value(
        "async def waits(what): await what\n"
        "many = [asyncio.create_task(waits(nap)), asyncio.create_task(waits(asyncio.gather(nap)))]"
    )
    shown = mended.value("ghosts()")
    assert shown.startswith("5 tasks left by cells\n")
    assert table(shown) == [
        ["tick", STARTS, "1 of 2", "line 7: await sleep(3600)"],
        ["tick", STARTS, "2 of 2", "line 7: await sleep(3600)"],
        ["nap", "nap = asyncio.create_task(asyncio.sleep…", "1 of 1", "await sleep(60)"],
        ["waits", "async def waits(what): await what", "1 of 1", "line 1: await gather of 1 task"],
        ["waits", "async def waits(what): await what", "1 of 1", "line 1: await task nap"],
    ]
    assert mended.value("ghosts()") == shown


def test_what_the_cell_under_way_has_started_is_no_ghost_yet(mended):
    assert mended.value(f"{STARTS}\nghosts()") == NONE
    assert len(table(mended.value("ghosts()"))) == 1


def test_a_task_is_of_the_cell_that_started_it_whoever_else_has_to_do_with_it(mended):
    mended.value("async def parent():\n    await asyncio.sleep(0.05)\n    await child()")
    mended.value("async def child():\n    await asyncio.create_task(tick())")
    mended.value("mother = asyncio.create_task(parent())")
    mended.value("mother.add_done_callback(print)\nawait asyncio.sleep(0.1)")
    rows = table(mended.value("ghosts()"))
    assert [row[:2] for row in rows] == [
        ["parent", "mother = asyncio.create_task(parent())"],
        ["tick", "mother = asyncio.create_task(parent())"],
    ]
    assert rows[0][3] == "child, line 2: await task tick"


def test_ending_ghosts_cancels_them_all_and_tells(mended):
    mended.value(STARTS)
    mended.value(f"{STARTS}  # again")
    assert mended.value("await end_ghosts()") == "2 tasks cancelled: 2 × tick."
    assert mended.value("ticker.cancelled()") == "True"
    assert mended.value("ghosts()") == mended.value("await end_ghosts()") == NONE


def test_ghosts_are_given_time_to_clean_up(mended):
    mended.value(
        "async def tidy():\n    try:\n        await tick()\n    finally:\n"
        "        await asyncio.sleep(0.1)\n        print('tidied')"
    )
    mended.value("tidying = asyncio.create_task(tidy())")
    assert mended.value("await end_ghosts()\ntidying.done()") == "1 task cancelled: tidy.\nTrue"


def test_ending_without_await_says_so_and_ends_nothing(mended):
    mended.value(STARTS)
    assert mended.value("end_ghosts()") == "Nothing has ended yet: write `await end_ghosts()`."
    assert mended.value("ticker.cancelling()") == "0"


DEFIES = """
async def fails():
    try:
        await tick()
    finally:
        raise ValueError("tea")

async def clings():
    try:
        await tick()
    except asyncio.CancelledError:
        await tick()
"""


def test_a_ghost_that_does_not_end_as_it_should_is_told_of(mended):
    mended.value(DEFIES)
    mended.value("tasks = [asyncio.create_task(fails()), asyncio.create_task(clings())]")
    assert mended.value("await end_ghosts()").splitlines() == [
        "2 tasks cancelled: clings, fails.",
        "clings: has not ended within 1 s, and goes on",
        "fails: failed with ValueError: tea",
    ]
    ((name, _, _, stands),) = table(mended.value("ghosts()"))
    assert (name, stands) == ("clings", "cancelled, and not ended: tick, line 7: await sleep(3600)")


def test_a_ghost_that_ends_the_ghosts_lives_on(mended):
    mended.value("async def reaper():\n    await end_ghosts()\n    await tick()")
    mended.value(STARTS)
    mended.value("reaping = asyncio.create_task(reaper())")
    mended.value("await asyncio.sleep(0.1)")
    assert mended.value("ticker.cancelled(), reaping.done()") == "(True, False)"
    assert [row[0] for row in table(mended.value("ghosts()"))] == ["reaper"]


def test_tasks_from_before_the_extension_are_listed_last_known_cell_or_not(bare):
    bare.value(STARTS)
    bare.value("%load_ext helpers")
    assert table(bare.value("ghosts()")) == [["tick", "not known", "line 7: await sleep(3600)"]]


def test_the_kernel_s_own_tasks_are_never_listed(mended):
    assert mended.value("ghosts()\nawait asyncio.sleep(0)\nghosts()") == f"{NONE}\n{NONE}"


POLLS = """
made = {"__name__": "ipykernel.kernelbase", "asyncio": asyncio}
exec("async def poll(): await asyncio.sleep(3600)", made)
polling = asyncio.create_task(made["poll"]())
"""


def test_a_task_that_the_kernel_starts_during_a_cell_is_neither_listed_nor_ended(mended):
    mended.value(POLLS)
    assert mended.value("ghosts()") == mended.value("await end_ghosts()") == NONE
    assert mended.value("polling.cancel()") == "True"


def test_no_ghost_is_kept_from_being_freed(mended):
    mended.value(f"{STARTS}\nfreed = []\nweakref.finalize(ticker, freed.append, True) and None")
    mended.value("ghosts()")
    mended.value("await end_ghosts()")
    assert mended.value("del ticker\nimport gc; _ = gc.collect()\nfreed") == "[True]"


@pytest.mark.parametrize("verb", ["ghosts()", "await end_ghosts()"])
def test_without_the_extension_the_verbs_say_what_to_do(bare, verb):
    assert "run that first" in bare.value(verb)


def test_after_unloading_nothing_is_said_of_ghosts_and_no_cell_is_noted(mended):
    mended.value(STARTS)
    mended.value("%unload_ext helpers")
    assert mended.value(STARTS) == ""
    mended.value("%load_ext helpers")
    runs = [row[-2] for row in table(mended.value("ghosts()"))]
    assert runs == ["not known", "1 of 1"]
