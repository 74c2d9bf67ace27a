"""Totals over all records, for the panel. `storage/sql/panel/figures.py` implements it."""

from __future__ import annotations

from collections.abc import Mapping
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

    async def people_by_bot(self) -> Mapping[int, int]:
        """Bot → how many people have written to it who are not deleted. At most a minute old. Raises
        `domain.errors.Unavailable`.
        """
        ...

    async def met(self) -> bool:
        """Whether two people have ever met. Raises `domain.errors.Unavailable`."""
        ...
