"""One bot between Telegram and its users' sessions, in virtual time."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest

from actors.bot.directory import Directory
from actors.bot.transport import FIRST_PAUSE, LONGEST_PAUSE, TransportActor
from actors.messages import Describe, Discard, MissingChannels, Processed, SessionMessage, Submit
from actors.runtime.actor import Actor
from actors.runtime.child import Budget, ChildSpec
from actors.runtime.supervision import Supervisor
from domain.errors import BadToken, Fenced, Unavailable
from domain.model.bot import Lease
from domain.model.content import Text
from domain.model.ids import BotId, ChatId, MessageId, Pts, UserId
from domain.model.inbound import Ignored, MessageReceived
from domain.model.outgoing import Lane, Send, Sent
from tests.twins import TelegramTwin, Twin
from tests.virtual_time import in_virtual_time

BOT = BotId(1)
ANNA, BORIS = UserId(10), UserId(20)


class Listener(Actor[SessionMessage]):
    """A session that hears, one after the other, and waits at the gate where it is Anna's."""

    MAILBOX_LIMIT = 2

    def __init__(self, office: Office, user: UserId) -> None:
        super().__init__()
        self._office = office
        self._user = user

    async def on_receive(self, message: SessionMessage) -> None:
        if self._user == ANNA:
            await self._office.gate.wait()
        self._office.heard.append(message.pts)
        self._office.tell()


class Office(Twin):
    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Pts] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.directory = Directory()
        self.directory.activates_with(lambda address: Listener.start(self, address.user))
        self.telegram = TelegramTwin(BOT)
        self.transport = self.serve(self.telegram)

    def serve(self, telegram: TelegramTwin):
        transport = TransportActor.start(BOT, telegram, self.directory)
        self.directory.serve(Lease(bot=BOT, owner="test", token=1), transport)
        return transport

    async def connected(self) -> None:
        await self.telegram.until(lambda: self.telegram.receive)

    async def hears(self, *places: int) -> None:
        await self.until(lambda: self.heard == list(places))

    async def describe(self):
        return await self.transport.ask(Describe(), timeout=5)


@asynccontextmanager
async def an_office():
    office = Office()
    try:
        yield office
    finally:
        for session in office.directory.close(BOT):
            session.kill()
        await office.transport.stop()


def said(place: int, user: UserId = ANNA) -> MessageReceived:
    return MessageReceived(user=user, pts=Pts(place), message=MessageId(place), content=Text(text="hello"))


def hello() -> Submit:
    return Submit(outgoing=Send(to=BORIS, key="k", body=Text(text="hello"), lane=Lane.RELAY))


@in_virtual_time
async def test_updates_reach_their_sessions_in_order():
    async with an_office() as office:
        await office.connected()
        for place in range(1, 6):
            await office.telegram.receive(said(place))
        await office.hears(1, 2, 3, 4, 5)


@in_virtual_time
async def test_what_concerns_nobody_is_confirmed_at_once():
    async with an_office() as office:
        await office.connected()
        await office.telegram.receive(Ignored(pts=Pts(7)))
        await office.telegram.until(lambda: office.telegram.confirmed)
        assert office.telegram.confirmed == [7]
        assert office.heard == []


@in_virtual_time
async def test_what_is_done_is_confirmed():
    async with an_office() as office:
        await office.connected()
        office.transport.tell(Processed(pts=Pts(3)))
        await office.telegram.until(lambda: office.telegram.confirmed)
        assert office.telegram.confirmed == [3]


@in_virtual_time
async def test_a_full_session_stops_the_reading_and_loses_nothing():
    async with an_office() as office:
        await office.connected()
        office.gate.clear()

        async def read() -> None:
            for place in range(1, 21):
                await asyncio.sleep(0.01)
                await office.telegram.receive(said(place))

        reading = asyncio.create_task(read())
        await asyncio.sleep(60)
        assert not reading.done()
        assert office.heard == []
        office.gate.set()
        await office.hears(*range(1, 21))
        await reading


@in_virtual_time
async def test_a_full_session_holds_up_nothing_that_is_sent():
    async with an_office() as office:
        await office.connected()
        office.gate.clear()
        reading = asyncio.gather(*(office.telegram.receive(said(place)) for place in range(1, 11)))
        assert isinstance(await office.transport.ask(hello(), timeout=5), Sent)
        office.gate.set()
        await reading


