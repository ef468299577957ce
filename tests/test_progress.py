"""The progress file: only ever added to, hard to damage, and never in the way of a lesson."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.practice import EXERCISES, progress

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch) -> Path:
    """Where this test's progress is kept."""
    path = tmp_path / "progress.jsonl"
    monkeypatch.setenv(progress.VARIABLE, str(path))
    return path


def standing(exercise: str) -> progress.Standing:
    rows = progress.standings(progress.read())
    return next(row for row in rows if row.exercise == exercise)


def test_the_environment_says_where_it_is_kept(file, monkeypatch):
    assert progress.path() == file
    monkeypatch.delenv(progress.VARIABLE)
    assert progress.path() == ROOT / "notebooks" / "progress.jsonl"


def test_a_file_that_is_not_there_is_empty():
    assert progress.read() == []
    assert {row.state for row in progress.standings([])} == {"not yet"}


def test_checks_add_up():
    for code in ("one-by-one", "wrong-order"):
        assert progress.note("all-at-once", code) == ""
    assert standing("all-at-once").state == "tried"
    progress.note("all-at-once", "pass")
    progress.note("all-at-once", "one-by-one")  # solved stays solved
    done = standing("all-at-once")
    assert (done.state, done.tries, done.lesson) == ("done", 4, "01_waiting")


def test_what_stands_in_the_file_stays(file):
    progress.note("at-most", "over-limit")
    before = file.read_bytes()
    progress.note("at-most", "pass")
    assert file.read_bytes().startswith(before)


def test_a_torn_line_costs_that_line_alone(file):
    progress.note("at-most", "pass")
    with file.open("ab") as stream:
        stream.write(b'\n{"at": 1, "exercise": "all-at-o')
    progress.note("book", "pass")
    assert progress.read() == [("at-most", "pass"), ("book", "pass")]


@pytest.mark.parametrize(
    "garbage",
    [b"\xff\xfe\x00", b"[]", b"null", b"{}", b'{"exercise": "at-most"}', b"7", b"[" * 100_000],
)
def test_lines_that_are_no_records_are_left_out(file, garbage):
    file.write_bytes(garbage + b"\n")
    progress.note("at-most", "pass")
    assert progress.read() == [("at-most", "pass")]


def test_exercises_that_the_course_does_not_have_are_ignored(file):
    progress.note("tea-time", "pass")
    assert progress.read() == [("tea-time", "pass")]
    assert [row.exercise for row in progress.standings(progress.read())] == list(EXERCISES)
    assert "tea-time" not in progress.export(progress.read())


WRITER = """
import sys
from helpers.practice import progress
for number in range(500):
    assert progress.note("at-most", sys.argv[1]) == ""
"""


def test_two_kernels_lose_nothing_of_each_other(file):
    codes = ("over-limit", "in-batches")
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, code], cwd=ROOT) for code in codes]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    found = [code for _, code in progress.read()]
    assert [found.count(code) for code in codes] == [500, 500]


def test_a_file_that_cannot_be_written_is_told_in_a_sentence(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    for place in (tmp_path, tmp_path / "file" / "progress.jsonl", tmp_path / "no" / "such.jsonl"):
        monkeypatch.setenv(progress.VARIABLE, str(place))
        problem = progress.note("at-most", "pass")
        assert place.name in problem and progress.VARIABLE in problem and "goes on" in problem


# -- export and restore -----------------------------------------------------------------------


def test_what_was_exported_can_be_restored_elsewhere(file):
    for exercise, code in [("at-most", "over-limit"), ("at-most", "pass"), ("book", "race")]:
        progress.note(exercise, code)
    before, text = progress.standings(progress.read()), progress.export(progress.read())
    assert len(text) < 80 and "\n" not in text
    file.unlink()
    assert progress.restore(text) == "Restored: 1 done."
    assert progress.standings(progress.read()) == before


def test_restoring_twice_counts_once(file):
    progress.note("at-most", "pass")
    text = progress.export(progress.read())
    file.unlink()
    progress.restore(text)
    once = file.read_bytes()
    progress.restore(text)
    assert file.read_bytes() == once


def test_restoring_takes_nothing_away():
    progress.note("at-most", "over-limit")
    text = progress.export(progress.read())
    progress.note("at-most", "pass")
    progress.restore(text)
    assert standing("at-most").state == "done"


def test_restoring_adds_what_was_done_elsewhere(file):
    progress.restore("while-you-wait-1 at-most=+1")
    progress.note("book", "race")
    assert (standing("at-most").state, standing("book").state) == ("done", "tried")


@pytest.mark.parametrize(
    "text", ["", "tea", "while-you-wait-1 tea=+1", "while-you-wait-1 at-most=1", "while-you-wait-2"]
)
def test_other_texts_are_refused_and_nothing_is_written(file, text):
    with pytest.raises(ValueError, match="paste"):
        progress.restore(text)
    assert not file.exists()


@pytest.mark.parametrize("mark", ["at-most=+99999999999", "at-most=+²", "at-most=-0"])
def test_odd_counts_do_no_harm(file, mark):
    try:
        progress.restore(f"while-you-wait-1 {mark}")
    except ValueError:
        pass
    assert len(progress.read()) <= 1000


# -- what next, and the class ---------------------------------------------------------------


def test_the_next_step_is_what_was_tried_then_what_was_not():
    names = list(EXERCISES)
    rows = progress.standings([(names[0], "pass"), (names[2], "race")])
    assert names[2] in progress.next_step(rows) and "try again" in progress.next_step(rows)
    rows = progress.standings([(names[0], "pass")])
    assert names[1] in progress.next_step(rows) and "go on with" in progress.next_step(rows)
    rows = progress.standings([(name, "pass") for name in names])
    assert progress.next_step(rows) == "Every exercise is done."


def test_lessons_that_are_not_there_are_no_next_step(tmp_path, monkeypatch):
    (tmp_path / "01_waiting.ipynb").write_text("{}")
    monkeypatch.setattr(progress, "_NOTEBOOKS", tmp_path)
    rows = progress.at_hand(progress.standings([("book", "race")]))
    assert {row.lesson for row in rows} == {"01_waiting", "03_await"}


def test_the_table_of_a_class_has_a_column_for_each_file(tmp_path, capsys):
    for name, codes in {"alice": ["race", "pass"], "bob": ["race"]}.items():
        lines = [json.dumps({"exercise": "book", "code": code}) for code in codes]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines))
    assert progress.main([str(tmp_path / "alice.jsonl"), str(tmp_path / "bob.jsonl")]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["exercise", "alice", "bob", "done"]
    book = next(row for row in rows if row.startswith("book"))
    assert " ".join(book.split()) == "book done (2) tried (1) 1 of 2"


def test_the_command_runs_and_says_what_it_misses(tmp_path):
    command = [sys.executable, "-m", "helpers.practice.progress"]
    answer = subprocess.run(
        [*command, "nobody.jsonl"], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert answer.returncode == 2
    assert "found no file nobody.jsonl" in answer.stderr and "Traceback" not in answer.stderr
