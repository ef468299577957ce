"""06 Whose loop is it?: the reference solutions."""

import asyncio
from concurrent.futures import ThreadPoolExecutor


def run_anywhere(make):
    """get_running_loop is asked first, and nothing else stands in the try: so no RuntimeError of
    the coroutine can be mistaken for its answer. Where no loop runs, asyncio.run is enough. Where
    one runs, another thread has none: there asyncio.run may make its own. The future that the
    pool gives back carries the value, or the error, from that thread to this one.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(make())
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(asyncio.run, make()).result()


class Ticker:
    """The object keeps its task, so that the next start finds it and can tell it to stop. start
    cannot wait, since it is plain: the old task tidies up while the new one begins. stop can:
    asyncio.wait returns when the task has ended, and does not raise what it ended with.
    """

    def __init__(self):
        self.task = None

    def start(self, tick) -> None:
        if self.task is not None:
            self.task.cancel()
        self.task = asyncio.create_task(tick())

    async def stop(self) -> None:
        if self.task is not None:
            self.task.cancel()
            await asyncio.wait([self.task])
