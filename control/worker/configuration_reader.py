"""Keeps one process at what was saved at run time: reads the store, and swaps the snapshot.

A look compares every section, for one at version 3 must not hide behind one at 9. There is a look when somebody says
that something changed, and every `POLL_SECONDS`, so that a word that was lost costs no more than that.

Where a section of the store is bad (edited by hand, or written by an older release with other bounds), the newest version of its
history that is good is in force, else what the files say; `problems` says so. While the store is away, what was read last is.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

from domain.configuration import SECTIONS, Configuration, LiveConfiguration, Overrides, check, with_overrides
from domain.errors import ConfigurationError, Unavailable
from storage.sql.configurations import Row, SqlConfigurations

POLL_SECONDS = 10.0

logger = logging.getLogger(__name__)


class ConfigurationReader:
    def __init__(self, store: SqlConfigurations, live: LiveConfiguration, *, poll_seconds: float = POLL_SECONDS) -> None:
        """`live` holds what the files say, until the first look."""
        self.live = live
        self._store = store
        self._poll_seconds = poll_seconds
        self._files = live.current
        self._seen: Mapping[str, Row] | None = None
        self._looking = asyncio.Lock()
        self._asked = asyncio.Event()
        self._bad: list[str] = []
        self._away = ""

    @property
    def problems(self) -> list[str]:
        """A line each."""
        return [*self._bad, *([self._away] if self._away else [])]

    def soon(self) -> None:
        """Something changed, or may have: have a look without anybody waiting for it."""
        self._asked.set()

    async def look(self) -> None:
        """What is saved is in force here afterwards. Raises `Unavailable`, and then all is as it was."""
        async with self._looking:
            try:
                rows = await self._store.rows()
                if rows != self._seen:
                    before, complaints = self.live.current, self._bad
                    await self.take_up(rows)
                    self._say(before, complaints)
            except Unavailable as error:
                self._away = f"the saved configuration cannot be read ({error}); what was read last is in force"
                raise
            self._away = ""

    @asynccontextmanager
    async def kept_up(self) -> AsyncIterator[None]:
        """Looks by itself meanwhile."""
        keeping = asyncio.create_task(self._keep_up(), name="configuration")
        try:
            yield
        finally:
            keeping.cancel()
            await asyncio.wait([keeping])

    async def _keep_up(self) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), self._poll_seconds)
            self._asked.clear()
            try:
                await self.look()
            except Unavailable as error:
                logger.warning("the saved configuration could not be read: %s", error)
            except Exception:
                logger.exception("the saved configuration could not be taken up")

    async def take_up(self, rows: Mapping[str, Row]) -> None:
        """What was read."""
        configuration, versions, bad = self._files, dict[str, int](), list[str]()
        for row in rows.values():
            if row.section not in SECTIONS:
                continue  # of a newer release
            try:
                configuration = taken(configuration, row)
                versions[row.section] = row.version
            except ConfigurationError as error:
                configuration, good = await self._last_good(configuration, row)
                versions[row.section] = good
                bad.append(_complaint(row, good, error))
        self._bad, self._seen = bad, rows
        self.live.swap(configuration, versions)

    def _say(self, before: Configuration, complaints: list[str]) -> None:
        for line in self._bad:
            if line not in complaints:
                logger.error("%s", line)
        changed = [name for name in SECTIONS if getattr(before, name) != getattr(self.live.current, name)]
        if changed:
            versions = self.live.versions
            logger.info("configuration: %s changed", ", ".join(f"{name} (version {versions.get(name, 0)})" for name in changed))

    async def _last_good(self, configuration: Configuration, bad: Row) -> tuple[Configuration, int]:
        """With the version that it is; 0 where it is what the files say."""
        for row in await self._store.history(bad.section):
            with suppress(ConfigurationError):
                return taken(configuration, row), row.version
        return configuration, 0


def taken(configuration: Configuration, row: Row) -> Configuration:
    """Raises `ConfigurationError` where the row is bad, by itself or together with the rest."""
    if row.broken:
        raise ConfigurationError(f"{row.section}: {row.broken}")
    return overridden(configuration, {row.section: row.value})


def overridden(configuration: Configuration, overrides: Mapping[str, Overrides]) -> Configuration:
    """Raises `ConfigurationError`, which names the field."""
    for section, values in overrides.items():
        configuration = with_overrides(configuration, section, values)
    for fault in check(configuration):
        raise ConfigurationError(fault.text)
    return configuration


def _complaint(row: Row, good: int, error: ConfigurationError) -> str:
    instead = f"version {good} is in force" if good else "what the files say is in force"
    mend = f"python supervisor.py config undo {row.section}"
    return f"configuration {row.section}, version {row.version} by {row.changed_by}: {error}; {instead}; mend it with: {mend}"
