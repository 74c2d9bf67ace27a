"""The panel's process: opens the port and serves the web application with Hypercorn until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import socket
from pathlib import Path

from hypercorn.asyncio import serve
from hypercorn.config import Config

from control import VERSION
from control.child import Child, run_child
from control.client import SupervisorClient
from control.kept_connection import KeptConnection, SupervisorLimits
from control.panel_configuration import follow
from control.settings.loading import database_uri
from domain.configuration import Configuration, LiveConfiguration
from domain.errors import Unavailable
from storage.sql.late import LateDatabase
from storage.sql.panel.figures import SqlFigures
from web.app import Dependencies, create_app

BACKLOG = 100
POOL_SIZE = 5


async def main(child: Child) -> None:
    settings, data = child.settings, Path(child.settings.data)
    listening = listen(settings.admin.host, settings.admin.port)
    database = LateDatabase(database_uri(settings), pool_size=POOL_SIZE, call_seconds=settings.stores.query_timeout)
    connection = KeptConnection(data)
    app = create_app(
        Dependencies(
            supervisor=SupervisorClient(data),
            signs=Strangers(),
            limits=SupervisorLimits(connection),
            figures=SqlFigures(database),
            version=VERSION,
            host=settings.admin.host,
            public_url=settings.admin.public_url,
            trusted_proxies=settings.admin.trusted_proxies,
            stopping=child.stopping,
        )
    )
    live = LiveConfiguration(Configuration.of(settings))
    following = asyncio.create_task(follow(child, database, live), name="configuration")
    serving = asyncio.ensure_future(serve(app, configured(listening), shutdown_trigger=child.stopping.wait))
    await child.ready()
    try:
        await serving
    finally:
        following.cancel()
        await asyncio.wait([following])
        await connection.close()
        await database.close()


class Strangers:
    """`web.access.viewer.Signs`: nobody is known."""

    async def by_cookie(self, _secret: str, *, address: str, browser: str, active: bool) -> None:  # noqa: ARG002
        return None

    async def by_token(self, _secret: str, *, address: str, browser: str) -> None:  # noqa: ARG002
        return None


def listen(host: str, port: int) -> socket.socket:
    """Opens the port. Raises `domain.errors.Unavailable` if it is in use."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise Unavailable(f"the panel cannot listen on {host}:{port} ({error.strerror or error})") from error


def configured(listening: socket.socket) -> Config:
    """The server's settings. Hypercorn takes over the socket and closes it."""
    logger = logging.getLogger("web.server")
    logger.setLevel(logging.WARNING)
    config = Config()
    config.bind = [f"fd://{listening.detach()}"]
    config.errorlog = logger
    config.accesslog = None
    config.include_server_header = False
    config.graceful_timeout = 1.0
    config.shutdown_timeout = 2.0
    return config


if __name__ == "__main__":
    run_child("panel", main)
