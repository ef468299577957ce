"""A recording becomes a trace that keeps the rules of the Trace Event Format, and loses nothing.

The rules are those of the format's own document: what each phase must hold, times in microseconds
in rising order, slices that nest on their track, arrows with two ends.
"""

import asyncio
import gc
import itertools
import json
import os
import time
from collections import Counter, defaultdict

import pytest

from helpers.recording import Recorder, Recording, RecordingError, record
from helpers.recording.data import Contents, Event, Task
from tests.virtual_loop import VirtualLoop

MUST_HOLD = {
    "M": {"name", "args"},
    "B": {"name"},
    "E": set(),
    "i": {"name", "s"},
    "s": {"name", "cat", "id"},
    "f": {"name", "cat", "id", "bp"},
}


async def sleeps(seconds):
    await asyncio.sleep(seconds)


def boil():
    time.sleep(0.12)


async def breaks():
    await asyncio.sleep(0.5)
    raise ValueError("no bread")


def recorded(program, step_ns=1_000):
    """In virtual time, in which every look at the clock takes a microsecond."""
    loop, ticks = VirtualLoop(), itertools.count(step=step_ns)
    with asyncio.Runner(loop_factory=lambda: loop) as runner:

        async def main():
            with record(clock=lambda: round(loop.time() * 1e9) + next(ticks)) as recording:
                await program()
            return recording

        return runner.run(main())


async def group():
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(sleeps(1), name="kettle")
            tasks.create_task(breaks(), name="toast")
    except* ValueError:
        await asyncio.create_task(sleeps(0.1), name="sweep")


async def turns():
    await asyncio.gather(*(asyncio.sleep(0) for _ in range(20)))


def collected():
    async def main():
        recorder = Recorder(asyncio.get_running_loop(), clock, watch=True)
        recorder.start()
        gc.collect()
        recorder.stop()
        return recorder.recording

    clock = iter(range(0, 10**12, 2_000_000)).__next__
    return asyncio.run(main())


def blocked():
    place = ("cell.py", 8, "blocks")
    events = (
        Event(0, "created", 0, *place),
        Event(0, "run", 0, *place),
        Event(200_000_123, "blocked", 0, *place, None, {"for_ns": 200_000_123}),
        Event(200_000_123, "suspend", 0, *place, "sleep(1)"),
    )
    return Recording.of(Contents((Task(0, "cell", None, 0),), events, 300_000_001))


def at_once():
    return recorded(group, step_ns=0)


ALL = {
    "group": lambda: recorded(group),
    "turns": lambda: recorded(turns),
    "at once": at_once,
    "collected": collected,
    "blocked": blocked,
    "empty": lambda: Recording.of(Contents((), (), 0)),
}


@pytest.fixture
def trace_of(tmp_path):
    def written(recording):
        path = tmp_path / "trace.json"
        assert recording.to_chrome_trace(path) is None
        return json.loads(path.read_text(encoding="utf-8"))["traceEvents"]

    return written


def tracks(trace):
    return {e["tid"]: e["args"]["name"] for e in trace if e.get("name") == "thread_name"}


def slices(trace):
    """(track, name, begin, end, args) of every slice. Raises where they do not nest."""
    stacks, found = defaultdict(list), []
    for event in trace:
        if event["ph"] == "B":
            stacks[event["tid"]].append(event)
        elif event["ph"] == "E":
            begun = stacks[event["tid"]].pop()
            found.append((event["tid"], begun["name"], begun["ts"], event["ts"], begun.get("args")))
    assert not any(stacks.values())
    return found


# -- the rules of the format ----------------------------------------------------------------


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
def test_every_event_holds_what_its_phase_must_hold(make, trace_of):
    for event in trace_of(make()):
        assert MUST_HOLD[event["ph"]] <= event.keys()
        assert event["pid"] == 1 and type(event["tid"]) is int
        assert type(event["ts"]) is float and event["ts"] >= 0
        assert event["ph"] != "i" or event["s"] in ("g", "p", "t")


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
def test_times_rise_and_slices_nest(make, trace_of):
    trace = trace_of(make())
    times = [event["ts"] for event in trace if event["ph"] != "M"]
    assert times == sorted(times)
    for track, _, begin, end, _ in slices(trace):
        assert begin <= end and track in tracks(trace)


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
def test_every_arrow_has_two_ends_on_tracks_that_have_names(make, trace_of):
    trace = trace_of(make())
    ends = Counter((e["id"], e["ph"]) for e in trace if e["ph"] in ("s", "f"))
    assert set(ends.values()) <= {1}
    assert {number for number, phase in ends if phase == "s"} == {
        number for number, phase in ends if phase == "f"
    }
    assert {event["tid"] for event in trace if event["ph"] in "sfi"} <= tracks(trace).keys()


