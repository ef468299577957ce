"""While You Wait: see what an event loop did, and be judged by it.

    from helpers import check, compare, record

Every name is loaded when it is first used, so that `import helpers` stays light: matplotlib and
the services' packages cost nothing until a picture is drawn or a server started.
"""

import sys
from importlib import import_module
from typing import Any

from helpers.environment import missing_package

_ROOMS = {
    "record": "recording",
    "compare": "pictures",
    "timeline": "pictures",
    "check": "notebook",
    "check_setup": "notebook",
    "end_ghosts": "notebook",
    "ghosts": "notebook",
    "hint": "notebook",
    "player": "notebook",
    "progress": "notebook",
    "solution": "notebook",
    "load_ipython_extension": "notebook",
    "unload_ipython_extension": "notebook",
}

__all__ = [name for name in _ROOMS if not name.endswith("_ipython_extension")]


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"helpers has no {name!r}; it has {', '.join(sorted(__all__))}")
    try:
        _let_recordings_show_themselves()
        return getattr(import_module(f"helpers.{_ROOMS[name]}"), name)
    except ModuleNotFoundError as error:
        raise _missing(error, name) from None


def _let_recordings_show_themselves() -> None:
    """Also in a learner's own notebook, which may never say `%load_ext helpers`."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is not None:
        import_module("helpers.notebook").show_recordings(shell)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])


def _missing(error: ModuleNotFoundError, name: str) -> ImportError:
    if (error.name or "").startswith("helpers"):
        return error
    return ImportError(missing_package(error.name, name))
