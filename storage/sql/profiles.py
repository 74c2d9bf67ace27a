"""Profiles in the database (domain.ports.records.Profiles), and a cache in front of them."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from math import inf
from typing import Any, TypeVar, assert_never

import orjson

from domain.configuration import LiveConfiguration
from domain.errors import Outdated
from domain.model.ban import Ban
from domain.model.ids import UserId
from domain.model.profile import (
    EVERY_GENDER,
    AgeBand,
    Gender,
    MediaChoice,
    Profile,
    Question,
    Wishes,
    adult_from,
    is_adult,
)
from domain.model.profile_changes import (
    AskQuestion,
    Begin,
    ProfileChange,
    SetAge,
    SetGender,
    SetMedia,
    SetProtected,
    SetWishes,
)
from domain.ports.records import Profiles
from storage.batches import Batches
from storage.sql.bans import to_ban
from storage.sql.database import Database
from storage.sql.invitations.counting import Counting
from storage.sql.payments.posting import Posting
from storage.sql.personal.tombstones import Hashes, Tombstones

E = TypeVar("E")

CACHED = 50_000
"""How many profiles a process caches at most; some 0.5 kB each."""


class SqlProfiles:
    def __init__(
        self,
        database: Database,
        *,
        hashes: Hashes | None = None,
        live: LiveConfiguration | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`hashes`: those by which people are known again who had their data deleted. `live`: what invitations are worth."""
        self._database = database
        self._hashes = hashes
        self._live = live or LiveConfiguration()
        self._clock = clock
        self._reads: Batches[UserId, Profile | None] = Batches(self._read)

    async def get(self, user: UserId) -> Profile | None:
        """An age of which no side of 18 is recorded was written by an older worker: its side is recorded first, once for all."""
        profile = await self._reads.ask(user)
        while profile is not None and profile.age is not None and profile.adult is None:
            await self._record_side(user, profile.age)
            profile = await self._reads.ask(user)
        return profile

    async def _record_side(self, user: UserId, age: int) -> None:
        at = self._clock()
        async with self._database.connection() as connection:
            await self._database.queries.record_side(
                connection, user=user, adult=is_adult(age), adult_from=adult_from(age, at), at=at
            )

    async def read_anew(self, user: UserId) -> Profile | None:
        return await self.get(user)

    async def _read(self, users: Sequence[UserId]) -> list[Profile | None]:
        async with self._database.connection() as connection:
            found = self._database.queries.find_profiles(connection, users=orjson.dumps(users).decode())
            rows = {row[0]: row[1:] async for row in found}
        return [to_profile(user, rows[user]) if user in rows else None for user in users]

    async def change(self, user: UserId, change: ProfileChange) -> None:
        if isinstance(change, SetAge):
            await self._set_age(user, change)
            return
        if isinstance(change, Begin):
            await self._begin(user, change)
            return
        if isinstance(change, SetGender):
            await self._set_gender(user, change)
            return
        queries, now = self._database.queries, self._clock()
        async with self._database.connection() as connection:
            match change:
                case AskQuestion(question=question):
                    await queries.ask(connection, user=user, asked=question, now=now)
                case SetWishes(wishes=wishes):
                    await queries.set_wishes(connection, user=user, wishes=write_wishes(wishes), now=now)
                case SetMedia(media=media):
                    await queries.set_media(connection, user=user, media=media, now=now)
                case SetProtected(protected=protected):
                    await queries.set_protected(connection, user=user, protected=protected, now=now)
                case _:
                    assert_never(change)

    async def _begin(self, user: UserId, begin: Begin) -> None:
        """Somebody who was deleted gets back what remains of them: a ban, the side of 18, who invited them."""
        queries, now = self._database.queries, self._clock()
        async with self._database.transaction() as connection:
            await queries.begin_profile(connection, user=user, language=begin.language, asked=Question.GENDER, now=now)
            if self._hashes is not None:
                await Tombstones(queries, connection, self._hashes, now).put_back(user)
                await self._counting(connection, now).claim(user)
            await self._counting(connection, now).note(begin.invited_by, user)

    async def _set_gender(self, user: UserId, change: SetGender) -> None:
        queries, now = self._database.queries, self._clock()
        async with self._database.transaction() as connection:
            await queries.set_gender(connection, user=user, gender=change.gender, asked=change.ask, now=now)
            await self._counting(connection, now).count(user)

    async def _set_age(self, user: UserId, change: SetAge) -> None:
        """Writes the side of 18 and the age in one transaction, and counts the invitation of whoever completes the profile by
        it. Where two devices send different sides, the first one stays.
        """
        queries, age, at, now = self._database.queries, change.age, change.at, self._clock()
        side = {"adult": is_adult(age), "adult_from": adult_from(age, at)}
        async with self._database.transaction() as connection:
            chosen = await queries.choose_side(connection, user=user, age=age, at=at, **side)
            if chosen is not None:
                await queries.set_age(connection, user=user, age=age, now=now)
                await self._counting(connection, now).count(user)
        if chosen is None:
            raise Outdated("the records know another side of 18, or no profile; the profile is read anew")

    def _counting(self, connection: Any, now: float) -> Counting:
        return Counting(Posting(self._database.queries, connection, now), self._live.current, self._hashes)


