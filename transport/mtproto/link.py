"""One bot's way to Telegram, kept open: logs in or resumes, reconnects with back-off, logs in afresh when its key is dead.

*Invariant*: at most one session is open at a time, and only `keep` opens another after the first.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from pyrogram import raw
from pyrogram.errors import AuthKeyDuplicated, FloodWait, RPCError, Unauthorized
from pyrogram.session.session import AuthKeyNotFound

from domain.errors import BadToken, MasqueradeError, Unavailable
from domain.model.bot import Bot
from domain.model.ids import BotId, bot_of
from domain.ports.records import ConnectionStore
from domain.settings import Telegram
from transport.calls.methods import name_of
from transport.mtproto.backoff import Backoff
from transport.mtproto.bot_client import BotClient
from transport.mtproto.bot_session import BotSession
from transport.mtproto.kurigram_storage import KurigramStorage
from transport.mtproto.server_address import server_of

log = logging.getLogger(__name__)

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 15.0
STABLE_SECONDS = 10.0
"""A connection that lived this long was a good one: the next loss is met with the first pause again."""
MAX_FLOOD_PAUSE = 300.0

REFUSALS = frozenset(
    {
        "ACCESS_TOKEN_INVALID",
        "ACCESS_TOKEN_EXPIRED",
        "API_ID_INVALID",
        "API_ID_PUBLISHED_FLOOD",
        "USER_DEACTIVATED",
        "USER_DEACTIVATED_BAN",
    }
)
"""Answers to a log-in that will not change by trying again."""
ASK_FOR_ANOTHER = "Ask @BotFather for a new token."
SET_API_ID = "Set telegram.api_id and telegram.api_hash from my.telegram.org."
MENDS = {"API_ID_INVALID": SET_API_ID, "API_ID_PUBLISHED_FLOOD": SET_API_ID}

FOREIGN_KEY = "Public key not found"
"""The library's words for a handshake with a server whose key is not in its list."""
DEAD_KEY = (AuthKeyNotFound, AuthKeyDuplicated, Unauthorized)
"""The authorization key will never serve again: unknown to the server, used from two places, or revoked."""


def _unheard(_: object) -> None: ...


