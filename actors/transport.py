"""TransportActor: one bot. Updates go up to the sessions of its users, calls go down to Telegram.

*Invariant*: updates of one bot are handed on in Telegram's order; a session that cannot take more stops the reading
(back-pressure up to the socket) rather than losing one.
"""

from __future__ import annotations

import asyncio
import logging
import random
from asyncio import Task
from typing import Any, assert_never

from pykka import ActorDeadError

from actors.directory import Directory
from actors.loop_actor import LoopActor
from actors.mailbox import MailboxFull
from domain.errors import BadToken, Unavailable
from domain.inbound import Ignored, Inbound
from domain.messages import Describe, Discard, MissingChannels, Processed, Received, Submit, TransportMessage
from domain.outgoing import Lane, Send
from domain.ports import Telegram
from domain.status import BotReport, BotStatus
from domain.values import Address, Bot, BotId

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
"""Seconds between attempts to reach Telegram."""

logger = logging.getLogger(__name__)


class TransportActor(LoopActor[TransportMessage]):
    __slots__ = ("_bot", "_connecting", "_directory", "_identity", "_relayed", "_telegram", "_updates")

    MAILBOX_LIMIT = 100_000

    def __init__(self, bot: BotId, telegram: Telegram, directory: Directory) -> None:
        super().__init__()
        self._bot = bot
        self._telegram = telegram
        self._directory = directory
        self._connecting: Task[None] | None = None
        self._identity: Bot | None = None
        self._updates = 0
        self._relayed = 0

    def label(self) -> str:
        return f"TransportActor bot{self._bot}"

    def on_start(self) -> None:
        self._connecting = self.loop.create_task(self._connect())

    def on_receive(self, message: TransportMessage) -> Any:
        match message:
            case Received(update=update):
                return self._received(update)
            case Submit(outgoing=outgoing):
                self._relayed += isinstance(outgoing, Send) and outgoing.lane is Lane.RELAY
                return self._telegram.submit(outgoing)
            case Processed(pts=pts):
                return self._telegram.confirm(pts)
            case Discard(chat=chat):
                return self._telegram.discard(chat)
            case MissingChannels(user=user):
                return asyncio.ensure_future(self._telegram.missing_channels(user))
            case Describe():
                return self._report()
        assert_never(message)

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
            except Unavailable as error:
                logger.warning("bot%d: %s; next try in %.1f s", self._bot, error, pause)
                await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 - spreads the tries of many bots
                pause = min(pause * 2, LONGEST_PAUSE)
        self._directory.names[self._bot] = self._identity.username
        logger.info("bot%d --Connected--> serving as @%s", self._bot, self._identity.username)

    async def _receive(self, update: Inbound | Ignored) -> None:
        await self.actor_ref.send(Received(update=update))

    def _received(self, update: Inbound | Ignored) -> Any:
        self._updates += 1
        if isinstance(update, Ignored):
            self._telegram.confirm(update.pts)
            return None
        session = self._directory.session(Address(self._bot, update.user))
        if session is None:
            return None  # the bot is being handed over: its next server gets the update again
        try:
            session.tell(update)
        except MailboxFull:
            return session.send(update)
        except ActorDeadError:
            return self._received(update)  # it fell asleep this very moment: the directory wakes another
        return None
