"""Required channels: how operators write them, and what the session machine does about them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from domain.configuration import Channels
from domain.model.channels import MissingChannel, RequiredChannel, read_channel
from domain.model.outgoing import Menu
from domain.model.profile import Gender, Profile, Question
from domain.session.effects import Amend, Answer, ChangeProfile, CheckChannels, Say
from domain.session.facts import Begun, ChannelsChecked
from domain.session.state import Session
from tests.domain.stories import (
    CHAT,
    CHATTING,
    IDLE,
    ME,
    NOW,
    RULES,
    SEARCHING,
    command,
    find,
    of,
    pressed,
    said,
    step,
    texts,
    toasts,
)

STRICT = structs.replace(RULES, channels=Channels(required=("@news",)))
NEW = Session(address=ME, profile=Profile(user=ME.user, asked=Question.GENDER))
NEWS = MissingChannel(title="News", address="https://t.me/news")
CLUB = MissingChannel(title="The club", address="https://t.me/+abc")
UNSEEN = MissingChannel(title="@unseen", address="https://t.me/unseen", unsure=True)


def checked(*missing: MissingChannel, searching: bool = False, button: bool = False) -> ChannelsChecked:
    return ChannelsChecked(missing=missing, searching=searching, pressed=pressed("joined") if button else None)


def urls(effect: Any) -> list[str]:
    return [button.url for row in effect.notice.buttons for button in row if button.url]


@pytest.mark.parametrize(
    ("written", "channel"),
    [
        ("@news", RequiredChannel(username="news")),
        ("https://t.me/news", RequiredChannel(username="news")),
        ("-1002300000001", RequiredChannel(number=2300000001)),
        ("-1002300000001=https://t.me/+aB_c", RequiredChannel(number=2300000001, link="https://t.me/+aB_c")),
        ("-1002300000001=https://t.me/joinchat/aB_c", RequiredChannel(number=2300000001, link="https://t.me/joinchat/aB_c")),
    ],
)
def test_a_channel_is_written_by_name_or_by_number(written: str, channel: RequiredChannel):
    assert read_channel(written) == channel


@pytest.mark.parametrize(
    "written", ["", "news", "@", "@n!", "@1news", "-100", "-12345", "2300000001", "-1002300000001=", "-1002300000001=@news"]
)
def test_what_is_no_channel_is_refused_with_an_example(written: str):
    with pytest.raises(ValueError, match=r"write @name \(.*\), or .* -1001234567890=https://t\.me/"):
        read_channel(written)


def test_an_invitation_alone_does_not_name_a_channel():
    with pytest.raises(ValueError, match=r"an invitation.* write its id before it: -1001234567890=https://t\.me/\+abc"):
        read_channel("https://t.me/+abc")


def test_a_search_begins_after_the_channels():
    session, effects = step(IDLE, command("find"), NOW, STRICT)
    assert effects == [CheckChannels(searching=True)]
    blocked, effects = step(session, checked(NEWS, searching=True), NOW, STRICT)
    assert texts(effects) == ["join-channels"]
    assert blocked == session
    assert step(session, checked(searching=True), NOW, STRICT)[1] == [find()]


def test_the_search_of_next_begins_after_the_channels_too():
    session, effects = step(CHATTING, command("next"), NOW, STRICT)
    assert effects == [CheckChannels(searching=True)]
    blocked, effects = step(session, checked(NEWS, searching=True), NOW, STRICT)
    assert (blocked, texts(effects)) == (session, ["join-channels"])
    assert step(session, checked(searching=True), NOW, STRICT)[1] == [find(leaving=CHAT.id)]


def test_the_place_at_the_head_is_kept_over_the_check():
    lost = replace(IDLE, lost_partner=True)
    session, _ = step(lost, command("find"), NOW, STRICT)
    assert step(session, checked(searching=True), NOW, STRICT)[1] == [find(priority=True)]


def test_somebody_new_joins_before_the_first_question():
    session, _ = step(Session(address=ME), command("start"), NOW, STRICT)
    session, effects = step(session, Begun(profile=session.profile), NOW, STRICT)
    assert texts(effects) == ["welcome"]
    assert effects[-1] == CheckChannels(searching=False)
    assert texts(step(session, checked(), NOW, STRICT)[1]) == ["ask-gender"]


@pytest.mark.parametrize("message", [said("hello"), command("start"), command("find"), command("profile")])
def test_nothing_that_somebody_new_says_leads_past_the_channels(message: Any):
    _, effects = step(NEW, message, NOW, STRICT)
    assert CheckChannels(searching=False) in effects
    assert "ask-gender" not in texts(effects)


def test_a_later_question_asks_no_channel_again_but_start_does():
    asked = replace(NEW, profile=Profile(user=ME.user, gender=Gender.MALE, asked=Question.AGE))
    assert texts(step(asked, command("find"), NOW, STRICT)[1]) == ["profile-first", "ask-age"]
    assert step(asked, command("start"), NOW, STRICT)[1] == [CheckChannels(searching=False)]
    assert texts(step(asked, checked(), NOW, STRICT)[1]) == ["ask-age"]


def test_each_missing_channel_has_a_button_and_i_joined_stands_below():
    _, [say] = step(NEW, checked(NEWS, CLUB), NOW, STRICT)
    assert urls(say) == ["https://t.me/news", "https://t.me/+abc"]
    assert say.notice.buttons[-1][0].data == "joined"


def test_a_channel_without_an_address_has_no_button():
    _, [say] = step(NEW, checked(NEWS, MissingChannel(title="-1007", address="", unsure=True)), NOW, STRICT)
    assert urls(say) == ["https://t.me/news"]


def test_i_joined_too_early_is_said_at_once_and_the_message_shows_what_is_left():
    session, effects = step(NEW, pressed("joined"), NOW, STRICT)
    assert effects == [CheckChannels(searching=False, pressed=pressed("joined"))]
    _, effects = step(session, checked(CLUB, button=True), NOW, STRICT)
    [answer], [amend] = of(Answer, effects), of(Amend, effects)
    assert (answer.press.text, answer.press.alert) == ("still-not-member", True)
    assert (amend.message, urls(amend)) == (pressed("joined").message, ["https://t.me/+abc"])
    assert not of(Say, effects)


def test_i_joined_in_the_middle_of_a_new_profile_goes_on_with_the_question():
    _, effects = step(NEW, checked(button=True), NOW, STRICT)
    assert toasts(effects) == [""]
    assert [amend.notice.text for amend in of(Amend, effects)] == ["channels-joined"]
    assert texts(effects) == ["ask-gender"]


def test_i_joined_when_idle_is_followed_by_the_main_menu():
    _, effects = step(IDLE, checked(button=True), NOW, STRICT)
    [say] = of(Say, effects)
    assert say.notice.menu is Menu.MAIN


@pytest.mark.parametrize("session", [SEARCHING, CHATTING], ids=["searching", "chatting"])
def test_i_joined_pressed_late_does_not_interrupt(session: Session):
    after, effects = step(session, checked(button=True), NOW, STRICT)
    assert after == session
    assert toasts(effects) == [""]
    assert not of(Say, effects)


def test_i_joined_still_works_when_no_channel_is_required_any_more():
    assert step(NEW, pressed("joined"), NOW, RULES)[1] == [CheckChannels(searching=False, pressed=pressed("joined"))]


def test_where_nobody_can_see_who_joined_that_is_said():
    assert texts(step(IDLE, checked(NEWS, UNSEEN, searching=True), NOW, STRICT)[1]) == ["join-channels-unsure"]
    assert toasts(step(IDLE, checked(UNSEEN, button=True), NOW, STRICT)[1]) == ["membership-unsure"]


def test_start_shows_the_menu_to_those_who_are_in_all_channels():
    session, effects = step(IDLE, command("start"), NOW, STRICT)
    assert effects == [CheckChannels(searching=False)]
    assert texts(step(session, checked(), NOW, STRICT)[1]) == ["welcome-back"]
    assert not of(ChangeProfile, effects)
