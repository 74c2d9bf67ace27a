"""The API's document as a page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup
from quart import render_template

from web.access.viewer import Viewer
from web.api.operation import Unchanging
from web.operations.description import Description
from web.pages.page import page


@dataclass(frozen=True, slots=True, kw_only=True)
class DescriptionPages:
    description: Description
    drawn: dict[Unchanging[dict[str, Any]], Markup] = field(default_factory=dict)
    """Document → its part of the page, which takes 20 ms to draw."""

    @page("/admin/api", act="api.read")
    async def api_page(self, viewer: Viewer) -> str:
        found = await self.description.read_description()
        if found not in self.drawn:
            drawn = await render_template("api_document.html", document=found.body)
            self.drawn[found] = Markup(drawn)  # noqa: S704 - drawn by a template of ours
        return await render_template("api.html", viewer=viewer, drawn=self.drawn[found])
