"""The heat map: what very many tasks did, as bands of how many were in which state at a time.

Below them a strip of how busy Python was, since of many tasks one at most is running. The
figures are those of many.py; loaded, as drawing.py is, when a picture is first drawn.
"""

from __future__ import annotations

from itertools import accumulate

from helpers.recording import Recording

from . import bars, many, theme
from .canvas import Canvas, text_width

_LEGEND = {
    "waiting": "waiting",
    "ready": "ready, its turn has not come",
    "running": "running",
    "ended": "ended",
    "not yet made": "not yet made",
    "blocked": "blocked",
}
_FILLS = {"ended": theme.ENDED, "running": theme.RUNNING, "ready": theme.READY}
_GAP = 20  # between the bands and the strip
_SEEN = 0.004  # of all tasks and all the time: less of a state is not in the picture


class HeatMap:
    """The heat map of one recording, its figures computed once for images of any sharpness."""

    def __init__(self, recording: Recording, title: str | None):
        self._blocked = recording.blocked
        self._lines = [*bars.head_lines(recording, title), many.outcome_words(recording)]
        self._top_label = f"{len(recording.tasks):,} tasks"
        left = theme.MARGIN + text_width(self._top_label, theme.SMALL) + 8
        width = (theme.WIDTH - theme.MARGIN - left) // theme.COLUMN * theme.COLUMN
        self._scale = bars.Scale(left, width, max(recording.contents.elapsed_ns, 1))
        self._tasks = len(recording.tasks)
        self._states = many.tasks_in_state(recording, int(width // theme.COLUMN))

    def png(self, dots: float) -> bytes:
        legend = theme.MARGIN + theme.LINE * len(self._lines) + 10
        top = legend + 16 + (18 if self._blocked else 0)
        busy_top = top + theme.MANY_HEIGHT + _GAP
        bottom = busy_top + theme.BUSY_HEIGHT
        canvas = Canvas(theme.WIDTH, bottom + 28, dots)
        sheet = bars.Sheet(canvas, self._scale)
        bars.head(canvas, self._lines)
        self._draw_legend(canvas, legend)
        bars.draw_blocked_words(sheet, self._blocked, top - 10)
        bars.axis(sheet, top, bottom)
        self._draw_bands(canvas, top)
        self._draw_busy(sheet, busy_top)
        return canvas.png()

    def _draw_legend(self, canvas: Canvas, y: float) -> None:
        x = theme.MARGIN
        for state in [*self._seen(), *["blocked"] * bool(self._blocked)]:
            if state in ("running", "waiting", "blocked"):
                bars.strip(canvas, state, x, y, 22, 11)
            else:
                fill = _FILLS.get(state, theme.CARD)
                canvas.box(x, y - 5.5, 22, 11, fill, theme.MUTED)
            x = bars.legend_word(canvas, x, y, _LEGEND[state])

    def _seen(self) -> list[str]:
        """The states in the picture, from its top down; running is so in the strip."""
        least = _SEEN * self._tasks
        return [
            state
            for state in reversed(many.STATES)
            if state == "running" or max(self._states[state]) >= least
        ]

    def _draw_bands(self, canvas: Canvas, top: float) -> None:
        """All of it as waiting, over which the others lie, from the bottom and from the top."""
        left, width, height = self._scale.left, self._scale.width, theme.MANY_HEIGHT
        bottom = top + height
        canvas.box(left, top, width, height, theme.WAITING)
        canvas.hatch(left, top, width, height, theme.WAITING_HATCH)
        unmade = [top + each for each in self._heights("not yet made")]
        canvas.stairs(left, width, top, [y + 1 if y > top else y for y in unmade], theme.MUTED)
        canvas.stairs(left, width, top, unmade, theme.CARD)
        stacked = list(accumulate((self._heights(state) for state in _FILLS), _added))
        tops = [[bottom - each for each in heights] for heights in stacked]
        outline = [y - 1 if y < bottom else y for y in tops[-1]]
        canvas.stairs(left, width, bottom, outline, theme.MUTED)
        for fill, steps in reversed([*zip(_FILLS.values(), tops, strict=True)]):
            canvas.stairs(left, width, bottom, steps, fill)
        _label(canvas, left, top + 5, self._top_label)
        _label(canvas, left, bottom - 4, "0")

    def _heights(self, state: str) -> list[float]:
        return [theme.MANY_HEIGHT * number / self._tasks for number in self._states[state]]

    def _draw_busy(self, sheet: bars.Sheet, top: float) -> None:
        canvas, (left, width, _) = sheet
        height = theme.BUSY_HEIGHT
        bottom = top + height
        canvas.box(left, top, width, height, theme.CARD, theme.GRID)
        shares = [min(number, 1) for number in self._states["running"]]
        tops = [bottom - max(height * share, 1 if share else 0) for share in shares]
        canvas.stairs(left, width, bottom, tops, theme.RUNNING)
        for event in self._blocked:
            x, stretch = bars.blocked_stretch(sheet.scale, event)
            canvas.box(x, top, stretch, height, theme.BLOCKED)
        _label(canvas, left, top + 5, "100 %")
        _label(canvas, left, top + height / 2, "busy")
        _label(canvas, left, bottom - 4, "0 %")


def _added(below: list[float], own: list[float]) -> list[float]:
    return [one + other for one, other in zip(below, own, strict=True)]


def _label(canvas: Canvas, left: float, y: float, said: str) -> None:
    canvas.text(left - 8, y, said, theme.SMALL - 1, theme.MUTED, align="right")
