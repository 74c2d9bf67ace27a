"""The pool of waiting and talking users in Redis, or in this process with `memory://` (domain.ports.Pool)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import assert_never

from domain.configuration import LiveConfiguration
from domain.matching import AHEAD_OF_ALL, bucket_of, head_start
from domain.pool import Answer, Banned, Cancel, Fenced, Find, Free, Leave, Look, Mark, Paired, Request, Rewish, Seeker, Waiting
from domain.values import Address, BotId, Chat, ChatId, Pts, UserId
from storage.keys import Keys, written
from storage.redis_client import Client
from storage.scripts import REDIS_TIME, Argument, Call, Scripts, milliseconds, script
from storage.sweep import Sweeper

CHAT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
IDLE_AT_ONCE = 100
SCOPE = re.compile(r"\*|[A-Za-z0-9_-]{1,32}")


@dataclass(frozen=True, slots=True)
class Counts:
    waiting: int
    chats: int
    oldest_wait: float


def random_chat_id() -> ChatId:
    return ChatId(secrets.token_urlsafe(12))


class RedisPool:
    """`clock` stands in for the server's own time, in tests only. `new_chat` names the chats that sweeps make."""

    def __init__(
        self,
        client: Client,
        keys: Keys,
        live: LiveConfiguration,
        *,
        clock: Callable[[], float] | None = None,
        new_chat: Callable[[], ChatId] = random_chat_id,
    ) -> None:
        self._client = client
        self._keys = keys
        self._scripts = Scripts(client, keys.tag)
        self._clock = clock
        self._live = live
        self._sweeper = Sweeper(self._scripts, live, new_chat)

    async def decide(self, requests: Sequence[Request]) -> list[Answer | Exception]:
        time = self._time()
        calls = [self._call_or_error(request, time) for request in requests]
        replies = iter(await self._scripts.outcomes([call for call in calls if isinstance(call, Call)]))
        return [_outcome(next(replies)) if isinstance(call, Call) else call for call in calls]

    async def sweep(self, *, pairs: int) -> int:
        time = self._time()
        paired = await self._sweeper.pair(time, pairs)
        await self._sweeper.expire(time)
        return paired

    async def touch(self, chats: Sequence[ChatId]) -> None:
        if chats:
            await self._scripts.run("touch", self._time(), *map(checked, chats))

    async def end_idle(self, seconds: float) -> int:
        ended = 0
        while done := int(await self._scripts.run("idle", self._time(), milliseconds(seconds), self._recent, IDLE_AT_ONCE)):
            ended += done
        return ended

    async def ban(self, user: UserId, until: float) -> None:
        moment = milliseconds(until) if isfinite(until) else "inf"
        await self._scripts.run("ban", self._time(), user, moment, self._recent)

    async def block(self, user: UserId, other: UserId, *, blocked: bool = True) -> None:
        await self._scripts.run("block", self._time(), user, other, int(blocked))

    async def counts(self) -> Counts:
        waiting, chats, longest = await self._scripts.run("counts", self._time(), milliseconds(AHEAD_OF_ALL))
        return Counts(waiting, chats, longest / 1000)

    @property
    def _recent(self) -> int:
        return milliseconds(self._live.current.matching.recent_minutes * 60)

    def _time(self) -> Argument:
        return REDIS_TIME if self._clock is None else milliseconds(self._clock())

    def _call_or_error(self, request: Request, time: Argument) -> Call | Exception:
        try:
            return self._call(request, time)
        except ValueError as error:
            return error

    def _call(self, request: Request, time: Argument) -> Call:
        match request:
            case Find(seeker=seeker, mark=mark):
                return Call(script("find"), (time, _asker(seeker.address, mark), self._find(request)))
            case Rewish(seeker=seeker, mark=mark):
                return Call(script("update_search"), (time, _asker(seeker.address, mark), self._rewish(request)))
            case Cancel(address=address, mark=mark):
                return Call(script("cancel"), (time, _asker(address, mark)))
            case Leave(address=address, chat=chat, why=why, mark=mark):
                return Call(script("leave"), (time, _asker(address, mark), f"{checked(chat)} {why.value} {self._recent}"))
            case Look(user=user):
                return Call(script("get_status"), (time, user))
            case _:
                assert_never(request)

    def _find(self, find: Find) -> str:
        leaving = checked(find.leaving) if find.leaving else "."
        start = head_start(find.seeker, at_head=find.at_head, vip_boost=self._live.current.matching.vip_boost_seconds)
        return f"{_wanted(find.seeker)} {checked(find.chat)} {leaving} {milliseconds(start)} {self._recent}"

    def _rewish(self, rewish: Rewish) -> str:
        start = head_start(rewish.seeker, at_head=False, vip_boost=self._live.current.matching.vip_boost_seconds)
        return f"{_wanted(rewish.seeker)} {checked(rewish.chat)} {milliseconds(start)} {self._recent}"


def _asker(address: Address, mark: Mark) -> str:
    """Arguments travel as few strings: packing each apart costs more than the script saves by it."""
    pts = "-" if mark.pts is None else mark.pts
    return f"{address.user} {address.bot} {written(mark.lease)} {pts}"


def _wanted(seeker: Seeker) -> str:
    if not SCOPE.fullmatch(seeker.scope):
        raise ValueError(f"a scope is '*' or a short name, not {seeker.scope!r}")
    return f"{seeker.scope} {bucket_of(seeker)}"


def checked(chat: ChatId) -> str:
    """Chat ids stand inside keys and JSON that the scripts write."""
    if not CHAT_ID.fullmatch(chat):
        raise ValueError(f"a chat's id has 1 to 64 letters, digits, '-' and '_', not {chat!r}")
    return chat


def _outcome(reply: bytes | Exception) -> Answer | Exception:
    if isinstance(reply, Exception):
        return reply
    try:
        return read_answer(reply)
    except ValueError as error:
        return error


def read_answer(reply: bytes) -> Answer:
    """What `answer` in lua/lib/user.lua wrote."""
    if reply == b"fenced":
        return Fenced()
    kind, fresh, first, second, *pairs = reply.split(b" ")
    marks: dict[BotId, Pts] = {}
    for pair in pairs:
        bot, _, pts = pair.partition(b":")
        marks[BotId(int(bot))] = Pts(int(pts))
    match kind:
        case b"waiting":
            return Waiting(since=int(first) / 1000, bot=BotId(int(second)), fresh=fresh == b"1", marks=marks)
        case b"paired":
            return Paired(chat=read_chat(first, second), fresh=fresh == b"1", marks=marks)
        case b"free":
            return Free(marks=marks)
        case b"banned":
            return Banned(until=float(first) / 1000, marks=marks)
        case _:
            raise ValueError(f"the pool's scripts answered {kind!r}, which this version does not know")


def write_chat(chat: Chat) -> str:
    first, second = chat.first, chat.second
    return f"{first.user}:{first.bot}:{second.user}:{second.bot}:{milliseconds(chat.started)}"


def read_chat(chat: bytes, line: bytes) -> Chat:
    """`line` as in lua/lib/chat.lua: "<first>:<bot>:<second>:<bot>:<started, ms>"."""
    first, first_bot, second, second_bot, started = map(int, line.split(b":"))
    return Chat(
        id=ChatId(chat.decode()),
        first=Address(BotId(first_bot), UserId(first)),
        second=Address(BotId(second_bot), UserId(second)),
        started=started / 1000,
    )
