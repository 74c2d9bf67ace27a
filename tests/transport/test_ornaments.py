"""What Telegram refuses because of an ornament arrives without it, once and in its place: `transport/calls/ornaments.py`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pyrogram import raw

from domain.model.content import Album, Content, Entity, Media, Poll, Text
from domain.model.ids import ChatId, MessageId, UserId
from domain.model.inbound import MessageReceived
from domain.model.outgoing import Button, Edit, Lane, Notice, NotSent, Outcome, Send, Sent, Why
from tests.transport.town import PATIENCE, Life, Town
from transport.calls import sending
from transport.calls.ornaments import without_refused
from transport.sandbox.content.new_message import NewMessage
from transport.sandbox.world.model import Message, User

TOO_FAR = (Entity("bold", 0, 3), Entity("text_url", 2, 500, "https://example.org/"))
"""Formatting that ends behind the end of any text here."""
GONE = MessageId(99)
CHAT = ChatId("chat-1")


class Bot:
    """A served bot, and the person whom it writes to."""

    def __init__(self, town: Town, life: Life, person: User) -> None:
        self.town = town
        self.life = life
        self.person = person

    def submit(self, body: Content | Notice, **more: Any) -> asyncio.Future[Outcome]:
        keys = tuple(f"part {number}" for number, _ in enumerate(body.items)) if isinstance(body, Album) else ()
        key = keys[0] if keys else repr(body)
        return self.life.telegram.submit(Send(to=UserId(self.person.id), key=key, keys=keys, body=body, lane=Lane.RELAY, **more))

    async def sends(self, body: Content | Notice, **more: Any) -> Outcome:
        return await asyncio.wait_for(self.submit(body, **more), PATIENCE)

    async def edits(self, message: MessageId, body: Content, **more: Any) -> Outcome:
        edit = Edit(to=UserId(self.person.id), message=message, body=body, lane=Lane.RELAY, **more)
        return await asyncio.wait_for(self.life.telegram.submit(edit), PATIENCE)

    @property
    def phone(self) -> list[Message]:
        history = self.town.sandbox.mailbox.history(self.person.id, self.town.bot.id, 1000, 1 << 31)
        return [message for message in history if message.from_bot]

    async def files(self, count: int, **media: Any) -> tuple[Media, ...]:
        """Photos that another person has sent to the bot."""
        sandbox, sender = self.town.sandbox, self.town.person()
        for number in range(count):
            file = sandbox.catalog.add(sandbox.files.keep(b"picture %d" % number), "photo", "image/jpeg")
            sandbox.people.send(sender, self.town.bot, [NewMessage("", media={"kind": "photo", "file": file.id, **media})])
        await self.life._changes.until(lambda: len(self._photos()) == count)
        return self._photos()

    def _photos(self) -> tuple[Media, ...]:
        messages = [each.content for each in self.life.received if isinstance(each, MessageReceived)]
        return tuple(each for each in messages if isinstance(each, Media))


@pytest.fixture
async def bot(town: Town) -> Bot:
    return Bot(town, await town.start(), town.acquainted())


@pytest.fixture
def ornamented(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Gives each call another ornament, one that no relayed message has yet."""

    def with_ornament(ornament: Callable[[Any], Any]) -> None:
        to_call = sending.to_call
        monkeypatch.setattr(sending, "to_call", lambda outgoing, context: ornament(to_call(outgoing, context)))

    return with_ornament


def sent(outcome: Outcome) -> MessageId:
    assert isinstance(outcome, Sent)
    assert outcome.message is not None
    return outcome.message


async def test_a_reply_to_what_the_partner_has_deleted_arrives_without_the_reply_in_order_and_once(bot: Bot):
    target = sent(await bot.sends(Text(text="to be deleted")))
    bot.town.sandbox.people.delete(bot.person, bot.town.bot, bot.phone[-1].phone_id)
    reply, following = bot.submit(Text(text="about that"), reply_to=target), bot.submit(Text(text="what comes next"))
    assert sent(await reply) < sent(await following)
    assert [(message.text, message.reply_to) for message in bot.phone] == [("about that", None), ("what comes next", None)]
    assert await bot.sends(Text(text="about that")) == Sent(message=None), "its random id is used up"


