"""Credits in the ledger: the events that bring, hold, use and take them. Credits are whole, and never money.

Beside `user:N` of each person, which never falls below zero, the accounts of credits are:

    sold                packs that were paid for, negative
    earned:referral     rewards for invitations, negative
    earned:commission   shares of what invited people paid, negative
    given               what operators gave, negative
    held                of locks that are not decided yet
    used                of locks that were set
    lost                what somebody had when they were deleted, less what a refund could not take back

N stands for a person in `credit_accounts`: the ledger does not say who that is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum

from domain.errors import MasqueradeError
from domain.model.ids import BotId
from domain.payments.ledger import Event, Transfer, Unit, charge_key
from domain.payments.updates import Charge

SOLD, GIVEN, HELD, USED, LOST = "sold", "given", "held", "used", "lost"
REFERRAL, COMMISSION = "earned:referral", "earned:commission"
PERSON = "user:"
NO_BOT = BotId(0)
"""Stands in an event that is no bot's."""


class Why(StrEnum):
    """The kind of an event that moves credits."""

    SALE = "sale"
    REFUND = "refund"
    GIVEN = "given"
    LOCK_HELD = "lock-held"
    LOCK_USED = "lock-used"
    LOCK_VOIDED = "lock-voided"
    LOCK_BACK = "lock-back"
    REFERRAL = "referral"
    COMMISSION = "commission"
    COMMISSION_REVERSED = "commission-reversed"
    DELETED = "deleted"


class NotEnoughCredits(MasqueradeError):  # noqa: N818 - names the state of the world
    """The event would take more from an account than it has. Nothing was changed."""


def person_account(number: int) -> str:
    return f"{PERSON}{number}"


def is_guarded(account: str) -> bool:
    """Whether its balance is kept, and never below zero."""
    return account.startswith(PERSON)


def pack_sold(sale: Event, account: str, amount: int) -> Event:
    """The sale with the credits that it buys."""
    return replace(sale, transfers=(*sale.transfers, _move(SOLD, account, amount)))


def pack_refunded(refund: Event, account: str, amount: int, balance: int) -> Event:
    """The refund with the credits that it takes back."""
    return replace(refund, transfers=(*refund.transfers, *_take_back(account, SOLD, amount, balance)))


def given(source: str, account: str, amount: int, *, bot: BotId = NO_BOT, note: str = "", at: float) -> Event:
    """By an operator. `source` is used once."""
    return replace(_event(f"given:{source}", Why.GIVEN, at, _move(GIVEN, account, amount)), bot=bot, note=note)


def lock_held(lock: str, account: str, amount: int, at: float) -> Event:
    return _event(f"lock:{lock}:hold", Why.LOCK_HELD, at, _move(account, HELD, amount))


def lock_used(lock: str, amount: int, at: float) -> Event:
    return _event(f"lock:{lock}:use", Why.LOCK_USED, at, _move(HELD, USED, amount))


def lock_voided(lock: str, account: str, amount: int, at: float, *, owed: int = 0) -> Event:
    """`owed`: as in `lock_back`."""
    event = _event(f"lock:{lock}:void", Why.LOCK_VOIDED, at, *_give_back(HELD, account, amount, owed))
    return replace(event, reverses=f"lock:{lock}:hold")


def lock_back(lock: str, account: str, amount: int, at: float, *, owed: int = 0) -> Event:
    """What the unused minutes of a lock were paid with. `owed`: what a refund could not take from the account while the lock had
    it, up to `amount`. It goes where the refund took it from.
    """
    return _event(f"lock:{lock}:back", Why.LOCK_BACK, at, *_give_back(USED, account, amount, owed))


def referral_reward(number: int, account: str, amount: int, at: float) -> Event:
    """`number`: of the invitation. The ledger names nobody who was invited: it is kept for ever."""
    return _event(f"referral:{number}", Why.REFERRAL, at, _move(REFERRAL, account, amount))


def commission(charge: Charge, account: str, amount: int) -> Event:
    """The share of whoever invited the buyer."""
    event = _event(commission_key(charge.bot, charge.id), Why.COMMISSION, charge.at, _move(COMMISSION, account, amount))
    return replace(event, bot=charge.bot)


def commission_reversed(commission: str, account: str, amount: int, balance: int, at: float) -> Event:
    """By a refund, or because Telegram has shared the payment with an affiliate: once. `commission`: the key of that event."""
    transfers = _take_back(account, COMMISSION, amount, balance)
    return replace(_event(f"{commission}:reversed", Why.COMMISSION_REVERSED, at, *transfers), reverses=commission)


def commission_key(bot: BotId, charge: str) -> str:
    return f"commission:{charge_key(bot, charge)}"


def deleted(account: str, balance: int, at: float) -> Event:
    """What somebody had when they were deleted."""
    return _event(f"deleted:{account}", Why.DELETED, at, _move(account, LOST, balance))


def _take_back(account: str, target: str, amount: int, balance: int) -> Iterator[Transfer]:
    """Up to the balance. The rest is lost."""
    taken = min(amount, balance)
    if taken:
        yield _move(account, target, taken)
    if amount > taken:
        yield _move(LOST, target, amount - taken)


def _give_back(source: str, account: str, amount: int, owed: int) -> Iterator[Transfer]:
    if amount > owed:
        yield _move(source, account, amount - owed)
    if owed:
        yield _move(source, LOST, owed)


def _event(key: str, why: Why, at: float, *transfers: Transfer) -> Event:
    return Event(key=key, kind=why, bot=NO_BOT, happened_at=at, transfers=transfers)


def _move(source: str, target: str, amount: int) -> Transfer:
    return Transfer(unit=Unit.CREDITS, source=source, target=target, amount=amount)
