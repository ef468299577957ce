"""asyncio's own event loop in virtual time, for tests of what must hold on the real one.

It has nothing of `helpers` in it, so that what it shows of the recorder is not our own doing.
"""

import asyncio


class VirtualLoop(asyncio.SelectorEventLoop):
    """Does not wait for the next timer: jumps to it."""

    now = 0.0

    def time(self):
        return self.now

    def _run_once(self):
        if self._scheduled and not self._ready:
            self.now = max(self.now, self._scheduled[0].when())
        super()._run_once()

    async def shutdown_default_executor(self, *timeout):
        """Real threads take real time to end: no limit in virtual time."""
        await super().shutdown_default_executor()
