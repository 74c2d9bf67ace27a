"""Messages of both sides are read back from Telegram by their numbers: as they are now, and of that chat only."""

from __future__ import annotations

import pytest

from domain.errors import Unavailable
from domain.model.content import Text
from domain.model.ids import MessageId, UserId
from domain.model.inbound import CommandReceived, MessageEdited, MessageReceived
from domain.model.outgoing import Edit, Lane, Sent
from domain.trust.evidence import READ_AT_ONCE
from tests.transport.town import Town
from transport.sandbox.content.new_message import NewMessage


async def both_say_something(town: Town, life, person):
    """(what the person wrote, what the bot wrote), by their numbers."""
    theirs = MessageId(town.write(person, "from the person"))
    await life.receives(MessageReceived)
    sent = await life.send(person, "from the bot")
    assert isinstance(sent, Sent)
    return theirs, sent.message


async def test_both_directions_are_read_with_their_writers_and_dates(town: Town):
    life, anna = await town.start(), town.person()
    theirs, ours = await both_say_something(town, life, anna)
    copies = await life.telegram.read_back(UserId(anna.id), (ours, theirs))
    assert {(copy.message, copy.by_user, copy.content.text) for copy in copies} == {
        (theirs, True, "from the person"),
        (ours, False, "from the bot"),
    }
    assert all(copy.at > 1_700_000_000 for copy in copies)


async def test_an_edited_message_is_read_as_it_is_now(town: Town):
    life, anna = await town.start(), town.person()
    theirs, ours = await both_say_something(town, life, anna)
    town.sandbox.people.edit(anna, town.bot, theirs, NewMessage(text="changed"))
    body = Text(text="changed too")
    await life.telegram.submit(Edit(to=UserId(anna.id), message=ours, body=body, lane=Lane.RELAY))
    copies = await life.telegram.read_back(UserId(anna.id), (theirs, ours))
    assert [copy.content.text for copy in copies] == ["changed", "changed too"]


async def test_what_is_deleted_or_unknown_or_of_somebody_else_is_left_out(town: Town):
    life, anna, boris = await town.start(), town.person(), town.person()
    theirs, ours = await both_say_something(town, life, anna)
    others = MessageId(town.write(boris, "of somebody else"))
    town.sandbox.people.delete(anna, town.bot, theirs)
    copies = await life.telegram.read_back(UserId(anna.id), (theirs, ours, others, MessageId(99_999)))
    assert [copy.message for copy in copies] == [ours]


async def test_no_more_than_a_call_may_ask_for_are_read(town: Town):
    life, anna = await town.start(), town.person()
    theirs, _ = await both_say_something(town, life, anna)
    numbers = (theirs, *(MessageId(50_000 + number) for number in range(READ_AT_ONCE)))
    assert [copy.message for copy in await life.telegram.read_back(UserId(anna.id), numbers)] == [theirs]
    before = town.calls("messages.GetMessages")
    assert await life.telegram.read_back(UserId(anna.id), ()) == ()
    assert town.calls("messages.GetMessages") == before


async def test_what_telegram_refuses_to_show_is_unavailable(town: Town):
    life, anna = await town.start(), town.person()
    theirs, _ = await both_say_something(town, life, anna)
    town.inflict("error", method="getmessages", code=400, text="MESSAGE_IDS_EMPTY")
    with pytest.raises(Unavailable):
        await life.telegram.read_back(UserId(anna.id), (theirs,))


async def test_a_command_says_which_message_it_replies_to(town: Town):
    life, anna = await town.start(), town.person()
    _, ours = await both_say_something(town, life, anna)
    town.sandbox.people.say(anna, town.bot, "/report", reply_to=ours)
    assert (await life.receives(CommandReceived)).reply_to == ours


async def test_an_edit_says_when_its_message_was_written(town: Town):
    life, anna = await town.start(), town.person()
    theirs, _ = await both_say_something(town, life, anna)
    written = town.sandbox.mailbox.get(town.bot.id, theirs).date
    town.sandbox.people.edit(anna, town.bot, theirs, NewMessage(text="changed"))
    edited = await life.receives(MessageEdited)
    assert edited.written == written <= edited.date
