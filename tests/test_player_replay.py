"""The player's replay, by itself: the script's pure part in a blank page of a headless Chromium.

Each recording is replayed to each of its steps, and what the script then says of every task is
compared with what the steps, read in Python, say of it.
"""

import json

import pytest

from helpers.pictures.player import STEPS_MOST, script
from helpers.recording.data import OUTCOMES
from tests.execution import lab
from tests.replayed import RECORDINGS, data_of, recording_of

pytestmark = pytest.mark.skipif(bool(lab.missing()), reason=f"not run: {lab.missing()}")

# The script as it is saved, with something to say in place of its last call.
BEGIN = script()[0].removeprefix("<script>(() => {").rpartition("const css")[0]
FORWARD = "data.steps.map((_, at) => stateAt(data, at))"
BACK = "data.steps.map((_, at) => stateAt(data, data.steps.length - 1 - at)).reverse()"
NEXT = "nextStep(data, ...more)"


def in_page(page, expression, *arguments):
    """What an expression gives for `data` and `more`, the arguments.

    By way of text, since Playwright looks at each of the many values that it hands over itself.
    """
    code = f"""text => {{ {BEGIN}; const [data, ...more] = JSON.parse(text);
        return JSON.stringify({expression}); }}"""
    return json.loads(page.evaluate(code, json.dumps(arguments)))


@pytest.fixture(scope="module")
def page():
    for name in RECORDINGS:  # before Playwright, whose own loop runs as long as the browser does
        data_of(name)
    with lab.browsing() as browser:
        page = browser.new_page()
        yield page
        page.close()


@pytest.fixture(scope="module")
def replayed(page):
    """A function that gives the data of a recording and the state after each of its steps."""
    kept = {}

    def replay(name):
        if name not in kept:
            data = data_of(name)
            kept[name] = data, in_page(page, FORWARD, data)
        return kept[name]

    return replay


def in_order(state):
    """The tasks of a state by where they are."""
    running = [] if state["running"] is None else [state["running"]]
    return {"running": running, **{key: state[key] for key in ("ready", "waiting", "finished")}}


@pytest.mark.parametrize("name", RECORDINGS)
def test_every_task_that_is_made_is_in_exactly_one_place_and_at_most_one_runs(replayed, name):
    data, states = replayed(name)
    assert len(states) == len(data["steps"])
    made = set()
    for step, state in zip(data["steps"], states, strict=True):
        made |= {step["task"]} if step["kind"] == "created" else set()
        places = [task for tasks in in_order(state).values() for task in tasks]
        assert sorted(places) == sorted(made)
        assert len(in_order(state)["running"]) <= 1


@pytest.mark.parametrize("name", RECORDINGS)
def test_each_place_is_the_one_that_the_last_step_of_the_task_puts_it_in(replayed, name):
    data, states = replayed(name)
    puts = {"run": "running", "ready": "ready", "suspend": "waiting"}
    puts |= dict.fromkeys(OUTCOMES, "finished")
    where, since = {}, {}
    for number, (step, state) in enumerate(zip(data["steps"], states, strict=True)):
        if step["kind"] not in ("idle", "end", "blocked"):
            where[step["task"]] = puts.get(step["kind"]) or step["becomes"]
            since[step["task"]] = number
        expected = {key: [] for key in ("running", "ready", "waiting", "finished")}
        for task in sorted(where, key=since.get):
            expected[where[task]].append(task)
        # A task in whose step another runs is held up by it, and shown as waiting.
        held = expected["running"][:-1]
        expected["running"] = expected["running"][-1:]
        found = in_order(state)
        assert state["held"] == held
        assert [task for task in found["waiting"] if task not in held] == expected["waiting"]
        assert {**found, "waiting": 0} == {**expected, "waiting": 0}


@pytest.mark.parametrize("name", [name for name in RECORDINGS if name != "too long"])
def test_at_the_end_it_is_as_the_recording_says(replayed, name):
    recording, (data, states) = recording_of(name), replayed(name)
    assert data["steps"][-1]["kind"] == "end" and len(data["steps"]) <= STEPS_MOST
    last = states[-1]
    assert len(data["tasks"]) == len(recording.tasks)
    names = [data["tasks"][task].partition(" (task")[0] for task in last["finished"]]
    assert names == recording.order()
    for task in recording.tasks:
        about = last["about"][str(task.number)]
        assert about.get("outcome") == task.outcome
        assert about.get("error") == task.error or task.error is None


@pytest.mark.parametrize("name", RECORDINGS)
def test_a_step_back_shows_what_the_step_forward_showed(page, replayed, name):
    data, states = replayed(name)
    assert in_page(page, BACK, data) == states


def test_a_waiting_task_says_on_what_and_until_when(replayed):
    data, states = replayed("together")
    idle = [step["kind"] for step in data["steps"]].index("idle")
    about = states[idle]["about"]
    assert states[idle]["waiting"] == [0, 1, 2, 3]
    assert about["0"]["awaits"] == "gather of first_run, second_run and third_run"
    assert (about["2"]["awaits"], about["2"]["until"]) == ("sleep(2)", "2.0 s")


def test_a_task_that_is_resumed_stands_where_it_was_suspended(replayed):
    data, states = replayed("together")
    for step, state in zip(data["steps"], states, strict=True):
        if step["kind"] == "run" and step["task"] == 2:
            stack = state["about"]["2"]["stack"]
    [suspended] = [s for s in data["steps"] if s["kind"] == "suspend" and s["task"] == 2]
    assert stack == suspended["stack"]


def test_the_step_of_a_task_that_begins_another_is_held_up_by_it(replayed):
    _, states = replayed("nested_steps")
    assert (states[2]["running"], states[2]["held"], states[2]["waiting"]) == (1, [0], [0])
    assert (states[3]["running"], states[3]["held"], states[3]["waiting"]) == (0, [], [])


@pytest.mark.parametrize("task", ["", "0", "2"])
def test_the_next_step_of_a_task_is_found_in_both_directions(page, task):
    data = data_of("together")
    own = [n for n, s in enumerate(data["steps"]) if task in ("", str(s.get("task")))]
    for at in range(len(data["steps"])):
        after = [n for n in own if n > at] or [at]
        before = [n for n in own if n < at] or [at]
        assert in_page(page, NEXT, data, at, 1, task) == after[0]
        assert in_page(page, NEXT, data, at, -1, task) == before[-1]
