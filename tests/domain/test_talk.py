"""What people who talk, or have talked, may ask for: questions, names, the last partner, opinions; and how many search."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.matching.requests import Answer, Banned, Free, Paired, Waiting
from domain.matching.talk import AskTopic, OfferName, Return
from domain.model.chat import ChatEnd, PastChat
from domain.model.events import ChatEnded, Matched, NamesOffered, NamesShown, TopicGiven
from domain.model.ids import Address, ChatId
from domain.model.inbound import CommandReceived
from domain.model.profile import Gender, Profile
from domain.ports.talk import Rating
from domain.session.afterwards import RATED_FROM, Over, afterwards
from domain.session.effects import Decide, Introduce, LookUpBan, LookUpPast, OfferAfterwards, Rate, Say, ShowProgress
from domain.session.facts import Decided, PastLooked, Rated, SearchTick
from domain.session.features.chat.returning import RETURN_SECONDS
from domain.session.features.chat.topics import TOPICS
from domain.session.notices.notices import in_steps
from domain.session.state import Elsewhere, Session
from domain.trust.standing import Votes, told
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
    found,
    left,
    of,
    pressed,
    step,
    texts,
    toasts,
)
from transport.texts.catalogue import Texts

CATALOGUE = Texts(strict=True)
AGAIN_CHAT = replace(CHAT, id=ChatId("c2"))
MINOR = replace(CHATTING, profile=replace(ADULT, age=16))
TALKING = Paired(chat=CHAT, marks={})
ASKED = Decide(request=AskTopic(address=ME, chat=CHAT.id))
BORIS = Profile(user=PARTNER.user, gender=Gender.MALE, age=30)
PAST = PastChat(chat=CHAT, why=ChatEnd.STOPPED, ended=NOW - 60)


def names(username: str = "anna_77") -> CommandReceived:
    return replace(command("names"), username=username)


def agrees(username: str = "anna_77", chat: str = CHAT.id) -> Any:
    return replace(pressed(f"names:{chat}"), username=username)


def looked(past: PastChat | None = PAST, session: Session = IDLE, partner: Profile | None = BORIS) -> list[Any]:
    return step(session, PastLooked(past=past, partner=partner, pressed=pressed(f"again:{CHAT.id}")))[1]


def returned(answer: Answer, session: Session = IDLE) -> Any:
    wish = Return(seeker=None, former=CHAT.id, partner=PARTNER.user, seconds=1.0)
    return step(session, Decided(request=wish, answer=answer))


# --- questions


def test_a_topic_is_asked_of_the_pool_and_only_in_a_chat():
    assert step(CHATTING, command("topic"))[1] == [ASKED]
    assert texts(step(IDLE, command("topic"))[1]) == ["not-in-chat"]


def test_a_topic_too_soon_is_answered_and_otherwise_the_event_brings_it():
    assert texts(step(CHATTING, Decided(request=ASKED.request, answer=TALKING))[1]) == ["topic-too-soon"]
    assert step(CHATTING, Decided(request=ASKED.request, answer=replace(TALKING, fresh=True)))[1] == []


def test_the_same_number_is_the_same_question_and_every_question_is_in_the_catalogue():
    asked = {texts(step(CHATTING, TopicGiven(user=ME.user, chat=CHAT.id, number=number))[1])[0] for number in range(1000)}
    assert len(asked) == TOPICS
    assert len({CATALOGUE.render(text) for text in asked}) == TOPICS


def test_a_question_for_a_chat_that_is_over_is_not_shown():
    assert step(IDLE, TopicGiven(user=ME.user, chat=CHAT.id, number=1))[1] == []
    assert step(CHATTING, TopicGiven(user=ME.user, chat=AGAIN_CHAT.id, number=1))[1] == []


def test_a_command_that_comes_again_after_a_crash_is_not_decided_twice():
    again = replace(CHATTING, last_pts=5)
    assert step(again, command("topic", pts=5))[1] == []
    assert step(again, names())[1] == []


# --- names


def test_names_are_offered_with_ones_own_name():
    (decide,) = step(CHATTING, names())[1]
    assert decide.request == OfferName(address=ME, chat=CHAT.id, name="anna_77")


def test_nothing_is_asked_of_the_pool_for_minors_nor_without_a_name_nor_outside_a_chat():
    for session, fact, text in (
        (MINOR, names(), "names-adults"),
        (CHATTING, names(""), "names-none"),
        (IDLE, names(), "not-in-chat"),
    ):
        assert texts(step(session, fact)[1]) == [text]
        assert of(Decide, step(session, fact)[1]) == []


def test_the_partner_is_asked_and_agrees_by_a_button_of_this_chat():
    (question,) = of(Say, step(CHATTING, NamesOffered(user=ME.user, chat=CHAT.id))[1])
    assert question.notice.text == "names-question"
    ((button,),) = question.notice.buttons
    assert button.data == f"names:{CHAT.id}"
    assert [each.request for each in of(Decide, step(CHATTING, agrees())[1])] == [
        OfferName(address=ME, chat=CHAT.id, name="anna_77")
    ]


def test_a_press_that_cannot_be_is_answered():
    assert toasts(step(CHATTING, agrees(chat="c0"))[1]) == ["old-button"]
    assert toasts(step(IDLE, agrees())[1]) == ["old-button"]
    assert toasts(step(CHATTING, agrees(""))[1]) == ["names-none"]
    assert toasts(step(MINOR, agrees())[1]) == ["names-adults"]


def test_whoever_offers_reads_that_it_was_asked_and_a_second_time_that_it_was_asked_already():
    assert texts(step(CHATTING, NamesOffered(user=ME.user, chat=CHAT.id, mine=True))[1]) == ["names-asked"]
    offer = OfferName(address=ME, chat=CHAT.id, name="anna_77")
    assert texts(step(CHATTING, Decided(request=offer, answer=TALKING))[1]) == ["names-waiting"]
    assert step(CHATTING, Decided(request=offer, answer=replace(TALKING, fresh=True)))[1] == []


@pytest.mark.parametrize("session", [CHATTING, IDLE, SEARCHING])
def test_the_name_is_shown_also_where_the_chat_is_over_since_the_other_one_reads_it_too(session: Session):
    (say,) = of(Say, step(session, NamesShown(user=ME.user, chat=CHAT.id, name="boris_77"))[1])
    assert "@boris_77" in CATALOGUE.render(say.notice.text, say.notice.arguments)


def test_a_name_is_in_no_log_line_of_an_update():
    assert "anna_77" not in repr(names())
    assert "anna_77" not in repr(agrees())


# --- the last partner


def test_the_press_is_looked_up_and_answered_where_it_cannot_be():
    data = f"again:{CHAT.id}"
    for session in (IDLE, SEARCHING):
        assert step(session, pressed(data))[1] == [LookUpPast(chat=CHAT.id, pressed=pressed(data))]
    assert toasts(step(CHATTING, pressed(data))[1]) == ["again-in-chat"]
    effects = step(replace(IDLE, place=Elsewhere(OTHER_BOT, chatting=True)), pressed(data))[1]
    assert texts(effects) == ["chatting-elsewhere"]
    assert toasts(step(replace(IDLE, profile=None), pressed(data))[1]) == ["old-button"]
    for data in ("again:", "again:a\0b", "again:c c"):
        assert toasts(step(IDLE, pressed(data))[1]) == ["old-button"]


def test_the_wish_holds_until_ten_minutes_after_the_chat():
    (decide,) = of(Decide, looked())
    assert (decide.request.partner, decide.request.former, decide.request.seconds) == (PARTNER.user, CHAT.id, RETURN_SECONDS - 60)
    assert toasts(looked()) == ["again-noted"]


@pytest.mark.parametrize(
    ("past", "toast"),
    [
        (None, "old-button"),
        (replace(PAST, ended=NOW - RETURN_SECONDS), "again-too-late"),
        (replace(PAST, chat=replace(CHAT, first=Address(OTHER_BOT, ME.user))), "old-button"),
        (replace(PAST, chat=replace(CHAT, first=Address(BOT, PARTNER.user))), "old-button"),
        (replace(PAST, why=ChatEnd.BANNED), "old-button"),
        (replace(PAST, why=ChatEnd.GONE), "old-button"),
        (replace(PAST, why=ChatEnd.BLOCKED), "old-button"),
        (replace(PAST, why=ChatEnd.REPORTED), "old-button"),
        (replace(PAST, why=None, ended=None), "old-button"),
    ],
    ids=["unknown", "too late", "at another bot", "of others", "banned", "gone", "blocked", "reported", "live"],
)
def test_of_other_chats_nothing_is_asked(past: PastChat | None, toast: str):
    assert toasts(looked(past)) == [toast]
    assert of(Decide, looked(past)) == []


@pytest.mark.parametrize("partner", [None, replace(BORIS, held=True), Profile(user=PARTNER.user)])
def test_where_the_partner_is_held_or_gone_one_reads_the_same_and_nothing_comes_of_it(partner: Profile | None):
    assert toasts(looked(partner=partner)) == toasts(looked())
    assert of(Decide, looked(partner=partner)) == []


def test_whoever_is_held_is_told_so():
    held = replace(IDLE, profile=replace(ADULT, held=True))
    assert texts(step(held, pressed(f"again:{CHAT.id}"))[1]) == ["account-held"]


def test_a_clock_that_went_back_makes_no_longer_wish():
    (decide,) = of(Decide, looked(replace(PAST, ended=NOW + 3600)))
    assert decide.request.seconds == RETURN_SECONDS


def test_the_answer_of_the_pool_begins_a_chat_or_says_nothing():
    session, effects = returned(Paired(chat=AGAIN_CHAT, fresh=True, marks={}))
    assert session.place.chat == AGAIN_CHAT
    assert of(Introduce, effects)
    for before, answer in ((IDLE, Free(marks={})), (SEARCHING, Waiting(since=1.0, bot=BOT, marks={}))):
        assert returned(answer, before) == (before, [])
    assert of(LookUpBan, returned(Banned(until=NOW + 1, marks={}))[1])


@pytest.mark.parametrize("session", [IDLE, SEARCHING])
def test_both_read_that_it_is_the_last_partner(session: Session):
    after, effects = step(session, Matched(user=ME.user, chat=AGAIN_CHAT, again=True))
    assert texts(effects) == ["talking-again"]
    assert after.place.chat == AGAIN_CHAT
    assert texts(step(session, Matched(user=ME.user, chat=AGAIN_CHAT))[1]) == []


# --- under the end of a chat


def over(**more: Any) -> Over:
    return Over(**{"chat": CHAT.id, "why": ChatEnd.STOPPED, "said": 0, "heard": 0, "seal": "0123456789abcdef", **more})


def labels(made: Over) -> list[str]:
    notice = afterwards(made, "en")
    return [button.label for row in notice.buttons for button in row] if notice is not None else []


def test_the_end_of_a_chat_offers_what_fits():
    assert labels(over()) == ["talk-again", "menu-report"]
    assert labels(over(said=RATED_FROM, heard=RATED_FROM)) == ["rate-up", "rate-down", "talk-again", "menu-report"]
    assert labels(over(said=RATED_FROM, heard=RATED_FROM - 1)) == ["talk-again", "menu-report"]
    assert labels(over(why=ChatEnd.GONE)) == ["menu-report"]
    assert labels(over(why=ChatEnd.BANNED, said=99, heard=99)) == ["rate-up", "rate-down", "menu-report"]


def test_whoever_was_blocked_or_reported_sees_what_one_sees_of_a_partner_who_is_gone():
    for messages in (0, 99):
        seen = [labels(over(why=why, said=messages, heard=messages)) for why in (ChatEnd.BLOCKED, ChatEnd.REPORTED, ChatEnd.GONE)]
        assert seen[0] == seen[1] == seen[2]


def test_a_row_more_is_a_function_more():
    report = afterwards(over(), "en", (lambda _: (),))
    assert report is None


def test_every_button_fits_into_what_telegram_allows():
    notice = afterwards(over(chat=ChatId("x" * 32), said=10, heard=10), "en")
    assert all(len(button.data.encode()) <= 64 for row in notice.buttons for button in row)


@pytest.mark.parametrize(
    ("fact", "why", "moved_on"),
    [
        (left(ChatEnd.STOPPED, Free(marks={})), ChatEnd.STOPPED, False),
        (ChatEnded(user=ME.user, chat=CHAT.id, why=ChatEnd.NEXT), ChatEnd.NEXT, False),
        (ChatEnded(user=ME.user, chat=CHAT.id, why=ChatEnd.BLOCKED), ChatEnd.BLOCKED, False),
        (found(Waiting(since=1.0, bot=BOT, marks={}), left=CHAT.id), ChatEnd.NEXT, True),
    ],
)
def test_it_is_offered_to_either_side_once(fact: Any, why: ChatEnd, moved_on: bool):
    session, effects = step(CHATTING, fact)
    assert of(OfferAfterwards, effects) == [OfferAfterwards(chat=CHAT.id, why=why, moved_on=moved_on)]
    assert of(OfferAfterwards, step(session, ChatEnded(user=ME.user, chat=CHAT.id, why=why))[1]) == []


# --- opinions


def test_a_thumb_is_counted_and_each_outcome_answered():
    press = pressed(f"rate:down:{CHAT.id}:seal")
    assert step(IDLE, press)[1] == [Rate(chat=CHAT.id, up=False, seal="seal", pressed=press)]
    for data in ("rate", "rate:up", "rate:up::seal", "rate:sideways:c1:seal", "rate:up:c1:seal:more"):
        assert toasts(step(IDLE, pressed(data))[1]) == ["old-button"]
    shown = {rating: toasts(step(IDLE, Rated(rating=rating, pressed=press))[1]) for rating in Rating}
    assert shown == {Rating.COUNTED: ["rated"], Rating.AGAIN: ["rated-already"], Rating.UNKNOWN: ["old-button"]}


@given(up=st.integers(0, 10**6), down=st.integers(0, 10**6))
def test_what_is_certain_is_below_what_is_seen_and_rises_with_each_thumb_up(up: int, down: int):
    votes = Votes(up, down)
    assert 0.0 <= votes.liked <= up / max(1, votes.count) + 1e-9
    assert Votes(up + 1, down).liked >= votes.liked - 1e-9


def test_few_opinions_are_little_certainty():
    assert round(Votes(1, 0).liked, 3) == 0.207
    assert round(Votes(80, 20).liked, 3) == 0.711
    assert told(Votes()) == "not rated"
    assert told(Votes(17, 3)) == "17 up, 3 down: liked by 64 % at least"


# --- how many search


@pytest.mark.parametrize(
    ("others", "words"),
    [(0, ""), (1, "A few people"), (5, "A few people"), (6, "more than 5 "), (20, "more than 5 "), (21, "more than 20 people"),
     (100, "more than 20 people"), (101, "more than 100 people"), (54_321, "more than 100 people")],
)  # fmt: skip
def test_how_many_search_is_told_in_steps(others: int, words: str):
    (shown,) = of(ShowProgress, step(SEARCHING, SearchTick(waited=20.0, others=others))[1])
    text = CATALOGUE.render(shown.notice.text, shown.notice.arguments)
    assert text.startswith("🔍 Looking for a partner… 20 s")
    assert words.lower() in text.lower()
    assert ("👥" in text) == (others > 0)


@given(others=st.integers(0, 10**6))
def test_no_exact_number_is_told(others: int):
    assert in_steps(others) in {0, 1, 5, 20, 100}
