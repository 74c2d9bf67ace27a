"""Whose pictures are shown to the judge: newcomers, and people with open reports."""

from __future__ import annotations

import pytest
from msgspec import structs

from domain.configuration import Configuration, LiveConfiguration
from domain.model.chat import Chat
from domain.model.ids import Address, BotId, ChatId, UserId
from domain.model.profile_changes import Begin
from domain.trust.reports import Reason, Report
from storage.secrets import Secrets
from storage.sql.chats import SqlChats
from storage.sql.profiles import SqlProfiles
from storage.sql.standings import SqlStandings
from storage.sql.trust.moderation import SqlModeration

ANNA, BORIS = Address(BotId(1), UserId(10)), Address(BotId(2), UserId(20))
CAME, HOUR = 1_000_000.0, 3600.0


class Clock:
    now = CAME

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def watched(database):
    """Of Anna, who came at `CAME` and had four chats."""
    clock = Clock()
    await SqlProfiles(database, clock=clock).change(ANNA.user, Begin(language="en"))
    for number in range(4):
        sides = (ANNA, BORIS) if number % 2 else (BORIS, ANNA)
        await chats(database, f"c{number}", *sides)
    live = LiveConfiguration(Configuration())
    store = SqlStandings(database, live, clock=clock)
    store.clock, store.live = clock, live
    return store


async def chats(database, name: str, first: Address, second: Address) -> None:
    await SqlChats(database).opened(Chat(id=ChatId(name), first=first, second=second, started=CAME))


async def test_a_newcomer_by_time_or_by_chats_is_watched(database, watched):
    watched.clock.now = CAME + 25 * HOUR
    assert await watched.is_watched(ANNA.user)
    await chats(database, "c4", ANNA, BORIS)
    assert not await watched.is_watched(ANNA.user)
    watched.clock.now = CAME + 23 * HOUR
    assert await watched.is_watched(ANNA.user)
    rules = watched.live.current
    watched.live.swap(structs.replace(rules, trust=structs.replace(rules.trust, newcomer_hours=22.0)), {})
    assert not await watched.is_watched(ANNA.user)


async def test_who_is_unknown_is_watched(watched):
    assert await watched.is_watched(UserId(99))


async def test_who_was_reported_is_watched_until_somebody_has_decided(database, watched):
    watched.clock.now = CAME + 100 * HOUR
    await chats(database, "c4", ANNA, BORIS)
    moderation = SqlModeration(database, Secrets([b"k" * 32], source="test"), watched.live, clock=watched.clock)
    await moderation.file(Report(reporter=BORIS, reported=ANNA, chat=ChatId("c1"), reason=Reason.INSULT))
    assert await watched.is_watched(ANNA.user)
    async with database.connection() as connection:
        await connection.execute("UPDATE reports SET verdict = 'rejected'")
    assert not await watched.is_watched(ANNA.user)
