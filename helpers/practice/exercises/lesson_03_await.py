"""03 Await: every line where a switch can happen."""

from __future__ import annotations

import asyncio
import inspect
import itertools
import random
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from helpers.recording import count, of_error

from ..causes import likely_cause
from ..checks import asked_for
from ..exercise import Prediction, Program
from ..fast import FastLoop
from ..stage import Call, Stage
from ..trial import Scenario, Trial
from ..verdict import Diagnosis
from ..virtual import VirtualLoop
from ..words import a, at, error_in_words, in_words

_SCHEDULES = 50
_NAMES = ("ana", "ben", "cleo", "dan", "eve", "finn")


_READY = "There is nothing to wait for, so await goes straight on, and nobody else gets a turn. "
_SWITCHES = (  # the line, whether it switches, and the likely misbelief of who says otherwise
    (
        "await asyncio.sleep(0)",
        True,
        "No time passes, and yet it is a pause: sleep(0) hands control to the event loop once, so "
        "that others that are ready have their turn.",
    ),
    (
        "await asyncio.sleep(1)",
        True,
        "A second has to pass, so the task suspends, and the event loop runs whoever is ready.",
    ),
    (
        "await helper()",
        False,
        "helper returns without waiting for anything. Awaiting a coroutine object runs it in the "
        "same task, like a call of a function, and the event loop hears nothing of it.",
    ),
    ("await lock.acquire()", False, _READY + "A lock that nobody holds is had at once."),
    ("await queue.get(), an item is there", False, _READY + "The item is there to be taken."),
    (
        "await queue.get(), it is empty",
        True,
        "Nothing is there to take, so the task suspends until somebody puts something in; others "
        "must run, or nobody ever could.",
    ),
    ("await future, finished", False, _READY + "The result is there already."),
    (
        "await asyncio.create_task(helper())",
        True,
        "helper is a task of its own here, which has to wait for its turn. The task that awaits it "
        "suspends, and everyone in front of the new task runs too.",
    ),
)
_YES, _NO = ("true", "yes", "y", "1"), ("false", "no", "n", "0")


class PredictSwitch(Prediction):
    id = "predict-switch"
    name = "predict_switch"
    prompt = (
        "Another task is ready and waits for its turn. Does it run **before the line that "
        "follows** the await? Say `True` or `False` for each. `helper` is an async function that "
        "returns at once, and nobody holds `lock`."
    )
    stub = (
        "predict_switch = {\n"
        '    "await asyncio.sleep(0)": ...,\n'
        '    "await asyncio.sleep(1)": ...,\n'
        '    "await helper()": ...,\n'
        '    "await lock.acquire()": ...,\n'
        '    "await queue.get(), an item is there": ...,\n'
        '    "await queue.get(), it is empty": ...,\n'
        '    "await future, finished": ...,\n'
        '    "await asyncio.create_task(helper())": ...,\n'
        "}"
    )
    codes = ("wrong-value",)
    hints = (
        "Ask of each line: is there something that it has to wait for?",
        "What is ready already does not suspend: the free lock, the item, the finished future.",
        "`await helper()` stays in the same task. `create_task` makes another one, which is not "
        "done when you await it.",
        "Try one: make a task that prints, then the await, then a print of your own.",
    )

    def judge_value(self, value: Any) -> Iterator[Diagnosis]:
        given = list(value.values()) if isinstance(value, dict) else value
        if not isinstance(given, (list, tuple)) or len(given) != len(_SWITCHES):
            yield self.wrong_kind("True or False for each of the eight lines", value)
            return
        for (line, switches, cause), said in zip(_SWITCHES, given, strict=True):
            word = str(said).strip().lower()
            if word not in (*_YES, *_NO):
                yield Diagnosis(
                    "wrong-value",
                    f"True or False for {line}",
                    in_words(said),
                    "It is neither.",
                    "Write True or False.",
                )
            elif (word in _YES) != switches:
                yield Diagnosis(
                    "wrong-value",
                    f"whether another task runs before the line after {line}",
                    f"{word in _YES} for {line}",
                    cause,
                    "Try it: create_task of something that prints, this line, and a print.",
                )


