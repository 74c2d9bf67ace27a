"""Outgoing messages as Telegram's methods. Each call is serialised and read back, as by Telegram: `calls/methods.py`."""

from io import BytesIO
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyrogram import raw
from pyrogram.errors import RPCError
from pyrogram.raw.core import TLObject

from domain.model.content import Album, Content, Dice, Entity, FileRef, Media, MediaKind, Poll, Text, Uncopyable
from domain.model.outgoing import AnswerPress, Button, Edit, Lane, Menu, Notice, NotSent, Send, Sent, Why
from transport.calls.methods import CallContext, failure_of, own_pts, random_id, sent_id, to_call
from transport.calls.pacing import FloodWait
from transport.texts.catalogue import Texts

TEXTS = Texts(strict=True)
PEER = raw.types.InputPeerUser(user_id=7_000_000_042, access_hash=-5)


def call(outgoing, *, protect=False, messages=1):
    made = to_call(outgoing, CallContext(texts=TEXTS, peer=PEER, random_ids=range(1234, 1234 + messages), protect=protect))
    return TLObject.read(BytesIO(made.write()))


def send(body, **more):
    return call(Send(to=PEER.user_id, key="k", body=body, lane=Lane.RELAY, **more))


def edit(body):
    return call(Edit(to=PEER.user_id, message=8, body=body, lane=Lane.RELAY))


def buttons(*row):
    return Notice(text="ask-gender", buttons=(row,))


def refusal(code, name):
    with pytest.raises(RPCError) as caught:
        RPCError.raise_it(raw.types.RpcError(error_code=code, error_message=name), raw.functions.messages.SendMessage)
    return failure_of(caught.value)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """The library writes unknown errors to a file in the working directory."""
    monkeypatch.chdir(tmp_path)


def test_a_relay_has_the_text_its_formatting_and_the_reply():
    made = send(Text(text="👍 ok", entities=(Entity("bold", 3, 2),)), reply_to=6)
    assert (made.peer, made.message, made.random_id) == (PEER, "👍 ok", 1234)
    assert made.entities == [raw.types.MessageEntityBold(offset=3, length=2)]
    assert made.reply_to.reply_to_msg_id == 6
    assert made.reply_markup is None


def a_file(kind):
    file = FileRef(bot=1, id=2, access_hash=3, reference=b"r", unique_id="u", message=4)
    return Media(kind=kind, file=file)


CONTENTS = {
    "text": Text(text="secret"),
    "dice": Dice(emoji="🎲", value=6),
    "poll": Poll(question=Text(text="What?"), options=(Text(text="Tea"), Text(text="Coffee"))),
    "album": Album(items=(a_file(MediaKind.PHOTO), a_file(MediaKind.VIDEO))),
    **{str(kind): a_file(kind) for kind in MediaKind},
}
"""Everything that partners can send each other."""


def test_there_is_an_example_of_everything_that_can_be_relayed():
    assert {type(content) for content in CONTENTS.values()} == set(get_args(Content)) - {Uncopyable}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_relayed_content_is_protected_if_so_configured(content):
    count = len(content.items) if isinstance(content, Album) else 1
    relay = Send(to=1, key="k", body=content, lane=Lane.RELAY)
    assert call(relay, protect=True, messages=count).noforwards
    assert not call(relay, protect=False, messages=count).noforwards


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_relayed_content_is_protected_if_its_sender_wants_it(content):
    count = len(content.items) if isinstance(content, Album) else 1
    relay = Send(to=1, key="k", body=content, lane=Lane.RELAY, protected=True)
    assert call(relay, messages=count).noforwards


def test_notices_are_never_protected():
    notice = Send(to=1, key="k", body=Notice(text="welcome"), lane=Lane.ANSWER, protected=True)
    assert not call(notice, protect=True).noforwards


def test_a_file_for_the_person_themselves_is_never_protected():
    copy = Send(to=1, key="k", body=CONTENTS["document"], lane=Lane.ANSWER)
    assert not call(copy, protect=True).noforwards


