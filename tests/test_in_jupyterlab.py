"""What a learner sees in a real JupyterLab, in a headless Chromium: a lesson, and the player.

JupyterLab is loaded once, and one notebook after the other opened in it, as somebody has them who
just cloned the course: trusted by nobody.
"""

import re
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tests.execution import lab
from tests.execution.lessons import Lesson, lesson_files, normalised, pages, written
from tests.execution.rules import images
from tests.replayed import html_of

pytestmark = pytest.mark.skipif(bool(lab.missing()), reason=f"not run: {lab.missing()}")

FAILING = [
    "print('tea')",
    "from IPython.display import HTML\nHTML('<img src=\"data:image/png;base64,AAAA\">')",
    "1 / 0",
    "print('never')",
]
PLAYERS = [
    "%load_ext helpers\nimport asyncio\n\nfrom helpers import player, record",
    "async def wait(seconds):\n    await asyncio.sleep(seconds)",
    "with record() as recording:\n"
    "    await asyncio.gather(wait(0.1), wait(0.2))\nplayer(recording)",
    "player(recording)",
    "\n".join(f"# line {number}" for number in range(60)),  # so that there is where to scroll
]
STEPS = 19
# What a key that reaches JupyterLab would change.
NOTEBOOK = f"""() => ({{
    active: [...document.querySelectorAll('.jp-Cell')].findIndex(
        cell => cell.classList.contains('jp-mod-active')),
    kinds: [...document.querySelectorAll('.jp-Cell')].map(cell => cell.className.match(
        /jp-(Code|Markdown|Raw)Cell/)[1]),
    prompts: [...document.querySelectorAll('.jp-InputPrompt')].map(prompt => prompt.innerText),
    scrolled: {lab.SCROLLS}.scrollTop,
}})"""
GROUND = "player => getComputedStyle(player).backgroundColor"


@pytest.fixture(scope="module")
def jupyterlab(tmp_path_factory):
    """JupyterLab, serving a fresh clone with a few notebooks of ours beside the lessons."""
    clone = lab.fresh_clone(tmp_path_factory.mktemp("clone"))
    write(clone / "notebooks" / "failing.ipynb", FAILING)
    write(clone / "notebooks" / "steps.ipynb", PLAYERS)
    saved = new_output("execute_result", data={"text/html": html_of("together")}, execution_count=1)
    write(clone / "notebooks" / "saved.ipynb", ["player(recording)"], [saved])
    with lab.serving(clone) as server, lab.browsing() as browser:
        with lab.loaded(browser, server) as page:
            yield page


def write(path: Path, sources, outputs=()):
    cells = [new_code_cell(source, id=f"code-{at}") for at, source in enumerate(sources)]
    cells[0].outputs = list(outputs)
    path.write_text(written(normalised(new_notebook(cells=cells))))


# -- a lesson ---------------------------------------------------------------------------------


def saved_pictures(lesson: Lesson) -> list[str]:
    """The alt texts of the pictures in the saved outputs."""
    shown = [page for cell in lesson.code for page in pages(cell)]
    return [image["alt"] for page in shown for image in images(page)]


def without_numbers(pictures: list[lab.Picture]) -> list[str]:
    """What the pictures say, but for what was measured."""
    return [re.sub(r"\d[\d.]* (?:s|ms|µs|×)", "…", picture.alt) for picture in pictures]


def test_a_fresh_clone_shows_every_picture_and_runs_by_the_menu(jupyterlab, tmp_path):
    (path,) = (path for path in lesson_files() if path.name.startswith("01_"))
    lesson = Lesson.read(path)
    with lab.opened(jupyterlab, f"notebooks/{path.name}") as page:
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


def test_a_cell_that_fails_and_a_picture_that_is_none_are_seen(jupyterlab):
    """The test above can fail: this notebook goes wrong in each of its ways."""
    with lab.opened(jupyterlab, "notebooks/failing.ipynb") as page:
        lab.run_all(page)
        assert ["ZeroDivisionError" in text for text in lab.errors(page)] == [True]
        assert lab.prompts(page) == ["[1]:", "[2]:", "[3]:", "[ ]:"]
        # JupyterLab says "Image" where a picture has no words of its own.
        assert lab.pictures(page, wait_s=1) == [lab.Picture(alt="Image", width=0)]


# -- the player -------------------------------------------------------------------------------


