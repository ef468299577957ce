"""07 gather: the reference solutions."""

import asyncio


def predict_collectors():
    """gather raises at the first error, after 2 s, and stops nobody: 3, 4, 5 and 6 run on. With
    return_exceptions=True it waits for all: 6 s, none left. wait with FIRST_EXCEPTION comes back
    at the error as well: 2 s, four pending. as_completed hands out the first that is done, the
    job of 1 s, while the other five run.
    """
    return {
        "gather": (2, 4),
        "gather, return_exceptions=True": (6, 0),
        "wait, return_when=FIRST_EXCEPTION": (2, 4),
        "the first of as_completed": (1, 5),
    }


async def report(fetch, names) -> dict:
    """With return_exceptions=True an exception is one result among the others: nothing is lost,
    and the list is in the order of the names. zip puts names and answers together.
    """
    answers = await asyncio.gather(*[fetch(name) for name in names], return_exceptions=True)
    return dict(zip(names, answers))


async def as_they_finish(fetch, names, show) -> None:
    """A small function fetches one page and shows it, so name and page never part. Each of them
    is a task that goes on when its own page is there; nobody waits for a slower neighbour.
    """

    async def fetch_and_show(name):
        show(name, await fetch(name))

    await asyncio.gather(*[fetch_and_show(name) for name in names])


async def dashboard(login, profile, orders, detail) -> tuple:
    """After the login there are two chains: the profile, and the orders with their details. Each
    chain is one coroutine, and gather runs them side by side, so that a slow profile does not
    hold up the details, nor slow details the profile.
    """
    token = await login()

    async def all_details():
        return await asyncio.gather(*[detail(order) for order in await orders(token)])

    found, details = await asyncio.gather(profile(token), all_details())
    return found, details
