"""Bans of many people at once: how they stand, and the bans. One act a person in the audit, all with the key of the batch."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import inf
from typing import Annotated

import msgspec
from msgspec import Meta

from domain.errors import Unavailable
from domain.model.ids import UserId
from domain.ports.people import People, Picked
from web.access.viewer import Viewer, operator_of
from web.api.operation import operation
from web.operations.login import TelegramId
from web.operations.users import Hours, Reason
from web.operations.words import readable

AT_ONCE = 200

Many = Annotated[Sequence[TelegramId], Meta(min_length=1, max_length=AT_ONCE)]
Key = Annotated[str, Meta(min_length=8, max_length=64, pattern="^[A-Za-z0-9_-]+$")]


class Chosen(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    users: Many


class NewBans(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    users: Many
    reason: Reason
    hours: Hours | None = None
    """Left out: for good."""
    key: Key
    """Made up by you, for this batch. Sent again with the same key within a day, nobody is banned twice."""


class ChosenAnswer(msgspec.Struct, frozen=True, kw_only=True):
    count: int
    """Each person once."""
    banned: Sequence[int]
    """Who is banned already: their ban would be replaced."""
    unknown: Sequence[int]
    """Who has no profile."""
    chatting: int
    """Whose chats would end."""


class Outcome(StrEnum):
    BANNED = "banned"
    BEFORE = "before"
    """In this batch, by an earlier request."""
    FAILED = "failed"
    """The database did not answer. Send it again with the same key."""


class BanOutcome(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    outcome: Outcome


class BatchAnswer(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    banned: int
    failed: int
    items: Sequence[BanOutcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkBans:
    people: People
    clock: Callable[[], float] = time.time

    @operation("POST", "/api/bans/check", act="users.ban", rate="users")
    async def check_bans(self, body: Chosen) -> ChosenAnswer:
        """How these people stand before they are banned. Nothing is changed."""
        picked = await self.people.pick(_once(body.users))
        return ChosenAnswer(
            count=len(picked),
            banned=[each.user for each in picked if self._banned(each)],
            unknown=[each.user for each in picked if not each.known],
            chatting=sum(each.chatting for each in picked),
        )

    @operation("POST", "/api/bans", act="users.ban", rate="users")
    async def ban_many(self, viewer: Viewer, body: NewBans) -> BatchAnswer:
        """Ban up to 200 people for one reason and term, each as if alone. Says of each what became of it."""
        reason, hours = readable(body.reason, "reason"), inf if body.hours is None else body.hours
        done: list[BanOutcome] = []
        for user in (users := _once(body.users)):
            try:
                now = await self.people.ban_in(user, hours, reason, operator_of(viewer), batch=body.key)
            except Unavailable:
                if not done:
                    raise
                break
            done.append(BanOutcome(id=user, outcome=Outcome.BANNED if now else Outcome.BEFORE))
        left = [BanOutcome(id=user, outcome=Outcome.FAILED) for user in users[len(done) :]]
        banned = sum(each.outcome is Outcome.BANNED for each in done)
        return BatchAnswer(key=body.key, banned=banned, failed=len(left), items=[*done, *left])

    def _banned(self, picked: Picked) -> bool:
        return picked.banned_until > self.clock()


def _once(users: Sequence[int]) -> list[UserId]:
    return [UserId(user) for user in dict.fromkeys(users)]
