"""What processes append to the event streams: in order, together, and waited for while the store is away."""

from __future__ import annotations

import asyncio

import pytest

from domain.errors import Fenced, Unavailable
from domain.model.bot import Lease
from domain.model.events import SearchEnded
from domain.model.ids import BotId, UserId
from storage.redis.keys import Keys
from storage.redis.scripts import Scripts
from storage.redis.streams.event_stream import RedisEventStream
from storage.redis.streams.event_writer import EventWriter

BOT, OTHER_BOT = BotId(100), BotId(200)
KEYS = Keys("town")


class CountedScripts(Scripts):
    """`away`: how many round trips fail before the store is back; `unheard`: of how many the answer is lost."""

    away = 0
    unheard = 0
    round_trips = 0

    async def outcomes(self, calls):
        self.round_trips += 1
        if self.away:
            self.away -= 1
            raise Unavailable("the store is away")
        answer = await super().outcomes(calls)
        if self.unheard:
            self.unheard -= 1
            raise Unavailable("the answer was lost")
        return answer


@pytest.fixture(autouse=True)
def hurry(monkeypatch):
    monkeypatch.setattr("storage.redis.streams.event_writer.RETRY_SECONDS", 0.01)


@pytest.fixture
async def scripts(client):
    await client.mset({KEYS.lease(BOT): "anna:1", KEYS.lease(OTHER_BOT): "anna:1"})
    return CountedScripts(client, KEYS.tag)


@pytest.fixture
def writer(scripts):
    return EventWriter(scripts, "anna")


@pytest.fixture
def stream(client):
    return RedisEventStream(client, KEYS, owner="anna")


def appended(writer, users, bot=BOT):
    return asyncio.gather(*(writer.append(bot, SearchEnded(user=UserId(user))) for user in users))


async def read(stream, *bots):
    return [(bot, entry.event.user) for bot, entry in await stream.read(bots or (BOT,), wait=0)]


async def test_events_appended_together_go_in_one_round_trip_and_in_order(writer, scripts, stream):
    await asyncio.gather(appended(writer, range(10)), appended(writer, range(10, 15), OTHER_BOT))
    assert scripts.round_trips == 1
    expected = [(BOT, user) for user in range(10)] + [(OTHER_BOT, user) for user in range(10, 15)]
    assert await read(stream, BOT, OTHER_BOT) == expected


