"""The verbs that a learner types, without a notebook: they print, return nothing, never raise."""

import subprocess
import sys
from pathlib import Path

import pytest

import helpers
from helpers import notebook
from helpers.practice import progress

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def fresh(tmp_path, monkeypatch) -> Path:
    """A session in which nothing was typed yet; its progress file."""
    file = tmp_path / "progress.jsonl"
    monkeypatch.setenv(progress.VARIABLE, str(file))
    for kept in (notebook._last_code, notebook._hints_shown, notebook._asked_for_solution):
        kept.clear()
    return file


async def one_by_one(fetch, names):
    return [await fetch(name) for name in names]


# -- check ----------------------------------------------------------------------------------


def test_check_shows_the_verdict_and_returns_nothing(capsys):
    assert notebook.check("all-at-once", one_by_one) is None
    assert capsys.readouterr().out.startswith("NOT YET: all-at-once [one-by-one]")


def test_check_takes_underscores_for_hyphens(capsys):
    notebook.check("predict_total", (6, 3))
    assert capsys.readouterr().out.startswith("PASS: predict-total")


@pytest.mark.parametrize("verb", [notebook.check, notebook.hint, notebook.solution])
@pytest.mark.parametrize(
    "name, says", [("al-at-onc", "'all-at-once'"), (None, "exercise"), (7, "7")]
)
def test_an_unknown_exercise_is_named_with_the_nearest(verb, name, says, capsys):
    assert verb(name) is None
    assert says in capsys.readouterr().out


class Hostile:
    def __repr__(self):
        raise RuntimeError("no")

    def __eq__(self, other):
        raise RuntimeError("no")

    def __float__(self):
        raise RuntimeError("no")

    __hash__ = None


@pytest.mark.parametrize("place", ["{}", "({}, 3)", "[[{}]]", "{{'a': {}}}"])
@pytest.mark.parametrize("name", ["predict-total", "predict-order", "all-at-once", "at-most"])
def test_no_answer_makes_check_raise(name, place, capsys):
    notebook.check(name, eval(place.format("Hostile()")))
    shown = capsys.readouterr().out
    assert shown.startswith("NOT YET") and "checker's" not in shown


def test_a_judge_that_fails_is_not_the_learners_fault(capsys, monkeypatch):
    def broken(*_):
        raise KeyError("tea")

    monkeypatch.setattr(notebook, "judge", broken)
    notebook.check("at-most", one_by_one)
    shown = capsys.readouterr().out
    assert "the fault is the checker's, not yours" in shown and "KeyError: 'tea'" in shown
    assert progress.read() == []


def test_blank_starters_are_not_recorded(fresh):
    notebook.check("predict-total", (..., ...))
    notebook.check("all-at-once", None)
    assert not fresh.exists()
    notebook.check("predict-total", (6, 6))
    assert progress.read() == [("predict-total", "wrong-value")]


