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
from domain.messages import Discard, MissingChannels, Processed, Received, Submit, TransportMessage
from domain.ports import Telegram
from domain.values import Address, Bot, BotId

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
"""Seconds between attempts to reach Telegram."""

logger = logging.getLogger(__name__)


class TransportActor(LoopActor[TransportMessage]):
    __slots__ = ("_bot", "_connecting", "_directory", "_telegram", "detail", "identity", "received", "state")

    MAILBOX_LIMIT = 100_000

    def __init__(self, bot: BotId, telegram: Telegram, directory: Directory) -> None:
        super().__init__()
        self._bot = bot
        self._telegram = telegram
        self._directory = directory
        self._connecting: Task[None] | None = None
        self.identity: Bot | None = None
        self.state = "connecting"
        self.detail = ""
        self.received = 0

    def label(self) -> str:
        return f"TransportActor bot{self._bot}"

    def on_start(self) -> None:
        self._connecting = self.loop.create_task(self._connect())

    def on_receive(self, message: TransportMessage) -> Any:
        match message:
            case Received(update=update):
                return self._received(update)
            case Submit(outgoing=outgoing):
                return self._telegram.submit(outgoing)
            case Processed(pts=pts):
                return self._telegram.confirm(pts)
            case Discard(chat=chat):
                return self._telegram.discard(chat)
            case MissingChannels(user=user):
                return asyncio.ensure_future(self._telegram.missing_channels(user))
        assert_never(message)

    async def on_stop(self) -> None:  # type: ignore[override]  # may be async here
        if self._connecting is not None:
            self._connecting.cancel()
        await self._telegram.stop()

    async def _connect(self) -> None:
        pause = FIRST_PAUSE
        while self.identity is None:
            try:
                self.identity = await self._telegram.start(self._receive)
            except BadToken as error:
                self.state, self.detail = "refused", str(error)
                logger.error("bot%d is refused: %s", self._bot, error)
                return
            except Unavailable as error:
                self.detail = str(error)
                logger.warning("bot%d: %s; next try in %.1f s", self._bot, error, pause)
                await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 - spreads the tries of many bots
                pause = min(pause * 2, LONGEST_PAUSE)
        self.state, self.detail = "serving", ""
        logger.info("bot%d --Connected--> serving as @%s", self._bot, self.identity.username)

    async def _receive(self, update: Inbound | Ignored) -> None:
        await self.actor_ref.send(Received(update=update))

    def _received(self, update: Inbound | Ignored) -> Any:
        self.received += 1
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
