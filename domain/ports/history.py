"""The panel's history of figures, kept over its restarts. `storage/sql/panel/history.py` implements it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from domain.panel.history import Slot


class KeptHistory(Protocol):
    """Of this installation. Each method raises `domain.errors.Unavailable`."""

    async def load(self, now: float) -> Sequence[Slot]:
        """In the order of time."""
        ...

    async def keep(self, slots: Sequence[Slot]) -> None:
        """A slot that is kept already stays as it is. Deletes those that are too old."""
        ...
