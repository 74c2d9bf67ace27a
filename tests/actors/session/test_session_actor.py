"""People at a worker's bots, in virtual time: real actors, on twins of the stores and of Telegram."""

from __future__ import annotations

import asyncio
import gc
import math
import weakref
from copy import deepcopy
from dataclasses import replace
from math import inf

import pytest

from actors.messages import IdleTimeout, NoteStanding
from actors.session.actor import SessionActor
from actors.session.data import SETTLE_SECONDS
from actors.session.profile_refresh import LONGEST_PAUSE
from domain.configuration import ChatRules
from domain.matching.requests import Leave
from domain.model.bot import Lease
from domain.model.chat import ChatEnd
from domain.model.content import Text, Uncopyable
from domain.model.events import ChatEnded, DeliveryReceipt, Matched, ProfileChanged, RelayedMessage, SearchEnded
from domain.model.ids import ChatId, MessageId, Pts
from domain.model.inbound import BotBlocked, MessageEdited
from domain.model.outgoing import AnswerPress, Edit, NotSent, Outgoing, Why
from domain.model.profile import Question
from tests.actors.house import FIRST, SECOND, Person, a_house
from tests.twins import STALE, relays, wording
from tests.virtual_time import in_virtual_time

IDLE = 900.0


# --- what is done, and when it counts as done


@in_virtual_time
async def test_what_one_says_the_other_sees():
    async with a_house() as house:
        anna, boris = await house.chatting()
        await anna.says("hello")
        await boris.hears("hello")
        await boris.says("hello yourself")
        await anna.hears("hello yourself")


@in_virtual_time
async def test_an_update_is_confirmed_only_when_the_partner_has_the_message():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            said = await anna.says("hello")
            await boris.telegram.until(lambda: relays(boris.telegram.submitted))
            await house.rests()
            assert said.pts not in anna.telegram.confirmed
        await anna.is_answered(said)
        assert boris.phone[-1] == "hello"


@in_virtual_time
async def test_an_update_is_confirmed_only_when_its_answers_are_sent():
    async with a_house() as house:
        anna = house.person()
        async with anna.telegram.holding():
            command = await anna.commands("find")
            await house.rests()
            assert anna.telegram.confirmed == []
        await anna.is_answered(command)


@in_virtual_time
async def test_what_a_former_owner_could_not_send_is_not_confirmed():
    async with a_house() as house:
        anna = house.person()
        anna.telegram.outcomes[anna.user] = STALE
        asked = await anna.commands("help")
        await house.rests()
        assert asked.pts not in anna.telegram.confirmed


@in_virtual_time
async def test_who_has_not_been_told_of_the_chat_is_told_before_the_first_word():
    """Their session was begun anew before the event of the match came, and knows of the chat by the pool."""
    async with a_house() as house:
        boris = await house.searching(SECOND)
        anna = house.person(FIRST)
        await house.rests()
        async with house.stream.holding():
            await anna.commands("find")
            await anna.hears("matched")
            boris.session.kill()
            await boris.commands("help")
            await boris.hears("help")
            await anna.says("hello")
            await boris.hears("hello")
        await house.rests()
        assert boris.phone == ["searching", "help", "matched", "hello"]


@in_virtual_time
async def test_a_word_does_not_wait_for_the_pool_where_the_chat_is_known():
    async with a_house() as house:
        anna, boris = await house.chatting()
        boris.session.kill()
        await boris.says("awake again")
        await anna.hears("awake again")
        house.pool.away = True
        await anna.says("hello")
        await house.rests()
        assert boris.phone[-1] == "hello"


@in_virtual_time
async def test_what_was_said_in_this_chat_outlives_the_late_end_of_an_earlier_one():
    async with a_house() as house:
        anna, boris = await house.chatting()
        said = await anna.says("helo")
        await boris.hears("helo")
        house.stream.add(FIRST, ChatEnded(user=anna.user, chat=ChatId("earlier"), why=ChatEnd.STOPPED))
        await house.rests()
        await anna.edits(said, "hello")
        await house.rests()
        assert boris.phone[-1] == "hello"
        assert "edit-not-mirrored" not in anna.phone


@in_virtual_time
async def test_who_hears_only_afterwards_of_a_chat_hears_all_of_it():
    """Their bot was away while the partner came, spoke and left."""
    async with a_house() as house:
        boris = await house.searching(SECOND)
        anna = house.person(FIRST)
        async with house.stream.holding():
            await anna.commands("find")
            await anna.hears("matched")
            chat = anna.session._actor.session.place.chat
            word = RelayedMessage(
                user=boris.user, chat=chat.id, source=anna.address, message=MessageId(5), content=Text(text="hello")
            )
            house.stream.add(SECOND, word)
            await anna.commands("stop")
            await anna.hears("you-left")
        await boris.hears("partner-left")
        assert boris.phone == ["searching", "matched", "hello", "partner-left"]
        await house.rests()
        assert house.searches.noted == set()


@in_virtual_time
async def test_the_note_of_a_search_stays_until_the_searcher_knows_how_it_ended():
    async with a_house() as house:
        boris = await house.searching(SECOND)
        anna = house.person(FIRST)
        async with boris.telegram.holding():
            await anna.commands("find")
            await anna.hears("matched")
            await house.rests()
            assert house.searches.noted == {boris.address}
        await boris.hears("matched")
        await house.rests()
        assert house.searches.noted == set()


