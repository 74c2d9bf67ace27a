"""The campaign: an installation at which people buy, and what befalls it meanwhile. The seed decides what happens when."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import time
from typing import Any

import psycopg

from bench.harness import say
from bench.patience import comes_true, reaches
from bench.payments.books import Verdict, judge, read_books
from bench.payments.buyers import Buyer, Till, Want
from tests.servers import PostgresServer, RedisServer
from tests.system.house import House
from tests.system.people import Person, Town, meet
from tests.system.telegram import house_at, telegram

MONTH = 30 * 86_400
WORKERS = 2
SETTINGS = {
    "WORKERS": str(WORKERS),
    "MASQUERADE_TELEGRAM__CALL_TIMEOUT": "2",
    "MASQUERADE_FLOOD__RATE": "1000",
    "MASQUERADE_FLOOD__BURST": "1000",
    "MASQUERADE_SUPERVISOR__RESTART_BUDGET": "100",
}
SETTLE_SECONDS = 90.0
TELL_SECONDS = 10.0
LONGEST = 240.0

FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "duplicate", "times": 3},
    {"kind": "reorder"},
    {"kind": "phantom_places"},
    {"kind": "delay", "method": "updates", "seconds": 1.0},
    {"kind": "delay", "method": "messages.setBotPrecheckoutResults", "seconds": 2.0},
    {"kind": "drop"},
    {"kind": "drop", "method": "updates"},
    {"kind": "drop", "method": "messages.setBotPrecheckoutResults"},
    {"kind": "lose_answer", "method": "messages.setBotPrecheckoutResults"},
    {"kind": "lose_answer", "method": "messages.sendMedia"},
    {"kind": "lose_answer", "method": "messages.sendMessage"},
    {"kind": "flood_wait", "method": "messages.sendMessage", "seconds": 1},
    {"kind": "unannounced"},
    {"kind": "unannounced"},
    {"kind": "list_lag", "seconds": 5.0},
    {"kind": "error", "method": "payments.getStarsTransactions"},
    {"kind": "precheckout_late"},
    {"kind": "charge_anyway"},
    {"kind": "renewal_query"},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How large a campaign is. The numbers of people: who buy VIP for themselves, as a gift by link, credits, and in couples."""

    goal: int
    seed: int
    singles: int
    givers: int
    savers: int
    couples: int
    subscribers: int
    months: int
    kills: int
    restarts: int
    """Of PostgreSQL, and as many of Redis."""
    refunds: int
    fault_seconds: float
    """Between two faults."""

    def disasters(self) -> Iterator[tuple[float, str]]:
        """(share of the goal after which it happens, disaster), in order."""
        rand = random.Random(self.seed)
        wanted = (self.kills, self.restarts, self.restarts, self.months, self.refunds)
        kinds = ("kill", "postgres", "redis", "month", "refund")
        at = [(rand.uniform(0.05, 0.95), what) for what, count in zip(kinds, wanted, strict=True) for _ in range(count)]
        yield from sorted(at)


