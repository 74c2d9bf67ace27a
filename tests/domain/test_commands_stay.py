"""What looks like a command never reaches the partner: it is answered."""

from __future__ import annotations

import pytest

from domain.model.content import Album, Content, FileRef, Media, MediaKind, Text
from domain.model.ids import BotId, MessageId, Pts
from domain.model.inbound import MessageReceived
from domain.session.effects import Relay, Say
from tests.domain.stories import CHATTING, ME, SEARCHING, command, edited, said, step, texts

FILE = FileRef(bot=BotId(1), id=5, access_hash=1, reference=b"r", unique_id="photo-5")
TYPED = ("/stop", "/sotp", "/stop@other_bot", "\u200e/stop.", "\n\u00a0/next", "／stop")  # noqa: RUF001


def photo(caption: str) -> Media:
    return Media(kind=MediaKind.PHOTO, file=FILE, caption=Text(text=caption))


def sent(content: Content) -> MessageReceived:
    return MessageReceived(user=ME.user, pts=Pts(5), message=MessageId(5), content=content)


@pytest.mark.parametrize("name", ["sotp", "stop@other_bot", "x" * 64])
def test_an_unknown_command_is_answered(name: str):
    session, effects = step(CHATTING, command(name))
    assert texts(effects) == ["unknown-command"]
    assert session.place == CHATTING.place


@pytest.mark.parametrize("typed", TYPED)
def test_a_command_is_not_relayed_as_a_caption_nor_in_an_album_nor_forwarded(typed: str):
    for content in (photo(typed), Album(items=(photo("a cat"), photo(typed))), Text(text=typed)):
        session, effects = step(CHATTING, sent(content))
        assert texts(effects) == ["refuse-command"]
        assert len(effects) == 1
        assert session.place == CHATTING.place, "the chat goes on"


@pytest.mark.parametrize("typed", TYPED)
def test_an_edit_into_a_command_is_not_relayed_and_its_author_is_told(typed: str):
    session, effects = step(CHATTING, edited(Text(text=typed)))
    assert texts(effects) == ["refuse-command"]
    assert [type(each) for each in effects] == [Say]
    _, effects = step(session, edited(Text(text="what I meant"), pts=11))
    assert [type(each) for each in effects] == [Relay], "another edit of it is relayed"


def test_outside_a_chat_such_an_edit_is_nothing():
    assert step(SEARCHING, edited(Text(text="/stop")))[1] == []


WORDS = ("1/2", "//comment", "/usr/bin", "/o\\", "/ ", "Stop it!", "⏹\ufe0f ok", "/привет", " \u00a0x\u200b")


@pytest.mark.parametrize("words", WORDS)
def test_ordinary_words_are_relayed_as_they_are(words: str):
    for content in (Text(text=words), photo(words)):
        for fact in (sent(content), edited(content)):
            (relay,) = step(CHATTING, fact)[1]
            assert isinstance(relay, Relay)
            assert relay.content == content
    assert [type(each) for each in step(CHATTING, said(words))[1]] == [Relay]
