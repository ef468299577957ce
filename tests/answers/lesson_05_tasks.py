"""05 Tasks: answers to its exercises."""

import asyncio
import threading
import time
import weakref

from . import right, wrong

# -- overlap: right -----------------------------------------------------------------------


@right("overlap")
async def gather_of_both(download, prepare):
    downloaded, prepared = await asyncio.gather(download(), prepare())
    return downloaded, prepared


@right("overlap")
async def what_gather_returns(download, prepare):
    return await asyncio.gather(download(), prepare())


@right("overlap")
def the_gather_itself(download, prepare):
    return asyncio.gather(download(), prepare())


@right("overlap")
async def the_other_one_is_the_task(download, prepare):
    preparing = asyncio.create_task(prepare())
    return await download(), await preparing


@right("overlap")
async def two_tasks(download, prepare):
    loading, preparing = asyncio.create_task(download()), asyncio.create_task(prepare())
    prepared = await preparing
    return await loading, prepared


@right("overlap")
async def a_task_group(download, prepare):
    async with asyncio.TaskGroup() as group:
        loading = group.create_task(download(), name="download")
        prepared = await prepare()
    return loading.result(), prepared


@right("overlap")
async def wait_and_result(download, prepare):
    tasks = [asyncio.ensure_future(download()), asyncio.ensure_future(prepare())]
    await asyncio.wait(tasks)
    return tuple(task.result() for task in tasks)


@right("overlap")
async def callbacks_that_collect(download, prepare):
    results = {}
    loading = asyncio.create_task(download())
    loading.add_done_callback(lambda task: results.update(loaded=task.result()))
    prepared = await prepare()
    await loading
    await asyncio.sleep(0)
    return results["loaded"], prepared


@right("overlap")
async def a_turn_given_first(download, prepare):
    task = asyncio.create_task(download())
    await asyncio.sleep(0)
    prepared = await prepare()
    downloaded = await task
    return (downloaded, prepared)


@right("overlap")
async def an_inner_function(download, prepare):
    async def load():
        return await download()

    task = asyncio.get_running_loop().create_task(load())
    prepared = await prepare()
    return await task, prepared


@right("overlap")
async def made_here_and_run_in_a_thread(download, prepare):
    loading = asyncio.to_thread(asyncio.run, download())
    return tuple(await asyncio.gather(loading, prepare()))


@right("overlap")
async def a_coroutine_of_its_own_run_in_a_thread(download, prepare):
    async def load():
        return await download()

    loading = asyncio.create_task(asyncio.to_thread(asyncio.run, load()))
    prepared = await prepare()
    return await loading, prepared


# -- overlap: wrong -----------------------------------------------------------------------


@wrong("overlap", "lost-results", says="without a `return`")
async def nothing_is_returned(download, prepare):
    task = asyncio.create_task(download())
    prepared = await prepare()
    downloaded = await task
    print(downloaded, prepared)


@wrong("overlap", "one-by-one", says="download from 0 s, then prepare from")
async def one_after_the_other(download, prepare):
    return await download(), await prepare()


@wrong("overlap", "one-by-one", says="awaited in the line that made it one")
async def a_task_awaited_at_once(download, prepare):
    downloaded = await asyncio.create_task(download())
    return downloaded, await prepare()


@wrong("overlap", "one-by-one")
async def a_coroutine_that_is_no_task(download, prepare):
    loading = download()
    prepared = await prepare()
    return await loading, prepared


@wrong("overlap", "one-by-one", says="prepare from 0 s, then download from")
async def started_after_prepare(download, prepare):
    prepared = await prepare()
    task = asyncio.create_task(download())
    return await task, prepared


@wrong("overlap", "one-by-one", says="Observed: download, then prepare Likely cause")
async def a_thread_then_one_after_the_other(download, prepare):
    await asyncio.to_thread(time.sleep, 0.01)
    return await download(), await prepare()


@wrong("overlap", "one-by-one")
async def two_gathers(download, prepare):
    (downloaded,) = await asyncio.gather(download())
    (prepared,) = await asyncio.gather(prepare())
    return downloaded, prepared


@wrong("overlap", "one-by-one")
async def a_group_for_each(download, prepare):
    async with asyncio.TaskGroup() as group:
        loading = group.create_task(download())
    async with asyncio.TaskGroup() as group:
        preparing = group.create_task(prepare())
    return loading.result(), preparing.result()


@wrong("overlap", "raised", says="`result()` does not wait")
async def the_result_too_early(download, prepare):
    task = asyncio.create_task(download())
    prepared = await prepare()
    return task.result(), prepared


@wrong("overlap", "not-awaited", says="A coroutine object was taken for a task")
async def the_result_of_a_coroutine(download, prepare):
    coroutine = download()
    prepared = await prepare()
    return coroutine.result(), prepared


@wrong("overlap", "raised", says="`result()` does not wait")
async def both_results_too_early(download, prepare):
    tasks = asyncio.create_task(download()), asyncio.create_task(prepare())
    await asyncio.sleep(0)
    return tasks[0].result(), tasks[1].result()


@wrong("overlap", "lost-results", says="is missing")
async def never_collected(download, prepare):
    task = asyncio.create_task(download())
    prepared = await prepare()
    return task.done(), prepared


@wrong("overlap", "lost-results")
async def only_what_was_prepared(download, prepare):
    task = asyncio.create_task(download())
    prepared = await prepare()
    await task
    return prepared


@wrong("overlap", "lost-results")
async def nothing_returned(download, prepare):
    await asyncio.gather(download(), prepare())


@wrong("overlap", "lost-results")
async def cancelled_when_prepared(download, prepare):
    task = asyncio.create_task(download())
    prepared = await prepare()
    task.cancel()
    return (None if not task.done() else task.result()), prepared


@wrong("overlap", "not-awaited")
async def the_task_in_place_of_its_result(download, prepare):
    task = asyncio.create_task(download())
    return task, await prepare()


