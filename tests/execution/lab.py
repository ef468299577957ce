"""A real JupyterLab in a headless Chromium: its own server, a lesson open in it, what it shows.

The server gets folders of its own for data, settings and the user's profile, so that it trusts
no notebook, as on a machine that has just cloned the course. No browser is downloaded: the
Chromium or Chrome of this machine is used. JupyterLab takes ten seconds of CPU to load, and a
notebook in it one: load it once, and open in it whatever is to be seen.
"""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from .kernels import own_files
from .lessons import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_S, RUN_S = 180, 300
POLL_MS = 200  # not at each frame, which keeps the browser busy
WIDTH, HEIGHT = 1280, 900

# Every cell is drawn, whether or not it is in view; nothing is asked, fetched or saved meanwhile.
SETTINGS = {
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "docmanager-extension/plugin": {"autosave": False},
}
PICTURES = """() => [...document.querySelectorAll('.jp-OutputArea img')].map(
    image => ({alt: image.alt, width: image.complete ? image.naturalWidth : 0}))"""
ERRORS = """() => [...document.querySelectorAll(
    '.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"]')].map(
    output => output.innerText)"""
SCROLLS = "document.querySelector('.jp-NotebookPanel .jp-WindowedPanel-outer')"
PROMPTS = """() => [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(
    prompt => prompt.innerText.trim())"""
IS_IDLE = """() => document.querySelector('#jp-main-statusbar').textContent.includes('| Idle')"""
HAS_ENDED = """() => ![...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].some(
    prompt => prompt.textContent.includes('[*]:'))"""
OPEN = "async path => { await jupyterapp.commands.execute('docmanager:open', {path}); }"
CLOSE = """async () => {
    const panels = [...jupyterapp.shell.widgets('main')].filter(panel => panel.sessionContext);
    for (const panel of panels) {
        await panel.sessionContext.shutdown();
        panel.dispose();
    }
}"""
# Whether a cell has been waiting for its turn since this was asked: a notebook of quick cells may
# be through before anybody looks for a "[*]:".
WATCH = """() => {
    const notebook = document.querySelector('.jp-NotebookPanel');
    window.hasBegun = false;
    const isWaiting = prompt => prompt.textContent.includes('[*]:');
    new MutationObserver(() => {
        window.hasBegun ||= [...notebook.querySelectorAll('.jp-InputPrompt')].some(isWaiting);
    }).observe(notebook, {subtree: true, childList: true, characterData: true});
}"""


@dataclass(frozen=True)
class Picture:
    """A picture as the browser has it: its words, and its width in pixels (0: not drawn)."""

    alt: str
    width: int


def missing() -> str | None:
    """What has to be installed before a lesson can be opened in a browser; None if nothing."""
    if not find_spec("playwright"):
        return "no playwright: pip install -r tests/requirements.txt"
    if not find_browser():
        return "no Chromium or Chrome on the PATH: apt install chromium, or install Google Chrome"
    return None


def find_browser() -> str | None:
    """The Chromium or Chrome of this machine."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def fresh_clone(folder: Path) -> Path:
    """Copy what a learner needs of the course into `folder`, without anything a run left behind."""
    left = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "*.jsonl")
    for name in ("helpers", "notebooks"):
        shutil.copytree(ROOT / name, folder / name, ignore=left)
    return folder


@contextmanager
def serving(root: Path, *, dark: bool = False) -> Iterator[str]:
    """A JupyterLab that serves `root`, with no trust and no settings but ours: its address."""
    theme = "JupyterLab Dark" if dark else "JupyterLab Light"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        write_settings(folder, SETTINGS | {"apputils-extension/themes": {"theme": theme}})
        token = secrets.token_hex(16)
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
                *(
                    "--ServerApp.ip=127.0.0.1",
                    "--ServerApp.port=0",
                    f"--IdentityProvider.token={token}",
                ),
                *(f"--ServerApp.root_dir={root}", "--LabApp.extension_manager=readonly"),
                "--LabApp.expose_app_in_browser=True",
            ],
            env={**os.environ, **environment(folder)},
            stdout=subprocess.DEVNULL,
            stderr=(folder / "log").open("w"),
            start_new_session=True,
        )
        try:
            yield f"{address(server, folder)}lab?reset&token={token}"
        finally:
            stop(server)


def write_settings(folder: Path, settings: dict[str, dict]) -> None:
    """Write JupyterLab's user settings, by plugin."""
    for plugin, values in settings.items():
        path = folder / "settings" / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))