class Campaign:
    def __init__(self, plan: Plan, folder: Path, endpoint: dict[str, Any]) -> None:
        self._plan = plan
        self._random = random.Random(plan.seed)
        self._redis = RedisServer(appendonly=True)
        self.postgres = PostgresServer()
        self._folder = folder
        self._endpoint = endpoint
        self.house: House
        self.till: Till
        self.done: Counter[str] = Counter()
        self._buyers: list[Buyer] = []
        self._subscribers: list[Buyer] = []
        self._refunded: set[str] = set()

    async def begin(self) -> None:
        """Return once everybody has registered and accepted the terms, and the couples are in their chats."""
        await asyncio.gather(*(asyncio.to_thread(server.start) for server in (self._redis, self.postgres)))
        stores = {"REDIS_URL": self._redis.url, "POSTGRES_URI": self.postgres.uri}
        self.house = house_at(self._folder / "house", self._endpoint, **stores, **SETTINGS)
        await self.house.start()
        self._bots = [bot["username"] for bot in (await self.house.http.get("/api/bots")).json()]
        plan = self._plan
        self.till = Till(self.house, plan.goal, [])
        town, number = Town(self.house), plan.singles + plan.givers + plan.savers + plan.subscribers
        people = await asyncio.gather(*(town.registered(bot=each % len(self._bots)) for each in range(number)))
        wants = [Want.VIP] * (plan.singles + plan.subscribers) + [Want.LINK] * plan.givers + [Want.CREDITS] * plan.savers
        buyers = [self._buyer(person, want) for person, want in zip(people, wants, strict=True)]
        await asyncio.gather(*(buyer.accepts_the_terms() for buyer in buyers))
        self._subscribers, self._buyers = buyers[: plan.subscribers], buyers[plan.subscribers :]
        for _ in range(plan.couples):
            await self._add_couple(town)
        say(f"{len(self._buyers) + len(self._subscribers)} buyers are ready; the seed is {plan.seed}")

    async def _add_couple(self, town: Town) -> None:
        anna, boris = await town.couple(bots=(0, len(self._bots) - 1))
        await self._buyer(anna, Want.VIP).accepts_the_terms()
        await meet(anna, boris)
        self._buyers.append(self._buyer(anna, Want.GIFT, boris.id))

    def _buyer(self, person: Person, want: Want, partner: int | None = None) -> Buyer:
        return Buyer(self.till, person, random.Random(self._random.random()), want, partner)

    async def go_through(self) -> None:
        """Everybody buys, and everything goes wrong, until the goal is reached."""
        tasks = [asyncio.create_task(work) for work in (self._befall(), self._be_faulty(), self._tell())]
        shopping = [buyer.buys() for buyer in self._buyers] + [buyer.subscribes() for buyer in self._subscribers]
        try:
            async with asyncio.timeout(LONGEST):
                await asyncio.gather(*shopping, tasks[0])
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        (await self.house.http.delete("/api/faults")).raise_for_status()

    async def _befall(self) -> None:
        """By shares of what is paid, not by times, so that slow machines have the same campaign."""
        what = {
            "kill": self._kill,
            "postgres": self._restart_postgres,
            "redis": self._restart_redis,
            "month": self._let_a_month_pass,
            "refund": self._refund,
        }
        for share, disaster in self._plan.disasters():
            await reaches(lambda: self.till.paid, share * self._plan.goal)
            await what[disaster]()
            self.done[disaster] += 1

    async def _kill(self) -> None:
        """In turn, wherever it is with its payments, and each when the one before is up again."""
        name = f"worker-{self.done['kill'] % WORKERS + 1}"
        status = await self.house.until(lambda status: _pid(status, name) > 0)
        with suppress(ProcessLookupError):
            os.kill(_pid(status, name), signal.SIGKILL)

    async def _restart_postgres(self) -> None:
        await asyncio.to_thread(self.postgres.kill)
        await asyncio.to_thread(self.postgres.start)

    async def _restart_redis(self) -> None:
        await asyncio.to_thread(self._redis.kill)
        await asyncio.to_thread(self._redis.start)

    async def _let_a_month_pass(self) -> None:
        """All subscriptions are renewed at once."""
        (await self.house.http.post("/api/clock", json={"advance": MONTH + 60})).raise_for_status()
        await self._count_renewals()

    async def _count_renewals(self) -> None:
        charges = {row["id"] for stars in (await self.lists()).values() for row in stars["transactions"] if _is_charge(row)}
        self.till.renewed = len(charges - {each.charge for each in self.till.bought})

    async def _refund(self) -> None:
        """By the bot's owner, outside of the installation."""
        charge = self._random.choice([each.charge for each in self.till.bought if each.charge not in self._refunded])
        self._refunded.add(charge)
        (await self.house.http.post("/api/stars/refund", json={"charge_id": charge, "by": "owner"})).raise_for_status()

    async def _be_faulty(self) -> None:
        while True:
            await asyncio.sleep(self._plan.fault_seconds)
            fault = self._random.choice(FAULTS)
            await self.house.fault(**fault)
            self.done["fault"] += 1

    async def _tell(self) -> None:
        while True:
            await asyncio.sleep(TELL_SECONDS)
            say(f"{self.till.paid} paid ({self.till.renewed} renewals), {dict(self.till.outcomes)}; {dict(self.done)}")

    async def lists(self) -> dict[int, dict[str, Any]]:
        """What the sandbox has of each bot's Stars."""
        bots = (await self.house.http.get("/api/bots")).json()
        answers = [await self.house.http.get(f"/api/bots/{bot['username']}/stars") for bot in bots]
        return {bot["id"]: answer.json() for bot, answer in zip(bots, answers, strict=True)}

    async def judge(self) -> Verdict:
        """After the lists were compared once more, as they are whenever a bot comes to another worker."""
        await self.house.until_healthy(SETTLE_SECONDS)
        since = time()
        for number in range(WORKERS):
            await self.house.kill(f"worker-{number + 1}")
        await self._compared(since)
        verdict = judge(read_books(self.postgres.uri), await self.lists(), self.till.bought)
        say(str(verdict))
        return verdict

    async def _compared(self, since: float) -> None:
        """Wait for the comparison and the notices. What is missing after that is for the verdict."""

        async def is_settled() -> bool:
            with psycopg.connect(self.postgres.uri) as connection:
                query = "SELECT compared_at > %s AND difference = 0 FROM star_lists"
                compared = [row[0] for row in connection.execute(query, (since,))]
            return len(compared) == len(self._bots) and all(compared) and not read_books(self.postgres.uri).untold

        if not await comes_true(is_settled, SETTLE_SECONDS, every=0.5):
            say(f"not settled within {SETTLE_SECONDS:.0f} s")

    async def end(self) -> None:
        if hasattr(self, "house"):
            await self.house.close()
        await asyncio.gather(*(asyncio.to_thread(server.remove) for server in (self._redis, self.postgres)))


@asynccontextmanager
async def campaign(plan: Plan, folder: Path) -> AsyncIterator[Campaign]:
    async with telegram(folder / "telegram") as endpoint:
        it = Campaign(plan, folder, endpoint)
        try:
            await it.begin()
            yield it
        finally:
            await it.end()


def _pid(status: dict[str, Any], name: str) -> int:
    return next((int(each["pid"]) for each in status.get("processes", []) if each["name"] == name), 0)


def _is_charge(row: dict[str, Any]) -> bool:
    return row["peer"] == "person" and not row["refund"]
