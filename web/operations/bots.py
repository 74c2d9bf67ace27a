"""Bots: which there are, and adding, rotating, draining and removing them while everything runs (`domain.ports.bots`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from domain.model.bot import BotState
from domain.ports.bots import BotRefused, Bots, BotView, Changed, Origin, WhyNot
from domain.status import InForce
from web.access.step_up import StepUp
from web.access.viewer import Viewer, operator_of
from web.api.errors import Refused
from web.api.operation import operation
from web.operations.admins import moment
from web.operations.bot_listing import BotFacts, BotListing

BotWord = Annotated[str, Meta(pattern="^[0-9]{1,16}$", max_length=16)]
"""Up to three digits are the bot's index, more are its id."""
Token = Annotated[str, Meta(min_length=1, max_length=200)]

CODES = {
    WhyNot.UNKNOWN: ("not_found", "bot"),
    WhyNot.MALFORMED: ("invalid", "token"),
    WhyNot.RUNS: ("conflict", "token"),
    WhyNot.FOREIGN: ("invalid", "token"),
    WhyNot.REVOKED: ("invalid", "token"),
    WhyNot.OF_SETTINGS: ("conflict", "bot"),
    WhyNot.ANOTHER_BOT: ("invalid", "token"),
    WhyNot.STATE: ("conflict", ""),
}
"""Why something is not done → the error's code and field."""


