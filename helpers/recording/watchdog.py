"""The watchdog: a thread that sees at which line a long step stands.

Only another thread can look while the loop is blocked. It wakes fifty times a second, and looks
at the loop's thread only when the step that it saw last time is still the one under way.
"""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Callable

from .places import NOWHERE, Place, of_frame

_EVERY_S = 0.02


class Watchdog:
    """Watches the thread that makes it. `step()` says when the step under way began, or None."""

    def __init__(self, step: Callable[[], int | None]):
        self._step = step
        self._thread_id = threading.get_ident()
        self._over = threading.Event()
        self._seen: tuple[int | None, Counter[Place]] = (None, Counter())
        self._thread = threading.Thread(target=self._watch, name="recording", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def place(self, step: int) -> Place:
        """The line at which the step that began at `step` was seen most often."""
        seen, places = self._seen
        return places.most_common(1)[0][0] if seen == step and places else NOWHERE

    def _watch(self) -> None:
        while not self._over.wait(_EVERY_S):
            step = self._step()
            seen, places = self._seen
            if step is None:
                continue
            if step != seen:
                self._seen = (step, Counter())
                continue
            frame = sys._current_frames().get(self._thread_id)
            if self._step() == step:
                places[of_frame(frame)] += 1