@wrong("overlap", "not-awaited")
async def two_coroutine_objects(download, prepare):
    return download(), prepare()


@wrong("overlap", "wrong-order", says="the other way round")
async def swapped(download, prepare):
    task = asyncio.create_task(download())
    return await prepare(), await task


@wrong("overlap", "wrong-value")
async def a_text_of_both(download, prepare):
    downloaded, prepared = await asyncio.gather(download(), prepare())
    return [downloaded, prepared, downloaded]


@wrong("overlap", "wrong-value", says="in a tuple")
async def joined(download, prepare):
    return " ".join(await asyncio.gather(download(), prepare()))


@wrong("overlap", "wrong-value", says="a dict")
async def a_dictionary(download, prepare):
    downloaded, prepared = await asyncio.gather(download(), prepare())
    return {"downloaded": downloaded, "prepared": prepared}


@wrong("overlap", "wasted-calls", says="2 calls of download")
async def called_twice(download, prepare):
    asyncio_task = asyncio.create_task(download())
    prepared = await prepare()
    await asyncio_task
    return await download(), prepared


@wrong("overlap", "too-slow", says="not from the beginning")
async def a_pause_first(download, prepare):
    await asyncio.sleep(1)
    return await asyncio.gather(download(), prepare())


@wrong("overlap", "blocked-loop")
async def a_sleep_that_blocks(download, prepare):
    task = asyncio.create_task(download())
    time.sleep(1)
    return await task, await prepare()


@wrong("overlap", "raised")
async def a_function_made_a_task(download, prepare):
    task = asyncio.create_task(download)
    return await task, await prepare()


# -- keep-hold: right ---------------------------------------------------------------------


@right("keep-hold")
class ADictionary:
    def __init__(self):
        self.jobs = {}

    def start(self, coroutine):
        task = asyncio.create_task(coroutine)
        self.jobs[id(task)] = task
        task.add_done_callback(lambda done: self.jobs.pop(id(done)))
        return task

    async def finish(self):
        for task in list(self.jobs.values()):
            await task


@right("keep-hold")
class AWhileLoop:
    def __init__(self):
        self.tasks = set()

    def start(self, coroutine) -> None:
        task = asyncio.ensure_future(coroutine)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.remove)

    async def finish(self) -> None:
        while self.tasks:
            await asyncio.wait(self.tasks)


@right("keep-hold")
class CleanedUpAtTheNextStart:
    def __init__(self):
        self.tasks = []

    def start(self, coroutine) -> None:
        self.tasks = [task for task in self.tasks if not task.done()]
        self.tasks.append(asyncio.create_task(coroutine))

    async def finish(self) -> None:
        for task in self.tasks:
            await task
        self.tasks.clear()


@right("keep-hold")
class AWrapperThatTakesItselfOut:
    def __init__(self):
        self.tasks = []

    def start(self, coroutine) -> None:
        self.tasks.append(asyncio.create_task(self._run(coroutine)))

    async def _run(self, coroutine):
        try:
            await coroutine
        finally:
            self.tasks.remove(asyncio.current_task())

    async def finish(self) -> None:
        await asyncio.gather(*self.tasks)


@right("keep-hold")
class CountedAndAnEvent:
    def __init__(self):
        self.tasks, self.idle = set(), asyncio.Event()

    def start(self, coroutine) -> None:
        task = asyncio.create_task(coroutine)
        self.tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task):
        self.tasks.discard(task)
        if not self.tasks:
            self.idle.set()

    async def finish(self) -> None:
        if self.tasks:
            self.idle.clear()
            await self.idle.wait()


@right("keep-hold")
class OneAfterAnotherFromTheSet:
    def __init__(self):
        self.tasks = set()

    def start(self, coroutine) -> None:
        task = asyncio.create_task(coroutine, name="job")
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def finish(self) -> None:
        while self.tasks:
            await next(iter(self.tasks))
            await asyncio.sleep(0)


@right("keep-hold")
class FinishReturnsTheGather:
    def __init__(self):
        self.tasks = set()

    def start(self, coroutine):
        self.tasks.add(task := asyncio.create_task(coroutine))
        task.add_done_callback(lambda t: self.tasks.discard(t))

    def finish(self):
        return asyncio.gather(*self.tasks, return_exceptions=True)


# -- keep-hold: wrong ---------------------------------------------------------------------


@wrong("keep-hold", "too-slow", says="keep their tasks in one place")
class ADictionaryForTheWholeProgram:
    tasks: dict = {}

    def start(self, coroutine) -> None:
        task = asyncio.create_task(coroutine)
        ADictionaryForTheWholeProgram.tasks.setdefault(task)
        task.add_done_callback(ADictionaryForTheWholeProgram.tasks.pop)

    async def finish(self) -> None:
        await asyncio.gather(*list(ADictionaryForTheWholeProgram.tasks))


class AList:
    def __init__(self):
        self.tasks = []

    def start(self, coroutine):
        task = asyncio.create_task(coroutine)
        self.tasks.append(task)
        task.add_done_callback(self.let_go)

    def let_go(self, task):
        self.tasks.remove(task)

    async def finish(self):
        await asyncio.gather(*self.tasks)


@wrong("keep-hold", "leaked-task")
class AListThatShrinksUnderTheLoop(AList):
    async def finish(self):
        for task in self.tasks:
            await task


@wrong("keep-hold", "leaked-task")
class OnlyTheOldest(AList):
    async def finish(self):
        if self.tasks:
            await self.tasks[0]


@wrong("keep-hold", "lost-results", says="Nobody held the task")
class LetsGoOfTheFirst(AList):
    def let_go(self, task):
        self.tasks.pop(0)


@wrong("keep-hold", "lost-results", says="Nobody held the task")
class OnePlaceForEachFunction(AList):
    def __init__(self):
        self.tasks = {}

    def start(self, coroutine):
        self.tasks[coroutine.__name__] = asyncio.create_task(coroutine)

    async def finish(self):
        await asyncio.gather(*self.tasks.values())


