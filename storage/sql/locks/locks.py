"""Locks and their credits (domain.ports.locks.Locks). A lock and what it moves in the ledger change in one transaction."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from domain.locks.records import Booked, LockState, Returned, TooFew, Wanted
from domain.locks.returns import credits_back, gives_back
from domain.model.chat import ChatEnd
from domain.model.events import LockBroken
from domain.model.ids import Address, BotId, ChatId, LockId, UserId
from domain.model.lock import Lock
from domain.payments.credits import LOST, NotEnoughCredits, lock_back, lock_held, lock_used, lock_voided
from domain.payments.sales import Owed
from storage.sql.database import Database
from storage.sql.payments.posting import Posting
from storage.sql.retention import purge_in_batches

AT_ONCE = 100
RUN_OUT_SECONDS = 60.0
"""After its time a lock stays active for so long, since our clock is not that of Redis."""
FORGOTTEN_SECONDS = 3600.0
"""The event that tells of a broken lock is waited for so long."""


class SqlLocks:
    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def hold(self, wanted: Wanted) -> Booked | TooFew:
        try:
            async with self._database.transaction() as connection:
                return await self._hold(self._posting(connection), wanted)
        except NotEnoughCredits:
            return TooFew(balance=await self._balance(wanted.owner.user))

    async def _hold(self, posting: Posting, wanted: Wanted) -> Booked:
        """Another request with the same id waits at the event of the ledger, and finds the lock."""
        queries, connection = posting.queries, posting.connection
        account = await posting.credits_account(wanted.owner.user)
        if not await posting.post(lock_held(wanted.id, account, wanted.price, posting.now)):
            row = await queries.lock_state(connection, id=wanted.id)
            return _booked(row) if row else Booked(state=LockState.OVER, until=0.0)
        await queries.add_lock(
            connection,
            id=wanted.id,
            chat=wanted.chat,
            bot=wanted.owner.bot,
            user=wanted.owner.user,
            account=account,
            minutes=wanted.minutes,
            price=wanted.price,
            pressed=posting.now,
        )
        return Booked(state=LockState.PENDING, until=0.0)

    async def use(self, lock: Lock) -> bool:
        async with self._database.transaction() as connection:
            return await self._use(self._posting(connection), lock)

    async def _use(self, posting: Posting, lock: Lock) -> bool:
        price = await posting.queries.use_lock(posting.connection, id=lock.id, since=lock.since, until=lock.until)
        return price is not None and await posting.post(lock_used(lock.id, price, posting.now))

    async def void(self, lock: LockId, *, untold: bool = False) -> bool:
        async with self._database.transaction() as connection:
            posting = self._posting(connection)
            row = await posting.queries.void_lock(connection, id=lock, now=posting.now)
            if row is None:
                return False
            bot, user, account, minutes, price, pressed = row
            if user is None:
                return await posting.post(lock_voided(lock, LOST, price, posting.now))
            owed = min(price, await posting.owed_credits(account, UserId(user), pressed))
            if untold:
                arguments = {"credits": price - owed, "minutes": minutes}
                owner = Address(BotId(bot), UserId(user))
                await posting.owe([Owed(key=f"lock:{lock}:void", to=owner, text="lock-voided", arguments=arguments)])
            return await posting.post(lock_voided(lock, account, price, posting.now, owed=owed))

    async def broken(self, broken: LockBroken) -> Returned | None:
        lock = broken.lock
        async with self._database.transaction() as connection:
            posting = self._posting(connection)
            await self._use(posting, lock)
            row = await posting.queries.break_lock(connection, id=lock.id, ended=broken.ended, why=broken.why)
            if row is None:
                return None
            bot, user, account, minutes, price, pressed = row
            unused = lock.unused_minutes(broken.ended)
            back = credits_back(price, minutes, unused)
            if user is None or not back or not gives_back(broken.why, UserId(user), broken.by):
                return None
            owed = min(back, await posting.owed_credits(account, UserId(user), pressed))
            await posting.post(lock_back(lock.id, account, back, posting.now, owed=owed))
            if back == owed:
                return None
            await posting.queries.lock_gave_back(connection, id=lock.id, back=back - owed)
            returned = Returned(minutes=unused, credits=back - owed)
            await posting.owe([_notice(lock.id, Address(BotId(bot), UserId(user)), returned)])
        return returned

    async def run_out(self) -> int:
        async with self._database.connection() as connection:
            before = self._clock() - RUN_OUT_SECONDS
            count: int = await self._database.queries.run_out_locks(connection, before=before)
        return count

    async def pending(self, older: float) -> list[LockId]:
        async with self._database.connection() as connection:
            rows = self._database.queries.pending_locks(connection, before=self._clock() - older, count=AT_ONCE)
            return [LockId(lock) async for (lock,) in rows]

    async def forgotten(self) -> list[LockBroken]:
        async with self._database.connection() as connection:
            before = self._clock() - FORGOTTEN_SECONDS
            rows = self._database.queries.forgotten_locks(connection, before=before, count=AT_ONCE)
            return [
                LockBroken(user=UserId(row[3]), lock=_lock(row[:6]), ended=row[6], why=ChatEnd(row[7]), by=None)
                async for row in rows
            ]

    async def to_put_back(self) -> list[Lock]:
        async with self._database.connection() as connection:
            since = self._clock() - RUN_OUT_SECONDS
            return [_lock(row) async for row in self._database.queries.locks_to_put_back(connection, since=since)]

    async def held(self) -> int:
        async with self._database.connection() as connection:
            return int(await self._database.queries.held_credits(connection))

    async def purge_before(self, when: float) -> int:
        return await purge_in_batches(self._database, "purge_locks", when)

    async def _balance(self, user: UserId) -> int:
        async with self._database.connection() as connection:
            return int(await self._database.queries.credits_of(connection, user=user) or 0)

    def _posting(self, connection: Any) -> Posting:
        return Posting(self._database.queries, connection, self._clock())


def _notice(lock: LockId, owner: Address, returned: Returned) -> Owed:
    arguments = {"credits": returned.credits, "minutes": returned.minutes}
    return Owed(key=f"lock:{lock}:back", to=owner, text="lock-back", arguments=arguments)


def _booked(row: Sequence[Any]) -> Booked:
    state, _since, until = row
    return Booked(state=LockState(state), until=until)


def _lock(row: Sequence[Any]) -> Lock:
    lock, chat, bot, user, since, until = row
    return Lock(id=LockId(lock), chat=ChatId(chat), owner=Address(BotId(bot), UserId(user)), since=since, until=until)
