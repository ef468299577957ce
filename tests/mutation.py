"""Mutates the judges: a change that no answer notices is a grader that nobody tests.

    python -m tests.mutation                      every exercise, and what they share
    python -m tests.mutation at-most diagnosis    this exercise, that shared module

Each mutant is a module that judges with one small change in code that decides: a comparison,
a number, a condition, a yield. Words that a verdict shows are left alone, and so are scenarios,
whose times and names are as good as others. A mutant is killed when an answer in tests/answers
gets another verdict than it must; the survivors are listed.
"""

from __future__ import annotations

import ast
import copy
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from types import FunctionType, ModuleType
from typing import Any

from helpers.practice import EXERCISES, judge
from helpers.practice.exercise import Exercise
from tests.answers import Answer, answers_to
from tests.author import solution_of, starter_of

# What plays a situation instead of judging it, and what words a verdict.
_NOT_JUDGED = {"scenarios", "_scenario", "schedules", "simpler"}
_WORDS = {"Diagnosis", "wrong_kind", "_wrong", "in_words", "count"}
# Functions of the shared modules that only put something into words.
_WORDING = {
    "standing",
    "_waits",
    "_stand",
    "_stands",
    "_asks",
    "_kind",
    "_error",
    "_raised_at",
    "_why_raised",
    "_why_not_async",
    "_calls_in_words",
    "_stuck",  # takes real seconds: the tests of the engine try it
}
# Shared modules, and the exercises whose answers try them.
SHARED = {
    "checks": ("all-at-once", "at-most"),
    "diagnosis": ("all-at-once", "at-most"),
}
_OPPOSITES = {
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_NEIGHBOURS = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True)
class Mutant:
    """A module with one change; `what` says which, as "line 12: < becomes <="."""

    what: str
    module: ast.Module
    node: ast.AST | None = None
    change: ast.AST | None = None  # what comes in the node's place

    @property
    def tree(self) -> ast.Module:
        """The changed module: a copy, made when it is asked for, since a copy takes long."""
        memory = {id(self.node): self.node}  # the node itself is to be found again in the copy
        changed = _Change(self.node, self.change).visit(copy.deepcopy(self.module, memory))
        return ast.fix_missing_locations(changed)


class _Change(ast.NodeTransformer):
    def __init__(self, node: ast.AST | None, change: ast.AST | None):
        self._node, self._change = node, change

    def visit(self, node: ast.AST) -> ast.AST:
        if node is self._node:
            return ast.copy_location(self._change, node)
        return self.generic_visit(node)


@dataclass(frozen=True)
class Report:
    """How many mutants there were, and those that no answer killed."""

    exercise: str
    mutants: int
    survivors: list[str]

    def __str__(self) -> str:
        killed = self.mutants - len(self.survivors)
        return "\n".join([f"{self.exercise}: {killed} of {self.mutants} killed", *self.survivors])


# -- making mutants -------------------------------------------------------------------------


def mutants(module: ModuleType, kind: type) -> Iterator[Mutant]:
    """Every mutant of the code by which the class `kind` judges."""
    tree = _parsed(module)
    yield from _mutants_of(tree, _judging_functions(tree, kind))


def shared_mutants(module: ModuleType) -> Iterator[Mutant]:
    """Every mutant of a module that several exercises judge by."""
    tree = _parsed(module)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    yield from _mutants_of(tree, [node for node in functions if node.name not in _WORDING])


def _parsed(module: ModuleType) -> ast.Module:
    with open(module.__file__, encoding="utf-8") as file:
        return ast.parse(file.read())


def _mutants_of(tree: ast.Module, functions: list[ast.FunctionDef]) -> Iterator[Mutant]:
    for function in functions:
        for node in _deciding_nodes(function):
            for what, change in _changes(node):
                yield Mutant(what, tree, node, change)


def _judging_functions(tree: ast.Module, kind: type) -> list[ast.FunctionDef]:
    """The class's judge..., and the module's functions that they call, directly or not."""
    top = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    own = next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == kind.__name__)
    found = [
        node
        for node in own.body
        if isinstance(node, ast.FunctionDef) and node.name not in _NOT_JUDGED
    ]
    found = [node for node in found if node.name not in _WORDS]
    for function in found:  # grows while it is walked
        for node in _deciding_nodes(function):
            if isinstance(node, ast.Name) and top.get(node.id) not in [None, *found]:
                found.append(top[node.id])
    return found


def _deciding_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that decide: not those inside the words of a diagnosis."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.JoinedStr, ast.arguments, ast.AnnAssign)):
            continue
        if _is_words(child):
            yield from _deciding_nodes(child.args[0]) if child.args else ()
            continue
        yield child
        yield from _deciding_nodes(child)


