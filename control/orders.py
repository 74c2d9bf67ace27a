"""What the command line asks of the running house, each read from its request and put on the desk."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, TypeVar

import msgspec

from control.crew import Crew, counted
from control.desk import Desk, News, Refused
from control.wire import Handler

T = TypeVar("T")


class Scale(msgspec.Struct, frozen=True):
    workers: int


class Follow(msgspec.Struct, frozen=True):
    number: int
    known: int


class Orders:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._crew: Crew | None = None
        self._refusal = "Masquerade is still starting; status says what it waits for"
        self.handlers: Mapping[str, Handler] = {"scale": self._scale, "news": self._news}

    def open(self, crew: Crew) -> None:
        """From now on, for the house stands."""
        self._crew = crew

    def shut(self) -> None:
        self._crew = None
        self._refusal = "Masquerade is being stopped"

    async def _scale(self, request: Mapping[str, Any]) -> int:
        wanted = _read(request, Scale).workers
        return self._desk.begin(f"scale to {counted(wanted)}", partial(self._house.scale, wanted))

    async def _news(self, request: Mapping[str, Any]) -> News:
        asked = _read(request, Follow)
        return await self._desk.news(asked.number, asked.known)

    @property
    def _house(self) -> Crew:
        if self._crew is None:
            raise Refused(self._refusal)
        return self._crew


def _read(request: Mapping[str, Any], kind: type[T]) -> T:
    try:
        return msgspec.convert(request, kind)
    except msgspec.ValidationError as error:
        raise Refused(f"that request cannot be read: {error}") from error
