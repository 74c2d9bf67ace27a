"""Somebody's data: the copy of it, and its deletion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from domain.model.ids import UserId
from domain.ports.people import People
from web.access.step_up import StepUp
from web.access.viewer import Viewer, operator_of
from web.api.errors import Refused
from web.api.operation import operation
from web.operations.login import TelegramId
from web.operations.users import Users, nobody


class Confirmed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: TelegramId
    """Whose data is deleted, once more."""


class Erasing(msgspec.Struct, frozen=True, kw_only=True):
    erasing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UserData:
    people: People
    users: Users
    step_up: StepUp

    @operation("GET", "/api/users/{user}/export", act="users.export", rate="users")
    async def export_user(self, viewer: Viewer, user: TelegramId) -> dict[str, Any]:
        """All that is kept of somebody, as /export sends it to them. The audit says who took it. Their own daily copy stays."""
        found: dict[str, Any] = msgspec.json.decode(await self.document(viewer, user))
        return found

    @operation("POST", "/api/users/{user}/erase", act="users.erase", rate="users", status=202, errors=("answer", "conflict"))
    async def erase_user(self, viewer: Viewer, user: TelegramId, body: Confirmed) -> Erasing:
        """Delete all that may be deleted of somebody, as /delete_me does: a bot ends their chat, and does it within seconds."""
        if body.id != user:
            raise Refused("invalid", f"This is not {user}: type the id of the person.", field="id")
        await self.users.require_profile(user)
        await self.step_up.require(viewer, "users.erase", f"Delete the data of {user} for good.", user)
        if not await self.people.erase(UserId(user), operator_of(viewer)):
            raise Refused("conflict", "No bot knows this person, so none can end their chat and delete them.")
        return Erasing(erasing=True)

    async def document(self, viewer: Viewer, user: int) -> bytes:
        if await self.people.look(UserId(user)) is None:
            raise nobody()
        return await self.people.export(UserId(user), operator_of(viewer))
