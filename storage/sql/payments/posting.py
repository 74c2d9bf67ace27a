"""Writes events of the ledger, grants and the outbox, inside a transaction that somebody else has begun."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from secrets import randbits
from typing import Any

import orjson

from domain.model.ids import BotId, UserId
from domain.payments.credits import NotEnoughCredits, is_guarded, person_account
from domain.payments.grants import Grant, used_of, vip_until
from domain.payments.ledger import Event, Transfer, Unit
from domain.payments.sales import Owed

NUMBER_BITS = 62
"""Of the random number of an account. It is never given out again, and tells neither who it is nor when they came."""


@dataclass(frozen=True, slots=True)
class Posting:
    """One transaction, at one time in Unix seconds."""

    queries: Any
    connection: Any
    now: float

    async def post(self, event: Event) -> bool:
        """False where the event's key was used before: then nothing is to be done. On PostgreSQL a second writer waits here for
        the first, and sees its outcome. Raises `NotEnoughCredits`: then the caller's transaction is to be rolled back.
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
            note=event.note,
        )
        if not added:
            return False
        await self._add_accounts(event)
        for line, transfer in enumerate(event.transfers):
            await self.queries.add_transfer(
                self.connection,
                event=event.key,
                line=line,
                unit=transfer.unit,
                source=transfer.source,
                target=transfer.target,
                amount=transfer.amount,
            )
        await self._move_balances(event)
        return True

    async def is_posted(self, key: str) -> bool:
        return bool(await self.queries.has_event(self.connection, key=key))

    async def credits_account(self, user: UserId) -> str:
        """Theirs until the end of the transaction: a deletion waits. Somebody without an account is given one."""
        number = await self.queries.make_credit_account(self.connection, user=user, number=randbits(NUMBER_BITS))
        return person_account(int(number))

    async def find_credits_account(self, user: UserId) -> str | None:
        number = await self.queries.find_credit_account(self.connection, user=user)
        return None if number is None else person_account(int(number))

    async def locked_balance(self, account: str) -> int:
        """Of a person's account. It stays the same for others until the end of the transaction."""
        return int(await self.queries.lock_balance(self.connection, id=account) or 0)

    async def credits_moved_by(self, key: str) -> list[Transfer]:
        """Transfers of credits of the event with that key."""
        rows = self.queries.credits_moved_by(self.connection, event=key)
        return [Transfer(unit=Unit.CREDITS, source=row[0], target=row[1], amount=row[2]) async for row in rows]

    async def owed_credits(self, account: str, user: UserId, since: float) -> int:
        """What refunds since then could not take from the person's account, less what came back of locks for it. The account's
        balance stays the same for others until the end of the transaction.
        """
        await self.locked_balance(account)
        owed = await self.queries.owed_credits(self.connection, account=account, user=user, since=since)
        return max(0, int(owed))

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

    async def _add_accounts(self, event: Event) -> None:
        units = {account: each.unit for each in event.transfers for account in (each.source, each.target)}
        for account, unit in sorted(units.items()):
            await self.queries.add_account(self.connection, id=account, unit=unit, guarded=is_guarded(account))

    async def _move_balances(self, event: Event) -> None:
        """Of guarded accounts, in one order everywhere, so that no two transactions wait for each other."""
        deltas: Counter[str] = Counter()
        for transfer in event.transfers:
            deltas[transfer.source] -= transfer.amount
            deltas[transfer.target] += transfer.amount
        for account in sorted(filter(is_guarded, deltas)):
            if not await self.queries.move_balance(self.connection, id=account, delta=deltas[account]):
                raise NotEnoughCredits(f"{event.key}: the account has less than {-deltas[account]} credits")

    async def _grants_of(self, user: UserId) -> list[Grant]:
        rows = self.queries.grants_of(self.connection, user=user)
        return [Grant(source=row[0], seconds=row[1], granted_at=row[2], used_seconds=row[3]) async for row in rows]

    async def _fold(self, user: UserId, grants: Sequence[Grant]) -> float:
        until = vip_until(grants)
        await self.queries.put_vip(self.connection, user=user, until=until, now=self.now)
        return until
