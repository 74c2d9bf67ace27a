"""Which script decides which request to the pool, how its arguments are written and how its answer is read.

A new kind of decision is a new row in `DECISIONS`. `control/worker/composition.py` gives the table to the pool.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from domain.configuration import Matching
from domain.matching.locks import LockChat, Locked, NotLocked, Refusal
from domain.matching.requests import (
    Answer,
    Banned,
    Cancel,
    Decision,
    Fenced,
    Find,
    Free,
    GetStatus,
    Leave,
    LiftBlock,
    LockedIn,
    Paired,
    Request,
    Seeker,
    Separate,
    UpdateSearch,
    Waiting,
)
from domain.matching.rules import bucket_of, head_start
from domain.matching.talk import AskTopic, OfferName, Return
from domain.model.chat import Chat
from domain.model.ids import Address, BotId, ChatId, LockId, Pts, UserId
from storage.redis.keys import written
from storage.redis.scripts import Argument, Script, in_seconds, milliseconds, script

SHORT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""Of a chat or a lock."""
USER_NAME = re.compile(r"[A-Za-z0-9_]{1,64}")
SCOPE = re.compile(r"\*|[A-Za-z0-9_-]{1,32}")


def read_answer(reply: bytes) -> Answer:
    """Reads what `answer` in lua/lib/users/user.lua wrote: "<kind> <fresh> <x> <y> <bot>:<pts> …". x and y are

    - waiting: since (Unix ms), bot;
    - paired, locked_in: chat, line (`read_chat`), with ":<until, Unix ms>" behind it where the partner has locked the chat;
    - banned: until (Unix ms or inf), nothing.
    """
    if reply == b"fenced":
        return Fenced()
    kind, fresh, first, second, *pairs = reply.split(b" ")
    marks = _read_marks(pairs)
    match kind:
        case b"waiting":
            return Waiting(since=in_seconds(int(first)), bot=BotId(int(second)), fresh=fresh == b"1", marks=marks)
        case b"paired":
            return Paired(**_read_paired(first, second), fresh=fresh == b"1", marks=marks)
        case b"locked_in":
            return LockedIn(**_read_paired(first, second), marks=marks)
        case b"free":
            return Free(marks=marks)
        case b"banned":
            return Banned(until=in_seconds(float(first)), marks=marks)
        case _:
            raise ValueError(f"the pool's scripts answered {kind!r}, which this version does not know")


def _read_lock_answer(reply: bytes) -> Answer:
    """Reads what lua/pool/lock.lua answers. A repeated mark or a lease that is not ours gets another answer."""
    kind, *rest = reply.split(b" ")
    match kind:
        case b"locked":
            extended, since, until, *pairs = rest
            times = {"since": in_seconds(int(since)), "until": in_seconds(int(until))}
            return Locked(**times, extended=extended == b"1", marks=_read_marks(pairs))
        case b"not_locked":
            _, why, _, *pairs = rest
            return NotLocked(why=Refusal(why.decode()), marks=_read_marks(pairs))
        case _:
            return read_answer(reply)


def _read_paired(chat: bytes, line: bytes) -> dict[str, Any]:
    parts = line.rsplit(b":", line.count(b":") - 4)
    return {"chat": read_chat(chat, parts[0]), "locked_until": in_seconds(int(parts[1])) if parts[1:] else 0.0}


def _read_marks(pairs: Sequence[bytes]) -> dict[BotId, Pts]:
    marks: dict[BotId, Pts] = {}
    for pair in pairs:
        bot, _, pts = pair.partition(b":")
        marks[BotId(int(bot))] = Pts(int(pts))
    return marks


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolScript:
    """How one kind of request is decided."""

    script: Script
    arguments: Callable[[Any, Matching], Sequence[Argument]]
    """The script's arguments after the time, which is always the first."""
    read: Callable[[bytes], Answer] = read_answer


def asker(request: Decision) -> str:
    """Who makes the request, as `lua/lib/users/gate.lua` reads it. One string, because packing each argument apart is slower."""
    pts = "-" if request.mark.pts is None else request.mark.pts
    return f"{request.asker.user} {request.asker.bot} {written(request.mark.lease)} {pts}"


def checked(chat: ChatId) -> str:
    """Raises ValueError for an id that must not be written into keys and JSON by scripts."""
    return ChatId(_short(chat, "chat"))


def checked_lock(lock: LockId) -> LockId:
    return LockId(_short(lock, "lock"))


def _short(text: str, of: str) -> str:
    if not SHORT_ID.fullmatch(text):
        raise ValueError(f"a {of}'s id has 1 to 64 letters, digits, '-' and '_', not {text!r}")
    return text


def recent_partners_ms(rules: Matching) -> int:
    """For how many milliseconds two people who have met do not meet again."""
    return milliseconds(rules.recent_minutes * 60)


