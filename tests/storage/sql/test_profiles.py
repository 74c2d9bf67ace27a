"""Records of profiles: a change changes what it says and nothing else, and an age keeps its side of 18."""

from __future__ import annotations

import asyncio
import math
from contextlib import suppress
from dataclasses import replace

import pytest

from domain.configuration import LiveConfiguration
from domain.errors import Outdated
from domain.model.ban import Ban
from domain.model.ids import UserId
from domain.model.profile import YEAR, AgeBand, Gender, Profile, Question, Wishes
from domain.model.profile_changes import AskQuestion, Begin, SetAge, SetGender, SetWishes, changed
from storage.sql.profiles import CachedProfiles, SqlProfiles
from tests.records import DAY_ONE, keep

ANNA = UserId(7_000_000_001)
FULL = Profile(
    user=ANNA,
    language="pt-br",
    gender=Gender.OTHER,
    age=34,
    asked=Question.AGE,
    vip_until=1_900_000_000.25,
    banned_until=math.inf,
    ban=Ban(user=ANNA, until=math.inf, reason="ads", by="admin", since=DAY_ONE, by_person=True),
    wishes=Wishes(genders=frozenset({Gender.FEMALE, Gender.OTHER}), bands=frozenset({AgeBand.FROM_25, AgeBand.FROM_35})),
    adult=True,
    adult_from=0.0,
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
    AskQuestion(question=Question.GENDER),
    AskQuestion(question=None),
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
    with suppress(Outdated):
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
    people = [Profile(user=UserId(number), age=20 + number, adult=True, adult_from=0.0) for number in range(60)]
    await asyncio.gather(*(keep(database, person) for person in people))
    assert await asyncio.gather(*[profiles.get(person.user) for person in people]) == people


async def test_a_minor_and_an_adult_stay_what_they_said(database):
    await keep(database, Profile(user=ANNA, age=17))
    profiles = SqlProfiles(database)
    birthday = DAY_ONE + YEAR
    with pytest.raises(Outdated):
        await profiles.change(ANNA, SetAge(age=18, at=birthday - 1))
    assert (await profiles.get(ANNA)).age == 17
    await profiles.change(ANNA, SetAge(age=18, at=birthday))
    with pytest.raises(Outdated):
        await profiles.change(ANNA, SetAge(age=17, at=birthday + YEAR))
    grown = await profiles.get(ANNA)
    assert (grown.age, grown.adult, grown.age_changed) == (18, True, birthday)


async def test_of_two_devices_that_name_two_sides_at_once_one_is_refused(database):
    await keep(database, Profile(user=ANNA, gender=Gender.FEMALE, asked=Question.AGE))
    devices = [SqlProfiles(database), SqlProfiles(database)]
    ages = [SetAge(age=age, at=2000.0) for age in (17, 30)]
    outcomes = await asyncio.gather(*map(SqlProfiles.change, devices, [ANNA, ANNA], ages), return_exceptions=True)
    [first] = [change.age for change, outcome in zip(ages, outcomes, strict=True) if outcome is None]
    profile = await devices[0].get(ANNA)
    assert (profile.age, profile.adult) == (first, first >= 18)


async def test_the_same_age_again_does_not_put_a_minors_birthday_off(database):
    await keep(database, Profile(user=ANNA, age=17))
    profiles = SqlProfiles(database)
    before = await profiles.get(ANNA)
    await profiles.change(ANNA, SetAge(age=17, at=5000.0))
    assert await profiles.get(ANNA) == before


async def test_the_side_of_18_outlives_the_profile(database):
    await keep(database, Profile(user=ANNA, age=17))
    async with database.connection() as connection:
        await connection.execute("DELETE FROM users")
    profiles = SqlProfiles(database)
    await profiles.change(ANNA, Begin(language="en"))
    assert (await profiles.get(ANNA)).adult is False
    with pytest.raises(Outdated):
        await profiles.change(ANNA, SetAge(age=30, at=2000.0))


@pytest.mark.parametrize("age", [(16, 30), (30, 16)])
async def test_an_age_that_an_earlier_release_wrote_crosses_no_side(database, age):
    """It knows no sides, and writes while this release is rolled out."""
    said, written = age
    await keep(database, Profile(user=ANNA, age=said))
    async with database.connection() as connection:
        await connection.execute(f"UPDATE users SET age = {written}")
    profile = await SqlProfiles(database).get(ANNA)
    assert (profile.age, profile.adult) == (None, said >= 18)


async def test_what_a_newer_release_wrote_reads_as_none_and_spoils_nobody_elses_profile(database):
    newer, boris = replace(FULL, vip_until=0.0, banned_until=0.0, ban=None), Profile(user=UserId(5), gender=Gender.MALE)
    await keep(database, newer, boris)
    async with database.connection() as connection:
        await connection.execute(
            "UPDATE users SET gender = 'new', asked = 'name', wishes = '{\"genders\": [\"new\"], \"bands\": [2, 99]}'"
            f" WHERE id = {ANNA}"
        )
    profiles = SqlProfiles(database)
    read, theirs = await asyncio.gather(profiles.get(ANNA), profiles.get(boris.user))
    assert read == replace(newer, gender=None, asked=None, wishes=Wishes(bands=frozenset({AgeBand.FROM_25})))
    assert theirs == boris


async def test_a_row_that_cannot_be_read_spoils_nobody_elses_profile(database):
    boris = Profile(user=UserId(5), gender=Gender.MALE)
    await keep(database, Profile(user=ANNA), boris)
    async with database.connection() as connection:
        await connection.execute(f"UPDATE users SET wishes = 'no JSON' WHERE id = {ANNA}")
    profiles = SqlProfiles(database)
    broken, theirs = await asyncio.gather(profiles.get(ANNA), profiles.get(boris.user), return_exceptions=True)
    assert isinstance(broken, ValueError)
    assert theirs == boris


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


async def test_what_was_changed_is_read_anew_with_what_others_changed():
    records = Records(FULL)
    cached = CachedProfiles(records, LiveConfiguration())
    await cached.get(ANNA)
    records.rows[ANNA] = replace(FULL, vip_until=0.0)
    await cached.change(ANNA, OLDER)
    assert await cached.get(ANNA) == replace(changed(FULL, OLDER), vip_until=0.0)


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
    await cached.change(ANNA, OLDER)
    records.open.set()
    assert await slow == FULL
    assert await cached.get(ANNA) == changed(FULL, OLDER)


async def test_a_change_is_announced_once_it_is_recorded():
    records, announced = Records(FULL), []

    def announce(user):
        announced.append((user, records.rows[user]))

    await CachedProfiles(records, LiveConfiguration(), announce=announce).change(ANNA, OLDER)
    assert announced == [(ANNA, changed(FULL, OLDER))]


async def test_everything_can_be_forgotten_at_once():
    records = Records(FULL)
    cached = CachedProfiles(records, LiveConfiguration())
    await cached.get(ANNA)
    cached.forget_all()
    await cached.get(ANNA)
    assert records.reads == 2
