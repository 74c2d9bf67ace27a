"""Who is logged in to the panel, and ending that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from domain.model.ids import UserId
from domain.panel.browsers import named
from domain.panel.roles import Role, may
from domain.ports.panel import PanelSession, PanelSessions
from web.access.viewer import Signs, Viewer
from web.api.errors import Refused
from web.api.operation import operation
from web.operations.admins import moment, operator_of
from web.operations.login import LARGEST_ID

SessionReference = Annotated[str, Meta(pattern="^[0-9a-f]{16}$", max_length=16)]
Person = Annotated[int, Meta(ge=0, le=LARGEST_ID)]
"""0: whoever logged in by a link of the machine."""


class SessionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    """Opens nothing."""
    telegram_id: int
    """0 for one by a link of the machine."""
    name: str
    role: Role
    address: str
    browser: str
    """In words, such as "Firefox on Linux"."""
    since: datetime | None
    seen: datetime | None
    mine: bool
    """Whether it is the session that asks."""


class SessionsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    items: Sequence[SessionAnswer]


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    ended: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionList:
    sessions: PanelSessions
    signs: Signs

    @operation("GET", "/api/sessions", act="own_sessions.read")
    async def list_sessions(self, viewer: Viewer) -> SessionsAnswer:
        """The newest first: of everybody for owners, else one's own."""
        return SessionsAnswer(items=[_shown(session, viewer) for session in await self._visible(viewer)])

    @operation("DELETE", "/api/sessions/{session}", act="own_sessions.end")
    async def end_session(self, viewer: Viewer, session: SessionReference) -> Ended:
        """End one's own session, as an owner anybody's. Its live pages end within seconds."""
        known = session in {each.reference for each in await self._visible(viewer)}
        if not known or not await self.sessions.end(session, operator_of(viewer)):
            raise Refused("not_found", "There is no such session, or it has ended.", field="session")
        self.signs.forget()
        return Ended(ended=1)

    @operation("DELETE", "/api/admins/{user}/sessions", act="sessions.end")
    async def end_sessions(self, viewer: Viewer, user: Person) -> Ended:
        """End all sessions of one person, one's own too."""
        ended = await self.sessions.end_all(UserId(user), operator_of(viewer))
        self.signs.forget()
        return Ended(ended=ended)

    async def _visible(self, viewer: Viewer) -> Sequence[PanelSession]:
        """A token has none of its own."""
        if may(viewer.role, "sessions.read"):
            return await self.sessions.listed()
        return [each for each in await self.sessions.listed(UserId(viewer.user)) if viewer.session]


def _shown(session: PanelSession, viewer: Viewer) -> SessionAnswer:
    return SessionAnswer(
        id=session.reference,
        telegram_id=session.user,
        name=session.name,
        role=session.role,
        address=session.client.address,
        browser=named(session.client.browser),
        since=moment(session.since),
        seen=moment(session.seen),
        mine=session.reference == viewer.session,
    )
