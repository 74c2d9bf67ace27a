"""Records of who never meets whom: what is a block, and what a report has parted."""

from __future__ import annotations

from math import inf, nextafter
from random import Random

import pytest

from domain.model.ids import UserId
from domain.model.separation import Apart, Block, Separation
from storage.sql import restrictions
from storage.sql.restrictions import SqlRestrictions

ANNA, BORIS, CARLA = UserId(1), UserId(2), UserId(3)


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        self.now = round(self.now + 0.001, 3)
        return self.now


@pytest.fixture
def store(database):
    return SqlRestrictions(database, clock=Clock())


def parted(user, other, why=Apart.BLOCK):
    return Separation(user=UserId(user), other=UserId(other), why=why)


async def kept(store):
    return [each async for each in store.list_separations()]


async def test_separations_come_back_in_pages(database, store, monkeypatch):
    monkeypatch.setattr(restrictions, "PAGE", 2)
    pairs = [parted(5_000_000_001, 7), parted(1, 3), parted(1, 2, Apart.REPORT), parted(2, 1), parted(9, 1)]
    for each in pairs:
        await store.separate(each)
    assert await kept(store) == sorted(pairs, key=lambda each: (each.user, each.other))


async def test_both_ways_it_is_done_once(store):
    for _ in range(2):
        await store.separate(parted(ANNA, BORIS))
    assert await kept(store) == [parted(ANNA, BORIS)]
    assert len(await store.blocks_of(ANNA, limit=9)) == 1
    for _ in range(2):
        await store.lift_block(ANNA, BORIS)
    assert await kept(store) == []


async def test_the_owner_sees_dates_the_newest_first_and_lifts_by_the_date(store):
    await store.separate(parted(ANNA, BORIS))
    await store.separate(parted(ANNA, CARLA))
    await store.separate(parted(BORIS, CARLA))
    newest, oldest = await store.blocks_of(ANNA, limit=9)
    assert newest.since > oldest.since
    assert await store.blocks_of(ANNA, limit=1) == [newest]
    assert [await store.blocked(ANNA, each) for each in (newest, oldest)] == [CARLA, BORIS]
    assert await store.blocked(BORIS, newest) is None
    assert await store.blocked(ANNA, Block(number=1)) is None


def moments(count, seed):
    """Times of which some are between two milliseconds, exactly or nearly."""
    chance = Random(seed)
    for _ in range(count):
        at = chance.randrange(1_700_000_000_000, 2_000_000_000_000) / 1000
        between = at + 0.0005
        yield from (chance.uniform(at, at + 1), between, nextafter(between, inf), nextafter(between, 0.0))


@pytest.mark.parametrize("seed", range(5))
async def test_every_block_that_is_shown_can_be_lifted(database, seed):
    times = list(moments(25, seed))
    store = SqlRestrictions(database, clock=iter(times).__next__)
    others = [UserId(number) for number in range(2, 2 + len(times))]
    for other in others:
        await store.separate(parted(ANNA, other))
    found = []
    for block in await store.blocks_of(ANNA, limit=1000):
        found.append(await store.blocked(ANNA, block))
        await store.lift_block(ANNA, found[-1])
    assert sorted(found) == others
    assert await kept(store) == []


@pytest.mark.parametrize("reported_first", [False, True])
async def test_what_a_report_parted_is_not_shown_and_not_lifted(store, reported_first):
    separations = [parted(ANNA, BORIS), parted(ANNA, BORIS, Apart.REPORT)]
    for each in reversed(separations) if reported_first else separations:
        await store.separate(each)
    assert await store.blocks_of(ANNA, limit=9) == []
    await store.lift_block(ANNA, BORIS)
    assert await kept(store) == [parted(ANNA, BORIS, Apart.REPORT)]
