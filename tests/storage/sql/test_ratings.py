"""Thumbs up and down: each person counts once for each chat, and nothing says who gave which."""

from __future__ import annotations

import asyncio

import pytest

from domain.model.chat import Chat, ChatEnd
from domain.model.ids import Address, BotId, ChatId, UserId
from domain.model.profile import DAY
from domain.ports.talk import Rating
from domain.trust.standing import Votes
from storage.sql.chats import SqlChats
from storage.sql.ratings import SqlRatings

ANNA, BORIS, CLARA = UserId(7_000_000_001), UserId(7_000_000_002), UserId(7_000_000_003)
CHAT = Chat(id=ChatId("c1"), first=Address(BotId(1), ANNA), second=Address(BotId(2), BORIS), started=1000.0)


class Clock:
    now = 1_900_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def ratings(database, clock):
    chats = SqlChats(database, clock=clock)
    await chats.opened(CHAT)
    await chats.ended(CHAT.id, ChatEnd.STOPPED)
    return SqlRatings(database, clock=clock)


async def test_a_chat_that_is_over_is_known_with_its_end(database, ratings, clock):
    chats = SqlChats(database, clock=clock)
    past = await chats.past(CHAT.id)
    assert (past.chat, past.why, past.ended) == (CHAT, ChatEnd.STOPPED, clock.now)
    await chats.opened(Chat(id=ChatId("live"), first=CHAT.first, second=CHAT.second, started=1.0))
    await chats.ended(ChatId("never told of"), ChatEnd.STOPPED)
    async with database.connection() as connection:
        await connection.execute(f"UPDATE chats SET why = 'of a newer release' WHERE id = '{CHAT.id}'")
    past = await chats.past(CHAT.id)
    assert (past.why, past.ended) == (None, clock.now)
    assert (await chats.past(ChatId("live"))).ended is None
    for unknown in ("never told of", "nothing"):
        assert await chats.past(ChatId(unknown)) is None


async def test_each_counts_once_for_the_other(ratings):
    assert await ratings.rate(CHAT.id, ANNA, up=True) is Rating.COUNTED
    assert await ratings.rate(CHAT.id, ANNA, up=False) is Rating.AGAIN
    assert await ratings.rate(CHAT.id, BORIS, up=False) is Rating.COUNTED
    assert (await ratings.of(BORIS), await ratings.of(ANNA), await ratings.of(CLARA)) == (Votes(1, 0), Votes(0, 1), Votes())


async def test_two_presses_at_one_moment_are_one_vote(ratings):
    outcomes = await asyncio.gather(*(ratings.rate(CHAT.id, ANNA, up=True) for _ in range(5)))
    assert sorted(outcomes) == sorted([Rating.COUNTED, *[Rating.AGAIN] * 4])
    assert await ratings.of(BORIS) == Votes(1, 0)


async def test_of_somebody_who_had_their_data_deleted_nothing_is_counted_and_nobody_is_told(database, clock):
    chats, ratings = SqlChats(database, clock=clock), SqlRatings(database, clock=clock)
    gone = Chat(id=ChatId("gone"), first=CHAT.first, second=Address(BotId(2), UserId(-5)), started=1000.0)
    await chats.opened(gone)
    await chats.ended(gone.id, ChatEnd.STOPPED)
    assert await ratings.rate(gone.id, ANNA, up=True) is Rating.COUNTED
    assert await ratings.of(UserId(-5)) == Votes()


async def test_others_and_latecomers_do_not_count(ratings, clock):
    assert await ratings.rate(CHAT.id, CLARA, up=False) is Rating.UNKNOWN
    assert await ratings.rate(ChatId("nothing"), ANNA, up=False) is Rating.UNKNOWN
    clock.now += DAY + 1
    assert await ratings.rate(CHAT.id, ANNA, up=False) is Rating.UNKNOWN
    assert await ratings.of(BORIS) == Votes()


async def test_who_rated_is_forgotten_and_the_counters_stay(database, ratings, clock):
    await ratings.rate(CHAT.id, ANNA, up=True)
    assert await ratings.purge_before(clock.now) == 0
    assert await ratings.purge_before(clock.now + 1) == 1
    assert await ratings.of(BORIS) == Votes(1, 0)


async def test_no_row_says_who_gave_which_thumb(database, ratings):
    await ratings.rate(CHAT.id, ANNA, up=True)
    async with database.connection() as connection:
        for table, columns in (("ratings", (BORIS, 1, 0)), ("rated_chats", (CHAT.id, ANNA, Clock.now))):
            cursor = await connection.execute(f"SELECT * FROM {table}")
            assert [tuple(row) for row in await cursor.fetchall()] == [columns]
            await cursor.close()
