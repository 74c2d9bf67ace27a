"""What people under 18 can do with each other, what is sold to them, and when they become adults."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from domain.matching.requests import Find
from domain.model.chat import ChatEnd
from domain.model.content import Album, Dice, Entity, FileRef, Media, MediaKind, Poll, Text
from domain.model.ids import BotId, MessageId, Pts
from domain.model.inbound import MessageReceived
from domain.model.profile import DAY, Gender, Wishes
from domain.model.profile_changes import SetAge
from domain.payments import precheckout
from domain.session import seeking
from domain.session.effects import ChangeProfile, Decide, LookUpVip, PlaceOrder, Redeem, Relay, TryVip
from domain.session.facts import ChannelsChecked, Redeemed, SearchTick
from domain.session.state import Chatting, Searching
from tests.domain.stories import (
    ADULT,
    CHAT,
    CHATTING,
    IDLE,
    KNOWN,
    ME,
    NOW,
    RULES,
    command,
    edited,
    of,
    pressed,
    step,
    texts,
    toasts,
)

MINOR = replace(ADULT, age=15, adult=False, adult_from=NOW + 900 * DAY)
CHATTING_MINOR = replace(CHATTING, profile=MINOR)
IDLE_MINOR = replace(IDLE, profile=MINOR)
NOTHING = Text(text="")
NARROW = Wishes(genders=frozenset({Gender.FEMALE}))


def a_file(kind: MediaKind, caption: Text = NOTHING, **more) -> Media:
    file = FileRef(bot=BotId(1), id=7, access_hash=1, reference=b"", unique_id="7", message=MessageId(5))
    return Media(kind=kind, file=file, caption=caption, **more)


def sent(content) -> MessageReceived:
    return MessageReceived(user=ME.user, pts=Pts(5), message=MessageId(5), content=content)


def allowing(media: str):
    """And contacts and links of anybody else."""
    trust = structs.replace(RULES.trust, minors_media=media, contacts="allow", links="allow")
    return structs.replace(RULES, trust=trust)


def is_relayed(content, configuration=RULES, profile=MINOR) -> bool:
    _, effects = step(replace(CHATTING, profile=profile, spam=KNOWN), sent(content), configuration=configuration)
    return bool(of(Relay, effects))


OTHER_KINDS = sorted(set(MediaKind) - {MediaKind.STICKER, MediaKind.VOICE})


@pytest.mark.parametrize("kind", OTHER_KINDS)
def test_minors_send_no_pictures_and_files_and_read_why(kind):
    _, effects = step(CHATTING_MINOR, sent(a_file(kind)))
    assert texts(effects) == ["minors-media"]
    assert not of(Relay, effects)
    assert not is_relayed(Album(items=(a_file(kind), a_file(MediaKind.STICKER))))
    assert is_relayed(a_file(kind), profile=replace(ADULT, adult=True))


def test_stickers_texts_dice_and_polls_of_minors_pass():
    poll = Poll(question=Text(text="cats or dogs?"), options=(Text(text="cats"), Text(text="dogs")))
    for content in (Text(text="hi, how are you?"), a_file(MediaKind.STICKER), Dice(emoji="🎲", value=3), poll):
        assert is_relayed(content)


def test_the_operator_may_allow_voice_messages_or_everything():
    for kind in OTHER_KINDS:
        assert not is_relayed(a_file(kind), allowing("voice"))
        assert is_relayed(a_file(kind), allowing("all"))
    assert not is_relayed(a_file(MediaKind.VOICE))
    assert is_relayed(a_file(MediaKind.VOICE), allowing("voice"))
    _, effects = step(CHATTING_MINOR, sent(a_file(MediaKind.PHOTO)), configuration=allowing("voice"))
    assert texts(effects) == ["minors-media-voice"]


@pytest.mark.parametrize(
    "text",
    [
        Text(text="write me @ivan_petrov"),
        Text(text="my number is +49 151 234 56 78"),
        Text(text="add my insta"),
        Text(text="look https://example.org/x"),
        Text(text="look example.org", entities=(Entity("url", 5, 11),)),
        Text(text="look", entities=(Entity("text_url", 0, 4, "https://example.org"),)),
    ],
    ids=lambda text: text.text,
)
def test_contacts_and_links_of_minors_are_refused_whatever_the_settings(text):
    poll = Poll(question=Text(text="?"), options=(text, Text(text="b")))
    for content in (text, poll, a_file(MediaKind.PHOTO, text), a_file(MediaKind.VOICE, text)):
        assert not is_relayed(content, allowing("all"))
        assert is_relayed(content, allowing("all"), replace(ADULT, adult=True))
    _, effects = step(CHATTING_MINOR, sent(text))
    assert texts(effects) == ["minors-contacts"]
    _, effects = step(CHATTING_MINOR, edited(text))
    assert texts(effects) == ["minors-contacts"]


def test_an_edit_of_minors_brings_no_picture_either():
    _, effects = step(CHATTING_MINOR, edited(a_file(MediaKind.PHOTO)))
    assert (texts(effects), of(Relay, effects)) == (["minors-media"], [])


def test_minors_are_sold_nothing_and_have_no_trial():
    _, effects = step(IDLE_MINOR, command("vip"))
    assert (texts(effects), of(LookUpVip, effects)) == (["vip-minor"], [])
    with_trial = structs.replace(RULES, vip=structs.replace(RULES.vip, trial_days=3))
    for button in ("plan:week", "gift:", "gift:c1", "give:week:c1", "give:week:", "accept:vip:week:", "trial", "pack:small"):
        _, effects = step(IDLE_MINOR, pressed(button), configuration=with_trial)
        assert toasts(effects) == [precheckout.MINOR], button
        assert not of(PlaceOrder, effects) + of(TryVip, effects)
    _, effects = step(IDLE_MINOR, replace(command("promo"), argument="SUMMER"))
    assert (texts(effects), of(Redeem, effects)) == (["vip-minor"], [])


def test_what_was_given_to_a_minor_is_kept_and_changes_nothing_in_matching():
    _, effects = step(IDLE_MINOR, replace(command("start"), argument="gift_abc"))
    assert of(Redeem, effects) == [Redeem(code="abc", gift=True)]
    assert texts(step(IDLE_MINOR, Redeemed(gift=True, outcome=30))[1]) == ["code-redeemed-minor"]
    rich = replace(MINOR, vip_until=NOW + DAY, wishes=NARROW)
    plain = replace(MINOR, vip_until=0.0)
    with_gift, without = (seeking.seeker(each, ME, now=NOW, cross_bot=True) for each in (rich, plain))
    assert with_gift == without
    searching = replace(IDLE, profile=rich, place=Searching(NOW))
    assert texts(step(searching, SearchTick(waited=9999.0))[1]) == []


def test_minors_have_no_wishes_and_read_why():
    rich = replace(IDLE, profile=replace(MINOR, vip_until=NOW + DAY))
    for button in ("wishes", "wish:gender:male", "wish:any"):
        session, effects = step(rich, pressed(button))
        assert (session.profile, toasts(effects), of(ChangeProfile, effects)) == (rich.profile, ["wishes-minor"], [])


def searched(effects) -> Find:
    return next(each.request for each in of(Decide, effects))


@pytest.mark.parametrize("place", [IDLE.place, Chatting(CHAT)], ids=["idle", "chatting"])
def test_who_is_of_age_by_now_searches_among_adults_and_is_told(place):
    grown = replace(IDLE, place=place, profile=replace(MINOR, adult_from=NOW))
    session, effects = step(grown, command("next"))
    assert ChangeProfile(change=SetAge(age=18, at=NOW)) in effects
    assert texts(effects) == ["age-came-of-age"]
    assert searched(effects).seeker.band == 1
    assert (session.profile.adult, session.profile.age) == (True, 18)
    _, effects = step(replace(grown, profile=replace(MINOR, adult_from=NOW + 1)), command("next"))
    assert searched(effects).seeker.band == 0


def test_nobody_comes_of_age_in_a_chat_that_goes_on():
    """Where channels are to be joined first, the chat of minors goes on."""
    channels = structs.replace(RULES.channels, required=("@news",))
    configuration = structs.replace(RULES, channels=channels)
    chatting = replace(CHATTING, profile=replace(MINOR, adult_from=NOW))
    session, _ = step(chatting, command("next"), configuration=configuration)
    assert session.profile.minor
    session, effects = step(session, ChannelsChecked(missing=(), searching=True), configuration=configuration)
    assert not session.profile.minor
    assert searched(effects).leaving == CHAT.id
    assert of(Decide, step(chatting, command("stop"))[1])[0].request.why is ChatEnd.STOPPED
