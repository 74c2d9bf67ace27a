"""Two installations share Redis, PostgreSQL and the bots. However one of them ends, the other serves all bots; when the first is
back it gets its share again. Messages sent meanwhile arrive once, in order.
"""

from __future__ import annotations

import asyncio
import base64
import os
import secrets
import signal
import socket
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from tests.servers import drop_database
from tests.system.house import House
from tests.system.people import Person, Town, numbers, talk
from tests.system.telegram import house_at, telegram

LEASE_SECONDS = 4.0
LEASES = {"MASQUERADE_CLUSTER__LEASE_SECONDS": str(LEASE_SECONDS)}
SLACK = 8.0
"""Seconds to connect to Telegram and fetch missed updates, on a busy machine."""

pytestmark = [pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="module")]


class TwoHouses:
    """Two installations with the same bots and stores."""

    def __init__(self, houses: list[House], redis: Redis) -> None:
        self.houses = houses
        self._redis = redis

    async def balanced(self) -> tuple[House, House]:
        """(the house that serves the first bot, the one that serves the second), once each serves one."""
        async with asyncio.timeout(30):
            while True:
                served = [await served_by(house) for house in self.houses]
                if sorted(map(len, served)) == [1, 1]:
                    return tuple(house for _, house in sorted(zip(served, self.houses, strict=True), key=lambda pair: pair[0]))
                await asyncio.sleep(0.2)

    async def housekeeper_first(self) -> list[House]:
        (key,) = await self._redis.keys("*:housekeeper")
        pid = int((await self._redis.get(key)).split(b":")[1])
        pids = [await house.pid_of("worker-1") for house in self.houses]
        return self.houses if pids[0] == pid else self.houses[::-1]

    async def wipe_redis(self) -> None:
        await self._redis.flushdb()

    async def leases(self) -> list[bytes]:
        """Owner and fencing token of each lease."""
        return await self._redis.mget(sorted(await self._redis.keys("*:lease:*")))


async def served_by(house: House) -> list[int]:
    return [bot["id"] for bot in (await house.status()).get("bots", []) if bot["state"] == "serving"]


async def serves_all(house: House, within: float) -> None:
    await house.until(lambda status: {bot["state"] for bot in status.get("bots", [])} == {"serving"}, within)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def both(tmp_path_factory, redis_server, postgres) -> AsyncIterator[TwoHouses]:
    """Both houses are healthy when a test begins, and the test leaves them so."""
    folder = tmp_path_factory.mktemp("houses")
    stores = {"REDIS_URL": redis_server.new_database(), "POSTGRES_URI": postgres.new_database()}
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    async with telegram(folder / "telegram") as endpoint, Redis.from_url(stores["REDIS_URL"]) as redis:
        houses = [house_at(folder / name, endpoint, ENCRYPTION_KEY=key, **LEASES, **stores) for name in ("first", "second")]
        try:
            await asyncio.gather(*(house.start() for house in houses))
            yield TwoHouses(houses, redis)
        finally:
            await asyncio.gather(*(house.close() for house in houses))
    drop_database(postgres.uri, stores["POSTGRES_URI"].rpartition("/")[2])


async def all_is_heard_once(anna: Person, boris: Person, count: int) -> None:
    await boris.hears(f"number {count - 1:02}", within=30)
    await boris.says("all here")
    await anna.hears("all here")
    await boris.listens(1.0)
    assert numbers(boris) == [f"number {n:02}" for n in range(count)]
    assert sum("Partner found" in text for text in boris.said_to + anna.said_to) == 2


async def logged(house: House, text: str, after: int) -> None:
    """Wait until `text` is in its log, beyond the first `after` characters."""
    deadline = time.monotonic() + SLACK
    while text not in log_of(house)[after:]:
        assert time.monotonic() < deadline, f"{text!r} was never logged\n{house.log}"
        await asyncio.sleep(0.05)


def log_of(house: House) -> str:
    return (house.folder / "logs" / "combined.log").read_text()


async def kill_all_of(house: House) -> None:
    """Kill all processes, as a power cut does."""
    pids = [process["pid"] for process in (await house.status())["processes"] if process["pid"]]
    await house.kill_supervisor()
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def waiting_in(status: dict[str, Any]) -> list[str]:
    return [bot["detail"] for bot in status.get("bots", ()) if bot["state"] == "waiting"]


async def test_each_house_serves_its_share_and_knows_who_serves_the_rest(both: TwoHouses):
    one, other = await both.balanced()
    assert await served_by(one) != await served_by(other)
    for house in (one, other):
        await house.until(lambda status: waiting_in(status) == [f"served by worker-1 on {socket.gethostname()}"])


