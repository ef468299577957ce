"""The worst answers in a real kernel: a plain one, and one with nest_asyncio applied before.

Each kernel runs all of them, one cell an answer; afterwards a top-level await works, and asyncio
is what it was. Then the Stop button ends a check.
"""

import asyncio
import json
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests import hostile
from tests.execution.kernels import running_kernel

ROOT = Path(__file__).resolve().parent.parent
# Not among them: answers that take asyncio's own names away. The guard puts them back at the end,
# but until then the kernel's other threads miss them too, and one that needs one just then dies.
WORST = (
    "time_sleep",
    "sleep_imported_by_name",
    "orphan_future",
    "turns_for_ever",
    "sleeps_for_ever",
    "spins_and_catches_everything",
    "lock_of_threading",
    "awaits_a_thread_that_sleeps",
    "waits_for_a_process",
    "asyncio_run",
    "runner",
    "run_until_complete_of_a_selector_loop",
    "run_forever_of_this_loop",
    "applies_nest_asyncio",
    "applies_nest_asyncio_by_name",
    "applies_nest_asyncio_to_a_loop",
    "applies_nest_asyncio2",
    "leaks_tasks_that_cannot_be_closed",
    "sys_exit_in_a_task",
    "os_exit",
    "keyboard_interrupt",
    "asks",
    "reads_standard_input",
    "prints_without_an_end",
    "prints_in_small_pieces",
    "module_level_semaphore",
    "recursion_of_coroutines_without_a_limit",
    "changes_settings",
    "sets_a_policy",
    "value_that_bites",
)
PREPARE = f"""
import sys; sys.path.insert(0, {str(ROOT)!r})
import asyncio, builtins, json, threading, time
from helpers.practice import judge
from tests import hostile

def world():
    return [
        asyncio.Task, asyncio.run, asyncio.get_event_loop, asyncio.tasks.Task, time.sleep,
        type(asyncio.get_event_loop()).run_forever, type(asyncio.get_event_loop())._run_once,
        builtins.input, builtins.print, sys.stdout, sys.stderr, sys.stdin, exit, quit,
        sys.getrecursionlimit(), sys.getswitchinterval(), threading.Thread.start,
    ]

def show(name, answer=None):
    hostile.forget()
    before = world()
    verdict = judge("all-at-once", answer or hostile.ALL[name].answer)
    changed = [str(old) for old, new in zip(before, world()) if old is not new and old != new]
    hostile.wake_up()
    print(json.dumps([name, verdict.code, changed]))
"""
KERNELS = "plain", "nest_asyncio applied"
APPLY = "import nest_asyncio; nest_asyncio.apply()"
EXIT = """
async def leaves(fetch, names):
    exit()
show("exit", leaves)
"""
QUIT = """
async def leaves(fetch, names):
    asyncio.create_task(asyncio.sleep(1))
    quit()
show("quit", leaves)
"""
IN_A_CELL = """
from time import sleep
async def blocks(fetch, names):
    sleep(3600)
    return await hostile.right(fetch, names)
show("in a cell", blocks)
"""
AFTERWARDS = """
import contextlib
await asyncio.sleep(0.01)
# From 3.14 on nest_asyncio breaks timeouts, with or without us: it hides which task runs.
is_broken = hasattr(asyncio, "_nest_patched") and sys.version_info >= (3, 14)
async with contextlib.nullcontext() if is_broken else asyncio.timeout(5):
    await asyncio.gather(asyncio.sleep(0), asyncio.to_thread(time.sleep, 0))
show("right", hostile.right)
alive = [t.name for t in threading.enumerate() if t.name == "answer"]
print(json.dumps(["threads", alive, []]))
"""
LONG = """
print(json.dumps(["going", "", []]), flush=True)
time.sleep(0.5)  # until that is out: what spins keeps the kernel's other threads from the CPU
show("spins")
"""


class Session:
    """A client of one kernel that notes what its cells print, and the names of their errors."""

    def __init__(self, client, manager):
        self.client, self.manager = client, manager
        self.said, self.errors, self.leaked = {}, [], []
        self.begun = {"stdout": "", "stderr": ""}  # lines whose end comes in a later message

    async def run(self, cell):
        await self.client.execute_interactive(cell, output_hook=self._keep, timeout=60)

    def _keep(self, message):
        content = message["content"]
        if message["msg_type"] == "error":
            self.errors.append(content["ename"])
        if message["msg_type"] == "stream":
            text = self.begun[content["name"]] + content["text"]
            *lines, self.begun[content["name"]] = text.split("\n")
            for line in lines:
                if line.startswith("["):
                    name, code, changed = json.loads(line)
                    self.said[name] = code, changed
                else:
                    self.leaked.append(line)

    async def stop_a_check(self):
        running = asyncio.ensure_future(self.run(LONG))
        while "going" not in self.said:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        await asyncio.sleep(1)
        await self.manager.interrupt_kernel()
        await running


async def session(first: str) -> Session:
    async with running_kernel(ROOT) as manager:
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=60)
        here = Session(client, manager)
        for cell in [first, PREPARE, *(f"show({name!r})" for name in WORST)]:
            await here.run(cell)
        for cell in (EXIT, QUIT, IN_A_CELL, AFTERWARDS):
            await here.run(cell)
        await here.stop_a_check()
        await here.run('show("after Stop", hostile.right)')
        await here.run("await asyncio.sleep(0)")
        client.stop_channels()
        return here


@pytest.fixture(scope="module")
def sessions():
    """Both kernels at work side by side: much of the time they wait for an answer's end."""
    if not find_spec("nest_asyncio"):
        pytest.skip("nest_asyncio is in requirements.txt: install it")

    async def both():
        return await asyncio.gather(session(""), session(APPLY))

    return dict(zip(KERNELS, asyncio.run(both()), strict=True))


@pytest.fixture(params=KERNELS)
def here(request, sessions):
    return sessions[request.param]


def test_each_answer_gets_the_code_that_it_gets_elsewhere(here):
    expected = {name: hostile.ALL[name].code for name in WORST}
    assert {name: here.said.get(name, ["nothing"])[0] for name in WORST} == expected


def test_exit_and_quit_do_not_end_the_kernel(here):
    assert here.said["exit"][0] == here.said["quit"][0] == "raised"


def test_a_name_imported_in_a_cell_is_replaced_too(here):
    assert here.said["in a cell"][0] == "blocked-loop"


def test_nothing_in_the_kernel_is_changed(here):
    assert {name: changed for name, (_, changed) in here.said.items() if changed} == {}


def test_nothing_that_an_answer_prints_is_shown_by_the_kernel(here):
    assert not here.leaked and not any(here.begun.values())


def test_afterwards_the_kernel_awaits_and_judges(here):
    assert here.said["right"][0] == "pass"
    assert here.said["threads"][0] == []


def test_stop_ends_a_check_and_the_kernel_goes_on(here):
    assert here.errors == ["KeyboardInterrupt"]
    assert "spins" not in here.said
    assert here.said["after Stop"][0] == "pass"
