"""What the course mends in a notebook: three repairs, each dropped when Jupyter needs it no more.

A repair is a function that is given IPython's shell, mends one thing, and returns how to take it
back. Its docstring names the report upstream, and a test asks of every new Jupyter whether it is
still needed. What there is to say is given to `say`: nothing is displayed here.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from helpers import left_behind

Undo = Callable[[], None]

_undo: list[Undo] = []


def load(shell: Any, say: Callable[[str], None]) -> None:
    """Mend what there is to mend; a second time changes nothing."""
    if not _undo:
        _undo.append(show_exception_groups(shell))
        _undo.append(let_stop_wake_the_loop(shell))
        _undo.append(tell_of_ghosts(shell, say))


def unload() -> None:
    """Leave the notebook as Jupyter made it."""
    while _undo:
        _undo.pop()()


def are_loaded() -> bool:
    return bool(_undo)


def show_exception_groups(shell: Any) -> Undo:
    """Show an uncaught ExceptionGroup as the error that it is; a learner's own handler stays.

    Without this, IPython prints it as plain text and reports no error: a cell that failed counts
    as one that worked, for Run All as for nbval (ipython/ipython#13753, ipython/ipykernel#1149).
    """
    theirs, show_theirs = before = shell.custom_exceptions, shell.CustomTB

    def handler(
        shell: Any, kind: type, error: BaseException, trace: Any, tb_offset: int | None = None
    ) -> list[str]:
        if isinstance(error, theirs):
            return show_theirs(kind, error, trace, tb_offset=tb_offset)
        own = trace.tb_next if trace is not None and trace.tb_next is not None else trace
        lines = "".join(traceback.format_exception(kind, error, own)).splitlines()
        shell._showtraceback(kind, error, lines)
        return lines

    shell.set_custom_exc((*theirs, BaseExceptionGroup), handler)
    ours = shell.custom_exceptions

    def undo() -> None:
        if shell.custom_exceptions is ours:  # else somebody has set a handler of their own since
            shell.custom_exceptions, shell.CustomTB = before

    return undo


def let_stop_wake_the_loop(shell: Any) -> Undo:
    """Let the Stop button end a cell that awaits, at once.

    Without this, the kernel notes the interrupt but its loop sleeps on until some timer or
    message wakes it: a cell that waits for nothing else never stops (ipython/ipykernel#881,
    jupyterlab/jupyterlab#12194). The cure is the one that `signal.set_wakeup_fd` is for: a signal
    writes a byte to a socket that the loop reads. That also helps where an interrupt comes from
    another thread and breaks off no system call, as ipykernel makes it on Windows; a loop that
    has a wakeup socket already, like Windows' own or uvloop's, is left as it is.
    """
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:  # IPython in a terminal: no loop sleeps while it takes Ctrl-C
        return _nothing
    heard, told = socket.socketpair()
    heard.setblocking(False)
    told.setblocking(False)
    try:
        loop.add_reader(heard, _drain, heard)
    except NotImplementedError:  # Windows' own loop
        heard.close()
        told.close()
        return _nothing

    def listen(*_: Any) -> None:
        """Before every cell: `loop.remove_signal_handler` may have taken the socket away."""
        if threading.current_thread() is threading.main_thread():
            before = signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
            if before not in (-1, told.fileno()):
                signal.set_wakeup_fd(before)

    def undo() -> None:
        shell.events.unregister("pre_run_cell", listen)
        before = signal.set_wakeup_fd(-1)
        if before not in (-1, told.fileno()):
            signal.set_wakeup_fd(before)
        loop.remove_reader(heard)
        heard.close()
        told.close()

    listen()
    shell.events.register("pre_run_cell", listen)
    return undo


def _drain(heard: socket.socket) -> None:
    """The bytes say which signal came; that the loop woke is all we want."""
    with suppress(BlockingIOError):
        heard.recv(4096)


def _nothing() -> None:
    """Nothing was mended, so there is nothing to take back."""


def tell_of_ghosts(shell: Any, say: Callable[[str], None]) -> Undo:
    """Say after a cell was run again which tasks of its earlier runs are still alive.

    Without this, every run of a cell with `create_task` adds tasks that nobody sees, and that go
    on as long as the kernel does (ipython/ipykernel#1510).
    """
    runs = left_behind.Runs()

    def begin(info: Any) -> None:
        runs.begin(info.raw_cell, getattr(info, "cell_id", None))

    def end(result: Any) -> None:
        left = runs.end()
        if left:
            are = "task of an earlier run" if len(left) == 1 else "tasks of earlier runs"
            say(
                f"{len(left)} {are} of this cell {'is' if len(left) == 1 else 'are'} still alive: "
                f"{left_behind.in_words(left)}. ghosts() lists what cells have left, "
                "await end_ghosts() ends all of it."
            )

    def undo() -> None:
        shell.events.unregister("pre_run_cell", begin)
        shell.events.unregister("post_run_cell", end)
        runs.forget()

    shell.events.register("pre_run_cell", begin)
    shell.events.register("post_run_cell", end)
    return undo
