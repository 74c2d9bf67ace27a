"""The panel's process: serves the web application with Hypercorn until it is told to stop. The supervisor has opened the port."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
from functools import partial
from pathlib import Path

from hypercorn.asyncio import serve
from hypercorn.config import Config

from control import VERSION
from control.announcing import announced
from control.bots import BotDesk
from control.child import LISTENING, Child, run_child
from control.client import SupervisorClient
from control.kept_connection import KeptConnection, SupervisorLimits
from control.launch import OUTLIVES
from control.logging.logs import Pseudonyms
from control.logging.reading import LogFolder
from control.orphans.life import Orphanhood
from control.panel_configuration import follow
from control.people import PanelPeople
from control.settings.live import ConfigurationEditor
from control.settings.loading import database_uri, installation_of, read
from control.supervisor.listeners import listen
from control.supervisor.specs import LOOPBACK
from domain.configuration import Configuration, LiveConfiguration
from domain.settings import Settings
from storage.secrets import load_secrets
from storage.sql.bots import SqlBots
from storage.sql.configurations import SqlConfigurations
from storage.sql.late import LateDatabase
from storage.sql.panel.figures import SqlFigures
from storage.sql.panel.history import SqlHistory
from storage.sql.panel.notes import SqlNotes
from storage.sql.panel.records import panel_records
from storage.sql.review.audit import SqlAudit
from storage.sql.sealing import take_root
from web.access.sessions import Recognition
from web.app import Dependencies, create_app
from web.pages.overview import Setup

POOL_SIZE = 5
DATABASE_SECONDS = 2.0
"""So long a start waits for the database; people who ask meanwhile wait with it. After that the panel runs without."""
NO_SUPERVISOR = "The supervisor does not answer: it is gone, and nobody is served. Start it with: python supervisor.py run."
CALL_SECONDS = 3.0
"""People wait for a page; a worker may wait longer for its database."""


async def main(child: Child) -> None:
    settings, data = child.settings, Path(child.settings.data)
    live = LiveConfiguration(Configuration.of(settings))
    secrets = load_secrets(settings.stores.encryption_key, data)
    database = LateDatabase(
        database_uri(settings),
        pool_size=POOL_SIZE,
        call_seconds=min(settings.stores.query_timeout, CALL_SECONDS),
        prepare=partial(take_root, secrets=secrets),
    )
    records = panel_records(database, secrets, settings, live)
    bots, people = SqlBots(database, secrets), PanelPeople(database, secrets, settings, live)
    client, connection = SupervisorClient(data, absent=NO_SUPERVISOR), KeptConnection(data)
    app = create_app(
        Dependencies(
            supervisor=client,
            signs=Recognition(records.sessions, records.tokens),
            access=records,
            limits=SupervisorLimits(connection),
            figures=SqlFigures(database),
            configuration=ConfigurationEditor(
                read(child.folder, os.environ), SqlConfigurations(database), partial(announced, data)
            ),
            audit=SqlAudit(database),
            people=people,
            accounts=people,
            notes=SqlNotes(database),
            bots=BotDesk(bots, settings, client),
            history=SqlHistory(database, installation_of(settings)),
            processes=client,
            logs=LogFolder(Path(settings.logging.folder), Pseudonyms.kept_in(data)),
            setup=Setup(control_chat=bool(settings.admin.control_chat_id), channels=lambda: bool(live.current.channels.required)),
            phones=phones_of(settings),
            version=VERSION,
            host=settings.admin.host,
            public_url=settings.admin.public_url,
            trusted_proxies=settings.admin.trusted_proxies,
            stopping=child.stopping,
        )
    )
    listening = _listening(settings)
    if OUTLIVES in os.environ:
        child.outlives = Orphanhood(child, listening).live
    following = asyncio.create_task(follow(child, database, live, bots), name="configuration")
    await database.opened(within=DATABASE_SECONDS)
    serving = asyncio.ensure_future(serve(app, configured(listening), shutdown_trigger=child.stopping.wait))
    await child.ready()
    try:
        await serving
    finally:
        following.cancel()
        await asyncio.wait([following])
        await connection.close()
        await database.close()


def _listening(settings: Settings) -> int:
    """The descriptor of the port. A supervisor of the release before has not opened it."""
    given = os.environ.get(LISTENING)
    return int(given) if given else listen((settings.admin.host, settings.admin.port)).detach()


def phones_of(settings: Settings) -> str:
    """Where the sandbox shows its phones. Empty with real Telegram."""
    sandbox = f"{LOOPBACK}:{settings.sandbox.port}"
    return f"http://{LOOPBACK}:{settings.sandbox.http_port}" if settings.telegram.server == sandbox else ""


def configured(listening: int) -> Config:
    """The server's settings. `listening`: the descriptor of the port, which Hypercorn takes over."""
    logger = logging.getLogger("web.server")
    logger.setLevel(logging.WARNING)
    config = Config()
    config.bind = [f"fd://{listening}"]
    config.errorlog = logger
    config.accesslog = None
    config.include_server_header = False
    config.graceful_timeout = 1.0
    config.shutdown_timeout = 2.0
    return config


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="One panel of Masquerade; started by supervisor.py.")
    parser.add_argument("--name", default="panel", help="the panel's name, such as panel-2")
    run_child(parser.parse_args().name, main)
