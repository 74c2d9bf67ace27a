"""The ledger: double entry in whole units, append-only. Stars are counted in nano-Stars, credits in ones, and never mixed.

An event has an idempotency key and some transfers; each transfer moves a positive amount from one account to another, so that all
accounts of a unit sum to zero. A mistake is undone by an event in the opposite direction. Accounts:

    telegram:BOT    what the bot has at Telegram; may be below zero
    revenue:KIND    what was sold, negative
    unallocated     charges whose payload is not known
    refunded        what was given back
    withdrawn, costs, affiliate, unexplained    what else the bot's list at Telegram shows

Those of credits are in `domain/payments/credits.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.model.ids import BotId, UserId
from domain.payments.orders import Kind
from domain.payments.transactions import Moved
from domain.payments.updates import Charge, Refund


class Unit(StrEnum):
    STARS = "stars"
    """Counted in nano-Stars."""
    CREDITS = "credits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    unit: Unit
    source: str
    target: str
    amount: int

    def __post_init__(self) -> None:
        if self.amount <= 0:
            raise ValueError(f"a transfer moves a positive amount, not {self.amount}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    key: str
    """The idempotency key: what has this key happens once."""
    kind: str
    bot: BotId
    user: UserId | None = None
    order: str = ""
    happened_at: float
    """Unix seconds, by Telegram's clock."""
    reverses: str = ""
    """The key of the event that this one undoes."""
    note: str = ""
    """Why an operator did it."""
    transfers: tuple[Transfer, ...]


def charge_key(bot: BotId, charge: str) -> str:
    return f"charge:{bot}:{charge}"


def refund_key(bot: BotId, charge: str) -> str:
    return f"refund:{bot}:{charge}"


def telegram_account(bot: BotId) -> str:
    return f"telegram:{bot}"


def sale(charge: Charge, kind: Kind | None, order: str) -> Event:
    """A charge. `kind` is what it bought; None where that is not known."""
    source = "unallocated" if kind is None else f"revenue:{kind}"
    return Event(
        key=charge_key(charge.bot, charge.id),
        kind="sale",
        bot=charge.bot,
        user=charge.user,
        order=order,
        happened_at=charge.at,
        transfers=(_stars(source, telegram_account(charge.bot), charge.amount),),
    )


def refund(refunded: Refund, order: str) -> Event:
    return Event(
        key=refund_key(refunded.bot, refunded.charge),
        kind="refund",
        bot=refunded.bot,
        user=refunded.user,
        order=order,
        happened_at=refunded.at,
        reverses=charge_key(refunded.bot, refunded.charge),
        transfers=(_stars(telegram_account(refunded.bot), "refunded", refunded.amount),),
    )


def affiliate_share(charge: Charge, share: int) -> Event:
    """What Telegram has given to an affiliate, of a charge that was booked in full."""
    return Event(
        key=f"affiliate:{charge.bot}:{charge.id}",
        kind="affiliate",
        bot=charge.bot,
        happened_at=charge.at,
        transfers=(_stars(telegram_account(charge.bot), "affiliate", share),),
    )


def moved(it: Moved) -> Event:
    """A row that is no sale; some move nothing. A withdrawal that failed is given back by a row of its own, with the same id."""
    row, bot = it.row, telegram_account(it.bot)
    source, target = (bot, it.move) if row.amount < 0 else (it.move, bot)
    return Event(
        key=f"tx:{it.bot}:{row.id}:{int(row.refund)}",
        kind=it.move,
        bot=it.bot,
        happened_at=row.date,
        transfers=(_stars(source, target, abs(row.amount)),) if row.amount else (),
    )


def _stars(source: str, target: str, amount: int) -> Transfer:
    return Transfer(unit=Unit.STARS, source=source, target=target, amount=amount)
