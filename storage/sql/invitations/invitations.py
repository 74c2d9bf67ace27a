"""Codes of invitations and what came of them (domain.ports.invitations), and what operators decide about them."""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from domain.configuration import LiveConfiguration
from domain.invitations.codes import ALPHABET, LENGTH
from domain.invitations.counting import State
from domain.model.ids import Address, UserId
from domain.model.profile import DAY
from domain.ports.invitations import Invitation
from domain.ports.review import Act, Operator
from storage.sql.database import Database
from storage.sql.invitations.counting import BURST, Counting
from storage.sql.payments.posting import Posting
from storage.sql.retention import purge_in_batches
from storage.sql.review.audit import write


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """Somebody who came by an invitation. In the place of somebody who had their data deleted stands a number below zero."""

    number: int
    invited: UserId
    inviter: UserId
    state: State
    opened_at: float
    """Unix seconds, as all times here."""
    counted_at: float | None
    """When the profile was completed."""
    decided_at: float | None
    decided_by: str


class SqlInvitations:
    def __init__(self, database: Database, live: LiveConfiguration, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._live = live
        self._clock = clock

    async def look(self, address: Address) -> Invitation:
        return await self._read(address, self._database.queries.add_invite_code)

    async def renew(self, address: Address) -> Invitation:
        return await self._read(address, self._database.queries.put_invite_code)

    async def newest(self, limit: int, *, inviter: UserId | None = None, held: bool = False) -> list[Referral]:
        """`held`: only those that wait for an operator."""
        queries = self._database.queries
        async with self._database.connection() as connection:
            rows = queries.newest_invitations(connection, held=held, inviter=inviter or 0, count=limit)
            return [_referral(row) async for row in rows]

    async def held(self) -> int:
        async with self._database.connection() as connection:
            return int(await self._database.queries.held_invitations(connection))

    async def find(self, number: int) -> Referral | None:
        async with self._database.connection() as connection:
            row = await self._database.queries.find_invitation(connection, number=number)
        return _referral(row) if row else None

    async def decide(self, number: int, verdict: State, operator: Operator) -> bool:
        """REWARDED also rewards the inviter, by the rules of now, unless they had their data deleted. Once: False where it does
        not wait for a decision.
        """
        queries = self._database.queries
        async with self._database.transaction() as connection:
            posting = Posting(queries, connection, self._clock())
            inviter = await queries.decide_referral(connection, number=number, state=verdict, by=operator.name, now=posting.now)
            if inviter is None:
                return False
            name = "approve referral" if verdict is State.REWARDED else "reject referral"
            before, after = {"state": State.HELD}, {"state": verdict}
            await write(posting, Act(operator=operator, name=name, target=f"referral:{number}", before=before, after=after))
            if verdict is State.REWARDED and inviter > 0:
                await Counting(posting, self._live.current).reward(number, UserId(inviter))
            if not await queries.held_of(connection, inviter=inviter):
                await queries.close_items_by_rule(connection, user=inviter, rule=BURST, by=operator.name, now=posting.now)
        return True

    async def purge_before(self, when: float) -> int:
        """Forget who opened a link before that time, in Unix seconds, and did not complete the profile; how many."""
        return await purge_in_batches(self._database, "purge_opened", when)

    async def _read(self, address: Address, put: Callable[..., Awaitable[int]]) -> Invitation:
        """`put`: the query that sees to it that there is a code."""
        queries, user, now = self._database.queries, address.user, self._clock()
        async with self._database.transaction() as connection:
            await put(connection, user=user, bot=address.bot, code=new_code(), now=now)
            code = await queries.invite_code(connection, user=user)
            counts = await queries.invitations_of(connection, user=user, since=now - DAY)
        invited, rewarded, pending, today = map(int, counts)
        return Invitation(code=code, invited=invited, rewarded=rewarded, pending=pending, today=today)


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def _referral(row: Sequence[Any]) -> Referral:
    number, invited, inviter, state, opened, counted, decided, by = row
    return Referral(
        number=number,
        invited=UserId(invited),
        inviter=UserId(inviter),
        state=State(state),
        opened_at=opened,
        counted_at=counted,
        decided_at=decided,
        decided_by=by,
    )
