"""How Telegram's updates are read. Each is serialised and read back first, as over the wire: `transport/updates/reading.py`."""

from dataclasses import asdict, fields, is_dataclass
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyrogram import raw
from pyrogram.raw.core import TLObject

from domain.model.content import Entity, Text, Uncopyable
from domain.model.digest import digest_of
from domain.model.inbound import (
    BotBlocked,
    BotUnblocked,
    ButtonPressed,
    CommandReceived,
    Ignored,
    MessageEdited,
    MessageReceived,
    OperatorPressed,
)
from domain.payments.updates import NANO, PaymentReceived, RefundReceived
from transport.texts.catalogue import Texts
from transport.updates.reading import ReadContext, key_of, read

BOT = 7_700_000_001
READING = ReadContext(BOT, Texts(strict=True).labels)
ANNA = 7_000_000_042
PTS = 31
KEY = b"a key"
NUMBER = (1 << 32) + 9
"""The key of the message with id 9."""


def over_the_wire(update):
    return TLObject.read(BytesIO(update.write()))


def reading(update, *users):
    return read(over_the_wire(update), {user.id: user for user in users}, READING)


def message(text="hello", *, peer=None, **more):
    return raw.types.Message(id=9, peer_id=peer or raw.types.PeerUser(user_id=ANNA), date=1, message=text, **more)


def new(text="hello", **more):
    return raw.types.UpdateNewMessage(message=message(text, **more), pts=PTS, pts_count=1)


def said(text="hello", **more):
    update = reading(new(text, **more))
    assert isinstance(update, MessageReceived)
    return update


def press(data, **more):
    peer = more.pop("peer", raw.types.PeerUser(user_id=ANNA))
    return raw.types.UpdateBotCallbackQuery(query_id=77, user_id=ANNA, peer=peer, msg_id=9, chat_instance=1, data=data, **more)


def test_a_message_says_who_wrote_what_and_its_key_does_not_depend_on_its_place():
    assert reading(new("hello")) == MessageReceived(user=ANNA, pts=NUMBER, message=9, content=Text(text="hello"), date=1)


def test_formatting_is_read():
    bold = raw.types.MessageEntityBold(offset=3, length=2)
    assert said("👍 ok", entities=[bold]).content == Text(text="👍 ok", entities=(Entity("bold", 3, 2),))


def test_the_language_is_the_one_that_telegram_gives_for_the_user():
    anna = raw.types.User(id=ANNA, lang_code="pt-br")
    assert reading(new(), anna).language == "pt-br"
    assert reading(new("/find"), anna).language == "pt-br"
    assert reading(press(b"x"), anna).language == "pt-br"
    assert reading(new(), raw.types.User(id=ANNA)).language == "en"


NAMED = raw.types.User(id=ANNA, first_name="Anna", username="anna_77")


def test_a_user_name_comes_with_what_asks_to_exchange_names_and_with_nothing_else():
    assert reading(new("/names"), NAMED).username == reading(press(b"names:c1"), NAMED).username == "anna_77"
    named = raw.types.Username(username="anna_old", active=False), raw.types.Username(username="anna_new", active=True)
    assert reading(new("/names"), raw.types.User(id=ANNA, usernames=[*named])).username == "anna_new"
    assert reading(new("/names"), raw.types.User(id=ANNA)).username == reading(new("/names")).username == ""
    others = new("hello"), new("/find"), new("/namesake"), press(b"namesake:c1"), press(b"x")
    assert not any("anna" in repr(asdict(reading(update, NAMED))) for update in others)


def test_a_reply_points_at_its_message():
    assert said(reply_to=raw.types.MessageReplyHeader(reply_to_msg_id=5)).reply_to == 5


@pytest.mark.parametrize(
    "header",
    [
        raw.types.MessageReplyStoryHeader(peer=raw.types.PeerUser(user_id=3), story_id=5),
        raw.types.MessageReplyHeader(reply_to_msg_id=5, reply_to_peer_id=raw.types.PeerChannel(channel_id=3)),
        raw.types.MessageReplyHeader(quote_text="from elsewhere"),
    ],
)
def test_a_reply_to_something_outside_the_chat_is_no_reply(header):
    assert said(reply_to=header).reply_to is None


