"""Who may use the panel, programs too, and who is logged in."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from quart import render_template

from domain.panel.roles import Role, may
from domain.panel.tokens import LONGEST_DAYS
from web.access.viewer import Viewer
from web.operations.admins import AdminList
from web.operations.sessions import SessionList
from web.operations.tokens import TokenList
from web.pages.page import page
from web.pages.times import when

MEANINGS = {
    Role.VIEWER: "Viewer: sees figures",
    Role.MODERATOR: "Moderator: people too",
    Role.OWNER: "Owner: everything",
}
ROLES = [(role.value, text) for role, text in MEANINGS.items()]


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminPages:
    admins: AdminList
    sessions: SessionList
    tokens: TokenList

    @page("/admin/admins", act="admins.read")
    async def admins_page(self, viewer: Viewer) -> str:
        sessions = (await self.sessions.list_sessions(viewer)).items
        return await render_template(
            "admins.html",
            admins=(await self.admins.list_admins()).items,
            counts=Counter(each.telegram_id for each in sessions),
            tokens=(await self.tokens.list_tokens()).items,
            roles=ROLES,
            longest=LONGEST_DAYS,
            when=when,
        )

    @page("/admin/sessions", act="own_sessions.read")
    async def sessions_page(self, viewer: Viewer) -> str:
        """Of everybody for owners, else one's own."""
        found = (await self.sessions.list_sessions(viewer)).items
        return await render_template("sessions.html", sessions=found, everybody=may(viewer.role, "sessions.read"), when=when)
