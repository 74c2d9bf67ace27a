"""A pool with two bots, served by one process, and people who ask it for things in words."""

from __future__ import annotations

from itertools import count

from redis.asyncio import RedisCluster

from domain.configuration import Configuration, LiveConfiguration, Matching
from domain.matching.locks import LockChat
from domain.matching.requests import Answer, Cancel, Find, GetStatus, Leave, Mark, Seeker, UpdateSearch
from domain.model.bot import Lease
from domain.model.chat import ChatEnd
from domain.model.events import Event
from domain.model.ids import Address, BotId, ChatId, LockId, UserId
from domain.model.profile import AgeBand, Gender, Wishes
from storage.redis.client import Client, text_of
from storage.redis.keys import Keys, written
from storage.redis.pool.locks import RedisLockPool
from storage.redis.pool.pool import RedisPool
from storage.redis.pool.reconciliation import RedisReconciliation
from storage.redis.streams.event_codec import decode

RULES = Matching(recent_minutes=20, vip_boost_seconds=60, timeout_seconds=600)
LIVE = LiveConfiguration(Configuration(matching=RULES))
MINUTE = 60.0
RED, BLUE = BotId(100), BotId(200)
"""Two bots of the house."""
PAGE = 1000
"""Events that are read at once."""


def lease(bot: BotId, owner: str = "worker", token: int = 1) -> Lease:
    return Lease(bot=bot, owner=owner, token=token)


def mark(bot: BotId, pts: int | None = None) -> Mark:
    return Mark(lease=lease(bot), pts=pts)


async def all_keys(client: Client) -> set[str]:
    everywhere = {"target_nodes": RedisCluster.PRIMARIES} if isinstance(client, RedisCluster) else {}
    return {key.decode() for key in await client.keys("*", **everywhere)}


async def make_intact(client: Client, keys: Keys) -> None:
    """A pool with nobody in it, which knows all that it should."""
    reconciliation = RedisReconciliation(client, keys, LIVE)
    await reconciliation.memory()
    await reconciliation.settled()


def seeker(
    user: int,
    bot: BotId = RED,
    *,
    gender: Gender = Gender.FEMALE,
    band: AgeBand = AgeBand.FROM_25,
    vip: bool = False,
    genders: set[Gender] | None = None,
    bands: set[AgeBand] | None = None,
    scope: str = "*",
) -> Seeker:
    wishes = Wishes(genders=frozenset(genders or Gender), bands=frozenset(bands or AgeBand))
    return Seeker(address=Address(bot, UserId(user)), gender=gender, band=band, vip=vip, wishes=wishes, scope=scope)


class Town:
    def __init__(self, client: Client, name: str = "town", *, now: float = 1_800_000_000.0) -> None:
        self.client = client
        self.keys = Keys(name)
        self.now = now
        self.pool = RedisPool(client, self.keys, LIVE, clock=lambda: self.now)
        self.locks = RedisLockPool(client, self.keys, clock=lambda: self.now)
        self._chats = (ChatId(f"chat-{number}") for number in count(1))

    async def open(self) -> None:
        for bot in (RED, BLUE):
            await self.serve(lease(bot))

    async def serve(self, held: Lease) -> None:
        """From now on the bot is served under this lease."""
        await self.client.set(self.keys.lease(held.bot), written(held))

    async def decides(self, *requests) -> list[Answer]:
        """Raises the first error."""
        outcomes = await self.pool.decide(requests)
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome
        return outcomes

    async def finds(self, who: Seeker | int, pts: int | None = None, **options) -> Answer:
        return (await self.decides(self.find(who, pts, **options)))[0]

    def find(self, who: Seeker | int, pts: int | None = None, **options) -> Find:
        who = who if isinstance(who, Seeker) else seeker(who)
        return Find(seeker=who, chat=next(self._chats), mark=mark(who.address.bot, pts), **options)

    async def updates_search(self, who: Seeker, pts: int | None = None) -> Answer:
        return (await self.decides(UpdateSearch(seeker=who, chat=next(self._chats), mark=mark(who.address.bot, pts))))[0]

    async def cancels(self, user: int, bot: BotId = RED, pts: int | None = None) -> Answer:
        return (await self.decides(Cancel(address=Address(bot, UserId(user)), mark=mark(bot, pts))))[0]

    async def leaves(
        self, user: int, chat: ChatId, bot: BotId = RED, pts: int | None = None, why: ChatEnd = ChatEnd.STOPPED
    ) -> Answer:
        return (await self.decides(Leave(address=Address(bot, UserId(user)), chat=chat, why=why, mark=mark(bot, pts))))[0]

    async def lock(
        self, user: int, chat: ChatId, lock: str, seconds: float = 5 * MINUTE, *, longest: float = 60 * MINUTE, bot: BotId = RED
    ) -> Answer:
        asked = LockChat(
            lock=LockId(lock), address=Address(bot, UserId(user)), chat=chat, seconds=seconds, longest=longest, mark=mark(bot)
        )
        return (await self.decides(asked))[0]

    async def status_of(self, user: int) -> Answer:
        return (await self.decides(GetStatus(user=UserId(user))))[0]

    async def settles(self) -> None:
        """The server has all its memory: what it lost was put back."""
        await make_intact(self.client, self.keys)

    async def chatting(self, one: int, other: int) -> ChatId:
        """Two people who have just met."""
        await self.finds(one)
        return (await self.finds(other)).chat.id

    async def told(self, bot: BotId) -> list[Event]:
        """Everything that stands in the bot's stream. Read in pages, because one answer with all of it may take too long."""
        told: list[Event] = []
        after = "-"
        while page := await self.client.xrange(self.keys.events(bot), min=after, count=PAGE):
            told += [decode(fields) for _, fields in page]
            after = f"({text_of(page[-1][0])}"
        return told
