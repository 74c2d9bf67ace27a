"""What people think of those they talked to: counters, which only admins see. `storage/sql/ratings.py` implements it."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from domain.model.ids import ChatId, UserId
from domain.trust.standing import Votes


class Rating(StrEnum):
    """What became of a rating."""

    COUNTED = "counted"
    AGAIN = "again"
    """This person has rated this chat already."""
    UNKNOWN = "unknown"
    """No such chat of theirs, or it ended too long ago."""


class Ratings(Protocol):
    """Raises `domain.errors.Unavailable`."""

    async def rate(self, chat: ChatId, rater: UserId, *, up: bool) -> Rating:
        """Count a vote about the partner of `rater` in that chat, once."""
        ...

    async def of(self, user: UserId) -> Votes:
        """What others think of `user`."""
        ...

    async def purge_before(self, when: float) -> int:
        """Forget who has rated what until then, in Unix seconds; the counters stay. How many rows."""
        ...