@in_virtual_time
async def test_a_note_that_the_records_could_not_take_is_made_when_they_are_back():
    async with a_house() as house:
        house.searches.away = True
        anna = await house.searching()
        await house.rests()
        house.searches.away = False
        await house.rests()
        assert house.searches.noted == {anna.address}
        house.searches.away = True
        await anna.is_answered(await anna.commands("cancel"))
        house.searches.away = False
        await house.rests()
        assert house.searches.noted == set()


@in_virtual_time
async def test_a_late_end_of_a_search_that_led_to_a_chat_takes_its_note():
    async with a_house() as house:
        anna, _boris = await house.chatting()
        house.searches.noted = {anna.address}
        house.stream.add(FIRST, SearchEnded(user=anna.user, lost=True))
        await house.rests()
        assert house.searches.noted == set()
        assert "search-lost" not in anna.phone


@in_virtual_time
async def test_a_search_begun_meanwhile_keeps_its_note():
    async with a_house() as house:
        anna = await house.searching()
        async with anna.telegram.holding():
            await anna.commands("cancel")
            await house.rests()
            await anna.commands("find")
            await house.rests()
        await anna.hears("searching", times=2)
        await house.rests()
        assert house.searches.noted == {anna.address}


@pytest.mark.parametrize(("command", "chatting"), [("find", False), ("next", True), ("stop", True)])
@in_virtual_time
async def test_what_the_pool_refuses_a_former_owner_is_not_confirmed(command, chatting):
    """A clock that jumped ends the lease in Redis at once, and only there."""
    async with a_house() as house:
        anna = (await house.chatting())[0] if chatting else house.person()
        shown = list(anna.phone)
        house.pool.lease(Lease(bot=anna.address.bot, owner="another", token=2))
        asked = await anna.commands(command)
        await house.rests()
        assert asked.pts not in anna.telegram.confirmed
        assert anna.phone == shown


@in_virtual_time
async def test_what_a_former_owner_would_say_by_the_stream_is_left_to_the_next():
    """As where Redis was away for longer than the lease: what waited for it must not come before what was said earlier."""
    async with a_house() as house:
        anna, boris = await house.chatting()
        boris.telegram.outcomes[boris.user] = STALE
        house.stream.leases[FIRST] = Lease(bot=FIRST, owner="another", token=2)
        said = await anna.says("hello")
        await house.rests()
        assert said.pts not in anna.telegram.confirmed
        assert house.stream.of(RelayedMessage) == []
        assert "not-delivered" not in anna.phone


@in_virtual_time
async def test_what_the_partners_former_owner_could_not_send_is_left_to_the_next_and_done_for_us():
    async with a_house() as house:
        anna, boris = await house.chatting()
        boris.telegram.outcomes[boris.user] = STALE
        await anna.is_answered(await anna.says("hello"))
        left = [entry for entry in house.stream.entries[SECOND] if isinstance(entry.event, RelayedMessage)]
        assert [entry.event.content.text for entry in left] == ["hello"]
        await house.rests()
        assert left[0].id not in house.stream.acknowledged
        assert not any(text.startswith("not-delivered") for text in anna.phone)


@in_virtual_time
async def test_what_a_partner_of_a_bot_that_is_handed_over_would_hear_goes_to_the_next_owner():
    async with a_house() as house:
        anna, boris = await house.chatting()
        house.directory.hand_over(boris.address.bot)
        said = await anna.says("hello")
        await anna.is_answered(said)
        assert house.stream.of(RelayedMessage)
        assert "hello" not in boris.phone


@in_virtual_time
async def test_a_message_of_which_another_process_only_knows_that_it_was_sent_is_not_called_lost():
    async with a_house() as house:
        anna, _ = await house.chatting()
        chat = next(iter(house.chats.open))
        id_ = house.stream.add(FIRST, DeliveryReceipt(user=anna.user, chat=chat, mine=MessageId(7), theirs=None))
        await house.stream.until(lambda: id_ in house.stream.acknowledged)
        assert not any(text.startswith("not-delivered") for text in anna.phone)


@in_virtual_time
async def test_a_loss_is_done_when_its_sender_has_heard_of_it():
    async with a_house() as house:
        anna, boris = await house.chatting()
        boris.telegram.outcomes[boris.user] = NotSent(why=Why.REFUSED)
        async with anna.telegram.holding():
            said = await anna.says("hello")
            await house.rests()
            assert said.pts not in anna.telegram.confirmed
        await anna.is_answered(said)


@in_virtual_time
async def test_what_telegram_refuses_is_told_to_the_sender_and_done():
    async with a_house() as house:
        anna, boris = await house.chatting()
        boris.telegram.outcomes[boris.user] = NotSent(why=Why.REFUSED)
        said = await anna.says("hello")
        await anna.hears("not-delivered-refused")
        await anna.is_answered(said)


@in_virtual_time
async def test_defect_8_a_partner_who_is_gone_ends_the_chat():
    async with a_house() as house:
        anna, boris = await house.chatting()
        boris.telegram.outcomes[boris.user] = NotSent(why=Why.GONE)
        said = await anna.says("are you there?")
        await anna.hears("partner-gone")
        await anna.is_answered(said)
        assert house.pool.oracle.chats == {}
        assert list(house.chats.ends.values()) == [ChatEnd.GONE]


@in_virtual_time
async def test_an_edit_is_passed_on_and_ends_the_chat_of_a_partner_who_is_gone_though_its_number_is_below_the_last_command():
    """Numbers of edits are not to be compared with those of messages (`transport.updates.reading.key_of`)."""
    async with a_house() as house:
        anna, boris = await house.chatting()
        said = await anna.says("helo")
        await boris.hears("helo")
        first = MessageEdited(user=anna.user, pts=Pts(1), message=said.message, content=Text(text="hello"))
        await anna.does(first)
        await boris.hears("hello")
        boris.telegram.outcomes[boris.user] = NotSent(why=Why.GONE)
        second = replace(first, pts=Pts(2), content=Text(text="hello!"))
        await anna.does(second)
        await anna.hears("partner-gone")
        assert house.pool.oracle.chats == {}