class BotToken(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    token: Token
    """From @BotFather. It is kept encrypted, and never shown again."""

    def __repr__(self) -> str:
        return "BotToken(…)"


class BotAnswer(msgspec.Struct, frozen=True, kw_only=True):
    index: int
    """From 1. It is another one after bots were added or removed; the id stays."""
    id: int
    username: str
    """Empty where the bot has not been connected yet."""
    token: str
    """Masked; empty where this machine does not have it."""
    origin: Origin
    state: BotState
    serving: str
    """connecting, serving, leaving, waiting, drained, refused, stopped; empty where nobody knows."""
    worker: str
    detail: str
    """Why it is not served, or by which other machine it is."""
    chats: int
    searches: int
    since: datetime | None
    """When it was added. Null for bots of BOT_TOKENS."""
    by: str
    people: int | None
    """Who has ever written to it, and is not deleted; at most a minute old. Null where that is not known."""
    updates_per_second: float | None
    """What Telegram tells it, in the last minute. Null where no worker of this machine serves it."""
    sends_per_second: float | None
    flood_waits: int
    """Of the last hour, as far as this panel knows."""
    flood_seconds: float
    """Until the longest flood wait in force is over; 0 where there is none."""
    queued: int
    """Messages that are not sent yet."""
    last_error: str
    """Why a call or the connection failed last, since the start of the worker that serves it. A person who left is no error."""
    last_error_at: datetime | None


class BotsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    items: Sequence[BotAnswer]


class BotChanged(msgspec.Struct, frozen=True, kw_only=True):
    bot: BotAnswer
    running: bool
    """False where no supervisor runs on the panel's machine. Others learn of it within seconds."""
    processes: Sequence[InForce]
    """Which processes of the panel's machine know it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BotList:
    bots: Bots
    listing: BotListing
    step_up: StepUp

    @operation("GET", "/api/bots", act="bots.read")
    async def list_bots(self) -> BotsAnswer:
        """The bots of BOT_TOKENS and those that were added, by their ids, with what they take and send."""
        return BotsAnswer(items=[shown(view, facts) for view, facts in await self.listing.listed()])

    @operation("GET", "/api/bots/{bot}", act="bots.read")
    async def read_bot(self, bot: BotWord) -> BotAnswer:
        """One bot, by its index or its id."""
        found = await self.listing.find(bot)
        if found is None:
            raise Refused("not_found", f"There is no bot {bot}.", field="bot")
        return shown(*found)

    @operation("POST", "/api/bots", act="bots.add", status=201, errors=("answer", "conflict"))
    async def add_bot(self, viewer: Viewer, body: BotToken) -> BotChanged:
        """Add a bot. Telegram is asked whose token it is; it answers people within seconds."""
        try:
            whose = await self.bots.check(body.token)
            await self.step_up.require(viewer, "bots.add", f"Add the bot @{whose.username}.", body.token)
            return await self._changed(await self.bots.add(body.token, operator_of(viewer)))
        except BotRefused as refused:
            raise _refusal(refused) from refused

    @operation("POST", "/api/bots/{bot}/rotate", act="bots.rotate", errors=("answer", "conflict"))
    async def rotate_bot(self, viewer: Viewer, bot: BotWord, body: BotToken) -> BotChanged:
        """Give a bot the new token that @BotFather made for it. Its chats go on."""
        view = await self._found(bot)
        try:
            self.bots.require_added(view)
            await self.bots.check(body.token, of=view)
            words = f"Give the bot @{view.username} another token."
            await self.step_up.require(viewer, "bots.rotate", words, view.id, body.token)
            return await self._changed(await self.bots.rotate(str(view.id), body.token, operator_of(viewer)))
        except BotRefused as refused:
            raise _refusal(refused) from refused

    @operation("POST", "/api/bots/{bot}/drain", act="bots.drain", errors=("conflict",))
    async def drain_bot(self, viewer: Viewer, bot: BotWord) -> BotChanged:
        """Let a bot take no new people. Its chats go on."""
        try:
            return await self._changed(await self.bots.drain(bot, operator_of(viewer)))
        except BotRefused as refused:
            raise _refusal(refused) from refused

    @operation("POST", "/api/bots/{bot}/resume", act="bots.resume", errors=("conflict",))
    async def resume_bot(self, viewer: Viewer, bot: BotWord) -> BotChanged:
        """Let a drained bot take people again."""
        try:
            return await self._changed(await self.bots.resume(bot, operator_of(viewer)))
        except BotRefused as refused:
            raise _refusal(refused) from refused

    @operation("DELETE", "/api/bots/{bot}", act="bots.remove", errors=("answer", "conflict"))
    async def remove_bot(self, viewer: Viewer, bot: BotWord) -> BotChanged:
        """Remove a bot that was added. Its chats and searches end within seconds: both sides are told where to go on."""
        view = await self._found(bot)
        try:
            self.bots.require_added(view)
            await self.step_up.require(viewer, "bots.remove", f"Remove the bot @{view.username}.", view.id)
            return await self._changed(await self.bots.remove(str(view.id), operator_of(viewer)))
        except BotRefused as refused:
            raise _refusal(refused) from refused

    async def _changed(self, changed: Changed) -> BotChanged:
        self.listing.forget()
        facts = await self.listing.facts_of(changed.bot.id)
        return BotChanged(bot=shown(changed.bot, facts), running=changed.running, processes=changed.processes)

    async def _found(self, bot: str) -> BotView:
        try:
            return await self.bots.find(bot)
        except BotRefused as refused:
            raise _refusal(refused) from refused


def shown(view: BotView, facts: BotFacts) -> BotAnswer:
    return BotAnswer(
        index=view.index,
        id=view.id,
        username=view.username,
        token=view.token,
        origin=view.origin,
        state=view.state,
        serving=view.serving,
        worker=view.worker,
        detail=view.detail,
        chats=view.chats,
        searches=view.searches,
        since=moment(view.since),
        by=view.by,
        people=facts.people,
        updates_per_second=facts.updates,
        sends_per_second=facts.sends,
        flood_waits=facts.floods,
        flood_seconds=facts.flood_seconds,
        queued=facts.queued,
        last_error=facts.last_error,
        last_error_at=moment(facts.last_error_at or None),
    )


def _refusal(refused: BotRefused) -> Refused:
    code, field = CODES[refused.why]
    text = str(refused)
    return Refused(code, f"{text[0].upper()}{text[1:]}.", field=field)
