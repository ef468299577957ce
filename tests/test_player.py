"""The player tells what happened step by step, in words that need no browser.

What its script makes of the steps is held by tests/test_player_replay.py, what a learner sees of
it by tests/test_in_jupyterlab.py.
"""

import asyncio
import gc
import linecache
import re
import subprocess
import sys
import time
from collections import Counter
from itertools import chain

import pytest

from helpers import notebook
from helpers.pictures import PictureError, player, theme
from helpers.pictures.player import STEPS_MOST, script
from helpers.pictures.sources import source
from helpers.pictures.steps import steps
from helpers.practice.verdict import Verdict
from helpers.recording import Recording, count, record
from tests.execution import rules
from tests.pages import TAGS, Page, sanitised
from tests.replayed import (
    RECORDINGS,
    all_together,
    blocked_loop,
    crowd,
    data_in,
    data_of,
    empty,
    html_of,
    recorded,
    recording_of,
    together,
)
from tests.test_lessons import good_notebook, lesson_of, outputs, shown
from tests.test_theme import contrast


def told(name):
    """The sentences of a recording, without lines, which move when this is edited."""
    return [
        re.sub(r" at line \d+( of \w+)?", "", step.sentence) for step in steps(recording_of(name))
    ]


def said_by(kind, name):
    found = zip(steps(recording_of(name)), told(name), strict=True)
    return [sentence for step, sentence in found if step.kind == kind]


# -- the sentences --------------------------------------------------------------------------


def test_three_waits_together_are_told_from_the_first_to_the_last_step():
    assert told("together") == [
        "The recording begins: run is running.",
        "run makes first_run (task 1), which has not begun: it is ready, first in the queue.",
        "run makes second_run (task 2), which has not begun: it is ready, number 2 in the queue.",
        "run makes third_run (task 3), which has not begun: it is ready, number 3 in the queue.",
        "run suspends: it awaits gather of first_run, second_run and third_run.",
        "The loop takes first_run from the queue, and begins it.",
        "first_run suspends: it awaits sleep(1), until 1.0 s.",
        "The loop takes second_run from the queue, and begins it.",
        "second_run suspends: it awaits sleep(2), until 2.0 s.",
        "The loop takes third_run from the queue, and begins it.",
        "third_run suspends: it awaits sleep(1), until 1.0 s.",
        "No task is ready: the loop itself waits, for 1.0 s, until a timer is due.",
        "The sleep(1) of first_run is over: first_run is ready, first in the queue.",
        "The sleep(1) of third_run is over: third_run is ready, number 2 in the queue.",
        "The loop resumes first_run: sleep(1) is over.",
        "first_run is done.",
        "The loop resumes third_run: sleep(1) is over.",
        "third_run is done.",
        "No task is ready: the loop itself waits, for 1.0 s, until a timer is due.",
        "The sleep(2) of second_run is over: second_run is ready, first in the queue.",
        "The loop resumes second_run: sleep(2) is over.",
        "second_run is done.",
        "run awaited gather of first_run, second_run and third_run, which is over: "
        "run is ready, first in the queue.",
        "The loop resumes run: gather of first_run, second_run and third_run is over.",
        "The recording ends at 2.0 s.",
    ]


def test_a_sentence_says_at_which_line_and_of_which_function():
    sentences = [step.sentence for step in steps(recording_of("group_that_fails"))]
    line = together.__code__.co_firstlineno  # any line of that file: its own are near
    [suspends] = [said for said in sentences if said.startswith("kettle suspends")]
    [number] = re.findall(r"kettle suspends at line (\d+) of first_run: ", suspends)
    assert "asyncio.sleep(1)" in linecache.getline(together.__code__.co_filename, int(number))
    assert int(number) < line


@pytest.mark.parametrize(
    "name, says",
    [
        ("cancels", "run cancels first_run, which waits for sleep(1): first_run is ready"),
        ("times_out", "A timeout, or Stop, cancels run, which waits for sleep(1): run is ready"),
        (
            "group_that_fails",
            "The TaskGroup cancels kettle, which waits for sleep(1), because toast failed: kettle",
        ),
        ("gather_that_fails", "fails has failed, which ends the gather that run awaited: run is"),
        ("gather_that_fails", "run awaited asyncio.wait, which is over: run is ready"),
        ("takes_errors_as_results", "run awaited gather of first_run and fails, which is over"),
        ("produces", "run wakes consumes, which awaited Queue.get: consumes is ready"),
        ("produces", "consumes comes to its end, which run awaited: run is ready"),
        ("a verdict", "fetch('map') awaited an answer, which has come: fetch('map') is ready"),
        ("switches", "sleep(0) lets the others go first: run is ready, number 2 in the queue"),
    ],
)
def test_it_is_said_who_made_a_task_ready(name, says):
    assert any(sentence.startswith(says) for sentence in said_by("ready", name)), told(name)


