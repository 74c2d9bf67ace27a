"""The payload of an invoice: 1 to 128 bytes that Telegram gives back with every payment, and never shows to anybody.

It carries order, product, quantity, buyer and recipient, so that a payment can be granted where the order was lost, such as after
a restore of the database from a backup. A MAC tells it from one that somebody else made.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import blake2b

from domain.model.ids import Address, BotId, UserId
from domain.payments.orders import Kind, Order

LIMIT = 128
MAC_BYTES = 12
CODE_BYTES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a payload says, once its MAC is found right."""

    order: str
    kind: Kind
    plan: str
    quantity: int
    user: UserId
    recipient: Address | None = None


def write_payload(order: Order, secret: bytes) -> bytes:
    recipient = f"{order.recipient.bot}.{order.recipient.user}" if order.recipient else ""
    body = f"{order.id}|{order.kind}|{order.plan}|{order.quantity}|{order.user}|{recipient}"
    payload = f"{body}|{_mac(body, secret)}".encode()
    assert len(payload) <= LIMIT
    return payload


def read_payload(payload: bytes, secret: bytes) -> Claim | None:
    """None for a payload that we did not make."""
    try:
        body, _, mac = payload.decode("ascii").rpartition("|")
        if not hmac.compare_digest(mac, _mac(body, secret)):
            return None
        order, kind, plan, quantity, user, recipient = body.split("|")
        return Claim(
            order=order,
            kind=Kind(kind),
            plan=plan,
            quantity=int(quantity),
            user=UserId(int(user)),
            recipient=_read_address(recipient),
        )
    except ValueError:
        return None


def gift_code(charge: str, secret: bytes) -> str:
    """The code of the gift link that a charge bought, by the charge's key in the ledger. Where the charge is booked again, after
    a restore of the database, it is the same, so that the link that the buyer has still works.
    """
    return urlsafe_b64encode(blake2b(f"gift|{charge}".encode(), digest_size=CODE_BYTES, key=secret).digest()).decode()


def _read_address(text: str) -> Address | None:
    bot, _, user = text.partition(".")
    return Address(BotId(int(bot)), UserId(int(user))) if text else None


def _mac(body: str, secret: bytes) -> str:
    return urlsafe_b64encode(blake2b(body.encode(), digest_size=MAC_BYTES, key=secret).digest()).decode()
