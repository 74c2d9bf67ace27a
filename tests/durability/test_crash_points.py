"""The process dies after each step of a history in turn: in the end everybody stands where they would stand without the crash,
has been told everything once, and the pool and the records agree.

A step is a call to a store or to Telegram: a decision of the pool, an event handed out or acknowledged, a record, a message, the
confirmation of an update. The process dies once the step is taken, before it learns what came of it.
"""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

import actors.events
from storage.redis.client import open_redis
from tests.durability.crash import Fate
from tests.durability.history import ONE_WORKER, TWO_WORKERS, Ending, History, clear, in_memory, populate
from tests.durability.stories import (
    a_whole_evening,
    being_stuck,
    cancelling,
    conversing,
    editing,
    editing_later,
    going_on,
    losing,
    losing_the_stuck,
    meeting,
    stopping,
    talking,
)
from tests.servers import flush

FEWEST_STEPS = 4

pytestmark = pytest.mark.timeout(180)


class Lives:
    """Lives one story again and again, each time on stores as they were at first."""

    def __init__(self, story, fresh_stores) -> None:
        self._story = story
        self._fresh_stores = fresh_stores

    def live(self, fate: Fate, *, forgets: bool = False, **ways) -> Ending:
        """`forgets`: the pool's memory goes with each process, as that of `memory://` does."""
        database_uri, opens, forget = self._fresh_stores()
        if forgets:
            ways["after_crash"] = forget
        return asyncio.run(self._run(fate, database_uri=database_uri, open_redis=opens, **ways))

    async def _run(self, fate: Fate, **ways) -> Ending:
        return await History(fate=fate, **ways).run(self._story)


@pytest.fixture(scope="session")
def records(tmp_path_factory) -> Path:
    """A database in which everybody has a profile."""
    path = tmp_path_factory.mktemp("records") / "records.db"
    asyncio.run(populate(f"sqlite:{path}"))
    return path


@pytest.fixture
def embedded(records, tmp_path):
    path = tmp_path / "records.db"

    def fresh():
        for old in tmp_path.glob("records.db*"):
            old.unlink()
        shutil.copy(records, path)
        return f"sqlite:{path}", *in_memory()

    return fresh


@pytest.fixture
def real(redis_url, postgres_uri):
    asyncio.run(populate(postgres_uri))

    def fresh():
        flush(redis_url)
        asyncio.run(clear(postgres_uri))
        return postgres_uri, lambda: open_redis(redis_url), lambda: flush(redis_url)

    return fresh


@pytest.fixture(autouse=True)
def short_reads(monkeypatch):
    """A bot that comes while the reader waits for another's events is heard soon."""
    monkeypatch.setattr(actors.events, "LONGEST_READ", 0.02)


@pytest.mark.parametrize(
    ("story", "workers"),
    [
        (meeting, ONE_WORKER),
        (talking, ONE_WORKER),
        (stopping, ONE_WORKER),
        (going_on, ONE_WORKER),
        (cancelling, ONE_WORKER),
        (losing, ONE_WORKER),
        (talking, TWO_WORKERS),
        (stopping, TWO_WORKERS),
        (losing, TWO_WORKERS),
        (being_stuck, ONE_WORKER),
        (losing_the_stuck, ONE_WORKER),
        (being_stuck, TWO_WORKERS),
    ],
    ids=lambda value: value.__name__ if callable(value) else f"{len(value)} processes",
)
def test_a_crash_after_any_step_changes_nothing(story, workers, embedded):
    lives = Lives(story, embedded)
    expected = lives.live(Fate(), workers=workers)
    for fate, ending in each_crash(lives, workers=workers):
        assert in_other_words(ending) == expected, fate


def each_crash(lives: Lives, *, every: int = 1, **ways):
    """(how it was, the end of it), for a crash after each step until there are no more steps."""
    for at in count(1, every):
        fate = Fate(at=at)
        try:
            ending = lives.live(fate, **ways)
        except (AssertionError, TimeoutError) as error:
            raise AssertionError(f"died after {fate}") from error
        if not fate.last:
            assert at > FEWEST_STEPS
            return
        yield f"died after {fate}", ending


def in_other_words(ending: Ending) -> Ending:
    """Who is told late that they left is told so in other words."""
    phones = {name: ["you-left" if text == "stopped" else text for text in shows] for name, shows in ending.phones.items()}
    return replace(ending, phones=phones)


def test_a_crash_changes_nothing_on_redis_and_postgresql(real):
    lives = Lives(going_on, real)
    expected = lives.live(Fate(), workers=TWO_WORKERS)
    for fate, ending in each_crash(lives, every=3, workers=TWO_WORKERS):
        assert in_other_words(ending) == expected, fate


def test_an_edit_arrives_or_is_dropped_and_nothing_doubles(embedded):
    """Which message of the partner's it changes is known to the process only, until it is written a moment later."""
    for fate, ending in each_crash(Lives(editing, embedded)):
        assert ending.phones["boris"] in (["matched", "hello"], ["matched", "helo"]), fate


def test_what_crosses_between_two_processes_comes_once_in_order_and_with_its_counterpart_or_none(embedded):
    """Which message is which is known to the two processes only, until it is written a moment later."""
    whole = Lives(conversing, embedded).live(Fate(), workers=TWO_WORKERS)
    assert whole.phones["boris"] == ["matched", "hello!", "Media", "that was me"]
    [hello] = whole.replies["anna"]
    for fate, ending in each_crash(Lives(conversing, embedded), every=3, workers=TWO_WORKERS):
        matched, greeting, *rest = ending.phones["boris"]
        assert (matched, rest) == ("matched", ["Media", "that was me"]), fate
        assert greeting in {"hello", "hello!"}, fate
        assert "edit-not-mirrored" not in ending.phones["anna"] or greeting == "hello", fate
        assert ending.phones["anna"].count("hi") == 1, fate
        assert ending.replies["anna"] in ([], [hello]), fate


def test_edits_of_and_replies_to_what_was_said_before_arrive_whatever_dies(embedded):
    for fate, ending in each_crash(Lives(editing_later, embedded)):
        assert ending.phones["boris"] == ["matched", "hello"], fate
        assert "edit-not-mirrored" not in ending.phones["anna"], fate


@pytest.mark.parametrize("story", [going_on, losing], ids=lambda story: story.__name__)
def test_updates_long_done_that_come_again_change_nothing(story, embedded):
    """As where the place in the update log could not be stored for a while."""
    lives = Lives(story, embedded)
    expected = lives.live(Fate())
    for fate, ending in each_crash(lives, every=2, forgetful=True):
        assert in_other_words(ending) == expected, fate


@pytest.mark.parametrize("steps", [4, 8, 12, 16, 20, 24])
def test_a_house_that_dies_again_and_again_comes_to_the_same_end(steps, embedded):
    lives = Lives(going_on, embedded)
    assert lives.live(Fate(at=steps, again=True)) == lives.live(Fate())


def test_a_pool_that_forgets_gets_its_chats_back_and_searchers_are_told(embedded):
    """Only the news that the partner left may go with the pool's memory; whoever writes then is told that there is no chat."""
    for fate, ending in each_crash(Lives(a_whole_evening, embedded), forgets=True):
        assert ending.places == dict.fromkeys(("anna", "boris", "carla"), "Free"), fate
        assert ending.pool_and_records_agree, fate
        anna, boris = ending.phones["anna"], ending.phones["boris"]
        assert (boris.count("hello"), anna.count("goodbye")) == (1, 1), fate
        assert anna.count("partner-left") <= 1, fate
        assert anna.count("matched") == boris.count("matched") == 1, fate