@wrong("keep-hold", "state-kept")
class LooksAtTheOldestOnly(AList):
    def start(self, coroutine):
        while self.tasks and self.tasks[0].done():
            self.tasks.pop(0)
        self.tasks.append(asyncio.create_task(coroutine))


@wrong("keep-hold", "state-kept")
class SkipsTheNeighbour(AList):
    def start(self, coroutine):
        for task in self.tasks:
            if task.done():
                self.tasks.remove(task)
        self.tasks.append(asyncio.create_task(coroutine))


@wrong("keep-hold", "leaked-task")
class AnEventThatStaysSet(AList):
    def __init__(self):
        super().__init__()
        self.idle = asyncio.Event()

    def let_go(self, task):
        self.tasks.remove(task)
        if not self.tasks:
            self.idle.set()

    async def finish(self):
        if self.tasks:
            await self.idle.wait()


@wrong("keep-hold", "lost-results", says="Nobody held the task")
class NoReference:
    def start(self, coroutine):
        asyncio.create_task(coroutine)

    async def finish(self):
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if others:
            await asyncio.wait(others)


@wrong("keep-hold", "lost-results", says="Nobody held the task")
class AWeakSet:
    def __init__(self):
        self.tasks = weakref.WeakSet()

    def start(self, coroutine):
        self.tasks.add(asyncio.create_task(coroutine))

    async def finish(self):
        if self.tasks:
            await asyncio.wait(list(self.tasks))


@wrong("keep-hold", "lost-results", says="Nobody held the task")
class AWeakSetThatIsEmptyInTheEnd:
    def __init__(self):
        self.tasks = weakref.WeakSet()

    def start(self, coroutine):
        self.tasks.add(asyncio.create_task(coroutine))

    async def finish(self):
        await asyncio.wait(list(self.tasks))


@wrong("keep-hold", "lost-results")
class OnlyTheLast:
    def __init__(self):
        self.task = None

    def start(self, coroutine):
        self.task = asyncio.create_task(coroutine)

    async def finish(self):
        if self.task:
            await self.task


@wrong("keep-hold", "lost-results")
class ALocalSet:
    def start(self, coroutine):
        tasks = set()
        task = asyncio.create_task(coroutine)
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    async def finish(self):
        for task in asyncio.all_tasks():
            if task is not asyncio.current_task():
                await task


@wrong("keep-hold", "lost-results")
class TakenOutAtOnce:
    def __init__(self):
        self.tasks = set()

    def start(self, coroutine):
        task = asyncio.create_task(coroutine)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard(task))

    async def finish(self):
        await asyncio.gather(*self.tasks)


@wrong("keep-hold", "lost-results", says="gone after a garbage collection")
class CountedAndLost:
    def __init__(self):
        self.left, self.idle = 0, asyncio.Event()

    def start(self, coroutine):
        self.left += 1
        asyncio.create_task(self._run(coroutine))

    async def _run(self, coroutine):
        await coroutine
        self.left -= 1
        if not self.left:
            self.idle.set()

    async def finish(self):
        if self.left:
            await self.idle.wait()


@wrong("keep-hold", "state-kept", says="a month")
class AListThatGrows:
    def __init__(self):
        self.tasks = []

    def start(self, coroutine):
        self.tasks.append(asyncio.create_task(coroutine))

    async def finish(self):
        await asyncio.gather(*self.tasks)


@wrong("keep-hold", "state-kept")
class ClearedAtTheEndOnly:
    def __init__(self):
        self.tasks = set()

    def start(self, coroutine):
        self.tasks.add(asyncio.create_task(coroutine))

    async def finish(self):
        await asyncio.gather(*self.tasks)
        self.tasks.clear()


@wrong("keep-hold", "state-kept")
class ResultsAreKept:
    def __init__(self):
        self.tasks, self.results = set(), []

    def start(self, coroutine):
        task = asyncio.create_task(coroutine)
        self.tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task):
        self.tasks.discard(task)
        self.results.append(task.result())

    async def finish(self):
        await asyncio.gather(*self.tasks)


@wrong("keep-hold", "state-kept")
class CoroutinesAreKept:
    def __init__(self):
        self.tasks, self.started = set(), []

    def start(self, coroutine):
        self.started.append(coroutine)
        task = asyncio.create_task(coroutine)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def finish(self):
        await asyncio.gather(*self.tasks)


@wrong("keep-hold", "raised", says="list(self.tasks)")
class TheSetChangesWhileLooping:
    def __init__(self):
        self.tasks = set()

    def start(self, coroutine):
        task = asyncio.create_task(coroutine)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def finish(self):
        for task in self.tasks:
            await task


@wrong("keep-hold", "raised")
class WaitForNone:
    def __init__(self):
        self.tasks = set()

    def start(self, coroutine):
        task = asyncio.create_task(coroutine)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def finish(self):
        await asyncio.wait(self.tasks)


@wrong("keep-hold", "too-slow", says="had not begun")
class StartedInFinish:
    def __init__(self):
        self.coroutines = []

    def start(self, coroutine):
        self.coroutines.append(coroutine)

    async def finish(self):
        coroutines, self.coroutines = self.coroutines, []
        await asyncio.gather(*coroutines)


@wrong("keep-hold", "too-slow")
class FinishLooksNowAndThen:
    def __init__(self):
        self.tasks = set()

    def start(self, coroutine):
        task = asyncio.create_task(coroutine)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def finish(self):
        while self.tasks:
            await asyncio.sleep(0.3)


@wrong("keep-hold", "busy-wait")
class FinishAsksAgainAndAgain:
    def __init__(self):
        self.tasks = set()

    def start(self, coroutine):
        task = asyncio.create_task(coroutine)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def finish(self):
        while self.tasks:
            await asyncio.sleep(0)


