"""06 Whose loop is it?: answers to its exercises."""

import asyncio
import concurrent.futures
import contextlib
import inspect
import queue
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from . import right, wrong

# -- run-anywhere ---------------------------------------------------------------------------


@right("run-anywhere")
def always_in_a_thread(make):
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(asyncio.run, make()).result()


@right("run-anywhere")
def a_thread_that_makes_the_coroutine_itself(make):
    with ThreadPoolExecutor() as pool:
        return pool.submit(lambda: asyncio.run(make())).result()


@right("run-anywhere")
def mapped_over_a_pool(make):
    with ThreadPoolExecutor() as pool:
        return next(pool.map(asyncio.run, [make()]))


@right("run-anywhere")
def a_thread_and_a_box(make):
    box = {}

    def work():
        try:
            box["value"] = asyncio.run(make())
        except BaseException as error:
            box["error"] = error

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    if "error" in box:
        raise box["error"]
    return box["value"]


@right("run-anywhere")
def a_thread_and_a_queue(make):
    answers = queue.Queue()

    def work():
        try:
            answers.put((asyncio.run(make()), None))
        except Exception as error:
            answers.put((None, error))

    threading.Thread(target=work, daemon=True).start()
    value, error = answers.get()
    if error:
        raise error
    return value


@right("run-anywhere")
def a_thread_and_a_future(make):
    future = concurrent.futures.Future()

    def work():
        try:
            future.set_result(asyncio.run(make()))
        except Exception as error:
            future.set_exception(error)

    threading.Thread(target=work).start()
    return future.result()


@right("run-anywhere")
def a_runner_where_no_loop_runs(make):
    def work():
        with asyncio.Runner() as runner:
            return runner.run(make())

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return work()
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


@right("run-anywhere")
def a_new_loop_by_hand(make):
    def work():
        loop = asyncio.new_event_loop()
        try:
            return loop.run_until_complete(make())
        finally:
            loop.close()

    if asyncio._get_running_loop() is None:
        return work()
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


@right("run-anywhere")
def a_loop_that_runs_for_ever_in_a_thread(make):
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        return asyncio.run_coroutine_threadsafe(make(), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@right("run-anywhere", made=True)
def one_loop_in_a_thread_for_all_calls():
    kept = []

    def run_anywhere(make):
        if not kept:
            kept.append(asyncio.new_event_loop())
            threading.Thread(target=kept[0].run_forever, daemon=True).start()
        return asyncio.run_coroutine_threadsafe(make(), kept[0]).result()

    return run_anywhere


@right("run-anywhere")
def the_question_in_a_function(make):
    def is_running():
        try:
            asyncio.get_running_loop()
            return True
        except RuntimeError:
            return False

    run = ThreadPoolExecutor(1).submit if is_running() else None
    return run(asyncio.run, make()).result() if run else asyncio.run(make())


@right("run-anywhere")
def tried_with_the_same_coroutine_and_a_look_at_the_error(make):
    coroutine = make()
    try:
        return asyncio.run(coroutine)
    except RuntimeError:
        if inspect.getcoroutinestate(coroutine) != inspect.CORO_CREATED:
            raise
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


@right("run-anywhere")
def a_thread_that_is_asked_every_now_and_then(make):
    pool = ThreadPoolExecutor(1)
    future = pool.submit(asyncio.run, make())
    while not future.done():
        time.sleep(0.05)
    pool.shutdown()
    return future.result()


@right("run-anywhere")
def a_wrapper_coroutine(make):
    async def main():
        return await make()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, main()).result()


@right("run-anywhere", made=True)
def an_object_that_is_called():
    class RunAnywhere:
        def __call__(self, make):
            return always_in_a_thread(make)

    return RunAnywhere()


@wrong("run-anywhere", "endless", says="it was still going on: it never let go of the loop")
def sleeps_until_the_task_is_done(make):
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(make())
    task = loop.create_task(make())
    while not task.done():
        time.sleep(0.01)
    return task.result()


