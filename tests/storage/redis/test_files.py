"""Files that another bot can send again are remembered in Redis: found by bot and id, and forgotten in time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.errors import Unavailable
from domain.model.content import FileRef
from domain.model.ids import BotId, MessageId
from storage.redis.client import open_redis
from storage.redis.files import RedisFiles
from storage.redis.keys import Keys
from tests.servers import free_port

KEYS = Keys("town")
FILE = FileRef(
    bot=BotId(1),
    id=-(2**62),
    access_hash=-5,
    reference=b"\x00\xff",
    unique_id="document-7",
    size=5_000_000_000,
    dc=4,
    post=MessageId(3),
)


async def test_a_file_is_found_by_bot_and_unique_id(client):
    files = RedisFiles(client, KEYS, seconds=60)
    await files.put(FILE)
    assert await files.get(FILE.bot, FILE.unique_id) == FILE
    assert await files.get(BotId(2), FILE.unique_id) is None


async def test_what_was_put_last_counts(client):
    files = RedisFiles(client, KEYS, seconds=60)
    await files.put(FILE)
    await files.put(replace(FILE, reference=b"new"))
    found = await files.get(FILE.bot, FILE.unique_id)
    assert found == replace(FILE, reference=b"new")


async def test_a_file_fades(client):
    await RedisFiles(client, KEYS, seconds=60).put(FILE)
    assert 50_000 < await client.pttl(KEYS.file(FILE.bot, FILE.unique_id)) <= 60_000


async def test_a_server_that_is_not_there_is_unavailable():
    client = open_redis(f"redis://127.0.0.1:{free_port()}/0")
    with pytest.raises(Unavailable):
        await RedisFiles(client, KEYS, seconds=60).get(FILE.bot, FILE.unique_id)
    await client.aclose()