def environment(folder: Path) -> dict[str, str]:
    """Environment variables that keep a JupyterLab inside this folder."""
    places = {
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    }
    return {**{name: str(folder / place) for name, place in places.items()}, **own_files(folder)}


def address(server: subprocess.Popen, folder: Path) -> str:
    """Where the server listens, as soon as it says so in its runtime folder."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and server.poll() is None:
        for path in folder.glob("runtime/jpserver-*.json"):
            try:
                return json.loads(path.read_text())["url"]
            except json.JSONDecodeError:  # it is being written
                break
        time.sleep(0.1)
    log = (folder / "log").read_text()
    raise RuntimeError(f"JupyterLab did not start within {START_S} s; it said:\n{log[-2000:]}")


def stop(server: subprocess.Popen) -> None:
    """End the server and the kernels that it started, all in a process group of their own."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        if server.poll() is None:
            os.killpg(server.pid, sign)
            try:
                server.wait(timeout=10)
            except subprocess.TimeoutExpired:
                continue


@contextmanager
def browsing() -> Iterator["Browser"]:
    """A headless browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def loaded(browser: "Browser", server: str) -> Iterator["Page"]:
    """A page with JupyterLab in it, and no notebook open."""
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    page.set_default_timeout(START_S * 1000)
    try:
        page.goto(server)
        page.wait_for_function("() => window.jupyterapp", polling=POLL_MS)
        page.evaluate("() => jupyterapp.restored")
        yield page
    finally:
        page.close()


@contextmanager
def opened(page: "Page", path: str) -> Iterator["Page"]:
    """The page with this notebook open in JupyterLab, and no other, its kernel ready.

    Afterwards it is closed and its kernel ended; what was not saved is lost.
    """
    page.evaluate(OPEN, path)
    try:
        page.wait_for_selector(".jp-NotebookPanel .jp-CodeCell .jp-InputPrompt")
        wait_until_idle(page)
        yield page
    finally:
        page.evaluate(CLOSE)


def wait_until_idle(page: "Page") -> None:
    """Until the kernel is ready: before that, Run All runs nothing and says nothing."""
    page.wait_for_function(IS_IDLE, polling=POLL_MS)


def is_trusted(page: "Page") -> bool:
    """Does JupyterLab trust the outputs of this notebook, and so run scripts in them?"""
    return not page.get_by_title("Notebook not trusted").count()


def run_all(page: "Page") -> None:
    """Run → Run All Cells, by the menu, and wait for the last cell."""
    page.evaluate(WATCH)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_function("() => window.hasBegun", polling=POLL_MS)
    page.wait_for_function(HAS_ENDED, timeout=RUN_S * 1000, polling=POLL_MS)
    wait_until_idle(page)


def pictures(page: "Page", wait_s: float = 20) -> list[Picture]:
    """The pictures among the outputs, as soon as all are drawn, else after `wait_s` seconds."""
    found = [Picture(**each) for each in page.evaluate(PICTURES)]
    deadline = time.monotonic() + wait_s
    while not all(each.width for each in found) and time.monotonic() < deadline:
        page.wait_for_timeout(100)
        found = [Picture(**each) for each in page.evaluate(PICTURES)]
    return found


def errors(page: "Page") -> list[str]:
    """The text of every error output and of what cells wrote to stderr: Lab draws them alike."""
    return page.evaluate(ERRORS)


def prompts(page: "Page") -> list[str]:
    """What stands before each code cell: "[1]:" once it was run, "[ ]:" if it was not."""
    return page.evaluate(PROMPTS)


def save_picture(page: "Page", path: Path) -> None:
    """Save the page as a PNG, tall enough for the whole notebook."""
    height = page.evaluate(
        f"() => {{ const outer = {SCROLLS}; return window.innerHeight"
        " + Math.ceil(outer.scrollHeight - outer.clientHeight); }"
    )
    page.set_viewport_size({"width": WIDTH, "height": height})
    page.evaluate(f"() => {{ {SCROLLS}.scrollTop = 0; document.activeElement.blur(); }}")
    page.screenshot(path=path)
