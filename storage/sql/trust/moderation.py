"""Books reports and findings, with the steps that follow, in one transaction each (domain.ports.moderation.Moderation).

Whatever is told again changes nothing: a report by its chat and its two people. A finding is counted in the open item of its
person and rule. The row of a person's level is locked first, so that what concerns one person is booked one after the other.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import orjson

from domain.configuration import LiveConfiguration
from domain.model.ids import Address, ChatId, UserId
from domain.model.profile import DAY
from domain.model.retention import EVIDENCE_KEPT, GRAVE_KEPT, LEVELS_KEPT, REPORTS_KEPT
from domain.ports.moderation import LADDER, MINORS, UNDER_AGE, Change
from domain.trust.findings import Finding
from domain.trust.ladder import BAN_SECONDS, HALVED, Person, Step, counting, held_by_minors, is_held, main_reason, next_step
from domain.trust.reports import Report
from domain.trust.rules import Trust
from domain.trust.weights import AGAIN_AFTER, MUTUAL, MUTUAL_SECONDS, Circumstances, weight_of
from storage.secrets import Secrets
from storage.sql.database import Database
from storage.sql.personal.tombstones import Hashes, Tombstones, returned
from storage.sql.retention import purge_in_batches
from storage.sql.trust.entries import GRAVE, Entries
from storage.sql.trust.evidence import context_of, write_evidence

HOUR = 3600.0
RULE = "reports"
"""Who bans, in the record of a ban that reports have led to."""
ITEMS_KEPT = 180 * DAY


class SqlModeration:
    def __init__(
        self,
        database: Database,
        secrets: Secrets,
        live: LiveConfiguration,
        *,
        hashes: Hashes | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`hashes`: those by which people are known again who had their data deleted."""
        self._database = database
        self._secrets = secrets
        self._live = live
        self._hashes = hashes
        self._clock = clock

    async def file(self, report: Report) -> int:
        queries, now = self._database.queries, self._clock()
        async with self._database.transaction() as connection:
            entries = Entries(queries, connection, now)
            back = await returned(queries, connection, report.reported.user, now)
            if back is not None:
                report = replace(report, reported=Address(report.reported.bot, back))
            reporter, reported = report.reporter.user, report.reported.user
            await entries.lock(reporter, reported)
            known = await queries.report_of(connection, chat=report.chat, reporter=reporter, reported=reported)
            if known is not None:
                return int(known)
            number, weight = await self._book(entries, report)
            await self._seal(entries, number, report)
            await self._follow(entries, report, number, weight)
        return number

    async def note(self, who: Address, finding: Finding) -> None:
        async with self._database.transaction() as connection:
            entries = Entries(self._database.queries, connection, self._clock())
            await entries.lock(who.user)
            if finding.once and await entries.queries.was_found(connection, user=who.user, rule=finding.rule):
                return
            wanted = finding.review or finding.hold
            await entries.review(who, finding.rule, finding.detail, urgent=finding.hold, wanted=wanted)
            if finding.ban_hours:
                until = entries.now + finding.ban_hours * HOUR
                await entries.extend_ban(who.user, until, finding.reason, finding.rule)
            if finding.hold:
                await entries.hold(who.user, finding.rule, None)

    async def changes(self, limit: int = 100) -> Sequence[Change]:
        async with self._database.connection() as connection:
            rows = [row async for row in self._database.queries.standing_changes(connection, count=limit)]
            tombstones = self._tombstones(connection)
            return [
                Change(
                    user=UserId(user),
                    version=version,
                    banned_until=until,
                    held=bool(held),
                    ended=ChatId(ended) if ended else None,
                    separations=await tombstones.separations(UserId(user)) if tombstones is not None else (),
                )
                for user, version, until, held, ended in rows
            ]

    async def settled(self, change: Change) -> bool:
        queries = self._database.queries
        async with self._database.transaction() as connection:
            if (tombstones := self._tombstones(connection)) is not None:
                await tombstones.claim_separations(change.separations)
            if await queries.change_settled(connection, user=change.user, version=change.version):
                return True
            until, held = await queries.standing_of(connection, user=change.user)
            if (until, bool(held)) == (change.banned_until, change.held):
                return True
            await Entries(queries, connection, self._clock()).changed(change.user)
        return False

    async def renew(self) -> int:
        rules, now = self._live.current.trust, self._clock()
        async with self._database.connection() as connection:
            rows = self._database.queries.unreviewed_bans(
                connection, rule=LADDER, before=now - rules.review_hours * HOUR, now=now
            )
            waiting = [(number, UserId(user)) async for number, user in rows]
        return sum([await self._renew(number, user, now) for number, user in waiting])

    async def _renew(self, item: int, user: UserId, now: float) -> bool:
        """Another process may do the same, or an operator may decide meanwhile."""
        async with self._database.transaction() as connection:
            entries = Entries(self._database.queries, connection, now)
            await entries.lock(user)
            ban = await entries.queries.ban_of(connection, user=user)
            if ban is None or ban[2] != RULE or not await entries.queries.item_renewed(connection, number=item, now=now):
                return False
            await entries.extend_ban(user, now + BAN_SECONDS[Step.WEEK], ban[1], RULE)
        return True

    async def purge(self) -> int:
        now = self._clock()
        return (
            await purge_in_batches(self._database, "purge_evidence", now)
            + await purge_in_batches(self._database, "purge_reports", now - REPORTS_KEPT)
            + await purge_in_batches(self._database, "purge_levels", now - LEVELS_KEPT)
            + await purge_in_batches(self._database, "purge_items", now - ITEMS_KEPT)
        )

    def _tombstones(self, connection: Any) -> Tombstones | None:
        if self._hashes is None:
            return None
        return Tombstones(self._database.queries, connection, self._hashes, self._clock())

    # --- booking a report

    async def _book(self, entries: Entries, report: Report) -> tuple[int, float]:
        """Its number and its weight."""
        rules, now = self._live.current.trust, entries.now
        known, minor = await self._circumstances(entries, report, rules)
        weight = weight_of(report.reason, known, now=now, rules=rules)
        of = {"reporter": report.reporter.user, "reported": report.reported.user}
        if known.mutual and not known.again:
            await entries.queries.weaken_mutual(entries.connection, **of, mutual=now - MUTUAL_SECONDS, share=MUTUAL)
        row = {
            **of,
            "reporter_bot": report.reporter.bot,
            "reported_bot": report.reported.bot,
            "chat": report.chat,
            "reason": report.reason,
            "weight": weight,
            "seen": known.seen_at,
            "minor": minor,
            "now": now,
        }
        number = None
        while number is None:
            number = await entries.queries.add_report(entries.connection, **row)
        return int(number), weight

    async def _circumstances(self, entries: Entries, report: Report, rules: Trust) -> tuple[Circumstances, bool]:
        """Also whether the reporter is under 18."""
        now, reporter, reported = entries.now, report.reporter.user, report.reported.user
        row: Any = await entries.queries.circumstances(
            entries.connection,
            reporter=reporter,
            reported=reported,
            again=now - AGAIN_AFTER,
            today=now - DAY,
            mutual=now - MUTUAL_SECONDS,
            chats=rules.newcomer_chats,
            now=now,
        )
        seen, chats, upheld, rejected, today, again, mutual, adult = row
        known = Circumstances(
            seen_at=seen,
            chats=chats,
            upheld=upheld,
            rejected=rejected,
            in_24_hours=today,
            again=bool(again),
            mutual=bool(mutual),
            answered=report.answered and reporter != reported,
        )
        return known, adult is not None and not adult

    async def _seal(self, entries: Entries, number: int, report: Report) -> None:
        if not report.evidence:
            return
        sealed = self._secrets.seal(write_evidence(report.evidence), context=context_of(number))
        kept = GRAVE_KEPT if report.reason in GRAVE else EVIDENCE_KEPT
        await entries.queries.add_evidence(
            entries.connection, number=number, key=sealed.key_id, sealed=sealed.blob, expires=entries.now + kept
        )

    # --- what follows of it

    async def _follow(self, entries: Entries, report: Report, number: int, weight: float) -> None:
        rules = self._live.current.trust
        person = await entries.person(report.reported.user, rules)
        step = next_step(person, now=entries.now, rules=rules)
        if step is not None:
            await self._take(entries, step, report, number, person)
        if is_held(report.reason, weight):
            await self._hold(entries, report, number, UNDER_AGE)
        elif weight > 0 and held_by_minors(person, now=entries.now, rules=rules):
            await self._hold(entries, report, number, MINORS)

    async def _take(self, entries: Entries, step: Step, report: Report, number: int, person: Person) -> None:
        who, now, rules = report.reported, entries.now, self._live.current.trust
        reason = main_reason(counting(person, now=now, rules=rules), now=now, rules=rules)
        await entries.queries.put_level(entries.connection, user=who.user, level=int(step), stepped=now)
        await entries.queries.halve_reports(entries.connection, user=who.user, share=HALVED)
        if step is Step.WARNING and who.user < 0:
            return  # they had their data deleted
        if step is Step.WARNING:
            await entries.queries.add_notice(
                entries.connection,
                key=f"warning:{number}",
                bot=who.bot,
                user=who.user,
                text="warned",
                arguments=orjson.dumps({"reason": reason}).decode(),
                due=now,
            )
            return
        await entries.extend_ban(who.user, now + BAN_SECONDS[step], reason, RULE)
        if step is Step.WEEK:
            await entries.review(who, LADDER, reason, report=number)

    async def _hold(self, entries: Entries, report: Report, number: int, rule: str) -> None:
        await entries.review(report.reported, rule, report.reason, report=number, urgent=True)
        await entries.hold(report.reported.user, rule, number)
