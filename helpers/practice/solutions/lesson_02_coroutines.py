"""02 Coroutines: the reference solutions."""


def predict_made():
    """The name alone is the function. A call of a coroutine function makes a coroutine object, in
    a list too, and a plain function that calls one returns that object. Only `await` turns an
    object into a value, whoever made it, and only once: a second await is an error, and so is an
    await of the function itself.
    """
    return {
        "tea": "function",
        "tea()": "coroutine object",
        "await tea()": "value",
        "cup()": "coroutine object",
        "await cup()": "value",
        "await tea": "error",
        "[tea(), tea()][0]": "coroutine object",
        "once = tea(); await once; await once": "error",
    }


async def breakfast(boil, toast, pour) -> str:
    """Each of the three calls makes a coroutine object, so each needs its `await`. `pour` gets
    what the await of `boil` gave, the water itself. One after the other is enough here; gather
    could do boil and toast together.
    """
    water = await boil()
    bread = await toast()
    cup = await pour(water)
    return f"{cup} and {bread}"


def drive(coroutine):
    """`send(None)` runs the coroutine up to its first suspension. This one has none, so the first
    send runs it to its end, which Python tells by raising StopIteration with the returned value
    inside. Nothing else is caught, so an exception of the coroutine comes out of `send`, and out
    of `drive`.
    """
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
