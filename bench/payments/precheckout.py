"""The time from a pre-checkout query to its answer, as Telegram sees it: while the worker relays at 80% of what it can, and while
Redis is away.
"""

from __future__ import annotations

import asyncio
import gc
import secrets
import time
from collections import Counter
from pathlib import Path
from statistics import median

import uvloop

from bench.chatters import text
from bench.harness import Figures, say
from bench.relay import Scene
from bench.sessions import percentile
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
ROUNDS = 7
CEILING_SECONDS = 1.0
"""What the worker can is measured before each round, because others may use the machine too."""
RATE = 15.0
"""Queries a second."""
SECONDS = 4.0
"""Of a round."""
AWAY_SECONDS = 12.0
"""Without Redis: shorter than a lease of the worker, which needs it."""
STARS = 100


class Desk:
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
            quantity=7,
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


async def _pay_at(desk: Desk, offers: list[tuple[int, Offer]]) -> list[tuple[str, float]]:
    """At a fixed rate, whether or not earlier ones were answered."""
    began, paying = time.perf_counter(), list[asyncio.Task[tuple[str, float]]]()
    for number, (buyer, offer) in enumerate(offers):
        if (wait := began + number / RATE - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        paying.append(asyncio.create_task(desk.pays(buyer, offer)))
    return await asyncio.gather(*paying)


class Answers:
    """What came of the queries, round by round."""

    def __init__(self) -> None:
        self.took: list[list[float]] = []
        self.outcomes: Counter[str] = Counter()

    def add(self, paid: list[tuple[str, float]]) -> None:
        self.took.append([seconds for _, seconds in paid])
        self.outcomes.update(outcome for outcome, _ in paid)

    @property
    def p99_ms(self) -> float:
        return percentile(self.took, 99) * 1000


async def measure(folder: Path, postgres: str, redis: RedisServer) -> Figures:
    scene = Scene(folder, {"POSTGRES_URI": postgres, "REDIS_URL": redis.url}, rivals=())
    database = None
    try:
        await scene.start()
        database = await open_database(postgres, pool_size=1)
        return await _figures(scene, Desk(scene, database, folder), redis)
    finally:
        if database is not None:
            await database.close()
        await scene.stop()


async def _figures(scene: Scene, desk: Desk, redis: RedisServer) -> Figures:
    people, loaded, away, relayed, rates = scene.people["ours"], Answers(), Answers(), list[list[float]](), list[float]()
    offers = [await desk.offers(int(RATE * SECONDS)) for _ in range(ROUNDS)]
    without = await desk.offers(int(RATE * AWAY_SECONDS))
    for some in offers:
        gc.collect()
        rates.append(LOAD * await people.talk(text, CEILING_SECONDS))
        paid, took = await asyncio.gather(_pay_at(desk, some), people.talk_at(text, rates[-1], SECONDS))
        loaded.add(paid)
        relayed.append(took)
        say(f"beside {rates[-1]:.0f} messages a second: p99 {percentile(loaded.took[-1:], 99) * 1000:.0f} ms, {loaded.outcomes}")
    await asyncio.to_thread(redis.kill)
    try:
        away.add(await _pay_at(desk, without))
    finally:
        await asyncio.to_thread(redis.start)
    say(f"without Redis: p99 {away.p99_ms:.0f} ms, {away.outcomes}")
    return {
        "precheckout_p99_ms": round(max(loaded.p99_ms, away.p99_ms), 1),
        "p99_under_load_ms": round(loaded.p99_ms, 1),
        "p99_without_redis_ms": round(away.p99_ms, 1),
        "not_approved": (loaded.outcomes + away.outcomes).total() - (loaded.outcomes + away.outcomes)["paid"],
        "beside_per_s": round(median(rates)),
        "relay_p99_ms": round(percentile(relayed, 99) * 1000, 1),
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
