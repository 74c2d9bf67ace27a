"""A worker's report to the supervisor: its bots, its actors, figures and problems."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pykka

from actors.bot.service_record import ServiceRecord
from actors.crowd import Crowd
from actors.messages import AllocatorMessage, Describe, GetClusterView, LeaseHolderMessage
from actors.payments.messages import DescribeTrouble, PaymentMessage
from actors.runtime.dead_letters import dead_letters
from actors.runtime.handle import Handle
from actors.runtime.metrics import snapshot
from control.worker.bot_list import NO_BOTS, BotList
from control.worker.configuration_reader import ConfigurationReader
from control.worker.database_watch import DatabaseWatch
from control.worker.held_figures import HeldFigures
from domain.cluster.allocation import ABSENT_SECONDS, ClusterView
from domain.cluster.backlog import Backlog, problems_of
from domain.cluster.queues import problems_of_events, problems_of_searches
from domain.configuration import LiveConfiguration
from domain.errors import Unavailable
from domain.model.ids import BotId
from domain.model.sending import Sending
from domain.panel.waits import counter_of
from domain.ports.pool import Pool
from domain.ports.streams import StreamWatch
from domain.settings import Settings, Streams
from domain.status import BotReport, BotStatus, BotTraffic, QueueStatus, StreamStatus, Undelivered, WorkerReport
from transport.calls.failures import failures

PATIENCE = 1.5
"""Seconds for one bot, or for the pool, to answer. The supervisor waits a little longer for the whole report."""


MOST_UNDELIVERED = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolReport:
    figures: Mapping[str, float] = field(default_factory=dict)
    queues: tuple[QueueStatus, ...] = ()
    streams: tuple[StreamStatus, ...] = ()
    problems: tuple[str, ...] = ()


class Reporter:
    """Answers from the first moment on. Before the worker is ready, the report says what its start waits for."""

    def __init__(self, name: str, settings: Settings, live: LiveConfiguration, crowd: Crowd) -> None:
        self._name = name
        self._limits = settings.streams
        self._grace = settings.supervisor.grace_seconds
        self._live = live
        self._waiting = ""
        self._lease_holders: Mapping[BotId, Handle[LeaseHolderMessage]] = {}
        self._pool: Pool | None = None
        self._streams: StreamWatch | None = None
        self._database: DatabaseWatch | None = None
        self._configuration: ConfigurationReader | None = None
        self._list: BotList | None = None
        self._allocator: Handle[AllocatorMessage] | None = None
        self._payments: Handle[PaymentMessage] | None = None
        self._held: HeldFigures | None = None
        self._record: ServiceRecord | None = None
        self._crowd = crowd

    def waits_for(self, line: str) -> None:
        self._waiting = line

    def serves(
        self,
        lease_holders: Mapping[BotId, Handle[LeaseHolderMessage]],
        allocator: Handle[AllocatorMessage],
        pool: Pool,
        streams: StreamWatch,
        database: DatabaseWatch,
        *,
        configuration: ConfigurationReader,
        bots: BotList,
        payments: Handle[PaymentMessage],
        held: HeldFigures,
        record: ServiceRecord,
    ) -> None:
        self._payments = payments
        self._held = held
        self._list = bots
        self._lease_holders = lease_holders
        self._allocator = allocator
        self._pool = pool
        self._streams = streams
        self._database = database
        self._configuration = configuration
        self._record = record

    async def report(self, _request: Mapping[str, Any]) -> WorkerReport:
        bots, cluster, pool, database_problems, payment_problems, held_figures = await asyncio.gather(
            self._bots(),
            self._cluster(),
            self._counts(),
            self._database_problems(),
            self._payment_problems(),
            self._held_figures(),
        )
        problems = [*pool.problems, *database_problems]
        problems += payment_problems
        if self._configuration is not None:
            problems += self._configuration.problems
        if self._list is not None:
            problems += self._list.problems
            if not self._list.tokens and not any(near.bots for near in cluster.neighbours):
                problems.append(NO_BOTS)
        if self._waiting:
            problems.append(self._waiting)
        if cluster.trouble:
            problems.append(cluster.trouble)
        problems += [line for bot in bots for line in bot.problems]
        stats = snapshot()
        figures = {
            "updates": sum(bot.updates for bot in bots),
            "unhandled": sum(count for bot in bots for count in bot.status.unhandled.values()),
            "relayed": sum(bot.relayed for bot in bots),
            "flood_waits": sum(bot.sending.flood_waits for bot in bots if bot.sending),
            "sessions": sum(row.alive for row in stats if row.name == "SessionActor"),
            "dead_letters": dead_letters.count,
        }
        return WorkerReport(
            bots=tuple(self._bot_status(bot.status, cluster) for bot in bots),
            actors=stats,
            figures={**pool.figures, **held_figures, **figures},
            counters=self._counters(bots),
            queues=pool.queues,
            streams=pool.streams,
            traffic=tuple(_traffic(BotId(bot.status.id), bot.sending) for bot in bots if bot.sending),
            undelivered=_undelivered(),
            problems=tuple(problems),
            neighbours=cluster.neighbours,
        )

    def _counters(self, bots: Sequence[BotReport]) -> dict[str, float]:
        waits = {counter_of(bucket): float(count) for bucket, count in self._crowd.waits.items()}
        served = [(bot.status.id, bot.updates, bot.sending) for bot in bots if bot.sending]
        floods = {f"flood:{bot}": float(sending.flood_waits) for bot, _, sending in served if sending.flood_waits}
        taken = {f"updates:{bot}": float(updates) for bot, updates, _ in served}
        return waits | floods | taken | {f"sent:{bot}": float(sending.sent) for bot, _, sending in served}

    async def _database_problems(self) -> list[str]:
        return await self._database.problems(PATIENCE) if self._database is not None else []

    async def _payment_problems(self) -> tuple[str, ...]:
        if self._payments is None or not self._payments.is_alive():
            return ()
        try:
            lines: tuple[str, ...] = await self._payments.ask(DescribeTrouble(), timeout=PATIENCE)
        except (pykka.ActorDeadError, pykka.Timeout):
            return ()
        return lines

    async def _held_figures(self) -> dict[str, float]:
        return await self._held.read(PATIENCE) if self._held is not None else {}

    async def _bots(self) -> Sequence[BotReport]:
        return await asyncio.gather(*(self._bot(bot, lease_holder) for bot, lease_holder in [*self._lease_holders.items()]))

    def _bot_status(self, status: BotStatus, cluster: ClusterView) -> BotStatus:
        """A bot of another worker is served if that worker has said so lately: it may be gone, or cut off from Telegram."""
        assert self._record is not None
        bot = BotId(status.id)
        state, detail = status.state, status.detail
        unserved, served = self._record.unserved(bot), state == "serving" and bool(self._record.fresh([bot]))
        if state == "waiting":
            served = bot in cluster.holders and not cluster.trouble and self._record.known(bot) and unserved <= ABSENT_SECONDS
            detail = f"served by {cluster.holders[bot]}" if served else "nobody is known to serve it"
            state = "drained" if bot in cluster.drained else state
        return replace(
            status,
            state=state,
            detail=detail,
            worker=self._name,
            served=served,
            unserved=round(unserved, 1),
            known=self._record.known(bot),
        )

    async def _bot(self, bot: BotId, lease_holder: Handle[LeaseHolderMessage]) -> BotReport:
        if not lease_holder.is_alive():
            return BotReport(status=BotStatus(id=bot, detail="its lease holder has stopped"))
        try:
            report: BotReport = await lease_holder.ask(Describe(), timeout=PATIENCE)
        except (pykka.ActorDeadError, pykka.Timeout):
            return BotReport(status=BotStatus(id=bot, detail="its lease holder does not answer"))
        return report

    async def _cluster(self) -> ClusterView:
        if self._allocator is None or not self._allocator.is_alive():
            return ClusterView()
        try:
            cluster: ClusterView = await self._allocator.ask(GetClusterView(), timeout=PATIENCE)
        except (pykka.ActorDeadError, pykka.Timeout):
            return ClusterView(trouble="Redis takes no write in time: this worker cannot enter itself in the roster")
        return cluster

    async def _counts(self) -> PoolReport:
        if self._pool is None or self._streams is None:
            return PoolReport()
        try:
            async with asyncio.timeout(PATIENCE):
                counts, backlogs = await self._pool.counts(), await self._streams.backlogs()
        except TimeoutError:
            return PoolReport(problems=("Redis does not answer in time; chats within one worker go on while its leases hold",))
        except Unavailable as error:
            return PoolReport(problems=(str(error),))
        figures = {
            "chats": counts.chats,
            "waiting": counts.waiting,
            "oldest_wait": counts.oldest_wait,
            "events_waiting": sum(backlog.entries for backlog in backlogs),
            "events_lost": sum(backlog.lost for backlog in backlogs),
        }
        rules = self._live.current
        lines = [*problems_of_searches(counts, rules, self._grace)]
        for backlog in backlogs:
            lines += (*problems_of(backlog, self._limits), *problems_of_events(backlog, rules, self._grace))
        streams = tuple(_stream(backlog, self._limits) for backlog in backlogs)
        return PoolReport(figures=figures, queues=tuple(counts.queues), streams=streams, problems=tuple(lines))


def _stream(backlog: Backlog, limits: Streams) -> StreamStatus:
    return StreamStatus(
        bot=backlog.bot,
        entries=backlog.entries,
        aside=backlog.aside,
        most=limits.max_entries,
        oldest=backlog.oldest,
        longest=limits.max_hours * 3600,
        served=backlog.served,
        lost=backlog.lost,
    )


def _traffic(bot: BotId, sending: Sending) -> BotTraffic:
    last = failures.last(bot)
    error, at = (f"{last.what}: {last.why}", last.at) if last else ("", 0.0)
    return BotTraffic(bot=bot, sending=sending, last_error=error, last_error_at=at)


def _undelivered() -> tuple[Undelivered, ...]:
    sends = (Undelivered(at=each.at, bot=each.bot, what=each.what, why=each.why) for each in failures.newest())
    letters = (
        Undelivered(at=each.at, bot=0, what=f"{each.message} to {each.actor}", why=each.why) for each in dead_letters.recent
    )
    return tuple(sorted((*sends, *letters), key=lambda each: -each.at)[:MOST_UNDELIVERED])
