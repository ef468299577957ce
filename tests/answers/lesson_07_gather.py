"""07 gather: answers to its exercises."""

import asyncio
import functools

from . import right, right_value, wrong, wrong_value

# -- predict-collectors ---------------------------------------------------------------------

GATHER, EXCEPTIONS = "gather", "gather, return_exceptions=True"
WAIT, COMPLETED = "wait, return_when=FIRST_EXCEPTION", "the first of as_completed"
CORRECT = {GATHER: (2, 4), EXCEPTIONS: (6, 0), WAIT: (2, 4), COMPLETED: (1, 5)}

right_value(
    "predict-collectors",
    CORRECT,
    {way: list(pair) for way, pair in CORRECT.items()},
    {way: tuple(map(str, pair)) for way, pair in CORRECT.items()},
    list(CORRECT.values()),
)
for way, pair, says in (
    (GATHER, (2, 0), "nobody told them to stop"),
    (GATHER, (6, 0), "Only return_exceptions=True waits for all"),
    (GATHER, (6, 4), "gather raises the first error as soon as it happens"),
    (EXCEPTIONS, (2, 4), "no error comes out"),
    (EXCEPTIONS, (6, 1), "an error is one of the results"),
    (WAIT, (2, 0), "nobody told them to stop"),
    (WAIT, (1, 5), "come back at the first error"),
    (COMPLETED, (2, 4), "the second to be done"),
    (COMPLETED, (1, 0), "The others run on"),
    (COMPLETED, (1, -5), "-5"),
):
    wrong_value("predict-collectors", "wrong-value", CORRECT | {way: pair}, says=says)
for value in (
    6,
    "2, 4",
    {},
    {GATHER: (2, 4)},
    CORRECT | {WAIT: 2},
    CORRECT | {WAIT: (2, 4, 0)},
    CORRECT | {WAIT: ("two", "four")},
    list(CORRECT),
    [(2, 4), (6, 0)],
    True,
):
    wrong_value("predict-collectors", "wrong-value", value, says="Expected: two numbers for each")
wrong_value("predict-collectors", "not-started", {way: (..., ...) for way in CORRECT})
wrong_value("predict-collectors", "not-started", CORRECT | {WAIT: (2, ...)}, says="1 of 8")

# -- report ---------------------------------------------------------------------------------


@right("report")
async def one_function_for_each(fetch, names):
    async def one(name):
        try:
            return name, await fetch(name)
        except Exception as error:
            return name, error

    return dict(await asyncio.gather(*map(one, names)))


@right("report")
async def a_task_group_of_functions_that_catch(fetch, names):
    async def one(name):
        try:
            return await fetch(name)
        except Exception as error:
            return error

    async with asyncio.TaskGroup() as group:
        tasks = {name: group.create_task(one(name)) for name in names}
    return {name: task.result() for name, task in tasks.items()}


@right("report")
async def wait_and_ask_the_tasks(fetch, names):
    tasks = {name: asyncio.create_task(fetch(name)) for name in names}
    await asyncio.wait(tasks.values())
    return {name: task.exception() or task.result() for name, task in tasks.items()}


@right("report")
async def tasks_awaited_in_order(fetch, names):
    tasks = [(name, asyncio.create_task(fetch(name))) for name in names]
    found = {}
    for name, task in tasks:
        try:
            found[name] = await task
        except Exception as error:
            found[name] = error
    return found


@right("report")
async def filled_in_as_they_come(fetch, names):
    found = {}

    async def one(name):
        try:
            found[name] = await fetch(name)
        except Exception as error:
            found[name] = error

    for each in asyncio.as_completed([asyncio.create_task(one(name)) for name in names]):
        await each
    return found


@right("report")
def a_plain_function_that_returns_a_coroutine(fetch, names):
    return one_function_for_each(fetch, names)


@right("report")
async def a_loop_over_two_lists(fetch, names):
    found = {}
    answers = await asyncio.gather(*[fetch(name) for name in names], return_exceptions=True)
    for index, name in enumerate(names):
        found[name] = answers[index]
    return found


@wrong("report", "lost-results", says="errors alone, also for cities that answered")
async def one_error_for_all(fetch, names):
    try:
        answers = await asyncio.gather(*map(fetch, names))
    except Exception as error:
        return dict.fromkeys(names, error)
    return dict(zip(names, answers))


@wrong("report", "lost-results", says="the answers of the others are gone")
async def without_return_exceptions(fetch, names):
    return dict(zip(names, await asyncio.gather(*[fetch(name) for name in names])))


@wrong("report", "lost-results", says="nothing for")
async def try_round_the_gather(fetch, names):
    found = {}
    try:
        answers = await asyncio.gather(*[fetch(name) for name in names])
        found = dict(zip(names, answers))
    except Exception:
        pass
    return found


@wrong("report", "lost-results")
async def a_task_group_that_stops_at_the_first_error(fetch, names):
    async with asyncio.TaskGroup() as group:
        tasks = {name: group.create_task(fetch(name)) for name in names}
    return {name: task.result() for name, task in tasks.items()}


@wrong("report", "lost-results", says="nothing for")
async def only_those_that_worked(fetch, names):
    answers = await asyncio.gather(*[fetch(name) for name in names], return_exceptions=True)
    pairs = zip(names, answers)
    return {name: answer for name, answer in pairs if not isinstance(answer, Exception)}


@wrong("report", "one-by-one", says="Each is awaited before the next one begins")
async def each_in_its_turn(fetch, names):
    found = {}
    for name in names:
        try:
            found[name] = await fetch(name)
        except Exception as error:
            found[name] = error
    return found


@wrong("report", "wrong-order", says="another city's answer")
async def names_shifted_by_completion(fetch, names):
    answers = []

    async def one(name):
        try:
            answers.append(await fetch(name))
        except Exception as error:
            answers.append(error)

    await asyncio.gather(*map(one, names))
    return dict(zip(names, answers))


@wrong("report", "swallowed-error", says="the exception object")
async def none_for_an_error(fetch, names):
    async def one(name):
        try:
            return name, await fetch(name)
        except Exception:
            return name, None

    return dict(await asyncio.gather(*map(one, names)))


@wrong("report", "swallowed-error")
async def the_text_of_the_error(fetch, names):
    answers = await asyncio.gather(*[fetch(name) for name in names], return_exceptions=True)
    answers = [str(answer) for answer in answers]
    return dict(zip(names, answers))


