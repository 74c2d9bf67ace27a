"""Locks: what comes back of them, who may buy one, and who is kept in by one and hears for how long."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from domain.configuration import Configuration, Features, check
from domain.locks.records import LockOutcome, LockSet, TooFew, Wanted
from domain.locks.returns import credits_back, gives_back
from domain.locks.rules import Duration, Locks
from domain.matching.locks import Refusal
from domain.matching.requests import Free, LockedIn, Paired
from domain.model.chat import ChatEnd
from domain.model.events import ChatLocked, LockBroken, LockEnded
from domain.model.ids import Address, ChatId, LockId, UserId
from domain.model.lock import Lock
from domain.session.effects import Amend, BuyLock, Decide, GiveBack, OfferLock, Say
from domain.session.facts import Decided, LockOffered, LockTried, Stands
from domain.session.state import Chatting, Elsewhere, Session
from tests.domain.stories import (
    ADULT,
    CHAT,
    CHATTING,
    IDLE,
    ME,
    NOW,
    OTHER_BOT,
    PARTNER,
    RULES,
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
OWNER, OTHER = ME.user, PARTNER.user
MINOR = replace(CHATTING, profile=replace(ADULT, age=16))
UNTIL = NOW + 272
KEPT_IN = replace(IDLE, place=Chatting(CHAT, locked_until=UNTIL))
REFUSED = LockedIn(chat=CHAT, marks={}, locked_until=UNTIL)
PRESS = pressed(f"lock:5:5:{CHAT.id}")
LOCK = Lock(id=LockId("l"), chat=CHAT.id, owner=ME, since=NOW, until=NOW + 300)
OFF = structs.replace(RULES, features=Features(lock_chat=False))
FOR_MINORS = structs.replace(RULES, locks=Locks(minors=True))


def bought(outcome: LockOutcome) -> LockTried:
    wanted = Wanted(id=LockId("c1-1-3-5"), owner=ME, chat=CHAT.id, minutes=5, price=5)
    return LockTried(asked=BuyLock(wanted=wanted, pressed=PRESS), outcome=outcome)


def locked(owner: UserId, *, extended: bool = False) -> ChatLocked:
    return ChatLocked(user=OWNER, chat=CHAT.id, lock=LockId("l"), owner=owner, until=UNTIL, extended=extended)


def rendered(effects: list[Any]) -> str:
    [said] = of(Say, effects)
    return CATALOGUE.render(said.notice.text, said.notice.arguments)


def buttons(effects: list[Any]) -> list[str]:
    [said] = of(Say, effects)
    return [CATALOGUE.render(each.label, each.arguments) for row in said.notice.buttons for each in row]


# --- what comes back


@pytest.mark.parametrize(
    ("why", "by", "back"),
    [
        (ChatEnd.STOPPED, OWNER, False),
        (ChatEnd.NEXT, OWNER, False),
        (ChatEnd.STOPPED, OTHER, True),  # the partner had their data deleted
        (ChatEnd.STOPPED, None, True),  # Redis had lost the lock, or its event
        (ChatEnd.BLOCKED, OWNER, False),
        (ChatEnd.BLOCKED, OTHER, True),
        (ChatEnd.REPORTED, OWNER, True),
        (ChatEnd.REPORTED, OTHER, True),
        (ChatEnd.BANNED, OWNER, False),
        (ChatEnd.BANNED, OTHER, True),
        (ChatEnd.GONE, OWNER, False),
        (ChatEnd.GONE, OTHER, True),
        (ChatEnd.IDLE, None, False),
        (ChatEnd.LOST, None, True),
        (ChatEnd.LOST, OWNER, True),  # an operator removed the owner's bot
        (ChatEnd.LOST, OTHER, True),
        (ChatEnd.OPERATOR, None, True),
        (ChatEnd.GONE, None, True),
        (ChatEnd.BANNED, None, True),
        (ChatEnd.BLOCKED, None, True),
    ],
)
def test_unused_minutes_come_back_where_the_end_is_no_fault_of_the_owner(why, by, back):
    assert gives_back(why, OWNER, by) is back


@pytest.mark.parametrize(
    ("minutes", "price", "after", "unused", "back"),
    [(5, 5, 70, 3, 3), (10, 9, 120, 8, 7), (15, 12, 870, 0, 0), (5, 5, 0, 5, 5), (5, 5, 300, 0, 0), (5, 5, 999, 0, 0)],
)
def test_whole_minutes_come_back_and_credits_are_rounded_down(minutes, price, after, unused, back):
    lock = replace(LOCK, until=NOW + 60 * minutes)
    assert lock.unused_minutes(NOW + after) == unused
    assert credits_back(price, minutes, unused) == back


def test_of_a_lock_that_was_extended_the_earlier_minutes_are_used_first():
    longer = replace(LOCK, since=LOCK.until, until=LOCK.until + 600)
    unused = LOCK.unused_minutes(NOW + 120), longer.unused_minutes(NOW + 120)
    assert unused == (3, 10)
    assert (credits_back(5, 5, unused[0]), credits_back(9, 10, unused[1])) == (3, 9)


@given(st.integers(1, 100_000), st.integers(1, 1440), st.floats(-10, 100_000))
def test_never_more_comes_back_than_was_paid(price, minutes, after):
    lock = replace(LOCK, until=NOW + 60 * minutes)
    assert 0 <= credits_back(price, minutes, lock.unused_minutes(NOW + after)) <= price


# --- buying


def test_a_lock_is_offered_in_a_chat_and_nowhere_else():
    assert step(CHATTING, command("lock"))[1] == [OfferLock(chat=CHAT.id)]
    for session in (IDLE, SEARCHING):
        assert texts(step(session, command("lock"))[1]) == ["lock-not-in-chat"]
    elsewhere = replace(IDLE, place=Elsewhere(OTHER_BOT, chatting=True))
    assert texts(step(elsewhere, command("lock"))[1]) == ["chatting-elsewhere"]


def test_with_enough_credits_the_durations_are_shown_with_their_prices():
    _, effects = step(CHATTING, LockOffered(chat=CHAT.id, credits=12))
    assert buttons(effects) == ["5 min · 5 credits", "10 min · 9 credits", "15 min · 12 credits"]
    assert "You have 12 credits." in rendered(effects)


def test_with_too_few_credits_packs_are_shown_with_their_prices_in_stars():
    _, effects = step(CHATTING, LockOffered(chat=CHAT.id, credits=4))
    assert "You have 4 credits, and this costs 5." in rendered(effects)
    assert len(buttons(effects)) == len(RULES.credits.packs)
    assert all("⭐" in label for label in buttons(effects))


def test_who_can_pay_for_some_durations_only_sees_packs_under_them():
    _, effects = step(CHATTING, LockOffered(chat=CHAT.id, credits=5))
    assert ["⭐" in label for label in buttons(effects)] == [False] * 3 + [True] * len(RULES.credits.packs)


def test_no_packs_are_shown_where_nothing_is_sold():
    rules = structs.replace(RULES, features=Features(stars_payments=False))
    _, effects = step(CHATTING, LockOffered(chat=CHAT.id, credits=0), configuration=rules)
    assert (buttons(effects), rendered(effects)) == ([], "🔒 You have 0 credits, and this costs 5.")


def test_nothing_is_offered_of_a_chat_that_is_over_meanwhile():
    assert step(IDLE, LockOffered(chat=CHAT.id, credits=12))[1] == []


def test_a_press_buys_what_its_button_says_and_the_same_button_is_the_same_lock():
    for query in (7, 8):
        _, effects = step(CHATTING, replace(PRESS, query=query))
        [buying] = of(BuyLock, effects)
        assert buying.wanted == Wanted(id=LockId("c1-1-3-5"), owner=ME, chat=CHAT.id, minutes=5, price=5)
        assert toasts(effects) == [""]


@pytest.mark.parametrize(
    ("session", "rules", "data", "answer"),
    [
        (CHATTING, RULES, f"lock:6:5:{CHAT.id}", "lock-not-offered"),
        (CHATTING, RULES, f"lock:5:4:{CHAT.id}", "lock-not-offered"),
        (CHATTING, RULES, f"lock:0:0:{CHAT.id}", "lock-not-offered"),
        (CHATTING, RULES, "lock:5:5:another", "lock-chat-over"),
        (IDLE, RULES, f"lock:5:5:{CHAT.id}", "lock-chat-over"),
        (CHATTING, OFF, f"lock:5:5:{CHAT.id}", "lock-off"),
        (MINOR, RULES, f"lock:5:5:{CHAT.id}", "lock-minor"),
        *(
            (CHATTING, RULES, f"lock{rest}", "old-button")
            for rest in ("", ":", ":5", ":5:5:", ":-5:5:c1", ":5:1e3:c1", ":\u0665:5:c1")
        ),
        (CHATTING, RULES, "lock:1234567:5:c1", "old-button"),
        (CHATTING, RULES, "lock:5:5:c1;DROP", "old-button"),
    ],
)
def test_a_press_that_cannot_be_served_is_answered_and_buys_nothing(session, rules, data, answer):
    _, effects = step(session, pressed(data), configuration=rules)
    assert (toasts(effects), of(BuyLock, effects)) == ([answer], [])


def test_a_press_at_a_bot_where_the_chat_is_not_shows_the_bot_where_it_is():
    elsewhere = replace(IDLE, place=Elsewhere(OTHER_BOT, chatting=True))
    _, effects = step(elsewhere, PRESS)
    assert (texts(effects), of(BuyLock, effects)) == (["chatting-elsewhere"], [])


def test_minors_lock_nothing_unless_the_operator_lets_them():
    assert texts(step(MINOR, command("lock"))[1]) == ["lock-minor"]
    assert step(MINOR, command("lock"), configuration=FOR_MINORS)[1] == [OfferLock(chat=CHAT.id)]


def test_where_locks_are_off_nobody_is_offered_one():
    assert texts(step(CHATTING, command("lock"), configuration=OFF)[1]) == ["lock-off"]


@pytest.mark.parametrize(
    ("outcome", "text"),
    [
        (TooFew(balance=3), "lock-short"),
        (Refusal.OVER, "lock-chat-over"),
        (Refusal.TOO_LONG, "lock-too-long"),
        (Refusal.VOID, "lock-void"),
    ],
)
def test_a_lock_that_was_not_set_is_told_with_its_reason(outcome, text):
    assert texts(step(CHATTING, bought(outcome))[1]) == [text]


def test_the_offer_becomes_a_receipt_once_the_lock_is_set():
    [amended] = step(CHATTING, bought(LockSet(until=UNTIL)))[1]
    assert isinstance(amended, Amend)
    assert amended.notice.buttons == ()
    assert "5 min for 5 credits" in CATALOGUE.render(amended.notice.text, amended.notice.arguments)


# --- while it holds


@pytest.mark.parametrize("extended", [False, True])
@pytest.mark.parametrize("owner", [OWNER, OTHER])
def test_both_read_that_the_chat_is_locked_for_how_long_and_what_always_works(owner, extended):
    session, effects = step(CHATTING, locked(owner, extended=extended))
    text = rendered(effects)
    assert all(part in text for part in ("locked", "4 min 32 s", "/report and /block always work"))
    assert isinstance(session.place, Chatting)
    assert session.place.locked_until == (0.0 if owner == OWNER else UNTIL)


@pytest.mark.parametrize("fact", [left(ChatEnd.STOPPED, REFUSED), found(REFUSED, left=CHAT.id)], ids=["stop", "next"])
def test_whoever_is_kept_in_reads_for_how_long_and_stays(fact):
    session, effects = step(CHATTING, fact)
    assert session == KEPT_IN
    assert "locked for another 4 min 32 s" in rendered(effects)


def test_a_stop_that_was_refused_once_and_is_answered_with_the_chat_leaves_nobody():
    """The update came again: the pool answers where the person stands."""
    kept, effects = step(KEPT_IN, left(ChatEnd.STOPPED, Paired(chat=CHAT, marks={}, locked_until=UNTIL)))
    assert (kept, "locked for another 4 min 32 s" in rendered(effects)) == (KEPT_IN, True)
    assert step(CHATTING, left(ChatEnd.STOPPED, Paired(chat=CHAT, marks={}))) == (CHATTING, [])


def test_a_stop_that_is_answered_with_another_chat_has_left_the_one_that_was_meant():
    another = replace(CHAT, id=ChatId("c2"))
    session, effects = step(CHATTING, left(ChatEnd.STOPPED, Paired(chat=another, marks={}, locked_until=UNTIL)))
    assert not isinstance(session.place, Chatting)
    assert "you-left" in texts(effects)


def test_find_and_an_old_button_in_a_locked_chat_are_answered_with_the_time_left():
    assert "locked for another 4 min 32 s" in rendered(step(KEPT_IN, command("find"))[1])
    [answer] = step(KEPT_IN, pressed("again:c0"))[1]
    assert "locked for another 4 min 32 s" in CATALOGUE.render(answer.press.text, answer.press.arguments)


def test_once_the_time_is_over_find_and_old_buttons_are_answered_as_always():
    assert texts(step(KEPT_IN, command("find"), UNTIL + 1)[1])[-1] == "already-chatting"
    assert toasts(step(KEPT_IN, pressed("again:c0"), UNTIL + 1)[1]) == ["again-in-chat"]


@pytest.mark.parametrize("name", ["stop", "next", "find", "lock"])
def test_at_another_bot_the_chat_s_bot_is_shown_with_the_time_left(name):
    chat = replace(CHAT, first=Address(OTHER_BOT, OWNER))
    session, _ = step(IDLE, Stands(answer=Paired(chat=chat, marks={}, locked_until=UNTIL)))
    text = rendered(step(session, command(name))[1])
    assert "@second_bot" in text
    assert "locked for another 4 min 32 s" in text


def test_a_session_that_is_activated_knows_of_the_partner_s_lock():
    session, _ = step(IDLE, Stands(answer=Paired(chat=CHAT, marks={}, locked_until=UNTIL)))
    assert "locked for another" in rendered(step(session, command("find"))[1])


@pytest.mark.parametrize(("owner", "text"), [(OWNER, "lock-ended-mine"), (OTHER, "lock-ended")])
def test_the_end_of_a_lock_is_told_to_both(owner, text):
    session, effects = step(KEPT_IN, LockEnded(user=OWNER, chat=CHAT.id, owner=owner))
    assert texts(effects) == [text]
    assert isinstance(session.place, Chatting)
    assert session.place.locked_until == (UNTIL if owner == OWNER else 0.0)


@pytest.mark.parametrize("session", [IDLE, SEARCHING, replace(IDLE, place=Chatting(replace(CHAT, id=ChatId("c2"))))])
@pytest.mark.parametrize("event", [locked(OTHER), LockEnded(user=OWNER, chat=CHAT.id, owner=OTHER)], ids=["set", "ended"])
def test_of_a_chat_that_is_over_nobody_hears_anything(session, event):
    assert step(session, event) == (session, [])


@pytest.mark.parametrize("session", [IDLE, SEARCHING, CHATTING, Session(address=ME)])
def test_what_a_broken_lock_leaves_is_given_back_whatever_its_owner_does_by_then(session):
    broken = LockBroken(user=OWNER, lock=LOCK, ended=NOW, why=ChatEnd.BANNED, by=OTHER)
    assert step(session, broken) == (session, [GiveBack(broken=broken)])


@pytest.mark.parametrize(("data", "why"), [(f"report:ads:{CHAT.id}:", ChatEnd.REPORTED), (f"block:{CHAT.id}", ChatEnd.BLOCKED)])
def test_a_report_and_a_block_lead_out_of_a_locked_chat_in_one_step(data, why):
    [decide] = of(Decide, step(KEPT_IN, pressed(data))[1])
    session, effects = step(KEPT_IN, Decided(request=decide.request, answer=Free(marks={})))
    assert decide.request.why is why
    assert not isinstance(session.place, Chatting)
    assert texts(effects) == ["reported" if why is ChatEnd.REPORTED else "blocked"]


# --- the setting


@pytest.mark.parametrize(
    ("locks", "part"),
    [
        (Locks(durations=(Duration(minutes=5, credits=5), Duration(minutes=5, credits=6))), "same minutes"),
        (Locks(durations=(Duration(minutes=90, credits=5),)), "longest_minutes"),
        (Locks(durations=tuple(Duration(minutes=each, credits=each) for each in range(1, 8))), "at most 6"),
    ],
)
def test_durations_that_make_no_sense_are_refused(locks, part):
    [fault] = check(Configuration(locks=locks))
    assert part in fault.text