@wrong("run-anywhere", "nested-run", says="A thread runs one loop at a time")
def asyncio_run_only(make):
    return asyncio.run(make())


@wrong("run-anywhere", "nested-run", says="patch")
def nest_asyncio_applied(make):
    import nest_asyncio

    nest_asyncio.apply()
    return asyncio.run(make())


@wrong("run-anywhere", "nested-run")
def the_running_loop_run_again(make):
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        loop = asyncio.new_event_loop()
    return loop.run_until_complete(make())


@wrong("run-anywhere", "nested-run")
def a_new_loop_in_the_same_thread(make):
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(make())
    finally:
        loop.close()


@wrong("run-anywhere", "nested-run")
def a_runner_in_the_same_thread(make):
    with asyncio.Runner() as runner:
        return runner.run(make())


@wrong("run-anywhere", "nested-run", says="let another thread call asyncio.run")
def asyncio_run_and_the_error_dropped(make):
    with contextlib.suppress(RuntimeError):
        return asyncio.run(make())


@wrong("run-anywhere", "nested-run", says="Put asyncio.get_running_loop() alone into the `try`")
def a_try_round_it_all(make):
    try:
        asyncio.get_running_loop()
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(asyncio.run, make()).result()
    except RuntimeError:
        return asyncio.run(make())


@wrong("run-anywhere", "not-awaited", says="a first attempt failed, or it was made")
def tries_and_then_a_thread(make):
    try:
        return asyncio.run(make())
    except RuntimeError:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(asyncio.run, make()).result()


@wrong("run-anywhere", "not-awaited", says="2 calls of make")
def looks_at_the_message_and_then_a_thread(make):
    try:
        return asyncio.run(make())
    except RuntimeError as error:
        if "running event loop" not in str(error):
            raise
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(lambda: asyncio.run(make())).result()


@wrong("run-anywhere", "wasted-calls", says="taken for the sign")
def a_thread_and_then_another_one(make):
    with ThreadPoolExecutor(1) as pool:
        try:
            return pool.submit(lambda: asyncio.run(make())).result()
        except RuntimeError:
            return pool.submit(lambda: asyncio.run(make())).result()


@wrong("run-anywhere", "wasted-calls")
def runs_it_once_to_see_and_once_for_the_result(make):
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, make()).result()
        return pool.submit(asyncio.run, make()).result()


@right("run-anywhere")
def errors_in_the_group_of_a_task_group(make):
    async def main():
        async with asyncio.TaskGroup() as group:
            task = group.create_task(make())
        return task.result()

    return always_in_a_thread(main)


@right("run-anywhere")
def an_error_made_anew(make):
    try:
        return always_in_a_thread(make)
    except Exception as error:
        raise type(error)(*error.args) from None


@wrong("run-anywhere", "raised", says="A name is used that is not defined")
def a_name_that_nobody_defined(make):
    return runner.run(make())  # noqa: F821


@wrong("run-anywhere", "raised", says="cannot be run again")
def the_same_coroutine_tried_twice(make):
    coroutine = make()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, coroutine).result()
        return pool.submit(asyncio.run, coroutine).result()


@wrong("run-anywhere", "swallowed-error", says="cannot reuse already awaited coroutine")
def the_same_coroutine_in_a_thread_after_any_runtime_error(make):
    coroutine = make()
    try:
        return asyncio.run(coroutine)
    except RuntimeError:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(asyncio.run, coroutine).result()


@wrong("run-anywhere", "swallowed-error", says="stays where it was raised")
def a_thread_that_loses_errors(make):
    box = [None]

    def work():
        box[0] = asyncio.run(make())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return box[0]


@wrong("run-anywhere", "swallowed-error", says="IndexError")
def a_thread_whose_list_stays_empty(make):
    results = []
    thread = threading.Thread(target=lambda: results.append(asyncio.run(make())))
    thread.start()
    thread.join()
    return results[0]


