"""No change in code that decides pass or fail goes unnoticed by the answers.

`python -m tests.mutation` tries every mutant, once a week too; here one judge is tried whole, and
of some others a part.
"""

import ast

import pytest

from helpers.practice import EXERCISES
from helpers.practice.exercises import lesson_01_waiting
from tests import mutation
from tests.answers import Answer

EVERY = {"predict-order": 1, "predict-total": 5, "all-at-once": 15, "checks": 60}


@pytest.mark.parametrize("name", EVERY)
def test_every_mutant_is_killed(name):
    assert mutation.run(name, every=EVERY[name]).survivors == []


def test_a_mutant_that_no_answer_kills_is_listed(monkeypatch):
    only = [Answer("predict-total", "right", "pass", lambda: (6, 3))]
    monkeypatch.setattr(mutation, "answers_to", lambda exercise, lesson: only)
    report = mutation.run("predict-total", every=5)
    assert 0 < len(report.survivors) < report.mutants
    assert "of" in str(report) and report.survivors[0] in str(report)


def test_a_red_baseline_is_refused(monkeypatch):
    wrong = [Answer("predict-total", "wrong", "pass", lambda: (6, 6))]
    monkeypatch.setattr(mutation, "answers_to", lambda exercise, lesson: wrong)
    with pytest.raises(AssertionError, match="expected pass, got wrong-value"):
        mutation.run("predict-total")


def test_a_machinery_that_kills_everything_is_refused(monkeypatch):
    monkeypatch.setattr(mutation, "_is_killed", lambda *_: True)
    with pytest.raises(AssertionError, match="every mutant would look dead"):
        mutation.run("predict-total")


def test_mutants_differ_from_the_module_and_leave_words_alone():
    original = ast.unparse(mutation._parsed(lesson_01_waiting))
    kind = type(EXERCISES["all-at-once"])
    made = list(mutation.mutants(lesson_01_waiting, kind))[::3]
    assert len({ast.unparse(mutant.tree) for mutant in made}) == len(made)
    assert original not in {ast.unparse(mutant.tree) for mutant in made}
    words = _texts(ast.parse(original))
    assert "one at a time" in words
    assert all(_texts(mutant.tree) <= words for mutant in made)


def _texts(tree: ast.AST) -> set[str]:
    nodes = ast.walk(tree)
    return {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}
