"""What else happens in the transaction of a sale and of what undoes it: the share of whoever invited the buyer."""

from __future__ import annotations

from domain.configuration import Configuration
from domain.payments.sales import Goods
from domain.payments.updates import Charge, Refund
from storage.sql.invitations.commission import give_share, take_share_back
from storage.sql.payments.posting import Posting


async def beside_sale(posting: Posting, charge: Charge, goods: Goods | None, configuration: Configuration) -> None:
    """After a charge that was booked now. `goods`: None where nobody knows what it bought."""
    if goods is not None:
        await give_share(posting, charge, configuration)


async def beside_refund(posting: Posting, refund: Refund) -> None:
    """After a refund that was booked now."""
    await take_share_back(posting, refund.bot, refund.charge, refund.at)


async def beside_affiliate(posting: Posting, charge: Charge) -> None:
    """After the share of an affiliate of Telegram's that was booked now."""
    await take_share_back(posting, charge.bot, charge.id, posting.now)
