"""What the receiver sees of pictures, by their own choice; and what both are told of protected messages."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from domain.model.content import Album, Dice, Entity, FileRef, Media, MediaKind, Text
from domain.model.events import RelayedMessage
from domain.model.ids import BotId, ChatId, MessageId
from domain.model.profile import MediaChoice
from domain.model.profile_changes import SetMedia, SetProtected
from domain.session import showing
from domain.session.effects import Amend, ChangeProfile, Relay, Say
from domain.session.state import Chatting
from tests.domain.stories import (
    ADULT,
    CHAT,
    CHATTING,
    IDLE,
    ME,
    PARTNER,
    RULES,
    command,
    edited,
    of,
    pressed,
    said,
    step,
    texts,
    toasts,
)

OPEN, VEILED, NONE = MediaChoice
COVERABLE = (MediaKind.PHOTO, MediaKind.VIDEO, MediaKind.ANIMATION)
LINK = Text(text="see https://example.org", entities=(Entity("url", 4, 19),))


def a_file(kind=MediaKind.PHOTO, **more):
    file = FileRef(bot=BotId(2), id=7, access_hash=1, reference=b"", unique_id="7", message=MessageId(5))
    return Media(kind=kind, file=file, **more)


def relayed(content, message=5, **more):
    return RelayedMessage(user=ME.user, chat=CHAT.id, source=PARTNER, message=MessageId(message), content=content, **more)


def see(content, choice=None, session=CHATTING, default=VEILED, **more):
    session = replace(session, profile=replace(ADULT, media=choice))
    return showing.shown(session, relayed(content, **more), default)


@pytest.mark.parametrize("kind", COVERABLE)
def test_the_first_picture_comes_covered_and_with_one_question(kind):
    first = see(a_file(kind))
    assert (first.content.spoiler, first.refusal, [each.notice.text for each in first.told]) == (True, "", ["pictures-veiled"])
    assert first.told[0].notice.buttons[0][0].data == f"show:{CHAT.id}"
    second = showing.shown(first.session, relayed(a_file(kind), message=6), VEILED)
    assert (second.content.spoiler, second.told) == (True, ())


def test_all_pictures_of_an_album_are_covered():
    album = Album(items=(a_file(), a_file(MediaKind.VIDEO), a_file(MediaKind.AUDIO)))
    assert [each.spoiler for each in see(album).content.items] == [True, True, False]


def test_who_agrees_sees_everything_of_this_chat_as_it_was_sent():
    asked = see(a_file()).session
    session, effects = step(asked, pressed(f"show:{CHAT.id}"))
    assert [each.notice.text for each in of(Amend, effects)] == ["pictures-agreed"]
    for content in (a_file(), a_file(MediaKind.VIDEO_NOTE), LINK, a_file(spoiler=True)):
        seen = showing.shown(session, relayed(content), VEILED)
        assert (seen.content, seen.refusal, seen.told) == (content, "", ())
    next_chat = replace(session, place=Chatting(replace(CHAT, id=ChatId("c2"))))
    other = replace(relayed(a_file()), chat=ChatId("c2"))
    assert showing.shown(next_chat, other, VEILED).content.spoiler


def test_agreement_is_for_the_chat_that_goes_on_only():
    for session in (IDLE, replace(CHATTING, place=Chatting(replace(CHAT, id=ChatId("c2"))))):
        after, effects = step(session, pressed(f"show:{CHAT.id}"))
        assert (after.place, toasts(effects)) == (session.place, ["old-button"])


def test_a_video_note_waits_for_the_receiver_who_is_asked_and_its_sender_reads_so():
    seen = see(a_file(MediaKind.VIDEO_NOTE))
    assert (seen.refusal, [each.notice.text for each in seen.told]) == ("NOT_AGREED", ["pictures-veiled"])
    again = showing.shown(seen.session, relayed(a_file(MediaKind.VIDEO_NOTE), message=6), VEILED)
    assert (again.refusal, again.told) == ("NOT_AGREED", ())


@pytest.mark.parametrize("kind", [*COVERABLE, MediaKind.VIDEO_NOTE])
def test_who_takes_no_pictures_gets_none_and_is_told_nothing(kind):
    for content in (a_file(kind), Album(items=(a_file(MediaKind.AUDIO), a_file(kind)))):
        seen = see(content, NONE)
        assert (seen.refusal, seen.told) == ("NO_PICTURES", ())
    agreed = showing.agreed(CHATTING)
    assert see(a_file(kind), NONE, session=agreed).refusal == "NO_PICTURES"


def test_a_picture_sent_as_a_file_is_a_picture():
    for mime in ("image/png", "video/mp4"):
        document = a_file(MediaKind.DOCUMENT, mime=mime)
        assert see(document).content.spoiler
        assert see(document, NONE).refusal == "NO_PICTURES"
        assert see(document, OPEN).content == document


@pytest.mark.parametrize("choice", [None, *MediaChoice])
def test_what_is_no_picture_comes_as_it_is_whatever_was_chosen(choice):
    others = set(MediaKind) - set(COVERABLE) - {MediaKind.VIDEO_NOTE}
    plain = Text(text="hi", entities=(Entity("bold", 0, 2),))
    for content in (*map(a_file, sorted(others)), Dice(emoji="🎲", value=2), plain, Text(text="hi")):
        seen = see(content, choice)
        assert (seen.content, seen.refusal, seen.told) == (content, "", ())


def test_links_have_a_preview_only_where_pictures_are_open():
    hidden = Text(text="see", entities=(Entity("text_url", 0, 3, "https://example.org"),))
    for link in (LINK, hidden):
        assert [see(link, choice).content.no_preview for choice in (OPEN, VEILED, NONE)] == [False, True, True]
        assert not showing.is_plain(relayed(link))


def test_the_default_holds_for_who_has_not_chosen():
    assert see(a_file(), None, default=OPEN).content == a_file()
    assert see(a_file(), None, default=NONE).refusal == "NO_PICTURES"
    assert see(a_file(), OPEN, default=NONE).content == a_file()


def test_a_picture_of_a_chat_that_is_over_is_covered_and_asks_nothing():
    seen = see(a_file(), session=IDLE)
    assert (seen.content.spoiler, seen.told) == (True, ())
    assert see(LINK, session=IDLE, protected=True).told == ()


# --- the choice


def test_the_profile_shows_the_choice_and_buttons_change_it_also_in_a_chat():
    for session in (IDLE, CHATTING):
        notice = of(Say, step(session, command("profile"))[1])[0].notice
        assert notice.arguments["pictures"] == "veiled"
        data = [button.data for row in notice.buttons for button in row]
        assert data[-3:] == ["pictures:open", "pictures:veiled", "pictures:none"]
        after, effects = step(session, pressed("pictures:none"))
        assert of(ChangeProfile, effects) == [ChangeProfile(change=SetMedia(media=NONE))]
        assert after.profile.media is NONE
        assert of(Amend, effects)[0].notice.arguments["pictures"] == "none"


@pytest.mark.parametrize("data", ["pictures:", "pictures:all", "show:", "show:" + "x" * 50, "protect:", "protect:on"])
def test_other_data_is_an_old_button(data):
    assert toasts(step(CHATTING, pressed(data))[1]) == ["old-button"]


def test_minors_choose_only_where_pictures_are_allowed():
    minor = replace(IDLE, profile=replace(ADULT, age=15, adult=False))
    notice = of(Say, step(minor, command("profile"))[1])[0].notice
    assert (notice.arguments["pictures"], len(notice.buttons)) == ("minor", 1)
    allowed = structs.replace(RULES, trust=structs.replace(RULES.trust, minors_media="all"))
    notice = of(Say, step(minor, command("profile"), configuration=allowed)[1])[0].notice
    assert len(notice.buttons) == 4


# --- /protect


def test_protect_says_so_and_holds_until_it_is_stopped():
    session, effects = step(CHATTING, command("protect"))
    assert texts(effects) == ["protect-on"]
    assert of(ChangeProfile, effects) == [ChangeProfile(change=SetProtected(protected=True))]
    assert of(Relay, step(session, said("hi"))[1])[0].protected
    assert not of(Relay, step(session, edited(Text(text="ho")))[1])[0].protected
    again, _ = step(session, command("protect", pts=6))
    assert again.profile.protected
    for fact in (pressed("protect:off"), replace(command("protect"), argument="off")):
        stopped, effects = step(session, fact)
        assert texts(effects) == ["protect-off"]
        assert not of(Relay, step(stopped, said("hi"))[1])[0].protected


def test_the_partner_is_told_once_a_chat_that_messages_are_protected():
    first = see(Text(text="hi"), protected=True)
    assert [each.notice.text for each in first.told] == ["partner-protects"]
    assert showing.shown(first.session, relayed(Text(text="ho"), protected=True), VEILED).told == ()
    picture = see(a_file(), protected=True)
    assert [each.notice.text for each in picture.told] == ["pictures-veiled", "partner-protects"]
    assert showing.shown(picture.session, relayed(a_file(), protected=True), VEILED).told == ()
    assert see(a_file(), NONE, protected=True).told == ()


def test_a_plain_text_needs_no_look():
    assert showing.is_plain(relayed(Text(text="hi")))
    assert not showing.is_plain(relayed(Text(text="hi"), protected=True))
    assert not showing.is_plain(relayed(a_file()))