class LetOthersIn(Program):
    id = "let-others-in"
    name = "crunch"
    prompt = (
        "Write `crunch(work, chunks)`. `work` is a **plain** function: `work(chunk)` computes for "
        "a moment and returns a result. Call it once for each chunk of the list `chunks`, and "
        "return the list of results in the order of `chunks`. Between two chunks **every task that "
        "is ready gets a turn**, and no time is spent on waiting: the clock does not move."
    )
    stub = (
        "async def crunch(work, chunks) -> list:\n"
        "    # Your code here, instead of the dots.\n"
        "    ..."
    )
    codes = ("blocked-loop", "too-slow")
    hints = (
        "The work itself cannot be interrupted. Where between two chunks could others come in?",
        "Only an await that suspends lets others in. Which one in the table suspends without "
        "anything to wait for?",
        "A loop over the chunks: call `work`, keep its result, `await asyncio.sleep(0)`.",
    )
    hints_for = {
        "blocked-loop": "Is there an await between two chunks? Does it suspend, by the table?",
        "too-slow": "Others that are ready need a turn, not time. Which sleep takes no time?",
    }
    advice_for = {"too-slow": "`await asyncio.sleep(0)` gives everyone a turn and takes no time."}

    def scenarios(self, vary: random.Random) -> Iterator[Scenario]:
        chunks = vary.sample(range(10, 100), 9)
        yield self._scenario("four chunks", chunks[:4])
        yield self._scenario("six chunks, two of them equal", [*chunks[4:], chunks[5]])
        yield self._scenario("one chunk", chunks[:1])
        yield self._scenario("no chunks", [])

    def _scenario(self, title: str, chunks: list[int]) -> Scenario:
        def start(answer: Any, stage: Stage) -> Any:
            stage.notes.update(turns=0, before=[], held=[])

            def turn() -> None:
                stage.notes["turns"] += 1

            def work(chunk: Any) -> str:
                now = stage.now()
                stage.calls.append(Call("work", (chunk,), now, now, now, "returned"))
                on_loop = threading.get_ident() == thread
                stage.notes["before"].append(stage.notes["turns"] if on_loop else None)
                if on_loop:
                    stage.loop.call_soon(turn)
                elif not stage.notes["held"] and not _comes_round(stage.loop):
                    stage.notes["held"].append(in_words(chunk))
                if inspect.iscoroutine(chunk):
                    chunk.close()  # or Python would complain that nobody awaited it
                return _crunched(chunk)

            thread = threading.get_ident()
            return answer(work, list(chunks))

        return Scenario(title, start, chunks)

    def judge(self, trial: Trial) -> Iterator[Diagnosis]:
        chunks: list[int] = trial.scenario.facts
        worked = asked_for(trial.calls)
        slept = [at(place) for _, place in trial.blocked]
        if not any(seconds for seconds, _ in trial.blocked):  # one that takes time is told anyway
            yield from self._kept_from_others(worked, trial.notes["before"], slept)
        for chunk in trial.notes["held"]:
            yield Diagnosis(
                "blocked-loop",
                "while a chunk is worked on in a thread, everybody else can run",
                f"while a thread did work({chunk}), the event loop stood still",
                "Something waits for the thread without an await: `result()`, `join()`, `map` of a "
                "pool, or the end of its `with` block.",
                "await asyncio.to_thread(work, chunk): it waits for the thread, and lets others "
                "run.",
            )
        strange = next((in_words(given) for given in worked if given not in chunks), None)
        if strange is not None:
            yield Diagnosis(
                "wrong-value",
                "work is called with each of the chunks",
                f"work({strange})",
                f"work was given {strange}, not the chunk.",
                "Call work(chunk) with an item of `chunks`; an await has a line of its own.",
            )
        expected = f"{count(len(chunks), 'call')} of work, one for each chunk"
        observed = f"{count(len(worked), 'call')}: {', '.join(map(in_words, worked)) or 'none'}"
        if len(worked) > len(chunks):
            cause = "A chunk is worked on more often than once."
            advice = "Keep what the first call gave, and use that."
            yield Diagnosis("wasted-calls", expected, observed, cause, advice)
        elif len(worked) < len(chunks):
            cause, advice = "A chunk is not worked on.", "Go through all of `chunks`, to the end."
            yield Diagnosis("lost-results", expected, observed, cause, advice)
        yield from self._wrong_results(trial.value, list(map(_crunched, chunks)))
        if trial.late(0):
            yield Diagnosis(
                "too-slow",
                "the clock does not move",
                f"{trial.elapsed_s:g} s of waiting",
                "A wait takes time, and while nobody else is ready that time is for nothing.",
                "Give the others a turn without a wait.",
            )

    def _kept_from_others(
        self, worked: list[Any], before: list[int | None], slept: list[str]
    ) -> Iterator[Diagnosis]:
        cause = (
            "There is no await between them, or one on something that does not suspend, or the "
            "chunks are tasks that stand in the queue right behind each other."
        )
        if slept:
            cause = (
                f"time.sleep(0), at {slept[0]}, does not suspend: nobody could run between two "
                "chunks."
            )
        calls = zip(worked, before, strict=True)
        for (first, turns), (second, later) in itertools.pairwise(calls):
            if turns is not None and turns == later:
                first, second = in_words(first), in_words(second)
                yield Diagnosis(
                    "blocked-loop",
                    "between two chunks, every task that is ready gets a turn",
                    f"between work({first}) and work({second}) nobody else could run",
                    cause,
                    "Put an await that suspends between two chunks.",
                )
                return

    def _wrong_results(self, value: Any, results: list[str]) -> Iterator[Diagnosis]:
        expected, observed = in_words(results), f"{in_words(value)}, {a(type(value).__name__)}"
        if isinstance(value, list) and value == results:
            return
        if isinstance(value, list) and sorted(map(str, value)) == sorted(results):
            cause = "The results are not in the order of the chunks."
            advice = "Append each result when its chunk is done, from the first chunk to the last."
            yield Diagnosis("wrong-order", expected, observed, cause, advice)
        elif isinstance(value, list) and len(value) < len(results):
            cause = "A result of work is not kept."
            advice = "Put what each call of work gives into a list, and return it."
            yield Diagnosis("lost-results", expected, observed, cause, advice)
        else:
            cause = "That is not the list of what work gave."
            if value is None:
                cause = "The function comes to its end without a `return`."
            advice = "Put what each call of work gives into a list, and return it."
            yield Diagnosis("wrong-value", expected, observed, cause, advice)