@wrong("report", "wrong-value", says="a dict with an entry for every name")
async def the_list_alone(fetch, names):
    return await asyncio.gather(*[fetch(name) for name in names], return_exceptions=True)


@wrong("report", "not-awaited")
async def tasks_instead_of_answers(fetch, names):
    tasks = {name: asyncio.create_task(fetch(name)) for name in names}
    await asyncio.wait(tasks.values())
    return tasks


@wrong("report", "not-awaited", says="Hand them all to asyncio.gather(*them)")
async def coroutines_instead_of_answers(fetch, names):
    return {name: fetch(name) for name in names}


@wrong("report", "too-slow", says="overlap, but not all of them")
async def the_first_city_alone_then_the_rest(fetch, names):
    head = await asyncio.gather(fetch(names[0]), fetch(names[1]), return_exceptions=True)
    rest = await asyncio.gather(*map(fetch, names[2:]), return_exceptions=True)
    return dict(zip(names, head + rest))


@wrong("report", "raised", says="KeyError")
async def a_mistake_of_its_own(fetch, names):
    answers = await asyncio.gather(*map(fetch, names), return_exceptions=True)
    return {name: answers[name] for name in dict(enumerate(names))[len(names)]}


@wrong("report", "wrong-value", says="alone")
async def an_entry_too_many(fetch, names):
    answers = await asyncio.gather(*map(fetch, names), return_exceptions=True)
    return {**dict(zip(names, answers)), "count": len(names)}


@wrong("report", "wrong-value", says="not what fetch gave")
async def shouted(fetch, names):
    answers = await asyncio.gather(*map(fetch, names), return_exceptions=True)
    changed = [each if isinstance(each, Exception) else each.upper() for each in answers]
    return dict(zip(names, changed))


@wrong("report", "wrong-order")
async def one_good_city_under_another_name(fetch, names):
    answers = dict(zip(names, await asyncio.gather(*map(fetch, names), return_exceptions=True)))
    good = [name for name in names if not isinstance(answers[name], Exception)]
    if len(good) > 1:
        answers[good[0]], answers[good[1]] = answers[good[1]], answers[good[0]]
    return answers


# -- as-they-finish ---------------------------------------------------------------------------


@right("as-they-finish")
async def pairs_as_completed(fetch, names, show):
    async def one(name):
        return name, await fetch(name)

    for pair in asyncio.as_completed([asyncio.create_task(one(name)) for name in names]):
        show(*await pair)


@right("as-they-finish")
async def a_task_group_of_showing_functions(fetch, names, show):
    async def one(name):
        show(name, await fetch(name))

    async with asyncio.TaskGroup() as group:
        for name in names:
            group.create_task(one(name))


@right("as-they-finish")
async def wait_for_the_first_again_and_again(fetch, names, show):
    named = {asyncio.create_task(fetch(name)): name for name in names}
    pending = set(named)
    while pending:
        done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            show(named[task], task.result())


@right("as-they-finish")
async def callbacks_that_know_their_name(fetch, names, show):
    tasks = []
    for name in names:
        task = asyncio.create_task(fetch(name))
        task.add_done_callback(lambda task, name=name: show(name, task.result()))
        tasks.append(task)
    await asyncio.gather(*tasks)
    await asyncio.sleep(0)


@right("as-they-finish")
async def through_a_queue(fetch, names, show):
    queue = asyncio.Queue()

    async def one(name):
        queue.put_nowait((name, await fetch(name)))

    tasks = [asyncio.create_task(one(name)) for name in names]
    for _ in names:
        show(*await queue.get())
    await asyncio.gather(*tasks)


@right("as-they-finish")
async def named_tasks(fetch, names, show):
    tasks = [asyncio.create_task(fetch(name), name=name) for name in names]
    while tasks:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            show(task.get_name(), task.result())
            tasks.remove(task)


@right("as-they-finish")
async def its_finished_tasks_are_returned(fetch, names, show):
    async def one(name):
        show(name, await fetch(name))

    return await asyncio.wait([asyncio.create_task(one(name)) for name in names])


@wrong("as-they-finish", "not-awaited")
async def the_last_one_is_returned_and_not_awaited(fetch, names, show):
    async def one(name):
        show(name, await fetch(name))

    first, *others = map(one, names)
    tasks = [asyncio.create_task(each) for each in others]
    if tasks:
        await asyncio.wait(tasks)
    return *tasks, first


@wrong("as-they-finish", "not-awaited")
async def tasks_that_go_on_are_returned(fetch, names, show):
    async def one(name):
        show(name, await fetch(name))

    tasks = [asyncio.create_task(one(name)) for name in names]
    return await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)


@wrong("as-they-finish", "too-slow", says="was there, and something slower was waited for")
async def all_at_the_end(fetch, names, show):
    pages = await asyncio.gather(*[fetch(name) for name in names])
    for name, page in zip(names, pages):
        show(name, page)


@wrong("as-they-finish", "too-slow")
async def started_together_awaited_in_order(fetch, names, show):
    tasks = [asyncio.create_task(fetch(name)) for name in names]
    for name, task in zip(names, tasks):
        show(name, await task)


@wrong("as-they-finish", "wrong-order", says="do not belong together")
async def zipped_with_arrivals(fetch, names, show):
    arrivals = asyncio.as_completed([asyncio.create_task(fetch(name)) for name in names])
    for name, arrival in zip(names, arrivals):
        show(name, await arrival)


@wrong("as-they-finish", "wrong-order", says="looks up the loop's name too late")
async def late_binding(fetch, names, show):
    tasks = []
    for name in names:
        task = asyncio.create_task(fetch(name))
        task.add_done_callback(lambda task: show(name, task.result()))
        tasks.append(task)
    await asyncio.gather(*tasks)
    await asyncio.sleep(0)


@wrong("as-they-finish", "one-by-one", says="Each is awaited before the next one begins")
async def fetched_in_turn(fetch, names, show):
    for name in names:
        show(name, await fetch(name))


@wrong("as-they-finish", "not-awaited")
async def shows_the_coroutine(fetch, names, show):
    for name in names:
        show(name, fetch(name))


@wrong("as-they-finish", "raised", says="TypeError")
async def awaits_show(fetch, names, show):
    async def one(name):
        await show(name, await fetch(name))

    await asyncio.gather(*map(one, names))


@wrong("as-they-finish", "lost-results", says="Not every page")
async def only_the_first(fetch, names, show):
    async def one(name):
        return name, await fetch(name)

    tasks = [asyncio.create_task(one(name)) for name in names]
    show(*await next(iter(asyncio.as_completed(tasks))))
    await asyncio.gather(*tasks)


