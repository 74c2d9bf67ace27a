"""TransportActor: one bot. Updates go up to the sessions of its users, calls go down to Telegram.

*Invariant*: updates of one bot are handed on in Telegram's order; a session that cannot take more stops the reading
(back-pressure up to the socket) rather than losing one. What is sent meanwhile, and to whom, it does not hold up.

A connection that ended by itself ends the actor; its supervisor makes both anew.
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
from actors.messages import (
    Deposit,
    Describe,
    Discard,
    HealthCheck,
    MissingChannels,
    Processed,
    Received,
    Submit,
    TransportMessage,
)
from actors.runtime.actor import Actor
from domain.ask import Response, reply
from domain.errors import BadToken, Fenced, Unavailable
from domain.model.bot import Bot
from domain.model.ids import Address, BotId
from domain.model.inbound import Ignored, Inbound
from domain.model.outgoing import Lane, Send
from domain.ports.telegram import Telegram
from domain.status import BotReport, BotStatus

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
"""Seconds between attempts to reach Telegram."""
HEALTH_CHECK_SECONDS = 1.0

logger = logging.getLogger(__name__)


class TransportActor(Actor[TransportMessage]):
    __slots__ = (
        "_bot",
        "_connecting",
        "_directory",
        "_held_up",
        "_identity",
        "_relayed",
        "_telegram",
        "_updates",
    )

    MAILBOX_LIMIT = 100_000

    def __init__(self, bot: BotId, telegram: Telegram, directory: Directory) -> None:
        super().__init__()
        self._bot = bot
        self._telegram = telegram
        self._directory = directory
        self._connecting: Task[None] | None = None
        self._identity: Bot | None = None
        self._held_up: set[Future[None]] = set()
        """Updates that stand in line for a full session."""
        self._updates = 0
        self._relayed = 0

    def label(self) -> str:
        return f"TransportActor bot{self._bot}"

    def on_start(self) -> None:
        self._connecting = self.work(self._connect())
        self._connecting.add_done_callback(self._connecting_ended)
        self.every(HEALTH_CHECK_SECONDS, HealthCheck())

    def on_receive(self, message: TransportMessage) -> Response:
        match message:
            case Received(update=update):
                self._received(update)
            case Submit(outgoing=outgoing):
                self._relayed += isinstance(outgoing, Send) and outgoing.lane is Lane.RELAY
                return reply(message, self._telegram.submit(outgoing))
            case Processed(pts=pts):
                self._telegram.confirm(pts)
            case Discard(chat=chat):
                self._telegram.discard(chat)
            case Deposit(content=content):
                return reply(message, self.work(self._telegram.deposit(content)))
            case MissingChannels(user=user):
                return reply(message, self.work(self._telegram.missing_channels(user)))
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
        status = BotStatus(id=self._bot, username=username, state=self._telegram.state, detail=self._telegram.detail)
        return BotReport(
            status=status,
            updates=self._updates,
            relayed=self._relayed,
            flood_waits=self._telegram.flood_waits,
            problems=self._telegram.problems,
        )

    def _check_health(self) -> None:
        if self._identity is not None and self._telegram.state == "stopped":
            raise Unavailable(f"the connection of bot{self._bot} ended: {self._telegram.detail}")

    async def on_failure(self, *_error: Any) -> None:  # type: ignore[override]  # may be async here
        """Two connections of one bot must never be open at once."""
        await self.on_stop()

    async def on_stop(self) -> None:  # type: ignore[override]  # may be async here
        if self._connecting is not None:
            self._connecting.cancel()
        await self._telegram.stop()

    async def _connect(self) -> None:
        pause = FIRST_PAUSE
        while self._identity is None:
            try:
                self._identity = await self._telegram.start(self._receive)
            except BadToken as error:
                logger.error("bot%d is refused: %s", self._bot, error)
                return
            except (Unavailable, Fenced) as error:
                logger.warning("bot%d: %s; next try in %.1f s", self._bot, error, pause)
                await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 - spreads the tries of many bots
                pause = min(pause * 2, LONGEST_PAUSE)
        self._directory.names[self._bot] = self._identity.username
        logger.info("bot%d --Connected--> serving as @%s", self._bot, self._identity.username)

    def _connecting_ended(self, connecting: Task[None]) -> None:
        if not connecting.cancelled() and (error := connecting.exception()) is not None:
            self.fail(error)

    async def _receive(self, update: Inbound | Ignored) -> None:
        while self._held_up:
            await asyncio.wait(self._held_up)
        await self.actor_ref.send(Received(update=update))

    def _received(self, update: Inbound | Ignored) -> None:
        self._updates += 1
        if isinstance(update, Ignored):
            self._telegram.confirm(update.pts)
        else:
            self._hand_on(update)

    def _hand_on(self, update: Inbound) -> None:
        session = self._directory.session(Address(self._bot, update.user))
        if session is None:
            return  # the bot is being handed over: its next server gets the update again
        taken = session.line_up(update)
        if taken is not None:
            self._held_up.add(taken)
            taken.add_done_callback(partial(self._room_found, update))

    def _room_found(self, update: Inbound, taken: Future[None]) -> None:
        self._held_up.discard(taken)
        if not taken.cancelled() and isinstance(taken.exception(), ActorDeadError):
            self._hand_on(update)
