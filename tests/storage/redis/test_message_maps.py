from __future__ import annotations

from array import array

import pytest

from domain.configuration import ChatRules, Configuration, LiveConfiguration
from domain.errors import Unavailable
from domain.model.ids import ChatId, MessageId
from storage.redis.keys import Keys
from storage.redis.message_ledger import AT_ONCE, MessageLedger
from storage.redis.message_maps import RedisMessageMaps

CHAT, OTHER = ChatId("chat-1"), ChatId("chat-2")
KEYS = Keys("town")
LIMIT = 4
LIVE = LiveConfiguration(Configuration(chat=ChatRules(mapped_messages=LIMIT)))


@pytest.fixture
def maps(client):
    return RedisMessageMaps(client, KEYS, LIVE, seconds=60)


@pytest.fixture
def ledger(maps):
    return MessageLedger(maps, LIVE)


def note(ledger: MessageLedger, *pairs: tuple[int, int], chat: ChatId = CHAT) -> None:
    for first, second in pairs:
        ledger.note(chat, MessageId(first), MessageId(second))


class Broken:
    """A shelf that takes the first call and no other until it is mended."""

    def __init__(self, maps: RedisMessageMaps) -> None:
        self._maps = maps
        self.calls = 0

    async def keep(self, pairs) -> None:
        self.calls += 1
        if self.calls == 2:
            raise Unavailable("away")
        await self._maps.keep(pairs)

    async def load(self, chat):
        return await self._maps.load(chat)


async def test_what_was_kept_another_process_finds(maps, ledger):
    note(ledger, (1, -10), (2, 1 << 40))
    await ledger.flush()
    note(ledger, (3, 30))
    await ledger.flush()
    assert await MessageLedger(maps, LIVE).load(CHAT) == [(1, -10), (2, 1 << 40), (3, 30)]


async def test_what_is_not_kept_yet_is_found_too(ledger):
    note(ledger, (1, 10))
    await ledger.flush()
    note(ledger, (2, 20))
    assert await ledger.load(CHAT) == [(1, 10), (2, 20)]


async def test_each_chat_has_its_own(ledger):
    note(ledger, (1, 10))
    await ledger.flush()
    assert await ledger.load(OTHER) == []


@pytest.mark.parametrize("at_once", [1, 3, LIMIT, 2 * LIMIT - 1])
async def test_a_long_chat_keeps_the_last_of_its_messages(maps, ledger, at_once):
    """Whenever another process looks, it finds all that are of use, in their order, and not many more."""
    said = [(number, -number) for number in range(1, 10 * LIMIT + 1)]
    for end in range(at_once, len(said) + 1, at_once):
        note(ledger, *said[end - at_once : end])
        await ledger.flush()
        found = await MessageLedger(maps, limit=LIMIT).load(CHAT)
        assert found[-LIMIT:] == said[:end][-LIMIT:]
        assert len(found) <= 2 * LIMIT


async def test_a_chat_that_is_over_leaves_nothing(client, ledger):
    note(ledger, (1, 10))
    await ledger.flush()
    note(ledger, (2, 20))
    ledger.forget(CHAT)
    await ledger.flush()
    assert not await client.exists(KEYS.map(CHAT))


async def test_a_map_fades(client, ledger):
    note(ledger, (1, 10))
    await ledger.flush()
    assert 50_000 < await client.pttl(KEYS.map(CHAT)) <= 60_000


async def test_what_could_not_be_kept_is_kept_the_next_time(maps):
    ledger = MessageLedger(Broken(maps), LIVE)
    chats = [ChatId(f"chat-{number}") for number in range(AT_ONCE + 1)]
    for chat in chats:
        note(ledger, (1, 10), chat=chat)
    with pytest.raises(Unavailable):
        await ledger.flush()
    note(ledger, (2, 20), chat=chats[-1])
    await ledger.flush()
    assert [len(await maps.load(chat)) for chat in chats] == [2] * AT_ONCE + [4]
    assert await maps.load(chats[-1]) == array("q", [1, 10, 2, 20])


async def test_while_the_store_is_away_a_chat_holds_no_more_than_is_of_use(maps, ledger):
    for number in range(100 * LIMIT):
        note(ledger, (number, number))
    await ledger.flush()
    kept = await maps.load(CHAT)
    assert LIMIT <= len(kept) // 2 <= 2 * LIMIT
    assert kept[-1] == 100 * LIMIT - 1


async def test_a_chat_of_which_nothing_waits_asks_nothing_of_the_store(maps):
    shelf = Broken(maps)
    ledger = MessageLedger(shelf, LIVE)
    note(ledger, (1, 10), chat=OTHER)
    await ledger.flush(CHAT)
    assert shelf.calls == 0
    await ledger.flush(OTHER)
    assert shelf.calls == 1