def test_a_cancelled_task_is_resumed_to_be_told_and_then_ended():
    assert "The loop resumes first_run: CancelledError is raised there." in said_by(
        "run", "cancels"
    )
    assert said_by("cancelled", "cancels") == [
        "first_run is cancelled: CancelledError has ended it."
    ]


def test_a_task_that_is_ready_when_it_is_cancelled_is_ready_because_its_sleep_was_over():
    sentences = told("cancels_too_late")
    assert (
        "The sleep(1) of first_run is over: first_run is ready, number 2 in the queue." in sentences
    )
    assert "The loop resumes first_run: CancelledError is raised there." in sentences


def test_a_failure_is_told_with_its_error():
    assert said_by("failed", "group_that_fails") == ["toast fails: ValueError: no bread."]


@pytest.mark.parametrize("name", ["gather_that_fails", "awaits_a_failure"])
def test_an_error_is_raised_where_its_task_was_awaited(name):
    (line,) = [said for said in said_by("run", name) if "raised" in said]
    assert line.endswith(": the error of fails, ValueError: no bread, is raised there.")


def test_an_error_that_is_a_result_is_not_said_to_be_raised():
    assert not [said for said in told("takes_errors_as_results") if "raised" in said]


def test_a_blocked_loop_is_told_and_a_garbage_collection_is_not():
    [sentence] = [step.sentence for step in steps(blocked_loop()) if step.kind == "blocked"]
    assert sentence == (
        "The loop was blocked for 0.3 s at line 4 of crunch: nothing else could run meanwhile."
    )
    assert "gc" not in [step.kind for step in steps(blocked_loop())]


def test_two_tasks_of_one_name_are_called_by_their_numbers():
    assert "The loop takes first_run (task 2) from the queue, and begins it." in told("twins")
    assert data_in(html_of("twins")) == data_of("twins")
    assert data_of("twins")["tasks"] == ["run", "first_run (task 1)", "first_run (task 2)"]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="eager tasks came with Python 3.12")
def test_an_eager_task_begins_inside_the_step_of_its_maker():
    sentences = told("eager_tasks")
    assert "run makes work (task 1), which begins at once, inside the step of run." in sentences
    assert "work suspends: it awaits sleep(1.0), until 1.0 s. The step of run goes on." in sentences


def test_a_task_that_is_taken_out_of_turn_is_told_with_its_place():
    data = recording_of("together").contents
    runs = [event for event in data.events if event.kind == "run"][1:3]
    places = [data.events.index(event) for event in runs]
    events = list(data.events)
    for place, event in zip(places, reversed(runs), strict=True):
        events[place] = event
    swapped = Recording.of(data._replace(events=tuple(events)))
    sentences = [step.sentence for step in steps(swapped)]
    assert "The loop takes second_run, number 2 in the queue, and begins it." in sentences


@pytest.mark.parametrize("name", RECORDINGS)
def test_every_event_is_told_once(name):
    events = Counter(event.kind for event in recording_of(name).events)
    told = steps(recording_of(name))
    kinds = Counter(step.kind for step in told) + Counter(
        {"ready": "ready", "running": "run"}[step.becomes] for step in told if step.becomes
    )
    assert {**kinds, "idle": 0, "end": 0, "gc": 0} == {**events, "idle": 0, "end": 0, "gc": 0}
    assert kinds["end"] == 1
    assert [step.t_ns for step in told] == sorted(step.t_ns for step in told)


@pytest.mark.parametrize("name", RECORDINGS)
def test_every_step_is_one_or_two_plain_sentences(name):
    for step in steps(recording_of(name)):
        assert step.sentence.endswith(".") and len(step.sentence) < 400
        assert "None" not in step.sentence and "\n" not in step.sentence


# -- what a player says of itself -----------------------------------------------------------


def test_a_player_says_in_one_line_what_it_is_and_printed_lists_its_steps():
    shown = player(recording_of("together"))
    assert (
        repr(shown) == "<Player of 4 tasks in 25 steps: 2.0 s on the clock, 0 s of Python running>"
    )
    lines = str(shown).splitlines()
    assert len(lines) == 25 and lines[-1] == "   2.0 s  The recording ends at 2.0 s."


def test_a_long_recording_is_cut_and_says_how_long_it_was_and_what_to_do():
    total = len(steps(recording_of("too long")))
    page = Page(html_of("too long"))
    assert f"has {total:,} steps, and the first {STEPS_MOST} are shown" in " ".join(page.texts)
    assert "record fewer tasks or fewer waits" in " ".join(page.texts)
    assert len(data_in(html_of("too long"))["steps"]) == STEPS_MOST == page.tags.count("tr") - 1


