"""TransportActor: one bot between Telegram and its users' sessions. In virtual time."""

from __future__ import annotations

import asyncio
import logging
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
from domain.model.inbound import PAYMENT, Ignored, MessageReceived
from domain.model.outgoing import Lane, Send, Sent
from tests.twins import TelegramTwin, Twin
from tests.virtual_time import in_virtual_time

BOT = BotId(1)
ANNA, BORIS = UserId(10), UserId(20)


class RecordingSession(Actor[SessionMessage]):
    """Notes the pts of its messages. Anna's session handles them only while the gate is open."""

    MAILBOX_LIMIT = 2

    def __init__(self, bot: BotUnderTest, user: UserId) -> None:
        super().__init__()
        self._bot = bot
        self._user = user

    async def on_receive(self, message: SessionMessage) -> None:
        if self._user == ANNA:
            await self._bot.gate.wait()
        self._bot.handled.append(message.pts)
        self._bot.tell()


class BotUnderTest(Twin):
    def __init__(self) -> None:
        super().__init__()
        self.handled: list[Pts] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.directory = Directory()
        self.directory.activates_with(lambda address: RecordingSession.start(self, address.user))
        self.telegram = TelegramTwin(BOT)
        self.transport = self.serve(self.telegram)

    def serve(self, telegram: TelegramTwin):
        transport = TransportActor.start(BOT, telegram, self.directory)
        self.directory.serve(Lease(bot=BOT, owner="test", token=1), transport)
        return transport

    async def connected(self) -> None:
        await self.telegram.until(lambda: self.telegram.receive)

    async def handles(self, *all_pts: int) -> None:
        await self.until(lambda: self.handled == list(all_pts))

    async def describe(self):
        return await self.transport.ask(Describe(), timeout=5)


@asynccontextmanager
async def a_bot():
    bot = BotUnderTest()
    try:
        yield bot
    finally:
        for session in bot.directory.close(BOT):
            session.kill()
        await bot.transport.stop()


def an_update(pts: int, user: UserId = ANNA) -> MessageReceived:
    return MessageReceived(user=user, pts=Pts(pts), message=MessageId(pts), content=Text(text="hello"))


def a_send() -> Submit:
    return Submit(outgoing=Send(to=BORIS, key="k", body=Text(text="hello"), lane=Lane.RELAY))


@in_virtual_time
async def test_updates_reach_their_sessions_in_order():
    async with a_bot() as bot:
        await bot.connected()
        for pts in range(1, 6):
            await bot.telegram.receive(an_update(pts))
        await bot.handles(1, 2, 3, 4, 5)


@in_virtual_time
async def test_an_update_that_concerns_nobody_is_confirmed_at_once():
    async with a_bot() as bot:
        await bot.connected()
        await bot.telegram.receive(Ignored(pts=Pts(7)))
        await bot.telegram.until(lambda: bot.telegram.confirmed)
        assert bot.telegram.confirmed == [7]
        assert bot.handled == []


@in_virtual_time
async def test_updates_that_nobody_takes_are_counted_by_kind_and_confirmed_and_are_no_problem():
    async with a_bot() as bot:
        await bot.connected()
        for kind in ("service:pin_message", "service:pin_message", "hidden_edit"):
            await bot.telegram.receive(Ignored(pts=Pts(7), kind=kind))
        await bot.telegram.receive(Ignored(pts=None, kind="press_elsewhere"))
        report = await bot.describe()
        assert report.status.unhandled == {"service:pin_message": 2, "hidden_edit": 1, "press_elsewhere": 1}
        assert report.problems == ()
        assert bot.telegram.confirmed == [7, 7, 7]
        assert bot.handled == []


@in_virtual_time
async def test_a_payment_that_nobody_takes_is_a_problem_and_an_error_in_the_log(caplog: pytest.LogCaptureFixture):
    async with a_bot() as bot:
        await bot.connected()
        with caplog.at_level(logging.ERROR):
            await bot.telegram.receive(Ignored(pts=Pts(7), kind=PAYMENT))
            report = await bot.describe()
        what = "a payment came in that nobody takes: Stars were charged and nothing was given; refund them"
        assert report.problems == (f"bot1: {what}",)
        assert [record.levelname for record in caplog.records] == ["ERROR"]
        assert "Stars were charged" in caplog.text
        assert bot.telegram.confirmed == [7], "the updates after it go on"


@in_virtual_time
async def test_a_processed_update_is_confirmed():
    async with a_bot() as bot:
        await bot.connected()
        bot.transport.tell(Processed(pts=Pts(3)))
        await bot.telegram.until(lambda: bot.telegram.confirmed)
        assert bot.telegram.confirmed == [3]