@wrong("as-they-finish", "not-awaited", says="Keep the tasks, and await them all")
async def returns_before_they_are_shown(fetch, names, show):
    async def one(name):
        show(name, await fetch(name))

    for name in names:
        asyncio.create_task(one(name))


@wrong("as-they-finish", "wrong-value", says="one call of show for each name")
async def shows_twice(fetch, names, show):
    async def one(name):
        page = await fetch(name)
        show(name, page)
        show(name, page)

    await asyncio.gather(*map(one, names))


@wrong("as-they-finish", "wrong-value")
async def shows_the_page_alone(fetch, names, show):
    async def one(name):
        show("page", await fetch(name))

    await asyncio.gather(*map(one, names))


@wrong("as-they-finish", "too-slow", says="Something else is waited for after that")
async def rests_when_all_are_shown(fetch, names, show):
    await a_task_group_of_showing_functions(fetch, names, show)
    await asyncio.sleep(1)


# -- what-depends -------------------------------------------------------------------------------


@right("what-depends")
async def a_task_for_the_profile(login, profile, orders, detail):
    token = await login()
    found = asyncio.create_task(profile(token))
    details = await asyncio.gather(*[detail(order) for order in await orders(token)])
    return await found, details


@right("what-depends")
async def a_task_group(login, profile, orders, detail):
    token = await login()
    async with asyncio.TaskGroup() as group:
        found = group.create_task(profile(token))
        details = [group.create_task(detail(order)) for order in await orders(token)]
    return found.result(), [task.result() for task in details]


@right("what-depends")
async def two_chains(login, profile, orders, detail):
    token = await login()

    async def chain():
        tasks = [asyncio.create_task(detail(order)) for order in await orders(token)]
        return [await task for task in tasks]

    found, details = await asyncio.gather(profile(token), chain())
    return found, details


@right("what-depends")
async def the_profile_last_but_started_first(login, profile, orders, detail):
    token = await login()
    found, listed = asyncio.ensure_future(profile(token)), asyncio.ensure_future(orders(token))
    details = await asyncio.gather(*map(detail, await listed))
    return (await found, details)


@right("what-depends")
async def a_list_instead_of_a_tuple(login, profile, orders, detail):
    return list(await a_task_for_the_profile(login, profile, orders, detail))


@right("what-depends")
async def details_through_a_queue_of_results(login, profile, orders, detail):
    token = await login()
    found = asyncio.create_task(profile(token))
    listed = await orders(token)
    details = dict.fromkeys(listed)

    async def one(order):
        details[order] = await detail(order)

    await asyncio.gather(found, *map(one, listed))
    return found.result(), list(details.values())


@wrong("what-depends", "too-slow", says="a limit lets in only so many")
async def two_details_at_a_time(login, profile, orders, detail):
    token, free = await login(), asyncio.Semaphore(2)

    async def one(order):
        async with free:
            return await detail(order)

    async def details():
        return await asyncio.gather(*map(one, await orders(token)))

    return tuple(await asyncio.gather(profile(token), details()))


@wrong("what-depends", "too-slow", says="one detail at a time")
async def one_detail_after_the_other(login, profile, orders, detail):
    token = await login()

    async def details():
        return [await detail(order) for order in await orders(token)]

    return tuple(await asyncio.gather(profile(token), details()))


@wrong("what-depends", "one-by-one", says="Each call is awaited before the next one")
async def all_in_sequence(login, profile, orders, detail):
    token = await login()
    found = await profile(token)
    listed = await orders(token)
    return found, [await detail(order) for order in listed]


@wrong("what-depends", "too-slow", says="a result that it does not need")
async def a_gather_as_a_barrier(login, profile, orders, detail):
    token = await login()
    found, listed = await asyncio.gather(profile(token), orders(token))
    return found, await asyncio.gather(*[detail(order) for order in listed])


@wrong("what-depends", "too-slow")
async def the_profile_awaited_too_early(login, profile, orders, detail):
    token = await login()
    found = asyncio.create_task(profile(token))
    listed = await orders(token)
    return await found, await asyncio.gather(*[detail(order) for order in listed])


@wrong("what-depends", "too-slow")
async def details_one_by_one(login, profile, orders, detail):
    token = await login()
    found = asyncio.create_task(profile(token))
    details = [await detail(order) for order in await orders(token)]
    return await found, details


@wrong("what-depends", "too-slow", says="That is often a gather")
async def the_profile_after_the_rest(login, profile, orders, detail):
    token = await login()
    details = await asyncio.gather(*[detail(order) for order in await orders(token)])
    return await profile(token), details


@wrong("what-depends", "not-awaited", says="profile gets the value that it needs")
async def a_coroutine_for_a_token(login, profile, orders, detail):
    token = login()
    found, listed = await asyncio.gather(profile(token), orders(token))
    return found, await asyncio.gather(*[detail(order) for order in listed])


@wrong("what-depends", "not-awaited", says="a task")
async def a_task_for_a_token(login, profile, orders, detail):
    token = asyncio.create_task(login())
    found, listed = await asyncio.gather(profile(token), orders(token))
    return found, await asyncio.gather(*[detail(order) for order in listed])


@wrong("what-depends", "raised", says="unknown token")
async def a_token_of_its_own(login, profile, orders, detail):
    _, found, listed = await asyncio.gather(login(), profile("token"), orders("token"))
    return found, await asyncio.gather(*[detail(order) for order in listed])


@wrong("what-depends", "wrong-order", says="the details are collected as they arrive")
async def details_as_they_arrive(login, profile, orders, detail):
    token = await login()
    found = asyncio.create_task(profile(token))
    tasks = [asyncio.create_task(detail(order)) for order in await orders(token)]
    details = [await each for each in asyncio.as_completed(tasks)]
    return await found, details


@wrong("what-depends", "wrong-value", says="a tuple (profile, [details])")
async def the_profile_alone(login, profile, orders, detail):
    found, _ = await a_task_for_the_profile(login, profile, orders, detail)
    return [found]


@wrong("what-depends", "lost-results")
async def the_first_detail_alone(login, profile, orders, detail):
    token = await login()
    found = asyncio.create_task(profile(token))
    listed = await orders(token)
    return await found, [await detail(listed[0])]


@wrong("what-depends", "wrong-value")
async def the_token_for_the_profile(login, profile, orders, detail):
    _, details = await a_task_for_the_profile(login, profile, orders, detail)
    return "token", details


