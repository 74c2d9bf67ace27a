"""Translation of formatting from and to Telegram: `transport/texts/entities.py`."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyrogram import raw
from pyrogram.raw.core import TLObject

from domain.model.content import Entity
from transport.texts.entities import from_telegram, to_telegram, utf16_length

KINDS = [
    "bold",
    "italic",
    "underline",
    "strike",
    "code",
    "pre",
    "text_url",
    "url",
    "hashtag",
    "cashtag",
    "bot_command",
    "email",
    "phone",
    "spoiler",
    "blockquote",
]
VALUES = {
    "pre": st.sampled_from(["", "python"]),
    "text_url": st.sampled_from(["https://example.org/?user=1", "https://t.me/durov"]),
    "blockquote": st.sampled_from(["", "collapsed"]),
}


@st.composite
def entity(draw):
    kind = draw(st.sampled_from(KINDS))
    offset, length = draw(st.integers(0, 4095)), draw(st.integers(1, 4096))
    return Entity(kind, offset, length, draw(VALUES.get(kind, st.just(""))))


def over_the_wire(constructors):
    return [TLObject.read(BytesIO(constructor.write())) for constructor in constructors]


@given(st.lists(entity(), max_size=10))
def test_formatting_survives_the_way_to_telegram_and_back(entities):
    assert from_telegram(over_the_wire(to_telegram(entities))) == tuple(entities)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_lengths_are_counted_as_telegram_counts_them(text):
    units = sum(2 if ord(character) > 0xFFFF else 1 for character in text)
    assert utf16_length(text) == units


@pytest.mark.parametrize(("text", "units"), [("", 0), ("a", 1), ("é", 1), ("👍", 2), ("👨‍👩‍👧", 8), ("🇬🇧", 4), ("\ud83d", 1)])
def test_emoji_flags_and_joined_families_take_more_than_one_unit(text, units):
    assert utf16_length(text) == units


def test_a_mention_by_id_is_dropped():
    mention = raw.types.MessageEntityMentionName(offset=0, length=4, user_id=42)
    own_kind = raw.types.InputMessageEntityMentionName(offset=0, length=4, user_id=raw.types.InputUserSelf())
    assert from_telegram([mention, own_kind]) == ()


@pytest.mark.parametrize(
    "url",
    [
        "tg://user?id=42",
        "TG://User?id=42",
        "tg:user?id=42",
        "tg://openmessage?user_id=42",
        "tg://openmessage?x=1&user_id=42",
        " tg://user?id=42",
    ],
)
def test_a_link_to_a_profile_is_dropped(url):
    assert from_telegram([raw.types.MessageEntityTextUrl(offset=0, length=4, url=url)]) == ()


def test_custom_emoji_are_dropped_because_their_set_names_its_maker():
    emoji = raw.types.MessageEntityCustomEmoji(offset=0, length=2, document_id=5368324170671202286)
    assert from_telegram([emoji]) == ()
    assert to_telegram([Entity("custom_emoji", 0, 2, "5368324170671202286")]) == []


def test_an_ordinary_link_is_kept():
    link = raw.types.MessageEntityTextUrl(offset=0, length=4, url="https://example.org/?id=42")
    assert from_telegram([link]) == (Entity("text_url", 0, 4, "https://example.org/?id=42"),)


def test_kinds_that_we_do_not_know_are_dropped_and_the_rest_stays():
    unknown = raw.types.MessageEntityUnknown(offset=0, length=2)
    bold = raw.types.MessageEntityBold(offset=0, length=2)
    assert from_telegram([unknown, bold]) == (Entity("bold", 0, 2),)
    assert to_telegram([Entity("mention_name", 0, 2, "42")]) == []


def test_a_message_without_formatting_has_none():
    assert from_telegram(None) == ()
