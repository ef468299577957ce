"""The two images, put together from bars: a timeline and a comparison. Each gives a PNG.

Loaded when a picture is first drawn, since this is what brings matplotlib in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate

from helpers.recording import Lane, Recording
from helpers.recording.data import count

from . import bars, heat_map, theme, words
from .canvas import Canvas
from .words import RunRow

_RUN, _TASK = theme.ROOMY, theme.TIGHT  # the lane of a compared function, those of its tasks
_GAP = 16  # between two runs


def draw_timeline(
    recording: Recording, title: str | None = None, *, dots: float | None = None
) -> bytes:
    """A lane for each task, or a heat map of many; over it the title, the summary and a legend.

    `dots` of the image for each pixel, or as many as its size allows.
    """
    lanes = recording.lanes()
    if len(lanes) > words.LANES_MOST:
        many = heat_map.HeatMap(recording, title)
        return many.png(dots) if dots is not None else _small(1, many.png)
    if dots is not None:
        return _timeline(recording, lanes, title, dots)
    return _small(len(lanes), lambda dots: _timeline(recording, lanes, title, dots))


def draw_comparison(title: str, runs: Sequence[RunRow]) -> bytes:
    """For each run the lane of its function and those of its tasks, all on one time axis."""
    lanes = sum(len(run.lanes) for run in runs)
    return _small(lanes, lambda dots: _comparison(title, runs, dots))


def _small(lanes: int, draw: Callable[[float], bytes]) -> bytes:
    """The sharpest image that is small enough, or else the smallest."""
    for dots in theme.dots_for(lanes):
        png = draw(dots)
        if len(png) <= theme.BYTES_MOST:
            break
    return png


def _timeline(recording: Recording, lanes: list[Lane], title: str | None, dots: float) -> bytes:
    row, blocked = theme.row_for(len(lanes)), recording.blocked
    lines = bars.head_lines(recording, title)
    legend = theme.MARGIN + theme.LINE * len(lines) + 10
    top = legend + 16 + (18 if blocked else 0)
    bottom = top + row.pitch * len(lanes)
    canvas = Canvas(theme.WIDTH, bottom + 28, dots)
    sheet = bars.Sheet(canvas, _timeline_scale(recording, lanes, row))
    bars.head(canvas, lines)
    bars.legend(sheet, legend, lanes, bool(blocked))
    for event in blocked:
        bars.draw_blocked_band(sheet, event, top, bottom)
    bars.draw_blocked_words(sheet, blocked, top - 10)
    bars.axis(sheet, top, bottom)
    for number, lane in enumerate(lanes):
        bars.draw_lane(
            sheet, lane, top + row.pitch * (number + 0.5), row, len(recording.tasks), blocked
        )
    return canvas.png()


def _comparison(title: str, runs: Sequence[RunRow], dots: float) -> bytes:
    legend = theme.MARGIN + theme.LINE + 10
    tops = list(accumulate((_run_height(run) + _GAP for run in runs), initial=legend + 16))
    bottom = tops.pop() - _GAP
    lanes = [lane for run in runs for lane in run.lanes]
    canvas = Canvas(theme.WIDTH, bottom + 28, dots)
    sheet = bars.Sheet(canvas, _comparison_scale(runs))
    bars.head(canvas, [title])
    bars.legend(sheet, legend, lanes, any(run.blocked for run in runs))
    bars.axis(sheet, legend + 16, bottom)
    for run, top in zip(runs, tops, strict=True):
        _draw_run(sheet, run, top)
    return canvas.png()


def _timeline_scale(recording: Recording, lanes: list[Lane], row: theme.Row) -> bars.Scale:
    total_ns = max(recording.contents.elapsed_ns, 1)
    left = theme.MARGIN + bars.names_width(lanes, len(recording.tasks), row) + 10
    return bars.fitted(left, total_ns, _ends(lanes, row))


def _ends(lanes: Iterable[Lane], row: theme.Row) -> Iterator[tuple[int, float]]:
    for lane in lanes:
        yield bars.end_ns(lane), bars.end_width(bars.outcome_words(lane), row.words)


# -- a run in a comparison ------------------------------------------------------------------


def _run_height(run: RunRow) -> float:
    return _RUN.pitch + _TASK.pitch * (len(run.lanes) - 1 + bool(run.hidden))


def _comparison_scale(runs: Sequence[RunRow]) -> bars.Scale:
    names = [bars.names_width(run.lanes[1:], run.tasks, _TASK) for run in runs]
    names += [bars.names_width(run.lanes[:1], 0, _RUN) for run in runs]
    ends = [end for run in runs for end in _ends(run.lanes[1:], _TASK)]
    ends += [(bars.end_ns(run.lanes[0]), bars.end_width(run.said, _RUN.name)) for run in runs]
    total_ns = max(1, *(run.elapsed_ns for run in runs))
    return bars.fitted(theme.MARGIN + max(names) + 10, total_ns, ends)


def _draw_run(sheet: bars.Sheet, run: RunRow, top: float) -> None:
    own, *others = run.lanes
    y = top + _RUN.pitch / 2
    bars.draw_lane(sheet, own, y, _RUN, 0, run.blocked)
    colour = theme.OUTCOMES["failed"][1] if run.failed else theme.INK
    bars.draw_end(sheet, own, y, run.said, _RUN.name, colour)
    y += (_RUN.pitch + _TASK.pitch) / 2
    for lane in others:
        bars.draw_lane(sheet, lane, y, _TASK, run.tasks, run.blocked)
        y += _TASK.pitch
    if run.hidden:
        said = f"and {count(run.hidden, 'more task')}"
        sheet.canvas.text(theme.MARGIN, y, said, _TASK.name, theme.MUTED)
