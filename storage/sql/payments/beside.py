"""What else happens in the transaction of a sale and of a refund."""

from __future__ import annotations

from domain.payments.sales import Goods
from domain.payments.updates import Charge, Refund
from storage.sql.payments.posting import Posting


async def beside_sale(posting: Posting, charge: Charge, goods: Goods | None) -> None:
    """After a charge that was booked now. `goods`: None where nobody knows what it bought."""


async def beside_refund(posting: Posting, refund: Refund) -> None:
    """After a refund that was booked now."""
