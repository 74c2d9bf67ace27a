"""What operators do about people: ban, unban, answer an appeal. Each is one transaction: the change, the audit, and what the
person is told of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

from domain.model.ban import OPERATOR, Ban
from domain.model.dates import moment
from domain.model.ids import Address, BotId, UserId
from domain.payments.sales import Owed
from domain.ports.review import ACCEPTED, REJECTED, Act, Appeal, Operator
from domain.trust.reports import Reason
from storage.sql.bans import to_ban
from storage.sql.database import Database
from storage.sql.payments.posting import Posting
from storage.sql.review.appeals import to_appeal
from storage.sql.review.audit import of_user, told_of, write

CODES = frozenset(Reason) | {"spam"}
"""Reasons that every language has words for."""
ANSWERS = {ACCEPTED: "appeal-accepted", REJECTED: "appeal-rejected"}
"""Verdict → the text that tells of it."""


class SqlPeople:
    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def bots(self, user: UserId) -> list[BotId]:
        """Those that the person has used."""
        async with self._database.connection() as connection:
            return [BotId(bot) async for (bot,) in self._database.queries.bots_of_person(connection, user=user)]

    async def ban_of(self, user: UserId) -> Ban | None:
        """The last one; None where it was lifted, or is forgotten."""
        async with self._database.connection() as connection:
            return await ban_in(self._posting(connection), user)

    async def ban(self, user: UserId, until: float, reason: str, operator: Operator) -> Ban:
        """`reason`: a code of `CODES`, or the operator's own words. Replaces an earlier ban."""
        code, note = (reason, "") if reason in CODES else (OPERATOR, reason)
        async with self._database.transaction() as connection:
            posting = self._posting(connection)
            ban = Ban(user=user, until=until, reason=code, by=operator.name, note=note, since=posting.now)
            before = await ban_in(posting, user)
            await posting.queries.put_ban(
                connection, user=user, until=until, reason=code, banned_by=operator.name, note=note, now=posting.now
            )
            act = Act(operator=operator, name="ban", target=of_user(user), before=told_of(before), after=told_of(ban))
            await write(posting, act)
        return ban

    async def unban(self, user: UserId, operator: Operator, bot: BotId | None) -> Ban | None:
        """The ban that is lifted; None where there was none in force. `bot`: tells the person of it."""
        async with self._database.transaction() as connection:
            posting = self._posting(connection)
            before = await ban_in(posting, user)
            if before is None or before.until <= posting.now:
                return None
            number = await _lift(posting, before, operator)
            if bot is not None:
                await posting.owe((Owed(key=f"unban:{number}", to=Address(bot, user), text="unbanned"),))
        return before

    async def answer(self, number: int, verdict: str, answer: str, operator: Operator) -> bool:
        """False where there is no such appeal, or it was answered before: then nothing changes. To accept lifts the ban, if it is
        still the one that was appealed against.
        """
        async with self._database.transaction() as connection:
            posting = self._posting(connection)
            answered = await posting.queries.answer_appeal(
                connection, number=number, now=posting.now, by=operator.name, verdict=verdict, answer=answer
            )
            if not answered:
                return False
            appeal = to_appeal(await posting.queries.find_appeal(connection, number=number))
            ban = await ban_in(posting, appeal.address.user)
            lifted = verdict == ACCEPTED and ban is not None and ban.since == appeal.ban.since and ban.until > posting.now
            if lifted and ban is not None:
                await _lift(posting, ban, operator)
            target, said = f"appeal:{number}", {"verdict": verdict, "answer": answer}
            await write(posting, Act(operator=operator, name="answer", target=target, before={"verdict": ""}, after=said))
            await posting.owe((_told(appeal, verdict, answer, None if lifted else ban, posting.now),))
        return True

    def _posting(self, connection: Any) -> Posting:
        return Posting(self._database.queries, connection, self._clock())


async def ban_in(posting: Posting, user: UserId) -> Ban | None:
    row = await posting.queries.whole_ban(posting.connection, user=user)
    return to_ban(row) if row else None


async def _lift(posting: Posting, ban: Ban, operator: Operator) -> int:
    """The act's number."""
    await posting.queries.lift_ban(posting.connection, user=ban.user)
    return await write(posting, Act(operator=operator, name="unban", target=of_user(ban.user), before=told_of(ban)))


def _told(appeal: Appeal, verdict: str, answer: str, ban: Ban | None, now: float) -> Owed:
    arguments = {"answer": answer, "answered": int(bool(answer)), **_still(ban, now)}
    return Owed(key=f"appeal:{appeal.number}", to=appeal.address, text=ANSWERS[verdict], arguments=arguments)


def _still(ban: Ban | None, now: float) -> Mapping[str, str | int]:
    """What is told of the ban that holds on: none, until a time, or for ever."""
    nothing: Mapping[str, str | int] = {"day": "", "month": 0, "year": "", "time": ""}
    if ban is None or ban.until <= now:
        return {"holds": "no", **nothing}
    if not isfinite(ban.until):
        return {"holds": "forever", **nothing}
    return {"holds": "until", **moment(ban.until)}
