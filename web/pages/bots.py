"""The bots, and one of them."""

from __future__ import annotations

from dataclasses import dataclass

from quart import render_template
from werkzeug.exceptions import NotFound

from domain.panel.roles import may
from domain.ports.bots import Origin
from web.access.viewer import Viewer
from web.operations.bot_listing import BotListing
from web.operations.bots import BotWord, shown
from web.pages.page import page
from web.pages.times import when

TONES = {"serving": "good", "connecting": "warn", "leaving": "warn", "waiting": "info", "refused": "bad", "stopped": "bad"}
"""How a bot is served → the colour of its dot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BotPages:
    listing: BotListing

    @page("/admin/bots", act="bots.read")
    async def bots_page(self, viewer: Viewer) -> str:
        bots = [shown(view, facts) for view, facts in await self.listing.listed()]
        return await render_template(
            "bots.html", viewer=viewer, bots=bots, tones=TONES, when=when, adds=may(viewer.role, "bots.add")
        )

    @page("/admin/bots/{bot}", act="bots.read")
    async def bot_page(self, viewer: Viewer, bot: BotWord) -> str:
        found = await self.listing.find(bot)
        if found is None:
            raise NotFound
        view, facts = found
        return await render_template(
            "bot.html",
            viewer=viewer,
            bot=shown(view, facts),
            when=when,
            name=f"@{view.username}" if view.username else str(view.id),
            tones=TONES,
            changes=may(viewer.role, "bots.remove"),
            added=view.origin is Origin.PANEL,
        )