@wrong("what-depends", "wrong-value")
async def details_of_something_else(login, profile, orders, detail):
    found, details = await a_task_for_the_profile(login, profile, orders, detail)
    return found, [each.upper() for each in details]


# -- answers that nobody had thought of at first ------------------------------------------


@right("report")
async def a_dictionary_of_tasks_awaited_by_wait(fetch, names):
    tasks = dict(zip(names, map(asyncio.ensure_future, map(fetch, names)), strict=True))
    pending = set(tasks.values())
    while pending:
        _, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
    return {name: task.exception() or task.result() for name, task in tasks.items()}


@right("report")
async def callbacks_that_write(fetch, names):
    answers = dict.fromkeys(names)
    tasks = []
    for name in names:
        task = asyncio.create_task(fetch(name))
        task.add_done_callback(
            lambda done, name=name: answers.update({name: done.exception() or done.result()})
        )
        tasks.append(task)
    await asyncio.wait(tasks)
    await asyncio.sleep(0)
    return answers


@wrong("report", "lost-results", says="the answers of the others are gone")
async def a_group_with_a_summary(fetch, names):
    answers = await asyncio.gather(*map(fetch, names), return_exceptions=True)
    errors = [answer for answer in answers if isinstance(answer, Exception)]
    if errors:
        raise ExceptionGroup("some failed", [*errors, ValueError(f"{len(errors)} failed")])
    return dict(zip(names, answers, strict=True))


@wrong("report", "wrong-order")
async def gather_of_the_sorted_names(fetch, names):
    answers = await asyncio.gather(*map(fetch, sorted(names)), return_exceptions=True)
    return dict(zip(names, answers, strict=True))


@wrong("report", "swallowed-error")
async def the_class_of_the_error(fetch, names):
    answers = await asyncio.gather(*map(fetch, names), return_exceptions=True)
    return {
        name: type(answer) if isinstance(answer, Exception) else answer
        for name, answer in zip(names, answers, strict=True)
    }


@right("as-they-finish")
async def a_condition_and_a_list(fetch, names, show):
    arrived, news = [], asyncio.Condition()

    async def bring(name):
        page = await fetch(name)
        async with news:
            arrived.append((name, page))
            news.notify()

    async with asyncio.TaskGroup() as group:
        for name in names:
            group.create_task(bring(name))
        for _ in names:
            async with news:
                await news.wait_for(lambda: arrived)
                show(*arrived.pop(0))


@right("as-they-finish")
def a_gather_of_partials(fetch, names, show):
    async def after(awaitable, then):
        then(await awaitable)

    return asyncio.gather(*(after(fetch(name), functools.partial(show, name)) for name in names))


@wrong("as-they-finish", "wrong-value", says="with a name and the page that fetch gave")
async def numbers_for_names(fetch, names, show):
    async def one(number, name):
        show(number, await fetch(name))

    await asyncio.gather(*(one(number, name) for number, name in enumerate(names)))


@wrong("as-they-finish", "one-by-one")
async def as_completed_of_one(fetch, names, show):
    for name in names:
        for page in asyncio.as_completed([fetch(name)]):
            show(name, await page)


@wrong("as-they-finish", "wrong-value")
async def page_and_name_swapped(fetch, names, show):
    async def one(name):
        show(await fetch(name), name)

    await asyncio.gather(*map(one, names))


@right("what-depends")
async def a_future_for_the_orders(login, profile, orders, detail):
    token = await login()
    loading = asyncio.ensure_future(profile(token))
    details = [asyncio.create_task(detail(order)) for order in await orders(token)]
    await asyncio.wait([loading, *details])
    return loading.result(), [task.result() for task in details]


@right("what-depends")
async def everything_waits_for_what_it_needs(login, profile, orders, detail):
    token = asyncio.create_task(login())

    async def person():
        return await profile(await token)

    async def goods():
        return await asyncio.gather(*map(detail, await orders(await token)))

    return tuple(await asyncio.gather(person(), goods()))


@right("what-depends")
async def two_chains_that_log_in_for_themselves(login, profile, orders, detail):
    async def person():
        return await profile(await login())

    async def goods():
        return await asyncio.gather(*map(detail, await orders(await login())))

    return tuple(await asyncio.gather(person(), goods()))


@wrong("what-depends", "wrong-value")
async def the_orders_for_their_details(login, profile, orders, detail):
    token = await login()
    person, goods = await asyncio.gather(profile(token), orders(token))
    return person, goods


@wrong("what-depends", "too-slow")
async def details_in_a_second_gather(login, profile, orders, detail):
    token = await login()
    goods = await orders(token)
    person, *details = await asyncio.gather(profile(token), *map(detail, goods))
    return person, details


@wrong("as-they-finish", "too-slow", says="or the function looks only now and then")
async def looks_every_hundredth_of_a_second(fetch, names, show):
    tasks = {name: asyncio.create_task(fetch(name)) for name in names}
    while tasks:
        for name in [name for name, task in tasks.items() if task.done()]:
            show(name, tasks.pop(name).result())
        await asyncio.sleep(0.01)


@wrong("what-depends", "too-slow", says="looks only now and then whether all are done")
async def looks_whether_all_are_done(login, profile, orders, detail):
    token = await login()
    tasks = [asyncio.create_task(profile(token))]
    tasks += [asyncio.create_task(detail(order)) for order in await orders(token)]
    while not all(task.done() for task in tasks):
        await asyncio.sleep(0.1)
    person, *details = [task.result() for task in tasks]
    return person, details


# -- what asyncio says of it hides what it is ------------------------------------------------


@wrong("report", "not-awaited", says="gather was given a list")
async def gathers_a_list(fetch, names):
    answers = await asyncio.gather([fetch(name) for name in names], return_exceptions=True)
    return dict(zip(names, answers))


@wrong("report", "not-awaited", says="Make a task of each first")
async def waits_for_coroutines(fetch, names):
    done, _ = await asyncio.wait([fetch(name) for name in names])
    return dict(zip(names, done))


@wrong("report", "too-slow", says="looks only now and then whether all are done")
async def looks_ten_times_a_second(fetch, names):
    tasks = {name: asyncio.create_task(fetch(name)) for name in names}
    while not all(task.done() for task in tasks.values()):
        await asyncio.sleep(0.1)
    return {name: task.exception() or task.result() for name, task in tasks.items()}