async def test_an_event_of_an_ended_lease_is_refused_and_all_others_are_appended(writer, stream, client):
    ours, ended = (Lease(bot=OTHER_BOT, owner="anna", token=token) for token in (1, 0))
    said = [
        writer.append(BOT, SearchEnded(user=UserId(user)), lease) for user, lease in enumerate((ours, ended, None, ended, ours))
    ]
    outcomes = await asyncio.gather(*said, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [type(None), Fenced, type(None), Fenced, type(None)]
    assert await read(stream) == [(BOT, 0), (BOT, 2), (BOT, 4)]
    await client.delete(KEYS.lease(OTHER_BOT))
    with pytest.raises(Fenced):
        await writer.append(BOT, SearchEnded(user=UserId(9)), ours)


async def test_what_comes_while_one_round_trip_is_under_way_shares_the_next(writer, scripts, stream):
    first = appended(writer, [1])
    await asyncio.sleep(0)
    later = [appended(writer, [user]) for user in (2, 3, 4)]
    await asyncio.gather(first, *later)
    assert scripts.round_trips == 2
    assert await read(stream) == [(BOT, user) for user in (1, 2, 3, 4)]


async def test_more_than_one_round_trip_holds_keeps_its_order(writer, stream, monkeypatch):
    monkeypatch.setattr("storage.redis.streams.event_writer.MOST_AT_ONCE", 7)
    await appended(writer, range(50))
    assert await read(stream) == [(BOT, user) for user in range(50)]


async def test_acknowledgements_go_along(writer, scripts, stream, client):
    await appended(writer, [1, 2])
    entries = [entry for _, entry in await stream.read([BOT], wait=0)]
    before = scripts.round_trips
    await asyncio.gather(appended(writer, [3]), *(writer.acknowledge(BOT, [entry.id]) for entry in entries))
    assert scripts.round_trips == before + 1
    assert await client.xlen(KEYS.events(BOT)) == 1
    assert await read(stream) == [(BOT, 3)]


async def test_a_store_that_is_away_for_a_while_is_waited_for_and_nothing_changes_places(writer, scripts, stream):
    scripts.away = 3
    first = appended(writer, [1, 2])
    await asyncio.sleep(0.005)
    second = appended(writer, [3])
    await asyncio.gather(first, second)
    assert await read(stream) == [(BOT, user) for user in (1, 2, 3)]


async def test_a_store_that_stays_away_is_told_to_whoever_waits(writer, scripts, stream, monkeypatch):
    monkeypatch.setattr("storage.redis.streams.event_writer.PATIENCE", 0.03)
    scripts.away = 1000
    with pytest.raises(Unavailable):
        await appended(writer, [1])
    scripts.away = 0
    await appended(writer, [2])
    assert await read(stream) == [(BOT, 2)]


async def test_whoever_waits_no_more_disturbs_nobody(writer, stream):
    given_up = writer.append(BOT, SearchEnded(user=UserId(1)))
    given_up.cancel()
    await appended(writer, [2])
    assert await read(stream) == [(BOT, 1), (BOT, 2)]


async def test_an_error_of_ours_is_raised_where_it_was_asked_for(writer, client, stream):
    await client.set(KEYS.events(OTHER_BOT), "no stream")
    with pytest.raises(Exception, match="WRONGTYPE"):
        await appended(writer, [1], OTHER_BOT)
    await appended(writer, [2])
    assert await read(stream) == [(BOT, 2)]


async def test_what_cannot_be_appended_or_acknowledged_disturbs_nothing_else_of_that_moment(writer, client, stream):
    await appended(writer, [1])
    [(_, entry)] = await stream.read([BOT], wait=0)
    await client.set(KEYS.events(OTHER_BOT), "no stream")
    said = [writer.append(bot, SearchEnded(user=UserId(user))) for bot, user in ((BOT, 2), (OTHER_BOT, 3), (BOT, 4))]
    done = [writer.acknowledge(bot, [entry.id]) for bot in (BOT, OTHER_BOT)]
    outcomes = await asyncio.gather(*said, *done, return_exceptions=True)
    assert [outcome is None for outcome in outcomes] == [True, False, True, True, False]
    assert await read(stream) == [(BOT, 2), (BOT, 4)]
    assert await client.xlen(KEYS.events(BOT)) == 2


async def test_an_event_whose_answer_was_lost_is_not_appended_twice(writer, scripts, stream):
    scripts.unheard = 2
    await appended(writer, [1, 2])
    await appended(writer, [3])
    assert await read(stream) == [(BOT, user) for user in (1, 2, 3)]


async def test_what_was_given_up_takes_nobody_elses_place(writer, scripts, stream, monkeypatch):
    monkeypatch.setattr("storage.redis.streams.event_writer.PATIENCE", 0.03)
    scripts.unheard = 1000
    with pytest.raises(Unavailable):
        await appended(writer, [1, 2])
    scripts.unheard = 0
    await appended(writer, [3])
    assert await read(stream) == [(BOT, user) for user in (1, 2, 3)]


async def test_a_refusal_is_told_also_where_its_first_answer_was_lost(writer, scripts, stream):
    scripts.unheard = 1
    ended = Lease(bot=OTHER_BOT, owner="anna", token=0)
    said = [writer.append(BOT, SearchEnded(user=UserId(user)), lease) for user, lease in enumerate((None, ended, None))]
    outcomes = await asyncio.gather(*said, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [type(None), Fenced, type(None)]
    assert await read(stream) == [(BOT, 0), (BOT, 2)]


async def loses_all_beyond(number, client, writer):
    """As a server does that comes back with an older file, or a replica that was behind."""
    entries = await client.xrange(KEYS.events(BOT))
    await client.xdel(KEYS.events(BOT), *(id_ for id_, _ in entries[number:]))
    await client.set(KEYS.sequence(writer.name), number)


async def test_events_that_the_store_lost_are_appended_again_before_new_ones(writer, stream, client):
    await appended(writer, [1, 2, 3, 4])
    await loses_all_beyond(2, client, writer)
    await appended(writer, [5])
    assert await read(stream) == [(BOT, user) for user in (1, 2, 3, 4, 5)]


async def test_a_store_that_lost_its_memory_is_told_all_of_the_last_seconds_whoever_has_the_lease_now(writer, stream, client):
    ours = Lease(bot=OTHER_BOT, owner="anna", token=1)
    await asyncio.gather(*(writer.append(BOT, SearchEnded(user=UserId(user)), ours) for user in (1, 2)))
    for key in (KEYS.events(BOT), KEYS.sequence(writer.name), KEYS.lease(OTHER_BOT)):
        await client.delete(key)
    with pytest.raises(Fenced):
        await writer.append(BOT, SearchEnded(user=UserId(3)), ours)
    await client.set(KEYS.lease(BOT), "anna:2")
    assert await read(stream) == [(BOT, 1), (BOT, 2)]


async def test_more_lost_events_than_one_round_trip_holds_are_appended_again_in_order(writer, stream, client, monkeypatch):
    monkeypatch.setattr("storage.redis.streams.event_writer.MOST_AT_ONCE", 7)
    await appended(writer, range(30))
    await loses_all_beyond(3, client, writer)
    await appended(writer, range(30, 40))
    assert await read(stream) == [(BOT, user) for user in range(40)]


async def test_a_store_that_goes_away_again_while_it_is_told_has_everything_in_the_end(writer, scripts, stream, client):
    await appended(writer, [1, 2, 3])
    await loses_all_beyond(1, client, writer)
    scripts.unheard = 2
    await appended(writer, [4])
    assert await read(stream) == [(BOT, user) for user in (1, 2, 3, 4)]


async def test_it_needs_nothing_new_to_be_noticed(writer, stream, client):
    await appended(writer, [1, 2])
    await loses_all_beyond(1, client, writer)
    await writer.recover()
    assert await read(stream) == [(BOT, 1), (BOT, 2)]


async def test_recovery_costs_nothing_where_nothing_was_appended_lately(writer, scripts, monkeypatch):
    monkeypatch.setattr("storage.redis.streams.recent_appends.KEPT_SECONDS", -1.0)
    await appended(writer, [1])
    before = scripts.round_trips
    await writer.recover()
    assert scripts.round_trips == before


async def test_recovery_does_not_wait_for_a_store_that_is_away(writer, scripts):
    await appended(writer, [1])
    scripts.away = 1
    with pytest.raises(Unavailable):
        await writer.recover()