def test_a_notice_is_rendered_with_its_bold_parts():
    made = send(Notice(text="profile-card", arguments={"gender": "male", "age": 30, "pictures": "veiled", "protected": 0}))
    assert "Age: 30" in made.message
    assert made.entities == [raw.types.MessageEntityBold(offset=3, length=len("Your profile"))]


@pytest.mark.parametrize(
    ("menu", "labels"),
    [
        (Menu.MAIN, [["🔍 Find partner", "⭐ Premium"], ["👤 Profile", "🤝 Invite friends", "❓ Help"]]),
        (Menu.SEARCHING, [["✖️ Cancel search"]]),
        (Menu.CHATTING, [["⏭ Next", "⏹ Stop"], ["🚩 Report", "🔒 Lock chat"]]),
    ],
)
def test_the_reply_keyboard_follows_the_state(menu, labels):
    keyboard = send(Notice(text="welcome", menu=menu)).reply_markup
    assert [[button.text for button in row.buttons] for row in keyboard.rows] == labels
    assert keyboard.resize
    assert keyboard.persistent


def test_the_reply_keyboard_can_be_taken_away():
    assert isinstance(send(Notice(text="welcome", menu=Menu.NONE)).reply_markup, raw.types.ReplyKeyboardHide)


def test_buttons_carry_data_or_a_link():
    keyboard = send(buttons(Button("gender-male", data="g:male"), Button("go-to-bot", url="https://t.me/b_bot"))).reply_markup
    male, link = keyboard.rows[0].buttons
    assert (male.text, male.type.data) == ("Male", b"g:male")
    assert (link.text, link.type) == ("Open that bot", raw.types.InlineButtonTypeUrl(url="https://t.me/b_bot"))


@pytest.mark.parametrize("button", [{}, {"data": "x", "url": "https://t.me"}, {"data": "x" * 65}, {"data": "é" * 33}])
def test_a_button_that_telegram_would_refuse_is_refused_here(button):
    with pytest.raises(ValueError, match="gender-male"):
        send(buttons(Button("gender-male", **button)))


def test_an_edit_changes_text_and_formatting():
    made = edit(Text(text="better", entities=(Entity("italic", 0, 6),)))
    assert (made.peer, made.id, made.message) == (PEER, 8, "better")
    assert made.entities == [raw.types.MessageEntityItalic(offset=0, length=6)]


LINK = (Entity("url", 0, 11),)


@pytest.mark.parametrize("made", [send, edit])
def test_a_preview_is_made_as_its_sender_had_it(made):
    def flags(**preview):
        asked = made(Text(text="example.org", entities=LINK, **preview))
        return bool(asked.no_webpage), bool(asked.invert_media)

    assert flags() == (False, False)
    assert flags(no_preview=True) == (True, False)
    assert flags(preview_above=True) == (False, True)


def test_an_edit_carries_buttons_but_never_a_reply_keyboard():
    assert isinstance(edit(buttons(Button("gender-male", data="m"))).reply_markup, raw.types.ReplyInlineMarkup)
    assert edit(Notice(text="searching", menu=Menu.SEARCHING)).reply_markup is None


def test_a_press_is_answered_with_or_without_a_text():
    assert call(AnswerPress(query=5)).message is None
    spoken = call(AnswerPress(query=5, text="old-button", alert=True))
    assert (spoken.query_id, spoken.message, spoken.alert) == (5, TEXTS.render("old-button"), True)


def test_content_that_must_not_be_relayed_is_refused():
    with pytest.raises(ValueError, match="refuse-contact"):
        send(Uncopyable(reason="refuse-contact"))


@given(st.binary(min_size=16, max_size=32), st.text(), st.text())
def test_a_key_always_gives_the_same_id_and_another_key_another(secret, key, other):
    one = random_id(secret, key)
    assert one == random_id(secret, key)
    assert one != 0
    assert -(2**63) <= one < 2**63
    assert (one == random_id(secret, other)) == (key == other)


