"""The step player: a recording to step through, forward and back.

Python gives the steps, their sentences and the source; player.js replays them in the browser and
player.css says how that looks. What is saved is an image and a table, which JupyterLab keeps in a
notebook that it does not trust; the script, where it may run, puts the player in their place.
Nothing is fetched, and no kernel is asked.
"""

from __future__ import annotations

import inspect
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from helpers.recording import Recording, count, text_timeline
from helpers.recording.data import duration

from . import theme, words
from .sources import source
from .steps import Call, Step, names, steps
from .timeline import PictureError, a_kind_of, html, timeline_alt

STEPS_MOST = 400
# In a script: what may not be touched, or a sign that needs no space around it.
_TEXT_OR_SIGN = re.compile(r"""(?P<text>"[^"]*"|`[^`]*`)|\s*(?P<sign>[][{}()=+?:<>&|,;!-])\s*""")
_HEADS = ("clock", "what the event loop does")


class Player:
    """A recording that can be stepped through in a notebook; printed, it lists the steps."""

    def __init__(self, recording: Recording):
        self.recording = recording

    def _repr_html_(self) -> str:
        return player_html(self.recording)

    def __repr__(self) -> str:
        told = count(len(steps(self.recording)), "step")
        tasks = count(len(self.recording.tasks), "task")
        return f"<Player of {tasks} in {told}: {self.recording.summary()}>"

    def __str__(self) -> str:
        shown, sentences = _first_steps(self.recording)
        return "\n".join([*(f"{clock:>8}  {said}" for clock, said in _rows(shown)), *sentences])


def player(recording: Recording) -> Player:
    """Step forward and back through what the event loop did.

    Takes a recording, or what has one: a verdict. Raises PictureError for anything else.
    """
    found = recording if isinstance(recording, Recording) else _recording_of(recording)
    if not isinstance(found, Recording):
        raise PictureError(_not_a_recording(recording))
    return Player(found)


def player_html(recording: Recording) -> str:
    """The player as HTML whose static part survives in a notebook that is not trusted.

    But for the image's data and durations as "2.0 s", it is the same from run to run.
    """
    shown, sentences = _first_steps(recording)
    alt = timeline_alt(recording)
    table = _table(_rows(shown))

    def draw(drawing: Any) -> bytes:
        return drawing.draw_timeline(recording, dots=theme.PLAYER_DOTS)

    said = [*sentences, *words.sentences(recording)]
    still = html(draw, alt, said, table, lambda: text_timeline(recording))
    return still if not shown else with_script(still, script_data(recording))


def with_script(still: str, data: dict[str, Any]) -> str:
    """The static part, and in it the script that takes its place."""
    begin, end = script()
    body, _, tail = still.rpartition("</div>")
    return f"{body}{begin}{_as_literal(data)}{end}</div>{tail}"


@cache
def script() -> tuple[str, str]:
    """What stands before and after the data: the only script that a saved output may hold."""
    code = _compact(Path(__file__).with_suffix(".js").read_text("utf-8"))
    call = f"const css = {_as_literal(_style())};\nshow(document.currentScript, "
    return f"<script>(() => {{\n{code}\n{call}", ", css);\n})();</script>"


# -- the data that the script gets ----------------------------------------------------------


def _first_steps(recording: Recording) -> tuple[list[Step], list[str]]:
    """The steps that are shown, and what is to be said of the others."""
    told = steps(recording)
    if not told:
        return [], ["Nothing was recorded: there is no step to show."]
    if len(told) <= STEPS_MOST:
        return told, []
    return told[:STEPS_MOST], [
        f"This recording has {len(told):,} steps, and the first {STEPS_MOST} are shown. To see "
        "the others here, record fewer tasks or fewer waits; the recording itself shows them all."
    ]


def script_data(recording: Recording) -> dict[str, Any]:
    """What player.js replays. The sentences and the clock it reads from the table."""
    shown, _ = _first_steps(recording)
    lines = defaultdict(set)
    for file, line, _ in (call for step in shown for call in step.stack):
        lines[file].add(line)
    sources = [source(file or "", needed) for file, needed in lines.items()]
    numbers = {file: number for number, file in enumerate(lines)}
    made = max((step.task for step in shown if step.task is not None), default=-1) + 1
    return {
        "tasks": names(recording.tasks)[:made],
        "files": [{"name": name, "parts": parts} for name, parts in sources],
        "steps": [_plain(step, numbers) for step in shown],
    }


def _plain(step: Step, files: dict[str | None, int]) -> dict[str, Any]:
    until = None if step.until_ns is None else duration(step.until_ns)
    plain = {
        "kind": step.kind,
        "task": step.task,
        "stack": [_place(call, files) for call in step.stack],
        "awaits": step.awaits,
        "until": until,
        "becomes": step.becomes,
        "error": step.error,
    }
    return {key: value for key, value in plain.items() if value not in (None, [])}


def _place(call: Call, files: dict[str | None, int]) -> list[Any]:
    file, line, func = call
    return [files[file], line, func]


# -- words and style ------------------------------------------------------------------------


def _rows(shown: Sequence[Step]) -> Iterator[tuple[str, str]]:
    for step in shown:
        yield duration(step.t_ns), step.sentence


def _table(rows: Iterable[tuple[str, str]]) -> str:
    """As short as HTML may be: there may be hundreds of rows."""
    left = 'style="text-align: left"'
    body = "".join(
        f"<tr><td>{clock}</td><td {left}>{escape(said, quote=False)}</td></tr>"
        for clock, said in rows
    )
    head = "".join(f"<th>{title}</th>" for title in _HEADS)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _style() -> str:
    """player.css under the theme's colours."""
    css = re.sub(r"/\*.*?\*/|\n *", "", Path(__file__).with_suffix(".css").read_text("utf-8"))
    colours = "".join(
        f"{host}{{{''.join(f'--{name}:{value};' for name, value in theme.PLAYER[kind].items())}}}"
        for host, kind in ((":host", "light"), (":host([dark])", "dark"))
    )
    return colours + re.sub(r" ?([{;,:]) ", r"\1", css)


def _compact(code: str) -> str:
    """A script without its comments and most of its spaces, which a notebook need not hold."""
    lines = (line.strip() for line in code.splitlines())
    code = "\n".join(line for line in lines if line and not line.startswith("//"))
    return _TEXT_OR_SIGN.sub(lambda found: found["text"] or found["sign"], code)


def _as_literal(value: Any) -> str:
    """JSON that may stand in a script, whatever is in it: no `</script>`, no `<!--`."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


# -- what is no recording -------------------------------------------------------------------


def _recording_of(thing: Any) -> Any:
    return getattr(thing, "recording", None)


def _not_a_recording(found: Any) -> str:
    if inspect.iscoroutine(found):
        found.close()
    if hasattr(found, "recordings"):
        what = "one of its `.recordings`"
    else:
        what = "the `recording` that `with record() as recording:` gave"
    return f"player expected a recording and found {a_kind_of(found)}: pass {what}"