def test_saved_and_not_trusted_it_is_an_image_and_a_table(jupyterlab):
    with lab.opened(jupyterlab, "notebooks/saved.ipynb") as page:
        assert not lab.is_trusted(page)
        assert page.locator(".player").count() == 0
        [picture] = lab.pictures(page)
        assert picture.width > 0 and picture.alt.startswith("Timeline of 4 tasks")
        page.locator(".jp-OutputArea-output summary").click()
        rows = page.locator(".jp-OutputArea-output tbody tr")
        assert rows.count() == 25 and rows.first.is_visible()
        shown = page.locator(".jp-OutputArea-output").inner_text()
        assert "stateAt" not in shown and "{" not in shown


def step_of(player) -> int:
    return int(re.search(r"step (\d+) of", player.locator(".count").inner_text())[1])


def focused(page) -> str:
    """The text of what has the focus inside a player."""
    return page.evaluate(
        "() => document.activeElement.shadowRoot?.activeElement.innerText.split('\\n')[0] ?? 'none'"
    )


@pytest.fixture(scope="class")
def page(jupyterlab):
    with lab.opened(jupyterlab, "notebooks/steps.ipynb") as page:
        lab.run_all(page)
        assert lab.errors(page) == []
        page.set_default_timeout(20_000)
        yield page


@pytest.fixture
def first(page):
    """The first of the two players, at its first step, nothing of it in focus."""
    found = page.locator(".player").first
    found.get_by_role("slider").fill("0")
    page.locator(".jp-Cell").first.locator(".jp-InputPrompt").click()
    page.keyboard.press("Escape")
    return found


