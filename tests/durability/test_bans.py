"""A ban by another process: every process learns of it, the chat ends, and everybody concerned is told once."""

from __future__ import annotations

import asyncio
from math import inf

import pytest

import actors.events
import actors.upkeep.housekeeping
from domain.configuration import LiveConfiguration
from domain.model.ids import UserId
from storage.redis.pool.pool import RedisPool
from storage.sql.bans import SqlBans
from storage.sql.database import open_database
from tests.durability.crash import CrashPoint
from tests.durability.history import TWO_WORKERS, Ending, History, in_memory, populate
from tests.durability.stories import meet
from tests.durability.worker import KEYS

ATTEMPTS = 50
"""At most so many commands until a process has learned of the ban."""


@pytest.fixture(autouse=True)
def short_waits(monkeypatch):
    monkeypatch.setattr(actors.events, "LONGEST_READ", 0.02)
    monkeypatch.setattr(actors.upkeep.housekeeping, "NEWS_SECONDS", 0.01)


async def ban(town: History, user: UserId) -> None:
    """As an admin's process does: first in the records, then in the pool."""
    database = await open_database(town.database_uri, pool_size=1)
    redis = town.open_redis()
    await SqlBans(database).ban(user, inf, "ads", "admin")
    await RedisPool(redis, KEYS, LiveConfiguration()).ban(user, inf)
    await redis.aclose()
    await database.close()


async def a_ban(town: History) -> None:
    await meet(town)
    await ban(town, town.boris.user)
    await town.boris.hears("banned")
    await town.anna.hears("partner-gone")
    town.boris.says("why?")
    await town.boris.hears("banned", times=2)


async def a_ban_of_somebody_without_a_search_or_chat(town: History) -> None:
    """The session is active and has the profile in memory."""
    town.boris.commands("profile")
    await town.boris.hears("profile-card")
    await ban(town, town.boris.user)
    for _ in range(ATTEMPTS):
        town.boris.commands("profile")
        await town.rests()
        if "banned" in town.boris.shows:
            return
    raise AssertionError(f"still not banned: {town.boris.shows[-3:]}")


def run(story, tmp_path) -> Ending:
    uri = f"sqlite:{tmp_path}/records.db"
    asyncio.run(populate(uri))
    open_redis, _ = in_memory()
    return asyncio.run(History(crash=CrashPoint(), database_uri=uri, open_redis=open_redis, workers=TWO_WORKERS).run(story))


def test_a_ban_ends_the_chat_and_each_side_is_told_once(tmp_path):
    ending = run(a_ban, tmp_path)
    assert ending.phones["boris"] == ["matched", "banned", "banned"]
    assert ending.phones["anna"] == ["searching", "matched", "partner-gone"]
    assert [chat.end for chat in ending.chats] == ["banned"]
    assert ending.places["boris"] == "Banned"


def test_a_ban_is_known_to_a_process_that_remembers_the_profile(tmp_path):
    assert run(a_ban_of_somebody_without_a_search_or_chat, tmp_path).phones["boris"][-1] == "banned"
