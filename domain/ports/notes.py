"""What operators note about people, for each other. `storage/sql/panel/notes.py` implements it. Each method raises
`domain.errors.Unavailable`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.model.ids import UserId
from domain.ports.review import Operator


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    number: int
    """That of the act that wrote it."""
    by: str
    at: float
    """Unix seconds."""
    text: str


class Notes(Protocol):
    async def of(self, user: UserId, count: int) -> Sequence[Note]:
        """The newest first."""
        ...

    async def add(self, user: UserId, text: str, operator: Operator) -> bool:
        """False where nobody with this id has a profile. The audit has who and when, and not the text."""
        ...

    async def remove(self, user: UserId, number: int, operator: Operator, *, of_others: bool) -> bool:
        """`of_others`: also what others have written. False where there is no such note."""
        ...
