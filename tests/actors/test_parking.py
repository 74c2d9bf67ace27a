"""What cannot be sent for long is kept, its update is done, and whoever said it hears how it ends. In virtual time."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from math import inf

from actors.parking import RETRY_SECONDS, Parking
from domain.content import Text
from domain.events import Carried, Delivered
from domain.outgoing import AnswerPress, Edit, Lane, Notice, NotSent, Outcome, Parked, Send, Sent, Why
from domain.values import Address, BotId, ChatId, MessageId, UserId
from tests.actors.house import PARKED_AFTER, a_house
from tests.twins import STALE, OutboxTwin, TelegramTwin
from tests.virtual_time import in_virtual_time

BOT, OTHER = BotId(1), BotId(2)
ANNA, BORIS = UserId(10), UserId(20)
GONE = NotSent(why=Why.GONE)


def said(number: int) -> Carried:
    content = Text(text=f"number {number}")
    return Carried(user=BORIS, chat=ChatId("c1"), source=Address(OTHER, ANNA), message=MessageId(number), content=content)


def call(number: int, to: UserId = BORIS) -> Send:
    return Send(to=to, key=f"relay:{number}", body=Text(text=f"number {number}"), lane=Lane.RELAY, chat=ChatId("c1"))


class Office:
    def __init__(self, outbox: OutboxTwin, seconds: float = PARKED_AFTER) -> None:
        self.outbox = outbox
        self.telegram = TelegramTwin(BOT)
        self.told: list[tuple[object, Outcome]] = []
        self.faults: list[BaseException] = []
        self.parking = Parking(
            outbox,
            lambda: seconds,
            BOT,
            submit=self.telegram.submit,
            told=lambda kept, outcome: self.told.append((kept, outcome)),
            failed=self.faults.append,
        )

    def say(self, number: int):
        return self.parking.submit(call(number), said(number))

    @property
    def shown(self) -> list[str]:
        return self.telegram.shown.get(BORIS, [])

    @property
    def news(self) -> list[Delivered]:
        return [entry.event for entry in self.outbox.stream.entries.get(OTHER, [])]


@asynccontextmanager
async def an_office(outbox: OutboxTwin | None = None):
    office = Office(outbox or OutboxTwin())
    await office.parking.resume()
    yield office
    await office.parking.stop()
    assert office.faults == []


@in_virtual_time
async def test_what_goes_at_once_is_never_kept():
    async with an_office() as office:
        assert await office.say(1) == Sent(message=MessageId(1))
        await asyncio.sleep(2 * PARKED_AFTER)
        assert office.outbox.kept == {}


@in_virtual_time
async def test_what_waits_is_kept_and_whoever_said_it_waits_no_longer():
    async with an_office() as office, office.telegram.holding():
        saying = office.say(1)
        await asyncio.sleep(PARKED_AFTER - 0.1)
        assert not saying.done()
        await asyncio.sleep(0.2)
        assert await saying == Parked()
        assert list(office.outbox.kept.values()) == [said(1)]
        assert office.shown == []


@in_virtual_time
async def test_once_it_is_sent_it_goes_and_its_sender_learns_which_message_it_became():
    async with an_office() as office:
        async with office.telegram.holding():
            assert await office.say(1) == Parked()
        await office.outbox.until(lambda: not office.outbox.kept)
        [news] = office.news
        assert (news.user, news.mine, news.theirs, news.why) == (ANNA, MessageId(1), MessageId(1), "")
        assert office.told == [(said(1), Sent(message=MessageId(1)))]


@in_virtual_time
async def test_a_failure_comes_back_with_its_reason():
    async with an_office() as office:
        office.telegram.outcomes[BORIS] = NotSent(why=Why.FLOOD, retry_after=3600.0)
        async with office.telegram.holding():
            assert await office.say(1) == Parked()
        await office.outbox.until(lambda: not office.outbox.kept)
        [news] = office.news
        assert (news.why, news.retry_after) == ("flood", 3600.0)


@in_virtual_time
async def test_what_was_thrown_away_with_its_chat_goes_without_a_word():
    async with an_office() as office:
        office.telegram.outcomes[BORIS] = NotSent(why=Why.DISCARDED)
        async with office.telegram.holding():
            assert await office.say(1) == Parked()
        await office.outbox.until(lambda: not office.outbox.kept)
        assert office.news == []


@in_virtual_time
async def test_what_ends_while_it_is_being_kept_is_answered_as_it_ended():
    async with an_office() as office:
        async with office.outbox.holding():
            async with office.telegram.holding():
                saying = office.say(1)
                await office.outbox.until(lambda: office.outbox.held)
            assert await saying == Sent(message=MessageId(1))
        await office.outbox.until(lambda: not office.outbox.kept)
        assert office.news == []


@in_virtual_time
async def test_a_store_that_dies_with_the_process_keeps_nothing():
    office = Office(OutboxTwin(), seconds=inf)
    await office.parking.resume()
    async with office.telegram.holding():
        saying = office.say(1)
        await asyncio.sleep(1000)
        assert not saying.done()
    assert isinstance(await saying, Sent)
    await office.parking.stop()


@in_virtual_time
async def test_what_may_no_longer_be_sent_here_stays_for_the_next_owner():
    async with an_office() as office:
        office.telegram.outcomes[BORIS] = STALE
        async with office.telegram.holding():
            assert await office.say(1) == Parked()
        await asyncio.sleep(60)
        assert list(office.outbox.kept.values()) == [said(1)]


@in_virtual_time
async def test_the_next_owner_sends_it_before_anything_of_its_own_and_in_order():
    outbox = OutboxTwin()
    async with an_office(outbox) as dying:
        dying.telegram.outcomes[BORIS] = STALE
        async with dying.telegram.holding():
            for number in range(3):
                dying.say(number)
            await outbox.until(lambda: len(outbox.kept) == 3)
    office = Office(outbox)
    later = office.say(3)
    assert office.shown == []
    await office.parking.resume()
    await later
    assert office.shown == [f"number {number}" for number in range(4)]
    await outbox.until(lambda: not outbox.kept)
    assert [news.mine for news in office.news] == [0, 1, 2]
    await office.parking.stop()


@in_virtual_time
async def test_nothing_is_sent_before_the_outbox_could_be_read():
    async with an_office() as office:
        other = Office(office.outbox)
        office.outbox.away = True
        resuming = asyncio.ensure_future(other.parking.resume())
        saying = other.say(1)
        await asyncio.sleep(10 * RETRY_SECONDS)
        assert not saying.done()
        office.outbox.away = False
        assert isinstance(await saying, Sent)
        await resuming


@in_virtual_time
async def test_where_the_store_is_away_nobody_is_told_that_it_is_kept_and_the_order_stays():
    async with an_office() as office, office.telegram.holding():
        office.outbox.away = True
        saying = [office.say(number) for number in range(2)]
        await asyncio.sleep(PARKED_AFTER + 3 * RETRY_SECONDS)
        saying.append(office.say(2))
        assert not any(each.done() for each in saying)
        office.outbox.away = False
        assert [await each for each in saying] == [Parked()] * 3
        assert list(office.outbox.kept.values()) == [said(number) for number in range(3)]


@in_virtual_time
async def test_a_process_that_lost_the_bot_keeps_nothing_and_says_so_by_stale():
    async with an_office() as office:
        office.outbox.fenced = True
        office.telegram.outcomes[BORIS] = STALE
        async with office.telegram.holding():
            saying = office.say(1)
            await asyncio.sleep(2 * PARKED_AFTER)
            assert not saying.done()
        assert await saying == STALE


@in_virtual_time
async def test_whoever_is_submitted_to_a_parking_that_stops_is_stale():
    office = Office(OutboxTwin())
    saying = office.say(1)
    await office.parking.stop()
    assert await saying == STALE


@in_virtual_time
async def test_texts_of_ours_are_kept_too_and_nobody_is_told_but_of_who_is_gone():
    notice = Send(to=BORIS, key="k", body=Notice(text="partner-left"), lane=Lane.ANSWER)
    async with an_office() as office:
        office.telegram.outcomes[BORIS] = GONE
        async with office.telegram.holding():
            assert await office.parking.submit(notice) == Parked()
            assert list(office.outbox.kept.values()) == [notice]
        await office.outbox.until(lambda: not office.outbox.kept)
        assert (office.told, office.news) == ([(notice, GONE)], [])


@in_virtual_time
async def test_the_answer_to_a_press_is_never_kept():
    async with an_office() as office, office.telegram.holding():
        answering = office.parking.submit(AnswerPress(query=1))
        await asyncio.sleep(10 * PARKED_AFTER)
        assert not answering.done()
        assert not office.outbox.kept


# --- in a house


@in_virtual_time
async def test_an_update_whose_message_cannot_be_sent_holds_up_no_other():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            stuck = await anna.says("are you there?")
            await anna.is_answered(stuck)
            assert "are you there?" not in boris.phone
        await boris.hears("are you there?")


@in_virtual_time
async def test_replies_and_edits_find_what_was_kept_meanwhile():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            stuck = await anna.says("helo")
            await anna.is_answered(stuck)
        await boris.hears("helo")
        await house.rests()
        await anna.edits(stuck, "hello")
        await boris.hears("hello")
        assert isinstance(boris.telegram.sent[-1], Edit)
        await boris.says("hi", reply_to=boris.id_of("helo"))
        await anna.hears("hi")
        assert anna.message("hi").reply_to == stuck.message


@in_virtual_time
async def test_the_sender_is_told_of_a_kept_message_that_failed():
    async with a_house() as house:
        anna, boris = await house.chatting()
        boris.telegram.outcomes[boris.user] = NotSent(why=Why.REFUSED, detail="NO")
        async with boris.telegram.holding():
            await anna.is_answered(await anna.says("hello"))
        await anna.hears("not-delivered-refused")


@in_virtual_time
async def test_a_partner_who_turns_out_to_be_gone_ends_the_chat():
    async with a_house() as house:
        anna, boris = await house.chatting()
        boris.telegram.outcomes[boris.user] = GONE
        async with boris.telegram.holding():
            await anna.is_answered(await anna.says("hello"))
        await anna.hears("partner-gone")


@in_virtual_time
async def test_what_found_the_partner_gone_from_afar_is_not_heard_again():
    """The event overtook the update, which comes again after a crash."""
    async with a_house() as house:
        anna, boris = await house.chatting()
        boris.telegram.outcomes[boris.user] = GONE
        async with boris.telegram.holding():
            said = await anna.says("hello")
            await anna.is_answered(said)
        await anna.hears("partner-gone")
        shown = list(anna.phone)
        anna.telegram.confirmed.clear()
        await anna.does(said)
        await anna.is_answered(said)
        assert anna.phone == shown


@in_virtual_time
async def test_somebody_whom_a_kept_text_of_ours_cannot_reach_is_gone():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            await boris.is_answered(await boris.commands("find"))
            boris.telegram.outcomes[boris.user] = GONE
        await anna.hears("partner-gone")
