"""The rules of matching, and an oracle that decides by them. The scripts in `storage/redis/lua/pool/` decide the same. Tests play
random histories through both, and they must agree (`tests/storage/pool/test_matching_histories.py`).

**Compatible.** Two people are compatible when both search in the same scope and each fits the other's wishes: the gender is among
the wished genders, and the age band among the wished bands. Minors meet only minors, whatever they wish or have paid.

**Kept apart.** Nobody meets themselves, a recent partner, or somebody whom they blocked or reported, or who did so to them. A
block may be lifted, a separation by a report may not. Two people are recent partners for `recent_minutes` after they were paired,
and again after their chat ended. A banned person neither searches nor waits.

**Once more.** Two whose chat is over are paired where both ask for it while the wish of the first holds, neither chats or is
banned, neither has blocked or reported the other, and both are still of one partition. What else they wish, and that they have
just met, does not matter.

**Locked.** Whoever is locked in by the partner can neither stop the chat nor go on to the next one (`domain/matching/locks.py`).

**First come, first served.** Of the compatible people who wait, the one with the lowest score is taken. The score is when the
search began, less a head start: `vip_boost_seconds` for a VIP, some thirty years for somebody who has lost a partner through no
fault of their own. Of equal scores, the bucket and then the user and bot decide, so that the oracle and the scripts agree.

**One step.** A request is refused where its lease is not the bot's. It changes nothing where the pool has had a request by this
or a later update of the same user and bot. Otherwise all of it is done in one step. Ending a chat frees both members and tells
the partner. Finding a partner ends both searches and tells both. Whoever finds nobody waits. Nobody is ever in two chats, alone
in a chat, or waiting while in a chat.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import inf, isfinite
from typing import Any

from domain.configuration import Matching
from domain.matching.lock_rules import Locks
from domain.matching.locks import LockChat, Locked
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
    Standing,
    UpdateSearch,
    Waiting,
)
from domain.matching.talk import NAMES_SECONDS, TOPIC_SECONDS, AskTopic, OfferName, Return, topic_number
from domain.model.bot import Lease
from domain.model.chat import Chat, ChatEnd
from domain.model.events import (
    ChatEnded,
    ChatLocked,
    Event,
    Expelled,
    LockEnded,
    Matched,
    NamesOffered,
    NamesShown,
    SearchEnded,
    Separated,
    TopicGiven,
)
from domain.model.ids import BotId, ChatId, Pts, UserId
from domain.model.profile import ADULT_BANDS, EVERY_GENDER, AgeBand, Gender, Wishes

AHEAD_OF_ALL = 1e9
"""Head start of a search with priority, in seconds: some thirty years."""

GENDERS = tuple(Gender)
BANDS = tuple(AgeBand)


def effective_wishes(band: AgeBand, wishes: Wishes) -> Wishes:
    """The wishes without those that would let minors and adults meet."""
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
    """All that decides whom a seeker is compatible with, and VIP, as 12 characters: class (1 VIP, 0 free), gender, age band, a
    flag for each wished gender and each wished band. People of one bucket differ only in their recent partners and blocks.
    """
    return f"{int(seeker.vip)}{GENDERS.index(seeker.gender)}{int(seeker.band)}{_wished(seeker.band, seeker.wishes)}"


def partition_of(seeker: Seeker) -> str:
    """Nobody meets anybody of another one: its scope, and "m" for minors or "a" for adults."""
    return f"{seeker.scope}:{'m' if seeker.band is AgeBand.MINOR else 'a'}"


def wishes_of(bucket: str) -> list[tuple[str, str]]:
    """(own, wished) for each gender and age band that the bucket's people wish. Example: ("13", "04") means that people of gender
    1 and band 3 wish gender 0 and band 4. Two buckets are compatible where one has ("13", "04") and the other ("04", "13").
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


Rule = Callable[["Oracle", Any], "bool | Standing"]
"""Carries a decision out. True where it began a search or a chat. An answer of its own is given with the marks after it."""


@dataclass(slots=True)
class Search:
    seeker: Seeker
    since: float
    score: float

    @property
    def order(self) -> tuple[float, str, str]:
        address = self.seeker.address
        return self.score, bucket_of(self.seeker), f"{address.user}:{address.bot}"


