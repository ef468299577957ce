"""02 Coroutines: answers to its exercises."""

import asyncio
import inspect
import time
from concurrent.futures import ThreadPoolExecutor

from . import right, right_value, wrong, wrong_value

# -- predict-made -------------------------------------------------------------------------

EXPRESSIONS = (
    "tea",
    "tea()",
    "await tea()",
    "cup()",
    "await cup()",
    "await tea",
    "[tea(), tea()][0]",
    "once = tea(); await once; await once",
)
RIGHT = (
    "function",
    "coroutine object",
    "value",
    "coroutine object",
    "value",
    "error",
    "coroutine object",
    "error",
)


def made(**changed: object) -> dict[str, object]:
    """The right prediction with some places changed: made(_1="value")."""
    words = list(RIGHT)
    for place, word in changed.items():
        words[int(place[1:])] = word
    return dict(zip(EXPRESSIONS, words, strict=True))


right_value(
    "predict-made",
    made(),
    list(RIGHT),
    RIGHT,
    [word.upper() for word in RIGHT],
    [f"a {word}" for word in RIGHT],
    made(_0="a coroutine function", _1="coroutine", _5="TypeError", _7="RuntimeError"),
    made(_2="tea", _4='"tea"'),
    made(_3="a coroutine", _6=" Coroutine Object ", _5="an error"),
)
for changed, says in (
    ({"_0": "coroutine object"}, "Without parentheses nothing is called"),
    ({"_0": "value"}, "Without parentheses nothing is called"),
    ({"_0": "error"}, "can be named without a call"),
    ({"_1": "value"}, "runs nothing of it"),
    ({"_1": "function"}, "runs nothing of it"),
    ({"_1": "error"}, "so easy to forget"),
    ({"_2": "coroutine object"}, "await runs it to its end"),
    ({"_2": "error"}, "await runs it and gives what it returned"),
    ({"_3": "value"}, "nobody has awaited that"),
    ({"_3": "error"}, "What it may not do is await it"),
    ({"_3": "function"}, "it returns what tea() made"),
    ({"_4": "error"}, "await does not ask who made the object"),
    ({"_4": "coroutine object"}, "await turns it into what tea returns"),
    ({"_5": "value"}, "await does not call"),
    ({"_5": "coroutine object"}, "TypeError"),
    ({"_6": "value"}, "Putting them into a list awaits nothing"),
    ({"_6": "function"}, "two coroutine objects"),
    ({"_7": "value"}, "Another run needs another call"),
    ({"_7": "coroutine object"}, "awaiting it again raises RuntimeError"),
    ({"_1": "value", "_7": "value"}, "what tea() gives"),
    ({"_4": "promise"}, "none of the four words"),
    ({"_4": 4}, "none of the four words"),
    ({"_4": ["value"]}, "none of the four words"),
):
    wrong_value("predict-made", "wrong-value", made(**changed), says=says)
for value in ("value", 8, [], RIGHT[:7], {*RIGHT}, {"tea": "function"}, iter(RIGHT)):
    wrong_value("predict-made", "wrong-value", value, says="eight words")
for value, says in (
    (dict.fromkeys(EXPRESSIONS, ...), "Nothing is filled in yet."),
    (made(_7=...), "1 of 8 places is still blank."),
    (made(_0=None, _7=...), "2 of 8 places are still blank."),
    (None, "Nothing is filled in yet."),
):
    wrong_value("predict-made", "not-started", value, says=says)

# -- forgotten-await: right ---------------------------------------------------------------


@right("forgotten-await")
async def all_in_one_line(boil, toast, pour):
    return f"{await pour(await boil())} and {await toast()}"


@right("forgotten-await")
async def water_and_bread_together(boil, toast, pour):
    water, bread = await asyncio.gather(boil(), toast())
    cup = await pour(water)
    return f"{cup} and {bread}"


@right("forgotten-await")
async def objects_first_awaits_later(boil, toast, pour):
    water = boil()
    bread = toast()
    cup = pour(await water)
    return f"{await cup} and {await bread}"