def _comes_round(loop: VirtualLoop | FastLoop) -> bool:
    """Whether a loop that a thread asks for a turn gives it one, in a second that is real."""
    if isinstance(loop, VirtualLoop) or loop.is_closed():
        return True  # this trial tells nothing
    came = threading.Event()
    loop.call_soon_threadsafe(came.set)
    return came.wait(1.0)


def _crunched(chunk: Any) -> str:
    return f"{chunk} crunched"


@dataclass(frozen=True)
class Customer:
    """Somebody who books: their name, when they ask, and how long their payment takes."""

    name: str
    asks_s: float
    pays_s: float


@dataclass(frozen=True)
class Facts:
    """What a scenario is: the seats on sale, and who wants one."""

    seats: list[int]
    customers: list[Customer]


class Book(Program):
    id = "book"
    name = "book"
    prompt = (
        "Write `book(free, name, pay)`. `free` is the list of free seats, and every booking "
        "shares it: **many people book at once**. Take one of its seats out of `free`, "
        "`await pay(name)` once, and return the seat, paid for. When no seat is free, return "
        "`None`, and nobody pays. Any free seat will do. `pay` takes a while and never fails."
    )
    stub = "async def book(free, name, pay):\n    # Your code here, instead of the dots.\n    ..."
    codes = ("race", "wrong-value", "wasted-calls")
    hints = (
        "Mark the lines of your function at which another booking can run.",
        "Another booking runs only where yours awaits. What has changed in `free` after that?",
        "Between looking at `free` and taking a seat out of it there may be no `await`.",
        "Look, take the seat with `free.pop()`, and only then `await pay(name)`.",
    )
    hints_for = {
        "race": "Two bookings look at `free` before either has taken a seat. Which line of "
        "yours lets the second one in?",
        "wasted-calls": "Look at `free` before you ask anybody to pay.",
        "wrong-value": "Follow one seat: when does it leave `free`, and who gets it?",
    }
    advice_for = {
        "race": "Take the seat out of `free` before the `await`; nobody can come between two "
        "lines that do not await.",
        "state-kept": "Take the seat before `await pay`: then the function needs no lock, nor "
        "anything else that outlives a call.",
        "not-started": "Replace the dots with your code. If it is there, nothing was booked: "
        "`free` holds seats, and `name` is the person, not a seat.",
    }

    def scenarios(self, vary: random.Random) -> Iterator[Scenario]:
        names = vary.sample(_NAMES, 4)
        seats = vary.sample(range(2, 40), 4)
        times = vary.sample(range(1, 9), 4)
        yield _alone("one person, two free seats", seats[:2], names[0], times[0])
        yield _alone("one person, no free seat", [], names[1], times[1])
        asks = [0, 10, 20, 30]
        queue = list(map(Customer, names, asks, times))
        yield _together("four people one after another, three free seats", seats[:3], queue)

    def schedules(self) -> Iterator[Scenario]:
        """People ask at the same time or not, and pay for as long as they like."""
        for number in range(_SCHEDULES):
            vary = random.Random(number)
            people = 2 + number // 20
            seats = vary.sample(range(2, 40), 1 + number % people)
            asks = sorted(vary.choice((0, 0, 1, 2)) for _ in range(people))
            asks = [0, 0] if number < 2 else asks
            pays = [vary.randint(1, 4) for _ in range(people)]
            customers = list(map(Customer, vary.sample(_NAMES, people), asks, pays))
            yield _at_once(seats, customers)

    def simpler(self, schedule: Scenario) -> Iterator[Scenario]:
        """One person less, one seat less; everyone, or one person, asks at 0 s or pays for 1 s."""
        seats, people = schedule.facts.seats, schedule.facts.customers
        if len(people) > 2:
            for n in range(len(people)):
                yield _at_once(seats, [*people[:n], *people[n + 1 :]])
        if len(seats) > 1:
            yield _at_once(seats[1:], people)
        for simple in ({"asks_s": 0}, {"pays_s": 1}):
            alike = [replace(person, **simple) for person in people]
            each = ([*people[:n], one, *people[n + 1 :]] for n, one in enumerate(alike))
            yield from (_at_once(seats, some) for some in (alike, *each) if some != people)

    def judge(self, trial: Trial) -> Iterator[Diagnosis]:
        facts: Facts = trial.scenario.facts
        values = [trial.value] if len(facts.customers) == 1 else trial.value
        names = [customer.name for customer in facts.customers]
        given = dict(zip(names, values, strict=True))
        paid = asked_for(trial.calls)
        for wrong in _mistakes(facts.seats, given, paid, trial.notes["free"]):
            yield Diagnosis(*wrong, steps=tuple(_story(trial.notes["steps"])))

    def judge_raised(self, trial: Trial) -> Iterator[Diagnosis]:
        if not trial.scenario.facts.seats and isinstance(trial.error, LookupError):
            yield Diagnosis(
                "raised",
                "without a free seat, book returns None",
                f"{error_in_words(trial.error)}, at {at(of_error(trial.error))}",
                "`free` is empty here, and something was to be taken from it.",
                "Look whether there is a seat before you take one.",
            )