@wrong("run-anywhere", "swallowed-error")
def an_error_that_is_returned(make):
    async def main():
        try:
            return await make()
        except Exception as error:
            return error

    return always_in_a_thread(main)


@wrong("run-anywhere", "swallowed-error")
def an_error_of_another_kind(make):
    try:
        return always_in_a_thread(make)
    except Exception as error:
        raise LookupError("it failed") from error


@wrong("run-anywhere", "swallowed-error")
def runtime_errors_suppressed(make):
    with ThreadPoolExecutor(1) as pool, contextlib.suppress(RuntimeError):
        return pool.submit(asyncio.run, make()).result()


@wrong("run-anywhere", "raised", says="asyncio.get_running_loop() is the same everywhere")
def get_event_loop(make):
    loop = asyncio.get_event_loop()
    if loop.is_running():
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(asyncio.run, make()).result()
    return loop.run_until_complete(make())


@wrong("run-anywhere", "not-awaited", says="Run the coroutine to its end")
def hands_back_the_coroutine(make):
    return make()


@wrong("run-anywhere", "not-awaited")
async def an_async_function(make):
    return await make()


@wrong("run-anywhere", "not-awaited")
def hands_back_a_task(make):
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(make())
    return loop.create_task(make())


@wrong("run-anywhere", "not-awaited", says="`.result()` waits for it")
def hands_back_the_future_of_the_pool(make):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, make())


@wrong("run-anywhere", "wrong-value", says="Return what asyncio.run gives")
def forgets_to_return(make):
    always_in_a_thread(make)


@wrong("run-anywhere", "wrong-value")
def takes_zero_for_nothing(make):
    return always_in_a_thread(make) or None


@wrong("run-anywhere", "wrong-value")
def drives_it_one_step(make):
    try:
        make().send(None)
    except StopIteration as stop:
        return stop.value


# Slow to judge, and therefore last.


@wrong("run-anywhere", "stuck", says="Let a loop of its own, in another thread")
def waits_on_the_future_of_its_own_loop(make):
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(make())
    return asyncio.run_coroutine_threadsafe(make(), loop).result()


@wrong("run-anywhere", "stuck")
def waits_for_an_event_that_its_own_loop_sets(make):
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(make())
    done = threading.Event()
    task = asyncio.ensure_future(make())
    task.add_done_callback(lambda _: done.set())
    done.wait()
    return task.result()


@wrong("run-anywhere", "endless")
def computes_until_its_own_loop_is_done(make):
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(make())
    task = loop.create_task(make())
    while not task.done():
        pass
    return task.result()


# -- rerun-safe -----------------------------------------------------------------------------


@right("rerun-safe", made=True)
def suppresses_the_cancelled_error():
    class Ticker:
        task = None

        def start(self, tick):
            if self.task:
                self.task.cancel()
            self.task = asyncio.create_task(tick())

        async def stop(self):
            if self.task:
                self.task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await self.task
                self.task = None

    return Ticker


@right("rerun-safe", made=True)
def gathers_what_it_cancelled():
    class Ticker:
        def __init__(self):
            self.tasks = []

        def start(self, tick):
            for task in self.tasks:
                task.cancel()
            self.tasks.append(asyncio.get_running_loop().create_task(tick()))

        async def stop(self):
            for task in self.tasks:
                task.cancel()
            await asyncio.gather(*self.tasks, return_exceptions=True)
            self.tasks.clear()

    return Ticker


@right("rerun-safe", made=True)
def the_new_one_waits_until_the_old_one_has_tidied_up():
    class Ticker:
        def __init__(self):
            self._task = None

        def start(self, tick):
            self._task = asyncio.create_task(self._run(self._task, tick))

        async def _run(self, before, tick):
            if before is not None:
                before.cancel()
                await asyncio.wait([before])
            await tick()

        async def stop(self):
            task, self._task = self._task, None
            if task is not None and not task.done():
                task.cancel()
                try:
                    await task
                except asyncio.CancelledError:
                    pass

    return Ticker


