"""10 Sharing: the reference solutions."""

import asyncio


async def at_most(n, fetch, names) -> list:
    """The semaphore has n places. Every helper starts at once and waits at the `async with` until
    there is one; leaving it lets the next one in, so no place stays empty while a name waits. It
    is made inside the function, one for each call. gather keeps the order of `names`.
    """
    semaphore = asyncio.Semaphore(n)

    async def fetch_one(name):
        async with semaphore:
            return await fetch(name)

    return await asyncio.gather(*[fetch_one(name) for name in names])
