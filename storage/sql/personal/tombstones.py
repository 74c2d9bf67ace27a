"""What remains of somebody who had their data deleted: a keyed hash of the Telegram id, with a ban, the level, the side of 18.
It is written with the deletion, and put back when the same person comes again. Whom they talked to may report them afterwards,
too: that is booked under the number that stands in their place, and is theirs again then, with what followed of it. For some days
after the return it is known whose number it was, so that reports that are made only then are booked as theirs.

*Invariant*: nobody gets rid of a ban or a report, or changes sides, by having their data deleted.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

import orjson

from domain.model.ids import ChatId, UserId
from domain.model.retention import BANS_KEPT, LEVELS_KEPT, RETURNS_KEPT, SIDES_KEPT
from domain.model.separation import Apart, Separation

BAN, AGE, LEVEL = "ban", "age", "level"
RETURNED = "returned"
"""Of somebody who has come back: `person` is the number that stood in their place, as text, and the body says who they are."""


@dataclass(frozen=True, slots=True)
class Hashes:
    """Keyed hashes of people. The key comes from the installation's root key, which is the same for ever."""

    key: bytes

    def text(self, user: UserId) -> str:
        return hmac.digest(self.key, b"%d" % user, "sha256").hex()[:32]

    def number(self, user: UserId) -> int:
        """In the place of a Telegram id: below zero, so that it is nobody's."""
        return -1 - (int.from_bytes(hmac.digest(self.key, b"number %d" % user, "sha256")[:8], "big") >> 1)


@dataclass(frozen=True, slots=True)
class Remains:
    """What was kept at a deletion. Times in Unix seconds; 0 for none."""

    banned_until: float = 0.0
    side_kept_until: float = 0.0


