"""A worker's actors with a crowd of people in chats. The ports answer at once, so that only the actors are measured."""

from __future__ import annotations

import asyncio
import random
import struct
from asyncio import Future
from collections.abc import Awaitable, Callable, Sequence
from itertools import count
from time import time
from typing import Any, cast

from actors.bot.directory import Directory
from actors.bot.transport import TransportActor
from actors.events import EventsActor
from actors.matcher import MatcherActor
from actors.runtime.handle import Handle
from actors.runtime.ref import ActorRef
from actors.session.actor import SessionActor
from actors.session.context import SessionContext
from domain.configuration import Configuration, LiveConfiguration
from domain.matching.requests import Answer, GetStatus, Paired, Request
from domain.model.bot import Bot, Lease
from domain.model.channels import MissingChannel
from domain.model.chat import Chat, ChatEnd
from domain.model.content import Text
from domain.model.events import Entry, Event
from domain.model.ids import Address, BotId, ChatId, MessageId, Pts, UserId
from domain.model.inbound import Ignored, Inbound, MessageReceived
from domain.model.outgoing import Lane, Outcome, Outgoing, Send, Sent
from domain.model.profile import Gender, Profile
from domain.model.profile_changes import ProfileChange
from domain.ports.invitations import Invitations
from domain.ports.judge import Watched
from domain.ports.panel import Questions
from domain.ports.personal import PersonalData
from domain.ports.pool import Pool
from domain.ports.records import Chats, Presence, Restrictions, Searches
from domain.ports.relay import EarlierForms
from domain.ports.review import Appeals
from domain.ports.spam import SpamNotes, SpamStores, Standings
from domain.ports.talk import Ratings
from domain.session.machine import Machine
from domain.settings import Settings
from domain.trust.evidence import Copy
from storage.redis.client import Client
from storage.redis.keys import Keys
from storage.redis.message_maps import RedisMessageMaps
from storage.sql.profiles import CachedProfiles

BOT = BotId(7_000_000_001)
FIRST_USER = 5_000_000_000
"""More than 32 bits, like many of Telegram's ids."""
EARLIER = struct.pack("<36q", *range(1_000_001, 1_000_001 + 36))
"""Pairs of messages that each chat has from before."""
AT_ONCE = 200
"""Updates under way while throughput is measured."""


class PromptTelegram:
    """Telegram that sends everything in the next loop turn. `took` has the seconds that each update took."""

    state = "serving"
    detail = ""
    flood_waits = 0
    problems: tuple[str, ...] = ()
    heard = None

    def look(self) -> None: ...

    def __init__(self) -> None:
        self.relayed = 0
        self.under_way: dict[Pts, float] = {}
        self.took: list[float] = []
        self._done = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._ids = count(1)
        self._places = count(1)
        self._receive: Future[Callable[[Inbound | Ignored], Awaitable[None]]] = self._loop.create_future()

    async def start(self, receive: Callable[[Inbound | Ignored], Awaitable[None]], _precheckout: object = None) -> Bot:
        self._receive.set_result(receive)
        return Bot(id=BOT, username="crowd_bot", name="Crowd")

    async def hears(self, user: UserId, text: str, *, at: float) -> None:
        """Deliver a message. `at` is the loop time when it arrived."""
        receive = await self._receive
        pts = Pts(next(self._places))
        self.under_way[pts] = at
        message = MessageId(next(self._ids))
        await receive(MessageReceived(user=user, pts=pts, message=message, content=Text(text=text)))

    def submit(self, outgoing: Outgoing) -> Future[Outcome]:
        done: Future[Outcome] = self._loop.create_future()
        self.relayed += isinstance(outgoing, Send) and outgoing.lane is Lane.RELAY
        self._loop.call_soon(done.set_result, Sent(message=MessageId(next(self._ids))))
        return done

    def confirm(self, pts: Pts) -> None:
        self.took.append(self._loop.time() - self.under_way.pop(pts))
        self._done.set()

    async def fewer_than(self, updates: int) -> None:
        """Wait until fewer than `updates` are under way."""
        while len(self.under_way) >= updates:
            self._done.clear()
            await self._done.wait()

    async def missing_channels(self, user: UserId) -> tuple[MissingChannel, ...]:  # noqa: ARG002 - everybody is in
        return ()

    async def read_back(self, user: UserId, messages: Sequence[MessageId]) -> tuple[Copy, ...]:  # noqa: ARG002 - nobody reports
        return ()

    def discard(self, chat: ChatId) -> None: ...

    def fence(self) -> None: ...

    async def stop(self) -> None: ...


class SettledPool:
    """A pool in which users 2n and 2n+1 are in a chat. Every answer is a new object, like one read from Redis."""

    async def decide(self, requests: Sequence[Request]) -> list[Answer]:
        return [Paired(chat=_chat_of(request.user), marks={}) for request in requests if isinstance(request, GetStatus)]

    async def sweep(self, *, pairs: int) -> int:  # noqa: ARG002 - nobody waits
        return 0

    async def touch(self, chats: Sequence[ChatId]) -> None: ...

    async def end_idle(self, seconds: float) -> int:  # noqa: ARG002 - nobody is silent for long
        return 0


