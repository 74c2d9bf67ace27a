"""What people who talk, or have talked, may ask for, on a worker's actors: at two bots, after crashes, with a store away."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from actors.messages import FromStream
from domain.configuration import ChatRules
from domain.model.content import Text
from domain.model.events import NamesShown
from domain.model.ids import MessageId, Pts, UserId
from domain.model.inbound import ButtonPressed, CommandReceived
from domain.model.outgoing import AnswerPress, Notice, Send
from domain.trust.standing import Votes
from tests.actors.house import FIRST, House, Person, a_house
from tests.virtual_time import in_virtual_time


async def offers_name(person: Person, username: str) -> CommandReceived:
    number = next(person.telegram.ids)
    update = CommandReceived(
        user=person.user,
        pts=Pts(number),
        message=MessageId(number),
        name="names",
        content=Text(text="/names"),
        username=username,
    )
    await person.does(update)
    return update


async def agrees(person: Person, username: str) -> None:
    ((button,),) = person.message("names-question").body.buttons
    press = ButtonPressed(user=person.user, query=next(person.telegram.ids), message=MessageId(1), data=button.data)
    await person.does(replace(press, username=username))


def names_shown_to(person: Person) -> list[Any]:
    return [each.body.arguments["name"] for each in sends(person, "names-shown")]


def sends(person: Person, text: str) -> list[Send]:
    notices = (each for each in person.telegram.sent if isinstance(each, Send) and isinstance(each.body, Notice))
    return [each for each in notices if each.to == person.user and each.body.text == text]


def toasts(person: Person) -> list[str]:
    return [each.text for each in person.telegram.sent if isinstance(each, AnswerPress) and each.text]


async def parted(house: House) -> tuple[Person, Person]:
    anna, boris = await house.chatting()
    await anna.commands("stop")
    await boris.is_offered()
    await anna.is_offered()
    await house.rests()
    return anna, boris


async def talk(house: House, one: Person, other: Person, times: int) -> None:
    for number in range(times):
        await one.says(f"{one.user} says {number}")
        await other.says(f"{other.user} says {number}")
    await house.rests()


# --- questions


@pytest.mark.parametrize("workers", [1, 2])
@in_virtual_time
async def test_a_silent_chat_gets_one_question_at_both_bots_however_many_workers_look(workers: int):
    async with a_house(chat=ChatRules(idle_minutes=60)) as house:
        anna, boris = await house.chatting()
        second = House(house.settings, bots=(), stores=house)
        if workers == 2:
            await second.start()
        try:
            await _time_passes(house, 45 * 60)
        finally:
            await second.stop()
        (for_anna,) = [text for text in anna.phone if text.startswith("topic-")]
        assert [text for text in boris.phone if text.startswith("topic-")] == [for_anna]
        await _time_passes(house, 20 * 60)
        assert anna.phone.count("chat-ended-idle") == 1


async def _time_passes(house: House, seconds: float) -> None:
    end = house.loop_time() + seconds
    while house.loop_time() < end:
        await house.rests()


@in_virtual_time
async def test_a_topic_comes_to_both_the_same_and_not_twice_at_once():
    async with a_house() as house:
        anna, boris = await house.chatting()
        await anna.commands("topic")
        await house.rests()
        await boris.commands("topic")
        await boris.hears("topic-too-soon")
        (asked,) = [text for text in anna.phone if text.startswith("topic-")]
        assert [text for text in boris.phone if text.startswith("topic-")] == [asked, "topic-too-soon"]


# --- names


@in_virtual_time
async def test_names_are_exchanged_between_two_bots_once_both_agree():
    async with a_house() as house:
        anna, boris = await house.chatting()
        await offers_name(anna, "anna_77")
        await boris.hears("names-question")
        await anna.hears("names-asked")
        assert names_shown_to(boris) == []
        await agrees(boris, "boris_77")
        await anna.hears("names-shown")
        await boris.hears("names-shown")
        assert (names_shown_to(anna), names_shown_to(boris)) == (["boris_77"], ["anna_77"])


@in_virtual_time
async def test_both_names_are_shown_once_though_each_event_comes_again():
    """The process died between the two: whoever takes over reads both events again."""
    async with a_house() as house:
        anna, boris = await house.chatting()
        await offers_name(anna, "anna_77")
        await house.rests()
        chat = anna.message("matched").key.split(":")[1]
        await offers_name(boris, "boris_77")
        await anna.hears("names-shown")
        for person in (anna, boris):
            entries = house.stream.entries[person.address.bot]
            again = next(each for each in entries if isinstance(each.event, NamesShown) and each.event.chat == chat)
            person.session.tell(FromStream(id=again.id, event=again.event))
        await house.rests()
        assert (names_shown_to(anna), names_shown_to(boris)) == (["boris_77"], ["anna_77"])


@in_virtual_time
async def test_while_the_pool_is_away_no_name_is_shown_to_one_alone():
    async with a_house() as house:
        anna, boris = await house.chatting()
        await offers_name(anna, "anna_77")
        await house.rests()
        house.pool.away = True
        await offers_name(boris, "boris_77")
        await boris.hears("stores-down")
        house.pool.away = False
        await house.rests()
        assert len(names_shown_to(anna)) == len(names_shown_to(boris))


# --- the last partner


@in_virtual_time
async def test_two_who_press_meet_again_and_read_that_it_is_each_other():
    async with a_house() as house:
        anna, boris = await parted(house)
        await anna.presses(anna.offers[-1][0])
        await house.rests()
        assert toasts(boris) == []
        assert "talking-again" not in boris.phone
        await boris.presses(boris.offers[-1][0])
        for person in (anna, boris):
            await person.hears("talking-again")
            assert person.phone.count("matched") == 2
        await anna.says("you again!")
        await boris.hears("you again!")


@in_virtual_time
async def test_a_wish_holds_for_ten_minutes():
    async with a_house() as house:
        anna, boris = await parted(house)
        await anna.presses(anna.offers[-1][0])
        await house.rests()
        house.pool.oracle.now += 601
        await boris.presses(boris.offers[-1][0])
        await house.rests()
        assert toasts(anna) == ["again-noted"]
        assert toasts(boris) == ["again-too-late"]
        assert boris.phone.count("matched") == 1


@in_virtual_time
async def test_whoever_searches_is_found_and_the_search_is_over():
    async with a_house() as house:
        anna, boris = await parted(house)
        await anna.presses(anna.offers[-1][0])
        await anna.commands("find")
        await house.rests()
        await boris.presses(boris.offers[-1][0])
        await anna.hears("talking-again")
        await house.rests()
        assert house.pool.oracle.searches == {}
        assert house.searches.noted == set()


@in_virtual_time
async def test_a_press_in_another_chat_and_one_of_strangers_are_answered():
    async with a_house() as house:
        anna, boris = await parted(house)
        again = anna.offers[-1][0]
        clara = await house.searching()
        await clara.presses(again)
        await house.rests()
        assert toasts(clara) == ["old-button"], "she was not in that chat"
        await anna.commands("find")
        await house.rests()
        await anna.presses(again)
        await house.rests()
        assert toasts(anna)[1:] == ["again-in-chat"]
        assert boris.phone.count("matched") == 1


@in_virtual_time
async def test_a_press_while_the_pool_is_away_is_answered_and_found_out_later():
    async with a_house() as house:
        anna, boris = await parted(house)
        await anna.presses(anna.offers[-1][0])
        await house.rests()
        house.pool.answers_lost = True
        await boris.presses(boris.offers[-1][0])
        await house.rests()
        house.pool.answers_lost = False
        await boris.hears("talking-again")
        await anna.hears("talking-again")
        assert len({chat.id for chat in house.pool.oracle.chats.values()}) == 1


@in_virtual_time
async def test_a_partner_who_is_gone_can_be_reported_and_no_more():
    async with a_house() as house:
        anna, boris = await house.chatting()
        await house.pool.ban(anna.user, house.pool.oracle.now + 600)
        await boris.hears("partner-gone")
        await house.rests()
        ((report,),) = boris.offers
        assert report.startswith("report-ask:")
        await boris.presses(report)
        await boris.hears("report-ask")


# --- opinions


@pytest.mark.parametrize(("messages", "rated"), [(9, False), (10, True)])
@in_virtual_time
async def test_a_chat_of_ten_messages_of_each_side_can_be_rated_once(messages: int, rated: bool):
    async with a_house() as house:
        anna, boris = await house.chatting()
        await talk(house, anna, boris, messages)
        await boris.commands("stop")
        await anna.is_offered()
        assert [data[:5] for data in anna.offers[-1]] == (["rate:"] * 2 if rated else []) + ["again", "repor"]
        if rated:
            await anna.presses(anna.offers[-1][1])
            await anna.presses(anna.offers[-1][0])
            await house.rests()
            assert toasts(anna) == ["rated", "rated-already"]
            assert house.ratings.votes == {boris.user: Votes(0, 1)}
            assert toasts(boris) == []


@in_virtual_time
async def test_edits_and_what_one_alone_says_make_no_long_chat():
    async with a_house() as house:
        anna, boris = await house.chatting()
        said = await anna.says("once")
        for number in range(20):
            await anna.edits(said, f"once {number}")
            await boris.says(f"again {number}")
        await boris.commands("stop")
        await anna.is_offered()
        assert [data[:5] for data in anna.offers[-1]] == ["again", "repor"]


@in_virtual_time
async def test_whoever_goes_on_to_the_next_rates_the_last_chat_only_where_it_was_long():
    async with a_house() as house:
        anna, boris = await house.chatting()
        await anna.commands("next")
        await boris.is_offered()
        await house.rests()
        assert anna.offers == []
        clara = house.person(FIRST)
        await clara.commands("find")
        await anna.hears("matched", times=2)
        await talk(house, anna, clara, 10)
        await anna.commands("next")
        await anna.is_offered()
        assert len(anna.offers[-1]) == 4


@in_virtual_time
async def test_a_vote_that_was_never_offered_does_not_count():
    async with a_house() as house:
        anna, boris = await house.chatting()
        await talk(house, anna, boris, 10)
        await anna.commands("stop")
        await boris.is_offered()
        offered = boris.offers[-1][0]
        await boris.presses(offered[:-16] + "0" * 16)
        await anna.presses(offered)
        await house.rests()
        assert toasts(boris) == toasts(anna) == ["old-button"]
        assert house.ratings.votes == {}


# --- how many search


@in_virtual_time
async def test_who_waits_learns_how_many_do_and_a_worker_counts_once_for_all():
    async with a_house() as house:
        anna = await house.searching()
        for number in range(200, 221):
            _waits(house, number)
        await house.rests()
        await _time_passes(house, 60)
        shown = [each.body.arguments["others"] for each in anna.telegram.sent if _is_progress(each)]
        assert 20 in shown
        assert house.pool.counted <= 60 / 2.5 + 2


def _waits(house: House, user: int) -> None:
    """Somebody who searches at a bot of another worker, and may not meet the others."""
    oracle = house.pool.oracle
    (known, *_) = oracle.searches.values()
    address = replace(known.seeker.address, user=UserId(user))
    for each in list(oracle.searches):
        oracle.blocks.add((each, address.user))
    oracle.searches[address.user] = replace(known, seeker=replace(known.seeker, address=address))


def _is_progress(outgoing: Any) -> bool:
    return isinstance(getattr(outgoing, "body", None), Notice) and outgoing.body.text == "searching-progress"


@in_virtual_time
async def test_nobody_counts_while_nobody_searches():
    async with a_house() as house:
        await house.chatting()
        await _time_passes(house, 30)
        before = house.pool.counted
        await _time_passes(house, 60)
        assert house.pool.counted == before
