"""A lesson in a real JupyterLab, in a headless Chromium, as somebody who just cloned it sees it."""

import re
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tests.execution import lab
from tests.execution.lessons import Lesson, lesson_files, normalised, pages, written
from tests.execution.rules import images

pytestmark = pytest.mark.skipif(bool(lab.missing()), reason=f"not run: {lab.missing()}")
FAILING = [
    "print('tea')",
    "from IPython.display import HTML\nHTML('<img src=\"data:image/png;base64,AAAA\">')",
    "1 / 0",
    "print('never')",
]


@pytest.fixture(scope="module")
def clone(tmp_path_factory) -> Path:
    """A fresh clone, and in it a notebook that goes wrong."""
    folder = lab.fresh_clone(tmp_path_factory.mktemp("clone"))
    cells = [new_code_cell(source, id=f"code-{at}") for at, source in enumerate(FAILING)]
    (folder / "notebooks" / "failing.ipynb").write_text(
        written(normalised(new_notebook(cells=cells)))
    )
    return folder


@pytest.fixture(scope="module")
def open_notebook(clone):
    """Opens a notebook of the clone: `with open_notebook("01_waiting.ipynb") as page`."""
    with lab.serving(clone) as server, lab.browsing() as browser:
        yield lambda name: lab.opened(browser, server, f"notebooks/{name}")


def saved_pictures(lesson: Lesson) -> list[str]:
    """The alt texts of the pictures in the saved outputs."""
    shown = [page for cell in lesson.code for page in pages(cell)]
    return [image["alt"] for page in shown for image in images(page)]


def without_numbers(pictures: list[lab.Picture]) -> list[str]:
    """What the pictures say, but for what was measured."""
    return [re.sub(r"\d[\d.]* (?:s|ms|µs|×)", "…", picture.alt) for picture in pictures]


def test_a_fresh_clone_shows_every_picture_and_runs_by_the_menu(open_notebook, tmp_path):
    (path,) = (path for path in lesson_files() if path.name.startswith("01_"))
    lesson = Lesson.read(path)
    with open_notebook(path.name) as page:
        before = lab.pictures(page)
        page.screenshot(path=tmp_path / "opened.png")
        assert not lab.is_trusted(page)
        assert [picture.alt for picture in before] == saved_pictures(lesson) != []
        assert all(picture.width > 0 for picture in before)

        lab.run_all(page)
        page.screenshot(path=tmp_path / "run.png")
        assert lab.errors(page) == []
        assert lab.prompts(page) == [f"[{cell.execution_count}]:" for cell in lesson.code]
        after = lab.pictures(page)
        assert without_numbers(after) == without_numbers(before)
        assert all(picture.width > 0 for picture in after)


def test_a_cell_that_fails_and_a_picture_that_is_none_are_seen(open_notebook):
    """The test above can fail: this notebook goes wrong in each of its ways."""
    with open_notebook("failing.ipynb") as page:
        lab.run_all(page)
        assert ["ZeroDivisionError" in text for text in lab.errors(page)] == [True]
        assert lab.prompts(page) == ["[1]:", "[2]:", "[3]:", "[ ]:"]
        # JupyterLab says "Image" where a picture has no words of its own.
        assert lab.pictures(page, wait_s=1) == [lab.Picture(alt="Image", width=0)]
