"""Totals over all records, for the panel. `storage/sql/panel/figures.py` implements it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    users: int
    users_today: int
    """Who came since midnight, UTC."""
    users_week: int
    """Who came in the last seven days."""
    vips: int
    """Whose VIP is in force."""
    chats: int
    """That go on."""
    stars: int
    """Whole Stars, charged and not refunded."""
    stars_today: int


class Figures(Protocol):
    async def totals(self) -> Totals:
        """At most some seconds old. Raises `domain.errors.Unavailable`."""
        ...

    async def met(self) -> bool:
        """Whether two people have ever met. Raises `domain.errors.Unavailable`."""
        ...
