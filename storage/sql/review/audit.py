"""Who did what (domain.ports.review.Audit). An act is written in the transaction of what it changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from math import inf, isfinite
from typing import Any

import orjson

from domain.model.ban import Ban
from domain.model.ids import UserId
from domain.ports.review import Act, Audited
from storage.sql.database import Database
from storage.sql.payments.posting import Posting
from storage.sql.retention import purge_in_batches

FOR_EVER = "for ever"


async def write(posting: Posting, act: Act) -> int:
    """The act's number. `posting`: the transaction."""
    while True:
        number = await posting.queries.add_act(
            posting.connection,
            now=posting.now,
            who=act.operator.name,
            source=act.operator.source,
            act=act.name,
            target=act.target,
            before=orjson.dumps(act.before).decode(),
            after=orjson.dumps(act.after).decode(),
        )
        if number is not None:
            return int(number)


class SqlAudit:
    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def add(self, act: Act) -> int:
        async with self._database.transaction() as connection:
            return await write(Posting(self._database.queries, connection, self._clock()), act)

    async def newest(self, limit: int, *, target: str = "") -> list[Audited]:
        async with self._database.connection() as connection:
            rows = self._database.queries.newest_acts(connection, target=target, count=limit)
            return [_read(row) async for row in rows]

    async def purge_before(self, when: float) -> int:
        return await purge_in_batches(self._database, "purge_acts", when)


def of_user(user: UserId) -> str:
    return f"user:{user}"


def told_of(ban: Ban | None) -> dict[str, Any] | None:
    """A ban as the audit says it."""
    if ban is None:
        return None
    until = ban.until if isfinite(ban.until) else FOR_EVER
    return {
        "until": until,
        "reason": ban.reason,
        "note": ban.note,
        "by": ban.by,
        "since": ban.since,
        "by_person": ban.by_person,
    }


def ban_as_told(user: UserId, told: Mapping[str, Any] | None) -> Ban | None:
    """The ban that `told_of` told of."""
    if told is None:
        return None
    until = inf if told["until"] == FOR_EVER else told["until"]
    return Ban(user=user, **{**told, "until": until})


def _read(row: Sequence[Any]) -> Audited:
    number, at, who, source, act, target, before, after = row
    return Audited(
        number=number,
        at=at,
        who=who,
        source=source,
        act=act,
        target=target,
        before=orjson.loads(before),
        after=orjson.loads(after),
    )
