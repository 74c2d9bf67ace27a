"""Locks between two people at two bots: paid once, set once, told to both, given back, whatever fails in between."""

from __future__ import annotations

import asyncio

import pytest

from actors.locks import actor as lock_actor
from domain.model.chat import ChatEnd
from domain.model.events import ChatLocked, LockBroken
from domain.model.ids import ChatId
from domain.model.outgoing import AnswerPress
from tests.actors.house import SECOND
from tests.actors.locks.vault import Vault, a_vault


@pytest.fixture
async def vault(tmp_path, monkeypatch):
    monkeypatch.setattr(lock_actor, "END_SECONDS", 0.05)
    async with a_vault(tmp_path) as vault:
        yield vault


def press(chat: ChatId, minutes: int = 5, price: int = 5) -> str:
    return f"lock:{minutes}:{price}:{chat}"


async def is_answered(person, text: str) -> None:
    """By the text on top of the screen."""
    telegram = person.telegram
    await telegram.until(lambda: any(isinstance(each, AnswerPress) and each.text == text for each in telegram.sent))


async def is_locked(vault: Vault, *people) -> None:
    anna, boris = people
    await anna.hears("lock-set-mine")
    await boris.hears("lock-set")


async def test_a_lock_is_paid_set_and_told_to_both(vault):
    anna, boris, chat = await vault.chatting(credits_=12)
    await anna.commands("lock")
    await anna.hears("lock-offer")
    await anna.presses(press(chat))
    await is_locked(vault, anna, boris)
    await anna.hears("lock-receipt")
    assert await vault.balances(anna.user) == (7, 0, 5)


async def test_without_credits_packs_are_offered(vault):
    anna, _boris, chat = await vault.chatting(credits_=4)
    await anna.commands("lock")
    await anna.hears("lock-short")
    await anna.presses(press(chat))
    await anna.hears("lock-short", times=2)
    assert await vault.balances(anna.user) == (4, 0, 0)


async def test_the_partner_cannot_leave_and_reads_for_how_long_and_the_owner_can(vault):
    anna, boris, chat = await vault.chatting(credits_=5)
    await anna.presses(press(chat))
    await is_locked(vault, anna, boris)
    vault.passes(28)
    for times, name in enumerate(("stop", "next", "find"), 1):
        await boris.commands(name)
        await boris.hears("locked-in", times=times)
    notice = boris.message("locked-in").body
    assert (notice.arguments["minutes"], notice.arguments["seconds"]) == (4, 32)
    await boris.says("still here")
    await anna.hears("still here")
    await anna.commands("stop")
    await boris.hears("partner-left")
    assert await vault.balances(anna.user) == (0, 0, 5), "nothing comes back to an owner who leaves"


async def test_a_report_leads_out_at_once_and_unused_minutes_come_back(vault):
    anna, boris, chat = await vault.chatting(credits_=5)
    await anna.presses(press(chat))
    await is_locked(vault, anna, boris)
    vault.passes(70)
    await boris.presses(f"report:insult:{chat}:")
    await boris.hears("reported")
    await anna.hears("partner-gone")
    await vault.until(lambda: _has(vault, anna, 3))
    assert await vault.balances(anna.user) == (3, 0, 2)
    assert await vault.owed(anna.address.bot) == [("lock-back", {"credits": 3, "minutes": 3})]


async def _has(vault: Vault, person, credits_: int) -> bool:
    return (await vault.balances(person.user))[0] == credits_


async def test_the_end_is_told_to_both_and_the_partner_can_leave_then(vault):
    anna, boris, chat = await vault.chatting(credits_=5)
    await anna.presses(press(chat))
    await is_locked(vault, anna, boris)
    vault.passes(300)
    await anna.hears("lock-ended-mine")
    await boris.hears("lock-ended")
    await boris.commands("stop")
    await anna.hears("partner-left")
    assert (anna.phone.count("lock-ended-mine"), boris.phone.count("lock-ended")) == (1, 1)
    assert await vault.balances(anna.user) == (0, 0, 5)


async def test_a_lock_ends_in_time_also_while_nobody_does_the_housekeeping(vault):
    """As for some seconds after the worker has died that did it."""
    anna, boris, chat = await vault.chatting(credits_=5)
    vault.tends = False
    await anna.presses(press(chat))
    await is_locked(vault, anna, boris)
    vault.passes(300)
    await anna.hears("lock-ended-mine")
    await boris.hears("lock-ended")