@dataclass(frozen=True, slots=True)
class Tombstones:
    """Inside a transaction that somebody else has begun."""

    queries: Any
    connection: Any
    hashes: Hashes
    now: float

    async def bury(self, user: UserId) -> Remains:
        """Moves the ban, the level and the side of 18 of that person here."""
        await self.queries.drop_tombstone(self.connection, person=str(self.hashes.number(user)), kind=RETURNED)
        ban = await self.queries.erase_bans(self.connection, user=user)
        if ban is not None:
            until, reason, by, created, person = ban
            body = {
                "until": None if until == inf else until,
                "reason": reason,
                "by": by,
                "created": created,
                "person": bool(person),
                "appeal": await self.queries.appeal_against(self.connection, user=user, since=created),
            }
            await self._add(user, BAN, body, until + BANS_KEPT)
        level = await self.queries.erase_trust_levels(self.connection, user=user)
        if level is not None:
            step, stepped, touched = level
            await self._add(user, LEVEL, {"level": step, "stepped": stepped, "touched": touched}, touched + LEVELS_KEPT)
        side = await self.queries.erase_age_sides(self.connection, user=user)
        if side is not None:
            adult, since, adult_from, changed = side
            body = {"adult": bool(adult), "since": since, "adult_from": adult_from, "changed": changed}
            await self._add(user, AGE, body, self.now + SIDES_KEPT)
        return Remains(
            banned_until=ban[0] if ban is not None and ban[0] > self.now else 0.0,
            side_kept_until=self.now + SIDES_KEPT if side is not None else 0.0,
        )

    async def put_back(self, user: UserId) -> None:
        """Of somebody who comes again. Of two processes at once, one finds them."""
        rows = self.queries.take_tombstones(self.connection, person=self.hashes.text(user))
        found = [row async for row in rows]
        if found:
            await self._put(str(self.hashes.number(user)), RETURNED, {"user": user}, self.now + RETURNS_KEPT)
        for kind, body, until in found:
            if until > self.now:
                await RESTORED[kind](self, user, orjson.loads(body))
        if found and (await self._claim(user) or await self.separations(user) or any(kind == BAN for kind, _, _ in found)):
            await mark_change(self.queries, self.connection, user)

    async def _claim(self, user: UserId) -> bool:
        """What was booked since the deletion under the number in the person's place; separations once the pool has them. False
        where there was nothing.
        """
        queries, connection, hashed = self.queries, self.connection, self.hashes.number(user)
        level = await queries.erase_trust_levels(connection, user=hashed)
        if level is None:  # each report writes it
            return False
        await queries.claim_reports(connection, user=user, hashed=hashed)
        await queries.claim_items(connection, user=user, hashed=hashed)
        await queries.claim_hold(connection, user=user, hashed=hashed)
        await queries.end_hold(connection, user=hashed)
        await queries.reopen_holding_item(connection, user=user)
        await queries.restore_level(connection, user=user, level=level[0], stepped=level[1], touched=level[2])
        ban = await queries.erase_bans(connection, user=hashed)
        if ban is not None:
            until, reason, by, created, person = ban
            await queries.restore_ban(
                connection, user=user, until=until, reason=reason, banned_by=by, created=created, by_person=bool(person)
            )
        return True

    async def separations(self, user: UserId) -> tuple[Separation, ...]:
        """Those that were made since the deletion."""
        rows = self.queries.separations_from(self.connection, hashed=self.hashes.number(user))
        return tuple([Separation(user=UserId(owner), other=user, why=Apart(why)) async for owner, why in rows])

    async def claim_separations(self, separations: Sequence[Separation]) -> None:
        """The pool has them."""
        for each in separations:
            of = {"owner": each.user, "hashed": self.hashes.number(each.other)}
            await self.queries.claim_separation(self.connection, user=each.other, **of)
            await self.queries.forget_separation(self.connection, **of)

    async def _add(self, user: UserId, kind: str, body: Mapping[str, Any], until: float) -> None:
        await self._put(self.hashes.text(user), kind, body, until)

    async def _put(self, person: str, kind: str, body: Mapping[str, Any], until: float) -> None:
        text = orjson.dumps(body).decode()
        await self.queries.add_tombstone(self.connection, person=person, kind=kind, body=text, until=until)

    async def restore_ban(self, user: UserId, body: Mapping[str, Any]) -> None:
        until = inf if body["until"] is None else body["until"]
        await self.queries.restore_ban(
            self.connection,
            user=user,
            until=until,
            reason=body["reason"],
            banned_by=body["by"],
            created=body["created"],
            by_person=body["person"],
        )
        appeal = body.get("appeal")  # absent where a release before has written it
        if appeal is not None:
            await self.queries.claim_appeal(self.connection, user=user, number=appeal)

    async def restore_level(self, user: UserId, body: Mapping[str, Any]) -> None:
        await self.queries.restore_level(
            self.connection, user=user, level=body["level"], stepped=body["stepped"], touched=body["touched"]
        )

    async def restore_side(self, user: UserId, body: Mapping[str, Any]) -> None:
        await self.queries.restore_side(
            self.connection,
            user=user,
            adult=body["adult"],
            since=body["since"],
            adult_from=body["adult_from"],
            changed=body["changed"],
        )


async def returned(queries: Any, connection: Any, hashed: UserId, now: float) -> UserId | None:
    """Who stood under that number, and has come back since; None of anybody else."""
    body = await queries.find_tombstone(connection, person=str(hashed), kind=RETURNED, now=now) if hashed < 0 else None
    return None if body is None else UserId(orjson.loads(body)["user"])


async def mark_change(queries: Any, connection: Any, user: UserId) -> None:
    """The pool and the sessions have to be told."""
    await queries.mark_change(connection, user=user, version=secrets.randbits(62))


async def mark_chat_end(queries: Any, connection: Any, user: UserId, chat: ChatId) -> None:
    """The pool has to end that chat, which an operator has ended."""
    await queries.mark_chat_end(connection, user=user, version=secrets.randbits(62), chat=chat)


RESTORED: Mapping[str, Callable[[Tombstones, UserId, Mapping[str, Any]], Awaitable[None]]] = {
    BAN: Tombstones.restore_ban,
    AGE: Tombstones.restore_side,
    LEVEL: Tombstones.restore_level,
}
"""Kind → how it is put back."""
