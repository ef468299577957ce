"""What README.md tells a newcomer to type is what exists, and what the continuous integration runs.

The commands themselves run in `.ci/run`, which takes the test command from README.md; here their
shape is checked, the files that they name, and the map of lessons.
"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
START, TESTS = "## Start", "## Run the tests"
FIRST_LESSON = "notebooks/00_start_here.ipynb"


def blocks(heading: str) -> list[tuple[str, list[str]]]:
    """The code blocks under this heading: language and lines."""
    section = README.split(f"\n{heading}\n")[1].split("\n## ")[0]
    found = re.findall(r"^```(\w+)\n(.*?)\n```$", section, flags=re.MULTILINE | re.DOTALL)
    return [(language, text.splitlines()) for language, text in found]


def command(heading: str) -> str:
    """The one line that Linux and macOS need."""
    language, lines = blocks(heading)[0]
    assert language == "sh" and len(lines) == 1
    return lines[0]


@pytest.mark.parametrize("heading, last", [(START, "jupyter-lab"), (TESTS, "pytest")])
def test_one_line_makes_its_own_environment_and_calls_what_is_in_it(heading, last):
    make, install, run = command(heading).split(" && ")
    assert make == "test -x .venv/bin/pip || python3 -m venv .venv"
    assert install.startswith(".venv/bin/python -m pip install ")
    assert run.split()[0] == f".venv/bin/{last}"


@pytest.mark.parametrize("heading", [START, TESTS])
def test_windows_and_uv_install_and_start_the_same(heading):
    """Windows gets lines, since its PowerShell 5.1 has no `&&`."""
    (_, (line,)), (_, windows), (_, (uv,)) = blocks(heading)
    _, install, run = (part.split() for part in line.split(" && "))
    files = [word for word in install if word.endswith(".txt")]
    assert len(windows) == 3 and not any("&" in part for part in windows)
    assert [word for word in windows[1].split() if word.endswith(".txt")] == files
    assert re.findall(r"--with-requirements (\S+)", uv) == files
    wanted = [run[0].removeprefix(".venv/bin/"), *run[1:]]
    assert uv.split()[-len(wanted) :] == wanted
    assert windows[2].replace("\\", "/").replace(".venv/Scripts/", "").split() == wanted


def test_every_file_that_a_command_names_is_there():
    lines = [line for heading in (START, TESTS) for _, text in blocks(heading) for line in text]
    named = {word.replace("\\", "/") for line in lines for word in line.split()}
    files = {word for word in named if re.fullmatch(r"[\w/]+\.(txt|ipynb)", word)}
    assert files == {"requirements.txt", "tests/requirements.txt", FIRST_LESSON}
    assert [name for name in files if not (ROOT / name).is_file()] == []


@pytest.mark.skipif(not shutil.which("bash"), reason=".ci/run is a bash script; no bash here")
def test_the_continuous_integration_runs_the_very_same_line():
    answer = subprocess.run(
        ["bash", ".ci/run", "--print"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert answer.stdout == command(TESTS) + "\n"


def test_the_workflow_runs_it_on_every_python_and_the_newest_packages_weekly():
    workflow = (ROOT / ".github" / "workflows" / "tests.yml").read_text(encoding="utf-8")
    assert 'python: ["3.11", "3.12", "3.13", "3.14"]' in workflow
    assert "- run: bash .ci/run\n" in workflow
    assert "pip install -r requirements.in -r tests/requirements.in\n" in workflow
    assert "- run: .venv/bin/python -m tests.mutation\n" in workflow
    assert "cron:" in workflow


def test_the_binder_address_opens_the_first_lesson():
    (address,) = re.findall(r"https://mybinder\.org/\S+?(?=[`)\s])", README)
    assert address.endswith(f"?urlpath=lab/tree/{FIRST_LESSON}")


def test_a_missing_ensurepip_is_answered():
    assert "ensurepip is not available" in README and "apt install python3-venv" in README


def test_the_map_of_lessons_is_the_lessons_that_exist():
    rows = re.findall(r"^\| (\d\d) \| (?:\[[^]]+\]\((\S+)\))?", README, flags=re.MULTILINE)
    assert [number for number, _ in rows] == [f"{number:02}" for number in range(16)]
    written = {number: path for number, path in rows if path}
    there = {
        path.name[:2]: f"notebooks/{path.name}" for path in ROOT.glob("notebooks/[0-9]*.ipynb")
    }
    assert written == there, "the map in README.md and notebooks/ differ"
