"""Lists of people: each filter, pages without gaps, where somebody is now, and that a list stays cheap."""

from __future__ import annotations

from math import inf

import pytest

from domain.errors import Unavailable
from domain.model.ids import Address, BotId, ChatId, UserId
from domain.model.profile import AgeBand, Gender
from domain.ports.people import After, Place, Wanted
from storage.sql.panel.people import COUNT, ROWS, SqlPeopleList
from storage.sql.presence import SqlPresence
from tests.storage.sql.test_explain import FILL, NUMBERS

NOW = 2_000_000_000.0
ANNA, BORIS, CARLA = UserId(11), UserId(12), UserId(13)


async def run(database, *statements: str) -> None:
    async with database.transaction() as connection:
        for statement in statements:
            await connection.execute(statement)


def user(number: int, joined: float, *, gender: str = "female", age: int = 30, language: str = "en") -> str:
    return f"""INSERT INTO users (id, language, gender, age, vip_until, banned_until, wishes, created_at, updated_at, last_seen,
        last_bot) VALUES ({number}, '{language}', '{gender}', {age}, 0, 0, '{{}}', {joined}, 0, {joined + 50}, 5)"""


def report(number: int, reported: int, verdict: str) -> str:
    return f"""INSERT INTO reports (number, reporter_id, reporter_bot, reported_id, reported_bot, chat_id, reason, weight, counts,
        seen_at, minor, made_at, verdict, decided_by) VALUES ({number}, {CARLA}, 5, {reported}, 5, 'c{number}', 'ads', 1, 1, 0,
        FALSE, 5, '{verdict}', '')"""


@pytest.fixture
async def people(database):
    await run(
        database,
        user(ANNA, 100, age=17),
        user(BORIS, 200, gender="male", language="de"),
        user(CARLA, 300, age=60),
        f"INSERT INTO age_sides VALUES ({ANNA}, FALSE, 0, 0, 0), ({BORIS}, TRUE, 0, 0, 0)",
        f"INSERT INTO entitlements VALUES ({ANNA}, {NOW - 1}, 0), ({BORIS}, {NOW + 1}, 0)",
        f"INSERT INTO bans VALUES ({CARLA}, {NOW + 60}, 'spam', 'root', 0, '', TRUE), ({BORIS}, 5, 'spam', 'root', 0, '', TRUE)",
        f"INSERT INTO chats VALUES ('b', {BORIS}, 5, {ANNA}, 6, 900, NULL, NULL), ('a', {ANNA}, 5, {BORIS}, 6, 400, 700, 'next')",
        f"INSERT INTO searches VALUES ({CARLA}, 5, 800), ({ANNA}, 5, 899)",
        report(1, BORIS, "open"),
        report(2, BORIS, "open"),
        report(3, ANNA, "upheld"),
    )
    return SqlPeopleList(database, clock=lambda: NOW)


async def ids(people, wanted: Wanted) -> list[int]:
    return [row.user for row in await people.listed(wanted, After(), 10)]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), [CARLA, BORIS, ANNA]),
        (Wanted(user=BORIS), [BORIS]),
        (Wanted(gender=Gender.FEMALE), [CARLA, ANNA]),
        (Wanted(band=AgeBand.MINOR), [ANNA]),
        (Wanted(band=AgeBand.FROM_55), [CARLA]),
        (Wanted(language="de"), [BORIS]),
        (Wanted(vip=True), [BORIS]),
        (Wanted(vip=False), [CARLA, ANNA]),
        (Wanted(banned=True), [CARLA]),
        (Wanted(banned=False), [BORIS, ANNA]),
        (Wanted(minor=True), [ANNA]),
        (Wanted(minor=False), [CARLA, BORIS]),
        (Wanted(reported=True), [BORIS]),
        (Wanted(reported=False, vip=False), [CARLA, ANNA]),
        (Wanted(bot=BotId(5)), [CARLA, BORIS, ANNA]),
        (Wanted(bot=BotId(6)), []),
        (Wanted(joined_from=200.0, joined_before=300.0), [BORIS]),
        (Wanted(seen_from=250.0, seen_before=350.0), [BORIS]),
        (Wanted(gender=Gender.FEMALE, banned=True, vip=False), [CARLA]),
    ],
)
async def test_a_list_has_those_of_whom_all_is_true(people, wanted, found):
    assert await ids(people, wanted) == found
    assert await people.counted(wanted, 1001) == len(found)
    assert await people.counted(wanted, 1) == min(len(found), 1)


async def test_a_row_says_where_somebody_is_and_what_they_have(people):
    carla, boris, anna = await people.listed(Wanted(), After(), 10)
    assert (anna.now.place, anna.now.since, anna.now.bot) == (Place.CHATTING, 900, 6)
    assert (boris.now.place, boris.now.since, boris.now.bot) == (Place.CHATTING, 900, 5)
    assert (carla.now.place, carla.now.since, carla.now.bot) == (Place.SEARCHING, 800, 5)
    assert (anna.minor, boris.minor, anna.chats, carla.chats) == (True, False, 2, 0)
    assert (boris.vip_until, carla.banned_until, carla.seen, carla.bot) == (NOW + 1, NOW + 60, 350, 5)


