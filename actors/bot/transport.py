"""TransportActor: one bot. It passes updates from Telegram to the sessions of the bot's users, and their calls to Telegram.

*Invariant*: the updates of a bot are passed on in Telegram's order, and none is lost. While the mailbox of a session is full, no
further update is read (back-pressure up to the socket). Sends go on meanwhile.

A connection that ends by itself ends the actor; its supervisor then starts a new actor with a new connection.
"""

from __future__ import annotations

import asyncio
import logging
import random
from asyncio import Future, Task
from functools import partial
from typing import Any, assert_never

from pykka import ActorDeadError

from actors.bot.directory import Directory
from actors.bot.router import Router
from actors.bot.unhandled import Unhandled
from actors.messages import (
    CallStars,
    Deposit,
    Describe,
    Discard,
    HealthCheck,
    JudgePictures,
    MissingChannels,
    Processed,
    ProcessedQts,
    ReadBack,
    Received,
    SeeChannels,
    Submit,
    TransportMessage,
)
from actors.payments.messages import OperatorPressedAt, PaymentMessage, PaymentUpdated, PreCheckout
from actors.runtime.actor import Actor
from actors.runtime.handle import Handle
from domain.ask import Response, reply
from domain.errors import BadToken, Fenced, Unavailable
from domain.model.bot import Bot
from domain.model.ids import BotId
from domain.model.inbound import FromPerson, Ignored, Inbound, OperatorPressed
from domain.model.outgoing import Lane, Send
from domain.payments.updates import PaymentUpdate, PrecheckoutAsked
from domain.ports.telegram import Telegram
from domain.status import BotReport, BotStatus

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
"""Seconds between attempts to connect: the first pause, and the longest of the back-off."""
HEALTH_CHECK_SECONDS = 1.0

logger = logging.getLogger(__name__)