@wrong("keep-hold", "leaked-task", says="in `finish`")
class FinishWaitsForTheFirst:
    def __init__(self):
        self.tasks = set()

    def start(self, coroutine):
        task = asyncio.create_task(coroutine)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def finish(self):
        if self.tasks:
            await asyncio.wait(self.tasks, return_when=asyncio.FIRST_COMPLETED)


@wrong("keep-hold", "leaked-task")
class FinishDoesNothing:
    def __init__(self):
        self.tasks = set()

    def start(self, coroutine):
        task = asyncio.create_task(coroutine)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def finish(self): ...


@wrong("keep-hold", "lost-results", says="it does not cancel")
class FinishCancels:
    def __init__(self):
        self.tasks = []

    def start(self, coroutine):
        task = asyncio.create_task(coroutine)
        self.tasks.append(task)
        task.add_done_callback(self.tasks.remove)

    async def finish(self):
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*list(self.tasks), return_exceptions=True)


@wrong("keep-hold", "not-awaited", says="start is a plain method")
class AnAsyncStart:
    def __init__(self):
        self.tasks = set()

    async def start(self, coroutine):
        task = asyncio.create_task(coroutine)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def finish(self):
        await asyncio.gather(*self.tasks)


@wrong("keep-hold", "not-awaited")
class Dropped:
    def __init__(self):
        self.started = 0

    def start(self, coroutine):
        self.started += 1

    async def finish(self):
        await asyncio.sleep(0)


@wrong("keep-hold", "raised")
class NoFinish:
    def __init__(self):
        self.tasks = set()

    def start(self, coroutine):
        task = asyncio.create_task(coroutine)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)


# -- who-failed: right --------------------------------------------------------------------


@right("who-failed")
async def gather_with_exceptions(jobs):
    results = await asyncio.gather(*(job() for job in jobs.values()), return_exceptions=True)
    return [name for name, r in zip(jobs, results, strict=True) if isinstance(r, BaseException)]


@right("who-failed")
async def wait_and_exception(jobs):
    tasks = {name: asyncio.create_task(job(), name=name) for name, job in jobs.items()}
    if tasks:
        await asyncio.wait(tasks.values())
    return [name for name, task in tasks.items() if task.exception() is not None]


@right("who-failed")
async def an_inner_function_that_catches(jobs):
    async def failed(job):
        try:
            await job()
        except Exception:
            return True
        return False

    flags = await asyncio.gather(*[failed(job) for job in jobs.values()])
    return [name for name, flag in zip(jobs, flags, strict=True) if flag]


@right("who-failed")
async def a_group_of_those_that_catch(jobs):
    failed = set()

    async def run(name, job):
        try:
            await job()
        except Exception:
            failed.add(name)

    async with asyncio.TaskGroup() as group:
        for name, job in jobs.items():
            group.create_task(run(name, job))
    return [name for name in jobs if name in failed]


@right("who-failed")
async def callbacks(jobs):
    failed = []

    def note(task):
        if task.exception():
            failed.append(task.get_name())

    tasks = [asyncio.create_task(job(), name=name) for name, job in jobs.items()]
    for task in tasks:
        task.add_done_callback(note)
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.sleep(0)
    return sorted(failed, key=list(jobs).index)


@right("who-failed")
async def as_completed_by_name(jobs):
    async def run(name, job):
        try:
            await job()
        except Exception:
            return name

    runs = [run(name, job) for name, job in jobs.items()]
    ended = [await run for run in asyncio.as_completed(runs)]
    return [name for name in jobs if name in ended]


@right("who-failed")
def a_plain_function_that_returns_a_coroutine(jobs):
    return an_inner_function_that_catches(jobs)


# -- who-failed: wrong --------------------------------------------------------------------


@wrong("who-failed", "lost-results")
async def the_text_of_the_error_tells(jobs):
    async def error_of(job):
        try:
            await job()
        except Exception as error:
            return str(error)

    errors = await asyncio.gather(*map(error_of, jobs.values()))
    return [name for name, error in zip(jobs, errors) if error]


@wrong("who-failed", "lost-results", says="all of them find the last job")
async def a_function_made_in_the_loop(jobs):
    failed, runs = [], []
    for name, job in jobs.items():

        async def run():
            try:
                await job()
            except Exception:
                failed.append(name)

        runs.append(run())
    await asyncio.gather(*runs)
    return failed


@wrong("who-failed", "lost-results", says="all of them find the last job")
async def a_callback_made_in_the_loop(jobs):
    failed, tasks = [], []
    for name, job in jobs.items():
        task = asyncio.create_task(job())
        task.add_done_callback(lambda task: failed.append(name) if task.exception() else None)
        tasks.append(task)
    await asyncio.wait(tasks)
    await asyncio.sleep(0)
    return failed


@wrong("who-failed", "lost-results", says="came out of who_failed")
async def no_try(jobs):
    tasks = {name: asyncio.create_task(job()) for name, job in jobs.items()}
    for task in tasks.values():
        await task
    return []


@wrong("who-failed", "lost-results", says="nobody asks the others")
async def a_try_around_all(jobs):
    tasks = {name: asyncio.create_task(job()) for name, job in jobs.items()}
    try:
        for name, task in tasks.items():
            await task
    except Exception:
        return [name]
    return []


@wrong("who-failed", "lost-results")
async def a_plain_gather(jobs):
    tasks = {name: asyncio.create_task(job()) for name, job in jobs.items()}
    try:
        await asyncio.gather(*tasks.values())
    except Exception:
        return [name for name, task in tasks.items() if task.done() and task.exception()]
    return []


@wrong("who-failed", "lost-results")
async def a_plain_task_group(jobs):
    tasks = {}
    try:
        async with asyncio.TaskGroup() as group:
            for name, job in jobs.items():
                tasks[name] = group.create_task(job())
    except* Exception:
        pass
    return [n for n, task in tasks.items() if not task.cancelled() and task.exception()]


