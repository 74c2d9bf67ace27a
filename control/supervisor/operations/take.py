"""Counts the requests to all panels of this installation. What is counted is forgotten with the supervisor."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from control.supervisor.job_runner import Refused
from domain.panel.rates import Allowances, Rate


class Take(msgspec.Struct, frozen=True):
    key: Annotated[str, msgspec.Meta(max_length=300)]
    count: Annotated[int, msgspec.Meta(ge=1)]
    seconds: Annotated[float, msgspec.Meta(gt=0)]
    """The panel says the rate, because it may be of a newer release than the supervisor."""


class Counting:
    def __init__(self) -> None:
        self._allowances = Allowances()

    async def take(self, message: Mapping[str, Any]) -> float:
        """Seconds to wait; 0 has taken one."""
        try:
            request = msgspec.convert(message, Take)
        except msgspec.ValidationError as error:
            raise Refused(f"that request cannot be read: {error}") from error
        return self._allowances.take(request.key, Rate(request.count, request.seconds), asyncio.get_running_loop().time())