class CachedProfiles:
    """Answers from memory for `profile.cache_seconds` after a read. A change by another process is seen after that time, or at
    once where `forget` is called. `announce` tells other processes of a change. It must return at once.
    """

    def __init__(
        self,
        profiles: Profiles,
        live: LiveConfiguration,
        *,
        clock: Callable[[], float] = time.monotonic,
        announce: Callable[[UserId], None] | None = None,
    ) -> None:
        self._profiles = profiles
        self._live = live
        self._clock = clock
        self._announce = announce
        self._cached: OrderedDict[UserId, tuple[float, Profile]] = OrderedDict()
        self._reads: dict[UserId, object] = {}

    async def get(self, user: UserId) -> Profile | None:
        read_at, profile = self._cached.get(user, (0.0, None))
        if profile is not None and self._clock() < read_at + self._live.current.profile.cache_seconds:
            return profile
        return await self._read(user)

    async def read_anew(self, user: UserId) -> Profile | None:
        self.forget(user)
        return await self._read(user)

    async def change(self, user: UserId, change: ProfileChange) -> None:
        self.forget(user)
        try:
            await self._profiles.change(user, change)
        finally:
            self.forget(user)
            if self._announce is not None:
                self._announce(user)

    def changed_elsewhere(self, user: UserId) -> None:
        """Another record that belongs to the profile has changed, such as VIP: it is read anew here and in every process."""
        self.forget(user)
        if self._announce is not None:
            self._announce(user)

    def forget_all(self) -> None:
        self._reads.clear()
        self._cached.clear()

    def forget(self, user: UserId) -> None:
        """The next `get` reads it anew. The result of a read that is going on now is not cached."""
        self._reads.pop(user, None)
        self._cached.pop(user, None)

    async def _read(self, user: UserId) -> Profile | None:
        this_read = self._reads[user] = object()
        try:
            profile = await self._profiles.get(user)
            if profile is not None and self._reads.get(user) is this_read:
                self._cache(profile)
        finally:
            if self._reads.get(user) is this_read:
                del self._reads[user]
        return profile

    def _cache(self, profile: Profile) -> None:
        self._cached.pop(profile.user, None)
        self._cached[profile.user] = (self._clock(), profile)
        if len(self._cached) > CACHED:
            self._cached.popitem(last=False)


def to_profile(user: UserId, row: Sequence[Any]) -> Profile:
    language, gender, asked, wishes, age, vip_until, banned_until, adult, adult_since, age_changed, held, *rest = row
    media, protected, *ban = rest
    return Profile(
        user=user,
        language=language,
        gender=known(Gender, gender),
        age=age,
        asked=known(Question, asked),
        vip_until=vip_until,
        banned_until=banned_until,
        ban=_ban(user, banned_until, ban),
        wishes=read_wishes(wishes),
        adult=None if adult is None else bool(adult),
        adult_from=inf if adult_since is None else adult_since,
        age_changed=age_changed,
        held=held is not None,
        held_since=held or 0.0,
        media=known(MediaChoice, media),
        protected=bool(protected),
    )


def _ban(user: UserId, until: float, row: Sequence[Any]) -> Ban | None:
    return to_ban((user, until, *row)) if until else None


def write_wishes(wishes: Wishes) -> str:
    """JSON of those wishes only that are narrowed. Whoever wishes anyone still does so when a gender or an age band is added."""
    narrowed: dict[str, Any] = {}
    if wishes.genders != EVERY_GENDER:
        narrowed["genders"] = sorted(wishes.genders)
    if wishes.bands != frozenset(AgeBand):
        narrowed["bands"] = sorted(wishes.bands)
    return orjson.dumps(narrowed).decode()


def read_wishes(text: str) -> Wishes:
    narrowed = orjson.loads(text)
    return Wishes(
        genders=all_known(Gender, narrowed.get("genders", ())) or EVERY_GENDER,
        bands=all_known(AgeBand, narrowed.get("bands", ())) or frozenset(AgeBand),
    )


def all_known(kind: Callable[[Any], E], values: Sequence[Any]) -> frozenset[E]:
    return frozenset(each for value in values if (each := known(kind, value)) is not None)


def known(kind: Callable[[Any], E], value: Any) -> E | None:
    """None for a value that only a newer release knows."""
    try:
        return None if value is None else kind(value)
    except ValueError:
        return None
