"""Pictures of what the event loop did: a recording's timeline, and runs compared.

This room draws what `helpers.recording` holds and adds no fact of its own; it neither judges nor
knows the notebook. matplotlib is loaded when the first picture is shown, not before.
"""

from .compare import Comparison, compare
from .timeline import PictureError, Timeline, recording_html, recording_text, timeline

__all__ = [
    "Comparison",
    "PictureError",
    "Timeline",
    "compare",
    "recording_html",
    "recording_text",
    "timeline",
]