@pytest.mark.parametrize(
    ("text", "name", "argument"),
    [
        ("/start", "start", ""),
        ("/START", "start", ""),
        ("/start@Some_Bot", "start", ""),
        ("/start ref_abc-1", "start", "ref_abc-1"),
        ("/start@some_bot   ref_1  ", "start", "ref_1"),
        ("/ban 5\nfor a reason", "ban", "5\nfor a reason"),
        ("/no_such_command", "no_such_command", ""),
        ("🔍 Find partner", "find", ""),
        ("⏭ Next", "next", ""),
        ("⏹ Stop", "stop", ""),
        ("✖️ Cancel search", "cancel", ""),
        ("👤 Profile", "profile", ""),
        ("❓ Help", "help", ""),
        ("⏹\ufe0f Stop", "stop", ""),
        ("⏹\u00a0Stop", "stop", ""),
        ("\u200f⏹ STOP. ", "stop", ""),
        ("✖ Cancel search", "cancel", ""),
        ("/stop\u00a0", "stop", ""),
        ("/stop.", "stop", ""),
        ("/start!", "start", ""),
        ("\ufeff \n/stop\u200b,", "stop", ""),
        ("／stop", "stop", ""),  # noqa: RUF001
        ("/sotp, please", "sotp", "please"),
    ],
)
def test_commands_and_the_keyboards_labels_are_commands(text, name, argument):
    expected = CommandReceived(user=ANNA, pts=NUMBER, message=9, name=name, argument=argument, content=Text(text=text), date=1)
    assert reading(new(text)) == expected


ORDINARY = ("/", "/ start", "//", "/home/anna", "a /start", "/o\\", "1/2", "//comment", "/usr/bin", "/привет", "/" + "x" * 33)
WORDS = ("Stop", "Stop it!", " \u200eStop\ufe0f ")


@pytest.mark.parametrize("text", [*ORDINARY, *WORDS])
def test_what_only_looks_like_a_command_is_an_ordinary_message(text):
    assert said(text).content == Text(text=text)


def test_a_command_counts_where_telegram_marks_it_at_the_beginning():
    long = "/" + "x" * 50
    marked = reading(new(long, entities=[raw.types.MessageEntityBotCommand(offset=0, length=51)]))
    assert isinstance(marked, CommandReceived)
    assert marked.name == "x" * 50
    said("try /stop", entities=[raw.types.MessageEntityBotCommand(offset=4, length=5)])


ADDRESSED = {"/stop@Our_Bot": "stop", "/stop@our_bot.": "stop", "/stop@other_bot": "stop@other_bot", "／stop@ours": "stop@ours"}  # noqa: RUF001


@pytest.mark.parametrize(("text", "name"), ADDRESSED.items())
def test_a_command_for_another_bot_is_none_of_ours(text, name):
    ours = ReadContext(BOT, READING.labels, username="our_bot")
    command = read(over_the_wire(new(text)), {}, ours)
    assert isinstance(command, CommandReceived)
    assert command.name == name


def test_labels_of_earlier_releases_are_commands_also_of_keys_that_are_gone():
    context = ReadContext(BOT, Texts(earlier={"🛑 Leave": "stop", "🎲 Roulette": "roulette"}, strict=True).labels)
    typed = {"🛑\ufe0f Leave": "stop", "🎲 Roulette": "roulette", "⏹ Stop": "stop"}
    for text, name in typed.items():
        command = read(over_the_wire(new(text)), {}, context)
        assert isinstance(command, CommandReceived)
        assert command.name == name


@pytest.mark.parametrize("text", [" Stop\u00a0it!\ufe0f \u200f", "e\u0301 \ufb01 ٢٥ ／", "\u2068/\u2069 x"])  # noqa: RUF001
def test_ordinary_words_are_passed_on_byte_by_byte(text):
    assert said(text).content == Text(text=text)


def test_a_forwarded_command_is_not_carried_out():
    header = raw.types.MessageFwdHeader(date=1, from_name="Boris")
    assert said("/stop", fwd_from=header).content == Text(text="/stop")


