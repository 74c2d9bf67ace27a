"""A ban: until when, why, by whom."""

from __future__ import annotations

from dataclasses import dataclass

from domain.model.ids import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Ban:
    user: UserId
    until: float
    """Unix seconds; infinity for a permanent ban."""
    reason: str
    by: str
    """Who banned: an admin, or a rule of ours."""
