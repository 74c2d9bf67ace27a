"""The first page: how the house is doing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from quart import redirect, render_template
from werkzeug.wrappers import Response

from domain.errors import Unavailable
from domain.ports.figures import Figures
from domain.ports.panel import Admins
from web.access.viewer import Viewer
from web.pages.page import page

PATH = "/admin/dashboard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What an installation needs besides bots."""

    control_chat: bool = False
    channels: Callable[[], bool] = bool
    """Whether people have to join a channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of the list for a new installation."""

    done: bool
    title: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewPages:
    figures: Figures
    admins: Admins
    setup: Setup

    @page(PATH, act="overview.read")
    async def dashboard(self, viewer: Viewer) -> str:
        return await render_template("overview.html", viewer=viewer, steps=await self._steps())

    @page("/", act="start.read")
    async def start(self) -> Response:
        return redirect(PATH)

    async def _steps(self) -> list[Step]:
        """What is left to do, until the first two people have met."""
        try:
            if await self.figures.met():
                return []
            admins = bool(await self.admins.listed())
        except Unavailable:
            return []
        return [
            Step(done=admins, title="Somebody may log in with Telegram", how="Set ADMIN_TELEGRAM_IDS to your Telegram id."),
            Step(
                done=self.setup.control_chat,
                title="Alerts and questions arrive in a chat of yours",
                how="Set ADMIN_CONTROL_CHAT_ID to a private group that one of the bots is in.",
            ),
            Step(
                done=self.setup.channels(),
                title="People join your channel first (if you wish that)",
                how="supervisor.py config set channels.required",
            ),
            Step(
                done=False,
                title="The database and the encryption key are backed up",
                how="docs/operating.md says what to copy. Nothing here can tell whether you do.",
            ),
            Step(done=False, title="Two people meet", how="Write to a bot with two accounts, and press Find on both."),
        ]