class Adults:
    async def get(self, user: UserId) -> Profile | None:
        return Profile(user=user, gender=Gender.FEMALE, age=30)

    async def read_anew(self, user: UserId) -> Profile | None:
        return await self.get(user)

    async def change(self, user: UserId, change: ProfileChange) -> None: ...


class NoRecords:
    async def opened(self, chat: Chat) -> None: ...

    async def ended(self, chat: ChatId, why: ChatEnd) -> None: ...

    async def begun(self, address: Address) -> None: ...

    async def over(self, user: UserId) -> None: ...

    def seen(self, address: Address) -> None: ...


class PromptRedis:
    """A Redis that answers every command at once and stores nothing."""

    def pipeline(self, *, transaction: bool) -> PromptRedis:  # noqa: ARG002 - one command each
        return self

    def execute_command(self, *arguments: Any) -> None: ...

    async def execute(self, *, raise_on_error: bool) -> list[None]:  # noqa: ARG002 - nothing fails
        return [None]

    async def mget(self, keys: Sequence[str]) -> list[bytes]:
        return [EARLIER] * len(keys)


class QuietStream:
    async def append(self, bot: BotId, event: Event, lease: Lease | None = None) -> None: ...

    async def recover(self) -> None: ...

    async def read(self, bots: Sequence[BotId], *, wait: float) -> list[tuple[BotId, Entry]]:  # noqa: ARG002 - all are here
        await asyncio.sleep(wait)
        return []


def _chat_of(user: UserId) -> Chat:
    first = FIRST_USER + (user - FIRST_USER) // 2 * 2
    sides = (Address(BotId(int(str(BOT))), UserId(each)) for each in (first, first + 1))
    return Chat(id=ChatId(f"{first:016x}"), first=next(sides), second=next(sides), started=time())


class Crowd:
    """`people` in `people / 2` chats at one bot. At first no session is active."""

    def __init__(self, people: int) -> None:
        self.telegram = PromptTelegram()
        self.directory = Directory()
        self._people = people
        self._turn = count()
        self._random = random.Random(1)
        self._loop = asyncio.get_running_loop()
        self._actors: list[ActorRef[Any]] = []

    async def start(self) -> None:
        settings = Settings()
        context = _context(settings, self.directory, self._actors)
        self.directory.activates_with(lambda address: SessionActor.start(address, context))
        transport = TransportActor.start(BOT, self.telegram, self.directory)
        self.directory.serve(Lease(bot=BOT, owner="bench", token=1), transport)
        self.directory.heard([BOT], float("inf"))
        self._actors.append(transport)
        for actor in self._actors:
            await actor.started()

    async def talk(self, messages: int) -> float:
        """Messages a second, sent as fast as possible. The chats take turns, and so do the two sides of a chat."""
        began = self._loop.time()
        for _ in range(messages):
            await self._next_says(at=self._loop.time())
            await self.telegram.fewer_than(AT_ONCE)
        await self.telegram.fewer_than(1)
        return messages / (self._loop.time() - began)

    async def talk_at(self, rate: float, seconds: float) -> list[float]:
        """Seconds that each message took from when it was due. Messages are due at random times, on average `rate` a second, and
        do not wait for earlier ones (open loop).
        """
        self.telegram.took = []
        due = began = self._loop.time()
        while due < began + seconds:
            if due > self._loop.time():
                await asyncio.sleep(min(0.001, due - self._loop.time()))
                continue
            await self._next_says(at=due)
            due += self._random.expovariate(rate)
        await self.telegram.fewer_than(1)
        return self.telegram.took

    async def stop(self) -> None:
        for session in self.directory.close(BOT):
            session.kill()
        for actor in reversed(self._actors):
            await actor.stop()

    async def _next_says(self, *, at: float) -> None:
        turn = next(self._turn)
        chats = self._people // 2
        user = FIRST_USER + turn % chats * 2 + turn // chats % 2
        await self.telegram.hears(UserId(user), f"message number {turn}", at=at)


def _context(settings: Settings, directory: Directory, actors: list[ActorRef[Any]]) -> SessionContext:
    records, live = NoRecords(), LiveConfiguration(Configuration.of(settings))
    maps = RedisMessageMaps(cast(Client, PromptRedis()), Keys("bench"), live, seconds=3600)
    actors.append(MatcherActor.start(cast("Pool", SettledPool()), live))
    actors.append(EventsActor.start(QuietStream(), directory))
    matcher, events = Handle[Any]("matcher"), Handle[Any]("events")
    matcher.found(actors[0])
    events.found(actors[1])
    return SessionContext(
        directory=directory,
        matcher=matcher,
        events=events,
        payments=Handle("payments"),
        moderation=Handle("moderation"),
        locks=Handle("locks"),
        profiles=CachedProfiles(Adults(), live),
        chats=cast("Chats", records),
        searches=cast("Searches", records),
        presence=cast("Presence", records),
        ratings=cast("Ratings", records),
        invitations=cast("Invitations", records),
        personal=cast("PersonalData", records),
        appeals=cast("Appeals", records),
        watched=cast("Watched", records),
        questions=cast("Questions", records),
        spam=SpamStores(notes=cast("SpamNotes", records), standings=cast("Standings", records), key=b""),
        maps=maps,
        earlier=cast("EarlierForms", records),
        restrictions=cast("Restrictions", records),
        settings=settings,
        live=live,
        machine=Machine(),
        clock=time,
    )