@wrong("as-they-finish", "wrong-value", says="gives no names")
async def shows_what_as_completed_gives(fetch, names, show):
    for page in asyncio.as_completed([fetch(name) for name in names]):
        show(page, await page)


@wrong("as-they-finish", "wrong-value", says="The second argument is not the page")
async def shows_the_task(fetch, names, show):
    async def one(name):
        task = asyncio.create_task(fetch(name))
        show(name, task)
        await task

    await asyncio.gather(*map(one, names))


@wrong("as-they-finish", "wrong-value", says="is none of the names")
async def shows_a_name_of_its_own(fetch, names, show):
    async def one(name):
        show(name.upper(), await fetch(name))

    await asyncio.gather(*map(one, names))


@wrong("as-they-finish", "raised", says="Compare the call at that line")
async def shows_the_page_without_its_name(fetch, names, show):
    for page in asyncio.as_completed([fetch(name) for name in names]):
        show(await page)


@wrong("as-they-finish", "raised", says="Call a plain function as it is")
async def gathers_what_show_gives(fetch, names, show):
    await asyncio.gather(*[show(name, await fetch(name)) for name in names])


@wrong("what-depends", "not-awaited", says="before they can be called")
async def the_token_and_who_needs_it(login, profile, orders, detail):
    token, mine, listed = await asyncio.gather(
        login(),
        profile(token),  # noqa: F821
        orders(token),  # noqa: F821
    )
    return mine, await asyncio.gather(*map(detail, listed))


@wrong("what-depends", "raised", says="before they can be called")
async def the_token_after_who_needs_it(login, profile, orders, detail):
    mine = await profile(token)  # noqa: F821
    token = await login()
    listed = await orders(token)
    return mine, await asyncio.gather(*map(detail, listed))


@wrong("what-depends", "raised", says="What it called had failed: detail([")
async def one_detail_of_all_orders(login, profile, orders, detail):
    token = await login()
    mine, listed = await asyncio.gather(profile(token), orders(token))
    return mine, await asyncio.gather(detail(listed))


@wrong("what-depends", "raised", says="A function was given where its call is wanted")
async def awaits_the_function(login, profile, orders, detail):
    token = await login
    mine, listed = await asyncio.gather(profile(token), orders(token))
    return mine, await asyncio.gather(*map(detail, listed))


@wrong("report", "wrong-value", says="Put names to the answers with zip")
async def the_list_of_gather(fetch, names):
    return await asyncio.gather(*map(fetch, names), return_exceptions=True)


@wrong("report", "wrong-value", says="A tuple is no dict")
async def the_names_and_the_answers(fetch, names):
    return names, await asyncio.gather(*map(fetch, names), return_exceptions=True)


@wrong("report", "wrong-value", says="without a `return`")
async def keeps_the_report(fetch, names):
    answers = await asyncio.gather(*map(fetch, names), return_exceptions=True)
    dict(zip(names, answers))


@wrong("report", "raised", says="An exception object was used as if it were a list of results")
async def one_error_for_all_answers(fetch, names):
    try:
        answers = await asyncio.gather(*map(fetch, names))
    except Exception as error:
        answers = error
    return dict(zip(names, answers))


@wrong("as-they-finish", "not-awaited", says="never awaited: what as_completed hands out; then")
async def asks_for_the_name_of_a_task(fetch, names, show):
    tasks = [asyncio.create_task(fetch(name), name=name) for name in names]
    for task in asyncio.as_completed(tasks):
        show(task.get_name(), await task)


@wrong("as-they-finish", "raised", says="What `for` hands you from as_completed is not your task")
async def asks_for_the_name_after_the_page(fetch, names, show):
    tasks = [asyncio.create_task(fetch(name), name=name) for name in names]
    for task in asyncio.as_completed(tasks):
        page = await task
        show(task.get_name(), page)


@wrong("as-they-finish", "raised", says="What `for` hands you from as_completed is not your task")
async def looks_the_task_up(fetch, names, show):
    name_of = {asyncio.create_task(fetch(name)): name for name in names}
    for task in asyncio.as_completed(name_of):
        page = await task
        show(name_of[task], page)


@wrong("as-they-finish", "not-awaited", says="A coroutine object was taken for a task")
async def asks_for_the_result(fetch, names, show):
    tasks = [asyncio.create_task(fetch(name)) for name in names]
    for name, task in zip(names, asyncio.as_completed(tasks)):
        show(name, task.result())


@wrong("as-they-finish", "one-by-one", says="making is not starting")
async def makes_them_all_and_awaits_each(fetch, names, show):
    pages = [fetch(name) for name in names]
    for name, page in zip(names, pages):
        show(name, await page)


@wrong("report", "one-by-one", says="Observed: one at a time Likely cause: Each is awaited")
async def a_thread_then_each_in_its_turn(fetch, names):
    return await asyncio.to_thread(dict) | await each_in_its_turn(fetch, names)


@wrong("report", "too-slow", says="making is not starting")
async def makes_them_all_and_gathers_two(fetch, names):
    made = [fetch(name) for name in names]
    head = await asyncio.gather(*made[:2], return_exceptions=True)
    rest = await asyncio.gather(*made[2:], return_exceptions=True)
    return dict(zip(names, head + rest))


@wrong("as-they-finish", "one-by-one", says="Each is awaited before the next one begins")
async def a_thread_then_fetched_in_turn(fetch, names, show):
    await asyncio.to_thread(len, names)
    await fetched_in_turn(fetch, names, show)


@wrong("as-they-finish", "too-slow", says="making is not starting")
async def makes_them_all_and_shows_two(fetch, names, show):
    async def one(name, page):
        show(name, await page)

    made = [one(name, fetch(name)) for name in names]
    await asyncio.gather(*made[:2])
    await asyncio.gather(*made[2:])


@wrong("as-they-finish", "wasted-calls", says="more often than it is asked for")
async def fetches_the_first_once_more(fetch, names, show):
    again = fetch(names[0])
    await asyncio.gather(*[shows_one(fetch, name, show) for name in names])
    await again


async def shows_one(fetch, name, show):
    show(name, await fetch(name))


@wrong("what-depends", "one-by-one", says="Each call is awaited before the next one")
async def a_thread_then_all_in_sequence(login, profile, orders, detail):
    await asyncio.to_thread(str)
    return await all_in_sequence(login, profile, orders, detail)


@wrong("what-depends", "too-slow", says="making is not starting")
async def makes_the_profile_early(login, profile, orders, detail):
    token = await login()
    mine = profile(token)
    details = await asyncio.gather(*map(detail, await orders(token)))
    return await mine, details


