"""What the pictures are made of: a time axis, a lane with its bars and words, a legend.

Each function puts one thing on a canvas, at a height it is told. What happened is the
recording's to say, the words are those of words.py, colours and sizes the theme's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from helpers.recording import Event, Lane, Recording, Span
from helpers.recording.data import duration, label

from . import theme, words
from .canvas import Canvas, cut, text_width
from .theme import PAD, READY_LEAST, RUN_LEAST, Row

_MEET = 0.5  # pixels: stretches of one state that are closer are drawn as one
_LEGEND = {
    "running": "running",
    "waiting": "waiting",
    "ready": "ready, its turn has not come",
    "blocked": "blocks the loop: nobody else can run",
}


class Scale(NamedTuple):
    """Time as pixels: `total_ns` take `width`, from `left`."""

    left: float
    width: float
    total_ns: int

    def x(self, t_ns: float) -> float:
        return self.left + self.width * t_ns / self.total_ns

    def pixels(self, span: Span) -> float:
        return self.x(span.end_ns) - self.x(span.start_ns)


class Sheet(NamedTuple):
    """A canvas on which time has its scale."""

    canvas: Canvas
    scale: Scale


def fitted(left: float, total_ns: int, ends: Iterable[tuple[int, float]]) -> Scale:
    """As wide as may be while what stands behind each end, (t_ns, its width), is on the card."""
    room = theme.WIDTH - theme.MARGIN - left
    least = total_ns / 5  # so that what stands behind an early end does not squeeze the rest
    widths = [(room - width) * total_ns / max(t_ns, least) for t_ns, width in ends]
    return Scale(left, min([room, *widths]), total_ns)


# -- the frame ------------------------------------------------------------------------------


def head_lines(recording: Recording, title: str | None) -> list[str]:
    """The title, if there is one, and the summary."""
    return [title, recording.summary()] if title else [recording.summary()]


def head(canvas: Canvas, lines: Iterable[str]) -> None:
    """The first line as a title, and what comes below it."""
    for number, line in enumerate(lines):
        size, bold = (theme.TEXT, False) if number else (theme.TITLE, True)
        line = cut(line, theme.WIDTH - 2 * theme.MARGIN, size, bold)
        y = theme.MARGIN + theme.LINE * number + 9
        canvas.text(theme.MARGIN, y, line, size, theme.INK, bold=bold)


def axis(sheet: Sheet, top: float, bottom: float) -> None:
    """Upright lines at round times, named below."""
    canvas, scale = sheet
    for t_ns, name in ticks(scale.total_ns):
        x = scale.x(t_ns)
        canvas.box(x - 0.5, top, 1, bottom + 3 - top, theme.GRID)
        x = min(x, theme.WIDTH - 6 - text_width(name, theme.SMALL - 1) / 2)
        canvas.text(x, bottom + 13, name, theme.SMALL - 1, theme.MUTED, align="center")


def ticks(total_ns: int) -> Iterator[tuple[float, str]]:
    """At most seven round times up to the end, each with its name: "0", "0.5 s", "1 s"."""
    units = ((1e8, 1e9, "s"), (1e5, 1e6, "ms"), (0, 1e3, "µs"))
    unit, name = next((unit, name) for least, unit, name in units if total_ns >= least)
    steps = (unit * digit * 10.0**power for power in range(-3, 12) for digit in (1, 2, 5))
    step = next(step for step in steps if total_ns / step <= 6)
    for number in range(int(total_ns / step) + 1):
        yield number * step, f"{number * step / unit:,.6g} {name}" if number else "0"


def legend(sheet: Sheet, y: float, lanes: Iterable[Lane], blocked: bool) -> None:
    """The looks of what is on the sheet, each with its word."""
    ready = any(any(_filled_strips(lane, "ready", sheet.scale, READY_LEAST)) for lane in lanes)
    shown = ["running", "waiting", *["ready"] * ready, *["blocked"] * blocked]
    x = theme.MARGIN
    for state in shown:
        strip(sheet.canvas, state, x, y, 22, 11)
        x = legend_word(sheet.canvas, x, y, _LEGEND[state])


def legend_word(canvas: Canvas, x: float, y: float, word: str) -> float:
    """The word beside what was put at `x`, and where the next may stand."""
    canvas.text(x + 28, y, word, theme.SMALL, theme.MUTED)
    return x + 28 + text_width(word, theme.SMALL) + 18


# -- a lane ---------------------------------------------------------------------------------


def names_width(lanes: Iterable[Lane], tasks: int, row: Row) -> float:
    """The pixels that the names of lanes take, with the numbers before them."""
    widths = [min(text_width(lane.task.name, row.name), theme.NAME_MOST) for lane in lanes]
    return _number_width(tasks, row) + max(widths, default=0)


def draw_lane(
    sheet: Sheet, lane: Lane, y: float, row: Row, tasks: int, blocked: Iterable[Event]
) -> None:
    """One of `tasks` tasks: its number and name, what it did, how it ended."""
    _draw_name(sheet.canvas, lane, y, row, tasks)
    draw_spans(sheet, lane, y, row)
    for event in blocked:
        if event.task == lane.task.number:
            _draw_blocked_stretch(sheet, event, y, row)
    outcome = words.outcome(lane)
    if outcome:
        draw_end(sheet, lane, y, outcome_words(lane), row.words, theme.OUTCOMES[outcome][1])


def draw_end(sheet: Sheet, lane: Lane, y: float, said: str, size: float, colour: str) -> None:
    """What there is to say of a lane, behind its end."""
    x = sheet.scale.x(end_ns(lane)) + RUN_LEAST + 5
    sheet.canvas.text(x, y, said, size, colour, bold=True)


def _draw_name(canvas: Canvas, lane: Lane, y: float, row: Row, tasks: int) -> None:
    number = _number_width(tasks, row)
    if number:
        right = theme.MARGIN + number - 7
        canvas.text(right, y, str(lane.task.number), row.name, theme.MUTED, align="right")
    name = cut(lane.task.name, theme.NAME_MOST, row.name)
    canvas.text(theme.MARGIN + number, y, name, row.name, theme.INK)


def draw_spans(sheet: Sheet, lane: Lane, y: float, row: Row) -> None:
    """Waits first, then what lies over them, so that a run of microseconds is seen."""
    canvas, scale = sheet
    for x, width in _filled_strips(lane, "waiting", scale):
        strip(canvas, "waiting", x, y, width, row.bar)
    _wait_labels(sheet, lane, y, row)
    for x, width in _filled_strips(lane, "ready", scale, READY_LEAST):
        strip(canvas, "ready", x, y, width, row.bar)
    for x, width, share in _strips(_in_state(lane, "running"), scale, RUN_LEAST):
        for tick_x, tick_width in _ticks(x, width, share):
            strip(canvas, "running", tick_x, y, tick_width, row.bar)


def strip(canvas: Canvas, state: str, x: float, y: float, width: float, height: float) -> None:
    """A stretch of one state, its middle at the height `y`."""
    top = y - height / 2
    if state == "waiting":
        canvas.box(x, top, width, height, theme.WAITING)
        canvas.hatch(x, top, width, height, theme.WAITING_HATCH)
        canvas.box(x, top, width, height, "none", theme.WAITING_EDGE)
    elif state == "ready":
        canvas.box(x, y - 1.5, width, 3, theme.READY)
    else:
        fill = theme.BLOCKED if state == "blocked" else theme.RUNNING
        canvas.box(x, top, width, height, fill)


def end_ns(lane: Lane) -> int:
    """When the last that is known of a task was over."""
    return max([lane.task.ended_ns or 0, *[span.end_ns for span in lane.spans[-1:]]])


def outcome_words(lane: Lane) -> str:
    """The sign and the word at a lane's end, with the kind of error but not its message."""
    outcome = words.outcome(lane)
    if outcome is None:
        return ""
    error = (lane.task.error or "").partition(":")[0][:30]
    return f"{theme.OUTCOMES[outcome][0]} {outcome}" + (f": {error}" if error else "")