@right("rerun-safe", made=True)
def a_set_of_tasks_that_leave_it_when_they_are_done():
    class Ticker:
        def __init__(self):
            self.alive = set()

        def start(self, tick):
            self.cancel()
            task = asyncio.ensure_future(tick())
            self.alive.add(task)
            task.add_done_callback(self.alive.discard)

        def cancel(self):
            for task in self.alive:
                task.cancel()

        async def stop(self):
            self.cancel()
            if self.alive:
                await asyncio.wait(set(self.alive))

    return Ticker


@right("rerun-safe", made=True)
def start_gives_the_task_back():
    class Ticker:
        def __init__(self):
            self.task = None

        def start(self, tick):
            if self.task is not None and not self.task.done():
                self.task.cancel()
            self.task = asyncio.create_task(tick(), name="ticker")
            return self.task

        async def stop(self):
            if self.task is None:
                return
            self.task.cancel()
            while not self.task.done():
                try:
                    await self.task
                except asyncio.CancelledError:
                    break

    return Ticker


@right("rerun-safe", made=True)
def a_plain_stop_that_returns_something_to_await():
    class Ticker:
        def __init__(self):
            self.task = None

        def start(self, tick):
            if self.task:
                self.task.cancel()
            self.task = asyncio.create_task(tick())

        def stop(self):
            tasks = [self.task] if self.task else []
            for task in tasks:
                task.cancel()
            return asyncio.gather(*tasks, asyncio.sleep(0), return_exceptions=True)

    return Ticker


@wrong("rerun-safe", "leaked-task")
class TheNextBeginsWhenTheLastHasEnded:
    def __init__(self):
        self.task = None

    def start(self, tick):
        def begin(ended=None):
            self.task = asyncio.create_task(tick())

        if self.task is None:
            return begin()
        self.task.cancel()
        self.task.add_done_callback(begin)

    async def stop(self):
        if self.task:
            self.task.cancel()
            await asyncio.wait([self.task])


@wrong("rerun-safe", "leaked-task", says="the old one lives on", made=True)
def no_cancel_in_start():
    class Ticker:
        task = None

        def start(self, tick):
            self.task = asyncio.create_task(tick())

        async def stop(self):
            if self.task:
                self.task.cancel()
                await asyncio.wait([self.task])

    return Ticker


@wrong("rerun-safe", "leaked-task", made=True)
def all_of_them_until_stop():
    class Ticker:
        def __init__(self):
            self.tasks = []

        def start(self, tick):
            self.tasks.append(asyncio.create_task(tick()))

        async def stop(self):
            for task in self.tasks:
                task.cancel()
            await asyncio.gather(*self.tasks, return_exceptions=True)

    return Ticker


@wrong("rerun-safe", "leaked-task", made=True)
def the_name_is_deleted():
    class Ticker:
        task = None

        def start(self, tick):
            del self.task
            self.task = asyncio.create_task(tick())

        def __delattr__(self, name):
            self.__dict__.pop(name, None)

        async def stop(self):
            self.task = None

    return Ticker


@wrong("rerun-safe", "leaked-task", says="never told to stop", made=True)
def stop_only_forgets():
    class Ticker:
        task = None

        def start(self, tick):
            if self.task:
                self.task.cancel()
            self.task = asyncio.create_task(tick())

        async def stop(self):
            self.task = None

    return Ticker


@wrong("rerun-safe", "wrong-value", says="or tickers share a task. Try", made=True)
def keeps_the_first():
    class Ticker:
        task = None

        def start(self, tick):
            if self.task is None:
                self.task = asyncio.create_task(tick())

        async def stop(self):
            if self.task:
                self.task.cancel()
                await asyncio.wait([self.task])

    return Ticker


