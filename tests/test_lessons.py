"""Every saved lesson obeys the rules of tests/execution/rules.py, and each rule can refuse.

A rule that finds nothing in a broken lesson proves nothing, so every one of them is fed a good
lesson, which it must let pass, and broken ones, which it must not.
"""

import json
from collections.abc import Callable, Mapping
from types import SimpleNamespace

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers.pictures.player import script as player_script
from helpers.practice import EXERCISES
from tests.execution import rules
from tests.execution.lessons import (
    NOTEBOOKS,
    Lesson,
    is_lesson,
    lesson_files,
    normalised,
    solved,
    with_cell_ids,
    written,
)

LESSONS = lesson_files()
AFTER_THE_FIRST = [path for path in LESSONS if not path.name.startswith("00")]
STEPS = ("**Predict.**", "**Look closer.**", "**Change it.**")
PICTURE = '<img src="data:image/png;base64,iVBO" alt="Two lanes, both waiting">'
STARTER = 'async def brew(kettle):\n    ...\n\n\ncheck("tea-time", brew)'
SOLVED = 'async def brew(kettle):\n    return await kettle()\n\n\ncheck("tea-time", brew)'
FAKE = {"tea-time": SimpleNamespace(lesson="05_tea", starter=STARTER, solved=SOLVED)}


# -- the lessons of the course -----------------------------------------------------------


def test_the_course_has_its_first_two_lessons():
    assert [path.name[:2] for path in LESSONS][:2] == ["00", "01"]


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_obeys(path, rule):
    assert list(rule(Lesson.read(path))) == []


