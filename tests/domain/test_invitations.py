"""Codes, what becomes of an invitation, /start with a code, and /invite."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from domain.invitations.codes import ALPHABET, LENGTH, link, read_code
from domain.invitations.counting import Inviter, State, commission, judge
from domain.invitations.rules import Referrals
from domain.model.content import Text
from domain.model.ids import MessageId, Pts
from domain.model.inbound import CommandReceived
from domain.model.profile import Gender, Profile, Question
from domain.model.profile_changes import Begin
from domain.ports.invitations import Invitation
from domain.session.context import Context
from domain.session.effects import ChangeProfile, LookUpInvitation, Say, ShowQr
from domain.session.facts import Begun, InvitationLooked
from domain.session.state import Elsewhere, Session
from tests.domain.stories import (
    CHATTING,
    IDLE,
    MACHINE,
    ME,
    NOW,
    OTHER_BOT,
    RULES,
    SEARCHING,
    command,
    of,
    pressed,
    step,
    texts,
    toasts,
)

CODE = "0123456789AB"
OFF = structs.replace(RULES, features=structs.replace(RULES.features, referrals=False))
NEW = Session(address=ME)
UNFINISHED = Session(address=ME, profile=Profile(user=ME.user, gender=Gender.MALE, asked=Question.AGE))
ALONE = Inviter(stands=True, at_once=0, rewarded=0)
NOT_OURS = [
    "", "ref", "ref_", CODE, f"gift_{CODE}", f"_tgr_{CODE}", f"ref_{CODE}x", f"ref_{CODE[:-1]}", f"ref_{CODE[:-1]}U",
    "ref_" + "🎁" * 64,
    "ref_" + "x" * 64, "ref_' OR 1=1 --", f"ref_ {CODE[1:]}", f"REF_{CODE}", "ref_" + "\x00" * LENGTH, "ref_" + "ß" * 6,
]  # fmt: skip


def start(argument: str) -> CommandReceived:
    text = f"/start {argument}"
    return CommandReceived(
        user=ME.user, pts=Pts(5), message=MessageId(5), name="start", argument=argument, content=Text(text=text), language="de"
    )


def begun(effects) -> list[Begin]:
    return [each.change for each in of(ChangeProfile, effects) if isinstance(each.change, Begin)]


@pytest.mark.parametrize("written", [CODE, CODE.lower(), "O123456789ab", "oI23456789AB", "0L23456789AB", "0l23456789ab"])
def test_a_code_is_read_however_somebody_wrote_it(written):
    assert read_code(f"ref_{written}") == CODE


@pytest.mark.parametrize("argument", NOT_OURS)
def test_whatever_else_comes_with_start_is_no_code_and_the_person_goes_on(argument):
    assert read_code(argument) == ""
    _, effects = step(NEW, start(argument))
    assert begun(effects) == [Begin(language="de")]


def test_a_code_can_be_read_aloud_and_fits_into_a_link():
    assert len(ALPHABET) ** LENGTH >= 1 << 60
    assert not {"I", "L", "O", "U"} & set(ALPHABET)
    assert link("a_bot", CODE) == f"https://t.me/a_bot?start=ref_{CODE}"
    assert len(f"ref_{CODE}") <= 64, "Telegram's bound"


def test_somebody_new_keeps_the_code_with_their_profile():
    _, effects = step(NEW, start(f"ref_{CODE}"))
    assert begun(effects) == [Begin(language="de", invited_by=CODE)]


def test_somebody_whose_profile_is_not_complete_may_still_open_a_link():
    session, effects = step(UNFINISHED, start(f"ref_{CODE}"))
    assert begun(effects) == [Begin(language="de", invited_by=CODE)]
    assert session.profile == UNFINISHED.profile
    _, effects = step(session, Begun(profile=UNFINISHED.profile))
    assert texts(effects) == ["welcome", "ask-age"], "the question that was open"


@pytest.mark.parametrize(
    ("session", "told"), [(IDLE, "welcome-back"), (SEARCHING, "already-searching"), (CHATTING, "already-chatting")]
)
def test_an_old_user_who_opens_a_link_goes_on(session, told):
    after, effects = step(session, start(f"ref_{CODE}"))
    assert (after.place, texts(effects), begun(effects)) == (session.place, [told], [])


def test_codes_are_not_kept_while_invitations_are_off():
    _, effects = step(NEW, start(f"ref_{CODE}"), configuration=OFF)
    assert begun(effects) == [Begin(language="de")]
    _, effects = step(UNFINISHED, start(f"ref_{CODE}"), configuration=OFF)
    assert texts(effects) == ["ask-age"]


@pytest.mark.parametrize("session", [IDLE, SEARCHING, CHATTING, replace(IDLE, place=Elsewhere(OTHER_BOT, chatting=True))])
def test_invite_shows_the_link_and_its_picture_in_every_state(session):
    after, effects = step(session, command("invite"))
    assert effects == [LookUpInvitation()]
    found = Invitation(code=CODE, invited=5, rewarded=3, pending=2, today=1)
    after, effects = step(after, InvitationLooked(invitation=found))
    shown = of(Say, effects)[0].notice
    assert {**shown.arguments} == {
        "link": f"https://t.me/first_bot?start=ref_{CODE}", "days": 3, "credits": 5, "commission": 5, "invited": 5,
        "rewarded": 3, "pending": 2, "today": 1, "cap": 20,
    }  # fmt: skip
    assert of(ShowQr, effects) == [ShowQr(text=shown.arguments["link"])]
    assert after.place == session.place


def test_a_bot_whose_name_is_not_known_yet_says_so():
    context = Context(session=IDLE, now=NOW, configuration=RULES, bot_names={})
    _, effects = MACHINE.step(context, InvitationLooked(invitation=Invitation(code=CODE)))
    assert (texts(effects), of(ShowQr, effects)) == (["try-again"], [])


def test_the_button_makes_a_new_link():
    _, effects = step(IDLE, pressed("invite"))
    assert of(LookUpInvitation, effects) == [LookUpInvitation(renew=True)]


@pytest.mark.parametrize("session", [NEW, UNFINISHED])
def test_the_button_is_an_old_one_for_somebody_without_a_profile(session):
    _, effects = step(session, pressed("invite"))
    assert toasts(effects) == ["old-button"]
    _, effects = step(session, command("invite"))
    assert not of(LookUpInvitation, effects)


def test_a_switch_refuses_at_once():
    _, effects = step(IDLE, command("invite"), configuration=OFF)
    assert texts(effects) == ["invite-off"]
    _, effects = step(IDLE, pressed("invite"), configuration=OFF)
    assert (toasts(effects), of(LookUpInvitation, effects)) == (["invite-off"], [])


@pytest.mark.parametrize(
    ("inviter", "state"),
    [
        (ALONE, State.REWARDED),
        (replace(ALONE, rewarded=19), State.REWARDED),
        (replace(ALONE, rewarded=20), State.CAPPED),
        (replace(ALONE, at_once=9), State.REWARDED),
        (replace(ALONE, at_once=10), State.HELD),
        (replace(ALONE, at_once=10, rewarded=20), State.HELD),
        (replace(ALONE, stands=False, at_once=10), State.VOID),
    ],
)
def test_what_becomes_of_an_invitation(inviter, state):
    assert judge(inviter, Referrals(burst_people=10, daily_cap=20)) is state


def test_without_rewards_a_day_all_count_without_a_reward():
    assert judge(ALONE, Referrals(daily_cap=0)) is State.CAPPED


@pytest.mark.parametrize(
    ("stars", "percent", "credits_"), [(100, 5, 5), (19, 5, 0), (20, 5, 1), (39, 5, 1), (250, 0, 0), (1, 100, 1)]
)
def test_a_share_is_whole_credits_rounded_down(stars, percent, credits_):
    assert commission(stars, Referrals(commission_percent=percent)) == credits_