@wrong("rerun-safe", "wrong-value", made=True)
def keeps_the_first_while_it_runs():
    class Ticker:
        def __init__(self):
            self.task = None

        def start(self, tick):
            if self.task and not self.task.done():
                return
            self.task = asyncio.create_task(tick())

        async def stop(self):
            if self.task:
                self.task.cancel()
                await asyncio.wait([self.task])

    return Ticker


@wrong(
    "rerun-safe",
    "wrong-value",
    says="the first start wins, or tickers share a task. Try",
    made=True,
)
def one_task_for_all_tickers():
    class Ticker:
        task = None

        def start(self, tick):
            if Ticker.task:
                Ticker.task.cancel()
            Ticker.task = asyncio.create_task(tick())

        async def stop(self):
            if Ticker.task:
                Ticker.task.cancel()
                await asyncio.wait([Ticker.task])
                Ticker.task = None

    return Ticker


@wrong("rerun-safe", "wrong-value", made=True)
def cancels_the_one_that_it_has_just_made():
    class Ticker:
        def __init__(self):
            self.tasks = []

        def start(self, tick):
            self.tasks.append(asyncio.create_task(tick()))
            for task in self.tasks:
                task.cancel()

        async def stop(self):
            await asyncio.gather(*self.tasks, return_exceptions=True)

    return Ticker


@wrong("rerun-safe", "no-cleanup", says="told to stop and not finished", made=True)
def cancels_without_awaiting():
    class Ticker:
        task = None

        def start(self, tick):
            if self.task:
                self.task.cancel()
            self.task = asyncio.create_task(tick())

        async def stop(self):
            if self.task:
                self.task.cancel()

    return Ticker


@wrong("rerun-safe", "no-cleanup", made=True)
def one_turn_is_not_enough():
    class Ticker:
        task = None

        def start(self, tick):
            if self.task:
                self.task.cancel()
            self.task = asyncio.create_task(tick())

        async def stop(self):
            if self.task:
                self.task.cancel()
                await asyncio.sleep(0)

    return Ticker


@wrong("rerun-safe", "no-cleanup", says="still tidying up", made=True)
def only_the_last_stop_waits():
    class Ticker:
        started = 0

        def __init__(self):
            self.task = None

        def start(self, tick):
            Ticker.started += 1
            if self.task:
                self.task.cancel()
            self.task = asyncio.create_task(tick())

        async def stop(self):
            if self.task:
                self.task.cancel()
                Ticker.started -= 1
                if Ticker.started < 1 or len(asyncio.all_tasks()) < 3:
                    await asyncio.wait([self.task])

    return Ticker


@wrong("rerun-safe", "raised", says="good news: it has ended", made=True)
def lets_the_cancelled_error_out():
    class Ticker:
        task = None

        def start(self, tick):
            if self.task:
                self.task.cancel()
            self.task = asyncio.create_task(tick())

        async def stop(self):
            if self.task:
                self.task.cancel()
                await self.task

    return Ticker


@wrong("rerun-safe", "raised", made=True)
def catches_exception_which_cancelled_error_is_not():
    class Ticker:
        task = None

        def start(self, tick):
            if self.task:
                self.task.cancel()
            self.task = asyncio.create_task(tick())

        async def stop(self):
            try:
                self.task.cancel()
                await self.task
            except Exception:
                pass

    return Ticker


@wrong("rerun-safe", "raised", says="AttributeError", made=True)
def stop_before_start_fails():
    class Ticker:
        task = None

        def start(self, tick):
            if self.task:
                self.task.cancel()
            self.task = asyncio.create_task(tick())

        async def stop(self):
            self.task.cancel()
            await asyncio.wait([self.task])

    return Ticker


