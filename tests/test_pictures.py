"""A timeline shows what its recording holds, in an image, in words, and in HTML that survives.

The recordings are written by hand, but where the loop itself must be in it; what an image shows
is read off the calls that draw it.
"""

import asyncio
import base64
import gc
import re
import subprocess
import sys
import time
import warnings
from collections import namedtuple
from pathlib import Path

import matplotlib
import pytest
from matplotlib import rc_context
from matplotlib.backends.backend_agg import RendererAgg

from helpers.pictures import PictureError, drawing, recording_html, recording_text, theme, timeline
from helpers.pictures.canvas import Canvas, cut, text_width
from helpers.recording import Recording, record
from helpers.recording.data import Contents, Event, Task
from tests.pages import ATTRIBUTES, TAGS, Page, sanitised

ROOT = Path(__file__).resolve().parent.parent
S = 1_000_000_000  # nanoseconds


def waits(number, name, start, end, outcome="done", line=2, awaits="sleep(1)", error=None):
    """A task that waits once from `start` to `end`, in nanoseconds: the task and its events."""
    place = ("cell.py", line, name.split()[0] if name.split() else name)
    detail = {"error": error} if error else {}
    events = [
        Event(start, "created", number, *place, detail={"parent": None}),
        Event(start, "run", number, *place),
        Event(start + 50_000, "suspend", number, *place, awaits),
        Event(end - 50_000, "run", number, *place),
    ]
    events += [Event(end, outcome, number, detail=detail)] if outcome else []
    ended = end if outcome else None
    return Task(number, name, 0 if number else None, start, ended, outcome, error), events


def recording_of(*tasks, elapsed_ns=2 * S, others=0, more=()):
    events = sorted([*(e for _, own in tasks for e in own), *more], key=lambda event: event.t_ns)
    contents = Contents(tuple(task for task, _ in tasks), tuple(events), elapsed_ns, others)
    return Recording.of(contents)


def running_example(second_ns=S):
    """Three waits together; `second_ns` is what the machine makes of a second."""
    return recording_of(
        waits(0, "cell", 0, 2 * second_ns, None, line=3, awaits="gather of [1, 2, 3]"),
        waits(1, "first_run", 20_000, second_ns),
        waits(2, "second_run", 30_000, 2 * second_ns, line=6, awaits="sleep(2)"),
        waits(3, "third_run", 40_000, second_ns, line=10),
        elapsed_ns=2 * second_ns,
    )


def failing_group():
    return recording_of(
        waits(0, "cell", 0, S, None, line=7, awaits="TaskGroup.__aexit__"),
        waits(1, "kettle", 0, S, "cancelled", awaits="sleep(2)"),
        waits(2, "toast", 0, S, "failed", error="ValueError: no bread"),
        waits(3, "late", 0, S, None),
        elapsed_ns=S,
    )


