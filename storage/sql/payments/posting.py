"""Writes events of the ledger, grants and the outbox, inside a transaction that somebody else has begun."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from domain.model.ids import BotId, UserId
from domain.payments.grants import Grant, used_of, vip_until
from domain.payments.ledger import Event
from domain.payments.sales import Owed


@dataclass(frozen=True, slots=True)
class Posting:
    """One transaction, at one time in Unix seconds."""

    queries: Any
    connection: Any
    now: float

    async def post(self, event: Event) -> bool:
        """False where the event's key was used before: then nothing is to be done. On PostgreSQL a second writer waits here for
        the first, and sees its outcome.
        """
        added: int = await self.queries.add_event(
            self.connection,
            key=event.key,
            kind=event.kind,
            bot=event.bot,
            user=event.user,
            order=event.order,
            happened=event.happened_at,
            now=self.now,
            reverses=event.reverses,
        )
        if not added:
            return False
        for line, transfer in enumerate(event.transfers):
            for account in sorted((transfer.source, transfer.target)):
                await self.queries.add_account(self.connection, id=account, unit=transfer.unit)
            await self.queries.add_transfer(
                self.connection,
                event=event.key,
                line=line,
                unit=transfer.unit,
                source=transfer.source,
                target=transfer.target,
                amount=transfer.amount,
            )
        return True

    async def lock(self, user: UserId) -> None:
        """Hold the person's grants until the end of the transaction."""
        await self.queries.lock_entitlement(self.connection, user=user, now=self.now)

    async def grant(self, user: UserId, bot: BotId, grant: Grant) -> float | None:
        """Until when VIP lasts now; None where this source has granted before."""
        await self.lock(user)
        before = await self._grants_of(user)
        added: int = await self.queries.add_grant(
            self.connection,
            source=grant.source,
            user=user,
            bot=bot,
            position=len(before),
            seconds=grant.seconds,
            granted=grant.granted_at,
        )
        return await self._fold(user, [*before, grant]) if added else None

    async def cut(self, user: UserId, source: str) -> float:
        """Cut one grant to what was used of it. Until when VIP lasts now."""
        await self.lock(user)
        used = used_of(await self._grants_of(user), source, self.now)
        await self.queries.cut_grant(self.connection, source=source, used=used)
        return await self._fold(user, await self._grants_of(user))

    async def owe(self, owed: Iterable[Owed]) -> None:
        for each in owed:
            await self.queries.add_notice(
                self.connection,
                key=each.key,
                bot=each.to.bot,
                user=each.to.user,
                text=each.text,
                arguments=orjson.dumps(dict(each.arguments)).decode(),
                due=self.now,
            )

    async def _grants_of(self, user: UserId) -> list[Grant]:
        rows = self.queries.grants_of(self.connection, user=user)
        return [Grant(source=row[0], seconds=row[1], granted_at=row[2], used_seconds=row[3]) async for row in rows]

    async def _fold(self, user: UserId, grants: Sequence[Grant]) -> float:
        until = vip_until(grants)
        await self.queries.put_vip(self.connection, user=user, until=until, now=self.now)
        return until
