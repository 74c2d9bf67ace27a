"""What the parts of PaymentActor work with: the records, the bots of this worker, the configuration."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from actors.bot.directory import Directory
from actors.messages import CallStars, Submit, TransportMessage
from actors.runtime.asking import answer_of
from actors.runtime.ref import ActorRef
from domain.configuration import LiveConfiguration
from domain.errors import Unavailable
from domain.model.ids import BotId, UserId
from domain.model.outgoing import Outcome, Outgoing
from domain.payments.calls import StarsCall
from domain.ports.payments import Grants, Ledger, Orders, Outbox, Refunds, StarLists, Subscriptions, Tickets
from domain.ports.records import Chats

R = TypeVar("R")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentContext:
    directory: Directory
    orders: Orders
    ledger: Ledger
    grants: Grants
    subscriptions: Subscriptions
    outbox: Outbox
    star_lists: StarLists
    tickets: Tickets
    refunds: Refunds
    chats: Chats
    live: LiveConfiguration
    secret: bytes
    """Key of the payloads' MAC. The same in every process of the installation, and never changed."""
    clock: Callable[[], float]
    """Unix seconds."""
    vip_changed: Callable[[UserId], None]
    """Tells the sessions of every process that somebody's VIP is another one now."""
    language: Callable[[UserId], Awaitable[str]]
    """Raises `domain.errors.Unavailable`."""

    def transport(self, bot: BotId) -> ActorRef[TransportMessage]:
        """Raises `domain.errors.Unavailable` where this worker does not serve the bot now."""
        post = self.directory.post(bot)
        if post is None or not post.transport.is_alive():
            raise Unavailable("this bot is being handed over to another worker")
        return post.transport

    async def send(self, bot: BotId, outgoing: Outgoing) -> Outcome:
        """Raises `domain.errors.Unavailable`."""
        return await answer_of(self.transport(bot).ask(Submit(outgoing=outgoing), timeout=None), "Telegram")

    async def call(self, bot: BotId, call: StarsCall) -> object:
        """The reply of the call's type. Raises `domain.errors.Unavailable`."""
        return await answer_of(self.transport(bot).ask(CallStars(call=call), timeout=None), "Telegram")


async def each(things: Iterable[T], work: Callable[[T], Awaitable[None]]) -> None:
    """Works on all of them: one that cannot be done now holds up no other. Raises the last `domain.errors.Unavailable`."""
    failed: Unavailable | None = None
    for thing in things:
        try:
            await work(thing)
        except Unavailable as error:
            failed = error
    if failed is not None:
        raise failed
