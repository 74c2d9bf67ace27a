"""What a charge buys. Goods are never refused once somebody was charged: whatever the flags, prices and bans say by now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.model.ids import Address
from domain.model.profile import DAY
from domain.payments.grants import Grant
from domain.payments.ledger import charge_key
from domain.payments.orders import MONTH, Held, Kind, Order, OrderState
from domain.payments.payload import Claim
from domain.payments.updates import Charge

SECOND_CHARGE = "second charge"
RENEWED_AFTER_CANCEL = "renewed after it was cancelled"
UNKNOWN_PAYLOAD = "unknown payload"
"""Flags of a charge, for the operator."""
HOUR = 3600.0
LATE_SECONDS = 3 * DAY
"""Somebody whose payment is booked within this time loses nothing by that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A text that the bot owes somebody. It is stored with what it tells of, and sent once."""

    key: str
    """What it tells of: the same key is owed once."""
    to: Address
    text: str
    arguments: Mapping[str, str | int | float] = field(default_factory=dict)


def send_key(key: str) -> str:
    """The idempotency key of the message that pays what is owed by that key."""
    return f"payments:{key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    kind: Kind
    order: str
    plan: str
    recipient: Address | None
    """Who gets it. None for a gift link, which waits for whoever redeems it."""
    source: str
    """The key of the charge in the ledger."""
    grant: Grant | None
    """Of VIP; None for credits."""
    credits: int = 0
    renews: bool
    """Whether it goes on with a subscription."""
    flag: str
    """Why the operator should look at it, and may refund it; else empty. It is granted all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the records have when a charge is booked."""

    order: Order | None
    held: Held | None
    now: float
    grace: float = 0.0
    """Seconds that the first charge of a subscription grants beside its days."""


def goods_of(charge: Charge, claim: Claim | None, records: Known) -> Goods | None:
    """None for a payload that is not ours: nothing is granted, and the operator is told. The order, where it still exists, is the
    authority; else the claim is.
    """
    if claim is None:
        return None
    order, held = records.order, records.held
    known = order if order is not None else claim
    paid = (order is not None and order.state is OrderState.PAID) or (held is not None and held.until > 0)
    seconds = known.quantity * DAY + records.grace * (bool(charge.subscribed_until) and not paid)
    source, are_credits = charge_key(charge.bot, charge.id), known.kind is Kind.CREDITS
    grant = Grant(source=source, seconds=seconds, granted_at=_begins_at(charge.at, records.now))
    return Goods(
        kind=known.kind,
        order=claim.order,
        plan=known.plan,
        recipient=_recipient(charge, known.kind, known.recipient),
        source=source,
        grant=None if are_credits else grant,
        credits=known.quantity if are_credits else 0,
        renews=charge.recurring or (paid and bool(charge.subscribed_until)),
        flag=_flag(charge, held) if charge.subscribed_until else SECOND_CHARGE if paid else "",
    )


def _begins_at(paid: float, now: float) -> float:
    """What is booked late begins when it is booked, since nobody had it before. Only a charge from long ago was had once, before
    the records were lost. Telegram's clock may be ahead of ours.
    """
    return now if paid > now - LATE_SECONDS else paid


def _flag(charge: Charge, held: Held | None) -> str:
    """Whoever has cancelled may pay again after the end. What is charged before that is a renewal that should not be. A renewal
    lasts a month longer than what was paid before it; another charge is of a second subscription.
    """
    if held is None or not held.until:
        return ""
    slipped = held.cancelled_by_us or (held.cancelled and charge.recurring and charge.at <= held.until + HOUR)
    if slipped:
        return RENEWED_AFTER_CANCEL
    twice = not held.cancelled and held.until - DAY <= charge.subscribed_until < held.until + MONTH - DAY
    return SECOND_CHARGE if twice else ""


def _recipient(charge: Charge, kind: Kind, recipient: Address | None) -> Address | None:
    match kind:
        case Kind.VIP | Kind.CREDITS:
            return Address(charge.bot, charge.user)
        case Kind.GIFT:
            return recipient
        case Kind.GIFT_LINK:
            return None


def owed_for(goods: Goods, charge: Charge, *, until: float = 0.0, code: str = "", balance: int = 0) -> tuple[Owed, ...]:
    """What buyer and recipient are told. `until`: when the recipient's VIP ends now, in Unix seconds. `code`: of a gift link.
    `balance`: credits of the buyer.
    """
    buyer = Address(charge.bot, charge.user)
    key = goods.source
    match goods.kind:
        case Kind.VIP:
            text = "vip-renewed" if goods.renews else "vip-active"
            return (Owed(key=key, to=buyer, text=text, arguments={"until": until}),)
        case Kind.GIFT:
            assert goods.recipient is not None
            return (
                Owed(key=f"{key}:buyer", to=buyer, text="gift-given"),
                Owed(key=f"{key}:gift", to=goods.recipient, text="gift-received", arguments={"until": until}),
            )
        case Kind.GIFT_LINK:
            return (Owed(key=key, to=buyer, text="gift-link", arguments={"code": code}),)
        case Kind.CREDITS:
            arguments = {"credits": goods.credits, "balance": balance}
            return (Owed(key=key, to=buyer, text="credits-bought", arguments=arguments),)
