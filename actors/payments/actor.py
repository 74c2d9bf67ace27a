"""PaymentActor: payments in Stars of all bots of this worker. One per worker.

*Invariant*: a charge is confirmed to Telegram's log after it is booked, and nothing that a session or a flag says stops it.

Its work runs beside the mailbox, so that a query never waits behind anything.
"""

from __future__ import annotations

import asyncio
import logging
from typing import assert_never

from pykka import ActorDeadError

from actors.messages import Processed, ProcessedQts
from actors.payments import booking, notices, precheckout, shop
from actors.payments.context import PaymentContext
from actors.payments.messages import (
    AcceptTerms,
    OpenOrder,
    OpenTicket,
    PaymentMessage,
    PaymentUpdated,
    PreCheckout,
    ReadVip,
    RedeemGift,
    RedeemPromo,
    SendNotices,
    StartTrial,
)
from actors.payments.vouchers import redeem_gift, redeem_promo, start_trial
from actors.runtime.actor import Actor
from domain.ask import Response, reply
from domain.errors import Unavailable
from domain.payments.updates import SubscriptionChanged

NOTICES_SECONDS = 1.0
"""How often the outbox is looked at. What this process books is told at once."""

logger = logging.getLogger(__name__)


class PaymentActor(Actor[PaymentMessage]):
    MAILBOX_LIMIT = 10_000

    __slots__ = ("_sending", "_world")

    def __init__(self, world: PaymentContext) -> None:
        super().__init__()
        self._world = world
        self._sending = asyncio.Lock()

    def label(self) -> str:
        return "PaymentActor"

    def on_start(self) -> None:
        self.every(NOTICES_SECONDS, SendNotices())

    def on_receive(self, message: PaymentMessage) -> Response:
        world = self._world
        match message:
            case PreCheckout(bot=bot, asked=asked):
                self.work(precheckout.answer(world, bot, asked), vital=True)
                return None
            case PaymentUpdated():
                self.work(self._take(message), vital=True)
                return None
            case SendNotices():
                self.work(self._send_notices(), vital=True)
                return None
            case OpenOrder():
                return reply(message, self.work(shop.open_order(world, message)))
            case ReadVip():
                return reply(message, self.work(shop.look(world, message)))
            case AcceptTerms(user=user):
                return reply(message, self.work(world.orders.accept_terms(user, world.clock())))
            case RedeemPromo():
                return reply(message, self.work(redeem_promo(world, message)))
            case RedeemGift():
                return reply(message, self.work(redeem_gift(world, message)))
            case StartTrial():
                return reply(message, self.work(start_trial(world, message)))
            case OpenTicket(address=address, text=text):
                return reply(message, self.work(world.tickets.open(address, text, world.clock())))
        assert_never(message)

    async def _take(self, message: PaymentUpdated) -> None:
        """Where the bot was handed over meanwhile, its next owner gets the update again, which changes nothing."""
        update = message.update
        await booking.take(self._world, message.bot, update)
        confirmed = ProcessedQts(qts=update.qts) if isinstance(update, SubscriptionChanged) else Processed(pts=update.pts)
        try:
            self._world.transport(message.bot).tell(confirmed)
        except (Unavailable, ActorDeadError):
            return
        await self._send_notices()

    async def _send_notices(self) -> None:
        """One at a time. What fails is tried again a second later."""
        if self._sending.locked():
            return
        async with self._sending:
            for bot in self._world.directory.bots:
                try:
                    await notices.send_due(self._world, bot)
                except Unavailable as error:
                    logger.warning("bot%d: notices about payments wait: %s", bot, error)
