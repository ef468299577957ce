"""`await compare(...)` runs each function, keeps what came of it, and says who was faster.

What depends on how long a run took is tested with recordings written by hand.
"""

import asyncio
import functools
import gc
import re
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.pictures import Comparison, compare
from helpers.pictures.compare import Run
from helpers.recording import Recording, RecordingError, record
from helpers.recording.data import Contents, Event, Task
from tests.pages import TAGS, Page, sanitised

ROOT = Path(__file__).resolve().parent.parent
MS = 1_000_000


async def kettle():
    await asyncio.sleep(0.001)
    return "tea"


async def toast():
    await asyncio.sleep(0.001)
    return "toast"


async def together():
    return await asyncio.gather(kettle(), toast())


async def burns():
    await kettle()
    raise ValueError("no <bread>, $x$ left.")


BURNS_AT = burns.__code__.co_firstlineno + 2


async def in_a_group():
    async with asyncio.TaskGroup() as group:
        group.create_task(burns())
        group.create_task(burns())


async def asks(name):
    return name


async def yields():
    yield 1


def made(**milliseconds):
    """A comparison of runs that took so long; a run that failed is written as a tuple."""
    runs = []
    for name, took in milliseconds.items():
        error = ValueError("no") if isinstance(took, tuple) else None
        elapsed_ns = int((took[0] if error else took) * MS)
        events = (Event(0, "created", 0), Event(0, "suspend", 0, "cell.py", 2, name, "sleep(1)"))
        contents = Contents((Task(0, "cell", None, 0),), events, elapsed_ns)
        runs.append(Run(name, Recording.of(contents), "result", error))
    return Comparison(runs)


def run(*functions):
    async def main():
        return await compare(*functions)

    return asyncio.run(main())


def alt_of(comparison):
    return Page(comparison._repr_html_())["alt"]


# -- before it is awaited -------------------------------------------------------------------


def test_without_await_it_says_what_to_write_and_nothing_runs(warned):
    ran = []

    async def notes_that_it_ran():
        ran.append(1)

    assert repr(compare(notes_that_it_ran)) == "Nothing ran yet: write `await compare(...)`."
    gc.collect()
    assert not ran and not warned


# -- what is kept ---------------------------------------------------------------------------


def test_each_runs_after_the_other_in_the_order_given():
    steps = []

    async def first():
        steps.append("first begins")
        await asyncio.sleep(0.001)
        steps.append("first ends")

    async def second():
        steps.append("second begins")

    run(first, second)
    assert steps == ["first begins", "first ends", "second begins"]


def test_recordings_and_results_are_kept_by_name():
    comparison = run(kettle, together)
    assert comparison.results == {"kettle": "tea", "together": ["tea", "toast"]}
    assert list(comparison.recordings) == ["kettle", "together"]
    assert comparison.recordings["together"].order() == ["kettle", "toast"]
    assert comparison.errors == {}


def test_functions_of_one_name_are_told_apart():
    comparison = run(kettle, kettle, functools.partial(asks, "a"), lambda: asks("b"), kettle)
    names = ["kettle", "kettle (2)", "asks", "lambda", "kettle (3)"]
    assert list(comparison.results) == names
    assert list(comparison.results.values()) == ["tea", "tea", "a", "b", "tea"]


def test_whatever_gives_an_awaitable_can_be_compared():
    class Breakfast:
        async def __call__(self):
            return "eggs"

    comparison = run(Breakfast(), lambda: asyncio.gather(kettle(), toast()))
    assert comparison.results == {"Breakfast": "eggs", "lambda": ["tea", "toast"]}


# -- what is said ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "first, second, verdict",
    [
        (4000, 2000, "2.0 × faster than"),
        (2000, 4000, "2.0 × slower than"),
        (4000, 3990, "about as long as"),
        (4000, 4010, "about as long as"),
        (0.02, 0.2, "too short to compare with"),
        (4000, 0, "× faster than"),
    ],
)
def test_the_second_is_held_against_the_first(first, second, verdict):
    comparison = made(a=first, b=second)
    assert f"{verdict} a." in alt_of(comparison)
    assert verdict.rpartition(" ")[0] in repr(comparison)


def test_the_seconds_of_each_run_are_said():
    shown = repr(made(a=4000, b=2000))
    assert shown == "<Comparison of 2 runs: a: 4.0 s; b: 2.0 s, 2.0 × faster>"


def test_several_are_each_held_against_the_first():
    alt = alt_of(made(a=4000, b=2000, c=8000))
    assert "2 runs compared with a." in alt
    assert "b: 2.0 s, 2.0 × faster." in alt and "c: 8.0 s, 2.0 × slower." in alt


def test_one_alone_is_shown_without_a_verdict():
    alt = alt_of(made(a=4000))
    assert "4.0 s on the clock" in alt and "faster" not in alt


def test_a_run_that_failed_is_no_measure():
    comparison = made(a=(1000,), b=4000, c=2000)
    assert "c: 2.0 × faster than b." in alt_of(comparison)
    assert "a: ✗ failed after 1.0 s" in repr(comparison)


def test_when_all_fail_it_is_said():
    assert "Every run failed." in alt_of(made(a=(1000,), b=(1000,)))


def test_the_alt_text_tells_each_run_and_its_tasks():
    alt = alt_of(run(kettle, together))
    line = kettle.__code__.co_firstlineno + 1
    assert re.search(rf"Task 0, kettle: waited at line {line}: await sleep\(0\.001\)", alt)
    assert re.search(rf"Task 1, kettle: waited at line {line}: await sleep\(0\.001\)", alt)
    assert "Task 0, together: waited at line" in alt and "gather of [1, 2]" in alt