@in_virtual_time
async def test_that_a_partner_is_gone_is_heard_over_a_full_mailbox():
    async with a_house() as house:
        anna, boris = await house.chatting()
        boris.telegram.outcomes[boris.user] = NotSent(why=Why.GONE)
        anna.session.actor_inbox.limit = 1
        async with house.pool.holding():
            async with boris.telegram.holding():
                await anna.says("are you there?")
                await boris.telegram.until(lambda: relays(boris.telegram.submitted))
                await anna.presses("old")
                await anna.commands("stop")
                await anna.says("hello?")
                await house.rests()
            await house.rests()
        await anna.hears("you-left")
        assert house.pool.oracle.chats == {}


@in_virtual_time
async def test_whoever_blocks_the_bot_leaves_the_chat():
    async with a_house() as house:
        anna, boris = await house.chatting()
        await boris.does(BotBlocked(user=boris.user))
        await anna.hears("partner-gone")
        assert house.pool.oracle.chats == {}


# --- the order of things


@in_virtual_time
async def test_who_has_not_heard_of_the_match_is_introduced_before_the_first_message():
    async with a_house() as house:
        boris = await house.searching(SECOND)
        await house.rests()
        async with house.stream.holding():
            anna = house.person(FIRST)
            await anna.commands("find")
            await anna.hears("matched")
            await anna.says("hello")
            await boris.hears("hello")
        await house.stream.until(lambda: set(house.stream.of(Matched)) <= set(house.stream.acknowledged))
        assert boris.phone == ["searching", "matched", "hello"]


@in_virtual_time
async def test_what_was_said_before_stop_arrives_before_the_end():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            await anna.says("good bye")
            await anna.commands("stop")
            await house.rests()
            assert not any(isinstance(request, Leave) for request in house.pool.asked_for)
        await boris.hears("partner-left")
        assert boris.phone[-2:] == ["good bye", "partner-left"]


@in_virtual_time
async def test_what_was_said_before_next_arrives_before_the_end():
    """Though Telegram is slow, and somebody else waits for the one who goes on."""
    async with a_house() as house:
        anna, boris = await house.chatting()
        carol = await house.searching(SECOND)
        async with boris.telegram.holding():
            await anna.says("farewell")
            await anna.commands("next")
            await boris.telegram.until(lambda: relays(boris.telegram.submitted))
            await house.rests()
        await anna.hears("matched", times=2)
        await carol.hears("matched")
        await boris.hears("partner-next")
        assert boris.phone[-2:] == ["farewell", "partner-next"]


@pytest.mark.parametrize("leaving", ["stop", "next"])
def test_whoever_left_sees_nothing_more_of_that_chat(leaving: str):
    """Neither a message nor an edit that still waits, for Telegram takes nothing for the moment."""

    @in_virtual_time
    async def story():
        async with a_house() as house:
            anna, boris = await house.chatting()
            said = await anna.says("helo")
            await boris.hears("helo")
            async with boris.telegram.holding():
                await anna.edits(said, "hello")
                await anna.says("are you there?")
                await boris.telegram.until(lambda: len(relays(boris.telegram.submitted)) == 2)
                await boris.commands(leaving)
                await anna.hears("partner-left" if leaving == "stop" else "partner-next")
                await house.rests()
            await boris.hears("you-left" if leaving == "stop" else "searching", times=1 if leaving == "stop" else 2)
            await house.rests()
            assert "hello" not in boris.phone
            assert "are you there?" not in boris.phone

    story()


@in_virtual_time
async def test_talk_keeps_a_chat_alive_and_silence_ends_it():
    async with a_house(chat=ChatRules(idle_minutes=10)) as house:
        anna, boris = await house.chatting()
        for number in range(8):
            await asyncio.sleep(8 * 60)
            await boris.says(f"number {number}")
            await anna.hears(f"number {number}")
        assert "chat-ended-idle" not in anna.phone + boris.phone
        await asyncio.sleep(11 * 60)
        await anna.hears("chat-ended-idle")
        await boris.hears("chat-ended-idle")


@in_virtual_time
async def test_a_stuck_message_holds_stop_back_for_seconds_only():
    async with a_house() as house:
        anna, boris = await house.chatting()
        began = asyncio.get_running_loop().time()
        async with boris.telegram.holding():
            await anna.says("good bye")
            await anna.commands("stop")
            await anna.hears("you-left")
            assert asyncio.get_running_loop().time() - began < SETTLE_SECONDS + 0.1


@in_virtual_time
async def test_messages_cross_in_the_order_said():
    async with a_house() as house:
        anna, boris = await house.chatting()
        texts = [f"number {number}" for number in range(50)]
        for text in texts:
            await anna.says(text)
        await boris.hears(texts[-1])
        assert boris.phone[-50:] == texts


@in_virtual_time
async def test_an_edit_waits_for_its_own_message():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            said = await anna.says("helo")
            edited = await anna.edits(said, "hello")
            await house.rests()
        await anna.is_answered(edited)
        edit = boris.telegram.sent[-1]
        assert isinstance(edit, Edit)
        assert edit.message == boris.id_of("helo")
        assert boris.phone[-2:] == ["helo", "hello"]