def _alone(title: str, seats: list[int], name: str, pays_s: float) -> Scenario:
    """One person, and nobody else: what a booking is, without any race."""
    facts = Facts(seats, [Customer(name, 0, pays_s)])

    def start(answer: Any, stage: Stage) -> Any:
        free, pay = _open(stage, facts)
        return answer(free, name, pay)

    return Scenario(title, start, facts)


def _at_once(seats: list[int], customers: list[Customer]) -> Scenario:
    title = f"{len(customers)} people who book at once, {count(len(seats), 'free seat')}"
    return _together(title, seats, customers)


def _together(title: str, seats: list[int], customers: list[Customer]) -> Scenario:
    """People who book the same seats. What goes wrong for one of them stops nobody else."""
    facts = Facts(seats, customers)

    def start(answer: Any, stage: Stage) -> Any:
        free, pay = _open(stage, facts)
        bookings = []
        for customer in customers:
            booking = _booking(stage, customer, lambda n: answer(free, n, pay))
            booking.__qualname__ = "the moment to ask"  # what the timeline says of its first wait
            bookings.append(asyncio.create_task(booking, name=customer.name))
        return asyncio.gather(*bookings, return_exceptions=True)

    return Scenario(title, start, facts)


async def _booking(stage: Stage, customer: Customer, book: Callable[[str], Awaitable[Any]]) -> Any:
    await stage.sleep(customer.asks_s)
    _log(stage, customer.name, "asks for a seat")
    try:
        value = await book(customer.name)
    except Exception as error:
        _log(stage, customer.name, f"gets an error, {error_in_words(error)}")
        raise error.with_traceback(None) from None  # the result must not hold the answer
    _log(stage, customer.name, f"gets {_seat(value)}")
    return value


def _open(stage: Stage, facts: Facts) -> tuple[list[int], Callable]:
    """The free seats and the till."""
    stage.notes.update(free=list(facts.seats), steps=[])
    seconds = {customer.name: customer.pays_s for customer in facts.customers}

    def takes(name: Any) -> float:
        _log(stage, name, "begins to pay")
        return seconds.get(name, 1) if isinstance(name, str) else 1

    def paid(name: Any) -> None:
        _log(stage, name, "has paid")

    return stage.notes["free"], stage.service("pay", takes, paid)


def _log(stage: Stage, name: Any, does: str) -> None:
    who = name if isinstance(name, str) else in_words(name)
    stage.notes["steps"].append((stage.now(), who, does, list(stage.notes["free"])))


