"""Records of chats: opened and ended once, in whatever order that is recorded, and purged in time."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import storage.sql.chats
from domain.model.chat import Chat, ChatEnd, PastChat
from domain.model.ids import Address, BotId, ChatId, UserId
from storage.sql.chats import SqlChats
from storage.sql.database import open_database
from storage.sql.migrate import migrate
from storage.sql.retention import CHATS_KEPT, PURGE_AT_ONCE, purge


def chat_of(name, *, started=1000.0):
    first = Address(bot=BotId(5_000_000_001), user=UserId(7_000_000_001))
    return Chat(id=ChatId(name), first=first, second=Address(bot=BotId(2), user=UserId(3)), started=started)


async def live(chats):
    return [chat async for chat in chats.live()]


async def outcome(database, name):
    async with database.connection() as connection:
        cursor = await connection.execute(f"SELECT first_user, ended_at, why FROM chats WHERE id = '{name}'")
        row = tuple(await cursor.fetchone())
        await cursor.close()
    return row


async def test_somebodys_last_chat_is_found_on_either_side_with_its_end(database):
    chats = SqlChats(database, clock=lambda: 5000.0)
    older, newer = chat_of("c1"), replace(chat_of("c2", started=2000.0), first=chat_of("c1").second, second=chat_of("c1").first)
    for chat in (newer, older, replace(chat_of("c3", started=3000.0), first=Address(bot=BotId(2), user=UserId(9)))):
        await chats.opened(chat)
    await chats.ended(newer.id, ChatEnd.STOPPED)
    assert await chats.last(older.first.user) == PastChat(chat=newer, ended=5000.0, why=ChatEnd.STOPPED)
    assert (await chats.last(UserId(9))).chat.id == "c3"
    assert await chats.last(UserId(10)) is None
    assert await chats.past(older.id) == PastChat(chat=older, ended=None)
    assert await chats.past(ChatId("never")) is None


async def test_a_chat_of_which_only_the_end_is_known_has_no_partner(database):
    chats = SqlChats(database)
    await chats.ended(ChatId("c1"), ChatEnd.GONE)
    assert await chats.past(ChatId("c1")) is None


async def test_an_opened_chat_is_live_until_it_ends(database):
    chats = SqlChats(database)
    await chats.opened(chat_of("c1"))
    assert await live(chats) == [chat_of("c1")]
    await chats.ended(ChatId("c1"), ChatEnd.STOPPED)
    assert await live(chats) == []


async def test_live_chats_come_newest_first(database):
    chats = SqlChats(database)
    for name, started in (("b", 2.5), ("a", 3.0), ("c", 1.0)):
        await chats.opened(chat_of(name, started=started))
    assert [chat.id for chat in await live(chats)] == ["a", "b", "c"]


async def test_live_chats_beyond_one_page_come_each_once_also_where_many_began_at_once(database, monkeypatch):
    monkeypatch.setattr(storage.sql.chats, "PAGE", 3)
    chats = SqlChats(database)
    names = [f"c{number}" for number in range(10)]
    for number, name in enumerate(names):
        await chats.opened(chat_of(name, started=1000.0 + number // 4))
    came = [chat.id for chat in await live(chats)]
    assert came == sorted(names, reverse=True)


async def test_which_of_some_chats_are_over(database):
    chats = SqlChats(database)
    for name in ("live", "over"):
        await chats.opened(chat_of(name))
    await chats.ended(ChatId("over"), ChatEnd.STOPPED)
    assert await chats.over([ChatId("live"), ChatId("over"), ChatId("never")]) == {"over"}
    assert await chats.over([]) == set()


async def test_opening_twice_is_opening_once(database):
    chats = SqlChats(database)
    await chats.opened(chat_of("c1"))
    await chats.opened(chat_of("c1"))
    assert await live(chats) == [chat_of("c1")]


async def test_an_ended_chat_is_never_reopened(database):
    chats = SqlChats(database)
    await chats.opened(chat_of("c1"))
    await chats.ended(ChatId("c1"), ChatEnd.GONE)
    await chats.opened(chat_of("c1"))
    assert await live(chats) == []


async def test_an_end_recorded_before_the_beginning_stays_and_gets_its_members(database):
    chats = SqlChats(database, clock=lambda: 50.0)
    await chats.ended(ChatId("c1"), ChatEnd.NEXT)
    await chats.opened(chat_of("c1"))
    assert await live(chats) == []
    assert await outcome(database, "c1") == (7_000_000_001, 50.0, "next")


async def test_the_first_recorded_end_stays(database):
    chats = SqlChats(database, clock=iter([10.0, 20.0]).__next__)
    await chats.opened(chat_of("c1"))
    await chats.ended(ChatId("c1"), ChatEnd.BANNED)
    await chats.ended(ChatId("c1"), ChatEnd.STOPPED)
    assert (await outcome(database, "c1"))[1:] == (10.0, "banned")


async def test_opening_and_ending_at_once_in_any_order_ends(database):
    chats = SqlChats(database)
    names = [f"c{number}" for number in range(40)]
    writes = [write for name in names for write in (chats.opened(chat_of(name)), chats.ended(ChatId(name), ChatEnd.STOPPED))]
    await asyncio.gather(*writes)
    assert await live(chats) == []
    assert {(await outcome(database, name))[0] for name in names} == {7_000_000_001}


async def test_records_of_chats_go_ninety_days_after_their_end_and_not_before(database):
    """However long ago the chat began; a live one stays."""
    clock = iter([100.0, 200.0]).__next__
    chats = SqlChats(database, clock=clock)
    ninety_days = 90 * 24 * 60 * 60
    for name in ("old", "new", "live"):
        await chats.opened(chat_of(name, started=1.0))
    await chats.ended(ChatId("old"), ChatEnd.STOPPED)
    await chats.ended(ChatId("new"), ChatEnd.STOPPED)
    assert await purge([(chats, CHATS_KEPT)], now=99.0 + ninety_days) == 0
    assert await purge([(chats, CHATS_KEPT)], now=150.0 + ninety_days) == 1
    assert await live(chats) == [chat_of("live", started=1.0)]
    assert (await outcome(database, "new"))[1] == 200.0


async def test_purging_goes_on_past_one_batch(database):
    await end(database, PURGE_AT_ONCE + 5)
    assert await SqlChats(database).purge_before(2.0) == PURGE_AT_ONCE + 5


async def test_purging_goes_on_past_a_batch_of_which_another_process_deletes_a_part(postgres_uri):
    one, other = [await open_database(postgres_uri, pool_size=2) for _ in range(2)]
    await migrate(one)
    await end(one, PURGE_AT_ONCE + 5)
    async with other.transaction() as connection:
        await other.queries.purge_chats(connection, before=2.0, count=10)
        purging = asyncio.create_task(SqlChats(one).purge_before(2.0))
        waiting = "pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        while not await number(one, waiting):  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.01)
    assert await purging == PURGE_AT_ONCE - 5
    assert await number(one, "chats") == 0
    await one.close()
    await other.close()


async def end(database, chats):
    """That many, at the time 1."""
    async with database.transaction() as connection:
        rows = [{"chat": f"c{chat}", "why": "stopped", "now": 1.0} for chat in range(chats)]
        await database.queries.end_chats(connection, rows)


async def number(database, rows):
    async with database.connection() as connection:
        return (await (await connection.execute(f"SELECT count(*) FROM {rows}")).fetchone())[0]


async def test_the_moment_a_chat_started_keeps_its_microseconds(database):
    chats = SqlChats(database)
    exact = replace(chat_of("c1"), started=1_763_800_000.123456)
    await chats.opened(exact)
    assert await live(chats) == [exact]
