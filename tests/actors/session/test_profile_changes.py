"""Profiles that others change: a session reads its own anew, and never undoes what it has not heard of."""

from __future__ import annotations

import asyncio
import math
from dataclasses import replace
from math import inf

from actors.session.profile_refresh import LONGEST_PAUSE
from domain.model.events import ProfileChanged
from domain.model.profile import Question
from tests.actors.house import a_house
from tests.virtual_time import in_virtual_time


@in_virtual_time
async def test_a_profile_that_changed_is_read_beside_the_chat_which_does_not_wait_for_the_database():
    async with a_house() as house:
        anna, boris = await house.chatting()
        house.profiles.away = True
        boris.session.tell(ProfileChanged(user=boris.user))
        await anna.says("hello")
        await boris.hears("hello")
        changed = replace(house.profiles.kept[boris.user], age=44)
        house.profiles.kept[boris.user] = changed
        house.profiles.away = False
        await asyncio.sleep(2)
        assert boris.session._actor.session.profile == changed


@in_virtual_time
async def test_a_session_that_has_not_heard_of_a_ban_or_of_vip_does_not_undo_them():
    async with a_house() as house:
        anna = house.person()
        await anna.commands("help")
        await anna.hears("help")
        known = replace(house.profiles.kept[anna.user], banned_until=inf, vip_until=inf)
        house.profiles.kept[anna.user] = known
        await anna.presses("edit:age")
        await anna.hears("ask-age")
        assert house.profiles.kept[anna.user] == replace(known, asked=Question.AGE)


@in_virtual_time
async def test_however_often_a_profile_changes_while_the_database_is_away_one_reading_of_it_waits():
    async with a_house() as house:
        _, boris = await house.chatting()
        house.profiles.away, reads = True, house.profiles.times_asked
        for _ in range(20):
            boris.session.tell(ProfileChanged(user=boris.user))
            await asyncio.sleep(30)
        assert house.profiles.times_asked - reads < 40
        house.profiles.kept[boris.user] = changed = replace(house.profiles.kept[boris.user], age=44)
        house.profiles.away = False
        await asyncio.sleep(LONGEST_PAUSE)
        assert boris.session._actor.session.profile == changed
        reads = house.profiles.times_asked
        await asyncio.sleep(600)
        assert house.profiles.times_asked == reads


@in_virtual_time
async def test_a_profile_that_changes_while_it_is_read_is_read_once_more():
    async with a_house() as house:
        _, boris = await house.chatting()
        async with house.profiles.holding():
            boris.session.tell(ProfileChanged(user=boris.user))
            await house.profiles.until(lambda: house.profiles.held)
            boris.session.tell(ProfileChanged(user=boris.user))
            await house.rests()
            reads = house.profiles.times_asked
        await house.rests()
        assert house.profiles.times_asked == reads + 1


@in_virtual_time
async def test_after_a_reading_that_failed_by_a_bug_of_ours_the_next_change_is_read():
    async with a_house() as house:
        _, boris = await house.chatting()
        house.profiles.fault = ValueError("a bug of ours")
        boris.session.tell(ProfileChanged(user=boris.user))
        await house.rests()
        await boris.says("still here")
        house.profiles.kept[boris.user] = changed = replace(house.profiles.kept[boris.user], age=44)
        boris.session.tell(ProfileChanged(user=boris.user))
        await house.rests()
        assert boris.session._actor.session.profile == changed


@in_virtual_time
async def test_the_pool_is_not_asked_about_whoever_is_banned_or_writes_too_fast():
    async with a_house() as house:
        anna = house.person()
        await anna.says("hello")
        await anna.hears("menu-hint")
        house.profiles.kept[anna.user] = replace(house.profiles.kept[anna.user], banned_until=math.inf)
        anna.session.tell(ProfileChanged(user=anna.user))
        await house.rests()
        asked = len(house.pool.asked_for)
        messages = [await anna.says("why?") for _ in range(500)]
        for message in messages:
            await anna.is_answered(message)
        assert anna.phone == ["menu-hint", "banned"]
        assert len(house.pool.asked_for) == asked
