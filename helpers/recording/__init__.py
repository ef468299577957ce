"""What the event loop did: the data, the recorder that makes it, and its timeline as text.

Everything else in the course rests on this room. It needs the standard library and nothing of
ours: no drawing, no judging, no notebook.
"""

from .data import Event, Lane, Recording, Span, Task, count
from .places import Place, Places, of_error, of_frame
from .recorder import Recorder, RecordingError, record
from .text import text_timeline

__all__ = [
    "Event",
    "Lane",
    "Place",
    "Places",
    "Recorder",
    "Recording",
    "RecordingError",
    "Span",
    "Task",
    "count",
    "of_error",
    "of_frame",
    "record",
    "text_timeline",
]
