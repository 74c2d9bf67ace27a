"""/report, /block and /blocks: whom one may report or block, when, and what each press leads to."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest

from domain.matching.requests import Fenced, Free, LiftBlock, Paired, Separate
from domain.model.chat import Chat, ChatEnd, PastChat
from domain.model.events import ChatEnded, Separated
from domain.model.ids import Address, ChatId, MessageId, UserId
from domain.model.separation import Apart, Block, Separation
from domain.ports.payments import VipState
from domain.session.effects import (
    Amend,
    Decide,
    DropRelays,
    FindBlock,
    ForgetBlock,
    ListBlocks,
    Parting,
    ReadEvidence,
    RecallChat,
    RecordEnd,
    RecordSeparation,
    Say,
    TellReport,
)
from domain.session.facts import BlockFound, BlocksListed, ChatRecalled, Decided, EvidenceRead, Reported, VipLooked
from domain.session.notices.parting_notices import PAGE
from domain.session.state import Chatting, Elsewhere, Idle
from domain.trust.reports import Reason, Report, Said
from tests.domain.stories import (
    ADULT,
    BOT,
    CHAT,
    CHATTING,
    IDLE,
    ME,
    NOW,
    OTHER_BOT,
    PARTNER,
    SEARCHING,
    command,
    of,
    pressed,
    step,
    texts,
    toasts,
)

OTHERS = Chat(id=ChatId("c7"), first=Address(BOT, UserId(77)), second=Address(BOT, UserId(78)), started=1.0)
AT_OTHER_BOT = replace(CHAT, first=Address(OTHER_BOT, ME.user))
HOUR = 3600.0
LOOKED = VipLooked(state=VipState(until=0.0), links={})
ADS = f"report:ads:{CHAT.id}:"


def buttons(effects):
    return [button for effect in of(Say, effects) for row in effect.notice.buttons for button in row]


def separate(why=ChatEnd.REPORTED, *, reason=Reason.ADS, press=ADS, marked=None):
    request = Separate(address=ME, partner=PARTNER, chat=CHAT.id, why=why, reason=reason, marked=marked, pressed=pressed(press))
    return Decide(request=request)


def recalled(past, *, data=ADS, why=ChatEnd.REPORTED, session=IDLE, now=NOW):
    press = pressed(data) if data else None
    asked = RecallChat(parting=Parting(why=why, reason=Reason.ADS, pressed=press), chat=CHAT.id)
    return step(session, ChatRecalled(asked=asked, past=past), now)[1]


def ended(ago=0.0, chat=CHAT):
    return PastChat(chat=chat, ended=NOW - ago)


# --- asking


def test_in_a_chat_every_reason_is_a_button_that_names_the_chat():
    session, effects = step(CHATTING, command("report"))
    assert session.place == CHATTING.place
    assert [button.data for button in buttons(effects)] == [f"report:{reason}:{CHAT.id}:" for reason in Reason]
    assert all(len(button.data.encode()) <= 64 for button in buttons(effects))


def test_as_the_reply_to_a_message_the_buttons_name_it_too_and_still_fit():
    long = replace(CHATTING, place=Chatting(replace(CHAT, id=ChatId("f" * 16))))
    _, effects = step(long, replace(command("report"), reply_to=MessageId(2**31 - 1)))
    assert all(button.data.endswith(f":{2**31 - 1}") and len(button.data) <= 64 for button in buttons(effects))


@pytest.mark.parametrize("session", [IDLE, SEARCHING, replace(IDLE, place=Elsewhere(OTHER_BOT, chatting=False))])
@pytest.mark.parametrize(("name", "why"), [("report", ChatEnd.REPORTED), ("block", ChatEnd.BLOCKED)])
def test_outside_a_chat_it_is_about_the_last_one(session, name, why):
    _, effects = step(session, command(name))
    assert effects == [RecallChat(parting=Parting(why=why))]


def test_who_chats_at_another_bot_is_shown_that_bot():
    _, effects = step(replace(IDLE, place=Elsewhere(OTHER_BOT, chatting=True)), command("report"))
    assert texts(effects) == ["chatting-elsewhere"]


def test_block_asks_first():
    _, effects = step(CHATTING, command("block"))
    assert [button.data for button in buttons(effects)] == [f"block:{CHAT.id}"]


def test_after_the_chat_the_question_is_asked_when_it_is_recalled():
    assert len(buttons(recalled(ended(), data=None))) == len(Reason)


# --- who may be reported


@pytest.mark.parametrize("why", [ChatEnd.REPORTED, ChatEnd.BLOCKED])
@pytest.mark.parametrize(
    ("past", "text"),
    [
        (None, "nobody"),
        (ended(chat=OTHERS), "nobody"),
        (ended(chat=AT_OTHER_BOT), "elsewhere"),
        (ended(ago=HOUR + 1), "too-late"),
    ],
    ids=["no chat", "a chat of others", "at another bot", "long ago"],
)
def test_whom_one_cannot_report_or_block_is_said_in_words(past, text, why):
    word = f"{'report' if why is ChatEnd.REPORTED else 'block'}-{text}"
    pressed_for = recalled(past, why=why)
    assert toasts(pressed_for) == [word]
    assert of(Decide, pressed_for) == []
    assert texts(recalled(past, data=None, why=why)) == [word]


@pytest.mark.parametrize("past", [ended(ago=HOUR - 1), PastChat(chat=CHAT, ended=None)], ids=["within the hour", "not recorded"])
def test_the_last_partner_can_be_reported_for_an_hour(past):
    assert of(Decide, recalled(past)) == [separate()]


@pytest.mark.parametrize(
    "data",
    ["report:", "report:boredom:c1:", "report:ads", "report:ads:c 1:", "report:ads:" + "c" * 33 + ":", "report:ads:c1:x",
     "report:ads:c1:-5", "report:ads:c1:" + "9" * 11, "report:ads:c1:²", "block:", "block:a b", "unblock:", "unblock:x",
     "unblock:" + "9" * 17, "blocks:x", "blocks:100"],
)  # fmt: skip
def test_forged_data_is_no_button(data):
    session, effects = step(CHATTING, pressed(data))
    assert session.place == CHATTING.place
    assert toasts(effects) == ["old-button"]


def test_a_press_about_another_chat_asks_the_records_and_leaves_the_present_one_alone():
    session, effects = step(CHATTING, pressed("report:ads:c0:"))
    assert session.place == CHATTING.place
    (asked,) = effects
    assert (type(asked), asked.chat) == (RecallChat, "c0")


@pytest.mark.parametrize("name", ["report", "block", "blocks"])
@pytest.mark.parametrize("profile", [replace(ADULT, banned_until=inf), replace(ADULT, age=None)], ids=["banned", "unfinished"])
def test_a_ban_or_an_open_question_saves_nobody_from_a_report(name, profile):
    _, effects = step(replace(IDLE, profile=profile), command(name))
    assert len([*of(RecallChat, effects), *of(ListBlocks, effects)]) == 1
    _, effects = step(replace(IDLE, profile=profile), pressed(ADS))
    assert len(of(RecallChat, effects)) == 1


# --- the decision


def test_a_press_in_the_chat_parts_at_once_and_without_a_look_into_the_records():
    session, effects = step(CHATTING, pressed(ADS))
    assert (session.place, effects) == (CHATTING.place, [separate()])
    marked = f"report:under_age:{CHAT.id}:17"
    assert step(CHATTING, pressed(marked))[1] == [separate(reason=Reason.UNDER_AGE, press=marked, marked=MessageId(17))]
    block = f"block:{CHAT.id}"
    assert step(CHATTING, pressed(block))[1] == [separate(ChatEnd.BLOCKED, reason=None, press=block)]


@pytest.mark.parametrize(("why", "text"), [(ChatEnd.REPORTED, "reported"), (ChatEnd.BLOCKED, "blocked")])
def test_the_chat_is_over_and_the_user_reads_it(why, text):
    decided = Decided(request=separate(why).request, answer=Free(marks={}))
    session, effects = step(CHATTING, decided)
    assert isinstance(session.place, Idle)
    assert (session.ended, session.left) == (CHAT.id, CHAT.id)
    assert of(RecordEnd, effects) == [RecordEnd(chat=CHAT.id, why=why)]
    assert of(DropRelays, effects) == [DropRelays(chat=CHAT.id)]
    assert texts(effects) == [text]
    assert toasts(effects) == [""]
    [question] = of(Amend, effects)
    chosen = "report-chosen" if why is ChatEnd.REPORTED else "block-chosen"
    assert (question.message, question.notice.text, question.notice.buttons) == (pressed(ADS).message, chosen, ())


@pytest.mark.parametrize("why", [ChatEnd.REPORTED, ChatEnd.BLOCKED])
def test_nobody_is_offered_a_gift_for_whom_they_reported_or_blocked(why):
    session, _ = step(CHATTING, Decided(request=separate(why).request, answer=Free(marks={})))
    gifts = f"gift:{CHAT.id}"
    assert gifts in [button.data for button in buttons(step(CHATTING, LOOKED)[1])]
    assert gifts not in [button.data for button in buttons(step(session, LOOKED)[1])]
    for data in (gifts, f"give:week:{CHAT.id}"):
        assert toasts(step(session, pressed(data))[1]) == ["old-button"]


def test_of_an_earlier_chat_the_present_one_goes_on():
    now_in = replace(CHATTING, place=Chatting(replace(CHAT, id=ChatId("c2"))))
    decided = Decided(request=separate().request, answer=Paired(marks={}, chat=now_in.place.chat))
    session, effects = step(now_in, decided)
    assert session == replace(now_in, parted=CHAT.id)
    assert of(RecordEnd, effects) == []
    assert texts(effects) == ["reported"]


def test_a_bot_that_is_served_elsewhere_by_now_says_nothing():
    assert step(CHATTING, Decided(request=separate().request, answer=Fenced())) == (CHATTING, [])


@pytest.mark.parametrize("why", [ChatEnd.REPORTED, ChatEnd.BLOCKED])
def test_the_partner_reads_what_they_would_read_of_somebody_who_is_gone(why):
    _, effects = step(CHATTING, ChatEnded(user=ME.user, chat=CHAT.id, why=why))
    _, gone = step(CHATTING, ChatEnded(user=ME.user, chat=CHAT.id, why=ChatEnd.GONE))
    assert of(Say, effects) == of(Say, gone)


def test_whoever_was_reported_does_not_search_in_front_of_others():
    session, _ = step(CHATTING, ChatEnded(user=ME.user, chat=CHAT.id, why=ChatEnd.REPORTED))
    assert not session.lost_partner


# --- what is recorded


EVENT = Separated(user=ME.user, partner=PARTNER, chat=CHAT.id, why=ChatEnd.REPORTED, reason=Reason.FRAUD, marked=MessageId(17))


def test_the_event_records_and_books_and_tells_only_whoever_was_not_told():
    told = of(Say, step(CHATTING, Decided(request=separate().request, answer=Free(marks={})))[1])
    session, effects = step(replace(IDLE, ended=CHAT.id), EVENT)
    separation = Separation(user=ME.user, other=PARTNER.user, why=Apart.REPORT)
    assert effects == [*told, RecordSeparation(separation=separation), ReadEvidence(of=EVENT)]
    assert session == replace(IDLE, ended=CHAT.id, parted=CHAT.id)


def test_a_block_is_recorded_only():
    _, effects = step(IDLE, replace(EVENT, why=ChatEnd.BLOCKED, reason=None))
    assert of(RecordSeparation, effects)[0].separation.why is Apart.BLOCK
    assert of(ReadEvidence, effects) == []


def test_the_event_ends_a_chat_whose_end_is_not_known_here():
    session, effects = step(CHATTING, EVENT)
    assert isinstance(session.place, Idle)
    assert of(RecordEnd, effects) == [RecordEnd(chat=CHAT.id, why=ChatEnd.REPORTED)]


def test_the_evidence_goes_with_the_report_and_the_number_comes_back():
    said = (Said(by_reporter=False, at=1.0, text="buy"),)
    _, effects = step(IDLE, EvidenceRead(of=EVENT, evidence=said, answered=False))
    report = Report(reporter=ME, reported=PARTNER, chat=CHAT.id, reason=Reason.FRAUD, evidence=said, answered=False)
    assert effects == [TellReport(report=report)]
    _, effects = step(IDLE, Reported(number=12))
    assert of(Say, effects)[0].notice.arguments == {"number": 12}


# --- blocks


def blocks(count):
    return tuple(Block(number=1_800_000_000_000 - 86_400_000 * number) for number in range(count))


def shown(count, page=0):
    _, effects = step(IDLE, BlocksListed(asked=ListBlocks(page=page, pressed=pressed("blocks:0")), blocks=blocks(count)))
    (amend,) = of(Amend, effects)
    return amend.notice, [button for row in amend.notice.buttons for button in row]


def test_blocks_are_dates_with_a_button_each():
    notice, rows = shown(2)
    assert notice.text == "blocks"
    assert [row.arguments["date"] for row in rows] == ["2027-01-15", "2027-01-14"]
    assert [row.data for row in rows] == [f"unblock:{block.number}" for block in blocks(2)]


def test_many_blocks_are_turned_by_pages():
    assert [row.data for row in shown(25)[1]][-1:] == ["blocks:1"]
    _, middle = shown(25, page=1)
    assert [row.arguments.get("number") for row in middle[:PAGE]] == list(range(PAGE + 1, 2 * PAGE + 1))
    assert [row.data for row in middle[PAGE:]] == ["blocks:0", "blocks:2"]
    assert [row.data for row in shown(25, page=99)[1]][-1:] == ["blocks:1"]


def test_without_blocks_it_says_so():
    _, effects = step(IDLE, BlocksListed(asked=ListBlocks(), blocks=()))
    assert texts(effects) == ["blocks-none"]


def test_a_block_is_lifted_in_the_pool_then_in_the_records_then_the_list_is_shown_anew():
    press = pressed("unblock:5")
    session, effects = step(IDLE, press)
    assert effects == [FindBlock(block=Block(number=5), pressed=press)]
    _, effects = step(session, BlockFound(asked=effects[0], other=PARTNER.user))
    (decide,) = effects
    assert decide.request == LiftBlock(address=ME, other=PARTNER.user, pressed=press)
    _, effects = step(session, Decided(request=decide.request, answer=Free(marks={})))
    assert effects == [ForgetBlock(other=PARTNER.user), ListBlocks(pressed=press, lifted=True)]


def test_a_block_that_is_gone_is_shown_as_lifted():
    press = pressed("unblock:5")
    _, effects = step(IDLE, BlockFound(asked=FindBlock(block=Block(number=5), pressed=press), other=None))
    assert effects == [ListBlocks(pressed=press, lifted=True)]