@wrong("what-depends", "one-by-one", says="began at 12.22 s: a call makes a coroutine object")
async def makes_all_early(login, profile, orders, detail):
    token = await login()
    mine, listed = profile(token), orders(token)
    details = [await each for each in map(detail, await listed)]
    return await mine, details


@wrong("what-depends", "too-slow", says="often a gather that must be over")
async def makes_both_and_gathers_them(login, profile, orders, detail):
    token = await login()
    mine, listed = profile(token), orders(token)
    mine, listed = await asyncio.gather(mine, listed)
    return mine, await asyncio.gather(*map(detail, listed))


@wrong("what-depends", "not-awaited", says="only `await` gives that")
async def a_login_for_a_token(login, profile, orders, detail):
    mine, listed = await asyncio.gather(profile(login()), orders(login()))
    return mine, await asyncio.gather(*map(detail, listed))


# -- report: errors of any kind, and what a verdict says ----------------------------------------


@wrong("report", "lost-results", says="an `except` that is for other kinds of errors")
async def catches_one_kind_only(fetch, names):
    async def one(name):
        try:
            return name, await fetch(name)
        except OSError as error:
            return name, error

    return dict(await asyncio.gather(*map(one, names)))


@wrong("report", "wasted-calls", says="A city is asked more than once")
async def tries_again_after_an_error(fetch, names):
    async def one(name):
        try:
            return name, await fetch(name)
        except Exception:
            return name, (await asyncio.gather(fetch(name), return_exceptions=True))[0]

    return dict(await asyncio.gather(*map(one, names)))


@wrong("report", "lost-results", says="a timeout of your own ran out")
async def a_second_for_each(fetch, names):
    calls = (asyncio.wait_for(fetch(name), 1) for name in names)
    return dict(zip(names, await asyncio.gather(*calls, return_exceptions=True), strict=True))


@wrong("report", "lost-results", says="looks up the loop's name too late")
async def a_function_in_a_loop_for_the_report(fetch, names):
    answers, tasks = {}, []
    for name in names:
        task = asyncio.create_task(fetch(name))
        task.add_done_callback(lambda t: answers.update({name: t.exception() or t.result()}))
        tasks.append(task)
    await asyncio.wait(tasks)
    return answers


@wrong("report", "lost-results", says="an `except` that is for other kinds of errors")
async def catches_two_kinds(fetch, names):
    async def one(name):
        try:
            return name, await fetch(name)
        except (ConnectionError, ValueError) as error:
            return name, error

    return dict(await asyncio.gather(*map(one, names)))


@wrong("report", "lost-results", says="an `except` that is for other kinds of errors")
async def catches_all_kinds_that_it_knows(fetch, names):
    async def one(name):
        try:
            return await fetch(name)
        except (
            ArithmeticError,
            LookupError,
            OSError,
            RuntimeError,
            TypeError,
            ValueError,
        ) as error:
            return error

    return dict(zip(names, await asyncio.gather(*map(one, names))))


@right("report")
async def catches_whatever_there_is(fetch, names):
    async def one(name):
        try:
            return await fetch(name)
        except BaseException as error:
            return error

    return dict(zip(names, await asyncio.gather(*map(one, names))))


@right("report")
async def an_answer_or_an_error(fetch, names):
    async def one(name):
        answer = error = None
        try:
            answer = await fetch(name)
        except Exception as caught:
            error = caught
        return answer if error is None else error

    return {name: await task for name, task in [(n, asyncio.create_task(one(n))) for n in names]}


@wrong("report", "wrong-value", says="It counts as false")
async def the_answer_or_the_error(fetch, names):
    async def one(name):
        answer = error = None
        try:
            answer = await fetch(name)
        except Exception as caught:
            error = caught
        return name, answer or error

    return dict(await asyncio.gather(*map(one, names)))


@wrong("report", "lost-results", says="It counts as false")
async def only_if_there_is_something(fetch, names):
    answers = await asyncio.gather(*map(fetch, names), return_exceptions=True)
    return {name: answer for name, answer in zip(names, answers) if answer}


@wrong("report", "swallowed-error", says="something else was put in its place")
async def an_empty_text_for_an_error(fetch, names):
    async def one(name):
        try:
            return name, await fetch(name)
        except Exception:
            return name, ""

    return dict(await asyncio.gather(*map(one, names)))


@wrong("report", "lost-results", says="a timeout of your own ran out")
async def ten_seconds_for_each(fetch, names):
    calls = [asyncio.wait_for(fetch(name), 10) for name in names]
    return dict(zip(names, await asyncio.gather(*calls, return_exceptions=True)))


@wrong("report", "raised", says="A timeout of your own ran out")
async def a_second_for_all(fetch, names):
    async with asyncio.timeout(1):
        return await return_exceptions(fetch, names)


async def return_exceptions(fetch, names):
    return dict(zip(names, await asyncio.gather(*map(fetch, names), return_exceptions=True)))


@wrong("report", "lost-results", says="was cancelled; for")
async def what_a_task_group_left(fetch, names):
    tasks = await tasks_of_a_group(fetch, names)
    found = {}
    for name, task in tasks.items():
        try:
            found[name] = task.result()
        except BaseException as error:
            found[name] = error
    return found


async def tasks_of_a_group(fetch, names):
    tasks = {}
    try:
        async with asyncio.TaskGroup() as group:
            for name in names:
                tasks[name] = group.create_task(fetch(name))
    except* Exception:
        pass
    return tasks


@wrong("report", "lost-results", says="A TaskGroup cancels the others at the first error")
async def what_the_tasks_of_a_group_say(fetch, names):
    tasks = await tasks_of_a_group(fetch, names)
    return {name: task.exception() or task.result() for name, task in tasks.items()}


@wrong("report", "lost-results", says="was cancelled; nothing for")
async def those_of_a_group_that_were_not_cancelled(fetch, names):
    tasks = await tasks_of_a_group(fetch, names)
    ended = {name: task for name, task in tasks.items() if not task.cancelled()}
    return {name: task.exception() or task.result() for name, task in ended.items()}


@wrong("report", "raised", says="Look for the cancel()")
async def raises_the_cancel_itself(fetch, names):
    await return_exceptions(fetch, names)
    raise asyncio.CancelledError


