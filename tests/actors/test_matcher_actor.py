"""Requests to the pool are batched, and the pool is swept. In virtual time."""

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


def status_requests(matcher, number: int) -> list[asyncio.Future]:
    return [matcher.ask(GetStatus(user=UserId(user)), timeout=30) for user in range(number)]


@in_virtual_time
async def test_requests_of_one_loop_turn_go_in_one_round_trip():
    async with a_matcher() as (matcher, pool):
        assert await asyncio.gather(*status_requests(matcher, 50)) == [Free(marks={})] * 50
        assert pool.round_trips == [50]


@in_virtual_time
async def test_each_request_gets_its_own_answer():
    async with a_matcher() as (matcher, pool):
        pool.oracle.bans[UserId(1)] = pool.oracle.now + 60
        answers = await asyncio.gather(*status_requests(matcher, 3))
        assert [type(answer).__name__ for answer in answers] == ["Free", "Banned", "Free"]


@in_virtual_time
async def test_a_round_trip_carries_a_bounded_number_of_requests():
    async with a_matcher() as (matcher, pool):
        await asyncio.gather(*status_requests(matcher, 2 * MOST_AT_ONCE + 1))
        assert max(pool.round_trips) <= MOST_AT_ONCE
        assert sum(pool.round_trips) == 2 * MOST_AT_ONCE + 1


@in_virtual_time
async def test_a_second_round_trip_does_not_wait_for_a_slow_one():
    async with a_matcher() as (matcher, pool):
        async with pool.holding():
            first = status_requests(matcher, 2)
            await pool.until(lambda: pool.held == 1)
            second = status_requests(matcher, 2)
            await pool.until(lambda: pool.held == 2)
        assert await asyncio.gather(*first, *second) == [Free(marks={})] * 4


@in_virtual_time
async def test_a_slow_pool_has_two_round_trips_at_most_and_later_requests_follow_in_order():
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
        answers = await asyncio.gather(*status_requests(matcher, 3), return_exceptions=True)
        assert [type(answer) for answer in answers] == [Free, ZeroDivisionError, Free]


@in_virtual_time
async def test_requests_fail_while_the_pool_is_away_and_work_again_afterwards():
    async with a_matcher() as (matcher, pool):
        pool.away = True
        answers = await asyncio.gather(*status_requests(matcher, 3), return_exceptions=True)
        assert [type(answer) for answer in answers] == [Unavailable] * 3
        pool.away = False
        assert await matcher.ask(GetStatus(user=UserId(1)), timeout=30) == Free(marks={})


@in_virtual_time
async def test_an_error_of_the_pool_fails_its_batch_and_the_matcher_goes_on():
    async with a_matcher() as (matcher, pool):
        pool.fault = ZeroDivisionError("a bug of ours")
        answers = await asyncio.gather(*status_requests(matcher, 2), return_exceptions=True)
        assert [type(answer) for answer in answers] == [ZeroDivisionError] * 2
        assert await matcher.ask(GetStatus(user=UserId(1)), timeout=30) == Free(marks={})


@in_virtual_time
async def test_a_request_in_flight_fails_when_the_matcher_stops():
    async with a_matcher() as (matcher, pool), pool.holding():
        (asked,) = status_requests(matcher, 1)
        await pool.until(lambda: pool.held)
        await matcher.stop()
        with pytest.raises(Unavailable):
            await asked


@in_virtual_time
async def test_requests_of_the_loop_turn_of_a_stop_are_answered_or_fail():
    async with a_matcher() as (matcher, _pool):
        asked = status_requests(matcher, 3)
        stopped = matcher.stop()
        assert all(isinstance(answer, Free | Unavailable) for answer in await asyncio.gather(*asked, return_exceptions=True))
        await stopped


@in_virtual_time
async def test_a_matcher_that_is_killed_asks_the_pool_nothing_more_and_whoever_waits_hears_of_it():
    async with a_matcher() as (matcher, pool), pool.holding():
        asked = []
        for _ in range(IN_FLIGHT + 1):
            asked += status_requests(matcher, 1)
            await asyncio.sleep(0.01)
        before = pool.times_asked
        assert before == IN_FLIGHT
        matcher.kill()
        await asyncio.sleep(0.01)
        assert pool.times_asked == before
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert [type(answer) for answer in answers] == [Unavailable] * len(asked)


@in_virtual_time
async def test_the_pool_is_swept_twice_in_each_rescan_time():
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
    """Compatible but not paired, as after blocks were lifted."""
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
async def test_sweeps_in_a_row_are_bounded_and_the_next_one_goes_on(monkeypatch):
    monkeypatch.setattr("actors.matcher.SWEEPS_AT_ONCE", 3)
    async with a_matcher(rescan_seconds=5.0) as (_matcher, pool):
        waiting_in_couples(pool, 4 * PAIRS_A_SWEEP)
        await pool.until(lambda: pool.sweeps == 3)
        await asyncio.sleep(1.0)
        assert pool.sweeps == 3
        await asyncio.sleep(2.0)
        assert not pool.oracle.searches


@in_virtual_time
async def test_a_changed_rescan_time_counts_at_once():
    live = LiveConfiguration(Configuration(matching=Matching(rescan_seconds=7200)))
    pool = PoolTwin(StreamTwin())
    matcher = MatcherActor.start(pool, live)
    await matcher.started()
    live.swap(Configuration(matching=Matching(rescan_seconds=2)), {})
    await asyncio.sleep(3.5)
    assert pool.sweeps == 3
    await matcher.stop()
