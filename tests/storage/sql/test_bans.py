"""Bans and VIP have records of their own: no change of a profile touches them."""

from __future__ import annotations

from math import inf

import pytest

from domain.model.ban import Ban
from domain.model.ids import UserId
from domain.model.profile import DAY, Gender, Profile, Question, Wishes
from domain.model.profile_changes import AskQuestion, SetAge, SetGender, SetWishes
from storage.sql import bans
from storage.sql.bans import SqlBans
from storage.sql.profiles import SqlProfiles
from storage.sql.retention import BANS_KEPT, purge
from tests.entitlements import SqlEntitlements
from tests.records import keep

ANNA, BORIS = UserId(7_000_000_001), UserId(7_000_000_002)
NOW = 1_900_000_000.0


async def test_bans_that_hold_are_listed_in_batches_and_those_over_are_not(database, monkeypatch):
    monkeypatch.setattr(bans, "PAGE", 2)
    store = SqlBans(database, clock=lambda: 100.0)
    for user, until in ((1, inf), (2, 99.0), (3, 101.0), (4, 102.0)):
        await store.ban(UserId(user), until, "ads", "admin")
    batches = [[(ban.user, ban.until) for ban in batch] async for batch in store.list()]
    assert batches == [[(1, inf), (3, 101.0)], [(4, 102.0)]]


async def test_the_newest_ban_counts_until_it_is_lifted(database):
    store = SqlBans(database, clock=lambda: 100.0)
    assert await store.until(ANNA) == 0
    await store.ban(ANNA, 200.0, "ads", "the flood rule")
    await store.ban(ANNA, inf, "threats", "admin")
    assert await store.until(ANNA) == inf
    assert [batch async for batch in store.list()] == [
        [Ban(user=ANNA, until=inf, reason="threats", by="admin", since=100.0, by_person=True)]
    ]
    for _ in range(2):
        await store.lift(ANNA)
        assert await store.until(ANNA) == 0


async def test_bans_are_forgotten_180_days_after_they_are_over(database):
    store = SqlBans(database)
    await store.ban(ANNA, NOW - 181 * DAY, "ads", "admin")
    await store.ban(BORIS, NOW - 179 * DAY, "ads", "admin")
    assert await purge([(store, BANS_KEPT)], now=NOW) == 1
    assert (await store.until(ANNA), await store.until(BORIS)) == (0, NOW - 179 * DAY)


async def test_a_profile_tells_of_a_ban_and_of_vip(database):
    await keep(database, Profile(user=ANNA))
    await SqlBans(database).ban(ANNA, inf, "ads", "admin")
    await SqlEntitlements(database).set_vip_until(ANNA, NOW)
    assert await SqlEntitlements(database).vip_until(ANNA) == NOW
    profile = await SqlProfiles(database).get(ANNA)
    assert (profile.banned_until, profile.vip_until) == (inf, NOW)


async def test_a_stranger_is_neither_banned_nor_vip(database):
    assert await SqlBans(database).until(ANNA) == 0
    assert await SqlEntitlements(database).vip_until(ANNA) == 0


@pytest.mark.parametrize(
    "change",
    [
        AskQuestion(question=Question.AGE),
        SetGender(gender=Gender.MALE, ask=None),
        SetAge(age=30, at=NOW),
        SetWishes(wishes=Wishes(genders=frozenset({Gender.MALE}))),
    ],
    ids=str,
)
async def test_a_change_by_somebody_who_has_not_heard_of_it_undoes_neither_ban_nor_vip(database, change):
    await keep(database, Profile(user=ANNA, gender=Gender.FEMALE, age=25))
    await SqlBans(database).ban(ANNA, inf, "ads", "admin")
    await SqlEntitlements(database).set_vip_until(ANNA, NOW)
    profiles = SqlProfiles(database)
    await profiles.change(ANNA, change)
    profile = await profiles.get(ANNA)
    assert (profile.banned_until, profile.vip_until) == (inf, NOW)
