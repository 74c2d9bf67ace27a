"""The API's own description."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from web.api.openapi import document
from web.api.operation import Operation, Unchanging, operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    operations: Sequence[Operation]
    """May still grow after this."""
    version: str
    made: dict[int, Unchanging[dict[str, Any]]] = field(default_factory=dict)
    """How many operations there were → the document of them: it takes 40 ms to make."""

    async def prepare(self) -> None:
        """So that nobody waits for it."""
        await self.read_description()

    @operation("GET", "/openapi.json", act="api.read")
    async def read_description(self) -> Unchanging[dict[str, Any]]:
        """This document."""
        count = len(self.operations)
        if count not in self.made:
            self.made[count] = Unchanging(document(self.operations, self.version))
        return self.made[count]
