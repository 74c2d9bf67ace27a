"""What the parts of PaymentActor work with: the records, the bots of this worker, the configuration."""

from __future__ import annotations

from asyncio import Semaphore
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
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
from domain.ports.payments import Credits, Grants, Ledger, Orders, Outbox, Refunds, StarLists, Subscriptions, Tickets
from domain.ports.personal import Deletions
from domain.ports.records import Chats
from domain.ports.review import Desk

R = TypeVar("R")
T = TypeVar("T")
BOOKED_AT_ONCE = 3
"""A booking is a long transaction and may wait. Without a limit, many would hold all connections to the database, and a query
before a payment, which has 10 s, would find none.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlChat:
    """Where operators read of payments. Without an id nothing is sent, and `status` says what waits."""

    id: UserId = UserId(0)
    """A person, or below zero a group or channel; 0 for none."""
    bot: BotId | None = None
    """The bot that writes there."""
    admins: frozenset[UserId] = frozenset()
    """Whose presses count."""


@dataclass(slots=True, kw_only=True)
class Watch:
    """What was found to be wrong when it was last looked at, for `status`."""

    lines: dict[BotId, tuple[str, ...]] = field(default_factory=dict)
    served_since: dict[BotId, float] = field(default_factory=dict)
    """When this process first looked after the bot, in Unix seconds."""
    told: set[str] = field(default_factory=set)
    """Keys of alerts that this process has put into the outbox."""
    refused: str = ""
    """Why the operators' chat cannot be written to; empty where it can."""
    again_at: float = 0.0
    """When it is tried again, in Unix seconds."""

    def lines_of(self, bots: Iterable[BotId]) -> tuple[str, ...]:
        refused = (f"the control chat cannot be written to: {self.refused}; mend ADMIN_CONTROL_CHAT_ID",) if self.refused else ()
        return (*refused, *(line for bot in bots for line in self.lines.get(bot, ())))


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentContext:
    directory: Directory
    orders: Orders
    ledger: Ledger
    grants: Grants
    credits: Credits
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
    deletions: Deletions | None = None
    """None where nobody is deleted."""
    desk: Desk | None = None
    """None where nobody is reviewed."""
    control: ControlChat = ControlChat()
    watch: Watch = field(default_factory=Watch)
    bookings: Semaphore = field(default_factory=partial(Semaphore, BOOKED_AT_ONCE))

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
