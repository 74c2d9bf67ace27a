"""What is asked of Telegram about Stars, through the bot's connection. `transport/payments/stars.py` makes the calls.

Each raises `domain.errors.Unavailable` where Telegram cannot be reached now.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.ask import Ask
from domain.model.ids import UserId
from domain.model.outgoing import Invoice
from domain.payments.transactions import Page, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPrecheckout(Ask[bool]):
    """`messages.setBotPrecheckoutResults`. `refusal` is a text id; empty approves. False where the query is over."""

    query: int
    refusal: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportInvoice(Ask[str]):
    """A link that anybody can pay, any number of times (`payments.exportInvoice`)."""

    invoice: Invoice


class RefundOutcome(StrEnum):
    DONE = "done"
    ALREADY = "already"
    """Telegram says that it was refunded before: to be looked up by `FindTransaction`."""
    UNKNOWN_CHARGE = "unknown charge"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundCharge(Ask[RefundOutcome]):
    """`payments.refundStarsCharge`: always the whole sum."""

    user: UserId
    charge: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTransactions(Ask[Page]):
    """A page of the bot's list, the oldest first (`payments.getStarsTransactions`). `offset` counts rows from the oldest."""

    offset: int
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FindTransaction(Ask[Transaction | None]):
    """One row by its id (`payments.getStarsTransactionsByID`). `refund`: the row of the refund, not of the charge."""

    id: str
    refund: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelSubscription(Ask[bool]):
    """No further renewal (`payments.botCancelStarsSubscription`). Also True where it is cancelled already; False where Telegram
    does not know the charge.
    """

    user: UserId
    charge: str


StarsCall = AnswerPrecheckout | ExportInvoice | RefundCharge | ReadTransactions | FindTransaction | CancelSubscription
