"""The verdict's words and its card: precedence, the same bytes every time, readable by everyone."""

import asyncio
import random
import re
import threading
from dataclasses import replace
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest

from helpers.practice import CODES, EXERCISES, Diagnosis, Verdict, judge, judging, trial
from helpers.practice.card import LOOKS, html, page, table
from helpers.practice.causes import likely_cause, refused_by_asyncio
from helpers.practice.diagnosis import mistakes
from helpers.practice.verdict import first, verdict_of
from helpers.practice.words import _plain, a, error_in_words, in_seconds, in_words
from tests import hostile
from tests.answers import Answer, answers_to

LESSON_01 = "01_waiting"
ALL_AT_ONCE = answers_to("all-at-once", LESSON_01)


def answer(name: str):
    return next(answer for answer in ALL_AT_ONCE if answer.name == name).make()


# -- precedence -----------------------------------------------------------------------------

SYLLABUS = """not-started stuck endless busy-wait deadlock not-async nested-run not-awaited
blocked-loop swallowed-cancel lost-results swallowed-error raised no-cleanup leaked-task
wasted-calls over-limit one-by-one in-batches wrong-order wrong-value too-soon too-slow
state-kept race""".split()


def test_codes_stand_in_the_order_of_the_syllabus():
    assert [code for code in CODES if code in SYLLABUS] == SYLLABUS


@pytest.mark.parametrize("seed", range(5))
def test_of_several_mistakes_the_first_of_the_list_is_told(seed):
    some = random.Random(seed).sample(CODES, 4)
    told = first(Diagnosis(code, "", "", "") for code in some)
    assert told.code == min(some, key=CODES.index)


def test_of_two_with_one_code_the_first_is_told():
    assert (
        first([Diagnosis("raised", "", "a", ""), Diagnosis("raised", "", "b", "")]).observed == "a"
    )


def test_no_mistake_is_none():
    assert first([]) is None


@pytest.mark.parametrize(
    "name, code",
    [("blocks_forgets_and_leaks", "not-awaited"), ("leaks_and_goes_one_by_one", "leaked-task")],
)
def test_an_answer_with_several_mistakes_is_told_the_first(name, code):
    assert judge("all-at-once", answer(name)).code == code


def test_an_unknown_code_is_refused():
    with pytest.raises(ValueError, match="no diagnosis code"):
        Diagnosis("too-odd", "", "", "")


# -- the words ------------------------------------------------------------------------------

TOLD = [
    ("nothing_yet", "NOT STARTED"),
    ("gather_of_a_map", "PASS"),
    ("await_in_a_comprehension", "NOT YET"),
]


@pytest.mark.parametrize("name, word", TOLD)
def test_the_text_begins_with_the_word_and_the_exercise(name, word):
    assert str(judge("all-at-once", answer(name))).startswith(f"{word}: all-at-once")


@pytest.mark.parametrize("name, word", TOLD)
def test_text_and_card_are_the_same_bytes_every_time(name, word):
    verdicts = [judge("all-at-once", answer(name)) for _ in range(2)]
    assert str(verdicts[0]) == str(verdicts[1])
    assert html(verdicts[0]) == html(verdicts[1])


def test_a_verdict_says_all_that_there_is_to_say():
    headings = [heading for heading, _ in judge("all-at-once", answer("two_at_a_time")).parts()]
    assert headings == ["Situation", "Expected", "Observed", "Timeline", "Likely cause", "Try"]


def racing(name: str) -> Verdict:
    wrong = next(answer for answer in answers_to("book", "03_await") if answer.name == name)
    return judge("book", wrong.make())


def test_a_race_is_told_by_the_few_steps_that_matter():
    assert racing("looks_pays_then_takes").steps == (
        "0 s: dan asks for a seat and begins to pay; free: 26",
        "0 s: cleo asks for a seat and begins to pay; free: 26",
        "1 s: dan has paid and gets seat 26; free: none",
        "1 s: cleo has paid and gets an error, IndexError: pop from empty list; free: none",
    )


def crowded():
    inside = []

    async def book(free, name, pay):
        inside.append(name)
        is_crowded = len(inside) > 2
        seat = free.pop() if free else None
        if seat is not None:
            await pay(name)
        await asyncio.sleep(1)
        inside.remove(name)
        return "standing room" if is_crowded else seat

    return book