@wrong("who-failed", "lost-results")
async def the_task_groups_error(jobs):
    async with asyncio.TaskGroup() as group:
        for job in jobs.values():
            group.create_task(job())
    return []


@wrong("who-failed", "lost-results", says="or one of the jobs or tasks is left out")
async def the_first_that_fails(jobs):
    tasks = {name: asyncio.create_task(job()) for name, job in jobs.items()}
    if not tasks:
        return []
    await asyncio.wait(tasks.values(), return_when=asyncio.FIRST_EXCEPTION)
    return [name for name, task in tasks.items() if task.done() and task.exception()]


@wrong("who-failed", "lost-results", says="only one kind of error")
async def break_after_the_first(jobs):
    tasks = {name: asyncio.create_task(job()) for name, job in jobs.items()}
    results = await asyncio.gather(*tasks.values(), return_exceptions=True)
    return [n for n, r in zip(tasks, results, strict=True) if isinstance(r, Exception)][:1]


@wrong("who-failed", "lost-results")
async def value_errors_only(jobs):
    results = await asyncio.gather(*[job() for job in jobs.values()], return_exceptions=True)
    return [name for name, r in zip(jobs, results, strict=True) if isinstance(r, ValueError)]


@wrong("who-failed", "one-by-one", says="before the next one is started")
async def one_by_one(jobs):
    failed = []
    for name, job in jobs.items():
        try:
            await job()
        except Exception:
            failed.append(name)
    return failed


@wrong("who-failed", "one-by-one")
async def a_task_awaited_at_once_each(jobs):
    failed = []
    for name, job in jobs.items():
        task = asyncio.create_task(job())
        try:
            await task
        except Exception:
            failed.append(name)
    return failed


@wrong("who-failed", "wrong-value", says="says nothing about failing")
async def if_not_result(jobs):
    async def run(job):
        try:
            return await job()
        except Exception:
            return None

    results = await asyncio.gather(*[run(job) for job in jobs.values()])
    return [name for name, result in zip(jobs, results, strict=True) if not result]


@wrong("who-failed", "wrong-value", says="says nothing about failing")
async def result_is_none(jobs):
    results = {}

    async def run(name, job):
        try:
            results[name] = await job()
        except Exception as error:
            print(name, error)

    await asyncio.gather(*[run(name, job) for name, job in jobs.items()])
    return [name for name in jobs if results.get(name) is None]


@wrong("who-failed", "wrong-value")
async def all_that_are_done(jobs):
    tasks = {name: asyncio.create_task(job()) for name, job in jobs.items()}
    await asyncio.gather(*tasks.values(), return_exceptions=True)
    return [name for name, task in tasks.items() if task.done()]


@wrong("who-failed", "wrong-value", says="a tuple")
async def a_tuple(jobs):
    results = await asyncio.gather(*[job() for job in jobs.values()], return_exceptions=True)
    return tuple(n for n, r in zip(jobs, results, strict=True) if isinstance(r, Exception))


@wrong("who-failed", "wrong-value")
async def the_errors_themselves(jobs):
    results = await asyncio.gather(*[job() for job in jobs.values()], return_exceptions=True)
    return [result for result in results if isinstance(result, Exception)]


@wrong("who-failed", "wrong-value")
async def forgets_to_return(jobs):
    failed = []
    tasks = {name: asyncio.create_task(job()) for name, job in jobs.items()}
    for name, task in tasks.items():
        try:
            await task
        except Exception:
            failed.append(name)


@wrong("who-failed", "too-slow", says="as long as the longest job")
async def a_pause_to_be_sure(jobs):
    failed = await gather_with_exceptions(jobs)
    await asyncio.sleep(1)
    return failed


@wrong("who-failed", "raised")
async def an_error_of_its_own(jobs):
    results = await asyncio.gather(*[job() for job in jobs.values()], return_exceptions=True)
    return [jobs[number] for number, r in enumerate(results) if isinstance(r, Exception)]


@wrong("who-failed", "wrong-order", says="in another order than in `jobs`")
async def as_they_failed(jobs):
    failed = []

    async def run(name, job):
        try:
            await job()
        except Exception:
            failed.append(name)

    await asyncio.gather(*[run(name, job) for name, job in jobs.items()])
    return failed


@wrong("who-failed", "not-awaited")
async def never_awaited(jobs):
    failed = []
    for name, job in jobs.items():
        try:
            job()
        except Exception:
            failed.append(name)
    return failed


@wrong("who-failed", "raised")
async def asks_too_early(jobs):
    tasks = {name: asyncio.create_task(job()) for name, job in jobs.items()}
    await asyncio.sleep(0)
    return [name for name, task in tasks.items() if task.exception()]


@wrong("who-failed", "wasted-calls")
async def each_job_again(jobs):
    await asyncio.gather(*[job() for job in jobs.values()], return_exceptions=True)
    results = await asyncio.gather(*[job() for job in jobs.values()], return_exceptions=True)
    return [name for name, r in zip(jobs, results, strict=True) if isinstance(r, Exception)]


@wrong("who-failed", "raised")
async def nothing_to_wait_for(jobs):
    tasks = {name: asyncio.create_task(job()) for name, job in jobs.items()}
    await asyncio.wait(tasks.values())
    return [name for name, task in tasks.items() if task.exception()]


@wrong("who-failed", "leaked-task", says="Wait for every task")
async def a_watcher_is_left(jobs):
    async def watch():
        while True:
            await asyncio.sleep(1)

    asyncio.create_task(watch())
    results = await asyncio.gather(*[job() for job in jobs.values()], return_exceptions=True)
    return [name for name, r in zip(jobs, results, strict=True) if isinstance(r, Exception)]


# -- answers that nobody had thought of at first ------------------------------------------


@right("overlap")
async def map_and_star(download, prepare):
    return tuple(await asyncio.gather(*map(lambda job: job(), (download, prepare))))