def _story(steps: list[tuple[float, str, str, list[Any]]]) -> Iterator[str]:
    """A line for what one person does without a break, and the seats that are free after it."""
    for (when, who), turn in itertools.groupby(steps, key=lambda step: step[:2]):
        _, _, does, free = zip(*turn, strict=True)
        yield f"{when:g} s: {who} {' and '.join(does)}; free: {_list(free[-1])}"


def _list(free: list[Any]) -> str:
    return ", ".join(map(in_words, free)) or "none"


def _seat(value: Any) -> str:
    return "no seat" if value is None else f"seat {in_words(value)}"


def _mistakes(
    seats: list[int], given: dict[str, Any], paid: list[str], free: list[Any]
) -> Iterator[tuple[str, ...]]:
    """Code, expected, observed, cause and advice for everything that went wrong with the seats."""
    sold = [value for value in given.values() if value in seats]
    vanished = len(sold) + len(free) < len(seats)
    for name, value in given.items():
        yield from _wrong_booking(name, value, seats, paid.count(name), vanished)
    strangers = [name for name in paid if name not in list(given)]  # it may be a list, too
    if strangers:
        cause = "The payment is not for the name that books."
        expected, observed = "pay(name), for whoever books", f"paid: {_list(strangers)}"
        yield "wasted-calls", expected, observed, cause, "Call pay once, with the name you got."
    yield from _wrong_sale(seats, sold, min(len(seats), len(given)))
    left = [seat for seat in seats if seat not in sold]
    if sorted(map(str, free)) != sorted(map(str, left)):
        cause = (
            "`free` is the list that all bookings share: a seat that is given leaves that very "
            "list for good, and the others stay in it."
        )
        expected, observed = f"still in free: {_list(left)}", f"still in free: {_list(free)}"
        advice = "Take the seat out of `free` itself, as free.pop() does, and put none back."
        yield "wrong-value", expected, observed, cause, advice


def _wrong_booking(
    name: str, value: Any, seats: list[int], payments: int, vanished: bool
) -> Iterator[tuple[str, ...]]:
    if isinstance(value, BaseException):
        cause, advice = likely_cause(value) or (
            "It may have counted on a seat that another booking had taken by then.",
            "Let no await stand between seeing a seat and taking it.",
        )
        observed = f"{error_in_words(value)}, for {name}"
        yield "raised", f"{name} gets a seat or None", observed, cause, advice
    elif value is None and payments and vanished:
        cause = "The seat has left `free`, and the function comes to its end without returning it."
        observed, advice = f"{name} has paid and gets None", "Return the seat after the payment."
        yield "wrong-value", f"{name} gets the seat", observed, cause, advice
    elif value is None and payments:
        cause = (
            "The payment begins before a seat is certain; or it is taken for one that failed: "
            "`pay` returns nothing, and takes its time."
        )
        expected = "whoever gets no seat pays nothing"
        advice = "Be sure of a seat before you pay; without one, return None at once."
        yield "wasted-calls", expected, f"{name} pays and gets None", cause, advice
    elif value is not None and value not in seats:
        expected = f"one of the seats {_list(seats)}" if seats else "None, since no seat is free"
        cause = "What is returned is not a seat of the list."
        advice = "Return the seat that was taken out of `free`, or None if there was none."
        yield "wrong-value", expected, f"{in_words(value)} for {name}", cause, advice
    elif value is not None and payments != 1:
        cause = "One seat, one payment." if payments else "A seat is given without a payment."
        observed = f"{name} gets seat {in_words(value)} and pays {count(payments, 'time')}"
        code = "wasted-calls" if payments else "lost-results"
        yield code, f"{name} pays once", observed, cause, "`await pay(name)` once for each seat."


def _wrong_sale(seats: list[int], sold: list[int], possible: int) -> Iterator[tuple[str, ...]]:
    twice = sorted({seat for seat in sold if sold.count(seat) > 1})
    if twice:
        cause = (
            "After the seat is chosen it stays in `free`, or it is put back there, where the next "
            "booking finds it."
        )
        observed = f"sold more than once: seat {_list(twice)}"
        advice = "Take the seat out of `free` in the very line that chooses it, for good."
        yield "wrong-value", "each seat is sold once", observed, cause, advice
    if len(sold) < possible:
        cause = "Somebody gets None although a seat was free when they asked."
        expected, observed = f"{count(possible, 'seat')} sold", f"{count(len(sold), 'seat')} sold"
        advice = "While there is a seat in `free`, whoever asks gets one."
        yield "wrong-value", expected, observed, cause, advice