class Link:
    """`on_updates` takes what Telegram sends unasked, `on_open` the `updates.State` of each new connection, `on_state(state,
    detail)` is told connecting and serving.
    """

    def __init__(
        self,
        *,
        token: str,
        settings: Telegram,
        store: ConnectionStore,
        on_updates: Callable[[Any], None] = _unheard,
        on_open: Callable[[Any], None] = _unheard,
        on_state: Callable[[str, str], None],
    ) -> None:
        self.up = asyncio.Event()
        self.reconnects = 0
        self._token = token
        self._settings = settings
        self._server = server_of(settings)
        self._storage = KurigramStorage(store)
        self.on_updates = on_updates
        self.on_open = on_open
        self._on_state = on_state
        self._client: BotClient | None = None
        self._backoff = Backoff(first=FIRST_PAUSE, most=LONGEST_PAUSE)
        self._opened = 0.0
        self._flooded_until = 0.0
        """Loop time before which Telegram wants to see no log-in."""

    async def open(self) -> Any:
        """Connect and log in where that is needed; answers with `updates.State`.

        One try, or two where the stored key turns out to be dead. Raises BadToken or Unavailable.
        """
        try:
            return await self._enter()
        except DEAD_KEY as error:
            log.warning("bot %s: the stored key is dead (%s), logging in afresh", self._name, _describe(error))
            await self._storage.forget()
        try:
            return await self._enter()
        except DEAD_KEY as error:
            raise _translated(error) from error

    async def keep(self) -> None:
        """Runs until cancelled. Raises BadToken, or what the store raises on losing its lease."""
        while True:
            assert self._current is not None
            reason = await self._current.lost
            self.up.clear()
            self._on_state("connecting", _describe(reason))
            log.warning("bot %s: %s", self._name, _describe(reason))
            await self._shut()
            if asyncio.get_running_loop().time() - self._opened > STABLE_SECONDS:
                self._backoff.reset()
            await self._reopen(dead_key=isinstance(reason, DEAD_KEY))
            self._on_state("serving", "")

    async def call(self, query: Any) -> Any:
        """One try. Raises RPCError, TimeoutError, or ConnectionError where there is no connection or it ends meanwhile."""
        session = self._current
        if session is None or not self.up.is_set():
            raise ConnectionResetError("no connection to Telegram")
        try:
            return await session.call(query, self._settings.call_timeout)
        except DEAD_KEY as error:
            session.lose(error)
            raise ConnectionResetError(_describe(error)) from error
        finally:
            if session.lost.done() and session is self._current:
                self.up.clear()  # whoever tries again at once is to wait for the next session

    async def call_at(self, dc: int, query: Any) -> Any:
        """As `call`, of a data centre that holds some of the bot's files. The library's sessions, which live as long as ours."""
        client = self._client
        if client is None or not self.up.is_set():
            raise ConnectionResetError("no connection to Telegram")
        session = await client.get_session(dc, is_media=True)
        return await session.invoke(query, timeout=self._settings.call_timeout)

    async def who(self) -> Bot:
        """The bot as Telegram names it. Raises like `call`."""
        answer = await self.call(raw.functions.users.GetFullUser(id=raw.types.InputUserSelf()))
        own = next(user for user in answer.users if user.id == answer.full_user.id)
        return Bot(id=BotId(own.id), username=own.username or "", name=own.first_name or "")

    async def close(self) -> None:
        self.up.clear()
        await self._shut()

    async def _reopen(self, *, dead_key: bool) -> None:
        while True:
            await asyncio.sleep(self._backoff.pause())
            self.reconnects += 1
            try:
                if dead_key:
                    await self._storage.forget()
                    dead_key = False
                await self.open()
            except Unavailable as error:
                self._on_state("connecting", str(error))
            else:
                return

    async def _enter(self) -> Any:
        """Raises like `open`, and the DEAD_KEY errors as they are."""
        if (wait := self._flooded_until - asyncio.get_running_loop().time()) > 0:
            raise Unavailable(f"Telegram takes no log-in of this bot for another {wait:.0f} seconds")
        try:
            async with asyncio.timeout(self._settings.connect_timeout):
                state = await self._log_in()
        except DEAD_KEY:
            raise
        except FloodWait as error:
            self._flooded_until = asyncio.get_running_loop().time() + min(float(error.value), MAX_FLOOD_PAUSE)
            raise Unavailable(f"Telegram takes no log-in of this bot for {error.value} seconds") from error
        except MasqueradeError:
            raise
        except Exception as error:
            raise _translated(error) from error
        else:
            self._opened = asyncio.get_running_loop().time()
            self.up.set()
            self.on_open(state)
            return state
        finally:
            if not self.up.is_set():
                await self._shut()

    async def _log_in(self) -> Any:
        self._client = client = BotClient(
            name=self._name,
            settings=self._settings,
            server=self._server,
            storage=self._storage,
            on_updates=self.on_updates,
        )
        await client.connect()
        if not self._storage.logged_in:
            await client.sign_in_bot(self._token)
            await self._storage.save()
        return await client.session.call(raw.functions.updates.GetState(), self._settings.call_timeout)

    async def _shut(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            for session in (client.session, *client.media_sessions.values()):
                if session is not None:
                    await session.stop()

    @property
    def _current(self) -> BotSession | None:
        return self._client.session if self._client is not None else None

    @property
    def _name(self) -> str:
        return str(bot_of(self._token))


def _translated(error: Exception) -> MasqueradeError:
    """Telegram's and the network's errors → ours; the texts hold no secrets."""
    match error:
        case RPCError() if name_of(error) in REFUSALS:
            return BadToken(f"Telegram refuses the bot's log-in: {name_of(error)}. {MENDS.get(name_of(error), ASK_FOR_ANOTHER)}")
        case TimeoutError():
            return Unavailable("Telegram did not answer in time")
        case Exception() if str(error) == FOREIGN_KEY:
            return Unavailable("the server proves itself with a key that we do not know: check telegram.public_key")
        case _:
            return Unavailable(f"Telegram cannot be reached: {_describe(error)}")


def _describe(error: Exception) -> str:
    """Never the text of an error that may quote a packet."""
    if isinstance(error, RPCError):
        return name_of(error)
    return (str(error) if isinstance(error, OSError | AuthKeyNotFound) else "") or type(error).__name__
