"""The author's command accepts the course as it is, and names the file to mend when a part is off.

Each of its checks is fed a broken exercise.
"""

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from helpers.practice import EXERCISES
from helpers.practice.exercise import Exercise
from helpers.practice.exercises.lesson_04_event_loop import MySleep
from helpers.practice.exercises.lesson_10_sharing import AtMost
from helpers.practice.trial import Scenario
from tests import author
from tests.answers import Answer
from tests.execution.lessons import NOTEBOOKS, Lesson, written

AT_MOST = EXERCISES["at-most"]


@pytest.mark.parametrize("name", EXERCISES)
def test_the_parts_of_an_exercise_agree(name):
    course = author.course_of(EXERCISES[name])
    quick = [check for check in author.CHECKS if check is not author.answers_get_their_verdicts]
    assert [sentence for check in quick for sentence in check(course)] == []


def changed(kind: type[Exercise] = AtMost, **parts) -> author.Course:
    """The course of an exercise with other class attributes."""
    other = type(kind.__name__, (kind,), {**parts, "__module__": kind.__module__})
    return replace(author.course_of(EXERCISES[kind.id]), exercise=other())


def lesson_with(*cells: tuple[str, str]) -> Lesson:
    code = [new_code_cell(source, id=name, execution_count=1) for name, source in cells]
    return Lesson(NOTEBOOKS / "10_sharing.ipynb", written(new_notebook(cells=code)))


def without(*codes: str) -> author.Course:
    course = author.course_of(AT_MOST)
    return replace(course, answers=[a for a in course.answers if a.code not in codes])


CLASS = "helpers/practice/exercises/lesson_10_sharing.py"
SOLUTION = "helpers/practice/solutions/lesson_10_sharing.py"
ANSWERS = "tests/answers/lesson_10_sharing.py"
BROKEN = [
    (author.the_class_says_everything, changed(prompt=" "), CLASS, "no prompt"),
    (author.the_class_says_everything, changed(hints=("one",)), CLASS, "hints"),
    (author.the_class_says_everything, changed(codes=()), CLASS, "no codes"),
    (author.the_class_says_everything, changed(stub="at_least = ..."), CLASS, "not define at_most"),
    (
        author.a_judge_that_reads_recordings_says_so,
        changed(MySleep, reads_recording=False),
        "helpers/practice/exercises/lesson_04_event_loop.py",
        "MySleep reads trial.recording",
    ),
    (author.codes_are_known_and_happen, changed(codes=("too-odd",)), CLASS, "'too-odd'"),
    (author.codes_are_known_and_happen, changed(hints_for={"late": ""}), CLASS, "'late'"),
    (author.codes_are_known_and_happen, changed(advice_for={"late": ""}), CLASS, "'late'"),
    (author.codes_are_known_and_happen, changed(hints_for={"race": ""}), ANSWERS, "'race'"),
    (author.codes_are_known_and_happen, without("in-batches"), ANSWERS, "'in-batches'"),
    (author.there_are_answers, without("pass"), ANSWERS, "second right style"),
    (
        author.there_are_answers,
        replace(without(), answers=[a for a in without().answers if a.code == "pass"]),
        ANSWERS,
        "no wrong answers",
    ),
    (author.the_solution_is_there_and_explained, changed(name="at_mist"), SOLUTION, "at_mist"),
    (
        author.the_starter_is_not_started,
        changed(stub="async def at_most(n, fetch, names):\n    return []"),
        CLASS,
        "lost-results",
    ),
    (
        author.answers_get_their_verdicts,
        replace(
            author.course_of(AT_MOST),
            answers=[Answer("at-most", "nothing", "in-batches", lambda: None)],
        ),
        ANSWERS,
        "expected in-batches, got not-started",
    ),
    (
        author.the_cell_is_the_starter,
        replace(without(), lesson=lesson_with(("exercise-at-most", "at_most = 1"))),
        "notebooks/10_sharing.ipynb",
        "not the starter",
    ),
    (
        author.the_cell_is_the_starter,
        replace(without(), lesson=lesson_with(("cell", "at_most = 1"))),
        "notebooks/10_sharing.ipynb",
        "has no cell",
    ),
    (
        author.the_cell_is_the_starter,
        replace(
            without(),
            lesson=lesson_with(
                ("exercise-at-most", AT_MOST.starter), ("cell", "def at_most():\n    ...")
            ),
        ),
        "notebooks/10_sharing.ipynb",
        "defines at_most",
    ),
]


@pytest.mark.parametrize("check, course, file, says", BROKEN)
def test_a_broken_part_is_named_with_its_file(check, course, file, says):
    sentences = list(check(course))
    assert any(file in sentence and says in sentence for sentence in sentences), sentences


def test_a_solution_without_a_docstring_is_named(monkeypatch):
    monkeypatch.setattr(type(AT_MOST), "explanation", property(lambda self: None))
    (sentence,) = author.the_solution_is_there_and_explained(author.course_of(AT_MOST))
    assert SOLUTION in sentence and "docstring" in sentence


def test_a_solution_that_fails_is_named(monkeypatch):
    class Stricter(AtMost):
        __module__ = AtMost.__module__

        def scenarios(self, vary: random.Random) -> Iterator[Scenario]:
            for scenario in super().scenarios(vary):
                yield replace(scenario, facts={**scenario.facts, "n": 1})

    monkeypatch.setitem(EXERCISES, "at-most", Stricter())
    (sentence,) = author.the_solution_passes(author.course_of(EXERCISES["at-most"]))
    assert SOLUTION in sentence and "over-limit" in sentence


def test_the_command_checks_one_exercise(capsys):
    assert author.main(["predict-total"]) == 0
    assert "predict-total" in capsys.readouterr().out


def test_the_command_says_that_a_lesson_is_not_written_yet(capsys, monkeypatch):
    course = replace(author.course_of(AT_MOST), lesson=None)
    monkeypatch.setattr(author, "course_of", lambda exercise: course)
    monkeypatch.setattr(author, "problems", lambda course: [])
    assert author.main(["at-most"]) == 0
    assert "10_sharing is not written yet" in capsys.readouterr().out


def test_the_command_fails_for_a_broken_exercise(capsys, monkeypatch):
    broken = without("in-batches")
    monkeypatch.setattr(author, "course_of", lambda exercise: broken)
    assert author.main(["at-most"]) == 1
    assert ANSWERS in capsys.readouterr().out


def test_the_command_names_what_there_is(capsys):
    assert author.main(["at-mist"]) == 2
    assert "at-most" in capsys.readouterr().out
