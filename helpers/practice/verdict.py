"""The verdict: what a check found, said once, for a person and for a program.

A `Diagnosis` is one mistake; its code is from the list below, whose order decides which of
several is told. A `Verdict` is what `judge` returns. Its text is written here and nowhere else;
`helpers.practice.card` shows the same words as HTML.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from helpers.recording import Recording, text_timeline

# In order of precedence: of several mistakes the first in this list is told.
CODES = (
    "not-started",
    "stuck",
    "endless",
    "busy-wait",
    "deadlock",
    "not-async",
    "nested-run",
    "not-awaited",
    "blocked-loop",
    "swallowed-cancel",
    "lost-results",
    "swallowed-error",
    "raised",
    "no-cleanup",
    "leaked-task",
    "wasted-calls",
    "over-limit",
    "one-by-one",
    "in-batches",
    "wrong-order",
    "wrong-value",
    "too-soon",
    "too-slow",
    "state-kept",
    "race",
)
_WIDTH = 88


@dataclass(frozen=True)
class Diagnosis:
    """One mistake: its code, what was expected and observed, the likely cause, what to try.

    `steps` are the few moments that matter, for a mistake that only their order explains;
    `situation` is the one in which it showed.
    """

    code: str
    expected: str
    observed: str
    cause: str
    advice: str = ""
    steps: tuple[str, ...] = ()
    situation: str = ""

    def __post_init__(self):
        if self.code not in CODES:
            raise ValueError(f"{self.code!r} is no diagnosis code; the codes are {CODES}")


@dataclass(frozen=True)
class Verdict:
    """What a check found.

    `code` is "pass" or one of CODES; the texts are empty for a pass but for `observed`.
    `recording` is that of the run which decided, None for a prediction; `printed` is what the
    answer printed in that run.
    """

    exercise: str
    code: str
    expected: str = ""
    observed: str = ""
    cause: str = ""
    advice: str = ""
    steps: tuple[str, ...] = ()
    situation: str = ""
    recording: Recording | None = field(default=None, repr=False)
    in_virtual_time: bool = True
    printed: str = ""

    @property
    def passed(self) -> bool:
        return self.code == "pass"

    @property
    def word(self) -> str:
        """PASS, NOT STARTED or NOT YET."""
        return {"pass": "PASS", "not-started": "NOT STARTED"}.get(self.code, "NOT YET")

    @cached_property
    def timeline(self) -> str:
        """The deciding run as text, "" where no time passed and there is nothing to see.

        Real seconds are left out: they differ from run to run, and a verdict must not.
        """
        if self.recording is None or not self.recording.elapsed_s or not self.in_virtual_time:
            return ""
        return text_timeline(self.recording, in_virtual_time=True)

    def parts(self) -> list[tuple[str, str]]:
        """What there is to say, as (heading, text), in the order in which it is read."""
        parts = [
            ("Situation", self.situation),
            ("Expected", self.expected),
            ("Observed", self.observed),
            ("Step by step", "\n".join(self.steps)),
            ("Timeline", self.timeline),
            ("Likely cause", self.cause),
            ("Try", self.advice),
            ("It printed", self.printed),
        ]
        return [(heading, _printable(text)) for heading, text in parts if text]

    def __str__(self) -> str:
        shown = "" if self.passed or self.code == "not-started" else f" [{self.code}]"
        lines = [f"{self.word}: {self.exercise}{shown}"]
        for heading, text in self.parts():
            lines += _paragraph(heading, text)
        return "\n".join(lines)


def first(diagnoses: Iterable[Diagnosis]) -> Diagnosis | None:
    """The diagnosis that is told: the first by precedence, None if there is none."""
    return min(diagnoses, key=lambda diagnosis: CODES.index(diagnosis.code), default=None)


def verdict_of(exercise: str, diagnosis: Diagnosis, **more: Any) -> Verdict:
    """The verdict that tells one diagnosis."""
    told = {name: getattr(diagnosis, name) for name in Diagnosis.__dataclass_fields__}
    return Verdict(exercise, **told, **more)


def _printable(text: str) -> str:
    """Half of a character, which a learner's text may hold, can neither be sent nor printed."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _paragraph(heading: str, text: str) -> list[str]:
    if "\n" in text:  # a picture in characters, or a list: kept as it is
        return [f"{heading}:", *(f"  {line}" for line in text.splitlines())]
    return textwrap.wrap(f"{heading}: {text}", _WIDTH, subsequent_indent="  ")
