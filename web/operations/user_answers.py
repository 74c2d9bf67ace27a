"""People as the API shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from math import inf, isfinite
from typing import Any

import msgspec

from domain.model.ban import Ban
from domain.ports.people import Known, Listed, PersonsChat, Place
from domain.ports.review import Audited
from web.operations.admins import moment

LAST = 253_402_300_799.0
"""The end of the year 9999: later times cannot be written."""


class StateAnswer(msgspec.Struct, frozen=True, kw_only=True):
    place: Place
    since: datetime | None
    bot: int | None


class UserItem(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    gender: str
    """Empty where it was not given."""
    age: int | None
    minor: bool
    language: str
    joined: datetime | None
    seen: datetime | None
    """When they last woke a bot, to the hour."""
    bot: int | None
    """At which they were seen last."""
    chats: int
    """Those on record. Chats that ended are deleted after 90 days."""
    vip: bool
    vip_until: datetime | None
    banned: bool
    banned_until: datetime | None
    """Null also for a ban for good."""
    held: bool
    """Whether they may not search until a person decides."""
    state: StateAnswer
    """Where they are now."""


class UsersAnswer(msgspec.Struct, frozen=True, kw_only=True):
    items: Sequence[UserItem]
    next: str
    """`after` of the next page; empty on the last one."""
    total: int
    more: bool
    """Whether there are more than `total`."""


class BanAnswer(msgspec.Struct, frozen=True, kw_only=True):
    in_force: bool
    since: datetime | None
    until: datetime | None
    """Null for good."""
    reason: str
    """A code; "operator" for words in `note`."""
    note: str
    by: str


class BansAnswer(msgspec.Struct, frozen=True, kw_only=True):
    banned: bool
    bans: Sequence[BanAnswer]
    """The last one, unless it was lifted."""


class ActAnswer(msgspec.Struct, frozen=True, kw_only=True):
    at: datetime | None
    who: str
    source: str
    act: str
    before: Any
    after: Any


class StandingAnswer(msgspec.Struct, frozen=True, kw_only=True):
    score: float
    level: int
    held_for: str
    held_since: datetime | None
    reports: int
    """Of this person, in the days that count."""
    upheld: int
    rejected: int
    """Of this person's own reports."""
    liked: int
    disliked: int
    """By those who chatted with them."""


class UserAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A person, with what moderation knows."""

    id: int
    profile: bool
    """False where nobody with this id has a profile: they were never here, or had their data deleted."""
    gender: str
    age: int | None
    minor: bool
    language: str
    joined: datetime | None
    seen: datetime | None
    bot: int | None
    bots: Sequence[int]
    """Those that the person has used; the one where they chatted last is the first."""
    chats: int
    vip: bool
    vip_until: datetime | None
    banned: bool
    bans: Sequence[BanAnswer]
    """The last one, also where it is over, unless it was lifted. Earlier ones are in `acts`."""
    state: StateAnswer
    standing: StandingAnswer
    acts: Sequence[ActAnswer]
    """What operators did last about this person, the newest first."""


class ChatItem(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    bot: int
    partner: int | None
    """Null for somebody who had their data deleted."""
    started: datetime | None
    ended: datetime | None
    length_seconds: float | None
    why: str
    """How it ended; empty while it goes on."""


class ChatsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    items: Sequence[ChatItem]
    next: str


class VipAnswer(msgspec.Struct, frozen=True, kw_only=True):
    vip_until: datetime | None


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    ending: bool


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    sent: bool


def until(at: float) -> datetime | None:
    """None for never, and for good."""
    return moment(min(at, LAST)) if isfinite(at) else None


def item_of(it: Listed, now: float) -> UserItem:
    return UserItem(
        id=it.user,
        gender=it.gender,
        age=it.age,
        minor=it.minor,
        language=it.language,
        joined=moment(it.joined),
        seen=moment(it.seen),
        bot=it.bot,
        chats=it.chats,
        vip=it.vip_until > now,
        vip_until=until(it.vip_until),
        banned=it.banned_until > now,
        banned_until=until(it.banned_until),
        held=it.held,
        state=_state(it),
    )


def user_of(known: Known, row: Listed | None, now: float) -> UserAnswer:
    """`row`: None without a profile."""
    return UserAnswer(
        id=known.user,
        profile=row is not None,
        gender=row.gender if row else "",
        age=row.age if row else None,
        minor=row.minor if row else False,
        language=row.language if row else "",
        joined=moment(row.joined) if row else None,
        seen=moment(row.seen) if row else None,
        bot=row.bot if row else None,
        bots=known.bots,
        chats=row.chats if row else 0,
        vip=known.vip_until > now,
        vip_until=until(known.vip_until),
        banned=known.ban is not None and known.ban.until > now,
        bans=bans_of(known.ban, now).bans,
        state=_state(row),
        standing=_standing(known),
        acts=[_act(each) for each in known.acts],
    )


def bans_of(ban: Ban | None, now: float) -> BansAnswer:
    return BansAnswer(banned=ban is not None and ban.until > now, bans=[_ban(ban, now)] if ban else [])


def chat_of(it: PersonsChat) -> ChatItem:
    return ChatItem(
        id=it.chat,
        bot=it.bot,
        partner=it.partner if it.partner > 0 else None,
        started=moment(it.started),
        ended=moment(it.ended),
        length_seconds=round(max(it.ended - it.started, 0.0), 3) if it.ended is not None else None,
        why=it.why,
    )


def _state(it: Listed | None) -> StateAnswer:
    if it is None:
        return StateAnswer(place=Place.MENU, since=None, bot=None)
    return StateAnswer(place=it.now.place, since=moment(it.now.since), bot=it.now.bot)


def _ban(it: Ban, now: float) -> BanAnswer:
    return BanAnswer(
        in_force=it.until > now,
        since=moment(it.since),
        until=None if it.until == inf else until(it.until),
        reason=it.reason,
        note=it.note,
        by=it.by,
    )


def _act(it: Audited) -> ActAnswer:
    return ActAnswer(at=moment(it.at), who=it.who, source=it.source, act=it.act, before=it.before, after=it.after)


def _standing(known: Known) -> StandingAnswer:
    it = known.standing
    return StandingAnswer(
        score=round(it.score, 3),
        level=it.level,
        held_for=it.held_for,
        held_since=moment(it.held_since),
        reports=it.reports,
        upheld=it.upheld,
        rejected=it.rejected,
        liked=known.votes.up,
        disliked=known.votes.down,
    )