@wrong("rerun-safe", "endless", says="Tell the task to stop", made=True)
def waits_without_telling_it():
    class Ticker:
        task = None

        def start(self, tick):
            if self.task:
                self.task.cancel()
            self.task = asyncio.create_task(tick())

        async def stop(self):
            if self.task:
                await asyncio.wait([self.task])

    return Ticker


@wrong("rerun-safe", "not-awaited", says="Write `def start`", made=True)
def an_async_start():
    class Ticker:
        task = None

        async def start(self, tick):
            if self.task:
                self.task.cancel()
                await asyncio.wait([self.task])
            self.task = asyncio.create_task(tick())

        async def stop(self):
            if self.task:
                self.task.cancel()
                await asyncio.wait([self.task])

    return Ticker


@wrong("rerun-safe", "not-async", says="Write `async def stop`", made=True)
def a_plain_stop():
    class Ticker:
        task = None

        def start(self, tick):
            if self.task:
                self.task.cancel()
            self.task = asyncio.create_task(tick())

        def stop(self):
            if self.task:
                self.task.cancel()

    return Ticker


@wrong("rerun-safe", "not-awaited", made=True)
def tick_is_called_and_never_run():
    class Ticker:
        def start(self, tick):
            self.ticking = tick()

        async def stop(self):
            self.ticking = None

    return Ticker


@wrong("rerun-safe", "nested-run", made=True)
def runs_it_on_the_spot():
    class Ticker:
        def start(self, tick):
            asyncio.run(tick())

        async def stop(self):
            pass

    return Ticker


@wrong("rerun-safe", "wrong-value", made=True)
def start_once_only():
    class Ticker:
        def __init__(self):
            self.task, self.stopped = None, False

        def start(self, tick):
            if self.stopped:
                return
            if self.task:
                self.task.cancel()
            self.task = asyncio.create_task(tick())

        async def stop(self):
            if self.task:
                self.stopped = True
                self.task.cancel()
                await asyncio.wait([self.task])

    return Ticker


@wrong("rerun-safe", "not-started", says="has started nothing yet", made=True)
def an_empty_class():
    class Ticker:
        def start(self, tick):
            pass

        async def stop(self):
            pass

    return Ticker


# -- answers that nobody had thought of at first ------------------------------------------