@in_virtual_time
async def test_an_edit_waits_for_as_long_as_its_message_takes():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            said = await anna.sends_file(caption="teh sea")
            edited = await anna.edits(said, "the sea")
            await asyncio.sleep(10 * SETTLE_SECONDS)
            assert edited.pts not in anna.telegram.confirmed
            assert not edits(boris)
        await anna.is_answered(edited)
        assert [edit.message for edit in edits(boris)] == [boris.id_of_caption("teh sea")]
        assert "edit-not-mirrored" not in anna.phone


@in_virtual_time
async def test_what_is_said_after_an_edit_does_not_wait_with_it():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            said = await anna.sends_file()
            await anna.edits(said, "the sea")
            await anna.says("meanwhile")
            await boris.telegram.until(lambda: "meanwhile" in worded(boris.telegram.submitted))
            assert not edits(boris)


@in_virtual_time
async def test_edits_of_one_message_are_mirrored_in_their_order():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            said = await anna.says("hlo")
            await anna.edits(said, "helo")
            await anna.edits(said, "hello")
            await house.rests()
        last = await anna.edits(said, "hello!")
        await anna.is_answered(last)
        assert boris.phone[-4:] == ["hlo", "helo", "hello", "hello!"]


@in_virtual_time
async def test_the_edit_of_a_message_that_does_not_arrive_is_not_spoken_of():
    async with a_house() as house:
        anna, boris = await house.chatting()
        boris.telegram.outcomes[boris.user] = NotSent(why=Why.REFUSED, detail="FILE_TOO_BIG")
        async with boris.telegram.holding():
            said = await anna.sends_file()
            edited = await anna.edits(said, "the sea")
            await house.rests()
        await anna.is_answered(edited)
        await anna.hears("not-delivered-file-too-big")
        assert "edit-not-mirrored" not in anna.phone


@in_virtual_time
async def test_an_edit_that_telegram_refuses_is_told_to_its_author():
    async with a_house() as house:
        anna, boris = await house.chatting()
        said = await anna.says("helo")
        await boris.hears("helo")
        boris.telegram.outcomes[boris.user] = NotSent(why=Why.REFUSED)
        edited = await anna.edits(said, "hello")
        await anna.is_answered(edited)
        assert anna.phone[-1] == "edit-not-mirrored"


@in_virtual_time
async def test_the_edit_of_what_the_partner_never_got_is_not_spoken_of():
    async with a_house() as house:
        anna, boris = await house.chatting()
        command = await anna.commands("start")
        edited = await anna.edits(command, "a start")
        await anna.is_answered(edited)
        assert not edits(boris)
        assert anna.phone == ["matched", "already-chatting"]


@in_virtual_time
async def test_an_edit_that_waits_is_forgotten_with_its_chat():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            said = await anna.sends_file()
            edited = await anna.edits(said, "the sea")
            await anna.commands("stop")
            await anna.hears("you-left")
        await anna.is_answered(edited)
        assert not edits(boris)
        assert anna.phone[-1] == "you-left"


@in_virtual_time
async def test_a_reply_to_a_file_that_is_being_brought_comes_after_it():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            said = await anna.sends_file(caption="look")
            await anna.says("and look at that", reply_to=said.message)
            await anna.says("meanwhile")
            await boris.telegram.until(lambda: "meanwhile" in worded(boris.telegram.submitted))
            assert "and look at that" not in worded(boris.telegram.submitted)
        await boris.hears("and look at that")
        assert boris.message("and look at that").reply_to == boris.id_of_caption("look")


@in_virtual_time
async def test_a_reply_to_a_text_that_has_not_arrived_keeps_its_place():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            said = await anna.says("first")
            await anna.says("about the first", reply_to=said.message)
            await anna.says("last")
            await house.rests()
        await boris.hears("last")
        assert boris.phone[-3:] == ["first", "about the first", "last"]
        assert boris.message("about the first").reply_to == boris.id_of("first")


@in_virtual_time
async def test_a_reply_to_what_one_sees_before_telegram_has_told_its_number_keeps_its_quote():
    async with a_house() as house:
        anna, boris = await house.chatting()
        await anna.says("before")
        await boris.hears("before")
        number = MessageId(boris.id_of("before") + 2)  # the reply itself is numbered first here
        async with boris.telegram.holding():
            said = await anna.says("hello")
            await boris.telegram.until(lambda: "hello" in worded(boris.telegram.submitted))
            await boris.says("hello to you", reply_to=number)
            await house.rests()
        await anna.hears("hello to you")
        assert boris.id_of("hello") == number
        assert anna.message("hello to you").reply_to == said.message


@in_virtual_time
async def test_a_reply_to_what_nobody_knows_waits_for_a_moment_only():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            await anna.says("hello")
            await boris.says("about something else", reply_to=MessageId(999_999))
            await anna.hears("about something else")


@in_virtual_time
async def test_an_edit_waits_for_its_message_to_come_back_from_another_process():
    async with a_house() as house:
        anna, boris = await house.chatting()
        chat = next(iter(house.chats.open))
        house.directory.hand_over(boris.address.bot)
        said = await anna.says("helo")
        await anna.is_answered(said)
        edited = await anna.edits(said, "hello")
        await house.rests()
        assert edited.pts not in anna.telegram.confirmed
        house.stream.add(FIRST, DeliveryReceipt(user=anna.user, chat=chat, mine=said.message, theirs=MessageId(77)))
        await anna.is_answered(edited)
        sent = [entry.event for entry in house.stream.entries[SECOND] if isinstance(entry.event, RelayedMessage)]
        assert [(each.content.text, each.edits) for each in sent] == [("helo", None), ("hello", 77)]