def _find(find: Find, rules: Matching) -> Sequence[Argument]:
    leaving = checked(find.leaving) if find.leaving else "."
    start = head_start(find.seeker, priority=find.priority, vip_boost=rules.vip_boost_seconds)
    return asker(find), f"{_wanted(find.seeker)} {checked(find.chat)} {leaving} {milliseconds(start)} {recent_partners_ms(rules)}"


def _update(update: UpdateSearch, rules: Matching) -> Sequence[Argument]:
    start = head_start(update.seeker, priority=False, vip_boost=rules.vip_boost_seconds)
    return asker(update), f"{_wanted(update.seeker)} {checked(update.chat)} {milliseconds(start)} {recent_partners_ms(rules)}"


def _cancel(cancel: Cancel, _rules: Matching) -> Sequence[Argument]:
    return (asker(cancel),)


def _leave(leave: Leave, rules: Matching) -> Sequence[Argument]:
    by = "choice" if leave.by_choice else "partner" if leave.partner_is_gone else "own"
    return asker(leave), f"{checked(leave.chat)} {leave.why.value} {recent_partners_ms(rules)} {by}"


def _lock(asked: LockChat, _rules: Matching) -> Sequence[Argument]:
    if not (isfinite(asked.longest) and isfinite(asked.seconds) and asked.seconds > 0):
        raise ValueError(f"a chat is locked for some seconds, not for {asked.seconds} of at most {asked.longest}")
    times = f"{milliseconds(asked.seconds)} {milliseconds(asked.longest)}"
    return asker(asked), f"{checked_lock(asked.lock)} {checked(asked.chat)} {times}"


def _topic(asked: AskTopic, _rules: Matching) -> Sequence[Argument]:
    return asker(asked), checked(asked.chat)


def _names(offer: OfferName, _rules: Matching) -> Sequence[Argument]:
    if not USER_NAME.fullmatch(offer.name):
        raise ValueError("a user name at Telegram has 1 to 64 letters, digits and '_'")
    return asker(offer), f"{checked(offer.chat)} {offer.name}"


def _return(wish: Return, rules: Matching) -> Sequence[Argument]:
    ids = f"{checked(wish.chat)} {checked(wish.former)} {wish.partner}"
    kept = max(0, milliseconds(wish.seconds))
    return asker(wish), f"{_wanted(wish.seeker)} {ids} {kept} {recent_partners_ms(rules)}"


def _separate(separate: Separate, rules: Matching) -> Sequence[Argument]:
    partner, reason, marked = separate.partner, separate.reason or "null", "null" if separate.marked is None else separate.marked
    chat, why = checked(separate.chat), separate.why.value
    return asker(separate), f"{partner.user} {partner.bot} {chat} {why} {reason} {marked} {recent_partners_ms(rules)}"


def _lift(lift: LiftBlock, _rules: Matching) -> Sequence[Argument]:
    return asker(lift), lift.other


def _status(status: GetStatus, _rules: Matching) -> Sequence[Argument]:
    return (status.user,)


def _wanted(seeker: Seeker) -> str:
    if not SCOPE.fullmatch(seeker.scope):
        raise ValueError(f"a scope is '*' or a short name, not {seeker.scope!r}")
    return f"{seeker.scope} {bucket_of(seeker)}"


DECISIONS: Mapping[type[Request], PoolScript] = {
    Find: PoolScript(script=script("pool/find"), arguments=_find),
    UpdateSearch: PoolScript(script=script("pool/update_search"), arguments=_update),
    Cancel: PoolScript(script=script("pool/cancel"), arguments=_cancel),
    Leave: PoolScript(script=script("pool/leave"), arguments=_leave),
    LockChat: PoolScript(script=script("pool/lock"), arguments=_lock, read=_read_lock_answer),
    AskTopic: PoolScript(script=script("pool/topic"), arguments=_topic),
    OfferName: PoolScript(script=script("pool/names"), arguments=_names),
    Return: PoolScript(script=script("pool/return"), arguments=_return),
    Separate: PoolScript(script=script("pool/separate"), arguments=_separate),
    LiftBlock: PoolScript(script=script("pool/lift_block"), arguments=_lift),
    GetStatus: PoolScript(script=script("pool/get_status"), arguments=_status),
}


def write_chat(chat: Chat) -> str:
    first, second = chat.first, chat.second
    return f"{first.user}:{first.bot}:{second.user}:{second.bot}:{milliseconds(chat.started)}"


def read_chat(chat: bytes, line: bytes) -> Chat:
    """`line` is "<first>:<bot>:<second>:<bot>:<started, Unix ms>", as lua/lib/chats/pair.lua writes it."""
    first, first_bot, second, second_bot, started = map(int, line.split(b":"))
    return Chat(
        id=ChatId(chat.decode()),
        first=Address(BotId(first_bot), UserId(first)),
        second=Address(BotId(second_bot), UserId(second)),
        started=in_seconds(started),
    )
