"""Who did what (domain.ports.review.Audit). An act is written in the transaction of what it changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from math import inf, isfinite
from typing import Any

import orjson

from domain.model.ban import Ban
from domain.model.ids import UserId
from domain.ports.review import Act, ActFilter, Audited, Chain
from storage.sql.database import Database
from storage.sql.payments.posting import Posting
from storage.sql.retention import purge_in_batches
from storage.sql.review.chain import ChainCheck, hash_of, next_after

FOR_EVER = "for ever"
CHECKED_AT_ONCE = 1000


async def write(posting: Posting, act: Act) -> int:
    """The act's number. `posting`: the transaction. Of two writers the second waits and continues the first one's chain."""
    operator = act.operator
    told = (
        posting.now,
        operator.name,
        operator.source,
        act.name,
        act.target,
        orjson.dumps(act.before).decode(),
        orjson.dumps(act.after).decode(),
        operator.address,
        operator.browser,
    )
    while True:
        head = await posting.queries.audit_head(posting.connection)
        last = await posting.queries.last_act(posting.connection)
        number, previous = next_after(head, last)
        if await _added(posting, (number, *told), previous):
            return number


async def _added(posting: Posting, columns: tuple[Any, ...], previous: str) -> bool:
    number, now, who, source, act, target, before, after, address, browser = columns
    own = hash_of(columns, previous)
    added = await posting.queries.add_act(
        posting.connection,
        number=number, now=now, who=who, source=source, act=act, target=target, before=before, after=after,
        address=address, browser=browser, previous=previous, hash=own,
    )  # fmt: skip
    if added:
        await posting.queries.put_audit_head(posting.connection, number=number, hash=own)
    return bool(added)


class SqlAudit:
    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def add(self, act: Act) -> int:
        async with self._database.transaction() as connection:
            return await write(Posting(self._database.queries, connection, self._clock()), act)

    async def newest(self, limit: int, *, target: str = "") -> list[Audited]:
        return await self.found(ActFilter(target=target), limit)

    async def found(self, wanted: ActFilter, limit: int) -> list[Audited]:
        async with self._database.connection() as connection:
            rows = self._database.queries.newest_acts(
                connection,
                target=wanted.target, who=wanted.who, act=wanted.act, source=wanted.source,
                since=wanted.since, until=wanted.until, below=wanted.below, count=limit,
            )  # fmt: skip
            return [_read(row) async for row in rows]

    async def names(self) -> list[str]:
        async with self._database.connection() as connection:
            return [row[0] async for row in self._database.queries.names_of_acts(connection)]

    async def checked(self) -> Chain:
        """A batch at a time. Acts that are written meanwhile are read too."""
        async with self._database.connection() as connection:
            number, check = 0, ChainCheck(head=await self._database.queries.audit_head(connection))
        while rows := await self._from(number):
            check.read(rows)
            number = rows[-1][0]
        return check.outcome()

    async def _from(self, number: int) -> list[Any]:
        async with self._database.connection() as connection:
            return [row async for row in self._database.queries.acts_from(connection, number=number, count=CHECKED_AT_ONCE)]

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
    number, at, who, source, act, target, before, after, address, browser = row
    return Audited(
        number=number,
        at=at,
        who=who,
        source=source,
        act=act,
        target=target,
        before=orjson.loads(before),
        after=orjson.loads(after),
        address=address,
        browser=browser,
    )
