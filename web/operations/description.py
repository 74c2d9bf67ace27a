"""The API's own description."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from web.api.openapi import document
from web.api.operation import Operation, operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    operations: Sequence[Operation]
    """May still grow after this."""
    version: str

    @operation("GET", "/openapi.json", act="api.read")
    async def read_description(self) -> dict[str, Any]:
        """This document."""
        return document(self.operations, self.version)
