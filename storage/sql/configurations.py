"""Overrides of the configuration that were saved at run time, section by section, with all their versions."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from domain.configuration import Overrides
from domain.errors import StaleConfiguration
from domain.ports.review import Act
from storage.sql.database import Database
from storage.sql.payments.posting import Posting
from storage.sql.review.audit import write


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    section: str
    version: int
    value: Overrides
    """Empty where the stored value is no JSON object; `broken` says why."""
    changed_at: float
    """Unix seconds."""
    changed_by: str
    note: str = ""
    """Set in the history only."""
    broken: str = ""
    """Why the value cannot be used, or empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    section: str
    version: int
    """The version that it replaces; 0 where there is none yet."""
    value: Overrides


class VersionConflict(StaleConfiguration):
    """The section has another version than the one that the change replaces."""

    def __init__(self, section: str) -> None:
        super().__init__(f"{section} was changed meanwhile", section=section)


class SqlConfigurations:
    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def rows(self) -> dict[str, Row]:
        async with self._database.connection() as connection:
            rows = [_row(row) async for row in self._database.queries.configuration_rows(connection)]
        return {row.section: row for row in rows}

    async def history(self, section: str) -> list[Row]:
        """The newest first."""
        async with self._database.connection() as connection:
            return [_row(row) async for row in self._database.queries.configuration_history(connection, section=section)]

    async def save(self, changes: Sequence[Change], acts: Sequence[Act] = (), *, by: str, note: str = "") -> dict[str, int]:
        """Save all changes or none, with the acts for the audit; the new version of each section. Raises `VersionConflict` where
        somebody saved in between.
        """
        async with self._database.transaction() as connection:
            versions = {change.section: await self._save(connection, change, by, note) for change in changes}
            posting = Posting(self._database.queries, connection, self._clock())
            for act in acts:
                await write(posting, act)
            return versions

    async def _save(self, connection: Any, change: Change, by: str, note: str) -> int:
        queries, now = self._database.queries, self._clock()
        what = {"section": change.section, "value": orjson.dumps(change.value).decode(), "now": now, "by": by}
        if change.version:
            saved = await queries.next_configuration(connection, version=change.version, **what)
        else:
            saved = await queries.first_configuration(connection, **what)
        if saved is None:
            raise VersionConflict(change.section)
        version = int(saved[0])
        await queries.note_configuration(connection, version=version, note=note, **what)
        return version


def _row(row: Sequence[Any]) -> Row:
    section, version, text, changed_at, changed_by, *note = row
    try:
        value, broken = orjson.loads(text), ""
    except orjson.JSONDecodeError as error:
        value, broken = None, f"its value is no JSON: {error}"
    if not isinstance(value, dict):
        value, broken = {}, broken or "its value is no JSON object"
    return Row(
        section=section,
        version=version,
        value=value,
        changed_at=changed_at,
        changed_by=changed_by,
        note=note[0] if note else "",
        broken=broken,
    )