async def test_a_text_whose_formatting_is_refused_arrives_plain_in_order_and_once(bot: Bot):
    body = Text(text="bold words", entities=TOO_FAR)
    first, second = bot.submit(body), bot.submit(Text(text="what comes next"))
    assert sent(await first) < sent(await second)
    assert [(message.text, message.entities) for message in bot.phone] == [("bold words", []), ("what comes next", [])]
    assert await bot.sends(body) == Sent(message=None), "its random id is used up"


async def test_too_much_formatting_is_left_out_and_the_text_arrives(bot: Bot):
    await bot.sends(Text(text="x" * 200, entities=tuple(Entity("bold", 2 * number, 1) for number in range(101))))
    assert [(message.text, message.entities) for message in bot.phone] == [("x" * 200, [])]


async def test_several_refused_ornaments_are_left_out_one_after_the_other(bot: Bot):
    await bot.sends(Text(text="nothing is left", entities=TOO_FAR), reply_to=GONE)
    assert [(message.text, message.entities, message.reply_to) for message in bot.phone] == [("nothing is left", [], None)]
    assert bot.town.calls("messages.SendMessage") == 3


async def test_what_is_not_refused_stays(bot: Bot):
    target = sent(await bot.sends(Text(text="the first")))
    await bot.sends(Text(text="plain, but a reply", entities=TOO_FAR), reply_to=target)
    formatted = (Entity("bold", 0, 4),)
    await bot.sends(Text(text="bold, but no reply", entities=formatted), reply_to=GONE)
    assert [(message.reply_to, len(message.entities)) for message in bot.phone[1:]] == [(target, 0), (None, 1)]


async def test_a_caption_loses_its_formatting_and_the_photo_its_reply(bot: Bot):
    (photo,) = await bot.files(1)
    await bot.sends(replace(photo, caption=Text(text="look", entities=TOO_FAR)), reply_to=GONE)
    (shown,) = bot.phone
    assert (shown.text, shown.entities, shown.reply_to) == ("look", [], None)
    assert shown.media is not None


async def test_an_album_stays_one_without_what_is_refused(bot: Bot):
    items = await bot.files(3)
    captioned = replace(items[1], caption=Text(text="the second", entities=TOO_FAR))
    album, following = bot.submit(Album(items=(items[0], captioned, items[2])), reply_to=GONE), bot.submit(Text(text="next"))
    outcome = await album
    assert isinstance(outcome, Sent)
    await following
    *parts, last = bot.phone
    assert [message.id for message in parts] == list(outcome.album)
    assert len({message.album for message in parts}) == 1
    assert [(message.text, message.entities, message.reply_to) for message in parts] == [
        ("", [], None), ("the second", [], None), ("", [], None)
    ]  # fmt: skip
    assert last.text == "next"


async def test_files_that_telegram_does_not_take_as_one_album_arrive_one_by_one(bot: Bot):
    items = await bot.files(3)
    bot.town.inflict("error", method="sendmultimedia", code=400, text="MEDIA_GROUPED_INVALID")
    album, following = bot.submit(Album(items=items)), bot.submit(Text(text="next"))
    outcome = await album
    await following
    assert isinstance(outcome, Sent)
    assert [message.id for message in bot.phone[:3]] == list(outcome.album), "replies and edits find each part"
    assert [message.text for message in bot.phone] == ["", "", "", "next"]


async def test_a_spoiler_that_is_refused_is_left_out(bot: Bot):
    (photo,) = await bot.files(1, spoiler=True)
    assert photo.spoiler
    bot.town.inflict("error", method="sendmedia", code=400, text="MEDIA_INVALID")
    await bot.sends(photo)
    (shown,) = bot.phone
    assert shown.media is not None
    assert not shown.media.get("spoiler")


@pytest.mark.parametrize("name", ["QUIZ_CORRECT_ANSWERS_EMPTY", "QUIZ_MULTIPLE_INVALID"])
async def test_a_quiz_that_is_refused_arrives_as_an_ordinary_poll(bot: Bot, name: str):
    bot.town.inflict("error", method="sendmedia", code=400, text=name)
    options = (Text(text="54"), Text(text="56"))
    await bot.sends(Poll(question=Text(text="7 × 8?"), options=options, quiz=True, correct=(1,), solution=Text(text="Count.")))  # noqa: RUF001 - as people write it
    (shown,) = bot.phone
    assert shown.media is not None
    assert (shown.media["options"], shown.media.get("quiz")) == (["54", "56"], None)


