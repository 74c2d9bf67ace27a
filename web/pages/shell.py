"""What each page has around it: the menu that its viewer may see, and the name of the installation."""

from __future__ import annotations

from typing import Any

from quart import Quart, g, request

from web.pages.menu import menu_of


def install(app: Quart, *, strip: str = "") -> None:
    """`strip`: what the coloured strip says. Empty: there is none."""

    @app.context_processor
    async def around() -> dict[str, Any]:
        viewer = g.get("viewer")
        return {"viewer": viewer, "menu": menu_of(viewer.role) if viewer else {}, "here": request.path, "strip": strip}
