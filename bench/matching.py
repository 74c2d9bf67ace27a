"""Measures the match script on a real Redis: beside a script that does nothing, with long queues, and with many buckets. A bucket
has the waiting people of one kind (gender, age band, wishes).
"""

from __future__ import annotations

import asyncio
from asyncio import Runner
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from itertools import combinations, count, product
from time import perf_counter
from typing import TypeVar

import uvloop

from actors.matcher import MatcherActor
from actors.messages import MatcherMessage
from actors.runtime.ref import ActorRef
from bench.harness import Bar, Figures, say, take_turns
from domain.configuration import Configuration, LiveConfiguration, Matching
from domain.matching.requests import Answer, Find, Mark, Paired, Request, Seeker, Waiting
from domain.matching.rules import bucket_of, compatible
from domain.model.bot import Lease
from domain.model.ids import Address, BotId, ChatId, Pts, UserId
from domain.model.profile import ADULT_BANDS, AgeBand, Gender, Wishes
from storage.redis.client import Client, open_redis, text_of
from storage.redis.keys import Keys
from storage.redis.pool.pool import RedisPool
from storage.redis.scripts import Call, Scripts, made
from tests.servers import find_redis

NAME = "matching"
ABOUT = "finds a second, half of them ending in a pair, beside a no-op script; and with crowds of incompatible people waiting"
BARS = {
    "script_ratio": Bar(at_least=0.25),
    "actor_ratio": Bar(at_least=0.18),
    "flatness": Bar(at_least=0.85),
    "buckets_ratio": Bar(at_most=2.0),
}

ROUNDS = 9
FINDS = 3_000
BATCH = 200
CROWDS = (0, 1_000, 100_000)
BUCKETS = (20, 2_000)
STANDING = 2_000
"""People who wait in the buckets."""
TAKEN = 200
"""How many of them are found in a round."""
RECENTS = 200
BOT = BotId(7_000_000_001)
LEASE = Lease(bot=BOT, owner="bench", token=1)
ANYBODY = Wishes()
NOBODY = Wishes(genders=frozenset({Gender.OTHER}))
SENIORS = Wishes(bands=frozenset({AgeBand.FROM_55}))

WAIT = made(
    "wait",
    """
    -- include: base users/user queue/enqueue
    local user, bot, bucket = ARGV[2], ARGV[3], ARGV[4]
    enqueue('*', bucket, now_text, user .. ':' .. bot)
    set_state(load(user, bot), 'w:' .. bot .. ':' .. now_text .. ':' .. now_text .. ':' .. bucket .. ':*')
    """.replace("\n    ", "\n"),
)
T = TypeVar("T")
Decide = Callable[[list[Request]], Awaitable[Sequence[Answer | Exception]]]

users = count(5_000_000_000)
positions = count(1)


def find(wishes: Wishes = ANYBODY, *, gender: Gender = Gender.FEMALE, band: AgeBand = AgeBand.FROM_25) -> Find:
    user = UserId(next(users))
    seeker = Seeker(address=Address(BOT, user), gender=gender, band=band, vip=wishes != ANYBODY, wishes=wishes)
    return Find(seeker=seeker, chat=ChatId(f"c{user}"), mark=Mark(lease=LEASE, pts=Pts(next(positions))))


