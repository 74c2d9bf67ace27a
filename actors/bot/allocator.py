"""AllocatorActor: which bots this worker serves. It enters the worker in the roster, reads who else is there, and tells the lease
holders which bots to take and which to hand over. `domain/cluster/allocation.py` decides.

- One heartbeat a second, and five while this worker expects a bot: a bot that was released is served again within 0.2 s.
- A worker that the roster does not know takes no free bots for `SETTLE_SECONDS`, so that all workers that start together are
  counted first. If the roster knew it before, Redis has lost its data: then every worker first claims its own leases again.
- It is the last actor to start and the first to stop: from then on others may take its bots.
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
    cluster_view,
    decide,
    served_elsewhere,
)
from domain.errors import Unavailable
from domain.model.ids import BotId
from domain.ports.cluster import Roster

SETTLE_SECONDS = 2.0
"""Two heartbeats of every other worker."""

logger = logging.getLogger(__name__)


class AllocatorActor(Actor[AllocatorMessage]):
    __slots__ = (
        "_directory",
        "_drained",
        "_free_since",
        "_handing_over",
        "_lease_holders",
        "_me",
        "_next_heartbeat",
        "_pause_until",
        "_roster",
        "_seen_at",
        "_settle_until",
        "_siblings",
        "_snapshot",
        "_trouble",
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
        """`lease_holders`: of all bots whose tokens this worker has; bots come and go while it runs. `drained`: bots not wanted
        here, a set that outlives this actor. `siblings`: workers of its house, with this one.
        """
        super().__init__()
        self._me = me
        self._roster = roster
        self._lease_holders = lease_holders
        self._directory = directory
        self._drained = drained
        self._siblings = siblings
        self._snapshot = RosterSnapshot(known=False)
        self._seen_at: float | None = None
        """Loop time of the last snapshot; None before the first."""
        self._settle_until = 0.0
        self._waits_for_siblings = True
        self._free_since: dict[BotId, float] = {}
        self._handing_over: Task[None] | None = None
        self._pause_until = 0.0
        self._next_heartbeat: Timer[AllocatorMessage] | None = None
        self._trouble = ""
        """Why the last heartbeat failed."""

    def on_start(self) -> None:
        self.actor_ref.tell(Heartbeat())

    def on_receive(self, message: AllocatorMessage) -> Response:
        match message:
            case Heartbeat():
                return self._heartbeat()
            case Drain(bot=bot):
                return reply(message, self._drain(bot))
            case Resume(bot=bot):
                self._drained.discard(bot)
                return reply(message, self._heartbeat())
            case GetClusterView():
                return reply(message, self._cluster_view())
        assert_never(message)

    async def on_stop(self) -> None:  # type: ignore[override]  # may be async here
        """Tell the others that this worker is stopping."""
        try:
            await self._roster.beat(replace(self._me, ready=False))
        except Unavailable as error:
            logger.warning("the other workers could not be told that this one stops: %s", error)

    async def _heartbeat(self) -> None:
        if self._next_heartbeat is not None:
            self._next_heartbeat.cancel()
        expecting = False
        try:
            served = self._directory.record.fresh(self._directory.bots)
            me = replace(self._me, bots=self._wanted(), names=self._names(), served=served)
            self._take_in(await self._roster.beat(me))
            self._trouble = ""
            decision = decide(me, self._snapshot, free_for=self._free_for(), busy=self._busy())
            self._act_on(decision)
            expecting = decision.expecting
        except Unavailable as error:
            self._trouble = str(error)
            logger.warning("the roster of workers cannot be read: %s", error)
        self._next_heartbeat = self.after(EAGER_SECONDS if expecting or self._settling else HEARTBEAT_SECONDS, Heartbeat())

    def _take_in(self, snapshot: RosterSnapshot) -> None:
        now, first = self.loop.time(), self._seen_at is None
        self._snapshot, self._seen_at = snapshot, now
        for member in snapshot.members:
            self._directory.names.update(member.names)
        for bot, ago in served_elsewhere(snapshot, self._me.owner).items():
            self._directory.record.note([bot], now - ago)
        if first or not snapshot.known:
            self._settle_until = now + SETTLE_SECONDS
        if not first and not snapshot.known:
            self._waits_for_siblings = False
            logger.warning("the roster has lost this worker; the leases of its bots are claimed again")
            for bot in self._directory.bots:
                self._tell(bot, Renew())
        if self._waits_for_siblings and self._house_is_complete():
            self._settle_until = now
        self._free_since = {bot: self._free_since.get(bot, now) for bot in self._lease_holders if bot not in snapshot.holders}

    @property
    def _settling(self) -> bool:
        return self.loop.time() < self._settle_until

    def _house_is_complete(self) -> bool:
        counted = [member for member in self._snapshot.members if member.counts]
        return sum((member.machine, member.house) == (self._me.machine, self._me.house) for member in counted) >= self._siblings

    def _wanted(self) -> tuple[BotId, ...]:
        return tuple(bot for bot in sorted(self._lease_holders) if bot not in self._drained)

    def _names(self) -> dict[BotId, str]:
        """For the other workers, whose sessions tell people by name at which bot they chat."""
        names = self._directory.names
        return {bot: names[bot] for bot in self._directory.bots if bot in names}

    def _act_on(self, decision: Decision) -> None:
        now = self.loop.time()
        for bot in decision.take:
            if bot in self._snapshot.holders or not self._settling:
                self._tell(bot, Take())
        if self._settling:
            return
        for bot in decision.adopt:
            logger.warning("bot%d is taken here because its planned worker does not take it", bot)
            self._pause_until = now + DISTRUST_SECONDS
            self._tell(bot, Take())
        leaving = self._lease_holders.get(decision.hand_over) if decision.hand_over is not None else None
        if leaving is not None and self._handing_over is None and now >= self._pause_until:
            logger.info("bot%d --HandOver--> a worker with fewer bots", decision.hand_over)
            self._handing_over = self.work(self._hand_over(decision.hand_over, leaving))

    async def _hand_over(self, bot: BotId | None, lease_holder: Handle[LeaseHolderMessage]) -> None:
        try:
            await lease_holder.ask(HandOver(), timeout=None)
        except (Unavailable, pykka.ActorDeadError) as error:
            logger.warning("bot%d could not be handed over in good order: %s", bot, error)
        finally:
            self._handing_over = None
            self._pause_until = max(self._pause_until, self.loop.time() + PAUSE_SECONDS)

    def _drain(self, bot: BotId) -> Future[None]:
        self._drained.add(bot)
        self.actor_ref.tell(Heartbeat())
        return self._lease_holders[bot].ask(HandOver(), timeout=None)

    def _cluster_view(self) -> ClusterView:
        if self._seen_at is None:
            return ClusterView(drained=frozenset(self._drained), trouble=self._trouble)
        age = self.loop.time() - self._seen_at
        settled = not self._settling
        return cluster_view(self._snapshot, age=age, settled=settled, drained=self._drained, trouble=self._trouble)

    def _tell(self, bot: BotId, message: LeaseHolderMessage) -> None:
        """A bot that was removed meanwhile is told nothing."""
        lease_holder = self._lease_holders.get(bot)
        if lease_holder is not None and lease_holder.is_alive():
            lease_holder.tell(message)

    def _free_for(self) -> dict[BotId, float]:
        now = self.loop.time()
        return {bot: now - since for bot, since in self._free_since.items()}

    def _busy(self) -> dict[BotId, int]:
        return {bot: len(self._directory.sessions(bot)) for bot in self._directory.bots}
