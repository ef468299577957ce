"""The recorder: two hooks on a running event loop, from which a recording is made.

While it records, `call_soon` and `create_task` of that one loop object are replaced. Every step
of a task reaches the loop through `call_soon`, so that is where it is stamped before and after;
the learner's coroutines, tasks, tracebacks and contexts stay what they are. Displays, judging
and virtual time stay outside: whoever owns a loop can have it recorded.

Who looks for it can still see it: a frame of ours stands under each step in `inspect.stack()`
(and so in debug mode's note of where a coroutine was made), and one more context variable is set.
"""

from __future__ import annotations

import asyncio
import contextvars
import gc
import inspect
import re
import time
import types
import weakref
from collections.abc import Callable
from typing import Any, NamedTuple

from . import data
from .data import Recording
from .places import Places, code_of, is_library, of_error
from .tape import CANCELLING, CODES, PLACE_SHIFT, TASK_SHIFT, Tape, row
from .watchdog import Watchdog

# A longer step has blocked the loop: asyncio's debug mode draws the line there too
# (loop.slow_callback_duration).
BLOCKED_NS = 100_000_000
# Shorter collections belong to any program; a longer one is a gap that needs a name.
GC_NS = 1_000_000

_CREATED, _READY, _RUN, _SUSPEND = (CODES[kind] for kind in data.KINDS[:4])
_DONE, _FAILED, _CANCELLED, _BLOCKED = (CODES[kind] for kind in data.KINDS[4:8])
_DEFAULT_NAME = re.compile(r"Task-\d+|None")  # "None": eager tasks on 3.12 and 3.13
_Gathering = getattr(asyncio.tasks, "_GatheringFuture", None)
# The callbacks that are steps of a task; C's first step has no name. `task.cancel` is none.
_STEPS = {None, "task_wakeup", "__step", "__wakeup"}
# Tells the tasks of the block from a background job's, whatever callback made them.
_block: contextvars.ContextVar[Any] = contextvars.ContextVar("helpers.recording", default=None)
_recorded: set[int] = set()  # the ids of the loops that are being recorded


class _Known(weakref.ref):
    """A living task and its number, None for one that is not drawn."""

    __slots__ = ("key", "number")


class _Making(NamedTuple):
    """A task that a factory is making: it may run before the loop hears of it."""

    coro: Any
    number: int
    maker: int | None  # the task whose step is under way


class RecordingError(RuntimeError):
    """No recording can be made here; the message says what to do."""

    def _render_traceback_(self) -> list[str]:
        """In a notebook the sentence is enough: IPython asks for this."""
        return [str(self)]


class record:
    """Record what the running event loop does inside the block.

        with record() as recording:
            results = await asyncio.gather(first_run(), second_run())
        recording

    The code in the block runs on its own loop as it would without. The recording holds the task
    that the block is in and every task started from there. A `clock` of yours (it returns
    nanoseconds) is the only time there is: no watchdog looks at long steps, no garbage collection
    is timed, and the recording is the same to the byte each time.

    Raises RecordingError where no loop runs, and on a loop that is being recorded already.
    """

    def __init__(self, *, clock: Callable[[], int] = time.perf_counter_ns):
        self._clock = clock
        self._recorder: Recorder | None = None

    def __enter__(self) -> Recording:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            raise RecordingError(
                "record() watches a running event loop, and none is running here: use it in a "
                "notebook cell, or inside an async function that asyncio.run() runs"
            ) from None
        recorder = Recorder(loop, self._clock, watch=self._clock is time.perf_counter_ns)
        recorder.start()
        self._recorder = recorder
        return recorder.recording

    def __exit__(self, *exc_info: object) -> None:
        self._recorder.stop()

    def __repr__(self) -> str:
        return "Nothing is recorded yet: write `with record() as recording:` and indent your code."


