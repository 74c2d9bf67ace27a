"""Records of who blocks whom."""

from __future__ import annotations

from domain.model.ids import UserId
from storage.sql import restrictions
from storage.sql.restrictions import SqlRestrictions


async def blocks(store):
    return [pair async for pair in store.list_blocks()]


async def test_blocks_come_back_in_pages(database, monkeypatch):
    monkeypatch.setattr(restrictions, "PAGE", 2)
    store = SqlRestrictions(database)
    pairs = [(7_000_000_001, 1), (7_000_000_001, 2), (7_000_000_001, 3), (2, 1), (2, 7_000_000_001)]
    for user, other in pairs:
        await store.block(UserId(user), UserId(other))
    assert await blocks(store) == sorted(pairs)


async def test_blocking_twice_and_unblocking_twice_are_no_errors(database):
    store = SqlRestrictions(database)
    for blocked in (True, True):
        await store.block(UserId(1), UserId(2), blocked=blocked)
    assert await blocks(store) == [(1, 2)]
    for blocked in (False, False):
        await store.block(UserId(1), UserId(2), blocked=blocked)
    assert await blocks(store) == []