def late():
    paying = []

    async def book(free, name, pay):
        now = asyncio.get_running_loop().time()
        if any(began < now for began in paying):
            return "closed"
        seat = free.pop() if free else None
        if seat is not None:
            paying.append(now)
            await pay(name)
            paying.remove(now)
        return seat

    return book


@pytest.mark.parametrize("make, people, seats", [(crowded, 3, 1), (late, 2, 1)])
def test_a_race_keeps_what_it_needs_and_nothing_else(make, people, seats):
    verdict = judge("book", make())
    asks = [step for step in verdict.steps if "asks for a seat" in step]
    begins = {step.split()[0] for step in asks}
    assert verdict.code == "race" and verdict.situation.startswith(f"{people} people")
    assert len(asks) == people and f"{seats} free seat" in verdict.situation
    assert len(begins) == (2 if make is late else 1)


# -- what is recorded -----------------------------------------------------------------------


def situations(seed: int) -> list[list[str]]:
    scenarios = EXERCISES["all-at-once"].scenarios(random.Random(seed))
    return [scenario.facts["names"] for scenario in scenarios]


async def together(fetch, names):
    return list(await asyncio.gather(*map(fetch, names)))


async def in_turn(fetch, names):
    return [await fetch(name) for name in names]


def recorded_of(monkeypatch, exercise, answer):
    """How many trials a check plays, and which of them it records."""
    played, recorded = [], []

    class Played(trial.Performance):
        def run(self):
            played.append(self)
            return super().run()

    class Recorded(trial.Recorder):
        def start(self):
            recorded.append(len(played))
            super().start()

    monkeypatch.setattr(trial, "Performance", Played)
    monkeypatch.setattr(trial, "Recorder", Recorded)
    assert judge(exercise, answer).passed
    return len(played), recorded


def test_of_a_right_answer_the_first_trial_is_recorded(monkeypatch):
    number = 2 * len(situations(1)) + 1
    assert recorded_of(monkeypatch, "all-at-once", together) == (number, [0])


def test_every_trial_is_recorded_for_a_judge_that_reads_recordings(monkeypatch):
    my_sleep = EXERCISES["my-sleep"]
    number, recorded = recorded_of(monkeypatch, "my-sleep", my_sleep._reference)
    assert number == 2 * len(list(my_sleep.scenarios(random.Random(1)))) + 1
    assert recorded == list(range(number))


@pytest.mark.parametrize("known", [1, len(situations(1))])
def test_a_mistake_in_a_later_trial_can_be_looked_at(known):
    async def knows_some(fetch, names):
        return await (together if names in situations(1)[:known] else in_turn)(fetch, names)

    verdict = judge("all-at-once", knows_some)
    assert verdict.code == "one-by-one" and "knows_some" in verdict.timeline


def test_what_is_kept_from_call_to_call_can_be_looked_at():
    calls = []

    async def remembers(fetch, names):
        calls.append(names)
        return await (in_turn if len(calls) > 1 else together)(fetch, names)

    verdict = judge("all-at-once", remembers)
    assert verdict.code == "state-kept" and "remembers" in verdict.timeline


def test_a_race_that_has_nothing_simpler_can_be_looked_at(monkeypatch):
    monkeypatch.setattr(type(EXERCISES["book"]), "simpler", lambda self, schedule: iter(()))
    verdict = racing("looks_pays_then_takes")
    assert verdict.code == "race" and "await pay('cleo')" in verdict.timeline


def test_a_mistake_that_does_not_come_again_is_told_without_a_timeline():
    new = [names for names in situations(2) if names not in situations(1)]

    async def is_wrong_once(fetch, names):
        return await (in_turn if names == new[0] and new.pop(0) else together)(fetch, names)

    verdict = judge("all-at-once", is_wrong_once)
    assert verdict.code == "one-by-one" and verdict.recording is None
    assert "Observed" in str(verdict) and "Timeline" not in str(verdict)