async def test_the_formatting_of_a_poll_is_left_out_in_all_its_texts(bot: Bot):
    far = lambda text: Text(text=text, entities=TOO_FAR)  # noqa: E731
    await bot.sends(Poll(question=far("Why?"), options=(far("So"), far("Not")), quiz=True, correct=(1,), solution=far("Because")))
    (shown,) = bot.phone
    assert shown.media is not None
    assert (shown.media["question"], shown.media["options"], shown.media["correct"]) == ("Why?", ["So", "Not"], 1)
    assert bot.town.calls("messages.SendMedia") == 2


async def test_an_edit_whose_formatting_is_refused_is_made_without(bot: Bot):
    message = sent(await bot.sends(Text(text="helo")))
    assert isinstance(await bot.edits(message, Text(text="hello", entities=TOO_FAR)), Sent)
    assert [(message.text, message.entities) for message in bot.phone] == [("hello", [])]


async def test_the_edit_of_what_the_partner_has_deleted_has_nothing_left_to_do(bot: Bot):
    message = sent(await bot.sends(Text(text="helo")))
    bot.town.sandbox.people.delete(bot.person, bot.town.bot, bot.phone[-1].phone_id)
    assert await bot.edits(message, Text(text="hello"), chat=CHAT) == Sent()


async def test_a_notice_with_a_refused_button_arrives_without_buttons(bot: Bot):
    bot.town.inflict("error", method="sendmessage", code=400, text="BUTTON_URL_INVALID")
    await bot.sends(Notice(text="join-channels", buttons=((Button("joined", url="https://not.a.place/"),),)))
    (shown,) = bot.phone
    assert "join" in shown.text
    assert shown.keyboard is None


def quoting(target: MessageId, quote: str) -> Callable[[Any], Any]:
    def ornament(query: Any) -> Any:
        query.reply_to = raw.types.InputReplyToMessage(reply_to_msg_id=target, quote_text=quote, quote_offset=0)
        return query

    return ornament


@pytest.mark.parametrize(("quote", "calls"), [("what was said", 1), ("what was never said", 2)])
async def test_a_quote_that_is_not_found_is_left_out_and_the_reply_stays(
    bot: Bot, ornamented: Callable[..., None], quote: str, calls: int
):
    target = sent(await bot.sends(Text(text="this is what was said")))
    ornamented(quoting(target, quote))
    await bot.sends(Text(text="about that"))
    assert (bot.phone[-1].text, bot.phone[-1].reply_to) == ("about that", target)
    assert bot.town.calls("messages.SendMessage") == 1 + calls


async def test_an_effect_that_is_refused_is_left_out(bot: Bot, ornamented: Callable[..., None]):
    def ornament(query: Any) -> Any:
        query.effect = 12345
        return query

    ornamented(ornament)
    (photo,) = await bot.files(1)
    for body in (Text(text="bang"), photo, Album(items=(photo, photo))):
        assert isinstance(await bot.sends(body), Sent)
    assert [bool(message.media) for message in bot.phone] == [False, True, True, True]


async def test_a_preview_that_is_refused_is_left_out_and_the_text_stays(bot: Bot, ornamented: Callable[..., None]):
    def ornament(query: Any) -> Any:
        media = raw.types.InputMediaWebPage(url="https://example.org/")
        if isinstance(query, raw.functions.messages.EditMessage):
            query.media = media
            return query
        fields = {name: getattr(query, name) for name in ("peer", "message", "random_id", "entities")}
        return raw.functions.messages.SendMedia(media=media, invert_media=True, **fields)

    ornamented(ornament)
    body = Text(text="bold link", entities=(Entity("bold", 0, 4),))
    message = sent(await bot.sends(body))
    assert [(message.text, len(message.entities)) for message in bot.phone] == [("bold link", 1)]
    assert await bot.sends(body) == Sent(message=None), "its random id is used up"
    assert isinstance(await bot.edits(message, Text(text="another link")), Sent)
    assert bot.phone[0].text == "another link"


