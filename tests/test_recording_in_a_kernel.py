"""Recorded in a real kernel: the cell is a lane, its lines are the cell's, Jupyter is not shown."""

import asyncio
import json

import pytest

from tests.execution.kernels import running_kernel
from tests.execution.lessons import NOTEBOOKS

SHOW = """
print(json.dumps({
    "tasks": [task.name for task in recording.tasks],
    "waits": [[e.task, e.func, e.line, e.awaits] for e in recording.events if e.kind == "suspend"],
    "blocked": [[e.func, e.line] for e in recording.blocked],
    "others": recording.contents.others,
    "notes": recording.notes(),
}))
"""
PREPARE = """\
import asyncio, json, time
from helpers.recording import record

async def first_run():
    await asyncio.sleep(0.05)
"""
AWAITS = """with record() as recording:
    await asyncio.gather(
        first_run(), asyncio.create_task(first_run(), name="named"))
"""
BLOCKS = """with record() as recording:
    time.sleep(0.2)
"""


async def said(cells: list[str]) -> list[dict]:
    """What SHOW printed in each cell."""
    printed = []

    def keep(message):
        assert message["msg_type"] != "error", message["content"]
        if message["msg_type"] == "stream":
            printed.append(json.loads(message["content"]["text"]))

    async with running_kernel(NOTEBOOKS) as manager:
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=60)
        for cell in cells:
            await client.execute_interactive(cell, output_hook=keep, timeout=60)
        client.stop_channels()
    return printed


@pytest.fixture(scope="module")
def shown():
    return asyncio.run(said([PREPARE, AWAITS + SHOW, BLOCKS + SHOW]))


def test_a_cell_that_awaits_is_a_lane_called_cell_with_its_own_lines(shown):
    awaited, _ = shown
    assert awaited["tasks"] == ["cell", "named", "first_run"]
    assert awaited["waits"] == [
        [0, "cell", 2, "gather of [2, 1]"],
        [1, "first_run", 5, "sleep(0.05)"],
        [2, "first_run", 5, "sleep(0.05)"],
    ]


def test_the_kernel_s_own_tasks_are_neither_drawn_nor_counted(shown):
    assert [cell["others"] for cell in shown] == [0, 0]


def test_a_cell_that_blocks_names_its_line(shown):
    _, blocking = shown
    assert blocking["tasks"] == ["cell"]
    assert blocking["blocked"] == [["cell", 2]]
    assert len(blocking["notes"]) == 2
