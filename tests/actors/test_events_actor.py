"""Events go from the streams to sessions and are acknowledged afterwards. In virtual time."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import Any

import pytest

from actors.bot.directory import Directory
from actors.events import LONGEST_READ, EventsActor
from actors.messages import Append, Done, FromStream, SessionMessage
from actors.runtime.actor import Actor
from domain.errors import Unavailable
from domain.model.bot import Lease
from domain.model.events import SearchEnded
from domain.model.ids import Address, BotId, UserId
from tests.twins import StreamTwin, Twin
from tests.virtual_time import in_virtual_time

BOT, OTHER = BotId(1), BotId(2)
USER = UserId(10)
NEWS = SearchEnded(user=USER)


class Reader(Actor[SessionMessage]):
    """A session that only reads."""

    MAILBOX_LIMIT = 2

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office

    async def on_receive(self, message: SessionMessage) -> None:
        assert isinstance(message, FromStream)
        await self._office.gate.wait()
        self._office.read.append(message.id)
        self._office.tell()


class Office(Twin):
    """The EventsActor, a stream, and one session per user."""

    def __init__(self) -> None:
        super().__init__()
        self.stream = StreamTwin()
        self.directory = Directory()
        self.read: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.directory.activates_with(lambda _address: Reader.start(self))
        self.events = EventsActor.start(self.stream, self.directory)

    def serve(self, bot: BotId) -> None:
        transport: Any = self.events  # never told anything here
        self.directory.serve(Lease(bot=bot, owner="test", token=1), transport)

    async def reads(self, *ids: str) -> None:
        await self.until(lambda: set(ids) <= set(self.read))


@asynccontextmanager
async def an_office(*bots: BotId):
    office = Office()
    for bot in bots:
        office.serve(bot)
    try:
        yield office
    finally:
        for bot in bots:
            for session in office.directory.close(bot):
                session.kill()
        await office.events.stop()


@in_virtual_time
async def test_an_event_activates_the_session_that_it_is_for():
    async with an_office(BOT) as office:
        id_ = office.stream.add(BOT, NEWS)
        await office.reads(id_)
        assert office.directory.session(Address(BOT, USER)) in office.directory.sessions(BOT)


@in_virtual_time
async def test_the_stream_of_a_bot_that_comes_later_is_read_soon():
    async with an_office(BOT) as office:
        await asyncio.sleep(10)
        office.serve(OTHER)
        id_ = office.stream.add(OTHER, NEWS)
        await asyncio.sleep(LONGEST_READ + 0.1)
        assert office.read == [id_]


@in_virtual_time
async def test_without_bots_nothing_is_read():
    async with an_office() as office:
        office.stream.add(BOT, NEWS)
        await asyncio.sleep(10)
        assert office.read == []
        office.serve(BOT)
        await office.reads("1-0")


@in_virtual_time
async def test_an_event_is_acknowledged_only_after_its_session_is_done():
    async with an_office(BOT) as office:
        ids = [office.stream.add(BOT, NEWS) for _ in range(3)]
        await office.reads(*ids)
        assert office.stream.acknowledged == []
        for id_ in ids:
            office.events.tell(Done(bot=BOT, id=id_))
        await office.stream.until(lambda: office.stream.acknowledged == ids)


@in_virtual_time
async def test_a_full_session_stops_the_reading_and_loses_nothing():
    async with an_office(BOT) as office:
        office.gate.clear()
        ids = [office.stream.add(BOT, NEWS) for _ in range(20)]
        await asyncio.sleep(10)
        assert office.read == []
        office.gate.set()
        await office.reads(*ids)
        assert office.read == ids


@in_virtual_time
async def test_a_full_session_that_dies_does_not_stop_the_reading():
    async with an_office(BOT) as office:
        office.gate.clear()
        for _ in range(5):
            office.stream.add(BOT, NEWS)
        await asyncio.sleep(10)
        office.directory.session(Address(BOT, USER)).kill()
        office.gate.set()
        later = office.stream.add(BOT, SearchEnded(user=UserId(11)))
        await office.reads(later)
        assert office.read[-1] == later


class Breaking(StreamTwin):
    """A read that is cancelled raises `Unavailable` instead of `CancelledError`."""

    reads = 0

    async def read(self, bots, *, wait):
        self.reads += 1
        try:
            return await super().read(bots, wait=wait)
        except asyncio.CancelledError:
            raise Unavailable("connection lost") from None


@in_virtual_time
async def test_a_stopped_actor_reads_no_more_even_where_the_store_swallows_the_cancellation():
    async with an_office() as office:
        stream = Breaking()
        events = EventsActor.start(stream, office.directory)
        office.serve(BOT)
        await asyncio.sleep(1)
        await events.stop()
        before = stream.reads
        await asyncio.sleep(60)
        assert stream.reads == before


@in_virtual_time
async def test_reading_goes_on_when_the_store_is_back():
    async with an_office(BOT) as office:
        office.stream.away = True
        await asyncio.sleep(10)
        office.stream.away = False
        id_ = office.stream.add(BOT, NEWS)
        await office.reads(id_)
        assert office.read == [id_]


@in_virtual_time
async def test_an_append_is_answered_once_the_event_is_durable_or_fails():
    async with an_office(BOT) as office:
        async with office.stream.holding():
            appended = office.events.ask(Append(bot=BOT, event=NEWS), timeout=30)
            await asyncio.sleep(5)
            assert not appended.done()
        await appended
        office.stream.away = True
        with pytest.raises(Unavailable):
            await office.events.ask(Append(bot=BOT, event=NEWS), timeout=30)


@in_virtual_time
async def test_an_event_whose_acknowledgement_fails_comes_again():
    async with an_office(BOT) as office:
        id_ = office.stream.add(BOT, NEWS)
        await office.reads(id_)
        office.stream.away = True
        office.events.tell(Done(bot=BOT, id=id_))
        await asyncio.sleep(5)
        office.stream.away = False
        office.stream.hand_out_again()
        await office.until(lambda: office.read == [id_, id_])
        office.events.tell(Done(bot=BOT, id=id_))
        await office.stream.until(lambda: office.stream.acknowledged)
        assert (office.read, office.stream.acknowledged) == ([id_, id_], [id_])


@in_virtual_time
async def test_what_is_done_at_the_stop_is_acknowledged_before_its_end():
    async with an_office(BOT) as office:
        id_ = office.stream.add(BOT, NEWS)
        await office.reads(id_)
        office.events.tell(Done(bot=BOT, id=id_))
        await office.events.stop()
        assert office.stream.acknowledged == [id_]


@in_virtual_time
async def test_an_actor_that_is_killed_acknowledges_nothing_more():
    async with an_office(BOT) as office:
        id_ = office.stream.add(BOT, NEWS)
        await office.reads(id_)
        office.events.tell(Done(bot=BOT, id=id_))
        await asyncio.sleep(0)
        office.events.kill()
        await asyncio.sleep(1)
        assert office.stream.acknowledged == []


@in_virtual_time
async def test_an_error_while_reading_fails_the_actor_so_that_it_is_restarted():
    async with an_office(BOT) as office:
        ended = office.events.ended()
        office.stream.fault = ValueError("an entry that nobody understands")
        async with asyncio.timeout(10):
            assert isinstance(await ended, ValueError)
