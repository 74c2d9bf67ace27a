"""PaymentActor: payments in Stars of all bots of this worker. One per worker.

*Invariant*: a charge is confirmed to Telegram's log after it is booked, and nothing that a session or a flag says stops it.

Its work runs beside the mailbox, so that a query never waits behind anything.
"""

from __future__ import annotations

import asyncio
from typing import assert_never
from weakref import WeakValueDictionary

from pykka import ActorDeadError

from actors.messages import Processed, ProcessedQts
from actors.payments import booking, control_chat, precheckout, shop
from actors.payments.chores import Chores
from actors.payments.context import PaymentContext
from actors.payments.messages import (
    AcceptTerms,
    DescribeTrouble,
    DoChores,
    OpenOrder,
    OpenTicket,
    OperatorPressedAt,
    PaymentMessage,
    PaymentUpdated,
    PreCheckout,
    ReadCredits,
    ReadVip,
    RedeemGift,
    RedeemPromo,
    StartTrial,
)
from actors.payments.vouchers import redeem_gift, redeem_promo, start_trial
from actors.runtime.actor import Actor
from domain.ask import Response, reply
from domain.errors import Unavailable
from domain.model.ids import UserId
from domain.payments.updates import SubscriptionChanged

CHORES_SECONDS = 1.0
"""How often it is looked at what is due. What this process books is told at once."""


class PaymentActor(Actor[PaymentMessage]):
    MAILBOX_LIMIT = 10_000

    __slots__ = ("_chores", "_turns", "_world")

    def __init__(self, world: PaymentContext) -> None:
        super().__init__()
        self._world = world
        self._chores = Chores(world)
        self._turns: WeakValueDictionary[UserId, asyncio.Lock] = WeakValueDictionary()
        """What is told of one person is booked in the order in which it came."""

    def label(self) -> str:
        return "PaymentActor"

    def on_start(self) -> None:
        self.every(CHORES_SECONDS, DoChores())

    def on_receive(self, message: PaymentMessage) -> Response:
        world = self._world
        match message:
            case PreCheckout(bot=bot, asked=asked):
                self.work(precheckout.answer(world, bot, asked), vital=True)
                return None
            case PaymentUpdated():
                self.work(self._take(message), vital=True)
                return None
            case DoChores():
                self.work(self._chores.look(), vital=True)
                return None
            case OpenOrder():
                return reply(message, self.work(shop.open_order(world, message)))
            case ReadVip():
                return reply(message, self.work(shop.look(world, message)))
            case ReadCredits(user=user):
                return reply(message, self.work(shop.look_at_credits(world, user)))
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
            case OperatorPressedAt(bot=bot, pressed=pressed):
                self.work(control_chat.press(world, bot, pressed), vital=True)
                return None
            case DescribeTrouble():
                return reply(message, world.watch.lines_of(world.directory.bots))
        assert_never(message)

    async def _take(self, message: PaymentUpdated) -> None:
        """Where the bot was handed over meanwhile, its next owner gets the update again, which changes nothing."""
        update = message.update
        turn = self._turns.setdefault(update.user, asyncio.Lock())
        await booking.take(self._world, message.bot, update, turn)
        confirmed = ProcessedQts(qts=update.qts) if isinstance(update, SubscriptionChanged) else Processed(pts=update.pts)
        try:
            await self._world.transport(message.bot).send(confirmed)
        except (Unavailable, ActorDeadError):
            return
        await self._chores.tell(message.bot)
