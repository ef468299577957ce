"""Pictures of what the event loop did: a timeline, runs compared, a player to step through it.

This room draws what `helpers.recording` holds and adds no fact of its own; it neither judges nor
knows the notebook. matplotlib is loaded when the first picture is shown, not before.
"""

from .compare import Comparison, compare
from .player import Player, player
from .timeline import PictureError, Timeline, recording_html, recording_text, timeline

__all__ = [
    "Comparison",
    "PictureError",
    "Player",
    "Timeline",
    "compare",
    "player",
    "recording_html",
    "recording_text",
    "timeline",
]