@in_virtual_time
async def test_an_edit_does_not_wait_for_ever_for_another_process():
    async with a_house() as house:
        anna, boris = await house.chatting()
        house.directory.hand_over(boris.address.bot)
        said = await anna.says("helo")
        await anna.is_answered(said)
        edited = await anna.edits(said, "hello")
        await anna.hears("edit-not-mirrored")
        await anna.is_answered(edited)


def edits(person: Person) -> list[Edit]:
    return [each for each in person.telegram.submitted if isinstance(each, Edit)]


def worded(submitted: list[Outgoing]) -> list[str]:
    return [wording(each) for each in submitted if not isinstance(each, AnswerPress)]


@in_virtual_time
async def test_replies_point_at_the_same_message_on_the_other_phone():
    async with a_house() as house:
        anna, boris = await house.chatting()
        first = await anna.says("first")
        await boris.hears("first")
        await house.rests()
        await boris.says("about the first", reply_to=boris.id_of("first"))
        await anna.hears("about the first")
        assert anna.message("about the first").reply_to == first.message
        await house.rests()
        await anna.says("about that", reply_to=anna.id_of("about the first"))
        await boris.hears("about that")
        assert boris.message("about that").reply_to is not None


# --- faults


@in_virtual_time
async def test_a_message_that_breaks_the_session_is_lost_alone_and_apologised_for():
    async with a_house() as house:
        anna = house.newcomer()
        house.profiles.fault = ValueError("a bug of ours")
        broken = await anna.commands("start")
        await anna.hears("apology")
        await anna.is_answered(broken)
        await anna.commands("start")
        await anna.hears("welcome")


@in_virtual_time
async def test_what_was_sent_after_the_poison_is_handled():
    async with a_house() as house:
        anna, boris = await house.chatting()
        house.pool.fault = ValueError("a bug of ours")
        async with house.pool.holding():
            await anna.commands("stop")
            await anna.says("still here")
            await house.pool.until(lambda: house.pool.held)
        await boris.hears("still here")
        assert anna.phone.count("apology") == 1
        assert house.pool.oracle.chats.keys() == {anna.user, boris.user}


@in_virtual_time
async def test_while_the_pool_is_away_nothing_changes_and_the_user_is_told():
    async with a_house() as house:
        anna, boris = await house.chatting()
        house.pool.away = True
        command = await anna.commands("stop")
        await anna.hears("stores-down")
        await anna.is_answered(command)
        await anna.says("still here")
        await boris.hears("still here")
        house.pool.away = False
        await anna.commands("stop")
        await anna.hears("you-left")


@in_virtual_time
async def test_a_pool_that_does_not_answer_is_away():
    """No fault of the message: nothing is apologised for."""
    async with a_house(ask_timeout=2.0) as house:
        anna, _boris = await house.chatting()
        async with house.pool.holding():
            await anna.commands("stop")
            await anna.hears("stores-down")
        assert "apology" not in anna.phone


@in_virtual_time
async def test_an_event_outlives_a_pool_that_does_not_answer():
    async with a_house(ask_timeout=2.0) as house:
        boris = await house.searching(SECOND)
        async with house.pool.holding():
            house.stream.add(SECOND, SearchEnded(user=boris.user))
            await house.pool.until(lambda: house.pool.held)
            await asyncio.sleep(10)
            assert house.stream.acknowledged == []
        await house.stream.until(lambda: house.stream.acknowledged)
        assert "apology" not in boris.phone


@in_virtual_time
async def test_while_the_database_is_away_a_profile_is_not_half_saved():
    async with a_house() as house:
        anna = house.newcomer()
        house.profiles.away = True
        await anna.commands("start")
        await anna.hears("stores-down")
        house.profiles.away = False
        await anna.commands("start")
        await anna.hears("ask-gender")


@pytest.mark.parametrize("store", ["pool", "profiles"])
def test_whoever_types_their_age_while_a_store_is_away_is_told_and_asked_again(store: str):
    @in_virtual_time
    async def story():
        async with a_house() as house:
            anna = house.newcomer()
            await anna.commands("start")
            await anna.presses("gender:female")
            await anna.hears("ask-age")
            before = house.profiles.kept[anna.user]
            getattr(house, store).away = True
            typed = await anna.says("25")
            await anna.hears("stores-down")
            await anna.is_answered(typed)
            assert house.profiles.kept[anna.user] == before
            getattr(house, store).away = False
            await anna.commands("find")
            await anna.hears("ask-age", times=2)
            await anna.says("25")
            await anna.hears("profile-saved")
            assert house.profiles.kept[anna.user].age == 25

    story()


@in_virtual_time
async def test_a_profile_that_changed_is_read_beside_the_chat_which_does_not_wait_for_the_database():
    async with a_house() as house:
        anna, boris = await house.chatting()
        house.profiles.away = True
        boris.session.tell(ProfileChanged(user=boris.user))
        await anna.says("hello")
        await boris.hears("hello")
        changed = replace(house.profiles.kept[boris.user], age=44)
        house.profiles.kept[boris.user] = changed
        house.profiles.away = False
        await asyncio.sleep(2)
        assert boris.session._actor.session.profile == changed


@in_virtual_time
async def test_a_session_that_has_not_heard_of_a_ban_or_of_vip_does_not_undo_them():
    async with a_house() as house:
        anna = house.person()
        await anna.commands("help")
        await anna.hears("help")
        known = replace(house.profiles.kept[anna.user], banned_until=inf, vip_until=inf)
        house.profiles.kept[anna.user] = known
        await anna.presses("edit:age")
        await anna.hears("ask-age")
        assert house.profiles.kept[anna.user] == replace(known, asked=Question.AGE)


