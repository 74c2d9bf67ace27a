"""Which message of one side is which of the other, in Redis: written in batches, and found by the next session."""

from __future__ import annotations

import asyncio
import struct

import pytest

from domain.configuration import ChatRules, Configuration, LiveConfiguration
from domain.errors import Unavailable
from domain.model.digest import UNKNOWN
from domain.model.ids import ChatId, MessageId
from storage.redis import message_maps
from storage.redis.keys import Keys
from storage.redis.message_maps import AT_ONCE, RedisMessageMaps

CHAT, OTHER = ChatId("chat-1"), ChatId("chat-2")
KEYS = Keys("town")
LIMIT = 4
LARGEST = (1 << 31) - 1
"""Telegram's numbers of messages have 31 bits and a sign."""
LIVE = LiveConfiguration(Configuration(chat=ChatRules(mapped_messages=LIMIT)))
PATIENCE = 30.0
AN_HOUR = 3_600_000
"""Milliseconds: `trust.report_minutes`. While a chat goes on, these maps are kept for a minute."""


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(message_maps, "PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(message_maps, "RETRY_SECONDS", 0.001)


@pytest.fixture
async def maps(client):
    """Of a process."""
    maps = RedisMessageMaps(client, KEYS, LIVE, seconds=60)
    yield maps
    await maps.aclose()


@pytest.fixture
def others(client):
    """Of another process."""
    return RedisMessageMaps(client, KEYS, LIVE, seconds=60)


class Interruptible:
    """The scripts of a server that can be away, break, or be slow to answer."""

    def __init__(self, maps: RedisMessageMaps) -> None:
        self._scripts = maps._scripts
        maps._scripts = self
        self.calls = 0
        self.error: Exception | None = None
        self.answers = asyncio.Event()
        self.answers.set()
        self._called = asyncio.Event()

    async def run(self, *arguments):
        self.calls += 1
        self._called.set()
        await self.answers.wait()
        if self.error is not None:
            raise self.error
        return await self._scripts.run(*arguments)

    async def called(self, times: int) -> None:
        async with asyncio.timeout(PATIENCE):
            while self.calls < times:
                self._called.clear()
                await self._called.wait()


@pytest.fixture
async def server(maps):
    server = Interruptible(maps)
    yield server
    server.error = None
    server.answers.set()


def note(maps: RedisMessageMaps, *pairs: tuple[int, int], chat: ChatId = CHAT) -> None:
    for first, second in pairs:
        maps.note(chat, MessageId(first), MessageId(second))


async def pairs_of(maps: RedisMessageMaps, chat: ChatId) -> list[tuple[int, int]]:
    return [(first, second) for first, second, _ in await maps.load(chat)]


async def is_written(maps: RedisMessageMaps) -> None:
    """Until all that was noted is written by itself."""
    async with asyncio.timeout(PATIENCE):
        await maps._writer


async def test_what_is_noted_another_process_finds(maps, others):
    note(maps, (1, 10), (2, LARGEST))
    await is_written(maps)
    note(maps, (3, 30))
    await is_written(maps)
    assert await pairs_of(others, CHAT) == [(1, 10), (2, LARGEST), (3, 30)]


async def test_what_is_flushed_another_process_finds_at_once(maps, others):
    note(maps, (1, 10))
    await maps.flush(CHAT)
    assert await pairs_of(others, CHAT) == [(1, 10)]


async def test_what_is_not_written_yet_is_found_too(maps, server):
    note(maps, (1, 10))
    await maps.flush()
    server.answers.clear()
    note(maps, (2, 20))
    await server.called(2)
    note(maps, (3, 30))
    assert await pairs_of(maps, CHAT) == [(1, 10), (2, 20), (3, 30)]


@pytest.mark.parametrize("digest", [1, -1, LARGEST, -LARGEST - 1])
async def test_what_was_said_is_found_by_its_digest_also_after_an_edit(maps, others, digest):
    maps.note(CHAT, MessageId(LARGEST), MessageId(LARGEST), 5)
    maps.note(CHAT, MessageId(LARGEST), MessageId(LARGEST), digest)
    maps.note(CHAT, MessageId(3), MessageId(30))
    await maps.flush()
    assert await others.load(CHAT) == [(LARGEST, LARGEST, 5), (LARGEST, LARGEST, digest), (3, 30, UNKNOWN)]


async def test_pairs_without_a_digest_are_read(client, maps):
    """As they were written before there were digests."""
    await client.append(KEYS.map(CHAT), struct.pack("<4q", 1, 10, 2, LARGEST))
    assert await maps.load(CHAT) == [(1, 10, UNKNOWN), (2, LARGEST, UNKNOWN)]


async def test_each_chat_has_its_own(maps):
    note(maps, (1, 10))
    await maps.flush()
    assert await pairs_of(maps, OTHER) == []


async def test_what_is_noted_while_a_round_trip_is_under_way_goes_together_in_the_next(maps, server, others):
    server.answers.clear()
    note(maps, (1, 10))
    await server.called(1)
    note(maps, (2, 20), (3, 30))
    note(maps, (4, 40), chat=OTHER)
    server.answers.set()
    await is_written(maps)
    assert server.calls == 2
    assert await pairs_of(others, CHAT) == [(1, 10), (2, 20), (3, 30)]
    assert await pairs_of(others, OTHER) == [(4, 40)]


async def test_a_crowd_that_flushes_shares_its_round_trips(maps, server):
    chats = [ChatId(f"chat-{number}") for number in range(2 * AT_ONCE)]
    for chat in chats:
        note(maps, (1, 10), chat=chat)
    await asyncio.gather(*map(maps.flush, chats))
    assert server.calls == 2


async def test_a_chat_of_which_nothing_waits_asks_nothing_of_the_store(maps, server):
    server.error = Unavailable("away")
    note(maps, (1, 10), chat=OTHER)
    await maps.flush(CHAT)


@pytest.mark.parametrize("at_once", [1, 3, LIMIT, 2 * LIMIT - 1])
async def test_a_long_chat_keeps_the_last_of_its_messages(maps, others, at_once):
    """Whenever another process looks, it finds all that are of use, in their order, and not many more."""
    said = [(number, 1000 + number) for number in range(1, 10 * LIMIT + 1)]
    for end in range(at_once, len(said) + 1, at_once):
        note(maps, *said[end - at_once : end])
        await maps.flush()
        found = await pairs_of(others, CHAT)
        assert found[-LIMIT:] == said[:end][-LIMIT:]
        assert len(found) <= 2 * LIMIT


async def test_the_map_of_a_chat_that_is_over_is_there_as_long_as_it_can_be_reported(client, maps, others):
    note(maps, (1, 10))
    await maps.flush()
    note(maps, (2, 20))
    maps.over(CHAT)
    await is_written(maps)
    assert await pairs_of(others, CHAT) == [(1, 10), (2, 20)]
    assert AN_HOUR - 50_000 < await client.pttl(KEYS.map(CHAT)) <= AN_HOUR
    assert await pairs_of(maps, OTHER) == []


async def test_a_chat_without_a_message_that_is_over_leaves_nothing(client, maps):
    maps.over(CHAT)
    await maps.flush()
    assert not await client.exists(KEYS.map(CHAT))


async def test_a_chat_that_ends_while_the_store_is_away_ends_there_too(client, maps, server):
    note(maps, (1, 10))
    await maps.flush()
    server.error = Unavailable("away")
    server.answers.clear()
    note(maps, (2, 20))
    await server.called(2)
    maps.over(CHAT)
    server.answers.set()
    await server.called(4)
    server.error = None
    await is_written(maps)
    assert await pairs_of(maps, CHAT) == [(1, 10), (2, 20)]
    assert await client.pttl(KEYS.map(CHAT)) > 1000 * 1000


async def test_a_map_expires(client, maps):
    note(maps, (1, 10))
    await maps.flush()
    assert 50_000 < await client.pttl(KEYS.map(CHAT)) <= 60_000


async def test_what_could_not_be_written_goes_by_itself_once_the_store_is_back_in_the_order_noted(maps, server, others):
    server.error = Unavailable("away")
    chats = [ChatId(f"chat-{number}") for number in range(AT_ONCE + 1)]
    for chat in chats:
        note(maps, (1, 10), chat=chat)
    with pytest.raises(Unavailable):
        await maps.flush(chats[-1])
    note(maps, (2, 20), chat=chats[-1])
    await server.called(3)
    server.error = None
    await is_written(maps)
    assert [len(await pairs_of(others, chat)) for chat in chats] == [1] * AT_ONCE + [2]
    assert await pairs_of(others, chats[-1]) == [(1, 10), (2, 20)]


async def test_while_the_store_is_away_the_newest_messages_of_a_chat_wait_and_no_more_than_are_of_use(maps, server, others):
    """Also those noted while a round trip is under way that will fail."""
    server.error = Unavailable("away")
    said = [(number, number) for number in range(100 * LIMIT)]
    for start in range(0, len(said), 5 * LIMIT):
        server.answers.clear()
        await server.called(server.calls + (start > 0))
        note(maps, *said[start : start + 5 * LIMIT])
        server.answers.set()
        await server.called(server.calls + 1)
        assert len(await pairs_of(maps, CHAT)) <= 2 * LIMIT
    server.error = None
    await is_written(maps)
    assert (await pairs_of(others, CHAT))[-LIMIT:] == said[-LIMIT:]


async def test_an_error_of_ours_costs_what_went_with_it_and_nothing_later(maps, server, others):
    server.error = ValueError("a script that is wrong")
    note(maps, (1, 10))
    await is_written(maps)
    server.error = None
    note(maps, (2, 20))
    await is_written(maps)
    assert await pairs_of(others, CHAT) == [(2, 20)]


async def test_what_is_left_at_the_end_of_a_process_is_written(maps, others, monkeypatch):
    monkeypatch.setattr(message_maps, "PAUSE_SECONDS", 3600.0)
    note(maps, (1, 10))
    await maps.flush()
    note(maps, (2, 20))
    await maps.aclose()
    assert await pairs_of(others, CHAT) == [(1, 10), (2, 20)]