def test_progress_that_cannot_be_written_does_not_stop_a_check(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(progress.VARIABLE, str(tmp_path))
    notebook.check("predict-total", (6, 3))
    shown = capsys.readouterr().out
    assert shown.startswith("PASS") and "could not be written" in shown


# -- hint and solution ----------------------------------------------------------------------


def shown_by(verb, capsys, *args, **options) -> str:
    verb(*args, **options)
    return capsys.readouterr().out


def test_hints_come_in_stages_and_end_with_the_solution(capsys):
    shown = [shown_by(notebook.hint, capsys, "at-most") for _ in range(6)]
    assert [text.split(":")[0].splitlines()[0] for text in shown[:4]] == [
        f"Hint {stage} of 4 for at-most" for stage in (1, 2, 3, 4)
    ]
    assert len(set(shown[:4])) == 4
    assert 'solution("at-most")' in shown[4] and shown[4] == shown[5]


def test_after_a_diagnosis_the_first_hint_is_for_that_mistake(capsys):
    notebook.check("all-at-once", one_by_one)
    capsys.readouterr()
    first, second = (shown_by(notebook.hint, capsys, "all-at-once") for _ in range(2))
    assert "after your last check" in first and "before it begins the next" in first
    assert second.startswith("Hint 1 of 4")


def test_a_solution_asks_for_one_attempt_first(capsys):
    assert "Try at-most once first" in shown_by(notebook.solution, capsys, "at-most")
    again = shown_by(notebook.solution, capsys, "at-most")
    assert "asyncio.Semaphore(n)" in again and "The semaphore has n places" in again


def test_a_solution_is_shown_at_once_after_an_attempt(capsys, monkeypatch):
    notebook.check("all-at-once", one_by_one)
    capsys.readouterr()
    assert "asyncio.gather" in shown_by(notebook.solution, capsys, "all-at-once")
    notebook._last_code.clear()  # another session
    assert "asyncio.gather" in shown_by(notebook.solution, capsys, "all-at-once")


# -- progress -------------------------------------------------------------------------------


def test_progress_is_a_table_with_what_comes_next(capsys):
    notebook.check("predict-total", (6, 3))
    capsys.readouterr()
    shown = shown_by(notebook.progress, capsys)
    assert "01_waiting      predict-total         done      1" in shown
    assert "Next: go on with predict-order in 01_waiting." in shown


def test_progress_is_exported_and_restored(fresh, capsys):
    notebook.check("predict-total", (6, 3))
    capsys.readouterr()
    line = shown_by(notebook.progress, capsys, export=True).splitlines()[1]
    fresh.unlink()
    eval(line, {"progress": notebook.progress})
    assert "Restored: 1 done." in capsys.readouterr().out
    assert progress.read() == [("predict-total", "pass")]


@pytest.mark.parametrize("text", ["tea", "", 7, None])
def test_progress_refuses_other_texts_in_a_sentence(text, capsys):
    shown = shown_by(notebook.progress, capsys, restore=text)
    assert "paste" in shown or "Next:" in shown


def test_progress_that_cannot_be_read_is_told(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(progress.VARIABLE, str(tmp_path))
    assert "cannot be read" in shown_by(notebook.progress, capsys)


# -- import helpers -------------------------------------------------------------------------


def python(code: str, *, without: str = "") -> subprocess.CompletedProcess:
    """Run code in a new Python that lacks a package."""
    hide = f"import sys; sys.modules[{without!r}] = None\n" if without else ""
    return subprocess.run(
        [sys.executable, "-c", hide + code], cwd=ROOT, capture_output=True, text=True, timeout=60
    )


def test_import_helpers_is_light():
    heavy = ("matplotlib", "IPython", "aiohttp", "openai", "numpy")
    answer = python(
        f"import helpers, sys; print([name for name in {heavy} if name in sys.modules])"
    )
    assert answer.stdout.strip() == "[]", answer.stderr


def test_a_missing_package_is_named_with_what_to_type():
    error = ModuleNotFoundError("No module named 'aiohttp'", name="aiohttp")
    message = str(helpers._missing(error, "serve"))
    assert message.startswith("helpers.serve needs the package 'aiohttp'")
    assert "requirements.txt" in message and "pip install helpers" not in message
    ours = ModuleNotFoundError("No module named 'helpers.tea'", name="helpers.tea")
    assert helpers._missing(ours, "serve") is ours


def test_a_recording_is_shown_as_text_without_matplotlib():
    code = """
import asyncio
from helpers import record, timeline

async def main():
    with record() as recording:
        await asyncio.sleep(0)
    return recording

print(timeline(asyncio.run(main()))._repr_html_())
"""
    answer = python(code, without="matplotlib")
    assert "on the clock" in answer.stdout, answer.stderr


def test_check_prints_without_ipython():
    answer = python("from helpers import check; check('predict-total', (6, 3))", without="IPython")
    assert answer.stdout.startswith("PASS: predict-total"), answer.stderr


def test_an_unknown_name_says_what_there_is():
    answer = python("from helpers import chekc")
    assert "cannot import name 'chekc'" in answer.stderr
    answer = python("import helpers; helpers.chekc")
    assert "helpers has no 'chekc'; it has check, " in answer.stderr