@in_virtual_time
async def test_however_often_a_profile_changes_while_the_database_is_away_one_reading_of_it_waits():
    async with a_house() as house:
        _, boris = await house.chatting()
        house.profiles.away, reads = True, house.profiles.times_asked
        for _ in range(20):
            boris.session.tell(ProfileChanged(user=boris.user))
            await asyncio.sleep(30)
        assert house.profiles.times_asked - reads < 40
        house.profiles.kept[boris.user] = changed = replace(house.profiles.kept[boris.user], age=44)
        house.profiles.away = False
        await asyncio.sleep(LONGEST_PAUSE)
        assert boris.session._actor.session.profile == changed
        reads = house.profiles.times_asked
        await asyncio.sleep(600)
        assert house.profiles.times_asked == reads


@in_virtual_time
async def test_a_profile_that_changes_while_it_is_read_is_read_once_more():
    async with a_house() as house:
        _, boris = await house.chatting()
        async with house.profiles.holding():
            boris.session.tell(ProfileChanged(user=boris.user))
            await house.profiles.until(lambda: house.profiles.held)
            boris.session.tell(ProfileChanged(user=boris.user))
            await house.rests()
            reads = house.profiles.times_asked
        await house.rests()
        assert house.profiles.times_asked == reads + 1


@in_virtual_time
async def test_after_a_reading_that_failed_by_a_bug_of_ours_the_next_change_is_read():
    async with a_house() as house:
        _, boris = await house.chatting()
        house.profiles.fault = ValueError("a bug of ours")
        boris.session.tell(ProfileChanged(user=boris.user))
        await house.rests()
        await boris.says("still here")
        house.profiles.kept[boris.user] = changed = replace(house.profiles.kept[boris.user], age=44)
        boris.session.tell(ProfileChanged(user=boris.user))
        await house.rests()
        assert boris.session._actor.session.profile == changed


@in_virtual_time
async def test_a_search_waits_to_be_noted_once_however_often_that_fails():
    async with a_house() as house:
        anna = await house.searching()
        await house.rests()
        house.searches.away, tries = True, house.searches.times_asked
        for _ in range(20):
            anna.session.tell(NoteStanding())
        await asyncio.sleep(100)
        assert house.searches.times_asked - tries < 20 + 110
        house.searches.away = False
        await house.rests()
        assert house.searches.noted == {anna.address}


@in_virtual_time
async def test_a_press_while_a_store_is_away_ends_its_spinner():
    async with a_house() as house:
        anna = house.person()
        house.profiles.away = True
        await anna.presses("edit:age")
        await anna.telegram.until(lambda: anna.telegram.sent)
        assert anna.telegram.sent[0].text == "stores-down"


@in_virtual_time
async def test_the_end_of_a_chat_is_recorded_when_the_database_is_back():
    async with a_house() as house:
        anna, boris = await house.chatting()
        house.chats.away = True
        await anna.commands("stop")
        await anna.hears("you-left")
        await boris.hears("partner-left")
        house.chats.away = False
        await house.chats.until(lambda: house.chats.ends)
        assert house.chats.open == {}


@in_virtual_time
async def test_neither_side_is_done_with_the_end_of_a_chat_before_the_records_know_it():
    """A process that stopped before that would leave a chat in the records that is live for ever."""
    async with a_house() as house:
        anna, boris = await house.chatting()
        house.chats.away = True
        stop = await anna.commands("stop")
        await boris.hears("partner-left")
        await anna.says("hello?")
        await anna.hears("menu-hint")
        await house.rests()
        house.stream.hand_out_again()
        await house.rests()
        assert stop.pts not in anna.telegram.confirmed
        assert not set(house.stream.of(ChatEnded)) & set(house.stream.acknowledged)
        house.chats.away = False
        await anna.is_answered(stop)
        await house.stream.until(lambda: set(house.stream.of(ChatEnded)) <= set(house.stream.acknowledged))
        assert list(house.chats.ends.values()) == [ChatEnd.STOPPED]
        assert boris.phone.count("partner-left") == 1


async def killed(house, *people) -> None:
    """Their process, which had not recorded that their chat is over; the database is back."""
    await house.rests()
    for person in people:
        session = person.session
        session.kill()
        house.directory.forget(person.address, session)
    house.chats.away = False


@in_virtual_time
async def test_the_end_of_a_chat_that_a_killed_process_did_not_record_is_recorded_by_the_next_one():
    async with a_house() as house:
        anna, boris = await house.chatting()
        house.chats.away = True
        await anna.commands("stop")
        await boris.hears("partner-left")
        await killed(house, anna, boris)
        house.stream.hand_out_again()
        await house.chats.until(lambda: house.chats.ends)
        await house.rests()
        assert house.chats.open == {}
        assert boris.phone.count("partner-left") == 1


@in_virtual_time
async def test_also_where_the_pool_died_with_that_process_and_had_the_chat_put_back():
    async with a_house() as house:
        anna, boris = await house.chatting()
        before = deepcopy(house.pool.oracle)
        house.chats.away = True
        stop = await anna.commands("stop")
        await boris.hears("partner-left")
        await killed(house, anna, boris)
        house.pool.oracle = before
        assert stop.pts not in anna.telegram.confirmed
        await anna.does(stop)
        await house.chats.until(lambda: house.chats.ends)
        await house.rests()
        assert house.chats.open == {}


@in_virtual_time
async def test_a_match_is_told_when_the_database_is_back():
    async with a_house() as house:
        boris = await house.searching(SECOND)
        anna = house.person(FIRST)
        house.chats.away = True
        await anna.commands("find")
        await anna.hears("stores-down")
        assert "matched" not in boris.phone
        house.chats.away = False
        await boris.hears("matched")
        await anna.hears("matched")
        assert len(house.chats.open) == 1