@right("forgotten-await")
async def bread_as_a_task(boil, toast, pour):
    toasting = asyncio.create_task(toast())
    cup = await pour(await boil())
    return f"{cup} and {await toasting}"


@right("forgotten-await")
async def a_function_inside(boil, toast, pour):
    async def tea():
        return await pour(await boil())

    cup, bread = await asyncio.gather(tea(), toast())
    return cup + " and " + bread


@right("forgotten-await")
async def a_group(boil, toast, pour):
    async with asyncio.TaskGroup() as group:
        water, bread = group.create_task(boil()), group.create_task(toast())
    return f"{await pour(water.result())} and {bread.result()}"


@right("forgotten-await")
async def a_wait_of_its_own(boil, toast, pour):
    water = await boil()
    await asyncio.sleep(1)
    bread = await asyncio.wait_for(toast(), 60)
    return " and ".join([await pour(water), bread])


@right("forgotten-await")
def a_plain_function_that_hands_on(boil, toast, pour):
    return all_in_one_line(boil, toast, pour)


# -- forgotten-await: wrong ---------------------------------------------------------------


@wrong("forgotten-await", "not-started", says="boil, toast and pour were called, and nothing")
async def none_awaited(boil, toast, pour):
    water = boil()
    bread = toast()
    cup = pour(water)
    return f"{cup} and {bread}"


@wrong("forgotten-await", "not-started", says="boil was called, and nothing")
async def the_first_line_only(boil, toast, pour):
    boil()


@wrong("forgotten-await", "not-awaited", says="A task, also one that is done, is not its result")
async def a_task_in_the_text(boil, toast, pour):
    bread = asyncio.create_task(toast())
    cup = await pour(await boil())
    await asyncio.wait([bread])
    return f"{cup} and {bread}"


@wrong("forgotten-await", "not-awaited", says="to the end: toast, pour")
async def only_boil(boil, toast, pour):
    water = await boil()
    bread = toast()
    cup = pour(water)
    return f"{cup} and {bread}"


@wrong("forgotten-await", "not-awaited", says="in place of the water")
async def only_toast(boil, toast, pour):
    water = boil()
    bread = await toast()
    cup = pour(water)
    return f"{cup} and {bread}"


@wrong("forgotten-await", "not-awaited", says="a coroutine object in place of the water")
async def only_pour(boil, toast, pour):
    water = boil()
    bread = toast()
    cup = await pour(water)
    return f"{cup} and {bread}"


@wrong("forgotten-await", "not-awaited", says="to the end: pour")
async def all_but_pour(boil, toast, pour):
    water = await boil()
    bread = await toast()
    cup = pour(water)
    return f"{cup} and {bread}"


@wrong("forgotten-await", "not-awaited", says="in front of the call of toast")
async def all_but_toast(boil, toast, pour):
    water = await boil()
    bread = toast()
    cup = await pour(water)
    return f"{cup} and {bread}"


@wrong("forgotten-await", "not-awaited", says="a coroutine object in place of the water")
async def all_but_boil(boil, toast, pour):
    water = boil()
    bread = await toast()
    cup = await pour(water)
    return f"{cup} and {bread}"


@wrong("forgotten-await", "not-awaited", says="a task in place of the water")
async def a_task_is_poured(boil, toast, pour):
    water = asyncio.create_task(boil())
    bread = await toast()
    cup = await pour(water)
    return f"{cup} and {bread}"


@wrong("forgotten-await", "not-awaited", says="to the end: boil, toast")
async def gather_not_awaited(boil, toast, pour):
    asyncio.gather(boil(), toast())
    return "tea and toast"


@wrong("forgotten-await", "not-awaited")
async def objects_in_a_tuple(boil, toast, pour):
    return await boil(), toast()


@wrong("forgotten-await", "raised", says="TypeError")
async def awaits_the_function(boil, toast, pour):
    water = await boil
    return f"{await pour(water)} and {await toast()}"


@wrong("forgotten-await", "raised", says="TypeError")
async def awaits_the_text(boil, toast, pour):
    return await f"{await pour(await boil())} and {await toast()}"


