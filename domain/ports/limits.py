"""Counts requests for all processes of the panel. The supervisor implements it, over the control socket."""

from __future__ import annotations

from typing import Protocol

from domain.panel.rates import Rate


class Limits(Protocol):
    async def take(self, key: str, rate: Rate) -> float:
        """Take one from what `key` has left: seconds to wait, 0 if it was taken. Raises `domain.errors.Unavailable`."""
        ...