def test_a_recording_of_nothing_is_said_to_be_one():
    html = player(empty())._repr_html_()
    assert "<script" not in html and "there is no step to show" in html


def test_a_recording_that_has_not_ended_can_be_stepped_through():
    async def main():
        with record() as recording:
            await asyncio.sleep(0)
            return player(recording)._repr_html_(), str(player(recording))

    html, text = asyncio.run(main())
    assert "The recording begins" in html and "The recording ends" in text


@pytest.mark.parametrize("thing, found", [(None, "None"), (3, "an int"), ([], "a list")])
def test_what_is_no_recording_is_named(thing, found):
    with pytest.raises(PictureError, match=f"player expected a recording and found {found}: pass"):
        player(thing)


def test_a_coroutine_object_in_place_of_a_recording_leaves_no_warning(warned):
    with pytest.raises(PictureError, match="a coroutine object"):
        player(together())
    gc.collect()
    assert not warned


def test_a_verdict_is_stepped_through_as_its_recording():
    recording = recording_of("cancels")
    assert player(Verdict("all-at-once", "pass", recording=recording)).recording is recording


# -- the verb of the notebook ---------------------------------------------------------------


@pytest.fixture
def fresh_session(monkeypatch, tmp_path):
    monkeypatch.setenv(notebook.records.VARIABLE, str(tmp_path / "progress.jsonl"))
    monkeypatch.setattr(notebook, "_last_recording", {})


def test_the_verb_takes_an_exercise_that_was_checked(fresh_session, capsys):
    notebook.check("all-at-once", all_together)
    assert "makes" in str(notebook.player("all_at_once"))


@pytest.mark.parametrize(
    "name, says",
    [
        ("al-at-once", "player: there is no exercise"),
        ("all-at-once", "player: all-at-once was not checked in this session yet."),
    ],
)
def test_the_verb_says_why_there_is_nothing_to_step_through(fresh_session, capsys, name, says):
    assert notebook.player(name) is None
    assert says in capsys.readouterr().out


def test_the_verb_says_that_a_prediction_ran_nothing(fresh_session, capsys):
    notebook.check("predict-total", (6, 3))
    capsys.readouterr()
    assert notebook.player("predict-total") is None
    assert "ran nothing that could be replayed" in capsys.readouterr().out


def test_the_verb_takes_a_recording(fresh_session):
    assert notebook.player(recording_of("cancels")).recording is recording_of("cancels")


# -- the HTML -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RECORDINGS)
def test_without_its_script_there_is_an_image_with_words_and_a_table_of_all_steps(name):
    page = Page(rules.without_player(html_of(name)))
    assert set(page.tags) <= TAGS and page.tags.count("img") == 1
    assert f" of {count(len(recording_of(name).tasks), 'task')}" in page["alt"]
    for step in steps(recording_of(name))[:STEPS_MOST]:
        assert step.sentence in page.texts


def test_the_script_says_nothing_twice():
    """Captions and clock are read from the table."""
    data = str(data_in(html_of("together")))
    assert "is ready, first in the queue" not in data


def test_only_the_script_of_this_player_may_stand_in_a_saved_output():
    begin, _ = script()
    for html, expected in [
        (html_of("together"), []),
        (html_of("together").replace("stateAt", "stateOf"), ["<script"]),
        (html_of("together") + "<script>1</script>", ["<script"]),
    ]:
        said = list(rules.outputs_survive_a_fresh_clone(shown_lesson(html)))
        assert [tag in " ".join(said) for tag in expected] == [True] * len(said)
        assert len(said) == len(expected)


def shown_lesson(html):
    notebook = good_notebook()
    outputs(shown(html=html))(notebook)
    return lesson_of(notebook)


UNRULY = "</script><!--<script>\"&' `${x}` \\u2028\u2028 $x$\n<b>🍞"


def test_nothing_that_a_learner_names_or_raises_ends_the_script():
    async def main():
        async def raises():
            raise ValueError(UNRULY)

        await asyncio.wait([asyncio.create_task(raises(), name=UNRULY)])

    recording = recorded(main)
    html = player(recording)._repr_html_()
    assert html.count("</script>") == 1 == html.count("<script>") and "<!--" not in html
    assert data_in(html)["tasks"][1].startswith("</script><!--")
    assert not any("\n" in step.sentence for step in steps(recording))
    assert set(Page(rules.without_player(html)).tags) <= TAGS


def test_two_runs_on_the_real_loop_show_the_same_but_for_durations_and_the_image():
    async def wait(seconds):
        await asyncio.sleep(seconds)

    async def main():
        # With a clock of one's own nothing looks for blocked steps: a busy machine has some.
        with record(clock=time.monotonic_ns) as recording:
            # So far apart that no pause of a busy machine brings two of them together.
            await asyncio.gather(wait(0.05), wait(0.45), wait(0.25))
        return recording

    one, other = (asyncio.run(main()) for _ in range(2))
    for show in (repr, lambda player: player._repr_html_()):
        assert sanitised(show(player(one))) == sanitised(show(player(other)))


