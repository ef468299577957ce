"""05 Tasks: the reference solutions."""

import asyncio


async def overlap(download, prepare) -> tuple:
    """The task puts the download under way as soon as this function gives way, which it does at
    `await prepare()`. When that is done, the download has been running beside it all the while;
    awaiting the task waits for the rest of it, if there is any, and gives its result.
    """
    task = asyncio.create_task(download())
    prepared = await prepare()
    return await task, prepared


class Background:
    """The set holds each task from its start until it is done; then the task takes itself out,
    by a callback that the task calls with itself, and everything that it held can go. gather is
    handed all tasks at once, so it does not matter that the set grows smaller meanwhile.
    """

    def __init__(self):
        self.tasks = set()

    def start(self, coroutine) -> None:
        task = asyncio.create_task(coroutine)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def finish(self) -> None:
        await asyncio.gather(*self.tasks)


async def who_failed(jobs) -> list:
    """All tasks are made before the first is awaited, so all jobs run at the same time. Each
    task keeps its error until it is asked: the try stands around one await, so that one error
    says something about one job. The order is that of the dictionary, whoever fails first.
    """
    tasks = {name: asyncio.create_task(job()) for name, job in jobs.items()}
    failed = []
    for name, task in tasks.items():
        try:
            await task
        except Exception:
            failed.append(name)
    return failed
