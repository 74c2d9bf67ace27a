"""What a charge buys. Goods are never refused once somebody was charged: whatever the flags, prices and bans say by now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.model.ids import Address
from domain.model.profile import DAY
from domain.payments.grants import Grant
from domain.payments.ledger import charge_key
from domain.payments.orders import Kind, Order, OrderState
from domain.payments.payload import Claim
from domain.payments.updates import Charge


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A text that the bot owes somebody. It is stored with what it tells of, and sent once."""

    key: str
    """The idempotency key of the message."""
    to: Address
    text: str
    arguments: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    kind: Kind
    order: str
    plan: str
    recipient: Address | None
    """Who gets VIP. None for a gift link, which waits for whoever redeems it."""
    grant: Grant
    again: bool
    """Whether the order had been paid before. It is granted again, and flagged for the operator, who may refund it."""


def goods_of(charge: Charge, claim: Claim | None, order: Order | None, grace: float) -> Goods | None:
    """None for a payload that is not ours: nothing is granted, and the operator is told. The order, where it still exists, is the
    authority; else the claim is. `grace`: seconds that the first charge of a subscription grants beside its days.
    """
    if claim is None:
        return None
    known = order if order is not None else claim
    paid = order is not None and order.state is OrderState.PAID
    begins = bool(charge.subscribed_until) and not charge.recurring and not paid
    seconds = known.days * DAY + grace * begins
    return Goods(
        kind=known.kind,
        order=claim.order,
        plan=known.plan,
        recipient=_recipient(charge, known.kind, known.recipient),
        grant=Grant(source=charge_key(charge.bot, charge.id), seconds=seconds, granted_at=charge.at),
        again=paid and order is not None and not order.period,
    )


def _recipient(charge: Charge, kind: Kind, recipient: Address | None) -> Address | None:
    match kind:
        case Kind.VIP:
            return Address(charge.bot, charge.user)
        case Kind.GIFT:
            return recipient
        case Kind.GIFT_LINK:
            return None


def owed_for(goods: Goods, charge: Charge, until: float, code: str) -> tuple[Owed, ...]:
    """What buyer and recipient are told. `until`: when the recipient's VIP ends now, in Unix seconds. `code`: of a gift link."""
    buyer = Address(charge.bot, charge.user)
    key = goods.grant.source
    match goods.kind:
        case Kind.VIP:
            text = "vip-renewed" if charge.recurring else "vip-active"
            return (Owed(key=key, to=buyer, text=text, arguments={"until": until}),)
        case Kind.GIFT:
            assert goods.recipient is not None
            return (
                Owed(key=f"{key}:buyer", to=buyer, text="gift-given"),
                Owed(key=f"{key}:gift", to=goods.recipient, text="gift-received", arguments={"until": until}),
            )
        case Kind.GIFT_LINK:
            return (Owed(key=key, to=buyer, text="gift-link", arguments={"code": code}),)
