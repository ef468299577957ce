"""Practice: exercises, and a judge who lets an answer run and says what it did.

    from helpers.practice import judge
    verdict = judge("all-at-once", all_at_once)

Answers are judged by the recording of a run in virtual time, never by their text or a stopwatch.
This room returns data; it draws nothing and displays nothing, and needs the standard library.
"""

from .judging import UnknownExercise, find, judge
from .registry import EXERCISES
from .verdict import CODES, Diagnosis, Verdict

__all__ = ["CODES", "EXERCISES", "Diagnosis", "UnknownExercise", "Verdict", "find", "judge"]