def test_the_html_survives_where_it_is_not_trusted():
    for comparison in (run(kettle, together, burns), made(a=(1,), b=3, c=0), made(a=0)):
        page = Page(comparison._repr_html_())
        assert set(page.tags) <= TAGS and page.tags.count("img") == 1 and not page.open


def test_the_lanes_of_a_large_run_are_counted(monkeypatch):
    from helpers.pictures.canvas import Canvas

    said, text = [], Canvas.text
    monkeypatch.setattr(
        Canvas,
        "text",
        lambda self, x, y, words, *r, **o: (said.append(words), text(self, x, y, words, *r, **o)),
    )

    async def crowd():
        await asyncio.gather(*[kettle() for _ in range(20)])

    run(kettle, crowd)._repr_html_()
    assert "and 12 more tasks" in said
    assert said.count("✓ done") == 8


def test_two_comparisons_are_the_same_but_for_durations_and_factors():
    async def slow():  # so slow that quick stays quicker on a busy machine
        await asyncio.sleep(0.4)

    async def quick():
        await asyncio.sleep(0.01)

    one, other = (run(slow, quick, burns) for _ in range(2))
    assert sanitised(one._repr_html_()) == sanitised(other._repr_html_())
    assert sanitised(repr(one)) == sanitised(repr(other))


# -- functions that fail --------------------------------------------------------------------


def test_a_function_that_raises_stops_no_other():
    comparison = run(kettle, burns, toast)
    assert comparison.results == {"kettle": "tea", "toast": "toast"}
    assert list(comparison.recordings) == ["kettle", "burns", "toast"]
    assert isinstance(comparison.errors["burns"], ValueError)


def test_it_is_said_what_was_raised_where_and_when():
    html = run(kettle, burns)._repr_html_()
    sentence = next(text for text in Page(html).texts if text.startswith("burns failed"))
    assert re.fullmatch(
        rf"burns failed after [\d.]+ (s|ms), at line {BURNS_AT} of burns: "
        r"ValueError: no <bread>, \$x\$ left\.",
        sentence,
    )
    assert "Traceback" not in html


def test_of_a_group_of_errors_the_first_is_told_and_the_others_counted():
    texts = Page(run(in_a_group)._repr_html_()).texts
    [sentence] = [text for text in texts if text.startswith("in_a_group failed")]
    assert f"at line {BURNS_AT} of burns: ValueError: no <bread>" in sentence
    assert sentence.endswith("(and 1 more error in the same group).")


def test_an_error_that_cannot_be_printed_is_told_by_its_kind():
    class Shy(Exception):
        def __str__(self):
            raise RuntimeError

    async def is_shy():
        raise Shy

    assert any("Shy." in text for text in Page(run(is_shy)._repr_html_()).texts)


def test_a_plain_function_that_returns_no_awaitable_is_told_so():
    comparison = run(kettle, lambda: 3)
    assert comparison.results == {"kettle": "tea"}
    texts = " ".join(Page(comparison._repr_html_()).texts)
    assert "lambda failed after" in texts
    assert "it is a plain function and returned an int, which cannot be awaited" in texts
    assert "Nothing was awaited inside this block" not in texts


def test_being_cancelled_goes_through():
    ran = []

    async def after():
        ran.append(1)

    async def main():
        task = asyncio.ensure_future(compare_as_a_task())
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    async def compare_as_a_task():
        await compare(lambda: asyncio.sleep(3600), after)

    asyncio.run(main())
    assert not ran


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_what_ends_a_program_ends_the_comparison(stop):
    async def stops():
        raise stop

    with pytest.raises(stop):
        run(kettle, stops, toast)


def test_inside_a_recording_it_says_why_it_cannot():
    async def main():
        with record():
            await compare(kettle)

    with pytest.raises(RecordingError, match="one recording cannot hold another"):
        asyncio.run(main())


def test_after_it_the_loop_is_as_before():
    async def main():
        loop = asyncio.get_running_loop()
        before = dict(vars(loop))
        await compare(kettle, burns)
        return dict(vars(loop)) == before

    assert asyncio.run(main())


# -- what cannot be compared ----------------------------------------------------------------

REFUSED = {
    "nothing": (lambda: [], "expected async functions and found none"),
    "a coroutine object": (lambda: [kettle()], "pass `kettle` without the brackets"),
    "parameters": (lambda: [asks], "`asks` needs `name`: write an async function without"),
    "an async generator": (lambda: [yields], "`yields` is an async generator"),
    "a number": (lambda: [3], "found an int"),
    "None": (lambda: [None], "found None"),
    "a list": (lambda: [[kettle, toast]], "one by one"),
    "a future": (lambda: [Awaited()], "may be running already"),
    "good and bad": (lambda: [kettle, toast(), asks("x")], "pass `toast` without the brackets"),
}


class Awaited:
    def __await__(self):
        yield


@pytest.mark.parametrize("make, sentence", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_compared_is_refused_in_a_sentence(make, sentence, warned):
    with pytest.raises(TypeError, match=re.escape(sentence)):
        compare(*make())
    gc.collect()
    assert not warned  # of a coroutine that was never awaited


def test_in_ipython_the_sentence_comes_without_a_stack():
    answer = subprocess.run(
        [sys.executable, "-m", "IPython", "--no-banner", "--colors=NoColor", "-c"]
        + ["from helpers.pictures import compare; compare(3)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    said = answer.stdout + answer.stderr
    assert "compare expected async functions and found an int" in said
    assert "Traceback" not in said and "---" not in said