@wrong("forgotten-await", "wrong-value", says="a tuple")
async def a_tuple(boil, toast, pour):
    return await pour(await boil()), await toast()


@wrong("forgotten-await", "wrong-value", says="a NoneType")
async def nothing_returned(boil, toast, pour):
    print(f"{await pour(await boil())} and {await toast()}")


@wrong("forgotten-await", "wrong-value")
async def the_other_way_round(boil, toast, pour):
    return f"{await toast()} and {await pour(await boil())}"


@wrong("forgotten-await", "wrong-value")
async def another_water(boil, toast, pour):
    await boil()
    return f"{await pour('water')} and {await toast()}"


@wrong("forgotten-await", "wrong-value")
async def a_text_of_its_own(boil, toast, pour):
    return "a cup of hot water and toast"


@wrong("forgotten-await", "wasted-calls", says="2 calls of boil")
async def boils_twice(boil, toast, pour):
    await boil()
    return f"{await pour(await boil())} and {await toast()}"


@wrong("forgotten-await", "blocked-loop")
async def sleeps_instead(boil, toast, pour):
    water = await boil()
    time.sleep(1)
    return f"{await pour(water)} and {await toast()}"


@wrong("forgotten-await", "nested-run")
async def runs_them(boil, toast, pour):
    return f"{asyncio.run(pour(asyncio.run(boil())))} and {asyncio.run(toast())}"


@wrong("forgotten-await", "not-awaited", says="Await the gather")
async def unpacks_a_gather(boil, toast, pour):
    water, bread = asyncio.gather(boil(), toast())
    cup = await pour(water)
    return f"{cup} and {bread}"


@wrong("forgotten-await", "not-awaited", says="Await the gather")
async def an_item_of_a_gather(boil, toast, pour):
    both = asyncio.gather(boil(), toast())
    cup = await pour(both[0])
    return f"{cup} and {both[1]}"


@wrong("forgotten-await", "not-awaited", says="gather takes them one by one: no list")
async def gather_of_a_list(boil, toast, pour):
    water, bread = await asyncio.gather([boil(), toast()])
    cup = await pour(water)
    return f"{cup} and {bread}"


@wrong("forgotten-await", "raised", says="the water is what an awaited call gives")
async def pours_the_function(boil, toast, pour):
    cup = await pour(boil)
    bread = await toast()
    return f"{cup} and {bread}"


@wrong("forgotten-await", "raised", says="boil is the function: write `await boil()`")
async def boil_without_parentheses(boil, toast, pour):
    water = await boil
    bread = await toast
    cup = await pour(water)
    return f"{cup} and {bread}"


@wrong("forgotten-await", "not-started")
async def dots(boil, toast, pour): ...


# -- drive: right -------------------------------------------------------------------------


@right("drive")
def in_a_loop(coroutine):
    while True:
        try:
            coroutine.send(None)
        except StopIteration as stop:
            return stop.value


@right("drive")
def next_of_its_iterator(coroutine):
    try:
        next(coroutine.__await__())
    except StopIteration as end:
        return end.value


@right("drive")
def yield_from(coroutine):
    result = None

    def run():
        nonlocal result
        result = yield from coroutine.__await__()

    list(run())
    return result


@right("drive")
def awaited_by_another(coroutine):
    found = []

    async def outer():
        found.append(await coroutine)

    try:
        outer().send(None)
    except StopIteration:
        pass
    return found[0]


@right("drive")
def else_and_finally(coroutine):
    value = None
    try:
        coroutine.send(None)
    except StopIteration as stop:
        value = stop.value
    else:
        raise RuntimeError("it suspended")
    finally:
        coroutine.close()
    return value


@right("drive")
def errors_raised_again(coroutine):
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    except Exception as error:
        raise error


@right("drive")
def value_from_args(coroutine):
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.args[0] if stop.args else None


