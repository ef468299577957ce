"""All exercises by id, in the order of the lessons: whatever is in the folder `exercises`."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from . import exercises
from .exercise import Exercise


def _load() -> dict[str, Exercise]:
    found = {}
    for module in sorted(info.name for info in pkgutil.iter_modules(exercises.__path__)):
        for kind in vars(import_module(f"{exercises.__name__}.{module}")).values():
            if isinstance(kind, type) and issubclass(kind, Exercise) and "id" in vars(kind):
                found[kind.id] = kind()
    return found


EXERCISES: dict[str, Exercise] = _load()
