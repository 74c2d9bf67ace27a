"""Keeps one bot's connection to Telegram open: logs in or resumes, reconnects with back-off, logs in anew when its key is dead.

*Invariant*: at most one session is open at a time. `open` opens the first one, `keep` all later ones.
"""

from __future__ import annotations

import asyncio
import logging
import time
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
MAX_PAUSE = 15.0
STABLE_SECONDS = 10.0
"""The back-off starts again at `FIRST_PAUSE` after a connection that lasted this long."""
SILENT_LOOKS = 20
"""A connection on which nothing comes for so many seconds is given up. Telegram is pinged every 5 seconds."""

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
"""Answers to a log-in that stay the same if it is tried again."""
ASK_BOTFATHER = "Ask @BotFather for a new token."
SET_API_ID = "Set telegram.api_id and telegram.api_hash from my.telegram.org."
ADVICE = {"API_ID_INVALID": SET_API_ID, "API_ID_PUBLISHED_FLOOD": SET_API_ID}

UNKNOWN_SERVER_KEY = "Public key not found"
"""The library's error text when the server's public key is not in its list."""
DEAD_KEY = (AuthKeyNotFound, AuthKeyDuplicated, Unauthorized)
"""The authorization key can never be used again: unknown to the server, used from two places, or revoked."""


def _unheard(_: object) -> None: ...


class Link:
    """`on_updates` gets what Telegram sends unasked. `on_open` gets the `updates.State` of each new connection. `on_state` gets
    (state, detail) when the state becomes "connecting" or "serving".
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
        self._backoff = Backoff(first=FIRST_PAUSE, most=MAX_PAUSE)
        self._opened_at = 0.0
        self._silent_looks = 0
        self._heard_before: float | None = None
        self._flooded_until = 0.0
        """Loop time before which Telegram refuses log-ins."""

    async def open(self) -> Any:
        """Connect, and log in if needed. Returns `updates.State`.

        One try; a second one if the stored key turns out to be dead. Raises BadToken or Unavailable.
        """
        try:
            return await self._enter()
        except DEAD_KEY as error:
            log.warning("bot %s: the stored key is dead (%s), logging in anew", self._name, _describe(error))
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
            if asyncio.get_running_loop().time() - self._opened_at > STABLE_SECONDS:
                self._backoff.reset()
            await self._reopen(dead_key=isinstance(reason, DEAD_KEY))
            self._on_state("serving", "")

    @property
    def heard(self) -> float | None:
        """Loop time of the last packet of this connection; None without one."""
        return self._current.heard if self._current is not None else None

    @property
    def clock_error(self) -> float:
        """Seconds by which this machine's clock is ahead of Telegram's."""
        return time.time() - self._client.server_time if self._client is not None else 0.0

    def look(self) -> None:
        """Give the connection up where it is silent. To be called once a second. Silence is counted in these calls, so that a
        process that was paused first hears what came meanwhile.
        """
        session = self._current
        if session is None or session.heard != self._heard_before:
            self._silent_looks, self._heard_before = 0, session.heard if session else None
            return
        self._silent_looks += 1
        if self._silent_looks >= SILENT_LOOKS and self.up.is_set():
            session.lose(ConnectionResetError("Telegram does not answer any more"))

    async def call(self, query: Any) -> Any:
        """One try. Raises RPCError, TimeoutError, or ConnectionError if there is no connection or it ends before the answer."""
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
                self.up.clear()  # so that a caller who tries again waits for the next session

    async def call_at(self, dc: int, query: Any) -> Any:
        """Like `call`, but to the data centre `dc`, which holds some of the bot's files. Uses the library's own sessions, which
        `close` ends with ours.
        """
        client = self._client
        if client is None or not self.up.is_set():
            raise ConnectionResetError("no connection to Telegram")
        session = await client.get_session(dc, is_media=True)
        return await session.invoke(query, timeout=self._settings.call_timeout)

    async def who(self) -> Bot:
        """The bot's id, username and name. Raises like `call`."""
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
        """Raises like `open`, and the `DEAD_KEY` errors untranslated."""
        if (wait := self._flooded_until - asyncio.get_running_loop().time()) > 0:
            raise Unavailable(f"Telegram refuses log-ins of this bot for another {in_words(wait)}")
        try:
            async with asyncio.timeout(self._settings.connect_timeout):
                state = await self._log_in()
        except DEAD_KEY:
            raise
        except FloodWait as error:
            wait = float(error.value)
            self._flooded_until = asyncio.get_running_loop().time() + wait
            raise Unavailable(f"Telegram refuses log-ins of this bot for another {in_words(wait)}") from error
        except MasqueradeError:
            raise
        except Exception as error:
            raise _translated(error) from error
        else:
            self._opened_at = asyncio.get_running_loop().time()
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
    """Translates errors of Telegram and of the network. The texts contain no secrets."""
    match error:
        case RPCError() if name_of(error) in REFUSALS:
            refusal = name_of(error)
            text = f"Telegram refuses the bot's log-in: {refusal}. {ADVICE.get(refusal, ASK_BOTFATHER)}"
            return BadToken(text, refusal)
        case TimeoutError():
            return Unavailable("Telegram did not answer in time")
        case Exception() if str(error) == UNKNOWN_SERVER_KEY:
            return Unavailable("the server proves itself with a key that we do not know: check telegram.public_key")
        case _:
            return Unavailable(f"Telegram cannot be reached: {_describe(error)}")


def in_words(seconds: float) -> str:
    """A long wait, for the operator."""
    return f"{seconds:.0f} seconds" if seconds < 120 else f"{seconds / 60:.0f} minutes"


def _describe(error: Exception) -> str:
    """Leaves out the texts of errors that may quote a packet."""
    if isinstance(error, RPCError):
        return name_of(error)
    return (str(error) if isinstance(error, OSError | AuthKeyNotFound) else "") or type(error).__name__