MEDIA = {
    "refuse-contact": raw.types.MessageMediaContact(
        phone_number="+4400", first_name="Anna", last_name="A", vcard="", user_id=ANNA
    ),
    "refuse-location": raw.types.MessageMediaGeo(geo=raw.types.GeoPointEmpty()),
    "refuse-location live": raw.types.MessageMediaGeoLive(geo=raw.types.GeoPointEmpty(), period=60),
    "refuse-location venue": raw.types.MessageMediaVenue(
        geo=raw.types.GeoPointEmpty(), title="Home", address="1 Road", provider="", venue_id="", venue_type=""
    ),
    "refuse-kind": raw.types.MessageMediaUnsupported(),
    "refuse-kind photo": raw.types.MessageMediaPhoto(photo=raw.types.PhotoEmpty(id=1)),
}


@pytest.mark.parametrize("case", MEDIA)
def test_content_that_cannot_be_relayed_is_refused_with_its_reason(case):
    assert said("/start a caption", media=MEDIA[case]).content == Uncopyable(reason=case.split()[0])


@pytest.mark.parametrize("by", ["via_bot_id", "via_business_bot_id"])
def test_a_message_made_with_another_bot_is_refused(by):
    """Also what a business account's bot wrote in its owner's name."""
    assert said("/start", **{by: 5}).content == Uncopyable(reason="refuse-via-bot")


def test_a_message_without_any_known_content_is_refused():
    assert said("").content == Uncopyable(reason="refuse-kind")
    rich = raw.types.RichMessage(blocks=[], photos=[], documents=[])
    assert said("text", rich_message=rich).content == Uncopyable(reason="refuse-kind")


def test_a_link_preview_does_not_hide_the_text():
    preview = raw.types.MessageMediaWebPage(webpage=raw.types.WebPageEmpty(id=1))
    assert said("see example.org", media=preview).content == Text(text="see example.org")


SITE = raw.types.MessageEntityUrl(offset=4, length=11)
WORD = raw.types.MessageEntityTextUrl(offset=0, length=3, url="https://example.org/")


def previewed(**shown):
    page = raw.types.WebPage(id=1, url="https://example.org/", display_url="example.org", hash=0)
    return raw.types.MessageMediaWebPage(webpage=page, **shown)


@pytest.mark.parametrize("link", [SITE, WORD], ids=["a link", "a word with a link"])
def test_a_link_has_a_preview_only_where_its_sender_had_one(link):
    for media in (previewed(), previewed(force_large_media=True, manual=True, safe=True)):
        assert not said("see example.org", entities=[link], media=media).content.no_preview
    pending = raw.types.MessageMediaWebPage(webpage=raw.types.WebPagePending(id=1, date=1))
    assert not said("see example.org", entities=[link], media=pending).content.no_preview
    assert said("see example.org", entities=[link]).content.no_preview


def test_a_text_without_a_link_asks_for_nothing():
    bold = raw.types.MessageEntityBold(offset=0, length=3)
    assert said("see that", entities=[bold], invert_media=True).content == Text(text="see that", entities=(Entity("bold", 0, 3),))


def test_a_preview_above_the_text_is_above():
    above = said("see example.org", entities=[SITE], media=previewed(), invert_media=True).content
    assert (above.preview_above, above.no_preview) == (True, False)
    assert not said("see example.org", entities=[SITE], media=previewed()).content.preview_above


def test_an_edit_carries_the_preview_as_it_is_now():
    for media in (None, previewed()):
        changed = message("see example.org", entities=[SITE], media=media, invert_media=True, edit_date=2)
        edited = reading(raw.types.UpdateEditMessage(message=changed, pts=PTS, pts_count=1)).content
        assert (edited.no_preview, edited.preview_above) == (media is None, media is not None)


def test_an_edit_carries_the_new_text():
    update = raw.types.UpdateEditMessage(message=message("better", edit_date=2), pts=PTS, pts_count=1)
    assert reading(update) == MessageEdited(user=ANNA, pts=PTS, message=9, content=Text(text="better"), date=2, written=1)


