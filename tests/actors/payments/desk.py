"""PaymentActor with real records on SQLite, and a bot on a twin of Telegram."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from actors.bot.directory import Directory
from actors.bot.transport import TransportActor
from actors.payments import notices, precheckout, reconciliation
from actors.payments.actor import PaymentActor
from actors.payments.context import ControlChat, PaymentContext
from actors.runtime.handle import Handle
from domain.configuration import Configuration, LiveConfiguration
from domain.model.bot import Lease
from domain.model.ids import BotId, Pts, UserId
from domain.payments.calls import AnswerPrecheckout, ReadTransactions
from domain.payments.orders import Kind, Order
from domain.payments.payload import write_payload
from domain.payments.transactions import Page
from domain.payments.updates import NANO, Charge, PaymentReceived, PrecheckoutAsked
from storage.sql.chats import SqlChats
from storage.sql.database import open_database
from storage.sql.migrate import migrate
from storage.sql.payments.records import PaymentRecords
from storage.sql.review.desk import SqlDesk
from tests.entitlements import SqlEntitlements
from tests.twins import TelegramTwin

BOT, ANNA, BORIS = BotId(1), UserId(10), UserId(20)
ADMIN, CHAT = UserId(77), UserId(-1002300000002)
SECRET = b"s" * 32


class Desk:
    def __init__(self, database: Any, *, chat: UserId = CHAT) -> None:
        self._control = ControlChat(id=chat, bot=BOT, admins=frozenset({ADMIN}))
        self.database = database
        self.records = PaymentRecords(database)
        self.vip = SqlEntitlements(database)
        self.live = LiveConfiguration(Configuration())
        self.changed: list[UserId] = []
        self.directory = Directory()
        self.telegram = TelegramTwin(BOT)
        self.telegram.stars_answers = {AnswerPrecheckout: True, ReadTransactions: Page(rows=(), balance=0, end=0)}
        self._actors: list[Any] = []

    async def start(self) -> None:
        payments: Handle[Any] = Handle("payments")
        self.world = self._world()
        self.payments = PaymentActor.start(self.world)
        payments.found(self.payments)
        transport = TransportActor.start(BOT, self.telegram, self.directory, payments)
        self._actors = [self.payments, transport]
        self.directory.serve(Lease(bot=BOT, owner="test", token=1), transport)
        self.directory.names[BOT] = "bot1"
        await self.telegram.until(lambda: self.telegram.receive)

    async def stop(self) -> None:
        for actor in reversed(self._actors):
            await actor.stop()

    def _world(self) -> PaymentContext:
        records = self.records
        return PaymentContext(
            directory=self.directory,
            orders=records.orders,
            ledger=records.ledger,
            grants=records.grants,
            credits=records.credits,
            subscriptions=records.subscriptions,
            outbox=records.outbox,
            star_lists=records.star_lists,
            tickets=records.tickets,
            refunds=records.refunds,
            chats=SqlChats(self.database),
            live=self.live,
            secret=SECRET,
            clock=time.time,
            vip_changed=self.changed.append,
            language=_english,
            desk=SqlDesk(self.database),
            control=self._control,
        )

    async def ordered(self, **changes: Any) -> Order:
        """An order of Anna, who has accepted the terms."""
        now = time.time()
        fields = {"id": "0123456789abcdef", "bot": BOT, "user": ANNA, "kind": Kind.VIP, "plan": "week", "quantity": 7}
        order = Order(**{**fields, "stars": 100, "created": now, "expires": now + 1800, **changes})
        await self.records.orders.accept_terms(order.user, now)
        await self.records.orders.open(order)
        return order

    async def asks(self, order: Order, **changes: Any) -> str | None:
        """Telegram asks before the payment. The refusal; empty for a yes."""
        number = len(self.answers) + 1
        fields = {"user": order.user, "query": number, "currency": "XTR", "amount": order.stars}
        asked = PrecheckoutAsked(**{**fields, "payload": write_payload(order, SECRET), **changes})
        assert self.telegram.precheckout is not None
        self.telegram.precheckout(asked)
        await self.telegram.until(lambda: len(self.answers) >= number)
        return self.answers[number - 1].refusal

    async def decides(self, order: Order) -> str:
        """As `asks`, without Telegram between."""
        payload = write_payload(order, SECRET)
        asked = PrecheckoutAsked(user=order.user, query=1, currency="XTR", amount=order.stars, payload=payload)
        return await precheckout.decide(self.world, asked)

    @property
    def answers(self) -> list[AnswerPrecheckout]:
        return [call for call in self.telegram.asked_stars if isinstance(call, AnswerPrecheckout)]

    async def looks_again(self) -> None:
        """Until PaymentActor may have looked at the records once more."""
        await asyncio.sleep(0.02)

    async def hears(self, update: Any) -> None:
        assert self.telegram.receive is not None
        await self.telegram.receive(update)

    async def reminds(self) -> None:
        """Adds the reminders that are due, and sends what is owed."""
        await notices.remind(self.world, BOT)
        await notices.send_due(self.world, BOT)

    async def compares(self) -> None:
        await reconciliation.compare(self.world, BOT)

    def shown(self, user: UserId) -> list[str]:
        return self.telegram.shown.get(user, [])

    async def shows(self, user: UserId, text: str) -> None:
        await self.telegram.until(lambda: text in self.shown(user))


def charged(order: Order, id_: str = "stx1", pts: int = 7, **changes: Any) -> PaymentReceived:
    fields = {"bot": BOT, "id": id_, "user": order.user, "currency": "XTR", "amount": order.stars * NANO, "at": time.time()}
    charge = Charge(**{**fields, "payload": write_payload(order, SECRET), **changes})
    return PaymentReceived(user=order.user, pts=Pts(pts), charge=charge)


async def _english(_user: UserId) -> str:
    return "en"


@asynccontextmanager
async def a_desk(folder: Path, uri: str = "", *, chat: UserId = CHAT, **options: Any) -> AsyncIterator[Desk]:
    """On SQLite, or the database at `uri`."""
    database = await open_database(uri or f"sqlite:{folder}/records.db", **options)
    await migrate(database)
    desk = Desk(database, chat=chat)
    await desk.start()
    try:
        yield desk
    finally:
        await desk.stop()
        await database.close()
