"""Code and notebooks keep one style: the two ruff commands that CONTRIBUTING.md names."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.skipif(not find_spec("ruff"), reason="ruff is in tests/requirements.txt: install it")
@pytest.mark.parametrize("command", ["check", "format --check --diff"])
def test_ruff_finds_nothing_to_change(command):
    answer = subprocess.run(
        [sys.executable, "-m", "ruff", *command.split(), "--no-cache", "."],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
