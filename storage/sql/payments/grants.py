"""VIP by grants, promo codes and gift links (domain.ports.payments.Grants)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import inf
from typing import Any

from domain.model.ids import BotId, UserId
from domain.model.profile import DAY
from domain.payments.grants import Grant
from domain.payments.sales import Owed
from domain.ports.payments import NotRedeemed, VipState
from domain.ports.review import Act
from storage.sql.database import Database
from storage.sql.payments.ledger import read_paid
from storage.sql.payments.posting import Posting
from storage.sql.payments.subscriptions import read_subscription
from storage.sql.review.audit import write

HISTORY = 5
"""Payments that somebody is shown."""


class SqlGrants:
    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def state(self, user: UserId) -> VipState:
        queries = self._database.queries
        async with self._database.connection() as connection:
            row = await queries.find_vip(connection, user=user)
            history = [read_paid(each) async for each in queries.charges_of(connection, user=user, before=inf, count=HISTORY)]
            subscriptions = [read_subscription(each) async for each in queries.subscriptions_of(connection, user=user)]
            accepted = await queries.has_terms(connection, user=user)
            tried = await queries.has_grant(connection, source=trial_of(user))
        now = self._clock()
        return VipState(
            until=row[0] if row else 0.0,
            terms_accepted=bool(accepted),
            tried=bool(tried),
            subscription=next((each for each in subscriptions if each.until > now), None),
            history=tuple(history),
        )

    async def grant(
        self, user: UserId, bot: BotId, source: str, seconds: float, owed: Sequence[Owed] = (), *, act: Act | None = None
    ) -> float | None:
        async with self._database.transaction() as connection:
            posting = self._posting(connection)
            before = await posting.queries.find_vip(connection, user=user) if act is not None else None
            until = await posting.grant(user, bot, Grant(source=source, seconds=seconds, granted_at=posting.now))
            if until is not None:
                await posting.owe(owed)
            if until is not None and act is not None:
                said = {"vip_until": before[0] if before else 0.0}, {"vip_until": until, "source": source}
                await write(posting, replace(act, before=said[0], after=said[1]))
        return until

    async def redeem_promo(self, code: str, user: UserId, bot: BotId) -> int | NotRedeemed:
        """The person's grants are locked first, so that two devices use one code once."""
        source = f"promo:{code}:{user}"
        async with self._database.transaction() as connection:
            posting = self._posting(connection)
            await posting.lock(user)
            if await posting.queries.has_grant(connection, source=source):
                return NotRedeemed.USED
            days = await posting.queries.use_promo(connection, code=code, now=posting.now)
            if days is None:
                return NotRedeemed.UNKNOWN
            await posting.grant(user, bot, Grant(source=source, seconds=days * DAY, granted_at=posting.now))
        return int(days)

    async def make_promo(self, code: str, days: int, uses: int, until: float, by: str) -> bool:
        async with self._database.connection() as connection:
            made: int = await self._database.queries.add_promo(
                connection, code=code, days=days, uses=uses, until=until, by=by, now=self._clock()
            )
        return bool(made)

    async def redeem_gift(self, code: str, user: UserId, bot: BotId) -> int | NotRedeemed:
        async with self._database.transaction() as connection:
            posting = self._posting(connection)
            row = await posting.queries.redeem_gift_link(connection, code=code, user=user, now=posting.now)
            if row is None:
                used = await posting.queries.has_gift_link(connection, code=code)
                return NotRedeemed.USED if used else NotRedeemed.UNKNOWN
            days, charge = row
            await posting.grant(user, bot, Grant(source=charge, seconds=days * DAY, granted_at=posting.now))
        return int(days)

    def _posting(self, connection: Any) -> Posting:
        return Posting(self._database.queries, connection, self._clock())


def trial_of(user: UserId) -> str:
    """The source of somebody's trial: it outlives their account, so that a trial is once a person."""
    return f"trial:{user}"
