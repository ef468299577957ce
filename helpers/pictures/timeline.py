"""The timeline as an object that shows itself in a notebook.

Drawing is left to drawing.py, which is loaded when the first picture is shown; words and HTML
are their own files.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from helpers.recording import Recording, text_timeline
from helpers.recording.data import count

from . import many, markup, words

_NEEDS = (
    "The picture needs the package {name!r}, which this Python does not have: choose the kernel "
    "of the course's own environment, or type `%pip install -r ../requirements.txt` in a cell "
    "and restart the kernel."
)


class PictureError(TypeError):
    """What was given cannot be shown; the message says what to give instead."""

    def _render_traceback_(self) -> list[str]:
        """In a notebook the sentence is enough: IPython asks for this."""
        return [str(self)]


class Timeline:
    """A recording that shows itself, a lane for each task."""

    def __init__(self, recording: Recording, title: str | None = None):
        self.recording = recording
        self.title = title

    def _repr_html_(self) -> str:
        return recording_html(self.recording, self.title)

    def __repr__(self) -> str:
        tasks = count(len(self.recording.tasks), "task")
        return f"<Timeline of {tasks}: {self.recording.summary()}>"


def timeline(recording: Recording, *, title: str | None = None) -> Timeline:
    """The picture of a recording, under a `title` of your own if you give one.

    A recording shows itself without this. Raises PictureError for anything but a recording.
    """
    if not isinstance(recording, Recording):
        raise PictureError(_not_a_recording(recording))
    return Timeline(recording, title)


def recording_html(recording: Recording, title: str | None = None) -> str:
    """A recording as HTML that survives in a notebook that is not trusted.

    A lane for each task, or, of more than `words.LANES_MOST`, all of them in a heat map. But for
    the image's data and durations as "2.0 s", it is the same from run to run.
    """
    if len(recording.tasks) > words.LANES_MOST:
        tables = _tables_of_many(recording)
    else:
        tables = markup.table("", words.HEADS, words.rows(recording.lanes()))
    alt = timeline_alt(recording, title)

    def draw(drawing: Any) -> bytes:
        return drawing.draw_timeline(recording, title)

    return html(draw, alt, words.sentences(recording), tables, lambda: text_timeline(recording))


def timeline_alt(recording: Recording, title: str | None = None) -> str:
    """The picture for somebody who does not see it, be it a timeline or a heat map."""
    if len(recording.tasks) > words.LANES_MOST:
        return many.heat_map_alt(recording, title)
    return words.timeline_alt(recording, title)


def _tables_of_many(recording: Recording) -> str:
    return "".join(
        [
            markup.table("Time", many.STATE_HEADS, many.state_rows(recording)),
            markup.table("Ends", many.OUTCOME_HEADS, many.outcome_rows(recording)),
            markup.table("Waits", many.PLACE_HEADS, many.place_rows(recording)),
        ]
    )


def recording_text(recording: Recording) -> str:
    """A recording in a few words, the same from run to run but for its durations."""
    return "\n".join([repr(recording), *words.sentences(recording)])


def html(
    draw: Callable[[Any], bytes],
    alt: str,
    sentences: list[str],
    table: str,
    text: Callable[[], str],
) -> str:
    """A picture that `draw` makes, or, without a package that this needs, its `text`."""
    try:
        with _quietly():
            from . import drawing
    except ModuleNotFoundError as error:
        missing = _NEEDS.format(name=error.name)
        return markup.block(markup.text(text()), [missing], table)
    return markup.picture(alt, draw(drawing), sentences, table)


@contextmanager
def _quietly() -> Iterator[None]:
    """Without matplotlib's remarks on its caches, which would land in the learner's cell."""
    logger = logging.getLogger("matplotlib")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def _not_a_recording(found: Any) -> str:
    if inspect.iscoroutine(found):
        found.close()
    kept = "one of its `.recordings`" if hasattr(found, "recordings") else "the `recording`"
    return (
        f"timeline expected a recording and found {a_kind_of(found)}: pass {kept} "
        "that `with record() as recording:` gave"
    )


def a_kind_of(thing: Any) -> str:
    """A value by its kind: "a list", "an int", "None"."""
    if thing is None:
        return "None"
    name = "coroutine object" if inspect.iscoroutine(thing) else type(thing).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"