@pytest.mark.parametrize("rule", rules.EXERCISE_RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_the_exercises_of_a_lesson_obey(path, rule):
    assert list(rule(Lesson.read(path), EXERCISES)) == []


@pytest.mark.parametrize("path", AFTER_THE_FIRST, ids=lambda path: path.stem)
def test_a_lesson_goes_through_the_steps_that_start_here_promises(path):
    text = "\n".join(cell.source for cell in Lesson.read(path).prose)
    assert [step for step in STEPS if step not in text] == []


@pytest.mark.parametrize("path", AFTER_THE_FIRST, ids=lambda path: path.stem)
def test_what_a_lesson_asks_to_look_at_has_an_answer_to_open(path):
    asked = [cell for cell in Lesson.read(path).prose if "**Look closer.**" in cell.source]
    answers = [cell.source.partition("**Look closer.**")[2] for cell in asked]
    assert [text[:60] for text in answers if "<summary>Answer" not in text] == []


@pytest.mark.parametrize("path", AFTER_THE_FIRST, ids=lambda path: path.stem)
def test_a_lesson_offers_a_hint_and_a_solution_and_ends_with_progress(path):
    lesson = Lesson.read(path)
    sources = [cell.source for cell in lesson.code]
    for verb in ("hint", "solution"):
        assert any(f'{verb}("{name}")' in sources for name in lesson.exercises), verb
    assert sources[-1] == "progress()"


def test_progress_lists_the_exercises_in_the_order_of_their_cells():
    cells = [name for path in LESSONS for name in Lesson.read(path).exercises]
    assert [name for name in EXERCISES if name in cells] == cells


# -- a good lesson, and what breaks it ---------------------------------------------------


def shown(**data: str) -> NotebookNode:
    """A display: shown(html="<p>…", plain="…")."""
    return new_output("display_data", data={f"text/{kind}": text for kind, text in data.items()})


def stream(text: str, name: str = "stdout") -> NotebookNode:
    return new_output("stream", name=name, text=text)


def error(name: str = "ValueError") -> NotebookNode:
    return new_output("error", ename=name, evalue="no", traceback=["Traceback"])


SCRIPT = new_output(
    "display_data", data={"application/javascript": "1;", "text/plain": "<Javascript object>"}
)


PLAYER = "<p>a table of steps</p>" + '{"steps":[]}'.join(player_script())
OLD_PLAYER = PLAYER.replace("stateAt", "stateOf")


def good_notebook() -> NotebookNode:
    """A made-up lesson that obeys every rule."""
    sources = [
        "%load_ext helpers\nfrom helpers import check",
        "recording",
        *(f"{number} + 1" for number in range(13)),
    ]
    code = [new_code_cell(source, id=f"code-{at}") for at, source in enumerate(sources)]
    code[1].outputs = [shown(html=PICTURE, plain="2.0 s on the clock")]
    code.append(new_code_cell(STARTER, id="exercise-tea-time"))
    code[-1].outputs = [shown(html="<p>NOT STARTED</p>", plain="NOT STARTED tea-time: no tea")]
    for number, cell in enumerate(code, 1):
        cell.execution_count = number
    title = new_markdown_cell("# Make tea\n\n" + "The kettle is slow. " * 250, id="title")
    more = new_markdown_cell("## Look closer\n\n```python\n# no heading\n```", id="more")
    return new_notebook(cells=[title, code[0], more, *code[1:]])


def lesson_of(notebook: NotebookNode) -> Lesson:
    return Lesson(NOTEBOOKS / "05_tea.ipynb", written(normalised(notebook)))


def code_of(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(*several: NotebookNode, tags: list[str] = ()) -> Callable[[NotebookNode], None]:
    """Breaks a lesson: its third code cell has these outputs and these tags."""

    def breaking(notebook: NotebookNode) -> None:
        code_of(notebook)[2].update(outputs=list(several), metadata={"tags": list(tags)})

    return breaking


def code(source: str, at: int = 2) -> Callable[[NotebookNode], None]:
    """Breaks a lesson: one of its code cells (the third) has this source."""
    return lambda notebook: code_of(notebook)[at].update(source=source)


def prose(source: str) -> Callable[[NotebookNode], None]:
    """Breaks a lesson: its second text cell has this source."""
    return lambda notebook: notebook.cells[2].update(source=source)


def count(at: int, number: int | None) -> Callable[[NotebookNode], None]:
    return lambda notebook: code_of(notebook)[at].update(execution_count=number)


def no_type(notebook: NotebookNode) -> None:
    outputs(shown(plain="tea"))(notebook)
    del code_of(notebook)[2].outputs[0]["metadata"]


def fewer_cells(notebook: NotebookNode) -> None:
    del notebook.cells[5:10]


def no_starter_verdict(notebook: NotebookNode) -> None:
    code_of(notebook)[-1].outputs = [shown(plain="PASS tea-time")]


def other_starter(notebook: NotebookNode) -> None:
    code_of(notebook)[-1].source = SOLVED


def no_exercise_cell(notebook: NotebookNode) -> None:
    code_of(notebook)[-1].id = "plain"


def unknown_exercise(notebook: NotebookNode) -> None:
    code_of(notebook)[-1].id = "exercise-coffee"


BROKEN = [
    (rules.is_a_valid_notebook, no_type, "'metadata' is a required property"),
    (rules.fits_its_size, outputs(shown(plain="x" * 400_000)), "400,000 are too many"),
    (rules.every_code_cell_was_run_in_order, count(3, None), "1 to 16 in order"),
    (rules.every_code_cell_was_run_in_order, count(3, 99), "1 to 16 in order"),
    (rules.no_cell_is_empty_or_long, code(" \n"), "is empty"),
    (rules.no_cell_is_empty_or_long, prose(""), "is empty"),
    (rules.no_cell_is_empty_or_long, code("1\n" * 16), "has 16 lines"),
    (rules.keeps_to_its_anatomy, fewer_cells, "11 code cells"),
    (rules.keeps_to_its_anatomy, prose("tea " * 2400), "words"),
    (rules.headings_nest, prose("# Again"), "one heading of level 1"),
    (rules.headings_nest, prose("### Too deep"), "from level 1 to 3"),
    (
        rules.every_picture_is_told_in_words,
        outputs(shown(html="<img src='data:image/png;'>")),
        "alt",
    ),
    (rules.every_picture_is_told_in_words, prose("![](kettle.png)"), "alt text"),
    (rules.every_picture_is_told_in_words, prose("<img src='kettle.png'>"), "alt text"),
    (
        rules.every_picture_is_told_in_words,
        outputs(shown(html="<img alt='a kettle' src='https://example.org/kettle.png'>")),
        "not in the file",
    ),
    (rules.outputs_survive_a_fresh_clone, outputs(shown(html="<script>1</script>")), "<script"),
    (rules.outputs_survive_a_fresh_clone, outputs(shown(html="<style>p {}</style>")), "<style"),
    (rules.outputs_survive_a_fresh_clone, outputs(shown(html="<svg></svg>")), "<svg"),
    (rules.outputs_survive_a_fresh_clone, outputs(shown(html="<p onclick='go()'>")), "onclick"),
    (
        rules.outputs_survive_a_fresh_clone,
        outputs(new_output("display_data", data={"image/png": "iVBO", "text/plain": "figure"})),
        "image/png",
    ),
    (rules.errors_are_announced, outputs(error()), "raised ValueError"),
    (rules.errors_are_announced, outputs(tags=["raises-exception"]), "raised nothing"),
    (rules.nothing_leaks_to_stderr, outputs(stream("a warning", "stderr")), "a warning"),
    (
        rules.nothing_leaks_to_stderr,
        outputs(stream("  + Exception Group Traceback (most recent call last):")),
        "traceback as text",
    ),
    (rules.what_is_not_compared_says_why, outputs(tags=["nbval-ignore-output"]), "says why"),
    (rules.what_is_not_compared_says_why, outputs(tags=["nbval-skip"]), "says why"),
    (rules.what_is_not_compared_says_why, code("# NBVAL_IGNORE_OUTPUT\n1"), "by a comment"),
    (rules.begins_by_loading_helpers, code("import asyncio", at=0), "%load_ext helpers"),
    (rules.begins_by_loading_helpers, code("%load_ext helpers"), "of no other"),
    (rules.begins_by_loading_helpers, code("%time 1"), "uses %time 1"),
    (rules.begins_by_loading_helpers, code("!pip list"), "uses !pip list"),
    (rules.begins_by_loading_helpers, code("%%bash\nls"), "uses %%bash"),
    (rules.outputs_survive_a_fresh_clone, outputs(SCRIPT), "application/javascript"),
    (rules.outputs_survive_a_fresh_clone, outputs(shown(html=OLD_PLAYER)), "<script"),
    (
        rules.names_no_place_of_this_machine,
        outputs(stream("/tmp/ipykernel_42/7.py:1: tea")),
        "/tmp/ipykernel_42",
    ),
    (
        rules.names_no_place_of_this_machine,
        outputs(shown(html="<td>C:\\Users\\me\\tea.py</td>")),
        "one machine only",
    ),
    (rules.exercise_cells_are_the_starters, other_starter, "not the starter"),
    (rules.exercise_cells_are_the_starters, no_starter_verdict, "NOT STARTED"),
    (rules.exercise_cells_are_the_starters, no_exercise_cell, "has no cell"),
    (rules.exercise_cells_are_the_starters, unknown_exercise, "no exercise 'coffee'"),
    (rules.exercises_stand_in_their_cells_only, code("def brew():\n    return 1"), "defines brew"),
    (rules.exercises_stand_in_their_cells_only, code("await x\ncheck('tea_time', 1)"), "tea_time"),
]


def problems(rule: Callable, lesson: Lesson, exercises: Mapping = FAKE) -> list[str]:
    return list(rule(lesson, exercises) if rule in rules.EXERCISE_RULES else rule(lesson))


@pytest.mark.parametrize("rule", [*rules.RULES, *rules.EXERCISE_RULES])
def test_a_rule_lets_a_good_lesson_pass(rule):
    assert problems(rule, lesson_of(good_notebook())) == []


@pytest.mark.parametrize("rule, breaking, said", BROKEN)
def test_a_rule_refuses_a_broken_lesson_in_words(rule, breaking, said):
    notebook = good_notebook()
    breaking(notebook)
    found = problems(rule, lesson_of(notebook))
    assert any(said in problem for problem in found), found


def test_every_rule_is_shown_to_refuse_something():
    """`is_as_the_script_writes_it` has a test of its own, below."""
    refusing = {rule for rule, _, _ in BROKEN} | {rules.is_as_the_script_writes_it}
    assert refusing == {*rules.RULES, *rules.EXERCISE_RULES}


@pytest.mark.parametrize(
    "before, after",
    [
        ('"version": "3.13"', '"version": "3.13.0"'),
        ('"metadata": {},', '"metadata": {"collapsed": false},'),
        ('\n "cells"', '\n  "cells"'),
        ('"nbformat_minor": 5\n}\n', '"nbformat_minor": 5\n}'),
    ],
)
def test_a_file_that_another_program_saved_is_found(before, after):
    good = lesson_of(good_notebook())
    assert before in good.text
    changed = Lesson(good.path, good.text.replace(before, after))
    assert list(rules.is_as_the_script_writes_it(changed)) != []


def test_a_tag_that_says_why_lets_an_output_go_uncompared():
    notebook = good_notebook()
    outputs(tags=["nbval-ignore-output", "why-random-order"])(notebook)
    assert problems(rules.what_is_not_compared_says_why, lesson_of(notebook)) == []


def test_an_announced_error_and_announced_stderr_may_stay():
    notebook = good_notebook()
    told = ["raises-exception", "shows-stderr"]
    outputs(error(), stream("never awaited", "stderr"), tags=told)(notebook)
    for rule in (rules.errors_are_announced, rules.nothing_leaks_to_stderr):
        assert problems(rule, lesson_of(notebook)) == []


def test_the_script_of_a_step_player_may_stand_in_an_output():
    notebook = good_notebook()
    outputs(shown(html=PLAYER))(notebook)
    assert problems(rules.outputs_survive_a_fresh_clone, lesson_of(notebook)) == []


def test_a_javascript_cell_may_run_in_the_browser_and_is_no_python():
    notebook = good_notebook()
    code_of(notebook)[2].update(
        source="%%javascript\nasync function brew() { }", outputs=[SCRIPT], metadata={}
    )
    lesson = lesson_of(notebook)
    for rule in [*rules.RULES, *rules.EXERCISE_RULES]:
        assert problems(rule, lesson) == []


# -- lessons as data ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "name, expected",
    [
        ("01_waiting.ipynb", True),
        ("Untitled.ipynb", False),
        ("01 copy.ipynb", False),
        ("01_waiting-Copy1.ipynb", False),
        ("my_notes.ipynb", False),
        (".ipynb_checkpoints/01_waiting.ipynb", False),
    ],
)
def test_a_learners_own_notebook_is_no_lesson(name, expected):
    assert is_lesson(NOTEBOOKS / name) is expected


def test_the_solved_twin_differs_in_its_exercises_only_and_holds_no_outputs():
    notebook = good_notebook()
    twin = solved(notebook, {"tea-time": SOLVED})
    sources = [[cell.source for cell in code_of(book)] for book in (notebook, twin)]
    assert [pair for pair in zip(*sources, strict=True) if pair[0] != pair[1]] == [
        (STARTER, SOLVED)
    ]
    assert all(not cell.outputs and cell.execution_count is None for cell in code_of(twin))
    assert code_of(notebook)[-1].outputs, "the lesson itself stays as it was"


def test_of_a_cells_metadata_only_what_a_lesson_needs_is_kept():
    notebook = good_notebook()
    code_of(notebook)[2].metadata.update(questions=[7], tags=["why-random-order"], execution={})
    kept = code_of(normalised(notebook))[2].metadata
    assert kept == {"questions": [7], "tags": ["why-random-order"]}


NO_IDS = ["{}", '{"id": "kept"}', "{}", '{"id": "kept"}']


def cells_with(ids: list[str]) -> str:
    """The text of a notebook of the same cell again and again, with these ids or none."""
    cell = {"cell_type": "markdown", "metadata": {}, "source": ["tea"]}
    cells = [cell | json.loads(id) for id in ids]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.mark.parametrize("ids", [NO_IDS[:2], NO_IDS[1::2]], ids=["missing", "twice"])
def test_a_cell_without_an_id_of_its_own_is_refused(ids):
    lesson = Lesson(NOTEBOOKS / "05_tea.ipynb", cells_with(ids))
    assert "id of its own" in next(rules.is_a_valid_notebook(lesson))


def test_a_cell_without_an_id_of_its_own_gets_the_same_one_every_time():
    ids = [[cell.id for cell in with_cell_ids(cells_with(NO_IDS)).cells] for _ in range(2)]
    assert ids[0] == ids[1] and len(set(ids[0])) == 4 and ids[0][1] == "kept"


def test_a_traceback_keeps_the_library_and_loses_the_machine():
    line = "File \x1b[32m~/tools/lib/python3.13/asyncio/runners.py:190\x1b[39m, in run(main)"
    notebook = good_notebook()
    outputs(error(), tags=["raises-exception"])(notebook)
    code_of(notebook)[2].outputs[0].traceback = [line]
    kept = code_of(normalised(notebook))[2].outputs[0].traceback
    assert kept == ["File \x1b[32m.../python3.13/asyncio/runners.py:190\x1b[39m, in run(main)"]
