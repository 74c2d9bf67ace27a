"""Who may talk with whom, and who comes first: the rules, and an oracle that decides by them. `storage/redis/lua/` decides the
same in one script a decision; random histories through both must agree (`tests/storage/pool/test_matching_histories.py`).

**Compatible.** Two people are compatible when each one's wishes hold for the other: gender among the wished genders, age band
among the wished bands. Minors are apart: one only ever meets another, whatever was wished or paid. Both search in one scope.

**Unwanted.** Nobody meets themselves, a recent partner (until `recent` seconds after they were paired or parted, both
directions), or somebody who blocked them or whom they blocked. A banned person neither searches nor waits.

**First come, first served.** Of the compatible who wait, the one with the least score is taken. The score is when the
search began, less a head start: `vip_boost` seconds for a VIP, a thousand years for somebody who lost a partner through no
fault of their own. Equal scores: by bucket, then by name; it only matters that everybody agrees.

**One step.** A request is refused whole where the bot's lease is not the asker's, and changes nothing where this or a later
update of the same user and bot was heard before. Otherwise: ending a chat frees both and tells the other; finding pairs both,
tells both and lets them wait no more; whoever finds nobody waits. Nobody is ever in two chats, alone in one, or waiting while
in one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import inf, isfinite
from typing import Any

from domain.configuration import Matching
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
    Paired,
    Request,
    Seeker,
    UpdateSearch,
    Waiting,
)
from domain.model.bot import Lease
from domain.model.chat import Chat, ChatEnd
from domain.model.events import ChatEnded, Event, Expelled, Matched, SearchEnded
from domain.model.ids import BotId, ChatId, Pts, UserId
from domain.model.profile import ADULT_BANDS, EVERY_GENDER, AgeBand, Gender, Wishes

AHEAD_OF_ALL = 1e9
"""Seconds of head start for those who wait at the head."""

GENDERS = tuple(Gender)
BANDS = tuple(AgeBand)


def effective_wishes(band: AgeBand, wishes: Wishes) -> Wishes:
    """What is left of the wishes of somebody of that age once minors are apart."""
    if band is AgeBand.MINOR:
        return Wishes(genders=EVERY_GENDER, bands=frozenset({AgeBand.MINOR}))
    return Wishes(genders=wishes.genders, bands=wishes.bands & ADULT_BANDS)


def compatible(one: Seeker, other: Seeker) -> bool:
    mine, theirs = effective_wishes(one.band, one.wishes), effective_wishes(other.band, other.wishes)
    return (
        one.scope == other.scope
        and other.gender in mine.genders
        and other.band in mine.bands
        and one.gender in theirs.genders
        and one.band in theirs.bands
    )


def bucket_of(seeker: Seeker) -> str:
    """Everything of a seeker that compatibility asks for, as 12 characters: class (1 VIP, 0 free), gender, age band, a flag
    for each wished gender and each wished band. People of one bucket are interchangeable but for whom they met or blocked.
    """
    return f"{int(seeker.vip)}{GENDERS.index(seeker.gender)}{int(seeker.band)}{_wished(seeker.band, seeker.wishes)}"


def wishes_of(bucket: str) -> list[tuple[str, str]]:
    """Who its people are, with each of whom they wish: gender and age band as they stand in a bucket. Two buckets are compatible
    where one has the pair that the other has the other way round.
    """
    genders = [str(gender) for gender in range(len(GENDERS)) if bucket[3 + gender] == "1"]
    bands = [str(band) for band in range(len(BANDS)) if bucket[6 + band] == "1"]
    return [(bucket[1:3], gender + band) for gender in genders for band in bands]


def head_start(seeker: Seeker, *, priority: bool, vip_boost: float) -> float:
    if priority:
        return AHEAD_OF_ALL
    return vip_boost if seeker.vip else 0.0


@lru_cache(maxsize=4096)
def _wished(band: AgeBand, wishes: Wishes) -> str:
    left = effective_wishes(band, wishes)
    return _flags(GENDERS, left.genders) + _flags(BANDS, left.bands)


def _flags(of: tuple[object, ...], wished: frozenset[object]) -> str:
    return "".join("1" if each in wished else "0" for each in of)


Rule = Callable[["Oracle", Any], bool]
"""Carries a decision out; True where it made something that was not there: a search, a chat."""


@dataclass(slots=True)
class Search:
    seeker: Seeker
    since: float
    score: float

    @property
    def order(self) -> tuple[float, str, str]:
        address = self.seeker.address
        return self.score, bucket_of(self.seeker), f"{address.user}:{address.bot}"


@dataclass(slots=True)
class Oracle:
    """The whole pool in plain Python. Time moves only by `now`; events are kept in the order they were made."""

    rules: Matching
    now: float
    leases: dict[BotId, Lease] = field(default_factory=dict)
    searches: dict[UserId, Search] = field(default_factory=dict)
    chats: dict[UserId, Chat] = field(default_factory=dict)
    marks: dict[UserId, dict[BotId, Pts]] = field(default_factory=dict)
    bans: dict[UserId, float] = field(default_factory=dict)
    recents: dict[frozenset[UserId], float] = field(default_factory=dict)
    blocks: set[tuple[UserId, UserId]] = field(default_factory=set)
    events: list[tuple[BotId, Event]] = field(default_factory=list)
    decisions: Mapping[type[Decision], Rule] = field(default_factory=lambda: DECISIONS)

    def decide(self, request: Request) -> Answer:
        if isinstance(request, Decision):
            rule = self.decisions[type(request)]
            return self._gate(request, lambda: rule(self, request))
        assert isinstance(request, GetStatus), request
        return self._standing(request.user)

    def sweep(self, new_chat: Callable[[], ChatId], *, pairs: float = inf) -> int:
        """Up to so many, partition by partition, bucket by bucket, whoever is first in each, as the store goes through them."""
        paired = 0
        for search in sorted(self.searches.values(), key=_sweep_order):
            if paired < pairs and search.seeker.address.user in self.searches and self.match(search.seeker, new_chat):
                paired += 1
        for search in sorted(self.searches.values(), key=_sweep_order):
            if search.since <= self.now - self.rules.timeout_seconds:
                self._give_up(search.seeker.address.user)
        return paired

    def ban(self, user: UserId, until: float) -> None:
        if until <= self.now:
            self.bans.pop(user, None)
            return
        self.bans[user] = until
        if chat := self.chats.get(user):
            self.part(user, ChatEnd.BANNED)
            self._tell_expelled(user, chat.side_of(user).bot, chat.id)
        elif search := self.searches.pop(user, None):
            self._tell_expelled(user, search.seeker.address.bot)

    def block(self, user: UserId, other: UserId, *, blocked: bool = True) -> None:
        if blocked:
            self.blocks.add((user, other))
        else:
            self.blocks.discard((user, other))

    def wanted(self, one: Seeker, other: Seeker) -> bool:
        """Compatible, and nothing stands between these two."""
        a, b = one.address.user, other.address.user
        if a == b or (a, b) in self.blocks or (b, a) in self.blocks:
            return False
        return self.recents.get(frozenset((a, b)), 0.0) <= self.now and compatible(one, other)

    def _gate(self, decision: Decision, change: Callable[[], bool]) -> Answer:
        address, mark = decision.asker, decision.mark
        if self.leases.get(address.bot) != mark.lease:
            return Fenced()
        if mark.pts is not None:
            marks = self.marks.setdefault(address.user, {})
            if mark.pts <= marks.get(address.bot, mark.pts - 1):
                return self._standing(address.user)
            marks[address.bot] = mark.pts
        fresh = change()
        return self._standing(address.user, fresh=fresh)

    def _standing(self, user: UserId, *, fresh: bool = False) -> Answer:
        marks = dict(self.marks.get(user, {}))
        if chat := self.chats.get(user):
            return Paired(chat=chat, fresh=fresh, marks=marks)
        if search := self.searches.get(user):
            return Waiting(since=search.since, bot=search.seeker.address.bot, fresh=fresh, marks=marks)
        if self.is_banned(user):
            return Banned(until=self.bans[user], marks=marks)
        return Free(marks=marks)

    def is_banned(self, user: UserId) -> bool:
        return self.bans.get(user, 0.0) > self.now

    def match(self, seeker: Seeker, new_chat: Callable[[], ChatId]) -> bool:
        company = [search for search in self.searches.values() if self.wanted(seeker, search.seeker)]
        if not company:
            return False
        other = min(company, key=lambda search: search.order).seeker.address
        self._pair(Chat(id=new_chat(), first=seeker.address, second=other, started=self.now))
        return True

    def _pair(self, chat: Chat) -> None:
        for one in (chat.first, chat.second):
            self.searches.pop(one.user, None)
            self.chats[one.user] = chat
            self.events.append((one.bot, Matched(user=one.user, chat=chat)))
        self._remember(chat)

    def part(self, user: UserId, why: ChatEnd) -> None:
        chat = self.chats.pop(user)
        partner = chat.partner_of(user).user
        del self.chats[partner]
        self._remember(chat)
        self.tell_parted(partner, chat, why)

    def tell_parted(self, user: UserId, chat: Chat, why: ChatEnd) -> None:
        bot = chat.first.bot if user == chat.first.user else chat.second.bot
        self.events.append((bot, ChatEnded(user=user, chat=chat.id, why=why)))

    def _tell_expelled(self, user: UserId, bot: BotId, chat: ChatId | None = None) -> None:
        until = self.bans[user]
        self.events.append((bot, Expelled(user=user, until=round(until, 3) if isfinite(until) else None, chat=chat)))

    def _remember(self, chat: Chat) -> None:
        self.recents[frozenset((chat.first.user, chat.second.user))] = self.now + self.rules.recent_minutes * 60

    def _give_up(self, user: UserId) -> None:
        search = self.searches.pop(user)
        self.events.append((search.seeker.address.bot, SearchEnded(user=user)))


def _find(pool: Oracle, find: Find) -> bool:
    user = find.seeker.address.user
    chat = pool.chats.get(user)
    if (chat and chat.id != find.leaving) or user in pool.searches or pool.is_banned(user):
        return False
    if chat:
        pool.part(user, ChatEnd.NEXT)
    if not pool.match(find.seeker, lambda: find.chat):
        start = head_start(find.seeker, priority=find.priority, vip_boost=pool.rules.vip_boost_seconds)
        pool.searches[user] = Search(find.seeker, pool.now, pool.now - start)
    return True


def _update_search(pool: Oracle, update: UpdateSearch) -> bool:
    search = pool.searches.get(update.seeker.address.user)
    if search is None:
        return False
    search.seeker = replace(update.seeker, address=search.seeker.address)
    if pool.match(search.seeker, lambda: update.chat):
        return True
    start = head_start(search.seeker, priority=False, vip_boost=pool.rules.vip_boost_seconds)
    search.score = min(search.score, search.since - start)
    return False


def _cancel(pool: Oracle, cancel: Cancel) -> bool:
    pool.searches.pop(cancel.address.user, None)
    return False


def _leave(pool: Oracle, leave: Leave) -> bool:
    user = leave.address.user
    chat = pool.chats.get(user)
    if chat and chat.id == leave.chat:
        pool.part(user, leave.why)
        if leave.why is ChatEnd.GONE:
            pool.tell_parted(user, chat, leave.why)
    return False


DECISIONS: Mapping[type[Decision], Rule] = {Find: _find, UpdateSearch: _update_search, Cancel: _cancel, Leave: _leave}


def _sweep_order(search: Search) -> tuple[str, str, float, str]:
    score, bucket, member = search.order
    return f"{search.seeker.scope}:{'m' if search.seeker.band is AgeBand.MINOR else 'a'}", bucket, score, member
