"""The session machine, told as little stories: what is heard, what is decided."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest
from msgspec import structs

from domain.configuration import Flood
from domain.matching.requests import Banned, Fenced, Free, Paired, UpdateSearch, Waiting
from domain.model.chat import ChatEnd
from domain.model.content import Album, Content, Dice, FileRef, Media, MediaKind, Poll, Text, Uncopyable
from domain.model.events import ChatEnded, Expelled, Matched, SearchEnded
from domain.model.ids import Address, BotId, ChatId, MessageId, Pts
from domain.model.inbound import BotBlocked, MessageEdited, MessageReceived
from domain.model.outgoing import NotSent, Why
from domain.model.profile import Gender, Profile, Question, Wishes
from domain.model.profile_changes import SetGender
from domain.session.effects import (
    Amend,
    ChangeProfile,
    Decide,
    DropRelays,
    Introduce,
    LookUpBan,
    NoteSearch,
    RecordChat,
    RecordEnd,
    Relay,
    ShowProgress,
)
from domain.session.facts import Begun, NotRelayed, SearchTick, Stands
from domain.session.state import Chatting, Elsewhere, Idle, Searching, Session
from domain.session.typed import read_age
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
    RULES,
    SEARCHING,
    cancel,
    cancelled,
    command,
    edited,
    find,
    found,
    leave,
    left,
    of,
    pressed,
    said,
    step,
    texts,
    toasts,
    widened,
)


def photo(caption: str = "") -> Media:
    file = FileRef(bot=BOT, id=1, access_hash=1, reference=b"", unique_id="1", message=MessageId(4))
    return Media(kind=MediaKind.PHOTO, file=file, caption=Text(text=caption))


def amended(effects: list) -> list[str]:
    """Of messages that lose their buttons."""
    return [each.notice.text for each in of(Amend, effects) if not each.notice.buttons]


def test_somebody_new_is_welcomed_and_asked_for_a_gender():
    session, effects = step(Session(address=ME), command("start"), NOW, RULES)
    assert [type(each) for each in effects] == [ChangeProfile]
    session, effects = step(session, Begun(profile=session.profile), NOW, RULES)
    assert texts(effects) == ["welcome", "ask-gender"]
    assert session.profile is not None
    assert session.profile.asked is Question.GENDER


def test_the_profile_is_saved_step_by_step():
    session = Session(address=ME, profile=Profile(user=ME.user, asked=Question.GENDER))
    session, effects = step(session, pressed("gender:male"), NOW, RULES)
    assert of(ChangeProfile, effects) == [ChangeProfile(change=SetGender(gender=Gender.MALE, ask=Question.AGE))]
    assert texts(effects) == ["ask-age"]
    session, effects = step(session, said("25"), NOW, RULES)
    assert texts(effects) == ["profile-saved"]
    assert session.profile == replace(ADULT, gender=Gender.MALE, adult=True, adult_from=0.0)


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("twelve", "age-not-a-number"),
        ("12", "age-too-low"),
        ("-5", "age-too-low"),
        ("121", "age-too-high"),
        ("9" * 5000, "age-too-high"),
    ],
)
def test_a_wrong_age_is_asked_again(typed: str, answer: str):
    asking = Session(address=ME, profile=Profile(user=ME.user, gender=Gender.MALE, asked=Question.AGE))
    session, effects = step(asking, said(typed), NOW, RULES)
    assert texts(effects) == [answer]
    assert session.profile == asking.profile


@pytest.mark.parametrize("age", [13, 120])
def test_the_youngest_and_the_oldest_age_are_allowed(age: int):
    asking = Session(address=ME, profile=Profile(user=ME.user, gender=Gender.MALE, asked=Question.AGE))
    session, effects = step(asking, said(str(age)), NOW, RULES)
    assert texts(effects) == ["profile-saved"]
    assert session.profile is not None
    assert (session.profile.age, session.profile.complete) == (age, True)


@pytest.mark.parametrize(
    ("typed", "age"),
    [
        ("25", 25),
        (" 25 ", 25),
        ("+25", 25),
        ("-25", -25),
        ("٢٥", 25),
        ("", None),
        ("+", None),
        ("2 5", None),
        ("25.0", None),
        ("²", None),
    ],
)
def test_ages_are_whole_numbers_in_any_digits(typed: str, age: int | None):
    assert read_age(typed) == age


@pytest.mark.parametrize(
    "data", ["gender:robot", "gender:male", "find", "", "edit:", "edit:soul", "cancel", "joined", "\x00" * 64]
)
def test_buttons_that_are_not_on_offer_are_old(data: str):
    session, effects = step(IDLE, pressed(data), NOW, RULES)
    assert toasts(effects) == ["old-button"]
    assert session.place == Idle()


@pytest.mark.parametrize("busy", [SEARCHING, CHATTING], ids=["searching", "chatting"])
@pytest.mark.parametrize("question", list(Question))
def test_the_profile_is_not_edited_in_a_search_or_a_chat(busy: Session, question: Question):
    session, effects = step(busy, pressed(f"edit:{question}"), NOW, RULES)
    assert toasts(effects) == ["edit-when-idle"]
    assert len(effects) == 1
    assert (session.profile, session.place) == (busy.profile, busy.place)


def test_nobody_searches_before_the_profile_is_complete():
    session = Session(address=ME, profile=Profile(user=ME.user, gender=Gender.MALE, asked=Question.AGE))
    _, effects = step(session, command("find"), NOW, RULES)
    assert texts(effects) == ["profile-first", "ask-age"]


def test_find_asks_the_pool_and_waits():
    session, effects = step(IDLE, command("find"), NOW, RULES)
    assert effects == [find()]
    session, effects = step(session, found(Waiting(marks={}, since=1000.0, bot=BOT, fresh=True)), NOW, RULES)
    assert texts(effects) == ["searching"]
    assert session.place == Searching(1000.0)


def test_searching_twice_changes_nothing():
    session, effects = step(SEARCHING, command("find"), NOW, RULES)
    assert texts(effects) == ["already-searching"]
    assert session.place == SEARCHING.place


def test_a_search_that_pairs_at_once_records_the_chat_before_anybody_is_told():
    session, effects = step(IDLE, found(Paired(marks={}, chat=CHAT, fresh=True)), NOW, RULES)
    assert effects == [RecordChat(chat=CHAT), Introduce(chat=CHAT), NoteSearch(searching=False)]
    assert session.place == Chatting(CHAT)


def test_the_event_of_a_match_already_known_does_nothing():
    session, effects = step(CHATTING, Matched(user=ME.user, chat=CHAT), NOW, RULES)
    assert effects == []
    assert session == CHATTING


def test_after_a_crash_the_match_is_told_again_with_the_same_keys():
    activated, _ = step(Session(address=ME, profile=ADULT), Stands(answer=Paired(marks={}, chat=CHAT)), NOW, RULES)
    assert activated.place == Chatting(CHAT, introduced=False)
    session, effects = step(activated, Matched(user=ME.user, chat=CHAT), NOW, RULES)
    assert effects[:2] == [RecordChat(chat=CHAT), Introduce(chat=CHAT)]
    assert session.place == Chatting(CHAT)


def test_messages_are_relayed_with_their_replies():
    _, effects = step(CHATTING, said("hi", pts=9, reply_to=MessageId(4)), NOW, RULES)
    relay = Relay(chat=CHAT.id, to=PARTNER, message=MessageId(9), content=Text(text="hi"), reply_to=MessageId(4))
    assert effects == [relay]


def test_edits_are_relayed_as_edits():
    edit = MessageEdited(user=ME.user, pts=Pts(9), message=MessageId(4), content=Text(text="hi"))
    _, effects = step(CHATTING, edit, NOW, RULES)
    assert effects == [Relay(chat=CHAT.id, to=PARTNER, message=MessageId(4), content=Text(text="hi"), edit=True)]


def test_what_cannot_be_copied_is_not_passed_on_as_an_edit_either():
    assert of(Relay, step(CHATTING, edited(Uncopyable(reason="refuse-location")), NOW, RULES)[1]) == []


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        (Text(text="x" * 4096), []),
        (Text(text="x" * 4097), ["not-delivered-too-long"]),
        (Text(text="😀" * 2049), ["not-delivered-too-long"]),
        (photo("x" * 1024), []),
        (photo("😀" * 513), ["not-delivered-caption-too-long"]),
    ],
    ids=["4096 letters", "4097 letters", "2049 emoji", "caption of 1024", "caption of 513 emoji"],
)
def test_an_edit_may_be_as_long_as_a_message_and_no_longer(content: Content, answer: list[str]):
    _, effects = step(CHATTING, edited(content), NOW, RULES)
    assert texts(effects) == answer
    assert len(of(Relay, effects)) == (not answer)


@pytest.mark.parametrize("too_long", [0, 1, 2])
def test_every_caption_of_an_album_is_measured(too_long: int):
    album = Album(items=tuple(photo("x" * (1025 if part == too_long else 1024)) for part in range(3)))
    _, effects = step(CHATTING, replace(said(""), content=album), NOW, RULES)
    assert texts(effects) == ["not-delivered-caption-too-long"]
    assert of(Relay, effects) == []


@pytest.mark.parametrize(
    "voted_on",
    [Poll(question=Text(text="What?"), options=(Text(text="Tea"), Text(text="Coffee"))), Dice(emoji="🎲", value=6)],
    ids=["poll", "dice"],
)
def test_votes_are_no_news(voted_on: Content):
    assert step(CHATTING, edited(voted_on), NOW, RULES)[1] == []


def test_what_cannot_be_copied_is_refused_with_its_reason():
    refused = MessageReceived(user=ME.user, pts=Pts(5), message=MessageId(5), content=Uncopyable(reason="refuse-contact"))
    _, effects = step(CHATTING, refused, NOW, RULES)
    assert texts(effects) == ["refuse-contact"]


def test_the_length_of_a_message_counts_in_utf16_units():
    assert of(Relay, step(CHATTING, said("😀" * 2048), NOW, RULES)[1])
    assert texts(step(CHATTING, said("😀" * 2049), NOW, RULES)[1]) == ["not-delivered-too-long"]


def test_commands_are_never_relayed():
    assert texts(step(CHATTING, command("dance"), NOW, RULES)[1]) == ["unknown-command"]


def test_next_leaves_and_searches_in_one_decision():
    _, effects = step(CHATTING, command("next"), NOW, RULES)
    assert effects == [find(leaving=CHAT.id)]
    searched = found(Waiting(marks={}, since=1.0, bot=BOT, fresh=True), left=CHAT.id)
    session, effects = step(CHATTING, searched, NOW, RULES)
    assert effects[:2] == [RecordEnd(chat=CHAT.id, why=ChatEnd.NEXT), DropRelays(chat=CHAT.id)]
    assert isinstance(session.place, Searching)


def test_stop_ends_the_chat():
    session, effects = step(CHATTING, command("stop"), NOW, RULES)
    assert effects == [leave(ChatEnd.STOPPED)]
    session, effects = step(CHATTING, left(ChatEnd.STOPPED, Free(marks={})), NOW, RULES)
    assert session.place == Idle()
    assert texts(effects) == ["you-left"]


TOLD_OF_THE_END = {
    ChatEnd.STOPPED: "partner-left",
    ChatEnd.NEXT: "partner-next",
    ChatEnd.GONE: "partner-gone",
    ChatEnd.BANNED: "partner-gone",
    ChatEnd.BLOCKED: "partner-gone",
    ChatEnd.REPORTED: "partner-gone",
    ChatEnd.IDLE: "chat-ended-idle",
    ChatEnd.LOST: "chat-ended-lost",
    ChatEnd.OPERATOR: "chat-ended-operator",
}
"""A ban, a block and a report look like somebody who is gone: none is betrayed."""


@pytest.mark.parametrize("why", list(ChatEnd))
def test_however_a_chat_ends_the_other_is_told_and_no_more_than_they_may_know(why: ChatEnd):
    session, effects = step(CHATTING, ChatEnded(user=ME.user, chat=CHAT.id, why=why), NOW, RULES)
    assert session.place == Idle()
    assert texts(effects) == [TOLD_OF_THE_END[why]]
    assert of(RecordEnd, effects)


def test_the_end_of_a_former_chat_leaves_the_present_one_alone():
    session, _ = step(CHATTING, ChatEnded(user=ME.user, chat=ChatId("c0"), why=ChatEnd.STOPPED), NOW, RULES)
    assert session.place == Chatting(CHAT)


def test_who_lost_a_partner_waits_at_the_head():
    session, _ = step(CHATTING, ChatEnded(user=ME.user, chat=CHAT.id, why=ChatEnd.GONE), NOW, RULES)
    assert step(session, command("find"), NOW, RULES)[1] == [find(priority=True)]


@pytest.mark.parametrize("why", [ChatEnd.GONE, ChatEnd.BANNED, ChatEnd.LOST])
def test_who_lost_a_partner_while_the_session_was_passive_waits_at_the_head(why: ChatEnd):
    """The event activates the session, which is idle by the pool then."""
    session, _ = step(IDLE, ChatEnded(user=ME.user, chat=CHAT.id, why=why), NOW, RULES)
    assert step(session, command("find"), NOW, RULES)[1] == [find(priority=True)]


def test_a_repeated_end_of_a_chat_gives_no_second_search_at_the_head():
    ended = ChatEnded(user=ME.user, chat=CHAT.id, why=ChatEnd.GONE)
    session = replace(step(CHATTING, ended, NOW, RULES)[0], lost_partner=False)
    session, _ = step(session, ended, NOW, RULES)
    assert step(session, command("find"), NOW, RULES)[1] == [find(priority=False)]


def test_who_found_their_partner_gone_waits_at_the_head():
    """By a message of their own that did not arrive."""
    session, effects = step(CHATTING, left(ChatEnd.GONE, Free(marks={})), NOW, RULES)
    assert texts(effects) == ["partner-gone"]
    assert step(session, command("find"), NOW, RULES)[1] == [find(priority=True)]


@pytest.mark.parametrize("why", [ChatEnd.STOPPED, ChatEnd.NEXT, ChatEnd.IDLE, ChatEnd.OPERATOR])
def test_whose_partner_had_enough_waits_like_everybody(why: ChatEnd):
    session, _ = step(CHATTING, ChatEnded(user=ME.user, chat=CHAT.id, why=why), NOW, RULES)
    assert step(session, command("find"), NOW, RULES)[1] == [find(priority=False)]


def test_a_partner_who_cannot_be_reached_any_more_is_gone():
    lost = NotRelayed(chat=CHAT.id, message=MessageId(9), failure=NotSent(why=Why.GONE))
    assert step(CHATTING, lost, NOW, RULES)[1] == [leave(ChatEnd.GONE)]


@pytest.mark.parametrize(
    ("why", "text"),
    [(Why.FLOOD, ["not-delivered-flood"]), (Why.REFUSED, ["not-delivered-refused"]), (Why.DISCARDED, []), (Why.STALE, [])],
)
def test_the_sender_learns_what_did_not_arrive(why: Why, text: list[str]):
    lost = NotRelayed(chat=CHAT.id, message=MessageId(9), failure=NotSent(why=why))
    assert texts(step(CHATTING, lost, NOW, RULES)[1]) == text


def test_who_blocks_the_bot_leaves_everything():
    stopped = BotBlocked(user=ME.user)
    assert step(CHATTING, stopped, NOW, RULES)[1] == [leave(ChatEnd.GONE, silent=True)]
    assert step(SEARCHING, stopped, NOW, RULES)[1] == [cancel(silent=True)]
    assert step(IDLE, stopped, NOW, RULES)[1] == []


def test_a_search_is_cancelled_by_command_or_button():
    assert step(SEARCHING, command("stop"), NOW, RULES)[1] == [cancel()]
    effects = step(SEARCHING, pressed("cancel"), NOW, RULES)[1]
    assert (effects[-1], amended(effects)) == (cancel(), ["search-over"])
    session, effects = step(SEARCHING, cancelled(Free(marks={})), NOW, RULES)
    assert texts(effects) == ["search-cancelled"]
    assert session.place == Idle()


def test_a_cancel_that_came_too_late_finds_a_partner():
    session, effects = step(SEARCHING, cancelled(Paired(marks={}, chat=CHAT)), NOW, RULES)
    assert session.place == Chatting(CHAT)
    assert of(Introduce, effects)


def test_a_bot_whose_name_is_not_known_is_not_named():
    unknown = BotId(404)
    _, effects = step(replace(IDLE, place=Elsewhere(unknown, chatting=True)), command("find"), NOW, RULES)
    assert texts(effects) == ["chatting-elsewhere-unnamed"]


def test_elsewhere_one_is_shown_the_way():
    there = Paired(marks={}, chat=replace(CHAT, first=Address(OTHER_BOT, ME.user)))
    session, _ = step(IDLE, Stands(answer=there), NOW, RULES)
    assert session.place == Elsewhere(OTHER_BOT, chatting=True)
    _, effects = step(session, command("find"), NOW, RULES)
    assert texts(effects) == ["chatting-elsewhere"]
    assert effects[0].notice.buttons[0][0].url == "https://t.me/second_bot"


def test_an_update_older_than_the_last_change_is_skipped():
    activated = replace(CHATTING, last_pts=Pts(9))
    assert step(activated, command("stop", pts=8), NOW, RULES) == (activated, [])
    assert step(activated, command("stop", pts=10), NOW, RULES)[1] == [leave(ChatEnd.STOPPED)]


def test_an_edit_has_a_number_of_its_own_and_is_never_skipped_for_it():
    edit = MessageEdited(user=ME.user, pts=Pts(3), message=MessageId(4), content=Text(text="hi"))
    assert step(replace(CHATTING, last_pts=Pts(9)), edit, NOW, RULES)[1] == step(CHATTING, edit, NOW, RULES)[1] != []


def test_a_search_decided_before_a_crash_is_told_as_new_and_noted():
    activated = replace(SEARCHING, last_pts=Pts(9))
    for name in ("find", "next"):
        session, effects = step(activated, command(name, pts=9), NOW, RULES)
        assert session.place == activated.place
        assert texts(effects) == ["searching"]
        assert NoteSearch(searching=True) in effects


def test_a_match_decided_before_a_crash_is_told_and_neither_ended_nor_refused():
    activated = replace(CHATTING, place=Chatting(CHAT, introduced=False), last_pts=Pts(9))
    for name in ("find", "next", "stop", "cancel"):
        session, effects = step(activated, command(name, pts=9), NOW, RULES)
        assert session.place == Chatting(CHAT)
        assert effects[:2] == [RecordChat(chat=CHAT), Introduce(chat=CHAT)]


def test_an_end_decided_before_a_crash_is_told():
    activated = replace(IDLE, last_pts=Pts(9))
    assert texts(step(activated, command("stop", pts=9), NOW, RULES)[1]) == ["stopped"]
    assert texts(step(activated, command("cancel", pts=9), NOW, RULES)[1]) == ["search-cancelled"]
    assert step(activated, command("find", pts=9), NOW, RULES)[1] == [NoteSearch(searching=False)]


def test_who_has_begun_anew_since_is_not_told_of_the_end_of_an_earlier_chat():
    """A crash may have come between, so that the session does not know of what it told."""
    parted = ChatEnded(user=ME.user, chat=ChatId("earlier"), why=ChatEnd.STOPPED)
    for place in (Searching(NOW), Chatting(CHAT)):
        session, effects = step(replace(IDLE, place=place), parted, NOW, RULES)
        assert effects == [RecordEnd(chat=parted.chat, why=parted.why), DropRelays(chat=parted.chat)]
        assert session.place == place


def test_whoever_left_is_not_told_that_the_partner_left_too():
    decided = left(ChatEnd.STOPPED, Free(marks={}))
    session, _ = step(CHATTING, decided, NOW, RULES)
    assert texts(step(session, ChatEnded(user=ME.user, chat=CHAT.id, why=ChatEnd.STOPPED), NOW, RULES)[1]) == []


def test_the_fenced_say_nothing():
    for fact in (found(Fenced()), cancelled(Fenced()), left(ChatEnd.STOPPED, Fenced())):
        assert step(CHATTING, fact, NOW, RULES) == (CHATTING, [])


def test_the_banned_are_told_and_nothing_else_happens():
    banned = replace(IDLE, profile=replace(ADULT, banned_until=NOW + 60))
    assert texts(step(banned, command("find"), NOW, RULES)[1]) == ["banned"]
    assert step(IDLE, found(Banned(marks={}, until=NOW)), NOW, RULES)[1] == [LookUpBan(until=NOW)]


def test_an_album_counts_as_its_parts():
    rules = structs.replace(RULES, flood=Flood(rate=1.0, burst=22))
    album = said("ten pictures", places=tuple(Pts(place) for place in range(5, 15)))
    session, effects = step(CHATTING, album, NOW, rules)
    assert [type(effect) for effect in effects] == [Relay]
    session, effects = step(session, replace(album, message=MessageId(6)), NOW, rules)
    assert texts(effects) == ["too-fast"]
    _, effects = step(session, said("two"), NOW, rules)
    assert [type(effect) for effect in effects] == [Relay]


def test_whoever_is_banned_in_a_chat_is_told_and_refused_from_then_on():
    session, effects = step(CHATTING, Expelled(user=ME.user, until=NOW + 60, chat=CHAT.id), NOW, RULES)
    assert LookUpBan(until=NOW + 60) in effects
    assert RecordEnd(chat=CHAT.id, why=ChatEnd.BANNED) in effects
    assert session.place == Idle()
    assert texts(step(session, command("find"), NOW + 59, RULES)[1]) == ["banned"]
    assert isinstance(step(session, command("find"), NOW + 61, RULES)[1][0], Decide)


def test_whoever_is_banned_in_a_search_is_told_and_searches_no_more():
    session, effects = step(SEARCHING, Expelled(user=ME.user, until=None), NOW, RULES)
    assert LookUpBan(until=inf) in effects
    assert NoteSearch(searching=False) in effects
    assert session.place == Idle()
    assert texts(step(session, said("why?"), NOW + 1e9, RULES)[1]) == ["banned"]


def test_what_was_written_at_leisure_and_comes_all_at_once_is_no_flood():
    rules = structs.replace(RULES, flood=Flood(rate=1.0, burst=2))
    session = CHATTING
    for number in range(100):
        session, effects = step(session, said("hello", pts=5 + number, date=NOW - 200 + number), NOW, rules)
        assert isinstance(effects[0], Relay), number


def test_what_was_written_too_fast_is_a_flood_however_late_it_comes():
    rules = structs.replace(RULES, flood=Flood(rate=1.0, burst=2))
    session = CHATTING
    relayed = 0
    for number in range(20):
        session, effects = step(session, said("hello", pts=5 + number, date=NOW - 200), NOW, rules)
        relayed += any(isinstance(effect, Relay) for effect in effects)
    assert relayed == 2


def test_a_clock_that_went_back_holds_nobody_up():
    rules = structs.replace(RULES, flood=Flood(rate=1.0, burst=2))
    session, _ = step(CHATTING, pressed("cancel"), NOW + 3600, rules)
    for second in range(10):
        session, effects = step(session, said("hello", pts=5 + second), NOW + second, rules)
        assert isinstance(effects[0], Relay), second


@pytest.mark.parametrize("ahead", [-3600.0, 3600.0])
def test_a_clock_that_disagrees_with_telegrams_lets_nobody_say_more(ahead):
    """Presses have no date of Telegram's and count by our own clock."""
    rules = structs.replace(RULES, flood=Flood(rate=1.0, burst=5))
    session, relayed = CHATTING, 0
    for number in range(20):
        session, effects = step(session, said("hello", pts=5 + number, date=NOW + ahead), NOW, rules)
        relayed += any(isinstance(effect, Relay) for effect in effects)
        session, _ = step(session, pressed("cancel"), NOW, rules)
    assert relayed <= 5