def end_width(said: str, size: float) -> float:
    """The pixels that `draw_end` takes."""
    return text_width(said, size, bold=True) + RUN_LEAST + 6 if said else RUN_LEAST


def _number_width(tasks: int, row: Row) -> float:
    return text_width(str(tasks - 1), row.name) + 7 if tasks > 1 else 0


def _in_state(lane: Lane, state: str) -> list[Span]:
    return [span for span in lane.spans if span.state == state]


def _filled_strips(
    lane: Lane, state: str, scale: Scale, least: float = 0
) -> Iterator[tuple[float, float]]:
    """The strips of a state worth seeing; not a row of specks, all of them too short for it."""
    for x, width, share in _strips(_in_state(lane, state), scale):
        if width >= least and share >= 0.3:
            yield x, width


def _strips(
    spans: list[Span], scale: Scale, least: float = 0
) -> Iterator[tuple[float, float, float]]:
    """(x, width, share) of the spans, none narrower than `least`; those that meet become one.

    `share` is how much of the strip the spans really fill.
    """
    start = end = filled = 0.0
    for span in spans:
        left, right = scale.x(span.start_ns), scale.x(span.end_ns)
        if filled and left >= end + _MEET:
            yield start, end - start, filled / (end - start)
            start, filled = left, 0.0
        start = start if filled else left
        end = max(end, right, left + max(least, _MEET))
        filled += max(right - left, 1e-9)
    if filled:
        yield start, end - start, filled / (end - start)


