"""Run All in the solved twin of each lesson: every cell answered, every verdict PASS.

All cells are sent at once, as a front end sends them. The lessons run side by side: what they do
is wait. The blank lessons are what nbval runs, cell by cell.
"""

import asyncio

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from helpers.practice import EXERCISES
from tests.execution.lessons import Lesson, lesson_files, solved
from tests.execution.queued import Outcome, run_queued, run_queued_async

LESSONS = lesson_files()
AT_A_TIME = 4


def code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def solved_twin(lesson: Lesson) -> list[NotebookNode]:
    """The code cells of a lesson with every exercise solved."""
    solutions = {name: EXERCISES[name].solved for name in lesson.exercises}
    return code(solved(lesson.notebook, solutions))


async def run_all(cells: dict[str, list[NotebookNode]]) -> dict[str, list[Outcome]]:
    """Run these lessons side by side, each in a kernel of its own."""
    free = asyncio.Semaphore(AT_A_TIME)

    async def one(name: str) -> tuple[str, list[Outcome]]:
        async with free:
            return name, await run_queued_async(cells[name])

    return dict(await asyncio.gather(*map(one, cells)))


@pytest.fixture(scope="module")
def outcomes() -> dict[str, list[Outcome]]:
    """What became of every cell of every lesson's twin."""
    return asyncio.run(run_all({path.stem: solved_twin(Lesson.read(path)) for path in LESSONS}))


def problems(outcomes: list[Outcome]) -> list[str]:
    return [outcome.problem for outcome in outcomes if outcome.problem]


@pytest.mark.parametrize("name", [path.stem for path in LESSONS])
def test_every_cell_of_a_lesson_runs_when_all_are_sent_at_once(outcomes, name):
    assert problems(outcomes[name]) == []


@pytest.mark.parametrize("name", [path.stem for path in LESSONS])
def test_every_solved_exercise_of_a_lesson_passes(outcomes, name):
    cells = [outcome for outcome in outcomes[name] if outcome.cell.id.startswith("exercise-")]
    others = {
        outcome.cell.id: outcome.verdicts
        for outcome in cells
        if [text.startswith("PASS") for text in outcome.verdicts] != [True]
    }
    assert others == {}, "these must show one verdict, PASS"


# -- it can fail -------------------------------------------------------------------------


def run(tmp_path, *sources: str, idle_s: float = 3, tags: list[str] = ()) -> list[Outcome]:
    """Run these sources queued; the tags are those of the first cell."""
    cells = [new_code_cell(source, id=f"code-{at}") for at, source in enumerate(sources)]
    cells[0].metadata = NotebookNode(tags=list(tags))
    return run_queued(cells, cwd=tmp_path, idle_s=idle_s)


def test_cells_that_run_have_no_problem_and_their_outputs_are_kept(tmp_path):
    outcomes = run(tmp_path, "import asyncio", "await asyncio.sleep(0.1); print('tea')")
    assert problems(outcomes) == []
    assert [output.text for output in outcomes[1].outputs] == ["tea\n"]


def test_an_error_is_told_and_stops_what_is_queued_behind_it(tmp_path):
    fails = "time.sleep(0.5); 1 / 0"  # when the cell behind it has surely come
    assert problems(run(tmp_path, "import time", fails, "2")) == [
        f"cell code-1 ({fails}) raised ZeroDivisionError: division by zero",
        "cell code-2 (2) was answered 'aborted'",
    ]


def test_an_announced_error_stops_nothing_and_must_come(tmp_path):
    assert problems(run(tmp_path, "1 / 0", "2", tags=["raises-exception"])) == []
    (problem,) = problems(run(tmp_path, "1 / 1", tags=["raises-exception"]))
    assert "is tagged raises-exception and raised nothing" in problem


def test_the_cell_that_hangs_is_named_and_those_behind_it_too(tmp_path):
    outcomes = run(tmp_path, "import asyncio", "await asyncio.Event().wait()", "3")
    assert problems(outcomes) == [
        "cell code-1 (await asyncio.Event().wait()) hung: it began and did not end",
        "cell code-2 (3) was lost: the kernel never began it",
    ]


def test_the_cell_that_ends_the_kernel_is_named(tmp_path):
    """It first says that it began: a kernel that dies at once may take that word with it."""
    dying = "import os, time; time.sleep(1); os._exit(1)"
    assert problems(run(tmp_path, dying, "2", idle_s=30)) == [
        f"cell code-0 ({dying}) ended the kernel",
        "cell code-1 (2) did not run: the kernel had died",
    ]


def test_cells_that_nest_asyncio_drops_from_the_queue_are_found(tmp_path):
    """The failure for which lessons run queued: nbval and nbclient pass these cells.

    Still needed? When the newest nest_asyncio and ipykernel lose nothing, this fails.
    """
    outcomes = run(
        tmp_path,
        "import asyncio, nest_asyncio; nest_asyncio.apply()",
        "asyncio.run(asyncio.sleep(0.2))",
        "3",
        "4",
    )
    assert any("was lost" in problem for problem in problems(outcomes))
