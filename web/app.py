"""Composes the panel's web application. It talks only to the supervisor, through a port. `control/panel.py` serves it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from quart import Quart, redirect
from quart.typing import ResponseReturnValue

from domain.ports.supervisor import Supervisor
from web import errors, guard, health, overview
from web.supervisor_status import SupervisorStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependencies:
    supervisor: Supervisor
    host: str = "127.0.0.1"
    """Where the panel listens (`admin.host`). The Host header of a request may be this name or one of this machine."""
    refresh_seconds: float = 1.0
    """Seconds between two updates of live pages."""
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set it to end live streams, so that a shutdown does not wait for browsers."""


def create_app(deps: Dependencies) -> Quart:
    app = Quart("web")
    supervisor = SupervisorStatus(deps.supervisor)
    public = not guard.is_loopback(deps.host)
    guard.install(app, deps.host, open_to_all={health.PATH} if public else frozenset())
    errors.install(app)
    app.register_blueprint(health.blueprint(supervisor, public=public))
    app.register_blueprint(overview.blueprint(supervisor, deps.refresh_seconds, deps.stopping))
    app.add_url_rule("/", "root", to_dashboard)
    return app


async def to_dashboard() -> ResponseReturnValue:
    return redirect("/admin/dashboard")
