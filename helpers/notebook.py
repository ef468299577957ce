"""The door: everything of the course that displays, and what it mends in a notebook.

`%load_ext helpers` comes here, and so do `check`, `hint`, `solution` and `progress`. The rooms
behind return data; only this file knows of IPython. Nothing else may import it.
"""

from __future__ import annotations

import traceback
from collections import defaultdict
from collections.abc import Generator
from typing import Any

from helpers import environment, left_behind, repairs
from helpers.practice import Verdict, find, judge
from helpers.practice import progress as records
from helpers.practice.card import html, page, table
from helpers.practice.judging import UnknownExercise
from helpers.recording import Recording, count

try:
    from IPython import get_ipython
    from IPython.display import display
except ModuleNotFoundError:  # a plain Python: the verbs print
    get_ipython = display = None


def _show(text: str, html: str) -> None:
    """Display HTML where there is a notebook, and print text elsewhere."""
    if get_ipython is None or get_ipython() is None:
        print(text)
    else:
        display({"text/plain": text, "text/html": html}, raw=True)


def _say(title: str, *parts: tuple[str, str]) -> None:
    """Show a card that is no verdict."""
    text = "\n".join([title, *(f"{heading} {text}".strip() for heading, text in parts)])
    _show(text, page(title, list(parts)))


# -- the verbs ------------------------------------------------------------------------------

# What this session knows of each exercise: its last diagnosis, and what was shown of it.
_last_code: dict[str, str] = {}
_last_recording: dict[str, Recording | None] = {}
_hints_shown: dict[str, list[str]] = defaultdict(list)
_asked_for_solution: set[str] = set()


def check(exercise_id: str, answer: Any = None) -> None:
    """Judge an answer and show the verdict. Returns nothing, raises nothing.

    `answer` is the function or class that the exercise asks for, or the value of a prediction.
    """
    try:
        verdict = judge(exercise_id, answer)
    except UnknownExercise as error:
        return _say(f"check: {error}")
    except Exception as error:
        return _say(
            f"The check of {exercise_id} failed, and the fault is the checker's, not yours.",
            ("", "Your answer is not counted. Please report this, with your answer:"),
            ("", "".join(traceback.format_exception_only(error)).strip()),
        )
    _show(str(verdict), html(verdict))
    _last_recording[verdict.exercise] = verdict.recording
    _remember(verdict)


def _remember(verdict: Verdict) -> None:
    if verdict.code == "not-started":
        return
    _last_code[verdict.exercise] = verdict.code
    problem = records.note(verdict.exercise, verdict.code)
    if problem:
        _say(problem)


def hint(exercise_id: str) -> None:
    """Show a hint: after a diagnosis the one for that mistake, then a stage further each call."""
    try:
        exercise = find(exercise_id)
    except UnknownExercise as error:
        return _say(f"hint: {error}")
    shown = _hints_shown[exercise.id]
    fitting = exercise.hints_for.get(_last_code.get(exercise.id, ""))
    if fitting and fitting not in shown:
        shown.append(fitting)
        return _say(f"A hint for {exercise.id}, after your last check", ("", fitting))
    left = [text for text in exercise.hints if text not in shown]
    if not left:
        return _say(f'There are no more hints. solution("{exercise.id}") shows one way to do it.')
    shown.append(left[0])
    stage = len(exercise.hints) - len(left) + 1
    _say(f"Hint {stage} of {len(exercise.hints)} for {exercise.id}", ("", left[0]))


def solution(exercise_id: str) -> None:
    """Show the reference solution and why it is so; before the first attempt, ask for one."""
    try:
        exercise = find(exercise_id)
    except UnknownExercise as error:
        return _say(f"solution: {error}")
    if not _has_tried(exercise.id) and exercise.id not in _asked_for_solution:
        _asked_for_solution.add(exercise.id)
        return _say(
            f"Try {exercise.id} once first: a wrong answer teaches more than a right one read.",
            ("", f'hint("{exercise.id}") helps. Call solution again to see it all the same.'),
        )
    _say(
        f"One solution of {exercise.id}",
        ("", f"\n{exercise.solution.strip()}"),
        ("", exercise.explanation.replace("\n", " ")),
    )


def _has_tried(exercise_id: str) -> bool:
    if exercise_id in _last_code:
        return True
    try:
        return any(name == exercise_id for name, _ in records.read())
    except OSError:
        return False


