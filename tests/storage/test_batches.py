"""Round trips shared by all who ask while one is under way."""

from __future__ import annotations

import asyncio

import pytest

from domain.errors import Unavailable
from storage.batches import Batches

UNLUCKY = 613


class Counter:
    """A store that doubles numbers and is away for those below zero."""

    def __init__(self) -> None:
        self.round_trips: list[list[int]] = []
        self.open = asyncio.Event()
        self.open.set()

    async def double(self, numbers: list[int]) -> list[int]:
        self.round_trips.append(list(numbers))
        await self.open.wait()
        if min(numbers) < 0:
            raise Unavailable("the store is away")
        if UNLUCKY in numbers:
            raise ValueError("the store does not like that one")
        return [2 * number for number in numbers]


async def test_what_is_asked_at_once_is_one_round_trip_and_each_gets_their_own_answer():
    store = Counter()
    batches = Batches(store.double)
    assert await asyncio.gather(*(batches.ask(number) for number in range(100))) == list(range(0, 200, 2))
    assert store.round_trips == [list(range(100))]


async def test_what_comes_meanwhile_shares_the_next():
    store = Counter()
    batches = Batches(store.double)
    store.open.clear()
    first = asyncio.ensure_future(batches.ask(1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    later = [asyncio.ensure_future(batches.ask(number)) for number in (2, 3)]
    await asyncio.sleep(0)
    store.open.set()
    assert await asyncio.gather(first, *later) == [2, 4, 6]
    assert store.round_trips == [[1], [2, 3]]


async def test_a_crowd_is_served_in_portions(monkeypatch):
    monkeypatch.setattr("storage.batches.MOST_AT_ONCE", 40)
    store = Counter()
    batches = Batches(store.double)
    assert await asyncio.gather(*(batches.ask(number) for number in range(100))) == list(range(0, 200, 2))
    assert [len(trip) for trip in store.round_trips] == [40, 40, 20]


async def test_a_store_that_is_away_is_told_to_that_batch_only():
    store = Counter()
    batches = Batches(store.double)
    with pytest.raises(Unavailable):
        await batches.ask(-1)
    assert await batches.ask(1) == 2


async def test_one_that_cannot_be_done_fails_alone():
    store = Counter()
    batches = Batches(store.double)
    outcomes = await asyncio.gather(*(batches.ask(number) for number in range(600, 1100)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes if not isinstance(outcome, int)] == [ValueError]
    assert outcomes[:13] + outcomes[14:] == [2 * number for number in range(600, 1100) if number != UNLUCKY]
    assert len(store.round_trips) < 25


async def test_a_store_that_is_away_is_asked_once_for_a_batch():
    store = Counter()
    batches = Batches(store.double)
    outcomes = await asyncio.gather(*(batches.ask(-number) for number in range(1, 500)), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {Unavailable}
    assert len(store.round_trips) == 1


async def test_a_batch_for_which_nobody_waits_is_not_sent():
    store = Counter()
    batches = Batches(store.double)
    given_up = asyncio.ensure_future(batches.ask(1))
    await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.gather(given_up, return_exceptions=True)
    assert await batches.ask(2) == 4
    assert store.round_trips == [[2]]


async def test_who_waits_no_more_takes_no_room_in_a_portion(monkeypatch):
    monkeypatch.setattr("storage.batches.MOST_AT_ONCE", 2)
    store = Counter()
    batches = Batches(store.double)
    asked = [asyncio.ensure_future(batches.ask(number)) for number in range(6)]
    await asyncio.sleep(0)
    for gone in asked[:4]:
        gone.cancel()
    assert await asyncio.gather(*asked[4:]) == [8, 10]
    assert store.round_trips == [[4, 5]]


async def test_who_comes_within_the_pause_shares_the_batch_after_it():
    store, over = Counter(), asyncio.Event()
    batches = Batches(store.double, pause=over.wait)
    assert await batches.ask(1) == 2
    later = [asyncio.ensure_future(batches.ask(number)) for number in (2, 3)]
    await asyncio.sleep(0)
    assert store.round_trips == [[1]]
    over.set()
    assert await asyncio.gather(*later) == [4, 6]
    assert store.round_trips == [[1], [2, 3]]


async def test_who_waits_no_more_is_left_out():
    store = Counter()
    batches = Batches(store.double)
    given_up = asyncio.ensure_future(batches.ask(1))
    kept = asyncio.ensure_future(batches.ask(2))
    await asyncio.sleep(0)
    given_up.cancel()
    assert await kept == 4
    assert store.round_trips == [[2]]
