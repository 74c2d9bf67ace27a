"""AllocatorActor: the worker's place among all workers. It shows itself in the roster, sees who else is there, and tells the
keepers which bots to take and which to hand over (`domain/cluster/allocation.py` decides).

- A beat a second; while a bot is on its way to us, five: a bot that is given back is served again within a fraction of a second.
- Whoever the roster did not know takes nothing new for a moment, so that all who start together are counted before the bots are
  shared out. Where it was known before, Redis has lost its memory: whoever serves a bot claims it again before anybody shares.
- It is the last to start and the first to stop: its bots are offered to others from then on.
"""

from __future__ import annotations

import logging
from asyncio import Future, Task
from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never

import pykka

from actors.bot.directory import Directory
from actors.messages import AllocatorMessage, Drain, GetClusterView, HandOver, Heartbeat, LeaseHolderMessage, Renew, Resume, Take
from actors.runtime.actor import Actor
from actors.runtime.handle import Handle
from actors.runtime.timers import Timer
from domain.ask import Response, reply
from domain.cluster.allocation import (
    DISTRUST_SECONDS,
    EAGER_SECONDS,
    HEARTBEAT_SECONDS,
    PAUSE_SECONDS,
    ClusterView,
    Decision,
    Member,
    RosterSnapshot,
    decide,
    outlook,
)
from domain.errors import Unavailable
from domain.model.ids import BotId
from domain.ports.cluster import Roster

SETTLE_SECONDS = 2.0
"""Two beats of everybody else."""

logger = logging.getLogger(__name__)


class AllocatorActor(Actor[AllocatorMessage]):
    __slots__ = (
        "_called",
        "_directory",
        "_drained",
        "_free_since",
        "_handing_over",
        "_lease_holders",
        "_me",
        "_next",
        "_pause_until",
        "_roll",
        "_roster",
        "_settle_until",
        "_siblings",
        "_waits_for_siblings",
    )

    def __init__(
        self,
        me: Member,
        *,
        roster: Roster,
        lease_holders: Mapping[BotId, Handle[LeaseHolderMessage]],
        directory: Directory,
        drained: set[BotId],
        siblings: int = 1,
    ) -> None:
        """`drained` outlives this actor; `siblings`: how many workers its house has, with this one."""
        super().__init__()
        self._me = me
        self._roster = roster
        self._lease_holders = lease_holders
        self._directory = directory
        self._drained = drained
        self._siblings = siblings
        self._roll = RosterSnapshot(known=False)
        self._called: float | None = None
        """When the roll was called last; None before the first time."""
        self._settle_until = 0.0
        self._waits_for_siblings = True
        self._free_since: dict[BotId, float] = {}
        self._handing_over: Task[None] | None = None
        self._pause_until = 0.0
        self._next: Timer[AllocatorMessage] | None = None

    def on_start(self) -> None:
        self.actor_ref.tell(Heartbeat())

    def on_receive(self, message: AllocatorMessage) -> Response:
        match message:
            case Heartbeat():
                return self._beat()
            case Drain(bot=bot):
                return reply(message, self._drain(bot))
            case Resume(bot=bot):
                self._drained.discard(bot)
                return reply(message, self._beat())
            case GetClusterView():
                return reply(message, self._outlook())
        assert_never(message)

    async def on_stop(self) -> None:  # type: ignore[override]  # may be async here
        """From now on nobody counts on us."""
        if self._handing_over is not None:
            self._handing_over.cancel()
        try:
            await self._roster.beat(replace(self._me, ready=False))
        except Unavailable as error:
            logger.warning("others see later that this worker stops: %s", error)

    async def _beat(self) -> None:
        if self._next is not None:
            self._next.cancel()
        expecting = False
        try:
            me = replace(self._me, bots=self._wanted(), names=self._names())
            self._take_in(await self._roster.beat(me))
            decision = decide(me, self._roll, free_for=self._free_for(), busy=self._busy())
            self._act_on(decision)
            expecting = decision.expecting
        except Unavailable as error:
            logger.warning("the roster of workers cannot be read: %s", error)
        self._next = self.after(EAGER_SECONDS if expecting or self._settling else HEARTBEAT_SECONDS, Heartbeat())

    def _take_in(self, roll: RosterSnapshot) -> None:
        now, first = self.loop.time(), self._called is None
        self._roll, self._called = roll, now
        for member in roll.members:
            self._directory.names.update(member.names)
        if first or not roll.known:
            self._settle_until = now + SETTLE_SECONDS
        if not first and not roll.known:
            self._waits_for_siblings = False
            logger.warning("the roster has forgotten this worker; its bots are claimed again")
            for bot in self._directory.bots:
                self._tell(bot, Renew())
        if self._waits_for_siblings and self._house_is_complete():
            self._settle_until = now
        self._free_since = {bot: self._free_since.get(bot, now) for bot in self._me.bots if bot not in roll.holders}

    @property
    def _settling(self) -> bool:
        return self.loop.time() < self._settle_until

    def _house_is_complete(self) -> bool:
        here = [member for member in self._roll.members if member.counts]
        return sum((member.machine, member.house) == (self._me.machine, self._me.house) for member in here) >= self._siblings

    def _wanted(self) -> tuple[BotId, ...]:
        return tuple(bot for bot in self._me.bots if bot not in self._drained)

    def _names(self) -> dict[BotId, str]:
        """For the other workers: their sessions name the bot where somebody chats, which may be ours."""
        names = self._directory.names
        return {bot: names[bot] for bot in self._directory.bots if bot in names}

    def _act_on(self, decision: Decision) -> None:
        now = self.loop.time()
        for bot in decision.take:
            if bot in self._roll.holders or not self._settling:
                self._tell(bot, Take())
        if self._settling:
            return
        for bot in decision.adopt:
            logger.warning("bot%d is taken here, for nobody else does", bot)
            self._pause_until = now + DISTRUST_SECONDS
            self._tell(bot, Take())
        if decision.hand_over is not None and self._handing_over is None and now >= self._pause_until:
            logger.info("bot%d --HandOver--> a worker with fewer bots", decision.hand_over)
            self._handing_over = self.work(self._hand_over(decision.hand_over))

    async def _hand_over(self, bot: BotId) -> None:
        try:
            await self._lease_holders[bot].ask(HandOver(), timeout=None)
        except (Unavailable, pykka.ActorDeadError) as error:
            logger.warning("bot%d could not be handed over in good order: %s", bot, error)
        finally:
            self._handing_over = None
            self._pause_until = max(self._pause_until, self.loop.time() + PAUSE_SECONDS)

    def _drain(self, bot: BotId) -> Future[None]:
        self._drained.add(bot)
        self.actor_ref.tell(Heartbeat())
        return self._lease_holders[bot].ask(HandOver(), timeout=None)

    def _outlook(self) -> ClusterView:
        if self._called is None:
            return ClusterView(drained=frozenset(self._drained))
        age = self.loop.time() - self._called
        return outlook(self._roll, age=age, settled=not self._settling, drained=self._drained)

    def _tell(self, bot: BotId, message: LeaseHolderMessage) -> None:
        if self._lease_holders[bot].is_alive():
            self._lease_holders[bot].tell(message)

    def _free_for(self) -> dict[BotId, float]:
        now = self.loop.time()
        return {bot: now - since for bot, since in self._free_since.items()}

    def _busy(self) -> dict[BotId, int]:
        return {bot: len(self._directory.sessions(bot)) for bot in self._directory.bots}
