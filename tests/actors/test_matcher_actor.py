"""The door to the pool, in virtual time."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest

from actors.matcher import IN_FLIGHT, MOST_AT_ONCE, PAIRS_A_SWEEP, MatcherActor
from domain.configuration import Configuration, LiveConfiguration, Matching
from domain.errors import Unavailable
from domain.matching.requests import Free, GetStatus, Seeker
from domain.matching.rules import Search
from domain.model.ids import Address, BotId, UserId
from domain.model.profile import AgeBand, Gender
from tests.twins import PoolTwin, StreamTwin
from tests.virtual_time import in_virtual_time


@asynccontextmanager
async def a_matcher(*, rescan_seconds: float = 5.0):
    pool = PoolTwin(StreamTwin())
    matcher = MatcherActor.start(pool, LiveConfiguration(Configuration(matching=Matching(rescan_seconds=rescan_seconds))))
    await matcher.started()
    try:
        yield matcher, pool
    finally:
        await matcher.stop()


def looks(matcher, number: int) -> list[asyncio.Future]:
    return [matcher.ask(GetStatus(user=UserId(user)), timeout=30) for user in range(number)]


@in_virtual_time
async def test_what_is_asked_in_one_turn_goes_in_one_round_trip():
    async with a_matcher() as (matcher, pool):
        assert await asyncio.gather(*looks(matcher, 50)) == [Free(marks={})] * 50
        assert pool.round_trips == [50]


@in_virtual_time
async def test_everybody_gets_their_own_answer():
    async with a_matcher() as (matcher, pool):
        pool.oracle.bans[UserId(1)] = pool.oracle.now + 60
        answers = await asyncio.gather(*looks(matcher, 3))
        assert [type(answer).__name__ for answer in answers] == ["Free", "Banned", "Free"]


@in_virtual_time
async def test_a_round_trip_has_its_bound():
    async with a_matcher() as (matcher, pool):
        await asyncio.gather(*looks(matcher, 2 * MOST_AT_ONCE + 1))
        assert max(pool.round_trips) <= MOST_AT_ONCE
        assert sum(pool.round_trips) == 2 * MOST_AT_ONCE + 1


@in_virtual_time
async def test_a_slow_round_trip_does_not_hold_up_the_next():
    async with a_matcher() as (matcher, pool):
        async with pool.holding():
            first = looks(matcher, 2)
            await pool.until(lambda: pool.held == 1)
            second = looks(matcher, 2)
            await pool.until(lambda: pool.held == 2)
        assert await asyncio.gather(*first, *second) == [Free(marks={})] * 4


@in_virtual_time
async def test_a_pool_that_hesitates_is_asked_twice_at_most_and_all_others_follow_in_order():
    async with a_matcher() as (matcher, pool):
        async with pool.holding():
            asked = []
            for user in range(20):
                asked.append(matcher.ask(GetStatus(user=UserId(user)), timeout=30))
                await asyncio.sleep(0.01)
            assert pool.held == IN_FLIGHT
        await asyncio.gather(*asked)
        assert pool.asked_for == [GetStatus(user=UserId(user)) for user in range(20)]
        assert pool.round_trips == [1, 1, 18]


@in_virtual_time
async def test_one_request_that_fails_fails_alone():
    async with a_matcher() as (matcher, pool):
        pool.faults[UserId(1)] = ZeroDivisionError("a bug of ours")
        answers = await asyncio.gather(*looks(matcher, 3), return_exceptions=True)
        assert [type(answer) for answer in answers] == [Free, ZeroDivisionError, Free]


@in_virtual_time
async def test_an_unreachable_pool_is_told_to_all_who_asked():
    async with a_matcher() as (matcher, pool):
        pool.away = True
        answers = await asyncio.gather(*looks(matcher, 3), return_exceptions=True)
        assert [type(answer) for answer in answers] == [Unavailable] * 3
        pool.away = False
        assert await matcher.ask(GetStatus(user=UserId(1)), timeout=30) == Free(marks={})


@in_virtual_time
async def test_a_bug_of_the_pool_reaches_all_who_asked_and_the_matcher_lives():
    async with a_matcher() as (matcher, pool):
        pool.fault = ZeroDivisionError("a bug of ours")
        answers = await asyncio.gather(*looks(matcher, 2), return_exceptions=True)
        assert [type(answer) for answer in answers] == [ZeroDivisionError] * 2
        assert await matcher.ask(GetStatus(user=UserId(1)), timeout=30) == Free(marks={})


@in_virtual_time
async def test_who_waits_for_an_answer_when_the_matcher_stops_is_told():
    async with a_matcher() as (matcher, pool), pool.holding():
        (asked,) = looks(matcher, 1)
        await pool.until(lambda: pool.held)
        await matcher.stop()
        with pytest.raises(Unavailable):
            await asked


@in_virtual_time
async def test_who_asked_in_the_very_turn_of_the_stop_is_told():
    async with a_matcher() as (matcher, _pool):
        asked = looks(matcher, 3)
        stopped = matcher.stop()
        assert all(isinstance(answer, Free | Unavailable) for answer in await asyncio.gather(*asked, return_exceptions=True))
        await stopped


@in_virtual_time
async def test_the_queue_is_swept_twice_in_each_rescan_time():
    async with a_matcher(rescan_seconds=5.0) as (_matcher, pool):
        await asyncio.sleep(50.1)
        assert pool.sweeps == 20


@in_virtual_time
async def test_a_sweep_that_fails_is_followed_by_the_next():
    async with a_matcher(rescan_seconds=5.0) as (matcher, pool):
        pool.away = True
        await asyncio.sleep(6)
        pool.away = False
        swept = pool.sweeps
        await pool.until(lambda: pool.sweeps > swept)
        assert matcher.is_alive()


def waiting_in_couples(pool, couples: int) -> None:
    """Compatible by now, as after blocks that were lifted."""
    for user in (UserId(number) for number in range(2 * couples)):
        seeker = Seeker(address=Address(BotId(1), user), gender=Gender.OTHER, band=AgeBand.FROM_25)
        pool.oracle.searches[user] = Search(seeker, pool.oracle.now, pool.oracle.now)


@in_virtual_time
async def test_a_crowd_that_became_compatible_at_once_is_paired_within_one_rescan():
    async with a_matcher(rescan_seconds=5.0) as (_matcher, pool):
        waiting_in_couples(pool, 2 * PAIRS_A_SWEEP + 1)
        await asyncio.sleep(5.0)
        assert not pool.oracle.searches
        assert len(pool.oracle.chats) == 2 * (2 * PAIRS_A_SWEEP + 1)


@in_virtual_time
async def test_sweeps_at_once_have_their_bound_and_the_next_ring_goes_on(monkeypatch):
    monkeypatch.setattr("actors.matcher.SWEEPS_AT_ONCE", 3)
    async with a_matcher(rescan_seconds=5.0) as (_matcher, pool):
        waiting_in_couples(pool, 4 * PAIRS_A_SWEEP)
        await pool.until(lambda: pool.sweeps == 3)
        await asyncio.sleep(1.0)
        assert pool.sweeps == 3
        await asyncio.sleep(2.0)
        assert not pool.oracle.searches


@in_virtual_time
async def test_the_sweep_goes_by_a_new_pace_at_once():
    live = LiveConfiguration(Configuration(matching=Matching(rescan_seconds=7200)))
    pool = PoolTwin(StreamTwin())
    matcher = MatcherActor.start(pool, live)
    await matcher.started()
    live.swap(Configuration(matching=Matching(rescan_seconds=2)), {})
    await asyncio.sleep(3.5)
    assert pool.sweeps == 3
    await matcher.stop()
