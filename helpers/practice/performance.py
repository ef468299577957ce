"""A performance: an answer at work on a loop, how it is begun, run, read at its end and cleared up.

Nothing that an answer does or returns may bring this down. It knows nothing of exercises, of what
is right, or of the guard around it.
"""

from __future__ import annotations

import contextlib
import ctypes
import inspect
import itertools
import traceback
from asyncio import CancelledError, all_tasks, ensure_future, isfuture, wait
from collections import deque
from collections.abc import Callable, Collection, Iterator
from typing import Any

from .fast import SPEED, FastLoop
from .supervisor import Stopped
from .virtual import Future, Overrun, Task, VirtualLoop

REAL_DEADLINE_S = 2.0  # real seconds
_DRAIN_S = 50.0  # on the loop's clock
# An async generator that was left by `break` is closed by the loop, in a task of the loop's own.
_CLOSING = {"async_generator_athrow"}
_LOOKED_AT = 10_000  # items of a result, in search of awaitables


class Performance:
    """One run of `begin`, which gives something to await, on a fresh loop.

    `awaitable` says whether it did; `value` and `error` are what came of it.
    """

    def __init__(self, begin: Callable[[], Any], loop: VirtualLoop | FastLoop):
        self.value: Any = None
        self.error: BaseException | None = None
        self.awaitable = True
        self._begin_answer, self._loop = begin, loop
        self._future: Future | None = None
        self._over = False

    def run(self) -> str:
        """Run it to its end: "returned" or "raised", or why it came to none."""
        self._loop.call_soon(self._begin)
        try:
            virtual = isinstance(self._loop, VirtualLoop)
            end = self._loop.run(self._is_over) if virtual else self._run_really()
        except Stopped:
            raise
        except Overrun:
            end = "endless"
        except (SystemExit, KeyboardInterrupt) as error:
            self.error, end = error, "done"
        self._read()
        if end != "done":
            return end
        return "raised" if self.error is not None else "returned"

    def left(self) -> Iterator[Task]:
        """The tasks of the answer's that are not finished, nor at their last step just now."""
        if isinstance(self._loop, VirtualLoop) and self._is_over():
            try:
                self._loop.end_round()
            except Stopped:
                raise
            except (SystemExit, KeyboardInterrupt):
                pass  # whoever is left may do as it likes
        for task in all_tasks(self._loop):
            if task is not self._future and type(task.get_coro()).__name__ not in _CLOSING:
                yield task

    def let_go(self) -> None:
        """Free what the answer's frames hold: a forgotten coroutine speaks up only then."""
        self.value = None
        for error in _with_contexts(self.error):
            traceback.clear_frames(error.__traceback__)
            if isinstance(error, AttributeError):
                error.obj = None  # it may be the very coroutine that was not awaited
        if self._is_over():
            self._future = None

    def _begin(self) -> None:
        try:
            given = self._begin_answer()
            if inspect.isawaitable(given):
                is_coroutine = inspect.iscoroutine(given)
                self._future = (self._loop.create_task if is_coroutine else ensure_future)(given)
            else:
                self.value, self.awaitable, self._over = given, False, True
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            self.error, self._over = error, True

    def _is_over(self) -> bool:
        return self._over or (self._future is not None and self._future.done())

    def _run_really(self) -> str:
        """Until it is over, whoever else stops the loop, or until the deadline."""
        loop = self._loop
        deadline = loop.time() + REAL_DEADLINE_S * SPEED
        stop = loop.call_at(deadline, loop.stop)

        def begun() -> None:
            if self._over:
                loop.stop()
            else:
                self._future.add_done_callback(lambda _: loop.stop())

        loop.call_soon(begun)
        while not self._is_over():
            if loop.time() >= deadline:
                return "stuck"
            loop.run_forever()
        stop.cancel()
        return "done"

    def _read(self) -> None:
        future = self._future
        if self.error is not None or future is None or not future.done():
            return
        try:
            self.error = future.exception()
            self.value = None if self.error is not None else future.result()
        except CancelledError as error:
            self.error = error


def clear(loop: VirtualLoop | FastLoop) -> bool:
    """Cancel what is left, let it end as far as it will, close the loop. Was there anything?"""
    left = all_tasks(loop)
    if not left and isinstance(loop, VirtualLoop) and not loop.has_generators():
        loop.close()
        return False
    for task in left:
        awaited = getattr(task, "_fut_waiter", None)  # private
        if isinstance(awaited, Task) and not awaited.done():
            continue  # it hears of that one's end; cancel() would go down the same chain again
        with contextlib.suppress(RecursionError):  # tasks that await each other in a circle
            task.cancel()
    _drain(loop, left)
    _drain(loop, [loop.create_task(loop.shutdown_asyncgens())])
    for task in all_tasks(loop):
        _never_free(task.get_coro())
    loop.close()
    return True


def give_up(loop: VirtualLoop | FastLoop) -> None:
    """See to it that what is left on a loop whose thread was stopped never runs again.

    What has not begun is closed: freed, it would say that nobody awaited it, and under a cell
    that has nothing to do with it.
    """
    for coro in [task.get_coro() for task in all_tasks(loop)]:
        if inspect.iscoroutine(coro) and inspect.getcoroutinestate(coro) == inspect.CORO_CREATED:
            coro.close()
        else:
            _never_free(coro)


def _never_free(coro: Any) -> None:
    """Freed, a coroutine that catches everything would go on, without a loop, and might spin.

    That would be in whichever thread frees it, the learner's own or one that exits. A count of its
    references that never comes down to none prevents it; what is lost is a little memory.
    """
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(coro))


def _drain(loop: VirtualLoop | FastLoop, tasks: Collection[Task]) -> None:
    """Run until these tasks have ended, as long as some of them do."""
    deadline, left = loop.time() + _DRAIN_S, len(tasks) + 1
    while left > (left := sum(not task.done() for task in tasks)) > 0:
        try:
            if isinstance(loop, VirtualLoop):
                loop.renew(_DRAIN_S)
                loop.run(_all_done(tasks))
            else:
                loop.call_at(deadline, loop.stop)
                loop.run_until_complete(wait(tasks))
        except Stopped:
            raise
        except (SystemExit, KeyboardInterrupt, RuntimeError):
            pass  # one of them left the loop, or stopped it: the others go on


def _all_done(tasks: Collection[Task]) -> Callable[[], bool]:
    """A question that is asked after each step: whoever was done before is not asked again."""
    left = list(tasks)

    def is_all_done() -> bool:
        while left and left[-1].done():
            left.pop()
        return not left

    return is_all_done


def pending(value: Any) -> Iterator[Any]:
    """The awaitables in a value that should have been results."""
    waiting = deque([value])
    for _ in range(_LOOKED_AT):
        if not waiting:
            return
        item = waiting.popleft()
        if inspect.iscoroutine(item) or isfuture(item):
            yield item
        elif type(item) in (list, tuple, set, frozenset, dict):
            inner = itertools.chain(item, item.values()) if type(item) is dict else item
            waiting.extend(itertools.islice(inner, _LOOKED_AT))


def _with_contexts(error: BaseException | None) -> Iterator[BaseException]:
    """An error, and those that were being handled when it was raised: their frames hold too."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