# --- events


@in_virtual_time
async def test_an_event_is_acknowledged_only_when_it_is_done():
    async with a_house() as house:
        boris = await house.searching(SECOND)
        anna = house.person(FIRST)
        async with house.chats.holding():
            await anna.commands("find")
            await house.chats.until(lambda: house.chats.held == 2)
            await house.rests()
            assert house.stream.acknowledged == []
        await house.stream.until(lambda: set(house.stream.acknowledged) == set(house.stream.of(Matched)))
        assert boris.phone == ["searching", "matched"]


@in_virtual_time
async def test_an_event_whose_news_could_not_be_sent_comes_again():
    async with a_house() as house:
        anna, boris = await house.chatting()
        boris.telegram.outcomes[boris.user] = STALE
        await anna.commands("stop")
        await anna.hears("you-left")
        await house.rests()
        assert not set(house.stream.of(ChatEnded)) & set(house.stream.acknowledged)


@in_virtual_time
async def test_repeated_events_change_nothing():
    async with a_house() as house:
        anna, boris = await house.chatting()
        chat = next(iter(house.chats.open.values()))
        await anna.commands("stop")
        await boris.hears("partner-left")
        before = anna.phone + boris.phone
        repeats = [
            house.stream.add(FIRST, Matched(user=anna.user, chat=chat)),
            house.stream.add(SECOND, Matched(user=boris.user, chat=chat)),
            house.stream.add(SECOND, ChatEnded(user=boris.user, chat=chat.id, why=ChatEnd.STOPPED)),
        ]
        await house.stream.until(lambda: set(repeats) <= set(house.stream.acknowledged))
        assert anna.phone + boris.phone == before
        assert house.chats.open == {}


@in_virtual_time
async def test_an_event_done_while_nobody_takes_acknowledgements_is_done_all_the_same():
    async with a_house() as house:
        boris = await house.searching(SECOND)
        anna = house.person(FIRST)
        async with house.chats.holding():
            await anna.commands("find")
            await house.chats.until(lambda: house.chats.held == 2)
            house.events.kill()
        await boris.hears("matched")
        await anna.hears("matched")
        await anna.says("hello")
        await boris.hears("hello")
        assert "apology" not in anna.phone + boris.phone
        assert house.stream.acknowledged == []


@in_virtual_time
async def test_a_message_from_another_process_is_delivered_and_its_sender_told():
    async with a_house() as house:
        anna, boris = await house.chatting()
        chat = next(iter(house.chats.open.values()))
        said = await anna.says("before")
        await boris.hears("before")
        carried = RelayedMessage(
            user=boris.user, chat=chat.id, source=anna.address, message=said.message + 1000, content=said.content
        )
        id_ = house.stream.add(SECOND, carried)
        await house.stream.until(lambda: id_ in house.stream.acknowledged)
        assert boris.phone[-2:] == ["before", "before"]
        assert len(house.stream.of(DeliveryReceipt)) == 1


@in_virtual_time
async def test_what_was_said_while_the_partners_bot_was_elsewhere_is_not_overtaken_when_it_comes_here():
    async with a_house() as house:
        anna, boris = await house.chatting()
        [boris_awake] = house.directory.close(SECOND)
        boris_awake.kill()
        await anna.says("one")
        await anna.says("two")
        await house.stream.until(lambda: len(house.stream.of(RelayedMessage)) == 2)
        await house.serve(SECOND)
        await anna.says("three")
        await house.rests()
        await anna.says("four")
        await house.rests()
        assert house.telegrams[SECOND].shown[boris.user][-4:] == ["one", "two", "three", "four"]


# --- asleep and awake


@in_virtual_time
async def test_an_idle_session_goes_to_sleep_and_leaves_nothing_behind():
    async with a_house() as house:
        anna, boris = await house.chatting()
        sleeper = weakref.ref(anna.session._actor)
        gc.disable()  # a search for garbage among 50,000 sessions would stop the worker for a second
        try:
            await asyncio.sleep(2 * IDLE)
            assert (anna.session, boris.session) == (None, None)
            assert sleeper() is None
        finally:
            gc.enable()


@in_virtual_time
async def test_who_talks_stays_awake():
    async with a_house() as house:
        anna, boris = await house.chatting()
        session = anna.session
        for number in range(5):
            await asyncio.sleep(IDLE * 0.6)
            await anna.says(f"number {number}")
            await boris.hears(f"number {number}")
        assert anna.session is session


@in_virtual_time
async def test_who_only_listens_stays_awake():
    async with a_house() as house:
        anna, boris = await house.chatting()
        session = boris.session
        for number in range(5):
            await asyncio.sleep(IDLE * 0.6)
            await anna.says(f"number {number}")
            await boris.hears(f"number {number}")
        assert boris.session is session


@in_virtual_time
async def test_who_still_has_something_to_record_stays_awake():
    async with a_house() as house:
        anna, boris = await house.chatting()
        house.chats.away = True
        await anna.commands("stop")
        await boris.hears("partner-left")
        await asyncio.sleep(3 * IDLE)
        house.chats.away = False
        await house.chats.until(lambda: house.chats.ends)
        await asyncio.sleep(2 * IDLE)
        assert (anna.session, boris.session) == (None, None)


