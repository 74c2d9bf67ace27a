"""The pool of waiting and talking users in Redis, or in this process with `memory://` (domain.ports.Pool)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import assert_never

from redis.asyncio import Redis

from domain.matching import bucket_of, head_start
from domain.pool import Answer, Banned, Cancel, Fenced, Find, Free, Leave, Look, Mark, Paired, Request, Rewish, Seeker, Waiting
from domain.settings import Matching
from domain.values import Address, BotId, Chat, ChatId, Pts, UserId
from storage.keys import Keys
from storage.scripts import Argument, Call, Scripts, script

CHAT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
SCOPE = re.compile(r"\*|[A-Za-z0-9_-]{1,32}")


class RedisPool:
    """`ahead` tells by how many seconds the pool's clock runs before Redis TIME: always 0 but in tests."""

    def __init__(self, client: Redis, keys: Keys, rules: Matching, *, ahead: Callable[[], float] = float) -> None:
        self._scripts = Scripts(client, keys.tag)
        self._client = client
        self._keys = keys
        self._ahead = ahead
        self._vip_boost = rules.vip_boost_seconds
        self._recent = milliseconds(rules.recent_minutes * 60)
        self._timeout = milliseconds(rules.timeout_seconds)

    async def decide(self, requests: Sequence[Request]) -> list[Answer]:
        ahead = milliseconds(self._ahead())
        calls = [self._call(request, ahead) for request in requests]
        return [read_answer(reply) for reply in await self._scripts.run_all(calls)]

    def _call(self, request: Request, ahead: int) -> Call:
        match request:
            case Find():
                return Call(script("find"), self._find(request, ahead))
            case Rewish():
                return Call(script("rewish"), self._rewish(request, ahead))
            case Cancel(address=address, mark=mark):
                return Call(script("cancel"), (ahead, *_asker(address, mark)))
            case Leave(address=address, chat=chat, why=why, mark=mark):
                return Call(script("leave"), (ahead, *_asker(address, mark), _checked(chat), why.value, self._recent))
            case Look(user=user):
                return Call(script("look"), (ahead, user))
            case _:
                assert_never(request)

    def _find(self, find: Find, ahead: int) -> tuple[Argument, ...]:
        seeker = find.seeker
        leaving = _checked(find.leaving) if find.leaving else ""
        start = milliseconds(head_start(seeker, at_head=find.at_head, vip_boost=self._vip_boost))
        asker = _asker(seeker.address, find.mark)
        return (ahead, *asker, *_wanted(seeker), _checked(find.chat), leaving, start, self._recent)

    def _rewish(self, rewish: Rewish, ahead: int) -> tuple[Argument, ...]:
        seeker = rewish.seeker
        start = milliseconds(head_start(seeker, at_head=False, vip_boost=self._vip_boost))
        asker = _asker(seeker.address, rewish.mark)
        return (ahead, *asker, *_wanted(seeker), _checked(rewish.chat), start, self._recent)


def milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def _asker(address: Address, mark: Mark) -> tuple[Argument, ...]:
    lease = mark.lease
    return (address.user, address.bot, f"{lease.owner}:{lease.token}", "" if mark.pts is None else mark.pts)


def _wanted(seeker: Seeker) -> tuple[str, str]:
    if not SCOPE.fullmatch(seeker.scope):
        raise ValueError(f"a scope is '*' or a short name, not {seeker.scope!r}")
    return seeker.scope, bucket_of(seeker)


def _checked(chat: ChatId) -> str:
    """Chat ids stand inside keys and JSON that the scripts write."""
    if not CHAT_ID.fullmatch(chat):
        raise ValueError(f"a chat's id has 1 to 64 letters, digits, '-' and '_', not {chat!r}")
    return chat


def read_answer(reply: list[bytes]) -> Answer:
    """What `standing` in lua/lib/user.lua wrote."""
    if reply[0] == b"fenced":
        return Fenced()
    kind, first, second, fresh = reply[:4]
    marks = {BotId(int(bot)): Pts(int(pts)) for bot, pts in zip(reply[4::2], reply[5::2], strict=True)}
    match kind:
        case b"free":
            return Free(marks=marks)
        case b"waiting":
            return Waiting(since=int(first) / 1000, bot=BotId(int(second)), fresh=fresh == b"1", marks=marks)
        case b"paired":
            return Paired(chat=read_chat(first, second), fresh=fresh == b"1", marks=marks)
        case b"banned":
            until = float(first)
            return Banned(until=until / 1000, marks=marks)
        case _:
            raise ValueError(f"the pool's scripts answered {kind!r}, which this version does not know")


def read_chat(chat: bytes, line: bytes) -> Chat:
    """`line` as in lua/lib/chat.lua: "<first>:<bot>:<second>:<bot>:<started, ms>"."""
    first, first_bot, second, second_bot, started = map(int, line.split(b":"))
    return Chat(
        id=ChatId(chat.decode()),
        first=Address(BotId(first_bot), UserId(first)),
        second=Address(BotId(second_bot), UserId(second)),
        started=started / 1000,
    )