@pytest.mark.parametrize("recorded", [True, False])
def test_what_was_not_looked_at_is_not_taken_for_nothing(recorded):
    async def lets_others_in():
        await asyncio.sleep(0)

    player = trial.Player(lets_others_in, threading.get_ident())
    played = player.play(trial.Scenario("", lambda answer, stage: answer()), recorded=recorded)
    assert (played.recording is trial.NOT_RECORDED) is not recorded
    assert list(mistakes(played, "lets_others_in")) == []


def test_shrinking_keeps_to_the_mistake_that_was_found(monkeypatch):
    codes = {"long": "wrong-value", "other": "raised", "short": "wrong-value", "right": None}
    simpler = {"long": ["right", "other", "short"], "other": ["right"], "short": ["other", "right"]}
    told = {name: code and Diagnosis(code, "", name, "") for name, code in codes.items()}
    exercise = SimpleNamespace(
        simpler=lambda schedule: iter(simpler[schedule]), reads_recording=False
    )
    player = SimpleNamespace(play=lambda schedule, **options: SimpleNamespace(scenario=schedule))
    monkeypatch.setattr(judging, "_diagnose", lambda exercise, trial: told[trial.scenario])
    found, trial = judging._shrunk(exercise, player, told["long"], player.play("long"))
    assert (found.observed, trial.scenario) == ("short", "short")


def test_a_race_shrinks_to_the_same_schedule_every_time():
    assert len({judge("book", crowded()).steps for _ in range(3)}) == 1


def test_shrinking_is_bounded_and_goes_on_with_what_still_fails(monkeypatch):
    tried = []
    kind = type(EXERCISES["book"])

    def for_ever(self, schedule):
        while True:
            tried.append(schedule)
            yield schedule

    monkeypatch.setattr(kind, "simpler", for_ever)
    assert racing("looks_pays_then_takes").code == "race"
    assert len(tried) == judging._SHRINKING


@pytest.mark.parametrize(
    "inner",
    [
        "at /home/tea/course/checks.py:3",
        "in checks.py",
        "<Cup object at 0x7f00aa>",
        "Task-12",
        "<function f.<locals>.g>",
        "await _Kitchen.play",
        "await _wait_for_one",
        "await _no_sleep",
    ],
)
def test_an_answer_is_not_told_of_what_is_not_a_learners(inner):
    verdict = Verdict("at-most", "raised", "a", inner, "c", "d")
    kept = Answer("at-most", "one", "raised", lambda: None)
    assert "is no word for a learner" in kept.problem(verdict)
    assert kept.problem(replace(verdict, observed="b", printed=inner)) == ""


@pytest.mark.parametrize("missing", ["expected", "observed", "cause", "advice"])
def test_an_answer_is_told_all_four_things(missing):
    verdict = Verdict("at-most", "raised", "a", "b", "c", "d")
    kept = Answer("at-most", "one", "raised", lambda: None)
    assert "are not all there" in kept.problem(replace(verdict, **{missing: ""}))


class Silent:
    def __repr__(self):
        raise RuntimeError("no words")


@pytest.mark.parametrize(
    "value, words",
    [
        ("tea", "'tea'"),
        (Silent(), "<Silent>"),
        ([Silent()], "[<Silent>]"),
        (object(), "<object object>"),
        ({3, 1, 2}, "{1, 2, 3}"),
        (set(), "set()"),
        ("a\nb", r"'a\nb'"),
        (list(range(20)), "[0, 1, 2, 3, 4, 5, 6, 7, ...]"),
    ],
)
def test_a_value_is_put_into_words(value, words):
    assert in_words(value) == words


def test_long_values_are_shortened():
    assert in_words(10**5000) == "<int>"
    assert in_words([10**5000, 1]) == "[<int>, 1]"
    assert len(in_words(["tea" * 30] * 8)) == 160
    assert len(in_words({number: "x" * 500 for number in range(500)})) <= 160
    assert len(error_in_words(ValueError("x" * 5000))) == 300


def test_a_function_is_named_as_its_author_named_it():
    async def pour(): ...

    coroutine = pour()
    assert in_words(pour) == "<function pour>"
    assert in_words([coroutine]) == "[<coroutine pour>]"
    coroutine.close()


def test_what_asyncio_hands_out_has_no_name_of_its_own():
    async def show_all():
        names = []
        for one in asyncio.as_completed([asyncio.sleep(0)]):
            names.append(in_words(one))
            await one
        return names

    assert asyncio.run(show_all()) == ["<coroutine>"]


