"""Two processes of the operating system find for 20,000 people at once on one real server."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from pathlib import Path

from domain.matching.requests import GetStatus, Paired, Waiting
from domain.model.events import Matched
from domain.model.ids import UserId
from storage.redis.client import open_redis
from tests.storage.pool.town import BLUE, RED, Town

PEOPLE = 20_000
ROOT = Path(__file__).parents[3]


async def test_nobody_is_paired_twice_and_nobody_is_lost(redis_url, capsys):
    town = Town(open_redis(redis_url))
    await town.open()
    half = PEOPLE // 2
    heard = await asyncio.gather(find_for(redis_url, 1, half + 1), find_for(redis_url, half + 1, PEOPLE + 1))

    statuses = await town.decides(*(GetStatus(user=UserId(user)) for user in range(1, PEOPLE + 1)))
    partner = {
        user: status.chat.partner_of(UserId(user)).user for user, status in enumerate(statuses, 1) if isinstance(status, Paired)
    }
    doubles = sum(partner.get(partner[user]) != user for user in partner)
    events = [*await town.told(RED), *await town.told(BLUE)]
    told = Counter(event.user for event in events if isinstance(event, Matched))
    counts = await town.pool.counts()
    await town.client.aclose()

    with capsys.disabled():
        sys.stdout.write(f"\ntwo processes: {heard[0]} and {heard[1]}; chats {counts.chats}, doubles {doubles}, ")
        sys.stdout.write(f"lost {PEOPLE - len(partner)}, waiting {counts.waiting}\n")
    assert (len(partner), doubles, counts.chats, counts.waiting) == (PEOPLE, 0, half, 0)
    assert sum(each["Paired"] for each in heard) == sum(each["Waiting"] for each in heard) == half
    assert set(told.values()) == {1}
    assert len(told) == PEOPLE


async def test_defect_11_a_process_killed_in_the_middle_leaves_nobody_in_between(redis_url):
    """Whoever was found is in a chat with the one who found them, and both were told; the others never began."""
    town = Town(open_redis(redis_url))
    await town.open()
    process = await start_finding(redis_url, 1, PEOPLE + 1)
    while (await town.pool.counts()).chats < PEOPLE // 20:
        assert process.returncode is None
    process.kill()
    await process.communicate()

    chats = (await town.pool.counts()).chats
    statuses = await town.decides(*(GetStatus(user=UserId(user)) for user in range(1, PEOPLE + 1)))
    paired = {user: status.chat for user, status in enumerate(statuses, 1) if isinstance(status, Paired)}
    waiting = [status for status in statuses if isinstance(status, Waiting)]
    told = {event.user: event.chat for event in [*await town.told(RED), *await town.told(BLUE)]}
    await town.client.aclose()
    assert chats < PEOPLE // 2, "it was killed in the middle"
    assert all(paired[chat.partner_of(UserId(user)).user] == chat for user, chat in paired.items())
    assert told == paired
    assert (len(paired), len(waiting) <= 1) == (2 * chats, True)


async def find_for(url: str, first: int, last: int) -> dict[str, int]:
    process = await start_finding(url, first, last)
    output, _ = await process.communicate()
    assert process.returncode == 0
    return json.loads(output)


async def start_finding(url: str, first: int, last: int) -> asyncio.subprocess.Process:
    program = [sys.executable, "-m", "tests.storage.pool.finder", url, str(first), str(last)]
    return await asyncio.create_subprocess_exec(*program, stdout=asyncio.subprocess.PIPE, cwd=ROOT)