@right("overlap")
async def one_future_filled_by_the_other(download, prepare):
    came = asyncio.get_running_loop().create_future()
    task = asyncio.ensure_future(download())
    task.add_done_callback(lambda done: came.set_result(done.result()))
    prepared = await prepare()
    return await came, prepared


@right("overlap")
async def through_a_queue(download, prepare):
    queue = asyncio.Queue()

    async def put(place, job):
        queue.put_nowait((place, await job()))

    tasks = [asyncio.create_task(put(place, job)) for place, job in enumerate((download, prepare))]
    arrived = [await queue.get() for _ in tasks]
    await asyncio.wait(tasks)
    return tuple(result for _, result in sorted(arrived))


@wrong("overlap", "raised", says="The error came out of your function")
async def results_by_name(download, prepare):
    results = await asyncio.gather(download(), prepare())
    return results["download"], results["prepare"]


@wrong("overlap", "lost-results", says="is missing")
async def whoever_is_first(download, prepare):
    tasks = {asyncio.create_task(download()), asyncio.create_task(prepare())}
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    return tuple(task.result() for task in done)


@wrong("overlap", "wrong-order")
async def in_the_order_of_arrival(download, prepare):
    results = []

    async def keep(job):
        results.append(await job())

    await asyncio.gather(keep(download), keep(prepare))
    return tuple(results)


@right("keep-hold")
class TheLatestFirst:
    def __init__(self):
        self.stack = []

    def start(self, coroutine):
        task = asyncio.create_task(coroutine)
        self.stack.append(task)
        task.add_done_callback(self.stack.remove)

    async def finish(self):
        while self.stack:
            await self.stack[-1]


@right("keep-hold")
class ATaskThatWaitsForAnother:
    def __init__(self):
        self.chain = None

    def start(self, coroutine):
        self.chain = asyncio.create_task(self.both(asyncio.create_task(coroutine), self.chain))

    async def both(self, task, before):
        await task
        del task
        if before is not None:
            await before

    async def finish(self):
        if self.chain is not None:
            await self.chain


@wrong("keep-hold", "deadlock", says="What is waited for never comes")
class AnEventThatOnlyAJobSets:
    def __init__(self):
        self.tasks, self.empty = set(), asyncio.Event()

    def start(self, coroutine):
        self.empty.clear()
        task = asyncio.create_task(coroutine)
        self.tasks.add(task)
        task.add_done_callback(self.ended)

    def ended(self, task):
        self.tasks.discard(task)
        if not self.tasks:
            self.empty.set()

    async def finish(self):
        await self.empty.wait()


@wrong("keep-hold", "raised", says="The error came out of your function")
class NoInit:
    def start(self, coroutine):
        task = asyncio.create_task(coroutine)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def finish(self):
        await asyncio.gather(*self.tasks)


@wrong("keep-hold", "state-kept")
class TheTaskIsReplacedByItsResult:
    def __init__(self):
        self.jobs = {}

    def start(self, coroutine):
        number = len(self.jobs)
        self.jobs[number] = task = asyncio.create_task(coroutine)
        task.add_done_callback(lambda done: self.jobs.update({number: done.result()}))

    async def finish(self):
        await asyncio.gather(*(job for job in self.jobs.values() if asyncio.isfuture(job)))


@right("who-failed")
async def exceptions_of_a_shielded_gather(jobs):
    tasks = [asyncio.ensure_future(job()) for job in jobs.values()]
    errors = await asyncio.shield(asyncio.gather(*tasks, return_exceptions=True))
    return [name for name in jobs if isinstance(errors.pop(0), Exception)]


@right("who-failed")
async def a_done_callback_for_each(jobs):
    failed, left = set(), asyncio.Semaphore(0)

    def ended(task):
        if task.exception():
            failed.add(task.get_name())
        left.release()

    tasks = [asyncio.create_task(job(), name=name) for name, job in jobs.items()]
    for task in tasks:
        task.add_done_callback(ended)
    for _ in tasks:
        await left.acquire()
    return [name for name in jobs if name in failed]


@wrong("who-failed", "lost-results", says="not at its end")
async def gives_each_job_five_seconds(jobs):
    async def failed(job):
        try:
            await asyncio.wait_for(job(), 5)
        except Exception:
            return True

    flags = await asyncio.gather(*(failed(job) for job in jobs.values()))
    return [name for name, flag in zip(jobs, flags, strict=True) if flag]


@wrong("who-failed", "lost-results", says="all jobs run to the end")
async def the_last_is_forgotten(jobs):
    names = list(jobs)[1:]
    results = await asyncio.gather(*[jobs[name]() for name in names], return_exceptions=True)
    return [name for name, r in zip(names, results, strict=True) if isinstance(r, Exception)]


@wrong("who-failed", "lost-results", says="came out of who_failed")
async def a_group_with_a_summary(jobs):
    results = await asyncio.gather(*[job() for job in jobs.values()], return_exceptions=True)
    errors = [result for result in results if isinstance(result, Exception)]
    if errors:
        raise ExceptionGroup("some failed", [*errors, RuntimeError(f"{len(errors)} failed")])
    return []


@wrong("who-failed", "wrong-value", says="it was added more than once")
async def each_name_twice(jobs):
    failed = []

    async def run(name, job):
        try:
            await job()
        except Exception:
            failed.append(name)
            raise

    await asyncio.gather(*[run(n, job) for n, job in jobs.items()], return_exceptions=True)
    return sorted(failed * 2, key=list(jobs).index)


# -- what asyncio says of it hides what it is ------------------------------------------------


@wrong("overlap", "raised", says="only the call, download(), makes something to await")
async def a_task_of_the_function(download, prepare):
    task = asyncio.create_task(download)
    prepared = await prepare()
    return await task, prepared


@wrong("overlap", "raised", says="The function download was given where its call is wanted")
async def gathers_the_functions(download, prepare):
    return tuple(await asyncio.gather(download, prepare))