@right("report")
async def a_task_group_that_is_never_left_early(fetch, names):
    async def safe(name):
        try:
            return await fetch(name)
        except Exception as error:
            return error

    tasks = {}
    async with asyncio.TaskGroup() as group:
        for name in names:
            tasks[name] = group.create_task(safe(name))
    return {name: task.result() for name, task in tasks.items()}


@wrong("report", "lost-results", says="others never: as when functions that are made in a loop")
async def a_function_in_a_loop_that_asks(fetch, names):
    found, tasks = {}, []
    for name in names:

        async def one():
            try:
                found[name] = await fetch(name)
            except Exception as error:
                found[name] = error

        tasks.append(asyncio.create_task(one()))
    await asyncio.gather(*tasks)
    return found


@wrong("report", "lost-results", says="is missing from the dict.")
async def without_the_first_failure(fetch, names):
    found = await return_exceptions(fetch, names)
    failed = [name for name in names if isinstance(found[name], Exception)]
    return {name: found[name] for name in names if name not in failed[:1]}


@wrong("report", "wrong-value", says="key and value have changed places")
async def the_names_by_their_answers(fetch, names):
    return {answer: name for name, answer in (await return_exceptions(fetch, names)).items()}


@wrong("report", "wrong-value", says="The keys of the dict are not the names")
async def the_answers_by_their_numbers(fetch, names):
    return dict(enumerate((await return_exceptions(fetch, names)).values()))


@wrong("report", "lost-results", says="nothing for")
async def the_number_of_answers(fetch, names):
    return {"answers": len(await return_exceptions(fetch, names))}


@wrong("report", "wasted-calls", says="Keep what the first call gave, a result or an error")
async def asks_each_city_twice(fetch, names):
    await return_exceptions(fetch, names)
    return await return_exceptions(fetch, names)


@wrong("report", "wasted-calls", says="8 calls")
async def asks_twice_at_the_same_time(fetch, names):
    both = [return_exceptions(fetch, names), return_exceptions(fetch, names)]
    return (await asyncio.gather(*both))[0]


@wrong("report", "too-slow", says="or something else is waited for before they begin")
async def rests_before_it_asks(fetch, names):
    await asyncio.sleep(1)
    return await return_exceptions(fetch, names)


# -- as-they-finish: two at one moment, many, and what a verdict says ---------------------------


@wrong("as-they-finish", "lost-results", says="which arrive at the same moment, only one is shown")
async def shows_one_of_those_that_are_done(fetch, names, show):
    tasks = {asyncio.create_task(fetch(name)): name for name in names}
    pending = set(tasks)
    while pending:
        done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        task = next(task for task in tasks if task in done)  # done.pop() may give any of them
        show(tasks[task], task.result())


@wrong("as-they-finish", "too-slow", says="At most 10 pages of 12 are on their way")
async def ten_pages_at_a_time(fetch, names, show):
    limit = asyncio.Semaphore(10)

    async def one(name):
        async with limit:
            show(name, await fetch(name))

    await asyncio.gather(*map(one, names))


@wrong("as-they-finish", "wasted-calls", says="more often than it is asked for")
async def fetches_each_twice(fetch, names, show):
    async def one(name):
        page, _ = await asyncio.gather(fetch(name), fetch(name))
        show(name, page)

    await asyncio.gather(*map(one, names))


@wrong(
    "as-they-finish",
    "too-slow",
    says="there is a pause before that, or the function looks only now and then",
)
async def rests_before_it_shows(fetch, names, show):
    async def one(name):
        page = await fetch(name)
        await asyncio.sleep(0.01)
        show(name, page)

    await asyncio.gather(*map(one, names))


@wrong("as-they-finish", "lost-results", says="look up the loop's name only when they run")
async def a_function_in_a_loop_that_shows(fetch, names, show):
    tasks = []
    for name in names:

        async def one():
            show(name, await fetch(name))

        tasks.append(asyncio.create_task(one()))
    await asyncio.gather(*tasks)


@wrong("as-they-finish", "too-slow", says="At most 6 pages of 12 are on their way")
async def six_pages_at_a_time(fetch, names, show):
    limit = asyncio.Semaphore(6)

    async def one(name):
        async with limit:
            page = await fetch(name)
        show(name, page)

    await asyncio.gather(*map(one, names))


@wrong("as-they-finish", "too-slow", says="At most 2 pages of 3 are on their way")
async def two_pages_then_the_others(fetch, names, show):
    for pair in (names[:2], names[2:]):
        await asyncio.gather(*[shows_one(fetch, name, show) for name in pair])


@wrong("as-they-finish", "too-slow", says="a limit or a wait before it")
async def rests_before_it_fetches(fetch, names, show):
    await asyncio.sleep(1)
    await a_task_group_of_showing_functions(fetch, names, show)


@wrong("as-they-finish", "raised", says="may be several at once")
async def one_wait_for_each_name(fetch, names, show):
    tasks = {asyncio.create_task(fetch(name)): name for name in names}
    pending = set(tasks)
    for _ in names:
        done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            show(tasks[task], task.result())


@wrong("as-they-finish", "lost-results", says="the next one takes its place")
async def the_latest_page_alone(fetch, names, show):
    latest, news = [None], asyncio.Event()

    async def one(name):
        latest[0] = name, await fetch(name)
        news.set()

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(name)) for name in names]
        while not all(task.done() for task in tasks):
            await news.wait()
            news.clear()
            show(*latest[0])


@wrong("as-they-finish", "lost-results", says="nothing shown for")
async def all_but_those_of_one_moment(fetch, names, show):
    loop, moments = asyncio.get_running_loop(), {}
    for name in names:

        async def one(name=name):
            page = await fetch(name)
            moments.setdefault(loop.time(), []).append(name)
            await asyncio.sleep(0)
            if len(moments[loop.time()]) == 1:
                show(name, page)

        moments[name] = asyncio.create_task(one())
    await asyncio.gather(*[moments[name] for name in names])


@wrong("as-they-finish", "lost-results", says="nothing shown for")
async def all_but_the_slowest(fetch, names, show):
    tasks = {asyncio.create_task(fetch(name)): name for name in names}
    pending = set(tasks)
    while pending:
        done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        for task in done if pending else ():
            show(tasks[task], task.result())


@wrong("as-they-finish", "wasted-calls", says="6 calls")
async def fetches_once_more_to_show(fetch, names, show):
    for name in names:
        await fetch(name)
        show(name, await fetch(name))


