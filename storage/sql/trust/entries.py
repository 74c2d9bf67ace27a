"""Writes levels, bans, holds and the review list, inside a transaction that somebody else has begun."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Any

from domain.model.ban import Ban
from domain.model.ids import Address, BotId, ChatId, UserId
from domain.model.profile import DAY
from domain.model.retention import GRAVE_KEPT
from domain.ports.moderation import UNDER_AGE, Verdict
from domain.session.notices import ban_notices
from domain.trust.ladder import Person
from domain.trust.reports import Reason
from domain.trust.rules import Trust
from domain.trust.score import Counted
from storage.sql.bans import to_ban
from storage.sql.payments.posting import Posting
from storage.sql.personal.tombstones import BAN, Hashes, mark_change, mark_chat_end
from storage.sql.review.audit import told_of

UPHELD_DAYS, REJECTED_DAYS = 30, 7
GRAVE = frozenset({Reason.THREAT, Reason.UNDER_AGE})
"""Reasons whose evidence is kept for a year, unless the report was wrong."""


@dataclass(frozen=True, slots=True)
class Entries:
    """One transaction, at one time in Unix seconds."""

    queries: Any
    connection: Any
    now: float
    hashes: Hashes | None = None
    """Those by which bans of people are found who had their data deleted; needed to lift them."""

    async def lock(self, *users: UserId) -> None:
        """Until the end of the transaction, nothing else of these people is booked. Always in the same order."""
        for user in sorted(set(users)):
            await self.queries.lock_level(self.connection, user=user, now=self.now)

    async def person(self, user: UserId, rules: Trust) -> Person:
        rows = self.queries.counted_reports(self.connection, user=user, since=self.now - rules.score_days * DAY)
        reports = [
            Counted(reporter=UserId(of), seen_at=seen, reason=Reason(reason), counts=counts, at=at, minor=bool(minor))
            async for of, seen, reason, counts, at, minor in rows
        ]
        since = self.now - rules.gate_days * DAY
        level = await self.queries.find_level(self.connection, user=user)
        adult = await self.queries.recorded_side(self.connection, user=user)
        return Person(
            reports=reports,
            chats=await self.queries.chats_since(self.connection, user=user, since=since),
            level=level[0] if level else 0,
            stepped_at=level[1] if level else 0.0,
            adult=None if adult is None else bool(adult),
        )

    async def changed(self, user: UserId) -> None:
        """The pool and the sessions have to be told."""
        await mark_change(self.queries, self.connection, user)

    async def end_chat(self, user: UserId, chat: ChatId) -> None:
        """The pool has to end it."""
        await mark_chat_end(self.queries, self.connection, user, chat)

    async def extend_ban(self, user: UserId, until: float, reason: str, by: str) -> None:
        """A longer ban stays."""
        longer: int = await self.queries.extend_ban(
            self.connection, user=user, until=until, reason=reason, banned_by=by, now=self.now
        )
        if longer:
            await self._banned(user)

    async def put_ban(self, user: UserId, until: float, reason: str, by: str, note: str = "") -> None:
        """An operator's. `note`: words for the person."""
        await self.queries.put_ban(self.connection, user=user, until=until, reason=reason, banned_by=by, note=note, now=self.now)
        await self._banned(user)

    async def put_back_ban(self, ban: Ban) -> None:
        """One that stood before, as it was."""
        await self.queries.put_back_ban(
            self.connection, user=ban.user, until=ban.until, reason=ban.reason, banned_by=ban.by, note=ban.note, since=ban.since,
            by_person=ban.by_person,
        )  # fmt: skip
        await self._banned(ban.user)

    async def ban_of(self, user: UserId) -> Ban | None:
        """The last one, also where it is over."""
        row = await self.queries.whole_ban(self.connection, user=user)
        return to_ban(row) if row else None

    async def stands(self, user: UserId) -> dict[str, Any]:
        """Ban and hold, as the audit says them."""
        hold = await self.queries.find_hold(self.connection, user=user)
        return {"ban": told_of(await self.ban_of(user)), "held_for": hold[0] if hold else None}

    async def pardon(self, user: UserId, by: str) -> None:
        """Lift ban and hold, reject what nobody has decided, and clear score and level. `lock` comes before it."""
        await self.lift_ban(user)
        await self.end_hold(user)
        await self.decide_all(user, Verdict.REJECTED, by)
        await self.queries.clear_score(self.connection, user=user)
        await self.queries.put_level(self.connection, user=user, level=0, stepped=0.0)

    async def lift_ban(self, user: UserId) -> None:
        await self.queries.lift_ban(self.connection, user=user)
        await self.queries.take_back_notices(self.connection, user=user, text=ban_notices.BANNED)
        await self.lift_buried_ban(user)
        await self.changed(user)

    async def lift_buried_ban(self, user: UserId) -> bool:
        """That of somebody who had their data deleted, which would come back with them. False where there is none."""
        if self.hashes is None:
            return False
        return bool(await self.queries.drop_tombstone(self.connection, person=self.hashes.text(user), kind=BAN))

    async def hold(self, user: UserId, rule: str, report: int | None) -> None:
        """The first reason stays."""
        held: int = await self.queries.add_hold(self.connection, user=user, rule=rule, report=report, now=self.now)
        if held:
            await self.changed(user)
            to = await self._where(user)
            if to is not None:
                await self._posting(after=ban_notices.HOLD_AFTER).owe((ban_notices.owed_of_hold(to, self.now),))

    async def end_hold(self, user: UserId) -> None:
        ended: int = await self.queries.end_hold(self.connection, user=user)
        if ended:
            await self.queries.take_back_notices(self.connection, user=user, text=ban_notices.HELD)
            await self.changed(user)

    async def release(self, user: UserId) -> None:
        """End a hold and tell the person."""
        hold, ban, to = await self.queries.find_hold(self.connection, user=user), await self.ban_of(user), await self._where(user)
        await self.end_hold(user)
        if hold is not None and to is not None:
            banned = ban is not None and ban.until > self.now
            await self._posting().owe((ban_notices.owed_of_release(to, hold[2], banned=banned),))

    async def _banned(self, user: UserId) -> None:
        """Pool and sessions are told, and the person, once."""
        await self.changed(user)
        ban, to = await self.ban_of(user), await self._where(user)
        if ban is not None and to is not None and ban.until > self.now:
            await self.queries.take_back_notices(self.connection, user=user, text=ban_notices.BANNED)
            await self._posting().owe((ban_notices.owed_of_ban(ban, to),))

    async def _where(self, user: UserId) -> Address | None:
        """Where the person is told; None where nobody knows, or they had their data deleted."""
        if user < 0:
            return None
        bot = await self.queries.bot_to_tell(self.connection, user=user)
        return None if bot is None else Address(BotId(bot), user)

    def _posting(self, *, after: float = 0.0) -> Posting:
        """`after`: seconds until it is due."""
        return Posting(self.queries, self.connection, self.now + after)

    async def review(
        self, who: Address, rule: str, detail: str = "", *, report: int | None = None, urgent: bool = False, wanted: bool = True
    ) -> None:
        """Put it on the review list. What is there already is counted."""
        found = {"rule": rule, "detail": detail, "report": report, "urgent": urgent, "wanted": wanted, "now": self.now}
        while True:
            number = await self.queries.note_again(self.connection, user=who.user, **found)
            if number is None:
                number = await self.queries.open_item(self.connection, user=who.user, bot=who.bot, **found)
            if number is not None:
                return

    async def decide(self, number: int, reason: Reason, verdict: Verdict, by: str) -> bool:
        """False where it was decided before. A rejected report counts no more."""
        rejected = verdict is Verdict.REJECTED
        changed: int = await self.queries.decide_report(
            self.connection, number=number, verdict=verdict, by=by, now=self.now, share=0.0 if rejected else 1.0
        )
        if changed:
            kept = REJECTED_DAYS * DAY if rejected else GRAVE_KEPT if reason in GRAVE else UPHELD_DAYS * DAY
            await self.queries.keep_evidence(self.connection, number=number, expires=self.now + kept)
        return bool(changed)

    async def decide_all(self, user: UserId, verdict: Verdict, by: str) -> None:
        """All reports of the person that nobody has decided; their items leave the review list, but for that of a hold."""
        rows = self.queries.open_reports_of(self.connection, user=user)
        for number, reason in [(row[0], Reason(row[1])) async for row in rows]:
            await self.decide(number, reason, verdict, by)
        kept = await self.holding_item(user)
        await self.queries.close_items_of(self.connection, user=user, kept=kept, by=by, now=self.now)

    async def still_held_for(self, user: UserId) -> int | None:
        """Another report that holds the person and that nobody has decided."""
        rows = self.queries.open_reports_of(self.connection, user=user)
        return next((row[0] for row in [row async for row in rows] if row[1] == Reason.UNDER_AGE and row[2] > 0), None)

    async def withdraw(self, user: UserId, report: int, by: str) -> None:
        """End what the report led to on the review list, and a hold, unless something else leads to the same."""
        hold = await self.queries.find_hold(self.connection, user=user)
        other = await self.still_held_for(user)
        if other is not None:
            await self.queries.point_items_at(self.connection, report=report, other=other, rule=UNDER_AGE)
        if hold is not None and hold[1] == report:
            await self._hold_on(user, report, other)
        await self.close_items_of_report(user, report, by)

    async def _hold_on(self, user: UserId, report: int, other: int | None) -> None:
        """For another reason, where there is one: an urgent item that the report did not lead to, or the `other` report."""
        item = await self.queries.urgent_item_besides(self.connection, user=user, report=report)
        if item is None and other is None:
            await self.release(user)
            return
        rule, led = (UNDER_AGE, other) if item is None else item
        await self.queries.move_hold(self.connection, user=user, rule=rule, report=led)
        await self.queries.reopen_holding_item(self.connection, user=user)

    async def holding_item(self, user: UserId) -> int:
        """The item by which somebody held is on the review list, where it stays. 0 where nobody has to decide on them: they are
        banned for good, or had their data deleted.
        """
        ban = await self.ban_of(user)
        if user < 0 or (ban is not None and ban.until == inf):
            return 0
        return await self.queries.holding_item(self.connection, user=user) or 0

    async def close_items_of_report(self, user: UserId, report: int, by: str) -> None:
        kept = await self.holding_item(user)
        await self.queries.close_items_of_report(self.connection, report=report, kept=kept, by=by, now=self.now)
