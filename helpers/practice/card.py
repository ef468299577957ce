"""The card: a verdict's words as HTML, for a notebook.

The words come from the verdict; this file gives them a place and a colour. Inline styles only,
since JupyterLab takes everything else out of a notebook that it does not trust; a symbol and a
word beside every colour, and its own background, so that it reads the same in a dark theme.
"""

from __future__ import annotations

from html import escape

from .verdict import Verdict

# Per word: symbol, ink and paper. Contrast is at least 4.5 : 1, which a test computes.
_INK, _PAPER = "#1f2328", "#ffffff"
LOOKS = {
    "PASS": ("✓", "#0b5d2a", "#e7f6ec"),
    "NOT YET": ("✗", "#8a2c0d", "#fdf0ea"),
    "NOT STARTED": ("○", "#3d4756", "#eef1f5"),
}
_TEXT = "font-family:system-ui,sans-serif;font-size:14px;line-height:1.5"
_CODE = "font-family:ui-monospace,Menlo,Consolas,monospace;font-size:12px;line-height:1.25"


def html(verdict: Verdict) -> str:
    """The verdict as one `<div>`."""
    symbol, ink, paper = LOOKS[verdict.word]
    code = "" if verdict.passed or verdict.code == "not-started" else f" · {verdict.code}"
    head = (
        f'<div style="background:{paper};color:{ink};padding:6px 12px;font-weight:600">'
        f"{symbol} {verdict.word}: {escape(verdict.exercise)}{code}</div>"
    )
    return _box(ink, head + _body(verdict.parts()))


def page(title: str, parts: list[tuple[str, str]]) -> str:
    """The same card for what is no verdict: a hint, a solution, a message."""
    _, ink, paper = LOOKS["NOT STARTED"]
    head = (
        f'<div style="background:{paper};color:{ink};padding:6px 12px;font-weight:600">'
        f"{escape(title)}</div>"
    )
    return _box(ink, head + _body(parts))


class Markup(str):
    """HTML that this file made; every other text is escaped."""


def table(head: list[str], rows: list[list[str]]) -> Markup:
    """A table whose first column is a heading."""
    # Cells with a ground of their own: JupyterLab stripes rows in its theme's colours.
    cell = f"padding:2px 12px 2px 0;text-align:left;background:{_PAPER};color:{_INK}"
    top = "".join(f'<th scope="col" style="{cell}">{escape(text)}</th>' for text in head)
    body = "".join(
        "<tr>" + "".join(f'<td style="{cell}">{escape(text)}</td>' for text in row) + "</tr>"
        for row in rows
    )
    style = f"{_TEXT};color:{_INK};margin:0"
    return Markup(f'<table style="{style}"><tr>{top}</tr>{body}</table>')


def _box(ink: str, inner: str) -> str:
    return (
        f'<div style="border:1px solid {ink};border-radius:4px;max-width:52em;'
        f'background:{_PAPER};color:{_INK};{_TEXT}">{inner}</div>'
    )


def _body(parts: list[tuple[str, str]]) -> str:
    inner = "".join(_part(heading, text) for heading, text in parts)
    return f'<div style="padding:6px 12px">{inner}</div>' if inner else ""


def _part(heading: str, text: str) -> str:
    if isinstance(text, Markup):
        return text
    label = f"<b>{escape(heading)}</b> " if heading else ""
    if "\n" not in text:
        return f'<div style="margin:2px 0">{label}{escape(text)}</div>'
    return (
        f'<div style="margin:4px 0">{label}<pre style="{_CODE};color:{_INK};'
        f'background:{_PAPER};margin:2px 0;overflow-x:auto">{escape(text)}</pre></div>'
    )
