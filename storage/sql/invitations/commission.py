"""The share in credits of whoever invited the buyer, inside the transaction of the payment or of what undoes it."""

from __future__ import annotations

from domain.configuration import Configuration
from domain.invitations.counting import commission
from domain.model.ids import BotId, UserId
from domain.payments import ledger
from domain.payments.credits import commission as share_given
from domain.payments.credits import commission_key, commission_reversed
from domain.payments.updates import NANO, Charge
from storage.sql.payments.posting import Posting


async def give_share(posting: Posting, charge: Charge, configuration: Configuration) -> None:
    """One level only. Nothing of a payment of which Telegram has given a share to an affiliate."""
    amount = commission(charge.amount // NANO, configuration.referrals) if configuration.features.referrals else 0
    if not amount or await posting.is_posted(ledger.affiliate_key(charge.bot, charge.id)):
        return
    inviter = await posting.queries.lock_inviter(posting.connection, user=charge.user, now=posting.now)
    if inviter is not None:
        account = await posting.credits_account(UserId(inviter))
        await posting.post(share_given(charge, account, amount))


async def take_share_back(posting: Posting, bot: BotId, charge: str, at: float) -> None:
    """Once, whatever undoes it: a refund, or an affiliate's share. `at` in Unix seconds."""
    key = commission_key(bot, charge)
    for given in await posting.credits_moved_by(key):
        balance = await posting.locked_balance(given.target)
        await posting.post(commission_reversed(key, given.target, given.amount, balance, at))
