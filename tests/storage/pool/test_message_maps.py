from __future__ import annotations

from domain.values import ChatId, UserId
from storage.keys import Keys
from storage.message_maps import RedisMessageMaps

CHAT, ANNA, BORIS = ChatId("chat-1"), UserId(1), UserId(2)
KEYS = Keys("town")


async def test_a_map_is_found_as_it_was_saved_last(client):
    maps = RedisMessageMaps(client, KEYS, seconds=60)
    await maps.save(CHAT, ANNA, {1: 10, 2: 20})
    await maps.save(CHAT, ANNA, {2: 20, 3: 30})
    assert await maps.load(CHAT, ANNA) == {2: 20, 3: 30}


async def test_each_side_has_its_own(client):
    maps = RedisMessageMaps(client, KEYS, seconds=60)
    await maps.save(CHAT, ANNA, {1: 10})
    assert await maps.load(CHAT, BORIS) == {}


async def test_an_empty_map_leaves_nothing(client):
    maps = RedisMessageMaps(client, KEYS, seconds=60)
    await maps.save(CHAT, ANNA, {1: 10})
    await maps.save(CHAT, ANNA, {})
    assert not await client.exists(KEYS.map(CHAT, ANNA))


async def test_a_map_fades(client):
    await RedisMessageMaps(client, KEYS, seconds=60).save(CHAT, ANNA, {1: 10})
    assert 50_000 < await client.pttl(KEYS.map(CHAT, ANNA)) <= 60_000
