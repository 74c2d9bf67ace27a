"""Operations of every form, as features have them: parts of the path, a query, a body, lists, a conflict, a stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from domain.errors import Outdated
from web.access import cookies
from web.access.proxies import Caller
from web.access.viewer import Viewer
from web.api.errors import Refused
from web.api.operation import operation

Number = Annotated[int, Meta(ge=1, le=2**53 - 1)]


class Plan(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    stars: Annotated[int, Meta(ge=1, le=10_000)]
    name: Annotated[str, Meta(max_length=20)] = ""


class NewToy(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    reason: Annotated[str, Meta(min_length=1, max_length=200)]
    hours: Annotated[int, Meta(ge=1, le=87_600)] | None = None
    plans: Annotated[list[Plan], Meta(max_length=5)] = []
    deep: Any = None


class ToyQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    tag: Annotated[list[Annotated[str, Meta(max_length=10)]], Meta(max_length=5)] = []
    text: Annotated[str, Meta(max_length=64)] = ""


class Toy(msgspec.Struct, kw_only=True):
    id: int
    seen: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Toys:
    done: list[Any] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    @operation("GET", "/api/toys", act="users.read", rate="users")
    async def list_toys(self, query: ToyQuery) -> list[Toy]:
        """All toys."""
        return [Toy(id=1, seen=msgspec.to_builtins(query))]

    @operation("POST", "/api/toys/{toy}", act="users.ban", rate="users", errors=("conflict",), status=201)
    async def make_toy(self, viewer: Viewer, toy: Number, body: NewToy) -> Toy:
        """Make one."""
        if toy == 13:
            raise Refused("conflict", "Anna has changed it.", now={"version": 4})
        if toy == 14:
            raise Outdated("it was changed")
        self.done.append((viewer.name, toy, body))
        return Toy(id=toy, seen=msgspec.to_builtins(body))

    @operation("DELETE", "/api/toys/{toy}", act="users.erase", rate="users")
    async def break_toy(self, toy: Number) -> Toy:
        """Break one."""
        self.done.append(toy)
        return Toy(id=toy)

    @operation("POST", "/api/toy-login", act="login.request", rate="request-login")
    async def ask_to_play(self, caller: Caller) -> Toy:
        """Anybody may ask."""
        cookies.put(cookies.LOGIN, "secret", seconds=60)
        return Toy(id=1, seen=[caller.address, cookies.read(cookies.LOGIN)])

    @operation("GET", "/api/toy-stream", act="users.read")
    async def follow_toys(self) -> AsyncIterator[bytes]:
        """One word, and then nothing until the gate opens."""
        yield b"data: hello\n\n"
        await self.gate.wait()
        yield b"data: bye\n\n"
