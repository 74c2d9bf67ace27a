"""What the command line asks of the running house, each read from its request and put on the desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import msgspec

from control.supervisor.bots import Bots
from control.supervisor.job_runner import Desk, News, Refused
from control.supervisor.rolling_restart import Roll
from control.supervisor.worker_pool import Crew, counted
from control.wire import Handler

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Who carries orders out."""

    crew: Crew
    roll: Roll
    bots: Bots


class Scale(msgspec.Struct, frozen=True):
    workers: int


class Restart(msgspec.Struct, frozen=True):
    name: str = ""
    """Empty: all workers, then the panel."""


class OneBot(msgspec.Struct, frozen=True):
    bot: str
    """Id, @username or number in status."""


class Follow(msgspec.Struct, frozen=True):
    number: int
    known: int


class Orders:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._staff: Staff | None = None
        self._refusal = "Masquerade is still starting; status says what it waits for"
        self.handlers: Mapping[str, Handler] = {
            "scale": self._scale,
            "restart": self._restart,
            "drain": self._drain,
            "resume": self._resume,
            "news": self._news,
        }

    def open(self, staff: Staff) -> None:
        """From now on, for the house stands."""
        self._staff = staff

    def shut(self) -> None:
        self._staff = None
        self._refusal = "Masquerade is being stopped"

    async def _scale(self, request: Mapping[str, Any]) -> int:
        wanted = _read(request, Scale).workers
        return self._desk.begin(f"scale to {counted(wanted)}", partial(self._present.crew.scale, wanted))

    async def _restart(self, request: Mapping[str, Any]) -> int:
        name = _read(request, Restart).name
        return self._desk.begin(f"restart {name}".strip(), partial(self._present.roll.restart, name))

    async def _drain(self, request: Mapping[str, Any]) -> int:
        bot = _read(request, OneBot).bot
        return self._desk.begin(f"drain {bot}", partial(self._present.bots.drain, bot))

    async def _resume(self, request: Mapping[str, Any]) -> int:
        bot = _read(request, OneBot).bot
        return self._desk.begin(f"resume {bot}", partial(self._present.bots.resume, bot))

    async def _news(self, request: Mapping[str, Any]) -> News:
        asked = _read(request, Follow)
        return await self._desk.news(asked.number, asked.known)

    @property
    def _present(self) -> Staff:
        if self._staff is None:
            raise Refused(self._refusal)
        return self._staff


def _read(request: Mapping[str, Any], kind: type[T]) -> T:
    try:
        return msgspec.convert(request, kind)
    except msgspec.ValidationError as error:
        raise Refused(f"that request cannot be read: {error}") from error
