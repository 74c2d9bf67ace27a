"""Credits of people (domain.ports.payments.Credits)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from domain.model.ids import BotId, UserId
from domain.payments.credits import deleted, given, person_account
from domain.payments.sales import Owed
from domain.ports.payments import CreditEntry
from domain.ports.review import Act
from storage.sql.database import Database
from storage.sql.payments.posting import Posting
from storage.sql.review.audit import write


class SqlCredits:
    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def balance(self, user: UserId) -> int:
        async with self._database.connection() as connection:
            return int(await self._database.queries.credits_of(connection, user=user) or 0)

    async def history(self, user: UserId, limit: int = 10) -> list[CreditEntry]:
        queries = self._database.queries
        async with self._database.connection() as connection:
            account = await Posting(queries, connection, self._clock()).find_credits_account(user)
            if account is None:
                return []
            rows = queries.credit_history(connection, account=account, count=limit)
            return [CreditEntry(amount=amount, kind=kind, at=at, note=note) async for amount, kind, at, note in rows]

    async def give(
        self,
        user: UserId,
        bot: BotId,
        source: str,
        amount: int,
        owed: Sequence[Owed] = (),
        *,
        note: str = "",
        act: Act | None = None,
    ) -> int | None:
        async with self._database.transaction() as connection:
            posting = Posting(self._database.queries, connection, self._clock())
            account = await posting.credits_account(user)
            event = given(source, account, amount, bot=bot, note=note, at=posting.now)
            if not await posting.post(event):
                return None
            balance = await posting.locked_balance(account)
            await posting.owe(owed)
            if act is not None:
                said = {"credits": balance - amount}, {"credits": balance, "source": source, "note": note}
                await write(posting, replace(act, before=said[0], after=said[1]))
        return balance


async def close_account(posting: Posting, user: UserId) -> None:
    """At the deletion of a person: what they have is lost."""
    number = await posting.queries.erase_credit_accounts(posting.connection, user=user)
    if number is None:
        return
    await posting.queries.erase_locks(posting.connection, user=user)  # of a purchase that held the account until now
    account = person_account(int(number))
    balance = await posting.locked_balance(account)
    if balance:
        await posting.post(deleted(account, balance, posting.now))
