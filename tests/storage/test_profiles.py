from __future__ import annotations

import asyncio
import math
from dataclasses import replace

import pytest

from domain.profile_changes import Ask, Begin, SetAge, SetGender, SetWishes, changed
from domain.values import AgeBand, Gender, Profile, Question, UserId, Wishes
from storage.profiles import CachedProfiles, SqlProfiles
from tests.records import keep

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
OLDER = SetAge(age=35, at=1000.0)


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

    async def change(self, user, change):
        self.rows[user] = changed(self.rows[user], change)


async def test_a_stranger_has_no_profile(database):
    assert await SqlProfiles(database).get(ANNA) is None


@pytest.mark.parametrize("profile", [FULL, Profile(user=ANNA)], ids=["full", "empty"])
async def test_a_profile_comes_back_as_it_was_recorded(database, profile):
    await keep(database, profile)
    assert await SqlProfiles(database).get(ANNA) == profile


CHANGES = [
    Ask(question=Question.GENDER),
    Ask(question=None),
    SetGender(gender=Gender.MALE, ask=Question.AGE),
    SetAge(age=35, at=2000.0),
    SetWishes(wishes=Wishes(genders=frozenset({Gender.MALE}))),
]


@pytest.mark.parametrize("change", CHANGES, ids=str)
async def test_a_change_changes_what_it_says_and_nothing_else(database, change):
    await keep(database, FULL)
    profiles = SqlProfiles(database)
    await profiles.change(ANNA, change)
    assert await profiles.get(ANNA) == changed(FULL, change)


@pytest.mark.parametrize("change", CHANGES, ids=str)
async def test_who_has_no_profile_gets_none_by_a_change(database, change):
    profiles = SqlProfiles(database)
    await profiles.change(ANNA, change)
    assert await profiles.get(ANNA) is None


async def test_who_has_a_profile_does_not_begin_again(database):
    await keep(database, FULL)
    profiles = SqlProfiles(database)
    await profiles.change(ANNA, Begin(language="tr"))
    assert await profiles.get(ANNA) == FULL


async def test_a_change_keeps_the_day_of_the_first(database):
    clock = Clock()
    profiles = SqlProfiles(database, clock=clock)
    await profiles.change(ANNA, Begin(language="en"))
    clock.now = 2000.0
    await profiles.change(ANNA, SetAge(age=35, at=2000.0))
    async with database.connection() as connection:
        cursor = await connection.execute("SELECT created_at, updated_at FROM users")
        assert tuple(await cursor.fetchone()) == (1000.0, 2000.0)
        await cursor.close()


async def test_wishing_for_anyone_is_stored_as_no_wish(database):
    await keep(database, Profile(user=ANNA))
    async with database.connection() as connection:
        cursor = await connection.execute("SELECT wishes FROM users")
        assert (await cursor.fetchone())[0] == "{}"
        await cursor.close()


async def test_many_at_once_are_all_kept(database):
    profiles = SqlProfiles(database)
    people = [Profile(user=UserId(number), age=20 + number) for number in range(60)]
    await asyncio.gather(*(keep(database, person) for person in people))
    assert await asyncio.gather(*[profiles.get(person.user) for person in people]) == people


async def test_the_cache_answers_until_its_time_is_up():
    clock, records = Clock(), Records(FULL)
    cached = CachedProfiles(records, seconds=180, clock=clock)
    await cached.get(ANNA)
    clock.now += 179
    assert await cached.get(ANNA) == FULL
    assert records.reads == 1
    clock.now += 1
    await cached.get(ANNA)
    assert records.reads == 2


async def test_what_was_changed_is_read_anew_with_what_others_changed():
    records = Records(FULL)
    cached = CachedProfiles(records, seconds=180)
    await cached.get(ANNA)
    records.rows[ANNA] = replace(FULL, vip_until=0.0)
    await cached.change(ANNA, OLDER)
    assert await cached.get(ANNA) == replace(changed(FULL, OLDER), vip_until=0.0)


async def test_a_forgotten_profile_is_read_anew():
    records = Records(FULL)
    cached = CachedProfiles(records, seconds=180)
    await cached.get(ANNA)
    records.rows[ANNA] = replace(FULL, age=35)
    cached.forget(ANNA)
    assert (await cached.get(ANNA)).age == 35


async def test_strangers_are_not_cached():
    records = Records()
    cached = CachedProfiles(records, seconds=180)
    assert await cached.get(ANNA) is None
    records.rows[ANNA] = FULL
    assert await cached.get(ANNA) == FULL


async def test_a_slow_read_never_overwrites_a_later_write():
    records = Records(FULL)
    cached = CachedProfiles(records, seconds=180)
    records.open.clear()
    slow = asyncio.ensure_future(cached.get(ANNA))
    await asyncio.sleep(0)
    await cached.change(ANNA, OLDER)
    records.open.set()
    assert await slow == FULL
    assert await cached.get(ANNA) == changed(FULL, OLDER)


async def test_a_change_is_announced_once_it_is_recorded():
    records, announced = Records(FULL), []

    def announce(user):
        announced.append((user, records.rows[user]))

    await CachedProfiles(records, seconds=180, announce=announce).change(ANNA, OLDER)
    assert announced == [(ANNA, changed(FULL, OLDER))]


async def test_everything_can_be_forgotten_at_once():
    records = Records(FULL)
    cached = CachedProfiles(records, seconds=180)
    await cached.get(ANNA)
    cached.forget_all()
    await cached.get(ANNA)
    assert records.reads == 2
