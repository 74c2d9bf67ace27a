"""Keeps one process up to date with the saved settings: reads the store and swaps the process's snapshot.

It reads when somebody announces a change, and every `POLL_SECONDS` in case that an announcement was lost. It compares every
section, because each section has version numbers of its own.

A section in the store may be bad: edited by hand, or saved by an older release with other bounds. Then the newest good version of
its history is in force, or what the files say if there is none, and `problems` says so. While the store is away, the values read
last stay in force.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, suppress

from control.worker.polling import Polling
from domain.configuration import SECTIONS, Configuration, LiveConfiguration, Overrides, check, with_overrides
from domain.errors import ConfigurationError, Unavailable
from storage.sql.configurations import Row, SqlConfigurations

POLL_SECONDS = 10.0

logger = logging.getLogger(__name__)


class ConfigurationReader:
    def __init__(self, store: SqlConfigurations, live: LiveConfiguration, *, poll_seconds: float = POLL_SECONDS) -> None:
        """`live` holds what the files say until `look` is called."""
        self.live = live
        self._store = store
        self._files = live.current
        self._seen: Mapping[str, Row] | None = None
        self._looking = asyncio.Lock()
        self._polling = Polling("the saved configuration", self.look, seconds=poll_seconds)
        self._bad: list[str] = []
        self._away = ""

    @property
    def problems(self) -> list[str]:
        """For `status`, one line each."""
        return [*self._bad, *([self._away] if self._away else [])]

    def soon(self) -> None:
        """Something may have changed: reads the store soon. The caller does not wait."""
        self._polling.soon()

    async def look(self) -> None:
        """Reads the store and brings it into force. Raises `Unavailable`; then nothing has changed."""
        async with self._looking:
            try:
                rows = await self._store.rows()
                if rows != self._seen:
                    before, complaints = self.live.current, self._bad
                    await self.apply(rows)
                    self._say(before, complaints)
            except Unavailable as error:
                self._away = f"the saved configuration cannot be read ({error}); what was read last is in force"
                raise
            self._away = ""

    def kept_up(self) -> AbstractAsyncContextManager[None]:
        """Reads the store by itself while the block runs."""
        return self._polling.going_on()

    async def apply(self, rows: Mapping[str, Row]) -> None:
        """Brings rows of the store into force."""
        configuration, versions, bad = self._files, dict[str, int](), list[str]()
        for row in rows.values():
            if row.section not in SECTIONS:
                continue  # of a newer release
            try:
                configuration = with_row(configuration, row)
                versions[row.section] = row.version
            except ConfigurationError as error:
                configuration, good = await self._last_good(configuration, row)
                versions[row.section] = good
                bad.append(_complaint(row, good, error))
        self._bad, self._seen = bad, rows
        try:
            self.live.swap(configuration, versions)
        except ExceptionGroup as failures:
            for failure in failures.exceptions:
                logger.error("the new configuration is in force, and a part that was told of it failed", exc_info=failure)

    def _say(self, before: Configuration, complaints: list[str]) -> None:
        for line in self._bad:
            if line not in complaints:
                logger.error("%s", line)
        changed = [name for name in SECTIONS if getattr(before, name) != getattr(self.live.current, name)]
        if changed:
            versions = self.live.versions
            logger.info("configuration: %s changed", ", ".join(f"{name} (version {versions.get(name, 0)})" for name in changed))

    async def _last_good(self, configuration: Configuration, bad: Row) -> tuple[Configuration, int]:
        """The newest good version of a bad section, applied to `configuration`, and its number. 0: what the files say."""
        for row in await self._store.history(bad.section):
            with suppress(ConfigurationError):
                return with_row(configuration, row), row.version
        return configuration, 0


def with_row(configuration: Configuration, row: Row) -> Configuration:
    """`configuration` with the row's section. Raises `ConfigurationError` if the row is bad, alone or with the other sections."""
    if row.broken:
        raise ConfigurationError(f"{row.section}: {row.broken}")
    return overridden(configuration, {row.section: row.value})


def overridden(configuration: Configuration, overrides: Mapping[str, Overrides]) -> Configuration:
    """`configuration` with these sections. Raises `ConfigurationError`, which names the field."""
    for section, values in overrides.items():
        configuration = with_overrides(configuration, section, values)
    for fault in check(configuration):
        raise ConfigurationError(fault.text, setting=fault.setting)
    return configuration


def _complaint(row: Row, good: int, error: ConfigurationError) -> str:
    instead = f"version {good} is in force" if good else "what the files say is in force"
    mend = f"python supervisor.py config undo {row.section}"
    return f"configuration {row.section}, version {row.version} by {row.changed_by}: {error}; {instead}; mend it with: {mend}"
