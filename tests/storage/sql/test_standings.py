"""How long somebody is known, how many chats they have had, and which ids came before a day."""

from __future__ import annotations

from domain.configuration import Configuration, LiveConfiguration
from domain.model.chat import Chat
from domain.model.ids import Address, BotId, ChatId, UserId
from domain.model.profile import DAY
from domain.model.profile_changes import Begin
from domain.trust.spam.rules import NEWCOMER_CHATS, Standing
from storage.sql.chats import SqlChats
from storage.sql.profiles import SqlProfiles
from storage.sql.standings import SqlStandings

ANNA, BORIS = UserId(10), UserId(20)


async def comes(database, user, at):
    await SqlProfiles(database, clock=lambda: at).change(user, Begin(language="en"))


async def meet(database, first, second, number):
    sides = Address(BotId(1), first), Address(BotId(2), second)
    await SqlChats(database).opened(Chat(id=ChatId(f"c{number}"), first=sides[0], second=sides[1], started=float(number)))


async def test_nothing_is_known_of_somebody_without_a_profile(database):
    assert await SqlStandings(database, LiveConfiguration(Configuration())).of(ANNA) is None


async def test_chats_of_both_sides_count_up_to_those_that_matter(database):
    await comes(database, ANNA, 5.0)
    standings = SqlStandings(database, LiveConfiguration(Configuration()))
    assert await standings.of(ANNA) == Standing(since=5.0, chats=0)
    await meet(database, ANNA, BORIS, 1)
    await meet(database, BORIS, ANNA, 2)
    assert await standings.of(ANNA) == Standing(since=5.0, chats=2)
    for number in range(3, 10):
        await meet(database, ANNA, BORIS, number)
    assert await standings.of(ANNA) == Standing(since=5.0, chats=NEWCOMER_CHATS)


async def test_ids_of_those_who_came_before_are_read_once_a_day(database):
    for number in range(5):
        await comes(database, UserId(100 + number), float(number))
    now = 0.0
    standings = SqlStandings(database, LiveConfiguration(Configuration()), clock=lambda: now)
    assert sorted(await standings.ids_before(3.0)) == [100, 101, 102]
    assert sorted(await standings.ids_before(5.0)) == [100, 101, 102]
    now = DAY + 1
    assert sorted(await standings.ids_before(5.0)) == [100, 101, 102, 103, 104]
