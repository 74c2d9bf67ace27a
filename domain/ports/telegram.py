"""One bot's connection to Telegram, as the actors need it. `transport/client.py` implements it."""

from __future__ import annotations

from asyncio import Future
from collections.abc import Awaitable, Callable
from typing import Protocol

from domain.model.bot import Bot
from domain.model.channels import MissingChannel
from domain.model.content import Content
from domain.model.ids import ChatId, Pts, UserId
from domain.model.inbound import Ignored, Inbound
from domain.model.outgoing import NotSent, Outcome, Outgoing


class Telegram(Protocol):
    """One bot's connection. Made for one lease; stopped when the lease ends."""

    @property
    def state(self) -> str:
        """As in `domain.status.BotStatus`; "refused" and "stopped" are final."""
        ...

    @property
    def detail(self) -> str: ...

    @property
    def flood_waits(self) -> int: ...

    async def start(self, receive: Callable[[Inbound | Ignored], Awaitable[None]]) -> Bot:
        """Log in (or resume), then hand every update since the last confirmed one to `receive`, in order, one at a time.

        `receive` may take long (back-pressure): the next update waits. Raises `domain.errors.BadToken` where Telegram
        refuses the token for good, `domain.errors.Unavailable` where it cannot be reached.
        """
        ...

    def submit(self, outgoing: Outgoing) -> Future[Outcome]:
        """Queue a call. Resolves within `pacing.max_park_seconds` plus the call's time-out; never raises a Telegram error.
        Calls to one user are made one after the other in the order submitted.
        """
        ...

    @property
    def problems(self) -> tuple[str, ...]:
        """What the operator has to mend for this bot, one line each."""
        ...

    async def missing_channels(self, user: UserId) -> tuple[MissingChannel, ...]:
        """The required channels that the user is not in, in the order of the settings. Raises `domain.errors.Unavailable`."""
        ...

    async def deposit(self, content: Content) -> Content | NotSent:
        """The same content with its files copied into the media channel, for a bot of another process; as it was where there is
        no channel for this bot. `NotSent` where that could not be done in time.
        """
        ...

    def discard(self, chat: ChatId) -> None:
        """Throw away queued relays of a chat that ended (their outcome is DISCARDED)."""
        ...

    def confirm(self, pts: Pts) -> None:
        """The update's effects are done. Stored when all before it are confirmed too; unconfirmed ones come again."""
        ...

    def fence(self) -> None:
        """The lease may be lost: send nothing more (outcome STALE) until `start` is called on a new connection."""
        ...

    async def stop(self) -> None:
        """Drain what is being sent, store the confirmed pts, disconnect. Idempotent."""
        ...
