"""Whether pictures may be passed on: a judge that looks at their bytes, and records of whose pictures it is asked about.

The house has no list of illegal pictures, and no model that looks at them. An operator who has such a service names it in
`trust.judge_url`; without one nothing is downloaded, and nobody is asked.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from domain.model.ids import UserId


class Judgement(StrEnum):
    NOTHING = "nothing"
    """Nothing speaks against it."""
    HOLD = "hold"
    """It is not passed on."""
    MATCH = "match"
    """A known illegal picture: it is not passed on, nor copied anywhere, and its sender is held until a person decides."""


class MediaJudge(Protocol):
    async def judge(self, data: bytes, mime: str) -> Judgement:
        """Raises `domain.errors.Unavailable` where there is no answer. The bytes are kept nowhere."""
        ...


class NullJudge:
    """Of a house without such a service."""

    async def judge(self, data: bytes, mime: str) -> Judgement:  # noqa: ARG002 - the port's
        return Judgement.NOTHING


class Watched(Protocol):
    """Raises `domain.errors.Unavailable`."""

    async def is_watched(self, user: UserId) -> bool:
        """Whether they are a newcomer (`trust.newcomer_hours`, `trust.newcomer_chats`), or somebody has reported them and nobody
        has decided yet.
        """
        ...
