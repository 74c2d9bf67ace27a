"""The bots, and one of them."""

from __future__ import annotations

from dataclasses import dataclass

from quart import render_template
from werkzeug.exceptions import NotFound

from domain.panel.roles import may
from domain.ports.bots import BotRefused, Bots, Origin
from web.access.viewer import Viewer
from web.operations.bots import BotWord, shown
from web.pages.page import page

TONES = {"serving": "good", "connecting": "warn", "leaving": "warn", "waiting": "info", "refused": "bad", "stopped": "bad"}
"""How a bot is served → the colour of its dot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BotPages:
    bots: Bots

    @page("/admin/bots", act="bots.read")
    async def bots_page(self, viewer: Viewer) -> str:
        views = [shown(view) for view in await self.bots.listed()]
        return await render_template("bots.html", viewer=viewer, bots=views, tones=TONES, adds=may(viewer.role, "bots.add"))

    @page("/admin/bots/{bot}", act="bots.read")
    async def bot_page(self, viewer: Viewer, bot: BotWord) -> str:
        try:
            view = await self.bots.find(bot)
        except BotRefused as refused:
            raise NotFound from refused
        return await render_template(
            "bot.html",
            viewer=viewer,
            bot=shown(view),
            name=f"@{view.username}" if view.username else str(view.id),
            tones=TONES,
            changes=may(viewer.role, "bots.remove"),
            added=view.origin is Origin.PANEL,
        )