async def test_the_bots_of_a_killed_house_are_served_by_the_other_within_the_lease(both: TwoHouses):
    dying, other = await both.balanced()
    anna, boris = await Town(dying).chatting(bots=(0, 1))
    await talk(anna, 0, 5)
    await kill_all_of(dying)
    await talk(anna, 5, 15)
    await serves_all(other, LEASE_SECONDS + SLACK)
    await talk(anna, 15, 20)
    await all_is_heard_once(anna, boris, 20)
    await dying.start()


async def test_after_the_housekeeper_was_killed_the_other_house_puts_back_what_redis_loses(both: TwoHouses):
    await both.balanced()
    dying, other = await both.housekeeper_first()
    anna, boris = await Town(other).chatting(bots=(0, 1))
    await kill_all_of(dying)
    await both.wipe_redis()
    await serves_all(other, LEASE_SECONDS + SLACK)
    await talk(anna, 0, 5)
    await all_is_heard_once(anna, boris, 5)
    await boris.says("/stop")
    await anna.hears("left", within=30)
    await dying.start()


async def test_a_house_that_stops_hands_its_bots_over_and_gets_its_share_again_after_its_start(both: TwoHouses):
    stopping, other = await both.balanced()
    anna, boris = await Town(stopping).chatting(bots=(0, 1))
    question = await anna.says("who are you?")
    asked = await boris.hears("who are you?")
    going = asyncio.create_task(stopping.stop())
    await talk(anna, 0, 5)
    assert await going == 0
    await serves_all(other, SLACK)
    await boris.says("a passive session", reply_to=asked["id"])
    assert (await anna.hears("a passive session"))["reply_to"] == question
    await asyncio.gather(stopping.start(), talk(anna, 5, 10))
    await both.balanced()
    await talk(anna, 10, 15)
    await all_is_heard_once(anna, boris, 15)


async def test_a_drained_bot_is_served_by_the_other_house_and_the_rest_is_shared_anew(both: TwoHouses):
    draining, other = await both.balanced()
    anna, boris = await Town(draining).chatting(bots=(0, 1))
    (bot,) = await served_by(draining)
    going = asyncio.create_task(draining.command("drain", str(bot)))
    await talk(anna, 0, 5)
    code, text = await going
    assert (code, text.splitlines()[-1].partition(" is served by ")[2].partition(" on ")[0]) == (0, "worker-1"), text
    await both.balanced()
    assert await served_by(other) == [bot]
    await talk(anna, 5, 10)
    assert (await draining.command("resume", str(bot)))[0] == 0
    await both.balanced()
    await talk(anna, 10, 15)
    await all_is_heard_once(anna, boris, 15)


async def test_a_paused_owner_whose_lease_ran_out_changes_and_sends_nothing(both: TwoHouses):
    pausing, other = await both.balanced()
    anna, boris = await Town(pausing).chatting(bots=(0, 1))
    worker, (lost,) = await pausing.pid_of("worker-1"), await served_by(pausing)
    await talk(anna, 0, 5)
    logged_before = {house.folder: len(log_of(house)) for house in both.houses}
    os.kill(worker, signal.SIGSTOP)
    try:
        await talk(anna, 5, 10)
        await serves_all(other, LEASE_SECONDS + SLACK)
        await boris.hears("number 09", within=SLACK)
        leases, calls = await both.leases(), await calls_made(pausing)
    finally:
        os.kill(worker, signal.SIGCONT)
    await logged(pausing, f"bot{lost} --LeaseLost-->", logged_before[pausing.folder])
    handed_over = f"bot{lost} --HandedOver-->" in log_of(other)[logged_before[other.folder] :]
    assert handed_over or await both.leases() == leases
    assert await calls_made(pausing) == calls
    await talk(anna, 10, 15)
    await both.balanced()
    await talk(anna, 15, 20)
    await all_is_heard_once(anna, boris, 20)


async def test_a_key_that_telegram_destroys_because_two_workers_used_it_is_replaced(both: TwoHouses):
    """The paused worker's connection is still open when the next owner connects."""
    pausing, other = await both.balanced()
    anna, boris = await Town(pausing).chatting(bots=(0, 1))
    worker, (bot,) = await pausing.pid_of("worker-1"), await served_by(pausing)
    os.kill(worker, signal.SIGSTOP)
    try:
        await serves_all(other, LEASE_SECONDS + SLACK)
        await other.fault("key_duplicated", bot=bot)
        await talk(anna, 0, 5)
        await boris.hears("number 04", within=2 * SLACK)
    finally:
        os.kill(worker, signal.SIGCONT)
    await both.balanced()
    await talk(anna, 5, 10)
    await all_is_heard_once(anna, boris, 10)


async def calls_made(house: House) -> int:
    """How many messages all bots have sent."""
    stats = (await house.http.get("/api/stats")).json()
    return int(stats["calls"].get("messages.SendMessage", 0))