class Recorder:
    """Records one loop, from `start()` to `stop()`, both called in the loop's own thread.

    With `watch`, a thread samples the line at which a long step stands, and long garbage
    collections are noted; in virtual time there are neither. Who records the same program again
    and again hands in the `places` that are known already.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        clock: Callable[[], int] = time.perf_counter_ns,
        *,
        watch: bool = False,
        places: Places | None = None,
    ):
        self._loop = loop
        self._clock = clock
        self._tape = Tape(places or Places())
        self._write = self._tape.rows.extend
        self._known: dict[int, _Known] = {}  # by the id of a living task
        self._mark = object()
        self._running: int | None = None  # the task whose step is under way
        self._step_began = 0
        self._making: _Making | None = None
        self._collection_began = 0
        self._active = False
        self._watchdog = Watchdog(self._step_under_way) if watch else None
        self.recording = Recording(self._read, lambda: not self._active)

    # -- from start to stop ---------------------------------------------------------------

    def start(self) -> None:
        """Hook the loop. Raises RecordingError when that is not possible."""
        self._hook()
        if self._watchdog:
            self._watchdog.start()
            gc.callbacks.append(self._on_collection)
        self._token = _block.set(self._mark)
        self._active = True
        self._tape.start = self._clock()
        task = asyncio.current_task(self._loop) if self._loop.is_running() else None
        if task is not None:
            self._join_step_under_way(task)

    def stop(self) -> None:
        """Take the hooks away. A task that goes on, goes on unrecorded."""
        self._tape.end = self._clock()
        if self._running is not None:
            self._note_blocked(self._running, self._step_began, self._tape.end)
        self._active = False
        self._unhook()
        if self._watchdog:
            gc.callbacks.remove(self._on_collection)
            self._watchdog.stop()
        try:
            _block.reset(self._token)
        except ValueError:
            pass  # the block was left in another context than the one it was entered in
        for known in list(self._known.values()):
            self._read_name(known(), known.number)
        self._known.clear()

    def _hook(self) -> None:
        loop = self._loop
        if id(loop) in _recorded:
            raise RecordingError(
                "this loop is being recorded already, and one recording cannot hold another: "
                "end the first `with record()` block before you begin the next"
            )
        self._plain_call_soon, self._plain_create_task = loop.call_soon, loop.create_task
        self._hooks = {"call_soon": self._call_soon, "create_task": self._create_task}
        try:
            self._before = {name: vars(loop).get(name) for name in self._hooks}
            vars(loop).update(self._hooks)
        except TypeError:
            raise RecordingError(
                f"record() needs an event loop like asyncio's own, and this one is a "
                f"{type(loop).__name__}, whose methods cannot be watched: run this program "
                "without it"
            ) from None
        _recorded.add(id(loop))
        self._step = self._make_step()

    def _unhook(self) -> None:
        """Put back what was there, unless somebody has put a hook of theirs over ours."""
        own = vars(self._loop)
        for name, hook in self._hooks.items():
            if own.get(name) == hook:
                del own[name]
                own.update({name: self._before[name]} if self._before[name] else {})
        _recorded.discard(id(self._loop))

    def _read(self) -> data.Contents:
        return self._tape.read(self._clock() if self._active else self._tape.end)

    # -- the two hooks --------------------------------------------------------------------

    def _call_soon(self, callback: Callable, *args: Any, context: Any = None) -> asyncio.Handle:
        task = getattr(callback, "__self__", None)
        known = self._known.get(id(task)) or self._meet(task)
        if (
            known is None
            or known.number is None
            or getattr(callback, "__name__", None) not in _STEPS
        ):
            return _unhooked(self._plain_call_soon(callback, *args, context=context))
        number = known.number
        by = 0 if self._running is None else self._running + 1
        if args and _raises_cancelled(args[0]):
            by |= CANCELLING
        self._write(row(self._clock(), _READY | number << TASK_SHIFT, by))
        # Bound to the task, as the callback was: asyncio's debug mode names the slow task by it.
        step = types.MethodType(self._step, task)
        return self._plain_call_soon(step, number, callback, *args, context=context)

    def _create_task(self, coro: Any, **options: Any) -> asyncio.Task:
        """Only a task factory, or 3.14's `eager_start`, can run a task before `call_soon`."""
        plain = self._loop.get_task_factory() is None and "eager_start" not in options
        if plain or not self._belongs():
            return _unhooked(self._plain_create_task(coro, **options))
        rows, outer, maker = len(self._tape.rows), self._making, self._running
        number = self._enlist(coro)
        may_run_from, began = len(self._tape.rows), self._clock()
        self._making, self._running = _Making(coro, number, maker), number
        try:
            task = self._plain_create_task(coro, **options)
        except BaseException:
            if len(self._tape.rows) == may_run_from:  # refused: it never was a task
                self._tape.forget_last(rows)
            raise
        finally:
            self._making, self._running = outer, maker
        if id(task) not in self._known or not _has_not_begun(coro):
            self._register(task, number)
            self._tape.insert(may_run_from, began, _RUN, number)
            self._end_step(task, number, self._clock())
        return _unhooked(task)

    # -- steps ----------------------------------------------------------------------------

    def _make_step(self) -> Callable:
        recorder, clock, write = self, self._clock, self._write

        def step(task: asyncio.Task, number: int, callback: Callable, *args: Any) -> None:
            if not recorder._active:
                return callback(*args)
            outer = recorder._running  # a task, where nest_asyncio runs a loop inside a step
            began = recorder._step_began = clock()
            # private: asked to cancel since it became ready, as a task that had not begun
            asked = getattr(task, "_must_cancel", False)
            write(row(began, _RUN | number << TASK_SHIFT, CANCELLING if asked else 0))
            recorder._running = number
            try:
                callback(*args)
            except BaseException as error:  # KeyboardInterrupt or SystemExit: leave no frame in it
                error.__traceback__ = error.__traceback__.tb_next
                raise
            finally:
                recorder._running = outer
                if recorder._active:
                    now = clock()
                    if now - began > BLOCKED_NS:
                        recorder._note_blocked(number, began, now)
                    recorder._end_step(task, number, now)

        return step

    def _end_step(self, task: asyncio.Task, number: int, now: int) -> None:
        if task.done():
            self._end_task(task, number, now)
            return
        waiter = getattr(task, "_fut_waiter", None)  # private, and the same on 3.11 to 3.14
        place = self._tape.places.of_suspended(task.get_coro(), waiter)
        packed = _SUSPEND | number << TASK_SHIFT | place << PLACE_SHIFT
        self._write(row(now, packed, self._waits_for(waiter)))

    def _end_task(self, task: asyncio.Task, number: int, now: int) -> None:
        self._read_name(task, number)
        if task.cancelled():
            self._tape.add(now, _CANCELLED, number)
            return
        # Not task.exception(): that would mark the exception as retrieved.
        error = getattr(task, "_exception", None)
        if error is None:
            self._tape.add(now, _DONE, number)
            return
        self._tape.errors[number] = _in_words(error)
        self._tape.add(now, _FAILED, number, self._tape.places.number(of_error(error)))

    def _waits_for(self, waiter: Any) -> int:
        """A task's number + 1, the negative number of a group of tasks, or 0."""
        known = self._known.get(id(waiter))
        if known is not None and known.number is not None:
            return known.number + 1
        if type(waiter) is not _Gathering:
            return 0
        children = (self._known.get(id(child)) for child in getattr(waiter, "_children", ()))
        group = [known.number for known in children if known and known.number is not None]
        self._tape.groups.append(group)
        return -len(self._tape.groups)

    def _note_blocked(self, number: int, began: int, now: int) -> None:
        if self._watchdog and now - began > BLOCKED_NS:
            place = self._tape.places.number(self._watchdog.place(began))
            self._tape.add(now, _BLOCKED, number, place, now - began)

    def _step_under_way(self) -> int | None:
        """For the watchdog: when the step that lasts began, or None between two steps."""
        return None if self._running is None else self._step_began

    def _join_step_under_way(self, task: asyncio.Task) -> None:
        """The step that called `start()` is not ours: a callback that runs next sees its end."""
        self._step_began = self._tape.start
        number = self._enlist(task.get_coro(), self._step_began)
        self._register(task, number)
        self._tape.add(self._step_began, _RUN, number)
        self._running = number
        handle = self._plain_call_soon(self._end_first_step, task, number)
        ready = getattr(self._loop, "_ready", None)  # private: without it others may run before
        if ready and ready[-1] is handle:
            ready.rotate()

    def _end_first_step(self, task: asyncio.Task, number: int) -> None:
        if self._active:
            self._running, now = None, self._clock()
            self._note_blocked(number, self._step_began, now)
            self._end_step(task, number, now)

    # -- tasks ----------------------------------------------------------------------------

    def _belongs(self) -> bool:
        """Whether what is made now is made by the block."""
        return self._running is not None or _block.get() is self._mark

    def _meet(self, task: Any) -> _Known | None:
        """See a task for the first time; None for what is no task."""
        if not hasattr(task, "get_coro") or not self._active:
            return None
        coro, making = task.get_coro(), self._making
        if making and (coro is making.coro or _has_not_begun(making.coro)):
            if _has_not_begun(making.coro):  # not eager: the step under way is its maker's
                self._running = making.maker
            return self._register(task, making.number)
        if self._belongs() and _has_not_begun(coro):
            return self._register(task, self._enlist(coro))
        code = code_of(coro)
        if code is not None and not is_library(code.co_filename):
            self._tape.strangers += 1
        return self._register(task, None)

    def _enlist(self, coro: Any, now: int | None = None) -> int:
        number, place = len(self._tape.names), self._tape.places.of_start(coro)
        start = self._tape.places.met[place]
        self._tape.names.append("cell" if number == 0 and start.line is None else start.func)
        self._tape.parents.append(self._running)
        self._tape.add(self._clock() if now is None else now, _CREATED, number, place)
        return number

    def _register(self, task: asyncio.Task, number: int | None) -> _Known:
        known = _Known(task, self._free)
        known.key, known.number = id(task), number
        self._known[known.key] = known
        self._read_name(task, number)
        return known

    def _free(self, known: _Known) -> None:
        """A task is gone: its id may soon be another's."""
        self._known.pop(known.key, None)

    def _read_name(self, task: asyncio.Task | None, number: int | None) -> None:
        """Early, as a task may vanish, and late, as 3.11 names a task after making it."""
        if task is None or number is None:
            return
        name = task.get_name()
        if not _DEFAULT_NAME.fullmatch(name):
            self._tape.names[number] = name

    def _on_collection(self, phase: str, info: dict) -> None:
        now = self._clock()
        if phase == "start":
            self._collection_began = now
        elif now - self._collection_began > GC_NS:
            self._tape.pauses.append((self._collection_began, now))


def _unhooked(made: Any) -> Any:
    """Debug mode remembers where a task or a handle was made: not in a hook of ours."""
    if getattr(made, "_source_traceback", None):
        del made._source_traceback[-1]
    return made


def _raises_cancelled(awaited: Any) -> bool:
    """Whether the task that is woken by the end of `awaited` gets a CancelledError from it."""
    if type(awaited) is _Gathering:  # is never cancelled itself: it fails with the error
        return isinstance(getattr(awaited, "_exception", None), asyncio.CancelledError)
    return getattr(awaited, "_state", None) == "CANCELLED"  # private, quicker than to ask


def _has_not_begun(coro: Any) -> bool:
    try:
        return inspect.getcoroutinestate(coro) == inspect.CORO_CREATED
    except AttributeError:
        return True  # not a native coroutine: it does not tell


def _in_words(error: BaseException) -> str:
    try:
        text = str(error)
    except Exception:  # a learner's own __str__ may fail
        text = ""
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
