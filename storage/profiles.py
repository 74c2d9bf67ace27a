"""Profiles in the database, and a cache in front of any store of profiles."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, assert_never

import orjson

from domain.ports import Profiles
from domain.profile_changes import Ask, Begin, ProfileChange, SetAge, SetGender, SetWishes
from domain.values import EVERY_GENDER, AgeBand, Gender, Profile, Question, UserId, Wishes
from storage.batches import Batches
from storage.database import Database

CACHED = 50_000
"""How many profiles a process keeps at most; some 0.5 kB each."""


class SqlProfiles:
    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        self._reads: Batches[UserId, Profile | None] = Batches(self._read)

    async def get(self, user: UserId) -> Profile | None:
        return await self._reads.ask(user)

    async def _read(self, users: Sequence[UserId]) -> list[Profile | None]:
        async with self._database.connection() as connection:
            rows = self._database.queries.find_profiles(connection, users=orjson.dumps(users).decode())
            found = {row[0]: to_profile(UserId(row[0]), row[1:]) async for row in rows}
        return [found.get(user) for user in users]

    async def change(self, user: UserId, change: ProfileChange) -> None:
        queries, now = self._database.queries, self._clock()
        async with self._database.connection() as connection:
            match change:
                case Begin(language=language):
                    await queries.begin_profile(connection, user=user, language=language, asked=Question.GENDER, now=now)
                case Ask(question=question):
                    await queries.ask(connection, user=user, asked=question, now=now)
                case SetGender(gender=gender, ask=asked):
                    await queries.set_gender(connection, user=user, gender=gender, asked=asked, now=now)
                case SetAge(age=age):
                    await queries.set_age(connection, user=user, age=age, now=now)
                case SetWishes(wishes=wishes):
                    await queries.set_wishes(connection, user=user, wishes=write_wishes(wishes), now=now)
                case _:
                    assert_never(change)


class CachedProfiles:
    """Answers from memory for `seconds` after a read. Other processes' changes are seen after that time, or at
    once where `forget` is called. `announce` tells other processes of a change, and keeps nobody waiting.
    """

    def __init__(
        self,
        profiles: Profiles,
        *,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
        announce: Callable[[UserId], None] | None = None,
    ) -> None:
        self._profiles = profiles
        self._seconds = seconds
        self._clock = clock
        self._announce = announce
        self._kept: OrderedDict[UserId, tuple[float, Profile]] = OrderedDict()
        self._reads: dict[UserId, object] = {}

    async def get(self, user: UserId) -> Profile | None:
        until, profile = self._kept.get(user, (0.0, None))
        if profile is not None and self._clock() < until:
            return profile
        return await self._read(user)

    async def change(self, user: UserId, change: ProfileChange) -> None:
        self.forget(user)
        await self._profiles.change(user, change)
        self.forget(user)
        if self._announce is not None:
            self._announce(user)

    def forget_all(self) -> None:
        self._reads.clear()
        self._kept.clear()

    def forget(self, user: UserId) -> None:
        """Read it anew next time; a read that is under way is not kept."""
        self._reads.pop(user, None)
        self._kept.pop(user, None)

    async def _read(self, user: UserId) -> Profile | None:
        mine = self._reads[user] = object()
        try:
            profile = await self._profiles.get(user)
            if profile is not None and self._reads.get(user) is mine:
                self._keep(profile)
        finally:
            if self._reads.get(user) is mine:
                del self._reads[user]
        return profile

    def _keep(self, profile: Profile) -> None:
        self._kept.pop(profile.user, None)
        self._kept[profile.user] = (self._clock() + self._seconds, profile)
        if len(self._kept) > CACHED:
            self._kept.popitem(last=False)


def to_profile(user: UserId, row: Sequence[Any]) -> Profile:
    language, gender, age, asked, vip_until, banned_until, wishes = row
    return Profile(
        user=user,
        language=language,
        gender=None if gender is None else Gender(gender),
        age=age,
        asked=None if asked is None else Question(asked),
        vip_until=vip_until,
        banned_until=banned_until,
        wishes=read_wishes(wishes),
    )


def write_wishes(wishes: Wishes) -> str:
    """JSON of what is narrowed only: who wishes for anyone goes on doing so when a gender or an age band is added."""
    narrowed: dict[str, Any] = {}
    if wishes.genders != EVERY_GENDER:
        narrowed["genders"] = sorted(wishes.genders)
    if wishes.bands != frozenset(AgeBand):
        narrowed["bands"] = sorted(wishes.bands)
    return orjson.dumps(narrowed).decode()


def read_wishes(text: str) -> Wishes:
    narrowed = orjson.loads(text)
    return Wishes(
        genders=frozenset(map(Gender, narrowed.get("genders", EVERY_GENDER))),
        bands=frozenset(map(AgeBand, narrowed.get("bands", AgeBand))),
    )
