"""How every picture of the course looks: its colours, its sizes, its words.

One place for all of it, and nothing but values. A picture lies on a light card of its own: an
image cannot know JupyterLab's theme, and a card is as readable in the dark one. No colour speaks
alone: running is solid, waiting is hatched, ready is a thin line, an outcome is a sign and a word.
tests/test_theme.py computes the contrasts, also as the colour-blind see them.
"""

from __future__ import annotations

from typing import NamedTuple

CARD = "#ffffff"
INK = "#17222e"
MUTED = "#526070"
GRID = "#dde3ea"

RUNNING = "#0b4f8a"
WAITING = "#e6eef7"
WAITING_HATCH = "#bccfe3"
WAITING_EDGE = "#6488ad"
READY = "#2a2a2a"
BLOCKED = "#a8300a"
BLOCKED_BAND = "#fdeee8"
ENDED = "#b4c4b8"

# A sign and a colour beside each outcome's word. "Not finished" has no outcome.
OUTCOMES = {
    "done": ("✓", "#1a6b3c"),
    "failed": ("✗", "#a8300a"),
    "cancelled": ("⊘", "#6a3fa0"),
    "not finished": ("…", MUTED),
}

# What a reader must be able to read, on what: (text, background).
TEXT_ON = [
    (INK, CARD), (INK, WAITING), (INK, BLOCKED_BAND), (MUTED, CARD), (MUTED, BLOCKED_BAND),
    (CARD, BLOCKED), (CARD, RUNNING), (BLOCKED, CARD), (BLOCKED, BLOCKED_BAND),
    *[(colour, ground) for _, colour in OUTCOMES.values() for ground in (CARD, BLOCKED_BAND)],
]  # fmt: skip
# What a reader must be able to tell from what lies under or beside it.
SHAPES_ON = [
    (RUNNING, CARD), (RUNNING, WAITING), (WAITING_EDGE, CARD), (WAITING_EDGE, BLOCKED_BAND),
    (READY, CARD), (READY, BLOCKED_BAND), (BLOCKED, WAITING),
    *[(MUTED, ground) for ground in (CARD, WAITING, ENDED)], (READY, ENDED), (BLOCKED, CARD),
]  # fmt: skip
# The solid fills that may lie side by side.
FILLS = [RUNNING, WAITING, BLOCKED, READY, ENDED]

# Colours that meet at slanted or rounded edges, where shades between the two are drawn.
MEET = [*TEXT_ON, (WAITING_HATCH, WAITING)]
# All the colours that a picture has; an image holds these and the shades, and so stays small.
COLOURS = [
    CARD, INK, MUTED, GRID, RUNNING, WAITING, WAITING_HATCH, WAITING_EDGE, READY, BLOCKED,
    BLOCKED_BAND, ENDED, *[colour for _, colour in OUTCOMES.values()],
]  # fmt: skip

# The player is no image, and can follow JupyterLab's theme: what each colour is in either.
PLAYER = {
    "light": {
        "card": CARD, "ink": INK, "muted": MUTED, "edge": WAITING_EDGE, "running": RUNNING,
        "waiting": WAITING, "failed": BLOCKED,
    },
    "dark": {
        "card": "#14191f", "ink": "#e8edf3", "muted": "#a9b6c4", "edge": "#6f8295",
        "running": "#8cc4f5", "waiting": "#26364a", "failed": "#ff9d7d",
    },
}  # fmt: skip
# The same pairs as above, by the names in PLAYER.
PLAYER_TEXT_ON = [
    ("ink", "card"), ("ink", "waiting"), ("muted", "card"), ("muted", "waiting"),
    ("card", "running"), ("running", "card"),
]  # fmt: skip
PLAYER_SHAPES_ON = [
    ("edge", "card"), ("running", "card"), ("running", "waiting"), ("failed", "waiting"),
]  # fmt: skip

# Sizes in CSS pixels. An image has more dots than that, for the screens that can show them.
WIDTH = 720
MARGIN = 14
TITLE, TEXT, SMALL = 15.0, 13.0, 12.0
LINE = 22  # from one line of a head to the next
_DOTS = (2, 1.5, 1.25)
PLAYER_DOTS = 1  # the image that stands in for a player until its script runs
BYTES_MOST = 40_000  # of an image, if it can be so small: a lesson holds many
NAME_MOST = 190  # a longer name is cut
READY_LEAST = 3  # less of being ready is no sight
PAD = 6  # between a bar's edge and the words on it
MANY_HEIGHT, BUSY_HEIGHT = 230, 46  # of a heat map's two parts
COLUMN = 2  # of a heat map, in width
RUN_LEAST = 2.5  # a run of microseconds is drawn this wide, or nobody would see it


class Row(NamedTuple):
    """The height of a lane, of its bar, and of the letters of its name and on its bar."""

    pitch: int
    bar: int
    name: float
    words: float


ROOMY, DENSE, TIGHT = Row(34, 24, 13, 12), Row(26, 19, 12, 11), Row(20, 15, 11, 10.5)


def row_for(lanes: int) -> Row:
    """The more lanes, the lower each. One of them is the cell's, the others are its tasks'."""
    return ROOMY if lanes <= 9 else DENSE if lanes <= 21 else TIGHT


def dots_for(lanes: int) -> tuple[float, ...]:
    """Dots of the image for each pixel, from the sharpest that so many lanes may have down."""
    return _DOTS[0 if lanes <= 9 else 1 if lanes <= 21 else 2 :]