@wrong("overlap", "raised", says="A function was given where its call is wanted")
async def awaits_the_function(download, prepare):
    return await download, await prepare


@wrong("overlap", "raised", says="It is a task or a future already")
async def a_task_of_a_task(download, prepare):
    task = asyncio.create_task(asyncio.create_task(download()))
    return await task, await prepare()


@wrong("overlap", "too-slow", says="looks only now and then")
async def looks_ten_times_a_second(download, prepare):
    task = asyncio.create_task(download())
    prepared = await prepare()
    while not task.done():
        await asyncio.sleep(0.1)
    return task.result(), prepared


@wrong("overlap", "busy-wait", says="of looks_again_and_again: await sleep(0)")
async def looks_again_and_again(download, prepare):
    task = asyncio.create_task(download())
    prepared = await prepare()
    while not task.done():
        await asyncio.sleep(0)
    return task.result(), prepared


@wrong("overlap", "raised", says="A list was given where one coroutine or task is wanted")
async def one_task_of_both(download, prepare):
    both = [download(), prepare()]
    try:
        return await asyncio.create_task(both)
    finally:
        await asyncio.gather(*both)


@wrong("keep-hold", "not-awaited", says="Leave out the second pair of parentheses")
class CallsTheCoroutine:
    def __init__(self):
        self.tasks = set()

    def start(self, coroutine):
        task = asyncio.create_task(coroutine())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def finish(self):
        await asyncio.gather(*self.tasks)


@wrong("keep-hold", "raised", says="gather was given a set")
class GathersTheSet:
    def __init__(self):
        self.tasks = set()

    def start(self, coroutine):
        task = asyncio.create_task(coroutine)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def finish(self):
        await asyncio.gather(self.tasks)


@wrong("who-failed", "raised", says="where its call is wanted: only the call,")
async def gathers_the_jobs(jobs):
    answers = await asyncio.gather(*jobs.values(), return_exceptions=True)
    return [name for name, answer in zip(jobs, answers) if isinstance(answer, Exception)]


@wrong("who-failed", "not-awaited", says="Mind the star")
async def gathers_a_list(jobs):
    answers = await asyncio.gather([job() for job in jobs.values()], return_exceptions=True)
    return [name for name, answer in zip(jobs, answers) if isinstance(answer, Exception)]


@wrong("who-failed", "too-slow", says="looks only now and then")
async def looks_whether_all_are_done(jobs):
    tasks = {name: asyncio.create_task(job()) for name, job in jobs.items()}
    while not all(task.done() for task in tasks.values()):
        await asyncio.sleep(0.1)
    return [name for name, task in tasks.items() if task.exception()]


@wrong("who-failed", "raised", says="What it called had failed: ")
async def counts_what_is_no_number(jobs):
    tasks = {name: asyncio.create_task(job()) for name, job in jobs.items()}
    await asyncio.wait(tasks.values()) if tasks else None
    return [name for name, task in tasks.items() if int(str(task.exception()))]


@wrong("overlap", "busy-wait", says="of spins: await sleep(0); hides_a_deadlock stands at line")
async def hides_a_deadlock(download, prepare):
    async def spins():
        while True:
            await asyncio.sleep(0)

    spinning = asyncio.create_task(spins())
    await asyncio.Event().wait()
    spinning.cancel()


# -- two of them, a second finish, and words for what looks alike -----------------------------


@right("keep-hold", made=True)
def a_number_for_all_of_them_and_a_place_for_each():
    class Background(AList):
        started = 0

        def start(self, coroutine):
            Background.started += 1
            super().start(coroutine)

    return Background


@right("keep-hold")
class APlaceForEachInATable:
    tables = weakref.WeakKeyDictionary()

    def start(self, coroutine):
        tasks = self.tables.setdefault(self, [])
        task = asyncio.create_task(coroutine)
        tasks.append(task)
        task.add_done_callback(tasks.remove)

    async def finish(self):
        await asyncio.gather(*self.tables.get(self, ()))


@right("keep-hold")
class AListThatIsMadeAnew(AList):
    def let_go(self, task):
        self.tasks = [one for one in self.tasks if one is not task]

    async def finish(self):
        tasks, self.tasks = self.tasks, []
        await asyncio.gather(*tasks)


@right("keep-hold")
class AGroupFromTheFirstStartToFinish:
    def __init__(self):
        self.group = self.runs = None

    def start(self, coroutine):
        if self.runs is None:
            self.waiting, self.may_end = [coroutine], asyncio.Event()
            self.runs = asyncio.create_task(self.run())
        elif self.group is None:
            self.waiting.append(coroutine)
        else:
            self.group.create_task(coroutine)

    async def run(self):
        async with asyncio.TaskGroup() as self.group:
            while self.waiting:
                self.group.create_task(self.waiting.pop())
            await self.may_end.wait()

    async def finish(self):
        if self.runs is not None:
            self.may_end.set()
            await self.runs
            self.group = self.runs = None


@wrong("keep-hold", "too-slow", says="an attribute of the class")
class AListOfTheClass(AList):
    tasks = []

    def __init__(self):
        pass


@wrong("keep-hold", "too-slow", says="a default argument")
class AListForADefault(AList):
    def __init__(self, tasks=[]):
        self.tasks = tasks


@wrong("keep-hold", "too-slow", says="waits for every task of the program")
class EveryTaskOfTheProgram(AList):
    async def finish(self):
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if others:
            await asyncio.wait(others)


@wrong("keep-hold", "too-slow", says="looks only now and then")
class LooksAfterAWhile(AList):
    async def finish(self):
        await asyncio.gather(*self.tasks)
        if not self.tasks:
            await asyncio.sleep(0.1)


@wrong("keep-hold", "leaked-task", says="waits only the first time")
class FinishesOnce(AList):
    is_finished = False

    async def finish(self):
        if not self.is_finished:
            self.is_finished = True
            await asyncio.gather(*self.tasks)


