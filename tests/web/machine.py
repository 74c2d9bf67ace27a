"""Processes, logs and audit of the house, as tests of the panel want them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from domain.actor_stats import ActorStats
from domain.errors import Declined, Unavailable
from domain.logs import LogChoice, LogRecord
from domain.model.ids import UserId
from domain.ports.review import Act
from domain.processes import ActorGroup, ActorNow, JobProgress, ProcessNode, SupervisedChild, SupervisionTree
from storage.sql.review.audit import SqlAudit
from tests.web.supervisors import process


class OneMachine:
    """`Processes`: one worker with a few actors, and one operation after the other."""

    def __init__(self) -> None:
        self.away = False
        self.refusal = ""
        self.handled = 40
        self.looked = 0
        self.begun: list[tuple[str, dict[str, Any]]] = []
        self.restarted: list[tuple[str, str]] = []
        self.lines = ("worker-1 starts", "worker-1 is ready after 1.0 s")

    async def tree(self) -> SupervisionTree:
        self.here()
        self.looked += 1
        matcher = ActorStats(name="MatcherActor", alive=1, started=1, handled=self.handled, queued=3, deepest=3, limit=1000)
        sessions = ActorStats(name="SessionActor", alive=50_000, started=50_000, last_error="KeyError in Find", last_error_at=5.0)
        child = SupervisedChild(name="matcher", actor="MatcherActor", recent=0, restartable=True)
        groups = (
            ActorGroup(name="core", actors=(matcher,), children=(child,)),
            ActorGroup(name="on demand", actors=(sessions,)),
        )
        nodes = (
            ProcessNode(process=process("worker-1"), groups=groups),
            ProcessNode(process=process("panel")),
        )
        return SupervisionTree(machine="host", processes=nodes)

    async def fullest(self, process: str, actor: str) -> list[ActorNow]:
        self.here()
        return [ActorNow(label=f"{actor} bot7", waiting=number, limit=100) for number in range(50, 0, -1)]

    async def begin(self, operation: str, **arguments: Any) -> int:
        self.here()
        self.begun.append((operation, arguments))
        return len(self.begun)

    async def follow(self, number: int, known: int) -> JobProgress:
        self.here()
        return JobProgress(lines=self.lines[known:], over=True)

    async def restart_actor(self, process: str, child: str) -> None:
        self.here()
        self.restarted.append((process, child))

    def here(self) -> None:
        if self.away:
            raise Unavailable("no supervisor runs in var; start it with: python supervisor.py run")
        if self.refusal:
            raise Declined(self.refusal)


class FewLines:
    """`Logs`: two lines, whatever is chosen."""

    def __init__(self) -> None:
        self.chosen: list[tuple[LogChoice, int]] = []
        self.fresh: list[LogRecord] = []
        self.asked_at: list[float] = []

    async def last(self, choice: LogChoice, count: int) -> list[LogRecord]:
        self.chosen.append((choice, count))
        return [LogRecord(time="2026-01-02T03:04:05.678Z", level="INFO", process="worker-1", logger="actors", text="one")]

    async def around(self, choice: LogChoice, at: float, count: int) -> list[LogRecord]:
        self.asked_at.append(at)
        return await self.last(choice, count)

    async def follow(self, choice: LogChoice, count: int) -> AsyncGenerator[list[LogRecord], None]:
        yield await self.last(choice, count)
        while True:
            fresh, self.fresh = self.fresh, []
            yield fresh
            await asyncio.sleep(0.01)

    def pseudonym(self, user: UserId) -> str:
        return f"u{user:08x}"


class LosableAudit(SqlAudit):
    away = False
    """Whether the database takes no act."""

    async def add(self, act: Act) -> int:
        if self.away:
            raise Unavailable("PostgreSQL at 10.0.0.1 cannot serve now")
        return await super().add(act)

    async def told(self) -> list[tuple[str, str, str]]:
        """(who, act, target), the newest first."""
        return [(each.who, each.act, each.target) for each in await self.newest(100)]


def machine() -> dict[str, Any]:
    """Of `web.app.Dependencies`."""
    return {"processes": OneMachine(), "logs": FewLines()}
