"""The bots' event streams: at least once, in order, to the process that serves the bot and to no other."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import get_args

import pytest
from redis.exceptions import ResponseError

from domain.model.chat import Chat, ChatEnd
from domain.model.content import Album, Dice, Entity, FileRef, Media, MediaKind, Poll, Text, Uncopyable
from domain.model.events import (
    ChatEnded,
    ChatLocked,
    DeliveryReceipt,
    Event,
    Expelled,
    LockBroken,
    LockEnded,
    Matched,
    NamesOffered,
    NamesShown,
    RelayedMessage,
    SearchEnded,
    Separated,
    TopicGiven,
)
from domain.model.ids import Address, BotId, ChatId, LockId, MessageId, Pts, UserId
from domain.model.lock import Lock
from domain.trust.reports import Reason
from storage.redis.keys import Keys
from storage.redis.streams.event_codec import EVENTS, decode, encode
from storage.redis.streams.event_stream import RedisEventStream

BOT, OTHER_BOT = BotId(100), BotId(200)
KEYS = Keys("town")
ANNA, BORIS = Address(BOT, UserId(1)), Address(OTHER_BOT, UserId(5_000_000_001))
CHAT = Chat(id=ChatId("chat-1"), first=ANNA, second=BORIS, started=1_800_000_000.25)
LOCK = Lock(id=LockId("l-1"), chat=CHAT.id, owner=BORIS, since=1_800_000_000.25, until=1_800_000_300.25)


FILE = FileRef(
    bot=BOT,
    id=2**62,
    access_hash=-(2**62),
    reference=b"\x00\xff",
    unique_id="photo-1",
    thumb="y",
    message=MessageId(7),
    post=MessageId(3),
)
PICTURE = Media(kind=MediaKind.PHOTO, file=FILE, caption=Text(text="👍 ok", entities=(Entity("bold", 3, 2),)), spoiler=True)
VOICE = Media(kind=MediaKind.VOICE, file=FILE, duration=2.5, waveform=b"\x01\x02")


def ended(user: int) -> SearchEnded:
    return SearchEnded(user=UserId(user))


@pytest.fixture
def stream(client):
    return RedisEventStream(client, KEYS, owner="anna")


@pytest.fixture(autouse=True)
async def served(client):
    await client.mset({KEYS.lease(BOT): "anna:1", KEYS.lease(OTHER_BOT): "anna:1"})


async def users(stream, *bots):
    return [entry.event.user for _, entry in await stream.read(bots or (BOT,), wait=0)]


async def test_events_are_read_once_in_their_order(stream):
    for user in (3, 1, 2):
        await stream.append(BOT, ended(user))
    assert await users(stream) == [3, 1, 2]
    assert await users(stream) == []


async def test_each_entry_says_whose_it_is(stream):
    await stream.append(OTHER_BOT, ended(2))
    await stream.append(BOT, ended(1))
    read = await stream.read([BOT, OTHER_BOT], wait=0)
    assert [(bot, entry.event) for bot, entry in read] == [(BOT, ended(1)), (OTHER_BOT, ended(2))]


async def test_acknowledged_entries_are_gone(stream, client):
    await stream.append(BOT, ended(1))
    [(bot, entry)] = await stream.read([BOT], wait=0)
    await stream.acknowledge(bot, [entry.id])
    assert await client.xlen(KEYS.events(BOT)) == 0
    assert await users(RedisEventStream(client, KEYS, owner="anna")) == []


async def test_whoever_takes_over_gets_first_what_the_dead_owner_left_undone(stream, client):
    await stream.append(BOT, ended(1))
    assert await users(stream) == [1]
    await stream.append(BOT, ended(2))
    await client.set(KEYS.lease(BOT), "boris:2")
    assert await users(RedisEventStream(client, KEYS, owner="boris")) == [1, 2]


async def test_what_nobody_acknowledges_comes_again_after_a_while(stream, monkeypatch):
    await stream.append(BOT, ended(1))
    assert await users(stream) == [1]
    assert await users(stream) == []
    monkeypatch.setattr("storage.redis.streams.event_stream.REPEAT_SECONDS", 0.0)
    assert await users(stream) == [1]


async def test_what_comes_again_comes_before_what_is_new_and_what_was_done_not_at_all(stream, monkeypatch):
    for user in range(250):
        await stream.append(BOT, ended(user))
    read = [entry for _ in range(3) for _, entry in await stream.read([BOT], wait=0)]
    await stream.acknowledge(BOT, [entry.id for entry in read[:100]])
    monkeypatch.setattr("storage.redis.streams.event_stream.REPEAT_SECONDS", 0.0)
    await stream.append(BOT, ended(250))
    first = await users(stream)
    monkeypatch.setattr("storage.redis.streams.event_stream.REPEAT_SECONDS", 60.0)
    again = first + [user for _ in range(2) for user in await users(stream)]
    assert again == list(range(100, 251))


async def as_an_older_release_reads(client, owner):
    """By a consumer group: first what a former owner had in hand, then what is new."""
    key = KEYS.events(BOT)
    with suppress(ResponseError):  # where it is there
        await client.xgroup_create(key, "house", "0", mkstream=True)
    _, claimed, *_ = await client.xautoclaim(key, "house", owner, 0, "0-0")
    new = await client.xreadgroup("house", owner, {key: ">"})
    return [decode(fields).user for _, fields in [*claimed, *(entry for _, entries in new for entry in entries)] if fields]


async def test_workers_of_an_older_release_and_of_this_one_take_over_from_each_other(stream, client):
    for user in (1, 2, 3):
        await stream.append(BOT, ended(user))
    assert await as_an_older_release_reads(client, "old") == [1, 2, 3]
    await stream.append(BOT, ended(4))
    read = await stream.read([BOT], wait=0)
    assert [entry.event.user for _, entry in read] == [1, 2, 3, 4]
    await stream.acknowledge(BOT, [read[0][1].id, read[3][1].id])
    await stream.append(BOT, ended(5))
    assert await users(stream) == [5]
    assert await as_an_older_release_reads(client, "old again") == [2, 3, 5]


async def test_a_former_owner_takes_nothing_and_acknowledges_nothing(stream, client):
    await stream.append(BOT, ended(1))
    [(_, entry)] = await stream.read([BOT], wait=0)
    await client.set(KEYS.lease(BOT), "boris:2")
    await stream.append(BOT, ended(2))
    assert await users(stream) == []
    await stream.acknowledge(BOT, [entry.id])
    assert await users(RedisEventStream(client, KEYS, owner="boris")) == [1, 2]


async def test_a_bot_that_comes_back_is_begun_anew(stream, client):
    await stream.append(BOT, ended(1))
    assert await users(stream, BOT, OTHER_BOT) == [1]
    assert await users(stream, OTHER_BOT) == []
    assert await users(stream, BOT, OTHER_BOT) == [1]


async def test_a_waiting_reader_hears_at_once(stream):
    await stream.read([BOT], wait=0)
    reading = asyncio.ensure_future(stream.read([BOT, OTHER_BOT], wait=30))
    await asyncio.sleep(0)
    await stream.append(OTHER_BOT, ended(7))
    [(bot, entry)] = await asyncio.wait_for(reading, 1)
    assert (bot, entry.event) == (OTHER_BOT, ended(7))


async def test_a_reader_who_stops_waiting_loses_nothing(stream):
    reading = asyncio.ensure_future(stream.read([BOT], wait=30))
    await asyncio.sleep(0)
    reading.cancel()
    await asyncio.wait([reading])
    await stream.append(BOT, ended(1))
    assert await users(stream) == [1]


async def test_what_was_handed_out_does_not_wake_the_reader_again(stream):
    await stream.append(BOT, ended(1))
    await stream.read([BOT], wait=0)
    assert await stream.read([BOT], wait=0.01) == []


async def test_a_reader_outlives_a_server_that_lost_everything(stream, client):
    await stream.append(BOT, ended(1))
    await users(stream)
    await client.delete(KEYS.events(BOT))
    await asyncio.sleep(0.002)  # no server loses a stream and has its next entry in one millisecond, which would be one id
    await stream.append(BOT, ended(2))
    assert await users(stream) == [2]


async def test_more_than_one_read_holds_comes_in_the_next(stream):
    for user in range(150):
        await stream.append(BOT, ended(user))
    assert [*await users(stream), *await users(stream)] == list(range(150))


@pytest.mark.parametrize(
    "fields", [{"v": "9", "t": "SearchEnded", "d": '{"user":1}'}, {"v": "1", "t": "Sang", "d": "{}"}, {"x": "y"}]
)
async def test_an_entry_that_cannot_be_read_is_put_aside_not_dropped(stream, client, caplog, fields):
    await client.xadd(KEYS.events(BOT), fields)
    await stream.append(BOT, ended(1))
    with caplog.at_level(logging.ERROR):
        assert await users(stream) == [1]
    assert "put aside" in caplog.text
    [(_, parked)] = await client.xrange(KEYS.parked(BOT))
    assert parked == {name.encode(): value.encode() for name, value in fields.items()}
    assert await client.xlen(KEYS.events(BOT)) == 1


async def test_what_was_put_aside_is_done_once_a_release_that_can_read_it_serves_the_bot(stream, client):
    later_release, never = encode(ended(7)), {"v": "9", "t": "Sang", "d": "{}"}
    for fields in (never, later_release):
        await client.xadd(KEYS.parked(BOT), fields)
    await stream.append(BOT, ended(1))
    assert await users(stream) == [1, 7]
    [(_, parked)] = await client.xrange(KEYS.parked(BOT))
    assert parked[b"t"] == b"Sang"


async def test_what_a_dead_owner_left_comes_whole_and_before_what_is_new(stream, client):
    for user in range(250):
        await stream.append(BOT, ended(user))
    assert len([*await users(stream), *await users(stream), *await users(stream)]) == 250
    for user in range(250, 300):
        await stream.append(BOT, ended(user))
    await client.set(KEYS.lease(BOT), "boris:2")
    boris = RedisEventStream(client, KEYS, owner="boris")
    read = [await users(boris) for _ in range(4)]
    assert [user for page in read for user in page] == list(range(300))


EXAMPLES = [
    Matched(user=ANNA.user, chat=CHAT),
    Matched(user=ANNA.user, chat=CHAT, again=True),
    Separated(user=ANNA.user, partner=BORIS, chat=CHAT.id, why=ChatEnd.REPORTED, reason=Reason.ADS, marked=MessageId(7)),
    TopicGiven(user=ANNA.user, chat=CHAT.id, number=77),
    NamesOffered(user=ANNA.user, chat=CHAT.id, mine=True),
    NamesShown(user=ANNA.user, chat=CHAT.id, name="boris_77"),
    ChatLocked(user=ANNA.user, chat=CHAT.id, lock=LOCK.id, owner=BORIS.user, until=LOCK.until, extended=True),
    LockEnded(user=ANNA.user, chat=CHAT.id, owner=BORIS.user),
    LockBroken(user=BORIS.user, lock=LOCK, ended=1_800_000_000.25, why=ChatEnd.REPORTED, by=ANNA.user),
    LockBroken(user=BORIS.user, lock=LOCK, ended=1_800_000_000.25, why=ChatEnd.IDLE, by=None),
    ChatEnded(user=ANNA.user, chat=CHAT.id, why=ChatEnd.GONE),
    SearchEnded(user=ANNA.user, lost=True),
    Expelled(user=ANNA.user, until=1_800_000_000.25, chat=CHAT.id),
    Separated(user=ANNA.user, partner=BORIS, chat=CHAT.id, why=ChatEnd.BLOCKED),
    Separated(user=ANNA.user, partner=BORIS, chat=CHAT.id, why=ChatEnd.REPORTED, reason=Reason.UNDER_AGE, marked=MessageId(7)),
    RelayedMessage(
        user=ANNA.user,
        chat=CHAT.id,
        source=BORIS,
        message=MessageId(7),
        content=Text(text="hello 👋", entities=(Entity("bold", 0, 5), Entity("text_url", 6, 2, "https://example.org"))),
        reply_to=MessageId(3),
    ),
    RelayedMessage(
        user=ANNA.user, chat=CHAT.id, source=BORIS, message=MessageId(7), content=PICTURE, edits=MessageId(1), pts=Pts(9)
    ),
    RelayedMessage(
        user=ANNA.user,
        chat=CHAT.id,
        source=BORIS,
        message=MessageId(7),
        content=Text(text="example.org", no_preview=True, preview_above=True),
        digests=(5, -(1 << 31)),
        protected=True,
    ),
    RelayedMessage(user=ANNA.user, chat=CHAT.id, source=BORIS, message=MessageId(7), content=Album(items=(PICTURE, VOICE))),
    RelayedMessage(user=ANNA.user, chat=CHAT.id, source=BORIS, message=MessageId(7), content=Dice(emoji="🎲", value=6)),
    RelayedMessage(
        user=ANNA.user,
        chat=CHAT.id,
        source=BORIS,
        message=MessageId(7),
        content=Poll(question=Text(text="Tea?"), options=(Text(text="yes"), Text(text="no")), quiz=True, correct=(1,)),
    ),
    DeliveryReceipt(
        user=ANNA.user,
        chat=CHAT.id,
        mine=MessageId(7),
        theirs=MessageId(8),
        album=((MessageId(7), MessageId(8)), (MessageId(9), MessageId(10))),
    ),
    DeliveryReceipt(user=ANNA.user, chat=CHAT.id, mine=MessageId(7), theirs=None, why="refused", detail="FILE_TOO_BIG"),
    RelayedMessage(
        user=ANNA.user, chat=CHAT.id, source=BORIS, message=MessageId(7), content=Uncopyable(reason="x"), edits=MessageId(1)
    ),
    DeliveryReceipt(user=ANNA.user, chat=CHAT.id, mine=MessageId(1), theirs=None, why="gone", pts=Pts(9)),
]


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: type(event).__name__)
async def test_every_event_comes_out_as_it_went_in(stream, event):
    await stream.append(BOT, event)
    [(_, entry)] = await stream.read([BOT], wait=0)
    assert entry.event == event


def test_there_is_an_example_of_every_event():
    assert {type(event) for event in EXAMPLES} == set(EVENTS.values())


def test_a_field_that_a_newer_version_added_is_passed_over():
    fields = {name.encode(): value for name, value in encode(ended(1)).items()}
    fields[b"d"] = b'{"user":1,"colour":"blue"}'
    assert decode(fields) == ended(1)


async def test_only_streams_with_new_entries_are_read_while_waiting(stream, client, monkeypatch):
    await stream.read([BOT, OTHER_BOT], wait=0)
    looked_at = []
    read_on = stream._read_on

    async def noted(bots):
        looked_at.append(list(bots))
        return await read_on(bots)

    monkeypatch.setattr(stream, "_read_on", noted)
    await stream.read([BOT, OTHER_BOT], wait=0.01)
    reading = asyncio.ensure_future(stream.read([BOT, OTHER_BOT], wait=30))
    await asyncio.sleep(0)
    await stream.append(OTHER_BOT, ended(7))
    assert [entry.event.user for _, entry in await asyncio.wait_for(reading, 1)] == [7]
    assert looked_at[-2:] == [[], [OTHER_BOT]]


async def test_new_entries_with_lower_ids_are_found_all_the_same(stream, client, monkeypatch):
    monkeypatch.setattr("storage.redis.streams.event_stream.LOOK_AT_ALL_SECONDS", 0.0)
    await client.xadd(KEYS.events(BOT), {"v": "1", "t": "SearchEnded", "d": '{"user":1}'}, id="9999999999999-0")
    assert await users(stream) == [1]
    await client.delete(KEYS.events(BOT))
    await stream.append(BOT, ended(2))
    assert [entry.event.user for _, entry in await stream.read([BOT], wait=0.01)] == [2]


def test_the_names_on_the_wire_are_those_of_the_first_release():
    """Streams of a running house are read by the next release, and the scripts write the same names."""
    assert set(EVENTS.values()) == set(get_args(Event))
    first = {b"Carried", b"Delivered", b"Expelled", b"Matched", b"Parted", b"SearchEnded"}
    later = {b"Separated", b"Topic", b"NamesOffered", b"NamesShown", b"Locked", b"LockEnded", b"LockBroken"}
    assert set(EVENTS) == first | later


def test_a_message_of_an_older_release_has_the_preview_that_telegram_makes_and_no_digest():
    content = b'{"type":"Text","value":{"text":"hello","entities":[]}}'
    data = b'{"user":1,"chat":"c","source":{"bot":2,"user":3},"message":7,"content":' + content + b"}"
    event = decode({b"v": b"1", b"t": b"Carried", b"d": data})
    assert (event.content, event.digests) == (Text(text="hello"), ())