async def test_those_who_are_picked_stand_in_their_order_as_they_are(people):
    picked = await people.pick([CARLA, UserId(99), BORIS])
    assert [(each.user, each.known, each.banned_until, each.chatting) for each in picked] == [
        (CARLA, True, NOW + 60, False),
        (99, False, 0, False),
        (BORIS, True, 0, True),
    ]
    assert len(await people.pick([UserId(number) for number in range(1, 201)])) == 200
    assert await people.pick([]) == []


async def test_somebody_who_does_nothing_is_at_the_menu(people, database):
    await run(database, "DELETE FROM searches", "UPDATE chats SET ended_at = 950")
    assert {row.now.place for row in await people.listed(Wanted(), After(), 10)} == {Place.MENU}


async def test_pages_have_everybody_once_also_those_who_joined_at_the_same_time(people, database):
    await run(database, *(user(number, 200) for number in (21, 22, 23)))
    seen, after = [], After()
    while page := await people.listed(Wanted(), after, 2):
        seen += [row.user for row in page]
        after = After(page[-1].joined, str(page[-1].user))
    assert seen == [CARLA, 23, 22, 21, BORIS, ANNA]


async def test_chats_of_a_person_as_they_had_them(people):
    newest, oldest = await people.chats(ANNA, After(), 5)
    assert (newest.chat, newest.partner, newest.bot, newest.ended, newest.why) == ("b", BORIS, 6, None, "")
    assert (oldest.chat, oldest.partner, oldest.bot, oldest.ended, oldest.why) == ("a", BORIS, 5, 700, "next")
    assert [it.chat for it in await people.chats(ANNA, After(newest.started, newest.chat), 5)] == [ChatId("a")]
    assert await people.chats(CARLA, After(inf), 5) == []


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (Wanted(), "users_created"),
        (Wanted(user=UserId(7)), "users"),
        (Wanted(language="xx"), "users_of_language"),
        (Wanted(bot=BotId(99)), "users_of_bot"),
        (Wanted(vip=True), "entitlements_until"),
        (Wanted(banned=True), "bans_until"),
    ],
)
@pytest.mark.parametrize("form", [ROWS, COUNT], ids=["rows", "count"])
async def test_a_list_hits_its_index(database, wanted, index, form):
    async with database.transaction() as connection:
        for table in ("users", "bans", "entitlements", "age_sides", "chats", "searches"):
            await connection.execute(f"{FILL[table]} {NUMBERS[database.dialect]}")
        await connection.execute("UPDATE users SET created_at = id, last_seen = id, last_bot = id % 3")
        await connection.execute("UPDATE entitlements SET vip_until = 0 WHERE user_id > 50")
        await connection.execute("UPDATE bans SET until = 0 WHERE user_id > 50")
    async with database.connection() as connection:
        await connection.execute("ANALYZE")
    sql, values = SqlPeopleList(database, clock=lambda: 1.0).statement(form, wanted, After(), 20)
    explain = {"postgres": "EXPLAIN ", "sqlite": "EXPLAIN QUERY PLAN "}[database.dialect]
    async with database.connection() as connection:
        cursor = await connection.execute(explain + sql, values)
        plan = "\n".join(str(row[-1]) for row in await cursor.fetchall())
        await cursor.close()
    assert index in plan or (form == COUNT and wanted == Wanted()), plan
    assert "SCAN chats" not in plan
    assert "Seq Scan on chats" not in plan


async def seen_of(database, number: int) -> tuple[float, int]:
    (row,) = await SqlPeopleList(database).listed(Wanted(user=UserId(number)), After(), 1)
    return row.seen, row.bot or 0


async def test_who_is_seen_is_noted_once_an_hour_and_at_another_bot_at_once(people, database):
    clock = [NOW]
    presence = SqlPresence(database, clock=lambda: clock[0], pause=0)

    async def noted(bot: int) -> tuple[float, int]:
        presence.seen(Address(BotId(bot), ANNA))
        await presence.written()
        return await seen_of(database, ANNA)

    assert await noted(5) == (NOW, 5)
    clock[0] += 3599
    assert await noted(5) == (NOW, 5)
    assert await noted(6) == (NOW + 3599, 6)
    clock[0] += 3601
    assert await noted(6) == (NOW + 7200, 6)


async def test_who_is_seen_while_the_records_are_away_is_noted_after(people, database, monkeypatch):
    presence = SqlPresence(database, clock=lambda: NOW, pause=0)
    with monkeypatch.context() as away:
        away.setattr(database, "connection", lambda: (_ for _ in ()).throw(Unavailable("away")))
        presence.seen(Address(BotId(7), ANNA))
        await presence.written()
    presence.seen(Address(BotId(8), BORIS))
    await presence.written()
    assert await seen_of(database, ANNA) == (NOW, 7)
    assert await seen_of(database, BORIS) == (NOW, 8)
