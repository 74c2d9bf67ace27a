"""What operators note about a person, for each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from domain.model.ids import UserId
from domain.panel.roles import Role
from domain.ports.notes import Notes
from web.access.viewer import Viewer, operator_of
from web.api.errors import Refused
from web.api.operation import operation
from web.operations.admins import moment
from web.operations.login import LARGEST_ID, TelegramId
from web.operations.users import nobody
from web.operations.words import readable

SHOWN = 100

Number = Annotated[int, Meta(ge=1, le=LARGEST_ID)]


class NewNote(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    text: Annotated[str, Meta(min_length=1, max_length=500)]
    """The person can read it in their /export."""


class NoteAnswer(msgspec.Struct, frozen=True, kw_only=True):
    number: int
    by: str
    at: datetime | None
    text: str


class NotesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    items: Sequence[NoteAnswer]
    """The last 100, the newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserNotes:
    notes: Notes

    @operation("GET", "/api/users/{user}/notes", act="users.notes", rate="users")
    async def list_notes(self, user: TelegramId) -> NotesAnswer:
        """What operators have noted about somebody."""
        notes = await self.notes.of(UserId(user), SHOWN)
        return NotesAnswer(
            items=[NoteAnswer(number=each.number, by=each.by, at=moment(each.at), text=each.text) for each in notes]
        )

    @operation("POST", "/api/users/{user}/notes", act="users.notes", rate="users")
    async def add_note(self, viewer: Viewer, user: TelegramId, body: NewNote) -> NotesAnswer:
        """Note something about somebody, for other operators."""
        if not await self.notes.add(UserId(user), readable(body.text, "text"), operator_of(viewer)):
            raise nobody()
        return await self.list_notes(user)

    @operation("DELETE", "/api/users/{user}/notes/{number}", act="users.notes", rate="users")
    async def remove_note(self, viewer: Viewer, user: TelegramId, number: Number) -> NotesAnswer:
        """Remove a note of your own; owners remove any."""
        owner = viewer.role.includes(Role.OWNER)
        if not await self.notes.remove(UserId(user), number, operator_of(viewer), of_others=owner):
            raise Refused("not_found", "You have written no such note.", field="number")
        return await self.list_notes(user)
