"""The likely cause of an exception and what to try, told from the error alone.

Known are the mistakes that any async program can make, by what Python and asyncio say of them in
the words of 3.11 to 3.14. What one exercise asks for is not for this file.
"""

from __future__ import annotations

import asyncio
import re

from .words import a

Told = tuple[str, str]  # the likely cause, and what to try


def likely_cause(error: BaseException, refused: str = "") -> Told | None:
    """What this error comes from, None if it is not one of those that are known here.

    `refused` is what asyncio would not take for something to await, if it was asked to: "list",
    "function toast".
    """
    for kinds, *told in _KNOWN_KINDS:
        if isinstance(error, kinds):
            return tuple(told)
    said = str(error) if isinstance(error, _WITH_KNOWN_WORDS) else ""
    for pattern, tell in _KNOWN_WORDS:
        found = pattern.search(said)
        if found:
            is_fixed = isinstance(tell, tuple)
            return tell if is_fixed else tell(found, refused, _asyncio_function(error))
    return None


def of_the_call(error: BaseException) -> bool:
    """Whether a function was called with other arguments than it takes."""
    return isinstance(error, TypeError) and _OTHER_ARGUMENTS.search(str(error)) is not None


def refused_by_asyncio(error: BaseException | None) -> str:
    """What asyncio would not take for something to await, as `likely_cause` wants it.

    To be asked while the frames of the error are whole.
    """
    last = _last(error) if isinstance(error, TypeError) else None
    # Up to 3.12, to look at the locals of any other frame would keep alive what they hold.
    if last is None or _ASKED_FOR not in last.tb_frame.f_code.co_varnames:
        return ""
    value = last.tb_frame.f_locals.get(_ASKED_FOR)
    return f"{type(value).__name__} {getattr(value, '__name__', '')}".rstrip()


def _not_awaitable(given: str, name: str = "") -> Told:
    """`given` is the name of a type, `name` the function's, if it was one and it is known."""
    if given in _FUNCTIONS:
        which, call = (f"The function {name}", f", {name}(),") if name else ("A function", "")
        return (
            f"{which} was given where its call is wanted: only the call{call} makes something to "
            "await.",
            "Write the parentheses behind the function, with whatever it takes in them.",
        )
    if given == "NoneType":
        return (
            "None was given where something to await is wanted: a plain function has done its "
            "work when its call returns, and often gives None.",
            "Call a plain function as it is: no `await` before it, no gather round it.",
        )
    if given in _SEVERAL:
        return (
            f"{a(given).capitalize()} was given where one coroutine or task is wanted.",
            "Await them one by one, or all together: `await asyncio.gather(*them)`; mind the star.",
        )
    if given.endswith(("Task", "Future")):
        return (
            "It is a task or a future already: what it stands for is under way.",
            "Await it as it is; create_task wants a coroutine.",
        )
    return (
        f"{a(given).capitalize() if given else 'Something'} was given where a coroutine or task is "
        "wanted: a value, which came from a plain function or has been awaited already.",
        "Use a value as it is: no `await` before it, no task of it, no gather round it.",
    )


def _tell_of_await(found: re.Match, refused: str, by: str) -> Told:
    return _not_awaitable(found["type"])


def _tell_of_task(found: re.Match, refused: str, by: str) -> Told:
    shown = found["shown"]  # a repr, such as "<function toast>", "[<coroutine ...>]" or "None"
    for given in ("function", "bound method", "class"):
        if shown.startswith(f"<{given} "):
            name = shown.removeprefix(f"<{given} ").split()[0].strip("<>'")
            return _not_awaitable("function", name.rpartition(".")[2])
    for start, given in _BY_REPR.items():
        if shown.startswith(start):
            return _not_awaitable(given)
    return _not_awaitable("")


def _tell_of_gather(found: re.Match, refused: str, by: str) -> Told:
    given, _, name = refused.partition(" ")
    return _not_awaitable(given, name)


def _tell_of_star(found: re.Match, refused: str, by: str) -> Told | None:
    if by != "gather":
        return None  # a set or a dict of the learner's own
    return (
        f"gather was given {a(found['type'])}, and takes what is in it as one argument each.",
        "Mind the star: `await asyncio.gather(*them)`.",
    )


_STAR_BEFORE_ONE = (
    "A star stands before one thing, such as a coroutine; it takes apart what is in a list.",
    "Make a list first, one call for each item, and put the star before that.",
)
_WITH = (
    "`with` stands before something that it cannot enter. A lock, a semaphore or a group of "
    "asyncio may have to be waited for, and wants `async with`.",
    "Write `async with`, in an `async def`.",
)
_WAIT = (
    "asyncio.wait takes tasks, and what it was given are no tasks: coroutines, functions or "
    "values.",
    "Make a task of each first: [asyncio.create_task(one) for one in them].",
)
_ONE = (
    "One coroutine or task was given where a list of them is wanted.",
    "Put all of them into a list, also if it is only one.",
)


def _tell_of_generator(found: re.Match, refused: str, by: str) -> Told:
    return _not_awaitable("generator")


