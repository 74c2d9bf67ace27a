"""The bots that the panel changes: real records, and a supervisor and a Telegram that answer as a test wants."""

from __future__ import annotations

from collections.abc import Mapping

from control.bots import BotDesk
from control.client import NotRunning
from domain.errors import Unavailable
from domain.model.bot import masked
from domain.model.ids import BotId, bot_of
from domain.ports.bots import Whose
from domain.settings import Settings, Telegram
from domain.status import Announced, InForce, Status
from storage.sql.bots import SqlBots
from storage.sql.database import Database
from tests.web.access import SECRETS
from tests.web.supervisors import healthy_status

FIRST = "7100000001:" + "f" * 31 + "IRST"
"""Of the bot of the settings."""


class HouseOfBots:
    """`control.bots.House`."""

    def __init__(self) -> None:
        self.running = True
        self.away = False
        """Whether Telegram does not answer."""
        self.tokens: dict[str, str] = {}
        """Good tokens → the usernames of their bots."""
        self.revoked: set[str] = set()
        self.announced: list[Mapping[str, int]] = []

    async def status(self) -> Status:
        return self._told(healthy_status())

    async def announce(self, versions: Mapping[str, int]) -> Announced:
        told = self._told(Announced(running=True, processes=(InForce(process="worker-1", yes=True),)))
        self.announced.append(versions)
        return told

    async def bots_of_settings(self) -> Mapping[BotId, str]:
        return self._told({bot_of(FIRST): masked(FIRST)})

    async def whose(self, token: str) -> Whose:
        if self.away:
            raise Unavailable("Telegram did not answer in time")
        if token in self.tokens:
            return Whose(bot=bot_of(token), username=self.tokens[token])
        return Whose(refusal="ACCESS_TOKEN_EXPIRED" if token in self.revoked else "ACCESS_TOKEN_INVALID", detail="refused")

    def _told(self, answer):
        if not self.running:
            raise NotRunning("no supervisor runs here")
        return answer


def desk_on(database: Database, house: HouseOfBots) -> BotDesk:
    return BotDesk(SqlBots(database, SECRETS), Settings(telegram=Telegram(tokens=(FIRST,))), house)
