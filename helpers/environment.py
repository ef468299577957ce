"""What this Python has of what the course needs, in sentences.

Only looks, installs nothing, displays nothing; the standard library is all that it needs, since
it is asked when something else is missing.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

OLDEST = (3, 11)
# What learners import by way of the course, and what it is called when it is installed.
PACKAGES = {"IPython": "ipython", "ipykernel": "ipykernel", "matplotlib": "matplotlib"}
_ROOT = Path(__file__).parents[1]
_INSTALL = "type `%pip install -r ../requirements.txt` in a cell and restart the kernel"


def problems(
    *,
    version: tuple[int, ...] = sys.version_info,
    packages: dict[str, str] = PACKAGES,
    folder: Path = _ROOT / "notebooks",
) -> list[str]:
    """What is missing or wrong, and what to do about it, a sentence each; [] if nothing is."""
    found = []
    if tuple(version[:2]) < OLDEST:
        found.append(
            f"This is Python {version[0]}.{version[1]}, and the course needs "
            f"{OLDEST[0]}.{OLDEST[1]} or newer: choose another kernel, or install one."
        )
    missing = [package for name, package in packages.items() if not _has(name)]
    if missing:
        found.append(f"Not installed: {', '.join(missing)}. To mend it, {_INSTALL}.")
    if not os.access(folder, os.W_OK):
        found.append(
            f"The folder {folder.name} cannot be written to, so your progress will not be kept."
        )
    return found


def missing_package(package: str, wanted: str) -> str:
    """Why `helpers.<wanted>` cannot be had, as a sentence."""
    return (
        f"helpers.{wanted} needs the package {package!r}, which this Python does not have: choose "
        f"the kernel of the course's own environment, or {_INSTALL}"
    )


def _has(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ValueError:  # half-imported
        return True
