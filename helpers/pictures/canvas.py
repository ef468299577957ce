"""The drawing surface: rectangles, hatches and words in CSS pixels from the top left corner.

The only file that knows matplotlib, of which it uses the object API alone: no pyplot, no
rcParams, so a learner's own figures and settings are neither changed nor obeyed. What is drawn,
and why, is said elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from io import BytesIO
from itertools import pairwise
from math import dist
from pathlib import Path

import matplotlib
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, get_font
from matplotlib.patches import Polygon, Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Affine2D
from PIL import Image

from . import theme

_FONTS = Path(matplotlib.get_data_path(), "fonts", "ttf")
_HATCH_GAP = 8
_SHADES = 2  # between two colours that meet
_NEAR = 24  # of 255, the distance of two colours


class Canvas:
    """A card of `width` by `height` CSS pixels, each `dots` dots of the image wide."""

    def __init__(self, width: float, height: float, dots: float):
        self._dots = dots
        inches = (width * dots / 72, height * dots / 72)
        self._figure = Figure(inches, dpi=72, facecolor=theme.CARD, edgecolor=theme.CARD)
        self._agg = FigureCanvasAgg(self._figure)
        self._pixels = Affine2D().scale(dots, -dots).translate(0, height * dots)
        self._layer = 0

    def box(
        self, x: float, y: float, width: float, height: float, fill: str, edge: str = "none"
    ) -> None:
        """A rectangle, its edge drawn inside it, on whole dots."""
        x, y, right, bottom = map(self._whole, (x, y, x + width, y + height))
        inset = 0.5 if edge != "none" else 0
        size = (max(right - x - 2 * inset, 1 / self._dots), bottom - y - 2 * inset)
        patch = Rectangle((x + inset, y + inset), *size, facecolor=fill, edgecolor=edge)
        patch.set_linewidth(self._dots if edge != "none" else 0)
        self._add(patch)

    def hatch(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """Slanted lines over a rectangle."""
        first = int(x - height) // _HATCH_GAP * _HATCH_GAP
        starts = range(first, int(x + width) + 1, _HATCH_GAP)
        lines = [_clipped(start, x, y, width, height) for start in starts]
        lines = [line for line in lines if line]
        self._add(LineCollection(lines, colors=colour, linewidths=1.2 * self._dots))

    def stairs(self, x: float, width: float, base: float, tops: Sequence[float], fill: str) -> None:
        """The area between the height `base` and steps of equal width, each at its height."""
        edges = [self._whole(x + width * n / len(tops)) for n in range(len(tops) + 1)]
        steps = [
            (edge, self._whole(top))
            for top, ends in zip(tops, pairwise(edges), strict=True)
            for edge in ends
        ]
        base = self._whole(base)
        corners = [(edges[0], base), *steps, (edges[-1], base)]
        self._add(Polygon(corners, facecolor=fill, edgecolor="none", linewidth=0))

    def text(
        self, x: float, y: float, words: str, size: float, colour: str,
        *, bold: bool = False, align: str = "left",
    ) -> None:  # fmt: skip
        """One line of words, its middle at the height `y`."""
        # On the font's own measures: which letters a line holds must not move it up or down.
        text = Text(x, y + 0.36 * size, drawable(words), color=colour)
        text.set(font=_font(bold), fontsize=size * self._dots, ha=align, va="baseline")
        text.set(parse_math=False, usetex=False)
        self._add(text)

    def png(self) -> bytes:
        """The card as a PNG image."""
        self._agg.draw()
        size, dots = self._agg.get_width_height(), self._agg.buffer_rgba()
        image = Image.frombuffer("RGBA", size, dots).convert("RGB")
        image = image.quantize(palette=_palette(), dither=Image.Dither.NONE)
        used = [number for number, dots in enumerate(image.histogram()) if dots]
        file = BytesIO()
        image.remap_palette(used).save(file, "PNG", optimize=True)
        return file.getvalue()

    def _whole(self, pixels: float) -> float:
        return round(pixels * self._dots) / self._dots

    def _add(self, artist: Artist) -> None:
        """In the order in which it was drawn; without what a learner's plt.xkcd() adds."""
        self._layer += 1
        artist.set(zorder=self._layer, sketch_params=None, path_effects=[])
        artist.set_transform(self._pixels)
        self._figure.add_artist(artist)


def text_width(words: str, size: float, bold: bool = False) -> float:
    """The CSS pixels that a line of words takes."""
    font = get_font(str(_font(bold).get_file()))
    font.set_size(size * 2, 72)
    font.set_text(drawable(words))
    return font.get_width_height()[0] / 64 / 2


def cut(words: str, width: float, size: float, bold: bool = False) -> str:
    """The words, or as much of them as fits into `width` pixels, and "…"."""
    words = words if len(words) <= 200 else words[:200] + "…"
    while words and text_width(words, size, bold) > width:
        words = words.removesuffix("…")[:-1].rstrip() + "…"
        if words == "…":
            return words
    return words


def drawable(words: str) -> str:
    """The words on one line, with a box for each character that the font does not have."""
    return "".join(c if ord(c) in _characters() else "□" for c in " ".join(words.split()))


@cache
def _font(bold: bool) -> FontProperties:
    """The font that comes with matplotlib, so that words are as wide on every machine."""
    return FontProperties(fname=_FONTS / f"DejaVuSans{'-Bold' if bold else ''}.ttf")


@cache
def _characters() -> frozenset[int]:
    """What both of our fonts have."""
    plain, bold = (get_font(str(_font(bold).get_file())).get_charmap() for bold in (False, True))
    return frozenset(plain.keys() & bold.keys())


@cache
def _palette() -> Image.Image:
    """The theme's colours and the shades where two of them meet."""
    colours = [_rgb(colour) for colour in theme.COLOURS]
    for one, other in theme.MEET:
        colours += (
            shade for shade in _shades(_rgb(one), _rgb(other)) if not _is_near(shade, colours)
        )
    image = Image.new("P", (1, 1))
    image.putpalette([value for colour in colours for value in colour])
    return image


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(round(255 * value) for value in to_rgb(colour))


def _shades(one: tuple[int, ...], other: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    for part in (number / (_SHADES + 1) for number in range(1, _SHADES + 1)):
        yield tuple(round(a + (b - a) * part) for a, b in zip(one, other, strict=True))


def _is_near(colour: tuple[int, ...], colours: list[tuple[int, ...]]) -> bool:
    """Whether one of these is as good; two that are all but alike would show as stains."""
    return any(dist(colour, other) < _NEAR for other in colours)


def _clipped(start: float, x: float, y: float, width: float, height: float) -> list | None:
    """The part inside the rectangle of the slanted line that begins at (start, bottom)."""
    low, high = max(start, x), min(start + height, x + width)
    if high <= low:
        return None
    return [(low, y + height - (low - start)), (high, y + height - (high - start))]