def test_another_secret_gives_another_id():
    assert random_id(b"a" * 16, "key") != random_id(b"b" * 16, "key")


OUT = raw.types.Message(id=12, peer_id=raw.types.PeerUser(user_id=1), date=1, message="x", out=True)
SHORT = raw.types.UpdateShortSentMessage(id=12, pts=40, pts_count=1, date=1)
LONG = raw.types.Updates(
    updates=[
        raw.types.UpdateMessageID(id=12, random_id=1234),
        raw.types.UpdateNewMessage(message=OUT, pts=40, pts_count=1),
    ],
    users=[], chats=[], date=1, seq=0,
)  # fmt: skip
EDITED = raw.types.Updates(
    updates=[raw.types.UpdateEditMessage(message=OUT, pts=40, pts_count=1)], users=[], chats=[], date=1, seq=0
)


@pytest.mark.parametrize("result", [SHORT, LONG, EDITED], ids=["short", "long", "edited"])
def test_the_answer_contains_the_messages_id_and_its_place_in_the_log(result):
    assert sent_id(result) == 12
    assert own_pts(result) == (40, 1)


def test_an_answer_without_a_message_contains_neither():
    assert sent_id(True) is None
    assert own_pts(True) is None
    assert own_pts(raw.types.Updates(updates=[], users=[], chats=[], date=1, seq=0)) is None


@pytest.mark.parametrize(
    ("code", "name", "meaning"),
    [
        (400, "USER_IS_BLOCKED", Why.GONE),
        (403, "USER_IS_BLOCKED", Why.GONE),
        (400, "INPUT_USER_DEACTIVATED", Why.GONE),
        (400, "PEER_ID_INVALID", Why.GONE),
        (406, "PEER_ID_INVALID", Why.GONE),
        (400, "VOICE_MESSAGES_FORBIDDEN", Why.REFUSED),
        (400, "MESSAGE_TOO_LONG", Why.REFUSED),
        (400, "MESSAGE_ID_INVALID", Why.REFUSED),
        (400, "QUERY_ID_INVALID", Why.REFUSED),
        (403, "PRIVACY_PREMIUM_REQUIRED", Why.REFUSED),
        (400, "A_NAME_OF_NEXT_YEAR", Why.REFUSED),
        (401, "SESSION_REVOKED", Why.STALE),
        (401, "AUTH_KEY_UNREGISTERED", Why.STALE),
        (401, "USER_DEACTIVATED_BAN", Why.STALE),
        (401, "A_NAME_OF_NEXT_YEAR", Why.STALE),
        (406, "AUTH_KEY_DUPLICATED", Why.STALE),
        (400, "ACCESS_TOKEN_EXPIRED", Why.STALE),
        (500, "RPC_CALL_FAIL", Why.UNREACHABLE),
        (-503, "Timeout", Why.UNREACHABLE),
        (500, "A_NAME_OF_NEXT_YEAR", Why.UNREACHABLE),
    ],
)
def test_each_refusal_has_one_meaning_and_keeps_telegrams_name(code, name, meaning):
    assert refusal(code, name) == NotSent(why=meaning, detail=name)


@pytest.mark.parametrize(
    ("code", "name"), [(400, "RANDOM_ID_DUPLICATE"), (500, "RANDOM_ID_DUPLICATE"), (400, "MESSAGE_NOT_MODIFIED")]
)
def test_an_error_that_says_it_was_done_before_is_a_success(code, name):
    assert refusal(code, name) == Sent()


@pytest.mark.parametrize("name", ["FLOOD_WAIT_17", "FLOOD_PREMIUM_WAIT_17", "SLOWMODE_WAIT_17"])
def test_flood_waits_tell_their_seconds(name):
    assert refusal(420, name) == FloodWait(17.0)