class TransportActor(Actor[TransportMessage]):
    __slots__ = (
        "_bot",
        "_connecting",
        "_directory",
        "_identity",
        "_payments",
        "_relayed",
        "_router",
        "_telegram",
        "_unhandled",
        "_updates",
        "_waiting_updates",
    )

    MAILBOX_LIMIT = 100_000

    def __init__(
        self, bot: BotId, telegram: Telegram, directory: Directory, payments: Handle[PaymentMessage] | None = None
    ) -> None:
        """Without `payments`, updates about payments are for nobody."""
        super().__init__()
        self._bot = bot
        self._telegram = telegram
        self._directory = directory
        self._payments = payments
        self._router = Router(bot, directory)
        self._unhandled = Unhandled(bot)
        self._connecting: Task[None] | None = None
        self._identity: Bot | None = None
        self._waiting_updates: set[Future[None]] = set()
        """One future for each update that waits for room in a session's mailbox."""
        self._updates = 0
        self._relayed = 0

    def label(self) -> str:
        return f"TransportActor bot{self._bot}"

    def on_start(self) -> None:
        self._connecting = self.work(self._connect(), vital=True)
        self.every(HEALTH_CHECK_SECONDS, HealthCheck())

    def on_receive(self, message: TransportMessage) -> Response:
        match message:
            case Received(update=update):
                self._take_in(update)
            case Submit(outgoing=outgoing):
                self._relayed += isinstance(outgoing, Send) and outgoing.lane is Lane.RELAY
                return reply(message, self._telegram.submit(outgoing))
            case Processed(pts=pts):
                self._telegram.confirm(pts)
            case ProcessedQts(qts=qts):
                self._telegram.confirm_qts(qts)
            case CallStars(call=call):
                return reply(message, self.work(self._telegram.stars(call)))
            case Discard(chat=chat):
                self._telegram.discard(chat)
            case Deposit(content=content):
                return reply(message, self.work(self._telegram.deposit(content)))
            case JudgePictures(content=content):
                return reply(message, self.work(self._telegram.judge(content)))
            case MissingChannels(user=user):
                return reply(message, self.work(self._telegram.missing_channels(user)))
            case SeeChannels(channels=channels):
                return reply(message, self.work(self._telegram.see_channels(channels)))
            case ReadBack(user=user, messages=messages):
                return reply(message, self.work(self._telegram.read_back(user, messages)))
            case Describe():
                return reply(message, self._report())
            case HealthCheck():
                self._check_health()
                self._directory.sweep(self._bot)
            case _:
                assert_never(message)
        return None

    def _report(self) -> BotReport:
        username = self._identity.username if self._identity else ""
        status = BotStatus(
            id=self._bot,
            username=username,
            state=self._telegram.state,
            detail=self._telegram.detail,
            unhandled=self._unhandled.by_kind,
        )
        return BotReport(
            status=status,
            updates=self._updates,
            relayed=self._relayed,
            sending=self._telegram.sending,
            problems=(*self._telegram.problems, *self._unhandled.problems),
        )

    def _check_health(self) -> None:
        self._telegram.look()
        if self._telegram.state == "serving" and self._telegram.heard is not None:
            self._directory.record.note([self._bot], self._telegram.heard)
        if self._identity is not None and self._telegram.state == "stopped":
            raise Unavailable(f"the connection of bot{self._bot} ended: {self._telegram.detail}")

    async def on_failure(self, *_error: Any) -> None:  # type: ignore[override]  # may be async here
        """Close the connection before the next one is made: a bot must never have two at once."""
        await self.on_stop()

    async def on_stop(self) -> None:  # type: ignore[override]  # may be async here
        if self._connecting is not None:
            self._connecting.cancel()
        await self._telegram.stop()

    async def _connect(self) -> None:
        pause = FIRST_PAUSE
        while self._identity is None:
            try:
                self._identity = await self._telegram.start(self._receive, self._precheckout)
            except BadToken as error:
                logger.error("bot%d is refused: %s", self._bot, error)
                return
            except (Unavailable, Fenced) as error:
                logger.warning("bot%d: %s; next try in %.1f s", self._bot, error, pause)
                await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 - jitter
                pause = min(pause * 2, LONGEST_PAUSE)
        self._directory.names[self._bot] = self._identity.username
        logger.info("bot%d --Connected--> serving as @%s", self._bot, self._identity.username)

    async def _receive(self, update: Inbound | Ignored) -> None:
        while self._waiting_updates:
            await asyncio.wait(self._waiting_updates)
        await self.actor_ref.send(Received(update=update))

    def _take_in(self, update: Inbound | Ignored) -> None:
        self._updates += 1
        if self._router.takes(update):
            self._pass_on(update)
            return
        if isinstance(update, PaymentUpdate) and self._payments is not None:
            self.work(self._payments.send(PaymentUpdated(bot=self._bot, update=update)))
            return
        if isinstance(update, OperatorPressed) and self._payments is not None:
            self.work(self._payments.send(OperatorPressedAt(bot=self._bot, pressed=update)))
            return
        self._unhandled.count(update)
        if update.pts is not None:
            self._telegram.confirm(update.pts)

    def _precheckout(self, asked: PrecheckoutAsked) -> None:
        """Past this actor's mailbox: Telegram waits for 10 s."""
        if self._payments is not None:
            self.work(self._payments.send(PreCheckout(bot=self._bot, asked=asked)))

    def _pass_on(self, update: FromPerson) -> None:
        recipient = self._router.recipient(update)
        if recipient is None:
            return  # the bot is being handed over: the next owner gets the update again
        taken = recipient.line_up(update)
        if taken is not None:
            self._waiting_updates.add(taken)
            taken.add_done_callback(partial(self._room_found, update))

    def _room_found(self, update: FromPerson, taken: Future[None]) -> None:
        self._waiting_updates.discard(taken)
        if not taken.cancelled() and isinstance(taken.exception(), ActorDeadError):
            self._pass_on(update)
