"""The copy of all that is kept about a person: for themselves by /export, or for somebody through an operator."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from math import inf
from typing import Any

import orjson

from domain.model.ids import UserId
from domain.ports.review import Act, Operator
from storage.sql.database import Database
from storage.sql.payments.posting import Posting
from storage.sql.personal.tables import PERSONAL, Personal
from storage.sql.personal.tombstones import Hashes
from storage.sql.review.audit import of_user, write


class SqlCopies:
    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def take(self, user: UserId, hashes: Hashes, operator: Operator) -> bytes:
        """The document as the person would have it. Their own daily copy is theirs still. The audit says who took it."""
        queries, now = self._database.queries, self._clock()
        async with self._database.transaction() as connection:
            document = await copy_of(queries, connection, hashes, user, now)
            act = Act(operator=operator, name="export", target=of_user(user))
            await write(Posting(queries, connection, now), act)
        return document


async def copy_of(queries: Any, connection: Any, hashes: Hashes, user: UserId, now: float) -> bytes:
    """A JSON document with a section for each table that has something about people."""
    document: dict[str, object] = {"telegram_id": user, "exported_at": as_time(now)}
    for table, personal in PERSONAL.items():
        whose: dict[str, Any] = {"person": hashes.text(user)} if table == "tombstones" else {"user": user}
        rows = getattr(queries, f"export_{table}")(connection, **whose)
        document |= _section(personal, [as_json(personal.columns, row) async for row in rows])
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)


def _section(personal: Personal, rows: list[dict[str, object]]) -> dict[str, object]:
    if personal.single:
        return {personal.section: rows[0] if rows else None}
    return {personal.section: rows}


def as_json(columns: tuple[str, ...], row: Any) -> dict[str, object]:
    return {name: as_value(name, value) for name, value in zip(columns, row, strict=True)}


def as_value(name: str, value: Any) -> object:
    """Times as people read them, 0 as none; wishes as they are."""
    if name.endswith(("_at", "_until")):
        return as_time(value) if value else None
    if name == "wishes":
        return orjson.loads(value)
    return bool(value) if name in {"adult", "bought", "by_me", "cancellation_asked", "protected"} else value


def as_time(value: float) -> str:
    return "for ever" if value == inf else datetime.fromtimestamp(value, UTC).isoformat(timespec="seconds")