class TestThePlayer:
    def test_both_players_stand_where_their_image_and_table_were(self, page):
        assert page.locator(".player").count() == 2
        assert page.locator(".jp-OutputArea-output img").first.is_hidden()
        assert page.locator(".jp-OutputArea-output details").first.is_hidden()

    def test_the_buttons_go_forward_and_back_and_keep_the_focus(self, page, first):
        second = page.locator(".player").nth(1)
        before = step_of(second)
        first.get_by_role("button", name="Next").click()
        first.get_by_role("button", name="Next").click()
        assert step_of(first) == 3 and focused(page) == "Next ▶"
        assert "which has not begun" in first.locator(".caption").inner_text()
        first.get_by_role("button", name="Back").click()
        assert step_of(first) == 2 and focused(page) == "◀ Back"
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")  # there is nothing before the first step
        assert step_of(first) == 1 and focused(page) == "◀ Back"
        assert step_of(second) == before

    def test_a_step_shows_lines_queue_waits_and_outcomes(self, page, first):
        first.get_by_role("slider").fill("7")  # both wait for their sleep
        state = first.locator(".state").inner_text()
        assert (
            "‖ wait (task 1): sleep(0.1) until" in state and "‖ wait (task 2): sleep(0.2)" in state
        )
        [line] = [text for text in first.locator(".stands").all_inner_texts() if "sleep" in text]
        assert "‖ wait (task 1) ‖ wait (task 2)" in line
        page.keyboard.press("End")
        assert "✓ done: wait (task 1)" in first.locator(".finished").inner_text()
        assert "▶ cell" in first.locator(".running").inner_text()
        assert "gather" in first.locator(".runs").inner_text()

    def test_the_caption_is_spoken_and_the_scrubber_says_its_step(self, first):
        assert first.locator(".caption").get_attribute("aria-live") == "polite"
        first.get_by_role("slider").fill("4")
        said = first.get_by_role("slider").get_attribute("aria-valuetext")
        assert said.startswith(f"step 5 of {STEPS}, at ")

    @pytest.mark.parametrize("where", ["button", "scrubber", "source", "caption"])
    def test_its_keys_step_and_neither_select_a_cell_nor_scroll(self, page, first, where):
        {
            "button": first.get_by_role("button", name="Next"),
            "scrubber": first.get_by_role("slider"),
            "source": first.locator(".line").first,
            "caption": first.locator(".caption"),
        }[where].click()
        page.keyboard.press("Home")
        before = page.evaluate(NOTEBOOK)
        for key, step in [
            ("ArrowRight", 2), ("ArrowRight", 3), ("ArrowLeft", 2), ("End", STEPS),
            ("ArrowRight", STEPS), ("Home", 1), ("ArrowLeft", 1),
        ]:  # fmt: skip
            page.keyboard.press(key)
            assert step_of(first) == step, key
            assert page.evaluate(NOTEBOOK) == before, key

    @pytest.mark.parametrize("where", ["button", "select", "line"])
    def test_keys_that_it_does_not_use_do_no_harm(self, page, first, where):
        if where == "select":
            first.get_by_role("combobox").first.focus()
        else:
            named = {"button": first.locator(".play"), "line": first.locator(".line").first}
            named[where].click()
            named[where].click()  # Play, and Pause again
        before = page.evaluate(NOTEBOOK)
        for key in [
            "d",
            "d",
            "x",
            "a",
            "b",
            "m",
            "y",
            "j",
            "k",
            "c",
            "v",
            "z",
            "0",
            "0",
            "Shift+m",
        ]:
            page.keyboard.press(key)
        page.wait_for_timeout(300)
        assert page.evaluate(NOTEBOOK) == before

    def test_the_space_bar_presses_the_button_that_has_the_focus_and_scrolls_nothing(
        self, page, first
    ):
        first.get_by_role("button", name="Next").focus()
        before = page.evaluate(NOTEBOOK)["scrolled"]
        page.keyboard.press(" ")
        assert step_of(first) == 2
        first.locator(".caption").click()
        page.keyboard.press(" ")
        page.wait_for_timeout(200)
        assert step_of(first) == 2
        assert page.evaluate(NOTEBOOK)["scrolled"] == before

    def test_stepping_can_follow_one_task(self, page, first):
        first.get_by_label("Step to the next of").select_option("wait (task 2)")
        for _ in range(3):
            first.get_by_role("button", name="Next").click()
        caption = first.locator(".caption").inner_text()
        assert caption.startswith("wait (task 2) suspends at line 2: it awaits sleep(0.2)")
        first.get_by_label("Step to the next of").select_option("any task")

    def test_nothing_plays_by_itself_and_play_ends_at_the_end(self, page, first):
        page.wait_for_timeout(700)
        assert step_of(first) == 1
        first.get_by_label("Speed").select_option("fast")
        first.get_by_role("slider").fill(str(STEPS - 3))
        first.get_by_role("button", name="Play").click()
        assert first.get_by_role("button", name="Pause").is_visible()
        first.get_by_role("button", name="Play").wait_for()
        assert step_of(first) == STEPS

    def test_it_follows_a_switch_of_jupyterlabs_theme(self, page, first):
        light = first.evaluate(GROUND)
        for theme, is_light in [("JupyterLab Dark", False), ("JupyterLab Light", True)]:
            page.get_by_role("menuitem", name="Settings", exact=True).click()
            page.locator(".lm-Menu").get_by_text("Theme", exact=True).hover()
            page.locator(".lm-Menu").get_by_text(theme, exact=True).click()
            page.wait_for_function(
                f"() => document.body.dataset.jpThemeLight === '{str(is_light).lower()}'"
            )
            page.wait_for_timeout(100)
            assert (first.evaluate(GROUND) == light) is is_light

    @pytest.mark.parametrize("width", [800, 640])
    def test_narrow_or_zoomed_nothing_is_cut_off(self, page, first, width):
        """Half the width is what 200 % of zoom leaves; JupyterLab's side bar takes 300 of it."""
        page.set_viewport_size({"width": width, "height": 500})
        try:
            page.wait_for_timeout(300)
            box = first.bounding_box()
            for part in (".next", ".scrubber", ".source", ".state", ".caption"):
                inner = first.locator(part).bounding_box()
                assert inner["width"] > 0 and inner["height"] > 0
                assert (
                    inner["x"] >= box["x"]
                    and inner["x"] + inner["width"] <= box["x"] + box["width"]
                )
        finally:
            page.set_viewport_size({"width": lab.WIDTH, "height": lab.HEIGHT})

    def test_saved_by_its_reader_and_opened_again_it_is_a_player_again(self, page, first):
        page.keyboard.press("Control+s")
        page.wait_for_function("() => !document.querySelector('.jp-mod-dirty')")
        page.evaluate(lab.CLOSE)
        assert page.locator(".player").count() == 0
        with lab.opened(page, "notebooks/steps.ipynb"):
            page.locator(".player").nth(1).wait_for()
            assert lab.is_trusted(page)
            page.locator(".player").first.get_by_role("button", name="Next").click()
            assert step_of(page.locator(".player").first) == 2
