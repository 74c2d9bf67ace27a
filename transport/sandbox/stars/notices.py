"""Tells the bot and the phone of payments and refunds: service messages, and the invoice that is paid now."""

from __future__ import annotations

from transport.sandbox.content.screen import Screen
from transport.sandbox.stars.clock import Clock
from transport.sandbox.world.mailbox import Mailbox
from transport.sandbox.world.model import Bot, Json, Message, User
from transport.sandbox.world.updates import UpdateLog
from transport.sandbox.world.world import World


class Notices:
    def __init__(self, *, world: World, mailbox: Mailbox, updates: UpdateLog, screen: Screen, clock: Clock) -> None:
        self._world = world
        self._mailbox = mailbox
        self._updates = updates
        self._screen = screen
        self._clock = clock

    def paid(self, bot: Bot, user: User, service: Json, invoice: Message | None, *, announced: bool = True) -> None:
        """The service message of a payment. It replies to the invoice message, which becomes its receipt.

        Without it (`announced` is false) the bot learns of the payment from the list only.
        """
        receipt = self._receipt(bot, user, service, invoice) if announced else None
        if invoice is not None and invoice.media is not None and invoice.media["start_param"] is not None:
            self._mark_paid(bot, invoice, receipt)

    def _receipt(self, bot: Bot, user: User, service: Json, invoice: Message | None) -> int:
        message = self._write(bot, user, service, from_bot=False, reply_to=invoice.id if invoice else None)
        self._updates.arrived(bot, message)
        self._screen.show("message", message)
        return message.id

    def refunded(self, bot: Bot, user: User, service: Json, *, incoming: bool) -> Message:
        """The service message of a refund. The caller numbers it and tells the bot."""
        message = self._write(bot, user, service, from_bot=not incoming)
        self._screen.show("message", message)
        return message

    def tell(self, bot: Bot, message: Message) -> None:
        self._updates.arrived(bot, message)

    def _write(self, bot: Bot, user: User, service: Json, *, from_bot: bool, reply_to: int | None = None) -> Message:
        """Who has paid a link may be written to, also without a /start."""
        chat = self._world.chat(user.id, bot.id)
        if not chat.started:
            chat.started = True
            self._world.save_chat(chat)
        date = int(self._clock.now())
        return self._mailbox.add(bot, user, "", from_bot=from_bot, date=date, reply_to=reply_to, service=service)

    def _mark_paid(self, bot: Bot, invoice: Message, receipt: int | None) -> None:
        invoice.media = {**(invoice.media or {}), "paid": True, "receipt": receipt}
        self._mailbox.save(invoice)
        self._updates.push(bot, self._updates.changed(bot, invoice), invoice.user)
        self._screen.show("edit", invoice)