def _is_words(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and _called(node) in _WORDS


def _called(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def _changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Each change of one node: what it is, and the node in its place."""
    line = getattr(node, "lineno", 0)
    if isinstance(node, ast.Compare):
        for table in (_OPPOSITES, _NEIGHBOURS):
            kind = type(node.ops[0])
            if kind in table:
                changed = copy.deepcopy(node)
                changed.ops[0] = table[kind]()
                yield f"line {line}: {ast.unparse(node)} becomes {ast.unparse(changed)}", changed
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        for by in (1, -1):
            yield (
                f"line {line}: {node.value} becomes {node.value + by}",
                ast.Constant(node.value + by),
            )
    elif isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        changed = ast.BoolOp(other, copy.deepcopy(node.values))
        yield f"line {line}: {ast.unparse(node)} becomes {ast.unparse(changed)}", changed
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield f"line {line}: {ast.unparse(node)} loses its not", copy.deepcopy(node.operand)
    elif isinstance(node, ast.Name) and node.id in _NAMES:
        yield (
            f"line {line}: {node.id} becomes {_NAMES[node.id]}",
            ast.Name(_NAMES[node.id], ast.Load()),
        )
    elif isinstance(node, (ast.If, ast.IfExp)):
        for value in (True, False):
            changed = copy.deepcopy(node)
            changed.test = ast.Constant(value)
            yield f"line {line}: if {ast.unparse(node.test)} becomes if {value}", changed
    elif isinstance(node, ast.Expr) and isinstance(node.value, (ast.Yield, ast.YieldFrom)):
        text = ast.unparse(node)
        yield f"line {line}: {text[:60]} is left out", ast.Pass()


# -- killing them -----------------------------------------------------------------------------


def run(name: str, *, every: int = 1) -> Report:
    """Judge the answers by the mutants of an exercise or a shared module, every n-th of them."""
    exercises = [EXERCISES[one] for one in SHARED.get(name, (name,))]
    answers = [answer for exercise in exercises for answer in baseline(exercise)]
    if name in SHARED:
        module = import_module(f"helpers.practice.{name}")
        made, place = list(shared_mutants(module))[::every], _shared_in_place
    else:
        kind = type(exercises[0])
        module = import_module(kind.__module__)
        made, place = list(mutants(module, kind))[::every], _exercise_in_place
    unchanged = Mutant("no change at all", _parsed(module))
    assert not _is_killed(unchanged, module, place, answers), (
        f"{name}: every mutant would look dead"
    )
    survivors = [mutant.what for mutant in made if not _is_killed(mutant, module, place, answers)]
    return Report(name, len(made), survivors)


def baseline(exercise: Exercise) -> list[Answer]:
    """All answers, each judged as it must be. Raises AssertionError: a red one kills everything."""
    starter, solution = starter_of(exercise), solution_of(exercise)
    answers = [
        *answers_to(exercise.id, exercise.lesson),
        Answer(exercise.id, "the starter", "not-started", lambda: starter),
        Answer(exercise.id, "the reference solution", "pass", lambda: solution),
    ]
    found = [answer.problem(judge(exercise.id, answer.make())) for answer in answers]
    problems = [problem for problem in found if problem]
    assert not problems, "\n".join(problems)
    return answers


def _is_killed(mutant: Mutant, module: ModuleType, place: Callable, answers: list[Answer]) -> bool:
    """Whether an answer gets another verdict. The one that kills is asked first next time."""
    names = dict(vars(module))
    try:
        exec(compile(mutant.tree, module.__file__, "exec"), names)
        with place(module, names):
            for number, answer in enumerate(answers):
                if answer.problem(judge(answer.exercise, answer.make())):
                    answers.insert(0, answers.pop(number))
                    return True
    except Exception:
        return True
    return False


@contextmanager
def _exercise_in_place(module: ModuleType, names: dict[str, Any]) -> Iterator[None]:
    """The mutated classes of a lesson judge in place of the real ones."""
    real = {name: one for name, one in EXERCISES.items() if type(one).__module__ == module.__name__}
    EXERCISES.update({name: names[type(one).__name__]() for name, one in real.items()})
    try:
        yield
    finally:
        EXERCISES.update(real)


@contextmanager
def _shared_in_place(module: ModuleType, names: dict[str, Any]) -> Iterator[None]:
    """The mutated functions stand wherever the real ones have been imported."""
    users = [user for name, user in sys.modules.items() if name.startswith("helpers.practice")]
    replaced = [
        (user, name, value)
        for user in users
        if user is not module
        for name, value in list(vars(user).items())
        if isinstance(value, FunctionType) and value.__module__ == module.__name__
    ]
    for user, name, value in replaced:
        setattr(user, name, names[value.__name__])
    try:
        yield
    finally:
        for user, name, value in replaced:
            setattr(user, name, value)


def main(names: list[str]) -> int:
    """Print a report for the exercises named, or for all. Returns the exit code."""
    survived = 0
    for name in names or [*EXERCISES, *SHARED]:
        report = run(name)
        survived += len(report.survivors)
        print(report, flush=True)
    return int(survived > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