async def test_the_same_button_from_two_devices_with_credits_for_one_is_one_lock(vault):
    anna, boris, chat = await vault.chatting(credits_=5)
    await asyncio.gather(*(anna.presses(press(chat)) for _ in range(2)))
    await is_locked(vault, anna, boris)
    await vault.house.rests()
    assert (anna.phone.count("lock-set-mine"), anna.phone.count("lock-short")) == (1, 0)
    assert await vault.balances(anna.user) == (0, 0, 5)


async def test_two_buttons_at_once_with_credits_for_one_are_one_lock_and_one_refusal(vault):
    anna, boris, chat = await vault.chatting(credits_=9)
    await asyncio.gather(anna.presses(press(chat)), anna.presses(press(chat, 10, 9)))
    await is_locked(vault, anna, boris)
    await anna.hears("lock-short")
    assert (await vault.balances(anna.user))[1:] == (0, 5)


async def test_a_second_lock_extends_the_first(vault):
    anna, boris, chat = await vault.chatting(credits_=14)
    await anna.presses(press(chat))
    await is_locked(vault, anna, boris)
    await anna.presses(press(chat, 10, 9))
    await anna.hears("lock-extended-mine")
    await boris.hears("lock-extended")
    assert boris.message("lock-extended").body.arguments["minutes"] == 15
    assert await vault.balances(anna.user) == (0, 0, 14)


async def test_both_may_lock_and_then_neither_can_leave(vault):
    anna, boris, chat = await vault.chatting(credits_=5)
    await vault.credits.give(boris.user, SECOND, "for boris", 5)
    await anna.presses(press(chat))
    await boris.hears("lock-set")
    await boris.presses(press(chat))
    await anna.hears("lock-set")
    for person in (anna, boris):
        await person.commands("stop")
        await person.hears("locked-in")


async def test_a_lock_that_would_be_too_long_costs_nothing(vault):
    anna, boris, chat = await vault.chatting(credits_=100)
    house = vault.house
    rules = house.live.current
    house.live.current = type(rules)(locks=type(rules.locks)(longest_minutes=15))
    await anna.presses(press(chat, 15, 12))
    await is_locked(vault, anna, boris)
    await anna.presses(press(chat))
    await anna.hears("lock-too-long")
    assert await vault.balances(anna.user) == (88, 0, 12)


async def test_a_lock_in_the_moment_in_which_the_partner_leaves_costs_nothing(vault):
    """The credits are held, and then the chat is over."""
    anna, boris, chat = await vault.chatting(credits_=5)
    vault.locks.behind["hold"] = lambda: vault.house.pool.oracle.end_chat(boris.user, ChatEnd.STOPPED, by=boris.user)
    await anna.presses(press(chat))
    await anna.hears("lock-chat-over")
    assert await vault.balances(anna.user) == (5, 0, 0)


async def test_where_the_database_goes_away_behind_the_lock_it_holds_and_is_booked_later(vault):
    anna, boris, chat = await vault.chatting(credits_=5)
    vault.locks.away = {"use"}
    await anna.presses(press(chat))
    await is_locked(vault, anna, boris)
    await anna.hears("lock-receipt")
    assert await vault.balances(anna.user) == (0, 5, 0)
    vault.locks.away = set()
    await vault.settles()
    assert await vault.balances(anna.user) == (0, 0, 5)


async def test_where_the_database_goes_away_behind_a_refusal_the_credits_come_back_later(vault):
    anna, boris, chat = await vault.chatting(credits_=5)
    vault.locks.behind["hold"] = lambda: vault.house.pool.oracle.end_chat(boris.user, ChatEnd.STOPPED, by=boris.user)
    vault.locks.away = {"void"}
    await anna.presses(press(chat))
    await anna.hears("lock-chat-over")
    assert await vault.balances(anna.user) == (0, 5, 0)
    vault.locks.away = set()
    await vault.settles()
    assert (await vault.balances(anna.user), await vault.owed(anna.address.bot)) == ((5, 0, 0), [])


async def test_where_the_database_is_away_nothing_is_bought_and_the_user_is_told(vault):
    anna, boris, chat = await vault.chatting(credits_=5)
    vault.locks.away = {"hold"}
    await anna.presses(press(chat))
    await is_answered(anna, "stores-down")
    assert not vault.house.stream.of(ChatLocked)
    vault.locks.away = set()
    await anna.presses(press(chat))
    await is_locked(vault, anna, boris)
    assert await vault.balances(anna.user) == (0, 0, 5)