@in_virtual_time
async def test_updates_for_a_session_that_ends_go_to_the_next():
    async with an_office() as office:
        await office.connected()
        office.gate.clear()
        reading = asyncio.gather(*(office.telegram.receive(said(place)) for place in range(1, 6)))
        await asyncio.sleep(1)
        (session,) = office.directory.sessions(BOT)
        session.kill()
        office.gate.set()
        await reading
        await office.until(lambda: office.heard[-1:] == [5])
        assert office.heard == sorted(office.heard)


@in_virtual_time
async def test_nothing_is_woken_for_a_bot_that_is_handed_over():
    async with an_office() as office:
        await office.connected()
        office.directory.close(BOT)
        await office.telegram.receive(said(1))
        await asyncio.sleep(1)
        assert office.heard == []
        assert office.telegram.confirmed == []


@in_virtual_time
async def test_the_reply_to_a_send_is_its_outcome():
    async with an_office() as office:
        await office.connected()
        async with office.telegram.holding():
            sending = office.transport.ask(hello(), timeout=None)
            await asyncio.sleep(4)
            assert not sending.done()
        assert isinstance(await sending, Sent)
        assert (await office.describe()).relayed == 1


@in_virtual_time
async def test_a_chat_is_discarded_and_channels_are_asked_for():
    async with an_office() as office:
        await office.connected()
        office.telegram.missing = (("News", "https://t.me/news"),)
        office.transport.tell(Discard(chat=ChatId("c1")))
        assert await office.transport.ask(MissingChannels(user=ANNA), timeout=5) == office.telegram.missing
        assert office.telegram.discarded == ["c1"]
        office.telegram.away = True
        with pytest.raises(Unavailable):
            await office.transport.ask(MissingChannels(user=ANNA), timeout=5)


@in_virtual_time
async def test_a_refused_token_is_said_and_tried_no_more():
    async with an_office() as office:
        office.telegram.refusal = BadToken("Telegram does not know it")
        await asyncio.sleep(10 * LONGEST_PAUSE)
        assert (await office.describe()).status.state == "refused"
        assert office.telegram.starts == 1


@in_virtual_time
@pytest.mark.parametrize("error", [Unavailable("no network"), Fenced("another was here")])
async def test_telegram_is_tried_again_until_it_can_be_reached(error: Exception):
    async with an_office() as office:
        office.telegram.fault = error
        await asyncio.sleep(2 * FIRST_PAUSE)
        await office.connected()
        report = await office.describe()
        assert (report.status.state, report.status.username) == ("serving", "bot1")
        assert office.telegram.starts == 2


@in_virtual_time
async def test_pauses_between_tries_grow_and_have_an_end():
    async with an_office() as office:
        office.telegram.away = True
        await asyncio.sleep(600)
        few = office.telegram.starts
        assert 600 / LONGEST_PAUSE / 1.3 < few < 40
        office.telegram.away = False
        await office.connected()


@in_virtual_time
async def test_a_connection_that_ends_by_itself_is_made_anew():
    office, telegrams = Office(), []
    await office.transport.stop()

    def connect():
        telegrams.append(TelegramTwin(BOT))
        return office.serve(telegrams[-1])

    supervisor = Supervisor("bot1", (ChildSpec(name="transport", factory=connect, budget=Budget(restarts=1, seconds=60)),))
    await supervisor.start()
    first = telegrams[0]
    await first.until(lambda: first.receive)
    first.state = "stopped"
    await first.until(lambda: first.stopped)
    await asyncio.sleep(5)
    second = telegrams[1]
    await second.until(lambda: second.receive)
    assert len(telegrams) == 2
    await supervisor.stop()


@in_virtual_time
async def test_a_bug_at_the_start_ends_the_actor():
    async with an_office() as office:
        office.telegram.fault = KeyError("a bug of ours")
        async with asyncio.timeout(10):
            assert isinstance(await office.transport.ended(), KeyError)
        assert office.telegram.stopped


@in_virtual_time
async def test_the_connection_is_closed_with_the_actor():
    async with an_office() as office:
        await office.connected()
        await office.transport.stop()
        assert office.telegram.stopped
