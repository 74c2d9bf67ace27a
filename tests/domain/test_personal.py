"""/privacy, /export and /delete_me: what is said, and what a press may do."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest
from msgspec import structs

from domain.model.ban import Ban
from domain.model.chat import ChatEnd
from domain.model.retention import DELETION_VALID
from domain.session.context import Context
from domain.session.effects import Amend, AskDeletion, DeleteData, ExportData
from domain.session.facts import Begun, DataDeleted, DeletionAsked, Exported
from domain.session.state import Elsewhere, Session
from tests.domain.stories import (
    ADULT,
    CHATTING,
    IDLE,
    MACHINE,
    NAMES,
    NOW,
    OTHER_BOT,
    RULES,
    SEARCHING,
    cancel,
    command,
    leave,
    of,
    pressed,
    step,
    texts,
    toasts,
)
from transport.texts.catalogue import Texts

TEXTS = Texts(strict=True)
BANNED = replace(IDLE, profile=replace(ADULT, banned_until=inf))
NEWCOMER = replace(IDLE, profile=None)
ELSEWHERE = replace(IDLE, place=Elsewhere(OTHER_BOT, chatting=True))


def name_of(session):
    return next(name for name, value in STATES.items() if value is session)


STATES = {
    "idle": IDLE, "searching": SEARCHING, "chatting": CHATTING, "banned": BANNED, "newcomer": NEWCOMER, "elsewhere": ELSEWHERE,
}  # fmt: skip
YES = f"delete:{NOW:.0f}"


def shown(effects, which=0):
    notice = effects[which].notice
    return TEXTS.render(notice.text, notice.arguments)


def privacy(*, media_channel=False, judge_url="", vip=True):
    rules = structs.replace(
        RULES, trust=structs.replace(RULES.trust, judge_url=judge_url), features=structs.replace(RULES.features, vip=vip)
    )
    context = Context(session=IDLE, now=NOW, configuration=rules, bot_names=NAMES, media_channel=media_channel)
    return shown(MACHINE.step(context, command("privacy"))[1])


def test_privacy_is_short_and_names_the_commands():
    text = privacy()
    assert len(text) < 1000
    assert "/export" in text
    assert "/delete_me" in text
    assert "90 days" in text
    assert "180 days" in text


def test_privacy_says_what_a_report_keeps_and_that_earlier_forms_are_kept_for_a_while():
    text = privacy()
    assert "90 days at most, or 365 if it is about threats or minors" in text
    assert "earlier forms of edited messages are kept, encrypted, until 60 minutes after a chat" in text


def test_privacy_says_what_cannot_be_hidden():
    assert "Your voice, your face and how you write cannot be hidden" in privacy()


def test_privacy_says_who_sees_media():
    assert "channel" not in privacy()
    assert "channel" in privacy(media_channel=True)
    assert "program looks at pictures" not in privacy()
    assert "program looks at pictures" in privacy(judge_url="https://judge")


def test_privacy_speaks_of_payments_where_something_is_sold():
    assert "payments" in privacy()
    assert "payments" not in privacy(vip=False)


@pytest.mark.parametrize("session", [IDLE, SEARCHING, CHATTING, BANNED, NEWCOMER, ELSEWHERE], ids=name_of)
@pytest.mark.parametrize("name", ["privacy", "export"])
def test_anybody_may_ask_what_is_kept(session, name):
    _, effects = step(session, command(name))
    assert texts(effects) == ["privacy"] if name == "privacy" else effects == [ExportData()]


@pytest.mark.parametrize("session", [IDLE, SEARCHING, CHATTING, BANNED, NEWCOMER], ids=name_of)
def test_the_first_button_deletes_and_the_question_says_what_stays(session):
    _, [question] = step(session, command("delete_me"))
    (yes,), (no,) = question.notice.buttons
    assert "Delete" in TEXTS.render(yes.label)
    assert (yes.data, no.data) == (YES, "keep")
    assert "What stays" in TEXTS.render(question.notice.text, question.notice.arguments)


def test_the_second_press_says_when_it_is_possible_again():
    _, [told] = step(IDLE, Exported(again_at=NOW + 3600))
    assert "from 1970-01-12, 14:46" in TEXTS.render(told.notice.text, told.notice.arguments)


@pytest.mark.parametrize(
    ("session", "first"),
    [
        (IDLE, []),
        (BANNED, []),
        (NEWCOMER, []),
        (SEARCHING, [cancel(silent=True)]),
        (CHATTING, [leave(ChatEnd.STOPPED, silent=True)]),
    ],
    ids=["idle", "banned", "newcomer", "searching", "chatting"],
)
def test_a_deletion_is_noted_first_and_a_chat_or_search_ends_before_it(session, first):
    _, effects = step(session, pressed(YES))
    assert isinstance(effects[0], AskDeletion)
    assert effects[-1 - len(first) :] == [*first, DeleteData()]
    assert step(session, DeletionAsked())[1] == [*first, DeleteData()]


@pytest.mark.parametrize("age", [DELETION_VALID, DELETION_VALID + 1, 86400, -61, -1e6])
def test_an_old_or_forged_press_is_answered_and_deletes_nothing(age):
    _, effects = step(IDLE, pressed(f"delete:{NOW - age:.0f}"))
    assert toasts(effects) == ["delete-too-late"]
    assert of(DeleteData, effects) == of(AskDeletion, effects) == []


@pytest.mark.parametrize("data", ["delete", "delete:", "delete:-1", "delete:now", "delete:1e9", "delete:٣", "delete:" + "9" * 40])
def test_data_of_another_shape_is_an_old_button(data):
    assert toasts(step(IDLE, pressed(data))[1]) == ["old-button"]


def test_who_keeps_their_data_loses_the_buttons_only():
    session, effects = step(IDLE, pressed("keep"))
    assert session.profile == IDLE.profile
    assert [each.notice.text for each in of(Amend, effects)] == ["delete-not"]


def test_who_chats_elsewhere_is_shown_where_and_nothing_is_deleted():
    assert texts(step(ELSEWHERE, command("delete_me"))[1]) == ["chatting-elsewhere"]
    _, effects = step(ELSEWHERE, pressed(YES))
    assert texts(effects) == ["chatting-elsewhere"]
    assert of(AskDeletion, effects) == []
    assert step(ELSEWHERE, DeletionAsked())[1] == []


def test_a_deleted_person_is_somebody_new():
    session, effects = step(replace(IDLE, told_banned=NOW, lost_partner=True), DataDeleted())
    assert (session, effects) == (Session(address=IDLE.address), [])
    session, _ = step(session, command("start"))
    assert texts(step(session, Begun(profile=session.profile))[1]) == ["welcome", "ask-gender"]


def test_a_banned_person_who_was_deleted_reads_that_alone_at_the_next_start():
    begun, effects = step(NEWCOMER, command("start"))
    assert texts(effects) == []
    ban = Ban(user=ADULT.user, until=inf, reason="fraud", by="olga", by_person=True)
    banned, effects = step(begun, Begun(profile=replace(begun.profile, banned_until=inf, ban=ban)))
    assert texts(effects) == ["banned"]
    assert "Why: fraud" in shown(effects)
    assert "/appeal" in shown(effects)
    assert texts(step(replace(banned, told_banned=0.0), command("find"))[1]) == ["banned"]