@in_virtual_time
async def test_no_update_is_read_while_a_session_is_full_and_none_is_lost():
    async with a_bot() as bot:
        await bot.connected()
        bot.gate.clear()

        async def read() -> None:
            for pts in range(1, 21):
                await asyncio.sleep(0.01)
                await bot.telegram.receive(an_update(pts))

        reading = asyncio.create_task(read())
        await asyncio.sleep(60)
        assert not reading.done()
        assert bot.handled == []
        bot.gate.set()
        await bot.handles(*range(1, 21))
        await reading


@in_virtual_time
async def test_sends_go_on_while_a_session_is_full():
    async with a_bot() as bot:
        await bot.connected()
        bot.gate.clear()
        reading = asyncio.gather(*(bot.telegram.receive(an_update(pts)) for pts in range(1, 11)))
        assert isinstance(await bot.transport.ask(a_send(), timeout=5), Sent)
        bot.gate.set()
        await reading


@in_virtual_time
async def test_updates_for_a_session_that_ended_go_to_the_next_one():
    async with a_bot() as bot:
        await bot.connected()
        bot.gate.clear()
        reading = asyncio.gather(*(bot.telegram.receive(an_update(pts)) for pts in range(1, 6)))
        await asyncio.sleep(1)
        (session,) = bot.directory.sessions(BOT)
        session.kill()
        bot.gate.set()
        await reading
        await bot.until(lambda: bot.handled[-1:] == [5])
        assert bot.handled == sorted(bot.handled)


@in_virtual_time
async def test_no_session_is_activated_for_a_bot_that_was_handed_over():
    async with a_bot() as bot:
        await bot.connected()
        bot.directory.close(BOT)
        await bot.telegram.receive(an_update(1))
        await asyncio.sleep(1)
        assert bot.handled == []
        assert bot.telegram.confirmed == []


@in_virtual_time
async def test_the_reply_to_a_send_is_its_outcome():
    async with a_bot() as bot:
        await bot.connected()
        async with bot.telegram.holding():
            sending = bot.transport.ask(a_send(), timeout=None)
            await asyncio.sleep(4)
            assert not sending.done()
        assert isinstance(await sending, Sent)
        assert (await bot.describe()).relayed == 1


@in_virtual_time
async def test_discards_and_questions_about_channels_go_to_telegram():
    async with a_bot() as bot:
        await bot.connected()
        bot.telegram.missing = (("News", "https://t.me/news"),)
        bot.transport.tell(Discard(chat=ChatId("c1")))
        assert await bot.transport.ask(MissingChannels(user=ANNA), timeout=5) == bot.telegram.missing
        assert bot.telegram.discarded == ["c1"]
        bot.telegram.away = True
        with pytest.raises(Unavailable):
            await bot.transport.ask(MissingChannels(user=ANNA), timeout=5)


@in_virtual_time
async def test_a_refused_token_is_reported_and_not_tried_again():
    async with a_bot() as bot:
        bot.telegram.refusal = BadToken("Telegram does not know it")
        await asyncio.sleep(10 * LONGEST_PAUSE)
        assert (await bot.describe()).status.state == "refused"
        assert bot.telegram.starts == 1


@in_virtual_time
@pytest.mark.parametrize("error", [Unavailable("no network"), Fenced("another was here")])
async def test_telegram_is_tried_again_until_it_can_be_reached(error: Exception):
    async with a_bot() as bot:
        bot.telegram.fault = error
        await asyncio.sleep(2 * FIRST_PAUSE)
        await bot.connected()
        report = await bot.describe()
        assert (report.status.state, report.status.username) == ("serving", "bot1")
        assert bot.telegram.starts == 2


@in_virtual_time
async def test_pauses_between_tries_grow_up_to_a_limit():
    async with a_bot() as bot:
        bot.telegram.away = True
        await asyncio.sleep(600)
        tries = bot.telegram.starts
        assert 600 / LONGEST_PAUSE / 1.3 < tries < 40
        bot.telegram.away = False
        await bot.connected()


@in_virtual_time
async def test_a_connection_that_ends_by_itself_is_replaced():
    bot, telegrams = BotUnderTest(), []
    await bot.transport.stop()

    def connect():
        telegrams.append(TelegramTwin(BOT))
        return bot.serve(telegrams[-1])

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
    async with a_bot() as bot:
        bot.telegram.fault = KeyError("a bug of ours")
        async with asyncio.timeout(10):
            assert isinstance(await bot.transport.ended(), KeyError)
        assert bot.telegram.stopped


@in_virtual_time
async def test_the_connection_is_closed_with_the_actor():
    async with a_bot() as bot:
        await bot.connected()
        await bot.transport.stop()
        assert bot.telegram.stopped
