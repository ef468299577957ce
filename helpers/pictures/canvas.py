"""The drawing surface: rectangles, hatches and words in CSS pixels from the top left corner.

The only file that knows matplotlib, of which it uses the renderer alone: no pyplot, no rcParams, so
a learner's own figures and settings are neither changed nor obeyed; and no figure with its axes,
whose import takes as long as all the rest before the first picture. What is drawn, and why, is
said elsewhere.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from io import BytesIO
from itertools import pairwise
from math import dist
from pathlib import Path

import matplotlib
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgb
from matplotlib.font_manager import FontProperties, get_font
from matplotlib.path import Path as Outline
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
        self._renderer = RendererAgg(width * dots, height * dots, 72)
        self._pixels = Affine2D().scale(dots, -dots).translate(0, height * dots)
        self.box(0, 0, width, height, theme.CARD)

    def box(
        self, x: float, y: float, width: float, height: float, fill: str, edge: str = "none"
    ) -> None:
        """A rectangle, its edge drawn inside it, on whole dots."""
        x, y, right, bottom = map(self._whole, (x, y, x + width, y + height))
        inset = 0.5 if edge != "none" else 0
        left, top = x + inset, y + inset
        right, bottom = max(right - inset, left + 1 / self._dots), bottom - inset
        corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
        self._draw(_closed(corners), fill, edge, self._dots)

    def hatch(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """Slanted lines over a rectangle."""
        first = int(x - height) // _HATCH_GAP * _HATCH_GAP
        starts = range(first, int(x + width) + 1, _HATCH_GAP)
        lines = [_clipped(start, x, y, width, height) for start in starts]
        ends = [end for line in lines if line for end in line]
        if ends:
            strokes = Outline(ends, [Outline.MOVETO, Outline.LINETO] * (len(ends) // 2))
            self._draw(strokes, "none", colour, 1.2 * self._dots)

    def stairs(self, x: float, width: float, base: float, tops: Sequence[float], fill: str) -> None:
        """The area between the height `base` and steps of equal width, each at its height."""
        edges = [self._whole(x + width * n / len(tops)) for n in range(len(tops) + 1)]
        steps = [
            (edge, self._whole(top))
            for top, ends in zip(tops, pairwise(edges), strict=True)
            for edge in ends
        ]
        base = self._whole(base)
        self._draw(_closed([(edges[0], base), *steps, (edges[-1], base)]), fill)

    def text(
        self, x: float, y: float, words: str, size: float, colour: str,
        *, bold: bool = False, align: str = "left",
    ) -> None:  # fmt: skip
        """One line of words, its middle at the height `y`."""
        words, font = drawable(words), _font(bold, size * self._dots)
        if not words:
            return
        width, _, _ = self._renderer.get_text_width_height_descent(words, font, False)
        left = x * self._dots - {"left": 0, "center": width / 2, "right": width}[align]
        # On the font's own measures: which letters a line holds must not move it up or down.
        baseline = (y + 0.36 * size) * self._dots
        context = self._renderer.new_gc()
        context.set_foreground(colour)
        self._renderer.draw_text(context, left, baseline, words, font, 0)

    def png(self) -> bytes:
        """The card as a PNG image."""
        size, dots = self._renderer.get_canvas_width_height(), self._renderer.buffer_rgba()
        image = Image.frombuffer("RGBA", tuple(map(int, size)), dots).convert("RGB")
        image = image.quantize(palette=_palette(), dither=Image.Dither.NONE)
        used = [number for number, dots in enumerate(image.histogram()) if dots]
        file = BytesIO()
        # Not optimize=True: a tenth of the time, and a twentieth more bytes.
        image.remap_palette(used).save(file, "PNG")
        return file.getvalue()

    def _whole(self, pixels: float) -> float:
        return round(pixels * self._dots) / self._dots

    def _draw(self, outline: Outline, fill: str, edge: str = "none", line: float = 0) -> None:
        """What these corners enclose, and a line of so many dots along them."""
        outline.should_simplify = False  # else a setting of the learner's would decide it
        context = self._renderer.new_gc()
        context.set_linewidth(line if edge != "none" else 0)
        context.set_joinstyle("miter")
        if edge != "none":
            context.set_foreground(edge)
        inside = to_rgb(fill) if fill != "none" else None
        self._renderer.draw_path(context, outline, self._pixels, inside)


@lru_cache(maxsize=2_000)  # a picture asks for the same words several times, and it takes long
def text_width(words: str, size: float, bold: bool = False) -> float:
    """The CSS pixels that a line of words takes."""
    font = get_font(_file(bold))
    font.set_size(size * 2, 72)
    font.set_text(drawable(words))
    return font.get_width_height()[0] / 64 / 2


def cut(words: str, width: float, size: float, bold: bool = False) -> str:
    """The words, or as much of them as fits into `width` pixels, and "…"."""
    words = words if len(words) <= 200 else words[:200] + "…"
    if text_width(words, size, bold) <= width:
        return words
    shorter = [words[:end].rstrip() + "…" for end in range(len(words))]
    fitting = bisect_right(shorter, width, key=lambda part: text_width(part, size, bold))
    return shorter[max(fitting - 1, 0)]


def drawable(words: str) -> str:
    """The words on one line, with a box for each character that the font does not have."""
    return "".join(c if ord(c) in _characters() else "□" for c in " ".join(words.split()))


@cache
def _file(bold: bool) -> str:
    """The font that comes with matplotlib, so that words are as wide on every machine."""
    return str(_FONTS / f"DejaVuSans{'-Bold' if bold else ''}.ttf")


@cache
def _font(bold: bool, size: float) -> FontProperties:
    return FontProperties(fname=_file(bold), size=size)


@cache
def _characters() -> frozenset[int]:
    """What both of our fonts have."""
    plain, bold = (get_font(_file(bold)).get_charmap() for bold in (False, True))
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


def _closed(corners: list[tuple[float, float]]) -> Outline:
    return Outline([*corners, corners[0]], closed=True)


def _clipped(start: float, x: float, y: float, width: float, height: float) -> list | None:
    """The part inside the rectangle of the slanted line that begins at (start, bottom)."""
    low, high = max(start, x), min(start + height, x + width)
    if high <= low:
        return None
    return [(low, y + height - (low - start)), (high, y + height - (high - start))]