@dataclass(frozen=True, slots=True)
class Wish:
    """To talk to a former partner once more."""

    seeker: Seeker
    until: float


@dataclass(frozen=True, slots=True)
class Offer:
    """To exchange names."""

    user: UserId
    name: str
    at: float


@dataclass(slots=True)
class Oracle:
    """The whole pool in plain Python. The test sets `now`, in Unix seconds. Events are kept in order."""

    rules: Matching
    now: float
    leases: dict[BotId, Lease] = field(default_factory=dict)
    searches: dict[UserId, Search] = field(default_factory=dict)
    chats: dict[UserId, Chat] = field(default_factory=dict)
    marks: dict[UserId, dict[BotId, Pts]] = field(default_factory=dict)
    bans: dict[UserId, float] = field(default_factory=dict)
    recents: dict[frozenset[UserId], float] = field(default_factory=dict)
    blocks: set[tuple[UserId, UserId]] = field(default_factory=set)
    wishes: dict[ChatId, dict[UserId, Wish]] = field(default_factory=dict)
    """By the former chat."""
    topics: dict[ChatId, float] = field(default_factory=dict)
    """When each chat got its last question."""
    offers: dict[ChatId, Offer] = field(default_factory=dict)
    reported: set[frozenset[UserId]] = field(default_factory=set)
    """Who are kept apart by a report."""
    locks: Locks = field(default_factory=Locks)
    events: list[tuple[BotId, Event]] = field(default_factory=list)
    decisions: Mapping[type[Decision], Rule] = field(default_factory=lambda: DECISIONS)

    def decide(self, request: Request) -> Answer:
        if isinstance(request, Decision):
            rule = self.decisions[type(request)]
            return self._gate(request, lambda: rule(self, request))
        assert isinstance(request, GetStatus), request
        return self._standing(request.user)

    def sweep(self, new_chat: Callable[[], ChatId], *, pairs: float = inf) -> int:
        """Pairs up to `pairs` couples, in the order of the store: by partition, bucket and score. Ends searches that lasted too
        long.
        """
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
            self.end_chat(user, ChatEnd.BANNED, by=user)
            self._tell_expelled(user, chat.side_of(user).bot, chat.id)
        elif search := self.searches.pop(user, None):
            self._tell_expelled(user, search.seeker.address.bot)

    def block(self, user: UserId, other: UserId, *, blocked: bool = True) -> None:
        if blocked:
            self.blocks.add((user, other))
        else:
            self.blocks.discard((user, other))

    def may_meet(self, one: Seeker, other: Seeker) -> bool:
        """Whether these two may be paired now."""
        a, b = one.address.user, other.address.user
        if a == b or self.are_apart(a, b):
            return False
        return self.recents.get(frozenset((a, b)), 0.0) <= self.now and compatible(one, other)

    def are_apart(self, one: UserId, other: UserId) -> bool:
        """By a block or a report."""
        return (one, other) in self.blocks or (other, one) in self.blocks or frozenset((one, other)) in self.reported

    def _gate(self, decision: Decision, change: Callable[[], bool | Standing]) -> Answer:
        address, mark = decision.asker, decision.mark
        if self.leases.get(address.bot) != mark.lease:
            return Fenced()
        if mark.pts is not None:
            marks = self.marks.setdefault(address.user, {})
            if mark.pts <= marks.get(address.bot, mark.pts - 1):
                return self._standing(address.user)
        result = change()
        if isinstance(result, LockedIn):
            return result
        if mark.pts is not None:
            marks[address.bot] = mark.pts
        if isinstance(result, bool):
            return self._standing(address.user, fresh=result)
        return replace(result, marks=dict(self.marks.get(address.user, {})))

    def _standing(self, user: UserId, *, fresh: bool = False) -> Answer:
        marks = dict(self.marks.get(user, {}))
        if chat := self.chats.get(user):
            return Paired(chat=chat, fresh=fresh, locked_until=self._locked_until(user), marks=marks)
        if search := self.searches.get(user):
            return Waiting(since=search.since, bot=search.seeker.address.bot, fresh=fresh, marks=marks)
        if self.is_banned(user):
            return Banned(until=self.bans[user], marks=marks)
        return Free(marks=marks)

    def is_banned(self, user: UserId) -> bool:
        return self.bans.get(user, 0.0) > self.now

    def match(self, seeker: Seeker, new_chat: Callable[[], ChatId]) -> bool:
        candidates = [search for search in self.searches.values() if self.may_meet(seeker, search.seeker)]
        if not candidates:
            return False
        other = min(candidates, key=lambda search: search.order).seeker.address
        self.pair(Chat(id=new_chat(), first=seeker.address, second=other, started=self.now))
        return True

    def pair(self, chat: Chat, *, again: bool = False) -> None:
        for one in (chat.first, chat.second):
            self.searches.pop(one.user, None)
            self.chats[one.user] = chat
            self.events.append((one.bot, Matched(user=one.user, chat=chat, again=again)))
        self._remember(chat)

    def give_topic(self, chat: Chat) -> None:
        """The chat's own question of this moment, to both."""
        self.topics[chat.id] = self.now
        number = topic_number(chat.started, self.now)
        for one in (chat.first, chat.second):
            self.events.append((one.bot, TopicGiven(user=one.user, chat=chat.id, number=number)))

    def may_return(self, user: UserId, bot: BotId) -> bool:
        """Whether somebody at this bot is free, or searches there."""
        search = self.searches.get(user)
        return user not in self.chats and not self.is_banned(user) and (search is None or search.seeker.address.bot == bot)

    def end_chat(self, user: UserId, why: ChatEnd, *, by: UserId) -> None:
        """`by`: the member who ends it or is the reason."""
        chat = self.chats.pop(user)
        partner = chat.partner_of(user).user
        del self.chats[partner]
        self._remember(chat)
        for broken in self.locks.break_off(chat.id, self.now, why, by):
            self.events.append((broken.lock.owner.bot, broken))
        self.tell_chat_ended(partner, chat, why)

    def locked_in(self, user: UserId) -> LockedIn | None:
        """The answer to somebody who may not leave now."""
        until = self._locked_until(user)
        return LockedIn(chat=self.chats[user], locked_until=until, marks=dict(self.marks.get(user, {}))) if until else None

    def _locked_until(self, user: UserId) -> float:
        """By the partner; 0 where there is no such lock."""
        chat = self.chats[user]
        until = self.locks.until(chat.id, chat.partner_of(user).user)
        return until if until > self.now else 0.0

    def end_due_locks(self) -> float | None:
        """As `domain.ports.locks.LockPool.end_due`."""
        for chat_id, owner in self.locks.end_due(self.now):
            chat = self.chats[owner]
            for member in (chat.first, chat.second):
                self.events.append((member.bot, LockEnded(user=member.user, chat=chat_id, owner=owner)))
        ends = self.locks.ends()
        return round(min(ends.values()) - self.now, 3) if ends else None

    def tell_chat_ended(self, user: UserId, chat: Chat, why: ChatEnd) -> None:
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


