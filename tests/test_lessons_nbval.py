"""Plain `pytest` runs the lessons: which notebooks, how strictly, and each in one worker.

Each test runs `pytest` in a small course of its own, with the settings of this one.
"""

import re
import shutil
import subprocess
import sys

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbval.plugin import get_sanitize_patterns

from tests.execution.lessons import COMMITTED_WITH, ROOT, written

RUNNING = ".".join(map(str, sys.version_info[:2]))
SETTINGS = ["pyproject.toml", "binder/runtime.txt", "tests/conftest.py", "tests/sanitize.cfg"]
PATTERNS = (ROOT / "tests" / "sanitize.cfg").read_text(encoding="ascii")


def shows(*pairs: tuple[str, str]) -> str:
    """The text of a notebook of cells with their saved output: ("print(1)", "1")."""
    cells = [
        new_code_cell(
            source,
            id=f"code-{number}",
            execution_count=number,
            outputs=[new_output("stream", name="stdout", text=f"{printed}\n")] if printed else [],
        )
        for number, (source, printed) in enumerate(pairs, 1)
    ]
    return written(new_notebook(cells=cells))


KERNEL = ("tea = 1", "")
NOTEBOOKS = {
    "01_right.ipynb": shows(KERNEL, ("print('2.0', 's')", "2.1 s"), ("print(tea)", "1")),
    "02_differs.ipynb": shows(KERNEL, ("print(tea)", "2"), ("print('tea')", "tea")),
    "03_fails.ipynb": shows(KERNEL, ("1 / 0", "")),
    "Untitled.ipynb": shows(("1 / 0", "")),
    "my_own_notes.ipynb": shows(("1 / 0", "")),
    ".ipynb_checkpoints/01_right-checkpoint.ipynb": shows(("1 / 0", "")),
    ".ipynb_checkpoints/04_old.ipynb": shows(("1 / 0", "")),
}


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> list[str]:
    """The lines that `pytest` prints in a course of these notebooks."""
    course = tmp_path_factory.mktemp("course")
    for name in SETTINGS:
        (course / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, course / name)
    shutil.copytree(ROOT / "tests" / "execution", course / "tests" / "execution")
    for name, text in NOTEBOOKS.items():
        path = course / "notebooks" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    answer = subprocess.run(
        [
            *(sys.executable, "-P", "-m", "pytest", "--numprocesses=2"),
            *("-v", "-rA", "--color=no", "-p", "no:cacheprovider"),
        ],
        cwd=course,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return answer.stdout.splitlines()


def outcomes(report: list[str]) -> dict[str, str]:
    """What became of each cell, from pytest's summary: "01_right.ipynb 0" to "PASSED"."""
    summary = re.compile(r"(PASSED|FAILED|ERROR) notebooks/(\S+)::Cell (\d+)")
    found = [match.groups() for line in report if (match := summary.match(line))]
    return {f"{name} {cell}": word for word, name, cell in found}


def test_the_header_says_how_strict_it_is_and_why(report):
    mode = "strict" if RUNNING == COMMITTED_WITH else "lax"
    (line,) = (line for line in report if line.startswith("lessons: "))
    assert line.startswith(f"lessons: {mode}, ") and f"Python {RUNNING}" in line


def test_each_cell_of_the_lessons_runs_and_no_other_notebook(report):
    names = {name.split()[0] for name in outcomes(report)}
    assert names == {"01_right.ipynb", "02_differs.ipynb", "03_fails.ipynb"}
    assert not [line for line in report if "notes" in line or "Untitled" in line or "_old" in line]


def test_measured_seconds_may_differ_and_a_failing_cell_may_not_pass(report):
    found = outcomes(report)
    assert [found[f"01_right.ipynb {cell}"] for cell in range(3)] == ["PASSED"] * 3
    assert found["03_fails.ipynb 1"] == "FAILED"


def test_another_output_fails_on_the_python_of_the_saved_outputs_only(report):
    expected = "FAILED" if RUNNING == COMMITTED_WITH else "PASSED"
    assert outcomes(report)["02_differs.ipynb 1"] == expected


def test_the_cells_of_a_lesson_stay_in_one_worker_and_so_in_one_kernel(report):
    """`print(tea)` needs the cell before it; and xdist names the worker of each cell."""
    lines = [
        line for line in report if line.startswith("[gw") and ".ipynb" in line.replace("::", ".")
    ]
    workers = {name: {line[:5] for line in lines if name in line} for name in ("01", "02", "03")}
    assert all(len(of_one) == 1 for of_one in workers.values()), workers
    assert len(set.union(*workers.values())) == 2, "both workers have something to do"


# -- the sanitiser -----------------------------------------------------------------------


def sanitised(text: str) -> str:
    for expression, replacement in get_sanitize_patterns(PATTERNS):
        text = re.sub(expression, replacement, text)
    return text


def test_every_expression_of_the_sanitiser_has_a_reason_and_is_read():
    blocks = [block.splitlines() for block in PATTERNS.strip().split("\n\n")[1:]]
    starts = [[line.split(":")[0] for line in block] for block in blocks]
    assert all(start[0] == "# Why" and start[-2:] == ["regex", "replace"] for start in starts)
    assert len(get_sanitize_patterns(PATTERNS)) == len(blocks)


@pytest.mark.parametrize(
    "one, other",
    [
        ('<img src="data:image/png;base64,iVBO+/=">', '<img src="data:image/png;base64,AAAA">'),
        ("2.0 s on the clock, 0.5 ms of Python", "2.1 s on the clock, 12 µs of Python"),
        ("waited (1.0 s)", "waited (980.1 ms)"),
        ("2.0 × faster", "1.9 × faster"),
        ("<object object at 0x7f0a>", "<object object at 0x7f1b2c>"),
        ("Task-7 waits", "Task-12 waits"),
        ("first  ░░░██    done: tea", "first  ░░░░░█   done: tea"),
        ("       0            2.0 s", "       0           12.0 s"),
    ],
)
def test_what_is_measured_may_differ(one, other):
    assert sanitised(one) == sanitised(other) != one


@pytest.mark.parametrize(
    "one, other",
    [
        ("alt='Two lanes, 2.0 s'", "alt='Three lanes, 2.0 s'"),
        ("line 2: await sleep(1)", "line 3: await sleep(1)"),
        ("await sleep(1)", "await sleep(2)"),
        ("['First done', 'Second done']", "['Second done', 'First done']"),
        ("3 tasks", "4 tasks"),
        ("first  ░░░██    done", "first  ░░░██    failed"),
        ("2.0 × faster", "2.0 × slower than"),
        ("3 steps", "4 steps"),
    ],
)
def test_what_is_right_or_wrong_may_not_differ(one, other):
    assert sanitised(one) != sanitised(other)