@pytest.mark.parametrize(
    "changed",
    [
        {"reactions": raw.types.MessageReactions(results=[])},
        {"media": raw.types.MessageMediaWebPage(webpage=raw.types.WebPageEmpty(id=1))},
    ],
    ids=["a reaction", "a preview that has loaded"],
)
def test_an_edit_that_no_person_made_reaches_nobody_and_keeps_its_place(changed):
    """Telegram sets `edit_hide` on it, also where an earlier edit has left its date."""
    for earlier in ({}, {"edit_date": 2}):
        update = raw.types.UpdateEditMessage(message=message(edit_hide=True, **earlier, **changed), pts=PTS, pts_count=1)
        assert reading(update) == Ignored(pts=PTS, kind="hidden_edit")


def edit_of(content, **more):
    return reading(raw.types.UpdateEditMessage(message=message(media=content, **more), pts=PTS, pts_count=1))


def test_an_edit_without_a_date_is_none_of_a_person():
    update = raw.types.UpdateEditMessage(message=message("hello"), pts=PTS, pts_count=1)
    assert reading(update) == Ignored(pts=PTS, kind="hidden_edit")


def a_place(east):
    geo = raw.types.GeoPoint(long=east, lat=2.0, access_hash=1)
    return raw.types.MessageMediaGeoLive(geo=geo, period=60, heading=int(east))


def a_list(done):
    title = raw.types.TextWithEntities(text="To buy", entities=[])
    items = [raw.types.TodoItem(id=1, title=raw.types.TextWithEntities(text="tea", entities=[]))]
    ticks = [raw.types.TodoCompletion(id=1, completed_by=raw.types.PeerUser(user_id=ANNA), date=2)] if done else None
    return raw.types.MessageMediaToDo(todo=raw.types.TodoList(title=title, list=items), completions=ticks)


def a_poll(votes):
    text = raw.types.TextWithEntities(text="Tea?", entities=[])
    answers = [raw.types.PollAnswer(text=text, option=b"0"), raw.types.PollAnswer(text=text, option=b"1")]
    poll = raw.types.Poll(id=1, question=text, answers=answers, hash=0, quiz=True, closed=votes > 1)
    voters = [raw.types.PeerUser(user_id=ANNA)]
    right = raw.types.PollAnswerVoters(option=b"0", correct=True, voters=votes, recent_voters=voters)
    results = raw.types.PollResults(results=[right] if votes else None, recent_voters=voters, total_voters=votes)
    return raw.types.MessageMediaPoll(poll=poll, results=results)


def a_game(players):
    photo = raw.types.PhotoEmpty(id=1)
    return raw.types.MessageMediaGame(
        game=raw.types.Game(id=players, access_hash=1, short_name="x", title="X", description="", photo=photo)
    )


def paid_media(bought):
    media = raw.types.MessageMediaPhoto(photo=raw.types.PhotoEmpty(id=1)) if bought else None
    part = raw.types.MessageExtendedMedia(media=media) if media else raw.types.MessageExtendedMediaPreview()
    return raw.types.MessageMediaPaidMedia(stars_amount=5, extended_media=[part])


def a_photo(reference, bytes_):
    size = raw.types.PhotoSize(type="x", w=800, h=600, size=bytes_)
    photo = raw.types.Photo(id=5, access_hash=1, file_reference=reference, date=1, sizes=[size], dc_id=2)
    return raw.types.MessageMediaPhoto(photo=photo)


UNTOUCHED = {
    "a live location that moves": (a_place(1.0), a_place(2.0)),
    "a tick in a checklist": (a_list(done=False), a_list(done=True)),
    "a vote": (a_poll(0), a_poll(1)),
    "a poll that is closed": (a_poll(1), a_poll(2)),
    "a score": (a_game(1), a_game(2)),
    "paid media that is bought": (paid_media(bought=False), paid_media(bought=True)),
    "a preview that has loaded": (
        raw.types.MessageMediaWebPage(webpage=raw.types.WebPagePending(id=1, date=1)),
        previewed(force_small_media=True, safe=True),
    ),
    "a file reference that is new": (a_photo(b"old", 5000), a_photo(b"new", 5100)),
}


