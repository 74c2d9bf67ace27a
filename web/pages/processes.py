"""The supervision tree. Its script asks `/api/processes`."""

from __future__ import annotations

from dataclasses import dataclass

from quart import render_template

from domain.panel.roles import may
from web.access.viewer import Viewer
from web.pages.page import page


@dataclass(frozen=True, slots=True)
class ProcessPages:
    @page("/admin/processes", act="processes.read")
    async def processes_page(self, viewer: Viewer) -> str:
        acts = {"restarts": may(viewer.role, "processes.restart"), "scales": may(viewer.role, "processes.scale")}
        return await render_template("processes.html", viewer=viewer, **acts)
