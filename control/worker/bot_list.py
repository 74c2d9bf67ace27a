"""The bots of this installation as this process knows them: those of BOT_TOKENS, and those that were added at run time.

It reads the records when somebody announces a change, and every `POLL_SECONDS` in case that an announcement was lost. While the
records are away, what was read last stays in force.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager

from control.worker.polling import Polling
from domain.errors import SettingsError, Unavailable
from domain.model.bot import CLOSED, BotState
from domain.model.ids import BotId, bot_of
from domain.settings import Settings
from storage.sql.bots import BotRow, SqlBots

POLL_SECONDS = 3.0
NO_BOTS = "no bots yet; add one: python supervisor.py bots add, or on the page Bots of the panel"


async def _nothing() -> None:
    pass


class BotList:
    def __init__(self, store: SqlBots, settings: Settings) -> None:
        self.store = store
        self.of_settings: Mapping[BotId, str] = {bot_of(token): token for token in settings.telegram.tokens}
        self.version = 0
        self._rows: Mapping[BotId, BotRow] = {}
        self._apply: Callable[[], Awaitable[None]] = _nothing
        self._looking = asyncio.Lock()
        self._polling = Polling("the list of bots", self.look, seconds=POLL_SECONDS)
        self._trouble = ""

    @property
    def problems(self) -> list[str]:
        """For `status`, one line each."""
        return [self._trouble] if self._trouble else []

    @property
    def tokens(self) -> dict[BotId, str]:
        """Of the bots that are to be served. A token of BOT_TOKENS goes before one that was added."""
        added = {bot: row.token for bot, row in self._rows.items() if row.token}
        return {**added, **self.of_settings}

    @property
    def closed(self) -> frozenset[BotId]:
        """Bots that take no new people."""
        return frozenset(bot for bot in self._rows if self._state(bot) in CLOSED)

    @property
    def leaving(self) -> frozenset[BotId]:
        """Bots whose chats are to be ended, and that are forgotten then."""
        return frozenset(bot for bot in self._rows if self._state(bot) is BotState.REMOVING)

    def removed_since(self, when: float) -> list[BotId]:
        """`when`: Unix seconds."""
        return [bot for bot, row in self._rows.items() if self._state(bot) is BotState.REMOVED and row.changed_at >= when]

    def applied_by(self, apply: Callable[[], Awaitable[None]]) -> None:
        """`apply` is called after each look."""
        self._apply = apply

    def soon(self) -> None:
        """Something may have changed: reads the records soon. The caller does not wait."""
        self._polling.soon()

    async def look(self) -> None:
        """Reads the records and brings them into force. Raises `Unavailable` and `SettingsError`; then nothing has changed."""
        async with self._looking:
            try:
                rows = await self.store.rows()
            except (Unavailable, SettingsError) as error:
                self._trouble = f"the list of bots cannot be read ({error}); what was read last is in force"
                raise
            self._trouble = ""
            self._rows = rows
            self.version = max((row.version for row in rows.values()), default=0)
            await self._apply()

    def kept_up(self) -> AbstractAsyncContextManager[None]:
        """Reads the records by itself while the block runs."""
        return self._polling.going_on()

    def _state(self, bot: BotId) -> BotState:
        """A bot of BOT_TOKENS is served as long as it is there."""
        state = self._rows[bot].state
        return BotState.ACTIVE if bot in self.of_settings and state is not BotState.DRAINING else state
