"""A notebook gets the course's `helpers`, also where another package of that name is installed.

Each test lays out a small course of its own (the real `notebooks/helpers.py` beside a stand-in
package) and asks a fresh Python, started in its `notebooks/` as a kernel is, what it imported.
"""

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHIM = ROOT / "notebooks" / "helpers.py"
COURSE = """
whose = "the course's"

def load_ipython_extension(shell):
    print("extension loaded:", whose)
"""
FOREIGN = "whose = 'somebody else\\'s'\n"
ASK = "import helpers, helpers.recording; print(helpers.whose, helpers.recording.__name__)"


def write_package(folder: Path, source: str) -> None:
    """Write an importable `helpers` package with this `__init__.py` into `folder`."""
    package = folder / "helpers"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(source, encoding="utf-8")


def run(python: str, notebooks: Path, *arguments: str, **variables: str):
    """Run `python` in `notebooks` with this folder first on the search path, as a kernel has it."""
    return subprocess.run(
        [python, *arguments],
        cwd=notebooks,
        env={**os.environ, "PYTHONPATH": "", **variables},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def notebooks(tmp_path: Path) -> Path:
    """The `notebooks/` folder of a small course: our shim, and a package that says whose it is."""
    write_package(tmp_path / "course", COURSE)
    (tmp_path / "course" / "helpers" / "recording.py").touch()
    folder = tmp_path / "course" / "notebooks"
    folder.mkdir()
    shutil.copy(SHIM, folder)
    return folder


@pytest.fixture
def crowded_python(tmp_path: Path) -> str:
    """A Python of its own in which somebody else's package `helpers` is installed."""
    environment = tmp_path / "environment"
    venv.create(environment, symlinks=os.name != "nt")
    site = next(environment.glob("[Ll]ib/**/site-packages"))
    write_package(site, FOREIGN)
    return str(next(path for path in environment.glob("*/python*") if path.is_file()))


def test_an_installed_package_of_the_same_name_does_not_shadow_ours(notebooks, crowded_python):
    answer = run(crowded_python, notebooks, "-c", ASK)
    assert answer.stdout.split("\n")[0] == "the course's helpers.recording", answer.stderr


def test_without_the_shim_the_installed_package_would_win(notebooks, crowded_python):
    """The shim is still needed; when this fails, it can go."""
    (notebooks / "helpers.py").unlink()
    answer = run(crowded_python, notebooks, "-c", "import helpers; print(helpers.whose)")
    assert answer.stdout == "somebody else's\n", answer.stderr


def test_the_extension_that_a_lesson_loads_is_ours(notebooks, tmp_path):
    write_package(tmp_path / "elsewhere", FOREIGN)
    answer = run(
        sys.executable,
        notebooks,
        *("-m", "IPython", "--no-banner", "--colors=NoColor", "-c", "%load_ext helpers"),
        PYTHONPATH=str(tmp_path / "elsewhere"),
        IPYTHONDIR=str(tmp_path / "ipython"),
    )
    assert "extension loaded: the course's" in answer.stdout, answer.stdout + answer.stderr


def test_notebooks_moved_away_from_the_course_are_told_so(notebooks, crowded_python):
    shutil.rmtree(notebooks.parent / "helpers")
    answer = run(crowded_python, notebooks, "-c", ASK)
    assert "keep notebooks/ and helpers/ side by side" in answer.stderr.splitlines()[-1]


def test_from_the_real_notebooks_folder_the_real_package_is_found(crowded_python):
    question = "import helpers; print(helpers.__file__)"
    answer = run(crowded_python, ROOT / "notebooks", "-c", question)
    assert Path(answer.stdout.strip()) == ROOT / "helpers" / "__init__.py", answer.stderr
