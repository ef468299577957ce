"""Of more than forty tasks a heat map shows how many did what at a time, and says it in words."""

import asyncio

import pytest

from helpers.pictures import drawing, heat_map, many, recording_html, theme
from helpers.recording import Recording, record
from helpers.recording.data import Contents, Event, Task
from tests.pages import ATTRIBUTES, TAGS, Page
from tests.test_pictures import S, crowd, image_of, recording_of, waits

MS = 1_000_000


def stairway(size=100, failed=()):
    """Task n is made at n, waits ten times `size`, and ends, all in milliseconds."""
    tasks = [waits(0, "cell", 0, 11 * size * MS, None, awaits="gather of [1, 2, 3]")]
    for n in range(1, size + 1):
        outcome, error = ("failed", "ValueError: no") if n in failed else ("done", None)
        end = (10 * size + n) * MS
        tasks += [waits(n, "fetch", n * MS, end, outcome, awaits=f"sleep({n})", error=error)]
    return recording_of(*tasks, elapsed_ns=11 * size * MS)


def blocked_crowd():
    """At half of two seconds one task keeps the loop for the other half."""
    blocked = Event(2 * S, "blocked", 1, "cell.py", 8, "blocks", None, {"for_ns": S})
    crowd = [waits(n, "fetch", 0, 2 * S, line=n) for n in range(1, 60)]
    return recording_of(waits(0, "cell", 0, 2 * S, None), *crowd, more=[blocked])


ALL = {
    "stairway": stairway,
    "crowd": lambda: crowd(41),
    "blocked": blocked_crowd,
    "long": lambda: stairway(2_000),
}


@pytest.fixture
def shown(monkeypatch):
    """A function that draws a recording and gives the words and the stairs on its canvas."""
    texts, stairs = [], {}

    def remember_text(self, x, y, words, *style, **options):
        texts.append(words)

    def remember_stairs(self, x, width, base, tops, fill):
        stairs.setdefault(fill, []).append([abs(base - top) for top in tops])

    monkeypatch.setattr(heat_map.Canvas, "text", remember_text)
    monkeypatch.setattr(heat_map.Canvas, "stairs", remember_stairs)

    def draw(recording, title=None):
        texts.clear(), stairs.clear()
        drawing.draw_timeline(recording, title)
        return texts, stairs

    return draw


# -- how many did what ----------------------------------------------------------------------


