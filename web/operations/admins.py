"""Who may use the panel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from domain.model.ids import UserId
from domain.panel.roles import Role
from domain.ports.panel import Admin, AdminChange, Admins
from web.access.step_up import StepUp
from web.access.viewer import Signs, Viewer, operator_of
from web.api.errors import Refused
from web.api.operation import operation
from web.operations.login import TelegramId

Name = Annotated[str, Meta(max_length=40, pattern=r"^[^\x00-\x1f\x7f]*$")]


class NewAdmin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    telegram_id: TelegramId
    role: Role
    name: Name = ""
    """How the panel and the audit call them."""


class AdminAnswer(msgspec.Struct, frozen=True, kw_only=True):
    telegram_id: int
    name: str
    role: Role
    of_settings: bool
    """An owner by ADMIN_TELEGRAM_IDS, who is changed there only."""
    since: datetime | None
    by: str


class AdminsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    items: Sequence[AdminAnswer]


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminList:
    admins: Admins
    signs: Signs
    step_up: StepUp

    @operation("GET", "/api/admins", act="admins.read")
    async def list_admins(self) -> AdminsAnswer:
        """Those of the settings first."""
        return AdminsAnswer(items=[_shown(admin) for admin in await self.admins.listed()])

    @operation("POST", "/api/admins", act="admins.write", errors=("answer", "conflict"))
    async def put_admin(self, viewer: Viewer, body: NewAdmin) -> AdminsAnswer:
        """Add an admin, or give one another role or name. Another role ends their sessions and tokens."""
        user = UserId(body.telegram_id)
        if not body.name.isprintable():
            raise Refused("invalid", "A name has characters that can be seen only.", field="name")
        await self._not_of_settings(user)
        if body.role is not Role.OWNER:
            _not_oneself(viewer, user, "role")
        words = f"Let {body.name or 'the account'} {user} use the panel as {body.role}."
        await self.step_up.require(viewer, "admins.write", words, body)
        _done(await self.admins.add(user, body.role, body.name.strip(), operator_of(viewer)), user, "role")
        self.signs.forget()
        return await self.list_admins()

    @operation("DELETE", "/api/admins/{user}", act="admins.write", errors=("answer", "conflict"))
    async def remove_admin(self, viewer: Viewer, user: TelegramId) -> AdminsAnswer:
        """Take somebody's access away: ends their sessions, tokens and log-ins."""
        await self._not_of_settings(UserId(user))
        known = await self.admins.find(UserId(user))
        if known is None:
            raise Refused("not_found", "This person is no admin.", field="user")
        _not_oneself(viewer, UserId(user), "user")
        await self.step_up.require(viewer, "admins.write", f"Take the panel away from {known.name} ({user}).", "remove", user)
        _done(await self.admins.remove(UserId(user), operator_of(viewer)), UserId(user), "user")
        self.signs.forget()
        return await self.list_admins()

    async def _not_of_settings(self, user: UserId) -> None:
        known = await self.admins.find(user)
        if known is not None and known.of_settings:
            raise _of_settings(user)


def _not_oneself(viewer: Viewer, user: UserId, field: str) -> None:
    """An owner who slips, or is made to, does not lock themselves out."""
    if viewer.user == user:
        raise Refused("conflict", "You cannot take the panel from yourself. Another owner can.", field=field)


def _done(change: AdminChange, user: UserId, field: str) -> None:
    """Raises `Refused` where nothing was changed."""
    match change:
        case AdminChange.OF_SETTINGS:
            raise _of_settings(user)
        case AdminChange.UNKNOWN:
            raise Refused("not_found", "This person is no admin.", field=field)
        case AdminChange.LAST_OWNER:
            raise Refused("conflict", "This is the last owner. Make somebody else an owner first.", field=field)


def moment(at: float | None) -> datetime | None:
    """From Unix seconds; None for none."""
    return datetime.fromtimestamp(round(at, 3), UTC) if at else None


def _shown(admin: Admin) -> AdminAnswer:
    return AdminAnswer(
        telegram_id=admin.user,
        name=admin.name,
        role=admin.role,
        of_settings=admin.of_settings,
        since=moment(admin.since),
        by=admin.by,
    )


def _of_settings(user: UserId) -> Refused:
    return Refused("conflict", f"{user} is an owner by ADMIN_TELEGRAM_IDS. Change that there, and restart.", field="telegram_id")