def test_an_arrow_begins_and_ends_inside_a_slice(trace_of):
    trace = trace_of(recorded(group))
    found = slices(trace)
    for event in trace:
        if event["ph"] in ("s", "f"):
            state = "running" if event["ph"] == "s" else "ready"
            assert any(
                track == event["tid"] and name == state and begin <= event["ts"] < end
                for track, name, begin, end, _ in found
            )


# -- what is in it --------------------------------------------------------------------------


def test_a_task_is_a_track_named_as_the_task(trace_of):
    trace = trace_of(recorded(group))
    assert tracks(trace) == {1: "0 main", 2: "1 kettle", 3: "2 toast", 4: "3 sweep"}
    [process] = [e["args"]["name"] for e in trace if e.get("name") == "process_name"]
    assert process.startswith("event loop: 0.6 s on the clock")


@pytest.mark.parametrize("make", [ALL["group"], ALL["turns"], ALL["at once"]])
def test_the_slices_are_the_recordings_spans(make, trace_of):
    recording = make()
    found = slices(trace_of(recording))
    expected = [
        (lane.task.number + 1, span.start_ns / 1e3, span.end_ns / 1e3)
        for lane in recording.lanes()
        for span in lane.spans
    ]
    assert sorted((track, begin, end) for track, _, begin, end, _ in found) == sorted(expected)


def test_a_wait_says_its_line_and_what_it_awaits(trace_of):
    line = sleeps.__code__.co_firstlineno + 1
    waits = [each for each in slices(trace_of(recorded(group))) if each[0] == 2]
    assert [name for _, name, *_ in waits] == [
        "ready", "ready", "running", f"line {line}: await sleep(1)", "ready", "running",
    ]  # fmt: skip
    assert waits[3][-1] == {"line": line, "function": "sleeps", "awaits": "sleep(1)"}
    assert waits[3][3] - waits[3][2] == pytest.approx(0.5e6, rel=1e-3)  # microseconds


def test_cancellation_and_failure_are_moments_on_their_track(trace_of):
    found = [e for e in trace_of(recorded(group)) if e["ph"] == "i"]
    assert [(e["name"], e["tid"], e["args"]) for e in found] == [
        ("failed", 3, {"error": "ValueError: no bread"}),
        ("cancelled", 2, {}),
    ]


def test_a_blocked_loop_is_a_slice_inside_the_step(trace_of):
    inner, outer, *_ = [each for each in slices(trace_of(blocked())) if each[1] != "ready"]
    assert inner[1:] == ("blocks the loop", 0, 200_000.123, {"line": 8, "function": "blocks"})
    assert outer[1:4] == ("running", 0, 200_000.123)


def test_a_long_garbage_collection_has_a_track_of_its_own(trace_of):
    trace = trace_of(collected())
    assert tracks(trace)[0] == "garbage collection"
    [*collections] = [each for each in slices(trace) if each[0] == 0]
    assert collections and {end - begin for _, _, begin, end, _ in collections} == {2_000}


def test_odd_names_are_written_as_they_are(trace_of):
    name = '<b>"&\\ 🍞 \ud800'
    recording = Recording.of(Contents((Task(0, name, None, 0),), (), 0))
    assert tracks(trace_of(recording)) == {1: f"0 {name}"}


# -- the file -------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["missing/trace.json", ""])
def test_a_path_that_cannot_be_written_is_one_sentence_and_nothing_is_lost(where, tmp_path):
    recording = recorded(group)
    before = recording.to_json()
    with pytest.raises(RecordingError, match="could not be written to .* give to_chrome_trace"):
        recording.to_chrome_trace(tmp_path / where)
    assert recording.to_json() == before


def test_the_path_may_be_a_string_and_an_older_trace_is_replaced(tmp_path):
    path = os.path.join(tmp_path, "trace.json")
    for make in (ALL["group"], ALL["empty"]):
        make().to_chrome_trace(path)
    with open(path, encoding="utf-8") as file:
        assert [event["name"] for event in json.load(file)["traceEvents"]] == ["process_name"]


def test_a_real_recording_is_written_while_it_goes_on(trace_of):
    async def main():
        with record() as recording:
            await asyncio.gather(sleeps(0.001), sleeps(0.002))
            boil()
            during = trace_of(recording)
        return during, trace_of(recording)

    for trace in asyncio.run(main()):
        slices(trace)
        assert {"0 main", "1 sleeps", "2 sleeps"} <= set(tracks(trace).values())
    assert any(name == "blocks the loop" for _, name, *_ in slices(trace))