@right("drive")
def until_closed(coroutine):
    value = None
    while inspect.getcoroutinestate(coroutine) != "CORO_CLOSED":
        try:
            coroutine.send(None)
        except StopIteration as stop:
            value = stop.value
    return value


@right("drive", made=True)
def an_object_with_a_call():
    class Drive:
        def __call__(self, coroutine):
            try:
                coroutine.send(None)
            except StopIteration as stop:
                return stop.value

    return Drive()


@right("drive")
def another_thread(coroutine):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


# -- drive: wrong -------------------------------------------------------------------------


@wrong("drive", "not-awaited", says="drive returned <coroutine")
def hands_it_back(coroutine):
    return coroutine


@wrong("drive", "not-awaited", says="a coroutine object of drive's own")
async def drive(coroutine):
    return await coroutine


@wrong("drive", "not-awaited", says="a coroutine object of drive's own")
async def async_under_another_name(coroutine):
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value


@wrong("drive", "not-awaited")
def a_task(coroutine):
    return asyncio.ensure_future(coroutine)


@wrong("drive", "not-awaited", says="nothing of the coroutine has run")
def its_iterator(coroutine):
    return coroutine.__await__()


@wrong("drive", "not-awaited", says="nothing of the coroutine has run")
def a_generator(coroutine):
    result = yield from coroutine.__await__()
    return result


@wrong("drive", "not-awaited", says="'CORO_CREATED'")
def its_state(coroutine):
    return inspect.getcoroutinestate(coroutine)


@wrong("drive", "not-awaited")
def in_a_list(coroutine):
    return [coroutine]


@wrong("drive", "wrong-value", says="was dropped there")
def drops_the_value(coroutine):
    try:
        coroutine.send(None)
    except StopIteration:
        pass


@wrong("drive", "wrong-value", says="was dropped there")
def drops_the_value_in_a_loop(coroutine):
    for _ in coroutine.__await__():
        pass


@wrong("drive", "wrong-value", says="That is the exception")
def returns_the_exception(coroutine):
    try:
        return coroutine.send(None)
    except StopIteration as stop:
        return stop


@wrong("drive", "wrong-value", says="a str")
def returns_text(coroutine):
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return str(stop)


@wrong("drive", "wrong-value", says="What the coroutine returned is not what drive returns")
def changes_the_value(coroutine):
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value and stop.value * 2


@wrong("drive", "wrong-value", says="a list")
def a_list_of_it(coroutine):
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return [stop.value]


@wrong("drive", "wrong-value", says="counts as false")
def no_zero(coroutine):
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value or None


@wrong("drive", "wrong-value", says="counts as false")
def no_none(coroutine):
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return "nothing" if stop.value is None else stop.value


@wrong("drive", "raised", says="StopIteration came out of drive")
def nobody_catches(coroutine):
    return coroutine.send(None)


@wrong("drive", "raised", says="IndexError")
def args_without_a_look(coroutine):
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.args[0]


@wrong("drive", "raised", says="TypeError")
def next_of_a_coroutine(coroutine):
    return next(coroutine)


@wrong("drive", "raised", says="TypeError")
def calls_it(coroutine):
    return coroutine()


@wrong("drive", "raised", says="RuntimeError")
def twice(coroutine):
    for _ in range(2):
        try:
            coroutine.send(None)
        except StopIteration as stop:
            value = stop.value
    return value


@wrong("drive", "nested-run")
def asyncio_run(coroutine):
    return asyncio.run(coroutine)


@wrong("drive", "nested-run")
def until_complete(coroutine):
    return asyncio.get_event_loop().run_until_complete(coroutine)


@wrong("drive", "nested-run")
def a_new_loop(coroutine):
    return asyncio.new_event_loop().run_until_complete(coroutine)


@wrong("drive", "swallowed-error", says="drive returned ValueError")
def returns_errors_too(coroutine):
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    except Exception as error:
        return error


@wrong("drive", "swallowed-error", says="the coroutine's RuntimeError comes out")
def a_runtime_error_is_taken_for_something_else(coroutine):
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    except RuntimeError:
        return None


