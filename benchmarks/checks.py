"""What a check costs: checks a second, latency in process and in a kernel, and the worst answers.

    python benchmarks/checks.py            # about three minutes; README.md says what is measured

Prints tables in Markdown. Seconds differ from machine to machine; the bounds stand beside them.
Nothing here judges.
"""

from __future__ import annotations

import asyncio
import gc
import json
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from helpers.practice import EXERCISES, judge  # noqa: E402
from helpers.practice.exercise import Program  # noqa: E402
from tests import hostile  # noqa: E402

TIMES = 100


def milliseconds(times: list[float]) -> tuple[float, float]:
    """The median and the ninety-fifth of a hundred."""
    return 1e3 * statistics.median(times), 1e3 * sorted(times)[int(0.95 * len(times))]


def timed(check: Callable[[], object], times: int = TIMES, pause_s: float = 0) -> list[float]:
    check()
    found = []
    for _ in range(times):
        time.sleep(pause_s)
        began = time.perf_counter()
        check()
        found.append(time.perf_counter() - began)
    return found


def table(head: str, rows: Iterator[tuple]) -> None:
    columns = head.split("|")
    print("|" + head + "|\n|" + "---|" * len(columns))
    for row in rows:
        print("| " + " | ".join(map(str, row)) + " |", flush=True)
    print()


# -- right answers ----------------------------------------------------------------------------


def exercises() -> Iterator[tuple]:
    """Every exercise with its reference solution."""
    for name, exercise in EXERCISES.items():
        answer = exercise._reference if isinstance(exercise, Program) else exercise._reference()
        median, late = milliseconds(timed(lambda n=name, a=answer: judge(n, a), 30))
        orders = len(list(exercise.schedules())) if isinstance(exercise, Program) else 0
        began, _ = time.process_time(), [judge(name, answer) for _ in range(30)]
        cpu = (time.process_time() - began) / 30 * 1e3
        rate = f"{1e3 / median:,.0f}"
        yield name, orders or "", f"{median:.1f}", f"{late:.1f}", f"{cpu:.1f}", aim(name), rate


def heaps() -> Iterator[tuple]:
    """Whether a kernel in which much is loaded makes checks slower, or checks make it slower."""
    for objects in (0, 300_000, 1_000_000):
        heap = [[number] for number in range(objects)]
        gc.collect()
        before = milliseconds(timed(gc.collect, 5))[0]
        median, _ = milliseconds(timed(lambda: judge("all-at-once", hostile.right)))
        after = milliseconds(timed(gc.collect, 5))[0]
        pauses = full_collections(lambda: judge("all-at-once", hostile.right))
        yield f"{objects:,}", f"{median:.1f}", f"{before:.1f}", f"{after:.1f}", pauses
        del heap


def full_collections(check: Callable[[], object]) -> str:
    """How many collections of everything a hundred checks bring about, and how long they take."""
    found, began = [], [0.0]

    def note(phase: str, info: dict) -> None:
        if phase == "start":
            began[0] = time.perf_counter()
        elif info["generation"] == 2:
            found.append(time.perf_counter() - began[0])

    gc.callbacks.append(note)
    for _ in range(TIMES):
        check()
        made = [[] for _ in range(2_000)]  # what a cell makes between two checks
        del made
    gc.callbacks.remove(note)
    long = [seconds for seconds in found if seconds > 0.005]
    return f"{len(long)} of {sum(long) * 1e3:.0f} ms in all"


def in_a_cell(times: int) -> dict[str, list[float]]:
    """What the kernel runs: seconds of `check`, its card and the progress file with it."""
    import os
    import tempfile

    from helpers import check, compare

    assert compare.__doc__  # as in a lesson, the pictures are loaded
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        os.environ["WHILE_YOU_WAIT_PROGRESS"] = os.path.join(folder, "progress.jsonl")
        for name, exercise in EXERCISES.items():
            answer = exercise._reference if isinstance(exercise, Program) else exercise._reference()
            # A learner's next check comes when the kernel has sent what the last one showed.
            found[name] = timed(lambda n=name, a=answer: check(n, a), times, pause_s=0.05)
    return found


async def in_a_kernel() -> dict[str, list[float]]:
    from tests.execution.kernels import running_kernel

    cell = f"""
import json, sys; sys.path.insert(0, {str(ROOT)!r})
from benchmarks.checks import in_a_cell
print("FOUND" + json.dumps(in_a_cell(30)) + "FOUND")
"""
    said = []
    async with running_kernel(ROOT) as manager:
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=60)

        def keep(message: dict) -> None:
            said.append(message["content"].get("text", ""))

        await client.execute_interactive(cell, output_hook=keep, timeout=120)
        client.stop_channels()
    return json.loads("".join(said).split("FOUND")[1])


def kernel() -> Iterator[tuple]:
    for name, times in asyncio.run(in_a_kernel()).items():
        median, late = milliseconds(times)
        yield name, f"{median:.1f}", f"{late:.1f}", f"{1e3 * min(times):.1f}", aim(name)


def aim(name: str) -> int:
    """Milliseconds for a check: exercises about races are played in fifty more orders."""
    exercise = EXERCISES[name]
    return 50 if isinstance(exercise, Program) and any(exercise.schedules()) else 5


# -- the worst answers ---------------------------------------------------------------------------


def worst() -> Iterator[tuple]:
    for answer in hostile.ALL.values():
        hostile.forget()
        began = time.perf_counter()
        verdict = judge("all-at-once", answer.answer)
        seconds = time.perf_counter() - began
        hostile.wake_up()
        right = "" if verdict.code == answer.code else f" (not {answer.code})"
        name = answer.name.replace("_", " ")
        yield answer.row, name, verdict.code + right, f"{seconds:.3f}", answer.within_s


def main() -> None:
    print(f"Python {platform.python_version()}, {platform.system()}\n")
    print("The reference solution of every exercise, in process:\n")
    table(
        "exercise | orders | median ms | 95 % ms | cpu ms | aim ms | checks a second", exercises()
    )
    print("`check` of it in a kernel, with its card and the progress file:\n")
    table("exercise | median ms | 95 % ms | least ms | aim ms", kernel())
    print("`all-at-once` beside other objects, and a full garbage collection before and after:\n")
    table("objects | check ms | gc before ms | gc after ms | full gc in 100 checks", heaps())
    print("Answers that a checker must survive, FACTS.md section 4:\n")
    table("row | answer | verdict | seconds | within", worst())


if __name__ == "__main__":
    main()
