"""The log as it grows. Its script listens to `/api/logs/stream`."""

from __future__ import annotations

from dataclasses import dataclass

from quart import render_template

from domain.panel.roles import may
from web.access.viewer import Viewer
from web.pages.page import page


@dataclass(frozen=True, slots=True)
class LogPages:
    @page("/admin/logs", act="logs.read")
    async def logs_page(self, viewer: Viewer) -> str:
        return await render_template("logs.html", viewer=viewer, finds=may(viewer.role, "logs.find_person"))
