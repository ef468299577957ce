"""Saves a picture of a whole lesson as JupyterLab shows it, for people to look at.

    python -m tests.execution.screenshot notebooks/01_waiting.ipynb lesson.png
    python -m tests.execution.screenshot notebooks/01_waiting.ipynb lesson.png --run --dark

The notebook is opened in a copy of the course and not trusted, as after a fresh clone.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from . import lab


def main(arguments: list[str] | None = None) -> str | None:
    """Save the picture; what `sys.exit` takes: None, or why there is none."""
    parser = argparse.ArgumentParser(description="Save a picture of a lesson in JupyterLab.")
    parser.add_argument("notebook", type=Path)
    parser.add_argument("picture", type=Path, help="a PNG file to write")
    parser.add_argument("--run", action="store_true", help="run all cells first")
    parser.add_argument("--dark", action="store_true", help="in JupyterLab's dark theme")
    options = parser.parse_args(arguments)
    if not options.notebook.is_file():
        return f"No such notebook: {options.notebook} (from {Path.cwd()})."
    if lab.missing():
        return f"No picture: {lab.missing()}"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        save(lab.fresh_clone(Path(folder)), options)
    return None


def save(course: Path, options: argparse.Namespace) -> None:
    """Open the notebook in this copy of the course and save how it looks."""
    shutil.copy(options.notebook, course / "notebooks")
    path = f"notebooks/{options.notebook.name}"
    with lab.serving(course, dark=options.dark) as server, lab.browsing() as browser:
        with lab.loaded(browser, server) as page, lab.opened(page, path):
            page.evaluate("() => jupyterapp.shell.collapseLeft()")
            if options.run:
                lab.run_all(page)
            lab.save_picture(page, options.picture)
            said = [f"{len(lab.pictures(page))} pictures", f"{len(lab.errors(page))} errors"]
            print(f"{options.picture}: {', '.join(said)}")


if __name__ == "__main__":
    sys.exit(main())