@pytest.mark.parametrize(("before", "after"), UNTOUCHED.values(), ids=UNTOUCHED)
def test_what_nobody_edited_has_the_same_digest_though_it_comes_as_a_dated_edit(before, after):
    more = {"entities": [SITE], "reactions": raw.types.MessageReactions(results=[])}
    first = said("see example.org", media=before, entities=[SITE]).content
    then = edit_of(after, text="see example.org", edit_date=2, **more).content
    assert digest_of(first, KEY) == digest_of(then, KEY)


def test_what_a_person_edits_has_another_digest():
    bold = raw.types.MessageEntityBold(offset=0, length=3)
    versions = [
        {},
        {"text": "see example.com"},
        {"entities": [SITE, bold]},
        {"media": None},
        {"invert_media": True},
        {"media": a_photo(b"r", 1)},
        {"media": raw.types.MessageMediaPhoto(photo=a_photo(b"r", 1).photo, spoiler=True)},
        {"media": a_photo(b"r", 1), "invert_media": True},
    ]
    written = [{"text": "see example.org", "entities": [SITE], "media": previewed(), **version} for version in versions]
    assert len({digest_of(said(**each).content, KEY) for each in written}) == len(versions)


CHARGED = raw.types.MessageActionPaymentSentMe(
    currency="XTR", total_amount=50, payload=b"vip", charge=raw.types.PaymentCharge(id="1", provider_charge_id="2")
)
REFUNDED = raw.types.MessageActionPaymentRefunded(
    peer=raw.types.PeerUser(user_id=ANNA),
    currency="XTR",
    total_amount=50,
    charge=raw.types.PaymentCharge(id="1", provider_charge_id="2"),
)


def service(action):
    return raw.types.MessageService(id=9, peer_id=raw.types.PeerUser(user_id=ANNA), date=1, action=action)


def test_a_payment_and_a_refund_are_read_with_their_charge():
    paid, refunded = (
        reading(raw.types.UpdateNewMessage(message=service(action), pts=PTS, pts_count=1)) for action in (CHARGED, REFUNDED)
    )
    assert isinstance(paid, PaymentReceived)
    assert (paid.user, paid.pts, paid.charge.id, paid.charge.amount) == (ANNA, NUMBER, "1", 50 * NANO)
    assert isinstance(refunded, RefundReceived)
    assert (refunded.user, refunded.pts, refunded.refund.charge, refunded.refund.amount) == (ANNA, NUMBER, "1", 50 * NANO)


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        (raw.types.MessageActionPinMessage(), "service:pin_message"),
        (raw.types.MessageActionChatEditTitle(title="new"), "service:chat_edit_title"),
    ],
)
def test_a_service_message_says_what_it_is_of(action, kind):
    update = raw.types.UpdateNewMessage(message=service(action), pts=PTS, pts_count=1)
    assert reading(update) == Ignored(pts=NUMBER, kind=kind)


def test_a_reaction_to_a_payments_message_is_no_second_payment():
    update = raw.types.UpdateEditMessage(message=service(CHARGED), pts=PTS, pts_count=1)
    assert reading(update) == Ignored(pts=PTS, kind="other")


@pytest.mark.parametrize("peer", [raw.types.PeerChat(chat_id=4), raw.types.PeerChannel(channel_id=4)])
def test_an_operators_button_may_be_pressed_in_any_chat(peer):
    pressed = reading(press(b"operator:refund:10:ff", peer=peer))
    assert isinstance(pressed, OperatorPressed)
    assert (pressed.user, pressed.data, pressed.pts) == (ANNA, "refund:10:ff", None)
    private = reading(press(b"operator:refund:10:ff"))
    assert isinstance(private, OperatorPressed)


@pytest.mark.parametrize("peer", [raw.types.PeerChat(chat_id=4), raw.types.PeerChannel(channel_id=4)])
def test_a_press_outside_private_chats_is_told_and_has_no_place(peer):
    assert reading(press(b"find", peer=peer)) == Ignored(pts=None, kind="press_elsewhere")


