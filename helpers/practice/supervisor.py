"""The supervisor: keeps an eye on a thread, and ends it when its time is up.

Python cannot kill a thread. It can raise an exception in one, which ends whatever runs Python, also
what catches everything and goes on. A thread that stands in a lock or in C code cannot be ended: it
is left alone, and ends when what it waits for comes. Nothing here knows what the thread does.
"""

from __future__ import annotations

import concurrent.futures.thread
import ctypes
import functools
import sys
import threading
import time
from collections.abc import Callable, Iterable
from types import CodeType

from helpers.recording import Place, of_frame

CPU_LIMIT_S = 1.5  # of Python without an end to what is under way
# In which it used no CPU: more than 2.5 s, however long the machine was asleep. A real loop's
# deadline is 2 s, and comes first also where others keep the machine busy.
STILL_LOOKS = 52
_LOOK_EVERY_S = 0.05
_LAST_WORDS_S = 0.2  # for a stopped thread to leave
_MOMENTS = 40
_NOTHING = ctypes.py_object()  # takes back an exception that has not been raised yet
_IDLE = concurrent.futures.thread._worker.__code__  # where a pool's thread waits for work


class Stopped(SystemExit):
    """Raised in a thread whose time is up; like SystemExit, it leaves a loop, and says nothing."""


def obedient(work: Callable[[], None]) -> Callable[[], None]:
    """`work` for a supervised thread: told to stop, the thread ends at once and in silence."""

    def run() -> None:
        me = threading.get_ident()
        try:
            work()
        except Stopped:
            _set_async_error(me, _NOTHING)

    return run


def supervise(thread: threading.Thread, under_way: Callable[[], int]) -> tuple[str, Place] | None:
    """Wait until a thread ends, None, or until it must be ended: why, and where it stands.

    The reason is "endless" when it computes without an end, "stuck" when it stands still. Each
    thing, of which `under_way()` is the number, has a budget of its own.
    """
    clock = _CpuClock(thread)
    began = used = clock.seconds()
    number, still = under_way(), 0
    while True:
        thread.join(_LOOK_EVERY_S)
        if not thread.is_alive():
            return None
        now = clock.seconds()
        still = still + 1 if now - used < _LOOK_EVERY_S / 10 else 0
        used = now
        # First, whatever is under way now: code in C may have kept this thread from looking.
        if now - began > CPU_LIMIT_S:
            return "endless", _stands(thread)
        if under_way() != number:
            number, began, still = under_way(), now, 0
        if still >= STILL_LOOKS:
            return "stuck", _stands(thread)


def end(threads: Iterable[threading.Thread]) -> None:
    """End those threads that can be ended, and that do not merely wait for their pool's work."""
    for thread in threads:
        clock = _CpuClock(thread)
        for raise_in in (_once, _stickily, _at_many_moments, _at_every_line):
            if thread.is_alive() and not _is_idle(thread):
                used = clock.seconds()
                raise_in(thread)
                thread.join(_LAST_WORDS_S)
                if clock.seconds() - used < _LAST_WORDS_S / 20:
                    break  # it runs no Python, so nothing can be raised in it
        if thread.is_alive():
            thread._invoke_excepthook = _say_nothing  # private; what it waits for may come later
            if not _is_idle(thread):  # private, too: Python waits at its exit for a pool's threads
                concurrent.futures.thread._threads_queues.pop(thread, None)
        elif threading._active.get(thread.ident) is thread:
            del threading._active[thread.ident]  # it was ended before it could do so itself


def _say_nothing(thread: threading.Thread) -> None:
    """For a thread that nobody knows of any more: it ends in silence, whenever that is."""


def _stands(thread: threading.Thread) -> Place:
    return of_frame(sys._current_frames().get(thread.ident))


def _is_idle(thread: threading.Thread) -> bool:
    frame = sys._current_frames().get(thread.ident)
    return frame is not None and frame.f_code is _IDLE


class _CpuClock:
    """Seconds of CPU time that a thread has used; of the process, where threads are not told."""

    def __init__(self, thread: threading.Thread):
        # Linux's clock of a thread, from its id (see clock_getres(2) and pthread_getcpuclockid(3)).
        # Not time.pthread_getcpuclockid: that reads the memory of a thread that may have ended,
        # and brings the process down.
        known = sys.platform == "linux" and thread.native_id is not None
        self._clock = ~thread.native_id << 3 | 6 if known else None
        self._last = 0.0

    def seconds(self) -> float:
        if self._clock is None:
            return time.process_time()
        try:
            self._last = time.clock_gettime(self._clock)
        except OSError:
            pass
        return self._last


_set_async_error = ctypes.PYFUNCTYPE(None, ctypes.c_ulong, ctypes.py_object)(
    ("PyThreadState_SetAsyncExc", ctypes.pythonapi)
)


def _once(thread: threading.Thread) -> None:
    _set_async_error(thread.ident, Stopped)


def _stickily(thread: threading.Thread) -> None:
    """For code that catches everything and goes on: made, the exception raises the next.

    Its `__init__` is C code on purpose. Python code would meet the next one itself, before the
    learner's handler does.
    """

    class Sticky(Stopped):
        pass

    again = functools.partial(_set_async_error, thread.ident, Sticky)
    Sticky.__init__ = staticmethod(again)
    _set_async_error(thread.ident, Sticky)


def _at_many_moments(thread: threading.Thread) -> None:
    """For a loop whose handler meets the sticky one at the same place each time."""
    for _ in range(_MOMENTS):
        if thread.is_alive():
            _set_async_error(thread.ident, Stopped)
            thread.join(_LAST_WORDS_S / _MOMENTS)


def _at_every_line(thread: threading.Thread) -> None:
    """For a loop that Python interrupts only where it catches: 3.12 can raise at its lines too."""
    monitoring = getattr(sys, "monitoring", None)
    free = [tool for tool in range(6) if monitoring and monitoring.get_tool(tool) is None]
    if not free:
        return

    def strike(code: CodeType, line: int) -> None:
        if threading.get_ident() == thread.ident:
            raise Stopped

    tool, lines, codes = free[-1], monitoring.events.LINE, _codes_of(thread)
    monitoring.use_tool_id(tool, "while you wait")
    monitoring.register_callback(tool, lines, strike)
    for code in codes:
        monitoring.set_local_events(tool, code, lines)
    thread.join(_LAST_WORDS_S)
    for code in codes:
        monitoring.set_local_events(tool, code, 0)
    monitoring.register_callback(tool, lines, None)
    monitoring.free_tool_id(tool)


def _codes_of(thread: threading.Thread) -> set[CodeType]:
    frame, codes = sys._current_frames().get(thread.ident), set()
    while frame is not None:
        codes.add(frame.f_code)
        frame = frame.f_back
    return codes
