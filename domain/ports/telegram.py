"""One bot's connection to Telegram, as the actors need it. `transport/client.py` implements it."""

from __future__ import annotations

from asyncio import Future
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from domain.model.bot import Bot
from domain.model.channels import ChannelSight, MissingChannel
from domain.model.content import Content
from domain.model.ids import ChatId, MessageId, Pts, UserId
from domain.model.inbound import Ignored, Inbound
from domain.model.outgoing import NotSent, Outcome, Outgoing
from domain.model.sending import Sending
from domain.payments.calls import StarsCall
from domain.payments.updates import PrecheckoutAsked
from domain.ports.judge import Judgement
from domain.trust.evidence import Copy


class Telegram(Protocol):
    """One bot's connection. It is made for one lease, and stopped when the lease ends."""

    @property
    def state(self) -> str:
        """As in `domain.status.BotStatus`. "refused" and "stopped" are final."""
        ...

    @property
    def detail(self) -> str: ...

    @property
    def heard(self) -> float | None:
        """Loop time at which anything last came from Telegram: an update, or the answer to a call or a ping. None before that."""
        ...

    def look(self) -> None:
        """Called once a second: a connection on which nothing has come for long is made anew."""
        ...

    @property
    def sending(self) -> Sending: ...

    async def start(
        self,
        receive: Callable[[Inbound | Ignored], Awaitable[None]],
        precheckout: Callable[[PrecheckoutAsked], None] | None = None,
    ) -> Bot:
        """Log in or resume, then pass every update since the last confirmed one to `receive`, in order, one at a time. Queries
        before a payment go to `precheckout` at once.

        The next update waits until `receive` returns (back-pressure). Raises `domain.errors.BadToken` where Telegram refuses the
        token for good, `domain.errors.Unavailable` where it cannot be reached.
        """
        ...

    def submit(self, outgoing: Outgoing) -> Future[Outcome]:
        """Queue a call. The future has its outcome within `pacing.max_park_seconds` plus the call's time-out, and never an error
        of Telegram. Calls to one user are made one after the other, in the order submitted.
        """
        ...

    @property
    def problems(self) -> tuple[str, ...]:
        """What the operator has to put right for this bot, one line each."""
        ...

    async def missing_channels(self, user: UserId) -> tuple[MissingChannel, ...]:
        """The required channels that the user has not joined, in the settings' order. Raises `domain.errors.Unavailable`."""
        ...

    async def see_channels(self, channels: Sequence[str]) -> tuple[ChannelSight, ...]:
        """Whether this bot could see who is a member of these channels. Raises `domain.errors.Unavailable`."""
        ...

    async def deposit(self, content: Content) -> Content | NotSent:
        """The content with its files copied into the media channel, for a bot of another process; unchanged where this bot has no
        such channel. `NotSent` where the copying failed or took too long. Raises `Fenced` once fenced.
        """
        ...

    async def read_back(self, user: UserId, messages: Sequence[MessageId]) -> tuple[Copy, ...]:
        """Those of these messages that Telegram still has in the user's chat with the bot; at most 100 are asked for. Raises
        `domain.errors.Unavailable`.
        """
        ...

    async def judge(self, content: Content) -> Judgement:
        """Show the content's pictures to the judge (`domain/ports/judge.py`). What cannot be judged in time is passed on or held,
        by `trust.judge_when_down`.
        """
        ...

    def discard(self, chat: ChatId) -> None:
        """Drop queued relays of a chat that ended (outcome DISCARDED)."""
        ...

    def confirm(self, pts: Pts) -> None:
        """The update's effects are done. It is stored once all earlier updates are confirmed too. Unconfirmed ones come again."""
        ...

    def confirm_qts(self, qts: int) -> None:
        """As `confirm`, of a `SubscriptionChanged`, which is in a log of its own."""
        ...

    async def stars(self, call: StarsCall) -> object:
        """The reply of the call's type. Raises `domain.errors.Unavailable`."""
        ...

    def fence(self) -> None:
        """The lease may be lost: send nothing more (outcome STALE). Final for this connection."""
        ...

    async def stop(self) -> None:
        """Wait for the calls that are being made, store the confirmed pts, disconnect. Idempotent."""
        ...
