"""Every exercise judges every answer in tests/answers as it must, again and again.

The starter is not started, the reference solution and every other right style pass, and each
wrong answer gets exactly its own code.
"""

import pytest

from helpers.practice import EXERCISES, judge
from tests.answers import Answer, answers_to
from tests.author import solution_of, starter_of

# Some answers lose an error in a thread of their own. Python says so there, as it should.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception in thread:pytest.PytestUnhandledThreadExceptionWarning"
)

ANSWERS = [answer for name, one in EXERCISES.items() for answer in answers_to(name, one.lesson)]

# asyncio itself, or the answer, keeps these tasks in sets, whose order no program can rely on.
SHUFFLED = {
    "OneAfterAnotherFromTheSet",
    "TheSetChangesWhileLooping",
    "from_the_set_that_wait_gives",
    "as_completed",
    "as_completed_with_places",
    "as_completed_by_name",
    "shows_what_as_completed_gives",
    "shows_the_page_without_its_name",
    "tasks_that_have_ended",
}


@pytest.mark.parametrize("name", EXERCISES)
def test_the_starter_is_not_started(name):
    assert judge(name, starter_of(EXERCISES[name])).code == "not-started"


@pytest.mark.parametrize("name", EXERCISES)
def test_the_reference_solution_passes(name):
    verdict = judge(name, solution_of(EXERCISES[name]))
    assert verdict.passed, verdict


@pytest.mark.parametrize("answer", ANSWERS, ids=str)
def test_an_answer_gets_its_verdict(answer: Answer):
    verdict = judge(answer.exercise, answer.make())
    assert answer.problem(verdict) == ""
    if verdict.word == "NOT YET":
        assert verdict.expected and verdict.observed and verdict.cause


def told(answer: Answer) -> str:
    verdict = judge(answer.exercise, answer.make())
    return verdict.code if answer.name in SHUFFLED else str(verdict)


@pytest.mark.parametrize("name", EXERCISES)
def test_verdicts_do_not_depend_on_what_was_judged_before(name):
    answers = answers_to(name, EXERCISES[name].lesson)[::5]
    texts = [told(answer) for answer in answers]
    again = [told(answer) for answer in reversed(answers)]
    assert again[::-1] == texts


def test_a_wrong_expectation_is_reported():
    answer = Answer("predict-total", "right", "wrong-value", lambda: (6, 3))
    assert "expected wrong-value, got pass" in answer.problem(judge("predict-total", (6, 3)))
    answer = Answer("predict-total", "right", "pass", lambda: (6, 3), says="tea")
    assert "expected the verdict to say 'tea'" in answer.problem(judge("predict-total", (6, 3)))
