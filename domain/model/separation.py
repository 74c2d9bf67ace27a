"""Two people who never meet again, because one of them blocked or reported the other."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.model.ids import UserId


class Apart(StrEnum):
    BLOCK = "block"
    """Who blocked may lift it."""
    REPORT = "report"
    """It holds for good: it is not shown, and nobody lifts it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Separation:
    user: UserId
    """Who asked for it."""
    other: UserId
    why: Apart = Apart.BLOCK


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block as its owner sees it: never whom it is about."""

    number: int
    """Names it among the owner's blocks: when it was made, in Unix milliseconds."""

    @property
    def since(self) -> float:
        """Unix seconds."""
        return self.number / 1000