def test_tasks_in_a_state_are_counted_on_average_over_each_column():
    recording = recording_of(
        waits(0, "cell", 0, 4 * S, None), waits(1, "late", S, 5 * S // 2), elapsed_ns=4 * S
    )
    found = many.tasks_in_state(recording, 4)
    assert found["not yet made"] == pytest.approx([1, 0, 0, 0])
    assert found["ended"] == pytest.approx([0, 0, 0.5, 1])
    assert found["waiting"] == pytest.approx([1, 2, 1.5, 1], abs=1e-3)
    assert found["running"][1] == pytest.approx(50_000 / S)


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
@pytest.mark.parametrize("columns", [1, 7, 300])
def test_every_task_is_in_one_state_at_every_time(make, columns):
    recording = make()
    found = many.tasks_in_state(recording, columns)
    for together in zip(*found.values(), strict=True):
        assert sum(together) == pytest.approx(len(recording.tasks))
        assert min(together) >= 0


def test_a_recording_that_took_no_time_has_columns_too():
    made = [Event(0, "created", n, detail={"parent": None}) for n in range(41)]
    tasks = tuple(Task(n, "at once", None, 0) for n in range(41))
    recording = Recording.of(Contents(tasks, tuple(made), 0))
    assert Page(recording_html(recording))["alt"].startswith("Heat map of 41 tasks: 0 s")


def test_outcomes_are_counted_without_the_task_that_recorded():
    assert many.outcomes(stairway(failed={3, 5})) == {"done": 98, "failed": 2}
    assert many.outcomes(crowd(41)) == {"done": 41}


def test_waits_at_one_line_that_differ_in_a_number_are_one_place():
    first, second = many.waiting_places(stairway())
    assert (first.place, first.tasks, first.waits) == ("fetch, line 2: await sleep(…)", 100, 100)
    assert first.longest_ns == 1_000 * MS - 100_000
    assert second.place == "cell, line 2: await gather of […]" or second.tasks == 1


def test_waits_that_are_the_same_are_named_in_full():
    recording = recording_of(*(waits(n, "fetch", 0, S) for n in range(50)))
    assert [place.place for place in many.waiting_places(recording)] == [
        "fetch, line 2: await sleep(1)"
    ]


def test_the_place_of_the_longest_waits_comes_first_and_the_order_does_not_hang_on_a_breath():
    def recorded(breath):
        return recording_of(
            *(waits(n, "queues", 0, S, awaits="Semaphore.acquire") for n in range(10)),
            *(waits(n, "sleeps", 0, S // 10) for n in range(10, 40)),
            *(waits(n, "also", 0, S // 10 + breath) for n in range(40, 70)),
        )

    for breath in (-90, 90):
        order = [place.place.split(",")[0] for place in many.waiting_places(recorded(breath))]
        assert order == ["queues", "also", "sleeps"]


# -- what is seen ---------------------------------------------------------------------------


def test_forty_lanes_are_a_timeline_and_one_more_a_heat_map(shown):
    assert "busy" not in shown(crowd(40))[0]
    assert "busy" in shown(crowd(41))[0]


def test_the_title_is_the_timelines_and_the_outcomes_stand_below(shown):
    recording = stairway(failed={7})
    assert shown(recording)[0][:2] == [recording.summary(), "✓ 99 done, ✗ 1 failed"]
    assert shown(recording, "A hundred")[0][:2] == ["A hundred", recording.summary()]


def test_every_state_in_it_has_a_word_and_the_others_have_none(shown):
    words = shown(stairway())[0]
    assert {"waiting", "running", "ended", "not yet made"} <= set(words)
    assert not {"ready, its turn has not come", "blocked"} & set(words)
    assert "101 tasks" in words


def test_the_bands_are_as_high_as_their_share_of_the_tasks(shown):
    stairs = shown(stairway())[1]
    [ended], [not_yet_made] = stairs[theme.ENDED], stairs[theme.CARD]
    assert ended[0] == 0 and not_yet_made[-1] == 0
    assert ended[-1] == pytest.approx(theme.MANY_HEIGHT * 100 / 101, rel=0.04)
    assert not_yet_made[0] == pytest.approx(theme.MANY_HEIGHT * 100 / 101, rel=0.04)


def test_the_strip_says_how_busy_python_was(shown):
    tasks = [waits(n, "f", 0, 60 * S) for n in range(50)]
    _, busy = shown(recording_of(*tasks, elapsed_ns=60 * S))[1][theme.RUNNING]
    assert 0 < max(busy) <= theme.BUSY_HEIGHT
    assert min(busy) == 0  # while all of them wait
    assert all(height == 0 or height >= 1 for height in busy)  # a little can be seen


def test_a_blocked_loop_is_marked_with_words(shown):
    recording = blocked_crowd()
    assert "blocked 1.0 s" in shown(recording)[0]
    assert "blocked" in shown(recording)[0]
    [note] = recording.notes()
    assert note in Page(recording_html(recording)).texts


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
def test_the_image_is_small_and_sharp_and_all_in_it_lies_on_the_card(make, monkeypatch):
    right = []
    text = heat_map.Canvas.text

    def remember(self, x, y, words, size, colour, *, bold=False, align="left"):
        width = heat_map.text_width(words, size, bold)
        right.append(x + {"left": width, "center": width / 2, "right": 0}[align])
        text(self, x, y, words, size, colour, bold=bold, align=align)

    monkeypatch.setattr(heat_map.Canvas, "text", remember)
    png = image_of(recording_html(make()))
    assert len(png) <= theme.BYTES_MOST
    assert int.from_bytes(png[16:20], "big") == 2 * theme.WIDTH
    assert max(right) <= theme.WIDTH


# -- what is said ---------------------------------------------------------------------------


def test_the_alt_text_tells_the_shape_in_times():
    alt = Page(recording_html(stairway(failed={7}), "A hundred"))["alt"]
    assert alt == (
        "A hundred. Heat map of 101 tasks: 1.1 s on the clock, 10.1 ms of Python running. "
        "99 done, 1 failed. The first ended after 1.0 s, half of them after 1.1 s, nine in ten "
        "after 1.1 s, the last after 1.1 s. The longest waits were at fetch, line 2: await "
        "sleep(…): 100 tasks, 100.0 s all together."
    )


def test_the_tables_hold_states_outcomes_and_places():
    texts = Page(recording_html(stairway(failed={7}))).texts
    for words in ("waiting", "running", "done", "failed", "fetch, line 2: await sleep(…)"):
        assert words in texts
    assert texts[texts.index("failed") :][1] == "1"


def test_of_many_places_the_first_are_told_and_the_others_counted():
    rows = list(many.place_rows(crowd(50)))
    assert len(rows) == 9 and rows[-1][0] == "and 42 more places"


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
def test_nothing_is_in_the_html_that_an_untrusted_notebook_loses(make):
    page = Page(recording_html(make()))
    assert set(page.tags) <= TAGS and not page.open
    assert {name for name, _ in page.attributes} <= ATTRIBUTES


def test_tasks_that_never_ended_are_told_as_such():
    recording = recording_of(*(waits(n, "f", 0, 2 * S, None) for n in range(50)))
    alt = Page(recording_html(recording))["alt"]
    assert "49 not finished." in alt and "ended after" not in alt


def test_a_crowd_on_a_real_loop_is_drawn():
    async def wait():
        await asyncio.sleep(0.01)

    async def main():
        with record() as recording:
            await asyncio.gather(*(wait() for _ in range(60)))
        return recording

    alt = Page(recording_html(asyncio.run(main())))["alt"]
    assert alt.startswith("Heat map of 61 tasks") and "60 done" in alt
