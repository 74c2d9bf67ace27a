"""The time from a pre-checkout query to its answer, as Telegram sees it: while the worker relays at 80% of what it can, and while
Redis is away.
"""

from __future__ import annotations

import asyncio
import gc
import secrets
import time
from pathlib import Path
from statistics import quantiles

import uvloop

from bench.chatters import text
from bench.harness import Figures, say
from bench.relay import Scene
from domain.model.ids import BotId, UserId
from domain.payments.orders import Kind, Order
from domain.payments.payload import write_payload
from storage.secrets import load_secrets
from storage.sql.database import Database, open_database
from storage.sql.payments.orders import SqlOrders
from tests.servers import PostgresServer, RedisServer
from transport.sandbox.stars.invoices import Offer
from transport.sandbox.stars.model import Invoice

LOAD = 0.8
CEILING_SECONDS = 4.0
RATE = 10.0
"""Queries a second."""
SECONDS = 20.0
"""Shorter than a lease of the worker, which needs Redis."""
STARS = 100


class Counter:
    """Where people pay, each once. Orders are written directly, because only the answers are measured."""

    def __init__(self, scene: Scene, database: Database, folder: Path) -> None:
        self._scene = scene
        self._orders = SqlOrders(database)
        self._secret = load_secrets("", folder / "var").derived("payloads of invoices")
        self._bot = scene.people["ours"].bot

    async def offers(self, count: int) -> list[tuple[int, Offer]]:
        """(buyer, what they are offered). The buyers are new, and have accepted the terms."""
        buyers = [self._scene.sandbox.world.add_user(f"Buyer {number}").id for number in range(count)]
        for buyer in buyers:
            await self._orders.accept_terms(UserId(buyer), time.time())
        return [await self._offer(buyer) for buyer in buyers]

    async def _offer(self, buyer: int) -> tuple[int, Offer]:
        now = time.time()
        order = Order(
            id=secrets.token_hex(8),
            bot=BotId(self._bot.id),
            user=UserId(buyer),
            kind=Kind.GIFT_LINK,
            plan="week",
            days=7,
            stars=STARS,
            period=0,
            created=now,
            expires=now + 1800,
        )
        await self._orders.open(order)
        payload = write_payload(order, self._secret)
        return buyer, Offer(Invoice(bot=self._bot.id, title="VIP", description="VIP", stars=STARS, payload=payload))

    async def pays(self, buyer: int, offer: Offer) -> tuple[str, float]:
        """(outcome, seconds from the query to the answer)."""
        payments = self._scene.sandbox.stars.payments
        form = payments.open(buyer, offer)
        began = time.perf_counter()
        result = await payments.submit(form)
        return result["outcome"], time.perf_counter() - began


async def _pay_at(counter: Counter, offers: list[tuple[int, Offer]]) -> list[tuple[str, float]]:
    """At a fixed rate, whether or not earlier ones were answered."""
    began, paying = time.perf_counter(), list[asyncio.Task[tuple[str, float]]]()
    for number, (buyer, offer) in enumerate(offers):
        if (wait := began + number / RATE - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        paying.append(asyncio.create_task(counter.pays(buyer, offer)))
    return await asyncio.gather(*paying)


def _p99_ms(paid: list[tuple[str, float]], what: str) -> float:
    outcomes = {outcome: sum(each == outcome for each, _ in paid) for outcome, _ in paid}
    if set(outcomes) != {"paid"}:
        raise RuntimeError(f"{what}: {outcomes}")
    p99 = quantiles([seconds for _, seconds in paid], n=100)[98] * 1000
    say(f"{what}: {outcomes}, p99 {p99:.0f} ms")
    return p99


async def measure(folder: Path, postgres: str, redis: RedisServer) -> Figures:
    scene = Scene(folder, {"POSTGRES_URI": postgres, "REDIS_URL": redis.url}, rivals=())
    database = None
    try:
        await scene.start()
        database = await open_database(postgres, pool_size=1)
        return await _figures(scene, Counter(scene, database, folder), redis)
    finally:
        if database is not None:
            await database.close()
        await scene.stop()


async def _figures(scene: Scene, counter: Counter, redis: RedisServer) -> Figures:
    count = int(RATE * SECONDS)
    busy, without = await counter.offers(count), await counter.offers(count)
    gc.collect()
    gc.freeze()
    people = scene.people["ours"]
    rate = LOAD * await people.talk(text, CEILING_SECONDS)
    paid, took = await asyncio.gather(_pay_at(counter, busy), people.talk_at(text, rate, SECONDS))
    say(f"relay p50/p99 {quantiles(took, n=100)[49]} {quantiles(took, n=100)[98]} max {max(took)}")
    loaded = _p99_ms(paid, f"beside {rate:.0f} messages a second")
    await asyncio.to_thread(redis.kill)
    try:
        away = _p99_ms(await _pay_at(counter, without), "without Redis")
    finally:
        await asyncio.to_thread(redis.start)
    return {
        "precheckout_p99_ms": round(max(loaded, away), 1),
        "p99_under_load_ms": round(loaded, 1),
        "p99_without_redis_ms": round(away, 1),
        "relayed_per_s": round(rate),
        "relay_p99_ms": round(quantiles(took, n=100)[98] * 1000, 1),
    }


def measured(folder: Path) -> Figures:
    postgres, redis = PostgresServer(), RedisServer(appendonly=True)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        postgres.start()
        redis.start()
        return uvloop.run(measure(folder, postgres.uri, redis))
    finally:
        postgres.remove()
        redis.remove()
