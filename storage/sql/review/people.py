"""What operators see of people, and their answers to appeals. An answer is one transaction: the verdict, the pardon, the audit,
and what the person is told.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

from domain.model.ban import Ban
from domain.model.dates import moment
from domain.model.ids import Address, BotId, UserId
from domain.payments.sales import Owed
from domain.ports.review import ACCEPTED, REJECTED, Act, Appeal, Operator, Person
from storage.sql.bans import to_ban
from storage.sql.database import Database
from storage.sql.payments.outbox import LEFT_TO_SESSION
from storage.sql.payments.posting import Posting
from storage.sql.review.appeals import to_appeal
from storage.sql.review.audit import of_user, write
from storage.sql.trust.entries import Entries

ANSWERS = {ACCEPTED: "appeal-accepted", REJECTED: "appeal-rejected"}
"""Verdict → the text that tells of it."""
WRITTEN, WARNED = "operator-message", "operator-warning"


class SqlPeople:
    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def find(self, user: UserId) -> Person | None:
        async with self._database.connection() as connection:
            row = await self._database.queries.find_person(connection, user=user)
        return Person(language=row[0], gender=row[1] or "", age=row[2], since=row[3]) if row else None

    async def bots(self, user: UserId) -> list[BotId]:
        """Those that the person has used."""
        async with self._database.connection() as connection:
            return [BotId(bot) async for (bot,) in self._database.queries.bots_of_person(connection, user=user)]

    async def ban_of(self, user: UserId) -> Ban | None:
        """The last one, also where it is over; None where it was lifted, or is forgotten."""
        async with self._database.connection() as connection:
            row = await self._database.queries.whole_ban(connection, user=user)
        return to_ban(row) if row else None

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
            holding = await self._judge(Entries(posting.queries, connection, posting.now), appeal, verdict, operator)
            said = {"verdict": verdict, "answer": answer}
            await write(
                posting, Act(operator=operator, name="answer", target=f"appeal:{number}", before={"verdict": ""}, after=said)
            )
            await posting.owe((_told(appeal, verdict, answer, holding, posting.now),))
        return True

    async def write(self, to: Address, text: str, operator: Operator) -> None:
        """The operators' own words for somebody."""
        await self._tell(to, operator, "write", WRITTEN, {"text": text})

    async def warn(self, to: Address, reason: str, operator: Operator) -> None:
        """`reason`: a code that every language has words for."""
        await self._tell(to, operator, "warn", WARNED, {"reason": reason})

    async def ask_deletion(self, at: Address, operator: Operator) -> None:
        """Of all that may be deleted of somebody. The bot of that address carries it out at once: no session has it in hand."""
        async with self._database.transaction() as connection:
            posting = self._posting(connection)
            due = posting.now - LEFT_TO_SESSION
            await posting.queries.ask_deletion(connection, user=at.user, bot=at.bot, now=due)
            await write(posting, Act(operator=operator, name="erase", target=of_user(at.user)))

    async def _tell(self, to: Address, operator: Operator, act: str, text: str, said: Mapping[str, str]) -> None:
        async with self._database.transaction() as connection:
            posting = self._posting(connection)
            number = await write(posting, Act(operator=operator, name=act, target=of_user(to.user), after=said))
            await posting.owe((Owed(key=f"{act}:{number}", to=to, text=text, arguments=said),))

    async def _judge(self, entries: Entries, appeal: Appeal, verdict: str, operator: Operator) -> Ban | None:
        """The ban that holds on. An accepted appeal pardons, unless the person was banned anew since."""
        user = appeal.address.user
        await entries.lock(user)
        ban = await entries.ban_of(user)
        anew = ban is not None and ban.since > appeal.ban.since and ban.until > entries.now
        if verdict != ACCEPTED or anew:
            return ban
        before = await entries.stands(user)
        await entries.pardon(user, operator.name)
        act = Act(operator=operator, name="unban", target=of_user(user), before=before, after=await entries.stands(user))
        await write(Posting(entries.queries, entries.connection, entries.now), act)
        return None

    def _posting(self, connection: Any) -> Posting:
        return Posting(self._database.queries, connection, self._clock())


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