def test_a_flood_is_refused_and_answered_once_in_a_while():
    rules = structs.replace(RULES, flood=Flood(rate=1.0, burst=2))
    session, answers = CHATTING, []
    for number in range(10):
        session, effects = step(session, said("x", pts=number + 1), NOW, rules)
        answers.append(effects)
    assert [bool(of(Relay, effects)) for effects in answers[:3]] == [True, True, False]
    assert sum(texts(effects) == ["too-fast"] for effects in answers) == 1


def test_edits_count_in_the_flood_and_so_does_what_is_said_between_them():
    rules = structs.replace(RULES, flood=Flood(rate=1.0, burst=3))
    session, relayed, answers = CHATTING, 0, []
    for number in range(10):
        update = said("hello", pts=9 + number) if number == 1 else edited(Text(text=f"version {number}"), pts=9 + number)
        session, effects = step(session, update, NOW, rules)
        relayed += len(of(Relay, effects))
        answers += texts(effects)
    assert (relayed, answers) == (3, ["too-fast"])


def test_a_search_ended_by_time_or_by_a_lost_store_is_told():
    assert texts(step(IDLE, SearchEnded(user=ME.user), NOW, RULES)[1]) == ["nobody-now"]
    assert texts(step(IDLE, SearchEnded(user=ME.user, lost=True), NOW, RULES)[1]) == ["search-lost"]
    assert step(CHATTING, SearchEnded(user=ME.user), NOW, RULES) == (CHATTING, [])