def test_no_folder_is_named():
    assert "/" not in "".join(file["name"] for file in data_in(html_of("together"))["files"])
    assert __file__.rpartition("/")[0] not in html_of("together")


def test_the_running_example_is_under_25_000_characters():
    assert len(html_of("together")) < 25_000


def test_the_size_grows_with_the_steps_and_no_faster():
    sizes = {size: len(player(crowd(size))._repr_html_()) for size in (5, 10, 20, 40)}
    steps_of = {size: 4 + 7 * size for size in sizes}
    per_step = (sizes[40] - sizes[5]) / (steps_of[40] - steps_of[5])
    assert per_step < 500
    assert sizes[20] - sizes[10] < 1.5 * (sizes[10] - sizes[5]) * 2
    assert len(html_of("too long")) < 200_000


@pytest.mark.parametrize("kind", theme.PLAYER)
def test_its_colours_can_be_read_and_made_out(kind):
    colours = theme.PLAYER[kind]
    for words, ground in theme.PLAYER_TEXT_ON:
        assert contrast(colours[words], colours[ground]) >= 4.5, (words, ground)
    for shape, ground in theme.PLAYER_SHAPES_ON:
        assert contrast(colours[shape], colours[ground]) >= 3, (shape, ground)


def test_without_matplotlib_the_player_is_there_all_the_same():
    code = (
        "import sys; sys.modules['matplotlib'] = None;"
        "from helpers.pictures import player; from tests.replayed import recording_of;"
        "print(player(recording_of('together'))._repr_html_())"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120
    )
    assert "%pip install" in answer.stdout, answer.stderr
    assert len(data_in(answer.stdout)["steps"]) == 25


# -- the source -----------------------------------------------------------------------------


def typed(name, text):
    """As IPython keeps a cell."""
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    return name


def test_a_short_cell_is_shown_whole():
    text = "import asyncio\n\n\nasync def tea():\n    await pot\n\n\nawait tea()"
    cell = typed("<a cell>", f"{text}\n\n")
    assert source(cell, {8}) == ("A cell of the notebook", ((1, text),))


def test_of_a_long_cell_the_functions_are_shown_in_which_something_happened():
    filler = "\n".join(f"x{number} = 0" for number in range(50))
    text = f"@wrapped\nasync def first():\n    await x\n\n{filler}\nawait first()\n"
    cell = typed("<a long cell>", text)
    last = len(text.splitlines())
    name, parts = source(cell, {3, last})
    assert parts == (
        (1, "@wrapped\nasync def first():\n    await x"),
        (last - 2, "x48 = 0\nx49 = 0\nawait first()"),
    )


def test_a_cell_that_is_no_python_is_shown_around_its_lines():
    text = "\n".join([f"!command {number}" for number in range(60)])
    assert source(typed("<magic>", text), {9}).parts == (
        (7, "\n".join(f"!command {number}" for number in range(6, 11))),
    )


def test_of_a_file_only_the_functions_are_shown():
    [file] = data_in(html_of("together"))["files"]
    firsts = [text.splitlines()[0] for _, text in file["parts"]]
    assert file["name"] == "replayed.py"
    assert "async def first_run():" in firsts and "async def together():" in firsts
    assert not any("group_that_fails" in first for first in firsts)


def test_of_a_short_file_too(tmp_path):
    (tmp_path / "tea.py").write_text("import asyncio\n\n\n\nasync def tea():\n    await pot\n")
    shown = source(str(tmp_path / "tea.py"), {6})
    assert shown == ("tea.py", ((5, "async def tea():\n    await pot"),))


def test_a_source_that_is_not_at_hand_has_no_parts():
    assert source("gone.py", {3}) == ("gone.py", ())


@pytest.mark.parametrize("name", ["together", "deep", "lock", "blocked_loop"])
def test_every_place_of_a_step_is_in_the_source_that_is_shipped(name):
    data = data_in(html_of(name))
    shipped = {
        (number, line)
        for number, file in enumerate(data["files"])
        for first, text in file["parts"]
        for line in range(first, first + len(text.splitlines()))
    }
    for file, line, _ in chain.from_iterable(step.get("stack", []) for step in data["steps"]):
        assert (file, line) in shipped or not data["files"][file]["parts"]


def test_a_call_stack_goes_from_the_first_function_to_the_line_that_waits():
    [stack] = [step["stack"] for step in data_in(html_of("deep"))["steps"] if "awaits" in step]
    assert [func for _, _, func in stack] == ["run", "deep", "middle", "ticks"]
