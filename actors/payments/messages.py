"""The messages of PaymentActor. Whoever asks gets `domain.errors.Unavailable` where a store or Telegram is away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from domain.ask import Ask
from domain.model.ids import Address, BotId, ChatId, UserId
from domain.model.inbound import OperatorPressed
from domain.payments.orders import Kind
from domain.payments.updates import PaymentUpdate, PrecheckoutAsked
from domain.ports.payments import CreditEntry, NotRedeemed, VipState

Redeemed = int | NotRedeemed
"""Days, or why not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreCheckout:
    """A query came in. It is answered within 8 s, whatever happens."""

    SYSTEM: ClassVar[bool] = True

    bot: BotId
    asked: PrecheckoutAsked


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentUpdated:
    """A numbered update about a payment. It is confirmed after its effect."""

    SYSTEM: ClassVar[bool] = True

    bot: BotId
    update: PaymentUpdate


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOrder(Ask[str]):
    """Send the buyer an invoice, or for a monthly plan the link of a subscription. Reply: the id of a text that refuses it, or
    empty.
    """

    buyer: Address
    kind: Kind
    plan: str
    chat: ChatId | None = None
    """Of a gift: the chat with whoever gets it."""
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class VipView:
    state: VipState
    links: Mapping[str, str]
    """Monthly plan → the link of a subscription; without those that the user may not take now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadVip(Ask[VipView]):
    address: Address
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditsView:
    balance: int
    history: tuple[CreditEntry, ...]
    """The newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCredits(Ask[CreditsView]):
    user: UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptTerms(Ask[None]):
    user: UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class RedeemPromo(Ask[Redeemed]):
    """Reply: the days granted."""

    address: Address
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RedeemGift(Ask[Redeemed]):
    """Reply: the days granted."""

    address: Address
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartTrial(Ask[float | None]):
    """Reply: until when VIP lasts, in Unix seconds; None where the trial was used, or there is none."""

    address: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTicket(Ask[int]):
    """A question about payments. Reply: its number."""

    address: Address
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorPressedAt:
    """Somebody pressed a button that is for operators. It is not known yet whether they are one."""

    bot: BotId
    pressed: OperatorPressed


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeTrouble(Ask[tuple[str, ...]]):
    """Reply: what the operator has to look at for the bots of this worker, one line each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoChores:
    """Timer: what is due for the bots of this worker."""

    EPHEMERAL: ClassVar[bool] = True


PaymentMessage = (
    PreCheckout
    | PaymentUpdated
    | OpenOrder
    | ReadVip
    | ReadCredits
    | AcceptTerms
    | RedeemPromo
    | RedeemGift
    | StartTrial
    | OpenTicket
    | OperatorPressedAt
    | DescribeTrouble
    | DoChores
)
