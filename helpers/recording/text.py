"""The text timeline: a recording in characters, for a terminal, a verdict and a test.

A lane a task. The characters differ in shape, so nothing is said by colour.
"""

from __future__ import annotations

from .data import Lane, Recording, Span, count, duration, label

RUNNING, WAITING, READY, ABSENT = "█", "░", "·", " "
_WIDTH, _LANES, _LABEL = 40, 12, 60


def text_timeline(
    recording: Recording, *, width: int = _WIDTH, lanes: int = _LANES, in_virtual_time: bool = False
) -> str:
    """The recording as lines of text: a title, a scale, a lane a task with its outcome, notes.

    `width` is that of a lane in characters; of more than `lanes` tasks the first are shown. In
    virtual time Python takes no time, and no learner's block is there for notes to speak of.
    """
    shown = recording.lanes()[:lanes]
    total = max(recording.contents.elapsed_ns, 1)
    names = max([len(lane.task.name) for lane in shown], default=0)
    title = f"{duration(total)} of virtual time" if in_virtual_time else recording.summary()
    lines = [title, _scale(names, total, width)]
    lines += [_row(lane, names, total, width) for lane in shown]
    hidden = len(recording.tasks) - len(shown)
    lines += [f"… and {count(hidden, 'more task')}"] if hidden else []
    return "\n".join(lines if in_virtual_time else [*lines, *recording.notes()])


def waits(lane: Lane, limit: int = _LABEL) -> str:
    """What the lane's task waited for, one wait after another."""
    labels = [label(span) for span in lane.spans if span.state == "waiting"]
    text = ", ".join(labels)
    if len(text) <= limit or len(labels) < 2:
        return text
    return f"{labels[0]}, and {count(len(labels) - 1, 'more wait')}"


def _scale(names: int, total: int, width: int) -> str:
    end = duration(total)
    return f"{'':{names}}  0{end:>{width - 1}}"


def _row(lane: Lane, names: int, total: int, width: int) -> str:
    cells = [ABSENT] * width
    for span in sorted(lane.spans, key=_weight):
        first = min(span.start_ns * width // total, width - 1)
        last = max(first + 1, min(-(-span.end_ns * width // total), width))
        cells[first:last] = [_CHARACTERS[span.state]] * (last - first)
    outcome = lane.task.outcome or "not finished"
    parts = [outcome if lane.task.number or lane.task.outcome else "", waits(lane)]
    said = ": ".join(part for part in parts if part)
    return f"{lane.task.name:{names}}  {''.join(cells)}  {said}".rstrip()


_CHARACTERS = {"running": RUNNING, "waiting": WAITING, "ready": READY}


def _weight(span: Span) -> tuple[bool, int]:
    """A run is too short to fill a character, and matters most: drawn last, over the waits."""
    return span.state == "running", span.start_ns