def test_an_error_is_told_without_tasks_and_paths():
    task = "<Task pending name='Task-1' coro=<_set.<locals>.wait() running at /c/d.py:5> cb=[<f>]>"
    error = RuntimeError(f"Task {task} got Future <Future pending> attached to a different loop")
    assert (
        error_in_words(error)
        == "RuntimeError: Task <task> got Future <future> attached to a different loop"
    )
    assert error_in_words(TypeError("'_GatheringFuture' object is not subscriptable")) == (
        "TypeError: 'future of gather' object is not subscriptable"
    )


def refusal(make):
    """The error that asyncio raises for what `make` awaits."""

    async def ask():
        await make()

    with pytest.raises(Exception) as told:
        asyncio.run(ask())
    return told.value


async def pour():
    return "tea"


class Kettle:
    async def boil(self): ...


@pytest.mark.parametrize(
    "make, says",
    [
        (lambda: asyncio.gather(pour), "The function pour was given where its call is wanted"),
        (lambda: asyncio.create_task(pour), "only the call, pour(), makes something to await"),
        (lambda: asyncio.create_task(Kettle().boil), "The function boil was given where its call"),
        (lambda: asyncio.create_task(Kettle), "The function Kettle was given where its call"),
        (lambda: pour, "A function was given where its call is wanted"),
        (lambda: asyncio.gather(None), "None was given where something to await is wanted"),
        (lambda: asyncio.create_task(None), "None was given where something to await is wanted"),
        (lambda: None, "None was given where something to await is wanted"),
        (lambda: ["tea"], "A list was given where one coroutine or task is wanted"),
        (lambda: asyncio.create_task(["tea"]), "A list was given where one coroutine or task"),
        (lambda: asyncio.gather(["tea"]), "gather was given a list"),
        (lambda: asyncio.gather("tea"), "A str was given where a coroutine or task is wanted"),
        (lambda: asyncio.create_task("tea"), "Something was given where a coroutine or task"),
        (lambda: asyncio.create_task(asyncio.Future()), "It is a task or a future already"),
        (lambda: asyncio.wait([print]), "asyncio.wait takes tasks"),
        (lambda: asyncio.gather(n for n in "a"), "A generator was given where one coroutine"),
    ],
)
def test_what_asyncio_refuses_is_told_by_its_cause(make, says):
    error = refusal(make)
    cause, advice = likely_cause(error, refused_by_asyncio(error))
    assert says in cause and advice


def test_a_set_of_lists_of_the_learners_own_is_not_gathers_matter():
    with pytest.raises(TypeError) as told:
        set([["tea"]])
    assert likely_cause(told.value) is None


def test_errors_in_a_group_are_named():
    group = ExceptionGroup("two", [ValueError("tea"), ExceptionGroup("one", [KeyError("cup")])])
    assert (
        error_in_words(group)
        == "ExceptionGroup of ValueError: tea; ExceptionGroup of KeyError: 'cup'"
    )


def test_asked_for_by_a_dict_as_completeds_own_has_no_name_either():
    async def look_up():
        for one in asyncio.as_completed([asyncio.sleep(0)]):
            await one
            {}[one]

    with pytest.raises(KeyError) as told:
        asyncio.run(look_up())
    assert error_in_words(told.value) == "KeyError: <coroutine object>"


def test_a_lock_of_another_loop_is_told_by_its_cause():
    lock = asyncio.Lock()

    async def enter():
        async with lock:
            await asyncio.sleep(0)

    async def two():
        await asyncio.gather(enter(), enter())

    asyncio.run(two())
    cause, advice = likely_cause(refusal(two))
    assert "something first waited for it" in cause and "inside the function" in advice


@pytest.mark.parametrize(
    "seconds, beside, words",
    [
        (14.051, None, "14.05 s"),
        (3, None, "3 s"),
        (14.017, 14.02, "14.017 s"),
        (14.02, 14.017, "14.02 s"),
        (14.051, 14.051, "14.05 s"),
        (14.051, 15.017, "14.05 s"),
        (0.004, 0, "0.004 s"),
    ],
)
def test_seconds_have_two_decimals_if_that_tells_them_apart(seconds, beside, words):
    assert in_seconds(seconds, beside) == words


