"""The panel's web application. It asks only the supervisor, through the port; `control/panel.py` serves it on a socket."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from quart import Quart, redirect
from quart.typing import ResponseReturnValue

from domain.ports.supervisor import Supervisor
from web import errors, guard, health, overview
from web.house import House


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependencies:
    supervisor: Supervisor
    host: str = "127.0.0.1"
    """Where the panel listens (`admin.host`): a name that requests may carry beside those of this machine."""
    refresh_seconds: float = 1.0
    """How often live pages hear news."""
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set it to end live streams, so that a shutdown need not wait for browsers."""


def create_app(deps: Dependencies) -> Quart:
    app = Quart("web")
    house = House(deps.supervisor)
    guard.install(app, deps.host)
    errors.install(app)
    app.register_blueprint(health.blueprint(house))
    app.register_blueprint(overview.blueprint(house, deps.refresh_seconds, deps.stopping))
    app.add_url_rule("/", "root", to_dashboard)
    return app


async def to_dashboard() -> ResponseReturnValue:
    return redirect("/admin/dashboard")
