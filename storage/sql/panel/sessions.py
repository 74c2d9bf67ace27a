"""Who is logged in (domain.ports.panel.PanelSessions)."""

from __future__ import annotations

from typing import Any

from domain.model.ids import UserId
from domain.panel.login import Client
from domain.panel.sessions import ABSOLUTE, IDLE, is_live
from domain.panel.tokens import digest
from domain.ports.panel import Admin, PanelSession
from domain.ports.review import Operator
from storage.sql.panel.admins import SqlAdmins
from storage.sql.panel.desk import Desk, of_settings

ANY = -1


class SqlPanelSessions:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._admins = SqlAdmins(desk)

    async def find(self, secret: str) -> PanelSession | None:
        async with self._desk.database.connection() as connection:
            row = await self._desk.database.queries.find_panel_session(connection, secret=digest(secret))
        return await self._read(row) if row else None

    async def note(self, reference: str) -> None:
        async with self._desk.database.connection() as connection:
            await self._desk.database.queries.note_panel_session(connection, reference=reference, now=self._desk.clock())

    async def listed(self, user: UserId | None = None) -> list[PanelSession]:
        async with self._desk.database.connection() as connection:
            found = self._desk.database.queries.panel_sessions(connection, user=ANY if user is None else user)
            rows = [row async for row in found]
        return [session for row in rows if (session := await self._read(row)) is not None]

    async def end(self, reference: str, operator: Operator) -> bool:
        async with self._desk.transaction() as turn:
            ended = await turn.one("end_panel_session", reference=reference)
            if ended is not None:
                await turn.audit(operator, "end session", f"session:{reference}", before={"of": ended[1]})
        return ended is not None

    async def end_all(self, user: UserId, operator: Operator) -> int:
        async with self._desk.transaction() as turn:
            ended: int = await turn.one("end_panel_sessions_of", user=user)
            if ended:
                await turn.audit(operator, "end sessions", f"admin:{user}", before={"sessions": ended})
        return ended

    async def purge_before(self, when: float) -> int:
        """Delete what is over at that time: sessions, log-ins, tokens, wrong codes; how many."""
        async with self._desk.transaction() as turn:
            sessions = await turn.one("purge_panel_sessions", created=when - ABSOLUTE, seen=when - IDLE)
            questions = await turn.drop_questions("purge_panel_questions", now=when)
            tokens = await turn.one("purge_panel_tokens", now=when)
            failures = await turn.one("purge_panel_failures", before=when - ABSOLUTE)
        return int(sessions + questions + tokens + failures)

    async def _read(self, row: Any) -> PanelSession | None:
        reference, user, name, address, browser, since, seen = row
        admin = await self._admin(UserId(user))
        if admin is None or not is_live(since, seen, self._desk.clock()):
            return None
        return PanelSession(
            reference=reference,
            user=UserId(user),
            name=name,
            role=admin.role,
            client=Client(address=address, browser=browser),
            since=since,
            seen=seen,
        )

    async def _admin(self, user: UserId) -> Admin | None:
        """Of 0, whoever works on the machine."""
        return await self._admins.find(user) if user else of_settings(user)
