"""Notes of searches under way, by which they outlive a Redis that lost them."""

from __future__ import annotations

from domain.model.ids import Address, BotId, UserId
from storage.sql.searches import SqlSearches

ANNA = UserId(7_000_000_001)


async def test_a_search_is_noted_until_it_is_over(database):
    searches = SqlSearches(database, clock=lambda: 30.0)
    await searches.begun(Address(bot=BotId(1), user=ANNA))
    assert await searches.all() == [(Address(bot=BotId(1), user=ANNA), 30.0)]
    await searches.over(ANNA)
    await searches.over(ANNA)
    assert await searches.all() == []


async def test_the_longest_search_comes_first(database):
    searches = SqlSearches(database, clock=iter([30.0, 10.0, 20.0]).__next__)
    for user in (1, 2, 3):
        await searches.begun(Address(bot=BotId(1), user=UserId(user)))
    assert [address.user for address, _ in await searches.all()] == [2, 3, 1]


async def test_a_person_who_searches_at_another_bot_is_noted_there_only(database):
    searches = SqlSearches(database, clock=lambda: 30.0)
    for bot in (1, 2):
        await searches.begun(Address(bot=BotId(bot), user=ANNA))
    assert await searches.all() == [(Address(bot=BotId(2), user=ANNA), 30.0)]
