"""The library's `Client`, reduced to what a bot server needs: an authorization key, a session, raw updates.

The library's dispatcher, handlers and recovery of updates are never started: they make hidden calls and change the order.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from pyrogram import Client
from pyrogram.session import Auth

from domain.settings import Telegram
from transport.mtproto.bot_session import BotSession
from transport.mtproto.kurigram_storage import KurigramStorage
from transport.mtproto.server_address import ServerAddress
from transport.mtproto.wire import DirectConnection, LeanTCP

logging.getLogger("pyrogram").setLevel(logging.WARNING)  # below WARNING the library logs whole messages

UNSET_API_ID = 1
UNSET_API_HASH = "unset"
"""Sent if the operator has set no API id. Telegram answers API_ID_INVALID; other servers may accept it."""

HANDSHAKE_TRIES = 3


class BotClient(Client):
    def __init__(
        self,
        *,
        name: str,
        settings: Telegram,
        server: ServerAddress | None,
        storage: KurigramStorage,
        on_updates: Callable[[Any], None],
    ) -> None:
        super().__init__(
            name,
            api_id=settings.api_id or UNSET_API_ID,
            api_hash=settings.api_hash or UNSET_API_HASH,
            app_version="Masquerade",
            workers=1,
            sleep_threshold=0,
            skip_updates=False,
            storage_engine=storage,
            connection_factory=partial(DirectConnection, server=server),
            protocol_factory=LeanTCP,
        )
        self.on_updates = on_updates
        self._timeout = settings.connect_timeout
        self._server_time_offset = time.time() - time.monotonic()

    @property
    def server_time(self) -> float:
        """Unix seconds by the monotonic clock, so that a session survives a change of the machine's clock."""
        return time.monotonic() + self._server_time_offset

    def _set_server_time(self, msg_id: int) -> None:
        self._server_time_offset = msg_id / 2**32 - time.monotonic()

    async def handle_updates(self, updates: Any) -> None:
        self.on_updates(updates)

    async def load_session(self) -> None:
        """Like the library's, but without questions on the terminal and without its five tries."""
        await self.storage.open()
        await self.storage.api_id(self.api_id)
        if await self.storage.auth_key() is None:
            key = await self._new_key(await self.storage.dc_id(), await self.storage.server_address(), await self.storage.port())
            await self.storage.auth_key(key)

    async def get_session(
        self, dc_id: int | None = None, *args: Any, server_address: str = "", port: int = 0, **kwargs: Any
    ) -> Any:
        """The bot's main session is a `BotSession`; sessions for files are the library's."""
        if kwargs.get("export_authorization", True):
            return await super().get_session(dc_id, *args, server_address=server_address, port=port, **kwargs)
        home: int = await self.storage.dc_id()
        dc_id = dc_id or home
        key = await (self.storage.auth_key() if dc_id == home else self._new_key(dc_id, server_address, port))
        test_mode = await self.storage.test_mode()
        session = BotSession(self, dc_id, server_address, port, key, test_mode, timeout=self._timeout)
        await session.open()
        return session

    async def _new_key(self, dc_id: int, host: str, port: int) -> Any:
        """The library factors the server's number with a randomised algorithm, which sometimes fails: then it is tried again."""
        handshake = Auth(self, dc_id, host, port, await self.storage.test_mode())
        handshake.MAX_RETRIES = 0
        for _ in range(HANDSHAKE_TRIES):
            with suppress(OverflowError):
                return await handshake.create()
        raise OSError("the handshake's number could not be factored")
