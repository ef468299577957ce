"""Runs cells as Run All does: all of them are sent before the first reply has come.

nbval and nbclient send a cell when the one before it has ended, and so miss cells that a kernel
loses from its queue, as it does after a nested `asyncio.run` under nest_asyncio 1.6.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty

from jupyter_client.asynchronous import AsyncKernelClient
from nbformat import NotebookNode
from nbformat.v4 import output_from_msg

from .kernels import running_kernel
from .lessons import NOTEBOOKS, called, errors, tags, verdicts

OUTPUTS = {"stream", "display_data", "execute_result", "error"}
_SLICE_S = 1.0  # how often we look whether the kernel still lives


@dataclass
class Outcome:
    """What became of one cell. `reply` is "ok", "error", "aborted", or None when none came."""

    cell: NotebookNode
    reply: str | None = None
    began: bool = False
    ended: bool = False
    kernel_died: bool = False
    outputs: list[NotebookNode] = field(default_factory=list)

    @property
    def finished(self) -> bool:
        return self.reply is not None and self.ended

    @property
    def verdicts(self) -> list[str]:
        return verdicts(NotebookNode(outputs=self.outputs))

    @property
    def problem(self) -> str | None:
        """What went wrong with this cell, in a sentence; None when it ran as it should."""
        raised = "; ".join(
            f"{error.ename}: {error.evalue}" for error in errors(NotebookNode(outputs=self.outputs))
        )
        if "raises-exception" in tags(self.cell):
            said = None if raised else "is tagged raises-exception and raised nothing"
            said = said if self.reply in ("ok", "error") and self.ended else self._fate()
        else:
            said = f"raised {raised}" if raised else self._fate()
        return said and f"{called(self.cell)} {said}"

    def _fate(self) -> str | None:
        if self.finished:
            return None if self.reply == "ok" else f"was answered {self.reply!r}"
        if self.began and not self.ended:
            return "ended the kernel" if self.kernel_died else "hung: it began and did not end"
        if self.kernel_died:
            return "did not run: the kernel had died"
        return "was lost: the kernel " + ("never answered it" if self.ended else "never began it")


def run_queued(
    cells: list[NotebookNode], *, cwd: Path = NOTEBOOKS, idle_s: float = 60
) -> list[Outcome]:
    """Run these code cells in a fresh kernel, all sent at once: one outcome a cell, in order.

    After `idle_s` seconds without a word from the kernel, the rest counts as hung or lost.
    """
    return asyncio.run(run_queued_async(cells, cwd=cwd, idle_s=idle_s))


async def run_queued_async(
    cells: list[NotebookNode], *, cwd: Path = NOTEBOOKS, idle_s: float = 60
) -> list[Outcome]:
    """`run_queued` for several lessons side by side."""
    async with running_kernel(cwd) as kernel:
        client = kernel.client()
        client.start_channels()
        try:
            await client.wait_for_ready(timeout=60)
            return await _run(client, kernel.is_alive, cells, idle_s)
        finally:
            client.stop_channels()


async def _run(
    client: AsyncKernelClient,
    is_alive: Callable[[], Awaitable[bool]],
    cells: list[NotebookNode],
    idle_s: float,
) -> list[Outcome]:
    sent = {_send(client, cell): Outcome(cell) for cell in cells}
    heard: asyncio.Queue[dict] = asyncio.Queue()
    async with asyncio.TaskGroup() as group:
        readers = [client.get_iopub_msg, client.get_shell_msg]
        tasks = [group.create_task(_listen(read, heard)) for read in readers]
        silence = 0.0
        while not all(outcome.finished for outcome in sent.values()) and silence < idle_s:
            try:
                message = await asyncio.wait_for(heard.get(), _SLICE_S)
            except TimeoutError:
                silence += _SLICE_S
                if not await is_alive():
                    for outcome in sent.values():
                        outcome.kernel_died = True
                    break
            else:
                silence = 0.0
                _note(sent.get(message["parent_header"].get("msg_id")), message)
        for task in tasks:
            task.cancel()
    return list(sent.values())


def _send(client: AsyncKernelClient, cell: NotebookNode) -> str:
    """Send a cell as JupyterLab does: an error stops what is queued, unless it is announced."""
    return client.execute(cell.source, stop_on_error="raises-exception" not in tags(cell))


async def _listen(read: Callable[..., Awaitable[dict]], heard: asyncio.Queue[dict]) -> None:
    while True:
        try:
            heard.put_nowait(await read(timeout=_SLICE_S))
        except Empty:
            continue


def _note(outcome: Outcome | None, message: dict) -> None:
    """Add to the outcome of a cell what this message says of it."""
    kind, content = message["msg_type"], message["content"]
    if outcome is None:
        return
    if kind == "execute_reply":
        outcome.reply = content["status"]
    elif kind == "status":
        outcome.began = True
        outcome.ended = content["execution_state"] == "idle"
    elif kind in OUTPUTS:
        outcome.outputs.append(output_from_msg(message))