def progress(*, export: bool = False, restore: str | None = None) -> None:
    """Show the course as a table: what is done, tried, not yet, and what comes next.

    `export=True` shows it as a short text to keep; `restore=text` takes it back in.
    """
    try:
        if restore is not None:
            return _say(records.restore(restore))
        found = records.read()
    except ValueError as error:
        return _say(f"progress: {error}")
    except OSError as error:
        return _say(f"progress: {records.path().name} cannot be read ({error.strerror}).")
    if export:
        text = f'progress(restore="{records.export(found)}")'
        return _say("Keep this line; run it where you go on:", ("", text))
    rows = records.at_hand(records.standings(found))
    head = ["lesson", "exercise", "", "checks"]
    cells = [[row.lesson, row.exercise, row.state, str(row.tries or "")] for row in rows]
    lines = [f"{a:14}  {b:20}  {c:8}  {d}".rstrip() for a, b, c, d in [head, *cells]]
    step = records.next_step(rows)
    _show("\n".join([*lines, step]), page("Your progress", [("", table(head, cells)), ("", step)]))


def player(recording: Any) -> Any:
    """Step forward and back through what the event loop did: press Next.

    Takes a recording, or the id of an exercise, for the run that its last check judged.
    """
    from helpers.pictures import player as player_of

    if not isinstance(recording, str):
        return player_of(recording)
    try:
        exercise = find(recording)
    except UnknownExercise as error:
        return _say(f"player: {error}")
    if exercise.id not in _last_recording:
        return _say(f"player: {exercise.id} was not checked in this session yet. Check it first.")
    judged = _last_recording[exercise.id]
    if judged is None:
        return _say(f"player: the last check of {exercise.id} ran nothing that could be replayed.")
    return player_of(judged)


def check_setup() -> None:
    """Show whether this kernel has all that the course needs, and what to do if not."""
    found = environment.problems()
    _say("\n".join(found) or "Everything that the course needs is here.")


def ghosts() -> None:
    """Show the tasks that cells have left running: of which run, and where each of them waits."""
    if not _knows_cells("ghosts"):
        return
    found = left_behind.ghosts()
    if not found:
        return _say(_NO_GHOSTS)
    head = ["task", "cell that left it", "its run", "where it stands"]
    cells = [
        [ghost.name, ghost.run.begins if ghost.run else "", ghost.run_in_words, ghost.stands]
        for ghost in found
    ]
    title = f"{count(len(found), 'task')} left by cells"
    end = "await end_ghosts() ends them all; task.cancel() ends one that you have in a variable."
    widths = [max(map(len, column)) for column in zip(head, *cells, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in [head, *cells]]
    _show("\n".join([title, *lines, end]), page(title, [("", table(head, cells)), ("", end)]))


class _Ending:
    """Ghosts that still go on: awaiting it ends them."""

    def __await__(self) -> Generator[Any, None, None]:
        return self._end().__await__()

    def __repr__(self) -> str:
        return "Nothing has ended yet: write `await end_ghosts()`."

    async def _end(self) -> None:
        if not _knows_cells("end_ghosts"):
            return
        found = left_behind.ghosts()
        if not found:
            return _say(_NO_GHOSTS)
        outcomes = await left_behind.end(found)
        title = f"{count(len(found), 'task')} cancelled: {left_behind.in_words(found)}."
        _say(title, *((f"{name}:", how) for name, how in outcomes if how != "cancelled"))


def end_ghosts() -> _Ending:
    """`await end_ghosts()` cancels what cells have left, waits until it has ended, and says how."""
    return _Ending()


_NO_GHOSTS = "No cell has left a task that is still alive."


def _knows_cells(verb: str) -> bool:
    """Whether it is known which cell started a task; if not, say what to do."""
    if not repairs.are_loaded():
        _say(f"{verb} knows the cells from `%load_ext helpers` on: run that first.")
    return repairs.are_loaded()


# -- the extension --------------------------------------------------------------------------


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext helpers`: recordings show themselves, and the notebook is mended."""
    show_recordings(shell)
    repairs.load(shell, say=_say)


def unload_ipython_extension(shell: Any) -> None:
    """`%unload_ext helpers`: the notebook as Jupyter, and the learner, made it."""
    shell.display_formatter.formatters["text/html"].pop(_RECORDING, None)
    repairs.unload()


_RECORDING = "helpers.recording.data.Recording"


def show_recordings(shell: Any) -> None:
    """Let a Recording show its timeline; matplotlib loads when the first one is drawn."""
    formatter = shell.display_formatter.formatters["text/html"]
    try:
        formatter.lookup_by_type(_RECORDING)
    except KeyError:  # registered twice, it could not be taken back
        room, _, name = _RECORDING.rpartition(".")
        formatter.for_type_by_name(room, name, _recording_html)


def _recording_html(recording: Any) -> str:
    from helpers.pictures import recording_html

    return recording_html(recording)
