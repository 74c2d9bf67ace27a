"""What operators do about bots while everything runs (`domain.ports.bots`): one set of functions for command line and panel.

Each change is a row of the records, so it holds whether Masquerade runs or not. Where it runs, every worker of every machine is
told. Only a running worker knows the settings of a sandbox, so it is asked first for the bots of BOT_TOKENS and to check tokens.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from control.client import NotRunning, SupervisorClient
from domain.errors import BadToken, Unavailable
from domain.model.bot import BotState, masked
from domain.model.ids import BotId, bot_of
from domain.ports.bots import BotRefused, BotView, Changed, Origin, Whose, WhyNot
from domain.ports.review import Operator
from domain.settings import Settings
from domain.status import Announced, InForce, Neighbour, Status
from storage.sql.bots import BotRow, SqlBots

TOKEN = re.compile(r"[0-9]{1,16}:[A-Za-z0-9_-]{20,100}")
SECTION = "bots"
"""As which a change is announced, beside the sections of the configuration."""
INDEX = re.compile(r"[0-9]{1,3}")
NOT_RUNNING = Status(version="", pid=0, uptime=0.0)


class House(Protocol):
    """The running supervisor. Each method raises `Unavailable`, and `NotRunning` where none runs."""

    async def status(self) -> Status: ...

    async def announce(self, versions: Mapping[str, int]) -> Announced: ...

    async def bots_of_settings(self) -> Mapping[BotId, str]:
        """Bot → its token, masked."""
        ...

    async def whose(self, token: str) -> Whose: ...


@dataclass(frozen=True, slots=True)
class BotDesk:
    store: SqlBots
    settings: Settings
    house: House

    async def listed(self) -> Sequence[BotView]:
        rows, counts, status, of_settings = await asyncio.gather(
            self.store.rows(), self.store.counts(), self._status(), self._of_settings()
        )
        kept = {bot for bot, row in rows.items() if row.token}
        elsewhere = {BotId(bot): there for there in status.elsewhere for bot in there.bots}
        bots = sorted(of_settings.keys() | kept | elsewhere.keys())
        return [
            _with_figures(_known(bot, rows.get(bot), of_settings), status, elsewhere.get(bot), index=place, counts=counts)
            for place, bot in enumerate(bots, 1)
        ]

    async def find(self, word: str) -> BotView:
        listed, name = await self.listed(), word.strip().removeprefix("@").lower()
        for view in listed:
            if name in ({str(view.index)} if INDEX.fullmatch(name) else {str(view.id), view.username.lower()} - {""}):
                return view
        known = ", ".join(f"{view.index} {shown(view)}" for view in listed) or "none"
        raise BotRefused(WhyNot.UNKNOWN, f"there is no bot {word}; there are: {known}")

    async def check(self, token: str, *, of: BotView | None = None) -> Whose:
        token = token.strip()
        if not TOKEN.fullmatch(token):
            raise BotRefused(
                WhyNot.MALFORMED,
                "this is not a token of a Telegram bot: it is of another API, or was not copied whole from @BotFather",
            )
        bot = bot_of(token)
        if of is None:
            self._refuse_known(bot, await self.listed())
        elif bot != of.id:
            raise BotRefused(WhyNot.ANOTHER_BOT, f"this token is of the bot {bot}, not of {shown(of)}; to add that bot: bots add")
        elif token == (await self.store.rows())[of.id].token:
            raise BotRefused(WhyNot.STATE, f"{shown(of)} has this token already")
        whose = await self._whose(token)
        match whose.refusal:
            case "":
                return whose
            case "ACCESS_TOKEN_EXPIRED":
                raise BotRefused(WhyNot.REVOKED, f"the token of the bot {bot} was revoked; ask @BotFather for its new one")
            case "ACCESS_TOKEN_INVALID":
                raise BotRefused(
                    WhyNot.FOREIGN,
                    f"Telegram does not know this token of a bot {bot}: it is of another API, such as Telegram's test servers, "
                    "or was not copied whole",
                )
            case _:
                raise Unavailable(whose.detail)

    async def add(self, token: str, operator: Operator) -> Changed:
        whose = await self.check(token)
        bot = BotId(whose.bot)
        version = await self.store.add(token.strip(), whose.username, operator, place=whose.place)
        if version is None:
            raise BotRefused(WhyNot.RUNS, f"somebody else has added @{whose.username} meanwhile")
        return await self._changed(bot, version)

    async def rotate(self, word: str, token: str, operator: Operator) -> Changed:
        view = await self._added(word)
        whose = await self.check(token, of=view)
        before = (await self.store.rows())[view.id]
        return await self._changed(view.id, await self.store.rotate(before, token.strip(), whose.username, operator))

    async def drain(self, word: str, operator: Operator) -> Changed:
        return await self._moved(word, BotState.ACTIVE, BotState.DRAINING, operator)

    async def resume(self, word: str, operator: Operator) -> Changed:
        return await self._moved(word, BotState.DRAINING, BotState.ACTIVE, operator)

    async def remove(self, word: str, operator: Operator) -> Changed:
        view = await self._added(word)
        version = await self.store.move(view.id, view.state, BotState.REMOVING, "remove bot", operator)
        return await self._changed(view.id, version, view)

    def require_added(self, view: BotView) -> None:
        match view.origin, view.state:
            case Origin.ENVIRONMENT, _:
                where = "BOT_TOKENS (the environment, .env, or telegram.tokens in settings.toml)"
                raise BotRefused(WhyNot.OF_SETTINGS, f"{shown(view)} is named in {where}: change it there, then restart")
            case Origin.ELSEWHERE, _:
                where = f"BOT_TOKENS of another machine ({view.detail})"
                raise BotRefused(WhyNot.OF_SETTINGS, f"{shown(view)} is named in {where}: change it there, then restart")
            case _, BotState.REMOVING:
                raise BotRefused(WhyNot.STATE, f"{shown(view)} is being removed")

    async def _added(self, word: str) -> BotView:
        view = await self.find(word)
        self.require_added(view)
        return view

    async def _moved(self, word: str, before: BotState, after: BotState, operator: Operator) -> Changed:
        view = await self.find(word)
        name = "drain bot" if after is BotState.DRAINING else "resume bot"
        if view.state is not before:
            raise BotRefused(WhyNot.STATE, f"{shown(view)} is {view.state} already")
        return await self._changed(view.id, await self.store.move(view.id, before, after, name, operator))

    async def _changed(self, bot: BotId, version: int | None, view: BotView | None = None) -> Changed:
        if version is None:
            raise BotRefused(WhyNot.STATE, f"somebody else has changed the bot {bot} meanwhile; look at the list")
        try:
            announced = await self.house.announce({SECTION: version})
        except NotRunning:
            announced = Announced(running=False)
        except Unavailable as error:
            late = f"{error}; every process reads it by itself within seconds"
            announced = Announced(running=True, processes=(InForce(process="supervisor", yes=False, why_not=late),))
        return Changed(bot=await self._now(bot, view), running=announced.running, processes=announced.processes)

    async def _now(self, bot: BotId, before: BotView | None) -> BotView:
        """A removal may be over already: then the bot is shown as it was before."""
        listed = await self.listed()
        now = next((view for view in listed if view.id == bot), before and replace(before, state=BotState.REMOVED))
        if now is None:
            raise BotRefused(WhyNot.STATE, f"somebody else has removed the bot {bot} meanwhile")
        return now

    def _refuse_known(self, bot: BotId, listed: Sequence[BotView]) -> None:
        view = next((each for each in listed if each.id == bot), None)
        if view is None:
            return
        if view.state is BotState.REMOVING:
            raise BotRefused(WhyNot.STATE, f"{shown(view)} is being removed; add it again in a moment")
        raise BotRefused(WhyNot.RUNS, f"{shown(view)} already runs here; to give it another token: bots rotate {bot}")

    async def _status(self) -> Status:
        try:
            return await self.house.status()
        except Unavailable:
            return NOT_RUNNING

    async def _of_settings(self) -> Mapping[BotId, str]:
        try:
            return await self.house.bots_of_settings()
        except Unavailable:
            return {bot_of(token): masked(token) for token in self.settings.telegram.tokens}

    async def _whose(self, token: str) -> Whose:
        try:
            return await self.house.whose(token)
        except NotRunning:
            return await whose(token, self.settings)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[BotDesk]:
    """For the command line: opens the database, whether Masquerade runs or not. Raises `domain.errors.Unavailable`."""
    from control.settings.loading import database_uri
    from storage.secrets import load_secrets
    from storage.sql.database import open_database
    from storage.sql.migrate import migrate

    secrets = load_secrets(settings.stores.encryption_key, Path(settings.data))
    database = await open_database(database_uri(settings), pool_size=1)
    try:
        await migrate(database)
        yield BotDesk(SqlBots(database, secrets), settings, SupervisorClient(Path(settings.data)))
    finally:
        await database.close()


async def whose(token: str, settings: Settings) -> Whose:
    """Asks Telegram from this process. Raises `Unavailable`."""
    from transport.token_check import whose as ask

    try:
        bot, place = await ask(token, settings.telegram)
    except BadToken as error:
        return Whose(refusal=error.refusal, detail=str(error))
    return Whose(bot=bot.id, username=bot.username, place=place)


def shown(view: BotView) -> str:
    return f"@{view.username}" if view.username else f"bot {view.id}"


def _known(bot: BotId, row: BotRow | None, of_settings: Mapping[BotId, str]) -> BotView:
    """Without what only a running worker knows."""
    named = bot in of_settings
    added = row if row is not None and row.token and not named else None
    origin = Origin.ENVIRONMENT if named else Origin.PANEL if added else Origin.ELSEWHERE
    drained = row is not None and row.state is BotState.DRAINING
    own = BotState.DRAINING if drained else BotState.ACTIVE
    return BotView(
        index=0,
        id=bot,
        username=row.username if row else "",
        token=of_settings.get(bot) or (masked(added.token) if added else ""),
        origin=origin,
        state=added.state if added else own,
        serving="",
        worker="",
        detail="",
        chats=0,
        searches=0,
        since=added.added_at if added else None,
        by=added.added_by if added else "",
    )


def _with_figures(
    view: BotView, status: Status, there: Neighbour | None, *, index: int, counts: Mapping[BotId, tuple[int, int]]
) -> BotView:
    chats, searches = counts.get(view.id, (0, 0))
    here = next((bot for bot in status.bots if bot.id == view.id), None)
    view = replace(view, index=index, chats=chats, searches=searches)
    if here is not None:
        username = here.username or view.username
        return replace(view, username=username, serving=here.state, worker=here.worker, detail=here.detail)
    if there is not None:
        return replace(view, serving="waiting", detail=f"served by {there.worker} on {there.machine}/{there.house}")
    return view