class Arena:
    """A separate pool with a crowd that waits for people who never come."""

    def __init__(self, client: Client, name: str) -> None:
        self.client = client
        self.keys = Keys(name)
        self.pool = RedisPool(client, self.keys, LiveConfiguration())

    async def fill(self, crowd: int) -> None:
        """Half of the crowd wants a gender that does not come, half an age that does not come."""
        await self.client.set(self.keys.lease(BOT), f"{LEASE.owner}:{LEASE.token}")
        for _ in range(0, crowd, BATCH):
            wanting = [find(NOBODY, gender=Gender.MALE) for _ in range(BATCH // 2)]
            wanting += [find(SENIORS, gender=Gender.MALE) for _ in range(BATCH // 2)]
            answers = await self.pool.decide(wanting)
            assert all(isinstance(answer, Waiting) for answer in answers)

    async def rate(self, decide: Decide) -> float:
        batches: list[list[Request]] = [[find() for _ in range(BATCH)] for _ in range(FINDS // BATCH)]
        began = perf_counter()
        answers = [await decide(batch) for batch in batches]
        seconds = perf_counter() - began
        paired = sum(isinstance(answer, Paired) for batch in answers for answer in batch)
        assert paired == FINDS // 2, f"{paired} of {FINDS} finds ended in a pair"
        await self.client.unlink(self.keys.events(BOT))
        return FINDS / seconds


class Buckets(Arena):
    """A pool with a crowd in `number` buckets. With `fitting` they are compatible with the seekers, otherwise not."""

    def __init__(self, client: Client, name: str, number: int, *, fitting: bool) -> None:
        super().__init__(client, name)
        everybody = sorts_of_people()
        fit = [sort for sort in everybody if compatible(find().seeker, sort)]
        others = [sort for sort in everybody if not compatible(find().seeker, sort)]
        self._buckets = [bucket_of(sort) for sort in (fit + others if fitting else others)[:number]]
        self._scripts = Scripts(client, self.keys.tag)

    async def fill(self, crowd: int) -> None:
        """The crowd waits, also people who are compatible with each other, as if all had met before."""
        await self.client.set(self.keys.lease(BOT), f"{LEASE.owner}:{LEASE.token}")
        calls = [Call(WAIT, ("", next(users), BOT, self._buckets[at % len(self._buckets)])) for at in range(crowd)]
        for start in range(0, crowd, BATCH):
            await self._scripts.run_all(calls[start : start + BATCH])

    async def rate_of_found(self) -> float:
        """Finds a second that end with a pair from the crowd. Afterwards new people replace those found."""
        batch: list[Request] = [find() for _ in range(TAKEN)]
        began = perf_counter()
        answers = await self.pool.decide(batch)
        seconds = perf_counter() - began
        assert all(isinstance(answer, Paired) for answer in answers)
        await self.client.unlink(self.keys.events(BOT))
        await self.fill(TAKEN)
        return TAKEN / seconds


def sorts_of_people() -> list[Seeker]:
    """One person for each possible bucket of adults."""
    bands = sorted(ADULT_BANDS)
    sorts = product(Gender, bands, (False, True), some_of(list(Gender)), some_of(bands))
    return [
        Seeker(address=Address(BOT, UserId(1)), gender=gender, band=band, vip=vip, wishes=Wishes(genders=genders, bands=wished))
        for gender, band, vip, genders, wished in sorts
    ]


def some_of(all_of: Sequence[T]) -> list[frozenset[T]]:
    return [frozenset(chosen) for size in range(1, len(all_of) + 1) for chosen in combinations(all_of, size)]


class PastRecents(Arena):
    """The first 200 people in the queue are recent partners of the seeker; the next is not."""

    async def rate_past_recents(self) -> float:
        seconds = 0.0
        for _ in range(20):
            seeker, heads = find(), [find(gender=Gender.MALE) for _ in range(RECENTS + 1)]
            await self._line_up(seeker, heads)
            began = perf_counter()
            [answer] = await self.pool.decide([seeker])
            seconds += perf_counter() - began
            assert isinstance(answer, Paired)
            assert answer.chat.second == heads[-1].seeker.address
            await self._clear()
        return 20 / seconds

    async def _line_up(self, seeker: Find, heads: list[Find]) -> None:
        user, far = seeker.seeker.address.user, 4_000_000_000_000
        names = [f"{self.keys.tag}:recent:" + ":".join(sorted((str(user), str(head.seeker.address.user)))) for head in heads]
        await self.client.mset(dict.fromkeys(names[:-1], far))
        wishing = [find_as(head, Wishes(genders=frozenset({Gender.FEMALE}))) for head in heads]
        await self.pool.decide(wishing)

    async def _clear(self) -> None:
        for key in await self.client.keys(f"{self.keys.tag}:*"):
            if b":lease:" not in key:
                await self.client.unlink(key)


def find_as(other: Find, wishes: Wishes) -> Find:
    seeker = Seeker(address=other.seeker.address, gender=Gender.MALE, band=AgeBand.FROM_25, vip=True, wishes=wishes)
    return Find(seeker=seeker, chat=other.chat, mark=other.mark)


async def rate_of_noop(client: Client, sha: str) -> float:
    began = perf_counter()
    for _ in range(FINDS // BATCH):
        pipeline = client.pipeline(transaction=False)
        for _ in range(BATCH):
            pipeline.execute_command("EVALSHA", sha, 1, "{bench}")
        await pipeline.execute()
    return FINDS / (perf_counter() - began)


def through(matcher: ActorRef[MatcherMessage]) -> Decide:
    async def decide(batch: list[Request]) -> list[Answer]:
        return list(await asyncio.gather(*(matcher.ask(request, timeout=30) for request in batch)))

    return decide


def run() -> Figures:
    server = find_redis()
    server.start()
    try:
        with Runner(loop_factory=uvloop.new_event_loop) as runner:
            return measure(runner, open_redis(server.new_database()))
    finally:
        server.remove()


def measure(runner: Runner, client: Client) -> Figures:
    arenas = {crowd: Arena(client, f"crowd-{crowd}") for crowd in CROWDS}
    for crowd, arena in arenas.items():
        say(f"{crowd:,} people come to wait")
        runner.run(arena.fill(crowd))
    recents = PastRecents(client, "recents")
    runner.run(recents.fill(0))
    crowded = {
        (fitting, number): Buckets(client, f"buckets-{number}-{fitting}", number, fitting=fitting)
        for fitting in (True, False)
        for number in BUCKETS
    }
    for arena in crowded.values():
        runner.run(arena.fill(STANDING))
    noop = runner.run(loaded(client))
    matcher = runner.run(started(arenas[0]))
    cases: dict[str, Callable[[], float]] = {"noop": lambda: runner.run(rate_of_noop(client, noop))}
    for crowd, arena in arenas.items():
        cases[f"find_{crowd}"] = lambda arena=arena: runner.run(arena.rate(arena.pool.decide))  # type: ignore[misc]
    for (fitting, number), arena in crowded.items():
        name = f"find_in_{number}_buckets" if fitting else f"find_beside_{number}_buckets"
        rate = arena.rate_of_found if fitting else partial(arena.rate, arena.pool.decide)
        cases[name] = lambda rate=rate: runner.run(rate())  # type: ignore[misc]
    cases["actor"] = lambda: runner.run(arenas[0].rate(through(matcher)))
    cases["past_200_recents"] = lambda: runner.run(recents.rate_past_recents())
    series = take_turns(cases, rounds=ROUNDS)
    runner.run(finished(matcher, client))
    return {
        **{f"{case}_per_s": series.median(case) for case in cases},
        "script_ratio": series.ratio("find_0", "noop"),
        "actor_ratio": series.ratio("actor", "noop"),
        "buckets_ratio": max(
            series.ratio(f"find_{where}_20_buckets", f"find_{where}_2000_buckets") for where in ("in", "beside")
        ),
        "flatness": series.ratio("find_100000", "find_0"),
    }


async def loaded(client: Client) -> str:
    return text_of(await client.script_load("return 1"))


async def started(arena: Arena) -> ActorRef[MatcherMessage]:
    return MatcherActor.start(arena.pool, LiveConfiguration(Configuration(matching=Matching(rescan_seconds=3600.0))))


async def finished(matcher: ActorRef[MatcherMessage], client: Client) -> None:
    await matcher.stop()
    await client.aclose()