@pytest.mark.parametrize(
    "unwanted",
    [
        message(out=True),
        message(peer=raw.types.PeerChat(chat_id=4), from_id=raw.types.PeerUser(user_id=ANNA)),
        message(peer=raw.types.PeerChannel(channel_id=4)),
        raw.types.MessageEmpty(id=9),
    ],
)
@pytest.mark.parametrize("kind", [raw.types.UpdateNewMessage, raw.types.UpdateEditMessage])
def test_own_messages_and_groups_only_take_a_place_in_the_log(kind, unwanted):
    update = kind(message=unwanted, pts=PTS, pts_count=1)
    assert reading(update) == Ignored(pts=key_of(update))


def test_messages_of_other_bots_are_ignored():
    assert reading(new("/start"), raw.types.User(id=ANNA, bot=True)) == Ignored(pts=NUMBER)


@pytest.mark.parametrize(
    "update",
    [
        raw.types.UpdateDeleteMessages(messages=[1], pts=PTS, pts_count=1),
        raw.types.UpdateReadHistoryOutbox(peer=raw.types.PeerUser(user_id=ANNA), max_id=1, pts=PTS, pts_count=0),
        raw.types.UpdatePinnedMessages(peer=raw.types.PeerUser(user_id=ANNA), messages=[1], pts=PTS, pts_count=1),
    ],
)
def test_other_updates_with_a_place_in_the_log_are_ignored_and_confirmed(update):
    assert reading(update) == Ignored(pts=PTS)


@pytest.mark.parametrize(
    "update",
    [
        raw.types.UpdateNewChannelMessage(message=message(peer=raw.types.PeerChannel(channel_id=4)), pts=900, pts_count=1),
        raw.types.UpdateDeleteChannelMessages(channel_id=4, messages=[1], pts=900, pts_count=1),
        raw.types.UpdateUserTyping(user_id=ANNA, action=raw.types.SendMessageTypingAction()),
    ],
)
def test_updates_without_a_place_in_the_bots_log_are_not_confirmed(update):
    assert reading(update) is None


def test_a_press_names_its_button_and_message():
    assert reading(press(b"gender:male")) == ButtonPressed(user=ANNA, query=77, message=9, data="gender:male")


@given(st.binary(max_size=64))
def test_any_bytes_can_be_pressed(data):
    pressed = reading(press(data))
    assert isinstance(pressed, ButtonPressed)
    assert pressed.data == data.decode(errors="replace")


def test_button_data_that_is_no_text_matches_no_button():
    assert reading(press(b"find\xff")).data != "find"
    assert reading(press(None, game_short_name="chess")).data == ""


@pytest.mark.parametrize(("stopped", "expected"), [(True, BotBlocked(user=ANNA)), (False, BotUnblocked(user=ANNA))])
def test_blocking_and_unblocking_the_bot_is_seen(stopped, expected):
    assert reading(raw.types.UpdateBotStopped(user_id=ANNA, date=1, stopped=stopped, qts=1)) == expected


# Nothing about the sender is in the content.

NAME, HANDLE, PHONE = "Anna-Real-Name", "anna_real_handle", "+441234567"
IDS = {"user": ANNA, "forwarded": 555_111_222, "mentioned": 555_333_444, "channel": 555_666_777}
TRACES = (NAME, HANDLE, PHONE, *map(str, IDS.values()))


def optional(strategy):
    return st.one_of(st.none(), strategy)


