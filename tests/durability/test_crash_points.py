"""A process crashes after each step of a story in turn. In the end everybody is in the same state as without the crash, was
told everything once, and the pool and the records agree.

A step is a call to a store or to Telegram: a decision of the pool, an event that is read or acknowledged, a record, a message,
the confirmation of an update. The process crashes after the step, before it learns the result.
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
from tests.durability.crash import CrashPoint
from tests.durability.history import ONE_WORKER, TWO_WORKERS, Ending, History, clear, in_memory, populate
from tests.durability.stories import (
    a_whole_evening,
    being_stuck,
    blocking,
    cancelling,
    conversing,
    editing,
    editing_later,
    going_on,
    losing,
    losing_the_stuck,
    meeting,
    reporting,
    stopping,
    talking,
)
from tests.servers import flush

FEWEST_STEPS = 4

pytestmark = pytest.mark.timeout(180)


class Replay:
    """Runs one story again and again, each time on fresh stores."""

    def __init__(self, story, fresh_stores) -> None:
        self._story = story
        self._fresh_stores = fresh_stores

    def run(self, crash: CrashPoint, *, forgets: bool = False, **ways) -> Ending:
        """`forgets`: the pool loses all data with each crash, as on `memory://`."""
        database_uri, opens, forget = self._fresh_stores()
        if forgets:
            ways["after_crash"] = forget
        return asyncio.run(self._run(crash, database_uri=database_uri, open_redis=opens, **ways))

    async def _run(self, crash: CrashPoint, **ways) -> Ending:
        return await History(crash=crash, **ways).run(self._story)


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
    """The event stream of a bot that was just taken is read soon."""
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
        (reporting, ONE_WORKER),
        (reporting, TWO_WORKERS),
        (blocking, ONE_WORKER),
        (being_stuck, ONE_WORKER),
        (losing_the_stuck, ONE_WORKER),
        (being_stuck, TWO_WORKERS),
    ],
    ids=lambda value: value.__name__ if callable(value) else f"{len(value)} processes",
)
def test_a_crash_after_any_step_changes_nothing(story, workers, embedded):
    replay = Replay(story, embedded)
    expected = replay.run(CrashPoint(), workers=workers)
    for crash, ending in each_crash(replay, workers=workers):
        assert_same(ending, expected, crash)


def each_crash(replay: Replay, *, every: int = 1, **ways):
    """(description, ending) for a crash after each step, until there are no more steps."""
    for at in count(1, every):
        crash = CrashPoint(at=at)
        try:
            ending = replay.run(crash, **ways)
        except (AssertionError, TimeoutError) as error:
            raise AssertionError(f"died after {crash}") from error
        if not crash.last:
            assert at > FEWEST_STEPS
            return
        yield f"died after {crash}", ending


def assert_same(ending: Ending, expected: Ending, crash: str) -> None:
    assert with_equal_texts(ending) == expected, crash
    for name, shows in expected.phones.items():
        offers, left = ending.offers[name], any(text.startswith("partner-") for text in shows)
        assert offers == expected.offers[name] or (not left and offers < expected.offers[name]), (name, offers, crash)


def with_equal_texts(ending: Ending) -> Ending:
    """Whoever is told late that they left is told so by another text: take both as the same."""
    phones = {name: ["you-left" if text == "stopped" else text for text in shows] for name, shows in ending.phones.items()}
    return replace(ending, phones=phones)


def test_a_crash_changes_nothing_on_redis_and_postgresql(real):
    replay = Replay(going_on, real)
    expected = replay.run(CrashPoint(), workers=TWO_WORKERS)
    for crash, ending in each_crash(replay, every=3, workers=TWO_WORKERS):
        assert_same(ending, expected, crash)


def test_an_edit_arrives_or_is_dropped_and_nothing_doubles(embedded):
    """Only the process knows which of the partner's messages it changes, until the message map is written a moment later."""
    for crash, ending in each_crash(Replay(editing, embedded)):
        assert ending.phones["boris"] in (["matched", "hello"], ["matched", "helo"]), crash


def test_messages_between_two_processes_arrive_once_in_order_and_reply_to_the_right_message_or_none(embedded):
    """Only the two processes know the message map, until it is written a moment later."""
    whole = Replay(conversing, embedded).run(CrashPoint(), workers=TWO_WORKERS)
    assert whole.phones["boris"] == ["matched", "hello!", "Media", "that was me"]
    [hello] = whole.replies["anna"]
    for crash, ending in each_crash(Replay(conversing, embedded), every=3, workers=TWO_WORKERS):
        matched, greeting, *rest = ending.phones["boris"]
        assert (matched, rest) == ("matched", ["Media", "that was me"]), crash
        assert greeting in {"hello", "hello!"}, crash
        assert "edit-not-mirrored" not in ending.phones["anna"] or greeting == "hello", crash
        assert ending.phones["anna"].count("hi") == 1, crash
        assert ending.replies["anna"] in ([], [hello]), crash


def test_edits_of_and_replies_to_messages_of_seconds_before_arrive_whatever_process_crashes(embedded):
    for crash, ending in each_crash(Replay(editing_later, embedded)):
        assert ending.phones["boris"] == ["matched", "hello"], crash
        assert "edit-not-mirrored" not in ending.phones["anna"], crash


@pytest.mark.parametrize("story", [going_on, losing], ids=lambda story: story.__name__)
def test_processed_updates_that_come_again_change_nothing(story, embedded):
    """As if the confirmed place in the update log could not be stored for a while."""
    replay = Replay(story, embedded)
    expected = replay.run(CrashPoint())
    for crash, ending in each_crash(replay, every=2, forgetful=True):
        assert_same(ending, expected, crash)


@pytest.mark.parametrize("steps", [4, 8, 12, 16, 20, 24])
def test_a_worker_that_crashes_again_and_again_comes_to_the_same_end(steps, embedded):
    replay = Replay(going_on, embedded)
    assert replay.run(CrashPoint(at=steps, again=True)) == replay.run(CrashPoint())


def test_chats_are_put_back_into_a_pool_that_lost_its_data_and_searchers_are_told(embedded):
    """Only the notice that the partner left may be lost with the data; whoever writes then is told that there is no chat."""
    for crash, ending in each_crash(Replay(a_whole_evening, embedded), forgets=True):
        assert ending.places == dict.fromkeys(("anna", "boris", "carla"), "Free"), crash
        assert ending.pool_and_records_agree, crash
        anna, boris = ending.phones["anna"], ending.phones["boris"]
        assert (boris.count("hello"), anna.count("goodbye")) == (1, 1), crash
        assert anna.count("partner-left") <= 1, crash
        assert anna.count("matched") == boris.count("matched") == 1, crash
