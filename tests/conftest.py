"""Makes `pytest` run the lessons too, and keeps every test away from a learner's own files.

The saved outputs come from one Python (binder/runtime.txt). On that one nbval compares each
cell's output with them, but for what sanitize.cfg names; on others, where messages and
tracebacks differ, it checks that the cells run.
"""

import gc
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.execution.kernels import own_files
from tests.execution.lessons import COMMITTED_WITH, is_lesson

# These wait for a browser or for real seconds. They come first, the longest before the others, so
# that none of them is alone at work at the end.
LONGEST = (
    "test_in_jupyterlab.py",
    "test_lessons_queued.py",
    "test_exercises.py",
    "test_survival.py",
    "01_waiting.ipynb",
    "06_whose_loop.ipynb",
    "test_survival_kernel.py",
)
RUNNING = ".".join(map(str, sys.version_info[:2]))
_FOLDER = pytest.StashKey[tempfile.TemporaryDirectory]()


class LessonsOnly:
    """Only the course's lessons are executed: no checkpoint, no notebook of the learner's own.

    A plugin, since a hook in this file would not be asked about files in notebooks/.
    """

    @pytest.hookimpl(tryfirst=True)
    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        is_other = collection_path.suffix == ".ipynb" and not is_lesson(collection_path)
        return True if is_other else None


# Some containers forbid Python to keep what it has compiled. Then every worker would compile the
# tests, and every kernel the course, anew: a quarter of the time of a whole run.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(LessonsOnly())
    if not (config.option.nbval or config.option.nbval_lax):
        strict = RUNNING == COMMITTED_WITH
        config.option.nbval, config.option.nbval_lax = strict, not strict
    if config.option.nbval_sanitize_with is None:
        config.option.nbval_sanitize_with = str(Path(__file__).with_name("sanitize.cfg"))
    config.stash[_FOLDER] = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    os.environ.update(own_files(Path(config.stash[_FOLDER].name)))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.name, len(LONGEST)))


def pytest_unconfigure(config: pytest.Config) -> None:
    if _FOLDER in config.stash:
        config.stash[_FOLDER].cleanup()


@pytest.fixture
def warned() -> Iterator[list[warnings.WarningMessage]]:
    """The warnings of this test, and none of what tests before it have left to be freed."""
    gc.collect()
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        yield found


def pytest_report_header(config: pytest.Config) -> str:
    if config.option.nbval:
        return f"lessons: strict, every output is compared with the saved one (Python {RUNNING})"
    return (
        f"lessons: lax, every cell must run (Python {RUNNING}); "
        f"outputs are compared on Python {COMMITTED_WITH}, which they come from"
    )