@wrong("as-they-finish", "lost-results", says="A page that is asked for is not fetched")
async def shows_names_alone(fetch, names, show):
    await asyncio.sleep(0)
    for name in names:
        show(name, f"the page of {name}")


@right("as-they-finish")
async def all_that_have_come_at_each_event(fetch, names, show):
    come, news = [], asyncio.Event()

    async def one(name):
        come.append((name, await fetch(name)))
        news.set()

    tasks = [asyncio.create_task(one(name)) for name in names]
    left = len(names)
    while left:
        await news.wait()
        news.clear()
        left -= len(come)
        while come:
            show(*come.pop())
    await asyncio.gather(*tasks)


@right("as-they-finish")
async def one_at_a_time_under_a_lock(fetch, names, show):
    lock = asyncio.Lock()

    async def one(name):
        page = await fetch(name)
        async with lock:
            show(name, page)

    await asyncio.wait([asyncio.create_task(one(name)) for name in names])


@right("as-they-finish")
async def a_stream_of_pairs(fetch, names, show):
    async def one(name):
        return name, await fetch(name)

    async def arrivals():
        pending = {asyncio.ensure_future(one(name)) for name in names}
        while pending:
            done, pending = await asyncio.wait(pending, return_when="FIRST_COMPLETED")
            for task in done:
                yield task.result()

    async for name, page in arrivals():
        show(name, page)


@right("as-they-finish")
async def one_task_of_the_set_as_long_as_there_is_one(fetch, names, show):
    async def one(name):
        return name, await fetch(name)

    pending = {asyncio.create_task(one(name)) for name in names}
    while pending:
        done, _ = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        task = done.pop()  # the others that are done stay in `pending`, and come next
        pending.remove(task)
        show(*task.result())


# -- what-depends: once each, in the order of the orders, and who holds up whom ------------------


@wrong("what-depends", "wrong-order", says="the orders are sorted, or")
async def sorted_orders(login, profile, orders, detail):
    token = await login()
    found = asyncio.create_task(profile(token))
    details = await asyncio.gather(*map(detail, sorted(await orders(token))))
    return await found, details


@wrong("what-depends", "wrong-order", says="gone through a set, whose order is its own")
async def the_last_order_first(login, profile, orders, detail):
    token = await login()
    found = asyncio.create_task(profile(token))
    details = await asyncio.gather(*map(detail, (await orders(token))[::-1]))
    return await found, details


@wrong("what-depends", "wrong-order", says="or the orders have gone through a set")
async def the_details_of_a_set(login, profile, orders, detail):
    token = await login()
    found = asyncio.create_task(profile(token))
    tasks = {asyncio.create_task(detail(order)) for order in await orders(token)}
    ended = []
    while tasks:
        done, tasks = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        ended += [task.result() for task in done]
    return await found, ended


@right("what-depends")
async def details_by_their_orders(login, profile, orders, detail):
    token = await login()
    found = asyncio.create_task(profile(token))
    tasks = {order: asyncio.create_task(detail(order)) for order in await orders(token)}
    return await found, [await task for task in tasks.values()]


@wrong("what-depends", "wasted-calls", says="2 calls of it")
async def each_detail_twice(login, profile, orders, detail):
    token = await login()
    found = asyncio.create_task(profile(token))
    listed = await orders(token)
    first, _ = await asyncio.gather(
        asyncio.gather(*map(detail, listed)), asyncio.gather(*map(detail, listed))
    )
    return await found, first


@wrong("what-depends", "wasted-calls", says="one call profile('token-")
async def the_profile_twice(login, profile, orders, detail):
    token = await login()
    both = asyncio.gather(profile(token), profile(token))
    details = await asyncio.gather(*[detail(order) for order in await orders(token)])
    return (await both)[0], details


@wrong("what-depends", "wasted-calls", says="3 calls of it")
async def the_orders_once_more_for_each_detail(login, profile, orders, detail):
    token = await login()
    found = asyncio.create_task(profile(token))
    details = [await detail((await orders(token))[n]) for n in range(len(await orders(token)))]
    return await found, details


@wrong("what-depends", "too-slow", says="One of them is awaited first")
async def the_first_detail_then_the_rest(login, profile, orders, detail):
    async def details(token):
        first, *rest = await orders(token)
        head = await detail(first)
        return [head, *await asyncio.gather(*map(detail, rest))]

    token = await login()
    return tuple(await asyncio.gather(profile(token), details(token)))


@wrong("what-depends", "too-slow", says="there is a pause before it, or the function looks")
async def rests_before_the_details(login, profile, orders, detail):
    token = await login()
    found = asyncio.create_task(profile(token))
    listed = await orders(token)
    await asyncio.sleep(0.5)
    details = await asyncio.gather(*map(detail, listed))
    return await found, details


@wrong("what-depends", "too-slow", says="there is a pause before it, or the function looks")
async def looks_whether_the_orders_are_there(login, profile, orders, detail):
    token = await login()
    found, listed = asyncio.create_task(profile(token)), asyncio.create_task(orders(token))
    while not listed.done():
        await asyncio.sleep(0.1)
    details = await asyncio.gather(*map(detail, listed.result()))
    return await found, details


@wrong("what-depends", "too-slow", says="Every call began as early as it could")
async def rests_at_the_end(login, profile, orders, detail):
    found = await a_task_for_the_profile(login, profile, orders, detail)
    await asyncio.sleep(0.5)
    return found


@wrong("what-depends", "too-slow", says="or a limit lets in one at a time")
async def one_detail_at_a_time(login, profile, orders, detail):
    limit = asyncio.Semaphore(1)

    async def one(order):
        async with limit:
            return await detail(order)

    return await a_task_for_the_profile(login, profile, orders, one)


@wrong("what-depends", "wrong-value", says="a tuple (profile, [details])")
async def a_detail_of_no_order(login, profile, orders, detail):
    token = await login()
    mine = await profile(token)
    return mine, [await detail("order-1")], await asyncio.sleep(99)


@wrong("what-depends", "too-slow", says="login() could begin at 0 s and began at 0.5 s")
async def rests_at_the_start(login, profile, orders, detail):
    await asyncio.sleep(0.5)
    return await a_task_for_the_profile(login, profile, orders, detail)


@wrong("what-depends", "too-slow", says="login() could begin at 0 s")
async def logs_in_once_more_for_the_profile(login, profile, orders, detail):
    listed = asyncio.create_task(orders(await login()))
    found = asyncio.create_task(profile(await login()))
    details = await asyncio.gather(*map(detail, await listed))
    return await found, details