FORWARDS = st.builds(
    raw.types.MessageFwdHeader,
    date=st.just(1),
    from_id=optional(st.just(raw.types.PeerUser(user_id=IDS["forwarded"]))),
    from_name=optional(st.just(NAME)),
    post_author=optional(st.just(NAME)),
    saved_from_peer=st.just(raw.types.PeerChannel(channel_id=IDS["channel"])),
    saved_from_msg_id=st.just(3),
)
REPLIES = st.builds(
    raw.types.MessageReplyHeader,
    reply_to_msg_id=st.integers(1, 9),
    reply_to_peer_id=optional(st.just(raw.types.PeerUser(user_id=IDS["forwarded"]))),
    reply_from=optional(FORWARDS),
    quote_text=optional(st.just(NAME)),
)
ENTITIES = st.lists(
    st.sampled_from(
        [
            raw.types.MessageEntityMentionName(offset=0, length=1, user_id=IDS["mentioned"]),
            raw.types.InputMessageEntityMentionName(
                offset=0, length=1, user_id=raw.types.InputUser(user_id=IDS["mentioned"], access_hash=1)
            ),
            raw.types.MessageEntityTextUrl(offset=0, length=1, url=f"tg://user?id={IDS['mentioned']}"),
            raw.types.MessageEntityBold(offset=0, length=1),
            raw.types.MessageEntityMention(offset=0, length=1),
        ]
    ),
    max_size=4,
)
MESSAGES = st.builds(
    raw.types.Message,
    id=st.just(9),
    peer_id=st.just(raw.types.PeerUser(user_id=ANNA)),
    date=st.just(1),
    edit_date=st.just(2),
    message=st.text(alphabet="ab /👍", max_size=20),
    from_id=optional(st.just(raw.types.PeerUser(user_id=ANNA))),
    from_rank=optional(st.just(NAME)),
    saved_peer_id=optional(st.just(raw.types.PeerUser(user_id=ANNA))),
    fwd_from=optional(FORWARDS),
    reply_to=optional(REPLIES),
    via_bot_id=optional(st.just(IDS["forwarded"])),
    media=st.sampled_from([None, *MEDIA.values(), raw.types.MessageMediaContact(
        phone_number=PHONE, first_name=NAME, last_name=HANDLE, vcard=NAME, user_id=ANNA
    )]),
    entities=optional(ENTITIES),
    post_author=optional(st.just(NAME)),
)  # fmt: skip


@given(MESSAGES, st.sampled_from([raw.types.UpdateNewMessage, raw.types.UpdateEditMessage]))
def test_nothing_of_the_senders_identity_is_passed_on(written, kind):
    anna = raw.types.User(id=ANNA, first_name=NAME, username=HANDLE, phone=PHONE, lang_code="en")
    update = reading(kind(message=written, pts=PTS, pts_count=1), anna)
    leaked = [trace for trace in TRACES if trace in " ".join(all_texts(update.content))]
    assert leaked == []
    if isinstance(update.content, Text):
        assert update.content.text == written.message


def all_texts(value):
    """Everything that a value contains, as text."""
    if is_dataclass(value):
        return [word for each in fields(value) for word in all_texts(getattr(value, each.name))]
    if isinstance(value, tuple):
        return [word for each in value for word in all_texts(each)]
    return [str(value)]


def test_each_message_says_when_it_was_written_and_each_edit_when_it_was_made():
    assert reading(new("hello")).date == reading(new("/find")).date == 1
    edited = raw.types.UpdateEditMessage(message=message("hello", edit_date=7), pts=PTS, pts_count=1)
    assert reading(edited).date == 7


@pytest.mark.parametrize(
    ("account", "marked"), [({}, ""), ({"scam": True}, "scam"), ({"fake": True}, "fake"), ({"min": True, "scam": True}, "scam")]
)
def test_a_command_says_how_telegram_marks_the_account(account, marked):
    assert reading(new("/find"), raw.types.User(id=ANNA, **account)).marked == marked


@pytest.mark.parametrize(
    ("account", "lacks"),
    [
        ({"username": "anna", "photo": raw.types.UserProfilePhoto(photo_id=1, dc_id=2), "lang_code": "en"}, 0),
        ({"usernames": [raw.types.Username(username="anna")], "photo": raw.types.UserProfilePhotoEmpty(), "lang_code": "en"}, 1),
        ({"lang_code": "en"}, 2),
        ({}, 3),
        ({"min": True}, 0),
    ],
)
def test_a_command_says_how_much_of_an_ordinary_account_its_sender_lacks(account, lacks):
    assert reading(new("/find"), raw.types.User(id=ANNA, **account)).lacks == lacks
    assert reading(new("/find")).lacks == 0