def _find(pool: Oracle, find: Find) -> bool | Standing:
    user = find.seeker.address.user
    chat = pool.chats.get(user)
    if (chat and chat.id != find.leaving) or user in pool.searches or pool.is_banned(user):
        return False
    if chat:
        if locked_in := pool.locked_in(user):
            return locked_in
        pool.end_chat(user, ChatEnd.NEXT, by=user)
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


def _leave(pool: Oracle, leave: Leave) -> bool | Standing:
    user = leave.address.user
    chat = pool.chats.get(user)
    if chat is None or chat.id != leave.chat:
        return False
    if leave.by_choice and (locked_in := pool.locked_in(user)):
        return locked_in
    pool.end_chat(user, leave.why, by=chat.partner_of(user).user if leave.partner_is_gone else user)
    if leave.why is ChatEnd.GONE:
        pool.tell_chat_ended(user, chat, leave.why)
    return False


def _lock_chat(pool: Oracle, asked: LockChat) -> Standing:
    user = asked.address.user
    chat = pool.chats.get(user)
    if pool.locks.lock(asked, chat, pool.now):
        assert chat is not None
        answer = pool.locks.answer(asked.lock)
        assert isinstance(answer, Locked)
        for member in (chat.first, chat.second):
            told = ChatLocked(
                user=member.user, chat=chat.id, lock=asked.lock, owner=user, until=answer.until, extended=answer.extended
            )
            pool.events.append((member.bot, told))
    return pool.locks.answer(asked.lock)


