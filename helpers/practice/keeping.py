"""The keeper: the state of the interpreter that an answer must not change for good.

It takes note of everything when it is made and puts back whatever has changed. Only what belongs
to the whole process is here: names of modules and classes, settings, hooks. An answer's own
globals are the learner's.
"""

from __future__ import annotations

import asyncio
import builtins
import concurrent.futures
import gc
import inspect
import operator
import os
import sys
import threading
import time
from typing import Any

from .fast import FastLoop
from .virtual import VirtualLoop

# nest_asyncio replaces names in the modules and methods in the classes.
_CLASSES = (
    asyncio.base_events.BaseEventLoop,
    asyncio.selector_events.BaseSelectorEventLoop,
    asyncio.SelectorEventLoop,
    FastLoop,
    VirtualLoop,
    asyncio.events.Handle,
    asyncio.events.TimerHandle,
    asyncio.runners.Runner,
    asyncio.tasks._PyTask,
    asyncio.futures._PyFuture,
    threading.Thread,
    concurrent.futures.ThreadPoolExecutor,
)
# Found once: the kernel has a thousand modules, and a check is to be quick.
_ASYNCIO = [module for name, module in sys.modules.items() if f"{name}.".startswith("asyncio.")]
_MODULES = (builtins, gc, inspect, os, threading, time, *_ASYNCIO)
_BUILTINS = vars(builtins)
_FROZEN_BY_PYTHON = gc.get_freeze_count()  # 3.12 begins with some hundred
_HOOKS = ("stdin", "stdout", "stderr", "excepthook", "unraisablehook", "displayhook")
_SETTINGS = (
    (sys.getrecursionlimit, sys.setrecursionlimit),
    (sys.getswitchinterval, sys.setswitchinterval),
    (gc.get_threshold, lambda threshold: gc.set_threshold(*threshold)),
    (gc.get_debug, gc.set_debug),
    (gc.isenabled, lambda enabled: gc.enable() if enabled else gc.disable()),
)


class Keeper:
    """Notes the state of the interpreter when it is made; `restore()` brings it back."""

    def __init__(self):
        self._names = [(module, vars(module).copy()) for module in _MODULES]
        self._builtins = _BUILTINS.copy()
        self._methods = [(kind, vars(kind).copy()) for kind in _CLASSES]
        self._hooks = {name: getattr(sys, name) for name in _HOOKS}
        self._settings = [(put, get()) for get, put in _SETTINGS]
        self._callbacks = list(gc.callbacks)
        self._had_frozen = gc.get_freeze_count() > _FROZEN_BY_PYTHON

    def restore_builtins(self) -> None:
        """Bring back the names that are missing or changed, by nothing that may be missing."""
        _BUILTINS.update(self._builtins)

    def restore(self) -> None:
        self.restore_builtins()
        for holder, before in self._names:
            _restore(holder, before)
        for kind, before in self._methods:
            _restore(kind, before)
            for name in vars(kind).keys() - before.keys():
                if not name.startswith("__"):  # Python adds some by itself
                    delattr(kind, name)
        vars(sys).update(self._hooks)
        for put, value in self._settings:
            put(value)
        gc.callbacks[:] = self._callbacks
        gc.unfreeze()
        if self._had_frozen:
            gc.freeze()


def _restore(holder: Any, before: dict[str, Any]) -> None:
    now = vars(holder)
    if len(now) == len(before) and all(map(operator.is_, now.values(), before.values())):
        return  # as it was, in the same order: nearly always so, and a tenth of the time
    for name in [name for name, value in before.items() if now.get(name) is not value]:
        setattr(holder, name, before[name])
