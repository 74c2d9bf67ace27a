"""Who waits, and how long."""

from __future__ import annotations

from dataclasses import dataclass

from quart import render_template

from web.access.viewer import Viewer
from web.pages.page import page


@dataclass(frozen=True, slots=True)
class QueuePages:
    @page("/admin/queues", act="queues.read")
    async def queues_page(self, viewer: Viewer) -> str:
        return await render_template("queues.html", viewer=viewer)