def test_a_new_search_outlives_the_news_of_the_old_one():
    assert step(SEARCHING, SearchEnded(user=ME.user), NOW, RULES) == (SEARCHING, [])


def test_searches_are_noted_for_the_day_when_the_pool_forgets():
    waiting = found(Waiting(marks={}, since=1.0, bot=BOT, fresh=True))
    session, effects = step(IDLE, waiting, NOW, RULES)
    assert NoteSearch(searching=True) in effects
    assert NoteSearch(searching=False) in step(session, Matched(user=ME.user, chat=CHAT), NOW, RULES)[1]


def test_the_wait_is_shown_and_a_picky_vip_is_asked_once_whether_to_widen():
    vip = replace(ADULT, vip_until=NOW + 60, wishes=Wishes(genders=frozenset({Gender.MALE})))
    session = replace(SEARCHING, profile=vip)
    session, effects = step(session, SearchTick(waited=10), NOW, RULES)
    assert [type(effect) for effect in effects] == [ShowProgress]
    session, effects = step(session, SearchTick(waited=60), NOW, RULES)
    assert texts(effects) == ["widen-question"]
    session, effects = step(session, SearchTick(waited=70), NOW, RULES)
    assert texts(effects) == []
    effects = step(session, pressed("widen"), NOW, RULES)[1]
    assert (type(effects[-1].request), amended(effects)) == (UpdateSearch, ["widen-chosen"])