@in_virtual_time
async def test_sleep_forgets_nothing():
    async with a_house() as house:
        anna, boris = await house.chatting()
        said = await anna.says("before the night")
        await boris.hears("before the night")
        await anna.is_answered(said)
        await asyncio.sleep(2 * IDLE)
        assert anna.session is None
        await boris.says("about that", reply_to=boris.id_of("before the night"))
        await anna.hears("about that")
        assert anna.message("about that").reply_to == said.message
        edited = await anna.edits(said, "after the night")
        await anna.is_answered(edited)
        assert boris.phone[-1] == "after the night"
        assert boris.phone.count("matched") == 1


@in_virtual_time
async def test_a_message_to_a_sleeper_waits_for_a_pool_that_is_away_for_a_moment():
    async with a_house() as house:
        anna, boris = await house.chatting()
        boris.session.kill()
        house.pool.away = True
        await anna.says("are you up?")
        await asyncio.sleep(5)
        assert "are you up?" not in boris.phone
        house.pool.away = False
        await boris.hears("are you up?")
        assert "not-delivered-unreachable" not in anna.phone


@in_virtual_time
async def test_a_message_that_comes_at_bedtime_is_not_lost():
    async with a_house() as house:
        anna, boris = await house.chatting()
        anna.session._actor._seen -= IDLE
        anna.session.tell(IdleTimeout())
        said = await anna.says("one more thing")
        await boris.hears("one more thing")
        await anna.is_answered(said)


@in_virtual_time
async def test_a_message_on_its_way_keeps_its_sender_awake():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            await anna.says("hello")
            anna.session._actor._seen -= IDLE
            anna.session.tell(IdleTimeout())
            await house.rests()
            assert anna.session is not None


@in_virtual_time
async def test_a_session_whose_bot_is_handed_over_keeps_its_map():
    async with a_house() as house:
        anna, boris = await house.chatting()
        await anna.says("hello")
        await boris.hears("hello")
        chat = next(iter(house.chats.open))
        await asyncio.gather(anna.session.stop(), boris.session.stop())
        assert len(house.maps.kept[chat]) == 1


@in_virtual_time
async def test_sessions_that_die_forget_what_was_said_in_the_last_moment_at_most():
    async with a_house() as house:
        anna, boris = await house.chatting()
        said = await anna.says("hello")
        await boris.hears("hello")
        await house.rests()
        house.maps.noted = {}
        for person in (anna, boris):
            person.session.kill()
        await boris.says("hello yourself", reply_to=boris.id_of("hello"))
        await anna.hears("hello yourself")
        assert anna.message("hello yourself").reply_to == said.message
        edited = await anna.edits(said, "hello!")
        await anna.is_answered(edited)
        assert boris.phone[-1] == "hello!"


@in_virtual_time
async def test_while_the_store_of_the_maps_is_away_people_talk_on_and_nothing_is_forgotten():
    async with a_house() as house:
        anna, boris = await house.chatting()
        house.maps.away = True
        await anna.says("hello")
        await boris.hears("hello")
        await house.rests()
        assert house.maps.kept == {}
        house.maps.away = False
        await house.maps.until(lambda: house.maps.kept)
        assert "stores-down" not in anna.phone + boris.phone


@in_virtual_time
async def test_the_map_of_a_chat_that_is_over_is_thrown_away():
    async with a_house() as house:
        anna, boris = await house.chatting()
        await anna.says("hello")
        await boris.hears("hello")
        await house.rests()
        assert house.maps.kept
        await anna.commands("stop")
        await boris.hears("partner-left")
        await house.rests()
        assert house.maps.kept == {}


def test_a_session_keeps_no_dictionary():
    assert "__dict__" not in {
        name for cls in SessionActor.__mro__[:-1] for name in vars(cls) if cls.__module__.startswith("actors")
    }


@pytest.mark.parametrize("why", [Why.FLOOD, Why.UNREACHABLE])
def test_the_sender_hears_of_every_way_to_fail(why: Why):
    @in_virtual_time
    async def story():
        async with a_house() as house:
            anna, boris = await house.chatting()
            boris.telegram.outcomes[boris.user] = NotSent(why=why, retry_after=60)
            await anna.says("hello")
            await anna.hears(f"not-delivered-{why}")

    story()


@in_virtual_time
async def test_the_pool_is_not_asked_about_whoever_is_banned_or_writes_too_fast():
    async with a_house() as house:
        anna = house.person()
        await anna.says("hello")
        await anna.hears("menu-hint")
        house.profiles.kept[anna.user] = replace(house.profiles.kept[anna.user], banned_until=math.inf)
        anna.session.tell(ProfileChanged(user=anna.user))
        await house.rests()
        asked = len(house.pool.asked_for)
        words = [await anna.says("why?") for _ in range(500)]
        for word in words:
            await anna.is_answered(word)
        assert anna.phone == ["menu-hint", "banned"]
        assert len(house.pool.asked_for) == asked


@in_virtual_time
async def test_a_location_that_moves_since_before_the_chat_is_not_spoken_of():
    async with a_house() as house:
        anna, _boris = await house.chatting()
        earlier = await anna.commands("profile")
        pts = Pts(next(anna.telegram.ids))
        moved = MessageEdited(user=anna.user, pts=pts, message=earlier.message, content=Uncopyable(reason="refuse-location"))
        await anna.does(moved)
        await anna.is_answered(moved)
        assert "refuse-location" not in anna.phone


@in_virtual_time
async def test_a_message_that_became_one_that_cannot_be_passed_on_is_refused():
    async with a_house() as house:
        anna, boris = await house.chatting()
        hello = await anna.says("hello")
        await boris.hears("hello")
        pts = Pts(next(anna.telegram.ids))
        await anna.does(
            MessageEdited(user=anna.user, pts=pts, message=hello.message, content=Uncopyable(reason="refuse-location"))
        )
        await anna.hears("refuse-location")
