"""Invitations. `storage/sql/invitations/` implements them on PostgreSQL and SQLite. Each method is one transaction, and raises
`domain.errors.Unavailable`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from domain.model.ids import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """Somebody's code, and what came of their invitations."""

    code: str
    invited: int = 0
    """People who came by it and completed the profile."""
    rewarded: int = 0
    """Of those: whom the inviter was rewarded for."""
    pending: int = 0
    """People whose profile is not complete yet, or who wait for an operator."""
    today: int = 0
    """Rewards of the last 24 hours."""


class Invitations(Protocol):
    async def look(self, address: Address) -> Invitation:
        """Somebody without a code is given one."""
        ...

    async def renew(self, address: Address) -> Invitation:
        """With a new code. Nobody can come by the old one any more."""
        ...


class HeldInvitations(Protocol):
    async def held(self) -> int:
        """How many invitations wait for an operator, of all inviters."""
        ...
