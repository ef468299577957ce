"""Progress: which exercises a learner has tried and solved, in a file of JSON lines.

The file is only ever added to, in single writes that begin with a newline, so that two kernels
can write to it and a torn line costs that line alone. Losing it, or being unable to write it,
never stops a lesson. As a program it makes the table of a class:

    python -m helpers.practice.progress alice.jsonl bob.jsonl
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .registry import EXERCISES

VARIABLE = "WHILE_YOU_WAIT_PROGRESS"
_NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
_DONE, _TRIED, _NOT_YET = "done", "tried", "not yet"
_PREFIX = "while-you-wait-1"


@dataclass(frozen=True)
class Standing:
    """How far a learner is with one exercise; `state` is "done", "tried" or "not yet"."""

    exercise: str
    lesson: str
    state: str
    tries: int


def path() -> Path:
    """Where progress is kept: beside the notebooks, or where the environment variable says."""
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return Path(chosen)
    return (_NOTEBOOKS if _NOTEBOOKS.is_dir() else Path()) / "progress.jsonl"


def note(exercise: str, code: str) -> str:
    """Add one check to the file. Returns "" or, when that is impossible, why, as a sentence."""
    line = json.dumps({"at": int(time.time()), "exercise": exercise, "code": code})
    return _append([line])


def read(file: Path | None = None) -> list[tuple[str, str]]:
    """Every check on record as (exercise id, code), oldest first; unreadable lines are left out.

    A file that does not exist is empty. Raises OSError for one that cannot be read.
    """
    file = path() if file is None else file
    if not file.exists():
        return []
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    return [record for record in map(_parse, lines) if record is not None]


def standings(records: Iterable[tuple[str, str]]) -> list[Standing]:
    """One standing for each exercise of the course, in its order."""
    codes: dict[str, list[str]] = {}
    for exercise, code in records:
        codes.setdefault(exercise, []).append(code)
    return [
        Standing(name, exercise.lesson, _state(codes.get(name, [])), len(codes.get(name, [])))
        for name, exercise in EXERCISES.items()
    ]


def at_hand(rows: Iterable[Standing]) -> list[Standing]:
    """The standings that matter to a learner: of lessons that are here, and of what was tried."""
    return [
        row
        for row in rows
        if row.tries or not _NOTEBOOKS.is_dir() or (_NOTEBOOKS / f"{row.lesson}.ipynb").is_file()
    ]


def next_step(rows: list[Standing]) -> str:
    """What to do next, as a sentence."""
    for state in (_TRIED, _NOT_YET):
        for row in rows:
            if row.state == state:
                verb = "try again" if state == _TRIED else "go on with"
                return f"Next: {verb} {row.exercise} in {row.lesson}."
    return "Every exercise is done."


def export(records: Iterable[tuple[str, str]]) -> str:
    """The standings as a short text that `restore` takes, for a disk that does not last."""
    rows = (row for row in standings(records) if row.tries)
    marks = [f"{row.exercise}={'+' if row.state == _DONE else '-'}{row.tries}" for row in rows]
    return " ".join([_PREFIX, *marks])


def restore(text: str) -> str:
    """Add what `export` wrote to the file. Returns a sentence; raises ValueError for other text.

    What stands in the file already stays: a text that is restored twice counts once.
    """
    wanted = _parse_export(text)
    have = {row.exercise: row for row in standings(read())}
    lines = []
    for exercise, done, tries in wanted:
        row = have[exercise]
        codes = ["restored"] * max(0, tries - row.tries)
        if done and row.state != _DONE:
            codes = [*codes[:-1], "pass"]
        lines += [json.dumps({"at": 0, "exercise": exercise, "code": code}) for code in codes]
    problem = _append(lines) if lines else ""
    return problem or f"Restored: {sum(done for _, done, _ in wanted)} done."


def class_table(files: Iterable[Path]) -> str:
    """A row an exercise, a column a learner, with the tries it took; and how many have done it."""
    columns = {file.stem: standings(read(file)) for file in files}
    head = ["exercise", *columns, "done"]
    rows = [head]
    for number, exercise in enumerate(EXERCISES):
        marks = [column[number] for column in columns.values()]
        done = sum(mark.state == _DONE for mark in marks)
        rows.append([exercise, *map(_mark, marks), f"{done} of {len(marks)}"])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _mark(standing: Standing) -> str:
    tries = f" ({standing.tries})" if standing.tries else ""
    return f"{standing.state}{tries}"


def _state(codes: list[str]) -> str:
    if "pass" in codes:
        return _DONE
    return _TRIED if codes else _NOT_YET


def _append(lines: list[str]) -> str:
    file = path()
    try:
        with file.open("ab", buffering=0) as stream:
            stream.write("".join(f"\n{line}\n" for line in lines).encode())
    except OSError as error:
        return (
            f"Your progress could not be written to {file.name} ({error.strerror}); "
            f"the course goes on without. {VARIABLE} names another file."
        )
    return ""


def _parse(line: str) -> tuple[str, str] | None:
    try:
        record = json.loads(line)
        return str(record["exercise"]), str(record["code"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _parse_export(text: str) -> Iterator[tuple[str, bool, int]]:
    prefix, *marks = str(text).split() or [""]
    if prefix != _PREFIX:
        raise ValueError(
            f"expected a text that begins with {_PREFIX}, found {prefix[:20]!r}: "
            "paste what progress(export=True) showed, all of it"
        )
    return [_parse_mark(mark) for mark in marks]


def _parse_mark(mark: str) -> tuple[str, bool, int]:
    exercise, _, rest = mark.partition("=")
    if exercise not in EXERCISES or rest[:1] not in ("+", "-") or not rest[1:].isdecimal():
        raise ValueError(
            f"expected marks such as {next(iter(EXERCISES))}=+2, found {mark!r}: "
            "paste the exported text again, all of it"
        )
    return exercise, rest[0] == "+", min(int(rest[1:]), 1000)


def main(arguments: list[str]) -> int:
    """The command: a file a learner. Returns the exit code."""
    files = [Path(argument) for argument in arguments]
    missing = [str(file) for file in files if not file.is_file()]
    if missing or not files:
        print("expected the progress files of a class, one a learner", file=sys.stderr)
        print(f"found no file {', '.join(missing)}" if missing else "found none", file=sys.stderr)
        return 2
    print(class_table(files))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
