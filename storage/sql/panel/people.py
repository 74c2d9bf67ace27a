"""Lists of people (domain.ports.people). The conditions of a list are put together from `CONDITIONS`, so that each list can use
the indexes of its own; values are parameters always.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import Any

from domain.model.ids import BotId, ChatId, UserId
from domain.model.profile import is_adult
from domain.ports.people import After, Listed, PersonsChat, Picked, Place, Wanted, Whereabouts
from storage.sql.database import Database

CONDITIONS: Mapping[str, str] = {
    "user": "id = {user}",
    "gender": "gender = {gender}",
    "band": "age BETWEEN {youngest} AND {oldest}",
    "language": "language = {language}",
    "vip": "id {in} (SELECT user_id FROM entitlements WHERE vip_until > {now})",
    "banned": "id {in} (SELECT user_id FROM bans WHERE until > {now})",
    "minor": "id {in} (SELECT user_id FROM age_sides WHERE NOT adult)",
    "reported": "id {in} (SELECT reported_id FROM reports WHERE verdict = 'open')",
    "bot": "last_bot = {bot}",
    "joined_from": "created_at >= {joined_from}",
    "joined_before": "created_at < {joined_before}",
    "seen_from": "last_seen >= {seen_from}",
    "seen_before": "last_seen < {seen_before}",
    "after": "(created_at < {at} OR (created_at = {at} AND id < {id})) AND created_at <= {at}",
}
"""Field of `Wanted` → what it asks for."""

ROWS = """
    SELECT
        u.id, u.language, u.gender, u.age, s.adult, u.created_at, u.last_seen, u.last_bot,
        (SELECT COUNT(*) FROM chats WHERE first_user = u.id) + (SELECT COUNT(*) FROM chats WHERE second_user = u.id),
        COALESCE(e.vip_until, 0), COALESCE(b.until, 0), h.since, q.bot_id, q.began_at,
        f.first_bot, f.started_at, g.second_bot, g.started_at
    FROM (SELECT * FROM users WHERE {conditions} ORDER BY created_at DESC, id DESC LIMIT {count}) AS u
    LEFT JOIN age_sides s ON s.user_id = u.id
    LEFT JOIN entitlements e ON e.user_id = u.id
    LEFT JOIN bans b ON b.user_id = u.id
    LEFT JOIN holds h ON h.user_id = u.id
    LEFT JOIN searches q ON q.user_id = u.id
    LEFT JOIN chats f ON f.first_user = u.id AND f.ended_at IS NULL
    LEFT JOIN chats g ON g.second_user = u.id AND g.ended_at IS NULL
    ORDER BY u.created_at DESC, u.id DESC
"""
COUNT = "SELECT COUNT(*) FROM (SELECT 1 FROM users WHERE {conditions} LIMIT {count}) AS found"

PICKED = """
    SELECT p.id, u.id IS NOT NULL, COALESCE(b.until, 0),
        EXISTS (SELECT 1 FROM chats WHERE first_user = p.id AND ended_at IS NULL)
        OR EXISTS (SELECT 1 FROM chats WHERE second_user = p.id AND ended_at IS NULL)
    FROM ({picked}) AS p LEFT JOIN users u ON u.id = p.id LEFT JOIN bans b ON b.user_id = p.id AND b.until > {now}
"""


class SqlPeopleList:
    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def listed(self, wanted: Wanted, after: After, count: int) -> list[Listed]:
        rows = await self._rows(ROWS, wanted, after, count)
        return [_listed(row) for row in {row[0]: row for row in rows}.values()]

    async def counted(self, wanted: Wanted, most: int) -> int:
        return int((await self._rows(COUNT, wanted, After(), most))[0][0])

    async def pick(self, users: Sequence[UserId]) -> list[Picked]:
        values: dict[str, Any] = {f"user{at}": user for at, user in enumerate(users)} | {"now": self._clock()}
        places = self._places(values)
        picked = " UNION ALL ".join(f"SELECT CAST({places[f'user{at}']} AS BIGINT) AS id" for at in range(len(users)))
        rows = await self._fetched(PICKED.format(picked=picked, now=places["now"]), values) if users else ()
        found = {
            UserId(user): Picked(user=UserId(user), known=bool(known), banned_until=until, chatting=bool(chatting))
            for user, known, until, chatting in rows
        }
        return [found[user] for user in users]

    async def chats(self, user: UserId, after: After, count: int) -> list[PersonsChat]:
        async with self._database.connection() as connection:
            rows = self._database.queries.chats_of_person(connection, user=user, started=after.at, chat=after.id, count=count)
            return [_chat(row) async for row in rows]

    async def _rows(self, form: str, wanted: Wanted, after: After, count: int) -> Sequence[Any]:
        return await self._fetched(*self.statement(form, wanted, after, count))

    async def _fetched(self, sql: str, values: Mapping[str, Any]) -> Sequence[Any]:
        async with self._database.connection() as connection:
            cursor = await connection.execute(sql, values)
            rows: Sequence[Any] = await cursor.fetchall()
            await cursor.close()
        return rows

    def statement(self, form: str, wanted: Wanted, after: After, count: int) -> tuple[str, dict[str, Any]]:
        """`form`: `ROWS` or `COUNT`."""
        asked = {name: value for name in CONDITIONS if (value := getattr(wanted, name, None)) is not None}
        values = {**asked, "now": self._clock(), "count": count}
        if wanted.band is not None:
            values["youngest"], values["oldest"] = wanted.band.ages
        if isfinite(after.at):
            values |= {"at": after.at, "id": int(after.id)}
            asked["after"] = True
        places = self._places(values)
        met = [CONDITIONS[name].format(**places, **{"in": "IN" if value else "NOT IN"}) for name, value in asked.items()]
        return form.format(conditions=" AND ".join(met) or "TRUE", **places), values

    def _places(self, values: Mapping[str, Any]) -> dict[str, str]:
        """Where each of these stands in a statement."""
        place = "%({})s" if self._database.dialect == "postgres" else ":{}"
        return {name: place.format(name) for name in values}


def _listed(row: Sequence[Any]) -> Listed:
    user, language, gender, age, adult, joined, seen, bot, chats, vip_until, banned_until, held, *now = row
    return Listed(
        user=UserId(user),
        language=language,
        gender=gender or "",
        age=age,
        minor=not adult if adult is not None else age is not None and not is_adult(age),
        joined=joined,
        seen=seen,
        bot=BotId(bot) if bot else None,
        chats=chats,
        vip_until=vip_until,
        banned_until=banned_until,
        held=held is not None,
        now=_whereabouts(now),
    )


def _whereabouts(row: Sequence[Any]) -> Whereabouts:
    """A chat tells more than a search, whose note may be late."""
    sought_at, sought, *sides = row
    talks = [(since, bot) for bot, since in (sides[:2], sides[2:]) if since is not None]
    if talks:
        since, bot = max(talks)
        return Whereabouts(place=Place.CHATTING, since=since, bot=BotId(bot))
    if sought is not None:
        return Whereabouts(place=Place.SEARCHING, since=sought, bot=BotId(sought_at))
    return Whereabouts()


def _chat(row: Sequence[Any]) -> PersonsChat:
    chat, bot, partner, started, ended, why = row
    return PersonsChat(
        chat=ChatId(chat), bot=BotId(bot), partner=UserId(partner or 0), started=started, ended=ended, why=why or ""
    )