@wrong("keep-hold", "raised", says="was put away by the first finish")
class PutsTheListAway(AList):
    async def finish(self):
        await asyncio.gather(*self.tasks)
        self.tasks = None


@wrong("keep-hold", "raised", says="does not want to go on after it")
class IsClosed(AList):
    is_closed = False

    def start(self, coroutine):
        if self.is_closed:
            raise RuntimeError("closed")
        super().start(coroutine)

    async def finish(self):
        self.is_closed = True
        await super().finish()


@wrong("keep-hold", "lost-results", says="After a finish, start lets go of the coroutine")
class IsClosedAndSaysNothing(IsClosed):
    def start(self, coroutine):
        if self.is_closed:
            coroutine.close()
        else:
            super().start(coroutine)


@wrong("keep-hold", "lost-results", says="Likely cause: start lets go of the coroutine")
class ClosesWhatItIsGiven(AList):
    def start(self, coroutine):
        coroutine.close()


@wrong("keep-hold", "not-async", says="Write `async def finish`")
class APlainFinish(AList):
    def finish(self):
        asyncio.gather(*self.tasks)


@wrong("keep-hold", "not-async", says="what it returned cannot be awaited")
class APlainFinishThatCounts(AList):
    def finish(self):
        return len(self.tasks)


@wrong("keep-hold", "nested-run", says="asyncio.create_task(coroutine) starts the job")
class StartRunsTheJob(AList):
    def start(self, coroutine):
        asyncio.run(coroutine)


@wrong("keep-hold", "nested-run", says="start is a plain method")
class StartRunsTheJobOnTheLoop(AList):
    def start(self, coroutine):
        asyncio.get_running_loop().run_until_complete(coroutine)


@wrong("keep-hold", "state-kept", says="Make in `__init__` what one Background needs", made=True)
def closed_for_all_of_them():
    class Background(AList):
        is_closed = False

        def start(self, coroutine):
            if Background.is_closed:
                raise RuntimeError("closed")
            super().start(coroutine)

        async def finish(self):
            await super().finish()
            Background.is_closed = True

    return Background


@wrong("who-failed", "state-kept", says="called again in the same situation", made=True)
def names_in_a_default_list():
    async def who_failed(jobs, failed=[]):
        tasks = {name: asyncio.create_task(job()) for name, job in jobs.items()}
        for name, task in tasks.items():
            try:
                await task
            except Exception:
                failed.append(name)
        return failed

    return who_failed


@wrong("who-failed", "state-kept", made=True)
def names_in_a_set_that_stays():
    failed = set()

    async def who_failed(jobs):
        tasks = {name: asyncio.create_task(job()) for name, job in jobs.items()}
        for name, task in tasks.items():
            try:
                await task
            except Exception:
                failed.add(name)
        return [name for name in jobs if name in failed]

    return who_failed


@wrong("who-failed", "wrong-value", says="'the oven' is none of the names in `jobs`", made=True)
def a_list_in_which_a_name_stood_before():
    failed = ["the oven"]

    async def who_failed(jobs):
        failed.extend(await gather_with_exceptions(jobs))
        return failed

    return who_failed


@wrong("who-failed", "wrong-value", says="left over from an earlier call", made=True)
def a_set_in_which_all_names_stood_before():
    failed = {"kettle", "toast", "weather", "news", "map", "mail", "trains", "recipes", "stars"}

    async def who_failed(jobs):
        failed.update(await gather_with_exceptions(jobs))
        return [name for name in jobs if name in failed]

    return who_failed


@wrong("who-failed", "lost-results", says="finds the last name, whichever job it is for")
async def a_callback_made_in_the_loop_and_a_set(jobs):
    failed, tasks = set(), []
    for name, job in jobs.items():
        task = asyncio.create_task(job())
        task.add_done_callback(lambda task: task.exception() and failed.add(name))
        tasks.append(task)
    await asyncio.gather(*tasks, return_exceptions=True)
    return [name for name in jobs if name in failed]


@wrong("who-failed", "lost-results", says="No job had failed yet: a timeout of who_failed's own")
async def waits_a_second(jobs):
    tasks = {name: asyncio.create_task(job()) for name, job in jobs.items()}
    if tasks:
        await asyncio.wait(tasks.values(), timeout=1)
    return [name for name, task in tasks.items() if task.done() and task.exception()]


@wrong("who-failed", "lost-results", says="or it leaves one out")
async def all_but_the_first(jobs):
    tasks = [(name, asyncio.create_task(job())) for name, job in jobs.items()]
    failed = []
    for name, task in tasks[1:]:
        try:
            await task
        except Exception:
            failed.append(name)
    return failed


@wrong("who-failed", "lost-results", says="looked at, or only one kind of error is caught.")
async def all_but_the_last(jobs):
    results = await asyncio.gather(*[job() for job in jobs.values()], return_exceptions=True)
    names = list(jobs)
    return [names[n] for n in range(len(names) - 1) if isinstance(results[n], Exception)]


@wrong("who-failed", "lost-results", says="an error without a text is taken for none")
async def an_error_with_a_text(jobs):
    results = await asyncio.gather(*[job() for job in jobs.values()], return_exceptions=True)
    errors = {n: str(r) for n, r in zip(jobs, results, strict=True) if isinstance(r, Exception)}
    return [name for name, text in errors.items() if text]


# Slow to judge, and therefore last.


@right("keep-hold")
class FinishUsesAThread(AList):
    async def finish(self):
        await asyncio.gather(asyncio.to_thread(time.sleep, 0.01), *self.tasks)


@right("keep-hold")
class AThreadForEachJob:
    def __init__(self):
        self.threads = []

    def start(self, coroutine):
        async def run():
            await coroutine

        self.threads = [thread for thread in self.threads if thread.is_alive()]
        self.threads.append(threading.Thread(target=lambda: asyncio.run(run())))
        self.threads[-1].start()

    async def finish(self):
        for thread in self.threads:
            await asyncio.to_thread(thread.join)
