"""The first page: what runs, and how much. Its script listens to `/api/overview/stream`."""

from __future__ import annotations

from dataclasses import dataclass

from quart import redirect, render_template
from werkzeug.wrappers import Response

from web.access.viewer import Viewer
from web.pages.page import page

PATH = "/admin/dashboard"


@dataclass(frozen=True, slots=True)
class OverviewPages:
    @page(PATH, act="overview.read")
    async def dashboard(self, viewer: Viewer) -> str:
        return await render_template("overview.html", viewer=viewer)

    @page("/", act="start.read")
    async def start(self) -> Response:
        return redirect(PATH)
