"""One of several processes that find at once: `python -m tests.storage.pool.finder URL FIRST LAST`. Prints what it heard."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter

from domain.configuration import LiveConfiguration
from domain.matching.requests import Find
from domain.model.ids import ChatId
from storage.redis.client import open_redis
from storage.redis.keys import Keys
from storage.redis.pool.pool import RedisPool
from tests.storage.pool.town import BLUE, RED, mark, seeker

BATCH = 19


async def main(url: str, first: int, last: int) -> None:
    client = open_redis(url)
    pool = RedisPool(client, Keys("town"), LiveConfiguration())
    heard: Counter[str] = Counter()
    for start in range(first, last, BATCH):
        finds = []
        for user in range(start, min(start + BATCH, last)):
            who = seeker(user, RED if user % 2 else BLUE)
            finds.append(Find(seeker=who, chat=ChatId(f"chat-{user}"), mark=mark(who.address.bot, user)))
        heard.update(type(answer).__name__ for answer in await pool.decide(finds))
    await client.aclose()
    sys.stdout.write(json.dumps(heard))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
