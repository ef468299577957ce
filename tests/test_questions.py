"""Every learner's question that is due has a cell that runs and answers it.

The questions are those of public threads, by their numbers in the syllabus; a code cell says in
its metadata which of them it answers.
"""

import pytest

from tests.execution.lessons import Lesson, lesson_files

# Question -> the lessons that answer it, of those that exist.
DUE = {
    1: ("06",),  # asyncio.run in Jupyter
    2: ("02",),  # a forgotten await
    3: ("01", "05"),  # async, and yet sequential
    5: ("06",),  # nest_asyncio by reflex
    6: ("06",),  # "Event loop is closed"
    7: ("07",),  # gather does not cancel siblings
    8: ("05",),  # must I keep a reference
    9: ("05",),  # a background exception disappears
    12: ("06",),  # attached to a different loop
    13: ("06",),  # get_event_loop
    14: ("07",),  # gather, wait, as_completed or a task group
    15: ("03",),  # does await always yield
    17: ("06",),  # Stop does not stop
    21: ("02",),  # awaiting a client that is not async
    22: ("05",),  # fire and forget
    23: ("05",),  # when does a task start
    24: ("05",),  # "Task was destroyed but it is pending"
    25: ("07",),  # passing coroutines to wait
    26: ("02",),  # async def or def
    27: ("01",),  # async is not faster
    28: ("06",),  # background output lands elsewhere
    29: ("06",),  # nest_asyncio and uvloop
    30: ("06",),  # sync wrappers in Jupyter
    39: ("07",),  # which result is which
    40: ("06",),  # tasks after the cell ends
    41: ("05",),  # eager tasks
    44: ("02",),  # JavaScript starts at the call
}
LESSONS = {path.name[:2]: Lesson.read(path) for path in lesson_files()}


def answered(lesson: Lesson) -> dict[int, list[str]]:
    """The ids of the cells that answer each question."""
    cells: dict[int, list[str]] = {}
    for cell in lesson.code:
        for question in cell.metadata.get("questions", []):
            cells.setdefault(question, []).append(cell.id)
    return cells


@pytest.mark.parametrize("number", sorted(LESSONS))
def test_a_lesson_answers_the_questions_that_are_due(number):
    due = {question for question, lessons in DUE.items() if number in lessons}
    assert set(answered(LESSONS[number])) == due


def test_a_cell_that_answers_a_question_has_run():
    for lesson in LESSONS.values():
        for cell in lesson.code:
            if cell.metadata.get("questions"):
                assert cell.execution_count, f"{lesson.path.name}: {cell.id}"
