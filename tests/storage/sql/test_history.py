"""The panel's history of figures in SQL."""

from __future__ import annotations

from domain.panel.history import MINUTE, TEN_SECONDS, Slot
from storage.sql.panel.history import SqlHistory

NOON = 1_800_000_000


def slot(at: int, step: int = TEN_SECONDS, **values: float) -> Slot:
    return Slot(step=step, at=at, values=values)


async def test_what_is_kept_comes_back_in_the_order_of_time(database):
    history = SqlHistory(database, "here")
    slots = [slot(NOON, chats=4.5, relayed=0.25), slot(NOON, MINUTE, chats=4.0), slot(NOON + 10)]
    await history.keep(slots[2:])
    await history.keep(slots[:2])
    assert await history.load(NOON + 20) == slots


async def test_of_two_panels_the_first_ones_slot_stays(database):
    one, other = SqlHistory(database, "here"), SqlHistory(database, "here")
    await one.keep([slot(NOON, chats=1)])
    await other.keep([slot(NOON, chats=2)])
    assert await other.load(NOON) == [slot(NOON, chats=1)]


async def test_another_installation_has_its_own(database):
    await SqlHistory(database, "here").keep([slot(NOON, chats=1)])
    assert await SqlHistory(database, "there").load(NOON) == []


async def test_what_is_too_old_is_deleted_and_not_read(database):
    history = SqlHistory(database, "here")
    await history.keep([slot(NOON), slot(NOON, MINUTE)])
    six, two_days = 6 * 3600, 48 * 3600
    assert await history.load(NOON + six) == [slot(NOON, MINUTE)]
    await history.keep([slot(NOON + six), slot(NOON + two_days, MINUTE)])
    assert await history.load(NOON + six - 1) == []
    assert [each.at for each in await history.load(NOON + two_days)] == [NOON + two_days]


async def test_nobody_has_met_until_there_is_a_chat(database):
    from storage.sql.panel.figures import SqlFigures

    figures = SqlFigures(database)
    assert not await figures.met()
    async with database.transaction() as connection:
        await connection.execute("INSERT INTO chats VALUES ('a', 1, 1, 2, 1, 5, 6, 'stopped')")
    assert await figures.met()