_OTHER_LOOP = (
    "What is awaited belongs to another event loop than the one that runs here: it was made "
    "by a loop kept in a variable, such as the notebook's, or in another cell.",
    "Inside the function, ask for the loop that runs: `asyncio.get_running_loop()`, and make "
    "everything with that one.",
)
_KEPT = (
    "A lock, a semaphore, an event or a queue belongs to the event loop on which something "
    "first waited for it. It was made once and kept; each situation of a check runs on a fresh "
    "event loop, as another program would.",
    "Make it inside the function: then it belongs to the loop that runs.",
)
_FUTURE = (
    "A task, or the future that gather gives, was used as if it were its result.",
    "`await` it first, and use what comes back.",
)
_NO_TASK = (
    "A coroutine object was taken for a task: it has no result that one could ask for.",
    "`await` it: that gives the result. If it is to run meanwhile, make a task of it with "
    "create_task.",
)
_NO_NAME = (
    "What `for` hands you from as_completed is not your task, but a coroutine object that "
    "waits for whichever is done next: it has no name.",
    "Let the job return its name with its result; `await` what `for` hands you gives both.",
)
_ONE_ERROR = (
    "An exception object was used as if it were a list of results: an `except` around all of "
    "them gives one error, and no results.",
    "Catch the error of each one by itself, or let gather give them back as results: "
    "`return_exceptions=True`.",
)
_SECOND_CALL = (
    "A coroutine object was called as if it were its function: the call that makes it has "
    "been written already.",
    "Leave out the second pair of parentheses.",
)
_SECOND_AWAIT = (
    "The same coroutine object was run or awaited a second time; it runs once only.",
    "Keep its result in a name; only a task may be awaited several times.",
)


def _asyncio_function(error: BaseException) -> str:
    """The innermost function that the error came out of."""
    last = _last(error)
    return last.tb_frame.f_code.co_name if last else ""


def _last(error: BaseException):
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace


_ASKED_FOR = "coro_or_future"  # the parameter of asyncio.ensure_future, through which all goes
_FUNCTIONS = ("function", "method", "builtin_function_or_method", "type", "partial")
_SEVERAL = ("list", "tuple", "set", "dict", "generator", "map", "dict_values")
_BY_REPR = {
    "None": "NoneType",
    "[": "list",
    "(": "tuple",
    "{": "set",
    "<generator": "generator",
    "<Task": "Task",
    "<Future": "Future",
    "<_GatheringFuture": "Future",
}
_OTHER_ARGUMENTS = re.compile(
    r"takes .*arguments?\b|missing .*required .*argument|unexpected keyword|"
    r"too many positional|multiple values for argument"
)
_WITH_KNOWN_WORDS = (TypeError, AttributeError, RuntimeError, KeyError)
_KNOWN_WORDS = (
    (re.compile(r"object (?P<type>\w+) can't be used in 'await'"), _tell_of_await),
    (re.compile(r"'(?P<type>\w+)' object can't be awaited"), _tell_of_await),  # from 3.14 on
    (re.compile(r"a coroutine was expected, got (?P<shown>.+)"), _tell_of_task),
    (re.compile(r"coroutine or an awaitable is required"), _tell_of_gather),
    (re.compile(r"unhashable type: '(?P<type>\w+)'"), _tell_of_star),
    (re.compile(r"argument after \* must be an iterable, not \w"), _STAR_BEFORE_ONE),
    (re.compile(r"does not support the context manager protocol"), _WITH),
    (re.compile(r"Passing coroutines is forbidden"), _WAIT),
    (re.compile(r"has no attribute '(add_done_callback|_asyncio_\w+)'"), _WAIT),
    (re.compile(r"expects? an? (list|iterable) of (futures|awaitables)"), _ONE),
    (re.compile(r"Task got bad yield"), _tell_of_generator),
    (re.compile(r"attached to a different loop"), _OTHER_LOOP),
    (re.compile(r"bound to a different event loop"), _KEPT),
    (re.compile(r"await wasn't used with future"), _FUTURE),  # it was unpacked
    (
        re.compile(r"'(_GatheringFuture|(_asyncio\.)?(Task|Future))' object (is not|has no)"),
        _FUTURE,
    ),
    (re.compile(r"'coroutine' object has no attribute '(result|done)'"), _NO_TASK),
    (re.compile(r"'coroutine' object has no attribute 'get_name'"), _NO_NAME),
    (re.compile(r"^<coroutine object \S*_wait_for_one"), _NO_NAME),  # a dict was asked
    (re.compile(r"'\w*(Error|Exception|Group)' object is not (iter|subscr)"), _ONE_ERROR),
    (re.compile(r"'coroutine' object is not callable"), _SECOND_CALL),
    (re.compile(r"cannot reuse already awaited coroutine"), _SECOND_AWAIT),
)
_KNOWN_KINDS = (
    (
        (SystemExit, KeyboardInterrupt),
        "It ends the program. A function that others call leaves that to them.",
        "`return` ends a function.",
    ),
    (
        EOFError,
        "An exercise has nobody at the keyboard.",
        "Use the parameters instead of input().",
    ),
    (
        RecursionError,
        "A function calls itself, directly or by way of another, and never stops.",
        "Ask when it stops calling itself, and whether that can happen.",
    ),
    (
        asyncio.InvalidStateError,
        "The result of a task or future was asked for before there was one.",
        "`await` the task: that waits for the result and gives it.",
    ),
    (
        asyncio.CancelledError,
        "A task that is awaited was cancelled, or the function raised CancelledError itself.",
        "Look for the cancel() of a task whose result is still wanted.",
    ),
    (
        (TimeoutError, asyncio.TimeoutError),
        "A timeout of your own ran out before the work was done.",
        "Leave the timeout out, or give it more time.",
    ),
    (
        UnboundLocalError,
        "A name of the function is used before anything is assigned to it: what stands right of "
        "the `=` runs first, and a line that was jumped over assigns nothing.",
        "Bring about what that name stands for on a line before.",
    ),
    (
        NameError,
        "A name is used that is not defined, at least not where the function looks for it.",
        "Import it or define it in a cell above, and mind its spelling.",
    ),
)
