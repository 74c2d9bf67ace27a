"""The API's document as a page."""

from __future__ import annotations

from dataclasses import dataclass

from quart import render_template

from web.access.viewer import Viewer
from web.operations.description import Description
from web.pages.page import page


@dataclass(frozen=True, slots=True, kw_only=True)
class DescriptionPages:
    description: Description

    @page("/admin/api", act="api.read")
    async def api_page(self, viewer: Viewer) -> str:
        document = await self.description.read_description()
        return await render_template("api.html", viewer=viewer, document=document)
