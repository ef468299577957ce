"""A kernel for a lesson: the Python that runs this, a clean profile, ended by its own handle.

It is the kernel that nbval starts too, so what writes the outputs and what checks them agree.
"""

import os
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from jupyter_client import AsyncKernelManager, BlockingKernelClient, KernelManager
from nbval.kernel import CURRENT_ENV_KERNEL_NAME, NbvalKernelspecManager


def own_files(folder: Path) -> dict[str, str]:
    """Environment variables that keep a kernel away from the user's progress and profile."""
    return {
        "WHILE_YOU_WAIT_PROGRESS": str(folder / "progress.jsonl"),
        "IPYTHONDIR": str(folder / "ipython"),
    }


@asynccontextmanager
async def running_kernel(cwd: Path) -> AsyncIterator[AsyncKernelManager]:
    """A kernel, started in this folder; it says on its own stderr only that it listens."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        manager = AsyncKernelManager(
            kernel_name=CURRENT_ENV_KERNEL_NAME, kernel_spec_manager=NbvalKernelspecManager()
        )
        try:
            environment = {**os.environ, **own_files(Path(folder))}
            await manager.start_kernel(cwd=str(cwd), env=environment, stderr=subprocess.DEVNULL)
            yield manager
        finally:
            if manager.has_kernel:
                await manager.shutdown_kernel(now=True)


@contextmanager
def blocking_kernel(
    cwd: Path, *, patience_s: float = 30
) -> Iterator[tuple[KernelManager, BlockingKernelClient]]:
    """A kernel for tests that run one cell after the other, and its client, ready."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        manager = KernelManager(
            kernel_name=CURRENT_ENV_KERNEL_NAME, kernel_spec_manager=NbvalKernelspecManager()
        )
        environment = {**os.environ, **own_files(Path(folder))}
        manager.start_kernel(cwd=str(cwd), env=environment, stderr=subprocess.DEVNULL)
        try:
            client = manager.blocking_client()
            client.start_channels()
            client.wait_for_ready(timeout=patience_s)
            yield manager, client
            client.stop_channels()
        finally:
            manager.shutdown_kernel(now=True)
