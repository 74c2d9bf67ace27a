"""An order: what somebody was offered for how many Stars. It freezes price and content when its invoice is made."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.model.ids import Address, BotId, MessageId, UserId

XTR = "XTR"
"""The currency code of Stars."""
MONTH = 2_592_000
"""The only period of a subscription, in seconds (api/subscriptions)."""
AGAIN_AFTER = 15.0
"""Seconds after an approval in which a second query of the same order is refused: a query lives 10 s, and a margin. A buyer who
lost the answer may try again after that.
"""


class Kind(StrEnum):
    """What an order buys, and for whom."""

    VIP = "vip"
    GIFT = "gift"
    """VIP for the present or last partner."""
    GIFT_LINK = "link"
    """VIP for whoever redeems the link first."""
    CREDITS = "credits"


class OrderState(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    """A pre-checkout query was answered with yes. The charge may follow, or not."""
    PAID = "paid"
    CLOSED = "closed"
    """Another invoice took its place. It may be paid all the same, where the charge was under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    id: str
    bot: BotId
    user: UserId
    kind: Kind
    plan: str
    """Id of the plan, or of the pack of credits, in the live configuration."""
    quantity: int
    """Days of VIP, or credits."""
    stars: int
    period: int = 0
    """Of a subscription in seconds, else 0."""
    recipient: Address | None = None
    """Who gets a gift."""
    created: float
    expires: float
    """Unix seconds. A subscription that was paid once never expires."""
    state: OrderState = OrderState.OPEN
    approved: float = 0.0
    """When the last query was approved, in Unix seconds, by Telegram's clock; 0 for never."""
    message: MessageId | None = None
    """The invoice in the buyer's chat with the bot. None for a link, or where it was not sent yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """What the records know of somebody who wants to pay."""

    banned_until: float = 0.0
    terms_accepted: bool = False
    chatting: bool = False
    subscribed: bool = False
    """Whether a subscription of theirs is alive."""
    minor: bool = False
    """Whether they are under 18, by what they told the bot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What is known of the subscription that an order has begun."""

    until: float
    """Unix seconds, by Telegram's clock; 0 where it was told of a change, and no charge was seen yet."""
    failed: bool = False
    cancelled: bool = False
    cancelled_by_us: bool = False
    """Or soon: its cancellation is asked of Telegram until it is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenInvoice:
    """An invoice that is to be deleted, because a newer one takes its place."""

    bot: BotId
    message: MessageId