@pytest.mark.parametrize(("lost", "balances"), [("request", (5, 0, 0)), ("answer", (0, 0, 5))])
async def test_where_the_pool_goes_away_it_is_asked_later_what_became_of_the_lock(vault, lost, balances):
    anna, boris, chat = await vault.chatting(credits_=5)
    pool = vault.house.pool
    vault.locks.behind["hold"] = lambda: setattr(pool, "away" if lost == "request" else "answers_lost", True)
    await anna.presses(press(chat))
    await is_answered(anna, "stores-down")
    assert await vault.balances(anna.user) == (0, 5, 0)
    pool.late.clear()
    pool.away = pool.answers_lost = False
    await vault.settles()
    await vault.house.rests()
    assert await vault.balances(anna.user) == balances
    assert ("lock-set" in boris.phone) is (lost == "answer")
    told = [] if lost == "answer" else [("lock-voided", {"credits": 5, "minutes": 5})]
    assert await vault.owed(anna.address.bot) == told


async def test_a_request_that_comes_late_sets_no_lock_that_was_voided(vault):
    """The pool's server hung, the lock was settled, and then the server answers what was asked before."""
    anna, boris, chat = await vault.chatting(credits_=5)
    pool = vault.house.pool
    vault.locks.behind["hold"] = lambda: setattr(pool, "away", True)
    await anna.presses(press(chat))
    await is_answered(anna, "stores-down")
    pool.away = False
    await vault.settles()
    pool.catch_up()
    await vault.house.rests()
    assert "lock-set" not in boris.phone
    assert await vault.balances(anna.user) == (5, 0, 0)


@pytest.mark.parametrize(
    ("step", "locked", "balances"), [("hold", False, (5, 0, 0)), ("use", True, (0, 0, 5))], ids=["behind hold", "behind use"]
)
async def test_a_process_that_is_killed_between_two_steps_leaves_nothing_undecided(vault, step, locked, balances):
    anna, boris, chat = await vault.chatting(credits_=5)
    vault.locks.behind[step] = vault.dies
    await anna.presses(press(chat))
    await vault.until(lambda: _called(vault, step))
    await vault.house.rests()
    vault.locks.behind.clear()
    vault.starts()
    await vault.settles()
    assert await vault.balances(anna.user) == balances
    assert ("lock-set" in boris.phone) is locked


async def _called(vault: Vault, step: str) -> bool:
    return vault.locks.calls[step] > 0


async def test_a_broken_lock_is_given_back_once_the_database_is_back_and_once_only(vault):
    anna, boris, chat = await vault.chatting(credits_=5)
    await anna.presses(press(chat))
    await is_locked(vault, anna, boris)
    vault.locks.away = {"broken"}
    vault.house.pool.oracle.ban(boris.user, vault.now() + 3600)
    vault.house.pool._publish()
    await anna.hears("partner-gone")
    [event] = vault.house.stream.of(LockBroken)
    await vault.until(lambda: _called(vault, "broken"))
    assert event not in vault.house.stream.acknowledged
    vault.locks.away = set()
    await vault.house.stream.until(lambda: event in vault.house.stream.acknowledged)
    assert await vault.balances(anna.user) == (5, 0, 0)
    again = vault.house.stream.entries[anna.address.bot][-1]
    vault.house.stream.add(anna.address.bot, again.event)
    await vault.house.rests()
    assert await vault.balances(anna.user) == (5, 0, 0)


async def test_a_duration_that_is_sold_no_longer_is_not_bought(vault):
    anna, _boris, chat = await vault.chatting(credits_=50)
    await anna.presses(press(chat, 7, 1))
    await is_answered(anna, "lock-not-offered")
    assert await vault.balances(anna.user) == (50, 0, 0)


async def test_at_a_bot_where_the_chat_is_not_nobody_locks_it(vault):
    anna, boris, chat = await vault.chatting(credits_=5)
    elsewhere = vault.house.newcomer(SECOND)
    elsewhere.user, elsewhere.address = anna.user, type(anna.address)(SECOND, anna.user)
    await elsewhere.commands("lock")
    await elsewhere.hears("chatting-elsewhere")
    await elsewhere.presses(press(chat))
    await elsewhere.hears("chatting-elsewhere", times=2)
    assert (await vault.balances(anna.user), boris.phone.count("lock-set")) == ((5, 0, 0), 0)


async def test_at_another_bot_whoever_is_kept_in_reads_for_how_long(vault):
    anna, boris, chat = await vault.chatting(credits_=5)
    await anna.presses(press(chat))
    await is_locked(vault, anna, boris)
    elsewhere = vault.house.newcomer(anna.address.bot)
    elsewhere.user, elsewhere.address = boris.user, type(anna.address)(anna.address.bot, boris.user)
    for times, name in enumerate(("stop", "next", "find"), 1):
        await elsewhere.commands(name)
        await elsewhere.hears("locked-elsewhere", times=times)