def test_without_wishes_there_is_nothing_to_widen():
    _, effects = step(SEARCHING, SearchTick(waited=600), NOW, RULES)
    assert [type(effect) for effect in effects] == [ShowProgress]
    assert step(IDLE, SearchTick(waited=600), NOW, RULES) == (IDLE, [])


def test_a_widened_search_goes_on_or_finds_at_once():
    assert texts(step(SEARCHING, widened(Waiting(marks={}, since=1.0, bot=BOT)), NOW, RULES)[1]) == ["widened"]
    session, _ = step(SEARCHING, widened(Paired(marks={}, chat=CHAT)), NOW, RULES)
    assert session.place == Chatting(CHAT)


def test_who_blocked_the_bot_is_told_nothing():
    session, effects = step(CHATTING, left(ChatEnd.GONE, Free(marks={}), silent=True), NOW, RULES)
    assert session == IDLE
    assert texts(effects) == []
    session, effects = step(SEARCHING, cancelled(Free(marks={}), silent=True), NOW, RULES)
    assert session == IDLE
    assert effects == [NoteSearch(searching=False)]


# --- a pool that lost its last moment

AFTER = replace(IDLE, ended=CHAT.id)


def test_a_search_is_not_answered_by_a_chat_that_is_known_to_be_over():
    session, effects = step(AFTER, found(Paired(chat=CHAT, marks={})), NOW, RULES)
    assert session.place == Idle()
    assert texts(effects) == ["try-again"]
    assert of(Decide, effects) == [leave(ChatEnd.STOPPED, silent=True, unmarked=True)]


def test_a_cancelled_search_is_told_also_where_the_pool_knows_an_earlier_chat_only():
    searching = replace(SEARCHING, ended=CHAT.id)
    session, effects = step(searching, cancelled(Paired(chat=CHAT, marks={})), NOW, RULES)
    assert session.place == Idle()
    assert texts(effects) == ["search-cancelled"]
    assert of(Decide, effects) == [leave(ChatEnd.STOPPED, silent=True, unmarked=True)]


def test_a_chat_that_is_known_to_be_over_does_not_begin_again():
    assert step(AFTER, Matched(user=ME.user, chat=CHAT), NOW, RULES) == (AFTER, [])
    session, _ = step(AFTER, Stands(answer=Paired(chat=CHAT, marks={})), NOW, RULES)
    assert session.place == Idle()
