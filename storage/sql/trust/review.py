"""What a person looks at and decides (domain.ports.moderation.Review). Each decision is one transaction."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import orjson

from domain.configuration import LiveConfiguration
from domain.model.ids import Address, BotId, ChatId, UserId
from domain.payments.sales import Owed
from domain.ports.moderation import Booked, Decision, ReviewItem, Standing, Verdict
from domain.ports.review import Act, Operator
from domain.trust.ladder import level_at
from domain.trust.reports import Reason, Said
from domain.trust.score import score
from storage.secrets import Sealed, Secrets
from storage.sql.database import Database
from storage.sql.payments.posting import Posting
from storage.sql.personal.tombstones import Hashes
from storage.sql.review.audit import ban_as_told, of_user, write
from storage.sql.trust.entries import Entries
from storage.sql.trust.evidence import context_of, read_evidence

NEWEST = 2**62
BATCH_SECONDS = 86_400.0
"""So long it is known who was banned in which batch."""


class SqlReview:
    def __init__(
        self,
        database: Database,
        secrets: Secrets,
        live: LiveConfiguration,
        *,
        source: str = "",
        acting: Operator | None = None,
        hashes: Hashes | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`source`: where the decisions are made, for the audit. `acting`: who makes them all, with address and browser.
        `hashes`: those by which bans of people are found who had their data deleted.
        """
        self._hashes = hashes
        self._database = database
        self._secrets = secrets
        self._live = live
        self._source = source
        self._acting = acting
        self._clock = clock

    # --- reports

    async def reports(self, *, user: UserId | None = None, before: int | None = None, limit: int = 50) -> Sequence[Booked]:
        queries, page = self._database.queries, {"before": before or NEWEST, "count": limit}
        async with self._database.connection() as connection:
            found = (
                queries.newest_reports(connection, **page) if user is None else queries.reports_of(connection, user=user, **page)
            )
            return [_booked(row) async for row in found]

    async def report(self, number: int) -> Booked | None:
        async with self._database.connection() as connection:
            row = await self._database.queries.find_report(connection, number=number)
        return _booked(row) if row else None

    async def evidence(self, number: int) -> Sequence[Said] | None:
        async with self._database.connection() as connection:
            row = await self._database.queries.find_evidence(connection, number=number, now=self._clock())
        if row is None:
            return None
        return read_evidence(self._secrets.open(Sealed(key_id=row[0], blob=bytes(row[1])), context=context_of(number)))

    async def uphold(self, number: int, by: str, *, ban_until: float | None = None) -> Decision | None:
        async with self._transaction() as entries:
            report, decision = await self._decide(entries, number, Verdict.UPHELD, by)
            if report is None or decision is None or not decision.now:
                return decision
            before = await entries.stands(report.reported.user)
            if ban_until is not None:
                await entries.put_ban(report.reported.user, ban_until, report.reason, by)
            await entries.close_items_of_report(report.reported.user, number, by)
            await self._audit(entries, by, "uphold", report.reported.user, before, report=number)
        return decision

    async def reject(self, number: int, by: str, *, lift: bool = False) -> Decision | None:
        async with self._transaction() as entries:
            report, decision = await self._decide(entries, number, Verdict.REJECTED, by)
            if report is None or decision is None or not decision.now:
                return decision
            before = await entries.stands(report.reported.user)
            await entries.withdraw(report.reported.user, number, by)
            if lift:
                await entries.lift_ban(report.reported.user)
            await self._audit(entries, by, "reject", report.reported.user, before, report=number)
        return decision

    # --- the review list

    async def items(self, *, closed: bool = False, limit: int = 100) -> Sequence[ReviewItem]:
        queries = self._database.queries
        async with self._database.connection() as connection:
            found = queries.closed_items(connection, count=limit) if closed else queries.review_list(connection, count=limit)
            return [to_item(row) async for row in found]

    async def item(self, number: int) -> ReviewItem | None:
        async with self._database.connection() as connection:
            row = await self._database.queries.find_item(connection, number=number)
        return to_item(row) if row else None

    async def close(self, number: int, by: str) -> ReviewItem | None:
        async with self._transaction() as entries:
            row = await entries.queries.find_item(entries.connection, number=number)
            if row is None:
                return None
            await entries.lock(to_item(row).who.user)
            if number == await entries.holding_item(to_item(row).who.user):
                return to_item(row)
            if await entries.queries.close_item(entries.connection, number=number, by=by, now=entries.now):
                await self._write(entries, Act(operator=self._operator(by), name="close", target=f"item:{number}"))
            return to_item(await entries.queries.find_item(entries.connection, number=number))

    # --- a person

    async def standing(self, user: UserId) -> Standing:
        rules = self._live.current.trust
        async with self._transaction() as entries:
            person = await entries.person(user, rules)
            until, reason, by = await entries.queries.ban_of(entries.connection, user=user) or (0.0, "", "")
            rule, _, since = await entries.queries.find_hold(entries.connection, user=user) or ("", None, None)
            upheld, rejected = await entries.queries.verdicts_of_reporter(entries.connection, user=user)
        now = entries.now
        return Standing(
            user=user,
            score=score(person.reports, now=now, rules=rules),
            level=level_at(now, level=person.level, stepped_at=person.stepped_at, rules=rules),
            banned_until=until,
            ban_reason=reason,
            ban_by=by,
            held_since=since,
            held_for=rule,
            upheld=upheld,
            rejected=rejected,
            reports=len(person.reports),
        )

    async def ban(self, user: UserId, until: float, reason: str, by: str, note: str = "", *, batch: str = "") -> bool:
        async with self._transaction() as entries:
            await entries.lock(user)
            if batch and await self._banned_in(entries, user, batch):
                return False
            before = await entries.stands(user)
            await entries.put_ban(user, until, reason, by, note)
            await self._audit(entries, by, "ban", user, before, **({"batch": batch} if batch else {}))
        return True

    async def end_chat(self, user: UserId, by: str) -> ChatId | None:
        async with self._transaction() as entries:
            await entries.lock(user)
            chat = await entries.queries.live_chat_of(entries.connection, user=user)
            if chat is None:
                return None
            await entries.end_chat(user, ChatId(chat))
            done = Act(operator=self._operator(by), name="end chat", target=of_user(user), after={"chat": chat})
            await self._write(entries, done)
        return ChatId(chat)

    async def unban(self, user: UserId, by: str, *, tell_at: BotId | None = None) -> bool:
        async with self._transaction() as entries:
            await entries.lock(user)
            before, ban = await entries.stands(user), await entries.ban_of(user)
            await entries.pardon(user, by)
            number = await self._audit(entries, by, "unban", user, before)
            banned = ban is not None and ban.until > entries.now
            told = "unbanned" if banned else "released" if before["held_for"] else ""
            if tell_at is not None and told:
                owed = Owed(key=f"unban:{number}", to=Address(tell_at, user), text=told, arguments={"banned": 0})
                await Posting(entries.queries, entries.connection, entries.now).owe((owed,))
        return bool(told)

    async def undo_ban(self, user: UserId, by: str, *, since: float, tell_at: BotId | None = None) -> bool:
        async with self._transaction() as entries:
            await entries.lock(user)
            last = await entries.queries.last_act_on(entries.connection, target=of_user(user))
            if last is None or last[:3] != ("ban", by, self._source) or last[3] < since:
                return False
            before, earlier = await entries.stands(user), ban_as_told(user, orjson.loads(last[4])["ban"])
            await entries.lift_ban(user)
            if earlier is not None:
                await entries.put_back_ban(earlier)
            number = await self._audit(entries, by, "undo ban", user, before)
            if tell_at is not None and (earlier is None or earlier.until <= entries.now):
                owed = Owed(key=f"unban:{number}", to=Address(tell_at, user), text="unbanned", arguments={"banned": 0})
                await Posting(entries.queries, entries.connection, entries.now).owe((owed,))
        return True

    async def lift_buried(self, user: UserId, by: str) -> bool:
        async with self._transaction() as entries:
            lifted = await entries.lift_buried_ban(user)
            if lifted:
                await self._write(entries, Act(operator=self._operator(by), name="unban", target=of_user(user)))
        return lifted

    async def confirm(self, user: UserId, by: str, *, ban_until: float | None = None) -> None:
        async with self._transaction() as entries:
            await entries.lock(user)
            before = await entries.stands(user)
            if ban_until is not None:
                ban = await entries.queries.ban_of(entries.connection, user=user)
                await entries.put_ban(user, ban_until, ban[1] if ban else "operator", by)
            await entries.decide_all(user, Verdict.UPHELD, by)
            await self._audit(entries, by, "confirm", user, before)

    async def hold(self, who: Address, rule: str, detail: str = "") -> None:
        async with self._transaction() as entries:
            await entries.lock(who.user)
            await entries.review(who, rule, detail, urgent=True)
            await entries.hold(who.user, rule, None)

    async def release(self, user: UserId, by: str) -> None:
        async with self._transaction() as entries:
            await entries.lock(user)
            hold = await entries.queries.find_hold(entries.connection, user=user)
            if hold is not None:
                before = await entries.stands(user)
                await entries.release(user)
                await entries.queries.close_items_by_rule(entries.connection, user=user, rule=hold[0], by=by, now=entries.now)
                await self._audit(entries, by, "release", user, before)

    # --- for the others

    @staticmethod
    async def _banned_in(entries: Entries, user: UserId, batch: str) -> bool:
        since = entries.now - BATCH_SECONDS
        acts = entries.queries.bans_in_audit(entries.connection, target=of_user(user), since=since)
        return batch in [orjson.loads(after).get("batch") async for (after,) in acts]

    async def _audit(self, entries: Entries, by: str, act: str, user: UserId, before: dict[str, Any], **of: int | str) -> int:
        """After the act. Its number in the audit. `of`: what it belongs to, such as a report."""
        before, after = {**of, **before}, {**of, **await entries.stands(user)}
        done = Act(operator=self._operator(by), name=act, target=of_user(user), before=before, after=after)
        return await self._write(entries, done)

    def _operator(self, by: str) -> Operator:
        return self._acting or Operator(name=by, source=self._source)

    @staticmethod
    async def _write(entries: Entries, act: Act) -> int:
        return await write(Posting(entries.queries, entries.connection, entries.now), act)

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Entries]:
        async with self._database.transaction() as connection:
            yield Entries(self._database.queries, connection, self._clock(), self._hashes)

    async def _decide(self, entries: Entries, number: int, verdict: Verdict, by: str) -> tuple[Booked | None, Decision | None]:
        """The report and the decision that stands: this one, or an earlier one."""
        row = await entries.queries.find_report(entries.connection, number=number)
        if row is None:
            return None, None
        report = _booked(row)
        await entries.lock(report.reported.user)
        if await entries.decide(number, report.reason, verdict, by):
            return report, Decision(by=by, at=entries.now, verdict=verdict, now=True)
        report = _booked(await entries.queries.find_report(entries.connection, number=number))
        at = report.decided_at or entries.now
        return report, Decision(by=report.decided_by, at=at, verdict=report.verdict, now=False)


def _booked(row: Sequence[Any]) -> Booked:
    number, reporter, reporter_bot, reported, reported_bot, chat, reason, at, weight, counts, verdict, by, decided, until = row
    return Booked(
        number=number,
        reporter=Address(BotId(reporter_bot), UserId(reporter)),
        reported=Address(BotId(reported_bot), UserId(reported)),
        chat=ChatId(chat),
        reason=Reason(reason),
        at=at,
        weight=weight,
        counts=counts,
        verdict=Verdict(verdict),
        decided_by=by,
        decided_at=decided,
        evidence_until=until,
    )


def to_item(row: Sequence[Any]) -> ReviewItem:
    number, user, bot, rule, detail, report, urgent, times, opened, by, closed = row
    return ReviewItem(
        number=number,
        who=Address(BotId(bot), UserId(user)),
        rule=rule,
        detail=detail,
        report=report,
        first=bool(urgent),
        times=times,
        at=opened,
        closed_by=by,
        closed_at=closed,
    )
