"""Totals over the records are right, at most some seconds old, and cheap."""

from __future__ import annotations

import asyncio

import pytest

from domain.errors import Unavailable
from storage.sql.panel.figures import SqlFigures
from tests.storage.sql.test_explain import FILL, NUMBERS, plan_of

DAY = 86_400.0
NOON = 20_000 * DAY + DAY / 2
NANO = 1_000_000_000


async def run(database, *statements: str) -> None:
    async with database.transaction() as connection:
        for statement in statements:
            await connection.execute(statement)


def user(number: int, came: float) -> str:
    return f"""INSERT INTO users (id, language, vip_until, banned_until, wishes, created_at, updated_at)
        VALUES ({number}, 'en', 0, 0, '{{}}', {came}, 0)"""


def charge(number: int, stars: float, paid: float, refunded: str = "NULL") -> str:
    return f"""INSERT INTO charges (bot_id, charge_id, provider_id, user_id, order_id, kind, plan, amount, paid_at, recurring,
        flag, refunded_at, refund_reason, refund_by)
        VALUES (1, '{number}', '', 1, '', 'vip', '', {int(stars * NANO)}, {paid}, FALSE, '', {refunded}, '', '')"""


async def test_an_empty_database_has_nothing(database):
    totals = await SqlFigures(database, clock=lambda: NOON).totals()
    assert (totals.users, totals.users_today, totals.users_week, totals.vips) == (0, 0, 0, 0)
    assert (totals.chats, totals.stars, totals.stars_today) == (0, 0, 0)


async def test_each_is_counted_by_its_own_rule(database):
    midnight = NOON - DAY / 2
    await run(
        database,
        *(user(number, came) for number, came in enumerate((midnight - 8 * DAY, NOON - 6.9 * DAY, midnight - 1, midnight, NOON))),
        *(f"INSERT INTO entitlements VALUES ({at}, {until}, 0)" for at, until in enumerate((0, NOON - 1, NOON + 1, 9e12))),
        "INSERT INTO chats VALUES ('a', 1, 1, 2, 1, 5, NULL, NULL)",
        "INSERT INTO chats VALUES ('b', 1, 1, 2, 1, 5, 6, 'stopped')",
        "INSERT INTO chats (id, ended_at, why) VALUES ('c', 6, 'stopped')",
        charge(1, 100, midnight - 1),
        charge(2, 250, midnight + 1),
        charge(3, 750, midnight + 2, refunded="5"),
        charge(4, 0.5, midnight + 3),
    )
    totals = await SqlFigures(database, clock=lambda: NOON).totals()
    assert (totals.users, totals.users_today, totals.users_week) == (5, 2, 4)
    assert (totals.vips, totals.chats) == (2, 1)
    assert (totals.stars, totals.stars_today) == (350, 250)


async def test_they_are_counted_again_after_some_seconds_and_no_sooner(database):
    now = [NOON]
    figures = SqlFigures(database, clock=lambda: now[0])
    assert (await figures.totals()).users == 0
    await run(database, user(1, NOON))
    now[0] += 4.9
    assert (await figures.totals()).users == 0
    now[0] += 0.2
    assert (await figures.totals()).users == 1
    await run(database, user(2, NOON))
    now[0] -= 3600
    assert (await figures.totals()).users == 2, "a clock that was set back"


async def test_many_who_ask_at_once_share_one_count_also_of_a_database_that_fails(database):
    tries = []

    class Failing:
        queries = database.queries

        def connection(self):
            tries.append(1)
            raise Unavailable("away")

    figures = SqlFigures(Failing())
    found = await asyncio.gather(*(figures.totals() for _ in range(20)), return_exceptions=True)
    assert all(isinstance(each, Unavailable) for each in found)
    assert len(tries) == 1
    with pytest.raises(Unavailable):
        await figures.totals()
    assert len(tries) == 2, "the next one tries again"


@pytest.mark.parametrize(
    ("query", "parameters", "index"),
    [
        ("count_vips", {"now": 4900.0}, "entitlements_until"),
        ("count_live_chats", {}, "chats_live"),
        ("sum_charges_since", {"since": 4900.0}, "charges_paid"),
    ],
)
async def test_what_can_be_counted_by_an_index_is(database, query, parameters, index):
    await run(
        database,
        f"{FILL['entitlements']} {NUMBERS[database.dialect]}",
        f"{FILL['chats']} {NUMBERS[database.dialect]}",
        f"{FILL['charges']} {NUMBERS[database.dialect]}",
    )
    async with database.connection() as connection:
        await connection.execute("ANALYZE")
    assert index in await plan_of(database, query, parameters)


async def test_people_of_each_bot_are_counted_once_a_minute(database):
    now = [NOON]
    figures = SqlFigures(database, clock=lambda: now[0])
    await run(database, "INSERT INTO bot_peers VALUES (1, 10, 0)", "INSERT INTO bot_peers VALUES (1, 20, 0)")
    await run(database, "INSERT INTO bot_peers VALUES (2, 10, 0)")
    assert await figures.people_by_bot() == {1: 2, 2: 1}
    await run(database, "INSERT INTO bot_peers VALUES (2, 20, 0)")
    assert await figures.people_by_bot() == {1: 2, 2: 1}
    now[0] += 60
    assert await figures.people_by_bot() == {1: 2, 2: 2}