def _ticks(x: float, width: float, share: float) -> Iterator[tuple[float, float]]:
    """A strip of runs; many short ones with waits between them as a comb, not as one long run."""
    if share >= 0.5 or width <= 3 * RUN_LEAST:
        yield x, width
        return
    for number in range(int(width / (2 * RUN_LEAST) + 0.5)):
        yield x + number * 2 * RUN_LEAST, RUN_LEAST


def _wait_labels(sheet: Sheet, lane: Lane, y: float, row: Row) -> None:
    """On each wait the longest words that fit."""
    for span in _in_state(lane, "waiting"):
        room = sheet.scale.pixels(span) - 2 * PAD
        if room < 20:
            continue
        for said in _labels(span, lane):
            width = text_width(said, row.words)
            if width <= room:
                x = sheet.scale.x(span.start_ns) + PAD
                sheet.canvas.box(x - 3, y - row.bar / 2 + 2, width + 6, row.bar - 4, theme.WAITING)
                sheet.canvas.text(x, y, said, row.words, theme.INK)
                break


def _labels(span: Span, lane: Lane) -> Iterator[str]:
    yield words.place(span, lane)
    yield words.shortened(label(span))
    if span.awaits:
        yield words.shortened(f"await {span.awaits}")
        yield words.shortened(span.awaits)
        yield span.awaits.partition(" of [")[0]  # a gather without its tasks


# -- a blocked loop -------------------------------------------------------------------------


def draw_blocked_band(sheet: Sheet, event: Event, top: float, bottom: float) -> None:
    """Over all lanes, since nobody can run."""
    x, width = blocked_stretch(sheet.scale, event)
    sheet.canvas.box(x, top, width, bottom - top, theme.BLOCKED_BAND)


def draw_blocked_words(sheet: Sheet, blocked: Iterable[Event], y: float) -> None:
    """Above the bands, as far as they do not run into one another."""
    free = 0.0
    for event in blocked:
        text = f"blocked {duration(event.detail['for_ns'])}"
        width = text_width(text, theme.SMALL, bold=True)
        x = min(blocked_stretch(sheet.scale, event)[0], theme.WIDTH - theme.MARGIN - width)
        if x >= free:
            sheet.canvas.text(x, y, text, theme.SMALL, theme.BLOCKED, bold=True)
            free = x + width + 10


def _draw_blocked_stretch(sheet: Sheet, event: Event, y: float, row: Row) -> None:
    """On the lane of the task that keeps the loop, over its run."""
    x, width = blocked_stretch(sheet.scale, event)
    strip(sheet.canvas, "blocked", x, y, width, row.bar)
    said = f"line {event.line}: blocks the loop"
    if event.line and text_width(said, row.words, bold=True) + 2 * PAD <= width:
        sheet.canvas.text(x + PAD, y, said, row.words, theme.CARD, bold=True)


def blocked_stretch(scale: Scale, event: Event) -> tuple[float, float]:
    x = scale.x(event.t_ns - event.detail["for_ns"])
    return x, max(scale.x(event.t_ns) - x, RUN_LEAST)
