"""A person's data in the database (domain.ports.personal.PersonalData)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Any

from domain.model.ids import Address, BotId, UserId
from domain.model.retention import EXPORT_EVERY
from domain.payments.sales import Owed
from domain.ports.pool import Pool
from domain.ports.spam import SpamNotes
from storage.sql.database import Database
from storage.sql.payments.credits import close_account
from storage.sql.payments.outbox import LEFT_TO_SESSION
from storage.sql.payments.posting import Posting
from storage.sql.personal.copies import copy_of
from storage.sql.personal.tables import PERSONAL, AtDeletion
from storage.sql.personal.tombstones import Hashes, Remains, Tombstones
from storage.sql.retention import purge_in_batches

SPECIAL = frozenset(
    {
        *("deletions", "referrals", "bans", "age_sides", "trust_levels", "chats"),
        *("reports", "support_tickets", "appeals", "credit_accounts"),
    }
)
"""Tables whose deletion takes more than the person's id."""
LATE_SECONDS = 60.0
"""What a worker knew of somebody before their deletion is stored by so long after it."""


class SqlPersonalData:
    def __init__(
        self,
        database: Database,
        pool: Pool,
        hashes: Hashes,
        notes: SpamNotes,
        *,
        changed: Callable[[UserId], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`notes`: what is remembered of what people said. `changed` tells every process that somebody's profile is another
        one, or none, now.
        """
        self._database = database
        self._pool = pool
        self._hashes = hashes
        self._notes = notes
        self._changed = changed
        self._clock = clock

    async def export(self, user: UserId, key: str) -> bytes | float:
        """In one transaction: a document that cannot be built does not cost the day."""
        queries, now = self._database.queries, self._clock()
        async with self._database.transaction() as connection:
            claimed = await queries.claim_export(connection, user=user, key=key, now=now, before=now - EXPORT_EVERY)
            if claimed is None:
                last = await queries.last_export(connection, user=user)
                return EXPORT_EVERY + (now if last is None else float(last))
            return await copy_of(queries, connection, self._hashes, user, now)

    async def take_back(self, user: UserId, key: str) -> None:
        async with self._database.connection() as connection:
            await self._database.queries.take_back_export(connection, user=user, key=key)

    async def ask_deletion(self, address: Address) -> None:
        async with self._database.connection() as connection:
            await self._database.queries.ask_deletion(connection, user=address.user, bot=address.bot, now=self._clock())

    async def asked(self, user: UserId) -> bool:
        async with self._database.connection() as connection:
            return bool([row async for row in self._database.queries.export_deletions(connection, user=user)])

    async def waiting(self, bot: BotId, now: float) -> list[UserId]:
        async with self._database.connection() as connection:
            rows = self._database.queries.asked_deletions(connection, bot=bot, left=now - LEFT_TO_SESSION)
            return [UserId(user) async for (user,) in rows]

    async def delete(self, user: UserId) -> bool:
        """The pool and the notes forget first: where this process dies meanwhile, it is all done again."""
        if not await self.asked(user):
            return False
        await self._forget_in_pool(user)
        await self._notes.forget(user)
        async with self._database.transaction() as connection:
            deleted = await self._delete(connection, user)
        if deleted:
            self._changed(user)
        return deleted

    async def purge_before(self, when: float) -> int:
        """Delete what is kept past that time, in Unix seconds; how many rows."""
        over = (
            ("purge_exports", when - EXPORT_EVERY),
            ("purge_late_peers", when - LATE_SECONDS),
            ("purge_late_votes", when - LATE_SECONDS),
            ("purge_farewells", when - LATE_SECONDS),  # after those before, which find people by them
            ("purge_tombstones", when),
        )
        return sum([await purge_in_batches(self._database, query, before) for query, before in over])

    async def _forget_in_pool(self, user: UserId) -> None:
        """Their own blocks, and a ban, which is kept by a hash from now on."""
        async with self._database.connection() as connection:
            others = [UserId(other) async for (other,) in self._database.queries.own_blocks(connection, user=user)]
        for other in others:
            await self._pool.block(user, other, blocked=False)
        await self._pool.ban(user, 0.0)

    async def _delete(self, connection: Any, user: UserId) -> bool:
        queries, now = self._database.queries, self._clock()
        if await queries.has_live_chat(connection, user=user):
            return False
        asked = await queries.erase_deletions(connection, user=user)
        if asked is None:
            return False
        await queries.erase_opened(connection, user=user)
        invitations: int = await queries.erase_referrals(connection, user=user, hashed=self._hashes.number(user))
        remains = await Tombstones(queries, connection, self._hashes, now).bury(user)
        for table, personal in PERSONAL.items():
            if personal.at_deletion is not AtDeletion.KEPT and table not in SPECIAL:
                await getattr(queries, f"erase_{table}")(connection, user=user)
        await queries.erase_chats(connection, user=user, hashed=self._hashes.number(user))
        await queries.erase_reports(connection, user=user, hashed=self._hashes.number(user))
        await queries.erase_support_tickets(connection, user=user, now=now)
        await queries.erase_appeals(connection, user=user, now=now)
        await close_account(Posting(queries, connection, now), user)
        await queries.ask_to_cancel_of(connection, user=user)
        paid = bool(await queries.has_payments(connection, user=user))
        reports, evidence_until = await queries.kept_reports(connection, user=user, now=now)
        held = await queries.find_hold(connection, user=user) is not None
        watched = Watched(reported=bool(reports), evidence_until=evidence_until, held=held, invitations=bool(invitations))
        bot, at = asked
        await Posting(queries, connection, now).owe([farewell(Address(BotId(bot), user), at, remains, watched, paid=paid)])
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What stays of others about somebody after the deletion."""

    reported: bool
    """Somebody reported them, and no person has rejected that."""
    evidence_until: float
    """Until when the last messages of such a report are kept, in Unix seconds; 0 where none are."""
    held: bool
    invitations: bool
    """Somebody came by their invitation, or they by somebody's."""


def farewell(to: Address, asked_at: float, remains: Remains, watched: Watched, *, paid: bool) -> Owed:
    """Says what is kept, and until when."""
    banned = remains.banned_until
    return Owed(
        key=f"data-deleted:{to.user}:{asked_at:.3f}",
        to=to,
        text="data-deleted",
        arguments={
            "payments": int(paid),
            "ban": 0 if not banned else 2 if banned == inf else 1,
            "ban_until": 0 if banned == inf else float(banned),
            "age": int(remains.side_kept_until > 0),
            "age_until": remains.side_kept_until,
            "reports": int(watched.reported),
            "evidence": int(watched.evidence_until > 0),
            "evidence_until": float(watched.evidence_until),
            "held": int(watched.held),
            "invitations": int(watched.invitations),
        },
    )
