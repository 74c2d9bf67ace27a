"""What operators do with credits: the same functions for the command line and the panel."""

from __future__ import annotations

import secrets as random
from collections.abc import Sequence
from dataclasses import dataclass

from control.moderation import Nothing, Records, bot_of
from domain.model.ids import Address, BotId, UserId
from domain.payments.sales import Owed
from domain.ports.payments import CreditEntry
from domain.ports.review import Act, Operator
from storage.sql.review.audit import of_user


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    user: UserId
    credits: int
    history: Sequence[CreditEntry]
    """The newest first."""


async def look(records: Records, user: UserId, limit: int) -> Account:
    """Raises `Nothing`."""
    history = await records.payments.credits.history(user, limit)
    if not history and await records.people.find(user) is None:
        raise Nothing(f"nobody with the id {user} is in the records")
    return Account(user=user, credits=await records.payments.credits.balance(user), history=history)


async def give(records: Records, user: UserId, amount: int, reason: str, operator: Operator) -> int:
    """What they have now. They are told how many they were given; the reason is for the records. Raises `Nothing`."""
    if await records.people.find(user) is None:
        raise Nothing(f"nobody with the id {user} has a profile here, so nothing was given")
    bot, source = await bot_of(records, user), random.token_hex(8)
    told = {"credits": amount}
    owed = [Owed(key=f"given:{source}", to=Address(bot, user), text="credits-given", arguments=told)] if bot is not None else []
    act = Act(operator=operator, name="credits", target=of_user(user))
    balance = await records.payments.credits.give(user, bot or BotId(0), source, amount, owed, note=reason, act=act)
    assert balance is not None, "a random source has given before"
    return balance
