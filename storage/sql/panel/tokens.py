"""API tokens (domain.ports.panel.ApiTokens)."""

from __future__ import annotations

from typing import Any

from domain.model.ids import UserId
from domain.model.profile import DAY
from domain.panel.roles import Role
from domain.panel.tokens import NOTED_EVERY, digest, new_token
from domain.ports.panel import MACHINE, ApiToken
from domain.ports.review import Operator
from storage.sql.panel.admins import SqlAdmins
from storage.sql.panel.desk import Desk


class SqlApiTokens:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._admins = SqlAdmins(desk)

    async def create(self, name: str, role: Role, days: int, operator: Operator, *, user: UserId = MACHINE) -> str | None:
        secret = new_token()
        async with self._desk.transaction() as turn:
            await turn.one("purge_panel_tokens", now=turn.now)
            until = turn.now + days * DAY
            added = await turn.one(
                "add_panel_token",
                name=name, secret=digest(secret), role=role, user=user, by=operator.name, now=turn.now, expires=until,
            )  # fmt: skip
            if not added:
                return None
            await turn.audit(operator, "token", f"token:{name}", after={"role": role, "until": until})
        return secret

    async def find(self, secret: str) -> ApiToken | None:
        now, queries = self._desk.clock(), self._desk.database.queries
        async with self._desk.database.connection() as connection:
            row = await queries.find_panel_token(connection, secret=digest(secret), now=now)
            if row is None:
                return None
            token = _read(row)
            if token.used is None or now - token.used >= NOTED_EVERY:
                await queries.note_panel_token(connection, name=token.name, now=now)
        if token.user == MACHINE:
            return token
        maker = await self._admins.find(token.user)
        return token if maker is not None and maker.role.includes(token.role) else None

    async def listed(self) -> list[ApiToken]:
        async with self._desk.database.connection() as connection:
            tokens = [_read(row) async for row in self._desk.database.queries.panel_tokens(connection)]
        return [token for token in tokens if token.until > self._desk.clock()]

    async def revoke(self, name: str, operator: Operator) -> bool:
        async with self._desk.transaction() as turn:
            revoked = await turn.one("revoke_panel_token", name=name)
            if revoked is not None:
                await turn.audit(operator, "revoke token", f"token:{name}", before={"role": revoked[0]})
        return revoked is not None


def _read(row: Any) -> ApiToken:
    name, role, user, by, since, until, used = row
    return ApiToken(name=name, role=Role(role), user=UserId(user), by=by, since=since, until=until, used=used)