@pytest.mark.parametrize(
    "name",
    [
        "REPLY_MESSAGE_ID_INVALID",
        "REPLY_TO_INVALID",
        "QUOTE_TEXT_INVALID",
        "MESSAGE_ID_INVALID",
        "MSG_ID_INVALID",
        "ENTITY_BOUNDS_INVALID",
        "ENTITIES_TOO_LONG",
        "ENTITY_MENTION_USER_INVALID",
        "EFFECT_ID_INVALID",
        "WEBPAGE_CURL_FAILED",
        "WEBPAGE_MEDIA_EMPTY",
        "MEDIA_INVALID",
    ],
)
async def test_a_refusal_that_does_not_end_is_told_after_one_attempt_more_for_each_ornament(bot: Bot, name: str):
    bot.town.inflict("error", method="messages.sendmessage", code=400, text=name, times=100)
    body = Text(text="hi", entities=(Entity("bold", 0, 2), Entity("custom_emoji", 0, 2, "5")))
    assert await bot.sends(body, reply_to=GONE) == NotSent(why=Why.REFUSED, detail=name)
    assert 1 < bot.town.calls("messages.SendMessage") + (name == "EFFECT_ID_INVALID") <= 4
    assert bot.phone == []


async def test_a_refusal_without_an_ornament_is_final_at_once(bot: Bot):
    bot.town.inflict("error", method="messages.sendmessage", code=400, text="MESSAGE_ID_INVALID")
    assert await bot.sends(Text(text="no reply")) == NotSent(why=Why.REFUSED, detail="MESSAGE_ID_INVALID")
    assert bot.town.calls("messages.SendMessage") == 1


async def test_a_flood_wait_between_the_attempts_loses_neither_the_message_nor_its_place(bot: Bot):
    bot.town.inflict("error", method="messages.sendmessage", code=400, text="ENTITY_BOUNDS_INVALID")
    first, second = bot.submit(Text(text="first", entities=TOO_FAR), reply_to=GONE), bot.submit(Text(text="second"))
    bot.town.inflict("flood_wait", method="messages.sendmessage", seconds=0)
    assert sent(await first) < sent(await second)
    assert [message.text for message in bot.phone] == ["first", "second"]


PEER = raw.types.InputPeerUser(user_id=7_000_000_042, access_hash=-5)
EMOJI = raw.types.MessageEntityCustomEmoji(offset=0, length=2, document_id=5)
BOLD = raw.types.MessageEntityBold(offset=0, length=2)


def test_only_custom_emoji_are_left_out_where_they_are_refused():
    query = raw.functions.messages.SendMessage(peer=PEER, message="hi", random_id=7, entities=[BOLD, EMOJI])
    plainer = without_refused(query, "DOCUMENT_INVALID")
    assert plainer == raw.functions.messages.SendMessage(peer=PEER, message="hi", random_id=7, entities=[BOLD])
    assert query.entities == [BOLD, EMOJI], "the call itself stays as it was"
    assert without_refused(plainer, "DOCUMENT_INVALID") is None


def test_each_step_takes_one_ornament_away_and_the_last_call_can_be_written():
    reply = raw.types.InputReplyToMessage(reply_to_msg_id=1, quote_text="q", quote_entities=[BOLD], quote_offset=3)
    query = raw.functions.messages.SendMessage(
        peer=PEER, message="hi", random_id=7, entities=[BOLD, EMOJI], reply_to=reply, effect=1, invert_media=True
    )
    for error in (
        "QUOTE_TEXT_INVALID",
        "REPLY_MESSAGE_ID_INVALID",
        "PREMIUM_ACCOUNT_REQUIRED",
        "EFFECT_ID_INVALID",
        "ENTITIES_TOO_LONG",
        "WEBPAGE_NOT_FOUND",
    ):
        plainer = without_refused(query, error)
        assert plainer is not None, error
        assert without_refused(plainer, error) is None or error in {"QUOTE_TEXT_INVALID", "PREMIUM_ACCOUNT_REQUIRED"}
        query = plainer
    plain = raw.functions.messages.SendMessage(peer=PEER, message="hi", random_id=7, no_webpage=True)
    assert query.write() == plain.write()


@pytest.mark.parametrize("name", ["REPLY_MARKUP_INVALID", "CHAT_WRITE_FORBIDDEN", "A_NAME_OF_NEXT_YEAR", "MESSAGE_TOO_LONG", ""])
def test_an_error_that_names_no_ornament_takes_nothing_away(name: str):
    reply = raw.types.InputReplyToMessage(reply_to_msg_id=1)
    query = raw.functions.messages.SendMessage(peer=PEER, message="hi", random_id=7, entities=[BOLD], reply_to=reply)
    assert without_refused(query, name) is None