def blocked_loop():
    """`first` is ready from the start and gets its turn when `blocks` lets go, at 1.5 s."""
    first, events = waits(2, "first", S * 3 // 2, 2 * S)
    events[0] = Event(0, "created", 2, "cell.py", 2, "first", detail={"parent": 0})
    blocked = Event(S * 3 // 2, "blocked", 1, "cell.py", 8, "blocks", None, {"for_ns": S * 3 // 2})
    place = ("cell.py", 7, "blocks")
    blocks = Task(1, "blocks", 0, 0, S * 3 // 2, "done")
    own = [
        Event(0, "created", 1, *place, detail={"parent": 0}),
        Event(0, "run", 1, *place),
        Event(S * 3 // 2, "done", 1),
    ]
    cell = waits(0, "cell", 0, 2 * S, None, line=3, awaits="gather of [1, 2]")
    return recording_of(cell, (blocks, own), (first, events), more=[blocked])


def crowd(size):
    return recording_of(
        *(waits(n, f"fetch_{n}", 1000 * n, S + n * S // size, line=n + 1) for n in range(size))
    )


ALL = {
    "example": running_example,
    "failing": failing_group,
    "blocked": blocked_loop,
    "20 lanes": lambda: crowd(20),
    "empty": lambda: Recording.of(Contents((), (), 0)),
    "at once": lambda: recording_of(elapsed_ns=0),
}

Drawn = namedtuple("Drawn", "what x y width height words colour")


@pytest.fixture
def drawn(monkeypatch):
    """A function that returns what a timeline puts on the canvas, which itself stays blank."""
    calls = []

    def shape(what):
        def remember(self, x, y, width, height, colour, *edge):
            calls.append(Drawn(what, x, y, width, height, "", colour))

        return remember

    def text(self, x, y, words, size, colour, *, bold=False, align="left"):
        width = text_width(words, size, bold)
        left = x - {"left": 0, "center": width / 2, "right": width}[align]
        calls.append(Drawn("text", left, y - size / 2, width, size, words, colour))

    monkeypatch.setattr(Canvas, "__init__", lambda self, width, height, dots: None)
    monkeypatch.setattr(Canvas, "box", shape("box"))
    monkeypatch.setattr(Canvas, "hatch", shape("hatch"))
    monkeypatch.setattr(Canvas, "text", text)
    monkeypatch.setattr(Canvas, "png", lambda self: b"")

    def draw(recording, title=None):
        calls.clear()
        drawing.draw_timeline(recording, title)
        return list(calls)

    return draw


def words_of(calls):
    return [call.words for call in calls if call.what == "text"]


def image_of(html):
    return base64.b64decode(re.search(r"data:image/png;base64,([A-Za-z0-9+/=]+)", html)[1])


# -- what a timeline shows ------------------------------------------------------------------


def test_the_title_carries_the_lesson(drawn):
    assert words_of(drawn(running_example()))[0] == "2.0 s on the clock, 0.2 ms of Python running"


def test_a_title_of_ones_own_stands_over_it(drawn):
    said = words_of(drawn(running_example(), "Three at once"))
    assert said[0] == "Three at once" and said[1].startswith("2.0 s on the clock")


def test_every_task_has_a_lane_with_its_number_name_and_wait(drawn):
    said = words_of(drawn(running_example()))
    for words in ("0", "cell", "line 3: await gather of [1, 2, 3]"):
        assert words in said
    for words in ("2", "second_run", "line 6: await sleep(2)"):
        assert words in said


def test_a_wait_is_hatched_and_as_long_as_it_took(drawn):
    calls = drawn(running_example())
    hatches = [call for call in calls if call.what == "hatch"][1:]  # the first is the legend's
    _, one, two, _ = (call.width for call in hatches)
    assert two == pytest.approx(2 * one, rel=0.01)


def test_a_run_of_microseconds_is_solid_and_can_be_seen(drawn):
    runs = [call for call in drawn(running_example()) if call.colour == theme.RUNNING]
    assert len(runs) == 1 + 4 * 2  # the legend's, then each task's first and last step
    assert min(call.width for call in runs) >= 2


def test_each_outcome_stands_in_a_word_and_a_sign_at_the_lanes_end(drawn):
    said = words_of(drawn(failing_group()))
    assert "✗ failed: ValueError" in said
    assert "⊘ cancelled" in said
    assert "… not finished" in said
    assert words_of(drawn(running_example())).count("✓ done") == 3


def test_the_cell_goes_on_and_has_no_outcome(drawn):
    lanes = failing_group().lanes()[:1]
    said = words_of(drawn(recording_of(waits(0, "cell", 0, S, None))))
    assert lanes[0].task.outcome is None
    assert not any("not finished" in words for words in said)


def test_a_blocked_stretch_is_marked_with_words(drawn):
    calls = drawn(blocked_loop())
    said = words_of(calls)
    assert "blocked 1.5 s" in said
    assert "line 8: blocks the loop" in said
    assert "blocks the loop: nobody else can run" in said
    assert any(call.colour == theme.BLOCKED_BAND for call in calls)


def test_a_task_that_is_ready_and_not_run_has_a_thin_line(drawn):
    ready = [call for call in drawn(blocked_loop()) if call.colour == theme.READY]
    assert len(ready) == 2  # the legend's and the task's
    assert ready[1].height <= 4 and ready[1].width > 100
    assert not [call for call in drawn(running_example()) if call.colour == theme.READY]


def test_a_wait_too_short_for_its_line_says_less_or_nothing(drawn):
    tasks = [waits(1, "long", 0, 2 * S, awaits="a_function_with_a_very_long_name_indeed")]
    for number, share in enumerate((3, 7, 50), 2):
        tasks.append(waits(number, f"n{number}", 0, 2 * S // share, awaits="sleep(0.25)"))
    said = words_of(drawn(recording_of(waits(0, "cell", 0, 2 * S, None), *tasks)))
    assert "line 2: await sleep(0.25)" in said
    assert "sleep(0.25)" in said
    assert sum("sleep(0.25)" in words for words in said) == 2


def test_a_gather_too_short_for_its_tasks_is_named_all_the_same(drawn):
    tasks = [waits(1, "long", 0, 2 * S), waits(2, "short", 0, S // 4, awaits="gather of [3, 4, 5]")]
    said = words_of(drawn(recording_of(waits(0, "cell", 0, 2 * S, None), *tasks)))
    assert "gather" in said


def test_a_wait_in_another_function_names_it(drawn):
    task, events = waits(0, "cell", 0, 2 * S, None)
    events[2] = Event(50_000, "suspend", 0, "cell.py", 6, "second_run", "sleep(2)")
    said = words_of(drawn(recording_of((task, events))))
    assert "second_run, line 6: await sleep(2)" in said


def test_many_short_runs_between_waits_are_no_long_run(drawn):
    place = ("cell.py", 2, "polls")
    steps = 2000
    events = [Event(0, "created", 0, *place, detail={"parent": None})]
    for step in range(steps):
        at = step * 2 * S // steps
        events += [Event(at, "run", 0, *place), Event(at + 9000, "suspend", 0, *place, "sleep(0)")]
    recording = recording_of((Task(0, "polls", None, 0), events))
    calls = drawn(recording)
    runs = [call for call in calls if call.colour == theme.RUNNING][1:]
    [bar] = [call for call in calls if call.what == "hatch"][1:]
    assert sum(call.width for call in runs) < 0.6 * bar.width
    assert len(calls) < 500


def test_all_that_is_drawn_lies_on_the_card(drawn):
    long = recording_of(
        waits(0, "cell", 0, 2 * S, None),
        waits(1, "n" * 90, 0, 2 * S, "failed", error=f"{'E' * 90}: no"),
        waits(2, "brief", 0, S // 50, "failed", error=f"{'E' * 90}: no"),
    )
    for make in (*ALL.values(), lambda: long):
        for call in drawn(make(), "A title " * 30):
            assert call.x >= 0 and call.x + call.width <= theme.WIDTH, call


def test_the_recordings_notes_stand_below():
    recording = recording_of(waits(0, "cell", 0, S, None), others=2, elapsed_ns=S)
    [note] = recording.notes()
    assert note in Page(recording_html(recording)).texts


# -- in words -------------------------------------------------------------------------------


def test_the_alt_text_names_every_task_its_wait_and_its_end():
    alt = Page(recording_html(failing_group()))["alt"]
    assert alt.startswith("Timeline of 4 tasks: 1.0 s on the clock")
    assert "Task 1, kettle: waited at line 2: await sleep(2) (1.0 s); cancelled." in alt
    assert "Task 2, toast: waited at line 2: await sleep(1) (1.0 s); failed: ValueError" in alt
    assert "Task 3, late:" in alt and "not finished" in alt


def test_the_alt_text_says_who_did_not_get_its_turn():
    alt = Page(recording_html(blocked_loop()))["alt"]
    assert "Task 1, blocks: did not wait; done." in alt
    assert "was ready for 1.5 s before its turn came" in alt


def test_the_table_holds_a_row_for_each_task():
    page = Page(recording_html(failing_group()))
    assert page.tags.count("tr") == 1 + 4
    row = page.texts[page.texts.index("toast") :][:3]
    assert row == ["toast", "failed: ValueError: no bread", "line 2: await sleep(1) (1.0 s)"]


def test_long_lists_and_decimals_are_shortened():
    alt = Page(
        recording_html(
            recording_of(
                waits(0, "cell", 0, S, None, awaits=f"gather of {list(range(1, 61))}"),
                waits(1, "one", 0, S, awaits="sleep(0.25423012108116977)"),
                waits(2, "two", 0, S, awaits="sleep(0.25)"),
            )
        )
    )["alt"]
    assert "gather of [1, 2, …, 60]" in alt
    assert "sleep(0.254)" in alt and "sleep(0.25)" in alt


def test_waits_at_one_line_are_added_up():
    place = ("cell.py", 2, "polls")
    events = [Event(0, "created", 0, *place, detail={"parent": None})]
    for step in range(3):
        events += [Event(step * S, "suspend", 0, *place, "sleep(1)")]
    recording = recording_of((Task(0, "polls", None, 0), events), elapsed_ns=3 * S)
    assert "line 2: await sleep(1) (3 ×, 3.0 s)" in Page(recording_html(recording)).texts


# -- the HTML -------------------------------------------------------------------------------


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
def test_nothing_is_in_the_html_that_an_untrusted_notebook_loses(make):
    page = Page(recording_html(make()))
    assert page.tags.count("img") == 1 and page.tags.count("details") == 1
    assert set(page.tags) <= TAGS and not page.open
    assert {name for name, _ in page.attributes} <= ATTRIBUTES
    assert page["src"].startswith("data:image/png;base64,")
    assert not any("url(" in value for name, value in page.attributes if name == "style")


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
def test_a_picture_is_small_and_sharp(make):
    png = image_of(recording_html(make()))
    width = int.from_bytes(png[16:20], "big")
    assert png.startswith(b"\x89PNG") and width >= 1.25 * theme.WIDTH
    assert len(png) <= 40_000


def test_an_image_that_is_too_large_gets_fewer_dots():
    drawn = drawing._small(3, lambda dots: b"." * int(dots * 25_000))
    assert len(drawn) == 1.5 * 25_000


def test_forty_lanes_are_not_much_larger():
    assert len(image_of(recording_html(crowd(40)))) <= 60_000


def test_a_picture_shrinks_with_its_page():
    page = Page(recording_html(running_example()))
    assert page["width"] == str(theme.WIDTH)
    assert any("max-width: 100%; height: auto" in value for name, value in page.attributes)


UNRULY = "<b>\"&' $x_$ {} \\frac$ [link](x)\n\t🍞 東 \x00"


def test_a_learners_names_and_messages_are_shown_as_they_are():
    recording = recording_of(
        waits(0, "cell", 0, S, None), waits(1, UNRULY, 0, S, "failed", error=f"E: {UNRULY}")
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # of a glyph that is missing, or a formula that is none
        page = Page(recording_html(recording, title=UNRULY))
    assert set(page.tags) <= TAGS
    shown = UNRULY.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    assert shown in page["alt"] or UNRULY in page["alt"]
    assert any(text in (shown, UNRULY) for text in page.texts)


def test_jupyterlab_is_told_to_set_no_formulas():
    """It runs MathJax over an output: $x$ in a learner's message would change its looks."""
    assert "mathjax_ignore" in Page(recording_html(running_example()))["class"].split()


def test_a_dollar_is_a_dollar_in_the_image(monkeypatch):
    drawn, draw_text = [], RendererAgg.draw_text

    def note(self, context, x, y, words, font, angle, ismath=False, mtext=None):
        drawn.append((words, ismath))
        draw_text(self, context, x, y, words, font, angle, ismath, mtext)

    monkeypatch.setattr(RendererAgg, "draw_text", note)
    drawing.draw_timeline(recording_of(waits(0, r"$\alpha$", 0, S, None)))
    assert (r"$\alpha$", False) in drawn
    assert not any(is_formula for _, is_formula in drawn)


def test_words_are_cut_to_the_room_there_is():
    for words in ("a long name " * 30, "short", "", "$" * 99):
        assert text_width(cut(words, 80, 12), 12) <= 80
    assert cut("short", 80, 12) == "short"


# -- from run to run ------------------------------------------------------------------------


def test_html_and_text_are_the_same_but_for_durations_and_the_image():
    for show in (recording_html, recording_text, lambda r: repr(timeline(r))):
        quick, slow = (show(running_example(second)) for second in (S, S + 40_000_000))
        assert quick != slow or show is recording_text or "2.0 s" in quick
        assert sanitised(quick) == sanitised(slow)


def test_two_runs_on_the_real_loop_show_the_same():
    async def wait(seconds):
        await asyncio.sleep(seconds)

    async def main():
        # With a clock of one's own nothing looks for blocked steps: a busy machine has some.
        with record(clock=time.monotonic_ns) as recording:
            await asyncio.gather(wait(0.002), wait(0.02), wait(0.002))
        return recording

    one, other = (asyncio.run(main()) for _ in range(2))
    assert sanitised(recording_html(one)) == sanitised(recording_html(other))
    assert sanitised(recording_text(one)) == sanitised(recording_text(other))


def test_one_recording_gives_the_same_image_whatever_the_learner_set_in_matplotlib():
    settings = {
        "text.usetex": True,
        "text.parse_math": True,
        "font.size": 40,
        "font.family": "serif",
        "savefig.bbox": "tight",
        "savefig.dpi": 30,
        "figure.dpi": 30,
        "figure.facecolor": "black",
        "path.sketch": (1, 100, 2),
        "lines.linestyle": "--",
        "hatch.linewidth": 9,
    }
    plain = drawing.draw_timeline(failing_group())
    with rc_context(settings):
        before = dict(matplotlib.rcParams)
        assert drawing.draw_timeline(failing_group()) == plain
        assert dict(matplotlib.rcParams) == before


def python(code):
    """Run code in a fresh Python that has the course on its path."""
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120
    )


def test_matplotlib_is_loaded_when_the_first_picture_is_shown():
    answer = python(
        "import sys; from helpers.pictures import compare, timeline;"
        "from helpers.recording import Recording; from helpers.recording.data import Contents;"
        "shown = timeline(Recording.of(Contents((), (), 0))); repr(shown);"
        "print('matplotlib' in sys.modules, 'PIL' in sys.modules);"
        "shown._repr_html_();"
        "print('matplotlib' in sys.modules, 'matplotlib.pyplot' in sys.modules,"
        " 'matplotlib.figure' in sys.modules)"
    )
    assert answer.stdout.split() == ["False", "False", "True", "False", "False"], answer.stderr
    assert answer.stderr == ""


def test_without_matplotlib_the_timeline_is_shown_as_text_with_what_to_type():
    answer = python(
        "import sys; sys.modules['matplotlib'] = None;"
        "from helpers.pictures import recording_html; from helpers.recording import Recording;"
        f"print(recording_html(Recording.from_json({running_example().to_json()!r})))"
    )
    page = Page(answer.stdout)
    assert "img" not in page.tags and set(page.tags) <= TAGS
    text = " ".join(page.texts)
    assert "'matplotlib'" in text and "%pip install -r ../requirements.txt" in text
    assert "second_run" in text and "░" in text


# -- what is no recording -------------------------------------------------------------------


async def coroutine_function():
    pass


@pytest.mark.parametrize(
    "thing, found",
    [(None, "None"), (3, "an int"), ([], "a list"), (record, "a type")],
    ids=lambda value: str(value)[:12],
)
def test_what_is_no_recording_is_named(thing, found):
    with pytest.raises(PictureError, match=f"expected a recording and found {found}: pass"):
        timeline(thing)


def test_a_coroutine_object_in_place_of_a_recording_leaves_no_warning(warned):
    with pytest.raises(TypeError, match="a coroutine object"):
        timeline(coroutine_function())
    gc.collect()
    assert not warned


def test_a_timeline_says_in_one_line_what_it_is():
    shown = timeline(running_example())
    assert repr(shown) == ("<Timeline of 4 tasks: 2.0 s on the clock, 0.2 ms of Python running>")
