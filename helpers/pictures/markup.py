"""The HTML around a picture: an image with alt text, sentences, and the same as a table.

Only what JupyterLab leaves in a notebook that it does not trust: no script, no style tag, no SVG;
styles stand in the elements. Every text is escaped here and nowhere else.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from html import escape

from . import theme

_IMAGE = f"max-width: 100%; height: auto; border: 1px solid {theme.GRID}; border-radius: 6px"
_CELL = "text-align: left"


def picture(alt: str, png: bytes, sentences: Iterable[str], tables: str) -> str:
    """An image, what is to be said of it, and what it shows as tables."""
    data = b64encode(png).decode()
    image = (
        f'<img alt="{escape(alt)}" src="data:image/png;base64,{data}" '
        f'width="{theme.WIDTH}" style="{_IMAGE}">'
    )
    return block(image, sentences, f"<details><summary>As a table</summary>{tables}</details>")


def block(first: str, sentences: Iterable[str], last: str) -> str:
    """MathJax, which would set a learner's $…$ as a formula, is told to keep out."""
    said = "".join(f'<p style="margin: 6px 0">{escape(sentence)}</p>' for sentence in sentences)
    return f'<div class="mathjax_ignore tex2jax_ignore">{first}{said}{last}</div>'


def text(lines: str) -> str:
    return f"<pre>{escape(lines)}</pre>"


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    body = "".join(f"<tr>{_cells('td', row)}</tr>" for row in rows)
    title = f'<caption style="text-align: left">{escape(caption)}</caption>' if caption else ""
    head = f"<thead><tr>{_cells('th', heads)}</tr></thead>"
    return f'<table style="margin: 6px 0">{title}{head}<tbody>{body}</tbody></table>'


def _cells(tag: str, texts: Iterable[str]) -> str:
    return "".join(f'<{tag} style="{_CELL}">{escape(text)}</{tag}>' for text in texts)
