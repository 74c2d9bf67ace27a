"""Who may use the panel (domain.ports.panel.Admins)."""

from __future__ import annotations

from domain.model.ids import UserId
from domain.panel.roles import Role
from domain.ports.panel import Admin, AdminChange
from domain.ports.review import Operator
from storage.sql.panel.desk import Desk, Turn, of_settings, to_admin


class SqlAdmins:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def find(self, user: UserId) -> Admin | None:
        if user in self._desk.owners:
            return of_settings(user)
        async with self._desk.database.connection() as connection:
            row = await self._desk.database.queries.find_panel_admin(connection, user=user)
        return to_admin(row) if row else None

    async def listed(self) -> list[Admin]:
        """An owner of the settings who was added before is one of the settings."""
        async with self._desk.database.connection() as connection:
            added = [to_admin(row) async for row in self._desk.database.queries.panel_admins(connection)]
        return [*map(of_settings, sorted(self._desk.owners)), *(each for each in added if each.user not in self._desk.owners)]

    async def add(self, user: UserId, role: Role, name: str, operator: Operator) -> AdminChange:
        if user in self._desk.owners:
            return AdminChange.OF_SETTINGS
        async with self._desk.transaction() as turn:
            if role != Role.OWNER and await self._is_last_owner(turn, user):
                return AdminChange.LAST_OWNER
            before = await turn.one("find_panel_admin", user=user)
            await turn.one("put_panel_admin", user=user, role=role, name=name, now=turn.now, by=operator.name)
            if before is None or before[1] != role:  # somebody new may have been an owner of the settings once
                await _end_all(turn, user)
            told = {"role": before[1], "name": before[2]} if before else None
            await turn.audit(operator, "admin", f"admin:{user}", before=told, after={"role": role, "name": name})
        return AdminChange.DONE

    async def remove(self, user: UserId, operator: Operator) -> AdminChange:
        async with self._desk.transaction() as turn:
            if await self._is_last_owner(turn, user):
                return AdminChange.LAST_OWNER
            before = await turn.one("remove_panel_admin", user=user)
            if before is None:
                return AdminChange.OF_SETTINGS if user in self._desk.owners else AdminChange.UNKNOWN
            await _end_all(turn, user)
            await turn.audit(operator, "remove admin", f"admin:{user}", before={"role": before[0], "name": before[1]})
        return AdminChange.DONE

    async def _is_last_owner(self, turn: Turn, user: UserId) -> bool:
        """Holds the owners' rows: of two who take the panel from each other at once, the second waits here for the first."""
        if self._desk.owners:
            return False
        return {row[0] async for row in turn.each("hold_panel_owners")} == {user}


async def _end_all(turn: Turn, user: UserId) -> None:
    for query in ("end_panel_sessions_of", "revoke_panel_tokens_of", "drop_panel_questions_of"):
        await turn.one(query, user=user)