def _ask_topic(pool: Oracle, asked: AskTopic) -> bool:
    chat = pool.chats.get(asked.address.user)
    if chat is None or chat.id != asked.chat or abs(pool.now - pool.topics.get(chat.id, -inf)) < TOPIC_SECONDS:
        return False
    pool.give_topic(chat)
    return True


def _offer_name(pool: Oracle, offer: OfferName) -> bool:
    user = offer.address.user
    chat = pool.chats.get(user)
    if chat is None or chat.id != offer.chat:
        return False
    me, partner = chat.side_of(user), chat.partner_of(user)
    earlier = pool.offers.get(chat.id)
    holds = earlier is not None and abs(pool.now - earlier.at) < NAMES_SECONDS
    if holds and earlier is not None:
        if earlier.user == user:
            return False
        del pool.offers[chat.id]
        pool.events.append((me.bot, NamesShown(user=user, chat=chat.id, name=earlier.name)))
        pool.events.append((partner.bot, NamesShown(user=partner.user, chat=chat.id, name=offer.name)))
        return True
    pool.offers[chat.id] = Offer(user, offer.name, pool.now)
    pool.events.append((me.bot, NamesOffered(user=user, chat=chat.id, mine=True)))
    pool.events.append((partner.bot, NamesOffered(user=partner.user, chat=chat.id)))
    return True


def _return(pool: Oracle, wish: Return) -> bool:
    me, partner = wish.seeker.address, wish.partner
    if not pool.may_return(me.user, me.bot) or me.user == partner or pool.are_apart(me.user, partner):
        return False
    theirs = pool.wishes.get(wish.former, {}).get(partner)
    if theirs is not None and theirs.until > pool.now and partition_of(theirs.seeker) == partition_of(wish.seeker):
        other = theirs.seeker.address
        if pool.may_return(partner, other.bot):
            del pool.wishes[wish.former]
            pool.pair(Chat(id=wish.chat, first=me, second=other, started=pool.now), again=True)
            return True
    pool.wishes.setdefault(wish.former, {})[me.user] = Wish(wish.seeker, pool.now + wish.seconds)
    return False


def _separate(pool: Oracle, separate: Separate) -> bool:
    user, partner = separate.address.user, separate.partner.user
    chat = pool.chats.get(user)
    if chat and (chat.id == separate.chat or chat.partner_of(user).user == partner):
        pool.end_chat(user, separate.why, by=user)
        if chat.id != separate.chat:
            told_too = ChatEnded(user=user, chat=chat.id, why=separate.why)
            pool.events.append((chat.side_of(user).bot, told_too))
    if separate.why is ChatEnd.REPORTED:
        pool.reported.add(frozenset((user, partner)))
    else:
        pool.block(user, partner)
    told = Separated(
        user=user,
        partner=separate.partner,
        chat=separate.chat,
        why=separate.why,
        reason=separate.reason,
        marked=separate.marked,
    )
    pool.events.append((separate.address.bot, told))
    return False


def _lift_block(pool: Oracle, lift: LiftBlock) -> bool:
    pool.block(lift.address.user, lift.other, blocked=False)
    return False


DECISIONS: Mapping[type[Decision], Rule] = {
    Find: _find,
    UpdateSearch: _update_search,
    Cancel: _cancel,
    Leave: _leave,
    LockChat: _lock_chat,
    AskTopic: _ask_topic,
    OfferName: _offer_name,
    Return: _return,
    Separate: _separate,
    LiftBlock: _lift_block,
}


def _sweep_order(search: Search) -> tuple[str, str, float, str]:
    score, bucket, member = search.order
    return partition_of(search.seeker), bucket, score, member