def test_nouns_have_their_article():
    assert (a("int"), a("list"), a("Exception")) == ("an int", "a list", "an Exception")


# -- the card -------------------------------------------------------------------------------


class Tags(HTMLParser):
    """Collects the tags, attributes and text of a page."""

    def __init__(self, text: str):
        super().__init__()
        self.tags, self.attributes, self.text, self.open = set(), set(), "", []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


CARDS = [html(judge("all-at-once", answer(name))) for name, _ in TOLD]


@pytest.mark.parametrize("card", [*CARDS, page("Title", [("a", "b")]), table(["a"], [["b"]])])
def test_a_card_holds_only_what_an_untrusted_notebook_keeps(card):
    tags = Tags(card)
    assert tags.tags <= {"div", "b", "pre", "table", "tr", "th", "td"}
    assert tags.attributes <= {"style", "scope"}
    assert tags.open == [] and "url(" not in card


@pytest.mark.parametrize("name, word", TOLD)
def test_a_card_says_in_words_and_a_symbol_what_its_colour_says(name, word):
    text = Tags(html(judge("all-at-once", answer(name)))).text
    assert text.startswith(f"{LOOKS[word][0]} {word}: all-at-once")


def test_a_card_says_what_the_text_says():
    verdict = judge("all-at-once", answer("await_in_a_comprehension"))
    card = Tags(html(verdict)).text
    assert all(heading in card and text in card for heading, text in verdict.parts())


def test_what_a_learner_wrote_is_escaped():
    diagnosis = Diagnosis("wrong-value", "<b>", "<script>alert('x')</script> & \"y\"", "<i>")
    card = html(verdict_of("at-most", diagnosis))
    assert "<script>" not in card and "&lt;script&gt;" in card
    assert diagnosis.observed in Tags(card).text
    listed = html(verdict_of("at-most", replace(diagnosis, steps=("<script>", "<img>"))))
    assert "<script>" not in listed and "<img>" not in listed
    table_like = html(verdict_of("at-most", replace(diagnosis, observed="<table><script>")))
    assert "<script>" not in table_like


def test_what_was_printed_is_shortened():
    def chatty(fetch, names):
        for line in range(500):
            print("line", line, "x" * 300)

    verdict = judge("all-at-once", chatty)
    assert "line 3" in verdict.printed and len(verdict.printed) < 1500


def contrast(one: str, other: str) -> float:
    """Of two colours such as "#1f2328", as WCAG 2 computes it."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted([luminance(one), luminance(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_everybody_does():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("card", CARDS)
def test_every_text_has_contrast(card):
    pairs = re.findall(r"background:(#\w{6});color:(#\w{6})", card)
    pairs += [pair[::-1] for pair in re.findall(r"color:(#\w{6});background:(#\w{6})", card)]
    assert pairs and all(contrast(*pair) >= 4.5 for pair in pairs)


def test_a_pass_says_so_and_nothing_else():
    assert str(Verdict("at-most", "pass")) == "PASS: at-most"


def test_half_a_character_can_be_sent_and_printed():
    verdict = judge("all-at-once", hostile.half_a_character)
    assert "ValueError: \\ud800" in verdict.observed.encode("utf-8", "backslashreplace").decode()
    for shown in (str(verdict), html(verdict)):
        assert shown.encode().count(b"\\ud800") == 2  # the error's and the printed one


def test_lines_that_are_written_are_kept_for_the_verdict():
    assert judge("all-at-once", hostile.writes_lines).printed == "it is the answer's"


def test_of_a_long_text_the_ends_are_looked_at():
    looked_at = error_in_words(ValueError("x" * 5_000 + " at 0x7f00aa"))
    assert looked_at == f"ValueError: {'x' * 287}…"
    assert len(_plain("x" * 5_000)) == 2_000


def test_a_check_that_fails_says_so():
    verdict = judge("all-at-once", hostile.an_error_whose_text_is_no_text)
    assert verdict.observed.startswith("the check itself failed: TypeError: __str__ returned non-")
    assert re.search(r", in \w+\.py, line \d+$", verdict.observed)
    assert "the mistake is ours" in verdict.cause
