from __future__ import annotations

import asyncio
import math
from dataclasses import replace

import pytest

from domain.configuration import LiveConfiguration
from domain.values import AgeBand, Gender, Profile, Question, UserId, Wishes
from storage.profiles import CachedProfiles, SqlProfiles

ANNA = UserId(7_000_000_001)
FULL = Profile(
    user=ANNA,
    language="pt-br",
    gender=Gender.OTHER,
    age=34,
    asked=Question.AGE,
    vip_until=1_900_000_000.25,
    banned_until=math.inf,
    wishes=Wishes(genders=frozenset({Gender.FEMALE, Gender.OTHER}), bands=frozenset({AgeBand.FROM_25, AgeBand.FROM_35})),
)


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


class Records:
    """A store of profiles that counts its reads and can hold them up."""

    def __init__(self, *profiles):
        self.rows = {profile.user: profile for profile in profiles}
        self.reads = 0
        self.open = asyncio.Event()
        self.open.set()

    async def get(self, user):
        self.reads += 1
        found = self.rows.get(user)
        await self.open.wait()
        return found

    async def put(self, profile):
        self.rows[profile.user] = profile


async def test_a_stranger_has_no_profile(database):
    assert await SqlProfiles(database).get(ANNA) is None


@pytest.mark.parametrize("profile", [FULL, Profile(user=ANNA)], ids=["full", "empty"])
async def test_a_profile_comes_back_as_it_was_put(database, profile):
    profiles = SqlProfiles(database)
    await profiles.put(profile)
    assert await profiles.get(ANNA) == profile


async def test_putting_again_replaces_and_keeps_the_day_of_the_first(database):
    clock = Clock()
    profiles = SqlProfiles(database, clock=clock)
    await profiles.put(FULL)
    clock.now = 2000.0
    await profiles.put(replace(FULL, age=35, asked=None, wishes=Wishes()))
    assert await profiles.get(ANNA) == replace(FULL, age=35, asked=None, wishes=Wishes())
    async with database.connection() as connection:
        cursor = await connection.execute("SELECT created_at, updated_at FROM users")
        assert tuple(await cursor.fetchone()) == (1000.0, 2000.0)
        await cursor.close()


async def test_wishing_for_anyone_is_stored_as_no_wish(database):
    profiles = SqlProfiles(database)
    await profiles.put(Profile(user=ANNA))
    async with database.connection() as connection:
        cursor = await connection.execute("SELECT wishes FROM users")
        assert (await cursor.fetchone())[0] == "{}"
        await cursor.close()


async def test_many_at_once_are_all_kept(database):
    profiles = SqlProfiles(database)
    people = [Profile(user=UserId(number), age=20 + number) for number in range(60)]
    await asyncio.gather(*map(profiles.put, people))
    assert await asyncio.gather(*[profiles.get(person.user) for person in people]) == people


async def test_the_cache_answers_until_its_time_is_up():
    clock, records = Clock(), Records(FULL)
    cached = CachedProfiles(records, LiveConfiguration(), clock=clock)
    await cached.get(ANNA)
    clock.now += 179
    assert await cached.get(ANNA) == FULL
    assert records.reads == 1
    clock.now += 1
    await cached.get(ANNA)
    assert records.reads == 2


async def test_what_was_put_is_read_from_the_cache():
    records = Records()
    cached = CachedProfiles(records, LiveConfiguration())
    await cached.put(FULL)
    assert await cached.get(ANNA) == FULL
    assert records.reads == 0


async def test_a_forgotten_profile_is_read_anew():
    records = Records(FULL)
    cached = CachedProfiles(records, LiveConfiguration())
    await cached.get(ANNA)
    records.rows[ANNA] = replace(FULL, age=35)
    cached.forget(ANNA)
    assert (await cached.get(ANNA)).age == 35


async def test_strangers_are_not_cached():
    records = Records()
    cached = CachedProfiles(records, LiveConfiguration())
    assert await cached.get(ANNA) is None
    records.rows[ANNA] = FULL
    assert await cached.get(ANNA) == FULL


async def test_a_slow_read_never_overwrites_a_later_write():
    records = Records(FULL)
    cached = CachedProfiles(records, LiveConfiguration())
    records.open.clear()
    slow = asyncio.ensure_future(cached.get(ANNA))
    await asyncio.sleep(0)
    newer = replace(FULL, age=35)
    await cached.put(newer)
    records.open.set()
    assert await slow == FULL
    assert await cached.get(ANNA) == newer


async def test_what_is_written_is_announced_once_it_is_recorded():
    records, announced = Records(), []

    def announce(user):
        announced.append((user, records.rows[user]))

    await CachedProfiles(records, LiveConfiguration(), announce=announce).put(FULL)
    assert announced == [(ANNA, FULL)]


async def test_everything_can_be_forgotten_at_once():
    records = Records(FULL)
    cached = CachedProfiles(records, LiveConfiguration())
    await cached.get(ANNA)
    cached.forget_all()
    await cached.get(ANNA)
    assert records.reads == 2