@right("rerun-safe")
class AGenerationCounter:
    def __init__(self):
        self.task, self.before = None, []

    def start(self, tick):
        if self.task is not None:
            self.task.cancel()
            self.before.append(self.task)
        self.task = asyncio.get_running_loop().create_task(tick())

    async def stop(self):
        tasks, self.task, self.before = [*self.before, self.task], None, []
        tasks = [task for task in tasks if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@wrong("rerun-safe", "raised")
class StopWithoutALook:
    def __init__(self):
        self.task = None

    def start(self, tick):
        if self.task:
            self.task.cancel()
        self.task = asyncio.create_task(tick())

    async def stop(self):
        self.task.cancel()
        await asyncio.wait([self.task])


@wrong("rerun-safe", "wrong-value", says="tickers share a task")
class OneTaskForAllTickers:
    task = None

    def start(self, tick):
        if OneTaskForAllTickers.task:
            OneTaskForAllTickers.task.cancel()
        OneTaskForAllTickers.task = asyncio.create_task(tick())

    async def stop(self):
        task, OneTaskForAllTickers.task = OneTaskForAllTickers.task, None
        if task:
            task.cancel()
            await asyncio.wait([task])


# -- advice that can be followed where it stands ---------------------------------------------


@wrong("run-anywhere", "raised", says="in another thread, run the coroutine")
def asks_a_task_of_the_callers_loop(make):
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(make())
    return asyncio.create_task(make()).result()


@wrong("run-anywhere", "nested-run", says="asyncio.run or run_until_complete")
def until_complete(make):
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(make())
    finally:
        loop.close()


@wrong("rerun-safe", "not-awaited", says="start made a call of stop, which nobody awaits")
class StartCallsStop:
    def __init__(self):
        self.task = None

    def start(self, tick):
        self.stop()
        self.task = asyncio.create_task(tick())

    async def stop(self):
        if self.task is not None:
            self.task.cancel()
            await asyncio.wait([self.task])


@wrong("rerun-safe", "not-awaited", says="Write `def start`, which can only tell the old task")
class StartAwaitsStop(StartCallsStop):
    async def start(self, tick):
        await self.stop()
        self.task = asyncio.create_task(tick())


@wrong("rerun-safe", "nested-run", says="tell the old task to stop, and make the new one")
class StartRunsStop(StartCallsStop):
    def start(self, tick):
        asyncio.run(self.stop())
        self.task = asyncio.create_task(tick())


@wrong("rerun-safe", "raised", says="where its call is wanted: only the call,")
class ATaskOfTheFunction(StartCallsStop):
    def start(self, tick):
        if self.task is not None:
            self.task.cancel()
        self.task = asyncio.create_task(tick)


@wrong("rerun-safe", "endless", says="of StopWaitsForEver.stop")
class StopWaitsForEver(StartCallsStop):
    def start(self, tick):
        if self.task is not None:
            self.task.cancel()
        self.task = asyncio.create_task(tick())

    async def stop(self):
        if self.task is not None:
            await self.task


# -- words for what looks alike -----------------------------------------------------------------


@wrong("run-anywhere", "raised", says="run_anywhere holds its only thread")
def waits_a_moment_for_its_own_loop(make):
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(make())
    return asyncio.run_coroutine_threadsafe(make(), loop).result(timeout=0.05)


@wrong("run-anywhere", "raised", says="A timeout of your own ran out")
def raises_a_timeout_of_its_own(make):
    always_in_a_thread(make)
    raise TimeoutError


@wrong("run-anywhere", "raised", says="driven by hand, and nobody runs a loop for it")
def drives_it_by_hand(make):
    coroutine = make()
    try:
        while True:
            coroutine.send(None)
    except StopIteration as stop:
        return stop.value


@wrong("run-anywhere", "raised", says="driven by hand, and nobody runs a loop for it")
def drives_it_by_hand_where_no_loop_runs(make):
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return drives_it_by_hand(make)
    return always_in_a_thread(make)


@wrong("run-anywhere", "raised", says="nothing that it called had failed")
def throws_an_error_into_it(make):
    make().throw(LookupError("not now"))


@wrong("run-anywhere", "raised", says="as if it were its result")
def unpacks_the_future(make):
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(make())
    (value,) = loop.create_task(make())
    return value


@wrong("run-anywhere", "swallowed-error", says="alone in the `try`")
def the_same_coroutine_after_any_error(make):
    coroutine = make()
    try:
        return asyncio.run(coroutine)
    except RuntimeError:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(asyncio.run, coroutine).result()


@wrong("run-anywhere", "not-awaited", says="or it was made only to look at it")
def makes_one_to_look_at_it(make):
    make().close()
    return always_in_a_thread(make)


@wrong("run-anywhere", "wrong-value", says="it is the value of an earlier call", made=True)
def a_box_for_all_calls():
    def run_anywhere(make, box=[]):
        box.append(always_in_a_thread(make))
        return box[0]

    return run_anywhere


@wrong("run-anywhere", "wrong-value", says="it is the value of an earlier call", made=True)
def a_box_for_each_kind_of_call():
    boxes = {}

    def run_anywhere(make):
        where = asyncio._get_running_loop() is not None
        value = always_in_a_thread(make)
        return boxes.setdefault(where, value)

    return run_anywhere


@wrong("run-anywhere", "wrong-value", says="it is the value of an earlier call")
def the_nothing_of_the_call_before(make):
    value = always_in_a_thread(make)
    return None if value == 0 else value


@wrong("run-anywhere", "wrong-value", says="in a thread or a task, or something else")
def the_value_in_a_list(make):
    return [always_in_a_thread(make)]


class ATicker:
    def __init__(self):
        self.task = None

    def start(self, tick):
        if self.task is not None:
            self.task.cancel()
        self.task = asyncio.create_task(tick())

    async def stop(self):
        if self.task is not None:
            self.task.cancel()
            await asyncio.wait([self.task])


@wrong("rerun-safe", "no-cleanup", says="or a timeout ran out, such as that of wait_for")
class WaitsATenthOfASecond(ATicker):
    async def stop(self):
        if self.task is not None:
            self.task.cancel()
            with contextlib.suppress(asyncio.CancelledError, TimeoutError):
                await asyncio.wait_for(self.task, 0.1)


@wrong("rerun-safe", "no-cleanup", says="A second cancel broke that off")
class CancelsUntilItIsDone(ATicker):
    async def stop(self):
        while self.task is not None and not self.task.done():
            self.task.cancel()
            await asyncio.sleep(0)


@wrong("rerun-safe", "no-cleanup", says="had ended in the middle of tidying up")
class CancelsTwice(ATicker):
    async def stop(self):
        if self.task is not None:
            self.task.cancel()
            await asyncio.sleep(0)
            if not self.task.done():
                self.task.cancel()
            await asyncio.wait([self.task])


@wrong("rerun-safe", "no-cleanup", says="told to stop and not finished")
class WaitsATenthOfASecondAndLeavesItAlone(ATicker):
    async def stop(self):
        if self.task is not None:
            self.task.cancel()
            await asyncio.wait([self.task], timeout=0.1)


@wrong("rerun-safe", "leaked-task", says="start calls tick more than once")
class TwoTasksForEachStart(ATicker):
    def start(self, tick):
        super().start(tick)
        asyncio.create_task(tick())


@wrong("rerun-safe", "wasted-calls", says="One call of tick() for each start")
class TwoTasksForEachStartAndBothStopped(ATicker):
    def __init__(self):
        self.tasks = []

    def start(self, tick):
        for task in self.tasks:
            task.cancel()
        self.tasks = [asyncio.create_task(tick()), asyncio.create_task(tick())]

    async def stop(self):
        for task in self.tasks:
            task.cancel()
        if self.tasks:
            await asyncio.wait(self.tasks)


@wrong("rerun-safe", "wrong-value", says="or nothing is started any more after a stop")
class StartsNothingAfterAStop(ATicker):
    is_stopped = False

    def start(self, tick):
        if not self.is_stopped:
            super().start(tick)

    async def stop(self):
        self.is_stopped = True
        await super().stop()


@wrong("rerun-safe", "state-kept", says="Make what the ticker needs in `__init__`", made=True)
def an_event_of_the_class():
    class Ticker(ATicker):
        ended = asyncio.Event()

        async def stop(self):
            if self.task is not None and self.task.cancel():
                self.ended.clear()
                self.task.add_done_callback(lambda task: self.ended.set())
                await self.ended.wait()

    return Ticker


@wrong("rerun-safe", "wrong-value", says="or tickers share a task. Try", made=True)
def stop_stops_all_of_them():
    class Ticker(ATicker):
        tasks = []

        def start(self, tick):
            super().start(tick)
            self.tasks.append(self.task)

        async def stop(self):
            for task in self.tasks:
                task.cancel()
            await asyncio.gather(*self.tasks, return_exceptions=True)
            self.tasks.clear()

    return Ticker


@right("rerun-safe")
class AWrapperRunsIt(ATicker):
    def start(self, tick):
        async def run():
            await tick()

        super().start(run)


@right("rerun-safe")
class ShieldedAndAwaited(ATicker):
    async def stop(self):
        if self.task is not None and self.task.cancel():
            while not self.task.done():
                await asyncio.wait([self.task], timeout=0.5)
