"""A process of the operating system dies by SIGKILL with events in its hands: the bot's next owner has them all, in order."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

from domain.model.events import SearchEnded
from domain.model.ids import BotId, UserId
from storage.redis.client import open_redis
from storage.redis.keys import Keys
from storage.redis.streams.event_stream import RedisEventStream

ROOT = Path(__file__).parents[3]
BOT = BotId(100)
KEYS = Keys("town")

READER = """
import asyncio, sys
from domain.model.ids import BotId
from storage.redis.streams.event_stream import RedisEventStream
from storage.redis.keys import Keys
from storage.redis.client import open_redis

async def main():
    stream = RedisEventStream(open_redis(sys.argv[1]), Keys("town"), owner="worker-1@here:1:aa")
    read = await stream.read([BotId(100)], wait=1)
    await stream.acknowledge(BotId(100), [entry.id for _, entry in read[:3]])
    print(len(read), flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_what_a_killed_process_had_in_its_hands_goes_to_the_next_owner_first(redis_url):
    client = open_redis(redis_url)
    await client.set(KEYS.lease(BOT), "worker-1@here:1:aa:1")
    next_owner = RedisEventStream(client, KEYS, owner="worker-2@elsewhere:2:bb")
    for user in range(10):
        await next_owner.append(BOT, SearchEnded(user=UserId(user)))
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", READER, redis_url, cwd=ROOT, stdout=PIPE)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"10\n"
    process.kill()
    await process.wait()

    await next_owner.append(BOT, SearchEnded(user=UserId(10)))
    assert await next_owner.read([BOT], wait=0) == []
    await client.set(KEYS.lease(BOT), "worker-2@elsewhere:2:bb:2")
    read = [entry.event.user for _, entry in await next_owner.read([BOT], wait=0)]
    await client.aclose()
    assert read == list(range(3, 11))
