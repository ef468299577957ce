"""The pictures' colours can be read and told apart, also by the colour-blind.

Contrast as WCAG 2.2 defines it: 4.5 : 1 for words, 3 : 1 for shapes.
"""

from itertools import combinations
from math import dist

import pytest

from helpers.pictures import theme

# Machado, Oliveira and Fernandes 2009, full severity, on linear RGB.
SEEN_BY = {
    "everybody": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopes": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopes": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopes": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def linear(colour: str) -> list[float]:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def product(weights: tuple[float, ...], colour: str) -> float:
    return sum(w * part for w, part in zip(weights, linear(colour), strict=True))


def contrast(one: str, other: str) -> float:
    lights = [product((0.2126, 0.7152, 0.0722), colour) for colour in (one, other)]
    return (max(lights) + 0.05) / (min(lights) + 0.05)


def seen(colour: str, by: str) -> list[float]:
    """The colour as sRGB from 0 to 1, as these people see it."""
    parts = [min(max(product(row, colour), 0), 1) for row in SEEN_BY[by]]
    return [12.92 * p if p <= 0.0031308 else 1.055 * p ** (1 / 2.4) - 0.055 for p in parts]


def test_black_on_white_has_the_contrast_that_wcag_says():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("words, ground", theme.TEXT_ON)
def test_words_can_be_read(words, ground):
    assert contrast(words, ground) >= 4.5


@pytest.mark.parametrize("shape, ground", theme.SHAPES_ON)
def test_shapes_can_be_made_out(shape, ground):
    assert contrast(shape, ground) >= 3


@pytest.mark.parametrize("people", SEEN_BY)
@pytest.mark.parametrize("one, other", [*combinations(theme.FILLS, 2)])
def test_fills_side_by_side_look_different_to(people, one, other):
    assert dist(seen(one, people), seen(other, people)) > 0.12


def test_no_colour_speaks_alone():
    signs = [sign for sign, _ in theme.OUTCOMES.values()]
    assert all(signs) and len(set(signs)) == len(signs)


def test_every_colour_is_in_the_images_palette():
    used = {colour for pair in [*theme.TEXT_ON, *theme.SHAPES_ON] for colour in pair}
    assert used <= set(theme.COLOURS)