@wrong("drive", "wrong-value", says="Situation: one that returns an empty text")
def an_empty_text_becomes_none(coroutine):
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return None if stop.value == "" else stop.value


@wrong("drive", "swallowed-error", says="drive returned None")
def swallows(coroutine):
    try:
        coroutine.send(None)
    except Exception as error:
        return getattr(error, "value", None)


@wrong("drive", "not-started")
def nothing_yet(coroutine): ...


@wrong("drive", "not-started")
def only_prints(coroutine):
    print("driving")


@wrong("drive", "swallowed-error", says="also caught the coroutine's own ValueError")
def catches_all_and_takes_the_value(coroutine):
    try:
        coroutine.send(None)
    except Exception as stop:
        return stop.value


@wrong("drive", "raised", says="Call coroutine.send(None), which runs it")
def the_result_of_a_task(coroutine):
    return asyncio.create_task(coroutine).result()


@wrong("drive", "not-awaited", says="Try: Call coroutine.send(None), which runs it")
def a_task_is_returned(coroutine):
    return asyncio.create_task(coroutine)


@wrong("drive", "not-awaited", says="Try: Call coroutine.send(None), which runs it")
def the_object_is_returned(coroutine):
    return coroutine


@wrong("drive", "raised", says="A coroutine object is no iterator")
def next_in_a_try(coroutine):
    try:
        return next(coroutine)
    except StopIteration as stop:
        return stop.value


@wrong("drive", "raised", says="A coroutine object is no iterator")
def a_for_loop(coroutine):
    for _ in coroutine:
        pass


# -- answers that nobody had thought of at first ------------------------------------------


@right("forgotten-await")
async def bread_first(boil, toast, pour):
    bread = await toast()
    return " and ".join([await pour(await boil()), bread])


@right("forgotten-await")
async def as_they_come(boil, toast, pour):
    async def cup():
        return await pour(await boil())

    return "{} and {}".format(*await asyncio.gather(cup(), toast()))


@right("forgotten-await")
def chained_by_hand(boil, toast, pour):
    async def then(awaitable, function):
        return await function(await awaitable)

    async def served(cup):
        return f"{cup} and {await toast()}"

    return then(then(boil(), pour), served)


@wrong("forgotten-await", "not-awaited")
async def awaits_only_the_cup(boil, toast, pour):
    water = boil()
    bread = toast()
    cup = await pour(water)
    return f"{cup} and {bread}"


@wrong("forgotten-await", "wrong-value")
async def the_water_and_the_bread(boil, toast, pour):
    water, bread = await boil(), await toast()
    await pour(water)
    return f"{water} and {bread}"


@wrong("forgotten-await", "not-awaited")
async def awaits_in_the_wrong_place(boil, toast, pour):
    cup = await pour(boil())
    bread = await toast()
    return f"{cup} and {bread}"


@right("drive")
def yield_from_in_a_generator(coroutine):
    def run():
        return (yield from coroutine.__await__())

    generator = run()
    try:
        next(generator)
    except StopIteration as stop:
        return stop.value


@right("drive")
def by_throwing_nothing(coroutine):
    iterator = coroutine.__await__()
    while True:
        try:
            iterator.send(None)
        except StopIteration as stop:
            return stop.value


@wrong("drive", "raised", says="Compare the call at that line")
def send_of_nothing(coroutine):
    try:
        coroutine.send()
    except StopIteration as stop:
        return stop.value


@wrong("drive", "raised", says="The error came out of your function")
def a_method_it_does_not_have(coroutine):
    try:
        coroutine.next()
    except StopIteration as stop:
        return stop.value


@wrong("drive", "raised", says="it runs once only")
def stops_again(coroutine):
    try:
        coroutine.send(None)
    except StopIteration:
        return coroutine.send(None)


@wrong("drive", "swallowed-error", says="comes out of drive")
def an_error_for_an_error(coroutine):
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    except ValueError as error:
        return error.value


@wrong("drive", "raised", says="Expected: drive returns")
def one_step_of_its_iterator(coroutine):
    return next(coroutine.__await__())
