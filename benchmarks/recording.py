"""What a recording costs: CPU per step, memory, reading, drawing, and the import of `helpers`.

    python benchmarks/recording.py            # a few minutes; README.md says what is measured

Everything is a ratio or a difference to the same run without recording, taken in turns within one
process, because seconds differ from machine to machine and from minute to minute. Prints tables in
Markdown. Nothing here judges: the aims stand beside the figures.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from helpers.recording import Recording

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

STEPS_A_TASK = 3  # two waits, so three steps
MEMORY_TASKS = 100_000


async def wait_a_little() -> None:
    await asyncio.sleep(0.001)


async def fetch() -> None:
    """One task: two real suspensions, each three calls deep."""
    await wait_a_little()
    await wait_a_little()


async def run_tasks(count: int, watched: Callable[[], AbstractContextManager]) -> float:
    """Seconds of user CPU that `count` tasks take under `watched()`."""
    gc.collect()
    before = user_cpu_s()
    with watched():
        await asyncio.gather(*(fetch() for _ in range(count)))
    return user_cpu_s() - before


def user_cpu_s() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime


# -- what is compared ---------------------------------------------------------------------


def recorded() -> AbstractContextManager[Recording]:
    from helpers.recording import record

    return record()


@contextlib.contextmanager
def viztraced() -> Iterator[None]:
    from viztracer import VizTracer

    tracer = VizTracer(log_async=True, verbose=0, tracer_entries=5_000_000)
    tracer.start()
    try:
        yield
    finally:
        tracer.stop()
        tracer.clear()


MODES: dict[str, Callable[[], AbstractContextManager]] = {
    "no recording": contextlib.nullcontext,
    "record()": recorded,
    "viztracer log_async": viztraced,
}


def cpu_per_step(count: int, rounds: int) -> dict[str, list[float]]:
    """Microseconds of user CPU a step, by mode: `rounds` figures each, taken in turns."""
    found: dict[str, list[float]] = {mode: [] for mode in MODES}
    for _ in range(rounds + 1):
        for mode, watched in MODES.items():
            seconds = asyncio.run(run_tasks(count, watched))
            found[mode].append(seconds / (count * STEPS_A_TASK) * 1e6)
    return {mode: figures[1:] for mode, figures in found.items()}  # the first round warms up


# -- memory and time, each in a process of its own ----------------------------------------


def peak_mb(mode: str, count: int) -> float:
    """The most memory that the process had, all tasks being under way at one time."""
    asyncio.run(run_tasks(count, MODES[mode]))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 10)  # kilobytes on Linux


def recording_of(count: int) -> Recording:
    """Not by `asyncio.run`, whose signal handling on 3.11 shows the result, and so reads it."""

    async def main():
        with recorded() as recording:
            await asyncio.gather(*(fetch() for _ in range(count)))
        return recording

    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(main())
    finally:
        loop.close()


def held_mb(count: int) -> float:
    """What a recording of `count` tasks holds when all else is gone."""
    recording_of(10)  # what is loaded once is no part of it
    gc.collect()
    tracemalloc.start()
    recording = recording_of(count)
    gc.collect()
    held = tracemalloc.get_traced_memory()[0] / 1e6
    assert recording
    return held


def reading_s(count: int) -> tuple[int, float]:
    """The number of events of `count` tasks, and the seconds that reading them back takes."""
    recording = recording_of(count)
    before = time.perf_counter()
    events = len(recording.events)
    return events, time.perf_counter() - before


def drawing_s(count: int) -> tuple[float, float]:
    """Seconds until the heat map of `count` tasks is drawn, matplotlib's import among them; kB."""
    from helpers.pictures import recording_html

    recording = recording_of(count)
    assert recording.events  # read before, so that drawing alone is timed
    before = time.perf_counter()
    size = len(recording_html(recording)) / 1e3
    return time.perf_counter() - before, size


def import_ms(statement: str, rounds: int = 9) -> float:
    """The fastest of `rounds` fresh processes, less the fastest that import nothing."""

    def fastest(code: str) -> float:
        def once() -> float:
            before = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
            return time.perf_counter() - before

        return min(once() for _ in range(rounds))

    return (fastest(statement) - fastest("pass")) * 1e3


def in_a_fresh_process(expression: str) -> str:
    """What `expression` gives, evaluated in this module in a process of its own."""
    code = f"import recording; print({expression})"
    folder = Path(__file__).resolve().parent
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, cwd=folder, check=True, text=True, stdout=subprocess.PIPE
    ).stdout.strip()


# -- the tables ---------------------------------------------------------------------------


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=15, help="rounds at 1,000 tasks (15)")
    options.add_argument("--quick", action="store_true", help="the CPU table only")
    chosen = options.parse_args()
    leave_out_what_is_missing()
    print(f"CPython {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores\n")
    if not chosen.quick:
        print_the_rest()  # first: on Linux a child's peak is never below its parent's at its start
    print_cpu(chosen.rounds)


def leave_out_what_is_missing() -> None:
    if not find_spec("viztracer"):
        del MODES["viztracer log_async"]
        print("viztracer is missing: pip install -r benchmarks/requirements.in\n")


def print_cpu(rounds: int) -> None:
    print("| user CPU per step | tasks | µs, best | ratio, best | ratio, median |")
    print("|---|--:|--:|--:|--:|")
    for count in (1_000, 10_000):
        figures = cpu_per_step(count, max(rounds if count == 1_000 else rounds // 2, 3))
        plain = figures["no recording"]
        for mode, found in figures.items():
            best = min(found) / min(plain)
            median = statistics.median(one / other for one, other in zip(found, plain, strict=True))
            print(f"| {mode} | {count:,} | {min(found):.2f} | {best:.2f} × | {median:.2f} × |")
    print()


def print_the_rest() -> None:
    steps = f"{MEMORY_TASKS * STEPS_A_TASK:,} steps"
    print("| what | measured | aim |\n|---|--:|--:|")
    held = float(in_a_fresh_process(f"recording.held_mb({MEMORY_TASKS})"))
    print(f"| memory that a recording of {steps} holds | {held:.0f} MB | ≤ 64 MB |")
    plain = float(in_a_fresh_process(f"recording.peak_mb('no recording', {MEMORY_TASKS})"))
    for mode in list(MODES)[1:]:
        peak = float(in_a_fresh_process(f"recording.peak_mb({mode!r}, {MEMORY_TASKS})"))
        print(f"| more at its peak ({MEMORY_TASKS:,} at once), {mode} | {peak - plain:.0f} MB | |")
    events, seconds = in_a_fresh_process(f"*recording.reading_s({MEMORY_TASKS})").split()
    print(f"| reading {int(events):,} events back | {float(seconds):.1f} s | |")
    seconds, size = map(float, in_a_fresh_process(f"*recording.drawing_s({MEMORY_TASKS})").split())
    print(f"| drawing it, {size:.0f} kB of HTML | {seconds:.1f} s | |")
    print(f"| `import helpers` | {import_ms('import helpers'):.0f} ms | < 50 ms |")
    print(
        f"| `from helpers import record` | {import_ms('from helpers import record'):.0f} ms | |\n"
    )


if __name__ == "__main__":
    main()
