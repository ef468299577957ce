"""What `%load_ext helpers` does, in a real kernel; one kernel for all, each test in its own cells.

The repair is tested both ways: that Jupyter still needs it, and that it works.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from jupyter_client import BlockingKernelClient

from tests.execution.kernels import blocking_kernel
from tests.execution.lessons import NOTEBOOKS

PATIENCE_S = 30
RECORD = """
with record() as recording:
    await asyncio.gather(asyncio.sleep(0.01), asyncio.sleep(0.01))
recording
"""
GROUPS = {
    "plain": "raise ExceptionGroup('two', [ValueError('tea'), KeyError('cup')])",
    "awaited": "await asyncio.sleep(0)\nraise ExceptionGroup('two', [ValueError('tea')])",
    "nested": "raise ExceptionGroup('a', [ExceptionGroup('b', [ValueError('tea')])])",
    "task group": (
        "async def fail():\n    raise ValueError('tea')\n"
        "async with asyncio.TaskGroup() as group:\n    group.create_task(fail())"
    ),
    "what except* lets through": (
        "try:\n    raise ExceptionGroup('two', [ValueError('tea'), KeyError('cup')])\n"
        "except* KeyError:\n    pass"
    ),
}


@dataclass
class Outcome:
    """What a cell did: the names of its errors, what it displayed, what it printed."""

    errors: list[str] = field(default_factory=list)
    displays: list[dict[str, str]] = field(default_factory=list)
    printed: str = ""
    traceback: str = ""

    def add(self, kind: str, content: dict) -> None:
        if kind == "error":
            self.errors.append(content["ename"])
            self.traceback += "\n".join(content["traceback"])
        elif kind in ("display_data", "execute_result"):
            self.displays.append(content["data"])
        elif kind == "stream":
            self.printed += content["text"]


@pytest.fixture(scope="module")
def client() -> Iterator[BlockingKernelClient]:
    """A kernel in the notebooks' folder, as JupyterLab starts one."""
    with blocking_kernel(NOTEBOOKS) as (_, client):
        yield client


@pytest.fixture
def run(client):
    """Runs a cell and waits until the kernel is idle again."""

    def run(code: str) -> Outcome:
        sent, outcome = client.execute(code), Outcome()
        while True:
            message = client.get_iopub_msg(timeout=PATIENCE_S)
            if message["parent_header"].get("msg_id") != sent:
                continue
            kind, content = message["msg_type"], message["content"]
            outcome.add(kind, content)
            if kind == "status" and content["execution_state"] == "idle":
                return outcome

    run("import asyncio")
    yield run
    run("%unload_ext helpers")
    run("get_ipython().set_custom_exc((), None)")


def test_a_recording_shows_itself_without_the_extension(run):
    assert run("from helpers import record").errors == []
    shown = run(RECORD)
    assert shown.errors == []
    assert "<img" in shown.displays[0]["text/html"]


def test_a_recording_shows_itself_with_the_extension(run):
    run("%load_ext helpers\nfrom helpers import record")
    assert "<img" in run(RECORD).displays[0]["text/html"]


def test_unloading_takes_the_display_of_recordings_back(run):
    run("%load_ext helpers\nfrom helpers import record")
    assert "text/html" in run(RECORD).displays[0]
    run("%unload_ext helpers")
    assert "text/html" not in run(RECORD).displays[0]


def test_the_repair_of_exception_groups_is_still_needed(run):
    assert run(GROUPS["plain"]).errors == [], "Jupyter reports them by now: drop the repair"


@pytest.mark.parametrize("name", GROUPS)
def test_an_exception_group_counts_as_an_error(run, name):
    run("%load_ext helpers")
    outcome = run(GROUPS[name])
    assert outcome.errors == ["ExceptionGroup"]
    assert "ValueError: tea" in outcome.traceback
    assert run("1 + 1").displays[0]["text/plain"] == "2"


def test_the_traceback_names_the_learners_line(run):
    run("%load_ext helpers")
    outcome = run("x = 1\n" + GROUPS["plain"])
    assert "line 2" in outcome.traceback and "interactiveshell" not in outcome.traceback


def test_unloading_takes_the_repair_back(run):
    run("%load_ext helpers")
    run("%unload_ext helpers")
    assert run("get_ipython().custom_exceptions").displays[0]["text/plain"] == "()"


def test_loading_twice_is_as_loading_once(run):
    run("%load_ext helpers")
    run("import helpers\nhelpers.load_ipython_extension(get_ipython())")
    assert run(GROUPS["plain"]).errors == ["ExceptionGroup"]
    run("%unload_ext helpers")
    assert run("get_ipython().custom_exceptions").displays[0]["text/plain"] == "()"


OWN_HANDLER = """
def mine(shell, kind, error, trace, tb_offset=None):
    print("mine:", error)

get_ipython().set_custom_exc((ZeroDivisionError,), mine)
"""


def test_a_handler_of_the_learners_own_stays(run):
    run(OWN_HANDLER)
    run("%load_ext helpers")
    assert run("1 / 0").printed == "mine: division by zero\n"
    assert run(GROUPS["plain"]).errors == ["ExceptionGroup"]
    run("%unload_ext helpers")
    assert run("1 / 0").printed == "mine: division by zero\n"


def test_a_handler_that_was_set_later_is_not_taken_away(run):
    run("%load_ext helpers")
    run(OWN_HANDLER)
    run("%unload_ext helpers")
    assert run("1 / 0").printed == "mine: division by zero\n"


def test_other_errors_are_as_ever(run):
    run("%load_ext helpers")
    assert run("1 / 0").errors == ["ZeroDivisionError"]


def test_check_shows_a_card_and_returns_nothing(run):
    run("%load_ext helpers\nfrom helpers import check")
    (shown,) = run("check('predict-total', (6, 6))").displays
    assert shown["text/plain"].startswith("NOT YET: predict-total")
    assert "✗ NOT YET: predict-total" in shown["text/html"]


def test_a_check_leaves_the_kernel_as_it_was(run):
    run("%load_ext helpers\nfrom helpers import check\nimport time, sys")
    run("before = time.sleep, asyncio.run, sys.stdout, len(asyncio.all_tasks())")
    run("async def at_most(n, fetch, names):\n    time.sleep(9)\n\ncheck('at-most', at_most)")
    same = run("before == (time.sleep, asyncio.run, sys.stdout, len(asyncio.all_tasks()))")
    assert same.displays[0]["text/plain"] == "True"
