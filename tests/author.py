"""The author's command: are the parts of an exercise all there, and do they agree?

    python -m tests.author            every exercise
    python -m tests.author at-most    this one

Class, starter, solution, answers and cell are held against each other. Every failure is one
sentence that names the file to mend; `pytest` asks the same (tests/test_author.py).
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from helpers.practice import CODES, EXERCISES, judge
from helpers.practice.exercise import Exercise
from tests.answers import Answer, answers_to
from tests.execution import rules
from tests.execution.lessons import NOTEBOOKS, Lesson

FEWEST_HINTS = 2


@dataclass(frozen=True)
class Course:
    """What the checks look at: one exercise, the answers to it, and its lesson if it is written."""

    exercise: Exercise
    answers: list[Answer]
    lesson: Lesson | None

    @property
    def mirrored(self) -> str:
        return f"lesson_{self.exercise.lesson}.py"

    @property
    def class_file(self) -> str:
        return f"helpers/practice/exercises/{self.mirrored}"

    @property
    def solution_file(self) -> str:
        return f"helpers/practice/solutions/{self.mirrored}"

    @property
    def answers_file(self) -> str:
        return f"tests/answers/{self.mirrored}"


def course_of(exercise: Exercise) -> Course:
    """The exercise with what the repository has for it."""
    file = NOTEBOOKS / f"{exercise.lesson}.ipynb"
    lesson = Lesson.read(file) if file.exists() else None
    return Course(exercise, answers_to(exercise.id, exercise.lesson), lesson)


def starter_of(exercise: Exercise) -> Any:
    """What the untouched starter hands to check."""
    return _made_by(exercise.stub, exercise)


def solution_of(exercise: Exercise) -> Any:
    """What the reference solution hands to check, made from the source that learners see."""
    return _made_by(exercise.solution, exercise)


def _made_by(source: str, exercise: Exercise) -> Any:
    module = import_module(f"helpers.practice.solutions.lesson_{exercise.lesson}")
    names = dict(vars(module))  # its imports; the lesson's first cell has them too
    names.pop(exercise.name, None)
    exec(compile(source, f"<{exercise.id}>", "exec"), names)
    return names[exercise.name]


# -- the checks: one exercise in, sentences out ---------------------------------------------


def the_class_says_everything(course: Course) -> Iterator[str]:
    kind, file = course.exercise, course.class_file
    for name in ("id", "name", "prompt", "stub"):
        if not str(getattr(kind, name, "")).strip():
            yield f"{file}: {type(kind).__name__} has no {name}: write one"
    if len(getattr(kind, "hints", ())) < FEWEST_HINTS:
        yield f"{file}: {type(kind).__name__} needs {FEWEST_HINTS} hints or more, in stages"
    if not getattr(kind, "codes", ()):
        yield f"{file}: {type(kind).__name__} has no codes: name the mistakes that it is about"
    if f"def {kind.name}" not in kind.stub and not _assigns(kind.stub, kind.name):
        yield f"{file}: the stub of {kind.id} does not define {kind.name}"


def _assigns(source: str, name: str) -> bool:
    nodes = ast.walk(ast.parse(source))
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return any(
        (isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store))
        or (isinstance(node, kinds) and node.name == name)
        for node in nodes
    )


def a_judge_that_reads_recordings_says_so(course: Course) -> Iterator[str]:
    kind = type(course.exercise)
    module = ast.parse(inspect.getsource(sys.modules[kind.__module__]))
    readers = {part.name for part in module.body if _mentions(part, {"recording"})}
    own = next(part for part in module.body if getattr(part, "name", "") == kind.__name__)
    if _mentions(own, readers | {"recording"}) and not getattr(kind, "reads_recording", True):
        yield (
            f"{course.class_file}: {kind.__name__} reads trial.recording, and most trials have "
            "none: set reads_recording = True"
        )


def _mentions(part: ast.AST, names: set[str]) -> bool:
    """Whether a part of a module uses one of these names, as a variable or an attribute."""
    return any(
        getattr(node, "attr", None) in names or getattr(node, "id", None) in names
        for node in ast.walk(part)
    )


def codes_are_known_and_happen(course: Course) -> Iterator[str]:
    kind, seen = course.exercise, {answer.code for answer in course.answers}
    for where in ("codes", "hints_for", "advice_for"):
        for code in getattr(kind, where, ()):
            if code not in CODES:
                yield f"{course.class_file}: {where} of {kind.id} names {code!r}, which is no code"
            elif code not in seen:
                yield (
                    f"{course.answers_file}: {where} of {kind.id} names {code!r}; "
                    f"add a wrong answer that gets it"
                )


def the_solution_is_there_and_explained(course: Course) -> Iterator[str]:
    kind = course.exercise
    try:
        explanation = kind.explanation
    except (ImportError, AttributeError):
        yield f"{course.solution_file}: there is no function {kind.name}: write the solution"
        return
    if not explanation:
        yield f"{course.solution_file}: {kind.name} has no docstring: explain the solution"


def there_are_answers(course: Course) -> Iterator[str]:
    kind, right = course.exercise, [a for a in course.answers if a.code == "pass"]
    if not right:
        yield f"{course.answers_file}: {kind.id} has no second right style: add one"
    if len(course.answers) == len(right):
        yield f"{course.answers_file}: {kind.id} has no wrong answers: add the likely ones"


def the_starter_is_not_started(course: Course) -> Iterator[str]:
    code = judge(course.exercise.id, starter_of(course.exercise)).code
    if code != "not-started":
        yield f"{course.class_file}: the starter of {course.exercise.id} gets {code}: make it blank"


def the_solution_passes(course: Course) -> Iterator[str]:
    code = judge(course.exercise.id, solution_of(course.exercise)).code
    if code != "pass":
        yield f"{course.solution_file}: the solution of {course.exercise.id} gets {code}"


def answers_get_their_verdicts(course: Course) -> Iterator[str]:
    for answer in course.answers:
        problem = answer.problem(judge(answer.exercise, answer.make()))
        if problem:
            yield f"{course.class_file} or {course.answers_file}: {problem}"


def the_cell_is_the_starter(course: Course) -> Iterator[str]:
    if course.lesson is None:
        return
    known = {course.exercise.id: course.exercise}
    lesson = only_cell_of(course.exercise.id, course.lesson)
    for rule in rules.EXERCISE_RULES:
        for problem in rule(lesson, known):
            yield f"notebooks/{course.exercise.lesson}.ipynb: {problem}"


def only_cell_of(name: str, lesson: Lesson) -> Lesson:
    """The lesson without the cells of its other exercises."""
    notebook = rules.nbformat.from_dict(dict(lesson.notebook))
    ours = {f"{rules.EXERCISE}{name}"}
    notebook.cells = [
        cell
        for cell in notebook.cells
        if not cell.get("id", "").startswith(rules.EXERCISE) or cell.id in ours
    ]
    return Lesson(lesson.path, rules.written(notebook))


# The first whose sentence comes up hides those after it, which may rest on it.
CHECKS: list[Callable[[Course], Iterator[str]]] = [
    the_class_says_everything,
    a_judge_that_reads_recordings_says_so,
    the_solution_is_there_and_explained,
    the_starter_is_not_started,
    the_solution_passes,
    there_are_answers,
    codes_are_known_and_happen,
    answers_get_their_verdicts,
    the_cell_is_the_starter,
]


def problems(course: Course) -> list[str]:
    """What is to be mended in one exercise: the sentences of the first check that has any."""
    for check in CHECKS:
        found = list(check(course))
        if found:
            return found
    return []


def main(names: list[str]) -> int:
    """Check the exercises named, or all. Returns the exit code."""
    unknown = [name for name in names if name not in EXERCISES]
    if unknown:
        print(f"there is no exercise {', '.join(unknown)}; there are {', '.join(EXERCISES)}")
        return 2
    failed = 0
    for name in names or EXERCISES:
        course = course_of(EXERCISES[name])
        found = problems(course)
        failed += bool(found)
        cell = "" if course.lesson else f"; {course.exercise.lesson} is not written yet"
        print(f"{name}: {len(course.answers)} answers, {'to mend' if found else 'fine'}{cell}")
        print("".join(f"  {sentence}\n" for sentence in found), end="")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
